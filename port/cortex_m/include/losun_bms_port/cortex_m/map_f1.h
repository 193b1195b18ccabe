/**
 * @file
 * What the chips of the F1 map share: serial interfaces and the alternate-function block.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_MAP_F1_H
#define LOSUN_BMS_PORT_CORTEX_M_MAP_F1_H

#include "losun_bms_port/cortex_m/registers_f1.h"
#include "losun_bms_port/cortex_m/usart.h"

#ifdef __cplusplus
extern "C" {
#endif

/** USART1..3, UART4..5. */
#define LBMS_F1_USARTS 5u

/** The interfaces, for struct lbms_cm_chip. */
extern const struct lbms_cm_usart_place lbms_f1_usarts[LBMS_F1_USARTS];
/** Their users, likewise. */
extern struct lbms_cm_usart *lbms_f1_usart_users[LBMS_F1_USARTS];

/** Ports A..G. */
#define LBMS_F1_GPIO                                                                             \
    {                                                                                            \
        &lbms_cm_gpio_f1, LBMS_F1_GPIOA_BASE, LBMS_F1_GPIO_STEP, 7u, LBMS_F1_RCC_AT(APB2ENR), 2u \
    }
/** Register blocks that the clock start needs. */
#define LBMS_F1_CLOCK_PLACES                                   \
    {                                                          \
        LBMS_F1_RCC_BASE, LBMS_F1_FLASH_BASE, LBMS_F1_PWR_BASE \
    }
/** Pages of 2 KB: seven banks of values, and the event records. */
#define LBMS_F1_FLASH(erase_ms)                                                                    \
    {                                                                                              \
        &lbms_cm_flash_f1, LBMS_F1_FLASH_BASE, {lbms_cm_values_start, 2048u, 42u, (erase_ms), 0u}, \
            {lbms_cm_log_start, 2048u, 16u, (erase_ms), 0u},                                       \
    }
/** Address of a register of RCC, as a constant. */
#define LBMS_F1_RCC_AT(reg) (LBMS_F1_RCC_BASE + offsetof(struct lbms_f1_rcc, reg))

/** Alternate functions on; debugging by SWD alone, which frees PA15, PB3 and PB4. Context: start-up. */
void lbms_f1_prepare(void);

#ifdef __cplusplus
}
#endif

#endif
