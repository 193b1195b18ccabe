/**
 * @file
 * The pack described as one read-only value, for everything outside the battery logic:
 * panel, protocol servers, records, other packs. Plain values, no pointers.
 */
#ifndef LOSUN_BMS_MODEL_SNAPSHOT_H
#define LOSUN_BMS_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/ports.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/switches.h"
#include "losun_bms/model/units.h"

/** Which parts of lbms_measured may be believed, as bits of lbms_measured.valid. */
enum lbms_valid {
    LBMS_VALID_CELLS = 1u << 0, /**< all cells */
    LBMS_VALID_PACK = 1u << 1,
    LBMS_VALID_TERMINAL = 1u << 2,
    LBMS_VALID_CURRENT = 1u << 3,
    LBMS_VALID_NTCS = 1u << 4, /**< all cell temperature sensors */
    LBMS_VALID_MOSFET = 1u << 5,
    LBMS_VALID_AMBIENT = 1u << 6,
    LBMS_VALID_CELL_RANGE = 1u << 7, /**< at least one cell, so that cell_min_mv ... have a meaning */
    LBMS_VALID_TEMP_RANGE = 1u << 8  /**< at least one cell temperature */
};

/**
 * A validated sample. A value whose validity bit is 0 keeps the last number that was measured, for display;
 * nothing may be decided from it.
 */
struct lbms_measured {
    uint16_t valid;       /**< mask of enum lbms_valid */
    uint16_t cells_valid; /**< one bit for each cell */
    uint8_t ntcs_valid;   /**< one bit for each cell temperature sensor */
    uint16_t cell_mv[LBMS_CELLS];
    uint16_t cell_min_mv, cell_max_mv, cell_mean_mv; /**< of the valid cells */
    uint8_t cell_min_index, cell_max_index;
    int32_t pack_mv, terminal_mv, current_ma;
    int16_t ntc_dc[LBMS_NTCS];
    int16_t temp_min_dc, temp_max_dc;  /**< of the valid cell temperature sensors */
    int16_t temp_low_dc, temp_high_dc; /**< the same to decide from: farther apart while a sensor is lost */
    int16_t mosfet_dc, ambient_dc;
    uint16_t afe_flags; /**< mask of enum lbms_afe_flag, of the last sample */
    uint8_t closed;     /**< real switch state, mask of enum lbms_switch */
    uint32_t age_ms;    /**< of the sample at this step; UINT32_MAX when it is stale, or before the first */
};

/** Direction of the current, after `current_state_delay_ms`. */
enum lbms_flow { LBMS_FLOW_IDLE = 0, LBMS_FLOW_CHARGE = 1, LBMS_FLOW_DISCHARGE = 2 };

/** The time to empty or to full is not known: the pack is idle, or the figure is still being computed. */
#define LBMS_TIME_UNKNOWN_S UINT32_MAX

/** State of charge as it is told to others. */
struct lbms_soc_view {
    uint16_t soc_bp; /**< SOC shown, 0..10000: calm, 0 % and 100 % only when reached; decisions use it too */
    int32_t remaining_mah;    /**< that part of capacity_mah */
    int32_t capacity_mah;     /**< usable: from the lowest cell empty to the highest cell full */
    uint16_t estimate_bp;     /**< the same SOC as it is estimated at this moment, 0..10000 */
    uint16_t sd_bp;           /**< standard deviation of the estimate */
    uint16_t low_bp, high_bp; /**< estimated SOC of the lowest and the highest cell */
    bool plateau;             /**< the curve is flat here: the voltage cannot tell the SOC any better */
    bool misfit;              /**< measured voltages do not fit the table of this cell type */
    uint32_t left_s; /**< to full while charging, to empty while discharging; or LBMS_TIME_UNKNOWN_S */
};

/** Health and history of the pack. */
struct lbms_health_view {
    int32_t capacity_mah;         /**< full capacity of a cell as it was learned, or the design capacity */
    int32_t capacity_sd_mah;      /**< its standard deviation */
    uint16_t soh_bp;              /**< state of health: that over the design capacity, 0..10000 */
    uint16_t resistance_permille; /**< resistance over that of the new pack, 0.1 %; usual end of life: 2000 */
    uint16_t resistance_new_permille; /**< that of the new pack over that of the cell model; 0: not known */
    uint16_t coulomb_bp,
        energy_bp;              /**< out over in between two full charges, charge and energy; 0: not known */
    int32_t offset_ma;          /**< of the current sensor, as learned; current_ma contains it */
    uint32_t equivalent_cycles; /**< full cycles by throughput, 0.01 */
    struct lbms_throughput_totals totals;
};

/** How long a current lasts. */
enum lbms_horizon {
    LBMS_HORIZON_2S = 0,
    LBMS_HORIZON_10S = 1,
    LBMS_HORIZON_60S = 2,
    LBMS_HORIZON_CONTINUOUS = 3,
    LBMS_HORIZONS = 4
};

/** Current that the cells can give and take for so long; magnitudes. Times the pack voltage it is the power. */
struct lbms_power_limit {
    int32_t charge_ma[LBMS_HORIZONS];
    int32_t discharge_ma[LBMS_HORIZONS];
};

/** What is going on in the pack, as bits of lbms_snapshot.state. */
enum lbms_state {
    LBMS_STATE_FULL = 1u << 0,      /**< charging complete */
    LBMS_STATE_GENTLE = 1u << 1,    /**< a deeply discharged pack: charge it gently only */
    LBMS_STATE_LIMITER = 1u << 2,   /**< charge current is being limited */
    LBMS_STATE_HEATING = 1u << 3,   /**< heater on */
    LBMS_STATE_RECHARGE = 1u << 4,  /**< forced charging after two days of standby in FULL */
    LBMS_STATE_STOP_LOW = 1u << 5,  /**< empty for the inverter: discharging stopped before the protection */
    LBMS_STATE_TRIP_UNIT = 1u << 6, /**< the external means of disconnection is being pulsed */
    LBMS_STATE_TRIPPED = 1u << 7,   /**< it has been pulsed */
    LBMS_STATE_REDUCED = 1u << 8, /**< empty and kept from sleeping: lights, display, RS485 and CAN are off */
    LBMS_STATE_SLEEP_REFUSED = 1u << 9, /**< something at the terminals kept it from sleeping a moment ago */
    LBMS_STATE_BUTTON_STUCK = 1u << 10  /**< the button has been down for longer than any press means */
};

/** Requests to the inverter, as bits of lbms_limit_view.requests. */
enum lbms_request {
    LBMS_REQUEST_CHARGE_PERMITTED = 1u << 0,    /**< CCL > 0 */
    LBMS_REQUEST_DISCHARGE_PERMITTED = 1u << 1, /**< DCL > 0 */
    LBMS_REQUEST_FORCE_CHARGE = 1u << 2,        /**< charge now, the pack is empty */
    LBMS_REQUEST_FULL_CHARGE = 1u << 3          /**< charge to full once: it was long ago */
};

/** Limits and requests to the inverter. Currents are magnitudes. */
struct lbms_limit_view {
    int32_t cvl_mv, dvl_mv; /**< highest charge and lowest discharge voltage of the pack */
    int32_t ccl_ma, dcl_ma; /**< highest charge and discharge current */
    uint8_t requests;       /**< mask of enum lbms_request */
};

/** The pack at the end of a step. */
struct lbms_snapshot {
    uint32_t now_ms;
    uint32_t uptime_s;
    struct lbms_measured m;
    uint32_t alarms;       /**< 1 << enum lbms_bit */
    uint32_t protections;  /**< 1 << enum lbms_bit */
    uint32_t faults;       /**< 1 << enum lbms_fault */
    uint32_t locks;        /**< protections that no longer release by themselves: 1 << enum lbms_bit */
    uint32_t conditions;   /**< 1 << enum lbms_condition, read by the protections of the next step */
    uint16_t state;        /**< mask of enum lbms_state */
    uint8_t blocked;       /**< paths held open for any reason but the mode, mask of enum lbms_path */
    uint8_t fault_blocked; /**< paths held open by faults, mask of enum lbms_path */
    uint8_t forced_off;    /**< paths held open by a command, mask of enum lbms_path */
    uint8_t mode;          /**< enum lbms_mode */
    uint8_t status;        /**< enum lbms_led_status: what the panel shows */
    uint8_t flow;          /**< enum lbms_flow */
    bool charger_present;
    bool dip_changed;          /**< the address switch differs from the address in use: restart needed */
    uint8_t address;           /**< latched at start, 0..15 */
    uint8_t sleep_reason;      /**< enum lbms_sleep_reason: of the sleep being entered, or of the last one */
    struct lbms_switches want; /**< what was commanded in this step */
    uint16_t balance_mask;     /**< what was commanded in this step */
    uint16_t lights;
    struct lbms_soc_view soc;
    struct lbms_health_view health;
    struct lbms_power_limit power;
    struct lbms_limit_view limit;
    uint16_t result_sequence;                          /**< of the last command carried out or refused */
    int8_t result;                                     /**< enum lbms_status of that command */
    struct lbms_port_counters port[LBMS_SERIAL_PORTS]; /**< what has come in on the serial ports */
};

#endif
