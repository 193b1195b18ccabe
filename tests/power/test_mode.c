#include "losun_bms/power/mode.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/switches.h"
#include "support/suite.h"

#define START_MS (UINT32_MAX - 1999u) /* the start sequence runs across the wrap */
#define OV_BITS  (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))

/* A machine, its inputs, and what the test knows of its start sequence. */
struct pack {
    struct lbms_params params;
    struct lbms_mode_machine machine;
    struct lbms_mode_inputs in;
    bool sequence_over;
};

/* Measured, switched on, nothing wrong, no current. */
static void fresh(struct pack *p)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->in.now_ms = START_MS;
    p->in.switch_on = true;
    p->in.measured = true;
    memset(&p->machine, 0xA5, sizeof(p->machine)); /* whatever was there before */
    lbms_mode_init(&p->machine, false);
}

static uint8_t step(struct pack *p, uint32_t ms)
{
    p->in.now_ms += ms;
    lbms_mode_step(&p->machine, &p->in, &p->params);
    return p->machine.mode;
}

/* In any mode; STARTING so that the next step comes at the end of its sequence, or a millisecond before. */
static void in_mode(struct pack *p, uint8_t mode, bool sequence_over)
{
    fresh(p);
    p->sequence_over = sequence_over;
    if (mode == LBMS_MODE_STARTING) {
        p->in.measured = false;
        (void)step(p, 0u);
        (void)step(p, sequence_over ? 3999u : 3998u); /* the next step comes a millisecond later */
        p->in.measured = true;
    }
    p->machine.mode = mode;
}

/*
 * The list of docs/requirements.md, "Operating modes": the first row that applies counts. How the machine enters and
 * leaves the first three is their own rule; the others follow the facts of the step alone.
 */
static bool stays_asleep(const struct pack *p, uint8_t mode)
{
    return (mode == LBMS_MODE_SHUTDOWN) && !p->in.wake;
}

static bool falls_asleep(const struct pack *p, uint8_t mode)
{
    return (mode == LBMS_MODE_STOPPING) && p->in.asleep;
}

static bool wakes(const struct pack *p, uint8_t mode)
{
    return (mode == LBMS_MODE_SHUTDOWN) && p->in.wake;
}

static bool still_starting(const struct pack *p, uint8_t mode)
{
    return (mode == LBMS_MODE_STARTING) && !(p->sequence_over && p->in.measured);
}

static bool stops(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return p->in.stop;
}

static bool switched_off(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return !p->in.switch_on;
}

static bool faulty(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return p->in.fault_blocked == LBMS_PATHS_BOTH;
}

static bool protects(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return (((p->in.protections & ~OV_BITS) != 0u) && (p->in.blocked != 0u)) || (p->in.fault_blocked != 0u);
}

static bool full(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return p->in.full || ((p->in.protections & OV_BITS) != 0u);
}

static bool charges(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return p->in.flow == LBMS_FLOW_CHARGE;
}

static bool discharges(const struct pack *p, uint8_t mode)
{
    (void)mode;
    return p->in.flow == LBMS_FLOW_DISCHARGE;
}

static const struct {
    bool (*applies)(const struct pack *p, uint8_t mode);
    uint8_t next;
} priorities[] = {{stays_asleep, LBMS_MODE_SHUTDOWN},
                  {falls_asleep, LBMS_MODE_SHUTDOWN},
                  {wakes, LBMS_MODE_STARTING},
                  {still_starting, LBMS_MODE_STARTING},
                  {stops, LBMS_MODE_STOPPING},
                  {switched_off, LBMS_MODE_OFF_SWITCH},
                  {faulty, LBMS_MODE_FAULT},
                  {protects, LBMS_MODE_PROTECT},
                  {full, LBMS_MODE_FULL},
                  {charges, LBMS_MODE_CHARGING},
                  {discharges, LBMS_MODE_DISCHARGING}};

static uint8_t expected(const struct pack *p, uint8_t mode)
{
    size_t i;

    for (i = 0u; i < sizeof(priorities) / sizeof(priorities[0]); i++) {
        if (priorities[i].applies(p, mode)) {
            return priorities[i].next;
        }
    }
    return LBMS_MODE_STANDBY;
}

static const uint32_t some_protections[] = {
    0u,
    LBMS_MASK(LBMS_BIT_CELL_OV),
    LBMS_MASK(LBMS_BIT_PACK_OV),
    OV_BITS,
    LBMS_MASK(LBMS_BIT_CELL_UV),
    LBMS_MASK(LBMS_BIT_PACK_UV) | LBMS_MASK(LBMS_BIT_CELL_OV),
    LBMS_MASK(LBMS_BIT_CHARGER_OV),
    LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT) | LBMS_MASK(LBMS_BIT_PACK_OV),
    LBMS_MASK(LBMS_BIT_AMBIENT_UT),
    (LBMS_MASK(LBMS_BIT_COUNT) - 1u) & ~OV_BITS,
};
#define PROTECTIONS (sizeof(some_protections) / sizeof(some_protections[0]))

static const uint8_t some_faults[] = {0u, LBMS_PATH_DISCHARGE, LBMS_PATHS_BOTH};
#define FAULTS (sizeof(some_faults) / sizeof(some_faults[0]))

/* Combination `number` of all inputs into p; false behind the last one. */
static bool combination(struct pack *p, uint32_t number)
{
    uint32_t rest = number;

    p->in.switch_on = (rest & 1u) != 0u;
    p->in.stop = (rest & 2u) != 0u;
    p->in.asleep = (rest & 4u) != 0u;
    p->in.wake = (rest & 8u) != 0u;
    p->in.measured = (rest & 16u) != 0u;
    p->in.blocked = (uint8_t)((rest >> 5) & LBMS_PATHS_BOTH);
    rest >>= 7;
    p->in.flow = (uint8_t)(rest % 3u);
    rest /= 3u;
    p->in.fault_blocked = some_faults[rest % FAULTS];
    rest /= FAULTS;
    p->in.protections = some_protections[rest % PROTECTIONS];
    return (rest / PROTECTIONS) == 0u;
}

/* Sleep control asks for nothing while a pack starts. */
static bool can_be(const struct pack *p, uint8_t mode)
{
    return !(p->in.stop && still_starting(p, mode));
}

START_TEST(every_mode_follows_the_priority_list_for_every_combination_of_its_inputs)
{
    uint8_t mode;
    uint32_t over;

    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
        for (over = 0u; over < 2u; over++) {
            struct pack entry;
            struct pack p;
            uint32_t number;

            in_mode(&entry, mode, over != 0u);
            p = entry;
            for (number = 0u; combination(&p, number); number++) {
                if (can_be(&p, mode)) {
                    const uint8_t next = expected(&p, mode);

                    ck_assert_msg(step(&p, 1u) == next, "mode %u, inputs %u: %u instead of %u", mode,
                                  (unsigned)number, p.machine.mode, next);
                }
                p = entry;
            }
            ck_assert_uint_eq(number, 128u * 3u * FAULTS * PROTECTIONS);
        }
    }
}
END_TEST

START_TEST(no_mode_is_a_dead_end_and_each_can_be_reached)
{
    bool leads[LBMS_MODE_COUNT][LBMS_MODE_COUNT] = {{false}};
    unsigned from;
    unsigned to;
    unsigned over;
    unsigned by;
    uint32_t number;

    for (from = 0u; from < LBMS_MODE_COUNT; from++) {
        for (over = 0u; over < 2u; over++) {
            struct pack entry;
            struct pack p;

            in_mode(&entry, (uint8_t)from, over != 0u);
            p = entry;
            for (number = 0u; combination(&p, number); number++) {
                leads[from][step(&p, 1u)] = true;
                p = entry;
            }
        }
    }
    for (by = 0u; by < LBMS_MODE_COUNT; by++) { /* by way of other modes */
        for (from = 0u; from < LBMS_MODE_COUNT; from++) {
            for (to = 0u; to < LBMS_MODE_COUNT; to++) {
                leads[from][to] = leads[from][to] || (leads[from][by] && leads[by][to]);
            }
        }
    }
    for (from = 0u; from < LBMS_MODE_COUNT; from++) {
        for (to = 0u; to < LBMS_MODE_COUNT; to++) {
            ck_assert_msg(leads[from][to], "no way from %u to %u", from, to);
        }
    }
}
END_TEST

START_TEST(a_mode_that_does_not_exist_leads_to_a_start_with_open_paths)
{
    const uint8_t modes[] = {LBMS_MODE_COUNT, 31u, 32u, UINT8_MAX};
    size_t i;

    for (i = 0u; i < sizeof(modes); i++) {
        struct pack p;

        in_mode(&p, modes[i], true);
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STARTING);
        ck_assert_uint_eq(step(&p, 3999u), LBMS_MODE_STARTING);
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
    }
}
END_TEST

START_TEST(the_list_has_a_last_resort_for_every_mode)
{
    unsigned mode;
    unsigned i;

    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
        bool always = false;

        for (i = 0u; i < lbms_mode_rule_count; i++) {
            const struct lbms_mode_rule *rule = &lbms_mode_rules[i];

            ck_assert_uint_lt(rule->to, LBMS_MODE_COUNT);
            ck_assert_uint_lt(rule->event, LBMS_MODE_EVENT_COUNT);
            always = always || (((rule->from >> mode) & 1u) != 0u && rule->event == LBMS_MODE_EVENT_ALWAYS);
        }
        ck_assert(always);
    }
}
END_TEST

START_TEST(a_power_on_starts_for_4_s)
{
    struct pack p;

    fresh(&p);
    ck_assert_uint_eq(p.machine.mode, LBMS_MODE_STARTING);
    ck_assert_uint_eq(step(&p, 0u), LBMS_MODE_STARTING);
    ck_assert_uint_eq(step(&p, 3999u), LBMS_MODE_STARTING);
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(a_wake_up_starts_for_4_s_however_often)
{
    struct pack p;
    int i;

    fresh(&p);
    lbms_mode_init(&p.machine, true);
    for (i = 0; i < 3; i++) {
        ck_assert_uint_eq(step(&p, 3600000u), LBMS_MODE_SHUTDOWN);
        p.in.wake = true;
        ck_assert_uint_eq(step(&p, 3600000u), LBMS_MODE_STARTING);
        p.in.wake = false;
        ck_assert_uint_eq(step(&p, 3999u), LBMS_MODE_STARTING);
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
        p.in.stop = true;
        ck_assert_uint_eq(step(&p, 3600000u), LBMS_MODE_STOPPING);
        p.in.stop = false;
        p.in.asleep = true;
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_SHUTDOWN);
        p.in.asleep = false;
    }
}
END_TEST

START_TEST(the_start_lasts_eight_steps_of_the_sequence)
{
    const int32_t steps_ms[] = {100, 2000};
    size_t i;

    for (i = 0u; i < 2u; i++) {
        struct pack p;

        fresh(&p);
        p.params.v[LBMS_PARAM_LED_STEP_MS] = steps_ms[i];
        (void)step(&p, 0u);
        ck_assert_uint_eq(step(&p, 8u * (uint32_t)steps_ms[i] - 1u), LBMS_MODE_STARTING);
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
    }
}
END_TEST

START_TEST(a_start_waits_for_the_first_values)
{
    struct pack p;

    fresh(&p);
    p.in.measured = false;
    (void)step(&p, 0u);
    ck_assert_uint_eq(step(&p, 4000u), LBMS_MODE_STARTING);
    ck_assert_uint_eq(step(&p, 60000u), LBMS_MODE_STARTING);
    p.in.measured = true;
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);

    fresh(&p); /* values first, sequence after them */
    (void)step(&p, 0u);
    ck_assert_uint_eq(step(&p, 2000u), LBMS_MODE_STARTING);
    p.in.measured = false; /* once the start is over, values may be lost */
    ck_assert_uint_eq(step(&p, 2000u), LBMS_MODE_STARTING);
    p.in.measured = true;
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
    p.in.measured = false;
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(the_weak_current_switch_off_takes_one_step_from_every_awake_mode)
{
    const uint8_t modes[] = {LBMS_MODE_STANDBY, LBMS_MODE_CHARGING, LBMS_MODE_DISCHARGING,
                             LBMS_MODE_FULL,    LBMS_MODE_PROTECT,  LBMS_MODE_FAULT};
    size_t i;

    for (i = 0u; i < sizeof(modes); i++) {
        struct pack p;

        in_mode(&p, modes[i], true);
        p.in.switch_on = false;
        p.in.fault_blocked = LBMS_PATHS_BOTH;
        p.in.protections = UINT32_MAX;
        p.in.blocked = LBMS_PATHS_BOTH;
        ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_OFF_SWITCH);
        ck_assert(!lbms_mode_permits_paths(p.machine.mode));
    }
}
END_TEST

START_TEST(the_weak_current_switch_on_leads_back)
{
    struct pack p;

    in_mode(&p, LBMS_MODE_OFF_SWITCH, true);
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
    ck_assert(lbms_mode_permits_paths(p.machine.mode));
}
END_TEST

START_TEST(an_over_voltage_shows_as_full_and_other_protections_as_protect)
{
    struct pack p;
    unsigned bit;

    for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
        const bool ov = (bit == LBMS_BIT_CELL_OV) || (bit == LBMS_BIT_PACK_OV);

        in_mode(&p, LBMS_MODE_STANDBY, true);
        p.in.protections = LBMS_MASK(bit);
        p.in.blocked = LBMS_PATH_CHARGE;
        ck_assert_uint_eq(step(&p, 1u), ov ? LBMS_MODE_FULL : LBMS_MODE_PROTECT);
    }
}
END_TEST

START_TEST(a_fault_mode_ends_with_its_fault)
{
    struct pack p;

    in_mode(&p, LBMS_MODE_DISCHARGING, true);
    p.in.flow = LBMS_FLOW_DISCHARGE;
    p.in.fault_blocked = LBMS_PATHS_BOTH;
    p.in.blocked = LBMS_PATHS_BOTH;
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_FAULT);
    p.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&p, 3600000u), LBMS_MODE_FAULT);
    p.in.fault_blocked = 0u;
    p.in.blocked = 0u;
    ck_assert_uint_eq(step(&p, 1u), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(paths_may_close_in_six_modes_and_for_no_other_number)
{
    const char permitted[] =
        "..######.."; /* SHUTDOWN STARTING STANDBY CHARGING DISCHARGING FULL PROTECT FAULT
                                              STOPPING OFF_SWITCH */
    unsigned mode;

    ck_assert_uint_eq(sizeof(permitted) - 1u, LBMS_MODE_COUNT);
    for (mode = 0u; mode <= UINT8_MAX; mode++) {
        const bool wanted = (mode < LBMS_MODE_COUNT) && (permitted[mode] == '#');

        ck_assert(lbms_mode_permits_paths((uint8_t)mode) == wanted);
    }
}
END_TEST

SUITE("power/mode",
      CASE("R-SW-02 R-WSW-02 R-WSW-07",
           every_mode_follows_the_priority_list_for_every_combination_of_its_inputs),
      CASE("", no_mode_is_a_dead_end_and_each_can_be_reached),
      CASE("", a_mode_that_does_not_exist_leads_to_a_start_with_open_paths),
      CASE("", the_list_has_a_last_resort_for_every_mode), CASE("R-SW-02", a_power_on_starts_for_4_s),
      CASE("R-SW-01 R-SW-02", a_wake_up_starts_for_4_s_however_often),
      CASE("", the_start_lasts_eight_steps_of_the_sequence), CASE("", a_start_waits_for_the_first_values),
      CASE("R-WSW-02 R-WSW-07", the_weak_current_switch_off_takes_one_step_from_every_awake_mode),
      CASE("R-WSW-01", the_weak_current_switch_on_leads_back),
      CASE("", an_over_voltage_shows_as_full_and_other_protections_as_protect),
      CASE("", a_fault_mode_ends_with_its_fault),
      CASE("R-SLP-08 R-SW-02 R-WSW-02", paths_may_close_in_six_modes_and_for_no_other_number))
