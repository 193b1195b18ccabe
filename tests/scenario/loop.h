/*
 * The closed loop: pack, board, library and an inverter that follows the limits 2 s late, or ignores them.
 *
 *     static struct loop loop;
 *
 *     loop_prepare(&loop, 0.2);
 *     loop_start(&loop);
 *     loop.inverter.sun_w = 3000.0;
 *     loop_run(&loop, 3600.0);
 */
#ifndef LBMS_TESTS_SCENARIO_LOOP_H
#define LBMS_TESTS_SCENARIO_LOOP_H

#include "losun_bms/run.h"
#include "plant/board.h"
#include "plant/inverter.h"

#define HOUR_S 3600.0
#define DAY_S  86400.0

struct loop {
    struct plant_board_config config; /* may be changed before loop_start() */
    struct lbms_restored restored;    /* likewise */
    struct plant_board board;
    struct lbms bms;
    struct plant_inverter inverter;
    double end_s;
    double piece_s; /* time of the last look at the board */
    /* since loop_watch() */
    struct loop_seen {
        double cell_high_v, cell_low_v;              /* true voltages of the cells */
        double charge_a, discharge_a;                /* true magnitudes at the terminals */
        double cold_charge_as;                       /* charge that went in while a cell was below 0 degC */
        uint32_t alarms, protections, faults, locks; /* set in any step */
        uint16_t states;
        double balance_s; /* time in which a cell was bled */
        unsigned wakes;
    } seen;
};

/* Equal cells, typical sensors, everything at 25 degC. */
void loop_prepare(struct loop *loop, double soc);

/* Builds the board; the pack believes to have the charge that it has. */
void loop_start(struct loop *loop);

/* Lets time pass; a reset that the pack asks for is carried out. */
void loop_run(struct loop *loop, double seconds);

/* Until the pack is in this mode, at most so long. Returns the time it took, negative when it is not. */
double loop_until(struct loop *loop, uint8_t mode, double seconds);

/* Begins to watch anew. */
void loop_watch(struct loop *loop);

/* Holds keys, mask of enum lbms_key, for so long. */
void loop_press(struct loop *loop, uint16_t keys, double seconds);

const struct lbms_snapshot *loop_snapshot(const struct loop *loop);

/* True difference between the highest and the lowest cell now, V. */
double loop_spread_v(const struct loop *loop);

#endif
