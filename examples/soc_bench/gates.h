/**
 * @file
 * Gates of the bench: for each figure that the library's estimator reaches, the bound that it must keep.
 *
 * They are lines "set,scenario,figure,bound" of a CSV file; set is "quick" or "full", since both have seeds of their
 * own. A requirement may be missed and still have a gate: the gate keeps what is reached from getting worse.
 */
#ifndef SOC_BENCH_GATES_H
#define SOC_BENCH_GATES_H

#include <stdio.h>

#include "soc_bench/report.h"

/**
 * Compare figures with the gates of a file; print those that are worse, and how many there were.
 *
 * @param out     where to
 * @param path    file of the gates
 * @param set     "quick" or "full"
 * @param row     scenarios that were run
 * @param rows    their number
 * @param method  place of the estimator in the summaries
 * @return 0 when all hold; -1 when one does not, none applies or the file is bad, of which stderr tells
 */
int bench_gates_check(FILE *out, const char *path, const char *set, const struct bench_row *row, size_t rows,
                      size_t method);

/**
 * Print gates for these figures, errors and what is required: each with some room, since another mathematics library rounds otherwise, but not beyond
 * what is required if that is reached.
 *
 * @param out     where to
 * @param set     as for bench_gates_check()
 * @param row     scenarios that were run
 * @param rows    their number
 * @param method  place of the estimator in the summaries
 */
void bench_gates_write(FILE *out, const char *set, const struct bench_row *row, size_t rows, size_t method);

#endif
