/* Numbers, units and times as characters. */
#include <stddef.h>
#include <string.h>

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

/* Names that the tools print may be too long for a line: abbreviations, the better known ones first. */
static const struct {
    const char *word, *abbreviation;
} short_words[] = {
    {"charger", "charger"},  {"discharge", "dsg"},    {"DISCHARGE", "DSG"},      {"charge", "chg"},
    {"temperature", "temp"}, {"environment", "env"},  {"measurement", "sensor"}, {"maintenance", "maint."},
    {"over-voltage", "OV"},  {"under-voltage", "UV"}, {"over-current", "OC"},    {"difference", "diff."},
    {"MOSFET", "MOS"},       {"reversed", "rev."},
};
#define SHORT_WORDS (sizeof(short_words) / sizeof(short_words[0]))

static void put_shortened(struct lbms_lcd_text *text, const char *name, size_t words)
{
    while (*name != '\0') {
        size_t i = 0u;

        while ((i < words) && (strncmp(name, short_words[i].word, strlen(short_words[i].word)) != 0)) {
            i++;
        }
        if (i < words) {
            lbms_lcd_put(text, short_words[i].abbreviation);
            name += strlen(short_words[i].word);
        } else {
            lbms_lcd_put_char(text, *name);
            name++;
        }
    }
}

void lbms_lcd_put_name(struct lbms_lcd_text *text, const char *name, size_t room)
{
    size_t words;

    put_shortened(text, name, 0u);
    for (words = SHORT_WORDS / 2u; (text->length > room) && (words <= SHORT_WORDS);
         words += SHORT_WORDS / 2u) {
        text->length = 0u;
        put_shortened(text, name, words);
    }
}

/* How a unit is shown: divided, rounded, with so many digits behind the point. No page shows other units. */
struct scale {
    uint16_t divide;
    uint8_t decimals;
    char symbol[3];
};

static const struct scale scales[] = {
    [LBMS_UNIT_MV] = {1u, 3u, "V"}, [LBMS_UNIT_MA] = {100u, 1u, "A"}, [LBMS_UNIT_MAH] = {100u, 1u, "Ah"},
    [LBMS_UNIT_DC] = {1u, 1u, "C"}, [LBMS_UNIT_BP] = {10u, 1u, "%"},  [LBMS_UNIT_MS] = {100u, 1u, "s"},
    [LBMS_UNIT_S] = {1u, 0u, "s"},  [LBMS_UNIT_PCT] = {1u, 0u, "%"},  [LBMS_UNIT_COUNT] = {1u, 0u, ""},
};
static const struct scale pack_voltage = {10u, 2u, "V"};
static const struct scale hours = {3600u, 0u, "h"};

static const struct scale *scale_of(uint8_t unit, uint32_t size)
{
    if (unit >= (sizeof(scales) / sizeof(scales[0]))) {
        return &scales[LBMS_UNIT_COUNT];
    }
    if ((unit == LBMS_UNIT_MV) && (size >= 10000u)) {
        return &pack_voltage;
    }
    if ((unit == LBMS_UNIT_S) && (size >= 3600u) && ((size % 3600u) == 0u)) {
        return &hours;
    }
    return &scales[unit];
}

void lbms_lcd_put_value(struct lbms_lcd_text *text, int32_t value, uint8_t unit)
{
    static const uint16_t powers[] = {1u, 10u, 100u, 1000u};
    uint32_t size = (value < 0) ? (0u - (uint32_t)value) : (uint32_t)value;
    const struct scale *scale = scale_of(unit, size);
    const uint32_t one = powers[scale->decimals];

    size = (size + (scale->divide / 2u)) / scale->divide;
    if ((value < 0) && (size != 0u)) {
        lbms_lcd_put_char(text, '-');
    }
    lbms_lcd_put_number(text, size / one, 1u);
    if (scale->decimals > 0u) {
        lbms_lcd_put_char(text, '.');
        lbms_lcd_put_number(text, size % one, scale->decimals);
    }
    lbms_lcd_put(text, scale->symbol);
}

void lbms_lcd_put_clock(struct lbms_lcd_text *text, uint32_t wall_s, bool time)
{
    struct lbms_date date;

    lbms_date_of(wall_s, &date);
    if (time) {
        lbms_lcd_put_number(text, date.hour, 2u);
        lbms_lcd_put_char(text, ':');
        lbms_lcd_put_number(text, date.minute, 2u);
    } else {
        lbms_lcd_put_number(text, date.year, 4u);
        lbms_lcd_put_char(text, '-');
        lbms_lcd_put_number(text, date.month, 2u);
        lbms_lcd_put_char(text, '-');
        lbms_lcd_put_number(text, date.day, 2u);
    }
}
