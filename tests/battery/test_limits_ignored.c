/* A limit that the inverter does not follow: reported after a minute, nothing trips. */
#include "limits_rig.h"
#include "support/suite.h"

#define CCL_IGNORED LBMS_MASK(LBMS_CONDITION_CCL_IGNORED)
#define DCL_IGNORED LBMS_MASK(LBMS_CONDITION_DCL_IGNORED)

/* This current has been seen once already: 59999 ms later nothing is reported, and 1 ms later this condition. */
static void expect_after_a_minute(struct limits_rig *rig, uint32_t condition)
{
    limits_run(rig, 59900u, 100u);
    ck_assert_uint_eq(rig->limits.conditions, 0u);
    limits_step(rig, 99u);
    ck_assert_uint_eq(rig->limits.conditions, 0u);
    limits_step(rig, 1u);
    ck_assert_uint_eq(rig->limits.conditions, condition);
}

START_TEST(a_limit_is_ignored_when_1_2_times_and_2_a_are_exceeded_for_a_minute)
{
    static const struct {
        uint8_t ntcs_valid; /* one lost: limits of 50 A; two: of 0 */
        int32_t ma;
        uint32_t condition;
    } cases[] = {
        {0xFu, 122000, 0u}, {0xFu, 122001, CCL_IGNORED}, {0xFu, -122000, 0u}, {0xFu, -122001, DCL_IGNORED},
        {0x7u, 62000, 0u},  {0x7u, 62001, CCL_IGNORED},  {0x7u, -62000, 0u},  {0x7u, -62001, DCL_IGNORED},
        {0x3u, 2000, 0u},   {0x3u, 2001, CCL_IGNORED},   {0x3u, -2000, 0u},   {0x3u, -2001, DCL_IGNORED},
    };
    unsigned i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.m.ntcs_valid = cases[i].ntcs_valid;
        limits_step(&rig, 100u);
        rig.m.current_ma = cases[i].ma;
        limits_step(&rig, 100u);
        expect_after_a_minute(&rig, cases[i].condition);
        limits_run(&rig, 60000u, 100u);
        ck_assert_uint_eq(rig.limits.conditions, cases[i].condition); /* and stays */
        rig.m.current_ma = 0;
        limits_step(&rig, 100u);
        ck_assert_uint_eq(rig.limits.conditions, 0u);
    }
}
END_TEST

START_TEST(the_minute_is_counted_from_the_limit_told_before_the_current_was_measured)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.current_ma = 100000;
    limits_step(&rig, 100u);
    rig.m.ntcs_valid = 0x7u; /* 50 A from this step on; the inverter reads it after the step */
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 50000);
    limits_step(&rig, 100u);
    expect_after_a_minute(&rig, CCL_IGNORED);
}
END_TEST

START_TEST(a_moment_of_obedience_begins_the_minute_anew)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.current_ma = -130000;
    limits_run(&rig, 60000u, 100u);
    rig.m.current_ma = -122000;
    limits_step(&rig, 100u);
    rig.m.current_ma = -130000;
    limits_step(&rig, 100u);
    expect_after_a_minute(&rig, DCL_IGNORED);
}
END_TEST

START_TEST(what_counts_as_ignored_is_a_parameter)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_LIMIT_IGNORED_PCT] = 110;
    rig.params.v[LBMS_PARAM_LIMIT_IGNORED_MA] = 500;
    rig.params.v[LBMS_PARAM_LIMIT_IGNORED_S] = 5;
    rig.m.current_ma = 110500;
    limits_run(&rig, 60000u, 100u);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
    rig.m.current_ma = 110501;
    limits_run(&rig, 5000u, 100u);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
    limits_step(&rig, 100u);
    ck_assert_uint_eq(rig.limits.conditions, CCL_IGNORED);
}
END_TEST

START_TEST(an_ignored_limit_trips_nothing_and_changes_no_limit)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.current_ma = 150000;
    limits_run(&rig, 61000u, 100u);
    ck_assert_uint_eq(rig.limits.conditions, CCL_IGNORED);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 100000);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 100000);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    ck_assert_uint_eq(rig.limits.view.requests,
                      LBMS_REQUEST_CHARGE_PERMITTED | LBMS_REQUEST_DISCHARGE_PERMITTED);
}
END_TEST

START_TEST(an_unknown_current_neither_begins_nor_ends_the_minute_of_an_ignored_limit)
{
    static const struct {
        int32_t ma;
        uint32_t condition;
    } cases[] = {{150000, CCL_IGNORED}, {-150000, DCL_IGNORED}};
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct limits_rig rig;

        limits_ready(&rig);
        rig.m.current_ma = cases[i].ma;
        limits_lose(&rig, LBMS_VALID_CURRENT);
        limits_run(&rig, 120000u, 100u);
        ck_assert_uint_eq(rig.limits.conditions, 0u);
        rig.m.valid |= LBMS_VALID_CURRENT;
        limits_step(&rig, 100u);
        rig.m.current_ma = 0;
        limits_lose(&rig, LBMS_VALID_CURRENT);
        expect_after_a_minute(&rig, cases[i].condition);
    }
}
END_TEST

START_TEST(the_minute_is_right_across_the_wrap_of_the_clock)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.in.now_ms = UINT32_MAX - 70000u;
    limits_step(&rig, 0u);
    limits_settle(&rig);
    rig.m.current_ma = 150000;
    limits_step(&rig, 100u);
    expect_after_a_minute(&rig, CCL_IGNORED);
}
END_TEST

SUITE("battery/limits_ignored",
      CASE("R-TECH-08", a_limit_is_ignored_when_1_2_times_and_2_a_are_exceeded_for_a_minute),
      CASE("R-TECH-08", the_minute_is_counted_from_the_limit_told_before_the_current_was_measured),
      CASE("R-TECH-08", a_moment_of_obedience_begins_the_minute_anew),
      CASE("", what_counts_as_ignored_is_a_parameter),
      CASE("R-TECH-08", an_ignored_limit_trips_nothing_and_changes_no_limit),
      CASE("R-PROT-01", an_unknown_current_neither_begins_nor_ends_the_minute_of_an_ignored_limit),
      CASE("R-TECH-08", the_minute_is_right_across_the_wrap_of_the_clock))
