/*
 * Characterisation there and back: a cell of known numbers goes through the tests of docs/cell-characterisation.md, and
 * tools/fit_cell.py finds the numbers again.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soc_eval/cell.h"
#include "soc_eval/lines.h"
#include "support/command.h"
#include "support/suite.h"

#define Q_AH    5.0
#define R0_OHM  8.0e-3
#define R1_OHM  6.0e-3
#define R2_OHM  12.0e-3
#define TAU1_S  33.0
#define TAU2_S  2450.0
#define RATE    13.0
#define SLOPE_V 0.2e-3 /* dU/dT at every state of charge from 8 to 96 % */
#define HOUR_S  3600.0

static struct soc_cell known;

/* The cell under test, and the file that its course is written to. */
struct course {
    FILE *file;
    double soc, branch, pair_v[SOC_CELL_PAIRS];
    double temp_c, time_s;
};

static double rest_v(double soc, double temp_c)
{
    const double slope_v = (soc > 0.08 && soc < 0.96) ? SLOPE_V : 0.0;

    return soc_cell_rest_v(&known, soc, 25.0) + slope_v * (temp_c - 25.0);
}

static void apply(struct course *c, double current_a, double hours, double step_s)
{
    static const double r_ohm[SOC_CELL_PAIRS] = {R1_OHM, R2_OHM};
    static const double tau_s[SOC_CELL_PAIRS] = {TAU1_S, TAU2_S};
    const double keep = exp(-RATE * fabs(current_a) * step_s / (Q_AH * HOUR_S));
    const double sign = (double)((current_a > 0.0) - (current_a < 0.0));
    const long steps = lround(hours * HOUR_S / step_s);
    long n;
    int k;

    for (n = 0; n < steps; n++) {
        double v;

        c->soc += current_a * step_s / (Q_AH * HOUR_S);
        c->branch = keep * c->branch + (1.0 - keep) * sign;
        v = rest_v(c->soc, c->temp_c) + c->branch * soc_cell_half_v(&known, c->soc) + R0_OHM * current_a;
        for (k = 0; k < SOC_CELL_PAIRS; k++) {
            const double decay = exp(-step_s / tau_s[k]);

            c->pair_v[k] = decay * c->pair_v[k] + (1.0 - decay) * r_ohm[k] * current_a;
            v += c->pair_v[k];
        }
        c->time_s += step_s;
        (void)fprintf(c->file, "%.0f,%.4f,%.5f,%.0f\n", c->time_s, current_a, v, c->temp_c);
    }
}

static void begin(struct course *c, const char *name, double temp_c)
{
    memset(c, 0, sizeof(*c));
    (void)file_exists(name); /* makes the folder */
    c->file = fopen(name, "w");
    ck_assert_ptr_nonnull(c->file);
    c->soc = 1.0;
    c->branch = -1.0;
    c->temp_c = temp_c;
    (void)fprintf(c->file, "time_s,current_A,voltage_V,temp_C\n0,0,3.5,%.0f\n", temp_c);
}

/* Down with C/40, rest, up again. */
static void write_slow(const char *name, double temp_c)
{
    struct course c;

    begin(&c, name, temp_c);
    apply(&c, -Q_AH / 40.0, 40.0, 60.0);
    apply(&c, 0.0, 2.0, 60.0);
    c.branch = 1.0;
    apply(&c, Q_AH / 40.0, 40.0, 60.0);
    ck_assert_int_eq(fclose(c.file), 0);
}

/* Steps of 10 % with an hour of rest, and pulses of 0.3 C at some of them. */
static void write_steps(const char *name)
{
    struct course c;
    int step;
    int pulse;

    begin(&c, name, 25.0);
    for (step = 1; step <= 8; step++) {
        apply(&c, -0.5 * Q_AH, 0.2, 10.0);
        apply(&c, 0.0, 1.0, 10.0);
        for (pulse = 0; pulse < ((step % 3 == 2) ? 10 : 0); pulse++) {
            apply(&c, -0.3 * Q_AH, 30.0 / HOUR_S, 10.0);
            apply(&c, 0.0, 60.0 / HOUR_S, 10.0);
            apply(&c, 0.3 * Q_AH, 30.0 / HOUR_S, 10.0);
            apply(&c, 0.0, 60.0 / HOUR_S, 10.0);
        }
    }
    ck_assert_int_eq(fclose(c.file), 0);
}

static void fit(void)
{
    ck_assert(soc_cell_builtin(&known, "lfp100"));
    write_slow("slow.csv", 15.0); /* the table is for 25 degC all the same */
    write_slow("cold.csv", 0.0);
    write_steps("steps.csv");
    command("$FIT_CELL --ocv cold.csv --ocv slow.csv --dynamic steps.csv --name 'Test 5' --out t.cell "
            "--c-out t.c");
    ck_assert_msg(ran.status == 0 && ran.err[0] == '\0', "%s", ran.err);
}

START_TEST(a_cell_of_known_numbers_is_found_again)
{
    struct soc_cell found;
    char error[SOC_ERROR_SIZE];
    int row;

    fit();
    ck_assert_msg(soc_cell_load(&found, "t.cell", error, sizeof(error)) == 0, "%s", error);
    ck_assert_double_eq_tol(found.capacity_ah, Q_AH, 0.005 * Q_AH);
    ck_assert_double_eq_tol(found.r0_ohm, R0_OHM, 0.05 * R0_OHM);
    ck_assert_double_eq_tol(found.r_ohm[0], R1_OHM, 0.15 * R1_OHM);
    ck_assert_double_eq_tol(found.r_ohm[1], R2_OHM, 0.20 * R2_OHM);
    ck_assert_double_eq_tol(found.tau_s[0], TAU1_S, 0.25 * TAU1_S); /* its grid has steps of 20 % */
    ck_assert_double_eq_tol(found.tau_s[1], TAU2_S, 0.25 * TAU2_S);
    ck_assert_double_eq_tol(found.branch_rate, RATE, 3.0);
    for (row = 8; row <= 95; row++) {
        const double z = 0.01 * (double)row;

        ck_assert_double_eq_tol(soc_cell_rest_v(&found, z, 25.0), soc_cell_rest_v(&known, z, 25.0), 1.5e-3);
        ck_assert_double_eq_tol(soc_cell_half_v(&found, z), soc_cell_half_v(&known, z), 2e-3);
        ck_assert_double_eq_tol(found.rest_v_per_k[row], (row == 8) ? found.rest_v_per_k[8] : SLOPE_V,
                                0.05e-3);
    }
}
END_TEST

START_TEST(the_cell_file_serves_the_estimator)
{
    double right = 0.0;
    double wrong = 0.0;

    fit();
    command(
        "awk -F, 'NR == 1 { print $0 \",soc_ref\"; next } { q += $2 * ($1 - t) / 18000; t = $1;"
        " print $0 \",\" 1 + q }' steps.csv >ref.csv && $SOC_EVAL --cell t.cell --initial-soc 0.8 ref.csv");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(sscanf(ran.out, "rmse=%lf", &right), 1);
    ck_assert_double_lt(right, 3.0);
    command("$SOC_EVAL --cell apr --capacity-ah 5 --initial-soc 0.8 ref.csv");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(sscanf(ran.out, "rmse=%lf", &wrong), 1);
    ck_assert_double_gt(wrong, right);
}
END_TEST

START_TEST(the_c_file_is_the_same_cell)
{
    struct soc_cell found;
    char error[SOC_ERROR_SIZE];
    char line[100];

    fit();
    ck_assert_int_eq(soc_cell_load(&found, "t.cell", error, sizeof(error)), 0);
    command(
        "gcc -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -I\"$LBMS_SOURCE_DIR/include\" -c t.c &&"
        " tr -s '\\n ' ' ' <t.c");
    ck_assert_msg(ran.status == 0, "%s", ran.err);
    ck_assert(says(ran.out, "const struct lbms_cell_model lbms_cell_test_5 = {"));
    ck_assert(says(ran.out, ".name = \"Test 5\","));
    (void)snprintf(line, sizeof(line), ".r0_uohm = %uu,", (unsigned)found.model.r0_uohm);
    ck_assert(says(ran.out, line));
    (void)snprintf(line, sizeof(line), ".hysteresis_rate = %uu,", (unsigned)found.model.hysteresis_rate);
    ck_assert(says(ran.out, line));
    (void)snprintf(line, sizeof(line), " %u, %u, %u,", (unsigned)found.model.rest_dmv[50],
                   (unsigned)found.model.rest_dmv[51], (unsigned)found.model.rest_dmv[52]);
    ck_assert(says(ran.out, line));
}
END_TEST

START_TEST(without_steps_the_resistances_are_those_of_the_options)
{
    struct soc_cell found;
    char error[SOC_ERROR_SIZE];

    ck_assert(soc_cell_builtin(&known, "lfp100"));
    write_slow("slow.csv", 25.0);
    command("$FIT_CELL --ocv slow.csv --name t --r0-mohm 8 --r1-mohm 6 --r2-mohm 12 --tau2-s 2400 --g 13"
            " --out t.cell");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(soc_cell_load(&found, "t.cell", error, sizeof(error)), 0);
    ck_assert_double_eq_tol(found.r0_ohm, 8e-3, 1e-5);
    ck_assert_double_eq_tol(found.r_ohm[1], 12e-3, 1e-5);
    ck_assert_double_eq(found.branch_rate, 13.0);
    ck_assert_double_eq_tol(soc_cell_half_v(&found, 0.5), soc_cell_half_v(&known, 0.5), 1e-3);
    ck_assert_double_eq(found.rest_v_per_k[50], 0.0);
}
END_TEST

START_TEST(a_measured_cell_gives_the_table_of_the_library)
{
    struct soc_cell found;
    struct soc_cell library;
    char error[SOC_ERROR_SIZE];
    int row;

    ck_assert(soc_cell_builtin(&library, "a123"));
    command("$FIT_CELL --ocv $RECORDS/a123_26650_ocv_25C.csv --name a123 --out a.cell");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_eq(soc_cell_load(&found, "a.cell", error, sizeof(error)), 0);
    ck_assert_double_eq_tol(found.capacity_ah, library.capacity_ah, 0.03 * library.capacity_ah);
    for (row = 12; row <= 95; row++) {
        ck_assert_double_eq_tol(found.rest_v[row], library.rest_v[row], 4e-3);
    }
}
END_TEST

static void expect_refusal(const char *arguments, const char *what)
{
    command("$FIT_CELL --name t %s", arguments);
    ck_assert_int_eq(ran.status, 1);
    ck_assert_str_eq(ran.err, what);
}

START_TEST(what_is_wrong_with_a_record_is_told_in_one_line)
{
    command("printf 'time_s,current_A,voltage_V\\n' >h.csv; printf "
            "'time_s,current_A,voltage_V,temp_C\\n0,x,3,25\\n' >n.csv;"
            "printf 'time_s,current_A,voltage_V,temp_C\\n0,1,3,25\\n0,1,3,25\\n' >t.csv;"
            "printf 'time_s,current_A,voltage_V,temp_C\\n0,1,3,25\\n' >s.csv; : >e.csv;"
            "printf 'time_s,current_A,voltage_V,temp_C\\n0,1,3,25\\n1,1,3,25\\n' >d.csv");
    expect_refusal("--ocv none.csv", "fit_cell.py: [Errno 2] No such file or directory: 'none.csv'\n");
    expect_refusal("--ocv e.csv", "fit_cell.py: e.csv: empty: no header line\n");
    expect_refusal("--ocv h.csv", "fit_cell.py: h.csv:1: no column temp_C in the header\n");
    expect_refusal("--ocv n.csv", "fit_cell.py: n.csv:2: current_A: 'x' is not a number\n");
    expect_refusal("--ocv t.csv", "fit_cell.py: t.csv:3: time_s does not ascend\n");
    expect_refusal("--ocv s.csv", "fit_cell.py: s.csv: at least 2 rows are needed\n");
    expect_refusal("--ocv d.csv", "fit_cell.py: d.csv: no slow discharge found\n");
}
END_TEST

SUITE("soc_eval/fit", CASE("", a_cell_of_known_numbers_is_found_again),
      CASE("", the_cell_file_serves_the_estimator), CASE("", the_c_file_is_the_same_cell),
      CASE("", without_steps_the_resistances_are_those_of_the_options),
      CASE("", a_measured_cell_gives_the_table_of_the_library),
      CASE("", what_is_wrong_with_a_record_is_told_in_one_line))
