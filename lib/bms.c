#include "losun_bms/bms.h"

#include <string.h>

#include "losun_bms/battery/second_level.h"

/* What later parts of one step take from earlier ones. */
struct step {
    const struct lbms_inputs *in;
    struct lbms_outputs *out;
    uint16_t keys;   /* debounced */
    uint8_t button;  /* enum lbms_button_event */
    bool was_asleep; /* SHUTDOWN before this step: a held button wakes instead of resetting */
    bool sleep_command;
    bool reset_command;
};

static void prepare(struct lbms_core *core, const struct lbms_restored *restored)
{
    const bool asleep = restored->boot.reset_cause == LBMS_RESET_WAKE_UP;

    lbms_button_init(&core->button, asleep && ((restored->boot.wake_reason & LBMS_WAKE_BUTTON) != 0u));
    lbms_measure_init(&core->measure);
    lbms_flow_init(&core->flow);
    (void)lbms_protection_init(&core->protection, lbms_protection_rows, lbms_protection_row_count);
    lbms_soc_init(&core->soc, &restored->life, &core->params);
    lbms_mode_init(&core->mode, asleep);
    lbms_sleep_init(&core->sleep, restored->sleep_reason);
    lbms_switch_control_init(&core->switches);
    lbms_leds_init(&core->leds);
    core->start_wake_reason = restored->boot.wake_reason;
    core->snapshot.mode = core->mode.mode;
    core->snapshot.blocked = LBMS_PATHS_BOTH;
    core->snapshot.sleep_reason = restored->sleep_reason;
    core->snapshot.m.age_ms = UINT32_MAX;
    lbms_soc_view(&core->soc, &core->snapshot.soc);
}

int lbms_core_init(struct lbms_core *core, const struct lbms_product *product,
                   const struct lbms_restored *restored)
{
    int status = LBMS_OK;

    if ((core == NULL) || (product == NULL) || (restored == NULL)) {
        return LBMS_ERR_ARGUMENT;
    }
    memset(core, 0, sizeof(*core));
    core->product = product;
    lbms_params_defaults(&core->params, product);
    if (restored->params_valid) {
        status = lbms_params_check(&restored->params, product, NULL);
        if (status == LBMS_OK) {
            core->params = restored->params;
        }
    }
    prepare(core, restored);
    return status;
}

/* 1: keys and address switch. At the first step the levels are taken as they are. */
static void controls(struct lbms_core *core, struct step *step)
{
    const struct lbms_inputs *in = step->in;
    const uint8_t mode = core->mode.mode;
    /* In STARTING and STOPPING a press has no meaning. */
    const bool enabled = (mode != LBMS_MODE_STARTING) && (mode != LBMS_MODE_STOPPING);

    if (!core->started) {
        core->started = true;
        lbms_debounce_init(&core->keys, in->keys);
        core->snapshot.address = in->dip;
    }
    step->was_asleep = mode == LBMS_MODE_SHUTDOWN;
    step->keys = lbms_debounce(&core->keys, in->keys, in->now_ms,
                               lbms_param_ms(&core->params, core->product, LBMS_PARAM_KEY_DEBOUNCE_MS));
    step->button = lbms_button_step(&core->button, (step->keys & LBMS_KEY_BUTTON) != 0u, enabled, in->now_ms,
                                    &core->params);
    core->snapshot.dip_changed = in->dip != core->snapshot.address;
}

/* 2: measurement. Asleep, the AFE may be silent. */
static void measure(struct lbms_core *core, const struct step *step)
{
    if (core->mode.mode == LBMS_MODE_SHUTDOWN) {
        lbms_measure_expect(&core->measure);
    }
    lbms_measure_step(&core->measure, step->in, &core->params, core->product);
    lbms_flow_step(&core->flow, &core->measure.m, step->in->now_ms, &core->params, core->product);
}

static int carry_out(struct lbms_core *core, struct step *step)
{
    const struct lbms_command *command = &step->in->command;
    const uint8_t mode = core->mode.mode;

    switch (command->kind) {
    case LBMS_COMMAND_SET_PARAMS:
        if (command->count > LBMS_COMMAND_ITEMS) {
            return LBMS_ERR_ARGUMENT;
        }
        return lbms_params_set(&core->params, core->product, command->item, command->count, NULL);
    case LBMS_COMMAND_RESTORE_DEFAULTS:
        lbms_params_defaults(&core->params, core->product);
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
    default:
        return LBMS_ERR_UNSUPPORTED;
    }
}

/* 3: at most one command. */
static void obey(struct lbms_core *core, struct step *step)
{
    if (step->in->has_command) {
        core->snapshot.result = (int8_t)carry_out(core, step);
        core->snapshot.result_sequence = step->in->command.sequence;
    }
}

/* 4: protections see the SOC and the conditions of the previous step. */
static void protect(struct lbms_core *core, const struct step *step)
{
    const struct lbms_protection_inputs in = {
        step->in->now_ms,           &core->measure.m,          core->measure.cells_lost,
        core->measure.current_lost, core->snapshot.conditions, core->snapshot.soc.soc_bp,
    };

    lbms_protection_step(&core->protection, &in, &core->params, core->product);
}

/* 7: sleep and mode. The mode machine takes the wishes of the sleep control, which saw the mode of the last step. */
static void decide_mode(struct lbms_core *core, const struct step *step)
{
    const struct lbms_measured *m = &core->measure.m;
    const bool switch_on = (step->keys & LBMS_KEY_WEAK_SWITCH) != 0u;
    const bool complete = (m->valid & LBMS_VALID_ESSENTIAL) == LBMS_VALID_ESSENTIAL;
    const struct lbms_sleep_inputs sleep_in = {
        step->in->now_ms,
        core->mode.mode,
        m,
        core->protection.protections,
        core->flow.charge_now,
        step->button == LBMS_BUTTON_LONG,
        step->button == LBMS_BUTTON_HELD,
        (step->keys & LBMS_KEY_BUTTON) != 0u,
        step->sleep_command,
        switch_on,
        (uint8_t)(step->in->wake_reason | core->start_wake_reason),
    };
    struct lbms_mode_inputs mode_in;

    lbms_sleep_step(&core->sleep, &sleep_in, &core->params, core->product);
    core->start_wake_reason = 0u;
    mode_in.now_ms = step->in->now_ms;
    mode_in.protections = core->protection.protections;
    mode_in.blocked = core->protection.blocked;
    mode_in.faults = core->protection.faults;
    mode_in.flow = core->flow.flow;
    mode_in.switch_on = switch_on;
    mode_in.measured = complete || core->measure.cells_lost || core->measure.current_lost;
    mode_in.stop = core->sleep.stop;
    mode_in.asleep = core->sleep.confirmed;
    mode_in.wake = core->sleep.wake;
    lbms_mode_step(&core->mode, &mode_in, &core->params);
}

/* 8: the only place from which switches are commanded. */
static void control_switches(struct lbms_core *core, const struct step *step)
{
    const struct lbms_switch_inputs in = {
        step->in->now_ms,
        lbms_mode_permits_paths(core->mode.mode),
        core->mode.mode == LBMS_MODE_OFF_SWITCH,
        core->protection.blocked,
        core->flow.charger_present,
        &core->measure.m,
    };

    lbms_switch_control_step(&core->switches, &in, &core->params, core->product);
}

/* 11: everything that others may know. */
static void describe(struct lbms_core *core, const struct step *step)
{
    struct lbms_snapshot *s = &core->snapshot;

    s->now_ms = step->in->now_ms;
    s->uptime_s = step->in->uptime_s;
    s->m = core->measure.m;
    s->alarms = core->protection.alarms;
    s->protections = core->protection.protections;
    s->faults = core->protection.faults;
    s->blocked = core->protection.blocked;
    s->conditions = core->switches.conditions;
    s->mode = core->mode.mode;
    s->flow = core->flow.flow;
    s->charger_present = core->flow.charger_present;
    s->sleep_reason = core->sleep.reason;
    s->want = core->switches.want;
    s->balance_mask = 0u;
    lbms_soc_view(&core->soc, &s->soc);
    s->status = lbms_led_status(s);
    lbms_leds_step(&core->leds, s, (step->keys & LBMS_KEY_WEAK_SWITCH) != 0u, &core->params);
    s->lights = core->leds.lights;
}

/* A new sequence number asks the driver to write; 0 is left out, it means "nothing in the chip". */
static void second_level(struct lbms_core *core)
{
    struct lbms_afe_config wanted = core->afe;

    lbms_second_level(&wanted, &core->params, core->product);
    if ((core->afe.sequence == 0u) || !lbms_second_level_equal(&wanted, &core->afe)) {
        wanted.sequence = (uint8_t)((core->afe.sequence == UINT8_MAX) ? 1u : (core->afe.sequence + 1u));
        core->afe = wanted;
    }
}

/* 14: what the runner applies, and when the next step is due at the latest. */
static void conclude(struct lbms_core *core, struct step *step)
{
    struct lbms_outputs *out = step->out;
    const uint32_t debounce_ms = lbms_param_ms(&core->params, core->product, LBMS_PARAM_KEY_DEBOUNCE_MS);

    second_level(core);
    out->want = core->snapshot.want;
    out->balance_mask = core->snapshot.balance_mask;
    out->lights = core->snapshot.lights;
    out->afe = core->afe;
    out->sleep = core->sleep.request;
    if (step->reset_command || ((step->button == LBMS_BUTTON_HELD) && !step->was_asleep)) {
        out->action = LBMS_ACTION_RESET;
    }
    out->next_ms = core->leds.next_ms;
    if ((step->in->keys != step->keys) && (debounce_ms < out->next_ms)) {
        out->next_ms = debounce_ms;
    }
}

void lbms_step(struct lbms_core *core, const struct lbms_inputs *inputs, struct lbms_outputs *outputs)
{
    struct step step = {inputs, outputs, 0u, 0u, false, false, false};

    memset(outputs, 0, sizeof(*outputs));
    controls(core, &step);
    measure(core, &step);
    obey(core, &step);
    protect(core, &step);
    lbms_soc_step(&core->soc, &core->measure.m, inputs->now_ms, &core->params);
    decide_mode(core, &step);
    control_switches(core, &step);
    describe(core, &step);
    conclude(core, &step);
}

void lbms_core_save(const struct lbms_core *core, struct lbms_restored *restored)
{
    lbms_restored_defaults(restored);
    restored->params_valid = true;
    restored->params = core->params;
    restored->life.valid = true;
    restored->life.charge_mas = core->soc.charge_mas;
    restored->sleep_reason = core->snapshot.sleep_reason;
}
