#include "estimator_parts.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/units.h"

#define TICK_MS        1000u
#define TICK_MOST_MS   2000u
#define SLICE_MS       100u
#define CURRENT_MAX_MA 700000 /* for 3 s of it the sums stay inside 32 bit */
#define CAPACITY_MIN   1000
#define CAPACITY_MAX   1000000
#define TEMP_LIMIT_DC  1000
#define ZERO_MIN_MS    60000u

void lbms_estimator_start_unknown(struct lbms_estimator_start *start)
{
    memset(start, 0, sizeof(*start));
}

static void use_capacity(struct lbms_estimator *e, int32_t capacity_mah)
{
    const int32_t mah = lbms_clamp_i32(capacity_mah, CAPACITY_MIN, CAPACITY_MAX);

    e->bin_mas = mah * (LBMS_MAS_PER_MAH / (LBMS_ESTIMATOR_BINS - 1));
    e->per_mas = (uint32_t)((UINT64_C(1) << 40) / (uint32_t)e->bin_mas);
}

/*
 * Cost of the uniform part of the prior, relative to its peak: 2 % of the probability after an unknown time, less
 * for a value that is known better. log2(c / sd) makes a share of the area of a part of the height.
 */
static uint32_t floor_cost(int32_t sd_bp)
{
    const int32_t sharpness = lbms_est_log2(EST_PRIOR_AREA_BP) - lbms_est_log2((uint32_t)sd_bp);
    const int32_t trust = lbms_est_log2(LBMS_ESTIMATOR_SD_UNKNOWN_BP) - lbms_est_log2((uint32_t)sd_bp);

    return EST_PRIOR_FLOOR_COST + (uint32_t)(lbms_max_i32(sharpness, 0) + lbms_max_i32(trust, 0));
}

/* Each cost is the sum of three parts that are found once: a start must not take long. */
static void prior(struct lbms_estimator *e, int32_t soc_bp, int32_t sd_bp, int32_t offset_sd_ma)
{
    const uint32_t uniform = floor_cost(sd_bp);
    uint32_t beside[LBMS_ESTIMATOR_LANES][LBMS_ESTIMATOR_LEVELS];
    int k;
    int lane;
    int level;

    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        const int32_t away_ma = (lane - (LBMS_ESTIMATOR_LANES / 2)) * e->spacing_ma;
        const uint32_t offset = lbms_est_normal_cost(away_ma, offset_sd_ma);

        for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
            beside[lane][level] =
                offset + lbms_est_normal_cost((level - 1) * EST_LEVEL_DMV, EST_LEVEL_SD_DMV) + EST_HEADROOM;
        }
    }
    for (k = 0; k < LBMS_ESTIMATOR_BINS; k++) {
        const uint32_t soc = lbms_est_add(lbms_est_normal_cost((k * 100) - soc_bp, sd_bp), uniform);

        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
                const uint32_t sum = soc + beside[lane][level];

                e->cost[k][lane][level] = (uint16_t)((sum < EST_COST_FLOOR) ? sum : EST_COST_FLOOR);
            }
        }
    }
}

void lbms_estimator_init(struct lbms_estimator *e, const struct lbms_cell_model *cell, int32_t capacity_mah,
                         const struct lbms_estimator_start *start)
{
    const int32_t mah = lbms_clamp_i32(capacity_mah, CAPACITY_MIN, CAPACITY_MAX);
    const int32_t soc_bp = start->known ? lbms_min_i32(start->soc_bp, LBMS_FULL_BP) : LBMS_FULL_BP / 2;
    const uint16_t sd_bp = (uint16_t)lbms_min_i32(
        (start->sd_bp != 0u) ? start->sd_bp : LBMS_ESTIMATOR_SD_UNKNOWN_BP, LBMS_FULL_BP);
    uint16_t offset_sd_ma = start->offset_sd_ma;
    int32_t start_dmv;

    memset(e, 0, sizeof(*e));
    e->cell = cell;
    use_capacity(e, mah);
    e->centre_ma = lbms_clamp_i32(start->offset_ma, -EST_OFFSET_MAX_MA, EST_OFFSET_MAX_MA);
    e->spacing_ma = lbms_max_i32(mah / (start->zero_known ? EST_ZERO_SPACING_PART : EST_SPACING_PART), 1);
    if (offset_sd_ma == 0u) {
        offset_sd_ma = (uint16_t)lbms_min_i32(e->spacing_ma * 3 / 4, UINT16_MAX);
    }
    prior(e, soc_bp, sd_bp, offset_sd_ma);
    lbms_est_polarisation_init(e, mah);
    lbms_est_resistance_init(e, start->kr_permille);
    lbms_est_lever_init(e);
    start_dmv = lbms_max_i32(cell->r2_uohm * EST_START_PART / 1000, EST_START_SD_DMV);
    e->start_var_q8 = (uint32_t)(start_dmv * start_dmv) * 256u;
    e->mean_q16 = soc_bp * 65536 / 100;
    e->sd_bp = sd_bp;
    e->offset_ma = (int16_t)e->centre_ma;
    e->offset_sd_ma = offset_sd_ma;
    e->rest_credit = EST_REST_CREDIT;
    e->zero_known = start->zero_known;
    e->restart = true;
}

/* Full: the highest cell is high and takes only a small current. A sensor offset may make that look negative. */
static void watch_full(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, int32_t mean_ma,
                       uint32_t ms)
{
    const int32_t hour_ma = lbms_est_hour_ma(e);
    const bool full = in->voltage_valid && in->current_valid && in->max_mv >= EST_FULL_MV &&
                      mean_ma < (hour_ma / 20) && mean_ma > -(hour_ma / 200);

    if (!full) {
        e->anchor_ms = 0u;
        e->anchored = false;
    } else if (e->anchor_ms < EST_FULL_MS) {
        e->anchor_ms += ms;
    }
}

/* Weight of the window by moved charge: EST_WEIGHT_ONE for EST_WEIGHT_BINS. */
static uint32_t moved_weight(const struct lbms_estimator *e)
{
    const uint64_t weight = ((uint64_t)e->window.abs_mas * e->per_mas) >> 31;

    return (weight < EST_WEIGHT_ONE) ? (uint32_t)weight : EST_WEIGHT_ONE;
}

/* Weight by rest: as the cell relaxes there is something new, but at the same place the table errs in the same way. */
static uint32_t rest_weight(const struct lbms_estimator *e)
{
    return lbms_est_min(e->window.ms / (EST_WEIGHT_MS / EST_WEIGHT_ONE), e->rest_credit);
}

static uint32_t window_weight(const struct lbms_estimator *e)
{
    return lbms_est_min(moved_weight(e) + rest_weight(e), EST_WEIGHT_ONE);
}

/* The window has enough to say, or has waited long enough; and the work on the last one is done. */
static bool window_is_due(struct lbms_estimator *e)
{
    if (e->job.phase != EST_IDLE) {
        return false;
    }
    if (e->anchor_ms >= EST_FULL_MS && !e->anchored) {
        e->anchored = true;
        e->restart = true;
        return true;
    }
    if (e->zero_ms >= EST_ZERO_MS && !e->zero_known) { /* a further one is not in a hurry */
        return true;
    }
    if (e->window.ms < EST_WINDOW_MIN_MS) {
        return false;
    }
    return window_weight(e) >= EST_WEIGHT_CLOSE || e->window.ms >= EST_WINDOW_MAX_MS;
}

/*
 * While nothing moves, the voltage has told all it can and the offset of the sensor goes on adding up: an error
 * that the lanes do not see. New information makes up for it.
 */
static void grow_stale(struct lbms_estimator *e)
{
    const int32_t unsure_ma = lbms_est_hour_ma(e) / (e->zero_known ? EST_STALE_ZERO_PART : EST_STALE_PART);

    if (e->window.ms / (EST_WEIGHT_MS / EST_WEIGHT_ONE) > e->rest_credit) {
        e->stale_q16 += lbms_est_bins_q16(e, lbms_est_offset_mas(unsure_ma, e->window.ms));
    }
    /* where a current flows that is not seen, the charge runs away much faster */
    e->stale_q16 +=
        lbms_est_bins_q16(e, lbms_est_offset_mas(lbms_est_hour_ma(e) / EST_BLIND_PART, e->window.blind_ms));
    e->stale_q16 = lbms_min_i32(e->stale_q16, EST_STALE_MAX_Q16);
    e->stale_q16 -=
        lbms_mul_div_i32(e->stale_q16, (int32_t)moved_weight(e), EST_WEIGHT_ONE * EST_STALE_WEIGHTS);
}

/* In two slices, everything that the work on the window needs is fixed; what follows belongs to the next one. */
static void close_window(struct lbms_estimator *e)
{
    grow_stale(e);
    lbms_est_shift_start(e);
    lbms_est_grow_misfit(e, moved_weight(e));
}

static void open_window(struct lbms_estimator *e)
{
    const uint32_t credit = e->rest_credit + moved_weight(e) - rest_weight(e);

    lbms_est_update_start(e, window_weight(e));
    lbms_est_moments_start(e);
    e->rest_credit = (uint16_t)lbms_est_min(credit, EST_REST_CREDIT);
    memset(&e->window, 0, sizeof(e->window));
}

static void tick(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, int32_t mean_ma,
                 int32_t moved_mas)
{
    const uint32_t ms = e->tick_ms;

    e->pending_mas += moved_mas;
    e->pending_ms += e->tick_offset_ms;
    e->window.ms += ms;
    e->window.abs_mas +=
        (uint32_t)lbms_abs_i32(moved_mas - lbms_est_offset_mas(e->offset_ma, e->tick_offset_ms));
    lbms_est_polarisation_step(e, mean_ma, moved_mas, ms, e->tick_offset_ms);
    if (e->tick_count > 0u) {
        const int32_t v_dmv = (int32_t)(e->tick_v / e->tick_count);

        lbms_est_resistance_step(e, v_dmv, ms);
        e->window.sum_v += (uint32_t)v_dmv;
        e->window.sum_p += lbms_est_total_dmv16(e);
        e->window.sum_slow += lbms_est_slow_dmv16(e);
        e->window.count++;
    }
    watch_full(e, in, mean_ma, ms);
    e->tick_mams = 0;
    e->tick_v = 0u;
    e->tick_ms = 0u;
    e->tick_offset_ms = 0u;
    e->tick_count = 0u;
    if (window_is_due(e)) {
        e->job.phase = EST_CLOSE;
    }
}

/* Current through the cells, with what flows past the sensor; and what the reading tells of the sensor. */
static int32_t cell_current(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, uint32_t ms)
{
    const int32_t reading_ma = lbms_clamp_i32(in->current_ma, -CURRENT_MAX_MA, CURRENT_MAX_MA);
    int32_t current_ma = 0;

    if (in->current_valid && !in->no_current) {
        current_ma = reading_ma;
        e->tick_offset_ms = (uint16_t)(e->tick_offset_ms + ms);
    } else if (!in->no_current) {
        e->window.blind_ms += ms;
    } else {
        /* none flows */
    }
    if (!in->no_current && e->zero_ms < EST_ZERO_MS) { /* a complete one waits for its turn */
        e->zero_ms = 0u;
        e->zero_sum = 0;
    } else if (!in->no_current) {
        /* is used when the window is closed */
    } else if (in->current_valid && e->zero_ms < EST_ZERO_MS) {
        e->zero_sum += lbms_clamp_i32(reading_ma, -EST_OFFSET_MAX_MA, EST_OFFSET_MAX_MA) * (int32_t)ms;
        e->zero_ms += ms;
    }
    return current_ma - in->own_draw_ma;
}

/* Adds the step to the tick. Long steps are ticks of their own. */
static void count(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, uint32_t ms)
{
    const int32_t current_ma = cell_current(e, in, ms);

    e->tick_ms = (uint16_t)(e->tick_ms + ms);
    if (in->voltage_valid) {
        e->tick_v += in->mean_dmv;
        e->tick_count++;
    }
    if (ms >= TICK_MS) {
        const int32_t rest_mams = e->tick_mams + e->rest_mams + (current_ma * (int32_t)(ms % 1000u));

        e->rest_mams = (int16_t)(rest_mams % 1000);
        tick(e, in, current_ma, (current_ma * (int32_t)(ms / 1000u)) + (rest_mams / 1000));
        return;
    }
    e->tick_mams += current_ma * (int32_t)ms;
    if (e->tick_ms >= (in->busy ? TICK_MOST_MS : TICK_MS)) {
        const int32_t sum_mams = e->tick_mams + e->rest_mams;

        e->rest_mams = (int16_t)(sum_mams % 1000);
        tick(e, in, e->tick_mams / (int32_t)e->tick_ms, sum_mams / 1000);
    }
}

/* A zero that was measured comes before the voltage. */
static uint8_t after_shift(struct lbms_estimator *e)
{
    if (e->zero_ms >= EST_ZERO_MS) {
        lbms_est_zero_start(e);
        return EST_ZERO;
    }
    return (e->job.weight > 0u) ? EST_UPDATE : EST_MOMENTS;
}

static void slice(struct lbms_estimator *e)
{
    switch (e->job.phase) {
    case EST_CLOSE:
        close_window(e);
        e->job.phase = EST_OPEN;
        break;
    case EST_OPEN:
        open_window(e);
        e->job.phase = EST_SHIFT;
        break;
    case EST_SHIFT:
        if (lbms_est_shift_slice(e)) {
            e->job.phase = after_shift(e);
            e->job.index = 0u;
        }
        break;
    case EST_ZERO:
        if (lbms_est_zero_slice(e)) {
            e->job.phase = (e->job.weight > 0u) ? EST_UPDATE : EST_MOMENTS;
            e->job.index = 0u;
        }
        break;
    case EST_UPDATE:
        if (lbms_est_update_slice(e)) {
            e->job.phase = EST_MOMENTS;
            e->job.index = 0u;
        }
        break;
    default: /* EST_MOMENTS */
        if (lbms_est_moments_slice(e)) {
            e->job.phase = EST_IDLE;
        }
        break;
    }
}

/* What is shown follows the filter, by a limited step. */
static void follow(struct lbms_estimator *e)
{
    e->lag_q16 -= lbms_clamp_i32(e->lag_q16, -EST_LAG_STEP_Q16, EST_LAG_STEP_Q16);
}

void lbms_estimator_step(struct lbms_estimator *e, const struct lbms_estimator_inputs *in)
{
    uint32_t ms = e->started ? lbms_elapsed_ms(in->now_ms, e->last_ms) : 0u;
    uint32_t due;
    bool ticked;

    e->started = true;
    e->last_ms = in->now_ms;
    ms = lbms_est_min(ms, LBMS_ESTIMATOR_STEP_MAX_MS);
    count(e, in, ms);
    ticked = (e->tick_ms == 0u);
    follow(e);
    due = (e->slice_ms + ms) / SLICE_MS;
    e->slice_ms = (uint16_t)((e->slice_ms + ms) % SLICE_MS);
    if (ticked && due > 0u) { /* a tick is as much work as a slice */
        due--;
    }
    if (in->busy) {
        due = 0u;
    }
    if (due > 0u && in->temp_valid && in->temp_dc != e->polarisation.temp_dc) {
        lbms_est_polarisation_temp(e, (int16_t)lbms_clamp_i32(in->temp_dc, -TEMP_LIMIT_DC, TEMP_LIMIT_DC));
        due--;
    }
    while (due > 0u && e->job.phase != EST_IDLE) {
        slice(e);
        due--;
    }
}

/* Two errors that the distribution does not know of: a table that does not fit, and the offset while nothing moves. */
static uint16_t shown_sd(const struct lbms_estimator *e)
{
    const uint32_t stale = (uint32_t)e->stale_q16 / (65536u / 100u);
    const uint32_t misfit = e->misfit_bp;

    return (uint16_t)lbms_est_sqrt((e->sd_bp * (uint32_t)e->sd_bp) + (misfit * misfit) + (stale * stale));
}

void lbms_estimator_view(const struct lbms_estimator *e, struct lbms_estimator_view *view)
{
    const int32_t moved_mas = e->pending_mas - lbms_est_offset_mas(e->offset_ma, e->pending_ms);
    const int32_t shown_q16 = e->mean_q16 + e->lag_q16 + lbms_est_bins_q16(e, moved_mas);
    const int32_t limited = lbms_clamp_i32(shown_q16, 0, (LBMS_ESTIMATOR_BINS - 1) * 65536);

    memset(view, 0, sizeof(*view));
    view->soc_bp = (uint16_t)(((limited / 16) * 100 + 2048) / 4096);
    view->sd_bp = shown_sd(e);
    view->offset_ma = e->offset_ma;
    view->offset_sd_ma = e->offset_sd_ma;
    view->kr_permille = e->resistance.permille;
    view->plateau = view->sd_bp > EST_PLATEAU_BP;
    view->misfit = e->fit_q8 > EST_MISFIT_Q8;
    view->anchored = e->anchored;
    view->moved_mas = (int32_t)((uint32_t)e->moved_mas + (uint32_t)moved_mas);
    view->capacity_permille = lbms_est_lever_permille(e);
}

void lbms_estimator_set_capacity(struct lbms_estimator *e, int32_t capacity_mah)
{
    const int32_t before_mas = e->bin_mas;

    use_capacity(e, capacity_mah);
    lbms_est_polarisation_rate(e);
    lbms_est_lever_change(e, before_mas);
}
