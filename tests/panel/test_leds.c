/* The lights of an instant: flash patterns, start sequence, alarm, and when they change. */
#include "losun_bms/panel/leds.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/outputs.h"
#include "support/suite.h"

#define HOUR_MS UINT32_C(3600000)
#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
#define BAR     (LBMS_LIGHT_ON - 1u) /* L8..L1 without the BMS light */

struct panel {
    struct lbms_params params;
    struct lbms_snapshot s;
    struct lbms_leds leds;
    bool switch_on;
};

/* Dark until the first step. The time wraps after 3 s. */
static void fresh(struct panel *p, uint8_t status)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->s.status = status;
    p->s.mode = LBMS_MODE_STANDBY;
    p->s.now_ms = UINT32_MAX - 2999u;
    p->s.soc.soc_bp = 4200u; /* band 3 */
    p->switch_on = true;
    memset(&p->leds, 0xA5, sizeof(p->leds)); /* whatever was there before */
    lbms_leds_init(&p->leds);
}

/* One step, some time after the last one; returns the lights of the bar. */
static unsigned step(struct panel *p, uint32_t ms)
{
    p->s.now_ms += ms;
    lbms_leds_step(&p->leds, &p->s, p->switch_on, &p->params);
    return p->leds.lights & BAR;
}

/* Follow one light, one character for each char_ms, from a step now on: '#' is lit. */
static void check_light(struct panel *p, unsigned lamp, const char *pattern, uint32_t char_ms)
{
    size_t i;

    for (i = 0u; pattern[i] != '\0'; i++) {
        const unsigned lit = (step(p, (i == 0u) ? 0u : char_ms) >> lamp) & 1u;

        ck_assert_msg(lit == ((pattern[i] == '#') ? 1u : 0u), "light %u of %s", (unsigned)i, pattern);
    }
}

START_TEST(flash_1_lights_for_a_quarter_of_a_second_in_four)
{
    struct panel p;

    fresh(&p, LBMS_LED_STANDBY);
    p.params.v[LBMS_PARAM_LED_PROFILE] = 1;
    check_light(&p, LBMS_LAMP_RUN, "#...............#...............#...............", 250u);
}
END_TEST

START_TEST(flash_2_lights_for_every_other_half_second)
{
    struct panel p;

    fresh(&p, LBMS_LED_CHARGING);
    check_light(&p, 2u, "##..##..##..##..##..##..", 250u);
}
END_TEST

START_TEST(flash_3_lights_for_half_a_second_in_two)
{
    struct panel p;

    fresh(&p, LBMS_LED_DISCHARGING);
    check_light(&p, LBMS_LAMP_RUN, "##......##......##......##......", 250u);
}
END_TEST

START_TEST(the_edges_of_the_patterns_are_exact)
{
    const uint32_t on_ms[LBMS_LED_PATTERN_COUNT] = {0u, 1u, 250u, 500u, 500u};
    const uint32_t period_ms[LBMS_LED_PATTERN_COUNT] = {1u, 1u, 4000u, 1000u, 2000u};
    unsigned wrong = 0u;
    uint32_t at_ms;
    unsigned pattern;

    for (at_ms = 0u; at_ms < 12000u; at_ms++) {
        for (pattern = 0u; pattern < LBMS_LED_PATTERN_COUNT; pattern++) {
            const bool lit = (at_ms % period_ms[pattern]) < on_ms[pattern];

            wrong += (lbms_led_lit((uint8_t)pattern, at_ms) != lit) ? 1u : 0u;
        }
    }
    ck_assert_uint_eq(wrong, 0u);
    for (pattern = LBMS_LED_PATTERN_COUNT; pattern <= UINT8_MAX; pattern++) {
        ck_assert(!lbms_led_lit((uint8_t)pattern, 0u));
    }
}
END_TEST

START_TEST(a_pattern_begins_with_its_lit_phase_when_it_is_entered)
{
    uint32_t wait_ms;

    for (wait_ms = 1u; wait_ms < 4000u; wait_ms += 333u) {
        struct panel p;

        fresh(&p, LBMS_LED_STANDBY);
        (void)step(&p, 0u);
        p.s.status = LBMS_LED_DISCHARGING;
        (void)step(&p, wait_ms);
        check_light(&p, LBMS_LAMP_RUN, "##......##......", 250u);
        p.s.status = LBMS_LED_CHARGING;
        (void)step(&p, wait_ms);
        check_light(&p, 2u, "##..##..", 250u);
        p.s.soc.soc_bp = 5900u; /* the next band: another light begins */
        (void)step(&p, wait_ms);
        check_light(&p, 3u, "##..##..", 250u);
        check_light(&p, 2u, "########", 250u);
    }
}
END_TEST

START_TEST(a_running_pattern_is_not_disturbed_by_another_one)
{
    struct panel p;

    fresh(&p, LBMS_LED_DISCHARGING);
    check_light(&p, LBMS_LAMP_RUN, "##.", 250u);
    p.s.alarms = LBMS_MASK(LBMS_BIT_CELL_UV);
    (void)step(&p, 250u);
    check_light(&p, LBMS_LAMP_RUN, ".....##......", 250u);
}
END_TEST

START_TEST(a_flash_keeps_its_phase_for_100_days)
{
    struct panel p;
    int hour;

    fresh(&p, LBMS_LED_STANDBY);
    p.params.v[LBMS_PARAM_LED_PROFILE] = 1;
    p.s.alarms = LBMS_MASK(LBMS_BIT_CELL_UV);
    ck_assert_uint_eq(step(&p, 0u) >> LBMS_LAMP_ALM, 3u);
    for (hour = 0; hour < 100 * 24; hour++) { /* an hour has 900 periods of flash 1 */
        ck_assert_uint_eq(step(&p, HOUR_MS) >> LBMS_LAMP_ALM, 3u);
        ck_assert_uint_eq(p.leds.next_ms, 250u);
    }
}
END_TEST

START_TEST(a_start_shows_one_light_after_the_other_from_run_to_l1)
{
    static const char *const patterns[LBMS_LAMPS] = {"#.......", ".#......", "..#.....", "...#....",
                                                     "....#...", ".....#..", "......#.", ".......#"};
    struct panel p;
    unsigned i;

    for (i = 0u; i < LBMS_LAMPS; i++) {
        fresh(&p, LBMS_LED_SHUTDOWN);
        ck_assert_uint_eq(step(&p, 12345u), 0u);
        p.s.status = LBMS_LED_START;
        ck_assert_uint_eq(step(&p, HOUR_MS), LBMS_LIGHT_RUN);
        check_light(&p, LBMS_LAMP_RUN - i, patterns[i], 500u);
    }
}
END_TEST

START_TEST(one_light_is_lit_at_any_time_of_a_start_whatever_happens_and_however_long_it_takes)
{
    unsigned alarm;
    uint32_t at_ms;

    for (alarm = 0u; alarm < 4u; alarm++) {
        struct panel p;

        fresh(&p, LBMS_LED_START);
        p.params.v[LBMS_PARAM_LED_PROFILE] = (int32_t)(alarm % 2u);
        p.s.alarms = (alarm < 2u) ? 0u : UINT32_MAX;
        p.s.protections = p.s.alarms;
        for (at_ms = 0u; at_ms < 8000u; at_ms++) {
            const unsigned wanted =
                (at_ms < 4000u) ? ((unsigned)LBMS_LIGHT_RUN >> (at_ms / 500u)) : LBMS_LIGHT_L1;

            ck_assert_uint_eq(step(&p, (at_ms == 0u) ? 0u : 1u), wanted);
        }
    }
}
END_TEST

START_TEST(every_start_begins_with_run)
{
    struct panel p;

    fresh(&p, LBMS_LED_START);
    ck_assert_uint_eq(step(&p, 0u), LBMS_LIGHT_RUN);
    ck_assert_uint_eq(step(&p, 1700u), LBMS_LIGHT_RUN >> 3);
    p.s.status = LBMS_LED_STANDBY;
    (void)step(&p, 100u);
    p.s.status = LBMS_LED_START;
    ck_assert_uint_eq(step(&p, 100u), LBMS_LIGHT_RUN);
    ck_assert_uint_eq(step(&p, 500u), LBMS_LIGHT_RUN >> 1);
}
END_TEST

START_TEST(the_step_of_the_start_sequence_is_a_parameter)
{
    struct panel p;

    fresh(&p, LBMS_LED_START);
    p.params.v[LBMS_PARAM_LED_STEP_MS] = 2000;
    ck_assert_uint_eq(step(&p, 0u), LBMS_LIGHT_RUN);
    ck_assert_uint_eq(p.leds.next_ms, 2000u);
    ck_assert_uint_eq(step(&p, 1999u), LBMS_LIGHT_RUN);
    ck_assert_uint_eq(p.leds.next_ms, 1u);
    ck_assert_uint_eq(step(&p, 1u), LBMS_LIGHT_RUN >> 1);
}
END_TEST

/*
 * Two panels from the same begin: one is looked at every millisecond, the other one only when its next_ms has passed.
 * Both show the same all the time, and each time that next_ms names does bring a change.
 */
static void check_walk(const struct panel *begin, uint32_t for_ms)
{
    struct panel every = *begin;
    struct panel edges = *begin;
    unsigned lights = step(&edges, 0u);
    uint32_t at_ms;

    ck_assert_uint_eq(step(&every, 0u), lights);
    for (at_ms = 1u; at_ms <= for_ms; at_ms++) {
        const unsigned now = step(&every, 1u);
        uint32_t left_ms = edges.leds.next_ms;

        if (every.s.now_ms - edges.s.now_ms == left_ms) {
            const unsigned before = lights;

            lights = step(&edges, left_ms);
            ck_assert_uint_ne(lights, before);
            left_ms = edges.leds.next_ms;
        } else if (left_ms != UINT32_MAX) {
            left_ms -= every.s.now_ms - edges.s.now_ms;
        }
        if ((now != lights) || (every.leds.next_ms != left_ms)) {
            ck_assert_msg(false, "%u ms: lights %x and %x, %u and %u ms", (unsigned)at_ms, now, lights,
                          (unsigned)every.leds.next_ms, (unsigned)left_ms);
        }
    }
}

START_TEST(next_ms_leads_exactly_to_the_next_change)
{
    uint8_t status;
    uint32_t alarm_ms;
    int32_t profile;

    for (status = 0u; status < LBMS_LED_STATUS_COUNT; status++) {
        for (profile = 0; profile < 2; profile++) {
            for (alarm_ms = 0u; alarm_ms < 2000u; alarm_ms += 370u) { /* ALM and RUN with shifted phases */
                struct panel p;

                fresh(&p, status);
                p.params.v[LBMS_PARAM_LED_PROFILE] = profile;
                (void)step(&p, 0u);
                p.s.alarms = LBMS_MASK(LBMS_BIT_PACK_UV);
                (void)step(&p, alarm_ms);
                check_walk(&p, (status == LBMS_LED_START) ? (3500u - alarm_ms) : 9000u);
            }
        }
    }
}
END_TEST

START_TEST(without_a_flash_nothing_will_change)
{
    const uint8_t steady[] = {LBMS_LED_SHUTDOWN,
                              LBMS_LED_STANDBY,
                              LBMS_LED_FULL,
                              LBMS_LED_UVP,
                              LBMS_LED_FAULT,
                              LBMS_LED_CHARGE_PROTECTION,
                              LBMS_LED_DISCHARGE_PROTECTION};
    struct panel p;
    size_t i;

    for (i = 0u; i < sizeof(steady); i++) {
        fresh(&p, steady[i]);
        ck_assert_uint_eq(p.leds.next_ms, UINT32_MAX);
        ck_assert_uint_eq(p.leds.lights, 0u);
        (void)step(&p, 0u);
        ck_assert_uint_eq(p.leds.next_ms, UINT32_MAX);
        (void)step(&p, HOUR_MS);
        ck_assert_uint_eq(p.leds.next_ms, UINT32_MAX);
    }
}
END_TEST

START_TEST(an_end_of_the_start_sequence_is_announced)
{
    struct panel p;

    fresh(&p, LBMS_LED_START);
    (void)step(&p, 0u);
    (void)step(&p, 3600u);
    ck_assert_uint_eq(p.leds.next_ms, 400u);
}
END_TEST

START_TEST(the_level_lights_follow_the_soc_without_flicker)
{
    struct panel p;
    int i;

    fresh(&p, LBMS_LED_STANDBY);
    p.s.soc.soc_bp = 1749u;
    ck_assert_uint_eq(step(&p, 0u), 0x01u);
    for (i = 0; i < 10; i++) {
        p.s.soc.soc_bp = (uint16_t)((i % 2 == 0) ? 1799u : 1701u);
        ck_assert_uint_eq(step(&p, 1000u), 0x01u);
    }
    p.s.soc.soc_bp = 1800u;
    ck_assert_uint_eq(step(&p, 1000u), 0x03u);
    for (i = 0; i < 10; i++) {
        p.s.soc.soc_bp = (uint16_t)((i % 2 == 0) ? 1799u : 1701u);
        ck_assert_uint_eq(step(&p, 1000u), 0x03u);
    }
    p.s.soc.soc_bp = 1699u;
    ck_assert_uint_eq(step(&p, 1000u), 0x01u);
    ck_assert_uint_eq(p.leds.band, 1u);
}
END_TEST

/* What ALM shows in a status. */
static uint8_t alm(uint8_t profile, uint8_t status, uint32_t alarms, uint32_t protections, int32_t enable)
{
    struct panel p;

    fresh(&p, status);
    p.params.v[LBMS_PARAM_LED_PROFILE] = profile;
    p.params.v[LBMS_PARAM_LED_ALARM_ENABLE] = enable;
    p.s.alarms = alarms;
    p.s.protections = protections;
    ck_assert_uint_eq(step(&p, 700u) & LBMS_LIGHT_RUN,
                      (lbms_led_table(profile, status, 3u, LBMS_LAMP_RUN) != LBMS_LED_OFF) ? LBMS_LIGHT_RUN
                                                                                           : 0u);
    return p.leds.pattern[LBMS_LAMP_ALM];
}

START_TEST(an_alarm_flashes_alm_in_standby_charging_and_discharging_only)
{
    static const struct {
        uint8_t status, quiet, alarm, ov_alarm, quiet_pace;
    } rows[] = {
        {LBMS_LED_SHUTDOWN, LBMS_LED_OFF, LBMS_LED_OFF, LBMS_LED_OFF, LBMS_LED_OFF},
        {LBMS_LED_STANDBY, LBMS_LED_OFF, LBMS_LED_F3, LBMS_LED_F3, LBMS_LED_OFF},
        {LBMS_LED_CHARGING, LBMS_LED_OFF, LBMS_LED_F3, LBMS_LED_OFF, LBMS_LED_OFF},
        {LBMS_LED_DISCHARGING, LBMS_LED_OFF, LBMS_LED_F3, LBMS_LED_F3, LBMS_LED_OFF},
        {LBMS_LED_FULL, LBMS_LED_OFF, LBMS_LED_OFF, LBMS_LED_OFF, LBMS_LED_OFF},
        {LBMS_LED_CHARGE_PROTECTION, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON},
        {LBMS_LED_UVP, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_OFF},
        {LBMS_LED_DISCHARGE_PROTECTION, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON},
        {LBMS_LED_FAULT, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON, LBMS_LED_ON},
    };
    size_t i;
    unsigned bit;

    for (i = 0u; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_uint_eq(alm(0u, rows[i].status, 0u, 0u, 1), rows[i].quiet);
        ck_assert_uint_eq(alm(1u, rows[i].status, 0u, 0u, 1), rows[i].quiet_pace);
        for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
            const uint32_t mask = LBMS_MASK(bit);
            const uint8_t wanted = ((mask & OV_BITS) != 0u) ? rows[i].ov_alarm : rows[i].alarm;

            ck_assert_uint_eq(alm(0u, rows[i].status, mask, 0u, 1), wanted);
            ck_assert_uint_eq(alm(1u, rows[i].status, mask, 0u, 1),
                              (wanted == LBMS_LED_F3) ? LBMS_LED_F3 : rows[i].quiet_pace);
            ck_assert_uint_eq(alm(0u, rows[i].status, mask, 0u, 0), rows[i].quiet); /* disabled */
            ck_assert_uint_eq(alm(0u, rows[i].status, mask | OV_BITS, 0u, 1),
                              ((mask & OV_BITS) != 0u) ? rows[i].ov_alarm : rows[i].alarm);
        }
    }
}
END_TEST

START_TEST(a_protection_of_the_side_that_is_not_in_use_flashes_alm)
{
    const uint8_t charge_side[] = {LBMS_BIT_CELL_OV,   LBMS_BIT_PACK_OV,    LBMS_BIT_CHARGER_OV,
                                   LBMS_BIT_CHARGE_OC, LBMS_BIT_CHARGE_OC2, LBMS_BIT_CHARGE_OT,
                                   LBMS_BIT_CHARGE_UT, LBMS_BIT_MOSFET_OT,  LBMS_BIT_AMBIENT_OT,
                                   LBMS_BIT_AMBIENT_UT};
    const uint8_t discharge_side[] = {LBMS_BIT_CELL_UV,       LBMS_BIT_PACK_UV,      LBMS_BIT_DISCHARGE_OC,
                                      LBMS_BIT_DISCHARGE_OC2, LBMS_BIT_DISCHARGE_OT, LBMS_BIT_DISCHARGE_UT,
                                      LBMS_BIT_SHORT_CIRCUIT};
    size_t i;

    for (i = 0u; i < sizeof(charge_side); i++) { /* without a charger */
        const uint32_t mask = LBMS_MASK(charge_side[i]);

        ck_assert_uint_eq(alm(0u, LBMS_LED_STANDBY, 0u, mask, 1), LBMS_LED_F3);
        ck_assert_uint_eq(alm(1u, LBMS_LED_DISCHARGING, 0u, mask, 1), LBMS_LED_F3);
        ck_assert_uint_eq(alm(0u, LBMS_LED_CHARGE_PROTECTION, 0u, mask, 1), LBMS_LED_ON);
    }
    for (i = 0u; i < sizeof(discharge_side); i++) {
        const uint32_t mask = LBMS_MASK(discharge_side[i]);

        ck_assert_uint_eq(alm(0u, LBMS_LED_CHARGING, 0u, mask, 1), LBMS_LED_F3);
        ck_assert_uint_eq(alm(0u, LBMS_LED_DISCHARGE_PROTECTION, 0u, mask, 1), LBMS_LED_ON);
    }
    ck_assert_uint_eq(alm(0u, LBMS_LED_FULL, OV_BITS, OV_BITS, 1), LBMS_LED_OFF);
}
END_TEST

START_TEST(a_profile_out_of_range_flashes_as_profile_0)
{
    ck_assert_uint_eq(alm(2u, LBMS_LED_STANDBY, 1u, 0u, 1), LBMS_LED_F3);
    ck_assert_uint_eq(alm(255u, LBMS_LED_UVP, 1u, 0u, 1), LBMS_LED_ON);
}
END_TEST

START_TEST(a_status_out_of_range_shows_a_fault_alarm_or_not)
{
    unsigned status;

    for (status = LBMS_LED_STATUS_COUNT; status <= UINT8_MAX; status++) {
        ck_assert_uint_eq(alm(0u, (uint8_t)status, 0u, 0u, 1), LBMS_LED_ON);
        ck_assert_uint_eq(alm(0u, (uint8_t)status, UINT32_MAX, 0u, 1), LBMS_LED_ON);
        ck_assert_uint_eq(alm(1u, (uint8_t)status, UINT32_MAX, 0u, 1), LBMS_LED_ON);
    }
}
END_TEST

START_TEST(the_bms_light_is_lit_in_every_mode_but_shutdown_while_the_switch_is_on)
{
    uint8_t mode;
    uint8_t status;

    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
        for (status = 0u; status < LBMS_LED_STATUS_COUNT; status++) {
            struct panel p;

            fresh(&p, status);
            p.s.mode = mode;
            (void)step(&p, 0u);
            ck_assert(((p.leds.lights & LBMS_LIGHT_ON) != 0u) == (mode != LBMS_MODE_SHUTDOWN));
            p.switch_on = false;
            (void)step(&p, 10u);
            ck_assert_uint_eq(p.leds.lights & LBMS_LIGHT_ON, 0u);
        }
    }
}
END_TEST

SUITE("panel/leds", CASE("R-LED-01", flash_1_lights_for_a_quarter_of_a_second_in_four),
      CASE("R-LED-02 R-LED-07", flash_2_lights_for_every_other_half_second),
      CASE("R-LED-03", flash_3_lights_for_half_a_second_in_two),
      CASE("R-LED-01 R-LED-02 R-LED-03 R-LED-04", the_edges_of_the_patterns_are_exact),
      CASE("R-LED-04 R-LED-07", a_pattern_begins_with_its_lit_phase_when_it_is_entered),
      CASE("", a_running_pattern_is_not_disturbed_by_another_one),
      CASE("R-LED-04", a_flash_keeps_its_phase_for_100_days),
      CASE("R-SW-02 R-IND-05", a_start_shows_one_light_after_the_other_from_run_to_l1),
      CASE("R-SW-02", one_light_is_lit_at_any_time_of_a_start_whatever_happens_and_however_long_it_takes),
      CASE("R-SW-02", every_start_begins_with_run), CASE("", the_step_of_the_start_sequence_is_a_parameter),
      CASE("", next_ms_leads_exactly_to_the_next_change), CASE("", without_a_flash_nothing_will_change),
      CASE("", an_end_of_the_start_sequence_is_announced),
      CASE("R-LED-05 R-TECH-10", the_level_lights_follow_the_soc_without_flicker),
      CASE("R-LED-09", an_alarm_flashes_alm_in_standby_charging_and_discharging_only),
      CASE("R-LED-06", a_protection_of_the_side_that_is_not_in_use_flashes_alm),
      CASE("", a_profile_out_of_range_flashes_as_profile_0),
      CASE("", a_status_out_of_range_shows_a_fault_alarm_or_not),
      CASE("R-IND-04", the_bms_light_is_lit_in_every_mode_but_shutdown_while_the_switch_is_on))
