/* Numbers, durations and actions as text. */
#include <string.h>

#include "losun_bms/model/inputs.h"
#include "support/suite.h"
#include "virtual_pack/action.h"
#include "virtual_pack/text.h"

START_TEST(numbers_stand_alone_and_in_range)
{
    static const char *const bad[] = {"",    " 1",   "1 ",    "1x",  "x",  "0x1", "nan",
                                      "inf", "-inf", "1e999", "--1", "11", "-1"};
    double value = 5.0;
    long long whole = 5;
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!text_number(bad[i], 0.0, 10.0, &value), "'%s'", bad[i]);
        ck_assert_msg(!text_integer(bad[i], 0, 10, &whole), "'%s'", bad[i]);
    }
    ck_assert_double_eq(value, 5.0);
    ck_assert_int_eq(whole, 5);
    ck_assert(text_number("1.5e0", 0.0, 10.0, &value) && value == 1.5);
    ck_assert(text_number("10", 0.0, 10.0, &value) && value == 10.0);
    ck_assert(text_integer("+10", 0, 10, &whole) && whole == 10);
    ck_assert(!text_integer("1.5", 0, 10, &whole));
    ck_assert(!text_integer("99999999999999999999", 0, 10, &whole));
}
END_TEST

START_TEST(durations_have_units)
{
    static const char *const bad[] = {"", "s", "-1s", "1w", "1 s", "1ss", "1e", "1e12", "1h30m"};
    double s;
    size_t i;

    ck_assert(text_duration("90", &s) && s == 90.0);
    ck_assert(text_duration("90s", &s) && s == 90.0);
    ck_assert(text_duration("1.5m", &s) && s == 90.0);
    ck_assert(text_duration("2h", &s) && s == 7200.0);
    ck_assert(text_duration("0.5d", &s) && s == 43200.0);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!text_duration(bad[i], &s), "'%s'", bad[i]);
    }
}
END_TEST

START_TEST(moments_have_one_form)
{
    char text[TEXT_TIME_SIZE];

    text_time(text, 0.0);
    ck_assert_str_eq(text, "0d 00:00:00.0");
    text_time(text, 3.0 * 86400.0 + 4.0 * 3600.0 + 5.0 * 60.0 + 6.7);
    ck_assert_str_eq(text, "3d 04:05:06.7");
    text_time(text, 3e9);
    ck_assert_uint_lt(strlen(text), sizeof(text));
}
END_TEST

START_TEST(text_is_appended_as_far_as_it_fits)
{
    char text[8] = "abc";

    text_append(text, sizeof(text), "%d", 12);
    ck_assert_str_eq(text, "abc12");
    text_append(text, sizeof(text), "%s", "xyz");
    ck_assert_str_eq(text, "abc12xy");
}
END_TEST

START_TEST(actions_are_read)
{
    struct action action;
    char error[ACTION_ERROR_SIZE];

    ck_assert(action_parse("button=4s", &action, error));
    ck_assert_int_eq(action.kind, ACTION_HOLD);
    ck_assert_uint_eq(action.keys, LBMS_KEY_BUTTON);
    ck_assert_double_eq(action.value, 4.0);
    ck_assert(action_parse("switch=off", &action, error));
    ck_assert(action.kind == ACTION_SWITCH && !action.on);
    ck_assert(action_parse("demand=-20A", &action, error));
    ck_assert(action.unit == PLANT_DEMAND_CURRENT && action.value == -20.0);
    ck_assert(action_parse("demand=500", &action, error));
    ck_assert(action.unit == PLANT_DEMAND_POWER && action.value == 500.0);
    ck_assert(action_parse("fault=cell3=stuck", &action, error));
    ck_assert(action.kind == ACTION_FAULT && action.fault.kind == PLANT_FAULT_STUCK &&
              action.fault.index == 2);
    ck_assert(action_parse("quit", &action, error));
    ck_assert_int_eq(action.kind, ACTION_QUIT);
    ck_assert_str_eq(action.text, "quit");
}
END_TEST

SUITE("virtual_pack/text", CASE("", numbers_stand_alone_and_in_range), CASE("", durations_have_units),
      CASE("", moments_have_one_form), CASE("", text_is_appended_as_far_as_it_fits),
      CASE("", actions_are_read))
