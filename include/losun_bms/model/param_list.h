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
X(OV_RELEASE_SOC_BP,        "ov_release_soc_bp",        BP, 9600,  7400,  9700)  /* FAM; range of PACE command A5H */
X(OV_RELEASE_DISCHARGE_MA,  "ov_release_discharge_ma",  MA, 1000,  200,   10000) /* FAM: discharge > 1 A releases */

/* Cell and pack under-voltage */
X(CELL_UV_ALARM_MV,         "cell_uv_alarm_mv",         MV, 2800,  LBMS_ENVELOPE_CELL_MIN_MV, 3300) /* CAP, FAM */
X(CELL_UV_PROTECT_MV,       "cell_uv_protect_mv",       MV, 2600,  LBMS_ENVELOPE_CELL_MIN_MV, 3200) /* CAP 2500, raised 100 mV for the delay */
X(CELL_UV_RELEASE_MV,       "cell_uv_release_mv",       MV, 2900,  2600,  3400)  /* CAP, FAM */
X(CELL_UV_DELAY_MS,         "cell_uv_delay_ms",         MS, 1000,  500,   20000) /* CAP */
X(PACK_UV_ALARM_MV,         "pack_uv_alarm_mv",         MV, 46400, LBMS_ENVELOPE_PACK_MIN_MV, 52000) /* SEP */
X(PACK_UV_PROTECT_MV,       "pack_uv_protect_mv",       MV, 45600, LBMS_ENVELOPE_PACK_MIN_MV, 51200) /* M 1 */
X(PACK_UV_RELEASE_MV,       "pack_uv_release_mv",       MV, 48000, 45600, 53000) /* SEP */
X(PACK_UV_DELAY_MS,         "pack_uv_delay_ms",         MS, 1000,  500,   20000) /* CAP */

/* Alarms and releases in general */
X(ALARM_HYST_CELL_MV,       "alarm_hyst_cell_mv",       MV, 50,    5,     300)   /* EJ */
X(ALARM_HYST_PACK_MV,       "alarm_hyst_pack_mv",       MV, 800,   100,   5000)  /* EJ */
X(ALARM_DELAY_MS,           "alarm_delay_ms",           MS, 1000,  100,   30000) /* EJ */
X(RELEASE_DELAY_MS,         "release_delay_ms",         MS, 1000,  100,   30000) /* EJ */
X(FAULT_CLEAR_S,            "fault_clear_s",            S,  10,    1,     600)   /* EJ */

/* Measurement */
X(CELL_VALID_MIN_MV,        "cell_valid_min_mv",        MV, 500,   0,     1500)  /* EJ: plausibility window */
X(CELL_VALID_MAX_MV,        "cell_valid_max_mv",        MV, 4500,  3800,  5000)  /* EJ */
X(CELL_INVALID_DELAY_MS,    "cell_invalid_delay_ms",    MS, 1000,  100,   2000)  /* EJ: a cell outside the window this long is a sampling fault */
X(CURRENT_VALID_MAX_MA,     "current_valid_max_ma",     MA, 800000, 200000, 2000000) /* EJ: range of the converter, +-200 mV at 0.25 mOhm */
X(TEMP_VALID_MIN_DC,        "temp_valid_min_dc",        DC, -400,  -500,  -300)  /* EJ */
X(TEMP_VALID_MAX_DC,        "temp_valid_max_dc",        DC, 1250,  1200,  1500)  /* EJ */
X(SAMPLE_STALE_MS,          "sample_stale_ms",          MS, 2000,  500,   LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS) /* EJ */

/* Current */
X(CURRENT_IDLE_MA,          "current_idle_ma",          MA, 500,   100,   5000)  /* EJ: below it "no current" */
X(CURRENT_STATE_DELAY_MS,   "current_state_delay_ms",   MS, 2000,  100,   10000) /* EJ */
X(BODY_DIODE_ON_MA,         "body_diode_on_ma",         MA, 1000,  500,   5000)  /* EJ: body-diode rule */
X(BODY_DIODE_OFF_MA,        "body_diode_off_ma",        MA, 300,   250,   2000)  /* EJ: above the 200 mA sensor offset */
X(CHARGER_HOLD_S,           "charger_hold_s",           S,  60,    1,     600)   /* EJ: "charger present" outlives its current */
X(CHARGER_OVER_MV,          "charger_over_mv",          MV, 500,   100,   5000)  /* PACE ACin bit: terminal above pack by this */

/* State of charge */
X(DESIGN_CAPACITY_MAH,      "design_capacity_mah",      MAH, 100000, 10000, 300000) /* M 1 */

/* Pre-charge */
X(PRECHARGE_TIMEOUT_MS,     "precharge_timeout_ms",     MS, 3000,  500,   10000) /* EJ */
X(PRECHARGE_DONE_PCT,       "precharge_done_pct",       PCT, 90,   50,    99)    /* EJ: port / pack voltage */
X(PRECHARGE_RETRY_S,        "precharge_retry_s",        S,  30,    5,     600)   /* EJ */
X(PRECHARGE_RETRIES,        "precharge_retries",        COUNT, 3,  0,     10)    /* EJ */

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

/* Panel */
X(LED_STEP_MS,              "led_step_ms",              MS, 500,   100,   2000)  /* M 2.3-2: each for 0.5 seconds */
X(LED_ALARM_ENABLE,         "led_alarm_enable",         BOOL, 1,   0,     1)     /* CAP */
X(LED_PROFILE,              "led_profile",              COUNT, 0,  0,     1)     /* 0 = product manual, 1 = PACE table */

/* clang-format on */
