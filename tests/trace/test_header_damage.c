/* Headers that are cut off, damaged, forged or of something else: an error, never a wrong value or a wild read. */
#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"
#include "recording.h"
#include "support/suite.h"

/* Where things stand in a header, docs/trace-format.md. */
enum {
    AT_MAGIC = 0,
    AT_VERSION = 4,
    AT_LENGTH = 5,
    AT_FINGERPRINT = 7,
    AT_CELLS = 11,
    AT_PARAMETERS = 12,
    AT_MODEL = 15
};

struct header {
    uint8_t data[LBMS_TRACE_HEADER_MAX];
    size_t length;
};

static void make_header(struct header *header)
{
    struct randoms randoms = {4u};
    struct lbms_trace trace;
    struct lbms_restored restored;
    uint8_t use[sizeof(struct lbms_restored)];
    int length;

    memset(header, 0, sizeof(*header));
    memset(&restored, 0, sizeof(restored));
    learn_restored(use);
    disturb(&randoms, &restored, use, sizeof(restored), 4u);
    length = write_header(&trace, &restored, header->data, sizeof(header->data));
    ck_assert_int_gt(length, 0);
    header->length = (size_t)length;
}

static int open_header(const uint8_t *data, size_t length)
{
    struct lbms_trace trace;
    struct lbms_restored restored;

    return read_header(&trace, &recording_product, &restored, data, length);
}

/* Puts the right length and CRC-32 to a header whose bytes were changed. */
static void forge_header(struct header *header)
{
    const size_t covered = header->length - 4u;
    uint32_t crc;
    size_t i;

    header->data[AT_LENGTH] = (uint8_t)(header->length & 0xFFu);
    header->data[AT_LENGTH + 1] = (uint8_t)(header->length >> 8);
    crc = lbms_crc32(LBMS_CRC32_START, header->data, covered);
    for (i = 0u; i < 4u; i++) {
        header->data[covered + i] = (uint8_t)((crc >> (8u * i)) & 0xFFu);
    }
}

START_TEST(a_cut_off_header_is_told)
{
    struct header header;
    size_t length;

    make_header(&header);
    for (length = 0u; length < header.length; length++) {
        ck_assert_int_eq(open_header(header.data, length), LBMS_ERR_SPACE);
    }
    ck_assert_int_eq(open_header(header.data, header.length), (int)header.length);
    ck_assert_int_eq(open_header(header.data, sizeof(header.data)), (int)header.length);
}
END_TEST

START_TEST(every_damaged_byte_of_a_header_is_found)
{
    struct header header;
    size_t at;
    unsigned change;

    make_header(&header);
    for (at = 0u; at < header.length; at++) {
        unsigned accepted = 0u;

        for (change = 1u; change < 256u; change++) {
            header.data[at] = (uint8_t)(header.data[at] ^ change);
            accepted += (open_header(header.data, header.length) >= 0) ? 1u : 0u;
            accepted += (open_header(header.data, sizeof(header.data)) >= 0) ? 1u : 0u;
            header.data[at] = (uint8_t)(header.data[at] ^ change);
        }
        ck_assert_uint_eq(accepted, 0u);
    }
    header.data[header.length - 1u] ^= 1u;
    ck_assert_int_eq(open_header(header.data, header.length), LBMS_ERR_CHECKSUM);
}
END_TEST

/* The checksum is right, but one byte says that the recording is of something else. */
START_TEST(a_recording_of_something_else_is_refused)
{
    static const size_t places[] = {AT_MAGIC,           AT_MAGIC + 3, AT_VERSION,    AT_FINGERPRINT,
                                    AT_FINGERPRINT + 3, AT_CELLS,     AT_PARAMETERS, AT_PARAMETERS + 1,
                                    AT_MODEL - 1,       AT_MODEL,     AT_MODEL + 6};
    struct header header;
    size_t i;

    for (i = 0u; i < sizeof(places) / sizeof(places[0]); i++) {
        make_header(&header);
        header.data[places[i]] = (uint8_t)(header.data[places[i]] + 1u);
        forge_header(&header);
        ck_assert_int_eq(open_header(header.data, header.length), LBMS_ERR_FORMAT);
    }
}
END_TEST

START_TEST(a_recording_of_another_product_is_refused)
{
    static const char *const models[] = {"", "LS-TES", "LS-TEST2", "LS-TESU"};
    struct lbms_product product = recording_product;
    struct header header;
    struct lbms_trace trace;
    struct lbms_restored restored;
    size_t i;

    make_header(&header);
    for (i = 0u; i < sizeof(models) / sizeof(models[0]); i++) {
        product.model = models[i];
        ck_assert_int_eq(read_header(&trace, &product, &restored, header.data, header.length),
                         LBMS_ERR_FORMAT);
    }
    product = recording_product;
    product.cells--;
    ck_assert_int_eq(read_header(&trace, &product, &restored, header.data, header.length), LBMS_ERR_FORMAT);
}
END_TEST

START_TEST(models_are_told_apart_by_40_characters)
{
    struct lbms_product product = recording_product;
    struct lbms_trace trace;
    struct lbms_restored restored;
    uint8_t data[LBMS_TRACE_HEADER_MAX];
    int length;

    memset(&restored, 0, sizeof(restored));
    product.model = "0123456789012345678901234567890123456789A";
    length = lbms_trace_begin(&trace, &product, &restored, data, sizeof(data));
    ck_assert_int_gt(length, 0);
    product.model = "0123456789012345678901234567890123456789B";
    ck_assert_int_eq(lbms_trace_open(&trace, &product, &restored, data, (size_t)length), length);
    product.model = "012345678901234567890123456789012345678XA";
    ck_assert_int_eq(lbms_trace_open(&trace, &product, &restored, data, (size_t)length), LBMS_ERR_FORMAT);
}
END_TEST

START_TEST(an_impossible_header_length_is_refused)
{
    static const uint16_t lengths[] = {0u, 1u, 10u, LBMS_TRACE_HEADER_MAX + 1u, 0xFFFFu};
    struct header header;
    size_t i;

    make_header(&header);
    for (i = 0u; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        header.data[AT_LENGTH] = (uint8_t)(lengths[i] & 0xFFu);
        header.data[AT_LENGTH + 1] = (uint8_t)(lengths[i] >> 8);
        ck_assert_int_eq(open_header(header.data, header.length), LBMS_ERR_FORMAT);
    }
}
END_TEST

/* Shortest of headers first: no description; then a start value that ends too early, or goes on too long. */
START_TEST(a_forged_header_is_refused)
{
    struct header header;
    size_t length;

    make_header(&header);
    for (length = 11u; length < AT_MODEL + 7u; length++) {
        header.length = length;
        forge_header(&header);
        ck_assert_int_eq(open_header(header.data, length), LBMS_ERR_FORMAT);
    }
    make_header(&header);
    header.length--; /* the last difference or its mask is gone */
    forge_header(&header);
    ck_assert_int_eq(open_header(header.data, header.length), LBMS_ERR_FORMAT);
    make_header(&header);
    memset(header.data + header.length - 4, 0x00, 40u); /* unchanged up to the end of the struct */
    header.data[header.length + 36u] = 0x80u;           /* and a change beyond it, by 1 */
    header.data[header.length + 37u] = 2u;
    header.length += 42u;
    forge_header(&header);
    ck_assert_int_eq(open_header(header.data, header.length), LBMS_ERR_FORMAT);
}
END_TEST

START_TEST(a_short_buffer_for_the_header_is_told)
{
    struct header header;
    struct lbms_restored restored;
    struct lbms_trace trace;
    uint8_t data[LBMS_TRACE_HEADER_MAX] = {0};
    size_t capacity;

    make_header(&header);
    ck_assert_int_gt(read_header(&trace, &recording_product, &restored, header.data, header.length), 0);
    for (capacity = 0u; capacity < header.length; capacity++) {
        ck_assert_int_eq(write_header(&trace, &restored, data, capacity), LBMS_ERR_SPACE);
    }
    ck_assert_int_eq(write_header(&trace, &restored, data, header.length), (int)header.length);
    ck_assert_mem_eq(data, header.data, header.length);
}
END_TEST

/* Start values at random behind a right description and with a right checksum. */
START_TEST(garbage_in_a_header_gives_an_error_or_a_valid_value)
{
    struct randoms randoms = {11u};
    struct header good;
    uint8_t use[sizeof(struct lbms_restored)];
    unsigned round;
    unsigned accepted = 0u;
    unsigned wrong = 0u;

    learn_restored(use);
    make_header(&good);
    for (round = 0u; round < 20000u; round++) {
        struct header header = good;
        struct lbms_trace trace;
        struct lbms_restored restored;
        uint8_t result[sizeof(struct lbms_restored)];
        const size_t start = AT_MODEL + 7u;
        size_t i;

        header.length = start + random_below(&randoms, 100u) + 4u;
        for (i = start; i < header.length; i++) {
            header.data[i] = (uint8_t)(random_word(&randoms) & ((round % 3u == 0u) ? 0xFFu : 0x11u));
        }
        wrong +=
            (open_header(header.data + start, header.length - start) >= 0) ? 1u : 0u; /* not even a magic */
        forge_header(&header);
        if (read_header(&trace, &recording_product, &restored, header.data, header.length) > 0) {
            accepted++;
            memcpy(result, &restored, sizeof(result));
            for (i = 0u; i < sizeof(result); i++) {
                wrong += (use[i] == (uint8_t)BYTE_FLAG && result[i] > 1u) ? 1u : 0u;
            }
        }
    }
    ck_assert_uint_eq(wrong, 0u);
    ck_assert_uint_gt(accepted, 100u);
}
END_TEST

SUITE("trace/header_damage", CASE("", a_cut_off_header_is_told),
      CASE("", every_damaged_byte_of_a_header_is_found), CASE("", a_recording_of_something_else_is_refused),
      CASE("", a_recording_of_another_product_is_refused), CASE("", models_are_told_apart_by_40_characters),
      CASE("", an_impossible_header_length_is_refused), CASE("", a_forged_header_is_refused),
      CASE("", a_short_buffer_for_the_header_is_told),
      CASE("", garbage_in_a_header_gives_an_error_or_a_valid_value))
