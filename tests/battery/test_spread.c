#include "losun_bms/battery/spread.h"

#include <math.h>
#include <string.h>

#include "cell_double.h"
#include "support/suite.h"

#define MODEL        (&lbms_cell_lfp100)
#define CAPACITY_MAH 100000
#define PER_UNIT     25600.0 /* positions of the table for the whole SOC */

struct rig {
    struct lbms_spread s;
    struct lbms_spread_inputs in;
    uint16_t cell_mv[LBMS_CELLS];
    double dz[LBMS_CELLS]; /* the truth */
};

static void start(struct rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig));
    memset(&rig->in, 0, sizeof(rig->in));
    memset(rig->dz, 0, sizeof(rig->dz));
    rig->in.cell_mv = rig->cell_mv;
    rig->in.cells_valid = LBMS_ALL_CELLS;
    rig->in.temp_dc = 250;
    rig->in.capacity_mah = CAPACITY_MAH;
    lbms_spread_init(&rig->s, NULL);
}

/* Rest voltages of all cells with their mean SOC at z, as the measurement tells them. */
static void rest_at(struct rig *rig, double z)
{
    double sum_v = 0.0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const double u_v = cell_u_v(MODEL, z + rig->dz[i], rig->in.temp_dc / 10.0);

        rig->cell_mv[i] = (uint16_t)lround(1000.0 * u_v);
        sum_v += u_v;
    }
    rig->in.mean_dmv = (uint16_t)lround(10000.0 * sum_v / LBMS_CELLS);
    rig->in.soc_bp = (uint16_t)lround(10000.0 * cell_z(MODEL, sum_v / LBMS_CELLS, rig->in.temp_dc / 10.0));
}

static void steps(struct rig *rig, unsigned count)
{
    while (count-- > 0u) {
        lbms_spread_step(&rig->s, MODEL, &rig->in);
    }
}

static double learned(const struct rig *rig, unsigned cell)
{
    return rig->s.dz[cell] / PER_UNIT;
}

START_TEST(a_virgin_pack_has_equal_cells)
{
    struct rig rig;
    struct lbms_usable usable;
    unsigned i;

    start(&rig);
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_int_eq(rig.s.dz[i], 0);
    }
    lbms_spread_usable(&rig.s, 4321u, CAPACITY_MAH, &usable);
    ck_assert_uint_eq(usable.soc_bp, 4321u);
    ck_assert_uint_eq(usable.soc_low_bp, 4321u);
    ck_assert_uint_eq(usable.soc_high_bp, 4321u);
    ck_assert_int_eq(usable.remaining_mah, 43210);
    ck_assert_int_eq(usable.capacity_mah, CAPACITY_MAH);
}
END_TEST

START_TEST(stored_differences_go_on_within_20_percent)
{
    int16_t stored[LBMS_CELLS] = {100, -200, 5120, 5121, -5120, -5121, INT16_MAX, INT16_MIN};
    struct lbms_spread s;

    memset(&s, 0xEE, sizeof(s));
    lbms_spread_init(&s, stored);
    ck_assert_int_eq(s.dz[0], 100);
    ck_assert_int_eq(s.dz[1], -200);
    ck_assert_int_eq(s.dz[2], 5120);
    ck_assert_int_eq(s.dz[3], 5120);
    ck_assert_int_eq(s.dz[4], -5120);
    ck_assert_int_eq(s.dz[5], -5120);
    ck_assert_int_eq(s.dz[6], 5120);
    ck_assert_int_eq(s.dz[7], -5120);
    ck_assert_int_eq(s.dz[15], 0);
    ck_assert_uint_eq(s.next, 0u);
}
END_TEST

START_TEST(differences_are_learned_on_the_slope)
{
    struct rig rig;
    unsigned i;

    start(&rig);
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.dz[i] = 0.02 * ((double)i - 7.5) / 7.5; /* -2 % .. 2 % */
    }
    rest_at(&rig, 0.22); /* 5 mV for each per cent */
    steps(&rig, 3600u);
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_double_eq_tol(learned(&rig, i), rig.dz[i], 0.003); /* 1 mV is 0.2 % */
    }
}
END_TEST

START_TEST(cells_at_all_temperatures_are_compared_by_the_same_curve)
{
    struct rig rig;

    start(&rig);
    rig.in.temp_dc = 0;
    rig.dz[3] = -0.015;
    rest_at(&rig, 0.05);
    steps(&rig, 1600u);
    ck_assert_double_eq_tol(learned(&rig, 3u), -0.015, 0.002);
    ck_assert_double_eq_tol(learned(&rig, 4u), 0.0, 0.002);
}
END_TEST

START_TEST(on_a_plateau_the_differences_are_held)
{
    struct rig rig;
    unsigned i;

    start(&rig);
    rig.dz[5] = 0.02;
    rest_at(&rig, 0.22);
    steps(&rig, 3600u);
    rig.dz[5] = -0.02; /* would be seen, were it looked for */
    rest_at(&rig, 0.50);
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.cell_mv[i] = (uint16_t)(rig.cell_mv[i] + (i % 5u) - 2u); /* errors of 2 mV */
    }
    steps(&rig, 36000u);
    ck_assert_double_eq_tol(learned(&rig, 5u), 0.02, 0.003);
    ck_assert_double_eq_tol(learned(&rig, 6u), 0.0, 0.003);
}
END_TEST

START_TEST(the_slope_decides_at_2_mv_for_each_percent)
{
    static const double at[] = {0.10, 0.125, 0.27, 0.29, 0.31, 0.45, 0.62, 0.70, 0.85, 0.97};
    unsigned k;

    for (k = 0u; k < sizeof(at) / sizeof(at[0]); k++) {
        const double slope_mv =
            (cell_u_v(MODEL, at[k] + 0.01, 25.0) - cell_u_v(MODEL, at[k] - 0.01, 25.0)) * 500.0;
        struct rig rig;

        start(&rig);
        rest_at(&rig, at[k]);
        rig.s.dz[0] = 256; /* 1 %, wrong */
        steps(&rig, 16u);
        ck_assert((rig.s.dz[0] != 256) == (slope_mv >= 2.0));
    }
}
END_TEST

START_TEST(a_steeper_curve_is_learned_from_faster)
{
    struct rig rig;
    double slow;

    start(&rig);
    rig.dz[0] = 0.01;
    rest_at(&rig, 0.28);
    steps(&rig, 160u);
    slow = learned(&rig, 0u);
    start(&rig);
    rig.dz[0] = 0.01;
    rest_at(&rig, 0.04);
    steps(&rig, 160u);
    ck_assert_double_gt(learned(&rig, 0u), 0.0065); /* 1 - (7/8)^10 = 0.74 */
    ck_assert_double_lt(learned(&rig, 0u), 0.0085);
    ck_assert_double_gt(slow, 0.001);
    ck_assert_double_lt(slow, 0.005);
}
END_TEST

START_TEST(a_cell_on_a_plateau_is_not_placed_by_a_mean_on_the_slope)
{
    struct rig rig;

    start(&rig);
    rest_at(&rig, 0.64);
    rig.cell_mv[2] = (uint16_t)(rig.cell_mv[2] + 17u); /* 68 to 85 % have this voltage */
    rig.in.mean_dmv = (uint16_t)lround(10000.0 * cell_u_v(MODEL, 0.64, 25.0));
    steps(&rig, 1600u);
    ck_assert_int_eq(rig.s.dz[2], 0);
}
END_TEST

START_TEST(one_look_moves_by_an_eighth_at_most)
{
    static const double at[] = {0.04, 0.065}; /* 48 and 13 mV for each per cent */
    unsigned k;

    for (k = 0u; k < 2u; k++) {
        struct rig rig;

        start(&rig);
        rest_at(&rig, at[k]);
        rig.s.dz[0] = 800; /* the measurement says 0 */
        steps(&rig, 1u);
        ck_assert_double_eq_tol((double)rig.s.dz[0], 700.0, 5.0);
    }
}
END_TEST

START_TEST(one_cell_far_from_a_flat_rest_is_seen)
{
    struct rig rig;

    start(&rig); /* it ends the charge while the others are on the plateau */
    rig.dz[9] = 0.035;
    rest_at(&rig, 0.964);
    ck_assert_uint_gt(rig.cell_mv[9], 3500u);
    rig.in.soc_bp = 9640u; /* the filter knows the mean cell better than the mean voltage does */
    rig.in.mean_dmv = (uint16_t)lround(10000.0 * cell_u_v(MODEL, 0.964, 25.0));
    steps(&rig, 3200u);
    ck_assert_double_eq_tol(learned(&rig, 9u), 0.035, 0.004);
    ck_assert_double_eq_tol(learned(&rig, 8u), 0.0, 1e-9);
}
END_TEST

START_TEST(a_small_difference_on_a_plateau_says_nothing_even_when_it_points_at_a_slope)
{
    struct rig rig;

    start(&rig);
    rest_at(&rig, 0.70);
    rig.cell_mv[2] = (uint16_t)(rig.cell_mv[2] - 19u); /* would be 64 % */
    steps(&rig, 1600u);
    ck_assert_int_eq(rig.s.dz[2], 0);
    rig.cell_mv[2] = (uint16_t)(rig.cell_mv[2] - 2u);
    steps(&rig, 1600u);
    ck_assert_double_lt(learned(&rig, 2u), -0.04);
}
END_TEST

START_TEST(above_a_tenth_of_the_capacity_nothing_is_learned)
{
    static const int32_t current_ma[] = {10000, 10001, -10000, -10001};
    unsigned k;

    for (k = 0u; k < 4u; k++) {
        struct rig rig;

        start(&rig);
        rig.dz[1] = 0.02;
        rest_at(&rig, 0.22);
        rig.in.current_ma = current_ma[k];
        steps(&rig, 160u);
        ck_assert((rig.s.dz[1] != 0) == ((current_ma[k] == 10000) || (current_ma[k] == -10000)));
    }
}
END_TEST

START_TEST(a_cell_that_cannot_be_believed_keeps_its_difference)
{
    struct rig rig;

    start(&rig);
    rig.dz[15] = 0.02;
    rest_at(&rig, 0.22);
    rig.in.cells_valid = 0x7FFFu;
    steps(&rig, 1600u);
    ck_assert_int_eq(rig.s.dz[15], 0);
    rig.in.cells_valid = 0x8000u;
    steps(&rig, 1600u);
    ck_assert_int_gt(rig.s.dz[15], 400);
}
END_TEST

START_TEST(every_cell_has_its_turn_once_in_16_calls)
{
    struct rig rig;
    unsigned i;

    start(&rig);
    rest_at(&rig, 0.05);
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.s.dz[i] = 256;
    }
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_int_eq(rig.s.dz[i], 256);
        steps(&rig, 1u);
        ck_assert_int_lt(rig.s.dz[i], 256);
    }
    ck_assert_uint_eq(rig.s.next, 0u);
}
END_TEST

START_TEST(differences_at_the_ends_of_the_table_stay_within_reach)
{
    struct rig rig;

    start(&rig);
    rest_at(&rig, 0.02);
    rig.cell_mv[0] = 1000u;
    rig.cell_mv[1] = 4000u;
    steps(&rig, 3200u);
    ck_assert_double_eq_tol(learned(&rig, 0u), -0.02, 0.001);
    ck_assert_double_lt(learned(&rig, 1u), 0.2001);
    start(&rig);
    rest_at(&rig, 0.995);
    rig.cell_mv[0] = 4000u;
    steps(&rig, 3200u);
    ck_assert_double_eq_tol(learned(&rig, 0u), 0.005, 0.001);
}
END_TEST

START_TEST(the_lowest_cell_is_empty_first_and_the_highest_full_first)
{
    struct rig rig;
    struct lbms_usable usable;
    const double low = -0.03;
    const double high = 0.02;
    unsigned bp;

    start(&rig);
    rig.s.dz[4] = (int16_t)lround(low * PER_UNIT);
    rig.s.dz[11] = (int16_t)lround(high * PER_UNIT);
    for (bp = 0u; bp <= 10000u; bp += 50u) {
        const double z_low = fmin(fmax(bp / 10000.0 + low, 0.0), 1.0);
        const double z_high = fmin(fmax(bp / 10000.0 + high, 0.0), 1.0);
        const double used = z_low + 1.0 - z_high;

        lbms_spread_usable(&rig.s, (uint16_t)bp, CAPACITY_MAH, &usable);
        ck_assert_double_eq_tol((double)usable.soc_low_bp, 10000.0 * z_low, 1.0);
        ck_assert_double_eq_tol((double)usable.soc_high_bp, 10000.0 * z_high, 1.0);
        ck_assert_double_eq_tol((double)usable.remaining_mah, CAPACITY_MAH * z_low, 11.0);
        ck_assert_double_eq_tol((double)usable.capacity_mah, CAPACITY_MAH * used, 21.0);
        ck_assert_double_eq_tol((double)usable.soc_bp, 10000.0 * z_low / used, 3.0);
    }
    lbms_spread_usable(&rig.s, 300u, CAPACITY_MAH, &usable);
    ck_assert_uint_eq(usable.soc_bp, 0u);
    lbms_spread_usable(&rig.s, 9800u, CAPACITY_MAH, &usable);
    ck_assert_uint_eq(usable.soc_bp, 10000u);
    lbms_spread_usable(&rig.s, 5000u, CAPACITY_MAH, &usable);
    ck_assert_int_eq(usable.capacity_mah, 95000);
}
END_TEST

START_TEST(a_pack_without_usable_range_is_empty)
{
    struct lbms_usable usable;
    struct lbms_spread s;

    lbms_spread_init(&s, NULL);
    s.dz[0] = -5120;
    s.dz[1] = INT16_MAX; /* cannot be learned, but the state may be damaged */
    lbms_spread_usable(&s, 1000u, CAPACITY_MAH, &usable);
    ck_assert_uint_eq(usable.soc_bp, 0u);
    ck_assert_int_eq(usable.capacity_mah, 0);
}
END_TEST

START_TEST(a_damaged_turn_is_taken_as_some_cell)
{
    struct rig rig;

    start(&rig);
    rest_at(&rig, 0.05);
    rig.s.dz[8] = 256;
    rig.s.next = 200u;
    steps(&rig, 1u);
    ck_assert_int_lt(rig.s.dz[8], 256);
    ck_assert_uint_eq(rig.s.next, 9u);
}
END_TEST

SUITE("battery/spread", CASE("", a_virgin_pack_has_equal_cells),
      CASE("R-PRM-03", stored_differences_go_on_within_20_percent),
      CASE("", differences_are_learned_on_the_slope),
      CASE("", cells_at_all_temperatures_are_compared_by_the_same_curve),
      CASE("", on_a_plateau_the_differences_are_held), CASE("", the_slope_decides_at_2_mv_for_each_percent),
      CASE("", a_steeper_curve_is_learned_from_faster),
      CASE("", a_cell_on_a_plateau_is_not_placed_by_a_mean_on_the_slope),
      CASE("", one_look_moves_by_an_eighth_at_most), CASE("", one_cell_far_from_a_flat_rest_is_seen),
      CASE("", a_small_difference_on_a_plateau_says_nothing_even_when_it_points_at_a_slope),
      CASE("", above_a_tenth_of_the_capacity_nothing_is_learned),
      CASE("", a_cell_that_cannot_be_believed_keeps_its_difference),
      CASE("", every_cell_has_its_turn_once_in_16_calls),
      CASE("", differences_at_the_ends_of_the_table_stay_within_reach),
      CASE("", the_lowest_cell_is_empty_first_and_the_highest_full_first),
      CASE("", a_pack_without_usable_range_is_empty), CASE("", a_damaged_turn_is_taken_as_some_cell))
