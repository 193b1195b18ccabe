/*
 * Every field of the recorded structs has its row in lib/trace/tables.c.
 *
 * A field without a row would make replays differ from the recording, or digests miss a wrong decision. Which bytes
 * the tables cover is found out from outside; which bytes are fields, and which padding, the compiler tells (gcc 11
 * or newer; with others this half is not proved).
 */
#include <string.h>

#include "losun_bms/base/crc.h"
#include "recording.h"
#include "support/suite.h"

#if defined(__GNUC__) && !defined(__clang__)
#if __GNUC__ >= 11
#define PADDING_IS_KNOWN 1
#endif
#endif

/*
 * Sets the bytes of `field` that are padding in a struct of this type to 0. gcc 12 overlooks padding before an array
 * of structs that lies deeper inside: for such a member the macro is used once more, on its own.
 */
#ifdef PADDING_IS_KNOWN
#define DROP_PADDING(type, field)                           \
    do {                                                    \
        type all;                                           \
        memset(&all, 0xFF, sizeof(all));                    \
        __builtin_clear_padding(&all);                      \
        keep_common((field), (uint8_t *)&all, sizeof(all)); \
    } while (0)

static void keep_common(uint8_t *field, const uint8_t *mask, size_t size)
{
    size_t i;

    for (i = 0u; i < size; i++) {
        field[i] &= mask[i];
    }
}
#else
#define DROP_PADDING(type, field) (void)(field)
#endif

/* Before padding is dropped: every byte, or, where padding is not known, what the tables cover. */
static void all_bytes(uint8_t *field, const uint8_t *covered, size_t size)
{
#ifdef PADDING_IS_KNOWN
    (void)covered;
    memset(field, 1, size);
#else
    memcpy(field, covered, size);
#endif
}

static void check_rows(const char *name, const uint8_t *field, const uint8_t *covered, size_t size)
{
    size_t i;

    for (i = 0u; i < size; i++) {
        ck_assert_msg(field[i] == 0u || covered[i] != 0u,
                      "byte %u of struct %s is a field without a row in lib/trace/tables.c", (unsigned)i,
                      name);
        ck_assert_msg(field[i] != 0u || covered[i] == 0u,
                      "byte %u of struct %s is padding, but lib/trace/tables.c has a row for it", (unsigned)i,
                      name);
    }
}

START_TEST(every_field_of_the_inputs_has_a_row)
{
    uint8_t covered[sizeof(struct lbms_inputs)];
    uint8_t field[sizeof(struct lbms_inputs)];

    learn_inputs(covered);
    all_bytes(field, covered, sizeof(field));
    DROP_PADDING(struct lbms_inputs, field);
    DROP_PADDING(struct lbms_command, field + offsetof(struct lbms_inputs, command));
    check_rows("lbms_inputs", field, covered, sizeof(field));
}
END_TEST

START_TEST(every_field_of_the_start_value_has_a_row)
{
    uint8_t covered[sizeof(struct lbms_restored)];
    uint8_t field[sizeof(struct lbms_restored)];

    learn_restored(covered);
    all_bytes(field, covered, sizeof(field));
    DROP_PADDING(struct lbms_restored, field);
    check_rows("lbms_restored", field, covered, sizeof(field));
}
END_TEST

/* Both structs that the digest is about, all zero. */
struct decisions {
    struct lbms_outputs outputs;
    struct lbms_snapshot snapshot;
};

static uint32_t digest_of(const struct decisions *decisions)
{
    return lbms_trace_digest(&decisions->outputs, &decisions->snapshot);
}

/* Marks each byte of `part`, which lies in `decisions`, whose lowest bit changes the digest; returns how many. */
static size_t learn_digest(const struct decisions *decisions, void *part, uint8_t *covered, size_t size)
{
    const uint32_t before = digest_of(decisions);
    uint8_t *byte = part;
    size_t count = 0u;
    size_t i;

    for (i = 0u; i < size; i++) {
        byte[i] ^= 1u;
        covered[i] = (uint8_t)((digest_of(decisions) != before) ? 1u : 0u);
        byte[i] ^= 1u;
        count += covered[i];
    }
    return count;
}

START_TEST(every_field_of_the_outputs_is_in_the_digest)
{
    struct decisions decisions;
    uint8_t covered[sizeof(struct lbms_outputs)];
    uint8_t field[sizeof(struct lbms_outputs)];

    memset(&decisions, 0, sizeof(decisions));
    learn_digest(&decisions, &decisions.outputs, covered, sizeof(covered));
    all_bytes(field, covered, sizeof(field));
    DROP_PADDING(struct lbms_outputs, field);
    check_rows("lbms_outputs", field, covered, sizeof(field));
}
END_TEST

START_TEST(every_field_of_the_snapshot_is_in_the_digest)
{
    struct decisions decisions;
    uint8_t covered[sizeof(struct lbms_snapshot)];
    uint8_t field[sizeof(struct lbms_snapshot)];

    memset(&decisions, 0, sizeof(decisions));
    learn_digest(&decisions, &decisions.snapshot, covered, sizeof(covered));
    all_bytes(field, covered, sizeof(field));
    DROP_PADDING(struct lbms_snapshot, field);
    check_rows("lbms_snapshot", field, covered, sizeof(field));
}
END_TEST

/* Each field once, low byte first: the digest of a known content can be told from the number of bytes. */
START_TEST(the_digest_is_a_crc_over_each_field_once_low_byte_first)
{
    struct decisions decisions;
    uint8_t covered[sizeof(struct decisions)];
    uint8_t canonical[sizeof(struct decisions)];
    size_t outputs;
    size_t snapshot;

    memset(&decisions, 0, sizeof(decisions));
    memset(canonical, 0, sizeof(canonical));
    outputs = learn_digest(&decisions, &decisions.outputs, covered, sizeof(decisions.outputs));
    snapshot = learn_digest(&decisions, &decisions.snapshot, covered, sizeof(decisions.snapshot));
    ck_assert_uint_eq(digest_of(&decisions), lbms_crc32(LBMS_CRC32_START, canonical, outputs + snapshot));

    decisions.snapshot.now_ms = UINT32_C(0x04030201); /* the first field of the snapshot */
    canonical[outputs] = 1u;
    canonical[outputs + 1u] = 2u;
    canonical[outputs + 2u] = 3u;
    canonical[outputs + 3u] = 4u;
    ck_assert_uint_eq(digest_of(&decisions), lbms_crc32(LBMS_CRC32_START, canonical, outputs + snapshot));
}
END_TEST

START_TEST(padding_does_not_matter_to_the_digest)
{
    struct decisions clean;
    struct decisions dirty;
    uint8_t covered[sizeof(struct lbms_snapshot)];
    uint8_t *byte = (uint8_t *)&dirty.snapshot;
    size_t i;

    memset(&clean, 0, sizeof(clean));
    memset(&dirty, 0, sizeof(dirty));
    learn_digest(&clean, &clean.snapshot, covered, sizeof(covered));
    for (i = 0u; i < sizeof(covered); i++) {
        byte[i] = (uint8_t)((covered[i] != 0u) ? 0u : 0xA5u);
    }
    ck_assert_uint_eq(digest_of(&clean), digest_of(&dirty));
}
END_TEST

START_TEST(a_bool_is_recorded_as_a_bool)
{
    uint8_t inputs[sizeof(struct lbms_inputs)];
    uint8_t restored[sizeof(struct lbms_restored)];

    learn_inputs(inputs);
    ck_assert_uint_eq(inputs[offsetof(struct lbms_inputs, wall_valid)], BYTE_FLAG);
    ck_assert_uint_eq(inputs[offsetof(struct lbms_inputs, sample_valid)], BYTE_FLAG);
    ck_assert_uint_eq(inputs[offsetof(struct lbms_inputs, dip)], BYTE_VALUE);
    learn_restored(restored);
    ck_assert_uint_eq(restored[offsetof(struct lbms_restored, params_valid)], BYTE_FLAG);
    ck_assert_uint_eq(restored[offsetof(struct lbms_restored, sleep_reason)], BYTE_VALUE);
}
END_TEST

SUITE("trace/fields", CASE("", every_field_of_the_inputs_has_a_row),
      CASE("", every_field_of_the_start_value_has_a_row),
      CASE("", every_field_of_the_outputs_is_in_the_digest),
      CASE("", every_field_of_the_snapshot_is_in_the_digest),
      CASE("", the_digest_is_a_crc_over_each_field_once_low_byte_first),
      CASE("", padding_does_not_matter_to_the_digest), CASE("", a_bool_is_recorded_as_a_bool))
