/* What the protections must not forget, whatever resets the processor. */
#include "losun_bms/battery/protection.h"

#include <string.h>

static bool tripped(const struct lbms_protection *protection, uint8_t index)
{
    return (protection->row[index].flags & LBMS_ROW_TRIPPED) != 0u;
}

static bool locked(const struct lbms_protection *protection, uint8_t index)
{
    return (protection->row[index].flags & LBMS_ROW_LOCKED) != 0u;
}

/* The word of the memory in which a tripped row is kept; NULL for rows that are judged afresh at every start. */
static uint32_t *word_of(struct lbms_memory *memory, const struct lbms_protection_row *row)
{
    if ((row->flags & LBMS_ROW_ALARM) != 0u) {
        return NULL;
    }
    if ((row->flags & LBMS_ROW_FAULT) == 0u) {
        return &memory->protections;
    }
    if (row->release_rule == LBMS_RELEASE_SERVICE) {
        return &memory->faults;
    }
    return (row->release_rule == LBMS_RELEASE_SELF) ? &memory->stuck_faults : NULL;
}

void lbms_protection_save(const struct lbms_protection *protection, struct lbms_memory *memory)
{
    unsigned counter = 0u;
    uint8_t i;

    memory->valid = true;
    memory->protections = 0u;
    memory->faults = 0u;
    memory->stuck_faults = 0u;
    memory->locks = 0u;
    memory->uv_rebounds = protection->uv_rebounds;
    memset(memory->trips, 0, sizeof(memory->trips));
    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        const uint32_t bit = LBMS_MASK(row->bit);
        uint32_t *word = word_of(memory, row);

        if ((row->lock != LBMS_PARAM_NONE) && (counter < LBMS_TRIP_COUNTERS)) {
            memory->trips[counter] = protection->row[i].trips;
            counter++;
        }
        /* a fault that may clear by itself is kept only once it no longer does */
        if ((word != NULL) && tripped(protection, i) &&
            ((row->release_rule != LBMS_RELEASE_SELF) || locked(protection, i))) {
            *word |= bit;
        }
        if (locked(protection, i) && ((row->flags & LBMS_ROW_FAULT) == 0u)) {
            memory->locks |= bit;
        }
    }
}

void lbms_protection_restore(struct lbms_protection *protection, const struct lbms_memory *memory)
{
    struct lbms_memory saved = *memory;
    unsigned counter = 0u;
    uint8_t i;

    for (i = 0u; i < protection->row_count; i++) {
        const struct lbms_protection_row *row = &protection->rows[i];
        const uint32_t bit = LBMS_MASK(row->bit);
        const uint32_t *word = word_of(&saved, row);
        struct lbms_protection_row_state *state = &protection->row[i];
        const bool fault = (row->flags & LBMS_ROW_FAULT) != 0u;
        bool locks = !fault && ((saved.locks & bit) != 0u);

        if ((row->lock != LBMS_PARAM_NONE) && (counter < LBMS_TRIP_COUNTERS)) {
            state->trips = saved.trips[counter];
            counter++;
        }
        if ((word == NULL) || ((*word & bit) == 0u)) {
            continue;
        }
        locks = locks || (row->release_rule == LBMS_RELEASE_SELF);
        state->flags = (uint8_t)(LBMS_ROW_TRIPPED | (locks ? (unsigned)LBMS_ROW_LOCKED : 0u));
    }
    protection->uv_rebounds = saved.uv_rebounds;
    protection->busy = true;
}
