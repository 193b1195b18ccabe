#include "losun_bms/link/pace/codec.h"

#include <string.h>

#include "losun_bms/base/calendar.h"
#include "losun_bms/link/fields.h"
#include "status.h"

/* No pack on the market has more. */
#define CELLS_MOST 32u
#define TEMPS_MOST 16u

/* P: number of user-defined items. */
#define ITEMS_BASE     3u
#define ITEMS_EXTENDED 9u

#define ROWS(table) (table), (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
#define OF struct lbms_pack_values
static const struct lbms_field before_items[] = {
    LBMS_FIELD(OF, current_ma, I32, S16, 10),
    LBMS_FIELD(OF, pack_mv, I32, U16, ONE),
    LBMS_FIELD(OF, remaining_mah, I32, U16, 10),
};
static const struct lbms_field items[] = {
    LBMS_FIELD(OF, full_mah, I32, U16, 10),
    LBMS_FIELD(OF, cycles, U16, U16, ONE),
    LBMS_FIELD(OF, design_mah, I32, U16, 10),
};
static const struct lbms_field items_extended[] = {
    LBMS_FIELD(OF, soc_pct, U8, U8, ONE),
    LBMS_FIELD(OF, charged_mah, I32, U32, AMPERE),
    LBMS_FIELD(OF, discharged_mah, I32, U32, AMPERE),
    LBMS_FIELD(OF, soh_pct, U8, U8, ONE),
    LBMS_FIELD(OF, port_mv, I32, U16, ONE),
    LBMS_FIELD(OF, port_ma, I32, S16, 10),
};
static const struct lbms_field capacities[] = {
    LBMS_FIELD(OF, remaining_mah, I32, U16, 10),
    LBMS_FIELD(OF, full_mah, I32, U16, 10),
    LBMS_FIELD(OF, design_mah, I32, U16, 10),
};
static const struct lbms_field items_system[] = {
    LBMS_FIELD(OF, system_left_mah, I32, U32, 10),
    LBMS_FIELD(OF, system_mah, I32, U32, 10),
};
#undef OF

#define OF struct lbms_record
static const struct lbms_field record_temps[] = {
    LBMS_FIELDS(OF, ntc_dc, I16, U16, KELVIN, LBMS_NTCS),
    LBMS_FIELD(OF, mosfet_dc, I16, U16, KELVIN),
    LBMS_FIELD(OF, ambient_dc, I16, U16, KELVIN),
};
static const struct lbms_field record_cells[] = {
    LBMS_FIELDS(OF, cell_mv, U16, U16, ONE, LBMS_CELLS),
};
static const struct lbms_field record_values[] = {
    LBMS_FIELD(OF, current_ma, I32, S16, 10),
    LBMS_FIELD(OF, pack_mv, I32, U16, ONE),
    LBMS_FIELD(OF, remaining_mah, I32, U16, 10),
    LBMS_FIELD(OF, capacity_mah, I32, U16, 10),
};
#undef OF
/* clang-format on */

/* ---- 42H ---------------------------------------------------------------------------------------------------- */

void lbms_pace_put_values(struct lbms_writer *out, const struct lbms_pack_values *values, uint8_t layout)
{
    uint8_t cells[1u + (2u * LBMS_CELLS)]; /* most of a reply: put at once */
    uint8_t i;

    cells[0] = values->cells;
    for (i = 0u; i < values->cells; i++) {
        cells[1u + (2u * i)] = (uint8_t)(values->cell_mv[i] >> 8);
        cells[2u + (2u * i)] = (uint8_t)(values->cell_mv[i] & 0xFFu);
    }
    lbms_put_bytes(out, cells, 1u + (2u * (size_t)values->cells));
    lbms_put_u8(out, values->temps);
    for (i = 0u; i < values->temps; i++) {
        lbms_put_value(out, values->temp_dc[i], LBMS_WIRE_U16, LBMS_SCALE_KELVIN);
    }
    lbms_put_fields(out, ROWS(before_items), values);
    lbms_put_u8(out, (layout == (uint8_t)LBMS_PACE_VALUES_BASE) ? ITEMS_BASE : ITEMS_EXTENDED);
    lbms_put_fields(out, ROWS(items), values);
    if (layout != (uint8_t)LBMS_PACE_VALUES_BASE) {
        lbms_put_fields(out, ROWS(items_extended), values);
    }
    if (layout == (uint8_t)LBMS_PACE_VALUES_SYSTEM) {
        lbms_put_fields(out, ROWS(items_system), values);
    }
}

/* The last two of `count` temperatures are those of MOSFET and board, however many there are before. */
static uint8_t temp_place(uint8_t index, uint8_t count)
{
    if ((index + 2u) >= count) {
        return (uint8_t)((LBMS_PACK_TEMPS + index) - count);
    }
    return (index < LBMS_NTCS) ? index : (uint8_t)LBMS_PACK_TEMPS;
}

static uint8_t get_count(struct lbms_reader *in, uint8_t most)
{
    const uint8_t count = lbms_get_u8(in);

    if (count > most) {
        in->failed = true;
        return 0u;
    }
    return count;
}

static void get_temps(struct lbms_reader *in, struct lbms_pack_values *values)
{
    const uint8_t count = get_count(in, TEMPS_MOST);
    uint8_t i;

    for (i = 0u; i < LBMS_PACK_TEMPS; i++) {
        values->temp_dc[i] = (int16_t)lbms_from_wire(0x8000u, LBMS_WIRE_U16, LBMS_SCALE_KELVIN);
    }
    for (i = 0u; i < count; i++) {
        const int32_t value = lbms_get_value(in, LBMS_WIRE_U16, LBMS_SCALE_KELVIN);
        const uint8_t place = temp_place(i, count);

        if (place < LBMS_PACK_TEMPS) {
            values->temp_dc[place] = (int16_t)((value > INT16_MAX) ? INT16_MAX : value);
        }
    }
    values->temps = (uint8_t)((count < LBMS_PACK_TEMPS) ? count : LBMS_PACK_TEMPS);
}

void lbms_pace_get_values(struct lbms_reader *in, size_t size, struct lbms_pack_values *values)
{
    const size_t end = in->position + size;
    uint8_t count;
    uint8_t i;

    memset(values, 0, sizeof(*values));
    count = get_count(in, CELLS_MOST);
    for (i = 0u; i < count; i++) {
        const uint16_t mv = lbms_get_u16be(in);

        if (i < LBMS_CELLS) {
            values->cell_mv[i] = mv;
        }
    }
    values->cells = (uint8_t)((count < LBMS_CELLS) ? count : LBMS_CELLS);
    get_temps(in, values);
    lbms_get_fields(in, ROWS(before_items), values);
    (void)lbms_get_u8(in);
    lbms_get_fields(in, ROWS(items), values);
    if (!in->failed && (in->position < end)) {
        values->extended = true;
        lbms_get_fields(in, ROWS(items_extended), values);
        if (in->position < end) {
            lbms_get_fields(in, ROWS(items_system), values);
        }
    }
    if (!in->failed && (in->position != end)) {
        in->failed = true;
    }
}

/* ---- 44H ---------------------------------------------------------------------------------------------------- */

void lbms_pace_put_state(struct lbms_writer *out, const struct lbms_pack_state *state, uint8_t extension)
{
    uint8_t i;

    lbms_put_u8(out, LBMS_CELLS);
    for (i = 0u; i < LBMS_CELLS; i++) {
        lbms_put_u8(out, lbms_pace_warning(state->cells_high, state->cells_low, state->cells_lost, i));
    }
    lbms_put_u8(out, LBMS_PACK_TEMPS);
    for (i = 0u; i < LBMS_PACK_TEMPS; i++) {
        lbms_put_u8(out, lbms_pace_warning(state->temps_high, state->temps_low, state->temps_lost, i));
    }
    lbms_pace_put_channels(out, state);
    lbms_put_u8(out, lbms_pace_status(state, LBMS_PACE_PROTECTION_1));
    lbms_put_u8(out, lbms_pace_status(state, LBMS_PACE_PROTECTION_2));
    lbms_put_u8(out, lbms_pace_indication(state));
    lbms_put_u8(out, lbms_pace_control_status(state->functions));
    lbms_put_u8(out, lbms_pace_status(state, LBMS_PACE_FAULT_5));
    lbms_put_u8(out, (uint8_t)(state->balance_mask & 0xFFu));
    lbms_put_u8(out, (uint8_t)(state->balance_mask >> 8));
    lbms_put_u8(out, lbms_pace_status(state, LBMS_PACE_WARNING_1));
    lbms_put_u8(out, lbms_pace_status(state, LBMS_PACE_WARNING_2));
    for (i = 0u; i < extension; i++) { /* behind fault status 8 comes what this product does not have */
        lbms_put_u8(out, (i == 0u) ? lbms_pace_status(state, LBMS_PACE_FAULT_8) : 0u);
    }
}

void lbms_pace_get_state(struct lbms_reader *in, size_t size, struct lbms_pack_state *state)
{
    const size_t end = in->position + size;
    uint8_t count;
    uint8_t i;

    memset(state, 0, sizeof(*state));
    count = get_count(in, CELLS_MOST);
    for (i = 0u; i < count; i++) {
        lbms_pace_take_cell(state, i, lbms_get_u8(in));
    }
    count = get_count(in, TEMPS_MOST);
    for (i = 0u; i < count; i++) {
        lbms_pace_take_temp(state, temp_place(i, count), lbms_get_u8(in));
    }
    lbms_reader_skip(in,
                     3u); /* charge current, voltage, discharge current: told by the status bytes as well */
    lbms_pace_take_status(state, LBMS_PACE_PROTECTION_1, lbms_get_u8(in));
    lbms_pace_take_status(state, LBMS_PACE_PROTECTION_2, lbms_get_u8(in));
    lbms_pace_take_indication(state, lbms_get_u8(in));
    lbms_pace_take_control(state, lbms_get_u8(in));
    lbms_pace_take_status(state, LBMS_PACE_FAULT_5, lbms_get_u8(in));
    state->balance_mask = lbms_get_u8(in);
    state->balance_mask = (uint16_t)(state->balance_mask | ((unsigned)lbms_get_u8(in) << 8));
    lbms_pace_take_status(state, LBMS_PACE_WARNING_1, lbms_get_u8(in));
    lbms_pace_take_status(state, LBMS_PACE_WARNING_2, lbms_get_u8(in));
    if (!in->failed && (in->position < end)) {
        lbms_pace_take_status(state, LBMS_PACE_FAULT_8, lbms_get_u8(in));
    }
    if (in->failed || (in->position > end)) {
        in->failed = true;
        return;
    }
    lbms_reader_skip(in, end - in->position);
}

/* ---- time and records --------------------------------------------------------------------------------------- */

void lbms_pace_put_time(struct lbms_writer *out, uint32_t seconds)
{
    struct lbms_date date;

    lbms_date_of((seconds < LBMS_PACE_NO_TIME) ? LBMS_PACE_NO_TIME : seconds, &date);
    lbms_put_u8(out, (uint8_t)(date.year - 2000u));
    lbms_put_u8(out, date.month);
    lbms_put_u8(out, date.day);
    lbms_put_u8(out, date.hour);
    lbms_put_u8(out, date.minute);
    lbms_put_u8(out, date.second);
}

bool lbms_pace_get_time(struct lbms_reader *in, uint32_t *seconds)
{
    struct lbms_date date;

    date.year = (uint16_t)(2000u + lbms_get_u8(in));
    date.month = lbms_get_u8(in);
    date.day = lbms_get_u8(in);
    date.hour = lbms_get_u8(in);
    date.minute = lbms_get_u8(in);
    date.second = lbms_get_u8(in);
    return !in->failed && lbms_date_seconds(&date, seconds);
}

/* The states of a record, as those of a pack: so that both are told by the same tables. */
static void record_state(const struct lbms_record *record, struct lbms_pack_state *state)
{
    memset(state, 0, sizeof(*state));
    state->alarms = record->alarms;
    state->protections = record->protections;
    state->faults = record->faults;
    state->state = record->state;
    state->closed = record->closed;
    if (record->mode == (uint8_t)LBMS_MODE_DISCHARGING) {
        state->flow = LBMS_FLOW_DISCHARGE;
    } else if (record->mode == (uint8_t)LBMS_MODE_CHARGING) {
        state->flow = LBMS_FLOW_CHARGE;
    } else {
        state->stopping = record->mode == (uint8_t)LBMS_MODE_STOPPING;
    }
}

#define NOT_USED      0xFFu
#define POWER_ON      0x0001u
#define UNUSED_RECORD 0xFFFFu

void lbms_pace_put_record(struct lbms_writer *out, const struct lbms_record *record)
{
    struct lbms_pack_state state;

    record_state(record, &state);
    lbms_pace_put_time(out, record->wall ? record->time_s : (LBMS_PACE_NO_TIME + record->time_s));
    lbms_put_u8(out, LBMS_CELLS);
    lbms_put_fields(out, ROWS(record_cells), record);
    lbms_put_u8(out, LBMS_PACK_TEMPS);
    lbms_put_fields(out, ROWS(record_temps), record);
    lbms_put_fields(out, ROWS(record_values), record);
    lbms_put_u8(out, lbms_pace_status(&state, LBMS_PACE_PROTECTION_1));
    lbms_put_u8(out, lbms_pace_status(&state, LBMS_PACE_PROTECTION_2));
    lbms_put_u8(out, lbms_pace_status(&state, LBMS_PACE_FAULT_5));
    lbms_put_u8(out, lbms_pace_status(&state, LBMS_PACE_WARNING_1));
    lbms_put_u8(out, lbms_pace_status(&state, LBMS_PACE_WARNING_2));
    lbms_put_u8(out, lbms_pace_indication(&state));
    lbms_put_u16be(out, record->cycles);
    lbms_put_u8(out, NOT_USED);
    lbms_put_u8(out, NOT_USED);
    lbms_put_u16be(out, (record->kind == (uint8_t)LBMS_RECORD_START) ? POWER_ON : UNUSED_RECORD);
}

static void take_record_state(struct lbms_record *record, const struct lbms_pack_state *state)
{
    record->alarms = state->alarms;
    record->protections = state->protections;
    record->faults = state->faults;
    record->state = state->state;
    record->closed = state->closed;
    record->mode = LBMS_MODE_STANDBY;
    if (state->flow == (uint8_t)LBMS_FLOW_DISCHARGE) {
        record->mode = LBMS_MODE_DISCHARGING;
    } else if (state->charger_present) {
        record->mode = LBMS_MODE_CHARGING;
    } else if (state->stopping) {
        record->mode = LBMS_MODE_STOPPING;
    } else {
        /* nothing tells */
    }
}

void lbms_pace_get_record(struct lbms_reader *in, struct lbms_record *record)
{
    struct lbms_pack_state state;

    memset(record, 0, sizeof(*record));
    memset(&state, 0, sizeof(state));
    record->wall = lbms_pace_get_time(in, &record->time_s);
    record->cell = LBMS_RECORD_NO_CELL;
    if ((lbms_get_u8(in) != LBMS_CELLS) && !in->failed) {
        in->failed = true;
    }
    lbms_get_fields(in, ROWS(record_cells), record);
    if ((lbms_get_u8(in) != LBMS_PACK_TEMPS) && !in->failed) {
        in->failed = true;
    }
    lbms_get_fields(in, ROWS(record_temps), record);
    lbms_get_fields(in, ROWS(record_values), record);
    lbms_pace_take_status(&state, LBMS_PACE_PROTECTION_1, lbms_get_u8(in));
    lbms_pace_take_status(&state, LBMS_PACE_PROTECTION_2, lbms_get_u8(in));
    lbms_pace_take_status(&state, LBMS_PACE_FAULT_5, lbms_get_u8(in));
    lbms_pace_take_status(&state, LBMS_PACE_WARNING_1, lbms_get_u8(in));
    lbms_pace_take_status(&state, LBMS_PACE_WARNING_2, lbms_get_u8(in));
    lbms_pace_take_indication(&state, lbms_get_u8(in));
    record->cycles = lbms_get_u16be(in);
    lbms_reader_skip(in, 2u);
    take_record_state(record, &state);
    record->kind = (lbms_get_u16be(in) == POWER_ON) ? LBMS_RECORD_START : LBMS_RECORD_INTERVAL;
}

/* ---- capacity and texts -------------------------------------------------------------------------------------- */

void lbms_pace_put_capacity(struct lbms_writer *out, const struct lbms_pack_values *values)
{
    lbms_put_fields(out, ROWS(capacities), values);
}

void lbms_pace_get_capacity(struct lbms_reader *in, struct lbms_pack_values *values)
{
    lbms_get_fields(in, ROWS(capacities), values);
}

void lbms_pace_put_text(struct lbms_writer *out, const char *text, uint8_t room, uint8_t size)
{
    bool over = false;
    uint8_t i;

    for (i = 0u; i < size; i++) {
        over = over || (i >= room) || (text[i] == '\0');
        lbms_put_u8(out, over ? (uint8_t)' ' : (uint8_t)text[i]);
    }
}

void lbms_pace_get_text(struct lbms_reader *in, char *text, uint8_t size)
{
    uint8_t end = size;

    lbms_get_bytes(in, text, size);
    while ((end > 0u) && ((text[end - 1u] == ' ') || (text[end - 1u] == '\0'))) {
        end--;
    }
    memset(&text[end], 0, (size_t)size + 1u - end);
}
