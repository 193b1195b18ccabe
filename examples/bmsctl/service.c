/* Production and service: calibrate, capacity, cycles, serial, clear. The pack asks for its service level. */
#include <stdlib.h>
#include <string.h>

#include "bmsctl/bmsctl.h"

static const struct {
    const char *name;
    uint8_t what;    /* enum lbms_calibrate */
    double sign;     /* of the true value, and its thousandths */
    double min, max; /* of what is typed */
} calibrations[] = {
    {"zero", LBMS_CALIBRATE_ZERO, 0.0, 0.0, 0.0},
    {"pack", LBMS_CALIBRATE_PACK, 1000.0, 1.0, 65.535},
    {"charge", LBMS_CALIBRATE_CHARGE, 1000.0, 5.0, 500.0},
    {"discharge", LBMS_CALIBRATE_DISCHARGE, -1000.0, 5.0, 500.0},
};

/* A refusal has one code whatever its reason: mostly it is that nobody has opened the level. */
static int tell(struct bmsctl *b, const char *what, int status)
{
    const int code = (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, what, status);

    if (status == CLIENT_REFUSED && b->code == NULL) {
        (void)fprintf(stderr,
                      "bmsctl: this needs the service level: --code CODE, or the button of the pack held "
                      "through a reset\n");
    }
    return code;
}

static bool take_number(const char *text, double min, double max, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return *text != '\0' && *end == '\0' && *value >= min && *value <= max;
}

int bmsctl_calibrate(struct bmsctl *b)
{
    size_t i;

    for (i = 0; i < sizeof(calibrations) / sizeof(calibrations[0]) && b->arguments > 0; i++) {
        const bool zero = calibrations[i].what == LBMS_CALIBRATE_ZERO;
        double value = 0.0;

        if (strcmp(b->argument[0], calibrations[i].name) != 0) {
            continue;
        }
        if (b->arguments != (zero ? 1 : 2) ||
            (!zero && !take_number(b->argument[1], calibrations[i].min, calibrations[i].max, &value))) {
            return bmsctl_usage(
                "calibrate: pack 1 to 65.535 V, charge and discharge 5 to 500 A, zero without "
                "a value");
        }
        value *= calibrations[i].sign;
        bmsctl_progress("taking samples, up to seconds", 10, 0);
        return tell(b, "calibrate",
                    client_calibrate(&b->client, calibrations[i].what,
                                     (int32_t)((value < 0.0) ? value - 0.5 : value + 0.5)));
    }
    return bmsctl_usage("calibrate zero | pack VOLTS | charge AMPERES | discharge AMPERES");
}

int bmsctl_capacity(struct bmsctl *b)
{
    struct lbms_pack_values values;
    double ah[3];
    struct out out;
    int status;
    int i;

    memset(&values, 0, sizeof(values));
    if (b->arguments > 0) {
        for (i = 0; i < 3; i++) {
            if (b->arguments != 4 || strcmp(b->argument[0], "set") != 0 ||
                !take_number(b->argument[1 + i], 0.0, 655.35, &ah[i])) {
                return bmsctl_usage("capacity [set REMAINING FULL DESIGN], in Ah up to 655.35");
            }
        }
        values.remaining_mah = (int32_t)(ah[0] * 1000.0 + 0.5);
        values.full_mah = (int32_t)(ah[1] * 1000.0 + 0.5);
        values.design_mah = (int32_t)(ah[2] * 1000.0 + 0.5);
        status = client_set_capacity(&b->client, &values);
        if (status != CLIENT_OK) {
            return tell(b, "capacity", status);
        }
    }
    status = client_capacity(&b->client, &values);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "capacity", status);
    }
    out_list(&out, b->format, stdout);
    out_number(&out, "remaining", values.remaining_mah / 1000.0, 2, "Ah");
    out_number(&out, "full", values.full_mah / 1000.0, 2, "Ah");
    out_number(&out, "design", values.design_mah / 1000.0, 2, "Ah");
    out_end(&out);
    return EXIT_DONE;
}

int bmsctl_cycles(struct bmsctl *b)
{
    double count = 0.0;

    if (b->arguments != 2 || strcmp(b->argument[0], "set") != 0 ||
        !take_number(b->argument[1], 0.0, 65535.0, &count) || count != (double)(long)count) {
        return bmsctl_usage("cycles set N: 0 to 65535");
    }
    return tell(b, "cycles", client_set_cycles(&b->client, (uint16_t)count));
}

int bmsctl_serial(struct bmsctl *b)
{
    const bool board = b->arguments == 2 && strcmp(b->argument[0], "board") == 0;

    if (b->arguments != 2 || (!board && strcmp(b->argument[0], "pack") != 0) ||
        strlen(b->argument[1]) > LBMS_PACE_TEXT_SIZE) {
        return bmsctl_usage("serial board|pack TEXT: up to 20 characters; each can be written once");
    }
    return tell(b, "serial", client_set_serial(&b->client, board, b->argument[1]));
}

int bmsctl_clear(struct bmsctl *b)
{
    if (b->arguments == 1 && strcmp(b->argument[0], "faults") == 0) {
        return tell(b, "clear faults", client_control(&b->client, LBMS_PACE_CLEAR_FAULTS));
    }
    if (b->arguments != 1 || strcmp(b->argument[0], "history") != 0) {
        return bmsctl_usage("clear history|faults");
    }
    if (!bmsctl_confirmed(b, "Clear all records?")) {
        return EXIT_REFUSED;
    }
    return tell(b, "clear history", client_clear_records(&b->client));
}
