/*
 * bmsctl: the upper computer for the command line. docs/bmsctl.1 is its manual page.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bmsctl/bmsctl.h"
#include "losun_bms/version.h"

static const struct {
    const char *name;
    int (*run)(struct bmsctl *b);
    const char *help;
    bool opens; /* needs an open port */
} commands[] = {
    {"status", bmsctl_status, "measured values, alarms, protections, faults", true},
    {"cells", bmsctl_cells, "cell voltages and temperatures", true},
    {"watch", bmsctl_watch, "live view (--count N rounds; default until Ctrl-C)", true},
    {"params", bmsctl_params, "[get NAME | set NAME VALUE ... | diff | export FILE | import FILE]", true},
    {"history", bmsctl_history, "[N] records in words, newest first", true},
    {"clock", bmsctl_clock, "[set [now | YYYY-MM-DDTHH:MM:SS]]", true},
    {"info", bmsctl_info, "product, serial numbers, versions, protocols", true},
    {"switches", bmsctl_switches, "[charge|discharge|buzzer|led|limiter|balance on|off] [gear high|low]",
     true},
    {"health", bmsctl_health, "lifetime figures", true},
    {"report", bmsctl_report, "NAME: writes NAME.html and NAME.json for the support", true},
    {"restore-defaults", bmsctl_restore, "every parameter to its default (--yes)", true},
    {"shutdown", bmsctl_shutdown, "send the pack to sleep (--yes)", true},
    {"access", bmsctl_access, "[close | key CODE]: the service level; a digest to be built into a pack",
     true},
    {"calibrate", bmsctl_calibrate, "zero | pack VOLTS | charge AMPERES | discharge AMPERES (service)", true},
    {"capacity", bmsctl_capacity, "[set REMAINING FULL DESIGN] in Ah (setting: service)", true},
    {"cycles", bmsctl_cycles, "set N (service)", true},
    {"serial", bmsctl_serial, "board|pack TEXT, once (service)", true},
    {"clear", bmsctl_clear, "history|faults (service; history: --yes)", true},
    {"scan", bmsctl_scan, "look for packs: baud rates, protocols, addresses (-b, -a: only this one)", false},
};

static void help(void)
{
    size_t i;

    printf("usage: bmsctl -p PORT [options] COMMAND ...\n\n");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        printf("  %-17s %s\n", commands[i].name, commands[i].help);
    }
    printf("\n  -p, --port PORT     serial port, such as /dev/ttyUSB0\n"
           "  -a, --address N     address of the pack, 0..15 (default 0; RS232 answers to any)\n"
           "  -b, --baud N        default 9600\n"
           "  -c, --code CODE     service code, opens the service level first\n"
           "      --json, --csv   for machines\n"
           "      --count N       rounds of watch\n"
           "      --timeout MS    until a reply begins (default 700)\n"
           "      --tries N       of each request (default 3)\n"
           "      --capture FILE  record the raw traffic\n"
           "  -y, --yes           do not ask\n"
           "\nExit status: 0 done, 1 refused by the pack, 2 wrong use, 3 no reply, 4 damaged replies, 5 "
           "port.\n");
}

int bmsctl_usage(const char *text)
{
    (void)fprintf(stderr, "bmsctl: %s (bmsctl --help)\n", text);
    return EXIT_USAGE;
}

int bmsctl_fail(struct bmsctl *b, const char *what, int status)
{
    static const char *const hints[] = {
        [EXIT_SILENT] = "is the pack awake, is the cable right (RX to TX), are baud rate and address right? "
                        "`bmsctl scan` looks for it",
        [EXIT_DAMAGED] = "another baud rate, or noise on the line: `bmsctl scan` tells",
    };
    char text[64];
    int code = EXIT_REFUSED;

    if (status == CLIENT_SILENT) {
        code = EXIT_SILENT;
    } else if (status == CLIENT_DAMAGED || status == CLIENT_STRANGE) {
        code = EXIT_DAMAGED;
    } else if (status == CLIENT_PORT) {
        code = EXIT_PORT;
    }
    bmsctl_progress(NULL, 0, 0);
    (void)fprintf(stderr, "bmsctl: %s: %s\n", what, client_text(&b->client, status, text));
    if (code == EXIT_SILENT || code == EXIT_DAMAGED) {
        (void)fprintf(stderr, "bmsctl: %s\n", hints[code]);
    }
    return code;
}

void bmsctl_progress(const char *what, unsigned done, unsigned whole)
{
    static bool shown;
    char bar[31];

    if (isatty(STDERR_FILENO) == 0) {
        return;
    }
    if (what == NULL) {
        (void)fputs(shown ? "\r\033[K" : "", stderr);
        shown = false;
        return;
    }
    shown = true;
    if (whole == 0) {
        (void)fprintf(stderr, "\r%s %u", what, done);
        return;
    }
    memset(bar, '.', 30);
    memset(bar, '#', (done < whole) ? 30u * done / whole : 30u);
    bar[30] = '\0';
    (void)fprintf(stderr, "\r%s [%s] %u of %u", what, bar, done, whole);
}

uint8_t bmsctl_address(const struct bmsctl *b)
{
    return (uint8_t)((b->address >= 0) ? b->address : 0);
}

static bool number(const char *text, long min, long max, long *value)
{
    char *end;

    *value = strtol(text, &end, 10);
    return *text != '\0' && *end == '\0' && *value >= min && *value <= max;
}

enum {
    OPTION_JSON = 256,
    OPTION_CSV,
    OPTION_COUNT,
    OPTION_TIMEOUT,
    OPTION_TRIES,
    OPTION_CAPTURE,
    OPTION_VERSION
};

static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                        {"address", required_argument, NULL, 'a'},
                                        {"baud", required_argument, NULL, 'b'},
                                        {"code", required_argument, NULL, 'c'},
                                        {"yes", no_argument, NULL, 'y'},
                                        {"help", no_argument, NULL, 'h'},
                                        {"json", no_argument, NULL, OPTION_JSON},
                                        {"csv", no_argument, NULL, OPTION_CSV},
                                        {"count", required_argument, NULL, OPTION_COUNT},
                                        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                        {"tries", required_argument, NULL, OPTION_TRIES},
                                        {"capture", required_argument, NULL, OPTION_CAPTURE},
                                        {"version", no_argument, NULL, OPTION_VERSION},
                                        {NULL, 0, NULL, 0}};

struct settings {
    unsigned timeout_ms, tries;
};

/* 0: go on; otherwise an exit code + 1. */
static int take_option(struct bmsctl *b, struct settings *settings, int option)
{
    long value = 0;

    switch (option) {
    case 'p':
        b->port = optarg;
        break;
    case 'a':
        if (!number(optarg, 0, 15, &value)) {
            return 1 + bmsctl_usage("--address: 0 to 15");
        }
        b->address = (int)value;
        break;
    case 'b':
        if (!number(optarg, 1200, 115200, &value)) {
            return 1 + bmsctl_usage("--baud: 1200 to 115200");
        }
        b->baud = (unsigned)value;
        break;
    case 'c':
        b->code = optarg;
        break;
    case 'y':
        b->yes = true;
        break;
    case OPTION_JSON:
        b->format = OUT_JSON;
        break;
    case OPTION_CSV:
        b->format = OUT_CSV;
        break;
    case OPTION_COUNT:
    case OPTION_TRIES:
        if (!number(optarg, 1, 1000000, &value)) {
            return 1 + bmsctl_usage("--count and --tries: a whole number from 1 on");
        }
        *((option == OPTION_COUNT) ? &b->count : &settings->tries) = (unsigned)value;
        break;
    case OPTION_TIMEOUT:
        if (!number(optarg, 10, 60000, &value)) {
            return 1 + bmsctl_usage("--timeout: 10 to 60000 ms");
        }
        settings->timeout_ms = (unsigned)value;
        break;
    case OPTION_CAPTURE:
        b->capture = optarg;
        break;
    case 'h':
        help();
        return 1 + EXIT_DONE;
    case OPTION_VERSION:
        printf("bmsctl %d.%d.%d\n", LBMS_VERSION_MAJOR, LBMS_VERSION_MINOR, LBMS_VERSION_PATCH);
        return 1 + EXIT_DONE;
    default:
        return 1 + bmsctl_usage("unknown option");
    }
    return 0;
}

/* Opens the port and, with a code, the service level; then the command. */
static int run_on_port(struct bmsctl *b, const struct settings *settings, size_t c)
{
    uint8_t level = 0;
    unsigned wait_s = 0;
    int code;

    if (client_open(&b->client, b->port, (b->baud != 0) ? b->baud : 9600u, bmsctl_address(b)) != 0) {
        (void)fprintf(stderr, "bmsctl: %s\n", b->client.line.error);
        return EXIT_PORT;
    }
    b->client.timeout_ms = (settings->timeout_ms > 0) ? settings->timeout_ms : b->client.timeout_ms;
    b->client.tries = (settings->tries > 0) ? settings->tries : b->client.tries;
    client_capture(&b->client, b->capture_file);
    code = (b->code != NULL) ? client_access(&b->client, LBMS_PACE_ACCESS_OPEN, b->code, &level, &wait_s)
                             : CLIENT_OK;
    code = (code == CLIENT_OK) ? commands[c].run(b) : bmsctl_fail(b, "service code", code);
    client_close(&b->client);
    return code;
}

static int run(struct bmsctl *b, const struct settings *settings, size_t c)
{
    int code;

    if (b->capture != NULL) {
        b->capture_file = fopen(b->capture, "w+");
        if (b->capture_file == NULL) {
            return bmsctl_usage("--capture: the file cannot be written");
        }
    }
    code = commands[c].opens ? run_on_port(b, settings, c) : commands[c].run(b);
    if (b->capture_file != NULL) {
        (void)fclose(b->capture_file);
    }
    return code;
}

int main(int argc, char **argv)
{
    struct settings settings = {0, 0};
    struct bmsctl b;
    size_t c;
    int option;

    memset(&b, 0, sizeof(b));
    b.address = -1;
    while ((option = getopt_long(argc, argv, "p:a:b:c:yh", options, NULL)) != -1) {
        const int end = take_option(&b, &settings, option);

        if (end != 0) {
            return end - 1;
        }
    }
    if (optind >= argc) {
        return bmsctl_usage("no command");
    }
    for (c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
        if (strcmp(argv[optind], commands[c].name) == 0) {
            b.argument = argv + optind + 1;
            b.arguments = argc - optind - 1;
            if (strcmp(argv[optind], "access") == 0 && b.arguments == 2 &&
                strcmp(b.argument[0], "key") == 0) {
                return bmsctl_access(&b); /* works without a pack */
            }
            return (b.port != NULL) ? run(&b, &settings, c) : bmsctl_usage("no port: -p /dev/ttyUSB0");
        }
    }
    return bmsctl_usage("there is no such command");
}
