/* The light estimator: a counter with anchors and a look-up at rest. */
#include "losun_bms/battery/estimator_light.h"

#include <math.h>
#include <string.h>

#include "cell_double.h"
#include "support/suite.h"

#define CELL (&lbms_cell_lfp100)

struct rig {
    struct lbms_estimator_light e;
    struct lbms_estimator_inputs in;
};

static void start(struct rig *rig, uint16_t soc_bp, uint16_t sd_bp)
{
    struct lbms_estimator_start at;

    memset(rig, 0xEE, sizeof(*rig));
    memset(&rig->in, 0, sizeof(rig->in));
    lbms_estimator_start_unknown(&at);
    at.known = sd_bp != 0u;
    at.soc_bp = soc_bp;
    at.sd_bp = sd_bp;
    lbms_estimator_light_init(&rig->e, CELL, 100000, &at);
    rig->in.current_valid = true;
    rig->in.voltage_valid = true;
    rig->in.temp_valid = true;
    rig->in.temp_dc = 250;
    rig->in.mean_dmv = 33000u;
    rig->in.max_mv = 3300u;
    lbms_estimator_light_step(&rig->e, &rig->in);
}

static void run(struct rig *rig, int32_t current_ma, unsigned steps, unsigned ms)
{
    rig->in.current_ma = current_ma;
    while (steps-- > 0u) {
        rig->in.now_ms += ms;
        lbms_estimator_light_step(&rig->e, &rig->in);
    }
}

static struct lbms_estimator_view view(const struct rig *rig)
{
    struct lbms_estimator_view v;

    lbms_estimator_light_view(&rig->e, &v);
    return v;
}

/* Voltage at rest in the middle of both branches. */
static void rest_at(struct rig *rig, double z)
{
    rig->in.mean_dmv = (uint16_t)lround(1e4 * cell_u_v(CELL, z, rig->in.temp_dc / 10.0));
    rig->in.max_mv = (uint16_t)(rig->in.mean_dmv / 10u);
}

START_TEST(it_starts_with_what_is_known)
{
    struct rig rig;

    start(&rig, 0u, 0u);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
    ck_assert_uint_eq(view(&rig).sd_bp, 1500u);
    ck_assert(view(&rig).plateau);
    start(&rig, 8123u, 100u);
    ck_assert_uint_eq(view(&rig).soc_bp, 8123u);
    ck_assert_uint_eq(view(&rig).sd_bp, 100u);
    ck_assert(!view(&rig).plateau);
    start(&rig, 20000u, 100u);
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    ck_assert_uint_eq(view(&rig).kr_permille, 1000u);
}
END_TEST

START_TEST(it_counts_in_steps_of_any_length)
{
    static const unsigned lengths[] = {10u, 100u, 1000u, 10000u};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct rig rig;

        start(&rig, 5000u, 100u);
        run(&rig, -7331, 3600000u / lengths[i], lengths[i]);
        ck_assert_double_eq_tol(view(&rig).moved_mas / 3600.0, -7331.0, 0.5);
        ck_assert_double_eq_tol((double)view(&rig).soc_bp, 5000.0 - 733.1, 1.0);
    }
}
END_TEST

START_TEST(ends_stay_at_zero_and_full_and_the_way_back_counts_at_once)
{
    struct rig rig;

    start(&rig, 9900u, 100u);
    run(&rig, 50000, 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    run(&rig, -50000, 720u, 1000u);
    ck_assert_double_eq_tol((double)view(&rig).soc_bp, 9000.0, 1.0);
    run(&rig, -50000, 8000u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 0u);
}
END_TEST

START_TEST(what_is_not_measured_or_cannot_flow_is_not_counted)
{
    struct rig rig;

    start(&rig, 5000u, 100u);
    rig.in.current_valid = false;
    run(&rig, 30000, 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
    rig.in.current_valid = true;
    rig.in.no_current = true;
    run(&rig, 300, 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
    rig.in.own_draw_ma = 100u; /* past the sensor */
    run(&rig, 300, 36000u, 1000u);
    ck_assert_double_eq_tol((double)view(&rig).soc_bp, 4900.0, 1.0);
}
END_TEST

START_TEST(a_minute_without_current_measures_the_zero)
{
    struct rig rig;

    start(&rig, 5000u, 100u);
    rig.in.no_current = true;
    run(&rig, 120, 59u, 1000u);
    ck_assert_int_eq(view(&rig).offset_ma, 0);
    ck_assert_uint_eq(view(&rig).offset_sd_ma, 100u);
    run(&rig, 120, 1u, 1000u);
    ck_assert_int_eq(view(&rig).offset_ma, 120);
    ck_assert_uint_eq(view(&rig).offset_sd_ma, 20u);
    rig.in.no_current = false;
    run(&rig, 120, 36000u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
}
END_TEST

START_TEST(an_interrupted_minute_does_not_count)
{
    struct rig rig;

    start(&rig, 5000u, 100u);
    rig.in.no_current = true;
    run(&rig, 120, 59u, 1000u);
    rig.in.no_current = false;
    run(&rig, 120, 1u, 1000u);
    rig.in.no_current = true;
    run(&rig, 120, 59u, 1000u);
    ck_assert_int_eq(view(&rig).offset_ma, 0);
}
END_TEST

START_TEST(full_is_a_high_cell_that_takes_little_for_two_minutes)
{
    struct rig rig;

    start(&rig, 7000u, 1000u);
    rig.in.max_mv = 3450u;
    run(&rig, 4999, 119u, 1000u);
    ck_assert_uint_lt(view(&rig).soc_bp, 7100u);
    ck_assert(!view(&rig).anchored);
    run(&rig, 4999, 1u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    ck_assert_uint_eq(view(&rig).sd_bp, 100u);
    ck_assert(view(&rig).anchored);

    start(&rig, 7000u, 1000u);
    rig.in.max_mv = 3449u;
    run(&rig, 4999, 600u, 1000u);
    ck_assert(!view(&rig).anchored);
    rig.in.max_mv = 3450u;
    run(&rig, 5000, 600u, 1000u);
    ck_assert(!view(&rig).anchored);
    run(&rig, -500, 600u, 1000u);
    ck_assert(!view(&rig).anchored);
}
END_TEST

START_TEST(after_an_hour_of_rest_a_steep_voltage_is_looked_up)
{
    struct rig rig;

    start(&rig, 5000u, 1500u);
    rest_at(&rig, 0.06);
    run(&rig, 1999, 3599u, 1000u);
    ck_assert_uint_gt(view(&rig).soc_bp, 5000u);
    run(&rig, 1999, 1u, 1000u);
    ck_assert_double_eq_tol((double)view(&rig).soc_bp, 600.0, 101.0);
    ck_assert_double_eq_tol((double)view(&rig).sd_bp, 303.0, 2.0);
}
END_TEST

START_TEST(on_the_plateau_the_voltage_is_not_believed)
{
    struct rig rig;

    start(&rig, 5000u, 1500u);
    rest_at(&rig, 0.80);
    run(&rig, 0, 3u * 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
}
END_TEST

START_TEST(a_load_is_no_rest_and_a_better_value_is_not_replaced)
{
    struct rig rig;

    start(&rig, 5000u, 1500u);
    rest_at(&rig, 0.06);
    run(&rig, -2000, 2u * 3600u, 1000u);
    ck_assert_uint_gt(view(&rig).soc_bp, 4000u);
    start(&rig, 900u, 200u);
    rest_at(&rig, 0.06);
    run(&rig, 0, 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 900u);
}
END_TEST

START_TEST(counting_makes_it_less_certain)
{
    struct rig rig;

    start(&rig, 5000u, 100u);
    run(&rig, 10000, 3600u, 1000u);
    /* 0.1 % of the capacity each hour, 1 % of the 10 % that moved */
    ck_assert_double_eq_tol((double)view(&rig).sd_bp, 100.0 + 10.0 + 10.0, 1.0);
    run(&rig, 0, 3600u * 24u * 60u / 10u, 10000u);
    ck_assert_uint_le(view(&rig).sd_bp, 5000u);
}
END_TEST

START_TEST(the_clock_may_wrap_and_a_late_step_counts_ten_seconds)
{
    struct rig rig;

    start(&rig, 5000u, 100u);
    rig.in.now_ms = UINT32_MAX - 500u;
    lbms_estimator_light_step(&rig.e, &rig.in);
    run(&rig, 36000, 100u, 1000u);
    ck_assert_int_eq(view(&rig).moved_mas, 3600000);
    run(&rig, 36000, 1u, 3600000u);
    ck_assert_int_eq(view(&rig).moved_mas, 3960000);
}
END_TEST

START_TEST(no_input_takes_it_out_of_its_range)
{
    static const int32_t currents[] = {INT32_MIN, INT32_MAX, -200000, 200000};
    static const int32_t capacities[] = {INT32_MIN, 0, INT32_MAX};
    unsigned c;
    unsigned n;

    for (c = 0u; c < 3u; c++) {
        struct rig rig;
        struct lbms_estimator_start at;

        start(&rig, 5000u, 100u);
        memset(&at, 0xFF, sizeof(at));
        at.known = true;
        at.zero_known = true;
        at.offset_ma = INT32_MIN;
        lbms_estimator_light_init(&rig.e, CELL, capacities[c], &at);
        for (n = 0u; n < 5000u; n++) {
            rig.in.current_ma = currents[(n / 40u) % 4u];
            rig.in.mean_dmv = (uint16_t)(n * 977u);
            rig.in.max_mv = (uint16_t)(n * 131u);
            rig.in.temp_dc = (int16_t)(n * 377u);
            rig.in.no_current = (n / 300u) % 3u == 1u;
            rig.in.own_draw_ma = (uint16_t)(n * 7u);
            rig.in.now_ms += 10000u;
            lbms_estimator_light_step(&rig.e, &rig.in);
            ck_assert_uint_le(view(&rig).soc_bp, 10000u);
            ck_assert_uint_le(view(&rig).sd_bp, 10000u);
        }
    }
}
END_TEST

START_TEST(empty_is_zero_to_one_percent)
{
    struct rig rig;

    start(&rig, 1200u, 3000u);
    lbms_estimator_light_empty(&rig.e);
    ck_assert_uint_eq(view(&rig).soc_bp, 0u);
    ck_assert_uint_eq(view(&rig).sd_bp, 100u);
    run(&rig, 36000, 100u, 1000u); /* 1 Ah */
    ck_assert_uint_eq(view(&rig).soc_bp, 100u);
}
END_TEST

START_TEST(a_learnt_capacity_keeps_the_state_of_charge)
{
    struct rig rig;

    start(&rig, 8000u, 100u);
    lbms_estimator_light_set_capacity(&rig.e, 85000);
    ck_assert_uint_eq(view(&rig).soc_bp, 8000u);
    ck_assert_uint_eq(view(&rig).sd_bp, 100u);
    run(&rig, 8500, 3600u, 1000u);
    ck_assert_uint_eq(view(&rig).soc_bp, 9000u);
    ck_assert_uint_eq(view(&rig).capacity_permille, 0u); /* it has nothing to say of that */
    lbms_estimator_light_set_capacity(&rig.e, 100000);
    ck_assert_uint_eq(view(&rig).soc_bp, 9000u);
}
END_TEST

SUITE("battery/estimator_light", CASE("", it_starts_with_what_is_known),
      CASE("", it_counts_in_steps_of_any_length),
      CASE("", ends_stay_at_zero_and_full_and_the_way_back_counts_at_once),
      CASE("", what_is_not_measured_or_cannot_flow_is_not_counted),
      CASE("", a_minute_without_current_measures_the_zero), CASE("", an_interrupted_minute_does_not_count),
      CASE("", full_is_a_high_cell_that_takes_little_for_two_minutes),
      CASE("", after_an_hour_of_rest_a_steep_voltage_is_looked_up),
      CASE("", on_the_plateau_the_voltage_is_not_believed),
      CASE("", a_load_is_no_rest_and_a_better_value_is_not_replaced),
      CASE("", counting_makes_it_less_certain), CASE("", empty_is_zero_to_one_percent),
      CASE("", the_clock_may_wrap_and_a_late_step_counts_ten_seconds),
      CASE("", no_input_takes_it_out_of_its_range),
      CASE("R-TECH-14", a_learnt_capacity_keeps_the_state_of_charge))
