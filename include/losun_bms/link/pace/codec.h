/**
 * @file
 * PACE 2.5 (VER 25H): content of requests and replies. The same tables serve the pack, which answers, and its clients:
 * upper computers, and the master of parallel packs.
 *
 * Everything here works on INFO as bytes; link/ascii.h makes frames of it. Source: PACE-RS232-TY16S (2018-07-05),
 * PACE-RS485-MS V1.0, PC-SD-TS-034 V3.1; docs/pace.md has the layouts.
 */
#ifndef LOSUN_BMS_LINK_PACE_CODEC_H
#define LOSUN_BMS_LINK_PACE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/status.h"
#include "losun_bms/model/pack.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Fields of the head of every frame. */
#define LBMS_PACE_VERSION 0x25u
#define LBMS_PACE_CID1    0x46u
/** COMMAND of 42H and 44H: all packs. */
#define LBMS_PACE_ALL 0xFFu

/** CID2 of requests. */
enum lbms_pace_cid2 {
    LBMS_PACE_VALUES = 0x42,
    LBMS_PACE_STATE = 0x44,
    LBMS_PACE_PROTOCOL_LIST = 0x60,
    LBMS_PACE_PROTOCOL_NAMES = 0x61,
    LBMS_PACE_PROTOCOLS = 0x62,
    LBMS_PACE_SET_PROTOCOLS = 0x63,
    LBMS_PACE_COUNT = 0x90,
    LBMS_PACE_CONTROL = 0x99,
    LBMS_PACE_CHARGE_SWITCH = 0x9A,
    LBMS_PACE_DISCHARGE_SWITCH = 0x9B,
    LBMS_PACE_SLEEP = 0x9C,
    LBMS_PACE_RECORD = 0xA1,
    LBMS_PACE_DEFAULTS = 0xA4,
    LBMS_PACE_RELEASE_SOC = 0xA5,
    LBMS_PACE_CAPACITY = 0xA6,
    LBMS_PACE_SET_CAPACITY = 0xA7,
    LBMS_PACE_CALIBRATE_FIRST = 0xA9, /**< reference voltage */
    LBMS_PACE_CALIBRATE_ZERO = 0xAA,
    LBMS_PACE_CALIBRATE_DISCHARGE = 0xAB,
    LBMS_PACE_CALIBRATE_CHARGE = 0xAC,
    LBMS_PACE_CALIBRATE_PACK = 0xAD,
    LBMS_PACE_CLOCK = 0xB1,
    LBMS_PACE_SET_CLOCK = 0xB2,
    LBMS_PACE_CLEAR_RECORDS = 0xB3,
    LBMS_PACE_SET_CELLS = 0xB4,
    LBMS_PACE_SET_CYCLES = 0xBD,
    LBMS_PACE_SOFTWARE = 0xC1,
    LBMS_PACE_PRODUCT = 0xC2,
    LBMS_PACE_SET_BOARD_SERIAL = 0xC3,
    LBMS_PACE_SET_PACK_SERIAL = 0xC4,
    LBMS_PACE_INTERNAL = 0xC6,
    LBMS_PACE_INVERTER = 0xEB,
    LBMS_PACE_SET_INVERTER = 0xEC,
    /* this library's own, in a range that PACE leaves free: link/pace/own.h */
    LBMS_PACE_PARAMS = 0xF0,
    LBMS_PACE_SET_PARAMS = 0xF1,
    LBMS_PACE_ACCESS = 0xF2,
    LBMS_PACE_HEALTH = 0xF3,
    LBMS_PACE_EVENT = 0xF4,
    LBMS_PACE_COUNTERS = 0xF5
};

/** Return codes. */
enum lbms_pace_rtn {
    LBMS_PACE_OK = 0x00,
    LBMS_PACE_BAD_VERSION = 0x01,
    LBMS_PACE_BAD_CHECKSUM = 0x02,
    LBMS_PACE_BAD_LENGTH = 0x03,
    LBMS_PACE_UNKNOWN = 0x04,
    LBMS_PACE_REFUSED = 0x09,
    LBMS_PACE_BAD_CID1 = 0xE1
};

/** Codes of the control command 99H. */
enum lbms_pace_control {
    LBMS_PACE_STATIC_BALANCE_ON = 0x02,
    LBMS_PACE_STATIC_BALANCE_OFF = 0x03,
    LBMS_PACE_LED_ALARM_ON = 0x06,
    LBMS_PACE_LED_ALARM_OFF = 0x07,
    LBMS_PACE_GEAR_HIGH = 0x08,
    LBMS_PACE_GEAR_LOW = 0x09,
    LBMS_PACE_LIMITER_ON = 0x0A,
    LBMS_PACE_LIMITER_OFF = 0x0B,
    LBMS_PACE_BUZZER_OFF = 0x0C,
    LBMS_PACE_BUZZER_ON = 0x0D,
    LBMS_PACE_CLEAR_FAULTS = 0xD0 /**< ours, in PACE's user-defined range */
};

/* ---- 42H and 44H ---- */

/** How much of the analog information is told. */
enum lbms_pace_values_layout {
    LBMS_PACE_VALUES_BASE = 0,     /**< P = 3: what every client knows */
    LBMS_PACE_VALUES_EXTENDED = 1, /**< P = 9: with SOC, totals, SOH, port */
    LBMS_PACE_VALUES_SYSTEM = 2    /**< and with the capacity of all packs */
};

/** Bytes of a block of 42H for this product, by layout, and of 44H without its extension. */
#define LBMS_PACE_VALUES_SIZE(layout) \
    (((layout) == LBMS_PACE_VALUES_BASE) ? 59u : (((layout) == LBMS_PACE_VALUES_EXTENDED) ? 73u : 81u))
#define LBMS_PACE_STATE_SIZE 36u
/** Bytes by which a block of 44H can be longer: fault status 8, indication 9, active balancing (2), fault status 10. */
#define LBMS_PACE_STATE_EXTENSION 5u

/** Writes the block of 42H of a pack; as many cells and temperatures as it has. Context: any. */
void lbms_pace_put_values(struct lbms_writer *out, const struct lbms_pack_values *values, uint8_t layout);

/**
 * Reads a block of 42H. The number of bytes that belong to the block tells what is in it: item P lies in packs on the
 * market.
 *
 * @param in      reader at the block; fails when it cannot be one
 * @param size    bytes of the block
 * @param values  filled in; for packs of another kind the first LBMS_CELLS cells, and of the temperatures the first
 *                LBMS_NTCS and the last two
 * Context: any.
 */
void lbms_pace_get_values(struct lbms_reader *in, size_t size, struct lbms_pack_values *values);

/**
 * Writes the block of 44H of a pack.
 *
 * @param out        receives LBMS_PACE_STATE_SIZE + extension bytes
 * @param state      of a pack with LBMS_CELLS cells and LBMS_PACK_TEMPS temperatures
 * @param extension  bytes of the extension, 0..LBMS_PACE_STATE_EXTENSION
 * Context: any.
 */
void lbms_pace_put_state(struct lbms_writer *out, const struct lbms_pack_state *state, uint8_t extension);

/** Reads a block of 44H, as lbms_pace_get_values(). Context: any. */
void lbms_pace_get_state(struct lbms_reader *in, size_t size, struct lbms_pack_state *state);

/** The indication status of a pack: what 9AH and 9BH answer with. Context: any. */
uint8_t lbms_pace_indication(const struct lbms_pack_state *state);

/** The control status of a pack: what 99H answers with. Context: any. */
uint8_t lbms_pace_control_status(uint8_t functions);

/* ---- parameter groups ---- */

/** How a parameter of a group is carried. */
enum lbms_pace_item_flag {
    LBMS_PACE_NEGATIVE = 1u << 0, /**< replies carry the negative value; requests either sign */
    LBMS_PACE_SAME = 1u << 1,     /**< carries nothing: it has the value of the parameter before */
    LBMS_PACE_DATE = 1u << 2      /**< six bytes, see lbms_pace_put_time() */
};

/** One parameter of a group. */
struct lbms_pace_item {
    uint8_t flags; /**< mask of enum lbms_pace_item_flag */
    uint8_t wire;  /**< enum lbms_wire */
    uint8_t scale; /**< enum lbms_scale */
    uint16_t id;   /**< enum lbms_param */
};

/** Parameters that are read and written together. */
struct lbms_pace_group {
    uint8_t read, write; /**< CID2; 0: there is none */
    bool enable;         /**< begins with a byte that switches the protection off: we accept only "on" */
    uint8_t count;       /**< parameters */
    uint8_t few;         /**< a request may hold only so many of them; 0: it may not */
    uint8_t spare;       /**< bytes before the last parameter that a request may hold and that we ignore */
    const struct lbms_pace_item *items;
};

/** All groups, and their number. */
extern const struct lbms_pace_group lbms_pace_groups[];
extern const uint8_t lbms_pace_group_count;

/**
 * The group of a command.
 *
 * @param cid2   command
 * @param write  receives whether it writes; unchanged when there is no group
 * @return the group, or NULL
 * Context: any.
 */
const struct lbms_pace_group *lbms_pace_group(uint8_t cid2, bool *write);

/**
 * Writes a group: a reply to its read command, or a request that writes it.
 *
 * @param out      receives it
 * @param group    group
 * @param params   values
 * @param request  a request: without the negative signs of replies
 * Context: any.
 */
void lbms_pace_put_group(struct lbms_writer *out, const struct lbms_pace_group *group,
                         const struct lbms_params *params, bool request);

/**
 * Reads a group: a request that writes it, or a reply.
 *
 * @param in     reader that holds exactly the group
 * @param group  group
 * @param items  receives up to LBMS_PARAM_ITEMS_MAX ids and values
 * @param count  receives their number
 * @return LBMS_OK; LBMS_ERR_FORMAT: a length that the group cannot have; LBMS_ERR_UNSUPPORTED: the enable byte is not 1;
 *         LBMS_ERR_RANGE: a date that does not exist
 * Context: any.
 */
int lbms_pace_get_group(struct lbms_reader *in, const struct lbms_pace_group *group,
                        struct lbms_param_item *items, uint8_t *count);

/* ---- other replies ---- */

/** The moment that stands for "none": 2000-01-01 00:00:00. */
#define LBMS_PACE_NO_TIME UINT32_C(946684800)

/** Writes a moment as year - 2000, month, day, hour, minute, second; what lies before 2000 as 2000-01-01. Context: any. */
void lbms_pace_put_time(struct lbms_writer *out, uint32_t seconds);

/**
 * Reads a moment.
 *
 * @param in       reader
 * @param seconds  receives it, s since 1970-01-01; unchanged when it is none
 * @return false when the data ends before, or there is no such date
 * Context: any.
 */
bool lbms_pace_get_time(struct lbms_reader *in, uint32_t *seconds);

/** Bytes of a history record. */
#define LBMS_PACE_RECORD_SIZE 72u

/** Writes a history record, LBMS_PACE_RECORD_SIZE bytes. Context: any. */
void lbms_pace_put_record(struct lbms_writer *out, const struct lbms_record *record);

/**
 * Reads a history record. It tells the measurement and the states, but not what was the reason.
 *
 * @param in      reader; fails when the data is shorter than it says
 * @param record  filled in; kind LBMS_RECORD_START for a power-on record, else LBMS_RECORD_INTERVAL
 * Context: any.
 */
void lbms_pace_get_record(struct lbms_reader *in, struct lbms_record *record);

/** Bytes of the capacities in A6H and A7H. */
#define LBMS_PACE_CAPACITY_SIZE 6u

/** Writes remaining, full and design capacity: a reply to A6H, or a request A7H. Context: any. */
void lbms_pace_put_capacity(struct lbms_writer *out, const struct lbms_pack_values *values);

/** Reads remaining, full and design capacity; fails when the data is too short. Context: any. */
void lbms_pace_get_capacity(struct lbms_reader *in, struct lbms_pack_values *values);

/** Characters of the texts in C1H, C2H, C3H and C4H. */
#define LBMS_PACE_TEXT_SIZE 20u

/**
 * Writes a text, cut or padded with spaces.
 *
 * @param out   receives `size` characters
 * @param text  ends with a zero or after `room` characters
 * @param room  of text
 * @param size  on the wire
 * Context: any.
 */
void lbms_pace_put_text(struct lbms_writer *out, const char *text, uint8_t room, uint8_t size);

/**
 * Reads a text; spaces and zeros at its end are left out.
 *
 * @param in    reader; fails when the data is too short
 * @param text  receives size + 1 characters, the last one and all behind the text zero
 * @param size  on the wire
 * Context: any.
 */
void lbms_pace_get_text(struct lbms_reader *in, char *text, uint8_t size);

#ifdef __cplusplus
}
#endif

#endif
