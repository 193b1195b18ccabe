/* How a core begins, and what of it survives. */
#include "bms_memory.h"

#include <string.h>

/*
 * A watchdog, a brown-out, a crash or a lost supply was not asked for. Such a reset is no way out of anything, and
 * too many of them in a row mean that the program cannot be trusted.
 */
static bool unexpected(const struct lbms_restored *restored)
{
    switch (restored->boot.reset_cause) {
    case LBMS_RESET_WATCHDOG:
    case LBMS_RESET_BROWN_OUT:
    case LBMS_RESET_CRASH:
    case LBMS_RESET_POWER_ON:
        return restored->memory.valid;
    default:
        return false;
    }
}

static void count_resets(struct lbms_core *core, const struct lbms_restored *restored)
{
    const struct lbms_memory *memory = &restored->memory;

    if (unexpected(restored)) {
        const bool recent =
            (memory->resets > 0u) && (memory->resets_age_s <= core->params.v[LBMS_PARAM_RESET_WINDOW_S]);

        core->resets = (uint8_t)(recent ? (memory->resets + 1u) : 1u);
        core->resets_age_s = recent ? memory->resets_age_s : 0u;
    } else if (restored->boot.reset_cause == LBMS_RESET_WAKE_UP) {
        core->resets = memory->resets;
        core->resets_age_s = memory->resets_age_s;
    } else {
        /* asked for: begins anew */
    }
    core->self_test_failed = core->resets >= core->params.v[LBMS_PARAM_RESET_COUNT];
}

/* A reset that was asked for is a way out of locks and of faults that came too often, but not of latched faults. */
static void continue_protections(struct lbms_core *core, const struct lbms_restored *restored)
{
    struct lbms_memory memory = restored->memory;

    (void)lbms_protection_init(&core->protection, lbms_protection_rows, lbms_protection_row_count,
                               &core->params);
    if (!memory.valid) {
        return;
    }
    if (restored->boot.reset_cause == LBMS_RESET_SOFTWARE) {
        memory.stuck_faults = 0u;
    }
    lbms_protection_restore(&core->protection, &memory);
    if (restored->boot.reset_cause == LBMS_RESET_SOFTWARE) {
        lbms_protection_user(&core->protection);
    }
}

/* The time asleep that the program has not seen counts as well. */
static void continue_sleep(struct lbms_core *core, const struct lbms_restored *restored, bool asleep)
{
    struct lbms_wake_memory memory = restored->wake;
    const uint32_t slept_s = restored->boot.seconds_asleep;

    memory.cycle_s += slept_s;
    memory.rs232_s += slept_s;
    memory.asleep_s += slept_s;
    lbms_wake_init(&core->wake, &memory, asleep);
    lbms_window_init(&core->window,
                     memory.limited && !asleep && (restored->boot.reset_cause != LBMS_RESET_SOFTWARE));
}

static void prepare(struct lbms_core *core, const struct lbms_restored *restored)
{
    const bool asleep = restored->boot.reset_cause == LBMS_RESET_WAKE_UP;
    struct lbms_memory memory = restored->memory;

    lbms_button_init(&core->button, asleep && ((restored->boot.wake_reason & LBMS_WAKE_BUTTON) != 0u));
    lbms_measure_init(&core->measure, &core->snapshot.m);
    lbms_measure_calibrate(&core->measure, &restored->calibration);
    lbms_flow_init(&core->flow);
    lbms_hardware_init(&core->hardware);
    continue_protections(core, restored);
    count_resets(core, restored);
    memory.since_full_s +=
        restored->boot.seconds_asleep; /* of the program, this start has not seen that time */
    lbms_charge_init(&core->charge, &memory);
    lbms_gauge_init(&core->gauge, &core->snapshot, restored, &core->params, core->product);
    lbms_mode_init(&core->mode, asleep);
    lbms_sleep_init(&core->sleep, restored->sleep_reason);
    continue_sleep(core, restored, asleep);
    lbms_switch_control_init(&core->switches);
    lbms_limits_init(&core->limits);
    lbms_balance_init(&core->balance);
    lbms_leds_init(&core->leds);
    lbms_dip_init(&core->dip);
    lbms_contacts_init(&core->contacts);
    core->start_wake_reason = restored->boot.wake_reason;
    core->params_changed = true;
    core->snapshot.mode = core->mode.mode;
    core->snapshot.blocked = LBMS_PATHS_BOTH;
    core->snapshot.sleep_reason = restored->sleep_reason;
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

void lbms_core_save(const struct lbms_core *core, struct lbms_restored *restored)
{
    const uint32_t running_s = core->snapshot.uptime_s - core->start_s;
    const uint32_t age_s = running_s + core->resets_age_s;

    lbms_restored_defaults(restored);
    restored->params_valid = true;
    restored->params = core->params;
    lbms_gauge_save(&core->gauge, restored);
    restored->calibration = core->measure.calibration;
    restored->sleep_reason = core->snapshot.sleep_reason;
    lbms_protection_save(&core->protection, &restored->memory);
    lbms_charge_save(&core->charge, &restored->memory);
    lbms_wake_save(&core->wake, core->snapshot.uptime_s, &restored->wake);
    restored->wake.limited = core->window.stage != LBMS_WINDOW_NONE;
    restored->memory.resets = core->resets;
    restored->memory.resets_age_s = (uint16_t)((age_s < UINT16_MAX) ? age_s : UINT16_MAX);
}

static int set_capacity(struct lbms_core *core, const struct lbms_param_item *item)
{
    int32_t *design_mah = &core->params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH];
    const int32_t before_mah = *design_mah;
    const struct lbms_param_item design = {LBMS_PARAM_DESIGN_CAPACITY_MAH, item[2].value};
    int status = lbms_params_set(&core->params, core->product, &design, 1u, NULL);

    if (status != LBMS_OK) {
        return status;
    }
    status =
        lbms_gauge_set_capacity(&core->gauge, &core->snapshot, item[0].value, item[1].value, item[2].value);
    if (status != LBMS_OK) {
        *design_mah = before_mah;
    }
    core->params_changed = core->params_changed || (*design_mah != before_mah);
    return status;
}

int lbms_core_set_life(struct lbms_core *core, const struct lbms_command *command)
{
    const int32_t value = command->item[0].value;

    if (command->kind == (uint8_t)LBMS_COMMAND_SET_CAPACITY) {
        return set_capacity(core, command->item);
    }
    if (command->kind == (uint8_t)LBMS_COMMAND_SET_CYCLES) {
        if ((value < 0) || (value > UINT16_MAX)) {
            return LBMS_ERR_RANGE;
        }
        lbms_gauge_set_cycles(&core->gauge, &core->snapshot, (uint32_t)value);
    }
    return LBMS_OK;
}
