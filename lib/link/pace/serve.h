/* Private to lib/link/pace: a request, and the tables of what is answered. */
#ifndef LBMS_LINK_PACE_SERVE_H
#define LBMS_LINK_PACE_SERVE_H

#include "losun_bms/base/bytes.h"
#include "losun_bms/link/pace/server.h"

/* A request for this pack, verified. */
struct lbms_pace_request {
    const struct lbms_pace_config *config;
    const struct lbms_view *view;
    struct lbms_access *access;
    uint32_t now_ms;
    uint8_t cid2;
    uint8_t size; /* of info */
    const uint8_t *info;
};

/* A question is answered at once. `info` and what `out` writes to do not overlap. */
struct lbms_pace_question {
    uint8_t cid2;
    uint8_t least, most;                                                                 /* bytes of INFO */
    uint8_t (*answer)(const struct lbms_pace_request *request, struct lbms_writer *out); /* RTN */
};
const struct lbms_pace_question *lbms_pace_question(uint8_t cid2);

/* What comes back when an order was carried out. */
enum { LBMS_PACE_ANSWER_NONE, LBMS_PACE_ANSWER_CONTROL, LBMS_PACE_ANSWER_INDICATION };

/* An order becomes a command. */
struct lbms_pace_order {
    uint8_t cid2;
    uint8_t least, most; /* bytes of INFO */
    uint8_t level;       /* enum lbms_access_level */
    uint8_t answer;
    bool stored; /* goes to the flash */
    /* LBMS_OK: *command is filled in, or its kind is LBMS_COMMAND_NONE: nothing has to be done; negative: refused */
    int (*build)(const struct lbms_pace_request *request, struct lbms_command *command);
};

/* Longest time until the outcome is known, ms. */
uint32_t lbms_pace_order_ms(uint8_t cid2);

/* The order of a command, groups included; false when there is none. */
bool lbms_pace_order(uint8_t cid2, struct lbms_pace_order *order);

/* The level that this request needs: a code of 99H can need more than the order. */
uint8_t lbms_pace_order_level(const struct lbms_pace_order *order, const struct lbms_pace_request *request);

/* Bytes of the block of a pack in 42H or 44H. */
uint8_t lbms_pace_block_size(const struct lbms_pace_config *config, uint8_t cid2);

/* The place of a pack, 0 for this one; more than view->pack_count: not known. */
uint8_t lbms_pace_find_pack(const struct lbms_view *view, uint8_t address);

/* The block of a pack. One that has left the bus since the reply began leaves a block of zeros. */
void lbms_pace_make_block(const struct lbms_pace_config *config, const struct lbms_view *view, uint8_t cid2,
                          uint8_t place, uint8_t *block);

/* Names of the inverter protocols; NULL: there is no such number. */
const char *lbms_pace_can_name(uint8_t number);
const char *lbms_pace_rs485_name(uint8_t number);

#endif
