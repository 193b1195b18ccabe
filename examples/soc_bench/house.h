/**
 * @file
 * Current that a house asks of its battery: base load, random loads at meal times, and panels under passing clouds.
 */
#ifndef SOC_BENCH_HOUSE_H
#define SOC_BENCH_HOUSE_H

#include <stddef.h>

#include "plant/rng.h"

/** Samples are this far apart, s. */
#define BENCH_STEP_S 10

/** A house, or a square wave of power where there is none. */
struct bench_house {
    double sun_kw;            /**< power of the panels; 0: no house */
    double day_low, day_high; /**< factor on the sun, drawn for each day */
    double load_scale;        /**< factor on all loads */
    double square_kw;         /**< amplitude of a square wave of 5 h period; its factor 0.6..1 is drawn */
};

/**
 * Fill in the current for every step.
 *
 * @param house      what to imitate; neither sun nor square wave: all 0
 * @param rng        source of chance
 * @param current_a  one value for each step of BENCH_STEP_S, within +-50 A, positive charges
 * @param count      their number
 */
void bench_house_current(const struct bench_house *house, struct plant_rng *rng, float *current_a,
                         size_t count);

#endif
