/**
 * @file
 * SHA-256: digests of service codes. Small rather than fast; a digest is made when a person types a code.
 */
#ifndef LOSUN_BMS_BASE_SHA256_H
#define LOSUN_BMS_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a digest. */
#define LBMS_SHA256_SIZE 32u
/** Bytes that are worked on at a time. */
#define LBMS_SHA256_BLOCK 64u

/** A digest in the making. Allocated by the caller. */
struct lbms_sha256 {
    uint32_t state[8];
    uint32_t length; /**< bytes so far */
    uint8_t block[LBMS_SHA256_BLOCK];
};

/**
 * Begins a digest.
 *
 * @param sha  filled in
 * Context: any.
 */
void lbms_sha256_init(struct lbms_sha256 *sha);

/**
 * Adds bytes; the result does not depend on how they are divided into calls.
 *
 * @param sha     digest in the making
 * @param data    length bytes, only read; may be NULL when length is 0
 * @param length  in bytes; at most 2^29 - 1 (512 MB) in all
 * Context: any; about 3,000 instructions for each 64 bytes.
 */
void lbms_sha256_update(struct lbms_sha256 *sha, const void *data, size_t length);

/**
 * Ends a digest. The struct is erased, for what went in may be secret.
 *
 * @param sha     digest in the making
 * @param digest  receives LBMS_SHA256_SIZE bytes
 * Context: any.
 * Source: FIPS 180-4, section 6.2.
 */
void lbms_sha256_final(struct lbms_sha256 *sha, uint8_t digest[LBMS_SHA256_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
