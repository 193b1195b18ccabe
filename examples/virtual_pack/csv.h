/* --csv: values over time, a row each period. Columns are named in the first line; see docs/virtual-pack.md. */
#ifndef VIRTUAL_PACK_CSV_H
#define VIRTUAL_PACK_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "losun_bms/model/snapshot.h"
#include "plant/board.h"

struct csv {
    FILE *file; /* NULL: not writing, or not any more */
    double period_s, next_s;
    /* or-ed since the last row, so that a short event is not lost between two rows */
    uint32_t alarms, protections, faults;
    uint16_t balance, state;
    struct csv_seen {
        uint16_t modes; /* 1 << enum lbms_mode */
        uint32_t alarms, protections, faults;
        uint16_t balance, state;
        bool precharge, limiter, asleep, limits;
        unsigned long rows;
        double last_s;
    } seen; /* since the start: what a plot must show */
};

/* Numbers of the columns that the plot uses, from 1; csv.c has the whole list. */
enum csv_column {
    CSV_TIME = 1,
    CSV_MODE = 2,
    CSV_CURRENT_A = 4,
    CSV_DEMAND = 5,
    CSV_SOC_PCT = 8,
    CSV_TRUE_SOC_PCT = 9,
    CSV_CELL_MIN_V = 10,
    CSV_CELL_MEAN_V = 11,
    CSV_CELL_MAX_V = 12,
    CSV_CHARGE_CLOSED = 13,
    CSV_DISCHARGE_CLOSED = 14,
    CSV_PRECHARGE_CLOSED = 15,
    CSV_LIMITER_CLOSED = 16,
    CSV_ALARMS = 17,
    CSV_PROTECTIONS = 18,
    CSV_FAULTS = 19,
    CSV_BALANCE = 20,
    CSV_ASLEEP = 21,
    CSV_CVL_V = 47,
    CSV_DVL_V = 48,
    CSV_CCL_A = 49,
    CSV_DCL_A = 50,
    CSV_REQUESTS = 51,
    CSV_STATE = 52
};

/* Makes the file and writes the first line. False: errno tells why. */
bool csv_open(struct csv *csv, const char *path, double period_s);

/* After every step. */
void csv_observe(struct csv *csv, const struct lbms_snapshot *snapshot);

/* At the beginning of every piece of simulated time: a row when it is due. False, once: as recorder_step(). */
bool csv_tick(struct csv *csv, double time_s, const struct lbms_snapshot *snapshot,
              const struct plant_board *board, double demand);

bool csv_close(struct csv *csv);

#endif
