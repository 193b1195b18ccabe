/* bmsctl report: collects, and writes both files. */
#include "bmsctl/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bmsctl/words.h"
#include "losun_bms/model/product.h"

void report_record(char *text, size_t size, const struct lbms_record *record, bool whole)
{
    if (whole) {
        words_record(text, size, record);
    } else if (record->kind == LBMS_RECORD_START) {
        (void)snprintf(text, size, "started");
    } else {
        words_bits(text, size, record->protections | record->alarms);
    }
}

bool report_raw(const struct report *r, char *line, size_t size)
{
    if (r->raw == NULL || fgets(line, (int)size, r->raw) == NULL) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static int collect_records(struct client *client, struct report *r)
{
    unsigned count = 0;
    int status = client_record_count(client, &count);

    count = (count < REPORT_RECORDS_MOST) ? count : REPORT_RECORDS_MOST;
    r->records = 0;
    while (status == CLIENT_OK && r->records < count) {
        bmsctl_progress("records", r->records, count);
        status = client_record(client, r->records, &r->record[r->records], &r->whole);
        r->records += status == CLIENT_OK;
    }
    return (status == CLIENT_END) ? CLIENT_OK : status; /* a new one has pushed the oldest out */
}

static void count_changes(struct report *r)
{
    unsigned i;

    r->changed = 0;
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        r->changed += r->known[i] && r->params.v[i] != lbms_product_ls_btn0_p0548100.params[i].def;
    }
}

static int collect(struct bmsctl *b, struct report *r)
{
    const uint8_t command = (uint8_t)((bmsctl_address(b) > 0) ? bmsctl_address(b) : 1u);
    const time_t now = time(NULL);
    uint32_t clock_s = LBMS_PACE_NO_TIME;
    unsigned count = 1;
    int status = client_identity(&b->client, &r->identity);

    (void)strftime(r->when, sizeof(r->when), "%Y-%m-%d %H:%M:%S", localtime(&now));
    status = (status == CLIENT_OK) ? client_values(&b->client, command, &r->values, &count) : status;
    count = 1;
    status = (status == CLIENT_OK) ? client_state(&b->client, command, &r->state, &count) : status;
    bmsctl_progress("parameters", 0, 0);
    status = (status == CLIENT_OK) ? client_params(&b->client, &r->params, r->known) : status;
    if (status != CLIENT_OK) {
        return status;
    }
    count_changes(r);
    /* what a pack of another maker does not know is left out */
    (void)client_clock(&b->client, &clock_s);
    if (clock_s == LBMS_PACE_NO_TIME) {
        (void)snprintf(r->clock, sizeof(r->clock), "not set");
    } else {
        words_time(r->clock, sizeof(r->clock), clock_s, 1);
    }
    r->has_health = client_health(&b->client, &r->health) == CLIENT_OK;
    status = collect_records(&b->client, r);
    r->has_ports = status == CLIENT_OK && client_counters(&b->client, r->ports) == CLIENT_OK;
    return status;
}

static bool write_part(const struct report *r, const char *name, const char *ending,
                       void (*write)(FILE *file, const struct report *r))
{
    char path[1024];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s.%s", name, ending);
    file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    if (r->raw != NULL) {
        rewind(r->raw);
    }
    write(file, r);
    return fclose(file) == 0;
}

int bmsctl_report(struct bmsctl *b)
{
    static struct report r;
    FILE *own = NULL;
    int status;

    if (b->arguments != 1) {
        return bmsctl_usage("report NAME");
    }
    if (b->capture_file == NULL) {
        own = tmpfile();
        client_capture(&b->client, own);
    }
    r.raw = (own != NULL) ? own : b->capture_file;
    r.traffic = &b->client.traffic;
    status = collect(b, &r);
    bmsctl_progress(NULL, 0, 0);
    client_capture(&b->client, b->capture_file);
    if (status == CLIENT_OK && (!write_part(&r, b->argument[0], "html", report_html) ||
                                !write_part(&r, b->argument[0], "json", report_json))) {
        status = CLIENT_END; /* of the disk */
    }
    if (own != NULL) {
        (void)fclose(own);
    }
    if (status == CLIENT_END) {
        return bmsctl_usage("report: the files cannot be written");
    }
    return (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, "report", status);
}
