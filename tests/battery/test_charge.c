/* Charge supervision as a whole: request of a full charge, memory, independence of the parts. */
#include <string.h>

#include "charge_rig.h"
#include "support/suite.h"

#define DAYS_30_S 2592000u

START_TEST(a_pack_at_rest_needs_nothing)
{
    struct rig rig;

    chg_start(&rig);
    chg_run(&rig, 60000u);
    ck_assert_uint_eq(rig.charge.state, 0u);
    ck_assert_uint_eq(rig.charge.conditions, 0u);
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    ck_assert(!rig.charge.use_limiter);
    ck_assert(rig.charge.limiter_armed);
    ck_assert(!rig.charge.full_request);
    ck_assert(!rig.charge.heater);
    ck_assert_uint_eq(rig.entered + rig.soc_full + rig.clear_ov, 0u);
}
END_TEST

START_TEST(from_44_0_to_58_4_v_nothing_but_full_stops_charging)
{
    struct rig rig;
    uint16_t mv;

    for (mv = 2750u; mv <= 3650u; mv = (uint16_t)(mv + 50u)) {
        chg_start(&rig);
        measured_cells(&rig.m, mv);
        chg_charge(&rig, 100000);
        chg_run(&rig, 60000u);
        ck_assert_uint_eq(rig.charge.blocked, 0u);
        ck_assert_uint_eq(rig.charge.state, 0u);
        ck_assert_uint_eq(rig.charge.conditions, 0u);
    }
}
END_TEST

/* Days in steps of a minute. */
static void run_minutes(struct rig *rig, uint32_t seconds)
{
    uint32_t i;

    for (i = 0u; i < (seconds / 60u); i++) {
        chg_step(rig, 60000u);
    }
}

START_TEST(after_30_days_below_97_percent_a_full_charge_is_requested)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.soc_bp = 9699u;
    chg_step(&rig, 0u);
    run_minutes(&rig, DAYS_30_S - 60u);
    chg_step(&rig, 59000u);
    ck_assert(!rig.charge.full_request);
    chg_step(&rig, 1000u);
    ck_assert(rig.charge.full_request);
    run_minutes(&rig, DAYS_30_S); /* it stays until the charge, also when the milliseconds wrap */
    ck_assert(rig.charge.full_request);
    rig.in.soc_bp = 9700u;
    chg_step(&rig, 1000u);
    ck_assert(!rig.charge.full_request);
    ck_assert_uint_eq(rig.charge.since_full_s, 0u);
}
END_TEST

START_TEST(a_moment_at_97_percent_starts_the_30_days_anew)
{
    struct rig rig;

    chg_start(&rig);
    chg_step(&rig, 0u);
    run_minutes(&rig, DAYS_30_S - 60u);
    rig.in.soc_bp = 9700u;
    chg_step(&rig, 1000u);
    rig.in.soc_bp = 5000u;
    run_minutes(&rig, DAYS_30_S - 60u);
    ck_assert(!rig.charge.full_request);
    run_minutes(&rig, 60u);
    ck_assert(rig.charge.full_request);
}
END_TEST

START_TEST(sleep_counts_towards_the_30_days)
{
    struct rig rig;

    chg_start(&rig);
    chg_step(&rig, 0u);
    rig.in.asleep = true;
    run_minutes(&rig, DAYS_30_S - 3600u);
    rig.in.asleep = false;
    chg_step(&rig, 3599000u);
    ck_assert(!rig.charge.full_request);
    chg_step(&rig, 1000u);
    ck_assert(rig.charge.full_request);
}
END_TEST

START_TEST(the_uptime_at_the_first_step_is_no_time_that_has_passed)
{
    struct rig rig;

    chg_start(&rig);
    rig.time_ms = UINT64_C(5000000000000);
    chg_step(&rig, 0u);
    chg_step(&rig, 5000u);
    ck_assert_uint_eq(rig.charge.since_full_s, 5u);
    ck_assert(!rig.charge.full_request);
}
END_TEST

START_TEST(memory_carries_what_must_survive_and_nothing_else)
{
    struct lbms_memory before;
    struct lbms_memory after;
    struct rig rig;

    memset(&before, 0, sizeof(before));
    before.valid = true;
    before.full = true;
    before.full_soc_bp = 9876u;
    before.since_full_s = DAYS_30_S - 3u;
    before.gentle_s = 1234u;
    before.locks = 0x55u;
    chg_restart(&rig, &before);
    memset(&after, 0xA5, sizeof(after));
    lbms_charge_save(&rig.charge, &after);
    ck_assert(after.full);
    ck_assert_uint_eq(after.full_soc_bp, 9876u);
    ck_assert_uint_eq(after.since_full_s, DAYS_30_S - 3u);
    ck_assert_uint_eq(after.gentle_s, 1234u);
    ck_assert_uint_eq(after.locks, 0xA5A5A5A5u); /* belongs to others */
    ck_assert_uint_eq(after.uv_rebounds, 0xA5u);

    measured_cells(&rig.m, 3400u);
    chg_step(&rig, 0u);
    chg_run_s(&rig, 2u);
    ck_assert(!rig.charge.full_request);
    chg_run_s(&rig, 1u);
    ck_assert(rig.charge.full_request);
}
END_TEST

START_TEST(the_longest_time_since_full_does_not_wrap)
{
    struct lbms_memory memory;
    struct rig rig;

    memset(&memory, 0, sizeof(memory));
    memory.valid = true;
    memory.since_full_s = UINT32_MAX - 1u;
    chg_restart(&rig, &memory);
    chg_step(&rig, 0u);
    chg_run_s(&rig, 3u);
    ck_assert_uint_eq(rig.charge.since_full_s, UINT32_MAX);
    ck_assert(rig.charge.full_request);
}
END_TEST

START_TEST(results_go_back_to_nothing_when_their_reason_goes)
{
    struct rig rig;

    chg_start(&rig);
    rig.params.v[LBMS_PARAM_HEATER_FITTED] = 1;
    rig.in.protections = LBMS_MASK(LBMS_BIT_PACK_OV);
    rig.in.faults = LBMS_MASK(LBMS_FAULT_CELL);
    rig.in.charger_present = true;
    rig.m.temp_low_dc = 0;
    rig.m.temp_high_dc = 100;
    chg_step(&rig, 100u);
    ck_assert_uint_eq(rig.charge.state, LBMS_STATE_FULL | LBMS_STATE_GENTLE | LBMS_STATE_HEATING);
    rig.in.protections = 0u;
    rig.in.faults = 0u;
    rig.in.soc_bp = 4000u;
    rig.m.temp_low_dc = 100;
    chg_run(&rig, 10200u);
    ck_assert_uint_eq(rig.charge.state, 0u);
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    ck_assert(!rig.charge.use_limiter);
    ck_assert(!rig.charge.heater);
}
END_TEST

START_TEST(two_packs_do_not_know_of_each_other)
{
    struct rig full;
    struct rig low;

    chg_full(&full);
    chg_start(&low);
    measured_cell(&low.m, 2u, 2500u);
    chg_step(&low, 100u);
    chg_step(&full, 100u);
    ck_assert_uint_eq(full.charge.state, LBMS_STATE_FULL);
    ck_assert_uint_eq(low.charge.state, LBMS_STATE_GENTLE | LBMS_STATE_LIMITER);
}
END_TEST

SUITE("battery/charge", CASE("", a_pack_at_rest_needs_nothing),
      CASE("R-TECH-03", from_44_0_to_58_4_v_nothing_but_full_stops_charging),
      CASE("", after_30_days_below_97_percent_a_full_charge_is_requested),
      CASE("", a_moment_at_97_percent_starts_the_30_days_anew), CASE("", sleep_counts_towards_the_30_days),
      CASE("", the_uptime_at_the_first_step_is_no_time_that_has_passed),
      CASE("R-PROT-08", memory_carries_what_must_survive_and_nothing_else),
      CASE("", the_longest_time_since_full_does_not_wrap),
      CASE("", results_go_back_to_nothing_when_their_reason_goes),
      CASE("", two_packs_do_not_know_of_each_other))
