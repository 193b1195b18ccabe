#include "estimator_parts.h"

/* 2048 log2(1 + i/64). */
static const uint16_t log_table[65] = {
    0,    46,   91,   135,  179,  222,  265,  307,  348,  389,  429,  469,  508,  546,  585,  622,  659,
    696,  732,  768,  803,  838,  873,  907,  941,  974,  1007, 1040, 1072, 1104, 1136, 1167, 1198, 1229,
    1259, 1289, 1319, 1348, 1377, 1406, 1435, 1463, 1491, 1519, 1546, 1573, 1600, 1627, 1653, 1680, 1706,
    1732, 1757, 1783, 1808, 1833, 1857, 1882, 1906, 1930, 1954, 1978, 2001, 2025, 2048,
};

/* 65536 2^(-i/32); the first one would not fit into 16 bit. */
static const uint16_t pow_table[33] = {
    65535, 64132, 62757, 61413, 60097, 58809, 57549, 56316, 55109, 53928, 52773,
    51642, 50535, 49452, 48393, 47356, 46341, 45348, 44376, 43425, 42495, 41584,
    40693, 39821, 38968, 38133, 37316, 36516, 35734, 34968, 34219, 33486, 32768,
};

/* 2048 log2(1 + 2^(-i/8)): what the sum gains over its larger part. */
static const uint16_t add_table[97] = {
    2048, 1923, 1803, 1689, 1580, 1477, 1379, 1286, 1198, 1115, 1037, 964, 894, 830, 769, 712, 659,
    610,  564,  521,  481,  444,  409,  378,  348,  321,  295,  272,  250, 230, 212, 195, 179, 165,
    151,  139,  128,  117,  108,  99,   91,   83,   77,   70,   65,   59,  54,  50,  46,  42,  39,
    35,   32,   30,   27,   25,   23,   21,   19,   18,   16,   15,   14,  13,  12,  11,  10,  9,
    8,    7,    7,    6,    6,    5,    5,    4,    4,    4,    3,    3,   3,   3,   2,   2,   2,
    2,    2,    2,    1,    1,    1,    1,    1,    1,    1,    1,    1,
};

#define Q30 INT32_C(1073741824)

int32_t lbms_est_log2(uint32_t x)
{
    int32_t octaves = 31;
    uint32_t y = x;
    uint32_t index;
    uint32_t step;

    /* the highest bit to the top; by hand, as this is half of the cost of an update */
    if (y < (UINT32_C(1) << 16)) {
        y <<= 16;
        octaves = 15;
    }
    if (y < (UINT32_C(1) << 24)) {
        y <<= 8;
        octaves -= 8;
    }
    if (y < (UINT32_C(1) << 28)) {
        y <<= 4;
        octaves -= 4;
    }
    while (y < (UINT32_C(1) << 31) && octaves > 0) {
        y <<= 1;
        octaves--;
    }
    index = (y >> 25) & 63u;
    step = (uint32_t)(log_table[index + 1u] - log_table[index]);
    return (octaves * EST_OCTAVE) + log_table[index] +
           (int32_t)(((step * ((y >> 9) & 0xFFFFu)) + 32768u) >> 16);
}

uint32_t lbms_est_pow2(uint32_t cost)
{
    const uint32_t octaves = cost / EST_OCTAVE;
    const uint32_t index = (cost % EST_OCTAVE) / 64u;
    const uint32_t part = cost % 64u;
    const uint32_t step = (uint32_t)(pow_table[index] - pow_table[index + 1u]);

    if (octaves > 16u) {
        return 0u;
    }
    return (pow_table[index] - ((step * part) / 64u)) >> octaves;
}

uint32_t lbms_est_add(uint32_t a, uint32_t b)
{
    const uint32_t low = (a < b) ? a : b;
    const uint32_t apart = (a < b) ? b - a : a - b;
    const uint32_t index = apart / 256u;
    uint32_t gain;

    if (index >= 96u) {
        return low;
    }
    gain = (uint32_t)add_table[index] -
           ((((uint32_t)(add_table[index] - add_table[index + 1u]) * (apart % 256u)) + 128u) / 256u);
    return (low > gain) ? low - gain : 0u;
}

int32_t lbms_est_rise_q30(uint64_t x)
{
    const int32_t t = (x < (uint64_t)Q30) ? (int32_t)x : Q30;
    int32_t sum = Q30;
    int32_t k;

    /* series of the exponential by Horner: x (1 - x/2 (1 - x/3 (...))); a small x needs two terms */
    for (k = (t < Q30 / 256) ? 2 : 7; k >= 2; k--) {
        sum = Q30 - (lbms_est_mul_q30(t, sum) / k);
    }
    return lbms_est_mul_q30(t, sum);
}

uint32_t lbms_est_sqrt(uint32_t x)
{
    uint32_t rest = x;
    uint32_t root = 0u;
    uint32_t bit;

    for (bit = UINT32_C(1) << 30; bit > 0u; bit /= 4u) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root / 2u) + bit;
        } else {
            root /= 2u;
        }
    }
    return root;
}

uint32_t lbms_est_normal_cost(int32_t distance, int32_t sd)
{
    const int32_t ratio_q4 = lbms_min_i32(lbms_abs_i32(distance) * 16 / lbms_max_i32(sd, 1), 16 * 16);

    return (uint32_t)(ratio_q4 * ratio_q4) * EST_HALF_SQUARE_COST / 256u;
}
