/**
 * @file
 * STM32F405 (and F407, which differs in what this port does not use): 168 MHz, USART1..3, UART4..5, USART6.
 */
#ifndef LOSUN_BMS_PORT_STM32F4_H
#define LOSUN_BMS_PORT_STM32F4_H

#include "losun_bms_port/cortex_m/chip.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The chip, for lbms_cm_start(). */
extern const struct lbms_cm_chip lbms_stm32f405;

#ifdef __cplusplus
}
#endif

#endif
