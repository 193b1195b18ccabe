/**
 * @file
 * The momentary BMS button: what a press means is decided by its duration.
 *
 * Source: product manual 2.3-2 and 2.3-3 (3~6 s); longer than 6 s resets, as other packs of the family do.
 */
#ifndef LOSUN_BMS_POWER_BUTTON_H
#define LOSUN_BMS_POWER_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the button said in one step. */
enum lbms_button_event {
    LBMS_BUTTON_NONE = 0,
    LBMS_BUTTON_LONG = 1, /**< released after `button_min_ms` .. `button_max_ms` */
    LBMS_BUTTON_HELD = 2  /**< held for `button_reset_ms`, not yet released */
};

/** A button that is down for longer is stuck, ms. */
#define LBMS_BUTTON_STUCK_MS 30000u

/** State of the button. */
struct lbms_button {
    bool stuck; /**< result: down for longer than LBMS_BUTTON_STUCK_MS */
    struct lbms_hold_timer pressed;
    uint32_t since_ms; /**< start of the press, while down */
    bool down;
    bool used; /**< this press has had its action, or must not have one */
};

/**
 * Start. A button that is down at the start has no effect until it was released once, unless its press is known to have
 * ended a sleep: then it counts from the first step.
 *
 * @param button   state to prepare
 * @param waking   true: the press that is going on woke the board
 * Context: the context of the step.
 */
void lbms_button_init(struct lbms_button *button, bool waking);

/**
 * Follow the debounced button.
 *
 * At most one event for each press.
 *
 * @param button   state
 * @param pressed  debounced level
 * @param enabled  false: presses are ignored, also one that is going on (STARTING, STOPPING)
 * @param now_ms   time of this step
 * @param params   durations
 * @return enum lbms_button_event
 * Context: the context of the step.
 */
uint8_t lbms_button_step(struct lbms_button *button, bool pressed, bool enabled, uint32_t now_ms,
                         const struct lbms_params *params);

#ifdef __cplusplus
}
#endif

#endif
