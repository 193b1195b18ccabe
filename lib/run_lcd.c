#include "losun_bms/run_lcd.h"

#include <string.h>

#include "losun_bms/version.h"

#define TEXT_OF(number)      #number
#define VERSION(a, b, c)     TEXT_OF(a) "." TEXT_OF(b) "." TEXT_OF(c)
#define LIBRARY_VERSION_TEXT VERSION(LBMS_VERSION_MAJOR, LBMS_VERSION_MINOR, LBMS_VERSION_PATCH)

int lbms_run_lcd_init(struct lbms_run_lcd *lcd, uint8_t rows, uint8_t columns)
{
    memset(lcd, 0, sizeof(*lcd));
    lcd->view.library = LIBRARY_VERSION_TEXT;
    return lbms_lcd_init(&lcd->lcd, rows, columns);
}

static bool accepted(struct lbms_run_lcd *lcd, int status)
{
    if ((status < 0) && (lcd->errors < UINT16_MAX)) {
        lcd->errors++;
    }
    return status >= 0;
}

static void set_power(struct lbms_run_lcd *lcd, const struct lbms_hal *hal)
{
    if (lcd->power_known && (lcd->power == lcd->lcd.lit)) {
        return;
    }
    if ((hal->display_power == NULL) || accepted(lcd, hal->display_power(hal->ctx, lcd->lcd.lit))) {
        lcd->power_known = true;
        lcd->power = lcd->lcd.lit;
    }
}

/* True when the line was different and has been written, or could not be. */
static bool write_line(struct lbms_run_lcd *lcd, const struct lbms_hal *hal, uint8_t row)
{
    char text[LBMS_LCD_COLUMNS_MAX + 1u];

    lbms_lcd_line(&lcd->lcd, &lcd->view, row, text);
    if (strcmp(text, lcd->shown[row]) == 0) {
        return false;
    }
    if (accepted(lcd, hal->display(hal->ctx, row, text))) {
        memcpy(lcd->shown[row], text, (size_t)lcd->lcd.columns + 1u);
    }
    return true;
}

bool lbms_run_lcd(struct lbms_run_lcd *lcd, const struct lbms *bms)
{
    const struct lbms_hal *hal = bms->hal;
    uint8_t looked;

    lcd->view.pack = lbms_snapshot(bms);
    lcd->view.params = &bms->core.params;
    lcd->view.product = bms->core.product;
    lcd->view.wall_s = bms->inputs.wall_s;
    lcd->view.wall_valid = bms->inputs.wall_valid;
    lbms_lcd_step(&lcd->lcd, &lcd->view, bms->inputs.keys, bms->inputs.now_ms);
    if (hal->display == NULL) {
        return false;
    }
    set_power(lcd, hal);
    for (looked = 0u; lcd->lcd.lit && (looked < lcd->lcd.rows); looked++) {
        const uint8_t row = lcd->next_row;

        lcd->next_row = (uint8_t)((row + 1u < lcd->lcd.rows) ? (row + 1u) : 0u);
        if (write_line(lcd, hal, row)) {
            return true;
        }
    }
    return false;
}
