#include "losun_bms/base/debounce.h"

#include <string.h>

#include "support/suite.h"

#define HOLD_MS 50u

START_TEST(levels_at_the_start_are_stable_at_once)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0x8421u);
    ck_assert_uint_eq(debounce.stable, 0x8421u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0x8421u, 0u, HOLD_MS), 0x8421u);
}
END_TEST

START_TEST(a_new_level_counts_after_the_hold_time)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1000u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1049u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1050u, HOLD_MS), 1u);
    ck_assert_uint_eq(debounce.stable, 1u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1051u, HOLD_MS), 1u);
}
END_TEST

START_TEST(a_release_is_debounced_as_a_press_is)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0xFFFFu);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0xFFFEu, 1000u, HOLD_MS), 0xFFFFu);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0xFFFEu, 1049u, HOLD_MS), 0xFFFFu);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0xFFFEu, 1050u, HOLD_MS), 0xFFFEu);
}
END_TEST

START_TEST(bouncing_starts_the_time_anew)
{
    struct lbms_debounce debounce;
    uint32_t now_ms;

    lbms_debounce_init(&debounce, 0u);
    for (now_ms = 0u; now_ms < 1000u; now_ms += 10u) { /* a level never lasts for more than 10 ms */
        const uint16_t raw = (uint16_t)((now_ms / 10u) % 2u);

        ck_assert_uint_eq(lbms_debounce(&debounce, raw, now_ms, HOLD_MS), 0u);
    }
    ck_assert_uint_eq(lbms_debounce(&debounce, 0u, 1000u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1010u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1059u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 1060u, HOLD_MS), 1u);
}
END_TEST

START_TEST(a_short_pulse_leaves_no_trace)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 0u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0u, 49u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0u, 200u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 201u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 250u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 251u, HOLD_MS), 1u);
}
END_TEST

START_TEST(each_of_the_16_bits_has_its_own_time)
{
    struct lbms_debounce debounce;
    uint32_t bit;

    lbms_debounce_init(&debounce, 0u);
    for (bit = 0u; bit < LBMS_DEBOUNCE_BITS; bit++) { /* bit n goes high at n ms */
        ck_assert_uint_eq(lbms_debounce(&debounce, (uint16_t)((2u << bit) - 1u), bit, HOLD_MS), 0u);
    }
    ck_assert_uint_eq(lbms_debounce(&debounce, 0xFFFFu, HOLD_MS - 1u, HOLD_MS), 0u);
    for (bit = 0u; bit < LBMS_DEBOUNCE_BITS; bit++) {
        ck_assert_uint_eq(lbms_debounce(&debounce, 0xFFFFu, HOLD_MS + bit, HOLD_MS), (2u << bit) - 1u);
    }
}
END_TEST

START_TEST(a_bouncing_bit_does_not_delay_its_neighbour)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 3u, 0u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 2u, 25u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 3u, 50u, HOLD_MS), 2u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 3u, 99u, HOLD_MS), 2u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 3u, 100u, HOLD_MS), 3u);
}
END_TEST

START_TEST(without_a_hold_time_the_raw_levels_pass_through)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0xA5A5u, 7u, 0u), 0xA5A5u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0x5A5Au, 7u, 0u), 0x5A5Au);
}
END_TEST

START_TEST(the_hold_time_may_run_across_the_wrap)
{
    struct lbms_debounce debounce;

    lbms_debounce_init(&debounce, 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, UINT32_MAX - 9u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 39u, HOLD_MS), 0u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 1u, 40u, HOLD_MS), 1u);
}
END_TEST

START_TEST(an_old_state_is_forgotten_by_a_new_start)
{
    struct lbms_debounce debounce;
    uint32_t bit;

    memset(&debounce, 0xEE, sizeof(debounce));
    lbms_debounce_init(&debounce, 4u);
    ck_assert_uint_eq(debounce.stable, 4u);
    ck_assert_uint_eq(debounce.candidate, 4u);
    for (bit = 0u; bit < LBMS_DEBOUNCE_BITS; bit++) {
        ck_assert_uint_eq(debounce.since_ms[bit], 0u);
    }
    ck_assert_uint_eq(lbms_debounce(&debounce, 0u, 0u, HOLD_MS), 4u);
    ck_assert_uint_eq(lbms_debounce(&debounce, 0u, HOLD_MS, HOLD_MS), 0u);
}
END_TEST

SUITE("base/debounce", CASE("", levels_at_the_start_are_stable_at_once),
      CASE("", a_new_level_counts_after_the_hold_time), CASE("", a_release_is_debounced_as_a_press_is),
      CASE("", bouncing_starts_the_time_anew), CASE("", a_short_pulse_leaves_no_trace),
      CASE("", each_of_the_16_bits_has_its_own_time), CASE("", a_bouncing_bit_does_not_delay_its_neighbour),
      CASE("", without_a_hold_time_the_raw_levels_pass_through),
      CASE("", the_hold_time_may_run_across_the_wrap), CASE("", an_old_state_is_forgotten_by_a_new_start))
