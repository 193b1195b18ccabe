#include "losun_bms/power/wake.h"

#include <string.h>

#include "losun_bms/model/mode.h"

/* What one step works on. */
struct step {
    const struct lbms_wake_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
};

void lbms_wake_init(struct lbms_wake_control *wake, const struct lbms_wake_memory *memory, bool asleep)
{
    memset(wake, 0, sizeof(*wake));
    wake->maintenance_due = memory->maintenance_due;
    wake->charger_spent = memory->charger_spent;
    wake->tries = memory->tries;
    wake->rs232_wakes = memory->rs232_wakes;
    wake->resumed = asleep;
    /* moments before the start of the program: right in unsigned differences, once the first uptime is added */
    wake->cycle_s = 0u - memory->cycle_s;
    wake->rs232_s = 0u - memory->rs232_s;
    wake->asleep_s = 0u - memory->asleep_s;
}

static bool held(struct lbms_hold_timer *timer, bool condition, const struct step *step, uint8_t param)
{
    return lbms_param_hold(timer, condition, step->in->now_ms, step->params, step->product, param);
}

static uint32_t elapsed_s(const struct step *step, uint32_t since_s)
{
    return step->in->uptime_s - since_s;
}

static uint32_t period_s(const struct step *step)
{
    return (uint32_t)step->params->v[LBMS_PARAM_AUTO_WAKE_PERIOD_S];
}

/* Until the period is over; at least a second. */
static uint32_t left_s(const struct step *step, uint32_t since_s)
{
    const uint32_t passed_s = elapsed_s(step, since_s);

    return (passed_s < period_s(step)) ? (period_s(step) - passed_s) : 1u;
}

/* SHUTDOWN begins. */
static void enter(struct lbms_wake_control *wake, const struct step *step)
{
    const uint8_t reason = step->in->reason;
    const bool empty = (reason == LBMS_SLEEP_OVER_DISCHARGE) || (reason == LBMS_SLEEP_FAULT);
    const bool in_cycle = (wake->cause == LBMS_WAKE_TIMER) && !wake->charged &&
                          (elapsed_s(step, wake->cycle_s) < period_s(step));

    wake->saw_switch_off = false;
    if (wake->resumed) {
        return;
    }
    wake->asleep_s = step->in->uptime_s;
    if (!in_cycle) { /* from one automatic wake-up to the next it is one period, however long its window was */
        wake->cycle_s = step->in->uptime_s;
    }
    wake->charger_spent = empty && (wake->cause == LBMS_WAKE_CHARGER) && !wake->charged;
}

static void keep_awake(struct lbms_wake_control *wake, const struct step *step)
{
    const struct lbms_wake_inputs *in = step->in;

    memset(&wake->charger, 0, sizeof(wake->charger));
    memset(&wake->alert, 0, sizeof(wake->alert));
    memset(&wake->pressed, 0, sizeof(wake->pressed));
    wake->display_lit = false;
    wake->resumed = false;
    wake->charged = wake->charged || in->charge_now;
    if (in->full) {
        wake->maintenance_due = false;
    }
}

static bool rs232_exhausted(struct lbms_wake_control *wake, const struct step *step)
{
    if (elapsed_s(step, wake->rs232_s) >= period_s(step)) {
        wake->rs232_wakes = 0u;
    }
    return (step->in->reason == LBMS_SLEEP_OVER_DISCHARGE) &&
           (wake->rs232_wakes >= step->params->v[LBMS_PARAM_RS232_WAKE_LIMIT]);
}

/* A charger that has woken the pack for nothing counts again after it was away, or after a period. */
static bool charger_armed(struct lbms_wake_control *wake, const struct step *step)
{
    const struct lbms_measured *m = step->in->m;
    const bool away = ((m->valid & LBMS_VALID_TERMINAL) != 0u) &&
                      (m->terminal_mv < step->params->v[LBMS_PARAM_WAKE_CHARGER_MV]);

    if (away || (elapsed_s(step, wake->asleep_s) >= period_s(step))) {
        wake->charger_spent = false;
    }
    return step->in->switch_on && !wake->charger_spent;
}

static bool time_armed(const struct lbms_wake_control *wake, const struct step *step)
{
    return (step->in->reason == LBMS_SLEEP_OVER_DISCHARGE) && step->in->switch_on &&
           (wake->tries < step->params->v[LBMS_PARAM_AUTO_WAKE_TRIES]);
}

static void leave(struct lbms_wake_control *wake, const struct step *step, uint8_t cause)
{
    const uint32_t now_s = step->in->uptime_s;
    const uint32_t most_s = (uint32_t)step->params->v[LBMS_PARAM_MAINTENANCE_CHARGE_S];

    wake->wake = true;
    wake->cause = cause;
    wake->by_user = (cause == LBMS_WAKE_BUTTON) || (cause == LBMS_WAKE_SWITCH);
    wake->charged = false;
    wake->maintenance_due = wake->maintenance_due || (elapsed_s(step, wake->asleep_s) > most_s);
    if (cause == LBMS_WAKE_TIMER) {
        wake->cycle_s = now_s;
    }
    if (wake->by_user || (cause == LBMS_WAKE_CHARGER)) {
        wake->tries = 0u;
    }
    if (cause != LBMS_WAKE_RS232) {
        wake->rs232_wakes = 0u;
    } else if (step->in->reason == LBMS_SLEEP_OVER_DISCHARGE) {
        wake->rs232_s = (wake->rs232_wakes == 0u) ? now_s : wake->rs232_s;
        wake->rs232_wakes++;
    } else {
        /* an energetic pack may be asked as often as one likes */
    }
}

/* As long as something is going on at the wake-up sources, or is read on the display, the board stays awake itself. */
static bool alert(struct lbms_wake_control *wake, const struct step *step, bool live)
{
    const struct lbms_wake_inputs *in = step->in;
    const bool pressed = in->key_down && !wake->key_down;
    /* A press that has lasted longer than any press means is a stuck button. */
    const bool stuck = held(&wake->pressed, in->button_down, step, LBMS_PARAM_BUTTON_RESET_MS);

    if (in->fired != 0u) {
        lbms_hold_reset(&wake->alert);
    }
    if (pressed || ((in->fired & LBMS_WAKE_KEY) != 0u)) {
        lbms_hold_reset(&wake->display);
        wake->display_lit = true;
    }
    wake->key_down = in->key_down;
    if (held(&wake->display, wake->display_lit, step, LBMS_PARAM_DISPLAY_TIMEOUT_S)) {
        wake->display_lit = false;
    }
    return !held(&wake->alert, true, step, LBMS_PARAM_WAKE_WINDOW_MS) || wake->display_lit || live ||
           (in->button_down && !stuck);
}

static void ask_for_low_power(struct lbms_wake_control *wake, const struct step *step, bool rs232,
                              bool charger)
{
    struct lbms_sleep *request = &wake->request;

    request->requested = true;
    request->reason = step->in->reason;
    request->wake_sources = LBMS_WAKE_SWITCH | LBMS_WAKE_BUTTON | LBMS_WAKE_KEY;
    if (rs232) {
        request->wake_sources |= LBMS_WAKE_RS232;
    }
    if (charger) {
        request->wake_sources |= LBMS_WAKE_CHARGER;
    }
    if (time_armed(wake, step)) {
        request->timer_s = left_s(step, wake->cycle_s);
    } else if (wake->charger_spent) { /* only to arm it again */
        request->timer_s = left_s(step, wake->asleep_s);
    } else if (!rs232) {
        request->timer_s = left_s(step, wake->rs232_s);
    } else {
        return;
    }
    request->wake_sources |= LBMS_WAKE_TIMER;
}

static void judge(struct lbms_wake_control *wake, const struct step *step)
{
    const struct lbms_wake_inputs *in = step->in;
    const bool rs232 = !rs232_exhausted(wake, step);
    const bool charger = charger_armed(wake, step);
    const bool live = charger && ((in->m->valid & LBMS_VALID_TERMINAL) != 0u) &&
                      (in->m->terminal_mv > step->params->v[LBMS_PARAM_WAKE_CHARGER_MV]);
    const bool due = time_armed(wake, step) && (((in->fired & LBMS_WAKE_TIMER) != 0u) ||
                                                (elapsed_s(step, wake->cycle_s) >= period_s(step)));
    const bool turned_on = in->switch_on && (wake->saw_switch_off || ((in->fired & LBMS_WAKE_SWITCH) != 0u));
    const bool charged = held(&wake->charger, live, step, LBMS_PARAM_WAKE_CHARGER_MS);
    const bool busy = alert(wake, step, live);

    wake->saw_switch_off = wake->saw_switch_off || !in->switch_on;
    if (turned_on) {
        leave(wake, step, LBMS_WAKE_SWITCH);
    } else if (in->button_long || in->button_held) {
        leave(wake, step, LBMS_WAKE_BUTTON);
    } else if (charged) {
        leave(wake, step, LBMS_WAKE_CHARGER);
    } else if (in->rs232_frame && rs232) {
        leave(wake, step, LBMS_WAKE_RS232);
    } else if (due) {
        leave(wake, step, LBMS_WAKE_TIMER);
    } else if (!busy) {
        ask_for_low_power(wake, step, rs232, charger);
    } else {
        /* somebody may be about to wake it */
    }
}

void lbms_wake_step(struct lbms_wake_control *wake, const struct lbms_wake_inputs *in,
                    const struct lbms_params *params, const struct lbms_product *product)
{
    const struct step step = {in, params, product};

    if (!wake->begun) {
        wake->begun = true;
        wake->cycle_s += in->uptime_s;
        wake->rs232_s += in->uptime_s;
        wake->asleep_s += in->uptime_s;
    }
    memset(&wake->request, 0, sizeof(wake->request));
    wake->wake = false;
    wake->by_user = false;
    if (in->mode == LBMS_MODE_SHUTDOWN) {
        if (!wake->asleep) {
            enter(wake, &step);
        }
        judge(wake, &step);
    } else {
        keep_awake(wake, &step);
    }
    wake->asleep = in->mode == LBMS_MODE_SHUTDOWN;
}

void lbms_wake_count(struct lbms_wake_control *wake, bool tried, bool charged)
{
    if (tried && (wake->tries < UINT8_MAX)) {
        wake->tries++;
    }
    if (charged) {
        wake->tries = 0u;
    }
}

void lbms_wake_save(const struct lbms_wake_control *wake, uint32_t uptime_s, struct lbms_wake_memory *memory)
{
    const uint32_t now_s = wake->begun ? uptime_s : 0u;

    memory->maintenance_due = wake->maintenance_due;
    memory->charger_spent = wake->charger_spent;
    memory->tries = wake->tries;
    memory->rs232_wakes = wake->rs232_wakes;
    memory->cycle_s = now_s - wake->cycle_s;
    memory->rs232_s = now_s - wake->rs232_s;
    memory->asleep_s = now_s - wake->asleep_s;
}
