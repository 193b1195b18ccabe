/**
 * @file
 * STM32F103 of high density (and GD32F103, at the same 72 MHz): USART1..3, UART4..5.
 */
#ifndef LOSUN_BMS_PORT_STM32F1_H
#define LOSUN_BMS_PORT_STM32F1_H

#include "losun_bms_port/cortex_m/chip.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The chip, for lbms_cm_start(). */
extern const struct lbms_cm_chip lbms_stm32f103;

#ifdef __cplusplus
}
#endif

#endif
