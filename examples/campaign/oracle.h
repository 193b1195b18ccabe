/*
 * The judge of a random campaign. It knows the rules of the pack a second time, from the product's parameter page and
 * not from the library's tables: what must open, after which time; what may come back, and when; what no message
 * may change. It reads values of parameters, what the board delivered, and what was commanded.
 */
#ifndef LBMS_CAMPAIGN_ORACLE_H
#define LBMS_CAMPAIGN_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "campaign/board.h"

#define ORACLE_ROWS 40u
#define ORACLE_TEXT 200u

/* Groups of invariants, for --without. */
enum oracle_group {
    ORACLE_VOLTAGE,     /* over- and under-voltage of cells and pack */
    ORACLE_CURRENT,     /* over-current, short circuit */
    ORACLE_TEMPERATURE, /* all sensors */
    ORACLE_SAMPLING,    /* samples lost, stale, implausible */
    ORACLE_CROSS,       /* sum, frozen values, configuration, reported switch state */
    ORACLE_CELL,        /* dead cell, cells apart */
    ORACLE_SWITCHES,    /* modes, weak-current switch, pre-charge, bits against paths */
    ORACLE_CAUSE,       /* no bit without its cause */
    ORACLE_RELEASE,     /* no bit goes before its time */
    ORACLE_LOCKS,       /* locks and latched faults keep */
    ORACLE_LIMITS,      /* CVL, CCL, DCL */
    ORACLE_CHARGE,      /* full, gentle, limiter, heater */
    ORACLE_BALANCE,
    ORACLE_PARAMS,   /* envelope and orderings */
    ORACLE_LIVENESS, /* a healthy pack closes again */
    ORACLE_RUNNER,   /* watchdog, commanded state */
    ORACLE_PORT,     /* charger over-voltage, reversed polarity */
    ORACLE_GROUPS
};

struct oracle_timer {
    uint32_t there_ms; /* hazard seen at every look since then */
    uint32_t away_ms;  /* since the last look that found it gone */
    bool there;
};

struct oracle {
    uint32_t enabled; /* 1 << enum oracle_group */
    bool failed;
    char text[ORACLE_TEXT];
    unsigned closed_steps, steps, trips, faults;

    bool booted;                                     /* next step is the first */
    uint32_t age_ms;                                 /* since the boot */
    uint32_t last_ms, passed_ms, before_ms, step_ms; /* step_ms: the longer of the last two, as slack */
    uint32_t user_ms;    /* since something that may clear bits: button, switch, command, boot */
    uint32_t user_uv_ms; /* the same, without the time in which the voltages are not known */
    bool was_fresh;      /* the sample of the step before */
    struct oracle_timer trip[ORACLE_ROWS];
    struct oracle_timer alarm[ORACLE_ROWS];
    uint32_t inside_ms[ORACLE_ROWS];      /* inside the release level at every look for this long */
    uint32_t outside_ms[ORACLE_ROWS];     /* since the last look inside */
    uint32_t tripped_ms[32];              /* since the protection bit came */
    uint32_t discharging_ms, charging_ms; /* opposite current that releases an over-current */
    uint32_t away_ms[32];                 /* since the protection bit went */
    uint8_t in_a_row[32];                 /* trips that surely were consecutive */
    uint32_t helped;                      /* bits of over-currents that it has released */
    bool helped_ov;
    uint32_t odd_ms[32]; /* since the last cause of each fault bit */
    struct oracle_timer silent, cell_odd, current_odd, sum, state, offset, switch_off, force, gentle,
        reversed, charger_ov, off_current, full, uncharged, drained, bled_low, bled_beside, config,
        nearly_empty, ripe, precharge;
    uint32_t frozen_ms;
    bool frozen_seen; /* a current that could be believed, since then */
    int32_t frozen_low_ma, frozen_high_ma;
    uint16_t frozen_mv[LBMS_CELLS];
    int32_t frozen_pack_mv;
    uint16_t temp_bad_ms[LBMS_NTCS + 2];
    uint8_t forced_open;
    struct lbms_snapshot last;
    uint32_t kept_locks, kept_faults; /* before an unexpected reset */
    struct lbms_params params;        /* as they were in the step before */
};

void oracle_init(struct oracle *o, uint32_t enabled);
/* The library was started anew; unexpected: by no user and no sleep. */
void oracle_boot(struct oracle *o, bool unexpected);
/* Judge one step. */
void oracle_step(struct oracle *o, const struct board *b, const struct lbms_inputs *in,
                 const struct lbms_outputs *out, const struct lbms_snapshot *s);
/* Judge what the runner has left on the board. */
void oracle_board(struct oracle *o, const struct board *b);
/* At the end of a long healthy time. */
void oracle_alive(struct oracle *o, const struct board *b);
/* Group by name, or -1. */
int oracle_group(const char *name);
const char *oracle_group_name(unsigned group);

#endif
