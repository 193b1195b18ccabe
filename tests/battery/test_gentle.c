/* Gentle charging of a deeply discharged pack. */
#include <string.h>

#include "charge_rig.h"
#include "support/suite.h"

#define NO_LIMITER(rig) ((rig)->params.v[LBMS_PARAM_LIMITER_FITTED] = 0)

/* A pack with 2.7 V cells, and then one of 2.55 V: being charged gently at 5 A. */
static void start_low(struct rig *rig)
{
    chg_start(rig);
    measured_cells(&rig->m, 2800u);
    measured_cell(&rig->m, 9u, 2550u);
    chg_charge(rig, 5000);
    chg_step(rig, 100u);
}

static bool is_gentle(struct rig *rig)
{
    chg_step(rig, 100u);
    return chg_state(rig, LBMS_STATE_GENTLE);
}

START_TEST(below_44_0_v_charging_is_gentle)
{
    struct rig rig;

    chg_start(&rig);
    rig.m.pack_mv = 44000;
    ck_assert(!is_gentle(&rig));
    rig.m.pack_mv = 43999;
    ck_assert(is_gentle(&rig));
}
END_TEST

START_TEST(with_a_cell_below_2600_mv_charging_is_gentle)
{
    struct rig rig;

    chg_start(&rig);
    measured_cell(&rig.m, 3u, 2600u);
    ck_assert(!is_gentle(&rig));
    measured_cell(&rig.m, 3u, 2599u);
    ck_assert(is_gentle(&rig));
}
END_TEST

START_TEST(with_the_cell_fault_charging_is_gentle)
{
    struct rig rig;

    chg_start(&rig);
    rig.in.faults = ~LBMS_MASK(LBMS_FAULT_CELL);
    ck_assert(!is_gentle(&rig));
    rig.in.faults = LBMS_MASK(LBMS_FAULT_CELL);
    ck_assert(is_gentle(&rig));
    chg_run(&rig, 60000u); /* as long as the fault lasts */
    ck_assert(is_gentle(&rig));
}
END_TEST

START_TEST(one_low_cell_is_enough_although_another_cannot_be_believed)
{
    struct rig rig;

    chg_start(&rig);
    measured_cell(&rig.m, 3u, 2599u);
    measured_lose_cell(&rig.m, 8u);
    ck_assert(is_gentle(&rig));
}
END_TEST

START_TEST(voltages_that_cannot_be_believed_begin_nothing)
{
    struct rig rig;

    chg_start(&rig);
    measured_cells(&rig.m, 2000u);
    rig.m.valid &= (uint16_t) ~(LBMS_VALID_PACK | LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE);
    ck_assert(!is_gentle(&rig));
    measured_cells(&rig.m, RESTED_CELL_MV); /* the cells are good, and the pack voltage alone is in doubt */
    rig.m.pack_mv = 32000;
    ck_assert(!is_gentle(&rig));
    measured_cells(&rig.m, 2000u); /* and the other way round */
    rig.m.valid &= (uint16_t) ~(LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE);
    rig.m.valid |= LBMS_VALID_PACK;
    rig.m.pack_mv = RESTED_PACK_MV;
    ck_assert(!is_gentle(&rig));
}
END_TEST

START_TEST(with_a_limiter_the_charge_current_passes_through_it)
{
    struct rig rig;

    start_low(&rig);
    ck_assert(rig.charge.use_limiter);
    ck_assert(chg_state(&rig, LBMS_STATE_LIMITER | LBMS_STATE_GENTLE));
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    rig.in.blocked = LBMS_PATH_CHARGE; /* then nothing is limited */
    chg_step(&rig, 100u);
    ck_assert(!chg_state(&rig, LBMS_STATE_LIMITER));
    rig.in.blocked = LBMS_PATH_DISCHARGE;
    chg_step(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_LIMITER));
}
END_TEST

START_TEST(without_a_limiter_or_with_it_disabled_the_charge_switch_is_used)
{
    static const uint8_t off[] = {LBMS_PARAM_LIMITER_FITTED, LBMS_PARAM_LIMITER_ENABLE};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        start_low(&rig);
        rig.params.v[off[i]] = 0;
        ck_assert(is_gentle(&rig));
        ck_assert(!rig.charge.use_limiter);
        ck_assert(!rig.charge.limiter_armed);
        ck_assert(!chg_state(&rig, LBMS_STATE_LIMITER));
    }
}
END_TEST

/* Do these voltages end gentle charging? If so, after 10 s. */
static bool ends(int32_t pack_mv, uint16_t cell_mv, uint16_t lost)
{
    struct rig rig;

    start_low(&rig);
    measured_cell(&rig.m, 9u, cell_mv);
    rig.m.pack_mv = pack_mv;
    rig.m.valid &= (uint16_t)~lost;
    chg_step(&rig, 100u);
    chg_run(&rig, 9900u);
    chg_step(&rig, 99u);
    ck_assert(chg_state(&rig, LBMS_STATE_GENTLE));
    chg_step(&rig, 1u);
    ck_assert(rig.charge.use_limiter == chg_state(&rig, LBMS_STATE_GENTLE));
    return !chg_state(&rig, LBMS_STATE_GENTLE);
}

START_TEST(it_ends_at_44_8_v_with_every_cell_at_2700_mv_for_10_s)
{
    ck_assert(ends(44800, 2700u, 0u));
    ck_assert(!ends(44799, 2700u, 0u));
    ck_assert(!ends(44800, 2699u, 0u));
}
END_TEST

START_TEST(voltages_that_cannot_be_believed_end_nothing)
{
    ck_assert(!ends(44800, 2700u, LBMS_VALID_PACK));
    ck_assert(!ends(44800, 2700u, LBMS_VALID_CELLS));
}
END_TEST

START_TEST(a_fall_in_between_starts_the_10_s_anew)
{
    struct rig rig;
    unsigned i;

    start_low(&rig);
    for (i = 0u; i < 5u; i++) {
        measured_cell(&rig.m, 9u, 2700u);
        chg_run(&rig, 10000u);
        measured_cell(&rig.m, 9u, 2699u);
        chg_step(&rig, 100u);
        ck_assert(chg_state(&rig, LBMS_STATE_GENTLE));
    }
}
END_TEST

/* On whole seconds, so that the first second counts. */
static void start_low_by_seconds(struct rig *rig)
{
    start_low(rig);
    rig->time_ms += 1000u - (rig->time_ms % 1000u);
    chg_step(rig, 0u);
    rig->charge.gentle.charged_s = 0u;
    rig->period_ms = 1000u;
}

START_TEST(after_more_than_2_h_of_charge_current_a_cell_counts_as_stuck)
{
    struct rig rig;

    start_low_by_seconds(&rig);
    rig.m.current_ma = 500;
    chg_run_s(&rig, 7200u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    chg_run_s(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    rig.m.current_ma = 0;
    chg_run_s(&rig, 10000u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
}
END_TEST

START_TEST(only_time_with_charge_current_adds_up)
{
    struct rig rig;

    start_low_by_seconds(&rig);
    chg_run_s(&rig, 4000u);
    rig.m.current_ma = 499;
    chg_run_s(&rig, 4000u);
    rig.m.current_ma = -5000;
    chg_run_s(&rig, 4000u);
    rig.m.current_ma = 5000;
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_run_s(&rig, 4000u);
    rig.m.valid |= LBMS_VALID_CURRENT;
    rig.in.asleep = true;
    chg_run_s(&rig, 4000u);
    rig.in.asleep = false;
    chg_run_s(&rig, 3201u); /* the first second after waking may be sleep */
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    chg_run_s(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
}
END_TEST

START_TEST(a_long_time_in_one_step_is_counted_once_and_fits)
{
    struct rig rig;

    start_low_by_seconds(&rig);
    rig.params.v[LBMS_PARAM_GENTLE_CHARGE_MAX_S] = 43200;
    chg_run_s(&rig, 100u);
    chg_step(&rig, 100000000u);
    chg_run_s(&rig, 100u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    ck_assert_uint_eq(rig.charge.gentle.charged_s, 43201u);
}
END_TEST

START_TEST(the_end_of_gentle_charging_forgets_its_time)
{
    struct rig rig;

    start_low_by_seconds(&rig);
    chg_run_s(&rig, 8000u);
    measured_cell(&rig.m, 9u, 2700u);
    chg_run_s(&rig, 11u);
    ck_assert_uint_eq(rig.charge.state, 0u);
    ck_assert_uint_eq(rig.charge.conditions, 0u);
    measured_cell(&rig.m, 9u, 2500u);
    chg_run_s(&rig, 7000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
}
END_TEST

START_TEST(its_time_does_not_depend_on_the_step_rate_and_survives_the_wrap)
{
    static const uint32_t periods_ms[] = {10u, 100u, 700u, 1000u};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        start_low_by_seconds(&rig);
        rig.offset_ms = UINT32_MAX - (uint32_t)rig.time_ms - 3000000u;
        rig.period_ms = periods_ms[i];
        chg_run_s(&rig, 7200u);
        ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
        chg_run_s(&rig, 1u);
        ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    }
}
END_TEST

START_TEST(its_time_goes_on_after_a_restart)
{
    struct lbms_memory memory;
    struct rig rig;

    start_low_by_seconds(&rig);
    chg_run_s(&rig, 7000u);
    memset(&memory, 0, sizeof(memory));
    memory.valid = true;
    lbms_charge_save(&rig.charge, &memory);
    ck_assert_uint_eq(memory.gentle_s, 7000u);

    chg_restart(&rig, &memory);
    ck_assert(chg_state(&rig, LBMS_STATE_GENTLE));
    measured_cell(&rig.m, 9u, 2650u); /* neither low nor recovered: it stays what it was */
    chg_charge(&rig, 5000);
    chg_step(&rig, 0u);
    chg_run_s(&rig, 200u);
    ck_assert(chg_state(&rig, LBMS_STATE_GENTLE));
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    chg_run_s(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
}
END_TEST

START_TEST(one_second_of_it_before_a_restart_is_enough_to_go_on)
{
    struct lbms_memory memory;
    struct rig rig;
    uint16_t s;

    for (s = 0u; s < 2u; s++) {
        memset(&memory, 0, sizeof(memory));
        memory.valid = true;
        memory.gentle_s = s;
        chg_restart(&rig, &memory);
        measured_cell(&rig.m, 9u, 2650u); /* neither low nor recovered */
        ck_assert(is_gentle(&rig) == (s == 1u));
    }
}
END_TEST

START_TEST(service_gives_a_stuck_cell_another_2_h)
{
    struct rig rig;

    start_low_by_seconds(&rig);
    chg_run_s(&rig, 7201u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    lbms_gentle_forget(&rig.charge.gentle);
    ck_assert(!rig.charge.gentle.stuck);
    chg_run_s(&rig, 7200u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
    chg_run_s(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_CELL_STUCK_LOW));
}
END_TEST

/* This current into a low pack without a limiter. */
static void start_push(struct rig *rig, int32_t current_ma)
{
    start_low(rig);
    NO_LIMITER(rig);
    chg_charge(rig, current_ma);
    chg_step(rig, 100u);
}

START_TEST(without_a_limiter_more_than_20_a_for_5_s_is_an_over_current)
{
    struct rig rig;

    start_push(&rig, 20001);
    chg_run(&rig, 4900u);
    chg_step(&rig, 99u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    chg_step(&rig, 1u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    rig.m.current_ma = 20000;
    chg_step(&rig, 100u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    chg_run(&rig, 60000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
}
END_TEST

START_TEST(a_moment_of_doubt_about_the_current_does_not_start_the_5_s_anew)
{
    struct rig rig;

    start_push(&rig, 50000);
    chg_run(&rig, 3000u);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_step(&rig, 100u);
    rig.m.valid |= LBMS_VALID_CURRENT;
    chg_run(&rig, 1800u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    chg_run(&rig, 100u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
}
END_TEST

START_TEST(with_a_limiter_or_a_pack_that_is_not_low_20_a_are_no_over_current)
{
    struct rig rig;

    start_low(&rig);
    chg_charge(&rig, 30000);
    chg_run(&rig, 60000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    chg_start(&rig);
    NO_LIMITER(&rig);
    chg_charge(&rig, 100000);
    chg_run(&rig, 60000u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
}
END_TEST

START_TEST(enabling_the_limiter_takes_the_over_current_back)
{
    struct rig rig;

    start_push(&rig, 30000);
    chg_run(&rig, 6000u);
    ck_assert(chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    rig.params.v[LBMS_PARAM_LIMITER_FITTED] = 1;
    chg_step(&rig, 100u);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_GENTLE_OC));
    ck_assert(rig.charge.use_limiter);
}
END_TEST

SUITE("battery/gentle", CASE("R-TECH-03", below_44_0_v_charging_is_gentle),
      CASE("R-TECH-03", with_a_cell_below_2600_mv_charging_is_gentle),
      CASE("R-TECH-03", with_the_cell_fault_charging_is_gentle),
      CASE("R-PROT-01", one_low_cell_is_enough_although_another_cannot_be_believed),
      CASE("R-PROT-01", voltages_that_cannot_be_believed_begin_nothing),
      CASE("R-TECH-03", with_a_limiter_the_charge_current_passes_through_it),
      CASE("R-TECH-03", without_a_limiter_or_with_it_disabled_the_charge_switch_is_used),
      CASE("R-TECH-03", it_ends_at_44_8_v_with_every_cell_at_2700_mv_for_10_s),
      CASE("R-PROT-01", voltages_that_cannot_be_believed_end_nothing),
      CASE("", a_fall_in_between_starts_the_10_s_anew),
      CASE("R-PROT-07", after_more_than_2_h_of_charge_current_a_cell_counts_as_stuck),
      CASE("", only_time_with_charge_current_adds_up),
      CASE("", a_long_time_in_one_step_is_counted_once_and_fits),
      CASE("", the_end_of_gentle_charging_forgets_its_time),
      CASE("", its_time_does_not_depend_on_the_step_rate_and_survives_the_wrap),
      CASE("R-PROT-08", its_time_goes_on_after_a_restart),
      CASE("R-PROT-08", one_second_of_it_before_a_restart_is_enough_to_go_on),
      CASE("", service_gives_a_stuck_cell_another_2_h),
      CASE("R-PROT-04", without_a_limiter_more_than_20_a_for_5_s_is_an_over_current),
      CASE("R-PROT-01", a_moment_of_doubt_about_the_current_does_not_start_the_5_s_anew),
      CASE("", with_a_limiter_or_a_pack_that_is_not_low_20_a_are_no_over_current),
      CASE("", enabling_the_limiter_takes_the_over_current_back))
