/**
 * @file
 * Asleep: which sources may wake the pack, and whether one of them has.
 *
 * Source: product manual 2.3-3 and 2.6-3.
 */
#ifndef LOSUN_BMS_POWER_WAKE_H
#define LOSUN_BMS_POWER_WAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a wake-up depends on, for one step. */
struct lbms_wake_inputs {
    uint32_t now_ms, uptime_s;
    uint8_t mode;   /**< before this step's transition */
    uint8_t reason; /**< enum lbms_sleep_reason of this sleep */
    const struct lbms_measured *m;
    bool button_long; /**< the button was released after 3..6 s */
    bool button_held; /**< the button has been held for 6 s */
    bool button_down; /**< the button is pressed */
    bool key_down;    /**< a key of the display is pressed */
    bool switch_on;   /**< weak-current switch */
    bool rs232_frame; /**< a valid frame came on RS232 */
    uint8_t fired;    /**< what woke the board, mask of enum lbms_wake */
    bool charge_now;  /**< charge current >= `current_idle_ma` flows */
    bool full;        /**< charging complete */
};

/** State and results. */
struct lbms_wake_control {
    bool wake;                 /**< result: leave SHUTDOWN */
    bool by_user;              /**< result: by the button or the weak-current switch */
    uint8_t cause;             /**< result: what ended the last sleep, one of enum lbms_wake; 0: none yet */
    bool maintenance_due;      /**< result: slept for too long, until the next full charge */
    struct lbms_sleep request; /**< result: low-power request to the board, in SHUTDOWN */

    struct lbms_hold_timer charger; /**< terminal above the wake-up voltage */
    struct lbms_hold_timer alert;   /**< time since SHUTDOWN began or a wake-up source fired */
    struct lbms_hold_timer pressed; /**< time for which the button has been down */
    struct lbms_hold_timer display; /**< time since the last key of the display */
    bool display_lit;               /**< that time is not over */
    bool key_down;                  /**< of the step before */
    bool saw_switch_off;            /**< the weak-current switch was off at least once in this sleep */
    bool asleep;                    /**< of the step before */
    bool resumed;                   /**< began in a sleep that had begun before the program did */
    bool begun;                     /**< the first step was made */
    bool charged;                   /**< charge current has flowed since the last wake-up */
    bool charger_spent;  /**< the charger has woken the pack in vain: not armed until its voltage goes away */
    uint8_t tries;       /**< automatic windows without charge in a row */
    uint8_t rs232_wakes; /**< wake-ups by RS232 since an over-discharge */
    uint32_t cycle_s;    /**< uptime at which the time to the next automatic wake-up began */
    uint32_t rs232_s;    /**< uptime at the first of rs232_wakes */
    uint32_t asleep_s;   /**< uptime at which SHUTDOWN was entered */
};

/**
 * Start.
 *
 * @param wake    state to prepare
 * @param memory  what survived
 * @param asleep  true: a sleep goes on, of which memory->asleep_s have passed
 * Context: the context of the step.
 */
void lbms_wake_init(struct lbms_wake_control *wake, const struct lbms_wake_memory *memory, bool asleep);

/**
 * Judge the wake-up sources. Results are in the struct; outside SHUTDOWN only counters are kept.
 *
 * Sources: button (released after 3..6 s, or held 6 s); weak-current switch turned on; a valid frame on RS232 while the
 * board is alert; charger (terminal > `wake_charger_mv` for `wake_charger_ms`); time, `auto_wake_period_s` after
 * the sleep or the last automatic wake-up began, for LBMS_SLEEP_OVER_DISCHARGE and `auto_wake_tries` times. With the
 * weak-current switch off, charger and time are not armed. A key of the display keeps the board alert for
 * `display_timeout_s` and wakes nothing.
 *
 * @param wake     state
 * @param in       facts of this step
 * @param params   limits and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_wake_step(struct lbms_wake_control *wake, const struct lbms_wake_inputs *in,
                    const struct lbms_params *params, const struct lbms_product *product);

/**
 * Count the automatic windows, in the step in which they begin or succeed.
 *
 * @param wake     state
 * @param tried    lbms_window.tried: a window begins
 * @param charged  lbms_window.charged: it has found a charger
 * Context: the context of the step, after lbms_window_step().
 */
void lbms_wake_count(struct lbms_wake_control *wake, bool tried, bool charged);

/**
 * What must survive a power-down.
 *
 * @param wake      state
 * @param uptime_s  of the last step
 * @param memory    receives all fields but `limited`
 * Context: the context of the step.
 */
void lbms_wake_save(const struct lbms_wake_control *wake, uint32_t uptime_s, struct lbms_wake_memory *memory);

#ifdef __cplusplus
}
#endif

#endif
