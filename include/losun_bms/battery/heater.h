/**
 * @file
 * Heating film: warms cells that are too cold to be charged.
 */
#ifndef LOSUN_BMS_BATTERY_HEATER_H
#define LOSUN_BMS_BATTERY_HEATER_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/battery/charge_inputs.h"
#include "losun_bms/model/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State and results. */
struct lbms_heater {
    bool on;                     /**< result: heat */
    bool given_up;               /**< result: heated for too long; stays until the next start */
    struct lbms_hold_timer time; /**< of heating */
};

/**
 * Start with the heater off.
 *
 * @param heater  state to prepare
 * Context: the context of the step.
 */
void lbms_heater_init(struct lbms_heater *heater);

/**
 * Decide whether to heat.
 *
 * With a heater fitted: on when the coldest cell is below `heater_on_dc`, off at `heater_off_dc`. Only with a charger present,
 * every cell above `heater_cell_min_dc` and none above `heater_cell_max_dc`, and every cell sensor believable.
 * After `heater_max_s` without a break it is off until the next start.
 *
 * @param heater   state; results are rewritten
 * @param in       inputs of this step
 * @param params   levels and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_heater_step(struct lbms_heater *heater, const struct lbms_charge_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
