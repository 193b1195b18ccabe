#include "losun_bms/keeper.h"

#include <string.h>

#include "keeper_records.h"
#include "losun_bms/base/fixed.h"
#include "losun_bms/base/status.h"

/*
 * A power cut costs at most this part of the capacity in charge counted: 0.1 %; and 1 % when no erase has been permitted
 * for so long that only the reserve is left.
 */
#define CHARGE_PARTS         1000
#define CHARGE_PARTS_RESERVE 100

/* More pieces of work than everything together needs. */
#define FINISH_MOST 20000u

/* ---- start ------------------------------------------------------------------------------------------------ */

static void note(struct lbms_keeper *keeper, uint8_t kind, uint8_t code, int32_t value, int32_t threshold)
{
    const struct lbms_event_note n = {kind, code, value, threshold};

    lbms_events_note(&keeper->events, &n);
}

static void count(struct lbms_keeper *keeper, uint8_t figure)
{
    keeper->health.v[figure] = lbms_sat_add_i32(keeper->health.v[figure], 1);
}

static void count_wake_up(struct lbms_keeper *keeper, uint8_t reason)
{
    count(keeper, LBMS_HEALTH_WAKE_UPS);
    if ((reason & LBMS_WAKE_TIMER) != 0u) {
        count(keeper, LBMS_HEALTH_AUTO_WAKE_TRIES);
    }
}

static void note_start(struct lbms_keeper *keeper, const struct lbms_boot *boot)
{
    const bool woken = boot->reset_cause == (uint8_t)LBMS_RESET_WAKE_UP;
    const bool failed = (boot->reset_cause == (uint8_t)LBMS_RESET_WATCHDOG) ||
                        (boot->reset_cause == (uint8_t)LBMS_RESET_BROWN_OUT) ||
                        (boot->reset_cause == (uint8_t)LBMS_RESET_CRASH);

    lbms_lifetime_resume(&keeper->health, boot->reset_cause != (uint8_t)LBMS_RESET_POWER_ON,
                         boot->seconds_asleep);
    if (woken) {
        count_wake_up(keeper, boot->wake_reason);
    } else if (failed) {
        count(keeper, LBMS_HEALTH_RESETS);
    } else {
        /* asked for, or the supply was connected */
    }
    note(keeper, woken ? LBMS_RECORD_WAKE_UP : LBMS_RECORD_START,
         woken ? boot->wake_reason : boot->reset_cause, (int32_t)boot->seconds_asleep, 0);
}

static uint16_t erase_ms(const struct lbms_flash *flash)
{
    return (flash != NULL) ? flash->erase_worst_ms : 0u;
}

int lbms_keeper_open(struct lbms_keeper *keeper, const struct lbms_hal *hal,
                     const struct lbms_product *product, struct lbms_restored *restored)
{
    int status;

    memset(keeper, 0, sizeof(*keeper));
    keeper->slow_erase =
        (erase_ms(hal->flash) > LBMS_KEEPER_ERASE_MS) || (erase_ms(hal->log_flash) > LBMS_KEEPER_ERASE_MS);
    status = lbms_store_open(&keeper->store, hal->flash, hal->log_flash, product);
    lbms_store_load(&keeper->store, product, restored);
    lbms_store_load_health(&keeper->store, &keeper->health);
    lbms_store_load_production(&keeper->store, &keeper->production);
    restored->calibration = keeper->production.calibration;
    keeper->health.v[LBMS_HEALTH_MANUFACTURED_DATE] = (int32_t)keeper->production.identity.manufactured_s;
    note_start(keeper, &restored->boot);
    return status;
}

/* ---- records ------------------------------------------------------------------------------------------------ */

/* The next event goes to the log. */
static bool record_next(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    struct lbms_record record;

    if (keeper->store.log.pending || !lbms_events_next(&keeper->events, &record)) {
        return false;
    }
    if (record.kind <= (uint8_t)LBMS_RECORD_LOCK_END) {
        lbms_keeper_explain(keeper, core, &record);
    }
    (void)lbms_store_add_record(&keeper->store, &record);
    return true;
}

static void note_command(struct lbms_keeper *keeper, const struct lbms_inputs *inputs, int result)
{
    const struct lbms_command *command = &inputs->command;

    if (!inputs->has_command || (result < 0)) {
        return;
    }
    switch (command->kind) {
    case LBMS_COMMAND_SET_PARAMS:
        note(keeper, LBMS_RECORD_PARAMETER, (uint8_t)command->item[0].id, command->item[0].value,
             command->count);
        break;
    case LBMS_COMMAND_RESTORE_DEFAULTS:
        note(keeper, LBMS_RECORD_DEFAULTS, command->origin, 0, 0);
        break;
    case LBMS_COMMAND_SET_CLOCK:
        note(keeper, LBMS_RECORD_CLOCK, command->origin,
             inputs->wall_valid ? (int32_t)((uint32_t)command->item[0].value - inputs->wall_s) : 0, 0);
        break;
    default:
        break;
    }
}

/* What has come to light in the store since the last record about it. */
static void note_trouble(struct lbms_keeper *keeper)
{
    const unsigned fresh = keeper->store.trouble & ~(unsigned)keeper->told;
    uint8_t code;

    for (code = 0u; code < (uint8_t)LBMS_MEMORY_TROUBLE_COUNT; code++) {
        if ((fresh & (1u << code)) != 0u) {
            note(keeper, LBMS_RECORD_MEMORY, code, 0, 0);
        }
    }
    keeper->told = keeper->store.trouble;
}

static void note_events(struct lbms_keeper *keeper, const struct lbms_core *core,
                        const struct lbms_inputs *inputs, const struct lbms_outputs *outputs)
{
    const struct lbms_snapshot *s = &core->snapshot;
    const uint32_t interval_s = (uint32_t)core->params.v[LBMS_PARAM_RECORD_INTERVAL_S];

    if (inputs->wake_reason != 0u) {
        note(keeper, LBMS_RECORD_WAKE_UP, inputs->wake_reason, (int32_t)(s->uptime_s - keeper->last_s), 0);
        count_wake_up(keeper, inputs->wake_reason);
    }
    if (s->flow == (uint8_t)LBMS_FLOW_CHARGE) {
        keeper->health.v[LBMS_HEALTH_AUTO_WAKE_TRIES] = 0;
    }
    note_command(keeper, inputs, (core->unanswered != 0u) ? LBMS_OK : s->result);
    note_trouble(keeper);
    if ((interval_s > 0u) && ((s->uptime_s - keeper->interval_s) >= interval_s)) {
        keeper->interval_s = s->uptime_s;
        note(keeper, LBMS_RECORD_INTERVAL, 0u, 0, 0);
    }
    if (outputs->sleep.requested && !keeper->sleeping) {
        note(keeper, LBMS_RECORD_SLEEP, outputs->sleep.reason, 0, 0);
    }
    keeper->sleeping = outputs->sleep.requested;
    if (core->sleep.cancelled != (uint8_t)LBMS_SLEEP_NONE) {
        note(keeper, LBMS_RECORD_SLEEP_CANCELLED, core->sleep.cancelled, 0, 0);
    }
    if (core->button.stuck && !keeper->stuck) {
        note(keeper, LBMS_RECORD_BUTTON_STUCK, 0u, 0, 0);
    }
    keeper->stuck = core->button.stuck;
    if (lbms_events_step(&keeper->events, s, inputs->wall_valid, inputs->wall_s)) {
        lbms_protection_values(&s->m, s->soc.soc_bp, keeper->values);
        keeper->highest_cell = s->m.cell_max_index;
        keeper->lowest_cell = s->m.cell_min_index;
    }
}

/* ---- saving ------------------------------------------------------------------------------------------------- */

static void save_state(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    struct lbms_restored restored;

    keeper->counters_wait = false;
    lbms_core_save(core, &restored);
    lbms_store_save_state(&keeper->store, &restored);
}

/* False: there is no room for it now. */
static bool save_charge(struct lbms_keeper *keeper, const struct lbms_core *core, bool always)
{
    const int32_t charge_mas = lbms_gauge_charge_mas(&core->gauge);
    const int32_t moved_mas = lbms_abs_i32(lbms_sat_sub_i32(charge_mas, keeper->saved_mas));
    const int32_t parts =
        (lbms_store_room(&keeper->store) < LBMS_ROOM_RESERVE) ? CHARGE_PARTS : CHARGE_PARTS_RESERVE;
    const int32_t part_mas = core->params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] * LBMS_MAS_PER_MAH / parts;

    if (!always && keeper->charge_saved && (moved_mas < part_mas)) {
        return true;
    }
    if (!lbms_store_save_charge(&keeper->store, charge_mas)) {
        return false;
    }
    keeper->charge_saved = true;
    keeper->saved_mas = charge_mas;
    return true;
}

static void save_all(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    keeper->saved_s = core->snapshot.uptime_s;
    save_state(keeper, core);
    (void)save_charge(keeper, core, true);
    lbms_store_save_health(&keeper->store, &keeper->health);
}

/*
 * What has changed and what is due. Counters and the saves for time wait while no erased bank is kept, so that the room
 * lasts for the charge, locks and faults.
 */
static void save_due(struct lbms_keeper *keeper, const struct lbms_core *core, bool urgent)
{
    const bool plenty = lbms_store_room(&keeper->store) == LBMS_ROOM_PLENTY;

    keeper->counters_wait = keeper->counters_wait || core->gauge.keep;
    if (urgent || (keeper->counters_wait && plenty)) {
        save_state(keeper, core);
    }
    (void)save_charge(keeper, core, false);
    if (plenty && ((core->snapshot.uptime_s - keeper->saved_s) >= LBMS_KEEPER_PERIOD_S)) {
        save_all(keeper, core);
    }
}

/* Another design capacity is a parameter. */
static int save_capacity(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    if (!save_charge(keeper, core, true)) {
        return LBMS_ERR_SPACE;
    }
    lbms_store_save_params(&keeper->store, &core->params);
    save_state(keeper, core);
    return LBMS_OK;
}

/* Values that an order writes, 1 << enum lbms_store_value. */
static unsigned order_writes(uint8_t order)
{
    switch (order) {
    case LBMS_COMMAND_CLEAR_RECORDS:
        return 1u << LBMS_STORE_CLEARED;
    case LBMS_COMMAND_SET_CAPACITY:
        return (1u << LBMS_STORE_PARAMS) | (1u << LBMS_STORE_STATE) | (1u << LBMS_STORE_CHARGE);
    case LBMS_COMMAND_SET_CYCLES:
        return 1u << LBMS_STORE_STATE;
    default:
        return 1u << LBMS_STORE_PRODUCTION;
    }
}

/* Stored when all of it is; one that cannot be stored decides. */
static int order_result(const struct lbms_keeper *keeper)
{
    const unsigned writes = order_writes(keeper->order);
    int result = LBMS_OK;
    uint8_t value;

    if ((keeper->order == (uint8_t)LBMS_COMMAND_NONE) || (keeper->order_status != LBMS_OK)) {
        return keeper->order_status;
    }
    for (value = 0u; (value < (uint8_t)LBMS_STORE_VALUES) && (result >= 0); value++) {
        const int saved =
            ((writes & (1u << value)) != 0u) ? lbms_store_saved(&keeper->store, value) : (int)LBMS_OK;

        result = (saved != LBMS_OK) ? saved : result;
    }
    return result;
}

static void report(const struct lbms_keeper *keeper, struct lbms_inputs *inputs)
{
    inputs->store.order = (int8_t)order_result(keeper);
    inputs->store.fitted = keeper->store.open;
    inputs->store.params = (int8_t)lbms_store_saved(&keeper->store, LBMS_STORE_PARAMS);
    inputs->store.trouble = keeper->store.trouble;
}

/* Parameters that are in use from the start on and are not the stored ones; a virgin store needs no defaults. */
static bool params_unsaved(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    const int status = lbms_store_compare_params(&keeper->store, &core->params);
    size_t i;

    if (status != LBMS_ERR_MISSING) {
        return status < 0;
    }
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        if (core->params.v[i] != core->product->params[i].def) {
            return true;
        }
    }
    return false;
}

static void start(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    const uint32_t now_s = core->snapshot.uptime_s;

    keeper->started = true;
    keeper->saved_s = now_s;
    keeper->verified_s = now_s;
    keeper->interval_s = now_s;
    keeper->last_s = now_s;
    if (params_unsaved(keeper, core)) {
        lbms_store_save_params(&keeper->store, &core->params);
    }
}

/*
 * What the step asks of the store. Its sender had the service level; the command is still that of the step in which it
 * came, also after the samples of a calibration.
 */
static void carry_out(struct lbms_keeper *keeper, const struct lbms_core *core,
                      const struct lbms_command *command)
{
    struct lbms_production production = keeper->production;
    struct lbms_event_note n = {LBMS_RECORD_CLEARED, command->origin, command->item[0].value, 0};
    int status = LBMS_OK;

    switch (core->order) {
    case LBMS_COMMAND_CALIBRATE:
        n.kind = LBMS_RECORD_CALIBRATED;
        n.code = (uint8_t)command->item[0].id;
        production.calibration = core->measure.calibration;
        status = lbms_keeper_produce(keeper, &production, true);
        break;
    case LBMS_COMMAND_SET_SERIAL:
        n.kind = LBMS_RECORD_PRODUCTION;
        n.code = (uint8_t)command->item[0].id;
        n.value = 0;
        status = lbms_production_set_serial(&production, n.code, command->item);
        status = (status == LBMS_OK) ? lbms_keeper_produce(keeper, &production, true) : status;
        break;
    case LBMS_COMMAND_SET_CAPACITY:
        n.kind = LBMS_RECORD_CAPACITY;
        n.threshold = command->item[1].value;
        status = save_capacity(keeper, core);
        break;
    case LBMS_COMMAND_SET_CYCLES:
        n.kind = LBMS_RECORD_CYCLES;
        save_state(keeper, core);
        break;
    default:
        status = lbms_store_clear_records(&keeper->store);
        break;
    }
    if (status == LBMS_OK) {
        lbms_events_note(&keeper->events, &n);
    }
    keeper->order = core->order;
    keeper->order_status = (int8_t)status;
}

void lbms_keeper_step(struct lbms_keeper *keeper, const struct lbms_core *core, struct lbms_inputs *inputs,
                      const struct lbms_outputs *outputs)
{
    const struct lbms_snapshot *s = &core->snapshot;

    if (!keeper->started) {
        start(keeper, core);
    }
    if (inputs->has_command && (core->awaits == (uint8_t)LBMS_AWAIT_PARAMS) &&
        (core->unanswered == inputs->command.sequence)) {
        lbms_store_save_params(&keeper->store, &core->params);
    }
    if (core->order != (uint8_t)LBMS_COMMAND_NONE) {
        carry_out(keeper, core, &inputs->command);
    }
    if ((s->uptime_s - keeper->verified_s) >= LBMS_KEEPER_VERIFY_S) {
        keeper->verified_s = s->uptime_s;
        (void)lbms_store_verify_params(&keeper->store, &core->params);
    }
    lbms_lifetime_step(&keeper->health, &keeper->counting, s, &core->params,
                       inputs->wall_valid ? inputs->wall_s : 0u);
    note_events(keeper, core, inputs, outputs);
    save_due(keeper, core, outputs->keep);
    keeper->last_s = s->uptime_s;
    keeper->finished = keeper->finished && outputs->sleep.requested;
    report(keeper, inputs);
}

/* ---- working ------------------------------------------------------------------------------------------------ */

/* The pack is safe for as long as the processor stands still. */
static bool may_erase(const struct lbms_keeper *keeper, const struct lbms_core *core,
                      const struct lbms_inputs *inputs)
{
    const struct lbms_snapshot *s = &core->snapshot;
    const int32_t idle_ma = core->params.v[LBMS_PARAM_CURRENT_IDLE_MA];
    const bool open = (s->want.closed == 0u) && (s->m.closed == 0u);
    const bool calm = (s->alarms == 0u) && (s->protections == 0u) && (s->faults == 0u) &&
                      ((s->m.valid & LBMS_VALID_ESSENTIAL) == LBMS_VALID_ESSENTIAL) &&
                      (lbms_abs_i32(s->m.current_ma) < idle_ma);
    /* what the AFE reports is what is in it, and it is what was asked for, or as near as it can be */
    const bool guarded = (inputs->afe_fit >= 0) && (inputs->afe_got.sequence != 0u) &&
                         (inputs->afe_got.sequence == core->afe.sequence) &&
                         ((s->conditions & LBMS_MASK(LBMS_CONDITION_AFE_CONFIG)) == 0u);

    return !keeper->slow_erase || open || (calm && guarded);
}

bool lbms_keeper_work(struct lbms_keeper *keeper, const struct lbms_core *core, struct lbms_inputs *inputs)
{
    const bool recorded = record_next(keeper, core);
    const int status = lbms_store_poll(&keeper->store, may_erase(keeper, core, inputs));

    report(keeper, inputs);
    return recorded || (status == LBMS_AGAIN);
}

void lbms_keeper_finish(struct lbms_keeper *keeper, const struct lbms_core *core)
{
    unsigned i;

    if (!keeper->finished) { /* a board that refuses to sleep is asked again and again */
        keeper->finished = true;
        save_all(keeper, core);
    }
    for (i = 0u; i < FINISH_MOST; i++) {
        const bool recorded = record_next(keeper, core);

        if ((lbms_store_poll(&keeper->store, true) != LBMS_AGAIN) && !recorded) {
            break;
        }
    }
}

int lbms_keeper_produce(struct lbms_keeper *keeper, const struct lbms_production *production, bool service)
{
    const int status = lbms_production_check(&keeper->production, production, service);

    if (status == LBMS_OK) {
        keeper->production = *production;
        keeper->health.v[LBMS_HEALTH_MANUFACTURED_DATE] = (int32_t)production->identity.manufactured_s;
        lbms_store_save_production(&keeper->store, production);
    }
    return status;
}
