/* bmsctl against the virtual pack over a pseudo-terminal: what it changes. */
#include <string.h>

#include "rig.h"
#include "support/suite.h"

START_TEST(parameters_are_written_when_the_pack_has_stored_them)
{
    start("");
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3590 buzzer_enable 1"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv --csv"), 0);
    ck_assert(says("cell_ov_alarm_mv,3590,mV,3600"));
    ck_assert_int_eq(ctl("params diff"), 0);
    ck_assert(says("buzzer_enable"));
    ck_assert_ptr_null(strstr(out, "cell_uv_alarm_mv"));
    ck_assert_int_eq(ctl("history 1"), 0);
    ck_assert(says("parameters written"));
    ck_assert_int_eq(ctl("params export e.txt"), 0);
    ck_assert_int_eq(ctl("--yes restore-defaults"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv"), 0);
    ck_assert(says(" 3600  mV"));
    ck_assert_int_eq(ctl("params import e.txt"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv"), 0);
    ck_assert(says(" 3590  mV"));
    /* what is not possible */
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3651"), 2);
    ck_assert(says("from 3300 to 3650"));
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3350"), 1); /* below its release */
    ck_assert(says("RTN 09H"));
    ck_assert_int_eq(ctl("params set no_such_thing 1"), 2);
    ck_assert_int_eq(ctl("params get no_such_thing"), 2);
    stop();
}
END_TEST

START_TEST(switches_clock_access_and_sleep_work)
{
    start("");
    pause_ms(9000); /* awake, both paths closed */
    ck_assert_int_eq(ctl("switches charge off"), 0);
    ck_assert(says("charge_forced_off          on"));
    ck_assert_int_eq(ctl("switches discharge off"), 1);
    ck_assert_int_eq(ctl("switches charge on"), 0);
    ck_assert_int_eq(ctl("switches buzzer on"), 0);
    ck_assert(says("buzzer                     on"));
    ck_assert_int_eq(ctl("switches buzzer perhaps"), 2);
    ck_assert_int_eq(ctl("clock set 2026-01-02T03:04:05"), 0);
    ck_assert_int_eq(ctl("clock set yesterday"), 2);
    ck_assert_int_eq(ctl("-c wrong access"), 1);
    ck_assert_int_eq(ctl("-c geheim access"), 1); /* one second */
    pause_ms(1100);
    ck_assert_int_eq(ctl("-c geheim access"), 0);
    ck_assert(says("service"));
    ck_assert_int_eq(ctl("access close"), 0);
    ck_assert_int_eq(ctl("shutdown"), 1); /* nobody has said yes */
    ck_assert_int_eq(ctl("--yes shutdown"), 0);
    pause_ms(6000);
    /* asleep: the first frame wakes it up, and is lost; it is tried again */
    ck_assert_int_eq(ctl("--tries 10 status"), 0);
    stop();
}
END_TEST

SUITE("bmsctl/change", CASE("R-PRM-02", parameters_are_written_when_the_pack_has_stored_them),
      CASE("", switches_clock_access_and_sleep_work))
