#include "losun_bms/battery/protection.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/sample.h"
#include "protection_row.h"

#define ALL_KNOWN     ((1u << LBMS_QUANTITY_COUNT) - 1u)
#define SHORT_CIRCUIT LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT)
#define UV_BITS       (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

void lbms_protection_levels(struct lbms_protection *protection, const struct lbms_params *params)
{
    uint8_t i;

    for (i = 0u; i < LBMS_QUANTITY_COUNT; i++) {
        protection->quiet[i] = INT32_MAX;
    }
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        const uint8_t first = (row->alarm != LBMS_PARAM_NONE) ? row->alarm : row->trip;
        const int32_t limit = lbms_row_level(row, params, first);

        if (row->quantity != LBMS_QUANTITY_NONE) {
            protection->quiet[row->quantity] = lbms_min_i32(protection->quiet[row->quantity], limit);
        }
    }
}

int lbms_protection_init(struct lbms_protection *protection, const struct lbms_protection_row *rows,
                         size_t row_count, const struct lbms_params *params)
{
    memset(protection, 0, sizeof(*protection));
    protection->blocked = LBMS_PATHS_BOTH;
    protection->blocked_but_uv = LBMS_PATHS_BOTH;
    if ((row_count == 0u) || (row_count > LBMS_PROTECTION_ROWS_MAX)) {
        return LBMS_ERR_ARGUMENT;
    }
    protection->rows = rows;
    protection->row_count = (uint8_t)row_count;
    lbms_protection_levels(protection, params);
    return LBMS_OK;
}

/* Bits of the quantities that are there when a measurement is valid. */
static uint32_t when(const struct lbms_measured *m, uint16_t valid, uint32_t quantities)
{
    return ((m->valid & valid) != 0u) ? quantities : 0u;
}

#define IS(name) (1u << LBMS_QUANTITY_##name)

void lbms_protection_values(const struct lbms_measured *m, uint16_t soc_bp, int32_t *value)
{
    const bool charge_open = (m->closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)) == 0u;

    value[LBMS_QUANTITY_CELL_HIGH] = m->cell_max_mv;
    value[LBMS_QUANTITY_CELL_LOW] = -(int32_t)m->cell_min_mv;
    value[LBMS_QUANTITY_CELL_DIFF] = (int32_t)m->cell_max_mv - (int32_t)m->cell_min_mv;
    value[LBMS_QUANTITY_PACK_HIGH] = m->pack_mv;
    value[LBMS_QUANTITY_PACK_LOW] = -m->pack_mv;
    value[LBMS_QUANTITY_CHARGER] = charge_open ? m->terminal_mv : 0;
    value[LBMS_QUANTITY_REVERSED] = (m->closed == 0u) ? -m->terminal_mv : 0;
    value[LBMS_QUANTITY_CHARGE] = m->current_ma;
    value[LBMS_QUANTITY_DISCHARGE] = -m->current_ma;
    value[LBMS_QUANTITY_TEMP_HIGH] = m->temp_high_dc;
    value[LBMS_QUANTITY_TEMP_LOW] = -(int32_t)m->temp_low_dc;
    value[LBMS_QUANTITY_TEMP_DIFF] = (int32_t)m->temp_max_dc - (int32_t)m->temp_min_dc;
    value[LBMS_QUANTITY_MOSFET] = m->mosfet_dc;
    value[LBMS_QUANTITY_BOARD_HIGH] = m->ambient_dc;
    value[LBMS_QUANTITY_BOARD_LOW] = -(int32_t)m->ambient_dc;
    value[LBMS_QUANTITY_SOC_LOW] = -(int32_t)soc_bp;
}

static void gather(struct lbms_protection_data *step)
{
    const struct lbms_measured *m = step->in->m;
    const uint8_t lost = (uint8_t)(LBMS_ALL_NTCS & ~(unsigned)m->ntcs_valid);

    lbms_protection_values(m, step->in->soc_bp, step->value);
    step->whole = IS(SOC_LOW) | when(m, LBMS_VALID_CELLS, IS(CELL_HIGH) | IS(CELL_LOW) | IS(CELL_DIFF)) |
                  when(m, LBMS_VALID_PACK, IS(PACK_HIGH) | IS(PACK_LOW)) |
                  when(m, LBMS_VALID_TERMINAL, IS(CHARGER) | IS(REVERSED)) |
                  when(m, LBMS_VALID_CURRENT, IS(CHARGE) | IS(DISCHARGE)) |
                  when(m, LBMS_VALID_MOSFET, IS(MOSFET)) |
                  when(m, LBMS_VALID_AMBIENT, IS(BOARD_HIGH) | IS(BOARD_LOW));
    if ((lost & (lost - 1u)) == 0u) { /* one sensor may be lost: the margin stands for it */
        step->whole |= when(m, LBMS_VALID_TEMP_RANGE, IS(TEMP_HIGH) | IS(TEMP_LOW) | IS(TEMP_DIFF));
    }
    step->seen = step->whole | when(m, LBMS_VALID_CELL_RANGE, IS(CELL_HIGH) | IS(CELL_LOW) | IS(CELL_DIFF)) |
                 when(m, LBMS_VALID_TEMP_RANGE, IS(TEMP_HIGH) | IS(TEMP_LOW) | IS(TEMP_DIFF));
}

/* Nothing is outside the first level of any row, and no row has anything to remember. */
static bool quiet(const struct lbms_protection *protection, const struct lbms_protection_data *step)
{
    unsigned i;

    if (protection->busy || (step->whole != ALL_KNOWN) || (step->in->conditions != 0u) ||
        (step->in->m->afe_flags != 0u)) {
        return false;
    }
    for (i = 0u; i < LBMS_QUANTITY_COUNT; i++) {
        if (step->value[i] > protection->quiet[i]) {
            return false;
        }
    }
    return true;
}

static void publish(struct lbms_protection *protection, const struct lbms_protection_row *row,
                    const struct lbms_protection_row_state *state)
{
    const uint32_t bit = LBMS_MASK(row->bit);

    if (lbms_row_has(state, LBMS_ROW_WARNS)) {
        protection->alarms |= bit;
    }
    if (!lbms_row_has(state, LBMS_ROW_TRIPPED)) {
        return;
    }
    protection->blocked = (uint8_t)(protection->blocked | row->action);
    if (row->release_rule != LBMS_RELEASE_UV) {
        protection->blocked_but_uv = (uint8_t)(protection->blocked_but_uv | row->action);
    }
    if ((row->flags & LBMS_ROW_ALARM) != 0u) {
        protection->alarms |= bit;
    } else if ((row->flags & LBMS_ROW_FAULT) != 0u) {
        protection->faults |= bit;
        protection->service_fault = protection->service_fault || (row->release_rule == LBMS_RELEASE_SERVICE);
        protection->fault_blocked = (uint8_t)(protection->fault_blocked | row->action);
    } else {
        protection->protections |= bit;
        if (lbms_row_has(state, LBMS_ROW_LOCKED)) {
            protection->locks |= bit;
            if (bit == SHORT_CIRCUIT) { /* nothing but a user gets the pack out of it: as grave as a fault */
                protection->fault_blocked = LBMS_PATHS_BOTH;
            }
        }
    }
}

/* A group is outside as long as one of its rows is not inside its release level. */
static void look_at_groups(const struct lbms_protection *protection, struct lbms_protection_data *step)
{
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        const uint8_t group = protection->rows[i].group;

        if ((group != 0u) && !lbms_row_inside_release(step, &protection->rows[i])) {
            step->group_outside[group] = true;
        }
    }
}

static void take_time(struct lbms_protection *protection, struct lbms_protection_data *step)
{
    const uint32_t now_ms = step->in->now_ms;
    uint32_t rest_ms;

    step->dt_ms = protection->started ? lbms_elapsed_ms(now_ms, protection->last_ms) : 0u;
    protection->last_ms = now_ms;
    protection->started = true;
    rest_ms = (step->dt_ms % LBMS_ROW_TICK_MS) + protection->rest_ms;
    step->ticks = (step->dt_ms / LBMS_ROW_TICK_MS) + (rest_ms / LBMS_ROW_TICK_MS);
    protection->rest_ms = (uint8_t)(rest_ms % LBMS_ROW_TICK_MS);
}

/* What lies too long ago is no repetition. */
static void forget_rebounds(struct lbms_protection *protection, const struct lbms_protection_data *step)
{
    protection->uv_since = lbms_row_add_up(protection->uv_since, step->ticks);
    if (((protection->protections & UV_BITS) == 0u) &&
        lbms_row_passed(protection->uv_since, lbms_row_ms(step, LBMS_PARAM_UV_REBOUND_WINDOW_S))) {
        protection->uv_rebounds = 0u;
    }
}

static void run_rows(struct lbms_protection *protection, struct lbms_protection_data *step)
{
    bool other = false; /* anything but a short circuit holds the discharge path open */
    uint8_t i;

    look_at_groups(protection, step);
    lbms_protection_count_help(protection, step);
    protection->busy = false;
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        struct lbms_protection_row_state *state = &protection->row[i];

        if (lbms_row_has(state, LBMS_ROW_TRIPPED)) {
            lbms_row_run_release(protection, step, row, state);
        } else {
            lbms_row_run_trip(protection, step, row, state);
        }
        lbms_row_run_alarm(step, row, state);
        publish(protection, row, state);
        other = other || (lbms_row_has(state, LBMS_ROW_TRIPPED) && (row->release_rule != LBMS_RELEASE_LOAD) &&
                          ((row->action & LBMS_PATH_DISCHARGE) != 0u));
        protection->busy = protection->busy || (state->flags != 0u) || (state->trips > 0u);
    }
    if (other) {
        protection->probe_load = false; /* the pre-charge belongs to the discharge path */
    }
    forget_rebounds(protection, step);
    protection->busy = protection->busy || (protection->uv_rebounds > 0u);
}

void lbms_protection_step(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product)
{
    struct lbms_protection_data step;

    step.in = in;
    step.params = params;
    step.product = product;
    memset(step.group_outside, 0, sizeof(step.group_outside));
    take_time(protection, &step);
    protection->alarms = 0u;
    protection->protections = 0u;
    protection->faults = 0u;
    protection->locks = 0u;
    protection->probe_load = false;
    protection->service_fault = false;
    protection->fault_blocked = 0u;
    protection->blocked = (protection->row_count == 0u) ? LBMS_PATHS_BOTH : 0u; /* no table, no closed path */
    protection->blocked_but_uv = protection->blocked;
    gather(&step);
    if (!quiet(protection, &step)) {
        run_rows(protection, &step);
    }
}

/* Rows with one of these release rules start afresh. */
static void clear(struct lbms_protection *protection, uint32_t rules)
{
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        if ((rules & (1u << protection->rows[i].release_rule)) != 0u) {
            lbms_row_let_go(&protection->row[i]);
            protection->row[i].trips = 0u;
        }
    }
}

#define RULE(name)    (1u << LBMS_RELEASE_##name)
#define RULES_USER    (RULE(CHARGE_OC) | RULE(DISCHARGE_OC) | RULE(LOAD))
#define RULES_SERVICE (RULES_USER | RULE(SELF) | RULE(SERVICE))

/* Under-voltage is not cleared: a path must not close for the delay of a protection that is there already. */
static void judge_afresh(struct lbms_protection *protection)
{
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        if ((protection->rows[i].release_rule == LBMS_RELEASE_UV) &&
            lbms_row_has(&protection->row[i], LBMS_ROW_TRIPPED)) {
            lbms_row_set(&protection->row[i], LBMS_ROW_AFRESH, true);
        }
    }
    protection->uv_rebounds = 0u;
}

void lbms_protection_user(struct lbms_protection *protection)
{
    clear(protection, RULES_USER);
    judge_afresh(protection);
}

int lbms_protection_service(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                            const struct lbms_params *params)
{
    struct lbms_protection_data step;
    uint8_t i;

    step.in = in;
    step.params = params;
    gather(&step);
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];

        if ((row->release_rule == LBMS_RELEASE_SERVICE) &&
            lbms_row_has(&protection->row[i], LBMS_ROW_TRIPPED) && !lbms_row_inside_release(&step, row)) {
            return LBMS_ERR_STATE;
        }
    }
    clear(protection, RULES_SERVICE);
    judge_afresh(protection);
    return LBMS_OK;
}

void lbms_protection_forget_ov(struct lbms_protection *protection)
{
    clear(protection, RULE(OV));
}
