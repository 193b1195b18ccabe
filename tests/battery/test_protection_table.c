/* The table of the product: every row with a level, and every cause that is found elsewhere. */
#include <string.h>

#include "protection_levels.h"
#include "support/suite.h"

#define BOTH      LBMS_PATHS_BOTH
#define CHARGE    LBMS_PATH_CHARGE
#define DISCHARGE LBMS_PATH_DISCHARGE

/* Other rows look at the same quantity, and at others that move with it; what they open is not the subject. */
static bool opens(const struct rig *rig, const struct row *row)
{
    return (rig->engine.blocked & row->opened) == row->opened;
}

START_TEST(every_row_with_a_level_is_listed_here)
{
    unsigned with_level = 0u;
    unsigned i;
    unsigned j;

    for (i = 0u; i < lbms_protection_row_count; i++) {
        const struct lbms_protection_row *row = &lbms_protection_rows[i];
        const int word = ((row->flags & LBMS_ROW_FAULT) != 0u)   ? FAULT
                         : ((row->flags & LBMS_ROW_ALARM) != 0u) ? ALARM
                                                                 : PROTECTION;
        bool found = false;

        if (row->quantity == LBMS_QUANTITY_NONE) {
            continue;
        }
        with_level++;
        for (j = 0u; j < ROWS; j++) {
            found = found || ((int)rows[j].shows.word == word && rows[j].shows.bit == row->bit);
        }
        ck_assert_msg(found, "row %u", i);
    }
    ck_assert_uint_eq(with_level, ROWS);
}
END_TEST

START_TEST(a_value_at_its_limit_never_trips)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        rig_start(&rig);
        levels_place(&rig, &rows[i], rows[i].limit);
        rig_run(&rig, 2u * MINUTE_MS);
        ck_assert_msg(!rig_shows(&rig, rows[i].shows), "%s", rows[i].name);
    }
}
END_TEST

START_TEST(one_unit_beyond_its_limit_it_trips_after_its_delay_and_not_one_step_earlier)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];

        rig_start(&rig);
        rig.in.now_ms = UINT32_MAX - 700u; /* the clock wraps meanwhile */
        levels_place(&rig, row, row->limit);
        rig_run(&rig, 600u);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, MINUTE_MS) == row->delay_ms, "%s", row->name);
        ck_assert_msg(opens(&rig, row), "%s", row->name);
    }
}
END_TEST

START_TEST(only_its_own_paths_are_opened)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        /* far beyond, other rows of the same quantity have tripped before */
        const bool alone = row->what != EVERY_CELL;
        const bool second = row->limit == 150000 || row->limit == -150000;

        rig_start(&rig);
        rig_write(&rig, LBMS_PARAM_TEMP_DELAY_MS, 2000);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert(rig_until(&rig, row->shows, true, MINUTE_MS) != NEVER);
        if (alone && !second && row->shows.bit != LBMS_BIT_DISCHARGE_OT &&
            row->shows.bit != LBMS_BIT_DISCHARGE_UT) {
            ck_assert_msg(rig.engine.blocked == row->opened, "%s: %u", row->name, rig.engine.blocked);
        }
    }
}
END_TEST

START_TEST(the_trip_time_does_not_depend_on_the_step)
{
    static const uint32_t steps_ms[] = {10u, 25u, 100u, 333u, 1000u};
    struct rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < ROWS; i++) {
        for (j = 0u; j < sizeof(steps_ms) / sizeof(steps_ms[0]); j++) {
            const struct row *row = &rows[i];
            uint32_t took_ms;

            rig_start(&rig);
            rig.step_ms = steps_ms[j];
            rig_run(&rig, 5000u);
            levels_place(&rig, row, row->limit + row->outward);
            took_ms = rig_until(&rig, row->shows, true, 2u * MINUTE_MS);
            ck_assert_msg(took_ms >= row->delay_ms && took_ms < row->delay_ms + steps_ms[j], "%s: %u",
                          row->name, (unsigned)took_ms);
        }
    }
}
END_TEST

START_TEST(one_unit_before_its_release_it_stays_and_there_it_releases_after_its_delay)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];

        if (row->release_ms == NEVER_OUT) {
            continue;
        }
        rig_start(&rig);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert(rig_until(&rig, row->shows, true, MINUTE_MS) != NEVER);
        levels_place(&rig, row, row->release + row->outward);
        rig_run(&rig, 2u * MINUTE_MS);
        ck_assert_msg(rig_shows(&rig, row->shows), "%s", row->name);
        levels_place(&rig, row, row->release);
        ck_assert_msg(rig_until(&rig, row->shows, false, MINUTE_MS) == row->release_ms, "%s", row->name);
    }
}
END_TEST

START_TEST(its_alarm_comes_first_and_clears_by_its_hysteresis)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const struct shown alarm = rig_alarm(row->shows.bit);

        if (row->alarm == NO_ALARM) {
            continue;
        }
        rig_start(&rig);
        levels_place(&rig, row, row->alarm);
        rig_run(&rig, MINUTE_MS);
        ck_assert_msg(!rig_shows(&rig, alarm), "%s", row->name);
        levels_place(&rig, row, row->alarm + row->outward);
        ck_assert_msg(rig_until(&rig, alarm, true, MINUTE_MS) == 1000u, "%s", row->name);
        ck_assert_msg(!rig_shows(&rig, row->shows), "%s", row->name);
        levels_place(&rig, row, row->alarm_end + row->outward);
        rig_run(&rig, MINUTE_MS);
        ck_assert_msg(rig_shows(&rig, alarm), "%s", row->name);
        levels_place(&rig, row, row->alarm_end);
        rig_step(&rig);
        ck_assert_msg(!rig_shows(&rig, alarm), "%s", row->name);
    }
}
END_TEST

START_TEST(a_value_in_doubt_trips_nothing_whatever_else_is_known)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const uint16_t needed = levels_validity(rows[i].what);

        rig_start(&rig);
        levels_place(&rig, &rows[i], rows[i].limit + rows[i].outward);
        rig.m.valid &= (uint16_t)~needed;
        rig_run(&rig, MINUTE_MS);
        ck_assert_msg(rig_shows(&rig, rows[i].shows) == (needed == 0u), "%s", rows[i].name);
    }
}
END_TEST

START_TEST(a_value_that_is_known_trips_and_releases_whatever_else_is_in_doubt)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];

        rig_start(&rig);
        levels_place(&rig, row, row->limit + row->outward);
        rig.m.valid = levels_validity(row->what);
        ck_assert_msg(rig_until(&rig, row->shows, true, MINUTE_MS) == row->delay_ms, "%s", row->name);
        /* over- and under-voltages look at cells and pack */
        if (row->release_ms != NEVER_OUT && row->what != CELL && row->what != PACK) {
            levels_place(&rig, row, row->release);
            rig.m.valid = levels_validity(row->what);
            ck_assert_msg(rig_until(&rig, row->shows, false, MINUTE_MS) == row->release_ms, "%s", row->name);
        }
    }
}
END_TEST

/* The causes that come as conditions and AFE flags: at once, since their delays have passed where they were found. */
static const struct {
    struct shown shows;
    uint32_t condition; /* LBMS_CONDITION_COUNT: the flag below */
    uint16_t flag;
    uint8_t opened;
} causes[] = {
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_CELLS_LOST, 0u, BOTH},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_AFE_CONFIG, 0u, BOTH},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_SWITCH_STATE, 0u, BOTH},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_COUNT, LBMS_AFE_OPEN_WIRE, BOTH},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_COUNT, LBMS_AFE_WATCHDOG, BOTH},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_COUNT, LBMS_AFE_TEMPERATURE, BOTH},
    {{FAULT, LBMS_FAULT_CURRENT}, LBMS_CONDITION_CURRENT_LOST, 0u, BOTH},
    {{FAULT, LBMS_FAULT_CURRENT}, LBMS_CONDITION_CURRENT_OFFSET, 0u, BOTH},
    {{FAULT, LBMS_FAULT_NTC}, LBMS_CONDITION_NTC_LOST, 0u, 0u},
    {{FAULT, LBMS_FAULT_NTC}, LBMS_CONDITION_TEMPERATURE_LOST, 0u, BOTH},
    {{FAULT, LBMS_FAULT_CHARGE_MOSFET}, LBMS_CONDITION_CHARGE_MOSFET, 0u, CHARGE},
    {{FAULT, LBMS_FAULT_DISCHARGE_MOSFET}, LBMS_CONDITION_DISCHARGE_MOSFET, 0u, DISCHARGE},
    {{FAULT, LBMS_FAULT_TRIP_UNIT}, LBMS_CONDITION_HAZARD, 0u, 0u},
    {{FAULT, LBMS_FAULT_CELL}, LBMS_CONDITION_CELL_STUCK_LOW, 0u, BOTH},
    {{FAULT, LBMS_FAULT_OUTPUT}, LBMS_CONDITION_PRECHARGE_FAILED, 0u, BOTH},
    {{FAULT, LBMS_FAULT_SELF_TEST}, LBMS_CONDITION_SELF_TEST, 0u, BOTH},
    {{FAULT, LBMS_FAULT_HEATER}, LBMS_CONDITION_HEATER, 0u, 0u},
    {{ALARM, LBMS_BIT_CHARGE_OC}, LBMS_CONDITION_CCL_IGNORED, 0u, 0u},
    {{ALARM, LBMS_BIT_DISCHARGE_OC}, LBMS_CONDITION_DCL_IGNORED, 0u, 0u},
    {{ALARM, LBMS_BIT_MAINTENANCE}, LBMS_CONDITION_MAINTENANCE, 0u, 0u},
    {{PROTECTION, LBMS_BIT_CHARGE_OC}, LBMS_CONDITION_LIMITER_FAILED, 0u, CHARGE},
    {{PROTECTION, LBMS_BIT_CHARGE_OC2}, LBMS_CONDITION_GENTLE_OC, 0u, CHARGE},
    {{PROTECTION, LBMS_BIT_CHARGE_OC2}, LBMS_CONDITION_COUNT, LBMS_AFE_CHARGE_OC, CHARGE},
    {{PROTECTION, LBMS_BIT_DISCHARGE_OC2}, LBMS_CONDITION_COUNT, LBMS_AFE_DISCHARGE_OC, DISCHARGE},
    {{PROTECTION, LBMS_BIT_SHORT_CIRCUIT}, LBMS_CONDITION_COUNT, LBMS_AFE_SHORT_CIRCUIT, BOTH},
    {{PROTECTION, LBMS_BIT_CELL_OV}, LBMS_CONDITION_COUNT, LBMS_AFE_CELL_OV, CHARGE},
    {{PROTECTION, LBMS_BIT_CELL_OV}, LBMS_CONDITION_COUNT, LBMS_AFE_SECONDARY_OV, CHARGE},
    {{PROTECTION, LBMS_BIT_CELL_UV}, LBMS_CONDITION_COUNT, LBMS_AFE_CELL_UV, DISCHARGE},
};

/* Has it an alarm of its own? That comes with the trip. */
static bool has_alarm(struct shown shows)
{
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        if (rows[i].alarm != NO_ALARM && shows.word == PROTECTION && rows[i].shows.bit == shows.bit) {
            return true;
        }
    }
    return shows.word == ALARM;
}

START_TEST(a_cause_found_elsewhere_raises_its_own_bit_only)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(causes) / sizeof(causes[0]); i++) {
        const struct shown shows = causes[i].shows;
        const uint32_t bit = LBMS_MASK(shows.bit);

        rig_start(&rig);
        rig_step(&rig);
        if (causes[i].condition < LBMS_CONDITION_COUNT) {
            rig_condition(&rig, (uint8_t)causes[i].condition, true);
        }
        rig.m.afe_flags = causes[i].flag;
        rig_step(&rig);
        ck_assert_msg(rig.engine.protections == ((shows.word == PROTECTION) ? bit : 0u), "cause %u", i);
        ck_assert_msg(rig.engine.faults == ((shows.word == FAULT) ? bit : 0u), "cause %u", i);
        ck_assert_msg(rig.engine.alarms == (has_alarm(shows) ? bit : 0u), "cause %u", i);
    }
}
END_TEST

START_TEST(a_cause_found_elsewhere_trips_at_once_and_holds_as_long_as_it_is_there)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(causes) / sizeof(causes[0]); i++) {
        rig_start(&rig);
        rig_step(&rig);
        if (causes[i].condition < LBMS_CONDITION_COUNT) {
            rig_condition(&rig, (uint8_t)causes[i].condition, true);
        }
        rig.m.afe_flags = causes[i].flag;
        rig_step(&rig);
        ck_assert_msg(rig_shows(&rig, causes[i].shows), "cause %u", i);
        ck_assert_msg(rig.engine.blocked == causes[i].opened, "cause %u", i);
        rig_run(&rig, 11u * MINUTE_MS);
        ck_assert_msg(rig_shows(&rig, causes[i].shows), "cause %u", i);
    }
}
END_TEST

START_TEST(flags_of_the_afe_that_are_no_protections_trip_nothing)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.afe_flags =
        LBMS_AFE_RESET_SEEN | LBMS_AFE_BUS_ERRORS | LBMS_AFE_LOAD_PRESENT | LBMS_AFE_CHARGER_PRESENT;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert_uint_eq(rig.engine.faults, 0u);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
}
END_TEST

START_TEST(level_1_of_charge_over_current_waits_while_the_limiter_can_act)
{
    struct rig rig;

    rig_start(&rig);
    rig.in.limiter_armed = true;
    rig.m.current_ma = 149000;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    ck_assert(rig_shows(&rig, rig_alarm(LBMS_BIT_CHARGE_OC))); /* the alarm does not wait */
    rig.in.limiter_armed = false;
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CHARGE_OC), true, MINUTE_MS), 1000u);
    rig_start(&rig);
    rig.in.limiter_armed = true; /* level 2 never waits */
    rig.m.current_ma = 150001;
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CHARGE_OC2), true, MINUTE_MS), 100u);
}
END_TEST

START_TEST(a_lost_sensor_does_not_end_a_temperature_protection_and_starts_none)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.ntcs_valid = 0x0Cu; /* two lost: the margin no longer stands for them */
    rig.m.valid &= (uint16_t)~LBMS_VALID_NTCS;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    rig_start(&rig);
    rig.m.temp_low_dc = -10;
    rig_run(&rig, 3000u);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CHARGE_UT)));
    rig.m.temp_low_dc = 250;
    rig.m.ntcs_valid = 0x0Cu;
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_protection(LBMS_BIT_CHARGE_UT)));
    rig.m.ntcs_valid = 0x0Du; /* one lost */
    ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CHARGE_UT), false, MINUTE_MS), 1000u);
}
END_TEST

START_TEST(terminal_voltages_count_only_behind_open_paths)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.terminal_mv = 64000;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    rig.m.closed = LBMS_SWITCH_LIMITER; /* the limiter is the charge path */
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.protections, 0u);
    rig.m.terminal_mv = -5000;
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.faults, 0u);
}
END_TEST

SUITE("battery/protection_table", CASE("", every_row_with_a_level_is_listed_here),
      CASE("R-PROT-02 R-PROT-03 R-PROT-04 R-PROT-05 R-TECH-06 R-TECH-09", a_value_at_its_limit_never_trips),
      CASE("R-PROT-02 R-PROT-03 R-PROT-04 R-PROT-05 R-PROT-11 R-TECH-06",
           one_unit_beyond_its_limit_it_trips_after_its_delay_and_not_one_step_earlier),
      CASE("R-PROT-04 R-PROT-05", only_its_own_paths_are_opened),
      CASE("R-PROT-04 R-PROT-05", the_trip_time_does_not_depend_on_the_step),
      CASE("R-PROT-05 R-PROT-11", one_unit_before_its_release_it_stays_and_there_it_releases_after_its_delay),
      CASE("", its_alarm_comes_first_and_clears_by_its_hysteresis),
      CASE("R-PROT-01", a_value_in_doubt_trips_nothing_whatever_else_is_known),
      CASE("R-PROT-01", a_value_that_is_known_trips_and_releases_whatever_else_is_in_doubt),
      CASE("R-PROT-07 R-TECH-07 R-TECH-13",
           a_cause_found_elsewhere_trips_at_once_and_holds_as_long_as_it_is_there),
      CASE("", a_cause_found_elsewhere_raises_its_own_bit_only),
      CASE("", flags_of_the_afe_that_are_no_protections_trip_nothing),
      CASE("R-PROT-04", level_1_of_charge_over_current_waits_while_the_limiter_can_act),
      CASE("R-PROT-01 R-PROT-05", a_lost_sensor_does_not_end_a_temperature_protection_and_starts_none),
      CASE("R-PROT-11", terminal_voltages_count_only_behind_open_paths))
