/* What the files of this port share; not for programs. */
#ifndef LOSUN_BMS_PORT_POSIX_PRIVATE_H
#define LOSUN_BMS_PORT_POSIX_PRIVATE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms_port/posix_can.h"
#include "losun_bms_port/posix_flash.h"
#include "losun_bms_port/posix_hal.h"
#include "losun_bms_port/posix_serial.h"

#if defined(__GNUC__)
#define POSIX_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define POSIX_PRINTF(text, first)
#endif

/* A report: one line in error[LBMS_POSIX_ERROR_SIZE], cut to fit, with control characters replaced. */
void lbms_posix_note(char *error, bool *error_new, const char *format, ...) POSIX_PRINTF(3, 4);

/* "Text once": the body of all lbms_posix_..._report(). */
const char *lbms_posix_take_report(const char *error, bool *error_new);

/* Copies a name of at most size - 1 characters; false when it is longer, out is then "". */
bool lbms_posix_copy_name(char *out, size_t size, const char *name);

/* write() that never raises SIGPIPE and is not cut short by a signal. */
int lbms_posix_write_quiet(int fd, const void *data, size_t size);

/* Counters of this port stop at their maximum. */
void lbms_posix_count(uint32_t *counter);

/* posix_tty.c: raw mode, rate and format; serial->error is filled on error. */
int lbms_posix_tty_check(struct lbms_posix_serial *serial, uint32_t baud, uint8_t format);
int lbms_posix_tty_setup(struct lbms_posix_serial *serial, int fd, uint32_t baud, uint8_t format);
int lbms_posix_tty_open(struct lbms_posix_serial *serial);

/* posix_pty.c: the master of a new PTY in serial->fd, name and link; serial->error is filled on error. */
int lbms_posix_pty_open(struct lbms_posix_serial *serial, const char *link);
void lbms_posix_pty_flush(struct lbms_posix_serial *serial);
void lbms_posix_pty_unlink(struct lbms_posix_serial *serial);

/* posix_pace.c: bytes that pass a line at its baud rate. */
void lbms_posix_pace_clear(struct lbms_posix_pace *pace);
size_t lbms_posix_pace_put(struct lbms_posix_pace *pace, const uint8_t *data, size_t size);
size_t lbms_posix_pace_room(const struct lbms_posix_pace *pace);
void lbms_posix_pace_time(struct lbms_posix_pace *pace, uint32_t elapsed_ms, uint32_t baud, uint8_t format);
size_t lbms_posix_pace_due(const struct lbms_posix_pace *pace, uint8_t format);
size_t lbms_posix_pace_peek(const struct lbms_posix_pace *pace, uint8_t *data, size_t size);
void lbms_posix_pace_drop(struct lbms_posix_pace *pace, size_t count, uint8_t format);

/* posix_can_*.c: one back-end each. All are called with can->kind of that back-end. */
int lbms_posix_can_slcan_open(struct lbms_posix_can *can, const char *target, uint32_t baud, uint32_t now_ms);
int lbms_posix_can_slcan_read(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame);
int lbms_posix_can_slcan_write(struct lbms_posix_can *can, uint32_t now_ms,
                               const struct lbms_can_frame *frame);
void lbms_posix_can_slcan_poll(struct lbms_posix_can *can, uint32_t now_ms);
int lbms_posix_can_slcan_restart(struct lbms_posix_can *can, uint32_t now_ms);

int lbms_posix_can_socket_open(struct lbms_posix_can *can, const char *interface_name);
int lbms_posix_can_socket_read(struct lbms_posix_can *can, struct lbms_can_frame *frame);
int lbms_posix_can_socket_write(struct lbms_posix_can *can, const struct lbms_can_frame *frame);

int lbms_posix_can_log_open(struct lbms_posix_can *can, const char *path);
int lbms_posix_can_log_write(struct lbms_posix_can *can, const struct lbms_can_frame *frame);

/* posix_flash_file.c: the bytes behind the image; flash->error is filled on error. */
int lbms_posix_flash_file_open(struct lbms_posix_flash *flash, const char *path, size_t size);
int lbms_posix_flash_file_write(struct lbms_posix_flash *flash, uint32_t address, const uint8_t *data,
                                size_t size);
int lbms_posix_flash_file_sync(struct lbms_posix_flash *flash);
void lbms_posix_flash_file_close(struct lbms_posix_flash *flash);

/* posix_retain.c: posix->retained into the file; posix->error is filled on error. */
int lbms_posix_retain_save(struct lbms_posix *posix);

#endif
