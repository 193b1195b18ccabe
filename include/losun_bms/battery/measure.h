/**
 * @file
 * Measurement validation: from a raw sample to values that may be believed.
 *
 * A value is believed when its sample is fresh (age <= `sample_stale_ms`) and it is inside its plausible range.
 * Anything else loses its validity bit at once; when the cells or the current stay unbelievable, a "lost" flag
 * goes to the protection table, which opens the switches.
 */
#ifndef LOSUN_BMS_BATTERY_MEASURE_H
#define LOSUN_BMS_BATTERY_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Voltages and current are complete: the validity bits without which no path may be closed for the first time. */
#define LBMS_VALID_ESSENTIAL ((uint16_t)(LBMS_VALID_CELLS | LBMS_VALID_PACK | LBMS_VALID_CURRENT))

/** State of the validation. */
struct lbms_measure {
    struct lbms_measured m;        /**< result of the last step */
    bool stale;                    /**< too old, and no new sample since; survives the wrap of the time */
    bool cells_lost;               /**< no complete plausible set of cell and pack voltages */
    bool current_lost;             /**< no plausible current */
    bool waiting;                  /**< no sample has come since the start or the last sleep */
    struct lbms_hold_timer silent; /**< how long it has been waiting */
    struct lbms_hold_timer cells_implausible;
    struct lbms_hold_timer current_implausible;
};

/**
 * Start without any measurement: everything invalid.
 *
 * @param measure  state to prepare
 * Context: the context of the step.
 */
void lbms_measure_init(struct lbms_measure *measure);

/**
 * The AFE may be silent for now (asleep): the first sample is waited for anew, and silence until then is no loss.
 *
 * @param measure  state
 * Context: the context of the step.
 */
void lbms_measure_expect(struct lbms_measure *measure);

/**
 * Validate the sample in the inputs. The result is measure->m and the two "lost" flags.
 *
 * A sample that is stale, or whose time stamp lies in the future, makes everything invalid and lost at once; while the
 * first sample is waited for, everything is invalid, and lost after `sample_stale_ms`. A single
 * implausible cell voltage, pack voltage or current loses its validity at once, and raises the flag after
 * `cell_invalid_delay_ms`. Values without validity keep their last plausible number, for display.
 *
 * @param measure  state
 * @param inputs   inputs of the step
 * @param params   limits
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_measure_step(struct lbms_measure *measure, const struct lbms_inputs *inputs,
                       const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
