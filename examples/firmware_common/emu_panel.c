/*
 * Emulator only: keys and address switch from variables. Read before each step, so scenarios and test modes
 * act here.
 */
#include "firmware_common/emu.h"

static int controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    struct emu *e = ctx;
    const uint32_t now_ms = e->port->hal.now_ms(e->port->hal.ctx);

    emu_scenario(now_ms);
    emu_mode_run(now_ms);
    *keys = e->keys;
    *dip = e->dip;
    return LBMS_OK;
}

const struct lbms_cm_panel emu_panel = {&emu, controls};
