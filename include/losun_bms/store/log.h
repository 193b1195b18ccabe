/**
 * @file
 * Log: records of a fixed size in a ring of blocks, the oldest overwritten.
 *
 * Records are numbered from 1 on; a block is labelled with the number of its first record, so nothing but the labels
 * needs to be read to find a record. Blocks are never copied: when room is needed, the oldest one is erased whole.
 *
 * A block is erased ahead of its need: as soon as LBMS_LOG_KEPT records remain without it, or else when the block in use
 * is nearly full. Layout of the flash: docs/flash-format.md.
 */
#ifndef LOSUN_BMS_STORE_LOG_H
#define LOSUN_BMS_STORE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/store/area.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Format of the blocks: 2x is a log, version x. */
#define LBMS_LOG_FORMAT 0x21u
/** Bytes of a record on the flash. */
#define LBMS_LOG_RECORD 64u
/** Bytes of it that are the caller's; a CRC-16 follows. */
#define LBMS_LOG_CONTENT 62u
/** Records that remain after an erase, where the flash is large enough. */
#define LBMS_LOG_KEPT 400u

/** The log. Allocated by the caller, written only by the functions below. */
struct lbms_log {
    struct lbms_area area;
    bool open;         /**< opened, and may be written */
    uint8_t bank;      /**< block in use; LBMS_AREA_NONE: none yet */
    uint32_t first;    /**< number of its first record */
    uint32_t oldest;   /**< number of the oldest record that is kept */
    uint32_t shown;    /**< number of the oldest record that can be asked for, when it is larger */
    uint32_t second;   /**< number of the oldest record that remains without the oldest block */
    uint32_t next;     /**< number of the next record */
    uint16_t limit;    /**< records that the block in use takes: fewer than it could when it has failed */
    uint16_t capacity; /**< records in a block */
    bool pending;      /**< `record` is not stored yet */
    uint16_t lost;     /**< records that could not be stored; stops at its maximum */
    uint8_t target;    /**< block that gets its label now; LBMS_AREA_NONE: none */
    uint8_t slot;      /**< progress: slots of the record or label */
    uint8_t done;      /**< bytes of the slot */
    uint8_t tries;     /**< blocks that have not taken the record */
    uint8_t record[LBMS_LOG_RECORD];
};

/**
 * Begin with what is on the flash. Only reads.
 *
 * @param log    memory of the log, need not be cleared
 * @param flash  area of the log alone; must stay valid. LBMS_LOG_KEPT records remain after an erase when all blocks but
 *               one have room for them, at any time when all but two have
 * @return LBMS_OK, also for an empty area and for a damaged one; LBMS_ERR_ARGUMENT: impossible geometry;
 *         LBMS_ERR_FORMAT: another format, left alone. On error nothing can be read or written.
 * Context: one context for one log. Reads the beginning of each block, and about ten places of the newest.
 */
int lbms_log_open(struct lbms_log *log, const struct lbms_flash *flash);

/**
 * Records that can be asked for.
 *
 * @param log  an open log
 * @return 0 when there is none, or when the log could not be opened
 * Context: the context of the log.
 */
uint32_t lbms_log_count(const struct lbms_log *log);

/**
 * Show no record with a smaller number.
 *
 * @param log     an open log
 * @param number  0 shows all; one that is beyond the next record's is of another log, and shows all as well
 * Context: the context of the log.
 */
void lbms_log_show_from(struct lbms_log *log, uint32_t number);

/**
 * Read a record.
 *
 * @param log      an open log
 * @param index    0: the newest, 1: the one before ...
 * @param content  receives LBMS_LOG_CONTENT bytes
 * @param number   receives the number of the record; may be NULL
 * @return LBMS_OK; LBMS_ERR_MISSING: there are not so many; LBMS_ERR_CHECKSUM: this one is damaged, as
 *         by a power cut while it was written, or stands in a worn block: go on with the next
 * Context: the context of the log; reads 40 bytes of each block and the record.
 */
int lbms_log_read(const struct lbms_log *log, uint32_t index, uint8_t *content, uint32_t *number);

/**
 * Ask for a record to be written.
 *
 * @param log      an open log
 * @param content  LBMS_LOG_CONTENT bytes, copied; the first is not 0xFF
 * @return LBMS_OK: noted; LBMS_AGAIN: busy with another one; LBMS_ERR_FORMAT: the log could not be opened;
 *         LBMS_ERR_SPACE: no number is left
 * Context: the context of the log.
 */
int lbms_log_write(struct lbms_log *log, const uint8_t *content);

/**
 * Do one piece of work: program one unit, or prepare a block.
 *
 * @param log        an open log
 * @param may_erase  a block may be erased in this call
 * @return LBMS_AGAIN: something was done, call again soon; LBMS_OK: nothing to do; LBMS_ERR_STATE: waits for the
 *         permission to erase. While a record is pending and nothing can take it, it waits or is counted as lost.
 * Context: the context of the log; longest run: one program unit or, with may_erase, one erase.
 */
int lbms_log_poll(struct lbms_log *log, bool may_erase);

#ifdef __cplusplus
}
#endif

#endif
