#include "losun_bms/store/lifetime.h"

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/bits.h"

#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

/* Power capability is compared at the same place of the curve: half charge, to within this, 0.01 %. */
#define HALF_BP   5000
#define AROUND_BP 1000
#define UW_PER_W  1000000
/* What the cells can give is known once the pack has rested so long; after a start the limits still rise. */
#define REST_S 60u

/* A longer time between two steps was a sleep. */
#define GAP_MOST_S 10u

/* Self-discharge is told for a month of 30 days. */
#define MONTH_S     2592000
#define AWAKE_PARTS 14
#define NOT_KNOWN   (-1)

/* Places for all counters. */
typedef char
    trips_fit[(LBMS_BIT_COUNT <= LBMS_HEALTH_TRIPS && LBMS_FAULT_COUNT <= LBMS_HEALTH_FAULTS) ? 1 : -1];

/* One second of a harmful state, or one harmful event: the figure behind the counter is its date. */
static void harm(struct lbms_health *health, uint8_t figure, bool now, uint32_t amount, uint32_t wall_s)
{
    if (now) {
        health->v[figure] = lbms_sat_add_i32(health->v[figure], (int32_t)amount);
        health->v[figure + 1u] = (int32_t)wall_s;
    }
}

static void count_bits(int32_t *counters, uint32_t begun)
{
    for (; begun != 0u; begun >>= 1) {
        if ((begun & 1u) != 0u) {
            *counters = lbms_sat_add_i32(*counters, 1);
        }
        counters++;
    }
}

static void count_trips(struct lbms_health *health, struct lbms_lifetime_state *state,
                        const struct lbms_snapshot *s, uint32_t wall_s)
{
    const uint32_t protections = s->protections & ~state->protections;

    count_bits(health->trips, protections);
    count_bits(health->faults, s->faults & ~state->faults);
    /* cell and pack under-voltage together are one deep discharge */
    harm(health, LBMS_HEALTH_DEEP_DISCHARGES,
         ((protections & UV_BITS) != 0u) && ((state->protections & UV_BITS) == 0u), 1u, wall_s);
    state->protections = s->protections;
    state->faults = s->faults;
}

static void highest(struct lbms_health *health, uint8_t figure, int32_t value)
{
    health->v[figure] = lbms_max_i32(health->v[figure], value);
}

static void lowest(struct lbms_health *health, uint8_t figure, int32_t value)
{
    health->v[figure] = lbms_min_i32(health->v[figure], value);
}

static void note_extremes(struct lbms_health *health, const struct lbms_measured *m)
{
    if ((m->valid & LBMS_VALID_CELL_RANGE) != 0u) {
        highest(health, LBMS_HEALTH_CELL_MAX_MV, m->cell_max_mv);
        lowest(health, LBMS_HEALTH_CELL_MIN_MV, m->cell_min_mv);
    }
    if ((m->valid & LBMS_VALID_TEMP_RANGE) != 0u) {
        highest(health, LBMS_HEALTH_TEMP_MAX_DC, m->temp_max_dc);
        lowest(health, LBMS_HEALTH_TEMP_MIN_DC, m->temp_min_dc);
    }
    if ((m->valid & LBMS_VALID_MOSFET) != 0u) {
        highest(health, LBMS_HEALTH_MOSFET_MAX_DC, m->mosfet_dc);
    }
    if ((m->valid & LBMS_VALID_CURRENT) != 0u) {
        highest(health, LBMS_HEALTH_CHARGE_MAX_MA, m->current_ma);
        highest(health, LBMS_HEALTH_DISCHARGE_MAX_MA, lbms_sat_sub_i32(0, m->current_ma));
    }
}

static void count_asleep(struct lbms_health *health, uint32_t seconds)
{
    int32_t *asleep_s = &health->v[LBMS_HEALTH_FULL_ASLEEP_S];

    if (*asleep_s != NOT_KNOWN) {
        *asleep_s = lbms_sat_add_i32(*asleep_s, (seconds < INT32_MAX) ? (int32_t)seconds : INT32_MAX);
    }
}

void lbms_lifetime_resume(struct lbms_health *health, bool known, uint32_t seconds_asleep)
{
    if (known) {
        count_asleep(health, seconds_asleep);
    } else {
        health->v[LBMS_HEALTH_FULL_ASLEEP_S] = NOT_KNOWN;
    }
}

/* From one full charge to this one, so much more has gone in than has come out. */
static void take_self_discharge(int32_t *v, int32_t missing_mah)
{
    const int32_t asleep_s = v[LBMS_HEALTH_FULL_ASLEEP_S];
    const int32_t awake_s = v[LBMS_HEALTH_FULL_AWAKE_S];
    const int32_t capacity_mah = v[LBMS_HEALTH_CAPACITY_MAH];
    int32_t lost_bp;

    if ((asleep_s < LBMS_LIFETIME_REST_S) || (awake_s > (asleep_s / AWAKE_PARTS)) || (capacity_mah <= 0)) {
        return;
    }
    lost_bp = lbms_clamp_i32(lbms_mul_div_i32(missing_mah, LBMS_FULL_BP, capacity_mah), 0, LBMS_FULL_BP);
    v[LBMS_HEALTH_SELF_DISCHARGE_BP] =
        lbms_max_i32(lbms_mul_div_i32(lost_bp, MONTH_S, lbms_sat_add_i32(asleep_s, awake_s)), 1);
    if (v[LBMS_HEALTH_SELF_DISCHARGE_FIRST_BP] == 0) {
        v[LBMS_HEALTH_SELF_DISCHARGE_FIRST_BP] = v[LBMS_HEALTH_SELF_DISCHARGE_BP];
    }
}

/* Full again: the balance of this moment is what the next full charge is compared with. */
static void watch_full(struct lbms_health *health, struct lbms_lifetime_state *state,
                       const struct lbms_snapshot *s)
{
    const bool full = (s->state & LBMS_STATE_FULL) != 0u;
    int32_t *v = health->v;

    if (full && !state->full) {
        const int32_t balance_mah =
            lbms_sat_sub_i32(v[LBMS_HEALTH_CHARGED_MAH], v[LBMS_HEALTH_DISCHARGED_MAH]);

        take_self_discharge(v, lbms_sat_sub_i32(balance_mah, v[LBMS_HEALTH_FULL_BALANCE_MAH]));
        v[LBMS_HEALTH_FULL_BALANCE_MAH] = balance_mah;
        v[LBMS_HEALTH_FULL_ASLEEP_S] = 0;
        v[LBMS_HEALTH_FULL_AWAKE_S] = 0;
    }
    state->full = full;
}

static void count_time(struct lbms_health *health, const struct lbms_snapshot *s,
                       const struct lbms_params *params, uint32_t passed_s, uint32_t wall_s)
{
    const struct lbms_measured *m = &s->m;
    const bool known = (m->valid & LBMS_VALID_TEMP_RANGE) != 0u;
    const bool charging = known && (s->flow == (uint8_t)LBMS_FLOW_CHARGE);
    const int32_t *v = params->v;

    if ((s->mode == (uint8_t)LBMS_MODE_SHUTDOWN) || (passed_s > GAP_MOST_S)) {
        count_asleep(health, passed_s);
        return;
    }
    health->v[LBMS_HEALTH_FULL_AWAKE_S] =
        lbms_sat_add_i32(health->v[LBMS_HEALTH_FULL_AWAKE_S], (int32_t)passed_s);
    health->v[LBMS_HEALTH_OPERATING_S] =
        lbms_sat_add_i32(health->v[LBMS_HEALTH_OPERATING_S], (int32_t)passed_s);
    harm(health, LBMS_HEALTH_HOT_S, known && (m->temp_max_dc > v[LBMS_PARAM_DSG_OT_ALARM_DC]), passed_s,
         wall_s);
    harm(health, LBMS_HEALTH_COLD_S, known && (m->temp_min_dc < v[LBMS_PARAM_DSG_UT_ALARM_DC]), passed_s,
         wall_s);
    harm(health, LBMS_HEALTH_CHARGE_HOT_S, charging && (m->temp_max_dc > v[LBMS_PARAM_CHG_OT_ALARM_DC]),
         passed_s, wall_s);
    harm(health, LBMS_HEALTH_CHARGE_COLD_S, charging && (m->temp_min_dc < v[LBMS_PARAM_CHG_UT_ALARM_DC]),
         passed_s, wall_s);
    if ((health->v[LBMS_HEALTH_COMMISSIONED_DATE] == 0) && (s->flow != (uint8_t)LBMS_FLOW_IDLE)) {
        health->v[LBMS_HEALTH_COMMISSIONED_DATE] = (int32_t)wall_s;
    }
}

static int32_t power_w(int32_t current_ma, int32_t pack_mv)
{
    return lbms_mul_div_i32(current_ma, pack_mv, UW_PER_W);
}

static void take_power(struct lbms_health *health, struct lbms_lifetime_state *state,
                       const struct lbms_snapshot *s)
{
    const int32_t away_bp = lbms_abs_i32((int32_t)s->soc.estimate_bp - HALF_BP);
    const struct lbms_power_limit *power = &s->power;

    if ((s->flow != (uint8_t)LBMS_FLOW_IDLE) || ((s->m.valid & LBMS_VALID_PACK) == 0u) ||
        (s->protections != 0u) || (s->faults != 0u)) {
        state->unrest_s = s->uptime_s;
    } else if ((away_bp <= AROUND_BP) && ((s->uptime_s - state->unrest_s) >= REST_S)) {
        health->v[LBMS_HEALTH_POWER_CHARGE_W] = power_w(power->charge_ma[LBMS_HORIZON_10S], s->m.pack_mv);
        health->v[LBMS_HEALTH_POWER_DISCHARGE_W] =
            power_w(power->discharge_ma[LBMS_HORIZON_10S], s->m.pack_mv);
    } else {
        /* too soon, or elsewhere on the curve */
    }
}

/* What the gauge has found out. */
static void take_gauge(struct lbms_health *health, const struct lbms_health_view *view)
{
    const struct lbms_throughput_totals *totals = &view->totals;
    int32_t *v = health->v;

    v[LBMS_HEALTH_CAPACITY_MAH] = view->capacity_mah;
    v[LBMS_HEALTH_CAPACITY_SD_MAH] = view->capacity_sd_mah;
    v[LBMS_HEALTH_SOH_BP] = view->soh_bp;
    v[LBMS_HEALTH_EFFICIENCY_BP] = view->energy_bp;
    v[LBMS_HEALTH_COULOMB_BP] = view->coulomb_bp;
    v[LBMS_HEALTH_RESISTANCE_PERMILLE] = view->resistance_permille;
    v[LBMS_HEALTH_RESISTANCE_NEW_PERMILLE] = view->resistance_new_permille;
    v[LBMS_HEALTH_CHARGED_MAH] = (int32_t)totals->mah[LBMS_CHARGED];
    v[LBMS_HEALTH_DISCHARGED_MAH] = (int32_t)totals->mah[LBMS_DISCHARGED];
    v[LBMS_HEALTH_CHARGED_WH] = (int32_t)totals->wh[LBMS_CHARGED];
    v[LBMS_HEALTH_DISCHARGED_WH] = (int32_t)totals->wh[LBMS_DISCHARGED];
    v[LBMS_HEALTH_CYCLES] = (int32_t)totals->cycles;
    v[LBMS_HEALTH_SINCE_CYCLE_MAH] = (int32_t)totals->since_cycle_mah;
    v[LBMS_HEALTH_EQUIVALENT_CYCLES] = (int32_t)view->equivalent_cycles;
}

void lbms_lifetime_step(struct lbms_health *health, struct lbms_lifetime_state *state,
                        const struct lbms_snapshot *s, const struct lbms_params *params, uint32_t wall_s)
{
    if (!state->started) {
        state->started = true;
        state->protections = s->protections;
        state->faults = s->faults;
        state->last_s = s->uptime_s;
        state->unrest_s = s->uptime_s;
        state->full = (s->state & LBMS_STATE_FULL) != 0u;
    }
    count_trips(health, state, s, wall_s);
    note_extremes(health, &s->m);
    if (s->uptime_s != state->last_s) {
        take_gauge(health, &s->health);
        take_power(health, state, s);
        count_time(health, s, params, s->uptime_s - state->last_s, wall_s);
        watch_full(health, state, s);
        state->last_s = s->uptime_s;
    }
}
