/**
 * @file
 * The scenarios of the bench as data: measured records with variants of start and sensor errors, and a simulated pack
 * in houses, with what is required of the estimator in each.
 */
#ifndef SOC_BENCH_SCENARIO_H
#define SOC_BENCH_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "soc_bench/house.h"
#include "soc_bench/plant.h"

/** Records that one scenario can be made of. */
#define BENCH_RECORDS_MAX 2
/** Variants in which each record is run. */
#define BENCH_VARIANTS 11u
/** No estimate may move further than this between two samples, but at power-up and at the full anchor; % state of charge. */
#define BENCH_JUMP_MAX 3.0
/** The variants with start and sensor errors, which the tables show: from this one on. */
#define BENCH_FAULTY_FROM 3u

/** Root mean square error: mean and worst of the runs; largest error of all. % state of charge; 0: not required. */
struct bench_limits {
    double mean, worst, largest;
};

/** How the current sensor's zero becomes known. */
enum bench_zero {
    BENCH_ZERO_NEVER = 0,
    BENCH_ZERO_MEASURED, /**< see bench_zero_now() */
    BENCH_ZERO_FACTORY   /**< from production, to 20 mA */
};

/** One scenario. */
struct bench_scenario {
    const char *name, *title;
    bool
        extra; /**< not among the development scenarios: looked at to see whether the figures hold elsewhere */
    /* a record: */
    const char *record[BENCH_RECORDS_MAX]; /**< names in records/; record[0] NULL: simulated */
    const char *cell;                      /**< of the record */
    double start_below;                    /**< begins at the first row at or below this state of charge */
    /* simulated: */
    int days;
    double soc_low, soc_high; /**< state of charge at the start */
    struct bench_house house;
    struct bench_pack_make make;
    bool standby; /**< full, own consumption only; in the last 12 h emptied with 20 A */
    enum bench_zero zero;
    bool any_errors; /**< sensor errors anywhere in their range, not just at its ends */
    /* required: */
    struct bench_limits required, stretch;
    double coverage;        /**< least share of samples within two standard deviations */
    double far_share;       /**< largest share of time with an error above 5 %; 0: not required */
    double first_near_h[2]; /**< median and worst time until the error is below 5 % */
    double offset_ma;       /**< largest mean error of the estimated current offset */
    double capacity;        /**< largest error of the estimated capacity, part of it */
};

/** All scenarios. */
extern const struct bench_scenario bench_scenarios[];
extern const size_t bench_scenario_count;

/** Start and sensor errors of a record's variant. */
struct bench_variant {
    double start;     /**< error of the stored state of charge */
    double gain;      /**< error of the current gain */
    double offset;    /**< offset of the current, part of the capacity per hour */
    double voltage_v; /**< offset of the voltage */
    double temp_c;    /**< offset of the temperature */
};

/** The variant of this number, 0..BENCH_VARIANTS - 1. */
void bench_variant(size_t number, struct bench_variant *variant);

/**
 * Whether the switches are open in this step so that the current sensor's zero can be measured.
 *
 * Model: a pack in standby opens its switches for two minutes every hour. What the pack itself draws comes from the cells
 * before the shunt in that time: the shunt sees no current while the cells go on giving theirs.
 */
bool bench_zero_now(const struct bench_scenario *scenario, double time_s);

#endif
