/**
 * @file
 * A whole simulated board: struct lbms_hal around the plant, in simulated time.
 *
 *     struct plant_board_config config;
 *     plant_board_defaults(&config);
 *     plant_board_init(&board, &config);
 *     lbms_init(&bms, &board.hal, product, &restored);
 *     for (;;) {
 *         plant_board_advance(&board, lbms_run(&bms));
 *     }
 *
 * Time passes only in plant_board_advance() and, by choice, in the sleep entry of the HAL. Nothing here waits.
 * Serial ports, CAN and flash are not fitted: their HAL entries are NULL and may be filled by the program, with
 * functions that find their own data through `user`.
 */
#ifndef PLANT_BOARD_H
#define PLANT_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/hal.h"
#include "plant/afe.h"
#include "plant/fault.h"
#include "plant/pack.h"
#include "plant/sensors.h"
#include "plant/world.h"

/** Character display. */
#define PLANT_DISPLAY_ROWS    8
#define PLANT_DISPLAY_COLUMNS 24
/** Bytes that survive sleep and reset. */
#define PLANT_RETAINED_SIZE 4096

struct plant_board;

/**
 * Called at the beginning of every piece of simulated time: at most one sample period awake, asleep_slice_ms asleep.
 * Sets demands, presses buttons, draws the screen, waits for real time. A result other than 0 ends the running
 * plant_board_advance() or the sleep at once.
 */
typedef int (*plant_board_hook)(void *ctx, struct plant_board *board);

/** What the sleep entry of the HAL does. */
enum plant_sleep_style {
    PLANT_SLEEP_RUN = 0, /**< simulated time runs on inside until a wake-up source fires; RAM kept */
    PLANT_SLEEP_NOTE, /**< returns LBMS_OK at once with wake_reason 0; the program goes on with plant_board_sleep() */
    PLANT_SLEEP_REFUSE /**< returns LBMS_ERR_STATE */
};

/** How a board is built. Start from plant_board_defaults(). */
struct plant_board_config {
    struct plant_pack_config pack;
    struct plant_sensors_config sensors;
    enum plant_afe_style afe;
    enum plant_sleep_style sleep;
    uint32_t start_ms; /**< first value of now_ms: to come across its wrap */
    uint32_t wall_s;   /**< first value of the wall clock */
    bool wall_valid;
    uint32_t sample_ms;        /**< period of the conversions, 100 */
    uint32_t latency_ms;       /**< from the end of a conversion to its delivery, less than sample_ms */
    uint32_t wake_terminal_mv; /**< comparator of LBMS_WAKE_CHARGER: fires above */
    uint32_t asleep_slice_ms;  /**< pieces of time while asleep, 200; 10000 at most */
    uint32_t sleep_limit_s;    /**< PLANT_SLEEP_RUN gives up after this time (wake_reason 0) */
};

/** One board. Inputs and settings may be written at any time between calls. */
struct plant_board {
    struct lbms_hal hal; /**< for lbms_init(); ctx is this board */
    void *user;          /**< for the program */
    struct plant_pack pack;
    struct plant_world world;
    struct plant_sensors sensors;
    struct plant_afe afe;
    struct plant_board_config config;
    plant_board_hook hook;
    void *hook_ctx;
    /* time */
    uint64_t time_ms;      /**< simulated since the start */
    int64_t wall_offset_s; /**< wall clock minus simulated seconds */
    bool wall_valid;
    /* inputs of the board */
    uint16_t keys; /**< mask of enum lbms_key, raw; starts with LBMS_KEY_WEAK_SWITCH */
    uint8_t dip;
    bool rs232_activity; /**< set by the program when a byte arrives: wakes; cleared by the sleep */
    /* what the core applied */
    struct lbms_switches switches; /**< last command; plant_pack_conducting() tells what conducts */
    uint16_t lights;
    bool buzzer;
    uint8_t contacts;
    bool heater;
    uint16_t balance_mask;
    char display[PLANT_DISPLAY_ROWS][PLANT_DISPLAY_COLUMNS + 1];
    bool display_on;
    uint8_t retained[PLANT_RETAINED_SIZE];
    size_t retained_size;
    bool reset_requested;    /**< hal.reset was called; the program restarts the core and clears it */
    struct lbms_sleep sleep; /**< last request */
    bool asleep;
    uint64_t asleep_since_ms; /**< time_ms at its beginning */
    uint64_t slept_ms;        /**< time asleep in all, but for the sleep that goes on */
    uint16_t asleep_keys;     /**< keys at its beginning */
    uint32_t watchdog_fed;    /**< count */
    uint64_t watchdog_fed_ms; /**< time_ms of the last one */
    uint32_t switch_calls, sample_calls;
    /* samples */
    struct lbms_sample converting; /**< ended at its at_ms, on its way to the host until deliver_ms */
    bool converting_valid;
    struct lbms_sample sample; /**< newest one that may be delivered */
    bool sample_ready;         /**< and has not been */
    uint64_t next_sample_ms;   /**< end of the next conversion, in time_ms */
    uint64_t deliver_ms;       /**< when `converting` may be delivered, in time_ms */
    struct lbms_sample delivered;
    bool any_delivered;
    /* faults of the delivery */
    bool samples_missing, samples_stale, afe_silent;
};

/** Typical pack, typical sensors, clock set to 2024-06-21 00:00:00, sleep runs inside. */
void plant_board_defaults(struct plant_board_config *config);

/** Give pack and sensors the same seed: another seed is another specimen. */
void plant_board_seed(struct plant_board_config *config, uint64_t seed);

/** Build a board; the memory belongs to the caller. The world has its defaults and may be changed afterwards. */
void plant_board_init(struct plant_board *board, const struct plant_board_config *config);

/** Let simulated time pass. Returns the result of the hook when it ended the call early, else 0. */
int plant_board_advance(struct plant_board *board, uint32_t ms);

/** Simulated seconds since the start. */
double plant_board_time_s(const struct plant_board *board);

/** Hold (true) or release (false) controls, mask of enum lbms_key. */
void plant_board_key(struct plant_board *board, uint16_t keys, bool pressed);

/**
 * Let time pass asleep, until a wake-up source of board->sleep fires (PLANT_SLEEP_NOTE).
 *
 * @param board   board that noted a sleep
 * @param max_ms  at most so long
 * @param woke    receives wake_reason and seconds_asleep; reset_cause as LBMS_RESET_WAKE_UP
 * @return LBMS_OK when awake, LBMS_AGAIN when max_ms have passed or the hook has ended it
 */
int plant_board_sleep(struct plant_board *board, uint32_t max_ms, struct lbms_boot *woke);

/**
 * Begin a sleep by board->sleep: electronics in low power, gates open, no samples.
 *
 * @return false when one of the wake-up sources fires already: nothing has changed then
 */
bool plant_board_fall_asleep(struct plant_board *board);

/** End a sleep now, whatever the sources say; woke as plant_board_sleep(), with wake_reason 0 when none fires. */
void plant_board_wake(struct plant_board *board, struct lbms_boot *woke);

/** Restart the processor alone: inputs, AFE, pack and retained bytes stay, outputs of the processor go off. */
void plant_board_restart(struct plant_board *board);

/** Put in or end a fault. @return 0, or -1 when the combination of target and kind does not exist */
int plant_board_inject(struct plant_board *board, const struct plant_fault *fault);

/** As plant_board_inject() by name; error as plant_fault_parse(). @return 0 or -1 */
int plant_board_inject_text(struct plant_board *board, const char *text, char *error, size_t error_size);

#endif
