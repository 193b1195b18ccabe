/* GD32F303 (high density) as data: the F1 map with a faster clock. GD32 counts its interfaces from 0. */
#include "losun_bms_port/cortex_m/map_f1.h"
#include "losun_bms_port/gd32f30x.h"

const struct lbms_cm_chip lbms_gd32f303 = {
    .name = "GD32F303",
    .clock_start = lbms_gd32f30x_clock_start,
    .clock_places = LBMS_F1_CLOCK_PLACES,
    .gpio = LBMS_F1_GPIO,
    .prepare = lbms_f1_prepare,
    .usarts = lbms_f1_usarts,
    .usart_users = lbms_f1_usart_users,
    .usart_count = LBMS_F1_USARTS,
    .csr = LBMS_F1_RCC_AT(CSR),
    .iwdg = LBMS_F1_IWDG_BASE,
    .lsi_hz = 40000u,
    .flash = LBMS_F1_FLASH(LBMS_GD32F30X_PAGE_ERASE_MS),
};
