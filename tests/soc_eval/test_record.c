/* Records: what is read, and the one line that tells what is wrong with a file. */
#include <stdio.h>
#include <string.h>

#include "soc_eval/lines.h"
#include "soc_eval/record.h"
#include "support/command.h"
#include "support/suite.h"

#define HEAD  "time_s,current_A,voltage_V,temp_C,soc_ref\n"
#define GOOD  "0,-1.5,3.301,25,0.80\n1,-1.5,3.300,25,0.79\n"
#define FILE1 "r.csv"

static struct soc_record record;
static char error[SOC_ERROR_SIZE];

static int load(const char *text)
{
    file_write(FILE1, text, strlen(text));
    return soc_record_load(&record, FILE1, error, sizeof(error));
}

static void expect_refusal(const char *text, const char *what)
{
    ck_assert_int_eq(load(text), -1);
    soc_record_free(&record);
    if (strcmp(error, what) != 0) {
        ck_abort_msg("told '%s' instead of '%s'", error, what);
    }
}

static double value(size_t row, enum soc_column column)
{
    ck_assert_uint_lt(row, record.count);
    return record.row[row].value[column];
}

START_TEST(columns_are_found_by_their_names)
{
    ck_assert_int_eq(
        load("temp_C, x ,voltage_V,time_s,soc_ref,current_A\n20,9,3.2,5,0.5,-2\n21,9,3.3,6.5,0.4,2e-1\n"), 0);
    ck_assert_uint_eq(record.count, 2u);
    ck_assert(record.has_soc);
    ck_assert_double_eq(value(0u, SOC_COLUMN_TIME), 5.0);
    ck_assert_double_eq(value(0u, SOC_COLUMN_CURRENT), -2.0);
    ck_assert_double_eq(value(0u, SOC_COLUMN_VOLTAGE), 3.2);
    ck_assert_double_eq(value(0u, SOC_COLUMN_TEMP), 20.0);
    ck_assert_double_eq(value(1u, SOC_COLUMN_SOC), 0.4);
    ck_assert_double_eq(value(1u, SOC_COLUMN_CURRENT), 0.2);
    ck_assert_double_eq(value(1u, SOC_COLUMN_TIME), 6.5);
    soc_record_free(&record);
}
END_TEST

START_TEST(an_empty_field_repeats_the_value_above)
{
    ck_assert_int_eq(load(HEAD "0,-1.5,3.301,25,0.80\n1,,,,\n2,1,,26,\n"), 0);
    ck_assert_double_eq(value(1u, SOC_COLUMN_CURRENT), -1.5);
    ck_assert_double_eq(value(2u, SOC_COLUMN_VOLTAGE), 3.301);
    ck_assert_double_eq(value(2u, SOC_COLUMN_TEMP), 26.0);
    ck_assert_double_eq(value(2u, SOC_COLUMN_SOC), 0.80);
    soc_record_free(&record);
}
END_TEST

START_TEST(comments_empty_lines_and_line_ends_of_other_systems_are_no_data)
{
    ck_assert_int_eq(load("# a cell\n\n" HEAD "0,1,3.3,25,0.5\r\n\n# rest\n1,1,3.3,25,0.5\r\n"), 0);
    ck_assert_uint_eq(record.count, 2u);
    ck_assert_double_eq(value(1u, SOC_COLUMN_SOC), 0.5);
    soc_record_free(&record);
}
END_TEST

START_TEST(the_reference_may_be_missing)
{
    ck_assert_int_eq(load("time_s,current_A,voltage_V,temp_C\n0,1,3.3,25\n1,1,3.3,25\n"), 0);
    ck_assert(!record.has_soc);
    soc_record_free(&record);
}
END_TEST

START_TEST(a_second_file_goes_on_where_the_first_ends)
{
    ck_assert_int_eq(load(HEAD GOOD), 0);
    ck_assert_int_eq(load(HEAD "2,1,3.3,25,0.5\n3,1,3.3,25,0.5\n"), 0);
    ck_assert_uint_eq(record.count, 4u);
    ck_assert_double_eq(value(3u, SOC_COLUMN_TIME), 3.0);
    ck_assert_int_eq(load(HEAD "3,1,3.3,25,0.5\n4,1,3.3,25,0.5\n"), -1);
    ck_assert_str_eq(error, "r.csv:2: time_s 3 does not ascend (the row before: 3)");
    soc_record_free(&record);
}
END_TEST

START_TEST(a_long_record_is_read_to_its_end)
{
    FILE *file;
    int n;

    ck_assert(!file_exists("long.csv"));
    file = fopen("long.csv", "w");
    ck_assert_ptr_nonnull(file);
    (void)fputs(HEAD, file);
    for (n = 0; n < 10000; n++) {
        (void)fprintf(file, "%d,1,3.3,25,0.5\n", n);
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(soc_record_load(&record, "long.csv", error, sizeof(error)), 0);
    ck_assert_uint_eq(record.count, 10000u);
    ck_assert_double_eq(value(9999u, SOC_COLUMN_TIME), 9999.0);
    soc_record_free(&record);
}
END_TEST

START_TEST(the_first_row_below_a_state_of_charge_is_found)
{
    ck_assert_int_eq(load(HEAD "0,1,3.3,25,0.82\n1,1,3.3,25,0.80\n2,1,3.3,25,0.79\n"), 0);
    ck_assert_uint_eq(soc_record_first_below(&record, 0.80), 1u);
    ck_assert_uint_eq(soc_record_first_below(&record, 0.795), 2u);
    ck_assert_uint_eq(soc_record_first_below(&record, 1.0), 0u);
    ck_assert_uint_eq(soc_record_first_below(&record, 0.5), 3u);
    soc_record_free(&record);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    ck_assert_int_eq(soc_record_load(&record, "none.csv", error, sizeof(error)), -1);
    ck_assert_str_eq(error, "none.csv: cannot open: No such file or directory");
}
END_TEST

START_TEST(what_is_wrong_with_the_header_is_told)
{
    expect_refusal("", "r.csv: empty: no header line");
    expect_refusal("# nothing\n\n", "r.csv:2: empty: no header line");
    expect_refusal("time_s,current_A,temp_C\n0,1,25\n1,1,25\n",
                   "r.csv:1: no column voltage_V in the header (wanted: "
                   "time_s,current_A,voltage_V,temp_C[,soc_ref])");
    expect_refusal("time_s,current_A,voltage_V,temp_C,current_A\n",
                   "r.csv:1: column current_A stands twice in the header");
    /* no header at all */
    expect_refusal(GOOD, "r.csv:1: no column time_s in the header (wanted: "
                         "time_s,current_A,voltage_V,temp_C[,soc_ref])");
}
END_TEST

START_TEST(what_is_wrong_with_a_row_is_told_with_its_line)
{
    expect_refusal(HEAD GOOD "2,1,3.3,25\n", "r.csv:4: 4 columns, the header has 5");
    expect_refusal(HEAD GOOD "2,1,3.3,25,0.5,\n", "r.csv:4: 6 columns, the header has 5");
    expect_refusal(HEAD GOOD "2,1 A,3.3,25,0.5\n", "r.csv:4: current_A: \"1 A\" is not a number");
    expect_refusal(HEAD GOOD "2,1,nan,25,0.5\n", "r.csv:4: voltage_V: \"nan\" is not a number");
    expect_refusal(HEAD GOOD "2,1,0x3,25,0.5\n", "r.csv:4: voltage_V: \"0x3\" is not a number");
    expect_refusal(HEAD GOOD "2,1e,3,25,0.5\n", "r.csv:4: current_A: \"1e\" is not a number");
    expect_refusal(HEAD GOOD "2,1e999,3,25,0.5\n", "r.csv:4: current_A: \"1e999\" is not a number");
    expect_refusal(HEAD GOOD ",1,3.3,25,0.5\n", "r.csv:4: time_s: \"\" is not a number");
    expect_refusal(HEAD "0,,3.3,25,0.5\n1,1,3.3,25,0.5\n", "r.csv:2: current_A: \"\" is not a number");
}
END_TEST

START_TEST(values_that_no_cell_has_are_refused)
{
    expect_refusal(HEAD GOOD "2,1,3301,25,0.5\n", "r.csv:4: voltage_V: 3301 is not in 0..6");
    expect_refusal(HEAD GOOD "2,1,-3.3,25,0.5\n", "r.csv:4: voltage_V: -3.3 is not in 0..6");
    expect_refusal(HEAD GOOD "2,1,3.3,298,0.5\n", "r.csv:4: temp_C: 298 is not in -60..120");
    expect_refusal(HEAD GOOD "2,1,3.3,25,50\n", "r.csv:4: soc_ref: 50 is not in -0.1..1.1");
    expect_refusal(HEAD GOOD "2,20000,3.3,25,0.5\n", "r.csv:4: current_A: 20000 is not in -10000..10000");
}
END_TEST

START_TEST(times_must_ascend)
{
    expect_refusal(HEAD GOOD "1,1,3.3,25,0.5\n", "r.csv:4: time_s 1 does not ascend (the row before: 1)");
    expect_refusal(HEAD GOOD "0.5,1,3.3,25,0.5\n", "r.csv:4: time_s 0.5 does not ascend (the row before: 1)");
}
END_TEST

START_TEST(one_row_is_no_record)
{
    expect_refusal(HEAD, "r.csv:1: 0 data rows: at least 2 are needed");
    expect_refusal(HEAD "0,1,3.3,25,0.5\n", "r.csv:2: 1 data rows: at least 2 are needed");
}
END_TEST

START_TEST(a_line_without_end_is_refused)
{
    char text[3000];

    memset(text, '1', sizeof(text));
    memcpy(text, HEAD, strlen(HEAD));
    text[sizeof(text) - 1u] = '\0';
    expect_refusal(text, "r.csv:2: line longer than 1022 characters");
}
END_TEST

SUITE("soc_eval/record", CASE("", columns_are_found_by_their_names),
      CASE("", an_empty_field_repeats_the_value_above),
      CASE("", comments_empty_lines_and_line_ends_of_other_systems_are_no_data),
      CASE("", the_reference_may_be_missing), CASE("", a_second_file_goes_on_where_the_first_ends),
      CASE("", a_long_record_is_read_to_its_end), CASE("", the_first_row_below_a_state_of_charge_is_found),
      CASE("", a_file_that_is_not_there_is_named), CASE("", what_is_wrong_with_the_header_is_told),
      CASE("", what_is_wrong_with_a_row_is_told_with_its_line), CASE("", values_that_no_cell_has_are_refused),
      CASE("", times_must_ascend), CASE("", one_row_is_no_record), CASE("", a_line_without_end_is_refused))
