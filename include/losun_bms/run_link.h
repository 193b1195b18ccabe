/**
 * @file
 * The serial ports on a board: requests and replies through the HAL, commands to lbms_run().
 *
 *     lbms_run_link_init(&link, &config);
 *     for (;;) {
 *         wait_ms = lbms_run(&bms);
 *         wait_ms = lbms_run_link(&link, &bms, wait_ms);
 *         board_wait(wait_ms);
 *     }
 *
 * Only a program that calls it contains the protocols.
 */
#ifndef LOSUN_BMS_RUN_LINK_H
#define LOSUN_BMS_RUN_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/link/access.h"
#include "losun_bms/link/pace/modbus.h"
#include "losun_bms/link/pace/server.h"
#include "losun_bms/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes that are taken from a port at a time. */
#define LBMS_RUN_LINK_CHUNK 16u
/** Somebody stands before the pack who holds the button so long from the start on, ms. */
#define LBMS_RUN_LINK_PRESENCE_MS 3000u
/** At most one record of a refused request in this time, s: nobody shall fill the records from outside. */
#define LBMS_RUN_LINK_RECORD_S 60u

/** What the integrator chooses. All zero is a good choice. */
struct lbms_run_link_config {
    const struct lbms_access_key
        *key;                 /**< of the service code; NULL: none, then only presence opens the level */
    const char *firmware;     /**< name and version of the program; NULL: not told */
    uint8_t values_layout;    /**< enum lbms_pace_values_layout on RS232 */
    uint8_t state_extension;  /**< 0..LBMS_PACE_STATE_EXTENSION on RS232 */
    uint32_t can_protocols;   /**< CAN protocols that the program contains, 1 << number; 0: Pylontech */
    uint32_t rs485_protocols; /**< likewise; 0: PACE and Pylontech */
};

/** The ports of a pack. Allocated by the caller. */
struct lbms_run_link {
    const struct lbms_run_link_config *config;
    struct lbms_access access;
    struct lbms_pace_config pace_config[LBMS_SERIAL_PORTS];
    struct lbms_pace_server pace[LBMS_SERIAL_PORTS];
    struct lbms_pace_modbus modbus; /**< on RS485, when the parameter `rs485_protocol` says so */
    uint8_t in[LBMS_SERIAL_PORTS][LBMS_RUN_LINK_CHUNK]; /**< read from the port, not yet looked at */
    uint8_t in_count[LBMS_SERIAL_PORTS];
    uint8_t in_at[LBMS_SERIAL_PORTS];
    uint32_t baud[LBMS_SERIAL_PORTS]; /**< that the port was set to; 0: not yet */
    uint32_t held_since_ms;           /**< the button is down since the start */
    bool watching;                    /**< it has not been released yet */
    bool started;                     /**< the first call was made */
    uint32_t recorded_s;              /**< uptime of the last record of a refused request */
    bool recorded;                    /**< there is one */
    uint16_t errors;                  /**< calls of the HAL that failed; stops at its maximum */
};

/**
 * Begins with silent ports and a closed service level.
 *
 * @param link    state to prepare, owned by the caller
 * @param config  must stay valid; NULL: as if all zero
 * Context: main, before the first lbms_run_link().
 */
void lbms_run_link_init(struct lbms_run_link *link, const struct lbms_run_link_config *config);

/**
 * Takes what came in, goes on with requests, sends.
 *
 * @param link     state
 * @param bms      pack, of which at least one lbms_run() was made; a HAL without serial ports is permitted
 * @param wait_ms  what lbms_run() returned
 * @return milliseconds until both must be called again, at most wait_ms; earlier when characters come in, so let the
 *         interrupt of the port end the wait
 * Context: the context of lbms_run(), after each call of it.
 */
uint32_t lbms_run_link(struct lbms_run_link *link, struct lbms *bms, uint32_t wait_ms);

#ifdef __cplusplus
}
#endif

#endif
