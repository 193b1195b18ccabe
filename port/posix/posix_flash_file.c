/* The file behind a flash: opened, checked, locked, created with 0xFF, written through. */
#include "posix_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "losun_bms/base/status.h"

static int fail(struct lbms_posix_flash *flash, int status, const char *what)
{
    lbms_posix_note(flash->error, &flash->error_new, "%s: %s: %s", flash->name, what, strerror(errno));
    return status;
}

/* All bytes, or the errno of the first that could not be written. */
static bool write_all(int fd, uint32_t address, const uint8_t *data, size_t size)
{
    size_t done = 0u;

    while (done < size) {
        const ssize_t written = pwrite(fd, &data[done], size - done, (off_t)(address + done));

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            errno = (written == 0) ? ENOSPC : errno;
            return false;
        }
        done += (size_t)written;
    }
    return true;
}

static bool read_all(int fd, uint32_t address, uint8_t *data, size_t size)
{
    size_t done = 0u;

    while (done < size) {
        const ssize_t got = pread(fd, &data[done], size - done, (off_t)(address + done));

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = (got == 0) ? EIO : errno;
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

/* Two packs on one memory would destroy it. The lock ends with the program, however that ends. */
static int lock(struct lbms_posix_flash *flash)
{
    struct flock whole;

    memset(&whole, 0, sizeof(whole));
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (fcntl(flash->fd, F_SETLK, &whole) == 0) {
        return LBMS_OK;
    }
    if (errno == EACCES || errno == EAGAIN) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: is in use by another program", flash->name);
        return LBMS_ERR_STATE;
    }
    return LBMS_OK; /* a file system without locks */
}

/* A new file. When the disk is full, it is empty again: half a file would be refused the next time. */
static int fill(struct lbms_posix_flash *flash, size_t size)
{
    int status = LBMS_OK;

    if (!write_all(flash->fd, 0u, flash->image, size)) {
        status = fail(flash, LBMS_ERR_IO, "cannot be written");
        if (ftruncate(flash->fd, 0) != 0) {
            status = LBMS_ERR_IO; /* the report above says what is wrong */
        }
    }
    return status;
}

static int load(struct lbms_posix_flash *flash, size_t size)
{
    struct stat file;
    int status;

    if (fstat(flash->fd, &file) != 0) {
        return fail(flash, LBMS_ERR_IO, "cannot be examined");
    }
    if (!S_ISREG(file.st_mode)) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: is no regular file", flash->name);
        return LBMS_ERR_IO;
    }
    status = lock(flash);
    if (status != LBMS_OK) {
        return status;
    }
    if (file.st_size == 0) {
        return fill(flash, size);
    }
    if (file.st_size != (off_t)size) {
        lbms_posix_note(flash->error, &flash->error_new,
                        "%s: has %lld bytes instead of %lu: not a memory of this pack", flash->name,
                        (long long)file.st_size, (unsigned long)size);
        return LBMS_ERR_FORMAT;
    }
    return read_all(flash->fd, 0u, flash->image, size) ? LBMS_OK : fail(flash, LBMS_ERR_IO, "cannot be read");
}

int lbms_posix_flash_file_open(struct lbms_posix_flash *flash, const char *path, size_t size)
{
    bool created = true;
    int status;

    if (path[0] == '\0' || !lbms_posix_copy_name(flash->name, sizeof(flash->name), path)) {
        lbms_posix_note(flash->error, &flash->error_new,
                        "flash: the name of the file is missing or too long");
        return LBMS_ERR_ARGUMENT;
    }
    flash->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (flash->fd < 0 && errno == EEXIST) {
        created = false;
        flash->fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
    if (flash->fd < 0) {
        return fail(flash, LBMS_ERR_IO, "cannot be opened");
    }
    status = load(flash, size);
    if (status != LBMS_OK) {
        if (created) {
            (void)unlink(path);
        }
        (void)close(flash->fd);
        flash->fd = -1;
    }
    return status;
}

int lbms_posix_flash_file_write(struct lbms_posix_flash *flash, uint32_t address, const uint8_t *data,
                                size_t size)
{
    if (write_all(flash->fd, address, data, size)) {
        return LBMS_OK;
    }
    (void)fail(flash, LBMS_ERR_IO, "cannot be written");
    (void)read_all(flash->fd, address, &flash->image[address], size);
    return LBMS_ERR_IO;
}

int lbms_posix_flash_file_sync(struct lbms_posix_flash *flash)
{
    if (flash->fd < 0 || !flash->sync || fdatasync(flash->fd) == 0) {
        return LBMS_OK;
    }
    return fail(flash, LBMS_ERR_IO, "cannot be written out");
}

void lbms_posix_flash_file_close(struct lbms_posix_flash *flash)
{
    if (fdatasync(flash->fd) != 0 && errno != EINVAL) {
        (void)fail(flash, LBMS_ERR_IO, "cannot be written out");
    }
    if (close(flash->fd) != 0) {
        (void)fail(flash, LBMS_ERR_IO, "cannot be closed");
    }
    flash->fd = -1;
}
