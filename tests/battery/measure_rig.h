/* The rig of the validation: its state, its parameters, and the inputs of the next step. */
#ifndef LBMS_TESTS_BATTERY_MEASURE_RIG_H
#define LBMS_TESTS_BATTERY_MEASURE_RIG_H

#include "losun_bms/battery/measure.h"
#include "support/measured.h"

/* Every validity bit. */
#define ALL_VALID                                                                                      \
    (LBMS_VALID_CELLS | LBMS_VALID_PACK | LBMS_VALID_TERMINAL | LBMS_VALID_CURRENT | LBMS_VALID_NTCS | \
     LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT | LBMS_VALID_CELL_RANGE | LBMS_VALID_TEMP_RANGE)

/* Whether the validation has raised a condition. */
#define RAISED(measure, condition) (((measure).conditions & LBMS_MASK(condition)) != 0u)
#define CELLS_LOST(measure)        RAISED(measure, LBMS_CONDITION_CELLS_LOST)
#define CURRENT_LOST(measure)      RAISED(measure, LBMS_CONDITION_CURRENT_LOST)

struct measure_rig {
    struct lbms_measure measure;
    struct lbms_measured m; /* result of the last step */
    struct lbms_inputs in;  /* in.sample is the next sample: a test changes it as it likes */
    struct lbms_params params;
};

/* Has seen no sample yet; the time is 10 s. */
void measure_start_silent(struct measure_rig *rig);

/* Has seen one good sample of the pack at rest, at 10 s. */
void measure_start(struct measure_rig *rig);

/* A step some time later, with a sample taken just then. */
const struct lbms_measured *measure_sampled(struct measure_rig *rig, uint32_t later_ms);

/* A step some time later, without a new sample. */
const struct lbms_measured *measure_waited(struct measure_rig *rig, uint32_t later_ms);

/* A step some time later, with a sample that is so old when it comes. */
const struct lbms_measured *measure_delayed(struct measure_rig *rig, uint32_t later_ms, uint32_t age_ms);

#endif
