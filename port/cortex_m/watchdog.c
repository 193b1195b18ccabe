#include "losun_bms_port/cortex_m/watchdog.h"

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_shared.h"

#define DIVIDER_MIN   4u
#define PRESCALER_MAX 6u
#define TIMEOUT_MAX \
    60000u /* no setting reaches that; keeps the product below 2^32 for oscillators up to 70 kHz */
#define LSI_MAX_HZ 70000u

int lbms_cm_watchdog_setting(uint32_t lsi_hz, uint32_t timeout_ms, struct lbms_cm_watchdog_setting *setting)
{
    uint8_t prescaler;

    if ((lsi_hz == 0u) || (lsi_hz > LSI_MAX_HZ) || (timeout_ms == 0u) || (timeout_ms > TIMEOUT_MAX)) {
        return LBMS_ERR_RANGE;
    }
    for (prescaler = 0u; prescaler <= PRESCALER_MAX; prescaler++) {
        const uint32_t divider = DIVIDER_MIN << prescaler;
        const uint32_t counts = ((lsi_hz * timeout_ms) / 1000u) / divider;

        if (counts <= (LBMS_CM_IWDG_RLR_MAX + 1u)) {
            setting->prescaler = prescaler;
            setting->reload = (uint16_t)((counts > 0u) ? (counts - 1u) : 0u);
            return LBMS_OK;
        }
    }
    return LBMS_ERR_RANGE;
}

/* Started first, because that starts its oscillator, without which the two values would not be taken over. */
void lbms_cm_watchdog_start(uintptr_t base, const struct lbms_cm_watchdog_setting *setting)
{
    struct lbms_cm_iwdg_regs *iwdg = (struct lbms_cm_iwdg_regs *)base;

    iwdg->KR = LBMS_CM_IWDG_KR_START;
    iwdg->KR = LBMS_CM_IWDG_KR_UNLOCK;
    iwdg->PR = setting->prescaler;
    iwdg->RLR = setting->reload;
    iwdg->KR = LBMS_CM_IWDG_KR_FEED;
}

void lbms_cm_watchdog_feed(uintptr_t base)
{
    ((struct lbms_cm_iwdg_regs *)base)->KR = LBMS_CM_IWDG_KR_FEED;
}
