/**
 * @file
 * Gentle charging of a deeply discharged pack.
 */
#ifndef LOSUN_BMS_BATTERY_GENTLE_H
#define LOSUN_BMS_BATTERY_GENTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/battery/charge_inputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State and results. */
struct lbms_gentle {
    bool active;                      /**< result: charge gently only */
    bool stuck;                       /**< result: it has lasted too long, a cell does not come up */
    bool over;                        /**< result: the charger pushes too much, and there is no limiter */
    uint16_t charged_s;               /**< time with charge current in this state */
    struct lbms_hold_timer recovered; /**< levels of the end */
    struct lbms_hold_timer pushed;    /**< too much current */
};

/**
 * Start with what was saved: a pack that was being charged gently goes on, with its time.
 *
 * @param gentle  state to prepare
 * @param memory  what survived the restart
 * Context: the context of the step.
 */
void lbms_gentle_init(struct lbms_gentle *gentle, const struct lbms_memory *memory);

/**
 * Service has looked at a cell that did not come up: its time begins anew.
 *
 * @param gentle  state
 * Context: the context of the step.
 */
void lbms_gentle_forget(struct lbms_gentle *gentle);

/**
 * Decide whether the pack may be charged gently only.
 *
 * It begins at once when the pack is below `low_charge_pack_mv`, a cell below `cell_uv_protect_mv`, or the cell fault is set
 * (cells too far apart). It ends when none of this is so and the pack is at least `gentle_end_pack_mv` and every
 * cell `gentle_end_cell_mv` above these levels for `gentle_end_s`. The time with charge current >= `current_idle_ma` adds
 * up; beyond `gentle_charge_max_s` the cell counts as stuck. Without a limiter, charge current above
 * `gentle_trip_pct` of `gentle_charge_ma` for `gentle_trip_s` is too much.
 *
 * @param gentle   state; results are rewritten
 * @param in       inputs of this step
 * @param awake_s  whole seconds since the last step, 0 when the pack was asleep meanwhile
 * @param limited  a limiter is there to keep the current low
 * @param params   levels and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_gentle_step(struct lbms_gentle *gentle, const struct lbms_charge_inputs *in, uint32_t awake_s,
                      bool limited, const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
