/*
 * The rig of the keeper: the whole library on a board with flash, whose supply can be cut at any time.
 *
 *     keeper_rig_board(&keeper_rig_flash);
 *     keeper_rig_boot();
 *     bench_run(&b, 10000u);
 *     keeper_rig_cut();
 *     keeper_rig_end();
 */
#ifndef LBMS_TESTS_KEEPER_RIG_H
#define LBMS_TESTS_KEEPER_RIG_H

#include "losun_bms/keeper.h"
#include "losun_bms_port/posix_flash.h"
#include "support/bench.h"

/* Flash for the values; the records have 16 blocks of 2 KB of the same kind. */
struct keeper_rig_flash {
    uint32_t block_size;
    uint16_t blocks;
    uint8_t unit;
    uint16_t erase_ms; /* worst case */
};

/* Two blocks of 16 KB, units of 8 bytes, 40 ms. */
extern const struct keeper_rig_flash keeper_rig_flash;

extern struct bench b;
extern struct lbms_keeper keeper;
extern struct lbms_posix_flash values, records;

/* A board with empty flash, not started. */
void keeper_rig_board(const struct keeper_rig_flash *flash);

/* The program starts with what b.restored and the flash hold. */
void keeper_rig_boot(void);

/* All memory but the flash is lost; and it starts. */
void keeper_rig_cut(void);

/* Closes the flash; the test fails if it was ever used against its rules. */
void keeper_rig_end(void);

#endif
