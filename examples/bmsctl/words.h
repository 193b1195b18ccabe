/* What bits and records mean, in words, and what to do about it. */
#ifndef BMSCTL_WORDS_H
#define BMSCTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/health.h"
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
/* "charging", "discharging", "idle": 44H tells a discharge only, so the current decides. */
const char *words_flow(int32_t current_ma);
/* A figure of the health record for people: 10000 of "soh_bp" is "soh" "100.00 %"; "unknown" while the pack does not know it. */
void words_health_name(char *text, size_t size, uint8_t id);
void words_health(char *text, size_t size, uint8_t id, int32_t value);

#endif
