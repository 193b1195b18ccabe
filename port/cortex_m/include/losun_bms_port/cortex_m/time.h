/**
 * @file
 * Time base: monotonic milliseconds from the 24-bit system timer, without a periodic tick.
 *
 * The timer counts core clock / 8 down through a period of up to half a second; the interrupt at its end only
 * adds the period. The time is that sum plus what the running period has counted. A wait sets a shorter
 * period, so the core sleeps until something happens or the wait is over.
 *
 * SysTick_Handler is weak: a program with its own must call lbms_cm_time_interrupt() in it first. No other
 * interrupt may have a higher priority than this one (0).
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_TIME_H
#define LOSUN_BMS_PORT_CORTEX_M_TIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A sum of timer ticks as milliseconds, exact over any time. */
struct lbms_cm_ticks {
    uint32_t ms;     /**< whole milliseconds; wraps */
    uint32_t rest;   /**< ticks beyond them, 0..per_ms - 1 */
    uint32_t per_ms; /**< ticks in a millisecond */
};

/**
 * Add ticks to a sum.
 *
 * @param sum    per_ms is set
 * @param ticks  0..2^31
 * Context: any; the caller keeps interrupts off.
 */
void lbms_cm_ticks_add(struct lbms_cm_ticks *sum, uint32_t ticks);

/**
 * Ticks from a sum to a moment that lies some milliseconds after the sum's.
 *
 * @param sum  per_ms is set
 * @param ms   0..1000
 * @param max  largest result
 * @return ticks after which lbms_cm_ticks_add() has added these milliseconds, but at least 1/8 ms and at most
 *         max
 * Context: any; the caller keeps interrupts off.
 */
uint32_t lbms_cm_ticks_until(const struct lbms_cm_ticks *sum, uint32_t ms, uint32_t max);

/**
 * Ticks that a down-counter has made since its period began, where the period may just have ended.
 *
 * @param left       the counter, 0..period - 1; it leaves 0 within one tick, so 0 means that the end was just
 *                   reached
 * @param ended      the interrupt of the end is pending: the counter is in the next period
 * @param running    ticks of the period that was running
 * @param following  ticks of the next one
 * @return ticks
 * Context: any.
 */
uint32_t lbms_cm_ticks_counted(uint32_t left, bool ended, uint32_t running, uint32_t following);

/**
 * Start the time base.
 *
 * @param hclk_hz   core clock, Hz: a multiple of 8000, 1..200 MHz
 * @param start_ms  first value of the time
 * @return LBMS_OK or LBMS_ERR_RANGE
 * Context: start-up, once.
 */
int lbms_cm_time_start(uint32_t hclk_hz, uint32_t start_ms);

/** Monotonic time, ms; wraps. Context: any, also an interrupt. */
uint32_t lbms_cm_now_ms(void);

/**
 * Stop the core until an interrupt comes or a time has passed. Interrupts must be masked: what became pending
 * before ends the wait at once, so no wake-up is lost between the caller's test and this call.
 *
 * @param ms  longest wait, 1..1000; often shorter, so the caller looks at the time again
 * Context: main, interrupts masked (lbms_cm_irq_save()); they are still masked on return.
 */
void lbms_cm_time_doze(uint32_t ms);

/**
 * Account for ends of periods whose interrupt could not run, because interrupts were masked for longer than a period.
 *
 * @param ends  how often LBMS_CM_SCB_ICSR_PENDSTSET was found set and cleared; 0 does nothing
 * Context: interrupts masked.
 */
void lbms_cm_time_missed(uint32_t ends);

/** Account for the end of a period. Context: SysTick_Handler, first statement. */
void lbms_cm_time_interrupt(void);

/**
 * Core clock that the chip says it has, from SYST_CALIB: 8 * 100 * (TENMS + 1). True in emulators whose core
 * clock does not follow the clock registers; real chips have a fixed number there.
 *
 * @return Hz; 0 when it does not say
 * Context: any.
 */
uint32_t lbms_cm_calibrated_hclk_hz(void);

#ifdef __cplusplus
}
#endif

#endif
