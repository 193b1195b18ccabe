/**
 * @file
 * Loads for counting the instructions of lbms_step(): a quiet pack, one whose parameters are written, and everything at
 * once. Integers only.
 */
#ifndef FIRMWARE_BENCH_LOAD_H
#define FIRMWARE_BENCH_LOAD_H

#include "losun_bms/bms.h"

/** Steps of each load. */
#define BENCH_LOAD_STEPS 600u

/** A core and what goes in and out of it. */
struct bench_load {
    struct lbms_core core;
    struct lbms_inputs in;
    struct lbms_outputs out;
};

/** Start a core. @return LBMS_OK, or the error of lbms_core_init(). Context: any. */
int bench_load_start(struct bench_load *load);

/**
 * Inputs of a quiet step: a pack that discharges with 20 A, every sample is new. @param step 0.. Context:
 * any.
 */
void bench_load_quiet(struct bench_load *load, unsigned step);

/** As bench_load_quiet(), with as many parameters written as a command holds. @param step 0.. Context: any. */
void bench_load_write(struct bench_load *load, unsigned step);

/**
 * Inputs of a bad step: well; then cells and pack beyond all limits, every flag and keys; then the same, changing;
 * then well again. @param step 0.. Context: any.
 */
void bench_load_worst(struct bench_load *load, unsigned step);

#endif
