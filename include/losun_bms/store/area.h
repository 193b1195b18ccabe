/**
 * @file
 * A flash area divided into banks: which of them are erased, in use or worn, and how they are made ready ahead.
 *
 * Journal and log stand on this. A bank is one erase block or several; everything in it stands in slots of 8 bytes,
 * whatever the program unit. The first four slots tell about the bank: see docs/flash-format.md.
 *
 * The erase mark is written after a bank has been erased and found blank, so a bank whose erase was interrupted is
 * never taken for an erased one. The label, a number, is written twice: one flipped bit costs nothing.
 */
#ifndef LOSUN_BMS_STORE_AREA_H
#define LOSUN_BMS_STORE_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a slot: the piece in which everything is written. */
#define LBMS_SLOT 8u
/** Slots at the beginning of a bank that tell about the bank. */
#define LBMS_AREA_HEADER_SLOTS 4u
/** Most banks of an area. */
#define LBMS_AREA_BANKS 32u
/** No bank. */
#define LBMS_AREA_NONE 0xFFu
/** Failures in a row after which a bank is given up. */
#define LBMS_AREA_PATIENCE 3u
/** Largest label. */
#define LBMS_AREA_LABEL_MAX UINT32_C(0xFFFFFF)

/** What is known of a bank. */
enum lbms_bank_state {
    LBMS_BANK_DIRTY = 0, /**< to be erased before it is used */
    LBMS_BANK_READY = 1, /**< erased and marked */
    LBMS_BANK_USED = 2,  /**< has a label */
    LBMS_BANK_BAD =
        3 /**< did not erase or take data, several times in a row: left alone until the next start */
};

/** The area. Allocated by the caller, written only by the functions below and by journal and log. */
struct lbms_area {
    const struct lbms_flash *flash;
    uint32_t bank_size;             /**< bytes */
    uint8_t bank_blocks;            /**< erase blocks of a bank */
    uint8_t banks;                  /**< 2..LBMS_AREA_BANKS */
    uint8_t format;                 /**< of what stands in the banks */
    bool foreign;                   /**< a bank of another format or geometry was found: nothing is written */
    uint8_t state[LBMS_AREA_BANKS]; /**< enum lbms_bank_state */
    uint8_t failures[LBMS_AREA_BANKS]; /**< in a row */
    uint32_t erases_max;               /**< largest erase count of a bank: wear */
    uint16_t trouble;                  /**< failed erases and writes since the start; stops at its maximum */
    uint8_t preparing;                 /**< bank being made ready, LBMS_AREA_NONE: none */
    uint8_t erased_blocks;             /**< of it, so far */
    uint32_t checked;                  /**< bytes of it found blank so far */
    uint32_t erases;                   /**< its erase count */
    uint8_t mark_done;                 /**< bytes of its mark programmed */
};

/** What the first bytes of a bank say. */
struct lbms_bank_header {
    uint8_t state;   /**< enum lbms_bank_state: DIRTY, READY or USED */
    bool foreign;    /**< of another format or geometry */
    uint32_t erases; /**< 0 when it cannot be read */
    uint32_t label;  /**< meaningful when USED */
};

/**
 * Divide a flash into banks and look at each of them.
 *
 * @param area         memory of the area, need not be cleared
 * @param flash        area of the flash; must stay valid
 * @param bank_blocks  erase blocks of a bank, 1..255; blocks at the end that make no bank are left alone
 * @param format       expected format, 1..255
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: no flash, impossible geometry, fewer than two banks; LBMS_ERR_FORMAT: it holds
 *         something of another format or geometry, which is left alone: every write will be refused
 * Context: one context for one area; reads 40 bytes of each bank.
 */
int lbms_area_open(struct lbms_area *area, const struct lbms_flash *flash, uint8_t bank_blocks,
                   uint8_t format);

/**
 * Read what a bank says about itself.
 *
 * @param area    an open area
 * @param bank    0..banks - 1
 * @param header  filled in
 * Context: the context of the area; reads 40 bytes.
 */
void lbms_area_header(const struct lbms_area *area, uint8_t bank, struct lbms_bank_header *header);

/**
 * Find the bank with the largest label, or with the smallest.
 *
 * @param area      an open area
 * @param largest   which of the two
 * @param label     receives the label, unchanged when there is none
 * @return the bank, or LBMS_AREA_NONE
 * Context: the context of the area; reads 40 bytes of each bank.
 */
uint8_t lbms_area_find(const struct lbms_area *area, bool largest, uint32_t *label);

/**
 * The next bank of a state, going round from another one: so wear is spread.
 *
 * @param area   an open area
 * @param after  bank to begin behind; LBMS_AREA_NONE: from the first
 * @param state  enum lbms_bank_state
 * @return the bank, or LBMS_AREA_NONE
 * Context: the context of the area.
 */
uint8_t lbms_area_next(const struct lbms_area *area, uint8_t after, uint8_t state);

/**
 * Make one bank ready, a piece for each call: erase one block, look whether 64 bytes are blank, or program one unit.
 *
 * @param area       an open area
 * @param bank       bank to make ready; a call with another one than before begins anew
 * @param may_erase  an erase is permitted now; without it nothing is erased, but a mark is completed
 * @return LBMS_AGAIN: did something, call again; LBMS_OK: the bank is ready; LBMS_ERR_STATE: waits for the permission;
 *         LBMS_ERR_IO: it cannot be erased, its failures have been counted
 * Context: the context of the area; longest run: erase_worst_ms of the flash.
 */
int lbms_area_prepare(struct lbms_area *area, uint8_t bank, bool may_erase);

/**
 * Program the next unit of a slot, and compare when the slot is complete.
 *
 * @param area     an open area
 * @param address  of the slot, in the flash
 * @param slot     LBMS_SLOT bytes, the same for all calls of a slot
 * @param done     bytes programmed so far: 0 before the first call; 0 again when the slot is complete
 * @return LBMS_AGAIN: call again for the next unit; LBMS_OK: complete; LBMS_ERR_IO: not taken by the flash
 * Context: the context of the area; longest run: one program unit.
 */
int lbms_area_program(const struct lbms_area *area, uint32_t address, const uint8_t *slot, uint8_t *done);

/** A bank has not taken what was written: count it, give the bank up after some. Context: the context of the area. */
void lbms_area_failed(struct lbms_area *area, uint8_t bank);

#ifdef __cplusplus
}
#endif

#endif
