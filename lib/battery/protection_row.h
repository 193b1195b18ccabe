/*
 * Private to the protection engine: what one step works on, and the life of one row.
 */
#ifndef LBMS_LIB_BATTERY_PROTECTION_ROW_H
#define LBMS_LIB_BATTERY_PROTECTION_ROW_H

#include "losun_bms/battery/protection.h"

#define LBMS_ROW_TICK_MS 100u

/*
 * What one step works on. An extreme of the cells may be known in part: what is seen beyond a limit is beyond it, but what
 * is seen inside says nothing of the cell that is not seen. So a quantity is "seen" when there is a value, and "whole" when
 * the value stands for everything that it shall stand for.
 */
struct lbms_protection_data {
    const struct lbms_protection_inputs *in;
    const struct lbms_params *params;
    const struct lbms_product *product;
    uint32_t dt_ms;
    uint32_t ticks; /* 0.1 s that have passed */
    int32_t value[LBMS_QUANTITY_COUNT];
    uint32_t seen, whole; /* 1 << enum lbms_quantity */
    bool group_outside[LBMS_PROTECTION_GROUPS];
};

static inline int32_t lbms_row_level(const struct lbms_protection_row *row, const struct lbms_params *params,
                                     uint8_t param)
{
    const int32_t value = (param == LBMS_PARAM_NONE) ? 0 : params->v[param];

    return ((row->flags & LBMS_ROW_UNDER) != 0u) ? -value : value;
}

/* What a row waits for besides its quantity is there. */
static inline bool lbms_row_forced(const struct lbms_protection_data *step,
                                   const struct lbms_protection_row *row)
{
    return ((step->in->conditions & row->conditions) != 0u) ||
           ((step->in->m->afe_flags & row->afe_flags) != 0u);
}

static inline bool lbms_row_is_whole(const struct lbms_protection_data *step,
                                     const struct lbms_protection_row *row)
{
    return (row->quantity == LBMS_QUANTITY_NONE) || ((step->whole & (1u << row->quantity)) != 0u);
}

/* Strictly beyond one of the levels of a row, for certain. */
static inline bool lbms_row_beyond(const struct lbms_protection_data *step,
                                   const struct lbms_protection_row *row, uint8_t param)
{
    return (row->quantity != LBMS_QUANTITY_NONE) && ((step->seen & (1u << row->quantity)) != 0u) &&
           (step->value[row->quantity] > lbms_row_level(row, step->params, param));
}

static inline bool lbms_row_inside_release(const struct lbms_protection_data *step,
                                           const struct lbms_protection_row *row)
{
    return !lbms_row_forced(step, row) && lbms_row_is_whole(step, row) &&
           !lbms_row_beyond(step, row, row->release);
}

static inline uint32_t lbms_row_ms(const struct lbms_protection_data *step, uint8_t param)
{
    return lbms_param_ms(step->params, step->product, param);
}

static inline uint16_t lbms_row_add_up(uint16_t time, uint32_t passed)
{
    const uint32_t sum = time + ((passed < UINT16_MAX) ? passed : UINT16_MAX);

    return (uint16_t)((sum < UINT16_MAX) ? sum : UINT16_MAX);
}

/* More than a time has passed by the counter of 0.1 s; the first of its counts may have come at once. */
static inline bool lbms_row_passed(uint16_t since, uint32_t time_ms)
{
    return since > (time_ms / LBMS_ROW_TICK_MS);
}

static inline bool lbms_row_has(const struct lbms_protection_row_state *state, uint8_t flag)
{
    return (state->flags & flag) != 0u;
}

static inline void lbms_row_set(struct lbms_protection_row_state *state, uint8_t flag, bool on)
{
    state->flags = (uint8_t)(on ? (state->flags | flag) : (state->flags & ~(unsigned)flag));
}

/* Times for which currents have flowed that help a release. */
void lbms_protection_count_help(struct lbms_protection *protection, const struct lbms_protection_data *step);

/* One step of a row that is not tripped. */
void lbms_row_run_trip(struct lbms_protection *protection, const struct lbms_protection_data *step,
                       const struct lbms_protection_row *row, struct lbms_protection_row_state *state);

/* One step of a row that is tripped. */
void lbms_row_run_release(struct lbms_protection *protection, const struct lbms_protection_data *step,
                          const struct lbms_protection_row *row, struct lbms_protection_row_state *state);

/* One step of the alarm of a row. */
void lbms_row_run_alarm(const struct lbms_protection_data *step, const struct lbms_protection_row *row,
                        struct lbms_protection_row_state *state);

/* Releases a row; its alarm and its count of trips stay. */
void lbms_row_let_go(struct lbms_protection_row_state *state);

#endif
