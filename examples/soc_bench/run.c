#include "soc_bench/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "soc_eval/lines.h"
#include "soc_eval/replay.h"
#include "soc_eval/runner.h"

#define DAY_S         86400.0
#define HOUR_S        3600.0
#define RECORD_FROM_S (2.0 * HOUR_S)
#define SCORE_STEPS   6u /* a simulated pack is compared once a minute */
#define TRACE_S       300.0
#define NOISE_V       1e-3
#define NOISE_A       0.050 /* of a sample of 10 s */
#define OFFSET_MIN_A  0.100
#define OFFSET_MAX_A  0.300
#define OFFSET_A      0.200
#define GAIN          0.01
#define COMMON_V      5e-3
#define SINGLE_V      2e-3
#define CELLS         16
#define TEMP_C        2.0
#define START_ERROR   0.20
#define FRESH_SD      0.02 /* a start that was full a moment ago */
#define FACTORY_SD_A  0.020
#define EMPTYING_A    20.0
#define EMPTYING_S    (DAY_S / 2.0)
#define REFERENCE_AH  100.0

/* Streams of chance of one seed. */
enum stream { STREAM_HOUSE, STREAM_PACK, STREAM_SENSOR, STREAM_NOISE };

/* All methods in one run. */
struct team {
    const struct bench_crew *crew;
    struct soc_runner runner[BENCH_METHODS_MAX];
    size_t count;
    double next_trace_s;
};

static void trace_head(const struct team *team)
{
    size_t m;

    if (team->crew->trace == NULL) {
        return;
    }
    (void)fprintf(team->crew->trace, "hours,reference");
    for (m = 0u; m < team->count; m++) {
        const char *name = team->crew->method[m]->name;

        (void)fprintf(team->crew->trace, ",%s,%s_sd", name, name);
    }
    (void)fprintf(team->crew->trace, "\n");
}

static int team_begin(struct team *team, const struct bench_crew *crew, const struct soc_setup *setup,
                      double from_s, double duration_s)
{
    memset(team, 0, sizeof(*team));
    team->crew = crew;
    while (crew->method[team->count] != NULL) {
        if (!soc_runner_begin(&team->runner[team->count], crew->method[team->count], setup, from_s,
                              duration_s)) {
            (void)fprintf(stderr, "soc_bench: not enough memory\n");
            return -1;
        }
        team->count++;
    }
    trace_head(team);
    return 0;
}

static void team_tick(struct team *team, const struct soc_tick *tick, double time_s)
{
    size_t m;

    for (m = 0u; m < team->count; m++) {
        soc_runner_tick(&team->runner[m], tick, time_s);
    }
}

static void team_trace(struct team *team, double time_s, double reference)
{
    FILE *out = team->crew->trace;
    size_t m;

    if ((out == NULL) || (time_s < team->next_trace_s)) {
        return;
    }
    team->next_trace_s += TRACE_S;
    (void)fprintf(out, "%.4f,%.3f", time_s / HOUR_S, 100.0 * reference);
    for (m = 0u; m < team->count; m++) {
        const struct soc_reading *reading = &team->runner[m].reading;

        (void)fprintf(out, ",%.3f,%.3f", 100.0 * reading->soc, 100.0 * fmax(reading->sd, 0.0));
    }
    (void)fprintf(out, "\n");
}

static void team_score(struct team *team, double time_s, double reference)
{
    size_t m;

    for (m = 0u; m < team->count; m++) {
        soc_runner_score(&team->runner[m], time_s, reference);
    }
    team_trace(team, time_s, reference);
}

/* Takes the figures; offset_a and capacity_ah are the true ones, scale brings the offset to a pack of 100 Ah. */
static void team_end(struct team *team, double offset_a, double capacity_ah, double scale,
                     struct bench_result *result)
{
    size_t m;

    for (m = 0u; m < team->count; m++) {
        struct soc_runner *r = &team->runner[m];

        soc_metrics_figures(&r->metrics, &result[m].figures);
        result[m].largest_jump = r->largest_jump;
        result[m].offset_error_ma = (r->reading.offset_a - offset_a) * scale * 1000.0;
        result[m].capacity_error = r->reading.capacity_ah / capacity_ah - 1.0;
        result[m].done = true;
        soc_runner_end(r);
    }
}

size_t bench_run_count(const struct bench_scenario *scenario, size_t seeds)
{
    return (scenario->record[0] != NULL) ? BENCH_VARIANTS : seeds;
}

/* ---- records */

static int load_record(const struct bench_scenario *scenario, const char *folder, struct soc_record *record)
{
    char path[1024];
    char error[SOC_ERROR_SIZE];
    size_t k;

    for (k = 0u; (k < BENCH_RECORDS_MAX) && (scenario->record[k] != NULL); k++) {
        (void)snprintf(path, sizeof(path), "%s/%s.csv", folder, scenario->record[k]);
        if (soc_record_load(record, path, error, sizeof(error)) != 0) {
            (void)fprintf(stderr, "soc_bench: %s\n", error);
            return -1;
        }
    }
    return 0;
}

static int play(const struct bench_scenario *scenario, size_t number, uint64_t seed,
                const struct soc_record *record, const struct bench_crew *crew, struct bench_result *result)
{
    const size_t first = soc_record_first_below(record, scenario->start_below);
    const double start = record->row[first].value[SOC_COLUMN_SOC];
    struct bench_variant variant;
    struct soc_sensor sensor;
    struct soc_replay replay;
    struct soc_tick tick;
    struct soc_cell cell;
    struct soc_setup setup = {0};
    struct team team;
    const struct soc_row *row;
    double duration_s;

    if (!soc_cell_builtin(&cell, scenario->cell)) {
        (void)fprintf(stderr, "soc_bench: no cell %s\n", scenario->cell);
        return -1;
    }
    bench_variant(number, &variant);
    sensor.gain = 1.0 + variant.gain;
    sensor.offset_a = variant.offset * cell.capacity_ah;
    sensor.voltage_v = variant.voltage_v;
    sensor.temp_c = variant.temp_c;
    sensor.noise_a = 0.0;
    sensor.noise_v = NOISE_V;
    setup.cell = &cell;
    setup.capacity_ah = cell.capacity_ah;
    setup.soc = fmin(fmax(start + variant.start, 0.0), 1.0);
    duration_s =
        record->row[record->count - 1u].value[SOC_COLUMN_TIME] - record->row[first].value[SOC_COLUMN_TIME];
    if (team_begin(&team, crew, &setup, RECORD_FROM_S, duration_s) != 0) {
        return -1;
    }
    soc_replay_begin(&replay, record, first, &sensor, seed);
    while (soc_replay_next(&replay, &tick, &row)) {
        team_tick(&team, &tick, replay.time_s);
        team_score(&team, replay.time_s, row->value[SOC_COLUMN_SOC]);
    }
    team_end(&team, sensor.offset_a, cell.capacity_ah, REFERENCE_AH / cell.capacity_ah, result);
    return 0;
}

static int run_record(const struct bench_scenario *scenario, size_t number, uint64_t seed, const char *folder,
                      const struct bench_crew *crew, struct bench_result *result)
{
    struct soc_record record = {0};
    int status = load_record(scenario, folder, &record);

    if (status == 0) {
        status = play(scenario, number, seed, &record, crew, result);
    }
    soc_record_free(&record);
    return status;
}

/* ---- the simulated pack */

/* Size and sign of an error: the given size, or for any_errors a part of it from `least` to 1. */
static double draw_error(const struct bench_scenario *scenario, struct plant_rng *rng, double size,
                         double least)
{
    const double sign = plant_rng_sign(rng);

    return sign * size * (scenario->any_errors ? (least + (1.0 - least) * plant_rng_uniform(rng)) : 1.0);
}

static void draw_sensor(const struct bench_scenario *scenario, struct soc_sensor *sensor,
                        struct plant_rng *rng)
{
    int k;

    sensor->gain = 1.0 + draw_error(scenario, rng, GAIN, 0.0);
    if (scenario->any_errors) {
        sensor->offset_a = draw_error(scenario, rng, OFFSET_MAX_A, OFFSET_MIN_A / OFFSET_MAX_A);
    } else {
        sensor->offset_a = draw_error(scenario, rng, OFFSET_A, 1.0);
    }
    sensor->voltage_v = draw_error(scenario, rng, COMMON_V, 0.0);
    for (k = 0; k < CELLS; k++) {
        sensor->voltage_v += SINGLE_V * plant_rng_sign(rng) / (double)CELLS;
    }
    sensor->temp_c = draw_error(scenario, rng, TEMP_C, 0.0);
    sensor->noise_a = NOISE_A;
    sensor->noise_v = NOISE_V;
}

static void set_up(const struct bench_scenario *scenario, const struct bench_pack *pack,
                   struct plant_rng *rng, const struct soc_sensor *sensor, struct soc_setup *setup)
{
    const double start = pack->cell.soc + START_ERROR * plant_rng_sign(rng);

    setup->capacity_ah = REFERENCE_AH;
    setup->soc = fmin(fmax(start, 0.02), 0.98);
    if (scenario->standby) {
        setup->soc = 1.0;
        setup->sd = FRESH_SD;
    }
    if (scenario->zero == BENCH_ZERO_FACTORY) {
        setup->zero_known = true;
        setup->zero_a = sensor->offset_a + FACTORY_SD_A * plant_rng_bell(rng);
        setup->zero_sd_a = FACTORY_SD_A;
    }
}

static double wanted_a(const struct bench_scenario *scenario, const float *house_a, size_t step,
                       double time_s)
{
    if (scenario->standby) {
        return (time_s >= (double)scenario->days * DAY_S - EMPTYING_S) ? -EMPTYING_A : 0.0;
    }
    return (double)house_a[step];
}

/* One step of the pack, as measured at its end. */
static void step_pack(const struct bench_scenario *scenario, struct bench_pack *pack, double wanted,
                      double time_s, struct soc_tick *tick)
{
    memset(tick, 0, sizeof(*tick));
    tick->dt_s = (double)BENCH_STEP_S;
    tick->now_ms = (uint32_t)(uint64_t)llround((time_s + tick->dt_s) * 1000.0);
    tick->current_a = bench_pack_step(pack, time_s, wanted);
    tick->no_current = bench_zero_now(scenario, time_s);
    if (tick->no_current) {
        tick->current_a = 0.0;
    }
    tick->mean_v = pack->v;
    tick->max_v = pack->v + SINGLE_V;
    tick->temp_c = pack->cell.temp_c;
}

static int simulate(const struct bench_scenario *scenario, uint64_t seed, float *house_a, size_t steps,
                    const struct bench_crew *crew, struct bench_result *result)
{
    struct plant_rng rng[STREAM_NOISE + 1];
    struct bench_pack pack;
    struct soc_sensor sensor;
    struct soc_cell cell;
    struct soc_setup setup = {0};
    struct team team;
    size_t n;
    int s;

    for (s = 0; s <= (int)STREAM_NOISE; s++) {
        plant_rng_seed(&rng[s], seed, (uint64_t)s);
    }
    bench_house_current(&scenario->house, &rng[STREAM_HOUSE], house_a, steps);
    bench_pack_init(&pack, &scenario->make, &rng[STREAM_PACK],
                    scenario->soc_low +
                        (scenario->soc_high - scenario->soc_low) * plant_rng_uniform(&rng[STREAM_PACK]));
    draw_sensor(scenario, &sensor, &rng[STREAM_SENSOR]);
    (void)soc_cell_builtin(&cell, "lfp100");
    setup.cell = &cell;
    set_up(scenario, &pack, &rng[STREAM_SENSOR], &sensor, &setup);
    if (team_begin(&team, crew, &setup, DAY_S, (double)scenario->days * DAY_S) != 0) {
        return -1;
    }
    for (n = 0u; n < steps; n++) {
        const double time_s = (double)n * (double)BENCH_STEP_S;
        struct soc_tick tick;

        step_pack(scenario, &pack, wanted_a(scenario, house_a, n, time_s), time_s, &tick);
        soc_sensor_apply(&sensor, &rng[STREAM_NOISE], &tick);
        team_tick(&team, &tick, time_s);
        if (n % SCORE_STEPS == SCORE_STEPS - 1u) {
            team_score(&team, time_s, pack.cell.soc);
        }
    }
    team_end(&team, sensor.offset_a, scenario->make.capacity_ah, 1.0, result);
    return 0;
}

static int run_pack(const struct bench_scenario *scenario, uint64_t seed, const struct bench_crew *crew,
                    struct bench_result *result)
{
    const size_t steps = (size_t)scenario->days * (size_t)(DAY_S / BENCH_STEP_S);
    float *house_a = malloc(steps * sizeof(*house_a));
    int status;

    if (house_a == NULL) {
        (void)fprintf(stderr, "soc_bench: not enough memory\n");
        return -1;
    }
    status = simulate(scenario, seed, house_a, steps, crew, result);
    free(house_a);
    return status;
}

int bench_run(const struct bench_scenario *scenario, size_t number, uint64_t seed, const char *folder,
              const struct bench_crew *crew, struct bench_result *result)
{
    if (scenario->record[0] != NULL) {
        return run_record(scenario, number, seed, folder, crew, result);
    }
    return run_pack(scenario, seed, crew, result);
}
