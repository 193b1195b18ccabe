#include "losun_bms/model/production.h"

#include <string.h>

#include "losun_bms/model/health.h"
#include "support/suite.h"

static struct lbms_production before, after;

static void fresh(void)
{
    lbms_production_defaults(&before);
    lbms_production_defaults(&after);
}

static int check(void)
{
    return lbms_production_check(&before, &after, true);
}

START_TEST(defaults_correct_nothing)
{
    fresh();
    ck_assert_int_eq(before.calibration.charge_gain, 1000000);
    ck_assert_int_eq(before.calibration.discharge_gain, 1000000);
    ck_assert_int_eq(before.calibration.pack_gain, 1000000);
    ck_assert_int_eq(before.calibration.offset_ma, 0);
    ck_assert_int_eq(before.calibration.cell_offset_mv[15], 0);
    ck_assert_int_eq(before.identity.pack_serial[0], '\0');
    ck_assert_int_eq(check(), LBMS_OK);
}
END_TEST

START_TEST(writing_needs_the_service_level)
{
    fresh();
    ck_assert_int_eq(lbms_production_check(&before, &after, false), LBMS_ERR_ACCESS);
}
END_TEST

START_TEST(gains_and_offsets_have_limits)
{
    static int32_t *const gains[3] = {&after.calibration.charge_gain, &after.calibration.discharge_gain,
                                      &after.calibration.pack_gain};
    unsigned i;

    for (i = 0u; i < 3u; i++) {
        fresh();
        *gains[i] = 1050000;
        ck_assert_int_eq(check(), LBMS_OK);
        *gains[i] = 1050001;
        ck_assert_int_eq(check(), LBMS_ERR_RANGE);
        *gains[i] = 950000;
        ck_assert_int_eq(check(), LBMS_OK);
        *gains[i] = 949999;
        ck_assert_int_eq(check(), LBMS_ERR_RANGE);
    }
    fresh();
    after.calibration.offset_ma = -2000;
    ck_assert_int_eq(check(), LBMS_OK);
    after.calibration.offset_ma = -2001;
    ck_assert_int_eq(check(), LBMS_ERR_RANGE);
    for (i = 0u; i < LBMS_CELLS; i++) {
        fresh();
        after.calibration.cell_offset_mv[i] = 20;
        ck_assert_int_eq(check(), LBMS_OK);
        after.calibration.cell_offset_mv[i] = 21;
        ck_assert_int_eq(check(), LBMS_ERR_RANGE);
        after.calibration.cell_offset_mv[i] = -21;
        ck_assert_int_eq(check(), LBMS_ERR_RANGE);
    }
}
END_TEST

START_TEST(the_identity_is_written_once_and_the_calibration_again)
{
    fresh();
    memcpy(after.identity.pack_serial, "LS26110012", 10u);
    memcpy(after.identity.board_serial, "B-77", 4u);
    after.identity.hardware = 3u;
    after.identity.manufactured_s = 1790000000u;
    ck_assert_int_eq(check(), LBMS_OK);
    before = after;
    after.calibration.charge_gain = 1001000;
    ck_assert_int_eq(check(), LBMS_OK);
    after.identity.pack_serial[19] = 'x';
    ck_assert_int_eq(check(), LBMS_ERR_STATE);
    after = before;
    after.identity.board_serial[0] = 'C';
    ck_assert_int_eq(check(), LBMS_ERR_STATE);
    after = before;
    after.identity.hardware = 4u;
    ck_assert_int_eq(check(), LBMS_ERR_STATE);
    after = before;
    after.identity.manufactured_s++;
    ck_assert_int_eq(check(), LBMS_ERR_STATE);
}
END_TEST

START_TEST(every_figure_of_the_health_record_has_a_name)
{
    unsigned i, k;

    for (i = 0u; i < LBMS_HEALTH_FIGURES; i++) {
        ck_assert_str_ne(lbms_health_name((uint8_t)i), "?");
        for (k = 0u; k < i; k++) {
            ck_assert_str_ne(lbms_health_name((uint8_t)i), lbms_health_name((uint8_t)k));
        }
    }
    ck_assert_str_eq(lbms_health_name(LBMS_HEALTH_FIGURES), "?");
    ck_assert_str_eq(lbms_health_name(LBMS_HEALTH_HOT_S), "hot_s");
}
END_TEST

SUITE("model/production", CASE("", defaults_correct_nothing), CASE("", writing_needs_the_service_level),
      CASE("R-PROT-10", gains_and_offsets_have_limits),
      CASE("", the_identity_is_written_once_and_the_calibration_again),
      CASE("", every_figure_of_the_health_record_has_a_name))
