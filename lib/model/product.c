#include "losun_bms/model/product.h"

#include "losun_bms/model/units.h"

static const struct lbms_param_desc param_table[LBMS_PARAM_COUNT] = {
#define X(id, name, unit, def, min, max) {name, LBMS_UNIT_##unit, def, min, max},
#include "losun_bms/model/param_list.h"
#undef X
};

/* Orderings that every set keeps. Over-limits: release < alarm <= protect; under-limits: protect <= alarm <= release. */
static const struct lbms_param_order order_table[] = {
    {LBMS_PARAM_CELL_OV_RELEASE_MV, LBMS_PARAM_CELL_OV_ALARM_MV, 1},
    {LBMS_PARAM_CELL_OV_ALARM_MV, LBMS_PARAM_CELL_OV_PROTECT_MV, 0},
    {LBMS_PARAM_PACK_OV_RELEASE_MV, LBMS_PARAM_PACK_OV_ALARM_MV, 1},
    {LBMS_PARAM_PACK_OV_ALARM_MV, LBMS_PARAM_PACK_OV_PROTECT_MV, 0},
    {LBMS_PARAM_CELL_UV_PROTECT_MV, LBMS_PARAM_CELL_UV_ALARM_MV, 0},
    {LBMS_PARAM_CELL_UV_ALARM_MV, LBMS_PARAM_CELL_UV_RELEASE_MV, 0},
    {LBMS_PARAM_PACK_UV_PROTECT_MV, LBMS_PARAM_PACK_UV_ALARM_MV, 0},
    {LBMS_PARAM_PACK_UV_ALARM_MV, LBMS_PARAM_PACK_UV_RELEASE_MV, 0},
    {LBMS_PARAM_CELL_VALID_MIN_MV, LBMS_PARAM_CELL_UV_PROTECT_MV, 1},
    {LBMS_PARAM_CELL_OV_PROTECT_MV, LBMS_PARAM_CELL_VALID_MAX_MV, 1},
    {LBMS_PARAM_BODY_DIODE_OFF_MA, LBMS_PARAM_BODY_DIODE_ON_MA, 1},
    {LBMS_PARAM_BUTTON_MIN_MS, LBMS_PARAM_BUTTON_MAX_MS, 1},
    {LBMS_PARAM_BUTTON_MAX_MS, LBMS_PARAM_BUTTON_RESET_MS, 0},
};

const struct lbms_product lbms_product_ls_btn0_p0548100 = {
    "LS-BTN0-P0548100",
    LBMS_CELLS,
    3200,   /* manual 1: 51.2 V / 16 */
    100000, /* manual 1: 100 Ah */
    {
        LBMS_ENVELOPE_CELL_MAX_MV,
        LBMS_ENVELOPE_CELL_MIN_MV,
        LBMS_ENVELOPE_PACK_MAX_MV,
        LBMS_ENVELOPE_PACK_MIN_MV,
        LBMS_ENVELOPE_CURRENT_MAX_MA,
        LBMS_ENVELOPE_SHORT_CIRCUIT_MAX_MA,
        LBMS_ENVELOPE_CHARGE_MIN_DC,
        LBMS_ENVELOPE_CHARGE_MAX_DC,
        LBMS_ENVELOPE_DISCHARGE_MIN_DC,
        LBMS_ENVELOPE_DISCHARGE_MAX_DC,
        LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS,
    },
    param_table,
    order_table,
    sizeof(order_table) / sizeof(order_table[0]),
};
