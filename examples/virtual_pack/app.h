/* The whole program. */
#ifndef VIRTUAL_PACK_APP_H
#define VIRTUAL_PACK_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/run.h"
#include "losun_bms/run_lcd.h"
#include "losun_bms/run_link.h"
#include "plant/board.h"
#include "virtual_pack/changes.h"
#include "virtual_pack/control.h"
#include "virtual_pack/csv.h"
#include "virtual_pack/house.h"
#include "virtual_pack/journal.h"
#include "virtual_pack/nvm.h"
#include "virtual_pack/options.h"
#include "virtual_pack/pace.h"
#include "virtual_pack/panel.h"
#include "virtual_pack/ports.h"
#include "virtual_pack/recorder.h"
#include "virtual_pack/report.h"

#define APP_PATH_SIZE 1024

struct app {
    struct options options;
    const struct lbms_product *product;
    /* the pack */
    struct plant_board board;
    struct lbms bms;
    struct lbms_run_lcd lcd;
    struct lbms_run_link link;
    struct lbms_run_link_config link_config;
    struct lbms_access_key service_key; /* in use when there is a service code */
    struct lbms_restored restored;      /* with which it was started */
    /* around it */
    struct house house;
    struct control control;
    struct ports ports;
    struct nvm nvm;
    struct lbms_keeper keeper; /* in use while nvm is open */
    bool nvm_failed;           /* something could not be saved: told once */
    /* what is told and kept */
    struct journal journal;
    struct changes changes;
    struct report report;
    struct recorder recorder;
    struct csv csv;
    char csv_path[APP_PATH_SIZE];
    bool csv_temporary; /* only for the plot: removed at the end */
    /* time */
    struct pace pace;
    double end_s; /* simulated end; infinite: none */
    double started_wall_s;
    double attend_s; /* real time at which the terminal is looked after next */
    bool live;
    struct panel panel;
    bool stop;
};

/* setup.c: build everything from the options. 0, or -1: error has one line. */
int app_open(struct app *app, const struct options *options, char error[OPTIONS_ERROR_SIZE]);

/* setup.c: start the core, at the beginning and after a reset. */
void app_start_core(struct app *app);

/* loop.c: run until the end. */
void app_run(struct app *app);

/* finish.c: save, close, plot, and print the summary. Also for an app that app_open() has left half built. */
void app_close(struct app *app, bool summary);

/* setup.c: what is on the flash completes app->restored. The status of lbms_keeper_open(). */
int app_remember(struct app *app);

#endif
