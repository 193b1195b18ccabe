#include "losun_bms/store/record.h"

#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/fixed.h"
#include "losun_bms/base/status.h"
#include "losun_bms/model/bits.h"

/* First byte: kind in the low bits, so it is never 0xFF. */
#define WALL_BIT  0x80u
#define KIND_MASK 0x1Fu

/* Temperatures in 12 bits, from -100.0 degC on. */
#define TEMP_BITS     12u
#define TEMP_BIAS_DC  1000
#define TEMP_MOST     0xFFF
#define CAPACITY_UNIT 10
#define INT24_MAX     0x7FFFFF
#define SPREAD_MAX    0xFFu
#define CELL_BITS     5u
#define SHIFT_MAX     7u

/* Words of 24 and 16 bits hold all bits. */
typedef char bits_fit[(LBMS_BIT_COUNT <= 24 && LBMS_FAULT_COUNT <= 16) ? 1 : -1];

static void put_24(struct lbms_writer *writer, uint32_t bits)
{
    lbms_put_u16le(writer, (uint16_t)bits);
    lbms_put_u8(writer, (uint8_t)(bits >> 16));
}

static void put_signed_24(struct lbms_writer *writer, int32_t value)
{
    put_24(writer, (uint32_t)lbms_clamp_i32(value, -INT24_MAX - 1, INT24_MAX));
}

static uint32_t get_24(struct lbms_reader *reader)
{
    const uint32_t low = lbms_get_u16le(reader);

    return low | ((uint32_t)lbms_get_u8(reader) << 16);
}

static int32_t get_signed_24(struct lbms_reader *reader)
{
    const int32_t bits = (int32_t)get_24(reader);

    return (bits > INT24_MAX) ? (bits - (2 * (INT24_MAX + 1))) : bits;
}

static void put_limited_16(struct lbms_writer *writer, int32_t value)
{
    lbms_put_u16le(writer, (uint16_t)lbms_clamp_i32(value, 0, UINT16_MAX));
}

/* Lowest cell, and the distance of each from it, in steps of 1, 2, 4 ... mV. */
static void put_cells(struct lbms_writer *writer, const struct lbms_record *record)
{
    uint16_t lowest = UINT16_MAX;
    uint16_t highest = 0u;
    unsigned shift = 0u;
    size_t i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        lowest = (record->cell_mv[i] < lowest) ? record->cell_mv[i] : lowest;
        highest = (record->cell_mv[i] > highest) ? record->cell_mv[i] : highest;
    }
    while (((((unsigned)highest - lowest) >> shift) > SPREAD_MAX) && (shift < SHIFT_MAX)) {
        shift++;
    }
    lbms_put_u8(writer, (uint8_t)((record->cell & LBMS_RECORD_NO_CELL) | (shift << CELL_BITS)));
    lbms_put_u16le(writer, lowest);
    for (i = 0u; i < LBMS_CELLS; i++) {
        const unsigned step = ((unsigned)record->cell_mv[i] - lowest) >> shift;

        lbms_put_u8(writer, (uint8_t)((step < SPREAD_MAX) ? step : SPREAD_MAX));
    }
}

static void get_cells(struct lbms_reader *reader, struct lbms_record *record)
{
    const unsigned first = lbms_get_u8(reader);
    const unsigned lowest = lbms_get_u16le(reader);
    size_t i;

    record->cell = (uint8_t)(first & LBMS_RECORD_NO_CELL);
    for (i = 0u; i < LBMS_CELLS; i++) {
        record->cell_mv[i] = (uint16_t)(lowest + ((unsigned)lbms_get_u8(reader) << (first >> CELL_BITS)));
    }
}

/* Two of 12 bits in three bytes. */
static void put_temps(struct lbms_writer *writer, int16_t first_dc, int16_t second_dc)
{
    const int32_t first = lbms_clamp_i32(first_dc + TEMP_BIAS_DC, 0, TEMP_MOST);
    const int32_t second = lbms_clamp_i32(second_dc + TEMP_BIAS_DC, 0, TEMP_MOST);

    put_24(writer, (uint32_t)first | ((uint32_t)second << TEMP_BITS));
}

static void get_temps(struct lbms_reader *reader, int16_t *first_dc, int16_t *second_dc)
{
    const uint32_t both = get_24(reader);

    *first_dc = (int16_t)((int32_t)(both & TEMP_MOST) - TEMP_BIAS_DC);
    *second_dc = (int16_t)((int32_t)(both >> TEMP_BITS) - TEMP_BIAS_DC);
}

void lbms_record_pack(const struct lbms_record *record, uint8_t *content)
{
    struct lbms_writer writer;

    lbms_writer_init(&writer, content, LBMS_LOG_CONTENT);
    lbms_put_u8(&writer, (uint8_t)((record->kind & KIND_MASK) | (record->wall ? WALL_BIT : 0u)));
    lbms_put_u8(&writer, record->code);
    lbms_put_u32le(&writer, record->time_s);
    put_cells(&writer, record);
    put_temps(&writer, record->ntc_dc[0], record->ntc_dc[1]);
    put_temps(&writer, record->ntc_dc[2], record->ntc_dc[3]);
    put_temps(&writer, record->mosfet_dc, record->ambient_dc);
    put_signed_24(&writer, record->current_ma);
    put_limited_16(&writer, record->pack_mv);
    put_limited_16(&writer, record->remaining_mah / CAPACITY_UNIT);
    put_limited_16(&writer, record->capacity_mah / CAPACITY_UNIT);
    lbms_put_u16le(&writer, record->cycles);
    put_24(&writer, record->alarms);
    put_24(&writer, record->protections);
    lbms_put_u16le(&writer, (uint16_t)record->faults);
    lbms_put_u16le(&writer, record->state);
    lbms_put_u8(&writer, (uint8_t)((record->mode & 0x0Fu) | ((unsigned)record->closed << 4)));
    put_signed_24(&writer, record->value);
    put_signed_24(&writer, record->threshold);
}

int lbms_record_unpack(struct lbms_record *record, const uint8_t *content)
{
    struct lbms_reader reader;
    unsigned byte;

    memset(record, 0, sizeof(*record));
    lbms_reader_init(&reader, content, LBMS_LOG_CONTENT);
    byte = lbms_get_u8(&reader);
    record->kind = (uint8_t)(byte & KIND_MASK);
    record->wall = (byte & WALL_BIT) != 0u;
    record->code = lbms_get_u8(&reader);
    record->time_s = lbms_get_u32le(&reader);
    get_cells(&reader, record);
    get_temps(&reader, &record->ntc_dc[0], &record->ntc_dc[1]);
    get_temps(&reader, &record->ntc_dc[2], &record->ntc_dc[3]);
    get_temps(&reader, &record->mosfet_dc, &record->ambient_dc);
    record->current_ma = get_signed_24(&reader);
    record->pack_mv = (int32_t)lbms_get_u16le(&reader);
    record->remaining_mah = (int32_t)lbms_get_u16le(&reader) * CAPACITY_UNIT;
    record->capacity_mah = (int32_t)lbms_get_u16le(&reader) * CAPACITY_UNIT;
    record->cycles = lbms_get_u16le(&reader);
    record->alarms = get_24(&reader);
    record->protections = get_24(&reader);
    record->faults = lbms_get_u16le(&reader);
    record->state = lbms_get_u16le(&reader);
    byte = lbms_get_u8(&reader);
    record->mode = (uint8_t)(byte & 0x0Fu);
    record->closed = (uint8_t)(byte >> 4);
    record->value = get_signed_24(&reader);
    record->threshold = get_signed_24(&reader);
    return ((record->kind == (uint8_t)LBMS_RECORD_NONE) || (record->kind >= (uint8_t)LBMS_RECORD_KIND_COUNT))
               ? LBMS_ERR_FORMAT
               : LBMS_OK;
}
