#include "campaign/oracle.h"

#include <stdio.h>
#include <string.h>

#include "campaign/oracle_parts.h"

#define LONG_MS 1000000000u

static const char *const group_names[ORACLE_GROUPS] = {
    "voltage", "current", "temperature", "sampling", "cross",  "cell",     "switches", "cause", "release",
    "locks",   "limits",  "charge",      "balance",  "params", "liveness", "runner",   "port",
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

void require(struct oracle *o, unsigned group, bool holds, const char *what)
{
    if (!holds && !o->failed && ((o->enabled & (1u << group)) != 0u)) {
        o->failed = true;
        (void)snprintf(o->text, sizeof(o->text), "[%s] %s", group_names[group], what);
    }
}

void require_row(struct oracle *o, unsigned group, bool holds, const char *what, const char *row)
{
    if (!holds && !o->failed && ((o->enabled & (1u << group)) != 0u)) {
        o->failed = true;
        (void)snprintf(o->text, sizeof(o->text), "[%s] %s: %s", group_names[group], row, what);
    }
}

uint32_t add(uint32_t a, uint32_t b)
{
    return (a > LONG_MS) ? a : (a + b);
}

void watch(struct oracle *o, struct oracle_timer *t, bool there)
{
    if (!there) {
        t->there = false;
        t->there_ms = t->away_ms = 0u;
        return;
    }
    t->there_ms = t->there ? add(t->there_ms, o->passed_ms) : 0u;
    t->there = true;
}

bool over(const struct oracle *o, const struct oracle_timer *t, int64_t delay_ms)
{
    return t->there && ((int64_t)t->there_ms > (delay_ms + (int64_t)(o->step_ms + SAMPLE_MS)));
}

void odd(struct oracle *o, unsigned fault, bool there)
{
    o->odd_ms[fault] = there ? 0u : add(o->odd_ms[fault], o->passed_ms);
}

/* Both main switches are closed and the current flows the other way, through what would be a body diode. */
bool excused(const struct look *look, unsigned paths)
{
    const int32_t least = P(BODY_DIODE_OFF_MA);
    const bool both = (look->closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN;

    if (paths == LBMS_PATH_CHARGE) {
        return both && (look->current_ma <= -least);
    }
    return (paths == LBMS_PATH_DISCHARGE) && (look->current_ma >= least) &&
           ((look->closed & CHARGE_SIDE) != 0u);
}

bool path_open(const struct look *look, unsigned paths)
{
    unsigned side = 0u;

    side |= ((paths & LBMS_PATH_CHARGE) != 0u) ? CHARGE_SIDE : 0u;
    side |= ((paths & LBMS_PATH_DISCHARGE) != 0u) ? DISCHARGE_SIDE : 0u;
    return (look->closed & side) == 0u;
}

bool mode_permits(uint8_t mode)
{
    return (mode != LBMS_MODE_SHUTDOWN) && (mode != LBMS_MODE_STARTING) && (mode != LBMS_MODE_STOPPING) &&
           (mode != LBMS_MODE_OFF_SWITCH);
}

/* What happened in this step that may clear bits or change what is asked for. */
static void take_events(struct oracle *o, const struct look *look)
{
    const uint16_t keys = look->in->keys;
    const bool button = ((keys & LBMS_KEY_BUTTON) != 0u) || ((keys & LBMS_KEY_WEAK_SWITCH) == 0u);
    const struct lbms_command *c = &look->in->command;
    const bool command = look->in->has_command && (look->s->result == LBMS_OK);

    o->user_ms = add(o->user_ms, o->passed_ms);
    if (button || (look->s->mode == LBMS_MODE_SHUTDOWN) || (o->last.mode == LBMS_MODE_SHUTDOWN) ||
        (look->in->wake_reason != 0u) || (command && (c->kind == LBMS_COMMAND_CLEAR_FAULTS))) {
        o->user_ms = 0u;
    }
    if (o->user_ms == 0u) {
        o->user_uv_ms = 0u;
    } else if (look->cells_good && look->pack_good) {
        o->user_uv_ms = add(o->user_uv_ms, o->passed_ms);
    } else {
        /* judged afresh once the voltages are known */
    }
    if (command && (c->kind == LBMS_COMMAND_FORCE_OFF)) {
        o->forced_open = (uint8_t)(c->item[0].value & LBMS_PATHS_BOTH);
        o->force.there_ms = 0u;
    } else if (command && (c->kind == LBMS_COMMAND_RESTORE_DEFAULTS)) {
        o->forced_open = 0u; /* among what is restored */
    } else {
        /* no other command touches it */
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
    judge_rules(o, &look);
    judge_charge_current(o, &look);
    judge_measurement(o, &look);
    judge_switches(o, &look);
    judge_faults(o, &look);
    judge_locks(o, &look);
    judge_limits(o, &look);
    judge_charge(o, &look);
    judge_balance(o, &look);
    judge_params(o, &look);
    o->steps++;
    o->closed_steps += ((look.closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN) ? 1u : 0u;
    o->last = *s;
    o->was_fresh = look.fresh;
    o->booted = false;
}

void oracle_board(struct oracle *o, const struct board *b)
{
    const struct lbms_snapshot *s = &b->bms.core.snapshot;

    require(o, ORACLE_RUNNER, !b->fed_wrongly,
            "watchdog fed with deaf switches, or closed ones and old samples");
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
