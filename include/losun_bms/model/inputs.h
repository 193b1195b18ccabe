/**
 * @file
 * Everything the world tells the core in one step; all that a replay needs, and nothing else.
 */
#ifndef LOSUN_BMS_MODEL_INPUTS_H
#define LOSUN_BMS_MODEL_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/command.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/sample.h"

/** Raw levels of the controls, as bits of lbms_inputs.keys; 1 = pressed or on. Debounced inside the step. */
enum lbms_key {
    LBMS_KEY_BUTTON = 1u << 0, /**< the BMS button (several inputs are OR-ed by the port) */
    LBMS_KEY_MENU = 1u << 1,
    LBMS_KEY_ENTER = 1u << 2,
    LBMS_KEY_DOWN = 1u << 3,
    LBMS_KEY_ESC = 1u << 4,
    LBMS_KEY_WEAK_SWITCH = 1u << 5 /**< weak-current switch; a board without it always reports 1 */
};

/** What the store reports to the core. All zero where none is fitted. */
struct lbms_store_report {
    bool fitted;     /**< parameters survive a power-down */
    int8_t params;   /**< LBMS_AGAIN: not stored yet; LBMS_OK: stored; LBMS_ERR_IO: could not be stored */
    int8_t order;    /**< likewise for what lbms_core.order has asked for */
    uint8_t trouble; /**< 1 << enum lbms_memory_trouble */
};

/** Arguments of one step. */
struct lbms_inputs {
    uint32_t now_ms;   /**< monotonic; wraps */
    uint32_t uptime_s; /**< monotonic; does not wrap; counts on through sleep */
    uint32_t wall_s;   /**< wall clock, s since 1970-01-01; meaningful when wall_valid */
    bool wall_valid;
    bool sample_new;           /**< sample was replaced since the last step */
    struct lbms_sample sample; /**< newest sample; the old one stays and ages when none came */
    bool sample_valid;         /**< at least one sample has come since start */
    uint16_t keys;             /**< mask of enum lbms_key */
    uint8_t dip;               /**< address switch, 0..15 */
    uint8_t wake_reason;       /**< mask of enum lbms_wake: what ended a sleep since the last step */
    uint8_t ports_seen; /**< 1 << enum lbms_port: a valid frame for this pack came since the last step */
    struct lbms_port_counters port[LBMS_SERIAL_PORTS]; /**< what has come in so far */
    int8_t afe_fit;                 /**< result of the last afe_configure: enum lbms_afe_fit or negative */
    struct lbms_afe_config afe_got; /**< thresholds read back from the AFE; sequence 0: none yet */
    struct lbms_store_report store;
    bool has_command;
    struct lbms_command command; /**< at most one for each step; the runner steps again for the next */
};

#endif
