/**
 * @file
 * What one pack tells about itself to upper computers and to other packs: the content of a reply, in the library's
 * units and bits, whatever protocol carries it.
 */
#ifndef LOSUN_BMS_MODEL_PACK_H
#define LOSUN_BMS_MODEL_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/units.h"

/** Temperatures of a pack: cells, then MOSFET, then board. */
#define LBMS_PACK_TEMPS (LBMS_NTCS + 2u)
/** Index of the MOSFET temperature. */
#define LBMS_PACK_MOSFET LBMS_NTCS
/** Index of the board (environment) temperature. */
#define LBMS_PACK_AMBIENT (LBMS_NTCS + 1u)

/** Functions and forced states of a pack, as bits of lbms_pack_state.functions. */
enum lbms_pack_function {
    LBMS_PACK_BUZZER = 1u << 0,        /**< buzzer enabled */
    LBMS_PACK_CHARGE_OFF = 1u << 1,    /**< charging held off by a command */
    LBMS_PACK_DISCHARGE_OFF = 1u << 2, /**< discharging, likewise */
    LBMS_PACK_GEAR_LOW = 1u << 3,      /**< current limiter works in its low gear */
    LBMS_PACK_LIMITER = 1u << 4,       /**< current limiter enabled */
    LBMS_PACK_LED_ALARM = 1u << 5      /**< alarm lights enabled */
};

/** Measured and counted values. */
struct lbms_pack_values {
    uint8_t cells; /**< measured cells, 0..LBMS_CELLS: of a pack of another kind there may be fewer */
    uint8_t temps; /**< temperatures told, 0..LBMS_PACK_TEMPS */
    uint16_t cell_mv[LBMS_CELLS];
    int16_t temp_dc[LBMS_PACK_TEMPS]; /**< LBMS_TEMP_OPEN: not known */
    int32_t current_ma;
    int32_t pack_mv;
    int32_t remaining_mah, full_mah, design_mah;
    uint16_t cycles;
    /* what only newer programs tell */
    bool extended;                       /**< the rest is filled in */
    uint8_t soc_pct, soh_pct;            /**< 1 % */
    int32_t charged_mah, discharged_mah; /**< in its life, INT32_MAX: that or more */
    int32_t port_mv, port_ma;            /**< at the terminals */
    int32_t system_left_mah, system_mah; /**< remaining and full capacity of all packs together */
};

/** State. */
struct lbms_pack_state {
    uint32_t alarms;      /**< 1 << enum lbms_bit */
    uint32_t protections; /**< 1 << enum lbms_bit */
    uint32_t faults;      /**< 1 << enum lbms_fault */
    uint16_t state;       /**< mask of enum lbms_state */
    uint16_t balance_mask;
    uint16_t cells_high, cells_low, cells_lost; /**< one bit for each cell: beyond a limit, or not measured */
    uint8_t temps_high, temps_low, temps_lost;  /**< one bit for each temperature, likewise */
    uint8_t closed;                             /**< mask of enum lbms_switch, as measured */
    uint8_t flow;                               /**< enum lbms_flow */
    uint8_t functions;                          /**< mask of enum lbms_pack_function */
    bool charger_present;
    bool stopping; /**< on the way to sleep */
};

/** One pack. */
struct lbms_pack {
    uint8_t address; /**< 0..15 */
    struct lbms_pack_values values;
    struct lbms_pack_state state;
};

#endif
