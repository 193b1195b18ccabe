/**
 * @file
 * The memory of the pack: typed values on a journal, records in a log.
 *
 * Saving only takes note; lbms_store_poll() does the work in small pieces. Every value is written as a whole, and of every
 * value the one before is kept: what cannot be read is replaced by that, and only then by the defaults.
 */
#ifndef LOSUN_BMS_STORE_STORE_H
#define LOSUN_BMS_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/health.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/production.h"
#include "losun_bms/model/record.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/store/journal.h"
#include "losun_bms/store/log.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Erase blocks smaller than this are put together to banks of at least this size, bytes. */
#define LBMS_STORE_BANK 12288u
/** Room that is left to parameters, locks and faults while no erased bank is kept, bytes. */
#define LBMS_STORE_RESERVE 2048u
/** Largest encoded state and production data, bytes. */
#define LBMS_STORE_STATE_SIZE      176u
#define LBMS_STORE_PRODUCTION_SIZE 80u

/** The values; the more urgent ones first. */
enum lbms_store_value {
    LBMS_STORE_PARAMS = 0,
    LBMS_STORE_PRODUCTION = 1,
    LBMS_STORE_STATE = 2,  /**< locks, latched faults, charge supervision, sleep reason */
    LBMS_STORE_CHARGE = 3, /**< charge in the pack */
    LBMS_STORE_HEALTH = 4,
    LBMS_STORE_CLEARED = 5, /**< number of the first event record that is shown */
    LBMS_STORE_VALUES = 6
};

/** How much can be saved without waiting for an erase. */
enum lbms_store_room {
    LBMS_ROOM_PLENTY = 0, /**< an erased bank is kept */
    LBMS_ROOM_SCARCE = 1, /**< none is: what is saved for time and for counters had better wait */
    LBMS_ROOM_RESERVE =
        2,             /**< LBMS_STORE_RESERVE is left: the charge takes some of it, if it is saved rarely */
    LBMS_ROOM_NONE = 3 /**< half of that is left, and no longer for the charge */
};

/** The store. Allocated by the caller, written only by the functions below. */
struct lbms_store {
    struct lbms_journal journal;
    struct lbms_log log;
    bool open;                        /**< values can be read and written */
    uint16_t names_check;             /**< of the parameter table */
    uint8_t wanted;                   /**< values to be written, 1 << enum lbms_store_value */
    uint8_t writing;                  /**< the one that is being written; LBMS_STORE_VALUES: none */
    uint8_t failed;                   /**< values whose last writing has failed, 1 << enum lbms_store_value */
    uint8_t trouble;                  /**< 1 << enum lbms_memory_trouble; remains until the next start */
    const struct lbms_params *params; /**< to be written */
    const struct lbms_health *health; /**< likewise */
    uint8_t state[LBMS_STORE_STATE_SIZE];
    uint8_t state_length;
    uint8_t production[LBMS_STORE_PRODUCTION_SIZE];
    uint8_t production_length;
    uint8_t production_copies; /**< still to be written */
    uint8_t charge[LBMS_JOURNAL_SHORT_SIZE];
    uint8_t cleared[LBMS_JOURNAL_SHORT_SIZE];
};

/**
 * Begin with what is on the flash. Only reads.
 *
 * @param store    memory of the store, need not be cleared
 * @param values   area of the values, 16 KB or more; NULL: nothing survives
 * @param log      area of the event records; NULL: none
 * @param product  product of the parameters
 * @return LBMS_OK, or the status of the area that cannot be used; the other one works all the same
 * Context: one context for one store. About 200,000 instructions with 32 KB of values.
 */
int lbms_store_open(struct lbms_store *store, const struct lbms_flash *values, const struct lbms_flash *log,
                    const struct lbms_product *product);

/**
 * Read parameters, state and charge.
 *
 * What survived in retained memory is newer than the flash: state that is valid in *restored stays, and so does the
 * charge. Parameters come from the flash when any are there: every set that was acknowledged is, and it is protected
 * there. What is not stored is left as it is.
 *
 * A set of parameters is taken when it is undamaged and passes lbms_params_check(); parameters that did not exist
 * when it was stored get their defaults. Otherwise the set before is taken, otherwise the defaults; the `trouble` of
 * the store tells.
 *
 * @param store     an open store
 * @param product   product whose table holds defaults, ranges and orderings
 * @param restored  from lbms_restored_defaults() or from retained memory, with the boot facts of the port; completed
 * Context: the context of the store.
 */
void lbms_store_load(struct lbms_store *store, const struct lbms_product *product,
                     struct lbms_restored *restored);

/** Read the health record, or that of a virgin pack. Context: the context of the store. */
void lbms_store_load_health(const struct lbms_store *store, struct lbms_health *health);

/** Read the production data, or those of a pack of which nothing is known. Context: the context of the store. */
void lbms_store_load_production(const struct lbms_store *store, struct lbms_production *production);

/**
 * Save parameters.
 *
 * @param store   an open store
 * @param params  must stay valid; read again when it changes while it is being written
 * Context: the context of the store.
 */
void lbms_store_save_params(struct lbms_store *store, const struct lbms_params *params);

/** Save all of *restored but boot facts, parameters and charge; copied. Context: the context of the store. */
void lbms_store_save_state(struct lbms_store *store, const struct lbms_restored *restored);

/**
 * Room for values that are saved often. A store that cannot be written at all has plenty.
 *
 * @param store  an open store
 * @return see enum lbms_store_room
 * Context: the context of the store.
 */
enum lbms_store_room lbms_store_room(const struct lbms_store *store);

/**
 * Save the charge.
 *
 * @param store       an open store
 * @param charge_mas  charge in the pack, mA s
 * @return false: not noted: the store cannot be written, or LBMS_ROOM_NONE
 * Context: the context of the store.
 */
bool lbms_store_save_charge(struct lbms_store *store, int32_t charge_mas);

/** Save the health record, which must stay valid. Context: the context of the store. */
void lbms_store_save_health(struct lbms_store *store, const struct lbms_health *health);

/**
 * Show no event record that was written until now. Their numbers go on, and their blocks are erased as always.
 *
 * @param store  an open store; lbms_store_saved() with LBMS_STORE_CLEARED tells when it is certain
 * @return LBMS_OK; LBMS_ERR_MISSING: there is no log, or nothing to remember it by
 * Context: the context of the store.
 */
int lbms_store_clear_records(struct lbms_store *store);

/** Save production data twice, copied; lbms_production_check() has been asked before. Context: the context of the store. */
void lbms_store_save_production(struct lbms_store *store, const struct lbms_production *production);

/**
 * Has this value been stored?
 *
 * @param store  an open store
 * @param value  enum lbms_store_value
 * @return LBMS_AGAIN: not yet; LBMS_OK: what was saved last is on the flash; LBMS_ERR_IO: it could not be stored
 * Context: the context of the store.
 */
int lbms_store_saved(const struct lbms_store *store, uint8_t value);

/**
 * Compare parameters with the newest stored set.
 *
 * @param store   an open store
 * @param params  set in use
 * @return LBMS_OK: the same; LBMS_ERR_MISSING: none is stored; LBMS_ERR_STATE: another one, or one of another length;
 *         LBMS_ERR_CHECKSUM: it is damaged; LBMS_AGAIN: one waits to be stored
 * Context: as lbms_store_verify_params().
 */
int lbms_store_compare_params(struct lbms_store *store, const struct lbms_params *params);

/**
 * Are these parameters the ones that were stored? If not, that is noted as trouble.
 *
 * @param store   an open store
 * @param params  set in use
 * @return true also when none have been stored, when some wait to be stored, and when the stored ones are damaged
 * Context: the context of the store; 50 instructions for each byte of the set: once a minute is enough.
 */
bool lbms_store_verify_params(struct lbms_store *store, const struct lbms_params *params);

/**
 * Add an event record.
 *
 * @param store   an open store
 * @param record  copied
 * @return LBMS_OK; LBMS_AGAIN: busy with another one, ask again; or as lbms_log_write()
 * Context: the context of the store.
 */
int lbms_store_add_record(struct lbms_store *store, const struct lbms_record *record);

/**
 * Read an event record.
 *
 * @param store   an open store
 * @param index   0: the newest
 * @param record  filled in
 * @return LBMS_OK, LBMS_ERR_MISSING: no such record; LBMS_ERR_CHECKSUM, LBMS_ERR_FORMAT: this one cannot be read, go on
 *         with the next
 * Context: the context of the store.
 */
int lbms_store_read_record(const struct lbms_store *store, uint32_t index, struct lbms_record *record);

/**
 * Do one piece of work.
 *
 * @param store      an open store
 * @param may_erase  a block may be erased in this call
 * @return LBMS_AGAIN: something was done, call again soon; LBMS_OK: nothing to do; LBMS_ERR_STATE: waits for the
 *         permission to erase
 * Context: the context of the store; longest run: one program unit or, with may_erase, one erase; and the check of
 *          a value where one begins or ends, see lbms_journal_poll().
 */
int lbms_store_poll(struct lbms_store *store, bool may_erase);

#ifdef __cplusplus
}
#endif

#endif
