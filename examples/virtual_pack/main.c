/* virtual_pack: a simulated battery pack on the desktop. See docs/virtual-pack.md. */
#include <stdio.h>

#include "losun_bms/version.h"
#include "virtual_pack/app.h"
#include "virtual_pack/leds.h"
#include "virtual_pack/terminal.h"

#define EXIT_USAGE 2

/* One line, whatever the arguments hold. */
static int complain(const char *error)
{
    const char *p;

    (void)fputs("virtual_pack: ", stderr);
    for (p = error; *p != '\0'; p++) {
        (void)fputc((*p >= '\0' && *p < ' ') ? '?' : *p, stderr);
    }
    (void)fputc('\n', stderr);
    return EXIT_USAGE;
}

static int run(const struct options *options)
{
    static struct app app; /* too large for some stacks */
    char error[OPTIONS_ERROR_SIZE] = "";

    terminal_watch_signals();
    if (app_open(&app, options, error) != 0) {
        app_close(&app, false);
        return complain(error);
    }
    app.pace.speed = options->speed;
    if (options->speed == OPTIONS_NOT_GIVEN) {
        app.pace.speed = app.live ? 1.0 : OPTIONS_SPEED_MAX;
    }
    if (app.live && !panel_open(&app.panel)) {
        app_close(&app, false);
        return complain("the terminal cannot be used for the panel; try --headless");
    }
    app_run(&app);
    app_close(&app, true);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    char error[OPTIONS_ERROR_SIZE] = "";

    options_defaults(&options);
    if (options_parse(&options, argc, argv, error) != 0) {
        return complain(error);
    }
    switch (options_job(&options)) {
    case OPTIONS_HELP:
        options_help();
        break;
    case OPTIONS_VERSION:
        printf("virtual_pack %d.%d.%d\n", LBMS_VERSION_MAJOR, LBMS_VERSION_MINOR, LBMS_VERSION_PATCH);
        break;
    case OPTIONS_LEDS:
        leds_show((uint8_t)options.led_profile);
        break;
    case OPTIONS_RUN:
        return run(&options);
    }
    return 0;
}
