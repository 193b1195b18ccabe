/**
 * @file
 * Switch control: the only writer of the wanted switch state.
 *
 * It closes what the mode permits and no protection blocks, pre-charges the port before the discharge
 * switch closes, and applies the body-diode rule: when exactly one path is blocked, current in the permitted direction
 * flows through the body diode of the blocked switch (90 W at 100 A); that switch is closed while this current exceeds
 * `body_diode_on_ma` and opened again when it falls below `body_diode_off_ma` or changes its sign. A charge switch that is
 * open because the limiter carries the charge current is treated the same.
 *
 * After a short circuit the load is tested: pre-charge for at most `precharge_timeout_ms`; the load is gone when the port
 * comes above `short_probe_pct` of the pack voltage.
 */
#ifndef LOSUN_BMS_POWER_SWITCH_CONTROL_H
#define LOSUN_BMS_POWER_SWITCH_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the switches depend on, for one step. */
struct lbms_switch_inputs {
    uint32_t now_ms;
    bool permitted;       /**< lbms_mode_permits_paths() of the mode */
    bool restart;         /**< the user switched off and on: forget failed pre-charges */
    uint8_t blocked;      /**< paths held open by protections, mask of enum lbms_path */
    bool charger_present; /**< a way out of a failed pre-charge */
    bool use_limiter;     /**< charge through the limiter instead of the charge switch */
    bool probe_load;      /**< test by pre-charge whether the load of a short circuit is gone */
    const struct lbms_measured *m;
};

/** Stages of closing the discharge path. */
enum lbms_discharge_stage {
    LBMS_DISCHARGE_OPEN = 0,
    LBMS_DISCHARGE_PRECHARGE = 1, /**< the port is being charged through the resistor */
    LBMS_DISCHARGE_CLOSED = 2,
    LBMS_DISCHARGE_WAIT = 3 /**< pre-charge timed out, next try after `precharge_retry_s` */
};

/** State and results. */
struct lbms_switch_control {
    struct lbms_switches want; /**< result: whole switch state */
    uint32_t
        conditions;   /**< result: PRECHARGE_FAILED, LOAD_REMOVED, LOAD_PRESENT (1 << enum lbms_condition) */
    uint8_t stage;    /**< enum lbms_discharge_stage */
    uint8_t failures; /**< pre-charge time-outs in a row */
    struct lbms_hold_timer timer;
    struct lbms_hold_timer probe; /**< load test */
    bool assist_charge;           /**< charge switch closed by the body-diode rule */
    bool assist_discharge;        /**< discharge switch closed by the body-diode rule */
};

/**
 * Start with all switches open.
 *
 * @param control  state to prepare
 * Context: the context of the step.
 */
void lbms_switch_control_init(struct lbms_switch_control *control);

/**
 * Decide the whole switch state: control->want.
 *
 * @param control  state
 * @param in       facts of this step
 * @param params   limits and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_switch_control_step(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                              const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
