/**
 * @file
 * Errors of the sensors: what a board would have measured of a recorded or simulated cell.
 */
#ifndef SOC_EVAL_SENSOR_H
#define SOC_EVAL_SENSOR_H

#include "plant/rng.h"
#include "soc_eval/method.h"

/** Errors of one board; noise is the standard deviation of each sample. */
struct soc_sensor {
    double gain; /**< factor on the current: 1 is right */
    double offset_a;
    double voltage_v; /**< offset of the mean cell voltage */
    double temp_c;    /**< offset of the temperature */
    double noise_a, noise_v;
};

/** A board without errors. */
void soc_sensor_ideal(struct soc_sensor *sensor);

/**
 * Falsify a sample.
 *
 * @param sensor  errors
 * @param rng     source of the noise
 * @param tick    true values, becomes what was measured
 */
void soc_sensor_apply(const struct soc_sensor *sensor, struct plant_rng *rng, struct soc_tick *tick);

#endif
