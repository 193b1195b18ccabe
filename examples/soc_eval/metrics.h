/**
 * @file
 * How good an estimate was, compared with a reference. All states of charge are 0..1.
 */
#ifndef SOC_EVAL_METRICS_H
#define SOC_EVAL_METRICS_H

#include <stddef.h>

/** An error below this counts as converged. */
#define SOC_METRICS_NEAR 0.05
/** Added to two standard deviations when they are compared with the error: the doubt of the reference. */
#define SOC_METRICS_DOUBT 0.005

/** Sums of one run; filled by soc_metrics_add(). */
struct soc_metrics {
    double from_s, last_day_s; /* when scoring and the last day begin */
    double sum2, sum2_last_day, largest;
    size_t count, last_day_count, far_count, covered, with_sd;
    double first_near_s; /* negative: never yet */
    double near_since_s; /* negative: far just now */
};

/** Figures of one run. Times in s, negative when it never happened; coverage negative without standard deviations. */
struct soc_figures {
    double rmse, largest, rmse_last_day;
    double far_share;     /**< part of the scored samples with an error above SOC_METRICS_NEAR */
    double first_near_s;  /**< first time with a smaller error, from power-up */
    double convergence_s; /**< from then on the error stayed smaller */
    double coverage;      /**< part of the scored samples within 2 sd + SOC_METRICS_DOUBT */
};

/**
 * Begin a run.
 *
 * @param metrics     sums
 * @param from_s      errors before this time are not scored, but for the two times
 * @param duration_s  length of the run: its last 86400 s are also scored apart
 */
void soc_metrics_init(struct soc_metrics *metrics, double from_s, double duration_s);

/**
 * Add one sample.
 *
 * @param metrics  sums
 * @param time_s   since power-up
 * @param error    estimate less reference
 * @param sd       standard deviation that the estimator gives, negative if none
 */
void soc_metrics_add(struct soc_metrics *metrics, double time_s, double error, double sd);

/** Figures of the samples that were added. All 0 when none was scored. */
void soc_metrics_figures(const struct soc_metrics *metrics, struct soc_figures *figures);

#endif
