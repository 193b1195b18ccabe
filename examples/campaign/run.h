/* One campaign: a board, the library, events and the oracle, for a length of simulated time. */
#ifndef LBMS_CAMPAIGN_RUN_H
#define LBMS_CAMPAIGN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "campaign/event.h"
#include "campaign/oracle.h"
#include "losun_bms/trace/trace.h"

#define CAMPAIGN_DAY_MS 86400000u
#define CAMPAIGN_LAST   30u /* steps that are shown */

struct campaign_step {
    uint64_t world_ms;
    struct lbms_sample sample;
    uint32_t age_ms;
    uint8_t mode, closed, blocked;
    uint32_t protections, faults, alarms;
};

struct campaign {
    uint64_t seed;
    uint32_t enabled;
    struct board board;
    struct oracle oracle;
    struct campaign_step last[CAMPAIGN_LAST];
    unsigned last_count;
    uint64_t failed_ms;
    FILE *record; /* of the start in which it failed */
    const char *record_path;
    struct lbms_trace trace;
};

/* Run the events; true when an invariant broke: then oracle.text and failed_ms say which and when. */
bool campaign_run(struct campaign *c, const struct event *list, size_t count, uint32_t length_ms);
/* Remove events as long as the campaign breaks the same invariant. Returns how many remain. */
size_t campaign_shrink(struct campaign *c, struct event *list, size_t count);
/* Tell what happened. */
void campaign_report(const struct campaign *c, const struct event *list, size_t count, FILE *out);

#endif
