#include "losun_bms/link/ascii.h"

#include "losun_bms/base/timer.h"

#define EOI 0x0Du

/* Characters after SOI at which the fields begin. */
enum { AT_INFO = 12, TAIL = 4 };

#define LENID_MASK 0x0FFFu
#define NO_DIGIT   0xFFu

static const char digits[] = "0123456789ABCDEF";

/* Value of a hex digit. The tests are ordered by how often a digit passes them. */
static uint8_t digit_value(uint8_t c)
{
    if ((c >= (uint8_t)'0') && (c <= (uint8_t)'9')) {
        return (uint8_t)(c - (uint8_t)'0');
    }
    c |= 0x20u; /* lower case */
    if ((c >= (uint8_t)'a') && (c <= (uint8_t)'f')) {
        return (uint8_t)(c - (uint8_t)'a' + 10u);
    }
    return NO_DIGIT;
}

/* The check digit makes the sum of all four digits a multiple of 16. */
static uint16_t length_field(uint16_t chars)
{
    const unsigned sum = (chars & 0x0Fu) + ((chars >> 4) & 0x0Fu) + (chars >> 8);

    return (uint16_t)(chars | ((16u - (sum & 0x0Fu)) << 12));
}

/* ---- receiving ---------------------------------------------------------------------------------------------- */

void lbms_ascii_receiver_init(struct lbms_ascii_receiver *receiver, void *info, uint16_t capacity)
{
    const struct lbms_ascii_receiver empty = {
        {0u, 0u, 0u, 0u}, info, capacity, 0u, 0u, 0u, 0u, 0u, false, 0u};

    *receiver = empty;
}

static void begin(struct lbms_ascii_receiver *r)
{
    r->position = 1u;
    r->sum = 0u;
    r->tail = 0u;
    r->info_chars = 0u;
}

/* A byte before INFO is complete; `index` counts from VER. */
static void take_head(struct lbms_ascii_receiver *r, unsigned index, uint8_t byte)
{
    switch (index) {
    case 0u:
        r->head.version = byte;
        break;
    case 1u:
        r->head.address = byte;
        break;
    case 2u:
        r->head.cid1 = byte;
        break;
    case 3u:
        r->head.code = byte;
        break;
    case 4u:
        r->tail = (uint16_t)((unsigned)byte << 8);
        break;
    default: {
        const uint16_t length = (uint16_t)(r->tail | byte);

        r->info_chars = length & LENID_MASK;
        r->length_good = length == length_field(r->info_chars);
        break;
    }
    }
}

static void take_digit(struct lbms_ascii_receiver *r, uint8_t digit)
{
    const unsigned index = r->position - 1u;
    uint8_t byte;

    if ((index >= AT_INFO) && (index >= ((unsigned)AT_INFO + r->info_chars))) {
        r->tail = (uint16_t)(((unsigned)r->tail << 4) | digit);
        return;
    }
    if ((index & 1u) == 0u) {
        r->byte = (uint8_t)(digit << 4);
        return;
    }
    byte = (uint8_t)(r->byte | digit);
    if (index < AT_INFO) {
        take_head(r, index / 2u, byte);
    } else if (((index - AT_INFO) / 2u) < r->capacity) {
        r->info[(index - AT_INFO) / 2u] = byte;
    } else {
        /* verified, but not kept */
    }
}

/* All characters but EOI are there. */
static uint8_t verdict(struct lbms_ascii_receiver *r, uint8_t c)
{
    r->position = 0u;
    if (c != EOI) {
        return LBMS_ASCII_MALFORMED;
    }
    if ((uint16_t)(r->sum + r->tail) != 0u) {
        return LBMS_ASCII_BAD_SUM;
    }
    return r->length_good ? LBMS_ASCII_FRAME : LBMS_ASCII_BAD_LENGTH;
}

uint8_t lbms_ascii_receive(struct lbms_ascii_receiver *receiver, uint8_t c, uint32_t now_ms)
{
    const bool late = lbms_elapsed_ms(now_ms, receiver->last_ms) > LBMS_ASCII_GAP_MS;
    const unsigned end = (unsigned)AT_INFO + receiver->info_chars + TAIL;
    uint8_t event = LBMS_ASCII_NONE;
    unsigned index;
    uint8_t digit;

    receiver->last_ms = now_ms;
    if ((receiver->position > 0u) && (late || (c == LBMS_ASCII_SOI))) {
        receiver->position = 0u;
        event = LBMS_ASCII_MALFORMED;
    }
    if (c == LBMS_ASCII_SOI) {
        begin(receiver);
        return event;
    }
    if (receiver->position == 0u) {
        return event;
    }
    index = receiver->position - 1u;
    if ((index >= AT_INFO) && (index == end)) {
        return verdict(receiver, c);
    }
    digit = digit_value(c);
    if (digit == NO_DIGIT) {
        receiver->position = 0u;
        return LBMS_ASCII_MALFORMED;
    }
    if ((index < AT_INFO) || (index < (end - TAIL))) {
        receiver->sum = (uint16_t)(receiver->sum + c);
    }
    if (index == AT_INFO) {
        receiver->tail = 0u; /* held the first byte of LENGTH */
    }
    take_digit(receiver, digit);
    receiver->position++;
    return LBMS_ASCII_NONE;
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

void lbms_ascii_put(struct lbms_ascii_sender *sender, struct lbms_writer *out, const uint8_t *data,
                    size_t count)
{
    uint16_t sum = sender->sum;
    uint8_t *text;
    size_t i;

    if (lbms_writer_remaining(out) < (2u * count)) {
        out->failed = true;
        return;
    }
    text = out->data + out->position;
    for (i = 0u; i < count; i++) {
        const uint8_t high = (uint8_t)digits[data[i] >> 4];
        const uint8_t low = (uint8_t)digits[data[i] & 0x0Fu];

        text[2u * i] = high;
        text[(2u * i) + 1u] = low;
        sum = (uint16_t)(sum + high + low);
    }
    out->position += 2u * count;
    sender->sum = sum;
}

void lbms_ascii_begin(struct lbms_ascii_sender *sender, struct lbms_writer *out,
                      const struct lbms_ascii_head *head, uint16_t info_bytes)
{
    const uint16_t length = length_field((uint16_t)(2u * info_bytes));
    const uint8_t bytes[] = {head->version, head->address,          head->cid1,
                             head->code,    (uint8_t)(length >> 8), (uint8_t)(length & 0xFFu)};

    lbms_put_u8(out, LBMS_ASCII_SOI);
    sender->sum = 0u;
    lbms_ascii_put(sender, out, bytes, sizeof(bytes));
}

void lbms_ascii_end(const struct lbms_ascii_sender *sender, struct lbms_writer *out)
{
    struct lbms_ascii_sender rest = *sender;
    const uint16_t checksum = (uint16_t)(0x10000u - sender->sum);
    const uint8_t bytes[] = {(uint8_t)(checksum >> 8), (uint8_t)(checksum & 0xFFu)};

    lbms_ascii_put(&rest, out, bytes, sizeof(bytes));
    lbms_put_u8(out, EOI);
}

void lbms_ascii_frame(struct lbms_writer *out, const struct lbms_ascii_head *head, const uint8_t *info,
                      uint16_t count)
{
    struct lbms_ascii_sender sender;

    lbms_ascii_begin(&sender, out, head, count);
    lbms_ascii_put(&sender, out, info, count);
    lbms_ascii_end(&sender, out);
}
