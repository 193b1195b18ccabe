#include "losun_bms/base/hysteresis.h"

bool lbms_hysteresis_above(bool state, int32_t value, int32_t on_above, int32_t off_at_or_below)
{
    if (value > on_above) {
        return true;
    }
    if (value <= off_at_or_below) {
        return false;
    }
    return state;
}
