/* Reading, writing and changing banks; and what is refused. */
#include "losun_bms/store/journal.h"

#include <string.h>

#include "journal_rig.h"
#include "losun_bms/base/status.h"
#include "support/suite.h"

static struct flash_rig rig;
static struct lbms_journal journal;
static struct journal_model model;

static void open_rig(uint32_t block_size, uint16_t blocks, uint8_t unit, uint8_t bank_blocks)
{
    flash_rig_open(&rig, block_size, blocks, unit);
    memset(&model, 0, sizeof(model));
    memset(&journal, 0xA5, sizeof(journal));
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, bank_blocks), LBMS_OK);
}

static void remount(uint8_t bank_blocks)
{
    memset(&journal, 0xA5, sizeof(journal));
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, bank_blocks), LBMS_OK);
}

START_TEST(an_erased_flash_holds_nothing)
{
    unsigned key, age;

    open_rig(1024u, 2u, 8u, 1u);
    for (key = 0u; key < 20u; key++) {
        for (age = 0u; age < 3u; age++) {
            ck_assert_int_eq(lbms_journal_read(&journal, (uint8_t)key, (uint8_t)age, NULL, 0u, NULL),
                             LBMS_ERR_MISSING);
        }
    }
    ck_assert_uint_eq(journal.damaged, 0u);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
    ck_assert_uint_eq(lbms_journal_room(&journal), 0u);
}
END_TEST

START_TEST(the_newest_two_values_of_each_key_are_kept)
{
    unsigned i, number;

    open_rig(1024u, 2u, 8u, 1u);
    for (number = 1u; number <= 40u; number++) {
        for (i = 0u; i < KEYS_USED; i++) {
            ck_assert_int_eq(rig_write(&journal, &model, rig_keys[i], (uint16_t)number), LBMS_OK);
            ck_assert_uint_eq(rig_number(&journal, rig_keys[i], 0u), number);
            ck_assert_uint_eq(rig_number(&journal, rig_keys[i], 1u), number - 1u);
        }
        remount(1u);
        for (i = 0u; i < KEYS_USED; i++) {
            ck_assert_uint_eq(rig_number(&journal, rig_keys[i], 0u), number);
            ck_assert_uint_eq(rig_number(&journal, rig_keys[i], 1u), number - 1u);
        }
        ck_assert_uint_eq(journal.damaged, 0u);
    }
    ck_assert_uint_eq(rig.violations, 0u);
    ck_assert_uint_gt(journal.label, 5u);
}
END_TEST

START_TEST(words_are_stored_with_the_low_byte_first)
{
    static const int32_t words[3] = {INT32_MIN + 0x01020304, -2, 0x7F00FF01};
    static const uint8_t expected[12] = {4u, 3u, 2u, 0x81u, 0xFEu, 0xFFu, 0xFFu, 0xFFu, 1u, 0xFFu, 0u, 0x7Fu};
    struct lbms_journal_value value = {words, 12u, true, 9u, 0xBEEFu};
    struct lbms_journal_info info;
    uint8_t got[16];

    open_rig(512u, 2u, 4u, 1u);
    ck_assert_int_eq(lbms_journal_write(&journal, 3u, &value), LBMS_OK);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
    memset(got, 0x55, sizeof(got));
    ck_assert_int_eq(lbms_journal_read(&journal, 3u, 0u, got, sizeof(got), &info), LBMS_OK);
    ck_assert_mem_eq(got, expected, 12u);
    ck_assert_uint_eq(got[12], 0x55u); /* what the value has not is left alone */
    ck_assert_uint_eq(info.length, 12u);
    ck_assert_uint_eq(info.layout, 9u);
    ck_assert_uint_eq(info.check, 0xBEEFu);
    memset(got, 0x55, sizeof(got));
    ck_assert_int_eq(lbms_journal_read(&journal, 3u, 0u, got, 5u, NULL), LBMS_OK);
    ck_assert_mem_eq(got, expected, 5u);
    ck_assert_uint_eq(got[5], 0x55u);
}
END_TEST

START_TEST(a_value_of_any_length_comes_back)
{
    uint8_t bytes[200];
    uint8_t got[200];
    unsigned length;

    open_rig(1024u, 2u, 2u, 1u);
    for (length = 0u; length < sizeof(bytes); length++) {
        struct lbms_journal_value value = {bytes, (uint16_t)length, false, 0u, 0u};
        struct lbms_journal_info info;

        memset(bytes, (int)(0xFFu - (length % 3u)), sizeof(bytes));
        ck_assert_int_eq(lbms_journal_write(&journal, 2u, &value), LBMS_OK);
        ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
        ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
        remount(1u);
        ck_assert_int_eq(lbms_journal_read(&journal, 2u, 0u, got, sizeof(got), &info), LBMS_OK);
        ck_assert_uint_eq(info.length, length);
        ck_assert_mem_eq(got, bytes, length);
    }
    ck_assert_uint_eq(rig.violations, 0u);
}
END_TEST

START_TEST(a_value_is_compared_with_what_is_stored)
{
    int32_t words[4] = {1, 2, 3, 4};
    struct lbms_journal_value value = {words, 16u, true, 1u, 77u};

    open_rig(512u, 2u, 8u, 1u);
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_MISSING);
    ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_OK);
    words[3] ^= 0x40000000;
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_STATE);
    words[3] ^= 0x40000000;
    value.layout = 2u;
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_STATE);
    value.layout = 1u;
    value.check = 78u;
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_STATE);
    value.check = 77u;
    value.length = 12u;
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_STATE);
    value.length = 16u;
    rig.image[(LBMS_AREA_HEADER_SLOTS + 1u) * LBMS_SLOT] ^= 1u;
    ck_assert_int_eq(lbms_journal_compare(&journal, 0u, &value), LBMS_ERR_CHECKSUM);
}
END_TEST

START_TEST(nothing_is_written_with_a_wrong_key_or_length_or_while_busy)
{
    uint8_t bytes[8] = {0};
    struct lbms_journal_value value = {bytes, 5u, false, 0u, 0u};

    open_rig(512u, 2u, 8u, 1u);
    ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_KEYS, &value), LBMS_ERR_ARGUMENT);
    value.length = 4u;
    ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_SHORT, &value), LBMS_ERR_ARGUMENT);
    value.length = 6u;
    ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_KEYS - 1u, &value), LBMS_ERR_ARGUMENT);
    value.length = 5u;
    ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_KEYS - 1u, &value), LBMS_OK);
    ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_AGAIN);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_AGAIN);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
}
END_TEST

START_TEST(impossible_geometries_are_refused)
{
    static const struct {
        uint32_t block_size;
        uint16_t blocks;
        uint8_t unit, bank_blocks;
    } cases[] = {
        {1024u, 2u, 3u, 1u},  {1024u, 2u, 0u, 1u},
        {1024u, 2u, 16u, 1u}, {1024u, 1u, 8u, 1u},
        {1024u, 3u, 8u, 2u},  {1024u, 2u, 8u, 0u},
        {64u, 4u, 8u, 1u},    {1000u, 4u, 8u, 1u},
        {0u, 4u, 8u, 1u},     {1024u, 600u, 8u, 255u} /* 32,640 slots would do, but see below */,
    };
    uint8_t byte = 0u;
    const struct lbms_journal_value value = {&byte, 1u, false, 0u, 0u};
    size_t i;

    for (i = 0u; i < 9u; i++) {
        flash_rig_open(&rig, cases[i].block_size, cases[i].blocks, cases[i].unit);
        ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, cases[i].bank_blocks), LBMS_ERR_ARGUMENT);
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_ERR_FORMAT);
        ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_ERR_MISSING);
        ck_assert_int_eq(lbms_journal_poll(&journal, true), LBMS_OK);
    }
    ck_assert_int_eq(lbms_journal_mount(&journal, NULL, 1u), LBMS_ERR_ARGUMENT);
    ck_assert_uint_eq(rig.operations, 0u);
}
END_TEST

START_TEST(a_bank_of_more_slots_than_can_be_counted_is_refused)
{
    flash_rig_open(&rig, 32768u, 2u, 8u);
    rig.flash.block_size = 65536u * LBMS_SLOT;
    rig.read_error = true; /* the rig is not that large */
    rig.size = 2u * rig.flash.block_size;
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_ERR_ARGUMENT);
    rig.flash.block_size -= 64u;
    rig.size = 2u * rig.flash.block_size;
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
}
END_TEST

START_TEST(a_bank_may_consist_of_several_blocks)
{
    unsigned number, i;

    open_rig(256u, 9u, 8u, 4u); /* two banks, one block left over */
    for (number = 1u; number <= 40u; number++) {
        for (i = 0u; i < KEYS_USED; i++) {
            ck_assert_int_eq(rig_write(&journal, &model, rig_keys[i], (uint16_t)number), LBMS_OK);
        }
        remount(4u);
        rig_check(&journal, &model);
    }
    ck_assert_uint_eq(rig.violations, 0u);
    for (i = 0u; i < 8u; i++) {
        ck_assert_uint_gt(rig.erases[i], 2u);
        ck_assert_uint_eq(rig.erases[i], rig.erases[i - (i % 4u)]);
    }
    ck_assert_uint_eq(rig.erases[8], 0u);
    ck_assert_uint_eq(journal.area.erases_max, rig.erases[0]);
}
END_TEST

START_TEST(wear_is_spread_over_all_banks_and_counted)
{
    unsigned number;
    unsigned bank;

    open_rig(512u, 5u, 8u, 1u);
    for (number = 1u; number <= 1200u; number++) {
        ck_assert_int_eq(rig_write(&journal, &model, LBMS_JOURNAL_SHORT, (uint16_t)number), LBMS_OK);
        if (number % 100u == 0u) {
            remount(1u);
        }
    }
    /* 60 slots a bank, of which two hold what is kept: 1200 / 58 = 20.7 banks */
    for (bank = 0u; bank < 5u; bank++) {
        ck_assert_uint_ge(rig.erases[bank], 4u);
        ck_assert_uint_le(rig.erases[bank], 5u);
    }
    ck_assert_uint_eq(journal.area.erases_max, 5u);
}
END_TEST

START_TEST(no_block_is_erased_without_permission)
{
    uint8_t bytes[5] = {1u, 0u, 0u, 0u, 0u};
    const struct lbms_journal_value value = {bytes, 5u, false, 0u, 0u};
    uint32_t room;

    open_rig(512u, 2u, 8u, 1u);
    ck_assert_int_eq(rig_settle(&journal, false), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_SHORT, &value), LBMS_OK);
    ck_assert_int_eq(rig_settle(&journal, false), LBMS_ERR_STATE);
    ck_assert_uint_eq(rig.operations, 0u);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_AGAIN);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK); /* one in use, one erased ahead */
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
    ck_assert_uint_eq(rig.erases[0] + rig.erases[1], 2u);
    ck_assert_uint_eq(lbms_journal_room(&journal), UINT32_MAX);

    /* one bank more without permission, then it waits, and everything can still be read */
    for (room = 0u; lbms_journal_result(&journal) == LBMS_OK; room++) {
        ck_assert_uint_lt(room, 200u);
        ck_assert_int_eq(lbms_journal_write(&journal, LBMS_JOURNAL_SHORT, &value), LBMS_OK);
        (void)rig_settle(&journal, false);
    }
    /* 60 slots in the first bank, one was used; 60 in the second, two were copied; and the one that waits */
    ck_assert_uint_eq(room, 59u + 58u + 1u);
    ck_assert_uint_eq(lbms_journal_room(&journal), 0u);
    ck_assert_uint_eq(rig.erases[0] + rig.erases[1], 2u);
    ck_assert_int_eq(lbms_journal_read(&journal, LBMS_JOURNAL_SHORT, 0u, NULL, 0u, NULL), LBMS_OK);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
}
END_TEST

START_TEST(a_permission_that_is_taken_back_stops_between_two_blocks)
{
    unsigned i;

    open_rig(256u, 8u, 8u, 4u);
    ck_assert_int_eq(lbms_journal_poll(&journal, true), LBMS_AGAIN);
    ck_assert_uint_eq(rig.operations, 1u);
    for (i = 0u; i < 10u; i++) {
        ck_assert_int_eq(lbms_journal_poll(&journal, false), LBMS_ERR_STATE);
    }
    ck_assert_uint_eq(rig.operations, 1u);
    for (i = 1u; i < 4u; i++) {
        ck_assert_int_eq(lbms_journal_poll(&journal, true), LBMS_AGAIN);
    }
    ck_assert_uint_eq(rig.operations, 4u);
    ck_assert_int_eq(rig_settle(&journal, false), LBMS_OK); /* what remains is no erase */
    ck_assert_uint_eq(rig.operations, 5u);                  /* the mark: one unit */
    ck_assert_uint_eq(lbms_journal_room(&journal), UINT32_MAX);
}
END_TEST

START_TEST(one_call_programs_one_unit_or_erases_one_block)
{
    uint8_t bytes[VALUE_MAX];
    struct lbms_journal_value value = {bytes, 60u, false, 0u, 0u};
    unsigned i;

    open_rig(512u, 3u, 2u, 1u);
    memset(bytes, 3, sizeof(bytes));
    for (i = 0u; i < 30000u; i++) {
        const uint32_t before = rig.operations;

        (void)lbms_journal_write(&journal, (uint8_t)(i % LBMS_JOURNAL_LONG_KEYS / 3u), &value);
        (void)lbms_journal_poll(&journal, true);
        ck_assert_uint_le(rig.operations - before, 1u);
    }
    ck_assert_uint_gt(rig.operations, 15000u);
    ck_assert_uint_eq(rig.violations, 0u);
}
END_TEST

START_TEST(a_value_that_changes_while_it_is_written_is_not_stored)
{
    uint8_t bytes[40];
    const struct lbms_journal_value value = {bytes, sizeof(bytes), false, 0u, 0u};
    uint8_t got[40];
    unsigned polls, i;

    for (polls = 1u; polls < 7u; polls++) { /* until byte 39 has been programmed */
        open_rig(512u, 2u, 8u, 1u);
        memset(bytes, 1, sizeof(bytes));
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
        ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
        memset(bytes, 2, sizeof(bytes));
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
        for (i = 0u; i < polls; i++) {
            (void)lbms_journal_poll(&journal, true);
        }
        bytes[1] = 9u;
        bytes[39] = 9u;
        (void)rig_settle(&journal, true);
        ck_assert_int_eq(lbms_journal_result(&journal), LBMS_ERR_STATE);
        ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, got, sizeof(got), NULL), LBMS_OK);
        ck_assert_uint_eq(got[0], 1u);
        ck_assert_uint_eq(got[39], 1u);
        ck_assert_uint_eq(journal.area.trouble, 0u); /* the flash is not to blame */
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
        (void)rig_settle(&journal, true);
        ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
        ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, got, sizeof(got), NULL), LBMS_OK);
        ck_assert_uint_eq(got[39], 9u);
    }
}
END_TEST

START_TEST(more_than_a_bank_can_hold_is_refused_and_nothing_is_lost)
{
    uint8_t bytes[600];
    struct lbms_journal_value value = {bytes, 200u, false, 0u, 0u};
    uint8_t key;

    open_rig(512u, 2u, 8u, 1u);
    memset(bytes, 7, sizeof(bytes));
    ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
    (void)rig_settle(&journal, true);
    value.length = 472u; /* with a slot and a CRC, 4 bytes more than the 60 slots */
    ck_assert_int_eq(lbms_journal_write(&journal, 1u, &value), LBMS_OK);
    (void)rig_settle(&journal, true);
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_ERR_SPACE);
    value.length = 200u;
    for (key = 1u; key < 4u; key++) { /* one more fits beside the first, a third one does not */
        ck_assert_int_eq(lbms_journal_write(&journal, key, &value), LBMS_OK);
        (void)rig_settle(&journal, true);
        ck_assert_int_eq(lbms_journal_result(&journal), (key == 1u) ? LBMS_OK : LBMS_ERR_SPACE);
    }
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_OK);
    ck_assert_int_eq(lbms_journal_read(&journal, 1u, 0u, NULL, 0u, NULL), LBMS_OK);
    remount(1u);
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_OK);
    ck_assert_int_eq(lbms_journal_read(&journal, 1u, 0u, NULL, 0u, NULL), LBMS_OK);
    ck_assert_int_eq(lbms_journal_read(&journal, 2u, 0u, NULL, 0u, NULL), LBMS_ERR_MISSING);
}
END_TEST

START_TEST(when_both_kept_values_do_not_fit_the_newest_is_copied)
{
    uint8_t bytes[300];
    const struct lbms_journal_value value = {bytes, 200u, false, 0u, 0u};
    uint8_t got[1];
    unsigned i;

    open_rig(512u, 2u, 8u, 1u);
    for (i = 1u; i <= 9u; i++) { /* two values of 27 slots fill a bank of 60 */
        memset(bytes, (int)i, sizeof(bytes));
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
        (void)rig_settle(&journal, true);
        ck_assert_int_eq(lbms_journal_result(&journal), LBMS_OK);
        ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, got, sizeof(got), NULL), LBMS_OK);
        ck_assert_uint_eq(got[0], i);
    }
}
END_TEST

START_TEST(a_label_that_cannot_grow_ends_the_writing_and_not_the_reading)
{
    uint8_t byte = 1u;
    const struct lbms_journal_value value = {&byte, 1u, false, 0u, 0u};
    unsigned i;

    open_rig(256u, 2u, 8u, 1u);
    journal.label = LBMS_AREA_LABEL_MAX - 1u;
    for (i = 0u; i < 100u; i++) {
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_OK);
        (void)rig_settle(&journal, true);
        if (lbms_journal_result(&journal) != LBMS_OK) {
            break;
        }
    }
    ck_assert_int_eq(lbms_journal_result(&journal), LBMS_ERR_SPACE);
    ck_assert_uint_eq(i, 14u); /* 28 slots, two each */
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_OK);
}
END_TEST

SUITE("store/journal", CASE("", an_erased_flash_holds_nothing),
      CASE("R-PRM-01 R-PRM-04", the_newest_two_values_of_each_key_are_kept),
      CASE("", words_are_stored_with_the_low_byte_first), CASE("", a_value_of_any_length_comes_back),
      CASE("", a_value_is_compared_with_what_is_stored),
      CASE("", nothing_is_written_with_a_wrong_key_or_length_or_while_busy),
      CASE("", impossible_geometries_are_refused),
      CASE("", a_bank_of_more_slots_than_can_be_counted_is_refused),
      CASE("", a_bank_may_consist_of_several_blocks), CASE("", wear_is_spread_over_all_banks_and_counted),
      CASE("", no_block_is_erased_without_permission),
      CASE("", a_permission_that_is_taken_back_stops_between_two_blocks),
      CASE("", one_call_programs_one_unit_or_erases_one_block),
      CASE("R-PRM-04", a_value_that_changes_while_it_is_written_is_not_stored),
      CASE("", more_than_a_bank_can_hold_is_refused_and_nothing_is_lost),
      CASE("", when_both_kept_values_do_not_fit_the_newest_is_copied),
      CASE("", a_label_that_cannot_grow_ends_the_writing_and_not_the_reading))
