#include "losun_bms/base/sha256.h"

#include <string.h>

/* FIPS 180-4: the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8. */
static const uint32_t round_constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static const uint32_t initial_state[8] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return (x >> bits) | (x << (32u - bits));
}

/* Word t of the schedule is made in place of word t - 16. */
static uint32_t schedule(uint32_t w[16], unsigned t)
{
    const uint32_t before_2 = w[(t + 14u) & 15u];
    const uint32_t before_15 = w[(t + 1u) & 15u];

    w[t & 15u] += (rotate(before_2, 17u) ^ rotate(before_2, 19u) ^ (before_2 >> 10)) + w[(t + 9u) & 15u] +
                  (rotate(before_15, 7u) ^ rotate(before_15, 18u) ^ (before_15 >> 3));
    return w[t & 15u];
}

static void work_on_block(struct lbms_sha256 *sha)
{
    uint32_t w[16];
    uint32_t v[8];
    unsigned t;
    unsigned i;

    for (i = 0u; i < 16u; i++) {
        const uint8_t *b = &sha->block[4u * i];

        w[i] = ((uint32_t)b[0] << 24) | ((uint32_t)b[1] << 16) | ((uint32_t)b[2] << 8) | (uint32_t)b[3];
    }
    memcpy(v, sha->state, sizeof(v));
    for (t = 0u; t < 64u; t++) {
        const uint32_t e = v[4];
        const uint32_t a = v[0];
        const uint32_t first = v[7] + (rotate(e, 6u) ^ rotate(e, 11u) ^ rotate(e, 25u)) +
                               ((e & v[5]) ^ (~e & v[6])) + round_constants[t] +
                               ((t < 16u) ? w[t] : schedule(w, t));
        const uint32_t second =
            (rotate(a, 2u) ^ rotate(a, 13u) ^ rotate(a, 22u)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

        memmove(&v[1], &v[0], 7u * sizeof(v[0]));
        v[4] += first;
        v[0] = first + second;
    }
    for (i = 0u; i < 8u; i++) {
        sha->state[i] += v[i];
    }
}

void lbms_sha256_init(struct lbms_sha256 *sha)
{
    memset(sha, 0, sizeof(*sha));
    memcpy(sha->state, initial_state, sizeof(sha->state));
}

void lbms_sha256_update(struct lbms_sha256 *sha, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t i;

    for (i = 0u; i < length; i++) {
        sha->block[sha->length % LBMS_SHA256_BLOCK] = bytes[i];
        sha->length++;
        if ((sha->length % LBMS_SHA256_BLOCK) == 0u) {
            work_on_block(sha);
        }
    }
}

void lbms_sha256_final(struct lbms_sha256 *sha, uint8_t digest[LBMS_SHA256_SIZE])
{
    static const uint8_t zero = 0x00u;
    static const uint8_t mark = 0x80u;
    const uint32_t bits = sha->length * 8u;
    uint8_t tail[8] = {0u};
    unsigned i;

    lbms_sha256_update(sha, &mark, 1u);
    while ((sha->length % LBMS_SHA256_BLOCK) != (LBMS_SHA256_BLOCK - sizeof(tail))) {
        lbms_sha256_update(sha, &zero, 1u);
    }
    for (i = 0u; i < 4u; i++) {
        tail[4u + i] = (uint8_t)(bits >> (24u - (8u * i)));
    }
    lbms_sha256_update(sha, tail, sizeof(tail));
    for (i = 0u; i < LBMS_SHA256_SIZE; i++) {
        digest[i] = (uint8_t)(sha->state[i / 4u] >> (24u - (8u * (i % 4u))));
    }
    memset(sha, 0, sizeof(*sha));
}
