#include "sleep_pack.h"
#include "support/suite.h"

START_TEST(an_under_voltage_of_30_s_puts_the_pack_to_sleep)
{
    const uint8_t bits[] = {LBMS_BIT_CELL_UV, LBMS_BIT_PACK_UV};
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(bits); i++) {
        awake(&p);
        p.in.protections = LBMS_MASK(bits[i]);
        pass(&p, 1000u);
        pass(&p, 29999u);
        ck_assert(!p.sleep.stop);
        pass(&p, 1u);
        ck_assert(p.sleep.stop);
        ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
    }
}
END_TEST

START_TEST(cell_and_pack_under_voltage_share_one_time)
{
    struct pack p;

    awake(&p);
    p.in.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    pass(&p, 10u);
    p.in.protections = LBMS_MASK(LBMS_BIT_PACK_UV);
    pass(&p, 15000u);
    pass(&p, 15000u);
    ck_assert(p.sleep.stop);
}
END_TEST

START_TEST(a_break_of_the_under_voltage_starts_its_time_again)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    pass(&p, 10u);
    pass(&p, 29999u);
    p.in.protections = 0u;
    pass(&p, 1u);
    p.in.protections = UV_BITS;
    pass(&p, 1u);
    pass(&p, 29999u);
    ck_assert(!p.sleep.stop);
    pass(&p, 1u);
    ck_assert(p.sleep.stop);
}
END_TEST

START_TEST(charge_current_stops_the_under_voltage_time_but_terminal_voltage_does_not)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.charge_now = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.charge_now = false;
    p.m.terminal_mv = 56000;
    pass(&p, 10u);
    pass(&p, 29999u);
    ck_assert(!p.sleep.stop);
    p.in.charge_now = true; /* just in time */
    pass(&p, 1u);
    p.in.charge_now = false;
    pass(&p, 1u);
    pass(&p, 29999u);
    ck_assert(!p.sleep.stop);
    pass(&p, 1u);
    ck_assert(p.sleep.stop);
}
END_TEST

START_TEST(no_other_protection_puts_the_pack_to_sleep)
{
    struct pack p;

    awake(&p);
    p.in.protections = ~(uint32_t)UV_BITS;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_NONE);
    ck_assert(!p.sleep.stop && !p.sleep.confirmed && !p.wake.wake && !p.wake.request.requested);
}
END_TEST

START_TEST(the_button_released_after_3_to_6_s_asks_at_once_and_held_does_not)
{
    struct pack p;

    awake(&p);
    p.in.button_down = true;
    p.wake_in.button_held = true;
    pass(&p, 10u);
    ck_assert(!p.sleep.stop);
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_BUTTON);
}
END_TEST

START_TEST(the_host_asks_at_once)
{
    struct pack p;

    awake(&p);
    p.in.host_command = true;
    pass(&p, 10u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_HOST);
}
END_TEST

START_TEST(the_weak_current_switch_off_for_30_s_asks)
{
    struct pack p;

    awake(&p);
    p.in.switch_on = false;
    pass(&p, 10u);
    pass(&p, 29999u);
    ck_assert(!p.sleep.stop);
    p.in.switch_on = true;
    pass(&p, 1u);
    p.in.switch_on = false;
    pass(&p, 1u);
    pass(&p, 29999u);
    ck_assert(!p.sleep.stop);
    pass(&p, 1u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_SWITCH);
}
END_TEST

START_TEST(a_starting_pack_does_not_go_to_sleep_but_its_time_counts)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.switch_on = false;
    pass(&p, 10u);
    p.in.mode = LBMS_MODE_STARTING;
    pass(&p, 29990u);
    p.in.button_long = true;
    p.in.host_command = true;
    pass(&p, 60000u);
    ck_assert(!p.sleep.stop);
    p.in.mode = LBMS_MODE_STANDBY;
    p.in.button_long = false;
    p.in.host_command = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), 10u);
}
END_TEST

START_TEST(dead_terminals_for_1_s_confirm_every_request)
{
    struct pack p;
    size_t i;

    for (i = 0u; i < sizeof(reasons); i++) {
        stopping(&p, reasons[i]);
        p.m.terminal_mv = 9999;
        pass(&p, 10u);
        pass(&p, 999u);
        ck_assert(p.sleep.stop && !p.sleep.confirmed);
        pass(&p, 1u);
        ck_assert(!p.sleep.stop && p.sleep.confirmed);
        ck_assert_uint_eq(p.sleep.reason, reasons[i]);
        pass(&p, 10u);
        ck_assert(!p.sleep.confirmed && !p.sleep.stop && !p.wake.wake);
    }
}
END_TEST

START_TEST(a_short_voltage_at_the_terminals_starts_the_test_again)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_BUTTON);
    p.m.terminal_mv = 0;
    pass(&p, 10u);
    pass(&p, 999u);
    p.m.terminal_mv = 10000;
    pass(&p, 1u);
    p.m.terminal_mv = 9999;
    pass(&p, 1u);
    pass(&p, 999u);
    ck_assert(!p.sleep.confirmed);
    pass(&p, 1u);
    ck_assert(p.sleep.confirmed);
}
END_TEST

START_TEST(external_voltage_for_1_s_ends_a_request_of_the_pack_and_it_tries_again_after_60_s)
{
    struct pack p;
    unsigned i;
    unsigned tries;

    for (i = 0u; i < 2u; i++) {
        stopping(&p, reasons[i]);
        p.m.terminal_mv = 10000;
        for (tries = 0u; tries < 3u; tries++) {
            uint32_t waited_ms;

            pass(&p, 10u);
            pass(&p, 999u);
            ck_assert(p.sleep.stop);
            pass(&p, 1u);
            ck_assert(!p.sleep.stop && !p.sleep.confirmed);
            waited_ms = run(&p, HOUR_MS);
            ck_assert_uint_ge(waited_ms, 60000u);
            ck_assert_uint_le(waited_ms, 60020u);
            ck_assert(p.sleep.stop);
            ck_assert_uint_eq(p.sleep.reason, reasons[i]);
        }
        p.m.terminal_mv = 0;
        (void)run(&p, 2000u);
        ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    }
}
END_TEST

START_TEST(a_voltage_that_falls_is_that_of_a_capacitor_and_refuses_nothing)
{
    struct pack p;
    double volt;

    stopping(&p, LBMS_SLEEP_OVER_DISCHARGE);
    for (volt = 52.0; volt > 10.0; volt *= 0.995) { /* time constant 20 s, measured every 0.1 s */
        p.m.terminal_mv = (int32_t)(1000.0 * volt);
        pass(&p, 100u);
        ck_assert(p.sleep.stop && !p.sleep.confirmed);
    }
    p.m.terminal_mv = 9000;
    ck_assert_uint_eq(run(&p, HOUR_MS), 1010u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(a_capacitor_does_not_prolong_what_a_user_asked_for)
{
    struct pack p;
    double volt = 52.0;
    unsigned i;

    stopping(&p, LBMS_SLEEP_BUTTON);
    for (i = 0u; i < 101u; i++) {
        ck_assert(p.sleep.stop);
        p.m.terminal_mv = (int32_t)(1000.0 * volt);
        pass(&p, 100u);
        volt *= 0.995;
    }
    ck_assert(!p.sleep.stop && p.sleep.refused);
}
END_TEST

START_TEST(a_voltage_refuses_when_it_falls_by_no_more_than_half_a_volt_in_a_second)
{
    const int32_t falls_mv[] = {500, 501};
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct pack p;

        stopping(&p, LBMS_SLEEP_OVER_DISCHARGE);
        pass(&p, 10u);
        p.m.terminal_mv -= falls_mv[i];
        pass(&p, 990u);
        ck_assert(p.sleep.stop);
        pass(&p, 10u);
        ck_assert(p.sleep.stop == (i == 1u));
    }
}
END_TEST

START_TEST(a_refused_request_is_not_repeated_when_its_reason_has_gone)
{
    struct pack p;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        stopping(&p, reasons[i]);
        (void)run(&p, 2000u);
        ck_assert(!p.sleep.stop);
        p.in.protections = 0u;
        p.in.switch_on = true;
        ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    }
}
END_TEST

START_TEST(between_two_tries_an_empty_pack_can_be_charged)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_OVER_DISCHARGE);
    (void)run(&p, 2000u);
    p.in.charge_now = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.charge_now = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), 30010u);
}
END_TEST

START_TEST(a_request_by_button_or_host_stays_pending_for_10_s)
{
    struct pack p;
    size_t i;

    for (i = 2u; i < sizeof(reasons); i++) {
        stopping(&p, reasons[i]);
        pass(&p, 10u);
        pass(&p, 9999u);
        ck_assert(p.sleep.stop);
        pass(&p, 1u);
        ck_assert(!p.sleep.stop && !p.sleep.confirmed);
        ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS); /* and is not repeated */
        p.in.button_long = true;
        pass(&p, 10u);
        ck_assert(p.sleep.stop);
        (void)run(&p, 8900u);
        p.m.terminal_mv = 0; /* the bus dies just in time */
        (void)run(&p, HOUR_MS);
        ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    }
}
END_TEST

START_TEST(the_user_need_not_wait_after_a_refusal)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_OVER_DISCHARGE);
    (void)run(&p, 2000u);
    ck_assert(!p.sleep.stop);
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_BUTTON);
}
END_TEST

START_TEST(a_terminal_voltage_that_cannot_be_believed_never_confirms)
{
    struct pack p;
    size_t i;
    uint32_t at_ms;

    for (i = 0u; i < sizeof(reasons); i++) {
        stopping(&p, reasons[i]);
        p.m.valid = (uint16_t)~LBMS_VALID_TERMINAL;
        p.m.terminal_mv = 0;
        for (at_ms = 0u; at_ms < HOUR_MS; at_ms += 100u) {
            pass(&p, 100u);
            ck_assert(!p.sleep.confirmed);
        }
    }
}
END_TEST

START_TEST(nothing_is_judged_while_a_switch_is_still_reported_closed)
{
    const uint8_t closed[] = {LBMS_SWITCH_CHARGE, LBMS_SWITCH_DISCHARGE, LBMS_SWITCHES_MAIN};
    struct pack p;
    size_t i;
    size_t k;

    for (i = 0u; i < sizeof(reasons); i++) {
        for (k = 0u; k < sizeof(closed); k++) {
            stopping(&p, reasons[i]);
            p.m.closed = closed[k];
            ck_assert_uint_eq(run(&p, 4000u), 4000u); /* 52 V */
            p.m.terminal_mv = 0;
            ck_assert_uint_eq(run(&p, 4000u), 4000u);
            p.m.closed = 0u;
            ck_assert_uint_eq(run(&p, 4000u), 1010u);
            ck_assert(p.sleep.confirmed);
        }
    }
}
END_TEST

START_TEST(nothing_is_judged_while_pre_charge_or_limiter_is_still_reported_closed)
{
    const uint8_t closed[] = {LBMS_SWITCH_PRECHARGE, LBMS_SWITCH_LIMITER};
    struct pack p;
    size_t k;

    for (k = 0u; k < sizeof(closed); k++) { /* both belong to a path, and the paths must be open */
        stopping(&p, LBMS_SLEEP_BUTTON);
        p.m.closed = closed[k];
        p.m.terminal_mv = 0;
        ck_assert_uint_eq(run(&p, 4000u), 4000u);
        p.m.closed = 0u;
        ck_assert_uint_eq(run(&p, 4000u), 1010u);
    }
}
END_TEST

START_TEST(after_a_refusal_the_next_test_comes_after_60_s_however_long_the_under_voltage_delay_is)
{
    struct pack p;
    uint32_t waited_ms;

    awake(&p);
    p.params.v[LBMS_PARAM_UV_SLEEP_S] = 600;
    p.in.protections = UV_BITS;
    ck_assert_uint_eq(run(&p, HOUR_MS), 600010u);
    p.m.closed = 0u;
    (void)run(&p, 2000u);
    ck_assert(!p.sleep.stop);
    waited_ms = run(&p, HOUR_MS);
    ck_assert_uint_ge(waited_ms, 60000u);
    ck_assert_uint_le(waited_ms, 60020u);
}
END_TEST

START_TEST(after_a_refusal_the_reason_is_that_of_the_last_sleep_again)
{
    struct pack p;

    awake(&p);
    lbms_sleep_init(&p.sleep, LBMS_SLEEP_OVER_DISCHARGE);
    pass(&p, 10u);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
    p.m.closed = 0u;
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_BUTTON);
    (void)run(&p, 20000u);
    ck_assert(!p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);

    deep_asleep(&p, LBMS_SLEEP_HOST);
    p.in.mode = LBMS_MODE_STANDBY;
    p.m.terminal_mv = 52000;
    p.in.button_long = true;
    pass(&p, 10u);
    (void)run(&p, 20000u);
    ck_assert(!p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_HOST);
}
END_TEST

START_TEST(a_refusal_before_a_sleep_does_not_delay_the_request_after_it)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_OVER_DISCHARGE);
    (void)run(&p, 2000u);
    ck_assert(!p.sleep.stop);
    p.in.button_long = true;
    pass(&p, 10u);
    p.m.terminal_mv = 0;
    (void)run(&p, 2000u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);
    p.in.button_long = true;
    pass(&p, 10u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STARTING);
    pass(&p, 4000u);
    p.in.mode = LBMS_MODE_PROTECT;
    pass(&p, 10u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STANDBY);
    ck_assert_uint_eq(run(&p, HOUR_MS), 29990u); /* the time runs from the first look after the wake-up */
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(limits_and_times_are_parameters)
{
    struct pack p;

    awake(&p);
    p.params.v[LBMS_PARAM_UV_SLEEP_S] = 10;
    p.params.v[LBMS_PARAM_SLEEP_NO_VOLTAGE_MV] = 2000;
    p.params.v[LBMS_PARAM_SLEEP_TEST_MS] = 200;
    p.params.v[LBMS_PARAM_SLEEP_RETRY_S] = 15;
    p.in.protections = UV_BITS;
    ck_assert_uint_eq(run(&p, HOUR_MS), 10010u);
    p.m.closed = 0u;
    p.m.terminal_mv = 2000;
    ck_assert_uint_eq(run(&p, HOUR_MS), 210u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STANDBY);
    ck_assert_uint_le(run(&p, HOUR_MS), 15020u);
    p.m.terminal_mv = 1999;
    ck_assert_uint_eq(run(&p, HOUR_MS), 210u);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_SHUTDOWN);

    awake(&p);
    p.params.v[LBMS_PARAM_OFF_SWITCH_SLEEP_S] = 20;
    p.in.switch_on = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), 20010u);

    awake(&p);
    p.params.v[LBMS_PARAM_SLEEP_PENDING_S] = 2;
    p.in.host_command = true;
    pass(&p, 10u);
    ck_assert_uint_eq(run(&p, HOUR_MS), 2010u);
}
END_TEST

SUITE("power/sleep", CASE("R-SLP-01", an_under_voltage_of_30_s_puts_the_pack_to_sleep),
      CASE("R-SLP-01", cell_and_pack_under_voltage_share_one_time),
      CASE("R-SLP-01", a_break_of_the_under_voltage_starts_its_time_again),
      CASE("R-SLP-01", charge_current_stops_the_under_voltage_time_but_terminal_voltage_does_not),
      CASE("", no_other_protection_puts_the_pack_to_sleep),
      CASE("R-SLP-02", the_button_released_after_3_to_6_s_asks_at_once_and_held_does_not),
      CASE("R-SLP-05", the_host_asks_at_once), CASE("R-WSW-02", the_weak_current_switch_off_for_30_s_asks),
      CASE("", a_starting_pack_does_not_go_to_sleep_but_its_time_counts),
      CASE("R-SLP-05 R-SLP-06 R-WSW-02", dead_terminals_for_1_s_confirm_every_request),
      CASE("R-SLP-06", a_short_voltage_at_the_terminals_starts_the_test_again),
      CASE("R-SLP-06 R-WSW-02",
           external_voltage_for_1_s_ends_a_request_of_the_pack_and_it_tries_again_after_60_s),
      CASE("R-SLP-06", a_voltage_that_falls_is_that_of_a_capacitor_and_refuses_nothing),
      CASE("R-SLP-06", a_capacitor_does_not_prolong_what_a_user_asked_for),
      CASE("R-SLP-06", a_voltage_refuses_when_it_falls_by_no_more_than_half_a_volt_in_a_second),
      CASE("R-SLP-06", a_refused_request_is_not_repeated_when_its_reason_has_gone),
      CASE("R-SLP-01 R-SLP-06", between_two_tries_an_empty_pack_can_be_charged),
      CASE("R-SLP-06", a_request_by_button_or_host_stays_pending_for_10_s),
      CASE("R-SLP-02", the_user_need_not_wait_after_a_refusal),
      CASE("R-SLP-06", a_terminal_voltage_that_cannot_be_believed_never_confirms),
      CASE("R-SLP-06", nothing_is_judged_while_a_switch_is_still_reported_closed),
      CASE("R-SLP-06", nothing_is_judged_while_pre_charge_or_limiter_is_still_reported_closed),
      CASE("R-SLP-06",
           after_a_refusal_the_next_test_comes_after_60_s_however_long_the_under_voltage_delay_is),
      CASE("", after_a_refusal_the_reason_is_that_of_the_last_sleep_again),
      CASE("R-SLP-01", a_refusal_before_a_sleep_does_not_delay_the_request_after_it),
      CASE("", limits_and_times_are_parameters))
