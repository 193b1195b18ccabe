#include "losun_bms/base/ring.h"

enum lbms_status lbms_ring_init(struct lbms_ring *ring, void *memory, size_t capacity)
{
    if (ring == NULL || memory == NULL || capacity < 2u || capacity > LBMS_RING_CAPACITY_MAX) {
        return LBMS_ERR_ARGUMENT;
    }
    if ((capacity & (capacity - 1u)) != 0u) {
        return LBMS_ERR_ARGUMENT; /* not a power of two */
    }
    ring->data = memory;
    ring->mask = (uint16_t)(capacity - 1u);
    ring->head = 0u;
    ring->tail = 0u;
    ring->lost = 0u;
    return LBMS_OK;
}

size_t lbms_ring_used(const struct lbms_ring *ring)
{
    const uint16_t head = ring->head;
    const uint16_t tail = ring->tail;

    return (uint16_t)(head - tail); /* modulo 2^16, as the indices are */
}

size_t lbms_ring_free(const struct lbms_ring *ring)
{
    return (size_t)ring->mask + 1u - lbms_ring_used(ring);
}

bool lbms_ring_put(struct lbms_ring *ring, uint8_t byte)
{
    const uint16_t head = ring->head;

    if (lbms_ring_free(ring) == 0u) {
        ring->lost = (uint16_t)(ring->lost + 1u);
        return false;
    }
    ring->data[head & ring->mask] = byte;
    ring->head = (uint16_t)(head + 1u); /* only now may the consumer see the byte */
    return true;
}

bool lbms_ring_get(struct lbms_ring *ring, uint8_t *byte)
{
    const uint16_t tail = ring->tail;

    if (lbms_ring_used(ring) == 0u) {
        return false;
    }
    *byte = ring->data[tail & ring->mask];
    ring->tail = (uint16_t)(tail + 1u); /* only now may the producer use the place */
    return true;
}

size_t lbms_ring_write(struct lbms_ring *ring, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t count = 0u;

    while (count < length && lbms_ring_free(ring) > 0u) {
        (void)lbms_ring_put(ring, bytes[count]); /* only the producer takes room away: it still fits */
        count++;
    }
    return count;
}

size_t lbms_ring_read(struct lbms_ring *ring, void *out, size_t limit)
{
    uint8_t *bytes = out;
    size_t count = 0u;

    while (count < limit && lbms_ring_get(ring, &bytes[count])) {
        count++;
    }
    return count;
}

void lbms_ring_clear(struct lbms_ring *ring)
{
    ring->tail = ring->head;
}
