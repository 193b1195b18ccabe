#include "losun_bms/link/pace/own.h"

#include <string.h>

#include "losun_bms/link/fields.h"

#define ROWS(table) (table), (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
#define OF struct lbms_record
static const struct lbms_field event_begin[] = {
    LBMS_FIELD(OF, number, I32, S32, ONE),
    LBMS_FIELD(OF, time_s, I32, S32, ONE),
    LBMS_FIELD(OF, kind, U8, U8, ONE),
    LBMS_FIELD(OF, code, U8, U8, ONE),
    LBMS_FIELD(OF, cell, U8, U8, ONE),
    LBMS_FIELD(OF, value, I32, S32, ONE),
    LBMS_FIELD(OF, threshold, I32, S32, ONE),
};
static const struct lbms_field event_values[] = {
    LBMS_FIELDS(OF, cell_mv, U16, U16, ONE, LBMS_CELLS),
    LBMS_FIELDS(OF, ntc_dc, I16, S16, ONE, LBMS_NTCS),
    LBMS_FIELD(OF, mosfet_dc, I16, S16, ONE),
    LBMS_FIELD(OF, ambient_dc, I16, S16, ONE),
};
static const struct lbms_field event_end[] = {
    LBMS_FIELD(OF, pack_mv, I32, U16, ONE),
    LBMS_FIELD(OF, current_ma, I32, S32, ONE),
    LBMS_FIELD(OF, remaining_mah, I32, U16, 10),
    LBMS_FIELD(OF, capacity_mah, I32, U16, 10),
    LBMS_FIELD(OF, cycles, U16, U16, ONE),
    LBMS_FIELD(OF, alarms, I32, S32, ONE),
    LBMS_FIELD(OF, protections, I32, S32, ONE),
    LBMS_FIELD(OF, faults, I32, U16, ONE),
    LBMS_FIELD(OF, state, U16, U16, ONE),
    LBMS_FIELD(OF, mode, U8, U8, ONE),
    LBMS_FIELD(OF, closed, U8, U8, ONE),
};
#undef OF

#define OF struct lbms_port_counters
static const struct lbms_field counters[] = {
    LBMS_FIELD(OF, frames, U16, U16, ONE),
    LBMS_FIELD(OF, damaged, U16, U16, ONE),
    LBMS_FIELD(OF, malformed, U16, U16, ONE),
    LBMS_FIELD(OF, refused, U16, U16, ONE),
};
#undef OF
/* clang-format on */

void lbms_pace_put_items(struct lbms_writer *out, const struct lbms_param_item *items, uint8_t count)
{
    uint8_t i;

    for (i = 0u; i < count; i++) {
        lbms_put_u16be(out, items[i].id);
        lbms_put_value(out, items[i].value, LBMS_WIRE_S32, LBMS_SCALE_ONE);
    }
}

uint8_t lbms_pace_get_items(struct lbms_reader *in, struct lbms_param_item *items)
{
    const size_t size = lbms_reader_remaining(in);
    uint8_t count = 0u;

    if ((size > (LBMS_PACE_ITEM_SIZE * LBMS_PARAM_ITEMS_MAX)) || ((size % LBMS_PACE_ITEM_SIZE) != 0u)) {
        return 0u;
    }
    while (lbms_reader_remaining(in) > 0u) {
        items[count].id = lbms_get_u16be(in);
        items[count].value = lbms_get_value(in, LBMS_WIRE_S32, LBMS_SCALE_ONE);
        count++;
    }
    return count;
}

void lbms_pace_put_event(struct lbms_writer *out, const struct lbms_record *record)
{
    lbms_put_u8(out, record->wall ? 1u : 0u);
    lbms_put_fields(out, ROWS(event_begin), record);
    lbms_put_fields(out, ROWS(event_values), record);
    lbms_put_fields(out, ROWS(event_end), record);
}

void lbms_pace_get_event(struct lbms_reader *in, struct lbms_record *record)
{
    memset(record, 0, sizeof(*record));
    record->wall = lbms_get_u8(in) != 0u;
    lbms_get_fields(in, ROWS(event_begin), record);
    lbms_get_fields(in, ROWS(event_values), record);
    lbms_get_fields(in, ROWS(event_end), record);
}

void lbms_pace_put_counters(struct lbms_writer *out, const struct lbms_port_counters *ports)
{
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        lbms_put_fields(out, ROWS(counters), &ports[i]);
    }
}

void lbms_pace_get_counters(struct lbms_reader *in, struct lbms_port_counters *ports)
{
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        lbms_get_fields(in, ROWS(counters), &ports[i]);
    }
}
