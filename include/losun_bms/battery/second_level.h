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
/** Coarsest step of cell voltage thresholds that is accepted, mV (BQ76952: 50.6 mV). */
#define LBMS_SECOND_LEVEL_CELL_STEP_MV 51
/** Coarsest step of current thresholds that is accepted, mA (SH367309: first step of 30 mV at 0.25 mOhm). */
#define LBMS_SECOND_LEVEL_CURRENT_STEP_MA 120000
/** Coarsest step of the short-circuit delay that is accepted, us (SH367309: 64 us). */
#define LBMS_SECOND_LEVEL_SHORT_CIRCUIT_STEP_US 64
/** What thresholds fixed in production may lie outside the envelope, mV: the accuracy of the chip (SH367309: 5 mV). */
#define LBMS_SECOND_LEVEL_FIXED_TOLERANCE_MV 5

/**
 * Derive the wanted hardware thresholds.
 *
 * Cell over-voltage has the core's own threshold and discharge over-current that of its second level, each with a delay
 * longer than the core's by LBMS_SECOND_LEVEL_MARGIN_MS: that delay is what keeps the hardware outside, also when the chip
 * rounds the voltage down. Cell under-voltage is the envelope's, the short circuit is left to the hardware as
 * parametrised.
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

/**
 * Whether the thresholds read back from the AFE make a second level.
 *
 * Every protection must be there: a field of 0 is never accepted.
 * LBMS_AFE_FITS: all as wanted.
 * LBMS_AFE_COARSER: rounded by at most one coarse step, to the safe side: cell over-voltage and short circuit down,
 * under-voltage up; over-current up, since below it would act before the core, and short circuit not down to the
 * wanted over-current for the same reason; delays of the core's protections up, at most to twice the wanted one (steps
 * of a chip grow by a factor of 2); short-circuit delay down; watchdog down, at most to half.
 * LBMS_AFE_FIXED: nothing looser than the widest parameters permit: voltages the envelope and the chip's accuracy
 * (LBMS_SECOND_LEVEL_FIXED_TOLERANCE_MV), currents and delays the largest values wanted of any parameters, watchdog twice
 * LBMS_SECOND_LEVEL_WATCHDOG_MS. Stricter is accepted: the core takes over what the hardware does first.
 *
 * @param got      read back, whatever its sequence
 * @param fit      result of hal.afe_configure: enum lbms_afe_fit; anything else is not accepted
 * @param wanted   result of lbms_second_level()
 * @param product  envelope and ranges of the parameters
 * @return true when they may stay
 * Context: any.
 */
bool lbms_second_level_accepts(const struct lbms_afe_config *got, int8_t fit,
                               const struct lbms_afe_config *wanted, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
