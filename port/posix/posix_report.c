/* Texts, names and the one write() that all components share. */
#include "posix_private.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void lbms_posix_note(char *error, bool *error_new, const char *format, ...)
{
    va_list arguments;
    size_t i;

    va_start(arguments, format);
    (void)vsnprintf(error, LBMS_POSIX_ERROR_SIZE, format, arguments);
    va_end(arguments);
    for (i = 0u; error[i] != '\0'; i++) {
        if ((unsigned char)error[i] < 0x20u || error[i] == 0x7F) {
            error[i] = '?'; /* a name from the command line must not make a second line */
        }
    }
    *error_new = true;
}

const char *lbms_posix_take_report(const char *error, bool *error_new)
{
    if (!*error_new) {
        return NULL;
    }
    *error_new = false;
    return error;
}

bool lbms_posix_copy_name(char *out, size_t size, const char *name)
{
    const size_t length = strlen(name);

    if (length >= size) {
        out[0] = '\0';
        return false;
    }
    memcpy(out, name, length + 1u);
    return true;
}

/* A SIGPIPE that this write() made is taken back; one that was waiting before stays. */
int lbms_posix_write_quiet(int fd, const void *data, size_t size)
{
    sigset_t pipe_only, old, waiting;
    bool was_waiting;
    ssize_t result;
    int saved_errno;

    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    (void)sigpending(&waiting);
    was_waiting = sigismember(&waiting, SIGPIPE) == 1;
    (void)sigprocmask(SIG_BLOCK, &pipe_only, &old);
    do {
        result = write(fd, data, size);
    } while (result < 0 && errno == EINTR);
    saved_errno = errno;
    if (result < 0 && saved_errno == EPIPE && !was_waiting) {
        (void)sigpending(&waiting);
        if (sigismember(&waiting, SIGPIPE) == 1) {
            int taken;

            (void)sigwait(&pipe_only, &taken);
        }
    }
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
    errno = saved_errno;
    return (int)result;
}

void lbms_posix_count(uint32_t *counter)
{
    if (*counter < UINT32_MAX) {
        (*counter)++;
    }
}
