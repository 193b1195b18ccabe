/* The arithmetic of the time base, apart from its registers. */
#include "losun_bms_port/cortex_m/time.h"

/*
 * Shortest period, 1/8 ms: its interrupt must be handled before the next one ends. And a reload value of 0
 * would stop the timer.
 */
#define SHORTEST_PART 8u
#define SHORTEST_MIN  2u

void lbms_cm_ticks_add(struct lbms_cm_ticks *sum, uint32_t ticks)
{
    const uint32_t total = sum->rest + ticks;

    sum->ms += total / sum->per_ms;
    sum->rest = total % sum->per_ms;
}

uint32_t lbms_cm_ticks_until(const struct lbms_cm_ticks *sum, uint32_t ms, uint32_t max)
{
    const uint32_t most_ms = max / sum->per_ms;
    uint32_t least = sum->per_ms / SHORTEST_PART;
    uint32_t ticks;

    least = (least < SHORTEST_MIN) ? SHORTEST_MIN : least;
    if (ms > most_ms) {
        return max;
    }
    ticks = ms * sum->per_ms;
    ticks = (ticks > sum->rest) ? (ticks - sum->rest) : 0u;
    return (ticks < least) ? least : ticks;
}

uint32_t lbms_cm_ticks_counted(uint32_t left, bool ended, uint32_t running, uint32_t following)
{
    if (left == 0u) {
        return running;
    }
    return (ended ? (running + following) : running) - left;
}
