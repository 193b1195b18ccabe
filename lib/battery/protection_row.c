/* The life of one row: counting, tripping, locking, releasing. */
#include <string.h>

#include "losun_bms/model/sample.h"
#include "protection_row.h"

/* Counts the time for which a condition has been true, starting at 0; true when it has reached the delay. */
static bool counted(struct lbms_protection_row_state *state, uint8_t counting, uint16_t *time_ms,
                    bool condition, uint32_t dt_ms, uint32_t delay_ms)
{
    *time_ms = (condition && lbms_row_has(state, counting)) ? lbms_row_add_up(*time_ms, dt_ms) : 0u;
    lbms_row_set(state, counting, condition);
    return condition && (*time_ms >= delay_ms);
}

/* Currents that help a release. A trip starts them anew, so that only what flows after it counts. */
void lbms_protection_count_help(struct lbms_protection *protection, const struct lbms_protection_data *step)
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
            protection->help_ms[i] = running ? lbms_row_add_up(protection->help_ms[i], step->dt_ms) : 0u;
            protection->helping = (uint8_t)(protection->helping | bit);
        } else {
            protection->helping = (uint8_t)(protection->helping & ~(unsigned)bit);
        }
    }
}

/* The current that helps the release of this row has flowed for long enough since the trip: that is kept. */
static bool helped(const struct lbms_protection *protection, const struct lbms_protection_data *step,
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
            (protection->help_ms[helps[i].help] >= lbms_row_ms(step, helps[i].param))) {
            lbms_row_set(state, LBMS_ROW_HELPED, true);
        }
    }
    return lbms_row_has(state, LBMS_ROW_HELPED);
}

static void trip(struct lbms_protection *protection, const struct lbms_protection_data *step,
                 const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool fault = (row->flags & LBMS_ROW_FAULT) != 0u;

    if (row->lock != LBMS_PARAM_NONE) {
        const uint8_t window = fault ? LBMS_PARAM_LOCK_FORGET_S : LBMS_PARAM_LOCK_CONSECUTIVE_S;
        const bool again = !lbms_row_passed(state->since, lbms_row_ms(step, window));

        state->trips = (uint8_t)(again ? (state->trips + 1u) : 1u);
        lbms_row_set(state, LBMS_ROW_LOCKED, state->trips >= step->params->v[row->lock]);
    }
    lbms_row_set(state, LBMS_ROW_TRIPPED, true);
    lbms_row_set(state, LBMS_ROW_COUNTING | LBMS_ROW_HELPED, false);
    state->run_ms = 0u;
    state->since = 0u;
    protection->helping = 0u;
}

void lbms_row_run_trip(struct lbms_protection *protection, const struct lbms_protection_data *step,
                       const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool waits = ((row->flags & LBMS_ROW_AFTER_LIMITER) != 0u) && step->in->limiter_armed;
    bool out = lbms_row_beyond(step, row, row->trip) && !waits;

    /*
     * Not known to be inside: the delay goes on. Not so where only service releases: what is not measured is a fault of its
     * own, which opens the paths meanwhile, and a wire that was loose for a moment must not look like a dead cell for ever.
     */
    if (!lbms_row_is_whole(step, row) && (row->release_rule != LBMS_RELEASE_SERVICE)) {
        out = out || lbms_row_has(state, LBMS_ROW_COUNTING);
    }
    if (counted(state, LBMS_ROW_COUNTING, &state->run_ms, out, step->dt_ms, lbms_row_ms(step, row->delay)) ||
        lbms_row_forced(step, row)) {
        trip(protection, step, row, state);
        return;
    }
    if (state->trips > 0u) {
        state->since = lbms_row_add_up(state->since, step->ticks);
        if (lbms_row_passed(state->since, lbms_row_ms(step, LBMS_PARAM_LOCK_FORGET_S))) {
            state->trips = 0u;
        }
    }
}

/* Releases by rebound, without charge, are counted: a pack that is emptied again and again must be charged first. */
static void count_rebound(struct lbms_protection *protection, const struct lbms_protection_data *step)
{
    const struct lbms_protection_row *row = protection->rows;
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++, row++) {
        if ((row->release_rule == LBMS_RELEASE_UV) && lbms_row_has(&protection->row[i], LBMS_ROW_TRIPPED)) {
            return; /* the last row of the group counts */
        }
    }
    if ((protection->uv_rebounds == 0u) ||
        lbms_row_passed(protection->uv_since, lbms_row_ms(step, LBMS_PARAM_UV_REBOUND_WINDOW_S))) {
        protection->uv_rebounds = 0u;
        protection->uv_since = 0u;
    }
    protection->uv_rebounds++;
}

static bool repeated_uv(const struct lbms_protection *protection, const struct lbms_protection_data *step)
{
    return protection->uv_rebounds >= step->params->v[LBMS_PARAM_UV_REBOUND_COUNT];
}

/* After a short circuit: the load must be gone. */
static bool load_gone(struct lbms_protection *protection, const struct lbms_protection_data *step,
                      const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const uint32_t conditions = step->in->conditions;
    const bool load_seen = (step->in->m->afe_flags & LBMS_AFE_LOAD_PRESENT) != 0u;

    if (load_seen) {
        lbms_row_set(state, LBMS_ROW_HELPED,
                     true); /* the chip can see a load; so later it can also see that it is gone */
    }
    if (!lbms_row_passed(state->since, lbms_row_ms(step, row->release_delay))) {
        return false;
    }
    if (step->in->charger_present) {
        return true;
    }
    if (step->params->v[LBMS_PARAM_PRECHARGE_FITTED] == 0) {
        return lbms_row_has(state, LBMS_ROW_HELPED) && !load_seen;
    }
    if ((conditions & LBMS_MASK(LBMS_CONDITION_LOAD_REMOVED)) != 0u) {
        return true;
    }
    if ((conditions & LBMS_MASK(LBMS_CONDITION_LOAD_PRESENT)) != 0u) {
        state->run_ms++; /* tests that have failed */
        state->since = 0u;
        lbms_row_set(state, LBMS_ROW_LOCKED, state->run_ms >= step->params->v[row->lock]);
        return false;
    }
    protection->probe_load = true;
    return false;
}

/* A user has asked for it: a value that is not beyond the trip level releases. Judged once, when it is known. */
static bool judged_afresh(const struct lbms_protection_data *step, const struct lbms_protection_row *row,
                          struct lbms_protection_row_state *state)
{
    if (!lbms_row_has(state, LBMS_ROW_AFRESH) || !lbms_row_is_whole(step, row)) {
        return false;
    }
    lbms_row_set(state, LBMS_ROW_AFRESH, false);
    return !lbms_row_forced(step, row) && !lbms_row_beyond(step, row, row->trip);
}

/* The rule of the row is fulfilled now, and for long enough. */
static bool released(struct lbms_protection *protection, const struct lbms_protection_data *step,
                     const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool help = helped(protection, step, row, state);
    const bool locked = lbms_row_has(state, LBMS_ROW_LOCKED);
    bool inside = (row->group == 0u) ? lbms_row_inside_release(step, row) : !step->group_outside[row->group];

    switch (row->release_rule) {
    case LBMS_RELEASE_OV:
        inside = inside && (help || (step->in->soc_bp < step->params->v[LBMS_PARAM_OV_RELEASE_SOC_BP]));
        break;
    case LBMS_RELEASE_UV:
        if (judged_afresh(step, row, state)) {
            return true;
        }
        inside = inside && (help || !repeated_uv(protection, step));
        break;
    case LBMS_RELEASE_CHARGE_OC:
        return !lbms_row_forced(step, row) && !locked &&
               (help || lbms_row_passed(state->since, lbms_row_ms(step, row->release_delay)));
    case LBMS_RELEASE_DISCHARGE_OC:
        return !lbms_row_forced(step, row) &&
               (help || (!locked && lbms_row_passed(state->since, lbms_row_ms(step, row->release_delay))));
    case LBMS_RELEASE_LOAD:
        return !lbms_row_forced(step, row) && !locked && load_gone(protection, step, row, state);
    case LBMS_RELEASE_SELF:
        state->since = inside ? state->since : 0u;
        return inside && !locked && lbms_row_passed(state->since, lbms_row_ms(step, row->release_delay));
    case LBMS_RELEASE_SERVICE:
    case LBMS_RELEASE_RESET:
        return false;
    default:
        break;
    }
    return counted(state, LBMS_ROW_COUNTING, &state->run_ms, inside, step->dt_ms,
                   lbms_row_ms(step, row->release_delay));
}

void lbms_row_let_go(struct lbms_protection_row_state *state)
{
    state->flags = (uint8_t)(state->flags & (unsigned)(LBMS_ROW_WARNS | LBMS_ROW_WARN_COUNTING));
    state->since = 0u;
}

void lbms_row_run_release(struct lbms_protection *protection, const struct lbms_protection_data *step,
                          const struct lbms_protection_row *row, struct lbms_protection_row_state *state)
{
    const bool asked = lbms_row_has(state, LBMS_ROW_AFRESH);

    state->since = lbms_row_add_up(state->since, step->ticks);
    if (released(protection, step, row, state)) {
        const bool charged = lbms_row_has(state, LBMS_ROW_HELPED);

        lbms_row_let_go(state);
        if ((row->release_rule == LBMS_RELEASE_UV) && !asked) {
            if (charged) {
                protection->uv_rebounds = 0u;
            } else {
                count_rebound(protection, step);
            }
        }
    }
}

void lbms_row_run_alarm(const struct lbms_protection_data *step, const struct lbms_protection_row *row,
                        struct lbms_protection_row_state *state)
{
    bool out = lbms_row_beyond(step, row, row->alarm);
    bool warns = lbms_row_has(state, LBMS_ROW_WARNS);

    if (row->alarm == LBMS_PARAM_NONE) {
        return;
    }
    if (lbms_row_has(state, LBMS_ROW_TRIPPED)) {
        warns = true; /* an alarm lasts at least as long as its protection */
    } else if (warns) {
        /* the hysteresis is a distance, whatever the direction of the row */
        warns = !lbms_row_is_whole(step, row) ||
                (step->value[row->quantity] >
                 (lbms_row_level(row, step->params, row->alarm) - step->params->v[row->alarm_hyst]));
    } else {
        out = out || (!lbms_row_is_whole(step, row) && lbms_row_has(state, LBMS_ROW_WARN_COUNTING));
        warns = counted(state, LBMS_ROW_WARN_COUNTING, &state->alarm_ms, out, step->dt_ms,
                        lbms_row_ms(step, LBMS_PARAM_ALARM_DELAY_MS));
    }
    lbms_row_set(state, LBMS_ROW_WARNS, warns);
    if (warns) {
        lbms_row_set(state, LBMS_ROW_WARN_COUNTING, false);
    }
}
