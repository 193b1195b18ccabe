#include "losun_bms/model/view.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/sample.h"

#define HUNDRED_BP 100
#define MAH_STEP   10 /* capacities are told in steps of 10 mAh */

static int32_t figure(const struct lbms_view *view, uint8_t id, int32_t unknown)
{
    return (view->health != NULL) ? view->health->v[id] : unknown;
}

/* Without a 64-bit division: 429 Ah times 10000 still fits. */
static int32_t part_of(int32_t full_mah, uint16_t soc_bp)
{
    const uint32_t full = (uint32_t)lbms_clamp_i32(full_mah / MAH_STEP, 0, (int32_t)(UINT32_MAX / 20000u));
    const uint32_t part = ((full * soc_bp) + ((uint32_t)LBMS_FULL_BP / 2u)) / (uint32_t)LBMS_FULL_BP;

    return (int32_t)part * MAH_STEP;
}

static void extend(const struct lbms_view *view, struct lbms_pack_values *values)
{
    const struct lbms_snapshot *s = view->own;

    values->extended = true;
    values->soc_pct = (uint8_t)((s->soc.soc_bp + (HUNDRED_BP / 2)) / HUNDRED_BP);
    values->soh_pct = (uint8_t)(figure(view, LBMS_HEALTH_SOH_BP, LBMS_FULL_BP) / HUNDRED_BP);
    values->charged_mah = figure(view, LBMS_HEALTH_CHARGED_MAH, 0);
    values->discharged_mah = figure(view, LBMS_HEALTH_DISCHARGED_MAH, 0);
    values->port_mv = s->m.terminal_mv;
    values->port_ma = s->m.current_ma;
    values->system_left_mah = part_of(view->system->soc.capacity_mah, view->system->soc.soc_bp);
    values->system_mah = view->system->soc.capacity_mah;
}

void lbms_view_values(const struct lbms_view *view, struct lbms_pack_values *values, bool extended)
{
    const struct lbms_measured *m = &view->own->m;
    const struct lbms_soc_view *soc = &view->own->soc;
    const int32_t cycles = figure(view, LBMS_HEALTH_CYCLES, 0);

    values->cells = LBMS_CELLS;
    values->temps = LBMS_PACK_TEMPS;
    memcpy(values->cell_mv, m->cell_mv, sizeof(values->cell_mv));
    memcpy(values->temp_dc, m->ntc_dc, sizeof(m->ntc_dc));
    values->temp_dc[LBMS_PACK_MOSFET] = m->mosfet_dc;
    values->temp_dc[LBMS_PACK_AMBIENT] = m->ambient_dc;
    values->current_ma = m->current_ma;
    values->pack_mv = m->pack_mv;
    values->remaining_mah = part_of(soc->capacity_mah, soc->soc_bp);
    values->full_mah = soc->capacity_mah;
    values->design_mah = view->params->v[LBMS_PARAM_DESIGN_CAPACITY_MAH];
    values->cycles = (uint16_t)lbms_clamp_i32(cycles, 0, UINT16_MAX);
    values->extended = false;
    if (extended) {
        extend(view, values);
    }
}

uint8_t lbms_view_functions(const struct lbms_view *view)
{
    const int32_t *v = view->params->v;
    const uint8_t forced = view->own->forced_off;
    unsigned mask = 0u;

    mask |= (v[LBMS_PARAM_BUZZER_ENABLE] != 0) ? (unsigned)LBMS_PACK_BUZZER : 0u;
    mask |= ((forced & LBMS_PATH_CHARGE) != 0u) ? (unsigned)LBMS_PACK_CHARGE_OFF : 0u;
    mask |= ((forced & LBMS_PATH_DISCHARGE) != 0u) ? (unsigned)LBMS_PACK_DISCHARGE_OFF : 0u;
    mask |= (v[LBMS_PARAM_LIMITER_GEAR_LOW] != 0) ? (unsigned)LBMS_PACK_GEAR_LOW : 0u;
    mask |= (v[LBMS_PARAM_LIMITER_ENABLE] != 0) ? (unsigned)LBMS_PACK_LIMITER : 0u;
    mask |= (v[LBMS_PARAM_LED_ALARM_ENABLE] != 0) ? (unsigned)LBMS_PACK_LED_ALARM : 0u;
    return (uint8_t)mask;
}

/* ---- which cell, which temperature -------------------------------------------------------------------------- */

/* Limits of one kind of value. A single bit decides whether any value can be beyond. */
struct window {
    uint8_t high_bit, low_bit;
    uint8_t high, low;  /* alarm levels, enum lbms_param */
    uint8_t hysteresis; /* likewise */
};

static bool present(const struct lbms_snapshot *s, uint8_t bit)
{
    return ((s->alarms | s->protections) & LBMS_MASK(bit)) != 0u;
}

/* The level from which on values are marked; out of reach while the bit is not present. */
static int32_t mark_high(const struct lbms_view *view, const struct window *w)
{
    const int32_t *v = view->params->v;

    return present(view->own, w->high_bit) ? (v[w->high] - v[w->hysteresis]) : INT32_MAX;
}

static int32_t mark_low(const struct lbms_view *view, const struct window *w)
{
    const int32_t *v = view->params->v;

    return present(view->own, w->low_bit) ? (v[w->low] + v[w->hysteresis]) : INT32_MIN;
}

static void mark_cells(const struct lbms_view *view, struct lbms_pack_state *state)
{
    static const struct window window = {LBMS_BIT_CELL_OV, LBMS_BIT_CELL_UV, LBMS_PARAM_CELL_OV_ALARM_MV,
                                         LBMS_PARAM_CELL_UV_ALARM_MV, LBMS_PARAM_ALARM_HYST_CELL_MV};
    const int32_t high_mv = mark_high(view, &window);
    const int32_t low_mv = mark_low(view, &window);
    const struct lbms_measured *m = &view->own->m;
    unsigned i;

    state->cells_lost = (uint16_t)(LBMS_ALL_CELLS & ~(unsigned)m->cells_valid);
    if ((high_mv == INT32_MAX) && (low_mv == INT32_MIN)) {
        return;
    }
    for (i = 0u; i < LBMS_CELLS; i++) {
        const unsigned bit = 1u << i;

        if ((state->cells_lost & bit) == 0u) {
            state->cells_high = (uint16_t)(state->cells_high | ((m->cell_mv[i] > high_mv) ? bit : 0u));
            state->cells_low = (uint16_t)(state->cells_low | ((m->cell_mv[i] < low_mv) ? bit : 0u));
        }
    }
}

static void mark_temp(const struct lbms_view *view, struct lbms_pack_state *state,
                      const struct window *window, unsigned index, int16_t temp_dc)
{
    const unsigned bit = 1u << index;

    if ((state->temps_lost & bit) == 0u) {
        state->temps_high = (uint8_t)(state->temps_high | ((temp_dc > mark_high(view, window)) ? bit : 0u));
        state->temps_low = (uint8_t)(state->temps_low | ((temp_dc < mark_low(view, window)) ? bit : 0u));
    }
}

static void mark_temps(const struct lbms_view *view, struct lbms_pack_state *state)
{
    /* cells have a window for charging and one for discharging; the MOSFET cannot be too cold */
    static const struct window windows[] = {
        {LBMS_BIT_CHARGE_OT, LBMS_BIT_CHARGE_UT, LBMS_PARAM_CHG_OT_ALARM_DC, LBMS_PARAM_CHG_UT_ALARM_DC,
         LBMS_PARAM_ALARM_HYST_TEMP_DC},
        {LBMS_BIT_DISCHARGE_OT, LBMS_BIT_DISCHARGE_UT, LBMS_PARAM_DSG_OT_ALARM_DC, LBMS_PARAM_DSG_UT_ALARM_DC,
         LBMS_PARAM_ALARM_HYST_TEMP_DC},
        {LBMS_BIT_MOSFET_OT, LBMS_BIT_COUNT, LBMS_PARAM_MOS_OT_ALARM_DC, LBMS_PARAM_MOS_OT_ALARM_DC,
         LBMS_PARAM_ALARM_HYST_TEMP_DC},
        {LBMS_BIT_AMBIENT_OT, LBMS_BIT_AMBIENT_UT, LBMS_PARAM_ENV_OT_ALARM_DC, LBMS_PARAM_ENV_UT_ALARM_DC,
         LBMS_PARAM_ALARM_HYST_TEMP_DC},
    };
    const struct lbms_measured *m = &view->own->m;
    unsigned lost = LBMS_ALL_NTCS & ~(unsigned)m->ntcs_valid;
    unsigned i;

    lost |= ((m->valid & LBMS_VALID_MOSFET) == 0u) ? (1u << LBMS_PACK_MOSFET) : 0u;
    lost |= ((m->valid & LBMS_VALID_AMBIENT) == 0u) ? (1u << LBMS_PACK_AMBIENT) : 0u;
    state->temps_lost = (uint8_t)lost;
    for (i = 0u; i < LBMS_NTCS; i++) {
        mark_temp(view, state, &windows[0], i, m->ntc_dc[i]);
        mark_temp(view, state, &windows[1], i, m->ntc_dc[i]);
    }
    mark_temp(view, state, &windows[2], LBMS_PACK_MOSFET, m->mosfet_dc);
    mark_temp(view, state, &windows[3], LBMS_PACK_AMBIENT, m->ambient_dc);
}

void lbms_view_state(const struct lbms_view *view, struct lbms_pack_state *state)
{
    const struct lbms_snapshot *s = view->own;

    memset(state, 0, sizeof(*state));
    state->alarms = s->alarms;
    state->protections = s->protections;
    state->faults = s->faults;
    state->state = s->state;
    state->balance_mask = s->balance_mask;
    state->closed = s->m.closed;
    state->flow = s->flow;
    state->functions = lbms_view_functions(view);
    state->charger_present = s->charger_present;
    state->stopping = s->mode == (uint8_t)LBMS_MODE_STOPPING;
    mark_cells(view, state);
    mark_temps(view, state);
}
