/*
 * The other end of the line: a client that polls, reads and writes a pack with PACE 2.5 frames. It uses the codec of the
 * library. Calls wait for the reply; none of them ends the program.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "losun_bms/link/ascii.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/model/command.h"
#include "losun_bms/model/health.h"
#include "losun_bms/model/pack.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/record.h"
#include "losun_bms_port/posix_serial.h"

/* What a call results in. */
enum client_status {
    CLIENT_OK = 0,
    CLIENT_END = 1,      /* there is no more */
    CLIENT_SILENT = -1,  /* no reply */
    CLIENT_DAMAGED = -2, /* something came, but no whole frame */
    CLIENT_REFUSED = -3, /* the pack answered with an error; client.rtn */
    CLIENT_UNKNOWN = -4, /* the pack does not know the command */
    CLIENT_STRANGE = -5, /* a reply that means nothing here */
    CLIENT_PORT = -6     /* the port failed */
};

/* What has passed over the line. */
struct client_traffic {
    unsigned long sent, received, requests, retries, silent, damaged, echoes;
};

struct client {
    struct lbms_posix_serial line;
    uint8_t address;
    unsigned timeout_ms; /* until the first character of a reply */
    unsigned tries;      /* of each request */
    FILE *capture;       /* NULL: none */
    struct client_traffic traffic;
    uint8_t info[LBMS_ASCII_INFO_MAX]; /* of the last reply */
    uint16_t size;
    uint8_t rtn;
    bool owed;           /* a request was not answered in time: its reply may still come */
    uint64_t written_ms; /* last write to the memory of the pack; they come once a second */
    uint64_t started_ms;
};

/* Opens a port: 0, or -1 and one line in client->line.error. */
int client_open(struct client *client, const char *path, uint32_t baud, uint8_t address);
void client_close(struct client *client);

/* Records raw traffic from now on: lines "ms > hex digits" of what is sent, "ms < ..." of what comes. */
void client_capture(struct client *client, FILE *file);

/* One request and its reply, tried again as often as client->tries says. `stored` paces writes to the flash. */
int client_request(struct client *client, uint8_t cid2, const uint8_t *info, uint16_t size, bool stored);

/* Sends bytes as they are and collects what comes until it is silent. The number of bytes, or CLIENT_PORT. */
int client_raw(struct client *client, const uint8_t *data, size_t size, uint8_t *answer, size_t room);

/* "no reply", "refused (RTN 09H)" ... */
const char *client_text(const struct client *client, int status, char text[64]);

/* What a pack tells. `command`: LBMS_PACE_ALL or an address. *count: in room, out packs. */
int client_values(struct client *client, uint8_t command, struct lbms_pack_values *values, unsigned *count);
int client_state(struct client *client, uint8_t command, struct lbms_pack_state *state, unsigned *count);

struct client_identity {
    char product[LBMS_PACE_TEXT_SIZE + 1];
    char board_serial[LBMS_PACE_TEXT_SIZE + 1];
    char pack_serial[LBMS_PACE_TEXT_SIZE + 1];
    char firmware[32];
    char hardware[12];
};
int client_identity(struct client *client, struct client_identity *identity);

/* All parameters. known[id] is false for those that this pack does not tell. */
int client_params(struct client *client, struct lbms_params *params, bool known[LBMS_PARAM_COUNT]);
/* Writes up to LBMS_PARAM_ITEMS_MAX values, all or none; returns when the pack has stored them. */
int client_set_params(struct client *client, const struct lbms_param_item *items, uint8_t count);

/* A record, 0 is the newest. *whole: with reason, cell, value and threshold (this library's packs). */
int client_record(struct client *client, unsigned index, struct lbms_record *record, bool *whole);
/* How many records there are: asks about 20 times. */
int client_record_count(struct client *client, unsigned *count);

int client_clock(struct client *client, uint32_t *seconds);
int client_set_clock(struct client *client, uint32_t seconds);
int client_health(struct client *client, struct lbms_health *health);
int client_counters(struct client *client, struct lbms_port_counters ports[LBMS_SERIAL_PORTS]);
int client_control(struct client *client, uint8_t code);
int client_switch(struct client *client, bool charge, bool on, uint8_t *indication);
int client_sleep(struct client *client);
int client_defaults(struct client *client);
/* Production and service; the pack asks for its service level. `what`: enum lbms_calibrate; truth: mA, negative when
 * discharging, or mV. Takes up to 11 s, for samples are taken first. */
int client_calibrate(struct client *client, uint8_t what, int32_t truth);
/* Remaining, full and design capacity of *values. */
int client_capacity(struct client *client, struct lbms_pack_values *values);
int client_set_capacity(struct client *client, const struct lbms_pack_values *values);
int client_set_cycles(struct client *client, uint16_t cycles);
int client_set_serial(struct client *client, bool board, const char *serial);
int client_clear_records(struct client *client);
/* step: enum lbms_pace_access_step. */
int client_access(struct client *client, uint8_t step, const char *code, uint8_t *level, unsigned *wait_s);

/* Monotonic time. */
uint64_t client_now_ms(void);

#endif
