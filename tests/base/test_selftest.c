#include "losun_bms/base/selftest.h"

#include <stdbool.h>
#include <string.h>

#include "losun_bms/base/crc.h"
#include "support/suite.h"

static const uint8_t text[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
#define TEXT_CRC UINT32_C(0xCBF43926)

START_TEST(a_sound_region_is_confirmed_at_its_end_whatever_the_slices)
{
    size_t slice;

    for (slice = 1u; slice <= sizeof(text) + 1u; slice++) {
        struct lbms_crc_check check;
        size_t done;

        lbms_crc_check_init(&check, text, sizeof(text), TEXT_CRC);
        for (done = slice; done < sizeof(text); done += slice) {
            ck_assert_int_eq(lbms_crc_check_run(&check, slice), LBMS_AGAIN);
        }
        ck_assert_int_eq(lbms_crc_check_run(&check, slice), LBMS_OK);
    }
}
END_TEST

START_TEST(a_check_begins_anew_after_each_pass)
{
    struct lbms_crc_check check;
    int pass;

    lbms_crc_check_init(&check, text, sizeof(text), TEXT_CRC);
    for (pass = 0; pass < 3; pass++) {
        ck_assert_int_eq(lbms_crc_check_run(&check, 5u), LBMS_AGAIN);
        ck_assert_int_eq(lbms_crc_check_run(&check, 5u), LBMS_OK);
    }
}
END_TEST

START_TEST(every_flipped_bit_is_found_at_the_end_of_the_pass)
{
    uint8_t copy[sizeof(text)];
    size_t bit;

    for (bit = 0u; bit < 8u * sizeof(text); bit++) {
        struct lbms_crc_check check;

        memcpy(copy, text, sizeof(text));
        copy[bit / 8u] = (uint8_t)(copy[bit / 8u] ^ (1u << (bit % 8u)));
        lbms_crc_check_init(&check, copy, sizeof(copy), TEXT_CRC);
        ck_assert_int_eq(lbms_crc_check_run(&check, 4u), LBMS_AGAIN);
        ck_assert_int_eq(lbms_crc_check_run(&check, 4u), LBMS_AGAIN);
        ck_assert_int_eq(lbms_crc_check_run(&check, 4u), LBMS_ERR_CHECKSUM);
    }
}
END_TEST

START_TEST(damage_that_comes_later_is_found_in_the_next_pass)
{
    uint8_t copy[sizeof(text)];
    struct lbms_crc_check check;

    memcpy(copy, text, sizeof(text));
    lbms_crc_check_init(&check, copy, sizeof(copy), TEXT_CRC);
    ck_assert_int_eq(lbms_crc_check_run(&check, 100u), LBMS_OK);
    copy[0] = '0';
    ck_assert_int_eq(lbms_crc_check_run(&check, 100u), LBMS_ERR_CHECKSUM);
    copy[0] = '1';
    ck_assert_int_eq(lbms_crc_check_run(&check, 100u), LBMS_OK);
}
END_TEST

START_TEST(a_slice_of_nothing_makes_no_progress)
{
    struct lbms_crc_check check;

    lbms_crc_check_init(&check, text, sizeof(text), TEXT_CRC);
    ck_assert_int_eq(lbms_crc_check_run(&check, 0u), LBMS_AGAIN);
    ck_assert_int_eq(lbms_crc_check_run(&check, 8u), LBMS_AGAIN);
    ck_assert_int_eq(lbms_crc_check_run(&check, 0u), LBMS_AGAIN);
    ck_assert_int_eq(lbms_crc_check_run(&check, 1u), LBMS_OK);
}
END_TEST

/* A small RAM with one planted fault, reached through struct lbms_ram_access. */
#define WORDS 4u

enum fault_kind {
    NO_FAULT,
    STUCK,        /* bit a always reads as level */
    SLOW,         /* bit a never changes to level by a write */
    ALIAS,        /* the word of bit a answers at the address of the word of bit b too */
    DISTURB_SET,  /* when bit a changes to level, bit b becomes effect */
    DISTURB_FLIP, /* when bit a changes to level, bit b changes */
    FOLLOW        /* while bit a is level, bit b reads as effect */
};

struct cell {
    size_t word;
    uint32_t mask;
};

struct ram {
    enum fault_kind kind;
    struct cell a;
    struct cell b;
    bool level;
    bool effect;
    uint32_t *words;
};

static bool bit_of(uint32_t word, uint32_t mask)
{
    return (word & mask) != 0u;
}

static uint32_t with_bit(uint32_t word, uint32_t mask, bool level)
{
    return level ? (word | mask) : (word & ~mask);
}

static size_t place_of(const struct ram *ram, const volatile uint32_t *address)
{
    const size_t word = (size_t)(address - ram->words);

    ck_assert(word < WORDS);
    return (ram->kind == ALIAS && word == ram->b.word) ? ram->a.word : word;
}

static uint32_t faulty_read(void *ctx, const volatile uint32_t *address)
{
    const struct ram *ram = ctx;
    const size_t word = place_of(ram, address);
    uint32_t value = ram->words[word];

    if (ram->kind == STUCK && word == ram->a.word) {
        value = with_bit(value, ram->a.mask, ram->level);
    }
    if (ram->kind == FOLLOW && word == ram->b.word &&
        bit_of(ram->words[ram->a.word], ram->a.mask) == ram->level) {
        value = with_bit(value, ram->b.mask, ram->effect);
    }
    return value;
}

static void faulty_write(void *ctx, volatile uint32_t *address, uint32_t value)
{
    const struct ram *ram = ctx;
    const size_t word = place_of(ram, address);
    const uint32_t old = ram->words[word];
    const bool changes = word == ram->a.word && bit_of(old, ram->a.mask) != ram->level &&
                         bit_of(value, ram->a.mask) == ram->level;

    if (ram->kind == SLOW && changes) {
        value = with_bit(value, ram->a.mask, !ram->level);
    }
    ram->words[word] = value;
    if (ram->kind == DISTURB_SET && changes) {
        ram->words[ram->b.word] = with_bit(ram->words[ram->b.word], ram->b.mask, ram->effect);
    }
    if (ram->kind == DISTURB_FLIP && changes) {
        ram->words[ram->b.word] ^= ram->b.mask;
    }
}

static const uint32_t contents[WORDS] = {UINT32_C(0x12345678), UINT32_C(0x00000000), UINT32_C(0xFFFFFFFF),
                                         UINT32_C(0xDEADBEEF)};

/* Runs the test on a RAM with the given fault. */
static enum lbms_status test_with(struct ram *ram)
{
    const struct lbms_ram_access access = {ram, faulty_read, faulty_write};
    uint32_t block[WORDS];
    uint32_t save[WORDS];

    memcpy(block, contents, sizeof(block));
    ram->words = block;
    return lbms_ram_test(block, WORDS, save, &access);
}

static struct cell cell_at(size_t bit)
{
    const struct cell cell = {bit / 32u, UINT32_C(1) << (bit % 32u)};

    return cell;
}

START_TEST(sound_ram_passes_and_keeps_its_contents)
{
    uint32_t block[WORDS];
    uint32_t save[WORDS];
    struct ram ram = {NO_FAULT, {0u, 0u}, {0u, 0u}, false, false, NULL};
    const struct lbms_ram_access access = {&ram, faulty_read, faulty_write};

    memcpy(block, contents, sizeof(block));
    ck_assert_int_eq(lbms_ram_test(block, WORDS, save, NULL), LBMS_OK);
    ck_assert_mem_eq(block, contents, sizeof(block));

    ram.words = block;
    ck_assert_int_eq(lbms_ram_test(block, WORDS, save, &access), LBMS_OK);
    ck_assert_mem_eq(block, contents, sizeof(block));
}
END_TEST

START_TEST(the_words_around_the_block_are_not_touched)
{
    uint32_t memory[] = {1u, 2u, 3u, 4u, 5u};
    const uint32_t before[] = {1u, 2u, 3u, 4u, 5u};
    uint32_t save[] = {0u, 0u, 0u, 7u};

    ck_assert_int_eq(lbms_ram_test(&memory[1], 3u, save, NULL), LBMS_OK);
    ck_assert_mem_eq(memory, before, sizeof(memory));
    ck_assert_uint_eq(save[3], 7u);
    ck_assert_int_eq(lbms_ram_test(&memory[1], 0u, save, NULL), LBMS_OK);
    ck_assert_mem_eq(memory, before, sizeof(memory));
}
END_TEST

START_TEST(every_stuck_bit_is_found)
{
    size_t bit;

    for (bit = 0u; bit < 32u * WORDS; bit++) {
        struct ram ram = {STUCK, cell_at(bit), {0u, 0u}, false, false, NULL};

        ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
        ram.level = true;
        ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
    }
}
END_TEST

START_TEST(every_bit_that_does_not_change_is_found)
{
    size_t bit;

    for (bit = 0u; bit < 32u * WORDS; bit++) {
        struct ram ram = {SLOW, cell_at(bit), {0u, 0u}, false, false, NULL};

        ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
        ram.level = true;
        ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
    }
}
END_TEST

START_TEST(every_word_that_answers_at_two_addresses_is_found)
{
    size_t a;
    size_t b;

    for (a = 0u; a < WORDS; a++) {
        for (b = 0u; b < WORDS; b++) {
            struct ram ram = {ALIAS, {a, 0u}, {b, 0u}, false, false, NULL};

            ck_assert_int_eq(test_with(&ram), (a == b) ? LBMS_OK : LBMS_ERR_CHECKSUM);
        }
    }
}
END_TEST

START_TEST(every_bit_that_disturbs_a_bit_of_another_word_is_found)
{
    size_t a;
    size_t b;

    for (a = 0u; a < 32u * WORDS; a += 5u) {
        for (b = 0u; b < 32u * WORDS; b += 3u) {
            struct ram ram = {NO_FAULT, cell_at(a), cell_at(b), false, false, NULL};
            int way;

            if (ram.a.word == ram.b.word) {
                continue;
            }
            for (way = 0; way < 4; way++) {
                ram.level = way % 2 == 0;
                ram.effect = way / 2 == 0;
                ram.kind = DISTURB_SET;
                ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
                ram.kind = DISTURB_FLIP;
                ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
            }
        }
    }
}
END_TEST

START_TEST(every_bit_that_follows_another_bit_of_its_word_is_found)
{
    size_t a;
    size_t b;

    for (a = 0u; a < 32u; a++) {
        for (b = 0u; b < 32u; b++) {
            struct ram ram = {FOLLOW, cell_at(32u + a), cell_at(32u + b), false, false, NULL};
            int way;

            for (way = 0; way < 4 && a != b; way++) {
                ram.level = way % 2 == 0;
                ram.effect = way / 2 == 0;
                ck_assert_int_eq(test_with(&ram), LBMS_ERR_CHECKSUM);
            }
        }
    }
}
END_TEST

/* Fails only after the patterns: the last writes put the old contents back. */
struct late_fault {
    uint32_t writes_left;
};

static uint32_t plain_read(void *ctx, const volatile uint32_t *address)
{
    (void)ctx;
    return *address;
}

static void tired_write(void *ctx, volatile uint32_t *address, uint32_t word)
{
    struct late_fault *fault = ctx;

    if (fault->writes_left > 0u) {
        fault->writes_left--;
        *address = word;
    }
}

START_TEST(contents_that_could_not_be_put_back_are_a_fault)
{
    uint32_t block = 1u;
    uint32_t save;
    struct late_fault fault = {6u * 5u}; /* six backgrounds, five writes each */
    const struct lbms_ram_access access = {&fault, plain_read, tired_write};

    ck_assert_int_eq(lbms_ram_test(&block, 1u, &save, &access), LBMS_ERR_CHECKSUM);
    fault.writes_left = 6u * 5u + 1u;
    block = 1u;
    ck_assert_int_eq(lbms_ram_test(&block, 1u, &save, &access), LBMS_OK);
    ck_assert_uint_eq(block, 1u);
}
END_TEST

START_TEST(a_painted_stack_is_untouched)
{
    uint8_t stack[66];

    memset(stack, 0, sizeof(stack));
    lbms_stack_paint(&stack[1], 64u);
    ck_assert_uint_eq(lbms_stack_untouched(&stack[1], 64u), 64u);
    ck_assert_uint_eq(stack[0], 0u);
    ck_assert_uint_eq(stack[1], LBMS_STACK_PATTERN);
    ck_assert_uint_eq(stack[64], LBMS_STACK_PATTERN);
    ck_assert_uint_eq(stack[65], 0u);
}
END_TEST

START_TEST(untouched_bytes_are_counted_from_the_low_end)
{
    uint8_t stack[64];
    size_t mark;

    lbms_stack_paint(stack, sizeof(stack));
    for (mark = sizeof(stack); mark > 0u; mark--) {
        stack[mark - 1u] = 0u; /* the stack grows downwards */
        ck_assert_uint_eq(lbms_stack_untouched(stack, sizeof(stack)), mark - 1u);
    }
}
END_TEST

START_TEST(a_mark_once_left_stays_when_the_stack_shrinks)
{
    uint8_t stack[64];

    lbms_stack_paint(stack, sizeof(stack));
    stack[10] = 0u; /* deeper bytes may be skipped by a call, or hold the pattern by chance */
    ck_assert_uint_eq(lbms_stack_untouched(stack, sizeof(stack)), 10u);
    ck_assert_uint_eq(lbms_stack_untouched(stack, 0u), 0u);
}
END_TEST

SUITE("base/selftest", CASE("", a_sound_region_is_confirmed_at_its_end_whatever_the_slices),
      CASE("", a_check_begins_anew_after_each_pass),
      CASE("", every_flipped_bit_is_found_at_the_end_of_the_pass),
      CASE("", damage_that_comes_later_is_found_in_the_next_pass),
      CASE("", a_slice_of_nothing_makes_no_progress), CASE("", sound_ram_passes_and_keeps_its_contents),
      CASE("", the_words_around_the_block_are_not_touched), CASE("", every_stuck_bit_is_found),
      CASE("", every_bit_that_does_not_change_is_found),
      CASE("", every_word_that_answers_at_two_addresses_is_found),
      CASE("", every_bit_that_disturbs_a_bit_of_another_word_is_found),
      CASE("", every_bit_that_follows_another_bit_of_its_word_is_found),
      CASE("", contents_that_could_not_be_put_back_are_a_fault), CASE("", a_painted_stack_is_untouched),
      CASE("", untouched_bytes_are_counted_from_the_low_end),
      CASE("", a_mark_once_left_stays_when_the_stack_shrinks))
