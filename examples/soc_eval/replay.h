/**
 * @file
 * A record sample by sample, as a board would have measured it.
 */
#ifndef SOC_EVAL_REPLAY_H
#define SOC_EVAL_REPLAY_H

#include "soc_eval/record.h"
#include "soc_eval/sensor.h"

/** Longest time between two samples that a method gets, s: longer gaps of a record are filled with the row before. */
#define SOC_REPLAY_STEP_S 10.0

/** A record being played. */
struct soc_replay {
    const struct soc_record *record;
    const struct soc_sensor *sensor;
    struct plant_rng rng;
    size_t first, next; /* rows */
    double time_s;      /* of the last sample, since the first row */
};

/**
 * Begin at a row.
 *
 * @param replay  place
 * @param record  at least two rows from `first` on
 * @param first   row of the first sample
 * @param sensor  errors of the board
 * @param seed    of its noise
 */
void soc_replay_begin(struct soc_replay *replay, const struct soc_record *record, size_t first,
                      const struct soc_sensor *sensor, uint64_t seed);

/** Next sample: false at the end of the record. `*row` is the row that it was taken from. */
bool soc_replay_next(struct soc_replay *replay, struct soc_tick *tick, const struct soc_row **row);

#endif
