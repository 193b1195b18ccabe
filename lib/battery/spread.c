#include "losun_bms/battery/spread.h"

#include <stdbool.h>
#include <string.h>

#include "losun_bms/base/fixed.h"

#define DMV_PER_MV 10
#define SLOPE_MOST 100 /* 10 mV for each per cent: above, noise no longer matters */
#define GAIN_PART  8   /* at that slope a look moves the value by 1/8 of the difference */

void lbms_spread_init(struct lbms_spread *s, const int16_t *dz)
{
    unsigned i;

    memset(s, 0, sizeof(*s));
    for (i = 0u; (dz != NULL) && (i < LBMS_CELLS); i++) {
        s->dz[i] = (int16_t)lbms_clamp_i32(dz[i], -LBMS_SPREAD_REACH, LBMS_SPREAD_REACH);
    }
}

/* Position near `base` at which the table has this voltage. */
static int32_t find(const struct lbms_cell_model *model, int32_t base, int32_t dmv, int32_t temp_dc)
{
    int32_t low = lbms_max_i32(base - LBMS_SPREAD_REACH, 0);
    int32_t high = lbms_min_i32(base + LBMS_SPREAD_REACH, LBMS_CELL_FULL);

    while (low < high) {
        const int32_t middle = low + ((high - low) / 2);

        if (lbms_cell_rest_dmv(model, middle, temp_dc) < dmv) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void look(int16_t *dz, const struct lbms_cell_model *model, const struct lbms_spread_inputs *in,
                 int32_t apart_dmv)
{
    const int32_t base = lbms_cell_position(in->soc_bp);
    const int32_t dmv = lbms_cell_rest_dmv(model, base, in->temp_dc) + apart_dmv;
    int32_t there;
    int32_t slope_dmv;

    if ((lbms_abs_i32(apart_dmv) < LBMS_SPREAD_CLEAR_DMV) &&
        (lbms_cell_slope_dmv(model, base) < LBMS_SPREAD_SLOPE_DMV)) {
        return;
    }
    there = find(model, base, dmv, in->temp_dc);
    slope_dmv = lbms_min_i32(lbms_cell_slope_dmv(model, there), SLOPE_MOST);
    if (slope_dmv < LBMS_SPREAD_SLOPE_DMV) {
        return;
    }
    *dz = (int16_t)(*dz + lbms_mul_div_i32(there - base - *dz, slope_dmv, SLOPE_MOST * GAIN_PART));
}

void lbms_spread_step(struct lbms_spread *s, const struct lbms_cell_model *model,
                      const struct lbms_spread_inputs *in)
{
    const unsigned k = s->next % LBMS_CELLS;
    const bool calm = lbms_abs_i32(in->current_ma) <= (in->capacity_mah / LBMS_SPREAD_CURRENT_PART);

    s->next = (uint8_t)((k + 1u) % LBMS_CELLS);
    if (calm && (((in->cells_valid >> k) & 1u) != 0u)) {
        look(&s->dz[k], model, in, ((int32_t)in->cell_mv[k] * DMV_PER_MV) - in->mean_dmv);
    }
}

static uint16_t soc_of(uint16_t soc_bp, int32_t dz)
{
    const int32_t away_bp = lbms_mul_div_i32(dz, LBMS_FULL_BP, LBMS_CELL_FULL);

    return (uint16_t)lbms_clamp_i32(soc_bp + away_bp, 0, LBMS_FULL_BP);
}

void lbms_spread_usable(const struct lbms_spread *s, uint16_t soc_bp, int32_t capacity_mah,
                        struct lbms_usable *usable)
{
    int32_t low = s->dz[0];
    int32_t high = s->dz[0];
    int32_t used_bp;
    unsigned i;

    for (i = 1u; i < LBMS_CELLS; i++) {
        low = lbms_min_i32(low, s->dz[i]);
        high = lbms_max_i32(high, s->dz[i]);
    }
    usable->soc_low_bp = soc_of(soc_bp, low);
    usable->soc_high_bp = soc_of(soc_bp, high);
    used_bp = (int32_t)usable->soc_low_bp + (LBMS_FULL_BP - usable->soc_high_bp);
    usable->remaining_mah = lbms_mul_div_i32(capacity_mah, usable->soc_low_bp, LBMS_FULL_BP);
    usable->capacity_mah = lbms_mul_div_i32(capacity_mah, used_bp, LBMS_FULL_BP);
    usable->soc_bp =
        (used_bp > 0) ? (uint16_t)lbms_mul_div_i32(usable->soc_low_bp, LBMS_FULL_BP, used_bp) : 0u;
}
