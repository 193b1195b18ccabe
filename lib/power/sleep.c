#include "losun_bms/power/sleep.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"

#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

/* What one step works on. */
struct step {
    const struct lbms_sleep_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
};

void lbms_sleep_init(struct lbms_sleep_control *sleep, uint8_t reason)
{
    memset(sleep, 0, sizeof(*sleep));
    sleep->reason = reason;
    sleep->last_reason = reason;
}

static bool held(struct lbms_hold_timer *timer, bool condition, const struct step *step, uint8_t param)
{
    return lbms_param_hold(timer, condition, step->in->now_ms, step->params, step->product, param);
}

/* The wish to sleep, most deliberate first. */
static uint8_t wanted(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_sleep_inputs *in = step->in;
    const bool empty = ((in->protections & UV_BITS) != 0u) && !in->charge_now;
    const bool unresolved = held(&sleep->under_voltage, empty, step, LBMS_PARAM_UV_SLEEP_S);
    const bool switched_off = held(&sleep->switch_off, !in->switch_on, step, LBMS_PARAM_OFF_SWITCH_SLEEP_S);

    if (held(&sleep->refused, sleep->wait_retry, step, LBMS_PARAM_SLEEP_RETRY_S)) {
        sleep->wait_retry = false;
    }
    if (in->button_long) {
        return LBMS_SLEEP_BUTTON;
    }
    if (in->host_command) {
        return LBMS_SLEEP_HOST;
    }
    if (sleep->wait_retry) {
        return LBMS_SLEEP_NONE;
    }
    if (switched_off) {
        return LBMS_SLEEP_SWITCH;
    }
    return unresolved ? LBMS_SLEEP_OVER_DISCHARGE : LBMS_SLEEP_NONE;
}

static void step_awake(struct lbms_sleep_control *sleep, const struct step *step)
{
    const uint8_t reason = wanted(sleep, step);

    if (reason != LBMS_SLEEP_NONE) {
        sleep->stop = true;
        sleep->reason = reason;
        sleep->saw_switch_off = false;
        lbms_hold_reset(&sleep->dead_bus);
        lbms_hold_reset(&sleep->live_bus);
        lbms_hold_reset(&sleep->pending);
    }
}

static void give_up(struct lbms_sleep_control *sleep)
{
    sleep->stop = false;
    sleep->reason = sleep->last_reason;
    sleep->wait_retry = true;
    lbms_hold_reset(&sleep->refused);
}

/* The paths are open: what is at the terminals now comes from outside, once the capacitors there have discharged. */
static void step_stopping(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_measured *m = step->in->m;
    const bool tested = ((m->valid & LBMS_VALID_TERMINAL) != 0u) && (m->closed == 0u);
    const bool voltage = m->terminal_mv >= step->params->v[LBMS_PARAM_SLEEP_NO_VOLTAGE_MV];
    const bool own_wish =
        (sleep->reason == LBMS_SLEEP_OVER_DISCHARGE) || (sleep->reason == LBMS_SLEEP_SWITCH);
    const bool dead = held(&sleep->dead_bus, tested && !voltage, step, LBMS_PARAM_SLEEP_TEST_MS);
    const bool live = held(&sleep->live_bus, tested && voltage, step, LBMS_PARAM_SLEEP_TEST_MS);
    const bool late = held(&sleep->pending, true, step, LBMS_PARAM_SLEEP_PENDING_S);

    if (step->in->switch_on && (sleep->reason == LBMS_SLEEP_SWITCH)) {
        give_up(sleep); /* turned on again meanwhile */
    } else if (dead) {
        sleep->confirmed = true;
        sleep->stop = false;
        sleep->last_reason = sleep->reason;
    } else if (late || (live && own_wish)) {
        give_up(sleep);
    } else {
        /* keep testing */
    }
}

static void step_asleep(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_sleep_inputs *in = step->in;
    const struct lbms_measured *m = in->m;
    const bool live = in->switch_on && ((m->valid & LBMS_VALID_TERMINAL) != 0u) &&
                      (m->terminal_mv > step->params->v[LBMS_PARAM_WAKE_CHARGER_MV]);
    const bool charger = held(&sleep->charger, live, step, LBMS_PARAM_WAKE_CHARGER_MS);
    const bool button = in->button_long || in->button_held;
    /* A press that has lasted longer than any press means is a stuck button. */
    const bool stuck = held(&sleep->pressed, in->button_down, step, LBMS_PARAM_BUTTON_RESET_MS);
    const bool turned_on = sleep->saw_switch_off || ((in->wake_reason & LBMS_WAKE_SWITCH) != 0u);
    bool alert_over;

    sleep->saw_switch_off = sleep->saw_switch_off || !in->switch_on;
    if (in->wake_reason != 0u) {
        lbms_hold_reset(&sleep->alert);
    }
    alert_over = held(&sleep->alert, true, step, LBMS_PARAM_WAKE_WINDOW_MS);
    sleep->wake = in->switch_on && (turned_on || button || charger);
    sleep->wake_by_user = sleep->wake && (turned_on || button);
    /* As long as something is going on at the wake-up sources, the board stays alert. */
    sleep->request.requested = alert_over && !sleep->wake && !live && (!in->button_down || stuck);
    sleep->request.reason = sleep->reason;
    sleep->request.wake_sources = LBMS_WAKE_SWITCH;
    if (in->switch_on) {
        sleep->request.wake_sources |= LBMS_WAKE_BUTTON | LBMS_WAKE_CHARGER;
    }
}

void lbms_sleep_step(struct lbms_sleep_control *sleep, const struct lbms_sleep_inputs *in,
                     const struct lbms_params *params, const struct lbms_product *product)
{
    const struct step step = {in, params, product};

    memset(&sleep->request, 0, sizeof(sleep->request));
    sleep->wake = false;
    sleep->wake_by_user = false;
    if (in->mode == LBMS_MODE_SHUTDOWN) {
        sleep->confirmed = false;
        sleep->wait_retry = false;
        lbms_hold_reset(&sleep->under_voltage);
        lbms_hold_reset(&sleep->switch_off);
        step_asleep(sleep, &step);
        return;
    }
    lbms_hold_reset(&sleep->charger);
    lbms_hold_reset(&sleep->alert);
    lbms_hold_reset(&sleep->pressed);
    if (in->mode == LBMS_MODE_STOPPING) {
        step_stopping(sleep, &step);
    } else if (in->mode == LBMS_MODE_STARTING) {
        (void)wanted(sleep, &step); /* the times run, but a start is finished first */
    } else {
        step_awake(sleep, &step);
    }
}
