/**
 * @file
 * Everything the core wants of the world after one step.
 */
#ifndef LOSUN_BMS_MODEL_OUTPUTS_H
#define LOSUN_BMS_MODEL_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/switches.h"

/** Lights, as bits of lbms_outputs.lights. Bits 0..5 are the level lights L1..L6. */
enum lbms_light {
    LBMS_LIGHT_L1 = 1u << 0,
    LBMS_LIGHT_L6 = 1u << 5,
    LBMS_LIGHT_ALM = 1u << 6, /**< L7, red */
    LBMS_LIGHT_RUN = 1u << 7, /**< L8, green */
    LBMS_LIGHT_ON = 1u << 8   /**< BMS off/on light, separate from the bar */
};

/** Volt-free contacts, as bits of lbms_outputs.dry_contacts. */
enum lbms_contact {
    LBMS_CONTACT_1 = 1u << 0,
    LBMS_CONTACT_2 = 1u << 1,
    LBMS_CONTACT_TRIP_UNIT = 1u << 7 /**< pulse for an external means of disconnection, where one is fitted */
};

/** Request to enter low power. The runner carries it out after the switches of the same step. */
struct lbms_sleep {
    bool requested;
    uint8_t reason;       /**< enum lbms_sleep_reason */
    uint8_t wake_sources; /**< mask of enum lbms_wake that shall end it */
    uint32_t timer_s;     /**< LBMS_WAKE_TIMER: seconds until it fires */
};

/** One-time action, carried out by the runner after the switches of the same step. */
enum lbms_action {
    LBMS_ACTION_NONE = 0,
    LBMS_ACTION_RESET = 1,    /**< system reset; everything worth keeping is saved first */
    LBMS_ACTION_SET_CLOCK = 2 /**< set the wall clock to action_value */
};

/** Result of one step. */
struct lbms_outputs {
    struct lbms_switches want; /**< whole wanted switch state */
    uint16_t balance_mask;     /**< cells to bleed; bit 0 = cell at the negative end */
    uint16_t lights;           /**< mask of enum lbms_light, this instant */
    bool buzzer;
    bool heater;
    uint8_t dry_contacts; /**< mask of enum lbms_contact; 1 = closed */
    bool
        retain; /**< state of charge or counters have moved: write retained memory now, which wears nothing */
    bool keep;  /**< something that an unexpected reset must not undo has changed: write all that keeps now */
    struct lbms_afe_config afe; /**< hardware thresholds wanted; a new sequence number asks for a write */
    struct lbms_sleep sleep;
    uint8_t action; /**< enum lbms_action */
    uint32_t action_value;
    uint32_t next_ms; /**< the next step is due within this many ms (LED edges, timers) */
    uint32_t rest_ms; /**< reduced power: for so long no sample and no step is needed; 0: as usual */
};

#endif
