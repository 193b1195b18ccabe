/* Everything that the support needs to know of a pack, and the two files that tell it. */
#ifndef BMSCTL_REPORT_H
#define BMSCTL_REPORT_H

#include "bmsctl/bmsctl.h"

#define REPORT_RECORDS_MOST 2000u
#define REPORT_TRAFFIC_MOST 200u /* lines */

struct report {
    char when[24]; /* of this computer */
    struct client_identity identity;
    struct lbms_pack_values values;
    struct lbms_pack_state state;
    struct lbms_params params;
    bool known[LBMS_PARAM_COUNT];
    unsigned changed; /* parameters that are not at their default */
    struct lbms_health health;
    bool has_health;
    struct lbms_port_counters ports[LBMS_SERIAL_PORTS];
    bool has_ports;
    struct lbms_record record[REPORT_RECORDS_MOST]; /* 0 is the newest */
    bool whole;                                     /* they tell their reason */
    unsigned records;
    char clock[24]; /* of the pack, or "not set" */
    const struct client_traffic *traffic;
    FILE *raw; /* lines of raw traffic; NULL: none */
};

void report_html(FILE *file, const struct report *r);
void report_json(FILE *file, const struct report *r);

/* A record in words, also of a pack that does not tell the reason. */
void report_record(char *text, size_t size, const struct lbms_record *record, bool whole);

/* The next line of raw traffic without its end; rewind first. False: no more. */
bool report_raw(const struct report *r, char *line, size_t size);

#endif
