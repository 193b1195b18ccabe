#include "losun_bms/battery/limits.h"

#include <string.h>

#include "losun_bms/base/fixed.h"

/* Factors of one step, in the order of lbms_limits.known. */
enum slot {
    CHARGE_COLD,
    CHARGE_HOT,
    DISCHARGE_COLD,
    DISCHARGE_HOT,
    CHARGE_CELL_MAX,
    CHARGE_CELL_MIN,
    DISCHARGE_CELL_MIN,
    CHARGE_SOC,
    DISCHARGE_SOC,
    MOSFET
};

static const uint8_t curve_of[LBMS_LIMITS_FACTORS] = {
    LBMS_DERATING_CHARGE_TEMP,        LBMS_DERATING_CHARGE_TEMP,
    LBMS_DERATING_DISCHARGE_TEMP,     LBMS_DERATING_DISCHARGE_TEMP,
    LBMS_DERATING_CHARGE_CELL_MAX,    LBMS_DERATING_CHARGE_CELL_MIN,
    LBMS_DERATING_DISCHARGE_CELL_MIN, LBMS_DERATING_CHARGE_SOC,
    LBMS_DERATING_DISCHARGE_SOC,      LBMS_DERATING_MOSFET,
};

/* For each direction the smallest factor so far, 0.01 %. */
struct factors {
    int32_t charge, discharge;
};

/* Longest time that one rise is given for: times the steepest permitted slope it still fits into 32 bits. */
#define LONGEST_RISE_MS UINT32_C(40000)

void lbms_limits_init(struct lbms_limits *limits)
{
    unsigned i;

    memset(limits, 0, sizeof(*limits));
    limits->mosfet_bp = LBMS_DERATING_ALL_BP;
    for (i = 0u; i < LBMS_LIMITS_FACTORS; i++) {
        limits->known[i].from = 1; /* to 0: holds for no value */
    }
}

static bool all_valid(const struct lbms_measured *m, uint16_t mask)
{
    return (m->valid & mask) == mask;
}

/* In a quiet pack each value stays in the part of its curve where it was, mostly a level one. */
static int32_t factor(struct lbms_limits *limits, enum slot slot, int32_t value)
{
    struct lbms_derating *known = &limits->known[slot];

    if ((value < known->from) || (value > known->to)) {
        *known = lbms_derating_at(curve_of[slot], value);
    }
    return known->factor_bp;
}

static void narrow(struct factors *f, int32_t charge, int32_t discharge)
{
    f->charge = (charge < f->charge) ? charge : f->charge;
    f->discharge = (discharge < f->discharge) ? discharge : f->discharge;
}

static int32_t lost_sensor_bp(const struct lbms_params *params)
{
    return params->v[LBMS_PARAM_NTC_LOST_DERATE_PCT] * 100;
}

/* One cell sensor may be lost; with two, nobody knows the hottest cell. */
static void by_temperature(struct lbms_limits *limits, struct factors *f, const struct lbms_measured *m,
                           const struct lbms_params *params)
{
    const unsigned lost = LBMS_ALL_NTCS & ~(unsigned)m->ntcs_valid;

    if (!all_valid(m, LBMS_VALID_TEMP_RANGE) || ((lost & (lost - 1u)) != 0u)) {
        narrow(f, 0, 0);
        return;
    }
    narrow(f, factor(limits, CHARGE_COLD, m->temp_low_dc), factor(limits, DISCHARGE_COLD, m->temp_low_dc));
    narrow(f, factor(limits, CHARGE_HOT, m->temp_high_dc), factor(limits, DISCHARGE_HOT, m->temp_high_dc));
    if (lost != 0u) {
        narrow(f, lost_sensor_bp(params), lost_sensor_bp(params));
    }
}

static void by_cells(struct lbms_limits *limits, struct factors *f, const struct lbms_measured *m)
{
    if (!all_valid(m, LBMS_VALID_CELLS)) {
        narrow(f, 0, 0);
        return;
    }
    narrow(f, factor(limits, CHARGE_CELL_MIN, m->cell_min_mv),
           factor(limits, DISCHARGE_CELL_MIN, m->cell_min_mv));
    narrow(f, factor(limits, CHARGE_CELL_MAX, m->cell_max_mv), f->discharge);
}

/* The board is cooler than the MOSFETs, so its sensor may lower what they were known to stand, but not raise it. */
static int32_t mosfet_factor(struct lbms_limits *limits, const struct lbms_measured *m,
                             const struct lbms_params *params)
{
    int32_t board;

    if (all_valid(m, LBMS_VALID_MOSFET)) {
        limits->mosfet_bp = (uint16_t)factor(limits, MOSFET, m->mosfet_dc);
        return limits->mosfet_bp;
    }
    if (!all_valid(m, LBMS_VALID_AMBIENT)) {
        return 0;
    }
    board = factor(limits, MOSFET, m->ambient_dc + params->v[LBMS_PARAM_MOS_LOST_MARGIN_DC]);
    return lbms_min_i32(lbms_min_i32(board, lost_sensor_bp(params)), limits->mosfet_bp);
}

static struct factors derate(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                             const struct lbms_params *params)
{
    struct factors f = {LBMS_DERATING_ALL_BP, LBMS_DERATING_ALL_BP};
    const int32_t mosfet = mosfet_factor(limits, in->m, params);

    by_temperature(limits, &f, in->m, params);
    by_cells(limits, &f, in->m);
    narrow(&f, factor(limits, CHARGE_SOC, in->soc_bp), factor(limits, DISCHARGE_SOC, in->soc_bp));
    narrow(&f, mosfet, mosfet);
    return f;
}

/* What a rise leaves below one unit counts in the next step: the slope is the same at 10 ms and at 1 s. */
static void follow(struct lbms_limit_ramp *ramp, int32_t target, int32_t rate_per_s, uint32_t elapsed_ms)
{
    uint32_t gained;

    if (target <= ramp->value) {
        ramp->value = target;
        ramp->rest = 0u;
        return;
    }
    elapsed_ms = (elapsed_ms < LONGEST_RISE_MS) ? elapsed_ms : LONGEST_RISE_MS;
    gained = (elapsed_ms * (uint32_t)rate_per_s) + ramp->rest;
    ramp->rest = (uint16_t)(gained % 1000u);
    ramp->value = lbms_min_i32(ramp->value + (int32_t)(gained / 1000u), target);
}

/* Lowest cell or pack so low that the inverter should stop? What is not known leaves a running delay running. */
static bool is_low(const struct lbms_limits *limits, const struct lbms_measured *m,
                   const struct lbms_params *params)
{
    if (all_valid(m, LBMS_VALID_PACK) && (m->pack_mv < params->v[LBMS_PARAM_DVL_MV])) {
        return true;
    }
    if (all_valid(m, LBMS_VALID_CELL_RANGE) &&
        ((int32_t)m->cell_min_mv < params->v[LBMS_PARAM_CELL_UV_ALARM_MV])) {
        return true;
    }
    return limits->low.running && !all_valid(m, LBMS_VALID_CELLS | LBMS_VALID_PACK);
}

static bool is_recovered(const struct lbms_measured *m, const struct lbms_params *params)
{
    return all_valid(m, LBMS_VALID_CELLS | LBMS_VALID_PACK) &&
           (m->pack_mv >= params->v[LBMS_PARAM_PACK_UV_RELEASE_MV]) &&
           ((int32_t)m->cell_min_mv >= params->v[LBMS_PARAM_CELL_UV_RELEASE_MV]);
}

/*
 * Stop before protection: at the end of discharge the cell curve still leaves 30 % of the current, and an inverter that follows
 * it would run into the protection and put the pack to sleep. The protection acts sooner than the delay here.
 */
static void decide_stop(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                        const struct lbms_params *params, const struct lbms_product *product)
{
    const uint32_t under_voltage = LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV);
    const bool low = lbms_param_hold(&limits->low, is_low(limits, in->m, params), in->now_ms, params, product,
                                     LBMS_PARAM_DCL_STOP_S);
    const bool recovered = lbms_param_hold(&limits->recovered, is_recovered(in->m, params), in->now_ms,
                                           params, product, LBMS_PARAM_DCL_RESUME_S);

    if (low || ((in->protections & under_voltage) != 0u)) {
        limits->stop = true;
    } else if (recovered) {
        limits->stop = false;
    }
}

/* The highest of some cells may lower CVL; only the highest of all may raise it. */
static void limit_voltage(struct lbms_limits *limits, const struct lbms_measured *m, uint32_t elapsed_ms,
                          const struct lbms_params *params)
{
    const int32_t highest_mv = params->v[LBMS_PARAM_CVL_MV];
    int32_t target_mv = highest_mv;

    if (!limits->started) {
        limits->cvl.value = highest_mv;
    }
    if (all_valid(m, LBMS_VALID_CELL_RANGE)) {
        const int32_t excess_mv =
            lbms_max_i32((int32_t)m->cell_max_mv - params->v[LBMS_PARAM_CVL_TRIM_CELL_MV], 0);

        target_mv -= params->v[LBMS_PARAM_CVL_TRIM_GAIN] * excess_mv;
        target_mv = lbms_max_i32(target_mv, params->v[LBMS_PARAM_CVL_TRIM_FLOOR_MV]);
        target_mv = lbms_min_i32(target_mv, highest_mv); /* which may be set below the floor */
    }
    if (!all_valid(m, LBMS_VALID_CELLS)) {
        target_mv = lbms_min_i32(target_mv, limits->cvl.value);
    }
    follow(&limits->cvl, target_mv, params->v[LBMS_PARAM_CVL_TRIM_RECOVER_MV_S], elapsed_ms);
    limits->view.cvl_mv = limits->cvl.value;
    limits->view.dvl_mv = params->v[LBMS_PARAM_DVL_MV];
}

static int32_t part_of(int32_t nominal_ma, int32_t factor_bp)
{
    return (nominal_ma * factor_bp) / (int32_t)LBMS_DERATING_ALL_BP; /* 1.1e9 at most */
}

/* As it is told: whole steps, rounded towards 0; a limit that no inverter can hold is none. */
static int32_t told(const struct lbms_limit_ramp *ramp, const struct lbms_params *params)
{
    const int32_t whole_ma = ramp->value - (ramp->value % params->v[LBMS_PARAM_LIMIT_QUANTUM_MA]);

    return (whole_ma < params->v[LBMS_PARAM_LIMIT_ZERO_MA]) ? 0 : whole_ma;
}

static void limit_currents(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                           uint32_t elapsed_ms, const struct lbms_params *params)
{
    const struct factors f = derate(limits, in, params);
    const int32_t slew_ma_s = params->v[LBMS_PARAM_LIMIT_SLEW_MA_S];
    int32_t ccl_ma = part_of(params->v[LBMS_PARAM_CCL_MA], f.charge);
    int32_t dcl_ma = part_of(params->v[LBMS_PARAM_DCL_MA], f.discharge);

    if (in->gentle) {
        ccl_ma = lbms_min_i32(ccl_ma, params->v[LBMS_PARAM_GENTLE_CHARGE_MA]);
    }
    if (!in->permitted || in->full || ((in->blocked & LBMS_PATH_CHARGE) != 0u)) {
        ccl_ma = 0;
    }
    if (!in->permitted || limits->stop || ((in->blocked & LBMS_PATH_DISCHARGE) != 0u)) {
        dcl_ma = 0;
    }
    follow(&limits->ccl, ccl_ma, slew_ma_s, elapsed_ms);
    follow(&limits->dcl, dcl_ma, slew_ma_s, elapsed_ms);
    limits->view.ccl_ma = told(&limits->ccl, params);
    limits->view.dcl_ma = told(&limits->dcl, params);
}

/* Is a limit ignored, magnitudes? The factor 100 keeps the comparison exact without a division. */
static bool beyond(int32_t current_ma, int32_t limit_ma, const struct lbms_params *params)
{
    return (100 * (current_ma - params->v[LBMS_PARAM_LIMIT_IGNORED_MA])) >
           (limit_ma * params->v[LBMS_PARAM_LIMIT_IGNORED_PCT]);
}

/* Against the limits of the step before: what the inverter could know when this current flowed. */
static void watch_currents(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                           const struct lbms_params *params, const struct lbms_product *product)
{
    bool charge = limits->ccl_ignored.running;
    bool discharge = limits->dcl_ignored.running;

    if (all_valid(in->m, LBMS_VALID_CURRENT)) {
        charge = beyond(in->m->current_ma, limits->view.ccl_ma, params);
        discharge = beyond(-in->m->current_ma, limits->view.dcl_ma, params);
    }
    limits->conditions = 0u;
    if (lbms_param_hold(&limits->ccl_ignored, charge, in->now_ms, params, product,
                        LBMS_PARAM_LIMIT_IGNORED_S)) {
        limits->conditions |= LBMS_MASK(LBMS_CONDITION_CCL_IGNORED);
    }
    if (lbms_param_hold(&limits->dcl_ignored, discharge, in->now_ms, params, product,
                        LBMS_PARAM_LIMIT_IGNORED_S)) {
        limits->conditions |= LBMS_MASK(LBMS_CONDITION_DCL_IGNORED);
    }
}

static uint8_t request(bool wanted, enum lbms_request bit)
{
    return wanted ? (uint8_t)bit : 0u;
}

void lbms_limits_step(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    struct lbms_limit_view *view = &limits->view;
    const uint32_t elapsed_ms = limits->started ? lbms_elapsed_ms(in->now_ms, limits->last_ms) : 0u;

    watch_currents(limits, in, params, product);
    decide_stop(limits, in, params, product);
    limit_voltage(limits, in->m, elapsed_ms, params);
    limit_currents(limits, in, elapsed_ms, params);
    view->requests = (uint8_t)(request(view->ccl_ma > 0, LBMS_REQUEST_CHARGE_PERMITTED) |
                               request(view->dcl_ma > 0, LBMS_REQUEST_DISCHARGE_PERMITTED) |
                               request(limits->stop, LBMS_REQUEST_FORCE_CHARGE) |
                               request(in->full_request, LBMS_REQUEST_FULL_CHARGE));
    limits->started = true;
    limits->last_ms = in->now_ms;
}
