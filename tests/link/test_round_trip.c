/* Round trips: what is written, read and written again is the same. A few thousand packs, states and records by chance. */
#include <string.h>

#include "frames.h"
#include "losun_bms/base/calendar.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/snapshot.h"
#include "support/suite.h"

#define ROUNDS 3000u

static uint32_t chance = 12345u;

static uint32_t next_random(void)
{
    chance = chance * UINT32_C(1664525) + UINT32_C(1013904223);
    return chance >> 8;
}

/* From low to high; each limit itself every eighth time. */
static int32_t between(int32_t low, int32_t high)
{
    const uint32_t span = (uint32_t)high - (uint32_t)low;

    switch (next_random() % 8u) {
    case 0u:
        return low;
    case 1u:
        return high;
    default:
        return (int32_t)((uint32_t)low +
                         (uint32_t)(((uint64_t)(next_random() & 0xFFFFFFu) * (span + 1ull)) >> 24));
    }
}

static void random_values(struct lbms_pack_values *v)
{
    unsigned i;

    memset(v, 0, sizeof(*v));
    v->cells = LBMS_CELLS;
    v->temps = LBMS_PACK_TEMPS;
    for (i = 0; i < LBMS_CELLS; i++) {
        v->cell_mv[i] = (uint16_t)between(0, UINT16_MAX);
    }
    for (i = 0; i < LBMS_PACK_TEMPS; i++) {
        v->temp_dc[i] = (int16_t)((next_random() % 4u == 0u) ? LBMS_TEMP_OPEN : between(-2730, 1500));
    }
    v->current_ma = 10 * between(INT16_MIN, INT16_MAX);
    v->pack_mv = between(0, UINT16_MAX);
    v->remaining_mah = 10 * between(0, UINT16_MAX);
    v->full_mah = 10 * between(0, UINT16_MAX);
    v->design_mah = 10 * between(0, UINT16_MAX);
    v->cycles = (uint16_t)between(0, UINT16_MAX);
}

static void random_extension(struct lbms_pack_values *v, bool system)
{
    v->extended = true;
    v->soc_pct = (uint8_t)between(0, 100);
    v->soh_pct = (uint8_t)between(0, 100);
    v->charged_mah = 1000 * between(0, 2000000);
    v->discharged_mah = 1000 * between(0, 2000000);
    v->port_mv = between(0, UINT16_MAX);
    v->port_ma = 10 * between(INT16_MIN, INT16_MAX);
    v->system_left_mah = system ? 10 * between(0, 1000000) : 0;
    v->system_mah = system ? 10 * between(0, 1000000) : 0;
}

/* As a frame through the receiver, as on a line. */
static void through_the_line(const uint8_t *info, size_t size, uint8_t *received)
{
    static struct frame frame;
    char text[FRAME_TEXT_SIZE];

    frame_write(text, (uint8_t)(next_random() % 16u), 0u, info, (uint16_t)size);
    frame_read(text, &frame);
    ck_assert_uint_eq(frame.size, size);
    memcpy(received, frame.info, size);
}

START_TEST(values_in_every_layout)
{
    unsigned n;

    for (n = 0; n < ROUNDS; n++) {
        const uint8_t layout = (uint8_t)(n % 3u);
        struct lbms_pack_values sent, got;
        uint8_t info[100], received[100];
        struct lbms_writer out;
        struct lbms_reader in;

        random_values(&sent);
        if (layout != LBMS_PACE_VALUES_BASE) {
            random_extension(&sent, layout == LBMS_PACE_VALUES_SYSTEM);
        }
        lbms_writer_init(&out, info, sizeof(info));
        lbms_pace_put_values(&out, &sent, layout);
        ck_assert_uint_eq(out.position, LBMS_PACE_VALUES_SIZE(layout));
        through_the_line(info, out.position, received);
        memset(&got, 0, sizeof(got));
        lbms_reader_init(&in, received, out.position);
        lbms_pace_get_values(&in, out.position, &got);
        ck_assert(!in.failed);
        ck_assert_mem_eq(got.cell_mv, sent.cell_mv, sizeof(sent.cell_mv));
        ck_assert_mem_eq(got.temp_dc, sent.temp_dc, sizeof(sent.temp_dc));
        ck_assert_int_eq(got.current_ma, sent.current_ma);
        ck_assert_int_eq(got.pack_mv, sent.pack_mv);
        ck_assert_int_eq(got.remaining_mah, sent.remaining_mah);
        ck_assert_int_eq(got.full_mah, sent.full_mah);
        ck_assert_int_eq(got.design_mah, sent.design_mah);
        ck_assert_uint_eq(got.cycles, sent.cycles);
        ck_assert(got.extended == sent.extended);
        if (sent.extended) {
            ck_assert_uint_eq(got.soc_pct, sent.soc_pct);
            ck_assert_uint_eq(got.soh_pct, sent.soh_pct);
            ck_assert_int_eq(got.charged_mah, sent.charged_mah);
            ck_assert_int_eq(got.discharged_mah, sent.discharged_mah);
            ck_assert_int_eq(got.port_mv, sent.port_mv);
            ck_assert_int_eq(got.port_ma, sent.port_ma);
            ck_assert_int_eq(got.system_left_mah, sent.system_left_mah);
            ck_assert_int_eq(got.system_mah, sent.system_mah);
        }
    }
}
END_TEST

/* Some states have no bit, or share one: after the first trip nothing changes any more. */
START_TEST(states_are_the_same_after_the_second_trip)
{
    /* these have no alarm level */
    const uint32_t no_alarm = LBMS_MASK(LBMS_BIT_CHARGE_OC2) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2) |
                              LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT) | LBMS_MASK(LBMS_BIT_CHARGER_OV);
    unsigned n;

    for (n = 0; n < ROUNDS; n++) {
        const uint8_t extension = (uint8_t)(n % (LBMS_PACE_STATE_EXTENSION + 1u));
        struct lbms_pack_state state, got;
        uint8_t first[64], second[64];
        struct lbms_writer out;
        struct lbms_reader in;
        unsigned i;

        memset(&state, 0, sizeof(state));
        state.alarms = next_random() & ((1u << LBMS_BIT_COUNT) - 1u) & ~no_alarm;
        state.protections = next_random() & ((1u << LBMS_BIT_COUNT) - 1u);
        state.faults = next_random() & ((1u << LBMS_FAULT_COUNT) - 1u);
        state.balance_mask = (uint16_t)between(0, UINT16_MAX);
        state.closed = (uint8_t)(next_random() & (LBMS_SWITCHES_MAIN | LBMS_SWITCH_LIMITER));
        state.functions = (uint8_t)(next_random() & 0x3Fu);
        state.charger_present = (next_random() & 1u) != 0u;
        state.stopping = (next_random() & 1u) != 0u;
        state.state = (uint16_t)(next_random() & (LBMS_STATE_FULL | LBMS_STATE_HEATING));
        for (i = 0; i < LBMS_CELLS; i++) { /* each channel is one of normal, low, high, lost */
            const unsigned what = next_random() % 4u;

            state.cells_high = (uint16_t)(state.cells_high | ((what == 1u) ? 1u << i : 0u));
            state.cells_low = (uint16_t)(state.cells_low | ((what == 2u) ? 1u << i : 0u));
            state.cells_lost = (uint16_t)(state.cells_lost | ((what == 3u) ? 1u << i : 0u));
        }
        lbms_writer_init(&out, first, sizeof(first));
        lbms_pace_put_state(&out, &state, extension);
        ck_assert_uint_eq(out.position, LBMS_PACE_STATE_SIZE + extension);
        memset(&got, 0, sizeof(got));
        lbms_reader_init(&in, first, out.position);
        lbms_pace_get_state(&in, out.position, &got);
        ck_assert(!in.failed);
        ck_assert_uint_eq(got.cells_high, state.cells_high);
        ck_assert_uint_eq(got.cells_low, state.cells_low);
        ck_assert_uint_eq(got.cells_lost, state.cells_lost);
        ck_assert_uint_eq(got.balance_mask, state.balance_mask);
        ck_assert_uint_eq(got.functions, state.functions);
        lbms_writer_init(&out, second, sizeof(second));
        lbms_pace_put_state(&out, &got, extension);
        ck_assert_mem_eq(second, first, LBMS_PACE_STATE_SIZE + extension);
    }
}
END_TEST

static void random_record(struct lbms_record *r)
{
    unsigned i;

    memset(r, 0, sizeof(*r));
    r->number = next_random();
    r->time_s = LBMS_PACE_NO_TIME + (uint32_t)between(1, 86400 * 365 * 30);
    r->wall = true;
    r->kind = (uint8_t)between(1, LBMS_RECORD_KIND_COUNT - 1);
    r->code = (uint8_t)between(0, UINT8_MAX);
    r->cell = (uint8_t)between(0, 31);
    r->value = between(-8388608, 8388607);
    r->threshold = between(-8388608, 8388607);
    for (i = 0; i < LBMS_CELLS; i++) {
        r->cell_mv[i] = (uint16_t)between(0, UINT16_MAX);
    }
    for (i = 0; i < LBMS_NTCS; i++) {
        r->ntc_dc[i] = (int16_t)between(-2730, 1500);
    }
    r->mosfet_dc = (int16_t)between(-2730, 1500);
    r->ambient_dc = (int16_t)between(-2730, 1500);
    r->pack_mv = between(0, UINT16_MAX);
    r->current_ma = between(-327680, 327670);
    r->remaining_mah = 10 * between(0, UINT16_MAX);
    r->capacity_mah = 10 * between(0, UINT16_MAX);
    r->cycles = (uint16_t)between(0, UINT16_MAX);
    r->alarms = next_random() & ((1u << LBMS_BIT_COUNT) - 1u);
    r->protections = next_random() & ((1u << LBMS_BIT_COUNT) - 1u);
    r->faults = next_random() & ((1u << LBMS_FAULT_COUNT) - 1u);
    r->state = (uint16_t)between(0, UINT16_MAX);
    r->mode = (uint8_t)between(0, 9);
    r->closed = (uint8_t)between(0, 15);
}

START_TEST(an_event_comes_back_whole)
{
    unsigned n;

    for (n = 0; n < ROUNDS; n++) {
        struct lbms_record sent, got;
        uint8_t info[LBMS_PACE_EVENT_SIZE], received[LBMS_PACE_EVENT_SIZE], again[LBMS_PACE_EVENT_SIZE];
        struct lbms_writer out;
        struct lbms_reader in;

        random_record(&sent);
        lbms_writer_init(&out, info, sizeof(info));
        lbms_pace_put_event(&out, &sent);
        ck_assert_uint_eq(out.position, LBMS_PACE_EVENT_SIZE);
        through_the_line(info, sizeof(info), received);
        lbms_reader_init(&in, received, sizeof(received));
        lbms_pace_get_event(&in, &got);
        ck_assert(!in.failed);
        ck_assert_int_eq(got.value, sent.value);
        ck_assert_int_eq(got.threshold, sent.threshold);
        ck_assert_int_eq(got.current_ma, sent.current_ma);
        ck_assert_uint_eq(got.time_s, sent.time_s);
        ck_assert_mem_eq(got.cell_mv, sent.cell_mv, sizeof(sent.cell_mv));
        lbms_writer_init(&out, again, sizeof(again));
        lbms_pace_put_event(&out, &got);
        ck_assert_mem_eq(again, info, sizeof(info));
    }
}
END_TEST

START_TEST(a_history_record_is_the_same_after_the_second_trip)
{
    unsigned n;

    for (n = 0; n < ROUNDS; n++) {
        struct lbms_record record, got;
        uint8_t first[LBMS_PACE_RECORD_SIZE], second[LBMS_PACE_RECORD_SIZE];
        struct lbms_writer out;
        struct lbms_reader in;

        random_record(&record);
        lbms_writer_init(&out, first, sizeof(first));
        lbms_pace_put_record(&out, &record);
        ck_assert_uint_eq(out.position, LBMS_PACE_RECORD_SIZE);
        memset(&got, 0, sizeof(got));
        lbms_reader_init(&in, first, sizeof(first));
        lbms_pace_get_record(&in, &got);
        ck_assert(!in.failed);
        ck_assert_uint_eq(got.time_s, record.time_s);
        ck_assert_mem_eq(got.cell_mv, record.cell_mv, sizeof(record.cell_mv));
        ck_assert_int_eq(got.pack_mv, record.pack_mv);
        ck_assert_int_eq(got.remaining_mah, record.remaining_mah);
        ck_assert_uint_eq(got.cycles, record.cycles);
        lbms_writer_init(&out, second, sizeof(second));
        lbms_pace_put_record(&out, &got);
        ck_assert_mem_eq(second, first, 55u); /* up to current, voltage and capacities: the rest is states */
    }
}
END_TEST

START_TEST(parameters_by_id_come_back)
{
    unsigned n;

    for (n = 0; n < ROUNDS; n++) {
        struct lbms_param_item sent[LBMS_PARAM_ITEMS_MAX], got[LBMS_PARAM_ITEMS_MAX];
        const uint8_t count = (uint8_t)between(1, LBMS_PARAM_ITEMS_MAX);
        uint8_t info[LBMS_PACE_ITEM_SIZE * LBMS_PARAM_ITEMS_MAX], received[sizeof(info)];
        struct lbms_writer out;
        struct lbms_reader in;
        uint8_t i;

        for (i = 0; i < count; i++) {
            sent[i].id = (uint16_t)between(0, UINT16_MAX);
            sent[i].value = between(INT32_MIN, INT32_MAX - 1);
        }
        lbms_writer_init(&out, info, sizeof(info));
        lbms_pace_put_items(&out, sent, count);
        through_the_line(info, out.position, received);
        lbms_reader_init(&in, received, out.position);
        ck_assert_uint_eq(lbms_pace_get_items(&in, got), count);
        for (i = 0; i < count; i++) {
            ck_assert_uint_eq(got[i].id, sent[i].id);
            ck_assert_int_eq(got[i].value, sent[i].value);
        }
    }
}
END_TEST

/* 4094 characters of INFO, and any other number of bytes up to that. */
START_TEST(frames_of_every_length_come_back)
{
    static uint8_t info[LBMS_ASCII_INFO_MAX], received[LBMS_ASCII_INFO_MAX];
    size_t size;

    for (size = 0; size <= LBMS_ASCII_INFO_MAX; size += (size < 300u) ? 1u : 89u) {
        size_t i;

        for (i = 0; i < size; i++) {
            info[i] = (uint8_t)(next_random() & 0xFFu);
        }
        through_the_line(info, size, received);
        ck_assert_mem_eq(received, info, size);
    }
    through_the_line(info, LBMS_ASCII_INFO_MAX, received);
    ck_assert_mem_eq(received, info, LBMS_ASCII_INFO_MAX);
}
END_TEST

SUITE("link/round_trip", CASE("R-COM-07", values_in_every_layout),
      CASE("R-COM-07", states_are_the_same_after_the_second_trip),
      CASE("R-PRM-05", an_event_comes_back_whole),
      CASE("R-PRM-05", a_history_record_is_the_same_after_the_second_trip),
      CASE("", parameters_by_id_come_back), CASE("R-COM-09", frames_of_every_length_come_back))
