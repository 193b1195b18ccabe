/* The run: simulated time, real time, and everything that happens at the beginning of a piece of it. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/model/ports.h"
#include "virtual_pack/app.h"
#include "virtual_pack/terminal.h"

#define FRAME_S      0.04
#define LAG_MOST_S   0.25 /* real time that the simulation may be late before it stops trying to catch up */
#define KEYS_AT_ONCE 64

static void on_change(void *ctx, const char *line)
{
    struct app *app = ctx;

    journal_event(&app->journal, "%s", line);
}

static void on_step(void *ctx, const struct lbms_inputs *inputs, const struct lbms_outputs *outputs,
                    const struct lbms_snapshot *snapshot)
{
    struct app *app = ctx;

    app->journal.time_s = plant_board_time_s(&app->board);
    if (!recorder_step(&app->recorder, inputs, outputs, snapshot)) {
        journal_trouble(&app->journal, "--record: %s: %s; the recording ends here", app->options.record,
                        strerror(errno));
    }
    changes_step(&app->changes, inputs, outputs, snapshot, on_change, app);
    csv_observe(&app->csv, snapshot);
    report_observe(&app->report, snapshot);
}

/* What the pack keeps of its service code is a digest; the salt of a real one is made when the code is set. */
static void start_link(struct app *app)
{
    const char *code = app->options.service_code;

    app->link_config.firmware = "losun_bms virtual pack";
    if (code != NULL) {
        memset(app->service_key.salt, 0x5A, sizeof(app->service_key.salt));
        lbms_access_make_key(&app->service_key, code, strlen(code));
        app->link_config.key = &app->service_key;
    }
    lbms_run_link_init(&app->link, &app->link_config);
}

void app_start_core(struct app *app)
{
    const int status = lbms_init(&app->bms, &app->board.hal, app->product, &app->restored);

    if (status != LBMS_OK) {
        journal_trouble(&app->journal, "the stored parameters are refused (%s): the defaults are used",
                        lbms_status_text(status));
    }
    if (!recorder_begin(&app->recorder, app->product, &app->restored)) {
        journal_trouble(&app->journal, "--record: %s: %s", app->options.record, strerror(errno));
    }
    (void)lbms_run_lcd_init(&app->lcd, LBMS_LCD_ROWS, LBMS_LCD_COLUMNS);
    app->lcd.view.firmware = "virtual";
    start_link(app);
    lbms_keep(&app->bms, app->nvm.open ? &app->keeper : NULL);
    changes_restart(&app->changes);
    lbms_observe(&app->bms, on_step, app);
}

/* The processor restarts: what it kept in retained memory is all that is left. */
static void restart(struct app *app)
{
    if (app->board.retained_size == sizeof(app->restored)) {
        memcpy(&app->restored, app->board.retained, sizeof(app->restored));
    } else {
        lbms_core_save(&app->bms.core, &app->restored);
    }
    app->restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    if (app->nvm.open) {
        (void)app_remember(app);
    }
    plant_board_restart(&app->board);
    journal_event(&app->journal, "reset: the processor starts anew");
    app_start_core(app);
}

/* Screen, keys and signals: when it is time for the next frame. */
static void attend(struct app *app)
{
    char keys[KEYS_AT_ONCE];
    int count;

    if (terminal_stop_wanted() || app->journal.output_closed) {
        app->stop = true;
    }
    if (!app->live || app->stop || pace_wall_s() < app->attend_s) {
        return;
    }
    app->attend_s = pace_wall_s() + FRAME_S;
    if (terminal_suspend()) {
        pace_start(&app->pace, plant_board_time_s(&app->board));
    }
    count = terminal_read(keys, sizeof(keys));
    if (count > 0) {
        panel_keys(app, keys, (size_t)count);
    }
    if (count < 0 || !panel_draw(app)) {
        app->stop = true;
    }
}

/* Until something can be read or the next frame is due. */
static void rest(struct app *app, double seconds)
{
    int fd[LBMS_PORT_COUNT + 1];
    size_t count = 0;

    if (app->live) {
        fd[count++] = STDIN_FILENO;
    }
    if (!app->pace.paused) {
        count += ports_descriptors(&app->ports, fd + count);
    }
    terminal_wait(fd, count, fmin(seconds, FRAME_S));
}

/*
 * Waits until real time has reached the simulated moment `until_s`, or a port or key needs the core sooner.
 * The simulated moment that has been reached.
 */
static double wait_until(struct app *app, double until_s)
{
    const double now_s = plant_board_time_s(&app->board);

    for (;;) {
        const double reached_s = pace_reached_s(&app->pace);
        const uint16_t keys = app->board.keys;

        if (reached_s >= until_s) {
            if (!isinf(reached_s) && reached_s - until_s > LAG_MOST_S * app->pace.speed) {
                pace_start(&app->pace, until_s);
            }
            attend(app);
            return until_s;
        }
        rest(app, app->pace.paused ? FRAME_S : (until_s - reached_s) / app->pace.speed);
        attend(app);
        ports_poll(&app->ports, &app->board, &app->journal);
        if (app->stop || app->board.keys != keys || app->ports.fresh) {
            return fmin(until_s, fmax(now_s, pace_reached_s(&app->pace)));
        }
    }
}

/* A file on a full disk, for instance. */
static void watch_memory(struct app *app)
{
    const char *report = app->nvm.open ? lbms_posix_flash_report(&app->nvm.flash) : NULL;

    if (report != NULL && !app->nvm_failed) {
        app->nvm_failed = true;
        journal_trouble(&app->journal, "--nvm: %s", report);
    }
}

static void keep_records(struct app *app, double now_s)
{
    const struct lbms_snapshot *snapshot = lbms_snapshot(&app->bms);

    if (!csv_tick(&app->csv, now_s, snapshot, &app->board, app->house.wanted)) {
        journal_trouble(&app->journal, "--csv: %s: %s; the file ends here", app->csv_path, strerror(errno));
    }
    if (report_tick(&app->report, now_s, snapshot, &app->board)) {
        char status[2 * JOURNAL_LINE_SIZE];
        char time[TEXT_TIME_SIZE];

        text_time(time, now_s);
        report_status(status, sizeof(status), snapshot, &app->board);
        journal_print(&app->journal, "%s  = %s", time, status);
    }
    watch_memory(app);
}

/* At the beginning of every piece of simulated time, awake or asleep. */
static int on_piece(void *ctx, struct plant_board *board)
{
    struct app *app = ctx;
    const double now_s = plant_board_time_s(board);
    bool moved;

    app->journal.time_s = now_s;
    if (board->asleep) { /* awake, app_run() does this */
        ports_poll(&app->ports, board, &app->journal);
        (void)wait_until(app, now_s);
    }
    if (app->stop || now_s + 1e-6 >= app->end_s) {
        app->stop = true;
        return 1;
    }
    moved = control_tick(app);
    house_apply(&app->house, &board->world, board->asleep ? NULL : &lbms_snapshot(&app->bms)->limit, now_s);
    keep_records(app, now_s);
    return (app->stop || (moved && !board->asleep)) ? 1 : 0;
}

/* How long the core may be left alone, ms. Steps longer than its own are for long runs that nobody watches. */
static uint32_t patience(const struct app *app, uint32_t due_ms)
{
    const uint32_t step_ms = (uint32_t)app->options.step_ms;

    return (due_ms > 0 && step_ms > LBMS_STEP_MS) || step_ms < due_ms ? step_ms : due_ms;
}

void app_run(struct app *app)
{
    app->board.hook = on_piece;
    app->board.hook_ctx = app;
    app->started_wall_s = pace_wall_s();
    pace_start(&app->pace, plant_board_time_s(&app->board));
    while (!app->stop) {
        const double now_s = plant_board_time_s(&app->board);
        uint32_t wait_ms;

        if (app->house.has_inverter && plant_inverter_talks(&app->house.inverter)) {
            app->bms.inputs.ports_seen |= (uint8_t)(1u << LBMS_PORT_CAN);
        }
        wait_ms = lbms_run(&app->bms);
        wait_ms = patience(app, lbms_run_link(&app->link, &app->bms, wait_ms));
        while (lbms_run_lcd(&app->lcd, &app->bms)) {
            /* line after line; a real display would write one, and go on later */
        }
        if (app->board.reset_requested) {
            restart(app);
            continue;
        }
        if (wait_ms > 0) {
            const double until_s = wait_until(app, now_s + wait_ms / 1000.0);
            const uint32_t ms = (uint32_t)((until_s - now_s) * 1000.0 + 0.001);

            (void)plant_board_advance(&app->board, ms);
        }
        ports_poll(&app->ports, &app->board, &app->journal);
    }
}
