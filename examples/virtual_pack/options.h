/* The command line. */
#ifndef VIRTUAL_PACK_OPTIONS_H
#define VIRTUAL_PACK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/params.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/units.h"
#include "virtual_pack/action.h"

#define OPTIONS_ACTIONS_MAX 64
#define OPTIONS_PARAMS_MAX  LBMS_PARAM_COUNT
#define OPTIONS_ERROR_SIZE  400

/* Values of options.speed and options.soc_pct that are no numbers. */
#define OPTIONS_SPEED_MAX   0.0
#define OPTIONS_NOT_GIVEN   (-1.0)
#define OPTIONS_SOC_UNKNOWN (-2.0)

/* What shall be written, shown or run. */
enum options_job { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_LEDS };

struct options {
    bool help, version, show_leds;
    /* demand */
    const char *profile; /* NULL: none */
    bool loop;
    double scale, from_s;
    double demand; /* manual demand at the start */
    enum plant_demand_kind demand_unit;
    bool inverter, inverter_ignores;                     /* the second one implies the first one */
    double inverter_power_w, inverter_standby_w, grid_w; /* OPTIONS_NOT_GIVEN: as plant_inverter_defaults() */
    /* time and screen */
    bool headless, live;
    double speed;      /* OPTIONS_NOT_GIVEN, OPTIONS_SPEED_MAX or simulated seconds for each real one */
    double duration_s; /* OPTIONS_NOT_GIVEN: see duration_of() in main.c */
    double step_ms;
    /* pack */
    double soc_pct;      /* OPTIONS_NOT_GIVEN */
    double estimate_pct; /* OPTIONS_NOT_GIVEN or OPTIONS_SOC_UNKNOWN */
    double capacity_ah, ambient_c;
    bool balanced;            /* no spread of the cells */
    double ahead[LBMS_CELLS]; /* charge of each cell beyond that of the others, % of its capacity */
    uint64_t seed;
    double address;
    struct lbms_param_item param[OPTIONS_PARAMS_MAX];
    size_t param_count;
    const char *nvm;
    /* ports, as the POSIX port names them; NULL: not fitted */
    const char *serial[LBMS_SERIAL_PORTS];
    const char *can;
    bool paced;
    const char *service_code; /* NULL: none */
    const char *answer_from;  /* NULL: the pack answers itself */
    /* files */
    const char *csv, *plot, *title, *record;
    double csv_period_s;
    double led_profile;
    /* sorted by time */
    struct action action[OPTIONS_ACTIONS_MAX];
    size_t action_count;
};

/* What happens when nothing is said. */
void options_defaults(struct options *options);

/* Reads the command line. 0, or -1: error has one line that names the culprit. */
int options_parse(struct options *options, int argc, char **argv, char error[OPTIONS_ERROR_SIZE]);

/* What the options ask for. */
enum options_job options_job(const struct options *options);

/* The text of --help. */
void options_help(void);

#endif
