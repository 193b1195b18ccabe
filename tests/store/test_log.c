/* The log: order, what remains after an erase, power cuts, damaged and worn blocks. */
#include "losun_bms/store/log.h"

#include <string.h>

#include "flash_rig.h"
#include "losun_bms/base/status.h"
#include "support/suite.h"

#define FOR_EVER 50000u

static struct flash_rig rig, scratch;
static struct lbms_log events;

static void content_of(uint32_t number, uint8_t *content)
{
    uint32_t random = number * 2654435761u | 1u;
    unsigned i;

    for (i = 0u; i < LBMS_LOG_CONTENT; i++) {
        content[i] = (uint8_t)(rig_random(&random) >> 9);
    }
    content[0] = 0x7Fu;
    memcpy(&content[4], &number, sizeof(number));
    if (number % 3u == 0u) {
        memset(&content[8], 0xFF, 30u);
    }
}

static void open_rig(uint32_t block_size, uint16_t blocks, uint8_t unit)
{
    flash_rig_open(&rig, block_size, blocks, unit);
    memset(&events, 0xA5, sizeof(events));
    ck_assert_int_eq(lbms_log_open(&events, &rig.flash), LBMS_OK);
}

static void reopen(void)
{
    memset(&events, 0xA5, sizeof(events));
    ck_assert_int_eq(lbms_log_open(&events, &rig.flash), LBMS_OK);
}

/* Polls until it rests; the last status. */
static int settle(struct lbms_log *log, bool may_erase)
{
    unsigned i;

    for (i = 0u; i < FOR_EVER; i++) {
        const int status = lbms_log_poll(log, may_erase);

        if (status != LBMS_AGAIN) {
            return status;
        }
    }
    ck_abort_msg("the log never comes to rest");
    return 0;
}

static void append(struct lbms_log *log, uint32_t number)
{
    uint8_t content[LBMS_LOG_CONTENT];
    unsigned i;

    content_of(number, content);
    ck_assert_int_eq(lbms_log_write(log, content), LBMS_OK);
    for (i = 0u; log->pending; i++) {
        ck_assert_uint_lt(i, FOR_EVER);
        ck_assert_int_ne(lbms_log_poll(log, true), LBMS_ERR_STATE);
    }
}

/* The record of this index is this one. */
static void expect(const struct lbms_log *log, uint32_t index, uint32_t number)
{
    uint8_t expected[LBMS_LOG_CONTENT];
    uint8_t got[LBMS_LOG_CONTENT];
    uint32_t found = 0u;

    content_of(number, expected);
    ck_assert_int_eq(lbms_log_read(log, index, got, &found), LBMS_OK);
    ck_assert_uint_eq(found, number);
    ck_assert_mem_eq(got, expected, sizeof(got));
}

/* Likewise, when a worn block has cost numbers: one or more of them are passed over. */
static void expect_readable(const struct lbms_log *log, uint32_t index, uint32_t content)
{
    uint8_t expected[LBMS_LOG_CONTENT];
    uint8_t got[LBMS_LOG_CONTENT];
    uint32_t place = 0u;

    content_of(content, expected);
    for (;; place++) {
        const int status = lbms_log_read(log, place, got, NULL);

        ck_assert_int_ne(status, LBMS_ERR_MISSING);
        if (status == LBMS_OK) {
            if (index == 0u) {
                break;
            }
            index--;
        }
    }
    ck_assert_mem_eq(got, expected, sizeof(got));
}

START_TEST(an_erased_flash_holds_no_record)
{
    uint8_t content[LBMS_LOG_CONTENT];

    open_rig(2048u, 3u, 8u);
    ck_assert_uint_eq(lbms_log_count(&events), 0u);
    ck_assert_int_eq(lbms_log_read(&events, 0u, content, NULL), LBMS_ERR_MISSING);
}
END_TEST

START_TEST(records_are_read_newest_first)
{
    uint32_t number, index;

    open_rig(1024u, 4u, 2u); /* 15 records a block */
    for (number = 1u; number <= 200u; number++) {
        append(&events, number);
        expect(&events, 0u, number);
        if (number % 17u == 0u) {
            reopen();
        }
        for (index = 0u; index < lbms_log_count(&events); index++) {
            expect(&events, index, number - index);
        }
        ck_assert_uint_ge(lbms_log_count(&events), (number < 30u) ? number : 30u);
    }
    ck_assert_uint_eq(rig.violations, 0u);
    ck_assert_int_eq(lbms_log_read(&events, lbms_log_count(&events), (uint8_t[LBMS_LOG_CONTENT]){0}, NULL),
                     LBMS_ERR_MISSING);
}
END_TEST

START_TEST(records_400_remain_after_an_erase_of_small_blocks)
{
    uint32_t number;

    open_rig(2048u, 16u, 8u); /* 31 records a block: 14 x 31 = 434 */
    for (number = 1u; number <= 3000u; number++) {
        const uint32_t erases = events.area.erases_max;

        append(&events, number);
        (void)settle(&events, true);
        ck_assert_uint_ge(lbms_log_count(&events), (number < 400u) ? number : 400u);
        ck_assert_uint_le(events.area.erases_max - erases, 1u);
    }
    expect(&events, 399u, 3000u - 399u);
    expect(&events, lbms_log_count(&events) - 1u, 3001u - lbms_log_count(&events));
    ck_assert_uint_eq(events.lost, 0u);
    for (number = 0u; number < 16u; number++) { /* 3000 / 31 = 96.8 blocks, 6.05 times around */
        ck_assert_uint_ge(rig.erases[number], 6u);
        ck_assert_uint_le(rig.erases[number], 7u);
    }
}
END_TEST

START_TEST(two_large_blocks_keep_400_records_as_well)
{
    uint32_t number;

    open_rig(32768u, 2u, 4u); /* 511 records a block */
    for (number = 1u; number <= 1600u; number++) {
        append(&events, number);
        (void)settle(&events, true);
        ck_assert_uint_ge(lbms_log_count(&events), (number < 400u) ? number : 400u);
    }
    expect(&events, 399u, 1600u - 399u);
    ck_assert_uint_eq(events.lost, 0u);
}
END_TEST

START_TEST(a_block_is_erased_before_it_is_needed)
{
    uint32_t number;

    open_rig(1024u, 3u, 8u); /* 15 records a block; too few for 400, so only when it is nearly full */
    for (number = 1u; number <= 15u; number++) {
        append(&events, number);
        (void)settle(&events, true);
    }
    number = events.area.erases_max;
    for (; events.next <= 100u;) {
        const uint32_t before = rig.erases[0] + rig.erases[1] + rig.erases[2];

        append(&events, events.next);
        ck_assert_uint_eq(rig.erases[0] + rig.erases[1] + rig.erases[2], before); /* never while it waits */
        (void)settle(&events, true);
    }
    ck_assert_uint_gt(events.area.erases_max, number);
}
END_TEST

START_TEST(without_permission_nothing_is_erased_and_the_record_waits)
{
    uint8_t content[LBMS_LOG_CONTENT];
    uint32_t number;

    open_rig(1024u, 2u, 8u);
    content_of(1u, content);
    ck_assert_int_eq(settle(&events, false), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
    ck_assert_int_eq(settle(&events, false), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_AGAIN);
    ck_assert_uint_eq(rig.operations, 0u);
    ck_assert_int_eq(settle(&events, true), LBMS_OK);
    for (number = 2u; number <= 30u; number++) {
        content_of(number, content);
        ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
        ck_assert_int_ne(settle(&events, false), LBMS_AGAIN);
        ck_assert(!events.pending);
    }
    content_of(31u, content);
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
    ck_assert_int_eq(settle(&events, false), LBMS_ERR_STATE);
    ck_assert(events.pending);
    ck_assert_uint_eq(lbms_log_count(&events), 30u);
    (void)settle(&events, true);
    expect(&events, 0u, 31u);
    ck_assert_uint_eq(lbms_log_count(&events), 16u);
    ck_assert_uint_eq(events.lost, 0u);
}
END_TEST

START_TEST(one_call_programs_one_unit_or_erases_one_block)
{
    uint8_t content[LBMS_LOG_CONTENT];
    unsigned i;

    open_rig(1024u, 3u, 2u);
    for (i = 0u; i < 10000u; i++) {
        const uint32_t before = rig.operations;

        content_of(i, content);
        (void)lbms_log_write(&events, content);
        (void)lbms_log_poll(&events, true);
        ck_assert_uint_le(rig.operations - before, 1u);
    }
    ck_assert_uint_gt(rig.operations, 5000u);
}
END_TEST

/* ---- power cuts ------------------------------------------------------------------------------------------------ */

struct cutter {
    uint32_t acknowledged; /* number of the last complete record */
    uint32_t fresh;        /* of them, since the last start */
    uint32_t cuts;
    uint32_t every; /* operations after which a second cut is tried: one in so many */
};

static struct cutter again;

/* All acknowledged records are there, in order; only one that was being written may be there or be damaged. */
static void check_after_cut(struct lbms_log *log, uint32_t acknowledged)
{
    const uint32_t count = lbms_log_count(log);
    uint32_t index = 0u;
    uint8_t content[LBMS_LOG_CONTENT];
    uint32_t number;

    if (log->next == acknowledged + 2u) { /* the place of the torn record is used up */
        const int status = lbms_log_read(log, 0u, content, &number);

        ck_assert_msg(status == LBMS_ERR_CHECKSUM || status == LBMS_OK, "status %d", status);
        if (status == LBMS_OK) {
            expect(log, 0u, acknowledged + 1u);
        }
        index = 1u;
    } else {
        ck_assert_uint_eq(log->next, acknowledged + 1u);
    }
    for (; index < count; index++) {
        number = log->next - 1u - index;
        if (number + 25u > acknowledged) { /* older ones may be in the block whose erase was cut */
            expect(log, index, number);
        }
    }
    ck_assert_uint_ge(count, (acknowledged < 25u) ? acknowledged : 25u);
}

/* A second cut, in what follows the first one: what was torn then stays torn, and what is acknowledged remains. */
static void cut_again(void *ctx, struct flash_rig *from, uint32_t address, const uint8_t *data)
{
    static struct flash_rig torn;
    struct cutter *cutter = ctx;
    struct lbms_log log;

    flash_rig_copy(&torn, from);
    flash_rig_tear(&torn, address, data, cutter->cuts);
    ck_assert_int_eq(lbms_log_open(&log, &torn.flash), LBMS_OK);
    if (log.next != cutter->acknowledged + 1u) {
        ck_assert_uint_eq(log.next, cutter->acknowledged + 2u);
    }
    if (cutter->fresh > 0u) { /* the newest of those that this life has written */
        expect(&log, log.next - 1u - cutter->acknowledged, cutter->acknowledged);
    }
    cutter->cuts++;
}

static void live_on(struct lbms_log *log, struct cutter *second)
{
    uint32_t number = log->next;
    const uint32_t last = number + 20u;

    second->acknowledged = number - 1u;
    second->fresh = 0u;
    scratch.watcher = cut_again;
    scratch.watcher_ctx = second;
    for (; number < last; number++) {
        append(log, number);
        second->acknowledged = number;
        second->fresh++;
        expect(log, 0u, number);
    }
    scratch.watcher = NULL;
    ck_assert_uint_eq(scratch.violations, 0u);
}

static void cut_here(void *ctx, struct flash_rig *from, uint32_t address, const uint8_t *data)
{
    struct cutter *cutter = ctx;
    struct lbms_log log;
    uint32_t tear;

    for (tear = 0u; tear < 4u; tear++) {
        flash_rig_copy(&scratch, from);
        flash_rig_tear(&scratch, address, data, cutter->cuts * 4u + tear);
        ck_assert_int_eq(lbms_log_open(&log, &scratch.flash), LBMS_OK);
        ck_assert_uint_eq(scratch.operations, 0u);
        check_after_cut(&log, cutter->acknowledged);
        if (cutter->cuts % cutter->every == tear) { /* and it goes on */
            live_on(&log, &again);
        }
    }
    cutter->cuts++;
}

static void cut_everywhere(uint8_t unit, uint32_t count, uint32_t every)
{
    struct cutter cutter = {0u, 0u, 0u, every};
    uint32_t number;

    again.cuts = 0u;
    open_rig(1024u, 4u, unit); /* 15 records a block */
    rig.watcher = cut_here;
    rig.watcher_ctx = &cutter;
    for (number = 1u; number <= count; number++) {
        append(&events, number);
        cutter.acknowledged = number;
        (void)settle(&events, true);
    }
    ck_assert_uint_gt(cutter.cuts, count * LBMS_LOG_RECORD / unit);
    ck_assert_uint_gt(again.cuts, 5000u);
}

START_TEST(a_power_cut_at_any_operation_costs_the_record_being_written)
{
    static const uint32_t every[] = {157u, 67u, 37u, 17u};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        cut_everywhere((uint8_t)(1u << i), (i < 2u) ? 50u : 80u, every[i]);
    }
}
END_TEST

/* ---- damage ---------------------------------------------------------------------------------------------------- */

START_TEST(a_flipped_bit_costs_one_record)
{
    uint32_t bit;

    open_rig(1024u, 3u, 8u);
    for (bit = 1u; bit <= 20u; bit++) {
        append(&events, bit);
    }
    (void)settle(&events, true);
    for (bit = 0u; bit < rig.size * 8u; bit += 11u) {
        uint8_t content[LBMS_LOG_CONTENT];
        unsigned readable = 0u;
        uint32_t index, number;

        rig.image[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
        reopen();
        for (index = 0u; index < lbms_log_count(&events); index++) {
            const int status = lbms_log_read(&events, index, content, &number);

            if (status == LBMS_OK) {
                uint8_t expected[LBMS_LOG_CONTENT];

                content_of(number, expected);
                ck_assert_mem_eq(content, expected, sizeof(content));
                readable++;
            }
        }
        ck_assert_uint_ge(readable, 19u);
        rig.image[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
    }
}
END_TEST

START_TEST(a_failing_block_keeps_its_records_and_is_left)
{
    uint32_t number;

    open_rig(1024u, 5u, 8u);
    for (number = 1u; number <= 20u; number++) {
        append(&events, number);
    }
    rig.bad[events.bank] = true;
    for (number = 21u; number <= 26u; number++) {
        append(&events, number);
    }
    reopen();
    ck_assert_uint_eq(lbms_log_count(&events), 27u); /* one place was lost */
    for (number = 0u; number < 26u; number++) {
        expect_readable(&events, number, 26u - number);
    }
    for (number = 27u; number <= 200u; number++) {
        append(&events, number);
        expect_readable(&events, 0u, number);
        expect_readable(&events, 14u, number - 14u);
        (void)settle(&events, true);
    }
    ck_assert_uint_eq(rig_bad_banks(&events.area), 1u);
    ck_assert_uint_eq(events.lost, 0u);
    ck_assert_uint_eq(rig.violations, 0u);
}
END_TEST

START_TEST(a_stuck_bit_is_noticed_by_reading_back)
{
    uint32_t at;

    for (at = 0u; at < 256u; at += 3u) {
        uint32_t number;

        open_rig(1024u, 4u, 8u);
        rig.stuck_at = at;
        rig.stuck[1] = 0xFFu;
        for (number = 1u; number <= 90u; number++) {
            append(&events, number);
            expect_readable(&events, 0u, number);
            if (number > 14u) {
                expect_readable(&events, 14u, number - 14u);
            }
            if (number % 7u == 0u) {
                reopen();
            }
        }
        ck_assert_uint_eq(rig.violations, 0u);
    }
}
END_TEST

START_TEST(a_block_whose_labels_are_lost_is_passed_over)
{
    uint8_t content[LBMS_LOG_CONTENT];
    uint32_t number;

    open_rig(1024u, 4u, 8u); /* 15 records a block */
    for (number = 1u; number <= 40u; number++) {
        append(&events, number);
    }
    rig.image[1024u + 8u] ^= 1u; /* both labels of the second block, 16 to 30 */
    rig.image[1024u + 16u] ^= 1u;
    expect(&events, 9u, 31u);
    ck_assert_int_eq(lbms_log_read(&events, 10u, content, NULL), LBMS_ERR_CHECKSUM);
    expect(&events, 39u, 1u);
    for (; number <= 120u; number++) {
        append(&events, number);
        expect(&events, 0u, number);
        (void)settle(&events, true);
    }
    ck_assert_uint_eq(rig.violations, 0u);
}
END_TEST

START_TEST(records_that_nothing_takes_are_counted_as_lost)
{
    uint8_t content[LBMS_LOG_CONTENT];
    uint32_t number;

    open_rig(1024u, 2u, 8u);
    append(&events, 1u);
    rig.bad[0] = true;
    rig.bad[1] = true;
    for (number = 2u; number < 10u; number++) {
        content_of(number, content);
        ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
        ck_assert_int_eq(settle(&events, true), LBMS_OK);
    }
    ck_assert_uint_eq(events.lost, 8u);
    expect_readable(&events, 0u, 1u); /* the last good block is not given up for nothing */
    events.lost = UINT16_MAX;
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
    ck_assert_int_eq(settle(&events, true), LBMS_OK);
    ck_assert_uint_eq(events.lost, UINT16_MAX);
}
END_TEST

START_TEST(the_last_number_ends_the_log)
{
    uint8_t content[LBMS_LOG_CONTENT];

    open_rig(1024u, 2u, 8u);
    content_of(1u, content);
    events.next = LBMS_AREA_LABEL_MAX;
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_ERR_SPACE);
}
END_TEST

START_TEST(what_is_no_log_is_refused)
{
    uint8_t content[LBMS_LOG_CONTENT] = {0};

    flash_rig_open(&rig, 1024u, 1u, 8u);
    ck_assert_int_eq(lbms_log_open(&events, &rig.flash), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_log_write(&events, content), LBMS_ERR_FORMAT);
    ck_assert_int_eq(lbms_log_poll(&events, true), LBMS_OK);
    ck_assert_uint_eq(lbms_log_count(&events), 0u);
    ck_assert_int_eq(lbms_log_read(&events, 0u, content, NULL), LBMS_ERR_MISSING);
    ck_assert_int_eq(lbms_log_open(&events, NULL), LBMS_ERR_ARGUMENT);

    flash_rig_open(&rig, 32768u, 2u, 8u);
    rig.flash.block_size = 65536u * LBMS_LOG_RECORD;
    rig.size = 2u * rig.flash.block_size;
    rig.read_error = true; /* the rig is not that large */
    ck_assert_int_eq(lbms_log_open(&events, &rig.flash), LBMS_ERR_ARGUMENT);
}
END_TEST

START_TEST(random_images_do_no_harm)
{
    uint32_t random = 5u;
    unsigned turn;

    open_rig(512u, 4u, 8u);
    for (turn = 1u; turn <= 20u; turn++) {
        append(&events, turn);
    }
    flash_rig_copy(&scratch, &rig);
    for (turn = 0u; turn < 700u; turn++) {
        uint8_t content[LBMS_LOG_CONTENT];
        uint32_t i;

        flash_rig_copy(&rig, &scratch);
        for (i = 0u; i < ((turn % 4u == 0u) ? rig.size : 1u + turn % 30u); i++) {
            rig.image[(turn % 4u == 0u) ? i : (rig_random(&random) >> 3) % rig.size] =
                (uint8_t)(rig_random(&random) >> 8);
        }
        if (turn % 3u == 0u) { /* a header at another place */
            memmove(&rig.image[(rig_random(&random) >> 4) % 4u * 512u],
                    &rig.image[(rig_random(&random) >> 4) % 4u * 512u], 24u);
        }
        if (lbms_log_open(&events, &rig.flash) != LBMS_OK) {
            continue;
        }
        for (i = 0u; i < 70u; i++) {
            (void)lbms_log_read(&events, i, content, NULL);
        }
        for (i = 0u; i < 10u; i++) {
            content_of(i, content);
            ck_assert_int_eq(lbms_log_write(&events, content), LBMS_OK);
            ck_assert_int_eq(settle(&events, true), LBMS_OK);
        }
    }
}
END_TEST

SUITE("store/log", CASE("", an_erased_flash_holds_no_record), CASE("R-PRM-05", records_are_read_newest_first),
      CASE("R-PRM-05", records_400_remain_after_an_erase_of_small_blocks),
      CASE("R-PRM-05", two_large_blocks_keep_400_records_as_well),
      CASE("", a_block_is_erased_before_it_is_needed),
      CASE("", without_permission_nothing_is_erased_and_the_record_waits),
      CASE("", one_call_programs_one_unit_or_erases_one_block),
      CASE("R-PRM-04", a_power_cut_at_any_operation_costs_the_record_being_written),
      CASE("", a_flipped_bit_costs_one_record), CASE("", a_failing_block_keeps_its_records_and_is_left),
      CASE("", a_stuck_bit_is_noticed_by_reading_back),
      CASE("", a_block_whose_labels_are_lost_is_passed_over),
      CASE("", records_that_nothing_takes_are_counted_as_lost), CASE("", the_last_number_ends_the_log),
      CASE("", what_is_no_log_is_refused), CASE("", random_images_do_no_harm))
