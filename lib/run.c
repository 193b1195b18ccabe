#include "losun_bms/run.h"

#include <stddef.h>
#include <string.h>

#include "losun_bms/base/timer.h"

const char *lbms_hal_missing(const struct lbms_hal *hal)
{
    if (hal == NULL) {
        return "hal";
    }
    if (hal->now_ms == NULL) {
        return "now_ms";
    }
    if (hal->sample == NULL) {
        return "sample";
    }
    if (hal->switches == NULL) {
        return "switches";
    }
    if (hal->controls == NULL) {
        return "controls";
    }
    return (hal->watchdog == NULL) ? "watchdog" : NULL;
}

static int count_error(uint16_t *counter, int status)
{
    if ((status < 0) && (*counter < UINT16_MAX)) {
        (*counter)++;
    }
    return status;
}

int lbms_init(struct lbms *bms, const struct lbms_hal *hal, const struct lbms_product *product,
              const struct lbms_restored *restored)
{
    const struct lbms_switches open = {0u, 0u};
    int status;

    if ((bms == NULL) || (hal == NULL)) {
        return LBMS_ERR_ARGUMENT;
    }
    memset(bms, 0, sizeof(*bms));
    if (lbms_hal_missing(hal) != NULL) {
        return LBMS_ERR_MISSING;
    }
    bms->hal = hal;
    bms->next_sequence = 1u;
    (void)count_error(&bms->errors.switches, hal->switches(hal->ctx, &open));
    status = lbms_core_init(&bms->core, product, restored);
    bms->last_clock_ms = hal->now_ms(hal->ctx);
    return status;
}

/* Seconds that do not wrap, from milliseconds that do. */
static void count_uptime(struct lbms *bms, uint32_t now_ms)
{
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, bms->last_clock_ms) + bms->clock_rest_ms;

    bms->last_clock_ms = now_ms;
    bms->inputs.uptime_s += passed_ms / 1000u;
    bms->clock_rest_ms = (uint16_t)(passed_ms % 1000u);
}

/* Reads what has changed; true when that calls for a step at once. */
static bool read_board(struct lbms *bms, bool resting)
{
    const struct lbms_hal *hal = bms->hal;
    struct lbms_inputs *in = &bms->inputs;
    const uint16_t flags_before = in->sample.afe_flags;
    uint16_t keys = in->keys;
    bool urgent;

    if (!resting && count_error(&bms->errors.sample, hal->sample(hal->ctx, &in->sample)) == LBMS_OK) {
        in->sample_new = true;
        in->sample_valid = true;
    }
    (void)count_error(&bms->errors.controls, hal->controls(hal->ctx, &keys, &in->dip));
    urgent = (keys != in->keys) || (in->sample.afe_flags != flags_before);
    in->keys = keys;
    return urgent;
}

static void read_clocks(struct lbms *bms, uint32_t now_ms)
{
    const struct lbms_hal *hal = bms->hal;
    struct lbms_inputs *in = &bms->inputs;

    in->now_ms = now_ms;
    in->wall_valid = false;
    if (hal->wall_get != NULL) {
        const int status = hal->wall_get(hal->ctx, &in->wall_s);

        in->wall_valid = status == LBMS_OK;
        if (status != LBMS_ERR_STATE) { /* not set is no error */
            (void)count_error(&bms->errors.clock, status);
        }
    }
}

static void configure_afe(struct lbms *bms, uint32_t now_ms)
{
    const struct lbms_hal *hal = bms->hal;
    const struct lbms_afe_config *want = &bms->outputs.afe;
    const bool differs = bms->inputs.sample_valid && (bms->inputs.sample.config_seq != want->sequence);
    int fit;

    if (hal->afe_configure == NULL) {
        return;
    }
    if ((want->sequence == bms->afe_seq_written) &&
        (!differs || (lbms_elapsed_ms(now_ms, bms->afe_tried_ms) < LBMS_AFE_RETRY_MS))) {
        return;
    }
    fit = hal->afe_configure(hal->ctx, want, &bms->inputs.afe_got);
    bms->inputs.afe_fit = (int8_t)count_error(&bms->errors.afe, fit);
    bms->afe_seq_written = want->sequence;
    bms->afe_tried_ms = now_ms;
}

static void show_panel(struct lbms *bms)
{
    const struct lbms_hal *hal = bms->hal;
    const struct lbms_outputs *out = &bms->outputs;

    if ((hal->lights != NULL) &&
        (!bms->panel_shown || (out->lights != bms->lights_shown) || (out->buzzer != bms->buzzer_shown))) {
        (void)count_error(&bms->errors.lights, hal->lights(hal->ctx, out->lights, out->buzzer));
    }
    if ((hal->contacts != NULL) && (!bms->panel_shown || (out->dry_contacts != bms->contacts_shown) ||
                                    (out->heater != bms->heater_shown))) {
        (void)count_error(&bms->errors.contacts, hal->contacts(hal->ctx, out->dry_contacts, out->heater));
    }
    bms->panel_shown = true;
    bms->lights_shown = out->lights;
    bms->buzzer_shown = out->buzzer;
    bms->contacts_shown = out->dry_contacts;
    bms->heater_shown = out->heater;
}

/* The switches come first. True when the board has taken the switch state. */
static bool apply(struct lbms *bms, uint32_t now_ms)
{
    const struct lbms_hal *hal = bms->hal;
    const struct lbms_outputs *out = &bms->outputs;
    const int status = count_error(&bms->errors.switches, hal->switches(hal->ctx, &out->want));

    if (hal->balance != NULL) {
        (void)count_error(&bms->errors.balance, hal->balance(hal->ctx, out->balance_mask));
    }
    configure_afe(bms, now_ms);
    show_panel(bms);
    return status >= 0;
}

/* A board that hangs, or whose switches do not obey, must be restarted by its watchdog: switches open at a reset. */
static void feed_watchdog(struct lbms *bms, bool applied)
{
    const bool fresh = !bms->core.measure.stale;
    const bool open = bms->outputs.want.closed == 0u;

    if (applied && (fresh || open)) {
        (void)count_error(&bms->errors.watchdog, bms->hal->watchdog(bms->hal->ctx));
    }
}

static void retain(struct lbms *bms)
{
    struct lbms_restored restored;

    if (bms->hal->retain != NULL) {
        lbms_core_save(&bms->core, &restored);
        (void)bms->hal->retain(bms->hal->ctx, &restored, sizeof(restored));
    }
}

/* Before the processor stops: everything onto the flash. */
static void save_all(struct lbms *bms)
{
    retain(bms);
    if (bms->keeper != NULL) {
        lbms_keeper_finish(bms->keeper, &bms->core);
    }
}

static void act(struct lbms *bms)
{
    const struct lbms_hal *hal = bms->hal;
    const struct lbms_outputs *out = &bms->outputs;

    if (out->keep) {
        retain(bms);
    }
    if ((out->action == LBMS_ACTION_RESET) && (hal->reset != NULL)) {
        save_all(bms);
        hal->reset(hal->ctx);
    }
    if ((out->action == LBMS_ACTION_SET_CLOCK) && (hal->wall_set != NULL)) {
        (void)count_error(&bms->errors.clock, hal->wall_set(hal->ctx, out->action_value));
    }
}

/* True when the board slept and came back. */
static bool sleep(struct lbms *bms)
{
    const struct lbms_hal *hal = bms->hal;
    struct lbms_boot woke;

    if (!bms->outputs.sleep.requested || (hal->sleep == NULL)) {
        return false;
    }
    save_all(bms);
    memset(&woke, 0, sizeof(woke));
    if (count_error(&bms->errors.sleep, hal->sleep(hal->ctx, &bms->outputs.sleep, &woke)) != LBMS_OK) {
        return false;
    }
    bms->inputs.wake_reason = woke.wake_reason;
    if (woke.seconds_asleep > 0u) {
        /* Counted by the board's own slow clock: right also when the milliseconds have wrapped meanwhile. */
        bms->inputs.uptime_s += woke.seconds_asleep;
        bms->last_clock_ms = hal->now_ms(hal->ctx);
    }
    return true;
}

/* One at a time: the next waits while a parameter write is being stored. */
static bool command_ready(const struct lbms *bms)
{
    return (bms->queued > 0u) && (bms->core.unstored == 0u);
}

static void take_command(struct lbms *bms)
{
    bms->inputs.has_command = command_ready(bms);
    if (bms->inputs.has_command) {
        bms->inputs.command = bms->queue[0];
        bms->queued--;
        memmove(&bms->queue[0], &bms->queue[1], (size_t)bms->queued * sizeof(bms->queue[0]));
    }
}

/* One step, complete with its outputs. */
static void step(struct lbms *bms, uint32_t now_ms)
{
    bool applied;

    read_clocks(bms, now_ms);
    take_command(bms);
    lbms_step(&bms->core, &bms->inputs, &bms->outputs);
    applied = apply(bms, now_ms);
    feed_watchdog(bms, applied);
    if (bms->observe != NULL) {
        bms->observe(bms->observe_ctx, &bms->inputs, &bms->outputs, &bms->core.snapshot);
    }
    if (bms->keeper != NULL) {
        lbms_keeper_step(bms->keeper, &bms->core, &bms->inputs, &bms->outputs);
    }
    bms->inputs.sample_new = false;
    bms->inputs.wake_reason = 0u;
    bms->inputs.ports_seen = 0u;
    bms->stepped = true;
    bms->applied = applied;
    bms->last_step_ms = now_ms;
    act(bms);
}

/* Time until the next step is due at the latest. */
static uint32_t period(const struct lbms *bms)
{
    const struct lbms_outputs *out = &bms->outputs;

    if (out->rest_ms > 0u) {
        return out->rest_ms;
    }
    return (out->next_ms < LBMS_STEP_MS) ? out->next_ms : LBMS_STEP_MS;
}

static uint32_t at_most_a_second(uint32_t ms)
{
    return (ms < LBMS_WAIT_MS_MAX) ? ms : LBMS_WAIT_MS_MAX;
}

/* A parameter write has been stored: whoever asked for it shall not wait for the next period. */
static bool answer_ready(const struct lbms *bms)
{
    return (bms->core.unstored != 0u) && (bms->inputs.store.params != (int8_t)LBMS_AGAIN);
}

/* One piece of slow work. True when there is more. */
static bool work(struct lbms *bms)
{
    return (bms->keeper != NULL) && lbms_keeper_work(bms->keeper, &bms->core, &bms->inputs);
}

uint32_t lbms_run(struct lbms *bms)
{
    const uint32_t before_ms = lbms_elapsed_ms(bms->hal->now_ms(bms->hal->ctx), bms->last_step_ms);
    const bool resting = bms->stepped && (bms->outputs.rest_ms > 0u) && (before_ms < bms->outputs.rest_ms);
    const bool urgent = read_board(bms, resting); /* before the clock: a sample is never younger than "now" */
    const uint32_t now_ms = bms->hal->now_ms(bms->hal->ctx);
    const uint32_t period_ms = period(bms);
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, bms->last_step_ms);
    const bool fresh = bms->inputs.sample_new && (passed_ms >= LBMS_STEP_MS_MIN);
    const bool due = !bms->stepped || fresh || (passed_ms >= period_ms);

    count_uptime(bms, now_ms);
    if (!due && !urgent && !command_ready(bms) && !answer_ready(bms)) {
        if (resting) { /* the watchdog knows no rest; the steps that it watches over still come */
            feed_watchdog(bms, bms->applied);
        }
        return work(bms) ? 0u : at_most_a_second(period_ms - passed_ms);
    }
    step(bms, now_ms);
    if (sleep(bms) || command_ready(bms) || work(bms)) {
        return 0u;
    }
    return at_most_a_second(period(bms));
}

int lbms_command(struct lbms *bms, const struct lbms_command *command)
{
    struct lbms_command *place;

    if (bms->queued >= LBMS_COMMAND_QUEUE) {
        return LBMS_ERR_SPACE;
    }
    place = &bms->queue[bms->queued];
    *place = *command;
    place->sequence = bms->next_sequence;
    bms->queued++;
    bms->next_sequence = (uint16_t)((bms->next_sequence == UINT16_MAX) ? 1u : (bms->next_sequence + 1u));
    return (int)place->sequence;
}

const struct lbms_snapshot *lbms_snapshot(const struct lbms *bms)
{
    return &bms->core.snapshot;
}

void lbms_keep(struct lbms *bms, struct lbms_keeper *keeper)
{
    bms->keeper = keeper;
}

void lbms_observe(struct lbms *bms, lbms_observer observe, void *ctx)
{
    bms->observe = observe;
    bms->observe_ctx = ctx;
}
