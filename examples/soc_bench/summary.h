/**
 * @file
 * Figures of all runs of a scenario with one method.
 */
#ifndef SOC_BENCH_SUMMARY_H
#define SOC_BENCH_SUMMARY_H

#include <stddef.h>

#include "soc_bench/run.h"

/** Errors in % state of charge, times in h (HUGE_VAL: never), shares 0..1; NAN: the method does not say. */
struct bench_summary {
    size_t runs;
    double mean, worst, largest; /**< root mean square error: mean and worst run; largest error of all */
    double last_day_worst;
    double far_share, coverage;
    double first_near_median_h, first_near_worst_h, convergence_worst_h;
    double largest_jump;
    double offset_ma, capacity; /**< mean size of the error at the end; of the capacity in % */
    double capacity_worst;
    double right_start; /* root mean square error of a record's run without any error; NAN: no record */
};

/**
 * Sum up.
 *
 * @param result   first result
 * @param runs     number of results
 * @param stride   distance from one to the next
 * @param summary  receives the figures; runs that are not done are left out
 */
void bench_summarise(const struct bench_result *result, size_t runs, size_t stride,
                     struct bench_summary *summary);

#endif
