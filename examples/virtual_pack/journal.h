/*
 * What the program has to say: events of the pack, and troubles of its surroundings (a full disk, a lost device).
 * Headless, events go to standard output and troubles to standard error, a line each, at once; live, the panel shows
 * the newest ones.
 */
#ifndef VIRTUAL_PACK_JOURNAL_H
#define VIRTUAL_PACK_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "virtual_pack/text.h"

#define JOURNAL_LINES     64
#define JOURNAL_LINE_SIZE 160

struct journal {
    bool to_screen;     /* kept for the panel instead of printed */
    double time_s;      /* simulated time, put before every event */
    bool output_lost;   /* standard output has failed: told once */
    bool output_closed; /* ... because nobody reads it any more */
    size_t count;       /* lines ever */
    struct {
        char text[JOURNAL_LINE_SIZE];
        bool trouble;
    } line[JOURNAL_LINES]; /* ring: line n is at n % JOURNAL_LINES */
};

void journal_init(struct journal *journal);

/* Something happened in the pack: with simulated time. */
void journal_event(struct journal *journal, const char *format, ...) TEXT_PRINTF(2, 3);

/* Something outside the pack does not work. */
void journal_trouble(struct journal *journal, const char *format, ...) TEXT_PRINTF(2, 3);

/* A line as it is, printed only headless: status lines. */
void journal_print(struct journal *journal, const char *format, ...) TEXT_PRINTF(2, 3);

#endif
