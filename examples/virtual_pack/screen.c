#include "virtual_pack/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "virtual_pack/terminal.h"

#define EIGHTHS     8
#define OUT_SIZE    8192
#define OUT_RESERVE 64 /* longest piece: a position, a style and a character */

static const char *const style_codes[STYLE_COUNT] = {
    "0", "0;2", "0;1", "0;7", "0;32", "0;31;1", "0;33", "0;36", "0;1;92", "0;1;91", "0;30;102", "0;37;44",
};

struct output {
    char text[OUT_SIZE];
    size_t used;
    int style;
    bool good;
};

void screen_resize(struct screen *screen, int rows, int columns)
{
    screen->rows = (rows < SCREEN_ROWS) ? rows : SCREEN_ROWS;
    screen->columns = (columns < SCREEN_COLUMNS) ? columns : SCREEN_COLUMNS;
    screen->whole = true;
}

void screen_clear(struct screen *screen)
{
    const struct screen_cell blank = {' ', STYLE_PLAIN};
    int row;
    int column;

    for (row = 0; row < screen->rows; row++) {
        for (column = 0; column < screen->columns; column++) {
            screen->now[row][column] = blank;
        }
    }
}

int screen_glyph(struct screen *screen, int row, int column, enum screen_style style, unsigned code)
{
    if (row >= 0 && row < screen->rows && column >= 0 && column < screen->columns) {
        screen->now[row][column].code = (uint16_t)code;
        screen->now[row][column].style = (uint8_t)style;
    }
    return column + 1;
}

int screen_print(struct screen *screen, int row, int column, enum screen_style style, const char *format, ...)
{
    char text[SCREEN_COLUMNS + 1];
    const char *p;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (p = text; *p != '\0'; p++) {
        column = screen_glyph(screen, row, column, style, (*p >= ' ' && *p <= '~') ? (unsigned)*p : '?');
    }
    return column;
}

void screen_bar(struct screen *screen, int row, int column, int width, enum screen_style style, double filled)
{
    const double limited = (filled < 0.0) ? 0.0 : (filled > 1.0) ? 1.0 : filled;
    const int eighths = (int)(limited * width * EIGHTHS + 0.5);
    int i;

    for (i = 0; i < width; i++) {
        const int rest = eighths - i * EIGHTHS;

        if (rest >= EIGHTHS) {
            (void)screen_glyph(screen, row, column + i, style, GLYPH_FULL);
        } else if (rest > 0) {
            (void)screen_glyph(screen, row, column + i, style, GLYPH_EIGHTH - (unsigned)(rest - 1));
        } else {
            (void)screen_glyph(screen, row, column + i, STYLE_DIM, '.');
        }
    }
}

void screen_box(struct screen *screen, int row, int column, int height, int width, enum screen_style style)
{
    int y;
    int x;

    for (y = 0; y < height; y++) {
        for (x = 0; x < width; x++) {
            const bool edge_y = y == 0 || y == height - 1;
            const bool edge_x = x == 0 || x == width - 1;

            (void)screen_glyph(screen, row + y, column + x, style,
                               edge_y ? GLYPH_HORIZONTAL : (edge_x ? (unsigned)GLYPH_VERTICAL : ' '));
        }
    }
    (void)screen_glyph(screen, row, column, style, GLYPH_TOP_LEFT);
    (void)screen_glyph(screen, row, column + width - 1, style, GLYPH_TOP_RIGHT);
    (void)screen_glyph(screen, row + height - 1, column, style, GLYPH_BOTTOM_LEFT);
    (void)screen_glyph(screen, row + height - 1, column + width - 1, style, GLYPH_BOTTOM_RIGHT);
}

/* Terminals without UTF-8. */
static char plain_character(unsigned code)
{
    switch (code) {
    case GLYPH_LIT:
        return '@';
    case GLYPH_DARK:
        return 'o';
    case GLYPH_CLOSED:
        return '#';
    case GLYPH_OPEN:
        return '-';
    case GLYPH_UP:
        return '^';
    case GLYPH_DOWN:
        return 'v';
    case GLYPH_HORIZONTAL:
        return '-';
    case GLYPH_VERTICAL:
        return '|';
    default:
        /* corners; bars: from one half on the character counts as full */
        return (code < GLYPH_FULL) ? '+' : (code <= GLYPH_EIGHTH - 3) ? '#' : '.';
    }
}

static void put(struct output *out, const char *text, size_t size)
{
    memcpy(out->text + out->used, text, size);
    out->used += size;
}

static void put_character(struct output *out, unsigned code, bool utf8)
{
    char bytes[3];
    size_t size = 1;

    if (code < 0x80) {
        bytes[0] = (char)code;
    } else if (!utf8) {
        bytes[0] = plain_character(code);
    } else {
        bytes[0] = (char)(0xE0 | (code >> 12));
        bytes[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        bytes[2] = (char)(0x80 | (code & 0x3F));
        size = 3;
    }
    put(out, bytes, size);
}

static void put_cells(struct output *out, const struct screen *screen, int row, int first, int last)
{
    char text[32];
    int column;

    (void)snprintf(text, sizeof(text), "\033[%d;%dH", row + 1, first + 1);
    put(out, text, strlen(text));
    for (column = first; column <= last; column++) {
        const struct screen_cell *cell = &screen->now[row][column];

        if (out->used > OUT_SIZE - OUT_RESERVE) {
            out->good = out->good && terminal_write(out->text, out->used);
            out->used = 0;
        }
        if (cell->style != out->style) {
            (void)snprintf(text, sizeof(text), "\033[%sm", style_codes[cell->style]);
            put(out, text, strlen(text));
            out->style = cell->style;
        }
        put_character(out, cell->code, screen->utf8);
    }
}

static bool same(const struct screen_cell *a, const struct screen_cell *b)
{
    return a->code == b->code && a->style == b->style;
}

bool screen_flush(struct screen *screen)
{
    static const char clear[] = "\033[0m\033[2J";
    struct output out;
    int row;

    out.used = 0;
    out.style = -1;
    out.good = true;
    if (screen->whole) {
        put(&out, clear, sizeof(clear) - 1);
    }
    for (row = 0; row < screen->rows; row++) {
        int first = 0;
        int last = screen->columns - 1;

        while (!screen->whole && first <= last &&
               same(&screen->now[row][first], &screen->shown[row][first])) {
            first++;
        }
        while (!screen->whole && last >= first && same(&screen->now[row][last], &screen->shown[row][last])) {
            last--;
        }
        if (first <= last) {
            if (out.used > OUT_SIZE - OUT_RESERVE) {
                out.good = out.good && terminal_write(out.text, out.used);
                out.used = 0;
            }
            put_cells(&out, screen, row, first, last);
        }
        memcpy(screen->shown[row], screen->now[row], sizeof(screen->now[row]));
    }
    screen->whole = false;
    return terminal_write(out.text, out.used) && out.good;
}
