#include "losun_bms/base/calendar.h"

#define SECONDS_A_DAY    86400u
#define DAYS_A_YEAR      365u
#define DAYS_FOUR_YEARS  1461u
#define FIRST_YEAR       1970u
#define LAST_YEAR        2105u /* the last whole year in 32 bits */
#define DAYS_TO_MARCH_68 671u  /* from 1968-03-01 to 1970-01-01 */

/*
 * Days are counted from March 1968 on: then leap days come at the end of a year, and the months are as long as the steps
 * of (153 m + 2) / 5. 2000 is a leap year; the missing leap day of 2100 is put in by hand.
 */
#define FEBRUARY_29_2100 48212u /* days since 1968-03-01; does not exist */

void lbms_date_of(uint32_t seconds, struct lbms_date *date)
{
    const uint32_t rest = seconds % SECONDS_A_DAY;
    uint32_t days = (seconds / SECONDS_A_DAY) + DAYS_TO_MARCH_68;
    uint32_t year;
    uint32_t month;

    if (days >= FEBRUARY_29_2100) {
        days++;
    }
    year = ((days * 4u) + 3u) / DAYS_FOUR_YEARS;
    days -= (year * DAYS_FOUR_YEARS) / 4u;
    month = ((days * 5u) + 2u) / 153u;
    date->day = (uint8_t)(days - (((month * 153u) + 2u) / 5u) + 1u);
    date->month = (uint8_t)((month < 10u) ? (month + 3u) : (month - 9u));
    date->year = (uint16_t)(1968u + year + ((month < 10u) ? 0u : 1u));
    date->hour = (uint8_t)(rest / 3600u);
    date->minute = (uint8_t)((rest / 60u) % 60u);
    date->second = (uint8_t)(rest % 60u);
}

static bool is_leap(uint32_t year)
{
    return ((year % 4u) == 0u) && (year != 2100u);
}

static uint8_t month_days(uint32_t year, uint32_t month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return (uint8_t)(days[month - 1u] + (((month == 2u) && is_leap(year)) ? 1u : 0u));
}

bool lbms_date_seconds(const struct lbms_date *date, uint32_t *seconds)
{
    const uint32_t year = date->year;
    const uint32_t month = date->month;
    uint32_t days;
    uint32_t march;

    if ((year < FIRST_YEAR) || (year > LAST_YEAR) || (month < 1u) || (month > 12u) || (date->day < 1u) ||
        (date->day > month_days(year, month)) || (date->hour > 23u) || (date->minute > 59u) ||
        (date->second > 59u)) {
        return false;
    }
    march = year - 1968u - ((month < 3u) ? 1u : 0u);
    days = ((march * DAYS_FOUR_YEARS) / 4u) + ((((month + 9u) % 12u) * 153u + 2u) / 5u) + date->day - 1u;
    if (days > FEBRUARY_29_2100) {
        days--;
    }
    *seconds = ((days - DAYS_TO_MARCH_68) * SECONDS_A_DAY) + (date->hour * 3600u) + (date->minute * 60u) +
               date->second;
    return true;
}
