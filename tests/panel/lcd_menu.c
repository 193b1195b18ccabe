#include "lcd_menu.h"

#include <string.h>

#include "support/suite.h"

static void resting_pack(struct lbms_snapshot *s)
{
    unsigned i;

    s->mode = LBMS_MODE_STANDBY;
    s->m.valid = UINT16_MAX;
    s->m.cells_valid = UINT16_MAX;
    s->m.ntcs_valid = UINT8_MAX;
    for (i = 0u; i < LBMS_CELLS; i++) {
        s->m.cell_mv[i] = (uint16_t)(3300u + i);
    }
    s->m.cell_min_mv = 3300u;
    s->m.cell_max_mv = 3315u;
    s->m.pack_mv = 52812;
    s->m.terminal_mv = 52812;
    s->m.closed = LBMS_SWITCHES_MAIN;
    for (i = 0u; i < LBMS_NTCS; i++) {
        s->m.ntc_dc[i] = (int16_t)(250 + (int)i);
    }
    s->m.mosfet_dc = 305;
    s->m.ambient_dc = -55;
    s->soc.soc_bp = 5420u;
    s->soc.remaining_mah = 51490;
    s->soc.capacity_mah = 95000;
    s->address = 3u;
}

void menu_open(struct menu *m, uint8_t rows, uint8_t columns)
{
    memset(m, 0, sizeof(*m));
    lbms_params_defaults(&m->params, &lbms_product_ls_btn0_p0548100);
    resting_pack(&m->s);
    m->view.pack = &m->s;
    m->view.params = &m->params;
    m->view.product = &lbms_product_ls_btn0_p0548100;
    m->now_ms = UINT32_MAX - 20000u;
    memset(&m->lcd, 0xA5, sizeof(m->lcd)); /* whatever was there before */
    (void)lbms_lcd_init(&m->lcd, rows, columns);
    menu_step(m, 0u);
}

void menu_step(struct menu *m, uint32_t ms)
{
    m->now_ms += ms;
    m->s.now_ms = m->now_ms;
    lbms_lcd_step(&m->lcd, &m->view, m->keys, m->now_ms);
}

void menu_press(struct menu *m, uint16_t keys)
{
    m->keys = keys;
    menu_step(m, 10u);
    menu_step(m, 50u);
    menu_step(m, 40u);
    m->keys = 0u;
    menu_step(m, 10u);
    menu_step(m, 90u);
}

const char *menu_row(struct menu *m, unsigned row)
{
    memset(m->text, 0x7F, sizeof(m->text));
    lbms_lcd_line(&m->lcd, &m->view, (uint8_t)row, m->text);
    return m->text;
}

void menu_shows(struct menu *m, const char *const *rows)
{
    unsigned row;

    for (row = 0u; rows[row] != NULL; row++) {
        ck_assert_str_eq(menu_row(m, row), rows[row]);
    }
    ck_assert_uint_eq(row, m->lcd.rows);
}

void menu_down(struct menu *m, unsigned times)
{
    for (; times > 0u; times--) {
        menu_press(m, LBMS_KEY_DOWN);
    }
}
