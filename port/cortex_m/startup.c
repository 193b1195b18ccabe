/* From reset to main(). */
#include "losun_bms/base/selftest.h"
#include "losun_bms/model/restored.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_core.h"
#include "losun_bms_port/cortex_m/system.h"
#include "vectors.h"

/*
 * What painting the stack must leave alone: the frames of Reset_Handler and of the functions that it calls,
 * bytes.
 */
#define STACK_IN_USE 128u

int main(void);

LBMS_CM_WEAK void lbms_cm_early(void)
{
}

static void copy(const uint32_t *from, uint32_t *to, const uint32_t *end)
{
    for (; to < end; to++) {
        *to = *from;
        from++;
    }
}

static void initialise_memory(void)
{
    uint32_t *to;

    copy(lbms_cm_data_load, lbms_cm_data_start, lbms_cm_data_end);
    copy(lbms_cm_ram_code_load, lbms_cm_ram_code_start, lbms_cm_ram_code_end);
    for (to = lbms_cm_bss_start; to < lbms_cm_bss_end; to++) {
        *to = 0u;
    }
}

/*
 * Faults of their own kind instead of a hard fault for everything; a division by zero is one. The stack of a
 * handler is aligned as C expects it, which the oldest Cortex-M3 (STM32F103) does not do by itself.
 */
static void enable_faults(void)
{
    LBMS_CM_SCB->SHCSR |=
        LBMS_CM_SCB_SHCSR_MEMFAULTENA | LBMS_CM_SCB_SHCSR_BUSFAULTENA | LBMS_CM_SCB_SHCSR_USGFAULTENA;
    LBMS_CM_SCB->CCR |= LBMS_CM_SCB_CCR_DIV_0_TRP | LBMS_CM_SCB_CCR_STKALIGN;
}

static void paint_stack(void)
{
    const uintptr_t low = (uintptr_t)lbms_cm_stack_low;
    const uintptr_t used_from = (uintptr_t)lbms_cm_stack_pointer();

    lbms_stack_paint(lbms_cm_stack_low, used_from - low - STACK_IN_USE);
}

LBMS_CM_USED void Reset_Handler(void)
{
    lbms_cm_early();
    LBMS_CM_SCB->VTOR = (uint32_t)(uintptr_t)lbms_cm_vector_table();
#if defined(__ARM_FP)
    LBMS_CM_SCB->CPACR |= LBMS_CM_SCB_CPACR_FPU;
    lbms_cm_barrier();
#endif
    initialise_memory();
    enable_faults();
    paint_stack();
    (void)main();
    lbms_cm_restart(LBMS_RESET_SOFTWARE); /* main() ends only when it cannot begin */
}

uint32_t lbms_cm_stack_size(void)
{
    return (uint32_t)((uintptr_t)lbms_cm_stack_top - (uintptr_t)lbms_cm_stack_low);
}

uint32_t lbms_cm_stack_unused(void)
{
    return (uint32_t)lbms_stack_untouched(lbms_cm_stack_low, lbms_cm_stack_size());
}
