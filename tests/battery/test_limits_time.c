/* Limits in time: slope, trim of the charge voltage, stop before protection, ignored limits; and limits with lost sensors. */
#include "limits_rig.h"
#include "support/suite.h"

#define CCL_IGNORED LBMS_MASK(LBMS_CONDITION_CCL_IGNORED)
#define DCL_IGNORED LBMS_MASK(LBMS_CONDITION_DCL_IGNORED)

START_TEST(limits_fall_at_once_and_rise_by_5_a_in_a_second_whatever_the_step)
{
    static const uint32_t steps_ms[] = {10u, 25u, 100u, 250u, 1000u};
    unsigned i;

    for (i = 0u; i < sizeof(steps_ms) / sizeof(steps_ms[0]); i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.in.blocked = LBMS_PATHS_BOTH;
        limits_step(&rig, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 0);
        ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
        rig.in.blocked = 0u;
        limits_run(&rig, 10000u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 50000);
        ck_assert_int_eq(rig.limits.view.dcl_ma, 50000);
        limits_run(&rig, 10000u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 100000);
        limits_run(&rig, 10000u, steps_ms[i]);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 100000);
    }
}
END_TEST

START_TEST(a_slope_that_is_no_whole_number_of_ma_in_a_step_loses_nothing)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_LIMIT_SLEW_MA_S] = 533;
    rig.params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    rig.in.blocked = LBMS_PATH_CHARGE;
    limits_step(&rig, 10u);
    rig.in.blocked = 0u;
    limits_run(&rig, 99990u, 10u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 53200); /* 53.295 A */
    limits_run(&rig, 10u, 10u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 53300);
}
END_TEST

START_TEST(a_runaway_cell_lowers_the_charge_voltage_at_once_and_it_recovers_by_50_mv_in_a_second)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cell(&rig.m, 3u, 3550u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    measured_cell(&rig.m, 3u, 3551u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56784); /* 16 mV for each mV */
    measured_cell(&rig.m, 3u, 3650u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    measured_cell(&rig.m, 3u, 3800u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 53600); /* the floor */
    measured_cell(&rig.m, 3u, 3400u);
    limits_run(&rig, 10000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 54100);
    limits_run(&rig, 54000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
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

START_TEST(without_every_cell_the_charge_voltage_may_fall_but_not_recover)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cell(&rig.m, 3u, 3600u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56000);
    limits_lose(&rig, LBMS_VALID_CELLS);
    measured_cell(&rig.m, 3u, 3400u);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CELLS;
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56000);
    rig.m.cell_max_mv = 3650u;
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    limits_lose(&rig, LBMS_VALID_CELL_RANGE);
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
}
END_TEST

static void expect_stop(const struct limits_rig *rig, bool stop)
{
    ck_assert(rig->limits.stop == stop);
    ck_assert(((rig->limits.view.requests & LBMS_REQUEST_FORCE_CHARGE) != 0u) == stop);
    if (stop) {
        ck_assert_int_eq(rig->limits.view.dcl_ma, 0);
        ck_assert_uint_eq(rig->limits.view.requests & LBMS_REQUEST_DISCHARGE_PERMITTED, 0u);
    }
}

START_TEST(discharging_stops_five_seconds_below_46_4_v_or_2_8_v)
{
    static const struct {
        uint16_t cell_mv;
        int32_t pack_mv;
        bool stops;
    } cases[] = {{2800u, 46400, false}, {2799u, 46400, true}, {2800u, 46399, true}};
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        measured_cell(&rig.m, 8u, cases[i].cell_mv);
        rig.m.pack_mv = cases[i].pack_mv;
        limits_step(&rig, 100u);
        limits_run(&rig, 4900u, 100u);
        expect_stop(&rig, false);
        limits_run(&rig, 100u, 100u);
        expect_stop(&rig, cases[i].stops);
    }
}
END_TEST

START_TEST(a_stop_ends_a_minute_after_both_release_levels_and_the_limit_comes_back_slowly)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cells(&rig.m, 2790u);
    limits_run(&rig, 6000u, 100u);
    expect_stop(&rig, true);
    measured_cells(&rig.m, 3000u); /* 48.0 V */
    measured_cell(&rig.m, 5u, 2899u);
    limits_run(&rig, 120000u, 100u);
    expect_stop(&rig, true);
    measured_cell(&rig.m, 5u, 2900u);
    rig.m.pack_mv = 47999;
    limits_run(&rig, 120000u, 100u);
    expect_stop(&rig, true);
    rig.m.pack_mv = 48000;
    limits_step(&rig, 100u);
    limits_run(&rig, 59900u, 100u);
    expect_stop(&rig, true);
    limits_run(&rig, 100u, 100u);
    expect_stop(&rig, false);
    ck_assert_int_le(rig.limits.view.dcl_ma, 500);
    limits_run(&rig, 2000u, 100u);
    ck_assert_int_gt(rig.limits.view.dcl_ma, 9000);
    ck_assert_int_lt(rig.limits.view.dcl_ma, 11000);
}
END_TEST

START_TEST(an_under_voltage_protection_stops_at_once)
{
    static const uint8_t bits[] = {LBMS_BIT_CELL_UV, LBMS_BIT_PACK_UV};
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.in.protections = LBMS_MASK(bits[i]);
        limits_step(&rig, 100u);
        expect_stop(&rig, true);
        rig.in.protections = 0u;
        limits_run(&rig, 59900u, 100u); /* the healthy voltages have been there all the time */
        expect_stop(&rig, false);
    }
}
END_TEST

START_TEST(what_is_not_known_neither_begins_nor_ends_the_delay_of_a_stop)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.pack_mv = 46399;
    limits_lose(&rig, LBMS_VALID_PACK);
    limits_run(&rig, 60000u, 100u);
    ck_assert(!rig.limits.stop);
    rig.m.valid |= LBMS_VALID_PACK;
    limits_step(&rig, 100u);
    limits_lose(&rig, LBMS_VALID_PACK);
    limits_run(&rig, 5000u, 100u);
    ck_assert(rig.limits.stop);
    rig.m.valid |= LBMS_VALID_PACK;
    measured_cells(&rig.m, 3300u);
    limits_lose(&rig, LBMS_VALID_CELLS);
    limits_run(&rig, 120000u, 100u);
    ck_assert(rig.limits.stop);
}
END_TEST

START_TEST(a_limit_is_ignored_when_1_2_times_and_2_a_are_exceeded_for_a_minute)
{
    static const struct {
        int32_t ma;
        uint32_t condition;
    } cases[] = {{122000, 0u}, {122001, CCL_IGNORED}, {-122000, 0u}, {-122001, DCL_IGNORED}};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.m.current_ma = cases[i].ma;
        limits_step(&rig, 100u);
        limits_run(&rig, 59900u, 100u);
        ck_assert_uint_eq(rig.limits.conditions, 0u);
        limits_run(&rig, 100u, 100u);
        ck_assert_uint_eq(rig.limits.conditions, cases[i].condition);
        rig.m.current_ma = 0;
        limits_step(&rig, 100u);
        ck_assert_uint_eq(rig.limits.conditions, 0u);
    }
}
END_TEST

START_TEST(an_unknown_current_neither_begins_nor_ends_the_minute_of_an_ignored_limit)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.current_ma = 150000;
    limits_lose(&rig, LBMS_VALID_CURRENT);
    limits_run(&rig, 120000u, 100u);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
    rig.m.valid |= LBMS_VALID_CURRENT;
    limits_step(&rig, 100u);
    limits_lose(&rig, LBMS_VALID_CURRENT);
    limits_run(&rig, 60000u, 100u);
    ck_assert_uint_eq(rig.limits.conditions, CCL_IGNORED);
}
END_TEST

START_TEST(one_lost_cell_sensor_halves_the_limits_and_two_end_them)
{
    struct limits_rig rig;
    unsigned i;

    for (i = 0u; i < LBMS_NTCS; i++) {
        limits_ready(&rig);
        rig.m.ntcs_valid = (uint8_t)(LBMS_ALL_NTCS & ~(1u << i));
        limits_step(&rig, 100u);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 50000);
        ck_assert_int_eq(rig.limits.view.dcl_ma, 50000);
        rig.m.ntcs_valid = (uint8_t)(rig.m.ntcs_valid & ~(1u << ((i + 1u) % LBMS_NTCS)));
        limits_step(&rig, 100u);
        ck_assert_int_eq(rig.limits.view.ccl_ma, 0);
        ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
    }
    limits_ready(&rig);
    limits_lose(&rig, LBMS_VALID_TEMP_RANGE);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
}
END_TEST

START_TEST(without_its_sensor_the_mosfet_is_taken_20_k_above_the_board_and_never_better_than_known)
{
    struct limits_rig rig;

    limits_ready(&rig);
    limits_lose(&rig, LBMS_VALID_MOSFET);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 50000); /* a cool board: half */
    rig.m.ambient_dc = 800;                          /* as a MOSFET at 100 degC: 30 % */
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 30000);
    limits_lose(&rig, LBMS_VALID_AMBIENT);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);

    limits_ready(&rig);
    rig.m.mosfet_dc = 1000;
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 30000);
    limits_lose(&rig, LBMS_VALID_MOSFET); /* the cool board must not raise it */
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 30000);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 30000);
}
END_TEST

START_TEST(without_every_cell_no_current_is_offered)
{
    struct limits_rig rig;

    limits_ready(&rig);
    limits_lose(&rig, LBMS_VALID_CELLS);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 0);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
}
END_TEST

SUITE("battery/limits_time",
      CASE("R-TECH-08", limits_fall_at_once_and_rise_by_5_a_in_a_second_whatever_the_step),
      CASE("R-TECH-08", a_slope_that_is_no_whole_number_of_ma_in_a_step_loses_nothing),
      CASE("R-TECH-08",
           a_runaway_cell_lowers_the_charge_voltage_at_once_and_it_recovers_by_50_mv_in_a_second),
      CASE("", the_floor_of_the_trim_does_not_raise_a_low_charge_voltage),
      CASE("R-PROT-01", without_every_cell_the_charge_voltage_may_fall_but_not_recover),
      CASE("R-TECH-08", discharging_stops_five_seconds_below_46_4_v_or_2_8_v),
      CASE("R-TECH-08", a_stop_ends_a_minute_after_both_release_levels_and_the_limit_comes_back_slowly),
      CASE("R-TECH-08", an_under_voltage_protection_stops_at_once),
      CASE("R-PROT-01", what_is_not_known_neither_begins_nor_ends_the_delay_of_a_stop),
      CASE("R-TECH-08", a_limit_is_ignored_when_1_2_times_and_2_a_are_exceeded_for_a_minute),
      CASE("R-PROT-01", an_unknown_current_neither_begins_nor_ends_the_minute_of_an_ignored_limit),
      CASE("R-PROT-01 R-PROT-05", one_lost_cell_sensor_halves_the_limits_and_two_end_them),
      CASE("R-PROT-01",
           without_its_sensor_the_mosfet_is_taken_20_k_above_the_board_and_never_better_than_known),
      CASE("R-PROT-01", without_every_cell_no_current_is_offered))
