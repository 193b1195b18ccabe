/* Which parameter moves what: each number of a row is moved by its own parameter, and by as much. */
#include "protection_levels.h"
#include "support/suite.h"

#define NO_CONDITION LBMS_CONDITION_COUNT
#define TIME_MS      10000u /* long beyond every delay of a level */

/* A pack whose parameter is greater by this. The orderings between parameters are not the subject. */
static void start_with(struct rig *rig, uint8_t id, int32_t more)
{
    rig_start(rig);
    rig->params.v[id] += more;
    lbms_protection_levels(&rig->engine, &rig->params);
}

/* By how much a parameter must grow for a level to move 3 units outwards: some are magnitudes of negative levels. */
static int32_t outwards(const struct row *row, uint8_t id, int32_t level)
{
    struct rig rig;

    rig_start(&rig);
    return (rig.params.v[id] != level && rig.params.v[id] == -level) ? (-3 * row->outward)
                                                                     : (3 * row->outward);
}

START_TEST(a_trip_level_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const int32_t moved = row->limit + (3 * row->outward);

        start_with(&rig, row->ids.limit, outwards(row, row->ids.limit, row->limit));
        levels_place(&rig, row, moved);
        rig_run(&rig, TIME_MS);
        ck_assert_msg(!rig_shows(&rig, row->shows), "%s", row->name);
        levels_place(&rig, row, moved + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, TIME_MS) == row->delay_ms, "%s", row->name);
    }
}
END_TEST

START_TEST(a_trip_delay_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];

        start_with(&rig, row->ids.delay, 50);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, TIME_MS) == row->delay_ms + 50u, "%s", row->name);
    }
}
END_TEST

START_TEST(a_release_level_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const int32_t moved = row->release + (3 * row->outward);

        if (row->ids.release == LBMS_PARAM_NONE) {
            continue;
        }
        start_with(&rig, row->ids.release, outwards(row, row->ids.release, row->release));
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, TIME_MS) == row->delay_ms, "%s", row->name);
        levels_place(&rig, row, moved + row->outward);
        rig_run(&rig, TIME_MS);
        ck_assert_msg(rig_shows(&rig, row->shows), "%s", row->name);
        levels_place(&rig, row, moved);
        ck_assert_msg(rig_until(&rig, row->shows, false, TIME_MS) == row->release_ms, "%s", row->name);
    }
}
END_TEST

START_TEST(a_release_delay_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];

        if (row->ids.release_delay == LBMS_PARAM_NONE) {
            continue;
        }
        start_with(&rig, row->ids.release_delay, 50);
        levels_place(&rig, row, row->limit + row->outward);
        ck_assert_msg(rig_until(&rig, row->shows, true, TIME_MS) != NEVER, "%s", row->name);
        levels_place(&rig, row, row->release);
        ck_assert_msg(rig_until(&rig, row->shows, false, TIME_MS) == row->release_ms + 50u, "%s", row->name);
    }
}
END_TEST

START_TEST(an_alarm_level_and_its_hysteresis_are_parameters)
{
    struct rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const struct shown alarm = rig_alarm(row->shows.bit);

        if (row->alarm == NO_ALARM) {
            continue;
        }
        for (j = 0u; j < 2u;
             j++) { /* the level carries the end with it; the hysteresis moves the end alone */
            const int32_t by = (j == 0u) ? 3 : -3;
            const int32_t level = row->alarm + ((j == 0u) ? (3 * row->outward) : 0);
            const int32_t end = row->alarm_end + (by * row->outward);

            start_with(&rig, (j == 0u) ? row->ids.alarm : row->ids.alarm_hyst,
                       (j == 0u) ? outwards(row, row->ids.alarm, row->alarm) : 3);
            levels_place(&rig, row, level);
            rig_run(&rig, TIME_MS);
            ck_assert_msg(!rig_shows(&rig, alarm), "%s", row->name);
            levels_place(&rig, row, level + row->outward);
            ck_assert_msg(rig_until(&rig, alarm, true, TIME_MS) == 1000u, "%s", row->name);
            levels_place(&rig, row, end + row->outward);
            rig_run(&rig, TIME_MS);
            ck_assert_msg(rig_shows(&rig, alarm), "%s", row->name);
            levels_place(&rig, row, end);
            rig_step(&rig);
            ck_assert_msg(!rig_shows(&rig, alarm), "%s", row->name);
        }
    }
}
END_TEST

/* release, lock, more, more_ms of the causes below */
#define OVER_CURRENT  LBMS_PARAM_OC_RETRY_S, LBMS_PARAM_OC_LOCK_COUNT, 2, 2000u
#define SHORT_CIRCUIT LBMS_PARAM_OC_RETRY_S, LBMS_PARAM_SC_LOCK_COUNT, 2, 2000u
#define FAULT_TIMES   LBMS_PARAM_FAULT_CLEAR_S, LBMS_PARAM_FAULT_REPEAT_COUNT, 2, 2000u
#define OTHERS        LBMS_PARAM_RELEASE_DELAY_MS, LBMS_PARAM_NONE, 500, 500u

/* What trips on a flag or a condition: the time after which it releases, and how many trips in a row lock it. */
static const struct {
    struct shown shows;
    uint8_t condition; /* NO_CONDITION: the flag below */
    uint16_t flag;
    uint8_t release, lock;
    int32_t more;     /* of the parameter of the release time */
    uint32_t more_ms; /* by which it is then longer */
} causes[] = {
    {{PROTECTION, LBMS_BIT_CHARGE_OC}, LBMS_CONDITION_LIMITER_FAILED, 0u, OVER_CURRENT},
    {{PROTECTION, LBMS_BIT_CHARGE_OC2}, LBMS_CONDITION_GENTLE_OC, 0u, OVER_CURRENT},
    {{PROTECTION, LBMS_BIT_DISCHARGE_OC2}, NO_CONDITION, LBMS_AFE_DISCHARGE_OC, OVER_CURRENT},
    {{PROTECTION, LBMS_BIT_SHORT_CIRCUIT}, NO_CONDITION, LBMS_AFE_SHORT_CIRCUIT, SHORT_CIRCUIT},
    {{FAULT, LBMS_FAULT_SAMPLING}, LBMS_CONDITION_CELLS_LOST, 0u, FAULT_TIMES},
    {{FAULT, LBMS_FAULT_CURRENT}, LBMS_CONDITION_CURRENT_LOST, 0u, FAULT_TIMES},
    {{FAULT, LBMS_FAULT_NTC}, LBMS_CONDITION_NTC_LOST, 0u, FAULT_TIMES},
    {{FAULT, LBMS_FAULT_NTC}, LBMS_CONDITION_TEMPERATURE_LOST, 0u, FAULT_TIMES},
    {{FAULT, LBMS_FAULT_OUTPUT}, LBMS_CONDITION_PRECHARGE_FAILED, 0u, OTHERS},
    {{FAULT, LBMS_FAULT_HEATER}, LBMS_CONDITION_HEATER, 0u, OTHERS},
    {{ALARM, LBMS_BIT_CHARGE_OC}, LBMS_CONDITION_CCL_IGNORED, 0u, OTHERS},
    {{ALARM, LBMS_BIT_DISCHARGE_OC}, LBMS_CONDITION_DCL_IGNORED, 0u, OTHERS},
    {{ALARM, LBMS_BIT_MAINTENANCE}, LBMS_CONDITION_MAINTENANCE, 0u, OTHERS},
};
#define CAUSES (sizeof(causes) / sizeof(causes[0]))

/* The cause of a row for one step; then the time until it releases. */
static uint32_t release_after(struct rig *rig, unsigned index)
{
    rig->in.charger_present = true; /* a way out of a short circuit */
    rig->m.afe_flags = causes[index].flag;
    if (causes[index].condition != NO_CONDITION) {
        rig_condition(rig, causes[index].condition, true);
    }
    rig_step(rig);
    ck_assert_msg(rig_shows(rig, causes[index].shows), "cause %u", index);
    rig->m.afe_flags = 0u;
    rig->in.conditions = 0u;
    return rig_until(rig, causes[index].shows, false, 2u * MINUTE_MS);
}

START_TEST(the_time_after_a_cause_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < CAUSES; i++) {
        uint32_t before_ms;

        rig_start(&rig);
        before_ms = release_after(&rig, i);
        ck_assert_msg(before_ms != NEVER, "cause %u", i);
        start_with(&rig, causes[i].release, causes[i].more);
        ck_assert_msg(release_after(&rig, i) == before_ms + causes[i].more_ms, "cause %u", i);
    }
}
END_TEST

START_TEST(the_number_of_trips_that_lock_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < CAUSES; i++) {
        if (causes[i].lock == LBMS_PARAM_NONE) {
            continue;
        }
        rig_start(&rig);
        rig.params.v[causes[i].lock] = 2;
        ck_assert_msg(release_after(&rig, i) != NEVER, "cause %u", i);
        ck_assert_msg(release_after(&rig, i) == NEVER, "cause %u", i);
    }
}
END_TEST

/* Currents that help a release: each for a time of its own, counted from the first step that sees it. */
static const struct {
    uint8_t bit;
    int32_t ma;        /* trips it, unless it is a cell voltage */
    int32_t help_ma;   /* helps */
    uint8_t time;      /* parameter of the time for which that must flow */
    uint32_t unit_ms;  /* of the parameter */
    uint32_t after_ms; /* from the first step with this current to the release, by default */
} helps[] = {
    {LBMS_BIT_CHARGE_OC, 110001, -1001, LBMS_PARAM_OC_RELEASE_MS, 1u, 1000u},
    {LBMS_BIT_CHARGE_OC2, 150001, -1001, LBMS_PARAM_OC_RELEASE_MS, 1u, 1000u},
    {LBMS_BIT_DISCHARGE_OC, -110001, 501, LBMS_PARAM_OC_RELEASE_MS, 1u, 1000u},
    {LBMS_BIT_DISCHARGE_OC2, -150001, 501, LBMS_PARAM_OC_RELEASE_MS, 1u, 1000u},
    {LBMS_BIT_CELL_OV, 0, -1001, LBMS_PARAM_OV_RELEASE_DISCHARGE_MS, 1u, 2000u},
    {LBMS_BIT_CELL_UV, 0, 500, LBMS_PARAM_UV_REBOUND_CHARGE_S, 1000u, 11000u},
};

static uint32_t helped_after(struct rig *rig, unsigned index)
{
    rig->in.soc_bp = 10000u;      /* so that an over-voltage needs its discharge */
    rig->engine.uv_rebounds = 3u; /* and an under-voltage its charge */
    rig->m.current_ma = helps[index].ma;
    if (helps[index].bit == LBMS_BIT_CELL_OV || helps[index].bit == LBMS_BIT_CELL_UV) {
        measured_cell(&rig->m, 6u, (helps[index].bit == LBMS_BIT_CELL_OV) ? 3651u : 2599u);
    }
    ck_assert_msg(rig_until(rig, rig_protection(helps[index].bit), true, 2000u) != NEVER, "help %u", index);
    measured_cell(&rig->m, 6u, 3300u);
    rig->m.current_ma = helps[index].help_ma;
    return rig_until(rig, rig_protection(helps[index].bit), false, 2u * MINUTE_MS);
}

START_TEST(the_time_of_a_current_that_helps_is_a_parameter)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < sizeof(helps) / sizeof(helps[0]); i++) {
        rig_start(&rig);
        ck_assert_msg(helped_after(&rig, i) == helps[i].after_ms, "help %u", i);
        start_with(&rig, helps[i].time, 50);
        ck_assert_msg(helped_after(&rig, i) == helps[i].after_ms + (50u * helps[i].unit_ms), "help %u", i);
    }
}
END_TEST

SUITE("battery/protection_parameters", CASE("", a_trip_level_is_a_parameter),
      CASE("", a_trip_delay_is_a_parameter), CASE("", a_release_level_is_a_parameter),
      CASE("", a_release_delay_is_a_parameter), CASE("", an_alarm_level_and_its_hysteresis_are_parameters),
      CASE("", the_time_after_a_cause_is_a_parameter), CASE("", the_number_of_trips_that_lock_is_a_parameter),
      CASE("", the_time_of_a_current_that_helps_is_a_parameter))
