/* The step as a whole: what its parts make of each other, commands, and what a restart continues. */
#include <string.h>

#include "support/bench.h"
#include "support/suite.h"

static int send(struct bench *b, uint8_t kind, int32_t value)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = kind;
    command.count = 1u;
    command.item[0].value = value;
    return bench_command(b, &command);
}

/* The board restarts for this reason, with what it retained. */
static void restart(struct bench *b, uint8_t cause)
{
    b->restored = b->retained;
    b->restored.boot.reset_cause = cause;
    ck_assert_int_eq(bench_boot(b), LBMS_OK);
    bench_run(b, 10000u);
}

START_TEST(full_sets_soc_to_100_percent_and_opens_the_charge_path)
{
    struct bench b;

    bench_start(&b);
    bench_current(&b, 1500);
    bench_cells(&b, 3500u); /* 56.0 V */
    bench_run(&b, 9000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_FULL, 0u);
    bench_run(&b, 2000u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_FULL, 0u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->soc.soc_bp, 10000u);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.ccl_ma, 0);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FULL);
    ck_assert(!bench_charge_closed(&b) && bench_discharge_closed(&b));
    bench_current(&b, -5000); /* the diode rule */
    bench_run(&b, 300u);
    ck_assert(bench_charge_closed(&b));
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.ccl_ma, 0);
}
END_TEST

START_TEST(two_days_full_at_rest_resume_charging_and_forget_the_over_voltage)
{
    struct bench b;

    bench_start(&b);
    bench_current(&b, 1500);
    bench_cells(&b, 3651u);
    bench_run(&b, 3000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    bench_current(&b, 0);
    bench_cells(&b, 3390u); /* no alarm any more, but not yet released */
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_STANDBY_SLEEP_S, 2592000),
                     LBMS_OK); /* as if an inverter talked to it */
    bench_run(&b, 3000u);
    b.longest_wait_ms = 1000u;
    bench_run_s(&b, 172795u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    ck_assert(!bench_charge_closed(&b));
    bench_run_s(&b, 20u);
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_OV));
    ck_assert(bench_charge_closed(&b));
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_RECHARGE, 0u);
}
END_TEST

START_TEST(an_under_voltage_without_heavy_load_and_cold_means_empty)
{
    static const struct {
        int32_t ma;
        int16_t dc;
        bool empty;
    } cases[] = {{-49999, 250, true}, {-50000, 250, false}, {-1000, 101, true}, {-1000, 100, false}};
    unsigned i;
    unsigned k;

    for (i = 0u; i < 4u; i++) {
        struct bench b;

        bench_start(&b);
        for (k = 0u; k < LBMS_NTCS; k++) {
            b.sample.ntc_dc[k] = cases[i].dc;
        }
        bench_current(&b, cases[i].ma);
        bench_run(&b, 1000u);
        bench_cell(&b, 3u, 2599u);
        bench_run(&b, 1500u);
        ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
        ck_assert((lbms_snapshot(&b.bms)->soc.soc_bp == 0u) == cases[i].empty);
    }
}
END_TEST

START_TEST(limits_are_told_once_the_pack_is_awake)
{
    struct bench b;

    bench_board(&b);
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 3000u);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.ccl_ma, 0);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.dcl_ma, 0);
    bench_run(&b, 40000u);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.ccl_ma, 100000);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.dcl_ma, 100000);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.cvl_mv, 56800);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.dvl_mv, 46400);
}
END_TEST

START_TEST(the_mask_of_the_snapshot_is_the_mask_that_is_applied)
{
    struct bench b;

    bench_start(&b);
    bench_current(&b, 5000);
    bench_cells(&b, 3420u);
    bench_cell(&b, 9u, 3460u);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(b.balance_mask, 1u << 9);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->balance_mask, 1u << 9);
    bench_current(&b, 0);
    bench_run(&b, 62000u); /* the charger is remembered for a minute */
    ck_assert_uint_eq(b.balance_mask, 0u);
}
END_TEST

START_TEST(a_command_holds_paths_open_until_it_is_taken_back)
{
    struct bench b;

    bench_start(&b);
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, LBMS_PATH_CHARGE), LBMS_OK);
    ck_assert(!bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert_int_eq(lbms_snapshot(&b.bms)->limit.ccl_ma, 0);
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, LBMS_PATHS_BOTH), LBMS_OK);
    ck_assert(bench_all_open(&b));
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, LBMS_PATHS_BOTH + 1), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, -1), LBMS_ERR_ARGUMENT);
    ck_assert(bench_all_open(&b));
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, 0), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(a_load_test_after_a_short_circuit_waits_while_discharging_is_commanded_off)
{
    struct bench b;
    unsigned i;

    bench_start(&b);
    b.sample.afe_flags = LBMS_AFE_SHORT_CIRCUIT;
    bench_run(&b, 300u);
    b.sample.afe_flags = 0u;
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, LBMS_PATH_DISCHARGE), LBMS_OK);
    for (i = 0u; i < 900u; i++) { /* the test is due after a minute */
        bench_run(&b, 100u);
        ck_assert(bench_all_open(&b));
    }
    ck_assert(bench_protection(&b, LBMS_BIT_SHORT_CIRCUIT));
    ck_assert_int_eq(send(&b, LBMS_COMMAND_FORCE_OFF, 0), LBMS_OK);
    bench_run(&b, 2000u);
    ck_assert(!bench_protection(&b, LBMS_BIT_SHORT_CIRCUIT));
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

/* A charge switch that conducts although it is open. */
static void weld(struct bench *b)
{
    bench_cells(b, 3500u);
    bench_current(b, 1500);
    bench_run(b, 12000u); /* full: the charge path opens */
    bench_current(b, 2001);
    bench_run(b, 2500u);
}

START_TEST(a_welded_charge_switch_stays_a_fault_until_service)
{
    struct bench b;

    bench_start(&b);
    weld(&b);
    ck_assert(bench_fault(&b, LBMS_FAULT_CHARGE_MOSFET));
    ck_assert(!bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert_int_eq(send(&b, LBMS_COMMAND_CLEAR_FAULTS, 0), LBMS_ERR_STATE);
    bench_current(&b, 0);
    bench_run(&b, 20u * 60000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CHARGE_MOSFET));
    restart(&b, LBMS_RESET_SOFTWARE);
    ck_assert(bench_fault(&b, LBMS_FAULT_CHARGE_MOSFET));
    ck_assert_int_eq(send(&b, LBMS_COMMAND_CLEAR_FAULTS, 0), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u);
}
END_TEST

START_TEST(a_hazard_calls_for_help_or_pulses_the_trip_unit)
{
    struct bench b;
    unsigned pulsed = 0u;
    unsigned i;

    bench_start(&b);
    weld(&b);
    bench_cell(&b, 2u, 3651u);
    bench_run(&b, 2000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_TRIP_UNIT));
    ck_assert(b.buzzer);
    ck_assert_uint_eq(b.contacts, LBMS_CONTACT_1);

    bench_start(&b);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_TRIP_UNIT_FITTED, 1), LBMS_OK);
    weld(&b);
    bench_cell(&b, 2u, 3651u);
    for (i = 0u; i < 50u; i++) {
        bench_run(&b, 100u);
        pulsed += ((b.contacts & LBMS_CONTACT_TRIP_UNIT) != 0u) ? 1u : 0u;
    }
    ck_assert_uint_ge(pulsed, 4u);
    ck_assert_uint_le(pulsed, 6u);
    ck_assert(!b.buzzer);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_TRIPPED, 0u);
}
END_TEST

START_TEST(a_cell_that_does_not_come_up_waits_for_service_and_gets_its_time_anew)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 2700u); /* 43.2 V */
    bench_current(&b, 5000);
    bench_run_s(&b, 7100u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_GENTLE, 0u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_CELL));
    bench_run_s(&b, 110u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    ck_assert(bench_all_open(&b));
    bench_current(&b, 0);
    bench_cell(&b, 4u, 1999u); /* dead as well: no */
    bench_run(&b, 200u);
    ck_assert_int_eq(send(&b, LBMS_COMMAND_CLEAR_FAULTS, 0), LBMS_ERR_STATE);
    bench_cell(&b, 4u, 2700u);
    bench_run(&b, 200u);
    ck_assert_int_eq(send(&b, LBMS_COMMAND_CLEAR_FAULTS, 0), LBMS_OK);
    bench_run(&b, 2000u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_CELL));
}
END_TEST

START_TEST(thresholds_that_the_afe_does_not_take_are_a_fault)
{
    struct bench b;

    bench_start(&b);
    b.fail_afe = LBMS_ERR_IO;
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_PROTECT_MV, 3600), LBMS_OK);
    bench_run(&b, 5000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_SAMPLING));
    ck_assert(bench_all_open(&b));
    b.fail_afe = 0;
    bench_run(&b, 20000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u);
    ck_assert_uint_eq(b.afe.cell_ov_mv, 3600u);
}
END_TEST

/* Over-current again and again until it locks. */
static void lock(struct bench *b)
{
    unsigned trip;

    for (trip = 0u; trip < 5u; trip++) {
        bench_current(b, -120000);
        bench_cell(b, 1u, (uint16_t)(3301u - (trip & 1u))); /* voltages that stand still would be a fault */
        bench_run(b, 1500u);
        bench_current(b, 0);
        bench_cell(b, 2u, (uint16_t)(3301u - (trip & 1u)));
        bench_run(b, 62000u);
    }
    ck_assert_uint_eq(lbms_snapshot(&b->bms)->locks, LBMS_MASK(LBMS_BIT_DISCHARGE_OC));
}

START_TEST(an_unexpected_reset_keeps_a_lock_and_the_button_ends_it)
{
    static const uint8_t causes[] = {LBMS_RESET_WATCHDOG, LBMS_RESET_BROWN_OUT, LBMS_RESET_CRASH,
                                     LBMS_RESET_POWER_ON, LBMS_RESET_PIN};
    unsigned i;

    for (i = 0u; i < sizeof(causes); i++) {
        struct bench b;

        bench_start(&b);
        lock(&b);
        restart(&b, causes[i]); /* with what was retained when the lock came, not when it was asked for */
        ck_assert(!bench_discharge_closed(&b));
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->locks, LBMS_MASK(LBMS_BIT_DISCHARGE_OC));
        bench_button(&b, 6500u); /* reset by the button */
        ck_assert_uint_eq(b.reset_calls, 1u);
        restart(&b, LBMS_RESET_SOFTWARE);
        ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    }
}
END_TEST

START_TEST(switching_off_and_on_ends_a_lock)
{
    struct bench b;

    bench_start(&b);
    lock(&b);
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 1000u);
    bench_press(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 5000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->locks, 0u);
    ck_assert(bench_discharge_closed(&b));
}
END_TEST

START_TEST(the_third_unexpected_reset_within_ten_minutes_is_a_fault)
{
    struct bench b;

    bench_start(&b);
    lbms_core_save(&b.bms.core, &b.retained);
    restart(&b, LBMS_RESET_WATCHDOG);
    lbms_core_save(&b.bms.core, &b.retained);
    restart(&b, LBMS_RESET_BROWN_OUT);
    ck_assert(bench_charge_closed(&b));
    lbms_core_save(&b.bms.core, &b.retained);
    ck_assert_uint_eq(b.retained.memory.resets, 2u);
    ck_assert_uint_ge(b.retained.memory.resets_age_s, 19u);
    restart(&b, LBMS_RESET_WATCHDOG);
    ck_assert(bench_fault(&b, LBMS_FAULT_SELF_TEST));
    ck_assert(bench_all_open(&b));
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FAULT);
    lbms_core_save(&b.bms.core, &b.retained);
    restart(&b, LBMS_RESET_SOFTWARE); /* the button repeats the test */
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(unexpected_resets_that_are_far_apart_are_no_fault)
{
    struct bench b;
    unsigned i;

    bench_start(&b);
    lbms_core_save(&b.bms.core, &b.retained);
    for (i = 0u; i < 6u; i++) {
        restart(&b, LBMS_RESET_WATCHDOG);
        bench_run_s(&b, 601u);
        lbms_core_save(&b.bms.core, &b.retained);
        ck_assert_uint_eq(b.retained.memory.resets, 1u);
    }
    ck_assert(!bench_fault(&b, LBMS_FAULT_SELF_TEST));
}
END_TEST

START_TEST(a_wake_up_continues_the_count_of_resets)
{
    struct bench b;

    bench_start(&b);
    lbms_core_save(&b.bms.core, &b.restored);
    b.restored.memory.resets = 2u;
    b.restored.memory.resets_age_s = 100u;
    b.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 1000u);
    lbms_core_save(&b.bms.core, &b.retained);
    ck_assert_uint_eq(b.retained.memory.resets, 2u);
    ck_assert_uint_ge(b.retained.memory.resets_age_s, 100u);
}
END_TEST

START_TEST(what_must_not_be_forgotten_is_kept_when_it_changes)
{
    struct bench b;
    unsigned before;

    bench_start(&b);
    before = b.retain_calls;
    bench_run_s(&b, 60u);
    ck_assert_uint_eq(b.retain_calls, before);
    bench_cells(&b, 3299u); /* voltages that stand still would be a fault */
    bench_current(&b, -120000);
    bench_run(&b, 1500u);
    ck_assert_uint_eq(b.retain_calls, before + 1u);
    ck_assert_uint_eq(b.retained.memory.protections, LBMS_MASK(LBMS_BIT_DISCHARGE_OC));
    ck_assert_uint_eq(b.retained.memory.trips[2], 1u);
}
END_TEST

SUITE("core/core", CASE("R-CHG-01 R-CHG-02", full_sets_soc_to_100_percent_and_opens_the_charge_path),
      CASE("R-CHG-03", two_days_full_at_rest_resume_charging_and_forget_the_over_voltage),
      CASE("R-PROT-02", an_under_voltage_without_heavy_load_and_cold_means_empty),
      CASE("R-TECH-05", limits_are_told_once_the_pack_is_awake),
      CASE("R-BAL-01 R-BAL-02", the_mask_of_the_snapshot_is_the_mask_that_is_applied),
      CASE("", a_command_holds_paths_open_until_it_is_taken_back),
      CASE("R-PROT-04", a_load_test_after_a_short_circuit_waits_while_discharging_is_commanded_off),
      CASE("R-PROT-07", a_welded_charge_switch_stays_a_fault_until_service),
      CASE("R-PROT-07", a_hazard_calls_for_help_or_pulses_the_trip_unit),
      CASE("R-PROT-07", a_cell_that_does_not_come_up_waits_for_service_and_gets_its_time_anew),
      CASE("R-PROT-07 R-TECH-13", thresholds_that_the_afe_does_not_take_are_a_fault),
      CASE("R-PROT-08 R-SW-03", an_unexpected_reset_keeps_a_lock_and_the_button_ends_it),
      CASE("R-PROT-08", switching_off_and_on_ends_a_lock),
      CASE("R-PROT-08", the_third_unexpected_reset_within_ten_minutes_is_a_fault),
      CASE("R-PROT-08", unexpected_resets_that_are_far_apart_are_no_fault),
      CASE("R-PROT-08", a_wake_up_continues_the_count_of_resets),
      CASE("R-PROT-08", what_must_not_be_forgotten_is_kept_when_it_changes))
