/* A record as samples, and what bad sensors make of them. */
#include "soc_eval/replay.h"

#include <math.h>
#include <string.h>

#include "support/suite.h"

/* s, A, V, degC, state of charge: 1 s apart, then a gap of 25 s */
static struct soc_row rows[] = {
    {{100.0, -1.0, 3.31, 20.0, 0.50}},
    {{101.0, -2.0, 3.30, 21.0, 0.49}},
    {{126.0, 4.0, 3.40, 22.0, 0.48}},
};
static struct soc_record record;
static struct soc_sensor sensor;
static struct soc_replay replay;
static struct soc_tick tick;
static const struct soc_row *row;

static void begin(size_t first, uint64_t seed)
{
    record.row = rows;
    record.count = sizeof(rows) / sizeof(rows[0]);
    soc_replay_begin(&replay, &record, first, &sensor, seed);
}

static void expect_tick(double time_s, double dt_s, size_t from)
{
    ck_assert(soc_replay_next(&replay, &tick, &row));
    ck_assert_double_eq_tol(replay.time_s, time_s, 1e-9);
    ck_assert_double_eq_tol(tick.dt_s, dt_s, 1e-9);
    ck_assert_uint_eq(tick.now_ms, (unsigned)lround(1000.0 * time_s));
    ck_assert_ptr_eq(row, &rows[from]);
}

START_TEST(every_row_becomes_a_sample_and_gaps_are_filled_with_the_row_before)
{
    soc_sensor_ideal(&sensor);
    begin(0u, 1u);
    expect_tick(0.0, 1.0, 0u);
    ck_assert_double_eq(tick.current_a, -1.0);
    ck_assert_double_eq(tick.mean_v, 3.31);
    ck_assert_double_eq(tick.max_v, 3.31);
    ck_assert_double_eq(tick.temp_c, 20.0);
    ck_assert(!tick.no_current);
    expect_tick(1.0, 1.0, 1u);
    expect_tick(11.0, 10.0, 1u);
    expect_tick(21.0, 10.0, 1u);
    ck_assert_double_eq(tick.current_a, -2.0);
    expect_tick(26.0, 5.0, 2u);
    ck_assert_double_eq(tick.current_a, 4.0);
    ck_assert(!soc_replay_next(&replay, &tick, &row));
}
END_TEST

START_TEST(a_replay_may_begin_in_the_middle)
{
    soc_sensor_ideal(&sensor);
    begin(1u, 1u);
    expect_tick(0.0, 10.0, 1u);
    expect_tick(10.0, 10.0, 1u);
    expect_tick(20.0, 10.0, 1u);
    expect_tick(25.0, 5.0, 2u);
    ck_assert(!soc_replay_next(&replay, &tick, &row));
}
END_TEST

START_TEST(gain_and_offsets_change_what_is_measured)
{
    soc_sensor_ideal(&sensor);
    sensor.gain = 1.01;
    sensor.offset_a = 0.2;
    sensor.voltage_v = 0.005;
    sensor.temp_c = -2.0;
    begin(0u, 1u);
    expect_tick(0.0, 1.0, 0u);
    ck_assert_double_eq_tol(tick.current_a, -1.01 + 0.2, 1e-12);
    ck_assert_double_eq_tol(tick.mean_v, 3.315, 1e-12);
    ck_assert_double_eq_tol(tick.max_v, 3.315, 1e-12);
    ck_assert_double_eq_tol(tick.temp_c, 18.0, 1e-12);
    /* the record itself stays */
    ck_assert_double_eq(rows[0].value[SOC_COLUMN_CURRENT], -1.0);
}
END_TEST

START_TEST(noise_has_the_deviation_that_is_asked_for_and_no_mean)
{
    struct plant_rng rng;
    double sum = 0.0;
    double sum2 = 0.0;
    double current2 = 0.0;
    int n;

    plant_rng_seed(&rng, 5u, 0u);
    soc_sensor_ideal(&sensor);
    sensor.noise_v = 1e-3;
    sensor.noise_a = 0.05;
    for (n = 0; n < 20000; n++) {
        memset(&tick, 0, sizeof(tick));
        soc_sensor_apply(&sensor, &rng, &tick);
        sum += tick.mean_v;
        sum2 += tick.mean_v * tick.mean_v;
        current2 += tick.current_a * tick.current_a;
    }
    /* four times the standard error of each */
    ck_assert_double_eq_tol(sum / 20000.0, 0.0, 4.0 * 1e-3 / sqrt(20000.0));
    ck_assert_double_eq_tol(sqrt(sum2 / 20000.0), 1e-3, 0.02 * 1e-3);
    ck_assert_double_eq_tol(sqrt(current2 / 20000.0), 0.05, 0.02 * 0.05);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_noise)
{
    double first;

    soc_sensor_ideal(&sensor);
    sensor.noise_v = 1e-3;
    begin(0u, 7u);
    ck_assert(soc_replay_next(&replay, &tick, &row));
    first = tick.mean_v;
    begin(0u, 7u);
    ck_assert(soc_replay_next(&replay, &tick, &row));
    ck_assert_double_eq(tick.mean_v, first);
    begin(0u, 8u);
    ck_assert(soc_replay_next(&replay, &tick, &row));
    ck_assert_double_ne(tick.mean_v, first);
}
END_TEST

SUITE("soc_eval/replay", CASE("", every_row_becomes_a_sample_and_gaps_are_filled_with_the_row_before),
      CASE("", a_replay_may_begin_in_the_middle), CASE("", gain_and_offsets_change_what_is_measured),
      CASE("", noise_has_the_deviation_that_is_asked_for_and_no_mean),
      CASE("", the_same_seed_gives_the_same_noise))
