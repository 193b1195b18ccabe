/* The front panel in the terminal. */
#ifndef VIRTUAL_PACK_PANEL_H
#define VIRTUAL_PACK_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "virtual_pack/screen.h"

#define PANEL_ENTRY_SIZE 64
#define PANEL_FAULTS     16u

struct app;

/* What lies in front of the panel. */
enum panel_front { PANEL_NOTHING, PANEL_HELP, PANEL_FAULT_LIST, PANEL_ENTRY };

/* A fault of the list: actions that begin and end it. */
struct panel_fault {
    const char *name, *begin, *end; /* end NULL: happens once */
};

extern const struct panel_fault panel_faults[PANEL_FAULTS];

struct panel {
    struct screen screen;
    enum panel_front front;
    char entry[PANEL_ENTRY_SIZE]; /* text being typed */
    size_t entry_length;
    bool fault_on[PANEL_FAULTS];
};

/* Take the terminal. False when it refuses. */
bool panel_open(struct panel *panel);

/* Draw the whole panel. False when the terminal has gone. */
bool panel_draw(struct app *app);

/* keys.c: what was typed. */
void panel_keys(struct app *app, const char *keys, size_t count);

/* panel_front.c: lists in front of the panel. */
void panel_draw_front(struct app *app);

#endif
