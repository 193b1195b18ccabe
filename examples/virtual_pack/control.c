#include "virtual_pack/control.h"

#include <stdio.h>
#include <string.h>

#include "losun_bms/model/inputs.h"
#include "virtual_pack/app.h"

static void hold(struct app *app, const struct action *action)
{
    unsigned key;

    plant_board_key(&app->board, action->keys, true);
    for (key = 0; key < CONTROL_KEYS; key++) {
        if ((action->keys & (1u << key)) != 0) {
            app->control.until_ms[key] = app->board.time_ms + (uint64_t)(action->value * 1000.0 + 0.5);
        }
    }
}

static void write_param(struct app *app, const struct action *action)
{
    struct lbms_command command;
    int sequence;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.origin = LBMS_PORT_RS232;
    command.count = 1;
    command.item[0] = action->param;
    sequence = lbms_command(&app->bms, &command);
    if (sequence < 0) {
        journal_trouble(&app->journal, "%s: %s", action->text, lbms_status_text(sequence));
    }
}

void control_do(struct app *app, const struct action *action)
{
    struct plant_world *world = &app->board.world;

    switch (action->kind) {
    case ACTION_HOLD:
        hold(app, action);
        break;
    case ACTION_SWITCH:
        plant_board_key(&app->board, LBMS_KEY_WEAK_SWITCH, action->on);
        break;
    case ACTION_DIP:
        app->board.dip = (uint8_t)action->value;
        break;
    case ACTION_CHARGER:
        app->house.charger_on = action->on;
        break;
    case ACTION_LOAD:
        app->house.load_on = action->on;
        break;
    case ACTION_BREAKER:
        world->breaker_open = !action->on;
        break;
    case ACTION_DEMAND:
        if (!house_set_demand(&app->house, action->value, action->unit)) {
            journal_trouble(&app->journal, "%s: the profile is in %s", action->text, house_unit(&app->house));
        }
        break;
    case ACTION_AMBIENT:
        world->ambient_c = action->value;
        break;
    case ACTION_SHORT:
        world->short_ohm = action->value;
        break;
    case ACTION_EXTERNAL:
        world->ext_on = action->value != 0.0;
        world->ext_v = action->value;
        break;
    case ACTION_FAULT:
        if (plant_board_inject(&app->board, &action->fault) != 0) {
            journal_trouble(&app->journal, "%s: there is no such fault here", action->text);
        }
        break;
    case ACTION_PARAM:
        write_param(app, action);
        break;
    case ACTION_QUIT:
        app->stop = true;
        break;
    }
    journal_event(&app->journal, "* %s", action->text);
}

bool control_do_text(struct app *app, const char *text, char error[ACTION_ERROR_SIZE])
{
    struct action action;

    if (!action_parse(text, &action, error)) {
        return false;
    }
    control_do(app, &action);
    return true;
}

static bool release(struct app *app)
{
    bool moved = false;
    unsigned key;

    for (key = 0; key < CONTROL_KEYS; key++) {
        uint64_t *until_ms = &app->control.until_ms[key];

        if (*until_ms != 0 && app->board.time_ms >= *until_ms) {
            plant_board_key(&app->board, (uint16_t)(1u << key), false);
            *until_ms = 0;
            moved = true;
        }
    }
    return moved;
}

bool control_tick(struct app *app)
{
    const struct options *options = &app->options;
    const uint64_t now_ms = app->board.time_ms;
    bool moved = release(app);

    while (app->control.next < options->action_count) {
        const struct action *action = &options->action[app->control.next];

        if ((uint64_t)(action->at_s * 1000.0 + 0.5) > now_ms) {
            break;
        }
        app->control.next++;
        control_do(app, action);
        moved = true;
    }
    return moved;
}
