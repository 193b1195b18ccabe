/* Charging complete: how it begins and ends. Forced resume: test_full_resume.c; restarts: test_full_restart.c. */
#include <string.h>

#include "charge_rig.h"
#include "support/suite.h"

/* 10 s and one step with this measurement: is the pack full then? */
static bool becomes_full(struct rig *rig)
{
    chg_step(rig, 100u);
    chg_run(rig, 10100u);
    return chg_state(rig, LBMS_STATE_FULL);
}

/* A pack at 56.0 V exactly, the charge current tapered to 2 A. */
static void start_at_the_end(struct rig *rig)
{
    chg_start(rig);
    rig->in.soc_bp = 9300u;
    measured_cells(&rig->m, 3500u);
    chg_charge(rig, 2000);
}

START_TEST(a_pack_at_56_0_v_with_a_tapered_current_is_full_after_10_s)
{
    struct rig rig;

    start_at_the_end(&rig);
    chg_step(&rig, 100u);
    chg_run(&rig, 9900u);
    chg_step(&rig, 99u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    chg_step(&rig, 1u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.charge.blocked, LBMS_PATH_CHARGE);
    ck_assert(rig.charge.entered_full);
    ck_assert(rig.charge.soc_full);
    chg_step(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!rig.charge.entered_full);
    ck_assert(!rig.charge.soc_full);
}
END_TEST

START_TEST(a_pack_just_below_56_0_v_with_every_cell_below_3550_mv_is_not_full)
{
    struct rig rig;

    start_at_the_end(&rig);
    rig.m.pack_mv = 55999;
    measured_cell(&rig.m, 4u, 3549u);
    ck_assert(!becomes_full(&rig));
}
END_TEST

START_TEST(one_cell_at_3550_mv_is_enough_and_leaves_soc_alone_when_the_mean_is_low)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.soc_bp = 8700u;
    measured_cells(&rig.m, 3400u);
    measured_cell(&rig.m, 4u, 3550u); /* mean 3409 mV */
    chg_charge(&rig, 0);
    ck_assert(becomes_full(&rig));
    ck_assert_uint_eq(rig.entered, 1u);
    ck_assert_uint_eq(rig.soc_full, 0u);
    ck_assert_uint_eq(rig.in.soc_bp, 8700u);
    /* and the end counts from the SOC at the entry: 87 % - 4 % */
    rig.in.soc_bp = 8300u;
    chg_step(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    rig.in.soc_bp = 8299u;
    chg_step(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(soc_becomes_100_percent_from_a_mean_cell_of_3450_mv)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        chg_start(&rig);
        /* 13 * 3440 + 3580 = 48300, and two cells make up 16 * 3449 = 55184 or 16 * 3450 = 55200 */
        measured_cells(&rig.m, 3440u);
        measured_cell(&rig.m, 4u, 3580u);
        measured_cell(&rig.m, 5u, (uint16_t)(3442u + (8u * i)));
        measured_cell(&rig.m, 6u, (uint16_t)(3442u + (8u * i)));
        chg_charge(&rig, 0);
        ck_assert(becomes_full(&rig));
        ck_assert_uint_eq(rig.soc_full, i);
    }
}
END_TEST

START_TEST(the_current_window_reaches_from_300_ma_of_discharge_to_2_a_of_charge)
{
    static const struct {
        int32_t current_ma;
        bool full;
    } rows[] = {{2000, true}, {2001, false}, {0, true}, {-300, true}, {-301, false}};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start_at_the_end(&rig);
        rig.m.current_ma = rows[i].current_ma;
        ck_assert(becomes_full(&rig) == rows[i].full);
    }
}
END_TEST

START_TEST(without_a_charger_a_high_voltage_is_not_full)
{
    struct rig rig;

    start_at_the_end(&rig);
    rig.in.charger_present = false;
    ck_assert(!becomes_full(&rig));
}
END_TEST

START_TEST(a_break_starts_the_10_s_anew)
{
    struct rig rig;
    unsigned i;

    start_at_the_end(&rig);
    for (i = 0u; i < 5u; i++) {
        rig.m.current_ma = 2000;
        chg_step(&rig, 100u);
        chg_run(&rig, 9900u);
        rig.m.current_ma = 2001;
        chg_step(&rig, 100u);
        ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    }
}
END_TEST

START_TEST(a_spike_of_one_sample_is_not_full)
{
    struct rig rig;

    chg_start(&rig);
    chg_charge(&rig, 1000);
    chg_run(&rig, 5000u);
    measured_cell(&rig.m, 3u, 3640u);
    chg_step(&rig, 100u);
    measured_cell(&rig.m, 3u, 3300u);
    chg_run(&rig, 20000u);
    ck_assert_uint_eq(rig.entered, 0u);
}
END_TEST

START_TEST(nothing_that_cannot_be_believed_makes_full)
{
    static const uint16_t lost[] = {LBMS_VALID_CELLS, LBMS_VALID_PACK, LBMS_VALID_CURRENT};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        start_at_the_end(&rig);
        measured_cell(&rig.m, 3u, 3600u);
        rig.m.valid &= (uint16_t)~lost[i];
        ck_assert(!becomes_full(&rig));
    }
}
END_TEST

START_TEST(an_over_voltage_trip_is_full_at_once)
{
    static const uint8_t bits[] = {LBMS_BIT_CELL_OV, LBMS_BIT_PACK_OV};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        chg_start(&rig);
        chg_charge(&rig, 50000);
        rig.in.protections = LBMS_MASK(bits[i]);
        chg_step(&rig, 100u);
        ck_assert(chg_state(&rig, LBMS_STATE_FULL));
        ck_assert_uint_eq(rig.entered, 1u);
        ck_assert_uint_eq(rig.soc_full, 0u); /* mean 3300 mV: a spike, or a single cell */
        ck_assert_uint_eq(rig.charge.full.entry_soc_bp, 5000u);
    }
}
END_TEST

/* A loose wire makes the cell at one side of it look too high; that cells are not measured is a fault of its own. */
START_TEST(an_over_voltage_trip_without_all_cells_is_not_full)
{
    struct rig rig;

    chg_start(&rig);
    measured_cells(&rig.m, 3600u);
    measured_lose_cell(&rig.m, 7u);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_step(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.soc_full, 0u);
}
END_TEST

START_TEST(other_protections_are_not_full)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.protections = ~(LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV));
    chg_run(&rig, 20000u);
    ck_assert_uint_eq(rig.entered, 0u);
}
END_TEST

START_TEST(full_after_100_percent_ends_below_96_percent)
{
    struct rig rig;

    chg_full(&rig);
    rig.in.soc_bp = 9600u;
    chg_run(&rig, 5000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    rig.in.soc_bp = 9599u;
    chg_step(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
    ck_assert_uint_eq(rig.clear_ov, 0u);
}
END_TEST

START_TEST(full_at_a_low_soc_has_no_end_by_soc)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.soc_bp = 300u;
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_step(&rig, 100u);
    rig.in.soc_bp = 0u;
    chg_run(&rig, 5000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(full_ends_at_53_2_v_for_60_s_while_idle)
{
    struct rig rig;

    chg_full(&rig);
    rig.m.pack_mv = 53200;
    rig.m.current_ma = -499;
    chg_step(&rig, 100u);
    chg_run(&rig, 59900u);
    chg_step(&rig, 99u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    chg_step(&rig, 1u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
}
END_TEST

/* An hour like this does not end FULL. */
static void expect_still_full(struct rig *rig)
{
    chg_run_s(rig, 3600u);
    ck_assert(chg_state(rig, LBMS_STATE_FULL));
}

START_TEST(above_53_2_v_or_under_load_full_goes_on)
{
    struct rig rig;

    chg_full(&rig);
    rig.m.pack_mv = 53201;
    expect_still_full(&rig);
    rig.m.pack_mv = 50000;
    rig.m.current_ma = -500;
    expect_still_full(&rig);
    rig.m.current_ma = 500;
    expect_still_full(&rig);
}
END_TEST

START_TEST(voltage_or_current_that_cannot_be_believed_ends_nothing)
{
    static const uint16_t lost[] = {LBMS_VALID_PACK, LBMS_VALID_CURRENT};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        chg_full(&rig);
        rig.m.pack_mv = 50000;
        rig.m.valid &= (uint16_t)~lost[i];
        expect_still_full(&rig);
    }
}
END_TEST

START_TEST(a_moment_of_load_starts_the_60_s_anew)
{
    struct rig rig;

    chg_full(&rig);
    rig.m.pack_mv = 53000;
    chg_run(&rig, 59000u);
    rig.m.current_ma = -5000;
    chg_step(&rig, 100u);
    rig.m.current_ma = 0;
    chg_run(&rig, 60000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    chg_run(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(time_asleep_is_no_recovery_time)
{
    struct rig rig;

    chg_full(&rig);
    rig.m.pack_mv = 53000;
    chg_run(&rig, 1000u);
    rig.in.asleep = true;
    chg_step(&rig, 3600000u);
    chg_step(&rig, 3600000u);
    rig.in.asleep = false;
    chg_run(&rig, 60000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    chg_run(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(full_outlives_the_over_voltage_bits)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_run(&rig, 1000u);
    rig.in.protections = 0u;
    chg_run(&rig, 30000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(over_voltage_bits_that_outlive_full_do_not_bring_it_back_but_a_new_trip_does)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_step(&rig, 100u);
    rig.in.soc_bp = 4500u; /* 50 % at the entry */
    chg_run(&rig, 30000u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.entered, 1u);
    rig.in.protections |= LBMS_MASK(LBMS_BIT_PACK_OV);
    chg_step(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.entered, 2u);
}
END_TEST

START_TEST(full_may_follow_full_after_another_10_s)
{
    struct rig rig;

    chg_full(&rig);
    rig.in.soc_bp = 9000u;
    chg_step(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    measured_cells(&rig.m, 3510u);
    chg_charge(&rig, 1000);
    chg_step(&rig, 100u);
    chg_run(&rig, 9900u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    chg_run(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.entered, 2u);
}
END_TEST

START_TEST(full_begins_and_ends_at_the_same_time_at_every_step_rate_and_over_the_wrap)
{
    static const uint32_t periods_ms[] = {10u, 100u, 250u, 1000u};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        start_at_the_end(&rig);
        rig.offset_ms = UINT32_MAX - 12000u; /* wraps 7 s after the start */
        rig.period_ms = periods_ms[i];
        chg_step(&rig, 0u);
        chg_run(&rig, 9990u);
        ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
        chg_run(&rig, 10u);
        ck_assert(chg_state(&rig, LBMS_STATE_FULL));

        rig.offset_ms = UINT32_MAX - (uint32_t)rig.time_ms - 30000u;
        rig.m.current_ma = 0;
        rig.m.pack_mv = 53000;
        chg_step(&rig, 0u);
        chg_run(&rig, 59990u);
        ck_assert(chg_state(&rig, LBMS_STATE_FULL));
        chg_run(&rig, 10u);
        ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    }
}
END_TEST

SUITE("battery/full", CASE("R-CHG-01", a_pack_at_56_0_v_with_a_tapered_current_is_full_after_10_s),
      CASE("R-CHG-01", a_pack_just_below_56_0_v_with_every_cell_below_3550_mv_is_not_full),
      CASE("R-CHG-01 R-CHG-02", one_cell_at_3550_mv_is_enough_and_leaves_soc_alone_when_the_mean_is_low),
      CASE("R-CHG-01", soc_becomes_100_percent_from_a_mean_cell_of_3450_mv),
      CASE("R-CHG-01", the_current_window_reaches_from_300_ma_of_discharge_to_2_a_of_charge),
      CASE("R-CHG-01", without_a_charger_a_high_voltage_is_not_full),
      CASE("R-CHG-01", a_break_starts_the_10_s_anew), CASE("R-CHG-01", a_spike_of_one_sample_is_not_full),
      CASE("R-CHG-01 R-PROT-01", nothing_that_cannot_be_believed_makes_full),
      CASE("R-CHG-01 R-PROT-03", an_over_voltage_trip_is_full_at_once),
      CASE("R-CHG-01", an_over_voltage_trip_without_all_cells_is_not_full),
      CASE("R-CHG-01", other_protections_are_not_full),
      CASE("R-CHG-02", full_after_100_percent_ends_below_96_percent),
      CASE("R-CHG-02", full_at_a_low_soc_has_no_end_by_soc),
      CASE("R-CHG-02", full_ends_at_53_2_v_for_60_s_while_idle),
      CASE("R-CHG-02", above_53_2_v_or_under_load_full_goes_on),
      CASE("R-CHG-02 R-PROT-01", voltage_or_current_that_cannot_be_believed_ends_nothing),
      CASE("R-CHG-02", a_moment_of_load_starts_the_60_s_anew),
      CASE("R-CHG-02", time_asleep_is_no_recovery_time),
      CASE("R-CHG-02", full_outlives_the_over_voltage_bits),
      CASE("R-CHG-02", over_voltage_bits_that_outlive_full_do_not_bring_it_back_but_a_new_trip_does),
      CASE("R-CHG-02", full_may_follow_full_after_another_10_s),
      CASE("", full_begins_and_ends_at_the_same_time_at_every_step_rate_and_over_the_wrap))
