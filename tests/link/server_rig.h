/*
 * A PACE server with a pack that is nothing but a view: the test writes what the pack shows, sends a request as text and
 * gets the reply as text. Commands are carried out by the rig, in the simplest way.
 */
#ifndef LBMS_TESTS_LINK_SERVER_RIG_H
#define LBMS_TESTS_LINK_SERVER_RIG_H

#include "frames.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/link/pace/server.h"

#define RIG_RECORDS 3u

struct server_rig {
    struct lbms_pace_server server;
    struct lbms_pace_config config;
    struct lbms_access access;
    struct lbms_access_key key;
    struct lbms_view view;
    struct lbms_snapshot own;
    struct lbms_params params;
    struct lbms_health health;
    struct lbms_production production;
    struct lbms_pack packs[14];
    struct lbms_record record[RIG_RECORDS]; /* 0 is the newest */
    int record_status[RIG_RECORDS];
    uint32_t now_ms;
    /* commands */
    struct lbms_command command; /* the last one */
    unsigned commands;
    int refuse;         /* status with which commands are refused at once; 0: they are accepted */
    int result;         /* of an accepted one */
    uint32_t result_ms; /* time until the result is there */
    /* sending */
    size_t port_takes;   /* characters that the port takes at a time */
    uint32_t silence_ms; /* from the last character of the request to the first of the reply */
    char reply[FRAME_TEXT_SIZE];
};

/* The pack S1 at this address, on this port (enum lbms_port). */
void server_rig_init(struct server_rig *rig, uint8_t port, uint8_t address);

/* Sends a text and CR, and lets time pass until there is a reply, or half a second. @return it without CR, or "" */
const char *server_rig_ask(struct server_rig *rig, const char *text);

/* Sends a command to the pack's own address. @return RTN, or -1: silence. The INFO of the reply is in rig->info. */
int server_rig_command(struct server_rig *rig, uint8_t cid2, const uint8_t *info, uint16_t size,
                       struct frame *answer);

#endif
