#include "losun_bms/battery/remaining_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cell_double.h"
#include "losun_bms/model/snapshot.h"
#include "support/suite.h"

#define MODEL        (&lbms_cell_lfp100)
#define CAPACITY_MAH 100000

struct rig {
    struct lbms_remaining_time t;
    struct lbms_remaining_time_inputs in;
};

static void start(struct rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig));
    memset(&rig->in, 0, sizeof(rig->in));
    rig->in.elapsed_ms = 1000u;
    rig->in.window = LBMS_WINDOW_5MIN;
    rig->in.pack_mv = 52000;
    rig->in.cell_max_mv = 3300u;
    rig->in.temp_dc = 250;
    rig->in.soc_low_bp = 5000u;
    rig->in.soc_high_bp = 5000u;
    rig->in.capacity_mah = CAPACITY_MAH;
    rig->in.end_low_mv = 2800;
    rig->in.end_high_mv = 3550;
    lbms_cell_resistance(MODEL, CAPACITY_MAH, 250, 1000, &rig->in.r);
    lbms_remaining_time_init(&rig->t, 0u);
}

static uint32_t steps(struct rig *rig, unsigned count)
{
    while (count-- > 0u) {
        lbms_remaining_time_step(&rig->t, MODEL, &rig->in);
    }
    return rig->t.left_s;
}

static void flow(struct rig *rig, int32_t current_ma)
{
    rig->in.current_ma = current_ma;
    rig->in.flow = (current_ma == 0)  ? LBMS_FLOW_IDLE
                   : (current_ma > 0) ? LBMS_FLOW_CHARGE
                                      : LBMS_FLOW_DISCHARGE;
}

/* Energy between here and there divided by power, in steps of 0.001 % in double precision. */
static double expected_s(const struct rig *rig)
{
    const struct lbms_remaining_time_inputs *in = &rig->in;
    const double sign = (in->current_ma > 0) ? 1.0 : -1.0;
    const double drop = (in->r.r0_uohm + in->r.r1_uohm + in->r.r2_uohm) * 1e-6 * in->current_ma * 1e-3;
    const double dz = 1e-5;
    double z = ((sign > 0.0) ? in->soc_high_bp : in->soc_low_bp) / 10000.0;
    double energy_j = 0.0;

    while ((z >= 0.0) && (z <= 1.0)) {
        const double v = cell_u_v(MODEL, z, in->temp_dc / 10.0) + sign * cell_m_v(MODEL, z) + drop;

        if ((sign > 0.0) ? (v > in->end_high_mv / 1000.0) : (v < in->end_low_mv / 1000.0)) {
            break;
        }
        energy_j += LBMS_CELLS * v * dz * in->capacity_mah * 3.6;
        z += sign * dz;
    }
    return energy_j / fabs(in->pack_mv * 1e-3 * in->current_ma * 1e-3);
}

static void expect(int32_t current_ma, uint16_t soc_bp, int16_t temp_dc)
{
    struct rig rig;
    double s;

    start(&rig);
    rig.in.temp_dc = temp_dc;
    rig.in.soc_low_bp = soc_bp;
    rig.in.soc_high_bp = soc_bp;
    lbms_cell_resistance(MODEL, CAPACITY_MAH, temp_dc, 1000, &rig.in.r);
    flow(&rig, current_ma);
    steps(&rig, 60u);
    s = fmin(expected_s(&rig) + ((current_ma > 0) ? 1200.0 : 0.0), 360000.0);
    /* 1/16 % of charge where the walk ends */
    ck_assert_double_eq_tol((double)rig.t.left_s, s, 0.002 * s + 3.6e8 * 0.000625 / abs(current_ma));
}

START_TEST(nothing_is_known_at_the_start_and_while_idle)
{
    struct rig rig;

    start(&rig);
    ck_assert_uint_eq(rig.t.left_s, LBMS_TIME_UNKNOWN_S);
    flow(&rig, 0);
    ck_assert_uint_eq(steps(&rig, 100u), LBMS_TIME_UNKNOWN_S);
    flow(&rig, -20000);
    ck_assert_uint_ne(steps(&rig, 30u), LBMS_TIME_UNKNOWN_S);
    flow(&rig, 0);
    ck_assert_uint_eq(steps(&rig, 1u), LBMS_TIME_UNKNOWN_S);
    flow(&rig, -20000);
    ck_assert_uint_ne(steps(&rig, 30u), LBMS_TIME_UNKNOWN_S);
    flow(&rig, 20000); /* from one direction to the other */
    ck_assert_uint_eq(steps(&rig, 1u), LBMS_TIME_UNKNOWN_S);
}
END_TEST

START_TEST(time_to_empty_is_energy_over_power)
{
    expect(-20000, 10000u, 250);
    expect(-20000, 5000u, 250);
    expect(-20000, 1234u, 250);
    expect(-100000, 9000u, 250);
    expect(-100000, 3000u, 250);
    expect(-5000, 7000u, 100);
    expect(-50000, 8000u, -100);
    expect(-600, 9000u, 250); /* longer than can be told */
    expect(-20000, 0u, 250);
    expect(-20000, 10u, 250);
    expect(-20000, 500u, 250); /* where the curve falls by a volt */
}
END_TEST

START_TEST(the_energy_is_exact_where_the_end_lies_on_the_table)
{
    struct rig rig;
    double v;

    start(&rig);
    rig.in.soc_low_bp = 500u;
    flow(&rig, -20000); /* 36 mV at 1.8 mOhm */
    v = cell_u_v(MODEL, 0.01, 25.0) - cell_m_v(MODEL, 0.01) - 0.036;
    rig.in.end_low_mv = (int32_t)floor(1000.0 * v);
    steps(&rig, 60u);
    ck_assert_double_eq_tol((double)rig.t.left_s, expected_s(&rig), 3.0);
}
END_TEST

START_TEST(time_to_full_has_the_constant_voltage_tail)
{
    expect(20000, 0u, 250);
    expect(20000, 5000u, 250);
    expect(50000, 7777u, 250);
    expect(100000, 2000u, 250);
    expect(5000, 9900u, 250);
    expect(20000, 10000u, 250);
}
END_TEST

START_TEST(a_cold_pack_is_empty_earlier)
{
    struct rig rig;
    uint32_t warm_s;

    start(&rig);
    flow(&rig, -50000);
    warm_s = steps(&rig, 60u);
    start(&rig);
    rig.in.temp_dc = -150;
    lbms_cell_resistance(MODEL, CAPACITY_MAH, -150, 1000, &rig.in.r);
    flow(&rig, -50000); /* 0.5 V lost: below the end voltage at once */
    ck_assert_uint_lt(steps(&rig, 60u), warm_s / 4u);
}
END_TEST

START_TEST(the_lowest_cell_empties_and_the_highest_fills)
{
    struct rig rig;
    uint32_t down_s;
    uint32_t up_s;

    start(&rig);
    rig.in.soc_low_bp = 4000u;
    rig.in.soc_high_bp = 6000u;
    flow(&rig, -20000);
    down_s = steps(&rig, 60u);
    ck_assert_double_eq_tol((double)down_s, expected_s(&rig), 60.0);
    flow(&rig, 20000);
    up_s = steps(&rig, 60u);
    ck_assert_double_eq_tol((double)up_s, expected_s(&rig) + 1200.0, 60.0);
}
END_TEST

/* Averaged power after these seconds of a step from 20 to 60 A, in W. */
static double mean_w(unsigned window, uint32_t step_ms, uint32_t before_s, uint32_t after_s)
{
    struct rig rig;

    start(&rig);
    rig.in.elapsed_ms = step_ms;
    flow(&rig, -20000);
    steps(&rig, before_s * 1000u / step_ms);
    flow(&rig, -60000);
    steps(&rig, after_s * 1000u / step_ms);
    return rig.t.mean_16th[window] / 16000.0;
}

START_TEST(power_is_averaged_over_1_5_and_15_minutes)
{
    static const double window_s[] = {60.0, 300.0, 900.0};
    unsigned k;

    for (k = 0u; k < LBMS_WINDOWS; k++) {
        const double after = 1040.0 + 2080.0 * (1.0 - exp(-120.0 / window_s[k]));

        ck_assert_double_eq_tol(mean_w(k, 1000u, 1800u, 120u), after, 8.0);
        ck_assert_double_eq_tol(mean_w(k, 100u, 1800u, 120u), after, 3.0);
        ck_assert_double_eq_tol(mean_w(k, 10000u, 1800u, 120u), after, 70.0);
    }
}
END_TEST

START_TEST(until_its_window_is_full_an_average_is_the_plain_mean)
{
    unsigned k;

    for (k = LBMS_WINDOW_5MIN; k < LBMS_WINDOWS; k++) {
        ck_assert_double_eq_tol(mean_w(k, 1000u, 60u, 60u), 2080.0, 1.0);
        ck_assert_double_eq_tol(mean_w(k, 1000u, 30u, 90u), 2600.0, 1.0);
    }
}
END_TEST

START_TEST(the_user_chooses_the_window)
{
    struct rig rig;
    double one_min;
    double fifteen_min;

    start(&rig);
    flow(&rig, -20000);
    steps(&rig, 1800u);
    flow(&rig, -60000);
    rig.in.window = LBMS_WINDOW_1MIN;
    one_min = steps(&rig, 120u);
    rig.in.window = LBMS_WINDOW_15MIN;
    fifteen_min = steps(&rig, 60u);
    ck_assert_double_gt(fifteen_min, 1.5 * one_min);
    rig.in.window = 3u; /* none: the default */
    steps(&rig, 60u);
    rig.in.window = LBMS_WINDOW_5MIN;
    ck_assert_double_eq_tol((double)rig.t.left_s, (double)steps(&rig, 1u), 300.0);
}
END_TEST

START_TEST(the_averages_begin_anew_when_the_direction_changes_and_last_through_idle)
{
    struct rig rig;

    start(&rig);
    flow(&rig, -60000);
    steps(&rig, 1800u);
    flow(&rig, 0);
    steps(&rig, 600u);
    flow(&rig, -20000);
    steps(&rig, 1u);
    ck_assert_double_gt(rig.t.mean_16th[LBMS_WINDOW_15MIN] / 16000.0, 3000.0);
    flow(&rig, 20000);
    ck_assert_uint_eq(steps(&rig, 1u), LBMS_TIME_UNKNOWN_S);
    ck_assert_double_eq_tol(rig.t.mean_16th[LBMS_WINDOW_15MIN] / 16000.0, 1040.0, 0.1);
}
END_TEST

START_TEST(a_figure_is_ready_after_26_calls_and_follows_the_charge)
{
    struct rig rig;
    uint32_t before_s;

    start(&rig);
    rig.in.soc_low_bp = 10000u;
    flow(&rig, -20000);
    ck_assert_uint_ne(steps(&rig, 27u), LBMS_TIME_UNKNOWN_S);
    before_s = rig.t.left_s;
    rig.in.soc_low_bp = 9000u; /* half an hour at 20 A */
    steps(&rig, 54u);
    ck_assert_double_eq_tol((double)before_s - (double)rig.t.left_s, 1800.0, 60.0);
}
END_TEST

/* A charge that reaches its voltage and needs this long for the rest. */
static void charge_with_tail(struct rig *rig, uint32_t s)
{
    flow(rig, 20000);
    rig->in.cell_max_mv = 3400u;
    rig->in.full = false;
    steps(rig, 100u);
    rig->in.cell_max_mv = 3550u;
    steps(rig, s);
    rig->in.full = true;
    steps(rig, 1u);
}

START_TEST(the_tail_is_measured_and_averaged_over_several_charges)
{
    struct rig rig;

    start(&rig);
    ck_assert_uint_eq(rig.t.tail_s, 1200u);
    charge_with_tail(&rig, 2000u);
    ck_assert_uint_eq(rig.t.tail_s, 1400u);
    steps(&rig, 100u); /* while full nothing more is measured */
    ck_assert_uint_eq(rig.t.tail_s, 1400u);
    charge_with_tail(&rig, 2000u);
    ck_assert_uint_eq(rig.t.tail_s, 1550u);
    charge_with_tail(&rig, 10u); /* counts as a minute */
    ck_assert_uint_eq(rig.t.tail_s, 1177u);
    lbms_remaining_time_init(&rig.t, 1550u);
    ck_assert_uint_eq(rig.t.tail_s, 1550u);
    lbms_remaining_time_init(&rig.t, 59u);
    ck_assert_uint_eq(rig.t.tail_s, 60u);
    lbms_remaining_time_init(&rig.t, 7201u);
    ck_assert_uint_eq(rig.t.tail_s, 7200u);
}
END_TEST

START_TEST(in_the_tail_the_time_counts_down_to_a_minute)
{
    struct rig rig;

    start(&rig);
    flow(&rig, 20000);
    rig.in.soc_high_bp = 10000u;
    rig.in.cell_max_mv = 3550u;
    ck_assert_double_eq_tol((double)steps(&rig, 600u), 600.0, 30.0);
    ck_assert_uint_eq(steps(&rig, 600u), 60u);
    ck_assert_uint_eq(steps(&rig, 20000u), 60u); /* a charge that does not end */
    rig.in.full = true;
    steps(&rig, 1u);
    ck_assert_uint_eq(rig.t.tail_s, 1200u + 1500u); /* counted as two hours */
}
END_TEST

START_TEST(a_charger_that_goes_away_or_a_load_ends_the_tail_without_a_figure)
{
    struct rig rig;

    start(&rig);
    flow(&rig, 20000);
    rig.in.cell_max_mv = 3549u; /* not yet */
    steps(&rig, 100u);
    ck_assert_uint_eq(rig.t.in_tail_ms, 0u);
    rig.in.cell_max_mv = 3550u;
    steps(&rig, 100u);
    ck_assert_uint_eq(rig.t.in_tail_ms, 100000u);
    flow(&rig, 0); /* tapered to nothing: goes on */
    rig.in.cell_max_mv = 3500u;
    steps(&rig, 100u);
    ck_assert_uint_eq(rig.t.in_tail_ms, 200000u);
    rig.in.cell_max_mv = 3499u;
    steps(&rig, 1u);
    ck_assert_uint_eq(rig.t.in_tail_ms, 0u);
    flow(&rig, 20000);
    rig.in.cell_max_mv = 3550u;
    steps(&rig, 100u);
    flow(&rig, -1000);
    steps(&rig, 1u);
    ck_assert_uint_eq(rig.t.in_tail_ms, 0u);
    rig.in.full = true;
    steps(&rig, 1u);
    ck_assert_uint_eq(rig.t.tail_s, 1200u);
}
END_TEST

START_TEST(odd_inputs_do_no_harm)
{
    struct rig rig;

    start(&rig);
    flow(&rig, -20000);
    steps(&rig, 60u);
    rig.in.elapsed_ms = 0u; /* no time, no change */
    {
        const struct lbms_remaining_time before = rig.t;

        steps(&rig, 1u);
        ck_assert_mem_eq(&before, &rig.t, sizeof(before));
    }
    rig.in.elapsed_ms = UINT32_MAX; /* counts as 10 s */
    steps(&rig, 1u);
    ck_assert_uint_eq(rig.t.averaged_ms, 70000u);
    rig.in.pack_mv = 0; /* no power: as long as can be told */
    rig.in.elapsed_ms = 1000u;
    start(&rig);
    flow(&rig, -20000);
    rig.in.pack_mv = 0;
    steps(&rig, 60u);
    ck_assert_uint_eq(rig.t.left_s, LBMS_TIME_MOST_S);
}
END_TEST

SUITE("battery/remaining_time", CASE("", nothing_is_known_at_the_start_and_while_idle),
      CASE("", time_to_empty_is_energy_over_power),
      CASE("", the_energy_is_exact_where_the_end_lies_on_the_table),
      CASE("", time_to_full_has_the_constant_voltage_tail), CASE("", a_cold_pack_is_empty_earlier),
      CASE("", the_lowest_cell_empties_and_the_highest_fills),
      CASE("", power_is_averaged_over_1_5_and_15_minutes),
      CASE("", until_its_window_is_full_an_average_is_the_plain_mean), CASE("", the_user_chooses_the_window),
      CASE("", the_averages_begin_anew_when_the_direction_changes_and_last_through_idle),
      CASE("", a_figure_is_ready_after_26_calls_and_follows_the_charge),
      CASE("", the_tail_is_measured_and_averaged_over_several_charges),
      CASE("", in_the_tail_the_time_counts_down_to_a_minute),
      CASE("", a_charger_that_goes_away_or_a_load_ends_the_tail_without_a_figure),
      CASE("", odd_inputs_do_no_harm))
