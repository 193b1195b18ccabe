/**
 * @file
 * Operating modes, sleep and wake-up reasons.
 */
#ifndef LOSUN_BMS_MODEL_MODE_H
#define LOSUN_BMS_MODEL_MODE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Operating modes. When several conditions hold at once, the order of lbms_mode_next() decides. */
enum lbms_mode {
    LBMS_MODE_SHUTDOWN = 0, /**< asleep: paths open, lights off, only wake-up sources are watched */
    LBMS_MODE_STARTING = 1, /**< LED sequence and first samples; paths open */
    LBMS_MODE_STANDBY = 2,  /**< awake, no current */
    LBMS_MODE_CHARGING = 3,
    LBMS_MODE_DISCHARGING = 4,
    LBMS_MODE_FULL = 5,       /**< charging complete; an over-voltage protection shows as this too */
    LBMS_MODE_PROTECT = 6,    /**< a protection holds at least one path open */
    LBMS_MODE_FAULT = 7,      /**< a fault holds both paths open */
    LBMS_MODE_STOPPING = 8,   /**< on the way to SHUTDOWN: paths open, terminal voltage being tested */
    LBMS_MODE_OFF_SWITCH = 9, /**< awake, but the weak-current switch is off: paths open */
    LBMS_MODE_COUNT = 10
};

/** Why the pack goes or went to sleep. */
enum lbms_sleep_reason {
    LBMS_SLEEP_NONE = 0,
    LBMS_SLEEP_OVER_DISCHARGE = 1, /**< under-voltage protection unresolved */
    LBMS_SLEEP_BUTTON = 2,
    LBMS_SLEEP_LOW_CELL = 3,
    LBMS_SLEEP_STANDBY = 4,
    LBMS_SLEEP_HOST = 5,
    LBMS_SLEEP_SWITCH = 6, /**< weak-current switch off */
    LBMS_SLEEP_FAULT = 7,
    LBMS_SLEEP_REASON_COUNT = 8
};

/** Wake-up sources, as bits of a mask: what may end a sleep, and what did. */
enum lbms_wake {
    LBMS_WAKE_BUTTON = 1u << 0,
    LBMS_WAKE_CHARGER = 1u << 1,
    LBMS_WAKE_RS232 = 1u << 2,
    LBMS_WAKE_TIMER = 1u << 3,
    LBMS_WAKE_SWITCH = 1u << 4, /**< weak-current switch turned on */
    LBMS_WAKE_KEY = 1u << 5     /**< an LCD key: lights the display only */
};

/**
 * Short English name of a mode, for logs and tools.
 *
 * @param mode  a value of enum lbms_mode; others are permitted
 * @return a constant string, never NULL; "?" for a value that is no mode
 * Context: any, also an interrupt.
 */
const char *lbms_mode_name(uint8_t mode);

/**
 * Short English name of a sleep reason.
 *
 * @param reason  a value of enum lbms_sleep_reason; others are permitted
 * @return a constant string, never NULL; "?" for an unknown value
 * Context: any, also an interrupt.
 */
const char *lbms_sleep_reason_name(uint8_t reason);

#ifdef __cplusplus
}
#endif

#endif
