#include "soc_bench/house.h"

#include <math.h>
#include <string.h>

#define PI            3.14159265358979323846
#define STEPS_PER_H   (3600 / BENCH_STEP_S)
#define STEPS_PER_DAY (24 * STEPS_PER_H)
#define CLOUD_STEPS   (300 / BENCH_STEP_S)
#define PACK_V        52.0
#define LIMIT_A       50.0
#define SUNRISE_H     6.5
#define SUN_H         12.0
#define SQUARE_H      5.0

/* A time of the day around which loads are switched on: centre and spread (h), power (kW), loads a day. */
static const struct meal {
    double centre_h, spread_h, kw;
    int loads;
} meals[] = {{7.5, 1.2, 1.5, 4}, {12.5, 1.5, 1.0, 2}, {19.5, 2.0, 1.6, 7}};

#define MEALS (sizeof(meals) / sizeof(meals[0]))

static double draw(struct plant_rng *rng, double low, double high)
{
    return low + (high - low) * plant_rng_uniform(rng);
}

/* One load: 6 to 54 minutes at 0.4 to 1.2 times the power of its meal. */
static void take_load(const struct meal *meal, struct plant_rng *rng, double day, double scale, float *kw,
                      size_t count)
{
    const double start_h = day * 24.0 + meal->centre_h + meal->spread_h * plant_rng_bell(rng);
    const double hours = draw(rng, 0.1, 0.9);
    const double power = scale * meal->kw * draw(rng, 0.4, 1.2);
    const long first = (long)(start_h * STEPS_PER_H);
    const long last = (long)((start_h + hours) * STEPS_PER_H);
    long n;

    for (n = (first > 0) ? first : 0; (n < last) && (n < (long)count); n++) {
        kw[n] = (float)((double)kw[n] - power);
    }
}

static void take_loads(const struct bench_house *house, struct plant_rng *rng, float *kw, size_t count)
{
    const double base = house->load_scale * draw(rng, 0.20, 0.35);
    const int days = (int)(count / STEPS_PER_DAY) + 1;
    size_t n;
    size_t m;
    int day;
    int load;

    for (n = 0u; n < count; n++) {
        kw[n] = (float)-base;
    }
    for (day = 0; day < days; day++) {
        for (m = 0u; m < MEALS; m++) {
            for (load = 0; load < meals[m].loads; load++) {
                take_load(&meals[m], rng, (double)day, house->load_scale, kw, count);
            }
        }
    }
}

static void give_sun(const struct bench_house *house, struct plant_rng *rng, float *kw, size_t count)
{
    double day_factor = 0.0;
    double cloud = 0.0;
    size_t n;

    for (n = 0u; n < count; n++) {
        const double hour = (double)(n % STEPS_PER_DAY) / STEPS_PER_H - SUNRISE_H;

        if (n % STEPS_PER_DAY == 0u) {
            day_factor = draw(rng, house->day_low, house->day_high);
        }
        if (n % CLOUD_STEPS == 0u) {
            cloud = fmin(draw(rng, 0.5, 1.1), 1.0);
        }
        if ((hour > 0.0) && (hour < SUN_H)) {
            kw[n] = (float)((double)kw[n] + house->sun_kw * day_factor * cloud * sin(hour / SUN_H * PI));
        }
    }
}

static void swing(const struct bench_house *house, struct plant_rng *rng, float *kw, size_t count)
{
    const double phase = draw(rng, 0.0, 2.0 * PI);
    const double power = house->square_kw * draw(rng, 0.6, 1.0);
    size_t n;

    for (n = 0u; n < count; n++) {
        const double hour = (double)n / STEPS_PER_H;

        kw[n] = (float)((sin(2.0 * PI * hour / SQUARE_H + phase) < 0.0) ? -power : power);
    }
}

void bench_house_current(const struct bench_house *house, struct plant_rng *rng, float *current_a,
                         size_t count)
{
    size_t n;

    memset(current_a, 0, count * sizeof(*current_a));
    if (house->sun_kw > 0.0) {
        take_loads(house, rng, current_a, count);
        give_sun(house, rng, current_a, count);
    } else if (house->square_kw > 0.0) {
        swing(house, rng, current_a, count);
    }
    for (n = 0u; n < count; n++) {
        current_a[n] = (float)fmin(fmax((double)current_a[n] * 1000.0 / PACK_V, -LIMIT_A), LIMIT_A);
    }
}
