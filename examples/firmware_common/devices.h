/**
 * @file
 * What a build adds to the wiring. A real board: devices_real.c; the emulator: emu_devices.c.
 */
#ifndef FIRMWARE_DEVICES_H
#define FIRMWARE_DEVICES_H

#include "losun_bms/run.h"
#include "losun_bms_port/cortex_m/port.h"

/**
 * The wiring to use: board_wiring, or what an emulator makes of it. Context: main, before everything else.
 */
const struct lbms_cm_board *devices_board(void);

/** Drivers for what is fitted. Context: main, before lbms_cm_start(). */
const struct lbms_cm_devices *devices_drivers(void);

/**
 * The port runs, the HAL is filled in. @param port its entries may still be replaced. Context: main, once.
 */
void devices_started(struct lbms_cm *port);

/** The pack is prepared, the first step comes next. Context: main, once. */
void devices_ready(struct lbms *bms, const struct lbms_restored *restored);

#endif
