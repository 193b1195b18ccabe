#include "losun_bms/battery/derating.h"

#include <stdbool.h>

#include "support/suite.h"

#define MAX_POINTS 8

/* The curves as docs/derating.md has them, x in 0.1 degC, mV or 0.01 %; and the factor beyond each end. */
static const struct expected {
    uint8_t unit;
    int count;
    int x[MAX_POINTS];
    int percent[MAX_POINTS];
    int below, above;
} expected[LBMS_DERATING_COUNT] = {
    [LBMS_DERATING_CHARGE_TEMP] =
        {LBMS_UNIT_DC, 8, {0, 50, 100, 150, 200, 450, 500, 550}, {5, 10, 25, 50, 100, 100, 50, 20}, 0, 0},
    [LBMS_DERATING_DISCHARGE_TEMP] =
        {LBMS_UNIT_DC, 7, {-200, -100, 0, 100, 500, 550, 600}, {20, 50, 80, 100, 100, 60, 20}, 0, 0},
    [LBMS_DERATING_CHARGE_CELL_MAX] =
        {LBMS_UNIT_MV, 5, {3450, 3500, 3550, 3600, 3650}, {100, 50, 20, 5, 0}, 100, 0},
    [LBMS_DERATING_CHARGE_CELL_MIN] = {LBMS_UNIT_MV, 4, {2000, 2600, 2800, 3000}, {5, 10, 50, 100}, 0, 100},
    [LBMS_DERATING_DISCHARGE_CELL_MIN] =
        {LBMS_UNIT_MV, 5, {2600, 2700, 2850, 2950, 3050}, {0, 10, 30, 70, 100}, 0, 100},
    [LBMS_DERATING_CHARGE_SOC] = {LBMS_UNIT_BP, 4, {9000, 9500, 9800, 10000}, {100, 60, 30, 10}, 100, 10},
    [LBMS_DERATING_DISCHARGE_SOC] = {LBMS_UNIT_BP, 3, {0, 500, 1000}, {20, 50, 100}, 20, 100},
    [LBMS_DERATING_MOSFET] = {LBMS_UNIT_DC, 4, {800, 900, 1000, 1050}, {100, 70, 30, 0}, 100, 0},
};

/* The range that is scanned value by value: all points and some way beyond them. */
static int first_scanned(const struct expected *e)
{
    return e->x[0] - 100;
}

static int last_scanned(const struct expected *e)
{
    return e->x[e->count - 1] + 100;
}

static double line(const struct expected *e, int value)
{
    int i;

    if (value < e->x[0]) {
        return e->below;
    }
    if (value > e->x[e->count - 1]) {
        return e->above;
    }
    for (i = 1; value > e->x[i]; i++) {
    }
    return e->percent[i - 1] +
           (double)(e->percent[i] - e->percent[i - 1]) * (value - e->x[i - 1]) / (e->x[i] - e->x[i - 1]);
}

static int percent_of(uint16_t factor_bp)
{
    ck_assert_uint_eq(factor_bp % 100u, 0u);
    return factor_bp / 100;
}

START_TEST(every_point_of_every_curve_has_its_factor)
{
    uint8_t curve;
    int i;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        const struct expected *e = &expected[curve];

        ck_assert_uint_eq(lbms_derating_curves[curve].count, (unsigned)e->count);
        for (i = 0; i < e->count; i++) {
            const uint16_t factor = lbms_derating_factor(curve, e->x[i]);

            ck_assert_int_eq(percent_of(factor), e->percent[i]);
        }
    }
}
END_TEST

/* The last count inside and the first one outside. */
static void expect_step(uint8_t curve, int inside, int inside_bp, int outside)
{
    ck_assert_uint_eq(lbms_derating_factor(curve, inside), (unsigned)inside_bp);
    ck_assert_uint_eq(lbms_derating_factor(curve, outside), 0u);
}

START_TEST(a_step_lies_strictly_outside_its_neighbouring_point)
{
    expect_step(LBMS_DERATING_CHARGE_TEMP, 0, 500, -1);     /* 0.0 and -0.1 degC */
    expect_step(LBMS_DERATING_CHARGE_TEMP, 550, 2000, 551); /* 55.0 and 55.1 degC */
    expect_step(LBMS_DERATING_DISCHARGE_TEMP, -200, 2000, -201);
    expect_step(LBMS_DERATING_DISCHARGE_TEMP, 600, 2000, 601);
    expect_step(LBMS_DERATING_CHARGE_CELL_MIN, 2000, 500, 1999);
}
END_TEST

START_TEST(outside_its_points_a_curve_is_constant)
{
    uint8_t curve;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        const struct expected *e = &expected[curve];
        const int first = e->x[0];
        const int last = e->x[e->count - 1];

        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, first - 1)), e->below);
        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, INT32_MIN)), e->below);
        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, INT16_MIN - 1)), e->below);
        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, last + 1)), e->above);
        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, INT16_MAX + 1)), e->above);
        ck_assert_int_eq(percent_of(lbms_derating_factor(curve, INT32_MAX)), e->above);
    }
}
END_TEST

START_TEST(between_the_points_the_factor_is_the_line_rounded_down_to_a_hundredth_of_a_percent)
{
    uint8_t curve;
    int value;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        for (value = first_scanned(&expected[curve]); value <= last_scanned(&expected[curve]); value++) {
            const double exact_bp = 100.0 * line(&expected[curve], value);
            const double factor_bp = lbms_derating_factor(curve, value);

            ck_assert_msg(factor_bp < exact_bp + 1e-6 && factor_bp > exact_bp - 1.0,
                          "curve %u at %d: factor %u", (unsigned)curve, value, (unsigned)factor_bp);
        }
    }
}
END_TEST

START_TEST(a_curve_rises_first_and_then_only_falls)
{
    uint8_t curve;
    int value;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        uint16_t before = lbms_derating_factor(curve, first_scanned(&expected[curve]));
        bool falling = false;

        for (value = first_scanned(&expected[curve]) + 1; value <= last_scanned(&expected[curve]); value++) {
            const uint16_t factor = lbms_derating_factor(curve, value);

            ck_assert_uint_le(factor, LBMS_DERATING_ALL_BP);
            ck_assert(!falling || factor <= before);
            falling = falling || (factor < before);
            before = factor;
        }
    }
}
END_TEST

START_TEST(the_range_that_comes_with_a_factor_contains_the_value_and_has_the_same_factor)
{
    uint8_t curve;
    int value;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        for (value = first_scanned(&expected[curve]); value <= last_scanned(&expected[curve]); value++) {
            const struct lbms_derating d = lbms_derating_at(curve, value);
            const int third = (d.to - d.from) / 3;

            ck_assert_int_le(d.from, value);
            ck_assert_int_ge(d.to, value);
            ck_assert_uint_eq(d.factor_bp, lbms_derating_factor(curve, value));
            ck_assert_uint_eq(d.factor_bp, lbms_derating_factor(curve, d.from));
            ck_assert_uint_eq(d.factor_bp, lbms_derating_factor(curve, d.from + third));
            ck_assert_uint_eq(d.factor_bp, lbms_derating_factor(curve, d.to - third));
            ck_assert_uint_eq(d.factor_bp, lbms_derating_factor(curve, d.to));
        }
    }
}
END_TEST

START_TEST(a_level_part_of_a_curve_is_one_range)
{
    struct lbms_derating d = lbms_derating_at(LBMS_DERATING_CHARGE_TEMP, 333);

    ck_assert_int_eq(d.from, 200);
    ck_assert_int_eq(d.to, 450);
    d = lbms_derating_at(LBMS_DERATING_CHARGE_CELL_MAX, 3300);
    ck_assert_int_eq(d.from, INT16_MIN);
    ck_assert_int_eq(d.to, 3449);
    d = lbms_derating_at(LBMS_DERATING_MOSFET, 1051);
    ck_assert_int_eq(d.from, 1051);
    ck_assert_int_eq(d.to, INT16_MAX);
    d = lbms_derating_at(LBMS_DERATING_CHARGE_SOC, 9100); /* and on a slope, a value is alone */
    ck_assert_int_eq(d.from, 9100);
    ck_assert_int_eq(d.to, 9100);
}
END_TEST

START_TEST(an_unknown_curve_offers_nothing)
{
    const struct lbms_derating d = lbms_derating_at(LBMS_DERATING_COUNT, 250);

    ck_assert_uint_eq(d.factor_bp, 0u);
    ck_assert_int_eq(d.from, INT16_MIN);
    ck_assert_int_eq(d.to, INT16_MAX);
    ck_assert_uint_eq(lbms_derating_factor(UINT8_MAX, 250), 0u);
}
END_TEST

START_TEST(every_curve_has_a_name_of_its_own_a_unit_and_ascending_points)
{
    unsigned curve;
    unsigned i;

    for (curve = 0u; curve < LBMS_DERATING_COUNT; curve++) {
        const struct lbms_derating_curve *c = &lbms_derating_curves[curve];

        for (i = 0u; i < curve; i++) {
            ck_assert_str_ne(c->name, lbms_derating_curves[i].name);
        }
        ck_assert_uint_eq(c->unit, expected[curve].unit);
        ck_assert_uint_ge(c->count, 2u);
        for (i = 1u; i < c->count; i++) {
            ck_assert_int_lt(c->points[i - 1u].x, c->points[i].x);
        }
    }
}
END_TEST

SUITE("battery/derating", CASE("R-TECH-08", every_point_of_every_curve_has_its_factor),
      CASE("R-TECH-08 R-TECH-09", a_step_lies_strictly_outside_its_neighbouring_point),
      CASE("R-TECH-08", outside_its_points_a_curve_is_constant),
      CASE("R-TECH-08", between_the_points_the_factor_is_the_line_rounded_down_to_a_hundredth_of_a_percent),
      CASE("R-TECH-08", a_curve_rises_first_and_then_only_falls),
      CASE("", the_range_that_comes_with_a_factor_contains_the_value_and_has_the_same_factor),
      CASE("", a_level_part_of_a_curve_is_one_range), CASE("", an_unknown_curve_offers_nothing),
      CASE("", every_curve_has_a_name_of_its_own_a_unit_and_ascending_points))
