/* --show-leds: the truth table of the lights, from the library's own data. */
#ifndef VIRTUAL_PACK_LEDS_H
#define VIRTUAL_PACK_LEDS_H

#include <stdint.h>

/*
 * Prints a row for each status and SOC band, in the order of docs/requirements.md; its last eight words are the
 * patterns of L8 .. L1: off, on, F1, F2 or F3.
 */
void leds_show(uint8_t profile);

#endif
