#include "plant/afe.h"

#include <string.h>

#include "losun_bms/model/switches.h"
#include "losun_bms/model/units.h"
#include "support/suite.h"

#define PERIOD_S 0.1

static struct plant_afe afe;
static struct lbms_sample sample;
static uint32_t now_ms;

static const struct lbms_afe_config wanted = {
    .cell_ov_mv = 3652u,
    .cell_ov_delay_ms = 2500u,
    .cell_uv_mv = 2510u,
    .cell_uv_delay_ms = 2000u,
    .discharge_oc_ma = 150000,
    .discharge_oc_delay_ms = 1500u,
    .short_circuit_ma = 500000,
    .short_circuit_delay_us = 300u,
    .watchdog_ms = 3000u,
    .sequence = 7u,
};

static void cells(uint16_t mv)
{
    size_t k;

    for (k = 0u; k < LBMS_CELLS; k++) {
        sample.cell_mv[k] = mv;
    }
}

static void start(void)
{
    struct lbms_afe_config got;

    plant_afe_init(&afe, PLANT_AFE_EXACT);
    now_ms = 1000u;
    plant_afe_access(&afe, now_ms);
    ck_assert_int_eq(plant_afe_configure(&afe, &wanted, &got), LBMS_AFE_FITS);
    memset(&sample, 0, sizeof(sample));
    cells(3300u);
    plant_afe_command(&afe, LBMS_SWITCHES_MAIN);
}

/* Conversions for so long; the host reads each one if it is alive. */
static void watch(uint32_t ms, bool host)
{
    uint32_t passed;

    for (passed = 0u; passed < ms; passed += 100u) {
        now_ms += 100u;
        plant_afe_watch(&afe, &sample, now_ms, PERIOD_S);
        if (host) {
            plant_afe_access(&afe, now_ms);
            plant_afe_delivered(&afe, plant_afe_flags(&afe));
        }
    }
}

START_TEST(after_power_on_nothing_is_closed_or_configured)
{
    plant_afe_init(&afe, PLANT_AFE_EXACT);
    ck_assert_uint_eq(plant_afe_gates(&afe), 0u);
    ck_assert_uint_eq(afe.config_seq, 0u);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
    memset(&sample, 0, sizeof(sample));
    watch(100000u, false);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
}
END_TEST

START_TEST(an_exact_chip_takes_every_value)
{
    struct lbms_afe_config got;

    plant_afe_init(&afe, PLANT_AFE_EXACT);
    ck_assert_int_eq(plant_afe_configure(&afe, &wanted, &got), LBMS_AFE_FITS);
    ck_assert_uint_eq(got.cell_ov_mv, 3652u);
    ck_assert_int_eq(got.short_circuit_ma, 500000);
    ck_assert_uint_eq(got.sequence, 7u);
    ck_assert_uint_eq(afe.config_seq, 7u);
}
END_TEST

START_TEST(a_chip_with_steps_takes_the_safe_neighbour)
{
    struct lbms_afe_config got;
    struct lbms_afe_config again;

    plant_afe_init(&afe, PLANT_AFE_STEPS);
    ck_assert_int_eq(plant_afe_configure(&afe, &wanted, &got), LBMS_AFE_COARSER);
    ck_assert_uint_eq(got.cell_ov_mv, 3650u);
    ck_assert_uint_eq(got.cell_ov_delay_ms, 3000u);
    ck_assert_uint_eq(got.cell_uv_mv, 2520u);
    ck_assert_uint_eq(got.cell_uv_delay_ms, 2000u);
    ck_assert_int_eq(got.discharge_oc_ma, 160000);
    ck_assert_uint_eq(got.discharge_oc_delay_ms, 2000u);
    ck_assert_int_eq(got.short_circuit_ma, 440000);
    ck_assert_uint_eq(got.short_circuit_delay_us, 256u);
    ck_assert_uint_eq(got.watchdog_ms, 4000u);
    ck_assert_uint_eq(got.sequence, 7u);
    ck_assert_int_eq(plant_afe_configure(&afe, &got, &again), LBMS_AFE_FITS);
}
END_TEST

START_TEST(a_programmed_chip_keeps_its_values)
{
    struct lbms_afe_config got;

    plant_afe_init(&afe, PLANT_AFE_PROGRAMMED);
    ck_assert_int_eq(plant_afe_configure(&afe, &wanted, &got), LBMS_AFE_FIXED);
    ck_assert_uint_eq(got.cell_ov_mv, 3650u);
    ck_assert_int_eq(got.discharge_oc_ma, 160000);
    ck_assert_uint_eq(got.sequence, 7u);
    plant_afe_reset(&afe);
    ck_assert_uint_eq(afe.config.cell_ov_mv, 3650u);
    ck_assert_uint_eq(afe.config_seq, 0u);
}
END_TEST

START_TEST(over_voltage_opens_charging_after_its_delay_and_lets_go_below)
{
    start();
    sample.cell_mv[9] = 3652u;
    watch(10000u, true);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u); /* equal is inside */
    sample.cell_mv[9] = 3653u;
    watch(2400u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCH_DISCHARGE);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_CELL_OV);
    /* closed again for a discharge current, so that its body diode stays cool */
    sample.current_ma = -2000;
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    sample.current_ma = 0;
    sample.cell_mv[9] = 3502u;
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCH_DISCHARGE);
    sample.cell_mv[9] = 3501u;
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
}
END_TEST

START_TEST(under_voltage_opens_discharging_after_its_delay_and_lets_go_above)
{
    start();
    sample.cell_mv[0] = 2509u;
    watch(1900u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCH_CHARGE);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_CELL_UV);
    sample.current_ma = 2000;
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    sample.cell_mv[0] = 2811u;
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
}
END_TEST

START_TEST(over_current_holds_until_the_host_opens_that_path)
{
    start();
    sample.current_ma = -150001;
    watch(1400u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    watch(100u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCH_CHARGE);
    sample.current_ma = 0;
    watch(5000u, true);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_DISCHARGE_OC);
    plant_afe_command(&afe, LBMS_SWITCH_CHARGE);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
    plant_afe_command(&afe, LBMS_SWITCHES_MAIN);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
}
END_TEST

START_TEST(a_short_circuit_opens_everything_until_the_host_has_seen_and_opened)
{
    double delay_s = 0.0;

    start();
    ck_assert_double_eq_tol(plant_afe_short_a(&afe, &delay_s), 500.0, 1e-9);
    ck_assert_double_eq_tol(delay_s, 300e-6, 1e-12);
    plant_afe_trip_short(&afe);
    ck_assert_uint_eq(plant_afe_gates(&afe), 0u);
    plant_afe_command(&afe, 0u); /* not seen yet */
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_SHORT_CIRCUIT);
    plant_afe_delivered(&afe, plant_afe_flags(&afe));
    plant_afe_command(&afe, LBMS_SWITCHES_MAIN);
    ck_assert_uint_eq(plant_afe_gates(&afe), 0u);
    plant_afe_command(&afe, 0u);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
    plant_afe_command(&afe, LBMS_SWITCH_PRECHARGE);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCH_PRECHARGE);
}
END_TEST

START_TEST(a_silent_host_loses_its_switches)
{
    start();
    watch(60000u, true);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    watch(3000u, false);
    ck_assert_uint_eq(plant_afe_gates(&afe), LBMS_SWITCHES_MAIN);
    watch(100u, false);
    ck_assert_uint_eq(plant_afe_gates(&afe), 0u);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_WATCHDOG);
    watch(100u, true);
    plant_afe_command(&afe, 0u);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
}
END_TEST

START_TEST(a_reset_is_told_once_it_has_been_delivered)
{
    start();
    plant_afe_reset(&afe);
    ck_assert_uint_eq(plant_afe_gates(&afe), 0u);
    ck_assert_uint_eq(afe.config_seq, 0u);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_RESET_SEEN);
    ck_assert_uint_eq(plant_afe_flags(&afe), LBMS_AFE_RESET_SEEN);
    plant_afe_delivered(&afe, LBMS_AFE_RESET_SEEN);
    ck_assert_uint_eq(plant_afe_flags(&afe), 0u);
}
END_TEST

SUITE("plant/afe", CASE("", after_power_on_nothing_is_closed_or_configured),
      CASE("", an_exact_chip_takes_every_value), CASE("", a_chip_with_steps_takes_the_safe_neighbour),
      CASE("", a_programmed_chip_keeps_its_values),
      CASE("", over_voltage_opens_charging_after_its_delay_and_lets_go_below),
      CASE("", under_voltage_opens_discharging_after_its_delay_and_lets_go_above),
      CASE("", over_current_holds_until_the_host_opens_that_path),
      CASE("", a_short_circuit_opens_everything_until_the_host_has_seen_and_opened),
      CASE("", a_silent_host_loses_its_switches), CASE("", a_reset_is_told_once_it_has_been_delivered))
