/* Private: what the files of the LCD menu share. */
#ifndef LBMS_PANEL_LCD_PARTS_H
#define LBMS_PANEL_LCD_PARTS_H

#include <stddef.h>

#include "losun_bms/panel/lcd.h"

/* Characters of ">>" or "--" before an item, and of ">>" behind it. */
#define LBMS_LCD_MARK 2u

/* A line of text that is being written; what does not fit is left out. */
struct lbms_lcd_text {
    char *at;
    uint8_t size; /* room, without the terminating zero */
    uint8_t length;
};

/* Pages that are lists and nothing else come last. */
enum lbms_lcd_page {
    LBMS_LCD_PAGE_MAIN,
    LBMS_LCD_PAGE_ANALOG,
    LBMS_LCD_PAGE_STATUS,
    LBMS_LCD_PAGE_PARAMETERS,
    LBMS_LCD_PAGE_SYSTEM,
    LBMS_LCD_PAGE_TEMPERATURES,
    LBMS_LCD_PAGE_P_VOLTAGE,
    LBMS_LCD_PAGE_P_CURRENT,
    LBMS_LCD_PAGE_P_TEMPERATURE,
    LBMS_LCD_PAGE_P_POWER,
    LBMS_LCD_PAGE_SLEEP,
    LBMS_LCD_PAGE_NOTICE,
    LBMS_LCD_PAGE_PARALLEL,
    LBMS_LCD_PAGE_CELLS,
    LBMS_LCD_PAGE_ALARMS,
    LBMS_LCD_PAGE_PROTECTIONS,
    LBMS_LCD_PAGE_FAULTS,
    LBMS_LCD_PAGE_BALANCE,
    LBMS_LCD_NO_PAGE = 0xFF
};

/* What one item shows: the label on the left, the value on the right. */
struct lbms_lcd_item {
    char label[LBMS_LCD_COLUMNS_MAX + 1u];
    char value[LBMS_LCD_COLUMNS_MAX + 1u];
    uint8_t leads_to; /* enum lbms_lcd_page, or LBMS_LCD_NO_PAGE */
};

/* lcd_text.c */

/* Begin an empty line of `size` characters at `at`, which has room for one more. */
void lbms_lcd_text_begin(struct lbms_lcd_text *text, char *at, uint8_t size);

/* One character. */
void lbms_lcd_put_char(struct lbms_lcd_text *text, char c);

/* A string. */
void lbms_lcd_put(struct lbms_lcd_text *text, const char *string);

/* A name at the beginning of a text, abbreviated as far as the room makes it necessary. */
void lbms_lcd_put_name(struct lbms_lcd_text *text, const char *name, size_t room);

/* A whole number with at least `digits` digits. */
void lbms_lcd_put_number(struct lbms_lcd_text *text, uint32_t number, uint8_t digits);

/* A value in a readable unit: 3312 mV as "3.312V", 52812 mV as "52.81V", 86400 s as "24h". */
void lbms_lcd_put_value(struct lbms_lcd_text *text, int32_t value, uint8_t unit);

/* Date "2024-06-21", or time "13:45". */
void lbms_lcd_put_clock(struct lbms_lcd_text *text, uint32_t wall_s, bool time);

/* lcd_pages.c */

/* Number of items of a page, at least 1. */
uint8_t lbms_lcd_items(const struct lbms_lcd_view *view, uint8_t page);

/* What item `index` of a page shows. */
void lbms_lcd_item(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t page, uint8_t index,
                   struct lbms_lcd_item *item);

#endif
