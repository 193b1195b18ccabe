/**
 * @file
 * Runs spread over processes.
 */
#ifndef SOC_BENCH_WORK_H
#define SOC_BENCH_WORK_H

#include <stdbool.h>
#include <stddef.h>

/** Do job number `job`; 0, or -1 after an error. */
typedef int (*bench_job)(void *context, size_t job);

/** Zeroed memory that the processes share, or NULL. It is never released. */
void *bench_shared(size_t size);

/**
 * Do the jobs 0..count-1, each in one of some processes; what they leave must be in shared memory or files.
 *
 * @param jobs       their number
 * @param processes  how many, 1: in this process
 * @param job        does one
 * @param context    for job
 * @return true when all jobs returned 0
 */
bool bench_work(size_t jobs, unsigned processes, bench_job job, void *context);

#endif
