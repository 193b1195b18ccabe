/*
 * Private to the estimator: settings, arithmetic and the parts of which it consists.
 *
 * How the settings were chosen: docs/soc-estimator.md.
 */
#ifndef LBMS_LIB_BATTERY_ESTIMATOR_PARTS_H
#define LBMS_LIB_BATTERY_ESTIMATOR_PARTS_H

#include "losun_bms/battery/estimator.h"

/* Costs: -log2 of a probability. */
#define EST_OCTAVE   2048
#define EST_COST_MAX 65535
#define EST_HEADROOM (2 * EST_OCTAVE) /* cost of the best bin: sums of probabilities may go below it */
#define EST_COST_FLOOR \
    (28 * EST_OCTAVE) /* no bin is ever less likely than this: 26 octaves below the best one */

/* Prior. */
#define EST_PRIOR_FLOOR_COST 11551 /* -log2(0.02): a uniform part of the prior of the SOC */
#define EST_PRIOR_AREA_BP \
    4029 /* height of a uniform distribution is that of a normal one of this deviation */
#define EST_LEVEL_DMV         60 /* spacing of the voltage offsets */
#define EST_LEVEL_SD_DMV      30
#define EST_SPACING_PART      500    /* of current offsets: Q/500 */
#define EST_ZERO_SPACING_PART 5000   /* with a measured zero */
#define EST_ZERO_MS           60000u /* length of a measurement of the zero */
#define EST_ZERO_PART         4      /* a further one counts 1/4 */
#define EST_OFFSET_MAX_MA     20000

#define EST_HALF_SQUARE_COST 1477u /* log2(e)/2 octaves: cost of one standard deviation */

/* Likelihood. */
#define EST_MODEL_SD_DMV      60  /* error of the table */
#define EST_PLACE_PERMILLE    300 /* of a bin: error of the place of its points */
#define EST_POLARISATION_PART 4   /* 1/4 of the polarisation is uncertain */
#define EST_HYSTERESIS_PART   200 /* 1/1000 of the half width is uncertain */
#define EST_START_SD_DMV      300 /* unknown relaxation at the start ... */
#define EST_START_PART        500
#define EST_START_TAU         500u
#define EST_DISTANCE_MAX_DMV  10000
#define EST_VARIANCE_MAX      100000000u /* (1 V)^2: the voltage says nothing */

/* Information: all of it for 2 bins of moved charge, or for 1.5 h. */
#define EST_WEIGHT_ONE    1024
#define EST_WEIGHT_CLOSE  200
#define EST_WEIGHT_BINS   2
#define EST_WEIGHT_MS     5400000u
#define EST_REST_CREDIT   600 /* rest tells only so much until charge moves again */
#define EST_WINDOW_MIN_MS 60000u
#define EST_WINDOW_MAX_MS 900000u

/* Motion. */
#define EST_SHIFT_MAX    20
#define EST_DIFFUSE_COST 10360    /* 3 % to either neighbour with each bin */
#define EST_DIFFUSE_LOSS 183      /* -log2(0.94) */
#define EST_DIFFUSE_MAX  8        /* bins that one pass stands for at most */
#define EST_MIX_MS       3600000u /* neighbouring offsets mix by 2^-11 in this time */
#define EST_MIX_COST     (11 * EST_OCTAVE)

/* Full. */
#define EST_FULL_MV   3450
#define EST_FULL_DMV  34500
#define EST_FULL_MS   120000u
#define EST_FULL_COST (13 * EST_OCTAVE) /* floor of the anchor, 1e-4 */

/* Fit of the table: mean of innovation^2 / variance over this many windows of full weight, 1/256. */
#define EST_FIT_WINDOWS  80
#define EST_FIT_MAX_Q8   (16 * 256)
#define EST_FIT_GOOD_Q8  40 /* the model is as good as assumed; beyond, its error counts as larger ... */
#define EST_FIT_LESS     3 /* ... by this factor at most: no table is so wrong that a steep end says nothing */
#define EST_FIT_WIDE_Q8  40 /* beyond, the table counts as wrong by 0.1 mV for each 1/256 */
#define EST_FIT_FLAT_DMV 12 /* slope that a plateau counts with, 0.1 mV for each per cent ... */
#define EST_FIT_STEEP_DMV \
    100 /* ... and a step of the curve too, which may lie elsewhere: unlike the steep ends */
#define EST_FIT_PULL_PART 4   /* a wrong table leads astray by 1/4 of the moved charge at most */
#define EST_MISFIT_Q8     112 /* beyond, the table is called wrong */

/* Result. */
#define EST_STALE_PART      700 /* of the capacity: uncertain part of the offset, not learnt from voltage ... */
#define EST_STALE_ZERO_PART 5000 /* ... and after a measured zero */
#define EST_BLIND_PART      8    /* of the capacity, in an hour without a current that can be believed */
#define EST_STALE_MAX_Q16   (30 * 65536)
#define EST_STALE_WEIGHTS   4 /* windows of full weight that make up for it */
#define EST_PLATEAU_BP      400
#define EST_LAG_STEP_Q16    163840 /* a result is shown at once up to 2.5 %, the rest with later steps */

enum lbms_estimator_phase {
    EST_IDLE = 0,
    EST_CLOSE,   /* a window ends; its charge is that of the lanes */
    EST_OPEN,    /* its voltage is fixed, and the next one begins */
    EST_ZERO,    /* the lanes close in on a measured zero */
    EST_SHIFT,   /* lanes move by whole bins */
    EST_UPDATE,  /* the voltage of the window weighs the bins */
    EST_MOMENTS, /* mean and deviations */
};

/* Arithmetic (estimator_math.c). The smallest helpers are inline: they are called for each bin. */

static inline uint32_t lbms_est_min(uint32_t a, uint32_t b)
{
    return (a < b) ? a : b;
}

/* a * b / 2^30, toward zero. */
static inline int32_t lbms_est_mul_q30(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) / (INT32_C(1) << 30));
}

static inline int32_t lbms_est_within(int32_t value, int32_t low, int32_t high)
{
    if (value < low) {
        return low;
    }
    return (value > high) ? high : value;
}

/* log2(x) in 1/2048 octave, error below 1; 0 for x = 0. */
int32_t lbms_est_log2(uint32_t x);
/* 65536 * 2^(-cost / 2048), error below 6. */
uint32_t lbms_est_pow2(uint32_t cost);
/* Cost of the sum of two probabilities, error below 2. */
uint32_t lbms_est_add(uint32_t a, uint32_t b);
/* 1 - exp(-x), both in 1/2^30; x above 1 counts as 1. */
int32_t lbms_est_rise_q30(uint64_t x);
/* Square root, rounded down. */
uint32_t lbms_est_sqrt(uint32_t x);

/* Polarisation (estimator_polarisation.c). */

void lbms_est_polarisation_init(struct lbms_estimator *e, int32_t capacity_mah);
/* Resistances at this temperature. */
void lbms_est_polarisation_temp(struct lbms_estimator *e, int16_t temp_dc);
void lbms_est_polarisation_rate(struct lbms_estimator *e);
/* A tick: mean current and moved charge over ms, of which the offset counts for offset_ms. */
void lbms_est_polarisation_step(struct lbms_estimator *e, int32_t mean_ma, int32_t moved_mas, uint32_t ms,
                                uint32_t offset_ms);
/* R0 i + v1 and v2 at scale 1, and the whole at the present scale; 1/16 of 0.1 mV. */
int32_t lbms_est_ohmic_dmv16(const struct lbms_estimator *e);
int32_t lbms_est_slow_dmv16(const struct lbms_estimator *e);
int32_t lbms_est_total_dmv16(const struct lbms_estimator *e);

/* Resistance (estimator_resistance.c). */

void lbms_est_resistance_init(struct lbms_estimator *e, uint16_t permille);
void lbms_est_resistance_slow(struct lbms_estimator *e, int32_t slow_dmv, int32_t distance_dmv,
                              int32_t variance, int32_t weight);
void lbms_est_resistance_step(struct lbms_estimator *e, int32_t v_dmv, uint32_t ms);

/* Lanes (estimator_lanes.c). */

int32_t lbms_est_lane_ma(const struct lbms_estimator *e, int lane);
int32_t lbms_est_hour_ma(const struct lbms_estimator *e);
/* Cost of a distance in units of a standard deviation: log2(e)/2 (distance / sd)^2. */
uint32_t lbms_est_normal_cost(int32_t distance, int32_t sd);
/* Charge that an offset would have moved. */
int32_t lbms_est_offset_mas(int32_t offset_ma, uint32_t ms);
/* Charge as bins, 1/65536. */
int32_t lbms_est_bins_q16(const struct lbms_estimator *e, int32_t mas);

/* Table (estimator_table.c): one unit each; true when the phase is done. */
bool lbms_est_shift_slice(struct lbms_estimator *e);
bool lbms_est_zero_slice(struct lbms_estimator *e);
void lbms_est_zero_start(struct lbms_estimator *e);
/* Lanes take over the pending charge; index of the first lane to move. */
void lbms_est_shift_start(struct lbms_estimator *e);

/* Likelihood (estimator_update.c). */
void lbms_est_update_start(struct lbms_estimator *e, uint32_t weight);
/* Error of the SOC because the table does not fit; moved is the weight of the window by charge. */
void lbms_est_grow_misfit(struct lbms_estimator *e, uint32_t moved);
bool lbms_est_update_slice(struct lbms_estimator *e);

/* Capacity (estimator_capacity.c). */
void lbms_est_lever_init(struct lbms_estimator *e);
/* The voltage has moved the mean by correction_q16 bins and changed the deviation from the one before to the present. */
void lbms_est_lever_learn(struct lbms_estimator *e, int32_t correction_q16, uint32_t before_bp);
/* The bins had this charge until now. */
void lbms_est_lever_change(struct lbms_estimator *e, int32_t before_mas);
uint16_t lbms_est_lever_permille(const struct lbms_estimator *e);

/* Moments (estimator_moments.c). */
void lbms_est_moments_start(struct lbms_estimator *e);
bool lbms_est_moments_slice(struct lbms_estimator *e);

#endif
