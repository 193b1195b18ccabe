/**
 * @file
 * Fuel gauge: everything that the pack knows of its charge and its health, in one step.
 *
 * It owns the estimator of the SOC and what is built on it (throughput, capacity, differences between the cells,
 * resistances, power limits, remaining time, the SOC shown), feeds them and writes their results into the
 * snapshot. The estimator takes in every step. The rest is done in rounds of two seconds, at most one task for each 100 ms
 * that pass; in steps of 100 ms or less the estimator's own work waits for it. So no step is long, and the work follows
 * the time and not the rate of the steps. What it costs: docs/soc-estimator.md.
 *
 * Where RAM is short, LBMS_LIGHT_ESTIMATOR (CMake option of the same name) takes the counter of
 * battery/estimator_light.h instead of the filter: 3.3 KB less. It changes the layout of struct lbms_core, so every file
 * of a program must be compiled with it or without it; mixed ones do not link.
 */
#ifndef LOSUN_BMS_BATTERY_GAUGE_H
#define LOSUN_BMS_BATTERY_GAUGE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/battery/capacity.h"
#include "losun_bms/battery/cell_resistance.h"
#include "losun_bms/battery/estimator.h"
#include "losun_bms/battery/estimator_light.h"
#include "losun_bms/battery/power_limit.h"
#include "losun_bms/battery/remaining_time.h"
#include "losun_bms/battery/soc_display.h"
#include "losun_bms/battery/spread.h"
#include "losun_bms/battery/throughput.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Without steps for longer than this (asleep), the estimator starts anew from what it knew, s: the cells have rested. */
#define LBMS_GAUGE_PAUSE_S 600u
/** Equivalent full cycles in which a pack counts as new, 0.01: its resistance then is what ageing is compared with. */
#define LBMS_GAUGE_NEW_CENTI 1000u
/** Change of the estimated SOC after which retained memory is to be renewed, 0.01 %. */
#define LBMS_GAUGE_RETAIN_BP 50
/** Change of the estimated SOC after which counters and the like are worth a place on the flash, 0.01 %. */
#define LBMS_GAUGE_KEEP_BP 500
/** How well a charge is known that somebody has set, 0.01 %: the voltages correct it soon when it is wrong. */
#define LBMS_GAUGE_SET_BP 300u
/** How far the SOC shown may be from the estimate after a loss of power, 0.01 %: it may be older than the charge. */
#define LBMS_GAUGE_STALE_BP 100

/** State. The fields are private, except the results. */
struct lbms_gauge {
    bool retain; /**< result, one step: renew what survives a reset */
    bool keep;   /**< result, one step: renew what survives a loss of power, too */
#ifdef LBMS_LIGHT_ESTIMATOR
    struct lbms_estimator_light filter;
#else
    struct lbms_estimator filter;
#endif
    const struct lbms_cell_model *cell;
    struct lbms_throughput throughput;
    struct lbms_capacity capacity;
    struct lbms_spread spread;
    struct lbms_remaining_time remaining;
    struct lbms_soc_display display;
    struct lbms_estimator_view estimate; /**< at the beginning of this round */
    struct lbms_usable usable;           /**< likewise */
    struct lbms_cell_resistance r;       /**< at r_temp_dc and with r_kr_permille; 0 = to be found anew */
    int16_t r_temp_dc;
    uint16_t r_kr_permille;
    struct lbms_power_limit_shares shares;
    int32_t v1_uv, v2_uv; /**< built up in R1 and R2 */
    int32_t moved_mas;    /**< running count of charge, wraps; goes on when the estimator starts anew */
    int32_t round_mas;    /**< charge of the last round */
    uint32_t round_ms;    /**< its length */
    uint32_t begun_ms;    /**< its end, and the beginning of this one */
    uint32_t last_ms;     /**< of the last step */
    uint32_t uptime_s;    /**< likewise */
    uint32_t uv_before;   /**< under-voltage protections of the last step: only a new one means empty */
    int32_t informed_mas; /**< moved_mas when the voltage began to be informative */
    uint16_t informed_s;  /**< seconds since then */
    uint16_t retained_bp; /**< SOC at the last `retain` */
    uint16_t kept_bp;     /**< SOC at the last `keep` */
    uint16_t kr_new_permille;
    uint16_t slot_ms; /**< time that has not become a task yet */
    uint8_t slot;     /**< next task */
    bool learned;     /**< a capacity that the filter does not use yet */
    bool full, empty; /**< as in the last step: 100 % or 0 % is earned */
    bool started;
};

/** What one step needs to know beside the snapshot. */
struct lbms_gauge_inputs {
    uint32_t now_ms;      /**< of this step, wraps */
    uint32_t uptime_s;    /**< the same in seconds, runs on through sleep */
    uint32_t protections; /**< of this step, 1 << enum lbms_bit */
    uint8_t flow;         /**< enum lbms_flow */
    bool full;            /**< charging complete, and with all cells high: 100 % is earned, while it lasts */
    bool asleep;          /**< the electronics draw next to nothing */
};

/**
 * Start with what survived, or with a pack of which nothing is known.
 *
 * The SOC is taken over in any case; how far it is believed depends on how the program ended: after a reset and after a
 * sleep of known length as well as before, after a loss of power as a value of unknown age.
 *
 * @param g         state to prepare
 * @param snapshot  soc, health and power are written
 * @param restored  what survived
 * @param params    design capacity
 * @param product   type of cell
 * Context: the context of the step; it fills the table of the estimator, 1 to 2 ms at 72 MHz.
 */
void lbms_gauge_init(struct lbms_gauge *g, struct lbms_snapshot *snapshot,
                     const struct lbms_restored *restored, const struct lbms_params *params,
                     const struct lbms_product *product);

/**
 * Write down what must survive a restart.
 *
 * @param g         state
 * @param restored  life and learned are set, the others are left alone
 * Context: the context of the step.
 */
void lbms_gauge_save(const struct lbms_gauge *g, struct lbms_restored *restored);

/**
 * Charge that the estimator believes in, as it is kept for the next start.
 *
 * @param g  state
 * @return charge in the mean cell, 0..capacity, mA s; resolution 0.01 % of the capacity
 * Context: the context of the step.
 */
int32_t lbms_gauge_charge_mas(const struct lbms_gauge *g);

/**
 * Take over capacities that somebody has measured: after new cells, or with a better instrument. How far the cells are apart
 * stays known, so what the weakest of them lets be used can be less.
 *
 * @param g              state
 * @param snapshot       soc and health are rewritten
 * @param remaining_mah  charge in the pack, 0..full_mah
 * @param full_mah       full capacity, 40..120 % of the design capacity
 * @param design_mah     design capacity, 1000..1000000
 * @return LBMS_OK; LBMS_ERR_RANGE: nothing has changed
 * Context: the context of the step; as lbms_gauge_init().
 */
int lbms_gauge_set_capacity(struct lbms_gauge *g, struct lbms_snapshot *snapshot, int32_t remaining_mah,
                            int32_t full_mah, int32_t design_mah);

/** Take over a cycle count: of a pack whose board was replaced. Context: the context of the step. */
void lbms_gauge_set_cycles(struct lbms_gauge *g, struct lbms_snapshot *snapshot, uint32_t cycles);

/**
 * Follow the pack for one step, after the charge supervision.
 *
 * - No current can flow while no switch is closed, neither commanded nor reported; then the reading, if it is below
 *   `current_idle_ma`, is the offset of the current sensor.
 * - 100 % is earned by in->full, or by the full anchor of the estimator with the mean cell at `full_soc_mean_mv`.
 * - 0 % is earned by a cell or pack under-voltage protection that begins at less discharge current than
 *   `empty_rate_pct` of 1 C and with the coldest cell above `empty_temp_dc`, and while it lasts.
 * - The capacity is measured between moments at which the voltage has been informative for 10 minutes or 3 % of charge, or
 *   the full anchor has held for 30 s.
 *
 * @param g         state; the results are rewritten
 * @param snapshot  of the last step, with m of this one; soc, health and power are rewritten, m, want and limit are read
 * @param in        this step
 * @param params    capacity and levels
 * Context: the context of the step.
 */
void lbms_gauge_step(struct lbms_gauge *g, struct lbms_snapshot *snapshot, const struct lbms_gauge_inputs *in,
                     const struct lbms_params *params);

#ifdef __cplusplus
}
#endif

#endif
