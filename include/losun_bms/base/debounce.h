/**
 * @file
 * Debouncing of up to 16 inputs at once: buttons, DIP switch, weak-current switch.
 */
#ifndef LOSUN_BMS_BASE_DEBOUNCE_H
#define LOSUN_BMS_BASE_DEBOUNCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Inputs in one word. */
#define LBMS_DEBOUNCE_BITS 16u

/** State of the debouncing, one bit and one time for each input. The caller's memory. */
struct lbms_debounce {
    uint16_t stable;    /**< debounced levels */
    uint16_t candidate; /**< raw levels at the last call */
    uint32_t since_ms
        [LBMS_DEBOUNCE_BITS]; /**< when the candidate bit took its level; used where it differs from stable */
};

/**
 * Starts with given levels, which need no time to become stable.
 *
 * @param debounce  filled in
 * @param initial   levels at the start, one bit for each input
 * Context: the one context that uses this struct.
 */
void lbms_debounce_init(struct lbms_debounce *debounce, uint16_t initial);

/**
 * Takes the raw levels and gives the debounced ones. Each bit is on its own.
 *
 * A bit changes when every call for hold_ms has found it at its new level; a call that finds the old level
 * starts the time anew.
 *
 * @param debounce  an initialised struct
 * @param raw       levels now, one bit for each input
 * @param now_ms    the present, wraps. While a bit is changing, calls must be less than 2^32 - hold_ms apart
 * @param hold_ms   how long a new level must last; 0 passes the raw levels through
 * @return the debounced levels, also in debounce->stable
 * Context: the one context that uses this struct, also an interrupt; 16 steps.
 */
uint16_t lbms_debounce(struct lbms_debounce *debounce, uint16_t raw, uint32_t now_ms, uint32_t hold_ms);

#ifdef __cplusplus
}
#endif

#endif
