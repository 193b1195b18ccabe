/* Commands that only look: status, cells, watch, info, health, clock. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "bmsctl/bmsctl.h"
#include "bmsctl/words.h"
#include "losun_bms/base/calendar.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/snapshot.h"

static int look(struct bmsctl *b, struct lbms_pack_values *values, struct lbms_pack_state *state)
{
    /* the pack at the other end answers for itself to its own address, and to any when it is no master */
    const uint8_t command = (uint8_t)((bmsctl_address(b) > 0) ? bmsctl_address(b) : 1u);
    unsigned count = 1;
    int status = client_values(&b->client, command, values, &count);

    if (status == CLIENT_OK) {
        count = 1;
        status = client_state(&b->client, command, state, &count);
    }
    return status;
}

static void temperature(char text[16], int16_t dc)
{
    (void)snprintf(text, 16, (dc == LBMS_TEMP_OPEN) ? "-" : "%.1f", dc / 10.0);
}

static void put_values(struct out *out, const struct lbms_pack_values *v)
{
    unsigned low = 0;
    unsigned high = 0;
    unsigned i;

    for (i = 1; i < v->cells; i++) {
        low = (v->cell_mv[i] < v->cell_mv[low]) ? i : low;
        high = (v->cell_mv[i] > v->cell_mv[high]) ? i : high;
    }
    out_number(out, "voltage", v->pack_mv / 1000.0, 3, "V");
    out_number(out, "current", v->current_ma / 1000.0, 2, "A");
    out_number(out, "power", v->pack_mv / 1000.0 * v->current_ma / 1000.0, 0, "W");
    out_text(out, "flow", words_flow(v->current_ma));
    out_number(out, "soc", (v->full_mah > 0) ? 100.0 * v->remaining_mah / v->full_mah : 0.0, 1, "%");
    out_number(out, "remaining", v->remaining_mah / 1000.0, 2, "Ah");
    out_number(out, "full", v->full_mah / 1000.0, 2, "Ah");
    out_number(out, "design", v->design_mah / 1000.0, 2, "Ah");
    out_number(out, "cycles", v->cycles, 0, "");
    out_number(out, "cell_max", v->cell_mv[high] / 1000.0, 3, "V");
    out_number(out, "cell_max_number", high + 1u, 0, "");
    out_number(out, "cell_min", v->cell_mv[low] / 1000.0, 3, "V");
    out_number(out, "cell_min_number", low + 1u, 0, "");
    out_number(out, "cell_difference", v->cell_mv[high] - v->cell_mv[low], 0, "mV");
}

static void put_state(struct out *out, const struct lbms_pack_state *s)
{
    char text[WORDS_SIZE];

    words_bits(text, sizeof(text), s->alarms);
    out_text(out, "alarms", text);
    words_bits(text, sizeof(text), s->protections);
    out_text(out, "protections", text);
    words_faults(text, sizeof(text), s->faults);
    out_text(out, "faults", text);
    out_text(out, "charge_path",
             ((s->closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)) != 0) ? "on" : "off");
    out_text(out, "discharge_path", ((s->closed & LBMS_SWITCH_DISCHARGE) != 0) ? "on" : "off");
    out_text(out, "fully_charged", ((s->state & LBMS_STATE_FULL) != 0) ? "yes" : "no");
    out_text(out, "charger_present", s->charger_present ? "yes" : "no");
}

int bmsctl_status(struct bmsctl *b)
{
    struct lbms_pack_values values;
    struct lbms_pack_state state;
    const int status = look(b, &values, &state);
    struct out out;

    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "status", status);
    }
    out_list(&out, b->format, stdout);
    put_values(&out, &values);
    put_state(&out, &state);
    out_end(&out);
    return EXIT_DONE;
}

static const char *mark(uint32_t high, uint32_t low, uint32_t lost, unsigned i)
{
    const uint32_t bit = UINT32_C(1) << i;

    if ((lost & bit) != 0) {
        return "not measured";
    }
    return ((high & bit) != 0) ? "high" : (((low & bit) != 0) ? "low" : "ok");
}

static void put_cells(struct out *out, const struct lbms_pack_values *v, const struct lbms_pack_state *s)
{
    static const char *const temps[] = {"temperature 1", "temperature 2", "temperature 3",
                                        "temperature 4", "MOSFET",        "environment"};
    char value[16];
    char name[16];
    unsigned i;

    for (i = 0; i < v->cells; i++) {
        const char *cells[] = {name, value, "V", mark(s->cells_high, s->cells_low, s->cells_lost, i),
                               (((s->balance_mask >> i) & 1u) != 0) ? "yes" : "no"};

        (void)snprintf(name, sizeof(name), "cell %u", i + 1u);
        (void)snprintf(value, sizeof(value), "%.3f", v->cell_mv[i] / 1000.0);
        out_row(out, cells);
    }
    for (i = 0; i < LBMS_PACK_TEMPS; i++) {
        const char *cells[] = {temps[i], value, "degC", mark(s->temps_high, s->temps_low, s->temps_lost, i),
                               "no"};

        temperature(value, v->temp_dc[i]);
        out_row(out, cells);
    }
}

static void cell_table(struct out *out, enum out_format format)
{
    static const char *const names[] = {"name", "value", "unit", "state", "balancing"};
    static const int widths[] = {-14, 8, -4, -12, -9};

    out_table(out, format, stdout, 5, names, widths);
}

int bmsctl_cells(struct bmsctl *b)
{
    struct lbms_pack_values values;
    struct lbms_pack_state state;
    const int status = look(b, &values, &state);
    struct out out;

    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "cells", status);
    }
    cell_table(&out, b->format);
    put_cells(&out, &values, &state);
    out_end(&out);
    return EXIT_DONE;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

int bmsctl_watch(struct bmsctl *b)
{
    unsigned rounds;

    (void)signal(SIGINT, on_interrupt);
    for (rounds = 0; interrupted == 0 && (b->count == 0 || rounds < b->count); rounds++) {
        struct lbms_pack_values values;
        struct lbms_pack_state state;
        const int status = look(b, &values, &state);
        char text[64];
        struct out out;

        if (b->format == OUT_HUMAN) {
            (void)fputs("\033[H\033[J", stdout);
        }
        if (status != CLIENT_OK) { /* a pack that sleeps may wake up */
            (void)printf("%s\n", client_text(&b->client, status, text));
            (void)fflush(stdout);
            if (b->count != 0 && rounds + 1 == b->count) {
                return bmsctl_fail(b, "watch", status);
            }
        } else {
            out_list(&out, b->format, stdout);
            put_values(&out, &values);
            put_state(&out, &state);
            out_end(&out);
            if (b->format == OUT_HUMAN) {
                cell_table(&out, OUT_HUMAN);
                put_cells(&out, &values, &state);
                out_end(&out);
            }
        }
        if (rounds + 1 != b->count) {
            (void)poll(NULL, 0, 1000);
        }
    }
    return EXIT_DONE;
}

int bmsctl_info(struct bmsctl *b)
{
    struct client_identity identity;
    const int status = client_identity(&b->client, &identity);
    struct out out;

    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "info", status);
    }
    out_list(&out, b->format, stdout);
    out_text(&out, "product", identity.product);
    out_text(&out, "firmware", identity.firmware);
    out_text(&out, "hardware", identity.hardware);
    out_text(&out, "board_serial", identity.board_serial);
    out_text(&out, "pack_serial", identity.pack_serial);
    if (client_request(&b->client, LBMS_PACE_COUNT, NULL, 0u, false) == CLIENT_OK && b->client.size > 0) {
        out_number(&out, "packs", b->client.info[0], 0, "");
    }
    if (client_request(&b->client, LBMS_PACE_INVERTER, NULL, 0u, false) == CLIENT_OK && b->client.size >= 2) {
        const uint8_t can = b->client.info[0];
        const uint8_t rs485 = b->client.info[1];

        out_number(&out, "can_protocol", can, 0, "");
        out_number(&out, "rs485_protocol", rs485, 0, "");
    }
    out_end(&out);
    return EXIT_DONE;
}

int bmsctl_health(struct bmsctl *b)
{
    struct lbms_health health;
    const int status = client_health(&b->client, &health);
    char text[WORDS_SIZE];
    char name[64];
    struct out out;
    unsigned i;

    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "health", status);
    }
    out_list(&out, b->format, stdout);
    for (i = 0; i < LBMS_HEALTH_FIGURES; i++) {
        if (b->format == OUT_HUMAN) {
            words_health(text, sizeof(text), (uint8_t)i, health.v[i]);
            words_health_name(name, sizeof(name), (uint8_t)i);
            out_text(&out, name, text);
        } else { /* for machines the name tells the unit */
            out_number(&out, lbms_health_name((uint8_t)i), health.v[i], 0, "");
        }
    }
    for (i = 0; i < LBMS_BIT_COUNT; i++) {
        (void)snprintf(name, sizeof(name), "trips: %s", lbms_bit_name((uint8_t)i));
        out_number(&out, name, health.trips[i], 0, "");
    }
    for (i = 0; i < LBMS_FAULT_COUNT; i++) {
        (void)snprintf(name, sizeof(name), "faults: %s", lbms_fault_name((uint8_t)i));
        out_number(&out, name, health.faults[i], 0, "");
    }
    out_end(&out);
    return EXIT_DONE;
}

static bool parse_time(const char *text, uint32_t *seconds)
{
    unsigned y, mo, d, h, mi, s;
    struct lbms_date date;

    if (strcmp(text, "now") == 0) {
        const time_t now = time(NULL);
        const struct tm *local = localtime(&now);

        date.year = (uint16_t)(local->tm_year + 1900);
        date.month = (uint8_t)(local->tm_mon + 1);
        date.day = (uint8_t)local->tm_mday;
        date.hour = (uint8_t)local->tm_hour;
        date.minute = (uint8_t)local->tm_min;
        date.second = (uint8_t)((local->tm_sec < 60) ? local->tm_sec : 59);
        return lbms_date_seconds(&date, seconds);
    }
    if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u", &y, &mo, &d, &h, &mi, &s) != 6) {
        return false;
    }
    date.year = (uint16_t)y;
    date.month = (uint8_t)mo;
    date.day = (uint8_t)d;
    date.hour = (uint8_t)h;
    date.minute = (uint8_t)mi;
    date.second = (uint8_t)s;
    return lbms_date_seconds(&date, seconds);
}

int bmsctl_clock(struct bmsctl *b)
{
    uint32_t seconds = 0;
    char text[40];
    struct out out;
    int status;

    if (b->arguments > 0) {
        if (strcmp(b->argument[0], "set") != 0 || b->arguments > 2 ||
            !parse_time((b->arguments > 1) ? b->argument[1] : "now", &seconds)) {
            return bmsctl_usage("clock [set [now | YYYY-MM-DDTHH:MM:SS]]");
        }
        status = client_set_clock(&b->client, seconds);
        if (status != CLIENT_OK) {
            return bmsctl_fail(b, "clock", status);
        }
        (void)poll(NULL, 0, 250); /* until the next step of the pack has read it */
    }
    status = client_clock(&b->client, &seconds);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "clock", status);
    }
    words_time(text, sizeof(text), seconds, 1);
    out_list(&out, b->format, stdout);
    out_text(&out, "clock", (seconds == LBMS_PACE_NO_TIME) ? "not set" : text);
    out_end(&out);
    return EXIT_DONE;
}
