/* Every row of the product's protection table: limits, delays, paths and releases of the manual. */
#include "protection_levels.h"
#include "protection_rig.h"
#include "support/suite.h"

static void expect_only(const struct rig *rig, const struct voltage_row *row)
{
    ck_assert_msg(rig->engine.protections == LBMS_MASK(row->bit), "%s", row->name);
    ck_assert_msg(rig->engine.blocked == row->opened, "%s", row->name);
    ck_assert_uint_eq(rig->engine.faults, 0u);
}

static void expect_nothing(const struct rig *rig)
{
    ck_assert_uint_eq(rig->engine.protections, 0u);
    ck_assert_uint_eq(rig->engine.faults, 0u);
    ck_assert_uint_eq(rig->engine.blocked, 0u);
}

static bool is_parameter(uint8_t id)
{
    return id < LBMS_PARAM_COUNT || id == LBMS_PARAM_NONE;
}

START_TEST(every_row_of_the_table_names_things_that_exist)
{
    unsigned i;

    for (i = 0u; i < lbms_protection_row_count; i++) {
        const struct lbms_protection_row *row = &lbms_protection_rows[i];
        const bool fault = (row->flags & LBMS_ROW_FAULT) != 0u;

        ck_assert_uint_lt(row->bit, fault ? (unsigned)LBMS_FAULT_COUNT : (unsigned)LBMS_BIT_COUNT);
        ck_assert_uint_lt(row->flags, 2u * LBMS_ROW_AFTER_LIMITER);
        ck_assert_uint_le(row->quantity, LBMS_QUANTITY_NONE);
        ck_assert((row->action & ~(unsigned)LBMS_PATHS_BOTH) == 0u);
        ck_assert(row->quantity != LBMS_QUANTITY_NONE || row->afe_flags != 0u || row->conditions != 0u);
        ck_assert(row->conditions < LBMS_MASK(LBMS_CONDITION_COUNT));
        ck_assert_uint_lt(row->group, LBMS_PROTECTION_GROUPS);
        ck_assert_uint_le(row->release_rule, LBMS_RELEASE_RESET);
        ck_assert(is_parameter(row->alarm) && is_parameter(row->alarm_hyst));
        ck_assert(is_parameter(row->trip) && is_parameter(row->delay));
        ck_assert(is_parameter(row->release) && is_parameter(row->release_delay) && is_parameter(row->lock));
    }
}
END_TEST

START_TEST(what_a_row_of_the_table_does_not_use_is_not_named)
{
    unsigned counters = 0u;
    unsigned i;

    for (i = 0u; i < lbms_protection_row_count; i++) {
        const struct lbms_protection_row *row = &lbms_protection_rows[i];
        const bool no_level = row->quantity == LBMS_QUANTITY_NONE;
        const bool no_way_out =
            row->release_rule == LBMS_RELEASE_SERVICE || row->release_rule == LBMS_RELEASE_RESET;
        const bool together = row->release_rule == LBMS_RELEASE_OV || row->release_rule == LBMS_RELEASE_UV;

        ck_assert((row->trip == LBMS_PARAM_NONE) == no_level);
        ck_assert((row->delay == LBMS_PARAM_NONE) == no_level);
        ck_assert(row->release == LBMS_PARAM_NONE || !no_level);
        ck_assert((row->alarm_hyst == LBMS_PARAM_NONE) == (row->alarm == LBMS_PARAM_NONE));
        ck_assert((row->release_delay == LBMS_PARAM_NONE) == no_way_out);
        ck_assert((row->group != 0u) == together);
        counters += (row->lock != LBMS_PARAM_NONE) ? 1u : 0u;
    }
    ck_assert_uint_eq(counters, LBMS_TRIP_COUNTERS); /* each survives a reset */
}
END_TEST

START_TEST(a_healthy_pack_is_left_alone)
{
    struct rig rig;

    rig_start(&rig);
    rig.step_ms = 100u;
    rig_run(&rig, 10u * MINUTE_MS);
    expect_nothing(&rig);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
}
END_TEST

START_TEST(a_value_at_the_limit_never_trips)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        rig_start(&rig);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].limit);
        rig_run(&rig, MINUTE_MS);
        expect_nothing(&rig);
    }
}
END_TEST

START_TEST(the_path_opens_one_second_after_a_value_passes_its_limit_by_one_mv)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->limit);
        rig_run(&rig, MINUTE_MS);
        rig_place(&rig, row, row->limit + row->outward);
        rig_run(&rig, DELAY_MS);
        expect_nothing(&rig); /* 990 ms after the first step beyond the limit */
        rig_step(&rig);
        expect_only(&rig, row);
    }
}
END_TEST

START_TEST(a_value_far_beyond_its_limit_has_the_same_delay)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->limit + (500 * row->outward));
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
        expect_only(&rig, row);
    }
}
END_TEST

START_TEST(one_sample_inside_starts_the_delay_anew)
{
    struct rig rig;
    unsigned i;
    unsigned pulse;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        for (pulse = 0u; pulse < 20u; pulse++) {
            rig_place(&rig, row, row->limit + row->outward);
            rig_run(&rig, DELAY_MS);
            rig_place(&rig, row, row->limit);
            rig_step(&rig);
        }
        expect_nothing(&rig);
        rig_place(&rig, row, row->limit + row->outward);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(one_mv_before_the_release_level_nothing_releases)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release + row->outward);
        rig_run(&rig, 10u * MINUTE_MS);
        expect_only(&rig, row);
    }
}
END_TEST

START_TEST(the_path_closes_again_one_second_after_the_release_level_is_reached)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_run(&rig, MINUTE_MS);
        rig_place(&rig, row, row->release);
        rig_run(&rig, DELAY_MS);
        expect_only(&rig, row); /* 990 ms after the first step at the level */
        rig_step(&rig);
        expect_nothing(&rig);
    }
}
END_TEST

START_TEST(one_sample_outside_starts_the_release_anew)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release);
        rig_run(&rig, DELAY_MS);
        rig_place(&rig, row, row->release + row->outward);
        rig_step(&rig);
        rig_place(&rig, row, row->release);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(a_protection_trips_again_with_its_full_delay)
{
    struct rig rig;
    unsigned i;
    unsigned trip;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig.step_ms = 1u;
        for (trip = 0u; trip < 3u; trip++) { /* after three rebounds an under-voltage needs charge */
            rig_place(&rig, row, row->limit + row->outward);
            ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), true, MINUTE_MS), DELAY_MS);
            rig_place(&rig, row, row->release);
            ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS), DELAY_MS);
        }
    }
}
END_TEST

/* The other row in the direction of this one. */
static const struct voltage_row *partner(const struct voltage_row *row)
{
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        if (voltage_rows[i].outward == row->outward && voltage_rows[i].pack != row->pack) {
            return &voltage_rows[i];
        }
    }
    return NULL;
}

START_TEST(cell_and_pack_protection_of_one_direction_release_only_together)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];
        const struct voltage_row *other = partner(row);

        rig_start(&rig);
        rig_place(&rig, other, other->release + other->outward); /* not tripped, but not inside either */
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release);
        rig_run(&rig, 10u * MINUTE_MS);
        expect_only(&rig, row);
        rig_place(&rig, other, other->release);
        ck_assert_uint_eq(rig_until(&rig, rig_protection(row->bit), false, MINUTE_MS), DELAY_MS);
        expect_nothing(&rig);
    }
}
END_TEST

START_TEST(when_both_have_tripped_both_wait_for_both)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];
        const struct voltage_row *other = partner(row);
        const uint32_t both = LBMS_MASK(row->bit) | LBMS_MASK(other->bit);

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_trip(&rig, other);
        ck_assert_uint_eq(rig.engine.protections, both);
        ck_assert_uint_eq(rig.engine.blocked, row->opened);
        rig_place(&rig, row, row->release);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.protections, both);
        rig_place(&rig, other, other->release);
        rig_run(&rig, DELAY_MS);
        ck_assert_uint_eq(rig.engine.protections, both);
        rig_step(&rig);
        expect_nothing(&rig);
    }
}
END_TEST

START_TEST(a_release_does_not_ask_for_the_levels_of_the_other_direction)
{
    struct rig rig;

    rig_start(&rig); /* the pack is low enough to keep an under-voltage protection from its release */
    rig_trip(&rig, &voltage_rows[0]);
    rig.m.pack_mv = 47000;
    rig_place(&rig, &voltage_rows[0], 3380);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), false, MINUTE_MS), DELAY_MS);

    rig_start(&rig); /* and high enough to keep an over-voltage protection from it */
    rig_trip(&rig, &voltage_rows[2]);
    rig.m.pack_mv = 55000;
    rig_place(&rig, &voltage_rows[2], 2900);
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_UV), false, MINUTE_MS), DELAY_MS);
}
END_TEST

START_TEST(reasons_of_both_directions_open_both_paths)
{
    struct rig rig;

    rig_start(&rig); /* one cell far too high, another far too low */
    measured_cell(&rig.m, 6u, 3700u);
    measured_cell(&rig.m, 9u, 2500u);
    rig_run(&rig, 2u * DELAY_MS);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_CELL_UV));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
}
END_TEST

START_TEST(no_protection_interrupts_charging_between_44_0_and_58_4_v)
{
    struct rig rig;
    uint16_t mv;

    rig_start(&rig);
    rig.step_ms = 100u;
    for (mv = 2750u; mv <= 3650u; mv += 5u) {
        measured_cells(&rig.m, mv);
        rig_run(&rig, 10000u);
        ck_assert_uint_eq(rig.engine.blocked & LBMS_PATH_CHARGE, 0u);
    }
}
END_TEST

START_TEST(no_protection_stops_discharging_from_45_6_v_upwards)
{
    struct rig rig;
    uint16_t mv;

    rig_start(&rig);
    rig.step_ms = 100u;
    for (mv = 2850u; mv <= 3800u; mv += 5u) { /* up to an over-charged pack: discharging is the way out */
        measured_cells(&rig.m, mv);
        rig_run(&rig, 10000u);
        ck_assert_uint_eq(rig.engine.blocked & LBMS_PATH_DISCHARGE, 0u);
    }
}
END_TEST

/* Raises or clears the cause of a fault. */
static void set_cause(struct rig *rig, uint8_t fault, bool raised)
{
    if (fault == LBMS_FAULT_SAMPLING) {
        rig_condition(rig, LBMS_CONDITION_CELLS_LOST, raised);
    } else if (fault == LBMS_FAULT_CURRENT) {
        rig_condition(rig, LBMS_CONDITION_CURRENT_LOST, raised);
    } else {
        rig->in.conditions = raised ? LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED) : 0u;
    }
}

static void check_fault(uint8_t fault, uint32_t clear_ms)
{
    struct rig rig;

    rig_start(&rig);
    rig.in.soc_bp = 10000u; /* neither the SOC nor the voltages have a say in it */
    measured_cells(&rig.m, 3500u);
    rig_run(&rig, MINUTE_MS);
    set_cause(&rig, fault, true);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.faults, LBMS_MASK(fault)); /* at once: the delay is in the cause */
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    rig_run(&rig, MINUTE_MS);
    set_cause(&rig, fault, false);
    rig_run(&rig, clear_ms);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    set_cause(&rig, fault, true); /* back for one step, one step before the end */
    rig_step(&rig);
    set_cause(&rig, fault, false);
    ck_assert(ABOUT(rig_until(&rig, rig_fault(fault), false, MINUTE_MS), clear_ms));
    expect_nothing(&rig);
}

START_TEST(lost_cell_voltages_open_both_paths_at_once_and_clear_after_10_s)
{
    check_fault(LBMS_FAULT_SAMPLING, 10000u);
}
END_TEST

START_TEST(a_lost_current_opens_both_paths_at_once_and_clears_after_10_s)
{
    check_fault(LBMS_FAULT_CURRENT, 10000u);
}
END_TEST

START_TEST(a_failed_pre_charge_opens_both_paths_until_one_second_after_its_way_out)
{
    check_fault(LBMS_FAULT_OUTPUT, 1000u);
}
END_TEST

START_TEST(faults_do_not_wait_for_each_other)
{
    struct rig rig;

    rig_start(&rig);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_condition(&rig, LBMS_CONDITION_CURRENT_LOST, true);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.faults, LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_CURRENT));
    rig_condition(&rig, LBMS_CONDITION_CURRENT_LOST, false);
    ck_assert(ABOUT(rig_until(&rig, rig_fault(LBMS_FAULT_CURRENT), false, MINUTE_MS), 10000u));
    ck_assert_uint_eq(rig.engine.faults, LBMS_MASK(LBMS_FAULT_SAMPLING));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
}
END_TEST

static void cells_at(struct rig *rig, int16_t dc)
{
    const struct row *row = &rows[0];

    while (row->what != CELLS_DC) {
        row++;
    }
    levels_place(rig, row, dc);
}

/* A board may forbid discharging at a temperature at which charging is still permitted. */
START_TEST(a_temperature_that_stops_discharging_does_not_stop_charging)
{
    struct rig rig;

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_DSG_OT_RELEASE_DC, 300);
    rig_write(&rig, LBMS_PARAM_DSG_OT_ALARM_DC, 350);
    rig_write(&rig, LBMS_PARAM_DSG_OT_PROTECT_DC, 400); /* charging: 55.0 degC */
    cells_at(&rig, 401);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_DISCHARGE_OT));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_DISCHARGE);

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_DSG_UT_RELEASE_DC, 200);
    rig_write(&rig, LBMS_PARAM_DSG_UT_ALARM_DC, 150);
    rig_write(&rig, LBMS_PARAM_DSG_UT_PROTECT_DC, 100); /* charging: 0.0 degC */
    cells_at(&rig, 99);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(LBMS_BIT_DISCHARGE_UT));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_DISCHARGE);
}
END_TEST

SUITE("battery/protection_rows", CASE("", every_row_of_the_table_names_things_that_exist),
      CASE("", what_a_row_of_the_table_does_not_use_is_not_named), CASE("", a_healthy_pack_is_left_alone),
      CASE("R-PROT-02 R-PROT-03 R-TECH-03 R-TECH-04", a_value_at_the_limit_never_trips),
      CASE("R-PROT-02 R-PROT-03 R-TECH-03 R-TECH-04",
           the_path_opens_one_second_after_a_value_passes_its_limit_by_one_mv),
      CASE("R-PROT-02 R-PROT-03", a_value_far_beyond_its_limit_has_the_same_delay),
      CASE("R-PROT-02 R-PROT-03", one_sample_inside_starts_the_delay_anew),
      CASE("R-PROT-02 R-PROT-03", one_mv_before_the_release_level_nothing_releases),
      CASE("R-PROT-02 R-PROT-03", the_path_closes_again_one_second_after_the_release_level_is_reached),
      CASE("R-PROT-02 R-PROT-03", one_sample_outside_starts_the_release_anew),
      CASE("R-PROT-02 R-PROT-03", a_protection_trips_again_with_its_full_delay),
      CASE("R-PROT-02 R-PROT-03", cell_and_pack_protection_of_one_direction_release_only_together),
      CASE("R-PROT-02 R-PROT-03", when_both_have_tripped_both_wait_for_both),
      CASE("R-PROT-02 R-PROT-03", a_release_does_not_ask_for_the_levels_of_the_other_direction),
      CASE("R-PROT-02 R-PROT-03", reasons_of_both_directions_open_both_paths),
      CASE("R-TECH-03", no_protection_interrupts_charging_between_44_0_and_58_4_v),
      CASE("R-TECH-04", no_protection_stops_discharging_from_45_6_v_upwards),
      CASE("R-PROT-01 R-PROT-07", lost_cell_voltages_open_both_paths_at_once_and_clear_after_10_s),
      CASE("R-PROT-01 R-PROT-07", a_lost_current_opens_both_paths_at_once_and_clears_after_10_s),
      CASE("", a_failed_pre_charge_opens_both_paths_until_one_second_after_its_way_out),
      CASE("", faults_do_not_wait_for_each_other),
      CASE("R-PROT-05", a_temperature_that_stops_discharging_does_not_stop_charging))
