/* The end of a run: everything saved, closed and drawn. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "virtual_pack/app.h"
#include "virtual_pack/plot.h"
#include "virtual_pack/terminal.h"

static void save(struct app *app)
{
    if (app->nvm.open) {
        lbms_keeper_finish(&app->keeper, &app->bms.core);
    }
}

static void close_files(struct app *app)
{
    const bool recording = app->recorder.file != NULL;
    const bool writing = app->csv.file != NULL;

    if (!recorder_close(&app->recorder)) {
        journal_trouble(&app->journal, "--record: %s: %s", app->options.record, strerror(errno));
    } else if (recording) {
        journal_print(&app->journal, "recording: %s, %llu steps, %llu bytes", app->options.record,
                      app->recorder.steps, app->recorder.bytes);
    }
    if (!csv_close(&app->csv)) {
        journal_trouble(&app->journal, "--csv: %s: %s", app->csv_path, strerror(errno));
    } else if (writing && !app->csv_temporary) {
        journal_print(&app->journal, "csv: %s", app->csv_path);
    }
}

static void draw(struct app *app)
{
    const char *profile = app->options.profile;
    const char *slash = (profile != NULL) ? strrchr(profile, '/') : NULL;
    const char *what = (slash != NULL) ? slash + 1 : profile;
    char title[160];
    struct plot plot;

    (void)snprintf(title, sizeof(title), "%s, virtual pack: %.100s", app->product->model,
                   (app->options.title != NULL) ? app->options.title
                   : (what != NULL)             ? what
                                                : "no profile");
    plot.file = app->options.plot;
    plot.csv = app->csv_path;
    plot.title = title;
    plot.seen = app->csv.seen;
    if (plot_draw(&plot)) {
        journal_print(&app->journal, "plot: %s", app->options.plot);
    } else {
        journal_trouble(&app->journal, "--plot: %s: %s", app->options.plot,
                        (plot.seen.rows < 2) ? "the run was too short" : "gnuplot has failed");
    }
}

void app_close(struct app *app, bool summary)
{
    const double wall_s = pace_wall_s() - app->started_wall_s;

    if (app->live) {
        terminal_leave();
        app->journal.to_screen = false;
    }
    if (summary) {
        save(app);
    }
    ports_close(&app->ports);
    nvm_close(&app->nvm);
    house_free(&app->house);
    if (summary && !app->journal.output_lost) {
        report_summary(stdout, &app->report, lbms_snapshot(&app->bms), &app->board, app->changes.trips,
                       wall_s);
    }
    close_files(app);
    terminal_release_signals();
    if (summary && app->options.plot != NULL) {
        draw(app);
    }
    if (app->csv_temporary) {
        (void)unlink(app->csv_path);
    }
}
