#include "fields.h"

#include <stdbool.h>
#include <string.h>

#include "losun_bms/base/bytes.h"

static uint32_t load(const uint8_t *place, uint8_t size)
{
    uint32_t value32;
    uint16_t value16;
    bool flag;

    switch (size) {
    case 4u:
        memcpy(&value32, place, sizeof(value32));
        return value32;
    case 2u:
        memcpy(&value16, place, sizeof(value16));
        return value16;
    case FIELD_FLAG:
        memcpy(&flag, place, sizeof(flag));
        return flag ? 1u : 0u;
    default:
        return *place;
    }
}

static void keep(uint8_t *place, uint8_t size, uint32_t value)
{
    const uint16_t value16 = (uint16_t)value;
    const bool flag = value != 0u;

    switch (size) {
    case 4u:
        memcpy(place, &value, sizeof(value));
        break;
    case 2u:
        memcpy(place, &value16, sizeof(value16));
        break;
    case FIELD_FLAG:
        memcpy(place, &flag, sizeof(flag));
        break;
    default:
        *place = (uint8_t)value;
        break;
    }
}

/* Bytes of a member on the flash. */
static size_t width(const struct field *field)
{
    return (field->size == FIELD_FLAG) ? 1u : field->size;
}

/* Distance of two members of an array; a flag is never one. */
static size_t stride(const struct field *field)
{
    return field->size;
}

size_t lbms_fields_put(const struct field *fields, size_t count, const void *object, uint8_t *data,
                       size_t size)
{
    struct lbms_writer writer;
    size_t i, k, byte;

    lbms_writer_init(&writer, data, size);
    for (i = 0u; i < count; i++) {
        for (k = 0u; k < fields[i].count; k++) {
            const uint8_t *place = (const uint8_t *)object + fields[i].offset + (k * stride(&fields[i]));
            const uint32_t value = load(place, fields[i].size);

            for (byte = 0u; byte < width(&fields[i]); byte++) {
                lbms_put_u8(&writer, (uint8_t)(value >> (8u * byte)));
            }
        }
    }
    return writer.failed ? 0u : writer.position;
}

void lbms_fields_get(const struct field *fields, size_t count, void *object, const uint8_t *data,
                     size_t length)
{
    struct lbms_reader reader;
    size_t i, k, byte;

    lbms_reader_init(&reader, data, length);
    for (i = 0u; i < count; i++) {
        for (k = 0u; k < fields[i].count; k++) {
            uint8_t *place = (uint8_t *)object + fields[i].offset + (k * stride(&fields[i]));
            uint32_t value = 0u;

            for (byte = 0u; byte < width(&fields[i]); byte++) {
                value |= (uint32_t)lbms_get_u8(&reader) << (8u * byte);
            }
            if (reader.failed) {
                return;
            }
            keep(place, fields[i].size, value);
        }
    }
}
