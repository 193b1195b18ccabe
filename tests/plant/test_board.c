/* The board as struct lbms_hal sees it: time, samples, inputs, outputs, faults. */
#include "plant/board.h"

#include <math.h>
#include <string.h>

#include "losun_bms/model/inputs.h"
#include "support/suite.h"

static struct plant_board board;
static struct plant_board_config config;

static void start(void)
{
    plant_board_defaults(&config);
    plant_sensors_ideal(&config.sensors);
    config.latency_ms = 0u;
    plant_board_init(&board, &config);
}

static void restart_with_config(void)
{
    plant_board_init(&board, &config);
}

static void close_switches(uint8_t closed)
{
    const struct lbms_switches want = {closed, 0u};

    ck_assert_int_eq(board.hal.switches(board.hal.ctx, &want), LBMS_OK);
}

static int fetch(struct lbms_sample *sample)
{
    return board.hal.sample(board.hal.ctx, sample);
}

static void advance(uint32_t ms)
{
    ck_assert_int_eq(plant_board_advance(&board, ms), 0);
}

static void inject(const char *text)
{
    char error[PLANT_FAULT_ERROR_SIZE];

    ck_assert_msg(plant_board_inject_text(&board, text, error, sizeof(error)) == 0, "%s", error);
}

static void configure_afe(void)
{
    const struct lbms_afe_config want = {
        .short_circuit_ma = 500000, .short_circuit_delay_us = 300u, .watchdog_ms = 3000u, .sequence = 1u};
    struct lbms_afe_config got;

    ck_assert_int_eq(board.hal.afe_configure(board.hal.ctx, &want, &got), LBMS_AFE_FITS);
}

START_TEST(the_hal_is_complete_but_for_ports_and_flash)
{
    start();
    ck_assert_ptr_null(lbms_hal_missing(&board.hal));
    ck_assert(board.hal.ctx == &board);
    ck_assert(board.hal.serial_read == NULL && board.hal.serial_write == NULL);
    ck_assert(board.hal.serial_setup == NULL && board.hal.can_read == NULL && board.hal.can_write == NULL);
    ck_assert_ptr_null(board.hal.flash);
}
END_TEST

START_TEST(time_passes_only_when_it_is_advanced_and_wraps)
{
    struct lbms_sample sample;

    start();
    config.start_ms = UINT32_MAX - 149u;
    restart_with_config();
    ck_assert_uint_eq(board.hal.now_ms(board.hal.ctx), UINT32_MAX - 149u);
    ck_assert_uint_eq(board.hal.now_ms(board.hal.ctx), UINT32_MAX - 149u);
    configure_afe();
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, UINT32_MAX - 49u);
    advance(100u);
    ck_assert_uint_eq(board.hal.now_ms(board.hal.ctx), 50u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, 50u);
    ck_assert_double_eq_tol(plant_board_time_s(&board), 0.2, 1e-9);
    /* the watchdog of the AFE does not trip at the wrap */
    ck_assert_uint_eq(sample.afe_flags & LBMS_AFE_WATCHDOG, 0u);
    ck_assert_int_eq(sample.current_ma, 0);
}
END_TEST

START_TEST(a_sample_comes_every_100_ms_and_once)
{
    struct lbms_sample sample;
    int count = 0;
    int i;

    start();
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    for (i = 0; i < 100; i++) {
        advance(33u);
        if (fetch(&sample) == LBMS_OK) {
            count++;
            ck_assert_uint_eq(sample.at_ms, (uint32_t)count * 100u);
        }
        ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    }
    ck_assert_int_eq(count, 33);
    /* of a longer time only the newest is there */
    advance(1000u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, 4300u);
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
}
END_TEST

START_TEST(a_sample_is_delivered_after_its_latency)
{
    struct lbms_sample sample;

    start();
    config.latency_ms = 30u;
    restart_with_config();
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    advance(29u);
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    advance(1u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, 100u);
    /* polled exactly at the conversions: always the one before */
    advance(70u);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, 200u);
}
END_TEST

START_TEST(the_sample_tells_switches_and_configuration)
{
    struct lbms_sample sample;

    start();
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.closed, 0u);
    ck_assert_uint_eq(sample.config_seq, 0u);
    close_switches(LBMS_SWITCHES_MAIN);
    configure_afe();
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.closed, LBMS_SWITCHES_MAIN);
    ck_assert_uint_eq(sample.config_seq, 1u);
    ck_assert_int_gt(sample.terminal_mv, 50000);
    ck_assert_int_gt(sample.pack_mv, 50000);
}
END_TEST

START_TEST(missing_stale_and_silent_differ)
{
    struct lbms_sample sample;
    struct lbms_sample old;
    const struct lbms_switches open = {0u, 0u};

    start();
    close_switches(LBMS_SWITCHES_MAIN);
    advance(100u);
    ck_assert_int_eq(fetch(&old), LBMS_OK);

    inject("samples=missing");
    advance(500u);
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    inject("samples=ok");
    ck_assert_int_eq(fetch(&old), LBMS_OK);
    ck_assert_uint_eq(old.at_ms, 600u);

    inject("afe=stale");
    plant_world_current(&board.world, 40.0);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_mem_eq(&sample, &old, sizeof(old));
    ck_assert_int_eq(fetch(&sample), LBMS_AGAIN);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_mem_eq(&sample, &old, sizeof(old));
    inject("afe=ok");
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.at_ms, 900u);

    inject("afe=silent");
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_ERR_IO);
    ck_assert_int_eq(board.hal.switches(board.hal.ctx, &open), LBMS_ERR_IO);
    ck_assert_int_eq(board.hal.balance(board.hal.ctx, 1u), LBMS_ERR_IO);
    advance(100u);
    ck_assert_double_gt(board.pack.current_a, 30.0); /* and the switches stay as they were */
}
END_TEST

START_TEST(an_afe_reset_opens_the_switches_and_forgets_the_configuration)
{
    struct lbms_sample sample;

    start();
    configure_afe();
    close_switches(LBMS_SWITCHES_MAIN);
    advance(100u);
    inject("afe=reset");
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.afe_flags, LBMS_AFE_RESET_SEEN);
    ck_assert_uint_eq(sample.closed, 0u);
    ck_assert_uint_eq(sample.config_seq, 0u);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.afe_flags, 0u);
}
END_TEST

START_TEST(a_short_circuit_is_cut_off_within_300_us)
{
    struct lbms_sample sample;
    double before_as;

    start();
    configure_afe();
    close_switches(LBMS_SWITCHES_MAIN);
    advance(1000u);
    before_as = board.pack.total.discharge_as;
    board.world.short_ohm = 0.005;
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.afe_flags & LBMS_AFE_SHORT_CIRCUIT, LBMS_AFE_SHORT_CIRCUIT);
    ck_assert_uint_eq(sample.afe_flags & LBMS_AFE_LOAD_PRESENT, LBMS_AFE_LOAD_PRESENT);
    ck_assert_uint_eq(sample.closed, 0u);
    ck_assert_double_eq(board.pack.current_a, 0.0);
    /* 53 V / 16 mOhm for 300 us is 1 As */
    ck_assert_double_lt(board.pack.total.discharge_as - before_as, 1.2);
    ck_assert_double_gt(board.pack.total.discharge_as - before_as, 0.8);
    /* seen, opened, removed, closed again */
    close_switches(0u);
    board.world.short_ohm = 0.0;
    close_switches(LBMS_SWITCH_CHARGE | LBMS_SWITCH_PRECHARGE);
    advance(3000u);
    close_switches(LBMS_SWITCHES_MAIN);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.afe_flags, 0u);
    ck_assert_uint_eq(sample.closed, LBMS_SWITCHES_MAIN);
}
END_TEST

START_TEST(without_a_configuration_nothing_cuts_off)
{
    start();
    close_switches(LBMS_SWITCHES_MAIN);
    advance(1000u);
    board.world.short_ohm = 0.005;
    advance(100u);
    ck_assert_double_lt(board.pack.current_a, -2000.0);
}
END_TEST

START_TEST(an_ordinary_load_step_is_no_short_circuit)
{
    struct lbms_sample sample;

    start();
    configure_afe();
    close_switches(LBMS_SWITCH_CHARGE | LBMS_SWITCH_PRECHARGE);
    advance(3000u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    close_switches(LBMS_SWITCHES_MAIN);
    board.world.load.a_max = 400.0;
    board.world.load.resume_s = 0.0;
    plant_world_current(&board.world, -400.0);
    advance(2000u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_int_lt(sample.current_ma, -399000);
    ck_assert_uint_eq(sample.afe_flags & LBMS_AFE_SHORT_CIRCUIT, 0u);
}
END_TEST

START_TEST(the_watchdog_of_the_afe_opens_the_switches_of_a_silent_host)
{
    struct lbms_sample sample;

    start();
    configure_afe();
    close_switches(LBMS_SWITCHES_MAIN);
    advance(2900u);
    ck_assert_uint_ne(plant_pack_conducting(&board.pack), 0u);
    advance(400u);
    ck_assert_uint_eq(plant_pack_conducting(&board.pack), 0u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.afe_flags, LBMS_AFE_WATCHDOG);
}
END_TEST

START_TEST(a_welded_switch_conducts_while_the_chip_reports_it_open)
{
    struct lbms_sample sample;

    start();
    inject("chg=welded");
    plant_world_current(&board.world, 20.0);
    close_switches(0u);
    advance(200u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.closed, 0u);
    ck_assert_int_gt(sample.current_ma, 19000);
    inject("chg=ok");
    inject("dsg=dead");
    close_switches(LBMS_SWITCHES_MAIN);
    advance(200u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_uint_eq(sample.closed, LBMS_SWITCHES_MAIN);
    ck_assert_int_gt(sample.terminal_mv, sample.pack_mv + 700);
}
END_TEST

START_TEST(none_ends_every_fault)
{
    static const char *const all[] = {"cell1=stuck",  "cells=stuck",     "ntc4=open",     "mosfet=short",
                                      "ambient=open", "current=stuck",   "pack=stuck",    "terminal=stuck",
                                      "afe=silent",   "samples=missing", "chg=welded",    "dsg=dead",
                                      "pre=welded",   "lim=dead",        "cell2=leak:900"};
    struct lbms_sample sample;
    size_t i;

    start();
    for (i = 0u; i < sizeof(all) / sizeof(all[0]); i++) {
        inject(all[i]);
    }
    inject("none");
    ck_assert_uint_eq(board.pack.welded | board.pack.dead, 0u);
    ck_assert_double_eq(board.pack.cell[1].leak_a, 0.0);
    ck_assert(!board.sensors.cells_stuck && !board.afe_silent && !board.samples_missing);
    advance(100u);
    ck_assert_int_eq(fetch(&sample), LBMS_OK);
    ck_assert_int_eq(sample.ntc_dc[3], 250);
    ck_assert_int_eq(sample.mosfet_dc, 250);
    ck_assert_int_eq(plant_board_inject_text(&board, "rubbish", NULL, 0u), -1);
}
END_TEST

START_TEST(a_leak_discharges_one_cell)
{
    start();
    inject("cell2=leak:10000");
    advance(3600000u);
    ck_assert_double_eq_tol(board.pack.cell[0].soc - board.pack.cell[1].soc, 0.1, 0.01);
    ck_assert_double_gt(board.pack.cell[1].temp_c, board.pack.cell[15].temp_c + 3.0);
}
END_TEST

START_TEST(controls_are_read_as_they_are_set)
{
    uint16_t keys = 0u;
    uint8_t dip = 0u;

    start();
    ck_assert_int_eq(board.hal.controls(board.hal.ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(keys, LBMS_KEY_WEAK_SWITCH);
    plant_board_key(&board, LBMS_KEY_BUTTON, true);
    plant_board_key(&board, LBMS_KEY_WEAK_SWITCH, false);
    board.dip = 5u;
    ck_assert_int_eq(board.hal.controls(board.hal.ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(keys, LBMS_KEY_BUTTON);
    ck_assert_uint_eq(dip, 5u);
}
END_TEST

START_TEST(outputs_are_kept_for_the_test)
{
    char text[64];
    uint8_t bytes[PLANT_RETAINED_SIZE + 1u] = {1u, 2u, 3u};

    start();
    ck_assert_int_eq(board.hal.lights(board.hal.ctx, 0x181u, true), LBMS_OK);
    ck_assert_int_eq(board.hal.contacts(board.hal.ctx, 2u, true), LBMS_OK);
    ck_assert_int_eq(board.hal.balance(board.hal.ctx, 0x8001u), LBMS_OK);
    ck_assert_int_eq(board.hal.watchdog(board.hal.ctx), LBMS_OK);
    ck_assert_int_eq(board.hal.display_power(board.hal.ctx, true), LBMS_OK);
    ck_assert_int_eq(board.hal.display(board.hal.ctx, 1u, ">>BMS status          >>"), LBMS_OK);
    memset(text, 'x', sizeof(text) - 1u);
    text[sizeof(text) - 1u] = '\0';
    ck_assert_int_eq(board.hal.display(board.hal.ctx, 2u, text), LBMS_OK);
    ck_assert_int_eq(board.hal.display(board.hal.ctx, PLANT_DISPLAY_ROWS, ""), LBMS_ERR_RANGE);
    ck_assert_int_eq(board.hal.retain(board.hal.ctx, bytes, 3u), LBMS_OK);
    ck_assert_int_eq(board.hal.retain(board.hal.ctx, bytes, sizeof(bytes)), LBMS_ERR_SPACE);
    board.hal.reset(board.hal.ctx);
    advance(100u);
    ck_assert_uint_eq(board.lights, 0x181u);
    ck_assert(board.buzzer && board.heater && board.pack.heater_on && board.display_on);
    ck_assert_uint_eq(board.contacts, 2u);
    ck_assert_uint_eq(board.pack.balance_mask, 0x8001u);
    ck_assert_uint_eq(board.watchdog_fed, 1u);
    ck_assert_str_eq(board.display[1], ">>BMS status          >>");
    ck_assert_uint_eq(strlen(board.display[2]), PLANT_DISPLAY_COLUMNS);
    ck_assert_uint_eq(board.retained_size, 3u);
    ck_assert_uint_eq(board.retained[2], 3u);
    ck_assert(board.reset_requested);
    plant_board_restart(&board);
    ck_assert(!board.reset_requested && !board.display_on && !board.pack.heater_on);
    ck_assert_uint_eq(board.lights, 0u);
    ck_assert_uint_eq(board.retained_size, 3u);
}
END_TEST

START_TEST(the_wall_clock_runs_and_can_be_set)
{
    uint32_t now_s = 0u;

    start();
    advance(5000u);
    ck_assert_int_eq(board.hal.wall_get(board.hal.ctx, &now_s), LBMS_OK);
    ck_assert_uint_eq(now_s, 1718928005u);
    ck_assert_int_eq(board.hal.wall_set(board.hal.ctx, 1000u), LBMS_OK);
    advance(2000u);
    ck_assert_int_eq(board.hal.wall_get(board.hal.ctx, &now_s), LBMS_OK);
    ck_assert_uint_eq(now_s, 1002u);
    config.wall_valid = false;
    restart_with_config();
    ck_assert_int_eq(board.hal.wall_get(board.hal.ctx, &now_s), LBMS_ERR_STATE);
    ck_assert_int_eq(board.hal.wall_set(board.hal.ctx, 7u), LBMS_OK);
    ck_assert_int_eq(board.hal.wall_get(board.hal.ctx, &now_s), LBMS_OK);
}
END_TEST

static int count_calls(void *ctx, struct plant_board *b)
{
    int *calls = ctx;

    (void)b;
    (*calls)++;
    return (*calls == 7) ? 42 : 0;
}

START_TEST(the_hook_is_called_for_every_piece_and_can_end_the_time)
{
    int calls = 0;

    start();
    board.hook = count_calls;
    board.hook_ctx = &calls;
    ck_assert_int_eq(plant_board_advance(&board, 10000u), 42);
    ck_assert_int_eq(calls, 7);
    ck_assert_uint_eq(board.time_ms, 600u);
}
END_TEST

START_TEST(two_boards_of_one_seed_stay_equal)
{
    static struct plant_board other;
    struct lbms_sample a;
    struct lbms_sample b;
    int i;

    plant_board_defaults(&config);
    plant_board_seed(&config, 4711u);
    plant_board_init(&board, &config);
    plant_board_init(&other, &config);
    for (i = 0; i < 6000; i++) {
        plant_world_power(&board.world, 2500.0 * sin((double)i * 0.01));
        plant_world_power(&other.world, 2500.0 * sin((double)i * 0.01));
        close_switches(LBMS_SWITCHES_MAIN);
        other.afe.commanded = LBMS_SWITCHES_MAIN;
        advance(100u);
        ck_assert_int_eq(plant_board_advance(&other, 100u), 0);
        ck_assert_int_eq(fetch(&a), other.hal.sample(other.hal.ctx, &b));
        ck_assert_mem_eq(&board.sample, &other.sample, sizeof(a));
    }
}
END_TEST

SUITE("plant/board", CASE("", the_hal_is_complete_but_for_ports_and_flash),
      CASE("", time_passes_only_when_it_is_advanced_and_wraps),
      CASE("", a_sample_comes_every_100_ms_and_once), CASE("", a_sample_is_delivered_after_its_latency),
      CASE("", the_sample_tells_switches_and_configuration), CASE("", missing_stale_and_silent_differ),
      CASE("", an_afe_reset_opens_the_switches_and_forgets_the_configuration),
      CASE("", a_short_circuit_is_cut_off_within_300_us), CASE("", without_a_configuration_nothing_cuts_off),
      CASE("", an_ordinary_load_step_is_no_short_circuit),
      CASE("", the_watchdog_of_the_afe_opens_the_switches_of_a_silent_host),
      CASE("", a_welded_switch_conducts_while_the_chip_reports_it_open), CASE("", none_ends_every_fault),
      CASE("", a_leak_discharges_one_cell), CASE("", controls_are_read_as_they_are_set),
      CASE("", outputs_are_kept_for_the_test), CASE("", the_wall_clock_runs_and_can_be_set),
      CASE("", the_hook_is_called_for_every_piece_and_can_end_the_time),
      CASE("", two_boards_of_one_seed_stay_equal))
