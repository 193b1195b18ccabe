/**
 * @file
 * Alarm, protection and fault bits, and the conditions that modules report to the protection table.
 *
 * An alarm and a protection of the same quantity have the same bit number, in the words `alarms` and
 * `protections` of the snapshot. Numbers are permanent: records and tools store them. Bits whose row is not yet
 * in the protection table stay 0.
 */
#ifndef LOSUN_BMS_MODEL_BITS_H
#define LOSUN_BMS_MODEL_BITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bit numbers in the words `alarms` and `protections`. */
enum lbms_bit {
    LBMS_BIT_CELL_OV = 0,
    LBMS_BIT_PACK_OV = 1,
    LBMS_BIT_CHARGER_OV = 2,
    LBMS_BIT_CELL_UV = 3,
    LBMS_BIT_PACK_UV = 4,
    LBMS_BIT_CHARGE_OC = 5,
    LBMS_BIT_CHARGE_OC2 = 6,
    LBMS_BIT_DISCHARGE_OC = 7,
    LBMS_BIT_DISCHARGE_OC2 = 8,
    LBMS_BIT_SHORT_CIRCUIT = 9,
    LBMS_BIT_CHARGE_OT = 10,
    LBMS_BIT_CHARGE_UT = 11,
    LBMS_BIT_DISCHARGE_OT = 12,
    LBMS_BIT_DISCHARGE_UT = 13,
    LBMS_BIT_MOSFET_OT = 14,
    LBMS_BIT_AMBIENT_OT = 15,
    LBMS_BIT_AMBIENT_UT = 16,
    LBMS_BIT_CELL_DIFF = 17,
    LBMS_BIT_TEMP_DIFF = 18,
    LBMS_BIT_SOC_LOW = 19,
    LBMS_BIT_MAINTENANCE = 20, /**< stored for too long: charge it to full once */
    LBMS_BIT_COUNT = 21
};

/** Bit numbers in the word `faults`. */
enum lbms_fault {
    LBMS_FAULT_SAMPLING = 0,         /**< no fresh, complete, plausible measurement of the cells */
    LBMS_FAULT_CURRENT = 1,          /**< no plausible current */
    LBMS_FAULT_NTC = 2,              /**< a temperature sensor is open, shorted or out of range */
    LBMS_FAULT_CHARGE_MOSFET = 3,    /**< does not open, or does not close */
    LBMS_FAULT_DISCHARGE_MOSFET = 4, /**< likewise */
    LBMS_FAULT_CELL = 5,             /**< dead cell, or cells too far apart */
    LBMS_FAULT_OUTPUT = 6,           /**< pre-charge failed */
    LBMS_FAULT_REVERSED = 7,         /**< charger connected with reversed polarity */
    LBMS_FAULT_SELF_TEST = 8,        /**< program, memory or parameter check failed, or resets in a row */
    LBMS_FAULT_HEATER = 9,           /**< heated for too long without effect */
    LBMS_FAULT_TRIP_UNIT = 10, /**< a welded switch and a cell in danger: only something outside can help */
    LBMS_FAULT_COUNT = 11
};

/** Mask of one bit number of either enum. */
#define LBMS_MASK(bit) (UINT32_C(1) << (bit))

/**
 * Conditions: what another part of the step found out, for rows of the protection table that have no quantity of their
 * own. Bit numbers in the word `conditions`. Those of the measurement are of the same step, the others
 * come from later parts of the step before (lbms_snapshot.conditions).
 */
enum lbms_condition {
    /* of the measurement */
    LBMS_CONDITION_CELLS_LOST = 0,       /**< no believable cell and pack voltages */
    LBMS_CONDITION_CURRENT_LOST = 1,     /**< no believable current */
    LBMS_CONDITION_NTC_LOST = 2,         /**< at least one temperature sensor cannot be believed */
    LBMS_CONDITION_TEMPERATURE_LOST = 3, /**< two cell sensors, or the MOSFET's and the board's */
    /* of the hardware supervision */
    LBMS_CONDITION_AFE_CONFIG =
        5, /**< thresholds in the AFE are not those wanted, and rewriting did not help */
    LBMS_CONDITION_SWITCH_STATE = 6,     /**< reported switch state differs from the command */
    LBMS_CONDITION_CURRENT_OFFSET = 7,   /**< current with both paths commanded and reported open */
    LBMS_CONDITION_CHARGE_MOSFET = 8,    /**< charge switch does not open, or does not close */
    LBMS_CONDITION_DISCHARGE_MOSFET = 9, /**< discharge switch, likewise */
    LBMS_CONDITION_HAZARD = 10,          /**< a welded switch, and a cell that it endangers */
    /* of the switch control */
    LBMS_CONDITION_PRECHARGE_FAILED =
        11,                           /**< all pre-charge tries failed; held until a way out of the fault */
    LBMS_CONDITION_LOAD_REMOVED = 12, /**< load test after a short circuit: passed (one step) */
    LBMS_CONDITION_LOAD_PRESENT = 13, /**< load test after a short circuit: failed (one step) */
    /* of the charge supervision */
    LBMS_CONDITION_CELL_STUCK_LOW = 14, /**< gentle charging lasted too long */
    LBMS_CONDITION_GENTLE_OC = 15,      /**< a charger without limiter pushes too much into an empty pack */
    LBMS_CONDITION_LIMITER_FAILED = 16, /**< over-current although the limiter has taken over */
    LBMS_CONDITION_HEATER = 17,         /**< heated for too long */
    /* of the limits */
    LBMS_CONDITION_CCL_IGNORED = 18, /**< charge current far beyond the limit that was told */
    LBMS_CONDITION_DCL_IGNORED = 19, /**< discharge current, likewise */
    /* of the self test */
    LBMS_CONDITION_SELF_TEST = 20,
    /* of the wake-up */
    LBMS_CONDITION_MAINTENANCE = 21, /**< slept for longer than a pack may be left alone */
    LBMS_CONDITION_COUNT = 22
};

/**
 * Short name of an alarm or protection bit, as the tools print it.
 *
 * @param bit  a value of enum lbms_bit; others are permitted
 * @return a constant string, never NULL; "?" for a value that is no bit
 * Context: any, also an interrupt.
 */
const char *lbms_bit_name(uint8_t bit);

/**
 * Short name of a fault bit, as the tools print it.
 *
 * @param fault  a value of enum lbms_fault; others are permitted
 * @return a constant string, never NULL; "?" for a value that is no fault
 * Context: any, also an interrupt.
 */
const char *lbms_fault_name(uint8_t fault);

#ifdef __cplusplus
}
#endif

#endif
