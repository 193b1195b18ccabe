/* Cells: those of the library, and cell files with everything that can be wrong in them. */
#include "soc_eval/cell.h"

#include <stdio.h>
#include <string.h>

#include "soc_eval/lines.h"
#include "support/command.h"
#include "support/suite.h"

#define ROWS 101

static const char good_values[] = "# test cell\ncapacity_ah 4\nr0_mohm 10\nr1_mohm 5\ntau1_s 30\nr2_mohm 20\n"
                                  "tau2_s 2000\ng 12\n";
static struct soc_cell cell;
static char error[SOC_ERROR_SIZE];
static char text[16384];

/* Writes a cell file of these values and a table of that many rows, one of which is replaced. */
static int load(const char *values, int rows, int replaced, const char *row_text)
{
    size_t used = (size_t)snprintf(text, sizeof(text), "%stable\n", values);
    int row;

    for (row = 0; row < rows; row++) {
        if (row == replaced) {
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\n", row_text);
        } else {
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%d %d.5 20.4 %d\n", row, 3000 + row,
                                     row - 50);
        }
    }
    file_write("a.cell", text, used);
    return soc_cell_load(&cell, "a.cell", error, sizeof(error));
}

static void expect_refusal(const char *values, int rows, int replaced, const char *row_text, const char *what)
{
    ck_assert_int_eq(load(values, rows, replaced, row_text), -1);
    if (strcmp(error, what) != 0) {
        ck_abort_msg("told '%s' instead of '%s'", error, what);
    }
}

START_TEST(the_cells_of_the_library_have_their_published_values)
{
    ck_assert(soc_cell_builtin(&cell, "lfp100"));
    ck_assert_double_eq(cell.capacity_ah, 100.0);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 0.50, 25.0), 3.300, 0.5e-3);
    ck_assert_double_eq_tol(soc_cell_half_v(&cell, 0.50), 22.6e-3, 0.2e-3);
    ck_assert_double_eq_tol(cell.r0_ohm, 0.50e-3, 1e-6);
    ck_assert_double_eq_tol(cell.tau_s[1], 1800.0, 1e-9);
    ck_assert(soc_cell_builtin(&cell, "a123"));
    ck_assert_double_eq(cell.capacity_ah, 2.035);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 0.75, 25.0), 3.341, 0.5e-3);
    ck_assert_double_eq_tol(cell.r0_ohm, 9.8e-3, 0.05e-3);
    ck_assert_double_eq_tol(cell.r_ohm[1], 85e-3, 0.05e-3);
    ck_assert(soc_cell_builtin(&cell, "apr"));
    ck_assert_double_eq(cell.capacity_ah, 1.2);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 0.20, 25.0), 3.240, 0.5e-3);
    ck_assert(!soc_cell_builtin(&cell, "nmc"));
}
END_TEST

START_TEST(a_cell_file_becomes_the_model_of_the_library)
{
    ck_assert_int_eq(load(good_values, ROWS, -1, ""), 0);
    ck_assert_double_eq(cell.capacity_ah, 4.0);
    /* 10 mohm of 4 Ah are 0.4 mohm of 100 Ah */
    ck_assert_uint_eq(cell.model.r0_uohm, 400u);
    ck_assert_uint_eq(cell.model.r1_uohm, 200u);
    ck_assert_uint_eq(cell.model.r2_uohm, 800u);
    ck_assert_uint_eq(cell.model.tau1_s, 30u);
    ck_assert_uint_eq(cell.model.tau2_s, 2000u);
    ck_assert_uint_eq(cell.model.hysteresis_rate, 12u);
    ck_assert_uint_eq(cell.model.rest_dmv[100], 31005u);
    ck_assert_uint_eq(cell.model.half_2dmv[3], 102u);   /* 20.4 mV */
    ck_assert_int_eq(cell.model.entropy_4uv_k[0], -13); /* -50 uV/K in steps of 4 */
    ck_assert_double_eq_tol(cell.r0_ohm, 10e-3, 1e-9);
    ck_assert_double_eq_tol(cell.r_ohm[0], 5e-3, 1e-9);
    ck_assert_double_eq_tol(cell.r_ohm[1], 20e-3, 1e-9);
}
END_TEST

START_TEST(the_table_is_read_between_its_rows_and_held_beyond_its_ends)
{
    ck_assert_int_eq(load(good_values, ROWS, -1, ""), 0);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 0.305, 25.0), 3.0310, 1e-9);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, -0.2, 25.0), 3.0005, 1e-9);
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 1.2, 25.0), 3.1005, 1e-9);
    /* row 90: 40 uV/K, 10 K below the reference */
    ck_assert_double_eq_tol(soc_cell_rest_v(&cell, 0.90, 15.0), 3.0905 - 0.0004, 1e-9);
}
END_TEST

START_TEST(resistance_rises_in_the_cold)
{
    ck_assert(soc_cell_builtin(&cell, "lfp100"));
    ck_assert_double_eq_tol(soc_cell_r_factor(&cell, 25.0), 1.0, 1e-9);
    ck_assert_double_eq_tol(soc_cell_r_factor(&cell, 5.0), 1.87, 0.01);
    ck_assert_double_eq_tol(soc_cell_r_factor(&cell, 45.0), 0.79, 0.01);
}
END_TEST

START_TEST(what_is_wrong_with_a_value_is_told_with_its_line)
{
    expect_refusal("capacity_ah 4\nr3_mohm 1\n", ROWS, -1, "", "a.cell:2: unknown name r3_mohm");
    expect_refusal("capacity_ah four\n", ROWS, -1, "", "a.cell:1: a name and a number expected");
    expect_refusal("capacity_ah 4 5\n", ROWS, -1, "", "a.cell:1: a name and a number expected");
    expect_refusal("capacity_ah 0\n", ROWS, -1, "", "a.cell:1: capacity_ah must be in 0.01..10000");
    expect_refusal("capacity_ah nan\n", ROWS, -1, "", "a.cell:1: capacity_ah must be in 0.01..10000");
    expect_refusal("g 0.5\n", ROWS, -1, "", "a.cell:1: g must be in 1..255");
    expect_refusal("tau2_s 30000\n", ROWS, -1, "", "a.cell:1: tau2_s must be in 1..20000");
}
END_TEST

START_TEST(a_missing_value_is_named)
{
    expect_refusal("capacity_ah 4\nr0_mohm 10\nr1_mohm 5\ntau1_s 30\nr2_mohm 20\ntau2_s 2000\n", ROWS, -1, "",
                   "a.cell:108: g is missing");
}
END_TEST

START_TEST(a_resistance_beyond_the_range_of_the_model_is_refused)
{
    expect_refusal("capacity_ah 4000\nr0_mohm 10\nr1_mohm 5\ntau1_s 30\nr2_mohm 20\ntau2_s 2000\ng 12\n",
                   ROWS, -1, "", "a.cell:109: r0_mohm: too large for this capacity");
}
END_TEST

START_TEST(the_table_has_exactly_one_row_for_each_percent)
{
    expect_refusal(good_values, ROWS - 1, -1, "", "a.cell:109: 100 rows in the table: 101 are needed");
    expect_refusal(good_values, ROWS + 1, -1, "", "a.cell:111: more than 101 rows");
    expect_refusal(good_values, ROWS, 7, "8 3007 20 0", "a.cell:17: row of 7 % expected, not of 8 %");
}
END_TEST

START_TEST(what_is_wrong_with_a_row_is_told_with_its_line)
{
    expect_refusal(good_values, ROWS, 7, "7 3007 20",
                   "a.cell:17: a row of the table has soc_pct rest_mv half_mv du_dt_uv_per_k");
    expect_refusal(good_values, ROWS, 7, "7 3007 20 0 0",
                   "a.cell:17: a row of the table has soc_pct rest_mv half_mv du_dt_uv_per_k");
    expect_refusal(good_values, ROWS, 7, "7 0 20 0", "a.cell:17: rest_mv must be in 0.1..6553.5");
    expect_refusal(good_values, ROWS, 7, "7 3007 51.2 0", "a.cell:17: half_mv must be in 0..51");
    expect_refusal(good_values, ROWS, 7, "7 3007 20 520", "a.cell:17: du_dt_uv_per_k must be in -512..508");
}
END_TEST

START_TEST(a_file_without_table_or_no_file_is_refused)
{
    file_write("b.cell", "capacity_ah 4\n", 14u);
    ck_assert_int_eq(soc_cell_load(&cell, "b.cell", error, sizeof(error)), -1);
    ck_assert_str_eq(error, "b.cell:1: r0_mohm is missing");
    ck_assert_int_eq(soc_cell_load(&cell, "c.cell", error, sizeof(error)), -1);
    ck_assert_str_eq(error, "c.cell: cannot open: No such file or directory");
}
END_TEST

SUITE("soc_eval/cell", CASE("", the_cells_of_the_library_have_their_published_values),
      CASE("", a_cell_file_becomes_the_model_of_the_library),
      CASE("", the_table_is_read_between_its_rows_and_held_beyond_its_ends),
      CASE("", resistance_rises_in_the_cold), CASE("", what_is_wrong_with_a_value_is_told_with_its_line),
      CASE("", a_missing_value_is_named), CASE("", a_resistance_beyond_the_range_of_the_model_is_refused),
      CASE("", the_table_has_exactly_one_row_for_each_percent),
      CASE("", what_is_wrong_with_a_row_is_told_with_its_line),
      CASE("", a_file_without_table_or_no_file_is_refused))
