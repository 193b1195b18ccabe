#include "journal_rig.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "support/suite.h"

#define FOR_EVER 100000u

const uint8_t rig_keys[KEYS_USED] = {0u, 1u, 7u, LBMS_JOURNAL_SHORT};

uint16_t rig_value(uint8_t key, uint16_t number, uint8_t *bytes)
{
    const uint16_t length = (key >= LBMS_JOURNAL_SHORT) ? LBMS_JOURNAL_SHORT_SIZE
                            : (key == 0u)               ? 61u
                                                        : (uint16_t)(7u + (8u * key) + (number % 3u));
    uint32_t random = (uint32_t)(number * 64u + key) * 2654435761u + 1u;
    uint16_t i;

    bytes[0] = (uint8_t)number;
    bytes[1] = (uint8_t)(number >> 8);
    for (i = 2u; i < length; i++) {
        bytes[i] = (uint8_t)(rig_random(&random) >> 11);
    }
    if ((key == 0u) && (number % 2u == 0u)) {
        memset(&bytes[8], 0xFF, 40u); /* like erased flash */
    }
    return length;
}

int rig_settle(struct lbms_journal *journal, bool may_erase)
{
    unsigned i;

    for (i = 0u; i < FOR_EVER; i++) {
        const int status = lbms_journal_poll(journal, may_erase);

        if (status != LBMS_AGAIN) {
            return status;
        }
    }
    ck_abort_msg("the journal never comes to rest");
    return 0;
}

int rig_write(struct lbms_journal *journal, struct journal_model *model, uint8_t key, uint16_t number)
{
    uint8_t bytes[VALUE_MAX];
    struct lbms_journal_value value;
    unsigned i;
    int status;

    memset(&value, 0, sizeof(value));
    value.data = bytes;
    value.length = rig_value(key, number, bytes);
    value.layout = (uint8_t)(key + 1u);
    value.check = (uint16_t)(number * 3u);
    status = lbms_journal_write(journal, key, &value);
    if (status != LBMS_OK) {
        return status;
    }
    model->pending[key] = number;
    for (i = 0u; lbms_journal_result(journal) == LBMS_AGAIN; i++) {
        ck_assert_uint_lt(i, FOR_EVER);
        if (lbms_journal_poll(journal, true) == LBMS_ERR_STATE) {
            ck_abort_msg("waits though it may erase");
        }
    }
    status = lbms_journal_result(journal);
    if (status == LBMS_OK) {
        model->stored[key] = number;
    }
    model->pending[key] = 0u;
    return status;
}

uint16_t rig_number(const struct lbms_journal *journal, uint8_t key, uint8_t age)
{
    uint8_t bytes[VALUE_MAX];
    uint8_t expected[VALUE_MAX];
    struct lbms_journal_info info;
    uint16_t number;
    const int status = lbms_journal_read(journal, key, age, bytes, sizeof(bytes), &info);

    if (status != LBMS_OK) {
        ck_assert_int_eq(status, LBMS_ERR_MISSING);
        return 0u;
    }
    number = (uint16_t)(bytes[0] | (bytes[1] << 8));
    ck_assert_uint_eq(info.length, rig_value(key, number, expected));
    ck_assert_mem_eq(bytes, expected, info.length);
    if (key < LBMS_JOURNAL_SHORT) {
        ck_assert_uint_eq(info.layout, key + 1u);
        ck_assert_uint_eq(info.check, (uint16_t)(number * 3u));
    }
    return number;
}

void rig_check(const struct lbms_journal *journal, const struct journal_model *model)
{
    unsigned i;

    for (i = 0u; i < KEYS_USED; i++) {
        const uint8_t key = rig_keys[i];
        const uint16_t newest = rig_number(journal, key, 0u);
        const uint16_t older = rig_number(journal, key, 1u);

        if (newest != model->stored[key]) {
            ck_assert_msg((model->pending[key] != 0u) && (newest == model->pending[key]),
                          "key %u: value %u instead of %u or %u", key, newest, model->stored[key],
                          model->pending[key]);
        }
        ck_assert_msg((older == 0u) || (older < newest), "key %u: %u before %u", key, older, newest);
        ck_assert_msg((older != 0u) || (newest <= 1u), "key %u: the value before %u is lost", key, newest);
    }
}
