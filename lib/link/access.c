#include "losun_bms/link/access.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"

#define MS_PER_S 1000u

void lbms_access_init(struct lbms_access *access, const struct lbms_access_key *key)
{
    memset(access, 0, sizeof(*access));
    access->key = key;
}

static uint32_t wait_ms(const struct lbms_access *access)
{
    const unsigned beyond = (access->failures > 0u) ? (access->failures - 1u) : 0u;
    const unsigned doubled = (beyond < LBMS_ACCESS_DOUBLED_MOST) ? beyond : LBMS_ACCESS_DOUBLED_MOST;

    return (LBMS_ACCESS_WAIT_S * MS_PER_S) << doubled;
}

void lbms_access_step(struct lbms_access *access, uint32_t now_ms)
{
    if (lbms_elapsed_ms(now_ms, access->used_ms) >= LBMS_ACCESS_OPEN_MS) {
        access->open = false;
    }
    if (lbms_elapsed_ms(now_ms, access->failed_ms) >= wait_ms(access)) {
        access->waiting = false;
    }
}

static void digest_of(const struct lbms_access_key *key, const void *code, size_t size,
                      uint8_t digest[LBMS_SHA256_SIZE])
{
    struct lbms_sha256 sha;

    lbms_sha256_init(&sha);
    lbms_sha256_update(&sha, key->salt, sizeof(key->salt));
    lbms_sha256_update(&sha, code, size);
    lbms_sha256_final(&sha, digest);
}

/* The time does not tell at which byte they differ. */
static bool equal(const uint8_t *a, const uint8_t *b)
{
    unsigned difference = 0u;
    size_t i;

    for (i = 0u; i < LBMS_SHA256_SIZE; i++) {
        difference |= (unsigned)(a[i] ^ b[i]);
    }
    return difference == 0u;
}

int lbms_access_open(struct lbms_access *access, const void *code, size_t size, uint32_t now_ms)
{
    uint8_t digest[LBMS_SHA256_SIZE];

    lbms_access_step(access, now_ms);
    if (access->waiting) {
        return LBMS_ERR_TIMEOUT;
    }
    if (access->key != NULL) {
        digest_of(access->key, code, size, digest);
        if (equal(digest, access->key->digest)) {
            lbms_access_presence(access, now_ms);
            return LBMS_OK;
        }
    }
    access->failures = (uint8_t)((access->failures < UINT8_MAX) ? (access->failures + 1u) : UINT8_MAX);
    access->waiting = true;
    access->failed_ms = now_ms;
    return LBMS_ERR_ACCESS;
}

void lbms_access_presence(struct lbms_access *access, uint32_t now_ms)
{
    access->open = true;
    access->used_ms = now_ms;
    access->waiting = false;
    access->failures = 0u;
}

void lbms_access_close(struct lbms_access *access)
{
    access->open = false;
}

uint16_t lbms_access_wait_s(const struct lbms_access *access, uint32_t now_ms)
{
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, access->failed_ms);
    const uint32_t whole_ms = wait_ms(access);

    if (!access->waiting || (passed_ms >= whole_ms)) {
        return 0u;
    }
    return (uint16_t)(((whole_ms - passed_ms) + (MS_PER_S - 1u)) / MS_PER_S);
}

uint8_t lbms_access_level(const struct lbms_access *access, const struct lbms_params *params, bool local)
{
    if (!local) {
        return LBMS_ACCESS_OPERATE;
    }
    if (access->open) {
        return LBMS_ACCESS_SERVICE;
    }
    return (params->v[LBMS_PARAM_ACCESS_LOCK] != 0) ? LBMS_ACCESS_OPERATE : LBMS_ACCESS_PARAMS;
}

void lbms_access_make_key(struct lbms_access_key *key, const void *code, size_t size)
{
    digest_of(key, code, size, key->digest);
}
