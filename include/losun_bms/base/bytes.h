/**
 * @file
 * Readers and writers that move through a byte array and never leave it.
 *
 * An error stays: once `failed` is set, every read gives 0, every write writes nothing, and the position
 * does not move any more, not even for the call that failed. So a codec reads or writes all its fields
 * and looks at `failed` once, at the end.
 *
 *     struct lbms_reader reader;
 *     lbms_reader_init(&reader, frame, length);
 *     address = lbms_get_u8(&reader);
 *     current_ma = lbms_get_zigzag(&reader);
 *     if (reader.failed) { ... the frame was too short: use none of the values ... }
 *
 * "le" is little endian (low byte first), "be" is big endian (high byte first), whatever the machine.
 * Several readers may share one array. A reader or writer belongs to one context.
 */
#ifndef LOSUN_BMS_BASE_BYTES_H
#define LOSUN_BMS_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest encoding of lbms_put_varint() and lbms_put_zigzag(), in bytes. */
#define LBMS_VARINT_MAX 5u

struct lbms_reader {
    const uint8_t *data; /**< owned by the caller, unchanged while the reader is in use */
    size_t length;       /**< bytes in data */
    size_t position;     /**< next byte to read, 0..length */
    bool failed;         /**< a read went beyond the end or met a malformed number */
};

struct lbms_writer {
    uint8_t *data;   /**< owned by the caller */
    size_t capacity; /**< bytes in data */
    size_t position; /**< next byte to write, 0..capacity: the length so far */
    bool failed;     /**< a write found too little room */
};

/**
 * Sets a reader to the beginning of an array.
 *
 * @param reader  filled in
 * @param data    length bytes, which stay the caller's and must live as long as the reader; may be NULL when
 *                length is 0
 * @param length  in bytes, any
 * Context: any, also an interrupt.
 */
void lbms_reader_init(struct lbms_reader *reader, const void *data, size_t length);

/**
 * Bytes that can still be read.
 *
 * @param reader  an initialised reader
 * @return 0..length; 0 after a failure
 * Context: any, also an interrupt.
 */
size_t lbms_reader_remaining(const struct lbms_reader *reader);

/**
 * Passes over bytes without looking at them; fails when fewer remain.
 *
 * @param reader  an initialised reader
 * @param count   in bytes, any
 * Context: any, also an interrupt.
 */
void lbms_reader_skip(struct lbms_reader *reader, size_t count);

/**
 * Reads one byte.
 *
 * @param reader  an initialised reader
 * @return the value; 0 when the reader has failed or fails now
 * Context: any, also an interrupt.
 */
uint8_t lbms_get_u8(struct lbms_reader *reader);

/** Reads 2 bytes, low byte first. Otherwise as lbms_get_u8(). Context: any, also an interrupt. */
uint16_t lbms_get_u16le(struct lbms_reader *reader);

/** Reads 2 bytes, high byte first. Otherwise as lbms_get_u8(). Context: any, also an interrupt. */
uint16_t lbms_get_u16be(struct lbms_reader *reader);

/** Reads 4 bytes, low byte first. Otherwise as lbms_get_u8(). Context: any, also an interrupt. */
uint32_t lbms_get_u32le(struct lbms_reader *reader);

/** Reads 4 bytes, high byte first. Otherwise as lbms_get_u8(). Context: any, also an interrupt. */
uint32_t lbms_get_u32be(struct lbms_reader *reader);

/**
 * Copies raw bytes out: all of them or, when fewer remain, none.
 *
 * @param reader  an initialised reader
 * @param out     room for count bytes, not inside the reader's array; filled with 0 when the reader has failed
 *                or fails now; may be NULL when count is 0
 * @param count   in bytes, any
 * Context: any, also an interrupt; count steps.
 */
void lbms_get_bytes(struct lbms_reader *reader, void *out, size_t count);

/**
 * Reads a number of 1 to 5 bytes: 7 bits a byte, lowest first, bit 7 set in all but the last byte.
 *
 * Fails when the data ends inside the number, when a fifth byte announces a sixth, and when the number
 * does not fit in 32 bits. Leading zeros within 5 bytes (0x80 0x00 for 0) are accepted.
 *
 * @param reader  an initialised reader
 * @return the value; 0 when the reader has failed or fails now
 * Context: any, also an interrupt; 5 steps at most.
 * Source: the unsigned LEB128 of the DWARF standard, which is the base 128 varint of Protocol Buffers.
 */
uint32_t lbms_get_varint(struct lbms_reader *reader);

/**
 * Reads a signed number as lbms_put_zigzag() writes it. Fails as lbms_get_varint() does.
 *
 * @param reader  an initialised reader
 * @return the value; 0 when the reader has failed or fails now
 * Context: any, also an interrupt; 5 steps at most.
 */
int32_t lbms_get_zigzag(struct lbms_reader *reader);

/**
 * Sets a writer to the beginning of an array.
 *
 * @param writer    filled in
 * @param memory    capacity bytes, which stay the caller's and must live as long as the writer; may be NULL
 *                  when capacity is 0
 * @param capacity  in bytes, any
 * Context: any, also an interrupt.
 */
void lbms_writer_init(struct lbms_writer *writer, void *memory, size_t capacity);

/**
 * Bytes that can still be written.
 *
 * @param writer  an initialised writer
 * @return 0..capacity; 0 after a failure
 * Context: any, also an interrupt.
 */
size_t lbms_writer_remaining(const struct lbms_writer *writer);

/**
 * Writes one byte; fails when there is no room.
 *
 * @param writer  an initialised writer
 * @param value   any
 * Context: any, also an interrupt.
 */
void lbms_put_u8(struct lbms_writer *writer, uint8_t value);

/** Writes 2 bytes, low byte first, or none. Otherwise as lbms_put_u8(). Context: any, also an interrupt. */
void lbms_put_u16le(struct lbms_writer *writer, uint16_t value);

/** Writes 2 bytes, high byte first, or none. Otherwise as lbms_put_u8(). Context: any, also an interrupt. */
void lbms_put_u16be(struct lbms_writer *writer, uint16_t value);

/** Writes 4 bytes, low byte first, or none. Otherwise as lbms_put_u8(). Context: any, also an interrupt. */
void lbms_put_u32le(struct lbms_writer *writer, uint32_t value);

/** Writes 4 bytes, high byte first, or none. Otherwise as lbms_put_u8(). Context: any, also an interrupt. */
void lbms_put_u32be(struct lbms_writer *writer, uint32_t value);

/**
 * Copies raw bytes in: all of them or, when there is too little room, none.
 *
 * @param writer  an initialised writer
 * @param data    count bytes, only read, not inside the writer's array; may be NULL when count is 0
 * @param count   in bytes, any
 * Context: any, also an interrupt; count steps.
 */
void lbms_put_bytes(struct lbms_writer *writer, const void *data, size_t count);

/**
 * Writes a number in the fewest bytes of the form that lbms_get_varint() reads: 1 below 2^7, 2 below 2^14,
 * 3 below 2^21, 4 below 2^28, else 5; or nothing when there is too little room.
 *
 * @param writer  an initialised writer
 * @param value   any
 * Context: any, also an interrupt; 5 steps at most.
 */
void lbms_put_varint(struct lbms_writer *writer, uint32_t value);

/**
 * Writes a signed number so that a small magnitude is short: 0, -1, 1, -2, 2 ... become the varints
 * 0, 1, 2, 3, 4 ...
 *
 * @param writer  an initialised writer
 * @param value   any
 * Context: any, also an interrupt; 5 steps at most.
 * Source: the ZigZag encoding of Protocol Buffers (sint32).
 */
void lbms_put_zigzag(struct lbms_writer *writer, int32_t value);

#ifdef __cplusplus
}
#endif

#endif
