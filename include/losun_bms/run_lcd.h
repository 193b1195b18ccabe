/**
 * @file
 * The LCD menu on a board: keys and pack of lbms_run(), lines and light through the HAL.
 *
 *     for (;;) {
 *         wait_ms = lbms_run(&bms);
 *         lbms_run_lcd(&lcd, &bms);
 *         board_wait(wait_ms);
 *     }
 *
 * Only a program that calls it contains the menu.
 */
#ifndef LOSUN_BMS_RUN_LCD_H
#define LOSUN_BMS_RUN_LCD_H

#include "losun_bms/panel/lcd.h"
#include "losun_bms/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The menu and what the display shows. Allocated by the caller. */
struct lbms_run_lcd {
    struct lbms_lcd lcd;
    struct lbms_lcd_view view; /**< the program may fill in firmware, serial, packs and records */
    char shown[LBMS_LCD_ROWS_MAX][LBMS_LCD_COLUMNS_MAX + 1u];
    uint8_t next_row; /**< looked at by the next call */
    bool power_known; /**< the light was set once */
    bool power;
    uint16_t errors; /**< calls of the HAL that failed; stops at its maximum */
};

/**
 * Begin with a dark display of unknown content.
 *
 * @param lcd      state to prepare, owned by the caller
 * @param rows     as for lbms_lcd_init()
 * @param columns  as for lbms_lcd_init()
 * @return as lbms_lcd_init()
 * Context: main, before the first lbms_run_lcd().
 */
int lbms_run_lcd_init(struct lbms_run_lcd *lcd, uint8_t rows, uint8_t columns);

/**
 * Follow keys and pack; write at most one line that has changed.
 *
 * @param lcd  state
 * @param bms  pack, of which at least one lbms_run() was made; a HAL without display is permitted
 * @return true when further lines wait to be written: call again before sleeping for long
 * Context: the context of lbms_run(), after each call of it.
 */
bool lbms_run_lcd(struct lbms_run_lcd *lcd, const struct lbms *bms);

#ifdef __cplusplus
}
#endif

#endif
