/**
 * @file
 * Measurement validation: from a raw sample to values that may be believed.
 *
 * A value is believed when its sample is fresh (age <= `sample_stale_ms`) and it is inside its plausible range.
 * Anything else loses its validity bit at once; when it stays unbelievable, a condition goes to the protection table,
 * which opens the switches. Temperatures, which change slowly, outlast a bad conversion: their last good value is good for
 * `temp_delay_ms`, but not for longer than a sample.
 *
 * What is checked between values: the sum of the cells against the pack voltage, and voltages that do not move although
 * the current does. While cells are being bled their voltages are wrong: then those of the last conversion
 * without bleeding stay, as long as that is fresh.
 */
#ifndef LOSUN_BMS_BATTERY_MEASURE_H
#define LOSUN_BMS_BATTERY_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/production.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Voltages and current are complete: the validity bits without which no path may be closed for the first time. */
#define LBMS_VALID_ESSENTIAL ((uint16_t)(LBMS_VALID_CELLS | LBMS_VALID_PACK | LBMS_VALID_CURRENT))

/** Temperature sensors: LBMS_NTCS cell sensors, MOSFET, environment. */
#define LBMS_SENSORS (LBMS_NTCS + 2u)

/** State of the validation. */
struct lbms_measure {
    uint32_t
        conditions; /**< result: CELLS_LOST, CURRENT_LOST, NTC_LOST, TEMPERATURE_LOST (1 << enum lbms_condition) */
    uint32_t
        clean_age_ms; /**< result: age of the cell voltages, which are not measured while cells are bled */
    bool stale;       /**< result: too old, and no new sample since; survives the wrap of the time */
    bool waiting;     /**< result: no sample has come since the start or the last sleep */
    bool started;
    bool clean;                    /**< there are cell voltages of a conversion without bleeding */
    uint32_t last_ms;              /**< time of the last step */
    struct lbms_hold_timer silent; /**< how long it has been waiting */
    struct lbms_hold_timer cells_implausible;
    struct lbms_hold_timer current_implausible;
    struct lbms_hold_timer sum;          /**< how long the sum of the cells differs from the pack voltage */
    struct lbms_hold_timer stuck;        /**< how long all voltages have been identical */
    int32_t stuck_low_ma, stuck_high_ma; /**< currents seen meanwhile */
    uint16_t bad_ms[LBMS_SENSORS];       /**< how long each temperature sensor has been bad */
    struct lbms_calibration calibration; /**< of the samples; set by lbms_measure_calibrate() */
    bool corrected;                      /**< it changes something */
};

/**
 * Start without any measurement: everything invalid.
 *
 * @param measure  state to prepare
 * @param m        measured values to prepare
 * Context: the context of the step.
 */
void lbms_measure_init(struct lbms_measure *measure, struct lbms_measured *m);

/**
 * From now on samples are corrected before they are judged.
 *
 * @param measure      state
 * @param calibration  corrections, copied; those that lbms_calibration_acceptable() refuses are not used
 * Context: the context of the step.
 */
void lbms_measure_calibrate(struct lbms_measure *measure, const struct lbms_calibration *calibration);

/**
 * The AFE may be silent for now (asleep): the first sample is waited for anew, and silence until then is no loss.
 *
 * @param measure  state
 * Context: the context of the step.
 */
void lbms_measure_expect(struct lbms_measure *measure);

/**
 * Correct and validate the sample in the inputs.
 *
 * A sample that is stale, or whose time stamp lies in the future, makes everything invalid and cells and current lost
 * at once; while the first sample is waited for, everything is invalid, and lost after `sample_stale_ms`. A single
 * implausible cell voltage, pack voltage or current loses its validity at once, and raises the condition after
 * `cell_invalid_delay_ms`. Cells are lost as well when their sum differs from the pack voltage by more than
 * `pack_sum_tolerance_mv` for `pack_sum_delay_ms`, or when all voltages are identical for `stuck_s` while the
 * plausible current moves by more than `stuck_current_ma`. Values without validity keep their last plausible number, for display.
 *
 * @param measure  state; its results are rewritten
 * @param m        measured values of the last step; rewritten by those of this one
 * @param inputs   inputs of the step
 * @param params   limits
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_measure_step(struct lbms_measure *measure, struct lbms_measured *m,
                       const struct lbms_inputs *inputs, const struct lbms_params *params,
                       const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
