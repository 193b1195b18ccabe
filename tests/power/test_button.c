#include "losun_bms/power/button.h"

#include <string.h>

#include "support/suite.h"

#define DAY_MS UINT32_C(86400000)

/* A button that is looked at every step_ms. */
struct panel {
    struct lbms_params params;
    struct lbms_button button;
    uint32_t now_ms;
    uint32_t step_ms;
    bool enabled;
};

/* What it said while it was followed. */
struct said {
    unsigned longs, helds;
    uint32_t long_ms, held_ms; /* when it said so for the last time, from the begin of the following */
};

static struct panel released(uint32_t step_ms)
{
    struct panel p = {.now_ms = 7000u, .step_ms = step_ms, .enabled = true};

    lbms_params_defaults(&p.params, &lbms_product_ls_btn0_p0548100);
    memset(&p.button, 0xA5, sizeof(p.button)); /* whatever was there before */
    lbms_button_init(&p.button, false);
    ck_assert_uint_eq(lbms_button_step(&p.button, false, true, p.now_ms, &p.params), LBMS_BUTTON_NONE);
    return p;
}

static void look(struct panel *p, bool pressed, uint32_t at_ms, struct said *said)
{
    const uint8_t event = lbms_button_step(&p->button, pressed, p->enabled, p->now_ms, &p->params);

    if (event == LBMS_BUTTON_LONG) {
        said->longs++;
        said->long_ms = at_ms;
    } else if (event == LBMS_BUTTON_HELD) {
        said->helds++;
        said->held_ms = at_ms;
    } else if (event != LBMS_BUTTON_NONE) {
        ck_assert_msg(false, "event %u", event);
    }
}

/* Hold the level for a time: looks at 0, step, 2 step ... below for_ms. */
static void follow(struct panel *p, bool pressed, uint32_t for_ms, struct said *said)
{
    uint32_t at_ms;

    for (at_ms = 0u; at_ms < for_ms; at_ms += p->step_ms) {
        look(p, pressed, at_ms, said);
        p->now_ms += p->step_ms;
    }
}

/* One press with its release, and a pause after it. */
static struct said press(struct panel *p, uint32_t for_ms)
{
    struct said said = {0u, 0u, 0u, 0u};
    const uint32_t start_ms = p->now_ms;

    follow(p, true, for_ms, &said);
    look(p, false, p->now_ms - start_ms, &said);
    p->now_ms += p->step_ms;
    follow(p, false, 10u * p->step_ms, &said);
    return said;
}

START_TEST(a_press_of_less_than_3_s_means_nothing)
{
    const uint32_t durations_ms[] = {1u, 50u, 1000u, 2998u, 2999u};
    size_t i;

    for (i = 0u; i < sizeof(durations_ms) / sizeof(durations_ms[0]); i++) {
        struct panel p = released(1u);
        const struct said said = press(&p, durations_ms[i]);

        ck_assert_uint_eq(said.longs + said.helds, 0u);
    }
}
END_TEST

START_TEST(a_release_between_3_and_6_s_is_one_long_press)
{
    const uint32_t durations_ms[] = {3000u, 3001u, 4500u, 5999u, 6000u};
    size_t i;

    for (i = 0u; i < sizeof(durations_ms) / sizeof(durations_ms[0]); i++) {
        struct panel p = released(1u);
        const struct said said = press(&p, durations_ms[i]);

        ck_assert_uint_eq(said.longs, 1u);
        ck_assert_uint_eq(said.helds, 0u);
        ck_assert_uint_eq(said.long_ms, durations_ms[i]); /* at the release, not before */
    }
}
END_TEST

START_TEST(held_is_said_at_6_s_without_waiting_for_the_release)
{
    struct panel p = released(1u);
    struct said said = {0u, 0u, 0u, 0u};

    follow(&p, true, 6000u, &said); /* the last look is at 5.999 s */
    ck_assert_uint_eq(said.longs + said.helds, 0u);
    follow(&p, true, 1u, &said);
    ck_assert_uint_eq(said.helds, 1u);
    ck_assert_uint_eq(said.longs, 0u);
}
END_TEST

START_TEST(a_press_acts_once)
{
    const uint32_t durations_ms[] = {6001u, 6500u, 9000u, 12000u, 60000u};
    size_t i;

    for (i = 0u; i < sizeof(durations_ms) / sizeof(durations_ms[0]); i++) {
        struct panel p = released(1u);
        const struct said said = press(&p, durations_ms[i]);

        ck_assert_uint_eq(said.helds, 1u);
        ck_assert_uint_eq(said.held_ms, 6000u);
        ck_assert_uint_eq(said.longs, 0u);
    }
}
END_TEST

START_TEST(each_press_counts_for_itself)
{
    struct panel p = released(10u);

    ck_assert_uint_eq(press(&p, 2000u).longs, 0u); /* two short ones make no long one */
    ck_assert_uint_eq(press(&p, 2000u).longs, 0u);
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
    ck_assert_uint_eq(press(&p, 8000u).helds, 1u);
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
    ck_assert_uint_eq(press(&p, 8000u).helds, 1u);
    ck_assert_uint_eq(press(&p, 2990u).longs, 0u);
}
END_TEST

START_TEST(the_step_size_does_not_change_the_meaning)
{
    const uint32_t steps_ms[] = {1u, 10u, 50u, 100u, 250u, 500u, 1000u};
    size_t i;

    for (i = 0u; i < sizeof(steps_ms) / sizeof(steps_ms[0]); i++) {
        struct panel p = released(steps_ms[i]);
        struct said said;

        said = press(&p, 3000u - steps_ms[i]);
        ck_assert_uint_eq(said.longs + said.helds, 0u);
        said = press(&p, 3000u);
        ck_assert_uint_eq(said.longs, 1u);
        ck_assert_uint_eq(said.helds, 0u);
        said = press(&p, 6000u);
        ck_assert_uint_eq(said.longs, 1u);
        ck_assert_uint_eq(said.helds, 0u);
        said = press(&p, 6000u + steps_ms[i]);
        ck_assert_uint_eq(said.longs, 0u);
        ck_assert_uint_eq(said.helds, 1u);
        ck_assert_uint_eq(said.held_ms, 6000u);
    }
}
END_TEST

START_TEST(a_step_that_comes_late_says_held_at_that_step)
{
    struct panel p = released(1u);
    struct said said = {0u, 0u, 0u, 0u};

    look(&p, true, 0u, &said);
    p.now_ms += 60000u;
    look(&p, true, 60000u, &said);
    ck_assert_uint_eq(said.helds, 1u);
    p.now_ms += 60000u;
    look(&p, false, 120000u, &said);
    ck_assert_uint_eq(said.longs, 0u);
}
END_TEST

START_TEST(a_release_seen_after_more_than_6_s_is_no_long_press)
{
    struct panel p = released(1u);
    struct said said = {0u, 0u, 0u, 0u};

    look(&p, true, 0u, &said);
    p.now_ms += 6001u;
    look(&p, false, 6001u, &said);
    ck_assert_uint_eq(said.longs, 0u);
}
END_TEST

START_TEST(a_button_stuck_at_the_start_has_no_effect_until_it_was_released)
{
    struct panel p = released(10u);
    struct said said;

    (void)press(&p, 100u);
    lbms_button_init(&p.button, false);
    said = press(&p, 4000u);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
    lbms_button_init(&p.button, false);
    said = press(&p, 60000u);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
    ck_assert_uint_eq(press(&p, 7000u).helds, 1u);
}
END_TEST

START_TEST(the_first_press_after_a_start_counts)
{
    struct panel p = released(1u);

    ck_assert_uint_eq(press(&p, 3000u).longs, 1u);
    p = released(1u);
    ck_assert_uint_eq(press(&p, 7000u).helds, 1u);
}
END_TEST

START_TEST(a_press_that_woke_the_board_counts_from_the_first_step)
{
    const uint32_t start_ms = 123456u;
    struct panel p = released(1u);

    p.now_ms = start_ms;
    lbms_button_init(&p.button, true);
    ck_assert_uint_eq(press(&p, 2999u).longs, 0u);
    lbms_button_init(&p.button, true);
    ck_assert_uint_eq(press(&p, 3000u).longs, 1u);
    lbms_button_init(&p.button, true);
    ck_assert_uint_eq(press(&p, 6000u).longs, 1u);
    lbms_button_init(&p.button, true);
    {
        const struct said said = press(&p, 30000u);

        ck_assert_uint_eq(said.helds, 1u);
        ck_assert_uint_eq(said.held_ms, 6000u);
        ck_assert_uint_eq(said.longs, 0u);
    }
}
END_TEST

START_TEST(a_press_that_woke_the_board_and_ended_before_the_first_step_means_nothing)
{
    struct panel p = released(1u);
    struct said said = {0u, 0u, 0u, 0u};

    p.now_ms = 4000u; /* a press that began at 0 would be long */
    lbms_button_init(&p.button, true);
    follow(&p, false, 10000u, &said);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
    ck_assert_uint_eq(press(&p, 3000u).longs, 1u);
}
END_TEST

START_TEST(a_button_stuck_for_50_days_acts_once)
{
    struct panel p = released(1000u);
    struct said said = {0u, 0u, 0u, 0u};
    uint32_t hour;

    follow(&p, true, 7000u, &said);
    ck_assert_uint_eq(said.helds, 1u);
    for (hour = 0u; hour < 50u * 24u; hour++) {
        p.now_ms += DAY_MS / 24u;
        look(&p, true, 0u, &said);
    }
    ck_assert_uint_eq(said.helds, 1u);
    look(&p, false, 0u, &said);
    ck_assert_uint_eq(said.longs, 0u);
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
}
END_TEST

START_TEST(a_release_one_turn_of_the_clock_and_4_s_after_the_press_means_nothing)
{
    struct panel p = released(1000u);
    struct said said = {0u, 0u, 0u, 0u};
    const uint32_t start_ms = p.now_ms;

    follow(&p, true, 7000u, &said);
    p.now_ms = start_ms - 1000u; /* 49.7 days later */
    look(&p, true, 0u, &said);
    p.now_ms = start_ms + 4000u;
    look(&p, false, 0u, &said);
    ck_assert_uint_eq(said.helds, 1u);
    ck_assert_uint_eq(said.longs, 0u);
}
END_TEST

START_TEST(a_button_stuck_from_the_start_for_50_days_never_acts)
{
    struct panel p = released(1u);
    struct said said = {0u, 0u, 0u, 0u};
    uint32_t minute;

    lbms_button_init(&p.button, false);
    for (minute = 0u; minute < 50u * 24u * 60u; minute++) {
        look(&p, true, 0u, &said);
        p.now_ms += 60000u;
    }
    look(&p, false, 0u, &said);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
}
END_TEST

START_TEST(a_press_may_run_across_the_wrap)
{
    struct panel p = released(1u);
    struct said said;

    p.now_ms = UINT32_MAX - 1499u;
    ck_assert_uint_eq(press(&p, 2999u).longs, 0u);
    p.now_ms = UINT32_MAX - 1499u;
    ck_assert_uint_eq(press(&p, 3000u).longs, 1u);
    p.now_ms = UINT32_MAX - 1499u;
    said = press(&p, 8000u);
    ck_assert_uint_eq(said.helds, 1u);
    ck_assert_uint_eq(said.held_ms, 6000u);
}
END_TEST

START_TEST(a_press_that_is_disabled_in_between_is_lost)
{
    uint32_t disabled_ms;

    for (disabled_ms = 0u; disabled_ms < 4000u; disabled_ms += 500u) {
        struct panel p = released(1u);
        struct said said = {0u, 0u, 0u, 0u};

        follow(&p, true, disabled_ms, &said);
        p.enabled = false;
        follow(&p, true, 1u, &said);
        p.enabled = true;
        follow(&p, true, 3999u - disabled_ms, &said);
        look(&p, false, 4000u, &said);
        ck_assert_uint_eq(said.longs + said.helds, 0u);

        follow(&p, false, 10u, &said);
        p.enabled = false;
        follow(&p, true, 1u, &said);
        p.enabled = true;
        follow(&p, true, 20000u, &said);
        ck_assert_uint_eq(said.longs + said.helds, 0u);
    }
}
END_TEST

START_TEST(a_button_that_is_disabled_all_the_time_says_nothing)
{
    struct panel p = released(10u);
    struct said said;

    p.enabled = false;
    said = press(&p, 4000u);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
    said = press(&p, 60000u);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
}
END_TEST

START_TEST(a_release_at_which_the_button_is_disabled_means_nothing)
{
    struct panel p = released(10u);
    struct said said = {0u, 0u, 0u, 0u};

    follow(&p, true, 4000u, &said);
    p.enabled = false;
    look(&p, false, 4000u, &said);
    p.enabled = true;
    follow(&p, false, 1000u, &said);
    ck_assert_uint_eq(said.longs + said.helds, 0u);
}
END_TEST

START_TEST(a_press_after_a_disabled_time_counts)
{
    struct panel p = released(10u);
    struct said said = {0u, 0u, 0u, 0u};

    p.enabled = false;
    follow(&p, false, 5000u, &said);
    p.enabled = true;
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
    p.enabled = false;
    follow(&p, true, 5000u, &said);
    look(&p, false, 5000u, &said);
    p.enabled = true;
    ck_assert_uint_eq(press(&p, 7000u).helds, 1u);
}
END_TEST

START_TEST(the_durations_are_parameters)
{
    struct panel p = released(1u);

    p.params.v[LBMS_PARAM_BUTTON_MIN_MS] = 1000;
    p.params.v[LBMS_PARAM_BUTTON_MAX_MS] = 4000;
    p.params.v[LBMS_PARAM_BUTTON_RESET_MS] = 5000;
    ck_assert_uint_eq(press(&p, 999u).longs, 0u);
    ck_assert_uint_eq(press(&p, 1000u).longs, 1u);
    ck_assert_uint_eq(press(&p, 4000u).longs, 1u);
    ck_assert_uint_eq(press(&p, 4001u).longs, 0u); /* between the two, a press means nothing */
    ck_assert_uint_eq(press(&p, 5000u).helds, 0u);
    ck_assert_uint_eq(press(&p, 5001u).helds, 1u);
}
END_TEST

SUITE("power/button", CASE("R-SW-01 R-SLP-02", a_press_of_less_than_3_s_means_nothing),
      CASE("R-SW-01 R-SLP-02 R-IND-03", a_release_between_3_and_6_s_is_one_long_press),
      CASE("R-SW-03 R-IND-03", held_is_said_at_6_s_without_waiting_for_the_release),
      CASE("R-SW-03", a_press_acts_once), CASE("", each_press_counts_for_itself),
      CASE("", the_step_size_does_not_change_the_meaning),
      CASE("", a_step_that_comes_late_says_held_at_that_step),
      CASE("", a_release_seen_after_more_than_6_s_is_no_long_press),
      CASE("", a_button_stuck_at_the_start_has_no_effect_until_it_was_released),
      CASE("", the_first_press_after_a_start_counts),
      CASE("R-WAKE-02", a_press_that_woke_the_board_counts_from_the_first_step),
      CASE("", a_press_that_woke_the_board_and_ended_before_the_first_step_means_nothing),
      CASE("", a_button_stuck_for_50_days_acts_once),
      CASE("", a_release_one_turn_of_the_clock_and_4_s_after_the_press_means_nothing),
      CASE("", a_button_stuck_from_the_start_for_50_days_never_acts),
      CASE("", a_press_may_run_across_the_wrap), CASE("", a_press_that_is_disabled_in_between_is_lost),
      CASE("", a_button_that_is_disabled_all_the_time_says_nothing),
      CASE("", a_release_at_which_the_button_is_disabled_means_nothing),
      CASE("", a_press_after_a_disabled_time_counts), CASE("", the_durations_are_parameters))
