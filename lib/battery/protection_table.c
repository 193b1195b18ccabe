#include "losun_bms/battery/protection.h"

#define P(id) LBMS_PARAM_##id
#define NONE  LBMS_PARAM_NONE

enum { ALONE = 0, GROUP_OV = 1, GROUP_UV = 2 };

/*
 * Over-voltage stops charging only, under-voltage discharging only. Both rows of a group release together: every cell
 * and the pack must be inside. A lost measurement opens both paths; its delay is inside the quantity already.
 */
/* clang-format off */
const struct lbms_protection_row lbms_protection_rows[] = {
/*   bit                     flags            quantity                        action               group     release rule
     alarm level             alarm hysteresis        trip level                 trip delay             release level              release delay */
    {LBMS_BIT_CELL_OV,       0u,              LBMS_QUANTITY_CELL_MAX_MV,      LBMS_PATH_CHARGE,    GROUP_OV, LBMS_RELEASE_SOC_OR_DISCHARGE,
     P(CELL_OV_ALARM_MV),    P(ALARM_HYST_CELL_MV),  P(CELL_OV_PROTECT_MV),     P(CELL_OV_DELAY_MS),   P(CELL_OV_RELEASE_MV),     P(RELEASE_DELAY_MS)},
    {LBMS_BIT_PACK_OV,       0u,              LBMS_QUANTITY_PACK_MV,          LBMS_PATH_CHARGE,    GROUP_OV, LBMS_RELEASE_SOC_OR_DISCHARGE,
     P(PACK_OV_ALARM_MV),    P(ALARM_HYST_PACK_MV),  P(PACK_OV_PROTECT_MV),     P(PACK_OV_DELAY_MS),   P(PACK_OV_RELEASE_MV),     P(RELEASE_DELAY_MS)},
    {LBMS_BIT_CELL_UV,       LBMS_ROW_UNDER,  LBMS_QUANTITY_CELL_MIN_MV,      LBMS_PATH_DISCHARGE, GROUP_UV, LBMS_RELEASE_LEVELS,
     P(CELL_UV_ALARM_MV),    P(ALARM_HYST_CELL_MV),  P(CELL_UV_PROTECT_MV),     P(CELL_UV_DELAY_MS),   P(CELL_UV_RELEASE_MV),     P(RELEASE_DELAY_MS)},
    {LBMS_BIT_PACK_UV,       LBMS_ROW_UNDER,  LBMS_QUANTITY_PACK_MV,          LBMS_PATH_DISCHARGE, GROUP_UV, LBMS_RELEASE_LEVELS,
     P(PACK_UV_ALARM_MV),    P(ALARM_HYST_PACK_MV),  P(PACK_UV_PROTECT_MV),     P(PACK_UV_DELAY_MS),   P(PACK_UV_RELEASE_MV),     P(RELEASE_DELAY_MS)},
    {LBMS_FAULT_SAMPLING,    LBMS_ROW_FAULT,  LBMS_QUANTITY_CELLS_LOST,       LBMS_PATHS_BOTH,     ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                   NONE,                   NONE,                      NONE,                  NONE,                      P(FAULT_CLEAR_S)},
    {LBMS_FAULT_CURRENT,     LBMS_ROW_FAULT,  LBMS_QUANTITY_CURRENT_LOST,     LBMS_PATHS_BOTH,     ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                   NONE,                   NONE,                      NONE,                  NONE,                      P(FAULT_CLEAR_S)},
    {LBMS_FAULT_OUTPUT,      LBMS_ROW_FAULT,  LBMS_QUANTITY_PRECHARGE_FAILED, LBMS_PATHS_BOTH,     ALONE,    LBMS_RELEASE_LEVELS,
     NONE,                   NONE,                   NONE,                      NONE,                  NONE,                      P(RELEASE_DELAY_MS)},
};
/* clang-format on */

const uint8_t lbms_protection_row_count = sizeof(lbms_protection_rows) / sizeof(lbms_protection_rows[0]);
