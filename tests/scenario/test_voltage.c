/* Given a resting pack, when a voltage leaves its range, then ... */
#include "support/bench.h"
#include "support/suite.h"

/* Runs until a switch opens or closes, at most limit_ms; returns how long it took. */
static uint32_t until(struct bench *b, bool (*reached)(const struct bench *), bool wanted, uint32_t limit_ms)
{
    const uint32_t start_ms = b->now_ms;

    b->longest_wait_ms = 10u;
    while ((reached(b) != wanted) && ((b->now_ms - start_ms) < limit_ms)) {
        bench_run(b, 10u);
    }
    b->longest_wait_ms = 100u;
    return b->now_ms - start_ms;
}

static bool bench_over_voltage(const struct bench *b)
{
    return bench_protection(b, LBMS_BIT_CELL_OV) || bench_protection(b, LBMS_BIT_PACK_OV);
}

/* A delay is kept within one step and one sample period. */
static void assert_delay(uint32_t took_ms, uint32_t delay_ms)
{
    ck_assert_uint_ge(took_ms, delay_ms);
    ck_assert_uint_le(took_ms, delay_ms + LBMS_STEP_MS + 100u + 10u);
}

START_TEST(charging_goes_on_in_the_whole_permitted_range)
{
    struct bench b;

    bench_start(&b);
    bench_current(&b, 20000);
    bench_cells(&b, 2850u); /* 45.6 V */
    bench_run(&b, 60000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    bench_cells(&b, 3650u); /* 58.4 V */
    bench_run(&b, 60000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->protections, 0u);
}
END_TEST

START_TEST(one_cell_above_3650_mv_stops_charging_after_a_second_and_discharging_goes_on)
{
    unsigned cell;

    for (cell = 0u; cell < LBMS_CELLS; cell++) {
        struct bench b;

        bench_start(&b);
        bench_current(&b, 20000);
        bench_run(&b, 1000u);
        bench_cell(&b, cell, 3651u);
        assert_delay(until(&b, bench_charge_closed, false, 5000u), 1000u);
        ck_assert(bench_discharge_closed(&b));
        ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FULL);
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->m.cell_max_index, cell);
    }
}
END_TEST

START_TEST(the_pack_above_58_4_v_stops_charging)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 3650u);
    bench_run(&b, 5000u);
    ck_assert(bench_charge_closed(&b));
    b.pack_offset_mv = 1;
    assert_delay(until(&b, bench_charge_closed, false, 5000u), 1000u);
    ck_assert(bench_protection(&b, LBMS_BIT_PACK_OV));
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_OV));
}
END_TEST

START_TEST(an_over_charged_pack_may_discharge_and_then_charge_again)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 3660u);
    bench_run(&b, 3000u);
    ck_assert(!bench_charge_closed(&b));

    /* 30 A flow through the body diode of the charge switch: it is closed within a sample, the protection stays. */
    bench_current(&b, -30000);
    bench_run(&b, 250u);
    ck_assert(bench_charge_closed(&b));
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    bench_current(&b, -299);
    bench_run(&b, 250u);
    ck_assert(!bench_charge_closed(&b));

    /* Released only when every cell is at or below 3380 mV, for a second. */
    bench_current(&b, -2000);
    bench_run(&b, 2000u);
    bench_current(&b, 0);
    bench_cells(&b, 3380u);
    b.pack_offset_mv = 0;
    bench_cell(&b, 15u, 3381u);
    bench_run(&b, 5000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    bench_cell(&b, 15u, 3375u); /* pack: 54.075 V, still above 54.0 V */
    bench_run(&b, 5000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    bench_cells(&b, 3375u); /* 54.0 V */
    assert_delay(until(&b, bench_over_voltage, false, 5000u), 1000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->protections, 0u);

    /* The pack is full all the same; charging goes on when its voltage has come down to 53.2 V for a minute at rest. */
    bench_cells(&b, 3326u);
    bench_run(&b, 70000u);
    ck_assert(!bench_charge_closed(&b));
    bench_cells(&b, 3325u);
    assert_delay(until(&b, bench_charge_closed, true, 70000u), 60000u);
}
END_TEST

START_TEST(one_cell_below_2600_mv_stops_discharging_after_a_second_and_charging_goes_on)
{
    unsigned cell;

    for (cell = 0u; cell < LBMS_CELLS; cell++) {
        struct bench b;

        bench_start(&b);
        bench_current(&b, -20000);
        bench_cell(&b, cell, 2600u);
        bench_run(&b, 10000u);
        ck_assert(bench_discharge_closed(&b));
        bench_cell(&b, cell, 2599u);
        assert_delay(until(&b, bench_discharge_closed, false, 5000u), 1000u);
        ck_assert(bench_charge_closed(&b));
        ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_PROTECT);
        ck_assert_uint_eq(lbms_snapshot(&b.bms)->m.cell_min_index, cell);
    }
}
END_TEST

START_TEST(the_pack_below_45_6_v_stops_discharging)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 2850u);
    bench_run(&b, 10000u);
    ck_assert(bench_discharge_closed(&b));
    b.pack_offset_mv = -1;
    assert_delay(until(&b, bench_discharge_closed, false, 5000u), 1000u);
    ck_assert(bench_protection(&b, LBMS_BIT_PACK_UV));
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(an_empty_pack_charges_through_the_diode_rule_and_recovers_by_voltage_alone)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 2500u);
    bench_run(&b, 3000u);
    ck_assert(!bench_discharge_closed(&b));
    bench_current(&b, 20000);
    bench_run(&b, 250u);
    ck_assert(bench_discharge_closed(&b)); /* the diode rule: 20 A charge current */
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
    bench_cells(&b, 2999u); /* 47.984 V */
    bench_run(&b, 10000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV)); /* charge current alone never clears it */
    bench_cells(&b, 3000u);
    bench_run(&b, 900u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
    bench_run(&b, 400u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->protections, 0u);
    bench_current(&b, 0);
    bench_run(&b, 5000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(alarms_come_before_protections)
{
    struct bench b;

    bench_start(&b);
    bench_cell(&b, 0u, 3601u);
    bench_run(&b, 1300u);
    ck_assert(bench_alarm(&b, LBMS_BIT_CELL_OV));
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->protections, 0u);
    bench_cell(&b, 0u, 3551u);
    bench_run(&b, 2000u);
    ck_assert(bench_alarm(&b, LBMS_BIT_CELL_OV));
    bench_cell(&b, 0u, 3550u);
    bench_run(&b, 300u);
    ck_assert(!bench_alarm(&b, LBMS_BIT_CELL_OV));
    bench_cell(&b, 0u, 2799u);
    bench_run(&b, 1300u);
    ck_assert(bench_alarm(&b, LBMS_BIT_CELL_UV));
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(over_voltage_and_under_voltage_together_open_both_paths)
{
    struct bench b;

    bench_start(&b);
    bench_cell(&b, 2u, 3700u);
    bench_cell(&b, 9u, 2500u);
    bench_run(&b, 2000u);
    ck_assert(bench_all_open(&b));
    bench_current(&b, 30000); /* no diode rule while both are blocked */
    bench_run(&b, 1000u);
    ck_assert(bench_all_open(&b));
    bench_current(&b, -30000);
    bench_run(&b, 1000u);
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(samples_that_stop_open_both_paths_within_two_seconds)
{
    struct bench b;

    bench_start(&b);
    b.samples_stopped = true;
    bench_run(&b, 1900u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    bench_run(&b, 300u);
    ck_assert(bench_all_open(&b));
    ck_assert(bench_fault(&b, LBMS_FAULT_SAMPLING) && bench_fault(&b, LBMS_FAULT_CURRENT));
    b.samples_stopped = false;
    bench_run(&b, 9900u);
    ck_assert(bench_all_open(&b));
    bench_run(&b, 1000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(an_impossible_cell_voltage_or_current_opens_both_paths_after_a_second)
{
    struct bench b;
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        bench_start(&b);
        if (i == 0u) {
            bench_cell(&b, 7u, 499u);
            b.pack_offset_mv = 2801;
        } else if (i == 1u) {
            bench_cell(&b, 7u, 4501u);
            b.pack_offset_mv = -1201;
        } else {
            bench_current(&b, -800001);
        }
        bench_run(&b, 900u);
        ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
        bench_run(&b, 400u);
        ck_assert(bench_all_open(&b));
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FAULT);
    }
}
END_TEST

START_TEST(an_open_breaker_is_no_fault)
{
    struct bench b;

    bench_start(&b);
    b.bus_shorted = true; /* nothing at the terminals */
    bench_run_s(&b, 3600u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u);
}
END_TEST

START_TEST(charging_and_discharging_show_as_modes_two_seconds_after_the_current)
{
    struct bench b;

    bench_start(&b);
    bench_current(&b, 500);
    bench_run(&b, 1900u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_CHARGING);
    bench_current(&b, -500);
    bench_run(&b, 2300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_DISCHARGING);
    bench_current(&b, -499);
    bench_run(&b, 2300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
}
END_TEST

SUITE("scenario/voltage", CASE("R-TECH-03", charging_goes_on_in_the_whole_permitted_range),
      CASE("R-PROT-03 R-TECH-03",
           one_cell_above_3650_mv_stops_charging_after_a_second_and_discharging_goes_on),
      CASE("R-PROT-03 R-TECH-03", the_pack_above_58_4_v_stops_charging),
      CASE("R-TECH-04 R-PROT-03", an_over_charged_pack_may_discharge_and_then_charge_again),
      CASE("R-PROT-02", one_cell_below_2600_mv_stops_discharging_after_a_second_and_charging_goes_on),
      CASE("R-PROT-02 R-TECH-04", the_pack_below_45_6_v_stops_discharging),
      CASE("R-PROT-02", an_empty_pack_charges_through_the_diode_rule_and_recovers_by_voltage_alone),
      CASE("", alarms_come_before_protections),
      CASE("", over_voltage_and_under_voltage_together_open_both_paths),
      CASE("R-PROT-01", samples_that_stop_open_both_paths_within_two_seconds),
      CASE("R-PROT-01", an_impossible_cell_voltage_or_current_opens_both_paths_after_a_second),
      CASE("R-IND-06", an_open_breaker_is_no_fault),
      CASE("R-PROT-06", charging_and_discharging_show_as_modes_two_seconds_after_the_current))
