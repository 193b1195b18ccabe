#include "losun_bms/base/bytes.h"

#include "support/suite.h"

static const uint8_t eight[] = {0x11, 0x82, 0x93, 0xA4, 0xB5, 0xC6, 0xD7, 0xE8};

static struct lbms_reader reader_of(const uint8_t *data, size_t length)
{
    struct lbms_reader reader;

    lbms_reader_init(&reader, data, length);
    return reader;
}

static uint32_t random_next(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 16) | (*state << 16);
}

/* All reads of a fixed size in one shape, so that one test serves them all. */
static uint32_t get_u8(struct lbms_reader *reader)
{
    return lbms_get_u8(reader);
}

static uint32_t get_u16le(struct lbms_reader *reader)
{
    return lbms_get_u16le(reader);
}

static uint32_t get_u16be(struct lbms_reader *reader)
{
    return lbms_get_u16be(reader);
}

static void put_u8(struct lbms_writer *writer, uint32_t value)
{
    lbms_put_u8(writer, (uint8_t)value);
}

static void put_u16le(struct lbms_writer *writer, uint32_t value)
{
    lbms_put_u16le(writer, (uint16_t)value);
}

static void put_u16be(struct lbms_writer *writer, uint32_t value)
{
    lbms_put_u16be(writer, (uint16_t)value);
}

static const struct {
    uint32_t (*get)(struct lbms_reader *reader);
    void (*put)(struct lbms_writer *writer, uint32_t value);
    size_t size;
    uint32_t value; /* of the first bytes of eight[] */
} kinds[] = {
    {get_u8, put_u8, 1u, 0x11u},
    {get_u16le, put_u16le, 2u, 0x8211u},
    {get_u16be, put_u16be, 2u, 0x1182u},
    {lbms_get_u32le, lbms_put_u32le, 4u, UINT32_C(0xA4938211)},
    {lbms_get_u32be, lbms_put_u32be, 4u, UINT32_C(0x118293A4)},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

START_TEST(each_number_is_read_in_its_byte_order)
{
    size_t kind;

    for (kind = 0u; kind < KINDS; kind++) {
        struct lbms_reader reader = reader_of(eight, sizeof(eight));

        ck_assert_uint_eq(kinds[kind].get(&reader), kinds[kind].value);
        ck_assert_uint_eq(reader.position, kinds[kind].size);
        ck_assert_uint_eq(lbms_reader_remaining(&reader), sizeof(eight) - kinds[kind].size);
        ck_assert(!reader.failed);
    }
}
END_TEST

START_TEST(numbers_are_read_one_after_the_other)
{
    struct lbms_reader reader = reader_of(eight, sizeof(eight));

    ck_assert_uint_eq(lbms_get_u8(&reader), 0x11u);
    ck_assert_uint_eq(lbms_get_u16be(&reader), 0x8293u);
    ck_assert_uint_eq(lbms_get_u32le(&reader), UINT32_C(0xD7C6B5A4));
    ck_assert_uint_eq(lbms_get_u8(&reader), 0xE8u);
    ck_assert_uint_eq(lbms_reader_remaining(&reader), 0u);
    ck_assert(!reader.failed);
}
END_TEST

START_TEST(a_number_cut_at_any_length_is_zero_and_moves_nothing)
{
    size_t kind;
    size_t length;

    for (kind = 0u; kind < KINDS; kind++) {
        for (length = 0u; length < kinds[kind].size; length++) {
            struct lbms_reader reader = reader_of(eight, length);

            ck_assert_uint_eq(kinds[kind].get(&reader), 0u);
            ck_assert(reader.failed);
            ck_assert_uint_eq(reader.position, 0u);
        }
    }
}
END_TEST

START_TEST(a_number_that_just_fits_is_read)
{
    size_t kind;

    for (kind = 0u; kind < KINDS; kind++) {
        struct lbms_reader reader = reader_of(eight, kinds[kind].size);

        ck_assert_uint_eq(kinds[kind].get(&reader), kinds[kind].value);
        ck_assert(!reader.failed);
    }
}
END_TEST

START_TEST(after_a_failed_read_all_reads_are_zero)
{
    struct lbms_reader reader = reader_of(eight, 3u);
    uint8_t out[2] = {0xEE, 0xEE};
    size_t kind;

    (void)lbms_get_u8(&reader);
    ck_assert_uint_eq(lbms_get_u32le(&reader), 0u);
    for (kind = 0u; kind < KINDS; kind++) {
        ck_assert_uint_eq(kinds[kind].get(&reader), 0u);
    }
    ck_assert_uint_eq(lbms_get_varint(&reader), 0u);
    ck_assert_int_eq(lbms_get_zigzag(&reader), 0);
    lbms_reader_skip(&reader, 1u);
    lbms_reader_skip(&reader, 0u);
    lbms_get_bytes(&reader, out, sizeof(out));
    ck_assert(out[0] == 0u && out[1] == 0u);
    ck_assert_uint_eq(lbms_reader_remaining(&reader), 0u);
    ck_assert_uint_eq(reader.position, 1u);
    ck_assert(reader.failed);
}
END_TEST

START_TEST(skipping_goes_up_to_the_end_and_no_further)
{
    struct lbms_reader reader = reader_of(eight, sizeof(eight));

    lbms_reader_skip(&reader, 0u);
    lbms_reader_skip(&reader, 5u);
    ck_assert_uint_eq(lbms_get_u8(&reader), 0xC6u);
    lbms_reader_skip(&reader, 2u);
    ck_assert(!reader.failed);
    ck_assert_uint_eq(reader.position, sizeof(eight));
    lbms_reader_skip(&reader, 1u);
    ck_assert(reader.failed);
    ck_assert_uint_eq(reader.position, sizeof(eight));
}
END_TEST

START_TEST(a_huge_count_does_not_wrap_into_the_array)
{
    struct lbms_reader reader = reader_of(eight, sizeof(eight));

    (void)lbms_get_u8(&reader);
    lbms_reader_skip(&reader, SIZE_MAX); /* position + SIZE_MAX would be 0 */
    ck_assert(reader.failed);
    ck_assert_uint_eq(reader.position, 1u);
}
END_TEST

START_TEST(raw_bytes_are_copied_whole_or_not_at_all)
{
    uint8_t out[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    struct lbms_reader reader = reader_of(eight, 5u);

    lbms_get_bytes(&reader, out, 3u);
    ck_assert_mem_eq(out, eight, 3u);
    ck_assert_uint_eq(out[3], 0xEEu);
    ck_assert_uint_eq(reader.position, 3u);

    lbms_get_bytes(&reader, out, 3u); /* 2 remain */
    ck_assert(reader.failed);
    ck_assert_uint_eq(reader.position, 3u);
    ck_assert(out[0] == 0u && out[1] == 0u && out[2] == 0u && out[3] == 0xEEu);
}
END_TEST

START_TEST(no_data_is_a_valid_array_of_no_bytes)
{
    struct lbms_reader reader = reader_of(NULL, 0u);
    struct lbms_writer writer;

    lbms_get_bytes(&reader, NULL, 0u);
    ck_assert(!reader.failed);
    ck_assert_uint_eq(lbms_get_u8(&reader), 0u);
    ck_assert(reader.failed);

    lbms_writer_init(&writer, NULL, 0u);
    lbms_put_bytes(&writer, NULL, 0u);
    ck_assert(!writer.failed);
    lbms_put_u8(&writer, 1u);
    ck_assert(writer.failed);
}
END_TEST

START_TEST(each_number_is_written_in_its_byte_order)
{
    size_t kind;

    for (kind = 0u; kind < KINDS; kind++) {
        uint8_t memory[8] = {0};
        struct lbms_writer writer;

        lbms_writer_init(&writer, memory, sizeof(memory));
        kinds[kind].put(&writer, kinds[kind].value);
        ck_assert_mem_eq(memory, eight, kinds[kind].size);
        ck_assert_uint_eq(memory[kinds[kind].size], 0u);
        ck_assert_uint_eq(writer.position, kinds[kind].size);
        ck_assert_uint_eq(lbms_writer_remaining(&writer), sizeof(memory) - kinds[kind].size);
        ck_assert(!writer.failed);
    }
}
END_TEST

START_TEST(a_number_without_room_is_not_written_at_all)
{
    size_t kind;
    size_t capacity;

    for (kind = 0u; kind < KINDS; kind++) {
        for (capacity = 0u; capacity <= kinds[kind].size; capacity++) {
            uint8_t memory[5] = {0xEE, 0xEE, 0xEE, 0xEE, 0xEE};
            const bool fits = capacity == kinds[kind].size;
            struct lbms_writer writer;

            lbms_writer_init(&writer, memory, capacity);
            kinds[kind].put(&writer, kinds[kind].value);
            ck_assert(writer.failed == !fits);
            ck_assert_uint_eq(writer.position, fits ? kinds[kind].size : 0u);
            ck_assert(memory[0] == (fits ? eight[0] : 0xEEu));
            ck_assert_uint_eq(memory[capacity], 0xEEu);
        }
    }
}
END_TEST

START_TEST(after_a_failed_write_nothing_is_written)
{
    uint8_t memory[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    struct lbms_writer writer;
    size_t kind;

    lbms_writer_init(&writer, memory, sizeof(memory));
    lbms_put_u8(&writer, 0x11u);
    lbms_put_u32be(&writer, 0u);
    for (kind = 0u; kind < KINDS; kind++) {
        kinds[kind].put(&writer, 0u);
    }
    lbms_put_bytes(&writer, eight, 1u);
    lbms_put_varint(&writer, 0u);
    lbms_put_zigzag(&writer, 0);
    ck_assert(writer.failed);
    ck_assert_uint_eq(writer.position, 1u);
    ck_assert_uint_eq(lbms_writer_remaining(&writer), 0u);
    ck_assert(memory[0] == 0x11u && memory[1] == 0xEEu && memory[2] == 0xEEu && memory[3] == 0xEEu);
}
END_TEST

START_TEST(raw_bytes_are_written_whole_or_not_at_all)
{
    uint8_t memory[6] = {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE};
    struct lbms_writer writer;

    lbms_writer_init(&writer, memory, 5u);
    lbms_put_bytes(&writer, eight, 3u);
    ck_assert_mem_eq(memory, eight, 3u);
    ck_assert(!writer.failed);

    lbms_put_bytes(&writer, eight, 3u); /* room for 2 */
    ck_assert(writer.failed);
    ck_assert_uint_eq(writer.position, 3u);
    ck_assert(memory[3] == 0xEEu && memory[4] == 0xEEu && memory[5] == 0xEEu);
}
END_TEST

/* First and last value of each length of a varint. */
static const struct {
    uint32_t value;
    size_t size;
    uint8_t bytes[LBMS_VARINT_MAX];
} varints[] = {
    {0u, 1u, {0x00}},
    {1u, 1u, {0x01}},
    {UINT32_C(0x7F), 1u, {0x7F}},
    {UINT32_C(0x80), 2u, {0x80, 0x01}},
    {300u, 2u, {0xAC, 0x02}},
    {UINT32_C(0x3FFF), 2u, {0xFF, 0x7F}},
    {UINT32_C(0x4000), 3u, {0x80, 0x80, 0x01}},
    {UINT32_C(0x1FFFFF), 3u, {0xFF, 0xFF, 0x7F}},
    {UINT32_C(0x200000), 4u, {0x80, 0x80, 0x80, 0x01}},
    {UINT32_C(0xFFFFFFF), 4u, {0xFF, 0xFF, 0xFF, 0x7F}},
    {UINT32_C(0x10000000), 5u, {0x80, 0x80, 0x80, 0x80, 0x01}},
    {UINT32_C(0xFFFFFFFF), 5u, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
};
#define VARINTS (sizeof(varints) / sizeof(varints[0]))

START_TEST(a_varint_takes_the_fewest_bytes)
{
    size_t i;

    for (i = 0u; i < VARINTS; i++) {
        uint8_t memory[LBMS_VARINT_MAX];
        struct lbms_writer writer;

        lbms_writer_init(&writer, memory, varints[i].size);
        lbms_put_varint(&writer, varints[i].value);
        ck_assert(!writer.failed);
        ck_assert_uint_eq(writer.position, varints[i].size);
        ck_assert_mem_eq(memory, varints[i].bytes, varints[i].size);
    }
}
END_TEST

START_TEST(a_varint_without_room_is_not_written_at_all)
{
    size_t i;
    size_t capacity;

    for (i = 0u; i < VARINTS; i++) {
        for (capacity = 0u; capacity < varints[i].size; capacity++) {
            uint8_t memory[LBMS_VARINT_MAX] = {0xEE, 0xEE, 0xEE, 0xEE, 0xEE};
            struct lbms_writer writer;

            lbms_writer_init(&writer, memory, capacity);
            lbms_put_varint(&writer, varints[i].value);
            ck_assert(writer.failed);
            ck_assert_uint_eq(writer.position, 0u);
            ck_assert_uint_eq(memory[0], 0xEEu);
        }
    }
}
END_TEST

START_TEST(a_varint_of_every_length_is_read_back)
{
    size_t i;

    for (i = 0u; i < VARINTS; i++) {
        struct lbms_reader reader = reader_of(varints[i].bytes, varints[i].size);

        ck_assert_uint_eq(lbms_get_varint(&reader), varints[i].value);
        ck_assert(!reader.failed);
        ck_assert_uint_eq(reader.position, varints[i].size);
    }
}
END_TEST

START_TEST(a_varint_ends_where_its_last_byte_says)
{
    const uint8_t data[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x2A, 0x81, 0x00, 0x07};
    struct lbms_reader reader = reader_of(data, sizeof(data));

    ck_assert_uint_eq(lbms_get_varint(&reader), UINT32_C(0xFFFFFFFF));
    ck_assert_uint_eq(lbms_get_varint(&reader), 42u);
    ck_assert_uint_eq(lbms_get_varint(&reader), 1u); /* with a leading zero */
    ck_assert_uint_eq(reader.position, 8u);
    ck_assert_uint_eq(lbms_get_varint(&reader), 7u);
    ck_assert(!reader.failed);
}
END_TEST

START_TEST(a_varint_cut_at_any_length_fails_and_moves_nothing)
{
    size_t i;
    size_t length;

    for (i = 0u; i < VARINTS; i++) {
        for (length = 0u; length < varints[i].size; length++) {
            struct lbms_reader reader = reader_of(varints[i].bytes, length);

            ck_assert_uint_eq(lbms_get_varint(&reader), 0u);
            ck_assert(reader.failed);
            ck_assert_uint_eq(reader.position, 0u);
        }
    }
}
END_TEST

START_TEST(leading_zeros_are_accepted_within_five_bytes)
{
    const uint8_t zero[] = {0x80, 0x80, 0x80, 0x80, 0x00};
    struct lbms_reader reader = reader_of(zero, sizeof(zero));

    ck_assert_uint_eq(lbms_get_varint(&reader), 0u);
    ck_assert(!reader.failed);
    ck_assert_uint_eq(reader.position, 5u);
}
END_TEST

START_TEST(a_varint_beyond_32_bits_or_5_bytes_is_rejected)
{
    const uint8_t bad[][6] = {
        {0x80, 0x80, 0x80, 0x80, 0x10, 0x00}, /* 2^32 */
        {0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0x00}, /* 2^33 - 1 */
        {0x80, 0x80, 0x80, 0x80, 0x7F, 0x00}, /* all the bits that do not fit */
        {0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, /* 0 in six bytes */
        {0x81, 0x80, 0x80, 0x80, 0x8F, 0x00}, /* a sixth byte after a fifth that fits */
        {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
    };
    size_t i;
    size_t length;

    for (i = 0u; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (length = 5u; length <= 6u; length++) {
            struct lbms_reader reader = reader_of(bad[i], length);

            ck_assert_uint_eq(lbms_get_varint(&reader), 0u);
            ck_assert(reader.failed);
            ck_assert_uint_eq(reader.position, 0u);
        }
    }
}
END_TEST

START_TEST(signed_numbers_zigzag_around_zero)
{
    const struct {
        int32_t value;
        uint32_t coded;
    } pairs[] = {
        {0, 0u},
        {-1, 1u},
        {1, 2u},
        {-2, 3u},
        {2, 4u},
        {63, 126u},
        {-64, 127u},
        {64, 128u},
        {INT32_MAX, UINT32_C(0xFFFFFFFE)},
        {INT32_MIN, UINT32_C(0xFFFFFFFF)},
    };
    size_t i;

    for (i = 0u; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        uint8_t memory[LBMS_VARINT_MAX];
        struct lbms_writer writer;
        struct lbms_reader reader;

        lbms_writer_init(&writer, memory, sizeof(memory));
        lbms_put_zigzag(&writer, pairs[i].value);
        reader = reader_of(memory, writer.position);
        ck_assert_uint_eq(lbms_get_varint(&reader), pairs[i].coded);
        reader = reader_of(memory, writer.position);
        ck_assert_int_eq(lbms_get_zigzag(&reader), pairs[i].value);
        ck_assert(!reader.failed);
    }
}
END_TEST

START_TEST(random_numbers_of_all_sizes_come_back)
{
    uint32_t random = 12u;
    int round;

    for (round = 0; round < 20000; round++) {
        const uint32_t bits = random_next(&random) % 32u;
        const uint32_t value = random_next(&random) >> bits;
        const int32_t number = (int32_t)(value & 0x7FFFFFFFu) * ((value % 3u == 0u) ? -1 : 1);
        uint8_t memory[2u * LBMS_VARINT_MAX + 12u];
        struct lbms_writer writer;
        struct lbms_reader reader;

        lbms_writer_init(&writer, memory, sizeof(memory));
        lbms_put_varint(&writer, value);
        lbms_put_u32le(&writer, value);
        lbms_put_zigzag(&writer, number);
        lbms_put_u32be(&writer, value);
        lbms_put_u16le(&writer, (uint16_t)value);
        lbms_put_u16be(&writer, (uint16_t)value);
        ck_assert(!writer.failed);

        reader = reader_of(memory, writer.position);
        ck_assert_uint_eq(lbms_get_varint(&reader), value);
        ck_assert_uint_eq(lbms_get_u32le(&reader), value);
        ck_assert_int_eq(lbms_get_zigzag(&reader), number);
        ck_assert_uint_eq(lbms_get_u32be(&reader), value);
        ck_assert_uint_eq(lbms_get_u16le(&reader), value & 0xFFFFu);
        ck_assert_uint_eq(lbms_get_u16be(&reader), value & 0xFFFFu);
        ck_assert_uint_eq(lbms_reader_remaining(&reader), 0u);
        ck_assert(!reader.failed);
    }
}
END_TEST

START_TEST(random_bytes_never_lead_a_reader_out_of_its_array)
{
    uint32_t random = 34u;
    int round;

    for (round = 0; round < 5000; round++) {
        uint8_t data[16];
        const size_t length = random_next(&random) % (sizeof(data) + 1u);
        struct lbms_reader reader;
        size_t i;

        for (i = 0u; i < sizeof(data); i++) {
            data[i] = (uint8_t)(random_next(&random) | 0x80u * (random % 2u));
        }
        reader = reader_of(data, length);
        while (!reader.failed) {
            const size_t before = reader.position;

            (void)lbms_get_varint(&reader);
            ck_assert(reader.position <= length);
            ck_assert(reader.failed ? reader.position == before : reader.position > before);
        }
    }
}
END_TEST

SUITE("base/bytes", CASE("", each_number_is_read_in_its_byte_order),
      CASE("", numbers_are_read_one_after_the_other),
      CASE("", a_number_cut_at_any_length_is_zero_and_moves_nothing),
      CASE("", a_number_that_just_fits_is_read), CASE("", after_a_failed_read_all_reads_are_zero),
      CASE("", skipping_goes_up_to_the_end_and_no_further),
      CASE("", a_huge_count_does_not_wrap_into_the_array), CASE("", raw_bytes_are_copied_whole_or_not_at_all),
      CASE("", no_data_is_a_valid_array_of_no_bytes), CASE("", each_number_is_written_in_its_byte_order),
      CASE("", a_number_without_room_is_not_written_at_all),
      CASE("", after_a_failed_write_nothing_is_written), CASE("", raw_bytes_are_written_whole_or_not_at_all),
      CASE("", a_varint_takes_the_fewest_bytes), CASE("", a_varint_without_room_is_not_written_at_all),
      CASE("", a_varint_of_every_length_is_read_back), CASE("", a_varint_ends_where_its_last_byte_says),
      CASE("", a_varint_cut_at_any_length_fails_and_moves_nothing),
      CASE("", leading_zeros_are_accepted_within_five_bytes),
      CASE("", a_varint_beyond_32_bits_or_5_bytes_is_rejected), CASE("", signed_numbers_zigzag_around_zero),
      CASE("", random_numbers_of_all_sizes_come_back),
      CASE("", random_bytes_never_lead_a_reader_out_of_its_array))
