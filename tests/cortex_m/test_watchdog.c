#include "losun_bms_port/cortex_m/watchdog.h"

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_shared.h"
#include "support/suite.h"

static uint32_t nominal_ms(uint32_t lsi_hz, const struct lbms_cm_watchdog_setting *setting)
{
    return (((uint32_t)setting->reload + 1u) * (4u << setting->prescaler) * 1000u) / lsi_hz;
}

START_TEST(every_time_up_to_the_longest_is_reached_within_its_resolution)
{
    const uint32_t lsi_hz[] = {32000u, 40000u};
    const uint32_t longest_ms[] = {32768u, 26214u};
    struct lbms_cm_watchdog_setting setting;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        uint32_t ms;

        for (ms = 1u; ms <= longest_ms[i]; ms++) {
            uint32_t got_ms;

            ck_assert_int_eq(lbms_cm_watchdog_setting(lsi_hz[i], ms, &setting), LBMS_OK);
            got_ms = nominal_ms(lsi_hz[i], &setting);
            ck_assert_uint_le(got_ms, ms);
            ck_assert_uint_ge(got_ms + 8u, ms); /* 256 counts of the slowest setting */
        }
        ck_assert_int_eq(lbms_cm_watchdog_setting(lsi_hz[i], longest_ms[i] + 10u, &setting), LBMS_ERR_RANGE);
    }
}
END_TEST

START_TEST(four_seconds_use_the_finest_prescaler_that_can)
{
    struct lbms_cm_watchdog_setting setting;

    ck_assert_int_eq(lbms_cm_watchdog_setting(32000u, 4000u, &setting), LBMS_OK);
    ck_assert_uint_eq(setting.prescaler, 3u); /* / 32 */
    ck_assert_uint_eq(setting.reload, 3999u);
}
END_TEST

START_TEST(impossible_times_are_refused)
{
    struct lbms_cm_watchdog_setting setting;

    ck_assert_int_eq(lbms_cm_watchdog_setting(32000u, 0u, &setting), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_watchdog_setting(0u, 1000u, &setting), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_watchdog_setting(32000u, UINT32_MAX, &setting), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_watchdog_setting(1000000u, 1000u, &setting), LBMS_ERR_RANGE);
}
END_TEST

START_TEST(it_is_started_with_its_setting_and_fed)
{
    struct lbms_cm_iwdg_regs iwdg = {0u, 0u, 0u, 0u};
    const struct lbms_cm_watchdog_setting setting = {3u, 3999u};

    lbms_cm_watchdog_start((uintptr_t)&iwdg, &setting);
    ck_assert_uint_eq(iwdg.PR, 3u);
    ck_assert_uint_eq(iwdg.RLR, 3999u);
    ck_assert_uint_eq(iwdg.KR, 0xAAAAu);
    iwdg.KR = 0u;
    lbms_cm_watchdog_feed((uintptr_t)&iwdg);
    ck_assert_uint_eq(iwdg.KR, 0xAAAAu);
}
END_TEST

SUITE("cortex_m/watchdog", CASE("", every_time_up_to_the_longest_is_reached_within_its_resolution),
      CASE("", four_seconds_use_the_finest_prescaler_that_can), CASE("", impossible_times_are_refused),
      CASE("R-PROT-09", it_is_started_with_its_setting_and_fed))
