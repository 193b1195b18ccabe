/* Whether the pack sleeps, wakes up or works: the power floor, fed from the rest of the core. */
#include "bms_power.h"

#include "losun_bms/model/ports.h"

#define DISPLAY_KEYS \
    ((unsigned)LBMS_KEY_MENU | (unsigned)LBMS_KEY_ENTER | (unsigned)LBMS_KEY_DOWN | (unsigned)LBMS_KEY_ESC)
#define LOST (LBMS_MASK(LBMS_CONDITION_CELLS_LOST) | LBMS_MASK(LBMS_CONDITION_CURRENT_LOST))

/* Paths held open for any reason but the mode. In an automatic window, being empty is none. */
uint8_t lbms_core_blocked(const struct lbms_core *core)
{
    const uint8_t protections =
        core->window.ignore_empty ? core->protection.blocked_but_uv : core->protection.blocked;
    const uint8_t window = (uint8_t)(core->window.hold_discharge ? LBMS_PATH_DISCHARGE : 0);

    return (uint8_t)(protections | window | core->charge.blocked | core->forced_off);
}

/* A wake-up source, and what an empty pack may do after it. */
static void judge_wake_up(struct lbms_core *core, const struct lbms_inputs *in,
                          const struct lbms_core_events *events)
{
    const struct lbms_wake_inputs wake_in = {
        in->now_ms,
        in->uptime_s,
        core->mode.mode,
        core->sleep.reason,
        &core->snapshot.m,
        events->button == LBMS_BUTTON_LONG,
        events->button == LBMS_BUTTON_HELD,
        (events->keys & LBMS_KEY_BUTTON) != 0u,
        (events->keys & DISPLAY_KEYS) != 0u,
        (events->keys & LBMS_KEY_WEAK_SWITCH) != 0u,
        (in->ports_seen & (1u << LBMS_PORT_RS232)) != 0u,
        (uint8_t)(in->wake_reason | core->start_wake_reason),
        core->flow.charge_now,
        (core->charge.state & LBMS_STATE_FULL) != 0u,
    };
    struct lbms_window_inputs window_in;

    lbms_wake_step(&core->wake, &wake_in, &core->params, core->product);
    core->start_wake_reason = 0u;
    window_in.now_ms = in->now_ms;
    window_in.mode = core->mode.mode;
    window_in.wake = core->wake.wake;
    window_in.cause = core->wake.cause;
    window_in.reason = core->sleep.reason;
    window_in.protections = core->protection.protections;
    window_in.charge_now = core->flow.charge_now;
    window_in.m = &core->snapshot.m;
    lbms_window_step(&core->window, &window_in, &core->params, core->product);
    lbms_wake_count(&core->wake, core->window.tried, core->window.charged);
}

static void judge_sleep(struct lbms_core *core, const struct lbms_inputs *in,
                        const struct lbms_core_events *events)
{
    /* What a master hears on the bus of the packs are answers to its own polls. */
    const unsigned own = (core->dip.address == 1u) ? (1u << LBMS_PORT_PARALLEL) : 0u;
    const struct lbms_sleep_inputs sleep_in = {
        in->now_ms,
        in->uptime_s,
        core->mode.mode,
        &core->snapshot.m,
        core->protection.protections,
        core->flow.charge_now,
        (core->flow.flow == LBMS_FLOW_IDLE) || (lbms_core_blocked(core) == LBMS_PATHS_BOTH),
        core->flow.charger_present,
        core->snapshot.balance_mask != 0u,
        (in->ports_seen & ~own) != 0u,
        core->protection.service_fault,
        events->button == LBMS_BUTTON_LONG,
        (events->keys & LBMS_KEY_BUTTON) != 0u,
        events->sleep_command,
        (events->keys & LBMS_KEY_WEAK_SWITCH) != 0u,
        core->window.stage == LBMS_WINDOW_OPEN,
        core->window.over,
        core->dip.address,
    };

    lbms_sleep_step(&core->sleep, &sleep_in, &core->params, core->product);
}

/* The mode machine takes the wishes of sleep and wake-up, which saw the mode of the last step. */
void lbms_core_power(struct lbms_core *core, const struct lbms_inputs *in,
                     const struct lbms_core_events *events)
{
    const struct lbms_measured *m = &core->snapshot.m;
    const bool switch_on = (events->keys & LBMS_KEY_WEAK_SWITCH) != 0u;
    const bool complete = (m->valid & LBMS_VALID_ESSENTIAL) == LBMS_VALID_ESSENTIAL;
    struct lbms_mode_inputs mode_in;

    judge_wake_up(core, in, events);
    judge_sleep(core, in, events);
    mode_in.now_ms = in->now_ms;
    mode_in.protections = core->protection.protections;
    mode_in.blocked = core->protection.blocked;
    mode_in.fault_blocked = core->protection.fault_blocked;
    mode_in.full = (core->charge.state & LBMS_STATE_FULL) != 0u;
    mode_in.flow = core->flow.flow;
    mode_in.switch_on = switch_on;
    mode_in.measured = complete || ((core->measure.conditions & LOST) != 0u);
    mode_in.stop = core->sleep.stop;
    mode_in.asleep = core->sleep.confirmed;
    mode_in.wake = core->wake.wake;
    lbms_mode_step(&core->mode, &mode_in, &core->params);
    /* a user who switches off and on, or wakes the pack, has seen to what locked it */
    if (core->wake.by_user || ((core->snapshot.mode == LBMS_MODE_OFF_SWITCH) && switch_on)) {
        lbms_protection_user(&core->protection);
    }
}
