/**
 * @file
 * The runner: the thin loop body between a board and the core.
 *
 *     for (;;) {
 *         board_wait(lbms_run(&bms));   // sleep at most this many ms, or until an interrupt calls
 *     }
 */
#ifndef LOSUN_BMS_RUN_H
#define LOSUN_BMS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/bms.h"
#include "losun_bms/hal.h"
#include "losun_bms/keeper.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest time between two steps while awake, ms. */
#define LBMS_STEP_MS 100u
/** Longest time that lbms_run() lets a board wait, ms. */
#define LBMS_WAIT_MS_MAX 1000u
/** Shortest time between two steps that only a new sample calls for, ms. */
#define LBMS_STEP_MS_MIN 10u
/** Time between two tries to configure an AFE that does not report the wanted configuration, ms. */
#define LBMS_AFE_RETRY_MS 1000u
/** Commands that can wait for their step. */
#define LBMS_COMMAND_QUEUE 4u

/** Called after every step with exactly what went in and came out: recorders and displays. */
typedef void (*lbms_observer)(void *ctx, const struct lbms_inputs *inputs, const struct lbms_outputs *outputs,
                              const struct lbms_snapshot *snapshot);

/** How often an entry of the HAL reported an error; each counter stops at its maximum. */
struct lbms_hal_errors {
    uint16_t sample, switches, controls, watchdog, afe, balance, lights, contacts, clock, sleep;
};

/** The whole pack on one board. Allocated by the caller. */
struct lbms {
    const struct lbms_hal *hal;
    struct lbms_core core;
    struct lbms_inputs inputs;
    struct lbms_outputs outputs;
    struct lbms_hal_errors errors;
    uint8_t afe_seq_written;
    uint32_t afe_tried_ms; /**< last call of afe_configure */
    struct lbms_command queue[LBMS_COMMAND_QUEUE];
    uint8_t queued;
    uint16_t next_sequence;
    bool stepped; /**< at least one step was made */
    bool applied; /**< the board took the switch state of the last step */
    uint32_t last_step_ms;
    uint32_t last_clock_ms; /**< for the uptime */
    uint16_t clock_rest_ms;
    bool panel_shown; /**< lights and contacts have been set once */
    uint16_t lights_shown;
    bool buzzer_shown;
    uint8_t contacts_shown;
    bool heater_shown;
    lbms_observer observe;
    void *observe_ctx;
    struct lbms_keeper *keeper; /**< NULL: nothing is saved */
};

/**
 * Prepare the pack.
 *
 * @param bms       memory of the pack, owned by the caller, need not be cleared
 * @param hal       board; must stay valid as long as the pack runs
 * @param product   product profile; likewise
 * @param restored  what survived the last power-down; copied
 * @return LBMS_OK; LBMS_ERR_ARGUMENT for a NULL pointer; LBMS_ERR_MISSING when a required entry of the HAL is absent
 *         (lbms_hal_missing() names it); LBMS_ERR_RANGE or LBMS_ERR_ORDER when the stored parameters were refused: the
 *         pack is ready and works with the defaults
 * Context: main, once. Opens all switches through the HAL.
 */
int lbms_init(struct lbms *bms, const struct lbms_hal *hal, const struct lbms_product *product,
              const struct lbms_restored *restored);

/**
 * Do what is due: read the board, step if it is time, apply the outputs.
 *
 * Steps at once when the AFE has delivered a sample, a key has changed or a command waits; otherwise when LBMS_STEP_MS or
 * the last step's next_ms has passed. In reduced power (lbms_outputs.rest_ms) samples are not taken for that long, and it
 * steps earlier only for a key or a command. Feeds the watchdog only after a complete step whose switch state was
 * accepted by the board, and which had a fresh sample or opened all switches; between two steps of reduced power, on
 * behalf of the one before. Enters low power through the HAL when the core asks for it.
 *
 * @param bms  pack, prepared by lbms_init()
 * @return milliseconds until it must be called again, 0..1000; calling earlier is harmless
 * Context: one context, never an interrupt. Longest run: one step plus the HAL calls.
 */
uint32_t lbms_run(struct lbms *bms);

/**
 * Hand in a command, carried out by the next step.
 *
 * @param bms      pack
 * @param command  copied; its sequence is replaced by the returned one
 * @return sequence number 1..65535 that comes back in the snapshot with the result, or LBMS_ERR_SPACE when too many wait
 * Context: the context of lbms_run().
 */
int lbms_command(struct lbms *bms, const struct lbms_command *command);

/**
 * The pack as it is after the last step.
 *
 * @param bms  pack
 * @return snapshot inside the pack, valid until the next lbms_run()
 * Context: the context of lbms_run().
 */
const struct lbms_snapshot *lbms_snapshot(const struct lbms *bms);

/**
 * Save from now on what must survive, and record what happens.
 *
 * @param bms     pack, prepared by lbms_init() with what lbms_keeper_open() has restored
 * @param keeper  must stay valid as long as the pack runs; NULL to stop
 * Context: main, before the first lbms_run().
 */
void lbms_keep(struct lbms *bms, struct lbms_keeper *keeper);

/**
 * Observe every step, for recordings and displays.
 *
 * @param bms      pack
 * @param observe  called after each step, NULL to stop; must not call back into the pack
 * @param ctx      handed to it
 * Context: the context of lbms_run().
 */
void lbms_observe(struct lbms *bms, lbms_observer observe, void *ctx);

#ifdef __cplusplus
}
#endif

#endif
