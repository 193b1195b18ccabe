/**
 * @file
 * Direction of the current, and whether a charger is present.
 */
#ifndef LOSUN_BMS_BATTERY_FLOW_H
#define LOSUN_BMS_BATTERY_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State and results. */
struct lbms_flow_state {
    uint8_t flow;                  /**< result: enum lbms_flow */
    bool charger_present;          /**< result */
    bool charge_now;               /**< result: charge current >= `current_idle_ma` in this sample */
    uint8_t candidate;             /**< direction that the current has now */
    struct lbms_hold_timer change; /**< how long the candidate differs from the result */
    bool held;                     /**< a charger was seen by its current and is still assumed */
    struct lbms_hold_timer gone;   /**< how long its current has been away */
};

/**
 * Start idle, without a charger.
 *
 * @param state  state to prepare
 * Context: the context of the step.
 */
void lbms_flow_init(struct lbms_flow_state *state);

/**
 * Follow the current.
 *
 * The direction changes when the new one (beyond or inside `current_idle_ma`) has lasted for
 * `current_state_delay_ms`. A charger is present when charge current >= `current_idle_ma` flows, for `charger_hold_s`
 * after it (unless a discharge current > `body_diode_on_ma` shows that it has gone), or when the terminal voltage is more
 * than `charger_over_mv` above the pack with the charge switch open. A current that cannot be believed counts as none.
 *
 * @param state    state; results are rewritten
 * @param m        validated measurement of this step
 * @param now_ms   time of this step
 * @param params   limits and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_flow_step(struct lbms_flow_state *state, const struct lbms_measured *m, uint32_t now_ms,
                    const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
