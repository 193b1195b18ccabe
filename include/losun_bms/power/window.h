/**
 * @file
 * What an empty pack may do after it woke by time or by RS232: the automatic window in which it offers its voltage to
 * a charger, and the limited state in which it only answers.
 *
 * Source: product manual 2.3-3, note on automatic wake-up. An inverter must see battery voltage before it charges, so
 * the discharge path closes although the pack is empty, within strict limits.
 */
#ifndef LOSUN_BMS_POWER_WINDOW_H
#define LOSUN_BMS_POWER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Stages. */
enum lbms_window_stage {
    LBMS_WINDOW_NONE = 0,    /**< an ordinary pack */
    LBMS_WINDOW_LIMITED = 1, /**< discharge path open until charge current flows; on the way back to sleep */
    LBMS_WINDOW_COMING = 2,  /**< woken by time, not yet started */
    LBMS_WINDOW_OPEN = 3     /**< offers its voltage */
};

/** What the window depends on, for one step. */
struct lbms_window_inputs {
    uint32_t now_ms;
    uint8_t mode;         /**< before this step's transition */
    bool wake;            /**< lbms_wake_control.wake */
    uint8_t cause;        /**< lbms_wake_control.cause */
    uint8_t reason;       /**< enum lbms_sleep_reason of the sleep that has ended */
    uint32_t protections; /**< 1 << enum lbms_bit */
    bool charge_now;      /**< charge current >= `current_idle_ma` flows */
    const struct lbms_measured *m;
};

/** State and results. */
struct lbms_window {
    uint8_t stage;                 /**< enum lbms_window_stage */
    bool hold_discharge;           /**< result: keep the discharge path open */
    bool ignore_empty;             /**< result: under-voltage alone does not keep it open */
    bool over;                     /**< result: go to sleep again, with the reason of before */
    bool tried;                    /**< result: a window begins in this step */
    bool charged;                  /**< result: charging has been found in this step */
    bool cut;                      /**< the window has lost its discharge path */
    struct lbms_hold_timer time;   /**< of the window, or of the limited state */
    struct lbms_hold_timer charge; /**< enough charge current */
    struct lbms_hold_timer load;   /**< too much discharge current */
    struct lbms_hold_timer low;    /**< a cell too low */
};

/**
 * Start.
 *
 * @param window   state to prepare
 * @param limited  true: an unexpected reset must not connect an empty pack
 * Context: the context of the step.
 */
void lbms_window_init(struct lbms_window *window, bool limited);

/**
 * Follow the window. Results are in the struct.
 *
 * Woken by time: when the start is over, a window opens for `auto_wake_window_s`, unless temperature blocks the charge path:
 * then it sleeps again, and no try is counted. The discharge path is lost for the rest of the window when a cell is
 * below `auto_wake_cell_min_mv` or a discharge current > `auto_wake_discharge_ma` flows for 1 s; a cell below it at
 * the beginning loses it at once. Charge current >= `auto_wake_charge_ma` for 2 s ends the window with success.
 * Woken by RS232 after an over-discharge: limited for `uv_sleep_s`, unless charge current flows.
 *
 * @param window   state
 * @param in       facts of this step
 * @param params   limits and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_window_step(struct lbms_window *window, const struct lbms_window_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
