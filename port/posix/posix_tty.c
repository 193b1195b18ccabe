/* Terminal devices: raw mode, baud rate and character format. */
#include "posix_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/ports.h"

struct rate {
    uint32_t baud;
    speed_t speed;
};

static const struct rate rates[] = {
    {1200u, B1200},   {2400u, B2400},   {4800u, B4800},   {9600u, B9600},
    {19200u, B19200}, {38400u, B38400}, {57600u, B57600}, {115200u, B115200},
};

struct format {
    const char *text;
    tcflag_t flags; /* among FORMAT_FLAGS */
};

#define FORMAT_FLAGS ((tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB))

/* Index: enum lbms_serial_format. */
static const struct format formats[] = {
    {"8N1", CS8},
    {"8E1", CS8 | PARENB},
    {"8O1", CS8 | PARENB | PARODD},
    {"8N2", CS8 | CSTOPB},
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static const struct rate *find_rate(uint32_t baud)
{
    size_t i;

    for (i = 0u; i < COUNT_OF(rates); i++) {
        if (rates[i].baud == baud) {
            return &rates[i];
        }
    }
    return NULL;
}

int lbms_posix_tty_check(struct lbms_posix_serial *serial, uint32_t baud, uint8_t format)
{
    if (find_rate(baud) == NULL) {
        lbms_posix_note(
            serial->error, &serial->error_new,
            "%s: baud rate %lu is not supported; use 1200, 2400, 4800, 9600, 19200, 38400, 57600 or "
            "115200",
            serial->name, (unsigned long)baud);
        return LBMS_ERR_RANGE;
    }
    if (format >= COUNT_OF(formats)) {
        lbms_posix_note(serial->error, &serial->error_new,
                        "%s: character format number %u is not supported; use 8N1, 8E1, 8O1 or 8N2",
                        serial->name, (unsigned)format);
        return LBMS_ERR_RANGE;
    }
    return LBMS_OK;
}

/* No translation, no echo, no signals, no flow control; a read returns what is there. */
static void make_raw(struct termios *settings)
{
    settings->c_iflag = (tcflag_t)IGNBRK;
    settings->c_oflag = 0u;
    settings->c_lflag = 0u;
    settings->c_cflag |= (tcflag_t)(CLOCAL | CREAD);
#ifdef CRTSCTS
    settings->c_cflag &= ~(tcflag_t)CRTSCTS;
#endif
    /* With O_NONBLOCK: nothing there = EAGAIN. 0 instead would look like the end of a device that has gone. */
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}

/* tcsetattr() is content when one of the settings could be made: look at what the device has taken. */
static bool settings_taken(int fd, const struct termios *wanted)
{
    struct termios got;

    if (tcgetattr(fd, &got) != 0) {
        return false;
    }
    if (cfgetospeed(&got) != cfgetospeed(wanted) || (got.c_lflag & (tcflag_t)(ICANON | ECHO)) != 0u) {
        return false;
    }
    return (got.c_cflag & FORMAT_FLAGS) == (wanted->c_cflag & FORMAT_FLAGS);
}

int lbms_posix_tty_setup(struct lbms_posix_serial *serial, int fd, uint32_t baud, uint8_t format)
{
    struct termios settings;
    const int checked = lbms_posix_tty_check(serial, baud, format);

    if (checked != LBMS_OK) {
        return checked;
    }
    if (tcgetattr(fd, &settings) != 0) {
        lbms_posix_note(serial->error, &serial->error_new, "%s: settings cannot be read: %s", serial->name,
                        strerror(errno));
        return LBMS_ERR_IO;
    }
    make_raw(&settings);
    settings.c_cflag = (settings.c_cflag & ~FORMAT_FLAGS) | formats[format].flags;
    if (serial->is_virtual) {
        settings.c_cflag &= ~(tcflag_t)(PARENB | PARODD); /* a PTY has no wire and refuses parity */
    }
    (void)cfsetispeed(&settings, find_rate(baud)->speed);
    (void)cfsetospeed(&settings, find_rate(baud)->speed);
    if (tcsetattr(fd, TCSANOW, &settings) != 0 || !settings_taken(fd, &settings)) {
        lbms_posix_note(serial->error, &serial->error_new, "%s: the device refuses %lu baud %s", serial->name,
                        (unsigned long)baud, formats[format].text);
        return LBMS_ERR_UNSUPPORTED;
    }
    return LBMS_OK;
}

/* Opens serial->name with the rate and format of the struct; the settings before are kept once. */
int lbms_posix_tty_open(struct lbms_posix_serial *serial)
{
    const int fd = open(serial->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios before;
    char real[LBMS_POSIX_PATH_SIZE];
    int status;

    if (fd < 0) {
        lbms_posix_note(serial->error, &serial->error_new, "%s: cannot be opened: %s", serial->name,
                        strerror(errno));
        return LBMS_ERR_IO;
    }
    if (tcgetattr(fd, &before) != 0) {
        lbms_posix_note(serial->error, &serial->error_new, "%s: is no serial device", serial->name);
        (void)close(fd);
        return LBMS_ERR_IO;
    }
    serial->is_virtual = ttyname_r(fd, real, sizeof(real)) == 0 && strncmp(real, "/dev/pts/", 9u) == 0;
    status = lbms_posix_tty_setup(serial, fd, serial->baud, serial->format);
    if (status != LBMS_OK) {
        (void)close(fd);
        return status;
    }
    if (!serial->have_saved) {
        serial->saved = before;
        serial->have_saved = true;
    }
    (void)tcflush(fd, TCIOFLUSH); /* what came before is not for us */
    serial->fd = fd;
    return LBMS_OK;
}
