#include "losun_bms/battery/power_limit.h"

#include <math.h>
#include <string.h>

#include "support/suite.h"

#define MODEL        (&lbms_cell_lfp100)
#define CAPACITY_MAH 100000
#define RANGE_MA     100000
#define CHARGE       0
#define DISCHARGE    1

struct rig {
    struct lbms_power_limit p;
    struct lbms_power_limit_inputs in;
};

/* A warm pack in the middle of its range, without current, whose limits have been zero so far. */
static void start(struct rig *rig)
{
    memset(&rig->p, 0, sizeof(rig->p));
    memset(&rig->in, 0, sizeof(rig->in));
    rig->in.elapsed_ms = 1000u;
    rig->in.valid = true;
    rig->in.cell_min_mv = 3290u;
    rig->in.cell_max_mv = 3310u;
    rig->in.soc_low_bp = 4900u;
    rig->in.soc_high_bp = 5100u;
    rig->in.sd_bp = 300u;
    rig->in.capacity_mah = CAPACITY_MAH;
    rig->in.end_low_mv = 2800;
    rig->in.end_high_mv = 3600;
    rig->in.charge_most_ma = RANGE_MA;
    rig->in.discharge_most_ma = RANGE_MA;
    rig->in.range_ma = RANGE_MA;
    lbms_cell_resistance(MODEL, CAPACITY_MAH, 250, 1000, &rig->in.r);
}

static void steps(struct rig *rig, unsigned count)
{
    struct lbms_power_limit_shares shares;

    lbms_power_limit_shares(&shares, MODEL);
    while (count-- > 0u) {
        lbms_power_limit_charge(&rig->p, &shares, &rig->in);
        lbms_power_limit_discharge(&rig->p, &shares, &rig->in);
    }
}

/* With a range so wide that only the formula decides, and long enough for every rise. */
static void settle(struct rig *rig)
{
    rig->in.charge_most_ma = 2000000;
    rig->in.discharge_most_ma = 2000000;
    rig->in.range_ma = 2000000;
    steps(rig, 15u);
}

/* The formula of the header, in double precision, without the shorter horizons. */
static double formula_ma(const struct rig *rig, unsigned side, unsigned horizon)
{
    static const double build_s[] = {2.0, 10.0, 60.0, 1e9};
    static const double last_s[] = {2.0, 10.0, 60.0, LBMS_POWER_LIMIT_CHARGE_S};
    const struct lbms_power_limit_inputs *in = &rig->in;
    const double s1 = 1.0 - exp(-build_s[horizon] / MODEL->tau1_s);
    const double s2 = 1.0 - exp(-build_s[horizon] / MODEL->tau2_s);
    const double v = (side == CHARGE ? in->cell_max_mv : in->cell_min_mv) / 1000.0;
    const double end = (side == CHARGE ? in->end_high_mv : in->end_low_mv) / 1000.0;
    const double e =
        v - in->r.r0_uohm * 1e-6 * in->current_ma * 1e-3 - in->v1_dmv * 1e-4 * s1 - in->v2_dmv * 1e-4 * s2;
    const double r = (in->r.r0_uohm + in->r.r1_uohm * s1 + in->r.r2_uohm * s2) * 1e-6;
    const double part =
        (side == CHARGE) ? 1.0 - in->soc_high_bp / 10000.0 : (in->soc_low_bp - 2.0 * in->sd_bp) / 10000.0;
    const double by_voltage = fmax(0.0, (side == CHARGE ? end - e : e - end) / r * 1000.0);
    const double by_charge =
        fmax(in->capacity_mah * fmax(part, 0.0) * 3600.0 / last_s[horizon], in->capacity_mah / 20.0);

    return fmin(by_voltage, by_charge);
}

static void expect_formula(const struct rig *rig)
{
    double charge_ma = 1e12;
    double discharge_ma = 1e12;
    unsigned h;

    for (h = 0u; h < LBMS_HORIZONS; h++) {
        charge_ma = fmin(charge_ma, formula_ma(rig, CHARGE, h));
        discharge_ma = fmin(discharge_ma, formula_ma(rig, DISCHARGE, h));
        ck_assert_double_eq_tol((double)rig->p.charge_ma[h], charge_ma, 0.003 * charge_ma + 60.0);
        ck_assert_double_eq_tol((double)rig->p.discharge_ma[h], discharge_ma, 0.003 * discharge_ma + 60.0);
    }
}

START_TEST(a_pack_at_rest_is_limited_by_its_resistance)
{
    struct rig rig;

    start(&rig);
    settle(&rig);
    expect_formula(&rig);
    ck_assert_int_gt(rig.p.discharge_ma[LBMS_HORIZON_2S], rig.p.discharge_ma[LBMS_HORIZON_10S]);
    ck_assert_int_gt(rig.p.discharge_ma[LBMS_HORIZON_10S], rig.p.discharge_ma[LBMS_HORIZON_60S]);
    ck_assert_int_gt(rig.p.discharge_ma[LBMS_HORIZON_60S], rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS]);
    /* by hand: (3.290 - 2.800) V over 1.8 mOhm */
    ck_assert_double_eq_tol((double)rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 272222.0, 100.0);
    ck_assert_double_eq_tol((double)rig.p.charge_ma[LBMS_HORIZON_CONTINUOUS], 161111.0, 100.0);
}
END_TEST

START_TEST(the_current_that_flows_and_what_it_has_built_up_count)
{
    static const int32_t current_ma[] = {-100000, -30000, 0, 40000, 100000};
    unsigned k;

    for (k = 0u; k < 5u; k++) {
        struct rig rig;

        start(&rig);
        rig.in.current_ma = current_ma[k];
        rig.in.v1_dmv = current_ma[k] / 1000 * 4; /* 0.4 mOhm */
        rig.in.v2_dmv = current_ma[k] / 1000 * 5;
        rig.in.cell_min_mv = (uint16_t)(3300 + current_ma[k] / 700);
        rig.in.cell_max_mv = (uint16_t)(3310 + current_ma[k] / 700);
        settle(&rig);
        expect_formula(&rig);
    }
}
END_TEST

START_TEST(a_cold_small_aged_pack_can_do_less)
{
    struct rig rig;

    start(&rig);
    rig.in.capacity_mah = 50000;
    lbms_cell_resistance(MODEL, 50000, -100, 2000, &rig.in.r);
    rig.in.current_ma = -5000;
    settle(&rig);
    expect_formula(&rig);
    ck_assert_int_lt(rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 25000);
}
END_TEST

START_TEST(beyond_its_end_voltage_a_cell_permits_nothing)
{
    struct rig rig;

    start(&rig);
    steps(&rig, 15u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_2S], RANGE_MA);
    rig.in.cell_max_mv = 3601u;
    rig.in.cell_min_mv = 2799u;
    steps(&rig, 1u); /* at once */
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_2S], 0);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_CONTINUOUS], 0);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_2S], 0);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 0);
    rig.in.cell_max_mv = 3599u; /* 1 mV over 0.5 mOhm and a part of the others */
    rig.in.cell_min_mv = 2801u;
    steps(&rig, 1u);
    expect_formula(&rig);
    ck_assert_int_gt(rig.p.charge_ma[LBMS_HORIZON_2S], 1000);
}
END_TEST

START_TEST(the_charge_of_the_weakest_cell_less_two_deviations_must_last)
{
    struct rig rig;

    start(&rig);
    rig.in.sd_bp = 100u;
    rig.in.soc_low_bp = 700u; /* 5 Ah beyond the margin: 60 A for 300 s */
    rig.in.soc_high_bp = 900u;
    settle(&rig);
    expect_formula(&rig);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 60000);
    ck_assert_int_gt(rig.p.discharge_ma[LBMS_HORIZON_60S], 200000);
    rig.in.sd_bp = 350u; /* nothing is certain: a trickle, until the voltage ends it */
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 5000);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_2S], 5000);
    rig.in.soc_low_bp = 0u;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_CONTINUOUS], 5000);
}
END_TEST

START_TEST(the_room_of_the_strongest_cell_bounds_the_charge)
{
    struct rig rig;

    start(&rig);
    rig.in.soc_high_bp = 9800u; /* 2 Ah: 24 A for 300 s */
    settle(&rig);
    expect_formula(&rig);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_CONTINUOUS], 24000);
    rig.in.soc_high_bp = 10000u; /* the tail of the charge remains possible */
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_CONTINUOUS], 5000);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_2S], 5000);
}
END_TEST

START_TEST(configured_and_derated_limits_hold)
{
    struct rig rig;

    start(&rig);
    rig.in.charge_most_ma = 12345;
    rig.in.discharge_most_ma = 0;
    steps(&rig, 15u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_2S], 12345);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_CONTINUOUS], 12345);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_2S], 0);
}
END_TEST

/* Limits after 5 s of rise, with calls at this distance. */
static int32_t after_5_s(uint32_t step_ms)
{
    struct rig rig;

    start(&rig);
    rig.in.elapsed_ms = step_ms;
    steps(&rig, 5000u / step_ms);
    ck_assert_int_eq(rig.p.discharge_ma[LBMS_HORIZON_60S], rig.p.charge_ma[LBMS_HORIZON_60S]);
    return rig.p.charge_ma[LBMS_HORIZON_60S];
}

START_TEST(a_limit_rises_by_a_tenth_of_its_range_a_second_at_any_rate_of_calls)
{
    struct rig rig;

    ck_assert_int_eq(after_5_s(1000u), 50000);
    ck_assert_int_eq(after_5_s(100u), 50000);
    ck_assert_int_eq(after_5_s(2500u), 50000);
    ck_assert_int_eq(after_5_s(5000u), 50000);
    start(&rig);
    rig.in.elapsed_ms = UINT32_MAX;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_60S], RANGE_MA);
    rig.in.charge_most_ma = 1000; /* falls at once */
    rig.in.elapsed_ms = 0u;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_60S], 1000);
    rig.in.charge_most_ma = RANGE_MA;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_60S], 1000);
    rig.in.elapsed_ms = 1000u;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_60S], 11000);
}
END_TEST

START_TEST(without_a_valid_measurement_nothing_is_permitted)
{
    struct rig rig;
    unsigned h;

    start(&rig);
    steps(&rig, 15u);
    rig.in.valid = false;
    steps(&rig, 1u);
    for (h = 0u; h < LBMS_HORIZONS; h++) {
        ck_assert_int_eq(rig.p.charge_ma[h], 0);
        ck_assert_int_eq(rig.p.discharge_ma[h], 0);
    }
    rig.in.valid = true;
    steps(&rig, 1u);
    ck_assert_int_eq(rig.p.charge_ma[LBMS_HORIZON_2S], 10000);
}
END_TEST

static uint32_t random_below(uint32_t *state, uint32_t below)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 8) % below;
}

START_TEST(random_packs_are_limited_by_the_formula_and_longer_never_permits_more)
{
    uint32_t state = 20250401u;
    unsigned i;

    for (i = 0u; i < 20000u; i++) {
        struct rig rig;
        double rounding_ma;
        double rounding;
        unsigned h;

        start(&rig);
        rig.in.capacity_mah = 10000 + (int32_t)random_below(&state, 290001u);
        lbms_cell_resistance(MODEL, rig.in.capacity_mah, (int32_t)random_below(&state, 800u) - 200,
                             500 + (int32_t)random_below(&state, 2001u), &rig.in.r);
        rig.in.current_ma = (int32_t)random_below(&state, 220001u) - 110000;
        rig.in.v1_dmv = (int32_t)random_below(&state, 2001u) - 1000;
        rig.in.v2_dmv = (int32_t)random_below(&state, 2001u) - 1000;
        rig.in.cell_min_mv = (uint16_t)(2500u + random_below(&state, 1200u));
        rig.in.cell_max_mv = (uint16_t)(rig.in.cell_min_mv + random_below(&state, 200u));
        rig.in.soc_low_bp = (uint16_t)random_below(&state, 10001u);
        rig.in.soc_high_bp = (uint16_t)random_below(&state, 10001u);
        rig.in.sd_bp = (uint16_t)random_below(&state, 1000u);
        /* half a mAh in 2 s; three voltages of 0.1 mV, and 0.1 % of v1 and v2 */
        rounding_ma = 900.0 + 350000.0 / rig.in.r.r0_uohm;
        rounding = 2.0 / rig.in.r.r0_uohm; /* two resistances of 1 microohm */
        rig.in.elapsed_ms = 10000u;
        rig.in.charge_most_ma = rig.in.discharge_most_ma = rig.in.range_ma = 500000;
        steps(&rig, 2u);
        for (h = 0u; h < LBMS_HORIZONS; h++) {
            const double charge_ma = fmin(formula_ma(&rig, CHARGE, h), 500000.0);
            const double discharge_ma = fmin(formula_ma(&rig, DISCHARGE, h), 500000.0);

            ck_assert_double_le((double)rig.p.charge_ma[h], (1.004 + rounding) * charge_ma + rounding_ma);
            ck_assert_double_le((double)rig.p.discharge_ma[h],
                                (1.004 + rounding) * discharge_ma + rounding_ma);
            ck_assert_int_ge(rig.p.charge_ma[h], 0);
            ck_assert_int_ge(rig.p.discharge_ma[h], 0);
            if (h > 0u) {
                ck_assert_int_le(rig.p.charge_ma[h], rig.p.charge_ma[h - 1u]);
                ck_assert_int_le(rig.p.discharge_ma[h], rig.p.discharge_ma[h - 1u]);
            }
        }
    }
}
END_TEST

SUITE("battery/power_limit", CASE("", a_pack_at_rest_is_limited_by_its_resistance),
      CASE("", the_current_that_flows_and_what_it_has_built_up_count),
      CASE("", a_cold_small_aged_pack_can_do_less), CASE("", beyond_its_end_voltage_a_cell_permits_nothing),
      CASE("", the_charge_of_the_weakest_cell_less_two_deviations_must_last),
      CASE("", the_room_of_the_strongest_cell_bounds_the_charge),
      CASE("", configured_and_derated_limits_hold),
      CASE("", a_limit_rises_by_a_tenth_of_its_range_a_second_at_any_rate_of_calls),
      CASE("R-PROT-01", without_a_valid_measurement_nothing_is_permitted),
      CASE("", random_packs_are_limited_by_the_formula_and_longer_never_permits_more))
