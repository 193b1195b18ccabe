#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/params.h"
#include "support/suite.h"

/* Values 0..count-1 have names of their own, all others "?". */
static void check_names(const char *(*name)(uint8_t value), unsigned count)
{
    unsigned value;
    unsigned other;

    for (value = 0u; value < count; value++) {
        ck_assert_msg(name((uint8_t)value) != NULL, "%u", value);
        ck_assert_msg(strcmp(name((uint8_t)value), "?") != 0, "%u", value);
        for (other = 0u; other < value; other++) {
            ck_assert_msg(strcmp(name((uint8_t)value), name((uint8_t)other)) != 0, "%u and %u", value, other);
        }
    }
    for (value = count; value <= UINT8_MAX; value++) {
        ck_assert_str_eq(name((uint8_t)value), "?");
    }
}

START_TEST(every_mode_has_a_name)
{
    check_names(lbms_mode_name, LBMS_MODE_COUNT);
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_SHUTDOWN), "SHUTDOWN");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_STARTING), "STARTING");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_STANDBY), "STANDBY");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_CHARGING), "CHARGING");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_DISCHARGING), "DISCHARGING");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_FULL), "FULL");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_PROTECT), "PROTECT");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_FAULT), "FAULT");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_STOPPING), "STOPPING");
    ck_assert_str_eq(lbms_mode_name(LBMS_MODE_OFF_SWITCH), "OFF-SWITCH");
}
END_TEST

START_TEST(every_sleep_reason_has_a_name)
{
    check_names(lbms_sleep_reason_name, LBMS_SLEEP_REASON_COUNT);
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_OVER_DISCHARGE), "OVER-DISCHARGE");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_BUTTON), "BUTTON");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_LOW_CELL), "LOW-CELL");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_STANDBY), "STANDBY");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_HOST), "HOST");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_SWITCH), "SWITCH");
    ck_assert_str_eq(lbms_sleep_reason_name(LBMS_SLEEP_FAULT), "FAULT");
}
END_TEST

START_TEST(every_alarm_and_protection_bit_has_a_name)
{
    check_names(lbms_bit_name, LBMS_BIT_COUNT);
    ck_assert_str_eq(lbms_bit_name(LBMS_BIT_CELL_OV), "cell over-voltage");
    ck_assert_str_eq(lbms_bit_name(LBMS_BIT_PACK_UV), "pack under-voltage");
    ck_assert_str_eq(lbms_bit_name(LBMS_BIT_SHORT_CIRCUIT), "short circuit");
    ck_assert_str_eq(lbms_bit_name(LBMS_BIT_CHARGE_UT), "charge low temperature");
    ck_assert_str_eq(lbms_bit_name(LBMS_BIT_SOC_LOW), "SOC low");
}
END_TEST

START_TEST(every_fault_has_a_name)
{
    check_names(lbms_fault_name, LBMS_FAULT_COUNT);
    ck_assert_str_eq(lbms_fault_name(LBMS_FAULT_SAMPLING), "sampling");
    ck_assert_str_eq(lbms_fault_name(LBMS_FAULT_CELL), "cell");
    ck_assert_str_eq(lbms_fault_name(LBMS_FAULT_SELF_TEST), "self test");
}
END_TEST

START_TEST(every_unit_has_a_symbol)
{
    check_names(lbms_unit_symbol, LBMS_UNIT_BAUD + 1u);
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MV), "mV");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MA), "mA");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MAH), "mAh");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_DC), "0.1 degC");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_BP), "0.01 %");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MS), "ms");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_S), "s");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_PCT), "%");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_US), "us");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MA_S), "mA/s");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_MV_S), "mV/s");
    ck_assert_str_eq(lbms_unit_symbol(LBMS_UNIT_BAUD), "bit/s");
}
END_TEST

SUITE("model/names", CASE("", every_mode_has_a_name), CASE("", every_sleep_reason_has_a_name),
      CASE("", every_alarm_and_protection_bit_has_a_name), CASE("", every_fault_has_a_name),
      CASE("", every_unit_has_a_symbol))
