#include "losun_bms/battery/protection.h"

#include <string.h>

/* The discharge current that helps an over-voltage release must have flowed this long. */
#define HELP_MS 1000u

/*
 * One quantity: its value, and whether it may be believed. An extreme of the cells may be known in part: what is seen
 * beyond a limit is beyond it, but what is seen inside says nothing of the cell that is not seen.
 */
struct quantity {
    int32_t value;
    bool seen;  /* there is a value */
    bool whole; /* and it stands for everything that it shall stand for */
};

/* What one step works on. */
struct step {
    const struct lbms_protection_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
    uint32_t dt_ms;
    struct quantity q[LBMS_QUANTITY_COUNT];
    bool group_outside[LBMS_PROTECTION_GROUPS];
};

int lbms_protection_init(struct lbms_protection *protection, const struct lbms_protection_row *rows,
                         size_t row_count)
{
    memset(protection, 0, sizeof(*protection));
    protection->blocked = LBMS_PATHS_BOTH;
    if ((row_count == 0u) || (row_count > LBMS_PROTECTION_ROWS_MAX)) {
        return LBMS_ERR_ARGUMENT;
    }
    protection->rows = rows;
    protection->row_count = (uint8_t)row_count;
    return LBMS_OK;
}

static struct quantity measured(const struct lbms_measured *m, uint16_t seen_bit, uint16_t whole_bit,
                                int32_t value)
{
    const struct quantity q = {value, (m->valid & seen_bit) != 0u, (m->valid & whole_bit) != 0u};

    return q;
}

static struct quantity flag(bool raised)
{
    const struct quantity q = {raised ? 1 : 0, true, true};

    return q;
}

static void gather(struct step *step)
{
    const struct lbms_protection_inputs *in = step->in;
    const struct lbms_measured *m = in->m;

    step->q[LBMS_QUANTITY_CELL_MAX_MV] = measured(m, LBMS_VALID_CELL_RANGE, LBMS_VALID_CELLS, m->cell_max_mv);
    step->q[LBMS_QUANTITY_CELL_MIN_MV] = measured(m, LBMS_VALID_CELL_RANGE, LBMS_VALID_CELLS, m->cell_min_mv);
    step->q[LBMS_QUANTITY_PACK_MV] = measured(m, LBMS_VALID_PACK, LBMS_VALID_PACK, m->pack_mv);
    step->q[LBMS_QUANTITY_CELLS_LOST] = flag(in->cells_lost);
    step->q[LBMS_QUANTITY_CURRENT_LOST] = flag(in->current_lost);
    step->q[LBMS_QUANTITY_PRECHARGE_FAILED] = flag((in->conditions & LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED)) != 0u);
}

static int32_t level(const struct step *step, uint8_t param)
{
    return (param == LBMS_PARAM_NONE) ? 0 : step->params->v[param];
}

/* Distance beyond a limit, positive when beyond, whatever the direction of the row. */
static int32_t beyond(const struct lbms_protection_row *row, int32_t value, int32_t limit)
{
    return ((row->flags & LBMS_ROW_UNDER) != 0u) ? (limit - value) : (value - limit);
}

static bool inside_release(const struct step *step, const struct lbms_protection_row *row)
{
    const struct quantity *q = &step->q[row->quantity];

    return q->whole && (beyond(row, q->value, level(step, row->release)) <= 0);
}

/* Beyond a limit for certain, or, when that cannot be known, as it was before. */
static bool outside(const struct quantity *q, int32_t distance, bool before)
{
    if (q->seen && (distance > 0)) {
        return true;
    }
    return !q->whole && before;
}

/* Counts the time for which a condition has been true, starting at 0; true when it has reached the delay. */
static bool counted(bool condition, bool *counting, uint32_t *elapsed_ms, uint32_t dt_ms, uint32_t delay_ms)
{
    if (!condition) {
        *counting = false;
        *elapsed_ms = 0u;
        return false;
    }
    if (*counting) {
        *elapsed_ms = (dt_ms > (UINT32_MAX - *elapsed_ms)) ? UINT32_MAX : (*elapsed_ms + dt_ms);
    }
    *counting = true;
    return *elapsed_ms >= delay_ms;
}

/* A discharge current takes charge out of an over-charged pack: after a while that is as good as a lower SOC. */
static void count_help(const struct step *step, struct lbms_protection_row_state *state)
{
    const struct lbms_measured *m = step->in->m;
    const int32_t limit_ma = step->params->v[LBMS_PARAM_OV_RELEASE_DISCHARGE_MA];
    const bool flows = ((m->valid & LBMS_VALID_CURRENT) != 0u) && (m->current_ma < -limit_ma);

    if (!state->helped) { /* once it has flowed since the trip, that is kept until the release */
        state->helped = counted(flows, &state->helping, &state->helped_ms, step->dt_ms, HELP_MS);
    }
}

static bool may_release(const struct step *step, const struct lbms_protection_row *row,
                        const struct lbms_protection_row_state *state)
{
    const bool levels = (row->group == 0u) ? inside_release(step, row) : !step->group_outside[row->group];

    if (row->release_rule == LBMS_RELEASE_SOC_OR_DISCHARGE) {
        return levels &&
               (state->helped || (step->in->soc_bp < step->params->v[LBMS_PARAM_OV_RELEASE_SOC_BP]));
    }
    return levels;
}

static void run_trip(const struct step *step, const struct lbms_protection_row *row,
                     struct lbms_protection_row_state *state)
{
    const struct quantity *q = &step->q[row->quantity];
    const bool out = outside(q, beyond(row, q->value, level(step, row->trip)), state->counting);

    if (counted(out, &state->counting, &state->elapsed_ms, step->dt_ms,
                lbms_param_ms(step->params, step->product, row->delay))) {
        state->tripped = true;
        state->counting = false;
        state->elapsed_ms = 0u;
        state->helped = false;
        state->helping = false;
        state->helped_ms = 0u;
    }
}

static void run_release(const struct step *step, const struct lbms_protection_row *row,
                        struct lbms_protection_row_state *state)
{
    count_help(step, state);
    if (counted(may_release(step, row, state), &state->counting, &state->elapsed_ms, step->dt_ms,
                lbms_param_ms(step->params, step->product, row->release_delay))) {
        state->tripped = false;
        state->counting = false;
        state->elapsed_ms = 0u;
    }
}

static void run_alarm(const struct step *step, const struct lbms_protection_row *row,
                      struct lbms_protection_row_state *state)
{
    const struct quantity *q = &step->q[row->quantity];
    const int32_t distance = beyond(row, q->value, level(step, row->alarm));
    uint32_t elapsed_ms = state->alarm_elapsed_ms;
    bool out;

    if (row->alarm == LBMS_PARAM_NONE) {
        return;
    }
    if (state->tripped) {
        state->alarm = true; /* an alarm lasts at least as long as its protection */
    } else if (state->alarm) {
        state->alarm = !q->whole || (distance > -level(step, row->alarm_hyst));
    } else {
        out = outside(q, distance, state->alarm_counting);
        state->alarm = counted(out, &state->alarm_counting, &elapsed_ms, step->dt_ms,
                               lbms_param_ms(step->params, step->product, LBMS_PARAM_ALARM_DELAY_MS));
        state->alarm_elapsed_ms = (uint16_t)((elapsed_ms < UINT16_MAX) ? elapsed_ms : UINT16_MAX);
    }
    if (state->alarm) {
        state->alarm_counting = false;
        state->alarm_elapsed_ms = 0u;
    }
}

/* Nothing is going on in this row, and its value is inside its first level: there is nothing to do. */
static bool quiet(const struct step *step, const struct lbms_protection_row *row,
                  const struct lbms_protection_row_state *state)
{
    const struct quantity *q = &step->q[row->quantity];
    const uint8_t first = (row->alarm != LBMS_PARAM_NONE) ? row->alarm : row->trip;

    return !state->busy && q->whole && (beyond(row, q->value, level(step, first)) <= 0);
}

static void publish(struct lbms_protection *protection, const struct lbms_protection_row *row,
                    const struct lbms_protection_row_state *state)
{
    if (state->alarm) {
        protection->alarms |= LBMS_MASK(row->bit);
    }
    if (state->tripped) {
        protection->tripped = true;
        protection->blocked = (uint8_t)(protection->blocked | row->action);
        if ((row->flags & LBMS_ROW_FAULT) != 0u) {
            protection->faults |= LBMS_MASK(row->bit);
        } else {
            protection->protections |= LBMS_MASK(row->bit);
        }
    }
}

/* A group is outside as long as one of its rows is not inside its release level. */
static void look_at_groups(const struct lbms_protection *protection, struct step *step)
{
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        if (!inside_release(step, &protection->rows[i])) {
            step->group_outside[protection->rows[i].group] = true;
        }
    }
}

void lbms_protection_step(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product)
{
    struct step step = {in, params, product, 0u, {{0, false, false}}, {false}};
    uint8_t i;

    step.dt_ms = protection->started ? (in->now_ms - protection->last_ms) : 0u;
    protection->last_ms = in->now_ms;
    protection->started = true;
    protection->alarms = 0u;
    protection->protections = 0u;
    protection->faults = 0u;
    protection->blocked = (protection->row_count == 0u) ? LBMS_PATHS_BOTH : 0u; /* no table, no closed path */

    gather(&step);
    if (protection->tripped) {
        look_at_groups(protection, &step);
    }
    protection->tripped = false;
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        struct lbms_protection_row_state *state = &protection->row[i];

        if (quiet(&step, row, state)) {
            continue;
        }
        if (state->tripped) {
            run_release(&step, row, state);
        } else {
            run_trip(&step, row, state);
        }
        run_alarm(&step, row, state);
        publish(protection, row, state);
        state->busy = state->tripped || state->counting || state->alarm || state->alarm_counting;
    }
}
