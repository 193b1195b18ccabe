#include "losun_bms/power/switch_control.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/switches.h"

void lbms_switch_control_init(struct lbms_switch_control *control)
{
    memset(control, 0, sizeof(*control));
}

/*
 * Current through a body diode, seen in the direction in which it flows. The caller has found out that exactly the
 * other direction is blocked.
 */
static bool assist(bool already, int32_t current_ma, const struct lbms_params *params)
{
    if (already) {
        return current_ma >= params->v[LBMS_PARAM_BODY_DIODE_OFF_MA];
    }
    return current_ma > params->v[LBMS_PARAM_BODY_DIODE_ON_MA];
}

static void body_diodes(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                        const struct lbms_params *params)
{
    /* A discharge switch that waits for its port is as open as a blocked one. */
    const uint8_t waiting = (control->stage == LBMS_DISCHARGE_CLOSED) ? 0u : (uint8_t)LBMS_PATH_DISCHARGE;
    const uint8_t open = (uint8_t)(in->blocked | waiting);
    const bool believed = in->permitted && ((in->m->valid & LBMS_VALID_CURRENT) != 0u);
    const int32_t current_ma = in->m->current_ma;

    control->assist_charge =
        believed && (open == LBMS_PATH_CHARGE) && assist(control->assist_charge, -current_ma, params);
    control->assist_discharge =
        believed && (open == LBMS_PATH_DISCHARGE) && assist(control->assist_discharge, current_ma, params);
}

static bool port_is_up(const struct lbms_measured *m, const struct lbms_params *params)
{
    const uint16_t needed = LBMS_VALID_TERMINAL | LBMS_VALID_PACK;

    return ((m->valid & needed) == needed) &&
           (m->terminal_mv >= lbms_mul_div_i32(m->pack_mv, params->v[LBMS_PARAM_PRECHARGE_DONE_PCT], 100));
}

static void go(struct lbms_switch_control *control, uint8_t stage)
{
    control->stage = stage;
    lbms_hold_reset(&control->timer);
}

static void precharge_failed(struct lbms_switch_control *control, const struct lbms_params *params)
{
    control->failures++;
    go(control, LBMS_DISCHARGE_WAIT);
    if (control->failures >= params->v[LBMS_PARAM_PRECHARGE_RETRIES]) {
        control->conditions |= LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED);
    }
}

/* The way to a closed discharge switch leads through a port that is up. */
static void advance(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                    const struct lbms_params *params, const struct lbms_product *product)
{
    const bool up = port_is_up(in->m, params);

    switch (control->stage) {
    case LBMS_DISCHARGE_OPEN:
    case LBMS_DISCHARGE_PRECHARGE:
        if (up) {
            control->failures = 0u;
            go(control, LBMS_DISCHARGE_CLOSED);
        } else if (control->stage == LBMS_DISCHARGE_OPEN) {
            go(control, LBMS_DISCHARGE_PRECHARGE);
        } else {
            /* goes on until the port is up or the time is over */
        }
        break;
    case LBMS_DISCHARGE_WAIT:
        if (lbms_hold(&control->timer, true, in->now_ms,
                      lbms_param_ms(params, product, LBMS_PARAM_PRECHARGE_RETRY_S))) {
            go(control, LBMS_DISCHARGE_OPEN);
        }
        break;
    default: /* closed: stays */
        break;
    }
    if ((control->stage == LBMS_DISCHARGE_PRECHARGE) &&
        lbms_hold(&control->timer, true, in->now_ms,
                  lbms_param_ms(params, product, LBMS_PARAM_PRECHARGE_TIMEOUT_MS))) {
        precharge_failed(control, params);
    }
}

static void discharge_path(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                           const struct lbms_params *params, const struct lbms_product *product)
{
    if (in->restart || in->charger_present) {
        control->conditions &= ~LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED);
        control->failures = 0u;
    }
    if (in->permitted && ((in->blocked & LBMS_PATH_DISCHARGE) == 0u)) {
        advance(control, in, params, product);
    } else {
        go(control, LBMS_DISCHARGE_OPEN);
    }
}

void lbms_switch_control_step(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                              const struct lbms_params *params, const struct lbms_product *product)
{
    uint8_t closed = 0u;

    discharge_path(control, in, params, product);
    body_diodes(control, in, params);
    if (control->assist_charge || (in->permitted && ((in->blocked & LBMS_PATH_CHARGE) == 0u))) {
        closed |= LBMS_SWITCH_CHARGE;
    }
    if (control->assist_discharge || (control->stage == LBMS_DISCHARGE_CLOSED)) {
        closed |= LBMS_SWITCH_DISCHARGE;
    }
    if ((control->stage == LBMS_DISCHARGE_PRECHARGE) && !control->assist_discharge) {
        closed |= LBMS_SWITCH_PRECHARGE;
    }
    control->want.closed = closed;
    control->want.limiter_low = 0u;
}
