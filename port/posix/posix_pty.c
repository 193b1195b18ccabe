/* Pseudo-terminals: creation, and the symbolic link by which clients find them. */
#include "posix_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "losun_bms/base/status.h"

static int fail(struct lbms_posix_serial *serial, const char *what)
{
    lbms_posix_note(serial->error, &serial->error_new, "pty: %s: %s", what, strerror(errno));
    if (serial->fd >= 0) {
        (void)close(serial->fd);
        serial->fd = -1;
    }
    return LBMS_ERR_IO;
}

/* A link left by a program that was killed is replaced; anything else at that place is not ours. */
static int make_link(struct lbms_posix_serial *serial, const char *link)
{
    struct stat there;

    if (!lbms_posix_copy_name(serial->link, sizeof(serial->link), link)) {
        lbms_posix_note(serial->error, &serial->error_new, "pty: the name of the link is too long");
        return LBMS_ERR_ARGUMENT;
    }
    if (lstat(link, &there) == 0) {
        if (!S_ISLNK(there.st_mode)) {
            serial->link[0] = '\0'; /* never removed at close */
            lbms_posix_note(serial->error, &serial->error_new, "pty: %s exists and is no symbolic link",
                            link);
            return LBMS_ERR_STATE;
        }
        (void)unlink(link);
    }
    if (symlink(serial->name, link) != 0) {
        serial->link[0] = '\0';
        lbms_posix_note(serial->error, &serial->error_new, "pty: link %s cannot be made: %s", link,
                        strerror(errno));
        return LBMS_ERR_IO;
    }
    return LBMS_OK;
}

/*
 * The slave is opened and closed once: raw mode stays with the PTY, and from the first moment on the system tells
 * 'no client' (EIO, POLLHUP at the master) instead of collecting what is sent.
 */
static int prepare_slave(struct lbms_posix_serial *serial)
{
    const int slave = open(serial->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    int status;

    if (slave < 0) {
        return fail(serial, "its client side cannot be opened");
    }
    status = lbms_posix_tty_setup(serial, slave, serial->baud, serial->format);
    (void)close(slave);
    return status;
}

int lbms_posix_pty_open(struct lbms_posix_serial *serial, const char *link)
{
    const char *slave_name;
    int flags, status;

    serial->is_virtual = true;
    serial->fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (serial->fd < 0) {
        return fail(serial, "cannot be created");
    }
    flags = fcntl(serial->fd, F_GETFL);
    if (flags < 0 || fcntl(serial->fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(serial->fd, F_SETFD, FD_CLOEXEC) != 0) {
        return fail(serial, "cannot be made non-blocking");
    }
    if (grantpt(serial->fd) != 0 || unlockpt(serial->fd) != 0) {
        return fail(serial, "access cannot be granted");
    }
    slave_name = ptsname(serial->fd);
    if (slave_name == NULL || !lbms_posix_copy_name(serial->name, sizeof(serial->name), slave_name)) {
        return fail(serial, "has no name");
    }
    status = prepare_slave(serial);
    if (status == LBMS_OK && link != NULL) {
        status = make_link(serial, link);
    }
    if (status != LBMS_OK && serial->fd >= 0) {
        (void)close(serial->fd);
        serial->fd = -1;
    }
    return status;
}

/*
 * Forgets what was sent and not yet read. The system keeps some of it at the client's side, where only somebody who
 * has opened that side can flush it.
 */
void lbms_posix_pty_flush(struct lbms_posix_serial *serial)
{
    int slave;

    (void)tcflush(serial->fd, TCOFLUSH);
    slave = open(serial->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (slave >= 0) {
        (void)tcflush(slave, TCIFLUSH);
        (void)close(slave);
    }
}

/* Only a link that still leads to this PTY: another program may have replaced it. */
void lbms_posix_pty_unlink(struct lbms_posix_serial *serial)
{
    char target[LBMS_POSIX_PATH_SIZE];
    ssize_t length;

    if (serial->link[0] == '\0') {
        return;
    }
    length = readlink(serial->link, target, sizeof(target) - 1u);
    if (length > 0) {
        target[length] = '\0';
        if (strcmp(target, serial->name) == 0) {
            (void)unlink(serial->link);
        }
    }
    serial->link[0] = '\0';
}
