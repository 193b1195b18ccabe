#include "soc_eval/options.h"

#include <string.h>

#include "support/suite.h"

#define WORDS_MAX 16

static struct soc_options options;
static char error[SOC_OPTIONS_ERROR_SIZE];
static char words[256];

/* Reads a command line given as words with single blanks between them. */
static int read_line(const char *line)
{
    static char program[] = "soc_eval";
    char *argv[WORDS_MAX + 1] = {program};
    int argc = 1;
    char *word;

    ck_assert_uint_lt(strlen(line), sizeof(words));
    strcpy(words, line);
    for (word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        ck_assert_int_lt(argc, WORDS_MAX);
        argv[argc++] = word;
    }
    return soc_options_read(&options, argc, argv, error);
}

static void expect_refusal(const char *line, const char *what)
{
    ck_assert_int_eq(read_line(line), -1);
    if (strcmp(error, what) != 0) {
        ck_abort_msg("'%s' told '%s' instead of '%s'", line, error, what);
    }
}

START_TEST(a_record_alone_is_run_with_the_estimator_on_the_default_cell_without_faults)
{
    ck_assert_int_eq(read_line("a.csv"), 0);
    ck_assert_str_eq(options.file, "a.csv");
    ck_assert_str_eq(options.cell, "lfp100");
    ck_assert_str_eq(options.method, "estimator");
    ck_assert_ptr_null(options.out);
    ck_assert_double_lt(options.capacity_ah, 0.0);
    ck_assert_double_lt(options.initial_soc, 0.0);
    ck_assert_double_lt(options.start_below, 0.0);
    ck_assert_double_eq(options.initial_sd, 0.0);
    ck_assert_double_eq(options.gain, 1.0);
    ck_assert_double_eq(options.offset_a, 0.0);
    ck_assert_double_eq(options.voltage_v, 0.0);
    ck_assert_double_eq(options.temp_c, 0.0);
    ck_assert_double_eq(options.noise_v, 0.0);
    ck_assert_double_eq(options.seed, 1.0);
    ck_assert_double_eq(options.from_s, 7200.0);
}
END_TEST

START_TEST(every_option_reaches_its_place)
{
    ck_assert_int_eq(read_line("--cell a123 --method ekf5 --capacity-ah 2 --initial-soc 0.6 --initial-sd 0.1 "
                               "--gain 1.01 --offset -0.004"),
                     -1);
    ck_assert_str_eq(options.cell, "a123");
    ck_assert_str_eq(options.method, "ekf5");
    ck_assert_double_eq(options.capacity_ah, 2.0);
    ck_assert_double_eq(options.initial_soc, 0.6);
    ck_assert_double_eq(options.initial_sd, 0.1);
    ck_assert_double_eq(options.gain, 1.01);
    ck_assert_double_eq(options.offset_a, -0.004);
    ck_assert_int_eq(read_line("--voffset 0.005 --toffset -2 --noise 0.001 --seed 7 --from 0 --out b.csv "
                               "--start-below 0.8"),
                     -1);
    ck_assert_double_eq(options.voltage_v, 0.005);
    ck_assert_double_eq(options.temp_c, -2.0);
    ck_assert_double_eq(options.noise_v, 0.001);
    ck_assert_double_eq(options.seed, 7.0);
    ck_assert_double_eq(options.from_s, 0.0);
    ck_assert_str_eq(options.out, "b.csv");
    ck_assert_double_eq(options.start_below, 0.8);
    ck_assert_str_eq(error, "no record given (see --help)");
}
END_TEST

START_TEST(a_value_may_be_joined_with_an_equals_sign)
{
    ck_assert_int_eq(read_line("--initial-soc=0.25 a.csv --out=x=y.csv"), 0);
    ck_assert_double_eq(options.initial_soc, 0.25);
    ck_assert_str_eq(options.out, "x=y.csv");
}
END_TEST

START_TEST(help_and_list_need_no_record)
{
    ck_assert_int_eq(read_line("--help"), 0);
    ck_assert(options.help);
    ck_assert_int_eq(read_line("--list"), 0);
    ck_assert(options.list);
}
END_TEST

START_TEST(what_is_wrong_with_a_command_line_is_told)
{
    expect_refusal("", "no record given (see --help)");
    expect_refusal("a.csv b.csv", "one record only: a.csv and b.csv");
    expect_refusal("--gian 1 a.csv", "unknown option --gian (see --help)");
    expect_refusal("-h", "unknown option -h (see --help)");
    expect_refusal("a.csv --out", "--out: its value FILE is missing");
    expect_refusal("a.csv --seed", "--seed: its value N is missing");
    expect_refusal("--gain 1.0x a.csv", "--gain: '1.0x' is not a number from 0.5 to 2");
    expect_refusal("--gain nan a.csv", "--gain: 'nan' is not a number from 0.5 to 2");
    expect_refusal("--gain= a.csv", "--gain: '' is not a number from 0.5 to 2");
    expect_refusal("--seed 1.5 a.csv", "--seed: '1.5' is not a whole number from 0 to 4294967295");
}
END_TEST

START_TEST(numbers_are_taken_up_to_both_ends_of_their_range)
{
    static const struct {
        const char *name, *least, *less, *most, *more;
    } range[] = {
        {"--capacity-ah", "0.01", "0.009", "10000", "10001"},
        {"--initial-soc", "0", "-0.01", "1", "1.01"},
        {"--initial-sd", "0", "-0.01", "1", "1.01"},
        {"--start-below", "0", "-0.1", "1.1", "1.11"},
        {"--gain", "0.5", "0.49", "2", "2.01"},
        {"--offset", "-1000", "-1001", "1000", "1001"},
        {"--voffset", "-1", "-1.1", "1", "1.1"},
        {"--toffset", "-50", "-51", "50", "51"},
        {"--noise", "0", "-0.1", "1", "1.1"},
        {"--seed", "0", "-1", "4294967295", "4294967296"},
        {"--from", "0", "-1", "1e9", "1.1e9"},
    };
    size_t i;

    for (i = 0u; i < sizeof(range) / sizeof(range[0]); i++) {
        const char *const value[] = {range[i].least, range[i].most, range[i].less, range[i].more};
        size_t k;

        for (k = 0u; k < 4u; k++) {
            char line[100] = "";

            (void)strcat(strcat(strcat(strcpy(line, range[i].name), " "), value[k]), " a.csv");
            ck_assert_msg(read_line(line) == ((k < 2u) ? 0 : -1), "%s", line);
        }
    }
}
END_TEST

SUITE("soc_eval/options",
      CASE("", a_record_alone_is_run_with_the_estimator_on_the_default_cell_without_faults),
      CASE("", every_option_reaches_its_place), CASE("", a_value_may_be_joined_with_an_equals_sign),
      CASE("", help_and_list_need_no_record), CASE("", what_is_wrong_with_a_command_line_is_told),
      CASE("", numbers_are_taken_up_to_both_ends_of_their_range))
