/* The CAN port: chooses the back-end and keeps what is common. */
#include "losun_bms_port/posix_can.h"

#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"
#include "posix_private.h"

/* The rest of the text after a prefix, or NULL. */
static const char *after(const char *text, const char *prefix)
{
    const size_t length = strlen(prefix);

    return (strncmp(text, prefix, length) == 0) ? text + length : NULL;
}

static int check_rate(struct lbms_posix_can *can, uint32_t bitrate)
{
    if (lbms_slcan_rate_number(bitrate) < 0) {
        lbms_posix_note(
            can->error, &can->error_new,
            "slcan %s: bit rate %lu is not supported; use 10000, 20000, 50000, 100000, 125000, 250000, "
            "500000, 800000 or 1000000",
            can->name, (unsigned long)bitrate);
        return LBMS_ERR_RANGE;
    }
    return LBMS_OK;
}

static int open_slcan(struct lbms_posix_can *can, const char *target, uint32_t baud, uint32_t now_ms)
{
    if (target[0] == '\0') {
        lbms_posix_note(can->error, &can->error_new, "slcan: the name of the device is missing");
        return LBMS_ERR_ARGUMENT;
    }
    if (check_rate(can, can->bitrate) != LBMS_OK) {
        return LBMS_ERR_RANGE;
    }
    return lbms_posix_can_slcan_open(can, target, baud, now_ms);
}

int lbms_posix_can_open(struct lbms_posix_can *can, const struct lbms_posix_can_options *options,
                        uint32_t now_ms)
{
    const char *target = (options->target != NULL) ? options->target : "";
    const char *rest;
    int status;

    memset(can, 0, sizeof(*can));
    can->fd = -1;
    can->serial.fd = -1;
    can->bitrate = (options->bitrate != 0u) ? options->bitrate : 500000u;
    can->last_ms = now_ms;
    can->log_ms = (uint64_t)options->wall_s * 1000u;
    if ((rest = after(target, "slcan:")) != NULL) {
        status = open_slcan(can, rest, options->adapter_baud, now_ms);
    } else if ((rest = after(target, "socketcan:")) != NULL) {
        status = lbms_posix_can_socket_open(can, rest);
        can->kind = (status == LBMS_OK) ? LBMS_POSIX_CAN_SOCKET : LBMS_POSIX_CAN_NONE;
    } else if ((rest = after(target, "log:")) != NULL) {
        status = lbms_posix_can_log_open(can, rest);
        can->kind = (status == LBMS_OK) ? LBMS_POSIX_CAN_LOG : LBMS_POSIX_CAN_NONE;
    } else {
        lbms_posix_note(
            can->error, &can->error_new,
            "can '%s': unknown; use slcan:DEVICE, slcan:pty, slcan:pty:LINK, socketcan:INTERFACE or "
            "log:FILE",
            target);
        status = LBMS_ERR_ARGUMENT;
    }
    if (status == LBMS_OK) {
        lbms_posix_can_poll(can, now_ms);
    }
    return status;
}

/* Follows the clock; the wall clock of a log must not wrap with the milliseconds. */
static void follow_time(struct lbms_posix_can *can, uint32_t now_ms)
{
    can->log_ms += lbms_elapsed_ms(now_ms, can->last_ms);
    can->last_ms = now_ms;
}

static bool is_slcan(const struct lbms_posix_can *can)
{
    return can->kind == LBMS_POSIX_CAN_SLCAN_HOST || can->kind == LBMS_POSIX_CAN_SLCAN_ADAPTER;
}

int lbms_posix_can_read(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame)
{
    follow_time(can, now_ms);
    switch (can->kind) {
    case LBMS_POSIX_CAN_SLCAN_HOST:
    case LBMS_POSIX_CAN_SLCAN_ADAPTER:
        return lbms_posix_can_slcan_read(can, now_ms, frame);
    case LBMS_POSIX_CAN_SOCKET:
        return lbms_posix_can_socket_read(can, frame);
    case LBMS_POSIX_CAN_LOG:
        return LBMS_AGAIN;
    default:
        return LBMS_ERR_STATE;
    }
}

int lbms_posix_can_write(struct lbms_posix_can *can, uint32_t now_ms, const struct lbms_can_frame *frame)
{
    follow_time(can, now_ms);
    if (can->kind != LBMS_POSIX_CAN_NONE && frame->length > 8u) {
        return LBMS_ERR_ARGUMENT;
    }
    switch (can->kind) {
    case LBMS_POSIX_CAN_SLCAN_HOST:
    case LBMS_POSIX_CAN_SLCAN_ADAPTER:
        return lbms_posix_can_slcan_write(can, now_ms, frame);
    case LBMS_POSIX_CAN_SOCKET:
        return lbms_posix_can_socket_write(can, frame);
    case LBMS_POSIX_CAN_LOG:
        return lbms_posix_can_log_write(can, frame);
    default:
        return LBMS_ERR_STATE;
    }
}

int lbms_posix_can_state(struct lbms_posix_can *can, uint32_t now_ms, bool recover)
{
    if (can->kind == LBMS_POSIX_CAN_NONE) {
        return LBMS_ERR_STATE;
    }
    lbms_posix_can_poll(can, now_ms);
    if (recover && can->state == LBMS_CAN_BUS_OFF) {
        if (is_slcan(can)) {
            (void)lbms_posix_can_slcan_restart(can, now_ms);
        } else if (!can->told) {
            can->told = true;
            lbms_posix_note(can->error, &can->error_new,
                            "socketcan %s: bus off; type: ip link set %s type can restart-ms 1000", can->name,
                            can->name);
        }
    }
    return (int)can->state;
}

int lbms_posix_can_setup(struct lbms_posix_can *can, uint32_t now_ms, uint32_t bitrate)
{
    follow_time(can, now_ms);
    switch (can->kind) {
    case LBMS_POSIX_CAN_SLCAN_HOST:
    case LBMS_POSIX_CAN_SLCAN_ADAPTER:
        if (check_rate(can, bitrate) != LBMS_OK) {
            return LBMS_ERR_RANGE;
        }
        can->bitrate = bitrate;
        return lbms_posix_can_slcan_restart(can, now_ms);
    case LBMS_POSIX_CAN_SOCKET:
        lbms_posix_note(
            can->error, &can->error_new,
            "socketcan %s: the system sets the bit rate; type: ip link set %s type can bitrate %lu",
            can->name, can->name, (unsigned long)bitrate);
        return LBMS_ERR_UNSUPPORTED;
    case LBMS_POSIX_CAN_LOG:
        can->bitrate = bitrate;
        return LBMS_OK;
    default:
        return LBMS_ERR_STATE;
    }
}

void lbms_posix_can_poll(struct lbms_posix_can *can, uint32_t now_ms)
{
    follow_time(can, now_ms);
    if (is_slcan(can)) {
        lbms_posix_can_slcan_poll(can, now_ms);
    }
}

int lbms_posix_can_fd(const struct lbms_posix_can *can)
{
    if (is_slcan(can)) {
        return lbms_posix_serial_fd(&can->serial);
    }
    return (can->kind == LBMS_POSIX_CAN_SOCKET) ? can->fd : -1;
}

const char *lbms_posix_can_report(struct lbms_posix_can *can)
{
    const char *text = lbms_posix_take_report(can->error, &can->error_new);

    return (text == NULL && is_slcan(can)) ? lbms_posix_serial_report(&can->serial) : text;
}

void lbms_posix_can_close(struct lbms_posix_can *can)
{
    static const uint8_t goodbye[] = {'C', '\r'};

    if (can->kind == LBMS_POSIX_CAN_SLCAN_HOST && can->queued == 0u) {
        (void)lbms_posix_serial_write(&can->serial, can->last_ms, goodbye, sizeof(goodbye));
    }
    if (is_slcan(can)) {
        lbms_posix_serial_close(&can->serial);
    }
    if (can->fd >= 0) {
        (void)close(can->fd);
        can->fd = -1;
    }
    can->kind = LBMS_POSIX_CAN_NONE;
}
