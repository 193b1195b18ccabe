#include "support/suite.h"
#include "switch_pack.h"

/* Steps of 10 ms until the wanted switches change or the time is over; returns the time it took. */
static uint32_t run(struct pack *p, uint32_t ms)
{
    const unsigned before = p->control.want.closed;
    uint32_t passed_ms = 0u;

    while ((passed_ms < ms) && (p->control.want.closed == before)) {
        (void)switch_step(p, 10u);
        passed_ms += 10u;
    }
    return passed_ms;
}

static bool failed(const struct pack *p)
{
    ck_assert_uint_eq(p->control.conditions & ~LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED), 0u);
    return p->control.conditions != 0u;
}

/* One pre-charge that times out, from the step before its begin. */
static void fail_once(struct pack *p)
{
    p->m.terminal_mv = 0;
    (void)run(p, HOUR_MS);
    ck_assert_uint_eq(p->control.want.closed, CHARGE | PRECHARGE);
    (void)run(p, HOUR_MS);
    ck_assert_uint_eq(p->control.want.closed, CHARGE);
}

START_TEST(without_permission_nothing_is_closed)
{
    const int32_t currents_ma[] = {-110000, -1001, 0, 1001, 110000};
    struct pack p;
    unsigned blocked;
    size_t i;

    switch_fresh(&p);
    ck_assert_uint_eq(p.control.want.closed, 0u);
    p.in.permitted = false;
    for (blocked = 0u; blocked <= LBMS_PATHS_BOTH; blocked++) {
        for (i = 0u; i < sizeof(currents_ma) / sizeof(currents_ma[0]); i++) {
            p.in.blocked = (uint8_t)blocked;
            p.m.current_ma = currents_ma[i];
            p.m.terminal_mv = 51200;
            ck_assert_uint_eq(switch_step(&p, 100u), 0u);
            p.m.terminal_mv = 0;
            ck_assert_uint_eq(switch_step(&p, 100u), 0u);
        }
    }
}
END_TEST

START_TEST(losing_the_permission_opens_everything_in_one_step)
{
    struct pack p;

    switch_closed(&p);
    p.in.permitted = false;
    ck_assert_uint_eq(switch_step(&p, 10u), 0u);
    switch_fresh(&p);
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    p.in.permitted = false;
    ck_assert_uint_eq(switch_step(&p, 10u), 0u);
}
END_TEST

START_TEST(a_port_at_90_percent_of_the_pack_needs_no_pre_charge)
{
    struct pack p;

    switch_fresh(&p);
    p.m.terminal_mv = 46080;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    switch_fresh(&p);
    p.m.terminal_mv = 46079;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    switch_fresh(&p);
    p.params.v[LBMS_PARAM_PRECHARGE_DONE_PCT] = 50;
    p.m.terminal_mv = 25600;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
}
END_TEST

START_TEST(pre_charge_comes_before_the_discharge_switch)
{
    struct pack p;

    switch_fresh(&p);
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    p.m.terminal_mv = 46079;
    ck_assert_uint_eq(switch_step(&p, 500u), CHARGE | PRECHARGE);
    p.m.terminal_mv = 46080;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    p.m.terminal_mv = 0; /* a load pulls the port down: protections judge that, not pre-charge */
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), CHARGE | DISCHARGE);
}
END_TEST

START_TEST(a_voltage_that_cannot_be_believed_is_no_port_that_is_up)
{
    const uint16_t missing[] = {LBMS_VALID_TERMINAL, LBMS_VALID_PACK, LBMS_VALID_TERMINAL | LBMS_VALID_PACK};
    struct pack p;
    size_t i;

    for (i = 0u; i < 3u; i++) {
        switch_fresh(&p);
        p.m.terminal_mv = 51200;
        p.m.valid = (uint16_t)~missing[i];
        ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
        ck_assert_uint_eq(switch_step(&p, 2999u), CHARGE | PRECHARGE);
        ck_assert_uint_eq(switch_step(&p, 1u), CHARGE);
    }
}
END_TEST

START_TEST(a_pre_charge_times_out_after_3_s)
{
    struct pack p;

    switch_fresh(&p);
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 2999u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 1u), CHARGE);
    switch_fresh(&p); /* up at the last moment */
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    p.m.terminal_mv = 46080;
    ck_assert_uint_eq(switch_step(&p, 3000u), CHARGE | DISCHARGE);
    switch_fresh(&p);
    p.params.v[LBMS_PARAM_PRECHARGE_TIMEOUT_MS] = 500;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 499u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 1u), CHARGE);
}
END_TEST

START_TEST(the_next_try_comes_30_s_after_a_failed_one_and_has_its_full_time)
{
    struct pack p;
    uint32_t waited_ms;

    switch_fresh(&p);
    fail_once(&p);
    waited_ms = run(&p, HOUR_MS);
    ck_assert_uint_ge(waited_ms, 30000u);
    ck_assert_uint_le(waited_ms, 30030u);
    ck_assert_uint_eq(p.control.want.closed, CHARGE | PRECHARGE);
    ck_assert_uint_eq(run(&p, HOUR_MS), 3000u);
    p.params.v[LBMS_PARAM_PRECHARGE_RETRY_S] = 5;
    waited_ms = run(&p, HOUR_MS);
    ck_assert_uint_ge(waited_ms, 5000u);
    ck_assert_uint_le(waited_ms, 5030u);
}
END_TEST

START_TEST(a_pre_charge_that_was_interrupted_begins_again)
{
    struct pack p;

    switch_fresh(&p);
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    p.in.blocked = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(switch_step(&p, 2990u), CHARGE);
    p.in.blocked = 0u;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 2999u), CHARGE | PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 1u), CHARGE);
}
END_TEST

START_TEST(the_last_of_the_permitted_failures_is_a_fault)
{
    const struct {
        int32_t retries;
        unsigned failures;
    } rows[] = {{3, 3u}, {1, 1u}, {0, 1u}, {10, 10u}};
    size_t i;

    for (i = 0u; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pack p;
        unsigned n;

        switch_fresh(&p);
        p.params.v[LBMS_PARAM_PRECHARGE_RETRIES] = rows[i].retries;
        for (n = 1u; n <= rows[i].failures; n++) {
            ck_assert(!failed(&p));
            fail_once(&p);
        }
        ck_assert(failed(&p));
    }
}
END_TEST

START_TEST(the_fault_stays_until_a_charger_comes_or_the_user_switches_off_and_on)
{
    struct pack p;
    int way;
    int n;

    for (way = 0; way < 2; way++) {
        switch_fresh(&p);
        for (n = 0; n < 3; n++) {
            fail_once(&p);
        }
        p.in.blocked = LBMS_PATHS_BOTH; /* as the fault does */
        ck_assert_uint_eq(run(&p, 10u), 10u);
        ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
        p.in.permitted = false; /* asleep and awake again: no way out */
        (void)switch_step(&p, 10u);
        p.in.permitted = true;
        (void)switch_step(&p, 10u);
        ck_assert(failed(&p));
        p.in.charger_present = way == 0;
        p.in.restart = way == 1;
        ck_assert_uint_eq(switch_step(&p, 10u), 0u);
        ck_assert(!failed(&p));
        p.in.charger_present = false;
        p.in.restart = false;
        p.in.blocked = 0u;
        for (n = 0; n < 3; n++) { /* all tries anew */
            ck_assert(!failed(&p));
            fail_once(&p);
        }
        ck_assert(failed(&p));
    }
}
END_TEST

START_TEST(a_pre_charge_that_succeeds_forgets_the_failures_before_it)
{
    struct pack p;
    int n;

    switch_fresh(&p);
    fail_once(&p);
    fail_once(&p);
    (void)run(&p, HOUR_MS);
    p.m.terminal_mv = 51200;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    p.in.blocked = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE);
    p.in.blocked = 0u;
    for (n = 0; n < 3; n++) {
        ck_assert(!failed(&p));
        fail_once(&p);
    }
    ck_assert(failed(&p));
}
END_TEST

START_TEST(a_closing_over_a_port_that_is_up_ends_the_row_of_failures)
{
    struct pack p;

    switch_fresh(&p);
    fail_once(&p);
    fail_once(&p);
    p.m.terminal_mv = 51200; /* another pack raised the port; the path closes and is used for an hour */
    (void)run(&p, HOUR_MS);
    ck_assert_uint_eq(p.control.want.closed, CHARGE | DISCHARGE);
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.blocked = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE);
    p.in.blocked = 0u;
    fail_once(&p);
    ck_assert(!failed(&p));
}
END_TEST

START_TEST(a_blocked_path_opens_in_one_step_and_the_other_one_stays)
{
    struct pack p;

    switch_closed(&p);
    p.in.blocked = LBMS_PATH_CHARGE;
    ck_assert_uint_eq(switch_step(&p, 10u), DISCHARGE);
    p.in.blocked = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE);
    p.in.blocked = 0u;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    p.in.blocked = LBMS_PATHS_BOTH;
    ck_assert_uint_eq(switch_step(&p, 10u), 0u);
}
END_TEST

START_TEST(charge_current_while_waiting_for_the_next_pre_charge_does_not_stay_in_the_body_diode)
{
    struct pack p;

    switch_fresh(&p);
    fail_once(&p);
    p.m.current_ma = 1000;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE);
    p.in.charger_present = true;
    p.m.terminal_mv = 52000;
    p.m.current_ma = 50000; /* exactly one path is open, for whatever reason: 45 W in its body diode */
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
    p.m.current_ma = 300;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
    p.m.current_ma = 299;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE);
    p.m.current_ma = 50000;
    p.m.valid = (uint16_t)~LBMS_VALID_CURRENT;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE);
}
END_TEST

START_TEST(charge_current_during_a_pre_charge_bypasses_it)
{
    struct pack p;

    switch_fresh(&p); /* with the port voltage lost, the current still tells */
    p.m.valid = (uint16_t)~LBMS_VALID_TERMINAL;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
    p.m.current_ma = 1001;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    p.m.current_ma = 0;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | PRECHARGE);
}
END_TEST

START_TEST(with_both_paths_open_there_is_no_body_diode_rule)
{
    struct pack p;

    switch_fresh(&p); /* charge path blocked, discharge path not closed yet */
    p.in.blocked = LBMS_PATH_CHARGE;
    p.m.current_ma = -2500; /* through the resistor */
    ck_assert_uint_eq(switch_step(&p, 10u), PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 2999u), PRECHARGE);
    p.m.current_ma = -1001;
    ck_assert_uint_eq(switch_step(&p, 10u), 0u); /* timed out */
    ck_assert_uint_eq(switch_step(&p, 10u), 0u);
}
END_TEST

SUITE("power/switch_control", CASE("R-SLP-08 R-WSW-02", without_permission_nothing_is_closed),
      CASE("R-WSW-02", losing_the_permission_opens_everything_in_one_step),
      CASE("", a_port_at_90_percent_of_the_pack_needs_no_pre_charge),
      CASE("", pre_charge_comes_before_the_discharge_switch),
      CASE("", a_voltage_that_cannot_be_believed_is_no_port_that_is_up),
      CASE("", a_pre_charge_times_out_after_3_s),
      CASE("", the_next_try_comes_30_s_after_a_failed_one_and_has_its_full_time),
      CASE("", a_pre_charge_that_was_interrupted_begins_again),
      CASE("", the_last_of_the_permitted_failures_is_a_fault),
      CASE("", the_fault_stays_until_a_charger_comes_or_the_user_switches_off_and_on),
      CASE("", a_pre_charge_that_succeeds_forgets_the_failures_before_it),
      CASE("", a_closing_over_a_port_that_is_up_ends_the_row_of_failures),
      CASE("", a_blocked_path_opens_in_one_step_and_the_other_one_stays),
      CASE("", charge_current_while_waiting_for_the_next_pre_charge_does_not_stay_in_the_body_diode),
      CASE("", charge_current_during_a_pre_charge_bypasses_it),
      CASE("", with_both_paths_open_there_is_no_body_diode_rule))
