/* Event records in 62 bytes. */
#include "losun_bms/store/record.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "support/suite.h"

static struct lbms_record sample_record(void)
{
    struct lbms_record r;
    unsigned i;

    memset(&r, 0, sizeof(r));
    r.time_s = 1798761600u; /* 2027-01-01 */
    r.wall = true;
    r.kind = LBMS_RECORD_PROTECTION;
    r.code = 7u;
    r.cell = 13u;
    r.value = -153200;
    r.threshold = -110000;
    for (i = 0u; i < LBMS_CELLS; i++) {
        r.cell_mv[i] = (uint16_t)(3200u + 17u * i); /* 255 mV apart */
    }
    r.ntc_dc[0] = -1000;
    r.ntc_dc[1] = 251;
    r.ntc_dc[2] = 3095;
    r.ntc_dc[3] = 0;
    r.mosfet_dc = 1050;
    r.ambient_dc = -201;
    r.pack_mv = 53220;
    r.current_ma = -153201;
    r.remaining_mah = 65430;
    r.capacity_mah = 100010;
    r.cycles = 4321u;
    r.alarms = 0xA5A5A5u;
    r.protections = 0x5A5A5Au;
    r.faults = 0xFEDCu;
    r.state = 0x1234u;
    r.mode = 9u;
    r.closed = 0xDu;
    return r;
}

static void same(const struct lbms_record *a, const struct lbms_record *b)
{
    ck_assert_uint_eq(a->time_s, b->time_s);
    ck_assert_int_eq(a->wall, b->wall);
    ck_assert_uint_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->code, b->code);
    ck_assert_uint_eq(a->cell, b->cell);
    ck_assert_int_eq(a->value, b->value);
    ck_assert_int_eq(a->threshold, b->threshold);
    ck_assert_mem_eq(a->cell_mv, b->cell_mv, sizeof(a->cell_mv));
    ck_assert_mem_eq(a->ntc_dc, b->ntc_dc, sizeof(a->ntc_dc));
    ck_assert_int_eq(a->mosfet_dc, b->mosfet_dc);
    ck_assert_int_eq(a->ambient_dc, b->ambient_dc);
    ck_assert_int_eq(a->pack_mv, b->pack_mv);
    ck_assert_int_eq(a->current_ma, b->current_ma);
    ck_assert_int_eq(a->remaining_mah, b->remaining_mah);
    ck_assert_int_eq(a->capacity_mah, b->capacity_mah);
    ck_assert_uint_eq(a->cycles, b->cycles);
    ck_assert_uint_eq(a->alarms, b->alarms);
    ck_assert_uint_eq(a->protections, b->protections);
    ck_assert_uint_eq(a->faults, b->faults);
    ck_assert_uint_eq(a->state, b->state);
    ck_assert_uint_eq(a->mode, b->mode);
    ck_assert_uint_eq(a->closed, b->closed);
}

static struct lbms_record back(const struct lbms_record *record)
{
    uint8_t content[LBMS_LOG_CONTENT];
    struct lbms_record result;

    memset(content, 0x5A, sizeof(content));
    memset(&result, 0x5A, sizeof(result));
    lbms_record_pack(record, content);
    ck_assert_uint_ne(content[0], 0xFFu);
    ck_assert_int_eq(lbms_record_unpack(&result, content), LBMS_OK);
    ck_assert_uint_eq(result.number, 0u);
    return result;
}

START_TEST(a_record_comes_back_as_it_was)
{
    struct lbms_record r = sample_record();
    struct lbms_record b = back(&r);

    same(&r, &b);
    r.wall = false;
    r.cell = LBMS_RECORD_NO_CELL;
    r.value = 8388607;
    r.threshold = -8388608;
    r.current_ma = 499999;
    b = back(&r);
    same(&r, &b);
}
END_TEST

START_TEST(the_layout_is_the_documented_one)
{
    /* docs/flash-format.md; computed by hand from the values of sample_record() */
    static const uint8_t expected[LBMS_LOG_CONTENT] = {
        0x83, 0x07, 0x80, 0xEC, 0x36, 0x6B,                   /* kind and clock, code, time */
        0x0D, 0x80, 0x0C,                                     /* cell, no shift; 3200 mV */
        0,    17,   34,   51,   68,   85,   102,  119,        /* cells */
        136,  153,  170,  187,  204,  221,  238,  255,        /**/
        0x00, 0x30, 0x4E, 0xFF, 0x8F, 0x3E, 0x02, 0xF8, 0x31, /* 0, 1251; 4095, 1000; 2050, 799 */
        0x8F, 0xA9, 0xFD,                                     /* -153201 mA */
        0xE4, 0xCF,                                           /* 53220 mV */
        0x8F, 0x19,                                           /* 6543 x 10 mAh */
        0x11, 0x27,                                           /* 10001 x 10 mAh */
        0xE1, 0x10,                                           /* 4321 cycles */
        0xA5, 0xA5, 0xA5, 0x5A, 0x5A, 0x5A, 0xDC, 0xFE,       /* alarms, protections, faults */
        0x34, 0x12, 0xD9,                                     /* state, mode and switches */
        0x90, 0xA9, 0xFD, 0x50, 0x52, 0xFE,                   /* -153200, -110000 */
    };
    const struct lbms_record r = sample_record();
    uint8_t content[LBMS_LOG_CONTENT];

    lbms_record_pack(&r, content);
    ck_assert_mem_eq(content, expected, sizeof(expected));
}
END_TEST

START_TEST(cells_far_apart_lose_resolution_and_nothing_else)
{
    static const struct {
        uint16_t spread;
        uint16_t step;
    } cases[] = {{254u, 1u},  {255u, 1u},  {256u, 2u},   {511u, 2u},    {512u, 4u},
                 {1023u, 4u}, {1024u, 8u}, {3600u, 16u}, {32767u, 128u}};
    size_t i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lbms_record r = sample_record();
        struct lbms_record b;
        unsigned cell;

        for (cell = 0u; cell < LBMS_CELLS; cell++) {
            r.cell_mv[cell] = (uint16_t)(100u + cases[i].spread * cell / (LBMS_CELLS - 1u));
        }
        b = back(&r);
        ck_assert_uint_eq(b.cell_mv[0], 100u);
        for (cell = 0u; cell < LBMS_CELLS; cell++) {
            ck_assert_uint_le(b.cell_mv[cell], r.cell_mv[cell]);
            ck_assert_uint_lt(r.cell_mv[cell] - b.cell_mv[cell], cases[i].step);
        }
        ck_assert_uint_eq(b.cell, r.cell);
    }
}
END_TEST

START_TEST(values_beyond_their_field_are_limited)
{
    struct lbms_record r = sample_record();
    struct lbms_record b;

    r.cell_mv[0] = 0u;
    r.cell_mv[15] = 65535u;
    r.ntc_dc[0] = -1001;
    r.ntc_dc[1] = 3096;
    r.mosfet_dc = INT16_MIN;
    r.ambient_dc = INT16_MAX;
    r.pack_mv = 65536;
    r.current_ma = INT32_MIN;
    r.remaining_mah = -10;
    r.capacity_mah = 655360;
    r.value = 8388608;
    r.threshold = INT32_MIN;
    b = back(&r);
    ck_assert_uint_eq(b.cell_mv[0], 0u);
    ck_assert_uint_eq(b.cell_mv[15], 255u * 128u);
    ck_assert_int_eq(b.ntc_dc[0], -1000);
    ck_assert_int_eq(b.ntc_dc[1], 3095);
    ck_assert_int_eq(b.mosfet_dc, -1000);
    ck_assert_int_eq(b.ambient_dc, 3095);
    ck_assert_int_eq(b.pack_mv, 65535);
    ck_assert_int_eq(b.current_ma, -8388608);
    ck_assert_int_eq(b.remaining_mah, 0);
    ck_assert_int_eq(b.capacity_mah, 655350);
    ck_assert_int_eq(b.value, 8388607);
    ck_assert_int_eq(b.threshold, -8388608);
}
END_TEST

START_TEST(a_kind_that_is_not_known_is_refused)
{
    struct lbms_record r = sample_record();
    uint8_t content[LBMS_LOG_CONTENT];
    unsigned kind;

    lbms_record_pack(&r, content);
    for (kind = 0u; kind < 32u; kind++) {
        content[0] = (uint8_t)(0x80u | kind);
        ck_assert_int_eq(lbms_record_unpack(&r, content),
                         (kind >= 1u && kind <= 24u) ? LBMS_OK : LBMS_ERR_FORMAT);
    }
}
END_TEST

SUITE("store/record", CASE("R-PRM-05", a_record_comes_back_as_it_was),
      CASE("", the_layout_is_the_documented_one), CASE("", cells_far_apart_lose_resolution_and_nothing_else),
      CASE("", values_beyond_their_field_are_limited), CASE("", a_kind_that_is_not_known_is_refused))
