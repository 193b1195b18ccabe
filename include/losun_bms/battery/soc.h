/**
 * @file
 * State of charge by counting the measured current.
 */
#ifndef LOSUN_BMS_BATTERY_SOC_H
#define LOSUN_BMS_BATTERY_SOC_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** SOC assumed when nothing is known of the pack, 0.01 %. */
#define LBMS_SOC_UNKNOWN_BP 5000

/** State of the counter. */
struct lbms_soc {
    int32_t charge_mas;   /**< charge in the pack, 0..capacity */
    int32_t rest_mams;    /**< charge below 1 mA s that was not yet added, mA ms, -999..999 */
    int32_t capacity_mas; /**< full capacity */
    uint32_t last_ms;
    bool started;
};

/**
 * Start from what survived, or from LBMS_SOC_UNKNOWN_BP when nothing did.
 *
 * @param soc     counter to prepare
 * @param life    lifetime data; used when valid and limited to 0..capacity
 * @param params  holds the capacity
 * Context: the context of the step.
 */
void lbms_soc_init(struct lbms_soc *soc, const struct lbms_lifetime *life, const struct lbms_params *params);

/**
 * Add the charge that has flowed since the last step: current of this step times the time since the last one.
 *
 * Nothing is lost in rounding: what is below 1 mA s is kept. A current that cannot be believed is not counted, nor is
 * more than LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS at a time, since one sample is not good for longer. Ends stay at
 * 0 and 100 %.
 *
 * @param soc     counter
 * @param m       validated measurement of this step
 * @param now_ms  time of this step
 * @param params  holds the capacity; a changed one keeps the charge, limited to the new capacity
 * Context: the context of the step.
 */
void lbms_soc_step(struct lbms_soc *soc, const struct lbms_measured *m, uint32_t now_ms,
                   const struct lbms_params *params);

/**
 * The pack is full: charge becomes the full capacity.
 *
 * @param soc  counter
 * Context: the context of the step.
 */
void lbms_soc_full(struct lbms_soc *soc);

/**
 * The pack is empty: charge becomes 0.
 *
 * @param soc  counter
 * Context: the context of the step.
 */
void lbms_soc_empty(struct lbms_soc *soc);

/**
 * The counter's result as it is told to others.
 *
 * @param soc   counter
 * @param view  receives the result
 * Context: the context of the step.
 */
void lbms_soc_view(const struct lbms_soc *soc, struct lbms_soc_view *view);

#ifdef __cplusplus
}
#endif

#endif
