/**
 * @file
 * The HAL entries of a simulated board; used by plant_board_init() only.
 */
#ifndef PLANT_BOARD_HAL_H
#define PLANT_BOARD_HAL_H

#include "plant/board.h"

/** Fill board->hal. */
void plant_board_hal(struct plant_board *board);

#endif
