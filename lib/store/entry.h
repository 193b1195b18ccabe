/*
 * Entries of a journal: a value as it stands in a bank.
 *
 * Short: one slot with the key as tag, five bytes of value. Long: a slot with the key, the length, layout and check; the
 * content; a CRC-32 over the first six bytes of that slot and the content; 0xFF up to the next slot.
 */
#ifndef LBMS_STORE_ENTRY_H
#define LBMS_STORE_ENTRY_H

#include "losun_bms/store/journal.h"
#include "slot.h"

/* What the first slot of an entry says. */
struct entry {
    uint8_t key;    /* SLOT_NO_KEY: no entry begins here */
    uint16_t slots; /* up to the next entry; 1 when none begins here */
    struct lbms_journal_info info;
};

/* Interprets a first slot; `room` is the number of slots up to the end of the bank. */
void lbms_entry_parse(const uint8_t *slot, uint32_t room, struct entry *entry);

/* Reads and interprets it. */
void lbms_entry_read(const struct lbms_journal *journal, uint8_t bank, uint16_t at, struct entry *entry);

/* The entry at this place is one of this key, complete and undamaged. */
bool lbms_entry_intact(const struct lbms_journal *journal, uint8_t bank, uint16_t at, uint8_t key);

/* Slots that a value takes; 0: too long for any bank. */
uint32_t lbms_entry_slots(uint8_t key, uint16_t length);

/* CRC-32 of a long value. */
uint32_t lbms_entry_crc(uint8_t key, const struct lbms_journal_value *value);

/* The CRC-32 that stands at this address. */
uint32_t lbms_entry_stored_crc(const struct lbms_journal *journal, uint32_t address);

/* One slot of the entry of a value, number 0 first. */
void lbms_entry_make(uint8_t key, const struct lbms_journal_value *value, uint32_t crc, uint16_t number,
                     uint8_t *slot);

/* Address of a slot in the flash. */
uint32_t lbms_entry_address(const struct lbms_journal *journal, uint8_t bank, uint32_t at);

/* Reads from the flash; bytes that cannot be read come as 0xFF, which no check accepts. */
void lbms_entry_bytes(const struct lbms_journal *journal, uint32_t address, void *data, size_t length);

#endif
