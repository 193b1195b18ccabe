#include "estimator_parts.h"

#include <string.h>

#define EMPTY_A_SLICE  4 /* columns of a slice in which there is nothing; of others, one */
#define WEIGHT_PER_POW 4 /* probabilities in 1/4096 of the best: what is less is not seen in a mean */
#define NO_WEIGHT      (14 * EST_OCTAVE) /* from this cost on, that is 0 */
#define MIDDLE         (LBMS_ESTIMATOR_LANES / 2)

void lbms_est_moments_start(struct lbms_estimator *e)
{
    struct lbms_estimator_job *job = &e->job;

    job->index = 0u;
    job->weight_sum = 0u;
    job->first_sum = 0;
    job->second_sum = 0;
    memset(job->lane_sum, 0, sizeof(job->lane_sum));
    memset(job->level_sum, 0, sizeof(job->level_sum));
}

/* Costs count from the best bin, no bin is impossible, and neighbouring offsets mix a little: offsets drift. */
static uint16_t settled_cost(const struct lbms_estimator *e, int k, int lane, int level)
{
    const uint16_t(*column)[LBMS_ESTIMATOR_LEVELS] = e->cost[k];
    uint32_t cost = column[lane][level];

    if (lane > 0) {
        cost = lbms_est_min(cost, (uint32_t)column[lane - 1][level] + e->job.mix);
    }
    if (lane < LBMS_ESTIMATOR_LANES - 1) {
        cost = lbms_est_min(cost, (uint32_t)column[lane + 1][level] + e->job.mix);
    }
    cost += EST_HEADROOM;
    cost = (cost > e->job.least) ? cost - e->job.least : 0u;
    return (uint16_t)lbms_est_min(cost, EST_COST_FLOOR);
}

/* Everywhere at the floor, and so it stays: most of the table, once the SOC is known. */
static bool is_empty(const struct lbms_estimator *e, int k)
{
    const uint16_t *cost = &e->cost[k][0][0];
    const uint32_t least = EST_COST_FLOOR - EST_HEADROOM + (uint32_t)e->job.least;
    int i;

    for (i = 0; i < LBMS_ESTIMATOR_LANES * LBMS_ESTIMATOR_LEVELS; i++) {
        if (cost[i] < least) {
            return false;
        }
    }
    return true;
}

static void empty_column(struct lbms_estimator *e, int k)
{
    uint16_t *cost = &e->cost[k][0][0];
    int i;

    for (i = 0; i < LBMS_ESTIMATOR_LANES * LBMS_ESTIMATOR_LEVELS; i++) {
        cost[i] = EST_COST_FLOOR;
    }
}

static void add_column(struct lbms_estimator *e, int k)
{
    struct lbms_estimator_job *job = &e->job;
    uint16_t settled[LBMS_ESTIMATOR_LANES][LBMS_ESTIMATOR_LEVELS];
    int lane;
    int level;

    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        const int32_t position = lbms_est_within((k * LBMS_CELL_STEP) + job->part[lane], 0, LBMS_CELL_FULL);
        uint32_t sum = 0u;

        for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
            settled[lane][level] = settled_cost(e, k, lane, level);
            if (settled[lane][level] < NO_WEIGHT) {
                const uint32_t p = lbms_est_pow2(settled[lane][level]) / WEIGHT_PER_POW;

                job->level_sum[level] += p;
                sum += p;
            }
        }
        if (sum == 0u) {
            continue;
        }
        job->weight_sum += sum;
        job->lane_sum[lane] += sum;
        job->first_sum += (int64_t)sum * position;
        job->second_sum += (int64_t)sum * (position * position);
    }
    memcpy(e->cost[k], settled, sizeof(settled));
}

/* Mean of offsets that lie spacing apart around the middle, and its deviation. */
static int32_t mean_step(const uint32_t *sum, int count, int32_t spacing, uint32_t *deviation)
{
    int64_t first = 0;
    int64_t second = 0;
    int64_t all = 0;
    int k;

    for (k = 0; k < count; k++) {
        const int step = k - (count / 2);

        all += sum[k];
        first += (int64_t)sum[k] * step;
        second += (int64_t)sum[k] * (step * step);
    }
    first = first * 256 / all;
    second = (second * 65536 / all) - (first * first);
    *deviation = (lbms_est_sqrt((uint32_t)second) * (uint32_t)spacing) / 256u;
    return (int32_t)first * spacing / 256;
}

static void finish_soc(struct lbms_estimator *e)
{
    struct lbms_estimator_job *job = &e->job;
    const int32_t before_q16 = e->mean_q16;
    const int32_t mean = (int32_t)(job->first_sum / job->weight_sum);
    const int64_t variance = (job->second_sum / job->weight_sum) - ((int64_t)mean * mean);
    const uint32_t sd = lbms_est_sqrt((uint32_t)variance);

    e->mean_q16 = mean * (65536 / LBMS_CELL_STEP);
    e->lag_q16 = e->restart ? 0 : e->lag_q16 + before_q16 - e->mean_q16;
    e->restart = false;
    job->correction_q16 = e->mean_q16 - before_q16;
    job->before_bp = e->sd_bp;
    e->sd_bp = (uint16_t)(sd * 100u / LBMS_CELL_STEP);
}

static void finish_offsets(struct lbms_estimator *e)
{
    struct lbms_estimator_job *job = &e->job;
    uint32_t deviation;

    e->offset_ma =
        (int16_t)(e->centre_ma + mean_step(job->lane_sum, LBMS_ESTIMATOR_LANES, e->spacing_ma, &deviation));
    e->offset_sd_ma = (uint16_t)deviation;
    e->level_dmv = (int16_t)mean_step(job->level_sum, LBMS_ESTIMATOR_LEVELS, EST_LEVEL_DMV, &deviation);
}

/* True when all is done. */
static bool finish(struct lbms_estimator *e)
{
    const int step = e->job.index - LBMS_ESTIMATOR_BINS;

    e->job.index++;
    if (step == 0) {
        finish_soc(e);
    } else if (step == 1) {
        lbms_est_lever_learn(e, e->job.correction_q16, e->job.before_bp);
    } else {
        finish_offsets(e);
    }
    return step >= 2;
}

bool lbms_est_moments_slice(struct lbms_estimator *e)
{
    int n = 0;

    if (e->job.index >= LBMS_ESTIMATOR_BINS) { /* in slices of their own: 64-bit divisions */
        return finish(e);
    }
    while (n < EMPTY_A_SLICE && e->job.index < LBMS_ESTIMATOR_BINS && is_empty(e, e->job.index)) {
        empty_column(e, e->job.index);
        e->job.index++;
        n++;
    }
    if (n == 0) {
        add_column(e, e->job.index);
        e->job.index++;
    }
    return false;
}
