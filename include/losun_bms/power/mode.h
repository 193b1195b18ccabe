/**
 * @file
 * The operating mode: one machine, one list of transitions. docs/modes.md shows it as a diagram.
 */
#ifndef LOSUN_BMS_POWER_MODE_H
#define LOSUN_BMS_POWER_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lights lit one after the other at the start: RUN, ALM, L6 .. L1. */
#define LBMS_START_STEPS 8u

/** What the mode depends on, for one step. */
struct lbms_mode_inputs {
    uint32_t now_ms;
    uint32_t protections; /**< 1 << enum lbms_bit */
    uint8_t blocked;      /**< paths held open, mask of enum lbms_path */
    uint8_t
        fault_blocked; /**< paths held open by faults, and by a short-circuit lock, mask of enum lbms_path */
    bool full;         /**< charging complete */
    uint8_t flow;      /**< enum lbms_flow */
    bool switch_on;    /**< weak-current switch */
    bool measured;     /**< every cell, pack voltage and current are known, or known to be lost */
    bool stop;         /**< lbms_sleep_control.stop */
    bool asleep;       /**< lbms_sleep_control.confirmed */
    bool wake;         /**< lbms_sleep_control.wake */
};

/** What a transition waits for. */
enum lbms_mode_event {
    LBMS_MODE_EVENT_ALWAYS = 0,
    LBMS_MODE_EVENT_WAKE = 1,
    LBMS_MODE_EVENT_ASLEEP = 2,     /**< no voltage at the open terminals: the way to sleep is free */
    LBMS_MODE_EVENT_NOT_READY = 3,  /**< LED sequence not over, or values not known yet */
    LBMS_MODE_EVENT_STOP = 4,       /**< a request to sleep is being tested */
    LBMS_MODE_EVENT_SWITCH_OFF = 5, /**< weak-current switch */
    LBMS_MODE_EVENT_FAULT = 6,      /**< faults, or a short-circuit lock, hold both paths open */
    LBMS_MODE_EVENT_PROTECTION =
        7,                    /**< a protection other than over-voltage, or a fault, holds a path open */
    LBMS_MODE_EVENT_FULL = 8, /**< charging complete, or over-voltage protection */
    LBMS_MODE_EVENT_CHARGE = 9,
    LBMS_MODE_EVENT_DISCHARGE = 10,
    LBMS_MODE_EVENT_COUNT = 11
};

/** One line of the transition list. */
struct lbms_mode_rule {
    uint16_t from; /**< modes that it leaves, 1 << enum lbms_mode */
    uint8_t event; /**< enum lbms_mode_event */
    uint8_t to;    /**< enum lbms_mode */
};

/** The transition list: in each step the first line that applies decides. */
extern const struct lbms_mode_rule lbms_mode_rules[];
/** Lines of the list. */
extern const uint8_t lbms_mode_rule_count;

/** State of the machine. */
struct lbms_mode_machine {
    uint8_t mode; /**< enum lbms_mode */
    struct lbms_hold_timer start;
};

/**
 * Begin in STARTING, as every power-on and reset does, or in SHUTDOWN, where a board continues that lost its
 * memory while asleep: what ended the sleep is judged there.
 *
 * @param machine  state to prepare
 * @param asleep   true: SHUTDOWN
 * Context: the context of the step.
 */
void lbms_mode_init(struct lbms_mode_machine *machine, bool asleep);

/**
 * Make at most one transition.
 *
 * @param machine  state; machine->mode is the result
 * @param in       facts of this step
 * @param params   duration of the start sequence
 * Context: the context of the step.
 */
void lbms_mode_step(struct lbms_mode_machine *machine, const struct lbms_mode_inputs *in,
                    const struct lbms_params *params);

/**
 * Whether a path may be closed in a mode at all, protections aside.
 *
 * @param mode  enum lbms_mode; any other value gives false
 * @return true in STANDBY, CHARGING, DISCHARGING, FULL, PROTECT and FAULT (whose rows say which paths are blocked)
 * Context: any.
 */
bool lbms_mode_permits_paths(uint8_t mode);

#ifdef __cplusplus
}
#endif

#endif
