/**
 * @file
 * Address switch: read at a start, then latched.
 *
 * Source: product manual 2.4; reading at the start only is R-DIP-04 of docs/requirements.md.
 */
#ifndef LOSUN_BMS_PANEL_DIP_H
#define LOSUN_BMS_PANEL_DIP_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Roles that an address gives. */
enum lbms_role {
    LBMS_ROLE_ALONE = 0,  /**< address 0: not part of a system */
    LBMS_ROLE_MASTER = 1, /**< address 1 */
    LBMS_ROLE_SLAVE = 2   /**< addresses 2..15 */
};

/** State and results. */
struct lbms_dip {
    uint8_t address;  /**< result: in use, 0..15; 0 until it was read */
    bool changed;     /**< result: the switch differs from the address in use: restart needed */
    bool latched;     /**< it was read in this start */
    uint8_t position; /**< of the switch at the last step */
    struct lbms_hold_timer stable;
};

/**
 * Begin: the address is not known.
 *
 * @param dip  state to prepare
 * Context: the context of the step.
 */
void lbms_dip_init(struct lbms_dip *dip);

/**
 * Follow the switch.
 *
 * @param dip       state
 * @param position  raw position, 0..15; higher bits are left out
 * @param start     a start begins in this step: the switch is read again
 * @param now_ms    time of this step, wraps
 * @param params    `dip_stable_ms`, for which the position must not change
 * @param product   product of the parameters
 * Context: the context of the step.
 */
void lbms_dip_step(struct lbms_dip *dip, uint8_t position, bool start, uint32_t now_ms,
                   const struct lbms_params *params, const struct lbms_product *product);

/**
 * Role of a pack in a system.
 *
 * @param address  0..15
 * @return enum lbms_role
 * Context: any, also an interrupt.
 */
uint8_t lbms_dip_role(uint8_t address);

#ifdef __cplusplus
}
#endif

#endif
