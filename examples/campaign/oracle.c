#include "campaign/oracle.h"

#include <stdio.h>
#include <string.h>

#define SAMPLE_MS      100u /* sample period of the board */
#define LONG_MS        1000000000u
#define CHARGE_SIDE    ((unsigned)(LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER))
#define DISCHARGE_SIDE ((unsigned)(LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE))
#define P(name)        (look->params->v[LBMS_PARAM_##name])

static const char *const group_names[ORACLE_GROUPS] = {
    "voltage", "current", "temperature", "sampling", "cross",  "cell",     "switches", "cause", "release",
    "locks",   "limits",  "charge",      "balance",  "params", "liveness", "runner",   "port",
};

/* What is compared. Magnitudes; `low` says on which side it is dangerous. */
enum value {
    V_CELL_MAX,
    V_CELL_MIN,
    V_PACK,
    V_CHARGE,
    V_DISCHARGE,
    V_HOT,
    V_COLD,
    V_MOSFET,
    V_BOARD,
    V_DIFF,
    V_COUNT
};

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

/* What the board delivered, as far as it may be believed. */
struct look {
    const struct lbms_params *params;
    const struct lbms_inputs *in;
    const struct lbms_snapshot *s;
    const struct board *b;
    uint8_t closed;
    bool fresh;
    bool known[V_COUNT];
    int32_t value[V_COUNT];
    unsigned ntcs_bad;
    bool cells_good, pack_good, current_good;
    int32_t current_ma;
};

int oracle_group(const char *name)
{
    unsigned i;

    for (i = 0u; i < ORACLE_GROUPS; i++) {
        if (strcmp(name, group_names[i]) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *oracle_group_name(unsigned group)
{
    return (group < ORACLE_GROUPS) ? group_names[group] : "?";
}

static void require(struct oracle *o, unsigned group, bool holds, const char *what)
{
    if (!holds && !o->failed && ((o->enabled & (1u << group)) != 0u)) {
        o->failed = true;
        (void)snprintf(o->text, sizeof(o->text), "[%s] %s", group_names[group], what);
    }
}

static void require_row(struct oracle *o, unsigned group, bool holds, const char *what, const char *row)
{
    if (!holds && !o->failed && ((o->enabled & (1u << group)) != 0u)) {
        o->failed = true;
        (void)snprintf(o->text, sizeof(o->text), "[%s] %s: %s", group_names[group], row, what);
    }
}

static uint32_t add(uint32_t a, uint32_t b)
{
    return (a > LONG_MS) ? a : (a + b);
}

static void watch(struct oracle *o, struct oracle_timer *t, bool there)
{
    if (!there) {
        t->there = false;
        t->there_ms = t->away_ms = 0u;
        return;
    }
    t->there_ms = t->there ? add(t->there_ms, o->passed_ms) : 0u;
    t->there = true;
}

static bool over(const struct oracle *o, const struct oracle_timer *t, int64_t delay_ms)
{
    return t->there && ((int64_t)t->there_ms > (delay_ms + (int64_t)(o->step_ms + SAMPLE_MS)));
}

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
        const uint32_t ms = good ? 0u : (o->temp_bad_ms[i] + o->passed_ms);

        o->temp_bad_ms[i] = (uint16_t)((ms > UINT16_MAX) ? UINT16_MAX : ms);
        if (i < LBMS_NTCS) {
            settled = settled && (good || (o->temp_bad_ms[i] > (P(TEMP_DELAY_MS) + (int32_t)o->step_ms)));
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
    look->known[V_MOSFET] = sensor_good(look, x->mosfet_dc);
    look->value[V_MOSFET] = x->mosfet_dc;
    look->known[V_BOARD] = sensor_good(look, x->ambient_dc);
    look->value[V_BOARD] = x->ambient_dc;
}

static void look_around(struct oracle *o, struct look *look)
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

static bool beyond(const struct look *look, const struct rule *r, uint8_t param)
{
    const int32_t v = look->value[r->value];

    if ((param == NO) || !look->known[r->value]) {
        return false;
    }
    return r->low ? (v < look->params->v[param]) : (v > look->params->v[param]);
}

/* Both main switches are closed and the current flows the other way, through what would be a body diode. */
static bool excused(const struct look *look, unsigned paths)
{
    const int32_t least = P(BODY_DIODE_OFF_MA);
    const bool both = (look->closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN;

    if (paths == LBMS_PATH_CHARGE) {
        return both && (look->current_ma <= -least);
    }
    return (paths == LBMS_PATH_DISCHARGE) && (look->current_ma >= least) &&
           ((look->closed & CHARGE_SIDE) != 0u);
}

static bool path_open(const struct look *look, unsigned paths)
{
    unsigned side = 0u;

    side |= ((paths & LBMS_PATH_CHARGE) != 0u) ? CHARGE_SIDE : 0u;
    side |= ((paths & LBMS_PATH_DISCHARGE) != 0u) ? DISCHARGE_SIDE : 0u;
    return (look->closed & side) == 0u;
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
    const uint32_t help_ms = (uint32_t)P(OC_RELEASE_MS);

    if (o->user_ms < 3000u) {
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
        return group_inside(o, R_UV, delay_ms);
    case R_CHARGE_OC:
        return (o->tripped_ms[r->bit] + o->step_ms >= retry_ms) ||
               (o->discharging_ms + o->step_ms >= help_ms);
    case R_DISCHARGE_OC:
        return (o->tripped_ms[r->bit] + o->step_ms >= retry_ms) || (o->charging_ms + o->step_ms >= help_ms);
    default:
        return true;
    }
}

static bool afe_caused(const struct look *look, unsigned bit)
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
           ((bit == LBMS_BIT_CHARGE_OC2) && ((look->s->state & LBMS_STATE_GENTLE) != 0u));
}

static void judge_row(struct oracle *o, const struct look *look, unsigned i)
{
    const struct rule *r = &rules[i];
    const bool hazard = beyond(look, r, r->limit);
    const int32_t delay_ms = look->params->v[r->delay];
    const bool excuse = r->body_diode && excused(look, r->paths);
    bool inside = look->known[r->value];

    watch(o, &o->trip[i], hazard);
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
        require_row(o, ORACLE_CAUSE,
                    afe_caused(look, r->bit) || ((o->outside_ms[i] > 0u) &&
                                                 (o->outside_ms[i] >= (uint32_t)look->params->v[r->delay])),
                    "protection bit without its cause", r->name);
    }
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

static void odd(struct oracle *o, unsigned fault, bool there)
{
    o->odd_ms[fault] = there ? 0u : add(o->odd_ms[fault], o->passed_ms);
}

/* Identical voltages while the current moves. */
static bool frozen(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    const bool same = (memcmp(o->frozen_mv, x->cell_mv, sizeof(o->frozen_mv)) == 0) &&
                      (o->frozen_pack_mv == x->pack_mv) && look->fresh && look->current_good;

    memcpy(o->frozen_mv, x->cell_mv, sizeof(o->frozen_mv));
    o->frozen_pack_mv = x->pack_mv;
    if (!same) {
        o->frozen_ms = 0u;
        o->frozen_low_ma = o->frozen_high_ma = look->current_ma;
        return false;
    }
    o->frozen_ms = add(o->frozen_ms, o->passed_ms);
    o->frozen_low_ma = (look->current_ma < o->frozen_low_ma) ? look->current_ma : o->frozen_low_ma;
    o->frozen_high_ma = (look->current_ma > o->frozen_high_ma) ? look->current_ma : o->frozen_high_ma;
    return (o->frozen_high_ma - o->frozen_low_ma) > P(STUCK_CURRENT_MA);
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
    odd(o, LBMS_FAULT_REVERSED, look->fresh && (x->terminal_mv < -P(REVERSED_MV)));
}

static bool mode_permits(uint8_t mode)
{
    return (mode != LBMS_MODE_SHUTDOWN) && (mode != LBMS_MODE_STARTING) && (mode != LBMS_MODE_STOPPING) &&
           (mode != LBMS_MODE_OFF_SWITCH);
}

static void judge_switches(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const bool open = path_open(look, LBMS_PATHS_BOTH);
    const bool sc = (look->in->sample.afe_flags & LBMS_AFE_SHORT_CIRCUIT) != 0u;

    require(o, ORACLE_SWITCHES, open || mode_permits(s->mode), "a path is closed in a mode of open paths");
    require(o, ORACLE_SWITCHES, (look->closed & DISCHARGE_SIDE) != DISCHARGE_SIDE,
            "pre-charge together with the discharge switch");
    watch(o, &o->switch_off, (look->in->keys & LBMS_KEY_WEAK_SWITCH) == 0u);
    require(o, ORACLE_SWITCHES, open || !over(o, &o->switch_off, P(KEY_DEBOUNCE_MS)),
            "a path is closed with the weak-current switch off");
    require(o, ORACLE_SWITCHES,
            ((s->blocked & LBMS_PATH_CHARGE) == 0u) || path_open(look, LBMS_PATH_CHARGE) ||
                excused(look, LBMS_PATH_CHARGE),
            "charge path closed though reported as blocked");
    require(o, ORACLE_SWITCHES,
            (s->blocked != LBMS_PATHS_BOTH) || ((look->closed & LBMS_SWITCHES_MAIN) == 0u),
            "a switch is closed though both paths are blocked");
    require(o, ORACLE_CURRENT,
            !look->fresh || !sc || ((look->closed & ~(unsigned)LBMS_SWITCH_PRECHARGE) == 0u),
            "a switch is closed in short circuit");
    require(o, ORACLE_CURRENT,
            !look->fresh || !sc || (s->mode == LBMS_MODE_SHUTDOWN) ||
                ((s->protections & LBMS_MASK(LBMS_BIT_SHORT_CIRCUIT)) != 0u),
            "no short-circuit protection");
    require(o, ORACLE_SWITCHES, s->mode < LBMS_MODE_COUNT, "no such mode");
    require(o, ORACLE_RUNNER, s->soc.soc_bp <= 10000u, "SOC above 100 %");
    if (o->forced_open != 0u) {
        o->force.there_ms = add(o->force.there_ms, o->passed_ms);
        require(o, ORACLE_SWITCHES,
                path_open(look, o->forced_open) || excused(look, o->forced_open) ||
                    (o->force.there_ms <= (o->step_ms * 2u)),
                "a path is closed against the force-off command");
    }
}

/* Charge over-current: first the limiter, if there is one; then the whole path. */
static void judge_charge_current(struct oracle *o, const struct look *look)
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

/* A switch that does not open: with current through it. */
static void judge_mosfets(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const uint32_t welded = LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET) |
                            LBMS_MASK(LBMS_FAULT_CURRENT) | LBMS_MASK(LBMS_FAULT_SAMPLING);
    const bool charge_off = ((look->closed | o->last.want.closed) & CHARGE_SIDE) == 0u;
    const bool discharge_off = ((look->closed | o->last.want.closed) & DISCHARGE_SIDE) == 0u;
    const bool through = (charge_off && (look->current_ma > P(MOS_FAULT_MA))) ||
                         (discharge_off && (look->current_ma < -P(MOS_FAULT_MA)));

    watch(o, &o->off_current, look->current_good && through && (s->mode != LBMS_MODE_SHUTDOWN));
    require(o, ORACLE_CROSS,
            !over(o, &o->off_current, P(MOS_FAULT_MS) + (int32_t)o->step_ms) || ((s->faults & welded) != 0u),
            "current through an open switch is no fault");
    require(o, ORACLE_CROSS,
            ((s->faults & LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET)) == 0u) || path_open(look, LBMS_PATH_CHARGE) ||
                excused(look, LBMS_PATH_CHARGE),
            "charge path closed with a broken charge switch");
    require(o, ORACLE_CROSS,
            ((s->faults & LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET)) == 0u) ||
                path_open(look, LBMS_PATH_DISCHARGE) || excused(look, LBMS_PATH_DISCHARGE),
            "discharge path closed with a broken discharge switch");
}

static void judge_faults(struct oracle *o, const struct look *look)
{
    static const uint8_t caused[] = {LBMS_FAULT_SAMPLING, LBMS_FAULT_CURRENT, LBMS_FAULT_NTC,
                                     LBMS_FAULT_REVERSED};
    const uint32_t both = LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_CURRENT) |
                          LBMS_MASK(LBMS_FAULT_OUTPUT) | LBMS_MASK(LBMS_FAULT_REVERSED) |
                          LBMS_MASK(LBMS_FAULT_SELF_TEST);
    unsigned i;

    require(o, ORACLE_SWITCHES, ((look->s->faults & both) == 0u) || path_open(look, LBMS_PATHS_BOTH),
            "a path is closed against a fault");
    for (i = 0u; i < sizeof(caused); i++) {
        const uint32_t bit = LBMS_MASK(caused[i]);

        if (((look->s->faults & bit) != 0u) && ((o->last.faults & bit) == 0u)) {
            o->faults++;
            require_row(o, ORACLE_CAUSE, o->odd_ms[caused[i]] <= 65000u, "fault bit without its cause",
                        lbms_fault_name(caused[i]));
        }
    }
}

static void judge_locks(struct oracle *o, const struct look *look)
{
    const uint32_t gone = o->last.locks & ~look->s->locks;
    const uint32_t discharge = LBMS_MASK(LBMS_BIT_DISCHARGE_OC) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2);
    const uint32_t service = LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);

    require(o, ORACLE_LOCKS, (o->user_ms < 3000u) || ((gone & ~discharge) == 0u),
            "a lock went without a user");
    require(o, ORACLE_LOCKS,
            (o->user_ms < 3000u) || ((gone & discharge) == 0u) ||
                (o->charging_ms + o->step_ms >= (uint32_t)P(OC_RELEASE_MS)),
            "a discharge lock went without a charger");
    require(o, ORACLE_LOCKS,
            ((o->last.faults & ~look->s->faults & service) == 0u) ||
                (look->in->has_command && (look->in->command.kind == LBMS_COMMAND_CLEAR_FAULTS)) || o->booted,
            "a service fault went without service");
    require(o, ORACLE_LOCKS, ((look->s->locks & ~look->s->protections) == 0u),
            "a lock without its protection");
}

static void judge_limits(struct oracle *o, const struct look *look)
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
    if (l->ccl_ma > 0) {
        require(o, ORACLE_LIMITS, !look->cells_good || (look->value[V_CELL_MAX] < 3650),
                "CCL with a cell at its end");
        require(o, ORACLE_LIMITS, !look->cells_good || (look->value[V_CELL_MIN] >= 2000),
                "CCL with a dead cell");
        require(o, ORACLE_LIMITS,
                !look->known[V_HOT] || ((look->value[V_HOT] <= 550) && (look->value[V_COLD] >= 0)),
                "CCL outside the charging temperatures");
    }
    if (l->dcl_ma > 0) {
        require(o, ORACLE_LIMITS, !look->cells_good || (look->value[V_CELL_MIN] > 2600),
                "DCL with an empty cell");
        require(o, ORACLE_LIMITS,
                !look->known[V_HOT] || ((look->value[V_HOT] <= 600) && (look->value[V_COLD] >= -200)),
                "DCL outside the discharging temperatures");
    }
    /* Upwards only with the slew, whatever the step. */
    require(o, ORACLE_LIMITS,
            o->booted || ((int64_t)l->ccl_ma - o->last.limit.ccl_ma <=
                          (((int64_t)P(LIMIT_SLEW_MA_S) * o->step_ms / 1000) + P(LIMIT_QUANTUM_MA) +
                           P(LIMIT_ZERO_MA))),
            "CCL rises too fast");
    require(o, ORACLE_LIMITS,
            o->booted || ((int64_t)l->dcl_ma - o->last.limit.dcl_ma <=
                          (((int64_t)P(LIMIT_SLEW_MA_S) * o->step_ms / 1000) + P(LIMIT_QUANTUM_MA) +
                           P(LIMIT_ZERO_MA))),
            "DCL rises too fast");
}

static void judge_charge(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const bool full = (s->state & LBMS_STATE_FULL) != 0u;
    const bool was_full = (o->last.state & LBMS_STATE_FULL) != 0u;
    const bool limiter = (P(LIMITER_FITTED) != 0) && (P(LIMITER_ENABLE) != 0);
    const bool low = (look->pack_good && (look->value[V_PACK] < P(LOW_CHARGE_PACK_MV))) ||
                     (look->cells_good && (look->value[V_CELL_MIN] < P(CELL_UV_PROTECT_MV)));
    const uint32_t ov = LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV);

    if (full && !was_full && !o->booted) {
        require(o, ORACLE_CHARGE,
                ((s->protections & ov) != 0u) || (look->value[V_PACK] >= P(FULL_CHARGE_MV)) ||
                    (look->value[V_CELL_MAX] >= P(FULL_CELL_MV)),
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
        require(o, ORACLE_CHARGE, look->fresh && (look->ntcs_bad == 0u), "heating without sensors");
        require(o, ORACLE_CHARGE, !look->known[V_HOT] || (look->value[V_HOT] <= P(HEATER_CELL_MAX_DC)),
                "heating warm cells");
        require(o, ORACLE_CHARGE, !look->known[V_COLD] || (look->value[V_COLD] >= P(HEATER_CELL_MIN_DC)),
                "heating frozen cells");
        require(o, ORACLE_CHARGE, mode_permits(s->mode), "heating in a mode of open paths");
    }
}

static void judge_balance(struct oracle *o, const struct look *look)
{
    const struct lbms_snapshot *s = look->s;
    const uint16_t mask = s->balance_mask;
    const uint32_t uv = LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV);
    const uint32_t faults = LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_NTC);
    unsigned cells = 0u;
    unsigned i;

    if (mask == 0u) {
        return;
    }
    for (i = 0u; i < LBMS_CELLS; i++) {
        if ((mask & (1u << i)) != 0u) {
            cells++;
            require(o, ORACLE_BALANCE,
                    !look->cells_good || (look->in->sample.cell_mv[i] > look->value[V_CELL_MIN]),
                    "the lowest cell is bled");
        }
    }
    require(o, ORACLE_BALANCE, cells <= (unsigned)P(BALANCE_MAX_CELLS), "too many cells are bled");
    require(o, ORACLE_BALANCE, (P(BALANCE_NEIGHBOURS) != 0) || ((mask & (mask >> 1)) == 0u),
            "neighbours are bled");
    require(o, ORACLE_BALANCE, look->fresh, "bleeding on a stale sample");
    require(o, ORACLE_BALANCE, (s->protections & uv) == 0u, "an empty pack is bled");
    require(o, ORACLE_BALANCE, (s->faults & faults) == 0u, "bleeding with a fault");
    require(o, ORACLE_BALANCE, s->mode != LBMS_MODE_SHUTDOWN, "bleeding asleep");
    require(o, ORACLE_BALANCE, !look->known[V_BOARD] || (look->value[V_BOARD] <= P(BALANCE_MAX_TEMP_DC)),
            "bleeding in heat");
    require(o, ORACLE_BALANCE,
            !look->cells_good || (look->value[V_CELL_MAX] + 5 >= P(BALANCE_START_MV)) ||
                ((o->last.balance_mask & mask) == mask),
            "bleeding low cells");
    require(o, ORACLE_BALANCE, look->current_ma <= P(BALANCE_MAX_CHARGE_MA), "bleeding at high current");
}

/* The figures of the product manual, once more: what no write may pass. */
static void judge_params(struct oracle *o, const struct look *look)
{
    const struct lbms_param_desc *desc = lbms_product_ls_btn0_p0548100.params;
    unsigned i;

    if (!look->in->has_command) {
        return;
    }
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        require_row(o, ORACLE_PARAMS,
                    (look->params->v[i] >= desc[i].min) && (look->params->v[i] <= desc[i].max),
                    "outside its range", desc[i].name);
    }
    require(o, ORACLE_PARAMS, (P(CELL_OV_PROTECT_MV) <= 3650) && (P(PACK_OV_PROTECT_MV) <= 58400),
            "OV envelope");
    require(o, ORACLE_PARAMS, (P(CELL_UV_PROTECT_MV) >= 2500) && (P(PACK_UV_PROTECT_MV) >= 45600),
            "UV envelope");
    require(o, ORACLE_PARAMS, (P(CHARGE_OC_PROTECT_MA) <= 110000) && (P(DISCHARGE_OC_PROTECT_MA) <= 110000),
            "current envelope");
    require(o, ORACLE_PARAMS, (P(SHORT_CIRCUIT_MA) <= 500000) && (P(SAMPLE_STALE_MS) <= 2000),
            "short-circuit or age envelope");
    require(o, ORACLE_PARAMS,
            (P(CHG_UT_PROTECT_DC) >= 0) && (P(CHG_OT_PROTECT_DC) <= 600) && (P(DSG_UT_PROTECT_DC) >= -200) &&
                (P(DSG_OT_PROTECT_DC) <= 600),
            "temperature envelope");
    require(o, ORACLE_PARAMS,
            (P(CELL_OV_RELEASE_MV) < P(CELL_OV_ALARM_MV)) && (P(CELL_OV_ALARM_MV) <= P(CELL_OV_PROTECT_MV)) &&
                (P(PACK_OV_RELEASE_MV) < P(PACK_OV_ALARM_MV)) &&
                (P(PACK_OV_ALARM_MV) <= P(PACK_OV_PROTECT_MV)) &&
                (P(CELL_UV_PROTECT_MV) <= P(CELL_UV_ALARM_MV)) &&
                (P(CELL_UV_ALARM_MV) <= P(CELL_UV_RELEASE_MV)) &&
                (P(PACK_UV_PROTECT_MV) <= P(PACK_UV_ALARM_MV)) &&
                (P(PACK_UV_ALARM_MV) <= P(PACK_UV_RELEASE_MV)) && (P(CELL_DEAD_MV) < P(CELL_UV_PROTECT_MV)) &&
                (P(FULL_CHARGE_MV) < P(CVL_MV)) && (P(CVL_MV) <= P(PACK_OV_PROTECT_MV)) &&
                (P(BODY_DIODE_OFF_MA) < P(BODY_DIODE_ON_MA)) && (P(PACK_UV_PROTECT_MV) < P(DVL_MV)) &&
                (P(DISCHARGE_OC2_PROTECT_MA) < P(SHORT_CIRCUIT_MA)),
            "an ordering is broken");
}

/* What happened in this step that may clear bits or change what is asked for. */
static void take_events(struct oracle *o, const struct look *look)
{
    const uint16_t keys = look->in->keys;
    const bool button = ((keys & LBMS_KEY_BUTTON) != 0u) || ((keys & LBMS_KEY_WEAK_SWITCH) == 0u);
    const struct lbms_command *c = &look->in->command;
    const bool command = look->in->has_command && (look->s->result == LBMS_OK);

    o->user_ms = add(o->user_ms, o->passed_ms);
    if (button || (look->s->mode == LBMS_MODE_SHUTDOWN) || (look->in->wake_reason != 0u) ||
        (command && (c->kind == LBMS_COMMAND_CLEAR_FAULTS))) {
        o->user_ms = 0u;
    }
    if (command && (c->kind == LBMS_COMMAND_FORCE_OFF)) {
        o->forced_open = (uint8_t)(c->item[0].value & LBMS_PATHS_BOTH);
        o->force.there_ms = 0u;
    }
    o->discharging_ms = (look->current_good && (-look->current_ma > P(BODY_DIODE_ON_MA)))
                            ? add(o->discharging_ms, o->passed_ms)
                            : 0u;
    o->charging_ms = (look->current_good && (look->current_ma > P(CURRENT_IDLE_MA)))
                         ? add(o->charging_ms, o->passed_ms)
                         : 0u;
    if ((o->last.protections & (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))) == 0u) {
        o->helped_ov = false;
    } else if (look->current_good && (-look->current_ma > P(OV_RELEASE_DISCHARGE_MA))) {
        o->helped_ov = true;
    }
}

static void judge_reset(struct oracle *o, const struct look *look)
{
    require(o, ORACLE_LOCKS, (o->kept_locks & ~look->s->locks) == 0u, "an unexpected reset opened a lock");
    require(o, ORACLE_LOCKS, (o->kept_faults & ~look->s->faults) == 0u,
            "an unexpected reset cleared a latched fault");
    o->kept_locks = o->kept_faults = 0u;
}

void oracle_init(struct oracle *o, uint32_t enabled)
{
    memset(o, 0, sizeof(*o));
    o->enabled = enabled;
    oracle_boot(o, false);
}

void oracle_boot(struct oracle *o, bool unexpected)
{
    const uint32_t service = LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);
    const uint32_t locks = unexpected ? o->last.locks : 0u;
    const uint32_t faults = unexpected ? (o->last.faults & service) : 0u;
    struct oracle fresh;
    unsigned i;

    memset(&fresh, 0, sizeof(fresh));
    fresh.enabled = o->enabled;
    fresh.steps = o->steps;
    fresh.closed_steps = o->closed_steps;
    fresh.trips = o->trips;
    fresh.faults = o->faults;
    fresh.failed = o->failed;
    memcpy(fresh.text, o->text, sizeof(fresh.text));
    fresh.booted = true;
    fresh.kept_locks = locks;
    fresh.kept_faults = faults;
    for (i = 0u; i < ORACLE_ROWS; i++) {
        fresh.inside_ms[i] = UINT32_MAX;
    }
    *o = fresh;
}

void oracle_step(struct oracle *o, const struct board *b, const struct lbms_inputs *in,
                 const struct lbms_outputs *out, const struct lbms_snapshot *s)
{
    struct look look;
    unsigned i;

    memset(&look, 0, sizeof(look));
    look.params = &b->bms.core.params;
    look.in = in;
    look.s = s;
    look.b = b;
    look.closed = out->want.closed;
    o->passed_ms = o->booted ? 0u : (in->now_ms - o->last_ms);
    o->last_ms = in->now_ms;
    o->step_ms = (o->passed_ms > o->before_ms) ? o->passed_ms : o->before_ms;
    o->step_ms = (o->step_ms > 1000u) ? 1000u : o->step_ms;
    o->before_ms = o->passed_ms;
    o->age_ms = add(o->age_ms, o->passed_ms);
    if (o->booted) {
        o->last = *s;
        o->user_ms = 0u;
    }
    look_around(o, &look);
    take_events(o, &look);
    if (o->booted) {
        judge_reset(o, &look);
    }
    for (i = 0u; i < RULES; i++) {
        judge_row(o, &look, i);
    }
    for (i = 0u; i < RULES; i++) {
        judge_bit(o, &look, i);
    }
    judge_charge_current(o, &look);
    judge_sampling(o, &look);
    judge_temperature_sensors(o, &look);
    judge_port(o, &look);
    judge_switches(o, &look);
    judge_mosfets(o, &look);
    judge_faults(o, &look);
    judge_locks(o, &look);
    judge_limits(o, &look);
    judge_charge(o, &look);
    judge_balance(o, &look);
    judge_params(o, &look);
    o->steps++;
    o->closed_steps += ((look.closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN) ? 1u : 0u;
    o->last = *s;
    o->booted = false;
}

void oracle_board(struct oracle *o, const struct board *b)
{
    const struct lbms_snapshot *s = &b->bms.core.snapshot;

    require(o, ORACLE_RUNNER, !b->fed_wrongly, "watchdog fed with closed switches and old samples");
    if (o->booted || ((b->broken & BOARD_SWITCHES_DEAF) != 0u)) {
        return;
    }
    require(o, ORACLE_RUNNER,
            (b->switches.closed == s->want.closed) && (b->switches.limiter_low == s->want.limiter_low),
            "the snapshot differs from what was commanded");
    require(o, ORACLE_RUNNER, b->balance_mask == s->balance_mask, "the snapshot differs from the bled cells");
}

void oracle_alive(struct oracle *o, const struct board *b)
{
    char text[150];
    const struct lbms_snapshot *s = &b->bms.core.snapshot;

    (void)snprintf(
        text, sizeof(text),
        "a healthy pack stays open: switches %02x, mode %s, protections %05lx, faults %03lx, locks %05lx",
        (unsigned)b->switches.closed, lbms_mode_name(s->mode), (unsigned long)s->protections,
        (unsigned long)s->faults, (unsigned long)s->locks);
    require(o, ORACLE_LIVENESS, b->switches.closed == LBMS_SWITCHES_MAIN, text);
}
