/* Cell sensors that are lost, and the port behind paths that are not open: what may be concluded from the rest. */
#include "protection_rig.h"
#include "support/suite.h"

static void lose_sensors(struct rig *rig, uint8_t lost)
{
    rig->m.ntcs_valid = (uint8_t)(LBMS_ALL_NTCS & ~(unsigned)lost);
    if (lost != 0u) {
        rig->m.valid &= (uint16_t)~LBMS_VALID_NTCS;
    }
}

START_TEST(one_lost_sensor_of_any_place_is_stood_for_and_two_are_not)
{
    unsigned lost;

    for (lost = 0u; lost <= LBMS_ALL_NTCS; lost++) {
        unsigned count = 0u;
        unsigned i;
        struct rig rig;

        for (i = 0u; i < LBMS_NTCS; i++) {
            count += (lost >> i) & 1u;
        }
        rig_start(&rig);
        rig.m.temp_low_dc = -1; /* too cold to charge, and then warm again */
        rig_run(&rig, 3000u);
        ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CHARGE_UT)));
        rig.m.temp_low_dc = 250;
        lose_sensors(&rig, (uint8_t)lost);
        rig_run(&rig, 5000u);
        ck_assert_msg(rig_shows(&rig, rig_protection(LBMS_BIT_CHARGE_UT)) == (count >= 2u), "%u", lost);
    }
}
END_TEST

/* Two of four are left, and nothing but them and the rest of the temperatures is known. */
static void start_with_two_sensors(struct rig *rig)
{
    rig_start(rig);
    lose_sensors(rig, 0x5u);
    rig->m.valid = LBMS_VALID_TEMP_RANGE;
}

START_TEST(what_two_sensors_see_beyond_a_limit_is_beyond_it)
{
    struct rig rig;

    start_with_two_sensors(&rig);
    rig.m.temp_high_dc = 551;
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CHARGE_OT), true, MINUTE_MS), 2000u);
    start_with_two_sensors(&rig);
    rig.m.temp_low_dc = -1;
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CHARGE_UT), true, MINUTE_MS), 2000u);
    start_with_two_sensors(&rig);
    rig.m.temp_max_dc = 651;
    ck_assert_uint_eq(rig_until(&rig, rig_alarm(LBMS_BIT_TEMP_DIFF), true, MINUTE_MS), 1000u);
}
END_TEST

START_TEST(numbers_of_sensors_that_are_all_lost_trip_nothing)
{
    struct rig rig;

    start_with_two_sensors(&rig);
    rig.m.valid = (uint16_t) ~(LBMS_VALID_TEMP_RANGE | LBMS_VALID_NTCS);
    rig.m.temp_high_dc = rig.m.temp_max_dc = 900;
    rig.m.temp_low_dc = rig.m.temp_min_dc = -300;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
}
END_TEST

START_TEST(a_reversed_charger_is_one_behind_open_paths_only)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.closed = 0u;
    rig.m.terminal_mv = -5000;
    rig_run(&rig, 1000u);
    ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_REVERSED)));
    rig.m.closed = LBMS_SWITCH_PRECHARGE; /* the port has the voltage of the pack, whatever is connected */
    ck_assert_uint_eq(rig_until(&rig, rig_fault(LBMS_FAULT_REVERSED), false, MINUTE_MS), 1000u);
}
END_TEST

/* Only service ends this fault, so it needs five seconds in which the cell is measured; the paths are open without it. */
START_TEST(a_wire_that_is_loose_for_a_moment_is_no_dead_cell)
{
    struct rig rig;

    rig_start(&rig);
    measured_cell(&rig.m, 2u, 900u);
    rig_run(&rig, 1000u);
    measured_lose_cell(&rig.m, 2u);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, true);
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_fault(LBMS_FAULT_SAMPLING)));
    ck_assert_uint_eq(rig.engine.blocked, LBMS_PATHS_BOTH);
    rig_condition(&rig, LBMS_CONDITION_CELLS_LOST, false);
    rig.m = measured_rested();
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.faults, 0u);
    measured_cell(&rig.m, 2u, 900u);
    ck_assert_uint_eq(rig_until(&rig, rig_fault(LBMS_FAULT_CELL), true, MINUTE_MS), 5000u);
}
END_TEST

SUITE("battery/protection_doubt",
      CASE("R-PROT-05", one_lost_sensor_of_any_place_is_stood_for_and_two_are_not),
      CASE("R-PROT-05", what_two_sensors_see_beyond_a_limit_is_beyond_it),
      CASE("R-PROT-05", numbers_of_sensors_that_are_all_lost_trip_nothing),
      CASE("R-PROT-11", a_reversed_charger_is_one_behind_open_paths_only),
      CASE("R-PROT-07", a_wire_that_is_loose_for_a_moment_is_no_dead_cell))
