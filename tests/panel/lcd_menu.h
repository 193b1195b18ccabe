/*
 * A menu on a display of any size, with a pack behind it that a test may change, and keys as a finger presses them.
 */
#ifndef LBMS_TESTS_LCD_MENU_H
#define LBMS_TESTS_LCD_MENU_H

#include "losun_bms/model/bits.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/panel/lcd.h"

struct menu {
    struct lbms_params params;
    struct lbms_snapshot s;
    struct lbms_lcd_view view;
    struct lbms_lcd lcd;
    uint32_t now_ms;
    uint16_t keys;
    char text[LBMS_LCD_COLUMNS_MAX + 1u];
};

/* Lit, in the main menu; a resting pack at 52.812 V, 54.2 %. The time wraps after 20 s. */
void menu_open(struct menu *m, uint8_t rows, uint8_t columns);

/* A step, some time after the last one. */
void menu_step(struct menu *m, uint32_t ms);

/* Hold keys for 100 ms and release them for 100 ms. */
void menu_press(struct menu *m, uint16_t keys);

/* Text of a row. */
const char *menu_row(struct menu *m, unsigned row);

/* Fails unless the rows are these; the display has as many rows as there are strings, NULL at the end. */
void menu_shows(struct menu *m, const char *const *rows);
#define SHOWS(m, ...) menu_shows((m), (const char *const[]){__VA_ARGS__, NULL})

/* Press DOWN so many times. */
void menu_down(struct menu *m, unsigned times);

#endif
