/**
 * @file
 * Supervision of the hardware: switches that do not do what they are told, a current sensor that shows what cannot be,
 * protection thresholds that are not in the AFE, and the last resort when a switch is welded.
 *
 * It only finds out; the protection table decides what follows from its conditions, and what stays until service.
 */
#ifndef LOSUN_BMS_BATTERY_HARDWARE_H
#define LOSUN_BMS_BATTERY_HARDWARE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A refused set of AFE thresholds is written again after this time, ms. */
#define LBMS_HARDWARE_REWRITE_MS 1000u

/** What the supervision looks at, for one step. */
struct lbms_hardware_inputs {
    uint32_t now_ms;
    const struct lbms_measured *m;
    uint8_t commanded; /**< lbms_switches.closed of the previous step; a body-diode assist is a command too */
    uint32_t protections;                   /**< 1 << enum lbms_bit */
    uint32_t faults;                        /**< 1 << enum lbms_fault */
    int8_t afe_fit;                         /**< lbms_inputs.afe_fit */
    const struct lbms_afe_config *afe_got;  /**< lbms_inputs.afe_got */
    const struct lbms_afe_config *afe_want; /**< lbms_outputs.afe of the previous step */
};

/** What is watched for how long; index of lbms_hardware.timer. */
enum lbms_hardware_watch {
    LBMS_WATCH_SWITCH_STATE = 0,
    LBMS_WATCH_CURRENT_OFFSET,
    LBMS_WATCH_CHARGE_WELDED,
    LBMS_WATCH_DISCHARGE_WELDED,
    LBMS_WATCH_CHARGE_DROP,
    LBMS_WATCH_DISCHARGE_DROP,
    LBMS_WATCH_LOW_CELL,
    LBMS_WATCH_COUNT
};

/** State and results. */
struct lbms_hardware {
    uint32_t conditions; /**< result: those of the hardware supervision, 1 << enum lbms_condition */
    uint16_t state;      /**< result: LBMS_STATE_TRIP_UNIT, LBMS_STATE_TRIPPED */
    bool buzzer;         /**< result: a hazard, and no trip unit to end it */
    bool rewrite; /**< result: write the AFE thresholds again (one step: give them a new sequence number) */
    bool running; /**< at least one timer runs */
    uint8_t commanded; /**< of the last step */
    struct lbms_hold_timer timer[LBMS_WATCH_COUNT];
    bool afe_refused;     /**< the thresholds in the AFE were not accepted */
    int8_t afe_fit;       /**< fit, and sequence read back, when they were last judged */
    uint8_t afe_sequence; /**< 0: not judged yet */
    uint32_t afe_ms;      /**< when they were judged, or written again */
    uint32_t pulse_ms;    /**< when the pulse began; valid while LBMS_STATE_TRIP_UNIT */
};

/**
 * Start with nothing found.
 *
 * @param hardware  state to prepare
 * Context: the context of the step.
 */
void lbms_hardware_init(struct lbms_hardware *hardware);

/**
 * Watch the hardware. Every time below is without a break; without a fresh sample, what was found stays found and what was
 * suspected begins anew.
 *
 * SWITCH_STATE: the reported state differs from an unchanged command for `afe_switch_ms`. A protection of the AFE or its
 * reset explains an open switch, never a closed one.
 * CURRENT_OFFSET: both paths commanded and reported open, magnitude of the current > `mos_fault_ma` for `mos_fault_ms`:
 * the sensor or a switch, which cannot be told apart here.
 * CHARGE_MOSFET: charge path commanded and reported open, discharge path reported closed, and charge current >
 * `mos_fault_ma` for `mos_fault_ms` (welded); or both main switches commanded and reported closed, and pack - terminal
 * > `mos_drop_mv` at `mos_drop_min_ma` to `mos_drop_max_ma` of discharge for `mos_fault_ms` (its body diode conducts).
 * DISCHARGE_MOSFET: mirrored.
 * HAZARD: charge MOSFET fault and cell over-voltage protection; or discharge MOSFET fault and a cell <
 * `cell_dead_mv` + `mos_hazard_cell_mv` for `mos_fault_ms`. The first step of a hazard starts the one pulse of
 * `trip_pulse_ms` for a fitted trip unit. It may be pulsed again when both MOSFET faults have been cleared.
 * AFE_CONFIG: the thresholds read back are not accepted (lbms_second_level_accepts()), one rewrite was asked for
 * and LBMS_HARDWARE_REWRITE_MS later they still are not; it goes on asking at that interval. A board without thresholds
 * (sequence 0 in afe_got and afe_fit 0) is not judged.
 *
 * @param hardware  state; the results are rewritten
 * @param in        facts of this step
 * @param params    limits and times
 * @param product   product of the parameters
 * Context: the context of the step.
 */
void lbms_hardware_step(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in,
                        const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
