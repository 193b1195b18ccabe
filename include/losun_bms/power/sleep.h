/**
 * @file
 * Going to sleep and waking up: requests, the test for external voltage, wake-up sources.
 *
 * Source: product manual 2.3-3.
 */
#ifndef LOSUN_BMS_POWER_SLEEP_H
#define LOSUN_BMS_POWER_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What sleep and wake-up depend on, for one step. */
struct lbms_sleep_inputs {
    uint32_t now_ms;
    uint8_t mode; /**< before this step's transition */
    const struct lbms_measured *m;
    uint32_t protections; /**< 1 << enum lbms_bit */
    bool charge_now;      /**< charge current >= `current_idle_ma` flows */
    bool button_long;     /**< the button was released after 3..6 s */
    bool button_held;     /**< the button has been held for 6 s */
    bool button_down;     /**< the button is pressed */
    bool host_command;    /**< LBMS_COMMAND_SLEEP came */
    bool switch_on;       /**< weak-current switch */
    uint8_t wake_reason;  /**< a wake-up source fired, mask of enum lbms_wake */
};

/** State and results. */
struct lbms_sleep_control {
    bool stop;                 /**< result: be in STOPPING */
    bool confirmed;            /**< result: no external voltage, enter SHUTDOWN */
    bool wake;                 /**< result: leave SHUTDOWN */
    bool wake_by_user;         /**< result: by the button or the weak-current switch */
    uint8_t reason;            /**< result: enum lbms_sleep_reason of the request, or of the last sleep */
    struct lbms_sleep request; /**< result: low-power request to the board, in SHUTDOWN */

    struct lbms_hold_timer under_voltage; /**< unresolved under-voltage */
    struct lbms_hold_timer switch_off;    /**< weak-current switch off */
    struct lbms_hold_timer dead_bus;      /**< no voltage at the open terminals */
    struct lbms_hold_timer live_bus;      /**< external voltage at the open terminals */
    struct lbms_hold_timer pending;       /**< time since the request */
    struct lbms_hold_timer refused;       /**< time since the last refusal */
    struct lbms_hold_timer charger;       /**< terminal above the wake-up voltage */
    struct lbms_hold_timer alert;         /**< time since SHUTDOWN began or a wake-up source fired */
    struct lbms_hold_timer pressed;       /**< asleep: time for which the button has been down */
    uint8_t last_reason;                  /**< of the last sleep */
    bool wait_retry;                      /**< refused: wait before the next test */
    bool saw_switch_off;                  /**< asleep: the weak-current switch was off at least once */
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
 * Decide about sleep and wake-up. Results are in the struct.
 *
 * Requests while awake: under-voltage unresolved for `uv_sleep_s` without charge current, button, host command,
 * weak-current switch off for `off_switch_sleep_s`. A request opens the paths (STOPPING); when the terminals have shown
 * less than `sleep_no_voltage_mv` for `sleep_test_ms` it is confirmed. External voltage for `sleep_test_ms` ends a request
 * that the pack made itself (under-voltage, switch): it tries again after `sleep_retry_s`, so that a charger on the
 * bus can charge an empty pack in between. A request by button or host stays pending for `sleep_pending_s`.
 * A terminal voltage that cannot be believed never confirms a request.
 *
 * Wake-up in SHUTDOWN: button (released after 3..6 s, or held 6 s), charger (terminal > `wake_charger_mv` for `wake_charger_ms`),
 * weak-current switch turned on. With the switch off nothing wakes the pack but the switch itself.
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
