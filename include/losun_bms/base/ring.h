/**
 * @file
 * Byte queue between one producer and one consumer, of which one may be an interrupt. No lock.
 *
 * Why this is safe: `head` is written by the producer only, `tail` by the consumer only, `lost` by the
 * producer only. Bytes and indices are volatile, so that the compiler keeps their order: a byte is stored
 * before the head that announces it, and loaded before the tail that gives its place back. The indices run
 * freely through 0..65535 and are masked when used, so the whole capacity can be filled.
 *
 * This needs a single core on which an aligned 16-bit access is one instruction. Between two cores, or
 * between a core and a DMA engine, memory barriers would be missing.
 */
#ifndef LOSUN_BMS_BASE_RING_H
#define LOSUN_BMS_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest capacity of a ring, in bytes. */
#define LBMS_RING_CAPACITY_MAX 32768u

struct lbms_ring {
    volatile uint8_t *data; /**< the caller's memory */
    uint16_t mask;          /**< capacity - 1 */
    volatile uint16_t head; /**< bytes ever put, modulo 2^16: written by the producer */
    volatile uint16_t tail; /**< bytes ever got, modulo 2^16: written by the consumer */
    volatile uint16_t
        lost; /**< bytes refused by lbms_ring_put(), modulo 2^16: written by the producer. Users compare
                                 it with the value they saw before */
};

/**
 * Makes an empty ring.
 *
 * @param ring      filled in
 * @param memory    capacity bytes, which belong to the ring as long as it is in use
 * @param capacity  in bytes, a power of two, 2..LBMS_RING_CAPACITY_MAX; all of it can be filled
 * @return LBMS_OK; LBMS_ERR_ARGUMENT for a null pointer or another capacity, the ring is then unchanged
 * Context: before the producer and the consumer start.
 */
enum lbms_status lbms_ring_init(struct lbms_ring *ring, void *memory, size_t capacity);

/**
 * Bytes waiting. The consumer may find more a moment later, the producer fewer.
 *
 * @param ring  an initialised ring
 * @return 0..capacity
 * Context: producer or consumer, also an interrupt.
 */
size_t lbms_ring_used(const struct lbms_ring *ring);

/**
 * Room left. The producer may find more a moment later, the consumer less.
 *
 * @param ring  an initialised ring
 * @return 0..capacity
 * Context: producer or consumer, also an interrupt.
 */
size_t lbms_ring_free(const struct lbms_ring *ring);

/**
 * Puts one byte in. When the ring is full, the byte is refused and counted in `lost`; the oldest stays.
 *
 * @param ring  an initialised ring
 * @param byte  any
 * @return true when the byte is in; false when the ring is full
 * Context: producer, also an interrupt.
 */
bool lbms_ring_put(struct lbms_ring *ring, uint8_t byte);

/**
 * Takes the oldest byte out.
 *
 * @param ring  an initialised ring
 * @param byte  receives it; unchanged when the ring is empty
 * @return true when there was a byte; false when the ring is empty
 * Context: consumer, also an interrupt.
 */
bool lbms_ring_get(struct lbms_ring *ring, uint8_t *byte);

/**
 * Puts in as many bytes as there is room for. The rest stays with the caller and is not counted as lost.
 *
 * @param ring    an initialised ring
 * @param data    length bytes, only read; may be NULL when length is 0
 * @param length  in bytes, any
 * @return bytes put in, 0..length, the first ones of data
 * Context: producer, also an interrupt; length steps at most.
 */
size_t lbms_ring_write(struct lbms_ring *ring, const void *data, size_t length);

/**
 * Takes out as many bytes as there are, oldest first.
 *
 * @param ring   an initialised ring
 * @param out    room for limit bytes; those beyond the result are unchanged; may be NULL when limit is 0
 * @param limit  in bytes, any
 * @return bytes taken out, 0..limit
 * Context: consumer, also an interrupt; limit steps at most.
 */
size_t lbms_ring_read(struct lbms_ring *ring, void *out, size_t limit);

/**
 * Drops all waiting bytes. `lost` keeps its value.
 *
 * @param ring  an initialised ring
 * Context: consumer, also an interrupt.
 */
void lbms_ring_clear(struct lbms_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
