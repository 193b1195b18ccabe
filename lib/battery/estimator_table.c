#include "estimator_parts.h"

#define TOP             (LBMS_ESTIMATOR_BINS - 1)
#define COLUMNS_A_SLICE 4

void lbms_est_shift_start(struct lbms_estimator *e)
{
    const int32_t offset_mas = lbms_est_offset_mas(e->offset_ma, e->pending_ms);
    int lane;

    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        e->remainder_mas[lane] +=
            e->pending_mas - lbms_est_offset_mas(lbms_est_lane_ma(e, lane), e->pending_ms);
    }
    e->mean_q16 =
        lbms_clamp_i32(e->mean_q16 + lbms_est_bins_q16(e, e->pending_mas - offset_mas), 0, TOP * 65536);
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
    const int shift = e->job.shift;
    const int at = (k < 0) ? 0 : (k > TOP) ? TOP : k; /* nothing diffuses over an end */
    const int from = at - shift;

    if (at == ((shift > 0) ? TOP : 0)) {
        return e->job.carry[level];
    }
    return (from < 0 || from > TOP) ? EST_COST_FLOOR : e->cost[from][lane][level];
}

/* 1 % of a bin goes to either neighbour with each bin of motion: errors of gain, efficiency and integration. */
static uint16_t diffused(uint32_t self, uint32_t left, uint32_t right, uint32_t bins, uint32_t part)
{
    const uint32_t kept = self + (EST_DIFFUSE_LOSS * bins);
    const uint32_t near = (left < right) ? left : right;
    uint32_t sum = kept;

    if (near + part < kept + (8u * EST_OCTAVE)) {
        sum = lbms_est_add(kept, lbms_est_add(left, right) + part);
    }
    return (uint16_t)((sum < EST_COST_FLOOR) ? sum : EST_COST_FLOOR);
}

static void shift_column(struct lbms_estimator *e, int lane, int k)
{
    const uint32_t bins = (uint32_t)lbms_min_i32(lbms_abs_i32(e->job.shift), EST_DIFFUSE_MAX);
    const uint32_t part = EST_DIFFUSE_COST - (uint32_t)lbms_est_log2(bins);
    int level;

    for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
        e->cost[k][lane][level] = diffused(moved_cost(e, lane, level, k), moved_cost(e, lane, level, k - 1),
                                           moved_cost(e, lane, level, k + 1), bins, part);
    }
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
            }
            e->job.index = 0u;
            return true;
        }
        e->job.lane++;
    }
    return false;
}

/* Columns are rewritten from the end toward which the lane moves, so each reads only what is still old. */
bool lbms_est_shift_slice(struct lbms_estimator *e)
{
    int n;

    if (e->job.shift == 0) {
        if (!find_lane(e)) {
            int lane;

            for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
                e->job.part[lane] = (int16_t)(lbms_est_bins_q16(e, e->remainder_mas[lane]) / 256);
            }
            return true;
        }
    }
    for (n = 0; n < COLUMNS_A_SLICE && e->job.index < LBMS_ESTIMATOR_BINS; n++) {
        const int k = e->job.index;

        shift_column(e, e->job.lane, (e->job.shift > 0) ? TOP - k : k);
        e->job.index++;
    }
    if (e->job.index >= LBMS_ESTIMATOR_BINS) {
        e->job.shift = 0;
        e->job.lane++;
    }
    return false;
}
