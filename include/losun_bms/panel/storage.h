/**
 * @file
 * Advice on storage: how long a pack may lie unused.
 *
 * Source: product manual, chapter 04, storage table. Information for the user; nothing in the pack depends on it.
 */
#ifndef LOSUN_BMS_PANEL_STORAGE_H
#define LOSUN_BMS_PANEL_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** SOC at which a pack is stored, 0.01 %. */
#define LBMS_STORAGE_SOC_MIN_BP 3000u
#define LBMS_STORAGE_SOC_MAX_BP 6000u
/** Relative humidity of the place, %. The pack does not measure it. */
#define LBMS_STORAGE_HUMIDITY_MIN_PCT 5u
#define LBMS_STORAGE_HUMIDITY_MAX_PCT 70u
/** Below this temperature storage is prohibited, 0.1 degC. */
#define LBMS_STORAGE_MIN_DC (-100)

/** One row of the table: from the upper end of the row before up to and with up_to_dc. */
struct lbms_storage_row {
    int16_t up_to_dc; /**< 0.1 degC */
    uint8_t months;   /**< longest time */
};

/** Rows in rising order; above the last one storage is prohibited. */
extern const struct lbms_storage_row lbms_storage_rows[];
/** Number of rows. */
extern const uint8_t lbms_storage_row_count;

/** What speaks against storing the pack as it is. */
enum lbms_storage_obstacle {
    LBMS_STORAGE_GOOD = 0,
    LBMS_STORAGE_TOO_COLD = 1,
    LBMS_STORAGE_TOO_HOT = 2,
    LBMS_STORAGE_SOC_LOW = 3, /**< charge it first */
    LBMS_STORAGE_SOC_HIGH = 4 /**< discharge it first */
};

/**
 * Longest storage for a temperature and a state of charge.
 *
 * @param temp_dc   temperature of the place, 0.1 degC
 * @param soc_bp    0..10000
 * @param obstacle  if not NULL, receives enum lbms_storage_obstacle: the temperature first
 * @return months; 0: do not store it like this
 * Context: any, also an interrupt.
 */
uint8_t lbms_storage_months(int16_t temp_dc, uint16_t soc_bp, uint8_t *obstacle);

#ifdef __cplusplus
}
#endif

#endif
