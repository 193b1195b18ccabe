#include "virtual_pack/panel.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "losun_bms/model/bits.h"
#include "virtual_pack/app.h"
#include "virtual_pack/describe.h"
#include "virtual_pack/terminal.h"

#define MIDDLE         35 /* column of the cells */
#define FIRST_TEXT_ROW 18 /* below the two columns */
#define CELL_LOW_V     2.5
#define CELL_HIGH_V    3.65
#define BAR_MAX        64
#define DISPLAY_ROWS   4
#define DISPLAY_WIDTH  20

bool panel_open(struct panel *panel)
{
    memset(panel, 0, sizeof(*panel));
    (void)setlocale(LC_CTYPE, "");
    panel->screen.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    return terminal_enter();
}

static void draw_title(struct app *app, const struct lbms_snapshot *s)
{
    struct screen *screen = &app->panel.screen;
    char time[TEXT_TIME_SIZE];
    char speed[24] = "max";
    int column;

    text_time(time, plant_board_time_s(&app->board));
    if (app->pace.speed > 0.0) {
        (void)snprintf(speed, sizeof(speed), "x%g", app->pace.speed);
    }
    for (column = 0; column < screen->columns; column++) {
        (void)screen_glyph(screen, 0, column, STYLE_TITLE, ' ');
    }
    (void)screen_print(screen, 0, 1, STYLE_TITLE, "%s  %s", app->product->model, lbms_mode_name(s->mode));
    (void)screen_print(screen, 0, MIDDLE, STYLE_TITLE, "%s  %s%s", time, speed,
                       app->pace.paused ? "  PAUSED" : "");
    if (screen->columns >= 80) {
        (void)screen_print(screen, 0, screen->columns - 10, STYLE_TITLE, "losun_bms");
    }
}

static void draw_lights(struct app *app)
{
    static const struct {
        uint16_t light;
        int column;
        const char *name;
        enum screen_style lit;
    } lamps[] = {
        {LBMS_LIGHT_RUN, 1, "RUN", STYLE_LIGHT_GREEN},     {LBMS_LIGHT_ALM, 5, "ALM", STYLE_LIGHT_RED},
        {LBMS_LIGHT_L6, 10, "L6", STYLE_LIGHT_GREEN},      {LBMS_LIGHT_L1 << 4, 13, "L5", STYLE_LIGHT_GREEN},
        {LBMS_LIGHT_L1 << 3, 16, "L4", STYLE_LIGHT_GREEN}, {LBMS_LIGHT_L1 << 2, 19, "L3", STYLE_LIGHT_GREEN},
        {LBMS_LIGHT_L1 << 1, 22, "L2", STYLE_LIGHT_GREEN}, {LBMS_LIGHT_L1, 25, "L1", STYLE_LIGHT_GREEN},
        {LBMS_LIGHT_ON, 30, "ON", STYLE_LIGHT_GREEN},
    };
    struct screen *screen = &app->panel.screen;
    size_t i;

    for (i = 0; i < sizeof(lamps) / sizeof(lamps[0]); i++) {
        const bool lit = (app->board.lights & lamps[i].light) != 0;

        (void)screen_glyph(screen, 1, lamps[i].column + (i < 2 ? 1 : 0), lit ? lamps[i].lit : STYLE_DIM,
                           lit ? (unsigned)GLYPH_LIT : (unsigned)GLYPH_DARK);
        (void)screen_print(screen, 2, lamps[i].column, STYLE_DIM, "%s", lamps[i].name);
    }
    if (app->board.buzzer) {
        (void)screen_print(screen, 1, 33, STYLE_RED, "!");
    }
}

static void draw_display(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    const bool lit = app->board.display_on;
    int i;

    screen_box(screen, 3, 1, DISPLAY_ROWS + 2, DISPLAY_WIDTH + 4, STYLE_DIM);
    for (i = 0; i < DISPLAY_ROWS; i++) {
        (void)screen_print(screen, 4 + i, 2, lit ? STYLE_DISPLAY : STYLE_DIM, " %-20.20s ",
                           lit ? app->board.display[i] : "");
    }
}

static void draw_contacts(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    unsigned i;

    (void)screen_print(screen, 13, 28, STYLE_DIM, "dry");
    for (i = 0; i < 2; i++) {
        const bool closed = (app->board.contacts & (1u << i)) != 0;

        (void)screen_print(screen, 14 + (int)i, 28, STYLE_DIM, "%u", i + 1);
        (void)screen_glyph(screen, 14 + (int)i, 30, closed ? STYLE_RED : STYLE_DIM,
                           closed ? (unsigned)GLYPH_CLOSED : (unsigned)GLYPH_OPEN);
    }
}

static void draw_switches(struct app *app, const struct lbms_snapshot *s)
{
    struct screen *screen = &app->panel.screen;
    const unsigned real = plant_pack_conducting(&app->board.pack);
    unsigned i;

    (void)screen_print(screen, 13, 1, STYLE_DIM, "switches   chg dsg pre lim");
    (void)screen_print(screen, 14, 1, STYLE_DIM, "wanted");
    (void)screen_print(screen, 15, 1, STYLE_DIM, "conducting");
    for (i = 0; i < 4; i++) {
        const bool want = (s->want.closed & (1u << i)) != 0;
        const bool is = (real & (1u << i)) != 0;
        const int column = 13 + 4 * (int)i;

        (void)screen_glyph(screen, 14, column, want ? STYLE_GREEN : STYLE_DIM,
                           want ? (unsigned)GLYPH_CLOSED : (unsigned)GLYPH_OPEN);
        (void)screen_glyph(screen, 15, column,
                           (is != want) ? STYLE_RED
                           : is         ? STYLE_GREEN
                                        : STYLE_DIM,
                           is ? (unsigned)GLYPH_CLOSED : (unsigned)GLYPH_OPEN);
    }
}

static const char *temperature(char text[8], int16_t dc)
{
    if (dc == LBMS_TEMP_OPEN || dc == LBMS_TEMP_SHORT) {
        return (dc == LBMS_TEMP_OPEN) ? "open" : "short";
    }
    (void)snprintf(text, 8, "%.1f", dc / 10.0);
    return text;
}

static void draw_temperatures(struct app *app, const struct lbms_snapshot *s)
{
    struct screen *screen = &app->panel.screen;
    int column = screen_print(screen, 16, 1, STYLE_DIM, "cells degC");
    char text[8];
    unsigned i;

    for (i = 0; i < LBMS_NTCS; i++) {
        const bool valid = (s->m.ntcs_valid & (1u << i)) != 0;

        column = screen_print(screen, 16, column + 1, valid ? STYLE_PLAIN : STYLE_RED, "%s",
                              temperature(text, s->m.ntc_dc[i]));
    }
    column = screen_print(screen, 17, 1, STYLE_DIM, "MOSFET ");
    column = screen_print(screen, 17, column, STYLE_PLAIN, "%s", temperature(text, s->m.mosfet_dc));
    column = screen_print(screen, 17, column, STYLE_DIM, "  environment ");
    (void)screen_print(screen, 17, column, STYLE_PLAIN, "%s", temperature(text, s->m.ambient_dc));
}

/* What surrounds the pack: this is the truth, not what the pack has measured. */
static void draw_house(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    const struct plant_board *board = &app->board;
    const struct plant_world *world = &board->world;
    const struct house *house = &app->house;
    const bool pressed = (board->keys & LBMS_KEY_BUTTON) != 0;
    const bool power = (board->keys & LBMS_KEY_WEAK_SWITCH) != 0;
    int column = screen_print(screen, 9, 1, STYLE_PLAIN, "address %u  ", board->dip);

    column =
        screen_print(screen, 9, column, power ? STYLE_GREEN : STYLE_RED, "POWER %s", power ? "on" : "off");
    (void)screen_print(screen, 9, column, STYLE_YELLOW, "%s", pressed ? "  BUTTON" : "");
    column = screen_print(screen, 10, 1, STYLE_PLAIN, "terminals %.2f V", board->pack.terminal_v);
    (void)screen_print(screen, 10, column, STYLE_DIM, "  true %.1f %%",
                       100.0 * plant_pack_usable_soc(&board->pack));
    column = screen_print(screen, 11, 1, STYLE_PLAIN, "house %+.0f %s", house->wanted, house_unit(house));
    (void)screen_print(screen, 11, column, STYLE_DIM, "  (manual %+.0f)", house->manual);
    column = screen_print(screen, 12, 1, house->charger_on ? STYLE_PLAIN : STYLE_RED, "charger %.1f A%s",
                          world->charger_a, house->charger_on ? "" : " off");
    (void)screen_print(screen, 12, column + 2, house->load_on ? STYLE_PLAIN : STYLE_RED, "load %.1f A%s",
                       world->load_a, house->load_on ? "" : " off");
}

static void draw_cell(struct app *app, const struct lbms_measured *m, unsigned i, int width)
{
    struct screen *screen = &app->panel.screen;
    const int row = 2 + (int)i;
    const double v = m->cell_mv[i] / 1000.0;
    const bool valid = (m->cells_valid & (1u << i)) != 0;
    enum screen_style style = valid ? STYLE_GREEN : STYLE_RED;
    int column;

    if (valid && (v < 2.8 || v > 3.6)) {
        style = STYLE_YELLOW;
    }
    (void)screen_print(screen, row, MIDDLE, STYLE_DIM, "%2u", i + 1u);
    screen_bar(screen, row, MIDDLE + 3, width, style, (v - CELL_LOW_V) / (CELL_HIGH_V - CELL_LOW_V));
    column = screen_print(screen, row, MIDDLE + 4 + width, valid ? STYLE_PLAIN : STYLE_RED, "%.3f", v);
    if (valid && i == m->cell_max_index) {
        (void)screen_glyph(screen, row, column + 1, STYLE_PLAIN, GLYPH_UP);
    } else if (valid && i == m->cell_min_index) {
        (void)screen_glyph(screen, row, column + 1, STYLE_PLAIN, GLYPH_DOWN);
    }
    if ((app->board.balance_mask & (1u << i)) != 0) {
        (void)screen_print(screen, row, column + 2, STYLE_BLUE, "b");
    }
}

static void draw_cells(struct app *app, const struct lbms_snapshot *s)
{
    struct screen *screen = &app->panel.screen;
    const int space = screen->columns - MIDDLE - 14;
    const int width = (space > BAR_MAX) ? BAR_MAX : space;
    unsigned i;

    if (width < 4) {
        return;
    }
    (void)screen_print(screen, 1, MIDDLE, STYLE_DIM, "cell %.1f V", CELL_LOW_V);
    (void)screen_print(screen, 1, MIDDLE + 13, STYLE_DIM, "spread %d mV",
                       s->m.cell_max_mv - s->m.cell_min_mv);
    (void)screen_print(screen, 1, MIDDLE + 3 + width - 6, STYLE_DIM, "%.2f V", CELL_HIGH_V);
    for (i = 0; i < LBMS_CELLS; i++) {
        draw_cell(app, &s->m, i, width);
    }
}

static void draw_states(struct app *app, const struct lbms_snapshot *s)
{
    struct screen *screen = &app->panel.screen;
    char text[DESCRIBE_SIZE];
    int column = 1;

    if (s->faults != 0) {
        describe_mask(text, s->faults, lbms_fault_name, "");
        column = screen_print(screen, FIRST_TEXT_ROW, column, STYLE_RED, "FAULT %s  ", text);
    }
    describe_mask(text, s->protections, lbms_bit_name, "none");
    (void)screen_print(screen, FIRST_TEXT_ROW, column, (s->protections != 0) ? STYLE_RED : STYLE_DIM,
                       "protection: %s", text);
    describe_mask(text, s->alarms, lbms_bit_name, "none");
    (void)screen_print(screen, FIRST_TEXT_ROW + 1, 1, (s->alarms != 0) ? STYLE_YELLOW : STYLE_DIM,
                       "alarm: %s", text);
}

static const char *short_name(const char *path)
{
    return (strncmp(path, "/dev/", 5) == 0) ? path + 5 : path;
}

static void draw_ports(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    const struct ports *ports = &app->ports;
    const int row = FIRST_TEXT_ROW + 2;
    int column = 1;
    unsigned port;

    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        const struct port_serial *serial = &ports->serial[port];

        if (serial->fitted) {
            const bool lost = serial->line.state == LBMS_POSIX_LOST;

            column = screen_print(screen, row, column, lost ? STYLE_RED : STYLE_BLUE, "%s %s ",
                                  ports_name(port), short_name(serial->line.name));
            column = screen_print(screen, row, column, STYLE_PLAIN, "%lu/%lu  ", serial->bytes_in,
                                  serial->bytes_out);
        }
    }
    if (ports->can_fitted) {
        const bool lost = ports->can.state == LBMS_CAN_ABSENT;

        column = screen_print(screen, row, column, lost ? STYLE_RED : STYLE_BLUE, "can %s ",
                              short_name(ports->can.name));
        (void)screen_print(screen, row, column, STYLE_PLAIN, "%lu/%lu", (unsigned long)ports->can.frames_in,
                           (unsigned long)ports->can.frames_out);
    }
    if (!ports->any_fitted) {
        (void)screen_print(screen, row, 1, STYLE_DIM, "no ports (--rs232 pty, --can slcan:pty ...)");
    }
}

/* The newest lines, the last one at the bottom. */
static void draw_journal(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    const int first = FIRST_TEXT_ROW + 3;
    const int room = screen->rows - 1 - first;
    const size_t kept = (app->journal.count < JOURNAL_LINES) ? app->journal.count : JOURNAL_LINES;
    const size_t lines = (room <= 0) ? 0 : (kept < (size_t)room) ? kept : (size_t)room;
    size_t i;

    for (i = 0; i < lines; i++) {
        const size_t place = (app->journal.count - lines + i) % JOURNAL_LINES;

        (void)screen_print(screen, first + (int)i, 1,
                           app->journal.line[place].trouble ? STYLE_RED : STYLE_PLAIN, "%s",
                           app->journal.line[place].text);
    }
    (void)screen_print(screen, screen->rows - 1, 0, STYLE_TITLE,
                       " ? keys  bBR button  w power  cl house  +- demand  f faults  menx menu  q quit");
}

bool panel_draw(struct app *app)
{
    struct screen *screen = &app->panel.screen;
    const struct lbms_snapshot *s = lbms_snapshot(&app->bms);
    int rows;
    int columns;

    if (terminal_size(&rows, &columns)) {
        screen_resize(screen, rows, columns);
    }
    screen_clear(screen);
    draw_title(app, s);
    draw_lights(app);
    draw_display(app);
    draw_house(app);
    draw_switches(app, s);
    draw_contacts(app);
    draw_temperatures(app, s);
    draw_cells(app, s);
    draw_states(app, s);
    draw_ports(app);
    draw_journal(app);
    panel_draw_front(app);
    return screen_flush(screen);
}
