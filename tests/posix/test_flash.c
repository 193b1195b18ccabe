#include "losun_bms_port/posix_flash.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "support/suite.h"

/* 4 blocks of 64 bytes, unit 4. */
static void open_flash(struct lbms_posix_flash *flash)
{
    const struct lbms_posix_flash_options options = {
        .block_size = 64u, .block_count = 4u, .program_unit = 4u, .erase_worst_ms = 40u};

    ck_assert_int_eq(lbms_posix_flash_open(flash, &options), LBMS_OK);
}

static int program(struct lbms_posix_flash *flash, uint32_t address, const char *bytes, size_t length)
{
    return flash->flash.program(flash->flash.ctx, address, bytes, length);
}

static int erase(struct lbms_posix_flash *flash, uint16_t block)
{
    return flash->flash.erase(flash->flash.ctx, block);
}

static void expect(struct lbms_posix_flash *flash, uint32_t address, const char *bytes, size_t length)
{
    char got[64];

    ck_assert_int_eq(flash->flash.read(flash->flash.ctx, address, got, length), LBMS_OK);
    ck_assert_mem_eq(got, bytes, length);
}

static void expect_report(struct lbms_posix_flash *flash, const char *part)
{
    const char *text = lbms_posix_flash_report(flash);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
    ck_assert_ptr_null(lbms_posix_flash_report(flash));
}

#define BLANK "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"

START_TEST(a_new_flash_is_erased_and_keeps_what_is_programmed)
{
    struct lbms_posix_flash flash;

    open_flash(&flash);
    ck_assert_uint_eq(flash.flash.block_size, 64u);
    ck_assert_uint_eq(flash.flash.block_count, 4u);
    ck_assert_uint_eq(flash.flash.program_unit, 4u);
    ck_assert_uint_eq(flash.flash.erase_worst_ms, 40u);
    expect(&flash, 0u, BLANK, 8u);
    expect(&flash, 248u, BLANK, 8u);
    ck_assert_int_eq(program(&flash, 60u, "abcdefgh", 8u), LBMS_OK); /* over the end of a block */
    expect(&flash, 60u, "abcdefgh", 8u);
    expect(&flash, 52u, BLANK, 8u);
    ck_assert_int_eq(erase(&flash, 0u), LBMS_OK);
    expect(&flash, 60u,
           "\xFF\xFF\xFF\xFF"
           "efgh",
           8u); /* only that block */
    ck_assert_int_eq(program(&flash, 60u, "1234", 4u), LBMS_OK);
    expect(&flash, 60u, "1234efgh", 8u);
    ck_assert_int_eq(program(&flash, 0u, "", 0u), LBMS_OK);
    ck_assert_uint_eq(flash.violations, 0u);
    ck_assert_uint_eq(flash.erases[0], 1u);
    ck_assert_uint_eq(flash.erases[1], 0u);
    ck_assert_uint_eq(flash.operations, 4u); /* 2 + 1 units, 1 block */
    ck_assert_ptr_null(lbms_posix_flash_report(&flash));
    lbms_posix_flash_close(&flash);
    ck_assert_int_eq(program(&flash, 0u, "abcd", 4u), LBMS_ERR_STATE);
    ck_assert_int_eq(erase(&flash, 0u), LBMS_ERR_STATE);
    ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 0u, NULL, 0u), LBMS_ERR_STATE);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(each_rule_is_an_error_that_changes_nothing)
{
    struct lbms_posix_flash flash;
    char byte;

    open_flash(&flash);
    ck_assert_int_eq(program(&flash, 8u, "\x0F\x0F\x0F\x0F", 4u), LBMS_OK);

    ck_assert_int_eq(program(&flash, 8u, "\x0F\x0F\x0F\x0F", 4u), LBMS_ERR_STATE); /* twice, the same */
    expect_report(&flash, "0x8: unit programmed twice");
    ck_assert_int_eq(program(&flash, 8u, "\0\0\0\0", 4u), LBMS_ERR_STATE); /* twice, only 1 to 0 */
    ck_assert_int_eq(program(&flash, 4u, "\0\0\0\0\0\0\0\0", 8u), LBMS_ERR_STATE);
    ck_assert_int_eq(program(&flash, 2u, "\0\0\0\0", 4u), LBMS_ERR_ARGUMENT);
    expect_report(&flash, "0x2: not aligned");
    ck_assert_int_eq(program(&flash, 4u, "\0\0\0", 3u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(program(&flash, 256u, "\0\0\0\0", 4u), LBMS_ERR_RANGE);
    expect_report(&flash, "0x100: programmed outside");
    ck_assert_int_eq(program(&flash, 252u, "\0\0\0\0\0\0\0\0", 8u), LBMS_ERR_RANGE);
    ck_assert_int_eq(program(&flash, UINT32_MAX - 3u, "\0\0\0\0\0\0\0\0", 8u), LBMS_ERR_RANGE);
    ck_assert_int_eq(erase(&flash, 4u), LBMS_ERR_RANGE);
    expect_report(&flash, "erased outside");
    ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 256u, &byte, 1u), LBMS_ERR_RANGE);
    expect_report(&flash, "read outside");
    ck_assert_uint_eq(flash.violations, 10u);
    ck_assert_uint_eq(flash.operations, 1u);
    expect(&flash, 4u, "\xFF\xFF\xFF\xFF\x0F\x0F\x0F\x0F", 8u);
    expect(&flash, 248u, BLANK, 8u);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(programming_cannot_turn_0_into_1)
{
    struct lbms_posix_flash flash;

    open_flash(&flash);
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 17u, 6u), LBMS_OK); /* an erased bit has fallen to 0 */
    ck_assert_int_eq(program(&flash, 16u, "\xFF\xFF\xFF\xFF", 4u), LBMS_ERR_STATE);
    expect_report(&flash, "0x11: programming cannot turn 0 into 1");
    ck_assert_int_eq(program(&flash, 16u, "\xFF\xBF\xFF\x00", 4u), LBMS_OK); /* wants that bit at 0 */
    ck_assert_uint_eq(flash.violations, 1u);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(a_unit_of_ones_is_programmed_too)
{
    struct lbms_posix_flash flash;

    open_flash(&flash);
    ck_assert_int_eq(program(&flash, 0u, BLANK, 4u), LBMS_OK);
    ck_assert_int_eq(program(&flash, 0u, "abcd", 4u), LBMS_ERR_STATE);
    ck_assert_int_eq(erase(&flash, 0u), LBMS_OK);
    ck_assert_int_eq(program(&flash, 0u, "abcd", 4u), LBMS_OK);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(all_units_work)
{
    struct lbms_posix_flash_options options = {.block_size = 64u, .block_count = 2u};
    struct lbms_posix_flash flash;
    uint8_t unit;

    for (unit = 1u; unit <= 8u; unit = (uint8_t)(unit * 2u)) {
        options.program_unit = unit;
        ck_assert_int_eq(lbms_posix_flash_open(&flash, &options), LBMS_OK);
        ck_assert_int_eq(program(&flash, unit, "12345678", unit), LBMS_OK);
        ck_assert_int_eq(program(&flash, unit, "12345678", unit), LBMS_ERR_STATE);
        ck_assert_int_eq(program(&flash, 0u, "12345678", unit), LBMS_OK);
        ck_assert_int_eq(program(&flash, 2u * (uint32_t)unit, "12345678", unit), LBMS_OK);
        if (unit > 1u) {
            ck_assert_int_eq(program(&flash, 33u, "12345678", unit), LBMS_ERR_ARGUMENT);
        }
        lbms_posix_flash_close(&flash);
    }
}
END_TEST

START_TEST(impossible_geometries_are_named)
{
    static const struct lbms_posix_flash_options bad[] = {
        {.block_size = 0u, .block_count = 2u, .program_unit = 4u},
        {.block_size = 64u, .block_count = 1u, .program_unit = 4u},
        {.block_size = 64u, .block_count = 2u, .program_unit = 0u},
        {.block_size = 64u, .block_count = 2u, .program_unit = 3u},
        {.block_size = 64u, .block_count = 2u, .program_unit = 16u},
        {.block_size = 66u, .block_count = 2u, .program_unit = 4u},
        {.block_size = 0x80000000u, .block_count = 2u, .program_unit = 4u},
        {.block_size = 1024u, .block_count = 65535u, .program_unit = 4u},
    };
    struct lbms_posix_flash flash;
    size_t i;

    for (i = 0u; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(lbms_posix_flash_open(&flash, &bad[i]), LBMS_ERR_ARGUMENT);
        expect_report(&flash, "impossible geometry");
        lbms_posix_flash_close(&flash);
    }
}
END_TEST

/* ---- power cuts ------------------------------------------------------------------------------------------- */

START_TEST(a_cut_tears_exactly_the_unit_that_was_chosen)
{
    static const char data[12] = {0, 0, 0, 0, 0x55, 0x55, 0x55, 0x55, 0, 0, 0, 0};
    struct lbms_posix_flash flash;
    uint32_t seed;
    unsigned untouched = 0u, whole = 0u, torn = 0u;

    for (seed = 0u; seed < 500u; seed++) {
        uint8_t got[12];
        unsigned i;

        open_flash(&flash);
        lbms_posix_flash_cut(&flash, 1u, seed);
        ck_assert_int_eq(program(&flash, 4u, data, sizeof(data)), LBMS_ERR_IO);
        expect_report(&flash, "power cut");
        ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 4u, got, sizeof(got)), LBMS_ERR_IO);
        ck_assert_int_eq(program(&flash, 100u, data, 4u), LBMS_ERR_IO);
        ck_assert_int_eq(erase(&flash, 1u), LBMS_ERR_IO);
        lbms_posix_flash_power_on(&flash);
        ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 4u, got, sizeof(got)), LBMS_OK);
        ck_assert_mem_eq(got, data, 4u);      /* the unit before is whole */
        ck_assert_mem_eq(&got[8], BLANK, 4u); /* the one behind was not begun */
        for (i = 4u; i < 8u; i++) {           /* bits that stay 1 are 1 */
            ck_assert_uint_eq(got[i] & 0x55u, 0x55u);
        }
        untouched += (memcmp(&got[4], BLANK, 4u) == 0) ? 1u : 0u;
        whole += (memcmp(&got[4], &data[4], 4u) == 0) ? 1u : 0u;
        torn += (memcmp(&got[4], BLANK, 4u) != 0 && memcmp(&got[4], &data[4], 4u) != 0) ? 1u : 0u;
        expect(&flash, 100u, BLANK, 8u);
        ck_assert_uint_eq(flash.violations, 0u);
        ck_assert_int_eq(erase(&flash, 0u), LBMS_OK);
        ck_assert_int_eq(program(&flash, 4u, data, sizeof(data)), LBMS_OK);
        lbms_posix_flash_close(&flash);
    }
    ck_assert_uint_gt(torn, 300u);
    ck_assert_uint_le(untouched + whole, 200u);
}
END_TEST

START_TEST(a_cut_turns_no_0_into_1)
{
    struct lbms_posix_flash flash;
    uint32_t seed;

    for (seed = 0u; seed < 50u; seed++) {
        uint8_t got;

        open_flash(&flash);
        ck_assert_int_eq(lbms_posix_flash_flip(&flash, 0u, 0u), LBMS_OK); /* has fallen to 0 before */
        lbms_posix_flash_cut(&flash, 0u, seed);
        ck_assert_int_eq(program(&flash, 0u, "\0\0\0\0", 4u), LBMS_ERR_IO);
        lbms_posix_flash_power_on(&flash);
        ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 0u, &got, 1u), LBMS_OK);
        ck_assert_uint_eq(got & 1u, 0u);
        lbms_posix_flash_close(&flash);
    }
}
END_TEST

START_TEST(a_torn_unit_can_be_programmed_again_only_when_it_looks_erased)
{
    struct lbms_posix_flash flash;
    uint32_t seed;

    for (seed = 0u; seed < 200u; seed++) {
        char got[1];
        int blank;

        open_flash(&flash);
        lbms_posix_flash_cut(&flash, 0u, seed);
        ck_assert_int_eq(program(&flash, 0u, "\xFF\xFF\xFF\xFE", 4u),
                         LBMS_ERR_IO); /* one bit: half of the cuts */
        lbms_posix_flash_power_on(&flash);
        ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 3u, got, 1u), LBMS_OK);
        blank = got[0] == '\xFF';
        ck_assert_int_eq(program(&flash, 0u, "\0\0\0\0", 4u), blank ? LBMS_OK : LBMS_ERR_STATE);
        lbms_posix_flash_close(&flash);
    }
}
END_TEST

START_TEST(a_cut_erase_leaves_any_content_in_its_block_only)
{
    struct lbms_posix_flash flash;
    unsigned same = 0u, erased = 0u, other = 0u;
    char block[64], blank[64], before[64];
    uint32_t seed;

    memset(blank, '\xFF', sizeof(blank));
    memset(before, '\x33', sizeof(before));
    for (seed = 0u; seed < 400u; seed++) {
        open_flash(&flash);
        ck_assert_int_eq(program(&flash, 64u, before, 64u), LBMS_OK);
        ck_assert_int_eq(program(&flash, 128u, "next", 4u), LBMS_OK);
        lbms_posix_flash_cut(&flash, 0u, seed);
        ck_assert_int_eq(erase(&flash, 1u), LBMS_ERR_IO);
        lbms_posix_flash_power_on(&flash);
        ck_assert_int_eq(flash.flash.read(flash.flash.ctx, 64u, block, 64u), LBMS_OK);
        if (memcmp(block, before, 64u) == 0) {
            same++;
        } else if (memcmp(block, blank, 64u) == 0) {
            erased++;
        } else {
            other++;
        }
        expect(&flash, 56u, BLANK, 8u);
        expect(&flash, 128u, "next", 4u);
        ck_assert_int_eq(erase(&flash, 1u), LBMS_OK);
        expect(&flash, 64u, BLANK, 8u);
        lbms_posix_flash_close(&flash);
    }
    ck_assert_uint_gt(same, 50u);
    ck_assert_uint_gt(erased, 50u);
    ck_assert_uint_gt(other, 100u);
}
END_TEST

START_TEST(equal_seeds_leave_equal_damage_and_power_on_disarms)
{
    struct lbms_posix_flash one, two;

    open_flash(&one);
    open_flash(&two);
    lbms_posix_flash_cut(&one, 0u, 42u);
    lbms_posix_flash_cut(&two, 0u, 42u);
    ck_assert_int_eq(program(&one, 0u, "\0\0\0\0", 4u), LBMS_ERR_IO);
    ck_assert_int_eq(program(&two, 0u, "\0\0\0\0", 4u), LBMS_ERR_IO);
    lbms_posix_flash_power_on(&one);
    lbms_posix_flash_power_on(&two);
    ck_assert_mem_eq(one.image, two.image, 256u);
    lbms_posix_flash_cut(&one, 0u, 1u);
    lbms_posix_flash_power_on(&one);
    ck_assert_int_eq(program(&one, 128u, "\0\0\0\0", 4u), LBMS_OK);
    lbms_posix_flash_close(&one);
    lbms_posix_flash_close(&two);
}
END_TEST

/* ---- other damage ----------------------------------------------------------------------------------------- */

START_TEST(a_flipped_bit_is_read_back_flipped)
{
    struct lbms_posix_flash flash;

    open_flash(&flash);
    ck_assert_int_eq(program(&flash, 0u, "\0\0\0\0", 4u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 1u, 7u), LBMS_OK);
    expect(&flash, 0u, "\x00\x80\x00\x00", 4u);
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 1u, 7u), LBMS_OK);
    expect(&flash, 0u, "\0\0\0\0", 4u);
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 256u, 0u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_posix_flash_flip(&flash, 0u, 8u), LBMS_ERR_RANGE);
    ck_assert_uint_eq(flash.violations, 0u);
    lbms_posix_flash_close(&flash);
}
END_TEST

START_TEST(a_bad_block_can_only_be_read)
{
    struct lbms_posix_flash flash;

    open_flash(&flash);
    ck_assert_int_eq(program(&flash, 68u, "abcd", 4u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_flash_bad(&flash, 1u, true), LBMS_OK);
    ck_assert_int_eq(program(&flash, 72u, "abcd", 4u), LBMS_ERR_IO);
    expect_report(&flash, "bad block");
    ck_assert_int_eq(program(&flash, 60u, "abcdefgh", 8u), LBMS_ERR_IO); /* begins in a good one */
    expect(&flash, 60u, BLANK, 8u);
    expect(&flash, 68u, "abcd\xFF\xFF\xFF\xFF", 8u);
    ck_assert_int_eq(erase(&flash, 1u), LBMS_ERR_IO);
    ck_assert_int_eq(erase(&flash, 0u), LBMS_OK);
    ck_assert_int_eq(program(&flash, 60u, "good", 4u), LBMS_OK);
    ck_assert_int_eq(program(&flash, 128u, "good", 4u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_flash_bad(&flash, 1u, false), LBMS_OK);
    ck_assert_int_eq(erase(&flash, 1u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_flash_bad(&flash, 4u, true), LBMS_ERR_RANGE);
    ck_assert_uint_eq(flash.violations, 0u);
    lbms_posix_flash_close(&flash);
}
END_TEST

SUITE("posix/flash", CASE("", a_new_flash_is_erased_and_keeps_what_is_programmed),
      CASE("", each_rule_is_an_error_that_changes_nothing), CASE("", programming_cannot_turn_0_into_1),
      CASE("", a_unit_of_ones_is_programmed_too), CASE("", all_units_work),
      CASE("", impossible_geometries_are_named), CASE("", a_cut_tears_exactly_the_unit_that_was_chosen),
      CASE("", a_cut_turns_no_0_into_1),
      CASE("", a_torn_unit_can_be_programmed_again_only_when_it_looks_erased),
      CASE("", a_cut_erase_leaves_any_content_in_its_block_only),
      CASE("", equal_seeds_leave_equal_damage_and_power_on_disarms),
      CASE("", a_flipped_bit_is_read_back_flipped), CASE("", a_bad_block_can_only_be_read))
