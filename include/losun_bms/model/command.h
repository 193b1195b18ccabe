/**
 * @file
 * Commands: the only way by which anything outside the battery logic asks for a change.
 */
#ifndef LOSUN_BMS_MODEL_COMMAND_H
#define LOSUN_BMS_MODEL_COMMAND_H

#include <stdint.h>

#include "losun_bms/model/params.h"

/** Parameters that one command can carry. */
#define LBMS_COMMAND_ITEMS LBMS_PARAM_ITEMS_MAX

/** What is asked for. */
enum lbms_command_kind {
    LBMS_COMMAND_NONE = 0,
    LBMS_COMMAND_SET_PARAMS = 1, /**< write item[0..count): all of them or none */
    LBMS_COMMAND_RESTORE_DEFAULTS =
        2,                      /**< every parameter to its default; records, charge and counters stay */
    LBMS_COMMAND_SLEEP = 3,     /**< go to sleep as on the button; refused while asleep or starting */
    LBMS_COMMAND_RESET = 4,     /**< software reset, as the button held for 6 s */
    LBMS_COMMAND_SET_CLOCK = 5, /**< item[0].value: wall-clock time, s since 1970-01-01 (as uint32_t) */
    LBMS_COMMAND_CLEAR_FAULTS =
        6, /**< service: release latched faults and locks; LBMS_ERR_STATE while a cause is still measured */
    LBMS_COMMAND_FORCE_OFF =
        7, /**< item[0].value: paths to hold open, mask of enum lbms_path, until the next such command, until
                the defaults are restored, or until a reset */
    LBMS_COMMAND_SET_CAPACITY = 8, /**< item[0..2].value: remaining, full and design capacity, mAh */
    LBMS_COMMAND_SET_CYCLES = 9,   /**< item[0].value: cycle count */
    LBMS_COMMAND_CALIBRATE =
        10, /**< item[0].id: enum lbms_calibrate; item[0].value: the true value, mA or mV */
    LBMS_COMMAND_CLEAR_RECORDS = 11,
    LBMS_COMMAND_SET_SERIAL =
        12 /**< item[0].id: enum lbms_serial; item[0..4].value: four characters each, the first one lowest */
};

/** What LBMS_COMMAND_CALIBRATE corrects. */
enum lbms_calibrate {
    LBMS_CALIBRATE_ZERO = 0,      /**< the current, which is 0 now */
    LBMS_CALIBRATE_PACK = 1,      /**< the pack voltage */
    LBMS_CALIBRATE_CHARGE = 2,    /**< the gain of the current while charging; true value 5 A or more */
    LBMS_CALIBRATE_DISCHARGE = 3, /**< while discharging; true value -5 A or less */
    LBMS_CALIBRATE_COUNT = 4
};

/** Which serial number LBMS_COMMAND_SET_SERIAL writes. */
enum lbms_serial { LBMS_SERIAL_BOARD = 0, LBMS_SERIAL_PACK = 1 };

/**
 * One command. Who sends it has asked for the level that it needs: calibration, serial numbers, clearing of records and of
 * faults are for the service level. Its outcome is lbms_snapshot.result together with
 * lbms_snapshot.result_sequence.
 */
struct lbms_command {
    uint8_t kind;      /**< enum lbms_command_kind */
    uint8_t origin;    /**< port it came from, for the records: enum lbms_port */
    uint16_t sequence; /**< chosen by the sender, comes back with the result; 0 is not used */
    uint8_t count;     /**< items used, 0..LBMS_COMMAND_ITEMS */
    struct lbms_param_item item[LBMS_COMMAND_ITEMS];
};

#endif
