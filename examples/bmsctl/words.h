/* What bits and records mean, in words, and what to do about it. */
#ifndef BMSCTL_WORDS_H
#define BMSCTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/pack.h"
#include "losun_bms/model/record.h"

#define WORDS_SIZE 400

/* "cell over-voltage, SOC low", or "none". */
void words_bits(char *text, size_t size, uint32_t bits);
void words_faults(char *text, size_t size, uint32_t faults);
/* What happened. */
void words_record(char *text, size_t size, const struct lbms_record *record);
/* Which cell or sensor (1 on), what was measured and its limit, with their unit; each "" when the record has none. */
struct words_detail {
    char cell[8], value[16], limit[16], unit[8];
};
void words_detail(struct words_detail *detail, const struct lbms_record *record);
/* What to do; "" when there is nothing to do. */
const char *words_advice(const struct lbms_record *record);
/* "2024-08-21 05:29:31", or "+3661 s" since the start when the clock was not set. */
void words_time(char *text, size_t size, uint32_t seconds, int wall);
/* "charging", "discharging", "idle" */
const char *words_flow(uint8_t flow);

#endif
