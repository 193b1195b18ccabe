/*
 * What the corrections by voltage say of the capacity.
 *
 * A pack that holds less than assumed moves faster than it is counted, up and down alike: whenever the voltage has its
 * say after a long way, it corrects the mean in the direction of that way, and by the same share of it. An offset of the
 * current does so for time and not for charge, and corrects up as often as down.
 *
 * The way on which the voltage has had no say is the arm of a lever: s, the error of counting, has moved the mean by
 * arm * s. That gives a Kalman filter with one state, whose innovation is what the table of the filter has done with the
 * voltage: no second look at the voltage, and all that the table knows of flat and steep is in it.
 */
#include "estimator_parts.h"

#include "losun_bms/model/units.h"

#define SD_START_BP     1000u /* 10 %: a pack may be put into service late in its life */
#define SD_LEAST_BP     100u  /* cells age, and the current sensor has a gain */
#define MEAN_LEAST_BP   10u   /* deviation of the mean: below, its steps are those of rounding */
#define DIFFUSION_BP    600u  /* of a bin, (0.01 %)^2 */
#define BELIEVED_Q8     100u  /* 0.4: errors of the table come back on every way */
#define DRIFT_SIGMAS    3u    /* of the offset: it is often believed to be known too soon */
#define DRIFT_MOST_BP   5000u
#define DRIFT_MOST_PART 50u
#define Q16_PER_BP      655u
#define STEP_SIGMAS     2
#define ONE             256u
#define RATIO_MOST      (16u * ONE)
#define VARIANCE_MOST   50000000u /* (70 %)^2: times BELIEVED_Q8 it fits 32 bit */
#define ARM_MOST_Q16    ((LBMS_ESTIMATOR_BINS - 1) * 65536)
#define ARM_MOST_S      100000u
#define ARM_LEAST_Q4    (20 * 16) /* on shorter ways an error of the table looks like one of the capacity */
#define ERROR_LOW_Q8    (-1000 * 256)
#define ERROR_HIGH_Q8   (4000 * 256)
#define TRUE_Q8         (LBMS_FULL_BP * 256)
#define TIMES_LEAST     2
#define PERMILLE        1000

void lbms_est_lever_init(struct lbms_estimator *e)
{
    e->lever.count[0].variance_bp = SD_START_BP * SD_START_BP;
    e->lever.count[1].variance_bp = SD_START_BP * SD_START_BP;
}

/* Variance that the offset of the current has brought into the mean, (0.01 %)^2. */
static uint32_t drift_bp2(const struct lbms_estimator *e)
{
    const uint32_t most_ma = (uint32_t)lbms_est_hour_ma(e) / DRIFT_MOST_PART; /* limits the product */
    const uint32_t mas = lbms_est_min(e->offset_sd_ma, most_ma) * e->lever.arm_s;
    const uint32_t bp = DRIFT_SIGMAS * ((uint32_t)lbms_est_bins_q16(e, (int32_t)mas) / Q16_PER_BP);

    return lbms_est_min(bp, DRIFT_MOST_BP) * lbms_est_min(bp, DRIFT_MOST_BP);
}

/*
 * What the window tells of the place, a / (1 + a) being the share by which it has moved the mean. The model of the
 * polarisation errs with the direction of the current, as the capacity does, so that what is told under load counts less.
 */
static uint32_t told_q8(const struct lbms_estimator *e, uint32_t before_bp2, uint32_t after_bp2)
{
    const uint32_t told = lbms_est_min((before_bp2 - after_bp2) * BELIEVED_Q8 / after_bp2, RATIO_MOST);

    return e->job.anchor ? told : told * (EST_MODEL_SD_DMV * EST_MODEL_SD_DMV) / e->job.plain;
}

/*
 * Update of the error by a correction of the mean. With r, the variance that the error has brought into the mean over
 * the one that the table has, and a, the information that has come, the gains of the filter are
 * r (1 + a) / (1 + a + a r) for what the correction says and r a / (1 + a + a r) for the variance.
 */
static void learn(struct lbms_estimator_lever *l, int32_t correction_q16, uint32_t before_bp2, uint32_t told)
{
    const int32_t arm_q4 = l->arm_q16 / 4096;
    struct lbms_estimator_count *c = &l->count[(arm_q4 < 0) ? 1 : 0];
    const uint32_t led_bp2 = ((uint32_t)(arm_q4 * arm_q4) / 256u) * (c->variance_bp / 100u) / 100u;
    const uint32_t share_q8 = lbms_est_min(led_bp2 * ONE / before_bp2, RATIO_MOST);
    const uint32_t sum_q8 = ONE + told + (told * share_q8 / ONE);
    const int32_t most_q8 = STEP_SIGMAS * (int32_t)(lbms_est_sqrt(c->variance_bp) * ONE);
    int32_t step_q8;

    if (lbms_abs_i32(arm_q4) < ARM_LEAST_Q4) {
        return;
    }
    /* bins over bins in 1/256 of 0.01 % */
    step_q8 = lbms_mul_div_i32(correction_q16, LBMS_FULL_BP / 16, arm_q4);
    step_q8 = lbms_mul_div_i32(step_q8, (int32_t)(share_q8 * (ONE + told)), (int32_t)(sum_q8 * ONE));
    c->error_q8 =
        lbms_clamp_i32(c->error_q8 + lbms_clamp_i32(step_q8, -most_q8, most_q8), ERROR_LOW_Q8, ERROR_HIGH_Q8);
    c->variance_bp -= (uint32_t)lbms_mul_div_i32((int32_t)c->variance_bp, (int32_t)(share_q8 * told / ONE),
                                                 (int32_t)sum_q8);
    if (c->variance_bp < SD_LEAST_BP * SD_LEAST_BP) {
        c->variance_bp = SD_LEAST_BP * SD_LEAST_BP;
    }
}

void lbms_est_lever_learn(struct lbms_estimator *e, int32_t correction_q16, uint32_t before_bp)
{
    struct lbms_estimator_lever *l = &e->lever;
    const uint32_t sd_bp = (e->sd_bp > MEAN_LEAST_BP) ? e->sd_bp : MEAN_LEAST_BP;
    const uint32_t after_bp2 = sd_bp * sd_bp;
    const uint32_t diffused_bp2 = (uint32_t)lbms_abs_i32(l->moved_q16) / 4096u * DIFFUSION_BP / 16u;
    const uint32_t before_bp2 = lbms_est_min((before_bp * before_bp) + diffused_bp2, VARIANCE_MOST);

    l->arm_q16 = lbms_clamp_i32(l->arm_q16 + l->moved_q16, -ARM_MOST_Q16, ARM_MOST_Q16);
    l->arm_s = lbms_est_min(l->arm_s, ARM_MOST_S);
    l->moved_q16 = 0;
    if (before_bp2 > after_bp2) {
        const uint32_t told = told_q8(e, before_bp2, after_bp2);

        learn(l, correction_q16, before_bp2 + drift_bp2(e), told);
        l->arm_q16 = lbms_mul_div_i32(l->arm_q16, (int32_t)ONE, (int32_t)(ONE + told));
        l->arm_s = l->arm_s * ONE / (ONE + told);
    }
}

/* What was known of the error of the former capacity, told of the present one. */
void lbms_est_lever_change(struct lbms_estimator *e, int32_t before_mas)
{
    int k;

    for (k = 0; k < 2; k++) {
        struct lbms_estimator_count *c = &e->lever.count[k];
        const int32_t error_q8 = lbms_mul_div_i32(TRUE_Q8 + c->error_q8, e->bin_mas, before_mas) - TRUE_Q8;

        c->error_q8 = e->started ? lbms_clamp_i32(error_q8, ERROR_LOW_Q8, ERROR_HIGH_Q8) : 0;
    }
}

/*
 * An offset of the voltage or the current looks like another capacity in one direction, and like the opposite of it in
 * the other one. So both have to say the same, and the one that says less is believed.
 */
uint16_t lbms_est_lever_permille(const struct lbms_estimator *e)
{
    const int32_t up_q8 = e->lever.count[0].error_q8;
    const int32_t down_q8 = e->lever.count[1].error_q8;
    const int32_t mean_q8 = (up_q8 + down_q8) / 2;
    const int32_t most_q8 = TIMES_LEAST * lbms_min_i32(lbms_abs_i32(up_q8), lbms_abs_i32(down_q8));
    const int32_t error_q8 = ((up_q8 < 0) == (down_q8 < 0)) ? lbms_clamp_i32(mean_q8, -most_q8, most_q8) : 0;

    return (uint16_t)lbms_mul_div_i32(PERMILLE, LBMS_FULL_BP, LBMS_FULL_BP + (error_q8 / (int32_t)ONE));
}
