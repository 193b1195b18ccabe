/* What lies in front of the panel: help, list of faults, entry line. */
#include "virtual_pack/app.h"
#include "virtual_pack/panel.h"

#define BOX_WIDTH 66

const struct panel_fault panel_faults[PANEL_FAULTS] = {
    {"cell 3: reading stuck", "fault=cell3=stuck", "fault=cell3=ok"},
    {"cell 5: reading 400 mV too low", "fault=cell5=offset:-400", "fault=cell5=ok"},
    {"cell 9: wire open", "fault=cell9=open", "fault=cell9=ok"},
    {"cells 6 and 7: wires exchanged", "fault=cell6+swap7", "fault=cell6=ok"},
    {"cell 12: internal short of 2 A", "fault=cell12=leak:2000", "fault=cell12=ok"},
    {"temperature sensor 2: open", "fault=ntc2=open", "fault=ntc2=ok"},
    {"temperature sensor 1: reads 40 K too much", "fault=ntc1=offset:400", "fault=ntc1=ok"},
    {"current sensor: stuck", "fault=current=stuck", "fault=current=ok"},
    {"no new samples", "fault=samples=missing", "fault=samples=ok"},
    {"front end does not answer", "fault=afe=silent", "fault=afe=ok"},
    {"charge switch welded", "fault=chg=welded", "fault=chg=ok"},
    {"discharge switch dead", "fault=dsg=dead", "fault=dsg=ok"},
    {"short circuit at the terminals", "short=0.005", "short=0"},
    {"charger reversed (50 V)", "external=-50", "external=0"},
    {"surroundings at 65 degC", "ambient=65", "ambient=25"},
    {"surroundings at -15 degC", "ambient=-15", "ambient=25"},
};

static const char *const help_lines[] = {
    "b        press the BMS button shortly (0.2 s)",
    "B        hold it 4 s: sleep, or wake up",
    "R        hold it 7 s: reset",
    "w        weak-current switch (POWER) on/off",
    "d D      address switch up/down",
    "m e n x  keys of the display: MENU, ENTER, DOWN, ESC (also Enter, cursor down)",
    "c l      charger, load of the house on/off",
    "+ -      manual demand: more charging, more load",
    "f        list of faults",
    ":        type any action: fault=cell4=offset:30, ambient=40 ...",
    "s S      ten times faster, ten times slower",
    "p        pause",
    "?        this help (any key closes it)",
    "q        quit",
};

static struct screen *box(struct app *app, int lines, const char *title, int *row, int *column)
{
    struct screen *screen = &app->panel.screen;
    const int height = lines + 2;

    *row = (screen->rows > height) ? (screen->rows - height) / 2 : 0;
    *column = (screen->columns > BOX_WIDTH) ? (screen->columns - BOX_WIDTH) / 2 : 0;
    screen_box(screen, *row, *column, height, BOX_WIDTH, STYLE_BOX);
    (void)screen_print(screen, *row, *column + 2, STYLE_BOX, " %s ", title);
    (*row)++;
    *column += 2;
    return screen;
}

static void draw_help(struct app *app)
{
    const int lines = (int)(sizeof(help_lines) / sizeof(help_lines[0]));
    int row;
    int column;
    struct screen *screen = box(app, lines, "keys", &row, &column);
    int i;

    for (i = 0; i < lines; i++) {
        (void)screen_print(screen, row + i, column, STYLE_BOX, "%s", help_lines[i]);
    }
}

static void draw_faults(struct app *app)
{
    int row;
    int column;
    struct screen *screen = box(app, (int)PANEL_FAULTS + 1, "faults", &row, &column);
    unsigned i;

    for (i = 0; i < PANEL_FAULTS; i++) {
        (void)screen_print(screen, row + (int)i, column, STYLE_BOX, "%c  [%c] %s", 'a' + i,
                           app->panel.fault_on[i] ? 'x' : ' ', panel_faults[i].name);
    }
    (void)screen_print(screen, row + (int)i, column, STYLE_BOX,
                       "a-p begin or end    0 end all    : type one    Esc back");
}

static void draw_entry(struct app *app)
{
    int row;
    int column;
    struct screen *screen = box(app, 2, "action", &row, &column);

    (void)screen_print(screen, row, column, STYLE_BOX, ": %s_", app->panel.entry);
    (void)screen_print(screen, row + 1, column, STYLE_BOX, "Enter does it, Esc back");
}

void panel_draw_front(struct app *app)
{
    switch (app->panel.front) {
    case PANEL_NOTHING:
        break;
    case PANEL_HELP:
        draw_help(app);
        break;
    case PANEL_FAULT_LIST:
        draw_faults(app);
        break;
    case PANEL_ENTRY:
        draw_entry(app);
        break;
    }
}
