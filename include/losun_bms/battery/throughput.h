/**
 * @file
 * What went in and out of the pack in its life: charge, energy, cycles, and how much comes back.
 */
#ifndef LOSUN_BMS_BATTERY_THROUGHPUT_H
#define LOSUN_BMS_BATTERY_THROUGHPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/restored.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Charge that must have moved in one direction, net, before it is counted, mA s (10 mAh).
 *
 * This is the dead band against noise. A dead band on the current would lose the draw of a sleeping inverter for
 * ever; counting every sample would count noise around zero as charge and again as discharge, about 40 mAh an hour
 * each way with 50 mA of noise. A band on the charge loses nothing, it only counts later.
 */
#define LBMS_THROUGHPUT_QUANTUM_MAS 36000

/** Counters, and what is too little to be counted yet. */
struct lbms_throughput {
    struct lbms_throughput_totals totals;
    int64_t pending_uj;                       /**< energy of the pending charge, 1e-6 J */
    int32_t pending_mas;                      /**< net charge below the quantum; positive charges */
    uint32_t rest_uj[LBMS_THROUGHPUT_SIDES];  /**< below 1 Wh */
    uint16_t rest_mas[LBMS_THROUGHPUT_SIDES]; /**< below 1 mAh */
    uint32_t full_mah[LBMS_THROUGHPUT_SIDES]; /**< counters when the pack was full */
    uint32_t full_wh[LBMS_THROUGHPUT_SIDES];
    bool was_full;       /**< the four above are valid */
    uint16_t coulomb_bp; /**< result: discharged / charged mAh between two full charges; 0: not known yet */
    uint16_t energy_bp;  /**< result: the same in Wh, the round-trip efficiency; 0: not known yet */
};

/**
 * Go on from stored totals.
 *
 * At most 11 mAh and 1 Wh a restart are lost, those not counted yet.
 *
 * @param t       counters to prepare
 * @param stored  totals to go on from; NULL on a virgin board
 * Context: the context of the step.
 */
void lbms_throughput_init(struct lbms_throughput *t, const struct lbms_throughput_totals *stored);

/**
 * Add a piece of charge, every second or two.
 *
 * A cycle is counted whenever depth x capacity has been discharged, in however many pieces, and that much is
 * subtracted; so what is above it counts for the next one.
 *
 * @param t             counters
 * @param moved_mas     charge since the last call, offset of the sensor removed, -1e9..1e9; positive charges the pack
 * @param pack_mv       sum of the cells, 0..100000
 * @param capacity_mah  full capacity, > 0
 * @param depth_bp      `cycle_depth_bp`, > 0
 * Context: the context of the step; one 64-bit division when a quantum is full.
 */
void lbms_throughput_add(struct lbms_throughput *t, int32_t moved_mas, int32_t pack_mv, int32_t capacity_mah,
                         int32_t depth_bp);

/**
 * The pack has just become full: between two such moments it ends where it began, so the ratio of what came out
 * to what went in is its efficiency.
 *
 * Taken when at least half the capacity has been discharged in between; with less, the end of the two charges
 * is not equal enough. An error of the current sensor's zero is contained in coulomb_bp.
 *
 * @param t             counters; the results are rewritten
 * @param capacity_mah  full capacity, > 0
 * Context: the context of the step.
 */
void lbms_throughput_full(struct lbms_throughput *t, int32_t capacity_mah);

/**
 * Equivalent full cycles: mean of charge and discharge throughput over the capacity.
 *
 * @param totals        counters
 * @param capacity_mah  capacity of the new pack, >= 100
 * @return 0.01 cycles, 0 with a capacity below 100 mAh
 * Context: any, with an instance that nobody is changing.
 */
uint32_t lbms_throughput_efc_centi(const struct lbms_throughput_totals *totals, int32_t capacity_mah);

#ifdef __cplusplus
}
#endif

#endif
