/**
 * @file
 * The health record: one row for each figure, read by the store, every read path and the documentation.
 *
 *     X(id, name, value of a virgin pack)
 *
 * Figures that the battery regulation (EU) 2023/1542, Annex VII, gives the owner a right to read are marked A (state of
 * health) or B (expected life). The order gives the places in the flash record: new rows go to the end, none is ever
 * removed. Dates are seconds since 1970-01-01, 0 when it never happened or the clock was not set.
 *
 * This file has no include guard on purpose: define X, include it, and undefine X.
 */
/* clang-format off */
/* what is left */
X(CAPACITY_MAH,         "capacity_mah",         0)         /* A1 full capacity as learned; 0: not known yet */
X(CAPACITY_SD_MAH,      "capacity_sd_mah",      0)         /* its standard deviation */
X(SOH_BP,               "soh_bp",               10000)     /* of the design capacity, 0.01 % */
X(POWER_CHARGE_W,       "power_charge_w",       0)         /* A2 power capability, 10 s, at the last rest at half charge */
X(POWER_DISCHARGE_W,    "power_discharge_w",    0)         /* A2 */
X(EFFICIENCY_BP,        "efficiency_bp",        0)         /* A3 round trip, energy, 0.01 %; 0: not known yet */
X(COULOMB_BP,           "coulomb_bp",           0)         /* round trip, charge */
X(SELF_DISCHARGE_BP,    "self_discharge_bp",    0)         /* A4 a month, 0.01 % of the capacity, electronics included; 0: not known */
X(RESISTANCE_PERMILLE,  "resistance_permille",  1000)      /* A5 ohmic resistance, relative to the new pack */
X(RESISTANCE_NEW_PERMILLE, "resistance_new_permille", 0)   /* of the new pack, relative to the cell model; 0: not known */
/* what has passed through */
X(CHARGED_MAH,          "charged_mah",          0)         /* B capacity throughput */
X(DISCHARGED_MAH,       "discharged_mah",       0)         /* B */
X(CHARGED_WH,           "charged_wh",           0)         /* B energy throughput */
X(DISCHARGED_WH,        "discharged_wh",        0)         /* B */
X(CYCLES,               "cycles",               0)         /* counted at `cycle_depth_bp` */
X(SINCE_CYCLE_MAH,      "since_cycle_mah",      0)         /* discharged since the last of them */
X(EQUIVALENT_CYCLES,    "equivalent_cycles",    0)         /* B full equivalent cycles, 0.01 */
/* how long, and how far */
X(OPERATING_S,          "operating_s",          0)         /* time awake */
X(CELL_MAX_MV,          "cell_max_mv",          0)
X(CELL_MIN_MV,          "cell_min_mv",          65535)
X(TEMP_MAX_DC,          "temp_max_dc",          -32768)    /* cells */
X(TEMP_MIN_DC,          "temp_min_dc",          32767)
X(MOSFET_MAX_DC,        "mosfet_max_dc",        -32768)
X(CHARGE_MAX_MA,        "charge_max_ma",        0)
X(DISCHARGE_MAX_MA,     "discharge_max_ma",     0)
/* harmful events: number or time, and when it happened last */
X(DEEP_DISCHARGES,      "deep_discharges",      0)         /* B under-voltage protections */
X(DEEP_DISCHARGE_DATE,  "deep_discharge_date",  0)
X(HOT_S,                "hot_s",                0)         /* B time above `dsg_ot_alarm_dc` */
X(HOT_DATE,             "hot_date",             0)
X(COLD_S,               "cold_s",               0)         /* B time below `dsg_ut_alarm_dc` */
X(COLD_DATE,            "cold_date",            0)
X(CHARGE_HOT_S,         "charge_hot_s",         0)         /* B time charging above `chg_ot_alarm_dc` */
X(CHARGE_HOT_DATE,      "charge_hot_date",      0)
X(CHARGE_COLD_S,        "charge_cold_s",        0)         /* B time charging below `chg_ut_alarm_dc` */
X(CHARGE_COLD_DATE,     "charge_cold_date",     0)
/* dates */
X(MANUFACTURED_DATE,    "manufactured_date",    0)         /* B */
X(COMMISSIONED_DATE,    "commissioned_date",    0)         /* B first time that the pack was charged or discharged */
/* starts */
X(RESETS,               "resets",               0)         /* unexpected ones */
X(WAKE_UPS,             "wake_ups",             0)
X(AUTO_WAKE_TRIES,      "auto_wake_tries",      0)         /* timed wake-ups since the last charge */
/* self-discharge: what it was at first, and what the next one will be worked out from */
X(SELF_DISCHARGE_FIRST_BP, "self_discharge_first_bp", 0)   /* A4 the first one that was found; 0: not known */
X(FULL_BALANCE_MAH,     "full_balance_mah",     0)         /* charged minus discharged, at the last full charge */
X(FULL_ASLEEP_S,        "full_asleep_s",        -1)        /* asleep since then; -1: some of the time is not known */
X(FULL_AWAKE_S,         "full_awake_s",         0)         /* awake since then */
/* clang-format on */
