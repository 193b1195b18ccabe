#include "losun_bms/model/production.h"

#include <string.h>

void lbms_production_defaults(struct lbms_production *production)
{
    memset(production, 0, sizeof(*production));
    production->calibration.charge_gain = LBMS_GAIN_ONE;
    production->calibration.discharge_gain = LBMS_GAIN_ONE;
    production->calibration.pack_gain = LBMS_GAIN_ONE;
}

static bool beyond(int32_t value, int32_t middle, int32_t most)
{
    return (value < (middle - most)) || (value > (middle + most));
}

static bool acceptable(const struct lbms_calibration *c)
{
    size_t i;

    if (beyond(c->charge_gain, LBMS_GAIN_ONE, LBMS_GAIN_DEVIATION) ||
        beyond(c->discharge_gain, LBMS_GAIN_ONE, LBMS_GAIN_DEVIATION) ||
        beyond(c->pack_gain, LBMS_GAIN_ONE, LBMS_GAIN_DEVIATION) ||
        beyond(c->offset_ma, 0, LBMS_OFFSET_MAX_MA)) {
        return false;
    }
    for (i = 0u; i < LBMS_CELLS; i++) {
        if (beyond(c->cell_offset_mv[i], 0, LBMS_OFFSET_MAX_MV)) {
            return false;
        }
    }
    return true;
}

static bool kept(const char *before, const char *after)
{
    return (before[0] == '\0') || (memcmp(before, after, LBMS_SERIAL_SIZE) == 0);
}

int lbms_production_check(const struct lbms_production *before, const struct lbms_production *after,
                          bool service)
{
    const struct lbms_identity *old = &before->identity;
    const struct lbms_identity *wanted = &after->identity;

    if (!service) {
        return LBMS_ERR_ACCESS;
    }
    if (!acceptable(&after->calibration)) {
        return LBMS_ERR_RANGE;
    }
    if (!kept(old->pack_serial, wanted->pack_serial) || !kept(old->board_serial, wanted->board_serial) ||
        ((old->hardware != 0u) && (old->hardware != wanted->hardware)) ||
        ((old->manufactured_s != 0u) && (old->manufactured_s != wanted->manufactured_s))) {
        return LBMS_ERR_STATE;
    }
    return LBMS_OK;
}
