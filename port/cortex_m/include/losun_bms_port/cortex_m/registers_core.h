/**
 * @file
 * Registers of the Cortex-M3 and Cortex-M4 core, with the names of the Armv7-M Architecture Reference Manual.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_REGISTERS_CORE_H
#define LOSUN_BMS_PORT_CORTEX_M_REGISTERS_CORE_H

#include <stdint.h>

/** System timer. */
struct lbms_cm_syst {
    volatile uint32_t CSR, RVR, CVR, CALIB;
};
#define LBMS_CM_SYST               ((struct lbms_cm_syst *)0xE000E010u)
#define LBMS_CM_SYST_CSR_ENABLE    (1u << 0)
#define LBMS_CM_SYST_CSR_TICKINT   (1u << 1)
#define LBMS_CM_SYST_CSR_CLKSOURCE (1u << 2) /**< 1 = core clock, 0 = core clock / 8 on these chips */
#define LBMS_CM_SYST_MAX           0x00FFFFFFu

/** Interrupt controller. */
struct lbms_cm_nvic {
    volatile uint32_t ISER[8], reserved0[24];
    volatile uint32_t ICER[8], reserved1[24];
    volatile uint32_t ISPR[8], reserved2[24];
    volatile uint32_t ICPR[8], reserved3[24];
    volatile uint32_t IABR[8], reserved4[56];
    volatile uint8_t IPR[240];
};
#define LBMS_CM_NVIC ((struct lbms_cm_nvic *)0xE000E100u)

/** System control block. */
struct lbms_cm_scb {
    volatile uint32_t CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
    volatile uint32_t SHPR[3];
    volatile uint32_t SHCSR, CFSR, HFSR, DFSR, MMFAR, BFAR, AFSR;
    volatile uint32_t ID[18];
    volatile uint32_t CPACR;
};
#define LBMS_CM_SCB                   ((struct lbms_cm_scb *)0xE000ED00u)
#define LBMS_CM_SCB_ICSR_PENDSTCLR    (1u << 25)
#define LBMS_CM_SCB_ICSR_PENDSTSET    (1u << 26)
#define LBMS_CM_SCB_AIRCR_VECTKEY     (0x05FAu << 16)
#define LBMS_CM_SCB_AIRCR_SYSRESETREQ (1u << 2)
#define LBMS_CM_SCB_SCR_SLEEPDEEP     (1u << 2)
#define LBMS_CM_SCB_CCR_DIV_0_TRP     (1u << 4)
#define LBMS_CM_SCB_CCR_STKALIGN      (1u << 9)
#define LBMS_CM_SCB_SHCSR_MEMFAULTENA (1u << 16)
#define LBMS_CM_SCB_SHCSR_BUSFAULTENA (1u << 17)
#define LBMS_CM_SCB_SHCSR_USGFAULTENA (1u << 18)
#define LBMS_CM_SCB_CFSR_MMARVALID    (1u << 7)
#define LBMS_CM_SCB_CFSR_BFARVALID    (1u << 15)
#define LBMS_CM_SCB_CPACR_FPU         (0xFu << 20) /**< CP10 and CP11: full access */

/** Exception numbers (IPSR); interrupt n is exception 16 + n. */
enum lbms_cm_exception_number {
    LBMS_CM_EXCEPTION_NMI = 2,
    LBMS_CM_EXCEPTION_HARD_FAULT = 3,
    LBMS_CM_EXCEPTION_MEM_MANAGE = 4,
    LBMS_CM_EXCEPTION_BUS_FAULT = 5,
    LBMS_CM_EXCEPTION_USAGE_FAULT = 6,
    LBMS_CM_EXCEPTION_SYSTICK = 15,
    LBMS_CM_EXCEPTION_IRQ0 = 16
};

#endif
