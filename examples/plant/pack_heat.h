/**
 * @file
 * Heat of a pack; part of plant_pack_step().
 */
#ifndef PLANT_PACK_HEAT_H
#define PLANT_PACK_HEAT_H

#include "plant/pack.h"

/** Collect the heat of one step, and about once a second warm and cool cells, switches and board with it. */
void plant_pack_heat(struct plant_pack *pack, double ambient_c, double dt_s);

#endif
