/**
 * @file
 * F4 map: STM32F405 and its family, with the names of RM0090.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_REGISTERS_F4_H
#define LOSUN_BMS_PORT_CORTEX_M_REGISTERS_F4_H

#include <stdint.h>

/* Base addresses. GPIO ports A..I follow each other. */
#define LBMS_F4_GPIOA_BASE  0x40020000u
#define LBMS_F4_GPIO_STEP   0x400u
#define LBMS_F4_RCC_BASE    0x40023800u
#define LBMS_F4_FLASH_BASE  0x40023C00u
#define LBMS_F4_PWR_BASE    0x40007000u
#define LBMS_F4_IWDG_BASE   0x40003000u
#define LBMS_F4_USART1_BASE 0x40011000u
#define LBMS_F4_USART2_BASE 0x40004400u
#define LBMS_F4_USART3_BASE 0x40004800u
#define LBMS_F4_UART4_BASE  0x40004C00u
#define LBMS_F4_UART5_BASE  0x40005000u
#define LBMS_F4_USART6_BASE 0x40011400u

/** Clocks and resets. */
struct lbms_f4_rcc {
    volatile uint32_t CR, PLLCFGR, CFGR, CIR;
    volatile uint32_t AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved0;
    volatile uint32_t APB1RSTR, APB2RSTR, reserved1[2];
    volatile uint32_t AHB1ENR, AHB2ENR, AHB3ENR, reserved2;
    volatile uint32_t APB1ENR, APB2ENR, reserved3[2];
    volatile uint32_t AHB1LPENR, AHB2LPENR, AHB3LPENR, reserved4;
    volatile uint32_t APB1LPENR, APB2LPENR, reserved5[2];
    volatile uint32_t BDCR, CSR;
};
#define LBMS_F4_RCC_PLLCFGR_N_POS    6u
#define LBMS_F4_RCC_PLLCFGR_SRC_HSE  (1u << 22)
#define LBMS_F4_RCC_PLLCFGR_Q_POS    24u
#define LBMS_F4_RCC_CFGR_PPRE1_DIV4  (5u << 10)
#define LBMS_F4_RCC_CFGR_PPRE2_DIV2  (4u << 13)
#define LBMS_F4_RCC_AHB1ENR_GPIOAEN  (1u << 0) /**< ports A..I: bits 0..8 */
#define LBMS_F4_RCC_APB2ENR_USART1EN (1u << 4)
#define LBMS_F4_RCC_APB2ENR_USART6EN (1u << 5)
#define LBMS_F4_RCC_APB1ENR_USART2EN (1u << 17)
#define LBMS_F4_RCC_APB1ENR_USART3EN (1u << 18)
#define LBMS_F4_RCC_APB1ENR_UART4EN  (1u << 19)
#define LBMS_F4_RCC_APB1ENR_UART5EN  (1u << 20)

/** Flash interface, what clock set-up needs; all of it is struct lbms_cm_flash_regs. */
struct lbms_f4_flash {
    volatile uint32_t ACR;
};
#define LBMS_F4_FLASH_ACR_LATENCY_5 (5u << 0)
#define LBMS_F4_FLASH_ACR_PRFTEN    (1u << 8)
#define LBMS_F4_FLASH_ACR_ICEN      (1u << 9)
#define LBMS_F4_FLASH_ACR_DCEN      (1u << 10)
#define LBMS_F4_FLASH_ACR_DCRST     (1u << 12) /**< forget the data cache; it must be off */
#define LBMS_F4_FLASH_SR_EOP        (1u << 0)
#define LBMS_F4_FLASH_SR_OPERR      (1u << 1)
#define LBMS_F4_FLASH_SR_WRPERR     (1u << 4)
#define LBMS_F4_FLASH_SR_PGAERR     (1u << 5)
#define LBMS_F4_FLASH_SR_PGPERR     (1u << 6)
#define LBMS_F4_FLASH_SR_PGSERR     (1u << 7)
#define LBMS_F4_FLASH_SR_BSY        (1u << 16)
#define LBMS_F4_FLASH_CR_PG         (1u << 0)
#define LBMS_F4_FLASH_CR_SER        (1u << 1) /**< erase the sector of SNB */
#define LBMS_F4_FLASH_CR_SNB_POS    3u
#define LBMS_F4_FLASH_CR_PSIZE_32   (2u << 8) /**< words; needs 2.7 V */
#define LBMS_F4_FLASH_CR_STRT       (1u << 16)
#define LBMS_F4_FLASH_CR_LOCK       (1u << 31)

/** Power control. */
struct lbms_f4_pwr {
    volatile uint32_t CR, CSR;
};
#define LBMS_F4_PWR_CR_VOS (1u << 14) /**< regulator scale 1, needed above 144 MHz */

/** One port of pins. */
struct lbms_f4_gpio {
    volatile uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFRL, AFRH;
};

#endif
