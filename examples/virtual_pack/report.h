/* Figures of a run: the status line of every hour, and the summary at the end. */
#ifndef VIRTUAL_PACK_REPORT_H
#define VIRTUAL_PACK_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "losun_bms/model/mode.h"
#include "losun_bms/model/snapshot.h"
#include "plant/board.h"

struct report {
    unsigned long long steps; /* of the core */
    unsigned long long steps_in[LBMS_MODE_COUNT];
    double seconds_in[LBMS_MODE_COUNT];
    uint8_t mode; /* of the last step */
    uint32_t last_ms;
    bool stepped;
    double next_hour_s;
    double worst_soc_error; /* percentage points, looked at every minute */
    double next_minute_s;
};

void report_init(struct report *report);

/* After every step. */
void report_observe(struct report *report, const struct lbms_snapshot *snapshot);

/* At the beginning of every piece of simulated time: true when an hour is over. */
bool report_tick(struct report *report, double time_s, const struct lbms_snapshot *snapshot,
                 const struct plant_board *board);

/* The status line, without time and line end. */
void report_status(char *text, size_t size, const struct lbms_snapshot *snapshot,
                   const struct plant_board *board);

/* The summary. */
void report_summary(FILE *out, const struct report *report, const struct lbms_snapshot *snapshot,
                    const struct plant_board *board, unsigned long trips, double wall_s);

#endif
