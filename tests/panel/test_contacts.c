/* Dry contacts: functions, delay, and the modes in which both are open. */
#include "losun_bms/panel/contacts.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/outputs.h"
#include "support/suite.h"

#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
#define ONE     LBMS_CONTACT_1
#define TWO     LBMS_CONTACT_2

struct panel {
    struct lbms_params params;
    struct lbms_snapshot s;
    struct lbms_contacts contacts;
};

/* Nothing wrong. The time wraps after 500 ms. */
static void fresh(struct panel *p)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->s.mode = LBMS_MODE_STANDBY;
    p->s.now_ms = UINT32_MAX - 499u;
    memset(&p->contacts, 0xA5, sizeof(p->contacts)); /* whatever was there before */
    lbms_contacts_init(&p->contacts);
}

static unsigned step(struct panel *p, uint32_t ms)
{
    p->s.now_ms += ms;
    lbms_contacts_step(&p->contacts, &p->s, &p->params, &lbms_product_ls_btn0_p0548100);
    return p->contacts.closed;
}

/* What is closed when this has lasted. */
static unsigned after_a_while(struct panel *p)
{
    (void)step(p, 10u);
    (void)step(p, 1000u);
    return step(p, 5000u);
}

START_TEST(contact_1_closes_for_every_protection_but_over_voltage_and_for_every_fault)
{
    unsigned bit;

    for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
        const bool full = (bit == LBMS_BIT_CELL_OV) || (bit == LBMS_BIT_PACK_OV);
        struct panel p;

        fresh(&p);
        p.s.protections = LBMS_MASK(bit);
        ck_assert_uint_eq(after_a_while(&p), full ? 0u : ONE);
        p.s.protections = 0u;
        ck_assert_uint_eq(after_a_while(&p), 0u);
    }
    for (bit = 0u; bit < LBMS_FAULT_COUNT; bit++) {
        struct panel p;

        fresh(&p);
        p.s.faults = LBMS_MASK(bit);
        ck_assert_uint_eq(after_a_while(&p), ONE);
    }
}
END_TEST

START_TEST(a_full_battery_closes_nothing_unless_there_is_a_fault)
{
    struct panel p;

    fresh(&p);
    p.s.mode = LBMS_MODE_FULL;
    p.s.state = LBMS_STATE_FULL;
    p.s.protections = OV_BITS;
    ck_assert_uint_eq(after_a_while(&p), 0u);
    p.s.faults = LBMS_MASK(LBMS_FAULT_NTC);
    ck_assert_uint_eq(after_a_while(&p), ONE);
    p.s.faults = 0u;
    p.s.protections = OV_BITS | LBMS_MASK(LBMS_BIT_CHARGER_OV);
    ck_assert_uint_eq(after_a_while(&p), ONE);
}
END_TEST

START_TEST(an_alarm_alone_does_not_close_contact_1)
{
    struct panel p;

    fresh(&p);
    p.s.alarms = (LBMS_MASK(LBMS_BIT_COUNT) - 1u) & ~LBMS_MASK(LBMS_BIT_SOC_LOW);
    ck_assert_uint_eq(after_a_while(&p), 0u);
}
END_TEST

START_TEST(contact_2_follows_the_low_soc_alarm)
{
    struct panel p;

    fresh(&p);
    p.s.alarms = LBMS_MASK(LBMS_BIT_SOC_LOW);
    ck_assert_uint_eq(after_a_while(&p), TWO);
    p.s.alarms = ~LBMS_MASK(LBMS_BIT_SOC_LOW);
    ck_assert_uint_eq(after_a_while(&p), 0u);
}
END_TEST

START_TEST(each_contact_can_have_each_function)
{
    struct lbms_snapshot wrong[5];
    /* one row for each function, one column for each snapshot below */
    static const char *const closes[LBMS_CONTACT_FUNCTION_COUNT + 1u] = {".....", "##...", "..#..",
                                                                         "####.", "....#", "....."};
    unsigned function;
    unsigned which;
    unsigned contact;

    memset(wrong, 0, sizeof(wrong));
    wrong[0].protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    wrong[1].faults = LBMS_MASK(LBMS_FAULT_OUTPUT);
    wrong[2].alarms = LBMS_MASK(LBMS_BIT_SOC_LOW);
    wrong[3].alarms = LBMS_MASK(LBMS_BIT_CELL_DIFF);
    wrong[4].state = LBMS_STATE_FULL;
    for (function = 0u; function <= LBMS_CONTACT_FUNCTION_COUNT; function++) {
        for (which = 0u; which < 5u; which++) {
            for (contact = 0u; contact < 2u; contact++) {
                struct panel p;
                const unsigned expected = (closes[function][which] == '#') ? (1u << contact) : 0u;

                fresh(&p);
                p.params.v[LBMS_PARAM_DRY1_FUNCTION] = (contact == 0u) ? (int32_t)function : 0;
                p.params.v[LBMS_PARAM_DRY2_FUNCTION] = (contact == 1u) ? (int32_t)function : 0;
                p.s.protections = wrong[which].protections;
                p.s.faults = wrong[which].faults;
                p.s.alarms = wrong[which].alarms;
                p.s.state = wrong[which].state;
                ck_assert_msg(after_a_while(&p) == expected, "contact %u, function %u, case %u", contact,
                              function, which);
            }
        }
    }
}
END_TEST

START_TEST(a_contact_changes_after_its_wish_has_lasted_for_1_s)
{
    struct panel p;

    fresh(&p);
    (void)step(&p, 100u);
    p.s.faults = LBMS_MASK(LBMS_FAULT_CELL);
    (void)step(&p, 10u);
    ck_assert_uint_eq(step(&p, 999u), 0u);
    p.s.faults = 0u; /* gone for a moment */
    (void)step(&p, 1u);
    p.s.faults = LBMS_MASK(LBMS_FAULT_CELL);
    (void)step(&p, 1u);
    ck_assert_uint_eq(step(&p, 999u), 0u);
    ck_assert_uint_eq(step(&p, 1u), ONE);
    p.s.faults = 0u;
    ck_assert_uint_eq(step(&p, 1u), ONE);
    ck_assert_uint_eq(step(&p, 999u), ONE);
    ck_assert_uint_eq(step(&p, 1u), 0u);
}
END_TEST

START_TEST(a_wish_that_flickers_moves_a_contact_at_most_once_a_second)
{
    struct panel p;
    unsigned last = 0u;
    unsigned since_ms = 1000u;
    unsigned changes = 0u;
    unsigned random = 1u;
    unsigned i;

    fresh(&p);
    for (i = 0u; i < 20000u; i++) {
        random = (random * 1103515245u) + 12345u;
        if ((random >> 16) % 60u == 0u) {
            p.s.faults ^= LBMS_MASK(LBMS_FAULT_CELL);
        }
        since_ms += 50u;
        if (step(&p, 50u) != last) {
            ck_assert_uint_ge(since_ms, 1000u);
            last = p.contacts.closed;
            since_ms = 0u;
            changes++;
        }
    }
    ck_assert_uint_gt(changes, 50u);
}
END_TEST

START_TEST(both_are_open_at_once_in_shutdown_and_starting)
{
    static const uint8_t modes[] = {LBMS_MODE_SHUTDOWN, LBMS_MODE_STARTING};
    uint8_t mode;
    size_t i;

    for (i = 0u; i < sizeof(modes); i++) {
        struct panel p;

        fresh(&p);
        p.s.faults = LBMS_MASK(LBMS_FAULT_CELL);
        p.s.alarms = LBMS_MASK(LBMS_BIT_SOC_LOW);
        ck_assert_uint_eq(after_a_while(&p), ONE | TWO);
        p.s.mode = modes[i];
        ck_assert_uint_eq(step(&p, 1u), 0u);
        ck_assert_uint_eq(after_a_while(&p), 0u);
        p.s.mode = LBMS_MODE_FAULT;
        ck_assert_uint_eq(step(&p, 1u), 0u);
        ck_assert_uint_eq(step(&p, 999u), 0u);
        ck_assert_uint_eq(step(&p, 1u), ONE | TWO);
    }
    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
        struct panel p;

        fresh(&p);
        p.s.mode = mode;
        p.s.faults = 1u;
        ck_assert((after_a_while(&p) != 0u) ==
                  ((mode != LBMS_MODE_SHUTDOWN) && (mode != LBMS_MODE_STARTING)));
    }
}
END_TEST

START_TEST(on_a_board_with_one_contact_it_also_covers_soc_and_voltage_alarms)
{
    unsigned bit;

    for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
        const bool told = (bit == LBMS_BIT_CELL_OV) || (bit == LBMS_BIT_PACK_OV) ||
                          (bit == LBMS_BIT_CELL_UV) || (bit == LBMS_BIT_PACK_UV) || (bit == LBMS_BIT_SOC_LOW);
        struct panel p;

        fresh(&p);
        p.params.v[LBMS_PARAM_DRY_CONTACTS] = 1;
        p.s.alarms = LBMS_MASK(bit);
        ck_assert_uint_eq(after_a_while(&p), told ? ONE : 0u);
    }
}
END_TEST

SUITE("panel/contacts",
      CASE("R-DRY-01", contact_1_closes_for_every_protection_but_over_voltage_and_for_every_fault),
      CASE("R-DRY-05", a_full_battery_closes_nothing_unless_there_is_a_fault),
      CASE("R-DRY-01", an_alarm_alone_does_not_close_contact_1),
      CASE("R-DRY-01", contact_2_follows_the_low_soc_alarm),
      CASE("R-DRY-03", each_contact_can_have_each_function),
      CASE("R-DRY-03", a_contact_changes_after_its_wish_has_lasted_for_1_s),
      CASE("R-DRY-03", a_wish_that_flickers_moves_a_contact_at_most_once_a_second),
      CASE("R-DRY-02", both_are_open_at_once_in_shutdown_and_starting),
      CASE("R-DRY-04", on_a_board_with_one_contact_it_also_covers_soc_and_voltage_alarms))
