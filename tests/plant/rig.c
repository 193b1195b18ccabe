#include "rig.h"

#include <math.h>

void rig_config(struct plant_pack_config *config, double soc)
{
    plant_pack_defaults(config);
    plant_pack_uniform(config);
    config->soc = soc;
    config->own_a = 0.0;
    config->asleep_a = 0.0;
    config->type.self_discharge_per_day = 0.0;
    config->type.charge_efficiency = 1.0;
}

void rig_start(struct rig *rig, double soc)
{
    struct plant_pack_config config;

    rig_config(&config, soc);
    plant_pack_init(&rig->pack, &config);
    plant_world_defaults(&rig->world);
    rig->world.load.cutoff_v = 0.0;
    rig->pack.gates = RIG_BOTH;
    rig_run(rig, 1.0);
}

void rig_run(struct rig *rig, double seconds)
{
    const long steps = lround(seconds / RIG_STEP_S);
    long i;

    for (i = 0; i < steps; i++) {
        plant_pack_step(&rig->pack, &rig->world, RIG_STEP_S);
    }
}
