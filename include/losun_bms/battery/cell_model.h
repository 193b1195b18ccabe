/**
 * @file
 * What a state estimator knows of a type of LiFePO4 cell, as constant data.
 *
 *     v    = U(z, T) + M(z) h + R0 f(T) i + v1 + v2          v_k' = (R_k f(T) i - v_k) / tau_k
 *     h'   = -g |i| / Q (h - sgn(i))                         U(z, T) = U25(z) + dU/dT(z) (T - 25 degC)
 *
 * z is the state of charge, i > 0 charges. Everything is independent of capacity: resistances are those of the cell
 * scaled to 100 Ah. Model and parameters: docs/soc-estimator.md, how to measure another cell:
 * docs/cell-characterisation.md.
 */
#ifndef LOSUN_BMS_BATTERY_CELL_MODEL_H
#define LOSUN_BMS_BATTERY_CELL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/fixed.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Points of a table: 0, 1, ... 100 % state of charge. */
#define LBMS_CELL_POINTS 101
/** State of charge as a position in the tables: 256 for each per cent. */
#define LBMS_CELL_STEP 256
/** Position of 100 %. */
#define LBMS_CELL_FULL ((LBMS_CELL_POINTS - 1) * LBMS_CELL_STEP)
/** Unit of half_2dmv: 0.2 mV. */
#define LBMS_CELL_HALF_DMV 2
/** Unit of entropy_4uv_k: 4 uV/K. */
#define LBMS_CELL_ENTROPY_UV_K 4
/** Capacity to which the resistances belong, mAh. */
#define LBMS_CELL_REFERENCE_MAH 100000

/** A type of cell. */
struct lbms_cell_model {
    const char *name;
    uint16_t rest_dmv[LBMS_CELL_POINTS];    /**< U25: mean of charge and discharge branch at rest, 0.1 mV */
    uint8_t half_2dmv[LBMS_CELL_POINTS];    /**< M: half width of the hysteresis, 0.2 mV */
    int8_t entropy_4uv_k[LBMS_CELL_POINTS]; /**< dU/dT, 4 uV/K */
    uint8_t hysteresis_rate;                /**< g: the branch changes over with exp(-g charge/Q) */
    uint16_t r0_uohm;                       /**< at 25 degC, of a cell of 100 Ah, microohm */
    uint16_t r1_uohm;                       /**< likewise */
    uint16_t r2_uohm;                       /**< likewise */
    uint16_t tau1_s;                        /**< time constants, 1..20000 s */
    uint16_t tau2_s;
    const struct lbms_point *r_factor; /**< f(T): x in 0.1 degC, y in 1/1000 */
    size_t r_factor_count;
};

/** Points of lbms_cell_r_factor. */
#define LBMS_CELL_R_FACTOR_POINTS 7
/** f(T) fitted to drive records of an A123 26650 cell at seven temperatures (ESC toolbox data, MIT); used by all types here. */
extern const struct lbms_point lbms_cell_r_factor[LBMS_CELL_R_FACTOR_POINTS];

/** Default of the reference pack: table with the sharp step of current prismatic cells. */
extern const struct lbms_cell_model lbms_cell_lfp100;
/** A123 26650 cell, for records of it; linked only where it is used. */
extern const struct lbms_cell_model lbms_cell_a123;
/** APR 18650 cell, for records of it; linked only where it is used. */
extern const struct lbms_cell_model lbms_cell_apr;

/**
 * Position in the tables of a state of charge.
 *
 * @param soc_bp  0..10000; more counts as 10000
 * @return 0..LBMS_CELL_FULL
 * Context: any.
 */
int32_t lbms_cell_position(uint16_t soc_bp);

/**
 * Rest voltage U(z, T), the mean of both branches; linear between the points.
 *
 * @param model     type of cell
 * @param position  state of charge, LBMS_CELL_STEP for each per cent; limited to 0..LBMS_CELL_FULL
 * @param temp_dc   -1000..1000
 * @return 0.1 mV, rounded
 * Context: any.
 */
int32_t lbms_cell_rest_dmv(const struct lbms_cell_model *model, int32_t position, int32_t temp_dc);

/**
 * Half width of the hysteresis M(z); linear between the points.
 *
 * @param model     type of cell
 * @param position  as for lbms_cell_rest_dmv()
 * @return 0.1 mV, rounded
 * Context: any.
 */
int32_t lbms_cell_half_dmv(const struct lbms_cell_model *model, int32_t position);

/**
 * Slope dU/dz at 25 degC: mean over one per cent to both sides.
 *
 * @param model     type of cell
 * @param position  as for lbms_cell_rest_dmv()
 * @return 0.1 mV for each per cent of state of charge
 * Context: any.
 */
int32_t lbms_cell_slope_dmv(const struct lbms_cell_model *model, int32_t position);

/**
 * Factor f(T) on every resistance.
 *
 * @param model    type of cell
 * @param temp_dc  any
 * @return 1/1000
 * Context: any; one 64-bit division.
 */
int32_t lbms_cell_r_permille(const struct lbms_cell_model *model, int32_t temp_dc);

#ifdef __cplusplus
}
#endif

#endif
