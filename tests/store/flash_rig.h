/* A flash with its real rules (losun_bms/model/flash.h) in memory, that can be cut, damaged and looked into. */
#ifndef LBMS_TESTS_STORE_FLASH_RIG_H
#define LBMS_TESTS_STORE_FLASH_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/store/area.h"

#ifdef __arm__
#define RIG_SIZE 8192u /* RAM of an emulated chip */
#else
#define RIG_SIZE 86016u /* 42 pages of 2 KB */
#endif
#define RIG_BLOCKS 64u

struct flash_rig;

/* Called before each unit is programmed (data: the unit) and each block erased (data: NULL). */
typedef void (*flash_rig_watcher)(void *ctx, struct flash_rig *rig, uint32_t address, const uint8_t *data);

struct flash_rig {
    struct lbms_flash flash;
    uint8_t image[RIG_SIZE];
    uint8_t used[RIG_SIZE]; /* one for each unit: programmed since the last erase */
    uint32_t size;
    uint32_t operations;
    uint32_t violations; /* of the rules: must stay 0 */
    uint32_t erases[RIG_BLOCKS];
    uint32_t longest;            /* most units programmed in one call */
    bool read_error;             /* every read fails */
    bool bad[RIG_BLOCKS];        /* neither erases nor takes data, and says so */
    uint8_t stuck[RIG_BLOCKS];   /* bits of the byte at `stuck_at` of the block that stay 1 */
    uint32_t stuck_at;           /* offset in the block */
    bool unerasable[RIG_BLOCKS]; /* an erase reports success and does nothing */
    flash_rig_watcher watcher;
    void *watcher_ctx;
};

void flash_rig_open(struct flash_rig *rig, uint32_t block_size, uint16_t blocks, uint8_t unit);

/* The flash of one becomes a copy of that of another. */
void flash_rig_copy(struct flash_rig *rig, const struct flash_rig *from);

/* What a cut during this operation leaves; the seed decides. */
void flash_rig_tear(struct flash_rig *rig, uint32_t address, const uint8_t *data, uint32_t seed);

/* Works out from the content which units have been programmed: after a tear, and when the image was changed. */
void flash_rig_settle(struct flash_rig *rig);

/* Banks of an area that have been given up. */
unsigned rig_bad_banks(const struct lbms_area *area);

/* xorshift32 */
uint32_t rig_random(uint32_t *state);

#endif
