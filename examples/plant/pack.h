/**
 * @file
 * Model of a pack: sixteen cells, power switches, heat.
 *
 * Current path: cells - harness and shunt - charge switch - discharge switch - terminals. An open charge switch blocks
 * charge current only, its body diode conducts discharge current with a drop of diode_v, and the other way round. The
 * pre-charge resistor lies across the discharge switch, the limiter across the charge switch (a clamp of the charge
 * current; the rest of the voltage falls across it without heat, as in a switching converter).
 */
#ifndef PLANT_PACK_H
#define PLANT_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "plant/cell.h"
#include "plant/rng.h"
#include "plant/world.h"

#define PLANT_CELLS 16
#define PLANT_NTCS  4

/** Power switches as in enum lbms_switch. */
enum plant_switch {
    PLANT_SWITCH_CHARGE = 1 << 0,
    PLANT_SWITCH_DISCHARGE = 1 << 1,
    PLANT_SWITCH_PRECHARGE = 1 << 2,
    PLANT_SWITCH_LIMITER = 1 << 3
};

/** How a pack is built. Start from plant_pack_defaults(). */
struct plant_pack_config {
    struct plant_cell_type type;
    uint64_t seed;
    double soc;         /**< start value of a cell with the capacity of the type */
    double soc_sd;      /**< spread of the state of charge that the cells have when the pack is full */
    double capacity_sd; /**< relative standard deviations */
    double resistance_sd;
    double self_discharge_sd;
    double branch; /**< start on the branch after discharge (-1) .. after charge (+1) */
    /* Per cell; NaN = from the mean and the spread */
    double cell_soc[PLANT_CELLS];
    double cell_capacity_ah[PLANT_CELLS];
    double cell_resistance[PLANT_CELLS];     /**< factor */
    double cell_self_discharge[PLANT_CELLS]; /**< factor */
    double cell_ahead[PLANT_CELLS]; /**< added to the state of charge, whatever that comes from; 0 = none */
    /* Power path */
    double harness_ohm; /**< bus bars, shunt, cables to the terminals */
    double switch_ohm;  /**< each of the two switches when closed */
    double diode_v;     /**< drop of a body diode */
    double precharge_ohm;
    double limiter_high_a, limiter_low_a;
    double terminal_farad; /**< inside the terminals */
    double terminal_ohm;   /**< sense divider */
    /* Small consumers, all on the cell side of the shunt: the current sensor does not see them */
    double balance_a; /**< bleed of one cell */
    double own_a;     /**< consumption of the electronics, awake */
    double asleep_a;  /**< likewise, asleep */
    /* Heat */
    double start_c; /**< temperature of everything at the start */
    double cell_j_per_k;
    double cell_w_per_k; /**< of an inner cell to the surroundings; end cells 1.5 times */
    double neighbour_w_per_k;
    double switch_j_per_k; /**< heat sink of the switches */
    double switch_w_per_k;
    double board_rise;            /**< board sensor: part of the switches' rise that it sees */
    double heater_w;              /**< heating film, 0: not fitted */
    uint8_t ntc_cell[PLANT_NTCS]; /**< cell on which each sensor sits */
};

/** Running totals since the start; what goes in minus what comes out. */
struct plant_totals {
    double charge_as, discharge_as; /**< through the terminals, A s */
    double charge_j, discharge_j;   /**< energy through the terminals, J */
    double cell_heat_j;             /**< resistance, polarisation and hysteresis of the cells (not entropy) */
    double path_heat_j;             /**< harness, switches, diodes, limiter, pre-charge resistor */
    double electronics_as;          /**< own consumption, from every cell */
};

/** One pack. Inputs may be written at any time; the rest belongs to plant_pack_step(). */
struct plant_pack {
    struct plant_pack_config config;
    struct plant_cell cell[PLANT_CELLS];
    /* inputs */
    uint8_t gates;         /**< mask of enum plant_switch: what the drivers command */
    bool limiter_low;      /**< limiter in its low gear */
    uint8_t welded;        /**< switches that conduct always */
    uint8_t dead;          /**< switches that never conduct */
    uint16_t balance_mask; /**< cells being bled; bit 0 = cell at the negative end */
    bool asleep;           /**< electronics in low power */
    bool heater_on;
    /* results */
    double current_a; /**< at the terminals, mean of the last step; positive charges */
    double terminal_v;
    double stack_v; /**< sum of the cells */
    double cell_v[PLANT_CELLS];
    double switch_c; /**< temperature of the switches */
    double board_c;  /**< temperature at the board sensor */
    struct plant_totals total;
    /* inside */
    struct plant_cell_decay decay;
    double stack_emf_v;              /**< sum of the cells at zero current */
    double stack_r0_ohm;             /**< sum of the cells' R0 */
    double slow_as;                  /**< charge since the last slow step */
    double slow_s;                   /**< time since the last slow step */
    double cell_heat_j[PLANT_CELLS]; /**< heat since the last slow step */
    double switch_heat_j;
};

/** A pack of sixteen LFP100 cells at 50 % and 25 degC, with the spread of a good new pack, everything open. */
void plant_pack_defaults(struct plant_pack_config *config);

/** Make all cells equal: no spread, no overrides, no error of the sort. */
void plant_pack_uniform(struct plant_pack_config *config);

/**
 * Build a pack.
 *
 * @param pack    memory, owned by the caller
 * @param config  copied; the same seed gives the same pack
 */
void plant_pack_init(struct plant_pack *pack, const struct plant_pack_config *config);

/**
 * One step: currents, voltages, charge and, about once a second, heat and self-discharge.
 *
 * @param pack   pack
 * @param world  what is connected; its state is advanced too
 * @param dt_s   step length, s; 0.1 while anything happens, up to 10 while everything is open
 */
void plant_pack_step(struct plant_pack *pack, struct plant_world *world, double dt_s);

/**
 * Discharge current that would flow `delay_s` from now, with the present switches: what a short-circuit comparator
 * with that delay sees.
 *
 * @return magnitude in A, 0 when it would not be discharging
 */
double plant_pack_surge_a(const struct plant_pack *pack, const struct plant_world *world, double delay_s);

/** Mean of the cells' state of charge, weighted by capacity, 0..1. */
double plant_pack_soc(const struct plant_pack *pack);

/**
 * State of charge that a user gets: charge left until the first cell is empty, as a part of the charge between that
 * point and the first cell full.
 */
double plant_pack_usable_soc(const struct plant_pack *pack);

/** Switches that really conduct, mask of enum plant_switch: gates, minus dead, plus welded ones. */
uint8_t plant_pack_conducting(const struct plant_pack *pack);

#endif
