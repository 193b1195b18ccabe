/**
 * @file
 * GD32F303 of high density: 120 MHz. Interfaces are named as in the ST manuals: USART2 here is USART1 there.
 */
#ifndef LOSUN_BMS_PORT_GD32F30X_H
#define LOSUN_BMS_PORT_GD32F30X_H

#include "losun_bms_port/cortex_m/chip.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The chip, for lbms_cm_start(). */
extern const struct lbms_cm_chip lbms_gd32f303;

#ifdef __cplusplus
}
#endif

#endif
