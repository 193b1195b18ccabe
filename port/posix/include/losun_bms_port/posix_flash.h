/**
 * @file
 * Flash of the pack on a POSIX host: a file, or memory, that keeps the rules of real flash (losun_bms/model/flash.h)
 * and can be damaged on request.
 *
 * A violated rule is an error that changes nothing, makes a line in `error` and counts in `violations`: a test
 * demands 0 there. Rules: address and length inside the area; program calls aligned to the unit; each unit once
 * between two erases, even when the bits would allow more; no bit from 0 to 1.
 *
 * What a unit has been through is kept in memory; when a file is opened, and after a power cut, it is worked out from
 * the content: a unit of 0xFF counts as erased.
 *
 * The file holds the bytes of the area and nothing else. Every change is written to it at once with pwrite(), so
 * nothing is lost when the program dies. fdatasync() is called at close and, with `sync`, after every change: needed
 * only if the host itself may lose power.
 */
#ifndef LOSUN_BMS_PORT_POSIX_FLASH_H
#define LOSUN_BMS_PORT_POSIX_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/flash.h"
#include "losun_bms_port/posix_serial.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest area, bytes. */
#define LBMS_POSIX_FLASH_MAX (16u * 1024u * 1024u)

/** How to open the flash. */
struct lbms_posix_flash_options {
    const char *path;        /**< file; created with 0xFF when absent or empty. NULL = memory only */
    uint32_t block_size;     /**< bytes of an erase block, a multiple of program_unit */
    uint16_t block_count;    /**< two or more */
    uint8_t program_unit;    /**< 1, 2, 4 or 8 */
    uint16_t erase_worst_ms; /**< only handed on to the store: erasing takes no time here */
    bool sync;               /**< fdatasync() after every change */
};

/** The flash. Allocated by the caller; must not be moved or copied while open. */
struct lbms_posix_flash {
    struct lbms_flash flash; /**< what the store gets */
    char name[LBMS_POSIX_PATH_SIZE];
    char error[LBMS_POSIX_ERROR_SIZE]; /**< newest report: one line that names the file; "" = none yet */
    bool error_new;
    bool sync;
    int fd;           /**< -1 = memory only */
    uint8_t *image;   /**< NULL = closed */
    uint8_t *used;    /**< one byte for each unit: 1 = programmed since the last erase */
    uint8_t *bad;     /**< one byte for each block */
    uint32_t *erases; /**< one for each block, since open */
    uint32_t violations;
    uint32_t operations; /**< units programmed and blocks erased since open */
    bool powered;        /**< false after a cut */
    bool cut_armed;
    uint32_t cut_after;
    uint32_t random; /**< state of the generator that decides what a cut leaves */
};

/**
 * Open or create.
 *
 * @param flash    memory of the flash, need not be cleared; filled in any case, so that flash->error can be read
 * @param options  copied
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: impossible geometry; LBMS_ERR_FORMAT: the file has another size, it is left
 *         alone; LBMS_ERR_STATE: another program has it open; LBMS_ERR_IO: it cannot be opened, is no regular file or
 *         the disk is full (a file that was begun is removed); LBMS_ERR_SPACE: no memory. On error the flash is closed
 *         and flash->error tells why.
 * Context: the thread that owns the flash. Allocates.
 */
int lbms_posix_flash_open(struct lbms_posix_flash *flash, const struct lbms_posix_flash_options *options);

/** Write everything out and close. A second call does nothing. Context: the thread that owns the flash. */
void lbms_posix_flash_close(struct lbms_posix_flash *flash);

/** As lbms_posix_serial_report(). Context: the thread that owns the flash. */
const char *lbms_posix_flash_report(struct lbms_posix_flash *flash);

/**
 * Arm a power cut. Each unit programmed and each block erased is one operation. After `after` more operations the
 * next one is cut: of a unit, any of the bits that should turn to 0 have turned; a block has any content between
 * untouched, erased and arbitrary. From then on reading, programming and erasing give LBMS_ERR_IO until
 * lbms_posix_flash_power_on().
 *
 * @param flash  an open flash
 * @param after  operations that still work; 0 = the next one is cut
 * @param seed   decides what the cut leaves; equal seeds give equal results
 * Context: the thread that owns the flash.
 */
void lbms_posix_flash_cut(struct lbms_posix_flash *flash, uint32_t after, uint32_t seed);

/** End a power cut and disarm a pending one. Context: the thread that owns the flash. */
void lbms_posix_flash_power_on(struct lbms_posix_flash *flash);

/**
 * Turn over one bit, as radiation or ageing does.
 *
 * @param flash    an open flash
 * @param address  byte in the area
 * @param bit      0..7
 * @return LBMS_OK; LBMS_ERR_RANGE; LBMS_ERR_IO when the file cannot be written
 * Context: the thread that owns the flash.
 */
int lbms_posix_flash_flip(struct lbms_posix_flash *flash, uint32_t address, unsigned bit);

/**
 * Make a block bad or good: a bad one can be read, but programming and erasing it give LBMS_ERR_IO and do nothing.
 *
 * @param flash  an open flash
 * @param block  0..block_count - 1
 * @param bad    new state
 * @return LBMS_OK; LBMS_ERR_RANGE
 * Context: the thread that owns the flash.
 */
int lbms_posix_flash_bad(struct lbms_posix_flash *flash, uint16_t block, bool bad);

#ifdef __cplusplus
}
#endif

#endif
