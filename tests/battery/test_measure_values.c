/* Validation: which pack and terminal voltages, currents and temperatures are plausible. */
#include "measure_rig.h"
#include "support/suite.h"

/* The last good temperature is good for this long. */
#define HELD_MS 2000u

/* One bit is missing, everything else is believed. */
static void expect_all_but(const struct lbms_measured *m, uint16_t bits)
{
    ck_assert_uint_eq(m->valid, ALL_VALID & ~(unsigned)bits);
}

START_TEST(the_pack_voltage_is_believed_from_16_lowest_to_16_highest_cells_only)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.pack_mv = 8000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.pack_mv = 7999;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_PACK);
    ck_assert_int_eq(rig.m.pack_mv, 8000); /* the last plausible number */
    rig.in.sample.pack_mv = 72000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.pack_mv = 72001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_PACK);
    ck_assert_int_eq(rig.m.pack_mv, 72000);
    rig.in.sample.pack_mv = INT32_MIN;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_PACK);
}
END_TEST

START_TEST(an_implausible_pack_voltage_is_a_loss_of_the_cells_after_one_second)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.pack_mv = 0;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, 999u);
    ck_assert(!CELLS_LOST(rig.measure));
    (void)measure_sampled(&rig, 1u);
    ck_assert(CELLS_LOST(rig.measure));
    ck_assert(!CURRENT_LOST(rig.measure));
}
END_TEST

START_TEST(the_range_of_the_pack_voltage_follows_that_of_the_cells)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_CELL_VALID_MIN_MV] = 1000;
    rig.params.v[LBMS_PARAM_CELL_VALID_MAX_MV] = 4000;
    rig.in.sample.pack_mv = 15999;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_PACK);
    rig.in.sample.pack_mv = 16000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.pack_mv = 64000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.pack_mv = 64001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_PACK);
}
END_TEST

START_TEST(a_current_is_believed_up_to_the_range_of_the_converter_only)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.current_ma = 800000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.current_ma = 800001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_CURRENT);
    ck_assert_int_eq(rig.m.current_ma, 800000);
    rig.in.sample.current_ma = -800000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.current_ma = -800001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_CURRENT);
    ck_assert_int_eq(rig.m.current_ma, -800000);
    rig.in.sample.current_ma = INT32_MIN;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_CURRENT);
    rig.params.v[LBMS_PARAM_CURRENT_VALID_MAX_MA] = 200000;
    rig.in.sample.current_ma = 200001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_CURRENT);
}
END_TEST

START_TEST(an_implausible_current_is_a_loss_of_the_current_after_one_second)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.current_ma = INT32_MAX;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, 999u);
    ck_assert(!CURRENT_LOST(rig.measure));
    (void)measure_sampled(&rig, 1u);
    ck_assert(CURRENT_LOST(rig.measure));
    ck_assert(!CELLS_LOST(rig.measure));
    rig.in.sample.current_ma = 0;
    (void)measure_sampled(&rig, 100u);
    ck_assert(!CURRENT_LOST(rig.measure));
}
END_TEST

START_TEST(one_plausible_current_starts_the_time_of_implausible_ones_anew)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.current_ma = INT32_MAX;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, 999u);
    rig.in.sample.current_ma = 0;
    (void)measure_sampled(&rig, 1u);
    rig.in.sample.current_ma = INT32_MAX;
    (void)measure_sampled(&rig, 1u);
    (void)measure_sampled(&rig, 999u);
    ck_assert(!CURRENT_LOST(rig.measure));
}
END_TEST

START_TEST(the_time_of_implausible_values_is_a_parameter)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_CELL_INVALID_DELAY_MS] = 300;
    rig.in.sample.current_ma = INT32_MAX;
    rig.in.sample.pack_mv = INT32_MAX;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, 299u);
    ck_assert(!CURRENT_LOST(rig.measure) && !CELLS_LOST(rig.measure));
    (void)measure_sampled(&rig, 1u);
    ck_assert(CURRENT_LOST(rig.measure) && CELLS_LOST(rig.measure));
}
END_TEST

START_TEST(a_terminal_voltage_of_a_foreign_charger_of_any_polarity_is_a_measurement)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.terminal_mv = -52800;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.terminal_mv = 144000; /* twice the highest pack voltage that is believed */
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.terminal_mv = 144001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_TERMINAL);
    ck_assert_int_eq(rig.m.terminal_mv, 144000);
    rig.in.sample.terminal_mv = -144000;
    expect_all_but(measure_sampled(&rig, 100u), 0u);
    rig.in.sample.terminal_mv = -144001;
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_TERMINAL);
    ck_assert_int_eq(rig.m.terminal_mv, -144000);
}
END_TEST

START_TEST(without_terminal_voltage_and_temperatures_nothing_is_lost)
{
    struct measure_rig rig; /* they have protections of their own */
    unsigned i;

    measure_start(&rig);
    rig.in.sample.terminal_mv = INT32_MAX;
    rig.in.sample.mosfet_dc = LBMS_TEMP_OPEN;
    rig.in.sample.ambient_dc = LBMS_TEMP_SHORT;
    for (i = 0u; i < LBMS_NTCS; i++) {
        rig.in.sample.ntc_dc[i] = LBMS_TEMP_OPEN;
    }
    for (i = 0u; i < 600u; i++) {
        (void)measure_sampled(&rig, 100u);
        ck_assert(!CELLS_LOST(rig.measure) && !CURRENT_LOST(rig.measure));
    }
    ck_assert_uint_eq(rig.m.valid, LBMS_VALID_ESSENTIAL | LBMS_VALID_CELL_RANGE);
}
END_TEST

/* Temperatures around the valid range of -40 to 125 degC. */
static const struct {
    int16_t dc;
    bool good;
} temperatures[] = {
    {LBMS_TEMP_OPEN, false},  {-401, false}, {-400, true}, {0, true}, {1250, true}, {1251, false},
    {LBMS_TEMP_SHORT, false},
};
#define TEMPERATURES (sizeof(temperatures) / sizeof(temperatures[0]))

START_TEST(every_cell_sensor_is_believed_from_minus_40_to_125_degrees_only)
{
    struct measure_rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < LBMS_NTCS; i++) {
        for (j = 0u; j < TEMPERATURES; j++) {
            const struct lbms_measured *m;

            measure_start(&rig);
            rig.in.sample.ntc_dc[i] = temperatures[j].dc;
            (void)measure_sampled(&rig, 100u);
            m = measure_sampled(&rig, temperatures[j].good ? 100u : HELD_MS);
            if (temperatures[j].good) {
                expect_all_but(m, 0u);
                ck_assert_uint_eq(m->ntcs_valid, LBMS_ALL_NTCS);
                ck_assert_int_eq(m->ntc_dc[i], temperatures[j].dc);
            } else {
                expect_all_but(m, LBMS_VALID_NTCS);
                ck_assert_uint_eq(m->ntcs_valid, LBMS_ALL_NTCS & ~(1u << i));
                ck_assert_int_eq(m->ntc_dc[i], RESTED_TEMP_DC); /* the last plausible number */
                ck_assert_int_eq(m->temp_min_dc, RESTED_TEMP_DC);
                ck_assert_int_eq(m->temp_max_dc, RESTED_TEMP_DC);
            }
        }
    }
}
END_TEST

START_TEST(switch_and_board_sensor_are_believed_from_minus_40_to_125_degrees_only)
{
    struct measure_rig rig;
    unsigned j;

    for (j = 0u; j < TEMPERATURES; j++) {
        const bool good = temperatures[j].good;
        const int kept_dc = good ? temperatures[j].dc : RESTED_TEMP_DC;

        measure_start(&rig);
        rig.in.sample.mosfet_dc = temperatures[j].dc;
        (void)measure_sampled(&rig, 100u);
        (void)measure_sampled(&rig, good ? 100u : HELD_MS);
        expect_all_but(measure_sampled(&rig, 100u), good ? 0u : LBMS_VALID_MOSFET);
        ck_assert_int_eq(rig.m.mosfet_dc, kept_dc);
        measure_start(&rig);
        rig.in.sample.ambient_dc = temperatures[j].dc;
        (void)measure_sampled(&rig, 100u);
        (void)measure_sampled(&rig, good ? 100u : HELD_MS);
        expect_all_but(measure_sampled(&rig, 100u), good ? 0u : LBMS_VALID_AMBIENT);
        ck_assert_int_eq(rig.m.ambient_dc, kept_dc);
    }
}
END_TEST

START_TEST(the_range_of_the_temperatures_is_a_parameter)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_TEMP_VALID_MIN_DC] = -300;
    rig.params.v[LBMS_PARAM_TEMP_VALID_MAX_DC] = 1200;
    rig.in.sample.ntc_dc[0] = -301;
    rig.in.sample.ntc_dc[1] = 1201;
    rig.in.sample.ntc_dc[2] = -300;
    rig.in.sample.ntc_dc[3] = 1200;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, HELD_MS);
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->ntcs_valid, 12u);
}
END_TEST

START_TEST(coldest_and_hottest_are_those_of_the_believed_sensors)
{
    struct measure_rig rig;
    unsigned i;

    for (i = 0u; i < LBMS_NTCS; i++) {
        const unsigned cold = (i + 1u) % LBMS_NTCS;
        const unsigned out = (i + 2u) % LBMS_NTCS;
        const struct lbms_measured *m;

        measure_start(&rig);
        rig.in.sample.ntc_dc[i] = 301;
        rig.in.sample.ntc_dc[cold] = -12;
        rig.in.sample.ntc_dc[out] = LBMS_TEMP_SHORT;
        (void)measure_sampled(&rig, 100u);
        m = measure_sampled(&rig, HELD_MS);
        ck_assert_int_eq(m->temp_max_dc, 301);
        ck_assert_int_eq(m->temp_min_dc, -12);
        rig.in.sample.ntc_dc[out] = LBMS_TEMP_OPEN;
        m = measure_sampled(&rig, 100u);
        ck_assert_int_eq(m->temp_max_dc, 301);
        ck_assert_int_eq(m->temp_min_dc, -12);
    }
}
END_TEST

START_TEST(without_any_cell_sensor_there_is_no_coldest_and_hottest)
{
    struct measure_rig rig;
    unsigned i;

    measure_start(&rig);
    for (i = 0u; i < LBMS_NTCS; i++) {
        rig.in.sample.ntc_dc[i] = LBMS_TEMP_OPEN;
    }
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, HELD_MS);
    expect_all_but(measure_sampled(&rig, 100u), LBMS_VALID_NTCS | LBMS_VALID_TEMP_RANGE);
    ck_assert_uint_eq(rig.m.ntcs_valid, 0u);
    ck_assert_int_eq(rig.m.temp_min_dc, RESTED_TEMP_DC);
    ck_assert_int_eq(rig.m.temp_max_dc, RESTED_TEMP_DC);
}
END_TEST

SUITE("battery/measure_values",
      CASE("R-PROT-01", the_pack_voltage_is_believed_from_16_lowest_to_16_highest_cells_only),
      CASE("R-PROT-01", an_implausible_pack_voltage_is_a_loss_of_the_cells_after_one_second),
      CASE("", the_range_of_the_pack_voltage_follows_that_of_the_cells),
      CASE("R-PROT-01", a_current_is_believed_up_to_the_range_of_the_converter_only),
      CASE("R-PROT-01", an_implausible_current_is_a_loss_of_the_current_after_one_second),
      CASE("", one_plausible_current_starts_the_time_of_implausible_ones_anew),
      CASE("", the_time_of_implausible_values_is_a_parameter),
      CASE("R-PROT-01", a_terminal_voltage_of_a_foreign_charger_of_any_polarity_is_a_measurement),
      CASE("", without_terminal_voltage_and_temperatures_nothing_is_lost),
      CASE("R-PROT-01", every_cell_sensor_is_believed_from_minus_40_to_125_degrees_only),
      CASE("R-PROT-01", switch_and_board_sensor_are_believed_from_minus_40_to_125_degrees_only),
      CASE("", the_range_of_the_temperatures_is_a_parameter),
      CASE("", coldest_and_hottest_are_those_of_the_believed_sensors),
      CASE("", without_any_cell_sensor_there_is_no_coldest_and_hottest))
