/* Switches, body diodes, pre-charge, limiter: who lets which current through, and what it costs. */
#include "plant/pack.h"

#include <math.h>

#include "rig.h"
#include "support/suite.h"

static void gates(struct rig *rig, unsigned mask)
{
    rig->pack.gates = (uint8_t)mask;
}

START_TEST(open_charge_switch_lets_discharge_current_through_its_diode)
{
    struct rig rig;
    double heat_j;
    double a;

    rig_start(&rig, 0.5);
    gates(&rig, PLANT_SWITCH_DISCHARGE);
    plant_world_current(&rig.world, -20.0);
    rig_run(&rig, 1.0);
    a = -rig.pack.current_a;
    ck_assert_double_gt(a, 20.0);
    ck_assert_double_lt(a, 20.2);
    ck_assert_double_eq_tol(rig.pack.stack_v - rig.pack.terminal_v, 0.8 + a * (2.0e-3 + 0.4e-3), 1e-6);
    heat_j = rig.pack.total.path_heat_j;
    rig_run(&rig, 100.0);
    heat_j = rig.pack.total.path_heat_j - heat_j;
    ck_assert_double_eq_tol(heat_j, 100.0 * (0.8 * a + a * a * 2.4e-3), 1.0);
    /* a third of an hour later the switches have reached (0.8 V a + 0.4 mOhm a^2) / 0.9 W/K */
    rig_run(&rig, 1200.0);
    ck_assert_double_eq_tol(rig.pack.switch_c - 25.0, (0.8 * a + 0.4e-3 * a * a) / 0.9, 0.05);
}
END_TEST

START_TEST(open_charge_switch_blocks_charge_current)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, PLANT_SWITCH_DISCHARGE);
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 10.0);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    ck_assert_double_eq_tol(rig.pack.terminal_v, rig.world.charger.v_max, 1e-9);
}
END_TEST

START_TEST(open_discharge_switch_is_the_mirror_of_it)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, PLANT_SWITCH_CHARGE);
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 20.0 - rig.pack.terminal_v / 500.0, 0.01);
    ck_assert_double_eq_tol(rig.pack.terminal_v - rig.pack.stack_v, 0.8 + rig.pack.current_a * 2.4e-3, 1e-6);
    plant_world_current(&rig.world, -20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    ck_assert_double_eq_tol(rig.pack.terminal_v, 0.0, 1e-6);
}
END_TEST

START_TEST(everything_open_lets_nothing_through)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, 0u);
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    plant_world_current(&rig.world, -20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
}
END_TEST

START_TEST(precharge_lifts_an_empty_capacitor_above_90_per_cent_in_3_s)
{
    struct rig rig;
    double expected_v;
    double tau_s;

    rig_start(&rig, 0.5);
    gates(&rig, 0u);
    rig_run(&rig, 60.0);
    ck_assert_double_lt(rig.pack.terminal_v, 0.1);
    gates(&rig, PLANT_SWITCH_CHARGE | PLANT_SWITCH_PRECHARGE);
    rig_run(&rig, 0.3);
    /* 10 mF through 33 Ohm with 500 Ohm beside it */
    tau_s = 10e-3 / (1.0 / 33.0 + 1.0 / 500.0);
    expected_v = rig.pack.stack_v * 500.0 / 533.0 * (1.0 - exp(-0.3 / tau_s));
    ck_assert_double_eq_tol(rig.pack.terminal_v, expected_v, 0.6);
    rig_run(&rig, 2.7);
    ck_assert_double_gt(rig.pack.terminal_v, 0.9 * rig.pack.stack_v);
    ck_assert_double_eq_tol(rig.pack.terminal_v, rig.pack.stack_v * 500.0 / 533.0, 0.1);
}
END_TEST

START_TEST(precharge_cannot_lift_a_shorted_port)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    rig.world.short_ohm = 0.01;
    gates(&rig, PLANT_SWITCH_CHARGE | PLANT_SWITCH_PRECHARGE);
    rig_run(&rig, 3.0);
    ck_assert_double_lt(rig.pack.terminal_v, 0.05);
    ck_assert_double_eq_tol(-rig.pack.current_a, rig.pack.stack_v / 33.0, 0.02);
}
END_TEST

START_TEST(limiter_clamps_the_charge_current_in_both_gears)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, PLANT_SWITCH_LIMITER | PLANT_SWITCH_DISCHARGE);
    plant_world_current(&rig.world, 80.0);
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 10.0, 1e-9);
    ck_assert_double_eq_tol(rig.pack.terminal_v, rig.world.charger.v_max, 1e-9);
    rig.pack.limiter_low = true;
    rig_run(&rig, 1.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 5.0, 1e-9);
    /* less than the limit passes unchanged */
    plant_world_current(&rig.world, 3.0);
    rig_run(&rig, 5.0);
    ck_assert_double_eq_tol(rig.pack.current_a, 3.0 - rig.pack.terminal_v / 500.0, 0.01);
}
END_TEST

START_TEST(limiter_lets_discharge_current_through_the_diode_beside_it)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, PLANT_SWITCH_LIMITER | PLANT_SWITCH_DISCHARGE);
    plant_world_current(&rig.world, -30.0);
    rig_run(&rig, 1.0);
    ck_assert_double_lt(rig.pack.current_a, -30.0);
    ck_assert_double_gt(rig.pack.stack_v - rig.pack.terminal_v, 0.8);
}
END_TEST

START_TEST(welded_switch_conducts_and_dead_one_does_not)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    gates(&rig, 0u);
    rig.pack.welded = PLANT_SWITCH_CHARGE;
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_gt(rig.pack.current_a, 19.0);
    rig.pack.welded = 0u;
    rig.pack.dead = PLANT_SWITCH_CHARGE;
    gates(&rig, RIG_BOTH);
    rig_run(&rig, 1.0);
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    plant_world_current(&rig.world, -20.0);
    rig_run(&rig, 1.0);
    ck_assert_double_gt(rig.pack.stack_v - rig.pack.terminal_v, 0.8);
}
END_TEST

START_TEST(a_short_circuit_gives_the_current_of_its_resistances)
{
    struct rig rig;
    const double path_ohm = RIG_STACK_OHM + 2.0e-3 + 0.8e-3;
    double expected_a;

    rig_start(&rig, 0.5);
    ck_assert_double_lt(plant_pack_surge_a(&rig.pack, &rig.world, 300e-6), 1.0);
    rig.world.short_ohm = 0.010;
    expected_a = 16.0 * 3.29984 / (path_ohm + 0.010);
    /* 10 mF are empty after 300 us: 10 mF x 5 mOhm */
    ck_assert_double_eq_tol(plant_pack_surge_a(&rig.pack, &rig.world, 300e-6), expected_a, 0.01 * expected_a);
    plant_pack_step(&rig.pack, &rig.world, 0.1);
    ck_assert_double_eq_tol(-rig.pack.current_a, expected_a, 0.01 * expected_a);
    gates(&rig, PLANT_SWITCH_CHARGE);
    ck_assert_double_eq(plant_pack_surge_a(&rig.pack, &rig.world, 300e-6), 0.0);
}
END_TEST

START_TEST(closing_on_an_empty_capacitor_is_a_surge_that_decays)
{
    struct rig rig;
    const double path_ohm = RIG_STACK_OHM + 2.0e-3 + 0.8e-3;
    const double peak_a = 16.0 * 3.29984 / path_ohm;

    rig_start(&rig, 0.5);
    rig.world.bus_v = 0.0;
    rig.pack.terminal_v = 0.0;
    ck_assert_double_eq_tol(plant_pack_surge_a(&rig.pack, &rig.world, 0.0), peak_a, 0.001 * peak_a);
    ck_assert_double_eq_tol(plant_pack_surge_a(&rig.pack, &rig.world, 200e-6),
                            peak_a * exp(-200e-6 / (path_ohm * 10e-3)), 0.01 * peak_a);
}
END_TEST

SUITE("plant/path", CASE("", open_charge_switch_lets_discharge_current_through_its_diode),
      CASE("", open_charge_switch_blocks_charge_current), CASE("", open_discharge_switch_is_the_mirror_of_it),
      CASE("", everything_open_lets_nothing_through),
      CASE("", precharge_lifts_an_empty_capacitor_above_90_per_cent_in_3_s),
      CASE("", precharge_cannot_lift_a_shorted_port),
      CASE("", limiter_clamps_the_charge_current_in_both_gears),
      CASE("", limiter_lets_discharge_current_through_the_diode_beside_it),
      CASE("", welded_switch_conducts_and_dead_one_does_not),
      CASE("", a_short_circuit_gives_the_current_of_its_resistances),
      CASE("", closing_on_an_empty_capacitor_is_a_surge_that_decays))
