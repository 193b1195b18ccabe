/* Faults, restart, interrupts. */
#include "losun_bms_port/cortex_m/system.h"

#include <string.h>

#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_core.h"
#include "losun_bms_port/cortex_m/retained.h"

/* The registers that the processor saves at an exception, as words. */
#define FRAME_LR    5u
#define FRAME_PC    6u
#define FRAME_WORDS 8u

LBMS_CM_NAKED LBMS_CM_USED void lbms_cm_fault_entry(void)
{
    LBMS_CM_FAULT_ENTRY;
}

static uint32_t fault_address(uint32_t cfsr)
{
    if ((cfsr & LBMS_CM_SCB_CFSR_BFARVALID) != 0u) {
        return LBMS_CM_SCB->BFAR;
    }
    return ((cfsr & LBMS_CM_SCB_CFSR_MMARVALID) != 0u) ? LBMS_CM_SCB->MMFAR : 0u;
}

LBMS_CM_USED void lbms_cm_fault(const uint32_t *frame, uint32_t return_code)
{
    const uintptr_t at = (uintptr_t)frame;
    const uintptr_t low = (uintptr_t)lbms_cm_stack_low; /* the stack begins where RAM does */
    const uintptr_t high = (uintptr_t)lbms_cm_ram_end - (FRAME_WORDS * sizeof(uint32_t));
    struct lbms_crash crash;

    memset(&crash, 0, sizeof(crash));
    crash.kind = (uint8_t)lbms_cm_exception();
    crash.status = LBMS_CM_SCB->CFSR;
    crash.address = fault_address(crash.status);
    crash.lr = return_code;
    if ((at >= low) && (at <= high) && ((at & 3u) == 0u)) {
        crash.pc = frame[FRAME_PC];
        crash.lr = frame[FRAME_LR];
    }
    lbms_cm_retain_crash(lbms_cm_retained(), &crash);
    lbms_cm_restart((uint8_t)LBMS_RESET_CRASH);
}

void lbms_cm_restart(uint8_t cause)
{
    (void)lbms_cm_irq_save();
    lbms_cm_retain_cause(lbms_cm_retained(), cause);
    lbms_cm_barrier();
    LBMS_CM_SCB->AIRCR = LBMS_CM_SCB_AIRCR_VECTKEY | LBMS_CM_SCB_AIRCR_SYSRESETREQ;
    lbms_cm_barrier();
    for (;;) { /* a few clocks, until the request has reached the reset logic; else the watchdog ends it */
    }
}

void lbms_cm_irq_enable(uint8_t irq, uint8_t priority)
{
    LBMS_CM_NVIC->IPR[irq] = (uint8_t)(priority << 4);
    LBMS_CM_NVIC->ISER[irq / 32u] = UINT32_C(1) << (irq % 32u);
}

void lbms_cm_irq_trigger(uint8_t irq)
{
    LBMS_CM_NVIC->ISPR[irq / 32u] = UINT32_C(1) << (irq % 32u);
}
