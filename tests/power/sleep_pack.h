/*
 * Sleep and wake-up of a pack and the modes that follow their results, and nothing else; for the tests of sleep and wake-up.
 */
#ifndef LBMS_TESTS_SLEEP_PACK_H
#define LBMS_TESTS_SLEEP_PACK_H

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/power/sleep.h"
#include "losun_bms/power/wake.h"

#define HOUR_MS UINT32_C(3600000)
#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))

struct pack {
    uint32_t rest_ms; /* of uptime_s */
    struct lbms_params params;
    struct lbms_measured m;
    struct lbms_sleep_inputs in;
    struct lbms_sleep_control sleep;
    struct lbms_wake_inputs wake_in;
    struct lbms_wake_control wake;
    bool tried, charging_found; /* told to it after the next step */
};

#define REASONS 4u
/* The reasons of this issue; the first two are wishes of the pack itself. */
extern const uint8_t reasons[REASONS];

/* Awake, nothing wanted, 52 V at the terminals. The time wraps after 40 s. */
void awake(struct pack *p);

/* Awake, and just asked to sleep; its switches are open, the terminals still at 52 V. */
void stopping(struct pack *p, uint8_t reason);

/* Asleep since just now, nothing at the terminals. */
void asleep(struct pack *p, uint8_t reason);

/* Asleep, and the board was asked for low power. */
void deep_asleep(struct pack *p, uint8_t reason);

/* The wake-up control begins anew; asleep_before: in a sleep that goes on. */
void resume(struct pack *p, bool asleep_before);

/* One step, some time after the last one. Presses, commands and wake-up reasons last for one step. */
void pass(struct pack *p, uint32_t ms);

/* Steps of 10 ms until the mode changes or the time is over; returns the time it took. */
uint32_t run(struct pack *p, uint32_t ms);

#endif
