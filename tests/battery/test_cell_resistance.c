#include "losun_bms/battery/cell_resistance.h"

#include <math.h>

#include "cell_double.h"
#include "support/suite.h"

#define MODEL (&lbms_cell_lfp100)

static void expect(int32_t capacity_mah, int32_t temp_dc, int32_t kr_permille)
{
    const double scale = cell_f(MODEL, temp_dc / 10.0) * 100000.0 / capacity_mah;
    const double kr = kr_permille / 1000.0;
    struct lbms_cell_resistance r;

    lbms_cell_resistance(MODEL, capacity_mah, temp_dc, kr_permille, &r);
    ck_assert_double_eq_tol((double)r.r0_uohm, MODEL->r0_uohm * kr * scale, 0.002 * r.r0_uohm + 1.0);
    ck_assert_double_eq_tol((double)r.r1_uohm, MODEL->r1_uohm * kr * scale, 0.002 * r.r1_uohm + 1.0);
    ck_assert_double_eq_tol((double)r.r2_uohm, MODEL->r2_uohm * (1.0 + (kr - 1.0) / 4.0) * scale,
                            0.002 * r.r2_uohm + 1.0);
}

START_TEST(the_model_itself_at_25_degrees_and_100_ah)
{
    struct lbms_cell_resistance r;

    lbms_cell_resistance(MODEL, 100000, 250, 1000, &r);
    ck_assert_int_eq(r.r0_uohm, MODEL->r0_uohm);
    ck_assert_int_eq(r.r1_uohm, MODEL->r1_uohm);
    ck_assert_int_eq(r.r2_uohm, MODEL->r2_uohm);
}
END_TEST

START_TEST(size_temperature_and_learned_factor_count)
{
    expect(100000, 250, 1000);
    expect(50000, 250, 1000);
    expect(280000, 250, 1000);
    expect(1000, 250, 1000);
    expect(1000000, 250, 1000);
    expect(100000, -200, 1000);
    expect(100000, 0, 1000);
    expect(100000, 110, 1000);
    expect(100000, 600, 1000);
    expect(100000, 250, 500);
    expect(100000, 250, 2500);
    expect(10000, -150, 2500);
}
END_TEST

START_TEST(a_share_builds_up_exponentially)
{
    static const int32_t tau_s[] = {1, 7, 25, 30, 1800, 20000, 50000};
    double worst = 0.0;
    unsigned k;
    int32_t t_s;

    for (k = 0u; k < sizeof(tau_s) / sizeof(tau_s[0]); k++) {
        for (t_s = 0; t_s <= 12 * tau_s[k]; t_s += 1 + tau_s[k] / 50) {
            const double share = lbms_cell_share(t_s, tau_s[k]) / 32768.0;

            worst = fmax(worst, fabs(share - (1.0 - exp(-(double)t_s / tau_s[k]))));
        }
    }
    ck_assert_double_lt(worst, 0.001);
}
END_TEST

START_TEST(the_ends_of_a_share_are_exact)
{
    ck_assert_int_eq(lbms_cell_share(0, 30), 0);
    ck_assert_int_eq(lbms_cell_share(8 * 30, 30), LBMS_CELL_SHARE_ONE);
    ck_assert_int_eq(lbms_cell_share(INT32_MAX, 50000), LBMS_CELL_SHARE_ONE);
    ck_assert_int_eq(lbms_cell_share(0, 0), LBMS_CELL_SHARE_ONE);
    ck_assert_int_lt(lbms_cell_share(8 * 30 - 1, 30), LBMS_CELL_SHARE_ONE);
}
END_TEST

SUITE("battery/cell_resistance", CASE("", the_model_itself_at_25_degrees_and_100_ah),
      CASE("", size_temperature_and_learned_factor_count), CASE("", a_share_builds_up_exponentially),
      CASE("", the_ends_of_a_share_are_exact))
