/* The methods that the estimator is compared with, on cases whose result is known by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "soc_eval/runner.h"
#include "support/suite.h"

#define STEP_S 10.0
#define HOUR_S 3600.0

static struct soc_cell cell;
static struct soc_setup setup;
static struct soc_tick tick;
static struct soc_runner runner;
static double time_s;

static void begin(const char *name, double soc)
{
    const struct soc_method *method = soc_method_find(name);

    ck_assert_ptr_nonnull(method);
    ck_assert(soc_cell_builtin(&cell, "lfp100"));
    memset(&setup, 0, sizeof(setup));
    setup.cell = &cell;
    setup.capacity_ah = 100.0;
    setup.soc = soc;
    ck_assert(soc_runner_begin(&runner, method, &setup, 0.0, 1e6));
    memset(&tick, 0, sizeof(tick));
    tick.dt_s = STEP_S;
    tick.temp_c = 25.0;
    time_s = 0.0;
}

static void run(double current_a, double v, double hours)
{
    const long steps = lround(hours * HOUR_S / STEP_S);
    long n;

    for (n = 0; n < steps; n++) {
        time_s += STEP_S;
        tick.now_ms = (uint32_t)lround(1000.0 * time_s);
        tick.current_a = current_a;
        tick.mean_v = v;
        tick.max_v = v;
        soc_runner_tick(&runner, &tick, time_s);
    }
}

static void expect_soc(double soc)
{
    ck_assert_double_eq_tol(runner.reading.soc, soc, 1e-6);
}

START_TEST(every_method_is_found_by_its_own_name)
{
    size_t i;

    for (i = 0u; soc_methods[i] != NULL; i++) {
        ck_assert_ptr_eq(soc_method_find(soc_methods[i]->name), soc_methods[i]);
    }
    ck_assert_uint_ge(i, 7u);
    ck_assert_ptr_null(soc_method_find("oracle"));
    ck_assert(soc_method_find("estimator")->own);
    ck_assert(soc_method_find("light")->own);
    ck_assert(!soc_method_find("ekf20")->own);
}
END_TEST

START_TEST(all_begin_with_the_stored_state_of_charge)
{
    size_t i;

    for (i = 0u; soc_methods[i] != NULL; i++) {
        begin(soc_methods[i]->name, 0.35);
        ck_assert_double_eq_tol(runner.reading.soc, 0.35, 0.5e-2);
        soc_runner_end(&runner);
    }
}
END_TEST

START_TEST(the_counter_counts_and_stops_at_both_ends)
{
    begin("counter", 0.50);
    run(-20.0, 3.3, 1.0);
    expect_soc(0.30);
    run(-20.0, 3.3, 2.0);
    expect_soc(0.0);
    run(50.0, 3.3, 1.0);
    expect_soc(0.50);
    run(60.0, 3.5, 1.0);
    expect_soc(1.0);
    ck_assert_double_lt(runner.reading.sd, 0.0);
    ck_assert(isnan(runner.reading.offset_a));
    soc_runner_end(&runner);
}
END_TEST

START_TEST(the_plain_counter_has_no_anchors)
{
    begin("counter", 0.50);
    run(0.0, 3.60, 1.0);
    run(0.0, 2.50, 1.0);
    expect_soc(0.50);
    soc_runner_end(&runner);
}
END_TEST

START_TEST(the_full_anchor_needs_the_voltage_a_small_charge_current_and_a_minute)
{
    begin("anchors", 0.50);
    run(0.0, 3.449, 1.0); /* too low */
    run(-0.1, 3.46, 1.0); /* discharging: minus 0.1 % */
    run(5.0, 3.46, 0.1);  /* C/20 is too much: plus 0.5 % */
    expect_soc(0.504);
    run(0.0, 3.45, 50.0 / HOUR_S);
    expect_soc(0.504);
    run(0.0, 3.45, 10.0 / HOUR_S);
    expect_soc(1.0);
    soc_runner_end(&runner);
}
END_TEST

START_TEST(the_empty_anchor_needs_the_voltage_a_discharge_and_a_minute)
{
    begin("anchors", 0.50);
    run(0.0, 2.8, 1.0);
    expect_soc(0.50);
    run(-3.6, 2.90, 50.0 / HOUR_S);
    ck_assert_double_gt(runner.reading.soc, 0.49);
    run(-3.6, 2.90, 10.0 / HOUR_S);
    expect_soc(0.0);
    soc_runner_end(&runner);
}
END_TEST

START_TEST(after_an_hour_of_rest_the_table_is_looked_up)
{
    begin("rest", 0.50);
    run(0.0, soc_cell_rest_v(&cell, 0.20, 25.0), 0.99);
    expect_soc(0.50);
    run(0.0, soc_cell_rest_v(&cell, 0.20, 25.0), 0.02);
    ck_assert_double_eq_tol(runner.reading.soc, 0.20, 1e-4);
    /* C/50 is no rest */
    run(2.0, 3.40, 1.0);
    ck_assert_double_eq_tol(runner.reading.soc, 0.22, 1e-4);
    soc_runner_end(&runner);
}
END_TEST

/* A cell that is exactly what the filters believe, on the branch of discharge; it is so many times smaller than 100 Ah. */
static void discharge(double soc, double current_a, double hours, double size)
{
    const long steps = lround(hours * HOUR_S / STEP_S);
    double pair_v[SOC_CELL_PAIRS] = {0.0, 0.0};
    double branch = 0.0;
    long n;

    for (n = 0; n < steps; n++) {
        const double keep = exp(-cell.branch_rate * fabs(current_a) * STEP_S / (100.0 * HOUR_S));
        double v;
        int k;

        soc += current_a * STEP_S / (100.0 * HOUR_S);
        branch = keep * branch - (1.0 - keep);
        v = soc_cell_rest_v(&cell, soc, 25.0) + branch * soc_cell_half_v(&cell, soc) +
            cell.r0_ohm * current_a;
        for (k = 0; k < SOC_CELL_PAIRS; k++) {
            const double decay = exp(-STEP_S / cell.tau_s[k]);

            pair_v[k] = decay * pair_v[k] + (1.0 - decay) * cell.r_ohm[k] * current_a;
            v += pair_v[k];
        }
        run(current_a / size, v, STEP_S / HOUR_S);
    }
    soc_runner_score(&runner, time_s, soc);
}

START_TEST(kalman_filters_find_a_cell_that_is_as_they_believe)
{
    static const char *const name[] = {"ekf5", "ekf20"};
    size_t i;

    for (i = 0u; i < 2u; i++) {
        begin(name[i], 0.60);
        discharge(0.40, -10.0, 3.5, 1.0); /* down to 5 %, where the curve is steep */
        ck_assert_double_eq_tol(runner.reading.soc, 0.05, 0.01);
        ck_assert_double_gt(runner.reading.sd, 0.0);
        ck_assert_double_lt(runner.reading.sd, 0.05);
        soc_runner_end(&runner);
    }
}
END_TEST

START_TEST(only_the_filter_with_an_offset_tells_one)
{
    begin("ekf20", 0.40);
    ck_assert_double_eq(runner.reading.offset_a, 0.0);
    soc_runner_end(&runner);
    begin("ekf5", 0.40);
    ck_assert(isnan(runner.reading.offset_a));
    soc_runner_end(&runner);
}
END_TEST

START_TEST(the_estimators_of_the_library_count_and_tell_their_doubt)
{
    static const char *const name[] = {"estimator", "light"};
    size_t i;

    for (i = 0u; i < 2u; i++) {
        begin(name[i], 0.40);
        discharge(0.40, -10.0, 3.5, 1.0);
        ck_assert_double_eq_tol(runner.reading.soc, 0.05, 0.02);
        ck_assert_double_gt(runner.reading.sd, 0.0);
        soc_runner_end(&runner);
    }
}
END_TEST

START_TEST(a_small_cell_is_a_large_one_at_the_same_rate)
{
    struct soc_reading large;

    begin("estimator", 0.60);
    discharge(0.40, -10.0, 3.5, 1.0);
    large = runner.reading;
    soc_runner_end(&runner);

    begin("estimator", 0.60);
    soc_runner_end(&runner);
    cell.capacity_ah = 2.0;
    setup.capacity_ah = 2.0;
    ck_assert(soc_runner_begin(&runner, soc_method_find("estimator"), &setup, 0.0, 1e6));
    discharge(0.40, -10.0, 3.5, 50.0);
    ck_assert_double_eq_tol(runner.reading.soc, large.soc, 1e-9);
    ck_assert_double_eq_tol(runner.reading.sd, large.sd, 1e-9);
    ck_assert_double_eq_tol(50.0 * runner.reading.offset_a, large.offset_a, 1e-9);
    soc_runner_end(&runner);
}
END_TEST

START_TEST(a_jump_counts_except_at_power_up_and_at_a_full_anchor)
{
    begin("rest", 0.50);
    run(0.0, 3.20, 1.0); /* first look-up, after an hour */
    ck_assert_double_gt(runner.largest_jump, 0.3);
    soc_runner_end(&runner);
    begin("anchors", 0.50);
    run(0.0, 3.30, 1.0);
    run(0.0, 3.46, 0.1);
    expect_soc(1.0);
    ck_assert_double_eq(runner.largest_jump, 0.0);
    soc_runner_end(&runner);
    begin("anchors", 0.50);
    run(-3.6, 2.80, 0.1); /* an empty anchor within the first ten minutes */
    expect_soc(0.0);
    ck_assert_double_lt(runner.largest_jump, 0.001);
    soc_runner_end(&runner);
}
END_TEST

SUITE("soc_eval/methods", CASE("", every_method_is_found_by_its_own_name),
      CASE("", all_begin_with_the_stored_state_of_charge),
      CASE("", the_counter_counts_and_stops_at_both_ends), CASE("", the_plain_counter_has_no_anchors),
      CASE("", the_full_anchor_needs_the_voltage_a_small_charge_current_and_a_minute),
      CASE("", the_empty_anchor_needs_the_voltage_a_discharge_and_a_minute),
      CASE("", after_an_hour_of_rest_the_table_is_looked_up),
      CASE("", kalman_filters_find_a_cell_that_is_as_they_believe),
      CASE("", only_the_filter_with_an_offset_tells_one),
      CASE("", the_estimators_of_the_library_count_and_tell_their_doubt),
      CASE("", a_small_cell_is_a_large_one_at_the_same_rate),
      CASE("", a_jump_counts_except_at_power_up_and_at_a_full_anchor))
