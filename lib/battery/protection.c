#include "losun_bms/battery/protection.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/sample.h"

#define TICK_MS       100u
#define TICKS_PER_S   10u
#define ALL_KNOWN     ((1u << LBMS_QUANTITY_COUNT) - 1u)
#define SHORT_CIRCUIT LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT)
#define UV_BITS       (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

/*
 * What one step works on. An extreme of the cells may be known in part: what is seen beyond a limit is beyond it, but what
 * is seen inside says nothing of the cell that is not seen. So a quantity is "seen" when there is a value, and "whole" when
 * the value stands for everything that it shall stand for.
 */
struct step {
    const struct lbms_protection_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
    uint32_t dt_ms;
    uint32_t ticks; /* 0.1 s that have passed */
    int32_t value[LBMS_QUANTITY_COUNT];
    uint32_t seen, whole; /* 1 << enum lbms_quantity */
    bool group_outside[LBMS_PROTECTION_GROUPS];
};

static int32_t level(const struct lbms_protection_row *row, const struct lbms_params *params, uint8_t param)
{
    const int32_t value = (param == LBMS_PARAM_NONE) ? 0 : params->v[param];

    return ((row->flags & LBMS_ROW_UNDER) != 0u) ? -value : value;
}

void lbms_protection_levels(struct lbms_protection *protection, const struct lbms_params *params)
{
    uint8_t i;

    for (i = 0u; i < LBMS_QUANTITY_COUNT; i++) {
        protection->quiet[i] = INT32_MAX;
    }
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        const uint8_t first = (row->alarm != LBMS_PARAM_NONE) ? row->alarm : row->trip;
        const int32_t limit = level(row, params, first);

        if ((row->quantity != LBMS_QUANTITY_NONE) && (limit < protection->quiet[row->quantity])) {
            protection->quiet[row->quantity] = limit;
        }
    }
}

int lbms_protection_init(struct lbms_protection *protection, const struct lbms_protection_row *rows,
                         size_t row_count, const struct lbms_params *params)
{
    memset(protection, 0, sizeof(*protection));
    protection->blocked = LBMS_PATHS_BOTH;
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

static void gather(struct step *step)
{
    const struct lbms_measured *m = step->in->m;
    const uint8_t lost = (uint8_t)(LBMS_ALL_NTCS & ~(unsigned)m->ntcs_valid);
    const bool charge_open = (m->closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)) == 0u;
    int32_t *q = step->value;

    q[LBMS_QUANTITY_CELL_HIGH] = m->cell_max_mv;
    q[LBMS_QUANTITY_CELL_LOW] = -(int32_t)m->cell_min_mv;
    q[LBMS_QUANTITY_CELL_DIFF] = (int32_t)m->cell_max_mv - (int32_t)m->cell_min_mv;
    q[LBMS_QUANTITY_PACK_HIGH] = m->pack_mv;
    q[LBMS_QUANTITY_PACK_LOW] = -m->pack_mv;
    q[LBMS_QUANTITY_CHARGER] = charge_open ? m->terminal_mv : 0;
    q[LBMS_QUANTITY_REVERSED] = (m->closed == 0u) ? -m->terminal_mv : 0;
    q[LBMS_QUANTITY_CHARGE] = m->current_ma;
    q[LBMS_QUANTITY_DISCHARGE] = -m->current_ma;
    q[LBMS_QUANTITY_TEMP_HIGH] = m->temp_high_dc;
    q[LBMS_QUANTITY_TEMP_LOW] = -(int32_t)m->temp_low_dc;
    q[LBMS_QUANTITY_TEMP_DIFF] = (int32_t)m->temp_max_dc - (int32_t)m->temp_min_dc;
    q[LBMS_QUANTITY_MOSFET] = m->mosfet_dc;
    q[LBMS_QUANTITY_BOARD_HIGH] = m->ambient_dc;
    q[LBMS_QUANTITY_BOARD_LOW] = -(int32_t)m->ambient_dc;
    q[LBMS_QUANTITY_SOC_LOW] = -(int32_t)step->in->soc_bp;

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
static bool quiet(const struct lbms_protection *protection, const struct step *step)
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

/* What a row waits for besides its quantity is there. */
static bool forced(const struct step *step, const struct lbms_protection_row *row)
{
    return ((step->in->conditions & row->conditions) != 0u) ||
           ((step->in->m->afe_flags & row->afe_flags) != 0u);
}

static bool is_whole(const struct step *step, const struct lbms_protection_row *row)
{
    return (row->quantity == LBMS_QUANTITY_NONE) || ((step->whole & (1u << row->quantity)) != 0u);
}

/* Strictly beyond one of the levels of a row, for certain. */
static bool beyond(const struct step *step, const struct lbms_protection_row *row, uint8_t param)
{
    return (row->quantity != LBMS_QUANTITY_NONE) && ((step->seen & (1u << row->quantity)) != 0u) &&
           (step->value[row->quantity] > level(row, step->params, param));
}

static bool inside_release(const struct step *step, const struct lbms_protection_row *row)
{
    return !forced(step, row) && is_whole(step, row) && !beyond(step, row, row->release);
}

static uint32_t ms(const struct step *step, uint8_t param)
{
    return lbms_param_ms(step->params, step->product, param);
}

static uint16_t add_up(uint16_t time, uint32_t passed)
{
    const uint32_t sum = time + ((passed < UINT16_MAX) ? passed : UINT16_MAX);

    return (uint16_t)((sum < UINT16_MAX) ? sum : UINT16_MAX);
}

/* More than a time has passed by the counter of 0.1 s; the first of its counts may have come at once. */
static bool passed(uint16_t since, uint32_t time_ms)
{
    return since > (time_ms / TICK_MS);
}

static bool has(const struct lbms_protection_row_state *state, uint8_t flag)
{
    return (state->flags & flag) != 0u;
}

static void set(struct lbms_protection_row_state *state, uint8_t flag, bool on)
{
    state->flags = (uint8_t)(on ? (state->flags | flag) : (state->flags & ~(unsigned)flag));
}

/* Counts the time for which a condition has been true, starting at 0; true when it has reached the delay. */
static bool counted(struct lbms_protection_row_state *state, uint8_t counting, uint16_t *time_ms,
                    bool condition, uint32_t dt_ms, uint32_t delay_ms)
{
    *time_ms = (condition && has(state, counting)) ? add_up(*time_ms, dt_ms) : 0u;
    set(state, counting, condition);
    return condition && (*time_ms >= delay_ms);
}

/* Currents that help a release. A trip starts them anew, so that only what flows after it counts. */
static void count_help(struct lbms_protection *protection, const struct step *step)
{
    const struct lbms_params *p = step->params;
    const struct lbms_measured *m = step->in->m;
    const bool known = (m->valid & LBMS_VALID_CURRENT) != 0u;
    const int32_t ma = m->current_ma;
    bool flows[LBMS_HELP_COUNT];
    unsigned i;

    flows[LBMS_HELP_OV] = -ma > p->v[LBMS_PARAM_OV_RELEASE_DISCHARGE_MA];
    flows[LBMS_HELP_CHARGE_OC] = -ma > p->v[LBMS_PARAM_BODY_DIODE_ON_MA];
    flows[LBMS_HELP_DISCHARGE_OC] = ma > p->v[LBMS_PARAM_CURRENT_IDLE_MA];
    flows[LBMS_HELP_UV] = ma >= p->v[LBMS_PARAM_CURRENT_IDLE_MA];
    for (i = 0u; i < LBMS_HELP_COUNT; i++) {
        const uint8_t bit = (uint8_t)(1u << i);
        const bool running = (protection->helping & bit) != 0u;

        if (known && flows[i]) {
            protection->help_ms[i] = running ? add_up(protection->help_ms[i], step->dt_ms) : 0u;
            protection->helping = (uint8_t)(protection->helping | bit);
        } else {
            protection->help_ms[i] = 0u;
            protection->helping = (uint8_t)(protection->helping & ~(unsigned)bit);
        }
    }
}

/* The current that helps the release of this row has flowed for long enough since the trip: that is kept. */
static bool helped(const struct lbms_protection *protection, const struct step *step,
                   const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    static const struct {
        uint8_t rule, help, param;
    } helps[] = {
        {LBMS_RELEASE_OV, LBMS_HELP_OV, LBMS_PARAM_OV_RELEASE_DISCHARGE_MS},
        {LBMS_RELEASE_UV, LBMS_HELP_UV, LBMS_PARAM_UV_REBOUND_CHARGE_S},
        {LBMS_RELEASE_CHARGE_OC, LBMS_HELP_CHARGE_OC, LBMS_PARAM_OC_RELEASE_MS},
        {LBMS_RELEASE_DISCHARGE_OC, LBMS_HELP_DISCHARGE_OC, LBMS_PARAM_OC_RELEASE_MS},
    };
    unsigned i;

    for (i = 0u; i < (sizeof(helps) / sizeof(helps[0])); i++) {
        if ((row->release_rule == helps[i].rule) && ((protection->helping & (1u << helps[i].help)) != 0u) &&
            (protection->help_ms[helps[i].help] >= ms(step, helps[i].param))) {
            set(state, LBMS_ROW_HELPED, true);
        }
    }
    return has(state, LBMS_ROW_HELPED);
}

static void trip(struct lbms_protection *protection, const struct step *step,
                 const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool fault = (row->flags & LBMS_ROW_FAULT) != 0u;

    if (row->lock != LBMS_PARAM_NONE) {
        const uint8_t window = fault ? LBMS_PARAM_LOCK_FORGET_S : LBMS_PARAM_LOCK_CONSECUTIVE_S;
        const bool again = (state->trips > 0u) && !passed(state->since, ms(step, window));

        state->trips = (uint8_t)(again ? (state->trips + 1u) : 1u);
        set(state, LBMS_ROW_LOCKED, state->trips >= step->params->v[row->lock]);
    }
    set(state, LBMS_ROW_TRIPPED, true);
    set(state, LBMS_ROW_COUNTING | LBMS_ROW_HELPED, false);
    state->run_ms = 0u;
    state->since = 0u;
    protection->helping = 0u;
}

static void run_trip(struct lbms_protection *protection, const struct step *step,
                     const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool waits = ((row->flags & LBMS_ROW_AFTER_LIMITER) != 0u) && step->in->limiter_armed;
    bool out = beyond(step, row, row->trip) && !waits;

    if (!is_whole(step, row)) {
        out = out || has(state, LBMS_ROW_COUNTING); /* not known to be inside: the delay goes on */
    }
    if (counted(state, LBMS_ROW_COUNTING, &state->run_ms, out, step->dt_ms, ms(step, row->delay)) ||
        forced(step, row)) {
        trip(protection, step, row, state);
        return;
    }
    if (state->trips > 0u) {
        state->since = add_up(state->since, step->ticks);
        if (passed(state->since, ms(step, LBMS_PARAM_LOCK_FORGET_S))) {
            state->trips = 0u;
        }
    }
}

/* Releases by rebound, without charge, are counted: a pack that is emptied again and again must be charged first. */
static void count_rebound(struct lbms_protection *protection, const struct step *step)
{
    const struct lbms_protection_row *row = protection->rows;
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++, row++) {
        if ((row->release_rule == LBMS_RELEASE_UV) && has(&protection->row[i], LBMS_ROW_TRIPPED)) {
            return; /* the last row of the group counts */
        }
    }
    if ((protection->uv_rebounds == 0u) ||
        passed(protection->uv_since, ms(step, LBMS_PARAM_UV_REBOUND_WINDOW_S))) {
        protection->uv_rebounds = 0u;
        protection->uv_since = 0u;
    }
    protection->uv_rebounds++;
}

static bool repeated_uv(const struct lbms_protection *protection, const struct step *step)
{
    return protection->uv_rebounds >= step->params->v[LBMS_PARAM_UV_REBOUND_COUNT];
}

/* After a short circuit: the load must be gone. */
static bool load_gone(struct lbms_protection *protection, const struct step *step,
                      const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const uint32_t conditions = step->in->conditions;
    const bool load_seen = (step->in->m->afe_flags & LBMS_AFE_LOAD_PRESENT) != 0u;

    if (load_seen) {
        set(state, LBMS_ROW_HELPED,
            true); /* the chip can see a load; so later it can also see that it is gone */
    }
    if (!passed(state->since, ms(step, row->release_delay))) {
        return false;
    }
    if (step->in->charger_present) {
        return true;
    }
    if (step->params->v[LBMS_PARAM_PRECHARGE_FITTED] == 0) {
        return has(state, LBMS_ROW_HELPED) && !load_seen;
    }
    if ((conditions & LBMS_MASK(LBMS_CONDITION_LOAD_REMOVED)) != 0u) {
        return true;
    }
    if ((conditions & LBMS_MASK(LBMS_CONDITION_LOAD_PRESENT)) != 0u) {
        state->run_ms++; /* tests that have failed */
        state->since = 0u;
        set(state, LBMS_ROW_LOCKED, state->run_ms >= step->params->v[row->lock]);
        return false;
    }
    protection->probe_load = true;
    return false;
}

/* The rule of the row is fulfilled now, and for long enough. */
static bool released(struct lbms_protection *protection, const struct step *step,
                     const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool help = helped(protection, step, row, state);
    const bool locked = has(state, LBMS_ROW_LOCKED);
    bool inside = (row->group == 0u) ? inside_release(step, row) : !step->group_outside[row->group];

    switch (row->release_rule) {
    case LBMS_RELEASE_OV:
        inside = inside && (help || (step->in->soc_bp < step->params->v[LBMS_PARAM_OV_RELEASE_SOC_BP]));
        break;
    case LBMS_RELEASE_UV:
        inside = inside && (help || !repeated_uv(protection, step));
        break;
    case LBMS_RELEASE_CHARGE_OC:
        return !forced(step, row) && !locked && (help || passed(state->since, ms(step, row->release_delay)));
    case LBMS_RELEASE_DISCHARGE_OC:
        return !forced(step, row) &&
               (help || (!locked && passed(state->since, ms(step, row->release_delay))));
    case LBMS_RELEASE_LOAD:
        return !forced(step, row) && !locked && load_gone(protection, step, row, state);
    case LBMS_RELEASE_SELF:
        state->since = inside ? state->since : 0u;
        return inside && !locked && passed(state->since, ms(step, row->release_delay));
    case LBMS_RELEASE_SERVICE:
    case LBMS_RELEASE_RESET:
        return false;
    default:
        break;
    }
    return counted(state, LBMS_ROW_COUNTING, &state->run_ms, inside, step->dt_ms,
                   ms(step, row->release_delay));
}

static void let_go(struct lbms_protection_row_state *state)
{
    set(state, LBMS_ROW_TRIPPED | LBMS_ROW_LOCKED | LBMS_ROW_COUNTING | LBMS_ROW_HELPED, false);
    state->run_ms = 0u;
    state->since = 0u;
}

static void run_release(struct lbms_protection *protection, const struct step *step,
                        const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    state->since = add_up(state->since, step->ticks);
    if (released(protection, step, row, state)) {
        const bool charged = has(state, LBMS_ROW_HELPED);

        let_go(state);
        if (row->release_rule == LBMS_RELEASE_UV) {
            if (charged) {
                protection->uv_rebounds = 0u;
            } else {
                count_rebound(protection, step);
            }
        }
    }
}

static void run_alarm(const struct step *step, const struct lbms_protection_row *row,
                      struct lbms_protection_row_state *state)
{
    bool out = beyond(step, row, row->alarm);
    bool warns = has(state, LBMS_ROW_WARNS);

    if (row->alarm == LBMS_PARAM_NONE) {
        return;
    }
    if (has(state, LBMS_ROW_TRIPPED)) {
        warns = true; /* an alarm lasts at least as long as its protection */
    } else if (warns) {
        /* the hysteresis is a distance, whatever the direction of the row */
        warns = !is_whole(step, row) || (step->value[row->quantity] > (level(row, step->params, row->alarm) -
                                                                       step->params->v[row->alarm_hyst]));
    } else {
        out = out || (!is_whole(step, row) && has(state, LBMS_ROW_WARN_COUNTING));
        warns = counted(state, LBMS_ROW_WARN_COUNTING, &state->alarm_ms, out, step->dt_ms,
                        ms(step, LBMS_PARAM_ALARM_DELAY_MS));
    }
    set(state, LBMS_ROW_WARNS, warns);
    if (warns) {
        set(state, LBMS_ROW_WARN_COUNTING, false);
        state->alarm_ms = 0u;
    }
}

static void publish(struct lbms_protection *protection, const struct lbms_protection_row *row,
                    const struct lbms_protection_row_state *state)
{
    const uint32_t bit = LBMS_MASK(row->bit);

    if (has(state, LBMS_ROW_WARNS)) {
        protection->alarms |= bit;
    }
    if (!has(state, LBMS_ROW_TRIPPED)) {
        return;
    }
    protection->blocked = (uint8_t)(protection->blocked | row->action);
    if ((row->flags & LBMS_ROW_ALARM) != 0u) {
        protection->alarms |= bit;
    } else if ((row->flags & LBMS_ROW_FAULT) != 0u) {
        protection->faults |= bit;
        protection->fault_blocked = (uint8_t)(protection->fault_blocked | row->action);
    } else {
        protection->protections |= bit;
        if (has(state, LBMS_ROW_LOCKED)) {
            protection->locks |= bit;
            if (bit == SHORT_CIRCUIT) { /* nothing but a user gets the pack out of it: as grave as a fault */
                protection->fault_blocked = LBMS_PATHS_BOTH;
            }
        }
    }
}

/* A group is outside as long as one of its rows is not inside its release level. */
static void look_at_groups(const struct lbms_protection *protection, struct step *step)
{
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        const uint8_t group = protection->rows[i].group;

        if ((group != 0u) && !inside_release(step, &protection->rows[i])) {
            step->group_outside[group] = true;
        }
    }
}

static void take_time(struct lbms_protection *protection, struct step *step)
{
    const uint32_t now_ms = step->in->now_ms;
    uint32_t rest_ms;

    step->dt_ms = protection->started ? lbms_elapsed_ms(now_ms, protection->last_ms) : 0u;
    protection->last_ms = now_ms;
    protection->started = true;
    rest_ms = (step->dt_ms % TICK_MS) + protection->rest_ms;
    step->ticks = (step->dt_ms / TICK_MS) + (rest_ms / TICK_MS);
    protection->rest_ms = (uint8_t)(rest_ms % TICK_MS);
}

/* What lies too long ago is no repetition. */
static void forget_rebounds(struct lbms_protection *protection, const struct step *step)
{
    protection->uv_since = add_up(protection->uv_since, step->ticks);
    if (((protection->protections & UV_BITS) == 0u) &&
        passed(protection->uv_since, ms(step, LBMS_PARAM_UV_REBOUND_WINDOW_S))) {
        protection->uv_rebounds = 0u;
    }
}

static void run_rows(struct lbms_protection *protection, struct step *step)
{
    uint8_t others; /* paths held open by anything but a short circuit */
    uint8_t i;

    look_at_groups(protection, step);
    count_help(protection, step);
    protection->busy = false;
    others = 0u;
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        struct lbms_protection_row_state *state = &protection->row[i];

        if (has(state, LBMS_ROW_TRIPPED)) {
            run_release(protection, step, row, state);
        } else {
            run_trip(protection, step, row, state);
        }
        run_alarm(step, row, state);
        publish(protection, row, state);
        if (has(state, LBMS_ROW_TRIPPED) && (row->release_rule != LBMS_RELEASE_LOAD)) {
            others = (uint8_t)(others | row->action);
        }
        protection->busy = protection->busy || (state->flags != 0u) || (state->trips > 0u);
    }
    if ((others & LBMS_PATH_DISCHARGE) != 0u) {
        protection->probe_load = false; /* the pre-charge belongs to the discharge path */
    }
    forget_rebounds(protection, step);
    protection->busy = protection->busy || (protection->uv_rebounds > 0u);
}

void lbms_protection_step(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product)
{
    struct step step;

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
    protection->fault_blocked = 0u;
    protection->blocked = (protection->row_count == 0u) ? LBMS_PATHS_BOTH : 0u; /* no table, no closed path */
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
            let_go(&protection->row[i]);
            protection->row[i].trips = 0u;
        }
    }
}

#define RULE(name)    (1u << LBMS_RELEASE_##name)
#define RULES_USER    (RULE(UV) | RULE(CHARGE_OC) | RULE(DISCHARGE_OC) | RULE(LOAD))
#define RULES_SERVICE (RULES_USER | RULE(SELF) | RULE(SERVICE))

void lbms_protection_user(struct lbms_protection *protection)
{
    clear(protection, RULES_USER);
    protection->uv_rebounds = 0u;
}

int lbms_protection_service(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                            const struct lbms_params *params)
{
    struct step step;
    uint8_t i;

    step.in = in;
    step.params = params;
    gather(&step);
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];

        if ((row->release_rule == LBMS_RELEASE_SERVICE) && has(&protection->row[i], LBMS_ROW_TRIPPED) &&
            !inside_release(&step, row)) {
            return LBMS_ERR_STATE;
        }
    }
    clear(protection, RULES_SERVICE);
    protection->uv_rebounds = 0u;
    return LBMS_OK;
}

void lbms_protection_forget_ov(struct lbms_protection *protection)
{
    clear(protection, RULE(OV));
}
