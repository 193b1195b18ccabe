/**
 * @file
 * The CAN port of the pack on a POSIX host.
 *
 * | target               | what it is                                                                             |
 * | -------------------- | -------------------------------------------------------------------------------------- |
 * | `slcan:/dev/ttyACM0` | a serial CAN adapter (SLCAN protocol) at a tty: this end is the adapter's host           |
 * | `slcan:pty`          | a new PTY that behaves as such an adapter: clients open it and see the pack's frames     |
 * | `slcan:pty:LINK`     | the same, with a symbolic link LINK to the PTY                                         |
 * | `socketcan:can0`     | a CAN interface of the Linux kernel                                                    |
 * | `log:FILE`           | nothing is received; sent frames are written to FILE in the format of `candump -L`      |
 *
 * Nothing blocks, sleeps or raises a signal. Time is an argument, as in posix_serial.h. Losses are reported once and
 * retried: see lbms_posix_can_report().
 */
#ifndef LOSUN_BMS_PORT_POSIX_CAN_H
#define LOSUN_BMS_PORT_POSIX_CAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/ports.h"
#include "losun_bms_port/posix_serial.h"
#include "losun_bms_port/posix_slcan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of SLCAN that can wait for sending; a frame has 6 to 27. */
#define LBMS_POSIX_CAN_QUEUE 1024u
/** Characters of SLCAN taken from the line at once. */
#define LBMS_POSIX_CAN_CHUNK 256u
/** Size of one line of a log, with line end and final zero. */
#define LBMS_CANLOG_LINE_SIZE 80u

/** What stands behind the port. */
enum lbms_posix_can_kind {
    LBMS_POSIX_CAN_NONE = 0,
    LBMS_POSIX_CAN_SLCAN_HOST = 1,
    LBMS_POSIX_CAN_SLCAN_ADAPTER = 2,
    LBMS_POSIX_CAN_SOCKET = 3,
    LBMS_POSIX_CAN_LOG = 4
};

/** How to open the port. */
struct lbms_posix_can_options {
    const char *target;    /**< see the table above */
    uint32_t bitrate;      /**< bit/s; 0 means 500000 */
    uint32_t adapter_baud; /**< baud rate of a serial adapter; 0 means 115200 (USB adapters do not care) */
    uint32_t wall_s;       /**< log: wall clock, s since 1970-01-01, at the moment of opening */
};

/** The port. Allocated by the caller; read the fields, change them only through the functions. */
struct lbms_posix_can {
    uint8_t kind;  /**< enum lbms_posix_can_kind */
    uint8_t state; /**< enum lbms_can_state */
    uint32_t bitrate;
    char name[LBMS_POSIX_PATH_SIZE]; /**< device, interface, file; PTY: what clients open, the link if any */
    char error[LBMS_POSIX_ERROR_SIZE]; /**< newest report: one line that names the device; "" = none yet */
    bool error_new;
    uint32_t frames_in, frames_out;
    uint32_t lost;    /**< frames sent while nobody could receive them */
    uint32_t remote;  /**< remote frames received and ignored */
    uint32_t damaged; /**< lines or frames that could not be understood */

    struct lbms_posix_serial serial; /**< SLCAN */
    struct lbms_slcan_line line;
    struct lbms_slcan_adapter adapter;
    uint8_t chunk[LBMS_POSIX_CAN_CHUNK];
    size_t chunk_used, chunk_length;
    uint8_t queue[LBMS_POSIX_CAN_QUEUE];
    size_t queued;
    uint8_t refused;     /**< SLCAN host: refusals (BEL) of the adapter in a row */
    uint8_t serial_seen; /**< enum lbms_posix_state of the line at the last look */
    bool told;           /**< a lasting trouble has been reported */

    int fd; /**< SocketCAN, log; -1 = not open */
    uint32_t retry_ms;
    uint32_t last_ms;                     /**< log: time of the last call */
    uint64_t log_ms;                      /**< log: wall clock at last_ms, ms since 1970-01-01 */
    char log_line[LBMS_CANLOG_LINE_SIZE]; /**< log: line begun but not yet written to its end */
    size_t log_length, log_written;
};

/**
 * Open the port.
 *
 * @param can      memory of the port, need not be cleared; filled in any case, so that can->error can be read
 * @param options  copied
 * @param now_ms   present time of the caller's clock
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: malformed target; LBMS_ERR_RANGE: bit rate that SLCAN has no number for;
 *         LBMS_ERR_UNSUPPORTED: this system has no SocketCAN; LBMS_ERR_STATE, LBMS_ERR_IO: as for
 *         lbms_posix_serial_open(). On error the port is closed and can->error tells why.
 * Context: the thread that owns the port.
 */
int lbms_posix_can_open(struct lbms_posix_can *can, const struct lbms_posix_can_options *options,
                        uint32_t now_ms);

/**
 * Take one received frame. Remote and error frames are taken off and counted, never returned.
 *
 * @param can     an opened port
 * @param now_ms  present time
 * @param frame   out: set only when LBMS_OK is returned
 * @return LBMS_OK; LBMS_AGAIN: none; LBMS_ERR_IO while the device is lost; LBMS_ERR_STATE when closed
 * Context: the thread that owns the port.
 */
int lbms_posix_can_read(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame);

/**
 * Send one frame.
 *
 * @param can     an opened port
 * @param now_ms  present time; log: the time stamp
 * @param frame   length 0..8
 * @return LBMS_OK: taken, or, when no SLCAN client listens, dropped and counted in lost; LBMS_AGAIN: the queue is
 *         full; LBMS_ERR_ARGUMENT: length above 8; LBMS_ERR_IO while the device is lost or the disk is full;
 *         LBMS_ERR_STATE when closed
 * Context: the thread that owns the port.
 */
int lbms_posix_can_write(struct lbms_posix_can *can, uint32_t now_ms, const struct lbms_can_frame *frame);

/**
 * State of the bus.
 *
 * SLCAN adapter (PTY): OK when a client has opened the channel at the pack's bit rate, else WARNING, as a bus on
 * which nobody acknowledges. SLCAN host: WARNING after one refusal (BEL) and BUS_OFF after 16 in a row. SocketCAN:
 * from the error frames of the controller. Log: OK. All: ABSENT while the device or the disk is not usable.
 *
 * @param can      an opened port
 * @param now_ms   present time
 * @param recover  start a bus-off recovery: an SLCAN adapter is closed, set up and opened again; SocketCAN cannot be
 *                 restarted through its socket, so the command to type is reported
 * @return enum lbms_can_state; LBMS_ERR_STATE when closed
 * Context: the thread that owns the port.
 */
int lbms_posix_can_state(struct lbms_posix_can *can, uint32_t now_ms, bool recover);

/**
 * Set the bit rate.
 *
 * @param can      an opened port
 * @param now_ms   present time
 * @param bitrate  bit/s
 * @return LBMS_OK; LBMS_ERR_RANGE: SLCAN has no number for it; LBMS_ERR_UNSUPPORTED: SocketCAN, whose rate is set by
 *         the system's administrator; LBMS_ERR_STATE when closed
 * Context: the thread that owns the port.
 */
int lbms_posix_can_setup(struct lbms_posix_can *can, uint32_t now_ms, uint32_t bitrate);

/** As lbms_posix_serial_poll(). Context: the thread that owns the port. */
void lbms_posix_can_poll(struct lbms_posix_can *can, uint32_t now_ms);

/** As lbms_posix_serial_fd(); -1 also for a log. Context: the thread that owns the port. */
int lbms_posix_can_fd(const struct lbms_posix_can *can);

/** As lbms_posix_serial_report(). Context: the thread that owns the port. */
const char *lbms_posix_can_report(struct lbms_posix_can *can);

/** As lbms_posix_serial_close(). Context: the thread that owns the port. */
void lbms_posix_can_close(struct lbms_posix_can *can);

/**
 * One line of a log as `candump -L` writes it: "(1700000000.000000) can0 351#3802F4010E01C801".
 *
 * @param text       out: LBMS_CANLOG_LINE_SIZE bytes, ends with line feed and zero
 * @param wall_ms    ms since 1970-01-01
 * @param device     name of the interface, at most 15 characters are used
 * @param frame      3 digits of identifier, or 8 for a 29-bit one; a length above 8 counts as 8
 * @return characters including the line feed
 * Context: any.
 */
size_t lbms_canlog_line(char text[LBMS_CANLOG_LINE_SIZE], uint64_t wall_ms, const char *device,
                        const struct lbms_can_frame *frame);

#ifdef __cplusplus
}
#endif

#endif
