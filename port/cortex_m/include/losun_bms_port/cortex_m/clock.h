/**
 * @file
 * Start of the clocks: crystal, PLL, bus dividers, with a bound on every wait and the internal oscillator as
 * the way out.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_CLOCK_H
#define LOSUN_BMS_PORT_CORTEX_M_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the core and its buses run with. */
struct lbms_cm_clocks {
    uint32_t hclk_hz;  /**< core */
    uint32_t pclk1_hz; /**< APB1: USART2..5, CAN, I2C */
    uint32_t pclk2_hz; /**< APB2: USART1, USART6, ADC */
    bool crystal;      /**< false: internal oscillator, 1 % at best; CAN must stay silent */
};

/** Register blocks that clock set-up touches. */
struct lbms_cm_clock_places {
    uintptr_t rcc, flash, pwr; /**< base addresses */
};

/** Internal oscillators, Hz. */
#define LBMS_F1_HSI_HZ 8000000u
#define LBMS_F4_HSI_HZ 16000000u
/** Longest start of a crystal that is waited for, us: most need less than 2 ms. */
#define LBMS_CM_CRYSTAL_US 10000u
/** Longest wait for PLL, regulator and clock switch, us: the data sheets say 300 us at most. */
#define LBMS_CM_PLL_US 1000u

/**
 * Start-up of one chip family: from the internal oscillator, as after a reset, to the highest clock.
 *
 * @param places      register blocks
 * @param hse_hz      crystal, Hz; 0 = none fitted
 * @param crystal_us  longest wait for the crystal, us
 * @param clocks      receives what runs now; always filled
 * @return LBMS_OK; LBMS_ERR_UNSUPPORTED: hse_hz is 0 or no crystal from which the family can be clocked;
 *         LBMS_ERR_TIMEOUT: crystal, PLL or switch did not get ready. After an error everything runs from the
 *         internal oscillator, undivided
 * Context: start-up, before the time base. Longest run: crystal_us + 4 * LBMS_CM_PLL_US.
 */
typedef int (*lbms_cm_clock_start)(const struct lbms_cm_clock_places *places, uint32_t hse_hz,
                                   uint32_t crystal_us, struct lbms_cm_clocks *clocks);

/**
 * STM32F405: 168 MHz from a crystal of 4..26 MHz in whole MHz. See lbms_cm_clock_start. Context: start-up.
 */
int lbms_f4_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                        struct lbms_cm_clocks *clocks);

/** STM32F103: 72 MHz from 8, 12 or 16 MHz. See lbms_cm_clock_start. Context: start-up. */
int lbms_f1_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                        struct lbms_cm_clocks *clocks);

/** GD32F30x: 120 MHz from 8 or 16 MHz. See lbms_cm_clock_start. Context: start-up. */
int lbms_gd32f30x_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                              struct lbms_cm_clocks *clocks);

/**
 * Wait until bits of a register have a value, not longer than a number of ticks of the running stopwatch.
 *
 * @param address  register
 * @param mask     bits that are looked at
 * @param value    what they must become
 * @param ticks    longest wait, ticks of lbms_cm_stopwatch_ticks(), below 2^23; a poll takes more than one
 *                 tick, so this is also the largest number of polls, should the stopwatch stand still
 * @return LBMS_OK or LBMS_ERR_TIMEOUT
 * Context: start-up, while the stopwatch runs.
 */
int lbms_cm_await(uintptr_t address, uint32_t mask, uint32_t value, uint32_t ticks);

/**
 * Let the system timer count core clocks, from 0, without interrupt. Context: start-up, before the time base.
 */
void lbms_cm_stopwatch_start(void);

/** Core clocks since lbms_cm_stopwatch_start(), modulo 2^24. Context: start-up, before the time base. */
uint32_t lbms_cm_stopwatch_ticks(void);

#ifdef __cplusplus
}
#endif

#endif
