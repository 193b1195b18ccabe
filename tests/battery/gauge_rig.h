/* The fuel gauge on a cell in double precision: sixteen equal ones, ideal sensors unless the cell's rig says otherwise. */
#ifndef LBMS_TESTS_GAUGE_RIG_H
#define LBMS_TESTS_GAUGE_RIG_H

#include "losun_bms/battery/gauge.h"

#include "estimator_rig.h"

struct gauge_rig {
    struct lbms_gauge g;
    struct lbms_snapshot s;
    struct lbms_gauge_inputs in;
    struct lbms_params params;
    struct lbms_restored restored;
    struct estimator_rig cell;
    double uptime_s;
    unsigned retains, keeps; /* how often was asked for */
};

/* A pack with this charge in it and nothing stored, not started. Afterwards change what is stored. */
void gauge_rig_board(struct gauge_rig *rig, double z);

/* What is stored: this SOC, estimated and shown, with 1 % deviation. */
void gauge_rig_store(struct gauge_rig *rig, uint16_t soc_bp);

/* Start with what is stored; the first step too. */
void gauge_rig_start(struct gauge_rig *rig);

/* Save, restart for this reason after a pause, and make the first step. */
void gauge_rig_restart(struct gauge_rig *rig, uint8_t cause, uint32_t asleep_s);

/* One step of this length with this true current. */
void gauge_rig_step(struct gauge_rig *rig, double current_a, unsigned ms);

/* Many of them. */
void gauge_rig_run(struct gauge_rig *rig, double current_a, double seconds, unsigned ms);

#endif
