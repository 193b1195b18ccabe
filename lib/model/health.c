#include "losun_bms/model/health.h"

#include <string.h>

static const int32_t virgin[LBMS_HEALTH_FIGURES] = {
#define X(id, name, value) value,
#include "losun_bms/model/health_list.h"
#undef X
};

void lbms_health_defaults(struct lbms_health *health)
{
    memset(health, 0, sizeof(*health));
    memcpy(health->v, virgin, sizeof(virgin));
}
