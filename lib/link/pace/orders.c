/* Requests that change something: each becomes one command. */
#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/model/units.h"
#include "serve.h"

#define MAH_STEP 10 /* of capacities on the wire */

static unsigned word_at(const uint8_t *data)
{
    return ((unsigned)data[0] << 8) | data[1];
}

static void put_item(struct lbms_command *command, uint16_t id, int32_t value)
{
    command->item[command->count].id = id;
    command->item[command->count].value = value;
    command->count++;
}

/* ---- switching ---------------------------------------------------------------------------------------------- */

/* 99H: what a code sets. */
static const struct {
    uint8_t code;
    uint8_t param; /* enum lbms_param */
    uint8_t value;
} functions[] = {
    {LBMS_PACE_STATIC_BALANCE_ON, LBMS_PARAM_BALANCE_STATIC_ENABLE, 1u},
    {LBMS_PACE_STATIC_BALANCE_OFF, LBMS_PARAM_BALANCE_STATIC_ENABLE, 0u},
    {LBMS_PACE_LED_ALARM_ON, LBMS_PARAM_LED_ALARM_ENABLE, 1u},
    {LBMS_PACE_LED_ALARM_OFF, LBMS_PARAM_LED_ALARM_ENABLE, 0u},
    {LBMS_PACE_GEAR_HIGH, LBMS_PARAM_LIMITER_GEAR_LOW, 0u},
    {LBMS_PACE_GEAR_LOW, LBMS_PARAM_LIMITER_GEAR_LOW, 1u},
    {LBMS_PACE_LIMITER_ON, LBMS_PARAM_LIMITER_ENABLE, 1u},
    {LBMS_PACE_LIMITER_OFF, LBMS_PARAM_LIMITER_ENABLE, 0u},
    {LBMS_PACE_BUZZER_OFF, LBMS_PARAM_BUZZER_ENABLE, 0u},
    {LBMS_PACE_BUZZER_ON, LBMS_PARAM_BUZZER_ENABLE, 1u},
};

static int build_control(const struct lbms_pace_request *request, struct lbms_command *command)
{
    const uint8_t code = request->info[0];
    size_t i;

    if (code == (uint8_t)LBMS_PACE_CLEAR_FAULTS) {
        command->kind = LBMS_COMMAND_CLEAR_FAULTS;
        return LBMS_OK;
    }
    for (i = 0u; i < (sizeof(functions) / sizeof(functions[0])); i++) {
        if (functions[i].code == code) {
            command->kind = LBMS_COMMAND_SET_PARAMS;
            put_item(command, functions[i].param, functions[i].value);
            return LBMS_OK;
        }
    }
    return LBMS_ERR_UNSUPPORTED;
}

/* A path is not forced off while the other one is, nor while the pack lives from the other direction. */
static int build_switch(const struct lbms_pace_request *request, struct lbms_command *command)
{
    const struct lbms_snapshot *own = request->view->own;
    const bool charge = request->cid2 == (uint8_t)LBMS_PACE_CHARGE_SWITCH;
    const unsigned path = charge ? LBMS_PATH_CHARGE : LBMS_PATH_DISCHARGE;
    const uint8_t against = charge ? LBMS_FLOW_DISCHARGE : LBMS_FLOW_CHARGE;
    unsigned forced = own->forced_off;

    if (request->info[0] == 0u) {
        forced &= ~path;
    } else if (request->info[0] != 1u) {
        return LBMS_ERR_RANGE;
    } else if (((forced & ~path) != 0u) || (own->flow == against)) {
        return LBMS_ERR_STATE;
    } else {
        forced |= path;
    }
    command->kind = LBMS_COMMAND_FORCE_OFF;
    put_item(command, 0u, (int32_t)forced);
    return LBMS_OK;
}

static int build_sleep(const struct lbms_pace_request *request, struct lbms_command *command)
{
    if ((request->size > 0u) && (request->info[0] != 1u)) {
        return LBMS_ERR_RANGE;
    }
    command->kind = LBMS_COMMAND_SLEEP;
    return LBMS_OK;
}

static int build_clock(const struct lbms_pace_request *request, struct lbms_command *command)
{
    struct lbms_reader in;
    uint32_t seconds = 0u;

    lbms_reader_init(&in, request->info, request->size);
    if (!lbms_pace_get_time(&in, &seconds)) {
        return LBMS_ERR_RANGE;
    }
    command->kind = LBMS_COMMAND_SET_CLOCK;
    put_item(command, 0u, (int32_t)(seconds & (uint32_t)INT32_MAX));
    return LBMS_OK;
}

/* ---- parameters --------------------------------------------------------------------------------------------- */

static int build_group(const struct lbms_pace_request *request, struct lbms_command *command)
{
    struct lbms_reader in;
    bool write = false;

    lbms_reader_init(&in, request->info, request->size);
    command->kind = LBMS_COMMAND_SET_PARAMS;
    return lbms_pace_get_group(&in, lbms_pace_group(request->cid2, &write), command->item, &command->count);
}

static int build_items(const struct lbms_pace_request *request, struct lbms_command *command)
{
    struct lbms_reader in;

    lbms_reader_init(&in, request->info, request->size);
    command->kind = LBMS_COMMAND_SET_PARAMS;
    command->count = lbms_pace_get_items(&in, command->item);
    return (command->count > 0u) ? LBMS_OK : LBMS_ERR_FORMAT;
}

static int build_defaults(const struct lbms_pace_request *request, struct lbms_command *command)
{
    (void)request;
    command->kind = LBMS_COMMAND_RESTORE_DEFAULTS;
    return LBMS_OK;
}

#define UNCHANGED 0xFFu /* in ECH */
#define DISABLED  0xFFu /* in 63H, and in the parameter */

static int put_protocol(struct lbms_command *command, uint16_t param, uint8_t number, uint32_t fitted)
{
    if ((number != DISABLED) && ((number > 31u) || (((fitted >> number) & 1u) == 0u))) {
        return LBMS_ERR_UNSUPPORTED;
    }
    put_item(command, param, number);
    return LBMS_OK;
}

/* CAN, RS485, and in ECH whether the pack looks for the protocol by itself: it cannot. */
static int build_protocols(const struct lbms_pace_request *request, struct lbms_command *command)
{
    const uint8_t *info = request->info;
    const bool keeps = request->cid2 == (uint8_t)LBMS_PACE_SET_INVERTER;
    int status = LBMS_OK;

    if (keeps && (info[2] != 1u)) {
        return LBMS_ERR_UNSUPPORTED;
    }
    command->kind = LBMS_COMMAND_SET_PARAMS;
    if (!keeps || (info[0] != UNCHANGED)) {
        status = put_protocol(command, LBMS_PARAM_CAN_PROTOCOL, info[0], request->config->can_protocols);
    }
    if ((status == LBMS_OK) && (!keeps || (info[1] != UNCHANGED))) {
        status = put_protocol(command, LBMS_PARAM_RS485_PROTOCOL, info[1], request->config->rs485_protocols);
    }
    return status;
}

/* ---- service ------------------------------------------------------------------------------------------------ */

static int build_capacity(const struct lbms_pace_request *request, struct lbms_command *command)
{
    unsigned i;

    command->kind = LBMS_COMMAND_SET_CAPACITY;
    for (i = 0u; i < 3u; i++) {
        put_item(command, (uint16_t)i, (int32_t)word_at(&request->info[2u * i]) * MAH_STEP);
    }
    return LBMS_OK;
}

/* The documents leave open whether 4321 is decimal. */
#define ZERO_KEY     4321u
#define ZERO_KEY_HEX 0x4321u

/* They leave open the unit of a current, too. A tool with another one than ours asks for an impossible gain. */
#define CALIBRATE_STEP_MA 100

static int build_calibration(const struct lbms_pace_request *request, struct lbms_command *command)
{
    const int32_t value = (int32_t)word_at(request->info);

    command->kind = LBMS_COMMAND_CALIBRATE;
    switch (request->cid2) {
    case LBMS_PACE_CALIBRATE_ZERO:
        put_item(command, LBMS_CALIBRATE_ZERO, 0);
        return ((value == (int32_t)ZERO_KEY) || (value == (int32_t)ZERO_KEY_HEX)) ? LBMS_OK : LBMS_ERR_RANGE;
    case LBMS_PACE_CALIBRATE_DISCHARGE:
        put_item(command, LBMS_CALIBRATE_DISCHARGE, -value * CALIBRATE_STEP_MA);
        return LBMS_OK;
    case LBMS_PACE_CALIBRATE_CHARGE:
        put_item(command, LBMS_CALIBRATE_CHARGE, value * CALIBRATE_STEP_MA);
        return LBMS_OK;
    case LBMS_PACE_CALIBRATE_PACK:
        put_item(command, LBMS_CALIBRATE_PACK, value);
        return LBMS_OK;
    default: /* a reference voltage: the front end needs none */
        return LBMS_ERR_UNSUPPORTED;
    }
}

static int build_clear_records(const struct lbms_pace_request *request, struct lbms_command *command)
{
    (void)request;
    command->kind = LBMS_COMMAND_CLEAR_RECORDS;
    return LBMS_OK;
}

static int build_cells(const struct lbms_pace_request *request, struct lbms_command *command)
{
    (void)command;
    return (request->info[0] == LBMS_CELLS) ? LBMS_OK : LBMS_ERR_RANGE;
}

static int build_cycles(const struct lbms_pace_request *request, struct lbms_command *command)
{
    command->kind = LBMS_COMMAND_SET_CYCLES;
    put_item(command, 0u, (int32_t)word_at(request->info));
    return LBMS_OK;
}

static int build_serial(const struct lbms_pace_request *request, struct lbms_command *command)
{
    const bool board = request->cid2 == (uint8_t)LBMS_PACE_SET_BOARD_SERIAL;
    char text[LBMS_PACE_TEXT_SIZE + 1u];
    struct lbms_reader in;
    size_t i;

    lbms_reader_init(&in, request->info, request->size);
    lbms_pace_get_text(&in, text, LBMS_PACE_TEXT_SIZE);
    lbms_reader_init(&in, text, LBMS_PACE_TEXT_SIZE);
    command->kind = LBMS_COMMAND_SET_SERIAL;
    for (i = 0u; i < (LBMS_PACE_TEXT_SIZE / 4u); i++) {
        const uint32_t four = lbms_get_u32le(&in);

        if ((four & UINT32_C(0x80808080)) != 0u) { /* no ASCII */
            return LBMS_ERR_RANGE;
        }
        put_item(command, board ? LBMS_SERIAL_BOARD : LBMS_SERIAL_PACK, (int32_t)four);
    }
    return LBMS_OK;
}

/* ---- the table ---------------------------------------------------------------------------------------------- */

#define OPERATE LBMS_ACCESS_OPERATE
#define PARAMS  LBMS_ACCESS_PARAMS
#define SERVICE LBMS_ACCESS_SERVICE

/* CID2, shortest and longest INFO, level, answer, goes to the flash */
static const struct lbms_pace_order orders[] = {
    {LBMS_PACE_SET_PROTOCOLS, 2u, 2u, PARAMS, LBMS_PACE_ANSWER_NONE, true, build_protocols},
    {LBMS_PACE_CONTROL, 1u, 1u, OPERATE, LBMS_PACE_ANSWER_CONTROL, true, build_control},
    {LBMS_PACE_CHARGE_SWITCH, 1u, 1u, OPERATE, LBMS_PACE_ANSWER_INDICATION, false, build_switch},
    {LBMS_PACE_DISCHARGE_SWITCH, 1u, 1u, OPERATE, LBMS_PACE_ANSWER_INDICATION, false, build_switch},
    {LBMS_PACE_SLEEP, 0u, 1u, OPERATE, LBMS_PACE_ANSWER_NONE, false, build_sleep},
    {LBMS_PACE_DEFAULTS, 0u, 0u, PARAMS, LBMS_PACE_ANSWER_NONE, true, build_defaults},
    {LBMS_PACE_SET_CAPACITY, 6u, 6u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_capacity},
    {LBMS_PACE_CALIBRATE_FIRST, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_calibration},
    {LBMS_PACE_CALIBRATE_ZERO, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_calibration},
    {LBMS_PACE_CALIBRATE_DISCHARGE, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_calibration},
    {LBMS_PACE_CALIBRATE_CHARGE, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_calibration},
    {LBMS_PACE_CALIBRATE_PACK, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_calibration},
    {LBMS_PACE_SET_CLOCK, 6u, 6u, OPERATE, LBMS_PACE_ANSWER_NONE, false, build_clock},
    {LBMS_PACE_CLEAR_RECORDS, 0u, 0u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_clear_records},
    {LBMS_PACE_SET_CELLS, 1u, 1u, PARAMS, LBMS_PACE_ANSWER_NONE, false, build_cells},
    {LBMS_PACE_SET_CYCLES, 2u, 2u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_cycles},
    {LBMS_PACE_SET_BOARD_SERIAL, 20u, 20u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_serial},
    {LBMS_PACE_SET_PACK_SERIAL, 20u, 20u, SERVICE, LBMS_PACE_ANSWER_NONE, true, build_serial},
    {LBMS_PACE_SET_INVERTER, 3u, 3u, PARAMS, LBMS_PACE_ANSWER_NONE, true, build_protocols},
    {LBMS_PACE_SET_PARAMS, LBMS_PACE_ITEM_SIZE, LBMS_PACE_INFO_MAX, PARAMS, LBMS_PACE_ANSWER_NONE, true,
     build_items},
};

/* Of all groups: which lengths there are, the group knows. */
static const struct lbms_pace_order group_order = {
    0u, 0u, LBMS_PACE_INFO_MAX, PARAMS, LBMS_PACE_ANSWER_NONE, true, build_group};

bool lbms_pace_order(uint8_t cid2, struct lbms_pace_order *order)
{
    bool write = false;
    size_t i;

    for (i = 0u; i < (sizeof(orders) / sizeof(orders[0])); i++) {
        if (orders[i].cid2 == cid2) {
            *order = orders[i];
            return true;
        }
    }
    *order = group_order;
    order->cid2 = cid2;
    return (lbms_pace_group(cid2, &write) != NULL) && write;
}

uint32_t lbms_pace_order_ms(uint8_t cid2)
{
    const bool samples =
        (cid2 >= (uint8_t)LBMS_PACE_CALIBRATE_FIRST) && (cid2 <= (uint8_t)LBMS_PACE_CALIBRATE_PACK);

    return samples ? LBMS_PACE_CALIBRATION_MS : LBMS_PACE_RESULT_MS;
}

uint8_t lbms_pace_order_level(const struct lbms_pace_order *order, const struct lbms_pace_request *request)
{
    if (order->cid2 == (uint8_t)LBMS_PACE_CONTROL) {
        switch (request->info[0]) {
        case LBMS_PACE_STATIC_BALANCE_ON:
        case LBMS_PACE_STATIC_BALANCE_OFF:
            return PARAMS;
        case LBMS_PACE_CLEAR_FAULTS:
            return SERVICE;
        default:
            break;
        }
    }
    return order->level;
}
