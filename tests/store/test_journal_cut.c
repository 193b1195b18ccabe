/* The power fails at every operation of a long sequence of writes, and again at every operation of what follows. */
#include <string.h>

#include "journal_rig.h"
#include "losun_bms/base/status.h"
#include "support/suite.h"

#define WRITES_AFTER 12u /* after a cut: into the next bank */
#define TEARS        4u  /* ways in which an operation is torn */

/* A sequence of writes, and what is tried at each operation of it. */
struct run {
    struct journal_model model;
    struct lbms_journal journal;
    struct flash_rig rig;
    uint32_t cuts;
    uint32_t every; /* operations at which a second cut is tried: one in so many */
};

static struct run first, second;
static uint8_t bank_blocks;
static struct flash_rig scratch;

static void check_after_cut(const struct journal_model *model, const struct flash_rig *rig, uint32_t address,
                            const uint8_t *data, uint32_t seed, struct lbms_journal *journal)
{
    flash_rig_copy(&scratch, rig);
    flash_rig_tear(&scratch, address, data, seed);
    ck_assert_int_eq(lbms_journal_mount(journal, &scratch.flash, bank_blocks), LBMS_OK);
    rig_check(journal, model);
    ck_assert_uint_eq(scratch.operations, 0u); /* mounting only reads */
}

static void cut_again(void *ctx, struct flash_rig *rig, uint32_t address, const uint8_t *data)
{
    struct run *run = ctx;
    struct lbms_journal journal;

    run->cuts++;
    check_after_cut(&run->model, rig, address, data, (run->cuts * TEARS) + (run->cuts % TEARS), &journal);
}

static void write_some(struct run *run, uint32_t count, uint32_t seed)
{
    uint32_t random = seed;
    uint32_t i;

    for (i = 0u; i < count; i++) {
        const uint8_t key = rig_keys[(rig_random(&random) >> 9) % KEYS_USED];
        const uint16_t newest = rig_number(&run->journal, key, 0u);

        run->model.stored[key] = newest; /* what was on its way is either there or gone */
        ck_assert_int_eq(rig_write(&run->journal, &run->model, key, (uint16_t)(newest + 1u)), LBMS_OK);
        rig_check(&run->journal, &run->model);
        if ((rig_random(&random) & 0x700u) == 0u) {
            ck_assert_int_eq(rig_settle(&run->journal, true), LBMS_OK);
        }
    }
    ck_assert_uint_eq(run->rig.violations, 0u);
}

static void cut_here(void *ctx, struct flash_rig *rig, uint32_t address, const uint8_t *data)
{
    struct run *run = ctx;
    uint32_t tear;

    for (tear = 0u; tear < TEARS; tear++) {
        struct lbms_journal journal;

        check_after_cut(&run->model, rig, address, data, (run->cuts * TEARS) + tear, &journal);
    }
    run->cuts++;
    if (run->cuts % run->every == 0u) { /* life goes on after the cut, and is cut again */
        flash_rig_copy(&second.rig, &scratch);
        second.model = run->model;
        memset(second.model.pending, 0, sizeof(second.model.pending));
        second.rig.watcher = cut_again;
        second.rig.watcher_ctx = &second;
        ck_assert_int_eq(lbms_journal_mount(&second.journal, &second.rig.flash, bank_blocks), LBMS_OK);
        /* the pending value may have come through; the model of the second run begins with what is there */
        for (tear = 0u; tear < KEYS_USED; tear++) {
            second.model.stored[rig_keys[tear]] = rig_number(&second.journal, rig_keys[tear], 0u);
        }
        write_some(&second, WRITES_AFTER, run->cuts | 1u);
    }
}

/* Banks of 1 KB, each of so many blocks. */
static void cut_everywhere(uint16_t banks, uint8_t blocks, uint8_t unit, uint32_t writes, uint32_t every)
{
    const uint32_t seed = 10u + unit;

    bank_blocks = blocks;
    memset(&first, 0, sizeof(first));
    second.cuts = 0u;
    first.every = every;
    flash_rig_open(&first.rig, 1024u / blocks, (uint16_t)(banks * blocks), unit);
    first.rig.watcher = cut_here;
    first.rig.watcher_ctx = &first;
    ck_assert_int_eq(lbms_journal_mount(&first.journal, &first.rig.flash, bank_blocks), LBMS_OK);
    write_some(&first, writes, seed); /* several banks full */
    ck_assert_uint_gt(first.cuts, writes * 2u);
    ck_assert_uint_gt(second.cuts, 1000u);
    ck_assert_uint_gt(first.journal.label, 3u); /* the sequence has gone through several banks */
}

START_TEST(two_banks_of_8_byte_units)
{
    cut_everywhere(2u, 1u, 8u, 90u, 7u);
}
END_TEST

START_TEST(three_banks_of_4_byte_units)
{
    cut_everywhere(3u, 1u, 4u, 60u, 19u);
}
END_TEST

START_TEST(two_banks_of_2_byte_units)
{
    cut_everywhere(2u, 1u, 2u, 45u, 53u);
}
END_TEST

START_TEST(four_banks_of_single_bytes)
{
    cut_everywhere(4u, 1u, 1u, 64u, 211u);
}
END_TEST

START_TEST(three_banks_of_four_blocks)
{
    cut_everywhere(3u, 4u, 8u, 90u, 7u); /* between two erases of a bank, too */
}
END_TEST

SUITE("store/journal_cut", CASE("R-PRM-04", two_banks_of_8_byte_units),
      CASE("R-PRM-04", three_banks_of_4_byte_units), CASE("R-PRM-04", two_banks_of_2_byte_units),
      CASE("R-PRM-04", four_banks_of_single_bytes), CASE("R-PRM-04", three_banks_of_four_blocks))
