/* Retained memory in a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/posix_hal.h"
#include "posix_private.h"

#define TEMPORARY ".new"

static int fail(struct lbms_posix *posix, int status, const char *what)
{
    lbms_posix_note(posix->error, &posix->error_new, "%s: %s: %s", posix->retain_path, what, strerror(errno));
    return status;
}

/* Under another name first: whoever is killed in the middle leaves the old content. */
int lbms_posix_retain_save(struct lbms_posix *posix)
{
    char name[LBMS_POSIX_PATH_SIZE + sizeof(TEMPORARY)];
    bool written;
    int fd;

    (void)snprintf(name, sizeof(name), "%s" TEMPORARY, posix->retain_path);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail(posix, LBMS_ERR_IO, "cannot be created");
    }
    errno = ENOSPC; /* what a short write means */
    written = lbms_posix_write_quiet(fd, posix->retained, posix->retained_size) == (int)posix->retained_size;
    if (!written) {
        (void)fail(posix, LBMS_ERR_IO, "cannot be written");
    }
    (void)close(fd);
    if (written && rename(name, posix->retain_path) == 0) {
        return LBMS_OK;
    }
    if (written) {
        (void)fail(posix, LBMS_ERR_IO, "cannot be replaced");
    }
    (void)unlink(name);
    return LBMS_ERR_IO;
}

static int load(struct lbms_posix *posix, int fd)
{
    uint8_t data[LBMS_POSIX_RETAIN_MAX + 1u];
    const ssize_t got = read(fd, data, sizeof(data));

    if (got < 0) {
        return fail(posix, LBMS_ERR_IO, "cannot be read");
    }
    if ((size_t)got > LBMS_POSIX_RETAIN_MAX) {
        lbms_posix_note(posix->error, &posix->error_new, "%s: is larger than %u bytes: no retained memory",
                        posix->retain_path, LBMS_POSIX_RETAIN_MAX);
        return LBMS_ERR_FORMAT;
    }
    memcpy(posix->retained, data, (size_t)got);
    posix->retained_size = (size_t)got;
    return LBMS_OK;
}

int lbms_posix_open_retained(struct lbms_posix *posix, const char *path)
{
    int status = LBMS_OK;
    int fd;

    if (path[0] == '\0' || !lbms_posix_copy_name(posix->retain_path, sizeof(posix->retain_path), path)) {
        lbms_posix_note(posix->error, &posix->error_new,
                        "retained memory: the file name is missing or too long");
        return LBMS_ERR_ARGUMENT;
    }
    fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) {
        status = load(posix, fd);
        (void)close(fd);
    } else if (errno != ENOENT) {
        status = fail(posix, LBMS_ERR_IO, "cannot be opened");
    } else {
        /* nothing kept yet */
    }
    if (status != LBMS_OK) {
        posix->retain_path[0] = '\0'; /* never overwrite what is not ours */
    }
    return status;
}

int lbms_posix_retained(const struct lbms_posix *posix, void *data, size_t size)
{
    if (posix->retained_size == 0u) {
        return LBMS_ERR_STATE;
    }
    if (posix->retained_size != size) {
        return LBMS_ERR_FORMAT;
    }
    memcpy(data, posix->retained, size);
    return LBMS_OK;
}
