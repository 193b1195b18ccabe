/* Keys of the panel. */
#include <stdio.h>
#include <string.h>

#include "losun_bms/model/inputs.h"
#include "virtual_pack/app.h"
#include "virtual_pack/panel.h"

#define KEY_ESCAPE    27
#define KEY_BACKSPACE 127
#define SPEED_STEP    10.0
#define SPEED_MOST    1e6
#define SPEED_LEAST   0.01

/* A text that this program has made itself. */
static void act(struct app *app, const char *text)
{
    char error[ACTION_ERROR_SIZE];

    if (!control_do_text(app, text, error)) {
        journal_trouble(&app->journal, "%s", error);
    }
}

static void act_switch(struct app *app, const char *name, bool on)
{
    char text[ACTION_TEXT_SIZE];

    (void)snprintf(text, sizeof(text), "%s=%s", name, on ? "on" : "off");
    act(app, text);
}

static void turn_dip(struct app *app, unsigned by)
{
    char text[ACTION_TEXT_SIZE];

    (void)snprintf(text, sizeof(text), "dip=%u", (app->board.dip + by) % 16u);
    act(app, text);
}

static void change_speed(struct app *app, double factor)
{
    const double now_s = plant_board_time_s(&app->board);
    double speed = app->pace.speed;

    if (speed <= 0.0) { /* as fast as possible: slower is a thousandfold */
        speed = (factor < 1.0) ? 1e4 : 0.0;
    }
    speed *= factor;
    if (speed == 0.0 || (speed >= SPEED_LEAST && speed <= SPEED_MOST)) {
        pace_set(&app->pace, speed, app->pace.paused, now_s);
    }
}

/* Keys of the keyboard that hold a key of the pack. */
static const struct {
    char key;
    const char *action;
} presses[] = {
    {'b', "button=0.2s"}, {'B', "button=4s"},   {'R', "button=7s"}, {'m', "menu=0.2s"}, {'e', "enter=0.2s"},
    {'\r', "enter=0.2s"}, {'\n', "enter=0.2s"}, {'n', "down=0.2s"}, {'x', "esc=0.2s"},
};

static void panel_key(struct app *app, char key)
{
    size_t i;

    for (i = 0u; i < sizeof(presses) / sizeof(presses[0]); i++) {
        if (key == presses[i].key) {
            act(app, presses[i].action);
            return;
        }
    }
    switch (key) {
    case 'w':
        act_switch(app, "switch", (app->board.keys & LBMS_KEY_WEAK_SWITCH) == 0);
        break;
    case 'd':
        turn_dip(app, 1u);
        break;
    case 'D':
        turn_dip(app, 15u);
        break;
    case 'c':
        act_switch(app, "charger", !app->house.charger_on);
        break;
    case 'l':
        act_switch(app, "load", !app->house.load_on);
        break;
    case '+':
    case '=':
        house_nudge(&app->house, 1);
        break;
    case '-':
        house_nudge(&app->house, -1);
        break;
    case 'f':
        app->panel.front = PANEL_FAULT_LIST;
        break;
    case ':':
        app->panel.front = PANEL_ENTRY;
        break;
    case '?':
    case 'h':
        app->panel.front = PANEL_HELP;
        break;
    case 's':
        change_speed(app, SPEED_STEP);
        break;
    case 'S':
        change_speed(app, 1.0 / SPEED_STEP);
        break;
    case 'p':
        pace_set(&app->pace, app->pace.speed, !app->pace.paused, plant_board_time_s(&app->board));
        break;
    case 'q':
        app->stop = true;
        break;
    default:
        break;
    }
}

static void end_all_faults(struct app *app)
{
    unsigned i;

    act(app, "fault=none");
    for (i = 0; i < PANEL_FAULTS; i++) {
        if (app->panel.fault_on[i] && strncmp(panel_faults[i].end, "fault=", 6) != 0) {
            act(app, panel_faults[i].end);
        }
        app->panel.fault_on[i] = false;
    }
}

static void fault_key(struct app *app, char key)
{
    if (key >= 'a' && key < (char)('a' + (int)PANEL_FAULTS)) {
        bool *on = &app->panel.fault_on[key - 'a'];

        *on = !*on;
        act(app, *on ? panel_faults[key - 'a'].begin : panel_faults[key - 'a'].end);
    } else if (key == '0') {
        end_all_faults(app);
    } else if (key == ':') {
        app->panel.front = PANEL_ENTRY;
    } else {
        app->panel.front = PANEL_NOTHING;
    }
}

/* A fault may be typed without "fault=". */
static void enter(struct app *app)
{
    char text[PANEL_ENTRY_SIZE + 8];
    char error[ACTION_ERROR_SIZE];
    struct plant_fault fault;
    const bool is_fault = plant_fault_parse(app->panel.entry, &fault, NULL, 0) == 0;

    (void)snprintf(text, sizeof(text), "%s%s", is_fault ? "fault=" : "", app->panel.entry);
    if (app->panel.entry_length > 0 && !control_do_text(app, text, error)) {
        journal_trouble(&app->journal, "%s", error);
    }
}

static void entry_key(struct app *app, char key)
{
    struct panel *panel = &app->panel;

    if (key == '\r' || key == '\n' || key == KEY_ESCAPE) {
        if (key != KEY_ESCAPE) {
            enter(app);
        }
        panel->front = PANEL_NOTHING;
        panel->entry_length = 0;
    } else if (key == KEY_BACKSPACE || key == '\b') {
        panel->entry_length -= (panel->entry_length > 0) ? 1u : 0u;
    } else if (key >= ' ' && key <= '~' && panel->entry_length + 1u < PANEL_ENTRY_SIZE) {
        panel->entry[panel->entry_length++] = key;
    }
    panel->entry[panel->entry_length] = '\0';
}

/* Cursor and function keys: ESC [ ... letter or ~, ESC O letter. Only "down" has a meaning here. */
static size_t sequence_length(const char *keys, size_t count)
{
    size_t i = 2;

    if (count < 2 || keys[0] != KEY_ESCAPE || (keys[1] != '[' && keys[1] != 'O')) {
        return 0;
    }
    while (i < count &&
           !((keys[i] >= 'A' && keys[i] <= 'Z') || (keys[i] >= 'a' && keys[i] <= 'z') || keys[i] == '~')) {
        i++;
    }
    return (i < count) ? i + 1u : count;
}

void panel_keys(struct app *app, const char *keys, size_t count)
{
    size_t i = 0;

    while (i < count) {
        const size_t sequence = sequence_length(keys + i, count - i);

        if (sequence > 0) {
            i += sequence;
            if (keys[i - 1] == 'B' && app->panel.front == PANEL_NOTHING) {
                act(app, "down=0.2s");
            }
            continue;
        }
        switch (app->panel.front) {
        case PANEL_NOTHING:
            panel_key(app, keys[i]);
            break;
        case PANEL_HELP:
            app->panel.front = PANEL_NOTHING;
            break;
        case PANEL_FAULT_LIST:
            fault_key(app, keys[i]);
            break;
        case PANEL_ENTRY:
            entry_key(app, keys[i]);
            break;
        }
        i++;
    }
}
