#include "campaign/oracle_parts.h"

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

    watch(o, &o->off_current,
          look->current_good && through && (look->closed == o->last.want.closed) &&
              (s->mode != LBMS_MODE_SHUTDOWN));
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

/* The way to a closed discharge switch leads through a port that is up, and no resistor stays on for long. */
static void judge_precharge(struct oracle *o, const struct look *look)
{
    const struct lbms_sample *x = &look->in->sample;
    const unsigned closing = look->closed & ~(unsigned)o->last.want.closed;
    const bool up =
        look->fresh && ((int64_t)x->terminal_mv * 100 >= (int64_t)x->pack_mv * P(PRECHARGE_DONE_PCT) - 100);

    watch(o, &o->precharge, (look->closed & LBMS_SWITCH_PRECHARGE) != 0u);
    require(o, ORACLE_SWITCHES, !over(o, &o->precharge, P(PRECHARGE_TIMEOUT_MS)), "pre-charge for too long");
    require(o, ORACLE_SWITCHES,
            ((closing & LBMS_SWITCH_DISCHARGE) == 0u) || (P(PRECHARGE_FITTED) == 0) || up ||
                (look->current_ma > P(BODY_DIODE_ON_MA)),
            "the discharge switch closes onto a port that is not pre-charged");
}

void judge_switches(struct oracle *o, const struct look *look)
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
    judge_precharge(o, look);
    judge_mosfets(o, look);
}

void judge_faults(struct oracle *o, const struct look *look)
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

/*
 * Trips of an over-current or a short circuit that follow each other lock. What the retained memory brings into a start is
 * not counted here, and near the end of the time the trip may or may not count: these are the fewest.
 */
static void judge_repetition(struct oracle *o, const struct look *look)
{
    static const uint8_t counted[] = {LBMS_BIT_CHARGE_OC, LBMS_BIT_CHARGE_OC2, LBMS_BIT_DISCHARGE_OC,
                                      LBMS_BIT_DISCHARGE_OC2, LBMS_BIT_SHORT_CIRCUIT};
    unsigned i;

    for (i = 0u; i < sizeof(counted); i++) {
        const uint8_t bit = counted[i];
        const uint32_t mask = LBMS_MASK(bit);
        const int32_t most = (bit == LBMS_BIT_SHORT_CIRCUIT) ? P(SC_LOCK_COUNT) : P(OC_LOCK_COUNT);
        const bool is = (look->s->protections & mask) != 0u;
        const bool was = (o->last.protections & mask) != 0u;

        o->away_ms[bit] = was ? 0u : add(o->away_ms[bit], o->passed_ms);
        if (o->user_ms < USER_MS) {
            o->in_a_row[bit] = 0u;
        }
        if (is && !was) {
            const bool again = o->away_ms[bit] + 3000u < (uint32_t)P(LOCK_CONSECUTIVE_S) * 1000u;

            o->in_a_row[bit] = (uint8_t)((again && (o->in_a_row[bit] > 0u)) ? (o->in_a_row[bit] + 1u) : 1u);
            require(o, ORACLE_LOCKS,
                    (o->user_ms < USER_MS) || ((int32_t)o->in_a_row[bit] < most) ||
                        ((look->s->locks & mask) != 0u),
                    "trips in a row without a lock");
        }
    }
}

void judge_locks(struct oracle *o, const struct look *look)
{
    const uint32_t gone = o->last.locks & ~look->s->locks;
    const uint32_t discharge = LBMS_MASK(LBMS_BIT_DISCHARGE_OC) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2);
    const uint32_t service = LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);

    require(o, ORACLE_LOCKS, (o->user_ms < USER_MS) || ((gone & ~discharge) == 0u),
            "a lock went without a user");
    require(o, ORACLE_LOCKS,
            (o->user_ms < USER_MS) || ((gone & discharge) == 0u) ||
                (o->charging_ms + o->step_ms >= (uint32_t)P(OC_RELEASE_MS)),
            "a discharge lock went without a charger");
    require(o, ORACLE_LOCKS,
            ((o->last.faults & ~look->s->faults & service) == 0u) ||
                (look->in->has_command && (look->in->command.kind == LBMS_COMMAND_CLEAR_FAULTS)) || o->booted,
            "a service fault went without service");
    require(o, ORACLE_LOCKS, ((look->s->locks & ~look->s->protections) == 0u),
            "a lock without its protection");
    judge_repetition(o, look);
}

void judge_reset(struct oracle *o, const struct look *look)
{
    require(o, ORACLE_LOCKS, (o->kept_locks & ~look->s->locks) == 0u, "an unexpected reset opened a lock");
    require(o, ORACLE_LOCKS, (o->kept_faults & ~look->s->faults) == 0u,
            "an unexpected reset cleared a latched fault");
    o->kept_locks = o->kept_faults = 0u;
}
