#include "losun_bms/panel/dip.h"

#include <string.h>

#define POSITIONS 0x0Fu

void lbms_dip_init(struct lbms_dip *dip)
{
    memset(dip, 0, sizeof(*dip));
}

void lbms_dip_step(struct lbms_dip *dip, uint8_t position, bool start, uint32_t now_ms,
                   const struct lbms_params *params, const struct lbms_product *product)
{
    const uint8_t now = (uint8_t)(position & POSITIONS);
    bool stable;

    if (start) {
        dip->latched = false;
    }
    if (start || (now != dip->position)) {
        lbms_hold_reset(&dip->stable);
    }
    dip->position = now;
    stable = lbms_param_hold(&dip->stable, true, now_ms, params, product, LBMS_PARAM_DIP_STABLE_MS);
    if (stable && !dip->latched) {
        dip->address = now;
        dip->latched = true;
    }
    if (stable) {
        dip->changed = now != dip->address;
    }
}

uint8_t lbms_dip_role(uint8_t address)
{
    if (address == 0u) {
        return LBMS_ROLE_ALONE;
    }
    return (address == 1u) ? LBMS_ROLE_MASTER : LBMS_ROLE_SLAVE;
}
