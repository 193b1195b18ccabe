#include "losun_bms/battery/flow.h"

#include <string.h>

#include "support/measured.h"
#include "support/suite.h"

struct rig {
    struct lbms_flow_state flow;
    struct lbms_measured m;
    struct lbms_params params;
    uint32_t now_ms;
};

static void step(struct rig *rig, uint32_t later_ms)
{
    rig->now_ms += later_ms;
    lbms_flow_step(&rig->flow, &rig->m, rig->now_ms, &rig->params, &lbms_product_ls_btn0_p0548100);
}

/* A pack at rest with both main switches closed; no step yet. */
static void start(struct rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig));
    rig->m = measured_rested();
    rig->now_ms = 10000u;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_flow_init(&rig->flow);
}

/* The same, but this current has been flowing for a minute. */
static void start_with(struct rig *rig, int32_t current_ma)
{
    start(rig);
    rig->m.current_ma = current_ma;
    step(rig, 0u);
    step(rig, 60000u);
}

/* Does this current count as this direction, after it has lasted for long? */
static void expect_direction(int32_t current_ma, uint8_t flow)
{
    struct rig rig;

    start_with(&rig, current_ma);
    ck_assert_uint_eq(rig.flow.flow, flow);
    ck_assert(rig.flow.charge_now == (flow == LBMS_FLOW_CHARGE));
}

START_TEST(the_start_is_idle_without_a_charger)
{
    struct rig rig;

    start(&rig);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    ck_assert(!rig.flow.charger_present);
    ck_assert(!rig.flow.charge_now);
    step(&rig, 100u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    ck_assert(!rig.flow.charger_present);
}
END_TEST

START_TEST(a_current_below_500_ma_is_idle)
{
    expect_direction(0, LBMS_FLOW_IDLE);
    expect_direction(499, LBMS_FLOW_IDLE);
    expect_direction(500, LBMS_FLOW_CHARGE);
    expect_direction(100000, LBMS_FLOW_CHARGE);
    expect_direction(-499, LBMS_FLOW_IDLE);
    expect_direction(-500, LBMS_FLOW_DISCHARGE);
    expect_direction(-100000, LBMS_FLOW_DISCHARGE);
}
END_TEST

/* From one lasting current to another: the direction changes after 2 s and not 1 ms earlier. */
static void expect_change(int32_t from_ma, uint8_t from, int32_t to_ma, uint8_t to)
{
    struct rig rig;

    start_with(&rig, from_ma);
    rig.m.current_ma = to_ma;
    step(&rig, 100u);
    ck_assert_uint_eq(rig.flow.flow, from);
    step(&rig, 1999u);
    ck_assert_uint_eq(rig.flow.flow, from);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, to);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, to);
}

START_TEST(a_direction_changes_when_the_new_one_has_lasted_for_2_s)
{
    expect_change(0, LBMS_FLOW_IDLE, 5000, LBMS_FLOW_CHARGE);
    expect_change(0, LBMS_FLOW_IDLE, -5000, LBMS_FLOW_DISCHARGE);
    expect_change(5000, LBMS_FLOW_CHARGE, 0, LBMS_FLOW_IDLE);
    expect_change(-5000, LBMS_FLOW_DISCHARGE, 0, LBMS_FLOW_IDLE);
    expect_change(5000, LBMS_FLOW_CHARGE, -5000, LBMS_FLOW_DISCHARGE);
    expect_change(-5000, LBMS_FLOW_DISCHARGE, 5000, LBMS_FLOW_CHARGE);
}
END_TEST

START_TEST(a_short_return_starts_the_time_anew)
{
    struct rig rig;
    unsigned i;

    start_with(&rig, 0);
    for (i = 0u; i < 20u; i++) {
        rig.m.current_ma = 5000;
        step(&rig, 1u);
        step(&rig, 1999u);
        rig.m.current_ma = 0;
        step(&rig, 1u);
        ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    }
}
END_TEST

START_TEST(a_third_direction_in_between_starts_the_time_anew)
{
    struct rig rig;

    start_with(&rig, 0);
    rig.m.current_ma = 5000;
    step(&rig, 100u);
    step(&rig, 1500u);
    rig.m.current_ma = -5000;
    step(&rig, 100u);
    step(&rig, 1999u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_DISCHARGE);
}
END_TEST

START_TEST(a_second_change_has_the_full_delay_as_well)
{
    struct rig rig;

    start_with(&rig, 0);
    rig.m.current_ma = 5000;
    step(&rig, 100u);
    step(&rig, 2000u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_CHARGE);
    rig.m.current_ma = -5000;
    step(&rig, 1u);
    step(&rig, 1999u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_CHARGE);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_DISCHARGE);
}
END_TEST

START_TEST(the_delay_runs_across_the_wrap_of_the_time)
{
    struct rig rig;

    start_with(&rig, 0);
    rig.now_ms = UINT32_MAX - 999u;
    rig.m.current_ma = 5000;
    step(&rig, 0u);
    step(&rig, 1999u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_CHARGE);
    ck_assert_uint_lt(rig.now_ms, 2000u);
}
END_TEST

START_TEST(charge_now_follows_each_sample)
{
    struct rig rig;

    start(&rig);
    rig.m.current_ma = 500;
    step(&rig, 100u);
    ck_assert(rig.flow.charge_now);
    rig.m.current_ma = 499;
    step(&rig, 100u);
    ck_assert(!rig.flow.charge_now);
    rig.m.current_ma = -5000;
    step(&rig, 100u);
    ck_assert(!rig.flow.charge_now);
}
END_TEST

START_TEST(a_charger_is_seen_by_its_first_sample_of_current)
{
    struct rig rig;

    start(&rig);
    rig.m.current_ma = 499;
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
    rig.m.current_ma = 500;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
}
END_TEST

/* A charger whose current has just fallen below 500 mA: that step is the first of its hold time. */
static void start_tapered(struct rig *rig)
{
    start_with(rig, 5000);
    rig->m.current_ma = 499;
    step(rig, 100u);
    ck_assert(rig->flow.charger_present);
}

START_TEST(a_charger_is_held_for_60_s_after_its_current)
{
    struct rig rig;

    start_tapered(&rig);
    step(&rig, 59999u);
    ck_assert(rig.flow.charger_present);
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
}
END_TEST

START_TEST(a_pulse_of_charge_current_starts_the_hold_time_anew)
{
    struct rig rig;

    start_tapered(&rig);
    step(&rig, 59999u);
    rig.m.current_ma = 500;
    step(&rig, 1u);
    rig.m.current_ma = 0;
    step(&rig, 1u);
    step(&rig, 59999u);
    ck_assert(rig.flow.charger_present);
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
}
END_TEST

START_TEST(a_discharge_of_more_than_1_a_ends_the_hold_time_at_once)
{
    struct rig rig;

    start_tapered(&rig);
    rig.m.current_ma = -1000;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
    rig.m.current_ma = -1001;
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
    rig.m.current_ma = 0; /* and it does not come back by itself */
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
    rig.m.current_ma = 500;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
}
END_TEST

/* Is a charger seen by its voltage, with these switches closed and so much more at the terminal than in the pack? */
static bool seen_by_voltage(uint8_t closed, int32_t over_mv)
{
    struct rig rig;

    start(&rig);
    rig.m.closed = closed;
    rig.m.terminal_mv = rig.m.pack_mv + over_mv;
    step(&rig, 100u);
    return rig.flow.charger_present;
}

START_TEST(more_than_half_a_volt_above_the_pack_with_the_charge_switch_open_is_a_charger)
{
    ck_assert(!seen_by_voltage(0u, 500));
    ck_assert(seen_by_voltage(0u, 501));
    ck_assert(!seen_by_voltage(LBMS_SWITCH_DISCHARGE, 500));
    ck_assert(seen_by_voltage(LBMS_SWITCH_DISCHARGE, 501));
    ck_assert(!seen_by_voltage(LBMS_SWITCH_CHARGE, 10000)); /* the drop of the charge current itself */
    ck_assert(!seen_by_voltage(LBMS_SWITCHES_MAIN, 10000));
    ck_assert(!seen_by_voltage(0u, -60000));
}
END_TEST

START_TEST(a_voltage_that_has_gone_is_not_held)
{
    struct rig rig;

    start(&rig);
    rig.m.closed = 0u;
    rig.m.terminal_mv = rig.m.pack_mv + 5000;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
    rig.m.terminal_mv = rig.m.pack_mv;
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
}
END_TEST

START_TEST(a_discharge_does_not_hide_a_charger_that_its_voltage_shows)
{
    struct rig rig;

    start(&rig);
    rig.m.closed = LBMS_SWITCH_DISCHARGE;
    rig.m.terminal_mv = rig.m.pack_mv + 5000;
    rig.m.current_ma = -5000;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
}
END_TEST

START_TEST(voltages_that_cannot_be_believed_show_no_charger)
{
    struct rig rig;

    start(&rig);
    rig.m.closed = 0u;
    rig.m.terminal_mv = rig.m.pack_mv + 5000;
    rig.m.valid &= (uint16_t)~LBMS_VALID_TERMINAL;
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
    rig.m.valid |= LBMS_VALID_TERMINAL;
    rig.m.valid &= (uint16_t)~LBMS_VALID_PACK;
    step(&rig, 100u);
    ck_assert(!rig.flow.charger_present);
    rig.m.valid |= LBMS_VALID_PACK;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
}
END_TEST

START_TEST(a_current_that_cannot_be_believed_counts_as_none)
{
    struct rig rig;

    start(&rig);
    rig.m.current_ma = 5000; /* the number that is kept for display */
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    step(&rig, 100u);
    step(&rig, 5000u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    ck_assert(!rig.flow.charge_now);
    ck_assert(!rig.flow.charger_present);

    start_tapered(&rig);
    rig.m.current_ma = -5000; /* so the hold time of a charger goes on */
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    step(&rig, 59999u);
    ck_assert(rig.flow.charger_present);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE); /* nor is it a discharge */
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
}
END_TEST

START_TEST(changed_parameters_take_effect)
{
    struct rig rig;

    start(&rig);
    rig.params.v[LBMS_PARAM_CURRENT_IDLE_MA] = 2000;
    rig.params.v[LBMS_PARAM_CURRENT_STATE_DELAY_MS] = 300;
    rig.params.v[LBMS_PARAM_CHARGER_HOLD_S] = 2;
    rig.params.v[LBMS_PARAM_CHARGER_OVER_MV] = 2500;
    rig.params.v[LBMS_PARAM_BODY_DIODE_ON_MA] = 3000;
    rig.m.current_ma = 1999;
    step(&rig, 100u);
    ck_assert(!rig.flow.charge_now);
    rig.m.current_ma = 2000;
    step(&rig, 100u);
    step(&rig, 299u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_IDLE);
    step(&rig, 1u);
    ck_assert_uint_eq(rig.flow.flow, LBMS_FLOW_CHARGE);
    rig.m.current_ma = -3000;
    step(&rig, 100u);
    ck_assert(rig.flow.charger_present);
    step(&rig, 1999u);
    ck_assert(rig.flow.charger_present);
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
    rig.m.closed = 0u;
    rig.m.terminal_mv = rig.m.pack_mv + 2500;
    step(&rig, 1u);
    ck_assert(!rig.flow.charger_present);
    rig.m.terminal_mv = rig.m.pack_mv + 2501;
    step(&rig, 1u);
    ck_assert(rig.flow.charger_present);
}
END_TEST

SUITE("battery/flow", CASE("", the_start_is_idle_without_a_charger), CASE("", a_current_below_500_ma_is_idle),
      CASE("", a_direction_changes_when_the_new_one_has_lasted_for_2_s),
      CASE("", a_short_return_starts_the_time_anew),
      CASE("", a_third_direction_in_between_starts_the_time_anew),
      CASE("", a_second_change_has_the_full_delay_as_well),
      CASE("", the_delay_runs_across_the_wrap_of_the_time), CASE("", charge_now_follows_each_sample),
      CASE("", a_charger_is_seen_by_its_first_sample_of_current),
      CASE("", a_charger_is_held_for_60_s_after_its_current),
      CASE("", a_pulse_of_charge_current_starts_the_hold_time_anew),
      CASE("", a_discharge_of_more_than_1_a_ends_the_hold_time_at_once),
      CASE("", more_than_half_a_volt_above_the_pack_with_the_charge_switch_open_is_a_charger),
      CASE("", a_voltage_that_has_gone_is_not_held),
      CASE("", a_discharge_does_not_hide_a_charger_that_its_voltage_shows),
      CASE("", voltages_that_cannot_be_believed_show_no_charger),
      CASE("", a_current_that_cannot_be_believed_counts_as_none), CASE("", changed_parameters_take_effect))
