/* Open-loop polarisation and hysteresis of the estimator against exponentials in double precision. */
#include <math.h>

#include "../../lib/battery/estimator_parts.h"
#include "cell_double.h"
#include "support/suite.h"

#define CELL (&lbms_cell_lfp100)

/* What the estimator should know: voltages in V at scale 1, branch of the middle lane. */
struct truth {
    double ohm, v1, v2, h, old;
};

static void start(struct lbms_estimator *e, struct truth *t, int32_t capacity_mah)
{
    struct lbms_estimator_start at;

    lbms_estimator_start_unknown(&at);
    lbms_estimator_init(e, CELL, capacity_mah, &at);
    t->ohm = t->v1 = t->v2 = t->h = 0.0;
    t->old = 1.0;
}

static void tick(struct lbms_estimator *e, struct truth *t, double capacity_ah, int32_t ma, uint32_t ms)
{
    const double f = cell_f(CELL, e->polarisation.temp_dc / 10.0) * 100.0 / capacity_ah * 1e-6;
    const double i = ma / 1000.0;
    const double dt = ms / 1000.0;
    const double moved = exp(-CELL->hysteresis_rate * fabs(i) * dt / 3600.0 / capacity_ah);

    t->ohm = CELL->r0_uohm * f * i;
    t->v1 += (CELL->r1_uohm * f * i - t->v1) * (1.0 - exp(-dt / CELL->tau1_s));
    t->v2 += (CELL->r2_uohm * f * i - t->v2) * (1.0 - exp(-dt / CELL->tau2_s));
    t->h += (((i > 0.0) ? 1.0 : -1.0) - t->h) * (1.0 - moved);
    t->old *= moved;
    lbms_est_polarisation_step(e, ma, (int32_t)lround(i * dt * 1000.0), ms, 0u);
}

static void agree(const struct lbms_estimator *e, const struct truth *t)
{
    const int middle = LBMS_ESTIMATOR_LANES / 2;

    ck_assert_double_eq_tol(lbms_est_ohmic_dmv16(e) / 160000.0, t->ohm + t->v1,
                            2e-5 + 1e-3 * fabs(t->ohm + t->v1));
    ck_assert_double_eq_tol(lbms_est_slow_dmv16(e) / 160000.0, t->v2, 2e-5 + 1e-3 * fabs(t->v2));
    ck_assert_double_eq_tol(e->polarisation.h_q30[middle] / 1073741824.0, t->h, 1e-3);
    ck_assert_double_eq_tol(e->polarisation.old_q30[middle] / 1073741824.0, t->old, 1e-3);
}

START_TEST(voltages_build_up_and_decay_with_their_time_constants)
{
    struct lbms_estimator e;
    struct truth t;
    int s;

    start(&e, &t, 100000);
    for (s = 0; s < 20000; s++) {
        const int32_t ma = (s < 4000)   ? -50000
                           : (s < 9000) ? 30000
                           : (s < 9500) ? 0
                                        : (s % 100) * 500 - 20000;

        tick(&e, &t, 100.0, ma, 1000u);
        if (s % 50 == 0) {
            agree(&e, &t);
        }
    }
}
END_TEST

START_TEST(ticks_of_one_and_of_ten_seconds_agree)
{
    struct lbms_estimator e;
    struct truth t;
    int s;

    start(&e, &t, 100000);
    for (s = 0; s < 1000; s++) {
        tick(&e, &t, 100.0, 25000, 10000u);
    }
    agree(&e, &t);
}
END_TEST

START_TEST(cold_cells_have_the_resistance_of_their_temperature)
{
    struct lbms_estimator e;
    struct truth t;
    int16_t temp_dc;

    for (temp_dc = -300; temp_dc <= 500; temp_dc = (int16_t)(temp_dc + 90)) {
        int s;

        start(&e, &t, 100000);
        lbms_est_polarisation_temp(&e, temp_dc);
        for (s = 0; s < 600; s++) {
            tick(&e, &t, 100.0, -20000, 1000u);
        }
        agree(&e, &t);
    }
}
END_TEST

START_TEST(a_larger_cell_has_less_resistance_in_proportion)
{
    struct lbms_estimator e;
    struct truth t;
    int s;

    start(&e, &t, 280000);
    for (s = 0; s < 900; s++) {
        tick(&e, &t, 280.0, 140000, 1000u);
    }
    agree(&e, &t);
}
END_TEST

START_TEST(each_lane_follows_the_branch_of_its_own_offset)
{
    struct lbms_estimator e;
    struct truth t;
    int s;

    /* +200 mA are read; with an offset of +400 mA the pack discharges, with -400 mA it charges */
    start(&e, &t, 100000);
    for (s = 0; s < 40 * 3600; s++) {
        lbms_est_polarisation_step(&e, 200, 200, 1000u, 1000u);
    }
    ck_assert_int_lt(e.polarisation.h_q30[4], 0);
    ck_assert_int_gt(e.polarisation.h_q30[0], 0);
    ck_assert_int_gt(e.polarisation.h_q30[0], e.polarisation.h_q30[2]);
}
END_TEST

START_TEST(an_impossible_current_does_not_overflow)
{
    struct lbms_estimator e;
    struct truth t;

    start(&e, &t, 1000);
    lbms_est_polarisation_temp(&e, -1000);
    lbms_est_polarisation_step(&e, 1000000, 1000000, 1000u, 0u);
    ck_assert_int_eq(e.polarisation.ohm_uv8, 1073741824);
    lbms_est_polarisation_step(&e, -1000000, -1000000, 1000u, 0u);
    ck_assert_int_eq(e.polarisation.ohm_uv8, -1073741824);
}
END_TEST

START_TEST(scale_multiplies_the_ohmic_part_and_a_quarter_of_the_change_the_slow_part)
{
    struct lbms_estimator e;
    struct truth t;
    int s;
    double slow;

    start(&e, &t, 100000);
    for (s = 0; s < 3000; s++) {
        tick(&e, &t, 100.0, 40000, 1000u);
    }
    e.resistance.slow_permille = 1000u;
    for (e.resistance.permille = 500u; e.resistance.permille <= 2500u; e.resistance.permille += 250u) {
        const double kr = e.resistance.permille / 1000.0;

        slow = 1.0 + 0.25 * (kr - 1.0);
        ck_assert_double_eq_tol(lbms_est_total_dmv16(&e) / 160000.0, kr * (t.ohm + t.v1) + slow * t.v2, 1e-4);
    }
}
END_TEST

SUITE("battery/estimator_polarisation", CASE("", voltages_build_up_and_decay_with_their_time_constants),
      CASE("", ticks_of_one_and_of_ten_seconds_agree),
      CASE("", cold_cells_have_the_resistance_of_their_temperature),
      CASE("", a_larger_cell_has_less_resistance_in_proportion),
      CASE("", each_lane_follows_the_branch_of_its_own_offset),
      CASE("", an_impossible_current_does_not_overflow),
      CASE("", scale_multiplies_the_ohmic_part_and_a_quarter_of_the_change_the_slow_part))
