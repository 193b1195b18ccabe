#include "plant/rng.h"

static uint64_t mix(uint64_t *counter)
{
    uint64_t z;

    *counter += UINT64_C(0x9E3779B97F4A7C15);
    z = *counter;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64u - bits));
}

void plant_rng_seed(struct plant_rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t counter = seed;
    unsigned i;

    counter = mix(&counter) ^ (stream * UINT64_C(0xD1342543DE82EF95));
    for (i = 0u; i < 4u; i++) {
        rng->state[i] = mix(&counter);
    }
}

uint64_t plant_rng_bits(struct plant_rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate(s[1] * 5u, 7u) * 9u;
    const uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45u);
    return result;
}

double plant_rng_uniform(struct plant_rng *rng)
{
    return (double)(plant_rng_bits(rng) >> 11) * 0x1.0p-53;
}

double plant_rng_bell(struct plant_rng *rng)
{
    const uint64_t bits = plant_rng_bits(rng);
    const int32_t sum =
        (int32_t)((bits & 0xFFFFu) + ((bits >> 16) & 0xFFFFu) + ((bits >> 32) & 0xFFFFu) + (bits >> 48));

    /* four numbers of 0..65535, each with variance 65536^2 / 12 */
    return ((double)sum - 131070.0) * (1.7320508075688772 / 65536.0);
}

double plant_rng_sign(struct plant_rng *rng)
{
    return ((plant_rng_bits(rng) >> 63) != 0u) ? 1.0 : -1.0;
}
