/*
 * The terminal: raw keys, the alternate screen, and everything put back on every way out, also by exit(), by a signal
 * that ends the program, or by a crash. And the signals that a program of this sort must know.
 */
#ifndef VIRTUAL_PACK_TERMINAL_H
#define VIRTUAL_PACK_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Watch SIGINT, SIGTERM and SIGHUP; SIGPIPE is ignored. */
void terminal_watch_signals(void);

/* From now on these signals end the program at once. */
void terminal_release_signals(void);

/* One of them has come. */
bool terminal_stop_wanted(void);

/* Can the panel be shown here? */
bool terminal_usable(void);

/* Take the terminal. False when it refuses. */
bool terminal_enter(void);

/* Put everything back. A second call does nothing. */
void terminal_leave(void);

/* Suspend the program when Ctrl-Z asked for it. True: it was suspended and is back, the screen must be drawn anew. */
bool terminal_suspend(void);

/* Size in characters; true when it has changed since the last call. */
bool terminal_size(int *rows, int *columns);

/* Keys that were pressed, never waits. 0 = none; -1 = there will be no more. */
int terminal_read(char *keys, size_t size);

/* All bytes. False when the terminal has gone. */
bool terminal_write(const char *text, size_t size);

/* Wait until one of these descriptors can be read, at most so long. */
void terminal_wait(const int *fd, size_t count, double seconds);

#endif
