/* Requests that ask for something: answered at once from the view. 42H and 44H are in server.c, for they are long. */
#include <string.h>

#include "losun_bms/link/fields.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "serve.h"

#define MASTER 1u

static uint8_t pack_count(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const struct lbms_view *view = request->view;

    lbms_put_u8(out, (view->own->address == MASTER) ? (uint8_t)(1u + view->pack_count) : 1u);
    return LBMS_PACE_OK;
}

static uint8_t history(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const struct lbms_record_reader *records = &request->view->records;
    const uint32_t index = ((uint32_t)request->info[0] << 8) | request->info[1];
    struct lbms_record record;
    int status;

    memset(&record, 0,
           sizeof(record)); /* what a record tells that cannot be read: the list goes on behind it */
    status = (records->read != NULL) ? records->read(records->ctx, index, &record) : LBMS_ERR_MISSING;
    if (status == LBMS_ERR_MISSING) {
        return LBMS_PACE_OK; /* the end of the list */
    }
    if (status != LBMS_OK) {
        memset(&record, 0, sizeof(record));
    }
    if (request->cid2 == (uint8_t)LBMS_PACE_EVENT) {
        lbms_pace_put_event(out, &record);
    } else {
        lbms_pace_put_record(out, &record);
    }
    return LBMS_PACE_OK;
}

static uint8_t capacity(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    struct lbms_pack_values values;

    lbms_view_values(request->view, &values, false);
    lbms_pace_put_capacity(out, &values);
    return LBMS_PACE_OK;
}

static uint8_t clock(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    lbms_pace_put_time(out, request->view->wall_valid ? request->view->wall_s : LBMS_PACE_NO_TIME);
    return LBMS_PACE_OK;
}

/* ---- who are you -------------------------------------------------------------------------------------------- */

static uint8_t software(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    lbms_pace_put_text(out, request->view->product->model, LBMS_PACE_TEXT_SIZE, LBMS_PACE_TEXT_SIZE);
    return LBMS_PACE_OK;
}

static uint8_t product(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const struct lbms_production *production = request->view->production;
    const char *board = (production != NULL) ? production->identity.board_serial : "";
    const char *pack = (production != NULL) ? production->identity.pack_serial : "";

    lbms_pace_put_text(out, board, LBMS_SERIAL_SIZE, LBMS_PACE_TEXT_SIZE);
    lbms_pace_put_text(out, pack, LBMS_SERIAL_SIZE, LBMS_PACE_TEXT_SIZE);
    return LBMS_PACE_OK;
}

#define FIRMWARE_MAX  30u
#define HARDWARE_SIZE 10u

/* Program, then "HW" and the version of the board. */
static uint8_t internal(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const struct lbms_production *production = request->view->production;
    const char *firmware = (request->view->firmware != NULL) ? request->view->firmware : "?";
    unsigned version = (production != NULL) ? production->identity.hardware : 0u;
    char hardware[HARDWARE_SIZE] = "HW";
    unsigned place = 100000u;
    uint8_t length = 2u;
    uint8_t size = 0u;

    while ((size < FIRMWARE_MAX) && (firmware[size] != '\0')) {
        size++;
    }
    lbms_put_bytes(out, firmware, size);
    while (place > 1u) {
        place /= 10u;
        if ((length > 2u) || (version >= place) || (place == 1u)) {
            hardware[length] = (char)('0' + ((version / place) % 10u));
            length++;
        }
    }
    lbms_pace_put_text(out, hardware, length, HARDWARE_SIZE);
    return LBMS_PACE_OK;
}

/* ---- inverter protocols ------------------------------------------------------------------------------------- */

#define PROTOCOLS 32u
#define MANUAL    1u /* the pack does not look for the inverter's protocol by itself */

static uint8_t protocols(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const int32_t *v = request->view->params->v;

    lbms_put_u8(out, (uint8_t)(v[LBMS_PARAM_CAN_PROTOCOL] & 0xFF));
    lbms_put_u8(out, (uint8_t)(v[LBMS_PARAM_RS485_PROTOCOL] & 0xFF));
    if (request->cid2 == (uint8_t)LBMS_PACE_INVERTER) {
        lbms_put_u8(out, MANUAL);
    }
    return LBMS_PACE_OK;
}

static void put_numbers(struct lbms_writer *out, uint32_t mask)
{
    uint8_t count = 0u;
    uint8_t i;

    for (i = 0u; i < PROTOCOLS; i++) {
        count = (uint8_t)(count + ((mask >> i) & 1u));
    }
    lbms_put_u8(out, count);
    for (i = 0u; i < PROTOCOLS; i++) {
        if (((mask >> i) & 1u) != 0u) {
            lbms_put_u8(out, i);
        }
    }
}

static uint8_t protocol_list(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    put_numbers(out, request->config->can_protocols);
    put_numbers(out, request->config->rs485_protocols);
    return LBMS_PACE_OK;
}

/* Language (English is all there is), kind, count, numbers. As many names as one reply holds. */
static uint8_t protocol_names(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const uint8_t kind = request->info[1];
    const size_t count_at = out->position;
    uint8_t count = 0u;
    uint8_t i;

    if ((kind > 1u) || (request->info[2] != (request->size - 3u))) {
        return LBMS_PACE_REFUSED;
    }
    lbms_put_u8(out, 0u);
    for (i = 3u; i < request->size; i++) {
        const uint8_t number = request->info[i];
        const char *name = (kind == 0u) ? lbms_pace_can_name(number) : lbms_pace_rs485_name(number);
        const size_t size = (name != NULL) ? (strlen(name) + 1u) : 0u;

        if (name == NULL) {
            return LBMS_PACE_REFUSED;
        }
        if (lbms_writer_remaining(out) < (size + 1u)) {
            break;
        }
        lbms_put_u8(out, number);
        lbms_put_bytes(out, name, size);
        count++;
    }
    out->data[count_at] = count;
    return LBMS_PACE_OK;
}

/* ---- commands of this library ------------------------------------------------------------------------------- */

static uint8_t params(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const unsigned first = ((unsigned)request->info[0] << 8) | request->info[1];
    const unsigned count = request->info[2];
    unsigned i;

    if ((count > LBMS_PACE_WORDS_MAX) || ((first + count) > (unsigned)LBMS_PARAM_COUNT)) {
        return LBMS_PACE_REFUSED;
    }
    lbms_put_u16be(out, (uint16_t)LBMS_PARAM_COUNT);
    lbms_put_u16be(out, (uint16_t)first);
    for (i = first; i < (first + count); i++) {
        lbms_put_value(out, request->view->params->v[i], LBMS_WIRE_S32, LBMS_SCALE_ONE);
    }
    return LBMS_PACE_OK;
}

static uint8_t health(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    const unsigned first = request->info[0];
    const struct lbms_health *record = request->view->health;
    unsigned i;

    if ((record == NULL) || (first >= LBMS_HEALTH_WORDS)) {
        return LBMS_PACE_REFUSED;
    }
    lbms_put_u8(out, (uint8_t)LBMS_HEALTH_WORDS);
    lbms_put_u8(out, (uint8_t)first);
    for (i = first; (i < LBMS_HEALTH_WORDS) && (i < (first + LBMS_PACE_WORDS_MAX)); i++) {
        int32_t word;

        memcpy(&word, (const uint8_t *)record + (i * sizeof(word)), sizeof(word));
        lbms_put_value(out, word, LBMS_WIRE_S32, LBMS_SCALE_ONE);
    }
    return LBMS_PACE_OK;
}

static uint8_t counters(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    lbms_pace_put_counters(out, request->view->own->port);
    return LBMS_PACE_OK;
}

static uint8_t access(const struct lbms_pace_request *request, struct lbms_writer *out)
{
    struct lbms_access *lock = request->access;
    const bool local = request->config->port == (uint8_t)LBMS_PORT_RS232;
    const uint8_t step = request->info[0];
    uint8_t rtn = LBMS_PACE_OK;

    if (step == (uint8_t)LBMS_PACE_ACCESS_OPEN) {
        if (!local || (lbms_access_open(lock, &request->info[1], (size_t)request->size - 1u,
                                        request->now_ms) != LBMS_OK)) {
            rtn = LBMS_PACE_REFUSED;
        }
    } else if ((step > (uint8_t)LBMS_PACE_ACCESS_CLOSE) || (request->size > 1u)) {
        rtn = LBMS_PACE_REFUSED;
    } else if (local && (step == (uint8_t)LBMS_PACE_ACCESS_CLOSE)) {
        lbms_access_close(lock);
    } else {
        /* only asked */
    }
    lbms_put_u8(out, lbms_access_level(lock, request->view->params, local));
    lbms_put_u16be(out, lbms_access_wait_s(lock, request->now_ms));
    return rtn;
}

static const struct lbms_pace_question questions[] = {
    {LBMS_PACE_PROTOCOL_LIST, 0u, 0u, protocol_list},
    {LBMS_PACE_PROTOCOL_NAMES, 3u, 3u + PROTOCOLS, protocol_names},
    {LBMS_PACE_PROTOCOLS, 0u, 0u, protocols},
    {LBMS_PACE_COUNT, 0u, 0u, pack_count},
    {LBMS_PACE_RECORD, 2u, 2u, history},
    {LBMS_PACE_CAPACITY, 0u, 0u, capacity},
    {LBMS_PACE_CLOCK, 0u, 0u, clock},
    {LBMS_PACE_SOFTWARE, 0u, 0u, software},
    {LBMS_PACE_PRODUCT, 0u, 0u, product},
    {LBMS_PACE_INTERNAL, 0u, 0u, internal},
    {LBMS_PACE_INVERTER, 0u, 0u, protocols},
    {LBMS_PACE_PARAMS, 3u, 3u, params},
    {LBMS_PACE_ACCESS, 1u, 1u + LBMS_PACE_CODE_MAX, access},
    {LBMS_PACE_HEALTH, 1u, 1u, health},
    {LBMS_PACE_EVENT, 2u, 2u, history},
    {LBMS_PACE_COUNTERS, 0u, 0u, counters},
};

const struct lbms_pace_question *lbms_pace_question(uint8_t cid2)
{
    size_t i;

    for (i = 0u; i < (sizeof(questions) / sizeof(questions[0])); i++) {
        if (questions[i].cid2 == cid2) {
            return &questions[i];
        }
    }
    return NULL;
}
