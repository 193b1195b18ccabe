#include "losun_bms/base/fixed.h"

#include <stdbool.h>

#include "support/suite.h"

/* Values at which integer arithmetic breaks, if it does. */
static const int32_t corners[] = {
    INT32_MIN, INT32_MIN + 1, -65536,         -46341,        -7,       -3, -2, -1, 0, 1, 2, 3, 7,
    46340,     46341,         INT32_C(65536), INT32_MAX - 1, INT32_MAX};
#define CORNERS (sizeof(corners) / sizeof(corners[0]))

static uint32_t random_next(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 16) | (*state << 16);
}

/* Numbers of all magnitudes and both signs. */
static int32_t random_number(uint32_t *state)
{
    const uint32_t bits = random_next(state) % 32u;
    const int32_t number = (int32_t)((random_next(state) >> bits) & 0x7FFFFFFFu);

    return (random_next(state) % 2u == 0u) ? number : -number - 1;
}

static uint64_t size_of(int64_t value)
{
    return (value < 0) ? 0u - (uint64_t)value : (uint64_t)value;
}

/* Division on paper, bit by bit, then rounded by the remainder: half goes up. */
static uint64_t paper_division(uint64_t dividend, uint64_t divisor)
{
    uint64_t quotient = 0u;
    uint64_t rest = 0u;
    int bit;

    for (bit = 63; bit >= 0; bit--) {
        rest = (rest << 1) | ((dividend >> bit) & 1u);
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1u;
        }
    }
    return (2u * rest >= divisor) ? quotient + 1u : quotient;
}

static int64_t limited(bool negative, uint64_t magnitude)
{
    if (negative) {
        return (magnitude > UINT64_C(0x80000000)) ? INT32_MIN : -(int64_t)magnitude;
    }
    return (magnitude > UINT64_C(0x7FFFFFFF)) ? INT32_MAX : (int64_t)magnitude;
}

static int64_t expected_mul_div(int32_t a, int32_t b, int32_t c)
{
    const int64_t product = (int64_t)a * b;

    if (product == 0) {
        return 0;
    }
    if (c == 0) {
        return (product < 0) ? INT32_MIN : INT32_MAX;
    }
    return limited((product < 0) != (c < 0), paper_division(size_of(product), size_of(c)));
}

START_TEST(the_smaller_and_the_larger_of_two_are_found)
{
    ck_assert_int_eq(lbms_min_i32(-3, 2), -3);
    ck_assert_int_eq(lbms_min_i32(2, -3), -3);
    ck_assert_int_eq(lbms_min_i32(INT32_MIN, INT32_MAX), INT32_MIN);
    ck_assert_int_eq(lbms_min_i32(5, 5), 5);
    ck_assert_int_eq(lbms_max_i32(-3, 2), 2);
    ck_assert_int_eq(lbms_max_i32(2, -3), 2);
    ck_assert_int_eq(lbms_max_i32(INT32_MIN, INT32_MAX), INT32_MAX);
    ck_assert_int_eq(lbms_max_i32(5, 5), 5);
}
END_TEST

START_TEST(a_value_is_brought_into_its_range)
{
    ck_assert_int_eq(lbms_clamp_i32(9, 10, 20), 10);
    ck_assert_int_eq(lbms_clamp_i32(10, 10, 20), 10);
    ck_assert_int_eq(lbms_clamp_i32(11, 10, 20), 11);
    ck_assert_int_eq(lbms_clamp_i32(19, 10, 20), 19);
    ck_assert_int_eq(lbms_clamp_i32(20, 10, 20), 20);
    ck_assert_int_eq(lbms_clamp_i32(21, 10, 20), 20);
    ck_assert_int_eq(lbms_clamp_i32(INT32_MIN, INT32_MIN, INT32_MAX), INT32_MIN);
    ck_assert_int_eq(lbms_clamp_i32(INT32_MAX, INT32_MIN, INT32_MAX), INT32_MAX);
}
END_TEST

START_TEST(of_two_limits_that_contradict_each_other_the_lower_one_counts)
{
    ck_assert_int_eq(lbms_clamp_i32(0, 20, 10), 20);
    ck_assert_int_eq(lbms_clamp_i32(15, 20, 10), 20);
    ck_assert_int_eq(lbms_clamp_i32(30, 20, 10), 20);
}
END_TEST

START_TEST(a_magnitude_is_never_negative)
{
    ck_assert_int_eq(lbms_abs_i32(0), 0);
    ck_assert_int_eq(lbms_abs_i32(1), 1);
    ck_assert_int_eq(lbms_abs_i32(-1), 1);
    ck_assert_int_eq(lbms_abs_i32(INT32_MAX), INT32_MAX);
    ck_assert_int_eq(lbms_abs_i32(-INT32_MAX), INT32_MAX);
    ck_assert_int_eq(lbms_abs_i32(INT32_MIN), INT32_MAX);
}
END_TEST

START_TEST(sums_and_differences_stop_at_the_limits)
{
    size_t i;
    size_t k;

    ck_assert_int_eq(lbms_sat_add_i32(INT32_MAX - 1, 1), INT32_MAX);
    ck_assert_int_eq(lbms_sat_add_i32(INT32_MAX, 1), INT32_MAX);
    ck_assert_int_eq(lbms_sat_add_i32(INT32_MIN + 1, -1), INT32_MIN);
    ck_assert_int_eq(lbms_sat_add_i32(INT32_MIN, -1), INT32_MIN);
    ck_assert_int_eq(lbms_sat_sub_i32(INT32_MIN + 1, 1), INT32_MIN);
    ck_assert_int_eq(lbms_sat_sub_i32(INT32_MIN, 1), INT32_MIN);
    ck_assert_int_eq(lbms_sat_sub_i32(0, INT32_MIN), INT32_MAX);
    ck_assert_int_eq(lbms_sat_sub_i32(-1, INT32_MIN), INT32_MAX);
    for (i = 0u; i < CORNERS; i++) {
        for (k = 0u; k < CORNERS; k++) {
            const int64_t sum = (int64_t)corners[i] + corners[k];
            const int64_t difference = (int64_t)corners[i] - corners[k];

            ck_assert_int_eq(lbms_sat_add_i32(corners[i], corners[k]), limited(sum < 0, size_of(sum)));
            ck_assert_int_eq(lbms_sat_sub_i32(corners[i], corners[k]),
                             limited(difference < 0, size_of(difference)));
        }
    }
}
END_TEST

START_TEST(half_is_rounded_away_from_zero)
{
    ck_assert_int_eq(lbms_div_round_i32(4, 10), 0);
    ck_assert_int_eq(lbms_div_round_i32(5, 10), 1);
    ck_assert_int_eq(lbms_div_round_i32(14, 10), 1);
    ck_assert_int_eq(lbms_div_round_i32(15, 10), 2);
    ck_assert_int_eq(lbms_div_round_i32(-4, 10), 0);
    ck_assert_int_eq(lbms_div_round_i32(-5, 10), -1);
    ck_assert_int_eq(lbms_div_round_i32(-15, 10), -2);
    ck_assert_int_eq(lbms_div_round_i32(5, -10), -1);
    ck_assert_int_eq(lbms_div_round_i32(-5, -10), 1);
    ck_assert_int_eq(lbms_div_round_i32(1, 3), 0);
    ck_assert_int_eq(lbms_div_round_i32(2, 3), 1);
    ck_assert_int_eq(lbms_div_round_i32(-2, 3), -1);
}
END_TEST

START_TEST(a_product_may_be_wider_than_the_result)
{
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MAX, INT32_MAX, INT32_MAX), INT32_MAX);
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MIN, INT32_MIN, INT32_MIN), INT32_MIN);
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MIN, INT32_MAX, INT32_MAX), INT32_MIN);
    ck_assert_int_eq(lbms_mul_div_i32(100000, 36000, 3600000), 1000);
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MAX, 2, 4), INT32_C(1073741824)); /* 1073741823.5 */
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MAX, 2, 1), INT32_MAX);
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MAX, -2, 1), INT32_MIN);
    /* both sides of 2^32, where the 32-bit division of divide_rounded() ends */
    ck_assert_int_eq(lbms_mul_div_i32(65535, 65536, 6), 715816960);
    ck_assert_int_eq(lbms_mul_div_i32(65535, 65537, 3), INT32_C(1431655765));
    ck_assert_int_eq(lbms_mul_div_i32(65536, 65536, 3), INT32_C(1431655765));
    ck_assert_int_eq(lbms_mul_div_i32(65536, -65536, 4), -INT32_C(1073741824));
    ck_assert_int_eq(lbms_div_round_i32(INT32_MIN, -1), INT32_MAX);
}
END_TEST

START_TEST(a_division_by_zero_goes_to_the_limit_of_its_sign)
{
    ck_assert_int_eq(lbms_mul_div_i32(1, 1, 0), INT32_MAX);
    ck_assert_int_eq(lbms_mul_div_i32(-1, 1, 0), INT32_MIN);
    ck_assert_int_eq(lbms_mul_div_i32(-1, -1, 0), INT32_MAX);
    ck_assert_int_eq(lbms_mul_div_i32(INT32_MIN, INT32_MIN, 0), INT32_MAX);
    ck_assert_int_eq(lbms_mul_div_i32(0, 5, 0), 0);
    ck_assert_int_eq(lbms_div_round_i32(7, 0), INT32_MAX);
    ck_assert_int_eq(lbms_div_round_i32(-7, 0), INT32_MIN);
    ck_assert_int_eq(lbms_div_round_i32(0, 0), 0);
}
END_TEST

START_TEST(products_and_quotients_of_all_corners_agree_with_division_on_paper)
{
    size_t i;
    size_t k;
    size_t n;

    for (i = 0u; i < CORNERS; i++) {
        for (k = 0u; k < CORNERS; k++) {
            ck_assert_int_eq(lbms_div_round_i32(corners[i], corners[k]),
                             expected_mul_div(corners[i], 1, corners[k]));
            for (n = 0u; n < CORNERS; n++) {
                ck_assert_int_eq(lbms_mul_div_i32(corners[i], corners[k], corners[n]),
                                 expected_mul_div(corners[i], corners[k], corners[n]));
            }
        }
    }
}
END_TEST

START_TEST(random_products_and_quotients_agree_with_division_on_paper)
{
    uint32_t random = 56u;
    int round;

    for (round = 0; round < 20000; round++) {
        const int32_t a = random_number(&random);
        const int32_t b = random_number(&random);
        const int32_t c = random_number(&random);

        ck_assert_int_eq(lbms_mul_div_i32(a, b, c), expected_mul_div(a, b, c));
        ck_assert_int_eq(lbms_div_round_i32(a, c), expected_mul_div(a, 1, c));
    }
}
END_TEST

/* A curve with a falling, a rising, a level and a steep piece. */
static const struct lbms_point curve[] = {{-100, 50}, {0, 10}, {10, 20}, {1000, 20}, {1003, -20}};
#define CURVE (sizeof(curve) / sizeof(curve[0]))

START_TEST(a_curve_goes_through_its_points)
{
    size_t i;

    for (i = 0u; i < CURVE; i++) {
        ck_assert_int_eq(lbms_interpolate(curve, CURVE, curve[i].x), curve[i].y);
    }
}
END_TEST

START_TEST(a_curve_is_constant_outside_its_points)
{
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, -101), 50);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, INT32_MIN), 50);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 1004), -20);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, INT32_MAX), -20);
}
END_TEST

START_TEST(a_curve_is_straight_between_its_points)
{
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, -50), 30);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 1), 11);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 9), 19);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 500), 20);
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 1001), 7);  /* 6.67 */
    ck_assert_int_eq(lbms_interpolate(curve, CURVE, 1002), -7); /* -6.67 */
}
END_TEST

START_TEST(half_a_step_of_a_curve_goes_to_the_right_hand_point)
{
    const struct lbms_point up[] = {{0, 0}, {10, 5}};
    const struct lbms_point down[] = {{0, 5}, {10, 0}};

    ck_assert_int_eq(lbms_interpolate(up, 2u, 4), 2);
    ck_assert_int_eq(lbms_interpolate(up, 2u, 5), 3); /* 2.5 */
    ck_assert_int_eq(lbms_interpolate(up, 2u, 6), 3);
    ck_assert_int_eq(lbms_interpolate(down, 2u, 4), 3);
    ck_assert_int_eq(lbms_interpolate(down, 2u, 5), 2); /* 2.5 */
    ck_assert_int_eq(lbms_interpolate(down, 2u, 6), 2);
}
END_TEST

START_TEST(a_table_of_no_point_is_zero_and_of_one_point_constant)
{
    const struct lbms_point one = {3, 77};

    ck_assert_int_eq(lbms_interpolate(NULL, 0u, 5), 0);
    ck_assert_int_eq(lbms_interpolate(&one, 1u, 2), 77);
    ck_assert_int_eq(lbms_interpolate(&one, 1u, 3), 77);
    ck_assert_int_eq(lbms_interpolate(&one, 1u, 4), 77);
}
END_TEST

START_TEST(two_points_at_one_place_make_a_jump)
{
    const struct lbms_point jump[] = {{0, 0}, {10, 10}, {10, 100}, {20, 110}};

    ck_assert_int_eq(lbms_interpolate(jump, 4u, 9), 9);
    ck_assert_int_eq(lbms_interpolate(jump, 4u, 10), 100);
    ck_assert_int_eq(lbms_interpolate(jump, 4u, 11), 101);
}
END_TEST

START_TEST(a_curve_over_the_whole_range_of_numbers_does_not_overflow)
{
    const struct lbms_point up[] = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}};
    const struct lbms_point down[] = {{INT32_MIN, INT32_MAX}, {INT32_MAX, INT32_MIN}};
    size_t i;

    for (i = 0u; i < CORNERS; i++) {
        ck_assert_int_eq(lbms_interpolate(up, 2u, corners[i]), corners[i]);
        ck_assert_int_eq(lbms_interpolate(down, 2u, corners[i]), -(int64_t)corners[i] - 1);
    }
}
END_TEST

START_TEST(random_curves_agree_with_division_on_paper)
{
    uint32_t random = 78u;
    int round;

    for (round = 0; round < 20000; round++) {
        const int32_t a = random_number(&random);
        const int32_t b = random_number(&random);
        const struct lbms_point left = {lbms_min_i32(a, b), random_number(&random)};
        const struct lbms_point right = {lbms_max_i32(a, b), random_number(&random)};
        const struct lbms_point points[] = {left, right};
        const int32_t x = lbms_clamp_i32(random_number(&random), left.x, right.x);
        const int64_t height = (int64_t)right.y - left.y;
        int64_t climb;

        if (x == right.x) {
            ck_assert_int_eq(lbms_interpolate(points, 2u, x), right.y);
            continue;
        }
        climb = (int64_t)paper_division(size_of(height) * size_of((int64_t)x - left.x),
                                        size_of((int64_t)right.x - left.x));
        ck_assert_int_eq(lbms_interpolate(points, 2u, x), left.y + ((height < 0) ? -climb : climb));
    }
}
END_TEST

SUITE("base/fixed", CASE("", the_smaller_and_the_larger_of_two_are_found),
      CASE("", a_value_is_brought_into_its_range),
      CASE("", of_two_limits_that_contradict_each_other_the_lower_one_counts),
      CASE("", a_magnitude_is_never_negative), CASE("", sums_and_differences_stop_at_the_limits),
      CASE("", half_is_rounded_away_from_zero), CASE("", a_product_may_be_wider_than_the_result),
      CASE("", a_division_by_zero_goes_to_the_limit_of_its_sign),
      CASE("", products_and_quotients_of_all_corners_agree_with_division_on_paper),
      CASE("", random_products_and_quotients_agree_with_division_on_paper),
      CASE("", a_curve_goes_through_its_points), CASE("", a_curve_is_constant_outside_its_points),
      CASE("", a_curve_is_straight_between_its_points),
      CASE("", half_a_step_of_a_curve_goes_to_the_right_hand_point),
      CASE("", a_table_of_no_point_is_zero_and_of_one_point_constant),
      CASE("", two_points_at_one_place_make_a_jump),
      CASE("", a_curve_over_the_whole_range_of_numbers_does_not_overflow),
      CASE("", random_curves_agree_with_division_on_paper))
