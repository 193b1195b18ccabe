/* Waking up by time and by RS232, and what is counted for it; the maintenance charge. */
#include "sleep_pack.h"
#include "support/suite.h"

#define HOUR_S 3600u
#define DAY_S  (24u * HOUR_S)

/* Asleep: as if the board slept for so long, and something woke it. */
static void slept(struct pack *p, uint32_t s, uint8_t fired)
{
    p->in.uptime_s += s;
    p->wake_in.fired = fired;
    pass(p, 10u);
}

/* Awake again, empty and without a charger; then asleep. Takes about a minute. */
static void sleep_again(struct pack *p, uint8_t reason)
{
    pass(p, 10u);
    p->in.protections = (reason == LBMS_SLEEP_OVER_DISCHARGE) ? UV_BITS : 0u;
    p->in.host_command = reason == LBMS_SLEEP_HOST;
    p->in.mode = LBMS_MODE_STANDBY;
    p->m.terminal_mv = 0;
    (void)run(p, 60000u);
    p->m.closed = 0u;
    (void)run(p, 60000u);
    ck_assert_uint_eq(p->in.mode, LBMS_MODE_SHUTDOWN);
    (void)run(p, 10000u);
    ck_assert_uint_eq(p->in.mode, LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(p->sleep.reason, reason);
}

START_TEST(after_an_over_discharge_the_pack_wakes_every_4_hours)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ge(p.wake.request.timer_s, 4u * HOUR_S - 60u);
    ck_assert_uint_le(p.wake.request.timer_s, 4u * HOUR_S);
    slept(&p, 4u * HOUR_S - 60u, 0u);
    ck_assert(!p.wake.wake);
    slept(&p, 61u, 0u);
    ck_assert(p.wake.wake && !p.wake.by_user);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_TIMER);
}
END_TEST

START_TEST(the_clock_of_the_board_may_be_a_little_fast)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    slept(&p, 4u * HOUR_S - 60u, LBMS_WAKE_TIMER);
    ck_assert(p.wake.wake);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_TIMER);
}
END_TEST

START_TEST(from_one_automatic_wake_up_to_the_next_it_is_4_hours_however_long_the_window_was)
{
    struct pack p;
    uint32_t began_s;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    slept(&p, 4u * HOUR_S, LBMS_WAKE_TIMER);
    began_s = p.in.uptime_s;
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert(p.wake.request.requested);
    ck_assert_uint_eq(p.wake.request.timer_s, 4u * HOUR_S - (p.in.uptime_s - began_s));
    ck_assert_uint_lt(p.wake.request.timer_s, 4u * HOUR_S - 30u);
}
END_TEST

START_TEST(a_window_that_ends_in_a_sleep_long_after_it_does_not_wake_the_pack_at_once)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    slept(&p, 4u * HOUR_S, LBMS_WAKE_TIMER);
    pass(&p, 10u);
    p.in.uptime_s += 5u * HOUR_S; /* kept awake by a live bus */
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ge(p.wake.request.timer_s, 4u * HOUR_S - 60u);
}
END_TEST

START_TEST(no_other_reason_wakes_by_time)
{
    const uint8_t others[] = {LBMS_SLEEP_BUTTON, LBMS_SLEEP_HOST, LBMS_SLEEP_LOW_CELL, LBMS_SLEEP_STANDBY,
                              LBMS_SLEEP_FAULT};
    size_t i;

    for (i = 0u; i < sizeof(others); i++) {
        struct pack p;

        deep_asleep(&p, LBMS_SLEEP_BUTTON);
        p.sleep.reason = others[i];
        p.sleep.last_reason = others[i];
        (void)run(&p, 10000u);
        ck_assert(p.wake.request.requested);
        ck_assert_uint_eq(p.wake.request.reason, others[i]);
        ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
        slept(&p, 30u * DAY_S, LBMS_WAKE_TIMER);
        ck_assert(!p.wake.wake);
    }
}
END_TEST

START_TEST(after_10_windows_without_charge_no_more_time_is_armed)
{
    struct pack p;
    unsigned i;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    for (i = 1u; i <= 10u; i++) {
        ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
        slept(&p, p.wake.request.timer_s, LBMS_WAKE_TIMER);
        ck_assert(p.wake.wake);
        p.tried = true;
        sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
        ck_assert_uint_eq(p.wake.tries, i);
    }
    ck_assert_uint_eq(p.wake.request.wake_sources, LBMS_WAKE_BUTTON | LBMS_WAKE_SWITCH | LBMS_WAKE_KEY |
                                                       LBMS_WAKE_RS232 | LBMS_WAKE_CHARGER);
    for (i = 0u; i < 7u; i++) {
        slept(&p, DAY_S, LBMS_WAKE_TIMER);
        ck_assert(!p.wake.wake);
    }
}
END_TEST

/* Ten windows in vain. */
static void all_tried(struct pack *p)
{
    unsigned i;

    deep_asleep(p, LBMS_SLEEP_OVER_DISCHARGE);
    for (i = 1u; i <= 10u; i++) {
        slept(p, 4u * HOUR_S, LBMS_WAKE_TIMER);
        p->tried = true;
        sleep_again(p, LBMS_SLEEP_OVER_DISCHARGE);
    }
    ck_assert_uint_eq(p->wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
}

START_TEST(button_charger_and_a_charge_begin_the_tries_anew_and_rs232_does_not)
{
    struct pack p;

    all_tried(&p);
    p.wake_in.rs232_frame = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
    p.in.button_long = true;
    pass(&p, 10u);
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);

    all_tried(&p);
    p.m.terminal_mv = 50000;
    ck_assert_uint_eq(run(&p, 60000u), 1010u);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_CHARGER);
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);

    all_tried(&p);
    p.wake_in.rs232_frame = true;
    pass(&p, 10u);
    pass(&p, 10u);
    p.charging_found = true;
    pass(&p, 10u);
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
}
END_TEST

START_TEST(the_count_of_tries_does_not_run_over)
{
    struct pack p;
    unsigned i;

    awake(&p);
    for (i = 0u; i < 300u; i++) {
        lbms_wake_count(&p.wake, true, false);
    }
    ck_assert_uint_eq(p.wake.tries, UINT8_MAX);
}
END_TEST

START_TEST(with_no_tries_at_all_time_is_never_armed)
{
    struct pack p;

    asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    p.params.v[LBMS_PARAM_AUTO_WAKE_TRIES] = 0;
    (void)run(&p, 10000u);
    ck_assert(p.wake.request.requested);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u);
}
END_TEST

START_TEST(the_period_is_a_parameter)
{
    struct pack p;

    asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    p.params.v[LBMS_PARAM_AUTO_WAKE_PERIOD_S] = 600;
    (void)run(&p, 10000u);
    ck_assert_uint_le(p.wake.request.timer_s, 600u);
    slept(&p, 590u, 0u);
    (void)run(&p, 3000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STARTING);
}
END_TEST

START_TEST(rs232_wakes_with_a_valid_frame_within_3_s_of_the_activity)
{
    const uint8_t why[] = {LBMS_SLEEP_OVER_DISCHARGE, LBMS_SLEEP_BUTTON, LBMS_SLEEP_HOST};
    size_t i;

    for (i = 0u; i < sizeof(why); i++) {
        struct pack p;

        deep_asleep(&p, why[i]);
        p.wake_in.fired = LBMS_WAKE_RS232; /* the first frame is lost */
        pass(&p, 10u);
        pass(&p, 2900u);
        ck_assert(!p.wake.request.requested);
        p.wake_in.rs232_frame = true;
        pass(&p, 10u);
        ck_assert(p.wake.wake);
        ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_RS232);

        deep_asleep(&p, why[i]);
        p.wake_in.fired = LBMS_WAKE_RS232;
        pass(&p, 10u);
        pass(&p, 2999u);
        ck_assert(!p.wake.request.requested);
        pass(&p, 1u);
        ck_assert(p.wake.request.requested && !p.wake.wake);
    }
}
END_TEST

/* Woken by RS232 after an over-discharge, in vain, so many times. */
static void asked(struct pack *p, unsigned times)
{
    for (; times > 0u; times--) {
        p->wake_in.rs232_frame = true;
        pass(p, 10u);
        ck_assert(p->wake.wake);
        sleep_again(p, LBMS_SLEEP_OVER_DISCHARGE);
    }
}

START_TEST(after_6_wake_ups_rs232_is_not_armed_until_the_period_is_over)
{
    struct pack p;
    uint32_t first_s;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    first_s = p.in.uptime_s;
    asked(&p, 5u);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
    asked(&p, 1u);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
    p.wake_in.rs232_frame = true;
    pass(&p, 10u);
    ck_assert(!p.wake.wake);
    p.wake.tries = 10u; /* time shall not interfere */
    pass(&p, 10u);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u); /* only to arm RS232 again */
    ck_assert_uint_eq(p.wake.request.timer_s, 4u * HOUR_S - (p.in.uptime_s - first_s));
    p.in.uptime_s = first_s + 4u * HOUR_S - 1u;
    pass(&p, 10u);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
    p.in.uptime_s = first_s + 4u * HOUR_S;
    p.wake_in.fired = LBMS_WAKE_TIMER;
    pass(&p, 10u);
    ck_assert(!p.wake.wake);
    (void)run(&p, 4000u);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
    asked(&p, 6u);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
}
END_TEST

START_TEST(another_wake_up_source_arms_rs232_again)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    asked(&p, 6u);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
    slept(&p, p.wake.request.timer_s, LBMS_WAKE_TIMER);
    sleep_again(&p, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_RS232, 0u);
}
END_TEST

START_TEST(a_pack_that_is_not_empty_may_be_asked_as_often_as_one_likes)
{
    struct pack p;
    unsigned i;

    deep_asleep(&p, LBMS_SLEEP_HOST);
    for (i = 0u; i < 20u; i++) {
        p.wake_in.rs232_frame = true;
        pass(&p, 10u);
        ck_assert(p.wake.wake);
        sleep_again(&p, LBMS_SLEEP_HOST);
    }
}
END_TEST

/* Woken by a charger, asleep again for the same emptiness; the charger has never been away from where it is seen. */
static void in_vain(struct pack *p, bool charged)
{
    deep_asleep(p, LBMS_SLEEP_OVER_DISCHARGE);
    p->m.terminal_mv = 50000;
    (void)run(p, 2000u);
    ck_assert_uint_eq(p->wake.cause, LBMS_WAKE_CHARGER);
    p->in.charge_now = charged;
    pass(p, 10u);
    p->in.charge_now = false;
    p->in.protections = UV_BITS;
    p->in.mode = LBMS_MODE_STANDBY;
    p->params.v[LBMS_PARAM_SLEEP_NO_VOLTAGE_MV] = 60000; /* a divider that hides it */
    (void)run(p, 60000u);
    (void)run(p, 60000u);
    ck_assert_uint_eq(p->in.mode, LBMS_MODE_SHUTDOWN);
}

START_TEST(a_charger_that_woke_in_vain_is_armed_again_when_it_went_away)
{
    struct pack p;

    in_vain(&p, false);
    (void)run(&p, 60000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    ck_assert(p.wake.request.requested);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_CHARGER, 0u);
    p.m.terminal_mv = 48000;
    (void)run(&p, 1000u);
    ck_assert_uint_eq(p.wake.request.wake_sources & LBMS_WAKE_CHARGER, 0u);
    p.m.terminal_mv = 47999;
    (void)run(&p, 1000u);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_CHARGER, 0u);
    p.m.terminal_mv = 50000;
    ck_assert_uint_eq(run(&p, 60000u), 1010u);
}
END_TEST

START_TEST(a_charger_that_woke_in_vain_is_armed_again_after_4_hours)
{
    struct pack p;

    in_vain(&p, false);
    p.wake.tries = 10u;
    (void)run(&p, 10000u);
    ck_assert_uint_ne(p.wake.request.wake_sources & LBMS_WAKE_TIMER, 0u); /* to arm it */
    ck_assert_uint_ge(p.wake.request.timer_s, 4u * HOUR_S - 60u);
    slept(&p, p.wake.request.timer_s, LBMS_WAKE_TIMER);
    ck_assert_uint_eq(run(&p, 60000u), 1000u);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_CHARGER);
}
END_TEST

START_TEST(a_charger_that_has_charged_stays_armed)
{
    struct pack p;

    in_vain(&p, true);
    ck_assert_uint_eq(run(&p, 60000u), 1010u);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_CHARGER);
}
END_TEST

START_TEST(a_sleep_of_more_than_90_days_asks_for_a_full_charge)
{
    struct pack p;
    uint32_t began_s;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    began_s = p.wake.asleep_s;
    p.in.uptime_s = began_s + 90u * DAY_S;
    p.in.button_long = true;
    pass(&p, 0u);
    ck_assert(p.wake.wake && !p.wake.maintenance_due);

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    began_s = p.wake.asleep_s;
    p.in.uptime_s = began_s + 90u * DAY_S + 1u;
    p.in.button_long = true;
    pass(&p, 0u);
    ck_assert(p.wake.wake && p.wake.maintenance_due);
    sleep_again(&p, LBMS_SLEEP_HOST); /* a short sleep does not end it */
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.wake.maintenance_due);
    pass(&p, 10u);
    p.wake_in.full = true;
    pass(&p, 10u);
    ck_assert(!p.wake.maintenance_due);
}
END_TEST

START_TEST(a_board_that_lost_its_memory_goes_on_counting)
{
    struct lbms_wake_memory memory;
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    asked(&p, 2u);
    p.wake.tries = 7u;
    p.wake.maintenance_due = true;
    slept(&p, HOUR_S, 0u);
    lbms_wake_save(&p.wake, p.in.uptime_s, &memory);
    ck_assert_uint_eq(memory.tries, 7u);
    ck_assert_uint_eq(memory.rs232_wakes, 2u);
    ck_assert(memory.maintenance_due && !memory.charger_spent);
    ck_assert_uint_eq(memory.cycle_s, p.in.uptime_s - p.wake.cycle_s);
    ck_assert_uint_ge(memory.asleep_s, HOUR_S);

    memory.cycle_s += 2u * HOUR_S; /* as the core does for the time asleep */
    memory.rs232_s += 2u * HOUR_S;
    memory.asleep_s += 2u * HOUR_S;
    lbms_wake_init(&p.wake, &memory, true);
    lbms_wake_save(&p.wake, 12345u, &memory); /* before the first step the uptime means nothing */
    ck_assert_uint_ge(memory.asleep_s, 3u * HOUR_S);
    ck_assert_uint_lt(memory.asleep_s, 3u * HOUR_S + 300u);
    p.in.uptime_s = 5u; /* counts anew */
    pass(&p, 10u);
    ck_assert(!p.wake.wake && p.wake.maintenance_due);
    (void)run(&p, 10000u);
    ck_assert(p.wake.request.requested);
    ck_assert_uint_le(p.wake.request.timer_s, HOUR_S);
    ck_assert_uint_ge(p.wake.request.timer_s, HOUR_S - 600u);
    slept(&p, HOUR_S, 0u);
    ck_assert(p.wake.wake);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_TIMER);
    ck_assert_uint_eq(p.wake.tries, 7u);
}
END_TEST

SUITE("power/wake_cycle", CASE("R-WAKE-04", after_an_over_discharge_the_pack_wakes_every_4_hours),
      CASE("R-WAKE-04", the_clock_of_the_board_may_be_a_little_fast),
      CASE("R-WAKE-04", from_one_automatic_wake_up_to_the_next_it_is_4_hours_however_long_the_window_was),
      CASE("R-WAKE-04", a_window_that_ends_in_a_sleep_long_after_it_does_not_wake_the_pack_at_once),
      CASE("R-SLP-03 R-SLP-07 R-WAKE-04", no_other_reason_wakes_by_time),
      CASE("R-WAKE-06", after_10_windows_without_charge_no_more_time_is_armed),
      CASE("R-WAKE-05 R-WAKE-06", button_charger_and_a_charge_begin_the_tries_anew_and_rs232_does_not),
      CASE("", the_count_of_tries_does_not_run_over),
      CASE("R-WAKE-06", with_no_tries_at_all_time_is_never_armed),
      CASE("R-WAKE-04", the_period_is_a_parameter),
      CASE("R-WAKE-03", rs232_wakes_with_a_valid_frame_within_3_s_of_the_activity),
      CASE("R-WAKE-03", after_6_wake_ups_rs232_is_not_armed_until_the_period_is_over),
      CASE("R-WAKE-03", another_wake_up_source_arms_rs232_again),
      CASE("R-WAKE-03", a_pack_that_is_not_empty_may_be_asked_as_often_as_one_likes),
      CASE("R-WAKE-01", a_charger_that_woke_in_vain_is_armed_again_when_it_went_away),
      CASE("R-WAKE-01", a_charger_that_woke_in_vain_is_armed_again_after_4_hours),
      CASE("R-WAKE-01", a_charger_that_has_charged_stays_armed),
      CASE("R-STO-02", a_sleep_of_more_than_90_days_asks_for_a_full_charge),
      CASE("R-PROT-08 R-SLP-07", a_board_that_lost_its_memory_goes_on_counting))
