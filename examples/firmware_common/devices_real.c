/*
 * A real board. Drivers of its front end, CAN, clock and low power are named here as soon as they exist; until then the
 * report at start says what is not fitted, and the pack keeps its switches open. Stored data go to the chip's own flash.
 */
#include "firmware_common/board.h"
#include "firmware_common/devices.h"

const struct lbms_cm_board *devices_board(void)
{
    return &board_wiring;
}

const struct lbms_cm_devices *devices_drivers(void)
{
    static const struct lbms_cm_devices none; /* all NULL */

    return &none;
}

void devices_started(struct lbms_cm *port)
{
    (void)port;
}

void devices_ready(struct lbms *bms, const struct lbms_restored *restored)
{
    (void)bms;
    (void)restored;
}
