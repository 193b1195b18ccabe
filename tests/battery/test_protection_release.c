/* The way out of an over-voltage: the levels, and besides a lower SOC or a discharge that has really flowed. */
#include "protection_rig.h"
#include "support/suite.h"

#define OV_ROWS 2u /* the first rows of voltage_rows */

/* A full pack in which this row has tripped and whose voltages have come back since. */
static void fall_back(struct rig *rig, const struct voltage_row *row)
{
    rig_start(rig);
    rig->in.soc_bp = 10000u;
    rig_trip(rig, row);
    rig_place(rig, row, row->release);
}

static uint32_t until_released(struct rig *rig, const struct voltage_row *row)
{
    return rig_until(rig, rig_protection(row->bit), false, MINUTE_MS);
}

START_TEST(the_levels_alone_do_not_release_a_full_pack)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig.in.soc_bp = 9600u;
        rig_run(&rig, 10u * MINUTE_MS);
        ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_CHARGE);
    }
}
END_TEST

START_TEST(below_96_percent_the_levels_are_enough)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig_run(&rig, MINUTE_MS);
        rig.in.soc_bp = 9599u;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), DELAY_MS);
    }
}
END_TEST

START_TEST(a_lower_soc_alone_releases_nothing)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release + 1);
        rig.in.soc_bp = 0u;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_of_1_a_is_not_yet_a_way_out)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig.m.current_ma = -1000;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_of_more_than_1_a_releases_when_it_has_flowed_for_a_second)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        uint32_t took_ms;

        fall_back(&rig, &voltage_rows[i]);
        rig_run(&rig, MINUTE_MS);
        rig.m.current_ma = -1001;
        took_ms = until_released(&rig, &voltage_rows[i]); /* a second of current, then the release delay */
        ck_assert_uint_ge(took_ms, 2u * DELAY_MS - rig.step_ms);
        ck_assert_uint_le(took_ms, 2u * DELAY_MS);
    }
}
END_TEST

START_TEST(a_charge_current_is_no_way_out)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig.m.current_ma = 20000;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_alone_releases_nothing)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release + 1);
        rig.m.current_ma = -100000;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_that_was_interrupted_counts_anew)
{
    struct rig rig;
    unsigned i;
    unsigned pulse;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        for (pulse = 0u; pulse < 20u; pulse++) {
            rig.m.current_ma = -50000;
            rig_run(&rig, 600u);
            rig.m.current_ma = -1000;
            rig_step(&rig);
        }
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

/* Discharge seen by this many steps in a row, and none after that. Did it help? */
static bool helps(uint32_t step_ms, uint32_t steps)
{
    struct rig rig;

    fall_back(&rig, &voltage_rows[0]);
    rig.step_ms = step_ms;
    rig_run(&rig, MINUTE_MS);
    rig.m.current_ma = -50000;
    rig_run(&rig, steps * step_ms);
    rig.m.current_ma = 0;
    return until_released(&rig, &voltage_rows[0]) != NEVER;
}

START_TEST(a_discharge_must_be_seen_for_a_whole_second)
{
    ck_assert(helps(10u, 101u)); /* 1000 ms from the first step that sees it to the last one */
    ck_assert(helps(100u, 11u));
    ck_assert(helps(1000u, 2u));
    ck_assert(!helps(1000u, 1u)); /* a single sample: nobody knows how long it flowed */
    ck_assert(!helps(999u, 2u));
    ck_assert(!helps(100u, 10u));
    ck_assert(!helps(10u, 100u));
    ck_assert(helps(1u, 1001u));
    ck_assert(!helps(1u, 1000u));
}
END_TEST

START_TEST(a_discharge_before_the_trip_does_not_count)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        rig_start(&rig);
        rig.in.soc_bp = 10000u;
        rig.m.current_ma = -50000;
        rig_run(&rig, MINUTE_MS);
        rig_trip(&rig, &voltage_rows[i]);
        rig.m.current_ma = 0;
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release);
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_since_the_trip_counts_also_when_the_levels_come_later)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        rig_start(&rig);
        rig.in.soc_bp = 10000u;
        rig_trip(&rig, &voltage_rows[i]);
        rig.m.current_ma = -50000;
        rig_run(&rig, 2u * DELAY_MS);
        rig.m.current_ma = 0;
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.blocked, LBMS_PATH_CHARGE);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release);
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), DELAY_MS);
    }
}
END_TEST

START_TEST(the_next_trip_needs_a_discharge_of_its_own)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig.m.current_ma = -50000;
        ck_assert_uint_ne(until_released(&rig, &voltage_rows[i]), NEVER);
        rig.m.current_ma = 0;
        rig_trip(&rig, &voltage_rows[i]);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release);
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(half_a_second_before_a_trip_and_half_a_second_after_it_are_no_second)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        fall_back(&rig, row);
        rig.in.soc_bp = 5000u; /* released by its SOC, while a discharge has begun */
        rig_run(&rig, 500u);
        rig.m.current_ma = -50000;
        ck_assert_uint_eq(until_released(&rig, row), 500u);
        rig.in.soc_bp = 10000u;
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release);
        rig_run(&rig, 700u);
        rig.m.current_ma = 0;
        ck_assert_uint_eq(until_released(&rig, row), NEVER);
    }
}
END_TEST

START_TEST(a_discharge_that_cannot_be_believed_is_no_way_out)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < OV_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig.m.current_ma = -50000;
        rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

START_TEST(changed_parameters_of_the_way_out_take_effect)
{
    struct rig rig;

    fall_back(&rig, &voltage_rows[0]);
    rig_write(&rig, LBMS_PARAM_OV_RELEASE_SOC_BP, 7400);
    rig.in.soc_bp = 7400u;
    ck_assert_uint_eq(until_released(&rig, &voltage_rows[0]), NEVER);
    rig_write(&rig, LBMS_PARAM_OV_RELEASE_DISCHARGE_MA, 10000);
    rig.m.current_ma = -10000;
    ck_assert_uint_eq(until_released(&rig, &voltage_rows[0]), NEVER);
    rig.m.current_ma = -10001;
    ck_assert_uint_ne(until_released(&rig, &voltage_rows[0]), NEVER);
}
END_TEST

START_TEST(an_under_voltage_needs_the_levels_only)
{
    struct rig rig;
    unsigned i;

    for (i = OV_ROWS; i < VOLTAGE_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), DELAY_MS);
    }
}
END_TEST

START_TEST(a_charge_current_alone_does_not_release_an_under_voltage)
{
    struct rig rig;
    unsigned i;

    for (i = OV_ROWS; i < VOLTAGE_ROWS; i++) {
        fall_back(&rig, &voltage_rows[i]);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].release - 1);
        rig.m.current_ma = 50000;
        ck_assert_uint_eq(until_released(&rig, &voltage_rows[i]), NEVER);
    }
}
END_TEST

SUITE("battery/protection_release", CASE("R-PROT-03", the_levels_alone_do_not_release_a_full_pack),
      CASE("R-PROT-03", below_96_percent_the_levels_are_enough),
      CASE("R-PROT-03", a_lower_soc_alone_releases_nothing),
      CASE("R-PROT-03", a_discharge_of_1_a_is_not_yet_a_way_out),
      CASE("R-PROT-03", a_discharge_of_more_than_1_a_releases_when_it_has_flowed_for_a_second),
      CASE("R-PROT-03", a_charge_current_is_no_way_out),
      CASE("R-PROT-03", a_discharge_alone_releases_nothing),
      CASE("R-PROT-03", a_discharge_that_was_interrupted_counts_anew),
      CASE("R-PROT-03", a_discharge_must_be_seen_for_a_whole_second),
      CASE("R-PROT-03", a_discharge_before_the_trip_does_not_count),
      CASE("R-PROT-03", a_discharge_since_the_trip_counts_also_when_the_levels_come_later),
      CASE("R-PROT-03", the_next_trip_needs_a_discharge_of_its_own),
      CASE("R-PROT-03", half_a_second_before_a_trip_and_half_a_second_after_it_are_no_second),
      CASE("R-PROT-01 R-PROT-03", a_discharge_that_cannot_be_believed_is_no_way_out),
      CASE("", changed_parameters_of_the_way_out_take_effect),
      CASE("R-PROT-02", an_under_voltage_needs_the_levels_only),
      CASE("R-PROT-02", a_charge_current_alone_does_not_release_an_under_voltage))
