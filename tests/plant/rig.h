/*
 * A pack of equal cells on an inverter, for the tests of the plant: no spread, no own consumption, no self-discharge,
 * so that the results can be computed by hand.
 */
#ifndef LBMS_TESTS_PLANT_RIG_H
#define LBMS_TESTS_PLANT_RIG_H

#include "plant/pack.h"
#include "plant/world.h"

#define RIG_BOTH      (PLANT_SWITCH_CHARGE | PLANT_SWITCH_DISCHARGE)
#define RIG_STEP_S    0.1
#define RIG_STACK_OHM (16.0 * 0.5e-3) /* R0 of the cells at 25 degC */

struct rig {
    struct plant_pack pack;
    struct plant_world world;
};

/* The configuration of the ideal pack. */
void rig_config(struct plant_pack_config *config, double soc);
/* Ideal pack at this state of charge, both switches closed, nothing demanded, no load cut-off. */
void rig_start(struct rig *rig, double soc);
/* Lets time pass. */
void rig_run(struct rig *rig, double seconds);

#endif
