#include "losun_bms/store/store.h"

#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/status.h"
#include "losun_bms/store/record.h"
#include "tables.h"

#define WORD          4u
#define PARAMS_LAYOUT 1u
#define BIT(index)    ((uint8_t)(1u << (index)))
#define FNV_START     UINT32_C(2166136261)
#define FNV_PRIME     UINT32_C(16777619)

/* Keys in the journal, by enum lbms_store_value. */
static const uint8_t keys[LBMS_STORE_VALUES] = {0u, 3u, 1u, LBMS_JOURNAL_SHORT, 2u, LBMS_JOURNAL_SHORT + 1u};

/* ---- opening ------------------------------------------------------------------------------------------------ */

/*
 * Fingerprint of the names of the first parameters of the table (FNV-1a, folded): ids are stored as places, and a table
 * whose rows have been renumbered must not read them.
 */
static uint16_t check_names(const struct lbms_product *product, size_t count)
{
    uint32_t hash = FNV_START;
    size_t i;

    for (i = 0u; i < count; i++) {
        const char *c = product->params[i].name;

        do {
            hash = (hash ^ (uint8_t)*c) * FNV_PRIME;
            c++;
        } while (c[-1] != '\0');
    }
    return (uint16_t)(hash ^ (hash >> 16));
}

static void note(struct lbms_store *store, uint8_t trouble)
{
    store->trouble |= BIT(trouble);
}

/* Blocks of a bank: enough of the small ones, but two banks at least. */
static uint8_t bank_blocks(const struct lbms_flash *flash)
{
    uint32_t blocks = 1u;

    while (((blocks * flash->block_size) < LBMS_STORE_BANK) && (((blocks + 1u) * 2u) <= flash->block_count)) {
        blocks++;
    }
    return (uint8_t)blocks;
}

/* The newest readable one of the two that are kept; its length, 0 when there is none. */
static size_t read_bytes(const struct lbms_store *store, uint8_t value, uint8_t layout, uint8_t *data,
                         size_t size)
{
    struct lbms_journal_info info;
    uint8_t age;

    for (age = 0u; age < LBMS_JOURNAL_KEPT; age++) {
        if ((lbms_journal_read(&store->journal, keys[value], age, data, size, &info) == LBMS_OK) &&
            (info.layout == layout)) {
            return (info.length < size) ? info.length : size;
        }
    }
    return 0u;
}

/* What was cleared stays cleared. */
static void hide_records(struct lbms_store *store)
{
    uint8_t bytes[LBMS_JOURNAL_SHORT_SIZE];
    struct lbms_reader reader;

    if (store->open && store->log.open &&
        (read_bytes(store, LBMS_STORE_CLEARED, 0u, bytes, sizeof(bytes)) > 0u)) {
        lbms_reader_init(&reader, bytes, sizeof(bytes));
        lbms_log_show_from(&store->log, lbms_get_u32le(&reader));
    }
}

int lbms_store_open(struct lbms_store *store, const struct lbms_flash *values, const struct lbms_flash *log,
                    const struct lbms_product *product)
{
    int status = LBMS_OK;
    int log_status = LBMS_OK;

    memset(store, 0, sizeof(*store));
    store->writing = LBMS_STORE_VALUES;
    store->names_check = check_names(product, LBMS_PARAM_COUNT);
    if (values != NULL) {
        status = lbms_journal_mount(&store->journal, values, bank_blocks(values));
        store->open = status == LBMS_OK;
    }
    if (log != NULL) {
        log_status = lbms_log_open(&store->log, log);
    }
    if ((status != LBMS_OK) || (log_status != LBMS_OK)) {
        note(store, LBMS_MEMORY_FOREIGN);
    }
    hide_records(store);
    return (status != LBMS_OK) ? status : log_status;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Words as lbms_journal_value.words stores them. The number of words that the stored value has, or negative. */
static int read_words(const struct lbms_store *store, uint8_t value, uint8_t age, int32_t *words,
                      size_t count, struct lbms_journal_info *info)
{
    uint8_t *bytes = (uint8_t *)words;
    int status;
    size_t i;

    status = lbms_journal_read(&store->journal, keys[value], age, bytes, count * WORD, info);
    if (status != LBMS_OK) {
        return status;
    }
    if (count > (info->length / WORD)) {
        count = info->length / WORD;
    }
    for (i = 0u; i < count; i++) { /* from low byte first to the order of this machine */
        const uint32_t word = (uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
                              ((uint32_t)bytes[3] << 24);

        words[i] = (int32_t)word;
        bytes += WORD;
    }
    return LBMS_OK;
}

static int read_params(const struct lbms_store *store, const struct lbms_product *product, uint8_t age,
                       struct lbms_params *params)
{
    struct lbms_journal_info info;
    int status;

    lbms_params_defaults(params, product);
    status = read_words(store, LBMS_STORE_PARAMS, age, params->v, LBMS_PARAM_COUNT, &info);
    if (status != LBMS_OK) {
        return status;
    }
    if ((info.layout != PARAMS_LAYOUT) || (info.length > sizeof(params->v)) ||
        (info.check != ((info.length == sizeof(params->v)) ? store->names_check
                                                           : check_names(product, info.length / WORD)))) {
        return LBMS_ERR_FORMAT;
    }
    return lbms_params_check(params, product, NULL);
}

static void load_params(struct lbms_store *store, const struct lbms_product *product,
                        struct lbms_restored *restored)
{
    if (lbms_journal_read(&store->journal, keys[LBMS_STORE_PARAMS], 0u, NULL, 0u, NULL) == LBMS_ERR_MISSING) {
        return;
    }
    restored->params_valid = read_params(store, product, 0u, &restored->params) == LBMS_OK;
    if (restored->params_valid) {
        return;
    }
    restored->params_valid = read_params(store, product, 1u, &restored->params) == LBMS_OK;
    note(store, restored->params_valid ? LBMS_MEMORY_PREVIOUS_PARAMS : LBMS_MEMORY_DEFAULT_PARAMS);
}

void lbms_store_load(struct lbms_store *store, const struct lbms_product *product,
                     struct lbms_restored *restored)
{
    uint8_t bytes[LBMS_STORE_STATE_SIZE];
    size_t length;

    load_params(store, product, restored);
    if (!restored->memory.valid) {
        length = read_bytes(store, LBMS_STORE_STATE, STATE_LAYOUT, bytes, sizeof(bytes));
        lbms_fields_get(lbms_store_state_fields, lbms_store_state_count, restored, bytes, length);
    }
    length = read_bytes(store, LBMS_STORE_CHARGE, 0u, bytes, LBMS_JOURNAL_SHORT_SIZE);
    if ((length > 0u) && !restored->life.valid) {
        struct lbms_reader reader;

        lbms_reader_init(&reader, bytes, length);
        restored->life.charge_mas = (int32_t)lbms_get_u32le(&reader);
        restored->life.valid = true;
    }
}

void lbms_store_load_health(const struct lbms_store *store, struct lbms_health *health)
{
    struct lbms_journal_info info;
    uint8_t age;

    for (age = 0u; age < LBMS_JOURNAL_KEPT; age++) {
        lbms_health_defaults(health);
        if ((read_words(store, LBMS_STORE_HEALTH, age, (int32_t *)health, LBMS_HEALTH_WORDS, &info) ==
             LBMS_OK) &&
            (info.layout == LBMS_HEALTH_LAYOUT)) {
            return;
        }
    }
    lbms_health_defaults(health);
}

void lbms_store_load_production(const struct lbms_store *store, struct lbms_production *production)
{
    uint8_t bytes[LBMS_STORE_PRODUCTION_SIZE];
    const size_t length = read_bytes(store, LBMS_STORE_PRODUCTION, PRODUCTION_LAYOUT, bytes, sizeof(bytes));

    lbms_production_defaults(production);
    lbms_fields_get(lbms_store_production_fields, lbms_store_production_count, production, bytes, length);
}

int lbms_store_read_record(const struct lbms_store *store, uint32_t index, struct lbms_record *record)
{
    uint8_t content[LBMS_LOG_CONTENT];
    uint32_t number = 0u;
    int status = lbms_log_read(&store->log, index, content, &number);

    if (status == LBMS_OK) {
        status = lbms_record_unpack(record, content);
        record->number = number;
    }
    return status;
}

/* ---- saving ------------------------------------------------------------------------------------------------- */

static void want(struct lbms_store *store, uint8_t value)
{
    if (store->open) {
        store->wanted |= BIT(value);
        store->failed &= (uint8_t)~BIT(value);
    }
}

void lbms_store_save_params(struct lbms_store *store, const struct lbms_params *params)
{
    store->params = params;
    want(store, LBMS_STORE_PARAMS);
}

void lbms_store_save_health(struct lbms_store *store, const struct lbms_health *health)
{
    store->health = health;
    want(store, LBMS_STORE_HEALTH);
}

void lbms_store_save_state(struct lbms_store *store, const struct lbms_restored *restored)
{
    store->state_length = (uint8_t)lbms_fields_put(lbms_store_state_fields, lbms_store_state_count, restored,
                                                   store->state, sizeof(store->state));
    want(store, LBMS_STORE_STATE);
}

void lbms_store_save_production(struct lbms_store *store, const struct lbms_production *production)
{
    store->production_length =
        (uint8_t)lbms_fields_put(lbms_store_production_fields, lbms_store_production_count, production,
                                 store->production, sizeof(store->production));
    store->production_copies = LBMS_JOURNAL_KEPT; /* there is no older one to fall back to */
    want(store, LBMS_STORE_PRODUCTION);
}

enum lbms_store_room lbms_store_room(const struct lbms_store *store)
{
    uint32_t room;

    if (!store->open || (store->journal.bank == LBMS_AREA_NONE)) {
        return LBMS_ROOM_PLENTY;
    }
    room = lbms_journal_room(&store->journal);
    if (room < LBMS_STORE_RESERVE) {
        return (room < (LBMS_STORE_RESERVE / 2u)) ? LBMS_ROOM_NONE : LBMS_ROOM_RESERVE;
    }
    return (room == UINT32_MAX) ? LBMS_ROOM_PLENTY : LBMS_ROOM_SCARCE;
}

bool lbms_store_save_charge(struct lbms_store *store, int32_t charge_mas)
{
    struct lbms_writer writer;

    if (!store->open || (lbms_store_room(store) == LBMS_ROOM_NONE)) {
        return false;
    }
    lbms_writer_init(&writer, store->charge, sizeof(store->charge));
    lbms_put_u32le(&writer, (uint32_t)charge_mas);
    want(store, LBMS_STORE_CHARGE);
    return true;
}

int lbms_store_clear_records(struct lbms_store *store)
{
    struct lbms_writer writer;

    if (!store->open || !store->log.open) {
        return LBMS_ERR_MISSING;
    }
    lbms_log_show_from(&store->log, store->log.next);
    lbms_writer_init(&writer, store->cleared, sizeof(store->cleared));
    lbms_put_u32le(&writer, store->log.next);
    want(store, LBMS_STORE_CLEARED);
    return LBMS_OK;
}

int lbms_store_saved(const struct lbms_store *store, uint8_t value)
{
    if (((store->wanted & BIT(value)) != 0u) || (store->writing == value)) {
        return LBMS_AGAIN;
    }
    return (!store->open || ((store->failed & BIT(value)) != 0u)) ? LBMS_ERR_IO : LBMS_OK;
}

int lbms_store_add_record(struct lbms_store *store, const struct lbms_record *record)
{
    uint8_t content[LBMS_LOG_CONTENT];

    if (store->log.pending) {
        return LBMS_AGAIN;
    }
    lbms_record_pack(record, content);
    return lbms_log_write(&store->log, content);
}

static struct lbms_journal_value describe(const struct lbms_store *store, uint8_t value)
{
    struct lbms_journal_value v = {NULL, 0u, false, 0u, 0u};

    switch (value) {
    case LBMS_STORE_PARAMS:
        v.data = store->params->v;
        v.length = (uint16_t)sizeof(store->params->v);
        v.words = true;
        v.layout = PARAMS_LAYOUT;
        v.check = store->names_check;
        break;
    case LBMS_STORE_HEALTH:
        v.data = store->health;
        v.length = (uint16_t)sizeof(*store->health);
        v.words = true;
        v.layout = LBMS_HEALTH_LAYOUT;
        break;
    case LBMS_STORE_STATE:
        v.data = store->state;
        v.length = store->state_length;
        v.layout = STATE_LAYOUT;
        break;
    case LBMS_STORE_PRODUCTION:
        v.data = store->production;
        v.length = store->production_length;
        v.layout = PRODUCTION_LAYOUT;
        break;
    case LBMS_STORE_CLEARED:
        v.data = store->cleared;
        v.length = LBMS_JOURNAL_SHORT_SIZE;
        break;
    default:
        v.data = store->charge;
        v.length = LBMS_JOURNAL_SHORT_SIZE;
        break;
    }
    return v;
}

int lbms_store_compare_params(struct lbms_store *store, const struct lbms_params *params)
{
    struct lbms_journal_value value;

    if (lbms_store_saved(store, LBMS_STORE_PARAMS) == LBMS_AGAIN) {
        return LBMS_AGAIN;
    }
    store->params = params;
    value = describe(store, LBMS_STORE_PARAMS);
    return lbms_journal_compare(&store->journal, keys[LBMS_STORE_PARAMS], &value);
}

bool lbms_store_verify_params(struct lbms_store *store, const struct lbms_params *params)
{
    if ((lbms_store_saved(store, LBMS_STORE_PARAMS) != LBMS_OK) ||
        (lbms_store_compare_params(store, params) != LBMS_ERR_STATE)) {
        return true;
    }
    note(store, LBMS_MEMORY_PARAMS_DIFFER);
    return false;
}

/* ---- working ------------------------------------------------------------------------------------------------ */

/* What became of the value that was written. One that has changed meanwhile is written again. */
static void conclude(struct lbms_store *store)
{
    const int result = lbms_journal_result(&store->journal);

    if ((store->writing == (uint8_t)LBMS_STORE_VALUES) || (result == LBMS_AGAIN)) {
        return;
    }
    if (result == LBMS_ERR_STATE) {
        store->wanted |= BIT(store->writing);
    } else if (result != LBMS_OK) {
        store->failed |= BIT(store->writing);
        note(store, LBMS_MEMORY_FULL);
    } else if (store->writing == (uint8_t)LBMS_STORE_PRODUCTION) {
        store->production_copies--;
        if (store->production_copies > 0u) {
            store->wanted |= BIT(LBMS_STORE_PRODUCTION);
        }
    } else {
        /* stored */
    }
    store->writing = LBMS_STORE_VALUES;
}

static void begin(struct lbms_store *store)
{
    uint8_t value;

    for (value = 0u; value < (uint8_t)LBMS_STORE_VALUES; value++) {
        if ((store->wanted & BIT(value)) != 0u) {
            const struct lbms_journal_value v = describe(store, value);

            if (lbms_journal_write(&store->journal, keys[value], &v) == LBMS_OK) {
                store->wanted &= (uint8_t)~BIT(value);
                store->writing = value;
            }
            return;
        }
    }
}

int lbms_store_poll(struct lbms_store *store, bool may_erase)
{
    int status;
    int log_status;

    conclude(store);
    if (store->writing == (uint8_t)LBMS_STORE_VALUES) {
        begin(store);
    }
    status = lbms_journal_poll(&store->journal, may_erase);
    conclude(store);
    if ((store->journal.area.trouble > 0u) || (store->log.area.trouble > 0u)) {
        note(store, LBMS_MEMORY_WORN);
    }
    if (status == LBMS_AGAIN) {
        return LBMS_AGAIN; /* one piece a call */
    }
    log_status = lbms_log_poll(&store->log, may_erase);
    return (log_status == LBMS_OK) ? status : log_status;
}
