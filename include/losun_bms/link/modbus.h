/**
 * @file
 * Frames of Modbus RTU: address, function, data, CRC. A frame ends by silence.
 *
 * Characters are taken in batches, so silence is what nothing came in during it: read the port first, then ask
 * lbms_modbus_silence().
 */
#ifndef LOSUN_BMS_LINK_MODBUS_H
#define LOSUN_BMS_LINK_MODBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest frame. */
#define LBMS_MODBUS_FRAME_MAX 256u
/** Bytes of a received frame that are kept: a write of LBMS_COMMAND_ITEMS registers. */
#define LBMS_MODBUS_KEPT 41u
/** Shortest silence that ends a frame, ms: 3.5 characters at 9600 bit/s. */
#define LBMS_MODBUS_GAP_MS 5u

/** Functions. */
enum lbms_modbus_function {
    LBMS_MODBUS_READ = 0x03,
    LBMS_MODBUS_WRITE = 0x10,
    LBMS_MODBUS_FAILED = 0x80 /**< added to the function of a request that fails */
};

/** Exception codes. */
enum lbms_modbus_exception {
    LBMS_MODBUS_NO_FUNCTION = 1,
    LBMS_MODBUS_NO_ADDRESS = 2,
    LBMS_MODBUS_BAD_DATA = 3
};

/** What a silence has ended. */
enum lbms_modbus_event {
    LBMS_MODBUS_NONE = 0,
    LBMS_MODBUS_FRAME = 1,    /**< a verified frame; valid until the next character */
    LBMS_MODBUS_DAMAGED = 2,  /**< wrong CRC */
    LBMS_MODBUS_MALFORMED = 3 /**< too short or too long for a frame */
};

/** Receiver. Allocated by the caller, all zero at first. */
struct lbms_modbus_receiver {
    uint8_t data[LBMS_MODBUS_KEPT]; /**< beginning of the frame: address, function ... */
    uint16_t size;    /**< bytes of the frame, CRC included; stops behind LBMS_MODBUS_FRAME_MAX */
    uint16_t crc;     /**< of a frame that is longer than what is kept */
    bool ended;       /**< the next byte begins a new frame */
    uint32_t last_ms; /**< time of the last byte */
};

/** Takes a byte. Context: the one that owns the receiver. */
void lbms_modbus_receive(struct lbms_modbus_receiver *receiver, uint8_t byte, uint32_t now_ms);

/**
 * Ends a frame when it has been silent for long enough.
 *
 * @param receiver  receiver that has been given all that came in until now
 * @param gap_ms    silence that ends a frame, see lbms_modbus_gap_ms()
 * @param now_ms    present time, wraps
 * @return enum lbms_modbus_event
 * Context: the one that owns the receiver.
 */
uint8_t lbms_modbus_silence(struct lbms_modbus_receiver *receiver, uint32_t gap_ms, uint32_t now_ms);

/** A frame is under way. Context: the one that owns the receiver. */
static inline bool lbms_modbus_busy(const struct lbms_modbus_receiver *receiver)
{
    return (receiver->size > 0u) && !receiver->ended;
}

/**
 * The silence that ends a frame: 3.5 characters, rounded up, LBMS_MODBUS_GAP_MS at least.
 *
 * @param baud  bit/s, more than 0
 * @return ms
 * Context: any.
 * Source: MODBUS over Serial Line 1.02, section 2.5.1.1.
 */
uint32_t lbms_modbus_gap_ms(uint32_t baud);

#ifdef __cplusplus
}
#endif

#endif
