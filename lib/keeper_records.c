#include "keeper_records.h"

#include "losun_bms/battery/protection.h"

/* The row of the protection table that a record is about; of several with this bit, the one beyond its level. */
static const struct lbms_protection_row *find_row(const struct lbms_keeper *keeper,
                                                  const struct lbms_core *core, uint8_t bit, bool fault)
{
    const struct lbms_protection_row *found = NULL;
    size_t i;

    for (i = 0u; i < lbms_protection_row_count; i++) {
        const struct lbms_protection_row *row = &lbms_protection_rows[i];

        if ((row->bit != bit) || (((row->flags & LBMS_ROW_FAULT) != 0u) != fault)) {
            continue;
        }
        if (found == NULL) {
            found = row;
        }
        if ((row->quantity < LBMS_QUANTITY_COUNT) && (row->trip < LBMS_PARAM_COUNT)) {
            const int32_t level = core->params.v[row->trip];
            const bool under = (row->flags & LBMS_ROW_UNDER) != 0u;

            if (keeper->values[row->quantity] > (under ? -level : level)) {
                return row;
            }
        }
    }
    return found;
}

/* Values stand in the record with their own sign. */
void lbms_keeper_explain(const struct lbms_keeper *keeper, const struct lbms_core *core,
                         struct lbms_record *record)
{
    const bool fault =
        (record->kind == (uint8_t)LBMS_RECORD_FAULT) || (record->kind == (uint8_t)LBMS_RECORD_FAULT_END);
    const struct lbms_protection_row *row = find_row(keeper, core, record->code, fault);
    uint8_t level;

    if ((row == NULL) || (row->quantity >= LBMS_QUANTITY_COUNT)) {
        return;
    }
    switch (record->kind) {
    case LBMS_RECORD_ALARM:
    case LBMS_RECORD_ALARM_END:
        level = ((row->flags & LBMS_ROW_ALARM) != 0u) ? row->trip : row->alarm;
        break;
    case LBMS_RECORD_PROTECTION_END:
    case LBMS_RECORD_FAULT_END:
        level = row->release;
        break;
    default:
        level = row->trip;
        break;
    }
    record->value = ((row->flags & LBMS_ROW_UNDER) != 0u) ? -keeper->values[row->quantity]
                                                          : keeper->values[row->quantity];
    record->threshold = (level < LBMS_PARAM_COUNT) ? core->params.v[level] : 0;
    if ((row->quantity == (uint8_t)LBMS_QUANTITY_CELL_HIGH) ||
        (row->quantity == (uint8_t)LBMS_QUANTITY_CELL_DIFF)) {
        record->cell = keeper->highest_cell;
    } else if (row->quantity == (uint8_t)LBMS_QUANTITY_CELL_LOW) {
        record->cell = keeper->lowest_cell;
    } else {
        /* no cell */
    }
}
