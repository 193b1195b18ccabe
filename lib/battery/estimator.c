#include "estimator_parts.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/units.h"

#define TICK_MS        1000u
#define SLICE_MS       100u
#define CURRENT_MAX_MA 1000000 /* for 1 s of it the sums stay inside 32 bit */
#define CAPACITY_MIN   1000
#define CAPACITY_MAX   1000000
#define TEMP_LIMIT_DC  1000
#define ZERO_MIN_MS    60000u

void lbms_estimator_start_unknown(struct lbms_estimator_start *start)
{
    memset(start, 0, sizeof(*start));
}

int32_t lbms_est_lane_ma(const struct lbms_estimator *e, int lane)
{
    return e->centre_ma + ((lane - (LBMS_ESTIMATOR_LANES / 2)) * e->spacing_ma);
}

int32_t lbms_est_offset_mas(int32_t offset_ma, uint32_t ms)
{
    return (offset_ma * (int32_t)(ms / 1000u)) + (offset_ma * (int32_t)(ms % 1000u) / 1000);
}

int32_t lbms_est_bins_q16(const struct lbms_estimator *e, int32_t mas)
{
    /* per_mas is 2^40 / bin_mas */
    return (int32_t)(((int64_t)mas * e->per_mas) / (INT32_C(1) << 24));
}

static void use_capacity(struct lbms_estimator *e, int32_t capacity_mah)
{
    const int32_t mah = lbms_clamp_i32(capacity_mah, CAPACITY_MIN, CAPACITY_MAX);

    e->bin_mas = mah * (LBMS_MAS_PER_MAH / (LBMS_ESTIMATOR_BINS - 1));
    e->per_mas = (uint32_t)((UINT64_C(1) << 40) / (uint32_t)e->bin_mas);
}

/* Cost of a distance in units of a standard deviation: log2(e)/2 (distance / sd)^2. */
static uint32_t normal_cost(int32_t distance, int32_t sd)
{
    const int32_t ratio_q4 = lbms_min_i32(lbms_abs_i32(distance) * 16 / lbms_max_i32(sd, 1), 16 * 16);

    return (uint32_t)(ratio_q4 * ratio_q4) * EST_HALF_SQUARE_COST / 256u;
}

static void prior(struct lbms_estimator *e, int32_t soc_bp, int32_t sd_bp, int32_t offset_sd_ma)
{
    int k;
    int lane;
    int level;

    for (k = 0; k < LBMS_ESTIMATOR_BINS; k++) {
        const uint32_t soc = lbms_est_add(normal_cost((k * 100) - soc_bp, sd_bp), EST_PRIOR_FLOOR_COST);

        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            const uint32_t offset =
                normal_cost((lane - (LBMS_ESTIMATOR_LANES / 2)) * e->spacing_ma, offset_sd_ma);

            for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
                const uint32_t voltage = normal_cost((level - 1) * EST_LEVEL_DMV, EST_LEVEL_SD_DMV);
                const uint32_t sum = soc + offset + voltage;

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
    const uint16_t sd_bp = (start->sd_bp != 0u) ? start->sd_bp : LBMS_ESTIMATOR_SD_UNKNOWN_BP;
    uint16_t offset_sd_ma = start->offset_sd_ma;

    memset(e, 0, sizeof(*e));
    e->cell = cell;
    use_capacity(e, mah);
    e->centre_ma = lbms_clamp_i32(start->offset_ma, -EST_OFFSET_MAX_MA, EST_OFFSET_MAX_MA);
    e->spacing_ma = mah / (start->zero_known ? EST_ZERO_SPACING_PART : EST_SPACING_PART);
    if (offset_sd_ma == 0u) {
        offset_sd_ma = (uint16_t)lbms_min_i32(e->spacing_ma * 3 / 4, UINT16_MAX);
    }
    prior(e, soc_bp, sd_bp, offset_sd_ma);
    lbms_est_polarisation_init(e, mah);
    lbms_est_resistance_init(e, start->kr_permille);
    e->start_var_q8 = EST_START_SD_DMV * EST_START_SD_DMV * 256u;
    e->mean_q16 = soc_bp * 65536 / 100;
    e->sd_bp = sd_bp;
    e->offset_ma = (int16_t)e->centre_ma;
    e->offset_sd_ma = offset_sd_ma;
    e->restart = true;
}

/* Full: the highest cell is high and takes only a small current. A sensor offset may make that look negative. */
static void watch_full(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, int32_t mean_ma,
                       uint32_t ms)
{
    const int32_t hour_ma = e->bin_mas / 36; /* current that moves the capacity in an hour */
    const bool full = in->voltage_valid && in->current_valid && in->max_mv >= EST_FULL_MV &&
                      mean_ma < (hour_ma / 20) && mean_ma > -(hour_ma / 200);

    if (!full) {
        e->anchor_ms = 0u;
        e->anchored = false;
    } else if (e->anchor_ms < EST_FULL_MS) {
        e->anchor_ms += ms;
    }
}

static uint32_t window_weight(const struct lbms_estimator *e)
{
    const uint64_t half_bins =
        ((uint64_t)e->window.abs_mas * e->per_mas) >> 31; /* EST_WEIGHT_ONE for 2 bins */
    const uint32_t rest = e->window.ms / (EST_WEIGHT_MS / EST_WEIGHT_ONE);

    return (half_bins < EST_WEIGHT_ONE) ? lbms_est_min((uint32_t)half_bins + rest, EST_WEIGHT_ONE)
                                        : EST_WEIGHT_ONE;
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
    if (e->window.ms < EST_WINDOW_MIN_MS) {
        return false;
    }
    return window_weight(e) >= EST_WEIGHT_CLOSE || e->window.ms >= EST_WINDOW_MAX_MS;
}

/* Everything that the work on the window needs is fixed here; what follows belongs to the next one. */
static void close_window(struct lbms_estimator *e)
{
    lbms_est_shift_start(e);
    lbms_est_update_start(e, window_weight(e));
    lbms_est_moments_start(e);
    memset(&e->window, 0, sizeof(e->window));
    e->job.phase = EST_SHIFT;
}

static void tick(struct lbms_estimator *e, const struct lbms_estimator_inputs *in, int32_t mean_ma,
                 int32_t moved_mas)
{
    const uint32_t ms = e->tick_ms;

    e->pending_mas += moved_mas;
    e->pending_ms += e->tick_offset_ms;
    e->window.ms += ms;
    e->window.abs_mas += (uint32_t)lbms_abs_i32(moved_mas);
    lbms_est_polarisation_step(e, mean_ma, moved_mas, ms, e->tick_offset_ms);
    if (e->tick_count > 0u) {
        const int32_t v_dmv = (int32_t)(e->tick_v / e->tick_count);

        lbms_est_resistance_step(e, v_dmv, ms);
        e->window.sum_v += (uint32_t)v_dmv;
        e->window.sum_p += lbms_est_total_dmv16(e);
        e->window.count++;
    }
    watch_full(e, in, mean_ma, ms);
    e->tick_mams = 0;
    e->tick_v = 0u;
    e->tick_ms = 0u;
    e->tick_offset_ms = 0u;
    e->tick_count = 0u;
    if (window_is_due(e)) {
        close_window(e);
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
    if (e->tick_ms >= TICK_MS) {
        const int32_t sum_mams = e->tick_mams + e->rest_mams;

        e->rest_mams = (int16_t)(sum_mams % 1000);
        tick(e, in, e->tick_mams / (int32_t)e->tick_ms, sum_mams / 1000);
    }
}

static void slice(struct lbms_estimator *e)
{
    switch (e->job.phase) {
    case EST_SHIFT:
        if (lbms_est_shift_slice(e)) {
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
    case EST_MOMENTS:
        if (lbms_est_moments_slice(e)) {
            e->job.phase = EST_IDLE;
        }
        break;
    default:
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
    if (in->temp_valid && in->temp_dc != e->polarisation.temp_dc) {
        lbms_est_polarisation_temp(e, (int16_t)lbms_clamp_i32(in->temp_dc, -TEMP_LIMIT_DC, TEMP_LIMIT_DC));
    }
    count(e, in, ms);
    ticked = (e->tick_ms == 0u);
    follow(e);
    due = (e->slice_ms + ms) / SLICE_MS;
    e->slice_ms = (uint16_t)((e->slice_ms + ms) % SLICE_MS);
    if (ticked && due > 0u) { /* a tick is as much work as a slice */
        due--;
    }
    while (due > 0u && e->job.phase != EST_IDLE) {
        slice(e);
        due--;
    }
}

void lbms_estimator_view(const struct lbms_estimator *e, struct lbms_estimator_view *view)
{
    const int32_t moved_mas = e->pending_mas - lbms_est_offset_mas(e->offset_ma, e->pending_ms);
    const int32_t shown_q16 = e->mean_q16 + e->lag_q16 + lbms_est_bins_q16(e, moved_mas);
    const int32_t limited = lbms_clamp_i32(shown_q16, 0, (LBMS_ESTIMATOR_BINS - 1) * 65536);

    memset(view, 0, sizeof(*view));
    view->soc_bp = (uint16_t)(((limited / 16) * 100 + 2048) / 4096);
    view->sd_bp = e->sd_bp;
    view->offset_ma = e->offset_ma;
    view->offset_sd_ma = e->offset_sd_ma;
    view->kr_permille = e->resistance.permille;
    view->plateau = e->sd_bp > EST_PLATEAU_BP;
    view->misfit = e->fit_q8 > EST_MISFIT_Q8;
    view->anchored = e->anchored;
    view->moved_mas = (int32_t)((uint32_t)e->moved_mas + (uint32_t)moved_mas);
}

void lbms_estimator_set_capacity(struct lbms_estimator *e, int32_t capacity_mah)
{
    const int32_t before_mas = e->bin_mas;

    use_capacity(e, capacity_mah);
    lbms_est_polarisation_rate(e);
    /* The charge of the mean, from empty, is kept: in the new bins it lies elsewhere. */
    e->pending_mas += lbms_mul_div_i32(before_mas - e->bin_mas, e->mean_q16, 65536);
}
