/* A cell in double precision with its sensors, and the estimator that looks at it. */
#ifndef LBMS_TESTS_ESTIMATOR_RIG_H
#define LBMS_TESTS_ESTIMATOR_RIG_H

#include "losun_bms/battery/estimator.h"

struct estimator_rig {
    const struct lbms_cell_model *cell; /* what the cell is; the estimator may believe otherwise */
    double capacity_ah;
    double z, v1, v2, h;            /* truth */
    double ohm_scale;               /* of R0 and R1 */
    double counted;                 /* a plain counter that began where the estimator did */
    double offset_a, gain, level_v; /* errors of the sensors */
    double noise_a;
    double now_ms;
    uint32_t seed;
    struct lbms_estimator_inputs in;
    struct lbms_estimator e;
};

/* A cell of 100 Ah at rest with this charge. */
void rig_cell(struct estimator_rig *rig, double z);

/* The estimator begins: knows soc_bp, or nothing with sd_bp 0. */
void rig_start(struct estimator_rig *rig, uint16_t soc_bp, uint16_t sd_bp);

/* One step of this length with this true current (positive charges). */
void rig_step(struct estimator_rig *rig, double current_a, unsigned ms);

/* Many steps of a second. */
void rig_run(struct estimator_rig *rig, double current_a, unsigned seconds);

struct lbms_estimator_view rig_view(const struct estimator_rig *rig);

/* Estimate minus truth, in per cent. */
double rig_error(const struct estimator_rig *rig);

/* -1..1, reproducible. */
double rig_random(struct estimator_rig *rig);

/* A day of a house with sun: current in A at this second, a little different each day. */
double rig_house_a(struct estimator_rig *rig, unsigned second);

#endif
