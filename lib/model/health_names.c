/* Names of the figures. A target that prints nothing does not link them. */
#include "losun_bms/model/health.h"

static const char *const names[LBMS_HEALTH_FIGURES] = {
#define X(id, name, value) name,
#include "losun_bms/model/health_list.h"
#undef X
};

const char *lbms_health_name(uint8_t figure)
{
    return (figure < (unsigned)LBMS_HEALTH_FIGURES) ? names[figure] : "?";
}
