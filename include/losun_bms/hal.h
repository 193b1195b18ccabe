/**
 * @file
 * The board, as the library sees it: one struct of function pointers.
 *
 * Rules for every entry:
 * - `ctx` is handed back unchanged.
 * - All entries are called from the runner's context only (the one that calls lbms_run()), except now_ms, which a port
 *   may also use in its interrupts. Interrupts of the port touch nothing but the port's own rings.
 * - Unless stated otherwise the result is LBMS_OK or a negative enum lbms_status. An error is counted and the pack
 *   keeps running; the core decides what a lost thing means.
 * - No entry blocks longer than 5 ms, except sleep, reset and flash->erase.
 * - Entries marked REQUIRED must be present: lbms_init() refuses otherwise. All others may be NULL = not fitted.
 */
#ifndef LOSUN_BMS_HAL_H
#define LOSUN_BMS_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/flash.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/switches.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The board. Constant while the library runs; owned by the port. */
struct lbms_hal {
    void *ctx;

    /** REQUIRED. Monotonic milliseconds; runs on through sleep; wraps. Callable in an interrupt. */
    uint32_t (*now_ms)(void *ctx);

    /**
     * REQUIRED. Newest finished conversion. LBMS_OK: *sample is new; LBMS_AGAIN: nothing new since the last call,
     * *sample untouched; negative: the AFE cannot be reached. Never waits for a conversion.
     */
    int (*sample)(void *ctx, struct lbms_sample *sample);

    /** REQUIRED. Set the whole switch state at once; called after every step; idempotent. */
    int (*switches)(void *ctx, const struct lbms_switches *want);

    /** REQUIRED. Raw levels: *keys = mask of enum lbms_key, *dip = address switch 0..15. */
    int (*controls)(void *ctx, uint16_t *keys, uint8_t *dip);

    /** REQUIRED. Feed the hardware watchdog. Called only after a complete step (see lbms_run()). */
    int (*watchdog)(void *ctx);

    /**
     * Write thresholds into the AFE and read them back into *got. Result enum lbms_afe_fit, or negative. Called when
     * `sequence` changed, and again while lbms_sample.config_seq differs from it.
     */
    int (*afe_configure)(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got);

    /** Bleed exactly these cells. Called after every step; idempotent; 0 stops. */
    int (*balance)(void *ctx, uint16_t mask);

    /** Set all lights (mask of enum lbms_light) and the buzzer. Called when something changed. */
    int (*lights)(void *ctx, uint16_t lights, bool buzzer);

    /** Set all contacts (mask of enum lbms_contact, 1 = closed) and the heater output. Called when something changed. */
    int (*contacts)(void *ctx, uint8_t closed, bool heater);

    /** Wall clock, s since 1970-01-01. LBMS_ERR_STATE when the clock has not been set. */
    int (*wall_get)(void *ctx, uint32_t *seconds);
    /** Set the wall clock. */
    int (*wall_set)(void *ctx, uint32_t seconds);

    /** Take up to `size` received bytes of a serial port (enum lbms_port). Result: count, 0 = none, or negative. */
    int (*serial_read)(void *ctx, unsigned port, uint8_t *data, size_t size);
    /** Queue bytes for sending. Result: count accepted (may be short), or negative. */
    int (*serial_write)(void *ctx, unsigned port, const uint8_t *data, size_t size);
    /** Set baud rate and format (enum lbms_serial_format) of a serial port. */
    int (*serial_setup)(void *ctx, unsigned port, uint32_t baud, uint8_t format);

    /** Take one received frame. LBMS_OK, LBMS_AGAIN when there is none, or negative. */
    int (*can_read)(void *ctx, struct lbms_can_frame *frame);
    /** Queue one frame. LBMS_OK, LBMS_AGAIN when the queue is full, or negative. */
    int (*can_write)(void *ctx, const struct lbms_can_frame *frame);
    /** Result enum lbms_can_state; with recover set, a bus-off recovery is started as well. */
    int (*can_state)(void *ctx, bool recover);
    /** Set the bit rate, bit/s. */
    int (*can_setup)(void *ctx, uint32_t bitrate);

    /** Flash area of the values: parameters, charge, lifetime data, production data. */
    const struct lbms_flash *flash;
    /** Flash area of the event records, apart from that of the values. */
    const struct lbms_flash *log_flash;

    /** Show one line of the character display; text is zero-terminated and padded to the width. */
    int (*display)(void *ctx, unsigned row, const char *text);
    /** Display lighting on or off. */
    int (*display_power)(void *ctx, bool on);

    /**
     * Keep these bytes in memory that survives sleep and reset (not power loss). Called before both, and whenever
     * something has changed that an unexpected reset must not undo (lbms_outputs.keep), with a struct lbms_restored; the port checks their integrity and hands them to lbms_init() with its own boot facts.
     */
    int (*retain)(void *ctx, const void *data, size_t size);

    /**
     * Enter low power until one of the wake-up sources of *sleep fires. Either returns (RAM kept) with *woke filled:
     * wake_reason and seconds_asleep; or never returns: the board starts anew and hands the same facts to lbms_init().
     * LBMS_ERR_STATE: refused, something woke it at once; the core goes on and asks again.
     */
    int (*sleep)(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke);

    /** Restart the processor. Does not return. */
    void (*reset)(void *ctx);
};

/**
 * Name of the first required entry that is missing.
 *
 * @param hal  board to check; NULL gives "hal"
 * @return the field's name ("now_ms" ...), or NULL when nothing is missing
 * Context: any.
 */
const char *lbms_hal_missing(const struct lbms_hal *hal);

#ifdef __cplusplus
}
#endif

#endif
