#include "soc_bench/options.h"

#include <stdlib.h>
#include <string.h>

#define SEEDS       16u
#define QUICK_SEEDS 4u
#define SEEDS_MAX   512u

bool bench_options_wants(const char *const *list, const char *name)
{
    size_t i;

    for (i = 0u; list[i] != NULL; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return list[0] == NULL;
}

void bench_options_help(FILE *out)
{
    (void)fputs(
        "usage: soc_bench [option ...]\n"
        "Runs the estimators of the state of charge on measured records and on a simulated pack; "
        "prints tables.\n"
        "  --scenario NAME[,NAME ...]  these only (--list shows them)\n"
        "  --method NAME[,NAME ...]    these only\n"
        "  --seeds A..B                simulated runs, one for each seed (1..16)\n"
        "  --quick                     the reduced set: fewer scenarios, seeds 1..4\n"
        "  --check                     exit with 1 when a figure of the estimator is worse than its gate\n"
        "  --gates FILE                the gates (examples/soc_bench/gates.csv)\n"
        "  --write-gates FILE          write gates for the figures of this run\n"
        "  --records FOLDER            measured records (examples/soc_bench/records)\n"
        "  --out FOLDER                write pictures and their data there (needs gnuplot)\n"
        "  --processes N               run in so many processes (2)\n"
        "  --list                      name scenarios and methods\n"
        "  --help                      this text\n",
        out);
}

static int take_names(const char **list, char *text, char *error, const char *option)
{
    size_t count = 0u;
    char *name = strtok(text, ",");

    while (name != NULL) {
        if (count == BENCH_NAMES_MAX) {
            (void)snprintf(error, BENCH_ERROR_SIZE, "%s: more than %u names", option, BENCH_NAMES_MAX);
            return -1;
        }
        list[count++] = name;
        name = strtok(NULL, ",");
    }
    list[count] = NULL;
    if (count == 0u) {
        (void)snprintf(error, BENCH_ERROR_SIZE, "%s: no name", option);
        return -1;
    }
    return 0;
}

static int take_seeds(struct bench_options *options, const char *text, char *error)
{
    unsigned long first;
    unsigned long last;
    int used = 0;
    int got;

    got = sscanf(text, "%lu..%lu%n", &first, &last, &used);
    if (got == 1) {
        used = 0;
        (void)sscanf(text, "%lu%n", &first, &used);
        last = first;
    }
    if ((got < 1) || (text[used] != '\0') || (text[0] == '-') || (last < first) ||
        (last - first >= SEEDS_MAX)) {
        (void)snprintf(error, BENCH_ERROR_SIZE, "--seeds: '%.40s' is not A..B with at most %u seeds", text,
                       SEEDS_MAX);
        return -1;
    }
    options->first_seed = first;
    options->seeds = last - first + 1u;
    return 0;
}

static int take_processes(struct bench_options *options, const char *text, char *error)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);

    if ((end == text) || (*end != '\0') || (number < 1u) || (number > 64u)) {
        (void)snprintf(error, BENCH_ERROR_SIZE, "--processes: '%.40s' is not a number from 1 to 64", text);
        return -1;
    }
    options->processes = (unsigned)number;
    return 0;
}

static int take(struct bench_options *options, const char *name, char *value, char *error)
{
    if (strcmp(name, "--scenario") == 0) {
        return take_names(options->scenario, value, error, name);
    }
    if (strcmp(name, "--method") == 0) {
        return take_names(options->method, value, error, name);
    }
    if (strcmp(name, "--seeds") == 0) {
        return take_seeds(options, value, error);
    }
    if (strcmp(name, "--processes") == 0) {
        return take_processes(options, value, error);
    }
    if (strcmp(name, "--records") == 0) {
        options->records = value;
        return 0;
    }
    if (strcmp(name, "--out") == 0) {
        options->out = value;
        return 0;
    }
    if (strcmp(name, "--gates") == 0) {
        options->gates = value;
        return 0;
    }
    if (strcmp(name, "--write-gates") == 0) {
        options->write_gates = value;
        return 0;
    }
    (void)snprintf(error, BENCH_ERROR_SIZE, "unknown option %.60s (see --help)", name);
    return -1;
}

static bool *flag(struct bench_options *options, const char *name)
{
    if (strcmp(name, "--quick") == 0) {
        return &options->quick;
    }
    if (strcmp(name, "--check") == 0) {
        return &options->check;
    }
    if (strcmp(name, "--list") == 0) {
        return &options->list;
    }
    return (strcmp(name, "--help") == 0) ? &options->help : NULL;
}

int bench_options_read(struct bench_options *options, int argc, char **argv, char error[BENCH_ERROR_SIZE])
{
    int i = 1;

    memset(options, 0, sizeof(*options));
    options->first_seed = 1u;
    options->records = "examples/soc_bench/records";
    options->gates = "examples/soc_bench/gates.csv";
    options->processes = 2u;
    while (i < argc) {
        bool *set = flag(options, argv[i]);

        if (set != NULL) {
            *set = true;
            i++;
            continue;
        }
        if ((i + 1 < argc) && (take(options, argv[i], argv[i + 1], error) == 0)) {
            i += 2;
            continue;
        }
        if (i + 1 >= argc) {
            char none[1] = "";

            if (strncmp(argv[i], "--", 2u) == 0) {
                (void)snprintf(error, BENCH_ERROR_SIZE,
                               "%.60s: unknown, or its value is missing (see --help)", argv[i]);
            } else {
                (void)take(options, argv[i], none, error);
            }
        }
        return -1;
    }
    if (options->check && (options->seeds != 0u)) {
        (void)snprintf(error, BENCH_ERROR_SIZE, "--check: the gates are those of the usual seeds");
        return -1;
    }
    if (options->seeds == 0u) {
        options->seeds = options->quick ? QUICK_SEEDS : SEEDS;
    }
    return 0;
}
