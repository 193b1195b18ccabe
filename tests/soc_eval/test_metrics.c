#include "soc_eval/metrics.h"

#include "support/suite.h"

#define HOUR_S 3600.0
#define DAY_S  86400.0

static struct soc_metrics metrics;
static struct soc_figures figures;

START_TEST(the_root_mean_square_and_the_largest_error_count_both_signs)
{
    soc_metrics_init(&metrics, 0.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.03, -1.0);
    soc_metrics_add(&metrics, 1.0, -0.04, -1.0);
    soc_metrics_figures(&metrics, &figures);
    /* sqrt((0.0009 + 0.0016) / 2) */
    ck_assert_double_eq_tol(figures.rmse, 0.0353553390593, 1e-12);
    ck_assert_double_eq_tol(figures.largest, 0.04, 1e-12);
}
END_TEST

START_TEST(errors_before_the_begin_of_scoring_do_not_count)
{
    soc_metrics_init(&metrics, 10.0, 100.0);
    soc_metrics_add(&metrics, 9.9, 0.5, 0.0);
    soc_metrics_add(&metrics, 10.0, 0.01, 0.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.rmse, 0.01, 1e-12);
    ck_assert_double_eq_tol(figures.largest, 0.01, 1e-12);
    ck_assert_double_eq_tol(figures.coverage, 0.0, 1e-12);
    ck_assert_double_eq_tol(figures.far_share, 0.0, 1e-12);
}
END_TEST

START_TEST(the_last_day_is_scored_apart)
{
    soc_metrics_init(&metrics, DAY_S, 3.0 * DAY_S);
    soc_metrics_add(&metrics, 2.0 * DAY_S - 1.0, 0.10, -1.0);
    soc_metrics_add(&metrics, 2.0 * DAY_S, 0.02, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.rmse_last_day, 0.02, 1e-12);
}
END_TEST

START_TEST(a_run_of_less_than_a_day_has_its_scored_time_as_last_day)
{
    soc_metrics_init(&metrics, 2.0 * HOUR_S, 9.0 * HOUR_S);
    soc_metrics_add(&metrics, HOUR_S, 0.40, -1.0);
    soc_metrics_add(&metrics, 3.0 * HOUR_S, 0.02, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.rmse_last_day, 0.02, 1e-12);
}
END_TEST

START_TEST(far_is_more_than_5_percent)
{
    soc_metrics_init(&metrics, 0.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.05, -1.0);
    soc_metrics_add(&metrics, 1.0, 0.0501, -1.0);
    soc_metrics_add(&metrics, 2.0, -0.0501, -1.0);
    soc_metrics_add(&metrics, 3.0, 0.0, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.far_share, 0.5, 1e-12);
}
END_TEST

START_TEST(times_of_convergence_are_told_from_power_up_on)
{
    soc_metrics_init(&metrics, 10.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.20, -1.0);
    soc_metrics_add(&metrics, 3.0, 0.049, -1.0);
    soc_metrics_add(&metrics, 5.0, 0.06, -1.0);
    soc_metrics_add(&metrics, 7.0, -0.049, -1.0);
    soc_metrics_add(&metrics, 9.0, 0.01, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.first_near_s, 3.0, 1e-12);
    ck_assert_double_eq_tol(figures.convergence_s, 7.0, 1e-12);
}
END_TEST

START_TEST(an_error_of_just_5_percent_has_not_converged)
{
    soc_metrics_init(&metrics, 0.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.05, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_lt(figures.first_near_s, 0.0);
    ck_assert_double_lt(figures.convergence_s, 0.0);
}
END_TEST

START_TEST(coverage_is_the_share_within_two_deviations_and_half_a_percent)
{
    soc_metrics_init(&metrics, 0.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.0249, 0.01);
    soc_metrics_add(&metrics, 1.0, -0.0249, 0.01);
    soc_metrics_add(&metrics, 2.0, 0.0251, 0.01);
    soc_metrics_add(&metrics, 3.0, 0.0049, 0.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq_tol(figures.coverage, 0.75, 1e-12);
}
END_TEST

START_TEST(without_a_deviation_there_is_no_coverage)
{
    soc_metrics_init(&metrics, 0.0, 100.0);
    soc_metrics_add(&metrics, 0.0, 0.0, -1.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_lt(figures.coverage, 0.0);
}
END_TEST

START_TEST(nothing_scored_gives_zeros)
{
    soc_metrics_init(&metrics, 10.0, 100.0);
    soc_metrics_figures(&metrics, &figures);
    ck_assert_double_eq(figures.rmse, 0.0);
    ck_assert_double_eq(figures.largest, 0.0);
    ck_assert_double_eq(figures.far_share, 0.0);
}
END_TEST

SUITE("soc_eval/metrics", CASE("", the_root_mean_square_and_the_largest_error_count_both_signs),
      CASE("", errors_before_the_begin_of_scoring_do_not_count), CASE("", the_last_day_is_scored_apart),
      CASE("", a_run_of_less_than_a_day_has_its_scored_time_as_last_day),
      CASE("", far_is_more_than_5_percent), CASE("", times_of_convergence_are_told_from_power_up_on),
      CASE("", an_error_of_just_5_percent_has_not_converged),
      CASE("", coverage_is_the_share_within_two_deviations_and_half_a_percent),
      CASE("", without_a_deviation_there_is_no_coverage), CASE("", nothing_scored_gives_zeros))
