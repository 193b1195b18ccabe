/**
 * @file
 * Seeded random numbers of the plant: xoshiro256** (D. Blackman and S. Vigna, public domain), started by
 * splitmix64. The same seed gives the same numbers on every machine.
 */
#ifndef PLANT_RNG_H
#define PLANT_RNG_H

#include <stdint.h>

/** One stream of random numbers. */
struct plant_rng {
    uint64_t state[4];
};

/**
 * Start a stream.
 *
 * @param rng     stream, owned by the caller
 * @param seed    any number
 * @param stream  number of the stream: streams of one seed are independent of each other
 */
void plant_rng_seed(struct plant_rng *rng, uint64_t seed, uint64_t stream);

/** Next 64 random bits. */
uint64_t plant_rng_bits(struct plant_rng *rng);

/** Next number, evenly spread over 0 <= x < 1. */
double plant_rng_uniform(struct plant_rng *rng);

/**
 * Next number with mean 0, standard deviation 1 and a bell shape that ends at +-3.46: the sum of four even ones,
 * which needs no libm and has no outliers.
 */
double plant_rng_bell(struct plant_rng *rng);

/** Next number that is +1 or -1. */
double plant_rng_sign(struct plant_rng *rng);

#endif
