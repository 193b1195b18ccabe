/**
 * @file
 * The pack of the bench: one cell stands for sixteen equal ones.
 *
 * It is on purpose not the model that the estimators carry: the rest voltage is off their table by a smooth error of some
 * millivolts and has its steps in a slightly other place, the hysteresis has a memory of four play operators, the
 * polarisation has four time constants of other values, and every resistance is off by a factor. A charger with an
 * integral controller holds 3.50 V, a controller of the house keeps the state of charge within limits, and discharging
 * stops at 3.0 V.
 */
#ifndef SOC_BENCH_PLANT_H
#define SOC_BENCH_PLANT_H

#include <stdbool.h>

#include "plant/cell.h"

/** What the pack is made of, and the limits that the house keeps. */
struct bench_pack_make {
    double capacity_ah;
    bool other_knee;       /**< cells of another make: their knee is at 75 % */
    double floor, ceiling; /**< state of charge that the house keeps; 0 and 1: none */
    double own_a;          /**< own consumption */
    double mean_c;         /**< temperature, +-2 K by chance, +-3 K in the course of a day */
};

/** A pack. */
struct bench_pack {
    struct bench_pack_make make;
    struct plant_cell_type type;
    struct plant_cell_decay decay;
    struct plant_cell cell;
    double charger; /* part of the charging current that the controller permits */
    double v;       /**< cell voltage after the last step, V */
};

/**
 * Make a pack; chance decides on its errors.
 *
 * @param pack  made
 * @param make  of what
 * @param rng   source of chance
 * @param soc   state of charge, 0..1
 */
void bench_pack_init(struct bench_pack *pack, const struct bench_pack_make *make, struct plant_rng *rng,
                     double soc);

/**
 * One step of BENCH_STEP_S.
 *
 * @param pack      advanced
 * @param time_s    since the start, for the course of the day
 * @param wanted_a  what the house wants, positive charges
 * @return current that flowed through the cells, own consumption included, A
 */
double bench_pack_step(struct bench_pack *pack, double time_s, double wanted_a);

#endif
