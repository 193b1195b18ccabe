/**
 * @file
 * What survived the last power-down: the start value of the core, and part of every recording.
 */
#ifndef LOSUN_BMS_MODEL_RESTORED_H
#define LOSUN_BMS_MODEL_RESTORED_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/mode.h"
#include "losun_bms/model/params.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why the processor started. */
enum lbms_reset_cause {
    LBMS_RESET_POWER_ON = 0,
    LBMS_RESET_SOFTWARE = 1, /**< asked for: button held, command, firmware update */
    LBMS_RESET_WATCHDOG = 2,
    LBMS_RESET_BROWN_OUT = 3,
    LBMS_RESET_CRASH = 4,   /**< a fault handler restarted it; `crash` is filled */
    LBMS_RESET_WAKE_UP = 5, /**< left a sleep in which RAM was lost */
    LBMS_RESET_PIN = 6
};

/** What a fault handler left in retained memory. */
struct lbms_crash {
    bool valid;
    uint8_t kind;     /**< exception number of the processor */
    uint32_t pc, lr;  /**< program counter and link register at the fault */
    uint32_t status;  /**< fault status of the processor (Cortex-M: CFSR) */
    uint32_t address; /**< faulting address, if the status says that it is valid */
};

/** Facts about this start, from the port. */
struct lbms_boot {
    uint8_t reset_cause;     /**< enum lbms_reset_cause */
    uint8_t wake_reason;     /**< mask of enum lbms_wake; 0 when it was no wake-up */
    uint32_t seconds_asleep; /**< 0 when unknown or not asleep */
    struct lbms_crash crash;
};

/** What the pack has learned about itself. */
struct lbms_lifetime {
    bool valid;         /**< false on a virgin board */
    int32_t charge_mas; /**< charge in the pack, mA s */
};

/** Rows of the protection table whose trips are counted. */
#define LBMS_TRIP_COUNTERS 9u

/**
 * What protections and supervision must not forget, whatever resets the processor: an unexpected reset is no way out of
 * a lock or a latched fault.
 */
struct lbms_memory {
    bool valid;
    uint32_t protections;  /**< tripped when it was saved: 1 << enum lbms_bit */
    uint32_t faults;       /**< present when it was saved: 1 << enum lbms_fault */
    uint32_t locks;        /**< 1 << enum lbms_bit */
    uint32_t stuck_faults; /**< faults that came too often: until button reset, 1 << enum lbms_fault */
    uint8_t
        trips[LBMS_TRIP_COUNTERS]; /**< consecutive trips, in the order of the counting rows of the table */
    uint8_t uv_rebounds;           /**< under-voltage releases without charge */
    uint8_t resets;                /**< unexpected resets in a row */
    uint16_t resets_age_s;         /**< time since the first of them */
    bool full;                     /**< charging complete */
    uint16_t full_soc_bp;          /**< SOC at its entry */
    uint32_t since_full_s;         /**< time since SOC was last at `force_full_soc_bp` */
    uint16_t gentle_s;             /**< time of gentle charging so far */
};

/** What a sleep must not forget, whether the program goes on after it or starts anew. */
struct lbms_wake_memory {
    uint8_t tries;        /**< automatic wake-ups without charge in a row */
    uint8_t rs232_wakes;  /**< wake-ups by RS232 since an over-discharge */
    bool charger_spent;   /**< the charger has woken the pack in vain */
    bool limited;         /**< an empty pack that may answer but not discharge */
    bool maintenance_due; /**< slept for too long, until the next full charge */
    uint32_t cycle_s;     /**< time since the last automatic wake-up, or since the sleep before it began */
    uint32_t rs232_s;     /**< time since the first of rs232_wakes */
    uint32_t asleep_s;    /**< time asleep */
};

/** Argument of lbms_core_init() and lbms_init(). Start from lbms_restored_defaults(). */
struct lbms_restored {
    struct lbms_boot boot;
    bool params_valid; /**< false: defaults are used */
    struct lbms_params params;
    struct lbms_lifetime life;
    struct lbms_memory memory;
    struct lbms_wake_memory wake;
    uint8_t sleep_reason; /**< enum lbms_sleep_reason of the sleep that is still going on or just ended */
};

/**
 * The facts of a virgin board: power-on reset, nothing stored.
 *
 * @param restored  struct to fill, owned by the caller
 * Context: any.
 */
void lbms_restored_defaults(struct lbms_restored *restored);

#ifdef __cplusplus
}
#endif

#endif
