#include "campaign/oracle_parts.h"

#include <string.h>

static void look_at_cells(struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    int32_t max = 0;
    int32_t min = INT32_MAX;
    bool good = look->fresh && (x->balance_mask == 0u);
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const int32_t mv = x->cell_mv[i];

        good = good && (mv >= P(CELL_VALID_MIN_MV)) && (mv <= P(CELL_VALID_MAX_MV));
        max = (mv > max) ? mv : max;
        min = (mv < min) ? mv : min;
    }
    look->cells_good = good;
    look->known[V_CELL_MAX] = look->known[V_CELL_MIN] = look->known[V_DIFF] = good;
    look->value[V_CELL_MAX] = max;
    look->value[V_CELL_MIN] = min;
    look->value[V_DIFF] = max - min;
}

static bool sensor_good(const struct look *look, int16_t dc)
{
    return look->fresh && (dc >= P(TEMP_VALID_MIN_DC)) && (dc <= P(TEMP_VALID_MAX_DC));
}

static void look_at_temperatures(struct oracle *o, struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    int16_t all[LBMS_NTCS + 2u];
    int32_t hot = INT32_MIN;
    int32_t cold = INT32_MAX;
    int32_t margin;
    unsigned bad = 0u;
    bool settled = look->fresh;
    unsigned i;

    memcpy(all, x->ntc_dc, sizeof(x->ntc_dc));
    all[LBMS_NTCS] = x->mosfet_dc;
    all[LBMS_NTCS + 1u] = x->ambient_dc;
    for (i = 0u; i < (LBMS_NTCS + 2u); i++) {
        const bool good = sensor_good(look, all[i]);
        const uint32_t ms = good ? 0u : (o->temp_bad_ms[i] + (look->fresh ? o->passed_ms : UINT16_MAX));

        o->temp_bad_ms[i] = (uint16_t)((ms > UINT16_MAX) ? UINT16_MAX : ms);
        if (i < LBMS_NTCS) {
            settled = settled && (good || (o->temp_bad_ms[i] >= P(TEMP_DELAY_MS)));
            bad += good ? 0u : 1u;
            hot = (good && (all[i] > hot)) ? all[i] : hot;
            cold = (good && (all[i] < cold)) ? all[i] : cold;
        }
    }
    margin = (bad > 0u) ? P(NTC_LOST_MARGIN_DC) : 0;
    look->ntcs_bad = bad;
    look->known[V_HOT] = look->known[V_COLD] = settled && (bad <= 1u);
    look->value[V_HOT] = hot + ((bad < LBMS_NTCS) ? margin : 0);
    look->value[V_COLD] = cold - ((bad < LBMS_NTCS) ? margin : 0);
    look->mosfet_lost = look->fresh && (o->temp_bad_ms[LBMS_NTCS] >= P(TEMP_DELAY_MS));
    look->known[V_MOSFET] = sensor_good(look, x->mosfet_dc);
    look->value[V_MOSFET] = x->mosfet_dc;
    look->known[V_BOARD] = sensor_good(look, x->ambient_dc);
    look->value[V_BOARD] = x->ambient_dc;
}

void look_around(struct oracle *o, struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;

    look->fresh = look->in->sample_valid && ((look->in->now_ms - x->at_ms) <= (uint32_t)P(SAMPLE_STALE_MS));
    look_at_cells(look);
    look_at_temperatures(o, look);
    look->pack_good = look->fresh && (x->pack_mv >= (16 * P(CELL_VALID_MIN_MV))) &&
                      (x->pack_mv <= (16 * P(CELL_VALID_MAX_MV)));
    look->current_good = look->fresh && (x->current_ma >= -P(CURRENT_VALID_MAX_MA)) &&
                         (x->current_ma <= P(CURRENT_VALID_MAX_MA));
    look->current_ma = look->current_good ? x->current_ma : 0;
    look->known[V_PACK] = look->pack_good;
    look->value[V_PACK] = x->pack_mv;
    look->known[V_CHARGE] = look->known[V_DISCHARGE] = look->current_good;
    look->value[V_CHARGE] = look->current_ma;
    look->value[V_DISCHARGE] = -look->current_ma;
}
