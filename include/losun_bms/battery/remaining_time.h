/**
 * @file
 * Time until the pack is empty or full at the present power.
 */
#ifndef LOSUN_BMS_BATTERY_REMAINING_TIME_H
#define LOSUN_BMS_BATTERY_REMAINING_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/battery/cell_model.h"
#include "losun_bms/battery/cell_resistance.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest time told, s (100 h). */
#define LBMS_TIME_MOST_S 360000
/** Time in which the last part is charged at constant voltage, as long as none has been measured, s. */
#define LBMS_TIME_TAIL_S 1200

/** Windows over which the power is averaged. */
enum lbms_power_window {
    LBMS_WINDOW_1MIN = 0,
    LBMS_WINDOW_5MIN = 1,
    LBMS_WINDOW_15MIN = 2,
    LBMS_WINDOWS = 3
};

/** Averages, the walk along the curve that is going on, and the result. */
struct lbms_remaining_time {
    uint32_t left_s;                 /**< result: to full while charging, to empty while discharging */
    int32_t mean_16th[LBMS_WINDOWS]; /**< power since the direction changed, 1/16 mW, magnitude */
    uint32_t averaged_ms;            /**< time behind the averages, up to the longest window */
    int32_t energy_dmv;              /**< of the walk: voltage summed over per cents of SOC */
    int32_t drop_dmv;                /**< of the walk: voltage across the resistance */
    int32_t last_dmv;                /**< of the walk: loaded voltage where it stands */
    uint32_t in_tail_ms;             /**< constant-voltage charge so far */
    int16_t position;                /**< of the walk */
    int16_t stride;                  /**< of the walk; 0: not started */
    uint16_t tail_s;                 /**< mean of the measured constant-voltage times; to be stored */
    uint8_t flow;                    /**< direction of the averages, enum lbms_flow */
};

/** What is known in this second. */
struct lbms_remaining_time_inputs {
    uint32_t elapsed_ms;         /**< since the last call; more than 10 s count as 10 s */
    uint8_t flow;                /**< enum lbms_flow */
    uint8_t window;              /**< enum lbms_power_window: `remaining_window` */
    bool full;                   /**< full condition: ends a measurement of the tail */
    int32_t pack_mv, current_ma; /**< now */
    uint16_t cell_max_mv;        /**< highest cell now */
    int16_t temp_dc;
    uint16_t soc_low_bp, soc_high_bp; /**< of the lowest and the highest cell */
    int32_t capacity_mah;             /**< of a cell */
    struct lbms_cell_resistance r;    /**< now */
    int32_t end_low_mv,
        end_high_mv; /**< cell voltages at which discharging and constant-current charging end */
};

/**
 * Start with an unknown time.
 *
 * @param t       state to prepare
 * @param tail_s  stored constant-voltage time; 0 when none was measured
 * Context: the context of the step.
 */
void lbms_remaining_time_init(struct lbms_remaining_time *t, uint16_t tail_s);

/**
 * Average the power and go a little further along the curve, every second or two.
 *
 * The averages are exponential with 1, 5 and 15 min, begin anew when charging changes to discharging or back, and
 * are the plain mean until their window is full. The walk begins at the SOC of the lowest (charging: highest) cell and
 * adds up U(z, T) +- M(z) + I R until that reaches the end voltage, in steps of 1 % that become smaller there; I is the
 * averaged power over the present voltage. The hysteresis is taken as that of the present direction, which it is
 * after 5 to 10 % of moved charge. Time left is that energy over the averaged power; charging adds the tail.
 *
 * Four look-ups are made in a call, so a figure is at most 26 calls old.
 *
 * @param t      state and result
 * @param model  type of cell
 * @param in     as measured now
 * Context: the context of the step; about ten 64-bit divisions.
 */
void lbms_remaining_time_step(struct lbms_remaining_time *t, const struct lbms_cell_model *model,
                              const struct lbms_remaining_time_inputs *in);

#ifdef __cplusplus
}
#endif

#endif
