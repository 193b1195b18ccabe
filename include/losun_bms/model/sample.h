/**
 * @file
 * One conversion cycle of the analog front end (AFE), as a driver hands it to the core.
 *
 * The interface was fixed from what the two supported chips give: SH367309 (cells and current every 100 ms,
 * temperatures once a second, switch state in BSTATUS3) and BQ76952 (FULLSCAN, FET status 7F).
 * A driver delivers raw nominal values; calibration, range checks and filtering are the core's.
 */
#ifndef LOSUN_BMS_MODEL_SAMPLE_H
#define LOSUN_BMS_MODEL_SAMPLE_H

#include <stdint.h>

#include "losun_bms/model/units.h"

/** Reported instead of a temperature when the sensor circuit is open (0.1 degC, outside any real value). */
#define LBMS_TEMP_OPEN INT16_MIN
/** Reported instead of a temperature when the sensor circuit is shorted. */
#define LBMS_TEMP_SHORT INT16_MAX

/** What the AFE itself says besides values, as bits of lbms_sample.afe_flags. */
enum lbms_afe_flag {
    LBMS_AFE_SHORT_CIRCUIT = 1u << 0, /**< its short-circuit protection has tripped and holds */
    LBMS_AFE_CELL_OV = 1u << 1,       /**< its cell over-voltage protection holds */
    LBMS_AFE_CELL_UV = 1u << 2,       /**< its cell under-voltage protection holds */
    LBMS_AFE_CHARGE_OC = 1u << 3,     /**< its charge over-current protection holds */
    LBMS_AFE_DISCHARGE_OC = 1u << 4,  /**< one of its discharge over-current protections holds */
    LBMS_AFE_TEMPERATURE = 1u << 5,   /**< one of its temperature protections holds */
    LBMS_AFE_SECONDARY_OV = 1u << 6,  /**< permanent failure: second over-voltage level */
    LBMS_AFE_OPEN_WIRE = 1u << 7,     /**< permanent failure: a cell wire is open */
    LBMS_AFE_WATCHDOG = 1u << 8,      /**< its host watchdog has expired: it opened the switches */
    LBMS_AFE_RESET_SEEN =
        1u << 9, /**< it was reset since the last sample: configuration is being rewritten */
    LBMS_AFE_BUS_ERRORS =
        1u << 10, /**< at least one bad checksum or retry on the bus since the last sample */
    LBMS_AFE_LOAD_PRESENT = 1u << 11,   /**< load detection sees a load with the discharge path open */
    LBMS_AFE_CHARGER_PRESENT = 1u << 12 /**< charger detection sees a charger with the charge path open */
};

/** One conversion cycle. Zero-initialise it, fill in what the chip gives. */
struct lbms_sample {
    uint32_t at_ms; /**< when the conversion ended, hal now_ms clock; the core computes the age from it */
    uint16_t cell_mv[LBMS_CELLS]; /**< index 0 is the cell at the negative end */
    int32_t pack_mv;              /**< cell stack, measured on its own, not the sum of the cells */
    int32_t terminal_mv; /**< port side of the switches; negative when a charger is connected reversed */
    int32_t current_ma;  /**< positive charges */
    int16_t ntc_dc[LBMS_NTCS]; /**< cell temperatures, or LBMS_TEMP_OPEN / LBMS_TEMP_SHORT */
    int16_t mosfet_dc;         /**< power switch temperature, likewise */
    int16_t ambient_dc;        /**< board (environment) temperature, likewise */
    uint16_t
        balance_mask;   /**< cells that were being bled DURING this conversion (0 when the chip pauses it) */
    uint16_t afe_flags; /**< mask of enum lbms_afe_flag */
    uint8_t closed;     /**< real switch state read from the chip, mask of enum lbms_switch */
    uint8_t config_seq; /**< lbms_afe_config.sequence that is in the chip now; 0 = none since its reset */
};

#endif
