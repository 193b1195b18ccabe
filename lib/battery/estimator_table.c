#include "estimator_parts.h"

#include <string.h>

#define TOP           (LBMS_ESTIMATOR_BINS - 1)
#define WORK_A_COLUMN 2 /* about 100 instructions each ... */
#define WORK_A_BIN    1
#define WORK_A_SLICE  10               /* ... and so many in a slice */
#define SUM_ROOM      (3 * EST_OCTAVE) /* the sum of five lanes gains less than this */

/* What a bin loses to its neighbours and what a neighbour gets, as costs. */
struct diffusion {
    uint32_t loss;
    uint32_t part;
};

void lbms_est_shift_start(struct lbms_estimator *e)
{
    const int32_t offset_mas = lbms_est_offset_mas(e->offset_ma, e->pending_ms);
    const int32_t before_q16 = e->mean_q16;
    int lane;

    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        e->remainder_mas[lane] +=
            e->pending_mas - lbms_est_offset_mas(lbms_est_lane_ma(e, lane), e->pending_ms);
    }
    e->mean_q16 =
        lbms_clamp_i32(before_q16 + lbms_est_bins_q16(e, e->pending_mas - offset_mas), 0, TOP * 65536);
    e->lever.moved_q16 += e->mean_q16 - before_q16;
    e->lever.arm_s += e->pending_ms / 1000u;
    e->moved_mas = (int32_t)((uint32_t)e->moved_mas + (uint32_t)(e->pending_mas - offset_mas));
    e->pending_mas = 0;
    e->pending_ms = 0u;
    e->job.lane = 0u;
    e->job.index = 0u;
    e->job.shift = 0;
}

/* Whole bins by which a lane has to move, and what remains of its remainder. */
static int16_t take_bins(struct lbms_estimator *e, int lane)
{
    const int32_t half = (e->remainder_mas[lane] >= 0) ? e->bin_mas / 2 : -(e->bin_mas / 2);
    const int32_t bins =
        lbms_clamp_i32((e->remainder_mas[lane] + half) / e->bin_mas, -EST_SHIFT_MAX, EST_SHIFT_MAX);

    e->remainder_mas[lane] -= bins * e->bin_mas;
    return (int16_t)bins;
}

/* Bins pushed over an end stay in the end bin: cost of their sum. */
static uint16_t end_cost(const struct lbms_estimator *e, int lane, int level, int shift)
{
    const int step = (shift > 0) ? -1 : 1;
    const int end = (shift > 0) ? TOP : 0;
    uint32_t sum = e->cost[end][lane][level];
    int k;

    for (k = end + step; k != end - shift + step; k += step) {
        sum = lbms_est_add(sum, e->cost[k][lane][level]);
    }
    return (uint16_t)sum;
}

/* Cost of bin k after the move, before diffusion. Bins that come in from outside are empty. */
static uint32_t moved_cost(const struct lbms_estimator *e, int lane, int level, int k)
{
    const int from = k - e->job.shift;

    if (k == ((e->job.shift > 0) ? TOP : 0)) {
        return e->job.carry[level];
    }
    return (from < 0 || from > TOP) ? EST_COST_FLOOR : e->cost[from][lane][level];
}

/* 3 % of a bin goes to either neighbour with each bin of motion: errors of gain, efficiency and integration. */
static uint16_t diffused(uint32_t self, uint32_t left, uint32_t right, const struct diffusion *d)
{
    const uint32_t kept = self + d->loss;
    const uint32_t near = lbms_est_min(left, right);
    uint32_t sum = kept;

    if (near + d->part < kept + (8u * EST_OCTAVE)) {
        sum = lbms_est_add(kept, lbms_est_add(left, right) + d->part);
    }
    return (uint16_t)lbms_est_min(sum, EST_COST_FLOOR);
}

/* One column, and the next one is that from which the lane comes: each bin reads only what is still old. Result: work. */
static int shift_column(struct lbms_estimator *e, const struct diffusion *d)
{
    const int step = (e->job.shift > 0) ? -1 : 1;
    const int k = (e->job.shift > 0) ? TOP - e->job.index : e->job.index;
    const bool last = e->job.index == TOP;
    uint16_t *column = e->cost[k][e->job.lane];
    int work = WORK_A_COLUMN;
    int level;

    for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
        const uint32_t self = e->job.here[level];
        /* nothing diffuses over an end */
        const uint32_t ahead = last ? self : moved_cost(e, e->job.lane, level, k + step);
        const uint32_t behind = (e->job.index > 0u) ? e->job.behind[level] : self;

        if (lbms_est_min(self, lbms_est_min(ahead, behind)) >= EST_COST_FLOOR) {
            column[level] = EST_COST_FLOOR; /* most of the table, once the SOC is known */
        } else {
            column[level] = diffused(self, behind, ahead, d);
            work += WORK_A_BIN;
        }
        e->job.behind[level] = (uint16_t)self;
        e->job.here[level] = (uint16_t)ahead;
    }
    e->job.index++;
    return work;
}

/* Next lane that has to move, from job.lane on; false when there is none. */
static bool find_lane(struct lbms_estimator *e)
{
    int level;

    while (e->job.lane < LBMS_ESTIMATOR_LANES) {
        e->job.shift = take_bins(e, e->job.lane);
        if (e->job.shift != 0) {
            for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
                e->job.carry[level] = end_cost(e, e->job.lane, level, e->job.shift);
                e->job.here[level] =
                    (uint16_t)moved_cost(e, e->job.lane, level, (e->job.shift > 0) ? TOP : 0);
            }
            e->job.index = 0u;
            return true;
        }
        e->job.lane++;
    }
    return false;
}

bool lbms_est_shift_slice(struct lbms_estimator *e)
{
    struct diffusion d;
    uint32_t bins;
    int work = 0;

    if (e->job.shift == 0) { /* a slice of its own */
        int lane;

        if (find_lane(e)) {
            return false;
        }

        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            e->job.part[lane] = (int16_t)(lbms_est_bins_q16(e, e->remainder_mas[lane]) / LBMS_CELL_STEP);
        }
        return true;
    }
    bins = lbms_est_min((uint32_t)lbms_abs_i32(e->job.shift), EST_DIFFUSE_MAX);
    d.loss = EST_DIFFUSE_LOSS * bins;
    d.part = EST_DIFFUSE_COST - (uint32_t)lbms_est_log2(bins);
    while (work <= WORK_A_SLICE - WORK_A_COLUMN - (LBMS_ESTIMATOR_LEVELS * WORK_A_BIN) &&
           e->job.index < LBMS_ESTIMATOR_BINS) {
        work += shift_column(e, &d);
    }
    if (e->job.index >= LBMS_ESTIMATOR_BINS) {
        e->job.shift = 0;
        e->job.lane++;
    }
    return false;
}

/*
 * A measured zero. The lanes move close around it and all of them take over what the table says of this offset: the
 * sum over the lanes, each weighed by its distance from the zero.
 */
void lbms_est_zero_start(struct lbms_estimator *e)
{
    const int32_t zero_ma = e->zero_sum / (int32_t)e->zero_ms;
    const int32_t step = e->zero_known ? EST_ZERO_PART : 1;
    const int32_t goal_ma = e->centre_ma + ((zero_ma - e->centre_ma) / step);
    int32_t best = INT32_MAX;
    int nearest = 0;
    int lane;

    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        const int32_t away = lbms_abs_i32(lbms_est_lane_ma(e, lane) - goal_ma);

        if (away < best) {
            best = away;
            nearest = lane;
        }
    }
    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        const int32_t away = lbms_abs_i32(lbms_est_lane_ma(e, lane) - goal_ma) - best;

        e->job.lane_sum[lane] = lbms_est_normal_cost(away, e->spacing_ma / 2) + SUM_ROOM;
        e->remainder_mas[lane] = e->remainder_mas[nearest];
        e->job.part[lane] = e->job.part[nearest];
        e->polarisation.h_q30[lane] = e->polarisation.h_q30[nearest];
        e->polarisation.old_q30[lane] = e->polarisation.old_q30[nearest];
        e->job.h_q14[lane] = e->job.h_q14[nearest];
        e->job.old_q14[lane] = e->job.old_q14[nearest];
    }
    e->centre_ma = goal_ma;
    e->spacing_ma = lbms_max_i32(lbms_est_hour_ma(e) / EST_ZERO_SPACING_PART, 1);
    e->zero_known = true;
    e->zero_ms = 0u;
    e->zero_sum = 0;
    e->job.least = EST_COST_MAX;
}

bool lbms_est_zero_slice(struct lbms_estimator *e)
{
    const int k = e->job.index;
    int lane;
    int level;

    for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
        uint32_t sum = EST_COST_MAX;

        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            sum = lbms_est_add(sum, e->cost[k][lane][level] + e->job.lane_sum[lane]);
        }
        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            const int away = lane - (LBMS_ESTIMATOR_LANES / 2);

            e->cost[k][lane][level] =
                (uint16_t)lbms_est_min(sum + lbms_est_normal_cost(4 * away, 3), EST_COST_MAX);
        }
        if (e->job.weight == 0u) { /* else the update finds the least */
            e->job.least = (uint16_t)lbms_est_min(e->job.least, sum);
        }
    }
    e->job.index++;
    if (e->job.index < LBMS_ESTIMATOR_BINS) {
        return false;
    }
    memset(e->job.lane_sum, 0, sizeof(e->job.lane_sum));
    return true;
}
