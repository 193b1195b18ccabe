/**
 * @file
 * Production data: what the factory writes once.
 */
#ifndef LOSUN_BMS_MODEL_PRODUCTION_H
#define LOSUN_BMS_MODEL_PRODUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/params.h"
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

/** Values uncorrected. @param calibration filled in. Context: any. */
void lbms_calibration_defaults(struct lbms_calibration *calibration);

/** Whether gains are within 5 %, offsets within 2 A and 20 mV. Context: any. */
bool lbms_calibration_acceptable(const struct lbms_calibration *calibration);

/**
 * Put a serial number into production data.
 *
 * @param production  changed
 * @param which       enum lbms_serial
 * @param items       LBMS_SERIAL_SIZE / 4 items with four characters each in `value`, the first one lowest
 * @return LBMS_OK or LBMS_ERR_ARGUMENT: no such serial number
 * Context: any.
 */
int lbms_production_set_serial(struct lbms_production *production, uint8_t which,
                               const struct lbms_param_item *items);

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
