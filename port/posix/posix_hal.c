/* The HAL of a POSIX program: entries of the caller's board as they are, the rest from this port. */
#include "losun_bms_port/posix_hal.h"

#include <poll.h>
#include <string.h>

#include "losun_bms/base/status.h"
#include "posix_private.h"

/* ---- passed on to the board -------------------------------------------------------------------------------- */

static const struct lbms_hal *board_of(const void *ctx)
{
    const struct lbms_posix *posix = ctx;

    return posix->board;
}

static uint32_t board_now_ms(void *ctx)
{
    return board_of(ctx)->now_ms(board_of(ctx)->ctx);
}

static int board_sample(void *ctx, struct lbms_sample *sample)
{
    return board_of(ctx)->sample(board_of(ctx)->ctx, sample);
}

static int board_switches(void *ctx, const struct lbms_switches *want)
{
    return board_of(ctx)->switches(board_of(ctx)->ctx, want);
}

static int board_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    return board_of(ctx)->controls(board_of(ctx)->ctx, keys, dip);
}

static int board_watchdog(void *ctx)
{
    return board_of(ctx)->watchdog(board_of(ctx)->ctx);
}

static int board_afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    return board_of(ctx)->afe_configure(board_of(ctx)->ctx, want, got);
}

static int board_balance(void *ctx, uint16_t mask)
{
    return board_of(ctx)->balance(board_of(ctx)->ctx, mask);
}

static int board_lights(void *ctx, uint16_t lights, bool buzzer)
{
    return board_of(ctx)->lights(board_of(ctx)->ctx, lights, buzzer);
}

static int board_contacts(void *ctx, uint8_t closed, bool heater)
{
    return board_of(ctx)->contacts(board_of(ctx)->ctx, closed, heater);
}

static int board_wall_get(void *ctx, uint32_t *seconds)
{
    return board_of(ctx)->wall_get(board_of(ctx)->ctx, seconds);
}

static int board_wall_set(void *ctx, uint32_t seconds)
{
    return board_of(ctx)->wall_set(board_of(ctx)->ctx, seconds);
}

static int board_serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    return board_of(ctx)->serial_read(board_of(ctx)->ctx, port, data, size);
}

static int board_serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    return board_of(ctx)->serial_write(board_of(ctx)->ctx, port, data, size);
}

static int board_serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    return board_of(ctx)->serial_setup(board_of(ctx)->ctx, port, baud, format);
}

static int board_can_read(void *ctx, struct lbms_can_frame *frame)
{
    return board_of(ctx)->can_read(board_of(ctx)->ctx, frame);
}

static int board_can_write(void *ctx, const struct lbms_can_frame *frame)
{
    return board_of(ctx)->can_write(board_of(ctx)->ctx, frame);
}

static int board_can_state(void *ctx, bool recover)
{
    return board_of(ctx)->can_state(board_of(ctx)->ctx, recover);
}

static int board_can_setup(void *ctx, uint32_t bitrate)
{
    return board_of(ctx)->can_setup(board_of(ctx)->ctx, bitrate);
}

static int board_display(void *ctx, unsigned row, const char *text)
{
    return board_of(ctx)->display(board_of(ctx)->ctx, row, text);
}

static int board_display_power(void *ctx, bool on)
{
    return board_of(ctx)->display_power(board_of(ctx)->ctx, on);
}

static int board_retain(void *ctx, const void *data, size_t size)
{
    return board_of(ctx)->retain(board_of(ctx)->ctx, data, size);
}

static int board_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    return board_of(ctx)->sleep(board_of(ctx)->ctx, sleep, woke);
}

static void board_reset(void *ctx)
{
    board_of(ctx)->reset(board_of(ctx)->ctx);
}

/* ---- done by this port -------------------------------------------------------------------------------------- */

static uint32_t host_now_ms(void *ctx)
{
    (void)ctx;
    return lbms_posix_now_ms();
}

static uint32_t now(struct lbms_posix *posix)
{
    return posix->hal.now_ms(posix);
}

static int host_wall_get(void *ctx, uint32_t *seconds)
{
    const struct lbms_posix *posix = ctx;

    return lbms_posix_wall_get(&posix->clock, seconds);
}

static int host_wall_set(void *ctx, uint32_t seconds)
{
    struct lbms_posix *posix = ctx;

    return lbms_posix_wall_set(&posix->clock, seconds);
}

static bool is_closed(const struct lbms_posix *posix, unsigned port)
{
    return posix->serial[port].state == LBMS_POSIX_CLOSED;
}

static int host_serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    struct lbms_posix *posix = ctx;

    if (port >= LBMS_SERIAL_PORTS) {
        return LBMS_ERR_ARGUMENT;
    }
    return is_closed(posix, port) ? 0 : lbms_posix_serial_read(&posix->serial[port], now(posix), data, size);
}

static int host_serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    struct lbms_posix *posix = ctx;

    if (port >= LBMS_SERIAL_PORTS) {
        return LBMS_ERR_ARGUMENT;
    }
    if (is_closed(posix, port)) {
        return LBMS_ERR_UNSUPPORTED;
    }
    return lbms_posix_serial_write(&posix->serial[port], now(posix), data, size);
}

static int host_serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    struct lbms_posix *posix = ctx;

    if (port >= LBMS_SERIAL_PORTS) {
        return LBMS_ERR_ARGUMENT;
    }
    if (is_closed(posix, port)) {
        return LBMS_ERR_UNSUPPORTED;
    }
    return lbms_posix_serial_setup(&posix->serial[port], baud, format);
}

static int host_can_read(void *ctx, struct lbms_can_frame *frame)
{
    struct lbms_posix *posix = ctx;

    if (posix->can.kind == LBMS_POSIX_CAN_NONE) {
        return LBMS_AGAIN;
    }
    return lbms_posix_can_read(&posix->can, now(posix), frame);
}

static int host_can_write(void *ctx, const struct lbms_can_frame *frame)
{
    struct lbms_posix *posix = ctx;

    if (posix->can.kind == LBMS_POSIX_CAN_NONE) {
        return LBMS_ERR_UNSUPPORTED;
    }
    return lbms_posix_can_write(&posix->can, now(posix), frame);
}

static int host_can_state(void *ctx, bool recover)
{
    struct lbms_posix *posix = ctx;

    if (posix->can.kind == LBMS_POSIX_CAN_NONE) {
        return LBMS_CAN_ABSENT;
    }
    return lbms_posix_can_state(&posix->can, now(posix), recover);
}

static int host_can_setup(void *ctx, uint32_t bitrate)
{
    struct lbms_posix *posix = ctx;

    if (posix->can.kind == LBMS_POSIX_CAN_NONE) {
        return LBMS_ERR_UNSUPPORTED;
    }
    return lbms_posix_can_setup(&posix->can, now(posix), bitrate);
}

static int host_retain(void *ctx, const void *data, size_t size)
{
    struct lbms_posix *posix = ctx;

    if (size > LBMS_POSIX_RETAIN_MAX) {
        return LBMS_ERR_SPACE;
    }
    memcpy(posix->retained, data, size);
    posix->retained_size = size;
    return (posix->retain_path[0] != '\0') ? lbms_posix_retain_save(posix) : LBMS_OK;
}

static int host_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct lbms_posix *posix = ctx;

    (void)woke;
    posix->sleep_wanted = true;
    posix->sleep = *sleep;
    return LBMS_ERR_UNSUPPORTED;
}

static void host_reset(void *ctx)
{
    struct lbms_posix *posix = ctx;

    posix->reset_wanted = true;
}

/* ---- composition -------------------------------------------------------------------------------------------- */

/* Only what the board has; without it the entry stays absent. */
#define FROM_BOARD(entry) (hal->entry = (board->entry != NULL) ? board_##entry : NULL)
/* The board's, else the host's. */
#define FROM_BOARD_OR_HOST(entry) (hal->entry = (board->entry != NULL) ? board_##entry : host_##entry)

void lbms_posix_init(struct lbms_posix *posix, const struct lbms_hal *board)
{
    struct lbms_hal *hal = &posix->hal;
    unsigned i;

    memset(posix, 0, sizeof(*posix));
    posix->board = board;
    posix->can.fd = -1;
    posix->can.serial.fd = -1;
    posix->flash.fd = -1;
    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        posix->serial[i].fd = -1;
    }
    hal->ctx = posix;
    hal->flash = board->flash;
    FROM_BOARD(sample);
    FROM_BOARD(switches);
    FROM_BOARD(controls);
    FROM_BOARD(watchdog);
    FROM_BOARD(afe_configure);
    FROM_BOARD(balance);
    FROM_BOARD(lights);
    FROM_BOARD(contacts);
    FROM_BOARD(display);
    FROM_BOARD(display_power);
    FROM_BOARD_OR_HOST(now_ms);
    FROM_BOARD_OR_HOST(wall_get);
    FROM_BOARD_OR_HOST(wall_set);
    FROM_BOARD_OR_HOST(serial_read);
    FROM_BOARD_OR_HOST(serial_write);
    FROM_BOARD_OR_HOST(serial_setup);
    FROM_BOARD_OR_HOST(can_read);
    FROM_BOARD_OR_HOST(can_write);
    FROM_BOARD_OR_HOST(can_state);
    FROM_BOARD_OR_HOST(can_setup);
    FROM_BOARD_OR_HOST(retain);
    FROM_BOARD_OR_HOST(sleep);
    FROM_BOARD_OR_HOST(reset);
}

int lbms_posix_open_serial(struct lbms_posix *posix, unsigned port,
                           const struct lbms_posix_serial_options *options)
{
    if (port >= LBMS_SERIAL_PORTS) {
        return LBMS_ERR_ARGUMENT;
    }
    lbms_posix_serial_close(&posix->serial[port]);
    return lbms_posix_serial_open(&posix->serial[port], options, now(posix));
}

int lbms_posix_open_can(struct lbms_posix *posix, const struct lbms_posix_can_options *options)
{
    lbms_posix_can_close(&posix->can);
    return lbms_posix_can_open(&posix->can, options, now(posix));
}

int lbms_posix_open_flash(struct lbms_posix *posix, const struct lbms_posix_flash_options *options)
{
    int status;

    lbms_posix_flash_close(&posix->flash);
    status = lbms_posix_flash_open(&posix->flash, options);
    if (posix->board->flash == NULL) {
        posix->hal.flash = (status == LBMS_OK) ? &posix->flash.flash : NULL;
    }
    return status;
}

void lbms_posix_wait(struct lbms_posix *posix, uint32_t timeout_ms)
{
    struct pollfd lines[LBMS_SERIAL_PORTS + 1u];
    const int timeout = (timeout_ms < 60000u) ? (int)timeout_ms : 60000;
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        lines[i].fd = lbms_posix_serial_fd(&posix->serial[i]); /* poll() passes over -1 */
    }
    lines[LBMS_SERIAL_PORTS].fd = lbms_posix_can_fd(&posix->can);
    for (i = 0u; i <= LBMS_SERIAL_PORTS; i++) {
        lines[i].events = POLLIN;
        lines[i].revents = 0;
    }
    (void)poll(lines, (nfds_t)(LBMS_SERIAL_PORTS + 1u), timeout);
}

const char *lbms_posix_report(struct lbms_posix *posix)
{
    const char *text = NULL;
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS && text == NULL; i++) {
        text = lbms_posix_serial_report(&posix->serial[i]);
    }
    if (text == NULL) {
        text = lbms_posix_can_report(&posix->can);
    }
    if (text == NULL) {
        text = lbms_posix_flash_report(&posix->flash);
    }
    return (text != NULL) ? text : lbms_posix_take_report(posix->error, &posix->error_new);
}

void lbms_posix_close(struct lbms_posix *posix)
{
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        lbms_posix_serial_close(&posix->serial[i]);
    }
    lbms_posix_can_close(&posix->can);
    lbms_posix_flash_close(&posix->flash);
    if (posix->board->flash == NULL) {
        posix->hal.flash = NULL;
    }
}
