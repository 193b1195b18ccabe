/* Which status is shown, its lights as text (docs/requirements.md, R-LED), and the SOC bands. */
#include "losun_bms/panel/leds.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "support/suite.h"

/* Rows of the truth tables: bands (in the start sequence: steps) from..to, lights L8 RUN, L7 ALM, L6 .. L1. */
struct row {
    uint8_t status, from, to;
    const char *lights;
};

/* clang-format off */
static const struct row manual[] = {
    {LBMS_LED_SHUTDOWN,             1, 6, " -  -  -  -  -  -  -  -"},
    {LBMS_LED_START,                0, 0, "ON  -  -  -  -  -  -  -"},
    {LBMS_LED_START,                1, 1, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_START,                2, 2, " -  - ON  -  -  -  -  -"},
    {LBMS_LED_START,                3, 3, " -  -  - ON  -  -  -  -"},
    {LBMS_LED_START,                4, 4, " -  -  -  - ON  -  -  -"},
    {LBMS_LED_START,                5, 5, " -  -  -  -  - ON  -  -"},
    {LBMS_LED_START,                6, 6, " -  -  -  -  -  - ON  -"},
    {LBMS_LED_START,                7, 7, " -  -  -  -  -  -  - ON"},
    {LBMS_LED_STANDBY,              1, 1, " -  -  -  -  -  -  - ON"},
    {LBMS_LED_STANDBY,              2, 2, " -  -  -  -  -  - ON ON"},
    {LBMS_LED_STANDBY,              3, 3, " -  -  -  -  - ON ON ON"},
    {LBMS_LED_STANDBY,              4, 4, " -  -  -  - ON ON ON ON"},
    {LBMS_LED_STANDBY,              5, 5, " -  -  - ON ON ON ON ON"},
    {LBMS_LED_STANDBY,              6, 6, " -  - ON ON ON ON ON ON"},
    {LBMS_LED_CHARGING,             1, 1, " -  -  -  -  -  -  - F2"},
    {LBMS_LED_CHARGING,             2, 2, " -  -  -  -  -  - F2 ON"},
    {LBMS_LED_CHARGING,             3, 3, " -  -  -  -  - F2 ON ON"},
    {LBMS_LED_CHARGING,             4, 4, " -  -  -  - F2 ON ON ON"},
    {LBMS_LED_CHARGING,             5, 5, " -  -  - F2 ON ON ON ON"},
    {LBMS_LED_CHARGING,             6, 6, " -  - F2 ON ON ON ON ON"},
    {LBMS_LED_FULL,                 1, 6, "ON  - ON ON ON ON ON ON"},
    {LBMS_LED_CHARGE_PROTECTION,    1, 6, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_DISCHARGING,          1, 1, "F3  -  -  -  -  -  - ON"},
    {LBMS_LED_DISCHARGING,          2, 2, "F3  -  -  -  -  - ON ON"},
    {LBMS_LED_DISCHARGING,          3, 3, "F3  -  -  -  - ON ON ON"},
    {LBMS_LED_DISCHARGING,          4, 4, "F3  -  -  - ON ON ON ON"},
    {LBMS_LED_DISCHARGING,          5, 5, "F3  -  - ON ON ON ON ON"},
    {LBMS_LED_DISCHARGING,          6, 6, "F3  - ON ON ON ON ON ON"},
    {LBMS_LED_UVP,                  1, 6, "ON ON  -  -  -  -  -  -"},
    {LBMS_LED_DISCHARGE_PROTECTION, 1, 6, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_FAULT,                1, 6, " - ON  -  -  -  -  -  -"},
};

static const struct row pace[] = {
    {LBMS_LED_SHUTDOWN,             1, 6, " -  -  -  -  -  -  -  -"},
    {LBMS_LED_START,                0, 0, "ON  -  -  -  -  -  -  -"},
    {LBMS_LED_START,                1, 1, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_START,                2, 2, " -  - ON  -  -  -  -  -"},
    {LBMS_LED_START,                3, 3, " -  -  - ON  -  -  -  -"},
    {LBMS_LED_START,                4, 4, " -  -  -  - ON  -  -  -"},
    {LBMS_LED_START,                5, 5, " -  -  -  -  - ON  -  -"},
    {LBMS_LED_START,                6, 6, " -  -  -  -  -  - ON  -"},
    {LBMS_LED_START,                7, 7, " -  -  -  -  -  -  - ON"},
    {LBMS_LED_STANDBY,              1, 1, "F1  -  -  -  -  -  - ON"},
    {LBMS_LED_STANDBY,              2, 2, "F1  -  -  -  -  - ON ON"},
    {LBMS_LED_STANDBY,              3, 3, "F1  -  -  -  - ON ON ON"},
    {LBMS_LED_STANDBY,              4, 4, "F1  -  -  - ON ON ON ON"},
    {LBMS_LED_STANDBY,              5, 5, "F1  -  - ON ON ON ON ON"},
    {LBMS_LED_STANDBY,              6, 6, "F1  - ON ON ON ON ON ON"},
    {LBMS_LED_CHARGING,             1, 1, "ON  -  -  -  -  -  - F2"},
    {LBMS_LED_CHARGING,             2, 2, "ON  -  -  -  -  - F2 ON"},
    {LBMS_LED_CHARGING,             3, 3, "ON  -  -  -  - F2 ON ON"},
    {LBMS_LED_CHARGING,             4, 4, "ON  -  -  - F2 ON ON ON"},
    {LBMS_LED_CHARGING,             5, 5, "ON  -  - F2 ON ON ON ON"},
    {LBMS_LED_CHARGING,             6, 6, "ON  - F2 ON ON ON ON ON"},
    {LBMS_LED_FULL,                 1, 6, "ON  - ON ON ON ON ON ON"},
    {LBMS_LED_CHARGE_PROTECTION,    1, 6, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_DISCHARGING,          1, 1, "F3  -  -  -  -  -  - ON"},
    {LBMS_LED_DISCHARGING,          2, 2, "F3  -  -  -  -  - ON ON"},
    {LBMS_LED_DISCHARGING,          3, 3, "F3  -  -  -  - ON ON ON"},
    {LBMS_LED_DISCHARGING,          4, 4, "F3  -  -  - ON ON ON ON"},
    {LBMS_LED_DISCHARGING,          5, 5, "F3  -  - ON ON ON ON ON"},
    {LBMS_LED_DISCHARGING,          6, 6, "F3  - ON ON ON ON ON ON"},
    {LBMS_LED_UVP,                  1, 6, " -  -  -  -  -  -  -  -"},
    {LBMS_LED_DISCHARGE_PROTECTION, 1, 6, " - ON  -  -  -  -  -  -"},
    {LBMS_LED_FAULT,                1, 6, " - ON  -  -  -  -  -  -"},
};
/* clang-format on */

#define ROWS (sizeof(manual) / sizeof(manual[0]))
/* 9 statuses with 6 bands, and 8 steps of the start sequence. */
#define CELLS ((9u * 6u + 8u) * LBMS_LAMPS)

/* The lights of one row as text. */
static void describe(char text[3u * LBMS_LAMPS], uint8_t profile, uint8_t status, uint8_t step)
{
    static const char *const names[LBMS_LED_PATTERN_COUNT] = {" -", "ON", "F1", "F2", "F3"};
    uint8_t i;

    for (i = 0u; i < LBMS_LAMPS; i++) {
        const uint8_t pattern = lbms_led_table(profile, status, step, (uint8_t)(LBMS_LAMP_RUN - i));

        ck_assert_uint_lt(pattern, LBMS_LED_PATTERN_COUNT);
        memcpy(&text[3u * i], names[pattern], 2u);
        text[3u * i + 2u] = (char)((i + 1u < LBMS_LAMPS) ? ' ' : '\0');
    }
}

static void check_table(uint8_t profile, const struct row rows[ROWS])
{
    unsigned cells = 0u;
    size_t i;

    for (i = 0u; i < ROWS; i++) {
        uint8_t step;

        for (step = rows[i].from; step <= rows[i].to; step++) {
            char text[3u * LBMS_LAMPS];

            describe(text, profile, rows[i].status, step);
            ck_assert_str_eq(text, rows[i].lights);
            cells += LBMS_LAMPS;
        }
    }
    ck_assert_uint_eq(cells, CELLS);
}

START_TEST(profile_0_is_the_table_of_the_manual)
{
    check_table(0u, manual);
}
END_TEST

START_TEST(profile_1_is_the_table_of_pace_packs)
{
    check_table(1u, pace);
}
END_TEST

START_TEST(another_profile_reads_as_profile_0)
{
    check_table(LBMS_LED_PROFILES, manual);
    check_table(UINT8_MAX, manual);
}
END_TEST

START_TEST(another_status_reads_as_fault)
{
    unsigned status;

    for (status = LBMS_LED_STATUS_COUNT; status <= UINT8_MAX; status++) {
        char text[3u * LBMS_LAMPS];

        describe(text, 0u, (uint8_t)status, 3u);
        ck_assert_str_eq(text, " - ON  -  -  -  -  -  -");
        describe(text, 1u, (uint8_t)status, 3u);
        ck_assert_str_eq(text, " - ON  -  -  -  -  -  -");
    }
}
END_TEST

START_TEST(a_lamp_that_does_not_exist_is_off)
{
    uint8_t status;
    unsigned lamp;

    for (status = 0u; status < LBMS_LED_STATUS_COUNT; status++) {
        for (lamp = LBMS_LAMPS; lamp <= UINT8_MAX; lamp++) {
            ck_assert_uint_eq(lbms_led_table(0u, status, 6u, (uint8_t)lamp), LBMS_LED_OFF);
        }
    }
}
END_TEST

/* The priority table of R-LED-06, as data. A row applies when all that it names holds; 0 names nothing. */
#define BIT(name)   LBMS_MASK(LBMS_BIT_##name)
#define FAULT(name) LBMS_MASK(LBMS_FAULT_##name)
#define ANY_MODE    ((1u << LBMS_MODE_COUNT) - 1u)
#define ONLY(mode)  (1u << (mode))
#define IDLE        (1u << LBMS_FLOW_IDLE)
#define IN          (1u << LBMS_FLOW_CHARGE)
#define OUT         (1u << LBMS_FLOW_DISCHARGE)

#define BOTH_FAULTS \
    (FAULT(SAMPLING) | FAULT(CURRENT) | FAULT(CELL) | FAULT(OUTPUT) | FAULT(SELF_TEST)) /* open both */
#define DISCHARGE_BITS                                                                                     \
    (BIT(DISCHARGE_OC) | BIT(DISCHARGE_OC2) | BIT(SHORT_CIRCUIT) | BIT(DISCHARGE_OT) | BIT(DISCHARGE_UT) | \
     BIT(MOSFET_OT) | BIT(AMBIENT_OT) | BIT(AMBIENT_UT))
#define CHARGE_BITS                                                                                          \
    (BIT(CHARGE_OC) | BIT(CHARGE_OC2) | BIT(CHARGE_OT) | BIT(CHARGE_UT) | BIT(CHARGER_OV) | BIT(MOSFET_OT) | \
     BIT(AMBIENT_OT) | BIT(AMBIENT_UT))

static const struct {
    uint8_t status;
    unsigned modes;
    uint32_t faults, protections;
    bool charger;
    unsigned flows;
} priorities[] = {
    {LBMS_LED_SHUTDOWN, ONLY(LBMS_MODE_SHUTDOWN), 0u, 0u, false, IDLE | IN | OUT},
    {LBMS_LED_START, ONLY(LBMS_MODE_STARTING), 0u, 0u, false, IDLE | IN | OUT},
    {LBMS_LED_FAULT, ANY_MODE, BOTH_FAULTS | FAULT(CHARGE_MOSFET) | FAULT(DISCHARGE_MOSFET), 0u, false,
     IDLE | IN | OUT},
    {LBMS_LED_DISCHARGE_PROTECTION, ANY_MODE, 0u, DISCHARGE_BITS, false, IDLE | OUT},
    {LBMS_LED_UVP, ANY_MODE, 0u, BIT(CELL_UV) | BIT(PACK_UV), false, IDLE | OUT},
    {LBMS_LED_CHARGE_PROTECTION, ANY_MODE, 0u, CHARGE_BITS, true, IDLE | IN},
    {LBMS_LED_FULL, ONLY(LBMS_MODE_FULL), 0u, 0u, true, IDLE | IN | OUT},
    {LBMS_LED_FULL, ANY_MODE, 0u, BIT(CELL_OV) | BIT(PACK_OV), true, IDLE | IN | OUT},
    {LBMS_LED_CHARGING, ANY_MODE, 0u, 0u, false, IN},
    {LBMS_LED_DISCHARGING, ANY_MODE, 0u, 0u, false, OUT},
    {LBMS_LED_STANDBY, ANY_MODE, 0u, 0u, false, IDLE},
};

static uint8_t expected(const struct lbms_snapshot *s)
{
    size_t i = 0u;

    while (((priorities[i].modes & (1u << s->mode)) == 0u) ||
           ((priorities[i].faults != 0u) && ((priorities[i].faults & s->faults) == 0u)) ||
           ((priorities[i].protections != 0u) && ((priorities[i].protections & s->protections) == 0u)) ||
           (priorities[i].charger && !s->charger_present) ||
           ((priorities[i].flows & (1u << s->flow)) == 0u)) {
        i++; /* the last three rows leave nothing over */
    }
    return priorities[i].status;
}

/* Paths that these protections and faults hold open (rules B to E). */
static uint8_t blocked(const struct lbms_snapshot *s)
{
    const uint32_t both = BIT(SHORT_CIRCUIT) | BIT(MOSFET_OT) | BIT(AMBIENT_OT) | BIT(AMBIENT_UT);
    uint8_t paths = 0u;

    if (((s->faults & BOTH_FAULTS) != 0u) || ((s->protections & both) != 0u)) {
        return LBMS_PATHS_BOTH;
    }
    if (((s->protections & (CHARGE_BITS | BIT(CELL_OV) | BIT(PACK_OV))) != 0u) ||
        ((s->faults & FAULT(CHARGE_MOSFET)) != 0u)) {
        paths |= LBMS_PATH_CHARGE;
    }
    if (((s->protections & (DISCHARGE_BITS | BIT(CELL_UV) | BIT(PACK_UV))) != 0u) ||
        ((s->faults & FAULT(DISCHARGE_MOSFET)) != 0u)) {
        paths |= LBMS_PATH_DISCHARGE;
    }
    return paths;
}

/* Every mode, flow and charger for these protections and faults. */
static void check_status(struct lbms_snapshot *s)
{
    s->blocked = blocked(s);
    s->fault_blocked = ((s->faults & BOTH_FAULTS) != 0u) ? LBMS_PATHS_BOTH : 0u;
    for (s->mode = 0u; s->mode < LBMS_MODE_COUNT; s->mode++) {
        for (s->flow = 0u; s->flow <= LBMS_FLOW_DISCHARGE; s->flow++) {
            unsigned charger;

            for (charger = 0u; charger < 2u; charger++) {
                s->charger_present = charger != 0u;
                ck_assert_msg(lbms_led_status(s) == expected(s),
                              "mode %u flow %u charger %u protections %x faults %x: %u instead of %u",
                              s->mode, s->flow, charger, (unsigned)s->protections, (unsigned)s->faults,
                              lbms_led_status(s), expected(s));
            }
        }
    }
}

START_TEST(the_status_shown_is_the_first_that_applies)
{
    const uint32_t faults[] = {
        0u,          FAULT(SAMPLING), FAULT(CURRENT),   FAULT(CHARGE_MOSFET),        FAULT(DISCHARGE_MOSFET),
        FAULT(CELL), FAULT(OUTPUT),   FAULT(SELF_TEST), FAULT(SAMPLING) | FAULT(NTC)};
    struct lbms_snapshot s;
    size_t f;
    unsigned a;
    unsigned b;

    memset(&s, 0, sizeof(s));
    for (f = 0u; f < sizeof(faults) / sizeof(faults[0]); f++) {
        s.faults = faults[f];
        s.protections = 0u;
        check_status(&s);
        for (a = 0u; a < LBMS_BIT_COUNT; a++) { /* each protection, alone and with each other one */
            for (b = 0u; b <= a; b++) {
                s.protections = LBMS_MASK(a) | LBMS_MASK(b);
                check_status(&s);
            }
        }
    }
}
END_TEST

START_TEST(one_lost_temperature_sensor_is_not_shown_as_a_fault)
{
    struct lbms_snapshot s;

    memset(&s, 0, sizeof(s));
    s.faults = FAULT(NTC);
    check_status(&s);
    s.protections = BIT(CELL_OV);
    check_status(&s);
    s.protections = BIT(CELL_UV);
    check_status(&s);
}
END_TEST

START_TEST(a_full_pack_without_its_charger_is_shown_as_standby)
{
    struct lbms_snapshot s;

    memset(&s, 0, sizeof(s));
    s.mode = LBMS_MODE_FULL;
    s.protections = BIT(CELL_OV);
    s.blocked = LBMS_PATH_CHARGE;
    s.charger_present = true;
    ck_assert_uint_eq(lbms_led_status(&s), LBMS_LED_FULL);
    s.charger_present = false;
    ck_assert_uint_eq(lbms_led_status(&s), LBMS_LED_STANDBY);
}
END_TEST

/* First SOC of the bands 2 to 6 in whole percent. */
static const uint8_t first_percent[] = {18u, 34u, 51u, 67u, 84u};

START_TEST(a_band_without_a_past_is_that_of_the_rounded_soc)
{
    uint16_t soc_bp;

    for (soc_bp = 0u; soc_bp <= 10000u; soc_bp++) {
        const unsigned percent = (soc_bp + 50u) / 100u;
        uint8_t band = 1u;
        size_t i;

        for (i = 0u; i < sizeof(first_percent); i++) {
            band = (uint8_t)(band + ((percent >= first_percent[i]) ? 1u : 0u));
        }
        ck_assert_uint_eq(lbms_led_band(0u, soc_bp), band);
    }
    ck_assert_uint_eq(lbms_led_band(0u, UINT16_MAX), 6u);
}
END_TEST

START_TEST(changing_the_band_takes_half_a_percent_beyond_the_boundary)
{
    uint8_t band;

    for (band = 1u; band < LBMS_BANDS; band++) {
        const uint16_t boundary_bp = (uint16_t)(first_percent[band - 1u] * 100u - 50u);
        const uint8_t next = (uint8_t)(band + 1u);

        ck_assert_uint_eq(lbms_led_band(band, (uint16_t)(boundary_bp + 49u)), band);
        ck_assert_uint_eq(lbms_led_band(band, (uint16_t)(boundary_bp + 50u)), next);
        ck_assert_uint_eq(lbms_led_band(next, (uint16_t)(boundary_bp - 50u)), next);
        ck_assert_uint_eq(lbms_led_band(next, (uint16_t)(boundary_bp - 51u)), band);
    }
}
END_TEST

START_TEST(a_jump_of_the_soc_goes_to_its_band_at_once)
{
    uint8_t from;
    uint8_t to;

    for (from = 1u; from <= LBMS_BANDS; from++) {
        for (to = 1u; to <= LBMS_BANDS; to++) {
            const uint16_t soc_bp = (uint16_t)(1700u * to - 900u); /* well inside: 8, 25, 42, 59, 76, 93 % */

            ck_assert_uint_eq(lbms_led_band(from, soc_bp), to);
        }
        ck_assert_uint_eq(lbms_led_band(from, 0u), 1u);
        ck_assert_uint_eq(lbms_led_band(from, 10000u), 6u);
    }
}
END_TEST

SUITE("panel/led_table",
      CASE("R-LED-06 R-LED-07 R-TECH-10 R-SW-02 R-SLP-08", profile_0_is_the_table_of_the_manual),
      CASE("R-LED-06 R-LED-07 R-TECH-10 R-SW-02 R-SLP-08", profile_1_is_the_table_of_pace_packs),
      CASE("", another_profile_reads_as_profile_0), CASE("", another_status_reads_as_fault),
      CASE("", a_lamp_that_does_not_exist_is_off),
      CASE("R-LED-06 R-LED-08", the_status_shown_is_the_first_that_applies),
      CASE("R-LED-06", one_lost_temperature_sensor_is_not_shown_as_a_fault),
      CASE("R-LED-08", a_full_pack_without_its_charger_is_shown_as_standby),
      CASE("R-LED-05", a_band_without_a_past_is_that_of_the_rounded_soc),
      CASE("R-LED-05", changing_the_band_takes_half_a_percent_beyond_the_boundary),
      CASE("", a_jump_of_the_soc_goes_to_its_band_at_once))
