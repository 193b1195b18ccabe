/* Stop before protection: an empty pack asks the inverter to stop, before the under-voltage protection has to act. */
#include "limits_rig.h"
#include "support/suite.h"

/* The parts of the result that follow the stop; it ends discharging only. */
static void expect_stop(const struct limits_rig *rig, bool stop)
{
    ck_assert(rig->limits.stop == stop);
    ck_assert(((rig->limits.view.requests & LBMS_REQUEST_FORCE_CHARGE) != 0u) == stop);
    ck_assert((rig->limits.view.requests & LBMS_REQUEST_CHARGE_PERMITTED) != 0u);
    if (stop) {
        ck_assert_int_eq(rig->limits.view.dcl_ma, 0);
        ck_assert_uint_eq(rig->limits.view.requests & LBMS_REQUEST_DISCHARGE_PERMITTED, 0u);
    }
}

/* Stopped by low cells, which are at 3.1 V again now (49.6 V); no step has seen that yet. */
static void recover(struct limits_rig *rig)
{
    limits_ready(rig);
    measured_cells(&rig->m, 2790u);
    limits_run(rig, 6000u, 100u);
    expect_stop(rig, true);
    measured_cells(&rig->m, 3100u);
}

START_TEST(discharging_stops_five_seconds_below_46_4_v_or_2_8_v)
{
    static const struct {
        uint16_t cell_mv;
        int32_t pack_mv;
        bool stops;
    } cases[] = {{2800u, 46400, false}, {2799u, 46400, true}, {2800u, 46399, true}};
    static const uint32_t steps_ms[] = {10u, 100u, 980u, 4900u};
    unsigned i;

    for (i = 0u; i < 3u * 4u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        measured_cell(&rig.m, 8u, cases[i % 3u].cell_mv);
        rig.m.pack_mv = cases[i % 3u].pack_mv;
        limits_step(&rig, 100u);
        limits_run(&rig, 4900u, steps_ms[i / 3u]);
        expect_stop(&rig, false);
        ck_assert_int_gt(rig.limits.view.dcl_ma, 20000); /* all that the curve of the cells takes */
        limits_step(&rig, 99u);
        expect_stop(&rig, false);
        limits_step(&rig, 1u);
        expect_stop(&rig, cases[i % 3u].stops);
    }
}
END_TEST

START_TEST(a_moment_above_both_levels_begins_the_five_seconds_anew)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.pack_mv = 46399;
    limits_run(&rig, 5000u, 100u); /* 4.9 s after the first of these */
    rig.m.pack_mv = 46400;
    limits_step(&rig, 100u);
    rig.m.pack_mv = 46399;
    limits_run(&rig, 5000u, 100u);
    expect_stop(&rig, false);
    limits_step(&rig, 100u);
    expect_stop(&rig, true);
}
END_TEST

START_TEST(a_pack_that_is_low_in_one_way_and_then_in_the_other_is_low_all_the_time)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.pack_mv = 46399;
    limits_run(&rig, 3000u, 100u);
    rig.m.pack_mv = 52800;
    measured_cell(&rig.m, 0u, 2799u);
    limits_run(&rig, 2000u, 100u);
    expect_stop(&rig, false);
    limits_step(&rig, 100u);
    expect_stop(&rig, true);
}
END_TEST

START_TEST(levels_and_times_of_the_stop_are_parameters)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_DVL_MV] = 48000;
    rig.params.v[LBMS_PARAM_DCL_STOP_S] = 60;
    rig.params.v[LBMS_PARAM_DCL_RESUME_S] = 5;
    rig.params.v[LBMS_PARAM_PACK_UV_RELEASE_MV] = 50000;
    rig.params.v[LBMS_PARAM_CELL_UV_RELEASE_MV] = 3100;
    measured_cells(&rig.m, 2999u);
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, false);
    limits_step(&rig, 100u);
    expect_stop(&rig, true);
    measured_cells(&rig.m, 3150u);
    measured_cell(&rig.m, 5u, 3099u);
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, true);
    measured_cell(&rig.m, 5u, 3100u);
    limits_run(&rig, 5000u, 100u);
    expect_stop(&rig, true);
    limits_step(&rig, 100u);
    expect_stop(&rig, false);

    rig.params.v[LBMS_PARAM_CELL_UV_ALARM_MV] = 3100;
    measured_cell(&rig.m, 5u, 3099u);
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, false);
    limits_step(&rig, 100u);
    expect_stop(&rig, true);
}
END_TEST

START_TEST(a_stop_ends_a_minute_after_both_release_levels)
{
    static const uint32_t steps_ms[] = {10u, 100u, 7000u, 59900u};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct limits_rig rig;

        recover(&rig);
        measured_cell(&rig.m, 5u, 2899u);
        limits_run(&rig, 120000u, steps_ms[i]);
        expect_stop(&rig, true);
        measured_cell(&rig.m, 5u, 2900u);
        rig.m.pack_mv = 47999;
        limits_run(&rig, 120000u, steps_ms[i]);
        expect_stop(&rig, true);
        rig.m.pack_mv = 48000;
        limits_step(&rig, 100u);
        limits_run(&rig, 59900u, steps_ms[i]);
        expect_stop(&rig, true);
        limits_step(&rig, 99u);
        expect_stop(&rig, true);
        limits_step(&rig, 1u);
        expect_stop(&rig, false);
    }
}
END_TEST

START_TEST(a_moment_below_a_release_level_begins_the_minute_anew)
{
    struct limits_rig rig;

    recover(&rig);
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, true);
    measured_cell(&rig.m, 15u, 2899u);
    limits_step(&rig, 100u);
    measured_cell(&rig.m, 15u, 2900u);
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, true);
    limits_step(&rig, 100u);
    expect_stop(&rig, false);
}
END_TEST

START_TEST(between_the_levels_a_stop_neither_begins_nor_ends)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cells(&rig.m, 2950u); /* 47.2 V */
    limits_run(&rig, 120000u, 100u);
    expect_stop(&rig, false);
    recover(&rig);
    measured_cells(&rig.m, 2950u);
    limits_run(&rig, 120000u, 100u);
    expect_stop(&rig, true);
}
END_TEST

START_TEST(after_a_stop_the_limit_comes_back_from_zero_by_5_a_in_a_second)
{
    struct limits_rig rig;

    recover(&rig);
    limits_step(&rig, 100u);
    limits_run(&rig, 59900u, 100u);
    expect_stop(&rig, true);
    limits_step(&rig, 100u);
    expect_stop(&rig, false);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0); /* 0.5 A is below what is told */
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 1000);
    limits_run(&rig, 9800u, 100u);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 50000);
}
END_TEST

START_TEST(an_under_voltage_protection_stops_at_once_and_as_long_as_it_lasts)
{
    static const uint8_t bits[] = {LBMS_BIT_CELL_UV, LBMS_BIT_PACK_UV};
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        measured_cells(&rig.m, 2899u); /* a protection may be set higher than the levels here */
        rig.in.protections = LBMS_MASK(bits[i]);
        limits_step(&rig, 10u);
        expect_stop(&rig, true);
        measured_cells(&rig.m, 3000u);
        limits_run(&rig, 120000u, 100u);
        expect_stop(&rig, true);
        rig.in.protections = 0u;
        limits_step(&rig, 100u);
        expect_stop(&rig, false);

        limits_ready(&rig);
        rig.in.protections = ~(LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV));
        limits_run(&rig, 10000u, 100u); /* the others have nothing to do with it */
        expect_stop(&rig, false);
    }
}
END_TEST

START_TEST(the_lowest_of_the_known_cells_can_begin_a_stop_but_not_end_it)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cell(&rig.m, 3u, 2799u);
    measured_lose_cell(&rig.m, 12u);
    limits_run(&rig, 5000u, 100u);
    ck_assert(!rig.limits.stop);
    limits_step(&rig, 100u);
    ck_assert(rig.limits.stop);

    recover(&rig);
    limits_step(&rig, 100u); /* the recovery has begun */
    measured_lose_cell(&rig.m, 12u);
    limits_run(&rig, 120000u, 100u);
    ck_assert(rig.limits.stop);
    measured_cell(&rig.m, 12u, 3300u);
    rig.m.valid &= (uint16_t)~LBMS_VALID_PACK;
    limits_run(&rig, 120000u, 100u);
    expect_stop(&rig, true);
    rig.m.valid |= LBMS_VALID_PACK;
    limits_run(&rig, 60000u, 100u);
    expect_stop(&rig, true);
    limits_step(&rig, 100u);
    expect_stop(&rig, false);
}
END_TEST

START_TEST(what_is_not_known_begins_no_stop)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cells(&rig.m, 2000u);
    limits_lose(&rig, LBMS_VALID_PACK | LBMS_VALID_CELL_RANGE | LBMS_VALID_CELLS);
    limits_run(&rig, 60000u, 100u);
    ck_assert(!rig.limits.stop);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0); /* it offers nothing anyway */
}
END_TEST

START_TEST(a_voltage_in_doubt_counts_neither_for_nor_against_the_other)
{
    struct limits_rig rig;
    unsigned i;

    for (i = 0u; i < 4u; i++) { /* pack or cells in doubt, and which of them is low */
        const bool pack_known = (i & 1u) != 0u;
        const bool pack_low = (i & 2u) != 0u;

        limits_ready(&rig);
        if (pack_low) {
            rig.m.pack_mv = 46000;
        } else {
            measured_cell(&rig.m, 8u, 2750u);
        }
        rig.m.valid &= (uint16_t) ~(pack_known ? LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE : LBMS_VALID_PACK);
        limits_run(&rig, 6000u, 100u);
        ck_assert_msg(rig.limits.stop == (pack_known == pack_low), "case %u", i);
    }
}
END_TEST

START_TEST(what_becomes_unknown_does_not_interrupt_the_five_seconds)
{
    static const uint16_t lost[] = {LBMS_VALID_PACK, LBMS_VALID_CELLS};
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.m.pack_mv = 46399;
        limits_step(&rig, 100u);
        rig.m.pack_mv = 52800;
        limits_lose(&rig, lost[i]);
        limits_run(&rig, 4900u, 100u);
        ck_assert(!rig.limits.stop);
        limits_step(&rig, 100u);
        ck_assert(rig.limits.stop);
    }
}
END_TEST

START_TEST(the_times_of_a_stop_are_right_across_the_wrap_of_the_clock)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.in.now_ms = UINT32_MAX - 2000u;
    limits_step(&rig, 0u);
    measured_cells(&rig.m, 2790u);
    limits_step(&rig, 100u);
    limits_run(&rig, 4900u, 100u);
    expect_stop(&rig, false);
    limits_step(&rig, 100u);
    expect_stop(&rig, true);
    measured_cells(&rig.m, 3100u);
    rig.in.now_ms = UINT32_MAX - 30000u;
    limits_step(&rig, 0u);
    limits_run(&rig, 59900u, 100u);
    expect_stop(&rig, true);
    limits_step(&rig, 100u);
    expect_stop(&rig, false);
}
END_TEST

SUITE("battery/limits_stop", CASE("R-TECH-08", discharging_stops_five_seconds_below_46_4_v_or_2_8_v),
      CASE("R-TECH-08", a_moment_above_both_levels_begins_the_five_seconds_anew),
      CASE("R-TECH-08", a_pack_that_is_low_in_one_way_and_then_in_the_other_is_low_all_the_time),
      CASE("R-TECH-08", levels_and_times_of_the_stop_are_parameters),
      CASE("R-TECH-08", a_stop_ends_a_minute_after_both_release_levels),
      CASE("R-TECH-08", a_moment_below_a_release_level_begins_the_minute_anew),
      CASE("R-TECH-08", between_the_levels_a_stop_neither_begins_nor_ends),
      CASE("R-TECH-08", after_a_stop_the_limit_comes_back_from_zero_by_5_a_in_a_second),
      CASE("R-TECH-08", an_under_voltage_protection_stops_at_once_and_as_long_as_it_lasts),
      CASE("R-PROT-01", the_lowest_of_the_known_cells_can_begin_a_stop_but_not_end_it),
      CASE("R-PROT-01", what_is_not_known_begins_no_stop),
      CASE("R-PROT-01", a_voltage_in_doubt_counts_neither_for_nor_against_the_other),
      CASE("R-PROT-01", what_becomes_unknown_does_not_interrupt_the_five_seconds),
      CASE("R-TECH-08", the_times_of_a_stop_are_right_across_the_wrap_of_the_clock))
