/* Numbers, units and times as characters. */
#include <stddef.h>

#include "lcd_parts.h"

void lbms_lcd_text_begin(struct lbms_lcd_text *text, char *at, uint8_t size)
{
    text->at = at;
    text->size = size;
    text->length = 0u;
    at[0] = '\0';
}

void lbms_lcd_put_char(struct lbms_lcd_text *text, char c)
{
    if (text->length < text->size) {
        text->at[text->length] = c;
        text->length++;
    }
    text->at[text->length] = '\0';
}

void lbms_lcd_put(struct lbms_lcd_text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        lbms_lcd_put_char(text, *string);
    }
}

void lbms_lcd_put_number(struct lbms_lcd_text *text, uint32_t number, uint8_t digits)
{
    char reversed[10];
    uint8_t count = 0u;

    do {
        reversed[count] = (char)('0' + (char)(number % 10u));
        count++;
        number /= 10u;
    } while (number > 0u);
    for (; digits > count; digits--) {
        lbms_lcd_put_char(text, '0');
    }
    while (count > 0u) {
        count--;
        lbms_lcd_put_char(text, reversed[count]);
    }
}

/* How a unit is shown: divided, rounded, with so many digits behind the point. */
static const struct {
    uint8_t divide, decimals;
    const char *symbol;
} shown[] = {
    [LBMS_UNIT_MV] = {1u, 3u, "V"},      [LBMS_UNIT_MA] = {100u, 1u, "A"},
    [LBMS_UNIT_MAH] = {100u, 1u, "Ah"},  [LBMS_UNIT_DC] = {1u, 1u, "C"},
    [LBMS_UNIT_BP] = {10u, 1u, "%"},     [LBMS_UNIT_MS] = {100u, 1u, "s"},
    [LBMS_UNIT_S] = {1u, 0u, "s"},       [LBMS_UNIT_PCT] = {1u, 0u, "%"},
    [LBMS_UNIT_COUNT] = {1u, 0u, ""},    [LBMS_UNIT_BOOL] = {1u, 0u, ""},
    [LBMS_UNIT_US] = {1u, 0u, "us"},     [LBMS_UNIT_MA_S] = {1u, 0u, "mA/s"},
    [LBMS_UNIT_MV_S] = {1u, 0u, "mV/s"}, [LBMS_UNIT_BAUD] = {1u, 0u, ""},
};

void lbms_lcd_put_value(struct lbms_lcd_text *text, int32_t value, uint8_t unit)
{
    static const uint16_t powers[] = {1u, 10u, 100u, 1000u};
    uint32_t size = (value < 0) ? (0u - (uint32_t)value) : (uint32_t)value;
    uint32_t one;

    if (unit >= (sizeof(shown) / sizeof(shown[0]))) {
        unit = LBMS_UNIT_COUNT;
    }
    one = powers[shown[unit].decimals];
    size = (size + (shown[unit].divide / 2u)) / shown[unit].divide;
    if ((value < 0) && (size != 0u)) {
        lbms_lcd_put_char(text, '-');
    }
    lbms_lcd_put_number(text, size / one, 1u);
    if (shown[unit].decimals > 0u) {
        lbms_lcd_put_char(text, '.');
        lbms_lcd_put_number(text, size % one, shown[unit].decimals);
    }
    lbms_lcd_put(text, shown[unit].symbol);
}

/* Gregorian calendar; the year is counted from March, so that the day of a leap year is its last. */
void lbms_lcd_put_time(struct lbms_lcd_text *text, uint32_t wall_s)
{
    const uint32_t days = (wall_s / 86400u) + 719468u; /* since 0000-03-01 */
    const uint32_t era = days / 146097u;               /* 400 years */
    const uint32_t day_of_era = days % 146097u;
    const uint32_t year_of_era =
        (day_of_era - (day_of_era / 1460u) + (day_of_era / 36524u) - (day_of_era / 146096u)) / 365u;
    const uint32_t day_of_year =
        day_of_era - ((365u * year_of_era) + (year_of_era / 4u) - (year_of_era / 100u));
    const uint32_t month_from_march = ((5u * day_of_year) + 2u) / 153u;
    const uint32_t day = day_of_year - (((153u * month_from_march) + 2u) / 5u) + 1u;
    const uint32_t month = (month_from_march < 10u) ? (month_from_march + 3u) : (month_from_march - 9u);
    const uint32_t year = (400u * era) + year_of_era + ((month <= 2u) ? 1u : 0u);

    lbms_lcd_put_number(text, year, 4u);
    lbms_lcd_put_char(text, '-');
    lbms_lcd_put_number(text, month, 2u);
    lbms_lcd_put_char(text, '-');
    lbms_lcd_put_number(text, day, 2u);
    lbms_lcd_put_char(text, ' ');
    lbms_lcd_put_number(text, (wall_s / 3600u) % 24u, 2u);
    lbms_lcd_put_char(text, ':');
    lbms_lcd_put_number(text, (wall_s / 60u) % 60u, 2u);
}
