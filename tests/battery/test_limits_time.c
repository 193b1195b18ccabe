/* Limits in time: what rises does so slowly, what falls does so at once; and the trim of the charge voltage. */
#include "limits_rig.h"
#include "support/suite.h"

static void expect_both(const struct limits_rig *rig, int32_t ma)
{
    ck_assert_int_eq(rig->limits.view.ccl_ma, ma);
    ck_assert_int_eq(rig->limits.view.dcl_ma, ma);
}

/* Ready, told to the last 0.1 A, and rising this much in a second. */
static void ready_to_rise(struct limits_rig *rig, int32_t slew_ma_s)
{
    limits_ready(rig);
    rig->params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    rig->params.v[LBMS_PARAM_LIMIT_SLEW_MA_S] = slew_ma_s;
}

/* Both limits have just fallen to 0 and may rise again from now on. */
static void fall(struct limits_rig *rig)
{
    rig->in.blocked = LBMS_PATHS_BOTH;
    limits_step(rig, 10u);
    expect_both(rig, 0);
    rig->in.blocked = 0u;
}

START_TEST(limits_fall_at_once_and_rise_by_5_a_in_a_second_whatever_the_step)
{
    static const uint32_t steps_ms[] = {1u, 10u, 25u, 100u, 250u, 333u, 1000u, 10000u};
    unsigned i;

    for (i = 0u; i < sizeof(steps_ms) / sizeof(steps_ms[0]); i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        fall(&rig);
        limits_run(&rig, 10000u, steps_ms[i]);
        expect_both(&rig, 50000);
        limits_run(&rig, 9999u, steps_ms[i]);
        expect_both(&rig, 99900); /* 99.995 A */
        limits_run(&rig, 1u, 1u);
        expect_both(&rig, 100000);
        limits_run(&rig, 10000u, steps_ms[i]);
        expect_both(&rig, 100000);
    }
}
END_TEST

START_TEST(a_limit_falls_at_once_to_a_smaller_one_and_rises_from_there)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.mosfet_dc = 900; /* 70 % */
    limits_step(&rig, 10u);
    expect_both(&rig, 70000);
    rig.m.mosfet_dc = 1000; /* 30 % */
    limits_step(&rig, 10u);
    expect_both(&rig, 30000);
    rig.m.mosfet_dc = 900;
    limits_run(&rig, 7990u, 10u);
    expect_both(&rig, 69900); /* 69.95 A */
    limits_step(&rig, 10u);
    expect_both(&rig, 70000);
    limits_run(&rig, 5000u, 10u);
    expect_both(&rig, 70000);
    rig.m.mosfet_dc = 250;
    limits_run(&rig, 1000u, 10u);
    expect_both(&rig, 75000);
    rig.m.mosfet_dc = 900; /* falls while it rises */
    limits_step(&rig, 10u);
    expect_both(&rig, 70000);
}
END_TEST

START_TEST(each_of_the_two_rises_by_itself)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.blocked = LBMS_PATH_CHARGE;
    limits_step(&rig, 10u);
    rig.in.blocked = LBMS_PATH_DISCHARGE;
    limits_run(&rig, 4000u, 100u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 20000);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
    rig.in.blocked = 0u;
    limits_run(&rig, 4000u, 100u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 40000);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 20000);
}
END_TEST

START_TEST(a_slope_that_is_no_whole_number_of_ma_in_a_step_loses_nothing)
{
    struct limits_rig rig;

    ready_to_rise(&rig, 533);
    fall(&rig);
    limits_run(&rig, 99990u, 10u);
    expect_both(&rig, 53200); /* 53.29467 A */
    limits_step(&rig, 10u);
    expect_both(&rig, 53300);
}
END_TEST

START_TEST(a_slope_gains_nothing_either)
{
    struct limits_rig rig;

    /* 84.803 s times 533 mA/s: 1 uA below 45.2 A */
    ready_to_rise(&rig, 533);
    fall(&rig);
    limits_run(&rig, 84803u, 1000u);
    expect_both(&rig, 45100);
    limits_step(&rig, 1u);
    expect_both(&rig, 45200);

    /* one long step: 2.5 A/s for 39.999 s */
    ready_to_rise(&rig, 2500);
    fall(&rig);
    limits_step(&rig, 39999u);
    expect_both(&rig, 99900);
}
END_TEST

START_TEST(a_limit_that_has_been_level_rises_like_a_new_one)
{
    struct limits_rig rig;

    ready_to_rise(&rig, 500);
    rig.in.gentle = true;
    limits_step(&rig, 1u);
    limits_run(&rig, 11u, 1u); /* half a mA each: nothing of it is kept */
    ck_assert_int_eq(rig.limits.view.ccl_ma, 10000);
    rig.in.gentle = false;
    limits_step(&rig, 199u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 10000);
    limits_step(&rig, 1u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 10100);
}
END_TEST

START_TEST(a_limit_without_a_path_is_0_and_not_a_little_more)
{
    struct limits_rig rig;

    ready_to_rise(&rig, 500);
    fall(&rig);
    limits_step(&rig, 198u); /* 99 mA */
    expect_both(&rig, 0);
    limits_step(&rig, 2u);
    expect_both(&rig, 100);
    limits_step(&rig, 1u); /* half a mA more, and down again before it is a whole one */
    fall(&rig);
    limits_step(&rig, 199u); /* 99.5 mA */
    expect_both(&rig, 0);
    limits_step(&rig, 1u);
    expect_both(&rig, 100);
}
END_TEST

START_TEST(a_long_pause_lets_a_limit_rise_all_the_way_and_no_further)
{
    /* 42950 ms times 100 A/s are a little above 2^32; the last is as long as the clock can tell */
    static const uint32_t pauses_ms[] = {20000u, 40000u, 40001u, 42950u, 3600000u, UINT32_MAX};
    unsigned i;

    for (i = 0u; i < sizeof(pauses_ms) / sizeof(pauses_ms[0]); i++) {
        struct limits_rig rig;

        ready_to_rise(&rig, 100000);
        fall(&rig);
        limits_step(&rig, pauses_ms[i]);
        expect_both(&rig, 100000);
    }
}
END_TEST

START_TEST(the_first_step_offers_nothing_yet)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    rig.params.v[LBMS_PARAM_LIMIT_SLEW_MA_S] = 100000;
    limits_step(&rig, 0u);
    expect_both(&rig, 0);
    ck_assert_uint_eq(rig.limits.view.requests, 0u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800); /* a voltage needs no time */
    ck_assert_int_eq(rig.limits.view.dvl_mv, 46400);
    limits_step(&rig, 1u);
    expect_both(&rig, 100);
}
END_TEST

START_TEST(the_slope_is_right_across_the_wrap_of_the_clock)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.in.now_ms = UINT32_MAX - 4999u;
    limits_step(&rig, 0u);
    limits_run(&rig, 10000u, 700u);
    expect_both(&rig, 50000);
}
END_TEST

START_TEST(a_runaway_cell_lowers_the_charge_voltage_at_once_down_to_a_floor)
{
    static const struct {
        uint16_t mv;
        int32_t cvl_mv;
    } cases[] = {{3549u, 56800}, {3550u, 56800}, {3551u, 56784}, {3600u, 56000}, {3650u, 55200},
                 {3749u, 53616}, {3750u, 53600}, {3751u, 53600}, {4500u, 53600}};
    unsigned i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        measured_cell(&rig.m, (i * 5u) % LBMS_CELLS, cases[i].mv);
        limits_step(&rig, 10u);
        ck_assert_int_eq(rig.limits.view.cvl_mv, cases[i].cvl_mv); /* 16 mV for each mV */
        limits_run(&rig, 10000u, 100u);
        ck_assert_int_eq(rig.limits.view.cvl_mv, cases[i].cvl_mv);
        ck_assert_int_eq(rig.limits.view.dvl_mv, 46400);
    }
}
END_TEST

START_TEST(the_charge_voltage_recovers_by_50_mv_in_a_second_whatever_the_step)
{
    static const uint32_t steps_ms[] = {1u, 10u, 30u, 100u, 1000u, 30000u};
    unsigned i;

    for (i = 0u; i < sizeof(steps_ms) / sizeof(steps_ms[0]); i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        measured_cell(&rig.m, 3u, 3800u);
        limits_step(&rig, 100u);
        ck_assert_int_eq(rig.limits.view.cvl_mv, 53600);
        measured_cell(&rig.m, 3u, 3400u);
        limits_run(&rig, 10000u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.cvl_mv, 54100);
        limits_run(&rig, 53990u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.cvl_mv, 56799); /* 0.5 mV are missing */
        limits_run(&rig, 10u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
        limits_run(&rig, 10000u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    }
}
END_TEST

START_TEST(a_charge_voltage_recovers_only_as_far_as_its_cells_permit)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cell(&rig.m, 3u, 3650u);
    limits_step(&rig, 100u);
    measured_cell(&rig.m, 3u, 3610u);
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55840);
    measured_cell(&rig.m, 3u, 3600u); /* 160 mV more in 3.2 s */
    limits_run(&rig, 3100u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55995);
    measured_cell(&rig.m, 3u, 3640u); /* down at once again */
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55360);
}
END_TEST

START_TEST(start_gain_floor_and_rate_of_the_trim_are_parameters)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_CVL_TRIM_CELL_MV] = 3450;
    rig.params.v[LBMS_PARAM_CVL_TRIM_GAIN] = 10;
    rig.params.v[LBMS_PARAM_CVL_TRIM_FLOOR_MV] = 55000;
    rig.params.v[LBMS_PARAM_CVL_TRIM_RECOVER_MV_S] = 5;
    measured_cell(&rig.m, 3u, 3550u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55800);
    measured_cell(&rig.m, 3u, 3650u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55000);
    measured_cell(&rig.m, 3u, 3450u);
    limits_run(&rig, 100000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55500);
}
END_TEST

START_TEST(a_charge_voltage_that_is_set_anew_falls_at_once_and_rises_at_the_rate)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_CVL_MV] = 55200;
    limits_step(&rig, 10u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    rig.params.v[LBMS_PARAM_CVL_MV] = 57600;
    limits_run(&rig, 10000u, 10u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55700);
}
END_TEST

START_TEST(the_floor_of_the_trim_does_not_raise_a_low_charge_voltage)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_CVL_MV] = 53000;
    measured_cell(&rig.m, 3u, 3600u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 53000);
}
END_TEST

SUITE("battery/limits_time",
      CASE("R-TECH-08", limits_fall_at_once_and_rise_by_5_a_in_a_second_whatever_the_step),
      CASE("R-TECH-08", a_limit_falls_at_once_to_a_smaller_one_and_rises_from_there),
      CASE("R-TECH-08", each_of_the_two_rises_by_itself),
      CASE("R-TECH-08", a_slope_that_is_no_whole_number_of_ma_in_a_step_loses_nothing),
      CASE("R-TECH-08", a_slope_gains_nothing_either),
      CASE("R-TECH-08", a_limit_that_has_been_level_rises_like_a_new_one),
      CASE("R-TECH-08", a_limit_without_a_path_is_0_and_not_a_little_more),
      CASE("R-TECH-08", a_long_pause_lets_a_limit_rise_all_the_way_and_no_further),
      CASE("R-TECH-08", the_first_step_offers_nothing_yet),
      CASE("R-TECH-08", the_slope_is_right_across_the_wrap_of_the_clock),
      CASE("R-TECH-08", a_runaway_cell_lowers_the_charge_voltage_at_once_down_to_a_floor),
      CASE("R-TECH-08", the_charge_voltage_recovers_by_50_mv_in_a_second_whatever_the_step),
      CASE("R-TECH-08", a_charge_voltage_recovers_only_as_far_as_its_cells_permit),
      CASE("", start_gain_floor_and_rate_of_the_trim_are_parameters),
      CASE("", a_charge_voltage_that_is_set_anew_falls_at_once_and_rises_at_the_rate),
      CASE("", the_floor_of_the_trim_does_not_raise_a_low_charge_voltage))
