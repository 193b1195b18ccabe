/* The pack and the house of the bench. */
#include "soc_bench/plant.h"

#include <math.h>
#include <string.h>

#include "soc_bench/house.h"
#include "support/suite.h"

#define DAY_S   86400.0
#define DAY     8640u /* steps */
#define DAYS    7u
#define STEP_AH (BENCH_STEP_S / 3600.0)

static const struct bench_pack_make plain = {.capacity_ah = 100.0, .ceiling = 1.0, .mean_c = 25.0};
static const struct bench_house sunny = {.sun_kw = 6.0, .day_low = 0.75, .day_high = 1.0, .load_scale = 1.0};
static struct bench_pack pack;
static struct plant_rng rng;
static float current_a[DAYS * DAY];

static void make(const struct bench_pack_make *of, uint64_t seed, double soc)
{
    plant_rng_seed(&rng, seed, 0u);
    bench_pack_init(&pack, of, &rng, soc);
}

/* Runs on; returns the charge that flowed, Ah. */
static double run(double from_s, double hours, double wanted_a)
{
    const long steps = lround(hours * 3600.0 / BENCH_STEP_S);
    double charge_ah = 0.0;
    long n;

    for (n = 0; n < steps; n++) {
        charge_ah += bench_pack_step(&pack, from_s + (double)(n * BENCH_STEP_S), wanted_a) * STEP_AH;
    }
    return charge_ah;
}

START_TEST(the_state_of_charge_is_the_charge_that_flowed)
{
    uint64_t seed;

    for (seed = 1u; seed <= 8u; seed++) {
        double charge_ah;

        make(&plain, seed, 0.50);
        charge_ah = run(0.0, 1.0, -20.0);
        ck_assert_double_eq_tol(charge_ah, -20.0, 1e-9);
        charge_ah += run(3600.0, 2.0, 15.0);
        ck_assert_double_eq_tol(pack.cell.soc, 0.50 + charge_ah / 100.0, 1e-9);
    }
}
END_TEST

START_TEST(an_aged_pack_moves_further_with_the_same_charge)
{
    struct bench_pack_make aged = plain;

    aged.capacity_ah = 80.0;
    make(&aged, 1u, 0.50);
    (void)run(0.0, 1.0, -20.0);
    ck_assert_double_eq_tol(pack.cell.soc, 0.25, 1e-9);
}
END_TEST

START_TEST(own_consumption_flows_at_all_times_and_is_measured)
{
    struct bench_pack_make hungry = plain;

    hungry.own_a = 0.050;
    make(&hungry, 1u, 0.50);
    ck_assert_double_eq_tol(bench_pack_step(&pack, 0.0, 0.0), -0.050, 1e-12);
    ck_assert_double_eq_tol(bench_pack_step(&pack, 0.0, 10.0), 9.950, 1e-12);
    (void)run(0.0, 20.0, 0.0);
    ck_assert_double_lt(pack.cell.soc, 0.4905);
}
END_TEST

START_TEST(the_charger_holds_3_50_v_until_the_current_has_fallen)
{
    double highest = 0.0;
    double last_a = 50.0;
    long n;

    make(&plain, 3u, 0.90);
    for (n = 0; n < 2 * 360; n++) {
        last_a = bench_pack_step(&pack, (double)(n * BENCH_STEP_S), 50.0);
        highest = fmax(highest, pack.v);
    }
    ck_assert_double_lt(highest, 3.65);
    ck_assert_double_eq_tol(pack.v, 3.50, 0.02);
    ck_assert_double_ge(last_a, 0.0);
    ck_assert_double_lt(last_a, 5.0);
    ck_assert_double_gt(pack.cell.soc, 0.98);
}
END_TEST

START_TEST(discharging_stops_at_3_00_v)
{
    make(&plain, 3u, 0.10);
    (void)run(0.0, 2.0, -20.0);
    ck_assert_double_lt(pack.cell.soc, 0.06);
    ck_assert_double_gt(pack.cell.soc, 0.0);
    ck_assert_double_gt(pack.v, 2.8);
}
END_TEST

START_TEST(the_house_keeps_its_limits)
{
    struct bench_pack_make limited = plain;

    limited.floor = 0.18;
    limited.ceiling = 0.90;
    make(&limited, 1u, 0.50);
    (void)run(0.0, 2.0, 50.0);
    ck_assert_double_ge(pack.cell.soc, 0.90);
    ck_assert_double_lt(pack.cell.soc, 0.902);
    (void)run(0.0, 3.0, -50.0);
    ck_assert_double_le(pack.cell.soc, 0.18);
    ck_assert_double_gt(pack.cell.soc, 0.178);
    /* and lets the pack go back from each */
    ck_assert_double_gt(bench_pack_step(&pack, 0.0, 10.0), 0.0);
}
END_TEST

START_TEST(the_temperature_swings_by_3_k_around_a_mean_of_chance)
{
    uint64_t seed;

    for (seed = 1u; seed <= 8u; seed++) {
        double low = 100.0;
        double high = -100.0;
        unsigned n;

        make(&plain, seed, 0.50);
        for (n = 0u; n < DAY; n += 10u) {
            (void)bench_pack_step(&pack, (double)n * BENCH_STEP_S, 0.0);
            low = fmin(low, pack.cell.temp_c);
            high = fmax(high, pack.cell.temp_c);
        }
        ck_assert_double_eq_tol(high - low, 6.0, 0.01);
        ck_assert_double_ge(0.5 * (high + low), 23.0 - 0.01);
        ck_assert_double_le(0.5 * (high + low), 27.0 + 0.01);
    }
}
END_TEST

START_TEST(packs_of_chance_differ_within_their_limits_and_only_by_their_seed)
{
    double first;
    uint64_t seed;

    make(&plain, 1u, 0.5);
    (void)run(0.0, 1.0, -20.0);
    first = pack.v;
    make(&plain, 1u, 0.5);
    (void)run(0.0, 1.0, -20.0);
    ck_assert_double_eq(pack.v, first);
    for (seed = 2u; seed < 40u; seed++) {
        struct plant_cell_type nominal;
        int row;

        plant_cell_type_lfp100(&nominal);
        make(&plain, seed, 0.5);
        (void)run(0.0, 1.0, -20.0);
        ck_assert_double_ne(pack.v, first);
        ck_assert_double_ge(pack.cell.r_scale, 0.8);
        ck_assert_double_le(pack.cell.r_scale, 1.4);
        /* between the steps of the curve only the smooth error is left: four cosines of 1.2 mV each */
        for (row = 40; row <= 55; row++) {
            ck_assert_double_eq_tol(pack.type.rest_v[row], nominal.rest_v[row], 4.0 * 3.0 * 1.2e-3);
        }
    }
}
END_TEST

START_TEST(the_other_make_of_cell_has_its_knee_at_75_percent)
{
    struct bench_pack_make other = plain;

    other.other_knee = true;
    make(&plain, 1u, 0.5);
    /* V between 70 and 80 %, and between 60 and 68 %: with the knee there it is 20 mV more */
    ck_assert_double_lt(pack.type.rest_v[80] - pack.type.rest_v[70], 10e-3);
    ck_assert_double_gt(pack.type.rest_v[68] - pack.type.rest_v[60], 20e-3);
    make(&other, 1u, 0.5);
    ck_assert_double_gt(pack.type.rest_v[80] - pack.type.rest_v[70], 15e-3);
    ck_assert_double_lt(pack.type.rest_v[68] - pack.type.rest_v[60], 13e-3);
}
END_TEST

static void live(const struct bench_house *house, uint64_t seed)
{
    plant_rng_seed(&rng, seed, 0u);
    bench_house_current(house, &rng, current_a, DAYS * DAY);
}

static double mean_a(double from_h, double to_h)
{
    double sum = 0.0;
    size_t count = 0u;
    size_t n;

    for (n = 0u; n < DAYS * DAY; n++) {
        const double hour = (double)(n % DAY) / 360.0;

        if ((hour >= from_h) && (hour < to_h)) {
            sum += (double)current_a[n];
            count++;
        }
    }
    return sum / (double)count;
}

START_TEST(a_house_charges_at_noon_and_discharges_at_night_within_50_a)
{
    double largest = 0.0;
    size_t n;

    live(&sunny, 1u);
    for (n = 0u; n < DAYS * DAY; n++) {
        largest = fmax(largest, fabs((double)current_a[n]));
    }
    ck_assert_double_eq_tol(largest, 50.0, 1e-3);
    ck_assert_double_gt(mean_a(11.0, 14.0), 20.0);
    ck_assert_double_lt(mean_a(18.5, 22.0), -8.0);
    /* at two in the night the base load alone: 0.20 to 0.35 kW at 52 V */
    ck_assert_double_ge(mean_a(1.0, 3.0), -0.35e3 / 52.0 - 0.01);
    ck_assert_double_le(mean_a(1.0, 3.0), -0.20e3 / 52.0 + 0.01);
}
END_TEST

START_TEST(a_square_wave_has_its_power_and_a_period_of_5_hours)
{
    static const struct bench_house square = {.square_kw = 1.2};
    size_t changes = 0u;
    size_t n;

    live(&square, 2u);
    for (n = 0u; n < DAYS * DAY; n++) {
        ck_assert_double_ge(fabs((double)current_a[n]), 0.6 * 1200.0 / 52.0 - 0.01);
        ck_assert_double_le(fabs((double)current_a[n]), 1200.0 / 52.0 + 0.01);
        ck_assert_double_eq_tol(fabs((double)current_a[n]), fabs((double)current_a[0]), 1e-6);
        changes += (n > 0u) && (current_a[n] * current_a[n - 1u] < 0.0f);
    }
    /* 168 h: 33 or 34 periods */
    ck_assert_uint_ge(changes, 66u);
    ck_assert_uint_le(changes, 68u);
}
END_TEST

START_TEST(no_house_wants_no_current)
{
    static const struct bench_house nobody;
    size_t n;

    live(&nobody, 3u);
    for (n = 0u; n < DAYS * DAY; n++) {
        ck_assert(current_a[n] == 0.0f);
    }
}
END_TEST

START_TEST(the_same_seed_gives_the_same_days)
{
    static float first[DAY];

    live(&sunny, 4u);
    memcpy(first, current_a, sizeof(first));
    live(&sunny, 4u);
    ck_assert_mem_eq(first, current_a, sizeof(first));
    live(&sunny, 5u);
    ck_assert_mem_ne(first, current_a, sizeof(first));
}
END_TEST

SUITE("soc_bench/plant", CASE("", the_state_of_charge_is_the_charge_that_flowed),
      CASE("", an_aged_pack_moves_further_with_the_same_charge),
      CASE("", own_consumption_flows_at_all_times_and_is_measured),
      CASE("", the_charger_holds_3_50_v_until_the_current_has_fallen), CASE("", discharging_stops_at_3_00_v),
      CASE("", the_house_keeps_its_limits), CASE("", the_temperature_swings_by_3_k_around_a_mean_of_chance),
      CASE("", packs_of_chance_differ_within_their_limits_and_only_by_their_seed),
      CASE("", the_other_make_of_cell_has_its_knee_at_75_percent),
      CASE("", a_house_charges_at_noon_and_discharges_at_night_within_50_a),
      CASE("", a_square_wave_has_its_power_and_a_period_of_5_hours), CASE("", no_house_wants_no_current),
      CASE("", the_same_seed_gives_the_same_days))
