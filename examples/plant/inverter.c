#include "plant/inverter.h"

#include <math.h>
#include <string.h>

/* Bus voltage above DVL with which the house gets power again. */
#define DVL_BACK_V 4.0
/* Likewise above its own cut-off. */
#define OWN_BACK_V 6.0
/* Largest current of the inverter stage: only its rating counts. */
#define LOAD_A_MAX 200.0
#define VOLT       1e-3 /* V in a mV, A in a mA */

void plant_inverter_defaults(struct plant_inverter *inverter)
{
    memset(inverter, 0, sizeof(*inverter));
    inverter->power_w = 5000.0;
    inverter->standby_w = 30.0;
    inverter->lag_s = 2.0;
    inverter->silence_s = 10.0;
    inverter->heeds_dvl = true;
    inverter->dvl_s = 10.0;
    inverter->start_v = 44.0;
    inverter->settle_s = 4.0;
    inverter->start_s = 10.0;
    inverter->start_w = 60.0;
    inverter->off_v = 40.0;
    inverter->give_up_s = 300.0;
    inverter->own_charge_v = 58.4;
    inverter->own_charge_a = 100.0;
    inverter->own_cutoff_v = 42.0;
}

/* Puts the limits into the delay line, not more often than it can hold. */
static void hear(struct plant_inverter *inverter, const struct lbms_limit_view *told, double time_s)
{
    const double apart_s = inverter->lag_s / (PLANT_INVERTER_LIMITS / 2u);
    const unsigned place = (inverter->first + inverter->count) % PLANT_INVERTER_LIMITS;

    if ((inverter->count == PLANT_INVERTER_LIMITS) ||
        ((inverter->count > 0u) && (time_s - inverter->told_s < apart_s))) {
        return;
    }
    inverter->told[place].at_s = time_s;
    inverter->told[place].limit = *told;
    inverter->count++;
    inverter->told_s = time_s;
}

/* Takes out what is old enough. */
static void follow(struct plant_inverter *inverter, double time_s)
{
    while ((inverter->count > 0u) &&
           (inverter->told[inverter->first].at_s + inverter->lag_s <= time_s + 1e-6)) {
        inverter->limit = inverter->told[inverter->first].limit;
        inverter->first = (inverter->first + 1u) % PLANT_INVERTER_LIMITS;
        inverter->count--;
    }
    if (time_s - inverter->told_s > inverter->silence_s) {
        memset(&inverter->limit, 0, sizeof(inverter->limit));
    }
}

static bool requests(const struct plant_inverter *inverter, unsigned request)
{
    return (inverter->limit.requests & request) != 0u;
}

static double charge_a(const struct plant_inverter *inverter)
{
    if (inverter->ignores) {
        return inverter->own_charge_a;
    }
    return requests(inverter, LBMS_REQUEST_CHARGE_PERMITTED) ? (inverter->limit.ccl_ma * VOLT) : 0.0;
}

static bool permitted(const struct plant_inverter *inverter)
{
    return inverter->ignores || requests(inverter, LBMS_REQUEST_DISCHARGE_PERMITTED);
}

static double discharge_a(const struct plant_inverter *inverter)
{
    if (inverter->ignores) {
        return LOAD_A_MAX;
    }
    if (inverter->stopped || !permitted(inverter)) {
        return 0.0;
    }
    return inverter->limit.dcl_ma * VOLT;
}

/* Power for charging. */
static double source_w(const struct plant_inverter *inverter)
{
    const bool asked = !inverter->ignores && requests(inverter, LBMS_REQUEST_FORCE_CHARGE);

    return inverter->sun_w + (asked ? inverter->grid_w : 0.0);
}

static void heed_dvl(struct plant_inverter *inverter, double bus_v, double dt_s)
{
    const double dvl_v = inverter->limit.dvl_mv * VOLT;
    const bool change = inverter->stopped ? (bus_v >= dvl_v + DVL_BACK_V) : (bus_v < dvl_v);

    if (!inverter->heeds_dvl || inverter->ignores) {
        inverter->stopped = false;
        return;
    }
    inverter->dvl_timer_s = change ? (inverter->dvl_timer_s + dt_s) : 0.0;
    if (inverter->dvl_timer_s >= inverter->dvl_s) {
        inverter->stopped = !inverter->stopped;
        inverter->dvl_timer_s = 0.0;
    }
}

static void turn_off(struct plant_inverter *inverter)
{
    inverter->state = PLANT_INVERTER_OFF;
    inverter->stopped = false;
    inverter->dvl_timer_s = 0.0;
    inverter->empty_s = 0.0;
}

/* Off, starting, on. */
static void live(struct plant_inverter *inverter, double bus_v, double dt_s)
{
    const bool fed = source_w(inverter) > 0.0;

    if (bus_v < inverter->off_v) {
        turn_off(inverter);
        inverter->given_up = false; /* begins anew with the voltage */
        return;
    }
    inverter->given_up = inverter->given_up && !fed;
    switch (inverter->state) {
    case PLANT_INVERTER_OFF:
        if ((bus_v >= inverter->start_v) && !inverter->given_up) {
            inverter->state = PLANT_INVERTER_STARTING;
            inverter->starting_s = 0.0;
        }
        break;
    case PLANT_INVERTER_STARTING:
        inverter->starting_s += dt_s;
        if (inverter->starting_s >= inverter->start_s) {
            inverter->state = PLANT_INVERTER_ON;
        }
        break;
    case PLANT_INVERTER_ON:
        heed_dvl(inverter, bus_v, dt_s);
        inverter->empty_s = (!fed && !permitted(inverter)) ? (inverter->empty_s + dt_s) : 0.0;
        if (inverter->empty_s >= inverter->give_up_s) {
            turn_off(inverter);
            inverter->given_up = true;
        }
        break;
    }
}

static void take(struct plant_world *world, double power_w, double a_max)
{
    world->load.demand.kind = (power_w > 0.0) ? PLANT_DEMAND_POWER : PLANT_DEMAND_NONE;
    world->load.demand.value = power_w;
    world->load.a_max = a_max;
}

/* Sun and house meet on the bus; the pack carries the difference. The charger feeds the electronics while it works. */
static void work(const struct plant_inverter *inverter, struct plant_world *world)
{
    const double net_w = source_w(inverter) - inverter->house_w - inverter->standby_w;
    const double into_a = charge_a(inverter);
    const double out_of_a = discharge_a(inverter);

    if ((net_w > 0.0) && (into_a > 0.0)) {
        world->charger.demand.kind = PLANT_DEMAND_POWER;
        world->charger.demand.value = fmin(net_w, inverter->power_w);
        world->charger.a_max = into_a;
        world->charger.v_max = inverter->ignores ? inverter->own_charge_v : (inverter->limit.cvl_mv * VOLT);
    } else if ((net_w < -inverter->standby_w) && (out_of_a > 0.0)) {
        take(world, fmin(-net_w, inverter->power_w), out_of_a);
    } else {
        take(world, inverter->standby_w, LOAD_A_MAX);
    }
}

bool plant_inverter_talks(const struct plant_inverter *inverter)
{
    return !inverter->ignores && (inverter->state == PLANT_INVERTER_ON);
}

void plant_inverter_step(struct plant_inverter *inverter, struct plant_world *world,
                         const struct lbms_limit_view *told, double time_s)
{
    const double dt_s = time_s - inverter->last_s;

    inverter->last_s = time_s;
    if (told != NULL) {
        hear(inverter, told, time_s);
    }
    follow(inverter, time_s);
    live(inverter, world->bus_v, dt_s);

    world->charger.demand.kind = PLANT_DEMAND_NONE;
    world->load.cutoff_v = inverter->ignores ? inverter->own_cutoff_v : 0.0;
    world->load.resume_v = inverter->own_cutoff_v + OWN_BACK_V;
    world->load.resume_s = 0.0;
    take(world, 0.0, LOAD_A_MAX);
    if ((inverter->state == PLANT_INVERTER_STARTING) && (inverter->starting_s >= inverter->settle_s)) {
        take(world, inverter->start_w, LOAD_A_MAX);
    } else if (inverter->state == PLANT_INVERTER_ON) {
        work(inverter, world);
    } else {
        /* off: nothing */
    }
}
