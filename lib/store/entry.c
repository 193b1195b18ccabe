#include "entry.h"

#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"

#define CRC_SIZE 4u
#define PIECE    64u

uint32_t lbms_entry_address(const struct lbms_journal *journal, uint8_t bank, uint32_t at)
{
    return ((uint32_t)bank * journal->area.bank_size) + (at * LBMS_SLOT);
}

void lbms_entry_bytes(const struct lbms_journal *journal, uint32_t address, void *data, size_t length)
{
    const struct lbms_flash *flash = journal->area.flash;

    if (flash->read(flash->ctx, address, data, length) != LBMS_OK) {
        memset(data, 0xFF, length);
    }
}

uint32_t lbms_entry_stored_crc(const struct lbms_journal *journal, uint32_t address)
{
    uint8_t bytes[CRC_SIZE];
    struct lbms_reader reader;

    lbms_entry_bytes(journal, address, bytes, sizeof(bytes));
    lbms_reader_init(&reader, bytes, sizeof(bytes));
    return lbms_get_u32le(&reader);
}

uint32_t lbms_entry_slots(uint8_t key, uint16_t length)
{
    if (key >= LBMS_JOURNAL_SHORT) {
        return 1u;
    }
    return 1u + (((uint32_t)length + CRC_SIZE + (LBMS_SLOT - 1u)) / LBMS_SLOT);
}

void lbms_entry_parse(const uint8_t *slot, uint32_t room, struct entry *entry)
{
    uint32_t slots;

    entry->slots = 1u;
    entry->key = lbms_slot_key(slot);
    if (entry->key >= LBMS_JOURNAL_KEYS) {
        entry->key = SLOT_NO_KEY;
        return;
    }
    entry->info.length = LBMS_JOURNAL_SHORT_SIZE;
    entry->info.layout = 0u;
    entry->info.check = 0u;
    if (entry->key < LBMS_JOURNAL_SHORT) {
        entry->info.length = (uint16_t)(slot[1] | ((unsigned)slot[2] << 8));
        entry->info.layout = slot[3];
        entry->info.check = (uint16_t)(slot[4] | ((unsigned)slot[5] << 8));
    }
    slots = lbms_entry_slots(entry->key, entry->info.length);
    if ((slots > room) || ((entry->key < LBMS_JOURNAL_SHORT) && !lbms_slot_intact(slot))) {
        entry->key = SLOT_NO_KEY; /* what it says of its length is not to be trusted */
        return;
    }
    entry->slots = (uint16_t)slots;
}

void lbms_entry_read(const struct lbms_journal *journal, uint8_t bank, uint16_t at, struct entry *entry)
{
    uint8_t slot[LBMS_SLOT];

    lbms_entry_bytes(journal, lbms_entry_address(journal, bank, at), slot, sizeof(slot));
    lbms_entry_parse(slot, (journal->area.bank_size / LBMS_SLOT) - at, entry);
}

/* Of the beginning of the first slot and the content, as they stand on the flash; and the one behind them. */
static bool content_intact(const struct lbms_journal *journal, uint32_t address, size_t length)
{
    uint8_t piece[PIECE];
    uint32_t crc;

    lbms_entry_bytes(journal, address, piece, LBMS_SLOT);
    crc = lbms_crc32(LBMS_CRC32_START, piece, SLOT_CHECKED);
    address += LBMS_SLOT;
    while (length > 0u) {
        const size_t count = (length < PIECE) ? length : PIECE;

        lbms_entry_bytes(journal, address, piece, count);
        crc = lbms_crc32(crc, piece, count);
        address += (uint32_t)count;
        length -= count;
    }
    return lbms_entry_stored_crc(journal, address) == crc;
}

bool lbms_entry_intact(const struct lbms_journal *journal, uint8_t bank, uint16_t at, uint8_t key)
{
    const uint32_t address = lbms_entry_address(journal, bank, at);
    uint8_t slot[LBMS_SLOT];
    struct entry entry;

    lbms_entry_bytes(journal, address, slot, sizeof(slot));
    lbms_entry_parse(slot, (journal->area.bank_size / LBMS_SLOT) - at, &entry);
    if (entry.key != key) {
        return false;
    }
    return (key >= LBMS_JOURNAL_SHORT) ? lbms_slot_intact(slot)
                                       : content_intact(journal, address, entry.info.length);
}

static uint8_t entry_byte(const struct lbms_journal_value *value, size_t index)
{
    if (value->words) {
        return (uint8_t)((uint32_t)((const int32_t *)value->data)[index / 4u] >> (8u * (index % 4u)));
    }
    return ((const uint8_t *)value->data)[index];
}

static void first_slot(uint8_t key, const struct lbms_journal_value *value, uint8_t *slot)
{
    uint8_t data[SLOT_DATA];

    data[0] = (uint8_t)value->length;
    data[1] = (uint8_t)(value->length >> 8);
    data[2] = value->layout;
    data[3] = (uint8_t)value->check;
    data[4] = (uint8_t)(value->check >> 8);
    lbms_slot_make(slot, key, (key >= LBMS_JOURNAL_SHORT) ? (const uint8_t *)value->data : data);
}

uint32_t lbms_entry_crc(uint8_t key, const struct lbms_journal_value *value)
{
    uint8_t piece[LBMS_SLOT];
    uint32_t crc;
    size_t count = 0u;
    size_t i;

    first_slot(key, value, piece);
    crc = lbms_crc32(LBMS_CRC32_START, piece, SLOT_CHECKED);
    for (i = 0u; i < value->length; i++) {
        piece[count] = entry_byte(value, i);
        count++;
        if (count == sizeof(piece)) {
            crc = lbms_crc32(crc, piece, count);
            count = 0u;
        }
    }
    return lbms_crc32(crc, piece, count);
}

void lbms_entry_make(uint8_t key, const struct lbms_journal_value *value, uint32_t crc, uint16_t number,
                     uint8_t *slot)
{
    size_t i;

    if (number == 0u) {
        first_slot(key, value, slot);
        return;
    }
    for (i = 0u; i < LBMS_SLOT; i++) {
        const size_t index = ((size_t)(number - 1u) * LBMS_SLOT) + i;
        const size_t behind = index - value->length; /* meaningless before the end of the content */

        if (index < value->length) {
            slot[i] = entry_byte(value, index);
        } else if (behind < CRC_SIZE) {
            slot[i] = (uint8_t)(crc >> (8u * behind));
        } else {
            slot[i] = 0xFFu;
        }
    }
}
