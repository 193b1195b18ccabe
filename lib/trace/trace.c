#include "losun_bms/trace/trace.h"

#include <string.h>

#include "fields.h"
#include "losun_bms/base/bytes.h"
#include "losun_bms/base/crc.h"

/* Header: magic, version, length of the whole header ... restored, CRC-32. */
#define MAGIC_LENGTH    4u
#define LENGTH_AT       5u
#define DESCRIPTION_AT  7u
#define HEADER_CRC_SIZE 4u
#define MODEL_MAX       40u

/* Record: length of digest and changes in one byte or two, digest, changes, CRC-16. */
#define SHORT_MAX  0x7Fu
#define CHECK_SIZE 2u

static const uint8_t magic[MAGIC_LENGTH] = {'L', 'B', 'M', 'T'};

uint32_t lbms_trace_digest(const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot)
{
    const uint32_t crc = lbms_trace_crc(LBMS_CRC32_START, &lbms_trace_table_outputs, outputs);

    return lbms_trace_crc(crc, &lbms_trace_table_snapshot, snapshot);
}

/* Models are told apart by their first MODEL_MAX characters. */
static size_t model_length(const struct lbms_product *product)
{
    size_t length = 0u;

    while (length < MODEL_MAX && product->model[length] != '\0') {
        length++;
    }
    return length;
}

static void put_description(struct lbms_writer *writer, const struct lbms_product *product)
{
    const size_t length = model_length(product);

    lbms_put_u32le(writer, lbms_trace_fingerprint());
    lbms_put_u8(writer, product->cells);
    lbms_put_u16le(writer, (uint16_t)LBMS_PARAM_COUNT);
    lbms_put_u8(writer, (uint8_t)length);
    lbms_put_bytes(writer, product->model, length);
}

static bool is_description(struct lbms_reader *reader, const struct lbms_product *product)
{
    const size_t length = model_length(product);
    size_t i;
    bool same;

    same = lbms_get_u32le(reader) == lbms_trace_fingerprint();
    same = (lbms_get_u8(reader) == product->cells) && same;
    same = (lbms_get_u16le(reader) == (uint16_t)LBMS_PARAM_COUNT) && same;
    same = (lbms_get_u8(reader) == length) && same;
    for (i = 0u; i < length; i++) {
        same = (lbms_get_u8(reader) == (uint8_t)product->model[i]) && same;
    }
    return same;
}

int lbms_trace_begin(struct lbms_trace *trace, const struct lbms_product *product,
                     const struct lbms_restored *restored, uint8_t *data, size_t capacity)
{
    struct lbms_writer writer;
    size_t length;

    memset(trace, 0, sizeof(*trace));
    lbms_writer_init(&writer, data, capacity);
    lbms_put_bytes(&writer, magic, sizeof(magic));
    lbms_put_u8(&writer, LBMS_TRACE_VERSION);
    lbms_put_u16le(&writer, 0u); /* the length, which is known at the end */
    put_description(&writer, product);
    lbms_trace_put_changes(&writer, &lbms_trace_table_restored, NULL, restored);
    if (lbms_writer_remaining(&writer) < HEADER_CRC_SIZE) {
        return LBMS_ERR_SPACE;
    }
    length = writer.position + HEADER_CRC_SIZE;
    data[LENGTH_AT] = (uint8_t)(length & 0xFFu);
    data[LENGTH_AT + 1u] = (uint8_t)(length >> 8);
    lbms_put_u32le(&writer, lbms_crc32(LBMS_CRC32_START, data, writer.position));
    return (int)length;
}

int lbms_trace_open(struct lbms_trace *trace, const struct lbms_product *product,
                    struct lbms_restored *restored, const uint8_t *data, size_t length)
{
    struct lbms_reader reader;
    size_t size;
    uint32_t crc;

    memset(trace, 0, sizeof(*trace));
    if (length < DESCRIPTION_AT) {
        return LBMS_ERR_SPACE;
    }
    lbms_reader_init(&reader, data + LENGTH_AT, length - LENGTH_AT);
    size = lbms_get_u16le(&reader);
    if (memcmp(data, magic, sizeof(magic)) != 0 || data[MAGIC_LENGTH] != LBMS_TRACE_VERSION ||
        size < DESCRIPTION_AT + HEADER_CRC_SIZE || size > LBMS_TRACE_HEADER_MAX) {
        return LBMS_ERR_FORMAT;
    }
    if (size > length) {
        return LBMS_ERR_SPACE;
    }
    size -= HEADER_CRC_SIZE;
    lbms_reader_init(&reader, data + size, HEADER_CRC_SIZE);
    crc = lbms_get_u32le(&reader);
    if (crc != lbms_crc32(LBMS_CRC32_START, data, size)) {
        return LBMS_ERR_CHECKSUM;
    }
    lbms_reader_init(&reader, data + DESCRIPTION_AT, size - DESCRIPTION_AT);
    memset(restored, 0, sizeof(*restored));
    if (!is_description(&reader, product) ||
        !lbms_trace_get_changes(&reader, &lbms_trace_table_restored, restored)) {
        return LBMS_ERR_FORMAT;
    }
    return (int)(size + HEADER_CRC_SIZE);
}

/*
 * The check of a record. It begins with the time of the step before, which is not in the record: so a record that
 * follows another one than when it was written, because one between them is lost or twice there, is found as well.
 */
static uint16_t check_of(const struct lbms_trace *trace, const uint8_t *data, size_t length)
{
    struct lbms_writer writer;
    uint8_t before[4];
    uint16_t crc;

    lbms_writer_init(&writer, before, sizeof(before));
    lbms_put_u32le(&writer, trace->last.now_ms);
    crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, before, sizeof(before));
    return lbms_crc16_modbus(crc, data, length);
}

/* Fills in the first byte, which was left free; a long record is moved to make room for a second one. */
static void put_length(struct lbms_writer *writer)
{
    const size_t size = writer->position - 1u;

    if (size <= SHORT_MAX) {
        writer->data[0] = (uint8_t)size;
    } else {
        lbms_put_u8(writer, 0u);
        if (!writer->failed) {
            memmove(writer->data + 2, writer->data + 1, size);
            writer->data[0] = (uint8_t)((size & SHORT_MAX) | (SHORT_MAX + 1u));
            writer->data[1] = (uint8_t)(size >> 7);
        }
    }
}

int lbms_trace_step(struct lbms_trace *trace, const struct lbms_inputs *inputs, uint32_t digest,
                    uint8_t *data, size_t capacity)
{
    struct lbms_inputs next = *inputs;
    struct lbms_writer writer;

    if (!inputs->has_command) {
        next.command = trace->last.command; /* nobody reads it, so it costs nothing */
    }
    lbms_writer_init(&writer, data, capacity);
    lbms_put_u8(&writer, 0u);
    lbms_put_u32le(&writer, digest);
    lbms_trace_put_changes(&writer, &lbms_trace_table_inputs, &trace->last, &next);
    if (writer.failed) {
        return LBMS_ERR_SPACE;
    }
    put_length(&writer);
    lbms_put_u16le(&writer, check_of(trace, data, writer.position));
    if (writer.failed) {
        return LBMS_ERR_SPACE;
    }
    trace->last = next;
    return (int)writer.position;
}

/* Length of digest and changes. */
static size_t get_length(struct lbms_reader *reader)
{
    size_t size = lbms_get_u8(reader);

    if (size > SHORT_MAX) {
        size = (size & SHORT_MAX) | ((size_t)lbms_get_u8(reader) << 7);
    }
    return size;
}

int lbms_trace_read(struct lbms_trace *trace, struct lbms_inputs *inputs, uint32_t *digest,
                    const uint8_t *data, size_t length)
{
    struct lbms_inputs next = trace->last;
    struct lbms_reader reader;
    struct lbms_reader body;
    uint32_t decided;
    size_t size;
    size_t covered;

    lbms_reader_init(&reader, data, length);
    size = get_length(&reader);
    if (size > LBMS_TRACE_RECORD_MAX) {
        return LBMS_ERR_FORMAT;
    }
    if (reader.failed || lbms_reader_remaining(&reader) < size + CHECK_SIZE) {
        return LBMS_ERR_SPACE;
    }
    covered = reader.position + size;
    lbms_reader_init(&body, data + reader.position, size);
    lbms_reader_skip(&reader, size);
    if (lbms_get_u16le(&reader) != check_of(trace, data, covered)) {
        return LBMS_ERR_CHECKSUM;
    }
    decided = lbms_get_u32le(&body);
    if (body.failed || !lbms_trace_get_changes(&body, &lbms_trace_table_inputs, &next)) {
        return LBMS_ERR_FORMAT;
    }
    trace->last = next;
    *inputs = next;
    *digest = decided;
    return (int)reader.position;
}
