/**
 * @file
 * Product profile: what distinguishes one pack model from another.
 */
#ifndef LOSUN_BMS_MODEL_PRODUCT_H
#define LOSUN_BMS_MODEL_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/params.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lbms_cell_model;

/** Absolute limits, see model/envelope.h. Units in the names, currents are magnitudes. */
struct lbms_envelope {
    int32_t cell_max_mv, cell_min_mv;
    int32_t pack_max_mv, pack_min_mv;
    int32_t current_max_ma, short_circuit_max_ma;
    int32_t charge_min_dc, charge_max_dc;
    int32_t discharge_min_dc, discharge_max_dc;
    int32_t mosfet_max_dc;
    int32_t sample_age_max_ms;
};

/** One pack model. Constant; lives as long as the core that was given it. */
struct lbms_product {
    const char *model;
    uint8_t cells;           /**< cells in series, LBMS_CELLS */
    int32_t cell_nominal_mv; /**< for the energy figure only */
    int32_t capacity_mah;    /**< nominal capacity */
    struct lbms_envelope envelope;
    const struct lbms_param_desc *params; /**< LBMS_PARAM_COUNT rows, index = enum lbms_param */
    const struct lbms_param_order *orders;
    size_t order_count;
    const struct lbms_cell_model *cell; /**< type of cell (battery/cell_model.h); NULL: lbms_cell_lfp100 */
};

/** LOSUN LS-BTN0-P0548100: 16S LiFePO4, 51.2 V, 100 Ah. */
extern const struct lbms_product lbms_product_ls_btn0_p0548100;

#ifdef __cplusplus
}
#endif

#endif
