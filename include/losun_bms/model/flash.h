/**
 * @file
 * Non-volatile memory as the store needs it: raw flash with its real rules.
 */
#ifndef LOSUN_BMS_MODEL_FLASH_H
#define LOSUN_BMS_MODEL_FLASH_H

#include <stddef.h>
#include <stdint.h>

/**
 * One flash area. Rules that every implementation and every simulation keeps:
 * - erased bytes read 0xFF; programming only turns 1 bits to 0; erasing works on one whole block;
 * - an address is an offset into the area; a program call is aligned to the unit and a multiple of it;
 * - a unit is programmed once between two erases;
 * - a power loss during program leaves the unit with any mixture of old and new bits, during erase the
 *   block with any content.
 *
 * All functions return LBMS_OK or a negative enum lbms_status, and are called from the runner's context only.
 */
struct lbms_flash {
    void *ctx;            /**< handed to every function */
    uint32_t block_size;  /**< bytes of one erase block */
    uint16_t block_count; /**< two or more */
    uint8_t program_unit; /**< bytes programmed at once: 1, 2, 4 or 8 */
    uint16_t
        erase_worst_ms; /**< longest erase of one block; beyond 50 ms the core erases only when it is safe */
    int (*read)(void *ctx, uint32_t address, void *data, size_t length);
    int (*program)(void *ctx, uint32_t address, const void *data, size_t length);
    int (*erase)(void *ctx, uint16_t block);
};

#endif
