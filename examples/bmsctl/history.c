/* Records in words, the report for the support, and the search for packs. */
#include <stdlib.h>
#include <string.h>

#include "bmsctl/bmsctl.h"
#include "bmsctl/words.h"
#include "losun_bms/model/product.h"

#define RECORDS_MOST 2000u

static void put_record(struct out *out, unsigned index, const struct lbms_record *r, bool whole)
{
    char number[16], time[40], what[WORDS_SIZE], volts[16], amps[16], soc[16];
    char bits[WORDS_SIZE];
    const char *cells[] = {number, time, what, volts, amps, soc, words_advice(r)};

    (void)snprintf(number, sizeof(number), "%u", index);
    words_time(time, sizeof(time), r->time_s, r->wall);
    words_record(what, sizeof(what), r);
    if (!whole) {
        words_bits(bits, sizeof(bits), r->protections | r->alarms);
        (void)snprintf(what, sizeof(what), "%.390s", (r->kind == LBMS_RECORD_START) ? "started" : bits);
    }
    (void)snprintf(volts, sizeof(volts), "%.2f", r->pack_mv / 1000.0);
    (void)snprintf(amps, sizeof(amps), "%.2f", r->current_ma / 1000.0);
    (void)snprintf(soc, sizeof(soc), "%.1f",
                   (r->capacity_mah > 0) ? 100.0 * r->remaining_mah / r->capacity_mah : 0.0);
    out_row(out, cells);
}

/* The newest `most` records. */
static int list_records(struct bmsctl *b, struct out *out, enum out_format format, FILE *file, unsigned most)
{
    static const char *const names[] = {"index", "time", "what", "pack_V", "current_A", "soc_pct", "advice"};
    static const int widths[] = {5, -20, -60, 7, 9, 7, -1};
    unsigned whole_count = 0;
    unsigned i;
    int status = client_record_count(&b->client, &whole_count);

    if (status != CLIENT_OK) {
        return status;
    }
    whole_count = (whole_count < most) ? whole_count : most;
    out_table(out, format, file, 7, names, widths);
    for (i = 0; i < whole_count && status == CLIENT_OK; i++) {
        struct lbms_record record;
        bool whole = false;

        bmsctl_progress("records", i, whole_count);
        status = client_record(&b->client, i, &record, &whole);
        if (status == CLIENT_OK) {
            bmsctl_progress(NULL, 0, 0);
            put_record(out, i, &record, whole);
        }
    }
    bmsctl_progress(NULL, 0, 0);
    out_end(out);
    return (status == CLIENT_END) ? CLIENT_OK : status; /* a new one has pushed the oldest out */
}

int bmsctl_history(struct bmsctl *b)
{
    unsigned most = RECORDS_MOST;
    struct out out;
    int status;

    if (b->arguments > 0) {
        most = (unsigned)strtoul(b->argument[0], NULL, 10);
        if (most == 0) {
            return bmsctl_usage("history [N]");
        }
    }
    status = list_records(b, &out, b->format, stdout, most);
    return (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, "history", status);
}

/* ---- report ----------------------------------------------------------------------------------------------------- */

struct report {
    struct client_identity identity;
    struct lbms_pack_values values;
    struct lbms_pack_state state;
    struct lbms_params params;
    bool known[LBMS_PARAM_COUNT];
    struct lbms_port_counters ports[LBMS_SERIAL_PORTS];
    bool has_ports;
};

static int collect(struct bmsctl *b, struct report *r)
{
    const uint8_t command = (uint8_t)((bmsctl_address(b) > 0) ? bmsctl_address(b) : 1u);
    unsigned count = 1;
    int status = client_identity(&b->client, &r->identity);

    status = (status == CLIENT_OK) ? client_values(&b->client, command, &r->values, &count) : status;
    count = 1;
    status = (status == CLIENT_OK) ? client_state(&b->client, command, &r->state, &count) : status;
    status = (status == CLIENT_OK) ? client_params(&b->client, &r->params, r->known) : status;
    r->has_ports = status == CLIENT_OK && client_counters(&b->client, r->ports) == CLIENT_OK;
    return status;
}

static void html_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '&':
            (void)fputs("&amp;", file);
            break;
        default:
            (void)fputc(*text, file);
            break;
        }
    }
}

/* Bars from 2.5 V to 3.7 V. */
static void html_chart(FILE *file, const struct report *r)
{
    unsigned i;

    (void)fprintf(file, "<svg width=\"640\" height=\"170\" font-size=\"10\">");
    for (i = 0; i < r->values.cells; i++) {
        const double volts = r->values.cell_mv[i] / 1000.0;
        const double height = (volts > 2.5) ? ((volts < 3.7) ? volts - 2.5 : 1.2) / 1.2 * 130.0 : 0.0;

        (void)fprintf(file,
                      "<rect x=\"%u\" y=\"%.0f\" width=\"30\" height=\"%.0f\" fill=\"#48a\"/><text x=\"%u\" "
                      "y=\"160\">%.3f</text>",
                      40u * i, 140.0 - height, height, 40u * i, volts);
    }
    (void)fprintf(file, "</svg>\n");
}

static void html_params(FILE *file, const struct report *r)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    unsigned i;

    (void)fprintf(file, "<h2>Parameters</h2><table><tr><th>name<th>value<th>default<th>unit</tr>\n");
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        if (r->known[i]) {
            (void)fprintf(file, "<tr%s><td>%s<td>%ld<td>%ld<td>%s</tr>\n",
                          (r->params.v[i] != product->params[i].def) ? " class=\"changed\"" : "",
                          product->params[i].name, (long)r->params.v[i], (long)product->params[i].def,
                          lbms_unit_symbol(product->params[i].unit));
        }
    }
    (void)fprintf(file, "</table>\n");
}

static void html_head(FILE *file, const struct report *r)
{
    char text[WORDS_SIZE];

    (void)fprintf(file,
                  "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Battery report</title><style>"
                  "body{font-family:sans-serif}td,th{text-align:left;padding:0 1em 0 0}"
                  ".changed{background:#fe9}</style></head><body><h1>Battery report</h1><p>");
    html_text(file, r->identity.product);
    (void)fprintf(file, ", firmware ");
    html_text(file, r->identity.firmware);
    (void)fprintf(file, ", board ");
    html_text(file, r->identity.board_serial);
    (void)fprintf(file, ", pack ");
    html_text(file, r->identity.pack_serial);
    (void)fprintf(file, "</p><p>%.3f V, %.2f A, %.2f of %.2f Ah, %u cycles</p>", r->values.pack_mv / 1000.0,
                  r->values.current_ma / 1000.0, r->values.remaining_mah / 1000.0,
                  r->values.full_mah / 1000.0, r->values.cycles);
    words_bits(text, sizeof(text), r->state.alarms);
    (void)fprintf(file, "<p>Alarms: %s.", text);
    words_bits(text, sizeof(text), r->state.protections);
    (void)fprintf(file, " Protections: %s.", text);
    words_faults(text, sizeof(text), r->state.faults);
    (void)fprintf(file, " Faults: %s.</p><h2>Cells</h2>\n", text);
    html_chart(file, r);
}

static void html_traffic(FILE *file, const struct client *c, const struct report *r)
{
    unsigned i;

    (void)fprintf(
        file,
        "<h2>Traffic</h2><p>%lu requests, %lu repeated, %lu without reply, %lu damaged, %lu echoes</p>\n",
        c->traffic.requests, c->traffic.retries, c->traffic.silent, c->traffic.damaged, c->traffic.echoes);
    for (i = 0; r->has_ports && i < LBMS_SERIAL_PORTS; i++) {
        (void)fprintf(file, "<p>port %u of the pack: %u frames, %u damaged, %u malformed, %u refused</p>\n",
                      i, r->ports[i].frames, r->ports[i].damaged, r->ports[i].malformed, r->ports[i].refused);
    }
}

/* What the JSON holds: everything but the records, which are a table of their own behind it. */
static void json_head(FILE *file, const struct report *r)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    const char *comma = "";
    unsigned i;

    (void)fprintf(file, "{\"product\": ");
    out_json_text(file, r->identity.product);
    (void)fprintf(file, ", \"firmware\": ");
    out_json_text(file, r->identity.firmware);
    (void)fprintf(file, ", \"board_serial\": ");
    out_json_text(file, r->identity.board_serial);
    (void)fprintf(file, ", \"pack_serial\": ");
    out_json_text(file, r->identity.pack_serial);
    (void)fprintf(
        file,
        ",\n\"pack_mv\": %ld, \"current_ma\": %ld, \"remaining_mah\": %ld, \"full_mah\": %ld, \"cycles\": "
        "%u, \"alarms\": %lu, \"protections\": %lu, \"faults\": %lu,\n\"cell_mv\": [",
        (long)r->values.pack_mv, (long)r->values.current_ma, (long)r->values.remaining_mah,
        (long)r->values.full_mah, r->values.cycles, (unsigned long)r->state.alarms,
        (unsigned long)r->state.protections, (unsigned long)r->state.faults);
    for (i = 0; i < r->values.cells; i++) {
        (void)fprintf(file, "%s%u", (i > 0) ? ", " : "", r->values.cell_mv[i]);
    }
    (void)fprintf(file, "],\n\"params\": {");
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        if (r->known[i]) {
            (void)fprintf(file, "%s\n \"%s\": %ld", comma, product->params[i].name, (long)r->params.v[i]);
            comma = ",";
        }
    }
    (void)fprintf(file, "},\n\"records\": ");
}

static FILE *open_part(const char *name, const char *ending)
{
    char path[1024];

    (void)snprintf(path, sizeof(path), "%s.%s", name, ending);
    return fopen(path, "w");
}

int bmsctl_report(struct bmsctl *b)
{
    static struct report r;
    FILE *html;
    FILE *json;
    struct out out;
    int status;

    if (b->arguments != 1) {
        return bmsctl_usage("report NAME");
    }
    status = collect(b, &r);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "report", status);
    }
    html = open_part(b->argument[0], "html");
    json = open_part(b->argument[0], "json");
    if (html == NULL || json == NULL) {
        return bmsctl_usage("report: the files cannot be written");
    }
    json_head(json, &r);
    status = list_records(b, &out, OUT_JSON, json, RECORDS_MOST);
    (void)fprintf(json, "}\n");
    html_head(html, &r);
    html_params(html, &r);
    (void)fprintf(html, "<h2>Records</h2><pre>\n");
    status = (status == CLIENT_OK) ? list_records(b, &out, OUT_HUMAN, html, RECORDS_MOST) : status;
    (void)fprintf(html, "</pre>\n");
    html_traffic(html, &b->client, &r);
    (void)fprintf(html, "</body></html>\n");
    (void)fclose(html);
    (void)fclose(json);
    return (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, "report: records", status);
}

/* ---- scan ------------------------------------------------------------------------------------------------------- */

/* Most likely first. */
static const unsigned bauds[] = {9600, 19200, 115200, 57600, 38400, 4800, 2400, 1200};

/* What the answer to a request looks like. */
static const char *judge(const uint8_t *request, size_t size, const uint8_t *answer, size_t count)
{
    size_t printable = 0;
    size_t i;

    if (count == 0) {
        return "silence";
    }
    if (count >= size && memcmp(request, answer, size) == 0) {
        return (count == size) ? "echo: RX and TX are connected, or the adapter hears itself"
                               : "echo and more";
    }
    for (i = 0; i < count; i++) {
        printable += (answer[i] >= 0x20 && answer[i] < 0x7F) || answer[i] == '\r' || answer[i] == '\n';
    }
    if (count >= 18 && memcmp(answer, "~20", 3) == 0) {
        return "another dialect of these frames (VER 20): Pylontech, Seplos or EG4";
    }
    return (printable == count) ? "readable characters, but no frame: another protocol"
                                : "noise: another baud rate, or A and B exchanged";
}

static bool scan_address(struct bmsctl *b, unsigned baud, uint8_t address)
{
    static const char *const form = "~25%02X4690%04X";
    char text[24];
    uint8_t answer[256];
    unsigned sum = 0;
    int count;
    const char *c;

    (void)snprintf(text, sizeof(text), form, address, 0);
    for (c = text + 1; *c != '\0'; c++) {
        sum += (unsigned char)*c;
    }
    (void)snprintf(text + strlen(text), 6, "%04X\r", (0x10000u - sum) & 0xFFFFu);
    b->client.address = address;
    b->client.timeout_ms = 150;
    b->client.tries = 1;
    if (client_request(&b->client, LBMS_PACE_COUNT, NULL, 0u, false) == CLIENT_OK) {
        struct client_identity identity;

        b->client.timeout_ms = 700;
        (void)client_identity(&b->client, &identity);
        printf("%u bit/s, PACE, address %u: %s %s\n", baud, address, identity.product, identity.pack_serial);
        return true;
    }
    if (address == 0) {
        count = client_raw(&b->client, (const uint8_t *)text, strlen(text), answer, sizeof(answer));
        printf("%u bit/s, PACE: %s\n", baud,
               judge((const uint8_t *)text, strlen(text), answer, (count > 0) ? (size_t)count : 0u));
    }
    return false;
}

static bool scan_modbus(struct bmsctl *b, unsigned baud)
{
    static const uint8_t request[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0C};
    uint8_t answer[64];
    const int count = client_raw(&b->client, request, sizeof(request), answer, sizeof(answer));

    if (count == 21 && answer[0] == 1 && answer[1] == 3) {
        printf("%u bit/s, PACE Modbus, address 1\n", baud);
        return true;
    }
    return false;
}

int bmsctl_scan(struct bmsctl *b)
{
    unsigned found = 0;
    size_t i;
    uint8_t address;

    for (i = 0; i < sizeof(bauds) / sizeof(bauds[0]) && found == 0; i++) {
        if (client_open(&b->client, b->port, bauds[i], 0) != 0) {
            (void)fprintf(stderr, "bmsctl: %s\n", b->client.line.error);
            return EXIT_PORT;
        }
        for (address = 0; address < 16; address++) {
            const bool here = scan_address(b, bauds[i], address);

            found += here;
            if (here && address == 0) {
                break; /* RS232 answers to every address */
            }
        }
        found += scan_modbus(b, bauds[i]);
        client_close(&b->client);
    }
    if (found == 0) {
        printf("no pack found: is it awake, is the cable right (RJ11: 3 TX, 4 RX, 5 GND; RJ45: 1, 8 B, 2, 7 "
               "A)?\n");
    }
    return (found > 0) ? EXIT_DONE : EXIT_SILENT;
}
