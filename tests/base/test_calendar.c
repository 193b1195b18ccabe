#include "losun_bms/base/calendar.h"

#include "support/suite.h"

static void check(uint32_t seconds, unsigned year, unsigned month, unsigned day, unsigned hour,
                  unsigned minute, unsigned second)
{
    struct lbms_date date;
    uint32_t back = 1u;

    lbms_date_of(seconds, &date);
    ck_assert_uint_eq(date.year, year);
    ck_assert_uint_eq(date.month, month);
    ck_assert_uint_eq(date.day, day);
    ck_assert_uint_eq(date.hour, hour);
    ck_assert_uint_eq(date.minute, minute);
    ck_assert_uint_eq(date.second, second);
    ck_assert(lbms_date_seconds(&date, &back));
    ck_assert_uint_eq(back, seconds);
}

/* Seconds by `date -u -d '...' +%s`. */
START_TEST(known_moments_are_found_both_ways)
{
    check(0u, 1970, 1, 1, 0, 0, 0);
    check(951782399u, 2000, 2, 28, 23, 59, 59);
    check(951782400u, 2000, 2, 29, 0, 0, 0);
    check(951868800u, 2000, 3, 1, 0, 0, 0);
    check(1709172056u, 2024, 2, 29, 2, 0, 56);
    check(1767225598u, 2025, 12, 31, 23, 59, 58);
    check(4107542399u, 2100, 2, 28, 23, 59, 59);
    check(4107542400u, 2100, 3, 1, 0, 0, 0);
    check(4291747199u, 2105, 12, 31, 23, 59, 59);
}
END_TEST

/* Counted day by day, with the lengths of the months. */
START_TEST(every_day_follows_the_one_before)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = 1970u;
    unsigned month = 1u;
    unsigned day = 1u;
    uint32_t seconds = 43200u;

    while (year < 2106u) {
        const unsigned leap = (month == 2u && year % 4u == 0u && year != 2100u) ? 1u : 0u;

        check(seconds, year, month, day, 12, 0, 0);
        seconds += 86400u;
        day++;
        if (day > lengths[month - 1u] + leap) {
            day = 1u;
            month++;
        }
        if (month > 12u) {
            month = 1u;
            year++;
        }
    }
}
END_TEST

static bool exists(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                   unsigned second)
{
    const struct lbms_date date = {(uint16_t)year, (uint8_t)month,  (uint8_t)day,
                                   (uint8_t)hour,  (uint8_t)minute, (uint8_t)second};
    uint32_t seconds = 77u;
    const bool good = lbms_date_seconds(&date, &seconds);

    ck_assert(good || seconds == 77u);
    return good;
}

START_TEST(dates_that_do_not_exist_are_refused)
{
    ck_assert(!exists(1969, 12, 31, 23, 59, 59));
    ck_assert(!exists(2106, 1, 1, 0, 0, 0));
    ck_assert(!exists(2025, 0, 1, 0, 0, 0));
    ck_assert(!exists(2025, 13, 1, 0, 0, 0));
    ck_assert(!exists(2025, 1, 0, 0, 0, 0));
    ck_assert(!exists(2025, 1, 32, 0, 0, 0));
    ck_assert(!exists(2025, 4, 31, 0, 0, 0));
    ck_assert(!exists(2025, 2, 29, 0, 0, 0));
    ck_assert(exists(2024, 2, 29, 0, 0, 0));
    ck_assert(!exists(2100, 2, 29, 0, 0, 0));
    ck_assert(!exists(2025, 1, 1, 24, 0, 0));
    ck_assert(!exists(2025, 1, 1, 0, 60, 0));
    ck_assert(!exists(2025, 1, 1, 0, 0, 60));
    ck_assert(exists(2025, 12, 31, 23, 59, 59));
}
END_TEST

SUITE("base/calendar", CASE("", known_moments_are_found_both_ways),
      CASE("", every_day_follows_the_one_before), CASE("", dates_that_do_not_exist_are_refused))
