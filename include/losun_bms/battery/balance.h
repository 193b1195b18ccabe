/**
 * @file
 * Balancing: which cells to bleed, and when.
 *
 * Near the top of the charge a small difference in charge is a large one in voltage; only there a decision by voltage is
 * right. Bleeding a cell also spoils its measurement, so a selection is made from undisturbed voltages
 * only, and a board that cannot pause by itself is told to pause now and then.
 */
#ifndef LOSUN_BMS_BATTERY_BALANCE_H
#define LOSUN_BMS_BATTERY_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A selection stays for this long, ms; then the cells are judged anew and neighbours take turns. */
#define LBMS_BALANCE_SELECT_MS 1000u

/** What balancing depends on, for one step. */
struct lbms_balance_inputs {
    uint32_t now_ms;
    uint32_t uptime_s;
    const struct lbms_measured *m; /**< its cell voltages are those of the last conversion without bleeding */
    uint32_t clean_age_ms;         /**< age of that conversion; UINT32_MAX before the first */
    uint32_t protections;          /**< 1 << enum lbms_bit */
    uint32_t faults;               /**< 1 << enum lbms_fault */
    uint16_t state;                /**< mask of enum lbms_state; FULL matters */
    uint8_t flow;                  /**< enum lbms_flow */
    bool charger_present;          /**< with its hold; also true while charge current flows */
    bool permitted;                /**< by the mode: never in SHUTDOWN, nor on the way into and out of it */
};

/** State and result. */
struct lbms_balance {
    uint16_t mask;               /**< result: cells to bleed now; bit 0 = cell at the negative end */
    uint16_t selected;           /**< cells chosen, also while bleeding pauses for a measurement */
    uint32_t selected_ms;        /**< when they were chosen; valid when started */
    bool started;                /**< a selection has been made since the start */
    bool even;                   /**< whose turn it is when neighbours must not be bled together */
    struct lbms_hold_s full_age; /**< FULL for `balance_full_s`: the time after it is over */
};

/**
 * Start without bleeding.
 *
 * @param balance  state to prepare
 * Context: the context of the step.
 */
void lbms_balance_init(struct lbms_balance *balance);

/**
 * Decide which cells to bleed: balance->mask.
 *
 * Time for it is while a charger is present, for `balance_full_s` after FULL was entered, and while idle when
 * `balance_static_enable` is set. Not without every cell, the current and the environment temperature being known, nor
 * with a sampling, current, sensor or self-test fault, under-voltage, an environment at `balance_max_temp_dc` or above, or
 * a charge current > `balance_max_charge_ma`. All of this acts in the step in which it becomes false.
 *
 * Begins when the highest cell >= `balance_start_mv` and highest - lowest >= `balance_delta_mv`; goes on, with the highest
 * still there, until no cell is above lowest + `balance_stop_delta_mv`. Those above are bled, at most
 * `balance_max_cells`, the highest first. Unless `balance_neighbours`, no two adjacent ones at once: cells
 * with even and odd numbers take turns, and the others join in where they have no bled neighbour.
 *
 * The mask is 0 as long as the last undisturbed voltages are `balance_measure_ms` old or older.
 *
 * @param balance  state; the result is rewritten
 * @param in       facts of this step
 * @param params   limits and times
 * Context: the context of the step.
 */
void lbms_balance_step(struct lbms_balance *balance, const struct lbms_balance_inputs *in,
                       const struct lbms_params *params);

#ifdef __cplusplus
}
#endif

#endif
