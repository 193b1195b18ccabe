/*
 * The bench of the state-of-charge estimators; see docs/soc-bench.md.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "soc_bench/gates.h"
#include "soc_bench/options.h"
#include "soc_bench/plot.h"
#include "soc_bench/report.h"
#include "soc_bench/run.h"
#include "soc_bench/work.h"

#define SCENARIOS_MAX 64u
#define EXIT_USAGE    2
#define TRACED_RUN    3u /* variant of a record that is drawn */

/* What all processes know. */
struct bench {
    struct bench_options options;
    const struct bench_scenario *scenario[SCENARIOS_MAX];
    size_t first[SCENARIOS_MAX + 1u]; /* first job of each scenario */
    size_t scenarios;
    struct bench_crew crew;
    size_t methods;
    struct bench_result *result; /* one for each job and method */
};

/* The reduced set: all that has a required figure, once. */
static const char *const quick_set[] = {"D1a", "D2a", "D4",  "S1",  "S2", "S3", "S4",
                                        "S5",  "S5z", "S6a", "S6b", "S7", "X1", NULL};

static void list(FILE *out)
{
    size_t i;

    for (i = 0u; i < bench_scenario_count; i++) {
        (void)fprintf(out, "%-10s %s\n", bench_scenarios[i].name, bench_scenarios[i].title);
    }
    for (i = 0u; soc_methods[i] != NULL; i++) {
        (void)fprintf(out, "%-10s %s\n", soc_methods[i]->name, soc_methods[i]->title);
    }
}

static bool known_scenario(const char *name)
{
    size_t i;

    for (i = 0u; i < bench_scenario_count; i++) {
        if (strcmp(bench_scenarios[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int choose_methods(struct bench *b)
{
    size_t i;

    for (i = 0u; b->options.method[i] != NULL; i++) {
        if (soc_method_find(b->options.method[i]) == NULL) {
            (void)fprintf(stderr, "soc_bench: unknown method %s (see --list)\n", b->options.method[i]);
            return -1;
        }
    }
    for (i = 0u; soc_methods[i] != NULL; i++) {
        if (bench_options_wants(b->options.method, soc_methods[i]->name)) {
            b->crew.method[b->methods++] = soc_methods[i];
        }
    }
    return 0;
}

static int choose_scenarios(struct bench *b)
{
    const bool all = b->options.scenario[0] == NULL;
    size_t jobs = 0u;
    size_t i;

    for (i = 0u; b->options.scenario[i] != NULL; i++) {
        if (!known_scenario(b->options.scenario[i])) {
            (void)fprintf(stderr, "soc_bench: unknown scenario %s (see --list)\n", b->options.scenario[i]);
            return -1;
        }
    }
    for (i = 0u; i < bench_scenario_count; i++) {
        const struct bench_scenario *s = &bench_scenarios[i];

        if (!bench_options_wants((all && b->options.quick) ? quick_set : b->options.scenario, s->name)) {
            continue;
        }
        b->first[b->scenarios] = jobs;
        b->scenario[b->scenarios++] = s;
        jobs += bench_run_count(s, b->options.seeds);
    }
    b->first[b->scenarios] = jobs;
    return 0;
}

/* The run whose course is written for a picture. */
static FILE *open_trace(const struct bench *b, const struct bench_scenario *s, size_t number)
{
    char path[1024];
    FILE *file;

    if ((b->options.out == NULL) || (number != ((s->record[0] != NULL) ? TRACED_RUN : 0u))) {
        return NULL;
    }
    (void)snprintf(path, sizeof(path), "%s/%s.csv", b->options.out, s->name);
    file = fopen(path, "w");
    if (file == NULL) {
        (void)fprintf(stderr, "soc_bench: %s: %s\n", path, strerror(errno));
    }
    return file;
}

static int do_job(void *context, size_t job)
{
    struct bench *b = context;
    struct bench_crew crew = b->crew;
    size_t k = 0u;
    size_t number;
    int status;

    while (job >= b->first[k + 1u]) {
        k++;
    }
    number = job - b->first[k];
    crew.trace = open_trace(b, b->scenario[k], number);
    status = bench_run(b->scenario[k], number, b->options.first_seed + number, b->options.records, &crew,
                       &b->result[job * b->methods]);
    if ((crew.trace != NULL) && (fclose(crew.trace) != 0)) {
        status = -1;
    }
    return status;
}

static void sum_up(const struct bench *b, struct bench_row *row)
{
    size_t k;
    size_t m;

    for (k = 0u; k < b->scenarios; k++) {
        const bool record = b->scenario[k]->record[0] != NULL;
        const size_t skip = record ? BENCH_FAULTY_FROM : 0u;
        const struct bench_result *first = &b->result[b->first[k] * b->methods];
        const size_t runs = b->first[k + 1u] - b->first[k];

        row[k].scenario = b->scenario[k];
        for (m = 0u; m < b->methods; m++) {
            bench_summarise(first + skip * b->methods + m, runs - skip, b->methods, &row[k].summary[m]);
            row[k].summary[m].right_start = record ? (100.0 * first[m].figures.rmse) : NAN;
        }
    }
}

/* Place of the library's filter among the methods; their number if it does not take part. */
static size_t estimator_of(const struct bench *b)
{
    size_t m = 0u;

    while ((m < b->methods) && (strcmp(b->crew.method[m]->name, "estimator") != 0)) {
        m++;
    }
    return m;
}

static void report(const struct bench *b, const struct bench_row *row)
{
    const size_t estimator = estimator_of(b);
    size_t misses;
    size_t m;

    (void)printf("Error in %% state of charge: RMSE mean of runs / worst run / largest error.\n\n");
    bench_report_errors(stdout, row, b->scenarios, b->crew.method);
    for (m = 0u; m < b->methods; m++) {
        /* those that stand in the table for comparison only need no more figures, unless they are asked for */
        if (!b->crew.method[m]->own && (b->options.method[0] == NULL)) {
            continue;
        }
        (void)printf("\n");
        bench_report_more(stdout, row, b->scenarios, b->crew.method[m], m);
    }
    if (estimator < b->methods) {
        (void)printf("\n");
        misses = bench_report_misses(stdout, row, b->scenarios, estimator, b->crew.method);
        (void)printf("%zu figures miss their requirement\n", misses);
    }
}

static bool write_gates(const struct bench *b, const struct bench_row *row)
{
    FILE *out = fopen(b->options.write_gates, "w");
    bool good = false;

    if (out != NULL) {
        bench_gates_write(out, b->options.quick ? "quick" : "full", row, b->scenarios, estimator_of(b));
        good = (ferror(out) == 0);
        good = (fclose(out) == 0) && good;
    }
    if (!good) {
        (void)fprintf(stderr, "soc_bench: %s: cannot write\n", b->options.write_gates);
    }
    return good;
}

/* What the options want done with the figures. */
static bool judge(const struct bench *b, const struct bench_row *row)
{
    const struct bench_options *o = &b->options;
    const char *set = o->quick ? "quick" : "full";
    bool good = true;

    if (o->write_gates != NULL) {
        good = write_gates(b, row);
    }
    if (o->check) {
        good = (bench_gates_check(stdout, o->gates, set, row, b->scenarios, estimator_of(b)) == 0) && good;
    }
    return good;
}

static bool draw(const struct bench *b, const struct bench_row *row)
{
    bool good = bench_plot_summary(b->options.out, row, b->scenarios, b->crew.method);
    size_t k;

    for (k = 0u; k < b->scenarios; k++) {
        good = bench_plot_run(b->options.out, b->scenario[k], b->crew.method) && good;
    }
    if (!good) {
        (void)fprintf(stderr, "soc_bench: a picture could not be drawn\n");
    }
    return good;
}

static int run(struct bench *b)
{
    static struct bench_row row[SCENARIOS_MAX];
    bool good;

    if ((choose_methods(b) != 0) || (choose_scenarios(b) != 0)) {
        return EXIT_USAGE;
    }
    if ((b->options.check || (b->options.write_gates != NULL)) && (estimator_of(b) == b->methods)) {
        (void)fprintf(stderr, "soc_bench: gates are those of the estimator: it must take part\n");
        return EXIT_USAGE;
    }
    b->result = bench_shared((b->first[b->scenarios] * b->methods + 1u) * sizeof(*b->result));
    if (b->result == NULL) {
        (void)fprintf(stderr, "soc_bench: not enough memory\n");
        return EXIT_FAILURE;
    }
    if ((b->options.out != NULL) && (mkdir(b->options.out, 0777) != 0) && (errno != EEXIST)) {
        (void)fprintf(stderr, "soc_bench: %s: %s\n", b->options.out, strerror(errno));
        return EXIT_FAILURE;
    }
    good = bench_work(b->first[b->scenarios], b->options.processes, do_job, b);
    sum_up(b, row);
    report(b, row);
    good = judge(b, row) && good;
    if (b->options.out != NULL) {
        good = draw(b, row) && good;
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct bench b;
    char error[BENCH_ERROR_SIZE];

    if (bench_options_read(&b.options, argc, argv, error) != 0) {
        (void)fprintf(stderr, "soc_bench: %s\n", error);
        return EXIT_USAGE;
    }
    if (b.options.help) {
        bench_options_help(stdout);
        return EXIT_SUCCESS;
    }
    if (b.options.list) {
        list(stdout);
        return EXIT_SUCCESS;
    }
    return run(&b);
}
