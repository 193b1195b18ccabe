/**
 * @file
 * The second protection level: thresholds for the hardware protections of the AFE, derived from the parameters.
 */
#ifndef LOSUN_BMS_BATTERY_SECOND_LEVEL_H
#define LOSUN_BMS_BATTERY_SECOND_LEVEL_H

#include <stdbool.h>

#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The hardware acts this much later than the core, so that it acts only when the core has not. */
#define LBMS_SECOND_LEVEL_MARGIN_MS 1000
/** The AFE opens the switches when the core has been silent for this long. */
#define LBMS_SECOND_LEVEL_WATCHDOG_MS 4000u
/** Delay of the hardware short-circuit protection, us. */
#define LBMS_SECOND_LEVEL_SHORT_CIRCUIT_US 300u

/**
 * Derive the wanted hardware thresholds: always outside the core's own, never outside the safety envelope.
 *
 * Every field is written except `sequence`, which the caller counts up when the others have changed.
 *
 * @param config   receives the thresholds
 * @param params   the core's own thresholds and delays
 * @param product  holds the envelope
 * Context: any.
 */
void lbms_second_level(struct lbms_afe_config *config, const struct lbms_params *params,
                       const struct lbms_product *product);

/**
 * Whether two sets of thresholds are the same, whatever their sequence numbers.
 *
 * @param a  one set
 * @param b  the other
 * @return true when every threshold and delay is equal
 * Context: any.
 */
bool lbms_second_level_equal(const struct lbms_afe_config *a, const struct lbms_afe_config *b);

#ifdef __cplusplus
}
#endif

#endif
