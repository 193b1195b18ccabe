/**
 * @file
 * State of charge for the smallest targets: a counter with anchors, and a look-up of the rest voltage where the curve
 * is steep. Same inputs and result as estimator.h, in a hundredth of its memory.
 *
 * It does not learn the current offset except while no current can flow, and knows nothing about a plateau but how
 * long it has been counting there: the deviation that it tells grows with moved charge and time until an anchor.
 */
#ifndef LOSUN_BMS_BATTERY_ESTIMATOR_LIGHT_H
#define LOSUN_BMS_BATTERY_ESTIMATOR_LIGHT_H

#include "losun_bms/battery/estimator.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Slope from which the rest voltage is believed, 0.1 mV for each per cent. */
#define LBMS_ESTIMATOR_LIGHT_SLOPE_DMV 20
/** Rest needed before the look-up, ms. */
#define LBMS_ESTIMATOR_LIGHT_REST_MS 3600000u

/** State of the counter. The fields are private. */
struct lbms_estimator_light {
    const struct lbms_cell_model *cell;
    int32_t full_mas;   /**< capacity */
    int32_t charge_mas; /**< charge in the cell, 0..full_mas */
    int32_t moved_mas;  /**< since init, corrected; wraps */
    int32_t unsure_mas; /**< standard deviation of charge_mas */
    int32_t offset_ma;
    int32_t zero_sum; /**< readings while no current can flow, times ms */
    uint32_t zero_run_ms;
    uint32_t last_ms;
    uint32_t full_ms;    /**< conditions of "full" have held for */
    uint32_t rest_ms;    /**< next to no current has flowed for */
    int32_t unsure_mams; /**< fraction of unsure_mas */
    int16_t rest_mams;   /**< fraction of charge_mas */
    int16_t temp_dc;
    bool started;
    bool zero_known; /**< offset_ma was measured */
};

/**
 * Start the counter.
 *
 * @param e             counter; all of it is rewritten
 * @param cell          type of cell; must outlive the counter
 * @param capacity_mah  1000..500000
 * @param start         what is known, only read
 * Context: the context of the step.
 */
void lbms_estimator_light_init(struct lbms_estimator_light *e, const struct lbms_cell_model *cell,
                               int32_t capacity_mah, const struct lbms_estimator_start *start);

/**
 * Take in a measurement. The first step only takes the time.
 *
 * @param e   counter
 * @param in  measurement, only read
 * Context: the context of the step; the look-up, once an hour of rest, takes 101 steps.
 */
void lbms_estimator_light_step(struct lbms_estimator_light *e, const struct lbms_estimator_inputs *in);

/**
 * Result as of the last step; misfit is never set, kr_permille is 1000.
 *
 * @param e     counter
 * @param view  filled in
 * Context: the context of the step.
 */
void lbms_estimator_light_view(const struct lbms_estimator_light *e, struct lbms_estimator_view *view);

/**
 * Use another capacity from now on. The state of charge stays what it was.
 *
 * @param e             counter
 * @param capacity_mah  as learnt, 1000..500000
 * Context: the context of the step.
 */
void lbms_estimator_light_set_capacity(struct lbms_estimator_light *e, int32_t capacity_mah);

/**
 * The cell is empty: an anchor as full is, which the caller knows from the under-voltage protection.
 *
 * @param e  counter
 * Context: the context of the step.
 */
void lbms_estimator_light_empty(struct lbms_estimator_light *e);

#ifdef __cplusplus
}
#endif

#endif
