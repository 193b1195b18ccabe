/**
 * @file
 * A struct lbms_hal for a POSIX program: the caller's board plus the clocks, ports and memory of the host.
 *
 *     struct lbms_hal board = {.ctx = &plant, .sample = plant_sample, .switches = plant_switches,
 *                              .controls = plant_controls, .watchdog = plant_watchdog};
 *     struct lbms_posix posix;
 *
 *     lbms_posix_init(&posix, &board);
 *     options.target = "pty:/tmp/rs232";
 *     if (lbms_posix_open_serial(&posix, LBMS_PORT_RS232, &options) < 0) { puts(posix.serial[0].error); }
 *     lbms_init(&bms, &posix.hal, product, &restored);
 *     while (!posix.reset_wanted) { lbms_posix_wait(&posix, lbms_run(&bms)); print the reports; }
 *     lbms_posix_close(&posix);
 *
 * Every entry that the caller's board has is used as it is, with the board's ctx; what it lacks is filled from here.
 * A simulation therefore brings its own now_ms, wall_get, wall_set and sleep, and all ports follow its time.
 */
#ifndef LOSUN_BMS_PORT_POSIX_HAL_H
#define LOSUN_BMS_PORT_POSIX_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/hal.h"
#include "losun_bms_port/posix_can.h"
#include "losun_bms_port/posix_clock.h"
#include "losun_bms_port/posix_flash.h"
#include "losun_bms_port/posix_serial.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest number of bytes that the retain entry keeps. */
#define LBMS_POSIX_RETAIN_MAX 4096u

/** The host behind one pack. Allocated by the caller; must not be moved or copied after lbms_posix_init(). */
struct lbms_posix {
    struct lbms_hal hal;          /**< hand this to lbms_init() */
    const struct lbms_hal *board; /**< the caller's entries */
    struct lbms_posix_clock clock;
    struct lbms_posix_serial serial[LBMS_SERIAL_PORTS];
    struct lbms_posix_can can;
    struct lbms_posix_flash flash;
    bool reset_wanted;       /**< the reset entry was called: the program ends the pack and starts it anew */
    bool sleep_wanted;       /**< the sleep entry was called although the board has none */
    struct lbms_sleep sleep; /**< its argument */
    char retain_path[LBMS_POSIX_PATH_SIZE]; /**< "" = memory only */
    uint8_t retained[LBMS_POSIX_RETAIN_MAX];
    size_t retained_size;              /**< 0 = nothing kept */
    char error[LBMS_POSIX_ERROR_SIZE]; /**< newest report of the retained memory */
    bool error_new;
};

/**
 * Prepare. No port is open afterwards; reading one gives 0 bytes or LBMS_AGAIN, writing LBMS_ERR_UNSUPPORTED.
 *
 * @param posix  memory, need not be cleared
 * @param board  the caller's entries with their ctx; must stay valid; its serial, CAN, flash and retain entries, if
 *               present, replace those of this port. Required entries may be absent here: lbms_init() names them
 * Context: the thread that runs the pack.
 */
void lbms_posix_init(struct lbms_posix *posix, const struct lbms_hal *board);

/**
 * Open a serial port.
 *
 * @param posix    prepared
 * @param port     enum lbms_port, below LBMS_SERIAL_PORTS
 * @param options  see lbms_posix_serial_open()
 * @return as lbms_posix_serial_open(), the text is in posix->serial[port].error; LBMS_ERR_ARGUMENT for no such port
 * Context: the thread that runs the pack.
 */
int lbms_posix_open_serial(struct lbms_posix *posix, unsigned port,
                           const struct lbms_posix_serial_options *options);

/** Open the CAN port. As lbms_posix_can_open(), text in posix->can.error. Context: the thread that runs the pack. */
int lbms_posix_open_can(struct lbms_posix *posix, const struct lbms_posix_can_options *options);

/** Open the flash. As lbms_posix_flash_open(), text in posix->flash.error. Context: the thread that runs the pack. */
int lbms_posix_open_flash(struct lbms_posix *posix, const struct lbms_posix_flash_options *options);

/**
 * Keep the retained memory in a file, and load what it holds.
 *
 * @param posix  prepared
 * @param path   file; need not exist; written under a temporary name first, so it is whole or the old one
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: empty or too long; LBMS_ERR_FORMAT: the file is too large; LBMS_ERR_IO. The text
 *         is in posix->error
 * Context: the thread that runs the pack.
 */
int lbms_posix_open_retained(struct lbms_posix *posix, const char *path);

/**
 * What the pack kept with the retain entry.
 *
 * @param posix  prepared
 * @param data   out: size bytes
 * @param size   in bytes, must be what was kept
 * @return LBMS_OK; LBMS_ERR_STATE: nothing kept; LBMS_ERR_FORMAT: another size was kept
 * Context: the thread that runs the pack.
 */
int lbms_posix_retained(const struct lbms_posix *posix, void *data, size_t size);

/**
 * Wait in real time until something was received, a signal came or the time is over.
 *
 * @param posix       prepared
 * @param timeout_ms  longest wait; 0 returns at once
 * Context: the thread that runs the pack. Not for simulated time.
 */
void lbms_posix_wait(struct lbms_posix *posix, uint32_t timeout_ms);

/**
 * The next report of any component, once each; see lbms_posix_serial_report().
 *
 * @param posix  prepared
 * @return one line, valid until the component reports again; NULL: nothing new
 * Context: the thread that runs the pack. Call until NULL.
 */
const char *lbms_posix_report(struct lbms_posix *posix);

/** Close everything. A second call does nothing. Context: the thread that runs the pack. */
void lbms_posix_close(struct lbms_posix *posix);

#ifdef __cplusplus
}
#endif

#endif
