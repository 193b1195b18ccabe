/* The CAN back-ends that speak SLCAN: host of an adapter at a tty, or the adapter itself at a PTY. */
#include "posix_private.h"

#include <stdio.h>
#include <string.h>

#include "losun_bms/base/status.h"

/* Chunks taken from the line in one call; a flood without frames must not keep the caller. */
#define CHUNKS_A_CALL 16u
/* Refusals in a row that count as a controller that has left the bus. */
#define REFUSED_BUS_OFF 16u

/* ---- characters to send ----------------------------------------------------------------------------------- */

static void flush_queue(struct lbms_posix_can *can, uint32_t now_ms)
{
    int sent;

    if (can->queued == 0u) {
        return;
    }
    sent = lbms_posix_serial_write(&can->serial, now_ms, can->queue, can->queued);
    if (sent > 0) {
        can->queued -= (size_t)sent;
        memmove(can->queue, &can->queue[sent], can->queued);
    }
}

/* All of the text or nothing: half a line would damage the next one as well. */
static bool enqueue(struct lbms_posix_can *can, uint32_t now_ms, const char *text)
{
    const size_t length = strlen(text);

    if (length > LBMS_POSIX_CAN_QUEUE - can->queued) {
        flush_queue(can, now_ms);
    }
    if (length > LBMS_POSIX_CAN_QUEUE - can->queued) {
        return false;
    }
    memcpy(&can->queue[can->queued], text, length);
    can->queued += length;
    flush_queue(can, now_ms);
    return true;
}

/* ---- start and restart ------------------------------------------------------------------------------------ */

static void forget(struct lbms_posix_can *can)
{
    memset(&can->line, 0, sizeof(can->line));
    memset(&can->adapter, 0, sizeof(can->adapter));
    can->chunk_used = 0u;
    can->chunk_length = 0u;
    can->queued = 0u;
    can->refused = 0u;
    can->told = false;
}

/* Host: end what the adapter may still hold, close, set the bit rate, open. */
static void set_up_adapter(struct lbms_posix_can *can, uint32_t now_ms)
{
    char text[16];

    can->queued = 0u;
    can->refused = 0u;
    (void)snprintf(text, sizeof(text), "\r\rC\rS%d\rO\r", lbms_slcan_rate_number(can->bitrate));
    (void)enqueue(can, now_ms, text);
}

/* The rate that the client chose is checked when the channel is open: with another one no frame would pass. */
static void check_rate(struct lbms_posix_can *can)
{
    struct lbms_slcan_adapter *adapter = &can->adapter;

    adapter->trouble = adapter->open && adapter->bitrate != 0u && adapter->bitrate != can->bitrate;
    if (!adapter->trouble) {
        can->told = false;
    } else if (!can->told) {
        can->told = true;
        lbms_posix_note(can->error, &can->error_new,
                        "slcan %s: the client uses %lu bit/s, the pack %lu: no frame passes", can->name,
                        (unsigned long)adapter->bitrate, (unsigned long)can->bitrate);
    } else {
        /* told already */
    }
}

int lbms_posix_can_slcan_restart(struct lbms_posix_can *can, uint32_t now_ms)
{
    if (can->kind == LBMS_POSIX_CAN_SLCAN_HOST) {
        set_up_adapter(can, now_ms);
    } else {
        check_rate(can);
    }
    return LBMS_OK;
}

int lbms_posix_can_slcan_open(struct lbms_posix_can *can, const char *target, uint32_t baud, uint32_t now_ms)
{
    struct lbms_posix_serial_options options;
    const char *text;
    int status;

    memset(&options, 0, sizeof(options));
    options.target = target;
    options.baud = (baud != 0u) ? baud : 115200u;
    options.format = LBMS_SERIAL_8N1;
    status = lbms_posix_serial_open(&can->serial, &options, now_ms);
    text = lbms_posix_serial_report(&can->serial);
    if (status != LBMS_OK) {
        lbms_posix_note(can->error, &can->error_new, "slcan %s", (text != NULL) ? text : "");
        return status;
    }
    text = (can->serial.link[0] != '\0') ? can->serial.link : can->serial.name;
    (void)lbms_posix_copy_name(can->name, sizeof(can->name), text);
    forget(can);
    can->serial_seen = can->serial.state;
    if (can->serial.is_pty) {
        can->kind = LBMS_POSIX_CAN_SLCAN_ADAPTER;
    } else {
        can->kind = LBMS_POSIX_CAN_SLCAN_HOST;
        set_up_adapter(can, now_ms);
    }
    return LBMS_OK;
}

/* ---- state ------------------------------------------------------------------------------------------------ */

/* Adapter: do frames pass between the pack and the client? */
static bool client_hears(const struct lbms_posix_can *can)
{
    return can->adapter.open && !can->adapter.trouble && can->serial.state != LBMS_POSIX_WAITING;
}

static void update_state(struct lbms_posix_can *can)
{
    if (can->serial.state == LBMS_POSIX_LOST) {
        can->state = LBMS_CAN_ABSENT;
    } else if (can->kind == LBMS_POSIX_CAN_SLCAN_ADAPTER) {
        can->state = (client_hears(can) && !can->adapter.listen_only) ? LBMS_CAN_OK : LBMS_CAN_WARNING;
    } else if (can->refused >= REFUSED_BUS_OFF) {
        can->state = LBMS_CAN_BUS_OFF;
    } else {
        can->state = (can->refused > 0u) ? LBMS_CAN_WARNING : LBMS_CAN_OK;
    }
}

/* Host: an adapter that was away has forgotten its settings. */
static void notice_return(struct lbms_posix_can *can, uint32_t now_ms)
{
    const uint8_t before = can->serial_seen;

    can->serial_seen = can->serial.state;
    if (before == LBMS_POSIX_LOST && can->serial.state == LBMS_POSIX_OPEN) {
        forget(can);
        set_up_adapter(can, now_ms);
    }
}

void lbms_posix_can_slcan_poll(struct lbms_posix_can *can, uint32_t now_ms)
{
    lbms_posix_serial_poll(&can->serial, now_ms);
    notice_return(can, now_ms);
    flush_queue(can, now_ms);
    update_state(can);
}

/* ---- one line --------------------------------------------------------------------------------------------- */

static int host_line(struct lbms_posix_can *can, struct lbms_can_frame *frame)
{
    const char *text = can->line.text;
    const size_t length = can->line.length;
    int status;

    if (length == 0u || (length == 1u && (text[0] == 'z' || text[0] == 'Z'))) {
        can->refused = 0u; /* the adapter has done what it was told */
        return LBMS_AGAIN;
    }
    status = lbms_slcan_decode(text, length, frame);
    if (status == LBMS_AGAIN) {
        lbms_posix_count(&can->remote);
    } else if (status != LBMS_OK) {
        lbms_posix_count(&can->damaged);
    } else {
        /* a frame */
    }
    return (status == LBMS_OK) ? LBMS_OK : LBMS_AGAIN;
}

static void host_refused(struct lbms_posix_can *can)
{
    if (can->refused < REFUSED_BUS_OFF) {
        can->refused++;
        if (can->refused == REFUSED_BUS_OFF) {
            lbms_posix_note(can->error, &can->error_new, "slcan %s: the adapter refuses everything: bus off?",
                            can->name);
        }
    }
}

static int adapter_line(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame)
{
    char reply[LBMS_SLCAN_REPLY_SIZE];
    struct lbms_can_frame sent;
    const int status = lbms_slcan_command(&can->adapter, can->line.text, can->line.length, reply, &sent);
    const bool remote = can->line.length > 0u && (can->line.text[0] == 'r' || can->line.text[0] == 'R');

    check_rate(can);
    (void)enqueue(can, now_ms, reply);
    if (status == LBMS_AGAIN && remote) {
        lbms_posix_count(&can->remote);
    }
    if (status == LBMS_ERR_FORMAT || (status == LBMS_OK && can->adapter.trouble)) {
        lbms_posix_count(&can->damaged);
    }
    if (status != LBMS_OK || can->adapter.trouble) {
        return LBMS_AGAIN;
    }
    *frame = sent;
    return LBMS_OK;
}

static int take_byte(struct lbms_posix_can *can, uint32_t now_ms, uint8_t byte, struct lbms_can_frame *frame)
{
    const bool adapter = can->kind == LBMS_POSIX_CAN_SLCAN_ADAPTER;

    switch (lbms_slcan_feed(&can->line, byte)) {
    case LBMS_SLCAN_LINE:
        return adapter ? adapter_line(can, now_ms, frame) : host_line(can, frame);
    case LBMS_SLCAN_DAMAGED:
        lbms_posix_count(&can->damaged);
        if (adapter) {
            (void)enqueue(can, now_ms, "\a");
        }
        break;
    case LBMS_SLCAN_REFUSED:
        if (!adapter) {
            host_refused(can);
        }
        break;
    default:
        break;
    }
    return LBMS_AGAIN;
}

/* ---- reading and writing ---------------------------------------------------------------------------------- */

int lbms_posix_can_slcan_read(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame)
{
    unsigned chunks = 0u;
    int got;

    for (;;) {
        while (can->chunk_used < can->chunk_length) {
            const uint8_t byte = can->chunk[can->chunk_used];

            can->chunk_used++;
            if (take_byte(can, now_ms, byte, frame) == LBMS_OK) {
                lbms_posix_count(&can->frames_in);
                update_state(can);
                return LBMS_OK;
            }
        }
        can->chunk_used = 0u;
        can->chunk_length = 0u;
        if (chunks == CHUNKS_A_CALL) {
            break;
        }
        chunks++;
        got = lbms_posix_serial_read(&can->serial, now_ms, can->chunk, sizeof(can->chunk));
        if (got <= 0) {
            break;
        }
        can->chunk_length = (size_t)got;
    }
    notice_return(can, now_ms);
    if (can->serial.state == LBMS_POSIX_WAITING) {
        forget(can); /* the client has gone and all that it sent is done: the next one finds a new adapter */
    }
    flush_queue(can, now_ms);
    update_state(can);
    return (can->serial.state == LBMS_POSIX_LOST) ? LBMS_ERR_IO : LBMS_AGAIN;
}

int lbms_posix_can_slcan_write(struct lbms_posix_can *can, uint32_t now_ms,
                               const struct lbms_can_frame *frame)
{
    char text[LBMS_SLCAN_TEXT_SIZE];

    lbms_posix_can_slcan_poll(can, now_ms);
    if (can->serial.state == LBMS_POSIX_LOST) {
        return LBMS_ERR_IO;
    }
    if (can->kind == LBMS_POSIX_CAN_SLCAN_ADAPTER && !client_hears(can)) {
        lbms_posix_count(&can->lost);
        return LBMS_OK;
    }
    (void)lbms_slcan_encode(frame, text);
    if (!enqueue(can, now_ms, text)) {
        return LBMS_AGAIN;
    }
    lbms_posix_count(&can->frames_out);
    return LBMS_OK;
}
