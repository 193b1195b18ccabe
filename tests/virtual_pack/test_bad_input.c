/* Bad input: exactly one line on standard error that names the culprit, nothing on standard output, exit status 2. */
#include <stdio.h>

#include "support/command.h"
#include "support/suite.h"

struct bad {
    const char *arguments;
    const char *culprit;
};

static void expect_refusals(const struct bad *cases, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        command("$VP %s", cases[i].arguments);
        if (ran.status != 2 || lines(ran.err) != 1 || ran.out[0] != '\0' ||
            !says(ran.err, cases[i].culprit)) {
            ck_abort_msg("'%s': status %d, error '%s', output '%s'", cases[i].arguments, ran.status, ran.err,
                         ran.out);
        }
    }
}

#define EXPECT_REFUSALS(cases) expect_refusals((cases), sizeof(cases) / sizeof((cases)[0]))

START_TEST(unknown_and_incomplete_options_are_named)
{
    static const struct bad cases[] = {
        {"--bogus", "--bogus"},
        {"bogus", "'bogus' is no option"},
        {"-h", "-h"},
        {"--speed", "--speed needs a value"},
        {"--csv ''", "--csv needs a value"},
        {"--headless=yes", "--headless takes no value"},
        {"--headless --live", "exclude each other"},
        {"--inverter-power 3000", "--inverter-power needs --inverter"},
        {"--inverter-standby 30", "--inverter-standby needs --inverter"},
        {"--grid 500", "--grid needs --inverter"},
        {"--inverter --demand 20A", "--demand: with an inverter the demand must be in W"},
        {"--inverter --at 1m:demand=20A", "--at: with an inverter the demand must be in W"},
        {"--inverter-ignores --profile $PROFILES/apr18650_flat_25C_a.csv",
         "--profile: with an inverter the demand must be in W"},
        {"--answer-from x", "--answer-from needs --rs232"},
        {"--rs232 pty --answer-from ./nothing", "--answer-from: ./nothing: No such file"},
        {"--rs232 pty --answer-from $PROFILES/solar_day.csv", "line 1 is not"},
        {"--rs232 pty --answer-from /dev/null", "there is no request in it"},
        {"--ahead 17:1", "--ahead: '17:1'"},
        {"--ahead 3", "--ahead: '3'"},
        {"--ahead 3:101", "--ahead: '3:101'"},
        {"--live", "--live"},
        {"\"$(printf 'a\\nb')\"", "a?b"},
    };

    EXPECT_REFUSALS(cases);
}
END_TEST

START_TEST(malformed_numbers_are_named)
{
    static const struct bad cases[] = {
        {"--speed fast", "--speed: 'fast'"},
        {"--speed 0", "--speed: '0'"},
        {"--speed -1", "--speed: '-1'"},
        {"--speed nan", "--speed: 'nan'"},
        {"--speed 0x10", "--speed: '0x10'"},
        {"--duration -5", "--duration: '-5'"},
        {"--duration 5parsec", "--duration: '5parsec'"},
        {"--duration 1e99", "--duration: '1e99'"},
        {"--soc 101", "--soc: '101'"},
        {"--soc 50%", "--soc: '50%'"},
        {"--estimate maybe", "--estimate: 'maybe'"},
        {"--capacity 0", "--capacity: '0'"},
        {"--address 16", "--address: '16'"},
        {"--address 1.5", "--address: '1.5'"},
        {"--seed -1", "--seed: '-1'"},
        {"--seed 99999999999999999999", "--seed"},
        {"--step-ms 9", "--step-ms: '9'"},
        {"--step-ms 1001", "--step-ms: '1001'"},
        {"--csv-period 0", "--csv-period"},
        {"--scale x", "--scale: 'x'"},
        {"--demand 5kW", "--demand: '5kW'"},
        {"--ambient 200", "--ambient: '200'"},
        {"--led-profile 2", "--led-profile: '2'"},
        {"--plot day.pdf", "--plot: 'day.pdf'"},
    };

    EXPECT_REFUSALS(cases);
}
END_TEST

START_TEST(malformed_actions_and_faults_are_named)
{
    static const struct bad cases[] = {
        {"--at button=4s", "--at: 'button=4s'"},
        {"--at soon:button=4s", "--at: 'soon:button=4s'"},
        {"--at 10s:jump=1", "'jump=1' is no action"},
        {"--at 10s:button", "button needs a value"},
        {"--at 10s:button=long", "'long' is not a duration"},
        {"--at 10s:switch=maybe", "'maybe' is not on or off"},
        {"--at 10s:dip=16", "'16' is not a whole number"},
        {"--at 10s:dip=1.5", "'1.5' is not a whole number"},
        {"--at 10s:quit=1", "quit takes no value"},
        {"--fault cell17=stuck", "cell17"},
        {"--fault cell3=tired", "tired"},
        {"--fault cell3=stuck@tomorrow", "'tomorrow' is not a time"},
        {"--fault nonsense", "nonsense"},
    };

    EXPECT_REFUSALS(cases);
}
END_TEST

START_TEST(refused_parameters_are_named_with_their_range)
{
    static const struct bad cases[] = {
        {"--param cell_uv_protect_mv", "is not NAME=VALUE"},
        {"--param cell_up=1", "no parameter 'cell_up'"},
        {"--param cell_uv_protect_mv=low", "cell_uv_protect_mv: 'low'"},
        {"--param cell_uv_protect_mv=100", "cell_uv_protect_mv must be from 2500 to 3200 mV"},
        {"--param cell_ov_protect_mv=3700", "cell_ov_protect_mv must be from 3400 to 3650 mV"},
        {"--param cell_uv_protect_mv=99999999999", "cell_uv_protect_mv"},
        {"--param cell_uv_protect_mv=2900", "cell_uv_"},
    };

    EXPECT_REFUSALS(cases);
}
END_TEST

START_TEST(missing_and_malformed_profiles_are_named)
{
    static const struct bad cases[] = {
        {"--profile missing.csv", "missing.csv"},
        {"--profile .", "."},
        {"--profile empty.csv", "empty.csv"},
        {"--profile columns.csv", "columns.csv"},
        {"--profile number.csv", "number.csv:3"},
        {"--profile order.csv", "order.csv:4"},
        {"--profile good.csv --from 2m", "--from"},
        {"--profile good.csv --demand 5A", "--demand"},
        {"--profile good.csv --at 1s:demand=5A", "--at"},
        {"--loop", "--loop needs --profile"},
        {"--from 5s", "--from needs --profile"},
    };

    file_write("empty.csv", "", 0);
    file_write("columns.csv", "a,b\n1,2\n", 8);
    file_write("number.csv", "time_s,power_W\n0,1\n1,x\n", 23);
    file_write("order.csv", "time_s,power_W\n0,1\n5,1\n4,1\n", 27);
    file_write("good.csv", "time_s,power_W\n0,1\n60,1\n", 24);
    EXPECT_REFUSALS(cases);
}
END_TEST

START_TEST(files_and_devices_that_cannot_be_opened_are_named)
{
    static const struct bad cases[] = {
        {"--csv nowhere/a.csv", "nowhere/a.csv"},
        {"--record nowhere/a.lbt", "nowhere/a.lbt"},
        {"--plot nowhere/a.png", "nowhere/a.png"},
        {"--nvm nowhere/a.bin", "nowhere/a.bin"},
        {"--rs232 com1", "--rs232: 'com1'"},
        {"--rs485 tty:", "--rs485: 'tty:'"},
        {"--rs232 tty:/dev/nothing", "/dev/nothing"},
        {"--rs232 tty:plain", "plain"},
        {"--parallel pty:plain", "plain"},
        {"--can can0", "--can: 'can0'"},
        {"--can socketcan:nothing", "nothing"},
        {"--can log:nowhere/can.log", "nowhere/can.log"},
        {"--can slcan:/dev/nothing", "/dev/nothing"},
    };

    file_write("plain", "a file\n", 7);
    EXPECT_REFUSALS(cases);
    ck_assert(file_exists("plain"));
}
END_TEST

/* What is wrong with the command line is found before a file is touched. */
START_TEST(a_refused_command_line_leaves_files_alone)
{
    char text[8];

    file_write("keep.csv", "mine", 4);
    command("$VP --csv keep.csv --param cell_uv_protect_mv=100");
    ck_assert_int_eq(ran.status, 2);
    command("$VP --csv keep.csv --rs232 tty:/dev/nothing");
    ck_assert_int_eq(ran.status, 2);
    ck_assert_uint_eq(file_read("keep.csv", text, sizeof(text)), 4);
}
END_TEST

SUITE("virtual_pack/bad_input", CASE("", unknown_and_incomplete_options_are_named),
      CASE("", malformed_numbers_are_named), CASE("", malformed_actions_and_faults_are_named),
      CASE("", refused_parameters_are_named_with_their_range),
      CASE("", missing_and_malformed_profiles_are_named),
      CASE("", files_and_devices_that_cannot_be_opened_are_named),
      CASE("", a_refused_command_line_leaves_files_alone))
