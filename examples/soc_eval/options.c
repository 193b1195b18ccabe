#include "soc_eval/options.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { A_TEXT, A_NUMBER, A_WHOLE_NUMBER };

/* An option with a value: text, or a number of this range. */
struct option {
    const char *name, *value;
    enum kind kind;
    size_t offset;
    double min, max;
    const char *help;
};

#define TEXT(name, value, member, help)                                           \
    {                                                                             \
        name, value, A_TEXT, offsetof(struct soc_options, member), 0.0, 0.0, help \
    }
#define NUMBER(name, value, member, kind, min, max, help)                       \
    {                                                                           \
        name, value, kind, offsetof(struct soc_options, member), min, max, help \
    }

static const struct option option_list[] = {
    TEXT("--cell", "NAME|FILE", cell, "lfp100 (default), a123, apr, or a cell file of tools/fit_cell.py"),
    TEXT("--method", "NAME", method, "estimator (default) or another one, see --list"),
    NUMBER("--capacity-ah", "AH", capacity_ah, A_NUMBER, 0.01, 10000.0,
           "full capacity that the method believes in (the cell's)"),
    NUMBER("--initial-soc", "S", initial_soc, A_NUMBER, 0.0, 1.0,
           "stored state of charge, 0..1 (the first soc_ref, or 0.5)"),
    NUMBER("--initial-sd", "S", initial_sd, A_NUMBER, 0.0, 1.0, "its standard deviation (the method's own)"),
    NUMBER("--start-below", "S", start_below, A_NUMBER, 0.0, 1.1,
           "begin at the first row with soc_ref at or below this"),
    NUMBER("--gain", "G", gain, A_NUMBER, 0.5, 2.0, "factor on the measured current (1)"),
    NUMBER("--offset", "A", offset_a, A_NUMBER, -1000.0, 1000.0, "added to the measured current (0)"),
    NUMBER("--voffset", "V", voltage_v, A_NUMBER, -1.0, 1.0, "added to the measured voltage (0)"),
    NUMBER("--toffset", "K", temp_c, A_NUMBER, -50.0, 50.0, "added to the measured temperature (0)"),
    NUMBER("--noise", "V", noise_v, A_NUMBER, 0.0, 1.0, "standard deviation of the measured voltage (0)"),
    NUMBER("--seed", "N", seed, A_WHOLE_NUMBER, 0.0, 4294967295.0, "of the noise (1)"),
    NUMBER("--from", "S", from_s, A_NUMBER, 0.0, 1e9, "errors before this time are not scored (7200 s)"),
    TEXT("--out", "FILE", out, "write time_s,soc,sd,offset_A for every sample"),
};

#define OPTION_COUNT (sizeof(option_list) / sizeof(option_list[0]))

void soc_options_help(FILE *out)
{
    size_t i;

    (void)fputs(
        "usage: soc_eval [option ...] RECORD.csv\n"
        "Runs an estimator of the state of charge on a record and compares it with the reference.\n"
        "RECORD.csv has a header line with the columns time_s,current_A,voltage_V,temp_C[,soc_ref]; positive "
        "current\n"
        "charges, soc_ref is 0..1, an empty field repeats the value above. Prints in % state of charge:\n"
        "  rmse=... max=... convergence_s=... coverage=...   (coverage: share within 2 sd + 0.5 %)\n"
        "and without soc_ref the last estimate. Exit status: 0, 1 after an error, 2 for a wrong command "
        "line.\n",
        out);
    for (i = 0u; i < OPTION_COUNT; i++) {
        const struct option *o = &option_list[i];

        (void)fprintf(out, "  %s %-*s %s\n", o->name, (int)(24u - strlen(o->name)), o->value, o->help);
    }
    (void)fputs("  --list                    name the methods\n"
                "  --help                    this text\n",
                out);
}

static int take(struct soc_options *options, const struct option *o, const char *value, char *error)
{
    char *place = (char *)options + o->offset;
    char *end;
    double number;

    if (o->kind == A_TEXT) {
        *(const char **)(void *)place = value;
        return 0;
    }
    number = strtod(value, &end);
    if ((end == value) || (*end != '\0') || !(number >= o->min) || !(number <= o->max) ||
        ((o->kind == A_WHOLE_NUMBER) && (number != floor(number)))) {
        (void)snprintf(error, SOC_OPTIONS_ERROR_SIZE, "%s: '%.40s' is not a %snumber from %.10g to %.10g",
                       o->name, value, (o->kind == A_WHOLE_NUMBER) ? "whole " : "", o->min, o->max);
        return -1;
    }
    *(double *)(void *)place = number;
    return 0;
}

/* The option that a word begins with, as NAME or NAME=VALUE. */
static const struct option *find(const char *word)
{
    const size_t length = strcspn(word, "=");
    size_t i;

    for (i = 0u; i < OPTION_COUNT; i++) {
        if ((strlen(option_list[i].name) == length) && (strncmp(option_list[i].name, word, length) == 0)) {
            return &option_list[i];
        }
    }
    return NULL;
}

static void set_defaults(struct soc_options *options)
{
    memset(options, 0, sizeof(*options));
    options->cell = "lfp100";
    options->method = "estimator";
    options->capacity_ah = -1.0;
    options->initial_soc = -1.0;
    options->start_below = -1.0;
    options->gain = 1.0;
    options->seed = 1.0;
    options->from_s = 7200.0;
}

/* A word that is not an option with a value: 1 when it was taken. */
static int take_word(struct soc_options *options, const char *word, char *error)
{
    if (strcmp(word, "--help") == 0) {
        options->help = true;
    } else if (strcmp(word, "--list") == 0) {
        options->list = true;
    } else if ((word[0] == '-') && (word[1] != '\0')) {
        (void)snprintf(error, SOC_OPTIONS_ERROR_SIZE, "unknown option %.60s (see --help)", word);
        return -1;
    } else if (options->file != NULL) {
        (void)snprintf(error, SOC_OPTIONS_ERROR_SIZE, "one record only: %.60s and %.60s", options->file,
                       word);
        return -1;
    } else {
        options->file = word;
    }
    return 0;
}

/* An option whose value is in its own word or in the next. Returns the words that it takes, -1 after an error. */
static int take_option(struct soc_options *options, const struct option *o, char *const *word, int words,
                       char *error)
{
    const char *value = strchr(word[0], '=');

    if ((value == NULL) && (words < 2)) {
        (void)snprintf(error, SOC_OPTIONS_ERROR_SIZE, "%s: its value %s is missing", o->name, o->value);
        return -1;
    }
    if (take(options, o, (value != NULL) ? (value + 1) : word[1], error) != 0) {
        return -1;
    }
    return (value != NULL) ? 1 : 2;
}

int soc_options_read(struct soc_options *options, int argc, char **argv, char error[SOC_OPTIONS_ERROR_SIZE])
{
    int i = 1;

    set_defaults(options);
    while (i < argc) {
        const struct option *o = find(argv[i]);
        int taken = 1;

        if (o != NULL) {
            taken = take_option(options, o, argv + i, argc - i, error);
        } else if (take_word(options, argv[i], error) != 0) {
            taken = -1;
        }
        if (taken < 0) {
            return -1;
        }
        i += taken;
    }
    if (!options->help && !options->list && (options->file == NULL)) {
        (void)snprintf(error, SOC_OPTIONS_ERROR_SIZE, "no record given (see --help)");
        return -1;
    }
    return 0;
}
