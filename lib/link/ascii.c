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

/* A digit of the head or of INFO. */
static void take_digit(struct lbms_ascii_receiver *r, unsigned index, uint8_t digit)
{
    uint8_t byte;

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

/* A character inside of a frame. */
static uint8_t take_character(struct lbms_ascii_receiver *r, uint8_t c)
{
    const unsigned index = r->position - 1u;
    const uint8_t digit = digit_value(c);
    const unsigned rest = (index < AT_INFO) ? 0u : (index - AT_INFO);

    if ((index >= AT_INFO) && (rest == ((unsigned)r->info_chars + TAIL))) {
        return verdict(r, c);
    }
    if (digit == NO_DIGIT) {
        r->position = 0u;
        return LBMS_ASCII_MALFORMED;
    }
    r->position++;
    if ((index < AT_INFO) || (rest < r->info_chars)) {
        r->sum = (uint16_t)(r->sum + c);
        take_digit(r, index, digit);
    } else {
        r->tail =
            (uint16_t)(((unsigned)r->tail << 4) | digit); /* what LENGTH has left there is shifted out */
    }
    return LBMS_ASCII_NONE;
}

uint8_t lbms_ascii_receive(struct lbms_ascii_receiver *receiver, uint8_t c, uint32_t now_ms)
{
    const bool late = lbms_elapsed_ms(now_ms, receiver->last_ms) > LBMS_ASCII_GAP_MS;
    const bool inside = receiver->position > 0u;

    receiver->last_ms = now_ms;
    if (inside && !late && (c != LBMS_ASCII_SOI)) {
        return take_character(receiver, c);
    }
    receiver->position = 0u;
    if (c == LBMS_ASCII_SOI) {
        begin(receiver);
    }
    return inside ? LBMS_ASCII_MALFORMED : LBMS_ASCII_NONE; /* it was broken off */
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

void lbms_ascii_put(struct lbms_ascii_sender *sender, struct lbms_writer *out, const uint8_t *data,
                    size_t count)
{
    unsigned sum = sender->sum; /* of at most 4096 characters: fits */
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

        *text++ = high;
        *text++ = low;
        sum += (unsigned)high + low;
    }
    out->position += 2u * count;
    sender->sum = (uint16_t)sum;
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
