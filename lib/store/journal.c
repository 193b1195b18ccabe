#include "losun_bms/store/journal.h"

#include <string.h>

#include "entry.h"
#include "losun_bms/base/status.h"

#define LABEL_SLOT 1u /* and the copy behind it */
#define LABELS     2u

/* ---- reading ------------------------------------------------------------------------------------------------ */

static uint16_t place(const struct lbms_journal *journal, uint8_t key, uint8_t age)
{
    if (!journal->open || (key >= LBMS_JOURNAL_KEYS) || (age >= LBMS_JOURNAL_KEPT)) {
        return 0u;
    }
    return journal->index.at[key][age];
}

/* Address of the content behind the first slot; of a short value, behind the tag. */
static uint32_t content(const struct lbms_journal *journal, uint8_t key, uint16_t at)
{
    const uint32_t offset = (key >= LBMS_JOURNAL_SHORT) ? 1u : LBMS_SLOT;

    return lbms_entry_address(journal, journal->bank, at) + offset;
}

int lbms_journal_read(const struct lbms_journal *journal, uint8_t key, uint8_t age, void *data, size_t size,
                      struct lbms_journal_info *info)
{
    const uint16_t at = place(journal, key, age);
    struct entry entry;

    if (at == 0u) {
        return LBMS_ERR_MISSING;
    }
    if (!lbms_entry_intact(journal, journal->bank, at, key)) {
        return LBMS_ERR_CHECKSUM;
    }
    lbms_entry_read(journal, journal->bank, at, &entry);
    if (info != NULL) {
        *info = entry.info;
    }
    if (size > entry.info.length) {
        size = entry.info.length;
    }
    if (size > 0u) {
        lbms_entry_bytes(journal, content(journal, key, at), data, size);
    }
    return LBMS_OK;
}

int lbms_journal_compare(const struct lbms_journal *journal, uint8_t key,
                         const struct lbms_journal_value *value)
{
    struct lbms_journal_info info;
    const int status = lbms_journal_read(journal, key, 0u, NULL, 0u, &info);
    uint32_t behind;

    if (status != LBMS_OK) {
        return status;
    }
    if ((info.length != value->length) || (info.layout != value->layout) || (info.check != value->check)) {
        return LBMS_ERR_STATE;
    }
    behind = content(journal, key, place(journal, key, 0u)) + info.length;
    return (lbms_entry_stored_crc(journal, behind) == lbms_entry_crc(key, value)) ? LBMS_OK : LBMS_ERR_STATE;
}

uint32_t lbms_journal_room(const struct lbms_journal *journal)
{
    if (lbms_area_next(&journal->area, LBMS_AREA_NONE, LBMS_BANK_READY) != LBMS_AREA_NONE) {
        return UINT32_MAX;
    }
    if (journal->bank == LBMS_AREA_NONE) {
        return 0u;
    }
    return journal->area.bank_size - ((uint32_t)journal->top * LBMS_SLOT);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

int lbms_journal_write(struct lbms_journal *journal, uint8_t key, const struct lbms_journal_value *value)
{
    if (!journal->open) {
        return LBMS_ERR_FORMAT;
    }
    if (journal->pending) {
        return LBMS_AGAIN;
    }
    if ((key >= LBMS_JOURNAL_KEYS) ||
        ((key >= LBMS_JOURNAL_SHORT) && (value->length != LBMS_JOURNAL_SHORT_SIZE))) {
        return LBMS_ERR_ARGUMENT;
    }
    journal->value = *value;
    journal->key = key;
    journal->pending = true;
    journal->copied = false;
    journal->tries = 0u;
    return LBMS_OK;
}

int lbms_journal_result(const struct lbms_journal *journal)
{
    return journal->pending ? (int)LBMS_AGAIN : (int)journal->result;
}

static int finish(struct lbms_journal *journal, int result)
{
    journal->pending = false;
    journal->result = (int8_t)result;
    journal->job = LBMS_JOURNAL_IDLE;
    return LBMS_AGAIN;
}

static void remember(struct lbms_journal_index *index, uint8_t key, uint16_t at)
{
    index->at[key][1] = index->at[key][0];
    index->at[key][0] = at;
}

/* An entry of so many slots follows at *top, which is beyond it from now on, whatever becomes of it. */
static void begin_entry(struct lbms_journal *journal, uint16_t *top, uint32_t slots)
{
    journal->at = *top;
    journal->slots = (uint16_t)slots;
    journal->slot = 0u;
    journal->done = 0u;
    journal->begun = true;
    *top = (uint16_t)(*top + slots);
}

/* Programs one unit of an entry. LBMS_OK when it is complete and has been read back. */
static int program_entry(struct lbms_journal *journal, uint8_t bank, uint8_t key, const uint8_t *slot)
{
    const uint32_t address = lbms_entry_address(journal, bank, (uint32_t)journal->at + journal->slot);
    int status = lbms_area_program(&journal->area, address, slot, &journal->done);

    if (status != LBMS_OK) {
        return status;
    }
    journal->slot++;
    if (journal->slot < journal->slots) {
        return LBMS_AGAIN;
    }
    journal->begun = false;
    return lbms_entry_intact(journal, bank, journal->at, key) ? LBMS_OK : LBMS_ERR_IO;
}

/* ---- the next bank ------------------------------------------------------------------------------------------ */

/* Everything that is kept goes into the next erased bank. */
static int begin_copy(struct lbms_journal *journal, bool may_erase)
{
    struct lbms_area *area = &journal->area;
    uint8_t bank = lbms_area_next(area, journal->bank, LBMS_BANK_READY);

    if (bank == LBMS_AREA_NONE) {
        bank = lbms_area_next(area, journal->bank, LBMS_BANK_DIRTY);
        if (bank == LBMS_AREA_NONE) {
            const bool bad = lbms_area_next(area, LBMS_AREA_NONE, LBMS_BANK_BAD) != LBMS_AREA_NONE;

            return finish(journal, bad ? LBMS_ERR_IO : LBMS_ERR_SPACE);
        }
        return lbms_area_prepare(area, bank, may_erase);
    }
    if (journal->label >= LBMS_AREA_LABEL_MAX) {
        return finish(journal, LBMS_ERR_SPACE);
    }
    memset(&journal->fresh, 0, sizeof(journal->fresh));
    journal->target = bank;
    journal->target_top = LBMS_AREA_HEADER_SLOTS;
    journal->copied = true;
    journal->step = 0u;
    journal->done = 0u;
    journal->begun = false;
    journal->job = LBMS_JOURNAL_COPY;
    return LBMS_AGAIN;
}

/* The bank that was to be filled has failed: another one, if there is one. */
static int abandon_copy(struct lbms_journal *journal)
{
    lbms_area_failed(&journal->area, journal->target);
    journal->begun = false;
    journal->done = 0u;
    journal->job = LBMS_JOURNAL_WRITE;
    journal->copied = false;
    return LBMS_AGAIN;
}

static uint8_t copied_key(const struct lbms_journal *journal)
{
    return (uint8_t)(journal->step % LBMS_JOURNAL_KEYS);
}

/*
 * Looks for the next value to be copied: the older one of every key first, then the newest ones. The older ones get a third
 * of the bank at most, so that there is room for the next value. False when there is none left.
 */
static bool next_copy(struct lbms_journal *journal)
{
    const uint32_t room = journal->area.bank_size / LBMS_SLOT;

    for (; journal->step < (LBMS_JOURNAL_KEYS * LBMS_JOURNAL_KEPT); journal->step++) {
        const uint8_t key = copied_key(journal);
        const bool older = journal->step < LBMS_JOURNAL_KEYS;
        const uint16_t at = place(journal, key, older ? 1u : 0u);
        struct entry entry;

        if ((at == 0u) || !lbms_entry_intact(journal, journal->bank, at, key)) {
            continue;
        }
        lbms_entry_read(journal, journal->bank, at, &entry);
        if (((uint32_t)journal->target_top + entry.slots) <= (older ? (room / 3u) : room)) {
            journal->from = at;
            begin_entry(journal, &journal->target_top, entry.slots);
            return true;
        }
    }
    return false;
}

static int copy(struct lbms_journal *journal)
{
    const uint8_t key = copied_key(journal);
    uint8_t slot[LBMS_SLOT];
    int status;

    if (!journal->begun) {
        if (!next_copy(journal)) {
            journal->job = LBMS_JOURNAL_LABEL;
            journal->step = 0u;
        }
        return LBMS_AGAIN;
    }
    lbms_entry_bytes(journal,
                     lbms_entry_address(journal, journal->bank, (uint32_t)journal->from + journal->slot),
                     slot, sizeof(slot));
    status = program_entry(journal, journal->target, key, slot);
    if (status == LBMS_OK) {
        remember(&journal->fresh, key, journal->at);
        journal->step++;
    }
    return (status < 0) ? abandon_copy(journal) : (int)LBMS_AGAIN;
}

static void change_bank(struct lbms_journal *journal)
{
    struct lbms_area *area = &journal->area;

    if (journal->bank != LBMS_AREA_NONE) {
        area->state[journal->bank] = LBMS_BANK_DIRTY;
    }
    area->state[journal->target] = LBMS_BANK_USED;
    area->failures[journal->target] = 0u;
    journal->bank = journal->target;
    journal->label++;
    journal->top = journal->target_top;
    journal->index = journal->fresh;
    journal->job = LBMS_JOURNAL_WRITE;
}

/* From its label on, the new bank is the one in use. */
static int write_label(struct lbms_journal *journal)
{
    struct lbms_area *area = &journal->area;
    const uint32_t address = lbms_entry_address(journal, journal->target, LABEL_SLOT + journal->step);
    uint8_t slot[LBMS_SLOT];
    int status;

    lbms_slot_make_number(area, slot, SLOT_KEY_LABEL, journal->label + 1u);
    status = lbms_area_program(area, address, slot, &journal->done);
    if (status == LBMS_OK) {
        journal->step++;
    }
    if (status < 0) { /* one readable label of the two is enough: the next mount will go by it */
        struct lbms_bank_header header;

        lbms_area_header(area, journal->target, &header);
        if (header.state != (uint8_t)LBMS_BANK_USED) {
            return abandon_copy(journal);
        }
    }
    if ((status < 0) || (journal->step == LABELS)) {
        change_bank(journal);
    }
    return LBMS_AGAIN;
}

/* ---- the value that was asked for ----------------------------------------------------------------------------- */

static int begin_value(struct lbms_journal *journal, bool may_erase)
{
    const uint32_t slots = lbms_entry_slots(journal->key, journal->value.length);
    const uint32_t room = journal->area.bank_size / LBMS_SLOT;

    if ((journal->bank != LBMS_AREA_NONE) && ((journal->top + slots) <= room)) {
        journal->crc = lbms_entry_crc(journal->key, &journal->value);
        begin_entry(journal, &journal->top, slots);
        return LBMS_AGAIN;
    }
    if (journal->copied) {
        return finish(journal, LBMS_ERR_SPACE);
    }
    return begin_copy(journal, may_erase);
}

/* The flash has not taken it: no more of this bank, another one gets everything. */
static int give_up_bank(struct lbms_journal *journal)
{
    struct lbms_area *area = &journal->area;

    journal->begun = false;
    if (lbms_entry_crc(journal->key, &journal->value) != journal->crc) {
        return finish(journal, LBMS_ERR_STATE); /* not the flash: the value has changed */
    }
    lbms_area_failed(area, journal->bank);
    area->state[journal->bank] = LBMS_BANK_USED; /* what stands in it can still be read */
    journal->top = (uint16_t)(area->bank_size / LBMS_SLOT);
    journal->copied = false;
    journal->tries++;
    return (journal->tries < LBMS_AREA_PATIENCE) ? (int)LBMS_AGAIN : finish(journal, LBMS_ERR_IO);
}

static int write_value(struct lbms_journal *journal, bool may_erase)
{
    uint8_t slot[LBMS_SLOT];
    int status;

    if (!journal->begun) {
        return begin_value(journal, may_erase);
    }
    lbms_entry_make(journal->key, &journal->value, journal->crc, journal->slot, slot);
    status = program_entry(journal, journal->bank, journal->key, slot);
    if (status < 0) {
        return give_up_bank(journal);
    }
    if (status == LBMS_OK) {
        remember(&journal->index, journal->key, journal->at);
        return finish(journal, LBMS_OK);
    }
    return LBMS_AGAIN;
}

/* Nothing to write: all other banks are made ready, because nobody knows when the next erase will be permitted. */
static int idle(struct lbms_journal *journal, bool may_erase)
{
    struct lbms_area *area = &journal->area;
    const uint8_t bank = lbms_area_next(area, journal->bank, LBMS_BANK_DIRTY);
    int status;

    if (bank == LBMS_AREA_NONE) {
        return LBMS_OK;
    }
    status = lbms_area_prepare(area, bank, may_erase);
    return (status == LBMS_ERR_IO) ? (int)LBMS_AGAIN : status;
}

int lbms_journal_poll(struct lbms_journal *journal, bool may_erase)
{
    int status;

    if (!journal->open) {
        return LBMS_OK;
    }
    switch (journal->job) {
    case LBMS_JOURNAL_COPY:
        return copy(journal);
    case LBMS_JOURNAL_LABEL:
        return write_label(journal);
    default:
        break;
    }
    if (!journal->pending) {
        return idle(journal, may_erase);
    }
    status = write_value(journal, may_erase);
    return (status == LBMS_ERR_STATE) ? status : (int)LBMS_AGAIN;
}
