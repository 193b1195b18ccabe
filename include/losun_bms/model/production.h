/**
 * @file
 * Production data: what the factory writes once.
 */
#ifndef LOSUN_BMS_MODEL_PRODUCTION_H
#define LOSUN_BMS_MODEL_PRODUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/units.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Room for a serial number, without a terminating zero. PACE frames carry 20 characters. */
#define LBMS_SERIAL_SIZE 20u

/** A gain of exactly one. */
#define LBMS_GAIN_ONE 1000000
/** Largest deviation of a gain from one: 5 %. */
#define LBMS_GAIN_DEVIATION 50000
/** Largest offset of the current, mA. */
#define LBMS_OFFSET_MAX_MA 2000
/** Largest offset of a cell voltage, mV. */
#define LBMS_OFFSET_MAX_MV 20

/** How measured values are corrected: value x gain / LBMS_GAIN_ONE + offset. */
struct lbms_calibration {
    int32_t charge_gain;    /**< of the current while charging */
    int32_t discharge_gain; /**< of the current while discharging */
    int32_t offset_ma;      /**< added to the current */
    int32_t pack_gain;      /**< of pack and terminal voltage */
    int8_t cell_offset_mv[LBMS_CELLS];
};

/** Who this pack is. Zero where nothing has been written. */
struct lbms_identity {
    char pack_serial[LBMS_SERIAL_SIZE];  /**< padded with zeros */
    char board_serial[LBMS_SERIAL_SIZE]; /**< likewise */
    uint16_t hardware;                   /**< version of the board */
    uint32_t manufactured_s;             /**< date, s since 1970-01-01 */
};

/** Everything that the factory writes. */
struct lbms_production {
    struct lbms_identity identity;
    struct lbms_calibration calibration;
};

/**
 * A pack of which nothing is known, measured values uncorrected.
 *
 * @param production  filled in, owned by the caller
 * Context: any.
 */
void lbms_production_defaults(struct lbms_production *production);

/**
 * May these data be written over those?
 *
 * The identity can be written once: what is in it stays. The calibration can be repeated.
 *
 * @param before   data in use
 * @param after    data wanted
 * @param service  the service level is unlocked
 * @return LBMS_OK; LBMS_ERR_ACCESS: not unlocked; LBMS_ERR_RANGE: a gain beyond 5 %, or an offset beyond 2 A or 20 mV;
 *         LBMS_ERR_STATE: it would change a serial number, hardware version or date that has been written
 * Context: any.
 */
int lbms_production_check(const struct lbms_production *before, const struct lbms_production *after,
                          bool service);

#ifdef __cplusplus
}
#endif

#endif
