/* What the tests of the POSIX port share: a folder that goes away, and the other end of a line. */
#ifndef LBMS_TESTS_POSIX_SCRATCH_H
#define LBMS_TESTS_POSIX_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Path of a file in a folder of this process that is removed at its end. Valid for the whole test. */
const char *scratch_path(const char *name);

/* prefix followed by scratch_path(name), as in "pty:/tmp/.../link". Valid for the whole test. */
const char *scratch_target(const char *prefix, const char *name);

/* Writes a file; reads one: result = bytes, or -1. */
void scratch_write(const char *path, const void *data, size_t size);
int scratch_read(const char *path, void *data, size_t size);

/* The program at the other end of a PTY: plain non-blocking open, no settings. */
int client_open(const char *path);
void client_send(int fd, const void *data, size_t size);
/* Waits shortly for exactly this text. */
void client_expect(int fd, const char *text);
/* Nothing may come. */
void client_expect_nothing(int fd);

/*
 * A terminal device whose other end the test holds: result = that end, non-blocking. Named by a link, so that a
 * device that was closed can come back under the same name.
 */
int device_make(const char *link);
/* Unplugs it: the name goes first, because the system gives the number of a closed PTY to the next program. */
void device_remove(int other, const char *link);

/* Bytes pass a PTY by a job of the system: waits until fd can be read, at most a second. */
bool wait_readable(int fd);

#endif
