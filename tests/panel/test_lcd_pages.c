/* What the pages of the menu show. */
#include <string.h>
#include <time.h>

#include "lcd_menu.h"
#include "support/suite.h"

/* Open page `first` of the main menu on a display that shows eight items. */
static void page(struct menu *m, unsigned first)
{
    menu_down(m, first);
    menu_press(m, LBMS_KEY_ENTER);
}

/* Every item of the page in front, whatever the number of rows: the text behind the mark. */
static const char *item(struct menu *m, unsigned index)
{
    m->lcd.place[m->lcd.depth].top = (uint8_t)index;
    return menu_row(m, 0u) + 2;
}

START_TEST(analog_values_show_what_was_measured)
{
    static const char *const items[] = {"Pack        52.81V", "Current     -12.3A", "SOC          54.2%",
                                        "SOH          95.0%", "Remaining   51.5Ah", "Full        95.0Ah",
                                        "Highest     3.315V", "Lowest      3.300V", "Cell voltages   >>",
                                        "Temperatures    >>", "                  "};
    struct menu m;
    unsigned i;

    menu_open(&m, 4u, 20u);
    m.s.m.current_ma = -12345;
    page(&m, 0u);
    for (i = 0u; i < sizeof(items) / sizeof(items[0]); i++) {
        ck_assert_str_eq(item(&m, i), items[i]);
    }
}
END_TEST

START_TEST(the_current_is_rounded_to_a_tenth_of_an_ampere)
{
    static const struct {
        int32_t ma;
        const char *text;
    } values[] = {
        {0, "Current       0.0A"},     {49, "Current       0.0A"},      {50, "Current       0.1A"},
        {-49, "Current       0.0A"},   {-50, "Current      -0.1A"},     {99949, "Current      99.9A"},
        {99950, "Current     100.0A"}, {-110000, "Current    -110.0A"}, {INT32_MIN, "Curren -2147483.6A"}};
    struct menu m;
    size_t i;

    menu_open(&m, 4u, 20u);
    page(&m, 0u);
    for (i = 0u; i < sizeof(values) / sizeof(values[0]); i++) {
        m.s.m.current_ma = values[i].ma;
        ck_assert_str_eq(item(&m, 1u), values[i].text);
    }
}
END_TEST

START_TEST(a_value_that_cannot_be_believed_shows_as_a_dash)
{
    static const struct {
        unsigned item;
        uint16_t bit;
    } values[] = {{0u, LBMS_VALID_PACK},
                  {1u, LBMS_VALID_CURRENT},
                  {6u, LBMS_VALID_CELL_RANGE},
                  {7u, LBMS_VALID_CELL_RANGE}};
    struct menu m;
    size_t i;

    menu_open(&m, 4u, 20u);
    page(&m, 0u);
    for (i = 0u; i < sizeof(values) / sizeof(values[0]); i++) {
        m.s.m.valid = (uint16_t)~values[i].bit;
        ck_assert_uint_eq((unsigned char)item(&m, values[i].item)[17], '-');
        m.s.m.valid = values[i].bit;
        ck_assert_uint_ne((unsigned char)item(&m, values[i].item)[17], '-');
    }
}
END_TEST

START_TEST(sixteen_cells_are_listed_with_those_that_cannot_be_believed)
{
    static const char *const items[] = {"Cell 1      3.300V", "Cell 2      3.301V", "Cell 3      3.302V",
                                        "Cell 4      3.303V", "Cell 5      3.304V", "Cell 6      3.305V",
                                        "Cell 7           -", "Cell 8      3.307V", "Cell 9      3.308V",
                                        "Cell 10     3.309V", "Cell 11     3.310V", "Cell 12     3.311V",
                                        "Cell 13     3.312V", "Cell 14     3.313V", "Cell 15     3.314V",
                                        "Cell 16     3.315V", "                  "};
    struct menu m;
    unsigned i;

    menu_open(&m, 4u, 20u);
    m.s.m.cells_valid = (uint16_t) ~(1u << 6);
    page(&m, 0u);
    page(&m, 8u);
    for (i = 0u; i < sizeof(items) / sizeof(items[0]); i++) {
        ck_assert_str_eq(item(&m, i), items[i]);
    }
}
END_TEST

START_TEST(all_six_temperatures_are_listed)
{
    static const char *const items[] = {"Cells 1      25.0C", "Cells 2      25.1C", "Cells 3          -",
                                        "Cells 4      25.3C", "MOSFET       30.5C", "Environment  -5.5C",
                                        "                  "};
    struct menu m;
    unsigned i;

    menu_open(&m, 4u, 20u);
    m.s.m.ntcs_valid = 0x0Bu;
    page(&m, 0u);
    page(&m, 9u);
    for (i = 0u; i < sizeof(items) / sizeof(items[0]); i++) {
        ck_assert_str_eq(item(&m, i), items[i]);
    }
    m.s.m.valid = (uint16_t) ~(LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT);
    ck_assert_str_eq(item(&m, 4u), "MOSFET           -");
    ck_assert_str_eq(item(&m, 5u), "Environment      -");
}
END_TEST

START_TEST(the_status_shows_mode_switches_and_how_much_is_wrong)
{
    struct menu m;

    menu_open(&m, 8u, 20u);
    m.s.mode = LBMS_MODE_PROTECT;
    m.s.m.closed = LBMS_SWITCH_LIMITER | LBMS_SWITCH_PRECHARGE;
    m.s.alarms = 0x0Fu;
    m.s.protections = 0x10u;
    m.s.balance_mask = 0x8101u;
    page(&m, 1u);
    SHOWS(&m, ">>Mode       PROTECT", "--Charge          on", "--Discharge      off", "--Alarms         4>>",
          "--Protections    1>>", "--Faults         0>>", "--Balance        3>>", "                    ");
    m.s.m.closed = LBMS_SWITCH_DISCHARGE;
    ck_assert_str_eq(item(&m, 1u), "Charge         off");
    ck_assert_str_eq(item(&m, 2u), "Discharge       on");
    m.s.m.closed = LBMS_SWITCH_CHARGE;
    ck_assert_str_eq(item(&m, 1u), "Charge          on");
}
END_TEST

START_TEST(alarms_protections_faults_and_bled_cells_are_listed_by_name)
{
    struct menu m;

    menu_open(&m, 4u, 20u);
    m.s.alarms =
        LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_DISCHARGE_OC2) | LBMS_MASK(LBMS_BIT_AMBIENT_UT);
    m.s.protections = LBMS_MASK(LBMS_BIT_CHARGE_OT);
    m.s.faults = LBMS_MASK(LBMS_FAULT_CURRENT) | LBMS_MASK(LBMS_FAULT_TRIP_UNIT);
    m.s.balance_mask = 0x8001u;
    page(&m, 1u);
    page(&m, 3u);
    SHOWS(&m, ">>cell over-voltage ", "--dsg over-current 2", "--env low temp      ", "                    ");
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    SHOWS(&m, ">>chg high temp     ", "                    ", "                    ", "                    ");
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    SHOWS(&m, ">>current sensor    ", "--trip unit         ", "                    ", "                    ");
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    SHOWS(&m, ">>Cell 1            ", "--Cell 16           ", "                    ", "                    ");
}
END_TEST

/* Every name that can be listed, at 20 and at 16 columns. */
struct name {
    const char *usual, *narrow;
};

static const struct name bits[LBMS_BIT_COUNT] = {
    {"cell over-voltage", "cell OV"},      {"pack over-voltage", "pack OV"},
    {"charger OV", "charger OV"},          {"cell under-voltage", "cell UV"},
    {"pack under-voltage", "pack UV"},     {"chg over-current", "chg OC"},
    {"chg over-current 2", "chg OC 2"},    {"dsg over-current", "dsg OC"},
    {"dsg over-current 2", "dsg OC 2"},    {"short circuit", "short circuit"},
    {"chg high temp", "chg high temp"},    {"chg low temp", "chg low temp"},
    {"dsg high temp", "dsg high temp"},    {"dsg low temp", "dsg low temp"},
    {"MOSFET high temp", "MOS high temp"}, {"env high temp", "env high temp"},
    {"env low temp", "env low temp"},      {"cell difference", "cell diff."},
    {"temp difference", "temp diff."},     {"SOC low", "SOC low"},
    {"maint. chg due", "maint. chg due"},
};

static const struct name faults[LBMS_FAULT_COUNT] = {
    {"sampling", "sampling"},
    {"current sensor", "current sensor"},
    {"temperature sensor", "temp sensor"},
    {"charge MOSFET", "charge MOSFET"},
    {"discharge MOSFET", "dsg MOSFET"},
    {"cell", "cell"},
    {"output", "output"},
    {"charger reversed", "charger rev."},
    {"self test", "self test"},
    {"heater", "heater"},
    {"trip unit", "trip unit"},
};

/* The only entry of list `list` of the status page: the text behind the mark, without the blanks after it. */
static const char *listed(unsigned list, uint32_t mask, uint8_t columns)
{
    static struct menu m;
    size_t length;

    menu_open(&m, 1u, columns);
    m.s.alarms = mask;
    m.s.protections = mask;
    m.s.faults = mask;
    page(&m, 1u);
    page(&m, list);
    (void)menu_row(&m, 0u);
    length = strlen(m.text);
    while (m.text[length - 1u] == ' ') {
        length--;
    }
    m.text[length] = '\0';
    return m.text + 2;
}

START_TEST(every_name_fits_on_the_display)
{
    unsigned bit;

    for (bit = 0u; bit < LBMS_BIT_COUNT; bit++) {
        ck_assert_str_eq(listed(3u, LBMS_MASK(bit), 20u), bits[bit].usual);
        ck_assert_str_eq(listed(4u, LBMS_MASK(bit), 16u), bits[bit].narrow);
        ck_assert_str_eq(listed(3u, LBMS_MASK(bit), 40u), lbms_bit_name((uint8_t)bit));
    }
    for (bit = 0u; bit < LBMS_FAULT_COUNT; bit++) {
        ck_assert_str_eq(listed(5u, LBMS_MASK(bit), 20u), faults[bit].usual);
        ck_assert_str_eq(listed(5u, LBMS_MASK(bit), 16u), faults[bit].narrow);
    }
}
END_TEST

START_TEST(parameters_are_shown_in_their_units_and_cannot_be_changed)
{
    static const char *const voltages[] = {"OVP cell    3.650V", "OVR cell    3.380V", "UVP cell    2.600V",
                                           "UVR cell    2.900V", "OVP pack    58.40V", "OVR pack    54.00V",
                                           "UVP pack    45.60V", "UVR pack    48.00V", "Balance at  3.400V",
                                           "CVL         56.80V"};
    static const char *const currents[] = {"Chg OC      110.0A", "Chg OC2     150.0A", "Dsg OC      110.0A",
                                           "Dsg OC2     150.0A", "Short       500.0A", "CCL         100.0A",
                                           "DCL         100.0A"};
    static const char *const times[] = {"UV sleep       30s", "Low cell    3.150V", "Low time      300s",
                                        "Standby        24h", "Wake at     48.00V", "Auto wake       4h",
                                        "Auto tries      10", "Button        3.0s", "Display        60s"};
    static const char *const temperatures[] = {"Chg max      55.0C", "Chg min       0.0C",
                                               "Dsg max      60.0C", "Dsg min     -20.0C",
                                               "MOSFET max  105.0C"};
    struct lbms_params before;
    struct menu m;
    unsigned i;

    menu_open(&m, 4u, 20u);
    before = m.params;
    page(&m, 2u);
    menu_press(&m, LBMS_KEY_ENTER);
    for (i = 0u; i < sizeof(voltages) / sizeof(voltages[0]); i++) {
        ck_assert_str_eq(item(&m, i), voltages[i]);
        menu_press(&m, LBMS_KEY_ENTER);
        menu_press(&m, LBMS_KEY_DOWN);
    }
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    for (i = 0u; i < sizeof(currents) / sizeof(currents[0]); i++) {
        ck_assert_str_eq(item(&m, i), currents[i]);
    }
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    for (i = 0u; i < sizeof(temperatures) / sizeof(temperatures[0]); i++) {
        ck_assert_str_eq(item(&m, i), temperatures[i]);
    }
    menu_press(&m, LBMS_KEY_ESC);
    page(&m, 1u);
    for (i = 0u; i < sizeof(times) / sizeof(times[0]); i++) {
        ck_assert_str_eq(item(&m, i), times[i]);
    }
    m.params.v[LBMS_PARAM_STANDBY_SLEEP_S] = 5400; /* no whole hours */
    m.params.v[LBMS_PARAM_AUTO_WAKE_PERIOD_S] = 3599;
    ck_assert_str_eq(item(&m, 3u), "Standby      5400s");
    ck_assert_str_eq(item(&m, 5u), "Auto wake    3599s");
    m.params.v[LBMS_PARAM_STANDBY_SLEEP_S] = 86400;
    m.params.v[LBMS_PARAM_AUTO_WAKE_PERIOD_S] = 14400;
    ck_assert(memcmp(&before, &m.params, sizeof(before)) == 0);
}
END_TEST

START_TEST(the_other_packs_are_listed)
{
    const struct lbms_lcd_pack packs[] = {
        {1u, true, 10000u, 53000, 12340}, {2u, true, 0u, 53000, -500}, {15u, false, 1u, 1, 1}};
    struct menu m;

    menu_open(&m, 4u, 20u);
    page(&m, 3u);
    SHOWS(&m, ">>none              ", "                    ", "                    ", "                    ");
    m.view.pack_count = 3u; /* but no list */
    ck_assert_str_eq(menu_row(&m, 0u), ">>none              ");
    m.view.packs = packs;
    SHOWS(&m, ">>01    12.3A 100.0%", "--02      -0.5A 0.0%", "--15        off line", "                    ");
}
END_TEST

START_TEST(the_system_page_shows_address_versions_serial_number_clock_and_records)
{
    struct menu m;

    menu_open(&m, 8u, 20u);
    page(&m, 4u);
    SHOWS(&m, ">>Address          3", "--DIP switch  in use", "--  LS-BTN0-P0548100", "--Firmware         -",
          "--Library          -", "--S/N              -", "--Date             -", "--Time             -");
    ck_assert_str_eq(item(&m, 8u), "Records          -");
    m.lcd.place[m.lcd.depth].top = 0u;
    m.s.address = 15u;
    m.s.dip_changed = true;
    m.view.firmware = "1.2.3";
    m.view.library = "0.1.0";
    m.view.serial = "LS240600012345";
    m.view.wall_s = 1718977504u;
    m.view.wall_valid = true;
    m.view.records = 412u;
    m.view.records_valid = true;
    SHOWS(&m, ">>Address         15", "--DIP switch  turned", "--  LS-BTN0-P0548100", "--Firmware     1.2.3",
          "--Library      0.1.0", "--S/N LS240600012345", "--Date    2024-06-21", "--Time         13:45");
    ck_assert_str_eq(item(&m, 8u), "Records        412");
}
END_TEST

/* Two digits of a number, at their place in a text. */
static void two_digits(char *at, int number)
{
    at[0] = (char)('0' + (number / 10 % 10));
    at[1] = (char)('0' + (number % 10));
}

START_TEST(the_clock_knows_the_calendar)
{
    static const uint32_t moments[] = {0u,          59u,         86399u,      951782400u,  951868800u,
                                       1709164800u, 1709251200u, 2147483647u, 4107542400u, 4294967295u};
    struct menu m;
    size_t i;
    uint32_t more;

    menu_open(&m, 1u, 20u);
    m.view.wall_valid = true;
    page(&m, 4u);
    for (i = 0u; i < sizeof(moments) / sizeof(moments[0]); i++) {
        for (more = 0u; more < 800u; more++) {
            const time_t seconds = (time_t)(uint32_t)(moments[i] + (more * 86000u));
            struct tm utc;
            char date[] = "Date    YYYY-MM-DD";
            char time_of_day[] = "Time         hh:mm";

            m.view.wall_s = (uint32_t)seconds;
            ck_assert_ptr_nonnull(gmtime_r(&seconds, &utc));
            two_digits(date + 8, (utc.tm_year + 1900) / 100);
            two_digits(date + 10, utc.tm_year);
            two_digits(date + 13, utc.tm_mon + 1);
            two_digits(date + 16, utc.tm_mday);
            two_digits(time_of_day + 13, utc.tm_hour);
            two_digits(time_of_day + 16, utc.tm_min);
            ck_assert_str_eq(item(&m, 6u), date);
            ck_assert_str_eq(item(&m, 7u), time_of_day);
        }
    }
}
END_TEST

START_TEST(a_text_that_is_too_long_and_a_unit_that_does_not_exist_do_no_harm)
{
    static struct lbms_param_desc descs[LBMS_PARAM_COUNT];
    struct lbms_product product = lbms_product_ls_btn0_p0548100;
    struct menu m;

    menu_open(&m, 1u, 20u);
    m.view.serial = "0123456789012345678901234567890123456789012345678901234567890123456789";
    page(&m, 4u);
    ck_assert_str_eq(item(&m, 5u), "012345678901234567");
    menu_press(&m, LBMS_KEY_MENU);
    memcpy(descs, product.params, sizeof(descs));
    descs[LBMS_PARAM_CELL_OV_PROTECT_MV].unit = 99u;
    product.params = descs;
    m.view.product = &product;
    page(&m, 2u);
    page(&m, 0u);
    ck_assert_str_eq(item(&m, 0u), "OVP cell      3650");
}
END_TEST

/* As on a 16 x 2 display: every value whole, every parameter to be told from the others. */
START_TEST(a_narrow_display_cuts_the_name_and_keeps_the_value)
{
    static const char *const first[] = {"Analog value>>", "BMS status  >>", "Parameters  >>",
                                        "Parallel    >>", "System      >>"};
    static const char *const analog[] = {
        "Pack    52.81V", "Curren -100.0A", "SOC      54.2%", "SOH      95.0%", "Remaini 51.5Ah",
        "Full    95.0Ah", "Highest 3.315V", "Lowest  3.300V", "Cell voltage>>", "Temperatures>>"};
    static const char *const status[] = {"Mo DISCHARGING", "Charge      on", "Discharge   on",
                                         "Alarms     2>>", "Protection 1>>", "Faults     0>>",
                                         "Balance    0>>"};
    static const char *const voltages[] = {"OVP cel 3.650V", "OVR cel 3.380V", "UVP cel 2.600V",
                                           "UVR cel 2.900V", "OVP pac 58.40V", "OVR pac 54.00V",
                                           "UVP pac 45.60V", "UVR pac 48.00V"};
    static const struct lbms_lcd_pack packs[] = {{1u, true, 10000u, 53000, -110000}, {2u, false, 0u, 0, 0}};
    struct menu m;
    unsigned i;

    menu_open(&m, 2u, 16u);
    m.s.mode = LBMS_MODE_DISCHARGING;
    m.s.m.current_ma = -100000;
    m.s.alarms = 3u;
    m.s.protections = 1u;
    m.view.packs = packs;
    m.view.pack_count = 2u;
    SHOWS(&m, ">>Analog value>>", "--BMS status  >>");
    menu_down(&m, 1u);
    SHOWS(&m, "--Analog value>>", ">>BMS status  >>");
    menu_down(&m, 1u);
    SHOWS(&m, "--BMS status  >>", ">>Parameters  >>");
    menu_press(&m, LBMS_KEY_MENU);
    for (i = 0u; i < sizeof(first) / sizeof(first[0]); i++) {
        ck_assert_str_eq(item(&m, i), first[i]);
    }
    page(&m, 0u);
    for (i = 0u; i < sizeof(analog) / sizeof(analog[0]); i++) {
        ck_assert_str_eq(item(&m, i), analog[i]);
    }
    menu_press(&m, LBMS_KEY_MENU);
    page(&m, 1u);
    for (i = 0u; i < sizeof(status) / sizeof(status[0]); i++) {
        ck_assert_str_eq(item(&m, i), status[i]);
    }
    menu_press(&m, LBMS_KEY_MENU);
    page(&m, 2u);
    page(&m, 0u);
    for (i = 0u; i < sizeof(voltages) / sizeof(voltages[0]); i++) {
        ck_assert_str_eq(item(&m, i), voltages[i]);
    }
    menu_press(&m, LBMS_KEY_MENU);
    page(&m, 3u);
    ck_assert_str_eq(item(&m, 0u), "01      100.0%");
    ck_assert_str_eq(item(&m, 1u), "02    off line");
    menu_press(&m, LBMS_KEY_MENU);
    m.view.wall_s = 1718977504u;
    m.view.wall_valid = true;
    page(&m, 4u);
    ck_assert_str_eq(item(&m, 6u), "Dat 2024-06-21");
    ck_assert_str_eq(item(&m, 7u), "Time     13:45");
}
END_TEST

START_TEST(a_voltage_of_10_v_or_more_has_two_digits_behind_the_point)
{
    struct menu m;

    menu_open(&m, 1u, 20u);
    page(&m, 0u);
    m.s.m.pack_mv = 9999;
    ck_assert_str_eq(item(&m, 0u), "Pack        9.999V");
    m.s.m.pack_mv = 10000;
    ck_assert_str_eq(item(&m, 0u), "Pack        10.00V");
    m.s.m.pack_mv = 52814;
    ck_assert_str_eq(item(&m, 0u), "Pack        52.81V");
    m.s.m.pack_mv = 52815;
    ck_assert_str_eq(item(&m, 0u), "Pack        52.82V");
}
END_TEST

SUITE("panel/lcd_pages", CASE("R-LCD-07", analog_values_show_what_was_measured),
      CASE("R-LCD-07", the_current_is_rounded_to_a_tenth_of_an_ampere),
      CASE("R-LCD-07", a_value_that_cannot_be_believed_shows_as_a_dash),
      CASE("R-LCD-07", sixteen_cells_are_listed_with_those_that_cannot_be_believed),
      CASE("R-LCD-07", all_six_temperatures_are_listed),
      CASE("R-LCD-07", the_status_shows_mode_switches_and_how_much_is_wrong),
      CASE("R-LCD-07", alarms_protections_faults_and_bled_cells_are_listed_by_name),
      CASE("R-LCD-07", every_name_fits_on_the_display),
      CASE("R-LCD-07", parameters_are_shown_in_their_units_and_cannot_be_changed),
      CASE("R-LCD-07", the_other_packs_are_listed),
      CASE("R-LCD-07 R-DIP-04", the_system_page_shows_address_versions_serial_number_clock_and_records),
      CASE("R-LCD-07", the_clock_knows_the_calendar),
      CASE("", a_text_that_is_too_long_and_a_unit_that_does_not_exist_do_no_harm),
      CASE("R-LCD-02 R-LCD-07", a_narrow_display_cuts_the_name_and_keeps_the_value),
      CASE("", a_voltage_of_10_v_or_more_has_two_digits_behind_the_point))
