/* Limits while something cannot be measured: a value that is not known never reads as fine. */
#include "limits_rig.h"
#include "support/suite.h"

static void expect_both(const struct limits_rig *rig, int32_t ma)
{
    ck_assert_int_eq(rig->limits.view.ccl_ma, ma);
    ck_assert_int_eq(rig->limits.view.dcl_ma, ma);
}

/* Ready, and slow and exact enough to tell a limit of 0 from one of a mA. */
static void ready(struct limits_rig *rig)
{
    limits_ready(rig);
    rig->params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    rig->params.v[LBMS_PARAM_LIMIT_SLEW_MA_S] = 500;
}

/* The next step offers nothing, and after it everything that was not known is known again: both rise from 0. */
static void expect_none_and_rise_from_zero(struct limits_rig *rig)
{
    limits_step(rig, 10u);
    expect_both(rig, 0);
    rig->m = measured_rested();
    limits_step(rig, 198u);
    expect_both(rig, 0); /* 99 mA */
    limits_step(rig, 2u);
    expect_both(rig, 100);
}

/* One sensor is lost, and the cells that are still seen have these temperatures, widened as the measurement does it. */
static void lose_one_sensor(struct limits_rig *rig, int16_t low_dc, int16_t high_dc)
{
    rig->m.ntcs_valid = LBMS_ALL_NTCS & ~2u;
    rig->m.valid &= (uint16_t)~LBMS_VALID_NTCS;
    rig->m.temp_min_dc = low_dc;
    rig->m.temp_max_dc = high_dc;
    rig->m.temp_low_dc = (int16_t)(low_dc - 50);
    rig->m.temp_high_dc = (int16_t)(high_dc + 50);
}

START_TEST(before_anything_has_been_measured_nothing_is_offered)
{
    struct limits_rig rig;

    limits_start(&rig);
    rig.m.valid = 0u;
    rig.m.cells_valid = 0u;
    rig.m.ntcs_valid = 0u;
    limits_step(&rig, 0u);
    expect_both(&rig, 0);
    limits_run(&rig, 60000u, 100u);
    expect_both(&rig, 0);
    ck_assert_uint_eq(rig.limits.view.requests, 0u);
    ck_assert_uint_eq(rig.limits.conditions, 0u);
    ck_assert(!rig.limits.stop);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56800);
    ck_assert_int_eq(rig.limits.view.dvl_mv, 46400);
}
END_TEST

START_TEST(one_lost_cell_sensor_halves_the_limits_and_two_end_them)
{
    struct limits_rig rig;
    unsigned i;
    unsigned k;

    for (i = 0u; i < LBMS_NTCS; i++) {
        limits_ready(&rig);
        rig.m.ntcs_valid = (uint8_t)(LBMS_ALL_NTCS & ~(1u << i));
        limits_step(&rig, 100u);
        expect_both(&rig, 50000);
        for (k = 0u; k < LBMS_NTCS; k++) {
            if (k != i) {
                ready(&rig);
                rig.m.ntcs_valid = (uint8_t)(LBMS_ALL_NTCS & ~(1u << i) & ~(1u << k));
                expect_none_and_rise_from_zero(&rig);
            }
        }
    }
    ready(&rig);
    rig.m.ntcs_valid = 0u;
    expect_none_and_rise_from_zero(&rig);
    ready(&rig);
    limits_lose(&rig, LBMS_VALID_TEMP_RANGE);
    expect_none_and_rise_from_zero(&rig);
}
END_TEST

START_TEST(a_lost_cell_sensor_also_counts_as_5_k_colder_and_hotter)
{
    static const struct {
        int16_t low_dc, high_dc;
        int32_t ccl_ma, dcl_ma;
    } cases[] = {
        {250, 250, 50000, 50000}, {200, 400, 50000, 50000}, {200, 450, 50000, 50000},
        {199, 250, 49500, 50000}, {150, 250, 25000, 50000}, {50, 250, 5000, 50000},
        {49, 250, 0, 50000},      {-50, 250, 0, 50000},     {-51, 250, 0, 49700},
        {-150, 250, 0, 20000},    {-151, 250, 0, 0},        {250, 451, 49400, 50000},
        {250, 500, 20000, 50000}, {250, 501, 0, 50000},     {250, 550, 0, 20000},
        {250, 551, 0, 0},
    };
    struct limits_rig rig;
    unsigned i;

    limits_ready(&rig);
    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lose_one_sensor(&rig, cases[i].low_dc, cases[i].high_dc);
        limits_settle(&rig);
        ck_assert_int_eq(rig.limits.view.ccl_ma, cases[i].ccl_ma);
        ck_assert_int_eq(rig.limits.view.dcl_ma, cases[i].dcl_ma);
    }
}
END_TEST

START_TEST(what_a_lost_sensor_leaves_is_a_parameter_and_no_second_factor)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.ntcs_valid = LBMS_ALL_NTCS & ~8u;
    rig.params.v[LBMS_PARAM_NTC_LOST_DERATE_PCT] = 70;
    limits_settle(&rig);
    expect_both(&rig, 70000);
    rig.m.mosfet_dc = 1000; /* 30 %, and not 70 % of it */
    limits_settle(&rig);
    expect_both(&rig, 30000);
    rig.m.mosfet_dc = 250;
    limits_lose(&rig, LBMS_VALID_MOSFET); /* both kinds lost */
    limits_settle(&rig);
    expect_both(&rig, 30000); /* the MOSFET was hot */
    rig.params.v[LBMS_PARAM_NTC_LOST_DERATE_PCT] = 0;
    limits_settle(&rig);
    expect_both(&rig, 0);
}
END_TEST

START_TEST(a_sensor_that_is_good_again_lets_the_limits_rise_slowly)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.ntcs_valid = LBMS_ALL_NTCS & ~1u;
    limits_step(&rig, 100u);
    rig.m.ntcs_valid = LBMS_ALL_NTCS;
    limits_step(&rig, 1000u);
    expect_both(&rig, 55000);
    limits_step(&rig, 9000u);
    expect_both(&rig, 100000);
}
END_TEST

START_TEST(without_its_sensor_the_mosfet_is_taken_20_k_above_the_board_and_offers_half_at_most)
{
    static const struct {
        int16_t board_dc;
        int32_t ma;
    } cases[] = {
        {-200, 50000}, {250, 50000}, {750, 50000}, {751, 49600}, {775, 40000},
        {800, 30000},  {849, 600},   {850, 0},     {851, 0},     {1250, 0},
    };
    struct limits_rig rig;
    unsigned i;

    limits_ready(&rig);
    rig.params.v[LBMS_PARAM_LIMIT_ZERO_MA] = 0;
    limits_lose(&rig, LBMS_VALID_MOSFET);
    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig.m.ambient_dc = cases[i].board_dc;
        limits_settle(&rig);
        expect_both(&rig, cases[i].ma);
    }
    rig.params.v[LBMS_PARAM_MOS_LOST_MARGIN_DC] = 400;
    rig.m.ambient_dc = 600; /* as a MOSFET at 100 degC */
    limits_settle(&rig);
    expect_both(&rig, 30000);
}
END_TEST

START_TEST(a_mosfet_sensor_that_was_lost_from_the_start_leaves_half)
{
    struct limits_rig rig;

    limits_start(&rig);
    limits_lose(&rig, LBMS_VALID_MOSFET);
    limits_step(&rig, 0u);
    limits_settle(&rig);
    expect_both(&rig, 50000);
}
END_TEST

START_TEST(without_mosfet_and_board_sensor_nothing_is_offered)
{
    struct limits_rig rig;

    ready(&rig);
    limits_lose(&rig, LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT);
    expect_none_and_rise_from_zero(&rig);
}
END_TEST

START_TEST(a_lost_board_sensor_alone_changes_nothing)
{
    struct limits_rig rig;

    limits_ready(&rig);
    limits_lose(&rig, LBMS_VALID_AMBIENT);
    rig.m.ambient_dc = 1250;
    limits_step(&rig, 100u);
    expect_both(&rig, 100000);
}
END_TEST

START_TEST(a_cool_board_does_not_offer_more_than_the_hot_mosfet_before_its_sensor_was_lost)
{
    struct limits_rig rig;

    limits_ready(&rig);
    rig.m.mosfet_dc = 1000;
    limits_step(&rig, 100u);
    expect_both(&rig, 30000);
    rig.m.mosfet_dc = 250; /* not believed any more */
    limits_lose(&rig, LBMS_VALID_MOSFET);
    limits_run(&rig, 60000u, 100u);
    expect_both(&rig, 30000);
    rig.m.ambient_dc = 825; /* 15 % */
    limits_run(&rig, 60000u, 100u);
    expect_both(&rig, 15000);
    rig.m.ambient_dc = 250;
    limits_run(&rig, 60000u, 100u);
    expect_both(&rig, 30000);
    rig.m.valid |= LBMS_VALID_MOSFET;
    limits_settle(&rig);
    expect_both(&rig, 100000);
    limits_lose(&rig, LBMS_VALID_MOSFET); /* cool when it was lost */
    limits_settle(&rig);
    expect_both(&rig, 50000);
}
END_TEST

START_TEST(without_every_cell_no_current_is_offered)
{
    struct limits_rig rig;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        ready(&rig);
        measured_lose_cell(&rig.m, i);
        expect_none_and_rise_from_zero(&rig);
    }
    ready(&rig);
    limits_lose(&rig, LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE);
    expect_none_and_rise_from_zero(&rig);
}
END_TEST

START_TEST(without_every_cell_the_charge_voltage_may_fall_but_not_recover)
{
    struct limits_rig rig;

    limits_ready(&rig);
    measured_cell(&rig.m, 3u, 3600u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56000);
    measured_cell(&rig.m, 3u, 3400u);
    measured_lose_cell(&rig.m, 12u);
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 56000);
    measured_cell(&rig.m, 3u, 3650u);
    limits_step(&rig, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    measured_cell(&rig.m, 3u, 3800u);
    limits_lose(&rig, LBMS_VALID_CELL_RANGE | LBMS_VALID_CELLS); /* not even a high one is believed */
    limits_run(&rig, 60000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55200);
    rig.m = measured_rested();
    limits_run(&rig, 1000u, 100u);
    ck_assert_int_eq(rig.limits.view.cvl_mv, 55250);
}
END_TEST

START_TEST(an_unknown_pack_voltage_or_current_lowers_no_limit)
{
    struct limits_rig rig;

    limits_ready(&rig);
    limits_lose(&rig, LBMS_VALID_PACK | LBMS_VALID_TERMINAL | LBMS_VALID_CURRENT);
    limits_run(&rig, 60000u, 100u);
    expect_both(&rig, 100000); /* no factor needs them; that they are not known opens the paths elsewhere */
}
END_TEST

SUITE("battery/limits_lost",
      CASE("R-TECH-08 R-PROT-01", before_anything_has_been_measured_nothing_is_offered),
      CASE("R-PROT-01 R-PROT-05", one_lost_cell_sensor_halves_the_limits_and_two_end_them),
      CASE("R-PROT-01 R-PROT-05", a_lost_cell_sensor_also_counts_as_5_k_colder_and_hotter),
      CASE("R-PROT-01", what_a_lost_sensor_leaves_is_a_parameter_and_no_second_factor),
      CASE("R-PROT-01", a_sensor_that_is_good_again_lets_the_limits_rise_slowly),
      CASE("R-PROT-01", without_its_sensor_the_mosfet_is_taken_20_k_above_the_board_and_offers_half_at_most),
      CASE("R-PROT-01", a_mosfet_sensor_that_was_lost_from_the_start_leaves_half),
      CASE("R-PROT-01", without_mosfet_and_board_sensor_nothing_is_offered),
      CASE("R-PROT-01", a_lost_board_sensor_alone_changes_nothing),
      CASE("R-PROT-01", a_cool_board_does_not_offer_more_than_the_hot_mosfet_before_its_sensor_was_lost),
      CASE("R-PROT-01", without_every_cell_no_current_is_offered),
      CASE("R-PROT-01", without_every_cell_the_charge_voltage_may_fall_but_not_recover),
      CASE("R-PROT-01", an_unknown_pack_voltage_or_current_lowers_no_limit))
