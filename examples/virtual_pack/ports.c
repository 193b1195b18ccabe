#include "virtual_pack/ports.h"

#include <stdio.h>
#include <string.h>

static struct ports *ports_of(void *ctx)
{
    return ((struct plant_board *)ctx)->user;
}

static uint32_t now_of(const struct plant_board *board)
{
    return board->hal.now_ms(board->hal.ctx);
}

/* Entries of the HAL. */

static int serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    struct port_serial *serial = &ports_of(ctx)->serial[port];
    const size_t count = (size < serial->buffered) ? size : serial->buffered;

    memcpy(data, serial->buffer, count);
    serial->buffered -= count;
    memmove(serial->buffer, serial->buffer + count, serial->buffered);
    return (int)count;
}

static int serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    struct port_serial *serial = &ports_of(ctx)->serial[port];
    int written;

    if (!serial->fitted) {
        return LBMS_ERR_UNSUPPORTED;
    }
    written = lbms_posix_serial_write(&serial->line, now_of(ctx), data, size);
    if (written > 0) {
        serial->bytes_out += (unsigned long)written;
    }
    return written;
}

static int serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    struct port_serial *serial = &ports_of(ctx)->serial[port];

    return serial->fitted ? lbms_posix_serial_setup(&serial->line, baud, format) : LBMS_ERR_UNSUPPORTED;
}

static int can_read(void *ctx, struct lbms_can_frame *frame)
{
    struct ports *ports = ports_of(ctx);

    if (ports->frames == 0) {
        return LBMS_AGAIN;
    }
    *frame = ports->frame[0];
    ports->frames--;
    memmove(&ports->frame[0], &ports->frame[1], ports->frames * sizeof(ports->frame[0]));
    return LBMS_OK;
}

static int can_write(void *ctx, const struct lbms_can_frame *frame)
{
    return lbms_posix_can_write(&ports_of(ctx)->can, now_of(ctx), frame);
}

static int can_state(void *ctx, bool recover)
{
    return lbms_posix_can_state(&ports_of(ctx)->can, now_of(ctx), recover);
}

static int can_setup(void *ctx, uint32_t bitrate)
{
    return lbms_posix_can_setup(&ports_of(ctx)->can, now_of(ctx), bitrate);
}

void ports_init(struct ports *ports, struct plant_board *board)
{
    memset(ports, 0, sizeof(*ports));
    board->user = ports;
}

int ports_open_serial(struct ports *ports, struct plant_board *board, unsigned port, const char *target,
                      bool paced)
{
    struct port_serial *serial = &ports->serial[port];
    struct lbms_posix_serial_options options;

    memset(&options, 0, sizeof(options));
    options.target = target;
    options.paced = paced;
    if (lbms_posix_serial_open(&serial->line, &options, now_of(board)) != LBMS_OK) {
        return -1;
    }
    serial->fitted = true;
    ports->any_fitted = true;
    board->hal.serial_read = serial_read;
    board->hal.serial_write = serial_write;
    board->hal.serial_setup = serial_setup;
    return 0;
}

int ports_open_can(struct ports *ports, struct plant_board *board, const char *target)
{
    struct lbms_posix_can_options options;

    memset(&options, 0, sizeof(options));
    options.target = target;
    if (board->hal.wall_get != NULL) {
        (void)board->hal.wall_get(board->hal.ctx, &options.wall_s);
    }
    if (lbms_posix_can_open(&ports->can, &options, now_of(board)) != LBMS_OK) {
        return -1;
    }
    ports->can_fitted = true;
    ports->any_fitted = true;
    board->hal.can_read = can_read;
    board->hal.can_write = can_write;
    board->hal.can_state = can_state;
    board->hal.can_setup = can_setup;
    return 0;
}

const char *ports_serial_error(const struct ports *ports, unsigned port)
{
    return ports->serial[port].line.error;
}

const char *ports_can_error(const struct ports *ports)
{
    return ports->can.error;
}

const char *ports_name(unsigned port)
{
    static const char *const names[LBMS_PORT_COUNT] = {"rs232", "rs485", "parallel", "can"};

    return names[port];
}

bool ports_describe(const struct ports *ports, unsigned port, char text[PORTS_LINE_SIZE])
{
    const bool can = port == LBMS_PORT_CAN;
    const bool serial = !can || ports->can.kind == LBMS_POSIX_CAN_SLCAN_ADAPTER;
    const struct lbms_posix_serial *line = can ? &ports->can.serial : &ports->serial[port].line;
    const bool fitted = can ? ports->can_fitted : ports->serial[port].fitted;

    if (!fitted) {
        return false;
    }
    if (serial && line->link[0] != '\0') {
        (void)snprintf(text, PORTS_LINE_SIZE, "%s: %.160s (link %.160s)", ports_name(port), line->name,
                       line->link);
    } else {
        (void)snprintf(text, PORTS_LINE_SIZE, "%s: %.255s", ports_name(port),
                       serial ? line->name : ports->can.name);
    }
    return true;
}

/* Bytes that find no room are lost, as in a UART that nobody reads. */
static void receive(struct port_serial *serial, uint32_t now_ms)
{
    uint8_t bytes[PORTS_BUFFER_SIZE];
    const int count = lbms_posix_serial_read(&serial->line, now_ms, bytes, sizeof(bytes));
    size_t taken;

    if (count <= 0) {
        return;
    }
    taken = PORTS_BUFFER_SIZE - serial->buffered;
    taken = (taken < (size_t)count) ? taken : (size_t)count;
    memcpy(serial->buffer + serial->buffered, bytes, taken);
    serial->buffered += taken;
    serial->bytes_in += (unsigned long)count;
    serial->overrun += (unsigned long)count - (unsigned long)taken;
}

/* A recorded pack speaks; this one does not hear it. */
static void answer_from_file(struct port_serial *serial, struct answers *answers, uint32_t now_ms)
{
    const uint8_t *data;
    size_t size;
    int sent = 1;

    answers_take(answers, serial->buffer, serial->buffered, now_ms);
    serial->buffered = 0;
    while (sent > 0 && (size = answers_give(answers, now_ms, &data)) > 0) {
        sent = lbms_posix_serial_write(&serial->line, now_ms, data, size);
        if (sent > 0) {
            answers_sent(answers, (size_t)sent);
            serial->bytes_out += (unsigned long)sent;
        }
    }
}

static void receive_frames(struct ports *ports, uint32_t now_ms)
{
    struct lbms_can_frame frame;

    while (lbms_posix_can_read(&ports->can, now_ms, &frame) == LBMS_OK) {
        ports->fresh = true;
        if (ports->frames < PORTS_FRAMES) {
            ports->frame[ports->frames++] = frame;
        } else {
            ports->frames_overrun++;
        }
    }
}

static void poll_serial(struct ports *ports, unsigned port, struct plant_board *board,
                        struct journal *journal)
{
    struct port_serial *serial = &ports->serial[port];
    const unsigned long before = serial->bytes_in;
    const char *report;

    receive(serial, now_of(board));
    if (port == LBMS_PORT_RS232 && ports->answers.memory != NULL) {
        answer_from_file(serial, &ports->answers, now_of(board));
        return;
    }
    if (serial->bytes_in != before) {
        ports->fresh = true;
        board->rs232_activity = board->rs232_activity || port == LBMS_PORT_RS232;
    }
    while ((report = lbms_posix_serial_report(&serial->line)) != NULL) {
        journal_trouble(journal, "%s: %s", ports_name(port), report);
    }
}

void ports_poll(struct ports *ports, struct plant_board *board, struct journal *journal)
{
    unsigned port;
    const char *report;

    ports->fresh = false;
    if (!ports->any_fitted) {
        return;
    }
    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        if (ports->serial[port].fitted) {
            poll_serial(ports, port, board, journal);
        }
    }
    if (ports->can_fitted) {
        receive_frames(ports, now_of(board));
        while ((report = lbms_posix_can_report(&ports->can)) != NULL) {
            journal_trouble(journal, "can: %s", report);
        }
    }
}

size_t ports_descriptors(const struct ports *ports, int fd[LBMS_PORT_COUNT])
{
    size_t count = 0;
    unsigned port;
    int one;

    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        one = ports->serial[port].fitted ? lbms_posix_serial_fd(&ports->serial[port].line) : -1;
        if (one >= 0) {
            fd[count++] = one;
        }
    }
    one = ports->can_fitted ? lbms_posix_can_fd(&ports->can) : -1;
    if (one >= 0) {
        fd[count++] = one;
    }
    return count;
}

void ports_close(struct ports *ports)
{
    unsigned port;

    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        if (ports->serial[port].fitted) {
            lbms_posix_serial_close(&ports->serial[port].line);
            ports->serial[port].fitted = false;
        }
    }
    if (ports->can_fitted) {
        lbms_posix_can_close(&ports->can);
        ports->can_fitted = false;
    }
    answers_close(&ports->answers);
    ports->any_fitted = false;
}
