/* Counters of a lifetime. */
#include "losun_bms/store/lifetime.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/product.h"
#include "support/suite.h"

#define DATE 1800000000u

static struct lbms_health health;
static struct lbms_lifetime_state state;
static struct lbms_snapshot s;
static struct lbms_params params;

static void step_to(uint32_t uptime_s)
{
    s.uptime_s = uptime_s;
    lbms_lifetime_step(&health, &state, &s, &params, DATE + uptime_s);
}

static void fresh(void)
{
    lbms_health_defaults(&health);
    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    memset(&state, 0, sizeof(state));
    memset(&s, 0, sizeof(s));
    s.mode = LBMS_MODE_STANDBY;
    s.m.valid = LBMS_VALID_CELL_RANGE | LBMS_VALID_TEMP_RANGE | LBMS_VALID_CURRENT | LBMS_VALID_MOSFET;
    s.m.cell_min_mv = 3300u;
    s.m.cell_max_mv = 3310u;
    s.m.temp_min_dc = 200;
    s.m.temp_max_dc = 210;
    s.m.mosfet_dc = 250;
    step_to(1000u);
}

START_TEST(a_virgin_record_has_no_extremes_yet)
{
    unsigned i;

    lbms_health_defaults(&health);
    for (i = 0u; i < LBMS_HEALTH_TRIPS; i++) {
        ck_assert_int_eq(health.trips[i], 0);
    }
    ck_assert_int_eq(health.v[LBMS_HEALTH_SOH_BP], 10000);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CELL_MIN_MV], 65535);
    ck_assert_int_eq(health.v[LBMS_HEALTH_TEMP_MAX_DC], -32768);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGED_MAH], 0);
}
END_TEST

START_TEST(each_trip_and_each_fault_is_counted_once)
{
    unsigned i;

    fresh();
    for (i = 0u; i < 3u; i++) {
        s.protections = LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_SOC_LOW);
        s.faults = LBMS_MASK(LBMS_FAULT_TRIP_UNIT);
        step_to(1000u);
        step_to(1001u);
        s.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
        step_to(1001u);
        s.protections = 0u;
        s.faults = 0u;
        step_to(1002u);
    }
    ck_assert_int_eq(health.trips[LBMS_BIT_CELL_OV], 3);
    ck_assert_int_eq(health.trips[LBMS_BIT_SOC_LOW], 3);
    ck_assert_int_eq(health.trips[LBMS_BIT_PACK_OV], 0);
    ck_assert_int_eq(health.faults[LBMS_FAULT_TRIP_UNIT], 3);
    ck_assert_int_eq(health.faults[LBMS_FAULT_SAMPLING], 0);
    health.trips[LBMS_BIT_CELL_OV] = INT32_MAX;
    s.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    step_to(1003u);
    ck_assert_int_eq(health.trips[LBMS_BIT_CELL_OV], INT32_MAX);
}
END_TEST

START_TEST(what_lasted_since_before_the_start_is_no_new_trip)
{
    fresh();
    memset(&state, 0, sizeof(state));
    s.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    s.faults = 1u;
    step_to(5u);
    ck_assert_int_eq(health.trips[LBMS_BIT_CELL_UV], 0);
    ck_assert_int_eq(health.faults[0], 0);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DEEP_DISCHARGES], 0);
}
END_TEST

START_TEST(cell_and_pack_under_voltage_together_are_one_deep_discharge)
{
    fresh();
    s.protections = LBMS_MASK(LBMS_BIT_PACK_UV);
    step_to(1001u);
    s.protections |= LBMS_MASK(LBMS_BIT_CELL_UV);
    step_to(1002u);
    s.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    step_to(1003u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DEEP_DISCHARGES], 1);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DEEP_DISCHARGE_DATE], (int32_t)(DATE + 1001u));
    s.protections = 0u;
    step_to(1004u);
    s.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    step_to(1005u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DEEP_DISCHARGES], 2);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DEEP_DISCHARGE_DATE], (int32_t)(DATE + 1005u));
}
END_TEST

START_TEST(extremes_are_kept_of_what_is_believed)
{
    fresh();
    s.m.cell_max_mv = 3600u;
    s.m.cell_min_mv = 2700u;
    s.m.temp_max_dc = 451;
    s.m.temp_min_dc = -52;
    s.m.mosfet_dc = 777;
    s.m.current_ma = 90000;
    step_to(1000u);
    s.m.current_ma = -105000;
    step_to(1000u);
    s.m.valid = 0u;
    s.m.cell_max_mv = 5000u;
    s.m.cell_min_mv = 100u;
    s.m.temp_max_dc = 1200;
    s.m.temp_min_dc = -400;
    s.m.mosfet_dc = 1300;
    s.m.current_ma = -800000;
    step_to(1001u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CELL_MAX_MV], 3600);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CELL_MIN_MV], 2700);
    ck_assert_int_eq(health.v[LBMS_HEALTH_TEMP_MAX_DC], 451);
    ck_assert_int_eq(health.v[LBMS_HEALTH_TEMP_MIN_DC], -52);
    ck_assert_int_eq(health.v[LBMS_HEALTH_MOSFET_MAX_DC], 777);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGE_MAX_MA], 90000);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DISCHARGE_MAX_MA], 105000);
}
END_TEST

/* Seconds counted in this figure while the pack is like this for 100 s. */
static int32_t counted(uint8_t figure, int16_t coldest_dc, int16_t hottest_dc, uint8_t flow)
{
    uint32_t i;

    fresh();
    s.m.temp_min_dc = coldest_dc;
    s.m.temp_max_dc = hottest_dc;
    s.flow = flow;
    for (i = 1u; i <= 400u; i++) {
        step_to(1000u + i / 4u);
    }
    if (health.v[figure] > 0) {
        ck_assert_int_eq(health.v[figure + 1u], (int32_t)(DATE + 1100u));
    } else {
        ck_assert_int_eq(health.v[figure + 1u], 0);
    }
    return health.v[figure];
}

START_TEST(harmful_times_are_counted_beyond_the_alarm_levels)
{
    /* defaults: discharge window -15 .. 55 degC, charge window 3 .. 50 degC */
    ck_assert_int_eq(counted(LBMS_HEALTH_HOT_S, 200, 550, LBMS_FLOW_IDLE), 0);
    ck_assert_int_eq(counted(LBMS_HEALTH_HOT_S, 200, 551, LBMS_FLOW_IDLE), 100);
    ck_assert_int_eq(counted(LBMS_HEALTH_COLD_S, -150, 200, LBMS_FLOW_IDLE), 0);
    ck_assert_int_eq(counted(LBMS_HEALTH_COLD_S, -151, 200, LBMS_FLOW_DISCHARGE), 100);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_HOT_S, 200, 500, LBMS_FLOW_CHARGE), 0);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_HOT_S, 200, 501, LBMS_FLOW_CHARGE), 100);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_HOT_S, 200, 600, LBMS_FLOW_DISCHARGE), 0);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_COLD_S, 30, 200, LBMS_FLOW_CHARGE), 0);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_COLD_S, 29, 200, LBMS_FLOW_CHARGE), 100);
    ck_assert_int_eq(counted(LBMS_HEALTH_CHARGE_COLD_S, -300, 200, LBMS_FLOW_IDLE), 0);
}
END_TEST

START_TEST(time_without_a_temperature_does_no_harm)
{
    uint32_t i;

    fresh();
    s.m.valid = LBMS_VALID_CELL_RANGE;
    s.m.temp_max_dc = 900;
    s.m.temp_min_dc = -400;
    s.flow = LBMS_FLOW_CHARGE;
    for (i = 1u; i < 50u; i++) {
        step_to(1000u + i);
    }
    ck_assert_int_eq(health.v[LBMS_HEALTH_HOT_S], 0);
    ck_assert_int_eq(health.v[LBMS_HEALTH_COLD_S], 0);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGE_HOT_S], 0);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGE_COLD_S], 0);
    ck_assert_int_eq(health.v[LBMS_HEALTH_OPERATING_S], 49);
}
END_TEST

START_TEST(operating_time_is_time_awake)
{
    fresh();
    step_to(1001u);
    step_to(1011u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_OPERATING_S], 11);
    step_to(1022u); /* eleven seconds without a step: asleep */
    ck_assert_int_eq(health.v[LBMS_HEALTH_OPERATING_S], 11);
    s.mode = LBMS_MODE_SHUTDOWN;
    step_to(1023u);
    step_to(1024u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_OPERATING_S], 11);
    s.mode = LBMS_MODE_STARTING;
    step_to(1025u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_OPERATING_S], 12);
}
END_TEST

START_TEST(the_first_current_commissions_the_pack)
{
    fresh();
    step_to(1001u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_COMMISSIONED_DATE], 0);
    s.flow = LBMS_FLOW_DISCHARGE;
    step_to(1002u);
    s.flow = LBMS_FLOW_CHARGE;
    step_to(1003u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_COMMISSIONED_DATE], (int32_t)(DATE + 1002u));
}
END_TEST

START_TEST(what_the_fuel_gauge_knows_is_taken_over_once_a_second)
{
    struct lbms_health_view *view = &s.health;

    fresh();
    view->capacity_mah = 97531;
    view->capacity_sd_mah = 1357;
    view->soh_bp = 9753u;
    view->energy_bp = 9401u;
    view->coulomb_bp = 9987u;
    view->resistance_permille = 1345u;
    view->resistance_new_permille = 1111u;
    view->totals.mah[LBMS_CHARGED] = 7000001u;
    view->totals.mah[LBMS_DISCHARGED] = 6900002u;
    view->totals.wh[LBMS_CHARGED] = 360003u;
    view->totals.wh[LBMS_DISCHARGED] = 340004u;
    view->totals.cycles = 86u;
    view->totals.since_cycle_mah = 54321u;
    view->equivalent_cycles = 6900u;
    step_to(1000u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CAPACITY_MAH], 0);
    step_to(1001u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CAPACITY_MAH], 97531);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CAPACITY_SD_MAH], 1357);
    ck_assert_int_eq(health.v[LBMS_HEALTH_SOH_BP], 9753);
    ck_assert_int_eq(health.v[LBMS_HEALTH_EFFICIENCY_BP], 9401);
    ck_assert_int_eq(health.v[LBMS_HEALTH_COULOMB_BP], 9987);
    ck_assert_int_eq(health.v[LBMS_HEALTH_RESISTANCE_PERMILLE], 1345);
    ck_assert_int_eq(health.v[LBMS_HEALTH_RESISTANCE_NEW_PERMILLE], 1111);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGED_MAH], 7000001);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DISCHARGED_MAH], 6900002);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CHARGED_WH], 360003);
    ck_assert_int_eq(health.v[LBMS_HEALTH_DISCHARGED_WH], 340004);
    ck_assert_int_eq(health.v[LBMS_HEALTH_CYCLES], 86);
    ck_assert_int_eq(health.v[LBMS_HEALTH_SINCE_CYCLE_MAH], 54321);
    ck_assert_int_eq(health.v[LBMS_HEALTH_EQUIVALENT_CYCLES], 6900);
}
END_TEST

static uint32_t power_at_s;

/* 52.5 V at half charge, so long after the last look: what is noted of these limits of 10 s. */
static void expect_power_after(uint32_t passed_s, int32_t charge_w, int32_t discharge_w)
{
    s.power.charge_ma[LBMS_HORIZON_2S] = 130000;
    s.power.charge_ma[LBMS_HORIZON_10S] = 120000;
    s.power.charge_ma[LBMS_HORIZON_60S] = 90000;
    s.power.discharge_ma[LBMS_HORIZON_2S] = 210000;
    s.power.discharge_ma[LBMS_HORIZON_10S] = 200000;
    s.power.discharge_ma[LBMS_HORIZON_60S] = 150000;
    health.v[LBMS_HEALTH_POWER_CHARGE_W] = 1;
    health.v[LBMS_HEALTH_POWER_DISCHARGE_W] = 2;
    power_at_s += passed_s;
    step_to(power_at_s);
    ck_assert_int_eq(health.v[LBMS_HEALTH_POWER_CHARGE_W], charge_w);
    ck_assert_int_eq(health.v[LBMS_HEALTH_POWER_DISCHARGE_W], discharge_w);
}

static void expect_power(int32_t charge_w, int32_t discharge_w)
{
    expect_power_after(60u, charge_w, discharge_w);
}

START_TEST(the_power_capability_is_noted_after_a_minute_of_rest)
{
    fresh();
    s.m.valid |= LBMS_VALID_PACK;
    s.m.pack_mv = 52500;
    s.soc.estimate_bp = 5000u;
    power_at_s = 1000u;
    step_to(power_at_s); /* the start, after which the limits rise */
    expect_power_after(59u, 1, 2);
    expect_power_after(1u, 6300, 10500);
    expect_power_after(1u, 6300, 10500);
    s.flow = LBMS_FLOW_CHARGE;
    expect_power_after(1u, 1, 2);
    s.flow = LBMS_FLOW_IDLE;
    expect_power_after(59u, 1, 2);
    expect_power_after(1u, 6300, 10500);
}
END_TEST

START_TEST(the_power_capability_is_that_of_ten_seconds_at_rest_at_half_charge)
{
    fresh();
    s.m.valid |= LBMS_VALID_PACK;
    s.m.pack_mv = 52500;
    s.soc.estimate_bp = 4000u;
    power_at_s = 1000u;
    step_to(power_at_s);
    expect_power(6300, 10500);
    s.soc.estimate_bp = 6000u;
    expect_power(6300, 10500);
    s.soc.estimate_bp = 3999u;
    expect_power(1, 2);
    s.soc.estimate_bp = 6001u;
    expect_power(1, 2);
    s.soc.estimate_bp = 5000u;
    s.flow = LBMS_FLOW_DISCHARGE;
    expect_power(1, 2);
    s.flow = LBMS_FLOW_IDLE;
    s.protections = LBMS_MASK(LBMS_BIT_CELL_DIFF);
    expect_power(1, 2);
    s.protections = 0u;
    s.faults = LBMS_MASK(LBMS_FAULT_SAMPLING);
    expect_power(1, 2);
    s.faults = 0u;
    s.m.valid &= (uint16_t)~LBMS_VALID_PACK;
    expect_power(1, 2);
    s.m.valid |= LBMS_VALID_PACK;
    expect_power(6300, 10500);
}
END_TEST

/* So many days asleep and seconds awake; then full, with so much charged beyond what was discharged. */
static int32_t rest_until_full(uint32_t asleep_s, uint32_t awake_s, uint32_t missing_mah)
{
    uint32_t i;

    s.state = 0u;
    step_to(s.uptime_s + 1u);
    for (i = 1u; i < awake_s; i++) {
        step_to(s.uptime_s + 1u);
    }
    s.mode = LBMS_MODE_SHUTDOWN;
    step_to(s.uptime_s + asleep_s);
    s.mode = LBMS_MODE_STANDBY;
    s.health.totals.mah[LBMS_CHARGED] += 5000u + missing_mah;
    s.health.totals.mah[LBMS_DISCHARGED] += 5000u;
    s.state = LBMS_STATE_FULL;
    step_to(s.uptime_s + 1u);
    return health.v[LBMS_HEALTH_SELF_DISCHARGE_BP];
}

START_TEST(self_discharge_is_what_is_missing_after_a_long_sleep)
{
    fresh();
    s.health.capacity_mah = 100000;
    s.health.totals.mah[LBMS_CHARGED] = 700000u;
    s.health.totals.mah[LBMS_DISCHARGED] = 640000u;
    ck_assert_int_eq(rest_until_full(2000000u, 10u, 9000u), 0);  /* no full charge to compare with */
    ck_assert_int_eq(rest_until_full(2592000u, 0u, 2500u), 250); /* 2.5 % in a month */
    ck_assert_int_eq(health.v[LBMS_HEALTH_SELF_DISCHARGE_FIRST_BP], 250);
    ck_assert_int_eq(rest_until_full(1296000u, 100u, 2000u), 400); /* 2 % in half a month */
    ck_assert_int_eq(health.v[LBMS_HEALTH_SELF_DISCHARGE_FIRST_BP], 250);
    ck_assert_int_eq(rest_until_full(1209599u, 10u, 5000u), 400); /* too short */
    ck_assert_int_eq(rest_until_full(1209600u, 10u, 0u), 1);      /* nothing, and that is known */
    ck_assert_int_eq(rest_until_full(1209600u, 86399u, 1400u), 280);
    ck_assert_int_eq(rest_until_full(1209600u, 86400u, 5000u), 280); /* too long awake */
}
END_TEST

START_TEST(an_unknown_time_without_supply_gives_no_self_discharge)
{
    fresh();
    s.health.capacity_mah = 100000;
    (void)rest_until_full(1u, 1u, 0u);
    lbms_lifetime_resume(&health, false, 0u);
    lbms_lifetime_resume(&health, true, 2592000u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_FULL_ASLEEP_S], -1);
    ck_assert_int_eq(rest_until_full(2592000u, 0u, 2500u), 0);
    lbms_lifetime_resume(&health, true, 2592000u); /* asleep, and then a start */
    ck_assert_int_eq(rest_until_full(1u, 1u, 3000u), 300);
    health.v[LBMS_HEALTH_FULL_ASLEEP_S] = 5;
    lbms_lifetime_resume(&health, true, UINT32_MAX);
    ck_assert_int_eq(health.v[LBMS_HEALTH_FULL_ASLEEP_S], INT32_MAX);
}
END_TEST

START_TEST(a_pack_that_is_full_at_the_start_is_not_full_anew)
{
    fresh();
    memset(&state, 0, sizeof(state));
    s.state = LBMS_STATE_FULL;
    step_to(2000u);
    step_to(2001u);
    ck_assert_int_eq(health.v[LBMS_HEALTH_FULL_ASLEEP_S], -1);
}
END_TEST

/* Raise LBMS_HEALTH_LAYOUT when a figure that has been released changes its place or meaning. */
START_TEST(figures_keep_their_places)
{
    ck_assert_uint_eq(LBMS_HEALTH_LAYOUT, 1u);
    ck_assert_uint_eq(LBMS_HEALTH_TRIPS, 24u);
    ck_assert_uint_eq(LBMS_HEALTH_FAULTS, 16u);
    ck_assert_uint_eq(LBMS_HEALTH_CAPACITY_MAH, 0u);
    ck_assert_uint_eq(LBMS_HEALTH_CHARGED_MAH, 10u);
    ck_assert_uint_eq(LBMS_HEALTH_OPERATING_S, 17u);
    ck_assert_uint_eq(LBMS_HEALTH_DEEP_DISCHARGES, 25u);
    ck_assert_uint_eq(LBMS_HEALTH_CHARGE_COLD_DATE, 34u);
    ck_assert_uint_eq(LBMS_HEALTH_AUTO_WAKE_TRIES, 39u);
    ck_assert_uint_eq(LBMS_HEALTH_FULL_AWAKE_S, 43u);
    ck_assert_uint_eq(sizeof(struct lbms_health), LBMS_HEALTH_WORDS * 4u);
}
END_TEST

SUITE("store/lifetime", CASE("", a_virgin_record_has_no_extremes_yet),
      CASE("", each_trip_and_each_fault_is_counted_once),
      CASE("", what_lasted_since_before_the_start_is_no_new_trip),
      CASE("", cell_and_pack_under_voltage_together_are_one_deep_discharge),
      CASE("", extremes_are_kept_of_what_is_believed),
      CASE("", harmful_times_are_counted_beyond_the_alarm_levels),
      CASE("", time_without_a_temperature_does_no_harm), CASE("", operating_time_is_time_awake),
      CASE("", the_first_current_commissions_the_pack),
      CASE("", what_the_fuel_gauge_knows_is_taken_over_once_a_second),
      CASE("", the_power_capability_is_noted_after_a_minute_of_rest),
      CASE("", the_power_capability_is_that_of_ten_seconds_at_rest_at_half_charge),
      CASE("", self_discharge_is_what_is_missing_after_a_long_sleep),
      CASE("", an_unknown_time_without_supply_gives_no_self_discharge),
      CASE("", a_pack_that_is_full_at_the_start_is_not_full_anew), CASE("", figures_keep_their_places))
