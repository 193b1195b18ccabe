/**
 * @file
 * The state of charge as people see it: calm, in step with the use of the pack, 0 % and 100 % only when reached.
 */
#ifndef LOSUN_BMS_BATTERY_SOC_DISPLAY_H
#define LOSUN_BMS_BATTERY_SOC_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Highest value shown of a pack that is not full, and lowest of one that is not empty, 0.01 %. */
#define LBMS_SOC_DISPLAY_MOST_BP  9900
#define LBMS_SOC_DISPLAY_LEAST_BP 100

/** Value shown, and whether the ends have been reached. */
struct lbms_soc_display {
    int32_t shown;    /**< 1e-5 of 0.01 %, so that a draw of 1 mA for a second is not lost: 0..1e9 */
    bool known;       /**< a value is shown */
    bool started;     /**< a step has been made, so that full and empty are those of the last one */
    bool full, empty; /**< reached and not ended yet */
};

/** What has happened since the last call. */
struct lbms_soc_display_inputs {
    uint32_t elapsed_ms;  /**< more than 10 minutes count as 10 minutes */
    uint16_t soc_bp;      /**< estimate of the usable SOC, 0..10000 */
    int32_t moved_mas;    /**< charge since the last call, offset of the sensor removed; positive charges */
    int32_t capacity_mas; /**< usable capacity, > 0 */
    uint8_t flow;         /**< enum lbms_flow */
    bool full;            /**< 100 % is earned: full condition or full anchor, while it lasts */
    bool empty;           /**< 0 % is earned: under-voltage at a moderate load, while it lasts */
};

/**
 * Show what was shown before the power-down.
 *
 * @param d         state to prepare
 * @param known     a value is stored; otherwise the first estimate is shown as it is
 * @param shown_bp  stored value, limited to 0..10000
 * Context: the context of the step.
 */
void lbms_soc_display_init(struct lbms_soc_display *d, bool known, uint16_t shown_bp);

/**
 * Follow the estimate, every second or two.
 *
 * - The value moves with the charge, and beside that towards the estimate by at most the rate.
 * - While discharging it never rises and while charging it never falls. When it lies on the wrong side of the
 *   estimate then, it moves slower than the charge, in the proportion in which both meet at the end: it is never stuck.
 * - When the pack is idle it converges to the estimate from both sides.
 * - 99 % is passed only when `full` begins, and 1 % only when `empty` begins: the value is 100 % or 0 % then at once,
 *   and leaves it only with the charge that is moved, until the condition ends. A condition that lasts since before
 *   the power-down has begun then, not now.
 *
 * @param d                state
 * @param in               this second
 * @param rate_bp_per_min  largest correction, 0.01 % a minute, 0..10000: `soc_display_rate_bp`
 * Context: the context of the step; three 64-bit divisions.
 */
void lbms_soc_display_step(struct lbms_soc_display *d, const struct lbms_soc_display_inputs *in,
                           int32_t rate_bp_per_min);

/**
 * Value to be shown and to be stored.
 *
 * @param d  state
 * @return 0..10000, 0.01 %
 * Context: any, with an instance that nobody is changing.
 */
uint16_t lbms_soc_display_bp(const struct lbms_soc_display *d);

#ifdef __cplusplus
}
#endif

#endif
