/* Records in words. */
#include <stdlib.h>

#include "bmsctl/report.h"
#include "bmsctl/words.h"

/* For machines the details of the sentence have columns of their own. */
static void put_record(struct out *out, unsigned index, const struct lbms_record *r, bool whole)
{
    char number[16], time[40], what[WORDS_SIZE], volts[16], amps[16], soc[16];
    struct words_detail d;
    const char *cells[] = {number,          time,   what,    volts,   amps,  soc,
                           words_advice(r), d.cell, d.value, d.limit, d.unit};

    words_detail(&d, r);
    (void)snprintf(number, sizeof(number), "%u", index);
    words_time(time, sizeof(time), r->time_s, r->wall);
    report_record(what, sizeof(what), r, whole);
    (void)snprintf(volts, sizeof(volts), "%.2f", r->pack_mv / 1000.0);
    (void)snprintf(amps, sizeof(amps), "%.2f", r->current_ma / 1000.0);
    (void)snprintf(soc, sizeof(soc), "%.1f",
                   (r->capacity_mah > 0) ? 100.0 * r->remaining_mah / r->capacity_mah : 0.0);
    out_row(out, cells);
}

/* The newest `most` records. */
static int list_records(struct bmsctl *b, unsigned most)
{
    static const char *const names[] = {"index",  "time", "what",  "pack_V", "current_A", "soc_pct",
                                        "advice", "cell", "value", "limit",  "unit"};
    static const int widths[] = {5, -20, -60, 7, 9, 7, -1, 4, 8, 8, -4};
    unsigned whole_count = 0;
    struct out out;
    unsigned i;
    int status = client_record_count(&b->client, &whole_count);

    if (status != CLIENT_OK) {
        return status;
    }
    whole_count = (whole_count < most) ? whole_count : most;
    out_table(&out, b->format, stdout, (b->format == OUT_HUMAN) ? 7 : 11, names, widths);
    for (i = 0; i < whole_count && status == CLIENT_OK; i++) {
        struct lbms_record record;
        bool whole = false;

        bmsctl_progress("records", i, whole_count);
        status = client_record(&b->client, i, &record, &whole);
        if (status == CLIENT_OK) {
            bmsctl_progress(NULL, 0, 0);
            put_record(&out, i, &record, whole);
        }
    }
    bmsctl_progress(NULL, 0, 0);
    out_end(&out);
    return (status == CLIENT_END) ? CLIENT_OK : status; /* a new one has pushed the oldest out */
}

int bmsctl_history(struct bmsctl *b)
{
    unsigned most = REPORT_RECORDS_MOST;
    int status;

    if (b->arguments > 0) {
        most = (unsigned)strtoul(b->argument[0], NULL, 10);
        if (most == 0) {
            return bmsctl_usage("history [N]");
        }
    }
    status = list_records(b, most);
    return (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, "history", status);
}
