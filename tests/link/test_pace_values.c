/* 42H: the frames of the documents in both directions, layouts, other packs, and every truncation. */
#include "losun_bms/link/pace/codec.h"

#include <string.h>

#include "frames.h"
#include "golden.h"
#include "losun_bms/model/sample.h"
#include "support/suite.h"

#define BASE 59u

/* Writes `packs` blocks behind INFOFLAG and the given byte. */
static uint16_t write_info(uint8_t *info, uint8_t second, const struct lbms_pack_values *values,
                           unsigned packs, uint8_t layout)
{
    struct lbms_writer out;

    lbms_writer_init(&out, info, LBMS_ASCII_INFO_MAX);
    lbms_put_u8(&out, 0u);
    lbms_put_u8(&out, second);
    while (packs-- > 0u) {
        lbms_pace_put_values(&out, values, layout);
    }
    ck_assert(!out.failed);
    return (uint16_t)out.position;
}

static void read_block(const struct frame *frame, size_t at, size_t size, struct lbms_pack_values *values)
{
    struct lbms_reader in;

    lbms_reader_init(&in, frame->info, frame->size);
    lbms_reader_skip(&in, at);
    lbms_pace_get_values(&in, size, values);
    ck_assert(!in.failed);
    ck_assert_uint_eq(in.position, at + size);
}

/* A frame of one pack: decoded, it says what the document says; encoded, it is the same frame. */
static void both_directions(const char *text, struct lbms_pack_values *values)
{
    char again[FRAME_TEXT_SIZE];
    uint8_t info[LBMS_ASCII_INFO_MAX];
    struct frame frame;

    frame_read(text, &frame);
    ck_assert_uint_eq(frame.size, 2u + BASE);
    read_block(&frame, 2u, BASE, values);
    frame_write(again, frame.head.address, 0u, info,
                write_info(info, frame.info[1], values, 1u, LBMS_PACE_VALUES_BASE));
    ck_assert_str_eq(again, text);
}

START_TEST(the_captured_frame_in_both_directions)
{
    static const uint16_t cells[] = {3271, 3272, 3271, 3271, 3271, 3269, 3270, 3271,
                                     3271, 3270, 3271, 3270, 3270, 3271, 3270, 3271};
    static const int16_t temps[] = {241, 239, 239, 239, 265, 274};
    struct lbms_pack_values v;

    both_directions(GOLDEN_VALUES_CAPTURED, &v);
    ck_assert_mem_eq(v.cell_mv, cells, sizeof(cells));
    ck_assert_mem_eq(v.temp_dc, temps, sizeof(temps));
    ck_assert_uint_eq(v.cells, 16u);
    ck_assert_uint_eq(v.temps, 6u);
    ck_assert_int_eq(v.current_ma, -2250);
    ck_assert_int_eq(v.pack_mv, 52429);
    ck_assert_int_eq(v.remaining_mah, 48190);
    ck_assert_int_eq(v.full_mah, 103460);
    ck_assert_uint_eq(v.cycles, 140u);
    ck_assert_int_eq(v.design_mah, 100000);
    ck_assert(!v.extended);
}
END_TEST

START_TEST(the_official_frames_in_both_directions)
{
    struct lbms_pack_values v;

    both_directions(GOLDEN_VALUES_OFFICIAL, &v);
    ck_assert_uint_eq(v.cell_mv[0], 3394u);
    ck_assert_int_eq(v.temp_dc[5], 275);
    ck_assert_int_eq(v.pack_mv, 53589);
    ck_assert_int_eq(v.remaining_mah, 47500);
    ck_assert_int_eq(v.full_mah, 50000);
    both_directions(GOLDEN_VALUES_RS485, &v);
    ck_assert_uint_eq(v.cell_mv[15], 3334u);
    ck_assert_int_eq(v.remaining_mah, 17500);
}
END_TEST

START_TEST(the_reference_pack_gives_the_frames_of_the_document)
{
    const struct lbms_pack_values s1 = frame_values_s1();
    char text[FRAME_TEXT_SIZE];
    uint8_t info[LBMS_ASCII_INFO_MAX];
    struct frame frame;
    struct lbms_pack_values v;

    frame_write(text, 0u, 0u, info, write_info(info, 1u, &s1, 1u, LBMS_PACE_VALUES_BASE));
    ck_assert_str_eq(text, GOLDEN_VALUES_S1);
    frame_write(text, 2u, 0u, info, write_info(info, 2u, &s1, 1u, LBMS_PACE_VALUES_BASE));
    ck_assert_str_eq(text, GOLDEN_VALUES_S1_DIP2);
    frame_write(text, 1u, 0u, info, write_info(info, 2u, &s1, 2u, LBMS_PACE_VALUES_BASE));
    ck_assert_str_eq(text, GOLDEN_VALUES_TWO_PACKS);

    frame_read(GOLDEN_VALUES_TWO_PACKS, &frame);
    read_block(&frame, 2u, BASE, &v);
    ck_assert_mem_eq(&v, &s1, sizeof(v));
    read_block(&frame, 2u + BASE, BASE, &v);
    ck_assert_mem_eq(&v, &s1, sizeof(v));
}
END_TEST

START_TEST(the_longer_layouts_carry_soc_totals_and_port)
{
    struct lbms_pack_values s1 = frame_values_s1();
    struct lbms_pack_values v;
    struct frame frame;
    static const uint8_t tail[] = {68,   0,    0,    0x04, 0xD2, 0,    0,    0x10, 0xE1, 99,   0xCE,
                                   0xC8, 0xFB, 0x2E, 0,    0,    0x35, 0x0A, 0,    0,    0x4E, 0x84};

    s1.extended = true;
    s1.soc_pct = 68u;
    s1.soh_pct = 99u;
    s1.charged_mah = 1234499;
    s1.discharged_mah = 4320500;
    s1.port_mv = 52936;
    s1.port_ma = -12340;
    s1.system_left_mah = 135780;
    s1.system_mah = 201000;
    frame.size = write_info(frame.info, 1u, &s1, 1u, LBMS_PACE_VALUES_SYSTEM);
    ck_assert_uint_eq(frame.size, 2u + LBMS_PACE_VALUES_SIZE(LBMS_PACE_VALUES_SYSTEM));
    ck_assert_uint_eq(frame.info[2u + BASE - 7u], 9u); /* P */
    ck_assert_mem_eq(&frame.info[2u + BASE], tail, sizeof(tail));
    read_block(&frame, 2u, 81u, &v);
    ck_assert(v.extended);
    ck_assert_int_eq(v.charged_mah, 1234000);
    ck_assert_int_eq(v.discharged_mah, 4321000);
    ck_assert_int_eq(v.port_ma, -12340);
    ck_assert_int_eq(v.system_mah, 201000);

    frame.size = write_info(frame.info, 1u, &s1, 1u, LBMS_PACE_VALUES_EXTENDED);
    ck_assert_uint_eq(frame.size, 2u + LBMS_PACE_VALUES_SIZE(LBMS_PACE_VALUES_EXTENDED));
    read_block(&frame, 2u, 73u, &v);
    ck_assert_uint_eq(v.soh_pct, 99u);
    ck_assert_int_eq(v.system_mah, 0);
}
END_TEST

START_TEST(packs_with_other_numbers_of_cells_and_sensors_are_read)
{
    /* 3 cells, 2 temperatures: MOSFET and environment; then 18 cells and 8 temperatures */
    static const uint8_t small[] = {3,    0x0C, 0xE5, 0x0C, 0xE6, 0x0C, 0xE7, 2,    0x0B,
                                    0xE0, 0x0B, 0xBB, 0x00, 0x0A, 0x26, 0xB2, 0x00, 0x64,
                                    3,    0x00, 0xC8, 0,    7,    0x00, 0xC8};
    uint8_t large[1u + 36u + 1u + 16u + 6u + 7u];
    struct lbms_pack_values v;
    struct lbms_reader in;
    unsigned i;

    lbms_reader_init(&in, small, sizeof(small));
    lbms_pace_get_values(&in, sizeof(small), &v);
    ck_assert(!in.failed);
    ck_assert_uint_eq(v.cells, 3u);
    ck_assert_uint_eq(v.cell_mv[2], 3303u);
    ck_assert_uint_eq(v.cell_mv[3], 0u);
    ck_assert_int_eq(v.temp_dc[0], LBMS_TEMP_OPEN);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_MOSFET], 310);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_AMBIENT], 273);
    ck_assert_uint_eq(v.cycles, 7u);

    memset(large, 0, sizeof(large));
    large[0] = 18u;
    large[37] = 8u;
    for (i = 0; i < 8u; i++) {
        large[38u + 2u * i] = 0x0Bu;
        large[39u + 2u * i] = (uint8_t)i;
    }
    lbms_reader_init(&in, large, sizeof(large));
    lbms_pace_get_values(&in, sizeof(large), &v);
    ck_assert(!in.failed);
    ck_assert_uint_eq(v.cells, 16u);
    ck_assert_uint_eq(v.temps, 6u);
    ck_assert_int_eq(v.temp_dc[3], 0x0B03 - 2730);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_MOSFET], 0x0B06 - 2730);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_AMBIENT], 0x0B07 - 2730);
}
END_TEST

START_TEST(a_pack_that_lies_about_p_is_read_by_its_length)
{
    /* seen in the field: P = 3, and yet the 14 further bytes */
    struct lbms_pack_values s1 = frame_values_s1();
    struct lbms_pack_values v;
    struct frame frame;

    s1.soc_pct = 68u;
    frame.size = write_info(frame.info, 1u, &s1, 1u, LBMS_PACE_VALUES_EXTENDED);
    frame.info[2u + BASE - 7u] = 3u;
    read_block(&frame, 2u, 73u, &v);
    ck_assert(v.extended);
    ck_assert_uint_eq(v.soc_pct, 68u);
}
END_TEST

START_TEST(a_block_of_any_other_length_is_refused)
{
    struct lbms_pack_values s1 = frame_values_s1();
    struct lbms_pack_values v;
    uint8_t info[2u + 81u + 20u];
    size_t size;

    memset(info, 0, sizeof(info));
    (void)write_info(info, 1u, &s1, 1u, LBMS_PACE_VALUES_SYSTEM);
    for (size = 0; size <= 100u; size++) {
        struct lbms_reader in;

        lbms_reader_init(&in, info + 2, size); /* truncated */
        lbms_pace_get_values(&in, size, &v);
        ck_assert_int_eq(!in.failed, size == BASE || size == 73u || size == 81u);
        lbms_reader_init(&in, info + 2, 101u); /* or with more behind it */
        lbms_pace_get_values(&in, size, &v);
        ck_assert_int_eq(!in.failed, size == BASE || size == 73u || size == 81u);
    }
}
END_TEST

START_TEST(impossible_numbers_of_cells_or_sensors_are_refused)
{
    struct lbms_pack_values s1 = frame_values_s1();
    struct lbms_pack_values v;
    uint8_t info[200];
    struct lbms_reader in;

    memset(info, 0, sizeof(info));
    (void)write_info(info, 1u, &s1, 1u, LBMS_PACE_VALUES_BASE);
    info[2] = 33u;
    lbms_reader_init(&in, info + 2, BASE + 34u);
    lbms_pace_get_values(&in, BASE + 34u, &v);
    ck_assert(in.failed);
    info[2] = 16u;
    info[2u + 33u] = 17u;
    lbms_reader_init(&in, info + 2, BASE + 22u);
    lbms_pace_get_values(&in, BASE + 22u, &v);
    ck_assert(in.failed);
}
END_TEST

SUITE("link/pace_values", CASE("R-COM-07", the_captured_frame_in_both_directions),
      CASE("R-COM-07", the_official_frames_in_both_directions),
      CASE("R-COM-07", the_reference_pack_gives_the_frames_of_the_document),
      CASE("", the_longer_layouts_carry_soc_totals_and_port),
      CASE("", packs_with_other_numbers_of_cells_and_sensors_are_read),
      CASE("", a_pack_that_lies_about_p_is_read_by_its_length),
      CASE("", a_block_of_any_other_length_is_refused),
      CASE("", impossible_numbers_of_cells_or_sensors_are_refused))
