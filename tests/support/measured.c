#include "support/measured.h"

#include <string.h>

struct lbms_sample sample_rested(uint32_t at_ms)
{
    struct lbms_sample sample;
    unsigned i;

    memset(&sample, 0, sizeof(sample));
    sample.at_ms = at_ms;
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample.cell_mv[i] = RESTED_CELL_MV;
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample.ntc_dc[i] = RESTED_TEMP_DC;
    }
    sample.pack_mv = RESTED_PACK_MV;
    sample.terminal_mv = RESTED_PACK_MV;
    sample.mosfet_dc = RESTED_TEMP_DC;
    sample.ambient_dc = RESTED_TEMP_DC;
    sample.closed = LBMS_SWITCHES_MAIN;
    return sample;
}

struct lbms_inputs inputs_rested(uint32_t now_ms)
{
    struct lbms_inputs inputs;

    memset(&inputs, 0, sizeof(inputs));
    inputs.now_ms = now_ms;
    inputs.uptime_s = now_ms / 1000u;
    inputs.sample = sample_rested(now_ms);
    inputs.sample_new = true;
    inputs.sample_valid = true;
    inputs.keys = LBMS_KEY_WEAK_SWITCH;
    return inputs;
}

/* Lowest, highest and mean of the cells that are believed. */
static void summarize(struct lbms_measured *m)
{
    uint32_t sum_mv = 0u;
    uint32_t count = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const uint16_t mv = m->cell_mv[i];

        if ((m->cells_valid & (1u << i)) == 0u) {
            continue;
        }
        if (count == 0u || mv < m->cell_min_mv) {
            m->cell_min_mv = mv;
            m->cell_min_index = (uint8_t)i;
        }
        if (count == 0u || mv > m->cell_max_mv) {
            m->cell_max_mv = mv;
            m->cell_max_index = (uint8_t)i;
        }
        sum_mv += mv;
        count++;
    }
    m->valid &= (uint16_t) ~(LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE);
    if (count > 0u) {
        m->cell_mean_mv = (uint16_t)((sum_mv + count / 2u) / count);
        m->valid |= LBMS_VALID_CELL_RANGE;
    }
    if (count == LBMS_CELLS) {
        m->valid |= LBMS_VALID_CELLS;
    }
}

struct lbms_measured measured_rested(void)
{
    struct lbms_measured m;
    unsigned i;

    memset(&m, 0, sizeof(m));
    m.valid = LBMS_VALID_PACK | LBMS_VALID_TERMINAL | LBMS_VALID_CURRENT | LBMS_VALID_NTCS |
              LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT | LBMS_VALID_TEMP_RANGE;
    m.cells_valid = LBMS_ALL_CELLS;
    m.ntcs_valid = LBMS_ALL_NTCS;
    for (i = 0u; i < LBMS_NTCS; i++) {
        m.ntc_dc[i] = RESTED_TEMP_DC;
    }
    m.temp_min_dc = RESTED_TEMP_DC;
    m.temp_max_dc = RESTED_TEMP_DC;
    m.temp_low_dc = RESTED_TEMP_DC;
    m.temp_high_dc = RESTED_TEMP_DC;
    m.mosfet_dc = RESTED_TEMP_DC;
    m.ambient_dc = RESTED_TEMP_DC;
    m.closed = LBMS_SWITCHES_MAIN;
    measured_cells(&m, RESTED_CELL_MV);
    return m;
}

void measured_cells(struct lbms_measured *m, uint16_t mv)
{
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        m->cell_mv[i] = mv;
    }
    m->pack_mv = (int32_t)LBMS_CELLS * mv;
    m->terminal_mv = m->pack_mv;
    summarize(m);
}

void measured_cell(struct lbms_measured *m, unsigned index, uint16_t mv)
{
    m->cell_mv[index] = mv;
    m->cells_valid |= (uint16_t)(1u << index);
    summarize(m);
}

void measured_lose_cell(struct lbms_measured *m, unsigned index)
{
    m->cells_valid &= (uint16_t) ~(1u << index);
    summarize(m);
}
