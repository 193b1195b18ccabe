#include "losun_bms/link/pace/registers.h"

#include <string.h>

#include "losun_bms/link/fields.h"
#include "losun_bms/link/pace/codec.h"
#include "status.h"

/* ---- parameters --------------------------------------------------------------------------------------------- */

#define ROW(name, wire, scale)                                  \
    {                                                           \
        LBMS_PARAM_##name, LBMS_WIRE_##wire, LBMS_SCALE_##scale \
    }
#define VOLTAGES(name)                                                                                  \
    ROW(name##_ALARM_MV, U16, ONE), ROW(name##_PROTECT_MV, U16, ONE), ROW(name##_RELEASE_MV, U16, ONE), \
        ROW(name##_DELAY_MS, U16, 100MS)
#define TEMPERATURES(name) \
    ROW(name##_ALARM_DC, S16, ONE), ROW(name##_PROTECT_DC, S16, ONE), ROW(name##_RELEASE_DC, S16, ONE)

static const struct {
    uint8_t param, wire, scale;
} params[LBMS_PACE_PARAM_REGISTERS] = {
    VOLTAGES(PACK_OV),
    VOLTAGES(CELL_OV),
    VOLTAGES(PACK_UV),
    VOLTAGES(CELL_UV),
    ROW(CHARGE_OC_ALARM_MA, U16, AMPERE),
    ROW(CHARGE_OC_PROTECT_MA, U16, AMPERE),
    ROW(CHARGE_OC_DELAY_MS, U16, 100MS),
    ROW(DISCHARGE_OC_ALARM_MA, U16, AMPERE),
    ROW(DISCHARGE_OC_PROTECT_MA, U16, AMPERE),
    ROW(DISCHARGE_OC_DELAY_MS, U16, 100MS),
    ROW(DISCHARGE_OC2_PROTECT_MA, U16, AMPERE),
    ROW(DISCHARGE_OC2_DELAY_MS, U16, 25),
    TEMPERATURES(CHG_OT),
    TEMPERATURES(DSG_OT),
    TEMPERATURES(CHG_UT),
    TEMPERATURES(DSG_UT),
    TEMPERATURES(MOS_OT),
    TEMPERATURES(ENV_OT),
    TEMPERATURES(ENV_UT),
    ROW(BALANCE_START_MV, U16, ONE),
    ROW(BALANCE_DELTA_MV, U16, ONE),
    ROW(FULL_CHARGE_MV, U16, ONE),
    ROW(FULL_CHARGE_MA, U16, ONE),
    ROW(SLEEP_CELL_MV, U16, ONE),
    ROW(SLEEP_DELAY_S, U16, MINUTE),
    ROW(SHORT_CIRCUIT_DELAY_US, U16, 25),
    ROW(SOC_LOW_ALARM_BP, U16, PERCENT),
    ROW(CHARGE_OC2_PROTECT_MA, U16, AMPERE),
    ROW(CHARGE_OC2_DELAY_MS, U16, 25),
};

/* ---- measured values and states ------------------------------------------------------------------------------- */

/* Where a value begins; `count` of the field are in as many registers. */
#define OF struct lbms_pack_values
static const struct {
    uint8_t reg;
    struct lbms_field field;
} values_at[] = {
    {0, LBMS_FIELD(OF, current_ma, I32, S16, 10)},
    {1, LBMS_FIELD(OF, pack_mv, I32, U16, 10)},
    {2, LBMS_FIELD(OF, soc_pct, U8, U16, ONE)},
    {3, LBMS_FIELD(OF, soh_pct, U8, U16, ONE)},
    {4, LBMS_FIELD(OF, remaining_mah, I32, U16, 10)},
    {5, LBMS_FIELD(OF, full_mah, I32, U16, 10)},
    {6, LBMS_FIELD(OF, design_mah, I32, U16, 10)},
    {7, LBMS_FIELD(OF, cycles, U16, U16, ONE)},
    {15, LBMS_FIELDS(OF, cell_mv, U16, U16, ONE, LBMS_CELLS)},
    {31, LBMS_FIELDS(OF, temp_dc, I16, S16, ONE, LBMS_PACK_TEMPS)},
};
#undef OF

enum { LAST_PERCENTAGE = 3, WARNINGS = 9, PROTECTIONS = 10, STATES = 11, BALANCE = 12, MEASURED = 37 };

/* Bits that this map does not have: fully charged; communication, limiter and heating fault. */
#define PROTECTION_BITS 0x7Fu
#define FAULT_BITS      0x37u

enum {
    STATE_CHARGING = 1 << 8,
    STATE_DISCHARGING = 1 << 9,
    STATE_CHARGE_SWITCH = 1 << 10,
    STATE_DISCHARGE_SWITCH = 1 << 11,
    STATE_LIMITER = 1 << 12,
    STATE_REVERSED = 1 << 14,
    STATE_HEATING = 1 << 15
};

static uint16_t states(const struct lbms_pack_state *s)
{
    unsigned bits = lbms_pace_status(s, LBMS_PACE_FAULT_5) & FAULT_BITS;

    bits |= (s->flow == (uint8_t)LBMS_FLOW_CHARGE) ? (unsigned)STATE_CHARGING : 0u;
    bits |= (s->flow == (uint8_t)LBMS_FLOW_DISCHARGE) ? (unsigned)STATE_DISCHARGING : 0u;
    bits |= ((s->closed & LBMS_SWITCH_CHARGE) != 0u) ? (unsigned)STATE_CHARGE_SWITCH : 0u;
    bits |= ((s->closed & LBMS_SWITCH_DISCHARGE) != 0u) ? (unsigned)STATE_DISCHARGE_SWITCH : 0u;
    bits |= ((s->closed & LBMS_SWITCH_LIMITER) != 0u) ? (unsigned)STATE_LIMITER : 0u;
    bits |= ((s->faults & LBMS_MASK(LBMS_FAULT_REVERSED)) != 0u) ? (unsigned)STATE_REVERSED : 0u;
    bits |= ((s->state & LBMS_STATE_HEATING) != 0u) ? (unsigned)STATE_HEATING : 0u;
    return (uint16_t)bits;
}

static uint16_t two_bytes(uint8_t high, uint8_t low)
{
    return (uint16_t)(((unsigned)high << 8) | low);
}

/* One of the registers that the answer holds, or NULL. */
static uint16_t *place(uint16_t reg, uint16_t first, uint8_t count, uint16_t *values)
{
    return ((reg >= first) && (reg < (first + count))) ? &values[reg - first] : NULL;
}

static void put(uint16_t reg, uint16_t value, uint16_t first, uint8_t count, uint16_t *values)
{
    uint16_t *to = place(reg, first, count, values);

    if (to != NULL) {
        *to = value;
    }
}

static void read_states(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values)
{
    struct lbms_pack_state s;

    lbms_view_state(view, &s);
    put(WARNINGS,
        two_bytes(lbms_pace_status(&s, LBMS_PACE_WARNING_2), lbms_pace_status(&s, LBMS_PACE_WARNING_1)),
        first, count, values);
    put(PROTECTIONS,
        two_bytes((uint8_t)(lbms_pace_status(&s, LBMS_PACE_PROTECTION_2) & PROTECTION_BITS),
                  lbms_pace_status(&s, LBMS_PACE_PROTECTION_1)),
        first, count, values);
    put(STATES, states(&s), first, count, values);
    put(BALANCE, s.balance_mask, first, count, values);
}

static void read_values(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values)
{
    const unsigned end = (unsigned)first + count;
    struct lbms_pack_values v;
    size_t i;

    lbms_view_values(view, &v, first <= (uint16_t)LAST_PERCENTAGE);
    for (i = 0u; i < (sizeof(values_at) / sizeof(values_at[0])); i++) {
        const unsigned row = values_at[i].reg;
        const unsigned row_end = row + values_at[i].field.count;

        if ((row < end) && (row_end > first)) {
            const unsigned begins = (row > first) ? row : first;
            const unsigned ends = (row_end < end) ? row_end : end;

            lbms_field_words(&values_at[i].field, begins - row, ends - begins, &v, &values[begins - first]);
        }
    }
}

/* ---- texts -------------------------------------------------------------------------------------------------- */

/* Ten registers each, two characters in a register. */
enum { VERSION = 150, BOARD_SERIAL = 160, PACK_SERIAL = 170, TEXT_REGISTERS = 10 };

static void read_texts(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values)
{
    const struct lbms_identity *identity = (view->production != NULL) ? &view->production->identity : NULL;
    const char *const texts[] = {view->product->model, (identity != NULL) ? identity->board_serial : "",
                                 (identity != NULL) ? identity->pack_serial : ""};
    uint8_t wire[3u * LBMS_PACE_TEXT_SIZE];
    struct lbms_writer out;
    uint16_t i;

    lbms_writer_init(&out, wire, sizeof(wire));
    for (i = 0u; i < 3u; i++) {
        lbms_pace_put_text(&out, texts[i], LBMS_SERIAL_SIZE, LBMS_PACE_TEXT_SIZE);
    }
    for (i = VERSION; i < LBMS_PACE_REGISTERS; i++) {
        put(i, two_bytes(wire[2u * (i - VERSION)], wire[(2u * (i - VERSION)) + 1u]), first, count, values);
    }
}

/* ---- reading and writing ---------------------------------------------------------------------------------------- */

static void read_params(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values)
{
    unsigned i;

    for (i = 0u; i < count; i++) {
        const unsigned row = (first + i) - LBMS_PACE_PARAM_REGISTER; /* wraps below the first one */

        if (row < LBMS_PACE_PARAM_REGISTERS) {
            values[i] = (uint16_t)(lbms_to_wire(view->params->v[params[row].param], params[row].wire,
                                                params[row].scale) &
                                   0xFFFFu);
        }
    }
}

void lbms_pace_read_registers(const struct lbms_view *view, uint16_t first, uint8_t count, uint16_t *values)
{
    const unsigned end = (unsigned)first + count;

    memset(values, 0, count * sizeof(*values));
    if (first < (uint16_t)MEASURED) {
        read_values(view, first, count, values);
    }
    if ((first <= (uint16_t)BALANCE) && (end > (unsigned)WARNINGS)) {
        read_states(view, first, count, values);
    }
    if (end > LBMS_PACE_PARAM_REGISTER) {
        read_params(view, first, count, values);
    }
    if (end > (unsigned)VERSION) {
        read_texts(view, first, count, values);
    }
}

uint8_t lbms_pace_register_param(uint16_t reg, int32_t *value)
{
    const unsigned i = (unsigned)reg - LBMS_PACE_PARAM_REGISTER;

    if ((reg < LBMS_PACE_PARAM_REGISTER) || (i >= LBMS_PACE_PARAM_REGISTERS)) {
        return LBMS_PARAM_NONE;
    }
    *value = lbms_from_wire((uint32_t)*value & 0xFFFFu, params[i].wire, params[i].scale);
    return params[i].param;
}

static int write_serial(bool board, const uint16_t *values, struct lbms_command *command)
{
    unsigned i;

    command->kind = LBMS_COMMAND_SET_SERIAL;
    for (i = 0u; i < (unsigned)TEXT_REGISTERS; i += 2u) {
        const uint32_t four = ((uint32_t)values[i] >> 8) | (((uint32_t)values[i] & 0xFFu) << 8) |
                              (((uint32_t)values[i + 1u] >> 8) << 16) |
                              (((uint32_t)values[i + 1u] & 0xFFu) << 24);

        if ((four & UINT32_C(0x80808080)) != 0u) { /* no ASCII */
            return LBMS_ERR_RANGE;
        }
        command->item[command->count].id = board ? LBMS_SERIAL_BOARD : LBMS_SERIAL_PACK;
        command->item[command->count].value = (int32_t)four;
        command->count++;
    }
    return LBMS_OK;
}

int lbms_pace_write_registers(uint16_t first, uint8_t count, const uint16_t *values,
                              struct lbms_command *command)
{
    uint8_t i;

    command->count = 0u;
    if (count > LBMS_COMMAND_ITEMS) {
        return LBMS_ERR_SPACE;
    }
    if ((count == (uint8_t)TEXT_REGISTERS) &&
        ((first == (uint16_t)BOARD_SERIAL) || (first == (uint16_t)PACK_SERIAL))) {
        return write_serial(first == (uint16_t)BOARD_SERIAL, values, command);
    }
    command->kind = LBMS_COMMAND_SET_PARAMS;
    for (i = 0u; i < count; i++) {
        int32_t value = values[i];
        const uint8_t param = lbms_pace_register_param((uint16_t)(first + i), &value);

        if (param == (uint8_t)LBMS_PARAM_NONE) {
            return LBMS_ERR_MISSING;
        }
        command->item[i].id = param;
        command->item[i].value = value;
        command->count++;
    }
    return LBMS_OK;
}
