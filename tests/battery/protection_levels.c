#include "protection_levels.h"

#define P(id)     LBMS_PARAM_##id
#define NONE      LBMS_PARAM_NONE
#define BOTH      LBMS_PATHS_BOTH
#define CHARGE    LBMS_PATH_CHARGE
#define DISCHARGE LBMS_PATH_DISCHARGE

/* Two lines a row, as in struct row. */
/* clang-format off */
const struct row rows[ROWS] = {
    {"cell over-voltage",        {PROTECTION, LBMS_BIT_CELL_OV},       CELL,      1,   3650,  1000,   3380, 1000,   3600,   3550, CHARGE,
     {P(CELL_OV_PROTECT_MV), P(CELL_OV_DELAY_MS), P(CELL_OV_RELEASE_MV), P(RELEASE_DELAY_MS), P(CELL_OV_ALARM_MV), P(ALARM_HYST_CELL_MV)}},
    {"pack over-voltage",        {PROTECTION, LBMS_BIT_PACK_OV},       PACK,      1,  58400,  1000,  54000, 1000,  57600,  56800, CHARGE,
     {P(PACK_OV_PROTECT_MV), P(PACK_OV_DELAY_MS), P(PACK_OV_RELEASE_MV), P(RELEASE_DELAY_MS), P(PACK_OV_ALARM_MV), P(ALARM_HYST_PACK_MV)}},
    {"charger over-voltage",     {PROTECTION, LBMS_BIT_CHARGER_OV},    CHARGER,   1,  60000,   500,  58400, 1000, NO_ALARM,     0, CHARGE,
     {P(CHARGER_OV_PROTECT_MV), P(CHARGER_OV_DELAY_MS), P(CHARGER_OV_RELEASE_MV), P(RELEASE_DELAY_MS), NONE, NONE}},
    {"cell under-voltage",       {PROTECTION, LBMS_BIT_CELL_UV},       CELL,     -1,   2600,  1000,   2900, 1000,   2800,   2850, DISCHARGE,
     {P(CELL_UV_PROTECT_MV), P(CELL_UV_DELAY_MS), P(CELL_UV_RELEASE_MV), P(RELEASE_DELAY_MS), P(CELL_UV_ALARM_MV), P(ALARM_HYST_CELL_MV)}},
    {"pack under-voltage",       {PROTECTION, LBMS_BIT_PACK_UV},       PACK,     -1,  45600,  1000,  48000, 1000,  46400,  47200, DISCHARGE,
     {P(PACK_UV_PROTECT_MV), P(PACK_UV_DELAY_MS), P(PACK_UV_RELEASE_MV), P(RELEASE_DELAY_MS), P(PACK_UV_ALARM_MV), P(ALARM_HYST_PACK_MV)}},
    {"dead cell",                {FAULT, LBMS_FAULT_CELL},       EVERY_CELL,     -1,   2000,  5000,      0, NEVER_OUT, NO_ALARM,  0, BOTH,
     {P(CELL_DEAD_MV), P(CELL_DEAD_DELAY_MS), NONE, NONE, NONE, NONE}},
    {"cell difference fault",    {FAULT, LBMS_FAULT_CELL},             SPREAD,    1,   1000,  5000,    500, 5000, NO_ALARM,     0, DISCHARGE,
     {P(CELL_DIFF_FAULT_MV), P(CELL_DIFF_DELAY_MS), P(CELL_DIFF_FAULT_RELEASE_MV), P(CELL_DIFF_DELAY_MS), NONE, NONE}},
    {"cell difference alarm",    {ALARM, LBMS_BIT_CELL_DIFF},          SPREAD,    1,    500,  5000,    300, 5000, NO_ALARM,     0, 0,
     {P(CELL_DIFF_ALARM_MV), P(CELL_DIFF_DELAY_MS), P(CELL_DIFF_ALARM_RELEASE_MV), P(CELL_DIFF_DELAY_MS), NONE, NONE}},
    {"charge over-current",      {PROTECTION, LBMS_BIT_CHARGE_OC},     CURRENT,   1, 110000,  1000,      0, NEVER_OUT, 105000, 103000, CHARGE,
     {P(CHARGE_OC_PROTECT_MA), P(CHARGE_OC_DELAY_MS), NONE, NONE, P(CHARGE_OC_ALARM_MA), P(ALARM_HYST_CURRENT_MA)}},
    {"charge over-current 2",    {PROTECTION, LBMS_BIT_CHARGE_OC2},    CURRENT,   1, 150000,   100,      0, NEVER_OUT, NO_ALARM,  0, CHARGE,
     {P(CHARGE_OC2_PROTECT_MA), P(CHARGE_OC2_DELAY_MS), NONE, NONE, NONE, NONE}},
    {"discharge over-current",   {PROTECTION, LBMS_BIT_DISCHARGE_OC},  CURRENT,  -1, -110000, 1000,      0, NEVER_OUT, -105000, -103000, DISCHARGE,
     {P(DISCHARGE_OC_PROTECT_MA), P(DISCHARGE_OC_DELAY_MS), NONE, NONE, P(DISCHARGE_OC_ALARM_MA), P(ALARM_HYST_CURRENT_MA)}},
    {"discharge over-current 2", {PROTECTION, LBMS_BIT_DISCHARGE_OC2}, CURRENT,  -1, -150000,  500,      0, NEVER_OUT, NO_ALARM,  0, DISCHARGE,
     {P(DISCHARGE_OC2_PROTECT_MA), P(DISCHARGE_OC2_DELAY_MS), NONE, NONE, NONE, NONE}},
    {"charge high temperature",  {PROTECTION, LBMS_BIT_CHARGE_OT},     CELLS_DC,  1,    550,  2000,    500, 1000,    500,    480, CHARGE,
     {P(CHG_OT_PROTECT_DC), P(TEMP_DELAY_MS), P(CHG_OT_RELEASE_DC), P(RELEASE_DELAY_MS), P(CHG_OT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"charge low temperature",   {PROTECTION, LBMS_BIT_CHARGE_UT},     CELLS_DC, -1,      0,  2000,     30, 1000,     30,     50, CHARGE,
     {P(CHG_UT_PROTECT_DC), P(TEMP_DELAY_MS), P(CHG_UT_RELEASE_DC), P(RELEASE_DELAY_MS), P(CHG_UT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"discharge high",           {PROTECTION, LBMS_BIT_DISCHARGE_OT},  CELLS_DC,  1,    600,  2000,    550, 1000,    550,    530, DISCHARGE,
     {P(DSG_OT_PROTECT_DC), P(TEMP_DELAY_MS), P(DSG_OT_RELEASE_DC), P(RELEASE_DELAY_MS), P(DSG_OT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"discharge low",            {PROTECTION, LBMS_BIT_DISCHARGE_UT},  CELLS_DC, -1,   -200,  2000,   -150, 1000,   -150,   -130, DISCHARGE,
     {P(DSG_UT_PROTECT_DC), P(TEMP_DELAY_MS), P(DSG_UT_RELEASE_DC), P(RELEASE_DELAY_MS), P(DSG_UT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"MOSFET high temperature",  {PROTECTION, LBMS_BIT_MOSFET_OT},     MOSFET_DC, 1,   1050,  2000,    850, 1000,    900,    880, BOTH,
     {P(MOS_OT_PROTECT_DC), P(TEMP_DELAY_MS), P(MOS_OT_RELEASE_DC), P(RELEASE_DELAY_MS), P(MOS_OT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"environment high",         {PROTECTION, LBMS_BIT_AMBIENT_OT},    BOARD_DC,  1,    700,  2000,    650, 1000,    650,    630, BOTH,
     {P(ENV_OT_PROTECT_DC), P(TEMP_DELAY_MS), P(ENV_OT_RELEASE_DC), P(RELEASE_DELAY_MS), P(ENV_OT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"environment low",          {PROTECTION, LBMS_BIT_AMBIENT_UT},    BOARD_DC, -1,   -200,  2000,   -150, 1000,   -150,   -130, BOTH,
     {P(ENV_UT_PROTECT_DC), P(TEMP_DELAY_MS), P(ENV_UT_RELEASE_DC), P(RELEASE_DELAY_MS), P(ENV_UT_ALARM_DC), P(ALARM_HYST_TEMP_DC)}},
    {"temperature difference",   {ALARM, LBMS_BIT_TEMP_DIFF},          ONE_DC,    1,    400,  1000,    350, 1000, NO_ALARM,     0, 0,
     {P(TEMP_DIFF_ALARM_DC), P(ALARM_DELAY_MS), P(TEMP_DIFF_RELEASE_DC), P(RELEASE_DELAY_MS), NONE, NONE}},
    {"SOC low",                  {ALARM, LBMS_BIT_SOC_LOW},            SOC_BP,   -1,    500,  1000,    800, 1000, NO_ALARM,     0, 0,
     {P(SOC_LOW_ALARM_BP), P(ALARM_DELAY_MS), P(SOC_LOW_RELEASE_BP), P(RELEASE_DELAY_MS), NONE, NONE}},
    {"charger reversed",         {FAULT, LBMS_FAULT_REVERSED},         REVERSED, -1,  -1000,   100,      0, 1000, NO_ALARM,     0, BOTH,
     {P(REVERSED_MV), P(REVERSED_MS), NONE, P(RELEASE_DELAY_MS), NONE, NONE}},
};
/* clang-format on */

void levels_place(struct rig *rig, const struct row *row, int32_t value)
{
    unsigned i;

    switch (row->what) {
    case CELL:
        measured_cell(&rig->m, 6u, (uint16_t)value);
        break;
    case EVERY_CELL:
        measured_cells(&rig->m, (uint16_t)value);
        rig->m.pack_mv = RESTED_PACK_MV;
        break;
    case SPREAD: /* inside the limits of the cells */
        measured_cells(&rig->m, 2640u);
        measured_cell(&rig->m, 9u, (uint16_t)(2640 + value));
        rig->m.pack_mv = RESTED_PACK_MV;
        break;
    case PACK:
        rig->m.pack_mv = value;
        break;
    case CHARGER:
        rig->m.closed = LBMS_SWITCH_DISCHARGE;
        rig->m.terminal_mv = value;
        break;
    case REVERSED:
        rig->m.closed = 0u;
        rig->m.terminal_mv = value;
        break;
    case CURRENT:
        rig->m.current_ma = value;
        break;
    case CELLS_DC:
    case ONE_DC:
        for (i = 0u; i < LBMS_NTCS; i++) {
            rig->m.ntc_dc[i] = (int16_t)((row->what == ONE_DC && i != 2u) ? 250 : value);
        }
        rig->m.temp_max_dc = (int16_t)value;
        rig->m.temp_min_dc = (int16_t)((row->what == ONE_DC) ? 250 : value);
        rig->m.temp_low_dc = rig->m.temp_min_dc;
        rig->m.temp_high_dc = rig->m.temp_max_dc;
        break;
    case MOSFET_DC:
        rig->m.mosfet_dc = (int16_t)value;
        break;
    case BOARD_DC:
        rig->m.ambient_dc = (int16_t)value;
        break;
    case SOC_BP:
        rig->in.soc_bp = (uint16_t)value;
        break;
    }
}

uint16_t levels_validity(enum what what)
{
    switch (what) {
    case CELL:
    case EVERY_CELL:
    case SPREAD:
        return LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE;
    case PACK:
        return LBMS_VALID_PACK;
    case CHARGER:
    case REVERSED:
        return LBMS_VALID_TERMINAL;
    case CURRENT:
        return LBMS_VALID_CURRENT;
    case CELLS_DC:
    case ONE_DC:
        return LBMS_VALID_NTCS | LBMS_VALID_TEMP_RANGE;
    case MOSFET_DC:
        return LBMS_VALID_MOSFET;
    case BOARD_DC:
        return LBMS_VALID_AMBIENT;
    default:
        return 0u;
    }
}
