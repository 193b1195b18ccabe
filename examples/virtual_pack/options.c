#include "virtual_pack/options.h"

#include <stdio.h>
#include <string.h>

#include "virtual_pack/options_table.h"
#include "virtual_pack/text.h"

void options_defaults(struct options *options)
{
    memset(options, 0, sizeof(*options));
    options->scale = 1.0;
    options->demand_unit = PLANT_DEMAND_NONE;
    options->speed = OPTIONS_NOT_GIVEN;
    options->duration_s = OPTIONS_NOT_GIVEN;
    options->step_ms = 100.0;
    options->soc_pct = OPTIONS_NOT_GIVEN;
    options->estimate_pct = OPTIONS_NOT_GIVEN;
    options->capacity_ah = 100.0;
    options->ambient_c = 25.0;
    options->seed = 1;
    options->csv_period_s = OPTIONS_NOT_GIVEN;
    options->inverter_power_w = OPTIONS_NOT_GIVEN;
    options->inverter_standby_w = OPTIONS_NOT_GIVEN;
    options->grid_w = OPTIONS_NOT_GIVEN;
}

enum options_job options_job(const struct options *options)
{
    if (options->help) {
        return OPTIONS_HELP;
    }
    if (options->version) {
        return OPTIONS_VERSION;
    }
    return options->show_leds ? OPTIONS_LEDS : OPTIONS_RUN;
}

/* "--name" or "--name=value"; name and value point into text. */
static const struct option_row *find(const char *text, const char **value)
{
    const size_t length = strcspn(text + 2, "=");
    size_t i;

    *value = (text[2 + length] == '=') ? text + 2 + length + 1 : NULL;
    for (i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->help != NULL && strlen(row->name) == length && memcmp(row->name, text + 2, length) == 0) {
            return row;
        }
    }
    return NULL;
}

static int take_number(const struct option_row *row, const char *value, double *number, char *error)
{
    const bool whole = row->kind == OPTION_WHOLE;

    if (!text_number(value, row->min, row->max, number) || (whole && *number != (double)(long)*number)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s: '%.40s' is not a %snumber from %g to %g", row->name,
                       value, whole ? "whole " : "", row->min, row->max);
        return -1;
    }
    return 0;
}

static int take_duration(const struct option_row *row, const char *value, double *seconds, char *error)
{
    if (!text_duration(value, seconds)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--%s: '%.40s' is not a duration such as 90, 15m, 1.5h or 2d", row->name, value);
        return -1;
    }
    return 0;
}

static int take(struct options *options, const struct option_row *row, const char *value, char *error)
{
    void *place = (char *)options + row->offset;

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)place = value;
        return 0;
    case OPTION_NUMBER:
    case OPTION_WHOLE:
        return take_number(row, value, place, error);
    case OPTION_DURATION:
        return take_duration(row, value, place, error);
    case OPTION_OWN:
        break;
    }
    return row->take(options, row, value, error);
}

/* The option of an inverter that was given without one. */
static const char *lonely(const struct options *options)
{
    if (options->inverter || options->inverter_ignores) {
        return NULL;
    }
    if (options->inverter_power_w != OPTIONS_NOT_GIVEN) {
        return "--inverter-power needs --inverter";
    }
    if (options->inverter_standby_w != OPTIONS_NOT_GIVEN) {
        return "--inverter-standby needs --inverter";
    }
    return (options->grid_w != OPTIONS_NOT_GIVEN) ? "--grid needs --inverter" : NULL;
}

static int contradictions(const struct options *options, char *error)
{
    const char *text = lonely(options);

    if (options->headless && options->live) {
        text = "--headless and --live exclude each other";
    } else if (options->profile == NULL && (options->loop || options->from_s > 0.0)) {
        text = options->loop ? "--loop needs --profile" : "--from needs --profile";
    } else if (options->answer_from != NULL && options->serial[LBMS_PORT_RS232] == NULL) {
        text = "--answer-from needs --rs232";
    } else if (options->csv_period_s != OPTIONS_NOT_GIVEN && options->csv_period_s < 0.1) {
        text = "--csv-period: less than 0.1 s";
    }
    if (text != NULL) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "%s", text);
        return -1;
    }
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, char error[OPTIONS_ERROR_SIZE])
{
    int i;

    for (i = 1; i < argc; i++) {
        const struct option_row *row = NULL;
        const char *value = NULL;

        if (strncmp(argv[i], "--", 2) == 0) {
            row = find(argv[i], &value);
        }
        if (row == NULL) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "'%.60s' is no option; see --help", argv[i]);
            return -1;
        }
        if (row->argument == NULL && value != NULL) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s takes no value", row->name);
            return -1;
        }
        if (row->argument != NULL && value == NULL) {
            value = (i + 1 < argc) ? argv[++i] : "";
        }
        if (row->argument != NULL && value[0] == '\0') {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s needs a value: %s", row->name, row->argument);
            return -1;
        }
        if (take(options, row, value, error) != 0) {
            return -1;
        }
    }
    return contradictions(options, error);
}
