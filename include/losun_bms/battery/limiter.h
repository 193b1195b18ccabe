/**
 * @file
 * Charge-current limiter: a current-limited branch in parallel with the charge switch.
 */
#ifndef LOSUN_BMS_BATTERY_LIMITER_H
#define LOSUN_BMS_BATTERY_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/battery/charge_inputs.h"
#include "losun_bms/model/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State and results. */
struct lbms_limiter {
    bool limiting;                 /**< result: it has taken over because of too much current */
    bool failed;                   /**< result: over-current although the current flows through it */
    struct lbms_hold_timer over;   /**< too much current through the charge switch */
    struct lbms_hold_timer still;  /**< too much current through the limiter */
    struct lbms_hold_timer active; /**< time of limiting */
};

/**
 * Tells whether the board has a limiter that may be used.
 *
 * @param params  `limiter_fitted`, `limiter_enable`
 * @return true when both are set
 * Context: any.
 */
bool lbms_limiter_available(const struct lbms_params *params);

/**
 * Start without limiting.
 *
 * @param limiter  state to prepare
 * Context: the context of the step.
 */
void lbms_limiter_init(struct lbms_limiter *limiter);

/**
 * Decide whether charge current must pass through the limiter.
 *
 * Charge current > `limiter_start_ma` (or > `charge_oc_protect_ma`, where that is lower: the protection waits for the
 * limiter) for `charge_oc_delay_ms` starts it, for `limiter_time_s`; then the charge switch is tried again. Discharge
 * current > `limiter_end_discharge_ma`, a charger that has gone, or an open charge path ends it at once. It has failed
 * when the current through it is still > `charge_oc_protect_ma` for one further `charge_oc_delay_ms`.
 *
 * @param limiter   state; results are rewritten
 * @param in        inputs of this step
 * @param in_use    the current passes through the limiter for another reason (gentle charging)
 * @param blocked   the charge path is held open for any reason
 * @param params    levels and times
 * @param product   product of the parameters
 * Context: the context of the step.
 */
void lbms_limiter_step(struct lbms_limiter *limiter, const struct lbms_charge_inputs *in, bool in_use,
                       bool blocked, const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
