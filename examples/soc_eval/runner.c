#include "soc_eval/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A method may jump while it looks for its place after power-up ... */
#define POWER_UP_S 600.0
/* ... and once the pack is full: this voltage with less than a twentieth of the capacity, nearly as long as the most
   hasty method waits for its anchor. */
#define FULL_V    3.44
#define FULL_PART 20.0
#define FULL_S    50.0

bool soc_runner_begin(struct soc_runner *runner, const struct soc_method *method,
                      const struct soc_setup *setup, double from_s, double duration_s)
{
    memset(runner, 0, sizeof(*runner));
    runner->state = calloc(1u, method->size);
    if (runner->state == NULL) {
        return false;
    }
    runner->method = method;
    runner->capacity_ah = setup->capacity_ah;
    method->init(runner->state, setup);
    method->read(runner->state, &runner->reading);
    runner->previous = runner->reading.soc;
    soc_metrics_init(&runner->metrics, from_s, duration_s);
    return true;
}

void soc_runner_tick(struct soc_runner *runner, const struct soc_tick *tick, double time_s)
{
    const bool full = (tick->mean_v >= FULL_V) && (tick->current_a < runner->capacity_ah / FULL_PART);

    runner->method->step(runner->state, tick);
    runner->method->read(runner->state, &runner->reading);
    runner->full_s = full ? (runner->full_s + tick->dt_s) : 0.0;
    if ((time_s >= POWER_UP_S) && (runner->full_s < FULL_S)) {
        runner->largest_jump = fmax(runner->largest_jump, fabs(runner->reading.soc - runner->previous));
    }
    runner->previous = runner->reading.soc;
}

void soc_runner_score(struct soc_runner *runner, double time_s, double reference)
{
    soc_metrics_add(&runner->metrics, time_s, runner->reading.soc - reference, runner->reading.sd);
}

void soc_runner_end(struct soc_runner *runner)
{
    free(runner->state);
    runner->state = NULL;
}
