/* Flipped bits, worn and stuck blocks, foreign and random content: noticed, and survived. */
#include <string.h>

#include "journal_rig.h"
#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"
#include "support/suite.h"

static struct flash_rig rig, clean;
static struct lbms_journal journal;
static struct journal_model model;

static void open_rig(uint32_t block_size, uint16_t blocks, uint8_t unit)
{
    flash_rig_open(&rig, block_size, blocks, unit);
    memset(&model, 0, sizeof(model));
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
}

static void write_round(uint16_t number)
{
    unsigned i;

    for (i = 0u; i < KEYS_USED; i++) {
        ck_assert_int_eq(rig_write(&journal, &model, rig_keys[i], number), LBMS_OK);
    }
}

/* Each key gives its newest value, or the one before; and one bit costs one value at most. */
static unsigned check_flipped(uint16_t newest)
{
    unsigned lost = 0u;
    unsigned i;

    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
    for (i = 0u; i < KEYS_USED; i++) {
        const uint16_t number = rig_number(&journal, rig_keys[i], 0u);

        ck_assert_uint_ge(number, newest - 1u);
        ck_assert_uint_le(number, newest);
        lost += (number != newest) ? 1u : 0u;
    }
    ck_assert_uint_le(lost, 1u);
    return lost;
}

/* Every so many bits; an odd number, so that in the end all places in a byte have had their turn. */
static unsigned flip_everywhere(uint16_t rounds, uint32_t step)
{
    unsigned lost = 0u;
    uint16_t number;
    uint32_t bit;

    open_rig(1024u, 2u, 8u);
    for (number = 1u; number <= rounds; number++) {
        write_round(number);
    }
    (void)rig_settle(&journal, true);
    flash_rig_copy(&clean, &rig);
    for (bit = 0u; bit < clean.size * 8u; bit += step) {
        rig.image[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
        lost += check_flipped(rounds);
        rig.image[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
    }
    return lost;
}

START_TEST(any_flipped_bit_costs_one_write_at_most)
{
    ck_assert_uint_gt(flip_everywhere(2u, 1u), 500u); /* all bits of the four newest values */
    ck_assert_uint_gt(flip_everywhere(7u, 7u), 70u);  /* behind a change of banks */
}
END_TEST

START_TEST(writing_goes_on_after_any_flipped_bit)
{
    uint32_t bit;

    open_rig(512u, 2u, 8u);
    write_round(1u);
    write_round(2u);
    (void)rig_settle(&journal, true);
    flash_rig_copy(&clean, &rig);
    for (bit = 0u; bit < clean.size * 8u; bit += 23u) {
        uint16_t number;

        flash_rig_copy(&rig, &clean);
        rig.image[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
        (void)check_flipped(2u);
        for (number = 3u; number < 8u; number++) {
            write_round(number);
        }
        ck_assert_uint_eq(rig.violations, 0u);
        ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
        rig_check(&journal, &model);
    }
}
END_TEST

START_TEST(a_flip_after_the_mount_is_noticed_when_the_value_is_read)
{
    open_rig(512u, 2u, 8u);
    write_round(1u);
    rig.image[(LBMS_AREA_HEADER_SLOTS + 3u) * LBMS_SLOT] ^= 0x20u; /* key 0 */
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_ERR_CHECKSUM);
    ck_assert_int_eq(lbms_journal_read(&journal, 1u, 0u, NULL, 0u, NULL), LBMS_OK);
}
END_TEST

START_TEST(many_damaged_values_in_a_row_leave_the_last_good_ones)
{
    unsigned i;

    open_rig(1024u, 2u, 8u);
    for (i = 1u; i <= 20u; i++) {
        ck_assert_int_eq(rig_write(&journal, &model, LBMS_JOURNAL_SHORT, (uint16_t)i), LBMS_OK);
    }
    for (i = 5u; i <= 20u; i++) { /* numbers 5 to 20: their content, then their tag */
        rig.image[(LBMS_AREA_HEADER_SLOTS + i - 1u) * LBMS_SLOT + ((i < 12u) ? 3u : 0u)] ^= 0x10u;
    }
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
    ck_assert_uint_eq(rig_number(&journal, LBMS_JOURNAL_SHORT, 0u), 4u);
    ck_assert_uint_eq(rig_number(&journal, LBMS_JOURNAL_SHORT, 1u), 3u);
    ck_assert_uint_eq(journal.damaged, 16u);
}
END_TEST

START_TEST(a_block_that_takes_no_data_is_reported_and_another_one_used)
{
    unsigned number;

    open_rig(1024u, 3u, 4u);
    write_round(1u);
    write_round(2u);
    rig.bad[journal.bank] = true;
    for (number = 3u; number < 60u; number++) {
        write_round((uint16_t)number);
        rig_check(&journal, &model);
    }
    (void)rig_settle(&journal, true);
    ck_assert_uint_gt(journal.area.trouble, 0u);
    ck_assert_uint_eq(rig_bad_banks(&journal.area), 1u);
    ck_assert_uint_eq(rig.violations, 0u);
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
    rig_check(&journal, &model);
}
END_TEST

START_TEST(with_one_of_two_blocks_worn_out_the_other_is_filled_and_stays_readable)
{
    unsigned number = 1u;
    int status = LBMS_OK;

    open_rig(1024u, 2u, 8u);
    write_round(1u);
    rig.bad[1u - journal.bank] = true;
    while (status == LBMS_OK) {
        number++;
        ck_assert_uint_lt(number, 200u);
        status = rig_write(&journal, &model, LBMS_JOURNAL_SHORT, (uint16_t)number);
    }
    ck_assert_int_eq(status, LBMS_ERR_IO);
    ck_assert_uint_gt(number, 60u);
    ck_assert_uint_eq(rig_bad_banks(&journal.area), 1u);
    ck_assert_uint_eq(rig_number(&journal, LBMS_JOURNAL_SHORT, 0u), number - 1u);
    ck_assert_uint_eq(rig_number(&journal, 0u, 0u), 1u);
    ck_assert_int_eq(rig_write(&journal, &model, 1u, 2u), LBMS_ERR_IO); /* and again, at once */
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
}
END_TEST

START_TEST(a_stuck_bit_is_noticed_by_reading_back)
{
    uint32_t at;

    for (at = 0u; at < 1024u; at += 5u) {
        unsigned number;

        open_rig(1024u, 3u, 2u);
        rig.stuck_at = at;
        rig.stuck[1] = 0x5Au;
        for (number = 1u; number <= 12u; number++) {
            write_round((uint16_t)number);
            rig_check(&journal, &model);
            ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
            rig_check(&journal, &model);
        }
        ck_assert_uint_eq(rig.violations, 0u);
    }
}
END_TEST

START_TEST(a_block_that_does_not_erase_is_found_before_it_is_used)
{
    unsigned number;

    open_rig(512u, 3u, 8u);
    for (number = 1u; number <= 6u; number++) {
        write_round((uint16_t)number);
    }
    rig.unerasable[(journal.bank + 1u) % 3u] = true;
    for (number = 7u; number <= 40u; number++) {
        write_round((uint16_t)number);
        rig_check(&journal, &model);
    }
    ck_assert_uint_eq(rig.violations, 0u);
    ck_assert_uint_eq(rig_bad_banks(&journal.area), 1u);
}
END_TEST

START_TEST(all_blocks_worn_out_is_an_error_and_no_endless_loop)
{
    uint16_t block;

    open_rig(512u, 4u, 8u);
    write_round(1u);
    for (block = 0u; block < 4u; block++) {
        rig.bad[block] = true;
    }
    ck_assert_int_eq(rig_write(&journal, &model, 0u, 2u), LBMS_ERR_IO);
    ck_assert_int_eq(rig_write(&journal, &model, 1u, 2u), LBMS_ERR_IO);
    ck_assert_uint_eq(rig_number(&journal, 0u, 0u), 1u);
    open_rig(512u, 2u, 8u);
    rig.bad[0] = true;
    rig.bad[1] = true;
    ck_assert_int_eq(rig_write(&journal, &model, 0u, 1u), LBMS_ERR_IO);
    ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
}
END_TEST

START_TEST(a_flash_that_cannot_be_read_holds_nothing)
{
    open_rig(512u, 2u, 8u);
    write_round(1u);
    rig.read_error = true;
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_ERR_CHECKSUM);
    ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_OK);
    ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_ERR_MISSING);
    ck_assert_int_eq(rig_write(&journal, &model, 0u, 2u), LBMS_ERR_IO);
}
END_TEST

/* A slot that is right in every way, with this content. */
static void forge(uint8_t *slot, uint8_t key, uint8_t format, uint8_t blocks, uint8_t number)
{
    uint16_t crc;

    slot[0] = (uint8_t)(key | ((key ^ 0x0Fu) << 4));
    slot[1] = format;
    slot[2] = blocks;
    slot[3] = number;
    slot[4] = 0u;
    slot[5] = 0u;
    crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, slot, 6u);
    slot[6] = (uint8_t)crc;
    slot[7] = (uint8_t)(crc >> 8);
}

START_TEST(another_format_or_geometry_is_refused_and_left_alone)
{
    static const struct {
        uint8_t at, key, format, blocks;
    } cases[] = {{0u, 15u, 0x12u, 1u}, {0u, 15u, 0x11u, 2u}, {1u, 14u, 0x12u, 1u},
                 {2u, 14u, 0x12u, 1u}, {1u, 14u, 0x21u, 1u}, {1u, 14u, 0x11u, 2u}};
    uint8_t byte = 0u;
    const struct lbms_journal_value value = {&byte, 1u, false, 0u, 0u};
    size_t i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        open_rig(512u, 3u, 8u);
        write_round(1u);
        memset(&rig.image[1024], 0xFF, 512u);
        forge(&rig.image[1024u + cases[i].at * LBMS_SLOT], cases[i].key, cases[i].format, cases[i].blocks,
              9u);
        rig.operations = 0u;
        ck_assert_int_eq(lbms_journal_mount(&journal, &rig.flash, 1u), LBMS_ERR_FORMAT);
        ck_assert_int_eq(lbms_journal_write(&journal, 0u, &value), LBMS_ERR_FORMAT);
        ck_assert_int_eq(lbms_journal_read(&journal, 0u, 0u, NULL, 0u, NULL), LBMS_ERR_MISSING);
        ck_assert_int_eq(rig_settle(&journal, true), LBMS_OK);
        ck_assert_uint_eq(rig.operations, 0u);
    }
}
END_TEST

/* Whatever is on the flash, it is mounted, written and read in finite time and within its rules. */
static void live_with(uint32_t random)
{
    unsigned i;

    memset(&model, 0, sizeof(model));
    if (lbms_journal_mount(&journal, &rig.flash, 1u) != LBMS_OK) {
        return; /* taken for another format */
    }
    for (i = 0u; i < 6u; i++) {
        const uint8_t key = rig_keys[i % KEYS_USED];
        const int status = rig_write(&journal, &model, key, (uint16_t)(random % 5000u + i + 1u));

        if (status == LBMS_OK) {
            ck_assert_uint_eq(rig_number(&journal, key, 0u), random % 5000u + i + 1u);
        } else {
            /* a large value of another key is believed, or a bank that looks erased is not */
            ck_assert_msg(status == LBMS_ERR_SPACE || status == LBMS_ERR_IO, "status %d", status);
        }
    }
    ck_assert_uint_eq(rig.violations, 0u);
}

START_TEST(random_images_do_no_harm)
{
    uint32_t random = 4711u;
    unsigned turn;

    for (turn = 0u; turn < 800u; turn++) {
        uint32_t i;

        flash_rig_open(&rig, 256u, 3u, (uint8_t)(1u << (turn % 4u)));
        for (i = 0u; i < rig.size; i++) {
            rig.image[i] = (uint8_t)(rig_random(&random) >> 7);
        }
        for (i = 0u; (turn % 3u) != 0u && i < rig.size;
             i += LBMS_SLOT) { /* well-formed slots in random order */
            const uint32_t kind = rig_random(&random) >> 5;

            if (kind % 4u == 0u) {
                memset(&rig.image[i], 0xFF, LBMS_SLOT);
            } else if (kind % 4u < 3u) {
                forge(&rig.image[i], (uint8_t)((i % 256u < 24u) ? 14u + (kind / 4u % 2u) : kind / 4u % 16u),
                      (uint8_t)((i % 256u < 24u) ? 0x11u : rig_random(&random) >> 9), 1u,
                      (uint8_t)(kind >> 8));
            } else {
                /* noise */
            }
        }
        live_with(random);
    }
}
END_TEST

START_TEST(mutated_images_do_no_harm)
{
    uint32_t random = 99u;
    unsigned turn;

    open_rig(512u, 3u, 4u);
    write_round(1u);
    write_round(2u);
    write_round(3u);
    flash_rig_copy(&clean, &rig);
    for (turn = 0u; turn < 800u; turn++) {
        unsigned changes = 1u + (turn % 20u);

        flash_rig_copy(&rig, &clean);
        for (; changes > 0u; changes--) {
            const uint32_t at = (rig_random(&random) >> 4) % rig.size;

            rig.image[at] = (uint8_t)(rig_random(&random) >> 6);
            if (changes % 5u == 0u) { /* a slot copied to another place */
                memmove(&rig.image[at & ~7u], &rig.image[(random >> 3) % rig.size & ~7u], LBMS_SLOT);
            }
        }
        live_with(random);
    }
}
END_TEST

SUITE("store/journal_damage", CASE("R-PRM-04", any_flipped_bit_costs_one_write_at_most),
      CASE("R-PRM-04", writing_goes_on_after_any_flipped_bit),
      CASE("R-PRM-04", a_flip_after_the_mount_is_noticed_when_the_value_is_read),
      CASE("R-PRM-04", many_damaged_values_in_a_row_leave_the_last_good_ones),
      CASE("", a_block_that_takes_no_data_is_reported_and_another_one_used),
      CASE("", with_one_of_two_blocks_worn_out_the_other_is_filled_and_stays_readable),
      CASE("", a_stuck_bit_is_noticed_by_reading_back),
      CASE("", a_block_that_does_not_erase_is_found_before_it_is_used),
      CASE("", all_blocks_worn_out_is_an_error_and_no_endless_loop),
      CASE("", a_flash_that_cannot_be_read_holds_nothing),
      CASE("", another_format_or_geometry_is_refused_and_left_alone), CASE("", random_images_do_no_harm),
      CASE("", mutated_images_do_no_harm))
