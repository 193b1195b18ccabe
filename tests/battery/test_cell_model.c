/* Cell tables: what every table must be, and the look-ups against the same data in double precision. */
#include "losun_bms/battery/cell_model.h"

#include <math.h>

#include "cell_double.h"
#include "support/suite.h"

static const struct lbms_cell_model *const models[] = {&lbms_cell_lfp100, &lbms_cell_a123, &lbms_cell_apr};

#define MODELS (sizeof(models) / sizeof(models[0]))

START_TEST(rest_voltage_never_falls_with_charge_and_stays_in_the_range_of_the_cell)
{
    unsigned m;
    int k;

    for (m = 0u; m < MODELS; m++) {
        for (k = 1; k < LBMS_CELL_POINTS; k++) {
            ck_assert_uint_ge(models[m]->rest_dmv[k], models[m]->rest_dmv[k - 1]);
        }
        ck_assert_uint_gt(models[m]->rest_dmv[0], 20000u);
        ck_assert_uint_lt(models[m]->rest_dmv[LBMS_CELL_POINTS - 1], 37000u);
    }
}
END_TEST

START_TEST(every_model_is_complete)
{
    unsigned m;

    for (m = 0u; m < MODELS; m++) {
        ck_assert_ptr_nonnull(models[m]->name);
        ck_assert_uint_ge(models[m]->tau1_s, 1u);
        ck_assert_uint_gt(models[m]->tau2_s, models[m]->tau1_s);
        ck_assert_uint_le(models[m]->tau2_s, 20000u);
        ck_assert_uint_gt(models[m]->hysteresis_rate, 0u);
        ck_assert_uint_gt(models[m]->r0_uohm, 0u);
        ck_assert_uint_gt(models[m]->r_factor_count, 1u);
    }
}
END_TEST

START_TEST(look_ups_are_linear_between_the_points)
{
    unsigned m;
    int position;
    int temp;

    for (m = 0u; m < MODELS; m++) {
        for (position = 0; position <= LBMS_CELL_FULL; position += 37) {
            const double z = position / (double)LBMS_CELL_FULL;

            for (temp = -200; temp <= 500; temp += 175) {
                ck_assert_double_eq_tol((double)lbms_cell_rest_dmv(models[m], position, temp),
                                        1e4 * cell_u_v(models[m], z, temp / 10.0), 1.01);
            }
            ck_assert_double_eq_tol((double)lbms_cell_half_dmv(models[m], position),
                                    1e4 * cell_m_v(models[m], z), 1.01);
        }
    }
}
END_TEST

START_TEST(positions_outside_are_those_of_the_ends)
{
    ck_assert_int_eq(lbms_cell_rest_dmv(&lbms_cell_lfp100, -1, 250), lbms_cell_lfp100.rest_dmv[0]);
    ck_assert_int_eq(lbms_cell_rest_dmv(&lbms_cell_lfp100, LBMS_CELL_FULL + 1, 250),
                     lbms_cell_lfp100.rest_dmv[LBMS_CELL_POINTS - 1]);
    ck_assert_int_eq(lbms_cell_half_dmv(&lbms_cell_lfp100, INT32_MAX),
                     lbms_cell_lfp100.half_2dmv[LBMS_CELL_POINTS - 1] * 2);
    ck_assert_int_eq(lbms_cell_position(0u), 0);
    ck_assert_int_eq(lbms_cell_position(10000u), LBMS_CELL_FULL);
    ck_assert_int_eq(lbms_cell_position(UINT16_MAX), LBMS_CELL_FULL);
    ck_assert_int_eq(lbms_cell_position(2550u), 6528);
}
END_TEST

START_TEST(slope_is_that_of_one_per_cent_to_both_sides)
{
    int k;

    for (k = 1; k < LBMS_CELL_POINTS - 1; k++) {
        const double slope = (lbms_cell_lfp100.rest_dmv[k + 1] - lbms_cell_lfp100.rest_dmv[k - 1]) / 2.0;

        ck_assert_double_eq_tol((double)lbms_cell_slope_dmv(&lbms_cell_lfp100, k * LBMS_CELL_STEP), slope,
                                1.0);
    }
    ck_assert_int_gt(lbms_cell_slope_dmv(&lbms_cell_lfp100, 0), 20);
    ck_assert_int_gt(lbms_cell_slope_dmv(&lbms_cell_lfp100, LBMS_CELL_FULL), 20);
}
END_TEST

START_TEST(factor_of_the_resistances_is_one_at_25_degrees_and_larger_in_the_cold)
{
    int temp;

    ck_assert_int_eq(lbms_cell_r_permille(&lbms_cell_lfp100, 250), 1000);
    for (temp = -400; temp <= 700; temp += 13) {
        ck_assert_double_eq_tol((double)lbms_cell_r_permille(&lbms_cell_lfp100, temp),
                                1000.0 * cell_f(&lbms_cell_lfp100, temp / 10.0), 1.01);
        ck_assert_int_ge(lbms_cell_r_permille(&lbms_cell_lfp100, temp),
                         lbms_cell_r_permille(&lbms_cell_lfp100, temp + 13));
    }
}
END_TEST

SUITE("battery/cell_model", CASE("", rest_voltage_never_falls_with_charge_and_stays_in_the_range_of_the_cell),
      CASE("", every_model_is_complete), CASE("", look_ups_are_linear_between_the_points),
      CASE("", positions_outside_are_those_of_the_ends),
      CASE("", slope_is_that_of_one_per_cent_to_both_sides),
      CASE("", factor_of_the_resistances_is_one_at_25_degrees_and_larger_in_the_cold))
