#include "losun_bms/battery/protection.h"

#include "losun_bms/model/sample.h"

#define P(id)    LBMS_PARAM_##id
#define NONE     LBMS_PARAM_NONE
#define Q(name)  LBMS_QUANTITY_##name
#define WHEN(id) LBMS_MASK(LBMS_CONDITION_##id)

enum { ALONE = 0, GROUP_OV = 1, GROUP_UV = 2 };
enum {
    OVER = 0,
    UNDER = LBMS_ROW_UNDER,
    FAULT = LBMS_ROW_FAULT,
    ALARM = LBMS_ROW_ALARM,
    NOTHING = 0,
    CHARGE = LBMS_PATH_CHARGE,
    DISCHARGE = LBMS_PATH_DISCHARGE,
    BOTH = LBMS_PATHS_BOTH
};

/*
 * Two lines a row:
 *    bit, flags, quantity, paths opened, group, release rule,
 *    alarm level, alarm hysteresis, trip level, trip delay, release level, release delay, lock count, AFE flags, conditions
 *
 * Over-voltage stops charging only, under-voltage discharging only; both rows of such a group release together.
 * Temperatures have a charge window and a discharge window; both are watched whatever the direction of the current.
 * The delay of a condition has passed where it was found out.
 */
/* clang-format off */
const struct lbms_protection_row lbms_protection_rows[] = {
    /* voltages */
    {LBMS_BIT_CELL_OV,           OVER,          Q(CELL_HIGH),  CHARGE,    GROUP_OV, LBMS_RELEASE_OV,
     P(CELL_OV_ALARM_MV),        P(ALARM_HYST_CELL_MV),    P(CELL_OV_PROTECT_MV),      P(CELL_OV_DELAY_MS),      P(CELL_OV_RELEASE_MV),    P(RELEASE_DELAY_MS),  NONE,
     LBMS_AFE_CELL_OV | LBMS_AFE_SECONDARY_OV, 0u},
    {LBMS_BIT_PACK_OV,           OVER,          Q(PACK_HIGH),  CHARGE,    GROUP_OV, LBMS_RELEASE_OV,
     P(PACK_OV_ALARM_MV),        P(ALARM_HYST_PACK_MV),    P(PACK_OV_PROTECT_MV),      P(PACK_OV_DELAY_MS),      P(PACK_OV_RELEASE_MV),    P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_CHARGER_OV,        OVER,          Q(CHARGER),    CHARGE,    ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(CHARGER_OV_PROTECT_MV),   P(CHARGER_OV_DELAY_MS),   P(CHARGER_OV_RELEASE_MV), P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_CELL_UV,           UNDER,         Q(CELL_LOW),   DISCHARGE, GROUP_UV, LBMS_RELEASE_UV,
     P(CELL_UV_ALARM_MV),        P(ALARM_HYST_CELL_MV),    P(CELL_UV_PROTECT_MV),      P(CELL_UV_DELAY_MS),      P(CELL_UV_RELEASE_MV),    P(RELEASE_DELAY_MS),  NONE,
     LBMS_AFE_CELL_UV, 0u},
    {LBMS_BIT_PACK_UV,           UNDER,         Q(PACK_LOW),   DISCHARGE, GROUP_UV, LBMS_RELEASE_UV,
     P(PACK_UV_ALARM_MV),        P(ALARM_HYST_PACK_MV),    P(PACK_UV_PROTECT_MV),      P(PACK_UV_DELAY_MS),      P(PACK_UV_RELEASE_MV),    P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_FAULT_CELL,            UNDER | FAULT, Q(CELL_LOW),   BOTH,      ALONE,    LBMS_RELEASE_SERVICE,
     NONE,                       NONE,                     P(CELL_DEAD_MV),            P(CELL_DEAD_DELAY_MS),    P(CELL_DEAD_MV),          NONE,                 NONE,
     0u, WHEN(CELL_STUCK_LOW)},
    {LBMS_FAULT_CELL,            OVER | FAULT,  Q(CELL_DIFF),  DISCHARGE, ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(CELL_DIFF_FAULT_MV),      P(CELL_DIFF_DELAY_MS),    P(CELL_DIFF_FAULT_RELEASE_MV), P(CELL_DIFF_DELAY_MS), NONE, 0u, 0u},
    {LBMS_BIT_CELL_DIFF,         OVER | ALARM,  Q(CELL_DIFF),  NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(CELL_DIFF_ALARM_MV),      P(CELL_DIFF_DELAY_MS),    P(CELL_DIFF_ALARM_RELEASE_MV), P(CELL_DIFF_DELAY_MS), NONE, 0u, 0u},
    /* currents */
    {LBMS_BIT_CHARGE_OC,         OVER | LBMS_ROW_AFTER_LIMITER, Q(CHARGE), CHARGE, ALONE, LBMS_RELEASE_CHARGE_OC,
     P(CHARGE_OC_ALARM_MA),      P(ALARM_HYST_CURRENT_MA), P(CHARGE_OC_PROTECT_MA),    P(CHARGE_OC_DELAY_MS),    NONE,                     P(OC_RETRY_S),        P(OC_LOCK_COUNT),
     0u, WHEN(LIMITER_FAILED)},
    {LBMS_BIT_CHARGE_OC2,        OVER,          Q(CHARGE),     CHARGE,    ALONE,    LBMS_RELEASE_CHARGE_OC,
     NONE,                       NONE,                     P(CHARGE_OC2_PROTECT_MA),   P(CHARGE_OC2_DELAY_MS),   NONE,                     P(OC_RETRY_S),        P(OC_LOCK_COUNT),
     LBMS_AFE_CHARGE_OC, WHEN(GENTLE_OC)},
    {LBMS_BIT_DISCHARGE_OC,      OVER,          Q(DISCHARGE),  DISCHARGE, ALONE,    LBMS_RELEASE_DISCHARGE_OC,
     P(DISCHARGE_OC_ALARM_MA),   P(ALARM_HYST_CURRENT_MA), P(DISCHARGE_OC_PROTECT_MA), P(DISCHARGE_OC_DELAY_MS), NONE,                     P(OC_RETRY_S),        P(OC_LOCK_COUNT), 0u, 0u},
    {LBMS_BIT_DISCHARGE_OC2,     OVER,          Q(DISCHARGE),  DISCHARGE, ALONE,    LBMS_RELEASE_DISCHARGE_OC,
     NONE,                       NONE,                     P(DISCHARGE_OC2_PROTECT_MA), P(DISCHARGE_OC2_DELAY_MS), NONE,                   P(OC_RETRY_S),        P(OC_LOCK_COUNT),
     LBMS_AFE_DISCHARGE_OC, 0u},
    {LBMS_BIT_SHORT_CIRCUIT,     OVER,          Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_LOAD,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(OC_RETRY_S),        P(SC_LOCK_COUNT),
     LBMS_AFE_SHORT_CIRCUIT, 0u},
    {LBMS_BIT_CHARGE_OC,         OVER | ALARM,  Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(RELEASE_DELAY_MS),  NONE,
     0u, WHEN(CCL_IGNORED)},
    {LBMS_BIT_DISCHARGE_OC,      OVER | ALARM,  Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(RELEASE_DELAY_MS),  NONE,
     0u, WHEN(DCL_IGNORED)},
    /* temperatures */
    {LBMS_BIT_CHARGE_OT,         OVER,          Q(TEMP_HIGH),  CHARGE,    ALONE,    LBMS_RELEASE_LEVELS,
     P(CHG_OT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(CHG_OT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(CHG_OT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_CHARGE_UT,         UNDER,         Q(TEMP_LOW),   CHARGE,    ALONE,    LBMS_RELEASE_LEVELS,
     P(CHG_UT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(CHG_UT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(CHG_UT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_DISCHARGE_OT,      OVER,          Q(TEMP_HIGH),  DISCHARGE, ALONE,    LBMS_RELEASE_LEVELS,
     P(DSG_OT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(DSG_OT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(DSG_OT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_DISCHARGE_UT,      UNDER,         Q(TEMP_LOW),   DISCHARGE, ALONE,    LBMS_RELEASE_LEVELS,
     P(DSG_UT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(DSG_UT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(DSG_UT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_MOSFET_OT,         OVER,          Q(MOSFET),     BOTH,      ALONE,    LBMS_RELEASE_LEVELS,
     P(MOS_OT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(MOS_OT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(MOS_OT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_AMBIENT_OT,        OVER,          Q(BOARD_HIGH), BOTH,      ALONE,    LBMS_RELEASE_LEVELS,
     P(ENV_OT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(ENV_OT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(ENV_OT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_AMBIENT_UT,        UNDER,         Q(BOARD_LOW),  BOTH,      ALONE,    LBMS_RELEASE_LEVELS,
     P(ENV_UT_ALARM_DC),         P(ALARM_HYST_TEMP_DC),    P(ENV_UT_PROTECT_DC),       P(TEMP_DELAY_MS),         P(ENV_UT_RELEASE_DC),     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_TEMP_DIFF,         OVER | ALARM,  Q(TEMP_DIFF),  NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(TEMP_DIFF_ALARM_DC),      P(ALARM_DELAY_MS),        P(TEMP_DIFF_RELEASE_DC),  P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_SOC_LOW,           UNDER | ALARM, Q(SOC_LOW),    NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(SOC_LOW_ALARM_BP),        P(ALARM_DELAY_MS),        P(SOC_LOW_RELEASE_BP),    P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_BIT_MAINTENANCE,       OVER | ALARM,  Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(RELEASE_DELAY_MS),  NONE,
     0u, WHEN(MAINTENANCE)},
    /* measurement and hardware */
    {LBMS_FAULT_SAMPLING,        FAULT,         Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_SELF,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(FAULT_CLEAR_S),     P(FAULT_REPEAT_COUNT),
     LBMS_AFE_OPEN_WIRE | LBMS_AFE_WATCHDOG | LBMS_AFE_TEMPERATURE, WHEN(CELLS_LOST) | WHEN(AFE_CONFIG) | WHEN(SWITCH_STATE)},
    {LBMS_FAULT_CURRENT,         FAULT,         Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_SELF,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(FAULT_CLEAR_S),     P(FAULT_REPEAT_COUNT),
     0u, WHEN(CURRENT_LOST) | WHEN(CURRENT_OFFSET)},
    {LBMS_FAULT_NTC,             FAULT,         Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_SELF,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(FAULT_CLEAR_S),     P(FAULT_REPEAT_COUNT),
     0u, WHEN(NTC_LOST)},
    {LBMS_FAULT_NTC,             FAULT,         Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_SELF,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(FAULT_CLEAR_S),     P(FAULT_REPEAT_COUNT),
     0u, WHEN(TEMPERATURE_LOST)},
    {LBMS_FAULT_CHARGE_MOSFET,   FAULT,         Q(NONE),       CHARGE,    ALONE,    LBMS_RELEASE_SERVICE,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     NONE,                 NONE,
     0u, WHEN(CHARGE_MOSFET)},
    {LBMS_FAULT_DISCHARGE_MOSFET, FAULT,        Q(NONE),       DISCHARGE, ALONE,    LBMS_RELEASE_SERVICE,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     NONE,                 NONE,
     0u, WHEN(DISCHARGE_MOSFET)},
    {LBMS_FAULT_TRIP_UNIT,       FAULT,         Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_SERVICE,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     NONE,                 NONE,
     0u, WHEN(HAZARD)},
    {LBMS_FAULT_OUTPUT,          FAULT,         Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(RELEASE_DELAY_MS),  NONE,
     0u, WHEN(PRECHARGE_FAILED)},
    {LBMS_FAULT_REVERSED,        FAULT,         Q(REVERSED),   BOTH,      ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     P(REVERSED_MV),             P(REVERSED_MS),           NONE,                     P(RELEASE_DELAY_MS),  NONE, 0u, 0u},
    {LBMS_FAULT_SELF_TEST,       FAULT,         Q(NONE),       BOTH,      ALONE,    LBMS_RELEASE_RESET,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     NONE,                 NONE,
     0u, WHEN(SELF_TEST)},
    {LBMS_FAULT_HEATER,          FAULT,         Q(NONE),       NOTHING,   ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                       NONE,                     NONE,                       NONE,                     NONE,                     P(RELEASE_DELAY_MS),  NONE,
     0u, WHEN(HEATER)},
};
/* clang-format on */

const uint8_t lbms_protection_row_count = sizeof(lbms_protection_rows) / sizeof(lbms_protection_rows[0]);
