/**
 * @file
 * Journal: values that survive a power cut at any instant.
 *
 * Each value has a key. Writing appends the new value behind the old ones; when the bank is full, the two newest
 * values of every key are copied into an erased bank, which then gets its label and takes the place of the old one.
 * A value counts only when it is complete, so a reader always gets an old or a new value and never a mixture; and
 * since two of each key are kept, a flipped bit costs one write and not the value.
 *
 * Nothing here waits: lbms_journal_write() takes note, lbms_journal_poll() does one small piece of work for each call.
 *
 * Two kinds of values: a short one of 5 bytes takes one slot of 8 bytes, for what is saved all the time (keys 8..11);
 * a long one takes 12 bytes and its content (keys 0..7). Layout of the flash: docs/flash-format.md.
 */
#ifndef LOSUN_BMS_STORE_JOURNAL_H
#define LOSUN_BMS_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/store/area.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Format of the banks: 1x is a journal, version x. */
#define LBMS_JOURNAL_FORMAT 0x11u
/** Keys of long values are 0..LBMS_JOURNAL_LONG_KEYS - 1. */
#define LBMS_JOURNAL_LONG_KEYS 8u
/** First key of short values. */
#define LBMS_JOURNAL_SHORT 8u
/** Number of keys. */
#define LBMS_JOURNAL_KEYS 12u
/** Bytes of a short value. */
#define LBMS_JOURNAL_SHORT_SIZE 5u
/** Values of each key that are kept: the newest and the one before. */
#define LBMS_JOURNAL_KEPT 2u

/** A value. */
struct lbms_journal_value {
    const void
        *data; /**< bytes, or int32_t words when `words` is set; stays the caller's, unchanged until stored */
    uint16_t length; /**< in bytes; LBMS_JOURNAL_SHORT_SIZE for a short value */
    bool words;      /**< data is an array of int32_t, stored with the low byte first */
    uint8_t layout;  /**< version of the content, long values only */
    uint16_t check;  /**< further description of the content, long values only */
};

/** What is kept of a key: places in the bank, in slots; 0: none. */
struct lbms_journal_index {
    uint16_t at[LBMS_JOURNAL_KEYS][LBMS_JOURNAL_KEPT]; /**< newest first */
};

/** What is being written. */
enum lbms_journal_job {
    LBMS_JOURNAL_IDLE = 0,
    LBMS_JOURNAL_WRITE = 1, /**< a value */
    LBMS_JOURNAL_COPY = 2,  /**< values into the next bank */
    LBMS_JOURNAL_LABEL = 3  /**< the label of that bank */
};

/** The journal. Allocated by the caller, written only by the functions below. */
struct lbms_journal {
    struct lbms_area area;
    bool open;      /**< mounted, and may be written */
    uint8_t bank;   /**< in use; LBMS_AREA_NONE: none yet */
    uint32_t label; /**< its label */
    uint16_t top;   /**< first free slot of it */
    struct lbms_journal_index index;
    uint16_t damaged; /**< values and slots that were found unreadable by the mount */

    struct lbms_journal_value value; /**< asked for */
    uint8_t key;                     /**< of it */
    bool pending;                    /**< it is not stored yet */
    uint8_t tries;                   /**< banks that have not taken it */
    bool copied;                     /**< a bank was filled for it: no second one */
    int8_t result;                   /**< of the last value */
    uint32_t crc;                    /**< of the pending value when its writing began */

    uint8_t job;                     /**< enum lbms_journal_job */
    uint8_t target;                  /**< bank being filled */
    uint16_t target_top;             /**< first free slot of it */
    struct lbms_journal_index fresh; /**< what is in it */
    uint8_t step;                    /**< progress of the copying: key, age; or label */
    bool begun;                      /**< an entry is being written */
    uint16_t from;                   /**< place that is being copied */
    uint16_t at;                     /**< place of the entry that is being written */
    uint16_t slots;                  /**< its length */
    uint16_t slot;                   /**< next slot of it */
    uint8_t done;                    /**< bytes of that slot */
};

/** Description of a stored value. */
struct lbms_journal_info {
    uint16_t length; /**< in bytes */
    uint8_t layout;
    uint16_t check;
};

/**
 * Begin with what is on the flash. Only reads.
 *
 * @param journal      memory of the journal, need not be cleared
 * @param flash        area of the journal alone; must stay valid
 * @param bank_blocks  erase blocks of a bank, see lbms_area_open(); a bank has at most 65535 slots. A third of it
 *                     must hold one value of each key
 * @return LBMS_OK, also for an empty area and for a damaged one; LBMS_ERR_ARGUMENT: impossible geometry;
 *         LBMS_ERR_FORMAT: another format, left alone. On error nothing can be read or written.
 * Context: one context for one journal. Reads headers only, then checks the newest values of each key; about 35
 *          instructions for each slot in use.
 */
int lbms_journal_mount(struct lbms_journal *journal, const struct lbms_flash *flash, uint8_t bank_blocks);

/**
 * Read a value.
 *
 * @param journal  a mounted journal
 * @param key      0..LBMS_JOURNAL_KEYS - 1
 * @param age      0: the newest, 1: the one before
 * @param data     receives the first bytes of the value; may be NULL when size is 0
 * @param size     room in data; what the value has not is left unchanged
 * @param info     receives its description, also for a short value; may be NULL
 * @return LBMS_OK; LBMS_ERR_MISSING: there is none; LBMS_ERR_CHECKSUM: it has been damaged since the mount
 * Context: the context of the journal; 14 instructions for each byte of the value.
 */
int lbms_journal_read(const struct lbms_journal *journal, uint8_t key, uint8_t age, void *data, size_t size,
                      struct lbms_journal_info *info);

/**
 * Compare a long value with the newest stored one, content by its CRC-32, and description.
 *
 * @param journal  a mounted journal
 * @param key      0..LBMS_JOURNAL_LONG_KEYS - 1
 * @param value    what should be stored
 * @return LBMS_OK: the same; LBMS_ERR_MISSING: there is none; LBMS_ERR_STATE: differs; LBMS_ERR_CHECKSUM: the stored
 *         one is damaged
 * Context: the context of the journal; 40 instructions for each byte of the value.
 */
int lbms_journal_compare(const struct lbms_journal *journal, uint8_t key,
                         const struct lbms_journal_value *value);

/**
 * Ask for a value to be written.
 *
 * @param journal  a mounted journal
 * @param key      0..LBMS_JOURNAL_KEYS - 1
 * @param value    copied, but not what its data points to: that must not change until lbms_journal_result() is no
 *                 longer LBMS_AGAIN. If it does change, nothing is stored and the result is LBMS_ERR_STATE
 * @return LBMS_OK: noted; LBMS_AGAIN: busy with another value; LBMS_ERR_ARGUMENT: no such key or length;
 *         LBMS_ERR_FORMAT: the area holds another format or could not be mounted
 * Context: the context of the journal.
 */
int lbms_journal_write(struct lbms_journal *journal, uint8_t key, const struct lbms_journal_value *value);

/**
 * What became of the last value.
 *
 * @param journal  a mounted journal
 * @return LBMS_AGAIN: not stored yet; LBMS_OK: stored; LBMS_ERR_SPACE: no room for it beside the values of
 *         the other keys, even in the next bank; LBMS_ERR_IO: the flash takes nothing any more; LBMS_ERR_STATE: it
 *         changed while it was written
 * Context: the context of the journal.
 */
int lbms_journal_result(const struct lbms_journal *journal);

/**
 * Do one piece of work: program one unit, check one value, or prepare a bank.
 *
 * @param journal    a mounted journal
 * @param may_erase  a block may be erased in this call, see erase_worst_ms of the flash
 * @return LBMS_AGAIN: something was done, call again soon; LBMS_OK: nothing to do; LBMS_ERR_STATE: waits for the
 *         permission to erase
 * Context: the context of the journal; longest run: one program unit or, with may_erase, one erase; and 14 instructions
 *          for each byte of a value when it is begun and when it is complete.
 */
int lbms_journal_poll(struct lbms_journal *journal, bool may_erase);

/**
 * Room that is left for certain: without waiting for an erase.
 *
 * @param journal  a mounted journal
 * @return bytes left in the bank in use when no erased bank is kept; UINT32_MAX when one is
 * Context: the context of the journal.
 */
uint32_t lbms_journal_room(const struct lbms_journal *journal);

#ifdef __cplusplus
}
#endif

#endif
