#include "campaign/oracle_parts.h"

#include <string.h>

#define CONFIG_MS 4000 /* thresholds are written twice, a second apart; then comes the fault */

/*
 * Identical voltages while the current moves. A current that cannot be believed neither moves nor rests; with bled cells
 * nothing is seen.
 */
static bool frozen(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    const int32_t ma = look->current_ma;
    const bool bled = look->fresh && o->was_fresh && (x->balance_mask != 0u);
    const bool same = (memcmp(o->frozen_mv, x->cell_mv, sizeof(o->frozen_mv)) == 0) &&
                      (o->frozen_pack_mv == x->pack_mv) && look->fresh && o->was_fresh;

    if (bled) {
        o->frozen_ms = add(o->frozen_ms, o->passed_ms);
        return false;
    }
    memcpy(o->frozen_mv, x->cell_mv, sizeof(o->frozen_mv));
    o->frozen_pack_mv = x->pack_mv;
    o->frozen_ms = same ? add(o->frozen_ms, o->passed_ms) : 0u;
    o->frozen_seen = o->frozen_seen && same;
    if (look->current_good) {
        o->frozen_low_ma = (!o->frozen_seen || (ma < o->frozen_low_ma)) ? ma : o->frozen_low_ma;
        o->frozen_high_ma = (!o->frozen_seen || (ma > o->frozen_high_ma)) ? ma : o->frozen_high_ma;
        o->frozen_seen = true;
    }
    return o->frozen_seen && ((o->frozen_high_ma - o->frozen_low_ma) > P(STUCK_CURRENT_MA));
}

static int32_t sum_mv(const struct lbms_sample *x)
{
    int32_t sum = 0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        sum += x->cell_mv[i];
    }
    return sum;
}

static bool other_thresholds(const struct look *look)
{
    const struct lbms_afe_config *is = &look->b->config;
    const struct lbms_afe_config *should = &look->b->bms.outputs.afe;

    return (is->cell_ov_mv != should->cell_ov_mv) || (is->cell_uv_mv != should->cell_uv_mv) ||
           (is->discharge_oc_ma != should->discharge_oc_ma) ||
           (is->short_circuit_ma != should->short_circuit_ma) || (is->watchdog_ms != should->watchdog_ms);
}

static void judge_sampling(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    const bool awake = (look->s->mode != LBMS_MODE_SHUTDOWN) && (o->last.mode != LBMS_MODE_SHUTDOWN);
    const bool open = path_open(look, LBMS_PATHS_BOTH);
    const int32_t apart = sum_mv(x) - x->pack_mv;
    const bool sum_bad = look->cells_good && look->pack_good &&
                         ((apart > P(PACK_SUM_TOLERANCE_MV)) || (apart < -P(PACK_SUM_TOLERANCE_MV)));
    const bool cells_bad =
        look->fresh && ((!look->cells_good && (x->balance_mask == 0u)) || !look->pack_good);
    const bool stuck = frozen(o, look);

    /* "fresh" has the age limit in it already: no more than the step that finds it out */
    watch(o, &o->silent, !look->fresh);
    watch(o, &o->cell_odd, cells_bad);
    watch(o, &o->current_odd, look->fresh && !look->current_good);
    watch(o, &o->sum, sum_bad);
    require(o, ORACLE_SAMPLING, look->fresh || open, "a path is closed on a stale sample");
    require(o, ORACLE_SAMPLING, open || !over(o, &o->cell_odd, P(CELL_INVALID_DELAY_MS)),
            "a path is closed with implausible voltages");
    require(o, ORACLE_SAMPLING, open || !over(o, &o->current_odd, P(CELL_INVALID_DELAY_MS)),
            "a path is closed without a plausible current");
    require(o, ORACLE_CROSS, open || !over(o, &o->sum, P(PACK_SUM_DELAY_MS)),
            "a path is closed although the cells do not add up to the pack voltage");
    require(o, ORACLE_CROSS,
            open || !stuck || (o->frozen_ms <= ((uint32_t)P(STUCK_S) * 1000u + o->step_ms + SAMPLE_MS)),
            "a path is closed although the voltages are frozen");
    watch(o, &o->state,
          awake && look->fresh && (x->closed != o->last.want.closed) && (x->afe_flags == 0u) &&
              (o->last.want.closed == look->s->want.closed));
    require(o, ORACLE_CROSS, open || !over(o, &o->state, P(AFE_SWITCH_MS)),
            "a path is closed although the reported switches differ");
    watch(o, &o->config, awake && other_thresholds(look));
    require(o, ORACLE_CROSS, open || !over(o, &o->config, CONFIG_MS),
            "a path is closed although the AFE has other thresholds");
    odd(o, LBMS_FAULT_SAMPLING,
        !look->fresh || cells_bad || o->sum.there || (o->frozen_ms >= ((uint32_t)P(STUCK_S) * 1000u)) ||
            (x->closed != o->last.want.closed) || (x->config_seq != look->b->bms.outputs.afe.sequence) ||
            (look->b->broken != 0u));
    odd(o, LBMS_FAULT_CURRENT,
        !look->fresh || !look->current_good ||
            (((look->current_ma > P(MOS_FAULT_MA)) || (look->current_ma < -P(MOS_FAULT_MA))) &&
             ((x->closed & LBMS_SWITCHES_MAIN) != LBMS_SWITCHES_MAIN)));
}

static void judge_temperature_sensors(struct oracle *o, const struct look *look)
{
    const uint32_t limit_ms = (uint32_t)P(TEMP_DELAY_MS) + o->step_ms + SAMPLE_MS;
    const bool open = path_open(look, LBMS_PATHS_BOTH);
    unsigned lost = 0u;
    unsigned i;
    bool bad = false;

    for (i = 0u; i < (LBMS_NTCS + 2u); i++) {
        lost += ((i < LBMS_NTCS) && (o->temp_bad_ms[i] > limit_ms)) ? 1u : 0u;
        bad = bad || (o->temp_bad_ms[i] > 0u);
    }
    require(o, ORACLE_TEMPERATURE, open || (lost < 2u), "a path is closed with two cell sensors lost");
    require(o, ORACLE_TEMPERATURE,
            open || (o->temp_bad_ms[LBMS_NTCS] <= limit_ms) || (o->temp_bad_ms[LBMS_NTCS + 1u] <= limit_ms),
            "a path is closed without any board temperature");
    odd(o, LBMS_FAULT_NTC, bad || !look->fresh);
}

static void judge_port(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    const bool paths_off = (x->closed == 0u) && (o->last.want.closed == 0u);
    const bool charge_off = ((x->closed | o->last.want.closed) & CHARGE_SIDE) == 0u;

    watch(o, &o->reversed, look->fresh && paths_off && (x->terminal_mv < -P(REVERSED_MV)));
    require(o, ORACLE_PORT, path_open(look, LBMS_PATHS_BOTH) || !over(o, &o->reversed, P(REVERSED_MS)),
            "a path closes onto a reversed charger");
    watch(o, &o->charger_ov, look->fresh && charge_off && (x->terminal_mv > P(CHARGER_OV_PROTECT_MV)));
    require(o, ORACLE_PORT,
            path_open(look, LBMS_PATH_CHARGE) || !over(o, &o->charger_ov, P(CHARGER_OV_DELAY_MS)) ||
                excused(look, LBMS_PATH_CHARGE),
            "the charge path closes onto a charger with too much voltage");
    odd(o, LBMS_FAULT_REVERSED, !look->fresh || (x->terminal_mv < -P(REVERSED_MV)));
}

void judge_measurement(struct oracle *o, const struct look *look)
{
    judge_sampling(o, look);
    judge_temperature_sensors(o, look);
    judge_port(o, look);
}
