/* How long a pack may be stored: manual, chapter 04. */
#include "losun_bms/panel/storage.h"

#include "support/suite.h"

static const struct {
    int temp_dc;
    unsigned soc_bp, months, obstacle;
} advice[] = {
    {-101, 5000, 0, LBMS_STORAGE_TOO_COLD},   {-100, 5000, 12, LBMS_STORAGE_GOOD},
    {250, 5000, 12, LBMS_STORAGE_GOOD},       {251, 5000, 6, LBMS_STORAGE_GOOD},
    {350, 5000, 6, LBMS_STORAGE_GOOD},        {351, 5000, 3, LBMS_STORAGE_GOOD},
    {450, 5000, 3, LBMS_STORAGE_GOOD},        {451, 5000, 0, LBMS_STORAGE_TOO_HOT},
    {200, 2999, 0, LBMS_STORAGE_SOC_LOW},     {200, 3000, 12, LBMS_STORAGE_GOOD},
    {200, 6000, 12, LBMS_STORAGE_GOOD},       {200, 6001, 0, LBMS_STORAGE_SOC_HIGH},
    {INT16_MIN, 0, 0, LBMS_STORAGE_TOO_COLD}, {INT16_MAX, 10000, 0, LBMS_STORAGE_TOO_HOT},
};

START_TEST(time_depends_on_temperature_and_needs_a_fitting_soc)
{
    size_t i;

    for (i = 0u; i < sizeof(advice) / sizeof(advice[0]); i++) {
        uint8_t obstacle = 99u;

        ck_assert_uint_eq(
            lbms_storage_months((int16_t)advice[i].temp_dc, (uint16_t)advice[i].soc_bp, &obstacle),
            advice[i].months);
        ck_assert_uint_eq(obstacle, advice[i].obstacle);
        ck_assert_uint_eq(lbms_storage_months((int16_t)advice[i].temp_dc, (uint16_t)advice[i].soc_bp, NULL),
                          advice[i].months);
    }
}
END_TEST

START_TEST(the_table_can_be_read)
{
    ck_assert_uint_eq(lbms_storage_row_count, 3u);
    ck_assert_int_eq(lbms_storage_rows[0].up_to_dc, 250);
    ck_assert_uint_eq(lbms_storage_rows[0].months, 12u); /* title page: <= 25 degC, 12 months */
    ck_assert_int_eq(lbms_storage_rows[1].up_to_dc, 350);
    ck_assert_uint_eq(lbms_storage_rows[1].months, 6u);
    ck_assert_int_eq(lbms_storage_rows[2].up_to_dc, 450);
    ck_assert_uint_eq(lbms_storage_rows[2].months, 3u);
    ck_assert_uint_eq(LBMS_STORAGE_HUMIDITY_MIN_PCT, 5u);
    ck_assert_uint_eq(LBMS_STORAGE_HUMIDITY_MAX_PCT, 70u);
}
END_TEST

SUITE("panel/storage", CASE("R-STO-01", time_depends_on_temperature_and_needs_a_fitting_soc),
      CASE("R-STO-01 R-STO-04", the_table_can_be_read))
