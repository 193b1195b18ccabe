/*
 * What happens in a campaign: a list of events, drawn from a seed. The list is data, so that a failing campaign can be
 * run again with fewer of them.
 */
#ifndef LBMS_CAMPAIGN_EVENT_H
#define LBMS_CAMPAIGN_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "campaign/board.h"

#define EVENTS_MAX 2000u

enum event_kind {
    EVENT_CHARGER,  /* a = mV, b = mA; 0: none */
    EVENT_OBEY,     /* a: the charger follows CVL and CCL */
    EVENT_LOAD,     /* a = mA */
    EVENT_SURGE,    /* a = mA, signed */
    EVENT_SOC,      /* a = 0.01 %, all cells */
    EVENT_CELL_SOC, /* a = cell, b = 0.01 % */
    EVENT_TEMP,     /* a = 0.1 degC */
    EVENT_SWITCH_RISE,
    EVENT_BOARD_RISE,
    EVENT_BREAK, /* a = enum board_fault, b = its value */
    EVENT_MEND,  /* a = enum board_fault */
    EVENT_WILD,  /* a = cell, b = mV */
    EVENT_NTC,   /* a = sensor, b = what it reads; 0: works */
    EVENT_WELD,
    EVENT_DEAD,
    EVENT_MISREPORT,
    EVENT_AFE,  /* a = flags */
    EVENT_KEYS, /* a = levels */
    EVENT_SHORTED,
    EVENT_REVERSED,
    EVENT_RESET,   /* a = enum lbms_reset_cause; unexpected */
    EVENT_COMMAND, /* a = kind, b = what its values are drawn from */
    EVENT_PAUSES,
    EVENT_KINDS
};

struct event {
    uint32_t at_ms; /* since the start of the campaign */
    uint8_t kind;
    int32_t a, b;
};

struct rng {
    uint64_t state;
};

uint32_t rng_below(struct rng *r, uint32_t below);
void rng_seed(struct rng *r, uint64_t seed);

/* Draw the events of a campaign, in the order of their times. Returns their number. */
size_t events_draw(struct event *list, uint64_t seed, uint32_t length_ms);
/* Make one happen; resets excepted, which the campaign does itself. */
void event_apply(const struct event *e, struct board *b);
/* One line of text. */
void event_text(const struct event *e, char *text, size_t size);

#endif
