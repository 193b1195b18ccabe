/*
 * Running the programs as a user does: through a shell, in a folder of its own that is removed at the end.
 *
 *     command("$VP --headless --duration 1m --csv a.csv");
 *     ck_assert_int_eq(ran.status, 0);
 *     ck_assert(says(ran.out, "summary"));
 *
 * $VP, $REPLAY, $SOC_EVAL and $SOC_BENCH are the programs, $FIT_CELL is the tool that fits a cell file, $PROFILES and
 * $RECORDS are the folders of profiles and measured records.
 */
#ifndef LBMS_TESTS_COMMAND_H
#define LBMS_TESTS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_OUTPUT_SIZE 65536

/* What the last command has left: its exit status, -1 when a signal ended it; the beginning of what it wrote. */
extern struct command_result {
    int status;
    char out[COMMAND_OUTPUT_SIZE];
    char err[COMMAND_OUTPUT_SIZE];
} ran;

/* Runs a command line, at most a minute. */
void command(const char *format, ...);

/* The text contains this. */
bool says(const char *text, const char *what);

/* Lines of a text. */
unsigned lines(const char *text);

/* The last line of a text, without its end. */
const char *last_line(const char *text);

/* Reads a file of the folder; result = bytes, at most `size`. */
size_t file_read(const char *name, void *data, size_t size);

/* Writes one. */
void file_write(const char *name, const void *data, size_t size);

/* A file is there. */
bool file_exists(const char *name);

/* The path that a variable stands for. */
const char *program(const char *variable);

#endif
