/**
 * @file
 * The parameter table: one row for each parameter, read by validation, storage, protocols, tools and documentation.
 *
 *     X(id, name, unit, default, minimum, maximum)
 *
 * Minimum and maximum never leave the safety envelope (model/envelope.h); a test proves it. The order of the rows
 * gives the ids; new rows go to the end of their group until the first release fixes the numbers.
 * Sources, per row: M n = product manual section n; CAP = default read from a PACE P16S100A pack (100 Ah, 16S);
 * FAM = other packs of that board family; SEP = Seplos 3.0 16S factory settings; IEC = common practice after
 * IEC 62619; EJ = engineering judgement of this project, reasons in docs/parameters.md.
 *
 * This file has no include guard on purpose: define X, include it, and undefine X.
 */
/* clang-format off */

/* Cell and pack over-voltage */
X(CELL_OV_ALARM_MV,         "cell_ov_alarm_mv",         MV, 3600,  3300,  LBMS_ENVELOPE_CELL_MAX_MV) /* CAP, FAM */
X(CELL_OV_PROTECT_MV,       "cell_ov_protect_mv",       MV, 3650,  3400,  LBMS_ENVELOPE_CELL_MAX_MV) /* M 1: 58.4 V / 16 */
X(CELL_OV_RELEASE_MV,       "cell_ov_release_mv",       MV, 3380,  3200,  3600)  /* CAP, FAM */
X(CELL_OV_DELAY_MS,         "cell_ov_delay_ms",         MS, 1000,  500,   20000) /* CAP */
X(PACK_OV_ALARM_MV,         "pack_ov_alarm_mv",         MV, 57600, 50000, LBMS_ENVELOPE_PACK_MAX_MV) /* CAP, FAM */
X(PACK_OV_PROTECT_MV,       "pack_ov_protect_mv",       MV, 58400, 52000, LBMS_ENVELOPE_PACK_MAX_MV) /* M 1 */
X(PACK_OV_RELEASE_MV,       "pack_ov_release_mv",       MV, 54000, 48000, 58000) /* CAP, SEP */
X(PACK_OV_DELAY_MS,         "pack_ov_delay_ms",         MS, 1000,  500,   20000) /* CAP */
X(CHARGER_OV_PROTECT_MV,      "charger_ov_protect_mv",        MV, 60000, LBMS_ENVELOPE_PACK_MAX_MV, 65000) /* EJ: terminal voltage with the charge path open */
X(CHARGER_OV_RELEASE_MV,      "charger_ov_release_mv",        MV, 58400, 52000, 58400) /* EJ */
X(CHARGER_OV_DELAY_MS,        "charger_ov_delay_ms",          MS, 500, 100, 5000) /* EJ */
X(OV_RELEASE_SOC_BP,        "ov_release_soc_bp",        BP, 9600,  7400,  9700)  /* FAM; range of PACE command A5H */
X(OV_RELEASE_DISCHARGE_MA,  "ov_release_discharge_ma",  MA, 1000,  200,   10000) /* FAM: discharge > 1 A releases */
X(OV_RELEASE_DISCHARGE_MS,    "ov_release_discharge_ms",      MS, 1000, 100, 10000) /* FAM; duration EJ */

/* Cell and pack under-voltage */
X(CELL_UV_ALARM_MV,         "cell_uv_alarm_mv",         MV, 2800,  LBMS_ENVELOPE_CELL_MIN_MV, 3300) /* CAP, FAM */
X(CELL_UV_PROTECT_MV,       "cell_uv_protect_mv",       MV, 2600,  LBMS_ENVELOPE_CELL_MIN_MV, 3200) /* CAP 2500, raised 100 mV for the delay */
X(CELL_UV_RELEASE_MV,       "cell_uv_release_mv",       MV, 2900,  2600,  3400)  /* CAP, FAM */
X(CELL_UV_DELAY_MS,         "cell_uv_delay_ms",         MS, 1000,  500,   20000) /* CAP */
X(PACK_UV_ALARM_MV,         "pack_uv_alarm_mv",         MV, 46400, LBMS_ENVELOPE_PACK_MIN_MV, 52000) /* SEP */
X(PACK_UV_PROTECT_MV,       "pack_uv_protect_mv",       MV, 45600, LBMS_ENVELOPE_PACK_MIN_MV, 51200) /* M 1 */
X(PACK_UV_RELEASE_MV,       "pack_uv_release_mv",       MV, 48000, 45600, 53000) /* SEP */
X(PACK_UV_DELAY_MS,         "pack_uv_delay_ms",         MS, 1000,  500,   20000) /* CAP */
X(UV_REBOUND_COUNT,           "uv_rebound_count",             COUNT, 3, 1, 10) /* EJ: repeated under-voltage */
X(UV_REBOUND_WINDOW_S,        "uv_rebound_window_s",          S, 600, 60, 3600) /* EJ */
X(UV_REBOUND_CHARGE_S,        "uv_rebound_charge_s",          S, 10, 1, 60) /* EJ: charge that a repeated under-voltage needs */
X(CELL_DEAD_MV,               "cell_dead_mv",                 MV, 2000, 2000, 2500) /* SEP 2.000 V; charging such a cell is forbidden */
X(CELL_DEAD_DELAY_MS,         "cell_dead_delay_ms",           MS, 5000, 1000, 60000) /* EJ */

/* Cells apart from each other */
X(CELL_DIFF_ALARM_MV,         "cell_diff_alarm_mv",           MV, 500, 100, 1500) /* EJ */
X(CELL_DIFF_ALARM_RELEASE_MV, "cell_diff_alarm_release_mv",   MV, 300, 50, 1400) /* EJ */
X(CELL_DIFF_FAULT_MV,         "cell_diff_fault_mv",           MV, 1000, 300, 2000) /* SEP */
X(CELL_DIFF_FAULT_RELEASE_MV, "cell_diff_fault_release_mv",   MV, 500, 200, 1900) /* SEP */
X(CELL_DIFF_DELAY_MS,         "cell_diff_delay_ms",           MS, 5000, 1000, 60000) /* EJ */

/* Alarms and releases in general */
X(ALARM_HYST_CELL_MV,       "alarm_hyst_cell_mv",       MV, 50,    5,     300)   /* EJ */
X(ALARM_HYST_PACK_MV,       "alarm_hyst_pack_mv",       MV, 800,   100,   5000)  /* EJ */
X(ALARM_HYST_CURRENT_MA,      "alarm_hyst_current_ma",        MA, 2000, 1000, 20000) /* SEP: recovers at 103 A for 105 A */
X(ALARM_HYST_TEMP_DC,         "alarm_hyst_temp_dc",           DC, 20, 5, 100) /* EJ */
X(ALARM_DELAY_MS,           "alarm_delay_ms",           MS, 1000,  100,   30000) /* EJ */
X(RELEASE_DELAY_MS,         "release_delay_ms",         MS, 1000,  100,   30000) /* EJ */
X(FAULT_CLEAR_S,            "fault_clear_s",            S,  10,    1,     600)   /* EJ */
X(FAULT_REPEAT_COUNT,         "fault_repeat_count",           COUNT, 3, 1, 10) /* EJ: this often within `lock_forget_s`, and a fault stays */

/* Measurement */
X(CELL_VALID_MIN_MV,        "cell_valid_min_mv",        MV, 500,   0,     1500)  /* EJ: plausibility window */
X(CELL_VALID_MAX_MV,        "cell_valid_max_mv",        MV, 4500,  3800,  5000)  /* EJ */
X(CELL_INVALID_DELAY_MS,    "cell_invalid_delay_ms",    MS, 1000,  100,   2000)  /* EJ: a cell outside the window this long is a sampling fault */
X(CURRENT_VALID_MAX_MA,     "current_valid_max_ma",     MA, 800000, 200000, 2000000) /* EJ: range of the converter, +-200 mV at 0.25 mOhm */
X(TEMP_VALID_MIN_DC,        "temp_valid_min_dc",        DC, -400,  -500,  -300)  /* EJ */
X(TEMP_VALID_MAX_DC,        "temp_valid_max_dc",        DC, 1250,  1200,  1500)  /* EJ */
X(SAMPLE_STALE_MS,          "sample_stale_ms",          MS, 2000,  500,   LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS) /* EJ */
X(PACK_SUM_TOLERANCE_MV,      "pack_sum_tolerance_mv",        MV, 1500, 500, 5000) /* EJ: sum of the cells against the pack voltage */
X(PACK_SUM_DELAY_MS,          "pack_sum_delay_ms",            MS, 5000, 1000, 60000) /* EJ */
X(STUCK_S,                    "stuck_s",                      S, 60, 10, 600) /* EJ: identical voltages while the current moves */
X(STUCK_CURRENT_MA,           "stuck_current_ma",             MA, 10000, 2000, 50000) /* EJ: by more than this */

/* Over-current */
X(CHARGE_OC_ALARM_MA,         "charge_oc_alarm_ma",           MA, 105000, 1000, LBMS_ENVELOPE_CURRENT_MAX_MA) /* FAM, SEP */
X(CHARGE_OC_PROTECT_MA,       "charge_oc_protect_ma",         MA, 110000, 1000, LBMS_ENVELOPE_CURRENT_MAX_MA) /* M 1 */
X(CHARGE_OC_DELAY_MS,         "charge_oc_delay_ms",           MS, 1000, 500, 25000) /* CAP, FAM */
X(CHARGE_OC2_PROTECT_MA,      "charge_oc2_protect_ma",        MA, 150000, 5000, 200000) /* CAP */
X(CHARGE_OC2_DELAY_MS,        "charge_oc2_delay_ms",          MS, 100, 25, 2000) /* CAP */
X(DISCHARGE_OC_ALARM_MA,      "discharge_oc_alarm_ma",        MA, 105000, 1000, LBMS_ENVELOPE_CURRENT_MAX_MA) /* CAP, FAM */
X(DISCHARGE_OC_PROTECT_MA,    "discharge_oc_protect_ma",      MA, 110000, 1000, LBMS_ENVELOPE_CURRENT_MAX_MA) /* M 1 */
X(DISCHARGE_OC_DELAY_MS,      "discharge_oc_delay_ms",        MS, 1000, 500, 25000) /* CAP, FAM */
X(DISCHARGE_OC2_PROTECT_MA,   "discharge_oc2_protect_ma",     MA, 150000, 5000, 300000) /* CAP, FAM */
X(DISCHARGE_OC2_DELAY_MS,     "discharge_oc2_delay_ms",       MS, 500, 100, 2000) /* FAM */
X(SHORT_CIRCUIT_MA,           "short_circuit_ma",             MA, 500000, 300000, LBMS_ENVELOPE_SHORT_CIRCUIT_MAX_MA) /* M 1 */
X(SHORT_CIRCUIT_DELAY_US,     "short_circuit_delay_us",       US, 300, 100, 500) /* CAP */
X(SHORT_PROBE_PCT,            "short_probe_pct",              PCT, 50, 20, 90) /* EJ: port / pack voltage at which the load is gone */
X(OC_RETRY_S,                 "oc_retry_s",                   S, 60, 10, 300) /* SEP */
X(OC_RELEASE_MS,              "oc_release_ms",                MS, 1000, 100, 10000) /* EJ: opposite current this long releases */
X(OC_LOCK_COUNT,              "oc_lock_count",                COUNT, 5, 1, 10) /* SEP */
X(SC_LOCK_COUNT,              "sc_lock_count",                COUNT, 3, 1, 5) /* FAM: three in a row lock */
X(LOCK_CONSECUTIVE_S,         "lock_consecutive_s",           S, 60, 10, 600) /* EJ: a trip this soon after the release counts on */
X(LOCK_FORGET_S,              "lock_forget_s",                S, 600, 60, 3600) /* EJ: without a trip, clears the counters */

/* Temperature */
X(CHG_OT_ALARM_DC,            "chg_ot_alarm_dc",              DC, 500, 200, LBMS_ENVELOPE_CHARGE_MAX_DC) /* FAM */
X(CHG_OT_PROTECT_DC,          "chg_ot_protect_dc",            DC, 550, 200, LBMS_ENVELOPE_CHARGE_MAX_DC) /* FAM, CAP */
X(CHG_OT_RELEASE_DC,          "chg_ot_release_dc",            DC, 500, 200, LBMS_ENVELOPE_CHARGE_MAX_DC) /* FAM */
X(CHG_UT_ALARM_DC,            "chg_ut_alarm_dc",              DC, 30, LBMS_ENVELOPE_CHARGE_MIN_DC, 300) /* FAM, lowered to the release */
X(CHG_UT_PROTECT_DC,          "chg_ut_protect_dc",            DC, 0, LBMS_ENVELOPE_CHARGE_MIN_DC, 300) /* IEC: no charging below 0 degC */
X(CHG_UT_RELEASE_DC,          "chg_ut_release_dc",            DC, 30, LBMS_ENVELOPE_CHARGE_MIN_DC, 300) /* FAM 5, lowered: EJ */
X(DSG_OT_ALARM_DC,            "dsg_ot_alarm_dc",              DC, 550, 200, LBMS_ENVELOPE_DISCHARGE_MAX_DC) /* FAM */
X(DSG_OT_PROTECT_DC,          "dsg_ot_protect_dc",            DC, 600, 200, LBMS_ENVELOPE_DISCHARGE_MAX_DC) /* M 1 */
X(DSG_OT_RELEASE_DC,          "dsg_ot_release_dc",            DC, 550, 200, LBMS_ENVELOPE_DISCHARGE_MAX_DC) /* FAM */
X(DSG_UT_ALARM_DC,            "dsg_ut_alarm_dc",              DC, -150, LBMS_ENVELOPE_DISCHARGE_MIN_DC, 300) /* CAP */
X(DSG_UT_PROTECT_DC,          "dsg_ut_protect_dc",            DC, -200, LBMS_ENVELOPE_DISCHARGE_MIN_DC, 300) /* M 1, CAP */
X(DSG_UT_RELEASE_DC,          "dsg_ut_release_dc",            DC, -150, LBMS_ENVELOPE_DISCHARGE_MIN_DC, 300) /* CAP */
X(MOS_OT_ALARM_DC,            "mos_ot_alarm_dc",              DC, 900, 300, LBMS_ENVELOPE_MOSFET_MAX_DC) /* CAP */
X(MOS_OT_PROTECT_DC,          "mos_ot_protect_dc",            DC, 1050, 300, LBMS_ENVELOPE_MOSFET_MAX_DC) /* CAP 110, 5 K lower: EJ */
X(MOS_OT_RELEASE_DC,          "mos_ot_release_dc",            DC, 850, 300, LBMS_ENVELOPE_MOSFET_MAX_DC) /* CAP */
X(ENV_OT_ALARM_DC,            "env_ot_alarm_dc",              DC, 650, 200, 1000) /* CAP */
X(ENV_OT_PROTECT_DC,          "env_ot_protect_dc",            DC, 700, 200, 1000) /* CAP: board 70 = air 60 degC */
X(ENV_OT_RELEASE_DC,          "env_ot_release_dc",            DC, 650, 200, 1000) /* CAP */
X(ENV_UT_ALARM_DC,            "env_ut_alarm_dc",              DC, -150, -350, 300) /* M 1 */
X(ENV_UT_PROTECT_DC,          "env_ut_protect_dc",            DC, -200, -350, 300) /* M 1 */
X(ENV_UT_RELEASE_DC,          "env_ut_release_dc",            DC, -150, -350, 300) /* M 1 */
X(TEMP_DELAY_MS,              "temp_delay_ms",                MS, 2000, 500, 30000) /* EJ */
X(TEMP_DIFF_ALARM_DC,         "temp_diff_alarm_dc",           DC, 150, 50, 300) /* EJ */
X(TEMP_DIFF_RELEASE_DC,       "temp_diff_release_dc",         DC, 100, 20, 290) /* EJ */
X(NTC_LOST_MARGIN_DC,         "ntc_lost_margin_dc",           DC, 50, 0, 200) /* EJ: a lost sensor may sit at the extreme cell */
X(NTC_LOST_DERATE_PCT,        "ntc_lost_derate_pct",          PCT, 50, 0, 100) /* EJ: limits while a sensor is lost */
X(MOS_LOST_MARGIN_DC,         "mos_lost_margin_dc",           DC, 200, 0, 400) /* EJ: MOSFET above board while its sensor is lost */

/* Switches and hardware */
X(AFE_SWITCH_MS,              "afe_switch_ms",                MS, 1000, 200, 10000) /* EJ: reported switch state differs from the command */
X(MOS_FAULT_MA,               "mos_fault_ma",                 MA, 2000, 500, 10000) /* EJ: current through an open switch */
X(MOS_FAULT_MS,               "mos_fault_ms",                 MS, 2000, 500, 10000) /* EJ */
X(MOS_DROP_MV,                "mos_drop_mv",                  MV, 400, 200, 1000) /* EJ: body diode instead of a closed switch */
X(MOS_DROP_MIN_MA,            "mos_drop_min_ma",              MA, 5000, 1000, 50000) /* EJ: at currents from this */
X(MOS_DROP_MAX_MA,            "mos_drop_max_ma",              MA, 50000, 5000, 110000) /* EJ: to this */
X(MOS_HAZARD_CELL_MV,         "mos_hazard_cell_mv",           MV, 300, 0, 1000) /* EJ: above `cell_dead_mv`, with a welded discharge switch */
X(TRIP_UNIT_FITTED,           "trip_unit_fitted",             BOOL, 0, 0, 1) /* EJ: external means that disconnects the pack */
X(TRIP_PULSE_MS,              "trip_pulse_ms",                MS, 500, 100, 5000) /* EJ */
X(REVERSED_MV,                "reversed_mv",                  MV, 1000, 500, 10000) /* EJ: terminal voltage below the negative of this */
X(REVERSED_MS,                "reversed_ms",                  MS, 100, 50, 2000) /* EJ */
X(RESET_COUNT,                "reset_count",                  COUNT, 3, 2, 10) /* EJ: unexpected resets that make a self-test fault */
X(RESET_WINDOW_S,             "reset_window_s",               S, 600, 60, 3600) /* EJ: within this time */

/* Current state */
X(CURRENT_IDLE_MA,          "current_idle_ma",          MA, 500,   100,   5000)  /* EJ: below it "no current" */
X(CURRENT_STATE_DELAY_MS,   "current_state_delay_ms",   MS, 2000,  100,   10000) /* EJ */
X(BODY_DIODE_ON_MA,         "body_diode_on_ma",         MA, 1000,  500,   5000)  /* EJ: body-diode rule */
X(BODY_DIODE_OFF_MA,        "body_diode_off_ma",        MA, 300,   250,   2000)  /* EJ: above the 200 mA sensor offset */
X(CHARGER_HOLD_S,           "charger_hold_s",           S,  60,    1,     600)   /* EJ: "charger present" outlives its current */
X(CHARGER_OVER_MV,          "charger_over_mv",          MV, 500,   100,   5000)  /* PACE ACin bit: terminal above pack by this */

/* State of charge */
X(DESIGN_CAPACITY_MAH,      "design_capacity_mah",      MAH, 100000, 10000, 300000) /* M 1 */
X(SOC_LOW_ALARM_BP,           "soc_low_alarm_bp",             BP, 500, 0, 10000) /* CAP 5 %, FAM */
X(SOC_LOW_RELEASE_BP,         "soc_low_release_bp",           BP, 800, 0, 10000) /* EJ */
X(EMPTY_RATE_PCT,             "empty_rate_pct",               PCT, 50, 5, 100) /* EJ: of 1 C; an under-voltage at less discharge current means SOC 0 % */
X(EMPTY_TEMP_DC,              "empty_temp_dc",                DC, 100, -200, 400) /* EJ: and with the coldest cell above this */
X(CYCLE_DEPTH_BP,             "cycle_depth_bp",               BP, 8000, 5000, 10000) /* family habit: 80 % discharged adds one */
X(OWN_DRAW_MA,                "own_draw_ma",                  MA, 30, 0, 500) /* EJ: what the electronics draw past the current sensor while awake */
X(SOC_DISPLAY_RATE_BP,        "soc_display_rate_bp",          BP, 100, 10, 1000) /* EJ: correction of the shown SOC in a minute */
X(REMAINING_WINDOW,           "remaining_window",             COUNT, 1, 0, 2) /* EJ: power behind the remaining time, 0 = 1 min, 1 = 5 min, 2 = 15 min */

/* Full charge */
X(FULL_CHARGE_MV,             "full_charge_mv",               MV, 56000, 50000, LBMS_ENVELOPE_PACK_MAX_MV) /* CAP */
X(FULL_CHARGE_MA,             "full_charge_ma",               MA, 2000, 500, 5000) /* CAP */
X(FULL_CHARGE_HOLD_S,         "full_charge_hold_s",           S, 10, 1, 600) /* EJ */
X(FULL_CELL_MV,               "full_cell_mv",                 MV, 3550, 3450, LBMS_ENVELOPE_CELL_MAX_MV) /* EJ: the highest cell is full */
X(FULL_SOC_MEAN_MV,           "full_soc_mean_mv",             MV, 3450, 3350, LBMS_ENVELOPE_CELL_MAX_MV) /* EJ: mean cell above which full means 100 % */
X(FULL_RECOVERY_MV,           "full_recovery_mv",             MV, 53200, 48000, 56000) /* EJ: the recovery voltage of M 2.3-3 */
X(FULL_RECOVERY_S,            "full_recovery_s",              S, 60, 5, 600) /* EJ */
X(FULL_RELEASE_SOC_BP,        "full_release_soc_bp",          BP, 9600, 7400, 9700) /* as `ov_release_soc_bp` */
X(RECHARGE_STANDBY_S,         "recharge_standby_s",           S, 172800, 3600, 1209600) /* M 2.3-3: 2 days */
X(RECHARGE_INTERRUPT_S,       "recharge_interrupt_s",         S, 10, 1, 600) /* EJ: current this long restarts the 2 days */
X(FORCE_FULL_REQUEST_S,       "force_full_request_s",         S, 2592000, 604800, 7776000) /* PYL: 30 days without a full charge */
X(FORCE_FULL_SOC_BP,          "force_full_soc_bp",            BP, 9700, 9000, 10000) /* PYL */

/* Charge current limiter, gentle charge, heater */
X(LIMITER_FITTED,             "limiter_fitted",               BOOL, 1, 0, 1) /* CAP: the board has a limiter branch */
X(LIMITER_ENABLE,             "limiter_enable",               BOOL, 1, 0, 1) /* CAP */
X(LIMITER_GEAR_LOW,           "limiter_gear_low",             BOOL, 0, 0, 1) /* CAP: 0 = 10 A, 1 = 5 A */
X(LIMITER_START_MA,           "limiter_start_ma",             MA, 110000, 5000, LBMS_ENVELOPE_CURRENT_MAX_MA) /* CAP 100 A, raised to the permitted 110 A */
X(LIMITER_TIME_S,             "limiter_time_s",               S, 300, 30, 3600) /* SEP */
X(LIMITER_END_DISCHARGE_MA,   "limiter_end_discharge_ma",     MA, 1000, 200, 10000) /* EJ: discharge that ends the limiting */
X(LOW_CHARGE_PACK_MV,         "low_charge_pack_mv",           MV, 44000, 40000, 46000) /* M 1: charging starts at 44.0 V */
X(GENTLE_CHARGE_MA,           "gentle_charge_ma",             MA, 10000, 1000, 20000) /* EJ */
X(GENTLE_CHARGE_MAX_S,        "gentle_charge_max_s",          S, 7200, 600, 43200) /* EJ: beyond, the cell does not come up */
X(GENTLE_END_PACK_MV,         "gentle_end_pack_mv",           MV, 800, 100, 4000) /* EJ: above `low_charge_pack_mv` */
X(GENTLE_END_CELL_MV,         "gentle_end_cell_mv",           MV, 100, 10, 400) /* EJ: above `cell_uv_protect_mv` */
X(GENTLE_END_S,               "gentle_end_s",                 S, 10, 1, 600) /* EJ */
X(GENTLE_TRIP_PCT,            "gentle_trip_pct",              PCT, 200, 120, 500) /* EJ: of `gentle_charge_ma`, no limiter fitted */
X(GENTLE_TRIP_S,              "gentle_trip_s",                S, 5, 1, 60) /* EJ */
X(HEATER_FITTED,              "heater_fitted",                BOOL, 0, 0, 1) /* the manual names no heater */
X(HEATER_ON_DC,               "heater_on_dc",                 DC, 30, -200, 100) /* EJ */
X(HEATER_OFF_DC,              "heater_off_dc",                DC, 80, 0, 300) /* EJ */
X(HEATER_CELL_MIN_DC,         "heater_cell_min_dc",           DC, -250, -400, 0) /* EJ: colder cells are not heated */
X(HEATER_CELL_MAX_DC,         "heater_cell_max_dc",           DC, 200, 100, 400) /* EJ: a warmer cell stops it */
X(HEATER_MAX_S,               "heater_max_s",                 S, 14400, 600, 43200) /* EJ */

/* Pre-charge */
X(PRECHARGE_TIMEOUT_MS,     "precharge_timeout_ms",     MS, 3000,  500,   10000) /* EJ */
X(PRECHARGE_DONE_PCT,       "precharge_done_pct",       PCT, 90,   50,    99)    /* EJ: port / pack voltage */
X(PRECHARGE_RETRY_S,        "precharge_retry_s",        S,  30,    5,     600)   /* EJ */
X(PRECHARGE_RETRIES,        "precharge_retries",        COUNT, 3,  0,     10)    /* EJ */
X(PRECHARGE_FITTED,           "precharge_fitted",             BOOL, 1, 0, 1) /* the board has a pre-charge branch */

/* Balancing */
X(BALANCE_START_MV,           "balance_start_mv",             MV, 3400, 3300, LBMS_ENVELOPE_CELL_MAX_MV) /* CAP */
X(BALANCE_DELTA_MV,           "balance_delta_mv",             MV, 30, 20, 500) /* CAP */
X(BALANCE_STOP_DELTA_MV,      "balance_stop_delta_mv",        MV, 20, 5, 400) /* EJ */
X(BALANCE_STATIC_ENABLE,      "balance_static_enable",        BOOL, 0, 0, 1) /* PACE 99H 02/03 */
X(BALANCE_FULL_S,             "balance_full_s",               S, 14400, 0, 86400) /* EJ: after FULL was entered */
X(BALANCE_MAX_CELLS,          "balance_max_cells",            COUNT, 8, 1, 16) /* EJ */
X(BALANCE_NEIGHBOURS,         "balance_neighbours",           BOOL, 0, 0, 1) /* whether the AFE permits adjacent cells */
X(BALANCE_MAX_TEMP_DC,        "balance_max_temp_dc",          DC, 600, 300, 850) /* EJ: environment sensor */
X(BALANCE_MAX_CHARGE_MA,      "balance_max_charge_ma",        MA, 30000, 1000, 110000) /* EJ */
X(BALANCE_CURRENT_MA,         "balance_current_ma",           MA, 60, 10, 1000) /* FAM 30-85: information only */
X(BALANCE_MEASURE_MS,         "balance_measure_ms",           MS, 400, 100, 450) /* EJ: pause when the cells were last measured unbled this long ago */

/* Limits told to the inverter */
X(CVL_MV,                     "cvl_mv",                       MV, 56800, 52000, LBMS_ENVELOPE_PACK_MAX_MV) /* EJ: 3.55 V per cell */
X(DVL_MV,                     "dvl_mv",                       MV, 46400, LBMS_ENVELOPE_PACK_MIN_MV, 51200) /* EJ: 0.8 V above the protection */
X(CCL_MA,                     "ccl_ma",                       MA, 100000, 0, LBMS_ENVELOPE_CURRENT_MAX_MA) /* M 1: nominal */
X(DCL_MA,                     "dcl_ma",                       MA, 100000, 0, LBMS_ENVELOPE_CURRENT_MAX_MA) /* M 1: nominal */
X(LIMIT_SLEW_MA_S,            "limit_slew_ma_s",              MA_S, 5000, 500, 100000) /* EJ: upward only */
X(LIMIT_QUANTUM_MA,           "limit_quantum_ma",             MA, 100, 100, 1000) /* EJ: most CAN dialects use 0.1 A */
X(LIMIT_ZERO_MA,              "limit_zero_ma",                MA, 1000, 0, 5000) /* EJ: below it, 0 */
X(CVL_TRIM_CELL_MV,           "cvl_trim_cell_mv",             MV, 3550, 3450, LBMS_ENVELOPE_CELL_MAX_MV) /* EJ */
X(CVL_TRIM_GAIN,              "cvl_trim_gain",                COUNT, 16, 1, 32) /* EJ */
X(CVL_TRIM_FLOOR_MV,          "cvl_trim_floor_mv",            MV, 53600, 52000, 56000) /* EJ */
X(CVL_TRIM_RECOVER_MV_S,      "cvl_trim_recover_mv_s",        MV_S, 50, 5, 500) /* EJ */
X(DCL_STOP_S,                 "dcl_stop_s",                   S, 5, 1, 60) /* EJ: stop before protection */
X(DCL_RESUME_S,               "dcl_resume_s",                 S, 60, 5, 600) /* EJ */
X(LIMIT_IGNORED_PCT,          "limit_ignored_pct",            PCT, 120, 100, 200) /* EJ: of the limit */
X(LIMIT_IGNORED_MA,           "limit_ignored_ma",             MA, 2000, 500, 20000) /* EJ: and this on top */
X(LIMIT_IGNORED_S,            "limit_ignored_s",              S, 60, 5, 600) /* EJ */

/* Sleep, wake-up, button */
X(UV_SLEEP_S,               "uv_sleep_s",               S,  30,    10,    3600)  /* M 2.3-3 (1) */
X(KEY_DEBOUNCE_MS,          "key_debounce_ms",          MS, 50,    10,    200)   /* EJ */
X(BUTTON_MIN_MS,            "button_min_ms",            MS, 3000,  1000,  5000)  /* M 2.3-2: 3~6 s */
X(BUTTON_MAX_MS,            "button_max_ms",            MS, 6000,  4000,  10000) /* M 2.3-2 */
X(BUTTON_RESET_MS,          "button_reset_ms",          MS, 6000,  5000,  15000) /* FAM: longer resets */
X(WAKE_CHARGER_MV,          "wake_charger_mv",          MV, 48000, 40000, 56000) /* M 2.3-3: greater than 48 V */
X(WAKE_CHARGER_MS,          "wake_charger_ms",          MS, 1000,  100,   10000) /* EJ */
X(WAKE_WINDOW_MS,           "wake_window_ms",           MS, 3000,  1000,  10000) /* EJ: stay alert this long after a wake-up source fired */
X(SLEEP_TEST_MS,            "sleep_test_ms",            MS, 1000,  200,   10000) /* M 2.3-3 "no external voltage"; duration EJ */
X(SLEEP_NO_VOLTAGE_MV,      "sleep_no_voltage_mv",      MV, 10000, 2000,  45000) /* EJ: above it, external voltage */
X(SLEEP_PENDING_S,          "sleep_pending_s",          S,  10,    2,     600)   /* EJ */
X(SLEEP_RETRY_S,            "sleep_retry_s",            S,  60,    10,    600)   /* EJ: between two tests after a refusal */
X(OFF_SWITCH_SLEEP_S,       "off_switch_sleep_s",       S,  30,    10,    3600)  /* EJ: weak-current switch off */
X(SLEEP_PENDING_PARALLEL_S, "sleep_pending_parallel_s", S,  300,   30,    1800)  /* EJ: with an address other than 0 */
X(SLEEP_CELL_MV,            "sleep_cell_mv",            MV, 3150,  2600,  3400)  /* FAM: "sleep voltage" of M 2.3-3 (3) */
X(SLEEP_DELAY_S,            "sleep_delay_s",            S,  300,   60,    7200)  /* CAP: "sleep delay time" of M 2.3-3 (3) */
X(STANDBY_SLEEP_S,          "standby_sleep_s",          S,  86400, 3600,  2592000) /* M 2.3-3 (4) */
X(COMM_IDLE_S,              "comm_idle_s",              S,  60,    5,     3600)  /* EJ: no valid frame for so long is "no communication" */
X(DEEP_GUARD_CELL_MV,       "deep_guard_cell_mv",       MV, 2700,  2300,  2800)  /* EJ: reduced power below it */
X(DEEP_GUARD_S,             "deep_guard_s",             S,  600,   60,    3600)  /* EJ: without charge current */
X(AUTO_WAKE_PERIOD_S,       "auto_wake_period_s",       S,  14400, 600,   86400) /* M 2.3-3: every 4 hours */
X(AUTO_WAKE_TRIES,          "auto_wake_tries",          COUNT, 10, 0,     100)   /* M 2.3-3: 10 consecutive */
X(AUTO_WAKE_WINDOW_S,       "auto_wake_window_s",       S,  120,   10,    600)   /* EJ: from the closing of the paths */
X(AUTO_WAKE_CHARGE_MA,      "auto_wake_charge_ma",      MA, 500,   200,   5000)  /* EJ: "charging is possible" */
X(AUTO_WAKE_DISCHARGE_MA,   "auto_wake_discharge_ma",   MA, 2000,  500,   5000)  /* EJ: an inverter that starts draws 1-2 A */
X(AUTO_WAKE_CELL_MIN_MV,    "auto_wake_cell_min_mv",    MV, 2700,  2500,  3000)  /* EJ: below it, charge path only */
X(RS232_WAKE_LIMIT,         "rs232_wake_limit",         COUNT, 6,  1,     100)   /* EJ: after over-discharge, in one period */
X(MAINTENANCE_CHARGE_S,     "maintenance_charge_s",     S,  7776000, 604800, 31536000) /* M 04: every three months */

/* Panel */
X(LED_STEP_MS,              "led_step_ms",              MS, 500,   100,   2000)  /* M 2.3-2: each for 0.5 seconds */
X(LED_ALARM_ENABLE,         "led_alarm_enable",         BOOL, 1,   0,     1)     /* CAP */
X(LED_PROFILE,              "led_profile",              COUNT, 0,  0,     1)     /* 0 = product manual, 1 = PACE table */
X(BUZZER_ENABLE,              "buzzer_enable",                BOOL, 0, 0, 1) /* FAM, CAP */
X(DRY1_FUNCTION,              "dry1_function",                COUNT, 1, 0, 4) /* FAM: 0 off, 1 protection or fault, 2 low SOC, 3 any alarm, 4 charging complete */
X(DRY2_FUNCTION,              "dry2_function",                COUNT, 2, 0, 4) /* FAM */

X(DRY_CONTACTS,               "dry_contacts",                 COUNT, 2, 1, 2) /* contacts on the board; with one, it also covers SOC and voltage alarms */
X(DRY_DELAY_MS,               "dry_delay_ms",                 MS, 1000, 100, 10000) /* EJ: a contact changes at most once in this time */
X(DISPLAY_TIMEOUT_S,          "display_timeout_s",            S, 60, 5, 600) /* EJ: the display stays lit after a key */
X(DIP_STABLE_MS,              "dip_stable_ms",                MS, 100, 20, 1000) /* EJ: address switch at a start */

/* Records and communication */
X(RECORD_COUNT,               "record_count",                 COUNT, 400, 100, 2000) /* CAP list length */
X(RECORD_INTERVAL_S,          "record_interval_s",            S, 0, 0, 7200) /* PACE B7H; 0 = off */
X(RECORD_START_S,             "record_start_s",               S, 0, 0, 2145916800) /* PACE B9H: timed records from this time on, s since 1970-01-01; 0 = always */
X(RECORD_END_S,               "record_end_s",                 S, 0, 0, 2145916800) /* PACE BBH: until this time; 0 = always */
X(RS232_BAUD,                 "rs232_baud",                   BAUD, 9600, 1200, 115200) /* M 2.6 */
X(RS485_BAUD,                 "rs485_baud",                   BAUD, 9600, 1200, 115200) /* M 2.6 */
X(CAN_BAUD,                   "can_baud",                     BAUD, 500000, 125000, 1000000) /* M 2.6-1 */
X(RS485_PROTOCOL,             "rs485_protocol",               COUNT, 1, 0, 255) /* EJ: Pylontech */
X(CAN_PROTOCOL,               "can_protocol",                 COUNT, 1, 0, 255) /* EJ: Pylontech */
X(INVERTER_TIMEOUT_S,         "inverter_timeout_s",           S, 60, 5, 3600) /* EJ: alarm only */
X(ACCESS_LOCK,                "access_lock",                  BOOL, 0, 0, 1) /* EJ: 1 = writing parameters needs the service code too */

/* clang-format on */
