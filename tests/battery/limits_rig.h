/* The rig of the limits: their state, their parameters, and what the next step is told. */
#ifndef LBMS_TESTS_BATTERY_LIMITS_RIG_H
#define LBMS_TESTS_BATTERY_LIMITS_RIG_H

#include "losun_bms/battery/limits.h"
#include "support/measured.h"

struct limits_rig {
    struct lbms_limits limits;
    struct lbms_measured m; /* of the next step: a test changes it as it likes, and the inputs below too */
    struct lbms_limits_inputs in;
    struct lbms_params params;
};

/* Half full, at rest, 25 degC, paths permitted. No step yet; the time is 10 s. */
void limits_start(struct limits_rig *rig);

/* The same, and its limits have risen to what they can be. */
void limits_ready(struct limits_rig *rig);

/* A step some time later. */
void limits_step(struct limits_rig *rig, uint32_t later_ms);

/* A step so much later that everything has risen to what it can be; nothing has had the time to be delayed. */
void limits_settle(struct limits_rig *rig);

/* Steps of a period until this much time has passed; the last one may be shorter. */
void limits_run(struct limits_rig *rig, uint32_t ms, uint32_t period_ms);

/* These values can no longer be believed, and keep their numbers. */
void limits_lose(struct limits_rig *rig, uint16_t valid_bits);

/* The whole pack has this temperature, as one whose sensors are all good. */
void limits_temperature(struct limits_rig *rig, int16_t dc);

#endif
