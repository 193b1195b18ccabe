#include "estimator_parts.h"

#include "losun_bms/model/units.h"

#define Q14_PER_Q30  65536
#define WORK_A_UNIT  2 /* about 120 instructions each: what a lane of a bin costs anyway ... */
#define WORK_A_LEVEL 1
#define WORK_A_SLICE 12 /* ... and a slice */

/* Voltage offset of a level. */
static int32_t level_dmv(int level)
{
    return (level - (LBMS_ESTIMATOR_LEVELS / 2)) * EST_LEVEL_DMV;
}

/*
 * Student of 3 degrees costs 2 log2(1 + e^2 / 3s^2) + log2(s), less a constant. That is this less 3/2 log2(s^2), which is the
 * same for all levels.
 */
static int32_t student_cost(int32_t distance_dmv, uint32_t variance)
{
    const int32_t d = lbms_est_within(distance_dmv, -EST_DISTANCE_MAX_DMV, EST_DISTANCE_MAX_DMV);
    const uint32_t e = (uint32_t)(d * d);

    return 2 * lbms_est_log2((3u * variance) + e);
}

/* Part of the variance that the hysteresis adds at this place. */
static uint32_t hysteresis_variance(int32_t half_dmv, int32_t old_q14)
{
    const int32_t unsure = half_dmv * EST_HYSTERESIS_PART / 1000;
    const int32_t unknown = half_dmv * old_q14 / 16384;

    return (uint32_t)((unsure * unsure) + (unknown * unknown));
}

/*
 * Part of the variance because the table has its points a little off their place: nothing on a plateau, and all that
 * limits the information where the curve is steepest.
 */
static uint32_t place_variance(const struct lbms_cell_model *cell, int32_t position)
{
    const uint16_t *u = &cell->rest_dmv[lbms_est_within(position, 0, LBMS_CELL_FULL - 1) / LBMS_CELL_STEP];
    const int32_t off = (u[1] - u[0]) * EST_PLACE_PERMILLE / 1000;

    return (uint32_t)(off * off);
}

/* Scaled innovation of the window at the mean of the filter: how well the table fits. */
static void watch_fit(struct lbms_estimator *e)
{
    struct lbms_estimator_job *job = &e->job;
    const int32_t position = e->mean_q16 / 256;
    const int lane = lbms_clamp_i32(((e->offset_ma - e->centre_ma) + (5 * e->spacing_ma / 2)) / e->spacing_ma,
                                    0, LBMS_ESTIMATOR_LANES - 1);
    const int32_t half = lbms_cell_half_dmv(e->cell, position);
    const int32_t distance =
        lbms_clamp_i32(job->target_dmv - e->level_dmv - lbms_cell_rest_dmv(e->cell, position, job->temp_dc) -
                           (half * job->h_q14[lane] / 16384),
                       -2000, 2000);
    const int32_t wide =
        lbms_min_i32(lbms_cell_slope_dmv(e->cell, position) * e->sd_bp / 100, EST_DISTANCE_MAX_DMV);
    const uint32_t variance = job->variance + hysteresis_variance(half, job->old_q14[lane]) +
                              place_variance(e->cell, position) + (uint32_t)(wide * wide);
    const int32_t ratio =
        lbms_min_i32((int32_t)((uint32_t)(distance * distance) / (variance / 256u)), EST_FIT_MAX_Q8);

    lbms_est_resistance_slow(e, e->window.sum_slow / (e->window.count * 16), distance, (int32_t)variance,
                             job->weight);
    e->fit_q8 =
        (uint16_t)(e->fit_q8 + ((ratio - e->fit_q8) * job->weight / (EST_WEIGHT_ONE * EST_FIT_WINDOWS)));
}

/*
 * A table that is wrong by so many mV leads the SOC astray by that over the slope: not where the curve is steep, and
 * not at the full anchor. From there the error comes back as charge moves.
 */
void lbms_est_grow_misfit(struct lbms_estimator *e, uint32_t moved)
{
    const int32_t over_dmv = lbms_max_i32(e->fit_q8 - EST_FIT_WIDE_Q8, 0);
    const int32_t slope_dmv = lbms_cell_slope_dmv(e->cell, e->mean_q16 / (65536 / LBMS_CELL_STEP));
    const int32_t divisor_dmv = (slope_dmv < EST_FIT_STEEP_DMV) ? EST_FIT_FLAT_DMV : slope_dmv;
    const int32_t wide_bp = e->anchored ? 0 : over_dmv * (LBMS_FULL_BP / 100) / divisor_dmv;
    const int32_t pull_bp = (int32_t)moved * (EST_WEIGHT_BINS * 100) / (EST_WEIGHT_ONE * EST_FIT_PULL_PART);

    e->misfit_bp = (uint16_t)lbms_min_i32(wide_bp, e->misfit_bp + pull_bp);
}

void lbms_est_update_start(struct lbms_estimator *e, uint32_t weight)
{
    struct lbms_estimator_job *job = &e->job;
    const struct lbms_estimator_window *w = &e->window;
    const int32_t count = lbms_max_i32(w->count, 1);
    const int32_t p_dmv = w->sum_p / (count * 16);
    const int32_t unsure =
        lbms_clamp_i32(p_dmv / EST_POLARISATION_PART, -EST_DISTANCE_MAX_DMV, EST_DISTANCE_MAX_DMV);
    int lane;

    job->weight = (uint16_t)((w->count > 0u) ? weight : 0u);
    job->least = (job->weight > 0u) ? EST_COST_MAX : EST_HEADROOM;
    job->anchor = e->anchored;
    job->temp_dc = e->polarisation.temp_dc;
    job->target_dmv = (int32_t)(w->sum_v / (uint32_t)count) - p_dmv;
    job->variance =
        (EST_MODEL_SD_DMV * EST_MODEL_SD_DMV) + (uint32_t)(unsure * unsure) + (e->start_var_q8 / 256u);
    job->mix = (uint16_t)lbms_min_i32(EST_MIX_COST + lbms_est_log2(EST_MIX_MS / ((w->ms > 0u) ? w->ms : 1u)),
                                      EST_COST_FLOOR);
    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        job->h_q14[lane] = (int16_t)(e->polarisation.h_q30[lane] / Q14_PER_Q30);
        job->old_q14[lane] = (uint16_t)(e->polarisation.old_q30[lane] / Q14_PER_Q30);
    }
    if (job->weight > 0u) {
        watch_fit(e);
    }
    job->plain = job->variance;
    if (e->fit_q8 > EST_FIT_GOOD_Q8) {
        const uint64_t over = lbms_est_min((uint32_t)e->fit_q8 * 16u / EST_FIT_GOOD_Q8, 16u * EST_FIT_LESS);
        const uint64_t wider = job->variance * over * over / 256u;

        job->variance = (wider < EST_VARIANCE_MAX) ? (uint32_t)wider : EST_VARIANCE_MAX;
    }
    /* lowest cost that a bin can have: distance 0, smallest variance */
    job->base = student_cost(0, job->variance) - (3 * lbms_est_log2(job->variance) / 2);
    /* two variances in the time constant of the deviation */
    e->start_var_q8 -= (uint32_t)lbms_est_mul_q30(
        (int32_t)e->start_var_q8,
        lbms_est_rise_q30(((uint64_t)w->ms << 31) / (e->cell->tau2_s * EST_START_TAU)));
}

/* Distance of a position from full in standard deviations of 1 %, as a cost with a floor. */
static uint32_t anchor_cost(int32_t position)
{
    const int32_t away = LBMS_CELL_FULL - position;
    const uint32_t bins_q4 = (uint32_t)lbms_min_i32(away / 16, 16 * 8);
    const uint32_t cost = (bins_q4 * bins_q4 * EST_HALF_SQUARE_COST) / 256u;

    return (cost < EST_FULL_COST) ? cost : EST_FULL_COST;
}

/* Weighs a lane of a bin. Result: work. */
static int weigh(struct lbms_estimator *e, int k, int lane)
{
    const struct lbms_estimator_job *job = &e->job;
    const int32_t position = lbms_est_within((k * LBMS_CELL_STEP) + job->part[lane], 0, LBMS_CELL_FULL);
    const int32_t half = lbms_cell_half_dmv(e->cell, position);
    const int32_t rest =
        lbms_cell_rest_dmv(e->cell, position, job->temp_dc) + (half * job->h_q14[lane] / 16384);
    const uint32_t variance =
        job->variance + hysteresis_variance(half, job->old_q14[lane]) + place_variance(e->cell, position);
    const int32_t base = (3 * lbms_est_log2(variance) / 2) + job->base;
    const uint32_t anchor = job->anchor ? anchor_cost(position) : 0u;
    uint16_t *cost = e->cost[k][lane];
    /* next to nothing, and whether a little more or less depends on the offset of the voltage does not matter */
    const bool remote = lbms_est_min(cost[0], lbms_est_min(cost[1], cost[2])) >= EST_COST_FLOOR;
    uint32_t more = 0u;
    int level;

    for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
        if (!remote || level == 0) {
            const int of = remote ? LBMS_ESTIMATOR_LEVELS / 2 : level;
            const int32_t said = student_cost(job->target_dmv - level_dmv(of) - rest, variance) - base;

            more = anchor + ((uint32_t)lbms_max_i32(said, 0) * job->weight) / EST_WEIGHT_ONE;
        }
        cost[level] = (uint16_t)lbms_est_min(cost[level] + more, EST_COST_MAX);
        e->job.least = (uint16_t)lbms_est_min(e->job.least, cost[level]);
    }
    return WORK_A_UNIT + (WORK_A_LEVEL * (remote ? 1 : LBMS_ESTIMATOR_LEVELS));
}

bool lbms_est_update_slice(struct lbms_estimator *e)
{
    int work = 0;

    while (work <= WORK_A_SLICE - WORK_A_UNIT - (WORK_A_LEVEL * LBMS_ESTIMATOR_LEVELS) &&
           e->job.index < LBMS_ESTIMATOR_BINS * LBMS_ESTIMATOR_LANES) {
        work += weigh(e, e->job.index / LBMS_ESTIMATOR_LANES, e->job.index % LBMS_ESTIMATOR_LANES);
        e->job.index++;
    }
    return e->job.index >= LBMS_ESTIMATOR_BINS * LBMS_ESTIMATOR_LANES;
}
