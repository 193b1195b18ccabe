/**
 * @file
 * The board as main() sees it. board.c of an image describes the wiring, board_port.c is the same for all.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stdint.h>

#include "losun_bms/run.h"
#include "losun_bms_port/cortex_m/port.h"

/** Chip and wiring of this image: board.c. */
extern const struct lbms_cm_chip *const board_chip;
extern const struct lbms_cm_board board_wiring;

/** Start clocks, pins, ports, watchdog. @param restored receives what survived. Context: main, once. */
void board_start(struct lbms_restored *restored);

/** The board for lbms_init(). Context: main. */
const struct lbms_hal *board_hal(void);

/** The port itself, for the report. Context: main. */
const struct lbms_cm *board_port(void);

/** Result of lbms_cm_start(). Context: main. */
int board_status(void);

/** The pack is prepared, the first step comes next. Context: main, once. */
void board_ready(struct lbms *bms, const struct lbms_restored *restored);

/** Sleep until something was received or ms have passed. Context: main. */
void board_wait(uint32_t ms);

#endif
