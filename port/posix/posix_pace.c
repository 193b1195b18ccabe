/*
 * Pacing: a queue that gives its bytes at the pace of a line. A byte costs its bits; the credit grows with time by
 * baud bits a second and counts only while bytes wait: the first byte of a burst takes its full time.
 */
#include "posix_private.h"

#include "losun_bms/model/ports.h"

static uint64_t byte_cost(uint8_t format)
{
    return (format == (uint8_t)LBMS_SERIAL_8N1) ? 10000u : 11000u;
}

void lbms_posix_pace_clear(struct lbms_posix_pace *pace)
{
    pace->head = 0u;
    pace->count = 0u;
    pace->credit = 0u;
}

size_t lbms_posix_pace_room(const struct lbms_posix_pace *pace)
{
    return LBMS_POSIX_PACE_SIZE - pace->count;
}

size_t lbms_posix_pace_put(struct lbms_posix_pace *pace, const uint8_t *data, size_t size)
{
    size_t i;

    for (i = 0u; i < size && pace->count < LBMS_POSIX_PACE_SIZE; i++) {
        pace->data[(pace->head + pace->count) % LBMS_POSIX_PACE_SIZE] = data[i];
        pace->count++;
    }
    return i;
}

/* More credit than the waiting bytes cost would let later bytes pass at once. */
void lbms_posix_pace_time(struct lbms_posix_pace *pace, uint32_t elapsed_ms, uint32_t baud, uint8_t format)
{
    const uint64_t most = (uint64_t)pace->count * byte_cost(format);

    pace->credit += (uint64_t)elapsed_ms * baud; /* ms x bit/s = 1/1000 bit */
    if (pace->credit > most) {
        pace->credit = most;
    }
}

size_t lbms_posix_pace_due(const struct lbms_posix_pace *pace, uint8_t format)
{
    const uint64_t due = pace->credit / byte_cost(format);

    return (due < pace->count) ? (size_t)due : pace->count;
}

size_t lbms_posix_pace_peek(const struct lbms_posix_pace *pace, uint8_t *data, size_t size)
{
    size_t i;

    for (i = 0u; i < size && i < pace->count; i++) {
        data[i] = pace->data[(pace->head + i) % LBMS_POSIX_PACE_SIZE];
    }
    return i;
}

void lbms_posix_pace_drop(struct lbms_posix_pace *pace, size_t count, uint8_t format)
{
    pace->head = (pace->head + count) % LBMS_POSIX_PACE_SIZE;
    pace->count -= count;
    pace->credit -= (uint64_t)count * byte_cost(format);
}
