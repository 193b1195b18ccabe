/**
 * @file
 * Inverter with a charger, on the bus of a world: turns sun, house and grid into the demands of plant_world, within the
 * limits that the pack tells it.
 *
 *     limits of the pack --- lag_s ---+
 *                                     v
 *     sun, grid  --> charger: constant current (CCL), then constant voltage (CVL) --+
 *     house      <-- inverter: up to DCL, while discharging is permitted ----------+-- bus
 *
 * It lives from the bus: without voltage it is off, and with voltage it needs start_s until it works. One that ignores the
 * limits charges and discharges by its own settings, as a device without communication does.
 */
#ifndef PLANT_INVERTER_H
#define PLANT_INVERTER_H

#include <stdbool.h>

#include "losun_bms/model/snapshot.h"
#include "plant/world.h"

/** Limits on their way to the inverter. */
#define PLANT_INVERTER_LIMITS 64u

/** What it is doing. */
enum plant_inverter_state {
    PLANT_INVERTER_OFF = 0, /**< no voltage, or given up because the pack is empty */
    PLANT_INVERTER_STARTING,
    PLANT_INVERTER_ON
};

/** One inverter. Write the settings at any time; the state belongs to plant_inverter_step(). */
struct plant_inverter {
    /* what it has to do, W on the side of the battery, 0 or more */
    double sun_w;
    double house_w;
    double grid_w; /**< what the grid gives when the pack asks to be charged; 0: no grid */
    /* how it is built */
    double power_w;   /**< rating, both directions */
    double standby_w; /**< its own consumption; from the pack while nothing else charges */
    double lag_s;     /**< from the limits of the pack until it follows */
    double silence_s; /**< after so long without limits it takes nothing as permitted */
    bool heeds_dvl;   /**< stops the house at DVL by its own measurement; many follow DCL only */
    double dvl_s;     /**< bus below DVL for so long; likewise 4 V above it, to begin again */
    double start_v;   /**< bus voltage with which it starts */
    double
        settle_s; /**< takes nothing for so long: its capacitor must be full, a pre-charge resistor feeds no load */
    double start_s; /**< from the voltage until it works, settle_s included */
    double start_w; /**< consumption between settle_s and start_s */
    double off_v;   /**< below it stops working */
    double
        give_up_s; /**< discharging not permitted and no sun for so long: switches itself off until there is sun */
    /* one that ignores the limits */
    bool ignores;
    double own_charge_v, own_charge_a, own_cutoff_v;
    /* state */
    enum plant_inverter_state state;
    struct lbms_limit_view limit; /**< what it follows now; all 0 before the first one */
    bool stopped;                 /**< by DVL */
    bool given_up;
    double starting_s, empty_s, dvl_timer_s;
    double last_s; /**< time of the last step */
    double told_s; /**< of the newest limits */
    struct plant_inverter_told {
        double at_s;
        struct lbms_limit_view limit;
    } told[PLANT_INVERTER_LIMITS]; /**< ring; the oldest one at `first` */
    unsigned first, count;
};

/**
 * 5 kW, 30 W standby, 2 s lag, no sun, no house, no grid; starts with 44 V on its bus. If it ignores the limits, the
 * settings are those of an installer who took the ends of the permitted ranges: 58.4 V, 100 A, cut-off 42 V.
 */
void plant_inverter_defaults(struct plant_inverter *inverter);

/** Whether it sends frames to the pack: one that works and follows the limits. */
bool plant_inverter_talks(const struct plant_inverter *inverter);

/**
 * Set the demands of the world for the next piece of time.
 *
 * @param inverter  settings and state
 * @param world     its charger and load are set, its bus voltage is read
 * @param told      limits that the pack tells at this moment; NULL: it is silent
 * @param time_s    simulated time, never going back; call at least every second while anything happens
 */
void plant_inverter_step(struct plant_inverter *inverter, struct plant_world *world,
                         const struct lbms_limit_view *told, double time_s);

#endif
