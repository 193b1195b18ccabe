#include "firmware_common/board.h"
#include "firmware_common/devices.h"

static struct lbms_cm port;
static int start_status;

void board_start(struct lbms_restored *restored)
{
    start_status = lbms_cm_start(&port, board_chip, devices_board(), devices_drivers());
    (void)lbms_cm_boot(&port, restored);
    devices_started(&port);
}

const struct lbms_hal *board_hal(void)
{
    return &port.hal;
}

const struct lbms_cm *board_port(void)
{
    return &port;
}

int board_status(void)
{
    return start_status;
}

void board_ready(struct lbms *bms, const struct lbms_restored *restored)
{
    devices_ready(bms, restored);
}

void board_wait(uint32_t ms)
{
    lbms_cm_wait(&port, ms);
}
