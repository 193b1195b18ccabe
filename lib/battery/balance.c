#include "losun_bms/battery/balance.h"

#include <string.h>

#include "losun_bms/model/bits.h"

/* Cells with an even index, bit 0 = index 0. */
#define EVEN_CELLS ((uint16_t)0x5555u)

/* Measurements without which nothing can be decided. */
#define NEEDED ((uint16_t)(LBMS_VALID_CELLS | LBMS_VALID_CURRENT | LBMS_VALID_AMBIENT))

#define FORBIDDING_FAULTS                                                                         \
    (LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_CURRENT) | LBMS_MASK(LBMS_FAULT_NTC) | \
     LBMS_MASK(LBMS_FAULT_SELF_TEST))
#define FORBIDDING_PROTECTIONS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

void lbms_balance_init(struct lbms_balance *balance)
{
    memset(balance, 0, sizeof(*balance));
}

/* An inverter that obeys a limit of 0 leaves no measurable charger in FULL, so FULL itself counts for a while. */
static bool is_time(struct lbms_balance *balance, const struct lbms_balance_inputs *in,
                    const struct lbms_params *params)
{
    const bool full = (in->state & LBMS_STATE_FULL) != 0u;
    const bool over = lbms_hold_seconds(&balance->full_age, full, in->uptime_s,
                                        (uint32_t)params->v[LBMS_PARAM_BALANCE_FULL_S]);
    const bool at_rest =
        (params->v[LBMS_PARAM_BALANCE_STATIC_ENABLE] != 0) && (in->flow == (uint8_t)LBMS_FLOW_IDLE);

    return in->permitted && (in->charger_present || (full && !over) || at_rest);
}

static bool is_safe(const struct lbms_balance_inputs *in, const struct lbms_params *params)
{
    return ((in->m->valid & NEEDED) == NEEDED) && ((in->faults & FORBIDDING_FAULTS) == 0u) &&
           ((in->protections & FORBIDDING_PROTECTIONS) == 0u) &&
           (in->m->ambient_dc < params->v[LBMS_PARAM_BALANCE_MAX_TEMP_DC]) &&
           (in->m->current_ma <= params->v[LBMS_PARAM_BALANCE_MAX_CHARGE_MA]);
}

static bool is_needed(const struct lbms_measured *m, bool already, const struct lbms_params *params)
{
    const int32_t delta_mv = (int32_t)m->cell_max_mv - (int32_t)m->cell_min_mv;

    /* Once begun, the selection itself says when no cell is left. */
    return ((int32_t)m->cell_max_mv >= params->v[LBMS_PARAM_BALANCE_START_MV]) &&
           (already || (delta_mv >= params->v[LBMS_PARAM_BALANCE_DELTA_MV]));
}

static uint16_t cells_above(const struct lbms_measured *m, int32_t level_mv)
{
    uint16_t cells = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        if ((int32_t)m->cell_mv[i] > level_mv) {
            cells = (uint16_t)(cells | (1u << i));
        }
    }
    return cells;
}

/* Without neighbours: the cells whose turn it is, and those of the others that have no neighbour among them. */
static uint16_t apart(uint16_t cells, bool even)
{
    const unsigned turn = cells & (even ? EVEN_CELLS : (unsigned)(uint16_t)~EVEN_CELLS);

    return (uint16_t)(turn | (cells & ~((turn << 1) | (turn >> 1))));
}

static unsigned count(uint16_t cells)
{
    unsigned n = 0u;

    for (; cells != 0u; cells = (uint16_t)(cells & (cells - 1u))) {
        n++;
    }
    return n;
}

static uint16_t without_lowest(uint16_t cells, const struct lbms_measured *m)
{
    unsigned lowest = LBMS_CELLS;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        if (((cells & (1u << i)) != 0u) && ((lowest == LBMS_CELLS) || (m->cell_mv[i] < m->cell_mv[lowest]))) {
            lowest = i;
        }
    }
    return (uint16_t)(cells & ~(1u << lowest));
}

static uint16_t select_cells(struct lbms_balance *balance, const struct lbms_measured *m,
                             const struct lbms_params *params)
{
    const unsigned most = (unsigned)params->v[LBMS_PARAM_BALANCE_MAX_CELLS];
    uint16_t cells = cells_above(m, (int32_t)m->cell_min_mv + params->v[LBMS_PARAM_BALANCE_STOP_DELTA_MV]);
    unsigned n;

    if (params->v[LBMS_PARAM_BALANCE_NEIGHBOURS] == 0) {
        cells = apart(cells, balance->even);
        balance->even = !balance->even;
    }
    for (n = count(cells); n > most; n--) {
        cells = without_lowest(cells, m);
    }
    return cells;
}

void lbms_balance_step(struct lbms_balance *balance, const struct lbms_balance_inputs *in,
                       const struct lbms_params *params)
{
    const bool time = is_time(balance, in, params);

    if (!time || !is_needed(in->m, balance->selected != 0u, params) || !is_safe(in, params)) {
        balance->selected = 0u;
        balance->mask = 0u;
        return;
    }
    if (in->clean_age_ms >= (uint32_t)params->v[LBMS_PARAM_BALANCE_MEASURE_MS]) {
        balance->mask = 0u;
        return;
    }
    if (!balance->started || (lbms_elapsed_ms(in->now_ms, balance->selected_ms) >= LBMS_BALANCE_SELECT_MS)) {
        balance->started = true;
        balance->selected_ms = in->now_ms;
        balance->selected = select_cells(balance, in->m, params);
    }
    balance->mask = balance->selected;
}
