/**
 * @file
 * PACE 2.5 server: answers the requests that come in on one serial port.
 *
 * It reads the pack through a struct lbms_view and changes it through struct lbms_command only. The caller moves characters
 * and commands:
 *
 *     taken = lbms_pace_server_receive(&server, &view, data, count, now_ms);
 *     if (lbms_pace_server_step(&server, &view, now_ms, &command)) {
 *         lbms_pace_server_handed(&server, lbms_command(&bms, &command), now_ms);
 *     }
 *     count = lbms_pace_server_text(&server, &view, now_ms, &text);
 *     lbms_pace_server_sent(&server, (size_t)hal->serial_write(ctx, port, text, count));
 *
 * docs/pace.md says what is served, who may write, and where this server decides what the protocol leaves open.
 */
#ifndef LOSUN_BMS_LINK_PACE_SERVER_H
#define LOSUN_BMS_LINK_PACE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/link/access.h"
#include "losun_bms/link/ascii.h"
#include "losun_bms/model/command.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/view.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest INFO of a request that is understood, and longest piece of a reply, bytes. */
#define LBMS_PACE_INFO_MAX 96u
/** Characters that wait for the port. */
#define LBMS_PACE_TEXT_MAX 72u
/** On RS485 a reply begins no sooner after the request, ms: the host must release its driver. */
#define LBMS_PACE_TURN_MS 5u
/** A command that has no result after this time is answered with RTN 09H, ms. */
#define LBMS_PACE_RESULT_MS 400u
/** A calibration takes samples first, ms: it has no result before LBMS_CALIBRATE_MS and the time to store it. */
#define LBMS_PACE_CALIBRATION_MS 10400u
/** Shortest time between two writes that go to the flash, ms. */
#define LBMS_PACE_WRITE_GAP_MS 1000u
/** A frame that is the same as the reply sent in this time is its echo, ms. */
#define LBMS_PACE_ECHO_MS 500u

/** What is the same for the whole life of a server. */
struct lbms_pace_config {
    uint8_t port;             /**< enum lbms_port */
    uint8_t values_layout;    /**< enum lbms_pace_values_layout of 42H */
    uint8_t state_extension;  /**< bytes of 44H beyond the base layout, 0..LBMS_PACE_STATE_EXTENSION */
    uint32_t can_protocols;   /**< numbers of the CAN protocols that can be chosen, 1 << number */
    uint32_t rs485_protocols; /**< likewise */
};

/** What the server is doing. */
enum lbms_pace_stage {
    LBMS_PACE_LISTENING = 0, /**< takes characters */
    LBMS_PACE_ASKING = 1,    /**< has a command to hand in */
    LBMS_PACE_WAITING = 2,   /**< for its result */
    LBMS_PACE_HEAD = 3,      /**< sends */
    LBMS_PACE_BODY = 4,
    LBMS_PACE_TAIL = 5
};

/** The server. Allocated by the caller, one for each port. */
struct lbms_pace_server {
    const struct lbms_pace_config *config;
    struct lbms_access *access;
    struct lbms_ascii_receiver receiver;
    struct lbms_ascii_sender sender;
    struct lbms_port_counters counters;
    struct lbms_ascii_head reply;
    uint8_t info[LBMS_PACE_INFO_MAX]; /**< of the request; then a piece of the reply */
    uint8_t info_size;
    uint8_t info_at;   /**< bytes of the piece that have become characters */
    uint8_t pieces;    /**< packs whose block has yet to come */
    uint8_t next_pack; /**< place of the next one; 0 is this pack */
    uint8_t text[LBMS_PACE_TEXT_MAX];
    uint8_t text_size;
    uint8_t text_at;     /**< characters that the port has taken */
    uint8_t stage;       /**< enum lbms_pace_stage */
    uint8_t cid2;        /**< of the request that is being answered */
    uint8_t denied;      /**< CID2 that was refused for want of access; set to 0 by whoever has recorded it */
    bool has_written;    /**< written_ms is valid */
    bool echo_expected;  /**< and the three below */
    uint16_t echo_sum;   /**< of the reply */
    uint16_t info_total; /**< bytes of INFO of the reply */
    uint16_t sequence;   /**< of the command that was handed in */
    uint32_t since_ms;   /**< the request was complete, or the command was handed in */
    uint32_t written_ms; /**< last write to the flash */
    uint32_t sent_ms;    /**< end of the last reply */
};

/**
 * Prepares a server.
 *
 * @param server  filled in, owned by the caller
 * @param config  must stay valid
 * @param access  lock of the pack, shared by its servers; must stay valid
 * Context: main.
 */
void lbms_pace_server_init(struct lbms_pace_server *server, const struct lbms_pace_config *config,
                           struct lbms_access *access);

/**
 * Takes characters that came in, up to the end of a request that will be answered.
 *
 * @param server  server
 * @param view    the pack
 * @param data    count characters
 * @param count   of them
 * @param now_ms  present time, wraps
 * @return how many were taken; offer the others again later
 * Context: the one that owns the server.
 */
size_t lbms_pace_server_receive(struct lbms_pace_server *server, const struct lbms_view *view,
                                const uint8_t *data, size_t count, uint32_t now_ms);

/**
 * Goes on with the request that is being answered.
 *
 * @param server   server
 * @param view     the pack after its last step
 * @param now_ms   present time
 * @param command  receives a command to be handed in
 * @return true: there is one; lbms_pace_server_handed() must be called next
 * Context: the one that owns the server.
 */
bool lbms_pace_server_step(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms,
                           struct lbms_command *command);

/**
 * Tells what has become of the command.
 *
 * @param server  server that has just given a command
 * @param view    the pack
 * @param outcome sequence number 1..65535 by which the result will be known (lbms_command()); 0: it has been carried out
 *                already; negative enum lbms_status: it was not accepted
 * @param now_ms  present time
 * Context: the one that owns the server.
 */
void lbms_pace_server_handed(struct lbms_pace_server *server, const struct lbms_view *view, int outcome,
                             uint32_t now_ms);

/**
 * Characters to be sent.
 *
 * @param server  server
 * @param view    the pack
 * @param now_ms  present time
 * @param text    receives where they are
 * @return how many, 0..LBMS_PACE_TEXT_MAX; 0: none, or not yet
 * Context: the one that owns the server.
 */
size_t lbms_pace_server_text(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms,
                             const uint8_t **text);

/** The port has taken `count` of them. Context: the one that owns the server. */
void lbms_pace_server_sent(struct lbms_pace_server *server, size_t count, uint32_t now_ms);

/**
 * Time until the server wants to go on by itself.
 *
 * @param server  server
 * @param now_ms  present time
 * @return ms, 0: at once; UINT32_MAX: it waits for characters or for a step of the pack
 * Context: the one that owns the server.
 */
uint32_t lbms_pace_server_due(const struct lbms_pace_server *server, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
