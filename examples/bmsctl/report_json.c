/* The report for machines. */
#include "bmsctl/report.h"
#include "bmsctl/words.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/sample.h"

static void text(FILE *file, const char *name, const char *value)
{
    (void)fprintf(file, "\"%s\": ", name);
    out_json_text(file, value);
    (void)fprintf(file, ",\n ");
}

static void number(FILE *file, const char *name, long value)
{
    (void)fprintf(file, "\"%s\": %ld,\n ", name, value);
}

static void words(FILE *file, const char *name, uint32_t bits, const char *last)
{
    char list[WORDS_SIZE];

    words_bits(list, sizeof(list), bits);
    (void)fprintf(file, "\"%s\": ", name);
    out_json_text(file, list);
    (void)fputs(last, file);
}

static void put_state(FILE *file, const struct report *r)
{
    const struct lbms_pack_values *v = &r->values;
    char list[WORDS_SIZE];
    unsigned i;

    number(file, "pack_mv", v->pack_mv);
    number(file, "current_ma", v->current_ma);
    number(file, "remaining_mah", v->remaining_mah);
    number(file, "full_mah", v->full_mah);
    number(file, "design_mah", v->design_mah);
    number(file, "cycles", v->cycles);
    (void)fputs("\"cell_mv\": [", file);
    for (i = 0; i < v->cells; i++) {
        (void)fprintf(file, "%s%u", (i > 0) ? ", " : "", v->cell_mv[i]);
    }
    (void)fputs("],\n \"temperature_dc\": [", file);
    for (i = 0; i < LBMS_PACK_TEMPS; i++) {
        const bool is_known = v->temp_dc[i] != LBMS_TEMP_OPEN;

        (void)fprintf(file, is_known ? "%s%d" : "%snull", (i > 0) ? ", " : "", v->temp_dc[i]);
    }
    (void)fprintf(file, "],\n \"balancing\": %u,\n ", r->state.balance_mask);
    words(file, "alarms", r->state.alarms, ",\n ");
    words(file, "protections", r->state.protections, ",\n ");
    words_faults(list, sizeof(list), r->state.faults);
    text(file, "faults", list);
}

static void put_params(FILE *file, const struct report *r)
{
    const struct lbms_param_desc *desc = lbms_product_ls_btn0_p0548100.params;
    const char *comma = "";
    unsigned i;

    (void)fputs("\"params\": {", file);
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        if (r->known[i]) {
            (void)fprintf(file, "%s\n  \"%s\": {\"value\": %ld, \"default\": %ld, \"unit\": \"%s\"}", comma,
                          desc[i].name, (long)r->params.v[i], (long)desc[i].def,
                          lbms_unit_symbol(desc[i].unit));
            comma = ",";
        }
    }
    (void)fputs("},\n ", file);
}

static void put_records(FILE *file, const struct report *r)
{
    unsigned i;

    (void)fputs("\"records\": [", file);
    for (i = 0; i < r->records; i++) {
        const struct lbms_record *record = &r->record[i];
        char what[WORDS_SIZE];
        char time[40];

        words_time(time, sizeof(time), record->time_s, record->wall);
        report_record(what, sizeof(what), record, r->whole);
        (void)fprintf(file, "%s\n  {\"index\": %u, \"time\": \"%s\", \"what\": ", (i > 0) ? "," : "", i,
                      time);
        out_json_text(file, what);
        (void)fputs(", \"advice\": ", file);
        out_json_text(file, words_advice(record));
        (void)fprintf(file,
                      ", \"pack_mv\": %ld, \"current_ma\": %ld, \"remaining_mah\": %ld, \"full_mah\": %ld}",
                      (long)record->pack_mv, (long)record->current_ma, (long)record->remaining_mah,
                      (long)record->capacity_mah);
    }
    (void)fputs("],\n ", file);
}

static void put_health(FILE *file, const struct report *r)
{
    unsigned i;

    if (!r->has_health) {
        return;
    }
    (void)fputs("\"health\": {", file);
    for (i = 0; i < LBMS_HEALTH_FIGURES; i++) {
        (void)fprintf(file, "%s\n  \"%s\": %ld", (i > 0) ? "," : "", lbms_health_name((uint8_t)i),
                      (long)r->health.v[i]);
    }
    (void)fputs("},\n \"trips\": {", file);
    for (i = 0; i < LBMS_BIT_COUNT; i++) {
        (void)fprintf(file, "%s\n  \"%s\": %u", (i > 0) ? "," : "", lbms_bit_name((uint8_t)i),
                      r->health.trips[i]);
    }
    for (i = 0; i < LBMS_FAULT_COUNT; i++) {
        (void)fprintf(file, ",\n  \"fault: %s\": %u", lbms_fault_name((uint8_t)i), r->health.faults[i]);
    }
    (void)fputs("},\n ", file);
}

static void put_traffic(FILE *file, const struct report *r)
{
    const struct client_traffic *t = r->traffic;
    char line[600];
    unsigned i;

    if (r->has_ports) {
        (void)fputs("\"ports\": [", file);
        for (i = 0; i < LBMS_SERIAL_PORTS; i++) {
            (void)fprintf(file, "%s\n  {\"frames\": %u, \"damaged\": %u, \"malformed\": %u, \"refused\": %u}",
                          (i > 0) ? "," : "", r->ports[i].frames, r->ports[i].damaged, r->ports[i].malformed,
                          r->ports[i].refused);
        }
        (void)fputs("],\n ", file);
    }
    (void)fprintf(
        file,
        "\"traffic\": {\"requests\": %lu, \"retries\": %lu, \"silent\": %lu, \"damaged\": %lu, \"echoes\": "
        "%lu, \"sent\": %lu, \"received\": %lu,\n  \"raw\": [",
        t->requests, t->retries, t->silent, t->damaged, t->echoes, t->sent, t->received);
    for (i = 0; i < REPORT_TRAFFIC_MOST && report_raw(r, line, sizeof(line)); i++) {
        (void)fputs((i > 0) ? ",\n   " : "\n   ", file);
        out_json_text(file, line);
    }
    (void)fputs("]}", file);
}

void report_json(FILE *file, const struct report *r)
{
    (void)fputs("{", file);
    text(file, "made", r->when);
    text(file, "product", r->identity.product);
    text(file, "firmware", r->identity.firmware);
    text(file, "hardware", r->identity.hardware);
    text(file, "board_serial", r->identity.board_serial);
    text(file, "pack_serial", r->identity.pack_serial);
    text(file, "clock", r->clock);
    put_state(file, r);
    put_params(file, r);
    put_records(file, r);
    put_health(file, r);
    put_traffic(file, r);
    (void)fputs("}\n", file);
}
