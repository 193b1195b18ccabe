/* Low power of the simulated board: who wakes it, and when. */
#include "plant/board.h"

#include <string.h>

#include "losun_bms/model/inputs.h"
#include "losun_bms/model/mode.h"
#include "support/suite.h"

#define EVERY_SOURCE 0x3Fu

static struct plant_board board;
static struct plant_board_config config;
static struct lbms_boot woke;

/* What the hook does at which time. */
struct event {
    double at_s;
    uint16_t keys;
    double ext_v;
    bool rs232;
};

static int play(void *ctx, struct plant_board *b)
{
    const struct event *event = ctx;

    if (plant_board_time_s(b) >= event->at_s) {
        plant_board_key(b, event->keys, true);
        b->world.ext_on = event->ext_v > 0.0;
        b->world.ext_v = event->ext_v;
        b->rs232_activity = event->rs232;
    }
    return 0;
}

static void start(enum plant_sleep_style style)
{
    plant_board_defaults(&config);
    config.sleep = style;
    plant_board_init(&board, &config);
    ck_assert_int_eq(plant_board_advance(&board, 10000u), 0);
    memset(&woke, 0xEE, sizeof(woke));
}

static int sleep_with(unsigned sources, uint32_t timer_s)
{
    const struct lbms_sleep request = {true, LBMS_SLEEP_BUTTON, (uint8_t)sources, timer_s};

    return board.hal.sleep(board.hal.ctx, &request, &woke);
}

static void wakes(const struct event *event, unsigned reason, uint32_t seconds)
{
    static struct event copy;

    copy = *event;
    board.hook = play;
    board.hook_ctx = &copy;
    ck_assert_int_eq(sleep_with(EVERY_SOURCE & ~(unsigned)LBMS_WAKE_TIMER, 0u), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, reason);
    ck_assert_uint_ge(woke.seconds_asleep, seconds);
    ck_assert_uint_le(woke.seconds_asleep, seconds + 1u);
    ck_assert_uint_eq(woke.reset_cause, LBMS_RESET_WAKE_UP);
    ck_assert(!woke.crash.valid);
    ck_assert(!board.asleep);
}

START_TEST(the_timer_wakes_after_its_time)
{
    start(PLANT_SLEEP_RUN);
    ck_assert_int_eq(sleep_with(LBMS_WAKE_TIMER, 14400u), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, LBMS_WAKE_TIMER);
    ck_assert_uint_eq(woke.seconds_asleep, 14400u);
    ck_assert_uint_eq(board.hal.now_ms(board.hal.ctx), 10000u + 14400000u);
}
END_TEST

START_TEST(button_key_switch_charger_and_rs232_wake)
{
    const struct event button = {610.0, LBMS_KEY_BUTTON, 0.0, false};
    const struct event key = {610.0, LBMS_KEY_MENU, 0.0, false};
    const struct event weak = {610.0, LBMS_KEY_WEAK_SWITCH, 0.0, false};
    const struct event charger = {610.0, 0u, 48.1, false};
    const struct event serial = {610.0, 0u, 0.0, true};

    start(PLANT_SLEEP_RUN);
    wakes(&button, LBMS_WAKE_BUTTON, 600u);
    start(PLANT_SLEEP_RUN);
    wakes(&key, LBMS_WAKE_KEY, 600u);
    start(PLANT_SLEEP_RUN);
    plant_board_key(&board, LBMS_KEY_WEAK_SWITCH, false);
    wakes(&weak, LBMS_WAKE_SWITCH, 600u);
    start(PLANT_SLEEP_RUN);
    wakes(&charger, LBMS_WAKE_CHARGER, 600u);
    start(PLANT_SLEEP_RUN);
    wakes(&serial, LBMS_WAKE_RS232, 600u);
}
END_TEST

START_TEST(an_unarmed_source_does_not_wake)
{
    static struct event button = {20.0, LBMS_KEY_BUTTON, 47.9, true};

    start(PLANT_SLEEP_RUN);
    board.hook = play;
    board.hook_ctx = &button;
    ck_assert_int_eq(sleep_with(LBMS_WAKE_TIMER | LBMS_WAKE_CHARGER, 3600u), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, LBMS_WAKE_TIMER);
}
END_TEST

START_TEST(a_source_that_fires_already_refuses_the_sleep)
{
    start(PLANT_SLEEP_RUN);
    plant_board_key(&board, LBMS_KEY_BUTTON, true);
    ck_assert_int_eq(sleep_with(LBMS_WAKE_BUTTON, 0u), LBMS_ERR_STATE);
    ck_assert(!board.asleep);
    ck_assert_uint_eq(board.time_ms, 10000u);
    start(PLANT_SLEEP_REFUSE);
    ck_assert_int_eq(sleep_with(LBMS_WAKE_BUTTON, 0u), LBMS_ERR_STATE);
}
END_TEST

START_TEST(a_sleep_that_nothing_ends_gives_up)
{
    start(PLANT_SLEEP_RUN);
    board.config.sleep_limit_s = 7200u;
    ck_assert_int_eq(sleep_with(LBMS_WAKE_BUTTON, 0u), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, 0u);
    ck_assert_uint_eq(woke.seconds_asleep, 7200u);
}
END_TEST

START_TEST(asleep_nothing_conducts_and_no_samples_come)
{
    struct lbms_sample sample;
    const struct lbms_switches both = {LBMS_SWITCHES_MAIN, 0u};
    double before;

    start(PLANT_SLEEP_NOTE);
    ck_assert_int_eq(board.hal.switches(board.hal.ctx, &both), LBMS_OK);
    ck_assert_int_eq(board.hal.balance(board.hal.ctx, 1u), LBMS_OK);
    ck_assert_int_eq(sleep_with(LBMS_WAKE_BUTTON, 0u), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, 0u);
    ck_assert(board.asleep);
    before = board.pack.cell[0].soc;
    ck_assert_int_eq(plant_board_sleep(&board, 86400000u, &woke), LBMS_AGAIN);
    ck_assert_int_eq(board.hal.sample(board.hal.ctx, &sample), LBMS_AGAIN);
    ck_assert_uint_eq(plant_pack_conducting(&board.pack), 0u);
    ck_assert_double_lt(board.pack.terminal_v, 0.1);
    /* a day: 0.1 mA x 24 h and self-discharge of 2 % a month (spread +-20 %), no bleeding */
    ck_assert_double_eq_tol(before - board.pack.cell[0].soc, 0.0024 / 100.0 + 0.02 / 30.0, 0.7 * 0.02 / 30.0);
    plant_board_key(&board, LBMS_KEY_BUTTON, true);
    ck_assert_int_eq(plant_board_sleep(&board, 1000u, &woke), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, LBMS_WAKE_BUTTON);
    ck_assert_uint_eq(woke.seconds_asleep, 86400u);
    /* awake: the first sample comes after the start of the AFE */
    ck_assert_int_eq(plant_board_advance(&board, 240u), 0);
    ck_assert_int_eq(board.hal.sample(board.hal.ctx, &sample), LBMS_AGAIN);
    ck_assert_int_eq(plant_board_advance(&board, 30u), 0);
    ck_assert_int_eq(board.hal.sample(board.hal.ctx, &sample), LBMS_OK);
}
END_TEST

START_TEST(a_restart_ends_the_sleep)
{
    start(PLANT_SLEEP_NOTE);
    ck_assert_int_eq(sleep_with(LBMS_WAKE_BUTTON, 0u), LBMS_OK);
    plant_board_restart(&board);
    ck_assert(!board.asleep);
    ck_assert(board.afe.awake);
}
END_TEST

SUITE("plant/sleep", CASE("", the_timer_wakes_after_its_time),
      CASE("", button_key_switch_charger_and_rs232_wake), CASE("", an_unarmed_source_does_not_wake),
      CASE("", a_source_that_fires_already_refuses_the_sleep), CASE("", a_sleep_that_nothing_ends_gives_up),
      CASE("", asleep_nothing_conducts_and_no_samples_come), CASE("", a_restart_ends_the_sleep))
