#include "virtual_pack/journal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void journal_init(struct journal *journal)
{
    memset(journal, 0, sizeof(*journal));
}

static void keep(struct journal *journal, const char *text, bool trouble)
{
    const size_t place = journal->count % JOURNAL_LINES;

    (void)snprintf(journal->line[place].text, JOURNAL_LINE_SIZE, "%s", text);
    journal->line[place].trouble = trouble;
    journal->count++;
}

/* The pack runs on when nobody can read what is printed; a reader who has left (head, less) ends the run. */
static void print(struct journal *journal, const char *text)
{
    if (journal->output_lost) {
        return;
    }
    errno = 0;
    if (printf("%s\n", text) < 0 || fflush(stdout) != 0) {
        journal->output_lost = true;
        journal->output_closed = errno == EPIPE;
        if (!journal->output_closed) {
            (void)fprintf(stderr, "virtual_pack: standard output: %s; the pack runs on\n", strerror(errno));
        }
    }
}

void journal_event(struct journal *journal, const char *format, ...)
{
    char text[JOURNAL_LINE_SIZE];
    char time[TEXT_TIME_SIZE];
    size_t used;
    va_list arguments;

    text_time(time, journal->time_s);
    (void)snprintf(text, sizeof(text), "%s  ", time);
    used = strlen(text);
    va_start(arguments, format);
    (void)vsnprintf(text + used, sizeof(text) - used, format, arguments);
    va_end(arguments);
    if (journal->to_screen) {
        keep(journal, text, false);
    } else {
        print(journal, text);
    }
}

void journal_trouble(struct journal *journal, const char *format, ...)
{
    char text[JOURNAL_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (journal->to_screen) {
        keep(journal, text, true);
    } else {
        (void)fprintf(stderr, "virtual_pack: %s\n", text);
    }
}

void journal_print(struct journal *journal, const char *format, ...)
{
    char text[2 * JOURNAL_LINE_SIZE];
    va_list arguments;

    if (journal->to_screen) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    print(journal, text);
}
