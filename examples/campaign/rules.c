#include "campaign/oracle_parts.h"

/* How a row releases, as the parameter page says it. */
enum release { R_LEVEL, R_OV, R_UV, R_CHARGE_OC, R_DISCHARGE_OC, R_NONE };

struct rule {
    const char *name;
    uint8_t group, value;
    bool low;
    uint8_t limit, delay, alarm, alarm_hyst, release;
    uint8_t paths; /* enum lbms_path */
    bool body_diode;
    uint8_t bit, how;
};

#define NO       LBMS_PARAM_NONE
#define ID(name) LBMS_PARAM_##name
static const struct rule rules[] = {
    {"cell over-voltage", ORACLE_VOLTAGE, V_CELL_MAX, false, ID(CELL_OV_PROTECT_MV), ID(CELL_OV_DELAY_MS),
     ID(CELL_OV_ALARM_MV), ID(ALARM_HYST_CELL_MV), ID(CELL_OV_RELEASE_MV), LBMS_PATH_CHARGE, true,
     LBMS_BIT_CELL_OV, R_OV},
    {"pack over-voltage", ORACLE_VOLTAGE, V_PACK, false, ID(PACK_OV_PROTECT_MV), ID(PACK_OV_DELAY_MS),
     ID(PACK_OV_ALARM_MV), ID(ALARM_HYST_PACK_MV), ID(PACK_OV_RELEASE_MV), LBMS_PATH_CHARGE, true,
     LBMS_BIT_PACK_OV, R_OV},
    {"cell under-voltage", ORACLE_VOLTAGE, V_CELL_MIN, true, ID(CELL_UV_PROTECT_MV), ID(CELL_UV_DELAY_MS),
     ID(CELL_UV_ALARM_MV), ID(ALARM_HYST_CELL_MV), ID(CELL_UV_RELEASE_MV), LBMS_PATH_DISCHARGE, true,
     LBMS_BIT_CELL_UV, R_UV},
    {"pack under-voltage", ORACLE_VOLTAGE, V_PACK, true, ID(PACK_UV_PROTECT_MV), ID(PACK_UV_DELAY_MS),
     ID(PACK_UV_ALARM_MV), ID(ALARM_HYST_PACK_MV), ID(PACK_UV_RELEASE_MV), LBMS_PATH_DISCHARGE, true,
     LBMS_BIT_PACK_UV, R_UV},
    {"charge over-current 2", ORACLE_CURRENT, V_CHARGE, false, ID(CHARGE_OC2_PROTECT_MA),
     ID(CHARGE_OC2_DELAY_MS), NO, NO, NO, LBMS_PATH_CHARGE, true, LBMS_BIT_CHARGE_OC2, R_CHARGE_OC},
    {"discharge over-current", ORACLE_CURRENT, V_DISCHARGE, false, ID(DISCHARGE_OC_PROTECT_MA),
     ID(DISCHARGE_OC_DELAY_MS), ID(DISCHARGE_OC_ALARM_MA), ID(ALARM_HYST_CURRENT_MA), NO, LBMS_PATH_DISCHARGE,
     true, LBMS_BIT_DISCHARGE_OC, R_DISCHARGE_OC},
    {"discharge over-current 2", ORACLE_CURRENT, V_DISCHARGE, false, ID(DISCHARGE_OC2_PROTECT_MA),
     ID(DISCHARGE_OC2_DELAY_MS), NO, NO, NO, LBMS_PATH_DISCHARGE, true, LBMS_BIT_DISCHARGE_OC2,
     R_DISCHARGE_OC},
    {"charge high temperature", ORACLE_TEMPERATURE, V_HOT, false, ID(CHG_OT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(CHG_OT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(CHG_OT_RELEASE_DC), LBMS_PATH_CHARGE, true,
     LBMS_BIT_CHARGE_OT, R_LEVEL},
    {"charge low temperature", ORACLE_TEMPERATURE, V_COLD, true, ID(CHG_UT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(CHG_UT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(CHG_UT_RELEASE_DC), LBMS_PATH_CHARGE, true,
     LBMS_BIT_CHARGE_UT, R_LEVEL},
    {"discharge high temperature", ORACLE_TEMPERATURE, V_HOT, false, ID(DSG_OT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(DSG_OT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(DSG_OT_RELEASE_DC), LBMS_PATH_DISCHARGE, true,
     LBMS_BIT_DISCHARGE_OT, R_LEVEL},
    {"discharge low temperature", ORACLE_TEMPERATURE, V_COLD, true, ID(DSG_UT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(DSG_UT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(DSG_UT_RELEASE_DC), LBMS_PATH_DISCHARGE, true,
     LBMS_BIT_DISCHARGE_UT, R_LEVEL},
    {"switch temperature", ORACLE_TEMPERATURE, V_MOSFET, false, ID(MOS_OT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(MOS_OT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(MOS_OT_RELEASE_DC), LBMS_PATHS_BOTH, false,
     LBMS_BIT_MOSFET_OT, R_LEVEL},
    {"environment high", ORACLE_TEMPERATURE, V_BOARD, false, ID(ENV_OT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(ENV_OT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(ENV_OT_RELEASE_DC), LBMS_PATHS_BOTH, false,
     LBMS_BIT_AMBIENT_OT, R_LEVEL},
    {"environment low", ORACLE_TEMPERATURE, V_BOARD, true, ID(ENV_UT_PROTECT_DC), ID(TEMP_DELAY_MS),
     ID(ENV_UT_ALARM_DC), ID(ALARM_HYST_TEMP_DC), ID(ENV_UT_RELEASE_DC), LBMS_PATHS_BOTH, false,
     LBMS_BIT_AMBIENT_UT, R_LEVEL},
    {"dead cell", ORACLE_CELL, V_CELL_MIN, true, ID(CELL_DEAD_MV), ID(CELL_DEAD_DELAY_MS), NO, NO, NO,
     LBMS_PATHS_BOTH, false, LBMS_BIT_COUNT, R_NONE},
    {"cells far apart", ORACLE_CELL, V_DIFF, false, ID(CELL_DIFF_FAULT_MV), ID(CELL_DIFF_DELAY_MS), NO, NO,
     NO, LBMS_PATH_DISCHARGE, true, LBMS_BIT_COUNT, R_NONE},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

static bool beyond(const struct look *look, const struct rule *r, uint8_t param)
{
    const int32_t v = look->value[r->value];

    if ((param == NO) || !look->known[r->value]) {
        return false;
    }
    return r->low ? (v < look->params->v[param]) : (v > look->params->v[param]);
}

static bool group_inside(const struct oracle *o, uint8_t how, uint32_t ms)
{
    unsigned i;

    for (i = 0u; i < RULES; i++) {
        if ((rules[i].how == how) && (o->inside_ms[i] < ms)) {
            return false;
        }
    }
    return true;
}

/* The bit has gone in this step: was its time? */
static bool may_release(const struct oracle *o, const struct look *look, unsigned i)
{
    const struct rule *r = &rules[i];
    const uint32_t delay_ms = (uint32_t)P(RELEASE_DELAY_MS);
    const uint32_t retry_ms = (uint32_t)P(OC_RETRY_S) * 1000u;

    if (o->user_ms < USER_MS) {
        return true;
    }
    switch (r->how) {
    case R_LEVEL:
        return o->inside_ms[i] >= delay_ms;
    case R_OV:
        return (group_inside(o, R_OV, delay_ms) &&
                (o->helped_ov || (o->last.soc.soc_bp < P(OV_RELEASE_SOC_BP)))) ||
               ((look->s->state & LBMS_STATE_RECHARGE) != 0u);
    case R_UV:
        return (o->user_uv_ms < USER_MS) || group_inside(o, R_UV, delay_ms);
    case R_CHARGE_OC:
    case R_DISCHARGE_OC:
        return (o->tripped_ms[r->bit] + o->step_ms >= retry_ms) || ((o->helped & LBMS_MASK(r->bit)) != 0u);
    default:
        return true;
    }
}

static bool caused_otherwise(const struct oracle *o, const struct look *look, unsigned bit)
{
    static const uint16_t flags[LBMS_BIT_COUNT] = {
        [LBMS_BIT_CELL_OV] = LBMS_AFE_CELL_OV | LBMS_AFE_SECONDARY_OV,
        [LBMS_BIT_CELL_UV] = LBMS_AFE_CELL_UV,
        [LBMS_BIT_CHARGE_OC] = LBMS_AFE_CHARGE_OC,
        [LBMS_BIT_CHARGE_OC2] = LBMS_AFE_CHARGE_OC,
        [LBMS_BIT_DISCHARGE_OC] = LBMS_AFE_DISCHARGE_OC,
        [LBMS_BIT_DISCHARGE_OC2] = LBMS_AFE_DISCHARGE_OC,
        [LBMS_BIT_SHORT_CIRCUIT] = LBMS_AFE_SHORT_CIRCUIT,
    };

    return ((flags[bit] & look->in->sample.afe_flags) != 0u) ||
           ((bit == LBMS_BIT_CHARGE_OC2) && (((look->s->state | o->last.state) & LBMS_STATE_GENTLE) != 0u));
}

/* An over-current that is tried again gets its whole delay again, from the next step on. */
static bool retries(const struct oracle *o, const struct look *look, const struct rule *r)
{
    return ((r->how == R_CHARGE_OC) || (r->how == R_DISCHARGE_OC)) &&
           ((o->last.protections & ~look->s->protections & LBMS_MASK(r->bit)) != 0u);
}

static void judge_row(struct oracle *o, const struct look *look, unsigned i)
{
    const struct rule *r = &rules[i];
    const bool hazard = beyond(look, r, r->limit);
    const int32_t delay_ms = look->params->v[r->delay];
    const bool excuse = r->body_diode && excused(look, r->paths);
    bool inside = look->known[r->value];

    watch(o, &o->trip[i], hazard && !retries(o, look, r));
    watch(o, &o->alarm[i], beyond(look, r, r->alarm));
    if ((r->release != NO) && inside) {
        const int32_t v = look->value[r->value];
        const int32_t level = look->params->v[r->release];

        inside = r->low ? (v >= level) : (v <= level);
    }
    o->inside_ms[i] =
        inside ? ((o->inside_ms[i] == UINT32_MAX) ? 0u : add(o->inside_ms[i], o->passed_ms)) : UINT32_MAX;
    o->outside_ms[i] = (look->known[r->value] && !hazard) ? 0u : add(o->outside_ms[i], o->passed_ms);
    require_row(o, r->group, !over(o, &o->trip[i], delay_ms) || excuse || path_open(look, r->paths),
                "path still closed", r->name);
    if (r->bit >= LBMS_BIT_COUNT) {
        return;
    }
    require_row(o, r->group,
                !over(o, &o->trip[i], delay_ms) || ((look->s->protections & LBMS_MASK(r->bit)) != 0u),
                "no protection bit", r->name);
    if (r->alarm != NO) {
        require_row(o, r->group,
                    !over(o, &o->alarm[i], P(ALARM_DELAY_MS)) ||
                        ((look->s->alarms & LBMS_MASK(r->bit)) != 0u),
                    "no alarm bit", r->name);
    }
}

/* A current in the other direction, for long enough since the trip: that is kept. */
static void take_help(struct oracle *o, const struct look *look, const struct rule *r, bool tripped)
{
    const uint32_t help_ms = (uint32_t)P(OC_RELEASE_MS);
    const uint32_t flows_ms = (r->how == R_CHARGE_OC) ? o->discharging_ms : o->charging_ms;

    if (!tripped) {
        o->helped &= ~LBMS_MASK(r->bit);
    } else if (((r->how == R_CHARGE_OC) || (r->how == R_DISCHARGE_OC)) &&
               (flows_ms + o->step_ms >= help_ms) && (o->tripped_ms[r->bit] + o->step_ms >= help_ms)) {
        o->helped |= LBMS_MASK(r->bit);
    } else {
        /* as it was */
    }
}

/* A bit comes: its hazard must have been there for the delay, without one good look between. */
static void judge_bit(struct oracle *o, const struct look *look, unsigned i)
{
    const struct rule *r = &rules[i];
    const uint32_t bit = (r->bit < LBMS_BIT_COUNT) ? LBMS_MASK(r->bit) : 0u;
    const bool is = (look->s->protections & bit) != 0u;
    const bool was = (o->last.protections & bit) != 0u;
    const bool warns = (look->s->alarms & bit) != 0u;

    if (bit == 0u) {
        return;
    }
    o->tripped_ms[r->bit] = was ? add(o->tripped_ms[r->bit], o->passed_ms) : 0u;
    if (is && !was) {
        o->trips++;
        require_row(
            o, ORACLE_CAUSE,
            caused_otherwise(o, look, r->bit) ||
                ((o->outside_ms[i] > 0u) && (o->outside_ms[i] >= (uint32_t)look->params->v[r->delay])),
            "protection bit without its cause", r->name);
    }
    take_help(o, look, r, was);
    if (was && !is) {
        require_row(o, ORACLE_RELEASE, may_release(o, look, i), "released too early", r->name);
    }
    if (is && (r->alarm != NO)) {
        require_row(o, ORACLE_CAUSE, warns, "protection without its alarm", r->name);
    }
    if (warns && ((o->last.alarms & bit) == 0u) && !is && (r->alarm != NO) && (r->value != V_DISCHARGE)) {
        require_row(o, ORACLE_CAUSE, o->alarm[i].there || !look->known[r->value], "alarm without its cause",
                    r->name);
    }
    if (is) {
        require_row(o, ORACLE_SWITCHES,
                    path_open(look, r->paths) || (r->body_diode && excused(look, r->paths)),
                    "path closed against its protection", r->name);
    }
}

void judge_rules(struct oracle *o, const struct look *look)
{
    unsigned i;

    for (i = 0u; i < RULES; i++) {
        judge_row(o, look, i);
    }
    for (i = 0u; i < RULES; i++) {
        judge_bit(o, look, i);
    }
}

/* Charge over-current: first the limiter, if there is one; then the whole path. */
void judge_charge_current(struct oracle *o, const struct look *look)
{
    const bool limiter = (P(LIMITER_FITTED) != 0) && (P(LIMITER_ENABLE) != 0);
    const int32_t delay_ms = P(CHARGE_OC_DELAY_MS);
    struct oracle_timer *t = &o->trip[RULES];

    watch(o, t, look->current_good && (look->current_ma > P(CHARGE_OC_PROTECT_MA)));
    require(o, ORACLE_CURRENT, !over(o, t, delay_ms) || ((look->closed & LBMS_SWITCH_CHARGE) == 0u),
            "charge switch closed in over-current");
    require(o, ORACLE_CURRENT,
            !over(o, t, (limiter ? 2 : 1) * (int64_t)delay_ms + (limiter ? (int64_t)o->step_ms : 0)) ||
                path_open(look, LBMS_PATH_CHARGE),
            "charge path closed in over-current");
}
