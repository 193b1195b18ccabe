#include "losun_bms/store/log.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"
#include "slot.h"

#define RECORD_SLOTS (LBMS_LOG_RECORD / LBMS_SLOT)
#define LABEL_SLOT   1u
#define LABELS       2u

/* The block in use is nearly full when fewer than this part of it is free. */
#define NEARLY_FULL 8u

/* Records begin behind the header, on a multiple of their size. */
static uint32_t record_address(const struct lbms_log *log, uint8_t bank, uint32_t place)
{
    return ((uint32_t)bank * log->area.bank_size) + ((place + 1u) * LBMS_LOG_RECORD);
}

/* Nothing has been programmed here: records are written from their beginning. */
static bool is_free(const struct lbms_log *log, uint8_t bank, uint32_t place)
{
    uint8_t slot[LBMS_SLOT];

    return (log->area.flash->read(log->area.flash->ctx, record_address(log, bank, place), slot,
                                  sizeof(slot)) == LBMS_OK) &&
           lbms_slot_blank(slot, sizeof(slot));
}

/* Places of a block that have been used: they are filled from the beginning, so halving finds the end. */
static uint32_t used_places(const struct lbms_log *log, uint8_t bank)
{
    uint32_t used = 0u;
    uint32_t free_from = log->capacity;

    while (used < free_from) {
        const uint32_t middle = used + ((free_from - used) / 2u);

        if (is_free(log, bank, middle)) {
            free_from = middle;
        } else {
            used = middle + 1u;
        }
    }
    return used;
}

/* Which numbers the blocks begin with, now that one has come or gone. */
static void count_blocks(struct lbms_log *log)
{
    uint8_t bank;

    log->oldest = log->next;
    log->second = log->next;
    for (bank = 0u; bank < log->area.banks; bank++) {
        struct lbms_bank_header header;

        lbms_area_header(&log->area, bank, &header);
        if ((log->area.state[bank] != (uint8_t)LBMS_BANK_USED) || (header.state != (uint8_t)LBMS_BANK_USED) ||
            (header.label > log->next)) {
            continue;
        }
        if (header.label <= log->oldest) {
            log->second = log->oldest;
            log->oldest = header.label;
        } else if (header.label < log->second) {
            log->second = header.label;
        } else {
            /* one of the newer ones */
        }
    }
}

int lbms_log_open(struct lbms_log *log, const struct lbms_flash *flash)
{
    int status;

    memset(log, 0, sizeof(*log));
    log->target = LBMS_AREA_NONE;
    log->bank = LBMS_AREA_NONE;
    status = lbms_area_open(&log->area, flash, 1u, LBMS_LOG_FORMAT);
    if (status != LBMS_OK) {
        return status;
    }
    if ((log->area.bank_size / LBMS_LOG_RECORD) > UINT16_MAX) {
        return LBMS_ERR_ARGUMENT;
    }
    log->capacity = (uint16_t)((log->area.bank_size / LBMS_LOG_RECORD) - 1u);
    log->open = true;
    log->next = 1u;
    log->bank = lbms_area_find(&log->area, true, &log->first);
    if (log->bank != LBMS_AREA_NONE) {
        log->next = log->first + used_places(log, log->bank);
        log->limit = log->capacity;
    }
    count_blocks(log);
    return LBMS_OK;
}

uint32_t lbms_log_count(const struct lbms_log *log)
{
    return log->open ? (log->next - log->oldest) : 0u;
}

/* The block with the largest first number that is not above the one looked for. */
static uint8_t find_block(const struct lbms_log *log, uint32_t number, uint32_t *first)
{
    uint8_t found = LBMS_AREA_NONE;
    uint8_t bank;

    for (bank = 0u; bank < log->area.banks; bank++) {
        struct lbms_bank_header header;

        if (log->area.state[bank] == (uint8_t)LBMS_BANK_USED) {
            lbms_area_header(&log->area, bank, &header);
            if ((header.state == (uint8_t)LBMS_BANK_USED) && (header.label <= number) &&
                ((found == LBMS_AREA_NONE) || (header.label > *first))) {
                found = bank;
                *first = header.label;
            }
        }
    }
    return found;
}

static uint16_t check_of(const uint8_t *record)
{
    return lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, record, LBMS_LOG_CONTENT);
}

int lbms_log_read(const struct lbms_log *log, uint32_t index, uint8_t *content, uint32_t *number)
{
    uint8_t record[LBMS_LOG_RECORD];
    uint32_t wanted;
    uint32_t first = 0u;
    uint8_t bank;

    if (index >= lbms_log_count(log)) {
        return LBMS_ERR_MISSING;
    }
    wanted = log->next - 1u - index;
    bank = find_block(log, wanted, &first);
    if ((bank == LBMS_AREA_NONE) || ((wanted - first) >= log->capacity) ||
        (log->area.flash->read(log->area.flash->ctx, record_address(log, bank, wanted - first), record,
                               sizeof(record)) != LBMS_OK) ||
        (check_of(record) !=
         ((unsigned)record[LBMS_LOG_CONTENT] | ((unsigned)record[LBMS_LOG_CONTENT + 1u] << 8)))) {
        return LBMS_ERR_CHECKSUM;
    }
    memcpy(content, record, LBMS_LOG_CONTENT);
    if (number != NULL) {
        *number = wanted;
    }
    return LBMS_OK;
}

int lbms_log_write(struct lbms_log *log, const uint8_t *content)
{
    uint16_t crc;

    if (!log->open) {
        return LBMS_ERR_FORMAT;
    }
    if (log->pending) {
        return LBMS_AGAIN;
    }
    if (log->next >= LBMS_AREA_LABEL_MAX) {
        return LBMS_ERR_SPACE;
    }
    memcpy(log->record, content, LBMS_LOG_CONTENT);
    crc = check_of(log->record);
    log->record[LBMS_LOG_CONTENT] = (uint8_t)crc;
    log->record[LBMS_LOG_CONTENT + 1u] = (uint8_t)(crc >> 8);
    log->pending = true;
    log->slot = 0u;
    log->done = 0u;
    log->tries = 0u;
    return LBMS_OK;
}

/* What no block has taken is counted, and nothing waits for it. */
static int give_up(struct lbms_log *log)
{
    log->pending = false;
    log->lost = (uint16_t)(log->lost + ((log->lost < UINT16_MAX) ? 1u : 0u));
    return LBMS_AGAIN;
}

/* The record has not been taken: it begins anew, in another block. */
static int retry(struct lbms_log *log)
{
    log->slot = 0u;
    log->done = 0u;
    log->tries++;
    return (log->tries < LBMS_AREA_PATIENCE) ? (int)LBMS_AGAIN : give_up(log);
}

/* The oldest block is erased; its records are gone from now on. */
static int prepare(struct lbms_log *log, bool may_erase)
{
    struct lbms_area *area = &log->area;
    uint8_t bank = lbms_area_next(area, log->bank, LBMS_BANK_DIRTY);
    uint32_t label = 0u;
    int status;

    if (bank == LBMS_AREA_NONE) {
        bank = lbms_area_find(area, false, &label);
        if ((bank == LBMS_AREA_NONE) || (bank == log->bank)) {
            return LBMS_ERR_SPACE;
        }
        if (!may_erase) {
            return LBMS_ERR_STATE;
        }
        area->state[bank] = LBMS_BANK_DIRTY;
        count_blocks(log);
    }
    status = lbms_area_prepare(area, bank, may_erase);
    return (status == LBMS_ERR_STATE) ? status : (int)LBMS_AGAIN;
}

/* From its label on, the block is the one in use. */
static void use_block(struct lbms_log *log)
{
    log->area.state[log->target] = LBMS_BANK_USED;
    log->area.failures[log->target] = 0u;
    log->bank = log->target;
    log->target = LBMS_AREA_NONE;
    log->first = log->next;
    log->limit = log->capacity;
    log->slot = 0u;
    count_blocks(log);
}

static int write_label(struct lbms_log *log)
{
    const uint32_t address =
        ((uint32_t)log->target * log->area.bank_size) + ((LABEL_SLOT + log->slot) * LBMS_SLOT);
    struct lbms_bank_header header;
    uint8_t slot[LBMS_SLOT];
    int status;

    lbms_slot_make_number(&log->area, slot, SLOT_KEY_LABEL, log->next);
    status = lbms_area_program(&log->area, address, slot, &log->done);
    if (status == LBMS_OK) {
        log->slot++;
    }
    if (status < 0) { /* one readable label of the two is enough */
        lbms_area_header(&log->area, log->target, &header);
        if (header.state != (uint8_t)LBMS_BANK_USED) {
            lbms_area_failed(&log->area, log->target);
            log->target = LBMS_AREA_NONE;
            return LBMS_AGAIN;
        }
    }
    if ((status < 0) || (log->slot == LABELS)) {
        use_block(log);
    }
    return LBMS_AGAIN;
}

static int next_block(struct lbms_log *log, bool may_erase)
{
    int status;

    if (log->target != LBMS_AREA_NONE) {
        return write_label(log);
    }
    log->target = lbms_area_next(&log->area, log->bank, LBMS_BANK_READY);
    if (log->target != LBMS_AREA_NONE) {
        log->slot = 0u;
        log->done = 0u;
        return LBMS_AGAIN;
    }
    status = prepare(log, may_erase);
    return (status == LBMS_ERR_SPACE) ? give_up(log) : status;
}

/* Place and number of a record are used up, whatever becomes of it: no two blocks begin with the same number. */
static int write_record(struct lbms_log *log)
{
    const uint32_t address = record_address(log, log->bank, log->next - log->first);
    const uint32_t offset = (uint32_t)log->slot * LBMS_SLOT;

    const int status = lbms_area_program(&log->area, address + offset, &log->record[offset], &log->done);

    if (status < 0) {
        lbms_area_failed(&log->area, log->bank);
        log->area.state[log->bank] = LBMS_BANK_USED; /* what stands in it can still be read */
        log->next++;
        log->limit = (uint16_t)(log->next - log->first);
        return retry(log);
    }
    if (status == LBMS_OK) {
        log->slot++;
        if (log->slot == RECORD_SLOTS) {
            log->pending = false;
            log->next++;
        }
    }
    return LBMS_AGAIN;
}

/* Enough records remain without the oldest block, or it is needed soon. */
static bool should_erase(const struct lbms_log *log)
{
    const uint32_t room = (log->bank == LBMS_AREA_NONE) ? 0u : (log->limit - (log->next - log->first));

    return ((log->next - log->second) >= LBMS_LOG_KEPT) || (room < (log->capacity / NEARLY_FULL)) ||
           (lbms_area_next(&log->area, log->bank, LBMS_BANK_DIRTY) != LBMS_AREA_NONE);
}

int lbms_log_poll(struct lbms_log *log, bool may_erase)
{
    int status;

    if (!log->open) {
        return LBMS_OK;
    }
    if (log->pending) {
        const bool room = (log->bank != LBMS_AREA_NONE) && ((log->next - log->first) < log->limit);

        return room ? write_record(log) : next_block(log, may_erase);
    }
    if ((lbms_area_next(&log->area, LBMS_AREA_NONE, LBMS_BANK_READY) != LBMS_AREA_NONE) ||
        !should_erase(log)) {
        return LBMS_OK;
    }
    status = prepare(log, may_erase);
    return (status == LBMS_ERR_SPACE) ? (int)LBMS_OK : status;
}
