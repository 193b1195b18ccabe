/* Simulated time against real time. */
#ifndef VIRTUAL_PACK_PACE_H
#define VIRTUAL_PACK_PACE_H

#include <stdbool.h>

struct pace {
    double speed; /* simulated seconds in a real one; 0 = as fast as possible */
    bool paused;
    /* a moment at which both clocks were compared */
    double wall_s, simulated_s;
};

/* Real time, s, from an arbitrary moment. */
double pace_wall_s(void);

/* Compare the clocks anew: the simulation is on time now. */
void pace_start(struct pace *pace, double simulated_s);

/* Change speed or pause; takes effect from here on. */
void pace_set(struct pace *pace, double speed, bool paused, double simulated_s);

/* Simulated moment that has been reached in real time; infinite without a speed. */
double pace_reached_s(const struct pace *pace);

#endif
