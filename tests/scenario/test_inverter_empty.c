/* Discharging to the end with an inverter that follows the limits, and an empty pack that is left alone. */
#include "loop.h"
#include "support/suite.h"

#include <math.h>

#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

static struct loop loop;

static bool permitted(void)
{
    return (loop_snapshot(&loop)->limit.requests & LBMS_REQUEST_DISCHARGE_PERMITTED) != 0u;
}

/* Until the pack no longer permits it, and half an hour longer. */
static void discharge(double house_w, bool heeds_dvl)
{
    double least_s;
    double s;

    loop_prepare(&loop, 0.30);
    loop_start(&loop);
    loop.inverter.heeds_dvl = heeds_dvl;
    loop.inverter.house_w = house_w;
    loop.inverter.give_up_s = DAY_S; /* it goes on talking to the pack, which stays awake for it */
    /* 25 of the 30 Ah at 54 V at most: the pack does not stop far too early */
    least_s = 25.0 * 48.0 * HOUR_S / (house_w + 100.0);
    for (s = 0.0; permitted(); s += 1.0) {
        ck_assert_double_lt(s, 8.0 * HOUR_S);
        loop_run(&loop, 1.0);
    }
    ck_assert_msg(s > least_s, "%.0f W: stopped after %.0f s", house_w, s);
    ck_assert_int_eq(loop_snapshot(&loop)->limit.dcl_ma, 0);
    ck_assert_uint_eq(loop_snapshot(&loop)->limit.requests,
                      LBMS_REQUEST_CHARGE_PERMITTED | LBMS_REQUEST_FORCE_CHARGE);
    ck_assert_uint_eq(loop_snapshot(&loop)->state & LBMS_STATE_STOP_LOW, LBMS_STATE_STOP_LOW);
    loop_run(&loop, 1800.0);
    ck_assert(!permitted()); /* the voltage has recovered, but not enough */
    ck_assert_uint_eq(loop.seen.protections, 0u);
    ck_assert_uint_eq(loop.seen.faults, 0u);
    ck_assert_double_gt(loop.seen.cell_low_v, 2.80);
    ck_assert_uint_eq(loop.board.switches.closed, LBMS_SWITCHES_MAIN);
}

START_TEST(a_small_load_empties_the_pack_without_a_protection)
{
    discharge(300.0, true);
    discharge(300.0, false);
}
END_TEST

START_TEST(a_usual_load_empties_the_pack_without_a_protection)
{
    discharge(2000.0, true);
    discharge(2000.0, false);
}
END_TEST

START_TEST(the_largest_load_empties_the_pack_without_a_protection)
{
    discharge(5000.0, true);
    discharge(5000.0, false);
    ck_assert_double_gt(loop.seen.discharge_a, 99.0);
    ck_assert_double_lt(loop.seen.discharge_a, 102.0); /* DCL, and what the bus itself takes */
}
END_TEST

START_TEST(the_grid_brings_the_empty_pack_back_on_request)
{
    discharge(2000.0, false);
    loop.inverter.house_w = 0.0;
    loop.inverter.grid_w = 1000.0;
    loop_run(&loop, 1800.0);
    ck_assert(permitted());
    ck_assert_uint_eq(loop_snapshot(&loop)->limit.requests & LBMS_REQUEST_FORCE_CHARGE, 0u);
    ck_assert_double_gt(loop.seen.charge_a, 17.0);
    loop.inverter.house_w = 500.0;
    loop_run(&loop, 60.0);
    ck_assert_double_lt(loop.board.pack.current_a, -9.0);
}
END_TEST

START_TEST(the_empty_pack_sleeps_when_its_inverter_has_given_up)
{
    discharge(2000.0, true);
    loop.inverter.give_up_s = 60.0;
    ck_assert_double_gt(loop_until(&loop, LBMS_MODE_SHUTDOWN, 900.0),
                        0.0); /* 60 s, 60 s, 300 s, and the test */
    ck_assert_uint_eq(loop_snapshot(&loop)->sleep_reason, LBMS_SLEEP_LOW_CELL);
    ck_assert_uint_eq(loop.seen.states & LBMS_STATE_SLEEP_REFUSED,
                      0u); /* the capacitor of the inverter is no charger */
}
END_TEST

/* An inverter that knows no limits empties the pack: over-discharge, then sleep. */
static void empty_and_asleep(void)
{
    loop_prepare(&loop, 0.03);
    loop_start(&loop);
    loop.inverter.ignores = true;
    loop.inverter.house_w = 1000.0;
    ck_assert_double_gt(loop_until(&loop, LBMS_MODE_SHUTDOWN, HOUR_S), 0.0);
    ck_assert_uint_eq(loop_snapshot(&loop)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert(loop.seen.protections != 0u);
    ck_assert_uint_eq(loop.seen.protections & ~UV_BITS, 0u);
    loop.inverter.house_w = 0.0;
    loop_watch(&loop);
}

/* 1 % is left: self-discharge takes 0.5 % in a week. Then a charger comes. */
START_TEST(an_empty_pack_survives_a_week_alone_and_takes_a_charge)
{
    empty_and_asleep();
    loop_run(&loop, 7.0 * DAY_S);
    ck_assert_uint_eq(loop_snapshot(&loop)->mode, LBMS_MODE_SHUTDOWN);
    ck_assert_double_gt(loop.seen.cell_low_v, 2.4);
    ck_assert_double_lt(loop.seen.discharge_a, 2.0);
    ck_assert_uint_eq(loop.seen.faults, 0u);

    loop.board.world.ext_on = true;
    loop.board.world.ext_v = 54.0;
    loop.board.world.ext_ohm = 0.3;
    loop_run(&loop, HOUR_S);
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, 0u);
    ck_assert_double_gt(plant_pack_soc(&loop.board.pack), 0.05);
    ck_assert_double_gt(loop.board.pack.current_a, 1.0);
}
END_TEST

/* Another pack on the same bus, as an example: it may not sleep, but is charged from there. */
START_TEST(an_empty_pack_on_a_live_bus_is_charged_from_it)
{
    empty_and_asleep();
    loop.board.world.ext_on = true;
    loop.board.world.ext_v = 50.0;
    loop.board.world.ext_ohm = 1.0;
    loop_run(&loop, 7.0 * DAY_S);
    ck_assert_double_gt(loop.seen.cell_low_v, 2.7);
    ck_assert_uint_eq(loop_snapshot(&loop)->protections, 0u);
    ck_assert_double_gt(plant_pack_soc(&loop.board.pack), 0.02);
    ck_assert_uint_eq(loop.seen.faults, 0u);
}
END_TEST

SUITE("scenario/inverter_empty",
      CASE("R-TECH-04 R-TECH-08", a_small_load_empties_the_pack_without_a_protection),
      CASE("R-TECH-04 R-TECH-08", a_usual_load_empties_the_pack_without_a_protection),
      CASE("R-TECH-04 R-TECH-05 R-TECH-08", the_largest_load_empties_the_pack_without_a_protection),
      CASE("R-TECH-08", the_grid_brings_the_empty_pack_back_on_request),
      CASE("R-SLP-03 R-SLP-06", the_empty_pack_sleeps_when_its_inverter_has_given_up),
      CASE("R-SLP-01 R-WAKE-01 R-PROT-02", an_empty_pack_survives_a_week_alone_and_takes_a_charge),
      CASE("R-SLP-06 R-WAKE-01", an_empty_pack_on_a_live_bus_is_charged_from_it))
