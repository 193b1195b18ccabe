/* Given a pack in any state, when a hand is on its button or switch, or it wakes up for some reason, then ... */
#include <string.h>

#include "support/bench.h"
#include "support/suite.h"

/* Between the levels at which an under-voltage trips (2600 mV; 45.6 V) and is released (2900 mV; 48.0 V). */
#define RESTING_MV 2880u

/* Awake on a board that stays awake itself (its sleep entry is not fitted). */
static void awake(struct bench *b)
{
    bench_board(b);
    b->hal.sleep = NULL;
    (void)bench_boot(b);
    bench_run(b, 10000u);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_STANDBY);
}

static void asleep_by_the_button(struct bench *b)
{
    awake(b);
    bench_button(b, 4000u);
    bench_run(b, 3000u);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_SHUTDOWN);
}

static void asleep_and_empty(struct bench *b)
{
    awake(b);
    bench_cells(b, 2550u);
    bench_run(b, 35000u);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b->bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    bench_cells(b, RESTING_MV);
    bench_run(b, 1000u);
}

/* What the button reset does to the processor: it starts anew with what it had retained. */
static void restart_by_the_button(struct bench *b)
{
    bench_press(b, LBMS_KEY_BUTTON);
    bench_run(b, 6500u);
    ck_assert_uint_eq(b->reset_calls, 1u);
    b->restored = b->retained;
    b->restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    ck_assert_int_eq(bench_boot(b), LBMS_OK);
    bench_release(b, LBMS_KEY_BUTTON);
}

START_TEST(the_button_reset_forgets_forced_off_paths_and_keeps_parameters_and_what_service_must_see)
{
    struct lbms_command command;
    struct bench b;

    awake(&b);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_FORCE_OFF;
    command.item[0].value = LBMS_PATHS_BOTH;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_SLEEP_CELL_MV, 3000), LBMS_OK);
    ck_assert(bench_all_open(&b));
    restart_by_the_button(&b);
    bench_run(&b, 3900u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING); /* with its lights */
    bench_run(&b, 3000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_SLEEP_CELL_MV], 3000);

    awake(&b);
    bench_cell(&b, 3u, 1900u); /* a cell that was so low waits for service */
    bench_run(&b, 8000u);
    bench_cells(&b, 3300u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    restart_by_the_button(&b);
    bench_run(&b, 10000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(a_wake_up_closes_only_what_no_protection_blocks)
{
    struct bench b;
    unsigned i;

    asleep_by_the_button(&b);
    for (i = 0u; i < LBMS_NTCS; i++) {
        b.sample.ntc_dc[i] = -50;
    }
    bench_button(&b, 4000u);
    ck_assert_uint_eq(b.lights, LBMS_LIGHT_RUN | LBMS_LIGHT_ON); /* the lights begin as at every start */
    for (i = 0u; i < 100u; i++) {
        bench_run(&b, 100u);
        ck_assert(!bench_charge_closed(&b));
    }
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_PROTECT);
    ck_assert(bench_discharge_closed(&b));
}
END_TEST

START_TEST(protections_work_from_the_first_sample_of_a_start_on)
{
    struct bench b;
    unsigned i;

    bench_board(&b);
    bench_cell(&b, 4u, 3700u);
    (void)bench_boot(&b);
    bench_run(&b, 2500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    for (i = 0u; i < 100u; i++) {
        bench_run(&b, 100u);
        ck_assert(!bench_charge_closed(&b));
    }
    ck_assert(bench_discharge_closed(&b));
}
END_TEST

START_TEST(the_button_means_nothing_while_the_pack_starts_or_stops)
{
    struct bench b;

    bench_board(&b);
    b.hal.sleep = NULL;
    (void)bench_boot(&b);
    bench_run(&b, 500u);
    bench_button(&b, 3200u); /* wholly inside the start */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);

    bench_board(&b);
    b.hal.sleep = NULL;
    (void)bench_boot(&b);
    bench_run(&b, 3500u);
    bench_press(&b, LBMS_KEY_BUTTON); /* begins in the start: not even a reset */
    bench_run(&b, 20000u);
    bench_release(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert_uint_eq(b.reset_calls, 0u);

    b.external_mv = 20000;
    bench_button(&b, 4000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STOPPING);
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 7000u);
    bench_release(&b, LBMS_KEY_BUTTON);
    ck_assert_uint_eq(b.reset_calls, 0u);
    bench_run(&b, 4000u); /* the first wish alone was cancelled, after 10 s */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

/* 1.5 s and 1.6 s, with so much between them. */
static unsigned mode_after_two_presses(uint32_t between_ms)
{
    struct bench b;

    awake(&b);
    b.longest_wait_ms = 10u;
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 1500u);
    bench_release(&b, LBMS_KEY_BUTTON);
    bench_run(&b, between_ms);
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 1600u);
    bench_release(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 200u);
    return bench_mode(&b);
}

START_TEST(contacts_that_bounce_for_less_than_50_ms_neither_end_nor_begin_a_press)
{
    ck_assert_uint_eq(mode_after_two_presses(40u), LBMS_MODE_STOPPING); /* one press of 3.1 s */
    ck_assert_uint_eq(mode_after_two_presses(70u), LBMS_MODE_STANDBY);  /* two short ones */
}
END_TEST

START_TEST(an_under_voltage_of_29_9_s_does_not_put_it_to_sleep_and_one_of_30_s_does)
{
    struct bench b;

    awake(&b);
    bench_cells(&b, 2550u);
    while (!bench_protection(&b, LBMS_BIT_CELL_UV)) {
        bench_run(&b, 100u);
    }
    bench_run(&b, 28800u);
    bench_cells(&b, 3300u);
    bench_run(&b, 1000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV)); /* 29.8 s */
    bench_run(&b, 100u);
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_UV)); /* released in time */
    bench_run(&b, 5000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);

    awake(&b);
    bench_cells(&b, 2550u);
    while (!bench_protection(&b, LBMS_BIT_CELL_UV)) {
        bench_run(&b, 100u);
    }
    bench_run(&b, 29800u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_PROTECT);
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STOPPING);
}
END_TEST

START_TEST(a_low_pack_on_a_live_bus_tries_once_a_minute_and_keeps_its_paths_closed_in_between)
{
    struct bench b;
    unsigned tests = 0u;
    unsigned open = 0u;
    unsigned tenths;
    bool was_open = false;

    awake(&b);
    bench_cell(&b, 5u, 3149u);
    b.external_mv = 12000;
    bench_run_s(&b, 299u);
    for (tenths = 0u; tenths < 6200u; tenths++) {
        const bool is_open = !bench_charge_closed(&b);

        ck_assert_uint_ne(bench_mode(&b), LBMS_MODE_SHUTDOWN);
        tests += (is_open && !was_open) ? 1u : 0u;
        open += bench_discharge_closed(&b) ? 0u : 1u;
        was_open = is_open;
        bench_run(&b, 100u);
    }
    ck_assert_uint_ge(tests, 9u);
    ck_assert_uint_le(tests, 11u);
    ck_assert_uint_le(open, tests * 40u); /* a test of a second, and a pre-charge */
}
END_TEST

/* Called when the processor is about to stop: by now everything must be done. */
static int sleep_that_looks(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct bench *b = (struct bench *)ctx;

    b->sleep_calls++;
    memset(woke, 0, sizeof(*woke));
    ck_assert(bench_all_open(b));
    ck_assert_uint_eq(b->lights, 0u);
    ck_assert_uint_eq(b->contacts, 0u);
    ck_assert_uint_eq(b->balance_mask, 0u);
    ck_assert(!b->buzzer && !b->heater);
    ck_assert_uint_eq(b->retained.sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ne(b->retained.memory.protections & LBMS_MASK(LBMS_BIT_CELL_UV), 0u);
    ck_assert_uint_eq(sleep->wake_sources, LBMS_WAKE_BUTTON | LBMS_WAKE_SWITCH | LBMS_WAKE_KEY |
                                               LBMS_WAKE_CHARGER | LBMS_WAKE_RS232 | LBMS_WAKE_TIMER);
    ck_assert_uint_le(sleep->timer_s, 14400u);
    ck_assert_uint_ge(sleep->timer_s, 14400u - 5u);
    b->now_ms += 10000u;
    woke->seconds_asleep = 10u;
    return LBMS_OK;
}

START_TEST(when_the_processor_stops_all_is_open_dark_and_saved_and_the_sources_are_armed)
{
    struct bench b;

    bench_start(&b);
    b.hal.sleep = sleep_that_looks;
    bench_cells(&b, 2550u);
    bench_run(&b, 20000u);
    ck_assert_uint_ne(b.contacts, 0u);
    while (b.sleep_calls == 0u) {
        bench_run(&b, 100u);
    }
}
END_TEST

START_TEST(a_sleeping_pack_bleeds_no_cell)
{
    struct bench b;
    unsigned tenths;

    awake(&b);
    bench_cells(&b, 3430u);
    bench_cell(&b, 7u, 3480u);
    bench_current(&b, 5000);
    bench_run(&b, 30000u);
    ck_assert_uint_ne(b.balance_mask, 0u);
    bench_current(&b, 0);
    bench_button(&b, 4000u);
    for (tenths = 0u; tenths < 600u; tenths++) {
        bench_run(&b, 100u);
        if (bench_mode(&b) == LBMS_MODE_SHUTDOWN) {
            ck_assert_uint_eq(b.balance_mask, 0u);
        }
    }
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(an_empty_pack_that_a_charger_wakes_closes_its_charge_path_only)
{
    struct bench b;
    unsigned tenths;

    asleep_and_empty(&b);
    b.external_mv = 50000;
    bench_run(&b, 1500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    for (tenths = 0u; tenths < 200u; tenths++) {
        bench_run(&b, 100u);
        ck_assert(!bench_discharge_closed(&b));
    }
    ck_assert(bench_charge_closed(&b));
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
}
END_TEST

START_TEST(after_rs232_an_empty_pack_does_not_connect_itself_and_after_the_button_it_is_judged_afresh)
{
    struct bench b;
    unsigned tenths;

    asleep_and_empty(&b);
    b.bms.inputs.ports_seen = 1u << LBMS_PORT_RS232;
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    for (tenths = 0u; tenths < 400u; tenths++) {
        bench_run(&b, 100u);
        ck_assert(!bench_discharge_closed(&b));
    }
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    bench_button(&b, 4000u);
    bench_run(&b, 7000u);
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_UV)); /* above the level at which it trips */
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(the_position_on_lets_the_pack_work_and_off_keeps_it_disconnected_from_its_first_start_on)
{
    struct bench b;
    unsigned tenths;

    bench_board(&b);
    b.keys = 0u;
    b.hal.sleep = NULL;
    (void)bench_boot(&b);
    for (tenths = 0u; tenths < 600u; tenths++) {
        bench_run(&b, 100u);
        ck_assert(bench_all_open(&b));
        ck_assert_uint_eq(b.lights & LBMS_LIGHT_ON, 0u);
    }
    bench_press(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 7000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert_uint_ne(b.lights & LBMS_LIGHT_ON, 0u);
}
END_TEST

START_TEST(the_switch_turns_off_a_single_pack_and_a_master_alike)
{
    uint8_t address;

    for (address = 0u; address < 2u; address++) {
        struct bench b;

        bench_board(&b);
        b.hal.sleep = NULL;
        b.dip = address;
        (void)bench_boot(&b);
        bench_run(&b, 10000u);
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, address);
        bench_release(&b, LBMS_KEY_WEAK_SWITCH);
        while (bench_mode(&b) != LBMS_MODE_OFF_SWITCH) {
            bench_run(&b, 10u);
        }
        ck_assert(bench_all_open(&b));
        bench_run(&b, 29800u);
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_OFF_SWITCH);
        bench_run(&b, 300u);
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STOPPING);
        bench_run(&b, 2000u);
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_SWITCH);
    }
}
END_TEST

/* One pack with its switch on, one with its switch off: the same cells, one after the other out of their limits. */
START_TEST(no_protection_depends_on_the_weak_current_switch)
{
    static const uint16_t levels_mv[] = {3700u, 2550u, 1900u};
    unsigned i;

    for (i = 0u; i < sizeof(levels_mv) / sizeof(levels_mv[0]); i++) {
        struct bench on;
        struct bench off;

        awake(&on);
        awake(&off);
        bench_release(&off, LBMS_KEY_WEAK_SWITCH);
        bench_run(&off, 200u);
        bench_run(&on, 200u);
        bench_cell(&on, 9u, levels_mv[i]);
        bench_cell(&off, 9u, levels_mv[i]);
        bench_run(&on, 8000u);
        bench_run(&off, 8000u);
        ck_assert_uint_ne(lbms_snapshot(&on.bms)->protections | lbms_snapshot(&on.bms)->faults, 0u);
        ck_assert_uint_eq(lbms_snapshot(&off.bms)->protections, lbms_snapshot(&on.bms)->protections);
        ck_assert_uint_eq(lbms_snapshot(&off.bms)->faults, lbms_snapshot(&on.bms)->faults);
        ck_assert(bench_all_open(&off));
        ck_assert(!bench_charge_closed(&on) || !bench_discharge_closed(&on));
    }
}
END_TEST

START_TEST(an_empty_pack_whose_switch_is_off_sleeps_or_saves_power_without_closing_a_path)
{
    struct bench b;
    unsigned tenths;
    unsigned s;

    awake(&b);
    bench_cells(&b, 2550u);
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 200u);
    for (tenths = 0u; tenths < 350u; tenths++) {
        ck_assert(bench_all_open(&b));
        bench_run(&b, 100u);
    }
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);

    awake(&b);
    bench_cells(&b, 2550u);
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    b.external_mv = 41000;
    bench_run(&b, 200u);
    for (s = 0u; s < 900u; s++) {
        ck_assert(bench_all_open(&b));
        ck_assert_uint_ne(bench_mode(&b), LBMS_MODE_SHUTDOWN);
        bench_run(&b, 1000u);
    }
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_REDUCED, 0u);
    ck_assert_uint_eq(b.lights, 0u);
}
END_TEST

SUITE("scenario/controls",
      CASE("R-SW-03",
           the_button_reset_forgets_forced_off_paths_and_keeps_parameters_and_what_service_must_see),
      CASE("R-SW-01 R-WAKE-02", a_wake_up_closes_only_what_no_protection_blocks),
      CASE("R-SW-02", protections_work_from_the_first_sample_of_a_start_on),
      CASE("R-IND-03", the_button_means_nothing_while_the_pack_starts_or_stops),
      CASE("R-IND-03", contacts_that_bounce_for_less_than_50_ms_neither_end_nor_begin_a_press),
      CASE("R-SLP-01", an_under_voltage_of_29_9_s_does_not_put_it_to_sleep_and_one_of_30_s_does),
      CASE("R-SLP-03 R-SLP-06",
           a_low_pack_on_a_live_bus_tries_once_a_minute_and_keeps_its_paths_closed_in_between),
      CASE("R-SLP-07 R-SLP-08",
           when_the_processor_stops_all_is_open_dark_and_saved_and_the_sources_are_armed),
      CASE("R-SLP-08", a_sleeping_pack_bleeds_no_cell),
      CASE("R-WAKE-01", an_empty_pack_that_a_charger_wakes_closes_its_charge_path_only),
      CASE("R-WAKE-09",
           after_rs232_an_empty_pack_does_not_connect_itself_and_after_the_button_it_is_judged_afresh),
      CASE("R-WSW-01 R-WSW-05",
           the_position_on_lets_the_pack_work_and_off_keeps_it_disconnected_from_its_first_start_on),
      CASE("R-SW-05 R-WSW-02", the_switch_turns_off_a_single_pack_and_a_master_alike),
      CASE("R-WSW-06", no_protection_depends_on_the_weak_current_switch),
      CASE("R-WSW-04 R-SLP-01 R-SLP-09",
           an_empty_pack_whose_switch_is_off_sleeps_or_saves_power_without_closing_a_path))
