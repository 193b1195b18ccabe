#include "virtual_pack/action.h"

#include <stdio.h>
#include <string.h>

#include "losun_bms/model/inputs.h"
#include "losun_bms/model/product.h"
#include "virtual_pack/text.h"

enum argument {
    ARGUMENT_NONE,
    ARGUMENT_DURATION,
    ARGUMENT_SWITCH,
    ARGUMENT_NUMBER,
    ARGUMENT_WHOLE,
    ARGUMENT_DEMAND,
    ARGUMENT_FAULT,
    ARGUMENT_PARAM
};

#define LARGEST_DEMAND 1e6
#define LONGEST_HOLD_S 600.0

static const struct row {
    const char *name;
    enum action_kind kind;
    enum argument argument;
    uint16_t keys;
    double min, max;
} rows[] = {
    {"button", ACTION_HOLD, ARGUMENT_DURATION, LBMS_KEY_BUTTON, 0, 0},
    {"menu", ACTION_HOLD, ARGUMENT_DURATION, LBMS_KEY_MENU, 0, 0},
    {"enter", ACTION_HOLD, ARGUMENT_DURATION, LBMS_KEY_ENTER, 0, 0},
    {"down", ACTION_HOLD, ARGUMENT_DURATION, LBMS_KEY_DOWN, 0, 0},
    {"esc", ACTION_HOLD, ARGUMENT_DURATION, LBMS_KEY_ESC, 0, 0},
    {"switch", ACTION_SWITCH, ARGUMENT_SWITCH, 0, 0, 0},
    {"dip", ACTION_DIP, ARGUMENT_WHOLE, 0, 0, 15},
    {"charger", ACTION_CHARGER, ARGUMENT_SWITCH, 0, 0, 0},
    {"load", ACTION_LOAD, ARGUMENT_SWITCH, 0, 0, 0},
    {"breaker", ACTION_BREAKER, ARGUMENT_SWITCH, 0, 0, 0},
    {"demand", ACTION_DEMAND, ARGUMENT_DEMAND, 0, 0, 0},
    {"ambient", ACTION_AMBIENT, ARGUMENT_NUMBER, 0, -40, 85},
    {"short", ACTION_SHORT, ARGUMENT_NUMBER, 0, 0, 1000},
    {"external", ACTION_EXTERNAL, ARGUMENT_NUMBER, 0, -80, 80},
    {"fault", ACTION_FAULT, ARGUMENT_FAULT, 0, 0, 0},
    {"param", ACTION_PARAM, ARGUMENT_PARAM, 0, INT32_MIN, INT32_MAX},
    {"quit", ACTION_QUIT, ARGUMENT_NONE, 0, 0, 0},
};

static const struct row *find(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, text, length) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool action_parse_demand(const char *text, double *value, enum plant_demand_kind *unit)
{
    char number[32];
    size_t length = strlen(text);

    *unit = PLANT_DEMAND_POWER;
    if (length > 0 && (text[length - 1] == 'W' || text[length - 1] == 'A')) {
        length--;
        *unit = (text[length] == 'A') ? PLANT_DEMAND_CURRENT : PLANT_DEMAND_POWER;
    }
    if (length >= sizeof(number)) {
        return false;
    }
    memcpy(number, text, length);
    number[length] = '\0';
    return text_number(number, -LARGEST_DEMAND, LARGEST_DEMAND, value);
}

/* NAME=VALUE; whether the pack accepts it is its own affair. */
static bool take_param(const struct row *row, const char *text, struct lbms_param_item *item, char *error)
{
    const size_t length = strcspn(text, "=");
    char name[ACTION_TEXT_SIZE];
    double value;
    int id;

    (void)snprintf(name, sizeof(name), "%.*s", (int)length, text);
    id = lbms_param_find(&lbms_product_ls_btn0_p0548100, name);
    if (id < 0 || text[length] == '\0' || !text_number(text + length + 1, row->min, row->max, &value) ||
        value != (int32_t)value) {
        (void)snprintf(error, ACTION_ERROR_SIZE, "'%.60s' is not NAME=VALUE of a parameter", text);
        return false;
    }
    item->id = (uint16_t)id;
    item->value = (int32_t)value;
    return true;
}

/* The value behind "name=". False: error tells why. */
static bool take_value(const struct row *row, const char *text, struct action *action, char *error)
{
    char wanted[64] = "";

    switch (row->argument) {
    case ARGUMENT_NONE:
        return true;
    case ARGUMENT_PARAM:
        return take_param(row, text, &action->param, error);
    case ARGUMENT_FAULT:
        return plant_fault_parse(text, &action->fault, error, ACTION_ERROR_SIZE) == 0;
    case ARGUMENT_DURATION:
        if (text_duration(text, &action->value) && action->value > 0.0 && action->value <= LONGEST_HOLD_S) {
            return true;
        }
        (void)snprintf(wanted, sizeof(wanted), "a duration up to 10m, such as 4s");
        break;
    case ARGUMENT_SWITCH:
        if (text_switch(text, &action->on)) {
            return true;
        }
        (void)snprintf(wanted, sizeof(wanted), "on or off");
        break;
    case ARGUMENT_DEMAND:
        if (action_parse_demand(text, &action->value, &action->unit)) {
            return true;
        }
        (void)snprintf(wanted, sizeof(wanted), "a power or current such as -1500W or 20A");
        break;
    case ARGUMENT_WHOLE:
    case ARGUMENT_NUMBER:
        if (text_number(text, row->min, row->max, &action->value) &&
            (row->argument == ARGUMENT_NUMBER || action->value == (int)action->value)) {
            return true;
        }
        (void)snprintf(wanted, sizeof(wanted), "a %snumber from %g to %g",
                       (row->argument == ARGUMENT_WHOLE) ? "whole " : "", row->min, row->max);
        break;
    }
    (void)snprintf(error, ACTION_ERROR_SIZE, "'%.40s' is not %s", text, wanted);
    return false;
}

bool action_parse(const char *text, struct action *action, char error[ACTION_ERROR_SIZE])
{
    const size_t length = strcspn(text, "=");
    const struct row *row = find(text, length);
    const char *value = text + length;

    memset(action, 0, sizeof(*action));
    if (row == NULL) {
        (void)snprintf(error, ACTION_ERROR_SIZE,
                       "'%.40s' is no action (button switch dip charger load breaker "
                       "demand ambient short external fault param menu enter down esc quit)",
                       text);
        return false;
    }
    if ((*value == '=') != (row->argument != ARGUMENT_NONE)) {
        (void)snprintf(error, ACTION_ERROR_SIZE, (*value == '=') ? "%s takes no value" : "%s needs a value",
                       row->name);
        return false;
    }
    action->kind = row->kind;
    action->keys = row->keys;
    (void)snprintf(action->text, sizeof(action->text), "%.*s", (int)sizeof(action->text) - 1, text);
    return take_value(row, (*value == '=') ? value + 1 : value, action, error);
}
