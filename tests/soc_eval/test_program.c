/* soc_eval as a user runs it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/suite.h"

#define COUNT_S    10
#define COUNT_ROWS 1441 /* 4 h */
#define MEASURED   "--cell a123 --start-below 0.5 $RECORDS/a123_26650_dyn_25C.csv"

/* Four hours with -10 A from 90 %: a cell of 100 Ah is at 50 % then. Its voltage never changes. */
static void write_count(const char *name, bool with_reference)
{
    FILE *file;
    int n;

    (void)file_exists(name); /* makes the folder */
    file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    (void)fprintf(file, "time_s,current_A,voltage_V,temp_C%s\n", with_reference ? ",soc_ref" : "");
    for (n = 0; n < COUNT_ROWS; n++) {
        const double soc = 0.90 - 10.0 * COUNT_S * n / 360000.0;

        (void)fprintf(file, "%d,-10,3.3,25", COUNT_S * n);
        if (with_reference) {
            (void)fprintf(file, ",%.6f", soc);
        }
        (void)fputs("\n", file);
    }
    ck_assert_int_eq(fclose(file), 0);
}

struct figures {
    double rmse, max, coverage;
    char convergence_s[16]; /* a number or never */
};

/* Runs it with these options; it must print the line of figures and nothing else. */
static struct figures evaluate(const char *options)
{
    struct figures f = {0};
    int used = 0;

    command("$SOC_EVAL %s", options);
    if (ran.status != 0 || ran.err[0] != '\0' || lines(ran.out) != 1u ||
        sscanf(ran.out, "rmse=%lf max=%lf convergence_s=%15s coverage=%lf%n", &f.rmse, &f.max,
               f.convergence_s, &f.coverage, &used) != 4 ||
        ran.out[used] != '\n') {
        ck_abort_msg("'%s': status %d, error '%s', output '%s'", options, ran.status, ran.err, ran.out);
    }
    return f;
}

/* The same for a method that tells no deviation. */
static double largest_of_counter(const char *options)
{
    double max = -1.0;

    command("$SOC_EVAL --method counter %s c.csv", options);
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(sscanf(ran.out, "rmse=%*f max=%lf", &max), 1);
    ck_assert(says(ran.out, "coverage=none\n"));
    return max;
}

START_TEST(a_measured_cell_is_found_from_a_wrong_start)
{
    const struct figures f = evaluate("--initial-soc 0.7 --noise 0.001 " MEASURED);

    ck_assert_double_gt(f.rmse, 0.0);
    ck_assert_double_lt(f.rmse, 3.0);
    ck_assert_double_ge(f.max, f.rmse);
    ck_assert_double_lt(f.max, 8.0);
    ck_assert_double_gt(atof(f.convergence_s), 0.0);
    ck_assert_double_lt(atof(f.convergence_s), 7200.0);
    ck_assert_double_gt(f.coverage, 0.8);
    ck_assert_double_le(f.coverage, 1.0);
}
END_TEST

START_TEST(the_figures_are_those_of_the_written_samples)
{
    struct figures f;
    double sum2 = 0.0;
    double largest = 0.0;
    long count = 0;
    char row[256];
    FILE *file;

    write_count("c.csv", true);
    f = evaluate("--initial-soc 0.8 --from 3600 --out o.csv c.csv");
    file = fopen("o.csv", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(row, sizeof(row), file));
    ck_assert_str_eq(row, "time_s,soc,sd,offset_A\n");
    while (fgets(row, sizeof(row), file) != NULL) {
        double time_s;
        double soc;
        double sd;
        double offset_a;

        ck_assert_int_eq(sscanf(row, "%lf,%lf,%lf,%lf", &time_s, &soc, &sd, &offset_a), 4);
        ck_assert_double_eq_tol(time_s, (double)(COUNT_S * count), 1e-3);
        ck_assert_double_ge(soc, 0.0);
        ck_assert_double_le(soc, 1.0);
        ck_assert_double_gt(sd, 0.0);
        if (time_s >= 3600.0) {
            const double error = soc - (0.90 - 10.0 * time_s / 360000.0);

            sum2 += error * error;
            largest = fmax(largest, fabs(error));
        }
        count++;
    }
    (void)fclose(file);
    ck_assert_int_eq(count, COUNT_ROWS);
    /* the figures have two digits, a sample has four */
    ck_assert_double_eq_tol(f.rmse, 100.0 * sqrt(sum2 / (double)(COUNT_ROWS - 360)), 0.011);
    ck_assert_double_eq_tol(f.max, 100.0 * largest, 0.011);
}
END_TEST

START_TEST(a_method_leaves_columns_empty_that_it_does_not_know)
{
    write_count("c.csv", true);
    (void)largest_of_counter("--out o.csv");
    command("sed -n 2p o.csv");
    ck_assert_str_eq(ran.out, "0.000,0.8997,,\n");
}
END_TEST

START_TEST(without_faults_a_counter_is_right)
{
    write_count("c.csv", true);
    ck_assert_double_le(largest_of_counter(""), 0.03);
}
END_TEST

START_TEST(faults_of_the_current_sensor_reach_the_counter)
{
    write_count("c.csv", true);
    ck_assert_double_eq_tol(largest_of_counter("--offset 1"), 4.0, 0.03); /* 1 A for 4 h */
    ck_assert_double_eq_tol(largest_of_counter("--gain 1.1"), 4.0, 0.05); /* 10 % of 40 % */
    ck_assert_double_eq_tol(largest_of_counter("--capacity-ah 80"), 10.0, 0.05);
    ck_assert_double_eq_tol(largest_of_counter("--initial-soc 0.75"), 15.0, 0.05);
    ck_assert_double_eq_tol(largest_of_counter("--voffset 0.5 --toffset 10 --noise 0.1"), 0.0, 0.035);
}
END_TEST

START_TEST(faults_of_voltage_and_temperature_reach_a_method_that_looks_at_them)
{
    const struct figures clean = evaluate("--initial-soc 0.6 " MEASURED);

    ck_assert_double_ne(evaluate("--initial-soc 0.6 --voffset 0.005 " MEASURED).rmse, clean.rmse);
    ck_assert_double_ne(evaluate("--initial-soc 0.6 --toffset 20 " MEASURED).rmse, clean.rmse);
    ck_assert_double_ne(evaluate("--initial-soc 0.6 --initial-sd 0.01 " MEASURED).max, clean.max);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_run_bit_for_bit)
{
    command("$SOC_EVAL --noise 0.005 --seed 3 --out 1.csv " MEASURED
            " && $SOC_EVAL --noise 0.005 --seed 3 --out 2.csv " MEASURED
            " && $SOC_EVAL --noise 0.005 --seed 4 --out 3.csv " MEASURED);
    ck_assert_int_eq(ran.status, 0);
    command("cmp 1.csv 2.csv");
    ck_assert_int_eq(ran.status, 0);
    command("cmp 1.csv 3.csv");
    ck_assert_int_eq(ran.status, 1);
}
END_TEST

START_TEST(without_a_reference_the_last_estimate_is_told)
{
    double soc = 0.0;
    double sd = 0.0;

    write_count("n.csv", false);
    command("$SOC_EVAL --method light --initial-soc 0.9 n.csv");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(sscanf(ran.out, "soc=%lf sd=%lf offset_A=", &soc, &sd), 2);
    ck_assert_double_eq_tol(soc, 50.0, 0.1);
    ck_assert_double_gt(sd, 0.0);
}
END_TEST

START_TEST(a_record_shorter_than_the_begin_of_scoring_is_scored_from_its_begin)
{
    command("$SOC_EVAL --cell apr --start-below 0.21 --from 1e6 $RECORDS/apr18650_flat_25C_b.csv");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "rmse="));
    ck_assert_str_eq(ran.err, "soc_eval: the record ends before 1e+06 s: everything is scored\n");
}
END_TEST

START_TEST(methods_are_listed_and_options_explained)
{
    command("$SOC_EVAL --list");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "\nlight "));
    ck_assert(says(ran.out, "\nekf20 "));
    command("$SOC_EVAL --help");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "--initial-soc S"));
    ck_assert(says(ran.out, "--toffset K"));
}
END_TEST

/* One line on standard error, nothing on standard output. */
static void expect_refusal(int status, const char *options, const char *what)
{
    command("$SOC_EVAL %s", options);
    if (ran.status != status || ran.out[0] != '\0' || strcmp(ran.err, what) != 0) {
        ck_abort_msg("'%s': status %d, error '%s', output '%s'", options, ran.status, ran.err, ran.out);
    }
}

START_TEST(wrong_command_lines_end_with_status_2)
{
    write_count("c.csv", true);
    expect_refusal(2, "", "soc_eval: no record given (see --help)\n");
    expect_refusal(2, "--method oracle c.csv", "soc_eval: unknown method oracle (see --list)\n");
    expect_refusal(2, "--initial-soc 50 c.csv",
                   "soc_eval: --initial-soc: '50' is not a number from 0 to 1\n");
}
END_TEST

START_TEST(files_that_cannot_be_used_end_with_status_1)
{
    write_count("c.csv", true);
    write_count("n.csv", false);
    expect_refusal(1, "none.csv", "soc_eval: none.csv: cannot open: No such file or directory\n");
    expect_refusal(1, "--cell nmc c.csv", "soc_eval: nmc: cannot open: No such file or directory\n");
    expect_refusal(1, "--cell c.csv c.csv", "soc_eval: c.csv:1: a name and a number expected\n");
    expect_refusal(1, "--out none/o.csv c.csv", "soc_eval: none/o.csv: No such file or directory\n");
    expect_refusal(1, "--out /dev/full c.csv", "soc_eval: /dev/full: cannot write\n");
    expect_refusal(1, "--start-below 0.8 n.csv", "soc_eval: n.csv: --start-below needs a column soc_ref\n");
    expect_refusal(1, "--start-below 0.1 c.csv", "soc_eval: c.csv: nothing left to run\n");
    command("printf 'time_s,current_A,voltage_V,temp_C\\n0,1,3.3,25\\n0,1,3.3,25\\n' >b.csv");
    expect_refusal(1, "b.csv", "soc_eval: b.csv:3: time_s 0 does not ascend (the row before: 0)\n");
}
END_TEST

SUITE("soc_eval/program", CASE("", a_measured_cell_is_found_from_a_wrong_start),
      CASE("", the_figures_are_those_of_the_written_samples),
      CASE("", a_method_leaves_columns_empty_that_it_does_not_know),
      CASE("", without_faults_a_counter_is_right), CASE("", faults_of_the_current_sensor_reach_the_counter),
      CASE("", faults_of_voltage_and_temperature_reach_a_method_that_looks_at_them),
      CASE("", the_same_seed_gives_the_same_run_bit_for_bit),
      CASE("", without_a_reference_the_last_estimate_is_told),
      CASE("", a_record_shorter_than_the_begin_of_scoring_is_scored_from_its_begin),
      CASE("", methods_are_listed_and_options_explained), CASE("", wrong_command_lines_end_with_status_2),
      CASE("", files_that_cannot_be_used_end_with_status_1))
