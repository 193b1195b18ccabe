#include "losun_bms/battery/gentle.h"

#include <string.h>

#include "charge_parts.h"

#define PERCENT 100

void lbms_gentle_init(struct lbms_gentle *gentle, const struct lbms_memory *memory)
{
    memset(gentle, 0, sizeof(*gentle));
    if (memory->valid) {
        gentle->charged_s = memory->gentle_s;
        gentle->active = (memory->gentle_s > 0u);
    }
}

void lbms_gentle_forget(struct lbms_gentle *gentle)
{
    gentle->charged_s = 0u;
    gentle->stuck = false;
}

/* One low cell that is seen is enough, whatever the others are. */
static bool is_low(const struct lbms_charge_inputs *in, const struct lbms_params *params)
{
    const struct lbms_measured *m = in->m;

    return (((m->valid & LBMS_VALID_PACK) != 0u) &&
            (m->pack_mv < params->v[LBMS_PARAM_LOW_CHARGE_PACK_MV])) ||
           (((m->valid & LBMS_VALID_CELL_RANGE) != 0u) &&
            ((int32_t)m->cell_min_mv < params->v[LBMS_PARAM_CELL_UV_PROTECT_MV])) ||
           ((in->faults & LBMS_MASK(LBMS_FAULT_CELL)) != 0u);
}

static bool is_recovered(const struct lbms_measured *m, const struct lbms_params *params)
{
    const uint16_t needed = LBMS_VALID_PACK | LBMS_VALID_CELLS;
    const int32_t pack_mv =
        params->v[LBMS_PARAM_LOW_CHARGE_PACK_MV] + params->v[LBMS_PARAM_GENTLE_END_PACK_MV];
    const int32_t cell_mv =
        params->v[LBMS_PARAM_CELL_UV_PROTECT_MV] + params->v[LBMS_PARAM_GENTLE_END_CELL_MV];

    return ((m->valid & needed) == needed) && (m->pack_mv >= pack_mv) && ((int32_t)m->cell_min_mv >= cell_mv);
}

static void count_time(struct lbms_gentle *gentle, const struct lbms_measured *m, uint32_t awake_s,
                       const struct lbms_params *params)
{
    const uint32_t limit_s = (uint32_t)params->v[LBMS_PARAM_GENTLE_CHARGE_MAX_S];
    const bool charging =
        ((m->valid & LBMS_VALID_CURRENT) != 0u) && (m->current_ma >= params->v[LBMS_PARAM_CURRENT_IDLE_MA]);

    if (charging && (gentle->charged_s <= limit_s)) {
        /* one second beyond the limit is enough to tell that it is exceeded */
        const uint32_t left_s = limit_s + 1u - gentle->charged_s;

        gentle->charged_s = (uint16_t)(gentle->charged_s + ((awake_s < left_s) ? awake_s : left_s));
    }
    gentle->stuck = gentle->charged_s > limit_s;
}

static void watch_current(struct lbms_gentle *gentle, const struct lbms_charge_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product)
{
    const int32_t limit_ma =
        params->v[LBMS_PARAM_GENTLE_CHARGE_MA] * params->v[LBMS_PARAM_GENTLE_TRIP_PCT] / PERCENT;
    const bool beyond = lbms_charge_above(in->m, limit_ma, gentle->pushed.running);

    gentle->over =
        lbms_param_hold(&gentle->pushed, beyond, in->now_ms, params, product, LBMS_PARAM_GENTLE_TRIP_S);
}

static void leave(struct lbms_gentle *gentle)
{
    memset(gentle, 0, sizeof(*gentle));
}

void lbms_gentle_step(struct lbms_gentle *gentle, const struct lbms_charge_inputs *in, uint32_t awake_s,
                      bool limited, const struct lbms_params *params, const struct lbms_product *product)
{
    const bool low = is_low(in, params);

    if (!low && !gentle->active) {
        return;
    }
    gentle->active = true;
    if (lbms_param_hold(&gentle->recovered, !low && !in->asleep && is_recovered(in->m, params), in->now_ms,
                        params, product, LBMS_PARAM_GENTLE_END_S)) {
        leave(gentle);
        return;
    }
    count_time(gentle, in->m, awake_s, params);
    if (limited) {
        gentle->over = false;
        lbms_hold_reset(&gentle->pushed);
    } else {
        watch_current(gentle, in, params, product);
    }
}
