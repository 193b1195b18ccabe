/**
 * @file
 * Commands of this library in the frames of PACE 2.5, F0H..F5H: what the protocol has no word for. A pack of another
 * maker answers them with RTN 04H.
 *
 * | CID2 | request | reply |
 * | --- | --- | --- |
 * | F0H | first parameter (2), how many (1) | parameters in all (2), first (2), values (4 each) |
 * | F1H | id (2) and value (4), 1..16 times | none |
 * | F2H | enum lbms_pace_access_step (1), a code for "open" and "set code" | level (1), s until the next try (2) |
 * | F3H | first word (1) | words in all (1), first (1), values (4 each): struct lbms_health |
 * | F4H | index (2), 0 is the newest | event (90), or none when there is no such record |
 * | F5H | none | frames, damaged, malformed, refused (2 each), of RS232, RS485, parallel port |
 *
 * Numbers are sent high byte first, negative ones as two's complement.
 */
#ifndef LOSUN_BMS_LINK_PACE_OWN_H
#define LOSUN_BMS_LINK_PACE_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Values that a reply to F0H or F3H carries at most. */
#define LBMS_PACE_WORDS_MAX 16u
/** Bytes of one parameter in F1H. */
#define LBMS_PACE_ITEM_SIZE 6u
/** Longest service code, characters. */
#define LBMS_PACE_CODE_MAX 32u

/** First byte of F2H. */
enum lbms_pace_access_step {
    LBMS_PACE_ACCESS_ASK = 0,  /**< what is the level */
    LBMS_PACE_ACCESS_OPEN = 1, /**< a code follows */
    LBMS_PACE_ACCESS_CLOSE = 2
};

/** Writes parameters to be set, F1H. Context: any. */
void lbms_pace_put_items(struct lbms_writer *out, const struct lbms_param_item *items, uint8_t count);

/**
 * Reads parameters to be set, F1H.
 *
 * @param in     reader that holds exactly the INFO
 * @param items  receives up to LBMS_PARAM_ITEMS_MAX ids and values
 * @return how many; 0: it is no such request, or there are too many
 * Context: any.
 */
uint8_t lbms_pace_get_items(struct lbms_reader *in, struct lbms_param_item *items);

/** Bytes of an event: a record with everything that this library knows of it. */
#define LBMS_PACE_EVENT_SIZE 90u

/** Writes an event, LBMS_PACE_EVENT_SIZE bytes. Context: any. */
void lbms_pace_put_event(struct lbms_writer *out, const struct lbms_record *record);

/** Reads an event; fails when the data is too short. Context: any. */
void lbms_pace_get_event(struct lbms_reader *in, struct lbms_record *record);

/** Bytes of the counters of all serial ports. */
#define LBMS_PACE_COUNTERS_SIZE (8u * LBMS_SERIAL_PORTS)

/** Writes the counters of LBMS_SERIAL_PORTS ports. Context: any. */
void lbms_pace_put_counters(struct lbms_writer *out, const struct lbms_port_counters *ports);

/** Reads the counters of LBMS_SERIAL_PORTS ports; fails when the data is too short. Context: any. */
void lbms_pace_get_counters(struct lbms_reader *in, struct lbms_port_counters *ports);

#ifdef __cplusplus
}
#endif

#endif
