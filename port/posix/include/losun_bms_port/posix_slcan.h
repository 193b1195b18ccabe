/**
 * @file
 * SLCAN, the ASCII protocol of serial CAN adapters: lines that end with CR. No input or output is done here.
 *
 *     t35180102030405060708<CR>      data frame, 11-bit identifier 351, 8 bytes
 *     T18FF50E52AABB<CR>             data frame, 29-bit identifier 18FF50E5, 2 bytes
 *     r3510<CR>  R18FF50E50<CR>      remote frames
 *     S6<CR>  O<CR>  C<CR>           bit rate number 6 (500 kbit/s), open, close the channel
 *
 * The adapter answers each command with CR (done) or BEL (refused). Source: Lawicel AB, CAN232 manual, version 3.
 */
#ifndef LOSUN_BMS_PORT_POSIX_SLCAN_H
#define LOSUN_BMS_PORT_POSIX_SLCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/ports.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest line without its end: T, 8 digits, length, 16 digits, time stamp of 4 digits. */
#define LBMS_SLCAN_LINE_MAX 30u
/** Size of the longest text made by lbms_slcan_encode(), with CR and final zero. */
#define LBMS_SLCAN_TEXT_SIZE 28u
/** Size of the longest answer of lbms_slcan_command(), with final zero. */
#define LBMS_SLCAN_REPLY_SIZE 8u

/** What one received character completed. */
enum lbms_slcan_event {
    LBMS_SLCAN_NOTHING = 0, /**< not yet a whole line */
    LBMS_SLCAN_LINE = 1,    /**< text[0..length) is a line; length may be 0: a lone CR */
    LBMS_SLCAN_REFUSED = 2, /**< BEL */
    LBMS_SLCAN_DAMAGED = 3  /**< a line was too long or held a character that is never sent: it was dropped */
};

/** Collects characters to lines. All zero is a new one. */
struct lbms_slcan_line {
    char text[LBMS_SLCAN_LINE_MAX];
    uint8_t length;
    bool complete, damaged;
};

/** The adapter's side of the protocol. All zero is a new one: channel closed, no bit rate chosen. */
struct lbms_slcan_adapter {
    bool open;
    bool listen_only;
    uint32_t bitrate; /**< chosen with S, bit/s; 0 = none */
    bool trouble;     /**< told by the F command: the channel has a problem (bus error) */
};

/**
 * Take one received character.
 *
 * @param line  the caller's; read text and length only after LBMS_SLCAN_LINE and before the next call
 * @param byte  any; LF is ignored
 * @return enum lbms_slcan_event
 * Context: the thread that owns the line.
 */
int lbms_slcan_feed(struct lbms_slcan_line *line, uint8_t byte);

/**
 * Read a frame from a line.
 *
 * @param text    length characters, need not end with zero
 * @param length  any
 * @param frame   out: set only when LBMS_OK is returned
 * @return LBMS_OK; LBMS_AGAIN: a correct remote frame, which the pack has no use for; LBMS_ERR_FORMAT: anything else
 * Context: any.
 */
int lbms_slcan_decode(const char *text, size_t length, struct lbms_can_frame *frame);

/**
 * Write a frame as a line.
 *
 * @param frame  any; a length above 8 counts as 8, an 11-bit identifier is cut to 11 bits, the other to 29
 * @param text   out: LBMS_SLCAN_TEXT_SIZE bytes: the line with CR and a zero
 * @return characters including CR
 * Context: any.
 */
size_t lbms_slcan_encode(const struct lbms_can_frame *frame, char text[LBMS_SLCAN_TEXT_SIZE]);

/**
 * The number of a bit rate in the S command.
 *
 * @param bitrate  bit/s
 * @return 0..8; LBMS_ERR_RANGE when there is none
 * Context: any.
 */
int lbms_slcan_rate_number(uint32_t bitrate);

/**
 * Act as the adapter on one line.
 *
 * Known: S0..S8, O, L (listen only), C, t, T, r, R, V, N, F, Z0, X0, and the acceptance filter that lets all pass
 * (M00000000, mFFFFFFFF). Everything else, and what the state does not permit, is refused with BEL.
 *
 * @param adapter  state of the adapter
 * @param text     length characters
 * @param length   any
 * @param reply    out: answer to send, LBMS_SLCAN_REPLY_SIZE bytes with final zero
 * @param frame    out: set only when LBMS_OK is returned
 * @return LBMS_OK: the client sent this frame; LBMS_AGAIN: a command without frame; LBMS_ERR_FORMAT or
 *         LBMS_ERR_STATE: refused
 * Context: the thread that owns the adapter.
 */
int lbms_slcan_command(struct lbms_slcan_adapter *adapter, const char *text, size_t length,
                       char reply[LBMS_SLCAN_REPLY_SIZE], struct lbms_can_frame *frame);

#ifdef __cplusplus
}
#endif

#endif
