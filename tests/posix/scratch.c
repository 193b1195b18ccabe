#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/suite.h"

#define NAMES 32u

static char folder[64];
static pid_t folder_owner;
static char names[NAMES][256];
static unsigned names_used;

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    if (folder_owner == getpid()) {
        (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
}

const char *scratch_target(const char *prefix, const char *name)
{
    char *text = names[names_used % NAMES];

    names_used++;
    if (folder_owner != getpid()) {
        strcpy(folder, "/tmp/lbms_posix_XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        folder_owner = getpid();
        ck_assert_int_eq(atexit(remove_folder), 0);
    }
    (void)snprintf(text, sizeof(names[0]), "%s%s/%s", prefix, folder, name);
    return text;
}

const char *scratch_path(const char *name)
{
    return scratch_target("", name);
}

void scratch_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1u, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

int scratch_read(const char *path, void *data, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t got;

    if (file == NULL) {
        return -1;
    }
    got = fread(data, 1u, size, file);
    (void)fclose(file);
    return (int)got;
}

int client_open(const char *path)
{
    const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);

    ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
    return fd;
}

void client_send(int fd, const void *data, size_t size)
{
    ck_assert_int_eq((int)write(fd, data, size), (int)size);
}

bool wait_readable(int fd)
{
    struct pollfd line = {.fd = fd, .events = POLLIN, .revents = 0};

    return poll(&line, 1u, 1000) > 0 && (line.revents & POLLIN) != 0;
}

void client_expect(int fd, const char *text)
{
    const size_t length = strlen(text);
    char got[4096];
    size_t done = 0u;

    ck_assert_uint_lt(length, sizeof(got));
    while (done < length && wait_readable(fd)) {
        const ssize_t n = read(fd, &got[done], length - done);

        if (n <= 0) {
            break;
        }
        done += (size_t)n;
    }
    got[done] = '\0';
    ck_assert_str_eq(got, text);
}

void client_expect_nothing(int fd)
{
    struct pollfd line = {.fd = fd, .events = POLLIN, .revents = 0};

    ck_assert_int_eq(poll(&line, 1u, 5), 0);
}

int device_make(const char *link)
{
    const int other = posix_openpt(O_RDWR | O_NOCTTY);

    ck_assert_int_ge(other, 0);
    ck_assert_int_eq(fcntl(other, F_SETFL, O_RDWR | O_NONBLOCK), 0);
    ck_assert_int_eq(grantpt(other), 0);
    ck_assert_int_eq(unlockpt(other), 0);
    (void)unlink(link);
    ck_assert_int_eq(symlink(ptsname(other), link), 0);
    return other;
}

void device_remove(int other, const char *link)
{
    ck_assert_int_eq(unlink(link), 0);
    (void)close(other);
}
