#include "losun_bms/base/hysteresis.h"

#include "support/suite.h"

START_TEST(it_goes_on_only_above_the_upper_level)
{
    ck_assert(!lbms_hysteresis_above(false, 3649, 3650, 3500));
    ck_assert(!lbms_hysteresis_above(false, 3650, 3650, 3500));
    ck_assert(lbms_hysteresis_above(false, 3651, 3650, 3500));
}
END_TEST

START_TEST(it_goes_off_only_at_the_lower_level_or_below)
{
    ck_assert(lbms_hysteresis_above(true, 3501, 3650, 3500));
    ck_assert(!lbms_hysteresis_above(true, 3500, 3650, 3500));
    ck_assert(!lbms_hysteresis_above(true, 3499, 3650, 3500));
}
END_TEST

START_TEST(between_the_levels_it_stays_as_it_is)
{
    int32_t value;

    for (value = 3501; value <= 3650; value++) {
        ck_assert(!lbms_hysteresis_above(false, value, 3650, 3500));
        ck_assert(lbms_hysteresis_above(true, value, 3650, 3500));
    }
}
END_TEST

START_TEST(with_equal_levels_it_is_a_plain_comparison)
{
    ck_assert(!lbms_hysteresis_above(true, 100, 100, 100));
    ck_assert(lbms_hysteresis_above(false, 101, 100, 100));
}
END_TEST

START_TEST(with_levels_that_contradict_each_other_it_is_on)
{
    ck_assert(!lbms_hysteresis_above(true, 100, 100, 200));
    ck_assert(lbms_hysteresis_above(false, 101, 100, 200));
    ck_assert(lbms_hysteresis_above(false, 200, 100, 200));
}
END_TEST

START_TEST(it_works_over_the_whole_range_of_numbers)
{
    ck_assert(!lbms_hysteresis_above(true, INT32_MIN, INT32_MAX, INT32_MIN));
    ck_assert(!lbms_hysteresis_above(false, INT32_MAX, INT32_MAX, INT32_MIN));
    ck_assert(lbms_hysteresis_above(true, INT32_MAX, INT32_MAX, INT32_MIN));
    ck_assert(lbms_hysteresis_above(false, INT32_MAX, INT32_MIN, INT32_MIN));
}
END_TEST

SUITE("base/hysteresis", CASE("", it_goes_on_only_above_the_upper_level),
      CASE("", it_goes_off_only_at_the_lower_level_or_below), CASE("", between_the_levels_it_stays_as_it_is),
      CASE("", with_equal_levels_it_is_a_plain_comparison),
      CASE("", with_levels_that_contradict_each_other_it_is_on),
      CASE("", it_works_over_the_whole_range_of_numbers))
