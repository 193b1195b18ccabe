/**
 * @file
 * Runs of the scenarios: every method gets the same samples at the same time.
 */
#ifndef SOC_BENCH_RUN_H
#define SOC_BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "soc_bench/scenario.h"
#include "soc_eval/method.h"
#include "soc_eval/metrics.h"

/** Methods of one run of the bench. */
#define BENCH_METHODS_MAX 12u

/** What came out of one run with one method. */
struct bench_result {
    bool done;
    struct soc_figures figures;
    double largest_jump;
    double
        offset_error_ma; /**< estimated less true current offset at the end, for 100 Ah; NAN: not estimated */
    double capacity_error; /**< estimated less true capacity at the end, part of it; NAN: not estimated */
};

/** The methods, ended by NULL, and where the data of pictures go (NULL: nowhere). */
struct bench_crew {
    const struct soc_method *method[BENCH_METHODS_MAX + 1u];
    FILE *trace;
};

/** Runs that a scenario has: variants of a record, or one for each seed. */
size_t bench_run_count(const struct bench_scenario *scenario, size_t seeds);

/**
 * One run.
 *
 * @param scenario  what to run
 * @param number    variant of a record, not used for a simulated scenario
 * @param seed      of all that is left to chance
 * @param folder    where the records are
 * @param crew      methods
 * @param result    one for each method
 * @return 0, or -1 after an error of which stderr tells
 */
int bench_run(const struct bench_scenario *scenario, size_t number, uint64_t seed, const char *folder,
              const struct bench_crew *crew, struct bench_result *result);

#endif
