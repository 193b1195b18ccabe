/**
 * @file
 * The limits told to the inverter: charge and discharge voltage (CVL, DVL), charge and discharge current (CCL, DCL).
 *
 * An inverter that follows them keeps the pack away from its protections. They are requests only: what it does instead is
 * the business of the protections, whose values do not depend on this.
 */
#ifndef LOSUN_BMS_BATTERY_LIMITS_H
#define LOSUN_BMS_BATTERY_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/battery/derating.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Factors that are looked up in a step: each temperature curve for the coldest and for the hottest cell. */
#define LBMS_LIMITS_FACTORS (LBMS_DERATING_COUNT + 2)

/** A limit that falls at once and rises with time. */
struct lbms_limit_ramp {
    int32_t value; /**< mV or mA, not yet rounded */
    uint16_t rest; /**< 1/1000 of it that have been gained beyond */
};

/** State and results. */
struct lbms_limits {
    struct lbms_limit_view view; /**< result */
    uint32_t conditions; /**< result: LBMS_CONDITION_CCL_IGNORED, LBMS_CONDITION_DCL_IGNORED as masks */
    bool stop;           /**< result: empty for the inverter, discharging stopped before the protection */
    bool started;        /**< a step has been made */
    uint32_t last_ms;    /**< time of that step */
    struct lbms_limit_ramp cvl, ccl, dcl;
    struct lbms_hold_timer low; /**< how long the pack has been low */
    struct lbms_hold_timer
        recovered; /**< how long it has been above the release of the under-voltage protection */
    struct lbms_hold_timer ccl_ignored, dcl_ignored;
    uint16_t mosfet_bp;                              /**< factor at the last valid MOSFET temperature */
    struct lbms_derating known[LBMS_LIMITS_FACTORS]; /**< where the factors found last still hold */
};

/** What one step needs to know. */
struct lbms_limits_inputs {
    uint32_t now_ms;               /**< time of this step */
    const struct lbms_measured *m; /**< validated measurement of this step */
    uint32_t protections;          /**< 1 << enum lbms_bit */
    uint16_t soc_bp;               /**< 0..10000 */
    uint8_t
        blocked; /**< paths held open by protection, fault, lock, full or command: mask of enum lbms_path */
    bool permitted;    /**< the mode permits closed paths; false in STARTING, STOPPING and asleep */
    bool full;         /**< charging complete */
    bool gentle;       /**< a deeply discharged pack: at most `gentle_charge_ma` */
    bool full_request; /**< a full charge is wanted, see LBMS_REQUEST_FULL_CHARGE */
};

/**
 * Start with limits of 0, no request and nothing ignored.
 *
 * @param limits  state to prepare
 * Context: the context of the step.
 */
void lbms_limits_init(struct lbms_limits *limits);

/**
 * Find the limits of this step.
 *
 * Currents: nominal (`ccl_ma`, `dcl_ma`) times the smallest factor of battery/derating.h, in whole `limit_quantum_ma`, and 0
 * below `limit_zero_ma`. Downward at once, upward with `limit_slew_ma_s`. CCL is 0 while the charge path is blocked, in the
 * full state and without permission; DCL while the discharge path is blocked, while stopped, and without permission. One
 * lost cell sensor, or a lost MOSFET sensor, leaves `ntc_lost_derate_pct`; without the MOSFET sensor, board +
 * `mos_lost_margin_dc` is used, but no more is offered than before it was lost. Factors that need
 * anything else that is not known are 0.
 *
 * Stop before protection: pack < `dvl_mv` or a cell < `cell_uv_alarm_mv` for `dcl_stop_s`, or an under-voltage protection at
 * once; ends with pack >= `pack_uv_release_mv` and every cell >= `cell_uv_release_mv` for `dcl_resume_s`.
 *
 * CVL: `cvl_mv`, lower by `cvl_trim_gain` times what the highest cell has above `cvl_trim_cell_mv`, but not below
 * `cvl_trim_floor_mv`; at once, and back with `cvl_trim_recover_mv_s`. DVL: `dvl_mv`.
 *
 * Ignored: current beyond `limit_ignored_pct` of the limit told in the step before + `limit_ignored_ma`, for
 * `limit_ignored_s`.
 *
 * Anything that cannot be believed lets a running delay go on, begins none, and raises nothing.
 *
 * @param limits   state; results are rewritten
 * @param in       measurement and decisions of this step
 * @param params   values and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_limits_step(struct lbms_limits *limits, const struct lbms_limits_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
