/**
 * @file
 * The power switches of the pack and the two paths they make.
 */
#ifndef LOSUN_BMS_MODEL_SWITCHES_H
#define LOSUN_BMS_MODEL_SWITCHES_H

#include <stdint.h>

/**
 * Power switches, as bits of a mask; 1 = closed = conducting.
 *
 * A closed charge switch lets charge current pass, an open one still lets discharge current pass through its
 * body diode, and the other way round. Pre-charge is a resistor across the discharge switch, the limiter
 * a current-limited converter across the charge switch.
 */
enum lbms_switch {
    LBMS_SWITCH_CHARGE = 1u << 0,
    LBMS_SWITCH_DISCHARGE = 1u << 1,
    LBMS_SWITCH_PRECHARGE = 1u << 2,
    LBMS_SWITCH_LIMITER = 1u << 3
};

/** Both main switches. */
#define LBMS_SWITCHES_MAIN ((uint8_t)(LBMS_SWITCH_CHARGE | LBMS_SWITCH_DISCHARGE))

/** Current paths, as bits of a mask: what a protection opens. */
enum lbms_path {
    LBMS_PATH_CHARGE = 1u << 0,   /**< charge switch and limiter */
    LBMS_PATH_DISCHARGE = 1u << 1 /**< discharge switch and pre-charge */
};

/** Both paths. */
#define LBMS_PATHS_BOTH ((uint8_t)(LBMS_PATH_CHARGE | LBMS_PATH_DISCHARGE))

/** The whole wanted state of the power switches; always written in one call, never in parts. */
struct lbms_switches {
    uint8_t closed;      /**< mask of enum lbms_switch; 0 = everything open, the safe state */
    uint8_t limiter_low; /**< 1: the limiter works in its low gear (5 A), 0: high gear (10 A) */
};

#endif
