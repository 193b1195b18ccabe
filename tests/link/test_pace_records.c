/* A1H, clock, capacity, texts, and the commands of this library, in both directions. */
#include <string.h>

#include "frames.h"
#include "golden.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/snapshot.h"
#include "support/suite.h"

static struct lbms_record example(void)
{
    struct lbms_record r;
    unsigned i;

    memset(&r, 0, sizeof(r));
    r.number = 70000u;
    r.time_s = 1709172056u;
    r.wall = true;
    r.kind = LBMS_RECORD_PROTECTION;
    r.code = LBMS_BIT_CELL_OV;
    r.cell = 10u;
    r.value = 3651;
    r.threshold = 3650;
    for (i = 0; i < LBMS_CELLS; i++) {
        r.cell_mv[i] = (uint16_t)(3400u + i);
    }
    for (i = 0; i < LBMS_NTCS; i++) {
        r.ntc_dc[i] = (int16_t)(-10 + (int)i);
    }
    r.mosfet_dc = 400;
    r.ambient_dc = LBMS_TEMP_OPEN;
    r.pack_mv = 55767;
    r.current_ma = -1460;
    r.remaining_mah = 103460;
    r.capacity_mah = 103460;
    r.cycles = 67u;
    r.alarms = LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_MAINTENANCE);
    r.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    r.faults = LBMS_MASK(LBMS_FAULT_TRIP_UNIT);
    r.state = LBMS_STATE_FULL;
    r.mode = LBMS_MODE_DISCHARGING;
    r.closed = LBMS_SWITCH_DISCHARGE;
    return r;
}

START_TEST(the_captured_record_in_both_directions)
{
    static const uint16_t cells[] = {3479, 3481, 3482, 3481, 3481, 3479, 3481, 3480,
                                     3481, 3480, 3456, 3480, 3480, 3481, 3480, 3480};
    struct lbms_record r;
    struct lbms_reader in;
    struct lbms_writer out;
    struct frame frame;
    uint8_t info[LBMS_PACE_RECORD_SIZE];
    char text[FRAME_TEXT_SIZE];

    frame_read(GOLDEN_RECORD, &frame);
    ck_assert_uint_eq(frame.size, LBMS_PACE_RECORD_SIZE);
    lbms_reader_init(&in, frame.info, frame.size);
    lbms_pace_get_record(&in, &r);
    ck_assert(!in.failed);
    ck_assert(r.wall);
    ck_assert_uint_eq(r.time_s, 1709172056u); /* date -u -d "2024-02-29 02:00:56" +%s */
    ck_assert_mem_eq(r.cell_mv, cells, sizeof(cells));
    ck_assert_int_eq(r.ntc_dc[0], 202);
    ck_assert_int_eq(r.ntc_dc[3], 204);
    ck_assert_int_eq(r.mosfet_dc, 199);
    ck_assert_int_eq(r.ambient_dc, 207);
    ck_assert_int_eq(r.current_ma, -1460);
    ck_assert_int_eq(r.pack_mv, 55767);
    ck_assert_int_eq(r.remaining_mah, 103460);
    ck_assert_int_eq(r.capacity_mah, 103460);
    ck_assert_uint_eq(r.alarms | r.protections | r.faults, 0u);
    ck_assert_uint_eq(r.closed, LBMS_SWITCH_CHARGE | LBMS_SWITCH_DISCHARGE);
    ck_assert_uint_eq(r.cycles, 67u);
    ck_assert_uint_eq(r.kind, LBMS_RECORD_INTERVAL);
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_record(&out, &r);
    ck_assert(!out.failed);
    frame_write(text, 0u, 0u, info, (uint16_t)out.position);
    ck_assert_str_eq(text, GOLDEN_RECORD);
}
END_TEST

START_TEST(a_power_on_record_without_clock_begins_at_2000)
{
    static const uint8_t start[] = {0, 1, 1, 1, 1, 1}; /* 3661 s after it */
    struct lbms_record r = example();
    struct lbms_reader in;
    struct lbms_writer out;
    uint8_t info[LBMS_PACE_RECORD_SIZE];

    r.kind = LBMS_RECORD_START;
    r.wall = false;
    r.time_s = 3661u;
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_record(&out, &r);
    ck_assert_mem_eq(info, start, sizeof(start));
    ck_assert_uint_eq(info[70], 0u);
    ck_assert_uint_eq(info[71], 1u);
    ck_assert_uint_eq(info[60], 0x01u); /* protection 1: cell over-voltage */
    ck_assert_uint_eq(info[61], 0x80u); /* full */
    ck_assert_uint_eq(info[63], 0x01u); /* warning 1 */
    ck_assert_uint_eq(info[65], 0x0Cu); /* discharging, charge path open */
    lbms_reader_init(&in, info, sizeof(info));
    lbms_pace_get_record(&in, &r);
    ck_assert_uint_eq(r.kind, LBMS_RECORD_START);
    ck_assert_uint_eq(r.mode, LBMS_MODE_DISCHARGING);
    ck_assert_int_eq(r.ambient_dc, LBMS_TEMP_OPEN);
}
END_TEST

START_TEST(the_mode_of_a_record_is_told_by_its_indication)
{
    static const struct {
        uint8_t mode, indication, back;
    } rows[] = {{LBMS_MODE_STANDBY, 0x00, LBMS_MODE_STANDBY},
                {LBMS_MODE_CHARGING, 0x20, LBMS_MODE_CHARGING},
                {LBMS_MODE_DISCHARGING, 0x08, LBMS_MODE_DISCHARGING},
                {LBMS_MODE_STOPPING, 0x40, LBMS_MODE_STOPPING},
                {LBMS_MODE_PROTECT, 0x00, LBMS_MODE_STANDBY}};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lbms_record r = example();
        struct lbms_writer out;
        struct lbms_reader in;
        uint8_t info[LBMS_PACE_RECORD_SIZE];

        r.mode = rows[i].mode;
        r.closed = 0u;
        lbms_writer_init(&out, info, sizeof(info));
        lbms_pace_put_record(&out, &r);
        ck_assert_uint_eq(info[65], rows[i].indication);
        lbms_reader_init(&in, info, sizeof(info));
        lbms_pace_get_record(&in, &r);
        ck_assert_uint_eq(r.mode, rows[i].back);
    }
}
END_TEST

START_TEST(records_of_other_packs_and_truncated_ones_are_refused)
{
    struct lbms_record r = example();
    struct lbms_writer out;
    struct lbms_reader in;
    uint8_t info[LBMS_PACE_RECORD_SIZE];
    size_t size;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_record(&out, &r);
    for (size = 0; size <= sizeof(info); size++) {
        lbms_reader_init(&in, info, size);
        lbms_pace_get_record(&in, &r);
        ck_assert_int_eq(!in.failed, size == sizeof(info));
    }
    info[6] = 15u; /* cells */
    lbms_reader_init(&in, info, sizeof(info));
    lbms_pace_get_record(&in, &r);
    ck_assert(in.failed);
    info[6] = 16u;
    info[39] = 5u; /* temperatures */
    lbms_reader_init(&in, info, sizeof(info));
    lbms_pace_get_record(&in, &r);
    ck_assert(in.failed);
}
END_TEST

START_TEST(an_event_carries_everything)
{
    const struct lbms_record r = example();
    struct lbms_record back;
    struct lbms_writer out;
    struct lbms_reader in;
    uint8_t info[LBMS_PACE_EVENT_SIZE];
    size_t size;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_event(&out, &r);
    ck_assert(!out.failed);
    ck_assert_uint_eq(out.position, LBMS_PACE_EVENT_SIZE);
    lbms_reader_init(&in, info, sizeof(info));
    lbms_pace_get_event(&in, &back);
    ck_assert(!in.failed);
    ck_assert_mem_eq(&back, &r, sizeof(r));
    for (size = 0; size < sizeof(info); size++) {
        lbms_reader_init(&in, info, size);
        lbms_pace_get_event(&in, &back);
        ck_assert(in.failed);
    }
}
END_TEST

START_TEST(captured_clocks_in_both_directions)
{
    static const struct {
        const char *text;
        uint32_t seconds;
    } rows[] = {{"~25004600400C180815051D1FFB10", 1724218171u},  /* 2024-08-21 05:29:31 */
                {"~250046B2400C1808140E0F25FAFC", 1724163337u},  /* 2024-08-20 14:15:37 */
                {"~250046B2400C190C1F173B3AFADF", 1767225598u}}; /* 2025-12-31 23:59:58 */
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct frame frame;
        struct lbms_reader in;
        struct lbms_writer out;
        uint32_t seconds = 0u;
        char text[FRAME_TEXT_SIZE];

        frame_read(rows[i].text, &frame);
        lbms_reader_init(&in, frame.info, frame.size);
        ck_assert(lbms_pace_get_time(&in, &seconds));
        ck_assert_uint_eq(seconds, rows[i].seconds);
        lbms_writer_init(&out, frame.info, 6u);
        lbms_pace_put_time(&out, seconds);
        frame_write(text, 0u, frame.head.code, frame.info, 6u);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(impossible_dates_are_none)
{
    static const uint8_t rows[][6] = {{24, 13, 1, 0, 0, 0}, {24, 0, 1, 0, 0, 0},  {23, 2, 29, 0, 0, 0},
                                      {24, 1, 32, 0, 0, 0}, {24, 1, 1, 24, 0, 0}, {24, 1, 1, 0, 60, 0},
                                      {24, 1, 1, 0, 0, 60}, {200, 1, 1, 0, 0, 0}};
    uint32_t seconds = 5u;
    struct lbms_reader in;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lbms_reader_init(&in, rows[i], 6u);
        ck_assert(!lbms_pace_get_time(&in, &seconds));
        ck_assert_uint_eq(seconds, 5u);
    }
    for (i = 0; i < 6u; i++) {
        static const uint8_t good[] = {24, 1, 1, 1, 1, 1};

        lbms_reader_init(&in, good, i);
        ck_assert(!lbms_pace_get_time(&in, &seconds));
    }
}
END_TEST

START_TEST(captured_capacities_in_both_directions)
{
    static const struct {
        const char *text;
        int32_t remaining_mah, full_mah, design_mah;
    } rows[] = {{"~25004600400C183C286A2710FB0E", 62040, 103460, 100000},
                {"~25004600400C1A8527422710FB20", 67890, 100500, 100000},
                {"~250046A7400C138827102710FB18", 50000, 100000, 100000}};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lbms_pack_values v;
        struct frame frame;
        struct lbms_reader in;
        struct lbms_writer out;
        char text[FRAME_TEXT_SIZE];

        frame_read(rows[i].text, &frame);
        lbms_reader_init(&in, frame.info, frame.size);
        lbms_pace_get_capacity(&in, &v);
        ck_assert(!in.failed);
        ck_assert_int_eq(v.remaining_mah, rows[i].remaining_mah);
        ck_assert_int_eq(v.full_mah, rows[i].full_mah);
        ck_assert_int_eq(v.design_mah, rows[i].design_mah);
        lbms_writer_init(&out, frame.info, LBMS_PACE_CAPACITY_SIZE);
        lbms_pace_put_capacity(&out, &v);
        frame_write(text, 0u, frame.head.code, frame.info, LBMS_PACE_CAPACITY_SIZE);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(captured_identities_in_both_directions)
{
    struct frame frame;
    struct lbms_reader in;
    struct lbms_writer out;
    char text[FRAME_TEXT_SIZE];
    char name[LBMS_PACE_TEXT_SIZE + 1u];
    char serial[LBMS_PACE_TEXT_SIZE + 1u];

    frame_read("~25014600602850313653313030412D313831322D312E30302000F58E", &frame);
    lbms_reader_init(&in, frame.info, frame.size);
    lbms_pace_get_text(&in, name, LBMS_PACE_TEXT_SIZE);
    ck_assert_str_eq(name, "P16S100A-1812-1.00");

    frame_read(
        "~25014600B05031383132313031333830333039442020202020202020202020202020202020202020202020202020EE0F",
        &frame);
    lbms_reader_init(&in, frame.info, frame.size);
    lbms_pace_get_text(&in, name, LBMS_PACE_TEXT_SIZE);
    lbms_pace_get_text(&in, serial, LBMS_PACE_TEXT_SIZE);
    ck_assert(!in.failed);
    ck_assert_str_eq(name, "1812101380309D");
    ck_assert_str_eq(serial, "");
    lbms_writer_init(&out, frame.info, 40u);
    lbms_pace_put_text(&out, name, LBMS_PACE_TEXT_SIZE, LBMS_PACE_TEXT_SIZE);
    lbms_pace_put_text(&out, serial, LBMS_PACE_TEXT_SIZE, LBMS_PACE_TEXT_SIZE);
    frame_write(text, 1u, 0u, frame.info, 40u);
    ck_assert_str_eq(
        text,
        "~25014600B05031383132313031333830333039442020202020202020202020202020202020202020202020202020EE0F");

    lbms_writer_init(&out, frame.info, 20u);
    lbms_pace_put_text(&out, "LS-BTN0-P0548100", 255u, LBMS_PACE_TEXT_SIZE);
    frame_write(text, 0u, 0u, frame.info, 20u);
    ck_assert_str_eq(text, "~2500460060284C532D42544E302D503035343831303020202020F575");
}
END_TEST

START_TEST(texts_are_cut_at_their_room_and_on_the_wire)
{
    struct lbms_writer out;
    struct lbms_reader in;
    char wire[4];
    char text[5];

    lbms_writer_init(&out, wire, sizeof(wire));
    lbms_pace_put_text(&out, "ABCDEF", 3u, 4u);
    ck_assert_mem_eq(wire, "ABC ", 4u);
    lbms_writer_init(&out, wire, sizeof(wire));
    lbms_pace_put_text(&out, "ABCDEF", 6u, 4u);
    ck_assert_mem_eq(wire, "ABCD", 4u);
    lbms_reader_init(&in, wire, 4u);
    lbms_pace_get_text(&in, text, 4u);
    ck_assert_str_eq(text, "ABCD");
    lbms_reader_init(&in, wire, 3u);
    lbms_pace_get_text(&in, text, 4u);
    ck_assert(in.failed);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(parameters_are_set_by_id_up_to_16_at_once)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct lbms_param_item back[LBMS_PARAM_ITEMS_MAX];
    uint8_t info[LBMS_PACE_ITEM_SIZE * (LBMS_PARAM_ITEMS_MAX + 1u)];
    struct lbms_writer out;
    struct lbms_reader in;
    size_t size;
    unsigned i;

    for (i = 0; i < LBMS_PARAM_ITEMS_MAX; i++) {
        items[i].id = (uint16_t)(i * 300u);
        items[i].value = (int32_t)i * -100000;
    }
    memset(info, 0, sizeof(info));
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_items(&out, items, LBMS_PARAM_ITEMS_MAX);
    for (size = 0; size <= sizeof(info); size++) {
        const bool right = (size > 0u) && (size % 6u == 0u) && (size <= 96u);
        uint8_t count;

        lbms_reader_init(&in, info, size);
        count = lbms_pace_get_items(&in, back);
        ck_assert_uint_eq(count, right ? size / 6u : 0u);
        for (i = 0; i < count; i++) {
            ck_assert_uint_eq(back[i].id, items[i].id);
            ck_assert_int_eq(back[i].value, items[i].value);
        }
    }
}
END_TEST

START_TEST(port_counters_in_both_directions)
{
    const struct lbms_port_counters ports[LBMS_SERIAL_PORTS] = {
        {1u, 2u, 3u, 4u}, {65535u, 0u, 0u, 258u}, {5u, 6u, 7u, 8u}};
    struct lbms_port_counters back[LBMS_SERIAL_PORTS];
    uint8_t info[LBMS_PACE_COUNTERS_SIZE];
    struct lbms_writer out;
    struct lbms_reader in;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_counters(&out, ports);
    ck_assert(!out.failed);
    ck_assert_uint_eq(out.position, LBMS_PACE_COUNTERS_SIZE);
    ck_assert_uint_eq(info[14], 1u);
    ck_assert_uint_eq(info[15], 2u);
    lbms_reader_init(&in, info, sizeof(info));
    lbms_pace_get_counters(&in, back);
    ck_assert_mem_eq(back, ports, sizeof(ports));
}
END_TEST

SUITE("link/pace_records", CASE("R-PRM-05", the_captured_record_in_both_directions),
      CASE("", a_power_on_record_without_clock_begins_at_2000),
      CASE("", the_mode_of_a_record_is_told_by_its_indication),
      CASE("", records_of_other_packs_and_truncated_ones_are_refused), CASE("", an_event_carries_everything),
      CASE("", captured_clocks_in_both_directions), CASE("", impossible_dates_are_none),
      CASE("", captured_capacities_in_both_directions), CASE("", captured_identities_in_both_directions),
      CASE("", texts_are_cut_at_their_room_and_on_the_wire),
      CASE("", parameters_are_set_by_id_up_to_16_at_once), CASE("", port_counters_in_both_directions))
