#include "losun_bms/link/fields.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/sample.h"

/* By enum lbms_scale. */
static const struct {
    uint16_t divisor;
    int16_t bias;
} scales[LBMS_SCALE_COUNT] = {{1, 0}, {10, 0}, {1000, 0}, {100, 0}, {25, 0}, {60, 0}, {100, 0}, {1, 2730}};

/* On the wire: no such sensor. */
#define NO_TEMPERATURE 0x8000u

/* By enum lbms_wire. A wire of 32 bits holds any value. */
static const int32_t wire_min[] = {0, 0, INT16_MIN, 0, INT32_MIN};
static const int32_t wire_max[] = {UINT8_MAX, UINT16_MAX, INT16_MAX, INT32_MAX, INT32_MAX};

/* By enum lbms_member. */
static const uint8_t member_size[] = {1u, 2u, 2u, 4u};
static const int32_t member_min[] = {0, 0, INT16_MIN, INT32_MIN};
static const int32_t member_max[] = {UINT8_MAX, UINT16_MAX, INT16_MAX, INT32_MAX};

/* Rounded half away from zero, as lbms_div_round_i32() does, but without 64 bits. */
static int32_t divide(int32_t value, int32_t divisor)
{
    const int32_t quotient = value / divisor;
    const int32_t rest = value % divisor;

    if ((2 * lbms_abs_i32(rest)) < divisor) {
        return quotient;
    }
    return (value < 0) ? (quotient - 1) : (quotient + 1);
}

static bool is_temperature(int32_t value)
{
    return (value != LBMS_TEMP_OPEN) && (value != LBMS_TEMP_SHORT);
}

/* What every value of a reply goes through: in one piece with its callers, or the calls would be most of the cost. */
static inline uint32_t to_wire(int32_t value, uint8_t wire, uint8_t scale)
{
    if (scale == (uint8_t)LBMS_SCALE_KELVIN) {
        if (!is_temperature(value)) {
            return NO_TEMPERATURE;
        }
        value += (value <= wire_max[wire]) ? scales[scale].bias : 0; /* beyond, it stays there */
    } else if (scale != (uint8_t)LBMS_SCALE_ONE) {
        value = divide(value, scales[scale].divisor);
    } else {
        /* as it is */
    }
    if (value < wire_min[wire]) {
        return (uint32_t)wire_min[wire];
    }
    return (uint32_t)((value < wire_max[wire]) ? value : wire_max[wire]);
}

uint32_t lbms_to_wire(int32_t value, uint8_t wire, uint8_t scale)
{
    return to_wire(value, wire, scale);
}

int32_t lbms_from_wire(uint32_t raw, uint8_t wire, uint8_t scale)
{
    const int32_t divisor = scales[scale].divisor;
    int32_t value;

    if ((scale == (uint8_t)LBMS_SCALE_KELVIN) && (raw == NO_TEMPERATURE)) {
        return LBMS_TEMP_OPEN;
    }
    if (wire == (uint8_t)LBMS_WIRE_S16) {
        value = (int32_t)raw - (((raw & 0x8000u) != 0u) ? 0x10000 : 0);
    } else if ((wire == (uint8_t)LBMS_WIRE_S32) && (raw > (uint32_t)INT32_MAX)) {
        value = -(int32_t)(~raw) - 1;
    } else {
        value = (raw > (uint32_t)INT32_MAX) ? INT32_MAX : (int32_t)raw;
    }
    value = lbms_sat_sub_i32(value, scales[scale].bias);
    if (lbms_abs_i32(value) > (INT32_MAX / divisor)) {
        return (value < 0) ? INT32_MIN : INT32_MAX;
    }
    return value * divisor;
}

/* High byte first. */
static inline void put_raw(struct lbms_writer *out, uint32_t raw, uint8_t size)
{
    uint8_t *to = &out->data[out->position];

    if (out->failed || ((out->capacity - out->position) < size)) {
        out->failed = true;
        return;
    }
    out->position += size;
    if (size > 2u) {
        *to++ = (uint8_t)(raw >> 24);
        *to++ = (uint8_t)((raw >> 16) & 0xFFu);
    }
    if (size > 1u) {
        *to++ = (uint8_t)((raw >> 8) & 0xFFu);
    }
    *to = (uint8_t)(raw & 0xFFu);
}

void lbms_put_value(struct lbms_writer *out, int32_t value, uint8_t wire, uint8_t scale)
{
    put_raw(out, to_wire(value, wire, scale), lbms_wire_size(wire));
}

int32_t lbms_get_value(struct lbms_reader *in, uint8_t wire, uint8_t scale)
{
    uint32_t raw;

    switch (lbms_wire_size(wire)) {
    case 1u:
        raw = lbms_get_u8(in);
        break;
    case 2u:
        raw = lbms_get_u16be(in);
        break;
    default:
        raw = lbms_get_u32be(in);
        break;
    }
    return in->failed ? 0 : lbms_from_wire(raw, wire, scale);
}

/* Cells, counts, states: what is carried as it is. */
static bool is_plain(const struct lbms_field *row)
{
    return (row->member == (uint8_t)LBMS_MEMBER_U16) && (row->wire == (uint8_t)LBMS_WIRE_U16) &&
           (row->scale == (uint8_t)LBMS_SCALE_ONE);
}

static int32_t load(const uint8_t *place, uint8_t member)
{
    int16_t i16;
    uint16_t u16;
    int32_t i32;

    switch (member) {
    case LBMS_MEMBER_U8:
        return *place;
    case LBMS_MEMBER_U16:
        memcpy(&u16, place, sizeof(u16));
        return u16;
    case LBMS_MEMBER_I16:
        memcpy(&i16, place, sizeof(i16));
        return i16;
    default:
        memcpy(&i32, place, sizeof(i32));
        return i32;
    }
}

static void save(uint8_t *place, uint8_t member, int32_t value)
{
    const int32_t fits = lbms_clamp_i32(value, member_min[member], member_max[member]);
    const uint16_t u16 = (uint16_t)((uint32_t)fits & 0xFFFFu); /* the bits of an int16_t, too */

    switch (member_size[member]) {
    case 1u:
        *place = (uint8_t)((uint32_t)fits & 0xFFu);
        break;
    case 2u:
        memcpy(place, &u16, sizeof(u16));
        break;
    default:
        memcpy(place, &fits, sizeof(fits));
        break;
    }
}

void lbms_field_words(const struct lbms_field *row, unsigned first, unsigned count, const void *object,
                      uint16_t *words)
{
    const uint8_t *place = (const uint8_t *)object + row->offset + ((size_t)first * member_size[row->member]);
    unsigned i;

    if (is_plain(row)) {
        memcpy(words, place, count * sizeof(*words));
        return;
    }
    for (i = 0u; i < count; i++) {
        words[i] = (uint16_t)(to_wire(load(place, row->member), row->wire, row->scale) & 0xFFFFu);
        place += member_size[row->member];
    }
}

void lbms_put_fields(struct lbms_writer *out, const struct lbms_field *rows, size_t count, const void *object)
{
    size_t i;
    uint8_t n;

    for (i = 0u; i < count; i++) {
        const uint8_t *place = (const uint8_t *)object + rows[i].offset;

        for (n = 0u; n < rows[i].count; n++) {
            put_raw(out, to_wire(load(place, rows[i].member), rows[i].wire, rows[i].scale),
                    lbms_wire_size(rows[i].wire));
            place += member_size[rows[i].member];
        }
    }
}

void lbms_get_fields(struct lbms_reader *in, const struct lbms_field *rows, size_t count, void *object)
{
    size_t i;
    uint8_t n;

    for (i = 0u; i < count; i++) {
        uint8_t *place = (uint8_t *)object + rows[i].offset;

        for (n = 0u; n < rows[i].count; n++) {
            save(place, rows[i].member, lbms_get_value(in, rows[i].wire, rows[i].scale));
            place += member_size[rows[i].member];
        }
    }
}
