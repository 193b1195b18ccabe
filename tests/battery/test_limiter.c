/* Charge-current limiter. */
#include "charge_rig.h"
#include "support/suite.h"

/* A charger that has begun to push this current in the last step. */
static void start_charge(struct rig *rig, int32_t current_ma)
{
    chg_start(rig);
    chg_charge(rig, 50000);
    chg_run(rig, 60000u);
    ck_assert(!rig->charge.use_limiter);
    rig->m.current_ma = current_ma;
    chg_step(rig, 100u);
}

/* The same 1 s later: the limiter has just taken over, and lets its 10 A pass from now on. */
static void start_limiting(struct rig *rig)
{
    start_charge(rig, 115000);
    chg_run(rig, 1000u);
    ck_assert(rig->charge.use_limiter);
    rig->m.current_ma = 10000;
}

START_TEST(more_than_110_a_for_1_s_passes_through_the_limiter)
{
    struct rig rig;

    start_charge(&rig, 110001);
    chg_run(&rig, 900u);
    chg_step(&rig, 99u);
    ck_assert(!rig.charge.use_limiter);
    chg_step(&rig, 1u);
    ck_assert(rig.charge.use_limiter);
    ck_assert(chg_state(&rig, LBMS_STATE_LIMITER));
    ck_assert(!chg_state(&rig, LBMS_STATE_GENTLE));
    ck_assert_uint_eq(rig.charge.blocked, 0u);
}
END_TEST

START_TEST(a_charge_current_of_110_a_is_not_limited)
{
    struct rig rig;

    start_charge(&rig, 110000);
    chg_run(&rig, 600000u);
    ck_assert(!rig.charge.use_limiter);
}
END_TEST

START_TEST(a_break_starts_the_1_s_anew)
{
    struct rig rig;
    unsigned i;

    start_charge(&rig, 50000);
    for (i = 0u; i < 5u; i++) {
        rig.m.current_ma = 120000;
        chg_run(&rig, 1000u);
        rig.m.current_ma = 110000;
        chg_step(&rig, 100u);
        ck_assert(!rig.charge.use_limiter);
    }
}
END_TEST

START_TEST(a_current_that_cannot_be_believed_neither_starts_nor_stops_the_1_s)
{
    struct rig rig;

    start_charge(&rig, 50000);
    rig.m.current_ma = 120000;
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_run(&rig, 5000u);
    ck_assert(!rig.charge.use_limiter);
    rig.m.valid |= LBMS_VALID_CURRENT;
    chg_run(&rig, 500u);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_run(&rig, 600u);
    ck_assert(rig.charge.use_limiter);
}
END_TEST

START_TEST(after_5_min_the_charge_switch_is_tried_again)
{
    struct rig rig;

    start_limiting(&rig);
    chg_run(&rig, 299900u);
    chg_step(&rig, 99u);
    ck_assert(rig.charge.use_limiter);
    chg_step(&rig, 1u);
    ck_assert(!rig.charge.use_limiter);
    ck_assert_uint_eq(rig.charge.state, 0u);
    /* too much again: once more through the limiter, after the full delay */
    rig.m.current_ma = 115000;
    chg_run(&rig, 1000u);
    ck_assert(!rig.charge.use_limiter);
    chg_run(&rig, 100u);
    ck_assert(rig.charge.use_limiter);
}
END_TEST

START_TEST(a_discharge_of_more_than_1_a_ends_the_limiting_at_once)
{
    struct rig rig;

    start_limiting(&rig);
    rig.m.current_ma = -1000;
    chg_run(&rig, 5000u);
    ck_assert(rig.charge.use_limiter);
    rig.m.current_ma = -1001;
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_step(&rig, 100u);
    ck_assert(rig.charge.use_limiter);
    rig.m.valid |= LBMS_VALID_CURRENT;
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);
}
END_TEST

START_TEST(removal_of_the_charger_ends_the_limiting_at_once)
{
    struct rig rig;

    start_limiting(&rig);
    rig.in.charger_present = false;
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);
    ck_assert_uint_eq(rig.charge.state, 0u);
}
END_TEST

START_TEST(an_open_charge_path_sleep_or_a_write_that_disables_it_end_the_limiting)
{
    struct rig rig;

    start_limiting(&rig);
    rig.in.blocked = LBMS_PATH_DISCHARGE;
    chg_step(&rig, 100u);
    ck_assert(rig.charge.use_limiter);
    rig.in.blocked = LBMS_PATH_CHARGE;
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);

    start_limiting(&rig);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV); /* full: the charge path opens by that */
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);

    start_limiting(&rig);
    rig.in.asleep = true;
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);

    start_limiting(&rig);
    rig.params.v[LBMS_PARAM_LIMITER_ENABLE] = 0;
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.use_limiter);
    ck_assert(!rig.charge.limiter_armed);
}
END_TEST

START_TEST(without_a_limiter_or_with_it_disabled_the_protection_acts_alone)
{
    static const uint8_t off[] = {LBMS_PARAM_LIMITER_FITTED, LBMS_PARAM_LIMITER_ENABLE};
    struct rig rig;
    unsigned i;

    start_charge(&rig, 50000);
    ck_assert(rig.charge.limiter_armed);
    for (i = 0u; i < 2u; i++) {
        start_charge(&rig, 50000);
        rig.params.v[off[i]] = 0;
        rig.m.current_ma = 120000;
        chg_run(&rig, 60000u);
        ck_assert(!rig.charge.limiter_armed);
        ck_assert(!rig.charge.use_limiter);
        ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    }
}
END_TEST

START_TEST(over_current_that_goes_on_for_another_second_means_that_the_limiter_has_failed)
{
    struct rig rig;

    start_limiting(&rig);
    rig.m.current_ma = 110001;
    chg_run(&rig, 900u);
    chg_step(&rig, 99u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    chg_step(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    /* the protection opens the path */
    rig.in.blocked = LBMS_PATH_CHARGE;
    rig.m.current_ma = 0;
    chg_step(&rig, 100u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    ck_assert_uint_eq(rig.charge.state, 0u);
}
END_TEST

START_TEST(a_limiter_that_lets_110_a_pass_has_not_failed)
{
    struct rig rig;

    start_limiting(&rig);
    rig.m.current_ma = 110000;
    chg_run(&rig, 200000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    ck_assert(rig.charge.use_limiter);
}
END_TEST

START_TEST(over_current_through_the_limiter_counts_in_gentle_charging_too)
{
    struct rig rig;

    start_charge(&rig, 5000);
    measured_cell(&rig.m, 3u, 2500u);
    chg_step(&rig, 100u);
    rig.m.current_ma = 110001;
    chg_step(&rig, 100u);
    chg_run(&rig, 900u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
    chg_run(&rig, 100u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
}
END_TEST

START_TEST(a_lower_start_limits_earlier_and_a_lower_protection_as_well)
{
    struct rig rig;

    start_charge(&rig, 50000);
    rig.params.v[LBMS_PARAM_LIMITER_START_MA] = 60000;
    rig.m.current_ma = 60000;
    chg_run(&rig, 5000u);
    ck_assert(!rig.charge.use_limiter);
    rig.m.current_ma = 60001;
    chg_run(&rig, 1100u);
    ck_assert(rig.charge.use_limiter);
    /* 60 A are not too much for the protection */
    chg_run(&rig, 5000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));

    /* The protection waits for the limiter: without this the 80 A would mean nothing up to 110 A. */
    start_charge(&rig, 50000);
    rig.params.v[LBMS_PARAM_CHARGE_OC_PROTECT_MA] = 80000;
    rig.m.current_ma = 80001;
    chg_run(&rig, 1100u);
    ck_assert(rig.charge.use_limiter);
    chg_run(&rig, 1000u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_LIMITER_FAILED));
}
END_TEST

START_TEST(the_times_do_not_depend_on_the_step_rate_and_survive_the_wrap)
{
    static const uint32_t periods_ms[] = {10u, 100u, 500u, 1000u};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        start_charge(&rig, 50000);
        rig.period_ms = periods_ms[i];
        rig.offset_ms = UINT32_MAX - (uint32_t)rig.time_ms - 500u;
        rig.m.current_ma = 120000;
        chg_step(&rig, 0u);
        chg_run(&rig, 990u);
        ck_assert(!rig.charge.use_limiter);
        chg_run(&rig, 10u);
        ck_assert(rig.charge.use_limiter);
        rig.m.current_ma = 10000; /* wrapped in the second before; once more in the 5 min */
        start_limiting(&rig);
        lbms_limiter_init(&rig.charge.limiter);
        rig.period_ms = periods_ms[i];
        rig.offset_ms = UINT32_MAX - (uint32_t)rig.time_ms - 100000u;
        rig.m.current_ma = 120000;
        chg_step(&rig, 0u);
        chg_run(&rig, 1000u);
        rig.m.current_ma = 10000;
        chg_run(&rig, 299990u);
        ck_assert(rig.charge.use_limiter);
        chg_run(&rig, 10u);
        ck_assert(!rig.charge.use_limiter);
    }
}
END_TEST

SUITE("battery/limiter", CASE("R-PROT-04", more_than_110_a_for_1_s_passes_through_the_limiter),
      CASE("R-TECH-06", a_charge_current_of_110_a_is_not_limited), CASE("", a_break_starts_the_1_s_anew),
      CASE("R-PROT-01", a_current_that_cannot_be_believed_neither_starts_nor_stops_the_1_s),
      CASE("", after_5_min_the_charge_switch_is_tried_again),
      CASE("", a_discharge_of_more_than_1_a_ends_the_limiting_at_once),
      CASE("", removal_of_the_charger_ends_the_limiting_at_once),
      CASE("", an_open_charge_path_sleep_or_a_write_that_disables_it_end_the_limiting),
      CASE("", without_a_limiter_or_with_it_disabled_the_protection_acts_alone),
      CASE("R-PROT-04 R-PROT-07",
           over_current_that_goes_on_for_another_second_means_that_the_limiter_has_failed),
      CASE("R-TECH-06", a_limiter_that_lets_110_a_pass_has_not_failed),
      CASE("R-PROT-04", over_current_through_the_limiter_counts_in_gentle_charging_too),
      CASE("R-PROT-04", a_lower_start_limits_earlier_and_a_lower_protection_as_well),
      CASE("", the_times_do_not_depend_on_the_step_rate_and_survive_the_wrap))
