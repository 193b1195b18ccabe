/* What the vector tables of both maps have in common. Private to port/cortex_m and the chips. */
#ifndef LBMS_PORT_CORTEX_M_VECTORS_H
#define LBMS_PORT_CORTEX_M_VECTORS_H

#include "losun_bms_port/cortex_m/system.h"

/* Handlers that an operating system would define; weak in the tables. */
void SVC_Handler(void);
void DebugMon_Handler(void);
void PendSV_Handler(void);
/* Of the time base. */
void SysTick_Handler(void);

/* The table, for VTOR. */
const void *lbms_cm_vector_table(void);

/* The first 16 entries. */
struct vectors_core {
    uint32_t *stack_top;
    lbms_cm_handler reset, nmi, hard_fault, mem_manage, bus_fault, usage_fault;
    lbms_cm_handler reserved0[4];
    lbms_cm_handler svc, debug_monitor;
    lbms_cm_handler reserved1;
    lbms_cm_handler pend_sv, sys_tick;
};

#define VECTORS_CORE                                                                                     \
    {                                                                                                    \
        lbms_cm_stack_top, Reset_Handler, lbms_cm_fault_entry, lbms_cm_fault_entry, lbms_cm_fault_entry, \
            lbms_cm_fault_entry, lbms_cm_fault_entry, {0, 0, 0, 0}, SVC_Handler, DebugMon_Handler, 0,    \
            PendSV_Handler, SysTick_Handler                                                              \
    }

#endif
