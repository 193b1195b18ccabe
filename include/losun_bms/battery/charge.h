/**
 * @file
 * Charge supervision: when charging is complete, how gently to charge, through which branch, and whether to heat.
 *
 * It only states what shall be; the switch control closes and opens the switches. Runs after the protections of the
 * step, and before SOC and mode.
 */
#ifndef LOSUN_BMS_BATTERY_CHARGE_H
#define LOSUN_BMS_BATTERY_CHARGE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/battery/charge_inputs.h"
#include "losun_bms/battery/full.h"
#include "losun_bms/battery/gentle.h"
#include "losun_bms/battery/heater.h"
#include "losun_bms/battery/limiter.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State and results. Those marked "one step" are true only in the step in which it happens. */
struct lbms_charge {
    uint32_t conditions; /**< result: its own bits, 1 << enum lbms_condition */
    uint16_t state;      /**< result: mask of enum lbms_state */
    uint8_t blocked;     /**< result: LBMS_PATH_CHARGE in FULL, otherwise 0 */
    bool use_limiter;    /**< result: the charge path is the limiter, the charge switch stays open */
    bool limiter_armed; /**< result: level 1 of charge over-current waits for LBMS_CONDITION_LIMITER_FAILED */
    bool entered_full;  /**< result, one step: FULL has begun */
    bool soc_full;      /**< result, one step: SOC is 100 % now; the next step shall read it as `soc_bp` */
    bool clear_ov;      /**< result, one step: forced resume; over-voltage protections are to be cleared */
    bool full_request;  /**< result: the last full charge was long ago */
    bool heater;        /**< result: heat */

    bool started;          /**< uptime_s and awake are of the last step */
    bool awake;            /**< the pack was awake then */
    bool busy;             /**< results were more than nothing then */
    uint32_t uptime_s;     /**< of the last step */
    uint32_t since_full_s; /**< since SOC was last at `force_full_soc_bp`; sleep counts */
    struct lbms_full full;
    struct lbms_gentle gentle;
    struct lbms_limiter limiter;
    struct lbms_heater heat;
};

/**
 * Start with what was saved. Time in which the program did not run is not known here: add it to memory->since_full_s.
 *
 * @param charge  state to prepare; its results are those of a step in which nothing has happened
 * @param memory  what survived the restart; read when memory->valid
 * Context: the context of the step.
 */
void lbms_charge_init(struct lbms_charge *charge, const struct lbms_memory *memory);

/**
 * Write down what must survive a restart: the FULL state with its SOC at entry, the time since the last full charge, and
 * the time of gentle charging.
 *
 * @param charge  state
 * @param memory  these four fields are set, the others are left alone
 * Context: the context of the step.
 */
void lbms_charge_save(const struct lbms_charge *charge, struct lbms_memory *memory);

/**
 * Supervise charging for one step; see lbms_full_step(), lbms_gentle_step(), lbms_limiter_step() and lbms_heater_step().
 * Besides, a full charge is requested when SOC has not been at `force_full_soc_bp` for `force_full_request_s`.
 *
 * @param charge   state; results are rewritten
 * @param in       inputs of this step
 * @param params   levels and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_charge_step(struct lbms_charge *charge, const struct lbms_charge_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
