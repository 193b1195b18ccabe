#include "plant/afe.h"

#include <stddef.h>
#include <string.h>

#include "losun_bms/model/switches.h"
#include "losun_bms/model/units.h"

#define OV_LET_GO_MV 150
#define UV_LET_GO_MV 300
/* current that keeps a blocked switch closed for the other direction */
#define REVERSE_MA 500

#define CHARGE_PATH    ((unsigned)LBMS_SWITCH_CHARGE | (unsigned)LBMS_SWITCH_LIMITER)
#define DISCHARGE_PATH ((unsigned)LBMS_SWITCH_DISCHARGE | (unsigned)LBMS_SWITCH_PRECHARGE)
#define EVERYTHING     (CHARGE_PATH | DISCHARGE_PATH)
#define OPENS_ALL      ((unsigned)LBMS_AFE_SHORT_CIRCUIT | (unsigned)LBMS_AFE_WATCHDOG)

static const struct lbms_afe_config programmed = {
    .cell_ov_mv = 3650u,
    .cell_ov_delay_ms = 2000u,
    .cell_uv_mv = 2500u,
    .cell_uv_delay_ms = 2000u,
    .discharge_oc_ma = 160000,
    .discharge_oc_delay_ms = 1000u,
    .short_circuit_ma = 440000,
    .short_circuit_delay_us = 256u,
    .watchdog_ms = 8000u,
};

void plant_afe_init(struct plant_afe *afe, enum plant_afe_style style)
{
    memset(afe, 0, sizeof(*afe));
    afe->style = style;
    afe->awake = true;
    if (style == PLANT_AFE_PROGRAMMED) {
        afe->config = programmed;
    }
}

void plant_afe_reset(struct plant_afe *afe)
{
    const uint32_t last_access_ms = afe->last_access_ms;

    plant_afe_init(afe, afe->style);
    afe->last_access_ms = last_access_ms;
    afe->once = (uint16_t)LBMS_AFE_RESET_SEEN;
}

void plant_afe_access(struct plant_afe *afe, uint32_t now_ms)
{
    afe->last_access_ms = now_ms;
}

static void release(struct plant_afe *afe, unsigned flags)
{
    const unsigned released = flags & afe->shown;

    afe->latched = (uint16_t)(afe->latched & ~released);
    afe->shown = (uint16_t)(afe->shown & ~released);
}

void plant_afe_command(struct plant_afe *afe, uint8_t closed)
{
    afe->commanded = closed;
    if ((closed & CHARGE_PATH) == 0u) {
        release(afe, (unsigned)LBMS_AFE_CHARGE_OC);
    }
    if ((closed & DISCHARGE_PATH) == 0u) {
        release(afe, (unsigned)LBMS_AFE_DISCHARGE_OC);
    }
    if ((closed & EVERYTHING) == 0u) {
        release(afe, OPENS_ALL);
    }
}

/* Smallest step at or above the wish; the largest one when there is none. */
static int32_t step_up(const int32_t *steps, size_t count, int32_t want)
{
    size_t i = 0u;

    while ((i < count - 1u) && (steps[i] < want)) {
        i++;
    }
    return steps[i];
}

/* Largest step at or below the wish; the smallest one when there is none. */
static int32_t step_down(const int32_t *steps, size_t count, int32_t want)
{
    size_t i = count - 1u;

    while ((i > 0u) && (steps[i] > want)) {
        i--;
    }
    return steps[i];
}

/* Steps of an SH367309 (its datasheet, OVT, OCD2, SC) with a shunt of 0.25 mOhm. */
static struct lbms_afe_config in_steps(const struct lbms_afe_config *want)
{
    static const int32_t delay_ms[] = {100,  200,  300,  400,  600,   800,   1000,  2000,
                                       3000, 4000, 6000, 8000, 10000, 20000, 30000, 40000};
    static const int32_t oc_ma[] = {120000, 160000, 200000, 240000, 280000, 320000,  360000,  400000,
                                    480000, 560000, 640000, 720000, 800000, 1200000, 1600000, 2000000};
    static const int32_t oc_delay_ms[] = {10,  20,  40,   60,   80,   100,  200,   400,
                                          600, 800, 1000, 2000, 4000, 8000, 10000, 20000};
    static const int32_t sc_ma[] = {200000,  320000,  440000,  560000,  680000,  800000,  920000,  1040000,
                                    1160000, 1280000, 1400000, 1600000, 2000000, 2400000, 3200000, 4000000};
    static const int32_t watchdog_ms[] = {4000, 8000, 16000, 32000};
    struct lbms_afe_config c = *want;

    c.cell_ov_mv = (uint16_t)(want->cell_ov_mv / 5u * 5u);
    c.cell_uv_mv = (uint16_t)((want->cell_uv_mv + 19u) / 20u * 20u);
    c.cell_ov_delay_ms = (uint16_t)step_up(delay_ms, 16u, want->cell_ov_delay_ms);
    c.cell_uv_delay_ms = (uint16_t)step_up(delay_ms, 16u, want->cell_uv_delay_ms);
    if (want->discharge_oc_ma > 0) {
        c.discharge_oc_ma = step_up(oc_ma, 16u, want->discharge_oc_ma);
        c.discharge_oc_delay_ms = (uint16_t)step_up(oc_delay_ms, 16u, want->discharge_oc_delay_ms);
    }
    if (want->short_circuit_ma > 0) {
        c.short_circuit_ma = step_down(sc_ma, 16u, want->short_circuit_ma);
        c.short_circuit_delay_us = (uint16_t)(want->short_circuit_delay_us / 64u * 64u);
    }
    if (want->watchdog_ms > 0u) {
        c.watchdog_ms = (uint16_t)step_up(watchdog_ms, 4u, want->watchdog_ms);
    }
    return c;
}

static bool same(const struct lbms_afe_config *a, const struct lbms_afe_config *b)
{
    return (a->cell_ov_mv == b->cell_ov_mv) && (a->cell_ov_delay_ms == b->cell_ov_delay_ms) &&
           (a->cell_uv_mv == b->cell_uv_mv) && (a->cell_uv_delay_ms == b->cell_uv_delay_ms) &&
           (a->discharge_oc_ma == b->discharge_oc_ma) &&
           (a->discharge_oc_delay_ms == b->discharge_oc_delay_ms) &&
           (a->short_circuit_ma == b->short_circuit_ma) &&
           (a->short_circuit_delay_us == b->short_circuit_delay_us) && (a->watchdog_ms == b->watchdog_ms);
}

int plant_afe_configure(struct plant_afe *afe, const struct lbms_afe_config *want,
                        struct lbms_afe_config *got)
{
    int fit = (int)LBMS_AFE_FIXED;

    if (afe->style == PLANT_AFE_EXACT) {
        afe->config = *want;
        fit = (int)LBMS_AFE_FITS;
    } else if (afe->style == PLANT_AFE_STEPS) {
        afe->config = in_steps(want);
        fit = same(&afe->config, want) ? (int)LBMS_AFE_FITS : (int)LBMS_AFE_COARSER;
    }
    afe->config.sequence = want->sequence;
    afe->config_seq = want->sequence;
    *got = afe->config;
    return fit;
}

uint8_t plant_afe_gates(const struct plant_afe *afe)
{
    unsigned open = 0u;

    if (!afe->awake || ((afe->latched & OPENS_ALL) != 0u)) {
        return 0u;
    }
    if (((afe->latched & (unsigned)LBMS_AFE_CELL_OV) != 0u) &&
        ((afe->reverse & (unsigned)LBMS_PATH_CHARGE) == 0u)) {
        open |= CHARGE_PATH;
    }
    if (((afe->latched & (unsigned)LBMS_AFE_CELL_UV) != 0u) &&
        ((afe->reverse & (unsigned)LBMS_PATH_DISCHARGE) == 0u)) {
        open |= DISCHARGE_PATH;
    }
    if ((afe->latched & (unsigned)LBMS_AFE_DISCHARGE_OC) != 0u) {
        open |= DISCHARGE_PATH;
    }
    return (uint8_t)(afe->commanded & ~open);
}

double plant_afe_short_a(const struct plant_afe *afe, double *delay_s)
{
    *delay_s = (double)afe->config.short_circuit_delay_us * 1e-6;
    return (double)afe->config.short_circuit_ma * 1e-3;
}

void plant_afe_trip_short(struct plant_afe *afe)
{
    afe->latched = (uint16_t)(afe->latched | (unsigned)LBMS_AFE_SHORT_CIRCUIT);
}

/* Time for which a condition has been true, and the latch at the end of its delay. */
static double hold(struct plant_afe *afe, bool condition, double held_s, double dt_s, uint16_t delay_ms,
                   enum lbms_afe_flag flag)
{
    const double now_s = condition ? (held_s + dt_s) : 0.0;

    if (condition && (now_s * 1000.0 >= (double)delay_ms)) {
        afe->latched = (uint16_t)(afe->latched | (unsigned)flag);
    }
    return now_s;
}

static void let_go(struct plant_afe *afe, enum lbms_afe_flag flag)
{
    afe->latched = (uint16_t)(afe->latched & ~(unsigned)flag);
    afe->shown = (uint16_t)(afe->shown & ~(unsigned)flag);
}

void plant_afe_watch(struct plant_afe *afe, const struct lbms_sample *sample, uint32_t now_ms, double dt_s)
{
    const struct lbms_afe_config *c = &afe->config;
    int lowest = sample->cell_mv[0];
    int highest = sample->cell_mv[0];
    size_t k;

    for (k = 1u; k < LBMS_CELLS; k++) {
        const int mv = sample->cell_mv[k];

        lowest = (mv < lowest) ? mv : lowest;
        highest = (mv > highest) ? mv : highest;
    }
    afe->reverse = 0u;
    if (sample->current_ma < -REVERSE_MA) {
        afe->reverse = (uint8_t)LBMS_PATH_CHARGE;
    } else if (sample->current_ma > REVERSE_MA) {
        afe->reverse = (uint8_t)LBMS_PATH_DISCHARGE;
    }
    afe->ov_s = hold(afe, (c->cell_ov_mv > 0u) && (highest > (int)c->cell_ov_mv), afe->ov_s, dt_s,
                     c->cell_ov_delay_ms, LBMS_AFE_CELL_OV);
    afe->uv_s =
        hold(afe, lowest < (int)c->cell_uv_mv, afe->uv_s, dt_s, c->cell_uv_delay_ms, LBMS_AFE_CELL_UV);
    afe->oc_s = hold(afe, (c->discharge_oc_ma > 0) && (-sample->current_ma > c->discharge_oc_ma), afe->oc_s,
                     dt_s, c->discharge_oc_delay_ms, LBMS_AFE_DISCHARGE_OC);
    if (highest < (int)c->cell_ov_mv - OV_LET_GO_MV) {
        let_go(afe, LBMS_AFE_CELL_OV);
    }
    if (lowest > (int)c->cell_uv_mv + UV_LET_GO_MV) {
        let_go(afe, LBMS_AFE_CELL_UV);
    }
    if ((c->watchdog_ms > 0u) && (now_ms - afe->last_access_ms > c->watchdog_ms)) {
        afe->latched = (uint16_t)(afe->latched | (unsigned)LBMS_AFE_WATCHDOG);
    }
}

uint16_t plant_afe_flags(const struct plant_afe *afe)
{
    return (uint16_t)(afe->latched | afe->once);
}

void plant_afe_delivered(struct plant_afe *afe, uint16_t flags)
{
    afe->shown = (uint16_t)(afe->shown | (flags & afe->latched));
    afe->once = (uint16_t)(afe->once & ~(unsigned)flags);
}
