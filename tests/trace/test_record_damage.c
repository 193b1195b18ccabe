/* Records that are cut off, damaged, forged or missing: an error, never a wrong value or a wild read. */
#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"
#include "recording.h"
#include "support/suite.h"

#define NEVER_WRITTEN 0xC3u

/* A record, the traces of writer and reader before it, and what it says. */
struct record {
    struct lbms_trace before;
    struct lbms_inputs inputs;
    uint32_t digest;
    uint8_t data[LBMS_TRACE_RECORD_MAX];
    size_t length;
};

/* Records of all lengths: about one byte in `rarity` changes. */
static void make_record(struct randoms *randoms, uint32_t rarity, struct record *record)
{
    uint8_t use[sizeof(struct lbms_inputs)];
    struct lbms_trace trace;
    int length;

    memset(record, 0, sizeof(*record));
    learn_inputs(use);
    disturb(randoms, &record->before.last, use, sizeof(record->before.last), 2u);
    record->inputs = record->before.last;
    disturb(randoms, &record->inputs, use, sizeof(record->inputs), rarity);
    record->inputs.has_command = true;
    record->digest = random_word(randoms);
    trace = record->before;
    length = write_step(&trace, &record->inputs, record->digest, record->data, sizeof(record->data));
    ck_assert_int_gt(length, 0);
    record->length = (size_t)length;
}

/* Reads `length` bytes in place of the record; an error must leave everything as it was. */
static int read_instead(const struct record *record, const uint8_t *data, size_t length)
{
    struct lbms_trace trace = record->before;
    struct lbms_inputs inputs;
    struct lbms_inputs untouched;
    uint32_t digest = UINT32_C(0xC3C3C3C3);
    bool kept = true;
    int used;

    memset(&inputs, NEVER_WRITTEN, sizeof(inputs));
    memset(&untouched, NEVER_WRITTEN, sizeof(untouched));
    used = read_step(&trace, &inputs, &digest, data, length);
    if (used < 0) {
        kept = memcmp(&trace, &record->before, sizeof(trace)) == 0 &&
               memcmp(&inputs, &untouched, sizeof(inputs)) == 0 && digest == UINT32_C(0xC3C3C3C3);
    }
    if (!kept || used == 0 || used > (int)length) { /* an assertion costs more than a read */
        ck_assert_msg(false, "after %d of %u bytes, kept: %d", used, (unsigned)length, (int)kept);
    }
    return used;
}

START_TEST(a_cut_off_record_is_told)
{
    static const uint32_t rarities[] = {1u, 8u, 200u};
    struct randoms randoms = {5u};
    struct record record;
    size_t length;
    size_t i;

    for (i = 0u; i < sizeof(rarities) / sizeof(rarities[0]); i++) {
        make_record(&randoms, rarities[i], &record);
        for (length = 0u; length < record.length; length++) {
            ck_assert_int_eq(read_instead(&record, record.data, length), LBMS_ERR_SPACE);
        }
        ck_assert_int_eq(read_instead(&record, record.data, record.length), (int)record.length);
    }
}
END_TEST

START_TEST(every_damaged_byte_of_a_record_is_found)
{
    struct randoms randoms = {6u};
    struct record record;
    unsigned i;
    size_t at;
    unsigned change;

    for (i = 0u; i < 24u; i++) {
        make_record(&randoms, (i == 0u) ? 1u : 8u * i, &record);
        for (at = 0u; at < record.length; at++) {
            unsigned accepted = 0u;

            for (change = 1u; change < 256u; change++) {
                record.data[at] = (uint8_t)(record.data[at] ^ change);
                accepted += (read_instead(&record, record.data, record.length) > 0) ? 1u : 0u;
                accepted += (read_instead(&record, record.data, sizeof(record.data)) > 0) ? 1u : 0u;
                record.data[at] = (uint8_t)(record.data[at] ^ change);
            }
            ck_assert_uint_eq(accepted, 0u);
        }
        record.data[record.length - 1u] ^= 1u;
        ck_assert_int_eq(read_instead(&record, record.data, record.length), LBMS_ERR_CHECKSUM);
    }
}
END_TEST

START_TEST(a_lost_or_doubled_record_is_found)
{
    struct lbms_trace writer = {0};
    struct lbms_trace reader = {0};
    struct lbms_inputs inputs;
    uint8_t data[3][LBMS_TRACE_RECORD_MAX] = {{0}};
    int length[3];
    uint32_t digest;
    unsigned i;

    memset(&inputs, 0, sizeof(inputs));
    for (i = 0u; i < 3u; i++) {
        inputs.now_ms += 100u;
        length[i] = write_step(&writer, &inputs, i, data[i], sizeof(data[i]));
    }
    ck_assert_int_eq(read_step(&reader, &inputs, &digest, data[0], (size_t)length[0]), length[0]);
    ck_assert_int_eq(read_step(&reader, &inputs, &digest, data[2], (size_t)length[2]), LBMS_ERR_CHECKSUM);
    ck_assert_int_eq(read_step(&reader, &inputs, &digest, data[0], (size_t)length[0]), LBMS_ERR_CHECKSUM);
    ck_assert_int_eq(read_step(&reader, &inputs, &digest, data[1], (size_t)length[1]), length[1]);
    ck_assert_int_eq(read_step(&reader, &inputs, &digest, data[2], (size_t)length[2]), length[2]);
    ck_assert_uint_eq(inputs.now_ms, 300u);
}
END_TEST

START_TEST(a_short_buffer_for_a_record_is_told)
{
    static const uint32_t rarities[] = {1u, 8u, 200u};
    struct randoms randoms = {7u};
    struct record record;
    struct lbms_trace trace;
    uint8_t data[LBMS_TRACE_RECORD_MAX] = {0};
    size_t capacity;
    size_t i;

    for (i = 0u; i < sizeof(rarities) / sizeof(rarities[0]); i++) {
        make_record(&randoms, rarities[i], &record);
        trace = record.before;
        for (capacity = 0u; capacity < record.length; capacity++) {
            ck_assert_int_eq(write_step(&trace, &record.inputs, record.digest, data, capacity),
                             LBMS_ERR_SPACE);
            ck_assert_mem_eq(&trace, &record.before, sizeof(trace));
        }
        ck_assert_int_eq(write_step(&trace, &record.inputs, record.digest, data, capacity), (int)capacity);
        ck_assert_mem_eq(data, record.data, capacity);
    }
}
END_TEST

/* Puts the right length and CRC-16 to `size` bytes of digest and changes; returns the length of the record. */
static size_t forge_record(const struct record *record, uint8_t *data, const uint8_t *body, size_t size)
{
    uint8_t before[4];
    uint16_t crc;
    size_t at = 1u;
    size_t i;

    for (i = 0u; i < sizeof(before); i++) {
        before[i] = (uint8_t)((record->before.last.now_ms >> (8u * i)) & 0xFFu);
    }
    data[0] = (uint8_t)(size & 0x7Fu);
    if (size > 0x7Fu) {
        data[0] |= 0x80u;
        data[1] = (uint8_t)(size >> 7);
        at = 2u;
    }
    memcpy(data + at, body, size);
    crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, before, sizeof(before));
    crc = lbms_crc16_modbus(crc, data, at + size);
    data[at + size] = (uint8_t)(crc & 0xFFu);
    data[at + size + 1u] = (uint8_t)(crc >> 8);
    return at + size + 2u;
}

START_TEST(a_forged_record_is_refused)
{
    /* no or half a digest; an unfinished and an endless number */
    static const uint8_t half[] = {1u, 2u, 3u};
    static const uint8_t cut[] = {0u, 0u, 0u, 0u, 0x01u, 0x80u};
    static const uint8_t endless[] = {0u, 0u, 0u, 0u, 0x01u, 0xFFu, 0xFFu, 0xFFu, 0xFFu, 0xFFu, 0x01u};
    struct randoms randoms = {8u};
    struct record record;
    uint8_t beyond[64] = {0};
    uint8_t data[LBMS_TRACE_RECORD_MAX];
    size_t size;

    make_record(&randoms, 8u, &record);
    for (size = 0u; size <= sizeof(half); size++) {
        ck_assert_int_eq(read_instead(&record, data, forge_record(&record, data, half, size)),
                         LBMS_ERR_FORMAT);
    }
    size = forge_record(&record, data, cut, sizeof(cut));
    ck_assert_int_eq(read_instead(&record, data, size), LBMS_ERR_FORMAT);
    size = forge_record(&record, data, endless, sizeof(endless));
    ck_assert_int_eq(read_instead(&record, data, size), LBMS_ERR_FORMAT);

    beyond[sizeof(beyond) - 2u] = 0x80u; /* a change of an element that does not exist, by 1 */
    beyond[sizeof(beyond) - 1u] = 2u;
    size = forge_record(&record, data, beyond, sizeof(beyond));
    ck_assert_int_eq(read_instead(&record, data, size), LBMS_ERR_FORMAT);
}
END_TEST

START_TEST(an_impossible_record_length_is_refused)
{
    static const uint8_t longer[] = {0x81u, 0x04u}; /* LBMS_TRACE_RECORD_MAX + 1 */
    static const uint8_t endless[] = {0xFFu, 0xFFu, 0x01u};
    struct randoms randoms = {9u};
    struct record record;

    make_record(&randoms, 8u, &record);
    ck_assert_int_eq(read_instead(&record, longer, sizeof(longer)), LBMS_ERR_FORMAT);
    ck_assert_int_eq(read_instead(&record, endless, sizeof(endless)), LBMS_ERR_FORMAT);
}
END_TEST

/* With a right checksum half of the time: any bytes give a record or an error, and a bool is always a bool. */
START_TEST(garbage_gives_an_error_or_a_valid_value)
{
    struct randoms randoms = {10u};
    struct record record;
    uint8_t use[sizeof(struct lbms_inputs)];
    unsigned round;
    unsigned accepted = 0u;
    unsigned wrong = 0u;

    learn_inputs(use);
    make_record(&randoms, 8u, &record);
    for (round = 0u; round < 60000u; round++) {
        uint8_t body[200];
        uint8_t data[256];
        uint8_t result[sizeof(struct lbms_inputs)];
        struct lbms_trace trace = record.before;
        struct lbms_inputs inputs;
        uint32_t digest;
        size_t size = random_below(&randoms, sizeof(body));
        size_t i;

        for (i = 0u; i < size; i++) {
            body[i] = (uint8_t)(random_word(&randoms) & ((round % 3u == 0u) ? 0xFFu : 0x11u));
        }
        if (round % 2u == 0u) {
            size = forge_record(&record, data, body, size);
        } else {
            memcpy(data, body, size);
        }
        (void)read_instead(&record, data, size);
        if (read_step(&trace, &inputs, &digest, data, size) > 0) {
            accepted++;
            memcpy(result, &inputs, sizeof(result));
            for (i = 0u; i < sizeof(result); i++) {
                wrong += (use[i] == (uint8_t)BYTE_FLAG && result[i] > 1u) ? 1u : 0u;
            }
        }
    }
    ck_assert_uint_eq(wrong, 0u);
    ck_assert_uint_gt(accepted, 100u);
}
END_TEST

SUITE("trace/record_damage", CASE("", a_cut_off_record_is_told),
      CASE("", every_damaged_byte_of_a_record_is_found), CASE("", a_lost_or_doubled_record_is_found),
      CASE("", a_short_buffer_for_a_record_is_told), CASE("", a_forged_record_is_refused),
      CASE("", an_impossible_record_length_is_refused), CASE("", garbage_gives_an_error_or_a_valid_value))
