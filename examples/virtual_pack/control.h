/* Hands: what a person does with the pack and the house, by key, by --at and by --fault. */
#ifndef VIRTUAL_PACK_CONTROL_H
#define VIRTUAL_PACK_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual_pack/action.h"

#define CONTROL_KEYS 6u

struct app;

struct control {
    size_t next;                     /* action of the command line that comes next */
    uint64_t until_ms[CONTROL_KEYS]; /* a key, bit number of enum lbms_key, is held until then; 0: not held */
};

/* Do it now. */
void control_do(struct app *app, const struct action *action);

/* The same from text that is known to be right, or is typed: false when it is no action; error has one line. */
bool control_do_text(struct app *app, const char *text, char error[ACTION_ERROR_SIZE]);

/* At the beginning of every piece of simulated time. True: a control has moved, the core should look at once. */
bool control_tick(struct app *app);

#endif
