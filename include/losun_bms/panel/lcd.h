/**
 * @file
 * Menu on a character display with four keys: MENU, ENTER, DOWN, ESC.
 *
 * The menu reads the pack and changes nothing. It is a client of the snapshot like a protocol server and runs outside
 * the step, also while the pack is in SHUTDOWN. Source: product manual 2.7; the content of the pages is R-LCD-07
 * of docs/requirements.md.
 *
 * Every line of a page is an item. It begins with ">>" where the cursor is and with "--" elsewhere; an item that leads
 * to another page ends with ">>".
 */
#ifndef LOSUN_BMS_PANEL_LCD_H
#define LOSUN_BMS_PANEL_LCD_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/debounce.h"
#include "losun_bms/base/status.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Usual size of the display. */
#define LBMS_LCD_ROWS    4u
#define LBMS_LCD_COLUMNS 20u
/** Permitted sizes. */
#define LBMS_LCD_ROWS_MIN    1u
#define LBMS_LCD_ROWS_MAX    8u
#define LBMS_LCD_COLUMNS_MIN 16u
#define LBMS_LCD_COLUMNS_MAX 40u
/** How long a key must have its new level, ms (R-LCD-01). */
#define LBMS_LCD_DEBOUNCE_MS 30u
/** Pages above each other, the main menu included. */
#define LBMS_LCD_DEPTH 3u

/** Another pack of the system, for the page "Parallel". */
struct lbms_lcd_pack {
    uint8_t address;
    bool online;
    uint16_t soc_bp;
    int32_t pack_mv, current_ma;
};

/** What the pages show. Zero-initialise it and fill in what exists; nothing is kept between two calls. */
struct lbms_lcd_view {
    const struct lbms_snapshot *pack;
    const struct lbms_params *params;
    const struct lbms_product *product;
    const struct lbms_lcd_pack *packs; /**< others of the system; NULL: none */
    uint8_t pack_count;
    const char *firmware; /**< version of the board's program; NULL: unknown */
    const char *library;  /**< version of the library; NULL: unknown */
    const char *serial;   /**< serial number of the pack; NULL: unknown */
    uint32_t wall_s;      /**< s since 1970-01-01 */
    bool wall_valid;
    uint32_t records; /**< event records stored */
    bool records_valid;
};

/** One page that is open. */
struct lbms_lcd_place {
    uint8_t page;   /**< private number */
    uint8_t cursor; /**< item, from 0 */
    uint8_t top;    /**< first visible item */
};

/** State of the menu. Read `lit`; write nothing. */
struct lbms_lcd {
    bool lit;              /**< result: the display is on */
    uint8_t rows, columns; /**< size */
    uint8_t depth;         /**< index of the open page in place[] */
    struct lbms_lcd_place place[LBMS_LCD_DEPTH];
    struct lbms_debounce keys;
    uint32_t key_ms;  /**< when the display was lit, or the last key came */
    bool started;     /**< at least one step was made */
    bool asleep;      /**< the pack is in SHUTDOWN */
    bool notice;      /**< the address switch was turned: the notice is in front */
    bool dip_changed; /**< of the last step */
    int32_t pack_mv;  /**< last values of the time awake, for the display in sleep */
    uint16_t cell_min_mv;
    bool values_valid;
};

/**
 * Begin dark, in the main menu.
 *
 * @param lcd      state to prepare, owned by the caller
 * @param rows     lines of the display, LBMS_LCD_ROWS_MIN .. LBMS_LCD_ROWS_MAX
 * @param columns  characters in a line, LBMS_LCD_COLUMNS_MIN .. LBMS_LCD_COLUMNS_MAX
 * @return LBMS_OK, or LBMS_ERR_RANGE for a size that is not supported: then the usual size is used
 * Context: the context of lbms_lcd_step().
 */
int lbms_lcd_init(struct lbms_lcd *lcd, uint8_t rows, uint8_t columns);

/**
 * Follow keys and pack.
 *
 * A key acts when it is pressed, once. While the display is dark a key only lights it. A display that is lit goes
 * dark `display_timeout_s` after the last key. A start of the pack lights it with the main menu, SHUTDOWN makes it dark;
 * in SHUTDOWN a key lights it with the values of the moment before, and leads nowhere. When the address switch is
 * turned, it lights with a notice that the next key takes away. In reduced power (LBMS_STATE_REDUCED) it stays dark.
 *
 * @param lcd   state
 * @param view  the pack; pack, params and product are needed
 * @param keys  raw levels, mask of enum lbms_key; debounced here
 * @param now_ms  time of this call, wraps
 * Context: one context; may be called at any rate, at least every 50 ms while keys are being pressed.
 */
void lbms_lcd_step(struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint16_t keys, uint32_t now_ms);

/**
 * Text of one line as it shall be shown now.
 *
 * @param lcd   state
 * @param view  as for lbms_lcd_step()
 * @param row   0 .. lcd->rows - 1; others give an empty line
 * @param text  receives lcd->columns characters and a terminating zero
 * Context: the context of lbms_lcd_step().
 */
void lbms_lcd_line(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t row, char *text);

#ifdef __cplusplus
}
#endif

#endif
