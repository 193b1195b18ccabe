#include "virtual_pack/house.h"

#include <string.h>

#define NUDGE_A 5.0
#define NUDGE_W 250.0

void house_init(struct house *house)
{
    memset(house, 0, sizeof(*house));
    house->unit = PLANT_DEMAND_POWER;
    house->charger_on = true;
    house->load_on = true;
}

void house_set_profile(struct house *house, const struct plant_profile *profile, double from_s)
{
    house->profile = *profile;
    house->has_profile = true;
    house->from_s = from_s;
    house->unit = (profile->kind == PLANT_PROFILE_POWER) ? PLANT_DEMAND_POWER : PLANT_DEMAND_CURRENT;
}

bool house_set_demand(struct house *house, double value, enum plant_demand_kind unit)
{
    if ((house->has_profile && unit != house->unit) ||
        (house->has_inverter && unit == PLANT_DEMAND_CURRENT)) {
        return false;
    }
    house->manual = value;
    house->unit = unit;
    return true;
}

double house_profile_value(const struct house *house, double time_s)
{
    return house->has_profile ? plant_profile_value(&house->profile, time_s + house->from_s) : 0.0;
}

void house_apply(struct house *house, struct plant_world *world, const struct lbms_limit_view *told,
                 double time_s)
{
    double wanted = house->manual + house_profile_value(house, time_s);

    if ((wanted > 0.0 && !house->charger_on) || (wanted < 0.0 && !house->load_on)) {
        wanted = 0.0;
    }
    if (house->has_inverter) {
        house->inverter.sun_w = (wanted > 0.0) ? wanted : 0.0;
        house->inverter.house_w = (wanted < 0.0) ? -wanted : 0.0;
        plant_inverter_step(&house->inverter, world, told, time_s);
    } else if (house->unit == PLANT_DEMAND_POWER) {
        plant_world_power(world, wanted);
    } else {
        plant_world_current(world, wanted);
    }
    house->wanted = wanted;
}

void house_nudge(struct house *house, int direction)
{
    house->manual += direction * ((house->unit == PLANT_DEMAND_POWER) ? NUDGE_W : NUDGE_A);
}

const char *house_unit(const struct house *house)
{
    return (house->unit == PLANT_DEMAND_POWER) ? "W" : "A";
}

void house_free(struct house *house)
{
    if (house->has_profile) {
        plant_profile_free(&house->profile);
        house->has_profile = false;
    }
}
