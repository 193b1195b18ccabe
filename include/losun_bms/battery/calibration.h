/**
 * @file
 * Calibration: measured values with the corrections that the factory has found, and how it finds them.
 */
#ifndef LOSUN_BMS_BATTERY_CALIBRATION_H
#define LOSUN_BMS_BATTERY_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/command.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/production.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Samples over which a correction is averaged: their noise becomes a quarter. */
#define LBMS_CALIBRATE_SAMPLES 16u
/** Longest wait for them, ms. */
#define LBMS_CALIBRATE_MS 10000u
/** Smallest current from which a gain is found, mA. */
#define LBMS_CALIBRATE_MIN_MA 5000

/** A correction that is being found. Cleared memory is ready for lbms_calibrator_begin(). */
struct lbms_calibrator {
    uint8_t what;      /**< enum lbms_calibrate */
    uint8_t count;     /**< samples so far */
    int32_t truth;     /**< true value, mA or mV */
    int32_t sum;       /**< of the samples */
    uint32_t begin_ms; /**< when it began */
};

/** Whether this calibration changes anything. Context: any. */
bool lbms_calibration_corrects(const struct lbms_calibration *calibration);

/**
 * Correct a sample: value x gain + offset. What is no value of the sensor (0 mV, an open temperature sensor, a number far
 * beyond any range) stays what it is.
 *
 * @param calibration  corrections
 * @param raw          as the front end delivers it
 * @param corrected    receives all of it
 * Context: the context of the step.
 */
void lbms_calibration_apply(const struct lbms_calibration *calibration, const struct lbms_sample *raw,
                            struct lbms_sample *corrected);

/**
 * Begin to find a correction.
 *
 * @param calibrator  state; a correction that is still being found is given up
 * @param what        enum lbms_calibrate
 * @param truth       true value, mA (positive charges) or mV
 * @param now_ms      time
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: unknown; LBMS_ERR_RANGE: too small a current to find a gain from
 * Context: the context of the step.
 */
int lbms_calibrator_begin(struct lbms_calibrator *calibrator, uint8_t what, int32_t truth, uint32_t now_ms);

/**
 * Take the sample of a step into account.
 *
 * @param calibrator   begun
 * @param inputs       of the step
 * @param calibration  corrections in use; changed when the result is LBMS_OK
 * @return LBMS_AGAIN: more samples are needed; LBMS_OK: found; LBMS_ERR_RANGE: it would be beyond
 *         lbms_calibration_acceptable(); LBMS_ERR_TIMEOUT: the samples did not come
 * Context: the context of the step.
 */
int lbms_calibrator_step(struct lbms_calibrator *calibrator, const struct lbms_inputs *inputs,
                         struct lbms_calibration *calibration);

#ifdef __cplusplus
}
#endif

#endif
