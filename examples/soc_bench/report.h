/**
 * @file
 * The tables of the bench.
 */
#ifndef SOC_BENCH_REPORT_H
#define SOC_BENCH_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "soc_bench/summary.h"

/** One scenario with all its methods. */
struct bench_row {
    const struct bench_scenario *scenario;
    struct bench_summary summary[BENCH_METHODS_MAX]; /**< of runs with start and sensor errors */
};

/**
 * Print errors of all methods, and what is required of the library's estimator.
 *
 * @param out     where to
 * @param row     scenarios
 * @param rows    their number
 * @param method  methods, ended by NULL
 */
void bench_report_errors(FILE *out, const struct bench_row *row, size_t rows,
                         const struct soc_method *const *method);

/** Print the other figures of one method; `index` is its place in the summaries. */
void bench_report_more(FILE *out, const struct bench_row *row, size_t rows, const struct soc_method *method,
                       size_t index);

/** Print every requirement that the method at `index` misses. Returns their number. */
size_t bench_report_misses(FILE *out, const struct bench_row *row, size_t rows, size_t index,
                           const struct soc_method *const *method);

#endif
