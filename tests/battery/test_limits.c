#include "losun_bms/battery/limits.h"

#include <string.h>

#include "limits_rig.h"
#include "support/suite.h"

/* A pack as it was prepared, told so for the first time in a while: both currents in A / 10. */
static void expect_now(struct limits_rig *rig, int ccl_da, int dcl_da)
{
    limits_settle(rig);
    ck_assert_int_eq(rig->limits.view.ccl_ma, ccl_da * 100);
    ck_assert_int_eq(rig->limits.view.dcl_ma, dcl_da * 100);
}

START_TEST(before_the_first_step_everything_is_zero)
{
    struct limits_rig rig;

    limits_start(&rig);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 0);
    ck_assert_int_eq(rig.limits.view.dvl_mv, 0);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 0);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
    ck_assert_uint_eq(rig.limits.view.requests, 0u);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
    ck_assert(!rig.limits.stop);
}
END_TEST

START_TEST(starting_writes_all_of_its_own_memory_and_nothing_behind_it)
{
    struct {
        struct lbms_limits limits;
        uint8_t behind[32];
    } memory[2];
    unsigned i;

    memset(&memory[0], 0xEE, sizeof(memory[0]));
    memset(&memory[1], 0x11, sizeof(memory[1]));
    lbms_limits_init(&memory[0].limits);
    lbms_limits_init(&memory[1].limits);
    ck_assert_mem_eq(&memory[0].limits, &memory[1].limits, sizeof(memory[0].limits));
    for (i = 0u; i < sizeof(memory[0].behind); i++) {
        ck_assert_uint_eq(memory[0].behind[i], 0xEEu);
        ck_assert_uint_eq(memory[1].behind[i], 0x11u);
    }
}
END_TEST

START_TEST(a_healthy_pack_offers_100_a_both_ways_between_46_4_and_56_8_v)
{
    struct limits_rig rig;

    limits_ready(&rig);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 100000);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 100000);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    ck_assert_int_eq(rig.limits.view.dvl_mv, 46400);
    ck_assert(!rig.limits.stop);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
}
END_TEST

START_TEST(the_nominal_values_are_parameters)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.params.v[LBMS_PARAM_CCL_MA] = 50000;
    rig.params.v[LBMS_PARAM_DCL_MA] = 110000;
    rig.params.v[LBMS_PARAM_CVL_MV] = 55200;
    rig.params.v[LBMS_PARAM_DVL_MV] = 48000;
    limits_step(&rig, 0u);
    expect_now(&rig, 500, 1100);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    ck_assert_int_eq(rig.limits.view.dvl_mv, 48000);
}
END_TEST

START_TEST(currents_follow_the_cell_temperature)
{
    static const struct {
        int16_t dc;
        int ccl_da, dcl_da;
    } cases[] = {
        {-201, 0, 0},     {-200, 0, 200},    {-150, 0, 350},    {-100, 0, 500},   {-1, 0, 797},
        {0, 50, 800},     {50, 100, 900},    {75, 175, 950},    {100, 250, 1000}, {150, 500, 1000},
        {199, 990, 1000}, {200, 1000, 1000}, {450, 1000, 1000}, {475, 750, 1000}, {500, 500, 1000},
        {525, 350, 800},  {550, 200, 600},   {551, 0, 592},     {600, 0, 200},    {601, 0, 0},
    };
    struct limits_rig rig;
    unsigned i;

    limits_ready(&rig);
    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        limits_temperature(&rig, cases[i].dc);
        expect_now(&rig, cases[i].ccl_da, cases[i].dcl_da);
    }
}
END_TEST

START_TEST(the_coldest_and_the_hottest_cell_both_count)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.temp_low_dc = 100;  /* 25 % charging */
    rig.m.temp_high_dc = 500; /* 50 % */
    expect_now(&rig, 250, 1000);
    rig.m.temp_low_dc = 150;  /* 50 % */
    rig.m.temp_high_dc = 550; /* 20 % charging, 60 % discharging */
    expect_now(&rig, 200, 600);
    rig.m.temp_low_dc = -100; /* no charging, 50 % discharging */
    expect_now(&rig, 0, 500);
    rig.m.temp_high_dc = 300;
    expect_now(&rig, 0, 500);
}
END_TEST

START_TEST(currents_follow_the_cell_voltages)
{
    static const struct {
        uint16_t low_mv, high_mv;
        int ccl_da, dcl_da;
    } cases[] = {
        {3300, 3450, 1000, 1000}, {3300, 3475, 750, 1000}, {3300, 3500, 500, 1000},  {3300, 3550, 200, 1000},
        {3300, 3600, 50, 1000},   {3300, 3639, 11, 1000},  {3300, 3640, 10, 1000},   {3300, 3641, 0, 1000},
        {3300, 3650, 0, 1000},    {3300, 3651, 0, 1000},   {3050, 3300, 1000, 1000}, {3000, 3300, 1000, 850},
        {2950, 3300, 875, 700},   {2850, 3300, 625, 300},  {2800, 3300, 500, 233},   {2700, 3300, 300, 100},
        {2610, 3300, 120, 10},    {2609, 3300, 118, 0},    {2600, 3300, 100, 0},     {2300, 3300, 75, 0},
        {2000, 3300, 50, 0},      {1999, 3300, 0, 0},      {1999, 3600, 0, 0},
    };
    struct limits_rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        limits_ready(&rig);
        measured_cell(&rig.m, 3u, cases[i].low_mv);
        measured_cell(&rig.m, 11u, cases[i].high_mv);
        expect_now(&rig, cases[i].ccl_da, cases[i].dcl_da);
    }
}
END_TEST

START_TEST(currents_follow_the_state_of_charge)
{
    static const struct {
        uint16_t bp;
        int ccl_da, dcl_da;
    } cases[] = {
        {0, 1000, 200},     {250, 1000, 350},   {500, 1000, 500},  {750, 1000, 750},
        {1000, 1000, 1000}, {9000, 1000, 1000}, {9250, 800, 1000}, {9500, 600, 1000},
        {9650, 450, 1000},  {9800, 300, 1000},  {9900, 200, 1000}, {10000, 100, 1000},
    };
    struct limits_rig rig;
    unsigned i;

    limits_ready(&rig);
    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig.in.soc_bp = cases[i].bp;
        expect_now(&rig, cases[i].ccl_da, cases[i].dcl_da);
    }
}
END_TEST

START_TEST(currents_follow_the_mosfet_temperature)
{
    static const struct {
        int16_t dc;
        int da;
    } cases[] = {{800, 1000}, {850, 850}, {900, 700}, {950, 500},
                 {1000, 300}, {1049, 0},  {1050, 0},  {1200, 0}};
    struct limits_rig rig;
    unsigned i;

    limits_ready(&rig);
    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig.m.mosfet_dc = cases[i].dc;
        expect_now(&rig, cases[i].da, cases[i].da);
    }
}
END_TEST

START_TEST(the_smallest_factor_counts_and_not_the_product)
{
    struct limits_rig rig;

    limits_ready(&rig);
    limits_temperature(&rig, 150);    /* charge 50 % */
    rig.in.soc_bp = 9500u;            /* charge 60 % */
    rig.m.mosfet_dc = 900;            /* both 70 % */
    measured_cell(&rig.m, 5u, 3475u); /* charge 75 % */
    expect_now(&rig, 500, 700);
    rig.m.mosfet_dc = 1000; /* both 30 % */
    expect_now(&rig, 300, 300);
    rig.in.soc_bp = 10000u; /* charge 10 % */
    expect_now(&rig, 100, 300);
    measured_cell(&rig.m, 5u, 3600u); /* charge 5 % */
    expect_now(&rig, 50, 300);
}
END_TEST

START_TEST(a_limit_is_told_in_whole_steps_rounded_towards_zero)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.soc_bp = 9123u; /* 100 - 123 * 40 / 500 = 90.16 % */
    expect_now(&rig, 901, 1000);
    rig.params.v[LBMS_PARAM_LIMIT_QUANTUM_MA] = 1000;
    expect_now(&rig, 900, 1000);
    rig.in.soc_bp = 9124u; /* 90.08 % */
    rig.params.v[LBMS_PARAM_LIMIT_QUANTUM_MA] = 100;
    expect_now(&rig, 900, 1000);
}
END_TEST

START_TEST(a_limit_below_1_a_is_told_as_0)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_CCL_MA] = 10000;
    limits_temperature(&rig, 50); /* 10 % */
    expect_now(&rig, 10, 900);
    ck_assert((rig.limits.view.requests & LBMS_REQUEST_CHARGE_PERMITTED) != 0u);
    limits_temperature(&rig, 49); /* 9.9 % */
    expect_now(&rig, 0, 898);
    ck_assert((rig.limits.view.requests & LBMS_REQUEST_CHARGE_PERMITTED) == 0u);
    rig.params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    expect_now(&rig, 9, 898);
    rig.params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 5000;
    rig.params.v[LBMS_PARAM_CCL_MA] = 50000;
    limits_temperature(&rig, 50);
    expect_now(&rig, 50, 900);
}
END_TEST

START_TEST(a_blocked_path_has_no_limit_but_zero)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.blocked = LBMS_PATH_CHARGE;
    expect_now(&rig, 0, 1000);
    rig.in.blocked = LBMS_PATH_DISCHARGE;
    expect_now(&rig, 1000, 0);
    rig.in.blocked = LBMS_PATHS_BOTH;
    expect_now(&rig, 0, 0);
    rig.in.blocked = 0u;
    expect_now(&rig, 1000, 1000);
}
END_TEST

START_TEST(a_switch_that_conducts_for_the_body_diode_does_not_raise_a_limit)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.blocked = LBMS_PATH_CHARGE;
    rig.m.closed = LBMS_SWITCHES_MAIN;
    rig.m.current_ma = -50000;
    expect_now(&rig, 0, 1000);
}
END_TEST

START_TEST(the_full_state_ends_charging_only)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.full = true;
    expect_now(&rig, 0, 1000);
    rig.in.full = false;
    rig.in.soc_bp = 10000u; /* not yet full */
    expect_now(&rig, 100, 1000);
}
END_TEST

START_TEST(a_mode_that_keeps_the_paths_open_offers_nothing)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.permitted = false;
    limits_step(&rig, 10u);
    ck_assert_int_eq(rig.limits.view.ccl_ma, 0);
    ck_assert_int_eq(rig.limits.view.dcl_ma, 0);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    expect_now(&rig, 0, 0);
}
END_TEST

START_TEST(gentle_charging_is_10_a_or_less)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.gentle = true;
    expect_now(&rig, 100, 1000);
    measured_cell(&rig.m, 0u, 2300u); /* 7.5 % */
    expect_now(&rig, 75, 0);
    measured_cell(&rig.m, 0u, 3300u);
    rig.params.v[LBMS_PARAM_GENTLE_CHARGE_MA] = 5000;
    expect_now(&rig, 50, 1000);
    rig.in.gentle = false;
    expect_now(&rig, 1000, 1000);
}
END_TEST

START_TEST(permissions_follow_the_limits)
{
    struct limits_rig rig;
    const uint8_t charge = LBMS_REQUEST_CHARGE_PERMITTED;
    const uint8_t discharge = LBMS_REQUEST_DISCHARGE_PERMITTED;

    limits_ready(&rig);
    ck_assert_uint_eq(rig.limits.view.requests, charge | discharge);
    rig.in.blocked = LBMS_PATH_CHARGE;
    limits_step(&rig, 100u);
    ck_assert_uint_eq(rig.limits.view.requests, discharge);
    rig.in.blocked = LBMS_PATH_DISCHARGE;
    limits_settle(&rig);
    ck_assert_uint_eq(rig.limits.view.requests, charge);
    rig.in.permitted = false;
    limits_step(&rig, 100u);
    ck_assert_uint_eq(rig.limits.view.requests, 0u);
}
END_TEST

START_TEST(a_wanted_full_charge_is_passed_on)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.in.full_request = true;
    limits_step(&rig, 100u);
    ck_assert((rig.limits.view.requests & LBMS_REQUEST_FULL_CHARGE) != 0u);
    ck_assert((rig.limits.view.requests & LBMS_REQUEST_FORCE_CHARGE) == 0u);
    rig.in.full_request = false;
    limits_step(&rig, 100u);
    ck_assert((rig.limits.view.requests & LBMS_REQUEST_FULL_CHARGE) == 0u);
}
END_TEST

/* The cell temperature is 0.0 degC, or its SOC 0: what was never looked up must not be taken for known. */
START_TEST(a_value_of_zero_is_looked_up_like_any_other)
{
    struct limits_rig rig;

    limits_start(&rig);
    limits_temperature(&rig, 0);
    limits_step(&rig, 0u);
    expect_now(&rig, 50, 800);

    limits_start(&rig);
    rig.in.soc_bp = 0u;
    limits_step(&rig, 0u);
    expect_now(&rig, 1000, 200);

    limits_start(&rig);
    rig.m.mosfet_dc = 0;
    limits_step(&rig, 0u);
    expect_now(&rig, 1000, 1000);
}
END_TEST

static double smallest(double a, double b)
{
    return (a < b) ? a : b;
}

static double factor_of(uint8_t curve, int32_t value)
{
    return (double)lbms_derating_factor(curve, value) / LBMS_DERATING_ALL_BP;
}

/* Whole 100 mA of a current that is not below 1 A. The margin is far below the 0.01 % of a factor. */
static int32_t as_told(double nominal_ma, double factor)
{
    const int32_t hundreds = (int32_t)((nominal_ma * factor / 100.0) + 1e-6);

    return (hundreds < 10) ? 0 : hundreds * 100;
}

START_TEST(whatever_is_measured_the_smallest_factor_gives_the_limit)
{
    struct limits_rig rig;
    int step;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_CELL_UV_ALARM_MV] = 0; /* no stop before protection: not the subject here */
    for (step = 0; step < 20000; step++) {
        const int16_t low_dc = (int16_t)(-250 + (step * 37) % 900);
        const int16_t high_dc = (int16_t)(low_dc + (step * 11) % 150);
        const uint16_t low_mv = (uint16_t)(1900 + (step * 41) % 1800);
        const uint16_t high_mv = (uint16_t)(low_mv + (step * 7) % 300);
        double both;
        double charge;
        double discharge;

        rig.params.v[LBMS_PARAM_CCL_MA] = 110000 - (step % 7) * 15000;
        rig.params.v[LBMS_PARAM_DCL_MA] = 110000 - (step % 5) * 25000;
        rig.m.temp_low_dc = low_dc;
        rig.m.temp_high_dc = high_dc;
        rig.m.mosfet_dc = (int16_t)(-400 + (step * 101) % 1500);
        rig.in.soc_bp = (uint16_t)((step * 677) % 10001);
        rig.m.cell_min_mv = low_mv;
        rig.m.cell_max_mv = high_mv;
        limits_settle(&rig);

        both = factor_of(LBMS_DERATING_MOSFET, rig.m.mosfet_dc);
        charge = smallest(both, factor_of(LBMS_DERATING_CHARGE_TEMP, low_dc));
        charge = smallest(charge, factor_of(LBMS_DERATING_CHARGE_TEMP, high_dc));
        charge = smallest(charge, factor_of(LBMS_DERATING_CHARGE_CELL_MIN, low_mv));
        charge = smallest(charge, factor_of(LBMS_DERATING_CHARGE_CELL_MAX, high_mv));
        charge = smallest(charge, factor_of(LBMS_DERATING_CHARGE_SOC, rig.in.soc_bp));
        discharge = smallest(both, factor_of(LBMS_DERATING_DISCHARGE_TEMP, low_dc));
        discharge = smallest(discharge, factor_of(LBMS_DERATING_DISCHARGE_TEMP, high_dc));
        discharge = smallest(discharge, factor_of(LBMS_DERATING_DISCHARGE_CELL_MIN, low_mv));
        discharge = smallest(discharge, factor_of(LBMS_DERATING_DISCHARGE_SOC, rig.in.soc_bp));
        ck_assert_int_eq(rig.limits.view.ccl_ma, as_told(rig.params.v[LBMS_PARAM_CCL_MA], charge));
        ck_assert_int_eq(rig.limits.view.dcl_ma, as_told(rig.params.v[LBMS_PARAM_DCL_MA], discharge));
    }
}
END_TEST

SUITE("battery/limits", CASE("R-TECH-08", before_the_first_step_everything_is_zero),
      CASE("", starting_writes_all_of_its_own_memory_and_nothing_behind_it),
      CASE("R-TECH-05 R-COM-11", a_healthy_pack_offers_100_a_both_ways_between_46_4_and_56_8_v),
      CASE("R-TECH-05", the_nominal_values_are_parameters),
      CASE("R-TECH-08 R-TECH-09", currents_follow_the_cell_temperature),
      CASE("R-TECH-08", the_coldest_and_the_hottest_cell_both_count),
      CASE("R-TECH-08", currents_follow_the_cell_voltages),
      CASE("R-TECH-08", currents_follow_the_state_of_charge),
      CASE("R-TECH-08", currents_follow_the_mosfet_temperature),
      CASE("R-TECH-08", the_smallest_factor_counts_and_not_the_product),
      CASE("R-TECH-08", a_limit_is_told_in_whole_steps_rounded_towards_zero),
      CASE("R-TECH-08", a_limit_below_1_a_is_told_as_0),
      CASE("R-TECH-08 R-COM-11", a_blocked_path_has_no_limit_but_zero),
      CASE("", a_switch_that_conducts_for_the_body_diode_does_not_raise_a_limit),
      CASE("R-CHG-01", the_full_state_ends_charging_only),
      CASE("", a_mode_that_keeps_the_paths_open_offers_nothing),
      CASE("R-TECH-03", gentle_charging_is_10_a_or_less), CASE("R-COM-11", permissions_follow_the_limits),
      CASE("", a_wanted_full_charge_is_passed_on),
      CASE("R-TECH-08", a_value_of_zero_is_looked_up_like_any_other),
      CASE("R-TECH-05 R-TECH-08", whatever_is_measured_the_smallest_factor_gives_the_limit))
