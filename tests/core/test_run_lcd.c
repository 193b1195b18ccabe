/* The menu on a board: lines and light through the HAL. */
#include "losun_bms/run_lcd.h"

#include <string.h>

#include "support/bench.h"
#include "support/suite.h"

/* The display of the board. */
static struct {
    char line[4][24];
    unsigned lines_written, power_calls;
    bool on;
    int fail;
} display;

static int show(void *ctx, unsigned row, const char *text)
{
    (void)ctx;
    display.lines_written++;
    if (display.fail == 0) {
        ck_assert_uint_lt(row, 4u);
        ck_assert_uint_eq(strlen(text), 20u);
        strcpy(display.line[row], text);
    }
    return display.fail;
}

static int power(void *ctx, bool on)
{
    (void)ctx;
    display.power_calls++;
    if (display.fail == 0) {
        display.on = on;
    }
    return display.fail;
}

/* A started pack with a display on which nothing has been written. */
static void start(struct bench *b, struct lbms_run_lcd *lcd)
{
    memset(&display, 0, sizeof(display));
    bench_start(b);
    b->hal.display = show;
    b->hal.display_power = power;
    memset(lcd, 0xA5, sizeof(*lcd));
    ck_assert_int_eq(lbms_run_lcd_init(lcd, 4u, 20u), LBMS_OK);
}

static void run(struct bench *b, struct lbms_run_lcd *lcd, uint32_t ms)
{
    for (; ms > 0u; ms -= 10u) {
        bench_run(b, 10u);
        (void)lbms_run_lcd(lcd, &b->bms);
    }
}

START_TEST(each_call_writes_at_most_one_line_and_tells_whether_more_wait)
{
    struct bench b;
    struct lbms_run_lcd lcd;
    unsigned i;

    start(&b, &lcd);
    for (i = 1u; i <= 4u; i++) {
        ck_assert(lbms_run_lcd(&lcd, &b.bms));
        ck_assert_uint_eq(display.lines_written, i);
    }
    ck_assert(!lbms_run_lcd(&lcd, &b.bms));
    ck_assert_uint_eq(display.lines_written, 4u);
    ck_assert_uint_eq(display.power_calls, 1u);
    ck_assert(display.on);
    ck_assert_str_eq(display.line[0], ">>Analog value    >>");
    ck_assert_str_eq(display.line[3], "--Parallel        >>");
}
END_TEST

START_TEST(only_lines_that_change_are_written_again)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    run(&b, &lcd, 200u);
    display.lines_written = 0u;
    b.keys |= LBMS_KEY_DOWN;
    run(&b, &lcd, 200u);
    ck_assert_uint_eq(display.lines_written, 2u);
    ck_assert_str_eq(display.line[0], "--Analog value    >>");
    ck_assert_str_eq(display.line[1], ">>BMS status      >>");
}
END_TEST

START_TEST(a_dark_display_is_not_written_to)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    run(&b, &lcd, 200u);
    b.keys |= LBMS_KEY_ENTER; /* values that change all the time */
    run(&b, &lcd, 200u);
    b.keys = LBMS_KEY_WEAK_SWITCH;
    run(&b, &lcd, 61000u);
    ck_assert(!display.on);
    display.lines_written = 0u;
    bench_cells(&b, 3310u);
    run(&b, &lcd, 2000u);
    ck_assert_uint_eq(display.lines_written, 0u);
    b.keys |= LBMS_KEY_ENTER;
    run(&b, &lcd, 200u);
    ck_assert(display.on);
    ck_assert_str_eq(display.line[0], ">>Pack        52.96V");
}
END_TEST

START_TEST(a_display_that_fails_is_tried_again)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    display.fail = LBMS_ERR_TIMEOUT;
    run(&b, &lcd, 200u);
    ck_assert_uint_eq(lcd.errors, 40u); /* light and one line in each call */
    display.fail = 0;
    run(&b, &lcd, 200u);
    ck_assert(display.on);
    ck_assert_str_eq(display.line[0], ">>Analog value    >>");
    lcd.errors = UINT16_MAX;
    display.fail = LBMS_ERR_TIMEOUT;
    b.keys |= LBMS_KEY_DOWN;
    run(&b, &lcd, 200u);
    ck_assert_uint_eq(lcd.errors, UINT16_MAX);
}
END_TEST

START_TEST(a_board_without_display_or_without_light_works)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    b.hal.display_power = NULL;
    run(&b, &lcd, 200u);
    ck_assert_str_eq(display.line[0], ">>Analog value    >>");
    b.hal.display = NULL;
    ck_assert(!lbms_run_lcd(&lcd, &b.bms));
}
END_TEST

START_TEST(the_system_page_shows_what_the_pack_knows)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    b.wall_set = true;
    b.wall_s = 1718977504u;
    run(&b, &lcd, 200u);
    lcd.lcd.place[0].cursor = 4u;
    b.keys |= LBMS_KEY_ENTER;
    run(&b, &lcd, 200u);
    b.keys = LBMS_KEY_WEAK_SWITCH;
    run(&b, &lcd, 200u);
    lcd.lcd.place[1].cursor = 4u;
    run(&b, &lcd, 200u);
    ck_assert_str_eq(display.line[3], ">>Library      0.1.0");
    lcd.lcd.place[1].cursor = 6u;
    run(&b, &lcd, 200u);
    ck_assert_str_eq(display.line[3], ">>Date    2024-06-21");
}
END_TEST

START_TEST(the_address_is_latched_and_a_turned_switch_asks_for_a_restart)
{
    struct bench b;
    struct lbms_run_lcd lcd;

    start(&b, &lcd);
    run(&b, &lcd, 200u);
    b.dip = 4u;
    run(&b, &lcd, 300u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 0u);
    ck_assert_str_eq(display.line[0], ">>Restart needed    ");
    (void)bench_boot(&b);
    bench_run(&b, 200u);
    run(&b, &lcd, 200u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 4u);
    ck_assert(!lbms_snapshot(&b.bms)->dip_changed);
    ck_assert_str_eq(display.line[0], ">>Analog value    >>");
}
END_TEST

START_TEST(a_wake_up_reads_the_address_switch_again)
{
    struct bench b;

    bench_start(&b);
    bench_button(&b, 4000u);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    b.dip = 9u;
    bench_run(&b, 1000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 0u);
    bench_button(&b, 4000u);
    bench_run(&b, 500u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 9u);
}
END_TEST

START_TEST(the_contacts_reach_the_board)
{
    struct bench b;

    bench_start(&b);
    ck_assert_uint_eq(b.contacts, 0u);
    bench_cells(&b, 2500u);
    bench_run(&b, 2000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
    bench_run(&b, 1200u);
    ck_assert_uint_eq(b.contacts, LBMS_CONTACT_1 | LBMS_CONTACT_2); /* an empty pack: its SOC is low too */
    bench_run(&b, 60000u);                                          /* asleep */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(b.contacts, 0u);
}
END_TEST

SUITE("core/run_lcd", CASE("R-LCD-07", each_call_writes_at_most_one_line_and_tells_whether_more_wait),
      CASE("R-LCD-03", only_lines_that_change_are_written_again),
      CASE("R-LCD-06", a_dark_display_is_not_written_to), CASE("", a_display_that_fails_is_tried_again),
      CASE("", a_board_without_display_or_without_light_works),
      CASE("R-LCD-07", the_system_page_shows_what_the_pack_knows),
      CASE("R-DIP-04", the_address_is_latched_and_a_turned_switch_asks_for_a_restart),
      CASE("R-DIP-04", a_wake_up_reads_the_address_switch_again),
      CASE("R-DRY-01 R-DRY-02", the_contacts_reach_the_board))
