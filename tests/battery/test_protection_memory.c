/* What the protections count: where each window begins and ends, to the tenth of a second, and what a user, service and a reset do. */
#include <string.h>

#include "protection_rig.h"
#include "support/suite.h"

/* Rows of the product's table whose place and company the test chooses. */
static const struct lbms_protection_row *row_of(uint8_t bit)
{
    unsigned i;

    for (i = 0u; i < lbms_protection_row_count; i++) {
        if (lbms_protection_rows[i].bit == bit &&
            (lbms_protection_rows[i].flags & (LBMS_ROW_FAULT | LBMS_ROW_ALARM)) == 0u) {
            return &lbms_protection_rows[i];
        }
    }
    ck_abort_msg("no row of bit %u", bit);
    return NULL;
}

/* Steps of 0.1 s, in which every window is counted. */
static void start_by_tenths(struct rig *rig)
{
    rig_start(rig);
    rig->step_ms = 100u;
}

static void flag_for_one_step(struct rig *rig, uint16_t flag)
{
    rig->m.afe_flags = flag;
    rig_step(rig);
    rig->m.afe_flags = 0u;
}

/* Under-voltage, and release by the voltage alone, in the last step. */
static void rebound(struct rig *rig)
{
    measured_cell(&rig->m, 6u, 2599u);
    ck_assert(rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), true, 5000u) != NEVER);
    measured_cell(&rig->m, 6u, 2900u);
    ck_assert(rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), false, 5000u) != NEVER);
}

/* Does the next under-voltage need a charge current? */
static bool needs_charge(struct rig *rig)
{
    measured_cell(&rig->m, 6u, 2599u);
    ck_assert(rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), true, 5000u) != NEVER);
    measured_cell(&rig->m, 6u, 2900u);
    return rig_until(rig, rig_protection(LBMS_BIT_CELL_UV), false, 5000u) == NEVER;
}

START_TEST(a_fault_of_the_very_first_step_clears_to_the_millisecond)
{
    struct rig rig;

    rig_start(&rig);
    rig.step_ms = 1u;
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    /* 10 s, and the tenth in which they began: from this step, which is the second one */
    ck_assert_uint_eq(rig_until(&rig, rig_fault(LBMS_FAULT_SAMPLING), false, MINUTE_MS) + 1u, 10100u);
}
END_TEST

/* Two trips, so long after the release of the first: is it a series? */
static bool counts_on(uint32_t pause_ms)
{
    struct rig rig;

    start_by_tenths(&rig);
    rig_write(&rig, LBMS_PARAM_OC_LOCK_COUNT, 2);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2), false, 2u * MINUTE_MS) != NEVER);
    rig_run(&rig, pause_ms - rig.step_ms);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2)));
    return rig.engine.locks != 0u;
}

START_TEST(a_trip_within_60_s_of_the_last_release_counts_on)
{
    ck_assert(counts_on(100u));
    ck_assert(counts_on(60000u));
    ck_assert(counts_on(60100u)); /* the tenths are never too short */
    ck_assert(!counts_on(60200u));
}
END_TEST

START_TEST(the_first_trip_of_all_is_the_first_of_a_series)
{
    struct rig rig;

    start_by_tenths(&rig);
    rig_write(&rig, LBMS_PARAM_OC_LOCK_COUNT, 1);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    ck_assert_uint_eq(rig.engine.locks, LBMS_MASK(LBMS_BIT_DISCHARGE_OC2));
    start_by_tenths(&rig);
    rig_write(&rig, LBMS_PARAM_OC_LOCK_COUNT, 2);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    ck_assert_uint_eq(rig.engine.locks, 0u);
}
END_TEST

START_TEST(after_a_user_the_next_trip_is_the_first)
{
    struct rig rig;

    start_by_tenths(&rig);
    rig_write(&rig, LBMS_PARAM_OC_LOCK_COUNT, 2);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    lbms_protection_user(&rig.engine);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    ck_assert_uint_eq(rig.engine.locks, 0u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2)));
}
END_TEST

START_TEST(a_load_test_follows_a_failed_one_after_a_minute)
{
    struct rig rig;
    uint32_t ms = 0u;

    start_by_tenths(&rig);
    flag_for_one_step(&rig, LBMS_AFE_SHORT_CIRCUIT);
    rig_run(&rig, 61000u);
    ck_assert(rig.engine.probe_load);
    rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, false);
    do {
        rig_step(&rig);
        ms += rig.step_ms;
    } while (!rig.engine.probe_load);
    ck_assert_uint_eq(ms, 60100u);
}
END_TEST

START_TEST(failed_load_tests_of_an_earlier_short_circuit_do_not_count)
{
    struct rig rig;
    unsigned i;

    start_by_tenths(&rig);
    for (i = 0u; i < 2u; i++) { /* two failed tests each, with a way out by a charger: three would lock */
        unsigned test;

        flag_for_one_step(&rig, LBMS_AFE_SHORT_CIRCUIT);
        for (test = 0u; test < 2u; test++) {
            rig_run(&rig, 61000u);
            rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, true);
            rig_step(&rig);
            rig_condition(&rig, LBMS_CONDITION_LOAD_PRESENT, false);
        }
        ck_assert_uint_eq(rig.engine.locks, 0u);
        rig.in.charger_present = true;
        ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_SHORT_CIRCUIT), false, 2u * MINUTE_MS) != NEVER);
        rig.in.charger_present = false;
        rig_run(&rig, 20u * MINUTE_MS);
    }
}
END_TEST

START_TEST(a_rebound_is_forgotten_after_ten_minutes)
{
    struct rig rig;

    start_by_tenths(&rig);
    rebound(&rig);
    rig_run(&rig, 599900u); /* with the tenth of the step of the release itself: 600.0 s */
    ck_assert_uint_eq(rig.engine.uv_rebounds, 1u);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 0u);
}
END_TEST

START_TEST(the_ten_minutes_begin_with_the_first_rebound)
{
    struct rig rig;
    unsigned i;

    start_by_tenths(&rig);
    measured_cell(&rig.m, 6u, 2799u); /* low for long before it, so that rows run */
    rig_run(&rig, 9u * MINUTE_MS);
    for (i = 0u; i < 3u; i++) {
        rebound(&rig);
        rig_run(&rig, 2u * MINUTE_MS);
    }
    ck_assert(needs_charge(&rig));
}
END_TEST

START_TEST(a_repetition_is_over_ten_minutes_after_its_first_rebound)
{
    struct rig rig;
    unsigned i;

    start_by_tenths(&rig);
    for (i = 0u; i < 3u; i++) {
        rebound(&rig);
    }
    ck_assert_uint_eq(rig.engine.uv_rebounds, 3u);
    rig_run(&rig, 11u * MINUTE_MS);
    ck_assert(!needs_charge(&rig));
}
END_TEST

START_TEST(after_a_charge_three_rebounds_are_free_again)
{
    struct rig rig;
    unsigned i;

    start_by_tenths(&rig);
    for (i = 0u; i < 3u; i++) {
        rebound(&rig);
    }
    ck_assert(needs_charge(&rig));
    rig.m.current_ma = 500;
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_CELL_UV), false, MINUTE_MS) != NEVER);
    rig.m.current_ma = 0;
    for (i = 0u; i < 3u; i++) {
        ck_assert(!needs_charge(&rig));
    }
    ck_assert(needs_charge(&rig));
}
END_TEST

START_TEST(the_first_row_of_a_table_is_a_row_like_any_other)
{
    struct lbms_protection_row rows[2];
    struct rig rig;

    rows[0] = *row_of(LBMS_BIT_CELL_UV); /* first, and the last of its group to release */
    rows[1] = *row_of(LBMS_BIT_PACK_UV);
    rows[0].release_delay = LBMS_PARAM_CELL_DIFF_DELAY_MS; /* 5 s */
    rig_start_with(&rig, rows, 2u);
    measured_cells(&rig.m, 2590u);
    rig_run(&rig, 2000u);
    measured_cells(&rig.m, 3100u);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_PACK_UV), false, MINUTE_MS), 1000u);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 0u); /* not yet: one of them still holds */
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_UV), false, MINUTE_MS), 3990u);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 1u);

    measured_cell(&rig.m, 6u, 2599u);
    rig_run(&rig, 2000u);
    measured_cell(&rig.m, 6u, 2600u); /* no longer beyond the trip level, which is enough for a user */
    lbms_protection_user(&rig.engine);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, 0u);
}
END_TEST

START_TEST(service_looks_at_the_first_row_of_a_table_too)
{
    struct lbms_protection_row row = *row_of(LBMS_BIT_CELL_UV);
    struct rig rig;

    row.release_rule = LBMS_RELEASE_SERVICE;
    rig_start_with(&rig, &row, 1u);
    measured_cell(&rig.m, 6u, 2599u);
    rig_run(&rig, 2000u);
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_ERR_STATE);
    measured_cell(&rig.m, 6u, 2900u);
    ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_OK);
}
END_TEST

START_TEST(a_user_who_comes_before_an_under_voltage_does_not_shorten_it)
{
    struct rig rig;

    rig_start(&rig);
    lbms_protection_user(&rig.engine);
    rig_trip(&rig, &voltage_rows[2]);
    measured_cell(&rig.m, 6u, 2600u); /* below the release level */
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_UV)));
}
END_TEST

START_TEST(a_user_does_not_shorten_a_protection_of_another_kind)
{
    struct rig rig;

    rig_start(&rig);
    rig_trip(&rig, &voltage_rows[0]);
    lbms_protection_user(&rig.engine);
    rig_step(&rig);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CELL_OV)));
    ck_assert_uint_eq(rig.engine.row[0].flags & LBMS_ROW_AFRESH, 0u);
}
END_TEST

START_TEST(a_healthy_pack_leaves_an_empty_memory)
{
    struct lbms_memory memory;
    struct rig rig;

    rig_start(&rig);
    rig_run(&rig, 2000u);
    memset(&memory, 0xA5, sizeof(memory));
    lbms_protection_save(&rig.engine, &memory);
    ck_assert(memory.valid);
    ck_assert_uint_eq(memory.protections, 0u);
    ck_assert_uint_eq(memory.faults, 0u);
    ck_assert_uint_eq(memory.stuck_faults, 0u);
    ck_assert_uint_eq(memory.locks, 0u);
    ck_assert_uint_eq(memory.uv_rebounds, 0u);
}
END_TEST

/* Faults and protections are numbered from 0 each, so a fault must not be taken for the protection of its number. */
START_TEST(a_fault_that_no_longer_clears_locks_no_protection)
{
    struct lbms_memory memory;
    struct rig rig;

    start_by_tenths(&rig);
    rig_write(&rig, LBMS_PARAM_FAULT_REPEAT_COUNT, 1);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    rig_trip(&rig, &voltage_rows[0]);
    lbms_protection_save(&rig.engine, &memory);
    ck_assert_uint_eq(memory.stuck_faults, LBMS_MASK(LBMS_FAULT_SAMPLING));
    ck_assert_uint_eq(memory.protections, LBMS_MASK(LBMS_BIT_CELL_OV)); /* number 0 as well */
    ck_assert_uint_eq(memory.locks, 0u);
}
END_TEST

START_TEST(counters_that_a_table_does_not_have_are_saved_as_zero)
{
    const struct lbms_protection_row row = *row_of(LBMS_BIT_DISCHARGE_OC2);
    struct lbms_memory memory;
    struct rig rig;
    unsigned i;

    rig_start_with(&rig, &row, 1u);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    memset(&memory, 0xA5, sizeof(memory));
    lbms_protection_save(&rig.engine, &memory);
    ck_assert_uint_eq(memory.trips[0], 1u);
    for (i = 1u; i < LBMS_TRIP_COUNTERS; i++) {
        ck_assert_uint_eq(memory.trips[i], 0u);
    }
}
END_TEST

START_TEST(counters_beyond_those_of_the_memory_are_not_saved)
{
    struct lbms_protection_row rows[LBMS_TRIP_COUNTERS + 1u];
    struct lbms_memory memory;
    struct rig rig;
    unsigned i;

    for (i = 0u; i <= LBMS_TRIP_COUNTERS; i++) {
        rows[i] = *row_of(LBMS_BIT_DISCHARGE_OC2);
    }
    rig_start_with(&rig, rows, LBMS_TRIP_COUNTERS + 1u);
    flag_for_one_step(&rig, LBMS_AFE_DISCHARGE_OC);
    memset(&memory, 0xA5, sizeof(memory));
    lbms_protection_save(&rig.engine, &memory);
    for (i = 0u; i < LBMS_TRIP_COUNTERS; i++) {
        ck_assert_uint_eq(memory.trips[i], 1u);
    }
    ck_assert_uint_eq(memory.uv_rebounds, 0u); /* its neighbour */

    ck_assert_int_eq(lbms_protection_init(&rig.engine, rows, LBMS_TRIP_COUNTERS + 1u, &rig.params), LBMS_OK);
    memory.uv_rebounds = 7u;
    lbms_protection_restore(&rig.engine, &memory);
    ck_assert_uint_eq(rig.engine.row[LBMS_TRIP_COUNTERS - 1u].trips, 1u);
    ck_assert_uint_eq(rig.engine.row[LBMS_TRIP_COUNTERS].trips, 0u);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 7u);
}
END_TEST

SUITE("battery/protection_memory",
      CASE("R-PROT-07", a_fault_of_the_very_first_step_clears_to_the_millisecond),
      CASE("R-PROT-04", a_trip_within_60_s_of_the_last_release_counts_on),
      CASE("R-PROT-04", the_first_trip_of_all_is_the_first_of_a_series),
      CASE("R-PROT-04", after_a_user_the_next_trip_is_the_first),
      CASE("", a_load_test_follows_a_failed_one_after_a_minute),
      CASE("", failed_load_tests_of_an_earlier_short_circuit_do_not_count),
      CASE("", a_rebound_is_forgotten_after_ten_minutes),
      CASE("", the_ten_minutes_begin_with_the_first_rebound),
      CASE("", a_repetition_is_over_ten_minutes_after_its_first_rebound),
      CASE("", after_a_charge_three_rebounds_are_free_again),
      CASE("", the_first_row_of_a_table_is_a_row_like_any_other),
      CASE("", service_looks_at_the_first_row_of_a_table_too),
      CASE("", a_user_who_comes_before_an_under_voltage_does_not_shorten_it),
      CASE("", a_user_does_not_shorten_a_protection_of_another_kind),
      CASE("R-PROT-08", a_healthy_pack_leaves_an_empty_memory),
      CASE("R-PROT-07 R-PROT-08", a_fault_that_no_longer_clears_locks_no_protection),
      CASE("R-PROT-08", counters_that_a_table_does_not_have_are_saved_as_zero),
      CASE("R-PROT-08", counters_beyond_those_of_the_memory_are_not_saved))
