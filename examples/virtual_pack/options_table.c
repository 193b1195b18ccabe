#include "virtual_pack/options_table.h"

#include <stdio.h>

#define AT(member) offsetof(struct options, member)
#define HEADING(text)                                  \
    {                                                  \
        (text), NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL \
    }

/* clang-format off */
const struct option_row option_rows[] = {
    HEADING("What the house does"),
    {"profile", "FILE", OPTION_TEXT, AT(profile), 0, 0, NULL,
     "CSV with the columns time_s and current_A or power_W; positive charges"},
    {"loop", NULL, OPTION_FLAG, AT(loop), 0, 0, NULL, "begin the profile again at its end (else: nothing more)"},
    {"from", "TIME", OPTION_DURATION, AT(from_s), 0, 0, NULL, "begin at this moment of the profile"},
    {"scale", "FACTOR", OPTION_NUMBER, AT(scale), -1e6, 1e6, NULL, "multiply the profile, as for a record of a small cell"},
    {"demand", "VALUE", OPTION_OWN, 0, 0, 0, option_take_demand,
     "manual demand, added to the profile: -1500W, 20A; positive charges"},
    {"inverter", NULL, OPTION_FLAG, AT(inverter), 0, 0, NULL,
     "an inverter between house and pack, which follows the limits of the pack after 2 s"},
    {"inverter-ignores", NULL, OPTION_FLAG, AT(inverter_ignores), 0, 0, NULL,
     "likewise, with settings of its own: 58.4 V, 100 A, cut-off 42 V"},
    {"inverter-power", "W", OPTION_NUMBER, AT(inverter_power_w), 100, 50000, NULL, "its rating (default 5000)"},
    {"inverter-standby", "W", OPTION_NUMBER, AT(inverter_standby_w), 0, 1000, NULL, "its own consumption (default 30)"},
    {"grid", "W", OPTION_NUMBER, AT(grid_w), 0, 50000, NULL, "charging from the grid when the pack asks for it (default 0)"},
    HEADING("Time"),
    {"headless", NULL, OPTION_FLAG, AT(headless), 0, 0, NULL, "lines of text instead of the panel (default without a terminal)"},
    {"live", NULL, OPTION_FLAG, AT(live), 0, 0, NULL, "the panel (default on a terminal)"},
    {"speed", "N|max", OPTION_OWN, AT(speed), 0.001, 1e7, option_take_speed,
     "simulated seconds in a real one (default: live 1, headless max)"},
    {"duration", "TIME", OPTION_DURATION, AT(duration_s), 0, 0, NULL,
     "simulated time until the end: 90, 90s, 15m, 1.5h, 2d (default: the profile;\n"
     "without one or with --loop: live until q, headless 1d)"},
    {"step-ms", "N", OPTION_WHOLE, AT(step_ms), 10, 1000, NULL, "time between two looks at the board, 10..1000 (default 100)"},
    HEADING("The pack"),
    {"soc", "PCT", OPTION_NUMBER, AT(soc_pct), 0, 100, NULL, "charge at the start (default 50, or what --nvm remembers)"},
    {"estimate", "PCT|none", OPTION_OWN, AT(estimate_pct), 0, 100, option_take_estimate,
     "charge that the pack believes to have (default: the true one)"},
    {"capacity", "AH", OPTION_NUMBER, AT(capacity_ah), 1, 300, NULL, "true capacity of the cells (default 100)"},
    {"ambient", "DEGC", OPTION_NUMBER, AT(ambient_c), -40, 85, NULL, "temperature at the start and around the pack (default 25)"},
    {"seed", "N", OPTION_OWN, 0, 0, 0, option_take_seed, "another specimen of pack and sensors (default 1)"},
    {"balanced", NULL, OPTION_FLAG, AT(balanced), 0, 0, NULL, "all cells alike"},
    {"ahead", "CELL:PCT", OPTION_OWN, 0, -100, 100, option_take_ahead,
     "this cell has so much more charge than the others, negative: less; may be repeated"},
    {"param", "NAME=VALUE", OPTION_OWN, 0, 0, 0, option_take_param, "set a parameter of the pack; may be repeated"},
    {"address", "N", OPTION_WHOLE, AT(address), 0, 15, NULL, "address switch (default 0)"},
    {"nvm", "FILE", OPTION_TEXT, AT(nvm), 0, 0, NULL, "memory of the pack; made when it does not exist"},
    HEADING("Ports"),
    {"rs232", "PORT", OPTION_OWN, AT(serial[LBMS_PORT_RS232]), 0, 0, option_take_serial,
     "pty, pty:LINK (a pseudo-terminal, with a symbolic link to it) or tty:PATH"},
    {"rs485", "PORT", OPTION_OWN, AT(serial[LBMS_PORT_RS485]), 0, 0, option_take_serial, "likewise"},
    {"parallel", "PORT", OPTION_OWN, AT(serial[LBMS_PORT_PARALLEL]), 0, 0, option_take_serial, "likewise"},
    {"paced", NULL, OPTION_FLAG, AT(paced), 0, 0, NULL, "bytes of the pseudo-terminals pass at the baud rate (default: at once)"},
    {"service-code", "CODE", OPTION_TEXT, AT(service_code), 0, 0, NULL,
     "opens the service level (default: only the button does, held from a reset on)"},
    {"answer-from", "FILE", OPTION_TEXT, AT(answer_from), 0, 0, NULL,
     "RS232 answers as another pack did, from a file of bmsctl --capture"},
    {"can", "PORT", OPTION_OWN, AT(can), 0, 0, option_take_can,
     "slcan:pty, slcan:pty:LINK, slcan:/dev/ttyACM0, socketcan:can0 or log:FILE"},
    HEADING("What happens meanwhile"),
    {"fault", "SPEC[@TIME]", OPTION_OWN, 0, 0, 0, option_take_fault,
     "fault of the board: cell3=stuck, cell5+swap6, ntc2=open, current=offset:500,\n"
     "samples=missing, chg=welded ...; none ends all; may be repeated"},
    {"at", "TIME:ACTION", OPTION_OWN, 0, 0, 0, option_take_at,
     "button=4s switch=off dip=3 charger=off load=off breaker=off demand=-1500W\n"
     "ambient=-5 short=0.005 external=-50 fault=SPEC menu=1s quit; may be repeated"},
    HEADING("Files"),
    {"csv", "FILE", OPTION_TEXT, AT(csv), 0, 0, NULL, "values over time"},
    {"csv-period", "TIME", OPTION_DURATION, AT(csv_period_s), 0, 0, NULL, "time between two rows (default 10s, less for short runs)"},
    {"plot", "FILE", OPTION_OWN, AT(plot), 0, 0, option_take_plot, ".png or .svg, made at the end (needs gnuplot)"},
    {"title", "TEXT", OPTION_TEXT, AT(title), 0, 0, NULL, "heading of the plot"},
    {"record", "FILE", OPTION_TEXT, AT(record), 0, 0, NULL, "everything that goes into the core, for losun_replay"},
    HEADING("Other"),
    {"show-leds", NULL, OPTION_FLAG, AT(show_leds), 0, 0, NULL, "print the truth table of the lights"},
    {"led-profile", "0|1", OPTION_WHOLE, AT(led_profile), 0, 1, NULL, "which of the two tables (default 0)"},
    {"help", NULL, OPTION_FLAG, AT(help), 0, 0, NULL, "print this"},
    {"version", NULL, OPTION_FLAG, AT(version), 0, 0, NULL, "print the version"},
};
/* clang-format on */

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

static void print_row(const struct option_row *row)
{
    char name[40];
    const char *p;

    (void)snprintf(name, sizeof(name), "--%s%s%s", row->name, (row->argument != NULL) ? " " : "",
                   (row->argument != NULL) ? row->argument : "");
    printf("  %-22s ", name);
    for (p = row->help; *p != '\0'; p++) {
        if (*p == '\n') {
            printf("\n%25s", "");
        } else {
            putchar(*p);
        }
    }
    putchar('\n');
}

void options_help(void)
{
    size_t i;

    printf("usage: virtual_pack [options]\n"
           "A simulated 16-cell battery pack with the losun_bms core inside.\n");
    for (i = 0; i < option_row_count; i++) {
        if (option_rows[i].help == NULL) {
            printf("\n%s\n", option_rows[i].name);
        } else {
            print_row(&option_rows[i]);
        }
    }
    printf("\nKeys of the panel and more: docs/virtual-pack.md. Exit status: 0, also after a signal; 2 when "
           "an option\n"
           "or a file cannot be used.\n");
}
