/* R-CHG-03: a full pack that stands by for two days is charged again. */
#include "charge_rig.h"
#include "support/suite.h"

#define TWO_DAYS_S 172800u

/* Full, idle at 54.4 V, in steps of 1 s; the time begins with the next one. */
static void start_standby(struct rig *rig)
{
    chg_full(rig);
    rig->time_ms -= rig->time_ms % 1000u;
    rig->period_ms = 1000u;
    chg_step(rig, 0u);
    rig->charge.full.standby_s = 0u;
}

static bool resumed(const struct rig *rig)
{
    return rig->clear_ov > 0u;
}

START_TEST(after_two_days_of_standby_the_charge_path_closes_again)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S - 1u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(rig.charge.clear_ov);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(chg_state(&rig, LBMS_STATE_RECHARGE));
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    ck_assert(!rig.charge.soc_full);
    chg_step(&rig, 100u);
    ck_assert(!rig.charge.clear_ov);
    ck_assert(chg_state(&rig, LBMS_STATE_RECHARGE));
}
END_TEST

START_TEST(the_time_is_a_parameter)
{
    struct rig rig;

    start_standby(&rig);
    rig.params.v[LBMS_PARAM_RECHARGE_STANDBY_S] = 3600;
    chg_run_s(&rig, 3599u);
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(a_charger_that_is_present_does_not_matter)
{
    struct rig rig;

    start_standby(&rig);
    chg_charge(&rig, 499);
    chg_run_s(&rig, TWO_DAYS_S);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(the_recharge_ends_with_the_next_full_condition_and_the_two_days_begin_anew)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S);
    chg_run_s(&rig, 100u);
    measured_cells(&rig.m, 3510u);
    chg_charge(&rig, 100);
    chg_run(&rig, 10000u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    chg_run(&rig, 1000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
    measured_cells(&rig.m, 3400u);
    rig.clear_ov = 0u;
    chg_run_s(&rig, TWO_DAYS_S - 1u);
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(the_recharge_lasts_until_full_whatever_happens_to_soc)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S);
    rig.in.soc_bp = 3000u;
    rig.m.current_ma = -20000;
    chg_run_s(&rig, 1000u);
    ck_assert(chg_state(&rig, LBMS_STATE_RECHARGE));
}
END_TEST

/* A current that lasts so long in the middle of the two days: does it start the time anew? */
static bool restarts(int32_t current_ma, uint32_t lasts_ms)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, 100000u);
    rig.period_ms = 1u;
    rig.m.current_ma = current_ma;
    chg_run(&rig, lasts_ms);
    rig.m.current_ma = 0;
    rig.period_ms = 1000u;
    chg_run_s(&rig, TWO_DAYS_S - 100000u + 60u); /* the time of the current itself does not count */
    return !resumed(&rig);
}

START_TEST(only_more_than_10_s_of_current_starts_the_time_anew)
{
    /* a current that is seen in the steps from 1 ms to n ms has lasted for n - 1 ms */
    ck_assert(!restarts(-500, 10001u));
    ck_assert(restarts(-500, 10002u));
    ck_assert(!restarts(500, 10001u));
    ck_assert(restarts(500, 10002u));
    ck_assert(!restarts(499, 60000u));
    ck_assert(!restarts(-499, 60000u));
}
END_TEST

START_TEST(current_in_alternating_directions_is_one_interruption)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, 1000u);
    rig.m.current_ma = 5000;
    chg_run_s(&rig, 6u);
    rig.m.current_ma = -5000;
    chg_run_s(&rig, 6u);
    rig.m.current_ma = 0;
    chg_run_s(&rig, TWO_DAYS_S - 1u);
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(short_currents_pause_the_time)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, 100000u);
    rig.m.current_ma = -5000;
    chg_run_s(&rig, 9u);
    rig.m.current_ma = 0;
    chg_run_s(&rig, 72799u);
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(a_current_that_cannot_be_believed_is_not_idle)
{
    struct rig rig;

    start_standby(&rig);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    chg_run_s(&rig, TWO_DAYS_S + 100u);
    ck_assert(!resumed(&rig));
}
END_TEST

START_TEST(the_time_does_not_run_in_sleep)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, 100000u);
    rig.in.asleep = true;
    chg_step(&rig, 1000u);
    chg_step(&rig, 200000000u); /* 55 h in one step */
    ck_assert(!resumed(&rig));
    rig.in.asleep = false;
    chg_run_s(&rig, TWO_DAYS_S); /* the first second after waking is not counted: it may be sleep */
    ck_assert(!resumed(&rig));
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

/* The resume waits while this is so, and comes when it is over. */
static void expect_wait(uint32_t protections, uint8_t fault_blocked, bool waits)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S - 10u);
    rig.in.protections = protections;
    rig.in.fault_blocked = fault_blocked;
    chg_run_s(&rig, 1000u);
    ck_assert(resumed(&rig) == !waits);
    rig.in.protections = 0u;
    rig.in.fault_blocked = 0u;
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}

START_TEST(the_resume_waits_for_the_end_of_over_voltage_alarms)
{
    static const struct {
        uint16_t cell_mv;
        int32_t pack_mv;
        bool waits;
    } cases[] = {{3550u, 54240, false}, {3551u, 54240, true}, {3390u, 56800, false}, {3390u, 56801, true}};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct rig rig;

        start_standby(&rig);
        measured_cell(&rig.m, 4u, cases[i].cell_mv);
        rig.m.pack_mv = cases[i].pack_mv;
        chg_run_s(&rig, TWO_DAYS_S + 10u);
        ck_assert(resumed(&rig) == !cases[i].waits);
    }
}
END_TEST

START_TEST(the_resume_waits_for_temperatures_that_hold_the_charge_path)
{
    expect_wait(LBMS_MASK(LBMS_BIT_CHARGE_OT), 0u, true);
    expect_wait(LBMS_MASK(LBMS_BIT_CHARGE_UT), 0u, true);
    expect_wait(LBMS_MASK(LBMS_BIT_MOSFET_OT), 0u, true);
    expect_wait(LBMS_MASK(LBMS_BIT_AMBIENT_OT), 0u, true);
    expect_wait(LBMS_MASK(LBMS_BIT_AMBIENT_UT), 0u, true);
    expect_wait(LBMS_MASK(LBMS_BIT_DISCHARGE_OT) | LBMS_MASK(LBMS_BIT_CHARGE_OC), 0u, false);
}
END_TEST

START_TEST(the_resume_waits_for_faults_that_hold_the_charge_path)
{
    expect_wait(0u, LBMS_PATH_CHARGE, true);
    expect_wait(0u, LBMS_PATHS_BOTH, true);
    expect_wait(0u, LBMS_PATH_DISCHARGE, false);
}
END_TEST

START_TEST(the_resume_waits_for_voltages_that_can_be_believed)
{
    struct rig rig;

    start_standby(&rig);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CELLS;
    chg_run_s(&rig, TWO_DAYS_S + 10u);
    ck_assert(!resumed(&rig));
    rig.m.valid |= LBMS_VALID_CELLS;
    chg_run_s(&rig, 1u);
    ck_assert(resumed(&rig));
}
END_TEST

START_TEST(latched_over_voltage_does_not_keep_the_resume_and_a_new_trip_ends_it)
{
    struct rig rig;

    start_standby(&rig);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    rig.in.blocked = LBMS_PATH_CHARGE;
    chg_run_s(&rig, TWO_DAYS_S);
    ck_assert(resumed(&rig));
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    chg_step(&rig, 100u); /* the bits may need a step to go */
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    rig.in.protections = 0u;
    rig.in.blocked = 0u;
    chg_run(&rig, 1000u);
    ck_assert(chg_state(&rig, LBMS_STATE_RECHARGE));
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_step(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
}
END_TEST

START_TEST(an_over_voltage_trip_in_the_step_of_the_resume_wins)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S - 1u);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_run_s(&rig, 1u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
    ck_assert(!resumed(&rig));
}
END_TEST

START_TEST(the_recovery_voltage_ends_full_without_force)
{
    struct rig rig;

    start_standby(&rig);
    chg_run_s(&rig, TWO_DAYS_S - 100u);
    rig.m.pack_mv = 53200;
    chg_run_s(&rig, 200u);
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
    ck_assert(!chg_state(&rig, LBMS_STATE_RECHARGE));
    ck_assert(!resumed(&rig));
}
END_TEST

START_TEST(a_pack_that_is_not_full_does_not_stand_by)
{
    struct rig rig;

    chg_start(&rig);
    measured_cells(&rig.m, 3400u);
    rig.period_ms = 1000u;
    chg_run_s(&rig, TWO_DAYS_S + 100u);
    ck_assert(!resumed(&rig));
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_run_s(&rig, 100u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(the_two_days_do_not_depend_on_the_step_rate_and_survive_the_wrap)
{
    static const uint32_t periods_ms[] = {50u, 300u, 1000u};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        start_standby(&rig);
        rig.params.v[LBMS_PARAM_RECHARGE_STANDBY_S] = 7200;
        rig.period_ms = periods_ms[i];
        rig.offset_ms = UINT32_MAX - (uint32_t)rig.time_ms - 3600000u;
        chg_run_s(&rig, 7199u);
        ck_assert(!resumed(&rig));
        chg_run_s(&rig, 1u);
        ck_assert(resumed(&rig));
    }
}
END_TEST

SUITE("battery/full_resume", CASE("R-CHG-03", after_two_days_of_standby_the_charge_path_closes_again),
      CASE("R-CHG-04", the_time_is_a_parameter), CASE("R-CHG-03", a_charger_that_is_present_does_not_matter),
      CASE("R-CHG-03", the_recharge_ends_with_the_next_full_condition_and_the_two_days_begin_anew),
      CASE("R-CHG-03", the_recharge_lasts_until_full_whatever_happens_to_soc),
      CASE("R-CHG-03", only_more_than_10_s_of_current_starts_the_time_anew),
      CASE("R-CHG-03", current_in_alternating_directions_is_one_interruption),
      CASE("R-CHG-03", short_currents_pause_the_time),
      CASE("R-CHG-03 R-PROT-01", a_current_that_cannot_be_believed_is_not_idle),
      CASE("R-CHG-03", the_time_does_not_run_in_sleep),
      CASE("R-CHG-03", the_resume_waits_for_the_end_of_over_voltage_alarms),
      CASE("R-CHG-03", the_resume_waits_for_temperatures_that_hold_the_charge_path),
      CASE("R-CHG-03", the_resume_waits_for_faults_that_hold_the_charge_path),
      CASE("R-CHG-03 R-PROT-01", the_resume_waits_for_voltages_that_can_be_believed),
      CASE("R-CHG-03", latched_over_voltage_does_not_keep_the_resume_and_a_new_trip_ends_it),
      CASE("R-CHG-03", an_over_voltage_trip_in_the_step_of_the_resume_wins),
      CASE("R-CHG-02 R-CHG-03", the_recovery_voltage_ends_full_without_force),
      CASE("R-CHG-03", a_pack_that_is_not_full_does_not_stand_by),
      CASE("R-CHG-03", the_two_days_do_not_depend_on_the_step_rate_and_survive_the_wrap))
