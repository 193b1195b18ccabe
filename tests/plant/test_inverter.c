#include "plant/inverter.h"

#include <math.h>
#include <string.h>

#include "rig.h"
#include "support/suite.h"

#define PERMITTED (LBMS_REQUEST_CHARGE_PERMITTED | LBMS_REQUEST_DISCHARGE_PERMITTED)

static struct {
    struct rig rig;
    struct plant_inverter inverter;
    struct lbms_limit_view told;
    bool silent;
    double time_s;
    double highest_a, lowest_a, highest_v; /* since the last start_watch() */
} t;

static void watch(void)
{
    t.highest_a = -1e9;
    t.lowest_a = 1e9;
    t.highest_v = 0.0;
}

static void run(double seconds)
{
    const long steps = lround(seconds / RIG_STEP_S);
    long i;

    for (i = 0; i < steps; i++) {
        plant_inverter_step(&t.inverter, &t.rig.world, t.silent ? NULL : &t.told, t.time_s);
        plant_pack_step(&t.rig.pack, &t.rig.world, RIG_STEP_S);
        t.time_s += RIG_STEP_S;
        t.highest_a = fmax(t.highest_a, t.rig.pack.current_a);
        t.lowest_a = fmin(t.lowest_a, t.rig.pack.current_a);
        t.highest_v = fmax(t.highest_v, t.rig.pack.terminal_v);
    }
}

/* On a pack with closed switches, told 56.8 V, 46.4 V and 100 A both ways; works after its start. */
static void start(double soc)
{
    memset(&t, 0, sizeof(t));
    rig_start(&t.rig, soc);
    plant_inverter_defaults(&t.inverter);
    t.told.cvl_mv = 56800;
    t.told.dvl_mv = 46400;
    t.told.ccl_ma = 100000;
    t.told.dcl_ma = 100000;
    t.told.requests = PERMITTED;
    run(15.0);
    ck_assert_int_eq(t.inverter.state, PLANT_INVERTER_ON);
    watch();
}

START_TEST(it_takes_its_own_consumption_from_the_pack_and_nothing_before_its_capacitor_is_full)
{
    memset(&t, 0, sizeof(t));
    rig_start(&t.rig, 0.5);
    plant_inverter_defaults(&t.inverter);
    t.inverter.house_w = 2000.0;
    run(3.9);
    ck_assert_double_eq(t.rig.world.load_a, 0.0);
    run(1.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 60.0, 0.1);
    run(10.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 30.0,
                            0.1); /* no limits told: no house */
}
END_TEST

START_TEST(sun_and_house_meet_before_the_pack)
{
    start(0.5);
    t.inverter.sun_w = 3000.0;
    t.inverter.house_w = 1000.0;
    run(5.0);
    ck_assert_double_eq_tol(t.rig.world.charger_a * t.rig.pack.terminal_v, 1970.0, 1.0);
    t.inverter.sun_w = 500.0;
    run(5.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 530.0, 1.0);
    ck_assert_double_eq(t.rig.world.charger_a, 0.0);
}
END_TEST

START_TEST(the_rating_bounds_both_directions)
{
    start(0.5);
    t.inverter.power_w = 2000.0;
    t.inverter.sun_w = 9000.0;
    run(5.0);
    ck_assert_double_eq_tol(t.rig.world.charger_a * t.rig.pack.terminal_v, 2000.0, 1.0);
    t.inverter.sun_w = 0.0;
    t.inverter.house_w = 9000.0;
    run(5.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 2000.0, 1.0);
}
END_TEST

START_TEST(charging_stays_below_ccl_which_counts_two_seconds_later)
{
    start(0.5);
    t.inverter.sun_w = 5000.0;
    t.told.ccl_ma = 40000;
    run(5.0);
    watch();
    run(60.0);
    ck_assert_double_le(t.highest_a, 40.0);
    ck_assert_double_gt(t.lowest_a, 39.8); /* the bleeder takes 0.1 A of it */
    t.told.ccl_ma = 10000;
    run(1.9);
    ck_assert_double_gt(t.rig.pack.current_a, 39.0);
    run(0.3);
    ck_assert_double_le(t.rig.pack.current_a, 10.0);
    t.told.ccl_ma = 0;
    t.told.requests = LBMS_REQUEST_DISCHARGE_PERMITTED;
    run(3.0);
    ck_assert_double_eq(t.rig.world.charger_a, 0.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 30.0, 0.1); /* the charger is off */
}
END_TEST

START_TEST(charging_never_lifts_the_terminals_above_cvl)
{
    start(0.97);
    t.inverter.sun_w = 3000.0;
    t.told.cvl_mv = 55200;
    run(3.0);
    watch();
    run(1800.0);
    ck_assert_double_eq_tol(t.highest_v, 55.2, 1e-6);
    ck_assert_double_lt(t.rig.pack.current_a, 20.0); /* constant voltage: it tapers off */
    t.told.cvl_mv = 54000;
    run(60.0);
    ck_assert_double_le(t.rig.world.charger_a, 0.01);
}
END_TEST

START_TEST(discharging_stays_below_dcl_and_needs_the_permission)
{
    start(0.5);
    t.inverter.house_w = 5000.0;
    t.told.dcl_ma = 50000;
    run(5.0);
    watch();
    run(60.0);
    ck_assert_double_ge(t.lowest_a, -50.2); /* and the bleeder */
    ck_assert_double_le(t.highest_a, -50.0);
    t.told.requests = LBMS_REQUEST_CHARGE_PERMITTED;
    run(3.0);
    ck_assert_double_eq_tol(t.rig.world.load_a * t.rig.pack.terminal_v, 30.0, 0.1);
}
END_TEST

START_TEST(the_house_is_dropped_below_dvl_unless_it_is_not_heeded)
{
    start(0.5);
    t.inverter.house_w = 500.0;
    t.told.dvl_mv = 54000; /* above what the pack has */
    run(11.0);
    ck_assert_double_gt(t.rig.world.load_a, 9.0);
    run(3.0);
    ck_assert_double_lt(t.rig.world.load_a, 1.0);
    t.told.dvl_mv = 46400;
    run(14.0);
    ck_assert_double_gt(t.rig.world.load_a, 9.0);
    t.inverter.heeds_dvl = false;
    t.told.dvl_mv = 54000;
    run(60.0);
    ck_assert_double_gt(t.rig.world.load_a, 9.0);
}
END_TEST

START_TEST(limits_that_stay_away_permit_nothing)
{
    start(0.5);
    t.inverter.house_w = 1000.0;
    run(5.0);
    ck_assert_double_gt(t.rig.world.load_a, 15.0);
    t.silent = true;
    run(9.0);
    ck_assert_double_gt(t.rig.world.load_a, 15.0);
    run(2.0);
    ck_assert_double_lt(t.rig.world.load_a, 1.0);
}
END_TEST

START_TEST(the_grid_charges_only_on_request)
{
    start(0.1);
    t.inverter.grid_w = 600.0;
    run(10.0);
    ck_assert_double_eq(t.rig.world.charger_a, 0.0);
    t.told.requests = PERMITTED | LBMS_REQUEST_FORCE_CHARGE;
    run(3.0);
    ck_assert_double_eq_tol(t.rig.world.charger_a * t.rig.pack.terminal_v, 570.0, 1.0);
}
END_TEST

START_TEST(on_an_empty_pack_it_switches_itself_off_until_there_is_sun_or_new_voltage)
{
    start(0.1);
    t.told.requests = LBMS_REQUEST_CHARGE_PERMITTED;
    run(301.0);
    ck_assert_double_gt(t.rig.world.load_a, 0.5);
    run(2.0);
    ck_assert_double_eq(t.rig.world.load_a, 0.0);
    run(600.0);
    ck_assert_int_eq(t.inverter.state, PLANT_INVERTER_OFF);
    t.inverter.sun_w = 1000.0;
    run(15.0);
    ck_assert_double_gt(t.rig.world.charger_a, 15.0);
    t.inverter.sun_w = 0.0;
    run(303.0);
    ck_assert(t.inverter.given_up);
    t.rig.pack.gates = 0u;
    run(10.0); /* the bleeder empties the bus */
    t.rig.pack.gates = RIG_BOTH;
    run(15.0);
    ck_assert_int_eq(t.inverter.state, PLANT_INVERTER_ON);
}
END_TEST

START_TEST(without_voltage_it_neither_charges_nor_discharges)
{
    start(0.5);
    t.inverter.sun_w = 3000.0;
    run(5.0);
    t.rig.world.breaker_open = true;
    t.inverter.sun_w = 0.0;
    run(20.0);
    t.inverter.sun_w = 3000.0;
    run(20.0);
    ck_assert_int_eq(t.inverter.state, PLANT_INVERTER_OFF);
    ck_assert_double_eq(t.rig.world.charger_a, 0.0);
    ck_assert_double_lt(t.rig.world.bus_v, 1.0);
}
END_TEST

START_TEST(one_that_ignores_the_limits_charges_and_discharges_by_its_own_settings)
{
    start(0.97);
    t.inverter.ignores = true;
    memset(&t.told, 0, sizeof(t.told));
    t.inverter.sun_w = 4000.0;
    run(600.0);
    ck_assert_double_eq_tol(t.rig.pack.terminal_v, 58.4, 1e-6);
    t.inverter.sun_w = 0.0;
    t.inverter.house_w = 4000.0;
    run(5.0);
    ck_assert_double_gt(t.rig.world.load_a, 70.0);
    watch();
    run(7200.0);
    ck_assert(t.rig.world.load_stopped); /* its own cut-off */
}
END_TEST

SUITE("plant/inverter",
      CASE("", it_takes_its_own_consumption_from_the_pack_and_nothing_before_its_capacitor_is_full),
      CASE("", sun_and_house_meet_before_the_pack), CASE("", the_rating_bounds_both_directions),
      CASE("", charging_stays_below_ccl_which_counts_two_seconds_later),
      CASE("", charging_never_lifts_the_terminals_above_cvl),
      CASE("", discharging_stays_below_dcl_and_needs_the_permission),
      CASE("", the_house_is_dropped_below_dvl_unless_it_is_not_heeded),
      CASE("", limits_that_stay_away_permit_nothing), CASE("", the_grid_charges_only_on_request),
      CASE("", on_an_empty_pack_it_switches_itself_off_until_there_is_sun_or_new_voltage),
      CASE("", without_voltage_it_neither_charges_nor_discharges),
      CASE("", one_that_ignores_the_limits_charges_and_discharges_by_its_own_settings))
