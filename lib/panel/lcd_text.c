/* Numbers, units and times as characters. */
#include <stddef.h>

#include "lcd_parts.h"
#include "losun_bms/base/calendar.h"

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
    char symbol[5];
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

void lbms_lcd_put_time(struct lbms_lcd_text *text, uint32_t wall_s)
{
    static const char separators[] = "-- :";
    uint32_t part[5];
    struct lbms_date date;
    uint8_t i;

    lbms_date_of(wall_s, &date);
    part[0] = date.year;
    part[1] = date.month;
    part[2] = date.day;
    part[3] = date.hour;
    part[4] = date.minute;
    for (i = 0u; i < 5u; i++) {
        lbms_lcd_put_number(text, part[i], 2u);
        if (separators[i] != '\0') {
            lbms_lcd_put_char(text, separators[i]);
        }
    }
}
