/* Validation: which samples are fresh enough to be believed. */
#include <string.h>

#include "measure_rig.h"
#include "support/suite.h"

static void expect_lost(const struct measure_rig *rig, bool lost)
{
    ck_assert(CELLS_LOST(rig->measure) == lost);
    ck_assert(CURRENT_LOST(rig->measure) == lost);
}

static void expect_nothing_valid(const struct lbms_measured *m)
{
    ck_assert_uint_eq(m->valid, 0u);
    ck_assert_uint_eq(m->cells_valid, 0u);
    ck_assert_uint_eq(m->ntcs_valid, 0u);
}

START_TEST(before_the_first_step_nothing_is_valid)
{
    struct lbms_measure measure;
    struct lbms_measured m;

    memset(&measure, 0xEE, sizeof(measure));
    memset(&m, 0xEE, sizeof(m));
    lbms_measure_init(&measure, &m);
    expect_nothing_valid(&m);
    ck_assert_uint_eq(m.age_ms, UINT32_MAX);
    ck_assert(!CELLS_LOST(measure));
    ck_assert(!CURRENT_LOST(measure));
}
END_TEST

START_TEST(a_fresh_plausible_sample_is_believed_completely)
{
    struct measure_rig rig;
    const struct lbms_measured *m;
    unsigned i;

    measure_start(&rig);
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.in.sample.cell_mv[i] = (uint16_t)(3300u + i);
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        rig.in.sample.ntc_dc[i] = (int16_t)(200 + 10 * (int)i);
    }
    rig.in.sample.pack_mv = 52920;
    rig.in.sample.terminal_mv = 53001;
    rig.in.sample.current_ma = -12345;
    rig.in.sample.mosfet_dc = 412;
    rig.in.sample.ambient_dc = -55;
    rig.in.sample.afe_flags = LBMS_AFE_BUS_ERRORS;
    rig.in.sample.closed = LBMS_SWITCH_DISCHARGE;
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->valid, ALL_VALID);
    ck_assert_uint_eq(m->cells_valid, LBMS_ALL_CELLS);
    ck_assert_uint_eq(m->ntcs_valid, LBMS_ALL_NTCS);
    ck_assert_mem_eq(m->cell_mv, rig.in.sample.cell_mv, sizeof(m->cell_mv));
    ck_assert_mem_eq(m->ntc_dc, rig.in.sample.ntc_dc, sizeof(m->ntc_dc));
    ck_assert_int_eq(m->pack_mv, 52920);
    ck_assert_int_eq(m->terminal_mv, 53001);
    ck_assert_int_eq(m->current_ma, -12345);
    ck_assert_int_eq(m->mosfet_dc, 412);
    ck_assert_int_eq(m->ambient_dc, -55);
    ck_assert_uint_eq(m->afe_flags, LBMS_AFE_BUS_ERRORS);
    ck_assert_uint_eq(m->closed, LBMS_SWITCH_DISCHARGE);
    ck_assert_uint_eq(m->age_ms, 0u);
    expect_lost(&rig, false);
}
END_TEST

START_TEST(a_sample_2000_ms_old_is_fresh_and_one_of_2001_ms_is_lost)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    m = measure_waited(&rig, 2000u);
    ck_assert_uint_eq(m->valid, ALL_VALID);
    ck_assert_uint_eq(m->age_ms, 2000u);
    expect_lost(&rig, false);
    m = measure_waited(&rig, 1u);
    expect_nothing_valid(m);
    ck_assert_uint_gt(m->age_ms, 2000u);
    expect_lost(&rig, true); /* at once */
}
END_TEST

START_TEST(a_new_sample_is_judged_by_its_age_as_well)
{
    struct measure_rig rig;

    measure_start(&rig);
    ck_assert_uint_eq(measure_delayed(&rig, 100u, 2000u)->valid, ALL_VALID);
    expect_nothing_valid(measure_delayed(&rig, 100u, 2001u));
    expect_lost(&rig, true);
    ck_assert_uint_eq(measure_delayed(&rig, 100u, 50u)->age_ms, 50u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID);
}
END_TEST

START_TEST(a_new_sample_ends_the_loss_at_once)
{
    struct measure_rig rig;

    measure_start(&rig);
    expect_nothing_valid(measure_waited(&rig, 60000u));
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->valid, ALL_VALID);
    expect_lost(&rig, false);
}
END_TEST

START_TEST(a_time_stamp_in_the_future_is_lost_at_once)
{
    static const uint32_t ahead_ms[] = {1u, 100u, 2000u, 2001u, 86400000u, 0x7FFFFFFFu};
    struct measure_rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(ahead_ms) / sizeof(ahead_ms[0]); i++) {
        measure_start(&rig);
        expect_nothing_valid(measure_delayed(&rig, 100u, 0u - ahead_ms[i]));
        expect_lost(&rig, true);
        expect_nothing_valid(measure_waited(&rig, ahead_ms[i])); /* waiting does not make it right */
        expect_lost(&rig, true);
    }
}
END_TEST

START_TEST(values_that_are_not_fresh_keep_their_last_number_for_display)
{
    struct measure_rig rig;
    struct lbms_measured before;
    const struct lbms_measured *m;

    measure_start(&rig);
    rig.in.sample.current_ma = 4321;
    rig.in.sample.cell_mv[9] = 3456u;
    rig.in.sample.afe_flags = LBMS_AFE_WATCHDOG;
    rig.in.sample.closed = LBMS_SWITCH_CHARGE;
    memcpy(&before, measure_sampled(&rig, 100u), sizeof(before)); /* with its padding */
    rig.in.sample = sample_rested(0u); /* what is in a buffer that nobody has filled */
    m = measure_delayed(&rig, 100u, 5000u);
    before.valid = 0u;
    before.cells_valid = 0u;
    before.ntcs_valid = 0u;
    before.age_ms = m->age_ms;
    ck_assert_mem_eq(m, &before, sizeof(before));
}
END_TEST

START_TEST(the_age_is_right_across_the_wrap_of_the_time)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.now_ms = UINT32_MAX - 999u;
    (void)measure_sampled(&rig, 0u);
    ck_assert_uint_eq(measure_waited(&rig, 2000u)->age_ms, 2000u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID);
    ck_assert_uint_lt(rig.in.now_ms, 2000u);
    expect_nothing_valid(measure_waited(&rig, 1u));
}
END_TEST

START_TEST(a_stale_sample_never_looks_young_again_when_the_time_wraps)
{
    struct measure_rig rig;
    uint32_t believed = 0u;
    uint32_t s;

    measure_start(&rig);
    expect_nothing_valid(measure_waited(&rig, 2001u));
    for (s = 0u; s < 4300000u; s++) { /* 49.8 days: the time passes the age 0 once more */
        if (measure_waited(&rig, 1000u)->valid != 0u || !CELLS_LOST(rig.measure) ||
            !CURRENT_LOST(rig.measure)) {
            believed++;
        }
    }
    ck_assert_uint_eq(believed, 0u);
}
END_TEST

START_TEST(sample_stale_ms_sets_the_limit_of_the_age)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_SAMPLE_STALE_MS] = 500;
    ck_assert_uint_eq(measure_waited(&rig, 500u)->valid, ALL_VALID);
    expect_nothing_valid(measure_waited(&rig, 1u));
    expect_lost(&rig, true);
}
END_TEST

START_TEST(silence_before_the_first_sample_is_a_loss_after_2_s_only)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    expect_nothing_valid(measure_waited(&rig, 0u));
    ck_assert_uint_eq(rig.m.age_ms, UINT32_MAX);
    expect_lost(&rig, false);
    expect_nothing_valid(measure_waited(&rig, 1999u));
    expect_lost(&rig, false);
    expect_nothing_valid(measure_waited(&rig, 2u));
    expect_lost(&rig, true);
}
END_TEST

START_TEST(without_a_valid_sample_nothing_is_believed)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    rig.in = inputs_rested(rig.in.now_ms);
    rig.in.sample_valid = false;
    expect_nothing_valid(measure_sampled(&rig, 0u));
    expect_nothing_valid(measure_waited(&rig, 100u));
    expect_nothing_valid(measure_sampled(&rig, 100u));
}
END_TEST

START_TEST(a_sample_that_is_too_old_does_not_end_the_wait_for_the_first_one)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    rig.in = inputs_rested(rig.in.now_ms);
    expect_nothing_valid(measure_delayed(&rig, 100u, 5000u)); /* converted before the start */
    expect_lost(&rig, false);
    expect_nothing_valid(measure_delayed(&rig, 1999u, 5000u));
    expect_lost(&rig, false);
    expect_nothing_valid(measure_delayed(&rig, 2u, 5000u));
    expect_lost(&rig, true);
}
END_TEST

START_TEST(once_a_sample_has_come_a_bad_one_is_a_loss_at_once)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    (void)measure_waited(&rig, 100u);
    rig.in = inputs_rested(rig.in.now_ms);
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->valid, ALL_VALID);
    expect_nothing_valid(measure_delayed(&rig, 100u, 5000u)); /* long before the wait would have been over */
    expect_lost(&rig, true);
}
END_TEST

START_TEST(a_sample_from_before_the_start_is_not_believed)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    rig.in = inputs_rested(rig.in.now_ms);
    expect_nothing_valid(measure_waited(&rig, 100u));
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->valid, ALL_VALID);
}
END_TEST

START_TEST(while_the_front_end_sleeps_its_silence_is_no_loss)
{
    struct measure_rig rig;
    unsigned i;

    measure_start(&rig);
    for (i = 0u; i < 3600u; i++) {
        lbms_measure_expect(&rig.measure);
        (void)measure_waited(&rig, 1000u);
        expect_lost(&rig, false);
    }
    expect_nothing_valid(&rig.m); /* the last of these steps began the wait */
    (void)measure_waited(&rig, 1999u);
    expect_lost(&rig, false);
    (void)measure_waited(&rig, 2u);
    expect_lost(&rig, true);
}
END_TEST

START_TEST(a_loss_is_forgotten_when_the_front_end_goes_to_sleep)
{
    struct measure_rig rig;

    measure_start(&rig);
    (void)measure_waited(&rig, 5000u);
    expect_lost(&rig, true);
    lbms_measure_expect(&rig.measure);
    (void)measure_waited(&rig, 100u);
    expect_lost(&rig, false);
    ck_assert_uint_eq(measure_sampled(&rig, 1000u)->valid, ALL_VALID);
    expect_lost(&rig, false);
    (void)measure_waited(&rig, 2001u); /* from now on silence is a loss at once again */
    expect_lost(&rig, true);
}
END_TEST

/* The sample that was fresh when the front end went to sleep is not the first one after it. */
START_TEST(after_a_short_sleep_the_first_sample_is_waited_for_as_well)
{
    struct measure_rig rig;

    measure_start(&rig);
    lbms_measure_expect(&rig.measure);
    (void)measure_waited(&rig, 1500u);
    (void)measure_waited(&rig, 501u); /* now the old sample is stale, and the front end has just woken up */
    expect_nothing_valid(&rig.m);
    expect_lost(&rig, false);
    (void)measure_waited(&rig, 2001u);
    expect_lost(&rig, true);
}
END_TEST

SUITE("battery/measure", CASE("", before_the_first_step_nothing_is_valid),
      CASE("R-PROT-01", a_fresh_plausible_sample_is_believed_completely),
      CASE("R-PROT-01", a_sample_2000_ms_old_is_fresh_and_one_of_2001_ms_is_lost),
      CASE("R-PROT-01", a_new_sample_is_judged_by_its_age_as_well),
      CASE("R-PROT-01", a_new_sample_ends_the_loss_at_once),
      CASE("R-PROT-01", a_time_stamp_in_the_future_is_lost_at_once),
      CASE("", values_that_are_not_fresh_keep_their_last_number_for_display),
      CASE("R-PROT-01", the_age_is_right_across_the_wrap_of_the_time),
      CASE("R-PROT-01", a_stale_sample_never_looks_young_again_when_the_time_wraps),
      CASE("R-PROT-01", sample_stale_ms_sets_the_limit_of_the_age),
      CASE("R-PROT-01", silence_before_the_first_sample_is_a_loss_after_2_s_only),
      CASE("R-PROT-01", without_a_valid_sample_nothing_is_believed),
      CASE("R-PROT-01", a_sample_that_is_too_old_does_not_end_the_wait_for_the_first_one),
      CASE("R-PROT-01", once_a_sample_has_come_a_bad_one_is_a_loss_at_once),
      CASE("R-PROT-01", a_sample_from_before_the_start_is_not_believed),
      CASE("", while_the_front_end_sleeps_its_silence_is_no_loss),
      CASE("", a_loss_is_forgotten_when_the_front_end_goes_to_sleep),
      CASE("", after_a_short_sleep_the_first_sample_is_waited_for_as_well))
