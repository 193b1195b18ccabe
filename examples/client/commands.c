/* Requests of all kinds. */
#include <string.h>

#include "client/client.h"
#include "losun_bms/link/fields.h"
#include "losun_bms/model/product.h"

static struct lbms_reader reply_of(const struct client *client)
{
    struct lbms_reader in;

    lbms_reader_init(&in, client->info, client->size);
    return in;
}

/* ---- 42H, 44H ------------------------------------------------------------------------------------------------- */

/* Asks for blocks; *packs is how many there are, *block the size of each. */
static int ask_blocks(struct client *client, uint8_t cid2, uint8_t command, unsigned *packs, size_t *block)
{
    const int status = client_request(client, cid2, &command, 1u, false);

    if (status != CLIENT_OK) {
        return status;
    }
    if (client->size < 3u) {
        return CLIENT_STRANGE;
    }
    *packs = (command == LBMS_PACE_ALL) ? client->info[1] : 1u;
    if (*packs == 0 || (client->size - 2u) % *packs != 0) {
        return CLIENT_STRANGE;
    }
    *block = (client->size - 2u) / *packs;
    return CLIENT_OK;
}

int client_values(struct client *client, uint8_t command, struct lbms_pack_values *values, unsigned *count)
{
    unsigned packs = 0;
    size_t block = 0;
    const int status = ask_blocks(client, LBMS_PACE_VALUES, command, &packs, &block);
    struct lbms_reader in = reply_of(client);
    unsigned i;

    if (status != CLIENT_OK) {
        return status;
    }
    lbms_reader_skip(&in, 2u);
    for (i = 0; i < packs && i < *count; i++) {
        lbms_pace_get_values(&in, block, &values[i]);
    }
    *count = i;
    return in.failed ? CLIENT_STRANGE : CLIENT_OK;
}

int client_state(struct client *client, uint8_t command, struct lbms_pack_state *state, unsigned *count)
{
    unsigned packs = 0;
    size_t block = 0;
    const int status = ask_blocks(client, LBMS_PACE_STATE, command, &packs, &block);
    struct lbms_reader in = reply_of(client);
    unsigned i;

    if (status != CLIENT_OK) {
        return status;
    }
    lbms_reader_skip(&in, 2u);
    for (i = 0; i < packs && i < *count; i++) {
        lbms_pace_get_state(&in, block, &state[i]);
    }
    *count = i;
    return in.failed ? CLIENT_STRANGE : CLIENT_OK;
}

/* ---- identity --------------------------------------------------------------------------------------------------- */

int client_identity(struct client *client, struct client_identity *identity)
{
    struct lbms_reader in;
    int status;

    memset(identity, 0, sizeof(*identity));
    status = client_request(client, LBMS_PACE_SOFTWARE, NULL, 0u, false);
    if (status != CLIENT_OK) {
        return status;
    }
    in = reply_of(client);
    lbms_pace_get_text(&in, identity->product, LBMS_PACE_TEXT_SIZE);
    if (client_request(client, LBMS_PACE_PRODUCT, NULL, 0u, false) == CLIENT_OK) {
        in = reply_of(client);
        lbms_pace_get_text(&in, identity->board_serial, LBMS_PACE_TEXT_SIZE);
        lbms_pace_get_text(&in, identity->pack_serial, LBMS_PACE_TEXT_SIZE);
    }
    if (client_request(client, LBMS_PACE_INTERNAL, NULL, 0u, false) == CLIENT_OK && client->size > 10u &&
        client->size <= 40u) {
        in = reply_of(client);
        lbms_pace_get_text(&in, identity->firmware, (uint8_t)(client->size - 10u));
        lbms_pace_get_text(&in, identity->hardware, 10u);
    }
    return CLIENT_OK;
}

/* ---- parameters ------------------------------------------------------------------------------------------------- */

/* From packs that do not know F0H: what the groups of the protocol hold. */
static int params_by_group(struct client *client, struct lbms_params *params, bool known[LBMS_PARAM_COUNT])
{
    bool any = false;
    uint8_t g;
    uint8_t i;

    for (g = 0; g < lbms_pace_group_count; g++) {
        struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
        struct lbms_reader in;
        uint8_t count = 0;
        int status;

        if (lbms_pace_groups[g].read == 0) {
            continue;
        }
        status = client_request(client, lbms_pace_groups[g].read, NULL, 0u, false);
        if (status == CLIENT_SILENT || status == CLIENT_PORT) {
            return status;
        }
        in = reply_of(client);
        if (status != CLIENT_OK || lbms_pace_get_group(&in, &lbms_pace_groups[g], items, &count) != LBMS_OK) {
            continue;
        }
        any = true;
        for (i = 0; i < count; i++) {
            params->v[items[i].id] = items[i].value;
            known[items[i].id] = true;
        }
    }
    return any ? CLIENT_OK : CLIENT_UNKNOWN;
}

int client_params(struct client *client, struct lbms_params *params, bool known[LBMS_PARAM_COUNT])
{
    unsigned first;

    memset(params, 0, sizeof(*params));
    memset(known, 0, LBMS_PARAM_COUNT * sizeof(*known));
    for (first = 0; first < LBMS_PARAM_COUNT; first += LBMS_PACE_WORDS_MAX) {
        const unsigned left = LBMS_PARAM_COUNT - first;
        const unsigned count = (left < LBMS_PACE_WORDS_MAX) ? left : LBMS_PACE_WORDS_MAX;
        const uint8_t info[3] = {0u, (uint8_t)first, (uint8_t)count};
        const int status = client_request(client, LBMS_PACE_PARAMS, info, sizeof(info), false);
        struct lbms_reader in = reply_of(client);
        unsigned i;

        if (first == 0 && (status == CLIENT_UNKNOWN || status == CLIENT_REFUSED)) {
            return params_by_group(client, params, known);
        }
        if (status != CLIENT_OK) {
            return status;
        }
        /* another table of parameters: the numbers mean something else there */
        if (lbms_get_u16be(&in) != LBMS_PARAM_COUNT) {
            return params_by_group(client, params, known);
        }
        (void)lbms_get_u16be(&in);
        for (i = first; i < first + count; i++) {
            params->v[i] = lbms_get_value(&in, LBMS_WIRE_S32, LBMS_SCALE_ONE);
            known[i] = !in.failed;
        }
    }
    return CLIENT_OK;
}

/* Into a pack that does not know F1H: read the group, change it, write it. */
static int set_by_group(struct client *client, const struct lbms_param_item *item)
{
    uint8_t g;
    uint8_t i;

    for (g = 0; g < lbms_pace_group_count; g++) {
        const struct lbms_pace_group *group = &lbms_pace_groups[g];

        for (i = 0; i < group->count && group->items[i].id != item->id; i++) {
        }
        if (i < group->count && group->read != 0) {
            struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
            static struct lbms_params params;
            uint8_t info[64];
            struct lbms_writer out;
            struct lbms_reader in;
            uint8_t count = 0;
            const int status = client_request(client, group->read, NULL, 0u, false);

            in = reply_of(client);
            if (status != CLIENT_OK || lbms_pace_get_group(&in, group, items, &count) != LBMS_OK) {
                return (status != CLIENT_OK) ? status : CLIENT_STRANGE;
            }
            for (i = 0; i < count; i++) {
                params.v[items[i].id] = items[i].value;
            }
            params.v[item->id] = item->value;
            lbms_writer_init(&out, info, sizeof(info));
            lbms_pace_put_group(&out, group, &params, true);
            return client_request(client, group->write, info, (uint16_t)out.position, true);
        }
    }
    return CLIENT_UNKNOWN;
}

int client_set_params(struct client *client, const struct lbms_param_item *items, uint8_t count)
{
    uint8_t info[LBMS_PACE_ITEM_SIZE * LBMS_PARAM_ITEMS_MAX];
    struct lbms_writer out;
    int status;
    uint8_t i;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_items(&out, items, count);
    status = out.failed ? CLIENT_STRANGE
                        : client_request(client, LBMS_PACE_SET_PARAMS, info, (uint16_t)out.position, true);
    for (i = 0; status == CLIENT_UNKNOWN && i < count; i++) {
        status = set_by_group(client, &items[i]);
        if (status == CLIENT_OK && i + 1 < count) {
            status = CLIENT_UNKNOWN; /* goes on with the next one */
        } else {
            break;
        }
    }
    return status;
}

/* ---- records ---------------------------------------------------------------------------------------------------- */

int client_record(struct client *client, unsigned index, struct lbms_record *record, bool *whole)
{
    const uint8_t info[2] = {(uint8_t)((index >> 8) & 0xFFu), (uint8_t)(index & 0xFFu)};
    struct lbms_reader in;
    int status = client_request(client, LBMS_PACE_EVENT, info, sizeof(info), false);

    *whole = status != CLIENT_UNKNOWN;
    if (!*whole) {
        status = client_request(client, LBMS_PACE_RECORD, info, sizeof(info), false);
    }
    if (status != CLIENT_OK) {
        return status;
    }
    if (client->size == 0) {
        return CLIENT_END;
    }
    in = reply_of(client);
    if (*whole) {
        lbms_pace_get_event(&in, record);
    } else {
        lbms_pace_get_record(&in, record);
    }
    return in.failed ? CLIENT_STRANGE : CLIENT_OK;
}

int client_record_count(struct client *client, unsigned *count)
{
    unsigned low = 0;      /* there are at least so many */
    unsigned high = 65536; /* but fewer than that */
    unsigned probe = 64;

    while (low < high - 1u || low == 0) {
        struct lbms_record record;
        bool whole;
        const unsigned middle = (probe < high) ? probe : low + (high - low) / 2u;
        const int status = client_record(client, middle - 1u, &record, &whole);

        if (status == CLIENT_OK) {
            low = middle;
            probe = (high == 65536) ? middle * 2u : high;
        } else if (status == CLIENT_END) {
            high = middle;
            probe = high;
        } else {
            return status;
        }
        if (high == 1) {
            break;
        }
    }
    *count = low;
    return CLIENT_OK;
}

/* ---- the rest --------------------------------------------------------------------------------------------------- */

int client_clock(struct client *client, uint32_t *seconds)
{
    const int status = client_request(client, LBMS_PACE_CLOCK, NULL, 0u, false);
    struct lbms_reader in = reply_of(client);

    if (status != CLIENT_OK) {
        return status;
    }
    return lbms_pace_get_time(&in, seconds) ? CLIENT_OK : CLIENT_STRANGE;
}

int client_set_clock(struct client *client, uint32_t seconds)
{
    uint8_t info[6];
    struct lbms_writer out;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_time(&out, seconds);
    return client_request(client, LBMS_PACE_SET_CLOCK, info, sizeof(info), false);
}

int client_health(struct client *client, struct lbms_health *health)
{
    unsigned first;

    memset(health, 0, sizeof(*health));
    for (first = 0; first < LBMS_HEALTH_WORDS; first += LBMS_PACE_WORDS_MAX) {
        const uint8_t info = (uint8_t)first;
        const int status = client_request(client, LBMS_PACE_HEALTH, &info, 1u, false);
        struct lbms_reader in = reply_of(client);
        unsigned i;

        if (status != CLIENT_OK) {
            return status;
        }
        if (lbms_get_u8(&in) != LBMS_HEALTH_WORDS) {
            return CLIENT_STRANGE;
        }
        (void)lbms_get_u8(&in);
        for (i = first; i < LBMS_HEALTH_WORDS && i < first + LBMS_PACE_WORDS_MAX; i++) {
            const int32_t word = lbms_get_value(&in, LBMS_WIRE_S32, LBMS_SCALE_ONE);

            memcpy((uint8_t *)health + i * sizeof(word), &word, sizeof(word));
        }
    }
    return CLIENT_OK;
}

int client_counters(struct client *client, struct lbms_port_counters ports[LBMS_SERIAL_PORTS])
{
    const int status = client_request(client, LBMS_PACE_COUNTERS, NULL, 0u, false);
    struct lbms_reader in = reply_of(client);

    if (status != CLIENT_OK) {
        return status;
    }
    lbms_pace_get_counters(&in, ports);
    return in.failed ? CLIENT_STRANGE : CLIENT_OK;
}

int client_control(struct client *client, uint8_t code)
{
    return client_request(client, LBMS_PACE_CONTROL, &code, 1u, true);
}

int client_switch(struct client *client, bool charge, bool on, uint8_t *indication)
{
    const uint8_t info = (uint8_t)(on ? 0u : 1u);
    const int status = client_request(client, charge ? LBMS_PACE_CHARGE_SWITCH : LBMS_PACE_DISCHARGE_SWITCH,
                                      &info, 1u, false);

    *indication = (client->size > 0) ? client->info[0] : 0u;
    return status;
}

int client_sleep(struct client *client)
{
    return client_request(client, LBMS_PACE_SLEEP, NULL, 0u, false);
}

int client_defaults(struct client *client)
{
    return client_request(client, LBMS_PACE_DEFAULTS, NULL, 0u, true);
}

int client_access(struct client *client, uint8_t step, const char *code, uint8_t *level, unsigned *wait_s)
{
    uint8_t info[1u + LBMS_PACE_CODE_MAX];
    const size_t length = (code != NULL) ? strlen(code) : 0u;
    struct lbms_reader in;
    int status;

    if (length > LBMS_PACE_CODE_MAX) {
        return CLIENT_STRANGE;
    }
    info[0] = step;
    memcpy(info + 1, (code != NULL) ? code : "", length);
    status = client_request(client, LBMS_PACE_ACCESS, info, (uint16_t)(1u + length), false);
    in = reply_of(client);
    if (status == CLIENT_OK) {
        *level = lbms_get_u8(&in);
        *wait_s = lbms_get_u16be(&in);
    }
    return status;
}

/* ---- production and service -------------------------------------------------------------------------------------- */

#define CALIBRATE_MS      11000u /* LBMS_PACE_CALIBRATION_MS, and time to reply */
#define CALIBRATE_STEP_MA 100
#define ZERO_KEY          4321

int client_calibrate(struct client *client, uint8_t what, int32_t truth)
{
    static const uint8_t cid2[] = {LBMS_PACE_CALIBRATE_ZERO, LBMS_PACE_CALIBRATE_PACK,
                                   LBMS_PACE_CALIBRATE_CHARGE, LBMS_PACE_CALIBRATE_DISCHARGE};
    const unsigned timeout_ms = client->timeout_ms;
    const int32_t step = (what == LBMS_CALIBRATE_PACK) ? 1 : CALIBRATE_STEP_MA;
    const int32_t value = (what == LBMS_CALIBRATE_ZERO) ? ZERO_KEY : ((truth < 0) ? -truth : truth) / step;
    const uint8_t info[2] = {(uint8_t)((value >> 8) & 0xFF), (uint8_t)(value & 0xFF)};
    int status;

    if (what >= LBMS_CALIBRATE_COUNT || value > UINT16_MAX) {
        return CLIENT_STRANGE;
    }
    client->timeout_ms = CALIBRATE_MS;
    status = client_request(client, cid2[what], info, sizeof(info), true);
    client->timeout_ms = timeout_ms;
    return status;
}

int client_capacity(struct client *client, struct lbms_pack_values *values)
{
    const int status = client_request(client, LBMS_PACE_CAPACITY, NULL, 0u, false);
    struct lbms_reader in = reply_of(client);

    if (status != CLIENT_OK) {
        return status;
    }
    lbms_pace_get_capacity(&in, values);
    return in.failed ? CLIENT_STRANGE : CLIENT_OK;
}

int client_set_capacity(struct client *client, const struct lbms_pack_values *values)
{
    uint8_t info[LBMS_PACE_CAPACITY_SIZE];
    struct lbms_writer out;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_capacity(&out, values);
    return client_request(client, LBMS_PACE_SET_CAPACITY, info, sizeof(info), true);
}

int client_set_cycles(struct client *client, uint16_t cycles)
{
    const uint8_t info[2] = {(uint8_t)(cycles >> 8), (uint8_t)(cycles & 0xFF)};

    return client_request(client, LBMS_PACE_SET_CYCLES, info, sizeof(info), true);
}

int client_set_serial(struct client *client, bool board, const char *serial)
{
    uint8_t info[LBMS_PACE_TEXT_SIZE];
    struct lbms_writer out;

    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_text(&out, serial, LBMS_PACE_TEXT_SIZE, LBMS_PACE_TEXT_SIZE);
    return client_request(client, board ? LBMS_PACE_SET_BOARD_SERIAL : LBMS_PACE_SET_PACK_SERIAL, info,
                          sizeof(info), true);
}

int client_clear_records(struct client *client)
{
    return client_request(client, LBMS_PACE_CLEAR_RECORDS, NULL, 0u, true);
}
