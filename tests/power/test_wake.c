/* Leaving sleep, and the low-power request to the board. */
#include "sleep_pack.h"
#include "support/suite.h"

START_TEST(a_charger_above_48_v_for_1_s_wakes)
{
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(reasons); i++) {
        if (reasons[i] == LBMS_SLEEP_SWITCH) {
            continue;
        }
        deep_asleep(&p, reasons[i]);
        p.m.terminal_mv = 48000;
        ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
        p.m.terminal_mv = 48001;
        pass(&p, 10u);
        pass(&p, 999u);
        ck_assert(!p.wake.wake);
        pass(&p, 1u);
        ck_assert(p.wake.wake);
        ck_assert_uint_eq(p.sleep.reason, reasons[i]); /* stays for display */
        pass(&p, 10u);
        ck_assert(!p.wake.wake);
    }
}
END_TEST

START_TEST(a_charger_that_comes_for_less_than_1_s_does_not_wake)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.m.terminal_mv = 56000;
    pass(&p, 10u);
    pass(&p, 999u);
    p.m.terminal_mv = 48000;
    pass(&p, 1u);
    p.m.terminal_mv = 56000;
    pass(&p, 1u);
    pass(&p, 999u);
    ck_assert(!p.wake.wake);
    pass(&p, 1u);
    ck_assert(p.wake.wake);
}
END_TEST

START_TEST(a_terminal_voltage_that_cannot_be_believed_does_not_wake)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.m.valid = (uint16_t)~LBMS_VALID_TERMINAL;
    p.m.terminal_mv = 56000;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
}
END_TEST

START_TEST(the_charger_must_be_there_for_1_s_in_this_sleep)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.m.terminal_mv = 56000;
    pass(&p, 10u);
    pass(&p, 900u);
    p.in.mode = LBMS_MODE_STANDBY; /* a sleep that is over */
    pass(&p, 10u);
    p.in.mode = LBMS_MODE_SHUTDOWN;
    pass(&p, 10u);
    pass(&p, 999u);
    ck_assert(!p.wake.wake);
    pass(&p, 1u);
    ck_assert(p.wake.wake);
}
END_TEST

START_TEST(voltage_and_time_of_the_charger_are_parameters)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.params.v[LBMS_PARAM_WAKE_CHARGER_MV] = 40000;
    p.params.v[LBMS_PARAM_WAKE_CHARGER_MS] = 10000;
    p.m.terminal_mv = 40001;
    ck_assert_uint_eq(run(&p, HOUR_MS), 10010u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STARTING);
}
END_TEST

START_TEST(the_button_wakes_when_released_after_3_to_6_s_or_held)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    p.in.button_down = true;
    pass(&p, 10u);
    pass(&p, 2990u);
    ck_assert(!p.wake.wake);
    p.in.button_down = false;
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);

    deep_asleep(&p, LBMS_SLEEP_OVER_DISCHARGE);
    p.in.button_down = true;
    p.wake_in.button_held = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);
}
END_TEST

START_TEST(turning_the_weak_current_switch_on_wakes)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_SWITCH);
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.switch_on = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);

    deep_asleep(&p, LBMS_SLEEP_BUTTON); /* off and on while asleep */
    p.in.switch_on = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.switch_on = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);
}
END_TEST

START_TEST(a_weak_current_switch_that_stays_on_does_not_wake)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    deep_asleep(&p, LBMS_SLEEP_SWITCH); /* an earlier off does not count either */
    p.in.switch_on = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake);
    p.in.mode = LBMS_MODE_STANDBY;
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert_uint_eq(run(&p, 2000u), 1010u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
}
END_TEST

START_TEST(turning_the_weak_current_switch_on_wakes_a_board_that_slept_through_its_turning_off)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON); /* off is no wake-up source, so no step has seen it */
    p.wake_in.fired = LBMS_WAKE_SWITCH;
    (void)run(&p, 3000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STARTING);
}
END_TEST

START_TEST(turning_the_weak_current_switch_on_wakes_a_board_that_lost_its_memory)
{
    struct pack p;

    awake(&p);
    p.m.closed = 0u;
    p.m.terminal_mv = 0;
    lbms_sleep_init(&p.sleep, LBMS_SLEEP_SWITCH);
    p.in.mode = LBMS_MODE_SHUTDOWN;
    p.wake_in.fired = LBMS_WAKE_SWITCH;
    (void)run(&p, 3000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STARTING);
}
END_TEST

START_TEST(turning_the_weak_current_switch_on_while_stopping_does_not_leave_the_pack_asleep)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_SWITCH);
    p.m.terminal_mv = 0;
    pass(&p, 10u);
    pass(&p, 500u);
    p.in.switch_on = true;
    (void)run(&p, 2000u); /* whether by the end of the request or by waking up from a short sleep */
    (void)run(&p, 2000u);
    ck_assert(!p.sleep.stop && !p.wake.request.requested);
    ck_assert_uint_ne(p.in.mode, LBMS_MODE_SHUTDOWN);
    ck_assert_uint_ne(p.in.mode, LBMS_MODE_STOPPING);
}
END_TEST

START_TEST(with_the_weak_current_switch_off_charger_and_time_do_not_wake)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_SWITCH);
    p.m.terminal_mv = 56000;
    p.wake_in.fired = LBMS_WAKE_CHARGER;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.wake_in.fired = LBMS_WAKE_TIMER;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.switch_on = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake && p.wake.by_user);

    deep_asleep(&p, LBMS_SLEEP_SWITCH); /* for communication only: the mode keeps the paths open */
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake && p.wake.by_user);
    deep_asleep(&p, LBMS_SLEEP_SWITCH);
    p.wake_in.rs232_frame = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake && !p.wake.by_user);
    ck_assert_uint_eq(p.wake.cause, LBMS_WAKE_RS232);
}
END_TEST

START_TEST(a_wake_up_source_keeps_the_board_alert_for_3_s)
{
    const uint8_t sources[] = {LBMS_WAKE_BUTTON, LBMS_WAKE_CHARGER, LBMS_WAKE_RS232};
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(sources); i++) {
        deep_asleep(&p, LBMS_SLEEP_BUTTON);
        p.wake_in.fired = sources[i];
        pass(&p, HOUR_MS);
        ck_assert(!p.wake.request.requested);
        pass(&p, 2999u);
        ck_assert(!p.wake.request.requested);
        pass(&p, 1u);
        ck_assert(p.wake.request.requested);
        pass(&p, 100u);
        ck_assert(p.wake.request.requested);
    }
}
END_TEST

START_TEST(an_lcd_key_does_not_wake)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.wake_in.fired = LBMS_WAKE_KEY;
    ck_assert_uint_eq(run(&p, 10u), 10u);
    ck_assert_uint_eq(run(&p, 59980u), 59980u);
    ck_assert(!p.wake.request.requested); /* somebody reads the display */
    p.wake_in.key_down = true;            /* and goes on reading */
    (void)run(&p, 59990u);
    ck_assert(!p.wake.request.requested);
    (void)run(&p, 20u); /* a key that is stuck does not count for ever */
    ck_assert(p.wake.request.requested);
    p.wake_in.key_down = false;
    (void)run(&p, 100u);
    ck_assert(p.wake.request.requested);
}
END_TEST

START_TEST(a_second_wake_up_starts_the_alert_time_again)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.params.v[LBMS_PARAM_WAKE_WINDOW_MS] = 1000;
    p.wake_in.fired = LBMS_WAKE_CHARGER;
    pass(&p, HOUR_MS);
    p.wake_in.fired = LBMS_WAKE_BUTTON;
    pass(&p, 999u);
    pass(&p, 999u);
    ck_assert(!p.wake.request.requested);
    pass(&p, 1u);
    ck_assert(p.wake.request.requested);
}
END_TEST

START_TEST(a_board_that_lost_its_memory_is_alert_for_3_s_too)
{
    struct pack p;

    awake(&p);
    p.m.terminal_mv = 0;
    lbms_sleep_init(&p.sleep, LBMS_SLEEP_OVER_DISCHARGE);
    p.in.mode = LBMS_MODE_SHUTDOWN;
    p.wake_in.fired = LBMS_WAKE_CHARGER;
    pass(&p, 10u);
    pass(&p, 2999u);
    ck_assert(!p.wake.request.requested);
    pass(&p, 1u);
    ck_assert(p.wake.request.requested);
    ck_assert_uint_eq(p.wake.request.reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(low_power_is_asked_for_at_the_latest_3_s_after_every_new_sleep)
{
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(reasons); i++) {
        asleep(&p, reasons[i]);
        pass(&p, 10u);
        pass(&p, 3000u);
        ck_assert(p.wake.request.requested);
        ck_assert_uint_eq(p.wake.request.reason, reasons[i]);
        p.wake_in.fired = LBMS_WAKE_BUTTON;
        p.in.mode = LBMS_MODE_STANDBY; /* a second sleep, nearly at once */
        p.in.protections = 0u;
        p.in.switch_on = true;
        p.in.host_command = true;
        pass(&p, 10u);
        (void)run(&p, 2000u);
        ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
        pass(&p, 10u);
        pass(&p, 3000u);
        ck_assert(p.wake.request.requested);
        ck_assert_uint_eq(p.wake.request.reason, LBMS_SLEEP_HOST);
    }
}
END_TEST

START_TEST(low_power_is_not_asked_for_while_a_source_is_judged_or_the_pack_wakes)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.in.button_down = true;
    pass(&p, 10u);
    ck_assert(!p.wake.request.requested);
    pass(&p, 5990u); /* a press is followed to its end */
    ck_assert(!p.wake.request.requested);
    p.in.button_down = false;
    pass(&p, 10u);
    ck_assert(p.wake.request.requested);
    p.m.terminal_mv = 48001;
    pass(&p, 10u);
    ck_assert(!p.wake.request.requested);
    p.m.terminal_mv = 48000;
    pass(&p, 10u);
    ck_assert(p.wake.request.requested);
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.wake.wake && !p.wake.request.requested);
}
END_TEST

START_TEST(a_press_is_followed_to_its_end_in_every_sleep)
{
    struct pack p;

    deep_asleep(&p, LBMS_SLEEP_BUTTON);
    p.in.button_down = true;
    (void)run(&p, 20000u);
    p.in.mode = LBMS_MODE_STANDBY; /* woken otherwise; the button is released and pressed again */
    pass(&p, HOUR_MS);
    p.in.mode = LBMS_MODE_SHUTDOWN;
    pass(&p, 10u);
    pass(&p, 5990u);
    ck_assert(!p.wake.request.requested);
}
END_TEST

START_TEST(a_stuck_button_does_not_keep_the_board_from_low_power)
{
    struct pack p;

    awake(&p);
    p.in.button_down = true;
    p.in.protections = UV_BITS;
    (void)run(&p, HOUR_MS);
    p.m.closed = 0u;
    p.m.terminal_mv = 0;
    (void)run(&p, 2000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(run(&p, 60000u), 60000u);
    ck_assert(p.wake.request.requested);
}
END_TEST

START_TEST(with_the_weak_current_switch_off_a_charger_does_not_keep_the_board_from_low_power)
{
    struct pack p;

    asleep(&p, LBMS_SLEEP_SWITCH);
    p.m.terminal_mv = 56000; /* another pack comes onto the bus: not armed, so nothing to judge */
    ck_assert_uint_eq(run(&p, 60000u), 60000u);
    ck_assert(p.wake.request.requested);
}
END_TEST

START_TEST(the_request_lists_the_sources_that_are_armed)
{
    const unsigned always = LBMS_WAKE_SWITCH | LBMS_WAKE_BUTTON | LBMS_WAKE_RS232 | LBMS_WAKE_KEY;
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(reasons); i++) {
        deep_asleep(&p, reasons[i]);
        p.in.switch_on = false;
        pass(&p, 10u);
        ck_assert(p.wake.request.requested);
        ck_assert_uint_eq(p.wake.request.wake_sources, always);
        ck_assert_uint_eq(p.wake.request.timer_s, 0u);
        if (reasons[i] != LBMS_SLEEP_SWITCH) {
            const bool timed = reasons[i] == LBMS_SLEEP_OVER_DISCHARGE;

            deep_asleep(&p, reasons[i]);
            ck_assert_uint_eq(p.wake.request.wake_sources,
                              always | LBMS_WAKE_CHARGER | (timed ? LBMS_WAKE_TIMER : 0u));
            ck_assert((p.wake.request.timer_s != 0u) == timed);
        }
    }
}
END_TEST

START_TEST(an_awake_pack_asks_for_nothing_and_tells_why_it_slept)
{
    uint8_t mode;

    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
        struct pack p;

        if (mode == LBMS_MODE_SHUTDOWN) {
            continue;
        }
        deep_asleep(&p, LBMS_SLEEP_HOST);
        p.in.mode = mode;
        pass(&p, 10u);
        ck_assert(!p.wake.request.requested && !p.wake.wake);
        ck_assert_uint_eq(p.wake.request.wake_sources, 0u);
        ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_HOST);
        lbms_sleep_init(&p.sleep, LBMS_SLEEP_OVER_DISCHARGE);
        ck_assert(!p.sleep.stop && !p.sleep.confirmed && !p.wake.wake && !p.wake.request.requested);
        pass(&p, 10u);
        ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
    }
}
END_TEST

SUITE("power/wake", CASE("R-WAKE-01", a_charger_above_48_v_for_1_s_wakes),
      CASE("R-WAKE-01", a_charger_that_comes_for_less_than_1_s_does_not_wake),
      CASE("R-WAKE-01", a_terminal_voltage_that_cannot_be_believed_does_not_wake),
      CASE("", the_charger_must_be_there_for_1_s_in_this_sleep),
      CASE("", voltage_and_time_of_the_charger_are_parameters),
      CASE("R-SW-01 R-WAKE-02", the_button_wakes_when_released_after_3_to_6_s_or_held),
      CASE("R-WAKE-08 R-WSW-03", turning_the_weak_current_switch_on_wakes),
      CASE("R-WAKE-08 R-WSW-03", a_weak_current_switch_that_stays_on_does_not_wake),
      CASE("R-WAKE-08 R-WSW-03",
           turning_the_weak_current_switch_on_wakes_a_board_that_slept_through_its_turning_off),
      CASE("R-WAKE-08 R-WSW-03", turning_the_weak_current_switch_on_wakes_a_board_that_lost_its_memory),
      CASE("R-WSW-01 R-WAKE-08",
           turning_the_weak_current_switch_on_while_stopping_does_not_leave_the_pack_asleep),
      CASE("R-WSW-04", with_the_weak_current_switch_off_charger_and_time_do_not_wake),
      CASE("", a_wake_up_source_keeps_the_board_alert_for_3_s), CASE("R-WAKE-07", an_lcd_key_does_not_wake),
      CASE("", a_second_wake_up_starts_the_alert_time_again),
      CASE("", a_board_that_lost_its_memory_is_alert_for_3_s_too),
      CASE("R-SLP-07", low_power_is_asked_for_at_the_latest_3_s_after_every_new_sleep),
      CASE("", low_power_is_not_asked_for_while_a_source_is_judged_or_the_pack_wakes),
      CASE("", a_press_is_followed_to_its_end_in_every_sleep),
      CASE("R-SLP-07", a_stuck_button_does_not_keep_the_board_from_low_power),
      CASE("R-WSW-04", with_the_weak_current_switch_off_a_charger_does_not_keep_the_board_from_low_power),
      CASE("R-SLP-07 R-WSW-04", the_request_lists_the_sources_that_are_armed),
      CASE("", an_awake_pack_asks_for_nothing_and_tells_why_it_slept))
