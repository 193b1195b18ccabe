#include "losun_bms/battery/full.h"

#include <string.h>

#include "losun_bms/battery/measure.h"

#include "charge_parts.h"

#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
/* Temperature protections that hold the charge path. Those of discharging come with these when they hold it too. */
#define TEMPERATURE_BITS                                                                             \
    (LBMS_MASK(LBMS_BIT_CHARGE_OT) | LBMS_MASK(LBMS_BIT_CHARGE_UT) | LBMS_MASK(LBMS_BIT_MOSFET_OT) | \
     LBMS_MASK(LBMS_BIT_AMBIENT_OT) | LBMS_MASK(LBMS_BIT_AMBIENT_UT))

void lbms_full_init(struct lbms_full *full, const struct lbms_memory *memory)
{
    memset(full, 0, sizeof(*full));
    if (memory->valid) {
        full->full = memory->full;
        full->entry_soc_bp = memory->full_soc_bp;
        full->ov_before = memory->protections & OV_BITS;
    }
}

static bool is_essential_valid(const struct lbms_measured *m)
{
    return (m->valid & LBMS_VALID_ESSENTIAL) == LBMS_VALID_ESSENTIAL;
}

static bool is_full_condition(const struct lbms_charge_inputs *in, const struct lbms_params *params)
{
    const struct lbms_measured *m = in->m;

    if ((m->pack_mv < params->v[LBMS_PARAM_FULL_CHARGE_MV]) &&
        ((int32_t)m->cell_max_mv < params->v[LBMS_PARAM_FULL_CELL_MV])) {
        return false;
    }
    return is_essential_valid(m) && in->charger_present && !in->asleep &&
           (m->current_ma <= params->v[LBMS_PARAM_FULL_CHARGE_MA]) &&
           (m->current_ma >= -params->v[LBMS_PARAM_BODY_DIODE_OFF_MA]);
}

static bool is_idle(const struct lbms_measured *m, const struct lbms_params *params)
{
    const int32_t idle_ma = params->v[LBMS_PARAM_CURRENT_IDLE_MA];

    return ((m->valid & LBMS_VALID_CURRENT) != 0u) && (m->current_ma < idle_ma) && (m->current_ma > -idle_ma);
}

static void begin(struct lbms_full *full, const struct lbms_charge_inputs *in,
                  const struct lbms_params *params)
{
    const struct lbms_measured *m = in->m;

    full->full = true;
    full->recharge = false;
    full->entered = true;
    full->clear_ov = false; /* a trip in the step of a forced resume has the last word */
    /* When one cell ran away, the mean tells that the others are not full: SOC keeps its own value. */
    full->soc_full = (int32_t)m->cell_mean_mv >= params->v[LBMS_PARAM_FULL_SOC_MEAN_MV];
    full->entry_soc_bp = full->soc_full ? (uint16_t)LBMS_FULL_BP : in->soc_bp;
    full->standby_s = 0u;
    lbms_hold_reset(&full->recovered);
    lbms_hold_reset(&full->disturbed);
}

static void end(struct lbms_full *full, bool by_force)
{
    full->full = false;
    full->recharge = by_force;
    full->clear_ov = by_force;
    lbms_hold_reset(&full->reached);
}

static bool is_used_up(const struct lbms_full *full, uint16_t soc_bp, const struct lbms_params *params)
{
    const int32_t used_bp = LBMS_FULL_BP - params->v[LBMS_PARAM_FULL_RELEASE_SOC_BP];

    return (int32_t)soc_bp < ((int32_t)full->entry_soc_bp - used_bp);
}

static bool has_recovered(struct lbms_full *full, const struct lbms_charge_inputs *in, bool idle,
                          const struct lbms_params *params, const struct lbms_product *product)
{
    const bool low = ((in->m->valid & LBMS_VALID_PACK) != 0u) &&
                     (in->m->pack_mv <= params->v[LBMS_PARAM_FULL_RECOVERY_MV]);

    return lbms_param_hold(&full->recovered, idle && low && !in->asleep, in->now_ms, params, product,
                           LBMS_PARAM_FULL_RECOVERY_S);
}

/* "More than": a current for just this time is still permitted. */
static bool is_disturbed(struct lbms_full *full, const struct lbms_charge_inputs *in, bool idle,
                         const struct lbms_params *params, const struct lbms_product *product)
{
    return (!idle || full->disturbed.running) &&
           lbms_hold(&full->disturbed, !idle, in->now_ms,
                     lbms_param_ms(params, product, LBMS_PARAM_RECHARGE_INTERRUPT_S) + 1u);
}

/* Days of idle time; short currents only pause it. */
static bool has_stood_by(struct lbms_full *full, const struct lbms_charge_inputs *in, bool idle,
                         uint32_t awake_s, const struct lbms_params *params,
                         const struct lbms_product *product)
{
    const uint32_t limit_s = (uint32_t)params->v[LBMS_PARAM_RECHARGE_STANDBY_S];

    if (in->asleep || is_disturbed(full, in, idle, params, product)) {
        full->standby_s = 0u;
        return false;
    }
    full->standby_s += idle ? awake_s : 0u;
    return idle && (full->standby_s >= limit_s);
}

/* Where the over-voltage alarms end. Their bits would not do: they last as long as a latched protection. */
static bool is_high(const struct lbms_measured *m, const int32_t *v)
{
    return ((int32_t)m->cell_max_mv > (v[LBMS_PARAM_CELL_OV_ALARM_MV] - v[LBMS_PARAM_ALARM_HYST_CELL_MV])) ||
           (m->pack_mv > (v[LBMS_PARAM_PACK_OV_ALARM_MV] - v[LBMS_PARAM_ALARM_HYST_PACK_MV]));
}

static bool may_resume(const struct lbms_charge_inputs *in, const struct lbms_params *params)
{
    return is_essential_valid(in->m) && !is_high(in->m, params->v) &&
           ((in->protections & TEMPERATURE_BITS) == 0u) && ((in->fault_blocked & LBMS_PATH_CHARGE) == 0u);
}

static void watch_end(struct lbms_full *full, const struct lbms_charge_inputs *in, uint32_t awake_s,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    const bool idle = is_idle(in->m, params);
    const bool recovered = has_recovered(full, in, idle, params, product);
    const bool stood_by = has_stood_by(full, in, idle, awake_s, params, product);

    if (recovered || is_used_up(full, in->soc_bp, params)) {
        end(full, false);
    } else if (stood_by && may_resume(in, params)) {
        end(full, true);
    }
}

void lbms_full_step(struct lbms_full *full, const struct lbms_charge_inputs *in, uint32_t awake_s,
                    const struct lbms_params *params, const struct lbms_product *product)
{
    const uint32_t ov = in->protections & OV_BITS;
    /*
     * The bits outlive FULL, or FULL the bits, each by its own rule. So the trip makes the pack full, not the bit, which
     * would undo the end of FULL in the step after it. With cells that are not measured it is a loose wire as well.
     */
    const bool tripped = ((ov & ~full->ov_before) != 0u) && ((in->m->valid & LBMS_VALID_CELLS) != 0u);
    bool reached = false;

    full->ov_before = ov;
    full->entered = false;
    full->soc_full = false;
    full->clear_ov = false;
    if (full->full) {
        watch_end(full, in, awake_s, params, product);
    } else {
        reached = lbms_param_hold(&full->reached, is_full_condition(in, params), in->now_ms, params, product,
                                  LBMS_PARAM_FULL_CHARGE_HOLD_S);
    }
    if ((reached || tripped) && !full->full) {
        begin(full, in, params);
    }
}
