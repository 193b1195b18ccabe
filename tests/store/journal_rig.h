/* A journal on a flash, with values that tell which they are, so that any mixture is found out. */
#ifndef LBMS_TESTS_STORE_JOURNAL_RIG_H
#define LBMS_TESTS_STORE_JOURNAL_RIG_H

#include "flash_rig.h"
#include "losun_bms/store/journal.h"

#define VALUE_MAX 256u

/* Keys that the tests write: three long ones of different lengths and a short one. */
#define KEYS_USED 4u
extern const uint8_t rig_keys[KEYS_USED];

/* What was written of each key: number of the last value that is stored, and of the one that is on its way. */
struct journal_model {
    uint16_t stored[LBMS_JOURNAL_KEYS];
    uint16_t pending[LBMS_JOURNAL_KEYS]; /* 0: none */
};

/* The value of a key with this number, 1 or more; its length. */
uint16_t rig_value(uint8_t key, uint16_t number, uint8_t *bytes);

/* Writes a value and waits until it is stored; the result of the journal. */
int rig_write(struct lbms_journal *journal, struct journal_model *model, uint8_t key, uint16_t number);

/* Number of the value that is read; 0: there is none. Fails when it is no complete value of this key. */
uint16_t rig_number(const struct lbms_journal *journal, uint8_t key, uint8_t age);

/* The newest values are those of the model, or those that were on their way. */
void rig_check(const struct lbms_journal *journal, const struct journal_model *model);

/* Polls until there is nothing to do; fails when that takes for ever. The result of the last poll. */
int rig_settle(struct lbms_journal *journal, bool may_erase);

#endif
