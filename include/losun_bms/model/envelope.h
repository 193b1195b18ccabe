/**
 * @file
 * The safety envelope of LS-BTN0-P0548100: absolute limits which no parameter write and no message can widen.
 *
 * They are compile-time constants, used for the minimum and maximum columns of the parameter table
 * (model/param_list.h) and repeated for programs in the product profile (model/product.h).
 * Sources: product manual section 1 (44.0-58.4 V charging, 45.6-58.4 V discharging, 110 A, 500 A short circuit,
 * -20..60 degC); 3.65 V upper limit charging voltage and no charging below 0 degC are LFP cell practice (IEC 62619).
 */
#ifndef LOSUN_BMS_MODEL_ENVELOPE_H
#define LOSUN_BMS_MODEL_ENVELOPE_H

/** Highest cell voltage at which charging may still be permitted, mV (58.4 V / 16). */
#define LBMS_ENVELOPE_CELL_MAX_MV 3650
/** Lowest cell voltage at which discharging may still be permitted, mV. */
#define LBMS_ENVELOPE_CELL_MIN_MV 2500
/** Highest pack voltage at which charging may still be permitted, mV. */
#define LBMS_ENVELOPE_PACK_MAX_MV 58400
/** Lowest pack voltage at which discharging may still be permitted, mV. */
#define LBMS_ENVELOPE_PACK_MIN_MV 45600
/** Highest current without time limit, either direction, mA (magnitude). */
#define LBMS_ENVELOPE_CURRENT_MAX_MA 110000
/** Highest short-circuit threshold, mA (magnitude). */
#define LBMS_ENVELOPE_SHORT_CIRCUIT_MAX_MA 500000
/** Lowest and highest cell temperature for charging, 0.1 degC. */
#define LBMS_ENVELOPE_CHARGE_MIN_DC 0
#define LBMS_ENVELOPE_CHARGE_MAX_DC 600
/** Lowest and highest cell temperature for discharging, 0.1 degC. */
#define LBMS_ENVELOPE_DISCHARGE_MIN_DC (-200)
#define LBMS_ENVELOPE_DISCHARGE_MAX_DC 600
/** Highest MOSFET temperature, 0.1 degC. */
#define LBMS_ENVELOPE_MOSFET_MAX_DC 1150
/** Oldest sample on which a path may stay closed, ms. */
#define LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS 2000

#endif
