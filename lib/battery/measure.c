#include "losun_bms/battery/measure.h"

#include <string.h>

void lbms_measure_init(struct lbms_measure *measure)
{
    memset(measure, 0, sizeof(*measure));
    measure->m.age_ms = UINT32_MAX;
    measure->stale = true;
    measure->waiting = true;
}

void lbms_measure_expect(struct lbms_measure *measure)
{
    measure->waiting = true;
    lbms_hold_reset(&measure->silent);
}

static bool inside(int32_t value, int32_t min, int32_t max)
{
    return (value >= min) && (value <= max);
}

/* Freshness. Once stale, only a new sample helps: the age alone would look young again after the time has wrapped. */
static void take_age(struct lbms_measure *measure, const struct lbms_inputs *inputs, uint32_t limit_ms)
{
    const uint32_t age_ms = lbms_elapsed_ms(inputs->now_ms, inputs->sample.at_ms);
    const bool newly = inputs->sample_valid && (inputs->sample_new || !measure->stale);

    measure->stale = !newly || (age_ms > limit_ms);
    measure->m.age_ms = measure->stale ? UINT32_MAX : age_ms;
}

static void take_cells(struct lbms_measured *m, const struct lbms_sample *sample,
                       const struct lbms_params *params)
{
    const int32_t min_mv = params->v[LBMS_PARAM_CELL_VALID_MIN_MV];
    const int32_t max_mv = params->v[LBMS_PARAM_CELL_VALID_MAX_MV];
    uint32_t sum_mv = 0u;
    uint32_t count = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const uint16_t mv = sample->cell_mv[i];

        if (!inside((int32_t)mv, min_mv, max_mv)) {
            continue;
        }
        m->cell_mv[i] = mv;
        m->cells_valid = (uint16_t)(m->cells_valid | (1u << i));
        if ((count == 0u) || (mv < m->cell_min_mv)) {
            m->cell_min_mv = mv;
            m->cell_min_index = (uint8_t)i;
        }
        if ((count == 0u) || (mv > m->cell_max_mv)) {
            m->cell_max_mv = mv;
            m->cell_max_index = (uint8_t)i;
        }
        sum_mv += mv;
        count++;
    }
    if (count > 0u) {
        m->cell_mean_mv = (uint16_t)((sum_mv + (count / 2u)) / count);
        m->valid |= LBMS_VALID_CELL_RANGE;
    }
    if (m->cells_valid == LBMS_ALL_CELLS) {
        m->valid |= LBMS_VALID_CELLS;
    }
}

/* Keeps the last plausible number when the new one is not. */
static void take(struct lbms_measured *m, uint16_t bit, int32_t *kept, int32_t value, int32_t min,
                 int32_t max)
{
    if (inside(value, min, max)) {
        *kept = value;
        m->valid = (uint16_t)(m->valid | bit);
    }
}

static bool take_temperature(int16_t *kept, int16_t value, const struct lbms_params *params)
{
    const bool good = inside((int32_t)value, params->v[LBMS_PARAM_TEMP_VALID_MIN_DC],
                             params->v[LBMS_PARAM_TEMP_VALID_MAX_DC]);

    if (good) {
        *kept = value;
    }
    return good;
}

static void take_temperatures(struct lbms_measured *m, const struct lbms_sample *sample,
                              const struct lbms_params *params)
{
    unsigned i;

    for (i = 0u; i < LBMS_NTCS; i++) {
        if (!take_temperature(&m->ntc_dc[i], sample->ntc_dc[i], params)) {
            continue;
        }
        if ((m->ntcs_valid == 0u) || (m->ntc_dc[i] < m->temp_min_dc)) {
            m->temp_min_dc = m->ntc_dc[i];
        }
        if ((m->ntcs_valid == 0u) || (m->ntc_dc[i] > m->temp_max_dc)) {
            m->temp_max_dc = m->ntc_dc[i];
        }
        m->ntcs_valid = (uint8_t)(m->ntcs_valid | (1u << i));
        m->valid |= LBMS_VALID_TEMP_RANGE;
    }
    if (m->ntcs_valid == LBMS_ALL_NTCS) {
        m->valid |= LBMS_VALID_NTCS;
    }
    if (take_temperature(&m->mosfet_dc, sample->mosfet_dc, params)) {
        m->valid |= LBMS_VALID_MOSFET;
    }
    if (take_temperature(&m->ambient_dc, sample->ambient_dc, params)) {
        m->valid |= LBMS_VALID_AMBIENT;
    }
}

static void take_values(struct lbms_measured *m, const struct lbms_sample *sample,
                        const struct lbms_params *params)
{
    const int32_t cells = (int32_t)LBMS_CELLS;
    const int32_t pack_max_mv = cells * params->v[LBMS_PARAM_CELL_VALID_MAX_MV];
    const int32_t current_max_ma = params->v[LBMS_PARAM_CURRENT_VALID_MAX_MA];

    take_cells(m, sample, params);
    take(m, LBMS_VALID_PACK, &m->pack_mv, sample->pack_mv, cells * params->v[LBMS_PARAM_CELL_VALID_MIN_MV],
         pack_max_mv);
    /* The port may see a foreign charger of any polarity: twice the highest pack voltage is still a measurement. */
    take(m, LBMS_VALID_TERMINAL, &m->terminal_mv, sample->terminal_mv, -2 * pack_max_mv, 2 * pack_max_mv);
    take(m, LBMS_VALID_CURRENT, &m->current_ma, sample->current_ma, -current_max_ma, current_max_ma);
    take_temperatures(m, sample, params);
    m->afe_flags = sample->afe_flags;
    m->closed = sample->closed;
}

void lbms_measure_step(struct lbms_measure *measure, const struct lbms_inputs *inputs,
                       const struct lbms_params *params, const struct lbms_product *product)
{
    struct lbms_measured *m = &measure->m;
    const uint32_t delay_ms = lbms_param_ms(params, product, LBMS_PARAM_CELL_INVALID_DELAY_MS);
    const uint32_t stale_ms = lbms_param_ms(params, product, LBMS_PARAM_SAMPLE_STALE_MS);
    const uint16_t voltages = LBMS_VALID_CELLS | LBMS_VALID_PACK;
    bool overdue;
    bool silent;
    bool bad_cells;
    bool bad_current;

    take_age(measure, inputs, stale_ms);
    if (inputs->sample_new && !measure->stale) {
        measure->waiting = false;
    }
    overdue = lbms_hold(&measure->silent, measure->waiting, inputs->now_ms, stale_ms);
    silent = measure->stale && (!measure->waiting || overdue);
    m->valid = 0u;
    m->cells_valid = 0u;
    m->ntcs_valid = 0u;
    if (!measure->stale) {
        take_values(m, &inputs->sample, params);
    }
    bad_cells = !measure->stale && ((m->valid & voltages) != voltages);
    bad_current = !measure->stale && ((m->valid & LBMS_VALID_CURRENT) == 0u);
    bad_cells = lbms_hold(&measure->cells_implausible, bad_cells, inputs->now_ms, delay_ms);
    bad_current = lbms_hold(&measure->current_implausible, bad_current, inputs->now_ms, delay_ms);
    measure->cells_lost = silent || bad_cells;
    measure->current_lost = silent || bad_current;
}
