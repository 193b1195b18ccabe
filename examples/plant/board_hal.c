#include "plant/board_hal.h"

#include <stdio.h>
#include <string.h>

static uint32_t now_ms(const struct plant_board *board)
{
    return (uint32_t)(board->time_ms + board->config.start_ms);
}

static uint32_t hal_now_ms(void *ctx)
{
    return now_ms(ctx);
}

/* Every transfer on the bus of the AFE: fails, or feeds its watchdog. */
static int afe_access(struct plant_board *board)
{
    if (board->afe_silent) {
        return LBMS_ERR_IO;
    }
    plant_afe_access(&board->afe, now_ms(board));
    return LBMS_OK;
}

static int hal_sample(void *ctx, struct lbms_sample *sample)
{
    struct plant_board *board = ctx;
    const int access = afe_access(board);

    board->sample_calls++;
    if (access != LBMS_OK) {
        return access;
    }
    if (board->converting_valid && (board->time_ms >= board->deliver_ms)) {
        board->sample = board->converting;
        board->sample_ready = true;
        board->converting_valid = false;
    }
    if (!board->sample_ready || board->samples_missing) {
        return LBMS_AGAIN;
    }
    board->sample_ready = false;
    if (!board->samples_stale || !board->any_delivered) {
        board->delivered = board->sample;
        board->any_delivered = true;
        plant_afe_delivered(&board->afe, board->sample.afe_flags);
    }
    *sample = board->delivered;
    return LBMS_OK;
}

static int hal_switches(void *ctx, const struct lbms_switches *want)
{
    struct plant_board *board = ctx;
    const int access = afe_access(board);

    board->switch_calls++;
    if (access != LBMS_OK) {
        return access;
    }
    board->switches = *want;
    plant_afe_command(&board->afe, want->closed);
    board->pack.limiter_low = want->limiter_low != 0u;
    return LBMS_OK;
}

static int hal_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    const struct plant_board *board = ctx;

    *keys = board->keys;
    *dip = board->dip;
    return LBMS_OK;
}

static int hal_watchdog(void *ctx)
{
    struct plant_board *board = ctx;

    board->watchdog_fed++;
    board->watchdog_fed_ms = board->time_ms;
    return LBMS_OK;
}

static int hal_afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    struct plant_board *board = ctx;
    const int access = afe_access(board);

    return (access == LBMS_OK) ? plant_afe_configure(&board->afe, want, got) : access;
}

static int hal_balance(void *ctx, uint16_t mask)
{
    struct plant_board *board = ctx;
    const int access = afe_access(board);

    if (access == LBMS_OK) {
        board->balance_mask = mask;
    }
    return access;
}

static int hal_lights(void *ctx, uint16_t lights, bool buzzer)
{
    struct plant_board *board = ctx;

    board->lights = lights;
    board->buzzer = buzzer;
    return LBMS_OK;
}

static int hal_contacts(void *ctx, uint8_t closed, bool heater)
{
    struct plant_board *board = ctx;

    board->contacts = closed;
    board->heater = heater;
    board->pack.heater_on = heater;
    return LBMS_OK;
}

static int hal_wall_get(void *ctx, uint32_t *seconds)
{
    const struct plant_board *board = ctx;

    if (!board->wall_valid) {
        return LBMS_ERR_STATE;
    }
    *seconds = (uint32_t)(board->wall_offset_s + (int64_t)(board->time_ms / 1000u));
    return LBMS_OK;
}

static int hal_wall_set(void *ctx, uint32_t seconds)
{
    struct plant_board *board = ctx;

    board->wall_offset_s = (int64_t)seconds - (int64_t)(board->time_ms / 1000u);
    board->wall_valid = true;
    return LBMS_OK;
}

static int hal_display(void *ctx, unsigned row, const char *text)
{
    struct plant_board *board = ctx;

    if (row >= PLANT_DISPLAY_ROWS) {
        return LBMS_ERR_RANGE;
    }
    (void)snprintf(board->display[row], sizeof(board->display[row]), "%.*s", PLANT_DISPLAY_COLUMNS, text);
    return LBMS_OK;
}

static int hal_display_power(void *ctx, bool on)
{
    struct plant_board *board = ctx;

    board->display_on = on;
    return LBMS_OK;
}

static int hal_retain(void *ctx, const void *data, size_t size)
{
    struct plant_board *board = ctx;

    if (size > sizeof(board->retained)) {
        return LBMS_ERR_SPACE;
    }
    memcpy(board->retained, data, size);
    board->retained_size = size;
    return LBMS_OK;
}

static int hal_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct plant_board *board = ctx;

    board->sleep = *sleep;
    memset(woke, 0, sizeof(*woke));
    if ((board->config.sleep == PLANT_SLEEP_REFUSE) || !plant_board_fall_asleep(board)) {
        return LBMS_ERR_STATE;
    }
    if (board->config.sleep == PLANT_SLEEP_RUN) {
        const uint32_t limit_s = board->config.sleep_limit_s;
        const uint32_t limit_ms = (limit_s < UINT32_MAX / 1000u) ? (limit_s * 1000u) : UINT32_MAX;

        if (plant_board_sleep(board, limit_ms, woke) != LBMS_OK) {
            plant_board_wake(board, woke);
        }
    }
    return LBMS_OK;
}

static void hal_reset(void *ctx)
{
    struct plant_board *board = ctx;

    board->reset_requested = true;
}

void plant_board_hal(struct plant_board *board)
{
    struct lbms_hal *hal = &board->hal;

    memset(hal, 0, sizeof(*hal));
    hal->ctx = board;
    hal->now_ms = hal_now_ms;
    hal->sample = hal_sample;
    hal->switches = hal_switches;
    hal->controls = hal_controls;
    hal->watchdog = hal_watchdog;
    hal->afe_configure = hal_afe_configure;
    hal->balance = hal_balance;
    hal->lights = hal_lights;
    hal->contacts = hal_contacts;
    hal->wall_get = hal_wall_get;
    hal->wall_set = hal_wall_set;
    hal->display = hal_display;
    hal->display_power = hal_display_power;
    hal->retain = hal_retain;
    hal->sleep = hal_sleep;
    hal->reset = hal_reset;
}
