/* A serial port: one state machine for terminal devices and pseudo-terminals. */
#include "losun_bms_port/posix_serial.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/ports.h"
#include "posix_private.h"

static const char *shown_name(const struct lbms_posix_serial *serial)
{
    return (serial->link[0] != '\0') ? serial->link : serial->name;
}

/* ---- opening and closing ---------------------------------------------------------------------------------- */

static int open_target(struct lbms_posix_serial *serial, const char *target)
{
    int status;

    if (strcmp(target, "pty") == 0 || strncmp(target, "pty:", 4u) == 0) {
        (void)lbms_posix_copy_name(serial->name, sizeof(serial->name), "pty");
        serial->is_pty = true;
        if (strcmp(target, "pty:") == 0) {
            lbms_posix_note(serial->error, &serial->error_new, "pty: the name of the link is missing");
            return LBMS_ERR_ARGUMENT;
        }
        status = lbms_posix_tty_check(serial, serial->baud, serial->format);
        if (status == LBMS_OK) {
            status = lbms_posix_pty_open(serial, (target[3] == ':') ? target + 4 : NULL);
        }
        return status;
    }
    if (target[0] == '\0' || !lbms_posix_copy_name(serial->name, sizeof(serial->name), target)) {
        lbms_posix_note(serial->error, &serial->error_new,
                        "serial port: the name of the device is missing or too "
                        "long");
        return LBMS_ERR_ARGUMENT;
    }
    serial->paced = false;
    return lbms_posix_tty_open(serial);
}

int lbms_posix_serial_open(struct lbms_posix_serial *serial, const struct lbms_posix_serial_options *options,
                           uint32_t now_ms)
{
    int status;

    memset(serial, 0, sizeof(*serial));
    serial->fd = -1;
    serial->baud = (options->baud != 0u) ? options->baud : 9600u;
    serial->format = options->format;
    serial->paced = options->paced;
    serial->pace_ms = now_ms;
    status = open_target(serial, (options->target != NULL) ? options->target : "");
    if (status != LBMS_OK) {
        serial->state = LBMS_POSIX_CLOSED;
        return status;
    }
    serial->state = serial->is_pty ? LBMS_POSIX_WAITING : LBMS_POSIX_OPEN;
    return LBMS_OK;
}

void lbms_posix_serial_close(struct lbms_posix_serial *serial)
{
    if (serial->state == LBMS_POSIX_CLOSED) {
        return;
    }
    lbms_posix_pty_unlink(serial);
    if (serial->fd >= 0) {
        if (serial->have_saved) {
            (void)tcsetattr(serial->fd, TCSANOW, &serial->saved);
        }
        (void)close(serial->fd);
    }
    serial->fd = -1;
    serial->state = LBMS_POSIX_CLOSED;
}

/* ---- what can happen to a line ---------------------------------------------------------------------------- */

static void line_lost(struct lbms_posix_serial *serial, uint32_t now_ms, const char *why)
{
    if (serial->state == LBMS_POSIX_LOST) {
        return;
    }
    lbms_posix_note(serial->error, &serial->error_new, "%s: the device has gone (%s); trying again",
                    serial->name, why);
    if (serial->fd >= 0) {
        (void)close(serial->fd);
        serial->fd = -1;
    }
    serial->state = LBMS_POSIX_LOST;
    serial->retry_ms = now_ms;
}

static void line_retry(struct lbms_posix_serial *serial, uint32_t now_ms)
{
    char last[LBMS_POSIX_ERROR_SIZE];
    const bool last_new = serial->error_new;

    if (lbms_elapsed_ms(now_ms, serial->retry_ms) < LBMS_POSIX_RETRY_MS) {
        return;
    }
    serial->retry_ms = now_ms;
    memcpy(last, serial->error, sizeof(last));
    if (lbms_posix_tty_open(serial) == LBMS_OK) {
        serial->state = LBMS_POSIX_OPEN;
        lbms_posix_note(serial->error, &serial->error_new, "%s: the device is back", serial->name);
    } else {
        memcpy(serial->error, last, sizeof(last)); /* the loss was told once; each failed try is no news */
        serial->error_new = last_new;
    }
}

/* The client of a PTY has closed it: the next one must not get its bytes. What it sent last can still be read. */
static void client_left(struct lbms_posix_serial *serial)
{
    if (serial->state == LBMS_POSIX_WAITING) {
        return;
    }
    lbms_posix_pty_flush(serial);
    lbms_posix_pace_clear(&serial->tx);
    serial->state = LBMS_POSIX_WAITING;
    serial->stall_reported = false;
    lbms_posix_note(serial->error, &serial->error_new, "%s: the client has closed it; waiting for the next",
                    shown_name(serial));
}

static void client_there(struct lbms_posix_serial *serial)
{
    if (serial->state == LBMS_POSIX_WAITING) {
        serial->state = LBMS_POSIX_OPEN;
        lbms_posix_note(serial->error, &serial->error_new, "%s: a client has opened it", shown_name(serial));
    }
}

static void client_stalled(struct lbms_posix_serial *serial)
{
    serial->state = LBMS_POSIX_STALLED;
    if (!serial->stall_reported) {
        serial->stall_reported = true;
        lbms_posix_note(serial->error, &serial->error_new, "%s: the client does not read",
                        shown_name(serial));
    }
}

static bool has_hung_up(int fd)
{
    struct pollfd line = {.fd = fd, .events = 0, .revents = 0};

    return poll(&line, 1u, 0) > 0 && (line.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* ---- transfer without pacing: count, or LBMS_ERR_IO when the device has gone ----------------------------------------------- */

static int line_read(struct lbms_posix_serial *serial, uint32_t now_ms, uint8_t *data, size_t size)
{
    ssize_t got;

    do {
        got = read(serial->fd, data, size);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        if (!has_hung_up(serial->fd)) {
            client_there(serial);
        }
        return (int)got;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        client_there(serial); /* a PTY without a client gives EIO */
        return 0;
    }
    if (serial->is_pty) {
        client_left(serial);
        return 0;
    }
    line_lost(serial, now_ms, (got == 0) ? "hung up" : strerror(errno));
    return LBMS_ERR_IO;
}

static int line_write(struct lbms_posix_serial *serial, uint32_t now_ms, const uint8_t *data, size_t size)
{
    ssize_t put;

    do {
        put = write(serial->fd, data, size);
    } while (put < 0 && errno == EINTR);
    if (put > 0) {
        if (serial->state == LBMS_POSIX_STALLED) {
            serial->state = LBMS_POSIX_OPEN;
        }
        return (int)put;
    }
    if (put == 0 || errno == EAGAIN || errno == EWOULDBLOCK) {
        if (serial->is_pty && size > 0u) {
            client_stalled(serial);
        }
        return 0;
    }
    if (serial->is_pty) {
        client_left(serial);
        return 0;
    }
    line_lost(serial, now_ms, strerror(errno));
    return LBMS_ERR_IO;
}

/* ---- pacing ----------------------------------------------------------------------------------------------- */

static void pace_send(struct lbms_posix_serial *serial, uint32_t now_ms)
{
    uint8_t piece[64];
    size_t due = lbms_posix_pace_due(&serial->tx, serial->format);

    while (due > 0u) {
        const size_t length =
            lbms_posix_pace_peek(&serial->tx, piece, (due < sizeof(piece)) ? due : sizeof(piece));
        const int sent = line_write(serial, now_ms, piece, length);

        if (sent <= 0) {
            break;
        }
        lbms_posix_pace_drop(&serial->tx, (size_t)sent, serial->format);
        due -= (size_t)sent;
    }
}

static void pace_receive(struct lbms_posix_serial *serial, uint32_t now_ms)
{
    uint8_t piece[64];
    size_t room = lbms_posix_pace_room(&serial->rx);

    while (room > 0u) {
        const int got = line_read(serial, now_ms, piece, (room < sizeof(piece)) ? room : sizeof(piece));

        if (got <= 0) {
            break;
        }
        (void)lbms_posix_pace_put(&serial->rx, piece, (size_t)got);
        room -= (size_t)got;
    }
}

static void pace(struct lbms_posix_serial *serial, uint32_t now_ms)
{
    const uint32_t elapsed_ms = lbms_elapsed_ms(now_ms, serial->pace_ms);

    serial->pace_ms = now_ms;
    lbms_posix_pace_time(&serial->tx, elapsed_ms, serial->baud, serial->format);
    lbms_posix_pace_time(&serial->rx, elapsed_ms, serial->baud, serial->format);
    pace_send(serial, now_ms);
    pace_receive(serial, now_ms);
}

/* ---- public ----------------------------------------------------------------------------------------------- */

void lbms_posix_serial_poll(struct lbms_posix_serial *serial, uint32_t now_ms)
{
    if (serial->state == LBMS_POSIX_CLOSED) {
        return;
    }
    if (serial->state == LBMS_POSIX_LOST) {
        line_retry(serial, now_ms);
        return;
    }
    if (serial->is_pty) {
        if (has_hung_up(serial->fd)) {
            client_left(serial);
        } else {
            client_there(serial);
        }
    } else if (has_hung_up(serial->fd)) {
        line_lost(serial, now_ms, "hung up");
    }
    if (serial->paced) {
        pace(serial, now_ms);
    }
}

int lbms_posix_serial_read(struct lbms_posix_serial *serial, uint32_t now_ms, uint8_t *data, size_t size)
{
    size_t due;

    if (serial->state == LBMS_POSIX_CLOSED) {
        return LBMS_ERR_STATE;
    }
    size = (size < (size_t)INT_MAX) ? size : (size_t)INT_MAX;
    if (serial->state == LBMS_POSIX_LOST) {
        line_retry(serial, now_ms);
        if (serial->state == LBMS_POSIX_LOST) {
            return LBMS_ERR_IO;
        }
    }
    if (size == 0u) {
        return 0;
    }
    if (!serial->paced) {
        return line_read(serial, now_ms, data, size);
    }
    pace(serial, now_ms);
    due = lbms_posix_pace_due(&serial->rx, serial->format);
    due = lbms_posix_pace_peek(&serial->rx, data, (due < size) ? due : size);
    lbms_posix_pace_drop(&serial->rx, due, serial->format);
    return (int)due;
}

int lbms_posix_serial_write(struct lbms_posix_serial *serial, uint32_t now_ms, const uint8_t *data,
                            size_t size)
{
    if (serial->state == LBMS_POSIX_CLOSED) {
        return LBMS_ERR_STATE;
    }
    size = (size < (size_t)INT_MAX) ? size : (size_t)INT_MAX;
    lbms_posix_serial_poll(serial, now_ms);
    if (serial->state == LBMS_POSIX_LOST) {
        return LBMS_ERR_IO;
    }
    if (serial->state == LBMS_POSIX_WAITING) {
        const uint32_t room = UINT32_MAX - serial->lost_bytes;

        serial->lost_bytes += (size < room) ? (uint32_t)size : room;
        return (int)size;
    }
    if (size == 0u) {
        return 0;
    }
    if (serial->paced) {
        return (int)lbms_posix_pace_put(&serial->tx, data, size);
    }
    return line_write(serial, now_ms, data, size);
}

int lbms_posix_serial_setup(struct lbms_posix_serial *serial, uint32_t baud, uint8_t format)
{
    int status;

    if (serial->state == LBMS_POSIX_CLOSED) {
        return LBMS_ERR_STATE;
    }
    if (serial->is_pty || serial->state == LBMS_POSIX_LOST) {
        status = lbms_posix_tty_check(serial, baud, format); /* a PTY has no rate: only the pacing follows */
    } else {
        status = lbms_posix_tty_setup(serial, serial->fd, baud, format);
    }
    if (status == LBMS_OK) {
        serial->baud = baud;
        serial->format = format;
    }
    return status;
}

int lbms_posix_serial_fd(const struct lbms_posix_serial *serial)
{
    const bool useful = serial->state == LBMS_POSIX_OPEN || serial->state == LBMS_POSIX_STALLED;

    return useful ? serial->fd : -1;
}

const char *lbms_posix_serial_report(struct lbms_posix_serial *serial)
{
    return lbms_posix_take_report(serial->error, &serial->error_new);
}
