#include "status.h"

#include "losun_bms/link/pace/codec.h"

/* Which word of the state a bit lies in. */
enum word { ALARM = 0, PROTECTION = 1, FAULT = 2, STATE = 3 };

#define A(name)     (uint8_t)((ALARM << 5) | LBMS_BIT_##name)
#define P(name)     (uint8_t)((PROTECTION << 5) | LBMS_BIT_##name)
#define F(name)     (uint8_t)((FAULT << 5) | LBMS_FAULT_##name)
#define S(position) (uint8_t)((STATE << 5) | (position))
#define NONE        0xFFu

/* Positions of enum lbms_state. */
enum { FULL = 0, TRIPPED = 7 };

/* Bits 0 to 7 of each status byte. */
static const uint8_t meaning[LBMS_PACE_STATUS_BYTES][8] = {
    /* protection 1 */
    {P(CELL_OV), P(CELL_UV), P(PACK_OV), P(PACK_UV), P(CHARGE_OC), P(DISCHARGE_OC), P(SHORT_CIRCUIT),
     P(CHARGER_OV)},
    /* protection 2 */
    {P(CHARGE_OT), P(DISCHARGE_OT), P(CHARGE_UT), P(DISCHARGE_UT), P(MOSFET_OT), P(AMBIENT_OT), P(AMBIENT_UT),
     S(FULL)},
    /* warning 1 */
    {A(CELL_OV), A(CELL_UV), A(PACK_OV), A(PACK_UV), A(CHARGE_OC), A(DISCHARGE_OC), NONE, NONE},
    /* warning 2: not the order of protection 2 */
    {A(CHARGE_OT), A(DISCHARGE_OT), A(CHARGE_UT), A(DISCHARGE_UT), A(AMBIENT_OT), A(AMBIENT_UT), A(MOSFET_OT),
     A(SOC_LOW)},
    /* fault 5 */
    {F(CHARGE_MOSFET), F(DISCHARGE_MOSFET), F(NTC), NONE, F(CELL), F(SAMPLING), NONE, F(HEATER)},
    /* fault 8 */
    {NONE, A(TEMP_DIFF), F(CURRENT), S(TRIPPED), F(TRIP_UNIT), NONE, NONE, NONE},
};

/* What PACE has no bit for is told by the nearest one: a client must not take the pack for sound. */
static const struct {
    uint8_t byte, bit, source;
} nearest[] = {
    {LBMS_PACE_PROTECTION_1, 4u, P(CHARGE_OC2)}, {LBMS_PACE_PROTECTION_1, 5u, P(DISCHARGE_OC2)},
    {LBMS_PACE_FAULT_5, 1u, F(OUTPUT)},          {LBMS_PACE_FAULT_5, 5u, F(CURRENT)},
    {LBMS_PACE_FAULT_5, 5u, F(SELF_TEST)},
};

static uint32_t word_of(const struct lbms_pack_state *state, uint8_t source)
{
    switch (source >> 5) {
    case ALARM:
        return state->alarms;
    case PROTECTION:
        return state->protections;
    case FAULT:
        return state->faults;
    default:
        return state->state;
    }
}

static uint8_t bit_of(const struct lbms_pack_state *state, uint8_t source)
{
    return (uint8_t)((word_of(state, source) >> (source & 31u)) & 1u);
}

uint8_t lbms_pace_status(const struct lbms_pack_state *state, uint8_t byte)
{
    unsigned bits = 0u;
    unsigned i;

    for (i = 0u; i < 8u; i++) {
        if (meaning[byte][i] != NONE) {
            bits |= (unsigned)bit_of(state, meaning[byte][i]) << i;
        }
    }
    for (i = 0u; i < (sizeof(nearest) / sizeof(nearest[0])); i++) {
        if (nearest[i].byte == byte) {
            bits |= (unsigned)bit_of(state, nearest[i].source) << nearest[i].bit;
        }
    }
    return (uint8_t)bits;
}

void lbms_pace_take_status(struct lbms_pack_state *state, uint8_t byte, uint8_t bits)
{
    unsigned i;

    for (i = 0u; i < 8u; i++) {
        const uint8_t source = meaning[byte][i];
        const uint32_t mask = (uint32_t)((bits >> i) & 1u) << (source & 31u);

        if (source == NONE) {
            continue;
        }
        switch (source >> 5) {
        case ALARM:
            state->alarms |= mask;
            break;
        case PROTECTION:
            state->protections |= mask;
            break;
        case FAULT:
            state->faults |= mask;
            break;
        default:
            state->state = (uint16_t)(state->state | mask);
            break;
        }
    }
}

/* ---- indication and control status -------------------------------------------------------------------------- */

enum {
    INDICATE_LIMITER = 0x01,
    INDICATE_CHARGE = 0x02,
    INDICATE_DISCHARGE = 0x04,
    INDICATE_SUPPLIES = 0x08,
    INDICATE_REVERSED = 0x10,
    INDICATE_CHARGER = 0x20,
    INDICATE_STOPPING = 0x40,
    INDICATE_HEATING = 0x80
};

uint8_t lbms_pace_indication(const struct lbms_pack_state *state)
{
    const uint8_t closed = state->closed;
    unsigned bits = 0u;

    bits |= ((closed & LBMS_SWITCH_LIMITER) != 0u) ? (unsigned)INDICATE_LIMITER : 0u;
    bits |= ((closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)) != 0u) ? (unsigned)INDICATE_CHARGE : 0u;
    bits |= ((closed & LBMS_SWITCH_DISCHARGE) != 0u) ? (unsigned)INDICATE_DISCHARGE : 0u;
    bits |= (state->flow == (uint8_t)LBMS_FLOW_DISCHARGE) ? (unsigned)INDICATE_SUPPLIES : 0u;
    bits |= ((state->faults & LBMS_MASK(LBMS_FAULT_REVERSED)) != 0u) ? (unsigned)INDICATE_REVERSED : 0u;
    bits |= (state->charger_present || (state->flow == (uint8_t)LBMS_FLOW_CHARGE))
                ? (unsigned)INDICATE_CHARGER
                : 0u;
    bits |= state->stopping ? (unsigned)INDICATE_STOPPING : 0u;
    bits |= ((state->state & LBMS_STATE_HEATING) != 0u) ? (unsigned)INDICATE_HEATING : 0u;
    return (uint8_t)bits;
}

void lbms_pace_take_indication(struct lbms_pack_state *state, uint8_t bits)
{
    unsigned closed = 0u;

    if ((bits & INDICATE_LIMITER) != 0u) {
        closed |= LBMS_SWITCH_LIMITER;
        state->state = (uint16_t)(state->state | LBMS_STATE_LIMITER);
    } else if ((bits & INDICATE_CHARGE) != 0u) {
        closed |= LBMS_SWITCH_CHARGE;
    } else {
        /* the charge path is open */
    }
    closed |= ((bits & INDICATE_DISCHARGE) != 0u) ? (unsigned)LBMS_SWITCH_DISCHARGE : 0u;
    state->closed = (uint8_t)closed;
    state->flow = ((bits & INDICATE_SUPPLIES) != 0u) ? LBMS_FLOW_DISCHARGE : LBMS_FLOW_IDLE;
    state->faults |= ((bits & INDICATE_REVERSED) != 0u) ? LBMS_MASK(LBMS_FAULT_REVERSED) : 0u;
    state->charger_present = (bits & INDICATE_CHARGER) != 0u;
    state->stopping = (bits & INDICATE_STOPPING) != 0u;
    if ((bits & INDICATE_HEATING) != 0u) {
        state->state = (uint16_t)(state->state | LBMS_STATE_HEATING);
    }
}

/* Limiter and alarm lights are told as "disabled", everything else as "enabled". */
#define TOLD_AS_DISABLED ((unsigned)LBMS_PACK_LIMITER | (unsigned)LBMS_PACK_LED_ALARM)
#define ALL_FUNCTIONS    0x3Fu

uint8_t lbms_pace_control_status(uint8_t functions)
{
    return (uint8_t)((functions ^ TOLD_AS_DISABLED) & ALL_FUNCTIONS);
}

void lbms_pace_take_control(struct lbms_pack_state *state, uint8_t bits)
{
    state->functions = lbms_pace_control_status(bits);
}

/* ---- warning values ----------------------------------------------------------------------------------------- */

enum { WARN_NONE = 0x00, WARN_LOW = 0x01, WARN_HIGH = 0x02, WARN_OTHER = 0xF0 };

uint8_t lbms_pace_warning(uint32_t high, uint32_t low, uint32_t lost, uint8_t index)
{
    const uint32_t bit = UINT32_C(1) << index;

    if ((lost & bit) != 0u) {
        return WARN_OTHER;
    }
    if ((high & bit) != 0u) {
        return WARN_HIGH;
    }
    return ((low & bit) != 0u) ? WARN_LOW : WARN_NONE;
}

void lbms_pace_take_cell(struct lbms_pack_state *state, uint8_t index, uint8_t warning)
{
    const unsigned bit = (index < LBMS_CELLS) ? (1u << index) : 0u;

    state->cells_high = (uint16_t)(state->cells_high | ((warning == WARN_HIGH) ? bit : 0u));
    state->cells_low = (uint16_t)(state->cells_low | ((warning == WARN_LOW) ? bit : 0u));
    state->cells_lost = (uint16_t)(state->cells_lost | ((warning > WARN_HIGH) ? bit : 0u));
}

void lbms_pace_take_temp(struct lbms_pack_state *state, uint8_t index, uint8_t warning)
{
    const unsigned bit = (index < LBMS_PACK_TEMPS) ? (1u << index) : 0u;

    state->temps_high = (uint8_t)(state->temps_high | ((warning == WARN_HIGH) ? bit : 0u));
    state->temps_low = (uint8_t)(state->temps_low | ((warning == WARN_LOW) ? bit : 0u));
    state->temps_lost = (uint8_t)(state->temps_lost | ((warning > WARN_HIGH) ? bit : 0u));
}

void lbms_pace_put_channels(struct lbms_writer *out, const struct lbms_pack_state *state)
{
    const uint32_t bits = state->alarms | state->protections;
    const uint32_t charge = LBMS_MASK(LBMS_BIT_CHARGE_OC) | LBMS_MASK(LBMS_BIT_CHARGE_OC2);
    const uint32_t discharge = LBMS_MASK(LBMS_BIT_DISCHARGE_OC) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2) |
                               LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT);
    uint8_t voltage = WARN_NONE;

    if ((bits & LBMS_MASK(LBMS_BIT_PACK_OV)) != 0u) {
        voltage = WARN_HIGH;
    } else if ((bits & LBMS_MASK(LBMS_BIT_PACK_UV)) != 0u) {
        voltage = WARN_LOW;
    } else {
        /* as it should be */
    }
    lbms_put_u8(out, ((bits & charge) != 0u) ? WARN_HIGH : WARN_NONE);
    lbms_put_u8(out, voltage);
    lbms_put_u8(out, ((bits & discharge) != 0u) ? WARN_HIGH : WARN_NONE);
}
