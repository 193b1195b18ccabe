/*
 * What the parts of the charge supervision have in common.
 */
#ifndef LOSUN_BMS_BATTERY_CHARGE_PARTS_H
#define LOSUN_BMS_BATTERY_CHARGE_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

/**
 * Tells whether the charge current is beyond a limit. A current that cannot be believed neither starts nor ends a
 * running delay: it counts as it did before.
 *
 * @param m         measurement
 * @param limit_ma  limit, itself permitted
 * @param before    what the last believable current was
 * @return true when it is
 * Context: any.
 */
static inline bool lbms_charge_above(const struct lbms_measured *m, int32_t limit_ma, bool before)
{
    return ((m->valid & LBMS_VALID_CURRENT) != 0u) ? (m->current_ma > limit_ma) : before;
}

#endif
