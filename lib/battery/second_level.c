#include "losun_bms/battery/second_level.h"

#include "losun_bms/base/fixed.h"

void lbms_second_level(struct lbms_afe_config *config, const struct lbms_params *params,
                       const struct lbms_product *product)
{
    const int32_t margin_ms = LBMS_SECOND_LEVEL_MARGIN_MS;

    config->cell_ov_mv = (uint16_t)params->v[LBMS_PARAM_CELL_OV_PROTECT_MV];
    config->cell_ov_delay_ms = (uint16_t)(params->v[LBMS_PARAM_CELL_OV_DELAY_MS] + margin_ms);
    config->cell_uv_mv = (uint16_t)product->envelope.cell_min_mv;
    config->cell_uv_delay_ms = (uint16_t)(params->v[LBMS_PARAM_CELL_UV_DELAY_MS] + margin_ms);
    config->discharge_oc_ma = params->v[LBMS_PARAM_DISCHARGE_OC2_PROTECT_MA];
    config->discharge_oc_delay_ms = (uint16_t)(params->v[LBMS_PARAM_DISCHARGE_OC2_DELAY_MS] + margin_ms);
    config->short_circuit_ma = params->v[LBMS_PARAM_SHORT_CIRCUIT_MA];
    config->short_circuit_delay_us = (uint16_t)params->v[LBMS_PARAM_SHORT_CIRCUIT_DELAY_US];
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

/* Inside the limits, and there at all: 0 means that the chip has no such protection. */
static bool present(int32_t value, int32_t min, int32_t max)
{
    return (value > 0) && (value >= min) && (value <= max);
}

static bool accepts_coarser(const struct lbms_afe_config *got, const struct lbms_afe_config *wanted)
{
    const int32_t ov_mv = (int32_t)wanted->cell_ov_mv;
    const int32_t uv_mv = (int32_t)wanted->cell_uv_mv;
    const int32_t ov_ms = (int32_t)wanted->cell_ov_delay_ms;
    const int32_t uv_ms = (int32_t)wanted->cell_uv_delay_ms;
    const int32_t oc_ma = wanted->discharge_oc_ma;
    const int32_t oc_ms = (int32_t)wanted->discharge_oc_delay_ms;
    const int32_t sc_min_ma =
        lbms_max_i32(wanted->short_circuit_ma - LBMS_SECOND_LEVEL_CURRENT_STEP_MA, oc_ma + 1);
    const int32_t sc_us = (int32_t)wanted->short_circuit_delay_us;
    const int32_t dog_ms = (int32_t)wanted->watchdog_ms;

    return present((int32_t)got->cell_ov_mv, ov_mv - LBMS_SECOND_LEVEL_CELL_STEP_MV, ov_mv) &&
           present((int32_t)got->cell_uv_mv, uv_mv, uv_mv + LBMS_SECOND_LEVEL_CELL_STEP_MV) &&
           present((int32_t)got->cell_ov_delay_ms, ov_ms, 2 * ov_ms) &&
           present((int32_t)got->cell_uv_delay_ms, uv_ms, 2 * uv_ms) &&
           present(got->discharge_oc_ma, oc_ma, oc_ma + LBMS_SECOND_LEVEL_CURRENT_STEP_MA) &&
           present((int32_t)got->discharge_oc_delay_ms, oc_ms, 2 * oc_ms) &&
           present(got->short_circuit_ma, sc_min_ma, wanted->short_circuit_ma) &&
           present((int32_t)got->short_circuit_delay_us, sc_us - LBMS_SECOND_LEVEL_SHORT_CIRCUIT_STEP_US,
                   sc_us) &&
           present((int32_t)got->watchdog_ms, dog_ms / 2, dog_ms);
}

/* Set once for every set of parameters that there can be, so these are the largest ones of all. */
static bool accepts_fixed(const struct lbms_afe_config *got, const struct lbms_product *product)
{
    const struct lbms_param_desc *desc = product->params;
    const int32_t margin_ms = LBMS_SECOND_LEVEL_MARGIN_MS;
    const int32_t tolerance_mv = LBMS_SECOND_LEVEL_FIXED_TOLERANCE_MV;
    const int32_t none = INT32_MAX;

    return present((int32_t)got->cell_ov_mv, 0, product->envelope.cell_max_mv + tolerance_mv) &&
           present((int32_t)got->cell_uv_mv, product->envelope.cell_min_mv - tolerance_mv, none) &&
           present((int32_t)got->cell_ov_delay_ms, 0, desc[LBMS_PARAM_CELL_OV_DELAY_MS].max + margin_ms) &&
           present((int32_t)got->cell_uv_delay_ms, 0, desc[LBMS_PARAM_CELL_UV_DELAY_MS].max + margin_ms) &&
           present(got->discharge_oc_ma, 0, desc[LBMS_PARAM_DISCHARGE_OC2_PROTECT_MA].max) &&
           present((int32_t)got->discharge_oc_delay_ms, 0,
                   desc[LBMS_PARAM_DISCHARGE_OC2_DELAY_MS].max + margin_ms) &&
           present(got->short_circuit_ma, 0, product->envelope.short_circuit_max_ma) &&
           present((int32_t)got->short_circuit_delay_us, 0, desc[LBMS_PARAM_SHORT_CIRCUIT_DELAY_US].max) &&
           present((int32_t)got->watchdog_ms, 0, 2 * (int32_t)LBMS_SECOND_LEVEL_WATCHDOG_MS);
}

bool lbms_second_level_accepts(const struct lbms_afe_config *got, int8_t fit,
                               const struct lbms_afe_config *wanted, const struct lbms_product *product)
{
    switch (fit) {
    case LBMS_AFE_FITS:
        return lbms_second_level_equal(got, wanted);
    case LBMS_AFE_COARSER:
        return accepts_coarser(got, wanted);
    case LBMS_AFE_FIXED:
        return accepts_fixed(got, product);
    default: /* could not be written, or a driver that is newer than this */
        return false;
    }
}
