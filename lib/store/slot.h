/*
 * Slots of 8 bytes that check themselves: a tag, five bytes of data and a CRC-16 over both.
 *
 * The tag holds a key of four bits and its complement, so that a flipped bit in it is always seen.
 */
#ifndef LBMS_STORE_SLOT_H
#define LBMS_STORE_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/store/area.h"

/* Bytes of a slot that its CRC covers, and those of the data among them. */
#define SLOT_CHECKED 6u
#define SLOT_DATA    5u

#define SLOT_NO_KEY 0xFFu

/* Keys 0..13 belong to the journal. */
enum { SLOT_KEY_LABEL = 14, SLOT_KEY_MARK = 15 };

void lbms_slot_make(uint8_t *slot, uint8_t key, const uint8_t *data);

/* Key of a plausible tag, else SLOT_NO_KEY; the CRC is not looked at. */
uint8_t lbms_slot_key(const uint8_t *slot);

/* The CRC is right. */
bool lbms_slot_intact(const uint8_t *slot);

/* All bytes are 0xFF, as after an erase; length is a multiple of 4. */
bool lbms_slot_blank(const void *data, size_t length);

/* A label, or a mark, with a number of 24 bits. */
void lbms_slot_make_number(const struct lbms_area *area, uint8_t *slot, uint8_t key, uint32_t number);

#endif
