/* A grid of characters that is drawn anew in every frame; only what has changed goes to the terminal. */
#ifndef VIRTUAL_PACK_SCREEN_H
#define VIRTUAL_PACK_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual_pack/text.h"

#define SCREEN_ROWS    80
#define SCREEN_COLUMNS 240

enum screen_style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_TITLE,
    STYLE_GREEN,
    STYLE_RED,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_LIGHT_GREEN, /* a lamp that is lit */
    STYLE_LIGHT_RED,
    STYLE_DISPLAY, /* character display */
    STYLE_BOX,     /* a list in front of the panel */
    STYLE_COUNT
};

/* Characters beyond ASCII, with a replacement for terminals that have none. */
enum screen_glyph {
    GLYPH_LIT = 0x25CF,
    GLYPH_DARK = 0x25CB,
    GLYPH_CLOSED = 0x25A0,
    GLYPH_OPEN = 0x25A1,
    GLYPH_UP = 0x25B2,
    GLYPH_DOWN = 0x25BC,
    GLYPH_FULL = 0x2588,   /* bar, whole character */
    GLYPH_EIGHTH = 0x258F, /* bar, one eighth; 7 eighths are 6 less */
    GLYPH_HORIZONTAL = 0x2500,
    GLYPH_VERTICAL = 0x2502,
    GLYPH_TOP_LEFT = 0x250C,
    GLYPH_TOP_RIGHT = 0x2510,
    GLYPH_BOTTOM_LEFT = 0x2514,
    GLYPH_BOTTOM_RIGHT = 0x2518
};

struct screen_cell {
    uint16_t code; /* Unicode */
    uint8_t style;
};

struct screen {
    int rows, columns;
    bool utf8;
    bool whole; /* the terminal shows something else: draw everything */
    struct screen_cell now[SCREEN_ROWS][SCREEN_COLUMNS];
    struct screen_cell shown[SCREEN_ROWS][SCREEN_COLUMNS];
};

/* A new size; also after the terminal was taken. */
void screen_resize(struct screen *screen, int rows, int columns);

/* Begin a frame. */
void screen_clear(struct screen *screen);

/* Draw; what lies outside is left out. Bytes that are no printable ASCII show as '?'. @return column behind it */
int screen_print(struct screen *screen, int row, int column, enum screen_style style, const char *format, ...)
    TEXT_PRINTF(5, 6);
int screen_glyph(struct screen *screen, int row, int column, enum screen_style style, unsigned code);

/* A horizontal bar, filled from the left; width in characters, filled 0..1. */
void screen_bar(struct screen *screen, int row, int column, int width, enum screen_style style,
                double filled);

/* An empty box; the inside gets the style too. */
void screen_box(struct screen *screen, int row, int column, int height, int width, enum screen_style style);

/* Bring the terminal up to date. False when it has gone. */
bool screen_flush(struct screen *screen);

#endif
