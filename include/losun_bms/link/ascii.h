/**
 * @file
 * Frames of ASCII hex digits, as PACE, Pylontech and their relatives exchange them on serial lines.
 *
 *     SOI  VER ADR CID1 CID2/RTN LENGTH INFO... CHKSUM EOI
 *      ~   2   2   2    2        4      LENID   4      CR      characters
 *
 * LENGTH holds the number of characters of INFO (LENID, 12 bits) and a check digit over it. CHKSUM is the negative sum of
 * all characters between SOI and CHKSUM. The receiver acts on nothing before both are verified.
 */
#ifndef LOSUN_BMS_LINK_ASCII_H
#define LOSUN_BMS_LINK_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** First character of a frame. */
#define LBMS_ASCII_SOI 0x7Eu
/** Characters of a frame without INFO. */
#define LBMS_ASCII_OVERHEAD 18u
/** Characters behind INFO: CHKSUM and EOI. */
#define LBMS_ASCII_TAIL 5u
/** Largest number of INFO bytes. */
#define LBMS_ASCII_INFO_MAX 2047u
/** A frame whose next character has not come after this time is given up, ms. */
#define LBMS_ASCII_GAP_MS 100u

/** The fields before LENGTH. */
struct lbms_ascii_head {
    uint8_t version;
    uint8_t address;
    uint8_t cid1;
    uint8_t code; /**< CID2 of a request, RTN of a reply */
};

/** What a character has completed. */
enum lbms_ascii_event {
    LBMS_ASCII_NONE = 0, /**< nothing yet */
    LBMS_ASCII_FRAME =
        1, /**< a verified frame; head, info and info_chars are valid until the next character */
    LBMS_ASCII_BAD_LENGTH =
        2,                  /**< LENGTH does not fit its check digit, though CHKSUM is right; head is valid */
    LBMS_ASCII_BAD_SUM = 3, /**< CHKSUM is wrong; head is what came in */
    LBMS_ASCII_MALFORMED = 4 /**< a frame was broken off, or held characters that no frame has */
};

/** Receiver. Allocated by the caller. */
struct lbms_ascii_receiver {
    struct lbms_ascii_head head;
    uint8_t *info;     /**< the caller's memory; INFO as bytes, as far as there is room */
    uint16_t capacity; /**< bytes of it */
    uint16_t
        info_chars; /**< LENID: odd in a malformed request, and beyond 2 * capacity when INFO found no room */
    uint16_t position; /**< characters since SOI, 0: outside of a frame */
    uint16_t sum;      /**< of the characters so far */
    uint16_t tail;     /**< CHKSUM, as far as it has come */
    uint8_t byte;      /**< high digit of the byte that is being received */
    bool length_good;  /**< the check digit fits */
    uint32_t last_ms;  /**< time of the last character */
};

/**
 * Prepares a receiver.
 *
 * @param receiver  filled in
 * @param info      room for INFO, which belongs to the receiver as long as it is in use
 * @param capacity  bytes of it, any; a longer INFO is verified, but only its beginning is kept
 * Context: the one that owns the receiver.
 */
void lbms_ascii_receiver_init(struct lbms_ascii_receiver *receiver, void *info, uint16_t capacity);

/**
 * Takes a character.
 *
 * An SOI at any time begins a new frame; CR, line feed and noise outside of frames are ignored. Lower-case digits are
 * accepted; the sum is that of the characters as they came.
 *
 * @param receiver  an initialised receiver
 * @param c         character
 * @param now_ms    present time, wraps
 * @return enum lbms_ascii_event
 * Context: the one that owns the receiver; about 20 instructions.
 */
uint8_t lbms_ascii_receive(struct lbms_ascii_receiver *receiver, uint8_t c, uint32_t now_ms);

/** Frame in the making. */
struct lbms_ascii_sender {
    uint16_t sum;
};

/**
 * Writes SOI, head and LENGTH.
 *
 * @param sender      begins its sum
 * @param out         receives 13 characters; fails when there is no room
 * @param head        fields before LENGTH
 * @param info_bytes  bytes of INFO that will follow, 0..LBMS_ASCII_INFO_MAX
 * Context: any.
 */
void lbms_ascii_begin(struct lbms_ascii_sender *sender, struct lbms_writer *out,
                      const struct lbms_ascii_head *head, uint16_t info_bytes);

/**
 * Writes a part of INFO.
 *
 * @param sender  continues its sum
 * @param out     receives two characters a byte, all or none
 * @param data    bytes
 * @param count   of them
 * Context: any; about 12 instructions a byte.
 */
void lbms_ascii_put(struct lbms_ascii_sender *sender, struct lbms_writer *out, const uint8_t *data,
                    size_t count);

/** Writes CHKSUM and EOI, 5 characters. Context: any. */
void lbms_ascii_end(const struct lbms_ascii_sender *sender, struct lbms_writer *out);

/**
 * A whole frame at once.
 *
 * @param out         receives LBMS_ASCII_OVERHEAD + 2 * count characters
 * @param head        fields before LENGTH
 * @param info        bytes of INFO
 * @param count       of them, 0..LBMS_ASCII_INFO_MAX
 * Context: any.
 */
void lbms_ascii_frame(struct lbms_writer *out, const struct lbms_ascii_head *head, const uint8_t *info,
                      uint16_t count);

#ifdef __cplusplus
}
#endif

#endif
