/**
 * @file
 * One method on its way through one run: fed with samples, scored against the reference, watched for jumps.
 */
#ifndef SOC_EVAL_RUNNER_H
#define SOC_EVAL_RUNNER_H

#include <stdbool.h>

#include "soc_eval/method.h"
#include "soc_eval/metrics.h"

/** A method in use. */
struct soc_runner {
    const struct soc_method *method;
    void *state;
    double capacity_ah;
    struct soc_metrics metrics;
    struct soc_reading reading; /**< after the last sample */
    double previous;            /* state of charge of the sample before */
    double full_s;              /* how long the conditions of a full anchor hold */
    double largest_jump;        /**< between two samples, without power-up and full anchor */
};

/**
 * Begin a run.
 *
 * @param runner      release it with soc_runner_end()
 * @param method      what to run
 * @param setup       what it knows at power-up; setup->cell must outlive the runner
 * @param from_s      see soc_metrics_init()
 * @param duration_s  see soc_metrics_init()
 * @return false when there is no memory
 */
bool soc_runner_begin(struct soc_runner *runner, const struct soc_method *method,
                      const struct soc_setup *setup, double from_s, double duration_s);

/** One sample, at time_s after power-up; what the method says is in `reading` then. */
void soc_runner_tick(struct soc_runner *runner, const struct soc_tick *tick, double time_s);

/** Score what the method says now against this state of charge. */
void soc_runner_score(struct soc_runner *runner, double time_s, double reference);

/** Release the memory. */
void soc_runner_end(struct soc_runner *runner);

#endif
