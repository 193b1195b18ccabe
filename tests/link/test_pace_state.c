/* 44H: the frames of the documents in both directions, and the meaning of every bit. */
#include "losun_bms/link/pace/codec.h"

#include <string.h>

#include "frames.h"
#include "golden.h"
#include "losun_bms/model/snapshot.h"
#include "support/suite.h"

/* Bytes of a block, as the document numbers them. */
enum {
    CELL_1 = 1,
    TEMP_1 = 18,
    CHARGE_CURRENT = 24,
    PACK_VOLTAGE = 25,
    DISCHARGE_CURRENT = 26,
    PROTECTION_1 = 27,
    PROTECTION_2 = 28,
    INDICATION = 29,
    CONTROL = 30,
    FAULT = 31,
    BALANCE_1 = 32,
    BALANCE_2 = 33,
    WARNING_1 = 34,
    WARNING_2 = 35,
    FAULT_8 = 36
};

static void write_block(uint8_t *block, const struct lbms_pack_state *state, uint8_t extension)
{
    struct lbms_writer out;

    lbms_writer_init(&out, block, LBMS_PACE_STATE_SIZE + LBMS_PACE_STATE_EXTENSION);
    lbms_pace_put_state(&out, state, extension);
    ck_assert(!out.failed);
    ck_assert_uint_eq(out.position, LBMS_PACE_STATE_SIZE + extension);
}

static void read_block(const uint8_t *block, size_t size, struct lbms_pack_state *state)
{
    struct lbms_reader in;

    lbms_reader_init(&in, block, size);
    lbms_pace_get_state(&in, size, state);
    ck_assert(!in.failed);
}

static void both_directions(const char *text, struct lbms_pack_state *state, uint8_t extension)
{
    char again[FRAME_TEXT_SIZE];
    struct frame frame;

    frame_read(text, &frame);
    ck_assert_uint_eq(frame.size, 2u + LBMS_PACE_STATE_SIZE + extension);
    read_block(frame.info + 2, (size_t)frame.size - 2u, state);
    write_block(frame.info + 2, state, extension);
    frame_write(again, frame.head.address, 0u, frame.info, frame.size);
    ck_assert_str_eq(again, text);
}

START_TEST(captured_frames_in_both_directions)
{
    struct lbms_pack_state state;

    both_directions(GOLDEN_STATE_CAPTURED, &state, 0u);
    ck_assert_uint_eq(state.alarms | state.protections | state.faults, 0u);
    ck_assert_uint_eq(state.closed, LBMS_SWITCH_CHARGE | LBMS_SWITCH_DISCHARGE);
    ck_assert_uint_eq(state.flow, LBMS_FLOW_DISCHARGE);
    ck_assert_uint_eq(state.functions, LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM);
    both_directions(GOLDEN_STATE_LONGER, &state, 1u);
}
END_TEST

START_TEST(a_cell_that_is_too_high_in_both_directions)
{
    struct lbms_pack_state state;

    both_directions(GOLDEN_STATE_OV, &state, 0u);
    ck_assert_uint_eq(state.cells_high, 1u << 2);
    ck_assert_uint_eq(state.cells_low | state.cells_lost, 0u);
    ck_assert_uint_eq(state.protections, LBMS_MASK(LBMS_BIT_CELL_OV));
    ck_assert_uint_eq(state.alarms, LBMS_MASK(LBMS_BIT_CELL_OV));
    ck_assert_uint_eq(state.state, LBMS_STATE_FULL);
    ck_assert(state.charger_present);
    ck_assert_uint_eq(state.closed, LBMS_SWITCH_DISCHARGE);
    ck_assert_uint_eq(state.balance_mask, 1u << 2);
}
END_TEST

/* What sets a bit of a byte; and, unless only_out, is read from it. */
struct bit {
    uint8_t byte, bit;
    uint32_t alarm, protection, fault;
    uint16_t state;
    bool only_out;
};

#define ALARM(byte, bit, name)                                       \
    {                                                                \
        (byte), (bit), LBMS_MASK(LBMS_BIT_##name), 0u, 0u, 0u, false \
    }
#define PROTECTION(byte, bit, name)                                  \
    {                                                                \
        (byte), (bit), 0u, LBMS_MASK(LBMS_BIT_##name), 0u, 0u, false \
    }
#define FAULT_BIT(byte, bit, name)                                     \
    {                                                                  \
        (byte), (bit), 0u, 0u, LBMS_MASK(LBMS_FAULT_##name), 0u, false \
    }
#define STATE_BIT(byte, bit, name)                          \
    {                                                       \
        (byte), (bit), 0u, 0u, 0u, LBMS_STATE_##name, false \
    }
#define PROTECTION_OUT(byte, bit, name)                             \
    {                                                               \
        (byte), (bit), 0u, LBMS_MASK(LBMS_BIT_##name), 0u, 0u, true \
    }
#define FAULT_OUT(byte, bit, name)                                    \
    {                                                                 \
        (byte), (bit), 0u, 0u, LBMS_MASK(LBMS_FAULT_##name), 0u, true \
    }

static const struct bit bits[] = {
    PROTECTION(PROTECTION_1, 0, CELL_OV),
    PROTECTION(PROTECTION_1, 1, CELL_UV),
    PROTECTION(PROTECTION_1, 2, PACK_OV),
    PROTECTION(PROTECTION_1, 3, PACK_UV),
    PROTECTION(PROTECTION_1, 4, CHARGE_OC),
    PROTECTION_OUT(PROTECTION_1, 4, CHARGE_OC2),
    PROTECTION(PROTECTION_1, 5, DISCHARGE_OC),
    PROTECTION_OUT(PROTECTION_1, 5, DISCHARGE_OC2),
    PROTECTION(PROTECTION_1, 6, SHORT_CIRCUIT),
    PROTECTION(PROTECTION_1, 7, CHARGER_OV),
    PROTECTION(PROTECTION_2, 0, CHARGE_OT),
    PROTECTION(PROTECTION_2, 1, DISCHARGE_OT),
    PROTECTION(PROTECTION_2, 2, CHARGE_UT),
    PROTECTION(PROTECTION_2, 3, DISCHARGE_UT),
    PROTECTION(PROTECTION_2, 4, MOSFET_OT),
    PROTECTION(PROTECTION_2, 5, AMBIENT_OT),
    PROTECTION(PROTECTION_2, 6, AMBIENT_UT),
    STATE_BIT(PROTECTION_2, 7, FULL),
    ALARM(WARNING_1, 0, CELL_OV),
    ALARM(WARNING_1, 1, CELL_UV),
    ALARM(WARNING_1, 2, PACK_OV),
    ALARM(WARNING_1, 3, PACK_UV),
    ALARM(WARNING_1, 4, CHARGE_OC),
    ALARM(WARNING_1, 5, DISCHARGE_OC),
    ALARM(WARNING_2, 0, CHARGE_OT),
    ALARM(WARNING_2, 1, DISCHARGE_OT),
    ALARM(WARNING_2, 2, CHARGE_UT),
    ALARM(WARNING_2, 3, DISCHARGE_UT),
    ALARM(WARNING_2, 4, AMBIENT_OT),
    ALARM(WARNING_2, 5, AMBIENT_UT),
    ALARM(WARNING_2, 6, MOSFET_OT),
    ALARM(WARNING_2, 7, SOC_LOW),
    FAULT_BIT(FAULT, 0, CHARGE_MOSFET),
    FAULT_BIT(FAULT, 1, DISCHARGE_MOSFET),
    FAULT_OUT(FAULT, 1, OUTPUT),
    FAULT_BIT(FAULT, 2, NTC),
    FAULT_BIT(FAULT, 4, CELL),
    FAULT_BIT(FAULT, 5, SAMPLING),
    FAULT_OUT(FAULT, 5, SELF_TEST),
    FAULT_BIT(FAULT, 7, HEATER),
    ALARM(FAULT_8, 1, TEMP_DIFF),
    STATE_BIT(FAULT_8, 3, TRIPPED),
    FAULT_BIT(FAULT_8, 4, TRIP_UNIT),
};

START_TEST(every_bit_has_its_place)
{
    uint8_t quiet[LBMS_PACE_STATE_SIZE + 1u];
    uint8_t block[LBMS_PACE_STATE_SIZE + 1u];
    struct lbms_pack_state state;
    size_t i;
    unsigned k;

    memset(&state, 0, sizeof(state));
    write_block(quiet, &state, 1u);
    for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        struct lbms_pack_state back;

        memset(&state, 0, sizeof(state));
        state.alarms = bits[i].alarm;
        state.protections = bits[i].protection;
        state.faults = bits[i].fault;
        state.state = bits[i].state;
        write_block(block, &state, 1u);
        for (k = PROTECTION_1; k <= FAULT_8; k++) {
            const unsigned expected = (k == bits[i].byte) ? (1u << bits[i].bit) : 0u;

            ck_assert_msg((block[k] ^ quiet[k]) == expected, "row %u, byte %u: %02X", (unsigned)i, k,
                          block[k]);
        }
        read_block(block, sizeof(block), &back);
        if (!bits[i].only_out) {
            ck_assert_uint_eq(back.alarms, state.alarms);
            ck_assert_uint_eq(back.protections, state.protections);
            ck_assert_uint_eq(back.faults, state.faults);
            ck_assert_uint_eq(back.state, state.state);
        }
    }
}
END_TEST

START_TEST(a_failed_current_measurement_is_told_twice)
{
    struct lbms_pack_state state;
    uint8_t block[LBMS_PACE_STATE_SIZE + 1u];

    memset(&state, 0, sizeof(state));
    state.faults = LBMS_MASK(LBMS_FAULT_CURRENT);
    write_block(block, &state, 1u);
    ck_assert_uint_eq(block[FAULT], 1u << 5);   /* sampling: clients of the base layout must see it */
    ck_assert_uint_eq(block[FAULT_8], 1u << 2); /* shunt */
}
END_TEST

START_TEST(the_indication_tells_switches_flow_and_charger)
{
    struct lbms_pack_state state;

    memset(&state, 0, sizeof(state));
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x00u);
    state.closed = LBMS_SWITCH_CHARGE | LBMS_SWITCH_DISCHARGE;
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x06u);
    state.flow = LBMS_FLOW_DISCHARGE;
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x0Eu);
    state.flow = LBMS_FLOW_CHARGE;
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x26u);
    state.closed = LBMS_SWITCH_LIMITER;
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x23u);
    state.flow = LBMS_FLOW_IDLE;
    state.charger_present = true;
    state.closed = 0u;
    ck_assert_uint_eq(lbms_pace_indication(&state), 0x20u);
    state.charger_present = false;
    state.stopping = true;
    state.state = LBMS_STATE_HEATING;
    state.faults = LBMS_MASK(LBMS_FAULT_REVERSED);
    ck_assert_uint_eq(lbms_pace_indication(&state), 0xD0u);
}
END_TEST

START_TEST(every_indication_byte_comes_back)
{
    unsigned bits_in;

    for (bits_in = 0; bits_in < 256u; bits_in++) {
        uint8_t block[LBMS_PACE_STATE_SIZE];
        struct lbms_pack_state state;
        uint8_t expected = (uint8_t)bits_in;

        memset(&state, 0, sizeof(state));
        write_block(block, &state, 0u);
        block[INDICATION] = (uint8_t)bits_in;
        read_block(block, sizeof(block), &state);
        if ((bits_in & 1u) != 0u) { /* a limiter that conducts is a charge path */
            expected |= 0x02u;
        }
        ck_assert_uint_eq(lbms_pace_indication(&state), expected);
    }
}
END_TEST

START_TEST(the_control_status_tells_functions_with_their_polarity)
{
    ck_assert_uint_eq(lbms_pace_control_status(LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM), 0x00u);
    ck_assert_uint_eq(lbms_pace_control_status(0u), 0x30u);
    ck_assert_uint_eq(lbms_pace_control_status(LBMS_PACK_LIMITER), 0x20u);
    ck_assert_uint_eq(lbms_pace_control_status(LBMS_PACK_LED_ALARM), 0x10u);
    ck_assert_uint_eq(lbms_pace_control_status(LBMS_PACK_BUZZER | LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM),
                      0x01u);
    ck_assert_uint_eq(
        lbms_pace_control_status(LBMS_PACK_CHARGE_OFF | LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM), 0x02u);
    ck_assert_uint_eq(
        lbms_pace_control_status(LBMS_PACK_DISCHARGE_OFF | LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM), 0x04u);
    ck_assert_uint_eq(lbms_pace_control_status(LBMS_PACK_GEAR_LOW), 0x38u);
}
END_TEST

START_TEST(warning_values_tell_low_high_and_lost_for_each_channel)
{
    struct lbms_pack_state state;
    struct lbms_pack_state back;
    uint8_t block[LBMS_PACE_STATE_SIZE];

    memset(&state, 0, sizeof(state));
    state.cells_low = 1u << 0;
    state.cells_high = 1u << 15;
    state.cells_lost = 1u << 7;
    state.temps_low = 1u << 5;
    state.temps_high = 1u << 4;
    state.temps_lost = 1u << 0;
    state.balance_mask = 0x8101u;
    write_block(block, &state, 0u);
    ck_assert_uint_eq(block[CELL_1], 0x01u);
    ck_assert_uint_eq(block[CELL_1 + 1], 0x00u);
    ck_assert_uint_eq(block[CELL_1 + 7], 0xF0u);
    ck_assert_uint_eq(block[CELL_1 + 15], 0x02u);
    ck_assert_uint_eq(block[TEMP_1], 0xF0u);
    ck_assert_uint_eq(block[TEMP_1 + 4], 0x02u);
    ck_assert_uint_eq(block[TEMP_1 + 5], 0x01u);
    ck_assert_uint_eq(block[BALANCE_1], 0x01u);
    ck_assert_uint_eq(block[BALANCE_2], 0x81u);
    read_block(block, sizeof(block), &back);
    ck_assert_uint_eq(back.cells_low, state.cells_low);
    ck_assert_uint_eq(back.cells_high, state.cells_high);
    ck_assert_uint_eq(back.cells_lost, state.cells_lost);
    ck_assert_uint_eq(back.temps_low, state.temps_low);
    ck_assert_uint_eq(back.temps_high, state.temps_high);
    ck_assert_uint_eq(back.temps_lost, state.temps_lost);
    ck_assert_uint_eq(back.balance_mask, state.balance_mask);
}
END_TEST

START_TEST(currents_and_pack_voltage_warn_by_alarm_or_protection)
{
    static const struct {
        uint8_t byte, bit, value;
    } rows[] = {{CHARGE_CURRENT, LBMS_BIT_CHARGE_OC, 2},
                {CHARGE_CURRENT, LBMS_BIT_CHARGE_OC2, 2},
                {DISCHARGE_CURRENT, LBMS_BIT_DISCHARGE_OC, 2},
                {DISCHARGE_CURRENT, LBMS_BIT_DISCHARGE_OC2, 2},
                {DISCHARGE_CURRENT, LBMS_BIT_SHORT_CIRCUIT, 2},
                {PACK_VOLTAGE, LBMS_BIT_PACK_OV, 2},
                {PACK_VOLTAGE, LBMS_BIT_PACK_UV, 1}};
    size_t i;
    unsigned k;

    for (i = 0; i < 2u * (sizeof(rows) / sizeof(rows[0])); i++) {
        struct lbms_pack_state state;
        uint8_t block[LBMS_PACE_STATE_SIZE];

        memset(&state, 0, sizeof(state));
        *((i % 2u == 0u) ? &state.alarms : &state.protections) = LBMS_MASK(rows[i / 2u].bit);
        write_block(block, &state, 0u);
        for (k = CHARGE_CURRENT; k <= DISCHARGE_CURRENT; k++) {
            ck_assert_uint_eq(block[k], (k == rows[i / 2u].byte) ? rows[i / 2u].value : 0u);
        }
    }
}
END_TEST

START_TEST(every_truncation_is_refused_and_extensions_are_accepted)
{
    struct lbms_pack_state state;
    uint8_t block[LBMS_PACE_STATE_SIZE + LBMS_PACE_STATE_EXTENSION];
    size_t size;

    memset(&state, 0, sizeof(state));
    state.alarms = LBMS_MASK(LBMS_BIT_SOC_LOW);
    write_block(block, &state, LBMS_PACE_STATE_EXTENSION);
    for (size = 0; size <= sizeof(block); size++) {
        struct lbms_reader in;

        lbms_reader_init(&in, block, size);
        lbms_pace_get_state(&in, size, &state);
        ck_assert_int_eq(!in.failed, size >= LBMS_PACE_STATE_SIZE);
        ck_assert(in.failed || (in.position == size));
        lbms_reader_init(&in, block, sizeof(block));
        lbms_pace_get_state(&in, size, &state);
        ck_assert_int_eq(!in.failed, size >= LBMS_PACE_STATE_SIZE);
    }
}
END_TEST

START_TEST(impossible_counts_are_refused_and_other_counts_are_read)
{
    struct lbms_pack_state state;
    uint8_t block[80];
    struct lbms_reader in;

    memset(block, 0, sizeof(block));
    block[0] = 33u;
    lbms_reader_init(&in, block, sizeof(block));
    lbms_pace_get_state(&in, sizeof(block), &state);
    ck_assert(in.failed);
    block[0] = 18u;       /* two cells more than this library knows */
    block[1u + 16u] = 2u; /* ... and one of them is too high */
    block[19] = 2u;       /* MOSFET and environment only */
    block[20] = 2u;
    block[21] = 1u;
    lbms_reader_init(&in, block, 34u);
    lbms_pace_get_state(&in, 34u, &state);
    ck_assert(!in.failed);
    ck_assert_uint_eq(state.cells_high, 0u);
    ck_assert_uint_eq(state.temps_high, 1u << LBMS_PACK_MOSFET);
    ck_assert_uint_eq(state.temps_low, 1u << LBMS_PACK_AMBIENT);
}
END_TEST

SUITE("link/pace_state", CASE("R-COM-07", captured_frames_in_both_directions),
      CASE("R-COM-07", a_cell_that_is_too_high_in_both_directions), CASE("R-COM-07", every_bit_has_its_place),
      CASE("", a_failed_current_measurement_is_told_twice),
      CASE("", the_indication_tells_switches_flow_and_charger), CASE("", every_indication_byte_comes_back),
      CASE("", the_control_status_tells_functions_with_their_polarity),
      CASE("", warning_values_tell_low_high_and_lost_for_each_channel),
      CASE("", currents_and_pack_voltage_warn_by_alarm_or_protection),
      CASE("", every_truncation_is_refused_and_extensions_are_accepted),
      CASE("", impossible_counts_are_refused_and_other_counts_are_read))
