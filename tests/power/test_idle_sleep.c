/* Sleep of a pack that nobody uses, of one with a low cell, and the power saving of one that may not sleep. */
#include "sleep_pack.h"
#include "support/suite.h"

#define DAY_S UINT32_C(86400)

/* Awake, unused, nothing wrong; no charger. */
static void unused(struct pack *p)
{
    awake(p);
    p->in.charger_present = false;
}

/* Awake, one cell below the sleep voltage. */
static void low(struct pack *p)
{
    unused(p);
    p->m.cell_min_mv = 3149u;
}

START_TEST(a_low_cell_for_5_min_puts_the_pack_to_sleep)
{
    struct pack p;

    low(&p);
    p.m.cell_min_mv = 3150u;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    low(&p);
    pass(&p, 10u);
    pass(&p, 299999u);
    ck_assert(!p.sleep.stop);
    pass(&p, 1u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_LOW_CELL);
}
END_TEST

START_TEST(anything_that_goes_on_starts_the_time_of_a_low_cell_again)
{
    unsigned what;

    for (what = 0u; what < 5u; what++) {
        struct pack p;

        low(&p);
        pass(&p, 10u);
        pass(&p, 299999u);
        p.in.protections = (what == 0u) ? LBMS_MASK(LBMS_BIT_CHARGE_UT) : 0u;
        p.in.balancing = what == 1u;
        p.in.idle = what != 2u;
        p.in.frame = what == 3u;
        p.m.cell_min_mv = (what == 4u) ? 3150u : 3149u;
        pass(&p, 1u);
        ck_assert_msg(!p.sleep.stop, "%u", what);
        ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS); /* as long as it lasts */
        p.in.protections = 0u;
        p.in.balancing = false;
        p.in.idle = true;
        p.in.frame = false;
        p.m.cell_min_mv = 3149u;
        (void)run(&p, (what == 3u) ? 60000u : 0u); /* a frame counts for 60 s */
        pass(&p, 10u);
        pass(&p, 299900u);
        ck_assert_msg(!p.sleep.stop, "%u", what);
        ck_assert_uint_le(run(&p, HOUR_MS), 200u);
        ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_LOW_CELL);
    }
}
END_TEST

START_TEST(a_charger_that_only_holds_its_voltage_does_not_keep_a_low_pack_awake)
{
    struct pack p;

    low(&p);
    p.in.charger_present = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), 300010u);
}
END_TEST

START_TEST(cells_that_are_not_known_are_not_low)
{
    struct pack p;

    low(&p);
    p.m.valid = (uint16_t)~LBMS_VALID_CELL_RANGE;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
}
END_TEST

START_TEST(communication_ends_60_s_after_the_last_frame)
{
    struct pack p;

    low(&p);
    p.in.frame = true;
    pass(&p, 10u);
    p.in.frame = false;
    pass(&p, 10u); /* the time since the frame begins */
    pass(&p, 59999u);
    ck_assert(p.sleep.talking);
    pass(&p, 1u);
    ck_assert(!p.sleep.talking);
    p.in.frame = true; /* each frame begins it anew */
    pass(&p, 10u);
    p.in.frame = false;
    pass(&p, 50000u);
    p.in.frame = true;
    pass(&p, 10u);
    p.in.frame = false;
    pass(&p, 10u);
    pass(&p, 59999u);
    ck_assert(p.sleep.talking);
}
END_TEST

/* Steps of 10 s until the mode changes or the time is over; in s. */
static uint32_t run_s(struct pack *p, uint32_t s)
{
    const uint8_t mode = p->in.mode;
    uint32_t passed_s = 0u;

    while ((passed_s < s) && (p->in.mode == mode)) {
        pass(p, 10000u);
        passed_s += 10u;
    }
    return passed_s;
}

START_TEST(more_than_24_h_of_standby_put_the_pack_to_sleep)
{
    struct pack p;

    unused(&p);
    pass(&p, 0u);
    ck_assert_uint_eq(run_s(&p, DAY_S - 10u), DAY_S - 10u);
    pass(&p, 10000u); /* 24 h: not more */
    ck_assert(!p.sleep.stop);
    pass(&p, 1000u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_STANDBY);
}
END_TEST

START_TEST(anything_that_goes_on_starts_the_24_h_again)
{
    unsigned what;

    for (what = 0u; what < 3u; what++) {
        struct pack p;

        unused(&p);
        pass(&p, 0u);
        (void)run_s(&p, DAY_S - 10u);
        p.in.idle = what != 0u;
        p.in.frame = what == 1u;
        p.in.charger_present = what == 2u;
        pass(&p, 10000u);
        ck_assert_uint_eq(run_s(&p, 3u * DAY_S), 3u * DAY_S);
        p.in.idle = true;
        p.in.frame = false;
        p.in.charger_present = false;
        ck_assert_uint_eq(run_s(&p, DAY_S), DAY_S);
        ck_assert_uint_le(run_s(&p, DAY_S), 100u);
        ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_STANDBY);
    }
}
END_TEST

START_TEST(a_protection_does_not_keep_an_unused_pack_awake)
{
    struct pack p;

    unused(&p);
    p.in.protections = LBMS_MASK(LBMS_BIT_CHARGE_OC);
    p.in.balancing = true;
    ck_assert_uint_le(run_s(&p, 2u * DAY_S), DAY_S + 20u);
}
END_TEST

START_TEST(an_external_voltage_postpones_each_wish_of_the_pack_by_60_s)
{
    const uint8_t wishes[] = {LBMS_SLEEP_LOW_CELL, LBMS_SLEEP_STANDBY};
    size_t i;

    for (i = 0u; i < sizeof(wishes); i++) {
        struct pack p;
        uint32_t waited_ms;

        unused(&p);
        p.m.cell_min_mv = (wishes[i] == LBMS_SLEEP_LOW_CELL) ? 3000u : 3250u;
        (void)run_s(&p, 2u * DAY_S);
        ck_assert(p.sleep.stop);
        ck_assert_uint_eq(p.sleep.reason, wishes[i]);
        p.m.closed = 0u;
        ck_assert_uint_eq(run(&p, HOUR_MS), 1010u);
        ck_assert(!p.sleep.stop && p.sleep.refused);
        waited_ms = run(&p, HOUR_MS);
        ck_assert_uint_ge(waited_ms, 60000u);
        ck_assert_uint_le(waited_ms, 60020u);
        ck_assert(p.sleep.stop && !p.sleep.refused);
        ck_assert_uint_eq(p.sleep.reason, wishes[i]);
    }
}
END_TEST

START_TEST(charge_current_refuses_sleep_too)
{
    struct pack p;

    stopping(&p, LBMS_SLEEP_HOST);
    p.m.terminal_mv = 0;
    p.in.charge_now = true; /* through a welded switch, say */
    ck_assert_uint_eq(run(&p, HOUR_MS), 10010u);
    ck_assert(!p.sleep.confirmed);
    ck_assert_uint_eq(p.in.mode, LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(with_an_address_a_request_by_button_or_host_stays_pending_for_300_s)
{
    const uint8_t who[] = {LBMS_SLEEP_BUTTON, LBMS_SLEEP_HOST};
    unsigned address;
    size_t i;

    for (i = 0u; i < sizeof(who); i++) {
        for (address = 1u; address < 16u; address += 7u) {
            struct pack p;

            stopping(&p, who[i]);
            p.in.address = (uint8_t)address;
            pass(&p, 10u);
            pass(&p, 299999u);
            ck_assert(p.sleep.stop && !p.sleep.refused);
            pass(&p, 1u);
            ck_assert(!p.sleep.stop && p.sleep.refused);
        }
    }
}
END_TEST

START_TEST(a_window_that_is_over_asks_at_once_without_an_under_voltage)
{
    struct pack p;

    awake(&p);
    p.in.window_over = true;
    pass(&p, 10u);
    ck_assert(p.sleep.stop);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(the_under_voltage_time_rests_in_a_window)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.window_open = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.in.window_open = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), 30010u);
}
END_TEST

START_TEST(communication_does_not_stop_the_under_voltage_time)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.frame = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), 30010u);
}
END_TEST

START_TEST(with_a_service_fault_an_empty_pack_sleeps_for_the_fault)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.service_fault = true;
    ck_assert_uint_eq(run(&p, HOUR_MS), 30010u);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_FAULT);
}
END_TEST

START_TEST(an_empty_pack_sleeps_empty_also_with_its_switch_off)
{
    struct pack p;

    awake(&p);
    p.in.protections = UV_BITS;
    p.in.switch_on = false;
    ck_assert_uint_eq(run(&p, HOUR_MS), 30010u);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

/* Empty, a cell at 2.699 V, and a live bus that has refused its sleep. */
static void kept_awake(struct pack *p)
{
    stopping(p, LBMS_SLEEP_OVER_DISCHARGE);
    p->m.cell_min_mv = 2699u;
    (void)run(p, 2000u);
    ck_assert(p->sleep.refused && !p->sleep.stop);
}

/* Steps of 10 ms, whatever the mode, until the pack saves power. */
static uint32_t until_reduced(struct pack *p, uint32_t ms)
{
    uint32_t passed_ms = 0u;

    while ((passed_ms < ms) && !p->sleep.reduced) {
        pass(p, 10u);
        passed_ms += 10u;
    }
    return passed_ms;
}

START_TEST(an_empty_pack_kept_awake_saves_power_after_10_min_without_charge)
{
    struct pack p;

    kept_awake(&p);
    ck_assert_uint_eq(until_reduced(&p, HOUR_MS), 600010u);
    (void)run(&p, 2000u);
    (void)run(&p, HOUR_MS); /* also during the next tests for voltage */
    ck_assert(p.sleep.reduced);

    kept_awake(&p); /* a little more charge in it */
    p.m.cell_min_mv = 2700u;
    ck_assert_uint_eq(until_reduced(&p, HOUR_MS), HOUR_MS);
}
END_TEST

START_TEST(charge_current_the_button_or_sleep_end_the_power_saving)
{
    struct pack p;

    kept_awake(&p);
    (void)until_reduced(&p, HOUR_MS);
    p.in.charge_now = true;
    pass(&p, 10u);
    ck_assert(!p.sleep.reduced);
    p.in.charge_now = false;
    ck_assert_uint_gt(until_reduced(&p, 2u * HOUR_MS), 600000u);

    p.in.button_down = true;
    pass(&p, 10u);
    ck_assert(!p.sleep.reduced);
    p.in.button_down = false;
    ck_assert_uint_eq(until_reduced(&p, HOUR_MS), 600000u);

    p.m.terminal_mv = 0; /* the bus dies */
    while (p.in.mode != LBMS_MODE_SHUTDOWN) {
        pass(&p, 10u);
    }
    pass(&p, 10u);
    ck_assert(!p.sleep.reduced);
    ck_assert_uint_eq(p.sleep.reason, LBMS_SLEEP_OVER_DISCHARGE);
}
END_TEST

START_TEST(a_pack_that_was_not_refused_its_sleep_or_is_not_empty_saves_no_power)
{
    struct pack p;

    awake(&p);
    p.m.cell_min_mv = 2650u;
    ck_assert_uint_eq(until_reduced(&p, 1000000u), 1000000u);

    stopping(&p, LBMS_SLEEP_BUTTON); /* refused, but asked for by a user */
    p.m.cell_min_mv = 2650u;
    p.in.protections = UV_BITS;
    p.in.window_open = true; /* so that it does not ask by itself */
    ck_assert_uint_eq(until_reduced(&p, 1000000u), 1000000u);

    kept_awake(&p);
    p.in.protections = 0u;
    ck_assert_uint_eq(until_reduced(&p, 1000000u), 1000000u);
}
END_TEST

START_TEST(the_times_and_levels_are_parameters)
{
    struct pack p;

    low(&p);
    p.params.v[LBMS_PARAM_SLEEP_CELL_MV] = 2600;
    p.m.cell_min_mv = 2600u;
    p.params.v[LBMS_PARAM_SLEEP_DELAY_S] = 60;
    ck_assert_uint_eq(run(&p, HOUR_MS), HOUR_MS);
    p.m.cell_min_mv = 2599u;
    ck_assert_uint_eq(run(&p, HOUR_MS), 60010u);

    unused(&p);
    p.params.v[LBMS_PARAM_STANDBY_SLEEP_S] = 3600;
    ck_assert_uint_le(run_s(&p, DAY_S), 3620u);

    low(&p);
    p.params.v[LBMS_PARAM_COMM_IDLE_S] = 5;
    p.in.frame = true;
    pass(&p, 10u);
    p.in.frame = false;
    pass(&p, 10u);
    pass(&p, 5000u);
    ck_assert(!p.sleep.talking);

    kept_awake(&p);
    p.params.v[LBMS_PARAM_DEEP_GUARD_S] = 60;
    p.params.v[LBMS_PARAM_DEEP_GUARD_CELL_MV] = 2300;
    ck_assert_uint_eq(until_reduced(&p, HOUR_MS), HOUR_MS);
    p.m.cell_min_mv = 2299u;
    ck_assert_uint_eq(until_reduced(&p, HOUR_MS), 60010u);
}
END_TEST

SUITE("power/idle_sleep", CASE("R-SLP-03", a_low_cell_for_5_min_puts_the_pack_to_sleep),
      CASE("R-SLP-03", anything_that_goes_on_starts_the_time_of_a_low_cell_again),
      CASE("R-SLP-03", a_charger_that_only_holds_its_voltage_does_not_keep_a_low_pack_awake),
      CASE("R-SLP-03", cells_that_are_not_known_are_not_low),
      CASE("R-SLP-03 R-SLP-04", communication_ends_60_s_after_the_last_frame),
      CASE("R-SLP-04", more_than_24_h_of_standby_put_the_pack_to_sleep),
      CASE("R-SLP-04", anything_that_goes_on_starts_the_24_h_again),
      CASE("R-SLP-04", a_protection_does_not_keep_an_unused_pack_awake),
      CASE("R-SLP-06", an_external_voltage_postpones_each_wish_of_the_pack_by_60_s),
      CASE("R-SLP-06", charge_current_refuses_sleep_too),
      CASE("R-SLP-06", with_an_address_a_request_by_button_or_host_stays_pending_for_300_s),
      CASE("R-SLP-01 R-WAKE-04", a_window_that_is_over_asks_at_once_without_an_under_voltage),
      CASE("R-SLP-01 R-WAKE-04", the_under_voltage_time_rests_in_a_window),
      CASE("R-SLP-01", communication_does_not_stop_the_under_voltage_time),
      CASE("R-SLP-01", with_a_service_fault_an_empty_pack_sleeps_for_the_fault),
      CASE("R-WSW-04", an_empty_pack_sleeps_empty_also_with_its_switch_off),
      CASE("R-SLP-09", an_empty_pack_kept_awake_saves_power_after_10_min_without_charge),
      CASE("R-SLP-09", charge_current_the_button_or_sleep_end_the_power_saving),
      CASE("R-SLP-09", a_pack_that_was_not_refused_its_sleep_or_is_not_empty_saves_no_power),
      CASE("", the_times_and_levels_are_parameters))
