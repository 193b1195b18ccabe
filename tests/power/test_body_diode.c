/* The body-diode rule, and that the switches are safe whatever comes. */
#include "support/suite.h"
#include "switch_pack.h"

/* One of the two directions: what is blocked, and the sign of the current that the other path permits. */
struct direction {
    uint8_t path;
    int32_t sign;
    unsigned other; /* the switch that stays closed */
};

static const struct direction charge_blocked = {LBMS_PATH_CHARGE, -1, DISCHARGE};
static const struct direction discharge_blocked = {LBMS_PATH_DISCHARGE, 1, CHARGE};

static void check_levels(const struct direction *d, int32_t on_ma, int32_t off_ma)
{
    struct pack p;

    switch_closed(&p);
    p.params.v[LBMS_PARAM_BODY_DIODE_ON_MA] = on_ma;
    p.params.v[LBMS_PARAM_BODY_DIODE_OFF_MA] = off_ma;
    p.in.blocked = d->path;
    p.m.current_ma = d->sign * on_ma;
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
    p.m.current_ma = d->sign * (on_ma + 1);
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
    p.m.current_ma = d->sign * off_ma;
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), CHARGE | DISCHARGE);
    p.m.current_ma = d->sign * (off_ma - 1);
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
    p.m.current_ma = d->sign * on_ma; /* between the two levels it stays open, too */
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), d->other);
}

/* 100 A in the permitted direction, the switch of the blocked one closed for it. */
static void assisted(struct pack *p, const struct direction *d)
{
    switch_closed(p);
    p->in.blocked = d->path;
    p->m.current_ma = d->sign * 100000;
    ck_assert_uint_eq(switch_step(p, 100u), CHARGE | DISCHARGE);
}

/* Current that flowed while the path was closed is no beginning of the rule. */
static void check_beginning(const struct direction *d)
{
    struct pack p;

    switch_closed(&p);
    p.m.current_ma = d->sign * 100000;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);
    p.in.blocked = d->path;
    p.m.current_ma = d->sign * 1000;
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
}

static void check_ends(const struct direction *d)
{
    struct pack p;

    assisted(&p, d);
    p.m.current_ma = -d->sign * 100000; /* changes its sign */
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), d->other);

    assisted(&p, d);
    p.m.valid = (uint16_t)~LBMS_VALID_CURRENT; /* cannot be believed any more */
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), d->other);
    p.m.valid = UINT16_MAX;
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);

    assisted(&p, d);
    p.in.blocked = LBMS_PATHS_BOTH; /* never against both */
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    ck_assert_uint_eq(switch_step(&p, HOUR_MS), 0u);

    assisted(&p, d);
    p.in.blocked = 0u; /* the protection ends: no gap */
    ck_assert_uint_eq(switch_step(&p, 100u), CHARGE | DISCHARGE);

    assisted(&p, d);
    p.in.permitted = false;
    ck_assert_uint_eq(switch_step(&p, 100u), 0u);
    p.in.permitted = true;
    p.m.current_ma = d->sign * 1000; /* a new beginning needs the higher level again */
    ck_assert_uint_eq(switch_step(&p, 100u), d->other);
}

START_TEST(discharge_current_closes_a_blocked_charge_switch_while_it_flows)
{
    check_levels(&charge_blocked, 1000, 300);
    check_levels(&charge_blocked, 5000, 2000);
    check_beginning(&charge_blocked);
    check_ends(&charge_blocked);
}
END_TEST

START_TEST(charge_current_closes_a_blocked_discharge_switch_while_it_flows)
{
    check_levels(&discharge_blocked, 1000, 300);
    check_levels(&discharge_blocked, 5000, 2000);
    check_beginning(&discharge_blocked);
    check_ends(&discharge_blocked);
}
END_TEST

START_TEST(the_body_diode_rule_needs_no_port_that_is_up)
{
    struct pack p;

    switch_fresh(&p); /* terminal at 0 V, then unknown */
    p.in.blocked = LBMS_PATH_DISCHARGE;
    p.m.current_ma = 1001;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
    p.m.valid = (uint16_t)~LBMS_VALID_TERMINAL;
    ck_assert_uint_eq(switch_step(&p, 10u), CHARGE | DISCHARGE);
}
END_TEST

static uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 8) % limit;
}

static bool one_in(uint32_t *state, uint32_t times)
{
    return random_below(state, times) == 0u;
}

/* Each input changes now and then, so that all lasting states are reached, too. */
static void shake(struct pack *p, uint32_t *random)
{
    static const int32_t currents_ma[] = {-110000, -1001, -1000, -300, -299, -1,    0,
                                          1,       299,   300,   1000, 1001, 110000};

    if (one_in(random, 8u)) {
        p->in.blocked = (uint8_t)random_below(random, 4u);
    }
    if (one_in(random, 30u)) {
        p->in.permitted = !one_in(random, 4u);
    }
    if (one_in(random, 4u)) {
        p->m.current_ma = currents_ma[random_below(random, sizeof(currents_ma) / sizeof(currents_ma[0]))];
    }
    if (one_in(random, 8u)) {
        p->m.terminal_mv = 46079 + (int32_t)random_below(random, 2u);
    }
    p->m.valid = (uint16_t)(one_in(random, 8u) ? random_below(random, 65536u) : 65535u);
    p->in.restart = one_in(random, 50u);
    p->in.charger_present = one_in(random, 50u);
}

static bool port_up(const struct pack *p)
{
    return ((p->m.valid & LBMS_VALID_TERMINAL) != 0u) && ((p->m.valid & LBMS_VALID_PACK) != 0u) &&
           (p->m.terminal_mv >= 46080);
}

/* `up`: the port is up, or has been so since the discharge switch closed. */
static bool safe(const struct pack *p, bool up, unsigned want)
{
    const bool charge = (want & CHARGE) != 0u;
    const bool discharge = (want & DISCHARGE) != 0u;
    const bool precharge = (want & PRECHARGE) != 0u;
    const int32_t current_ma = ((p->m.valid & LBMS_VALID_CURRENT) != 0u) ? p->m.current_ma : 0;

    if (((want & LBMS_SWITCH_LIMITER) != 0u) || (p->control.want.limiter_low != 0u) ||
        (precharge && discharge)) {
        return false;
    }
    if (!p->in.permitted || (p->in.blocked == LBMS_PATHS_BOTH)) {
        return want == 0u;
    }
    if (p->in.blocked ==
        LBMS_PATH_CHARGE) { /* with the discharge switch open, too, there is no body-diode rule */
        return charge ? (discharge && up && (current_ma <= -300))
                      : (!discharge || (up && (current_ma >= -1000)));
    }
    if (p->in.blocked == LBMS_PATH_DISCHARGE) {
        return charge && !precharge && (discharge ? (current_ma >= 300) : (current_ma <= 1000));
    }
    return charge && (discharge ? (up || (current_ma >= 300)) : (current_ma <= 1000));
}

START_TEST(whatever_comes_the_switches_are_safe)
{
    uint32_t random = 20240229u;
    unsigned changes = 0u;
    unsigned precharges = 0u;
    unsigned failures = 0u;
    unsigned before = 0u;
    bool up = false;
    uint32_t i;
    struct pack p;

    switch_fresh(&p);
    p.params.v[LBMS_PARAM_PRECHARGE_TIMEOUT_MS] = 500;
    p.params.v[LBMS_PARAM_PRECHARGE_RETRY_S] = 5;
    for (i = 0u; i < 200000u; i++) {
        unsigned want;

        shake(&p, &random);
        want = switch_step(&p, random_below(&random, 400u));
        up = port_up(&p) ||
             (up && ((before & DISCHARGE) != 0u) && ((p.in.blocked & LBMS_PATH_DISCHARGE) == 0u));
        if (!safe(&p, up, want)) {
            ck_assert_msg(false, "step %u: switches %x, blocked %x, permitted %d, %d mA", (unsigned)i, want,
                          p.in.blocked, p.in.permitted, (int)p.m.current_ma);
        }
        changes += (want != before) ? 1u : 0u;
        precharges += ((want & PRECHARGE) != 0u) ? 1u : 0u;
        failures += ((p.control.conditions & LBMS_MASK(LBMS_CONDITION_PRECHARGE_FAILED)) != 0u) ? 1u : 0u;
        before = want;
    }
    ck_assert_uint_gt(changes, 10000u); /* the inputs did reach what was to be tested */
    ck_assert_uint_gt(precharges, 1000u);
    ck_assert_uint_gt(failures, 100u);
}
END_TEST

SUITE("power/body_diode", CASE("", discharge_current_closes_a_blocked_charge_switch_while_it_flows),
      CASE("", charge_current_closes_a_blocked_discharge_switch_while_it_flows),
      CASE("", the_body_diode_rule_needs_no_port_that_is_up), CASE("", whatever_comes_the_switches_are_safe))
