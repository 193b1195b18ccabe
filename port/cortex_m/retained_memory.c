#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/retained.h"

static LBMS_CM_NOINIT struct lbms_cm_retained memory;

struct lbms_cm_retained *lbms_cm_retained(void)
{
    return &memory;
}
