/*
 * Ampere-hour counters: plain, with anchors at full and empty, and with a table look-up after a rest.
 */
#include <math.h>

#include "soc_eval/method.h"

#define SECONDS_PER_H 3600.0
#define FULL_V        3.45 /* and current below capacity / 20 */
#define FULL_PART     20.0
#define EMPTY_V       2.90
#define ANCHOR_S      60.0
#define REST_PART     50.0 /* a rest: current below capacity / 50 */
#define REST_S        3600.0

enum kind { PLAIN, WITH_ANCHORS, WITH_REST };

struct counter {
    const struct soc_cell *cell;
    double capacity_ah, soc;
    double full_s, empty_s, rest_s; /* how long the conditions hold */
};

static void counter_init(void *state, const struct soc_setup *setup)
{
    struct counter *c = state;

    c->cell = setup->cell;
    c->capacity_ah = setup->capacity_ah;
    c->soc = setup->soc;
    c->full_s = 0.0;
    c->empty_s = 0.0;
    c->rest_s = 0.0;
}

/* State of charge at which the table has this voltage, blind to hysteresis. Ties of the plateau go to the lower end. */
static double look_up(const struct soc_cell *cell, double v)
{
    double below_v = cell->rest_v[0];
    int row;

    if (v <= below_v) {
        return 0.0;
    }
    for (row = 1; row < LBMS_CELL_POINTS; row++) {
        const double here_v = fmax(cell->rest_v[row], below_v);

        if (v < here_v) {
            return ((double)(row - 1) + (v - below_v) / (here_v - below_v)) / (double)(LBMS_CELL_POINTS - 1);
        }
        below_v = here_v;
    }
    return 1.0;
}

static void step(struct counter *c, const struct soc_tick *t, enum kind kind)
{
    const double q = c->capacity_ah;
    const double i = t->current_a;

    c->soc = fmin(fmax(c->soc + i * t->dt_s / (q * SECONDS_PER_H), 0.0), 1.0);
    if (kind == PLAIN) {
        return;
    }
    c->full_s = ((t->mean_v >= FULL_V) && (i >= 0.0) && (i < q / FULL_PART)) ? (c->full_s + t->dt_s) : 0.0;
    c->empty_s = ((t->mean_v <= EMPTY_V) && (i < 0.0)) ? (c->empty_s + t->dt_s) : 0.0;
    c->rest_s = (fabs(i) < q / REST_PART) ? (c->rest_s + t->dt_s) : 0.0;
    if (c->full_s >= ANCHOR_S) {
        c->soc = 1.0;
    }
    if (c->empty_s >= ANCHOR_S) {
        c->soc = 0.0;
    }
    if ((kind == WITH_REST) && (c->rest_s >= REST_S)) {
        c->soc = look_up(c->cell, t->mean_v);
    }
}

static void counter_step(void *state, const struct soc_tick *tick)
{
    step(state, tick, PLAIN);
}

static void anchors_step(void *state, const struct soc_tick *tick)
{
    step(state, tick, WITH_ANCHORS);
}

static void rest_step(void *state, const struct soc_tick *tick)
{
    step(state, tick, WITH_REST);
}

static void counter_read(const void *state, struct soc_reading *reading)
{
    const struct counter *c = state;

    reading->soc = c->soc;
    reading->sd = -1.0;
    reading->offset_a = NAN;
    reading->capacity_ah = NAN;
}

const struct soc_method soc_method_counter = {
    "counter", "counter", false, sizeof(struct counter), counter_init, counter_step, counter_read,
};
const struct soc_method soc_method_anchors = {
    "anchors", "counter + anchors", false, sizeof(struct counter), counter_init, anchors_step, counter_read,
};
const struct soc_method soc_method_rest = {
    "rest", "rest look-up", false, sizeof(struct counter), counter_init, rest_step, counter_read,
};
