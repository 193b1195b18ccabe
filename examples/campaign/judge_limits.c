#include "campaign/oracle_parts.h"

#define SELECTION_MS 1000 /* after this long the cells that are bled are chosen anew */

/* Upwards only with the slew, whatever the step. */
static void judge_slew(struct oracle *o, const struct look *look)
{
    const struct lbms_limit_view *l = &look->s->limit;

    require(o, ORACLE_LIMITS,
            o->booted || ((int64_t)l->ccl_ma - o->last.limit.ccl_ma <=
                          (((int64_t)P(LIMIT_SLEW_MA_S) * o->passed_ms / 1000) + P(LIMIT_QUANTUM_MA) +
                           P(LIMIT_ZERO_MA))),
            "CCL rises too fast");
    require(o, ORACLE_LIMITS,
            o->booted || ((int64_t)l->dcl_ma - o->last.limit.dcl_ma <=
                          (((int64_t)P(LIMIT_SLEW_MA_S) * o->passed_ms / 1000) + P(LIMIT_QUANTUM_MA) +
                           P(LIMIT_ZERO_MA))),
            "DCL rises too fast");
}

void judge_limits(struct oracle *o, const struct look *look)
{
    const struct lbms_limit_view *l = &look->s->limit;

    require(o, ORACLE_LIMITS, (l->ccl_ma >= 0) && (l->ccl_ma <= P(CCL_MA)), "CCL out of range");
    require(o, ORACLE_LIMITS, (l->dcl_ma >= 0) && (l->dcl_ma <= P(DCL_MA)), "DCL out of range");
    require(o, ORACLE_LIMITS, l->cvl_mv <= P(CVL_MV), "CVL above its parameter");
    require(o, ORACLE_LIMITS, ((look->s->blocked & LBMS_PATH_CHARGE) == 0u) || (l->ccl_ma == 0),
            "CCL with a blocked charge path");
    require(o, ORACLE_LIMITS, ((look->s->blocked & LBMS_PATH_DISCHARGE) == 0u) || (l->dcl_ma == 0),
            "DCL with a blocked discharge path");
    require(o, ORACLE_LIMITS, mode_permits(look->s->mode) || ((l->ccl_ma == 0) && (l->dcl_ma == 0)),
            "limits in a mode of open paths");
    require(o, ORACLE_LIMITS, look->fresh || ((l->ccl_ma == 0) && (l->dcl_ma == 0)),
            "limits without a measurement");
    require(o, ORACLE_LIMITS, ((l->requests & LBMS_REQUEST_CHARGE_PERMITTED) != 0u) == (l->ccl_ma > 0),
            "charge permission differs from CCL");
    require(o, ORACLE_LIMITS, ((l->requests & LBMS_REQUEST_DISCHARGE_PERMITTED) != 0u) == (l->dcl_ma > 0),
            "discharge permission differs from DCL");
    require(o, ORACLE_LIMITS, l->ccl_ma <= derated_ccl_ma(o, look), "CCL above its curves");
    require(o, ORACLE_LIMITS, l->dcl_ma <= derated_dcl_ma(o, look), "DCL above its curves");
    require(o, ORACLE_LIMITS, l->cvl_mv <= trimmed_cvl_mv(look), "CVL above what the highest cell permits");
    watch(o, &o->nearly_empty,
          (look->pack_good && (look->value[V_PACK] < P(DVL_MV))) ||
              (look->cells_good && (look->value[V_CELL_MIN] < P(CELL_UV_ALARM_MV))));
    require(o, ORACLE_LIMITS, (l->dcl_ma == 0) || !over(o, &o->nearly_empty, (int64_t)P(DCL_STOP_S) * 1000),
            "DCL of a pack that is nearly empty");
    judge_slew(o, look);
}

/* A full pack: high voltage, hardly any current. What is not known does not end it. */
static bool is_full(const struct look *look)
{
    const bool high =
        (look->value[V_PACK] >= P(FULL_CHARGE_MV)) || (look->value[V_CELL_MAX] >= P(FULL_CELL_MV));

    return look->fresh && (!look->cells_good || high) && (look->current_ma <= P(FULL_CHARGE_MA)) &&
           (look->current_ma >= -P(BODY_DIODE_OFF_MA));
}

/* For how long there has been no sign of a charger, or a load. */
static void watch_charger(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;

    watch(o, &o->uncharged,
          look->current_good && (look->current_ma < P(CURRENT_IDLE_MA)) && (x->terminal_mv <= x->pack_mv));
    watch(o, &o->drained, look->current_good && (look->current_ma < -P(BODY_DIODE_ON_MA)));
}

static bool sensor_lost(const struct oracle *o, const struct look *look)
{
    bool lost = false;
    unsigned i;

    for (i = 0u; i < LBMS_NTCS; i++) {
        lost = lost || (o->temp_bad_ms[i] > ((uint32_t)P(TEMP_DELAY_MS) + o->step_ms));
    }
    return lost;
}

void judge_charge(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const bool full = (s->state & LBMS_STATE_FULL) != 0u;
    const bool was_full = (o->last.state & LBMS_STATE_FULL) != 0u;
    const bool limiter = (P(LIMITER_FITTED) != 0) && (P(LIMITER_ENABLE) != 0);
    const bool low = (look->pack_good && (look->value[V_PACK] < P(LOW_CHARGE_PACK_MV))) ||
                     (look->cells_good && (look->value[V_CELL_MIN] < P(CELL_UV_PROTECT_MV)));
    const uint32_t ov = LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV);

    watch_charger(o, look);
    watch(o, &o->ripe, is_full(look));
    if (full && !was_full && !o->booted) {
        require(o, ORACLE_CHARGE,
                ((s->protections & ov) != 0u) || (o->ripe.there && (o->ripe.there_ms + o->step_ms >=
                                                                    (uint32_t)P(FULL_CHARGE_HOLD_S) * 1000u)),
                "FULL without its cause");
    }
    require(o, ORACLE_CHARGE, !full || path_open(look, LBMS_PATH_CHARGE) || excused(look, LBMS_PATH_CHARGE),
            "charge path closed in FULL");
    watch(o, &o->gentle, low && limiter);
    require(o, ORACLE_CHARGE,
            !over(o, &o->gentle, 2000) || ((look->closed & LBMS_SWITCH_CHARGE) == 0u) ||
                excused(look, LBMS_PATH_CHARGE),
            "a deeply discharged pack is charged past the limiter");
    require(o, ORACLE_CHARGE, ((look->closed & LBMS_SWITCH_LIMITER) == 0u) || (P(LIMITER_FITTED) != 0),
            "a limiter that is not fitted");
    if (look->b->bms.outputs.heater) {
        require(o, ORACLE_CHARGE, P(HEATER_FITTED) != 0, "a heater that is not fitted");
        require(o, ORACLE_CHARGE, look->fresh && !sensor_lost(o, look), "heating without sensors");
        require(o, ORACLE_CHARGE, !look->known[V_HOT] || (look->value[V_HOT] <= P(HEATER_CELL_MAX_DC)),
                "heating warm cells");
        require(o, ORACLE_CHARGE,
                !look->known[V_COLD] || (look->value[V_COLD] < P(HEATER_OFF_DC)) || (look->ntcs_bad > 0u),
                "heating goes on");
        require(o, ORACLE_CHARGE, !look->known[V_COLD] || (look->value[V_COLD] >= P(HEATER_CELL_MIN_DC)),
                "heating frozen cells");
        require(o, ORACLE_CHARGE, (s->mode != LBMS_MODE_SHUTDOWN) || (o->last.mode != LBMS_MODE_SHUTDOWN),
                "heating asleep");
        require(o, ORACLE_CHARGE, !over(o, &o->uncharged, (int64_t)P(CHARGER_HOLD_S) * 1000),
                "heating without a charger");
    }
}

/* Nothing charges, and FULL has not just been entered: bleeding would only discharge. */
static bool nothing_charges(struct oracle *o, const struct look *look)
{
    const bool full = (look->s->state & LBMS_STATE_FULL) != 0u;

    watch(o, &o->full, full);
    return (P(BALANCE_STATIC_ENABLE) == 0) &&
           (!full || over(o, &o->full, (int64_t)P(BALANCE_FULL_S) * 1000 + 1000)) &&
           (over(o, &o->uncharged, (int64_t)P(CHARGER_HOLD_S) * 1000) ||
            (over(o, &o->drained, 1000) && o->uncharged.there));
}

static void judge_bled_cells(struct oracle *o, const struct look *look)
{
    const uint16_t mask = look->s->balance_mask;
    unsigned cells = 0u;
    bool lowest = false;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        if ((mask & (1u << i)) != 0u) {
            cells++;
            lowest = lowest || (look->cells_good && (look->in->sample.cell_mv[i] <=
                                                     look->value[V_CELL_MIN] + P(BALANCE_STOP_DELTA_MV)));
        }
    }
    watch(o, &o->bled_low, lowest);
    require(o, ORACLE_BALANCE, !over(o, &o->bled_low, SELECTION_MS), "low cells are bled");
    require(o, ORACLE_BALANCE, cells <= (unsigned)P(BALANCE_MAX_CELLS), "too many cells are bled");
    watch(o, &o->bled_beside, (P(BALANCE_NEIGHBOURS) == 0) && ((mask & (mask >> 1)) != 0u));
    require(o, ORACLE_BALANCE, !over(o, &o->bled_beside, SELECTION_MS), "neighbours are bled");
    require(o, ORACLE_BALANCE,
            (mask == 0u) || !look->cells_good || (look->value[V_CELL_MAX] >= P(BALANCE_START_MV)),
            "bleeding a pack without a high cell");
}

void judge_balance(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const uint32_t uv = LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV);
    const uint32_t faults = LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_NTC);
    const bool idle = nothing_charges(o, look);

    judge_bled_cells(o, look);
    if (s->balance_mask == 0u) {
        return;
    }
    require(o, ORACLE_BALANCE, !idle, "bleeding without a charger");
    require(o, ORACLE_BALANCE, look->fresh, "bleeding on a stale sample");
    require(o, ORACLE_BALANCE, (s->protections & uv) == 0u, "an empty pack is bled");
    require(o, ORACLE_BALANCE, (s->faults & faults) == 0u, "bleeding with a fault");
    require(o, ORACLE_BALANCE, s->mode != LBMS_MODE_SHUTDOWN, "bleeding asleep");
    require(o, ORACLE_BALANCE, !look->known[V_BOARD] || (look->value[V_BOARD] <= P(BALANCE_MAX_TEMP_DC)),
            "bleeding in heat");
    require(o, ORACLE_BALANCE, look->current_ma <= P(BALANCE_MAX_CHARGE_MA), "bleeding at high current");
}
