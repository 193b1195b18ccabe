/* What the pack says of itself, in words. */
#ifndef VIRTUAL_PACK_DESCRIBE_H
#define VIRTUAL_PACK_DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/snapshot.h"

#define DESCRIBE_SIZE 160

/* Names of all bits of a mask, ", " between them; `none` when there is no bit. */
void describe_mask(char text[DESCRIBE_SIZE], uint32_t mask, const char *(*name)(uint8_t bit),
                   const char *none);

/* Closed switches, mask of enum lbms_switch. */
void describe_switches(char text[DESCRIBE_SIZE], uint8_t closed);

/* Wake-up sources, mask of enum lbms_wake. */
void describe_wake(char text[DESCRIBE_SIZE], uint8_t sources);

/* The quantity behind an alarm or protection bit, e.g. "cell 5 at 3.652 V". */
void describe_bit_value(char text[DESCRIBE_SIZE], const struct lbms_snapshot *snapshot, uint8_t bit);

/* The quantity behind a fault. */
void describe_fault_value(char text[DESCRIBE_SIZE], const struct lbms_snapshot *snapshot, uint8_t fault);

#endif
