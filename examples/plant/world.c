#include "plant/world.h"

#include <string.h>

void plant_world_defaults(struct plant_world *world)
{
    memset(world, 0, sizeof(*world));
    world->charger.a_max = 100.0;
    world->charger.v_max = 56.8;
    world->load.a_max = 200.0;
    world->load.cutoff_v = 44.0;
    world->load.resume_v = 48.0;
    world->load.resume_s = 5.0;
    world->load_stopped = true;
    world->bus_farad = 10e-3;
    world->bus_bleed_ohm = 500.0;
    world->ext_ohm = 0.05;
    world->ambient_c = 25.0;
}

static void demand(struct plant_world *world, enum plant_demand_kind kind, double value)
{
    const struct plant_demand none = {PLANT_DEMAND_NONE, 0.0};
    const struct plant_demand wanted = {kind, (value < 0.0) ? -value : value};

    world->charger.demand = (value > 0.0) ? wanted : none;
    world->load.demand = (value < 0.0) ? wanted : none;
}

void plant_world_current(struct plant_world *world, double current_a)
{
    demand(world, PLANT_DEMAND_CURRENT, current_a);
}

void plant_world_power(struct plant_world *world, double power_w)
{
    demand(world, PLANT_DEMAND_POWER, power_w);
}
