/**
 * @file
 * Independent watchdog. Once started it cannot be stopped, also not by sleep; it restarts the chip when it is
 * not fed.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_WATCHDOG_H
#define LOSUN_BMS_PORT_CORTEX_M_WATCHDOG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Register values for a time. */
struct lbms_cm_watchdog_setting {
    uint8_t prescaler; /**< IWDG_PR: divides by 4 << prescaler */
    uint16_t reload;   /**< IWDG_RLR */
};

/**
 * Finest setting that reaches a time.
 *
 * @param lsi_hz      nominal frequency of the slow oscillator, Hz; the real one is 0.6 .. 1.5 times of it
 * @param timeout_ms  nominal time, ms
 * @param setting     receives the values
 * @return LBMS_OK; LBMS_ERR_RANGE: 0, or longer than the watchdog can
 * Context: any.
 */
int lbms_cm_watchdog_setting(uint32_t lsi_hz, uint32_t timeout_ms, struct lbms_cm_watchdog_setting *setting);

/**
 * Start. Does not wait for the slow oscillator: the values are taken over when it runs.
 *
 * @param base     address of IWDG
 * @param setting  prescaler and reload
 * Context: start-up.
 */
void lbms_cm_watchdog_start(uintptr_t base, const struct lbms_cm_watchdog_setting *setting);

/**
 * Feed.
 *
 * @param base  address of IWDG
 * Context: any.
 */
void lbms_cm_watchdog_feed(uintptr_t base);

#ifdef __cplusplus
}
#endif

#endif
