/**
 * @file
 * Differences of the state of charge between the cells, and what of the pack can be used with them.
 */
#ifndef LOSUN_BMS_BATTERY_SPREAD_H
#define LOSUN_BMS_BATTERY_SPREAD_H

#include <stdint.h>

#include "losun_bms/battery/cell_model.h"
#include "losun_bms/model/units.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Least slope at which a voltage says something about the charge, 0.1 mV for each per cent. */
#define LBMS_SPREAD_SLOPE_DMV 20
/** Difference of a cell from the mean that is no error of measurement, also where the mean cell is on a plateau, 0.1 mV. */
#define LBMS_SPREAD_CLEAR_DMV 200
/** Largest difference that is looked for, positions of the cell table (20 %). */
#define LBMS_SPREAD_REACH (20 * LBMS_CELL_STEP)
/** Largest current at which cells are compared: capacity over this. Above, their resistances differ too much. */
#define LBMS_SPREAD_CURRENT_PART 10

/** SOC of each cell against the mean cell. */
struct lbms_spread {
    int16_t dz[LBMS_CELLS]; /**< positions of the cell table, LBMS_CELL_STEP for each per cent */
    uint8_t next;           /**< cell of the next call */
};

/** What is known in this second. */
struct lbms_spread_inputs {
    const uint16_t *cell_mv; /**< LBMS_CELLS voltages */
    uint16_t cells_valid;    /**< one bit for each cell */
    uint16_t mean_dmv;       /**< mean of the valid cells, 0.1 mV */
    uint16_t soc_bp;         /**< SOC of the mean cell, 0..10000 */
    int16_t temp_dc;
    int32_t current_ma;
    int32_t capacity_mah;
};

/** What of the pack can be used. */
struct lbms_usable {
    uint16_t soc_bp; /**< usable SOC: 0 when the lowest cell is empty, 10000 when the highest one is full */
    uint16_t soc_low_bp;   /**< SOC of the lowest cell */
    uint16_t soc_high_bp;  /**< SOC of the highest cell */
    int32_t remaining_mah; /**< until the lowest cell is empty */
    int32_t capacity_mah;  /**< between empty of the lowest and full of the highest cell */
};

/**
 * Start with equal cells, or with stored differences.
 *
 * @param s   state to prepare
 * @param dz  LBMS_CELLS stored values, limited to what can be found; NULL when nothing is known
 * Context: the context of the step.
 */
void lbms_spread_init(struct lbms_spread *s, const int16_t *dz);

/**
 * Look at one cell; the next call looks at the next one. To be called once a second on average.
 *
 * The SOC of the cell is the place in the table where the rest voltage differs from that of the mean cell as the
 * measured one does. It is used only where it says something: the slope of the curve there is at least
 * LBMS_SPREAD_SLOPE_DMV, and either also at the mean cell or the difference exceeds LBMS_SPREAD_CLEAR_DMV. Everywhere
 * else, and at more than a tenth of the capacity as current, the difference is held. It takes about 2 minutes of
 * steep curve (10 mV for each per cent and more) to learn a new value, 10 minutes at the least slope.
 *
 * @param s      state
 * @param model  type of cell
 * @param in     as measured now
 * Context: the context of the step; 15 look-ups in the table.
 */
void lbms_spread_step(struct lbms_spread *s, const struct lbms_cell_model *model,
                      const struct lbms_spread_inputs *in);

/**
 * SOC of the pack from that of the mean cell: the highest cell ends the charge, the lowest one the discharge.
 *
 * @param s             state
 * @param soc_bp        SOC of the mean cell, 0..10000
 * @param capacity_mah  full capacity of a cell, > 0
 * @param usable        receives the result
 * Context: any, with an instance that nobody is changing.
 */
void lbms_spread_usable(const struct lbms_spread *s, uint16_t soc_bp, int32_t capacity_mah,
                        struct lbms_usable *usable);

#ifdef __cplusplus
}
#endif

#endif
