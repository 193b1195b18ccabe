/* Scales of the wire, rounding, and values that do not fit. */
#include "losun_bms/link/fields.h"

#include "losun_bms/model/sample.h"
#include "support/suite.h"

struct row {
    int32_t value;
    uint8_t wire, scale;
    uint32_t raw;
};

START_TEST(values_are_scaled_and_rounded_to_the_nearest)
{
    static const struct row rows[] = {
        {3301, LBMS_WIRE_U16, LBMS_SCALE_ONE, 3301u},
        {-12340, LBMS_WIRE_S16, LBMS_SCALE_10, (uint32_t)-1234},
        {-12344, LBMS_WIRE_S16, LBMS_SCALE_10, (uint32_t)-1234},
        {-12345, LBMS_WIRE_S16, LBMS_SCALE_10, (uint32_t)-1235},
        {12345, LBMS_WIRE_S16, LBMS_SCALE_10, 1235u},
        {12344, LBMS_WIRE_S16, LBMS_SCALE_10, 1234u},
        {105499, LBMS_WIRE_U16, LBMS_SCALE_AMPERE, 105u},
        {105500, LBMS_WIRE_U16, LBMS_SCALE_AMPERE, 106u},
        {1250, LBMS_WIRE_U8, LBMS_SCALE_100MS, 13u},
        {300, LBMS_WIRE_U8, LBMS_SCALE_25, 12u},
        {300, LBMS_WIRE_U16, LBMS_SCALE_MINUTE, 5u},
        {9600, LBMS_WIRE_U8, LBMS_SCALE_PERCENT, 96u},
        {255, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x0BA9u},
        {-124, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x0A2Eu},
        {0, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x0AAAu},
        {LBMS_TEMP_OPEN, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x8000u},
        {LBMS_TEMP_SHORT, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x8000u},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_uint_eq(lbms_to_wire(rows[i].value, rows[i].wire, rows[i].scale), rows[i].raw);
    }
}
END_TEST

START_TEST(what_the_wire_cannot_hold_stays_at_its_limit)
{
    static const struct row rows[] = {
        {655360, LBMS_WIRE_U16, LBMS_SCALE_10, 65535u},
        {65535, LBMS_WIRE_U16, LBMS_SCALE_ONE, 65535u},
        {65536, LBMS_WIRE_U16, LBMS_SCALE_ONE, 65535u},
        {-1, LBMS_WIRE_U16, LBMS_SCALE_ONE, 0u},
        {-1, LBMS_WIRE_U32, LBMS_SCALE_ONE, 0u},
        {256, LBMS_WIRE_U8, LBMS_SCALE_ONE, 255u},
        {400000, LBMS_WIRE_S16, LBMS_SCALE_10, 32767u},
        {-400000, LBMS_WIRE_S16, LBMS_SCALE_10, (uint32_t)-32768},
        {INT32_MAX, LBMS_WIRE_U32, LBMS_SCALE_ONE, (uint32_t)INT32_MAX},
        {INT32_MIN, LBMS_WIRE_S32, LBMS_SCALE_ONE, (uint32_t)INT32_MIN},
        {INT32_MAX, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 65535u},
        {-3000, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0u},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_uint_eq(lbms_to_wire(rows[i].value, rows[i].wire, rows[i].scale), rows[i].raw);
    }
}
END_TEST

START_TEST(raw_values_are_read_back)
{
    static const struct row rows[] = {
        {-2250, LBMS_WIRE_S16, LBMS_SCALE_10, 0xFF1Fu},
        {327670, LBMS_WIRE_S16, LBMS_SCALE_10, 0x7FFFu},
        {-327680, LBMS_WIRE_S16, LBMS_SCALE_10, 0x8000u},
        {655350, LBMS_WIRE_U16, LBMS_SCALE_10, 0xFFFFu},
        {-105000, LBMS_WIRE_S16, LBMS_SCALE_AMPERE, 0xFF97u},
        {241, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x0B9Bu},
        {LBMS_TEMP_OPEN, LBMS_WIRE_U16, LBMS_SCALE_KELVIN, 0x8000u},
        {INT32_MAX, LBMS_WIRE_U32, LBMS_SCALE_ONE, 0x80000000u},
        {INT32_MAX, LBMS_WIRE_U32, LBMS_SCALE_AMPERE, 2147484u},
        {2147483000, LBMS_WIRE_U32, LBMS_SCALE_AMPERE, 2147483u},
        {-1, LBMS_WIRE_S32, LBMS_SCALE_ONE, 0xFFFFFFFFu},
        {INT32_MIN, LBMS_WIRE_S32, LBMS_SCALE_ONE, 0x80000000u},
        {INT32_MAX, LBMS_WIRE_S32, LBMS_SCALE_ONE, 0x7FFFFFFFu},
        {INT32_MIN, LBMS_WIRE_S32, LBMS_SCALE_10, 0x80000001u},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(lbms_from_wire(rows[i].raw, rows[i].wire, rows[i].scale), rows[i].value);
    }
}
END_TEST

struct sample_struct {
    uint8_t u8;
    uint16_t u16;
    int16_t i16[3];
    int32_t i32;
};

static const struct lbms_field fields[] = {
    LBMS_FIELD(struct sample_struct, u8, U8, U16, ONE),
    LBMS_FIELD(struct sample_struct, u16, U16, U32, ONE),
    LBMS_FIELDS(struct sample_struct, i16, I16, S16, ONE, 3),
    LBMS_FIELD(struct sample_struct, i32, I32, S32, ONE),
};

START_TEST(a_table_writes_and_reads_a_struct)
{
    static const uint8_t wire[] = {0x00, 0x07, 0x00, 0x00, 0xFF, 0xFE, 0xFF, 0xFF,
                                   0x80, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE};
    const struct sample_struct before = {7u, 0xFFFEu, {-1, -32768, 32767}, -2};
    struct sample_struct after;
    uint8_t memory[32];
    struct lbms_writer out;
    struct lbms_reader in;

    lbms_writer_init(&out, memory, sizeof(memory));
    lbms_put_fields(&out, fields, 4u, &before);
    ck_assert_uint_eq(out.position, sizeof(wire));
    ck_assert_mem_eq(memory, wire, sizeof(wire));
    lbms_reader_init(&in, wire, sizeof(wire));
    lbms_get_fields(&in, fields, 4u, &after);
    ck_assert(!in.failed);
    ck_assert_uint_eq(after.u8, before.u8);
    ck_assert_uint_eq(after.u16, before.u16);
    ck_assert_mem_eq(after.i16, before.i16, sizeof(before.i16));
    ck_assert_int_eq(after.i32, before.i32);
}
END_TEST

START_TEST(what_a_member_cannot_hold_stays_at_its_limit)
{
    static const uint8_t wire[] = {0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    struct sample_struct after;
    struct lbms_reader in;

    lbms_reader_init(&in, wire, sizeof(wire));
    lbms_get_fields(&in, fields, 4u, &after);
    ck_assert_uint_eq(after.u8, 255u);
    ck_assert_uint_eq(after.u16, 65535u);
}
END_TEST

START_TEST(what_finds_no_room_fails_and_leaves_the_rest_alone)
{
    static const uint8_t sizes[] = {1u, 2u, 2u, 4u, 4u}; /* by enum lbms_wire */
    uint8_t wire;

    for (wire = LBMS_WIRE_U8; wire <= (uint8_t)LBMS_WIRE_S32; wire++) {
        uint8_t data[8];
        struct lbms_writer out;

        memset(data, 0xEE, sizeof(data));
        lbms_writer_init(&out, data, sizes[wire]);
        lbms_put_value(&out, 1, wire, LBMS_SCALE_ONE);
        ck_assert(!out.failed);
        ck_assert_uint_eq(out.position, sizes[wire]);
        lbms_put_value(&out, 1, wire, LBMS_SCALE_ONE);
        ck_assert(out.failed);
        ck_assert_uint_eq(out.position, sizes[wire]);
        ck_assert_uint_eq(data[sizes[wire]], 0xEEu);
        lbms_writer_init(&out, data, sizes[wire] - 1u);
        lbms_put_value(&out, 1, wire, LBMS_SCALE_ONE);
        ck_assert(out.failed);
        ck_assert_uint_eq(out.position, 0u);
    }
}
END_TEST

START_TEST(missing_data_reads_as_zero_and_fails)
{
    static const uint8_t wire[] = {0x00, 0x07, 0x00, 0x00, 0xFF, 0xFE, 0xFF};
    struct sample_struct after = {1u, 1u, {1, 1, 1}, 1};
    struct lbms_reader in;

    lbms_reader_init(&in, wire, sizeof(wire));
    lbms_get_fields(&in, fields, 4u, &after);
    ck_assert(in.failed);
    ck_assert_uint_eq(after.u16, 0xFFFEu);
    ck_assert_int_eq(after.i16[0], 0);
    ck_assert_int_eq(after.i32, 0);
    lbms_reader_init(&in, wire, 0u);
    ck_assert_int_eq(lbms_get_value(&in, LBMS_WIRE_U8, LBMS_SCALE_ONE), 0);
    lbms_reader_init(&in, wire, 0u);
    ck_assert_int_eq(lbms_get_value(&in, LBMS_WIRE_U16, LBMS_SCALE_KELVIN), 0);
}
END_TEST

/* A few rows are carried as they are, and copied; the others must not be. */
START_TEST(elements_of_every_kind_of_row_are_those_of_the_wire)
{
    static const struct {
        uint8_t u8[4];
        uint16_t u16[4];
        int16_t i16[4];
        int32_t i32[4];
    } object = {{7u, 96u, 200u, 255u},
                {120u, 9600u, 33012u, 65535u},
                {-124, 255, 2000, -2730},
                {-123456, 105500, 12345, 0}};
    const uint16_t offset[] = {
        (uint16_t)((const char *)object.u8 - (const char *)&object),
        (uint16_t)((const char *)object.u16 - (const char *)&object),
        (uint16_t)((const char *)object.i16 - (const char *)&object),
        (uint16_t)((const char *)object.i32 - (const char *)&object),
    };
    uint8_t member, wire, scale;

    for (member = 0u; member <= LBMS_MEMBER_I32; member++) {
        for (wire = 0u; wire <= LBMS_WIRE_S16; wire++) {
            for (scale = 0u; scale < LBMS_SCALE_COUNT; scale++) {
                const struct lbms_field row = {offset[member], member, wire, scale, 4u};
                uint16_t words[4] = {0xA5A5u, 0xA5A5u, 0xA5A5u, 0xA5A5u};
                unsigned n;

                lbms_field_words(&row, 1u, 2u, &object, words);
                for (n = 0u; n < 2u; n++) {
                    const int32_t value[] = {object.u8[n + 1u], object.u16[n + 1u], object.i16[n + 1u],
                                             object.i32[n + 1u]};
                    const uint32_t raw = lbms_to_wire(value[member], wire, scale);

                    ck_assert_msg(words[n] == (uint16_t)(raw & 0xFFFFu), "%u %u %u", member, wire, scale);
                }
                ck_assert_uint_eq(words[2], 0xA5A5u);
            }
        }
    }
}
END_TEST

SUITE("link/fields", CASE("", values_are_scaled_and_rounded_to_the_nearest),
      CASE("", what_the_wire_cannot_hold_stays_at_its_limit),
      CASE("", elements_of_every_kind_of_row_are_those_of_the_wire), CASE("", raw_values_are_read_back),
      CASE("", a_table_writes_and_reads_a_struct), CASE("", what_a_member_cannot_hold_stays_at_its_limit),
      CASE("", what_finds_no_room_fails_and_leaves_the_rest_alone),
      CASE("", missing_data_reads_as_zero_and_fails))
