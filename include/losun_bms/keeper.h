/**
 * @file
 * The keeper: what the pack must not forget, taken from its steps to the store and back at the next start.
 *
 *     lbms_restored_defaults(&restored);                       // and the boot facts of the port
 *     lbms_keeper_open(&keeper, &hal, product, &restored);     // what is on the flash
 *     lbms_init(&bms, &hal, product, &restored);
 *     lbms_keep(&bms, &keeper);                                // from now on, lbms_run() saves
 */
#ifndef LOSUN_BMS_KEEPER_H
#define LOSUN_BMS_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/bms.h"
#include "losun_bms/hal.h"
#include "losun_bms/store/events.h"
#include "losun_bms/store/lifetime.h"
#include "losun_bms/store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Time after which health record and state are saved though nothing has asked for it, s; later while room is scarce. */
#define LBMS_KEEPER_PERIOD_S 14400u
/** Time between two comparisons of the parameters with the stored ones, s. */
#define LBMS_KEEPER_VERIFY_S 60u
/** Longest erase that is done at any time, ms; a longer one waits until the pack is safe without the processor. */
#define LBMS_KEEPER_ERASE_MS 50u

/** The keeper. Allocated by the caller, written only by the functions below. */
struct lbms_keeper {
    struct lbms_store store;
    struct lbms_events events;
    struct lbms_health health; /**< read it at any time */
    struct lbms_lifetime_state counting;
    struct lbms_production production;   /**< likewise; written by lbms_keeper_produce() */
    int32_t saved_mas;                   /**< charge that was saved last */
    bool charge_saved;                   /**< it was */
    bool counters_wait;                  /**< to be saved as soon as there is room */
    uint32_t saved_s;                    /**< uptime at which everything was saved last */
    uint32_t verified_s;                 /**< uptime of the last comparison */
    uint32_t interval_s;                 /**< uptime of the last interval record */
    uint32_t last_s;                     /**< uptime of the last step */
    uint8_t order;                       /**< enum lbms_command_kind carried out last, see lbms_core.order */
    int8_t order_status;                 /**< LBMS_OK: accepted */
    uint8_t told;                        /**< troubles of the store that have been recorded */
    bool slow_erase;                     /**< an erase takes longer than LBMS_KEEPER_ERASE_MS */
    int32_t values[LBMS_QUANTITY_COUNT]; /**< of the protections, when the last event happened */
    uint8_t highest_cell, lowest_cell;   /**< likewise */
    bool sleeping;                       /**< sleep was requested in the last step */
    bool stuck;                          /**< the button was stuck in the last step */
    bool finished;                       /**< and everything has been saved for it */
    bool started;                        /**< a step has been seen */
};

/**
 * Open the store and complete what survived in retained memory by what is on the flash.
 *
 * Retained memory is newer than the flash, so what is valid in *restored stays; but parameters come from the flash when a
 * set is there, since every set that was acknowledged is.
 *
 * @param keeper    memory of the keeper, need not be cleared
 * @param hal       board with `flash`, and `log_flash` for the event records; either may be NULL
 * @param product   product profile
 * @param restored  from the port; completed
 * @return LBMS_OK, or the status of an area that cannot be used, see lbms_store_open()
 * Context: main, before lbms_init().
 */
int lbms_keeper_open(struct lbms_keeper *keeper, const struct lbms_hal *hal,
                     const struct lbms_product *product, struct lbms_restored *restored);

/**
 * Take from a step what must be kept. Called by the runner after each step.
 *
 * @param keeper   an open keeper
 * @param core     core after the step
 * @param inputs   of the step; the report for the next step is filled in
 * @param outputs  of the step
 * Context: the context of lbms_run(). Programs nothing.
 */
void lbms_keeper_step(struct lbms_keeper *keeper, const struct lbms_core *core, struct lbms_inputs *inputs,
                      const struct lbms_outputs *outputs);

/**
 * Do one piece of work on the flash. Called by the runner when no step is due.
 *
 * An erase beyond LBMS_KEEPER_ERASE_MS is done only with open paths, or idle with every quantity inside its alarm
 * level while the AFE confirms its own protections: the processor may stand still meanwhile.
 *
 * @param keeper  an open keeper
 * @param core    core after the last step
 * @param inputs  of the last step; the report for the next step is filled in
 * @return true: there is more to do
 * Context: the context of lbms_run(); longest run: see lbms_store_poll().
 */
bool lbms_keeper_work(struct lbms_keeper *keeper, const struct lbms_core *core, struct lbms_inputs *inputs);

/**
 * Save everything and wait until it is on the flash: before a sleep or a reset, with open paths.
 *
 * @param keeper  an open keeper
 * @param core    core after the last step
 * Context: the context of lbms_run(); erases of all banks but the one in use, and a few thousand units at most.
 */
void lbms_keeper_finish(struct lbms_keeper *keeper, const struct lbms_core *core);

/**
 * Write production data.
 *
 * @param keeper      an open keeper
 * @param production  data wanted, copied when they are accepted
 * @param service     the service level is unlocked
 * @return LBMS_OK: accepted, see lbms_store_saved(); otherwise as lbms_production_check()
 * Context: the context of lbms_run().
 */
int lbms_keeper_produce(struct lbms_keeper *keeper, const struct lbms_production *production, bool service);

#ifdef __cplusplus
}
#endif

#endif
