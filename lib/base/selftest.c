#include "losun_bms/base/selftest.h"

#include "losun_bms/base/crc.h"

void lbms_crc_check_init(struct lbms_crc_check *check, const void *start, size_t length, uint32_t expected)
{
    check->start = start;
    check->length = length;
    check->position = 0u;
    check->crc = LBMS_CRC32_START;
    check->expected = expected;
}

enum lbms_status lbms_crc_check_run(struct lbms_crc_check *check, size_t bytes)
{
    const size_t left = check->length - check->position;
    const size_t count = (bytes < left) ? bytes : left;
    uint32_t crc;

    check->crc = lbms_crc32(check->crc, &check->start[check->position], count);
    check->position += count;
    if (check->position < check->length) {
        return LBMS_AGAIN;
    }
    crc = check->crc;
    check->crc = LBMS_CRC32_START;
    check->position = 0u;
    return (crc == check->expected) ? LBMS_OK : LBMS_ERR_CHECKSUM;
}

/* The block under test, and how to reach its words. Volatile: each access must really take place. */
struct march {
    volatile uint32_t *block;
    size_t words;
    const struct lbms_ram_access *access;
};

static uint32_t read_word(const struct march *march, size_t index)
{
    const volatile uint32_t *address = &march->block[index];

    return (march->access == NULL) ? *address : march->access->read(march->access->ctx, address);
}

static void write_word(const struct march *march, size_t index, uint32_t word)
{
    if (march->access == NULL) {
        march->block[index] = word;
    } else {
        march->access->write(march->access->ctx, &march->block[index], word);
    }
}

/*
 * One element of the march: at each word in turn, reads what must be there and writes what the next element
 * will find. Returns the bits that were wrong in any word.
 */
static uint32_t march_up(const struct march *march, uint32_t expected, uint32_t next)
{
    uint32_t wrong = 0u;
    size_t i;

    for (i = 0u; i < march->words; i++) {
        wrong |= read_word(march, i) ^ expected;
        write_word(march, i, next);
    }
    return wrong;
}

static uint32_t march_down(const struct march *march, uint32_t expected, uint32_t next)
{
    uint32_t wrong = 0u;
    size_t i;

    for (i = march->words; i > 0u; i--) {
        wrong |= read_word(march, i - 1u) ^ expected;
        write_word(march, i - 1u, next);
    }
    return wrong;
}

/* March C-: {any(w0); up(r0,w1); up(r1,w0); down(r0,w1); down(r1,w0); any(r0)} with 0 = zeros, 1 = ~zeros. */
static uint32_t march_c_minus(const struct march *march, uint32_t zeros)
{
    const uint32_t ones = ~zeros;
    uint32_t wrong = 0u;
    size_t i;

    for (i = 0u; i < march->words; i++) {
        write_word(march, i, zeros);
    }
    wrong |= march_up(march, zeros, ones);
    wrong |= march_up(march, ones, zeros);
    wrong |= march_down(march, zeros, ones);
    wrong |= march_down(march, ones, zeros);
    for (i = 0u; i < march->words; i++) {
        wrong |= read_word(march, i) ^ zeros;
    }
    return wrong;
}

enum lbms_status lbms_ram_test(uint32_t *block, size_t words, uint32_t *save,
                               const struct lbms_ram_access *access)
{
    static const uint32_t backgrounds[] = {0x00000000, 0x55555555, 0x33333333,
                                           0x0F0F0F0F, 0x00FF00FF, 0x0000FFFF};
    const struct march march = {block, words, access};
    uint32_t wrong = 0u;
    size_t i;

    for (i = 0u; i < words; i++) {
        save[i] = read_word(&march, i);
    }
    for (i = 0u; i < sizeof(backgrounds) / sizeof(backgrounds[0]); i++) {
        wrong |= march_c_minus(&march, backgrounds[i]);
    }
    for (i = 0u; i < words; i++) {
        write_word(&march, i, save[i]);
    }
    for (i = 0u; i < words; i++) {
        wrong |= read_word(&march, i) ^ save[i];
    }
    return (wrong == 0u) ? LBMS_OK : LBMS_ERR_CHECKSUM;
}

void lbms_stack_paint(void *low_end, size_t size)
{
    volatile uint8_t *bytes = low_end; /* volatile: no call of memset(), whose frame would be in the way */
    size_t i;

    for (i = 0u; i < size; i++) {
        bytes[i] = LBMS_STACK_PATTERN;
    }
}

size_t lbms_stack_untouched(const void *low_end, size_t size)
{
    const volatile uint8_t *bytes = low_end;
    size_t count = 0u;

    while (count < size && bytes[count] == LBMS_STACK_PATTERN) {
        count++;
    }
    return count;
}
