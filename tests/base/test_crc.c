#include "losun_bms/base/crc.h"

#include "support/suite.h"

static const char check_text[] = "123456789";
#define CHECK_LENGTH 9u

/* The definition of a CRC, one bit at a time, as an independent second opinion. */
static uint8_t crc8_by_bits(const uint8_t *data, size_t length)
{
    uint32_t crc = 0u;
    size_t i;
    int bit;

    for (i = 0u; i < length; i++) {
        crc ^= data[i];
        for (bit = 0; bit < 8; bit++) {
            crc <<= 1;
            if ((crc & 0x100u) != 0u) {
                crc ^= 0x107u;
            }
        }
    }
    return (uint8_t)crc;
}

/* For polynomials that are reflected: the lowest bit leaves first. */
static uint32_t reflected_by_bits(uint32_t crc, uint32_t polynomial, const uint8_t *data, size_t length)
{
    size_t i;
    int bit;

    for (i = 0u; i < length; i++) {
        crc ^= data[i];
        for (bit = 0; bit < 8; bit++) {
            const uint32_t out = crc & 1u;

            crc >>= 1;
            if (out != 0u) {
                crc ^= polynomial;
            }
        }
    }
    return crc;
}

static uint8_t crc8(const void *data, size_t length)
{
    return lbms_crc8(LBMS_CRC8_START, data, length);
}

static uint16_t crc16(const void *data, size_t length)
{
    return lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, data, length);
}

static uint32_t crc32(const void *data, size_t length)
{
    return lbms_crc32(LBMS_CRC32_START, data, length);
}

START_TEST(the_catalogued_check_values_come_out)
{
    ck_assert_uint_eq(crc8(check_text, CHECK_LENGTH), 0xF4u);
    ck_assert_uint_eq(crc16(check_text, CHECK_LENGTH), 0x4B37u);
    ck_assert_uint_eq(crc32(check_text, CHECK_LENGTH), UINT32_C(0xCBF43926));
}
END_TEST

START_TEST(nothing_at_all_leaves_the_start_value)
{
    ck_assert_uint_eq(crc8(NULL, 0u), 0u);
    ck_assert_uint_eq(crc16(NULL, 0u), 0xFFFFu);
    ck_assert_uint_eq(crc32(NULL, 0u), 0u);
}
END_TEST

START_TEST(every_single_byte_agrees_with_the_definition)
{
    uint32_t value;

    for (value = 0u; value <= 0xFFu; value++) {
        const uint8_t byte = (uint8_t)value;

        ck_assert_uint_eq(crc8(&byte, 1u), crc8_by_bits(&byte, 1u));
        ck_assert_uint_eq(crc16(&byte, 1u), reflected_by_bits(0xFFFFu, 0xA001u, &byte, 1u));
        ck_assert_uint_eq(crc32(&byte, 1u),
                          ~reflected_by_bits(UINT32_C(0xFFFFFFFF), UINT32_C(0xEDB88320), &byte, 1u));
    }
}
END_TEST

START_TEST(random_data_of_every_length_agrees_with_the_definition)
{
    uint8_t data[100];
    uint32_t random = 1u;
    size_t length;

    for (length = 0u; length < sizeof(data); length++) {
        random = random * UINT32_C(1664525) + UINT32_C(1013904223);
        data[length] = (uint8_t)(random >> 24);
        ck_assert_uint_eq(crc8(data, length), crc8_by_bits(data, length));
        ck_assert_uint_eq(crc16(data, length), reflected_by_bits(0xFFFFu, 0xA001u, data, length));
        ck_assert_uint_eq(crc32(data, length),
                          ~reflected_by_bits(UINT32_C(0xFFFFFFFF), UINT32_C(0xEDB88320), data, length));
    }
}
END_TEST

START_TEST(data_in_two_pieces_gives_the_value_of_the_whole)
{
    size_t cut;

    for (cut = 0u; cut <= CHECK_LENGTH; cut++) {
        const char *rest = &check_text[cut];
        const size_t left = CHECK_LENGTH - cut;

        ck_assert_uint_eq(lbms_crc8(crc8(check_text, cut), rest, left), 0xF4u);
        ck_assert_uint_eq(lbms_crc16_modbus(crc16(check_text, cut), rest, left), 0x4B37u);
        ck_assert_uint_eq(lbms_crc32(crc32(check_text, cut), rest, left), UINT32_C(0xCBF43926));
    }
}
END_TEST

START_TEST(every_single_bit_error_is_seen)
{
    uint8_t data[CHECK_LENGTH];
    size_t bit;

    for (bit = 0u; bit < 8u * CHECK_LENGTH; bit++) {
        size_t i;

        for (i = 0u; i < CHECK_LENGTH; i++) {
            data[i] = (uint8_t)check_text[i];
        }
        data[bit / 8u] = (uint8_t)(data[bit / 8u] ^ (1u << (bit % 8u)));
        ck_assert_uint_ne(crc8(data, CHECK_LENGTH), 0xF4u);
        ck_assert_uint_ne(crc16(data, CHECK_LENGTH), 0x4B37u);
        ck_assert_uint_ne(crc32(data, CHECK_LENGTH), UINT32_C(0xCBF43926));
    }
}
END_TEST

START_TEST(a_modbus_frame_with_its_crc_appended_has_the_crc_zero)
{
    /* Read 10 holding registers from 0 of slave 1; low byte of the CRC first. */
    const uint8_t frame[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x0A, 0xC5, 0xCD};

    ck_assert_uint_eq(crc16(frame, 6u), 0xCDC5u);
    ck_assert_uint_eq(crc16(frame, sizeof(frame)), 0u);
}
END_TEST

SUITE("base/crc", CASE("", the_catalogued_check_values_come_out),
      CASE("", nothing_at_all_leaves_the_start_value), CASE("", every_single_byte_agrees_with_the_definition),
      CASE("", random_data_of_every_length_agrees_with_the_definition),
      CASE("", data_in_two_pieces_gives_the_value_of_the_whole), CASE("", every_single_bit_error_is_seen),
      CASE("", a_modbus_frame_with_its_crc_appended_has_the_crc_zero))
