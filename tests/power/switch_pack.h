/* Switch control of a pack, and nothing else; for the tests of pre-charge and of the body-diode rule. */
#ifndef LBMS_TESTS_SWITCH_PACK_H
#define LBMS_TESTS_SWITCH_PACK_H

#include "losun_bms/model/bits.h"
#include "losun_bms/model/switches.h"
#include "losun_bms/power/switch_control.h"

#define HOUR_MS   UINT32_C(3600000)
#define CHARGE    LBMS_SWITCH_CHARGE
#define DISCHARGE LBMS_SWITCH_DISCHARGE
#define PRECHARGE LBMS_SWITCH_PRECHARGE

struct pack {
    struct lbms_params params;
    struct lbms_measured m;
    struct lbms_switch_inputs in;
    struct lbms_switch_control control;
};

/* 51.2 V, nothing at the port, no current, permitted, nothing blocked. The time wraps after 5 s. */
void switch_fresh(struct pack *p);

/* Both paths closed over a port that was up. */
void switch_closed(struct pack *p);

/* One step, some time after the last one; returns the wanted switches. */
unsigned switch_step(struct pack *p, uint32_t ms);

#endif
