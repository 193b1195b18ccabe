/* STM32F103 (high density) as data. */
#include "losun_bms_port/cortex_m/map_f1.h"
#include "losun_bms_port/stm32f1.h"

const struct lbms_cm_chip lbms_stm32f103 = {
    .name = "STM32F103",
    .clock_start = lbms_f1_clock_start,
    .clock_places = LBMS_F1_CLOCK_PLACES,
    .gpio = LBMS_F1_GPIO,
    .prepare = lbms_f1_prepare,
    .usarts = lbms_f1_usarts,
    .usart_users = lbms_f1_usart_users,
    .usart_count = LBMS_F1_USARTS,
    .csr = LBMS_F1_RCC_AT(CSR),
    .iwdg = LBMS_F1_IWDG_BASE,
    .lsi_hz = 40000u,
    .flash = LBMS_F1_FLASH(LBMS_F1_PAGE_ERASE_MS),
};
