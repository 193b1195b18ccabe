/**
 * @file
 * Start-up, faults, restart: what every program on these chips needs before and around main().
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_SYSTEM_H
#define LOSUN_BMS_PORT_CORTEX_M_SYSTEM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An entry of the vector table. */
typedef void (*lbms_cm_handler)(void);

/* From the linker script: addresses, not values. */
extern uint32_t
    lbms_cm_stack_low[]; /**< lowest word of the stack, at the low end of RAM: an overflow faults */
extern uint32_t lbms_cm_stack_top[];  /**< one past its highest word */
extern uint32_t lbms_cm_ram_end[];    /**< one past the highest word of RAM */
extern uint32_t lbms_cm_data_load[];  /**< initial values, in flash */
extern uint32_t lbms_cm_data_start[]; /**< initialised variables */
extern uint32_t lbms_cm_data_end[];
extern uint32_t lbms_cm_ram_code_load[];  /**< functions that run from RAM, in flash */
extern uint32_t lbms_cm_ram_code_start[]; /**< and where they run */
extern uint32_t lbms_cm_ram_code_end[];
extern uint32_t lbms_cm_bss_start[]; /**< variables that start as 0 */
extern uint32_t lbms_cm_bss_end[];

/**
 * First instruction after reset: memory, floating point unit if used, faults, then main(). Context: reset.
 */
void Reset_Handler(void);

/**
 * Called by Reset_Handler before memory is initialised: must not use variables. Weak and empty; a board
 * replaces it to hold its own supply or to start an external watchdog. Context: reset.
 */
void lbms_cm_early(void);

/** Handler of all faults: leaves a crash record and restarts. Context: exception. */
void lbms_cm_fault_entry(void);

/**
 * Second half of lbms_cm_fault_entry().
 *
 * @param frame   registers that the processor has saved; may lie anywhere after a stack overflow
 * @param return_code  the exception's return code
 * Context: exception; does not return.
 */
void lbms_cm_fault(const uint32_t *frame, uint32_t return_code);

/**
 * Restart the chip and note why.
 *
 * @param cause  enum lbms_reset_cause, for the next start
 * Context: any; does not return.
 */
void lbms_cm_restart(uint8_t cause);

/**
 * Enable an interrupt.
 *
 * @param irq       interrupt number, 0..239
 * @param priority  1 (urgent) .. 15; 0 belongs to the time base
 * Context: start-up.
 */
void lbms_cm_irq_enable(uint8_t irq, uint8_t priority);

/** Run an interrupt as soon as it is not masked. @param irq interrupt number, 0..239. Context: any. */
void lbms_cm_irq_trigger(uint8_t irq);

/** Bytes of the stack that were never used since start. Context: any; one pass over the stack. */
uint32_t lbms_cm_stack_unused(void);

/** Bytes of the stack. Context: any. */
uint32_t lbms_cm_stack_size(void);

#ifdef __cplusplus
}
#endif

#endif
