/* Gates: what is reached today must not get worse. */
#include "soc_bench/gates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/suite.h"

static struct bench_scenario scenario = {
    .name = "T1", .required = {2.0, 3.0, 6.0}, .coverage = 0.90, .first_near_h = {3.0, 12.0}};
static struct bench_row row;
static char told[4096];

/* Runs the check with these lines as gates; what it tells is in `told`. */
static int check(const char *gates)
{
    FILE *out;
    int status;

    file_write("g.csv", gates, strlen(gates));
    out = fopen("told", "w+");
    ck_assert_ptr_nonnull(out);
    status = bench_gates_check(out, "g.csv", "quick", &row, 1u, 1u);
    ck_assert_int_eq(fclose(out), 0);
    told[file_read("told", told, sizeof(told) - 1u)] = '\0';
    return status;
}

static void set_up(void)
{
    memset(&row, 0, sizeof(row));
    row.scenario = &scenario;
    row.summary[0].mean = 99.0; /* another method */
    row.summary[1].runs = 4u;
    row.summary[1].mean = 1.5;
    row.summary[1].worst = 3.2;
    row.summary[1].largest = 5.9;
    row.summary[1].coverage = 0.95;
    row.summary[1].offset_ma = 50.0;
    row.summary[1].first_near_median_h = 2.0;
    row.summary[1].capacity = NAN;
    row.summary[1].capacity_worst = NAN;
    row.summary[1].first_near_worst_h = HUGE_VAL;
}

START_TEST(a_figure_holds_up_to_its_gate)
{
    set_up();
    ck_assert_int_eq(check("quick,T1,mean,1.5\nquick,T1,coverage,0.95\n"), 0);
    ck_assert(says(told, "2 gates hold, 0 are broken"));
    ck_assert_int_eq(check("quick,T1,mean,1.499\n"), -1);
    ck_assert(says(told, "WORSE T1   mean                    1.500, gate <= 1.499"));
    ck_assert(says(told, "0 gates hold, 1 are broken"));
    ck_assert_int_eq(check("quick,T1,coverage,0.951\n"), -1);
    ck_assert(says(told, "gate >= 0.951"));
}
END_TEST

START_TEST(a_figure_that_is_not_told_or_never_came_breaks_its_gate)
{
    set_up();
    ck_assert_int_eq(check("quick,T1,capacity_worst,50\n"), -1);
    ck_assert_int_eq(check("quick,T1,first_near_worst_h,1000\n"), -1);
}
END_TEST

START_TEST(gates_of_the_other_set_and_of_scenarios_that_did_not_run_are_passed_over)
{
    set_up();
    ck_assert_int_eq(check("full,T1,mean,0.1\nquick,T2,mean,0.1\nquick,T1,worst,3.2\n"), 0);
    ck_assert(says(told, "1 gates hold, 0 are broken"));
}
END_TEST

START_TEST(no_gate_at_all_is_no_success)
{
    set_up();
    ck_assert_int_eq(check("# nothing\n"), -1);
    ck_assert_int_eq(check("full,T1,mean,9\n"), -1);
}
END_TEST

START_TEST(bad_lines_and_files_are_errors)
{
    set_up();
    ck_assert_int_eq(check("quick,T1,mean,1.5\nquick,T1,median,1\n"), -1);
    ck_assert_int_eq(check("quick,T1,mean,1.5\nquick,T1,mean\n"), -1);
    ck_assert_int_eq(check("quick,T1,mean,1.5\nquick,T1,mean,1.5x\n"), -1);
    ck_assert_int_eq(bench_gates_check(stdout, "none.csv", "quick", &row, 1u, 1u), -1);
}
END_TEST

static double written_gate(const char *figure)
{
    char line[64];
    const char *place;

    (void)snprintf(line, sizeof(line), "quick,T1,%s,", figure);
    place = strstr(told, line);
    return (place != NULL) ? atof(place + strlen(line)) : NAN;
}

START_TEST(written_gates_leave_room_but_not_beyond_what_is_required_and_reached)
{
    FILE *out;

    set_up();
    (void)file_exists("told");
    out = fopen("told", "w+");
    ck_assert_ptr_nonnull(out);
    bench_gates_write(out, "quick", &row, 1u, 1u);
    ck_assert_int_eq(fclose(out), 0);
    told[file_read("told", told, sizeof(told) - 1u)] = '\0';
    ck_assert_double_eq_tol(written_gate("mean"), 1.5 * 1.1 + 0.1, 1e-6);
    ck_assert_double_eq_tol(written_gate("largest"), 6.0, 1e-6);           /* reached: required */
    ck_assert_double_eq_tol(written_gate("worst"), 3.2 * 1.1 + 0.2, 1e-6); /* missed: not worse */
    ck_assert_double_eq_tol(written_gate("coverage"), 0.93, 1e-6);
    ck_assert(isnan(written_gate("capacity_worst")));
    ck_assert(isnan(written_gate("offset_ma"))); /* nothing required of it here */
    ck_assert_double_eq_tol(written_gate("first_near_median_h"), 2.4, 1e-6);
    ck_assert(isnan(written_gate("first_near_worst_h")));
    /* and they hold */
    ck_assert_int_eq(bench_gates_check(stdout, "told", "quick", &row, 1u, 1u), 0);
}
END_TEST

SUITE("soc_bench/gates", CASE("", a_figure_holds_up_to_its_gate),
      CASE("", a_figure_that_is_not_told_or_never_came_breaks_its_gate),
      CASE("", gates_of_the_other_set_and_of_scenarios_that_did_not_run_are_passed_over),
      CASE("", no_gate_at_all_is_no_success), CASE("", bad_lines_and_files_are_errors),
      CASE("", written_gates_leave_room_but_not_beyond_what_is_required_and_reached))
