#include "virtual_pack/pace.h"

#include <math.h>
#include <time.h>

double pace_wall_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void pace_start(struct pace *pace, double simulated_s)
{
    pace->wall_s = pace_wall_s();
    pace->simulated_s = simulated_s;
}

void pace_set(struct pace *pace, double speed, bool paused, double simulated_s)
{
    pace->speed = speed;
    pace->paused = paused;
    pace_start(pace, simulated_s);
}

double pace_reached_s(const struct pace *pace)
{
    if (pace->paused) {
        return pace->simulated_s;
    }
    if (pace->speed <= 0.0) {
        return HUGE_VAL;
    }
    return pace->simulated_s + (pace_wall_s() - pace->wall_s) * pace->speed;
}
