/**
 * @file
 * Dates of the Gregorian calendar from seconds since 1970-01-01, and back. No time zones: the clock of the pack is what
 * was written into it.
 */
#ifndef LOSUN_BMS_BASE_CALENDAR_H
#define LOSUN_BMS_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A moment as people write it. */
struct lbms_date {
    uint16_t year; /**< 1970..2105 */
    uint8_t month; /**< 1..12 */
    uint8_t day;   /**< 1..31 */
    uint8_t hour, minute, second;
};

/**
 * The date of a moment.
 *
 * @param seconds  since 1970-01-01 00:00:00, any
 * @param date     filled in
 * Context: any.
 */
void lbms_date_of(uint32_t seconds, struct lbms_date *date);

/**
 * The moment of a date.
 *
 * @param date     any
 * @param seconds  receives the moment; unchanged when there is no such date
 * @return true; false for a date that does not exist (February 30, 24:00, second 60) or lies outside of 1970..2105
 * Context: any.
 */
bool lbms_date_seconds(const struct lbms_date *date, uint32_t *seconds);

#ifdef __cplusplus
}
#endif

#endif
