#include "firmware_common/text.h"

#define DIGITS_MAX 11u

static void put(struct text *text, char character)
{
    if (text->length < TEXT_SIZE) {
        text->data[text->length] = character;
        text->length++;
    }
}

void text_clear(struct text *text)
{
    text->length = 0u;
}

void text_put(struct text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        put(text, *string);
    }
}

/* Digits with a point before the last `decimals` of them, and at least one before the point. */
static void put_digits(struct text *text, uint32_t value, unsigned decimals)
{
    char digits[DIGITS_MAX];
    unsigned count = 0u;

    do {
        digits[count] = (char)('0' + (char)(value % 10u));
        value /= 10u;
        count++;
    } while ((value > 0u) || (count <= decimals));
    while (count > 0u) {
        count--;
        put(text, digits[count]);
        if ((count == decimals) && (decimals > 0u)) {
            put(text, '.');
        }
    }
}

void text_fixed(struct text *text, int32_t value, unsigned decimals)
{
    const uint32_t magnitude = (value < 0) ? (0u - (uint32_t)value) : (uint32_t)value;

    if (value < 0) {
        put(text, '-');
    }
    put_digits(text, magnitude, decimals);
}

void text_number(struct text *text, int32_t value)
{
    text_fixed(text, value, 0u);
}

void text_unsigned(struct text *text, uint32_t value, unsigned decimals)
{
    put_digits(text, value, decimals);
}

void text_hex(struct text *text, uint32_t value)
{
    unsigned shift = 32u;

    text_put(text, "0x");
    while (shift > 0u) {
        shift -= 4u;
        put(text, "0123456789abcdef"[(value >> shift) & 0xFu]);
    }
}
