/* The protection engine: what is the same for every row, whatever table it runs. */
#include <string.h>

#include "protection_rig.h"
#include "support/suite.h"

static const uint32_t steps_ms[] = {10u, 25u, 100u, 333u, 1000u};
#define STEP_SIZES (sizeof(steps_ms) / sizeof(steps_ms[0]))

/* A table of the test's own: a cell below the plausible minimum opens both paths. */
static const struct lbms_protection_row dead_cell = {
    LBMS_FAULT_CELL,
    LBMS_ROW_UNDER | LBMS_ROW_FAULT,
    LBMS_QUANTITY_CELL_LOW,
    LBMS_PATHS_BOTH,
    0u,
    LBMS_RELEASE_LEVELS,
    LBMS_PARAM_NONE,
    LBMS_PARAM_NONE,
    LBMS_PARAM_CELL_VALID_MIN_MV,
    LBMS_PARAM_CELL_INVALID_DELAY_MS,
    LBMS_PARAM_CELL_UV_PROTECT_MV,
    LBMS_PARAM_CELL_DIFF_DELAY_MS,
    LBMS_PARAM_NONE,
    0u,
    0u,
};

START_TEST(before_the_first_step_both_paths_are_open)
{
    struct lbms_protection engine;

    struct lbms_params params;

    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    memset(&engine, 0xEE, sizeof(engine));
    ck_assert_int_eq(lbms_protection_init(&engine, lbms_protection_rows, lbms_protection_row_count, &params),
                     LBMS_OK);
    ck_assert_uint_eq(engine.blocked, LBMS_PATHS_BOTH);
    ck_assert_uint_eq(engine.alarms, 0u);
    ck_assert_uint_eq(engine.protections, 0u);
    ck_assert_uint_eq(engine.faults, 0u);
}
END_TEST

START_TEST(the_first_step_counts_no_time)
{
    struct rig rig;

    rig_start(&rig);
    rig.in.now_ms = UINT32_C(3000000000); /* a clock that has been running for long */
    rig_place(&rig, &voltage_rows[0], 3700);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), true, MINUTE_MS), DELAY_MS);
}
END_TEST

START_TEST(a_table_may_have_thirty_six_rows_but_not_thirty_seven)
{
    struct lbms_protection_row rows[37];
    struct lbms_protection engine;
    struct lbms_params params;
    const struct lbms_measured m = measured_rested();
    const struct lbms_protection_inputs in = {1000u, &m, 0u, 5000u, false, false};
    unsigned i;

    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    for (i = 0u; i < 37u; i++) {
        rows[i] = dead_cell;
    }
    ck_assert_int_eq(lbms_protection_init(&engine, rows, 37u, &params), LBMS_ERR_ARGUMENT);
    ck_assert_uint_eq(engine.blocked, LBMS_PATHS_BOTH);
    lbms_protection_step(&engine, &in, &params, &lbms_product_ls_btn0_p0548100);
    ck_assert_uint_eq(engine.blocked, LBMS_PATHS_BOTH); /* an engine without a table permits nothing */
    ck_assert_int_eq(lbms_protection_init(&engine, rows, SIZE_MAX, &params), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_protection_init(&engine, rows, 292u, &params),
                     LBMS_ERR_ARGUMENT); /* 36 in 8 bits */
    ck_assert_int_eq(lbms_protection_init(&engine, rows, 0u, &params), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_protection_init(&engine, rows, 36u, &params), LBMS_OK);
    ck_assert_int_eq(lbms_protection_init(&engine, rows, 1u, &params), LBMS_OK);
}
END_TEST

START_TEST(every_one_of_thirty_six_rows_runs)
{
    struct lbms_protection_row rows[36];
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 36u; i++) {
        rows[i] = dead_cell;
        rows[i].flags = LBMS_ROW_UNDER;
        rows[i].bit = (uint8_t)(i % LBMS_BIT_COUNT);
    }
    rig_start_with(&rig, rows, 36u);
    measured_cell(&rig.m, 0u, 499u);
    rig_run(&rig, 2u * DELAY_MS);
    for (i = 0u; i < 36u; i++) {
        ck_assert_uint_eq(rig.engine.row[i].flags & LBMS_ROW_TRIPPED, LBMS_ROW_TRIPPED);
    }
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_COUNT) - 1u);
}
END_TEST

START_TEST(a_new_protection_is_one_new_row)
{
    struct rig rig;

    rig_start_with(&rig, &dead_cell, 1u);
    rig_run(&rig, MINUTE_MS);
    measured_cell(&rig.m, 15u, 500u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
    measured_cell(&rig.m, 15u, 499u);
    ck_assert_uint_eq(rig_until(&rig, rig_fault(LBMS_FAULT_CELL), true, MINUTE_MS), 1000u);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert_uint_eq(rig.engine.alarms, 0u); /* the row has none */
    measured_cell(&rig.m, 15u, 2599u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    measured_cell(&rig.m, 15u, 2600u);
    ck_assert_uint_eq(rig_until(&rig, rig_fault(LBMS_FAULT_CELL), false, MINUTE_MS), 5000u);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
}
END_TEST

START_TEST(a_row_without_a_group_waits_for_no_other_row)
{
    struct lbms_protection_row rows[2];
    struct rig rig;

    rows[0] = lbms_protection_rows[0]; /* cell and pack over-voltage, each on its own */
    rows[1] = lbms_protection_rows[1];
    rows[0].group = 0u;
    rows[1].group = 0u;
    rig_start_with(&rig, rows, 2u);
    rig_trip(&rig, &voltage_rows[0]);
    rig_trip(&rig, &voltage_rows[1]);
    rig_place(&rig, &voltage_rows[0], 3380);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), false, MINUTE_MS), DELAY_MS);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_PACK_OV));
}
END_TEST

START_TEST(two_engines_do_not_disturb_each_other)
{
    struct rig high;
    struct rig low;
    unsigned i;

    rig_start(&high);
    rig_start(&low);
    rig_place(&high, &voltage_rows[0], 3700);
    rig_run(&high, 500u);
    for (i = 0u; i < 50u; i++) {
        rig_step(&high);
        rig_step(&low);
    }
    rig_place(&low, &voltage_rows[3], 45000);
    ck_assert_uint_eq(rig_until(&low, rig_protection(LBMS_BIT_PACK_UV), true, MINUTE_MS), DELAY_MS);
    ck_assert_uint_eq(low.engine.protections, LBMS_MASK(LBMS_BIT_PACK_UV));
    ck_assert_uint_eq(high.engine.protections, 0u);
    rig_step(&high);
    ck_assert_uint_eq(high.engine.protections, LBMS_MASK(LBMS_BIT_CELL_OV));
}
END_TEST

START_TEST(the_trip_time_is_the_same_within_one_step_at_every_step_size)
{
    struct rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        for (j = 0u; j < STEP_SIZES; j++) {
            uint32_t took_ms;

            rig_start(&rig);
            rig.step_ms = steps_ms[j];
            rig_run(&rig, MINUTE_MS);
            rig_place(&rig, &voltage_rows[i], voltage_rows[i].limit + voltage_rows[i].outward);
            took_ms = rig_until(&rig, rig_protection(voltage_rows[i].bit), true, MINUTE_MS);
            ck_assert_uint_ge(took_ms, DELAY_MS);
            ck_assert_uint_lt(took_ms, DELAY_MS + steps_ms[j]);
        }
    }
}
END_TEST

START_TEST(in_steps_of_1_ms_every_delay_is_exact)
{
    struct rig rig;
    unsigned i;
    unsigned turn;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig.step_ms = 1u;
        for (turn = 0u; turn < 3u; turn++) {
            rig_place(&rig, row, row->limit); /* alarm, trip, and back again */
            ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), DELAY_MS);
            rig_place(&rig, row, row->limit + row->outward);
            ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
            rig_place(&rig, row, row->release);
            ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS), DELAY_MS);
        }
    }
}
END_TEST

START_TEST(the_release_time_is_the_same_within_one_step_at_every_step_size)
{
    struct rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        for (j = 0u; j < STEP_SIZES; j++) {
            uint32_t took_ms;

            rig_start(&rig);
            rig.step_ms = steps_ms[j];
            rig_trip(&rig, &voltage_rows[i]);
            rig_place(&rig, &voltage_rows[i], voltage_rows[i].release);
            took_ms = rig_until(&rig, rig_protection(voltage_rows[i].bit), false, MINUTE_MS);
            ck_assert_uint_ge(took_ms, DELAY_MS);
            ck_assert_uint_lt(took_ms, DELAY_MS + steps_ms[j]);
        }
    }
}
END_TEST

START_TEST(delays_run_across_the_wrap_of_the_time)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig.in.now_ms = UINT32_MAX - 505u;
        rig_step(&rig);
        rig_place(&rig, row, row->limit + row->outward);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
        ck_assert_uint_lt(rig.in.now_ms, 600u);
        rig_place(&rig, row, row->release);
        rig.in.now_ms = UINT32_MAX - 505u;
        rig_step(&rig); /* a long pause, before which nothing was inside */
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS) + 10u, DELAY_MS);
    }
}
END_TEST

START_TEST(a_pause_of_49_days_does_not_undo_a_running_delay)
{
    struct rig rig;

    rig_start(&rig);
    rig_place(&rig, &voltage_rows[0], 3700);
    rig_run(&rig, 510u);
    rig.step_ms = UINT32_MAX - 99u; /* together with what has passed already: across 2^32 */
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_CELL_OV));
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));

    rig_start(&rig);
    rig_place(&rig, &voltage_rows[0], 3601); /* the same for the delay of an alarm */
    rig_run(&rig, 510u);
    rig.step_ms = UINT32_MAX - 99u;
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_FAULT_CLEAR_S, 600); /* and for the longest release */
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    rig_run(&rig, 510u);
    rig.step_ms = UINT32_MAX - 99u;
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.faults, 0u);
}
END_TEST

START_TEST(a_protection_that_lasts_for_200_days_stays)
{
    struct rig rig;

    rig_start(&rig);
    rig_trip(&rig, &voltage_rows[0]);
    rig_place(&rig, &voltage_rows[0], 3381);
    rig.step_ms = 10u * MINUTE_MS;
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), false, UINT32_C(4294200000)), NEVER);
    rig_run(&rig, UINT32_C(4294200000));
    rig_run(&rig, UINT32_C(4294200000));
    rig_run(&rig, UINT32_C(4294200000));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_CHARGE);
}
END_TEST

START_TEST(a_running_delay_goes_on_while_the_value_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->limit + row->outward);
        rig_run(&rig, 500u);
        rig_lose(&rig, row);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), 500u);
    }
}
END_TEST

START_TEST(a_value_that_was_never_believed_trips_nothing)
{
    struct rig rig; /* that is the business of the sampling fault */
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->limit + row->outward);
        rig_lose(&rig, row);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.blocked, 0u);
        rig_regain(&rig, row);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(a_release_does_not_begin_while_the_value_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release);
        rig_lose(&rig, row);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.blocked, row->opened);
        rig_regain(&rig, row);
        rig_run(&rig, 500u);
        rig_lose(&rig, row);
        rig_step(&rig);
        rig_regain(&rig, row);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(a_group_does_not_release_while_one_of_its_values_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release);
        rig_lose(&rig, &voltage_rows[(i % 2u == 0u) ? i + 1u : i - 1u]); /* the other one */
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.blocked, row->opened);
    }
}
END_TEST

/*
 * One wire of the sixteen fails. The cell at fault is then the very one that nobody can see, and the extremes of the
 * others look harmless.
 */
START_TEST(a_cell_protection_does_not_release_while_its_cell_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i += 2u) { /* the cell rows */
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        measured_lose_cell(&rig.m, 6u);
        rig_run(&rig, MINUTE_MS);
        ck_assert_msg((rig.engine.blocked & row->opened) != 0u, "%s", row->name);
    }
}
END_TEST

START_TEST(a_running_cell_delay_goes_on_when_its_cell_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i += 2u) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->limit + row->outward);
        rig_run(&rig, 500u);
        measured_lose_cell(&rig.m, 6u);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), 500u);
    }
}
END_TEST

START_TEST(the_other_cells_are_still_protected_when_one_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i += 2u) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        measured_lose_cell(&rig.m, 3u);
        rig_place(&rig, row, row->limit + row->outward);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(changed_levels_and_delays_take_effect)
{
    struct rig rig;

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_CELL_OV_ALARM_MV, 3550);
    rig_write(&rig, LBMS_PARAM_CELL_OV_PROTECT_MV, 3600);
    rig_write(&rig, LBMS_PARAM_CELL_OV_RELEASE_MV, 3300);
    rig_write(&rig, LBMS_PARAM_CELL_OV_DELAY_MS, 2000);
    rig_write(&rig, LBMS_PARAM_RELEASE_DELAY_MS, 500);
    measured_cell(&rig.m, 2u, 3600u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, 0u);
    measured_cell(&rig.m, 2u, 3601u);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), true, MINUTE_MS), 2000u);
    measured_cell(&rig.m, 2u, 3301u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_CHARGE);
    measured_cell(&rig.m, 2u, 3300u);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), false, MINUTE_MS), 500u);
}
END_TEST

START_TEST(a_changed_fault_clear_time_takes_effect)
{
    struct rig rig;

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_FAULT_CLEAR_S, 3);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    ck_assert(ABOUT(rig_until(&rig, rig_fault(LBMS_FAULT_SAMPLING), false, MINUTE_MS), 3000u));
    rig_write(&rig, LBMS_PARAM_FAULT_CLEAR_S, 600); /* the longest time there is */
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_step(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    ck_assert(ABOUT(rig_until(&rig, rig_fault(LBMS_FAULT_SAMPLING), false, 11u * MINUTE_MS), 600000u));
}
END_TEST

SUITE("battery/protection", CASE("", before_the_first_step_both_paths_are_open),
      CASE("", the_first_step_counts_no_time),
      CASE("", a_table_may_have_thirty_six_rows_but_not_thirty_seven),
      CASE("", every_one_of_thirty_six_rows_runs), CASE("", a_new_protection_is_one_new_row),
      CASE("", a_row_without_a_group_waits_for_no_other_row), CASE("", two_engines_do_not_disturb_each_other),
      CASE("R-PROT-02 R-PROT-03", the_trip_time_is_the_same_within_one_step_at_every_step_size),
      CASE("R-PROT-02 R-PROT-03", in_steps_of_1_ms_every_delay_is_exact),
      CASE("R-PROT-02 R-PROT-03", the_release_time_is_the_same_within_one_step_at_every_step_size),
      CASE("R-PROT-02 R-PROT-03", delays_run_across_the_wrap_of_the_time),
      CASE("", a_pause_of_49_days_does_not_undo_a_running_delay),
      CASE("", a_protection_that_lasts_for_200_days_stays),
      CASE("R-PROT-01", a_running_delay_goes_on_while_the_value_cannot_be_believed),
      CASE("", a_value_that_was_never_believed_trips_nothing),
      CASE("R-PROT-01", a_release_does_not_begin_while_the_value_cannot_be_believed),
      CASE("R-PROT-01", a_group_does_not_release_while_one_of_its_values_cannot_be_believed),
      CASE("R-PROT-01", a_cell_protection_does_not_release_while_its_cell_cannot_be_believed),
      CASE("R-PROT-01", a_running_cell_delay_goes_on_when_its_cell_cannot_be_believed),
      CASE("R-PROT-01", the_other_cells_are_still_protected_when_one_cannot_be_believed),
      CASE("", changed_levels_and_delays_take_effect), CASE("", a_changed_fault_clear_time_takes_effect))
