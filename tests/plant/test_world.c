#include "plant/world.h"

#include <math.h>

#include "rig.h"
#include "support/suite.h"

START_TEST(a_signed_demand_is_charger_or_load)
{
    struct plant_world world;

    plant_world_defaults(&world);
    plant_world_current(&world, 12.5);
    ck_assert_int_eq(world.charger.demand.kind, PLANT_DEMAND_CURRENT);
    ck_assert_double_eq(world.charger.demand.value, 12.5);
    ck_assert_int_eq(world.load.demand.kind, PLANT_DEMAND_NONE);
    plant_world_power(&world, -800.0);
    ck_assert_int_eq(world.charger.demand.kind, PLANT_DEMAND_NONE);
    ck_assert_int_eq(world.load.demand.kind, PLANT_DEMAND_POWER);
    ck_assert_double_eq(world.load.demand.value, 800.0);
    plant_world_power(&world, 0.0);
    ck_assert_int_eq(world.load.demand.kind, PLANT_DEMAND_NONE);
}
END_TEST

START_TEST(the_charger_never_exceeds_its_voltage)
{
    struct rig rig;
    double highest_v = 0.0;
    double last_a = 1e9;
    bool constant_voltage = false;
    long i;

    rig_start(&rig, 0.90);
    plant_world_current(&rig.world, 50.0);
    for (i = 0; i < 60000; i++) {
        plant_pack_step(&rig.pack, &rig.world, RIG_STEP_S);
        highest_v = fmax(highest_v, rig.pack.terminal_v);
        ck_assert_double_le(rig.world.charger_a, 50.0 + 1e-9);
        constant_voltage = constant_voltage || (rig.pack.terminal_v == 56.8);
        if (constant_voltage) {
            ck_assert_double_le(rig.pack.current_a, last_a + 0.01);
        } else if (i > 10) {
            ck_assert_double_eq_tol(rig.world.charger_a, 50.0, 1e-6);
        }
        last_a = rig.pack.current_a;
    }
    ck_assert(constant_voltage);
    ck_assert_double_le(highest_v, 56.8);
    /* 3.55 V a cell lies between the two last rows of the table, less the hysteresis */
    ck_assert_double_lt(rig.pack.current_a, 0.5);
    ck_assert_double_gt(rig.pack.cell[0].soc, 0.994);
    ck_assert_double_lt(rig.pack.cell[0].soc, 0.998);
}
END_TEST

START_TEST(power_is_what_was_demanded)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    plant_world_power(&rig.world, 2000.0);
    rig_run(&rig, 10.0);
    ck_assert_double_eq_tol(rig.world.charger_a * rig.pack.terminal_v, 2000.0, 1.0);
    plant_world_power(&rig.world, -3000.0);
    rig_run(&rig, 10.0);
    ck_assert_double_eq_tol(rig.world.load_a * rig.pack.terminal_v, 3000.0, 1.0);
    /* and limited in current */
    plant_world_power(&rig.world, 20000.0);
    rig_run(&rig, 10.0);
    ck_assert_double_le(rig.world.charger_a, 100.0);
}
END_TEST

START_TEST(charger_and_load_can_work_together)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    plant_world_current(&rig.world, 30.0);
    rig.world.load.demand.kind = PLANT_DEMAND_CURRENT;
    rig.world.load.demand.value = 10.0;
    rig_run(&rig, 10.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 20.0 - rig.pack.terminal_v / 500.0, 0.01);
    /* without the pack the charger feeds the load at its voltage */
    rig.pack.gates = 0u;
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.terminal_v, 56.8, 1e-9);
    ck_assert_double_eq_tol(rig.world.charger_a, 10.0 + 56.8 / 500.0, 1e-3);
}
END_TEST

START_TEST(the_load_stops_below_its_cut_off_and_resumes_above)
{
    struct rig rig;

    rig_start(&rig, 0.02);
    rig.world.load.cutoff_v = 46.0;
    rig.world.load.resume_v = 49.0;
    plant_world_current(&rig.world, -50.0);
    rig_run(&rig, 600.0);
    ck_assert(rig.world.load_stopped);
    ck_assert_double_eq_tol(rig.world.load_a, 0.0, 1e-12);
    ck_assert_double_gt(rig.pack.cell[0].soc, 0.0);
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 1800.0);
    ck_assert(!rig.world.load_stopped);
    rig.pack.gates = 0u;
    plant_world_current(&rig.world, 0.0);
    rig_run(&rig, 10.0);
    ck_assert(rig.world.load_stopped);
    rig.pack.gates = RIG_BOTH;
    rig_run(&rig, 4.9);
    ck_assert(rig.world.load_stopped);
    rig_run(&rig, 0.3);
    ck_assert(!rig.world.load_stopped);
    plant_world_current(&rig.world, -50.0);
    rig_run(&rig, 1.0);
    ck_assert_double_lt(rig.pack.current_a, -50.0);
}
END_TEST

START_TEST(an_open_breaker_parts_bus_and_terminals)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    rig.world.breaker_open = true;
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 5.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 0.0, 1e-3);
    ck_assert_double_eq_tol(rig.pack.terminal_v, rig.pack.stack_v, 1e-3);
    ck_assert_double_eq_tol(rig.world.bus_v, 56.8, 1e-9);
    rig.world.breaker_open = false;
    rig_run(&rig, 5.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 20.0 - rig.pack.terminal_v / 500.0, 0.01);
    ck_assert_double_eq(rig.world.bus_v, rig.pack.terminal_v);
}
END_TEST

START_TEST(an_unconnected_bus_runs_down)
{
    struct rig rig;
    double before_v;

    rig_start(&rig, 0.5);
    rig.pack.gates = 0u;
    before_v = rig.pack.terminal_v;
    rig_run(&rig, 5.0); /* 10 mF x 500 Ohm */
    ck_assert_double_eq_tol(rig.pack.terminal_v, before_v * exp(-1.0), 0.5);
}
END_TEST

START_TEST(an_external_voltage_stands_at_open_terminals)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    rig.pack.gates = 0u;
    rig.world.ext_on = true;
    rig.world.ext_v = 53.0;
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.terminal_v, 53.0, 0.01);
    rig.world.ext_v = -48.0;
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.terminal_v, -48.0, 0.01);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    /* a parallel pack at 54 V feeds this one through the closed switches */
    rig.world.ext_v = 54.0;
    rig.pack.gates = RIG_BOTH;
    rig_run(&rig, 1.0);
    ck_assert_double_gt(rig.pack.current_a, 5.0);
}
END_TEST

START_TEST(a_pack_can_be_over_charged_and_over_discharged)
{
    struct rig rig;

    rig_start(&rig, 0.99);
    rig.world.charger.v_max = 70.0;
    plant_world_current(&rig.world, 50.0);
    rig_run(&rig, 300.0);
    ck_assert_double_gt(rig.pack.cell_v[0], 4.2);
    rig_start(&rig, 0.01);
    plant_world_current(&rig.world, -50.0);
    rig_run(&rig, 150.0);
    ck_assert_double_lt(rig.pack.cell_v[0], 1.6);
}
END_TEST

SUITE("plant/world", CASE("", a_signed_demand_is_charger_or_load),
      CASE("", the_charger_never_exceeds_its_voltage), CASE("", power_is_what_was_demanded),
      CASE("", charger_and_load_can_work_together),
      CASE("", the_load_stops_below_its_cut_off_and_resumes_above),
      CASE("", an_open_breaker_parts_bus_and_terminals), CASE("", an_unconnected_bus_runs_down),
      CASE("", an_external_voltage_stands_at_open_terminals),
      CASE("", a_pack_can_be_over_charged_and_over_discharged))
