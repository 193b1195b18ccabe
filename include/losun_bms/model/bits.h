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
    LBMS_BIT_COUNT = 20
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
    LBMS_FAULT_COUNT = 9
};

/** Mask of one bit number of either enum. */
#define LBMS_MASK(bit) (UINT32_C(1) << (bit))

/**
 * Conditions: what a later part of the step found out and the protection table reads in the next step
 * (bits of lbms_snapshot.conditions).
 */
enum lbms_condition {
    LBMS_CONDITION_PRECHARGE_FAILED =
        1u << 0 /**< all pre-charge tries failed; held until a way out of the fault */
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
