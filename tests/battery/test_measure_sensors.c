/* Validation: each temperature sensor has its own time, from its last good conversion to the millisecond. */
#include <string.h>

#include "measure_rig.h"
#include "support/suite.h"

#define NTC_LOST(measure)         RAISED(measure, LBMS_CONDITION_NTC_LOST)
#define TEMPERATURE_LOST(measure) RAISED(measure, LBMS_CONDITION_TEMPERATURE_LOST)

/* 0..3: cell sensors, 4: switches, 5: environment. */
#define SENSOR_COUNT 6u

static void set_sensor(struct measure_rig *rig, unsigned sensor, int16_t dc)
{
    if (sensor < LBMS_NTCS) {
        rig->in.sample.ntc_dc[sensor] = dc;
    } else if (sensor == 4u) {
        rig->in.sample.mosfet_dc = dc;
    } else {
        rig->in.sample.ambient_dc = dc;
    }
}

static bool has_value(const struct measure_rig *rig, unsigned sensor)
{
    if (sensor < LBMS_NTCS) {
        return (rig->m.ntcs_valid & (1u << sensor)) != 0u;
    }
    return (rig->m.valid & ((sensor == 4u) ? LBMS_VALID_MOSFET : LBMS_VALID_AMBIENT)) != 0u;
}

START_TEST(every_sensor_that_was_never_good_is_lost_at_once)
{
    unsigned bad;
    unsigned i;

    for (bad = 0u; bad < SENSOR_COUNT; bad++) {
        struct measure_rig rig;

        measure_start_silent(&rig);
        rig.in = inputs_rested(rig.in.now_ms);
        set_sensor(&rig, bad, LBMS_TEMP_OPEN);
        (void)measure_sampled(&rig, 0u);
        ck_assert_msg(NTC_LOST(rig.measure), "sensor %u", bad);
        ck_assert(!TEMPERATURE_LOST(rig.measure));
        for (i = 0u; i < SENSOR_COUNT; i++) {
            ck_assert_msg(has_value(&rig, i) == (i != bad), "sensor %u with %u bad", i, bad);
        }
    }
}
END_TEST

START_TEST(every_sensor_is_lost_exactly_two_seconds_after_its_last_good_conversion)
{
    unsigned bad;

    for (bad = 0u; bad < SENSOR_COUNT; bad++) {
        struct measure_rig rig;

        measure_start(&rig);
        set_sensor(&rig, bad, LBMS_TEMP_SHORT);
        (void)measure_sampled(&rig, 1999u);
        ck_assert_msg(has_value(&rig, bad) && !NTC_LOST(rig.measure), "sensor %u", bad);
        (void)measure_sampled(&rig, 1u);
        ck_assert_msg(!has_value(&rig, bad) && NTC_LOST(rig.measure), "sensor %u", bad);
    }
}
END_TEST

START_TEST(a_good_conversion_starts_the_two_seconds_anew_whatever_other_sensor_is_lost)
{
    unsigned bad;

    for (bad = 0u; bad < SENSOR_COUNT; bad++) {
        struct measure_rig rig;

        measure_start(&rig);
        set_sensor(&rig, (bad + 1u) % SENSOR_COUNT, LBMS_TEMP_OPEN);
        set_sensor(&rig, bad, LBMS_TEMP_OPEN);
        (void)measure_sampled(&rig, 1900u);
        set_sensor(&rig, bad, 200);
        (void)measure_sampled(&rig, 100u);
        ck_assert(has_value(&rig, bad));
        set_sensor(&rig, bad, LBMS_TEMP_OPEN);
        (void)measure_sampled(&rig, 1999u);
        ck_assert_msg(has_value(&rig, bad), "sensor %u", bad);
        (void)measure_sampled(&rig, 1u);
        ck_assert_msg(!has_value(&rig, bad), "sensor %u", bad);
    }
}
END_TEST

START_TEST(a_sensor_that_stays_bad_stays_lost)
{
    unsigned bad;
    unsigned s;

    for (bad = 0u; bad < SENSOR_COUNT; bad++) {
        struct measure_rig rig;

        measure_start(&rig);
        set_sensor(&rig, bad, LBMS_TEMP_OPEN);
        (void)measure_sampled(&rig, 2000u);
        for (s = 0u; s < 200u; s++) { /* its time is counted in 16 bits: longer than those last */
            (void)measure_sampled(&rig, 1000u);
            ck_assert_msg(!has_value(&rig, bad) && NTC_LOST(rig.measure), "sensor %u after %u s", bad, s);
        }
    }
}
END_TEST

START_TEST(lost_sensors_are_reported_also_when_everything_else_is_lost)
{
    struct measure_rig rig;
    unsigned i;

    measure_start(&rig);
    memset(rig.in.sample.cell_mv, 0, sizeof(rig.in.sample.cell_mv));
    rig.in.sample.pack_mv = 0;
    rig.in.sample.terminal_mv = INT32_MAX;
    rig.in.sample.current_ma = INT32_MAX;
    for (i = 0u; i < SENSOR_COUNT; i++) {
        set_sensor(&rig, i, LBMS_TEMP_OPEN);
    }
    (void)measure_sampled(&rig, 2000u);
    ck_assert_uint_eq(rig.m.valid, 0u);
    ck_assert(NTC_LOST(rig.measure));
    ck_assert(TEMPERATURE_LOST(rig.measure));
}
END_TEST

SUITE("battery/measure_sensors", CASE("R-PROT-01", every_sensor_that_was_never_good_is_lost_at_once),
      CASE("R-PROT-01", every_sensor_is_lost_exactly_two_seconds_after_its_last_good_conversion),
      CASE("R-PROT-01", a_good_conversion_starts_the_two_seconds_anew_whatever_other_sensor_is_lost),
      CASE("R-PROT-01", a_sensor_that_stays_bad_stays_lost),
      CASE("R-PROT-01 R-PROT-05", lost_sensors_are_reported_also_when_everything_else_is_lost))
