/* Given an empty pack asleep, when hours pass, a charger comes or somebody asks, then ... */
#include <string.h>

#include "support/bench.h"
#include "support/suite.h"

#define HOUR_S 3600u
#define DAY_S  (24u * HOUR_S)

/* The board really sleeps: until its timer fires, or until the end of the test. */
static struct {
    uint32_t end_s;     /* of simulated time, on its own clock */
    uint32_t now_s;     /* likewise: seconds asleep so far */
    unsigned by_time;   /* sleeps that the timer ended */
    uint8_t next_cause; /* wakes at once, once */
} world;

static int board_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct bench *b = (struct bench *)ctx;
    uint32_t s = world.end_s - world.now_s;

    b->slept = *sleep;
    b->sleep_calls++;
    memset(woke, 0, sizeof(*woke));
    if ((world.next_cause & sleep->wake_sources) != 0u) {
        woke->wake_reason = world.next_cause;
        world.next_cause = 0u;
        return LBMS_OK;
    }
    if (((sleep->wake_sources & LBMS_WAKE_TIMER) != 0u) && (sleep->timer_s < s)) {
        s = sleep->timer_s;
        woke->wake_reason = LBMS_WAKE_TIMER;
        world.by_time++;
    }
    woke->seconds_asleep = s;
    world.now_s += s;
    b->now_ms += s * 1000u;
    b->next_sample_ms = b->now_ms;
    return LBMS_OK;
}

/* Asleep since just now, empty; the cells have come up to this voltage. */
static void empty(struct bench *b, uint16_t rest_mv)
{
    memset(&world, 0, sizeof(world));
    bench_start(b);
    bench_cells(b, 2550u);
    bench_run(b, 10000u);
    ck_assert(bench_protection(b, LBMS_BIT_CELL_UV));
    b->hal.sleep = NULL;
    bench_run(b, 25000u);
    bench_cells(b, rest_mv);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b->bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    b->hal.sleep = board_sleep;
}

/* Uptime, which runs on through sleep. */
static uint32_t now_s(const struct bench *b)
{
    return b->bms.inputs.uptime_s;
}

/* Runs until the pack leaves SHUTDOWN, or this uptime; false then. */
static bool until_awake(struct bench *b, uint32_t end_s)
{
    while (bench_mode(b) == LBMS_MODE_SHUTDOWN) {
        if (now_s(b) >= end_s) {
            return false;
        }
        world.end_s = world.now_s + (end_s - now_s(b));
        bench_run(b, 100u);
    }
    return true;
}

static void until_asleep(struct bench *b)
{
    unsigned i;

    for (i = 0u; (i < 3000u) && (bench_mode(b) != LBMS_MODE_SHUTDOWN); i++) {
        bench_run(b, 100u);
    }
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_SHUTDOWN);
}

START_TEST(exactly_10_windows_in_40_h_and_none_in_the_7_days_after)
{
    struct bench b;
    uint32_t asleep_s;
    uint32_t end_s;
    unsigned windows = 0u;

    empty(&b, 2750u);
    asleep_s = now_s(&b);
    end_s = asleep_s + 40u * HOUR_S + 60u;
    while (until_awake(&b, end_s)) {
        bool charge = false;
        bool discharge = false;
        uint32_t open_s = now_s(&b);

        windows++;
        ck_assert_uint_ge(now_s(&b) - asleep_s, windows * 4u * HOUR_S - 60u);
        ck_assert_uint_le(now_s(&b) - asleep_s, windows * 4u * HOUR_S + 60u);
        while (bench_mode(&b) != LBMS_MODE_SHUTDOWN) {
            bench_run(&b, 100u);
            charge = charge || bench_charge_closed(&b);
            discharge = discharge || bench_discharge_closed(&b);
            if (!charge && !discharge) {
                open_s = now_s(&b);
            }
            ck_assert_uint_le(now_s(&b) - open_s, 125u);
        }
        ck_assert(charge && discharge);
        ck_assert_uint_ge(now_s(&b) - open_s, 120u);
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    }
    ck_assert_uint_eq(windows, 10u);
    ck_assert(!until_awake(&b, end_s + 7u * DAY_S));
    ck_assert_uint_eq(world.by_time, 10u);
}
END_TEST

START_TEST(a_window_in_which_charge_current_flows_ends_the_sleep_and_begins_the_tries_anew)
{
    struct bench b;

    empty(&b, 2750u);
    ck_assert(until_awake(&b, 5u * HOUR_S));
    bench_run_s(&b, 60u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    bench_current(&b, 5000);
    bench_cells(&b, 3050u);
    bench_run_s(&b, 130u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_CHARGING);
    ck_assert_uint_eq(b.bms.core.wake.tries, 0u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(a_pack_that_has_recovered_at_rest_goes_back_to_sleep_after_its_window)
{
    struct bench b;

    empty(&b, 3200u); /* above the release level, but never charged */
    ck_assert(until_awake(&b, 5u * HOUR_S));
    until_asleep(&b);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(an_inverter_that_draws_too_much_is_cut_off_for_the_rest_of_the_window)
{
    struct bench b;

    empty(&b, 2750u);
    ck_assert(until_awake(&b, 5u * HOUR_S));
    bench_run_s(&b, 20u);
    ck_assert(bench_discharge_closed(&b));
    bench_current(&b, -2001);
    bench_run(&b, 900u);
    ck_assert(bench_discharge_closed(&b));
    bench_run(&b, 400u);
    ck_assert(!bench_discharge_closed(&b));
    bench_current(&b, 0);
    bench_run_s(&b, 60u);
    ck_assert(!bench_discharge_closed(&b) && bench_charge_closed(&b));
    until_asleep(&b);
}
END_TEST

START_TEST(a_very_empty_pack_offers_its_charge_path_only)
{
    struct bench b;
    unsigned i;

    empty(&b, 2699u);
    ck_assert(until_awake(&b, 5u * HOUR_S));
    bench_run_s(&b, 6u);
    for (i = 0u; i < 100u; i++) {
        bench_run_s(&b, 1u);
        ck_assert(bench_charge_closed(&b) && !bench_discharge_closed(&b));
    }
}
END_TEST

START_TEST(a_cold_weekend_uses_up_no_tries)
{
    struct bench b;
    unsigned wakes = 0u;
    uint32_t end_s;
    unsigned i;

    empty(&b, 2750u);
    for (i = 0u; i < LBMS_NTCS; i++) {
        b.sample.ntc_dc[i] = -50;
    }
    end_s = now_s(&b) + 60u * HOUR_S;
    while (until_awake(&b, end_s)) {
        wakes++;
        while (bench_mode(&b) != LBMS_MODE_SHUTDOWN) {
            bench_run(&b, 100u);
            ck_assert(bench_all_open(&b));
        }
    }
    ck_assert_uint_ge(wakes, 14u);
    ck_assert_uint_eq(b.bms.core.wake.tries, 0u);
}
END_TEST

START_TEST(a_pre_charge_that_fails_counts_as_a_try)
{
    struct bench b;

    empty(&b, 2750u);
    b.bus_shorted = true;
    ck_assert(until_awake(&b, 5u * HOUR_S));
    until_asleep(&b);
    ck_assert_uint_eq(b.bms.core.wake.tries, 1u);
    b.bus_shorted = false; /* the next window tries again */
    ck_assert(until_awake(&b, 10u * HOUR_S));
    bench_run_s(&b, 30u);
    ck_assert(bench_discharge_closed(&b));
}
END_TEST

START_TEST(tries_survive_an_unexpected_reset_and_the_empty_pack_stays_disconnected)
{
    struct bench b;
    unsigned i;

    empty(&b, 3200u);
    ck_assert(until_awake(&b, 5u * HOUR_S));
    bench_run_s(&b, 30u);
    ck_assert(bench_discharge_closed(&b));
    b.restored = b.retained;
    b.restored.boot.reset_cause = LBMS_RESET_WATCHDOG;
    (void)bench_boot(&b);
    for (i = 0u; i < 300u; i++) {
        bench_run(&b, 100u);
        ck_assert(!bench_discharge_closed(&b));
    }
    ck_assert_uint_eq(b.bms.core.wake.tries, 1u);
    until_asleep(&b);
}
END_TEST

START_TEST(rs232_gives_an_empty_pack_30_s_to_answer_without_a_discharge_path)
{
    struct bench b;
    unsigned i;

    empty(&b, 3200u);
    world.next_cause = LBMS_WAKE_RS232;
    bench_run(&b, 3500u); /* low power, and woken by the first, lost frame */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    b.bms.inputs.ports_seen = 1u << LBMS_PORT_RS232;
    bench_run(&b, 200u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    for (i = 0u; i < 290u; i++) {
        bench_run(&b, 100u);
        ck_assert(!bench_discharge_closed(&b));
        ck_assert_uint_ne(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    }
    bench_run(&b, 4000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(with_a_service_fault_an_empty_pack_never_wakes_by_time)
{
    struct bench b;

    memset(&world, 0, sizeof(world));
    bench_start(&b);
    bench_cells(&b, 2550u);
    bench_cell(&b, 3u, 1900u); /* dead: locks until service */
    bench_run(&b, 20000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    bench_cells(&b, 2750u);
    b.hal.sleep = board_sleep;
    until_asleep(&b);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_FAULT);
    ck_assert(!until_awake(&b, 7u * DAY_S));
    ck_assert_uint_eq(world.by_time, 0u);
}
END_TEST

START_TEST(a_board_that_loses_its_memory_wakes_by_the_same_clock)
{
    struct bench b;

    empty(&b, 2750u);
    world.end_s = 100000u;
    b.hal.sleep = NULL;
    bench_run(&b, 4000u);
    lbms_core_save(&b.bms.core, &b.restored);
    ck_assert_uint_le(b.restored.wake.cycle_s, 60u);
    b.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    b.restored.boot.wake_reason = LBMS_WAKE_TIMER;
    b.restored.boot.seconds_asleep = 4u * HOUR_S;
    (void)bench_boot(&b);
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    bench_run(&b, 10000u);
    ck_assert_uint_eq(b.bms.core.window.stage, LBMS_WINDOW_OPEN);
    ck_assert_uint_eq(b.bms.core.wake.tries, 1u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(a_sleep_of_more_than_90_days_raises_an_alarm_until_the_next_full_charge)
{
    struct bench b;
    struct lbms_restored kept;

    memset(&world, 0, sizeof(world));
    bench_start(&b);
    b.hal.sleep = NULL;
    bench_button(&b, 4000u);
    bench_run(&b, 6000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    lbms_core_save(&b.bms.core, &b.restored);
    b.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    b.restored.boot.wake_reason = LBMS_WAKE_SWITCH;
    b.restored.boot.seconds_asleep = 90u * DAY_S + 1u;
    (void)bench_boot(&b);
    bench_run(&b, 10000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_alarm(&b, LBMS_BIT_MAINTENANCE));
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    lbms_core_save(&b.bms.core, &kept); /* it outlives a reset */
    b.restored = kept;
    b.restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    (void)bench_boot(&b);
    bench_run(&b, 10000u);
    ck_assert(bench_alarm(&b, LBMS_BIT_MAINTENANCE));
    bench_cells(&b, 3500u);
    bench_current(&b, 1500);
    bench_run_s(&b, 15u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_FULL, 0u);
    ck_assert(!bench_alarm(&b, LBMS_BIT_MAINTENANCE));
}
END_TEST

SUITE("scenario/auto_wake",
      CASE("R-WAKE-04 R-WAKE-06", exactly_10_windows_in_40_h_and_none_in_the_7_days_after),
      CASE("R-WAKE-05", a_window_in_which_charge_current_flows_ends_the_sleep_and_begins_the_tries_anew),
      CASE("R-SLP-01 R-WAKE-04", a_pack_that_has_recovered_at_rest_goes_back_to_sleep_after_its_window),
      CASE("R-WAKE-04", an_inverter_that_draws_too_much_is_cut_off_for_the_rest_of_the_window),
      CASE("R-WAKE-04", a_very_empty_pack_offers_its_charge_path_only),
      CASE("R-WAKE-04", a_cold_weekend_uses_up_no_tries),
      CASE("R-WAKE-04", a_pre_charge_that_fails_counts_as_a_try),
      CASE("R-PROT-08", tries_survive_an_unexpected_reset_and_the_empty_pack_stays_disconnected),
      CASE("R-WAKE-03", rs232_gives_an_empty_pack_30_s_to_answer_without_a_discharge_path),
      CASE("R-SLP-01", with_a_service_fault_an_empty_pack_never_wakes_by_time),
      CASE("R-SLP-07 R-WAKE-04", a_board_that_loses_its_memory_wakes_by_the_same_clock),
      CASE("R-STO-02", a_sleep_of_more_than_90_days_raises_an_alarm_until_the_next_full_charge))
