/**
 * @file
 * F1 map: STM32F103 (high density), GD32F103 and GD32F30x, with the names of RM0008. GigaDevice has its own
 * names for the same registers (RCU, FMC, PMU, FWDGT; ports and interfaces counted from 0).
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_REGISTERS_F1_H
#define LOSUN_BMS_PORT_CORTEX_M_REGISTERS_F1_H

#include <stdint.h>

/* Base addresses. GPIO ports A..G follow each other. */
#define LBMS_F1_GPIOA_BASE  0x40010800u
#define LBMS_F1_GPIO_STEP   0x400u
#define LBMS_F1_AFIO_BASE   0x40010000u
#define LBMS_F1_RCC_BASE    0x40021000u
#define LBMS_F1_FLASH_BASE  0x40022000u
#define LBMS_F1_PWR_BASE    0x40007000u
#define LBMS_F1_IWDG_BASE   0x40003000u
#define LBMS_F1_USART1_BASE 0x40013800u
#define LBMS_F1_USART2_BASE 0x40004400u
#define LBMS_F1_USART3_BASE 0x40004800u
#define LBMS_F1_UART4_BASE  0x40004C00u
#define LBMS_F1_UART5_BASE  0x40005000u

/** Clocks and resets. */
struct lbms_f1_rcc {
    volatile uint32_t CR, CFGR, CIR, APB2RSTR, APB1RSTR, AHBENR, APB2ENR, APB1ENR, BDCR, CSR;
};
#define LBMS_F1_RCC_CFGR_HPRE_POS    4u
#define LBMS_F1_RCC_CFGR_PPRE1_DIV2  (4u << 8)
#define LBMS_F1_RCC_CFGR_PPRE2_POS   11u
#define LBMS_F1_RCC_CFGR_ADCPRE_DIV6 (2u << 14)
#define LBMS_F1_RCC_CFGR_PLLSRC_HSE  (1u << 16)
#define LBMS_F1_RCC_CFGR_PLLXTPRE    (1u << 17) /**< HSE / 2 into the PLL */
#define LBMS_F1_RCC_CFGR_PLLMUL_POS  18u
#define LBMS_F1_RCC_CFGR_PLLMUL4     (1u << 27) /**< GD32F30x: bit 4 of the factor */
#define LBMS_F1_RCC_APB2ENR_AFIOEN   (1u << 0)
#define LBMS_F1_RCC_APB2ENR_IOPAEN   (1u << 2) /**< ports A..G: bits 2..8 */
#define LBMS_F1_RCC_APB2ENR_USART1EN (1u << 14)
#define LBMS_F1_RCC_APB1ENR_USART2EN (1u << 17)
#define LBMS_F1_RCC_APB1ENR_USART3EN (1u << 18)
#define LBMS_F1_RCC_APB1ENR_UART4EN  (1u << 19)
#define LBMS_F1_RCC_APB1ENR_UART5EN  (1u << 20)

/** Flash interface, what clock set-up needs; all of it is struct lbms_cm_flash_regs. */
struct lbms_f1_flash {
    volatile uint32_t ACR;
};
#define LBMS_F1_FLASH_ACR_LATENCY_2 (2u << 0)
#define LBMS_F1_FLASH_ACR_PRFTBE    (1u << 4)
#define LBMS_F1_FLASH_SR_BSY        (1u << 0)
#define LBMS_F1_FLASH_SR_PGERR      (1u << 2) /**< the half-word was not erased */
#define LBMS_F1_FLASH_SR_WRPRTERR   (1u << 4)
#define LBMS_F1_FLASH_SR_EOP        (1u << 5)
#define LBMS_F1_FLASH_CR_PG         (1u << 0)
#define LBMS_F1_FLASH_CR_PER        (1u << 1) /**< erase the page of AR */
#define LBMS_F1_FLASH_CR_STRT       (1u << 6)
#define LBMS_F1_FLASH_CR_LOCK       (1u << 7)

/** Power control. */
struct lbms_f1_pwr {
    volatile uint32_t CR, CSR;
};
#define LBMS_GD32F30X_PWR_CR_LDOVS  (3u << 14) /**< regulator at its highest output */
#define LBMS_GD32F30X_PWR_CR_HDEN   (1u << 16) /**< high-driver mode on */
#define LBMS_GD32F30X_PWR_CR_HDS    (1u << 17) /**< switch to high-driver mode */
#define LBMS_GD32F30X_PWR_CSR_HDRF  (1u << 16)
#define LBMS_GD32F30X_PWR_CSR_HDSRF (1u << 17)

/** One port of pins. */
struct lbms_f1_gpio {
    volatile uint32_t CRL, CRH, IDR, ODR, BSRR, BRR, LCKR;
};

/** Alternate functions. */
struct lbms_f1_afio {
    volatile uint32_t EVCR, MAPR, EXTICR[4];
};
#define LBMS_F1_AFIO_MAPR_SWJ_NO_JTAG (2u << 24) /**< SWD only: frees PA15, PB3, PB4 */

#endif
