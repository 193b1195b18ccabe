/**
 * @file
 * Event record: what happened, when, and the whole measurement of that moment.
 */
#ifndef LOSUN_BMS_MODEL_RECORD_H
#define LOSUN_BMS_MODEL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/units.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a record tells. The numbers are part of the flash format: new ones go to the end. */
enum lbms_record_kind {
    LBMS_RECORD_NONE = 0,
    LBMS_RECORD_ALARM = 1,     /**< begins; code: enum lbms_bit */
    LBMS_RECORD_ALARM_END = 2, /**< likewise, ends */
    LBMS_RECORD_PROTECTION =
        3, /**< trips; code: enum lbms_bit; value: of its quantity; threshold: its level */
    LBMS_RECORD_PROTECTION_END = 4, /**< releases */
    LBMS_RECORD_FAULT = 5,          /**< begins; code: enum lbms_fault */
    LBMS_RECORD_FAULT_END = 6,
    LBMS_RECORD_LOCK = 7, /**< no longer releases by itself; code: enum lbms_bit */
    LBMS_RECORD_LOCK_END = 8,
    LBMS_RECORD_START = 9,    /**< code: enum lbms_reset_cause; value: seconds asleep */
    LBMS_RECORD_SLEEP = 10,   /**< code: enum lbms_sleep_reason */
    LBMS_RECORD_WAKE_UP = 11, /**< code: mask of enum lbms_wake; value: seconds asleep */
    LBMS_RECORD_PARAMETER =
        12, /**< a set was written; code: id of the first one; value: new; threshold: its number */
    LBMS_RECORD_DEFAULTS = 13, /**< all parameters were set to their defaults; code: enum lbms_port */
    LBMS_RECORD_CLOCK = 14,    /**< the clock was set; value: by how many seconds it moved */
    LBMS_RECORD_MEMORY = 15,   /**< the store is in trouble; code: enum lbms_memory_trouble */
    LBMS_RECORD_INTERVAL = 16, /**< nothing but the time of `record_interval_s` */
    LBMS_RECORD_REFUSED =
        17, /**< a request was refused for want of access; code: it; value: enum lbms_port */
    LBMS_RECORD_CALIBRATED = 18, /**< code: enum lbms_calibrate; value: the true one */
    LBMS_RECORD_PRODUCTION = 19, /**< a serial number was written; code: enum lbms_serial */
    LBMS_RECORD_CLEARED = 20,    /**< the records before this one were cleared; code: enum lbms_port */
    LBMS_RECORD_CAPACITY = 21,   /**< capacities were set; value: remaining, threshold: full, mAh */
    LBMS_RECORD_CYCLES = 22,     /**< the cycle count was set; value: it */
    LBMS_RECORD_SLEEP_CANCELLED =
        23, /**< the terminals stayed live; code: enum lbms_sleep_reason that was asked for */
    LBMS_RECORD_BUTTON_STUCK = 24, /**< the button has been down for longer than any press means */
    LBMS_RECORD_KIND_COUNT = 25
};

/** What was found wrong with the stored memory: codes of LBMS_RECORD_MEMORY, and bits of lbms_store_report.trouble. */
enum lbms_memory_trouble {
    LBMS_MEMORY_PREVIOUS_PARAMS = 0, /**< the newest parameters are unreadable: the set before is in use */
    LBMS_MEMORY_DEFAULT_PARAMS = 1,  /**< no set is readable or acceptable: defaults are in use */
    LBMS_MEMORY_PARAMS_DIFFER = 2,   /**< parameters in RAM are not those that were stored */
    LBMS_MEMORY_WORN = 3,            /**< a block does not erase or take data any more */
    LBMS_MEMORY_FULL = 4,            /**< something could not be stored */
    LBMS_MEMORY_FOREIGN = 5,         /**< the flash holds another format: nothing is read or written */
    LBMS_MEMORY_TROUBLE_COUNT = 6
};

/** No cell, in lbms_record.cell. */
#define LBMS_RECORD_NO_CELL 31u

/** One event. */
struct lbms_record {
    uint32_t number; /**< counts up; the newest has the largest */
    uint32_t time_s; /**< wall clock, s since 1970-01-01, when `wall`, otherwise uptime */
    bool wall;
    uint8_t kind;  /**< enum lbms_record_kind */
    uint8_t code;  /**< depends on the kind */
    uint8_t cell;  /**< index of the cell or sensor concerned, or LBMS_RECORD_NO_CELL */
    int32_t value; /**< of the quantity concerned, in its own unit, -8388608..8388607; 0 when there is none */
    int32_t threshold; /**< likewise, the level that it passed */
    uint16_t cell_mv[LBMS_CELLS];
    int16_t ntc_dc[LBMS_NTCS];
    int16_t mosfet_dc, ambient_dc;
    int32_t pack_mv, current_ma;
    int32_t remaining_mah, capacity_mah;
    uint16_t cycles;
    uint32_t alarms;      /**< 1 << enum lbms_bit */
    uint32_t protections; /**< 1 << enum lbms_bit */
    uint32_t faults;      /**< 1 << enum lbms_fault */
    uint16_t state;       /**< mask of enum lbms_state */
    uint8_t mode;         /**< enum lbms_mode */
    uint8_t closed;       /**< mask of enum lbms_switch */
};

#ifdef __cplusplus
}
#endif

#endif
