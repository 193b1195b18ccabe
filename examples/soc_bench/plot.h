/**
 * @file
 * Pictures of the bench, by gnuplot.
 */
#ifndef SOC_BENCH_PLOT_H
#define SOC_BENCH_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "soc_bench/report.h"

/**
 * Draw one run from its data file FOLDER/NAME.csv to FOLDER/NAME.png: estimates over the reference, and their errors.
 *
 * @param folder    where data and picture are
 * @param scenario  which one
 * @param method    methods of the data file, in their order, ended by NULL
 * @return false when gnuplot is missing or fails
 */
bool bench_plot_run(const char *folder, const struct bench_scenario *scenario,
                    const struct soc_method *const *method);

/** Draw the mean errors of all methods in all scenarios, with what is required, to FOLDER/summary.png. */
bool bench_plot_summary(const char *folder, const struct bench_row *row, size_t rows,
                        const struct soc_method *const *method);

#endif
