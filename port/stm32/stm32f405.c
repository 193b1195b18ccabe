/* STM32F405 as data, and the interrupts of its serial interfaces. */
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "losun_bms_port/stm32f4.h"

/* Address of a register of RCC, as a constant. */
#define RCC_AT(reg) (LBMS_F4_RCC_BASE + offsetof(struct lbms_f4_rcc, reg))

#define USARTS 6u

static const struct lbms_cm_usart_place usarts[USARTS] = {
    {LBMS_F4_USART1_BASE, RCC_AT(APB2ENR), LBMS_F4_RCC_APB2ENR_USART1EN, 1u, 37u, true},
    {LBMS_F4_USART2_BASE, RCC_AT(APB1ENR), LBMS_F4_RCC_APB1ENR_USART2EN, 2u, 38u, false},
    {LBMS_F4_USART3_BASE, RCC_AT(APB1ENR), LBMS_F4_RCC_APB1ENR_USART3EN, 3u, 39u, false},
    {LBMS_F4_UART4_BASE, RCC_AT(APB1ENR), LBMS_F4_RCC_APB1ENR_UART4EN, 4u, 52u, false},
    {LBMS_F4_UART5_BASE, RCC_AT(APB1ENR), LBMS_F4_RCC_APB1ENR_UART5EN, 5u, 53u, false},
    {LBMS_F4_USART6_BASE, RCC_AT(APB2ENR), LBMS_F4_RCC_APB2ENR_USART6EN, 6u, 71u, true},
};

static struct lbms_cm_usart *users[USARTS];

const struct lbms_cm_chip lbms_stm32f405 = {
    .name = "STM32F405",
    .clock_start = lbms_f4_clock_start,
    .clock_places = {LBMS_F4_RCC_BASE, LBMS_F4_FLASH_BASE, LBMS_F4_PWR_BASE},
    .gpio = {&lbms_cm_gpio_f4, LBMS_F4_GPIOA_BASE, LBMS_F4_GPIO_STEP, 9u, RCC_AT(AHB1ENR), 0u},
    .prepare = NULL,
    .usarts = usarts,
    .usart_users = users,
    .usart_count = USARTS,
    .csr = RCC_AT(CSR),
    .iwdg = LBMS_F4_IWDG_BASE,
    .lsi_hz = 32000u,
    .flash = {&lbms_cm_flash_f4,
              LBMS_F4_FLASH_BASE,
              {lbms_cm_values_start, 16384u, 3u, LBMS_F4_SECTOR_16K_ERASE_MS, 1u},
              {lbms_cm_log_start, 131072u, 2u, LBMS_F4_SECTOR_128K_ERASE_MS, 10u}},
};

/* Named by the vector table. */
#define HANDLER(name, index)                     \
    void name##_IRQHandler(void);                \
    void name##_IRQHandler(void)                 \
    {                                            \
        lbms_cm_usart_interrupt(users[(index)]); \
    }

HANDLER(USART1, 0)
HANDLER(USART2, 1)
HANDLER(USART3, 2)
HANDLER(UART4, 3)
HANDLER(UART5, 4)
HANDLER(USART6, 5)
