/**
 * @file
 * Clocks of the host: monotonic milliseconds and a wall clock that can be set without touching the system's.
 */
#ifndef LOSUN_BMS_PORT_POSIX_CLOCK_H
#define LOSUN_BMS_PORT_POSIX_CLOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Wall clock of one pack. All zero shows the system's time. */
struct lbms_posix_clock {
    int64_t offset_s; /**< added to the system's time; changed by lbms_posix_wall_set() */
};

/**
 * Monotonic time.
 *
 * @return ms since an arbitrary moment; wraps at 2^32; 0 if the system has no monotonic clock
 * Context: any thread, also a signal handler.
 */
uint32_t lbms_posix_now_ms(void);

/**
 * Wall clock of the pack: the system's time plus the offset.
 *
 * @param clock    the pack's clock
 * @param seconds  out: s since 1970-01-01, UTC
 * @return LBMS_OK; LBMS_ERR_STATE when the time is before 2000 or beyond 32 bits: not set
 * Context: the thread that owns the clock.
 */
int lbms_posix_wall_get(const struct lbms_posix_clock *clock, uint32_t *seconds);

/**
 * Set the pack's wall clock. Only the offset changes, never the system's time.
 *
 * @param clock    the pack's clock
 * @param seconds  s since 1970-01-01, UTC
 * @return LBMS_OK; LBMS_ERR_IO when the system's time cannot be read
 * Context: the thread that owns the clock.
 */
int lbms_posix_wall_set(struct lbms_posix_clock *clock, uint32_t seconds);

#ifdef __cplusplus
}
#endif

#endif
