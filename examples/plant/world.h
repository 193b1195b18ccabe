/**
 * @file
 * What is connected to the pack: a bus with a capacitor, on it a charger and a load, behind a breaker.
 *
 *     pack terminals --+-- breaker --+-- charger, load, capacitor, bleeder
 *                      |             (bus)
 *                      +-- external voltage, short circuit
 *
 * Charger and load are independent of each other and may both be set. An inverter is both: its control program sets
 * charger.v_max, charger.a_max and load.a_max from the limits that the pack tells it.
 */
#ifndef PLANT_WORLD_H
#define PLANT_WORLD_H

#include <stdbool.h>

/** How much a charger or a load wants. */
enum plant_demand_kind {
    PLANT_DEMAND_NONE = 0,
    PLANT_DEMAND_CURRENT, /**< value in A */
    PLANT_DEMAND_POWER    /**< value in W */
};

struct plant_demand {
    enum plant_demand_kind kind;
    double value; /**< 0 or more */
};

/** Source of charge current: gives what is demanded, and never lifts the bus above v_max (CC/CV). */
struct plant_charger {
    struct plant_demand demand;
    double a_max; /**< current limit, A */
    double v_max; /**< constant-voltage setting, V */
};

/** Load: takes what is demanded while the bus has voltage, stops below cutoff_v, resumes after resume_s above resume_v. */
struct plant_load {
    struct plant_demand demand;
    double a_max;    /**< current limit, A */
    double cutoff_v; /**< 0: never stops */
    double resume_v;
    double resume_s; /**< an inverter starts up again only some seconds after its bus has voltage */
};

/** Surroundings of one pack. Write the settings at any time; the state belongs to plant_pack_step(). */
struct plant_world {
    /* settings */
    struct plant_charger charger;
    struct plant_load load;
    bool breaker_open;
    double bus_farad;     /**< inverter input capacitor */
    double bus_bleed_ohm; /**< discharges it */
    bool ext_on; /**< a voltage at the terminals, e.g. another pack on the bus; ext_v < 0: reversed */
    double ext_v;
    double ext_ohm;
    double short_ohm; /**< short circuit at the terminals; 0: none */
    double ambient_c;
    /* state */
    double bus_v;       /**< voltage of the bus; equal to the terminal voltage while the breaker is closed */
    bool load_stopped;  /**< below its cut-off */
    double load_wait_s; /**< time above resume_v while stopped */
    double charger_a;   /**< current that the charger gave in the last step */
    double load_a;      /**< current that the load took in the last step */
};

/**
 * A usual inverter with nothing demanded: charger 56.8 V / 100 A, load up to 200 A with cut-off at 44 V and resumption
 * 5 s above 48 V, 10 mF, 500 Ohm (its own consumption), empty bus, breaker closed, 25 degC.
 */
void plant_world_defaults(struct plant_world *world);

/** Demand of one signed current, A: positive from the charger, negative by the load, 0 nothing. */
void plant_world_current(struct plant_world *world, double current_a);

/** Demand of one signed power at the bus, W: positive from the charger, negative by the load, 0 nothing. */
void plant_world_power(struct plant_world *world, double power_w);

#endif
