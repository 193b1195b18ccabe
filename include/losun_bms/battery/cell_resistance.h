/**
 * @file
 * Resistances of a cell of this pack as they are now: cell model, size, temperature and what has been learned.
 */
#ifndef LOSUN_BMS_BATTERY_CELL_RESISTANCE_H
#define LOSUN_BMS_BATTERY_CELL_RESISTANCE_H

#include <stdint.h>

#include "losun_bms/battery/cell_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Unit of a share of 1: 2^-15. */
#define LBMS_CELL_SHARE_ONE 32768

/** Parts of the resistance, microohm. */
struct lbms_cell_resistance {
    int32_t r0_uohm; /**< acts at once */
    int32_t r1_uohm; /**< builds up with tau1 */
    int32_t r2_uohm; /**< builds up with tau2 */
};

/**
 * Resistances of a cell at this temperature: R0 and R1 times kr, R2 times 1 + (kr - 1) / 4, all times f(T) and
 * the reference capacity over the cell's own. The slow part is diffusion, of which the learned factor says little.
 *
 * @param model         type of cell
 * @param capacity_mah  capacity of the cell, 1000..1000000
 * @param temp_dc       cell temperature, 0.1 degC
 * @param kr_permille   learned factor, 500..2500
 * @param r             receives the resistances
 * Context: any; 64-bit divisions.
 */
void lbms_cell_resistance(const struct lbms_cell_model *model, int32_t capacity_mah, int32_t temp_dc,
                          int32_t kr_permille, struct lbms_cell_resistance *r);

/**
 * Share of its final voltage that a resistance of time constant tau has built up after a time: 1 - exp(-t / tau).
 *
 * @param t_s    >= 0, s
 * @param tau_s  0..50000 s; with 0 everything is built up at once
 * @return 0..LBMS_CELL_SHARE_ONE, exact to 0.1 %
 * Context: any.
 */
int32_t lbms_cell_share(int32_t t_s, int32_t tau_s);

#ifdef __cplusplus
}
#endif

#endif
