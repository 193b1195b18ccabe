/**
 * @file
 * Peripherals that have the same registers on STM32F1, STM32F4, GD32F10x and GD32F30x; names of the ST
 * reference manuals RM0008 and RM0090. Base addresses are data of the chip.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_REGISTERS_SHARED_H
#define LOSUN_BMS_PORT_CORTEX_M_REGISTERS_SHARED_H

#include <stdint.h>

/** Serial interface. */
struct lbms_cm_usart_regs {
    volatile uint32_t SR, DR, BRR, CR1, CR2, CR3, GTPR;
};
#define LBMS_CM_USART_SR_PE      (1u << 0)
#define LBMS_CM_USART_SR_FE      (1u << 1)
#define LBMS_CM_USART_SR_NE      (1u << 2)
#define LBMS_CM_USART_SR_ORE     (1u << 3)
#define LBMS_CM_USART_SR_RXNE    (1u << 5)
#define LBMS_CM_USART_SR_TC      (1u << 6)
#define LBMS_CM_USART_SR_TXE     (1u << 7)
#define LBMS_CM_USART_CR1_RE     (1u << 2)
#define LBMS_CM_USART_CR1_TE     (1u << 3)
#define LBMS_CM_USART_CR1_RXNEIE (1u << 5)
#define LBMS_CM_USART_CR1_TCIE   (1u << 6)
#define LBMS_CM_USART_CR1_TXEIE  (1u << 7)
#define LBMS_CM_USART_CR1_PS     (1u << 9)
#define LBMS_CM_USART_CR1_PCE    (1u << 10)
#define LBMS_CM_USART_CR1_M      (1u << 12)
#define LBMS_CM_USART_CR1_UE     (1u << 13)
#define LBMS_CM_USART_CR2_STOP_2 (2u << 12)

/** Independent watchdog. */
struct lbms_cm_iwdg_regs {
    volatile uint32_t KR, PR, RLR, SR;
};
#define LBMS_CM_IWDG_KR_UNLOCK 0x5555u
#define LBMS_CM_IWDG_KR_START  0xCCCCu
#define LBMS_CM_IWDG_KR_FEED   0xAAAAu
#define LBMS_CM_IWDG_RLR_MAX   0x0FFFu

/** Flash interface. The bits of SR and CR differ between the maps. */
struct lbms_cm_flash_regs {
    volatile uint32_t ACR, KEYR, OPTKEYR, SR, CR;
    volatile uint32_t AR; /**< F1 map only: address of a page */
};
#define LBMS_CM_FLASH_KEY1 0x45670123u
#define LBMS_CM_FLASH_KEY2 0xCDEF89ABu

/* Bits of RCC_CR that all these chips have in the same place. */
#define LBMS_CM_RCC_CR_HSION  (1u << 0)
#define LBMS_CM_RCC_CR_HSIRDY (1u << 1)
#define LBMS_CM_RCC_CR_HSEON  (1u << 16)
#define LBMS_CM_RCC_CR_HSERDY (1u << 17)
#define LBMS_CM_RCC_CR_CSSON  (1u << 19)
#define LBMS_CM_RCC_CR_PLLON  (1u << 24)
#define LBMS_CM_RCC_CR_PLLRDY (1u << 25)

/* Bits of RCC_CFGR likewise. */
#define LBMS_CM_RCC_CFGR_SW_PLL   (2u << 0)
#define LBMS_CM_RCC_CFGR_SWS_MASK (3u << 2)
#define LBMS_CM_RCC_CFGR_SWS_PLL  (2u << 2)

/* Bits of RCC_CSR likewise: why the chip started. BORRSTF exists on F4 only. */
#define LBMS_CM_RCC_CSR_RMVF     (1u << 24)
#define LBMS_CM_RCC_CSR_BORRSTF  (1u << 25)
#define LBMS_CM_RCC_CSR_PINRSTF  (1u << 26)
#define LBMS_CM_RCC_CSR_PORRSTF  (1u << 27)
#define LBMS_CM_RCC_CSR_SFTRSTF  (1u << 28)
#define LBMS_CM_RCC_CSR_IWDGRSTF (1u << 29)
#define LBMS_CM_RCC_CSR_WWDGRSTF (1u << 30)
#define LBMS_CM_RCC_CSR_LPWRRSTF (1u << 31)

/* Bit of RCC_APB1ENR likewise. */
#define LBMS_CM_RCC_APB1ENR_PWREN (1u << 28)

#endif
