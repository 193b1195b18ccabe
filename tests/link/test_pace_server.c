/* What the server answers to questions: the frames of the documents, other ports and addresses, damage, timing. */
#include "losun_bms/link/pace/server.h"

#include <string.h>

#include "golden.h"
#include "losun_bms/model/bits.h"
#include "server_rig.h"
#include "support/suite.h"

START_TEST(the_reference_pack_answers_as_the_document_says)
{
    static const struct {
        uint8_t address;
        const char *request, *reply;
    } rows[] = {
        {0, "~25004642E00201FD31", GOLDEN_VALUES_S1},
        {2, "~25024642E00202FD2E", GOLDEN_VALUES_S1_DIP2},
        {0, "~250046900000FDA6", "~25004600E00201FD37"},
        {2, "~250246900000FDA4", "~25024600E00201FD35"},
        {0, "~250046C10000FD9B", "~2500460060284C532D42544E302D503035343831303020202020F575"},
        {0, "~250046A60000FD98", "~25004600400C1A8527422710FB20"},
        {0, "~250046D10000FD9A", "~25004600F010010E100E420D340AFA3A"},
        {0, "~250046D30000FD98", "~25004600F010010AF00A280B540AFA29"},
        {0, "~250046D50000FD96", "~25004600F01001E100E420D2F00AFA29"},
        {0, "~250046D70000FD94", "~25004600F01001B540B220BB800AFA29"},
        {0, "~250046D90000FD92", "~25004600400C010069006E0AFB1C"},
        {0, "~250046DB0000FD89", "~25004600400C01FF97FF920AFAD3"},
        {0, "~250046B60000FD97", "~2500460080080D48001EFBE9"},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_rig rig;

        server_rig_init(&rig, LBMS_PORT_RS232, rows[i].address);
        ck_assert_str_eq(server_rig_ask(&rig, rows[i].request), rows[i].reply);
        ck_assert_uint_eq(rig.server.counters.frames, 1u);
        ck_assert_uint_eq(rig.server.counters.refused, 0u);
    }
}
END_TEST

START_TEST(the_state_of_the_documents_example_is_told)
{
    struct server_rig rig;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    rig.own.m.cell_mv[2] = 3651u;
    rig.own.alarms = LBMS_MASK(LBMS_BIT_CELL_OV);
    rig.own.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    rig.own.state = LBMS_STATE_FULL;
    rig.own.m.closed = LBMS_SWITCH_DISCHARGE;
    rig.own.charger_present = true;
    rig.own.balance_mask = 1u << 2;
    ck_assert_str_eq(server_rig_ask(&rig, "~25004644E00201FD2F"), GOLDEN_STATE_OV);
}
END_TEST

START_TEST(rs232_answers_any_address_with_its_own)
{
    struct server_rig rig;

    server_rig_init(&rig, LBMS_PORT_RS232, 1u);
    ck_assert_str_eq(server_rig_ask(&rig, "~250046900000FDA6"), "~25014600E00201FD36");
    ck_assert_uint_le(rig.silence_ms, 35u);
}
END_TEST

START_TEST(rs485_answers_its_own_address_only_and_not_at_once)
{
    struct server_rig rig;

    server_rig_init(&rig, LBMS_PORT_RS485, 2u);
    ck_assert_str_eq(server_rig_ask(&rig, "~250046900000FDA6"), "");
    ck_assert_uint_eq(rig.server.counters.frames, 0u);
    ck_assert_str_eq(server_rig_ask(&rig, "~250246900000FDA4"), "~25024600E00201FD35");
    ck_assert_uint_ge(rig.silence_ms, 5u);
    ck_assert_uint_le(rig.silence_ms, 35u);
}
END_TEST

START_TEST(rs485_is_silent_where_it_cannot_know_who_was_meant)
{
    static const char *const requests[] = {
        "~250046901000FDA5",   /* wrong check digit */
        "~250046900000FDA7",   /* wrong checksum */
        "~240046900000FDA7",   /* another version */
        "~250045900000FDA7",   /* another device */
        "~250046000000FDAF",   /* the reply of somebody */
        "~250046090000FDA6",   /* an error of somebody */
        "~20024642E00202FD33", /* Pylontech */
        "~20014A420000FDA2",   /* EG4 */
    };
    size_t i;

    for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct server_rig rig;

        server_rig_init(&rig, LBMS_PORT_RS485, 0u);
        ck_assert_str_eq(server_rig_ask(&rig, requests[i]), "");
        ck_assert_uint_eq(rig.server.stage, LBMS_PACE_LISTENING);
        ck_assert_uint_eq(rig.commands, 0u);
    }
}
END_TEST

START_TEST(rs232_says_what_is_wrong)
{
    static const struct {
        const char *request, *reply;
    } rows[] = {
        {"~250046901000FDA5", "~250046030000FDAC"},  /* LCHKSUM */
        {"~250046900000FDA7", "~250046020000FDAD"},  /* CHKSUM */
        {"~240046900000FDA7", "~250046010000FDAE"},  /* VER */
        {"~200046900000FDAB", "~250046010000FDAE"},  /* VER 20 */
        {"~250045900000FDA7", "~250046E10000FD99"},  /* CID1 */
        {"~25004642F0010FD62", "~250046090000FDA6"}, /* odd LENID */
        {"~250046640000FDA5", "~250046040000FDAB"},  /* CID2 */
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_rig rig;

        server_rig_init(&rig, LBMS_PORT_RS232, 0u);
        ck_assert_str_eq(server_rig_ask(&rig, rows[i].request), rows[i].reply);
        ck_assert_uint_eq(rig.server.counters.refused, 1u);
        ck_assert_uint_eq(rig.server.counters.damaged, (i < 2u) ? 1u : 0u);
        ck_assert_uint_eq(rig.commands, 0u);
        /* and the next request is answered */
        ck_assert_str_eq(server_rig_ask(&rig, "~250046900000FDA6"), "~25004600E00201FD37");
    }
}
END_TEST

START_TEST(factory_memory_radio_and_active_balancing_are_unknown)
{
    static const uint8_t codes[] = {0x43, 0x64, 0x65, 0x66, 0x67, 0x6A, 0x6B,
                                    0x7E, 0x7F, 0x80, 0xA2, 0xC5, 0xFF};
    size_t i;

    for (i = 0; i < sizeof(codes); i++) {
        struct server_rig rig;
        struct frame answer;

        server_rig_init(&rig, LBMS_PORT_RS232, 0u);
        ck_assert_int_eq(server_rig_command(&rig, codes[i], NULL, 0u, &answer), LBMS_PACE_UNKNOWN);
        ck_assert_uint_eq(answer.size, 0u);
    }
}
END_TEST

START_TEST(a_truncated_frame_is_counted_and_the_next_answered)
{
    struct server_rig rig;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    ck_assert_str_eq(server_rig_ask(&rig, "~2500469~250046900000FDA6"), "~25004600E00201FD37");
    ck_assert_uint_eq(rig.server.counters.malformed, 1u);
}
END_TEST

START_TEST(the_master_answers_for_all_packs)
{
    struct server_rig rig;
    struct frame answer;
    uint8_t info;

    server_rig_init(&rig, LBMS_PORT_RS232, 1u);
    rig.packs[0].address = 2u;
    rig.packs[0].values = frame_values_s1();
    rig.view.packs = rig.packs;
    rig.view.pack_count = 1u;
    ck_assert_str_eq(server_rig_ask(&rig, "~25014642E002FFFD05"), GOLDEN_VALUES_TWO_PACKS);
    ck_assert_str_eq(server_rig_ask(&rig, "~250146900000FDA5"), "~25014600E00202FD35");

    info = 2u;
    rig.packs[0].values.cell_mv[0] = 2222u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_VALUES, &info, 1u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 61u);
    ck_assert_uint_eq(answer.info[1], 2u);
    ck_assert_uint_eq(answer.info[3], 2222u >> 8);
    info = 1u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_VALUES, &info, 1u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.info[3], 3301u >> 8);
    info = 3u; /* off line */
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_VALUES, &info, 1u, &answer), LBMS_PACE_REFUSED);
    ck_assert_uint_eq(answer.size, 0u);
    info = 2u;
    rig.packs[0].state.faults = LBMS_MASK(LBMS_FAULT_NTC);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_STATE, &info, 1u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 38u);
    ck_assert_uint_eq(answer.info[2 + 31], 4u);
}
END_TEST

START_TEST(fifteen_packs_are_told_in_one_frame)
{
    static const uint16_t sizes[] = {2u + 15u * 59u, 2u + 15u * 73u, 2u + 15u * 81u};
    unsigned layout;

    for (layout = 0; layout < 3u; layout++) {
        struct server_rig rig;
        struct frame answer;
        const uint8_t info = 0xFFu;
        unsigned i;

        server_rig_init(&rig, LBMS_PORT_RS232, 1u);
        rig.config.values_layout = (uint8_t)layout;
        rig.config.state_extension = 1u;
        for (i = 0; i < 14u; i++) {
            rig.packs[i].address = (uint8_t)(i + 2u);
            rig.packs[i].values = frame_values_s1();
            rig.packs[i].values.cell_mv[15] = (uint16_t)(3000u + i);
        }
        rig.packs[3].values.cells = 15u; /* another kind of pack: its block has the length of the others */
        rig.packs[3].values.temps = 4u;
        rig.view.packs = rig.packs;
        rig.view.pack_count = 14u;
        ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_VALUES, &info, 1u, &answer), LBMS_PACE_OK);
        ck_assert_uint_eq(answer.size, sizes[layout]);
        ck_assert_uint_eq(answer.info[1], 15u);
        for (i = 0; i < 14u; i++) {
            const size_t at = 2u + (i + 1u) * ((sizes[layout] - 2u) / 15u);

            ck_assert_uint_eq(answer.info[at], 16u);
            ck_assert_uint_eq((unsigned)answer.info[at + 31] * 256u + answer.info[at + 32], 3000u + i);
        }
        ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_STATE, &info, 1u, &answer), LBMS_PACE_OK);
        ck_assert_uint_eq(answer.size, 2u + 15u * 37u);
    }
}
END_TEST

START_TEST(a_pack_that_leaves_during_the_reply_leaves_zeros)
{
    static const char request[] = "~25014642E002FFFD05\r";
    struct server_rig rig;
    const uint8_t *text;
    char reply[2000];
    struct frame frame;
    size_t length = 0;
    size_t count;

    server_rig_init(&rig, LBMS_PORT_RS232, 1u);
    rig.packs[0].address = 2u;
    rig.packs[0].values = frame_values_s1();
    rig.view.packs = rig.packs;
    rig.view.pack_count = 1u;
    (void)lbms_pace_server_receive(&rig.server, &rig.view, (const uint8_t *)request, sizeof(request) - 1u,
                                   0u);
    while ((count = lbms_pace_server_text(&rig.server, &rig.view, 0u, &text)) > 0u) {
        memcpy(reply + length, text, count);
        length += count;
        lbms_pace_server_sent(&rig.server, count, 0u);
        rig.view.pack_count = 0u;
    }
    reply[length - 1u] = '\0';
    frame_read(reply, &frame);
    ck_assert_uint_eq(frame.size, 2u + 2u * 59u);
    ck_assert_uint_eq(frame.info[2], 16u);
    ck_assert_uint_eq(frame.info[2 + 59], 0u);
}
END_TEST

START_TEST(other_packs_than_the_master_speak_for_themselves)
{
    static const uint8_t commands[] = {1u, 5u, 0xFFu};
    struct server_rig rig;
    struct frame answer;
    size_t i;

    server_rig_init(&rig, LBMS_PORT_RS232, 3u);
    rig.packs[0].address = 5u;
    rig.view.packs = rig.packs;
    rig.view.pack_count = 1u;
    for (i = 0; i < sizeof(commands); i++) {
        ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_VALUES, &commands[i], 1u, &answer), LBMS_PACE_OK);
        ck_assert_uint_eq(answer.size, 61u);
        ck_assert_uint_eq(answer.info[1], (commands[i] == 0xFFu) ? 1u : commands[i]);
        ck_assert_uint_eq(answer.info[3], 3301u >> 8);
    }
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_COUNT, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.info[0], 1u);
}
END_TEST

START_TEST(questions_with_too_few_or_too_many_bytes_are_refused)
{
    static const struct {
        uint8_t cid2, least, most;
    } rows[] = {{0x42, 1, 1}, {0x44, 1, 1}, {0x60, 0, 0}, {0x62, 0, 0}, {0x90, 0, 0}, {0xA1, 2, 2},
                {0xA6, 0, 0}, {0xB1, 0, 0}, {0xC1, 0, 0}, {0xC2, 0, 0}, {0xC6, 0, 0}, {0xEB, 0, 0},
                {0xF3, 1, 1}, {0xF4, 2, 2}, {0xF5, 0, 0}, {0xD1, 0, 0}, {0xE5, 0, 0}, {0xF0, 3, 3}};
    static const uint8_t info[130];
    size_t i;
    uint16_t size;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size = 0; size < sizeof(info); size++) {
            struct server_rig rig;
            struct frame answer;
            const bool right = size >= rows[i].least && size <= rows[i].most;

            server_rig_init(&rig, LBMS_PORT_RS232, 0u);
            rig.port_takes = 200u;
            ck_assert_int_eq(server_rig_command(&rig, rows[i].cid2, info, size, &answer),
                             right ? LBMS_PACE_OK : LBMS_PACE_REFUSED);
        }
    }
}
END_TEST

START_TEST(records_are_listed_newest_first_until_the_end)
{
    struct server_rig rig;
    struct frame answer;
    uint8_t info[2] = {0u, 0u};

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    rig.record[0].time_s = 1709172056u;
    rig.record[0].wall = true;
    rig.record[0].number = 9u;
    rig.record_status[1] = LBMS_ERR_CHECKSUM;
    rig.record[1].number = 8u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_RECORD, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 72u);
    ck_assert_uint_eq(answer.info[0], 24u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_EVENT, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 90u);
    ck_assert_uint_eq(answer.info[4], 9u);
    info[1] = 1u; /* cannot be read: told as nothing, and the list goes on */
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_EVENT, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 90u);
    ck_assert_uint_eq(answer.info[4], 0u);
    info[1] = 3u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_RECORD, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 0u);
    info[0] = 1u;
    info[1] = 0u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_RECORD, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 0u);
    rig.view.records.read = NULL;
    info[0] = 0u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_RECORD, info, 2u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 0u);
}
END_TEST

START_TEST(clock_and_identity_are_told)
{
    static const uint8_t moment[] = {24, 8, 21, 5, 29, 31};
    static const uint8_t none[] = {0, 1, 1, 0, 0, 0};
    struct server_rig rig;
    struct frame answer;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_CLOCK, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, none, 6u);
    rig.view.wall_valid = true;
    rig.view.wall_s = 1724218171u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_CLOCK, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, moment, 6u);

    memcpy(rig.production.identity.board_serial, "B-123", 5u);
    memcpy(rig.production.identity.pack_serial, "12345678901234567890", 20u);
    rig.production.identity.hardware = 203u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PRODUCT, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 40u);
    ck_assert_mem_eq(answer.info, "B-123               12345678901234567890", 40u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_INTERNAL, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 20u);
    ck_assert_mem_eq(answer.info, "demo 1.2.3HW203     ", 20u);
    rig.production.identity.hardware = 65535u;
    rig.view.firmware = "a name of more than thirty letters";
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_INTERNAL, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, "a name of more than thirty letHW65535   ", 40u);

    rig.view.production = NULL;
    rig.view.firmware = NULL;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PRODUCT, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, "                                        ", 40u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_INTERNAL, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, "?HW0       ", 11u);
}
END_TEST

START_TEST(inverter_protocols_are_listed_and_named)
{
    static const uint8_t list[] = {2, 1, 7, 2, 0, 1};
    static const uint8_t can[] = {0, 0, 2, 1, 7};
    static const uint8_t can_names[] = "\x02\x01Pylontech\0\x07SMA";
    static const uint8_t rs485[] = {1, 1, 1, 3};
    static const uint8_t rs485_names[] = "\x01\x03Voltronic";
    static const uint8_t wrong[][5] = {
        {0, 2, 1, 0, 0}, {0, 0, 2, 1, 0x17}, {0, 1, 2, 1, 0x19}, {0, 0, 1, 1, 1}};
    struct server_rig rig;
    struct frame answer;
    uint8_t all[3 + 25];
    unsigned i;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    rig.params.v[LBMS_PARAM_CAN_PROTOCOL] = 7;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_INVERTER, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, "\x07\x01\x01", 3u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOLS, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 2u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOL_LIST, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, sizeof(list));
    ck_assert_mem_eq(answer.info, list, sizeof(list));
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOL_NAMES, can, 5u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, sizeof(can_names));
    ck_assert_mem_eq(answer.info, can_names, sizeof(can_names));
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOL_NAMES, rs485, 4u, &answer), LBMS_PACE_OK);
    ck_assert_mem_eq(answer.info, rs485_names, sizeof(rs485_names));
    for (i = 0; i < 4u; i++) {
        ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOL_NAMES, wrong[i], 5u, &answer),
                         LBMS_PACE_REFUSED);
    }
    all[0] = 0u;
    all[1] = 1u;
    all[2] = 25u;
    for (i = 0; i < 25u; i++) {
        all[3u + i] = (uint8_t)i;
    }
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PROTOCOL_NAMES, all, sizeof(all), &answer),
                     LBMS_PACE_OK);
    ck_assert_uint_lt(answer.info[0], 25u); /* as many as there is room for */
    ck_assert_uint_le(answer.size, LBMS_PACE_INFO_MAX);
}
END_TEST

START_TEST(parameters_health_and_counters_are_told_by_our_own_commands)
{
    struct server_rig rig;
    struct frame answer;
    uint8_t info[3] = {0u, 1u, 2u};

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PARAMS, info, 3u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 12u);
    ck_assert_uint_eq(answer.info[1], LBMS_PARAM_COUNT);
    ck_assert_uint_eq(answer.info[3], 1u);
    ck_assert_mem_eq(&answer.info[4], "\x00\x00\x0E\x42\x00\x00\x0D\x34", 8u); /* 3650, 3380 */
    info[1] = (uint8_t)(LBMS_PARAM_COUNT - 2u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PARAMS, info, 3u, &answer), LBMS_PACE_OK);
    info[1] = (uint8_t)(LBMS_PARAM_COUNT - 1u);
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PARAMS, info, 3u, &answer), LBMS_PACE_REFUSED);
    info[1] = 0u;
    info[2] = 16u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PARAMS, info, 3u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 68u);
    info[2] = 17u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_PARAMS, info, 3u, &answer), LBMS_PACE_REFUSED);

    rig.health.faults[LBMS_HEALTH_FAULTS - 1u] = 0x01020304;
    info[0] = LBMS_HEALTH_TRIPS + LBMS_HEALTH_FAULTS - 1u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_HEALTH, info, 1u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.info[0], LBMS_HEALTH_WORDS);
    ck_assert_mem_eq(&answer.info[2], "\x01\x02\x03\x04", 4u);
    info[0] = LBMS_HEALTH_WORDS - 1u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_HEALTH, info, 1u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 6u);
    info[0] = LBMS_HEALTH_WORDS;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_HEALTH, info, 1u, &answer), LBMS_PACE_REFUSED);
    rig.view.health = NULL;
    info[0] = 0u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_HEALTH, info, 1u, &answer), LBMS_PACE_REFUSED);

    rig.own.port[1].refused = 77u;
    ck_assert_int_eq(server_rig_command(&rig, LBMS_PACE_COUNTERS, NULL, 0u, &answer), LBMS_PACE_OK);
    ck_assert_uint_eq(answer.size, 24u);
    ck_assert_uint_eq(answer.info[15], 77u);
}
END_TEST

START_TEST(the_echo_of_a_reply_is_no_request)
{
    struct server_rig rig;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    ck_assert_str_eq(server_rig_ask(&rig, "~250045900000FDA7"), "~250046E10000FD99");
    ck_assert_str_eq(server_rig_ask(&rig, "~250046E10000FD99"),
                     ""); /* the same as a request of the group E1H */
    ck_assert_str_ne(server_rig_ask(&rig, "~250046E10000FD99"), "");
    ck_assert_str_eq(server_rig_ask(&rig, "~250045900000FDA7"), "~250046E10000FD99");
    rig.now_ms += 500u;
    ck_assert_str_ne(server_rig_ask(&rig, "~250046E10000FD99"), ""); /* so late it is none */
}
END_TEST

START_TEST(characters_that_come_during_a_reply_wait)
{
    static const uint8_t two[] = "~25004642E00200FD32\r~25004642E00200FD32\r";
    struct server_rig rig;
    const uint8_t *text;
    size_t taken;

    server_rig_init(&rig, LBMS_PORT_RS485, 0u);
    taken = lbms_pace_server_receive(&rig.server, &rig.view, two, sizeof(two) - 1u, 1000u);
    ck_assert_uint_eq(taken, 20u);
    ck_assert_uint_eq(lbms_pace_server_due(&rig.server, 1001u), 4u);
    ck_assert_uint_eq(lbms_pace_server_text(&rig.server, &rig.view, 1004u, &text), 0u);
    ck_assert_uint_eq(lbms_pace_server_due(&rig.server, 1005u), 0u);
    ck_assert_uint_eq(lbms_pace_server_text(&rig.server, &rig.view, 1005u, &text), 17u);
    ck_assert_uint_eq(lbms_pace_server_receive(&rig.server, &rig.view, two + 20, 20u, 1005u), 0u);
    ck_assert_uint_gt(lbms_pace_server_due(&rig.server, 1005u), 0u); /* waits for the port to drain */
    ck_assert_uint_lt(lbms_pace_server_due(&rig.server, 1005u), 35u);
    while (lbms_pace_server_text(&rig.server, &rig.view, 1006u, &text) > 0u) {
        ck_assert_uint_ne(lbms_pace_server_due(&rig.server, 1006u), UINT32_MAX);
        lbms_pace_server_sent(&rig.server, 1u, 1006u);
    }
    ck_assert_uint_eq(lbms_pace_server_due(&rig.server, 1007u), UINT32_MAX);
    ck_assert_uint_eq(lbms_pace_server_receive(&rig.server, &rig.view, two + 20, 20u, 1007u), 20u);
    ck_assert_uint_eq(rig.server.counters.frames, 2u);
}
END_TEST

START_TEST(the_longest_frame_is_refused_and_the_next_request_answered)
{
    static const uint8_t info[LBMS_ASCII_INFO_MAX];
    static char text[FRAME_TEXT_SIZE];
    struct server_rig rig;

    frame_write(text, 0u, LBMS_PACE_SET_PARAMS, info, LBMS_ASCII_INFO_MAX);
    ck_assert_uint_eq(strlen(text), 17u + 4094u);
    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    ck_assert_str_eq(server_rig_ask(&rig, text), "~250046090000FDA6");
    ck_assert_uint_eq(rig.commands, 0u);
    ck_assert_str_eq(server_rig_ask(&rig, "~250046900000FDA6"), "~25004600E00201FD37");
    server_rig_init(&rig, LBMS_PORT_RS485, 1u); /* for another pack */
    ck_assert_str_eq(server_rig_ask(&rig, text), "");
    ck_assert_str_eq(server_rig_ask(&rig, "~250146900000FDA5"), "~25014600E00201FD36");
}
END_TEST

START_TEST(random_bytes_never_make_a_command)
{
    struct server_rig rig;
    uint32_t random = 1u;
    unsigned n;

    server_rig_init(&rig, LBMS_PORT_RS232, 0u);
    for (n = 0; n < 200000u; n++) {
        static const char digits[] = "0123456789ABCDEF~\r";
        const uint8_t *text;
        uint8_t byte;
        struct lbms_command command;

        random = random * UINT32_C(1664525) + UINT32_C(1013904223);
        byte = ((random >> 28) == 0u) ? (uint8_t)(random >> 16) : (uint8_t)digits[(random >> 16) % 18u];
        (void)lbms_pace_server_receive(&rig.server, &rig.view, &byte, 1u, n);
        ck_assert(!lbms_pace_server_step(&rig.server, &rig.view, n, &command));
        lbms_pace_server_sent(&rig.server, lbms_pace_server_text(&rig.server, &rig.view, n, &text), n);
    }
    ck_assert_uint_gt(rig.server.counters.malformed, 100u);
}
END_TEST

SUITE("link/pace_server", CASE("R-COM-07", the_reference_pack_answers_as_the_document_says),
      CASE("R-COM-07", the_state_of_the_documents_example_is_told),
      CASE("R-COM-07", rs232_answers_any_address_with_its_own),
      CASE("R-COM-02", rs485_answers_its_own_address_only_and_not_at_once),
      CASE("R-COM-02 R-COM-09", rs485_is_silent_where_it_cannot_know_who_was_meant),
      CASE("R-COM-09", rs232_says_what_is_wrong),
      CASE("", factory_memory_radio_and_active_balancing_are_unknown),
      CASE("", a_truncated_frame_is_counted_and_the_next_answered),
      CASE("", the_master_answers_for_all_packs), CASE("", fifteen_packs_are_told_in_one_frame),
      CASE("", a_pack_that_leaves_during_the_reply_leaves_zeros),
      CASE("", other_packs_than_the_master_speak_for_themselves),
      CASE("", questions_with_too_few_or_too_many_bytes_are_refused),
      CASE("R-PRM-05", records_are_listed_newest_first_until_the_end),
      CASE("R-COM-07", clock_and_identity_are_told),
      CASE("R-COM-04", inverter_protocols_are_listed_and_named),
      CASE("", parameters_health_and_counters_are_told_by_our_own_commands),
      CASE("", the_echo_of_a_reply_is_no_request), CASE("", characters_that_come_during_a_reply_wait),
      CASE("R-COM-09", the_longest_frame_is_refused_and_the_next_request_answered),
      CASE("", random_bytes_never_make_a_command))
