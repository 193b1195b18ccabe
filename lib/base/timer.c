#include "losun_bms/base/timer.h"

bool lbms_hold(struct lbms_hold_timer *timer, bool condition, uint32_t now_ms, uint32_t delay_ms)
{
    if (!condition) {
        lbms_hold_reset(timer);
        return false;
    }
    if (!timer->running) {
        timer->running = true;
        timer->since_ms = now_ms;
    }
    if (lbms_elapsed_ms(now_ms, timer->since_ms) >= delay_ms) {
        timer->done = true;
    }
    return timer->done;
}

bool lbms_hold_seconds(struct lbms_hold_s *timer, bool condition, uint32_t uptime_s, uint32_t delay_s)
{
    if (!condition) {
        lbms_hold_seconds_reset(timer);
        return false;
    }
    if (!timer->running) {
        timer->running = true;
        timer->since_s = uptime_s;
    }
    if (uptime_s - timer->since_s >= delay_s) {
        timer->done = true;
    }
    return timer->done;
}
