/*
 * Runs an estimator of the state of charge on a record; see docs/soc-bench.md.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soc_eval/lines.h"
#include "soc_eval/options.h"
#include "soc_eval/replay.h"
#include "soc_eval/runner.h"

#define EXIT_USAGE 2

/* All of one evaluation. */
struct eval {
    struct soc_options options;
    struct soc_cell cell;
    struct soc_record record;
    struct soc_sensor sensor;
    struct soc_runner runner;
    const struct soc_method *method;
    size_t first; /* row */
    FILE *out;
};

static void list(void)
{
    size_t i;

    for (i = 0u; soc_methods[i] != NULL; i++) {
        (void)printf("%-10s %s\n", soc_methods[i]->name, soc_methods[i]->title);
    }
}

static int load(struct eval *e)
{
    char error[SOC_ERROR_SIZE];

    if (!soc_cell_builtin(&e->cell, e->options.cell) &&
        (soc_cell_load(&e->cell, e->options.cell, error, sizeof(error)) != 0)) {
        (void)fprintf(stderr, "soc_eval: %s\n", error);
        return -1;
    }
    if (soc_record_load(&e->record, e->options.file, error, sizeof(error)) != 0) {
        (void)fprintf(stderr, "soc_eval: %s\n", error);
        return -1;
    }
    if (e->options.start_below >= 0.0) {
        if (!e->record.has_soc) {
            (void)fprintf(stderr, "soc_eval: %s: --start-below needs a column soc_ref\n", e->options.file);
            return -1;
        }
        e->first = soc_record_first_below(&e->record, e->options.start_below);
    }
    if (e->first + 2u > e->record.count) {
        (void)fprintf(stderr, "soc_eval: %s: nothing left to run\n", e->options.file);
        return -1;
    }
    return 0;
}

static void set_up(const struct eval *e, struct soc_setup *setup)
{
    const double first = e->record.has_soc ? e->record.row[e->first].value[SOC_COLUMN_SOC] : 0.5;

    memset(setup, 0, sizeof(*setup));
    setup->cell = &e->cell;
    setup->capacity_ah = (e->options.capacity_ah > 0.0) ? e->options.capacity_ah : e->cell.capacity_ah;
    setup->soc = fmin(fmax((e->options.initial_soc >= 0.0) ? e->options.initial_soc : first, 0.0), 1.0);
    setup->sd = e->options.initial_sd;
}

static void set_sensor(const struct soc_options *options, struct soc_sensor *sensor)
{
    soc_sensor_ideal(sensor);
    sensor->gain = options->gain;
    sensor->offset_a = options->offset_a;
    sensor->voltage_v = options->voltage_v;
    sensor->temp_c = options->temp_c;
    sensor->noise_v = options->noise_v;
}

static void print_figures(const struct soc_metrics *metrics)
{
    struct soc_figures f;

    soc_metrics_figures(metrics, &f);
    (void)printf("rmse=%.2f max=%.2f convergence_s=", 100.0 * f.rmse, 100.0 * f.largest);
    if (f.convergence_s < 0.0) {
        (void)printf("never");
    } else {
        (void)printf("%.0f", f.convergence_s);
    }
    if (f.coverage < 0.0) {
        (void)printf(" coverage=none\n");
    } else {
        (void)printf(" coverage=%.3f\n", f.coverage);
    }
}

static void print_last(const struct soc_reading *reading)
{
    (void)printf("soc=%.2f sd=%.2f offset_A=%.3f\n", 100.0 * reading->soc, 100.0 * reading->sd,
                 reading->offset_a);
}

static void print_result(const struct eval *e)
{
    if (e->record.has_soc) {
        print_figures(&e->runner.metrics);
    } else {
        print_last(&e->runner.reading);
    }
}

static void write_row(FILE *out, double time_s, const struct soc_reading *reading)
{
    if (out == NULL) {
        return;
    }
    (void)fprintf(out, "%.3f,%.4f,", time_s, reading->soc);
    if (reading->sd >= 0.0) {
        (void)fprintf(out, "%.4f", reading->sd);
    }
    (void)fputs(",", out);
    if (!isnan(reading->offset_a)) {
        (void)fprintf(out, "%.4f", reading->offset_a);
    }
    (void)fputs("\n", out);
}

static int play(struct eval *e)
{
    const struct soc_row *rows = e->record.row;
    const double start_s = rows[e->first].value[SOC_COLUMN_TIME];
    const double duration_s = rows[e->record.count - 1u].value[SOC_COLUMN_TIME] - start_s;
    const double from_s = (duration_s > e->options.from_s) ? e->options.from_s : 0.0;
    const struct soc_row *row;
    struct soc_setup setup;
    struct soc_replay replay;
    struct soc_tick tick;

    set_up(e, &setup);
    set_sensor(&e->options, &e->sensor);
    if (!soc_runner_begin(&e->runner, e->method, &setup, from_s, duration_s)) {
        (void)fprintf(stderr, "soc_eval: not enough memory\n");
        return -1;
    }
    if (from_s < e->options.from_s) {
        (void)fprintf(stderr, "soc_eval: the record ends before %g s: everything is scored\n",
                      e->options.from_s);
    }
    soc_replay_begin(&replay, &e->record, e->first, &e->sensor, (uint64_t)e->options.seed);
    while (soc_replay_next(&replay, &tick, &row)) {
        soc_runner_tick(&e->runner, &tick, replay.time_s);
        if (e->record.has_soc) {
            soc_runner_score(&e->runner, replay.time_s, row->value[SOC_COLUMN_SOC]);
        }
        write_row(e->out, start_s + replay.time_s, &e->runner.reading);
    }
    return 0;
}

/* With the file of --out, if one is wanted. */
static int play_to_file(struct eval *e)
{
    bool written;
    int status;

    if (e->options.out == NULL) {
        return play(e);
    }
    e->out = fopen(e->options.out, "w");
    if (e->out == NULL) {
        (void)fprintf(stderr, "soc_eval: %s: %s\n", e->options.out, strerror(errno));
        return -1;
    }
    (void)fputs("time_s,soc,sd,offset_A\n", e->out);
    status = play(e);
    written = (ferror(e->out) == 0);
    if ((fclose(e->out) != 0) || !written) {
        (void)fprintf(stderr, "soc_eval: %s: cannot write\n", e->options.out);
        return -1;
    }
    return status;
}

int main(int argc, char **argv)
{
    static struct eval e;
    char error[SOC_OPTIONS_ERROR_SIZE];
    int status;

    if (soc_options_read(&e.options, argc, argv, error) != 0) {
        (void)fprintf(stderr, "soc_eval: %s\n", error);
        return EXIT_USAGE;
    }
    if (e.options.help) {
        soc_options_help(stdout);
        return EXIT_SUCCESS;
    }
    if (e.options.list) {
        list();
        return EXIT_SUCCESS;
    }
    e.method = soc_method_find(e.options.method);
    if (e.method == NULL) {
        (void)fprintf(stderr, "soc_eval: unknown method %.60s (see --list)\n", e.options.method);
        return EXIT_USAGE;
    }
    status = load(&e);
    if (status == 0) {
        status = play_to_file(&e);
    }
    if (status == 0) {
        print_result(&e);
    }
    soc_runner_end(&e.runner);
    soc_record_free(&e.record);
    return (status == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}
