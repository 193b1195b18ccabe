/* Alarms: they come before the protection, have a delay and a hysteresis, and open nothing. */
#include "protection_rig.h"
#include "support/suite.h"

/* One cell apart from the others is an alarm of its own, which is not the subject here. */
static uint32_t alarms_of_levels(const struct rig *rig)
{
    return rig->engine.alarms & ~LBMS_MASK(LBMS_BIT_CELL_DIFF);
}

START_TEST(a_value_at_the_alarm_limit_gives_no_alarm)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        rig_start(&rig);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].alarm);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.alarms, 0u);
    }
}
END_TEST

START_TEST(an_alarm_comes_one_second_after_a_value_passes_its_limit_by_one_mv)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_run(&rig, MINUTE_MS);
        rig_place(&rig, row, row->alarm + row->outward);
        rig_run(&rig, DELAY_MS);
        ck_assert_uint_eq(rig.engine.alarms, 0u); /* 990 ms after the first step beyond the limit */
        rig_step(&rig);
        ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(row->bit));
    }
}
END_TEST

START_TEST(an_alarm_comes_before_its_protection_and_opens_nothing)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];
        int32_t mv;

        rig_start(&rig);
        rig.step_ms = 100u;
        for (mv = row->release; mv != row->limit + row->outward; mv += row->outward) { /* slowly outward */
            rig_place(&rig, row, mv);
            rig_run(&rig, 200u);
        }
        ck_assert_uint_eq(alarms_of_levels(&rig), LBMS_MASK(row->bit));
        ck_assert_uint_eq(rig.engine.protections, 0u);
        ck_assert_uint_eq(rig.engine.blocked, 0u);
    }
}
END_TEST

START_TEST(one_sample_inside_starts_the_alarm_delay_anew)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->alarm + row->outward);
        rig_run(&rig, DELAY_MS);
        rig_place(&rig, row, row->alarm);
        rig_step(&rig);
        rig_place(&rig, row, row->alarm + row->outward);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

/* Beyond the alarm limit, but not beyond the trip level, until the alarm is there. */
static void raise_alarm(struct rig *rig, const struct voltage_row *row)
{
    rig_start(rig);
    rig_place(rig, row, row->limit);
    ck_assert(rig_until(rig, rig_alarm(row->bit), true, MINUTE_MS) != NEVER);
}

START_TEST(one_mv_before_the_end_of_its_hysteresis_an_alarm_stays)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        raise_alarm(&rig, row);
        rig_place(&rig, row, row->alarm_end + row->outward);
        rig_run(&rig, 10u * MINUTE_MS);
        ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(row->bit));
    }
}
END_TEST

START_TEST(at_the_end_of_its_hysteresis_an_alarm_clears)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        raise_alarm(&rig, row);
        rig_place(&rig, row, row->alarm_end);
        rig_step(&rig);
        ck_assert_uint_eq(rig.engine.alarms, 0u);
    }
}
END_TEST

START_TEST(an_alarm_comes_again_with_its_full_delay)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        raise_alarm(&rig, row);
        rig_place(&rig, row, row->alarm_end);
        rig_step(&rig);
        rig_place(&rig, row, row->limit);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), DELAY_MS);
    }
}
END_TEST

START_TEST(an_alarm_stays_while_its_protection_is_set)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_trip(&rig, row);
        rig_place(&rig, row, row->release + row->outward); /* far inside the alarm's own level */
        rig_run(&rig, 10u * MINUTE_MS);
        ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(row->bit));
        rig_place(&rig, row, row->release);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), false, MINUTE_MS), DELAY_MS);
        ck_assert_uint_eq(rig.engine.protections, 0u);
    }
}
END_TEST

START_TEST(after_a_protection_an_alarm_comes_with_its_full_delay)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_write(&rig, LBMS_PARAM_ALARM_DELAY_MS, 30000);
        rig_trip(&rig, row); /* while the delay of the alarm is running */
        rig_place(&rig, row, row->release);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), false, MINUTE_MS), DELAY_MS);
        rig_place(&rig, row, row->limit);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), 30000u);
    }
}
END_TEST

START_TEST(a_protection_brings_its_alarm_with_it)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_write(&rig, LBMS_PARAM_ALARM_DELAY_MS, 30000);
        rig_place(&rig, row, row->limit + row->outward);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), DELAY_MS);
        ck_assert_uint_eq(rig.engine.protections, LBMS_MASK(row->bit));
    }
}
END_TEST

START_TEST(cell_and_pack_alarms_are_independent)
{
    struct rig rig;

    rig_start(&rig);
    rig_trip(&rig, &voltage_rows[0]);
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));
    rig.m.pack_mv = 57601;
    ck_assert_uint_eq(rig_until(&rig, rig_alarm(LBMS_BIT_PACK_OV), true, MINUTE_MS), DELAY_MS);
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV));
    rig.m.pack_mv = 56800;
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));
}
END_TEST

START_TEST(a_running_alarm_delay_goes_on_while_the_value_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        rig_start(&rig);
        rig_place(&rig, row, row->alarm + row->outward);
        rig_run(&rig, 500u);
        rig_lose(&rig, row);
        ck_assert_uint_eq(rig_until(&rig, rig_alarm(row->bit), true, MINUTE_MS), 500u);
    }
}
END_TEST

START_TEST(a_value_that_was_never_believed_gives_no_alarm)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        rig_start(&rig);
        rig_place(&rig, &voltage_rows[i], voltage_rows[i].limit);
        rig_lose(&rig, &voltage_rows[i]);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(rig.engine.alarms, 0u);
    }
}
END_TEST

START_TEST(an_alarm_stays_while_the_value_cannot_be_believed)
{
    struct rig rig;
    unsigned i;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        const struct voltage_row *row = &voltage_rows[i];

        raise_alarm(&rig, row);
        rig_place(&rig, row, row->alarm_end);
        rig_lose(&rig, row);
        rig_run(&rig, MINUTE_MS);
        ck_assert_uint_eq(alarms_of_levels(&rig), LBMS_MASK(row->bit));
        rig_regain(&rig, row);
        rig_step(&rig);
        ck_assert_uint_eq(alarms_of_levels(&rig), 0u);
    }
}
END_TEST

START_TEST(changed_alarm_parameters_take_effect)
{
    struct rig rig;

    rig_start(&rig);
    rig_write(&rig, LBMS_PARAM_CELL_OV_ALARM_MV, 3500);
    rig_write(&rig, LBMS_PARAM_ALARM_HYST_CELL_MV, 5);
    rig_write(&rig, LBMS_PARAM_ALARM_DELAY_MS, 200);
    measured_cell(&rig.m, 3u, 3500u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
    measured_cell(&rig.m, 3u, 3501u);
    ck_assert_uint_eq(rig_until(&rig, rig_alarm(LBMS_BIT_CELL_OV), true, MINUTE_MS), 200u);
    measured_cell(&rig.m, 3u, 3496u);
    rig_run(&rig, MINUTE_MS);
    ck_assert_uint_eq(rig.engine.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));
    measured_cell(&rig.m, 3u, 3495u);
    rig_step(&rig);
    ck_assert_uint_eq(rig.engine.alarms, 0u);
}
END_TEST

START_TEST(an_alarm_has_its_delay_at_every_step_size)
{
    static const uint32_t steps_ms[] = {10u, 25u, 100u, 333u, 1000u};
    struct rig rig;
    unsigned i;
    unsigned j;

    for (i = 0u; i < VOLTAGE_ROWS; i++) {
        for (j = 0u; j < sizeof(steps_ms) / sizeof(steps_ms[0]); j++) {
            uint32_t took_ms;

            rig_start(&rig);
            rig.step_ms = steps_ms[j];
            rig_run(&rig, MINUTE_MS);
            rig_place(&rig, &voltage_rows[i], voltage_rows[i].limit);
            took_ms = rig_until(&rig, rig_alarm(voltage_rows[i].bit), true, MINUTE_MS);
            ck_assert_uint_ge(took_ms, DELAY_MS);
            ck_assert_uint_lt(took_ms, DELAY_MS + steps_ms[j]);
        }
    }
}
END_TEST

START_TEST(an_alarm_outlives_its_protection_inside_the_hysteresis)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.current_ma = -110001;
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC), true, 5000u) != NEVER);
    rig.m.current_ma = -103001; /* no alarm by itself, and not yet the end of one */
    ck_assert(rig_until(&rig, rig_protection(LBMS_BIT_DISCHARGE_OC), false, 2u * MINUTE_MS) != NEVER);
    ck_assert(rig_shows(&rig, rig_alarm(LBMS_BIT_DISCHARGE_OC)));
    rig_run(&rig, MINUTE_MS);
    ck_assert(rig_shows(&rig, rig_alarm(LBMS_BIT_DISCHARGE_OC)));
    rig.m.current_ma = -103000;
    rig_step(&rig);
    ck_assert(!rig_shows(&rig, rig_alarm(LBMS_BIT_DISCHARGE_OC)));
}
END_TEST

START_TEST(a_user_does_not_begin_the_delay_of_an_alarm_anew)
{
    struct rig rig;

    rig_start(&rig);
    rig.m.current_ma = -105001;
    rig_run(&rig, 510u);
    lbms_protection_user(&rig.engine);
    ck_assert_uint_eq(rig_until(&rig, rig_alarm(LBMS_BIT_DISCHARGE_OC), true, 5000u), 490u);
}
END_TEST

SUITE("battery/protection_alarms", CASE("", a_value_at_the_alarm_limit_gives_no_alarm),
      CASE("R-PROT-02 R-PROT-03", an_alarm_comes_one_second_after_a_value_passes_its_limit_by_one_mv),
      CASE("R-PROT-02 R-PROT-03", an_alarm_comes_before_its_protection_and_opens_nothing),
      CASE("", one_sample_inside_starts_the_alarm_delay_anew),
      CASE("R-PROT-02 R-PROT-03", one_mv_before_the_end_of_its_hysteresis_an_alarm_stays),
      CASE("R-PROT-02 R-PROT-03", at_the_end_of_its_hysteresis_an_alarm_clears),
      CASE("", an_alarm_comes_again_with_its_full_delay),
      CASE("", an_alarm_stays_while_its_protection_is_set),
      CASE("", after_a_protection_an_alarm_comes_with_its_full_delay),
      CASE("", a_protection_brings_its_alarm_with_it), CASE("", cell_and_pack_alarms_are_independent),
      CASE("", a_running_alarm_delay_goes_on_while_the_value_cannot_be_believed),
      CASE("", a_value_that_was_never_believed_gives_no_alarm),
      CASE("R-PROT-01", an_alarm_stays_while_the_value_cannot_be_believed),
      CASE("", changed_alarm_parameters_take_effect), CASE("", an_alarm_has_its_delay_at_every_step_size),
      CASE("", an_alarm_outlives_its_protection_inside_the_hysteresis),
      CASE("", a_user_does_not_begin_the_delay_of_an_alarm_anew))
