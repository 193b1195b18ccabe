#include "losun_bms/base/timer.h"

#include "support/suite.h"

#define DAY_MS UINT32_C(86400000)

START_TEST(elapsed_time_is_right_across_the_wrap)
{
    ck_assert_uint_eq(lbms_elapsed_ms(1000u, 1000u), 0u);
    ck_assert_uint_eq(lbms_elapsed_ms(1001u, 1000u), 1u);
    ck_assert_uint_eq(lbms_elapsed_ms(0u, UINT32_MAX), 1u);
    ck_assert_uint_eq(lbms_elapsed_ms(500u, UINT32_MAX - 499u), 1000u);
    ck_assert_uint_eq(lbms_elapsed_ms(999u, 1000u), UINT32_MAX);
}
END_TEST

START_TEST(a_deadline_is_reached_at_its_moment_and_after_it)
{
    ck_assert(!lbms_reached_ms(999u, 1000u));
    ck_assert(lbms_reached_ms(1000u, 1000u));
    ck_assert(lbms_reached_ms(1001u, 1000u));
}
END_TEST

START_TEST(a_deadline_beyond_the_wrap_is_reached_after_the_wrap)
{
    const uint32_t start_ms = UINT32_MAX - 99u;
    const uint32_t deadline_ms = start_ms + 200u; /* 100 after the wrap */

    ck_assert(!lbms_reached_ms(start_ms, deadline_ms));
    ck_assert(!lbms_reached_ms(UINT32_MAX, deadline_ms));
    ck_assert(!lbms_reached_ms(0u, deadline_ms));
    ck_assert(!lbms_reached_ms(99u, deadline_ms));
    ck_assert(lbms_reached_ms(100u, deadline_ms));
}
END_TEST

START_TEST(past_and_future_meet_at_24_8_days)
{
    ck_assert(lbms_reached_ms(UINT32_C(0x7FFFFFFF), 0u));
    ck_assert(!lbms_reached_ms(UINT32_C(0x80000000), 0u));
    ck_assert(!lbms_reached_ms(0u, UINT32_C(0x7FFFFFFF)));
    ck_assert(!lbms_reached_ms(0u, UINT32_C(0x80000000)));
    ck_assert(lbms_reached_ms(0u, UINT32_C(0x80000001)));
}
END_TEST

START_TEST(a_condition_must_hold_for_the_whole_delay)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, false, 900u, 100u));
    ck_assert(!lbms_hold(&timer, true, 1000u, 100u));
    ck_assert(!lbms_hold(&timer, true, 1099u, 100u));
    ck_assert(lbms_hold(&timer, true, 1100u, 100u));
    ck_assert(lbms_hold(&timer, true, 1101u, 100u));
}
END_TEST

START_TEST(time_counts_from_the_first_call_that_finds_the_condition_true)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, 50000u, 100u)); /* 50 s after the timer was made */
    ck_assert(!lbms_hold(&timer, true, 50099u, 100u));
    ck_assert(lbms_hold(&timer, true, 50100u, 100u));
}
END_TEST

START_TEST(a_break_starts_the_time_anew)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, 0u, 100u));
    ck_assert(!lbms_hold(&timer, true, 99u, 100u));
    ck_assert(!lbms_hold(&timer, false, 100u, 100u));
    ck_assert(!lbms_hold(&timer, true, 101u, 100u));
    ck_assert(!lbms_hold(&timer, true, 200u, 100u));
    ck_assert(lbms_hold(&timer, true, 201u, 100u));
}
END_TEST

START_TEST(the_result_ends_with_the_condition)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, 0u, 100u));
    ck_assert(lbms_hold(&timer, true, 100u, 100u));
    ck_assert(!lbms_hold(&timer, false, 101u, 100u));
    ck_assert(!lbms_hold(&timer, true, 102u, 100u));
}
END_TEST

START_TEST(without_a_delay_the_condition_itself_is_the_result)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, false, 5u, 0u));
    ck_assert(lbms_hold(&timer, true, 5u, 0u));
    ck_assert(!lbms_hold(&timer, false, 5u, 0u));
}
END_TEST

START_TEST(a_delay_may_run_across_the_wrap)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, UINT32_MAX - 49u, 100u));
    ck_assert(!lbms_hold(&timer, true, UINT32_MAX, 100u));
    ck_assert(!lbms_hold(&timer, true, 49u, 100u));
    ck_assert(lbms_hold(&timer, true, 50u, 100u));
}
END_TEST

START_TEST(a_condition_held_for_200_days_stays_true)
{
    struct lbms_hold_timer timer = {0u, false, false};
    uint32_t now_ms = 1000u;
    int hour;

    ck_assert(!lbms_hold(&timer, true, now_ms, DAY_MS));
    for (hour = 1; hour <= 200 * 24; hour++) {
        now_ms += DAY_MS / 24u;
        ck_assert(lbms_hold(&timer, true, now_ms, DAY_MS) == (hour >= 24));
    }
}
END_TEST

START_TEST(raising_the_delay_does_not_take_a_result_back)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, 0u, 100u));
    ck_assert(lbms_hold(&timer, true, 100u, 100u));
    ck_assert(lbms_hold(&timer, true, 101u, 5000u));
}
END_TEST

START_TEST(a_reset_forgets_the_time_held)
{
    struct lbms_hold_timer timer = {0u, false, false};

    ck_assert(!lbms_hold(&timer, true, 0u, 100u));
    ck_assert(lbms_hold(&timer, true, 100u, 100u));
    lbms_hold_reset(&timer);
    ck_assert(timer.since_ms == 0u && !timer.running && !timer.done);
    ck_assert(!lbms_hold(&timer, true, 101u, 100u));
    ck_assert(!lbms_hold(&timer, true, 200u, 100u));
    ck_assert(lbms_hold(&timer, true, 201u, 100u));
}
END_TEST

START_TEST(two_timers_do_not_disturb_each_other)
{
    struct lbms_hold_timer a = {0u, false, false};
    struct lbms_hold_timer b = {0u, false, false};

    ck_assert(!lbms_hold(&a, true, 0u, 100u));
    ck_assert(!lbms_hold(&b, true, 50u, 100u));
    ck_assert(lbms_hold(&a, true, 100u, 100u));
    ck_assert(!lbms_hold(&b, true, 100u, 100u));
    ck_assert(!lbms_hold(&a, false, 150u, 100u));
    ck_assert(lbms_hold(&b, true, 150u, 100u));
}
END_TEST

START_TEST(seconds_are_held_as_milliseconds_are)
{
    struct lbms_hold_s timer = {0u, false, false};

    ck_assert(!lbms_hold_seconds(&timer, false, 10u, 60u));
    ck_assert(!lbms_hold_seconds(&timer, true, 20u, 60u));
    ck_assert(!lbms_hold_seconds(&timer, true, 79u, 60u));
    ck_assert(lbms_hold_seconds(&timer, true, 80u, 60u));
    ck_assert(lbms_hold_seconds(&timer, true, 81u, 1000u)); /* a longer delay does not take it back */
    ck_assert(!lbms_hold_seconds(&timer, false, 82u, 60u));
    ck_assert(!lbms_hold_seconds(&timer, true, 83u, 60u));
    ck_assert(!lbms_hold_seconds(&timer, true, 142u, 60u));
    ck_assert(lbms_hold_seconds(&timer, true, 143u, 60u));
}
END_TEST

START_TEST(seconds_can_be_held_for_years)
{
    const uint32_t year_s = UINT32_C(31536000);
    struct lbms_hold_s timer = {0u, false, false};

    ck_assert(!lbms_hold_seconds(&timer, true, 1u, 15u * year_s));
    ck_assert(!lbms_hold_seconds(&timer, true, 15u * year_s, 15u * year_s));
    ck_assert(lbms_hold_seconds(&timer, true, 15u * year_s + 1u, 15u * year_s));
}
END_TEST

START_TEST(a_reset_forgets_the_seconds_held)
{
    struct lbms_hold_s timer = {0u, false, false};

    ck_assert(lbms_hold_seconds(&timer, true, 7u, 0u));
    lbms_hold_seconds_reset(&timer);
    ck_assert(timer.since_s == 0u && !timer.running && !timer.done);
    ck_assert(!lbms_hold_seconds(&timer, true, 8u, 60u));
    ck_assert(lbms_hold_seconds(&timer, true, 68u, 60u));
}
END_TEST

SUITE("base/timer", CASE("", elapsed_time_is_right_across_the_wrap),
      CASE("", a_deadline_is_reached_at_its_moment_and_after_it),
      CASE("", a_deadline_beyond_the_wrap_is_reached_after_the_wrap),
      CASE("", past_and_future_meet_at_24_8_days), CASE("", a_condition_must_hold_for_the_whole_delay),
      CASE("", time_counts_from_the_first_call_that_finds_the_condition_true),
      CASE("", a_break_starts_the_time_anew), CASE("", the_result_ends_with_the_condition),
      CASE("", without_a_delay_the_condition_itself_is_the_result), CASE("", a_delay_may_run_across_the_wrap),
      CASE("", a_condition_held_for_200_days_stays_true),
      CASE("", raising_the_delay_does_not_take_a_result_back), CASE("", a_reset_forgets_the_time_held),
      CASE("", two_timers_do_not_disturb_each_other), CASE("", seconds_are_held_as_milliseconds_are),
      CASE("", seconds_can_be_held_for_years), CASE("", a_reset_forgets_the_seconds_held))
