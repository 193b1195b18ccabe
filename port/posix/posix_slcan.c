/* SLCAN: lines, frames as text, and the adapter's side of the protocol. */
#include "losun_bms_port/posix_slcan.h"

#include <string.h>

#include "losun_bms/base/status.h"

#define CR  0x0Du
#define LF  0x0Au
#define BEL 0x07u

/* ---- lines ------------------------------------------------------------------------------------------------ */

int lbms_slcan_feed(struct lbms_slcan_line *line, uint8_t byte)
{
    if (line->complete) {
        line->complete = false;
        line->length = 0u;
    }
    if (byte == LF) {
        return LBMS_SLCAN_NOTHING;
    }
    if (byte == CR) {
        const bool damaged = line->damaged;

        line->damaged = false;
        line->complete = true;
        return damaged ? LBMS_SLCAN_DAMAGED : LBMS_SLCAN_LINE;
    }
    if (byte == BEL) {
        line->damaged = false;
        line->length = 0u;
        return LBMS_SLCAN_REFUSED;
    }
    if (byte <= 0x20u || byte >= 0x7Fu || line->length >= LBMS_SLCAN_LINE_MAX) {
        line->damaged = true;
        line->length = 0u;
    }
    if (!line->damaged) {
        line->text[line->length] = (char)byte;
        line->length++;
    }
    return LBMS_SLCAN_NOTHING;
}

/* ---- frames ----------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

/* 1 to 8 hexadecimal digits. */
static bool get_hex(const char *text, size_t digits, uint32_t *value)
{
    uint32_t result = 0u;
    size_t i;

    for (i = 0u; i < digits; i++) {
        const int digit = hex_digit(text[i]);

        if (digit < 0) {
            return false;
        }
        result = (result << 4) | (uint32_t)digit;
    }
    *value = result;
    return true;
}

static size_t put_hex(char *text, uint32_t value, size_t digits)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0u; i < digits; i++) {
        text[i] = hex[(value >> (4u * (digits - 1u - i))) & 0xFu];
    }
    return digits;
}

int lbms_slcan_decode(const char *text, size_t length, struct lbms_can_frame *frame)
{
    const char kind = (length > 0u) ? text[0] : '\0';
    const bool extended = kind == 'T' || kind == 'R';
    const bool remote = kind == 'r' || kind == 'R';
    const size_t id_digits = extended ? 8u : 3u;
    struct lbms_can_frame result;
    uint32_t number = 0u;
    size_t expected, i;

    if ((!extended && !remote && kind != 't') || length < 1u + id_digits + 1u) {
        return LBMS_ERR_FORMAT;
    }
    memset(&result, 0, sizeof(result));
    if (!get_hex(&text[1], id_digits, &result.id) || result.id > (extended ? 0x1FFFFFFFu : 0x7FFu)) {
        return LBMS_ERR_FORMAT;
    }
    if (!get_hex(&text[1u + id_digits], 1u, &number) || number > 8u) {
        return LBMS_ERR_FORMAT;
    }
    result.length = (uint8_t)number;
    expected = 1u + id_digits + 1u + (remote ? 0u : 2u * (size_t)number);
    /* The adapter may add its time stamp, four digits. */
    if (length == expected + 4u) {
        if (!get_hex(&text[expected], 4u, &number)) {
            return LBMS_ERR_FORMAT;
        }
    } else if (length != expected) {
        return LBMS_ERR_FORMAT;
    }
    for (i = 0u; !remote && i < result.length; i++) {
        if (!get_hex(&text[2u + id_digits + 2u * i], 2u, &number)) {
            return LBMS_ERR_FORMAT;
        }
        result.data[i] = (uint8_t)number;
    }
    if (remote) {
        return LBMS_AGAIN;
    }
    result.id |= extended ? LBMS_CAN_EXTENDED : 0u;
    *frame = result;
    return LBMS_OK;
}

size_t lbms_slcan_encode(const struct lbms_can_frame *frame, char text[LBMS_SLCAN_TEXT_SIZE])
{
    const bool extended = (frame->id & LBMS_CAN_EXTENDED) != 0u;
    const size_t bytes = (frame->length <= 8u) ? frame->length : 8u;
    size_t at = 0u, i;

    text[at++] = extended ? 'T' : 't';
    at += put_hex(&text[at], frame->id & (extended ? 0x1FFFFFFFu : 0x7FFu), extended ? 8u : 3u);
    at += put_hex(&text[at], (uint32_t)bytes, 1u);
    for (i = 0u; i < bytes; i++) {
        at += put_hex(&text[at], frame->data[i], 2u);
    }
    text[at++] = (char)CR;
    text[at] = '\0';
    return at;
}

/* ---- adapter ---------------------------------------------------------------------------------------------- */

static const uint32_t bit_rates[] = {10000u,  20000u,  50000u,  100000u, 125000u,
                                     250000u, 500000u, 800000u, 1000000u};

int lbms_slcan_rate_number(uint32_t bitrate)
{
    int number;

    for (number = 0; number < (int)(sizeof(bit_rates) / sizeof(bit_rates[0])); number++) {
        if (bit_rates[number] == bitrate) {
            return number;
        }
    }
    return LBMS_ERR_RANGE;
}

static bool is_text(const char *text, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(text, wanted, length) == 0;
}

static int answer(char reply[LBMS_SLCAN_REPLY_SIZE], const char *text, int status)
{
    memcpy(reply, text, strlen(text) + 1u);
    return status;
}

/* O and L: needs a closed channel. */
static int open_channel(struct lbms_slcan_adapter *adapter, bool listen_only, char *reply)
{
    if (adapter->open) {
        return answer(reply, "\a", LBMS_ERR_STATE);
    }
    adapter->open = true;
    adapter->listen_only = listen_only;
    return answer(reply, "\r", LBMS_AGAIN);
}

static int set_rate(struct lbms_slcan_adapter *adapter, const char *text, size_t length, char *reply)
{
    if (length != 2u || text[1] < '0' || text[1] > '8') {
        return answer(reply, "\a", LBMS_ERR_FORMAT);
    }
    if (adapter->open) {
        return answer(reply, "\a", LBMS_ERR_STATE);
    }
    adapter->bitrate = bit_rates[text[1] - '0'];
    return answer(reply, "\r", LBMS_AGAIN);
}

static int take_frame(const struct lbms_slcan_adapter *adapter, const char *text, size_t length, char *reply,
                      struct lbms_can_frame *frame)
{
    struct lbms_can_frame sent;
    const int status = lbms_slcan_decode(text, length, &sent);

    if (status < 0) {
        return answer(reply, "\a", LBMS_ERR_FORMAT);
    }
    if (!adapter->open || adapter->listen_only) {
        return answer(reply, "\a", LBMS_ERR_STATE);
    }
    if (status == LBMS_OK) {
        *frame = sent;
    }
    return answer(reply, "\r", status);
}

int lbms_slcan_command(struct lbms_slcan_adapter *adapter, const char *text, size_t length,
                       char reply[LBMS_SLCAN_REPLY_SIZE], struct lbms_can_frame *frame)
{
    if (length == 0u) {
        return answer(reply, "\r", LBMS_AGAIN); /* clients send empty lines to flush the adapter's input */
    }
    switch (text[0]) {
    case 't':
    case 'T':
    case 'r':
    case 'R':
        return take_frame(adapter, text, length, reply, frame);
    case 'S':
        return set_rate(adapter, text, length, reply);
    default:
        break;
    }
    if (is_text(text, length, "O") || is_text(text, length, "L")) {
        return open_channel(adapter, text[0] == 'L', reply);
    }
    if (is_text(text, length, "C")) {
        adapter->open = false;
        return answer(reply, "\r", LBMS_AGAIN);
    }
    if (is_text(text, length, "V")) {
        return answer(reply, "V1010\r", LBMS_AGAIN); /* hardware 1.0, software 1.0 */
    }
    if (is_text(text, length, "N")) {
        return answer(reply, "NLBMS\r", LBMS_AGAIN);
    }
    if (is_text(text, length, "F") && adapter->open) {
        return answer(reply, adapter->trouble ? "F80\r" : "F00\r", LBMS_AGAIN);
    }
    if (is_text(text, length, "Z0") || is_text(text, length, "X0") || is_text(text, length, "M00000000") ||
        is_text(text, length, "mFFFFFFFF")) {
        return answer(reply, "\r", LBMS_AGAIN);
    }
    return answer(reply, "\a", LBMS_ERR_FORMAT);
}
