/* What no message may do to the parameters. */
#include <string.h>

#include "campaign/oracle_parts.h"

/* Orderings of the product's parameter page. */
struct order {
    uint8_t low, high;
    bool equal; /* is permitted */
    const char *what;
};

#define ID(name) LBMS_PARAM_##name
#define BELOW(low, high)                           \
    {                                              \
        ID(low), ID(high), false, #low " < " #high \
    }
#define UP_TO(low, high)                           \
    {                                              \
        ID(low), ID(high), true, #low " <= " #high \
    }
static const struct order orders[] = {
    BELOW(CELL_OV_RELEASE_MV, CELL_OV_ALARM_MV),
    UP_TO(CELL_OV_ALARM_MV, CELL_OV_PROTECT_MV),
    BELOW(PACK_OV_RELEASE_MV, PACK_OV_ALARM_MV),
    UP_TO(PACK_OV_ALARM_MV, PACK_OV_PROTECT_MV),
    UP_TO(CELL_UV_PROTECT_MV, CELL_UV_ALARM_MV),
    UP_TO(CELL_UV_ALARM_MV, CELL_UV_RELEASE_MV),
    UP_TO(PACK_UV_PROTECT_MV, PACK_UV_ALARM_MV),
    UP_TO(PACK_UV_ALARM_MV, PACK_UV_RELEASE_MV),
    BELOW(CELL_DEAD_MV, CELL_UV_PROTECT_MV),
    BELOW(CELL_VALID_MIN_MV, CELL_DEAD_MV),
    BELOW(LOW_CHARGE_PACK_MV, PACK_UV_PROTECT_MV),
    BELOW(PACK_UV_PROTECT_MV, DVL_MV),
    UP_TO(DVL_MV, PACK_UV_RELEASE_MV),
    BELOW(PACK_OV_RELEASE_MV, FULL_CHARGE_MV),
    BELOW(FULL_CHARGE_MV, CVL_MV),
    UP_TO(CVL_MV, PACK_OV_PROTECT_MV),
    UP_TO(PACK_OV_PROTECT_MV, CHARGER_OV_PROTECT_MV),
    BELOW(FULL_RECOVERY_MV, FULL_CHARGE_MV),
    BELOW(CELL_OV_RELEASE_MV, FULL_CELL_MV),
    UP_TO(FULL_CELL_MV, CELL_OV_PROTECT_MV),
    UP_TO(CHARGE_OC_PROTECT_MA, CHARGE_OC2_PROTECT_MA),
    UP_TO(DISCHARGE_OC_PROTECT_MA, DISCHARGE_OC2_PROTECT_MA),
    BELOW(DISCHARGE_OC2_PROTECT_MA, SHORT_CIRCUIT_MA),
    BELOW(CURRENT_IDLE_MA, FULL_CHARGE_MA),
    BELOW(BODY_DIODE_OFF_MA, BODY_DIODE_ON_MA),
    BELOW(BALANCE_STOP_DELTA_MV, BALANCE_DELTA_MV),
    UP_TO(CELL_DIFF_ALARM_MV, CELL_DIFF_FAULT_MV),
    BELOW(CELL_DIFF_ALARM_RELEASE_MV, CELL_DIFF_ALARM_MV),
    BELOW(CELL_DIFF_FAULT_RELEASE_MV, CELL_DIFF_FAULT_MV),
    BELOW(SOC_LOW_ALARM_BP, SOC_LOW_RELEASE_BP),
    BELOW(HEATER_ON_DC, HEATER_OFF_DC),
    BELOW(BUTTON_MIN_MS, BUTTON_MAX_MS),
    UP_TO(BUTTON_MAX_MS, BUTTON_RESET_MS),
    BELOW(CHG_OT_ALARM_DC, CHG_OT_PROTECT_DC),
    UP_TO(CHG_OT_RELEASE_DC, CHG_OT_ALARM_DC),
    BELOW(DSG_OT_ALARM_DC, DSG_OT_PROTECT_DC),
    UP_TO(DSG_OT_RELEASE_DC, DSG_OT_ALARM_DC),
    BELOW(MOS_OT_ALARM_DC, MOS_OT_PROTECT_DC),
    UP_TO(MOS_OT_RELEASE_DC, MOS_OT_ALARM_DC),
    BELOW(ENV_OT_ALARM_DC, ENV_OT_PROTECT_DC),
    UP_TO(ENV_OT_RELEASE_DC, ENV_OT_ALARM_DC),
    BELOW(CHG_UT_PROTECT_DC, CHG_UT_ALARM_DC),
    UP_TO(CHG_UT_ALARM_DC, CHG_UT_RELEASE_DC),
    BELOW(DSG_UT_PROTECT_DC, DSG_UT_ALARM_DC),
    UP_TO(DSG_UT_ALARM_DC, DSG_UT_RELEASE_DC),
    BELOW(ENV_UT_PROTECT_DC, ENV_UT_ALARM_DC),
    UP_TO(ENV_UT_ALARM_DC, ENV_UT_RELEASE_DC),
};

/* The figures of the product manual: what no write may pass. */
static void judge_envelope(struct oracle *o, const struct look *look)
{
    require(o, ORACLE_PARAMS, (P(CELL_OV_PROTECT_MV) <= 3650) && (P(PACK_OV_PROTECT_MV) <= 58400),
            "OV envelope");
    require(o, ORACLE_PARAMS, (P(CELL_UV_PROTECT_MV) >= 2500) && (P(PACK_UV_PROTECT_MV) >= 45600),
            "UV envelope");
    require(o, ORACLE_PARAMS, (P(CHARGE_OC_PROTECT_MA) <= 110000) && (P(DISCHARGE_OC_PROTECT_MA) <= 110000),
            "current envelope");
    require(o, ORACLE_PARAMS, (P(SHORT_CIRCUIT_MA) <= 500000) && (P(SAMPLE_STALE_MS) <= 2000),
            "short-circuit or age envelope");
    require(o, ORACLE_PARAMS,
            (P(CHG_UT_PROTECT_DC) >= 0) && (P(CHG_OT_PROTECT_DC) <= 600) && (P(DSG_UT_PROTECT_DC) >= -200) &&
                (P(DSG_OT_PROTECT_DC) <= 600) && (P(MOS_OT_PROTECT_DC) <= 1150),
            "temperature envelope");
    require(o, ORACLE_PARAMS,
            (P(CVL_MV) <= 58400) && (P(DVL_MV) >= 45600) && (P(CCL_MA) <= 110000) && (P(DCL_MA) <= 110000),
            "envelope of the limits");
}

void judge_params(struct oracle *o, const struct look *look)
{
    const struct lbms_param_desc *desc = lbms_product_ls_btn0_p0548100.params;
    const bool same = memcmp(&o->params, look->params, sizeof(o->params)) == 0;
    const bool accepted = look->in->has_command && (look->s->result == LBMS_OK) &&
                          ((look->in->command.kind == LBMS_COMMAND_SET_PARAMS) ||
                           (look->in->command.kind == LBMS_COMMAND_RESTORE_DEFAULTS));
    unsigned i;

    if (!o->booted && same) {
        return;
    }
    require(o, ORACLE_PARAMS, o->booted || accepted, "parameters changed by no accepted write");
    o->params = *look->params;
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        require_row(o, ORACLE_PARAMS,
                    (look->params->v[i] >= desc[i].min) && (look->params->v[i] <= desc[i].max),
                    "outside its range", desc[i].name);
    }
    judge_envelope(o, look);
    for (i = 0u; i < (sizeof(orders) / sizeof(orders[0])); i++) {
        const int32_t low = look->params->v[orders[i].low];
        const int32_t high = look->params->v[orders[i].high];

        require_row(o, ORACLE_PARAMS, (low < high) || (orders[i].equal && (low == high)),
                    "an ordering is broken", orders[i].what);
    }
}
