/**
 * @file
 * Lifetime data from the snapshots of the pack: extremes, trips, harmful events and hours are counted, what the fuel gauge
 * knows is taken over.
 */
#ifndef LOSUN_BMS_STORE_LIFETIME_H
#define LOSUN_BMS_STORE_LIFETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/health.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the counting remembers between two steps. All zero at first. */
struct lbms_lifetime_state {
    uint32_t protections; /**< of the last step */
    uint32_t faults;      /**< likewise */
    uint32_t last_s;      /**< uptime up to which time has been counted */
    uint32_t unrest_s;    /**< uptime of the last look at a pack that did not rest */
    bool full;            /**< of the last step */
    bool started;
};

/** Rest between two full charges from which a self-discharge is worked out, s; the time awake is a fourteenth of it at most. */
#define LBMS_LIFETIME_REST_S 1209600

/**
 * Count the time that the program has not seen.
 *
 * @param health         record to be continued
 * @param known          the pack was asleep; otherwise it was without a supply, nobody knows for how long
 * @param seconds_asleep how long it was asleep, s
 * Context: start-up.
 */
void lbms_lifetime_resume(struct lbms_health *health, bool known, uint32_t seconds_asleep);

/**
 * Count a step.
 *
 * Trips and extremes are looked at in every step, times once a second. What lasted since before the start is no new
 * trip. A time counts only while it is measured.
 *
 * Self-discharge is what has to be charged beyond what was discharged, from one full charge to another one with a long
 * sleep between them. It contains what the electronics draws asleep. A sensor that is 20 mA wrong makes 0.5 % in the day
 * awake that is permitted with two weeks of sleep.
 *
 * @param health  record to be continued
 * @param state   memory of the counting
 * @param s       snapshot after the step
 * @param params  whose alarm levels say what is hot and cold
 * @param wall_s  wall clock, s since 1970-01-01, for the dates; 0 when it is not set
 * Context: the context of the step; about 100 instructions, 200 once a second.
 */
void lbms_lifetime_step(struct lbms_health *health, struct lbms_lifetime_state *state,
                        const struct lbms_snapshot *s, const struct lbms_params *params, uint32_t wall_s);

#ifdef __cplusplus
}
#endif

#endif
