/**
 * @file
 * The second protection level: thresholds for the AFE's own hardware protections.
 *
 * The core states what it wants; the driver writes the nearest value its chip can hold on the safe side and
 * reports what is really in the chip. Chips whose thresholds are fixed in production (SH367309: EEPROM) report
 * LBMS_AFE_FIXED and only compare.
 */
#ifndef LOSUN_BMS_MODEL_AFE_CONFIG_H
#define LOSUN_BMS_MODEL_AFE_CONFIG_H

#include <stdint.h>

/** How well the chip could follow. Positive: all of these are usable results of afe_configure. */
enum lbms_afe_fit {
    LBMS_AFE_FITS = 0,    /**< every value as wanted */
    LBMS_AFE_COARSER = 1, /**< nearest steps of the chip were taken: `got` has them */
    LBMS_AFE_FIXED = 2    /**< thresholds cannot be changed at run time: `got` has the fixed ones */
};

/** Hardware thresholds. A field of 0 means: this protection is not used or not available. */
struct lbms_afe_config {
    uint16_t cell_ov_mv;
    uint16_t cell_ov_delay_ms;
    uint16_t cell_uv_mv;
    uint16_t cell_uv_delay_ms;
    int32_t discharge_oc_ma; /**< magnitude */
    uint16_t discharge_oc_delay_ms;
    int32_t short_circuit_ma; /**< magnitude */
    uint16_t short_circuit_delay_us;
    uint16_t watchdog_ms; /**< the chip opens both switches when the host is silent for this long */
    uint8_t sequence;     /**< generation; comes back in lbms_sample.config_seq once it is in the chip */
};

#endif
