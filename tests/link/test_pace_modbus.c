/* PACE Modbus: framing by silence, the register map, reading, writing, exceptions. */
#include "losun_bms/link/pace/modbus.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/model/bits.h"
#include "server_rig.h"
#include "support/suite.h"

static struct server_rig rig;
static struct lbms_pace_modbus modbus;
static uint8_t reply[300];
static size_t reply_size;
static uint32_t now_ms;
static unsigned commands;

static void start(uint8_t port, uint8_t address)
{
    server_rig_init(&rig, port, address);
    lbms_pace_modbus_init(&modbus, &rig.config, &rig.access);
    now_ms = UINT32_MAX - 20u;
    commands = 0u;
}

/* Sends bytes and waits for the reply. */
static void ask_raw(const uint8_t *frame, size_t size)
{
    unsigned waited;
    size_t i;

    reply_size = 0;
    for (i = 0; i < size; i++) {
        lbms_pace_modbus_receive(&modbus, frame[i], now_ms++);
    }
    for (waited = 0; waited < 500u; waited++) {
        const uint8_t *text;
        size_t count;

        if (lbms_pace_modbus_step(&modbus, &rig.view, now_ms, &rig.command)) {
            commands++;
            lbms_pace_modbus_handed(&modbus, (rig.refuse != 0) ? rig.refuse : (int)(100u + commands), now_ms);
        }
        if (modbus.stage == LBMS_PACE_WAITING && now_ms - modbus.since_ms >= rig.result_ms) {
            if (rig.result == LBMS_OK && rig.command.kind == LBMS_COMMAND_SET_PARAMS) {
                rig.result =
                    lbms_params_set(&rig.params, rig.view.product, rig.command.item, rig.command.count, NULL);
            }
            rig.own.result_sequence = modbus.sequence;
            rig.own.result = (int8_t)rig.result;
            rig.result = LBMS_OK;
        }
        while ((count = lbms_pace_modbus_text(&modbus, &rig.view, &text)) > 0u) {
            count = (count > 5u) ? 5u : count;
            memcpy(reply + reply_size, text, count);
            reply_size += count;
            lbms_pace_modbus_sent(&modbus, count, now_ms);
        }
        if (reply_size > 0u && modbus.stage == LBMS_PACE_LISTENING) {
            break;
        }
        now_ms++;
    }
    if (reply_size > 0u) {
        ck_assert_uint_eq(lbms_crc16_modbus(0xFFFFu, reply, reply_size), 0u);
    }
}

/* Adds the CRC. */
static void ask(const uint8_t *frame, size_t size)
{
    uint8_t whole[300];
    const uint16_t crc = lbms_crc16_modbus(0xFFFFu, frame, size);

    memcpy(whole, frame, size);
    whole[size] = (uint8_t)(crc & 0xFFu);
    whole[size + 1u] = (uint8_t)(crc >> 8);
    ask_raw(whole, size + 2u);
}

static void read_registers(unsigned first, unsigned count)
{
    const uint8_t frame[] = {rig.own.address,       3u,
                             (uint8_t)(first >> 8), (uint8_t)(first & 0xFFu),
                             (uint8_t)(count >> 8), (uint8_t)(count & 0xFFu)};

    ask(frame, sizeof(frame));
}

/* One register of the last reply to a read. */
static unsigned told(unsigned place)
{
    return reply[3u + 2u * place] * 256u + reply[4u + 2u * place];
}

static unsigned one(unsigned reg)
{
    read_registers(reg, 1u);
    ck_assert_uint_eq(reply_size, 7u);
    return told(0u);
}

static void write_registers(unsigned first, unsigned count, const uint16_t *values)
{
    uint8_t frame[300] = {rig.own.address,       0x10u,
                          (uint8_t)(first >> 8), (uint8_t)(first & 0xFFu),
                          (uint8_t)(count >> 8), (uint8_t)(count & 0xFFu),
                          (uint8_t)(2u * count)};
    unsigned i;

    for (i = 0; i < count; i++) {
        frame[7u + 2u * i] = (uint8_t)(values[i] >> 8);
        frame[8u + 2u * i] = (uint8_t)(values[i] & 0xFFu);
    }
    ask(frame, 7u + 2u * count);
}

static void ck_exception(unsigned function, unsigned code)
{
    ck_assert_uint_eq(reply_size, 5u);
    ck_assert_uint_eq(reply[1], function | 0x80u);
    ck_assert_uint_eq(reply[2], code);
}

START_TEST(the_documents_requests_are_answered)
{
    static const uint8_t first[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0C};
    static const uint8_t captured[] = {0x01, 0x03, 0x00, 0x3C, 0x00, 0x37, 0xC4, 0x10};
    static const uint16_t expected[] = {(uint16_t)-1234, 5294, 68, 100, 6789, 10050, 10000, 12};
    unsigned i;

    start(LBMS_PORT_RS485, 1u);
    ask_raw(first, sizeof(first));
    ck_assert_uint_eq(reply_size, 21u);
    ck_assert_uint_eq(reply[0], 1u);
    ck_assert_uint_eq(reply[1], 3u);
    ck_assert_uint_eq(reply[2], 16u);
    for (i = 0; i < 8u; i++) {
        ck_assert_uint_eq(told(i), expected[i]);
    }
    ask_raw(captured, sizeof(captured));
    ck_assert_uint_eq(reply_size, 115u);
    ck_assert_uint_eq(told(0), 57600u);
    ck_assert_uint_eq(modbus.counters.frames, 2u);
    ck_assert_uint_eq(modbus.counters.refused, 0u);
}
END_TEST

START_TEST(cells_and_temperatures_are_where_the_document_says)
{
    unsigned i;

    start(LBMS_PORT_RS485, 5u);
    rig.own.m.ntc_dc[1] = -105;
    read_registers(13u, 24u);
    ck_assert_uint_eq(reply_size, 53u);
    ck_assert_uint_eq(told(0), 0u);
    ck_assert_uint_eq(told(1), 0u);
    for (i = 0; i < 16u; i++) {
        ck_assert_uint_eq(told(2u + i), 3301u + i);
    }
    ck_assert_uint_eq(told(18), 250u);
    ck_assert_uint_eq(told(19), (uint16_t)-105);
    ck_assert_uint_eq(told(22), 310u);
    ck_assert_uint_eq(told(23), 273u);
    ck_assert_uint_eq(one(8u), 0u);
    ck_assert_uint_eq(one(37u), 0u);
    ck_assert_uint_eq(one(59u), 0u);
    ck_assert_uint_eq(one(115u), 0u);
    ck_assert_uint_eq(one(149u), 0u);
}
END_TEST

static const struct {
    unsigned reg, bit;
    uint32_t alarm, protection, fault;
    uint16_t state;
} flags[] = {
    {9, 0, LBMS_MASK(LBMS_BIT_CELL_OV), 0, 0, 0},
    {9, 1, LBMS_MASK(LBMS_BIT_CELL_UV), 0, 0, 0},
    {9, 2, LBMS_MASK(LBMS_BIT_PACK_OV), 0, 0, 0},
    {9, 3, LBMS_MASK(LBMS_BIT_PACK_UV), 0, 0, 0},
    {9, 4, LBMS_MASK(LBMS_BIT_CHARGE_OC), 0, 0, 0},
    {9, 5, LBMS_MASK(LBMS_BIT_DISCHARGE_OC), 0, 0, 0},
    {9, 8, LBMS_MASK(LBMS_BIT_CHARGE_OT), 0, 0, 0},
    {9, 9, LBMS_MASK(LBMS_BIT_DISCHARGE_OT), 0, 0, 0},
    {9, 10, LBMS_MASK(LBMS_BIT_CHARGE_UT), 0, 0, 0},
    {9, 11, LBMS_MASK(LBMS_BIT_DISCHARGE_UT), 0, 0, 0},
    {9, 12, LBMS_MASK(LBMS_BIT_AMBIENT_OT), 0, 0, 0},
    {9, 13, LBMS_MASK(LBMS_BIT_AMBIENT_UT), 0, 0, 0},
    {9, 14, LBMS_MASK(LBMS_BIT_MOSFET_OT), 0, 0, 0},
    {9, 15, LBMS_MASK(LBMS_BIT_SOC_LOW), 0, 0, 0},
    {10, 0, 0, LBMS_MASK(LBMS_BIT_CELL_OV), 0, 0},
    {10, 1, 0, LBMS_MASK(LBMS_BIT_CELL_UV), 0, 0},
    {10, 2, 0, LBMS_MASK(LBMS_BIT_PACK_OV), 0, 0},
    {10, 3, 0, LBMS_MASK(LBMS_BIT_PACK_UV), 0, 0},
    {10, 4, 0, LBMS_MASK(LBMS_BIT_CHARGE_OC), 0, 0},
    {10, 4, 0, LBMS_MASK(LBMS_BIT_CHARGE_OC2), 0, 0},
    {10, 5, 0, LBMS_MASK(LBMS_BIT_DISCHARGE_OC), 0, 0},
    {10, 6, 0, LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT), 0, 0},
    {10, 7, 0, LBMS_MASK(LBMS_BIT_CHARGER_OV), 0, 0},
    {10, 8, 0, LBMS_MASK(LBMS_BIT_CHARGE_OT), 0, 0},
    {10, 9, 0, LBMS_MASK(LBMS_BIT_DISCHARGE_OT), 0, 0},
    {10, 10, 0, LBMS_MASK(LBMS_BIT_CHARGE_UT), 0, 0},
    {10, 11, 0, LBMS_MASK(LBMS_BIT_DISCHARGE_UT), 0, 0},
    {10, 12, 0, LBMS_MASK(LBMS_BIT_MOSFET_OT), 0, 0},
    {10, 13, 0, LBMS_MASK(LBMS_BIT_AMBIENT_OT), 0, 0},
    {10, 14, 0, LBMS_MASK(LBMS_BIT_AMBIENT_UT), 0, 0},
    {11, 0, 0, 0, LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET), 0},
    {11, 1, 0, 0, LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET), 0},
    {11, 2, 0, 0, LBMS_MASK(LBMS_FAULT_NTC), 0},
    {11, 4, 0, 0, LBMS_MASK(LBMS_FAULT_CELL), 0},
    {11, 5, 0, 0, LBMS_MASK(LBMS_FAULT_SAMPLING), 0},
    {11, 14, 0, 0, LBMS_MASK(LBMS_FAULT_REVERSED), 0},
    {11, 15, 0, 0, 0, LBMS_STATE_HEATING},
};

START_TEST(every_flag_has_its_bit)
{
    size_t i;
    unsigned reg;

    for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        start(LBMS_PORT_RS485, 1u);
        rig.own.m.closed = 0u;
        rig.own.alarms = flags[i].alarm;
        rig.own.protections = flags[i].protection;
        rig.own.faults = flags[i].fault;
        rig.own.state = flags[i].state;
        read_registers(9u, 3u);
        for (reg = 9u; reg <= 11u; reg++) {
            ck_assert_uint_eq(told(reg - 9u), (reg == flags[i].reg) ? (1u << flags[i].bit) : 0u);
        }
    }
    start(LBMS_PORT_RS485, 1u);
    rig.own.state = LBMS_STATE_FULL; /* has no bit here, nor has the heater's fault */
    rig.own.faults = LBMS_MASK(LBMS_FAULT_HEATER);
    rig.own.m.closed = LBMS_SWITCH_CHARGE;
    rig.own.flow = LBMS_FLOW_CHARGE;
    read_registers(10u, 2u);
    ck_assert_uint_eq(told(0), 0u);
    ck_assert_uint_eq(told(1), 0x0500u);
    rig.own.m.closed = LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_LIMITER;
    rig.own.flow = LBMS_FLOW_DISCHARGE;
    ck_assert_uint_eq(one(11u), 0x1A00u);
    rig.own.balance_mask = 0x8001u;
    ck_assert_uint_eq(one(12u), 0x8001u);
}
END_TEST

/* Register by register, as the document lists them; values are the defaults of docs/parameters.md. */
static const int expected_params[] = {57600, 58400, 54000, 10,    3600, 3650, 3380, 10,  46400, 45600, 48000,
                                      10,    2800,  2600,  2900,  10,   105,  110,  10,  105,   110,   10,
                                      150,   20,    500,   550,   500,  550,  600,  550, 30,    0,     30,
                                      -150,  -200,  -150,  900,   1050, 850,  650,  700, 650,   -150,  -200,
                                      -150,  3400,  30,    56000, 2000, 3150, 5,    12,  5,     150,   4};

START_TEST(parameters_are_where_the_document_says)
{
    unsigned i;

    start(LBMS_PORT_RS485, 1u);
    read_registers(60u, 55u);
    for (i = 0; i < 55u; i++) {
        ck_assert_msg(told(i) == (uint16_t)expected_params[i], "register %u: %u", 60u + i, told(i));
    }
}
END_TEST

START_TEST(every_parameter_register_is_read_back_as_it_was_written)
{
    unsigned i;

    start(LBMS_PORT_RS232, 1u);
    for (i = 0; i < LBMS_PACE_PARAM_REGISTERS; i++) {
        const uint16_t reg = (uint16_t)(LBMS_PACE_PARAM_REGISTER + i);
        uint16_t raw;
        int32_t value;
        uint8_t param;

        lbms_pace_read_registers(&rig.view, reg, 1u, &raw);
        value = raw;
        param = lbms_pace_register_param(reg, &value);
        ck_assert_uint_lt(param, LBMS_PARAM_COUNT);
        ck_assert_int_eq(value, rig.params.v[param]);
    }
    {
        int32_t value = 5;

        ck_assert_uint_eq(lbms_pace_register_param(59u, &value), LBMS_PARAM_NONE);
        ck_assert_uint_eq(lbms_pace_register_param(115u, &value), LBMS_PARAM_NONE);
        ck_assert_int_eq(value, 5);
    }
}
END_TEST

START_TEST(texts_have_two_characters_in_a_register)
{
    start(LBMS_PORT_RS485, 1u);
    memcpy(rig.production.identity.board_serial, "B1", 2u);
    memcpy(rig.production.identity.pack_serial, "12345678901234567890", 20u);
    read_registers(150u, 30u);
    ck_assert_mem_eq(reply + 3, "LS-BTN0-P0548100    B1                  12345678901234567890", 60u);
    rig.view.production = NULL;
    read_registers(159u, 2u);
    ck_assert_mem_eq(reply + 3, "    ", 4u);
}
END_TEST

START_TEST(reading_has_its_limits)
{
    start(LBMS_PORT_RS485, 1u);
    read_registers(0u, 125u);
    ck_assert_uint_eq(reply_size, 255u);
    read_registers(0u, 126u);
    ck_exception(3u, 3u);
    read_registers(0u, 0u);
    ck_exception(3u, 3u);
    read_registers(179u, 1u);
    ck_assert_uint_eq(reply_size, 7u);
    read_registers(179u, 2u);
    ck_exception(3u, 2u);
    read_registers(65535u, 1u);
    ck_exception(3u, 2u);
    ck_assert_uint_eq(modbus.counters.refused, 4u);
    {
        static const uint8_t longer[] = {1, 3, 0, 0, 0, 1, 0};
        static const uint8_t coils[] = {1, 1, 0, 0, 0, 1};
        static const uint8_t single[] = {1, 6, 0, 60, 0, 1};

        ask(longer, sizeof(longer));
        ck_exception(3u, 3u);
        ask(coils, sizeof(coils));
        ck_exception(1u, 1u);
        ask(single, sizeof(single));
        ck_exception(6u, 1u);
    }
}
END_TEST

START_TEST(others_and_damage_are_passed_over_in_silence)
{
    static const uint8_t broadcast[] = {0, 3, 0, 0, 0, 1};
    static const uint8_t other[] = {2, 3, 0, 0, 0, 1};
    static const uint8_t exception[] = {1, 0x83, 2};
    static const uint8_t damaged[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0D};
    static const uint8_t read_reply[] = {1, 3, 2, 0, 7};
    static const uint8_t write_reply[] = {1, 0x10, 0, 60, 0, 2};
    static uint8_t longest[300];

    start(LBMS_PORT_RS485, 1u);
    ask(broadcast, sizeof(broadcast));
    ck_assert_uint_eq(reply_size, 0u);
    ask(other, sizeof(other));
    ck_assert_uint_eq(reply_size, 0u);
    ask(exception, sizeof(exception));
    ck_assert_uint_eq(reply_size, 0u);
    ask(read_reply, sizeof(read_reply));
    ck_assert_uint_eq(reply_size, 0u);
    ask(write_reply, sizeof(write_reply));
    ck_assert_uint_eq(reply_size, 0u);
    ck_assert_uint_eq(modbus.counters.frames, 0u);
    ask_raw(damaged, sizeof(damaged));
    ck_assert_uint_eq(reply_size, 0u);
    ck_assert_uint_eq(modbus.counters.damaged, 1u);
    ask_raw(damaged, 3u);
    ck_assert_uint_eq(modbus.counters.malformed, 1u);
    ask_raw(longest, sizeof(longest));
    ck_assert_uint_eq(modbus.counters.malformed, 2u);
    ask_raw(longest, 256u);
    ck_assert_uint_eq(modbus.counters.damaged + modbus.counters.frames, 2u);
    start(LBMS_PORT_RS485, 0u); /* 0 is for everybody: such a pack cannot be asked */
    ask(broadcast, sizeof(broadcast));
    ck_assert_uint_eq(reply_size, 0u);
}
END_TEST

START_TEST(every_truncation_is_silent)
{
    static const uint8_t frame[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0C};
    size_t size;

    for (size = 0; size < sizeof(frame); size++) {
        start(LBMS_PORT_RS485, 1u);
        ask_raw(frame, size);
        ck_assert_uint_eq(reply_size, 0u);
        ask_raw(frame, sizeof(frame));
        ck_assert_uint_eq(reply_size, 21u);
    }
}
END_TEST

START_TEST(silence_ends_a_frame_and_a_reply_begins_then)
{
    static const uint8_t frame[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0C};
    const uint8_t *text;
    size_t i;

    start(LBMS_PORT_RS485, 1u);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 50u), UINT32_MAX);
    for (i = 0; i < sizeof(frame); i++) {
        lbms_pace_modbus_receive(&modbus, frame[i], 100u);
    }
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 101u), 4u);
    ck_assert(!lbms_pace_modbus_step(&modbus, &rig.view, 104u, &rig.command));
    ck_assert_uint_eq(modbus.stage, LBMS_PACE_LISTENING);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 105u), 0u);
    ck_assert(!lbms_pace_modbus_step(&modbus, &rig.view, 105u, &rig.command));
    ck_assert_uint_eq(modbus.stage, LBMS_PACE_HEAD);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 105u), 0u);
    ck_assert_uint_eq(lbms_pace_modbus_text(&modbus, &rig.view, &text), 3u);
    lbms_pace_modbus_receive(&modbus, 1u, 105u); /* lost */
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 105u), 5u);
    lbms_pace_modbus_sent(&modbus, 3u, 105u);
    ck_assert_uint_eq(lbms_pace_modbus_text(&modbus, &rig.view, &text), 16u);
    lbms_pace_modbus_sent(&modbus, 16u, 105u);
    ck_assert_uint_eq(lbms_pace_modbus_text(&modbus, &rig.view, &text), 2u);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 105u), 5u);
    lbms_pace_modbus_sent(&modbus, 2u, 105u);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 105u), UINT32_MAX);
    ck_assert_uint_eq(lbms_pace_modbus_text(&modbus, &rig.view, &text), 0u);
}
END_TEST

START_TEST(the_silence_follows_the_baud_rate)
{
    ck_assert_uint_eq(lbms_modbus_gap_ms(9600u), 5u);
    ck_assert_uint_eq(lbms_modbus_gap_ms(115200u), 5u);
    ck_assert_uint_eq(lbms_modbus_gap_ms(1200u), 33u); /* 3.5 * 11 / 1200 = 32.1 ms */
    start(LBMS_PORT_RS485, 1u);
    lbms_pace_modbus_set_baud(&modbus, 1200u);
    lbms_pace_modbus_receive(&modbus, 1u, 0u);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 1u), 32u);
}
END_TEST

START_TEST(parameters_are_written_where_writing_is_permitted)
{
    static const uint16_t values[] = {3590, 3650, 3390, 15};
    struct lbms_params before;

    start(LBMS_PORT_RS232, 1u);
    write_registers(64u, 4u, values);
    ck_assert_uint_eq(reply_size, 8u);
    ck_assert_uint_eq(reply[1], 0x10u);
    ck_assert_uint_eq(reply[3], 64u);
    ck_assert_uint_eq(reply[5], 4u);
    ck_assert_int_eq(rig.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3590);
    ck_assert_int_eq(rig.params.v[LBMS_PARAM_CELL_OV_RELEASE_MV], 3390);
    ck_assert_int_eq(rig.params.v[LBMS_PARAM_CELL_OV_DELAY_MS], 1500);
    ck_assert_uint_eq(rig.command.origin, LBMS_PORT_RS232);
    before = rig.params;
    write_registers(64u, 4u, values); /* too soon */
    ck_exception(0x10u, 3u);
    now_ms += 1000u;
    {
        static const uint16_t beyond[] = {3590, 3700, 3390, 15};

        write_registers(64u, 4u, beyond);
        ck_exception(0x10u, 3u);
    }
    ck_assert_mem_eq(&rig.params, &before, sizeof(before));

    start(LBMS_PORT_RS485, 1u);
    write_registers(64u, 4u, values);
    ck_exception(0x10u, 3u);
    ck_assert_uint_eq(modbus.denied, 0x10u);
    ck_assert_uint_eq(commands, 0u);
}
END_TEST

START_TEST(a_write_that_one_command_cannot_hold_is_refused_whole)
{
    static const uint16_t values[20];

    start(LBMS_PORT_RS232, 1u);
    write_registers(60u, 17u, values);
    ck_exception(0x10u, 3u);
    ck_assert_uint_eq(commands, 0u);
    write_registers(60u, 16u, values);
    ck_assert_uint_eq(commands, 1u);
    {
        struct lbms_command command;

        ck_assert_int_eq(lbms_pace_write_registers(60u, 17u, values, &command), LBMS_ERR_SPACE);
    }
}
END_TEST

START_TEST(other_registers_cannot_be_written)
{
    static const uint16_t values[10];
    static const unsigned rows[][2] = {{59, 1}, {114, 2}, {0, 1}, {150, 10}, {160, 9}, {161, 10}, {179, 1}};
    static const uint8_t no_count[] = {1, 0x10, 0, 60, 0, 0, 0};
    static const uint8_t wrong_bytes[] = {1, 0x10, 0, 60, 0, 1, 4, 0, 0, 0, 0};
    static const uint8_t shorter[] = {1, 0x10, 0, 60, 0, 2, 4, 0, 0};
    size_t i;

    start(LBMS_PORT_RS232, 1u);
    lbms_access_presence(&rig.access, now_ms);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_registers(rows[i][0], rows[i][1], values);
        ck_exception(0x10u, 2u);
    }
    ask(no_count, sizeof(no_count));
    ck_exception(0x10u, 3u);
    ask(wrong_bytes, sizeof(wrong_bytes));
    ck_exception(0x10u, 3u);
    ask(shorter, sizeof(shorter));
    ck_exception(0x10u, 3u);
    ck_assert_uint_eq(commands, 0u);
}
END_TEST

START_TEST(serial_numbers_need_the_service_level)
{
    static const uint16_t serial[] = {0x4142, 0x4344, 0x4500, 0, 0, 0, 0, 0, 0, 0};
    static const uint16_t strange[] = {0x8042, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    start(LBMS_PORT_RS232, 1u);
    write_registers(170u, 10u, serial);
    ck_exception(0x10u, 3u);
    ck_assert_uint_eq(modbus.denied, 0x10u);
    lbms_access_presence(&rig.access, now_ms);
    write_registers(170u, 10u, serial);
    ck_assert_uint_eq(reply_size, 8u);
    ck_assert_uint_eq(rig.command.kind, LBMS_COMMAND_SET_SERIAL);
    ck_assert_uint_eq(rig.command.count, 5u);
    ck_assert_uint_eq(rig.command.item[0].id, LBMS_SERIAL_PACK);
    ck_assert_int_eq(rig.command.item[0].value, 0x44434241);
    ck_assert_int_eq(rig.command.item[1].value, 0x45);
    now_ms += 1000u;
    write_registers(160u, 10u, serial);
    ck_assert_uint_eq(rig.command.item[0].id, LBMS_SERIAL_BOARD);
    now_ms += 1000u;
    write_registers(160u, 10u, strange);
    ck_exception(0x10u, 3u);
}
END_TEST

START_TEST(a_write_waits_for_its_result_or_400_ms)
{
    struct lbms_command command;

    start(LBMS_PORT_RS232, 1u);
    rig.result_ms = 390u;
    write_registers(109u, 1u, &(const uint16_t){3100});
    ck_assert_uint_eq(reply_size, 8u);
    now_ms += 1000u;
    rig.result_ms = 450u;
    write_registers(109u, 1u, &(const uint16_t){3110});
    ck_exception(0x10u, 3u);
    rig.result_ms = 0u;
    rig.refuse = LBMS_ERR_SPACE;
    write_registers(109u, 1u, &(const uint16_t){3110});
    ck_exception(0x10u, 3u);
    rig.refuse = LBMS_ERR_MISSING; /* of the keeper: not an address */
    write_registers(109u, 1u, &(const uint16_t){3110});
    ck_exception(0x10u, 3u);

    modbus.stage = LBMS_PACE_WAITING;
    modbus.since_ms = 1000u;
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 1100u), 300u);
    ck_assert_uint_eq(lbms_pace_modbus_due(&modbus, 1400u), 0u);
    modbus.sequence = 9999u;
    ck_assert(!lbms_pace_modbus_step(&modbus, &rig.view, 1399u, &command));
    ck_assert_uint_eq(modbus.stage, LBMS_PACE_WAITING);
}
END_TEST

START_TEST(random_bytes_never_make_a_command)
{
    uint32_t random = 3u;
    unsigned n;

    start(LBMS_PORT_RS232, 1u);
    for (n = 0; n < 300000u; n++) {
        const uint8_t *text;
        struct lbms_command command;

        random = random * UINT32_C(1664525) + UINT32_C(1013904223);
        lbms_pace_modbus_receive(&modbus, (uint8_t)(random >> 24), n);
        if ((random & 0xF000u) == 0u) {
            ck_assert(!lbms_pace_modbus_step(&modbus, &rig.view, n + 5u, &command));
            lbms_pace_modbus_sent(&modbus, lbms_pace_modbus_text(&modbus, &rig.view, &text), n);
        }
    }
    ck_assert_uint_gt(modbus.counters.damaged, 100u);
}
END_TEST

SUITE("link/pace_modbus", CASE("", the_documents_requests_are_answered),
      CASE("", cells_and_temperatures_are_where_the_document_says), CASE("", every_flag_has_its_bit),
      CASE("", parameters_are_where_the_document_says),
      CASE("", every_parameter_register_is_read_back_as_it_was_written),
      CASE("", texts_have_two_characters_in_a_register), CASE("", reading_has_its_limits),
      CASE("R-COM-09", others_and_damage_are_passed_over_in_silence), CASE("", every_truncation_is_silent),
      CASE("", silence_ends_a_frame_and_a_reply_begins_then), CASE("", the_silence_follows_the_baud_rate),
      CASE("", parameters_are_written_where_writing_is_permitted),
      CASE("", a_write_that_one_command_cannot_hold_is_refused_whole),
      CASE("", other_registers_cannot_be_written), CASE("", serial_numbers_need_the_service_level),
      CASE("", a_write_waits_for_its_result_or_400_ms), CASE("", random_bytes_never_make_a_command))
