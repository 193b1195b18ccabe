/* An inverter that ignores the limits, a cold morning, short circuits: the pack must help itself. */
#include "loop.h"
#include "support/suite.h"

#include <math.h>

static struct loop loop;

static bool charge_switch_closed(void)
{
    return (loop.board.switches.closed & LBMS_SWITCH_CHARGE) != 0u;
}

/* A usual specimen, whose cells differ; 5 kW without any regard. */
START_TEST(a_charger_that_ignores_the_limits_is_cut_off_at_the_cells_limit)
{
    loop_prepare(&loop, 0.90);
    plant_pack_defaults(&loop.config.pack);
    plant_board_seed(&loop.config, 3u);
    loop.config.pack.soc = 0.90;
    loop.inverter.ignores = true;
    loop_start(&loop);
    loop.inverter.sun_w = 5000.0;
    loop_run(&loop, 12.0 * HOUR_S);
    ck_assert_double_gt(loop.seen.charge_a, 85.0);
    ck_assert_double_lt(loop.seen.cell_high_v, 3.70);
    ck_assert((loop.seen.protections & LBMS_MASK(LBMS_BIT_CELL_OV)) != 0u);
    ck_assert_uint_eq(loop.seen.faults, 0u);
    ck_assert(!charge_switch_closed());
    ck_assert_uint_eq(loop_snapshot(&loop)->mode, LBMS_MODE_FULL);
    ck_assert_double_lt(loop.board.pack.current_a, 0.01);

    loop.inverter.sun_w = 0.0;
    loop.inverter.house_w = 4000.0;
    loop_run(&loop, 60.0);
    ck_assert_double_lt(loop.board.pack.current_a, -70.0);
    ck_assert(charge_switch_closed()); /* its body diode would carry 77 A */
}
END_TEST

START_TEST(a_load_that_ignores_the_limits_is_cut_off_and_the_button_brings_the_pack_back_to_the_sun)
{
    loop_prepare(&loop, 0.10);
    loop.inverter.ignores = true;
    loop_start(&loop);
    loop.inverter.house_w = 4000.0;
    ck_assert_double_gt(loop_until(&loop, LBMS_MODE_SHUTDOWN, HOUR_S), 0.0);
    ck_assert_double_gt(loop.seen.cell_low_v, 2.5);
    ck_assert_uint_eq(loop_snapshot(&loop)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    loop.inverter.house_w = 0.0;
    loop.inverter.sun_w = 2000.0;
    loop_press(&loop, LBMS_KEY_BUTTON, 4.0);
    loop_run(&loop, 600.0);
    ck_assert_double_gt(loop.board.pack.current_a, 30.0);
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, 0u);
}
END_TEST

/* Sun from the beginning, cells at -3 degC. The house is served; the sun has to wait until the pack has warmed up. */
START_TEST(on_a_cold_morning_the_pack_discharges_but_takes_no_charge_until_it_is_warm)
{
    loop_prepare(&loop, 0.50);
    loop.config.pack.start_c = -3.0;
    loop_start(&loop);
    loop.inverter.sun_w = 3000.0;
    loop_run(&loop, HOUR_S);
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, LBMS_MASK(LBMS_BIT_CHARGE_UT));
    ck_assert_int_eq(loop_snapshot(&loop)->limit.ccl_ma, 0);
    loop.inverter.sun_w = 0.0;
    loop.inverter.house_w = 2000.0;
    loop_run(&loop, 300.0);
    ck_assert_double_lt(loop.board.pack.current_a, -38.0);
    ck_assert(charge_switch_closed()); /* body diode */
    loop.inverter.house_w = 0.0;
    loop.inverter.sun_w = 3000.0;
    loop.board.world.ambient_c = 8.0;
    loop_run(&loop, 1.5 * HOUR_S);
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, 0u);
    ck_assert_double_gt(loop.board.pack.cell[0].temp_c, 3.0);
    ck_assert_double_gt(loop.board.pack.current_a, 4.0);
    ck_assert_double_lt(loop.board.pack.current_a, 20.0); /* a cold pack takes a tenth */
    ck_assert_double_gt(loop_until(&loop, LBMS_MODE_FULL, 6.0 * HOUR_S), 0.0);
    ck_assert_double_lt(loop.seen.cold_charge_as, 0.1); /* the whole morning */
    ck_assert_uint_eq(loop.seen.faults, 0u);
}
END_TEST

/*
 * An inverter that ignores the limits. As it takes 0.6 A out of the pack by night, the charge switch is closed against the
 * body diode's loss when the sun rises, and opens with the next sample: 0.2 s of 56 A, the only charge that goes in.
 */
START_TEST(on_a_cold_morning_a_charger_that_ignores_the_limits_gets_nothing_through)
{
    loop_prepare(&loop, 0.50);
    loop.config.pack.start_c = -3.0;
    loop.inverter.ignores = true;
    loop_start(&loop);
    loop.inverter.sun_w = 3000.0;
    loop_run(&loop, HOUR_S);
    ck_assert_double_lt(loop.seen.cold_charge_as, 0.3 * 56.0);
    ck_assert(!charge_switch_closed());
    ck_assert_double_gt(loop.board.world.bus_v, 58.0);
    ck_assert_uint_eq(loop.seen.faults, 0u);
    loop.board.world.ambient_c = 15.0;
    loop_run(&loop, 3.0 * HOUR_S);
    ck_assert_double_gt(plant_pack_soc(&loop.board.pack), 0.90);
    ck_assert_double_lt(loop.seen.cold_charge_as, 0.3 * 56.0);
}
END_TEST

static void short_circuit(double seconds)
{
    loop.board.world.short_ohm = 0.005;
    loop_run(&loop, seconds);
    loop.board.world.short_ohm = 0.0;
}

/* Seconds until the pack carries the house again, negative when it does not within this time. */
static double until_served(double seconds)
{
    double s;

    for (s = 0.0; s < seconds; s += 1.0) {
        if (loop.board.pack.current_a < -15.0) {
            return s;
        }
        loop_run(&loop, 1.0);
    }
    return -1.0;
}

static void serve(void)
{
    loop_prepare(&loop, 0.50);
    loop_start(&loop);
    loop.inverter.house_w = 1000.0;
    loop_run(&loop, 30.0);
    ck_assert_double_lt(loop.board.pack.current_a, -18.0);
}

START_TEST(after_a_short_circuit_the_pack_waits_for_the_load_to_go_and_tries_again)
{
    double s;

    serve();
    loop.board.world.short_ohm = 0.005;
    loop_run(&loop, 0.5);
    ck_assert_uint_eq(loop.board.switches.closed, 0u);
    ck_assert_double_eq(loop.board.pack.current_a, 0.0);
    loop_watch(&loop);
    loop_run(&loop, 100.0);                          /* one test of the port meanwhile */
    ck_assert_double_lt(loop.seen.discharge_a, 2.0); /* through the pre-charge resistor only */
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT));
    loop.board.world.short_ohm = 0.0;
    s = until_served(120.0);
    ck_assert_msg((s > 10.0) && (s < 60.0), "%.0f s", s); /* the second test is 120 s after the trip */
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, 0u);
    ck_assert_uint_eq(loop.seen.locks, 0u);
}
END_TEST

START_TEST(the_third_short_circuit_in_a_row_locks_until_the_user_resets)
{
    double s;
    unsigned i;

    serve();
    for (i = 0u; i < 2u; i++) {
        short_circuit(1.0);
        s = until_served(300.0);
        ck_assert_msg((s > 58.0) && (s < 90.0), "%u: %.0f s", i, s);
    }
    short_circuit(1.0);
    ck_assert_double_lt(until_served(1800.0), 0.0);
    ck_assert_uint_eq(loop_snapshot(&loop)->locks, LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT));
    ck_assert_uint_eq(loop.board.switches.closed, 0u);
    loop.board.world.ext_on = true; /* a charger does not release it */
    loop.board.world.ext_v = 56.0;
    loop_run(&loop, 120.0);
    ck_assert_double_lt(fabs(loop.board.pack.current_a), 0.01);
    loop.board.world.ext_on = false;
    loop_run(&loop, 30.0);
    loop_press(&loop, LBMS_KEY_BUTTON, 7.0);
    ck_assert_double_ge(until_served(120.0), 0.0);
    ck_assert_uint_eq(loop_snapshot(&loop)->locks, 0u);
}
END_TEST

SUITE("scenario/inverter_hazard",
      CASE("R-PROT-03 R-PROT-06", a_charger_that_ignores_the_limits_is_cut_off_at_the_cells_limit),
      CASE("R-PROT-02 R-PROT-06 R-WAKE-09",
           a_load_that_ignores_the_limits_is_cut_off_and_the_button_brings_the_pack_back_to_the_sun),
      CASE("R-TECH-09 R-PROT-05", on_a_cold_morning_the_pack_discharges_but_takes_no_charge_until_it_is_warm),
      CASE("R-TECH-09 R-PROT-05", on_a_cold_morning_a_charger_that_ignores_the_limits_gets_nothing_through),
      CASE("R-TECH-07 R-PROT-04", after_a_short_circuit_the_pack_waits_for_the_load_to_go_and_tries_again),
      CASE("R-TECH-07 R-PROT-04 R-PROT-08", the_third_short_circuit_in_a_row_locks_until_the_user_resets))
