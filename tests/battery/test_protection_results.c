/* What others read of the protections besides the bits: which paths are held, by what, and whether only service helps. */
#include "protection_levels.h"
#include "support/suite.h"

START_TEST(before_the_first_step_every_result_is_on_the_safe_side)
{
    struct rig rig;

    rig_start(&rig);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    ck_assert_uint_eq(rig.engine.blocked_but_uv, LBMS_PATHS_BOTH);
    ck_assert(!rig.engine.service_fault);
}
END_TEST

START_TEST(without_a_table_both_paths_stay_open_for_ever)
{
    struct rig rig;

    rig_start(&rig);
    ck_assert_int_eq(lbms_protection_init(&rig.engine, lbms_protection_rows, 0u, &rig.params),
                     LBMS_ERR_ARGUMENT);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    ck_assert_uint_eq(rig.engine.blocked_but_uv, LBMS_PATHS_BOTH);
}
END_TEST

START_TEST(an_under_voltage_is_the_only_reason_that_does_not_count_as_another_one)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const bool uv = row->shows.bit == LBMS_BIT_CELL_UV || row->shows.bit == LBMS_BIT_PACK_UV;

        rig_start(&rig);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, MINUTE_MS) != NEVER, "%s", row->name);
        if (row->shows.word == PROTECTION && uv) {
            ck_assert_msg(rig.engine.blocked_but_uv == 0u, "%s", row->name);
        } else {
            ck_assert_msg((rig.engine.blocked_but_uv & row->opened) == row->opened, "%s", row->name);
            ck_assert_msg((rig.engine.blocked & rig.engine.blocked_but_uv) == rig.engine.blocked_but_uv, "%s",
                          row->name);
        }
    }
}
END_TEST

START_TEST(a_second_reason_counts_beside_an_under_voltage)
{
    struct rig rig;

    rig_start(&rig);
    rig_trip(&rig, &voltage_rows[2]);
    ck_assert_uint_eq(rig.engine.blocked_but_uv, 0u);
    rig.m.temp_high_dc = 601; /* too hot to discharge, and to charge */
    rig_run(&rig, 3000u);
    ck_assert_uint_eq(rig.engine.blocked_but_uv, LBMS_PATHS_BOTH);
    rig.m.temp_high_dc = 250;
    rig_run(&rig, 3000u);
    ck_assert_uint_eq(rig.engine.blocked_but_uv, 0u);
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_DISCHARGE);
}
END_TEST

START_TEST(a_fault_is_one_for_service_when_nothing_else_releases_it)
{
    static const struct {
        uint8_t condition;
        bool service;
    } faults[] = {
        {LBMS_CONDITION_CELLS_LOST, false},
        {LBMS_CONDITION_CURRENT_LOST, false},
        {LBMS_CONDITION_NTC_LOST, false},
        {LBMS_CONDITION_TEMPERATURE_LOST, false},
        {LBMS_CONDITION_CHARGE_MOSFET, true},
        {LBMS_CONDITION_DISCHARGE_MOSFET, true},
        {LBMS_CONDITION_HAZARD, true},
        {LBMS_CONDITION_CELL_STUCK_LOW, true},
        {LBMS_CONDITION_PRECHARGE_FAILED, false},
        {LBMS_CONDITION_HEATER, false},
        {LBMS_CONDITION_SELF_TEST, false}, /* a restart does */
    };
    unsigned i;

    for (i = 0u; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct rig rig;

        rig_start(&rig);
        rig_condition(&rig, faults[i].condition, true);
        rig_step(&rig);
        ck_assert_uint_ne(rig.engine.faults, 0u);
        ck_assert_msg(rig.engine.service_fault == faults[i].service, "fault %u", i);
        rig_condition(&rig, faults[i].condition, false);
        ck_assert_int_eq(lbms_protection_service(&rig.engine, &rig.in, &rig.params), LBMS_OK);
        rig_step(&rig);
        ck_assert_msg(!rig.engine.service_fault, "fault %u", i);
    }
}
END_TEST

START_TEST(a_protection_is_nothing_for_service)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        rig_start(&rig);
        rig_trip(&rig, &voltage_rows[i]);
        ck_assert(!rig.engine.service_fault);
        ck_assert_uint_eq(rig.engine.fault_blocked, 0u);
    }
}
END_TEST

SUITE("battery/protection_results", CASE("", before_the_first_step_every_result_is_on_the_safe_side),
      CASE("", without_a_table_both_paths_stay_open_for_ever),
      CASE("R-SLP-01", an_under_voltage_is_the_only_reason_that_does_not_count_as_another_one),
      CASE("R-SLP-01", a_second_reason_counts_beside_an_under_voltage),
      CASE("R-PROT-07", a_fault_is_one_for_service_when_nothing_else_releases_it),
      CASE("R-PROT-07", a_protection_is_nothing_for_service))
