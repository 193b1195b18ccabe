/**
 * @file
 * Loads for counting what the fuel gauge costs in a step of 100 ms: the gauge alone, on a pack of 16 cells that behaves as
 * the cell model says, without the rest of the core. Integers only; the same on the host and on a chip.
 */
#ifndef BENCH_GAUGE_LOAD_H
#define BENCH_GAUGE_LOAD_H

#include "firmware_common/emu_plant.h"
#include "losun_bms/battery/gauge.h"

/** What the pack goes through. */
enum gauge_load_kind {
    GAUGE_LOAD_DAY,    /**< 24 h in a house: base load, appliances, sun with clouds, at most C/2 */
    GAUGE_LOAD_STEADY, /**< 1 C without a pause: down from 95 %, then up and down between 5 and 90 % */
    GAUGE_LOAD_REST,   /**< two hours with closed switches and no current */
    GAUGE_LOAD_WORST, /**< 1 C both ways, a temperature that changes in each step, full, empty, open switches, a loss of all
                           measurements, another design capacity */
    GAUGE_LOADS
};

/** A gauge and what it works on. */
struct gauge_load {
    struct lbms_gauge gauge;
    struct lbms_snapshot snapshot;
    struct lbms_gauge_inputs in;
    struct lbms_params params;
    struct emu_plant plant;
    uint8_t kind; /**< enum gauge_load_kind */
    uint32_t step;
    uint32_t digest;   /**< CRC-32 of all results so far: the same on every machine */
    uint32_t chance;   /**< state of the random numbers */
    uint32_t sun_pct;  /**< what the clouds let through */
    uint32_t kettle_s; /**< how long the appliance still runs ... */
    int32_t kettle_w;  /**< ... and what it takes */
};

/** Start a load of this kind, its gauge included. Context: any. */
void gauge_load_start(struct gauge_load *load, uint8_t kind);

/** Number of steps of 100 ms of this load. Context: any. */
uint32_t gauge_load_steps(uint8_t kind);

/**
 * The next 100 ms: what the pack has done, as inputs of the gauge. Then call gauge_load_run(). Context: any.
 */
void gauge_load_next(struct gauge_load *load);

/** One step of the gauge, and nothing else: what is counted. Context: any. */
void gauge_load_run(struct gauge_load *load);

/** The results of this step go into the digest. Context: any. */
void gauge_load_digest(struct gauge_load *load);

/** Name of a kind, "day" for example. Context: any. */
const char *gauge_load_name(uint8_t kind);

#endif
