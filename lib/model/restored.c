#include "losun_bms/model/restored.h"

#include <string.h>

void lbms_restored_defaults(struct lbms_restored *restored)
{
    memset(restored, 0, sizeof(*restored));
    restored->boot.reset_cause = LBMS_RESET_POWER_ON;
    restored->sleep_reason = LBMS_SLEEP_NONE;
    lbms_calibration_defaults(&restored->calibration);
}
