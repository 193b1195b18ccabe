/* The house around the pack: profile, manual demand, and what of them is switched on. */
#ifndef VIRTUAL_PACK_HOUSE_H
#define VIRTUAL_PACK_HOUSE_H

#include <stdbool.h>

#include "losun_bms/model/snapshot.h"
#include "plant/inverter.h"
#include "plant/profile.h"
#include "plant/world.h"

struct house {
    struct plant_profile profile;
    bool has_profile;
    double from_s; /* moment of the profile at simulated time 0 */
    double manual; /* added to the profile, in `unit` */
    enum plant_demand_kind unit;
    bool charger_on, load_on;
    struct plant_inverter inverter;
    bool has_inverter; /* else charger and load hang on the bus directly */
    double wanted;     /* what was demanded last, in `unit`; positive charges */
};

/* No profile, nothing demanded, everything switched on. */
void house_init(struct house *house);

/* Take over a loaded profile, which then belongs to the house. */
void house_set_profile(struct house *house, const struct plant_profile *profile, double from_s);

/* False when a profile has the other unit, or an inverter is to give a current. */
bool house_set_demand(struct house *house, double value, enum plant_demand_kind unit);

/*
 * Demand of this moment; an inverter makes of it what the limits of the pack permit. NULL: the pack tells none, as it
 * sleeps.
 */
void house_apply(struct house *house, struct plant_world *world, const struct lbms_limit_view *told,
                 double time_s);

/* Value of the profile alone. */
double house_profile_value(const struct house *house, double time_s);

/* One press of + or -: 5 A, or about the same as a power. */
void house_nudge(struct house *house, int direction);

/* "W" or "A". */
const char *house_unit(const struct house *house);

void house_free(struct house *house);

#endif
