/**
 * @file
 * Going to sleep: requests, and the test for external voltage.
 *
 * Source: product manual 2.3-3. Waking up is power/wake.h.
 */
#ifndef LOSUN_BMS_POWER_SLEEP_H
#define LOSUN_BMS_POWER_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What sleep depends on, for one step. */
struct lbms_sleep_inputs {
    uint32_t now_ms, uptime_s;
    uint8_t mode; /**< before this step's transition */
    const struct lbms_measured *m;
    uint32_t protections; /**< 1 << enum lbms_bit */
    bool charge_now;      /**< charge current >= `current_idle_ma` flows */
    bool idle;            /**< no current flows, or both paths are held open */
    bool charger_present;
    bool balancing;
    bool frame;         /**< a valid frame for this pack came on a port; not a master's own polls */
    bool service_fault; /**< a fault that only service can release */
    bool button_long;   /**< the button was released after 3..6 s */
    bool button_down;   /**< the button is pressed */
    bool host_command;  /**< LBMS_COMMAND_SLEEP came */
    bool switch_on;     /**< weak-current switch */
    bool window_open;   /**< an automatic window is open, in which an empty pack waits for a charger */
    bool window_over;   /**< lbms_window.over */
    uint8_t address;    /**< 0..15 */
};

/** State and results. */
struct lbms_sleep_control {
    bool stop;      /**< result: be in STOPPING */
    bool confirmed; /**< result: no external voltage, enter SHUTDOWN */
    bool refused;   /**< result: refused or cancelled a moment ago; own requests wait for the next test */
    bool reduced;   /**< result: an empty pack that may not sleep saves power */
    uint8_t reason; /**< result: enum lbms_sleep_reason of the request, or of the last sleep */
    uint8_t
        cancelled; /**< result: enum lbms_sleep_reason of a user's request that was given up in this step, or NONE */

    struct lbms_hold_timer under_voltage; /**< unresolved under-voltage */
    struct lbms_hold_timer switch_off;    /**< weak-current switch off */
    struct lbms_hold_timer low_cell;      /**< a low cell, and nothing going on */
    struct lbms_hold_s standby;           /**< nothing going on */
    struct lbms_hold_timer quiet;         /**< time since the last frame */
    struct lbms_hold_timer dead_bus;      /**< no voltage at the open terminals */
    struct lbms_hold_timer live_bus;      /**< steady external voltage at the open terminals */
    int32_t live_mv;                      /**< with which that time began */
    struct lbms_hold_timer pending;       /**< time since the request */
    struct lbms_hold_timer retry;         /**< time since the last refusal */
    struct lbms_hold_timer deep;          /**< empty, kept awake, and not being charged */
    bool talking;                         /**< a frame came within `comm_idle_s` */
    bool kept_awake;                      /**< an empty pack was refused its sleep */
    uint8_t last_reason;                  /**< of the last sleep */
};

/**
 * Start awake, without a request.
 *
 * @param sleep   state to prepare
 * @param reason  enum lbms_sleep_reason of the sleep that just ended or goes on, for display
 * Context: the context of the step.
 */
void lbms_sleep_init(struct lbms_sleep_control *sleep, uint8_t reason);

/**
 * Decide about sleep. Results are in the struct; in SHUTDOWN only times are forgotten.
 *
 * Requests while awake:
 * - under-voltage unresolved for `uv_sleep_s` without charge current, or an automatic window that is over;
 * - button, host command, at once;
 * - weak-current switch off for `off_switch_sleep_s`;
 * - a cell < `sleep_cell_mv` for `sleep_delay_s` without communication, protection, balancing and current;
 * - no communication, current or charger for more than `standby_sleep_s`.
 *
 * A request opens the paths (STOPPING); when the terminals have shown less than `sleep_no_voltage_mv` for `sleep_test_ms`
 * without charge current it is confirmed. External voltage that stays for `sleep_test_ms` (a falling one is that of a
 * capacitor, such as an inverter's that has switched off) ends a request that the pack made itself: it
 * tries again after `sleep_retry_s`, so that a charger on the bus can charge an empty pack in between. A request by button
 * or host stays pending for `sleep_pending_s`, with an address other than 0 for `sleep_pending_parallel_s`: until the last
 * pack of a system has opened its paths. A terminal voltage that cannot be believed never confirms a request.
 *
 * An empty pack (under-voltage, a cell < `deep_guard_cell_mv`) that was refused its sleep saves power when no charge
 * current has come for `deep_guard_s`; charge current, the button or a confirmed sleep ends that.
 *
 * @param sleep    state
 * @param in       facts of this step
 * @param params   limits and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_sleep_step(struct lbms_sleep_control *sleep, const struct lbms_sleep_inputs *in,
                     const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
