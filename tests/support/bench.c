#include "support/bench.h"

#include <string.h>

#include "losun_bms/base/timer.h"

#define REST_MV 3300

static struct bench *of(void *ctx)
{
    return (struct bench *)ctx;
}

static uint32_t hal_now(void *ctx)
{
    return of(ctx)->now_ms;
}

static uint8_t really_closed(const struct bench *b)
{
    return (uint8_t)(b->switches.closed | b->welded);
}

/* What the conversion that ends now sees. */
static void convert(struct bench *b)
{
    const uint8_t closed = really_closed(b);
    const bool connected = (closed & (LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE)) != 0u;
    int32_t sum_mv = 0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        sum_mv += b->sample.cell_mv[i];
    }
    b->sample.pack_mv = sum_mv + b->pack_offset_mv;
    b->sample.terminal_mv = (connected && !b->bus_shorted) ? b->sample.pack_mv : 0;
    if ((b->external_mv > b->sample.terminal_mv) || (b->external_mv < 0)) {
        b->sample.terminal_mv = b->external_mv;
    }
    b->sample.closed = closed;
    b->sample.at_ms = b->now_ms;
}

static int hal_sample(void *ctx, struct lbms_sample *sample)
{
    struct bench *b = of(ctx);

    b->sample_calls++;
    if (b->fail_sample != 0) {
        return b->fail_sample;
    }
    if (b->samples_stopped || !lbms_reached_ms(b->now_ms, b->next_sample_ms)) {
        return LBMS_AGAIN;
    }
    b->next_sample_ms = b->now_ms + b->sample_period_ms;
    convert(b);
    *sample = b->sample;
    return LBMS_OK;
}

static int hal_switches(void *ctx, const struct lbms_switches *want)
{
    struct bench *b = of(ctx);

    b->switch_calls++;
    if (b->fail_switches == 0) {
        b->switches = *want;
    }
    return b->fail_switches;
}

static int hal_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    struct bench *b = of(ctx);

    if (b->fail_controls == 0) {
        *keys = b->keys;
        *dip = b->dip;
    }
    return b->fail_controls;
}

static int hal_watchdog(void *ctx)
{
    of(ctx)->watchdog_fed++;
    return of(ctx)->fail_watchdog;
}

static int hal_afe(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    struct bench *b = of(ctx);

    b->afe_calls++;
    if (b->fail_afe != 0) {
        return b->fail_afe;
    }
    b->afe = *want;
    *got = *want;
    if (!b->afe_ignores) {
        b->sample.config_seq = want->sequence;
    }
    return LBMS_AFE_FITS;
}

static int hal_balance(void *ctx, uint16_t mask)
{
    of(ctx)->balance_calls++;
    of(ctx)->balance_mask = mask;
    return of(ctx)->fail_balance;
}

static int hal_lights(void *ctx, uint16_t lights, bool buzzer)
{
    of(ctx)->lights_calls++;
    of(ctx)->lights = lights;
    of(ctx)->buzzer = buzzer;
    return of(ctx)->fail_lights;
}

static int hal_contacts(void *ctx, uint8_t closed, bool heater)
{
    of(ctx)->contacts_calls++;
    of(ctx)->contacts = closed;
    of(ctx)->heater = heater;
    return of(ctx)->fail_contacts;
}

static int hal_wall_get(void *ctx, uint32_t *seconds)
{
    struct bench *b = of(ctx);

    if (b->fail_wall != 0) {
        return b->fail_wall;
    }
    *seconds = b->wall_s;
    return b->wall_set ? LBMS_OK : LBMS_ERR_STATE;
}

static int hal_wall_set(void *ctx, uint32_t seconds)
{
    struct bench *b = of(ctx);

    if (b->fail_wall == 0) {
        b->wall_s = seconds;
        b->wall_set = true;
    }
    return b->fail_wall;
}

static int hal_retain(void *ctx, const void *data, size_t size)
{
    struct bench *b = of(ctx);

    b->retain_calls++;
    if (size != sizeof(b->retained)) {
        return LBMS_ERR_SPACE;
    }
    memcpy(&b->retained, data, size);
    return LBMS_OK;
}

static int hal_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct bench *b = of(ctx);

    b->sleep_calls++;
    b->slept = *sleep;
    if (b->fail_sleep == 0) {
        *woke = b->woke;
        b->now_ms += b->woke.seconds_asleep * 1000u;
    }
    return b->fail_sleep;
}

static void hal_reset(void *ctx)
{
    of(ctx)->reset_calls++;
}

void bench_board(struct bench *b)
{
    unsigned i;

    memset(b, 0, sizeof(*b));
    b->hal.ctx = b;
    b->hal.now_ms = hal_now;
    b->hal.sample = hal_sample;
    b->hal.switches = hal_switches;
    b->hal.controls = hal_controls;
    b->hal.watchdog = hal_watchdog;
    b->hal.afe_configure = hal_afe;
    b->hal.balance = hal_balance;
    b->hal.lights = hal_lights;
    b->hal.contacts = hal_contacts;
    b->hal.wall_get = hal_wall_get;
    b->hal.wall_set = hal_wall_set;
    b->hal.retain = hal_retain;
    b->hal.sleep = hal_sleep;
    b->hal.reset = hal_reset;
    b->now_ms = 1000u;
    b->next_sample_ms = b->now_ms;
    b->sample_period_ms = 100u;
    b->longest_wait_ms = 100u;
    b->keys = LBMS_KEY_WEAK_SWITCH;
    for (i = 0u; i < LBMS_NTCS; i++) {
        b->sample.ntc_dc[i] = 250;
    }
    b->sample.mosfet_dc = 300;
    b->sample.ambient_dc = 280;
    bench_cells(b, REST_MV);
    lbms_restored_defaults(&b->restored);
}

int bench_boot(struct bench *b)
{
    b->next_sample_ms = b->now_ms;
    return lbms_init(&b->bms, &b->hal, &lbms_product_ls_btn0_p0548100, &b->restored);
}

void bench_start(struct bench *b)
{
    bench_board(b);
    (void)bench_boot(b);
    bench_run(b, 10000u);
}

void bench_run(struct bench *b, uint32_t ms)
{
    const uint32_t end_ms = b->now_ms + ms;

    while (!lbms_reached_ms(b->now_ms, end_ms)) {
        uint32_t wait_ms = lbms_run(&b->bms);

        if (wait_ms > b->longest_wait_ms) {
            wait_ms = b->longest_wait_ms;
        }
        if (wait_ms > (end_ms - b->now_ms)) {
            wait_ms = end_ms - b->now_ms; /* also lets a sleep end the run late */
        }
        b->now_ms += (wait_ms > 0u) ? wait_ms : 1u;
    }
    (void)lbms_run(&b->bms);
}

void bench_run_s(struct bench *b, uint32_t s)
{
    for (; s > 0u; s--) {
        bench_run(b, 1000u);
    }
}

void bench_cells(struct bench *b, uint16_t mv)
{
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        b->sample.cell_mv[i] = mv;
    }
}

void bench_cell(struct bench *b, unsigned cell, uint16_t mv)
{
    b->sample.cell_mv[cell] = mv;
}

void bench_current(struct bench *b, int32_t ma)
{
    b->sample.current_ma = ma;
}

void bench_press(struct bench *b, uint16_t keys)
{
    b->keys = (uint16_t)(b->keys | keys);
}

void bench_release(struct bench *b, uint16_t keys)
{
    b->keys = (uint16_t)(b->keys & ~keys);
}

void bench_button(struct bench *b, uint32_t held_ms)
{
    bench_press(b, LBMS_KEY_BUTTON);
    bench_run(b, held_ms);
    bench_release(b, LBMS_KEY_BUTTON);
    bench_run(b, 200u);
}

bool bench_charge_closed(const struct bench *b)
{
    return (b->switches.closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)) != 0u;
}

bool bench_discharge_closed(const struct bench *b)
{
    return (b->switches.closed & LBMS_SWITCH_DISCHARGE) != 0u;
}

bool bench_all_open(const struct bench *b)
{
    return b->switches.closed == 0u;
}

uint8_t bench_mode(const struct bench *b)
{
    return lbms_snapshot(&b->bms)->mode;
}

bool bench_protection(const struct bench *b, uint8_t bit)
{
    return (lbms_snapshot(&b->bms)->protections & LBMS_MASK(bit)) != 0u;
}

bool bench_alarm(const struct bench *b, uint8_t bit)
{
    return (lbms_snapshot(&b->bms)->alarms & LBMS_MASK(bit)) != 0u;
}

bool bench_fault(const struct bench *b, uint8_t fault)
{
    return (lbms_snapshot(&b->bms)->faults & LBMS_MASK(fault)) != 0u;
}

int bench_command(struct bench *b, const struct lbms_command *command)
{
    const int sequence = lbms_command(&b->bms, command);
    const struct lbms_snapshot *s = lbms_snapshot(&b->bms);
    unsigned tries;

    for (tries = 0u; (sequence > 0) && (tries < 500u); tries++) {
        bench_run(b, 10u);
        if (s->result_sequence == (uint16_t)sequence) {
            return s->result;
        }
    }
    return (sequence < 0) ? sequence : LBMS_ERR_TIMEOUT;
}

int bench_set(struct bench *b, uint16_t param, int32_t value)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.count = 1u;
    command.item[0].id = param;
    command.item[0].value = value;
    return bench_command(b, &command);
}
