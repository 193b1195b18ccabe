#include "fields.h"

#include <string.h>

#include "losun_bms/base/crc.h"

/* Elements that share one mask byte. */
#define GROUP 8u

/* The next element of a walk through a table. */
struct walk {
    const struct lbms_trace_table *table;
    size_t row;
    size_t index;
};

/* One element. */
struct place {
    const struct lbms_trace_row *row;
    size_t offset; /* in the struct */
};

/* False after the last element. */
static bool step_to(struct walk *walk, struct place *place)
{
    const struct lbms_trace_row *row;

    if (walk->row == walk->table->count) {
        return false;
    }
    row = &walk->table->rows[walk->row];
    place->row = row;
    place->offset = row->offset + (walk->index * row->stride);
    walk->index++;
    if (walk->index == row->count) {
        walk->index = 0u;
        walk->row++;
    }
    return true;
}

/* The bits of an element as an unsigned number. */
static uint32_t get_value(const struct place *place, const void *base)
{
    const uint8_t *at = (const uint8_t *)base + place->offset;
    uint32_t word;
    uint16_t half;

    if (place->row->size == sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        return word;
    }
    if (place->row->size == sizeof(half)) {
        memcpy(&half, at, sizeof(half));
        return half;
    }
    return *at;
}

/* Only the bits that the element has room for are kept. */
static void put_value(const struct place *place, void *base, uint32_t value)
{
    uint8_t *at = (uint8_t *)base + place->offset;
    const uint16_t half = (uint16_t)(value & 0xFFFFu);

    if (place->row->size == sizeof(value)) {
        memcpy(at, &value, sizeof(value));
    } else if (place->row->size == sizeof(half)) {
        memcpy(at, &half, sizeof(half));
    } else {
        *at = (uint8_t)(value & 0xFFu);
    }
}

/* What is written for a change; 0 means that nothing has changed. */
static uint32_t difference(const struct lbms_trace_row *row, uint32_t from, uint32_t to)
{
    const uint32_t sign = UINT32_C(1) << ((8u * row->size) - 1u);
    uint32_t delta = (to - from) & (sign | (sign - 1u));

    if (row->kind != LBMS_TRACE_NUMBER) {
        return delta;
    }
    delta = (delta ^ sign) - sign; /* negative differences fill the word to the left */
    return ((delta >> 31) != 0u) ? ~(delta << 1) : delta << 1;
}

/* The value after a change, whose bits beyond the size of the element mean nothing. */
static uint32_t changed(const struct lbms_trace_row *row, uint32_t from, uint32_t coded)
{
    if (row->kind == LBMS_TRACE_NUMBER) {
        coded = (coded >> 1) ^ (0u - (coded & 1u));
    }
    return from + coded;
}

/* Writes the next group; one without a change is only counted, and written when a later one follows. */
static void put_group(struct lbms_writer *writer, struct walk *walk, const void *from, const void *to,
                      size_t *unwritten)
{
    uint32_t codes[GROUP];
    size_t count = 0u;
    unsigned mask = 0u;
    unsigned bit;
    size_t i;
    struct place place;

    for (bit = 0u; bit < GROUP && step_to(walk, &place); bit++) {
        const uint32_t before = (from == NULL) ? 0u : get_value(&place, from);
        const uint32_t code = difference(place.row, before, get_value(&place, to));

        if (code != 0u) {
            mask |= 1u << bit;
            if (place.row->kind != LBMS_TRACE_FLAG) {
                codes[count] = code;
                count++;
            }
        }
    }
    if (mask == 0u) {
        (*unwritten)++;
        return;
    }
    for (; *unwritten > 0u; (*unwritten)--) {
        lbms_put_u8(writer, 0u);
    }
    lbms_put_u8(writer, (uint8_t)mask);
    for (i = 0u; i < count; i++) {
        lbms_put_varint(writer, codes[i]);
    }
}

void lbms_trace_put_changes(struct lbms_writer *writer, const struct lbms_trace_table *table,
                            const void *from, const void *to)
{
    struct walk walk = {table, 0u, 0u};
    size_t unwritten = 0u;

    while (walk.row < table->count) {
        put_group(writer, &walk, from, to, &unwritten);
    }
}

static bool get_group(struct lbms_reader *reader, struct walk *walk, void *value)
{
    const unsigned mask = lbms_get_u8(reader);
    unsigned bit;
    struct place place;

    for (bit = 0u; bit < GROUP; bit++) {
        const bool exists = step_to(walk, &place);

        if ((mask & (1u << bit)) != 0u) {
            if (!exists) {
                return false;
            }
            if (place.row->kind == LBMS_TRACE_FLAG) {
                put_value(&place, value, 1u - get_value(&place, value));
            } else {
                put_value(&place, value,
                          changed(place.row, get_value(&place, value), lbms_get_varint(reader)));
            }
        }
    }
    return !reader->failed;
}

bool lbms_trace_get_changes(struct lbms_reader *reader, const struct lbms_trace_table *table, void *value)
{
    struct walk walk = {table, 0u, 0u};

    while (lbms_reader_remaining(reader) > 0u) {
        if (!get_group(reader, &walk, value)) {
            return false;
        }
    }
    return true;
}

uint32_t lbms_trace_crc(uint32_t crc, const struct lbms_trace_table *table, const void *value)
{
    struct walk walk = {table, 0u, 0u};
    struct place place;
    uint8_t bytes[sizeof(uint32_t)];

    while (step_to(&walk, &place)) {
        uint32_t rest = get_value(&place, value);
        size_t i;

        for (i = 0u; i < place.row->size; i++) {
            bytes[i] = (uint8_t)(rest & 0xFFu);
            rest >>= 8;
        }
        crc = lbms_crc32(crc, bytes, place.row->size);
    }
    return crc;
}

static uint32_t describe(uint32_t crc, const struct lbms_trace_table *table)
{
    size_t i;
    struct lbms_writer writer;
    uint8_t bytes[4];

    for (i = 0u; i < table->count; i++) {
        const struct lbms_trace_row *row = &table->rows[i];

        lbms_writer_init(&writer, bytes, sizeof(bytes));
        lbms_put_u8(&writer, row->size);
        lbms_put_u8(&writer, row->kind);
        lbms_put_u16le(&writer, row->count);
        crc = lbms_crc32(crc, bytes, sizeof(bytes));
    }
    /* A row with no size ends a table: a row must not move from one table to the next unseen. */
    return lbms_crc32(crc, "\0\0\0\0", sizeof(bytes));
}

uint32_t lbms_trace_fingerprint(void)
{
    uint32_t crc = LBMS_CRC32_START;

    crc = describe(crc, &lbms_trace_table_inputs);
    crc = describe(crc, &lbms_trace_table_restored);
    crc = describe(crc, &lbms_trace_table_outputs);
    crc = describe(crc, &lbms_trace_table_snapshot);
#ifdef LBMS_LIGHT_ESTIMATOR /* decides otherwise from the same inputs */
    crc = lbms_crc32(crc, "light", 5u);
#endif
    return crc;
}
