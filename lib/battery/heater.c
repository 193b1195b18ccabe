#include "losun_bms/battery/heater.h"

#include <string.h>

#include "charge_parts.h"

void lbms_heater_init(struct lbms_heater *heater)
{
    memset(heater, 0, sizeof(*heater));
}

static bool may_heat(const struct lbms_heater *heater, const struct lbms_charge_inputs *in,
                     const struct lbms_params *params)
{
    const struct lbms_measured *m = in->m;

    return !heater->given_up && in->charger_present && !in->asleep && ((m->valid & LBMS_VALID_NTCS) != 0u) &&
           ((int32_t)m->temp_low_dc > params->v[LBMS_PARAM_HEATER_CELL_MIN_DC]) &&
           ((int32_t)m->temp_high_dc <= params->v[LBMS_PARAM_HEATER_CELL_MAX_DC]);
}

void lbms_heater_step(struct lbms_heater *heater, const struct lbms_charge_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    if (params->v[LBMS_PARAM_HEATER_FITTED] == 0) {
        lbms_heater_init(heater);
        return;
    }
    if (!may_heat(heater, in, params) ||
        ((int32_t)in->m->temp_low_dc >= params->v[LBMS_PARAM_HEATER_OFF_DC])) {
        heater->on = false;
    } else if ((int32_t)in->m->temp_low_dc < params->v[LBMS_PARAM_HEATER_ON_DC]) {
        heater->on = true;
    }
    if (lbms_param_hold(&heater->time, heater->on, in->now_ms, params, product, LBMS_PARAM_HEATER_MAX_S)) {
        heater->on = false;
        heater->given_up = true;
    }
}
