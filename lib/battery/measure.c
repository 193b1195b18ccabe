#include "losun_bms/battery/measure.h"

#include <string.h>

#define VOLTAGES ((uint16_t)(LBMS_VALID_CELLS | LBMS_VALID_PACK))

enum { SENSOR_MOSFET = LBMS_NTCS, SENSOR_AMBIENT = LBMS_NTCS + 1 };

/* What one step works on. */
struct step {
    struct lbms_measured *m; /* result */
    const struct lbms_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
    uint32_t dt_ms;
    uint32_t stale_ms;
};

/* A sensor that was never good, or not for long, has no value to outlast a bad one. */
static void forget_temperatures(struct lbms_measure *measure)
{
    unsigned i;

    for (i = 0u; i < LBMS_SENSORS; i++) {
        measure->bad_ms[i] = UINT16_MAX;
    }
}

void lbms_measure_init(struct lbms_measure *measure, struct lbms_measured *m)
{
    memset(measure, 0, sizeof(*measure));
    memset(m, 0, sizeof(*m));
    m->age_ms = UINT32_MAX;
    measure->clean_age_ms = UINT32_MAX;
    measure->stale = true;
    measure->waiting = true;
    forget_temperatures(measure);
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

static bool held(struct lbms_hold_timer *timer, bool condition, const struct step *step, uint8_t delay)
{
    return lbms_param_hold(timer, condition, step->in->now_ms, step->params, step->product, delay);
}

/* Freshness. Once stale, only a new sample helps: the age alone would look young again after the time has wrapped. */
static void take_age(struct lbms_measure *measure, const struct step *step)
{
    const struct lbms_inputs *in = step->in;
    const uint32_t age_ms = lbms_elapsed_ms(in->now_ms, in->sample.at_ms);
    const bool newly = in->sample_valid && (in->sample_new || !measure->stale);

    measure->stale = !newly || (age_ms > step->stale_ms);
    step->m->age_ms = measure->stale ? UINT32_MAX : age_ms;
    if (in->sample_new && !measure->stale) {
        measure->waiting = false;
    }
}

/* The cells of this conversion, or, while cells are bled, those of the last one without bleeding. True: there are some. */
static bool take_clean(struct lbms_measure *measure, const struct step *step)
{
    const struct lbms_sample *sample = &step->in->sample;

    if (sample->balance_mask == 0u) {
        measure->clean = true;
        measure->clean_age_ms = step->m->age_ms;
        return true;
    }
    if (measure->clean_age_ms < UINT32_MAX - step->dt_ms) {
        measure->clean_age_ms += step->dt_ms;
    }
    measure->clean = measure->clean && (measure->clean_age_ms <= step->stale_ms);
    return false;
}

/* The usual case, in one pass: every cell is plausible. False: nothing was changed. */
static bool take_all_cells(struct lbms_measured *m, const uint16_t *cell_mv, int32_t min_mv, int32_t max_mv)
{
    uint32_t sum_mv = cell_mv[0];
    unsigned lowest = 0u;
    unsigned highest = 0u;
    unsigned i;

    for (i = 1u; i < LBMS_CELLS; i++) {
        sum_mv += cell_mv[i];
        lowest = (cell_mv[i] < cell_mv[lowest]) ? i : lowest;
        highest = (cell_mv[i] > cell_mv[highest]) ? i : highest;
    }
    if (((int32_t)cell_mv[lowest] < min_mv) || ((int32_t)cell_mv[highest] > max_mv)) {
        return false;
    }
    memcpy(m->cell_mv, cell_mv, sizeof(m->cell_mv));
    m->cells_valid = LBMS_ALL_CELLS;
    m->cell_min_mv = cell_mv[lowest];
    m->cell_max_mv = cell_mv[highest];
    m->cell_min_index = (uint8_t)lowest;
    m->cell_max_index = (uint8_t)highest;
    m->cell_mean_mv = (uint16_t)((sum_mv + (LBMS_CELLS / 2u)) / LBMS_CELLS);
    m->valid |= LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE;
    return true;
}

/* Extremes and mean of the cells that may be believed. */
static void look_at_cells(struct lbms_measured *m)
{
    uint32_t sum_mv = 0u;
    uint32_t count = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const uint16_t mv = m->cell_mv[i];

        if ((m->cells_valid & (1u << i)) == 0u) {
            continue;
        }
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
    if (count == LBMS_CELLS) {
        m->valid |= LBMS_VALID_CELLS;
    }
}

static void take_cells(struct lbms_measure *measure, const struct step *step)
{
    struct lbms_measured *m = step->m;
    const int32_t min_mv = step->params->v[LBMS_PARAM_CELL_VALID_MIN_MV];
    const int32_t max_mv = step->params->v[LBMS_PARAM_CELL_VALID_MAX_MV];
    unsigned i;

    if (take_clean(measure, step)) {
        if (take_all_cells(m, step->in->sample.cell_mv, min_mv, max_mv)) {
            return;
        }
        m->cells_valid = 0u;
        for (i = 0u; i < LBMS_CELLS; i++) {
            const uint16_t mv = step->in->sample.cell_mv[i];

            if (inside((int32_t)mv, min_mv, max_mv)) {
                m->cell_mv[i] = mv;
                m->cells_valid = (uint16_t)(m->cells_valid | (1u << i));
            }
        }
    } else if (!measure->clean) {
        m->cells_valid = 0u;
    } else {
        /* those of the last clean conversion stay */
    }
    look_at_cells(m);
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

static bool is_temperature(int16_t dc, const struct step *step)
{
    return inside((int32_t)dc, step->params->v[LBMS_PARAM_TEMP_VALID_MIN_DC],
                  step->params->v[LBMS_PARAM_TEMP_VALID_MAX_DC]);
}

/* True when the sensor has a value: this one, or a good one that is not too old. */
static bool take_temperature(struct lbms_measure *measure, const struct step *step, unsigned sensor,
                             int16_t *kept, int16_t value)
{
    const uint32_t bad_ms = measure->bad_ms[sensor] + step->dt_ms;
    const uint32_t delay_ms = (uint32_t)step->params->v[LBMS_PARAM_TEMP_DELAY_MS];

    if (is_temperature(value, step)) {
        *kept = value;
        measure->bad_ms[sensor] = 0u;
        return true;
    }
    measure->bad_ms[sensor] = (uint16_t)((bad_ms < UINT16_MAX) ? bad_ms : UINT16_MAX);
    return (bad_ms < delay_ms) && (bad_ms <= step->stale_ms);
}

static void look_at_temperatures(struct lbms_measured *m, const struct lbms_params *params)
{
    const int16_t margin_dc = (int16_t)params->v[LBMS_PARAM_NTC_LOST_MARGIN_DC];
    bool first = true;
    unsigned i;

    for (i = 0u; i < LBMS_NTCS; i++) {
        if ((m->ntcs_valid & (1u << i)) == 0u) {
            continue;
        }
        if (first || (m->ntc_dc[i] < m->temp_min_dc)) {
            m->temp_min_dc = m->ntc_dc[i];
        }
        if (first || (m->ntc_dc[i] > m->temp_max_dc)) {
            m->temp_max_dc = m->ntc_dc[i];
        }
        first = false;
    }
    m->temp_low_dc = m->temp_min_dc;
    m->temp_high_dc = m->temp_max_dc;
    if (m->ntcs_valid == LBMS_ALL_NTCS) {
        m->valid |= LBMS_VALID_NTCS;
    } else { /* the lost sensor may sit at the extreme cell */
        m->temp_low_dc = (int16_t)(m->temp_min_dc - margin_dc);
        m->temp_high_dc = (int16_t)(m->temp_max_dc + margin_dc);
    }
    if (!first) {
        m->valid |= LBMS_VALID_TEMP_RANGE;
    }
}

/* The usual case: every sensor is good. False: nothing was decided. */
static bool take_all_temperatures(struct lbms_measure *measure, const struct step *step)
{
    struct lbms_measured *m = step->m;
    const struct lbms_sample *sample = &step->in->sample;
    int16_t low_dc = sample->ntc_dc[0];
    int16_t high_dc = sample->ntc_dc[0];
    unsigned i;

    for (i = 1u; i < LBMS_NTCS; i++) {
        low_dc = (sample->ntc_dc[i] < low_dc) ? sample->ntc_dc[i] : low_dc;
        high_dc = (sample->ntc_dc[i] > high_dc) ? sample->ntc_dc[i] : high_dc;
    }
    if (!is_temperature(low_dc, step) || !is_temperature(high_dc, step) ||
        !is_temperature(sample->mosfet_dc, step) || !is_temperature(sample->ambient_dc, step)) {
        return false;
    }
    memcpy(m->ntc_dc, sample->ntc_dc, sizeof(m->ntc_dc));
    m->mosfet_dc = sample->mosfet_dc;
    m->ambient_dc = sample->ambient_dc;
    m->temp_min_dc = m->temp_low_dc = low_dc;
    m->temp_max_dc = m->temp_high_dc = high_dc;
    m->ntcs_valid = LBMS_ALL_NTCS;
    m->valid |= LBMS_VALID_NTCS | LBMS_VALID_TEMP_RANGE | LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT;
    memset(measure->bad_ms, 0, sizeof(measure->bad_ms));
    return true;
}

static void take_temperatures(struct lbms_measure *measure, const struct step *step)
{
    struct lbms_measured *m = step->m;
    const struct lbms_sample *sample = &step->in->sample;
    unsigned i;

    if (take_all_temperatures(measure, step)) {
        return;
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        if (take_temperature(measure, step, i, &m->ntc_dc[i], sample->ntc_dc[i])) {
            m->ntcs_valid = (uint8_t)(m->ntcs_valid | (1u << i));
        }
    }
    look_at_temperatures(m, step->params);
    if (take_temperature(measure, step, SENSOR_MOSFET, &m->mosfet_dc, sample->mosfet_dc)) {
        m->valid |= LBMS_VALID_MOSFET;
    }
    if (take_temperature(measure, step, SENSOR_AMBIENT, &m->ambient_dc, sample->ambient_dc)) {
        m->valid |= LBMS_VALID_AMBIENT;
    }
}

/* Sensors that have been bad for the delay. */
static uint32_t lost_sensors(const struct lbms_measure *measure, const struct step *step)
{
    const uint32_t delay_ms = (uint32_t)step->params->v[LBMS_PARAM_TEMP_DELAY_MS];
    const uint16_t all = LBMS_VALID_NTCS | LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT;
    const bool mosfet = measure->bad_ms[SENSOR_MOSFET] >= delay_ms;
    const bool ambient = measure->bad_ms[SENSOR_AMBIENT] >= delay_ms;
    unsigned cells = 0u;
    uint32_t conditions = 0u;
    unsigned i;

    if ((step->m->valid & all) == all) {
        return 0u; /* what has a value has not been bad for the delay */
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        cells += (measure->bad_ms[i] >= delay_ms) ? 1u : 0u;
    }
    if ((cells > 0u) || mosfet || ambient) {
        conditions |= LBMS_MASK(LBMS_CONDITION_NTC_LOST);
    }
    if ((cells > 1u) || (mosfet && ambient)) {
        conditions |= LBMS_MASK(LBMS_CONDITION_TEMPERATURE_LOST);
    }
    return conditions;
}

static void take_values(struct lbms_measure *measure, const struct step *step)
{
    struct lbms_measured *m = step->m;
    const struct lbms_sample *sample = &step->in->sample;
    const int32_t cells = (int32_t)LBMS_CELLS;
    const int32_t pack_max_mv = cells * step->params->v[LBMS_PARAM_CELL_VALID_MAX_MV];
    const int32_t current_max_ma = step->params->v[LBMS_PARAM_CURRENT_VALID_MAX_MA];

    take_cells(measure, step);
    take(m, LBMS_VALID_PACK, &m->pack_mv, sample->pack_mv,
         cells * step->params->v[LBMS_PARAM_CELL_VALID_MIN_MV], pack_max_mv);
    /* The port may see a foreign charger of any polarity: twice the highest pack voltage is still a measurement. */
    take(m, LBMS_VALID_TERMINAL, &m->terminal_mv, sample->terminal_mv, -2 * pack_max_mv, 2 * pack_max_mv);
    take(m, LBMS_VALID_CURRENT, &m->current_ma, sample->current_ma, -current_max_ma, current_max_ma);
    take_temperatures(measure, step);
    m->afe_flags = sample->afe_flags;
    m->closed = sample->closed;
}

/* The separately measured pack voltage and the sum of the cells tell of each other's errors. */
static bool sum_differs(struct lbms_measure *measure, const struct step *step)
{
    const struct lbms_measured *m = step->m;
    bool differs = measure->sum.running; /* not known: as it was */

    if ((m->valid & VOLTAGES) == VOLTAGES) {
        int32_t difference_mv = -m->pack_mv;
        unsigned i;

        for (i = 0u; i < LBMS_CELLS; i++) {
            difference_mv += m->cell_mv[i];
        }
        differs = !inside(difference_mv, -step->params->v[LBMS_PARAM_PACK_SUM_TOLERANCE_MV],
                          step->params->v[LBMS_PARAM_PACK_SUM_TOLERANCE_MV]);
    }
    return held(&measure->sum, differs, step, LBMS_PARAM_PACK_SUM_DELAY_MS);
}

static bool same_as_before(const struct lbms_measured *m, const struct lbms_sample *sample)
{
    return (sample->pack_mv == m->pack_mv) && (memcmp(sample->cell_mv, m->cell_mv, sizeof(m->cell_mv)) == 0);
}

/*
 * A converter that has stopped repeats itself to the last bit; cells under a changing current do not. An implausible
 * current is evidence of neither movement nor rest, nor is a current that was measured with bled cells: there are no
 * voltages to go with it.
 */
static bool is_stuck(struct lbms_measure *measure, const struct step *step)
{
    const bool bled = step->in->sample.balance_mask != 0u;
    const bool identical = bled || !step->in->sample_new || same_as_before(step->m, &step->in->sample);
    const int32_t ma = step->in->sample.current_ma;
    const int32_t max_ma = step->params->v[LBMS_PARAM_CURRENT_VALID_MAX_MA];

    if (!identical) {
        lbms_hold_reset(&measure->stuck);
    }
    if (!measure->stuck
             .running) { /* an empty range, so that the first plausible current sets both of its ends */
        measure->stuck_low_ma = max_ma;
        measure->stuck_high_ma = -max_ma;
    }
    if (!bled && inside(ma, -max_ma, max_ma)) {
        measure->stuck_low_ma = (ma < measure->stuck_low_ma) ? ma : measure->stuck_low_ma;
        measure->stuck_high_ma = (ma > measure->stuck_high_ma) ? ma : measure->stuck_high_ma;
    }
    return held(&measure->stuck, true, step, LBMS_PARAM_STUCK_S) &&
           ((measure->stuck_high_ma - measure->stuck_low_ma) > step->params->v[LBMS_PARAM_STUCK_CURRENT_MA]);
}

static void judge(struct lbms_measure *measure, const struct step *step, bool silent, bool stuck)
{
    const uint16_t valid = step->m->valid;
    const bool bad_cells = !measure->stale && ((valid & VOLTAGES) != VOLTAGES);
    const bool bad_current = !measure->stale && ((valid & LBMS_VALID_CURRENT) == 0u);
    const bool lost_cells =
        held(&measure->cells_implausible, bad_cells, step, LBMS_PARAM_CELL_INVALID_DELAY_MS);
    const bool lost_current =
        held(&measure->current_implausible, bad_current, step, LBMS_PARAM_CELL_INVALID_DELAY_MS);

    measure->conditions = 0u;
    if (silent || lost_cells || stuck || sum_differs(measure, step)) {
        measure->conditions |= LBMS_MASK(LBMS_CONDITION_CELLS_LOST);
    }
    if (silent || lost_current) {
        measure->conditions |= LBMS_MASK(LBMS_CONDITION_CURRENT_LOST);
    }
    if (!measure->stale) {
        measure->conditions |= lost_sensors(measure, step);
    }
}

void lbms_measure_step(struct lbms_measure *measure, struct lbms_measured *m,
                       const struct lbms_inputs *inputs, const struct lbms_params *params,
                       const struct lbms_product *product)
{
    struct step step = {m, inputs, params, product, 0u, 0u};
    bool stuck = false;
    bool overdue;

    step.stale_ms = (uint32_t)params->v[LBMS_PARAM_SAMPLE_STALE_MS];
    step.dt_ms = measure->started ? lbms_elapsed_ms(inputs->now_ms, measure->last_ms) : 0u;
    measure->last_ms = inputs->now_ms;
    measure->started = true;
    take_age(measure, &step);
    overdue = lbms_hold(&measure->silent, measure->waiting, inputs->now_ms, step.stale_ms);
    m->valid = 0u;
    m->ntcs_valid = 0u;
    if (measure->stale) {
        m->cells_valid = 0u;
        measure->clean_age_ms = UINT32_MAX; /* no clean conversion is young enough to be kept */
        forget_temperatures(measure);
        lbms_hold_reset(&measure->stuck);
    } else {
        stuck = is_stuck(measure, &step);
        take_values(measure, &step);
    }
    judge(measure, &step, measure->stale && (!measure->waiting || overdue), stuck);
}
