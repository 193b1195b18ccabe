/* When nothing is wrong, a step costs no row; and what has to go on meanwhile goes on. */
#include "protection_rig.h"
#include "support/suite.h"

/* Did rows run in the next second? Only then the time since the last rebound is counted. */
static bool rows_run(struct rig *rig)
{
    rig->engine.uv_since = 0u;
    rig_run(rig, 1000u);
    return rig->engine.uv_since != 0u;
}

/* The AFE has seen a discharge over-current of level 2: trips in this step, for the retry time of a minute. */
static void over_current(struct rig *rig)
{
    rig->m.afe_flags = LBMS_AFE_DISCHARGE_OC;
    rig_step(rig);
    rig->m.afe_flags = 0u;
}

START_TEST(a_healthy_pack_costs_no_row)
{
    struct rig rig;

    rig_start(&rig);
    ck_assert(!rows_run(&rig));
}
END_TEST

START_TEST(a_value_at_its_first_level_costs_no_row_and_one_unit_beyond_it_does)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->alarm);
        ck_assert_msg(!rows_run(&rig), "%s", row->name);
        rig_place(&rig, row, row->alarm + row->outward);
        ck_assert_msg(rows_run(&rig), "%s", row->name);
        rig_place(&rig, row, row->alarm_end);
        rig_run(&rig, 100u);
        ck_assert_msg(!rows_run(&rig), "%s", row->name);
    }
}
END_TEST

START_TEST(what_cannot_be_believed_costs_every_row)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        rig_start(&rig);
        rig_lose(&rig, &voltage_rows[i]);
        ck_assert(rows_run(&rig));
    }
}
END_TEST

START_TEST(changed_levels_move_the_first_level_both_ways)
{
    struct rig rig;

    rig_start(&rig);
    measured_cell(&rig.m, 2u, 3560u);
    rig_write(&rig, LBMS_PARAM_CELL_OV_ALARM_MV, 3559);
    ck_assert(rows_run(&rig));
    measured_cell(&rig.m, 2u, 3500u);
    rig_run(&rig, 2000u);
    rig_write(&rig, LBMS_PARAM_CELL_OV_ALARM_MV, 3600);
    measured_cell(&rig.m, 2u, 3600u);
    ck_assert(!rows_run(&rig));
}
END_TEST

START_TEST(rows_rest_when_the_last_trip_has_been_forgotten)
{
    struct rig rig;

    rig_start(&rig);
    rig.step_ms = 100u;
    over_current(&rig);
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2), false, 2u * MINUTE_MS) != NEVER);
    ck_assert(rows_run(&rig));
    rig_run(&rig, 9u * MINUTE_MS);
    ck_assert(rows_run(&rig));
    rig_run(&rig, MINUTE_MS);
    ck_assert(!rows_run(&rig));
}
END_TEST

START_TEST(rows_rest_when_the_last_rebound_has_been_forgotten)
{
    struct rig rig;

    rig_start(&rig);
    rig.step_ms = 100u;
    rig_trip(&rig, &voltage_rows[2]);
    rig_place(&rig, &voltage_rows[2], 3300);
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_CELL_UV), false, MINUTE_MS) != NEVER);
    rig_run(&rig, 5u * MINUTE_MS);
    ck_assert(rows_run(&rig)); /* from here another ten minutes */
    rig_run(&rig, 9u * MINUTE_MS);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 1u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.uv_rebounds, 0u);
    ck_assert(!rows_run(&rig));
}
END_TEST

START_TEST(a_single_trip_is_forgotten_while_nothing_else_happens)
{
    struct rig rig;
    unsigned i;

    rig_start(&rig);
    rig.step_ms = 100u;
    over_current(&rig);
    rig_run(&rig, 20u * MINUTE_MS);
    for (i = 1u; i <= 5u; i++) { /* a new series: the fifth locks, not the fourth */
        over_current(&rig);
        ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2)));
        ck_assert_uint_eq(rig.engine.locks, (i < 5u) ? 0u : LBMS_MASK(LBMS_BIT_DISCHARGE_OC2));
        if (i < 5u) {
            ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC2), false, 2u * MINUTE_MS) !=
                      NEVER);
        }
    }
}
END_TEST

SUITE("battery/protection_quiet", CASE("", a_healthy_pack_costs_no_row),
      CASE("", a_value_at_its_first_level_costs_no_row_and_one_unit_beyond_it_does),
      CASE("", what_cannot_be_believed_costs_every_row),
      CASE("", changed_levels_move_the_first_level_both_ways),
      CASE("", rows_rest_when_the_last_trip_has_been_forgotten),
      CASE("", rows_rest_when_the_last_rebound_has_been_forgotten),
      CASE("R-PROT-04", a_single_trip_is_forgotten_while_nothing_else_happens))
