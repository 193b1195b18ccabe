/* What the parts of the judge share: what a step looks like, and its clocks. */
#ifndef LBMS_CAMPAIGN_ORACLE_PARTS_H
#define LBMS_CAMPAIGN_ORACLE_PARTS_H

#include "campaign/oracle.h"

#define SAMPLE_MS      100u  /* sample period of the board */
#define USER_MS        5000u /* what a user did has had its effect: debounce and the longest steps */
#define CHARGE_SIDE    ((unsigned)(LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER))
#define DISCHARGE_SIDE ((unsigned)(LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE))
#define P(name)        (look->params->v[LBMS_PARAM_##name])

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
    bool mosfet_lost;
    bool cells_good, pack_good, current_good;
    int32_t current_ma;
};

/* The invariant holds, or the campaign ends here with these words. */
void require(struct oracle *o, unsigned group, bool holds, const char *what);
void require_row(struct oracle *o, unsigned group, bool holds, const char *what, const char *row);

/* Clocks: sums that stay at their end, and hazards that must have been there at every look. */
uint32_t add(uint32_t a, uint32_t b);
void watch(struct oracle *o, struct oracle_timer *t, bool there);
/* Longer there than the delay, one step and one sample. */
bool over(const struct oracle *o, const struct oracle_timer *t, int64_t delay_ms);
/* A cause of this fault bit is there now, or was then. */
void odd(struct oracle *o, unsigned fault, bool there);

/* Both main switches are closed and the current flows the other way, through what would be a body diode. */
bool excused(const struct look *look, unsigned paths);
bool path_open(const struct look *look, unsigned paths);
bool mode_permits(uint8_t mode);

/* look.c */
void look_around(struct oracle *o, struct look *look);
/* rules.c: protections that compare a value with a limit */
void judge_rules(struct oracle *o, const struct look *look);
void judge_charge_current(struct oracle *o, const struct look *look);
/* judge_measurement.c */
void judge_measurement(struct oracle *o, const struct look *look);
/* judge_switches.c: switches, faults, locks */
void judge_switches(struct oracle *o, const struct look *look);
void judge_faults(struct oracle *o, const struct look *look);
void judge_locks(struct oracle *o, const struct look *look);
void judge_reset(struct oracle *o, const struct look *look);
/* judge_limits.c: limits, charging, balancing */
void judge_limits(struct oracle *o, const struct look *look);
void judge_charge(struct oracle *o, const struct look *look);
void judge_balance(struct oracle *o, const struct look *look);
/* judge_params.c */
void judge_params(struct oracle *o, const struct look *look);
/* curves.c: the highest limits that the cells permit */
int32_t derated_ccl_ma(const struct oracle *o, const struct look *look);
int32_t derated_dcl_ma(const struct oracle *o, const struct look *look);
int32_t trimmed_cvl_mv(const struct look *look);

#endif
