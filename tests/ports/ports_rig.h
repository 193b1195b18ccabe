/*
 * The whole library on the test bench with flash and three serial ports, in simulated time: characters arrive at 9600
 * bit/s, replies leave as fast as the port takes them.
 */
#ifndef LBMS_TESTS_PORTS_RIG_H
#define LBMS_TESTS_PORTS_RIG_H

#include "losun_bms/run_link.h"
#include "losun_bms_port/posix_flash.h"
#include "support/bench.h"

#define RIG_TEXT 4200u

struct ports_rig {
    struct bench b; /* first: its address is the context of the HAL */
    struct lbms_run_link link;
    struct lbms_run_link_config config;
    struct lbms_access_key key;
    struct lbms_keeper keeper;
    struct lbms_posix_flash values, records;
    bool has_flash;
    /* ports: what is on its way in, and what came out */
    char in[LBMS_SERIAL_PORTS][RIG_TEXT];
    size_t in_size[LBMS_SERIAL_PORTS], in_at[LBMS_SERIAL_PORTS];
    uint32_t in_ms[LBMS_SERIAL_PORTS]; /* the next character is there */
    char out[LBMS_SERIAL_PORTS][RIG_TEXT];
    size_t out_size[LBMS_SERIAL_PORTS];
    uint32_t out_ms[LBMS_SERIAL_PORTS]; /* first character of it */
    uint32_t last_in_ms[LBMS_SERIAL_PORTS];
    uint32_t baud[LBMS_SERIAL_PORTS];
    unsigned setups;
    size_t takes; /* characters that a port takes at a time */
    int fail_read, fail_write;
};

/* A pack that is awake, with this address, with or without flash. */
void ports_rig_start(struct ports_rig *rig, uint8_t address, bool flash);
/* The board alone; then ports_rig_boot(). */
void ports_rig_board(struct ports_rig *rig, uint8_t address, bool flash);
void ports_rig_boot(struct ports_rig *rig);
void ports_rig_end(struct ports_rig *rig);

void ports_rig_run(struct ports_rig *rig, uint32_t ms);

/* Puts bytes on a port, one a millisecond. */
void ports_rig_send(struct ports_rig *rig, unsigned port, const char *data, size_t size);

/* A request and CR; up to 600 ms for the reply. @return it without CR, or "" */
const char *ports_rig_ask(struct ports_rig *rig, unsigned port, const char *text);
/* Likewise on RS232, up to 11 s: samples are taken first. */
const char *ports_rig_ask_long(struct ports_rig *rig, const char *text);

/* The text of a request: ADR and INFO as digits. */
const char *ports_rig_request(unsigned address, unsigned cid2, const char *info);
/* RTN of the reply; 0x100: silence. */
unsigned ports_rig_rtn(struct ports_rig *rig, unsigned port, unsigned address, unsigned cid2,
                       const char *info);
/* From the last character of the request to the first one of the reply. */
uint32_t ports_rig_silence_ms(const struct ports_rig *rig, unsigned port);

/* Power gone and back. */
void ports_rig_again(struct ports_rig *rig);

#endif
