/* The report for people: one page that needs nothing else. */
#include "bmsctl/report.h"
#include "bmsctl/words.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/sample.h"

#define CHART_HEIGHT 160.0
#define CHART_LEAST  50 /* mV from bottom to top: less would show noise */

static void text(FILE *file, const char *value)
{
    for (; *value != '\0'; value++) {
        switch (*value) {
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '>':
            (void)fputs("&gt;", file);
            break;
        case '&':
            (void)fputs("&amp;", file);
            break;
        default:
            (void)fputc(*value, file);
            break;
        }
    }
}

static void row(FILE *file, const char *name, const char *value)
{
    (void)fprintf(file, "<tr><th>%s<td>", name);
    text(file, (*value != '\0') ? value : "-");
    (void)fputs("</tr>\n", file);
}

static void put_head(FILE *file, const struct report *r)
{
    (void)fprintf(
        file,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Battery report</title>\n"
        "<style>body{font:14px sans-serif;margin:2em;max-width:80em}h2{margin-top:1.5em}"
        "table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:2px 1.5em 2px 0}"
        "tr:nth-child(even){background:#f4f4f4}.changed{background:#fe9!important}"
        ".bad{color:#b00;font-weight:bold}.number{text-align:right}pre{font-size:11px}</style></head>\n"
        "<body><h1>Battery report</h1>\n<table>\n");
    row(file, "Made", r->when);
    row(file, "Product", r->identity.product);
    row(file, "Firmware", r->identity.firmware);
    row(file, "Hardware", r->identity.hardware);
    row(file, "Serial number of the board", r->identity.board_serial);
    row(file, "Serial number of the pack", r->identity.pack_serial);
    row(file, "Clock of the pack", r->clock);
    (void)fputs("</table>\n", file);
}

static void bits_row(FILE *file, const char *name, uint32_t bits, bool faults)
{
    char list[WORDS_SIZE];

    (void)(faults ? words_faults : words_bits)(list, sizeof(list), bits);
    (void)fprintf(file, "<tr><th>%s<td%s>", name, (bits != 0) ? " class=\"bad\"" : "");
    text(file, list);
    (void)fputs("</tr>\n", file);
}

static void put_state(FILE *file, const struct report *r)
{
    const struct lbms_pack_values *v = &r->values;
    const double soc = (v->full_mah > 0) ? 100.0 * v->remaining_mah / v->full_mah : 0.0;
    unsigned i;

    (void)fprintf(
        file,
        "<h2>State</h2>\n<table>\n<tr><th>Voltage<td>%.3f V</tr>\n<tr><th>Current<td>%.2f A, %s</tr>\n"
        "<tr><th>Charge<td>%.1f %%: %.2f of %.2f Ah, design %.2f Ah</tr>\n<tr><th>Cycles<td>%u</tr>\n",
        v->pack_mv / 1000.0, v->current_ma / 1000.0, words_flow(v->current_ma), soc,
        v->remaining_mah / 1000.0, v->full_mah / 1000.0, v->design_mah / 1000.0, v->cycles);
    (void)fputs("<tr><th>Temperatures<td>", file);
    for (i = 0; i < LBMS_PACK_TEMPS; i++) {
        static const char *const names[LBMS_PACK_TEMPS] = {"1", "2", "3", "4", "MOSFET", "environment"};

        if (v->temp_dc[i] == LBMS_TEMP_OPEN) {
            (void)fprintf(file, "%s%s: not measured", (i > 0) ? ", " : "", names[i]);
        } else {
            (void)fprintf(file, "%s%s: %.1f &deg;C", (i > 0) ? ", " : "", names[i], v->temp_dc[i] / 10.0);
        }
    }
    (void)fputs("</tr>\n", file);
    bits_row(file, "Alarms", r->state.alarms, false);
    bits_row(file, "Protections", r->state.protections, false);
    bits_row(file, "Faults", r->state.faults, true);
    (void)fputs("</table>\n", file);
}

/* The scale shows the differences: from the lowest cell or below to the highest or above. */
static void put_chart(FILE *file, const struct report *r)
{
    const struct lbms_pack_values *v = &r->values;
    int low = v->cell_mv[0];
    int high = v->cell_mv[0];
    unsigned i;

    for (i = 1; i < v->cells; i++) {
        low = (v->cell_mv[i] < low) ? v->cell_mv[i] : low;
        high = (v->cell_mv[i] > high) ? v->cell_mv[i] : high;
    }
    (void)fprintf(
        file,
        "<h2>Cells</h2>\n<p>Lowest %.3f V, highest %.3f V, %d mV apart; cells that are being balanced "
        "are orange.</p>\n",
        low / 1000.0, high / 1000.0, high - low);
    low -= (high - low < CHART_LEAST) ? (CHART_LEAST - (high - low)) / 2 + 1 : 5;
    high = (high - low < CHART_LEAST) ? low + CHART_LEAST : high;
    (void)fprintf(file, "<svg width=\"%u\" height=\"200\" font-size=\"11\">\n", 46u * v->cells);
    for (i = 0; i < v->cells; i++) {
        const double height = CHART_HEIGHT * (v->cell_mv[i] - low) / (high - low);
        const bool balancing = ((r->state.balance_mask >> i) & 1u) != 0;

        (void)fprintf(file,
                      "<rect x=\"%u\" y=\"%.0f\" width=\"36\" height=\"%.0f\" fill=\"%s\"/><text x=\"%u\" "
                      "y=\"%.0f\">%.3f</text><text x=\"%u\" y=\"195\">%u</text>\n",
                      46u * i, 180.0 - height, height, balancing ? "#e90" : "#48a", 46u * i + 2u,
                      175.0 - height, v->cell_mv[i] / 1000.0, 46u * i + 12u, i + 1u);
    }
    (void)fputs("</svg>\n", file);
}

static void put_params(FILE *file, const struct report *r)
{
    const struct lbms_param_desc *desc = lbms_product_ls_btn0_p0548100.params;
    unsigned i;

    (void)fprintf(
        file,
        "<h2>Parameters</h2>\n<p>%u of them are not at their default (marked).</p>\n<table>\n<tr><th>Name<th "
        "class=\"number\">Value<th class=\"number\">Default<th>Unit</tr>\n",
        r->changed);
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        if (r->known[i]) {
            (void)fprintf(file, "<tr%s><td>%s<td class=\"number\">%ld<td class=\"number\">%ld<td>%s</tr>\n",
                          (r->params.v[i] != desc[i].def) ? " class=\"changed\"" : "", desc[i].name,
                          (long)r->params.v[i], (long)desc[i].def, lbms_unit_symbol(desc[i].unit));
        }
    }
    (void)fputs("</table>\n", file);
}

static void put_records(FILE *file, const struct report *r)
{
    unsigned i;

    (void)fprintf(file,
                  "<h2>Records</h2>\n<p>%u, newest first.</p>\n<table>\n<tr><th>Time<th>What<th>What to "
                  "do<th>Voltage<th>"
                  "Current<th>Charge</tr>\n",
                  r->records);
    for (i = 0; i < r->records; i++) {
        const struct lbms_record *record = &r->record[i];
        char what[WORDS_SIZE];
        char time[40];

        words_time(time, sizeof(time), record->time_s, record->wall);
        report_record(what, sizeof(what), record, r->whole);
        (void)fprintf(file, "<tr><td>%s<td>", time);
        text(file, what);
        (void)fputs("<td>", file);
        text(file, words_advice(record));
        (void)fprintf(file, "<td>%.2f V<td>%.2f A<td>%.1f %%</tr>\n", record->pack_mv / 1000.0,
                      record->current_ma / 1000.0,
                      (record->capacity_mah > 0) ? 100.0 * record->remaining_mah / record->capacity_mah
                                                 : 0.0);
    }
    (void)fputs("</table>\n", file);
}

static void count_row(FILE *file, const char *what, const char *name, long value)
{
    (void)fprintf(file, "<tr><td>%s%s<td class=\"number\">%ld</tr>\n", what, name, value);
}

static void put_counters(FILE *file, const struct report *r)
{
    char figure[WORDS_SIZE];
    char name[64];
    unsigned i;

    if (!r->has_health) {
        return;
    }
    (void)fputs("<h2>Counters</h2>\n<table>\n", file);
    for (i = 0; i < LBMS_HEALTH_FIGURES; i++) {
        words_health(figure, sizeof(figure), (uint8_t)i, r->health.v[i]);
        words_health_name(name, sizeof(name), (uint8_t)i);
        (void)fprintf(file, "<tr><td>%s<td class=\"number\">%s</tr>\n", name, figure);
    }
    for (i = 0; i < LBMS_BIT_COUNT; i++) {
        count_row(file, "trips: ", lbms_bit_name((uint8_t)i), r->health.trips[i]);
    }
    for (i = 0; i < LBMS_FAULT_COUNT; i++) {
        count_row(file, "faults: ", lbms_fault_name((uint8_t)i), r->health.faults[i]);
    }
    (void)fputs("</table>\n", file);
}

static void put_traffic(FILE *file, const struct report *r)
{
    static const char *const names[LBMS_SERIAL_PORTS] = {"RS232", "RS485", "parallel"};
    const struct client_traffic *t = r->traffic;
    char line[600];
    unsigned i;

    (void)fprintf(file,
                  "<h2>Traffic</h2>\n<p>%lu requests, %lu repeated, %lu without reply, %lu damaged, %lu "
                  "echoes; %lu bytes "
                  "sent, %lu received</p>\n",
                  t->requests, t->retries, t->silent, t->damaged, t->echoes, t->sent, t->received);
    if (r->has_ports) {
        (void)fputs("<p>What the pack has received since its start:</p>\n<table>\n"
                    "<tr><th>Port<th>Frames<th>Damaged<th>Malformed<th>Refused</tr>\n",
                    file);
        for (i = 0; i < LBMS_SERIAL_PORTS; i++) {
            (void)fprintf(file, "<tr><td>%s<td>%u<td>%u<td>%u<td>%u</tr>\n", names[i], r->ports[i].frames,
                          r->ports[i].damaged, r->ports[i].malformed, r->ports[i].refused);
        }
        (void)fputs("</table>\n", file);
    }
    (void)fputs("<details><summary>The first lines of it (ms, direction, bytes)</summary><pre>\n", file);
    for (i = 0; i < REPORT_TRAFFIC_MOST && report_raw(r, line, sizeof(line)); i++) {
        text(file, line);
        (void)fputc('\n', file);
    }
    (void)fputs("</pre></details>\n", file);
}

void report_html(FILE *file, const struct report *r)
{
    put_head(file, r);
    put_state(file, r);
    put_chart(file, r);
    put_params(file, r);
    put_records(file, r);
    put_counters(file, r);
    put_traffic(file, r);
    (void)fputs("</body></html>\n", file);
}
