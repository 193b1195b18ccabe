/**
 * @file
 * One electrical node with a capacitor, and what pulls at it: the step of the terminals and of the bus.
 *
 * Everything is piecewise linear and rises with the node voltage, so that there is exactly one solution; it is found
 * piece by piece, without iteration. Time is discretised by the implicit Euler rule, which is stable for every ratio
 * between time constant and step.
 */
#ifndef PLANT_CIRCUIT_H
#define PLANT_CIRCUIT_H

#include <stdbool.h>

/** The pack as seen from its terminals. */
struct plant_path {
    double emf_v;           /**< all cells at zero current */
    bool charge, discharge; /**< direction can conduct */
    double charge_drop_v, charge_ohm;
    double charge_max_a; /**< clamp of the charge current; HUGE_VAL: none */
    double discharge_drop_v, discharge_ohm;
};

/** The node and what else is connected to it. */
struct plant_node {
    double farad;
    double siemens;  /**< conductance to 0 V */
    double inject_a; /**< constant current into the node */
    double source_a; /**< up to this current while the node is not above source_v */
    double source_v;
    double sink_a; /**< up to this current while the node is not below 0 V */
};

/** Result of one step. */
struct plant_node_step {
    double v;        /**< voltage at the end */
    double path_a;   /**< into the pack at that voltage; negative discharges */
    double source_a; /**< what the source gave */
    double sink_a;   /**< what the sink took */
};

/** Current into the pack at this terminal voltage, A. */
double plant_path_current(const struct plant_path *path, double v);

/** Slope of that current, A/V, for a voltage inside one piece. */
double plant_path_siemens(const struct plant_path *path, double v);

/**
 * One step of the node.
 *
 * @param node  the node
 * @param path  the pack, NULL when it is not connected
 * @param v     voltage at the beginning
 * @param dt_s  step length
 */
struct plant_node_step plant_node_step(const struct plant_node *node, const struct plant_path *path, double v,
                                       double dt_s);

#endif
