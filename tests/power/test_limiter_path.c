/* The charge path through the limiter, boards without pre-charge, and the load test after a short circuit. */
#include "support/suite.h"
#include "switch_pack.h"

#define LIMITER LBMS_SWITCH_LIMITER
#define REMOVED LBMS_MASK(LBMS_CONDITION_LOAD_REMOVED)
#define PRESENT LBMS_MASK(LBMS_CONDITION_LOAD_PRESENT)

START_TEST(the_limiter_takes_the_place_of_the_charge_switch)
{
    struct pack p;

    switch_closed(&p);
    p.in.use_limiter = true;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER | DISCHARGE);
    ck_assert_uint_eq(p.control.want.limiter_low, 0u);
    p.params.v[LBMS_PARAM_LIMITER_GEAR_LOW] = 1;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER | DISCHARGE);
    ck_assert_uint_eq(p.control.want.limiter_low, 1u);
    p.in.blocked = LBMS_PATH_CHARGE;
    ck_assert_uint_eq(switch_step(&p, 100u), DISCHARGE);
    ck_assert_uint_eq(p.control.want.limiter_low, 0u);
    p.in.permitted = false;
    p.in.blocked = 0u;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
}
END_TEST

START_TEST(a_discharge_current_does_not_flow_through_the_diode_of_a_charge_switch_that_the_limiter_replaces)
{
    struct pack p;

    switch_closed(&p);
    p.in.use_limiter = true;
    p.m.current_ma = -1000;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER | DISCHARGE);
    p.m.current_ma = -1001;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
    p.m.current_ma = -299;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER | DISCHARGE);
}
END_TEST

START_TEST(an_empty_pack_charges_through_limiter_and_discharge_switch)
{
    struct pack p;

    switch_closed(&p);
    p.in.use_limiter = true;
    p.in.blocked = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER);
    p.m.current_ma = 1001;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER | DISCHARGE);
    p.m.current_ma = 299;
    ck_assert_uint_eq(switch_step(&p, 100u), LIMITER);
}
END_TEST

START_TEST(a_board_without_pre_charge_closes_at_once)
{
    struct pack p;

    switch_fresh(&p); /* a dead port */
    p.params.v[LBMS_PARAM_PRECHARGE_FITTED] = 0;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
}
END_TEST

static void begin_probe(struct pack *p)
{
    switch_fresh(p);
    p->in.blocked = LBMS_PATHS_BOTH;
    ck_assert_uint_eq(switch_step(p, 100u), 0u);
    p->in.probe_load = true;
}

START_TEST(the_load_is_gone_when_the_port_comes_above_half_of_the_pack)
{
    struct pack p;

    begin_probe(&p);
    ck_assert_uint_eq(switch_step(&p, 100u), PRECHARGE);
    p.m.terminal_mv = 25599;
    ck_assert_uint_eq(switch_step(&p, 100u), PRECHARGE);
    ck_assert_uint_eq(p.control.conditions, 0u);
    p.m.terminal_mv = 25600;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(p.control.conditions, REMOVED);
    p.in.probe_load = false;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(p.control.conditions, 0u); /* said once */
}
END_TEST

START_TEST(a_port_that_was_up_before_the_pulse_proves_nothing)
{
    struct pack p;

    begin_probe(&p);
    p.m.terminal_mv = 51200;
    ck_assert_uint_eq(switch_step(&p, 100u), PRECHARGE);
    ck_assert_uint_eq(p.control.conditions, 0u);
}
END_TEST

START_TEST(three_seconds_without_success_are_a_load)
{
    struct pack p;
    uint32_t ms;

    begin_probe(&p);
    for (ms = 0u; ms < 3000u; ms += 100u) {
        ck_assert_uint_eq(switch_step(&p, 100u), PRECHARGE);
        ck_assert_uint_eq(p.control.conditions, 0u);
    }
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(p.control.conditions, PRESENT);
    p.in.probe_load = false;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(p.control.conditions, 0u);
    p.in.probe_load = true; /* the next test has its full time */
    ck_assert_uint_eq(switch_step(&p, 100u), PRECHARGE);
    ck_assert_uint_eq(switch_step(&p, 2900u), PRECHARGE);
}
END_TEST

START_TEST(a_mode_that_permits_no_path_permits_no_load_test)
{
    struct pack p;

    begin_probe(&p);
    p.in.permitted = false;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(switch_step(&p, 10000u), 0u);
    ck_assert_uint_eq(p.control.conditions, 0u);
}
END_TEST

SUITE("power/limiter_path", CASE("R-TECH-03", the_limiter_takes_the_place_of_the_charge_switch),
      CASE("",
           a_discharge_current_does_not_flow_through_the_diode_of_a_charge_switch_that_the_limiter_replaces),
      CASE("R-TECH-03", an_empty_pack_charges_through_limiter_and_discharge_switch),
      CASE("", a_board_without_pre_charge_closes_at_once),
      CASE("R-PROT-04 R-TECH-07", the_load_is_gone_when_the_port_comes_above_half_of_the_pack),
      CASE("R-PROT-04", a_port_that_was_up_before_the_pulse_proves_nothing),
      CASE("R-PROT-04", three_seconds_without_success_are_a_load),
      CASE("R-PROT-04", a_mode_that_permits_no_path_permits_no_load_test))
