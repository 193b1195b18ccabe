/* The port as a whole on a chip in memory: start, HAL, panel, wait. */
#include "losun_bms_port/cortex_m/port.h"

#include <string.h>

#include "losun_bms/model/inputs.h"
#include "rig.h"
#include "support/suite.h"

static struct lbms_cm port;
static struct lbms_cm_board board;
static struct lbms_cm_pin pins[8];

static void wire(void)
{
    const struct lbms_cm_pin all[] = {
        {LBMS_CM_DE, LBMS_PORT_RS485, 'A', 4u, LBMS_CM_OUTPUT, 0u, false},
        {LBMS_CM_KEY, 0u, 'B', 1u, LBMS_CM_INPUT_UP, 0u, true},
        {LBMS_CM_KEY, 5u, 'B', 2u, LBMS_CM_INPUT_UP, 0u, true},
        {LBMS_CM_DIP, 0u, 'B', 3u, LBMS_CM_INPUT_UP, 0u, true},
        {LBMS_CM_DIP, 3u, 'B', 4u, LBMS_CM_INPUT_UP, 0u, true},
        {LBMS_CM_LIGHT, 6u, 'C', 0u, LBMS_CM_OUTPUT, 0u, false},
        {LBMS_CM_BUZZER, 0u, 'A', 1u, LBMS_CM_OUTPUT, 0u, false},
        {LBMS_CM_CONTACT, 1u, 'A', 0u, LBMS_CM_OUTPUT, 0u, true},
    };

    rig_reset();
    memset(&board, 0, sizeof(board));
    memcpy(pins, all, sizeof(all));
    board.name = "test";
    board.hse_hz = 8000000u;
    board.watchdog_ms = 4000u;
    board.pins = pins;
    board.pin_count = sizeof(all) / sizeof(all[0]);
    board.serial[LBMS_PORT_RS232].usart = 2u;
    board.serial[LBMS_PORT_RS232].baud = 9600u;
    board.serial[LBMS_PORT_RS485].usart = 1u;
    board.serial[LBMS_PORT_RS485].baud = 9600u;
}

static int start(const struct lbms_cm_devices *devices)
{
    return lbms_cm_start(&port, &rig.chip, &board, devices);
}

START_TEST(a_board_is_started_as_its_tables_say)
{
    wire();
    rig.csr = LBMS_CM_RCC_CSR_IWDGRSTF;
    ck_assert_int_eq(start(NULL), LBMS_OK);
    ck_assert_uint_eq(rig.hclk_hz, 80000000u);
    ck_assert(rig.prepared);
    ck_assert_uint_eq(rig.gpio_enable, 7u << 2);
    ck_assert(rig.users[0] == &port.serial[LBMS_PORT_RS485]);
    ck_assert(rig.users[1] == &port.serial[LBMS_PORT_RS232]);
    ck_assert_uint_eq(rig.usart_regs[0].BRR, 8333u); /* APB2: 80 MHz */
    ck_assert_uint_eq(rig.usart_regs[1].BRR, 4167u); /* APB1: 40 MHz */
    ck_assert(port.serial[LBMS_PORT_RS485].de == &pins[0]);
    ck_assert(port.serial[LBMS_PORT_RS232].de == NULL);
    ck_assert_uint_eq(rig.iwdg.RLR, 3999u);
    ck_assert_uint_eq(port.csr, LBMS_CM_RCC_CSR_IWDGRSTF);
    ck_assert((rig.csr & LBMS_CM_RCC_CSR_RMVF) != 0u);
    ck_assert_ptr_null(lbms_hal_missing(&port.hal));
}
END_TEST

START_TEST(a_dead_crystal_is_told_and_speeds_follow_the_slow_clock)
{
    wire();
    rig.clock_status = LBMS_ERR_TIMEOUT;
    ck_assert_int_eq(start(NULL), LBMS_OK);
    ck_assert_int_eq(port.clock_status, LBMS_ERR_TIMEOUT);
    ck_assert(!port.clocks.crystal);
    ck_assert_uint_eq(rig.usart_regs[0].BRR, 1667u); /* 16 MHz */
    ck_assert_uint_eq(rig.hclk_hz, 16000000u);
}
END_TEST

START_TEST(a_given_core_clock_moves_the_time_base_only)
{
    wire();
    board.hclk_hz = 168000000u;
    ck_assert_int_eq(start(NULL), LBMS_OK);
    ck_assert_uint_eq(rig.hclk_hz, 168000000u);
    ck_assert_uint_eq(rig.usart_regs[0].BRR, 8333u);
}
END_TEST

START_TEST(an_error_in_the_tables_is_reported_and_the_rest_works)
{
    wire();
    pins[5].port = 'Z';
    ck_assert_int_eq(start(NULL), LBMS_ERR_RANGE);
    ck_assert_uint_eq(rig.usart_regs[1].BRR, 4167u);
    wire();
    board.serial[LBMS_PORT_PARALLEL].usart = 9u;
    board.serial[LBMS_PORT_PARALLEL].baud = 9600u;
    ck_assert_int_eq(start(NULL), LBMS_ERR_RANGE);
    ck_assert_uint_eq(rig.usart_regs[1].BRR, 4167u);
    wire();
    board.watchdog_ms = 1000000u;
    ck_assert_int_eq(start(NULL), LBMS_ERR_RANGE);
    ck_assert_ptr_null(lbms_hal_missing(&port.hal));
}
END_TEST

START_TEST(keys_and_address_are_read_from_their_pins)
{
    uint16_t keys = 0xFFFFu;
    uint8_t dip = 0xFFu;

    wire();
    (void)start(NULL);
    rig.gpio[1].IDR = 0xFFFFu; /* all up: nothing pressed */
    ck_assert_int_eq(port.hal.controls(port.hal.ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(keys, 0u);
    ck_assert_uint_eq(dip, 0u);
    rig.gpio[1].IDR = 0xFFFFu & ~((1u << 2) | (1u << 4));
    ck_assert_int_eq(port.hal.controls(port.hal.ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(keys, LBMS_KEY_WEAK_SWITCH);
    ck_assert_uint_eq(dip, 8u);
}
END_TEST

START_TEST(lights_buzzer_contacts_and_heater_go_to_their_pins)
{
    wire();
    (void)start(NULL);
    ck_assert_int_eq(port.hal.lights(port.hal.ctx, LBMS_LIGHT_ALM, true), LBMS_OK);
    ck_assert_uint_eq(rig.gpio[2].BSRR, 1u << 0);
    ck_assert_uint_eq(rig.gpio[0].BSRR, 1u << 1);
    ck_assert_int_eq(port.hal.lights(port.hal.ctx, LBMS_LIGHT_RUN, false), LBMS_OK);
    ck_assert_uint_eq(rig.gpio[2].BSRR, 1u << 16);
    ck_assert_uint_eq(rig.gpio[0].BSRR, 1u << 17);
    ck_assert_int_eq(port.hal.contacts(port.hal.ctx, 2u, true), LBMS_OK);
    ck_assert_uint_eq(rig.gpio[0].BSRR, 1u << 16); /* closed = low */
    ck_assert_int_eq(port.hal.contacts(port.hal.ctx, 1u, true), LBMS_OK);
    ck_assert_uint_eq(rig.gpio[0].BSRR, 1u << 0);
}
END_TEST

START_TEST(a_board_without_lights_has_no_entry_for_them)
{
    wire();
    board.pin_count = 5u;
    (void)start(NULL);
    ck_assert(port.hal.lights == NULL);
    ck_assert(port.hal.contacts == NULL);
}
END_TEST

START_TEST(without_a_front_end_open_is_what_the_switches_are)
{
    const struct lbms_switches open = {0u, 0u};
    const struct lbms_switches closed = {LBMS_SWITCH_CHARGE, 0u};
    struct lbms_sample sample;

    wire();
    (void)start(NULL);
    ck_assert_int_eq(port.hal.switches(port.hal.ctx, &open), LBMS_OK);
    ck_assert_int_eq(port.hal.switches(port.hal.ctx, &closed), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(port.hal.sample(port.hal.ctx, &sample), LBMS_ERR_UNSUPPORTED);
}
END_TEST

START_TEST(what_is_not_fitted_is_named)
{
    const char *const names[] = {"sample", "switches", "afe_configure", "balance", "wall",
                                 "can",    "flash",    "log_flash",     "display", "sleep"};
    unsigned i;

    wire();
    (void)start(NULL);
    for (i = 0u; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_str_eq(lbms_cm_not_fitted(&port, i), names[i]);
    }
    ck_assert_ptr_null(lbms_cm_not_fitted(&port, i));
}
END_TEST

/* The chip's own flash: two areas of which nothing but the place matters here. */
static void fit_flash(void)
{
    rig.chip.flash.kind = &lbms_cm_flash_f4;
    rig.chip.flash.values.block_size = 16384u;
    rig.chip.flash.values.block_count = 3u;
    rig.chip.flash.values.erase_worst_ms = 500u;
    rig.chip.flash.log.block_size = 131072u;
    rig.chip.flash.log.block_count = 2u;
    rig.chip.flash.log.erase_worst_ms = 2000u;
}

START_TEST(stored_data_go_to_the_chips_own_flash_unless_the_program_brings_another)
{
    static const struct lbms_flash external;
    const struct lbms_cm_devices devices = {.flash = &external};

    wire();
    fit_flash();
    ck_assert_int_eq(start(NULL), LBMS_OK);
    ck_assert_uint_eq(port.hal.flash->block_count, 3u);
    ck_assert_uint_eq(port.hal.log_flash->block_size, 131072u);
    wire();
    fit_flash();
    ck_assert_int_eq(start(&devices), LBMS_OK);
    ck_assert(port.hal.flash == &external);
    ck_assert_uint_eq(port.hal.log_flash->block_count, 2u);
}
END_TEST

START_TEST(flash_whose_erase_outlasts_the_watchdog_is_not_used)
{
    wire();
    fit_flash();
    board.watchdog_ms = 3000u; /* two thirds of it are 2000 ms */
    ck_assert_int_eq(start(NULL), LBMS_ERR_RANGE);
    ck_assert_ptr_null(port.hal.log_flash);
    ck_assert_uint_eq(port.hal.flash->erase_worst_ms, 500u);
    wire();
    fit_flash();
    board.watchdog_ms = 0u;
    ck_assert_int_eq(start(NULL), LBMS_OK);
    ck_assert_ptr_nonnull(port.hal.log_flash);
}
END_TEST

START_TEST(the_watchdog_is_fed_when_the_board_uses_it)
{
    wire();
    (void)start(NULL);
    rig.iwdg.KR = 0u;
    ck_assert_int_eq(port.hal.watchdog(port.hal.ctx), LBMS_OK);
    ck_assert_uint_eq(rig.iwdg.KR, 0xAAAAu);
    wire();
    board.watchdog_ms = 0u;
    (void)start(NULL);
    ck_assert_int_eq(port.hal.watchdog(port.hal.ctx), LBMS_OK);
    ck_assert_uint_eq(rig.iwdg.KR, 0u);
}
END_TEST

START_TEST(serial_ports_that_are_not_fitted_say_so)
{
    uint8_t byte = 1u;

    wire();
    (void)start(NULL);
    ck_assert_int_eq(port.hal.serial_write(port.hal.ctx, LBMS_PORT_RS232, &byte, 1u), 1);
    ck_assert_int_eq(port.hal.serial_read(port.hal.ctx, LBMS_PORT_RS232, &byte, 1u), 0);
    ck_assert_int_eq(port.hal.serial_setup(port.hal.ctx, LBMS_PORT_RS485, 19200u, LBMS_SERIAL_8N1), LBMS_OK);
    ck_assert_int_eq(port.hal.serial_write(port.hal.ctx, LBMS_PORT_PARALLEL, &byte, 1u),
                     LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(port.hal.serial_read(port.hal.ctx, LBMS_PORT_CAN, &byte, 1u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(port.hal.serial_setup(port.hal.ctx, 99u, 9600u, LBMS_SERIAL_8N1), LBMS_ERR_UNSUPPORTED);
}
END_TEST

START_TEST(what_the_core_keeps_comes_back_with_the_facts_of_the_start)
{
    struct lbms_restored data;
    struct lbms_restored restored;

    wire();
    (void)start(NULL);
    ck_assert(!lbms_cm_boot(&port, &restored));
    lbms_restored_defaults(&data);
    data.life.valid = true;
    data.life.charge_mas = 7;
    ck_assert_int_eq(port.hal.retain(port.hal.ctx, &data, sizeof(data)), LBMS_OK);
    port.hal.reset(port.hal.ctx);
    ck_assert_int_eq(rig.restarts, 1);
    ck_assert_uint_eq(rig.restart_cause, LBMS_RESET_SOFTWARE);
    port.csr = LBMS_CM_RCC_CSR_SFTRSTF;
    ck_assert(lbms_cm_boot(&port, &restored));
    ck_assert_int_eq(restored.life.charge_mas, 7);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_SOFTWARE);
}
END_TEST

START_TEST(a_wait_lasts_its_time_whatever_interrupts_come)
{
    wire();
    (void)start(NULL);
    lbms_cm_wait(&port, 100u); /* each doze ends after 20 ms */
    ck_assert_uint_eq(rig.now_ms, 100u);
    ck_assert_uint_eq(rig.dozes, 5u);
    ck_assert_uint_eq(rig.doze_ms, 20u);
    lbms_cm_wait(&port, 0u);
    ck_assert_uint_eq(rig.dozes, 5u);
}
END_TEST

START_TEST(an_event_before_the_wait_or_during_it_ends_it)
{
    wire();
    (void)start(NULL);
    port.event = true;
    lbms_cm_wait(&port, 100u);
    ck_assert_uint_eq(rig.dozes, 0u);
    ck_assert(!port.event);
    rig.wake = &port.event;
    lbms_cm_wait(&port, 100u);
    ck_assert_uint_eq(rig.dozes, 1u);
    ck_assert_uint_eq(rig.now_ms, 20u);
}
END_TEST

/*
 * ---- devices that a program brings
 * ---------------------------------------------------------------------------
 */

static unsigned calls;

static int afe_sample(void *ctx, struct lbms_sample *sample)
{
    sample->pack_mv = 52000;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_OK;
}

static int afe_switches(void *ctx, const struct lbms_switches *want)
{
    calls += (ctx == &calls && want->closed == LBMS_SWITCH_CHARGE) ? 1u : 0u;
    return LBMS_OK;
}

static int afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    *got = *want;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_AFE_COARSER;
}

static int afe_balance(void *ctx, uint16_t mask)
{
    calls += (ctx == &calls && mask == 3u) ? 1u : 0u;
    return LBMS_OK;
}

static int can_read(void *ctx, struct lbms_can_frame *frame)
{
    (void)frame;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_AGAIN;
}

static int can_write(void *ctx, const struct lbms_can_frame *frame)
{
    calls += (ctx == &calls && frame->id == 0x351u) ? 1u : 0u;
    return LBMS_OK;
}

static int can_state(void *ctx, bool recover)
{
    calls += (ctx == &calls && recover) ? 1u : 0u;
    return LBMS_CAN_BUS_OFF;
}

static int can_setup(void *ctx, uint32_t bitrate)
{
    calls += (ctx == &calls && bitrate == 500000u) ? 1u : 0u;
    return LBMS_OK;
}

static int wall_get(void *ctx, uint32_t *seconds)
{
    *seconds = 5u;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_OK;
}

static int wall_set(void *ctx, uint32_t seconds)
{
    calls += (ctx == &calls && seconds == 6u) ? 1u : 0u;
    return LBMS_OK;
}

static int sleeping(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    (void)sleep;
    woke->wake_reason = LBMS_WAKE_BUTTON;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_OK;
}

static int panel_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    *keys = LBMS_KEY_BUTTON;
    *dip = 3u;
    calls += (ctx == &calls) ? 1u : 0u;
    return LBMS_OK;
}

START_TEST(every_entry_of_a_driver_is_reached_with_its_own_context)
{
    static const struct lbms_cm_afe afe = {&calls, afe_sample, afe_switches, afe_configure, afe_balance};
    static const struct lbms_cm_can can = {&calls, can_read, can_write, can_state, can_setup};
    static const struct lbms_cm_power power = {&calls, wall_get, wall_set, sleeping};
    static const struct lbms_cm_panel panel = {&calls, panel_controls};
    static const struct lbms_flash flash;
    static const struct lbms_flash log_flash;
    const struct lbms_cm_devices devices = {&afe, &can, &power, &panel, &flash, &log_flash};
    const struct lbms_switches close = {LBMS_SWITCH_CHARGE, 0u};
    const struct lbms_can_frame sent = {0x351u, 0u, {0u}};
    const struct lbms_sleep sleep = {true, 0u, 0u, 0u};
    struct lbms_can_frame frame;
    struct lbms_afe_config want;
    struct lbms_afe_config got;
    struct lbms_sample sample;
    struct lbms_boot woke;
    const struct lbms_hal *hal = &port.hal;
    uint32_t seconds;
    uint16_t keys;
    uint8_t dip;

    wire();
    memset(&want, 0, sizeof(want));
    calls = 0u;
    ck_assert_int_eq(start(&devices), LBMS_OK);
    ck_assert_int_eq(hal->sample(hal->ctx, &sample), LBMS_OK);
    ck_assert_int_eq(sample.pack_mv, 52000);
    ck_assert_int_eq(hal->switches(hal->ctx, &close), LBMS_OK);
    ck_assert_int_eq(hal->afe_configure(hal->ctx, &want, &got), LBMS_AFE_COARSER);
    ck_assert_int_eq(hal->balance(hal->ctx, 3u), LBMS_OK);
    ck_assert_int_eq(hal->can_read(hal->ctx, &frame), LBMS_AGAIN);
    ck_assert_int_eq(hal->can_write(hal->ctx, &sent), LBMS_OK);
    ck_assert_int_eq(hal->can_state(hal->ctx, true), LBMS_CAN_BUS_OFF);
    ck_assert_int_eq(hal->can_setup(hal->ctx, 500000u), LBMS_OK);
    ck_assert_int_eq(hal->wall_get(hal->ctx, &seconds), LBMS_OK);
    ck_assert_int_eq(hal->wall_set(hal->ctx, seconds + 1u), LBMS_OK);
    ck_assert_int_eq(hal->sleep(hal->ctx, &sleep, &woke), LBMS_OK);
    ck_assert_int_eq(hal->controls(hal->ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(calls, 12u);
    ck_assert(hal->flash == &flash);
    ck_assert(hal->log_flash == &log_flash);
    ck_assert_str_eq(lbms_cm_not_fitted(&port, 0u), "display");
    ck_assert_ptr_null(lbms_cm_not_fitted(&port, 1u));
}
END_TEST

SUITE("cortex_m/port", CASE("", a_board_is_started_as_its_tables_say),
      CASE("", a_dead_crystal_is_told_and_speeds_follow_the_slow_clock),
      CASE("", a_given_core_clock_moves_the_time_base_only),
      CASE("", an_error_in_the_tables_is_reported_and_the_rest_works),
      CASE("", keys_and_address_are_read_from_their_pins),
      CASE("", lights_buzzer_contacts_and_heater_go_to_their_pins),
      CASE("", a_board_without_lights_has_no_entry_for_them),
      CASE("", without_a_front_end_open_is_what_the_switches_are), CASE("", what_is_not_fitted_is_named),
      CASE("", stored_data_go_to_the_chips_own_flash_unless_the_program_brings_another),
      CASE("R-PROT-09", flash_whose_erase_outlasts_the_watchdog_is_not_used),
      CASE("R-PROT-09", the_watchdog_is_fed_when_the_board_uses_it),
      CASE("", serial_ports_that_are_not_fitted_say_so),
      CASE("", what_the_core_keeps_comes_back_with_the_facts_of_the_start),
      CASE("", a_wait_lasts_its_time_whatever_interrupts_come),
      CASE("", an_event_before_the_wait_or_during_it_ends_it),
      CASE("", every_entry_of_a_driver_is_reached_with_its_own_context))
