#include "losun_bms/battery/limiter.h"

#include <string.h>

#include "charge_parts.h"

bool lbms_limiter_available(const struct lbms_params *params)
{
    return (params->v[LBMS_PARAM_LIMITER_FITTED] != 0) && (params->v[LBMS_PARAM_LIMITER_ENABLE] != 0);
}

void lbms_limiter_init(struct lbms_limiter *limiter)
{
    memset(limiter, 0, sizeof(*limiter));
}

static bool is_discharging(const struct lbms_measured *m, const struct lbms_params *params)
{
    return ((m->valid & LBMS_VALID_CURRENT) != 0u) &&
           (m->current_ma < -params->v[LBMS_PARAM_LIMITER_END_DISCHARGE_MA]);
}

/* The over-current protection waits for the limiter, so the limiter must not start above the protection. */
static int32_t start_ma(const struct lbms_params *params)
{
    const int32_t own_ma = params->v[LBMS_PARAM_LIMITER_START_MA];
    const int32_t protect_ma = params->v[LBMS_PARAM_CHARGE_OC_PROTECT_MA];

    return (own_ma < protect_ma) ? own_ma : protect_ma;
}

/* Limiting begins with a current above the start, and `still` means one above the protection, which is not lower. */
static bool is_quiet(const struct lbms_limiter *limiter, bool over)
{
    return !over && !limiter->over.running;
}

void lbms_limiter_step(struct lbms_limiter *limiter, const struct lbms_charge_inputs *in, bool in_use,
                       bool blocked, const struct lbms_params *params, const struct lbms_product *product)
{
    const int32_t protect_ma = params->v[LBMS_PARAM_CHARGE_OC_PROTECT_MA];
    const bool over = lbms_charge_above(in->m, start_ma(params), limiter->over.running);
    bool still;

    if (is_quiet(limiter, over)) {
        return;
    }
    if (!lbms_limiter_available(params) || blocked || in->asleep || !in->charger_present ||
        is_discharging(in->m, params)) {
        lbms_limiter_init(limiter);
        return;
    }
    if (!limiter->limiting) {
        limiter->limiting =
            lbms_param_hold(&limiter->over, over, in->now_ms, params, product, LBMS_PARAM_CHARGE_OC_DELAY_MS);
    }
    if (lbms_param_hold(&limiter->active, limiter->limiting, in->now_ms, params, product,
                        LBMS_PARAM_LIMITER_TIME_S)) {
        lbms_limiter_init(limiter); /* the charge switch is tried again */
    }
    still = (limiter->limiting || in_use) && lbms_charge_above(in->m, protect_ma, limiter->still.running);
    limiter->failed =
        lbms_param_hold(&limiter->still, still, in->now_ms, params, product, LBMS_PARAM_CHARGE_OC_DELAY_MS);
}
