#include "plant/board.h"

#include <string.h>

#include "losun_bms/model/inputs.h"
#include "losun_bms/model/mode.h"
#include "plant/board_hal.h"

/* 2024-06-21 00:00:00 UTC */
#define START_WALL_S    UINT32_C(1718928000)
#define ASLEEP_SLICE_MS 200u
/* from waking the AFE to its first conversion */
#define AFE_START_MS 250u
/* at the terminals with an open switch */
#define CHARGER_MORE_V 0.5
#define LOAD_SEEN_V    2.0
#define LOAD_SEEN_OHM  1000.0

#define DISPLAY_KEYS \
    ((unsigned)LBMS_KEY_MENU | (unsigned)LBMS_KEY_ENTER | (unsigned)LBMS_KEY_DOWN | (unsigned)LBMS_KEY_ESC)

void plant_board_defaults(struct plant_board_config *config)
{
    memset(config, 0, sizeof(*config));
    plant_pack_defaults(&config->pack);
    plant_sensors_typical(&config->sensors);
    config->afe = PLANT_AFE_EXACT;
    config->sleep = PLANT_SLEEP_RUN;
    config->wall_s = START_WALL_S;
    config->wall_valid = true;
    config->sample_ms = 100u;
    config->latency_ms = 20u;
    config->wake_terminal_mv = 48000u;
    config->asleep_slice_ms = ASLEEP_SLICE_MS;
    config->sleep_limit_s = 30u * 86400u;
}

void plant_board_seed(struct plant_board_config *config, uint64_t seed)
{
    config->pack.seed = seed;
    config->sensors.seed = seed;
}

void plant_board_init(struct plant_board *board, const struct plant_board_config *config)
{
    memset(board, 0, sizeof(*board));
    board->config = *config;
    plant_pack_init(&board->pack, &config->pack);
    plant_sensors_init(&board->sensors, &config->sensors);
    plant_world_defaults(&board->world);
    plant_afe_init(&board->afe, config->afe);
    plant_afe_access(&board->afe, config->start_ms);
    board->wall_offset_s = (int64_t)config->wall_s;
    board->wall_valid = config->wall_valid;
    board->keys = (uint16_t)LBMS_KEY_WEAK_SWITCH;
    if (board->config.sample_ms == 0u) {
        board->config.sample_ms = 100u;
    }
    if (board->config.latency_ms >= board->config.sample_ms) {
        board->config.latency_ms = board->config.sample_ms - 1u;
    }
    if (board->config.asleep_slice_ms == 0u) {
        board->config.asleep_slice_ms = ASLEEP_SLICE_MS;
    }
    board->next_sample_ms = board->config.sample_ms;
    plant_board_hal(board);
}

double plant_board_time_s(const struct plant_board *board)
{
    return (double)board->time_ms * 1e-3;
}

void plant_board_key(struct plant_board *board, uint16_t keys, bool pressed)
{
    board->keys = (uint16_t)(pressed ? (board->keys | keys) : (board->keys & ~(unsigned)keys));
}

static uint32_t now_ms(const struct plant_board *board)
{
    return (uint32_t)(board->time_ms + board->config.start_ms);
}

/* One piece of time for the plant; a short circuit is cut off within it by the comparator of the AFE. */
static void step_plant(struct plant_board *board, double dt_s)
{
    struct plant_pack *pack = &board->pack;
    double delay_s = 0.0;
    const double short_a = plant_afe_short_a(&board->afe, &delay_s);
    const bool armed = (short_a > 0.0) && (delay_s < dt_s) &&
                       ((board->afe.latched & (unsigned)LBMS_AFE_SHORT_CIRCUIT) == 0u);

    pack->gates = plant_afe_gates(&board->afe);
    pack->balance_mask = board->asleep ? 0u : board->balance_mask;
    pack->asleep = board->asleep;
    if (armed && (pack->gates != 0u) && (plant_pack_surge_a(pack, &board->world, delay_s) > short_a)) {
        plant_pack_step(pack, &board->world, delay_s);
        plant_afe_trip_short(&board->afe);
        pack->gates = plant_afe_gates(&board->afe);
        dt_s -= delay_s;
    }
    plant_pack_step(pack, &board->world, dt_s);
}

static unsigned detected(const struct plant_board *board)
{
    const struct plant_world *world = &board->world;
    const double terminal_v = board->pack.terminal_v;
    const bool short_seen = (world->short_ohm > 0.0) && (world->short_ohm < LOAD_SEEN_OHM);
    const bool load_seen = !world->breaker_open && (world->load.demand.kind != PLANT_DEMAND_NONE);
    unsigned flags = 0u;

    if (((board->pack.gates & (unsigned)PLANT_SWITCH_DISCHARGE) == 0u) && (terminal_v < LOAD_SEEN_V) &&
        (short_seen || load_seen)) {
        flags |= (unsigned)LBMS_AFE_LOAD_PRESENT;
    }
    if (((board->pack.gates & (unsigned)PLANT_SWITCH_CHARGE) == 0u) &&
        (terminal_v > board->pack.stack_v + CHARGER_MORE_V)) {
        flags |= (unsigned)LBMS_AFE_CHARGER_PRESENT;
    }
    return flags;
}

static void convert(struct plant_board *board)
{
    if (board->converting_valid && (board->time_ms >= board->deliver_ms)) {
        board->sample = board->converting;
        board->sample_ready = true;
    }
    plant_sensors_convert(&board->sensors, &board->pack, now_ms(board), &board->converting);
    plant_afe_watch(&board->afe, &board->converting, now_ms(board), (double)board->config.sample_ms * 1e-3);
    board->converting.afe_flags = (uint16_t)(plant_afe_flags(&board->afe) | detected(board));
    board->converting.closed = plant_afe_gates(&board->afe);
    board->converting.config_seq = board->afe.config_seq;
    board->converting_valid = true;
    board->deliver_ms = board->time_ms + board->config.latency_ms;
    board->next_sample_ms = board->time_ms + board->config.sample_ms;
}

static int call_hook(struct plant_board *board)
{
    return (board->hook != NULL) ? board->hook(board->hook_ctx, board) : 0;
}

/* One piece of time, at most max_ms: until the next conversion, or a slice asleep. Returns its length. */
static uint32_t pass(struct plant_board *board, uint32_t max_ms)
{
    uint64_t ms = board->asleep ? board->config.asleep_slice_ms : (board->next_sample_ms - board->time_ms);

    ms = (ms > max_ms) ? max_ms : ms;
    step_plant(board, (double)ms * 1e-3);
    board->time_ms += ms;
    if (!board->asleep && (board->time_ms >= board->next_sample_ms)) {
        convert(board);
    }
    return (uint32_t)ms;
}

int plant_board_advance(struct plant_board *board, uint32_t ms)
{
    uint32_t left_ms = ms;
    int ended = 0;

    while ((left_ms > 0u) && (ended == 0)) {
        ended = call_hook(board);
        left_ms -= (ended == 0) ? pass(board, left_ms) : 0u;
    }
    return ended;
}

/* Wake-up sources that fire now, as far as the sleep has armed them. */
static uint8_t firing(const struct plant_board *board)
{
    const uint64_t asleep_ms = board->time_ms - board->asleep_since_ms;
    const unsigned turned_on = board->keys & ~(unsigned)board->asleep_keys;
    unsigned fires = 0u;

    if ((board->keys & (unsigned)LBMS_KEY_BUTTON) != 0u) {
        fires |= (unsigned)LBMS_WAKE_BUTTON;
    }
    if ((board->keys & DISPLAY_KEYS) != 0u) {
        fires |= (unsigned)LBMS_WAKE_KEY;
    }
    if ((turned_on & (unsigned)LBMS_KEY_WEAK_SWITCH) != 0u) {
        fires |= (unsigned)LBMS_WAKE_SWITCH;
    }
    if (board->pack.terminal_v * 1000.0 > (double)board->config.wake_terminal_mv) {
        fires |= (unsigned)LBMS_WAKE_CHARGER;
    }
    if (board->rs232_activity) {
        fires |= (unsigned)LBMS_WAKE_RS232;
    }
    if (asleep_ms >= (uint64_t)board->sleep.timer_s * 1000u) {
        fires |= (unsigned)LBMS_WAKE_TIMER;
    }
    return (uint8_t)(fires & board->sleep.wake_sources);
}

bool plant_board_fall_asleep(struct plant_board *board)
{
    board->asleep_since_ms = board->time_ms;
    board->asleep_keys = board->keys;
    board->rs232_activity = false;
    if (firing(board) != 0u) {
        return false;
    }
    board->asleep = true;
    board->afe.awake = false;
    board->converting_valid = false;
    board->sample_ready = false;
    return true;
}

void plant_board_wake(struct plant_board *board, struct lbms_boot *woke)
{
    memset(woke, 0, sizeof(*woke));
    woke->reset_cause = (uint8_t)LBMS_RESET_WAKE_UP;
    woke->wake_reason = firing(board);
    woke->seconds_asleep = (uint32_t)((board->time_ms - board->asleep_since_ms) / 1000u);
    board->rs232_activity = false;
    board->slept_ms += board->time_ms - board->asleep_since_ms;
    board->asleep = false;
    board->afe.awake = true;
    plant_afe_access(&board->afe, now_ms(board));
    board->next_sample_ms = board->time_ms + AFE_START_MS;
}

int plant_board_sleep(struct plant_board *board, uint32_t max_ms, struct lbms_boot *woke)
{
    uint32_t left_ms = max_ms;
    int ended = 0;

    while (board->asleep) {
        if (firing(board) != 0u) {
            plant_board_wake(board, woke);
            break;
        }
        if ((left_ms == 0u) || (ended != 0)) {
            return LBMS_AGAIN;
        }
        ended = call_hook(board);
        if ((ended == 0) && (firing(board) == 0u)) {
            left_ms -= pass(board, left_ms);
        }
    }
    return LBMS_OK;
}

void plant_board_restart(struct plant_board *board)
{
    board->lights = 0u;
    board->buzzer = false;
    board->contacts = 0u;
    board->heater = false;
    board->pack.heater_on = false;
    board->display_on = false;
    memset(board->display, 0, sizeof(board->display));
    board->reset_requested = false;
    if (board->asleep) {
        struct lbms_boot unused;

        plant_board_wake(board, &unused);
    }
}
