/**
 * @file
 * Charging complete (FULL): how it begins, how it ends, and the forced resume after days of standby.
 */
#ifndef LOSUN_BMS_BATTERY_FULL_H
#define LOSUN_BMS_BATTERY_FULL_H

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
struct lbms_full {
    bool full;             /**< result: charging is complete */
    bool recharge;         /**< result: forced charging, until the next full condition */
    bool entered;          /**< result, one step: FULL has begun */
    bool soc_full;         /**< result, one step: and the pack as a whole is full, so SOC is 100 % */
    bool clear_ov;         /**< result, one step: forced resume, which clears latched over-voltage */
    uint16_t entry_soc_bp; /**< SOC at the entry, valid while full */
    uint32_t ov_before; /**< over-voltage protections of the last step: only a new one is a full condition */
    struct lbms_hold_timer reached;   /**< full condition */
    struct lbms_hold_timer recovered; /**< recovery voltage while idle */
    struct lbms_hold_timer disturbed; /**< current during standby */
    uint32_t standby_s;               /**< idle time in FULL */
};

/**
 * Start with what was saved, or with a pack that is not full.
 *
 * @param full    state to prepare
 * @param memory  what survived the restart
 * Context: the context of the step.
 */
void lbms_full_init(struct lbms_full *full, const struct lbms_memory *memory);

/**
 * Decide whether charging is complete.
 *
 * FULL begins when a cell or pack over-voltage protection trips, or when the pack is at `full_charge_mv` or the highest cell
 * at `full_cell_mv`, and the charge current has tapered to `full_charge_ma` with a charger present, for
 * `full_charge_hold_s`; all of it measured beyond doubt. The highest cell is needed because one cell that is ahead keeps
 * the pack below its voltage for hours.
 *
 * FULL ends when SOC is 100 % - `full_release_soc_bp` below that at the entry, or when the pack is idle at or below
 * `full_recovery_mv` for `full_recovery_s` (under load the voltage says nothing), or by force after
 * `recharge_standby_s` of idle time awake (R-CHG-03). Current for more than `recharge_interrupt_s` starts that time anew, and
 * sleep does; the resume waits for cell and pack to be below the end of their over-voltage alarms, and for temperatures and faults that hold the charge path open.
 *
 * @param full     state; results are rewritten
 * @param in       inputs of this step
 * @param awake_s  whole seconds since the last step, 0 when the pack was asleep meanwhile
 * @param params   levels and times
 * @param product  product of the parameters
 * Context: the context of the step.
 */
void lbms_full_step(struct lbms_full *full, const struct lbms_charge_inputs *in, uint32_t awake_s,
                    const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
