/* Given a pack that nobody uses, that is low, or that may not sleep, when time passes, then ... */
#include <string.h>

#include "support/bench.h"
#include "support/suite.h"

#define HOUR_S 3600u
#define DAY_S  (24u * HOUR_S)

/* Awake on a board that stays awake itself (its sleep entry is not fitted). */
static void awake(struct bench *b)
{
    bench_board(b);
    b->hal.sleep = NULL;
    (void)bench_boot(b);
    bench_run(b, 10000u);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_STANDBY);
}

/* Runs for hours; a valid frame comes on a port (or none: LBMS_PORT_COUNT) every 50 s. */
static void run_with_frames(struct bench *b, uint32_t s, unsigned port)
{
    for (; s >= 50u; s -= 50u) {
        if (port < LBMS_PORT_COUNT) {
            b->bms.inputs.ports_seen = (uint8_t)(1u << port);
        }
        b->longest_wait_ms = 1000u;
        bench_run(b, 50000u);
    }
}

START_TEST(after_24_h_of_standby_it_sleeps)
{
    struct bench b;

    awake(&b);
    b.sample_period_ms = 1000u;
    run_with_frames(&b, DAY_S - 100u, LBMS_PORT_COUNT);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    run_with_frames(&b, 200u, LBMS_PORT_COUNT);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_STANDBY);
    ck_assert_uint_eq(b.bms.outputs.sleep.wake_sources & LBMS_WAKE_TIMER, 0u);
}
END_TEST

START_TEST(communication_on_any_port_keeps_it_awake_but_not_a_masters_own_polls)
{
    unsigned port;
    unsigned address;

    for (port = 0u; port < LBMS_PORT_COUNT; port++) {
        for (address = 0u; address < 3u; address++) {
            struct bench b;
            const bool own = (address == 1u) && (port == LBMS_PORT_PARALLEL);

            bench_board(&b);
            b.hal.sleep = NULL;
            b.dip = (uint8_t)address;
            b.sample_period_ms = 1000u;
            (void)bench_boot(&b);
            bench_run(&b, 10000u);
            ck_assert_int_eq(bench_set(&b, LBMS_PARAM_STANDBY_SLEEP_S, 3600), LBMS_OK);
            run_with_frames(&b, 2u * HOUR_S, port);
            ck_assert((bench_mode(&b) == LBMS_MODE_SHUTDOWN) == own);
        }
    }
}
END_TEST

START_TEST(a_pack_whose_paths_a_fault_holds_open_counts_as_unused)
{
    struct bench b;

    awake(&b);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_STANDBY_SLEEP_S, 3600), LBMS_OK);
    bench_cell(&b, 3u, 1900u);
    bench_run(&b, 8000u);
    bench_cells(&b, 3300u); /* the fault stays until service */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FAULT);
    bench_run_s(&b, 3700u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_STANDBY);
}
END_TEST

START_TEST(a_pack_with_a_low_cell_sleeps_after_5_min)
{
    struct bench b;

    awake(&b);
    bench_cells(&b, 3200u);
    bench_cell(&b, 5u, 3149u);
    bench_run_s(&b, 298u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    bench_run_s(&b, 6u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_LOW_CELL);
    ck_assert_uint_eq(b.bms.outputs.sleep.wake_sources & LBMS_WAKE_TIMER, 0u);
}
END_TEST

START_TEST(a_refusal_is_told_until_the_next_test)
{
    struct bench b;

    awake(&b);
    bench_cell(&b, 5u, 3149u);
    b.external_mv = 10000;
    bench_run_s(&b, 304u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_SLEEP_REFUSED, 0u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    bench_cell(&b, 5u, 3300u);
    bench_run_s(&b, 61u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_SLEEP_REFUSED, 0u);
}
END_TEST

START_TEST(a_button_held_for_more_than_30_s_is_told_as_stuck)
{
    struct bench b;

    awake(&b);
    b.hal.reset = NULL;
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 30000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_BUTTON_STUCK, 0u);
    bench_run(&b, 300u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_BUTTON_STUCK, 0u);
    bench_run_s(&b, 100u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY); /* blocks nothing */
    bench_release(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 300u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_BUTTON_STUCK, 0u);
}
END_TEST

START_TEST(a_display_key_in_sleep_wakes_nothing_and_keeps_the_board_out_of_low_power_for_60_s)
{
    struct bench b;
    struct lbms_snapshot before;

    bench_start(&b);
    bench_button(&b, 4000u);
    bench_run(&b, 1500u);
    b.fail_sleep = LBMS_ERR_STATE; /* as long as it is asked for, we see it */
    bench_run(&b, 5000u);
    ck_assert(b.bms.outputs.sleep.requested);
    before = *lbms_snapshot(&b.bms);
    bench_press(&b, LBMS_KEY_ENTER);
    bench_run(&b, 200u);
    bench_release(&b, LBMS_KEY_ENTER);
    bench_run(&b, 59000u);
    ck_assert(!b.bms.outputs.sleep.requested);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert(bench_all_open(&b));
    bench_run(&b, 2000u);
    ck_assert(b.bms.outputs.sleep.requested);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, before.sleep_reason);
    ck_assert_uint_eq(b.bms.core.wake.tries, 0u);
}
END_TEST

/* Empty at 2.65 V, on a bus that another pack keeps at 41 V, for 12 min. */
static void guarded(struct bench *b)
{
    awake(b);
    bench_cells(b, 2550u);
    bench_run(b, 3000u);
    bench_cells(b, 2650u);
    b->external_mv = 41000;
    bench_run_s(b, 600u);
    ck_assert_uint_eq(lbms_snapshot(&b->bms)->state & LBMS_STATE_REDUCED, 0u);
    bench_run_s(b, 100u);
    while (bench_mode(b) != LBMS_MODE_STOPPING) { /* the next test is a minute away then */
        bench_run(b, 100u);
    }
    while (bench_mode(b) == LBMS_MODE_STOPPING) {
        bench_run(b, 100u);
    }
    ck_assert_uint_ne(lbms_snapshot(&b->bms)->state & LBMS_STATE_REDUCED, 0u);
}

START_TEST(an_empty_pack_that_may_not_sleep_takes_a_sample_every_10_s_with_its_lights_off)
{
    struct bench b;
    unsigned samples;
    unsigned fed;
    uint32_t waited_ms = 0u;
    unsigned runs = 0u;

    guarded(&b);
    b.longest_wait_ms = 100000u;
    samples = b.sample_calls;
    fed = b.watchdog_fed;
    while (waited_ms < 30000u) {
        const uint32_t wait_ms = lbms_run(&b.bms);

        ck_assert_uint_le(wait_ms, 1000u);
        ck_assert_uint_eq(b.lights, 0u);
        ck_assert(!bench_discharge_closed(&b));
        b.now_ms += wait_ms;
        waited_ms += wait_ms;
        runs++;
    }
    ck_assert_uint_ge(b.sample_calls - samples, 2u);
    ck_assert_uint_le(b.sample_calls - samples, 4u);
    ck_assert_uint_ge(b.watchdog_fed - fed, 30u); /* a watchdog of 2 s does not bite */
    ck_assert_uint_le(runs, 40u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u);
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(a_watchdog_is_not_fed_for_a_step_that_the_board_refused)
{
    struct bench b;
    unsigned fed;

    guarded(&b);
    b.fail_switches = LBMS_ERR_TIMEOUT;
    bench_run(&b, 11000u);
    fed = b.watchdog_fed;
    bench_run(&b, 9000u);
    ck_assert_uint_eq(b.watchdog_fed, fed);
}
END_TEST

START_TEST(charge_current_ends_the_power_saving)
{
    struct bench b;

    guarded(&b);
    bench_current(&b, 5000);
    bench_run(&b, 11000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_REDUCED, 0u);
    ck_assert_uint_eq(b.bms.outputs.rest_ms, 0u);
    ck_assert_uint_ne(b.lights, 0u);
}
END_TEST

START_TEST(the_button_ends_the_power_saving_at_once)
{
    struct bench b;

    guarded(&b);
    bench_press(&b, LBMS_KEY_BUTTON);
    (void)lbms_run(&b.bms); /* as the interrupt of the input would */
    bench_run(&b, 200u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->state & LBMS_STATE_REDUCED, 0u);
    ck_assert_uint_ne(b.lights, 0u);
}
END_TEST

START_TEST(a_dead_bus_lets_the_pack_sleep_within_about_a_minute)
{
    struct bench b;

    guarded(&b);
    b.external_mv = 0;
    bench_run_s(&b, 75u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(a_command_is_carried_out_in_reduced_power_at_once)
{
    struct bench b;

    guarded(&b);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_LED_PROFILE, 1), LBMS_OK);
}
END_TEST

SUITE("scenario/standby", CASE("R-SLP-04", after_24_h_of_standby_it_sleeps),
      CASE("R-SLP-04", communication_on_any_port_keeps_it_awake_but_not_a_masters_own_polls),
      CASE("R-SLP-04", a_pack_whose_paths_a_fault_holds_open_counts_as_unused),
      CASE("R-SLP-03", a_pack_with_a_low_cell_sleeps_after_5_min),
      CASE("R-SLP-06", a_refusal_is_told_until_the_next_test),
      CASE("R-IND-03", a_button_held_for_more_than_30_s_is_told_as_stuck),
      CASE("R-LCD-06 R-WAKE-07",
           a_display_key_in_sleep_wakes_nothing_and_keeps_the_board_out_of_low_power_for_60_s),
      CASE("R-SLP-09", an_empty_pack_that_may_not_sleep_takes_a_sample_every_10_s_with_its_lights_off),
      CASE("R-SLP-09", a_watchdog_is_not_fed_for_a_step_that_the_board_refused),
      CASE("R-SLP-09", charge_current_ends_the_power_saving),
      CASE("R-SLP-09", the_button_ends_the_power_saving_at_once),
      CASE("R-SLP-09", a_dead_bus_lets_the_pack_sleep_within_about_a_minute),
      CASE("R-SLP-09", a_command_is_carried_out_in_reduced_power_at_once))
