#include "losun_bms_port/cortex_m/clock.h"

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_core.h"

int lbms_cm_await(uintptr_t address, uint32_t mask, uint32_t value, uint32_t ticks)
{
    const volatile uint32_t *reg = (const volatile uint32_t *)address;
    const uint32_t start = lbms_cm_stopwatch_ticks();
    uint32_t polls;

    for (polls = 0u; polls < ticks; polls++) {
        if ((*reg & mask) == value) {
            return LBMS_OK;
        }
        if (((lbms_cm_stopwatch_ticks() - start) & LBMS_CM_SYST_MAX) >= ticks) {
            break;
        }
    }
    return LBMS_ERR_TIMEOUT;
}
