/* Keys, light and the way through the menu. */
#include "losun_bms/panel/lcd.h"

#include <string.h>

#include "lcd_parts.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/mode.h"

#define MENU_KEYS \
    ((unsigned)LBMS_KEY_MENU | (unsigned)LBMS_KEY_ENTER | (unsigned)LBMS_KEY_DOWN | (unsigned)LBMS_KEY_ESC)
#define MARK LBMS_LCD_MARK

int lbms_lcd_init(struct lbms_lcd *lcd, uint8_t rows, uint8_t columns)
{
    const bool fits = (rows >= LBMS_LCD_ROWS_MIN) && (rows <= LBMS_LCD_ROWS_MAX) &&
                      (columns >= LBMS_LCD_COLUMNS_MIN) && (columns <= LBMS_LCD_COLUMNS_MAX);

    memset(lcd, 0, sizeof(*lcd));
    lcd->rows = fits ? rows : (uint8_t)LBMS_LCD_ROWS;
    lcd->columns = fits ? columns : (uint8_t)LBMS_LCD_COLUMNS;
    return fits ? LBMS_OK : LBMS_ERR_RANGE;
}

static void light(struct lbms_lcd *lcd, uint32_t now_ms)
{
    lcd->lit = true;
    lcd->key_ms = now_ms;
}

static void go_to_main(struct lbms_lcd *lcd)
{
    lcd->depth = 0u;
    memset(&lcd->place[0], 0, sizeof(lcd->place[0])); /* main menu, first item, which is at the top */
}

/* The page that is in front, and where its cursor is. */
static struct lbms_lcd_place in_front(const struct lbms_lcd *lcd)
{
    struct lbms_lcd_place place = {LBMS_LCD_PAGE_SLEEP, 0u, 0u};

    if (lcd->asleep) {
        return place;
    }
    if (lcd->notice) {
        place.page = LBMS_LCD_PAGE_NOTICE;
        return place;
    }
    return lcd->place[lcd->depth];
}

/* A list may have become shorter; the cursor stays visible. */
static void keep_in_view(struct lbms_lcd *lcd, const struct lbms_lcd_view *view)
{
    struct lbms_lcd_place *place = &lcd->place[lcd->depth];
    const uint8_t count = lbms_lcd_items(view, place->page);

    if (place->cursor >= count) {
        place->cursor = (uint8_t)(count - 1u);
    }
    if (place->cursor < place->top) {
        place->top = place->cursor;
    }
    if (place->cursor >= (place->top + lcd->rows)) {
        place->top = (uint8_t)(place->cursor - (lcd->rows - 1u));
    }
}

static void enter(struct lbms_lcd *lcd, const struct lbms_lcd_view *view)
{
    const struct lbms_lcd_place *place = &lcd->place[lcd->depth];
    struct lbms_lcd_item item;

    lbms_lcd_item(lcd, view, place->page, place->cursor, &item);
    if ((item.leads_to != LBMS_LCD_NO_PAGE) && ((lcd->depth + 1u) < LBMS_LCD_DEPTH)) {
        lcd->depth++;
        lcd->place[lcd->depth].page = item.leads_to;
        lcd->place[lcd->depth].cursor = 0u;
        lcd->place[lcd->depth].top = 0u;
    }
}

/* Of several keys pressed at once, the one that leads farthest back counts. */
static void act(struct lbms_lcd *lcd, const struct lbms_lcd_view *view, unsigned pressed)
{
    struct lbms_lcd_place *place = &lcd->place[lcd->depth];

    if ((pressed & LBMS_KEY_MENU) != 0u) {
        go_to_main(lcd);
    } else if ((pressed & LBMS_KEY_ESC) != 0u) {
        lcd->depth = (uint8_t)((lcd->depth > 0u) ? (lcd->depth - 1u) : 0u);
    } else if ((pressed & LBMS_KEY_ENTER) != 0u) {
        enter(lcd, view);
    } else if ((place->cursor + 1u) < lbms_lcd_items(view, place->page)) {
        place->cursor++;
    } else {
        place->cursor = 0u; /* there is no key upwards */
    }
}

static void remember(struct lbms_lcd *lcd, const struct lbms_measured *m)
{
    const uint16_t needed = LBMS_VALID_PACK | LBMS_VALID_CELL_RANGE;

    if ((m->valid & needed) == needed) {
        lcd->pack_mv = m->pack_mv;
        lcd->cell_min_mv = m->cell_min_mv;
        lcd->values_valid = true;
    }
}

/* A start lights the display, falling asleep makes it dark. */
static void follow_mode(struct lbms_lcd *lcd, const struct lbms_snapshot *s, uint32_t now_ms)
{
    const bool asleep = s->mode == LBMS_MODE_SHUTDOWN;

    if (!asleep && (lcd->asleep || !lcd->started)) {
        go_to_main(lcd);
        light(lcd, now_ms);
    } else if (asleep && !lcd->asleep) {
        lcd->lit = false;
        lcd->notice = false;
    } else {
        /* as before */
    }
    lcd->asleep = asleep;
    if (!asleep) {
        remember(lcd, &s->m);
    }
}

static void follow_address(struct lbms_lcd *lcd, const struct lbms_snapshot *s, uint32_t now_ms)
{
    if (s->dip_changed && !lcd->dip_changed && !lcd->asleep) {
        lcd->notice = true;
        light(lcd, now_ms);
    }
    lcd->notice = lcd->notice && s->dip_changed; /* turned back */
    lcd->dip_changed = s->dip_changed;
}

static void follow_keys(struct lbms_lcd *lcd, const struct lbms_lcd_view *view, unsigned pressed,
                        uint32_t now_ms)
{
    const bool was_lit = lcd->lit;

    if (pressed == 0u) {
        return;
    }
    light(lcd, now_ms);
    if (!was_lit || lcd->asleep) {
        return;
    }
    if (lcd->notice) {
        lcd->notice = false;
    } else {
        act(lcd, view, pressed);
    }
}

void lbms_lcd_step(struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint16_t keys, uint32_t now_ms)
{
    const struct lbms_snapshot *s = view->pack;
    const uint32_t timeout_ms = lbms_param_ms(view->params, view->product, LBMS_PARAM_DISPLAY_TIMEOUT_S);
    const unsigned menu_keys = keys & MENU_KEYS;
    unsigned before;
    unsigned after;

    if (!lcd->started) {
        /* asleep, a key may be what woke the processor: it counts */
        lbms_debounce_init(&lcd->keys, (uint16_t)((s->mode == LBMS_MODE_SHUTDOWN) ? 0u : menu_keys));
    }
    before = lcd->keys.stable;
    after = lbms_debounce(&lcd->keys, (uint16_t)menu_keys, now_ms, LBMS_LCD_DEBOUNCE_MS);
    follow_mode(lcd, s, now_ms);
    follow_address(lcd, s, now_ms);
    lcd->started = true;
    if ((s->state & LBMS_STATE_REDUCED) != 0u) {
        lcd->lit = false;
        return;
    }
    follow_keys(lcd, view, after & ~before, now_ms);
    if (lcd->lit && (lbms_elapsed_ms(now_ms, lcd->key_ms) >= timeout_ms)) {
        lcd->lit = false;
    }
    keep_in_view(lcd, view);
}

void lbms_lcd_line(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t row, char *text)
{
    const struct lbms_lcd_place place = in_front(lcd);
    const unsigned index = (unsigned)place.top + row;
    const bool at_cursor = index == place.cursor;
    struct lbms_lcd_item item;
    size_t value_length;
    size_t room;
    size_t length;

    memset(text, ' ', lcd->columns);
    text[lcd->columns] = '\0';
    if ((row >= lcd->rows) || (index >= lbms_lcd_items(view, place.page))) {
        return;
    }
    lbms_lcd_item(lcd, view, place.page, (uint8_t)index, &item);
    memcpy(text, at_cursor ? ">>" : "--", MARK);
    room = (size_t)lcd->columns - MARK;
    if (item.leads_to != LBMS_LCD_NO_PAGE) {
        room -= MARK;
        memcpy(&text[lcd->columns - MARK], ">>", MARK);
    }
    value_length = strlen(item.value);
    if (value_length > room) {
        value_length = room;
    }
    memcpy(&text[MARK + room - value_length], item.value, value_length);
    length = strlen(item.label);
    if ((value_length > 0u) && (room > value_length)) {
        room--; /* a blank between the two */
    }
    if (length > (room - value_length)) { /* the value counts more than its name */
        length = room - value_length;
    }
    memcpy(&text[MARK], item.label, length);
}
