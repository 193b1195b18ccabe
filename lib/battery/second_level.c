#include "losun_bms/battery/second_level.h"

void lbms_second_level(struct lbms_afe_config *config, const struct lbms_params *params,
                       const struct lbms_product *product)
{
    const int32_t margin_ms = LBMS_SECOND_LEVEL_MARGIN_MS;

    config->cell_ov_mv = (uint16_t)params->v[LBMS_PARAM_CELL_OV_PROTECT_MV];
    config->cell_ov_delay_ms = (uint16_t)(params->v[LBMS_PARAM_CELL_OV_DELAY_MS] + margin_ms);
    config->cell_uv_mv = (uint16_t)product->envelope.cell_min_mv;
    config->cell_uv_delay_ms = (uint16_t)(params->v[LBMS_PARAM_CELL_UV_DELAY_MS] + margin_ms);
    config->discharge_oc_ma = 0; /* no over-current protection of the core's own to stay outside of */
    config->discharge_oc_delay_ms = 0u;
    config->short_circuit_ma = product->envelope.short_circuit_max_ma;
    config->short_circuit_delay_us = LBMS_SECOND_LEVEL_SHORT_CIRCUIT_US;
    config->watchdog_ms = LBMS_SECOND_LEVEL_WATCHDOG_MS;
}

bool lbms_second_level_equal(const struct lbms_afe_config *a, const struct lbms_afe_config *b)
{
    return (a->cell_ov_mv == b->cell_ov_mv) && (a->cell_ov_delay_ms == b->cell_ov_delay_ms) &&
           (a->cell_uv_mv == b->cell_uv_mv) && (a->cell_uv_delay_ms == b->cell_uv_delay_ms) &&
           (a->discharge_oc_ma == b->discharge_oc_ma) &&
           (a->discharge_oc_delay_ms == b->discharge_oc_delay_ms) &&
           (a->short_circuit_ma == b->short_circuit_ma) &&
           (a->short_circuit_delay_us == b->short_circuit_delay_us) && (a->watchdog_ms == b->watchdog_ms);
}
