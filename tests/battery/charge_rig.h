/*
 * Charge supervision on a pack whose measurement and surroundings are set by the test. It starts as a half-charged, awake
 * pack at rest, with the default parameters and no charger.
 */
#ifndef LBMS_TESTS_CHARGE_RIG_H
#define LBMS_TESTS_CHARGE_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/battery/charge.h"
#include "support/measured.h"

struct rig {
    struct lbms_charge charge;
    struct lbms_charge_inputs in;
    struct lbms_measured m;
    struct lbms_params params;
    uint64_t time_ms;                     /* since power-on; now_ms and uptime_s follow */
    uint32_t offset_ms;                   /* of now_ms, to come near its wrap */
    uint32_t period_ms;                   /* of the steps of chg_run() */
    unsigned entered, soc_full, clear_ov; /* how often these results of one step were seen */
};

void chg_start(struct rig *rig);
/* As after a power-down that left this memory behind. */
void chg_restart(struct rig *rig, const struct lbms_memory *memory);
/* One step, so much later than the last one. SOC follows the result soc_full. */
void chg_step(struct rig *rig, uint32_t later_ms);
/* Steps until so much time has passed. */
void chg_run(struct rig *rig, uint32_t ms);
void chg_run_s(struct rig *rig, uint32_t s);
bool chg_state(const struct rig *rig, uint16_t state);
bool chg_condition(const struct rig *rig, uint8_t condition);

/* A charger whose current is this. */
void chg_charge(struct rig *rig, int32_t current_ma);
/* A pack that has just become full with everything at 100 %, and then rests at 54.4 V without a charger. */
void chg_full(struct rig *rig);

#endif
