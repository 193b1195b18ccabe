/* Banks of an area: what they say about themselves, and how they are made ready. */
#include "losun_bms/store/area.h"

#include <string.h>

#include "flash_rig.h"
#include "losun_bms/base/status.h"
#include "support/suite.h"

static struct flash_rig rig;
static struct lbms_area area;

static int prepare(uint8_t bank, bool may_erase)
{
    unsigned i;

    for (i = 0u; i < 1000u; i++) {
        const int status = lbms_area_prepare(&area, bank, may_erase);

        if (status != LBMS_AGAIN) {
            return status;
        }
    }
    return LBMS_AGAIN;
}

static void open_rig(uint16_t blocks, uint8_t bank_blocks)
{
    flash_rig_open(&rig, 256u, blocks, 4u);
    ck_assert_int_eq(lbms_area_open(&area, &rig.flash, bank_blocks, 0x31u), LBMS_OK);
}

START_TEST(a_bank_is_erased_checked_and_marked_before_it_is_ready)
{
    struct lbms_bank_header header;

    open_rig(4u, 2u);
    ck_assert_uint_eq(area.banks, 2u);
    ck_assert_uint_eq(area.bank_size, 512u);
    lbms_area_header(&area, 1u, &header);
    ck_assert_uint_eq(header.state, LBMS_BANK_DIRTY);
    ck_assert_int_eq(prepare(1u, false), LBMS_ERR_STATE);
    ck_assert_int_eq(prepare(1u, true), LBMS_OK);
    lbms_area_header(&area, 1u, &header);
    ck_assert_uint_eq(header.state, LBMS_BANK_READY);
    ck_assert_uint_eq(header.erases, 1u);
    ck_assert_uint_eq(rig.erases[2], 1u);
    ck_assert_uint_eq(rig.erases[3], 1u);
    ck_assert_uint_eq(rig.operations, 2u + 2u);
    ck_assert_int_eq(prepare(1u, false), LBMS_OK); /* it is */
    ck_assert_uint_eq(rig.operations, 2u + 2u);
}
END_TEST

START_TEST(another_bank_begins_anew)
{
    open_rig(3u, 1u);
    ck_assert_int_eq(lbms_area_prepare(&area, 0u, true), LBMS_AGAIN);
    ck_assert_int_eq(lbms_area_prepare(&area, 1u, true), LBMS_AGAIN);
    ck_assert_int_eq(prepare(0u, true), LBMS_OK);
    ck_assert_uint_eq(rig.erases[0], 2u);
}
END_TEST

START_TEST(failures_in_a_row_make_a_bank_bad)
{
    open_rig(3u, 1u);
    rig.bad[2] = true;
    ck_assert_int_eq(prepare(2u, true), LBMS_ERR_IO);
    ck_assert_uint_eq(area.state[2], LBMS_BANK_DIRTY);
    ck_assert_int_eq(prepare(2u, true), LBMS_ERR_IO);
    ck_assert_uint_eq(rig_bad_banks(&area), 0u);
    ck_assert_int_eq(prepare(2u, true), LBMS_ERR_IO);
    ck_assert_uint_eq(area.state[2], LBMS_BANK_BAD);
    ck_assert_uint_eq(rig_bad_banks(&area), 1u);
    ck_assert_uint_eq(area.trouble, 3u);
    area.trouble = UINT16_MAX;
    lbms_area_failed(&area, 1u);
    ck_assert_uint_eq(area.trouble, UINT16_MAX);
}
END_TEST

START_TEST(a_lost_erase_count_goes_on_from_the_largest)
{
    struct lbms_bank_header header;
    unsigned i;

    open_rig(2u, 1u);
    for (i = 0u; i < 5u; i++) {
        area.state[0] = LBMS_BANK_DIRTY;
        ck_assert_int_eq(prepare(0u, true), LBMS_OK);
    }
    ck_assert_int_eq(prepare(1u, true), LBMS_OK); /* it has never been counted */
    lbms_area_header(&area, 1u, &header);
    ck_assert_uint_eq(header.erases, 5u);
    area.erases_max = 0xFFFFFFu;
    memset(&rig.image[256], 0, 8u);
    area.state[1] = LBMS_BANK_DIRTY;
    ck_assert_int_eq(prepare(1u, true), LBMS_OK);
    area.state[1] = LBMS_BANK_DIRTY;
    ck_assert_int_eq(prepare(1u, true), LBMS_OK); /* and it stops there */
    lbms_area_header(&area, 1u, &header);
    ck_assert_uint_eq(header.erases, 0xFFFFFFu);
}
END_TEST

START_TEST(no_more_banks_are_used_than_can_be_looked_after)
{
    open_rig(40u, 1u);
    ck_assert_uint_eq(area.banks, LBMS_AREA_BANKS);
    ck_assert_uint_eq(lbms_area_next(&area, 31u, LBMS_BANK_DIRTY), 0u);
    ck_assert_uint_eq(lbms_area_next(&area, LBMS_AREA_NONE, LBMS_BANK_DIRTY), 0u);
    ck_assert_uint_eq(lbms_area_next(&area, 5u, LBMS_BANK_DIRTY), 6u);
    ck_assert_uint_eq(lbms_area_next(&area, 5u, LBMS_BANK_READY), LBMS_AREA_NONE);
}
END_TEST

SUITE("store/area", CASE("", a_bank_is_erased_checked_and_marked_before_it_is_ready),
      CASE("", another_bank_begins_anew), CASE("", failures_in_a_row_make_a_bank_bad),
      CASE("", a_lost_erase_count_goes_on_from_the_largest),
      CASE("", no_more_banks_are_used_than_can_be_looked_after))
