/**
 * @file
 * Model of one LiFePO4 cell.
 *
 *     v     = U(z, T) + M(z) h + R0 f(T) i + v1 + v2 + ...
 *     v_k'  = (R_k f(T) i - v_k) / tau_k
 *     h     = sum of four play operators: h = sum w_j (z - y_j) / r_j,  y_j follows z at the distance r_j
 *     z'    = i / Q - self-discharge
 *
 * i is positive when it charges; z is 0 at empty and 1 at full and may leave this range: beyond the ends the
 * voltage goes on rising or falling steeply. The play operators make the branch depend on the whole history of
 * turning points, on purpose otherwise than the one-state hysteresis that state estimators use.
 */
#ifndef PLANT_CELL_H
#define PLANT_CELL_H

#include "plant/rng.h"

/** Points of the tables: 0, 1, ... 100 % state of charge. */
#define PLANT_TABLE_POINTS 101
/** Resistor-capacitor pairs that a type can have. */
#define PLANT_RC_MAX 4
/** Play operators of the hysteresis. */
#define PLANT_PLAYS 4

/** A make of cell. Values at 25 degC. */
struct plant_cell_type {
    const char *name;
    double capacity_ah;
    double rest_v[PLANT_TABLE_POINTS];       /**< mean of the charge and the discharge branch */
    double half_v[PLANT_TABLE_POINTS];       /**< half width of the hysteresis */
    double rest_v_per_k[PLANT_TABLE_POINTS]; /**< entropy coefficient dU/dT */
    double r0_ohm;
    unsigned rc_count; /**< 0..PLANT_RC_MAX */
    double r_ohm[PLANT_RC_MAX];
    double tau_s[PLANT_RC_MAX];
    double play_width[PLANT_PLAYS];  /**< half widths r_j, in state of charge */
    double play_weight[PLANT_PLAYS]; /**< w_j, sum 1 */
    double above_full_v;             /**< rise of the rest voltage for each 0.01 above 1 */
    double below_empty_v;            /**< fall for each 0.01 below 0 */
    double ceiling_v, floor_v;       /**< the rest voltage stays between these */
    double self_discharge_per_day;   /**< of the capacity; doubles every 10 K */
    double charge_efficiency;        /**< part of the charged ampere hours that is stored */
};

/** One cell. `soc`, `temp_c`, `leak_a` and the scales may be set at any time, followed by plant_cell_slow(). */
struct plant_cell {
    double soc; /**< z */
    double temp_c;
    double capacity_ah;
    double r_scale;    /**< factor on all resistances */
    double self_scale; /**< factor on the self-discharge */
    double leak_a;     /**< additional discharge inside the cell: a beginning internal short */
    double play[PLANT_PLAYS];
    double rc_v[PLANT_RC_MAX];
    /* computed by plant_cell_slow() */
    double soc_per_as;       /**< state of charge for each ampere second */
    double r0_ohm, r_factor; /**< at temp_c */
    double self_a;           /**< self-discharge and leak together */
    double entropy_v_per_k;  /**< dU/dT at this state of charge */
    double entropy_v;        /**< U(z, T) - U(z, 25 degC) */
    /* computed by plant_cell_step() */
    double rest_v; /**< U(z, T), without hysteresis and polarisation */
    double emf_v;  /**< voltage at zero current of this instant */
};

/** What is computed once for a type and a step length. */
struct plant_cell_decay {
    double dt_s;
    double keep[PLANT_RC_MAX];     /**< exp(-dt / tau) */
    double play_gain[PLANT_PLAYS]; /**< w_j / r_j */
};

/**
 * The cell of the reference pack: 100 Ah LFP.
 *
 * Tables: C/100 measurement of a Haidi HDCF18650 cell and the entropy coefficient of a Sony US26650FTC1 cell, both
 * from the SimSES project of the Technical University of Munich (BSD-3-Clause, see LICENSES.md).
 */
void plant_cell_type_lfp100(struct plant_cell_type *type);

/**
 * Turn a type into another sample of the same chemistry: a smooth error is added to its rest voltage (four cosines
 * between 5 and 99 %) and the state of charge of its steps is shifted.
 *
 * @param type     changed in place
 * @param rng      random source
 * @param table_v  standard deviation of each cosine, V (1.2 mV is a good match to real cells)
 * @param shift    largest shift, state of charge (0.012)
 */
void plant_cell_type_disturb(struct plant_cell_type *type, struct plant_rng *rng, double table_v,
                             double shift);

/** Rest voltage U(z, T), V; any z. */
double plant_cell_rest_v(const struct plant_cell_type *type, double soc, double temp_c);

/** Half width of the hysteresis M(z), V; constant outside 0..1. */
double plant_cell_half_v(const struct plant_cell_type *type, double soc);

/** Factor f(T) on every resistance: 6.0 at -15 degC, 1 at 25 degC, 0.79 at 45 degC; constant outside. */
double plant_cell_r_factor(double temp_c);

/** Prepare a rested cell of this type, on the middle between the branches, with all scales 1. */
void plant_cell_init(struct plant_cell *cell, const struct plant_cell_type *type, double soc, double temp_c);

/** Put a cell at rest at this state of charge; branch -1 (after discharge) .. +1 (after charge). */
void plant_cell_rest(struct plant_cell *cell, const struct plant_cell_type *type, double soc, double branch);

/** Renew what depends on temperature, scales and leak; to be called about once a second. */
void plant_cell_slow(struct plant_cell *cell, const struct plant_cell_type *type);

/** Fill in the factors for a step length. */
void plant_cell_decay_set(struct plant_cell_decay *decay, const struct plant_cell_type *type, double dt_s);

/**
 * One step with constant current.
 *
 * @param cell       advanced by decay->dt_s
 * @param type       its type
 * @param decay      factors for the step length
 * @param current_a  current through the cell, positive charges
 */
void plant_cell_step(struct plant_cell *cell, const struct plant_cell_type *type,
                     const struct plant_cell_decay *decay, double current_a);

/** Terminal voltage at this current, V. */
double plant_cell_v(const struct plant_cell *cell, double current_a);

#endif
