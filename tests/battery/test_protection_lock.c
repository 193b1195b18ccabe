/* Retries, consecutive trips, locks and their ways out; repeated under-voltage; what a user, service and a reset change. */
#include <string.h>

#include "protection_rig.h"
#include "support/suite.h"

#define RETRY_MS 60000u

/* Over-current for long enough for its level, but, above 150 A, not for level 1 too; ends with no current. */
static void overload(struct rig *rig, int32_t ma)
{
    rig->m.current_ma = ma;
    rig_run(rig, (ma > 150000 || ma < -150000) ? 700u : 2000u);
    rig->m.current_ma = 0;
}

static const struct {
    uint8_t bit;
    int32_t ma;      /* beyond its limit */
    int32_t help_ma; /* one mA less does not help */
    bool unlocks;    /* the helping current also ends a lock */
} over_currents[] = {
    {LBMS_BIT_CHARGE_OC, 110001, -1001, false},
    {LBMS_BIT_CHARGE_OC2, 150001, -1001, false},
    {LBMS_BIT_DISCHARGE_OC, -110001, 501, true},
    {LBMS_BIT_DISCHARGE_OC2, -150001, 501, true},
};
#define OVER_CURRENTS (sizeof(over_currents) / sizeof(over_currents[0]))

START_TEST(an_over_current_is_tried_again_after_a_minute)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OVER_CURRENTS; i++) {
        uint32_t took_ms;

        rig_start(&rig);
        rig.m.current_ma = over_currents[i].ma;
        ck_assert(rig_until(&rig, rig_protection(over_currents[i].bit), true, 2000u) != NEVER);
        rig.m.current_ma = 0;
        took_ms = rig_until(&rig, rig_protection(over_currents[i].bit), false, 2u * MINUTE_MS);
        ck_assert_msg(took_ms + 10u >= RETRY_MS && took_ms <= RETRY_MS + 110u, "%u", (unsigned)took_ms);
    }
}
END_TEST

START_TEST(a_second_of_opposite_current_releases_an_over_current)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OVER_CURRENTS; i++) {
        const int32_t less = (over_currents[i].help_ma > 0) ? -1 : 1;

        rig_start(&rig);
        overload(&rig, over_currents[i].ma);
        rig.m.current_ma = over_currents[i].help_ma + less;
        rig_run(&rig, 10000u);
        ck_assert(rig_shows(&rig, rig_protection(over_currents[i].bit)));
        rig.m.current_ma = over_currents[i].help_ma;
        rig_run(&rig, 500u);
        rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT; /* not known: begins anew */
        rig_step(&rig);
        rig.m.valid |= LBMS_VALID_CURRENT;
        ck_assert_uint_eq(rig_until(&rig, rig_protection(over_currents[i].bit), false, 5000u), 1000u);
    }
}
END_TEST

/* Trips, is tried again after the retry time, and trips again so soon after that. */
static void trip_again(struct rig *rig, unsigned index, uint32_t pause_ms)
{
    ck_assert(rig_until(rig, rig_protection(over_currents[index].bit), false, 2u * RETRY_MS) != NEVER);
    rig_run(rig, pause_ms);
    overload(rig, over_currents[index].ma);
}

START_TEST(five_consecutive_trips_lock)
{
    struct rig rig;
    unsigned i;
    unsigned trip;

    for (i = 0u; i < OVER_CURRENTS; i++) {
        rig_start(&rig);
        rig.step_ms = 100u;
        overload(&rig, over_currents[i].ma);
        for (trip = 2u; trip <= 5u; trip++) {
            ck_assert_uint_eq(rig.engine.locks, 0u);
            trip_again(&rig, i, 50000u);
        }
        ck_assert_uint_eq(rig.engine.locks, LBMS_MASK(over_currents[i].bit));
        rig_run(&rig, 24u * 60u * MINUTE_MS);
        ck_assert(rig_shows(&rig, rig_protection(over_currents[i].bit)));
        ck_assert_uint_eq(rig.engine.fault_blocked, 0u);
        rig.m.current_ma = over_currents[i].help_ma;
        rig_run(&rig, 2000u);
        ck_assert(rig_shows(&rig, rig_protection(over_currents[i].bit)) == !over_currents[i].unlocks);
        rig.m.current_ma = 0;
        lbms_protection_user(&rig.engine);
        rig_step(&rig);
        ck_assert_uint_eq(rig.engine.protections, 0u);
        ck_assert_uint_eq(rig.engine.locks, 0u);
    }
}
END_TEST

START_TEST(a_trip_more_than_a_minute_after_the_last_release_counts_as_the_first)
{
    struct rig rig;
    unsigned trip;

    rig_start(&rig);
    rig.step_ms = 100u;
    overload(&rig, over_currents[2].ma);
    for (trip = 2u; trip <= 10u; trip++) {
        trip_again(&rig, 2u, 60000u);
        ck_assert_uint_eq(rig.engine.locks, 0u);
    }
    rig_start(&rig); /* ten minutes without a trip are forgotten */
    rig.step_ms = 100u;
    rig_write(&rig, LBMS_PARAM_LOCK_CONSECUTIVE_S, 600);
    overload(&rig, over_currents[2].ma);
    for (trip = 2u; trip <= 5u; trip++) {
        trip_again(&rig, 2u, 601000u);
    }
    ck_assert_uint_eq(rig.engine.locks, 0u);
}
END_TEST

START_TEST(a_fault_that_comes_three_times_in_ten_minutes_stays)
{
    struct rig rig;
    unsigned time;

    rig_start(&rig);
    rig.step_ms = 100u;
    for (time = 1u; time <= 3u; time++) {
        rig_condition(&rig, LBMS_CONDITION_CURRENT_LOST, true);
        rig_step(&rig);
        rig_condition(&rig, LBMS_CONDITION_CURRENT_LOST, false);
        rig_run(&rig, 5u * MINUTE_MS);
        ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_CURRENT)) == (time == 3u));
    }
    lbms_protection_user(&rig.engine); /* only a restart helps */
    rig_run(&rig, 30u * MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    ck_assert_uint_eq(rig.engine.locks, 0u); /* a lock is a protection's */
}
END_TEST

/* A short circuit that the AFE has seen; its latch opens again once the switches are commanded open. */
static void short_circuit(struct rig *rig)
{
    rig->m.afe_flags = LBMS_AFE_SHORT_CIRCUIT;
    rig_run(rig, 200u);
    rig->m.afe_flags = 0u;
}

START_TEST(after_a_short_circuit_the_load_is_tested_once_a_minute)
{
    struct rig rig;

    rig_start(&rig);
    short_circuit(&rig);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    rig_run(&rig, RETRY_MS - 500u);
    ck_assert(!rig.engine.probe_load);
    rig_run(&rig, 500u);
    ck_assert(rig.engine.probe_load);
    rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, true); /* the test has failed */
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, false);
    rig_step(&rig);
    ck_assert(!rig.engine.probe_load);
    rig_run(&rig, RETRY_MS + 200u);
    ck_assert(rig.engine.probe_load);
    rig_condition(&rig, LBMS_CONDITION_LOAD_REMOVED, true);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert(!rig.engine.probe_load);
}
END_TEST

START_TEST(three_failed_load_tests_lock_and_a_charger_does_not_unlock)
{
    struct rig rig;
    unsigned test;

    rig_start(&rig);
    rig.step_ms = 100u;
    short_circuit(&rig);
    for (test = 0u; test < 3u; test++) {
        ck_assert_uint_eq(rig.engine.locks, 0u);
        rig_run(&rig, RETRY_MS + 200u);
        ck_assert(rig.engine.probe_load);
        rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, true);
        rig_step(&rig);
        rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, false);
    }
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.locks, LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT));
    ck_assert_uint_eq(rig.engine.fault_blocked, LBMS_PATHS_BOTH);
    rig.in.charger_present = true;
    rig_run(&rig, 60u * MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    ck_assert(!rig.engine.probe_load);
    lbms_protection_user(&rig.engine);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
}
END_TEST

START_TEST(the_third_consecutive_short_circuit_locks)
{
    struct rig rig;
    unsigned time;

    rig_start(&rig);
    rig.step_ms = 100u;
    for (time = 1u; time <= 3u; time++) {
        short_circuit(&rig);
        ck_assert((rig.engine.locks != 0u) == (time == 3u));
        rig_run(&rig, RETRY_MS + 200u);
        rig_condition(&rig, LBMS_CONDITION_LOAD_REMOVED, true);
        rig_step(&rig);
        rig_condition(&rig, LBMS_CONDITION_LOAD_REMOVED, false);
        rig_run(&rig, 30000u);
    }
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
}
END_TEST

START_TEST(a_charger_releases_a_short_circuit_after_the_retry_time)
{
    struct rig rig;

    rig_start(&rig);
    short_circuit(&rig);
    rig.in.charger_present = true;
    rig_run(&rig, RETRY_MS - 500u);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    rig_run(&rig, 700u);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
}
END_TEST

START_TEST(without_pre_charge_the_load_detection_of_the_afe_decides)
{
    struct rig rig;

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_PRECHARGE_FITTED, 0);
    short_circuit(&rig);
    rig_run(&rig, 2u * RETRY_MS);
    ck_assert(!rig.engine.probe_load);
    ck_assert_uint_eq(rig.engine.blocked,
                      LBMS_PATHS_BOTH); /* no load is shown, but perhaps it cannot be shown */
    rig.m.afe_flags = LBMS_AFE_LOAD_PRESENT;
    rig_run(&rig, 1000u);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    rig.m.afe_flags = 0u;
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
}
END_TEST

START_TEST(the_load_is_not_tested_against_another_protection_of_the_discharge_path)
{
    struct rig rig;

    rig_start(&rig);
    short_circuit(&rig);
    rig.m.temp_low_dc = -201;
    rig_run(&rig, RETRY_MS + 5000u);
    ck_assert(!rig.engine.probe_load);
    rig.m.temp_low_dc = -5; /* charging only is too cold: no reason */
    rig_run(&rig, 5000u);
    rig.m.temp_low_dc = -150;
    rig_run(&rig, 5000u);
    ck_assert(rig.engine.probe_load);
}
END_TEST

/* Under-voltage, and release by the voltage alone. */
static void rebound(struct rig *rig)
{
    measured_cell(&rig->m, 6u, 2599u);
    ck_assert(rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), true, 5000u) != NEVER);
    measured_cell(&rig->m, 6u, 2900u);
    ck_assert(rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), false, 5000u) != NEVER);
}

static void rebound_three_times(struct rig *rig, uint32_t pause_ms)
{
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        rebound(rig);
        rig_run(rig, pause_ms);
    }
    measured_cell(&rig->m, 6u, 2599u);
    rig_run(rig, 2000u);
    measured_cell(&rig->m, 6u, 2900u);
}

START_TEST(after_three_rebounds_in_ten_minutes_an_under_voltage_needs_ten_seconds_of_charge)
{
    struct rig rig;

    rig_start(&rig);
    rebound_three_times(&rig, 100000u);
    rig_run(&rig, 60u * MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    rig.m.current_ma = 499;
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    rig.m.current_ma = 500;
    rig_run(&rig, 9900u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    rig_run(&rig, 1300u); /* 10 s, and the release delay, which runs from then on */
    ck_assert(!rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    rig.m.current_ma = 0;
    rebound(&rig); /* begins anew */
}
END_TEST

START_TEST(rebounds_that_are_far_apart_are_no_repetition)
{
    struct rig rig;

    rig_start(&rig);
    rig.step_ms = 100u;
    rebound_three_times(&rig, 601000u);
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_CELL_UV), false, 5000u) != NEVER);
}
END_TEST

START_TEST(both_rows_of_a_group_are_one_rebound)
{
    struct rig rig;
    unsigned i;

    rig_start(&rig);
    for (i = 0u; i < 3u; i++) {
        measured_cells(&rig.m, 2590u);
        rig_run(&rig, 2000u);
        measured_cells(&rig.m, 3100u);
        rig_run(&rig, 2000u);
        ck_assert_uint_eq(rig.engine.protections, 0u);
        ck_assert_uint_eq(rig.engine.uv_rebounds, i + 1u);
    }
}
END_TEST

START_TEST(a_user_ends_the_repetition_and_has_under_voltage_judged_by_its_trip_level)
{
    struct rig rig;

    rig_start(&rig);
    rebound_three_times(&rig, 1000u);
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    measured_cell(&rig.m, 6u, 2600u); /* below the release level */
    rig_lose(&rig, &voltage_rows[2]); /* not known yet */
    lbms_protection_user(&rig.engine);
    rig_run(&rig, 1000u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    rig_regain(&rig, &voltage_rows[2]);
    rig_step(&rig);
    ck_assert(!rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    ck_assert_uint_eq(rig.engine.uv_rebounds, 0u);

    measured_cell(&rig.m, 6u, 2599u);
    rig_run(&rig, 2000u);
    lbms_protection_user(&rig.engine); /* still beyond: not even for a moment */
    rig_step(&rig);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
    measured_cell(&rig.m, 6u, 2600u); /* it was judged: from now on the release level counts */
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
}
END_TEST

static const struct {
    uint8_t fault;
    uint8_t condition;
} service_faults[] = {
    {LBMS_FAULT_CHARGE_MOSFET, LBMS_CONDITION_CHARGE_MOSFET},
    {LBMS_FAULT_DISCHARGE_MOSFET, LBMS_CONDITION_DISCHARGE_MOSFET},
    {LBMS_FAULT_TRIP_UNIT, LBMS_CONDITION_HAZARD},
    {LBMS_FAULT_CELL, LBMS_CONDITION_CELL_STUCK_LOW},
};
#define SERVICE_FAULTS (sizeof(service_faults) / sizeof(service_faults[0]))

START_TEST(latched_faults_wait_for_service_and_service_for_the_end_of_the_cause)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < SERVICE_FAULTS; i++) {
        rig_start(&rig);
        rig_condition(&rig, service_faults[i].condition, true);
        rig_step(&rig);
        ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_ERR_STATE);
        rig_step(&rig);
        ck_assert(rig_shows(&rig, rig_fault(service_faults[i].fault)));
        rig_condition(&rig, service_faults[i].condition, false);
        lbms_protection_user(&rig.engine);
        rig_run(&rig, 20u * MINUTE_MS);
        ck_assert(rig_shows(&rig, rig_fault(service_faults[i].fault)));
        ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_OK);
        rig_step(&rig);
        ck_assert_uint_eq(rig.engine.faults, 0u);
        ck_assert_uint_eq(rig.engine.blocked, 0u);
    }
}
END_TEST

START_TEST(a_dead_cell_waits_for_service_which_needs_to_see_it_alive)
{
    struct rig rig;

    rig_start(&rig);
    measured_cells(&rig.m, 1999u);
    rig_run(&rig, 6000u);
    ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_CELL)));
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_ERR_STATE);
    measured_cells(&rig.m, 2000u);
    rig_lose(&rig, &voltage_rows[2]);
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_ERR_STATE);
    rig_regain(&rig, &voltage_rows[2]);
    rig_run(&rig, 20u * MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_CELL)));
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_OK);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.faults, 0u);
}
END_TEST

START_TEST(a_failed_self_test_stays_until_the_next_start)
{
    struct rig rig;

    rig_start(&rig);
    rig_condition(&rig, LBMS_CONDITION_SELF_TEST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_SELF_TEST, false);
    lbms_protection_user(&rig.engine);
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_OK);
    rig_run(&rig, 20u * MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
}
END_TEST

START_TEST(a_forced_resume_forgets_over_voltage_only)
{
    struct rig rig;

    rig_start(&rig);
    rig.in.soc_bp = 10000u; /* no release by SOC */
    measured_cell(&rig.m, 6u, 3651u);
    rig_run(&rig, 2000u);
    overload(&rig, -110001);
    measured_cell(&rig.m, 6u, 3380u);
    rig_run(&rig, 30000u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_OV)) == false); /* the discharge has helped */
    measured_cell(&rig.m, 6u, 3651u);
    rig_run(&rig, 2000u);
    measured_cell(&rig.m, 6u, 3380u);
    rig_run(&rig, 3000u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_OV)));
    lbms_protection_forget_ov(&rig.engine);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_DISCHARGE_OC));
}
END_TEST

/* What is saved now, an engine as after a reset, and that restored. */
static void reset(struct rig *rig)
{
    struct lbms_memory memory;

    memset(&memory, 0xA5, sizeof(memory));
    lbms_protection_save(&rig->engine, &memory);
    ck_assert(memory.valid);
    ck_assert_int_eq(
        lbms_protection_init(&rig->engine, lbms_protection_rows, lbms_protection_row_count, &rig->params),
        LBMS_OK);
    lbms_protection_restore(&rig->engine, &memory);
    rig_step(rig);
}

START_TEST(a_reset_is_no_way_out_of_a_lock)
{
    struct rig rig;
    unsigned i;
    unsigned trip;

    for (i = 0u; i < OVER_CURRENTS; i++) {
        rig_start(&rig);
        rig.step_ms = 100u;
        overload(&rig, over_currents[i].ma);
        for (trip = 2u; trip <= 5u; trip++) {
            reset(&rig); /* the count goes on over a reset, too */
            trip_again(&rig, i, 1000u);
        }
        reset(&rig);
        ck_assert_uint_eq(rig.engine.locks, LBMS_MASK(over_currents[i].bit));
        rig_run(&rig, 10u * RETRY_MS);
        ck_assert(rig_shows(&rig, rig_protection(over_currents[i].bit)));
    }
}
END_TEST

START_TEST(a_reset_releases_neither_protections_nor_latched_faults)
{
    struct rig rig;
    unsigned i;

    rig_start(&rig);
    rig.in.soc_bp = 10000u;
    measured_cell(&rig.m, 6u, 3651u);
    rig_run(&rig, 2000u);
    measured_cell(&rig.m, 6u, 3370u);
    reset(&rig);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_CELL_OV));
    for (i = 0u; i < SERVICE_FAULTS; i++) {
        rig_start(&rig);
        rig_condition(&rig, service_faults[i].condition, true);
        rig_step(&rig);
        rig_condition(&rig, service_faults[i].condition, false);
        reset(&rig);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.faults, LBMS_MASK(service_faults[i].fault));
    }
}
END_TEST

START_TEST(a_reset_forgets_a_fault_that_clears_by_itself_unless_it_came_too_often)
{
    struct rig rig;
    unsigned time;

    rig_start(&rig);
    rig.step_ms = 100u;
    for (time = 1u; time <= 3u; time++) {
        rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
        rig_step(&rig);
        rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
        reset(&rig);
        ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_SAMPLING)) == (time == 3u));
    }
    rig_run(&rig, 30u * MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_SAMPLING)));
}
END_TEST

START_TEST(a_reset_remembers_rebounds_and_judges_everything_else_afresh)
{
    struct rig rig;

    rig_start(&rig);
    rebound(&rig);
    rebound(&rig);
    reset(&rig);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 2u);
    rig_condition(&rig, LBMS_CONDITION_PRECHARGE_FAILED, true);
    rig_condition(&rig, LBMS_CONDITION_SELF_TEST, true);
    rig_condition(&rig, LBMS_CONDITION_CCL_IGNORED, true);
    rig_step(&rig);
    rig.in.conditions = 0u;
    reset(&rig);
    ck_assert_uint_eq(rig.engine.faults, 0u);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
}
END_TEST

SUITE("battery/protection_lock", CASE("R-PROT-04", an_over_current_is_tried_again_after_a_minute),
      CASE("R-PROT-04", a_second_of_opposite_current_releases_an_over_current),
      CASE("R-PROT-04 R-TECH-13", five_consecutive_trips_lock),
      CASE("R-PROT-04", a_trip_more_than_a_minute_after_the_last_release_counts_as_the_first),
      CASE("R-PROT-07", a_fault_that_comes_three_times_in_ten_minutes_stays),
      CASE("R-PROT-04 R-TECH-07", after_a_short_circuit_the_load_is_tested_once_a_minute),
      CASE("R-PROT-04 R-TECH-13", three_failed_load_tests_lock_and_a_charger_does_not_unlock),
      CASE("R-PROT-04 R-TECH-13", the_third_consecutive_short_circuit_locks),
      CASE("R-PROT-04", a_charger_releases_a_short_circuit_after_the_retry_time),
      CASE("R-PROT-04", without_pre_charge_the_load_detection_of_the_afe_decides),
      CASE("", the_load_is_not_tested_against_another_protection_of_the_discharge_path),
      CASE("R-PROT-02", after_three_rebounds_in_ten_minutes_an_under_voltage_needs_ten_seconds_of_charge),
      CASE("R-PROT-02", rebounds_that_are_far_apart_are_no_repetition),
      CASE("R-PROT-02", both_rows_of_a_group_are_one_rebound),
      CASE("R-WAKE-09", a_user_ends_the_repetition_and_has_under_voltage_judged_by_its_trip_level),
      CASE("R-PROT-07", latched_faults_wait_for_service_and_service_for_the_end_of_the_cause),
      CASE("R-PROT-07", a_dead_cell_waits_for_service_which_needs_to_see_it_alive),
      CASE("R-PROT-09", a_failed_self_test_stays_until_the_next_start),
      CASE("R-CHG-03", a_forced_resume_forgets_over_voltage_only),
      CASE("R-PROT-08", a_reset_is_no_way_out_of_a_lock),
      CASE("R-PROT-08", a_reset_releases_neither_protections_nor_latched_faults),
      CASE("R-PROT-08", a_reset_forgets_a_fault_that_clears_by_itself_unless_it_came_too_often),
      CASE("R-PROT-08", a_reset_remembers_rebounds_and_judges_everything_else_afresh))
