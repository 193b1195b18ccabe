/**
 * @file
 * Time as a number: milliseconds that wrap after 49.7 days, uptime seconds that last 136 years, and
 * conditions that must hold for a while.
 *
 * Times are compared only by their difference, which is right across the wrap. Nothing here reads a clock:
 * the time is an argument, the same one for all that happens in a step.
 */
#ifndef LOSUN_BMS_BASE_TIMER_H
#define LOSUN_BMS_BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Milliseconds from one moment to a later one, right across one wrap.
 *
 * @param now_ms    the later moment
 * @param since_ms  the earlier one, less than 2^32 ms (49.7 days) before
 * @return 0..2^32-1 ms
 * Context: any, also an interrupt.
 */
static inline uint32_t lbms_elapsed_ms(uint32_t now_ms, uint32_t since_ms)
{
    return now_ms - since_ms; /* unsigned: right across the wrap */
}

/**
 * Tells whether a deadline has come, right across the wrap.
 *
 * @param now_ms       the present
 * @param deadline_ms  less than 2^31 ms (24.8 days) before or after the present; beyond that, past and
 *                     future change places, so longer waits count uptime seconds
 * @return true at the deadline and after it
 * Context: any, also an interrupt.
 */
static inline bool lbms_reached_ms(uint32_t now_ms, uint32_t deadline_ms)
{
    return lbms_elapsed_ms(now_ms, deadline_ms) < UINT32_C(0x80000000);
}

/** A condition that must be true for a time in ms. All zero is a reset timer. */
struct lbms_hold_timer {
    uint32_t since_ms; /**< first call that found the condition true; valid while running */
    bool running;      /**< the condition was true at the last call */
    bool done;         /**< and has been true for the delay: kept, so that the wrap cannot undo it */
};

/** As struct lbms_hold_timer in uptime seconds, for delays above a day. All zero is a reset timer. */
struct lbms_hold_s {
    uint32_t since_s; /**< first call that found the condition true; valid while running */
    bool running;     /**< the condition was true at the last call */
    bool done;        /**< and has been true for the delay */
};

/**
 * Forgets how long the condition has been true.
 *
 * @param timer  set to all zero; the caller's memory
 * Context: the one context that uses this timer, also an interrupt.
 */
static inline void lbms_hold_reset(struct lbms_hold_timer *timer)
{
    timer->since_ms = 0u;
    timer->running = false;
    timer->done = false;
}

/**
 * Tells whether a condition has been true without a break for a delay.
 *
 * Time counts from the first call with a true condition and starts anew when a call finds it false. Once
 * reached, the result stays true until the condition is false, however long that takes and also when
 * the delay is raised meanwhile.
 *
 * @param timer      the caller's memory, one for each condition, all zero at first
 * @param condition  as it is now; what happens between two calls is not seen
 * @param now_ms     the present, wraps. While the condition is true, a call must come between the end of the
 *                   delay and 2^32 ms (49.7 days) after the first call, or that turn of the clock is missed
 * @param delay_ms   any; 0 gives true at once
 * @return true when the condition is true and has been for at least delay_ms
 * Context: the one context that uses this timer, also an interrupt.
 */
bool lbms_hold(struct lbms_hold_timer *timer, bool condition, uint32_t now_ms, uint32_t delay_ms);

/** As lbms_hold_reset(). Context: the one context that uses this timer, also an interrupt. */
static inline void lbms_hold_seconds_reset(struct lbms_hold_s *timer)
{
    timer->since_s = 0u;
    timer->running = false;
    timer->done = false;
}

/**
 * As lbms_hold(), in seconds.
 *
 * @param timer      the caller's memory, one for each condition, all zero at first
 * @param condition  as it is now; what happens between two calls is not seen
 * @param uptime_s   seconds since the start of the program
 * @param delay_s    any; 0 gives true at once. Uptime counts whole seconds, so the delay is exact to 1 s
 * @return true when the condition is true and has been for at least delay_s
 * Context: the one context that uses this timer, also an interrupt.
 */
bool lbms_hold_seconds(struct lbms_hold_s *timer, bool condition, uint32_t uptime_s, uint32_t delay_s);

#ifdef __cplusplus
}
#endif

#endif
