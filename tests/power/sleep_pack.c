#include "sleep_pack.h"

#include <string.h>

#include "support/suite.h"

void awake(struct pack *p)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->m.valid = UINT16_MAX;
    p->m.closed = LBMS_SWITCHES_MAIN;
    p->m.pack_mv = 52000;
    p->m.terminal_mv = 52000;
    p->m.cell_min_mv = 3250u;
    p->in.m = &p->m;
    p->in.mode = LBMS_MODE_STANDBY;
    p->in.switch_on = true;
    p->in.now_ms = UINT32_MAX - 40000u;
    memset(&p->sleep, 0xA5, sizeof(p->sleep)); /* whatever was there before */
    lbms_sleep_init(&p->sleep, LBMS_SLEEP_NONE);
    p->in.idle = true;
    p->in.charger_present = true; /* no sleep by standby, unless a test wants it */
    p->in.uptime_s = 1000u;
    resume(p, false);
}

void resume(struct pack *p, bool asleep_before)
{
    const struct lbms_wake_memory nothing = {0u, 0u, false, false, false, 0u, 0u, 0u};

    memset(&p->wake, 0xA5, sizeof(p->wake));
    lbms_wake_init(&p->wake, &nothing, asleep_before);
}

/* Asleep or awake, the inputs that both controls share are the same. */
static void step_wake(struct pack *p)
{
    struct lbms_wake_inputs *in = &p->wake_in;

    in->now_ms = p->in.now_ms;
    in->uptime_s = p->in.uptime_s;
    in->mode = p->in.mode;
    in->reason = p->sleep.reason;
    in->m = &p->m;
    in->button_long = p->in.button_long;
    in->button_down = p->in.button_down;
    in->switch_on = p->in.switch_on;
    in->charge_now = p->in.charge_now;
    lbms_wake_step(&p->wake, in, &p->params, &lbms_product_ls_btn0_p0548100);
}

void pass(struct pack *p, uint32_t ms)
{
    p->in.now_ms += ms;
    p->rest_ms += ms;
    p->in.uptime_s += p->rest_ms / 1000u;
    p->rest_ms %= 1000u;
    step_wake(p);
    lbms_wake_count(&p->wake, p->tried, p->charging_found);
    lbms_sleep_step(&p->sleep, &p->in, &p->params, &lbms_product_ls_btn0_p0548100);
    p->in.button_long = false;
    p->in.host_command = false;
    p->wake_in.button_held = false;
    p->wake_in.rs232_frame = false;
    p->wake_in.fired = 0u;
    p->tried = false;
    p->charging_found = false;
    if (p->in.mode == LBMS_MODE_SHUTDOWN) {
        p->in.mode = (uint8_t)(p->wake.wake ? LBMS_MODE_STARTING : LBMS_MODE_SHUTDOWN);
    } else if ((p->in.mode == LBMS_MODE_STOPPING) && p->sleep.confirmed) {
        p->in.mode = LBMS_MODE_SHUTDOWN;
    } else if (p->in.mode != LBMS_MODE_STARTING) {
        p->in.mode = (uint8_t)(p->sleep.stop ? LBMS_MODE_STOPPING : LBMS_MODE_STANDBY);
    }
}

uint32_t run(struct pack *p, uint32_t ms)
{
    const uint8_t mode = p->in.mode;
    uint32_t passed_ms = 0u;

    while ((passed_ms < ms) && (p->in.mode == mode)) {
        pass(p, 10u);
        passed_ms += 10u;
    }
    return passed_ms;
}

const uint8_t reasons[REASONS] = {LBMS_SLEEP_OVER_DISCHARGE, LBMS_SLEEP_SWITCH, LBMS_SLEEP_BUTTON,
                                  LBMS_SLEEP_HOST};

void stopping(struct pack *p, uint8_t reason)
{
    awake(p);
    p->in.protections = (reason == LBMS_SLEEP_OVER_DISCHARGE) ? UV_BITS : 0u;
    p->in.switch_on = reason != LBMS_SLEEP_SWITCH;
    p->in.button_long = reason == LBMS_SLEEP_BUTTON;
    p->in.host_command = reason == LBMS_SLEEP_HOST;
    pass(p, 10u);
    if ((reason == LBMS_SLEEP_OVER_DISCHARGE) || (reason == LBMS_SLEEP_SWITCH)) {
        pass(p, 30000u);
    }
    ck_assert_uint_eq(p->in.mode, LBMS_MODE_STOPPING);
    ck_assert_uint_eq(p->sleep.reason, reason);
    p->m.closed = 0u;
}

void asleep(struct pack *p, uint8_t reason)
{
    stopping(p, reason);
    p->m.terminal_mv = 0;
    (void)run(p, 2000u);
    ck_assert_uint_eq(p->in.mode, LBMS_MODE_SHUTDOWN);
}

void deep_asleep(struct pack *p, uint8_t reason)
{
    asleep(p, reason);
    (void)run(p, 10000u);
    ck_assert(p->wake.request.requested);
}
