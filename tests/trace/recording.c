#include "recording.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

const struct lbms_product recording_product = {.model = "LS-TEST", .cells = LBMS_CELLS};

uint32_t random_word(struct randoms *randoms)
{
    uint32_t x = randoms->state + UINT32_C(0x9E3779B9);

    randoms->state = x;
    x = (x ^ (x >> 16)) * UINT32_C(0x85EBCA6B);
    x = (x ^ (x >> 13)) * UINT32_C(0xC2B2AE35);
    return x ^ (x >> 16);
}

uint32_t random_below(struct randoms *randoms, uint32_t limit)
{
    return random_word(randoms) % limit;
}

static uint8_t *exact(const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc((length > 0u) ? length : 1u);

    if (copy == NULL) { /* an assertion costs more than a read: it stands only where it fails */
        ck_assert_msg(false, "no memory");
    }
    if (length > 0u) {
        memcpy(copy, data, length);
    }
    return copy;
}

int write_step(struct lbms_trace *trace, const struct lbms_inputs *inputs, uint32_t digest, uint8_t *data,
               size_t capacity)
{
    uint8_t *copy = exact(data, capacity);
    const int used = lbms_trace_step(trace, inputs, digest, copy, capacity);

    memcpy(data, copy, capacity);
    free(copy);
    return used;
}

int read_step(struct lbms_trace *trace, struct lbms_inputs *inputs, uint32_t *digest, const uint8_t *data,
              size_t length)
{
    uint8_t *copy = exact(data, length);
    const int used = lbms_trace_read(trace, inputs, digest, copy, length);

    free(copy);
    return used;
}

int write_header(struct lbms_trace *trace, const struct lbms_restored *restored, uint8_t *data,
                 size_t capacity)
{
    uint8_t *copy = exact(data, capacity);
    const int used = lbms_trace_begin(trace, &recording_product, restored, copy, capacity);

    memcpy(data, copy, capacity);
    free(copy);
    return used;
}

int read_header(struct lbms_trace *trace, const struct lbms_product *product, struct lbms_restored *restored,
                const uint8_t *data, size_t length)
{
    uint8_t *copy = exact(data, length);
    const int used = lbms_trace_open(trace, product, restored, copy, length);

    free(copy);
    return used;
}

static void copy_inputs(const void *from, void *to)
{
    struct lbms_trace writer = {0};
    struct lbms_trace reader = {0};
    uint8_t data[LBMS_TRACE_RECORD_MAX] = {0};
    uint32_t digest;
    const int written = lbms_trace_step(&writer, from, 0u, data, sizeof(data));

    ck_assert_int_gt(written, 0);
    ck_assert_int_eq(lbms_trace_read(&reader, to, &digest, data, (size_t)written), written);
}

static void copy_restored(const void *from, void *to)
{
    struct lbms_trace trace;
    uint8_t data[LBMS_TRACE_HEADER_MAX] = {0};
    const int written = lbms_trace_begin(&trace, &recording_product, from, data, sizeof(data));

    ck_assert_int_gt(written, 0);
    ck_assert_int_eq(lbms_trace_open(&trace, &recording_product, to, data, (size_t)written), written);
}

/*
 * `object` is of `size` bytes, all zero except what the recording needs; `result` is the room for a second one.
 * Bytes that are already 1 are left alone and count as a bool.
 */
static void learn(void (*copy)(const void *from, void *to), void *object, void *result, uint8_t *use,
                  size_t size)
{
    uint8_t *byte = object;
    const uint8_t *read = result;
    size_t i;

    for (i = 0u; i < size; i++) {
        if (byte[i] != 0u) {
            use[i] = (uint8_t)BYTE_FLAG;
            continue;
        }
        byte[i] = 2u;
        copy(object, result);
        if (read[i] == 2u) {
            use[i] = (uint8_t)BYTE_VALUE;
        } else {
            use[i] = (uint8_t)((read[i] == 1u) ? BYTE_FLAG : BYTE_LOST);
        }
        byte[i] = 0u;
    }
}

void learn_inputs(uint8_t use[sizeof(struct lbms_inputs)])
{
    struct lbms_inputs inputs;
    struct lbms_inputs result;

    memset(&inputs, 0, sizeof(inputs));
    inputs.has_command = true; /* commands are recorded only then */
    learn(copy_inputs, &inputs, &result, use, sizeof(inputs));
}

void learn_restored(uint8_t use[sizeof(struct lbms_restored)])
{
    struct lbms_restored restored;
    struct lbms_restored result;

    memset(&restored, 0, sizeof(restored));
    learn(copy_restored, &restored, &result, use, sizeof(restored));
}

static uint8_t fitting(uint8_t use, uint8_t byte)
{
    if (use == (uint8_t)BYTE_VALUE) {
        return byte;
    }
    return (uint8_t)((use == (uint8_t)BYTE_FLAG) ? (byte & 1u) : 0u);
}

void fill(void *object, const uint8_t *use, size_t size, uint8_t byte)
{
    uint8_t *bytes = object;
    size_t i;

    for (i = 0u; i < size; i++) {
        bytes[i] = fitting(use[i], byte);
    }
}

void disturb(struct randoms *randoms, void *object, const uint8_t *use, size_t size, uint32_t rarity)
{
    uint8_t *bytes = object;
    size_t i;

    for (i = 0u; i < size; i++) {
        if (random_below(randoms, rarity) == 0u) {
            bytes[i] = fitting(use[i], (uint8_t)(random_word(randoms) & 0xFFu));
        }
    }
}
