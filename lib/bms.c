#include "losun_bms/bms.h"

#include <string.h>

#include "bms_memory.h"
#include "bms_power.h"
#include "losun_bms/battery/second_level.h"
#include "losun_bms/model/record.h"

/* Time between two samples of a pack in reduced power. */
#define REDUCED_REST_MS 10000u

/* What later parts of one step take from earlier ones. */
struct step {
    const struct lbms_inputs *in;
    struct lbms_outputs *out;
    uint16_t keys;   /* debounced */
    uint8_t button;  /* enum lbms_button_event */
    bool was_asleep; /* SHUTDOWN before this step: a held button wakes instead of resetting */
    bool sleep_command;
    bool reset_command;
    bool keep;                                /* something that a reset must not undo has changed */
    struct lbms_protection_inputs protection; /* what the protections look at */
};

/* 1: keys and address switch. At the first step the levels are taken as they are. */
static void controls(struct lbms_core *core, struct step *step)
{
    const struct lbms_inputs *in = step->in;
    const uint8_t mode = core->mode.mode;
    /* In STARTING and STOPPING a press has no meaning. */
    const bool enabled = (mode != LBMS_MODE_STARTING) && (mode != LBMS_MODE_STOPPING);

    if (!core->started) {
        core->started = true;
        core->start_s = in->uptime_s;
        lbms_debounce_init(&core->keys, in->keys);
    }
    step->was_asleep = mode == LBMS_MODE_SHUTDOWN;
    step->keys = lbms_debounce(&core->keys, in->keys, in->now_ms,
                               (uint32_t)core->params.v[LBMS_PARAM_KEY_DEBOUNCE_MS]);
    step->button = lbms_button_step(&core->button, (step->keys & LBMS_KEY_BUTTON) != 0u, enabled, in->now_ms,
                                    &core->params);
    lbms_dip_step(&core->dip, in->dip, core->start_began, in->now_ms, &core->params, core->product);
    core->start_began = false;
}

/* 2: measurement. Asleep, the AFE may be silent. */
static void measure(struct lbms_core *core, const struct step *step)
{
    if (core->mode.mode == LBMS_MODE_SHUTDOWN) {
        lbms_measure_expect(&core->measure);
    }
    lbms_measure_step(&core->measure, &core->snapshot.m, step->in, &core->params, core->product);
    lbms_flow_step(&core->flow, &core->snapshot.m, step->in->now_ms, &core->params, core->product);
}

/* The hardware is judged by what was commanded in the step before. */
static void watch_hardware(struct lbms_core *core, const struct step *step)
{
    const struct lbms_hardware_inputs in = {
        step->in->now_ms,        &core->snapshot.m, core->snapshot.want.closed, core->protection.protections,
        core->protection.faults, step->in->afe_fit, &step->in->afe_got,         &core->afe,
    };

    lbms_hardware_step(&core->hardware, &in, &core->params, core->product);
}

/*
 * Conditions of measurement and hardware are of this step. Those of the parts that come later are of the step before: the
 * protections must decide first.
 */
static void state_conditions(struct lbms_core *core, struct step *step)
{
    step->protection.now_ms = step->in->now_ms;
    step->protection.m = &core->snapshot.m;
    step->protection.conditions = core->measure.conditions | core->hardware.conditions |
                                  core->switches.conditions | core->charge.conditions |
                                  core->limits.conditions |
                                  (core->wake.maintenance_due ? LBMS_MASK(LBMS_CONDITION_MAINTENANCE) : 0u) |
                                  (core->self_test_failed ? LBMS_MASK(LBMS_CONDITION_SELF_TEST) : 0u);
    step->protection.soc_bp = core->snapshot.soc.soc_bp;
    step->protection.charger_present = core->flow.charger_present;
    step->protection.limiter_armed = core->charge.limiter_armed;
}

/* Latched faults are released, unless a cause is still there. A cell that did not come up gets its time anew. */
static int clear_faults(struct lbms_core *core, struct step *step)
{
    const uint32_t stuck = LBMS_MASK(LBMS_CONDITION_CELL_STUCK_LOW);
    int status;

    step->protection.conditions &= ~stuck;
    status = lbms_protection_service(&core->protection, &step->protection, &core->params);
    if (status == LBMS_OK) {
        lbms_gentle_forget(&core->charge.gentle);
    } else {
        step->protection.conditions |= core->charge.conditions & stuck;
    }
    return status;
}

static int take_params(struct lbms_core *core, int status)
{
    core->params_changed = core->params_changed || (status == LBMS_OK);
    return status;
}

/* The store carries it out after this step; what the core must do for it comes first. */
static int order(struct lbms_core *core, const struct lbms_inputs *in)
{
    const int status = in->store.fitted ? lbms_core_set_life(core, &in->command) : (int)LBMS_ERR_UNSUPPORTED;

    if (status != LBMS_OK) {
        return status;
    }
    core->order = in->command.kind;
    core->awaits = LBMS_AWAIT_ORDER;
    return LBMS_AGAIN;
}

static int begin_calibration(struct lbms_core *core, const struct lbms_inputs *in)
{
    const struct lbms_param_item *item = &in->command.item[0];
    const int status = lbms_calibrator_begin(&core->calibrator, (uint8_t)item->id, item->value, in->now_ms);

    core->awaits = (status == LBMS_OK) ? LBMS_AWAIT_SAMPLES : LBMS_AWAIT_NONE;
    return (status == LBMS_OK) ? (int)LBMS_AGAIN : status;
}

/* The outcome; LBMS_AGAIN: it is told later. */
static int carry_out(struct lbms_core *core, struct step *step)
{
    const struct lbms_command *command = &step->in->command;
    const uint8_t mode = core->mode.mode;

    switch (command->kind) {
    case LBMS_COMMAND_SET_PARAMS:
        if (command->count > LBMS_COMMAND_ITEMS) {
            return LBMS_ERR_ARGUMENT;
        }
        return take_params(
            core, lbms_params_set(&core->params, core->product, command->item, command->count, NULL));
    case LBMS_COMMAND_RESTORE_DEFAULTS:
        lbms_params_defaults(&core->params, core->product);
        core->forced_off = 0u;
        return take_params(core, LBMS_OK);
    case LBMS_COMMAND_CLEAR_FAULTS:
        return clear_faults(core, step);
    case LBMS_COMMAND_FORCE_OFF:
        if ((command->item[0].value < 0) || (command->item[0].value > (int32_t)LBMS_PATHS_BOTH)) {
            return LBMS_ERR_ARGUMENT;
        }
        core->forced_off = (uint8_t)command->item[0].value;
        return LBMS_OK;
    case LBMS_COMMAND_SLEEP:
        if ((mode == LBMS_MODE_SHUTDOWN) || (mode == LBMS_MODE_STARTING) || (mode == LBMS_MODE_STOPPING)) {
            return LBMS_ERR_STATE;
        }
        step->sleep_command = true;
        return LBMS_OK;
    case LBMS_COMMAND_RESET:
        step->reset_command = true;
        return LBMS_OK;
    case LBMS_COMMAND_SET_CLOCK:
        step->out->action = LBMS_ACTION_SET_CLOCK;
        step->out->action_value = (uint32_t)command->item[0].value;
        return LBMS_OK;
    case LBMS_COMMAND_CALIBRATE:
        return begin_calibration(core, step->in);
    case LBMS_COMMAND_SET_CAPACITY:
    case LBMS_COMMAND_SET_CYCLES:
    case LBMS_COMMAND_CLEAR_RECORDS:
    case LBMS_COMMAND_SET_SERIAL:
        return order(core, step->in);
    default:
        return LBMS_ERR_UNSUPPORTED;
    }
}

static void answer(struct lbms_core *core, uint16_t sequence, int result)
{
    core->snapshot.result = (int8_t)result;
    core->snapshot.result_sequence = sequence;
}

bool lbms_core_answers(const struct lbms_core *core, const struct lbms_store_report *store)
{
    switch (core->awaits) {
    case LBMS_AWAIT_PARAMS:
        return store->params != (int8_t)LBMS_AGAIN;
    case LBMS_AWAIT_ORDER:
        return store->order != (int8_t)LBMS_AGAIN;
    default: /* samples call for a step themselves */
        return false;
    }
}

/* The correction is in use from the next step on, and answered when it is stored. */
static int calibrate(struct lbms_core *core, const struct lbms_inputs *in)
{
    struct lbms_calibration found = core->measure.calibration;
    const int status = lbms_calibrator_step(&core->calibrator, in, &found);

    if (status == LBMS_OK) {
        lbms_measure_calibrate(&core->measure, &found);
    }
    if ((status == LBMS_OK) && in->store.fitted) {
        core->order = LBMS_COMMAND_CALIBRATE;
        core->awaits = LBMS_AWAIT_ORDER;
        return LBMS_AGAIN;
    }
    return status;
}

/* A command that was not answered in its own step. */
static void answer_later(struct lbms_core *core, const struct lbms_inputs *in)
{
    int result = LBMS_AGAIN;

    core->order = LBMS_COMMAND_NONE;
    if (core->awaits == (uint8_t)LBMS_AWAIT_SAMPLES) {
        result = calibrate(core, in);
    } else if (lbms_core_answers(core, &in->store)) {
        result = (core->awaits == (uint8_t)LBMS_AWAIT_PARAMS) ? in->store.params : in->store.order;
    } else {
        /* nothing waits, or not yet */
    }
    if (result != (int)LBMS_AGAIN) {
        answer(core, core->unanswered, result);
        core->unanswered = 0u;
        core->awaits = LBMS_AWAIT_NONE;
    }
}

/* 3: at most one command. */
static void obey(struct lbms_core *core, struct step *step)
{
    const struct lbms_inputs *in = step->in;
    int result;

    answer_later(core, in);
    if ((in->store.trouble & LBMS_MASK(LBMS_MEMORY_PARAMS_DIFFER)) != 0u) {
        core->self_test_failed = true;
    }
    if (!in->has_command) {
        return;
    }
    if (core->unanswered != 0u) { /* the runner does not let it come to this */
        answer(core, in->command.sequence, LBMS_ERR_STATE);
        return;
    }
    result = carry_out(core, step);
    if ((result == LBMS_OK) && in->store.fitted && core->params_changed) {
        core->awaits = LBMS_AWAIT_PARAMS;
    }
    if (core->awaits != (uint8_t)LBMS_AWAIT_NONE) {
        core->unanswered = in->command.sequence;
    } else {
        answer(core, in->command.sequence, result);
    }
}

/* 4: protections see the SOC and the later conditions of the previous step. */
static void protect(struct lbms_core *core, const struct step *step)
{
    if (core->params_changed) {
        lbms_protection_levels(&core->protection, &core->params);
    }
    lbms_protection_step(&core->protection, &step->protection, &core->params, core->product);
}

/* 5: charging complete, how gently to charge, and through which branch. */
static void supervise_charge(struct lbms_core *core, const struct step *step)
{
    const struct lbms_protection *p = &core->protection;
    const struct lbms_charge_inputs in = {
        step->in->now_ms,
        step->in->uptime_s,
        &core->snapshot.m,
        p->protections,
        p->faults,
        p->blocked,
        p->fault_blocked,
        core->flow.charger_present,
        core->snapshot.soc.soc_bp,
        core->mode.mode == LBMS_MODE_SHUTDOWN,
    };

    lbms_charge_step(&core->charge, &in, &core->params, core->product);
    if (core->charge.clear_ov) {
        lbms_protection_forget_ov(&core->protection);
    }
}

/* 6: state of charge, health, and what the cells can do. */
static void gauge(struct lbms_core *core, const struct step *step)
{
    /* When one cell ran away, the others are not full: FULL has begun with another SOC then. */
    const bool full = ((core->charge.state & LBMS_STATE_FULL) != 0u) &&
                      (core->charge.full.entry_soc_bp == (uint16_t)LBMS_FULL_BP);
    const struct lbms_gauge_inputs in = {
        step->in->now_ms,
        step->in->uptime_s,
        core->protection.protections,
        core->flow.flow,
        full,
        core->mode.mode == LBMS_MODE_SHUTDOWN,
    };

    lbms_gauge_step(&core->gauge, &core->snapshot, &in, &core->params);
}

/* 7: sleep and mode. */
static void decide_mode(struct lbms_core *core, const struct step *step)
{
    const struct lbms_core_events events = {step->keys, step->button, step->sleep_command};

    lbms_core_power(core, step->in, &events);
}

/* 8: the only place from which switches are commanded. */
static void control_switches(struct lbms_core *core, const struct step *step)
{
    /* The load test puts a voltage on the port: not when the discharge path was commanded open. */
    const bool may_probe = (core->forced_off & LBMS_PATH_DISCHARGE) == 0u;
    const struct lbms_switch_inputs in = {
        step->in->now_ms,
        lbms_mode_permits_paths(core->mode.mode),
        (core->mode.mode == LBMS_MODE_OFF_SWITCH) || core->window.tried,
        lbms_core_blocked(core),
        core->flow.charger_present,
        core->charge.use_limiter,
        core->protection.probe_load && may_probe,
        &core->snapshot.m,
    };

    lbms_switch_control_step(&core->switches, &in, &core->params, core->product);
}

/* 9: what the inverter is told. */
static void limit(struct lbms_core *core, const struct step *step)
{
    const uint16_t state = core->charge.state;
    const struct lbms_limits_inputs in = {
        step->in->now_ms,
        &core->snapshot.m,
        core->protection.protections,
        core->snapshot.soc.soc_bp,
        lbms_core_blocked(core),
        lbms_mode_permits_paths(core->mode.mode),
        (state & LBMS_STATE_FULL) != 0u,
        (state & LBMS_STATE_GENTLE) != 0u,
        core->charge.full_request,
    };

    lbms_limits_step(&core->limits, &in, &core->params, core->product);
}

/* 10: balancing. */
static void balance(struct lbms_core *core, const struct step *step)
{
    const struct lbms_balance_inputs in = {
        step->in->now_ms,
        step->in->uptime_s,
        &core->snapshot.m,
        core->measure.clean_age_ms,
        core->protection.protections,
        core->protection.faults,
        core->charge.state,
        core->flow.flow,
        core->flow.charger_present,
        lbms_mode_permits_paths(core->mode.mode),
    };

    lbms_balance_step(&core->balance, &in, &core->params);
}

/* 11: everything that others may know. */
static void describe(struct lbms_core *core, struct step *step)
{
    struct lbms_snapshot *s = &core->snapshot;

    step->keep = core->window.tried || core->window.charged ||
                 (s->protections != core->protection.protections) || (s->faults != core->protection.faults) ||
                 (s->locks != core->protection.locks) ||
                 (((s->state ^ core->charge.state) & LBMS_STATE_FULL) != 0u);
    s->now_ms = step->in->now_ms;
    s->uptime_s = step->in->uptime_s;
    s->alarms = core->protection.alarms;
    s->protections = core->protection.protections;
    s->faults = core->protection.faults;
    s->locks = core->protection.locks;
    s->blocked = lbms_core_blocked(core);
    s->fault_blocked = core->protection.fault_blocked;
    s->forced_off = core->forced_off;
    memcpy(s->port, step->in->port, sizeof(s->port));
    s->conditions = step->protection.conditions;
    s->state = (uint16_t)(core->charge.state | core->hardware.state |
                          (core->limits.stop ? (unsigned)LBMS_STATE_STOP_LOW : 0u) |
                          (core->sleep.reduced ? (unsigned)LBMS_STATE_REDUCED : 0u) |
                          (core->sleep.refused ? (unsigned)LBMS_STATE_SLEEP_REFUSED : 0u) |
                          (core->button.stuck ? (unsigned)LBMS_STATE_BUTTON_STUCK : 0u));
    core->start_began = (core->mode.mode == LBMS_MODE_STARTING) && (s->mode != LBMS_MODE_STARTING);
    s->address = core->dip.address;
    s->dip_changed = core->dip.changed;
    s->mode = core->mode.mode;
    s->flow = core->flow.flow;
    s->charger_present = core->flow.charger_present;
    s->sleep_reason = core->sleep.reason;
    s->want = core->switches.want;
    s->balance_mask = core->balance.mask;
    s->limit = core->limits.view;
    s->status = lbms_led_status(s);
    lbms_leds_step(&core->leds, s, (step->keys & LBMS_KEY_WEAK_SWITCH) != 0u, &core->params);
    s->lights = (uint16_t)(core->sleep.reduced ? 0u : core->leds.lights);
    lbms_contacts_step(&core->contacts, s, &core->params, core->product);
}

/* A new sequence number asks the driver to write; 0 is left out, it means "nothing in the chip". */
static void second_level(struct lbms_core *core)
{
    struct lbms_afe_config wanted = core->afe;

    lbms_second_level(&wanted, &core->params, core->product);
    if ((core->afe.sequence == 0u) || core->hardware.rewrite ||
        !lbms_second_level_equal(&wanted, &core->afe)) {
        wanted.sequence = (uint8_t)((core->afe.sequence == UINT8_MAX) ? 1u : (core->afe.sequence + 1u));
        core->afe = wanted;
    }
}

static uint8_t contacts(const struct lbms_core *core)
{
    unsigned closed = core->contacts.closed;

    if ((core->hardware.state & LBMS_STATE_TRIP_UNIT) != 0u) {
        closed |= LBMS_CONTACT_TRIP_UNIT;
    }
    if (core->hardware.buzzer) { /* nothing in the pack can end this danger: call somebody */
        closed |= LBMS_CONTACT_1;
    }
    return (uint8_t)closed;
}

/* 14: what the runner applies, and when the next step is due at the latest. */
static void conclude(struct lbms_core *core, struct step *step)
{
    struct lbms_outputs *out = step->out;
    const uint32_t debounce_ms = (uint32_t)core->params.v[LBMS_PARAM_KEY_DEBOUNCE_MS];

    if (core->params_changed || core->hardware.rewrite) {
        second_level(core);
    }
    core->params_changed = false;
    out->want = core->snapshot.want;
    out->balance_mask = core->snapshot.balance_mask;
    out->lights = core->snapshot.lights;
    out->afe = core->afe;
    out->sleep = core->wake.request;
    out->buzzer = core->hardware.buzzer;
    out->heater = core->charge.heater;
    out->dry_contacts = contacts(core);
    out->retain = core->gauge.retain || core->gauge.keep;
    out->keep = step->keep;
    if (step->reset_command || ((step->button == LBMS_BUTTON_HELD) && !step->was_asleep)) {
        out->action = LBMS_ACTION_RESET;
    }
    out->next_ms = core->leds.next_ms;
    /* the test for external voltage takes a second, at the usual rate */
    out->rest_ms = (core->sleep.reduced && !core->sleep.stop) ? REDUCED_REST_MS : 0u;
    if (step->in->keys != step->keys) {
        out->next_ms = (debounce_ms < out->next_ms) ? debounce_ms : out->next_ms;
        out->rest_ms = 0u;
    }
}

void lbms_step(struct lbms_core *core, const struct lbms_inputs *inputs, struct lbms_outputs *outputs)
{
    struct step step;

    memset(&step, 0, sizeof(step));
    step.in = inputs;
    step.out = outputs;
    memset(outputs, 0, sizeof(*outputs));
    controls(core, &step);
    measure(core, &step);
    watch_hardware(core, &step);
    state_conditions(core, &step);
    obey(core, &step);
    protect(core, &step);
    supervise_charge(core, &step);
    gauge(core, &step);
    decide_mode(core, &step);
    control_switches(core, &step);
    limit(core, &step);
    balance(core, &step);
    describe(core, &step);
    conclude(core, &step);
}
