/* Vector table of the F4 map. */
#include "losun_bms_port/cortex_m/compiler.h"
#include "vectors.h"

LBMS_CM_NAKED LBMS_CM_USED static void unexpected(void)
{
    LBMS_CM_UNEXPECTED;
}

void SVC_Handler(void) LBMS_CM_WEAK_ALIAS("unexpected");
void DebugMon_Handler(void) LBMS_CM_WEAK_ALIAS("unexpected");
void PendSV_Handler(void) LBMS_CM_WEAK_ALIAS("unexpected");
#define X(number, name) void name##_IRQHandler(void) LBMS_CM_WEAK_ALIAS("unexpected");
#include "losun_bms_port/cortex_m/irq_f4_list.h"
#undef X

struct table {
    struct vectors_core core;
    lbms_cm_handler irq[82];
};

LBMS_CM_VECTOR_TABLE static const struct table vectors = {VECTORS_CORE,
                                                          {
#define X(number, name) [number] = name##_IRQHandler,
#include "losun_bms_port/cortex_m/irq_f4_list.h"
#undef X
                                                          }};

const void *lbms_cm_vector_table(void)
{
    return &vectors;
}
