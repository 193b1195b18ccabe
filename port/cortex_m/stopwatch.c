/* The system timer as a stopwatch, for the time before the clocks run. */
#include "losun_bms_port/cortex_m/clock.h"
#include "losun_bms_port/cortex_m/registers_core.h"

void lbms_cm_stopwatch_start(void)
{
    LBMS_CM_SYST->CSR = 0u;
    LBMS_CM_SYST->RVR = LBMS_CM_SYST_MAX;
    LBMS_CM_SYST->CVR = 0u;
    LBMS_CM_SYST->CSR = LBMS_CM_SYST_CSR_ENABLE | LBMS_CM_SYST_CSR_CLKSOURCE;
}

uint32_t lbms_cm_stopwatch_ticks(void)
{
    return (LBMS_CM_SYST_MAX - LBMS_CM_SYST->CVR) & LBMS_CM_SYST_MAX;
}
