/**
 * @file
 * What a chip is, as data for the drivers. Constants: lbms_stm32f405, lbms_stm32f103, lbms_gd32f303.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_CHIP_H
#define LOSUN_BMS_PORT_CORTEX_M_CHIP_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms_port/cortex_m/clock.h"
#include "losun_bms_port/cortex_m/flash.h"
#include "losun_bms_port/cortex_m/gpio.h"
#include "losun_bms_port/cortex_m/usart.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One chip. */
struct lbms_cm_chip {
    const char *name;
    lbms_cm_clock_start clock_start;
    struct lbms_cm_clock_places clock_places;
    struct lbms_cm_gpio gpio;
    void (*prepare)(void); /**< what must be on before pins are configured; NULL: nothing */
    const struct lbms_cm_usart_place *usarts;
    struct lbms_cm_usart **usart_users; /**< as many: which port uses the interface, for its interrupt */
    uint8_t usart_count;
    uintptr_t csr;   /**< address of RCC_CSR */
    uintptr_t iwdg;  /**< base of the watchdog */
    uint32_t lsi_hz; /**< its oscillator, nominal */
    struct lbms_cm_flash_place flash;
};

/**
 * Find a serial interface.
 *
 * @param chip    chip
 * @param number  in its name: 2 = USART2
 * @return index in chip->usarts, or -1
 * Context: any.
 */
int lbms_cm_chip_usart(const struct lbms_cm_chip *chip, uint8_t number);

#ifdef __cplusplus
}
#endif

#endif
