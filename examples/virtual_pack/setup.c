/* From options to a pack that can run. */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virtual_pack/app.h"
#include "virtual_pack/plot.h"
#include "virtual_pack/terminal.h"

#define REFERENCE_AH 100.0 /* capacity for which the cell type has its resistances */
#define DEFAULT_SOC  0.5
#define DAY_S        86400.0
#define ROWS_WANTED  5000.0 /* of the CSV, when nothing else is said */

static int fail(char *error, const char *what, const char *path)
{
    (void)snprintf(error, OPTIONS_ERROR_SIZE, "%s: %.200s: %s", what, path, strerror(errno));
    return -1;
}

static double given_or(double given, double otherwise)
{
    return (given == OPTIONS_NOT_GIVEN) ? otherwise : given;
}

static void open_inverter(struct house *house, const struct options *options)
{
    struct plant_inverter *inverter = &house->inverter;

    house->has_inverter = options->inverter || options->inverter_ignores;
    plant_inverter_defaults(inverter);
    inverter->ignores = options->inverter_ignores;
    inverter->power_w = given_or(options->inverter_power_w, inverter->power_w);
    inverter->standby_w = given_or(options->inverter_standby_w, inverter->standby_w);
    inverter->grid_w = given_or(options->grid_w, inverter->grid_w);
}

/* An inverter thinks in watts. */
static int check_unit(const struct house *house, enum plant_demand_kind unit, const char *where, char *error)
{
    if (house->has_inverter && unit == PLANT_DEMAND_CURRENT) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "%s: with an inverter the demand must be in W", where);
        return -1;
    }
    return 0;
}

static int open_house(struct app *app, char *error)
{
    const struct options *options = &app->options;
    struct plant_profile profile;
    char why[PLANT_PROFILE_ERROR_SIZE];
    size_t i;

    house_init(&app->house);
    open_inverter(&app->house, options);
    if (options->profile != NULL) {
        if (plant_profile_load(&profile, options->profile, why, sizeof(why)) != 0) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--profile: %s", why);
            return -1;
        }
        profile.scale = options->scale;
        profile.loop = options->loop;
        house_set_profile(&app->house, &profile, options->from_s);
        if (check_unit(&app->house, app->house.unit, "--profile", error) != 0) {
            return -1;
        }
        if (!options->loop && options->from_s >= plant_profile_duration_s(&profile)) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--from: the profile ends after %.0f s",
                           plant_profile_duration_s(&profile));
            return -1;
        }
    }
    if (check_unit(&app->house, options->demand_unit, "--demand", error) != 0) {
        return -1;
    }
    if (options->demand_unit != PLANT_DEMAND_NONE &&
        !house_set_demand(&app->house, options->demand, options->demand_unit)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--demand: the profile is in %s", house_unit(&app->house));
        return -1;
    }
    for (i = 0; i < options->action_count; i++) {
        const struct action *action = &options->action[i];

        if (action->kind == ACTION_DEMAND && check_unit(&app->house, action->unit, "--at", error) != 0) {
            return -1;
        }
        if (action->kind == ACTION_DEMAND && app->house.has_profile && action->unit != app->house.unit) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--at: %s: the profile is in %s", action->text,
                           house_unit(&app->house));
            return -1;
        }
    }
    return 0;
}

static int check_plot(const struct app *app, char *error)
{
    const char *plot = app->options.plot;
    char path[APP_PATH_SIZE];

    if (plot == NULL) {
        return 0;
    }
    if (!plot_possible()) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--plot: gnuplot is not installed");
        return -1;
    }
    (void)snprintf(path, sizeof(path), "%s", plot);
    return (access(dirname(path), W_OK) == 0) ? 0 : fail(error, "--plot", plot);
}

int app_remember(struct app *app)
{
    struct lbms_hal hal;

    memset(&hal, 0, sizeof(hal));
    hal.flash = &app->nvm.values.flash;
    hal.log_flash = &app->nvm.records.flash;
    return lbms_keeper_open(&app->keeper, &hal, app->product, &app->restored);
}

/* Parameters that are not at their default, so that one sees what is remembered. */
static void tell_params(struct app *app)
{
    size_t i;

    for (i = 0; app->restored.params_valid && i < LBMS_PARAM_COUNT; i++) {
        if (app->restored.params.v[i] != app->product->params[i].def) {
            journal_print(&app->journal, "remembered: %s=%ld", app->product->params[i].name,
                          (long)app->restored.params.v[i]);
        }
    }
}

/* A file that is not ours, or damaged, costs what was remembered, not the run. */
static int open_nvm(struct app *app, bool *loaded, char *error)
{
    const struct lbms_journal *journal = &app->keeper.store.journal;
    int status;

    *loaded = false;
    if (app->options.nvm == NULL) {
        return 0;
    }
    status = nvm_open(&app->nvm, app->options.nvm);
    if (status == LBMS_ERR_FORMAT) {
        journal_trouble(&app->journal, "--nvm: %s; the pack starts with defaults and saves nothing",
                        app->nvm.flash.error);
        return 0;
    }
    if (status != LBMS_OK) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--nvm: %s", app->nvm.flash.error);
        return -1;
    }
    if (app_remember(app) != LBMS_OK) {
        journal_trouble(&app->journal,
                        "--nvm: %s: of another version; the pack starts with defaults and saves nothing",
                        app->options.nvm);
    } else if ((!app->nvm.blank && journal->bank == LBMS_AREA_NONE) || app->keeper.store.trouble != 0) {
        journal_trouble(&app->journal,
                        "--nvm: %s: damaged; what cannot be read is replaced by older values or defaults",
                        app->options.nvm);
    } else {
        *loaded = app->restored.life.valid;
    }
    if (*loaded) { /* the last run has ended: no unexpected reset */
        app->restored.boot.reset_cause = LBMS_RESET_PIN;
    }
    tell_params(app);
    return 0;
}

/* Which ordering a refused set would break. */
static void describe_order(const struct app *app, const struct lbms_params *params, char *error)
{
    const struct lbms_product *product = app->product;
    size_t i;

    for (i = 0; i < product->order_count; i++) {
        const struct lbms_param_order *order = &product->orders[i];
        const int32_t low = params->v[order->low];
        const int32_t high = params->v[order->high];

        if (low > high || (low == high && order->strict != 0)) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: %s (%ld) must %s %s (%ld)",
                           product->params[order->low].name, (long)low,
                           (order->strict != 0) ? "be below" : "not exceed",
                           product->params[order->high].name, (long)high);
            return;
        }
    }
}

static int set_params(struct app *app, char *error)
{
    const struct options *options = &app->options;
    struct lbms_params wanted;
    uint16_t culprit = 0;
    int status;
    size_t i;

    if (!app->restored.params_valid) {
        lbms_params_defaults(&app->restored.params, app->product);
        app->restored.params_valid = true;
    }
    wanted = app->restored.params;
    for (i = 0; i < options->param_count; i++) {
        wanted.v[options->param[i].id] = options->param[i].value;
    }
    status = lbms_params_check(&wanted, app->product, &culprit);
    if (status == LBMS_OK) {
        app->restored.params = wanted;
    } else if (status == LBMS_ERR_ORDER) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: %s contradicts another parameter",
                       app->product->params[culprit].name);
        describe_order(app, &wanted, error);
    } else {
        const struct lbms_param_desc *desc = &app->product->params[culprit];

        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--param: %s must be from %ld to %ld %s", desc->name,
                       (long)desc->min, (long)desc->max, lbms_unit_symbol(desc->unit));
    }
    return (status == LBMS_OK) ? 0 : -1;
}

static void configure_board(const struct options *options, struct plant_board_config *config)
{
    struct plant_cell_type *type = &config->pack.type;
    unsigned i;

    plant_board_defaults(config);
    plant_board_seed(config, options->seed);
    if (options->balanced) {
        plant_pack_uniform(&config->pack);
    }
    config->sample_ms = (uint32_t)options->step_ms;
    config->sleep_limit_s = UINT32_MAX;
    config->pack.start_c = options->ambient_c;
    type->capacity_ah = options->capacity_ah;
    type->r0_ohm *= REFERENCE_AH / options->capacity_ah;
    for (i = 0; i < type->rc_count; i++) {
        type->r_ohm[i] *= REFERENCE_AH / options->capacity_ah;
    }
}

/* The other cells keep the charge that was asked for. */
static void set_ahead(const struct options *options, struct plant_board_config *config)
{
    unsigned i;

    for (i = 0; i < LBMS_CELLS; i++) {
        config->pack.cell_ahead[i] = options->ahead[i] / 100.0;
    }
}

static void build_board(struct app *app, bool loaded)
{
    const struct options *options = &app->options;
    struct plant_board_config config;
    double soc = DEFAULT_SOC;

    configure_board(options, &config);
    if (options->soc_pct != OPTIONS_NOT_GIVEN) {
        soc = options->soc_pct / 100.0;
    } else if (loaded && app->restored.life.valid) {
        soc = fmin(1.0, app->restored.life.charge_mas / (3.6e6 * options->capacity_ah));
    }
    /* The state of charge of a pack is that of its weakest cells: a second pack hits it better. */
    config.pack.soc = soc;
    plant_board_init(&app->board, &config);
    config.pack.soc += soc - plant_pack_usable_soc(&app->board.pack);
    set_ahead(options, &config);
    plant_board_init(&app->board, &config);
    app->board.world.ambient_c = options->ambient_c;
    app->board.dip = (uint8_t)options->address;
}

/* What the pack believes about its charge when it starts. */
static void set_estimate(struct app *app, bool loaded)
{
    struct lbms_lifetime *life = &app->restored.life;
    const double full_mas = 3600.0 * app->restored.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH];
    const double pct = app->options.estimate_pct;

    if (pct == OPTIONS_SOC_UNKNOWN) {
        life->valid = false;
    } else if (pct != OPTIONS_NOT_GIVEN) {
        life->valid = true;
        life->charge_mas = (int32_t)(full_mas * pct / 100.0);
    } else if (!loaded) {
        life->valid = true;
        life->charge_mas = (int32_t)(full_mas * fmax(0.0, plant_pack_usable_soc(&app->board.pack)));
    }
}

static int open_ports(struct app *app, char *error)
{
    const struct options *options = &app->options;
    char line[PORTS_LINE_SIZE];
    char why[ANSWERS_ERROR_SIZE];
    unsigned port;

    ports_init(&app->ports, &app->board);
    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        if (options->serial[port] != NULL &&
            ports_open_serial(&app->ports, &app->board, port, options->serial[port], options->paced) != 0) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--%s: %s", ports_name(port),
                           ports_serial_error(&app->ports, port));
            return -1;
        }
    }
    if (options->answer_from != NULL && answers_open(&app->ports.answers, options->answer_from, why) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--answer-from: %.200s: %s", options->answer_from, why);
        return -1;
    }
    if (options->can != NULL && ports_open_can(&app->ports, &app->board, options->can) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--can: %s", ports_can_error(&app->ports));
        return -1;
    }
    for (port = 0; port < LBMS_PORT_COUNT; port++) {
        if (ports_describe(&app->ports, port, line)) {
            printf("%s\n", line);
        }
    }
    (void)fflush(stdout);
    return 0;
}

static double csv_period(const struct app *app)
{
    if (app->options.csv_period_s != OPTIONS_NOT_GIVEN) {
        return app->options.csv_period_s;
    }
    return isinf(app->end_s) ? 1.0 : fmax(0.1, fmin(10.0, app->end_s / ROWS_WANTED));
}

static int open_files(struct app *app, char *error)
{
    const struct options *options = &app->options;

    if (options->csv != NULL) {
        (void)snprintf(app->csv_path, sizeof(app->csv_path), "%s", options->csv);
    } else if (options->plot != NULL) {
        const char *folder = getenv("TMPDIR");
        int fd;

        (void)snprintf(app->csv_path, sizeof(app->csv_path), "%s/virtual_pack.XXXXXX",
                       (folder != NULL) ? folder : "/tmp");
        fd = mkstemp(app->csv_path);
        if (fd < 0) {
            return fail(error, "--plot", app->csv_path);
        }
        app->csv_temporary = true;
        (void)close(fd);
    }
    if (app->csv_path[0] != '\0' && !csv_open(&app->csv, app->csv_path, csv_period(app))) {
        return fail(error, "--csv", app->csv_path);
    }
    if (options->record != NULL && !recorder_open(&app->recorder, options->record)) {
        return fail(error, "--record", options->record);
    }
    return 0;
}

static double end_of(const struct app *app)
{
    const struct options *options = &app->options;

    if (options->duration_s != OPTIONS_NOT_GIVEN) {
        return options->duration_s;
    }
    if (options->profile != NULL && !options->loop) {
        return plant_profile_duration_s(&app->house.profile) - options->from_s;
    }
    return app->live ? HUGE_VAL : DAY_S;
}

int app_open(struct app *app, const struct options *options, char error[OPTIONS_ERROR_SIZE])
{
    bool loaded;

    memset(app, 0, sizeof(*app));
    app->options = *options;
    app->product = &lbms_product_ls_btn0_p0548100;
    app->live = options->live || (!options->headless && terminal_usable());
    journal_init(&app->journal);
    report_init(&app->report);
    lbms_restored_defaults(&app->restored);
    if (options->live && !terminal_usable()) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--live: this is no terminal that can show the panel");
        return -1;
    }
    app->journal.to_screen = app->live;
    if (open_house(app, error) != 0) {
        return -1;
    }
    app->end_s = end_of(app);
    if (check_plot(app, error) != 0 || open_nvm(app, &loaded, error) != 0 || set_params(app, error) != 0) {
        return -1;
    }
    build_board(app, loaded);
    set_estimate(app, loaded);
    if (open_ports(app, error) != 0 || open_files(app, error) != 0) {
        return -1;
    }
    app_start_core(app);
    return 0;
}
