/**
 * @file
 * PACE Modbus RTU server: answers functions 03H and 10H on one serial port. Used as link/pace/server.h is; only
 * lbms_pace_modbus_step() also has to be called while nothing comes in, for silence ends a frame.
 */
#ifndef LOSUN_BMS_LINK_PACE_MODBUS_H
#define LOSUN_BMS_LINK_PACE_MODBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/link/access.h"
#include "losun_bms/link/modbus.h"
#include "losun_bms/link/pace/registers.h"
#include "losun_bms/link/pace/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Registers that one request reads at most. */
#define LBMS_PACE_MODBUS_READ_MAX 125u
/** Bytes that wait for the port: a chunk of registers. */
#define LBMS_PACE_MODBUS_TEXT_MAX (2u * LBMS_PACE_REGISTERS_MOST)

/** The server. Allocated by the caller, one for each port. */
struct lbms_pace_modbus {
    const struct lbms_pace_config *config;
    struct lbms_access *access;
    struct lbms_modbus_receiver receiver;
    struct lbms_port_counters counters;
    uint8_t text[LBMS_PACE_MODBUS_TEXT_MAX];
    uint8_t text_size;
    uint8_t text_at;
    uint8_t stage;    /**< enum lbms_pace_stage */
    uint8_t function; /**< of the reply */
    uint8_t denied; /**< function that was refused for want of access; set to 0 by whoever has recorded it */
    uint8_t left;   /**< registers that have yet to be told */
    bool has_written;
    uint16_t first; /**< of them */
    uint16_t crc;   /**< of the reply so far */
    uint16_t sequence;
    uint32_t gap_ms;
    uint32_t since_ms;
    uint32_t written_ms;
    uint32_t sent_ms;
};

/**
 * Prepares a server.
 *
 * @param server  filled in, owned by the caller
 * @param config  must stay valid; its port decides which level writing has
 * @param access  lock of the pack; must stay valid
 * Context: main.
 */
void lbms_pace_modbus_init(struct lbms_pace_modbus *server, const struct lbms_pace_config *config,
                           struct lbms_access *access);

/** The baud rate of the port decides how long the silence is that ends a frame. Context: the owner of the server. */
void lbms_pace_modbus_set_baud(struct lbms_pace_modbus *server, uint32_t baud);

/** Takes a character. Those that come while a request is being answered are lost. Context: the owner of the server. */
void lbms_pace_modbus_receive(struct lbms_pace_modbus *server, uint8_t c, uint32_t now_ms);

/**
 * Ends a frame by silence, and goes on with the request that is being answered.
 *
 * @param server   server that has been given all that came in until now
 * @param view     the pack after its last step
 * @param now_ms   present time
 * @param command  receives a command to be handed in
 * @return true: there is one; lbms_pace_modbus_handed() must be called next
 * Context: the one that owns the server.
 */
bool lbms_pace_modbus_step(struct lbms_pace_modbus *server, const struct lbms_view *view, uint32_t now_ms,
                           struct lbms_command *command);

/** Tells what has become of the command, as lbms_pace_server_handed(). Context: the owner of the server. */
void lbms_pace_modbus_handed(struct lbms_pace_modbus *server, int outcome, uint32_t now_ms);

/**
 * Bytes to be sent.
 *
 * @param server  server
 * @param view    the pack
 * @param text    receives where they are
 * @return how many; 0: none
 * Context: the one that owns the server.
 */
size_t lbms_pace_modbus_text(struct lbms_pace_modbus *server, const struct lbms_view *view,
                             const uint8_t **text);

/** The port has taken `count` of them. Context: the owner of the server. */
void lbms_pace_modbus_sent(struct lbms_pace_modbus *server, size_t count, uint32_t now_ms);

/**
 * Time until the server wants to go on by itself.
 *
 * @param server  server
 * @param now_ms  present time
 * @return ms, 0: at once; UINT32_MAX: it waits for characters or for a step of the pack
 * Context: the one that owns the server.
 */
uint32_t lbms_pace_modbus_due(const struct lbms_pace_modbus *server, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
