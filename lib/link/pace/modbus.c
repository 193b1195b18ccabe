#include "losun_bms/link/pace/modbus.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/timer.h"

/* Request: address, function, first register (2), registers (2); a write: bytes (1), contents; CRC (2). */
enum {
    AT_ADDRESS = 0,
    AT_FUNCTION = 1,
    AT_FIRST = 2,
    AT_COUNT = 4,
    AT_BYTES = 6,
    AT_CONTENT = 7,
    CRC_SIZE = 2
};
#define READ_SIZE   8u
#define REPLY_EXTRA 5u /* bytes of a reply to a read beyond its registers */
#define DRAIN_MS    5u
#define BYTE_MASK   0xFFu

void lbms_pace_modbus_init(struct lbms_pace_modbus *server, const struct lbms_pace_config *config,
                           struct lbms_access *access)
{
    memset(server, 0, sizeof(*server));
    server->config = config;
    server->access = access;
    server->gap_ms = LBMS_MODBUS_GAP_MS;
}

void lbms_pace_modbus_set_baud(struct lbms_pace_modbus *server, uint32_t baud)
{
    server->gap_ms = lbms_modbus_gap_ms(baud);
}

void lbms_pace_modbus_receive(struct lbms_pace_modbus *server, uint8_t c, uint32_t now_ms)
{
    if (server->stage == (uint8_t)LBMS_PACE_LISTENING) {
        lbms_modbus_receive(&server->receiver, c, now_ms);
    }
}

static unsigned word_at(const struct lbms_pace_modbus *server, unsigned place)
{
    const uint8_t *data = &server->receiver.data[place];

    return ((unsigned)data[0] << 8) | data[1];
}

/* ---- replies ------------------------------------------------------------------------------------------------ */

/* What server->text holds goes out, covered by the CRC. */
static void put_text(struct lbms_pace_modbus *server, uint8_t size)
{
    server->text_size = size;
    server->text_at = 0u;
    server->crc = lbms_crc16_modbus(server->crc, server->text, size);
}

static void put(struct lbms_pace_modbus *server, const uint8_t *data, uint8_t size)
{
    memcpy(server->text, data, size);
    put_text(server, size);
}

static void fail(struct lbms_pace_modbus *server, uint8_t exception)
{
    server->function = (uint8_t)(server->receiver.data[AT_FUNCTION] | LBMS_MODBUS_FAILED);
    server->left = exception;
    server->stage = LBMS_PACE_HEAD;
    server->counters.refused++;
}

static void succeed(struct lbms_pace_modbus *server)
{
    server->function = server->receiver.data[AT_FUNCTION];
    server->stage = LBMS_PACE_HEAD;
}

static void conclude(struct lbms_pace_modbus *server, int status)
{
    if (status < 0) {
        fail(server, (status == LBMS_ERR_MISSING) ? LBMS_MODBUS_NO_ADDRESS : LBMS_MODBUS_BAD_DATA);
        return;
    }
    server->has_written = true;
    server->written_ms = server->since_ms;
    succeed(server);
}

/* ---- requests ----------------------------------------------------------------------------------------------- */

static void take_read(struct lbms_pace_modbus *server)
{
    const unsigned first = word_at(server, AT_FIRST);
    const unsigned count = word_at(server, AT_COUNT);

    if ((server->receiver.size != READ_SIZE) || (count == 0u) || (count > LBMS_PACE_MODBUS_READ_MAX)) {
        fail(server, LBMS_MODBUS_BAD_DATA);
    } else if ((first + count) > LBMS_PACE_REGISTERS) {
        fail(server, LBMS_MODBUS_NO_ADDRESS);
    } else {
        server->first = (uint16_t)first;
        server->left = (uint8_t)count;
        succeed(server);
    }
}

/* Serial numbers are production data. */
static uint8_t level_of(const struct lbms_command *command)
{
    return (command->kind == (uint8_t)LBMS_COMMAND_SET_SERIAL) ? LBMS_ACCESS_SERVICE : LBMS_ACCESS_PARAMS;
}

static bool permitted(struct lbms_pace_modbus *server, const struct lbms_view *view, uint32_t now_ms,
                      uint8_t level)
{
    const bool local = server->config->port == (uint8_t)LBMS_PORT_RS232;

    if (level > lbms_access_level(server->access, view->params, local)) {
        server->denied = LBMS_MODBUS_WRITE;
        return false;
    }
    if (level == (uint8_t)LBMS_ACCESS_SERVICE) {
        server->access->used_ms = now_ms;
    }
    return !server->has_written || (lbms_elapsed_ms(now_ms, server->written_ms) >= LBMS_PACE_WRITE_GAP_MS);
}

/* True: *command is to be handed in. */
static bool take_write(struct lbms_pace_modbus *server, const struct lbms_view *view, uint32_t now_ms,
                       struct lbms_command *command)
{
    const unsigned count = word_at(server, AT_COUNT);
    const unsigned bytes = server->receiver.data[AT_BYTES];
    uint16_t values[LBMS_COMMAND_ITEMS];
    unsigned i;
    int status;

    if ((count == 0u) || (count > LBMS_COMMAND_ITEMS) || (bytes != (2u * count)) ||
        (server->receiver.size != ((unsigned)AT_CONTENT + bytes + CRC_SIZE))) {
        fail(server, LBMS_MODBUS_BAD_DATA);
        return false;
    }
    for (i = 0u; i < count; i++) {
        values[i] = (uint16_t)word_at(server, (unsigned)AT_CONTENT + (2u * i));
    }
    memset(command, 0, sizeof(*command));
    command->origin = server->config->port;
    status = lbms_pace_write_registers((uint16_t)word_at(server, AT_FIRST), (uint8_t)count, values, command);
    if ((status == LBMS_OK) && !permitted(server, view, now_ms, level_of(command))) {
        status = LBMS_ERR_ACCESS;
    }
    if (status != LBMS_OK) {
        conclude(server, status);
        return false;
    }
    server->stage = LBMS_PACE_ASKING;
    return true;
}

/* What a pack answers looks like a request of impossible length: the echo of this one on the bus. */
static bool is_reply(const struct lbms_modbus_receiver *frame)
{
    const uint8_t function = frame->data[AT_FUNCTION];

    return ((function == (uint8_t)LBMS_MODBUS_READ) && (frame->size != READ_SIZE) &&
            (frame->size == ((unsigned)frame->data[AT_FIRST] + REPLY_EXTRA))) ||
           ((function == (uint8_t)LBMS_MODBUS_WRITE) && (frame->size == READ_SIZE)) ||
           ((function & LBMS_MODBUS_FAILED) != 0u);
}

static bool take_frame(struct lbms_pace_modbus *server, const struct lbms_view *view, uint32_t now_ms,
                       struct lbms_command *command)
{
    const uint8_t *data = server->receiver.data;

    /* 0 is for all packs, and nothing that this map has makes sense for all of them */
    if ((data[AT_ADDRESS] == 0u) || (data[AT_ADDRESS] != view->own->address) || is_reply(&server->receiver)) {
        return false;
    }
    server->counters.frames++;
    server->since_ms = now_ms;
    if (data[AT_FUNCTION] == (uint8_t)LBMS_MODBUS_READ) {
        take_read(server);
    } else if (data[AT_FUNCTION] == (uint8_t)LBMS_MODBUS_WRITE) {
        return take_write(server, view, now_ms, command);
    } else {
        fail(server, LBMS_MODBUS_NO_FUNCTION);
    }
    return false;
}

bool lbms_pace_modbus_step(struct lbms_pace_modbus *server, const struct lbms_view *view, uint32_t now_ms,
                           struct lbms_command *command)
{
    if (server->has_written && (lbms_elapsed_ms(now_ms, server->written_ms) >= LBMS_PACE_WRITE_GAP_MS)) {
        server->has_written = false;
    }
    if (server->stage == (uint8_t)LBMS_PACE_WAITING) {
        if (view->own->result_sequence == server->sequence) {
            conclude(server, view->own->result);
        } else if (lbms_elapsed_ms(now_ms, server->since_ms) >= LBMS_PACE_RESULT_MS) {
            conclude(server, LBMS_ERR_TIMEOUT);
        } else {
            /* goes on */
        }
    }
    if (server->stage != (uint8_t)LBMS_PACE_LISTENING) {
        return false;
    }
    switch (lbms_modbus_silence(&server->receiver, server->gap_ms, now_ms)) {
    case LBMS_MODBUS_FRAME:
        return take_frame(server, view, now_ms, command);
    case LBMS_MODBUS_DAMAGED:
        server->counters.damaged++;
        break;
    case LBMS_MODBUS_MALFORMED:
        server->counters.malformed++;
        break;
    default:
        break;
    }
    return false;
}

void lbms_pace_modbus_handed(struct lbms_pace_modbus *server, int outcome, uint32_t now_ms)
{
    server->since_ms = now_ms;
    if (outcome > 0) {
        server->sequence = (uint16_t)outcome;
        server->stage = LBMS_PACE_WAITING;
    } else {
        conclude(server, (outcome == LBMS_ERR_MISSING) ? LBMS_ERR_STATE : outcome);
    }
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

static void put_head(struct lbms_pace_modbus *server)
{
    const uint8_t *data = server->receiver.data;
    uint8_t head[AT_BYTES] = {data[AT_ADDRESS], server->function, 0u, 0u, 0u, 0u};
    uint8_t size = 3u;

    server->crc = LBMS_CRC16_MODBUS_START;
    server->stage = LBMS_PACE_TAIL;
    if ((server->function & LBMS_MODBUS_FAILED) != 0u) {
        head[2] = server->left; /* the exception */
    } else if (server->function == (uint8_t)LBMS_MODBUS_READ) {
        head[2] = (uint8_t)(2u * server->left);
        server->stage = LBMS_PACE_BODY;
    } else {
        memcpy(&head[2], &data[AT_FIRST], 4u);
        size = AT_BYTES;
    }
    put(server, head, size);
}

static void put_registers(struct lbms_pace_modbus *server, const struct lbms_view *view)
{
    const uint8_t count =
        (server->left < LBMS_PACE_REGISTERS_MOST) ? server->left : (uint8_t)LBMS_PACE_REGISTERS_MOST;
    uint16_t values[LBMS_PACE_REGISTERS_MOST];
    uint8_t *to = server->text;
    uint8_t i;

    lbms_pace_read_registers(view, server->first, count, values);
    for (i = 0u; i < count; i++) {
        *to++ = (uint8_t)(values[i] >> 8);
        *to++ = (uint8_t)(values[i] & BYTE_MASK);
    }
    put_text(server, (uint8_t)(2u * count));
    server->first = (uint16_t)(server->first + count);
    server->left = (uint8_t)(server->left - count);
    if (server->left == 0u) {
        server->stage = LBMS_PACE_TAIL;
    }
}

static void put_tail(struct lbms_pace_modbus *server)
{
    const uint8_t crc[CRC_SIZE] = {(uint8_t)(server->crc & BYTE_MASK), (uint8_t)(server->crc >> 8)};

    put(server, crc, CRC_SIZE);
    server->stage = LBMS_PACE_LISTENING;
}

size_t lbms_pace_modbus_text(struct lbms_pace_modbus *server, const struct lbms_view *view,
                             const uint8_t **text)
{
    if (server->text_at == server->text_size) {
        switch (server->stage) {
        case LBMS_PACE_HEAD:
            put_head(server);
            break;
        case LBMS_PACE_BODY:
            put_registers(server, view);
            break;
        case LBMS_PACE_TAIL:
            put_tail(server);
            break;
        default:
            break;
        }
    }
    *text = &server->text[server->text_at];
    return (size_t)server->text_size - server->text_at;
}

void lbms_pace_modbus_sent(struct lbms_pace_modbus *server, size_t count, uint32_t now_ms)
{
    server->text_at = (uint8_t)(server->text_at + count);
    server->sent_ms = now_ms;
}

uint32_t lbms_pace_modbus_due(const struct lbms_pace_modbus *server, uint32_t now_ms)
{
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, server->since_ms);
    const uint32_t silent_ms = lbms_elapsed_ms(now_ms, server->receiver.last_ms);

    switch (server->stage) {
    case LBMS_PACE_LISTENING:
        if (lbms_modbus_busy(&server->receiver)) {
            return (silent_ms < server->gap_ms) ? (server->gap_ms - silent_ms) : 0u;
        }
        return (server->text_at < server->text_size) ? DRAIN_MS : UINT32_MAX;
    case LBMS_PACE_WAITING:
        return (passed_ms < LBMS_PACE_RESULT_MS) ? (LBMS_PACE_RESULT_MS - passed_ms) : 0u;
    case LBMS_PACE_HEAD: /* the silence has been waited for: the host has released its driver */
    case LBMS_PACE_ASKING:
        return 0u;
    default:
        return DRAIN_MS;
    }
}
