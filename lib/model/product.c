#include "losun_bms/model/product.h"

#include "losun_bms/model/units.h"

/* Tables hold the id of a parameter in one byte, and LBMS_PARAM_NONE is none. */
typedef char lbms_params_fit_in_a_byte[(LBMS_PARAM_COUNT < LBMS_PARAM_NONE) ? 1 : -1];

static const struct lbms_param_desc param_table[LBMS_PARAM_COUNT] = {
#define X(id, name, unit, def, min, max) {name, LBMS_UNIT_##unit, def, min, max},
#include "losun_bms/model/param_list.h"
#undef X
};

/* Orderings that every set of parameters keeps. */
#define BELOW(low, high)                       \
    {                                          \
        LBMS_PARAM_##low, LBMS_PARAM_##high, 1 \
    }
#define UP_TO(low, high)                       \
    {                                          \
        LBMS_PARAM_##low, LBMS_PARAM_##high, 0 \
    }
static const struct lbms_param_order order_table[] = {
    /* over-limits: release < alarm <= protect */
    BELOW(CELL_OV_RELEASE_MV, CELL_OV_ALARM_MV),
    UP_TO(CELL_OV_ALARM_MV, CELL_OV_PROTECT_MV),
    BELOW(PACK_OV_RELEASE_MV, PACK_OV_ALARM_MV),
    UP_TO(PACK_OV_ALARM_MV, PACK_OV_PROTECT_MV),
    /* under-limits: protect <= alarm <= release */
    UP_TO(CELL_UV_PROTECT_MV, CELL_UV_ALARM_MV),
    UP_TO(CELL_UV_ALARM_MV, CELL_UV_RELEASE_MV),
    UP_TO(PACK_UV_PROTECT_MV, PACK_UV_ALARM_MV),
    UP_TO(PACK_UV_ALARM_MV, PACK_UV_RELEASE_MV),
    /* temperatures: hot side release <= alarm < protect, cold side protect < alarm <= release */
    UP_TO(CHG_OT_RELEASE_DC, CHG_OT_ALARM_DC),
    BELOW(CHG_OT_ALARM_DC, CHG_OT_PROTECT_DC),
    UP_TO(DSG_OT_RELEASE_DC, DSG_OT_ALARM_DC),
    BELOW(DSG_OT_ALARM_DC, DSG_OT_PROTECT_DC),
    UP_TO(MOS_OT_RELEASE_DC, MOS_OT_ALARM_DC),
    BELOW(MOS_OT_ALARM_DC, MOS_OT_PROTECT_DC),
    UP_TO(ENV_OT_RELEASE_DC, ENV_OT_ALARM_DC),
    BELOW(ENV_OT_ALARM_DC, ENV_OT_PROTECT_DC),
    BELOW(CHG_UT_PROTECT_DC, CHG_UT_ALARM_DC),
    UP_TO(CHG_UT_ALARM_DC, CHG_UT_RELEASE_DC),
    BELOW(DSG_UT_PROTECT_DC, DSG_UT_ALARM_DC),
    UP_TO(DSG_UT_ALARM_DC, DSG_UT_RELEASE_DC),
    BELOW(ENV_UT_PROTECT_DC, ENV_UT_ALARM_DC),
    UP_TO(ENV_UT_ALARM_DC, ENV_UT_RELEASE_DC),
    /* a window that is upside down makes no sense */
    BELOW(CHG_UT_RELEASE_DC, CHG_OT_RELEASE_DC),
    BELOW(DSG_UT_RELEASE_DC, DSG_OT_RELEASE_DC),
    BELOW(ENV_UT_RELEASE_DC, ENV_OT_RELEASE_DC),
    BELOW(TEMP_DIFF_RELEASE_DC, TEMP_DIFF_ALARM_DC),
    /* currents */
    UP_TO(CHARGE_OC_ALARM_MA, CHARGE_OC_PROTECT_MA),
    UP_TO(CHARGE_OC_PROTECT_MA, CHARGE_OC2_PROTECT_MA),
    UP_TO(DISCHARGE_OC_ALARM_MA, DISCHARGE_OC_PROTECT_MA),
    UP_TO(DISCHARGE_OC_PROTECT_MA, DISCHARGE_OC2_PROTECT_MA),
    BELOW(DISCHARGE_OC2_PROTECT_MA, SHORT_CIRCUIT_MA),
    BELOW(BODY_DIODE_OFF_MA, BODY_DIODE_ON_MA),
    BELOW(CURRENT_IDLE_MA, FULL_CHARGE_MA),
    BELOW(MOS_DROP_MIN_MA, MOS_DROP_MAX_MA),
    /* cell voltages, from dead to over-voltage */
    BELOW(CELL_VALID_MIN_MV, CELL_DEAD_MV),
    BELOW(CELL_DEAD_MV, CELL_UV_PROTECT_MV),
    BELOW(CELL_VALID_MIN_MV, CELL_UV_PROTECT_MV),
    BELOW(CELL_OV_RELEASE_MV, FULL_CELL_MV),
    UP_TO(FULL_CELL_MV, CELL_OV_PROTECT_MV),
    BELOW(CELL_OV_PROTECT_MV, CELL_VALID_MAX_MV),
    BELOW(CELL_UV_RELEASE_MV, CELL_OV_RELEASE_MV),
    /* pack voltages, likewise */
    BELOW(LOW_CHARGE_PACK_MV, PACK_UV_PROTECT_MV),
    BELOW(PACK_UV_PROTECT_MV, DVL_MV),
    UP_TO(DVL_MV, PACK_UV_RELEASE_MV),
    BELOW(PACK_UV_RELEASE_MV, PACK_OV_RELEASE_MV),
    BELOW(PACK_OV_RELEASE_MV, FULL_CHARGE_MV),
    BELOW(FULL_CHARGE_MV, CVL_MV),
    UP_TO(CVL_MV, PACK_OV_PROTECT_MV),
    UP_TO(PACK_OV_PROTECT_MV, CHARGER_OV_PROTECT_MV),
    UP_TO(CHARGER_OV_RELEASE_MV, CHARGER_OV_PROTECT_MV),
    BELOW(FULL_RECOVERY_MV, FULL_CHARGE_MV),
    UP_TO(CVL_TRIM_FLOOR_MV, CVL_MV),
    BELOW(DVL_MV, CVL_TRIM_FLOOR_MV),
    /* differences, hysteresis, SOC */
    UP_TO(CELL_DIFF_ALARM_MV, CELL_DIFF_FAULT_MV),
    BELOW(CELL_DIFF_ALARM_RELEASE_MV, CELL_DIFF_ALARM_MV),
    BELOW(CELL_DIFF_FAULT_RELEASE_MV, CELL_DIFF_FAULT_MV),
    BELOW(BALANCE_STOP_DELTA_MV, BALANCE_DELTA_MV),
    BELOW(SOC_LOW_ALARM_BP, SOC_LOW_RELEASE_BP),
    BELOW(HEATER_ON_DC, HEATER_OFF_DC),
    UP_TO(CHG_UT_RELEASE_DC, HEATER_OFF_DC),
    UP_TO(HEATER_OFF_DC, HEATER_CELL_MAX_DC),
    BELOW(HEATER_CELL_MIN_DC, HEATER_ON_DC),
    /* times */
    BELOW(BUTTON_MIN_MS, BUTTON_MAX_MS),
    UP_TO(BUTTON_MAX_MS, BUTTON_RESET_MS),
    UP_TO(LOCK_CONSECUTIVE_S, LOCK_FORGET_S),
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
        LBMS_ENVELOPE_MOSFET_MAX_DC,
        LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS,
    },
    param_table,
    order_table,
    sizeof(order_table) / sizeof(order_table[0]),
    NULL, /* the default type of cell */
};
