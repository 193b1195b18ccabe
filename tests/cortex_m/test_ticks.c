#include "losun_bms_port/cortex_m/time.h"
#include "support/suite.h"

START_TEST(ticks_become_milliseconds_and_a_rest)
{
    struct lbms_cm_ticks sum = {0u, 0u, 21000u};

    lbms_cm_ticks_add(&sum, 20999u);
    ck_assert_uint_eq(sum.ms, 0u);
    lbms_cm_ticks_add(&sum, 1u);
    ck_assert_uint_eq(sum.ms, 1u);
    ck_assert_uint_eq(sum.rest, 0u);
    lbms_cm_ticks_add(&sum, 21000u * 500u + 7u);
    ck_assert_uint_eq(sum.ms, 501u);
    ck_assert_uint_eq(sum.rest, 7u);
}
END_TEST

START_TEST(no_tick_is_lost_over_the_wrap_of_the_milliseconds)
{
    struct lbms_cm_ticks sum = {UINT32_MAX - 999u, 0u, 9000u};
    uint32_t i;

    for (i = 0u; i < 2000u * 3u; i++) { /* pieces of a third of a millisecond */
        lbms_cm_ticks_add(&sum, 3000u);
    }
    ck_assert_uint_eq(sum.ms, 1000u);
    ck_assert_uint_eq(sum.rest, 0u);
}
END_TEST

START_TEST(a_wait_ends_when_its_milliseconds_are_full)
{
    struct lbms_cm_ticks sum = {5u, 400u, 1000u};
    uint32_t ms;

    for (ms = 1u; ms < 100u; ms++) {
        struct lbms_cm_ticks later = sum;

        lbms_cm_ticks_add(&later, lbms_cm_ticks_until(&sum, ms, 500000u) - 1u);
        ck_assert_uint_eq(later.ms, sum.ms + ms - 1u);
        lbms_cm_ticks_add(&later, 1u);
        ck_assert_uint_eq(later.ms, sum.ms + ms);
    }
}
END_TEST

START_TEST(a_period_is_neither_too_short_for_its_interrupt_nor_too_long_for_the_counter)
{
    const struct lbms_cm_ticks nearly = {0u, 999u, 1000u};
    const struct lbms_cm_ticks slow = {0u, 0u, 1u};

    ck_assert_uint_eq(lbms_cm_ticks_until(&nearly, 1u, 500000u), 125u);
    ck_assert_uint_eq(lbms_cm_ticks_until(&nearly, 0u, 500000u), 125u);
    ck_assert_uint_eq(lbms_cm_ticks_until(&slow, 1u, 500u), 2u);
    ck_assert_uint_eq(lbms_cm_ticks_until(&nearly, 501u, 500000u), 500000u);
    ck_assert_uint_eq(lbms_cm_ticks_until(&nearly, UINT32_MAX, 500000u), 500000u);
}
END_TEST

/*
 * A counter as the chip has it: from 0 to the reload value at its first tick, then down to 0, which ends the
 * period.
 */
START_TEST(a_counter_is_read_right_at_every_tick_through_the_end_of_its_period)
{
    const uint32_t running = 50u;
    const uint32_t following = 70u;
    uint32_t left = running - 1u;
    bool ended = false;
    uint32_t tick;

    for (tick = 1u; tick < running + following; tick++) {
        if (left != 0u || tick == running) { /* at 0 only the end itself is read */
            ck_assert_uint_eq(lbms_cm_ticks_counted(left, ended, running, following), tick);
        }
        if (left == 0u) {
            left = following - 1u;
            ended = true;
        } else {
            left--;
        }
    }
}
END_TEST

SUITE("cortex_m/ticks", CASE("", ticks_become_milliseconds_and_a_rest),
      CASE("", no_tick_is_lost_over_the_wrap_of_the_milliseconds),
      CASE("", a_wait_ends_when_its_milliseconds_are_full),
      CASE("", a_period_is_neither_too_short_for_its_interrupt_nor_too_long_for_the_counter),
      CASE("", a_counter_is_read_right_at_every_tick_through_the_end_of_its_period))
