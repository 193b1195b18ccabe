/* The arithmetic of the estimator against the functions of math.h. */
#include <math.h>

#include "../../lib/battery/estimator_parts.h"
#include "support/suite.h"

static const uint32_t samples[] = {1u,       2u,       3u,         5u,         63u,         64u,
                                   65u,      100u,     1000u,      4095u,      4097u,       65535u,
                                   65536u,   123456u,  1048575u,   16777215u,  99999u,      31415u,
                                   5000000u, 7654321u, 268435455u, 268435456u, 2147483647u, 4294967295u};

START_TEST(logarithm_to_base_two_is_exact_to_one_unit)
{
    unsigned i;

    for (i = 0u; i < sizeof(samples) / sizeof(samples[0]); i++) {
        ck_assert_double_eq_tol((double)lbms_est_log2(samples[i]), 2048.0 * log2((double)samples[i]), 1.6);
    }
    ck_assert_int_eq(lbms_est_log2(0u), 0);
    ck_assert_int_eq(lbms_est_log2(1u), 0);
    ck_assert_int_eq(lbms_est_log2(UINT32_C(1) << 31), 31 * 2048);
}
END_TEST

START_TEST(probability_of_a_cost_is_exact_to_six_units)
{
    uint32_t cost;

    for (cost = 0u; cost < 20u * 2048u; cost += 37u) {
        ck_assert_double_eq_tol((double)lbms_est_pow2(cost), 65536.0 * exp2(-(double)cost / 2048.0), 6.0);
    }
    ck_assert_uint_eq(lbms_est_pow2(17u * 2048u), 0u);
    ck_assert_uint_eq(lbms_est_pow2(UINT32_MAX), 0u);
}
END_TEST

START_TEST(cost_of_a_sum_of_probabilities_is_exact_to_three_units)
{
    uint32_t a;
    uint32_t b;

    for (a = 3000u; a < 40000u; a += 1777u) {
        for (b = 3000u; b < 40000u; b += 97u) {
            const double sum = exp2(-(double)a / 2048.0) + exp2(-(double)b / 2048.0);

            ck_assert_double_eq_tol((double)lbms_est_add(a, b), -2048.0 * log2(sum), 3.0);
            ck_assert_uint_eq(lbms_est_add(a, b), lbms_est_add(b, a));
        }
    }
    ck_assert_uint_eq(lbms_est_add(100u, 100u), 0u); /* more than certain stays certain */
}
END_TEST

START_TEST(exponential_rise_is_exact_to_a_part_in_ten_thousand)
{
    double x;

    for (x = 1e-6; x < 1.0; x *= 1.1) {
        const double rise = lbms_est_rise_q30((uint64_t)(x * 1073741824.0)) / 1073741824.0;

        ck_assert_double_eq_tol(rise, 1.0 - exp(-x), (1e-4 * x) + 3e-9);
    }
    ck_assert_int_eq(lbms_est_rise_q30(0u), 0);
    ck_assert_double_eq_tol(lbms_est_rise_q30(UINT64_MAX) / 1073741824.0, 1.0 - exp(-1.0), 1e-4);
}
END_TEST

START_TEST(square_root_rounds_down)
{
    unsigned i;

    for (i = 0u; i < sizeof(samples) / sizeof(samples[0]); i++) {
        ck_assert_uint_eq(lbms_est_sqrt(samples[i]), (uint32_t)floor(sqrt((double)samples[i])));
    }
    ck_assert_uint_eq(lbms_est_sqrt(0u), 0u);
}
END_TEST

START_TEST(cost_of_a_normal_distance_is_half_its_square)
{
    int distance;

    for (distance = -700; distance <= 700; distance += 9) {
        const double z = distance / 100.0;

        ck_assert_double_eq_tol((double)lbms_est_normal_cost(distance, 100), 2048.0 * z * z / 2.0 / log(2.0),
                                1477.0 *
                                    (fabs(z) / 8.0 + 0.01)); /* distance in sixteenths of the deviation */
    }
    ck_assert_uint_eq(lbms_est_normal_cost(1000000, 1),
                      lbms_est_normal_cost(16, 1)); /* farther is no less likely */
    ck_assert_uint_eq(lbms_est_normal_cost(5, 0), lbms_est_normal_cost(5, 1));
}
END_TEST

START_TEST(charge_of_an_offset_is_current_times_time)
{
    ck_assert_int_eq(lbms_est_offset_mas(200, 900000u), 180000);
    ck_assert_int_eq(lbms_est_offset_mas(-200, 900500u), -180100);
    ck_assert_int_eq(lbms_est_offset_mas(20000, 999u), 19980);
}
END_TEST

START_TEST(charge_becomes_bins_of_one_per_cent_of_the_capacity)
{
    struct lbms_estimator e;
    struct lbms_estimator_start start;
    int mas;

    lbms_estimator_start_unknown(&start);
    lbms_estimator_init(&e, &lbms_cell_lfp100, 100000, &start);
    for (mas = -9000000; mas <= 9000000; mas += 123457) {
        ck_assert_double_eq_tol((double)lbms_est_bins_q16(&e, mas), 65536.0 * mas / 3600000.0, 2.0);
    }
    ck_assert_int_eq(lbms_est_hour_ma(&e), 100000);
    ck_assert_int_eq(lbms_est_lane_ma(&e, 0), -400); /* two steps of Q/500 below the middle */
    ck_assert_int_eq(lbms_est_lane_ma(&e, 4), 400);
}
END_TEST

SUITE("battery/estimator_math", CASE("", logarithm_to_base_two_is_exact_to_one_unit),
      CASE("", probability_of_a_cost_is_exact_to_six_units),
      CASE("", cost_of_a_sum_of_probabilities_is_exact_to_three_units),
      CASE("", exponential_rise_is_exact_to_a_part_in_ten_thousand), CASE("", square_root_rounds_down),
      CASE("", cost_of_a_normal_distance_is_half_its_square),
      CASE("", charge_of_an_offset_is_current_times_time),
      CASE("", charge_becomes_bins_of_one_per_cent_of_the_capacity))
