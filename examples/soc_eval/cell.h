/**
 * @file
 * A make of cell as the estimators see it (losun_bms/battery/cell_model.h), and the same numbers in double precision for
 * the methods that it is compared with. Built-in cells come from the library; others are read from a cell file, which
 * tools/fit_cell.py writes (docs/cell-characterisation.md).
 */
#ifndef SOC_EVAL_CELL_H
#define SOC_EVAL_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "losun_bms/battery/cell_model.h"

/** Resistor-capacitor pairs. */
#define SOC_CELL_PAIRS 2

/** One make of cell, values at 25 degC and for a cell of capacity_ah. */
struct soc_cell {
    struct lbms_cell_model model; /**< as the library has it: the numbers below are the same */
    double capacity_ah;
    double rest_v[LBMS_CELL_POINTS];       /**< U: mean of the charge and the discharge branch */
    double half_v[LBMS_CELL_POINTS];       /**< M: half width of the hysteresis */
    double rest_v_per_k[LBMS_CELL_POINTS]; /**< dU/dT */
    double r0_ohm;
    double r_ohm[SOC_CELL_PAIRS];
    double tau_s[SOC_CELL_PAIRS];
    double branch_rate; /**< g: the branch changes over by a factor e in 1/g of the capacity */
};

/**
 * Take one of the cells of the library: lfp100, a123 or apr.
 *
 * @return false when there is no such name
 */
bool soc_cell_builtin(struct soc_cell *cell, const char *name);

/**
 * Read a cell file.
 *
 * @param cell        receives it
 * @param path        file
 * @param error       receives one line "FILE:LINE: what is wrong"
 * @param error_size  bytes of error
 * @return 0, or -1 after an error
 */
int soc_cell_load(struct soc_cell *cell, const char *path, char *error, size_t error_size);

/** U(z, T), V; the ends of the table hold beyond 0 and 1. */
double soc_cell_rest_v(const struct soc_cell *cell, double soc, double temp_c);

/** M(z), V. */
double soc_cell_half_v(const struct soc_cell *cell, double soc);

/** Factor f(T) on every resistance. */
double soc_cell_r_factor(const struct soc_cell *cell, double temp_c);

#endif
