/* Heating film. */
#include <string.h>

#include "charge_rig.h"
#include "support/suite.h"

static void set_temperature(struct rig *rig, int16_t low_dc, int16_t high_dc)
{
    rig->m.temp_low_dc = low_dc;
    rig->m.temp_high_dc = high_dc;
}

/* A cold pack with a heater and a charger, before the first step. */
static void start_cold(struct rig *rig)
{
    chg_start(rig);
    rig->params.v[LBMS_PARAM_HEATER_FITTED] = 1;
    rig->in.charger_present = true;
    rig->in.protections = LBMS_MASK(LBMS_BIT_CHARGE_UT);
    rig->in.blocked = LBMS_PATH_CHARGE;
    set_temperature(rig, -50, -20);
}

static bool heats(struct rig *rig)
{
    chg_step(rig, 100u);
    ck_assert(rig->charge.heater == chg_state(rig, LBMS_STATE_HEATING));
    return rig->charge.heater;
}

START_TEST(the_heater_goes_on_below_3_degrees_and_off_at_8_degrees)
{
    struct rig rig;

    start_cold(&rig);
    set_temperature(&rig, 30, 40);
    ck_assert(!heats(&rig));
    set_temperature(&rig, 29, 40);
    ck_assert(heats(&rig));
    set_temperature(&rig, 79, 90);
    ck_assert(heats(&rig));
    set_temperature(&rig, 80, 90);
    ck_assert(!heats(&rig));
    set_temperature(&rig, 30, 40);
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(without_a_heater_nothing_heats)
{
    struct rig rig;

    start_cold(&rig);
    rig.params.v[LBMS_PARAM_HEATER_FITTED] = 0;
    ck_assert(!heats(&rig));
    rig.params.v[LBMS_PARAM_HEATER_FITTED] = 1;
    ck_assert(heats(&rig));
    rig.params.v[LBMS_PARAM_HEATER_FITTED] = 0;
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(without_a_charger_nothing_heats)
{
    struct rig rig;

    start_cold(&rig);
    rig.in.charger_present = false;
    ck_assert(!heats(&rig));
    rig.in.charger_present = true;
    ck_assert(heats(&rig));
    rig.in.charger_present = false;
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(cells_at_minus_25_degrees_are_not_heated)
{
    struct rig rig;

    start_cold(&rig);
    set_temperature(&rig, -250, -100);
    ck_assert(!heats(&rig));
    set_temperature(&rig, -249, -100);
    ck_assert(heats(&rig));
    set_temperature(&rig, -250, -100);
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(a_cell_above_20_degrees_stops_the_heater)
{
    struct rig rig;

    start_cold(&rig);
    set_temperature(&rig, 0, 200);
    ck_assert(heats(&rig));
    set_temperature(&rig, 0, 201);
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(a_lost_cell_sensor_stops_the_heater)
{
    struct rig rig;

    start_cold(&rig);
    ck_assert(heats(&rig));
    rig.m.valid &= (uint16_t)~LBMS_VALID_NTCS;
    rig.m.ntcs_valid = 0x07u;
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(an_asleep_pack_does_not_heat)
{
    struct rig rig;

    start_cold(&rig);
    ck_assert(heats(&rig));
    rig.in.asleep = true;
    ck_assert(!heats(&rig));
}
END_TEST

START_TEST(after_4_h_without_a_break_the_heater_gives_up_until_the_next_start)
{
    struct lbms_memory memory;
    struct rig rig;

    start_cold(&rig);
    chg_step(&rig, 0u);
    chg_run_s(&rig, 14399u);
    chg_step(&rig, 999u);
    ck_assert(rig.charge.heater);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_HEATER));
    ck_assert(!heats(&rig));
    ck_assert(chg_condition(&rig, LBMS_CONDITION_HEATER));
    set_temperature(&rig, 150, 150);
    chg_run_s(&rig, 10000u);
    set_temperature(&rig, -50, -20);
    ck_assert(!heats(&rig));
    ck_assert(chg_condition(&rig, LBMS_CONDITION_HEATER));

    memset(&memory, 0, sizeof(memory));
    memory.valid = true;
    lbms_charge_save(&rig.charge, &memory);
    lbms_charge_init(&rig.charge, &memory);
    ck_assert(heats(&rig));
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_HEATER));
}
END_TEST

START_TEST(a_break_starts_the_4_h_anew)
{
    struct rig rig;

    start_cold(&rig);
    chg_run_s(&rig, 14000u);
    rig.in.charger_present = false;
    ck_assert(!heats(&rig));
    rig.in.charger_present = true;
    chg_run_s(&rig, 14000u);
    ck_assert(rig.charge.heater);
    ck_assert(!chg_condition(&rig, LBMS_CONDITION_HEATER));
}
END_TEST

START_TEST(the_4_h_do_not_depend_on_the_step_rate_and_survive_the_wrap)
{
    static const uint32_t periods_ms[] = {50u, 100u, 1000u};
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        start_cold(&rig);
        rig.period_ms = periods_ms[i];
        rig.offset_ms = UINT32_MAX - 7200000u;
        chg_step(&rig, 0u);
        chg_run_s(&rig, 14399u);
        ck_assert(rig.charge.heater);
        chg_run_s(&rig, 1u);
        ck_assert(!rig.charge.heater);
    }
}
END_TEST

SUITE("battery/heater", CASE("R-TECH-09", the_heater_goes_on_below_3_degrees_and_off_at_8_degrees),
      CASE("", without_a_heater_nothing_heats), CASE("", without_a_charger_nothing_heats),
      CASE("", cells_at_minus_25_degrees_are_not_heated), CASE("", a_cell_above_20_degrees_stops_the_heater),
      CASE("R-PROT-01", a_lost_cell_sensor_stops_the_heater), CASE("", an_asleep_pack_does_not_heat),
      CASE("R-PROT-07", after_4_h_without_a_break_the_heater_gives_up_until_the_next_start),
      CASE("", a_break_starts_the_4_h_anew),
      CASE("", the_4_h_do_not_depend_on_the_step_rate_and_survive_the_wrap))
