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
    /* The limiter carries charge current only: for a discharge current its charge switch is open. */
    const uint8_t for_discharge = (uint8_t)(open | (in->use_limiter ? (unsigned)LBMS_PATH_CHARGE : 0u));
    const bool believed = in->permitted && ((in->m->valid & LBMS_VALID_CURRENT) != 0u);
    const int32_t current_ma = in->m->current_ma;

    control->assist_charge = believed && (for_discharge == LBMS_PATH_CHARGE) &&
                             assist(control->assist_charge, -current_ma, params);
    control->assist_discharge =
        believed && (open == LBMS_PATH_DISCHARGE) && assist(control->assist_discharge, current_ma, params);
}

/* The port has come up to this part of the pack voltage, %. */
static bool port_is_up(const struct lbms_measured *m, int32_t percent)
{
    const uint16_t needed = LBMS_VALID_TERMINAL | LBMS_VALID_PACK;

    return ((m->valid & needed) == needed) && (m->terminal_mv >= lbms_mul_div_i32(m->pack_mv, percent, 100));
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
    switch (control->stage) {
    case LBMS_DISCHARGE_OPEN:
    case LBMS_DISCHARGE_PRECHARGE:
        if ((params->v[LBMS_PARAM_PRECHARGE_FITTED] == 0) ||
            port_is_up(in->m, params->v[LBMS_PARAM_PRECHARGE_DONE_PCT])) {
            control->failures = 0u;
            go(control, LBMS_DISCHARGE_CLOSED);
        } else if (control->stage == LBMS_DISCHARGE_OPEN) {
            go(control, LBMS_DISCHARGE_PRECHARGE);
        } else {
            /* goes on until the port is up or the time is over */
        }
        break;
    case LBMS_DISCHARGE_WAIT:
        if (lbms_param_hold(&control->timer, true, in->now_ms, params, product,
                            LBMS_PARAM_PRECHARGE_RETRY_S)) {
            go(control, LBMS_DISCHARGE_OPEN);
        }
        break;
    default: /* closed: stays */
        break;
    }
    if ((control->stage == LBMS_DISCHARGE_PRECHARGE) &&
        lbms_param_hold(&control->timer, true, in->now_ms, params, product,
                        LBMS_PARAM_PRECHARGE_TIMEOUT_MS)) {
        precharge_failed(control, params);
    }
}

/* After a short circuit, with everything open: does the port come up through the pre-charge resistor? */
static bool probe(struct lbms_switch_control *control, const struct lbms_switch_inputs *in,
                  const struct lbms_params *params, const struct lbms_product *product)
{
    const bool wanted = in->permitted && in->probe_load;
    const bool pulsed = control->probe.running; /* the resistor has been on for a step at least */
    const bool over = lbms_param_hold(&control->probe, wanted, in->now_ms, params, product,
                                      LBMS_PARAM_PRECHARGE_TIMEOUT_MS);

    control->conditions &= ~(LBMS_MASK(LBMS_CONDITION_LOAD_REMOVED) | LBMS_MASK(LBMS_CONDITION_LOAD_PRESENT));
    if (wanted && pulsed && port_is_up(in->m, params->v[LBMS_PARAM_SHORT_PROBE_PCT])) {
        control->conditions |= LBMS_MASK(LBMS_CONDITION_LOAD_REMOVED);
    } else if (over) {
        control->conditions |= LBMS_MASK(LBMS_CONDITION_LOAD_PRESENT);
    } else {
        return wanted;
    }
    lbms_hold_reset(&control->probe);
    return false;
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
    const bool charge = in->permitted && ((in->blocked & LBMS_PATH_CHARGE) == 0u);
    uint8_t closed = 0u;
    bool probing;

    discharge_path(control, in, params, product);
    probing = probe(control, in, params, product);
    body_diodes(control, in, params);
    if (control->assist_charge || (charge && !in->use_limiter)) {
        closed |= LBMS_SWITCH_CHARGE;
    } else if (charge) {
        closed |= LBMS_SWITCH_LIMITER;
    } else {
        /* open */
    }
    if (control->assist_discharge || (control->stage == LBMS_DISCHARGE_CLOSED)) {
        closed |= LBMS_SWITCH_DISCHARGE;
    }
    if (probing || ((control->stage == LBMS_DISCHARGE_PRECHARGE) && !control->assist_discharge)) {
        closed |= LBMS_SWITCH_PRECHARGE;
    }
    control->want.closed = closed;
    control->want.limiter_low =
        (uint8_t)(((closed & LBMS_SWITCH_LIMITER) != 0u) ? params->v[LBMS_PARAM_LIMITER_GEAR_LOW] : 0);
}
