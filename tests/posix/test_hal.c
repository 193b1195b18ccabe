#include "losun_bms_port/posix_hal.h"

#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "scratch.h"
#include "support/suite.h"

/* A board that notes what it was asked. */
struct board {
    uint32_t now_ms;
    unsigned calls;
    uint8_t closed;
    uint16_t mask;
};

static uint32_t board_now_ms(void *ctx)
{
    return ((struct board *)ctx)->now_ms;
}

static int board_sample(void *ctx, struct lbms_sample *sample)
{
    ((struct board *)ctx)->calls++;
    sample->pack_mv = 52800;
    return LBMS_OK;
}

static int board_switches(void *ctx, const struct lbms_switches *want)
{
    ((struct board *)ctx)->closed = want->closed;
    return LBMS_OK;
}

static int board_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    ((struct board *)ctx)->calls++;
    *keys = 1u;
    *dip = 5u;
    return LBMS_OK;
}

static int board_watchdog(void *ctx)
{
    ((struct board *)ctx)->calls++;
    return LBMS_OK;
}

static int board_balance(void *ctx, uint16_t mask)
{
    ((struct board *)ctx)->mask = mask;
    return LBMS_ERR_IO;
}

static const struct lbms_hal board_entries = {.now_ms = board_now_ms,
                                              .sample = board_sample,
                                              .switches = board_switches,
                                              .controls = board_controls,
                                              .watchdog = board_watchdog};

START_TEST(entries_of_the_board_get_the_context_of_the_board)
{
    struct board board = {.now_ms = 1234u};
    struct lbms_hal entries = board_entries;
    const struct lbms_switches want = {LBMS_SWITCH_CHARGE, 0u};
    struct lbms_posix posix;
    struct lbms_sample sample;
    uint16_t keys = 0u;
    uint8_t dip = 0u;

    memset(&sample, 0, sizeof(sample));
    entries.ctx = &board;
    entries.balance = board_balance;
    lbms_posix_init(&posix, &entries);
    ck_assert_ptr_null(lbms_hal_missing(&posix.hal));
    ck_assert_uint_eq(posix.hal.now_ms(posix.hal.ctx), 1234u);
    ck_assert_int_eq(posix.hal.sample(posix.hal.ctx, &sample), LBMS_OK);
    ck_assert_int_eq(sample.pack_mv, 52800);
    ck_assert_int_eq(posix.hal.switches(posix.hal.ctx, &want), LBMS_OK);
    ck_assert_uint_eq(board.closed, LBMS_SWITCH_CHARGE);
    ck_assert_int_eq(posix.hal.controls(posix.hal.ctx, &keys, &dip), LBMS_OK);
    ck_assert_uint_eq(dip, 5u);
    ck_assert_int_eq(posix.hal.watchdog(posix.hal.ctx), LBMS_OK);
    ck_assert_int_eq(posix.hal.balance(posix.hal.ctx, 0x8001u), LBMS_ERR_IO);
    ck_assert_uint_eq(board.mask, 0x8001u);
    ck_assert_uint_eq(board.calls, 3u);
    ck_assert(posix.hal.lights == NULL && posix.hal.contacts == NULL && posix.hal.display == NULL);
    ck_assert_ptr_null(posix.hal.flash);
    lbms_posix_close(&posix);
}
END_TEST

/* ---- a board that has every entry ------------------------------------------------------------------------- */

/* Which entry was called: a bit of calls; the arguments must arrive as they were given. */
static int mark(void *ctx, unsigned bit, bool arguments_ok)
{
    ((struct board *)ctx)->calls |= arguments_ok ? (1u << bit) : 0u;
    return (int)bit + 100;
}

static int all_afe_configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    return mark(ctx, 0u, (const void *)want == ctx && got == NULL);
}

static int all_balance(void *ctx, uint16_t mask)
{
    return mark(ctx, 1u, mask == 3u);
}

static int all_lights(void *ctx, uint16_t lights, bool buzzer)
{
    return mark(ctx, 2u, lights == 5u && buzzer);
}

static int all_contacts(void *ctx, uint8_t closed, bool heater)
{
    return mark(ctx, 3u, closed == 2u && heater);
}

static int all_wall_get(void *ctx, uint32_t *seconds)
{
    return mark(ctx, 4u, (void *)seconds == ctx);
}

static int all_wall_set(void *ctx, uint32_t seconds)
{
    return mark(ctx, 5u, seconds == 77u);
}

static int all_serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    return mark(ctx, 6u, port == 1u && (void *)data == ctx && size == 9u);
}

static int all_serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    return mark(ctx, 7u, port == 2u && (const void *)data == ctx && size == 8u);
}

static int all_serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    return mark(ctx, 8u, port == 1u && baud == 1200u && format == 3u);
}

static int all_can_read(void *ctx, struct lbms_can_frame *frame)
{
    return mark(ctx, 9u, (void *)frame == ctx);
}

static int all_can_write(void *ctx, const struct lbms_can_frame *frame)
{
    return mark(ctx, 10u, (const void *)frame == ctx);
}

static int all_can_state(void *ctx, bool recover)
{
    return mark(ctx, 11u, recover);
}

static int all_can_setup(void *ctx, uint32_t bitrate)
{
    return mark(ctx, 12u, bitrate == 250000u);
}

static int all_display(void *ctx, unsigned row, const char *text)
{
    return mark(ctx, 13u, row == 3u && strcmp(text, "hello") == 0);
}

static int all_display_power(void *ctx, bool on)
{
    return mark(ctx, 14u, on);
}

static int all_retain(void *ctx, const void *data, size_t size)
{
    return mark(ctx, 15u, data == ctx && size == 4u);
}

static int all_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    return mark(ctx, 16u, (const void *)sleep == ctx && woke == NULL);
}

static void all_reset(void *ctx)
{
    (void)mark(ctx, 17u, true);
}

START_TEST(every_entry_of_a_complete_board_replaces_that_of_the_host)
{
    struct board board = {.now_ms = 3u};
    const struct lbms_hal entries = {.ctx = &board,
                                     .now_ms = board_now_ms,
                                     .afe_configure = all_afe_configure,
                                     .balance = all_balance,
                                     .lights = all_lights,
                                     .contacts = all_contacts,
                                     .wall_get = all_wall_get,
                                     .wall_set = all_wall_set,
                                     .serial_read = all_serial_read,
                                     .serial_write = all_serial_write,
                                     .serial_setup = all_serial_setup,
                                     .can_read = all_can_read,
                                     .can_write = all_can_write,
                                     .can_state = all_can_state,
                                     .can_setup = all_can_setup,
                                     .display = all_display,
                                     .display_power = all_display_power,
                                     .retain = all_retain,
                                     .sleep = all_sleep,
                                     .reset = all_reset};
    struct lbms_posix posix;
    const struct lbms_hal *hal = &posix.hal;
    void *any = &board; /* a pointer that must arrive unchanged */

    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(hal->afe_configure(hal->ctx, any, NULL), 100);
    ck_assert_int_eq(hal->balance(hal->ctx, 3u), 101);
    ck_assert_int_eq(hal->lights(hal->ctx, 5u, true), 102);
    ck_assert_int_eq(hal->contacts(hal->ctx, 2u, true), 103);
    ck_assert_int_eq(hal->wall_get(hal->ctx, any), 104);
    ck_assert_int_eq(hal->wall_set(hal->ctx, 77u), 105);
    ck_assert_int_eq(hal->serial_read(hal->ctx, 1u, any, 9u), 106);
    ck_assert_int_eq(hal->serial_write(hal->ctx, 2u, any, 8u), 107);
    ck_assert_int_eq(hal->serial_setup(hal->ctx, 1u, 1200u, 3u), 108);
    ck_assert_int_eq(hal->can_read(hal->ctx, any), 109);
    ck_assert_int_eq(hal->can_write(hal->ctx, any), 110);
    ck_assert_int_eq(hal->can_state(hal->ctx, true), 111);
    ck_assert_int_eq(hal->can_setup(hal->ctx, 250000u), 112);
    ck_assert_int_eq(hal->display(hal->ctx, 3u, "hello"), 113);
    ck_assert_int_eq(hal->display_power(hal->ctx, true), 114);
    ck_assert_int_eq(hal->retain(hal->ctx, any, 4u), 115);
    ck_assert_int_eq(hal->sleep(hal->ctx, any, NULL), 116);
    hal->reset(hal->ctx);
    ck_assert(!posix.reset_wanted);
    ck_assert_uint_eq(board.calls, (1u << 18) - 1u);
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(what_the_board_lacks_comes_from_the_host)
{
    struct lbms_hal entries;
    struct lbms_posix posix;
    uint32_t seconds = 0u, before_ms;

    memset(&entries, 0, sizeof(entries));
    lbms_posix_init(&posix, &entries);
    ck_assert_str_eq(lbms_hal_missing(&posix.hal), "sample"); /* lbms_init() would name it */
    before_ms = lbms_posix_now_ms();
    ck_assert_uint_lt((uint32_t)(posix.hal.now_ms(posix.hal.ctx) - before_ms), 10000u);
    ck_assert_int_eq(posix.hal.wall_set(posix.hal.ctx, 1000000000u), LBMS_OK);
    ck_assert_int_eq(posix.hal.wall_get(posix.hal.ctx, &seconds), LBMS_OK);
    ck_assert_uint_ge(seconds, 1000000000u);
    ck_assert_uint_le(seconds, 1000000010u);
    ck_assert(!posix.reset_wanted);
    posix.hal.reset(posix.hal.ctx);
    ck_assert(posix.reset_wanted);
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(a_sleep_that_the_board_cannot_do_is_noted_and_refused)
{
    const struct lbms_sleep want = {true, 4u, 9u, 60u};
    struct lbms_hal entries = board_entries;
    struct lbms_posix posix;
    struct lbms_boot woke;

    lbms_posix_init(&posix, &entries);
    memset(&woke, 0, sizeof(woke));
    ck_assert_int_eq(posix.hal.sleep(posix.hal.ctx, &want, &woke), LBMS_ERR_UNSUPPORTED);
    ck_assert(posix.sleep_wanted);
    ck_assert_uint_eq(posix.sleep.timer_s, 60u);
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(ports_that_are_not_open_are_silent)
{
    struct lbms_hal entries = board_entries;
    struct board board = {0};
    struct lbms_posix posix;
    struct lbms_can_frame frame = {0};
    const struct lbms_posix_serial_options options = {.target = "pty"};
    uint8_t byte = 0u;

    entries.ctx = &board;
    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(posix.hal.serial_read(posix.hal.ctx, 0u, &byte, 1u), 0);
    ck_assert_int_eq(posix.hal.serial_write(posix.hal.ctx, 0u, &byte, 1u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(posix.hal.serial_setup(posix.hal.ctx, 0u, 9600u, 0u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(posix.hal.serial_read(posix.hal.ctx, 3u, &byte, 1u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(posix.hal.serial_write(posix.hal.ctx, 3u, &byte, 1u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(posix.hal.serial_setup(posix.hal.ctx, 3u, 9600u, 0u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(posix.hal.can_read(posix.hal.ctx, &frame), LBMS_AGAIN);
    ck_assert_int_eq(posix.hal.can_write(posix.hal.ctx, &frame), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(posix.hal.can_setup(posix.hal.ctx, 500000u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(posix.hal.can_state(posix.hal.ctx, true), LBMS_CAN_ABSENT);
    ck_assert_int_eq(lbms_posix_open_serial(&posix, LBMS_PORT_CAN, &options), LBMS_ERR_ARGUMENT);
    ck_assert_ptr_null(lbms_posix_report(&posix));
    lbms_posix_wait(&posix, 0u);
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(open_ports_carry_bytes_and_frames_in_the_time_of_the_board)
{
    struct lbms_hal entries = board_entries;
    struct board board = {.now_ms = 5000u};
    struct lbms_posix posix;
    struct lbms_posix_serial_options serial = {.target = "pty", .paced = true};
    struct lbms_posix_can_options can = {0};
    const struct lbms_can_frame frame = {0x351u, 1u, {7}};
    struct lbms_can_frame none;
    char log[64];
    uint8_t got[8];
    int client;

    entries.ctx = &board;
    lbms_posix_init(&posix, &entries);
    can.target = scratch_target("log:", "can.log");
    ck_assert_int_eq(lbms_posix_open_serial(&posix, LBMS_PORT_RS485, &serial), LBMS_OK);
    ck_assert_int_eq(lbms_posix_open_can(&posix, &can), LBMS_OK);
    client = client_open(posix.serial[LBMS_PORT_RS485].name);
    ck_assert_int_eq(posix.hal.serial_setup(posix.hal.ctx, LBMS_PORT_RS485, 19200u, 0u), LBMS_OK);
    ck_assert_int_eq(posix.hal.serial_write(posix.hal.ctx, LBMS_PORT_RS485, (const uint8_t *)"ab", 2u), 2);
    ck_assert_int_eq(posix.hal.serial_read(posix.hal.ctx, LBMS_PORT_RS485, got, sizeof(got)), 0);
    client_expect_nothing(client);
    board.now_ms += 2u; /* 19200 baud: 3.84 bytes */
    ck_assert_int_eq(posix.hal.serial_read(posix.hal.ctx, LBMS_PORT_RS485, got, sizeof(got)), 0);
    client_expect(client, "ab");
    client_send(client, "hi", 2u);
    lbms_posix_wait(&posix, 1000u); /* ends at once: something has come */
    (void)posix.hal.serial_read(posix.hal.ctx, LBMS_PORT_RS485, got, sizeof(got));
    board.now_ms += 10u;
    ck_assert_int_eq(posix.hal.serial_read(posix.hal.ctx, LBMS_PORT_RS485, got, sizeof(got)), 2);
    ck_assert_int_eq(posix.hal.can_write(posix.hal.ctx, &frame), LBMS_OK);
    ck_assert_int_eq(posix.hal.can_read(posix.hal.ctx, &none), LBMS_AGAIN);
    ck_assert_int_eq(posix.hal.can_state(posix.hal.ctx, false), LBMS_CAN_OK);
    ck_assert_int_eq(posix.hal.can_setup(posix.hal.ctx, 250000u), LBMS_OK);
    ck_assert_ptr_nonnull(strstr(lbms_posix_report(&posix), "a client has opened it"));
    ck_assert_ptr_null(lbms_posix_report(&posix));
    (void)close(client);
    lbms_posix_close(&posix);
    lbms_posix_close(&posix);
    ck_assert_int_eq(scratch_read(scratch_path("can.log"), log, sizeof(log)), 23);
    ck_assert_mem_eq(log, "(0.012000) can0 351#07\n", 23u);
}
END_TEST

START_TEST(reports_of_all_components_come_once)
{
    struct lbms_hal entries = board_entries;
    struct board board = {0};
    struct lbms_posix posix;
    const struct lbms_posix_serial_options serial = {.target = "/dev/none-a"};
    const struct lbms_posix_can_options can = {.target = "none-b"};
    const struct lbms_posix_flash_options flash = {
        .path = "/none-c/x", .block_size = 64u, .block_count = 2u, .program_unit = 4u};
    const char *text;

    entries.ctx = &board;
    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(lbms_posix_open_serial(&posix, 2u, &serial), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_open_can(&posix, &can), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_posix_open_flash(&posix, &flash), LBMS_ERR_IO);
    ck_assert_ptr_null(posix.hal.flash);
    ck_assert_int_eq(lbms_posix_open_retained(&posix, "/none-d/x"), LBMS_OK); /* need not exist */
    ck_assert_int_eq(posix.hal.retain(posix.hal.ctx, "x", 1u), LBMS_ERR_IO);
    text = lbms_posix_report(&posix);
    ck_assert_ptr_nonnull(strstr(text, "/dev/none-a"));
    text = lbms_posix_report(&posix);
    ck_assert_ptr_nonnull(strstr(text, "none-b"));
    text = lbms_posix_report(&posix);
    ck_assert_ptr_nonnull(strstr(text, "/none-c/x"));
    text = lbms_posix_report(&posix);
    ck_assert_ptr_nonnull(strstr(text, "/none-d/x: cannot be created"));
    ck_assert_ptr_null(lbms_posix_report(&posix));
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(flash_comes_from_the_host_unless_the_board_has_one)
{
    static const struct lbms_flash own = {.block_size = 7u};
    struct lbms_hal entries = board_entries;
    const struct lbms_posix_flash_options options = {
        .block_size = 64u, .block_count = 2u, .program_unit = 4u};
    struct lbms_posix posix;

    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(lbms_posix_open_flash(&posix, &options), LBMS_OK);
    ck_assert_ptr_eq(posix.hal.flash, &posix.flash.flash);
    lbms_posix_close(&posix);
    ck_assert_ptr_null(posix.hal.flash);
    entries.flash = &own;
    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(lbms_posix_open_flash(&posix, &options), LBMS_OK);
    ck_assert_ptr_eq(posix.hal.flash, &own);
    lbms_posix_close(&posix);
}
END_TEST

START_TEST(retained_memory_survives_in_memory_and_in_a_file)
{
    const char *path = scratch_path("retained");
    struct lbms_hal entries = board_entries;
    struct lbms_posix posix;
    char data[8] = "", large[LBMS_POSIX_RETAIN_MAX + 1u];

    memset(large, 'x', sizeof(large));
    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(lbms_posix_retained(&posix, data, 4u), LBMS_ERR_STATE);
    ck_assert_int_eq(posix.hal.retain(posix.hal.ctx, "abcd", 4u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_retained(&posix, data, 4u), LBMS_OK);
    ck_assert_str_eq(data, "abcd");
    ck_assert_int_eq(lbms_posix_retained(&posix, data, 5u), LBMS_ERR_FORMAT);
    ck_assert_int_eq(posix.hal.retain(posix.hal.ctx, large, sizeof(large)), LBMS_ERR_SPACE);
    ck_assert_int_eq(lbms_posix_open_retained(&posix, path), LBMS_OK);
    ck_assert_int_eq(posix.hal.retain(posix.hal.ctx, "1234", 4u), LBMS_OK);
    lbms_posix_close(&posix);

    lbms_posix_init(&posix, &entries); /* the next start */
    ck_assert_int_eq(lbms_posix_open_retained(&posix, path), LBMS_OK);
    ck_assert_int_eq(lbms_posix_retained(&posix, data, 4u), LBMS_OK);
    ck_assert_str_eq(data, "1234");
    lbms_posix_close(&posix);
    ck_assert_int_eq(access(scratch_path("retained.new"), F_OK), -1);

    scratch_write(path, large, sizeof(large));
    lbms_posix_init(&posix, &entries);
    ck_assert_int_eq(lbms_posix_open_retained(&posix, path), LBMS_ERR_FORMAT);
    ck_assert_int_eq(posix.hal.retain(posix.hal.ctx, "1234", 4u), LBMS_OK); /* memory only */
    ck_assert_int_eq(scratch_read(path, large, sizeof(large)), (int)sizeof(large));
    ck_assert_int_eq(lbms_posix_open_retained(&posix, ""), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_posix_open_retained(&posix, "/tmp"), LBMS_ERR_IO);
    lbms_posix_close(&posix);
}
END_TEST

SUITE("posix/hal", CASE("", entries_of_the_board_get_the_context_of_the_board),
      CASE("", every_entry_of_a_complete_board_replaces_that_of_the_host),
      CASE("", what_the_board_lacks_comes_from_the_host),
      CASE("", a_sleep_that_the_board_cannot_do_is_noted_and_refused),
      CASE("", ports_that_are_not_open_are_silent),
      CASE("", open_ports_carry_bytes_and_frames_in_the_time_of_the_board),
      CASE("", reports_of_all_components_come_once),
      CASE("", flash_comes_from_the_host_unless_the_board_has_one),
      CASE("", retained_memory_survives_in_memory_and_in_a_file))
