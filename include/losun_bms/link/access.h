/**
 * @file
 * Who may change what on the serial ports.
 *
 * Reading, switching and sleeping are open to everybody. Writing parameters needs the service level when the parameter
 * `access_lock` says so, and works on RS232 only. Calibration, production data, capacity, cleared records and cleared
 * faults always need the service level. It is opened by a service code, of which the pack holds a salted digest only, or by
 * somebody who stands before the pack (lbms_access_presence()).
 */
#ifndef LOSUN_BMS_LINK_ACCESS_H
#define LOSUN_BMS_LINK_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/sha256.h"
#include "losun_bms/model/params.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a command needs; each level includes those before it. */
enum lbms_access_level {
    LBMS_ACCESS_READ = 0,
    LBMS_ACCESS_OPERATE = 1, /**< clock, alarm functions, paths, sleep */
    LBMS_ACCESS_PARAMS = 2,
    LBMS_ACCESS_SERVICE = 3
};

/** Bytes of the salt of a service code. */
#define LBMS_ACCESS_SALT_SIZE 16u
/** The service level closes when nothing has needed it for so long, ms. */
#define LBMS_ACCESS_OPEN_MS 600000u
/** Waiting time after the first wrong code, s; doubled by each further one. */
#define LBMS_ACCESS_WAIT_S 1u
/** It is doubled at most so many times: more than an hour. */
#define LBMS_ACCESS_DOUBLED_MOST 12u

/** A service code as it is kept: SHA-256 of salt and code. The salt differs from pack to pack. */
struct lbms_access_key {
    uint8_t salt[LBMS_ACCESS_SALT_SIZE];
    uint8_t digest[LBMS_SHA256_SIZE];
};

/** The lock. One for all ports of a pack. Allocated by the caller. */
struct lbms_access {
    const struct lbms_access_key *key; /**< NULL: no code opens it */
    bool open;                         /**< service level */
    bool waiting;                      /**< after a wrong code */
    uint8_t failures;                  /**< wrong codes since the last right one; stops at its maximum */
    uint32_t used_ms;                  /**< service level was used last */
    uint32_t failed_ms;                /**< last wrong code */
};

/**
 * Begins locked.
 *
 * @param access  filled in, owned by the caller
 * @param key     of the service code, must stay valid; NULL when none was set: there is no default code
 * Context: main.
 */
void lbms_access_init(struct lbms_access *access, const struct lbms_access_key *key);

/**
 * Lets time pass: the level closes, and waiting times end.
 *
 * @param access  lock
 * @param now_ms  present time, wraps; at least once a day
 * Context: the one that owns the lock.
 */
void lbms_access_step(struct lbms_access *access, uint32_t now_ms);

/**
 * Tries a code.
 *
 * @param access  lock
 * @param code    size characters, any
 * @param size    of code
 * @param now_ms  present time
 * @return LBMS_OK: open; LBMS_ERR_ACCESS: wrong, or there is no code; LBMS_ERR_TIMEOUT: not looked at, for the waiting
 *         time after the last wrong one has not passed
 * Context: the one that owns the lock; about 4,000 instructions.
 */
int lbms_access_open(struct lbms_access *access, const void *code, size_t size, uint32_t now_ms);

/** Somebody stands before the pack: opens without a code and ends waiting. Context: the one that owns the lock. */
void lbms_access_presence(struct lbms_access *access, uint32_t now_ms);

/** Closes the service level. Context: the one that owns the lock. */
void lbms_access_close(struct lbms_access *access);

/**
 * Time until a code is looked at again.
 *
 * @param access  lock
 * @param now_ms  present time
 * @return s, 0: now
 * Context: the one that owns the lock.
 */
uint16_t lbms_access_wait_s(const struct lbms_access *access, uint32_t now_ms);

/**
 * The highest level that is open.
 *
 * @param access  lock
 * @param params  parameters in use
 * @param local   the port is the one of the service, RS232; others get no further than LBMS_ACCESS_OPERATE
 * @return enum lbms_access_level
 * Context: the one that owns the lock.
 */
uint8_t lbms_access_level(const struct lbms_access *access, const struct lbms_params *params, bool local);

/**
 * Makes the key of a code, for tools and production.
 *
 * @param key   its salt is given; the digest is filled in
 * @param code  size characters
 * @param size  of code
 * Context: any.
 */
void lbms_access_make_key(struct lbms_access_key *key, const void *code, size_t size);

#ifdef __cplusplus
}
#endif

#endif
