#include "losun_bms/model/production.h"

#include <string.h>

#include "losun_bms/model/command.h"

void lbms_calibration_defaults(struct lbms_calibration *calibration)
{
    memset(calibration, 0, sizeof(*calibration));
    calibration->charge_gain = LBMS_GAIN_ONE;
    calibration->discharge_gain = LBMS_GAIN_ONE;
    calibration->pack_gain = LBMS_GAIN_ONE;
}

void lbms_production_defaults(struct lbms_production *production)
{
    memset(production, 0, sizeof(*production));
    lbms_calibration_defaults(&production->calibration);
}

static bool beyond(int32_t value, int32_t middle, int32_t most)
{
    return (value < (middle - most)) || (value > (middle + most));
}

bool lbms_calibration_acceptable(const struct lbms_calibration *c)
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

int lbms_production_set_serial(struct lbms_production *production, uint8_t which,
                               const struct lbms_param_item *items)
{
    char *serial = (which == (uint8_t)LBMS_SERIAL_PACK) ? production->identity.pack_serial
                                                        : production->identity.board_serial;
    size_t i;

    if (which > (uint8_t)LBMS_SERIAL_PACK) {
        return LBMS_ERR_ARGUMENT;
    }
    for (i = 0u; i < LBMS_SERIAL_SIZE; i++) {
        serial[i] = (char)((uint32_t)items[i / 4u].value >> (8u * (i % 4u)));
    }
    return LBMS_OK;
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
    if (!lbms_calibration_acceptable(&after->calibration)) {
        return LBMS_ERR_RANGE;
    }
    if (!kept(old->pack_serial, wanted->pack_serial) || !kept(old->board_serial, wanted->board_serial) ||
        ((old->hardware != 0u) && (old->hardware != wanted->hardware)) ||
        ((old->manufactured_s != 0u) && (old->manufactured_s != wanted->manufactured_s))) {
        return LBMS_ERR_STATE;
    }
    return LBMS_OK;
}
