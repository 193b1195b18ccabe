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

/* A wish of the pack itself gives way to a voltage at once; somebody who asked for sleep may be about to remove it. */
static bool own_wish(uint8_t reason)
{
    return (reason != LBMS_SLEEP_BUTTON) && (reason != LBMS_SLEEP_HOST);
}

static bool cell_below(const struct step *step, uint8_t param)
{
    const struct lbms_measured *m = step->in->m;

    return ((m->valid & LBMS_VALID_CELL_RANGE) != 0u) && (m->cell_min_mv < step->params->v[param]);
}

static void listen(struct lbms_sleep_control *sleep, const struct step *step)
{
    const bool silent = held(&sleep->quiet, sleep->talking && !step->in->frame, step, LBMS_PARAM_COMM_IDLE_S);

    sleep->talking = step->in->frame || (sleep->talking && !silent);
}

/* The wish to sleep, most deliberate first. The times of all reasons run, whichever comes first. */
static uint8_t wanted(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_sleep_inputs *in = step->in;
    const bool empty = ((in->protections & UV_BITS) != 0u) && !in->charge_now && !in->window_open;
    const bool nothing = in->idle && !sleep->talking;
    const bool low =
        nothing && (in->protections == 0u) && !in->balancing && cell_below(step, LBMS_PARAM_SLEEP_CELL_MV);
    const uint32_t standby_s = (uint32_t)step->params->v[LBMS_PARAM_STANDBY_SLEEP_S];
    const bool unresolved = held(&sleep->under_voltage, empty, step, LBMS_PARAM_UV_SLEEP_S);
    const bool switched_off = held(&sleep->switch_off, !in->switch_on, step, LBMS_PARAM_OFF_SWITCH_SLEEP_S);
    const bool low_cell = held(&sleep->low_cell, low, step, LBMS_PARAM_SLEEP_DELAY_S);
    /* Uptime counts whole seconds: one more makes it more than the time. */
    const bool standby =
        lbms_hold_seconds(&sleep->standby, nothing && !in->charger_present, in->uptime_s, standby_s + 1u);

    if (held(&sleep->retry, sleep->refused, step, LBMS_PARAM_SLEEP_RETRY_S)) {
        sleep->refused = false;
    }
    if (in->button_long) {
        return LBMS_SLEEP_BUTTON;
    }
    if (in->host_command) {
        return LBMS_SLEEP_HOST;
    }
    if (sleep->refused) {
        return LBMS_SLEEP_NONE;
    }
    if (unresolved || in->window_over) {
        return (uint8_t)(in->service_fault ? LBMS_SLEEP_FAULT : LBMS_SLEEP_OVER_DISCHARGE);
    }
    if (switched_off) {
        return LBMS_SLEEP_SWITCH;
    }
    if (low_cell) {
        return LBMS_SLEEP_LOW_CELL;
    }
    return (uint8_t)(standby ? LBMS_SLEEP_STANDBY : LBMS_SLEEP_NONE);
}

static void step_awake(struct lbms_sleep_control *sleep, const struct step *step)
{
    const uint8_t reason = wanted(sleep, step);

    if (reason != LBMS_SLEEP_NONE) {
        sleep->stop = true;
        sleep->reason = reason;
        lbms_hold_reset(&sleep->dead_bus);
        lbms_hold_reset(&sleep->live_bus);
        lbms_hold_reset(&sleep->pending);
    }
}

static void give_up(struct lbms_sleep_control *sleep)
{
    sleep->cancelled = own_wish(sleep->reason) ? (uint8_t)LBMS_SLEEP_NONE : sleep->reason;
    sleep->kept_awake = (sleep->reason == LBMS_SLEEP_OVER_DISCHARGE) || (sleep->reason == LBMS_SLEEP_FAULT);
    sleep->stop = false;
    sleep->reason = sleep->last_reason;
    sleep->refused = true;
    lbms_hold_reset(&sleep->retry);
}

/* A voltage that falls by so much within the test is that of a capacitor. */
#define FALLS_MV 500

static bool falls(struct lbms_sleep_control *sleep, int32_t terminal_mv)
{
    const bool fell = !sleep->live_bus.running || (terminal_mv < (sleep->live_mv - FALLS_MV));

    if (fell) {
        sleep->live_mv = terminal_mv;
    }
    return fell && sleep->live_bus.running;
}

/* The paths are open: what is at the terminals now comes from outside, once the capacitors there have discharged. */
static void step_stopping(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_measured *m = step->in->m;
    const bool tested = ((m->valid & LBMS_VALID_TERMINAL) != 0u) && (m->closed == 0u);
    const bool voltage =
        (m->terminal_mv >= step->params->v[LBMS_PARAM_SLEEP_NO_VOLTAGE_MV]) || step->in->charge_now;
    const bool own = own_wish(sleep->reason);
    const bool dead = held(&sleep->dead_bus, tested && !voltage, step, LBMS_PARAM_SLEEP_TEST_MS);
    const bool steady = !falls(sleep, m->terminal_mv);
    const bool live = held(&sleep->live_bus, tested && voltage && steady, step, LBMS_PARAM_SLEEP_TEST_MS);
    const uint8_t patience = (own || (step->in->address == 0u))
                                 ? (uint8_t)LBMS_PARAM_SLEEP_PENDING_S
                                 : (uint8_t)LBMS_PARAM_SLEEP_PENDING_PARALLEL_S;
    /* the pack itself has all the time that a large capacitor needs */
    const bool late = held(&sleep->pending, steady || !own, step, patience);

    if (step->in->switch_on && (sleep->reason == LBMS_SLEEP_SWITCH)) {
        give_up(sleep); /* turned on again meanwhile */
    } else if (dead) {
        sleep->confirmed = true;
        sleep->stop = false;
        sleep->last_reason = sleep->reason;
    } else if (late || (live && own)) {
        give_up(sleep);
    } else {
        /* keep testing */
    }
}

/* Awake at 30-50 mA, a pack at 1 % would be destroyed in about a day. */
static void guard(struct lbms_sleep_control *sleep, const struct step *step)
{
    const struct lbms_sleep_inputs *in = step->in;
    const bool empty = ((in->protections & UV_BITS) != 0u) && !in->charge_now;

    sleep->kept_awake = sleep->kept_awake && empty;
    if (in->button_down) {
        lbms_hold_reset(&sleep->deep);
    }
    sleep->reduced = held(&sleep->deep, sleep->kept_awake && cell_below(step, LBMS_PARAM_DEEP_GUARD_CELL_MV),
                          step, LBMS_PARAM_DEEP_GUARD_S);
}

/* Whatever was going on before a sleep, it is over. */
static void forget(struct lbms_sleep_control *sleep)
{
    lbms_sleep_init(sleep, sleep->last_reason);
}

void lbms_sleep_step(struct lbms_sleep_control *sleep, const struct lbms_sleep_inputs *in,
                     const struct lbms_params *params, const struct lbms_product *product)
{
    const struct step step = {in, params, product};

    sleep->cancelled = LBMS_SLEEP_NONE;
    if (in->mode == LBMS_MODE_SHUTDOWN) {
        forget(sleep);
        return;
    }
    listen(sleep, &step);
    guard(sleep, &step);
    if (in->mode == LBMS_MODE_STOPPING) {
        step_stopping(sleep, &step);
    } else if (in->mode == LBMS_MODE_STARTING) {
        (void)wanted(sleep, &step); /* the times run, but a start is finished first */
    } else {
        step_awake(sleep, &step);
    }
}
