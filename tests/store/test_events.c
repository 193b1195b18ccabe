/* Records from the difference of snapshots. */
#include "losun_bms/store/events.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "support/suite.h"

static struct lbms_events events;
static struct lbms_snapshot s;

static void fresh(void)
{
    memset(&events, 0, sizeof(events));
    memset(&s, 0, sizeof(s));
    s.uptime_s = 100u;
    s.soc.capacity_mah = 100000;
    s.health.totals.cycles = 1234u;
}

static void step(void)
{
    (void)lbms_events_step(&events, &s, false, 0u);
}

static void expect(uint8_t kind, uint8_t code)
{
    struct lbms_record r;

    ck_assert(lbms_events_next(&events, &r));
    ck_assert_uint_eq(r.kind, kind);
    ck_assert_uint_eq(r.code, code);
}

static void expect_nothing(void)
{
    struct lbms_record r;

    ck_assert(!lbms_events_next(&events, &r));
}

START_TEST(each_bit_is_told_when_it_begins_and_when_it_ends)
{
    fresh();
    step();
    expect_nothing();
    s.alarms = LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_SOC_LOW);
    s.protections = LBMS_MASK(LBMS_BIT_DISCHARGE_OC);
    s.faults = LBMS_MASK(LBMS_FAULT_NTC);
    s.locks = LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT);
    step();
    step();
    expect(LBMS_RECORD_FAULT, LBMS_FAULT_NTC);
    expect(LBMS_RECORD_PROTECTION, LBMS_BIT_DISCHARGE_OC);
    expect(LBMS_RECORD_LOCK, LBMS_BIT_SHORT_CIRCUIT);
    expect(LBMS_RECORD_ALARM, LBMS_BIT_CELL_OV);
    expect(LBMS_RECORD_ALARM, LBMS_BIT_SOC_LOW);
    expect_nothing();
    s.alarms = LBMS_MASK(LBMS_BIT_SOC_LOW);
    s.protections = 0u;
    s.faults = 0u;
    s.locks = 0u;
    step();
    ck_assert(!lbms_events_step(&events, &s, false, 0u));
    expect(LBMS_RECORD_FAULT_END, LBMS_FAULT_NTC);
    expect(LBMS_RECORD_PROTECTION_END, LBMS_BIT_DISCHARGE_OC);
    expect(LBMS_RECORD_LOCK_END, LBMS_BIT_SHORT_CIRCUIT);
    expect(LBMS_RECORD_ALARM_END, LBMS_BIT_CELL_OV);
    expect_nothing();
}
END_TEST

START_TEST(a_bit_that_came_and_went_unrecorded_is_told_in_that_order)
{
    fresh();
    step();
    s.alarms = 1u;
    step();
    s.alarms = 0u;
    step();
    expect(LBMS_RECORD_ALARM, 0u);
    expect(LBMS_RECORD_ALARM_END, 0u);
    expect_nothing();
    s.alarms = 1u;
    step();
    expect(LBMS_RECORD_ALARM, 0u);
    s.alarms = 0u;
    step();
    s.alarms = 1u;
    step();
    expect(LBMS_RECORD_ALARM_END, 0u);
    expect(LBMS_RECORD_ALARM, 0u);
    expect_nothing();
}
END_TEST

START_TEST(the_measurement_is_that_of_the_change)
{
    struct lbms_record r;
    unsigned i;

    fresh();
    step();
    for (i = 0u; i < LBMS_CELLS; i++) {
        s.m.cell_mv[i] = (uint16_t)(3000u + i);
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        s.m.ntc_dc[i] = (int16_t)(200 + (int)i);
    }
    s.m.mosfet_dc = 410;
    s.m.ambient_dc = 303;
    s.m.pack_mv = 52000;
    s.m.current_ma = -120000;
    s.m.closed = 3u;
    s.soc.remaining_mah = 43000;
    s.protections = 0x100u;
    s.alarms = 0x80u;
    s.faults = 0x4u;
    s.state = 0x11u;
    s.mode = 6u;
    s.uptime_s = 111u;
    step();
    s.m.current_ma = 0;
    s.m.closed = 0u;
    s.uptime_s = 112u;
    step();
    ck_assert(lbms_events_next(&events, &r));
    ck_assert_int_eq(r.current_ma, -120000);
    ck_assert_uint_eq(r.time_s, 111u);
    ck_assert(!r.wall);
    ck_assert_mem_eq(r.cell_mv, s.m.cell_mv, sizeof(r.cell_mv));
    ck_assert_mem_eq(r.ntc_dc, s.m.ntc_dc, sizeof(r.ntc_dc));
    ck_assert_int_eq(r.mosfet_dc, 410);
    ck_assert_int_eq(r.ambient_dc, 303);
    ck_assert_int_eq(r.pack_mv, 52000);
    ck_assert_int_eq(r.remaining_mah, 43000);
    ck_assert_int_eq(r.capacity_mah, 100000);
    ck_assert_uint_eq(r.cycles, 1234u);
    ck_assert_uint_eq(r.closed, 3u);
    ck_assert_uint_eq(r.protections, 0x100u);
    ck_assert_uint_eq(r.alarms, 0x80u);
    ck_assert_uint_eq(r.faults, 0x4u);
    ck_assert_uint_eq(r.state, 0x11u);
    ck_assert_uint_eq(r.mode, 6u);
    ck_assert_uint_eq(r.cell, LBMS_RECORD_NO_CELL);
    s.alarms = 0u;
    s.health.totals.cycles = 65536u; /* more than there is room for */
    ck_assert(lbms_events_step(&events, &s, true, 1800000000u));
    ck_assert(lbms_events_next(&events, &r));
    ck_assert_uint_eq(r.cycles, 65535u);
    ck_assert_uint_eq(r.time_s, 1800000000u);
    ck_assert(r.wall);
}
END_TEST

START_TEST(notes_wait_for_the_measurement_of_the_next_step)
{
    const struct lbms_event_note start = {LBMS_RECORD_START, 2u, 3600, 0};
    const struct lbms_event_note param = {LBMS_RECORD_PARAMETER, 77u, 3650, 2};
    struct lbms_record r;

    fresh();
    lbms_events_note(&events, &start);
    expect_nothing();
    s.m.pack_mv = 51000;
    s.alarms = 1u;
    step();
    lbms_events_note(&events, &param);
    expect(LBMS_RECORD_ALARM, 0u); /* what has its measurement does not wait for what has not */
    s.m.pack_mv = 51500;
    step();
    ck_assert(lbms_events_next(&events, &r));
    ck_assert_uint_eq(r.kind, LBMS_RECORD_START);
    ck_assert_uint_eq(r.code, 2u);
    ck_assert_int_eq(r.value, 3600);
    ck_assert_int_eq(r.pack_mv, 51500);
    ck_assert(lbms_events_next(&events, &r));
    ck_assert_uint_eq(r.kind, LBMS_RECORD_PARAMETER);
    ck_assert_int_eq(r.value, 3650);
    ck_assert_int_eq(r.threshold, 2);
    expect_nothing();
}
END_TEST

START_TEST(notes_without_room_are_counted)
{
    struct lbms_event_note note = {LBMS_RECORD_CLOCK, 0u, 0, 0};
    unsigned i;

    fresh();
    for (i = 0u; i < LBMS_EVENT_NOTES + 3u; i++) {
        note.code = (uint8_t)i;
        lbms_events_note(&events, &note);
    }
    ck_assert_uint_eq(events.lost, 3u);
    step();
    for (i = 0u; i < LBMS_EVENT_NOTES; i++) {
        expect(LBMS_RECORD_CLOCK, (uint8_t)i);
    }
    expect_nothing();
    events.lost = UINT16_MAX;
    for (i = 0u; i < LBMS_EVENT_NOTES + 1u; i++) {
        lbms_events_note(&events, &note);
    }
    ck_assert_uint_eq(events.lost, UINT16_MAX);
}
END_TEST

SUITE("store/events", CASE("R-PRM-05", each_bit_is_told_when_it_begins_and_when_it_ends),
      CASE("R-PRM-05", a_bit_that_came_and_went_unrecorded_is_told_in_that_order),
      CASE("R-PRM-05", the_measurement_is_that_of_the_change),
      CASE("R-PRM-05", notes_wait_for_the_measurement_of_the_next_step),
      CASE("", notes_without_room_are_counted))
