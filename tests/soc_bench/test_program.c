/* soc_bench as a user runs it. */
#include <stdio.h>
#include <string.h>

#include "support/command.h"
#include "support/suite.h"

#define BENCH "$SOC_BENCH --records \"$RECORDS\" "

static void expect_refusal(const char *options, const char *what)
{
    command("$SOC_BENCH %s", options);
    if (ran.status != 2 || ran.out[0] != '\0' || strcmp(ran.err, what) != 0) {
        ck_abort_msg("'%s': status %d, error '%s', output '%s'", options, ran.status, ran.err, ran.out);
    }
}

START_TEST(a_scenario_gives_its_row_with_what_is_required)
{
    command(BENCH "--scenario D1b --method estimator,counter");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "| scenario | estimator | counter | required | stretch | verdict |\n"));
    ck_assert(says(ran.out, "\n| D1b A123 drive, 25 C, from 50 % | "));
    /* the counter's figures do not depend on the estimator; another program, in Python, gave the same */
    ck_assert(says(ran.out, "| 18.0 / 21.0 / 21.6 | 1.3 / 2.2 / 4.0 | 1.0 / 1.6 / 3.0 |"));
    ck_assert(says(ran.out, "figures miss their requirement\n"));
}
END_TEST

START_TEST(a_run_depends_on_its_seed_and_not_on_the_number_of_processes)
{
    command(BENCH "--scenario S4 --seeds 1..2 --method counter --processes 1 >1.txt &&" BENCH
                  "--scenario S4 --seeds 1..2 --method counter --processes 2 >2.txt &&" BENCH
                  "--scenario S4 --seeds 3 --method counter >3.txt");
    ck_assert_int_eq(ran.status, 0);
    command("cmp 1.txt 2.txt");
    ck_assert_int_eq(ran.status, 0);
    command("cmp 1.txt 3.txt");
    ck_assert_int_eq(ran.status, 1);
}
END_TEST

START_TEST(gates_that_are_written_hold_and_a_tighter_one_does_not)
{
    command(BENCH "--scenario D1b --method estimator --write-gates g.csv");
    ck_assert_int_eq(ran.status, 0);
    command(BENCH "--scenario D1b --method estimator --check --gates g.csv");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "7 gates hold, 0 are broken\n"));
    command("sed -i 's/^full,D1b,mean,.*/full,D1b,mean,0.01/' g.csv;" BENCH
            "--scenario D1b --method estimator --check --gates g.csv");
    ck_assert_int_eq(ran.status, 1);
    ck_assert(says(ran.out, "WORSE D1b  mean "));
}
END_TEST

START_TEST(the_courses_of_a_run_are_written_for_pictures)
{
    char head[200];

    command(BENCH "--scenario S4 --seeds 1 --method counter,ekf5 --out o; head -n 1 o/S4.csv");
    head[0] = '\0';
    (void)sscanf(last_line(ran.out), "%199s", head);
    ck_assert_str_eq(head, "hours,reference,counter,counter_sd,ekf5,ekf5_sd");
    ck_assert(file_exists("o/summary.csv"));
}
END_TEST

START_TEST(scenarios_and_methods_are_listed_and_options_explained)
{
    command("$SOC_BENCH --list");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "\nS5z "));
    ck_assert(says(ran.out, "\nekf20 "));
    command("$SOC_BENCH --help");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "--write-gates FILE"));
}
END_TEST

START_TEST(wrong_command_lines_end_with_status_2)
{
    expect_refusal("--scenario S99", "soc_bench: unknown scenario S99 (see --list)\n");
    expect_refusal("--method oracle", "soc_bench: unknown method oracle (see --list)\n");
    expect_refusal("--scenario ,", "soc_bench: --scenario: no name\n");
    expect_refusal("--seeds 4..1", "soc_bench: --seeds: '4..1' is not A..B with at most 512 seeds\n");
    expect_refusal("--seeds -1", "soc_bench: --seeds: '-1' is not A..B with at most 512 seeds\n");
    expect_refusal("--seeds 1..600", "soc_bench: --seeds: '1..600' is not A..B with at most 512 seeds\n");
    expect_refusal("--seeds 2x", "soc_bench: --seeds: '2x' is not A..B with at most 512 seeds\n");
    expect_refusal("--processes 0", "soc_bench: --processes: '0' is not a number from 1 to 64\n");
    expect_refusal("--out", "soc_bench: --out: unknown, or its value is missing (see --help)\n");
    expect_refusal("--fast 1", "soc_bench: unknown option --fast (see --help)\n");
    expect_refusal("--check --seeds 1..4", "soc_bench: --check: the gates are those of the usual seeds\n");
    expect_refusal("--check --method counter",
                   "soc_bench: gates are those of the estimator: it must take part\n");
}
END_TEST

START_TEST(records_and_gates_that_are_not_there_are_named)
{
    command("$SOC_BENCH --records none --scenario D1b --method counter --processes 1");
    ck_assert_int_eq(ran.status, 1);
    ck_assert(says(ran.err, "soc_bench: none/a123_26650_dyn_25C.csv: cannot open"));
    command(BENCH "--scenario S4 --quick --method estimator --check --gates none.csv");
    ck_assert_int_eq(ran.status, 1);
    ck_assert(says(ran.err, "soc_bench: none.csv: cannot open"));
}
END_TEST

SUITE("soc_bench/program", CASE("", a_scenario_gives_its_row_with_what_is_required),
      CASE("", a_run_depends_on_its_seed_and_not_on_the_number_of_processes),
      CASE("", gates_that_are_written_hold_and_a_tighter_one_does_not),
      CASE("", the_courses_of_a_run_are_written_for_pictures),
      CASE("", scenarios_and_methods_are_listed_and_options_explained),
      CASE("", wrong_command_lines_end_with_status_2),
      CASE("", records_and_gates_that_are_not_there_are_named))
