/* The menu on the display: cursor, keys, light. */
#include <string.h>

#include "lcd_menu.h"
#include "support/suite.h"

START_TEST(the_main_menu_shows_five_pages_with_the_cursor_on_the_first)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    ck_assert(m.lcd.lit);
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_open(&m, 8u, 16u);
    SHOWS(&m, ">>Analog value>>", "--BMS status  >>", "--Parameters  >>", "--Parallel    >>",
          "--System      >>", "                ", "                ", "                ");
}
END_TEST

START_TEST(down_moves_the_cursor_scrolls_and_wraps)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_down(&m, 1u);
    SHOWS(&m, "--Analog value    >>", ">>BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_down(&m, 2u);
    SHOWS(&m, "--Analog value    >>", "--BMS status      >>", "--Parameters      >>", ">>Parallel        >>");
    menu_down(&m, 1u);
    SHOWS(&m, "--BMS status      >>", "--Parameters      >>", "--Parallel        >>", ">>System          >>");
    menu_down(&m, 1u);
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
}
END_TEST

START_TEST(exactly_one_visible_item_is_marked_on_every_page)
{
    const uint8_t sizes[][2] = {{4u, 20u}, {1u, 16u}, {8u, 40u}, {2u, 20u}};
    unsigned size;
    unsigned first;
    unsigned second;
    unsigned down;

    for (size = 0u; size < 4u; size++) {
        for (first = 0u; first < 5u; first++) {
            for (second = 0u; second < 20u; second++) {
                struct menu m;

                menu_open(&m, sizes[size][0], sizes[size][1]);
                m.s.alarms = 0x1FFFu;
                menu_down(&m, first);
                menu_press(&m, LBMS_KEY_ENTER);
                menu_down(&m, second);
                menu_press(&m, LBMS_KEY_ENTER);
                for (down = 0u; down < 18u; down++) {
                    unsigned marked = 0u;
                    unsigned row;

                    for (row = 0u; row < m.lcd.rows; row++) {
                        const char *text = menu_row(&m, row);

                        ck_assert_uint_eq(strlen(text), m.lcd.columns);
                        marked += (strncmp(text, ">>", 2u) == 0) ? 1u : 0u;
                        ck_assert((strncmp(text, ">>", 2u) == 0) || (strncmp(text, "--", 2u) == 0) ||
                                  (strspn(text, " ") == m.lcd.columns));
                    }
                    ck_assert_uint_eq(marked, 1u);
                    menu_down(&m, 1u);
                }
            }
        }
    }
}
END_TEST

START_TEST(enter_opens_an_item_that_ends_with_the_mark_and_nothing_else)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_press(&m, LBMS_KEY_ENTER);
    SHOWS(&m, ">>Pack        52.81V", "--Current       0.0A", "--SOC          54.2%", "--SOH          95.0%");
    menu_press(&m, LBMS_KEY_ENTER); /* a value */
    SHOWS(&m, ">>Pack        52.81V", "--Current       0.0A", "--SOC          54.2%", "--SOH          95.0%");
    menu_down(&m, 8u);
    SHOWS(&m, "--Full        95.0Ah", "--Highest     3.315V", "--Lowest      3.300V", ">>Cell voltages   >>");
    menu_press(&m, LBMS_KEY_ENTER);
    SHOWS(&m, ">>Cell 1      3.300V", "--Cell 2      3.301V", "--Cell 3      3.302V", "--Cell 4      3.303V");
    menu_press(&m, LBMS_KEY_ENTER);
    SHOWS(&m, ">>Cell 1      3.300V", "--Cell 2      3.301V", "--Cell 3      3.302V", "--Cell 4      3.303V");
}
END_TEST

START_TEST(esc_goes_one_level_up_to_the_item_that_was_left)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_press(&m, LBMS_KEY_ESC); /* nothing above the main menu */
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_down(&m, 2u);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_down(&m, 1u);
    menu_press(&m, LBMS_KEY_ENTER);
    SHOWS(&m, ">>Chg OC      110.0A", "--Chg OC2     150.0A", "--Dsg OC      110.0A", "--Dsg OC2     150.0A");
    menu_press(&m, LBMS_KEY_ESC);
    SHOWS(&m, "--Voltage         >>", ">>Current         >>", "--Temperature     >>", "--Sleep           >>");
    menu_press(&m, LBMS_KEY_ESC);
    SHOWS(&m, "--Analog value    >>", "--BMS status      >>", ">>Parameters      >>", "--Parallel        >>");
}
END_TEST

START_TEST(menu_goes_to_the_main_menu_from_anywhere)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_down(&m, 4u);
    menu_press(&m, LBMS_KEY_MENU);
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_down(&m, 2u);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_down(&m, 3u);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_press(&m, LBMS_KEY_MENU);
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
}
END_TEST

START_TEST(a_key_counts_after_30_ms_once_for_each_press)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.keys = LBMS_KEY_DOWN;
    menu_step(&m, 10u);
    menu_step(&m, 29u);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Analog value    >>");
    menu_step(&m, 1u);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    menu_step(&m, 5000u); /* no repeat */
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    m.keys = 0u; /* bounces */
    menu_step(&m, 10u);
    m.keys = LBMS_KEY_DOWN;
    menu_step(&m, 29u);
    menu_step(&m, 40u);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
}
END_TEST

START_TEST(a_key_that_is_down_at_the_start_counts_when_it_is_pressed_again)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.keys = LBMS_KEY_DOWN;
    (void)lbms_lcd_init(&m.lcd, 4u, 20u);
    menu_step(&m, 10u);
    menu_step(&m, 1000u);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Analog value    >>");
    m.keys = 0u;
    menu_step(&m, 10u);
    menu_step(&m, 100u);
    menu_press(&m, LBMS_KEY_DOWN);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
}
END_TEST

START_TEST(of_keys_pressed_together_the_one_that_leads_back_counts)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_down(&m, 1u);
    menu_press(&m, LBMS_KEY_ENTER | LBMS_KEY_DOWN);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Mode       STANDBY");
    menu_press(&m, LBMS_KEY_ENTER | LBMS_KEY_DOWN | LBMS_KEY_ESC);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    menu_press(&m, LBMS_KEY_ENTER | LBMS_KEY_DOWN | LBMS_KEY_ESC | LBMS_KEY_MENU);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Analog value    >>");
    menu_press(&m, LBMS_KEY_BUTTON | LBMS_KEY_WEAK_SWITCH); /* not keys of the display */
    ck_assert_str_eq(menu_row(&m, 0u), ">>Analog value    >>");
}
END_TEST

START_TEST(the_display_goes_dark_60_s_after_the_last_key_and_the_next_key_only_lights_it)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_step(&m, 59999u);
    ck_assert(m.lcd.lit);
    menu_step(&m, 1u);
    ck_assert(!m.lcd.lit);
    menu_press(&m, LBMS_KEY_DOWN);
    ck_assert(m.lcd.lit);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Analog value    >>");
    menu_press(&m, LBMS_KEY_DOWN);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    menu_step(&m, 59000u);
    menu_press(&m, LBMS_KEY_DOWN); /* a key begins the time anew */
    menu_step(&m, 59000u);
    ck_assert(m.lcd.lit);
}
END_TEST

START_TEST(the_time_until_dark_is_a_parameter)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.params.v[LBMS_PARAM_DISPLAY_TIMEOUT_S] = 5;
    menu_step(&m, 4999u);
    ck_assert(m.lcd.lit);
    menu_step(&m, 1u);
    ck_assert(!m.lcd.lit);
}
END_TEST

/* Awake for a second, then in SHUTDOWN, where the measured values go away. */
static void fall_asleep(struct menu *m)
{
    menu_open(m, 4u, 20u);
    menu_step(m, 1000u);
    m->s.mode = LBMS_MODE_SHUTDOWN;
    m->s.sleep_reason = LBMS_SLEEP_LOW_CELL;
    m->s.m.pack_mv = 0;
    m->s.m.cell_min_mv = 0u;
    menu_step(m, 100u);
}

START_TEST(in_sleep_a_key_lights_it_for_60_s_with_the_values_of_before_and_leads_nowhere)
{
    struct menu m;

    fall_asleep(&m);
    ck_assert(!m.lcd.lit);
    menu_press(&m, LBMS_KEY_ENTER);
    ck_assert(m.lcd.lit);
    SHOWS(&m, ">>SLEEP     LOW-CELL", "--Pack        52.81V", "--SOC          54.2%", "--Lowest      3.300V");
    menu_press(&m, LBMS_KEY_DOWN);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_press(&m, LBMS_KEY_MENU);
    SHOWS(&m, ">>SLEEP     LOW-CELL", "--Pack        52.81V", "--SOC          54.2%", "--Lowest      3.300V");
    menu_step(&m, 59859u); /* the last key counted 140 ms ago, while it was held */
    ck_assert(m.lcd.lit);
    menu_step(&m, 1u);
    ck_assert(!m.lcd.lit);
    ck_assert_str_eq(menu_row(&m, 0u), ">>SLEEP     LOW-CELL");
}
END_TEST

START_TEST(the_word_sleep_and_the_reason_fit_on_every_display)
{
    static const char *const reasons[] = {"SLEEP     none", "SLEEP OVER-DSG", "SLEEP   BUTTON",
                                          "SLEEP LOW-CELL", "SLEEP  STANDBY", "SLEEP     HOST",
                                          "SLEEP   SWITCH", "SLEEP    FAULT"};
    unsigned i;

    for (i = 0u; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        struct menu m;

        menu_open(&m, 2u, 16u);
        m.s.mode = LBMS_MODE_SHUTDOWN;
        m.s.sleep_reason = (uint8_t)i;
        menu_step(&m, 100u);
        ck_assert_str_eq(menu_row(&m, 0u) + 2, reasons[i]);
        ck_assert_str_eq(menu_row(&m, 1u), "--Pack    52.81V");
    }
}
END_TEST

START_TEST(a_start_lights_the_main_menu)
{
    struct menu m;

    fall_asleep(&m);
    m.lcd.place[0].cursor = 3u;
    m.s.mode = LBMS_MODE_STARTING;
    menu_step(&m, 3600000u);
    ck_assert(m.lcd.lit);
    SHOWS(&m, ">>Analog value    >>", "--BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_step(&m, 60000u);
    ck_assert(!m.lcd.lit);
}
END_TEST

START_TEST(a_processor_that_a_key_woke_lights_the_display_without_old_values)
{
    struct menu m;

    menu_open(&m, 8u, 20u);
    m.s.mode = LBMS_MODE_SHUTDOWN;
    m.s.sleep_reason = LBMS_SLEEP_BUTTON;
    m.s.m.valid = 0u;
    m.keys = LBMS_KEY_ESC;
    (void)lbms_lcd_init(&m.lcd, 8u, 20u);
    menu_step(&m, 10u);
    ck_assert(!m.lcd.lit);
    menu_step(&m, 30u);
    ck_assert(m.lcd.lit);
    SHOWS(&m, ">>SLEEP       BUTTON", "--Pack             -", "--SOC          54.2%", "--Lowest           -",
          "--Remaining   51.5Ah", "                    ", "                    ", "                    ");
}
END_TEST

START_TEST(a_value_that_cannot_be_believed_is_not_remembered_for_the_sleep)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.s.m.valid = (uint16_t)~LBMS_VALID_PACK;
    m.s.m.pack_mv = 1;
    menu_step(&m, 100u);
    m.s.m.valid = (uint16_t)~LBMS_VALID_CELL_RANGE;
    menu_step(&m, 100u);
    m.s.mode = LBMS_MODE_SHUTDOWN;
    menu_step(&m, 100u);
    menu_press(&m, LBMS_KEY_ENTER);
    ck_assert_str_eq(menu_row(&m, 1u), "--Pack        52.81V");
}
END_TEST

START_TEST(in_reduced_power_it_stays_dark)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.s.state = LBMS_STATE_REDUCED;
    menu_step(&m, 100u);
    ck_assert(!m.lcd.lit);
    menu_press(&m, LBMS_KEY_MENU);
    ck_assert(!m.lcd.lit);
    m.s.state = 0u;
    menu_press(&m, LBMS_KEY_MENU);
    ck_assert(m.lcd.lit);
}
END_TEST

START_TEST(a_turned_address_switch_shows_that_a_restart_is_needed)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    menu_down(&m, 1u);
    menu_step(&m, 60000u);
    ck_assert(!m.lcd.lit);
    m.s.dip_changed = true;
    menu_step(&m, 100u);
    ck_assert(m.lcd.lit);
    SHOWS(&m, ">>Restart needed    ", "--DIP switch  turned", "--Address          3", "                    ");
    menu_press(&m, LBMS_KEY_DOWN); /* takes the notice away and does nothing else */
    SHOWS(&m, "--Analog value    >>", ">>BMS status      >>", "--Parameters      >>", "--Parallel        >>");
    menu_step(&m, 1000u); /* once is enough */
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    m.s.dip_changed = false;
    menu_step(&m, 100u);
    m.s.dip_changed = true;
    menu_step(&m, 100u);
    ck_assert_str_eq(menu_row(&m, 0u), ">>Restart needed    ");
    m.s.dip_changed = false; /* turned back */
    menu_step(&m, 100u);
    ck_assert_str_eq(menu_row(&m, 1u), ">>BMS status      >>");
    m.s.mode = LBMS_MODE_SHUTDOWN; /* asleep, the next start will read it anyway */
    menu_step(&m, 100u);
    m.s.dip_changed = true;
    menu_step(&m, 100u);
    ck_assert(!m.lcd.lit);
}
END_TEST

START_TEST(a_list_that_becomes_shorter_keeps_its_cursor_in_view)
{
    struct menu m;

    menu_open(&m, 2u, 20u);
    m.s.alarms = 0xFFu;
    menu_down(&m, 1u);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_down(&m, 3u);
    menu_press(&m, LBMS_KEY_ENTER);
    menu_down(&m, 7u);
    SHOWS(&m, "--chg over-current 2", ">>dsg over-current  ");
    m.s.alarms = 0x07u;
    menu_step(&m, 100u);
    SHOWS(&m, ">>charger OV        ", "                    ");
    m.s.alarms = 0u;
    menu_step(&m, 100u);
    SHOWS(&m, ">>none              ", "                    ");
}
END_TEST

START_TEST(a_size_that_does_not_exist_is_refused_and_the_usual_one_taken)
{
    const struct {
        unsigned rows, columns;
        int status;
    } sizes[] = {{0u, 20u, LBMS_ERR_RANGE}, {1u, 20u, LBMS_OK},        {8u, 20u, LBMS_OK},
                 {9u, 20u, LBMS_ERR_RANGE}, {4u, 15u, LBMS_ERR_RANGE}, {4u, 16u, LBMS_OK},
                 {4u, 40u, LBMS_OK},        {4u, 41u, LBMS_ERR_RANGE}};
    size_t i;

    for (i = 0u; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct lbms_lcd lcd;

        ck_assert_int_eq(lbms_lcd_init(&lcd, (uint8_t)sizes[i].rows, (uint8_t)sizes[i].columns),
                         sizes[i].status);
        ck_assert_uint_eq(lcd.rows, (sizes[i].status == LBMS_OK) ? sizes[i].rows : 4u);
        ck_assert_uint_eq(lcd.columns, (sizes[i].status == LBMS_OK) ? sizes[i].columns : 20u);
    }
}
END_TEST

START_TEST(a_row_outside_the_display_is_empty)
{
    struct menu m;

    menu_open(&m, 2u, 20u);
    ck_assert_str_eq(menu_row(&m, 2u), "                    ");
    ck_assert_str_eq(menu_row(&m, 255u), "                    ");
}
END_TEST

SUITE("panel/lcd", CASE("R-LCD-02 R-LCD-07", the_main_menu_shows_five_pages_with_the_cursor_on_the_first),
      CASE("R-LCD-03", down_moves_the_cursor_scrolls_and_wraps),
      CASE("R-LCD-02", exactly_one_visible_item_is_marked_on_every_page),
      CASE("R-LCD-04 R-LCD-07", enter_opens_an_item_that_ends_with_the_mark_and_nothing_else),
      CASE("R-LCD-05", esc_goes_one_level_up_to_the_item_that_was_left),
      CASE("R-LCD-05", menu_goes_to_the_main_menu_from_anywhere),
      CASE("R-LCD-01 R-IND-01", a_key_counts_after_30_ms_once_for_each_press),
      CASE("R-LCD-01", a_key_that_is_down_at_the_start_counts_when_it_is_pressed_again),
      CASE("R-LCD-01", of_keys_pressed_together_the_one_that_leads_back_counts),
      CASE("R-LCD-06", the_display_goes_dark_60_s_after_the_last_key_and_the_next_key_only_lights_it),
      CASE("R-LCD-06", the_time_until_dark_is_a_parameter),
      CASE("R-LCD-06 R-WAKE-07",
           in_sleep_a_key_lights_it_for_60_s_with_the_values_of_before_and_leads_nowhere),
      CASE("R-LCD-06", the_word_sleep_and_the_reason_fit_on_every_display),
      CASE("R-LCD-06", a_start_lights_the_main_menu),
      CASE("R-LCD-06", a_processor_that_a_key_woke_lights_the_display_without_old_values),
      CASE("R-LCD-06", a_value_that_cannot_be_believed_is_not_remembered_for_the_sleep),
      CASE("R-SLP-09", in_reduced_power_it_stays_dark),
      CASE("R-DIP-04", a_turned_address_switch_shows_that_a_restart_is_needed),
      CASE("R-LCD-02", a_list_that_becomes_shorter_keeps_its_cursor_in_view),
      CASE("", a_size_that_does_not_exist_is_refused_and_the_usual_one_taken),
      CASE("", a_row_outside_the_display_is_empty))
