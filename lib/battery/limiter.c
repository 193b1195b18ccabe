#include "losun_bms/battery/limiter.h"

#include <string.h>

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

static void watch_start(struct lbms_limiter *limiter, const struct lbms_charge_inputs *in, uint32_t delay_ms,
                        const struct lbms_params *params)
{
    const bool over = lbms_charge_above(in->m, start_ma(params), limiter->over.running);

    limiter->limiting = lbms_hold(&limiter->over, over, in->now_ms, delay_ms);
    lbms_hold_reset(&limiter->active);
}

void lbms_limiter_step(struct lbms_limiter *limiter, const struct lbms_charge_inputs *in, bool in_use,
                       bool blocked, const struct lbms_params *params, const struct lbms_product *product)
{
    uint32_t delay_ms;
    bool still;

    if (!lbms_limiter_available(params) || blocked || in->asleep || !in->charger_present ||
        is_discharging(in->m, params)) {
        lbms_limiter_init(limiter);
        return;
    }
    delay_ms = lbms_param_ms(params, product, LBMS_PARAM_CHARGE_OC_DELAY_MS);
    if (lbms_hold(&limiter->active, limiter->limiting, in->now_ms,
                  lbms_param_ms(params, product, LBMS_PARAM_LIMITER_TIME_S))) {
        lbms_limiter_init(limiter); /* the charge switch is tried again */
    } else if (!limiter->limiting) {
        watch_start(limiter, in, delay_ms, params);
    }
    still = (limiter->limiting || in_use) &&
            lbms_charge_above(in->m, params->v[LBMS_PARAM_CHARGE_OC_PROTECT_MA], limiter->still.running);
    limiter->failed = lbms_hold(&limiter->still, still, in->now_ms, delay_ms);
}
