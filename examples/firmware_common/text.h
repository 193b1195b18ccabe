/** @file Text from integers, in a buffer of fixed size. What does not fit is left out. */
#ifndef FIRMWARE_TEXT_H
#define FIRMWARE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** Longest text, bytes. */
#define TEXT_SIZE 192u

struct text {
    char data[TEXT_SIZE];
    size_t length;
};

/** Begin anew. Context: any. */
void text_clear(struct text *text);
/** Append characters. @param string zero-terminated. Context: any. */
void text_put(struct text *text, const char *string);
/** Append an integer. Context: any. */
void text_number(struct text *text, int32_t value);
/**
 * Append value / 10^decimals, with that many decimals: (52800, 3) gives 52.800. @param decimals 0..9.
 * Context: any.
 */
void text_fixed(struct text *text, int32_t value, unsigned decimals);
/** Append 0x and eight digits. Context: any. */
void text_hex(struct text *text, uint32_t value);
/** As text_fixed(), without sign. Context: any. */
void text_unsigned(struct text *text, uint32_t value, unsigned decimals);

#endif
