/* Figures of many runs, and the scenarios that they belong to. */
#include "soc_bench/summary.h"

#include <math.h>
#include <string.h>

#include "support/suite.h"

static struct bench_result result[8];
static struct bench_summary s;

/* A run with these figures: errors as parts, times in hours; a time below 0 is never. */
static struct bench_result made(double rmse, double largest, double first_h, double coverage)
{
    struct bench_result r;

    memset(&r, 0, sizeof(r));
    r.done = true;
    r.figures.rmse = rmse;
    r.figures.largest = largest;
    r.figures.first_near_s = 3600.0 * first_h;
    r.figures.convergence_s = 7200.0 * first_h;
    r.figures.coverage = coverage;
    r.figures.far_share = largest;
    r.figures.rmse_last_day = 2.0 * rmse;
    r.largest_jump = 0.5 * largest;
    r.offset_error_ma = -1000.0 * rmse;
    r.capacity_error = -rmse;
    return r;
}

START_TEST(errors_are_told_as_mean_worst_and_largest_in_percent)
{
    result[0] = made(0.01, 0.05, 1.0, 1.0);
    result[1] = made(0.03, 0.04, 2.0, 0.5);
    result[2] = made(0.02, 0.12, 4.0, 0.9);
    bench_summarise(result, 3u, 1u, &s);
    ck_assert_uint_eq(s.runs, 3u);
    ck_assert_double_eq_tol(s.mean, 2.0, 1e-9);
    ck_assert_double_eq_tol(s.worst, 3.0, 1e-9);
    ck_assert_double_eq_tol(s.largest, 12.0, 1e-9);
    ck_assert_double_eq_tol(s.last_day_worst, 6.0, 1e-9);
    ck_assert_double_eq_tol(s.far_share, 0.07, 1e-9);
    ck_assert_double_eq_tol(s.coverage, 0.8, 1e-9);
    ck_assert_double_eq_tol(s.largest_jump, 6.0, 1e-9);
    ck_assert_double_eq_tol(s.offset_ma, 20.0, 1e-9);
    ck_assert_double_eq_tol(s.capacity, 2.0, 1e-9);
    ck_assert_double_eq_tol(s.capacity_worst, 3.0, 1e-9);
    ck_assert_double_eq_tol(s.first_near_median_h, 2.0, 1e-9);
    ck_assert_double_eq_tol(s.first_near_worst_h, 4.0, 1e-9);
    ck_assert_double_eq_tol(s.convergence_worst_h, 8.0, 1e-9);
}
END_TEST

START_TEST(a_time_that_never_came_is_infinite_but_leaves_a_median)
{
    result[0] = made(0.01, 0.05, 3.0, 1.0);
    result[1] = made(0.01, 0.05, -1.0, 1.0);
    result[2] = made(0.01, 0.05, 1.0, 1.0);
    result[3] = made(0.01, 0.05, 2.0, 1.0);
    bench_summarise(result, 4u, 1u, &s);
    ck_assert_double_eq_tol(s.first_near_median_h, 2.5, 1e-9);
    ck_assert(isinf(s.first_near_worst_h));
    result[0].figures.first_near_s = -1.0;
    bench_summarise(result, 4u, 1u, &s);
    ck_assert(isinf(s.first_near_median_h));
}
END_TEST

START_TEST(what_one_method_does_not_tell_is_not_a_number)
{
    result[0] = made(0.01, 0.05, 1.0, -1.0);
    result[0].offset_error_ma = NAN;
    result[0].capacity_error = NAN;
    bench_summarise(result, 1u, 1u, &s);
    ck_assert(isnan(s.coverage));
    ck_assert(isnan(s.offset_ma));
    ck_assert(isnan(s.capacity));
    ck_assert(isnan(s.capacity_worst));
    ck_assert_double_eq_tol(s.mean, 1.0, 1e-9);
}
END_TEST

START_TEST(one_method_is_picked_out_of_all_and_runs_that_failed_are_left_out)
{
    result[0] = made(0.01, 0.05, 1.0, 1.0);
    result[1] = made(0.50, 0.50, 1.0, 1.0);
    result[2] = made(0.03, 0.05, 1.0, 1.0);
    result[3] = made(0.50, 0.50, 1.0, 1.0);
    result[4] = made(0.90, 0.90, 1.0, 1.0);
    result[4].done = false;
    bench_summarise(result, 3u, 2u, &s);
    ck_assert_uint_eq(s.runs, 2u);
    ck_assert_double_eq_tol(s.mean, 2.0, 1e-9);
    bench_summarise(result + 4, 1u, 1u, &s);
    ck_assert_uint_eq(s.runs, 0u);
}
END_TEST

START_TEST(a_record_is_run_clean_with_wrong_starts_and_with_every_pair_of_fault_signs)
{
    struct bench_variant v;
    unsigned seen[2][2][2] = {{{0u}}};
    size_t k;

    bench_variant(0u, &v);
    ck_assert_double_eq(v.start, 0.0);
    ck_assert_double_eq(v.gain, 0.0);
    bench_variant(1u, &v);
    ck_assert_double_eq(v.start, 0.20);
    ck_assert_double_eq(v.offset, 0.0);
    bench_variant(2u, &v);
    ck_assert_double_eq(v.start, -0.20);
    ck_assert_double_eq(v.voltage_v, 0.0);
    for (k = BENCH_FAULTY_FROM; k < BENCH_VARIANTS; k++) {
        bench_variant(k, &v);
        ck_assert_double_eq_tol(fabs(v.start), 0.20, 1e-12);
        ck_assert_double_eq_tol(fabs(v.gain), 0.01, 1e-12);
        /* gain and offset have the same sign, voltage and temperature too */
        ck_assert_double_eq_tol(v.offset, 0.2 * v.gain, 1e-12);
        ck_assert_double_eq_tol(fabs(v.voltage_v), 0.005, 1e-12);
        ck_assert_double_eq_tol(v.temp_c, 400.0 * v.voltage_v, 1e-12);
        seen[v.start > 0.0][v.gain > 0.0][v.voltage_v > 0.0]++;
    }
    for (k = 0u; k < 8u; k++) {
        ck_assert_uint_eq(seen[k / 4u][(k / 2u) % 2u][k % 2u], 1u);
    }
}
END_TEST

START_TEST(the_zero_is_measured_for_two_minutes_an_hour_until_the_pack_is_emptied)
{
    struct bench_scenario standby = {.days = 14, .standby = true, .zero = BENCH_ZERO_MEASURED};
    const double emptying_s = 13.5 * 86400.0;
    long open = 0;
    long n;

    for (n = 0; n < 14 * 8640; n++) {
        const double time_s = 10.0 * (double)n;

        if (bench_zero_now(&standby, time_s)) {
            ck_assert_double_lt(time_s, emptying_s);
            open++;
        }
    }
    ck_assert_int_eq(open, 12L * 324L);
    standby.zero = BENCH_ZERO_FACTORY;
    ck_assert(!bench_zero_now(&standby, 1800.0));
    standby.zero = BENCH_ZERO_NEVER;
    ck_assert(!bench_zero_now(&standby, 1800.0));
}
END_TEST

START_TEST(every_development_scenario_is_there)
{
    static const char *const name[] = {"D1a", "D1b", "D2a", "D2b", "D3a", "D3b", "D4", "S1", "S2",
                                       "S3",  "S4",  "S5",  "S5z", "S6a", "S6b", "S7", "X1"};
    size_t k;
    size_t i;

    for (k = 0u; k < sizeof(name) / sizeof(name[0]); k++) {
        size_t found = 0u;

        for (i = 0u; i < bench_scenario_count; i++) {
            found += strcmp(bench_scenarios[i].name, name[k]) == 0;
        }
        ck_assert_msg(found == 1u, "%s", name[k]);
    }
    for (i = 0u; i < bench_scenario_count; i++) {
        ck_assert_double_gt(bench_scenarios[i].coverage, 0.0);
        ck_assert_uint_eq(bench_run_count(&bench_scenarios[i], 16u),
                          (bench_scenarios[i].record[0] != NULL) ? 11u : 16u);
    }
}
END_TEST

SUITE("soc_bench/summary", CASE("", errors_are_told_as_mean_worst_and_largest_in_percent),
      CASE("", a_time_that_never_came_is_infinite_but_leaves_a_median),
      CASE("", what_one_method_does_not_tell_is_not_a_number),
      CASE("", one_method_is_picked_out_of_all_and_runs_that_failed_are_left_out),
      CASE("", a_record_is_run_clean_with_wrong_starts_and_with_every_pair_of_fault_signs),
      CASE("", the_zero_is_measured_for_two_minutes_an_hour_until_the_pack_is_emptied),
      CASE("", every_development_scenario_is_there))
