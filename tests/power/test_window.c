/* What an empty pack may do after it woke by time or by RS232. */
#include "losun_bms/power/window.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/product.h"
#include "support/suite.h"

#define HOUR_MS UINT32_C(3600000)

struct pack {
    struct lbms_params params;
    struct lbms_measured m;
    struct lbms_window_inputs in;
    struct lbms_window window;
};

/* Asleep after an over-discharge, cells at 2.75 V. The time wraps after 60 s. */
static void fresh(struct pack *p)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->m.valid = UINT16_MAX;
    p->m.cell_min_mv = 2750u;
    p->in.m = &p->m;
    p->in.now_ms = UINT32_MAX - 60000u;
    p->in.mode = LBMS_MODE_SHUTDOWN;
    p->in.reason = LBMS_SLEEP_OVER_DISCHARGE;
    memset(&p->window, 0xA5, sizeof(p->window));
    lbms_window_init(&p->window, false);
}

static void pass(struct pack *p, uint32_t ms)
{
    p->in.now_ms += ms;
    lbms_window_step(&p->window, &p->in, &p->params, &lbms_product_ls_btn0_p0548100);
    p->in.wake = false;
}

/* Woken, and its start is over in the next step. */
static void woken(struct pack *p, uint8_t cause, uint8_t reason)
{
    p->in.wake = true;
    p->in.cause = cause;
    p->in.reason = reason;
    pass(p, 10u);
    p->in.mode = LBMS_MODE_STARTING;
    pass(p, 10u);
    pass(p, 4000u);
    p->in.mode = LBMS_MODE_PROTECT;
}

/* In a window that has just begun. */
static void offering(struct pack *p)
{
    fresh(p);
    woken(p, LBMS_WAKE_TIMER, LBMS_SLEEP_OVER_DISCHARGE);
    pass(p, 10u);
    ck_assert_uint_eq(p->window.stage, LBMS_WINDOW_OPEN);
}

START_TEST(a_wake_up_by_time_holds_the_discharge_path_until_the_start_is_over)
{
    struct pack p;

    fresh(&p);
    woken(&p, LBMS_WAKE_TIMER, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert(p.window.hold_discharge && !p.window.ignore_empty && !p.window.tried);
    pass(&p, 10u);
    ck_assert(!p.window.hold_discharge && p.window.ignore_empty && p.window.tried);
    pass(&p, 10u);
    ck_assert(p.window.ignore_empty && !p.window.tried); /* counted once */
}
END_TEST

START_TEST(the_window_lasts_120_s_and_then_asks_for_sleep_until_there_is_charge_current)
{
    struct pack p;

    offering(&p);
    pass(&p, 119999u);
    ck_assert(p.window.ignore_empty && !p.window.over);
    pass(&p, 1u);
    ck_assert(p.window.over && p.window.hold_discharge && !p.window.ignore_empty);
    p.in.protections = 0u; /* the resting voltages have released the under-voltage: no matter */
    pass(&p, HOUR_MS);
    ck_assert(p.window.over && p.window.hold_discharge);
    p.in.mode = LBMS_MODE_STOPPING;
    pass(&p, 1000u);
    ck_assert(p.window.over);
    p.in.mode = LBMS_MODE_PROTECT;
    p.in.charge_now = true;
    pass(&p, 100u);
    ck_assert(!p.window.over && !p.window.hold_discharge);
}
END_TEST

START_TEST(the_length_of_the_window_is_a_parameter)
{
    struct pack p;

    fresh(&p);
    p.params.v[LBMS_PARAM_AUTO_WAKE_WINDOW_S] = 10;
    woken(&p, LBMS_WAKE_TIMER, LBMS_SLEEP_OVER_DISCHARGE);
    pass(&p, 10u);
    pass(&p, 9999u);
    ck_assert(!p.window.over);
    pass(&p, 1u);
    ck_assert(p.window.over);
}
END_TEST

START_TEST(charge_current_of_half_an_ampere_for_2_s_is_success)
{
    struct pack p;

    offering(&p);
    p.m.current_ma = 499;
    pass(&p, 3000u);
    pass(&p, 3000u);
    ck_assert(!p.window.charged);
    p.m.current_ma = 500;
    pass(&p, 10u);
    pass(&p, 1999u);
    ck_assert(!p.window.charged);
    pass(&p, 1u);
    ck_assert(p.window.charged);
    ck_assert_uint_eq(p.window.stage, LBMS_WINDOW_NONE);
    ck_assert(!p.window.hold_discharge && !p.window.ignore_empty && !p.window.over);
    pass(&p, 10u);
    ck_assert(!p.window.charged); /* told once */
    pass(&p, HOUR_MS);
    ck_assert(!p.window.over);
}
END_TEST

START_TEST(a_current_that_cannot_be_believed_is_no_success_and_no_load)
{
    struct pack p;

    offering(&p);
    p.m.valid = (uint16_t)~LBMS_VALID_CURRENT;
    p.m.current_ma = 5000;
    pass(&p, 3000u);
    pass(&p, 3000u);
    ck_assert(!p.window.charged);
    p.m.current_ma = -5000;
    pass(&p, 3000u);
    pass(&p, 3000u);
    ck_assert(p.window.ignore_empty);
}
END_TEST

START_TEST(a_discharge_above_2_a_for_1_s_costs_the_discharge_path_for_the_rest_of_the_window)
{
    struct pack p;

    offering(&p);
    p.m.current_ma = -2000;
    pass(&p, 3000u);
    pass(&p, 3000u);
    ck_assert(p.window.ignore_empty);
    p.m.current_ma = -2001;
    pass(&p, 10u);
    pass(&p, 999u);
    ck_assert(p.window.ignore_empty);
    p.m.current_ma = 0;
    pass(&p, 1u);
    p.m.current_ma = -2001;
    pass(&p, 1u);
    pass(&p, 999u);
    ck_assert(p.window.ignore_empty);
    pass(&p, 1u);
    ck_assert(!p.window.ignore_empty && p.window.hold_discharge && !p.window.over);
    p.m.current_ma = 0;
    pass(&p, 60000u);
    ck_assert(p.window.hold_discharge && !p.window.over);
    p.m.current_ma = 500; /* a charger still ends it well */
    pass(&p, 10u);
    pass(&p, 2000u);
    ck_assert(p.window.charged && !p.window.hold_discharge);
}
END_TEST

START_TEST(a_cell_below_2700_mv_for_1_s_costs_the_discharge_path)
{
    struct pack p;

    offering(&p);
    p.m.cell_min_mv = 2700u;
    pass(&p, 3000u);
    pass(&p, 3000u);
    ck_assert(p.window.ignore_empty);
    p.m.cell_min_mv = 2699u;
    pass(&p, 10u);
    pass(&p, 999u);
    ck_assert(p.window.ignore_empty);
    pass(&p, 1u);
    ck_assert(p.window.hold_discharge);
    p.m.cell_min_mv = 2800u;
    pass(&p, 3000u);
    ck_assert(p.window.hold_discharge);
}
END_TEST

START_TEST(a_cell_below_2700_mv_or_unknown_at_the_beginning_leaves_the_charge_path_only)
{
    static const struct {
        uint16_t mv, valid;
        bool offers;
    } cases_of[] = {
        {2700u, UINT16_MAX, true}, {2699u, UINT16_MAX, false}, {2750u, (uint16_t)~LBMS_VALID_CELLS, false}};
    size_t i;

    for (i = 0u; i < sizeof(cases_of) / sizeof(cases_of[0]); i++) {
        struct pack p;

        fresh(&p);
        p.m.cell_min_mv = cases_of[i].mv;
        p.m.valid = cases_of[i].valid;
        woken(&p, LBMS_WAKE_TIMER, LBMS_SLEEP_OVER_DISCHARGE);
        pass(&p, 10u);
        ck_assert(p.window.tried);
        ck_assert(p.window.ignore_empty == cases_of[i].offers);
        ck_assert(p.window.hold_discharge != cases_of[i].offers);
        pass(&p, 119999u);
        ck_assert(!p.window.over);
        pass(&p, 1u);
        ck_assert(p.window.over);
    }
}
END_TEST

START_TEST(a_temperature_that_blocks_charging_opens_no_window_and_counts_no_try)
{
    static const uint8_t bits[] = {LBMS_BIT_CHARGE_OT, LBMS_BIT_CHARGE_UT, LBMS_BIT_MOSFET_OT,
                                   LBMS_BIT_AMBIENT_OT, LBMS_BIT_AMBIENT_UT};
    unsigned bit;

    for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
        struct pack p;
        const bool blocks = memchr(bits, (int)bit, sizeof(bits)) != NULL;

        fresh(&p);
        woken(&p, LBMS_WAKE_TIMER, LBMS_SLEEP_OVER_DISCHARGE);
        p.in.protections = LBMS_MASK(bit);
        pass(&p, 10u);
        ck_assert(p.window.tried != blocks);
        ck_assert(p.window.over == blocks);
        ck_assert(p.window.hold_discharge == blocks);
        pass(&p, 10u);
        ck_assert(p.window.over == blocks);
    }
}
END_TEST

START_TEST(rs232_after_an_over_discharge_lets_it_answer_for_30_s_without_discharging)
{
    struct pack p;

    fresh(&p);
    p.in.wake = true;
    p.in.cause = LBMS_WAKE_RS232;
    pass(&p, 10u);
    ck_assert(p.window.hold_discharge && !p.window.ignore_empty && !p.window.over);
    p.in.mode = LBMS_MODE_STARTING;
    pass(&p, 10u);
    p.in.mode = LBMS_MODE_STANDBY;
    pass(&p, 29999u);
    ck_assert(p.window.hold_discharge && !p.window.over);
    pass(&p, 1u);
    ck_assert(p.window.hold_discharge && p.window.over);
    ck_assert(!p.window.tried);
    p.in.charge_now = true; /* now something has changed */
    pass(&p, 10u);
    ck_assert(!p.window.hold_discharge && !p.window.over);
}
END_TEST

START_TEST(other_wake_ups_are_ordinary)
{
    static const uint8_t causes[] = {LBMS_WAKE_BUTTON, LBMS_WAKE_CHARGER, LBMS_WAKE_SWITCH};
    size_t i;

    for (i = 0u; i < sizeof(causes); i++) {
        struct pack p;

        fresh(&p);
        woken(&p, causes[i], LBMS_SLEEP_OVER_DISCHARGE);
        pass(&p, HOUR_MS);
        ck_assert(!p.window.hold_discharge && !p.window.ignore_empty && !p.window.over);
    }
    for (i = 0u; i < LBMS_SLEEP_REASON_COUNT; i++) { /* RS232 after any other sleep */
        struct pack p;

        fresh(&p);
        woken(&p, LBMS_WAKE_RS232, (uint8_t)i);
        pass(&p, 10u);
        ck_assert(p.window.hold_discharge == (i == LBMS_SLEEP_OVER_DISCHARGE));
    }
}
END_TEST

START_TEST(a_user_ends_what_was_left_of_a_window)
{
    struct pack p;

    offering(&p);
    pass(&p, 120000u);
    ck_assert(p.window.over);
    p.in.mode = LBMS_MODE_SHUTDOWN;
    woken(&p, LBMS_WAKE_BUTTON, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert(!p.window.over && !p.window.hold_discharge);
}
END_TEST

START_TEST(after_an_unexpected_reset_the_pack_stays_limited)
{
    struct pack p;

    fresh(&p);
    lbms_window_init(&p.window, true);
    ck_assert(p.window.hold_discharge);
    p.in.mode = LBMS_MODE_STARTING;
    pass(&p, 10u);
    p.in.mode = LBMS_MODE_STANDBY;
    pass(&p, 29999u);
    ck_assert(p.window.hold_discharge && !p.window.over);
    pass(&p, 1u);
    ck_assert(p.window.over);
}
END_TEST

SUITE("power/window", CASE("R-WAKE-04", a_wake_up_by_time_holds_the_discharge_path_until_the_start_is_over),
      CASE("R-WAKE-04 R-SLP-01",
           the_window_lasts_120_s_and_then_asks_for_sleep_until_there_is_charge_current),
      CASE("R-WAKE-04", the_length_of_the_window_is_a_parameter),
      CASE("R-WAKE-05", charge_current_of_half_an_ampere_for_2_s_is_success),
      CASE("R-WAKE-05", a_current_that_cannot_be_believed_is_no_success_and_no_load),
      CASE("R-WAKE-04", a_discharge_above_2_a_for_1_s_costs_the_discharge_path_for_the_rest_of_the_window),
      CASE("R-WAKE-04", a_cell_below_2700_mv_for_1_s_costs_the_discharge_path),
      CASE("R-WAKE-04", a_cell_below_2700_mv_or_unknown_at_the_beginning_leaves_the_charge_path_only),
      CASE("R-WAKE-04", a_temperature_that_blocks_charging_opens_no_window_and_counts_no_try),
      CASE("R-WAKE-03", rs232_after_an_over_discharge_lets_it_answer_for_30_s_without_discharging),
      CASE("R-WAKE-03", other_wake_ups_are_ordinary),
      CASE("R-WAKE-02", a_user_ends_what_was_left_of_a_window),
      CASE("R-PROT-08", after_an_unexpected_reset_the_pack_stays_limited))
