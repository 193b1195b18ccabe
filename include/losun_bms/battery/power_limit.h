/**
 * @file
 * Current that the cells can give and take for 2 s, 10 s, 60 s and without end.
 */
#ifndef LOSUN_BMS_BATTERY_POWER_LIMIT_H
#define LOSUN_BMS_BATTERY_POWER_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/battery/cell_model.h"
#include "losun_bms/battery/cell_resistance.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** For how long the charge in the weakest cell must last at the continuous limit, s. */
#define LBMS_POWER_LIMIT_CHARGE_S 300
/** A limit rises by its range in this time, s. */
#define LBMS_POWER_LIMIT_RISE_S 10
/** The bound by charge always leaves the capacity over this, so that both ends can be reached. */
#define LBMS_POWER_LIMIT_TRICKLE_PART 20

/** What the resistor-capacitor pairs of a type of cell build up in each horizon, of LBMS_CELL_SHARE_ONE. */
struct lbms_power_limit_shares {
    uint16_t s1[LBMS_HORIZONS], s2[LBMS_HORIZONS];
};

/** What is known in this second. */
struct lbms_power_limit_inputs {
    uint32_t elapsed_ms; /**< since the last call */
    bool valid; /**< voltages, current and temperature can be believed; otherwise every limit is 0 at once */
    uint16_t cell_min_mv, cell_max_mv;         /**< lowest and highest cell now */
    int32_t current_ma;                        /**< now; positive charges */
    int32_t v1_dmv, v2_dmv;                    /**< built up in R1 and R2 by the current so far, 0.1 mV */
    struct lbms_cell_resistance r;             /**< now, R2 <= 1e6 */
    uint16_t soc_low_bp, soc_high_bp;          /**< of the lowest and the highest cell */
    uint16_t sd_bp;                            /**< standard deviation of the SOC */
    int32_t capacity_mah;                      /**< of a cell */
    int32_t end_low_mv, end_high_mv;           /**< voltages that the cells may reach */
    int32_t charge_most_ma, discharge_most_ma; /**< configured limits times derating by temperature, >= 0 */
    int32_t range_ma;                          /**< configured limit without derating: range for the rise */
};

/**
 * Find the shares of a type of cell, once.
 *
 * @param shares  filled in
 * @param model   type of cell, for its time constants
 * Context: any.
 */
void lbms_power_limit_shares(struct lbms_power_limit_shares *shares, const struct lbms_cell_model *model);

/**
 * Compute the limits of charging, every second or two; those of discharging likewise.
 *
 *     I = (V_end - E(H)) / R(H)          E(H) = v - R0 i - v1 s1(H) - v2 s2(H)
 *     R(H) = R0 + R1 s1(H) + R2 s2(H)    s_k(H) = 1 - exp(-H / tau_k)
 *
 * E is the voltage to which the cell would relax in the horizon without current. It is taken from the measured
 * voltage of the lowest or highest cell itself, so that errors of the table and differences between the cells do not
 * matter. Each limit is bounded
 * - by the charge of that cell in the horizon: (z - 2 sd) Q / H when discharging, (1 - z) Q / H when charging,
 *   continuous as for LBMS_POWER_LIMIT_CHARGE_S, but not below the trickle: the last of it is left to the voltage.
 *   Charging has no margin of 2 sd, or the pack could not be filled by a filter that waits for that to be sure;
 * - by the configured and derated limit;
 * - by the limits of the shorter horizons, for what is permitted longer is permitted shorter.
 *
 * It falls at once and rises by at most a tenth of the range in a second.
 *
 * @param p       charge_ma is rewritten
 * @param shares  s_k(H) of the type of cell
 * @param in      as measured now
 * Context: the context of the step; about 10 divisions.
 */
void lbms_power_limit_charge(struct lbms_power_limit *p, const struct lbms_power_limit_shares *shares,
                             const struct lbms_power_limit_inputs *in);

/**
 * Compute the limits of discharging as lbms_power_limit_charge() does those of charging.
 *
 * @param p       discharge_ma is rewritten
 * @param shares  s_k(H) of the type of cell
 * @param in      as measured now
 * Context: the context of the step; about 10 divisions.
 */
void lbms_power_limit_discharge(struct lbms_power_limit *p, const struct lbms_power_limit_shares *shares,
                                const struct lbms_power_limit_inputs *in);

#ifdef __cplusplus
}
#endif

#endif
