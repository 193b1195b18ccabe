/*
 * The hardware supervision on a healthy pack with both switches closed and accepted thresholds in its AFE.
 */
#ifndef LBMS_TESTS_HARDWARE_RIG_H
#define LBMS_TESTS_HARDWARE_RIG_H

#include "losun_bms/battery/hardware.h"
#include "losun_bms/battery/second_level.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/switches.h"

struct rig {
    struct lbms_hardware hardware;
    struct lbms_hardware_inputs in;
    struct lbms_measured m;
    struct lbms_params params;
    struct lbms_afe_config want, got;
};

/* Healthy, and one step long. */
void hardware_start(struct rig *rig);
/* A step so much later, with everything as it is now; the conditions found. */
uint32_t hardware_step(struct rig *rig, uint32_t later_ms);
/* Steps of 100 ms for this time; every condition that was found in one of them. */
uint32_t hardware_run(struct rig *rig, uint32_t ms);
/* The switches are commanded and reported like this. */
void hardware_switches(struct rig *rig, uint8_t commanded, uint8_t reported);
/* Everything as it is now for a time: the condition comes at delay_ms, not 1 ms earlier, and goes with the cause. */
void hardware_expect_after(struct rig *rig, uint32_t delay_ms, uint8_t condition);
/* Everything as it is now for an hour: nothing is found. */
void hardware_expect_nothing(struct rig *rig);

#endif
