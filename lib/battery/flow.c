#include "losun_bms/battery/flow.h"

#include <string.h>

#include "losun_bms/model/switches.h"

void lbms_flow_init(struct lbms_flow_state *state)
{
    memset(state, 0, sizeof(*state)); /* 0 is LBMS_FLOW_IDLE */
}

static uint8_t direction(int32_t current_ma, int32_t idle_ma)
{
    if (current_ma >= idle_ma) {
        return LBMS_FLOW_CHARGE;
    }
    return (current_ma <= -idle_ma) ? LBMS_FLOW_DISCHARGE : LBMS_FLOW_IDLE;
}

/* A charger that only holds its voltage draws no current; so it is remembered for a while. */
static bool seen_by_current(struct lbms_flow_state *state, int32_t current_ma, uint32_t now_ms,
                            const struct lbms_params *params, const struct lbms_product *product)
{
    if (state->charge_now) {
        state->held = true;
    } else if (current_ma < -params->v[LBMS_PARAM_BODY_DIODE_ON_MA]) {
        state->held = false;
    }
    if (lbms_param_hold(&state->gone, !state->charge_now, now_ms, params, product,
                        LBMS_PARAM_CHARGER_HOLD_S)) {
        state->held = false;
    }
    return state->held;
}

static bool seen_by_voltage(const struct lbms_measured *m, const struct lbms_params *params)
{
    const uint16_t needed = LBMS_VALID_TERMINAL | LBMS_VALID_PACK;

    return ((m->valid & needed) == needed) && ((m->closed & LBMS_SWITCH_CHARGE) == 0u) &&
           (m->terminal_mv > (m->pack_mv + params->v[LBMS_PARAM_CHARGER_OVER_MV]));
}

void lbms_flow_step(struct lbms_flow_state *state, const struct lbms_measured *m, uint32_t now_ms,
                    const struct lbms_params *params, const struct lbms_product *product)
{
    const int32_t current_ma = ((m->valid & LBMS_VALID_CURRENT) != 0u) ? m->current_ma : 0;
    const uint8_t now = direction(current_ma, params->v[LBMS_PARAM_CURRENT_IDLE_MA]);
    bool by_current;

    if (now != state->candidate) {
        state->candidate = now;
        lbms_hold_reset(&state->change);
    }
    if (lbms_param_hold(&state->change, now != state->flow, now_ms, params, product,
                        LBMS_PARAM_CURRENT_STATE_DELAY_MS)) {
        state->flow = now;
        lbms_hold_reset(&state->change);
    }
    state->charge_now = (now == LBMS_FLOW_CHARGE);
    by_current = seen_by_current(state, current_ma, now_ms, params, product);
    state->charger_present = seen_by_voltage(m, params) || by_current;
}
