#include "losun_bms/panel/leds.h"

#include <stddef.h>
#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/switches.h"

/* Manual 2.5, note: light / off times. */
static const struct {
    uint16_t on_ms, period_ms;
} flash[LBMS_LED_PATTERN_COUNT] = {
    [LBMS_LED_OFF] = {0u, 0u},     [LBMS_LED_ON] = {0u, 0u},      [LBMS_LED_F1] = {250u, 4000u},
    [LBMS_LED_F2] = {500u, 1000u}, [LBMS_LED_F3] = {500u, 2000u},
};

/* In lbms_leds.row: the alarm light flashes. */
#define ALARM_ROW (UINT32_C(1) << 24)

/* What L6..L1 do in a status. */
enum level {
    DARK,     /* all off */
    BAND,     /* as many as the SOC band, steady */
    BAND_TOP, /* likewise, the highest of them in flash 2 */
    ALL,      /* all six, steady */
    SEQUENCE  /* one light after the other, also RUN and ALM */
};

struct row {
    uint8_t run, alm, level;
    bool alarm_flash; /* ALM shows flash 3 instead of off while an alarm is active */
};

#define OFF LBMS_LED_OFF
#define ON  LBMS_LED_ON
#define F1  LBMS_LED_F1
#define F3  LBMS_LED_F3

/* clang-format off */
/* Manual 2.5, table "LED Indicators Instructions", with the corrections of R-LED. */
static const struct row table[LBMS_LED_PROFILES][LBMS_LED_STATUS_COUNT] = {
    {
        /*                                    RUN  ALM  L6..L1    alarm flashes ALM */
        [LBMS_LED_SHUTDOWN] =             {OFF, OFF, DARK,     false},
        [LBMS_LED_START] =                {OFF, OFF, SEQUENCE, false},
        [LBMS_LED_STANDBY] =              {OFF, OFF, BAND,     true},
        [LBMS_LED_CHARGING] =             {OFF, OFF, BAND_TOP, true},
        [LBMS_LED_FULL] =                 {ON,  OFF, ALL,      false},
        [LBMS_LED_CHARGE_PROTECTION] =    {OFF, ON,  DARK,     false},
        [LBMS_LED_DISCHARGING] =          {F3,  OFF, BAND,     true},
        [LBMS_LED_UVP] =                  {ON,  ON,  DARK,     false},
        [LBMS_LED_DISCHARGE_PROTECTION] = {OFF, ON,  DARK,     false},
        [LBMS_LED_FAULT] =                {OFF, ON,  DARK,     false},
    },
    {
        [LBMS_LED_SHUTDOWN] =             {OFF, OFF, DARK,     false},
        [LBMS_LED_START] =                {OFF, OFF, SEQUENCE, false},
        [LBMS_LED_STANDBY] =              {F1,  OFF, BAND,     true},
        [LBMS_LED_CHARGING] =             {ON,  OFF, BAND_TOP, true},
        [LBMS_LED_FULL] =                 {ON,  OFF, ALL,      false},
        [LBMS_LED_CHARGE_PROTECTION] =    {OFF, ON,  DARK,     false},
        [LBMS_LED_DISCHARGING] =          {F3,  OFF, BAND,     true},
        [LBMS_LED_UVP] =                  {OFF, OFF, DARK,     false},
        [LBMS_LED_DISCHARGE_PROTECTION] = {OFF, ON,  DARK,     false},
        [LBMS_LED_FAULT] =                {OFF, ON,  DARK,     false},
    },
};
/* clang-format on */

/* Kinds of protections, as the status priorities see them. */
#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))
#define BOTH_WAYS \
    (LBMS_MASK(LBMS_BIT_MOSFET_OT) | LBMS_MASK(LBMS_BIT_AMBIENT_OT) | LBMS_MASK(LBMS_BIT_AMBIENT_UT))
#define DISCHARGE_BITS                                                      \
    (LBMS_MASK(LBMS_BIT_DISCHARGE_OC) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2) | \
     LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT) | LBMS_MASK(LBMS_BIT_DISCHARGE_OT) | \
     LBMS_MASK(LBMS_BIT_DISCHARGE_UT) | BOTH_WAYS)
#define CHARGE_BITS                                                                                   \
    (LBMS_MASK(LBMS_BIT_CHARGE_OC) | LBMS_MASK(LBMS_BIT_CHARGE_OC2) | LBMS_MASK(LBMS_BIT_CHARGE_OT) | \
     LBMS_MASK(LBMS_BIT_CHARGE_UT) | LBMS_MASK(LBMS_BIT_CHARGER_OV) | BOTH_WAYS)
#define CHARGE_SIDE    (CHARGE_BITS | OV_BITS)
#define DISCHARGE_SIDE (DISCHARGE_BITS | UV_BITS)
#define MOSFET_FAULTS  (LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET))

uint8_t lbms_led_status(const struct lbms_snapshot *snapshot)
{
    const bool charging = snapshot->flow == LBMS_FLOW_CHARGE;
    const bool discharging = snapshot->flow == LBMS_FLOW_DISCHARGE;
    const uint32_t protections = snapshot->protections;

    if (snapshot->mode == LBMS_MODE_SHUTDOWN) {
        return LBMS_LED_SHUTDOWN;
    }
    if (snapshot->mode == LBMS_MODE_STARTING) {
        return LBMS_LED_START;
    }
    if ((snapshot->fault_blocked == LBMS_PATHS_BOTH) || ((snapshot->faults & MOSFET_FAULTS) != 0u)) {
        return LBMS_LED_FAULT;
    }
    if (((protections & DISCHARGE_BITS) != 0u) && !charging) {
        return LBMS_LED_DISCHARGE_PROTECTION;
    }
    if (((protections & UV_BITS) != 0u) && !charging) {
        return LBMS_LED_UVP;
    }
    if (((protections & CHARGE_BITS) != 0u) && snapshot->charger_present && !discharging) {
        return LBMS_LED_CHARGE_PROTECTION;
    }
    if (((snapshot->mode == LBMS_MODE_FULL) || ((protections & OV_BITS) != 0u)) &&
        snapshot->charger_present) {
        return LBMS_LED_FULL;
    }
    if (charging) {
        return LBMS_LED_CHARGING;
    }
    return discharging ? LBMS_LED_DISCHARGING : LBMS_LED_STANDBY;
}

static uint8_t level_pattern(uint8_t level, uint8_t band, uint8_t lamp)
{
    const uint8_t number = (uint8_t)(lamp + 1u); /* L1 .. L6 */

    switch (level) {
    case ALL:
        return ON;
    case BAND:
        return (number <= band) ? ON : OFF;
    case BAND_TOP:
        if (number == band) {
            return LBMS_LED_F2;
        }
        return (number < band) ? ON : OFF;
    default:
        return OFF;
    }
}

uint8_t lbms_led_table(uint8_t profile, uint8_t status, uint8_t step, uint8_t lamp)
{
    const uint8_t p = (profile < LBMS_LED_PROFILES) ? profile : 0u;
    const uint8_t s = (status < LBMS_LED_STATUS_COUNT) ? status : (uint8_t)LBMS_LED_FAULT;
    const struct row *row = &table[p][s];

    if (lamp >= LBMS_LAMPS) {
        return OFF;
    }
    if (row->level == SEQUENCE) {
        return (lamp == (LBMS_LAMP_RUN - step)) ? ON : OFF; /* RUN first, L1 last */
    }
    if (lamp == LBMS_LAMP_RUN) {
        return row->run;
    }
    if (lamp == LBMS_LAMP_ALM) {
        return row->alm;
    }
    return level_pattern(row->level, step, lamp);
}

uint8_t lbms_led_band(uint8_t band, uint16_t soc_bp)
{
    /* Highest whole percent of each band but the last; the boundary lies half a percent above it. */
    static const uint8_t top_percent[LBMS_BANDS - 1u] = {17u, 33u, 50u, 66u, 83u};
    uint8_t above = 1u; /* band when every boundary must be passed by another half percent upwards */
    uint8_t below = 1u; /* likewise downwards */
    size_t i;

    for (i = 0u; i < (LBMS_BANDS - 1u); i++) {
        const uint16_t boundary_bp = (uint16_t)((top_percent[i] * 100u) + 50u);
        const uint16_t margin_bp = (band == 0u) ? 0u : 50u;

        if (soc_bp >= (boundary_bp + margin_bp)) {
            above++;
        }
        if (soc_bp >= (boundary_bp - margin_bp)) {
            below++;
        }
    }
    if (band < above) {
        return above;
    }
    return (band > below) ? below : band;
}

bool lbms_led_lit(uint8_t pattern, uint32_t elapsed_ms)
{
    if (pattern >= LBMS_LED_PATTERN_COUNT) {
        return false;
    }
    if (flash[pattern].period_ms == 0u) {
        return pattern == ON;
    }
    return (elapsed_ms % flash[pattern].period_ms) < flash[pattern].on_ms;
}

void lbms_leds_init(struct lbms_leds *leds)
{
    memset(leds, 0, sizeof(*leds));
    leds->next_ms = UINT32_MAX;
    leds->status = LBMS_LED_SHUTDOWN;
    leds->row = UINT32_MAX;
    leds->soc_bp = UINT16_MAX;
}

/* Time until a flashing light changes. */
static uint32_t until_edge(uint8_t pattern, uint32_t elapsed_ms)
{
    const uint32_t in_period_ms = elapsed_ms % flash[pattern].period_ms;
    const uint32_t on_ms = flash[pattern].on_ms;

    return (in_period_ms < on_ms) ? (on_ms - in_period_ms) : (flash[pattern].period_ms - in_period_ms);
}

static void show(struct lbms_leds *leds, uint8_t lamp, uint8_t pattern, uint32_t now_ms)
{
    const uint16_t period_ms = flash[pattern].period_ms;
    uint32_t elapsed_ms = 0u;
    uint32_t edge_ms;

    if (pattern != leds->pattern[lamp]) {
        leds->pattern[lamp] = pattern;
        leds->since_ms[lamp] = now_ms;
    }
    if (period_ms != 0u) {
        elapsed_ms = lbms_elapsed_ms(now_ms, leds->since_ms[lamp]);
        edge_ms = until_edge(pattern, elapsed_ms);
        leds->next_ms = (edge_ms < leds->next_ms) ? edge_ms : leds->next_ms;
        /* keeps the phase when the time wraps */
        leds->since_ms[lamp] += (elapsed_ms / period_ms) * period_ms;
    }
    if (lbms_led_lit(pattern, elapsed_ms)) {
        leds->lights = (uint16_t)(leds->lights | (1u << lamp));
    }
}

/* Step of the start sequence, and when it changes. */
static uint8_t sequence_step(struct lbms_leds *leds, uint32_t now_ms, uint32_t step_ms)
{
    const uint32_t elapsed_ms = lbms_elapsed_ms(now_ms, leds->start_ms);
    const uint32_t step = elapsed_ms / step_ms;

    if (step < LBMS_LAMPS) {
        leds->sequence_ms = step_ms - (elapsed_ms % step_ms);
    }
    return (uint8_t)((step < LBMS_LAMPS) ? step : (LBMS_LAMPS - 1u));
}

/* Every light of a row of the table, and when the next of them changes. */
static void show_row(struct lbms_leds *leds, uint32_t row, uint8_t profile, uint8_t step, uint32_t now_ms)
{
    const bool flashing = (row & ALARM_ROW) != 0u;
    uint8_t lamp;

    leds->lights = 0u;
    leds->next_ms = leds->sequence_ms;
    for (lamp = 0u; lamp < LBMS_LAMPS; lamp++) {
        uint8_t pattern = leds->pattern[lamp];

        if (row != leds->row) { /* the table is looked up only when another row of it is shown */
            pattern = lbms_led_table(profile, leds->status, step, lamp);
        }
        if (flashing && (lamp == LBMS_LAMP_ALM)) {
            pattern = F3;
        }
        show(leds, lamp, pattern, now_ms);
    }
    leds->row = row;
    leds->steady_ms = now_ms;
    leds->steady_for_ms = leds->next_ms;
}

void lbms_leds_step(struct lbms_leds *leds, const struct lbms_snapshot *snapshot, bool switch_on,
                    const struct lbms_params *params)
{
    const uint8_t profile = (uint8_t)params->v[LBMS_PARAM_LED_PROFILE];
    const uint8_t status =
        (snapshot->status < LBMS_LED_STATUS_COUNT) ? snapshot->status : (uint8_t)LBMS_LED_FAULT;
    const uint32_t now_ms = snapshot->now_ms;
    uint32_t alarms = snapshot->alarms;
    uint32_t row;
    uint32_t passed_ms;
    bool flashing;
    uint8_t step;

    leds->sequence_ms = UINT32_MAX;
    if (snapshot->soc.soc_bp != leds->soc_bp) {
        leds->soc_bp = snapshot->soc.soc_bp;
        leds->band = lbms_led_band(leds->band, leds->soc_bp);
    }
    step = leds->band;
    if ((status == LBMS_LED_START) && (leds->status != LBMS_LED_START)) {
        leds->start_ms = now_ms;
    }
    if (status == LBMS_LED_START) {
        step = sequence_step(leds, now_ms, (uint32_t)params->v[LBMS_PARAM_LED_STEP_MS]);
    }
    leds->status = status;
    if (status == LBMS_LED_CHARGING) {
        alarms &= ~OV_BITS; /* nearly full is the purpose of charging */
    }
    /* A protection of the side that is not in use shows like an alarm. */
    flashing = (alarms != 0u) || ((snapshot->protections & (CHARGE_SIDE | DISCHARGE_SIDE)) != 0u);
    flashing = flashing && table[(profile < LBMS_LED_PROFILES) ? profile : 0u][status].alarm_flash &&
               (params->v[LBMS_PARAM_LED_ALARM_ENABLE] != 0);
    row = (uint32_t)profile | ((uint32_t)status << 8) | ((uint32_t)step << 16) | (flashing ? ALARM_ROW : 0u);
    passed_ms = lbms_elapsed_ms(now_ms, leds->steady_ms);
    if ((row != leds->row) || (passed_ms >= leds->steady_for_ms) || (status == LBMS_LED_START)) {
        show_row(leds, row, profile, step, now_ms);
    } else if (leds->steady_for_ms != UINT32_MAX) { /* as they were: only the next edge comes closer */
        leds->next_ms = leds->steady_for_ms - passed_ms;
    } else {
        /* nothing will change by itself */
    }
    leds->lights &= (uint16_t) ~(unsigned)LBMS_LIGHT_ON;
    if ((snapshot->mode != LBMS_MODE_SHUTDOWN) && switch_on) {
        leds->lights |= LBMS_LIGHT_ON;
    }
}
