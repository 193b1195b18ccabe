/**
 * @file
 * A serial port of the pack on a POSIX host: a tty device, or a pseudo-terminal (PTY) that another program opens.
 *
 * Nothing here blocks, sleeps or raises a signal. The time is an argument, so that a simulation at any speed works;
 * it drives the pacing and the retries. All times of one port must come from the same monotonic clock (it may wrap).
 *
 * - tty: when the device disappears, reads and writes give LBMS_ERR_IO, and the same name is opened again at most
 *   once in LBMS_POSIX_RETRY_MS until that works.
 * - PTY: without a client nothing is received and what is sent is lost, as on a cable with nobody at the other end;
 *   clients may come and go. A new client does not get what was meant for the one before.
 *
 * Every such change makes one line of text: see lbms_posix_serial_report().
 */
#ifndef LOSUN_BMS_PORT_POSIX_SERIAL_H
#define LOSUN_BMS_PORT_POSIX_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the error text that every component of this port keeps, with its final zero. */
#define LBMS_POSIX_ERROR_SIZE 160u
/** Size of a device name or path kept here, with its final zero. */
#define LBMS_POSIX_PATH_SIZE 256u
/** Shortest time between two attempts to open a lost device, ms. */
#define LBMS_POSIX_RETRY_MS 1000u
/** Bytes that a paced PTY holds in each direction. */
#define LBMS_POSIX_PACE_SIZE 2048u

/** What a device is doing. */
enum lbms_posix_state {
    LBMS_POSIX_CLOSED = 0,  /**< not opened, or closed by its owner */
    LBMS_POSIX_OPEN = 1,    /**< works; PTY: a client has it open */
    LBMS_POSIX_WAITING = 2, /**< PTY without a client */
    LBMS_POSIX_STALLED = 3, /**< PTY whose client does not read: the last write found no room */
    LBMS_POSIX_LOST = 4     /**< the device has gone and is tried again */
};

/** How to open a port. */
struct lbms_posix_serial_options {
    const char
        *target; /**< "/dev/ttyUSB0" (any tty), "pty", or "pty:LINK" = PTY with a symbolic link LINK to it */
    uint32_t baud;  /**< 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200; 0 means 9600 */
    uint8_t format; /**< enum lbms_serial_format */
    bool paced;     /**< PTY only: bytes pass at the baud rate instead of at once, both ways */
};

/** Bytes under way on a paced line. */
struct lbms_posix_pace {
    uint8_t data[LBMS_POSIX_PACE_SIZE];
    size_t head, count;
    uint64_t credit; /**< bit times gone since the last released byte, in 1/1000 bit */
};

/** One port. Allocated by the caller; read the fields, change them only through the functions. */
struct lbms_posix_serial {
    int fd;        /**< -1 = not open */
    uint8_t state; /**< enum lbms_posix_state */
    bool is_pty, paced, is_virtual;
    uint8_t format;
    uint32_t baud;
    char name[LBMS_POSIX_PATH_SIZE];   /**< tty: the path; PTY: the path that clients open (the slave's) */
    char link[LBMS_POSIX_PATH_SIZE];   /**< symbolic link made for the PTY; "" = none */
    char error[LBMS_POSIX_ERROR_SIZE]; /**< newest report: one line that names the device; "" = none yet */
    bool error_new;                    /**< error has not been fetched by lbms_posix_serial_report() */
    bool stall_reported;
    bool have_saved;
    struct termios saved; /**< settings of the tty before it was opened, put back at close */
    uint32_t retry_ms;    /**< when the lost device was tried last */
    uint32_t pace_ms;     /**< time up to which the pacing has been worked out */
    struct lbms_posix_pace tx, rx;
    uint32_t lost_bytes; /**< sent while no client was there */
};

/**
 * Open a port.
 *
 * @param serial   memory of the port, need not be cleared; filled in any case, so that serial->error can be read
 * @param options  copied; target must be shorter than LBMS_POSIX_PATH_SIZE
 * @param now_ms   present time of the caller's clock
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: no target, or a malformed one; LBMS_ERR_RANGE: baud rate or format out of the
 *         lists above; LBMS_ERR_UNSUPPORTED: the device refuses them; LBMS_ERR_STATE: LINK exists and is no symbolic
 *         link (it is left alone); LBMS_ERR_IO: the device cannot be opened or is no tty. On error the port is closed
 *         and serial->error tells why.
 * Context: the thread that owns the port.
 */
int lbms_posix_serial_open(struct lbms_posix_serial *serial, const struct lbms_posix_serial_options *options,
                           uint32_t now_ms);

/**
 * Take received bytes.
 *
 * @param serial  an opened port
 * @param now_ms  present time
 * @param data    room for size bytes
 * @param size    in bytes
 * @return bytes taken, 0 = none; LBMS_ERR_IO while the device is lost; LBMS_ERR_STATE when the port is closed
 * Context: the thread that owns the port.
 */
int lbms_posix_serial_read(struct lbms_posix_serial *serial, uint32_t now_ms, uint8_t *data, size_t size);

/**
 * Send bytes.
 *
 * @param serial  an opened port
 * @param now_ms  present time
 * @param data    size bytes
 * @param size    in bytes
 * @return bytes accepted, may be fewer than size or 0 (try the rest later); LBMS_ERR_IO while the device is lost;
 *         LBMS_ERR_STATE when the port is closed
 * Context: the thread that owns the port.
 */
int lbms_posix_serial_write(struct lbms_posix_serial *serial, uint32_t now_ms, const uint8_t *data,
                            size_t size);

/**
 * Set baud rate and format.
 *
 * @param serial  an opened port
 * @param baud    as in the options; 0 is not allowed here
 * @param format  enum lbms_serial_format
 * @return LBMS_OK (also while the device is lost: used when it is back); LBMS_ERR_RANGE, LBMS_ERR_UNSUPPORTED or
 *         LBMS_ERR_IO as for lbms_posix_serial_open(), then the old setting stays; LBMS_ERR_STATE when the port is
 *         closed
 * Context: the thread that owns the port.
 */
int lbms_posix_serial_setup(struct lbms_posix_serial *serial, uint32_t baud, uint8_t format);

/**
 * Look after the port without reading or writing: release paced bytes, notice clients, retry a lost device.
 * Reading and writing do this too; a program calls it when it may do neither for a while.
 *
 * @param serial  a port, also a closed one
 * @param now_ms  present time
 * Context: the thread that owns the port.
 */
void lbms_posix_serial_poll(struct lbms_posix_serial *serial, uint32_t now_ms);

/**
 * File descriptor to wait on with poll() for POLLIN.
 *
 * @param serial  a port
 * @return the descriptor; -1 when there is nothing to wait for (closed, lost, or a PTY without a client, whose
 *         descriptor would be ready all the time)
 * Context: the thread that owns the port.
 */
int lbms_posix_serial_fd(const struct lbms_posix_serial *serial);

/**
 * The newest report, once.
 *
 * @param serial  a port
 * @return one line without line end, valid until the next call on this port; NULL when nothing has happened since
 *         the last call
 * Context: the thread that owns the port.
 */
const char *lbms_posix_serial_report(struct lbms_posix_serial *serial);

/**
 * Close the port, put the tty's settings back, remove the link. A second call does nothing.
 *
 * @param serial  a port that was opened, successfully or not
 * Context: the thread that owns the port.
 */
void lbms_posix_serial_close(struct lbms_posix_serial *serial);

#ifdef __cplusplus
}
#endif

#endif
