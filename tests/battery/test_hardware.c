#include <string.h>

#include "hardware_rig.h"
#include "support/measured.h"
#include "support/suite.h"

#define C LBMS_SWITCH_CHARGE
#define D LBMS_SWITCH_DISCHARGE
#define P LBMS_SWITCH_PRECHARGE
#define L LBMS_SWITCH_LIMITER

static struct rig rig;

static void with_switches(uint8_t commanded, uint8_t reported)
{
    hardware_start(&rig);
    hardware_switches(&rig, commanded, reported);
}

START_TEST(a_healthy_pack_stays_without_a_finding)
{
    hardware_start(&rig);
    hardware_expect_nothing(&rig);
    ck_assert_uint_eq(rig.hardware.state, 0u);
    ck_assert(!rig.hardware.buzzer);
    ck_assert(!rig.hardware.rewrite);
}
END_TEST

START_TEST(before_its_first_step_nothing_is_found)
{
    struct lbms_hardware hardware;

    memset(&hardware, 0xEE, sizeof(hardware));
    lbms_hardware_init(&hardware);
    ck_assert_uint_eq(hardware.conditions, 0u);
    ck_assert_uint_eq(hardware.state, 0u);
    ck_assert(!hardware.buzzer);
    ck_assert(!hardware.rewrite);
}
END_TEST

START_TEST(timers_are_looked_after_only_while_one_of_them_runs)
{
    hardware_start(&rig);
    ck_assert(!rig.hardware.running);
    hardware_switches(&rig, C | D, D);
    (void)hardware_step(&rig, 100u);
    ck_assert(rig.hardware.running);
    hardware_switches(&rig, C | D, C | D);
    (void)hardware_step(&rig, 100u);
    ck_assert(!rig.hardware.running);
}
END_TEST

START_TEST(a_reported_state_that_differs_for_1_s_is_found)
{
    static const uint8_t pair[][2] = {{C | D, 0u}, {C | D, D}, {C | D, C}, {0u, C},    {0u, D},
                                      {0u, P},     {0u, L},    {D | L, D}, {C | P, C}, {C | D, C | D | P}};
    unsigned i;

    for (i = 0u; i < sizeof(pair) / sizeof(pair[0]); i++) {
        with_switches(C | D, C | D);
        hardware_switches(&rig, pair[i][0], pair[i][1]);
        hardware_expect_after(&rig, 1000u, LBMS_CONDITION_SWITCH_STATE);
        hardware_switches(&rig, pair[i][1], pair[i][1]);
        ck_assert_uint_eq(hardware_step(&rig, 1u), 0u);
    }
}
END_TEST

START_TEST(a_protection_of_the_afe_explains_an_open_switch_but_no_closed_one)
{
    const unsigned opens = LBMS_AFE_SHORT_CIRCUIT | LBMS_AFE_CELL_OV | LBMS_AFE_CELL_UV | LBMS_AFE_CHARGE_OC |
                           LBMS_AFE_DISCHARGE_OC | LBMS_AFE_TEMPERATURE | LBMS_AFE_SECONDARY_OV |
                           LBMS_AFE_OPEN_WIRE | LBMS_AFE_WATCHDOG | LBMS_AFE_RESET_SEEN;
    unsigned flag;

    for (flag = 1u; flag <= LBMS_AFE_CHARGER_PRESENT; flag <<= 1) {
        with_switches(C | D, D);
        rig.m.afe_flags = (uint16_t)flag;
        ck_assert_uint_eq(hardware_run(&rig, 5000u),
                          ((opens & flag) != 0u) ? 0u : LBMS_MASK(LBMS_CONDITION_SWITCH_STATE));
        with_switches(C, D); /* one is open and may be, the other is closed and may not */
        rig.m.afe_flags = (uint16_t)flag;
        ck_assert_uint_eq(hardware_run(&rig, 5000u), LBMS_MASK(LBMS_CONDITION_SWITCH_STATE));
    }
}
END_TEST

START_TEST(a_report_that_lags_by_a_sample_is_no_finding)
{
    static const uint8_t start[] = {0u, C, C | P, C | D, D, D | L, C | D, 0u};
    uint8_t last = 0u;
    unsigned i;

    hardware_start(&rig);
    for (i = 0u; i < 8000u; i++) { /* a new command with each sample */
        const uint8_t command = start[i % 8u];

        hardware_switches(&rig, command, last);
        ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
        last = command;
    }
    for (i = 0u; i < 800u; i++) { /* and one with every tenth */
        const uint8_t command = start[(i / 10u) % 8u];

        hardware_switches(&rig, command, last);
        ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
        last = command;
    }
}
END_TEST

START_TEST(a_command_that_changes_with_each_sample_is_never_compared_for_long)
{
    unsigned i;

    hardware_start(&rig);
    for (i = 0u; i < 100u; i++) { /* the report is always that of the command before */
        hardware_switches(&rig, ((i % 2u) == 0u) ? C : (C | D), ((i % 2u) == 0u) ? (C | D) : C);
        ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    }
}
END_TEST

START_TEST(a_new_command_ends_no_finding_that_is_still_true)
{
    with_switches(C | D, 0u);
    ck_assert_uint_eq(hardware_run(&rig, 1200u), LBMS_MASK(LBMS_CONDITION_SWITCH_STATE));
    hardware_switches(&rig, C, 0u);
    ck_assert_uint_eq(hardware_step(&rig, 100u), LBMS_MASK(LBMS_CONDITION_SWITCH_STATE));
    hardware_switches(&rig, 0u, 0u);
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
}
END_TEST

/* Switches commanded and reported alike, and this current. */
static void with_current(uint8_t closed, int32_t current_ma)
{
    with_switches(closed, closed);
    rig.m.current_ma = current_ma;
}

START_TEST(a_current_through_two_open_paths_is_found_after_2_s)
{
    with_current(0u, 2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CURRENT_OFFSET);
    with_current(0u, -2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CURRENT_OFFSET);
    with_current(0u, 2000);
    hardware_expect_nothing(&rig);
    with_current(0u, -2000);
    hardware_expect_nothing(&rig);
}
END_TEST

START_TEST(paths_count_as_open_only_when_commanded_and_reported_so)
{
    static const uint8_t pair[][2] = {{0u, C}, {C, 0u}, {0u, P}, {P, 0u}, {0u, L}, {L, 0u}, {D, 0u}};
    unsigned i;

    for (i = 0u; i < sizeof(pair) / sizeof(pair[0]); i++) {
        with_switches(pair[i][0], pair[i][1]);
        rig.m.afe_flags = LBMS_AFE_CELL_OV;
        rig.m.current_ma = 50000;
        ck_assert_uint_eq(hardware_run(&rig, 10000u) & LBMS_MASK(LBMS_CONDITION_CURRENT_OFFSET), 0u);
    }
}
END_TEST

START_TEST(charge_current_through_an_open_charge_path_is_a_welded_switch)
{
    with_current(D, 2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CHARGE_MOSFET);
    with_current(P, 2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CHARGE_MOSFET);
    with_current(D, 2000);
    hardware_expect_nothing(&rig);
    with_current(D, -110000); /* its body diode may carry that */
    hardware_expect_nothing(&rig);
    with_current(D | L, 10000); /* the limiter is a part of the path */
    hardware_expect_nothing(&rig);
}
END_TEST

START_TEST(discharge_current_through_an_open_discharge_path_is_a_welded_switch)
{
    with_current(C, -2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_DISCHARGE_MOSFET);
    with_current(L, -2001);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_DISCHARGE_MOSFET);
    with_current(C, -2000);
    hardware_expect_nothing(&rig);
    with_current(C, 110000);
    hardware_expect_nothing(&rig);
    with_current(C | P, -5000); /* pre-charge of a port */
    hardware_expect_nothing(&rig);
}
END_TEST

START_TEST(an_open_switch_alone_tells_nothing_while_the_other_path_is_not_reported_closed)
{
    with_switches(D, 0u);
    rig.m.afe_flags = LBMS_AFE_DISCHARGE_OC;
    rig.m.current_ma = 50000;
    hardware_expect_nothing(&rig);
    with_switches(C, 0u);
    rig.m.afe_flags = LBMS_AFE_CELL_OV;
    rig.m.current_ma = -50000;
    hardware_expect_nothing(&rig);
}
END_TEST

/* Both switches closed, this current, and the pack so much above the terminal. */
static void with_drop(int32_t current_ma, int32_t drop_mv)
{
    with_current(C | D, current_ma);
    rig.m.terminal_mv = rig.m.pack_mv - drop_mv;
}

START_TEST(a_body_diode_in_the_way_is_a_switch_that_does_not_close)
{
    with_drop(-5000, 401);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CHARGE_MOSFET);
    with_drop(-50000, 401);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_CHARGE_MOSFET);
    with_drop(5000, -401);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_DISCHARGE_MOSFET);
    with_drop(50000, -401);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_DISCHARGE_MOSFET);
}
END_TEST

START_TEST(a_small_drop_or_a_current_outside_5_to_50_a_is_no_body_diode)
{
    static const int32_t pair[][2] = {{-5000, 400}, {-4999, 5000}, {-50001, 5000}, {-20000, -5000},
                                      {5000, -400}, {4999, -5000}, {50001, -5000}, {20000, 5000}};
    unsigned i;

    for (i = 0u; i < sizeof(pair) / sizeof(pair[0]); i++) {
        with_drop(pair[i][0], pair[i][1]);
        hardware_expect_nothing(&rig);
    }
}
END_TEST

START_TEST(a_drop_across_what_is_not_both_main_switches_is_no_body_diode)
{
    static const uint8_t pair[][2] = {{C | P, C | P}, {D | L, D | L}, {C | D, D}, {C | D, C}, {D, C | D}};
    unsigned i;

    for (i = 0u; i < sizeof(pair) / sizeof(pair[0]); i++) {
        const uint32_t not_this =
            LBMS_MASK(LBMS_CONDITION_CHARGE_MOSFET) | LBMS_MASK(LBMS_CONDITION_DISCHARGE_MOSFET);

        with_drop(-20000, 5000);
        hardware_switches(&rig, pair[i][0], pair[i][1]);
        ck_assert_uint_eq(hardware_run(&rig, 10000u) & not_this, 0u);
        with_drop(20000, -5000);
        hardware_switches(&rig, pair[i][0], pair[i][1]);
        ck_assert_uint_eq(hardware_run(&rig, 10000u) & LBMS_MASK(LBMS_CONDITION_DISCHARGE_MOSFET), 0u);
    }
}
END_TEST

START_TEST(the_body_diode_rule_makes_no_finding)
{
    unsigned i;

    hardware_start(&rig);
    for (i = 0u; i < 100u; i++) { /* a full pack, loaded and unloaded: closed while discharge current flows */
        with_current(D, -1500);
        rig.m.terminal_mv = rig.m.pack_mv - 700; /* the diode conducts until the command arrives */
        ck_assert_uint_eq(hardware_run(&rig, 200u), 0u);
        hardware_switches(&rig, C | D, D);
        rig.m.current_ma = -30000;
        ck_assert_uint_eq(hardware_run(&rig, 100u), 0u);
        hardware_switches(&rig, C | D, C | D);
        rig.m.terminal_mv = rig.m.pack_mv - 40;
        ck_assert_uint_eq(hardware_run(&rig, 10000u), 0u);
        rig.m.current_ma = 30000; /* it turns: for one sample everything is still closed */
        hardware_switches(&rig, D, C | D);
        ck_assert_uint_eq(hardware_run(&rig, 100u), 0u);
        hardware_switches(&rig, D, D);
        ck_assert_uint_eq(hardware_run(&rig, 100u), 0u);
        rig.m.current_ma = 0;
        ck_assert_uint_eq(hardware_run(&rig, 5000u), 0u);
    }
}
END_TEST

START_TEST(interrupted_suspicions_are_no_finding)
{
    unsigned i;

    with_current(0u, 50000);
    for (i = 0u; i < 20u; i++) {
        rig.m.current_ma = 50000;
        ck_assert_uint_eq(hardware_step(&rig, 1u), 0u);
        ck_assert_uint_eq(hardware_step(&rig, 1999u), 0u);
        rig.m.current_ma = 0;
        ck_assert_uint_eq(hardware_step(&rig, 1u), 0u);
    }
}
END_TEST

START_TEST(without_a_value_nothing_begins_and_nothing_ends)
{
    const uint32_t offset = LBMS_MASK(LBMS_CONDITION_CURRENT_OFFSET);

    with_current(0u, 50000);
    ck_assert_uint_eq(hardware_run(&rig, 1900u), 0u);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    ck_assert_uint_eq(hardware_run(&rig, 5000u), 0u);
    rig.m.valid |= LBMS_VALID_CURRENT;
    ck_assert_uint_eq(hardware_run(&rig, 2000u), 0u); /* anew: the first of them begins it */
    ck_assert_uint_eq(hardware_run(&rig, 100u), offset);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    rig.m.current_ma = 0;
    ck_assert_uint_eq(hardware_step(&rig, 100u), offset);
    rig.m.valid |= LBMS_VALID_CURRENT;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
}
END_TEST

START_TEST(a_drop_needs_both_voltages)
{
    static const uint16_t needed[] = {LBMS_VALID_PACK, LBMS_VALID_TERMINAL, LBMS_VALID_CURRENT};
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        with_drop(-20000, 700);
        rig.m.valid &= (uint16_t)~needed[i];
        hardware_expect_nothing(&rig);
    }
}
END_TEST

START_TEST(a_stale_sample_finds_nothing_and_forgets_nothing)
{
    with_switches(C | D, 0u);
    rig.m.age_ms = UINT32_MAX;
    hardware_expect_nothing(&rig);
    rig.m.age_ms = 2000u;
    hardware_expect_after(&rig, 1000u, LBMS_CONDITION_SWITCH_STATE);
    rig.m.age_ms = UINT32_MAX;
    rig.m.closed = C | D;
    ck_assert_uint_eq(hardware_step(&rig, 100u), LBMS_MASK(LBMS_CONDITION_SWITCH_STATE));
    rig.m.age_ms = 0u;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
}
END_TEST

SUITE("battery/hardware", CASE("", before_its_first_step_nothing_is_found),
      CASE("", timers_are_looked_after_only_while_one_of_them_runs),
      CASE("R-PROT-07", a_healthy_pack_stays_without_a_finding),
      CASE("R-PROT-07", a_reported_state_that_differs_for_1_s_is_found),
      CASE("R-PROT-07", a_protection_of_the_afe_explains_an_open_switch_but_no_closed_one),
      CASE("R-PROT-07", a_report_that_lags_by_a_sample_is_no_finding),
      CASE("", a_command_that_changes_with_each_sample_is_never_compared_for_long),
      CASE("", a_new_command_ends_no_finding_that_is_still_true),
      CASE("R-PROT-07", a_current_through_two_open_paths_is_found_after_2_s),
      CASE("", paths_count_as_open_only_when_commanded_and_reported_so),
      CASE("R-PROT-07", charge_current_through_an_open_charge_path_is_a_welded_switch),
      CASE("R-PROT-07", discharge_current_through_an_open_discharge_path_is_a_welded_switch),
      CASE("", an_open_switch_alone_tells_nothing_while_the_other_path_is_not_reported_closed),
      CASE("R-PROT-07", a_body_diode_in_the_way_is_a_switch_that_does_not_close),
      CASE("", a_small_drop_or_a_current_outside_5_to_50_a_is_no_body_diode),
      CASE("", a_drop_across_what_is_not_both_main_switches_is_no_body_diode),
      CASE("R-PROT-07", the_body_diode_rule_makes_no_finding),
      CASE("", interrupted_suspicions_are_no_finding),
      CASE("R-PROT-01", without_a_value_nothing_begins_and_nothing_ends),
      CASE("", a_drop_needs_both_voltages),
      CASE("R-PROT-01", a_stale_sample_finds_nothing_and_forgets_nothing))
