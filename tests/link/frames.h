/*
 * Frames of ASCII digits as text, as the protocol documents print them: from "~" to the last digit of CHKSUM. The carriage
 * return behind it is added here.
 */
#ifndef LBMS_TESTS_LINK_FRAMES_H
#define LBMS_TESTS_LINK_FRAMES_H

#include <stdint.h>

#include "losun_bms/link/ascii.h"
#include "losun_bms/model/pack.h"

#define FRAME_TEXT_SIZE 4200u

/* A received frame. */
struct frame {
    struct lbms_ascii_head head;
    uint8_t info[LBMS_ASCII_INFO_MAX + 1u];
    uint16_t size; /* bytes of INFO */
};

/* What the receiver says to this text and the CR behind it: the last event that is not "nothing". */
uint8_t frame_event(const char *text, struct frame *frame);

/* A frame that must be whole and right. */
void frame_read(const char *text, struct frame *frame);

/* The text of a frame: version 25H, CID1 46H. */
void frame_write(char text[FRAME_TEXT_SIZE], uint8_t address, uint8_t code, const uint8_t *info,
                 uint16_t size);

/* Reference pack S1: 3301..3316 mV, 25.0 25.1 24.9 25.2 31.0 27.3 degC, -12.34 A, 67.89 of 100.50 Ah, 12 cycles. */
struct lbms_pack_values frame_values_s1(void);

#endif
