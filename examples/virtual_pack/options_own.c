/* Options whose values need a reader of their own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "losun_bms/model/product.h"
#include "virtual_pack/options_table.h"
#include "virtual_pack/text.h"

int option_take_speed(struct options *options, const struct option_row *row, const char *value, char *error)
{
    if (strcmp(value, "max") == 0) {
        options->speed = OPTIONS_SPEED_MAX;
    } else if (!text_number(value, row->min, row->max, &options->speed)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--speed: '%.40s' is neither max nor a number from %g to %.0f", value, row->min,
                       row->max);
        return -1;
    }
    return 0;
}

int option_take_demand(struct options *options, const struct option_row *row, const char *value, char *error)
{
    (void)row;
    if (!action_parse_demand(value, &options->demand, &options->demand_unit)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--demand: '%.40s' is not a power or current such as -1500W or 20A", value);
        return -1;
    }
    return 0;
}

int option_take_estimate(struct options *options, const struct option_row *row, const char *value,
                         char *error)
{
    if (strcmp(value, "none") == 0) {
        options->estimate_pct = OPTIONS_SOC_UNKNOWN;
    } else if (!text_number(value, row->min, row->max, &options->estimate_pct)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--estimate: '%.40s' is neither none nor a number from 0 to 100", value);
        return -1;
    }
    return 0;
}

int option_take_seed(struct options *options, const struct option_row *row, const char *value, char *error)
{
    char *end;
    unsigned long long seed;

    (void)row;
    errno = 0;
    seed = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--seed: '%.40s' is not a whole number of 64 bits", value);
        return -1;
    }
    options->seed = seed;
    return 0;
}

/* The range is checked later, together with the other parameters: they depend on each other. */
int option_take_param(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const size_t length = strcspn(value, "=");
    struct lbms_param_item *item = &options->param[options->param_count];
    char name[64] = "";
    long long number;
    int id;

    (void)row;
    if (value[length] != '=') {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: '%.60s' is not NAME=VALUE", value);
        return -1;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)((length < sizeof(name)) ? length : sizeof(name) - 1),
                   value);
    id = lbms_param_find(&lbms_product_ls_btn0_p0548100, name);
    if (id < 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: there is no parameter '%.60s'", name);
        return -1;
    }
    if (!text_integer(value + length + 1, INT32_MIN, INT32_MAX, &number)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: %s: '%.40s' is not a whole number", name,
                       value + length + 1);
        return -1;
    }
    if (options->param_count == OPTIONS_PARAMS_MAX) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: more than %u values",
                       (unsigned)OPTIONS_PARAMS_MAX);
        return -1;
    }
    item->id = (uint16_t)id;
    item->value = (int32_t)number;
    options->param_count++;
    return 0;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0 && text[strlen(with)] != '\0';
}

int option_take_serial(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const char **place = (const char **)(void *)((char *)options + row->offset);

    if (begins(value, "tty:")) {
        *place = value + strlen("tty:");
    } else if (strcmp(value, "pty") == 0 || begins(value, "pty:")) {
        *place = value;
    } else {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s: '%.60s' is not pty, pty:LINK or tty:PATH", row->name,
                       value);
        return -1;
    }
    return 0;
}

int option_take_can(struct options *options, const struct option_row *row, const char *value, char *error)
{
    (void)row;
    if (!begins(value, "slcan:") && !begins(value, "socketcan:") && !begins(value, "log:")) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--can: '%.60s' is not slcan:PTY, socketcan:IF or log:FILE",
                       value);
        return -1;
    }
    options->can = value;
    return 0;
}

int option_take_plot(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const char *dot = strrchr(value, '.');

    (void)row;
    if (dot == NULL || (strcmp(dot, ".png") != 0 && strcmp(dot, ".svg") != 0)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--plot: '%.200s' does not end in .png or .svg", value);
        return -1;
    }
    options->plot = value;
    return 0;
}

int option_take_ahead(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const size_t length = strcspn(value, ":");
    char cell_text[8] = "";
    long long cell;
    double pct;

    if (length < sizeof(cell_text)) {
        memcpy(cell_text, value, length);
    }
    if (value[length] != ':' || !text_integer(cell_text, 1, LBMS_CELLS, &cell) ||
        !text_number(value + length + 1, row->min, row->max, &pct)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--ahead: '%.40s' is not a cell from 1 to %u and a percentage, such as 5:0.4", value,
                       (unsigned)LBMS_CELLS);
        return -1;
    }
    options->ahead[cell - 1] = pct;
    return 0;
}

/* Actions stay sorted by time; equal times keep the order of the command line. */
static int add_action(struct options *options, const char *name, const struct action *action, char *error)
{
    size_t place = options->action_count;

    if (place == OPTIONS_ACTIONS_MAX) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s: more than %d faults and actions", name,
                       OPTIONS_ACTIONS_MAX);
        return -1;
    }
    while (place > 0 && options->action[place - 1].at_s > action->at_s) {
        options->action[place] = options->action[place - 1];
        place--;
    }
    options->action[place] = *action;
    options->action_count++;
    return 0;
}

int option_take_fault(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const size_t length = strcspn(value, "@");
    char text[ACTION_TEXT_SIZE];
    char why[ACTION_ERROR_SIZE];
    struct action action;
    double at_s = 0.0;

    if (value[length] == '@' && !text_duration(value + length + 1, &at_s)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--fault: '%.40s' is not a time", value + length + 1);
        return -1;
    }
    (void)snprintf(text, sizeof(text), "fault=%.*s", (int)((length < 64) ? length : 64), value);
    if (!action_parse(text, &action, why)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--fault: %s", why);
        return -1;
    }
    action.at_s = at_s;
    return add_action(options, row->name, &action, error);
}

int option_take_at(struct options *options, const struct option_row *row, const char *value, char *error)
{
    const size_t length = strcspn(value, ":");
    char when[32] = "";
    char why[ACTION_ERROR_SIZE];
    struct action action;
    double at_s;

    if (length < sizeof(when)) {
        memcpy(when, value, length);
    }
    if (value[length] != ':' || !text_duration(when, &at_s)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--at: '%.60s' is not TIME:ACTION such as 10s:button=4s",
                       value);
        return -1;
    }
    if (!action_parse(value + length + 1, &action, why)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--at: %s", why);
        return -1;
    }
    action.at_s = at_s;
    return add_action(options, row->name, &action, error);
}
