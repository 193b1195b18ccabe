/* Mount of a journal: which bank, and where the newest values of each key stand in it. */
#include <string.h>

#include "entry.h"
#include "losun_bms/base/status.h"

#define PIECE 128u /* bytes read at once */
#define SPOTS 3u   /* places noted of each key: one more than kept, since a power cut leaves a torn one */

/* The newest places of each key, in slots; 0: none. */
struct spots {
    uint16_t at[LBMS_JOURNAL_KEYS][SPOTS];
};

/* A walk through the slots of a bank, several of them in one read. */
struct walk {
    const struct lbms_journal *journal;
    uint8_t bank;
    uint32_t loaded; /* slot with which the piece begins; beyond the bank: none */
    uint8_t piece[PIECE];
};

static const uint8_t *look(struct walk *walk, uint32_t at)
{
    const uint32_t slots = PIECE / LBMS_SLOT;
    const uint32_t begin = at - (at % slots);

    if (begin != walk->loaded) {
        walk->loaded = begin;
        lbms_entry_bytes(walk->journal, lbms_entry_address(walk->journal, walk->bank, begin), walk->piece,
                         sizeof(walk->piece));
    }
    return &walk->piece[(at % slots) * LBMS_SLOT];
}

/* First slot behind everything that is programmed. */
static uint32_t find_top(struct walk *walk)
{
    uint32_t top = walk->journal->area.bank_size / LBMS_SLOT;

    while ((top > LBMS_AREA_HEADER_SLOTS) && lbms_slot_blank(look(walk, top - 1u), LBMS_SLOT)) {
        top--;
    }
    return top;
}

static void note(struct spots *spots, uint8_t key, uint32_t at)
{
    uint16_t *spot = spots->at[key];

    spot[2] = spot[1];
    spot[1] = spot[0];
    spot[0] = (uint16_t)at;
}

/*
 * One pass over the bank. Where no entry begins, the next slot is looked at: what a cut or a flipped bit has left costs
 * no more than itself. With `check` only intact entries are noted. The result is the first free slot.
 */
static uint32_t pass(struct lbms_journal *journal, bool check, struct spots *spots)
{
    struct walk walk;
    uint32_t at = LBMS_AREA_HEADER_SLOTS;
    uint32_t top;

    walk.journal = journal;
    walk.bank = journal->bank;
    walk.loaded = UINT32_MAX;
    memset(spots, 0, sizeof(*spots));
    top = find_top(&walk);
    while (at < top) {
        const uint8_t *slot = look(&walk, at);
        const uint8_t key = lbms_slot_key(slot);
        struct entry entry;

        if ((key >= LBMS_JOURNAL_SHORT) && (key < LBMS_JOURNAL_KEYS) && !check) {
            note(spots, key, at); /* nearly all slots: not a step more than needed */
            at++;
            continue;
        }
        lbms_entry_parse(slot, (journal->area.bank_size / LBMS_SLOT) - at, &entry);
        if (entry.key == SLOT_NO_KEY) {
            journal->damaged++;
        } else if (check && !lbms_entry_intact(journal, journal->bank, (uint16_t)at, entry.key)) {
            journal->damaged++;
        } else {
            note(spots, entry.key, at);
        }
        at += entry.slots;
    }
    return at;
}

/* Takes the intact ones of the places noted. False when there may be more of them that the pass has not noted. */
static bool choose(struct lbms_journal *journal, const struct spots *spots)
{
    bool enough = true;
    uint8_t key;

    for (key = 0u; key < LBMS_JOURNAL_KEYS; key++) {
        uint16_t *index = journal->index.at[key];
        unsigned found = 0u;
        unsigned i;

        memset(index, 0, sizeof(journal->index.at[key]));
        for (i = 0u; (i < SPOTS) && (spots->at[key][i] != 0u) && (found < LBMS_JOURNAL_KEPT); i++) {
            if (lbms_entry_intact(journal, journal->bank, spots->at[key][i], key)) {
                index[found] = spots->at[key][i];
                found++;
            }
        }
        enough = enough && ((found == LBMS_JOURNAL_KEPT) || (spots->at[key][SPOTS - 1u] == 0u));
    }
    return enough;
}

/* Banks that were followed by a newer one may be erased. */
static void forget_older(struct lbms_area *area, uint8_t newest)
{
    uint8_t bank;

    for (bank = 0u; bank < area->banks; bank++) {
        if ((bank != newest) && (area->state[bank] == (uint8_t)LBMS_BANK_USED)) {
            area->state[bank] = LBMS_BANK_DIRTY;
        }
    }
}

int lbms_journal_mount(struct lbms_journal *journal, const struct lbms_flash *flash, uint8_t bank_blocks)
{
    struct spots spots;
    uint32_t top;
    int status;

    memset(journal, 0, sizeof(*journal));
    journal->bank = LBMS_AREA_NONE;
    status = lbms_area_open(&journal->area, flash, bank_blocks, LBMS_JOURNAL_FORMAT);
    if (status != LBMS_OK) {
        return status;
    }
    if ((journal->area.bank_size / LBMS_SLOT) > UINT16_MAX) {
        return LBMS_ERR_ARGUMENT;
    }
    journal->open = true;
    journal->bank = lbms_area_find(&journal->area, true, &journal->label);
    if (journal->bank != LBMS_AREA_NONE) {
        top = pass(journal, false, &spots);
        if (!choose(journal, &spots)) {
            journal->damaged = 0u;
            top = pass(journal, true, &spots);
            (void)choose(journal, &spots);
        }
        journal->top = (uint16_t)top;
    }
    forget_older(&journal->area, journal->bank);
    return LBMS_OK;
}
