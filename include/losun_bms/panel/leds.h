/**
 * @file
 * Lights: which status is shown, which pattern each light has in it, and the lights of this instant.
 *
 * Source: product manual 2.5 and 2.3-2; where the manual's tables contradict each other, the decisions are
 * in docs/requirements.md (R-LED). Profile 0 is the manual, profile 1 the table of PACE-type packs.
 */
#ifndef LOSUN_BMS_PANEL_LEDS_H
#define LOSUN_BMS_PANEL_LEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lights of the bar: index 0..5 = L1..L6 (level), 6 = L7 (ALM), 7 = L8 (RUN). Equal to the bits of enum lbms_light. */
#define LBMS_LAMPS 8u
/** Index of L7, the alarm light. */
#define LBMS_LAMP_ALM 6u
/** Index of L8, the run light. */
#define LBMS_LAMP_RUN 7u
/** SOC bands, 1..6: the number of level lights. */
#define LBMS_BANDS 6u
/** LED profiles, parameter `led_profile`. */
#define LBMS_LED_PROFILES 2u

/** What the panel shows, in the order of the manual's table. */
enum lbms_led_status {
    LBMS_LED_SHUTDOWN = 0,
    LBMS_LED_START = 1,
    LBMS_LED_STANDBY = 2,
    LBMS_LED_CHARGING = 3,
    LBMS_LED_FULL = 4,
    LBMS_LED_CHARGE_PROTECTION = 5,
    LBMS_LED_DISCHARGING = 6,
    LBMS_LED_UVP = 7,
    LBMS_LED_DISCHARGE_PROTECTION = 8,
    LBMS_LED_FAULT = 9,
    LBMS_LED_STATUS_COUNT = 10
};

/** How one light behaves. */
enum lbms_led_pattern {
    LBMS_LED_OFF = 0,
    LBMS_LED_ON = 1,
    LBMS_LED_F1 = 2, /**< flash 1: 0.25 s on, 3.75 s off */
    LBMS_LED_F2 = 3, /**< flash 2: 0.5 s on, 0.5 s off */
    LBMS_LED_F3 = 4, /**< flash 3: 0.5 s on, 1.5 s off */
    LBMS_LED_PATTERN_COUNT = 5
};

/** State and results. */
struct lbms_leds {
    uint16_t lights;               /**< result: mask of enum lbms_light */
    uint32_t next_ms;              /**< result: time until a light changes; UINT32_MAX when none will */
    uint8_t band;                  /**< SOC band shown, 1..LBMS_BANDS; 0 before the first step */
    uint8_t pattern[LBMS_LAMPS];   /**< of the last step */
    uint32_t since_ms[LBMS_LAMPS]; /**< start of the running period of each light */
    uint32_t start_ms;             /**< start of the start sequence */
    uint32_t sequence_ms;          /**< time until the next light of it; UINT32_MAX outside */
    uint32_t row;           /**< profile, status, step and alarm of the last step; UINT32_MAX at first */
    uint8_t status;         /**< of the last step */
    uint16_t soc_bp;        /**< SOC for which the band was found */
    uint32_t steady_ms;     /**< time of the step that last looked at every light */
    uint32_t steady_for_ms; /**< for how long after it no light changes */
};

/**
 * Which status is shown for a pack; first match of R-LED's priority list.
 *
 * @param snapshot  mode, protections, faults, blocked, flow and charger_present are read
 * @return enum lbms_led_status
 * Context: any.
 */
uint8_t lbms_led_status(const struct lbms_snapshot *snapshot);

/**
 * The table: pattern of one light.
 *
 * @param profile  0 or 1; any other value reads as 0
 * @param status   enum lbms_led_status; any other value reads as LBMS_LED_FAULT
 * @param step     SOC band 1..6; in LBMS_LED_START the step of the sequence, 0..7
 * @param lamp     0..LBMS_LAMPS - 1
 * @return enum lbms_led_pattern; LBMS_LED_OFF for a lamp that does not exist
 * Context: any.
 */
uint8_t lbms_led_table(uint8_t profile, uint8_t status, uint8_t step, uint8_t lamp);

/**
 * SOC band with hysteresis: a change needs 0.5 % beyond the boundary.
 *
 * Bands of whole percent: 0-17, 18-33, 34-50, 51-66, 67-83, 84-100 %.
 *
 * @param band    band shown until now; 0: none, take it from the SOC alone
 * @param soc_bp  SOC, 0.01 %
 * @return band 1..6
 * Context: any.
 */
uint8_t lbms_led_band(uint8_t band, uint16_t soc_bp);

/**
 * Start dark.
 *
 * @param leds  state to prepare
 * Context: the context of the step.
 */
void lbms_leds_init(struct lbms_leds *leds);

/**
 * Compute the lights of this instant.
 *
 * A flashing light begins with its lit phase when its pattern begins.
 *
 * @param leds       state; lights and next_ms are the result
 * @param snapshot   the pack; status, alarms, mode, soc and now_ms are read
 * @param switch_on  weak-current switch, for the BMS off/on light
 * @param params     led_profile, led_alarm_enable, led_step_ms
 * Context: the context of the step.
 */
void lbms_leds_step(struct lbms_leds *leds, const struct lbms_snapshot *snapshot, bool switch_on,
                    const struct lbms_params *params);

/**
 * Whether a pattern is lit at a time after its beginning.
 *
 * @param pattern     enum lbms_led_pattern; others read as off
 * @param elapsed_ms  time since the pattern began
 * @return true when lit
 * Context: any.
 */
bool lbms_led_lit(uint8_t pattern, uint32_t elapsed_ms);

#ifdef __cplusplus
}
#endif

#endif
