#include "losun_bms/base/bytes.h"

#include <string.h>

/* True when count bytes can be read; otherwise the reader has failed, from now on. */
static bool can_get(struct lbms_reader *reader, size_t count)
{
    if (count > lbms_reader_remaining(reader)) {
        reader->failed = true;
    }
    return !reader->failed;
}

static uint32_t get_le(struct lbms_reader *reader, size_t count)
{
    uint32_t value = 0u;
    size_t i;

    if (!can_get(reader, count)) {
        return 0u;
    }
    for (i = count; i > 0u; i--) {
        value = (value << 8) | reader->data[reader->position + i - 1u];
    }
    reader->position += count;
    return value;
}

static uint32_t get_be(struct lbms_reader *reader, size_t count)
{
    uint32_t value = 0u;
    size_t i;

    if (!can_get(reader, count)) {
        return 0u;
    }
    for (i = 0u; i < count; i++) {
        value = (value << 8) | reader->data[reader->position + i];
    }
    reader->position += count;
    return value;
}

void lbms_reader_init(struct lbms_reader *reader, const void *data, size_t length)
{
    reader->data = data;
    reader->length = length;
    reader->position = 0u;
    reader->failed = false;
}

size_t lbms_reader_remaining(const struct lbms_reader *reader)
{
    return reader->failed ? 0u : reader->length - reader->position;
}

void lbms_reader_skip(struct lbms_reader *reader, size_t count)
{
    if (can_get(reader, count)) {
        reader->position += count;
    }
}

uint8_t lbms_get_u8(struct lbms_reader *reader)
{
    return (uint8_t)get_le(reader, 1u);
}

uint16_t lbms_get_u16le(struct lbms_reader *reader)
{
    return (uint16_t)get_le(reader, 2u);
}

uint16_t lbms_get_u16be(struct lbms_reader *reader)
{
    return (uint16_t)get_be(reader, 2u);
}

uint32_t lbms_get_u32le(struct lbms_reader *reader)
{
    return get_le(reader, 4u);
}

uint32_t lbms_get_u32be(struct lbms_reader *reader)
{
    return get_be(reader, 4u);
}

void lbms_get_bytes(struct lbms_reader *reader, void *out, size_t count)
{
    uint8_t *bytes = out;
    size_t i;

    (void)can_get(reader, count); /* all or nothing: after a failure here, every read below gives 0 */
    for (i = 0u; i < count; i++) {
        bytes[i] = lbms_get_u8(reader);
    }
}

uint32_t lbms_get_varint(struct lbms_reader *reader)
{
    struct lbms_reader ahead = *reader; /* a malformed number must not move the reader itself */
    uint32_t value = 0u;
    uint32_t shift = 0u;
    uint8_t byte;

    do {
        byte = lbms_get_u8(&ahead); /* 0, and so the last one, where the data ends */
        value |= (uint32_t)(byte & 0x7Fu) << shift;
        shift += 7u;
    } while (byte > 0x7Fu && shift < 7u * LBMS_VARINT_MAX);

    /* The fifth byte has room for the highest 4 bits, and none for the mark of a sixth. */
    if (ahead.failed || (shift == 7u * LBMS_VARINT_MAX && byte > 0x0Fu)) {
        reader->failed = true;
        return 0u;
    }
    *reader = ahead;
    return value;
}

int32_t lbms_get_zigzag(struct lbms_reader *reader)
{
    const uint32_t coded = lbms_get_varint(reader);
    const int32_t half = (int32_t)(coded >> 1);

    return ((coded & 1u) != 0u) ? -half - 1 : half;
}

/* True when count bytes can be written; otherwise the writer has failed, from now on. */
static bool can_put(struct lbms_writer *writer, size_t count)
{
    if (count > lbms_writer_remaining(writer)) {
        writer->failed = true;
    }
    return !writer->failed;
}

static void put_le(struct lbms_writer *writer, uint32_t value, size_t count)
{
    size_t i;

    if (!can_put(writer, count)) {
        return;
    }
    for (i = 0u; i < count; i++) {
        writer->data[writer->position + i] = (uint8_t)(value & 0xFFu);
        value >>= 8;
    }
    writer->position += count;
}

static void put_be(struct lbms_writer *writer, uint32_t value, size_t count)
{
    size_t i;

    if (!can_put(writer, count)) {
        return;
    }
    for (i = count; i > 0u; i--) {
        writer->data[writer->position + i - 1u] = (uint8_t)(value & 0xFFu);
        value >>= 8;
    }
    writer->position += count;
}

void lbms_writer_init(struct lbms_writer *writer, void *memory, size_t capacity)
{
    writer->data = memory;
    writer->capacity = capacity;
    writer->position = 0u;
    writer->failed = false;
}

size_t lbms_writer_remaining(const struct lbms_writer *writer)
{
    return writer->failed ? 0u : writer->capacity - writer->position;
}

void lbms_put_u8(struct lbms_writer *writer, uint8_t value)
{
    put_le(writer, value, 1u);
}

void lbms_put_u16le(struct lbms_writer *writer, uint16_t value)
{
    put_le(writer, value, 2u);
}

void lbms_put_u16be(struct lbms_writer *writer, uint16_t value)
{
    put_be(writer, value, 2u);
}

void lbms_put_u32le(struct lbms_writer *writer, uint32_t value)
{
    put_le(writer, value, 4u);
}

void lbms_put_u32be(struct lbms_writer *writer, uint32_t value)
{
    put_be(writer, value, 4u);
}

void lbms_put_bytes(struct lbms_writer *writer, const void *data, size_t count)
{
    if (can_put(writer, count) && (count > 0u)) { /* all or nothing; of nothing, data may be NULL */
        memcpy(&writer->data[writer->position], data, count);
        writer->position += count;
    }
}

void lbms_put_varint(struct lbms_writer *writer, uint32_t value)
{
    uint8_t coded[LBMS_VARINT_MAX];
    size_t count = 0u;

    while (value > 0x7Fu) {
        coded[count] = (uint8_t)((value & 0x7Fu) | 0x80u);
        count++;
        value >>= 7;
    }
    coded[count] = (uint8_t)value;
    lbms_put_bytes(writer, coded, count + 1u);
}

void lbms_put_zigzag(struct lbms_writer *writer, int32_t value)
{
    const uint32_t twice = (uint32_t)value << 1;

    lbms_put_varint(writer, (value < 0) ? ~twice : twice);
}
