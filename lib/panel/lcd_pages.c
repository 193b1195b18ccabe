/* The pages of the menu: which items they have, and what each of them shows (R-LCD-07). */
#include <stddef.h>
#include <string.h>

#include "lcd_parts.h"
#include "losun_bms/base/fixed.h"

/* What stands to the right of a label. */
enum kind {
    NOTHING,
    LINK,      /* leads to page `arg` */
    LIST,      /* leads to page `arg`, a list: the number of its entries */
    QUANTITY,  /* enum quantity */
    PARAMETER, /* enum lbms_param */
    WORD       /* enum word: a text */
};

enum quantity {
    PACK_VOLTAGE,
    CURRENT,
    SOC,
    SOH,
    REMAINING,
    CAPACITY,
    CELL_HIGHEST,
    CELL_LOWEST,
    MOSFET,
    ENVIRONMENT,
    ADDRESS,
    RECORDS,
    LAST_VOLTAGE, /* of the time before the sleep */
    LAST_LOWEST
};

enum word {
    MODE,
    CHARGE_SWITCH,
    DISCHARGE_SWITCH,
    ADDRESS_SWITCH,
    MODEL,
    FIRMWARE,
    LIBRARY,
    SERIAL,
    DATE,
    TIME,
    REASON
};

struct row {
    const char *label;
    uint8_t kind;
    uint8_t arg;
};

#define PAGE(name) LBMS_LCD_PAGE_##name
#define P(name)    LBMS_PARAM_##name

static const struct row main_menu[] = {
    {"Analog value", LINK, PAGE(ANALOG)},   {"BMS status", LINK, PAGE(STATUS)},
    {"Parameters", LINK, PAGE(PARAMETERS)}, {"Parallel", LINK, PAGE(PARALLEL)},
    {"System", LINK, PAGE(SYSTEM)},
};

static const struct row analog[] = {
    {"Pack", QUANTITY, PACK_VOLTAGE},
    {"Current", QUANTITY, CURRENT},
    {"SOC", QUANTITY, SOC},
    {"SOH", QUANTITY, SOH},
    {"Remaining", QUANTITY, REMAINING},
    {"Full", QUANTITY, CAPACITY},
    {"Highest", QUANTITY, CELL_HIGHEST},
    {"Lowest", QUANTITY, CELL_LOWEST},
    {"Cell voltages", LINK, PAGE(CELLS)},
    {"Temperatures", LINK, PAGE(TEMPERATURES)},
};

static const struct row status[] = {
    {"Mode", WORD, MODE},
    {"Charge", WORD, CHARGE_SWITCH},
    {"Discharge", WORD, DISCHARGE_SWITCH},
    {"Alarms", LIST, PAGE(ALARMS)},
    {"Protections", LIST, PAGE(PROTECTIONS)},
    {"Faults", LIST, PAGE(FAULTS)},
    {"Balance", LIST, PAGE(BALANCE)},
};

static const struct row parameters[] = {
    {"Voltage", LINK, PAGE(P_VOLTAGE)},
    {"Current", LINK, PAGE(P_CURRENT)},
    {"Temperature", LINK, PAGE(P_TEMPERATURE)},
    {"Sleep", LINK, PAGE(P_POWER)},
};

/* What tells two parameters apart stands first: a narrow display cuts the end of a label. */
static const struct row voltages[] = {
    {"OVP cell", PARAMETER, P(CELL_OV_PROTECT_MV)}, {"OVR cell", PARAMETER, P(CELL_OV_RELEASE_MV)},
    {"UVP cell", PARAMETER, P(CELL_UV_PROTECT_MV)}, {"UVR cell", PARAMETER, P(CELL_UV_RELEASE_MV)},
    {"OVP pack", PARAMETER, P(PACK_OV_PROTECT_MV)}, {"OVR pack", PARAMETER, P(PACK_OV_RELEASE_MV)},
    {"UVP pack", PARAMETER, P(PACK_UV_PROTECT_MV)}, {"UVR pack", PARAMETER, P(PACK_UV_RELEASE_MV)},
    {"Balance at", PARAMETER, P(BALANCE_START_MV)}, {"CVL", PARAMETER, P(CVL_MV)},
};

static const struct row currents[] = {
    {"Chg OC", PARAMETER, P(CHARGE_OC_PROTECT_MA)},
    {"Chg OC2", PARAMETER, P(CHARGE_OC2_PROTECT_MA)},
    {"Dsg OC", PARAMETER, P(DISCHARGE_OC_PROTECT_MA)},
    {"Dsg OC2", PARAMETER, P(DISCHARGE_OC2_PROTECT_MA)},
    {"Short", PARAMETER, P(SHORT_CIRCUIT_MA)},
    {"CCL", PARAMETER, P(CCL_MA)},
    {"DCL", PARAMETER, P(DCL_MA)},
};

static const struct row temperature_limits[] = {
    {"Chg max", PARAMETER, P(CHG_OT_PROTECT_DC)},    {"Chg min", PARAMETER, P(CHG_UT_PROTECT_DC)},
    {"Dsg max", PARAMETER, P(DSG_OT_PROTECT_DC)},    {"Dsg min", PARAMETER, P(DSG_UT_PROTECT_DC)},
    {"MOSFET max", PARAMETER, P(MOS_OT_PROTECT_DC)},
};

static const struct row power_times[] = {
    {"UV sleep", PARAMETER, P(UV_SLEEP_S)},        {"Low cell", PARAMETER, P(SLEEP_CELL_MV)},
    {"Low time", PARAMETER, P(SLEEP_DELAY_S)},     {"Standby", PARAMETER, P(STANDBY_SLEEP_S)},
    {"Wake at", PARAMETER, P(WAKE_CHARGER_MV)},    {"Auto wake", PARAMETER, P(AUTO_WAKE_PERIOD_S)},
    {"Auto tries", PARAMETER, P(AUTO_WAKE_TRIES)}, {"Button", PARAMETER, P(BUTTON_MIN_MS)},
    {"Display", PARAMETER, P(DISPLAY_TIMEOUT_S)},
};

static const struct row system_page[] = {
    {"Address", QUANTITY, ADDRESS},
    {"DIP switch", WORD, ADDRESS_SWITCH},
    {"", WORD, MODEL},
    {"Firmware", WORD, FIRMWARE},
    {"Library", WORD, LIBRARY},
    {"S/N", WORD, SERIAL},
    {"Date", WORD, DATE},
    {"Time", WORD, TIME},
    {"Records", QUANTITY, RECORDS},
};

static const struct row mosfet_and_board[] = {
    {"MOSFET", QUANTITY, MOSFET},
    {"Environment", QUANTITY, ENVIRONMENT},
};

/* No key leads on from here: what matters most stands first. */
static const struct row in_sleep[] = {
    {"SLEEP", WORD, REASON},           {"Pack", QUANTITY, LAST_VOLTAGE},   {"SOC", QUANTITY, SOC},
    {"Lowest", QUANTITY, LAST_LOWEST}, {"Remaining", QUANTITY, REMAINING},
};

static const struct row notice[] = {
    {"Restart needed", NOTHING, 0u},
    {"DIP switch", WORD, ADDRESS_SWITCH},
    {"Address", QUANTITY, ADDRESS},
};

/* A page is a table of rows, or a list that is as long as what it lists, or a list with rows behind it. Its rows: */
struct page {
    const struct row *rows;
    uint8_t count;
};

#define ROWS(table)                                            \
    {                                                          \
        (table), (uint8_t)(sizeof(table) / sizeof((table)[0])) \
    }

static const struct page pages[] = {
    [PAGE(MAIN)] = ROWS(main_menu),
    [PAGE(ANALOG)] = ROWS(analog),
    [PAGE(STATUS)] = ROWS(status),
    [PAGE(PARAMETERS)] = ROWS(parameters),
    [PAGE(SYSTEM)] = ROWS(system_page),
    [PAGE(TEMPERATURES)] = ROWS(mosfet_and_board),
    [PAGE(P_VOLTAGE)] = ROWS(voltages),
    [PAGE(P_CURRENT)] = ROWS(currents),
    [PAGE(P_TEMPERATURE)] = ROWS(temperature_limits),
    [PAGE(P_POWER)] = ROWS(power_times),
    [PAGE(SLEEP)] = ROWS(in_sleep),
    [PAGE(NOTICE)] = ROWS(notice),
};

static uint8_t bits_set(uint32_t mask)
{
    uint8_t count = 0u;

    for (; mask != 0u; mask &= mask - 1u) {
        count++;
    }
    return count;
}

/* Number of the set bit that has `index` set bits below it. */
static uint8_t nth_bit(uint32_t mask, uint8_t index)
{
    uint8_t bit = 0u;

    while (((mask & LBMS_MASK(bit)) == 0u) || (index > 0u)) {
        index = (uint8_t)(index - (((mask & LBMS_MASK(bit)) != 0u) ? 1u : 0u));
        bit++;
    }
    return bit;
}

/* The bits that a page lists; 0 for a page that lists no bits. */
static uint32_t listed_mask(const struct lbms_snapshot *s, uint8_t page)
{
    switch (page) {
    case PAGE(ALARMS):
        return s->alarms;
    case PAGE(PROTECTIONS):
        return s->protections;
    case PAGE(FAULTS):
        return s->faults;
    case PAGE(BALANCE):
        return s->balance_mask;
    default:
        return 0u;
    }
}

/* Entries of a list; 0 for a page that is none. */
static uint8_t listed(const struct lbms_lcd_view *view, uint8_t page)
{
    switch (page) {
    case PAGE(CELLS):
        return LBMS_CELLS;
    case PAGE(TEMPERATURES):
        return LBMS_NTCS;
    case PAGE(PARALLEL):
        return (view->packs != NULL) ? view->pack_count : 0u;
    default:
        return bits_set(listed_mask(view->pack, page));
    }
}

static uint8_t rows_of(uint8_t page)
{
    return (page < (sizeof(pages) / sizeof(pages[0]))) ? pages[page].count : 0u;
}

uint8_t lbms_lcd_items(const struct lbms_lcd_view *view, uint8_t page)
{
    const uint8_t count = (uint8_t)(listed(view, page) + rows_of(page));

    return (count > 0u) ? count : 1u;
}

static void put_number_label(struct lbms_lcd_text *text, const char *label, unsigned number)
{
    lbms_lcd_put(text, label);
    lbms_lcd_put_number(text, number, 1u);
}

static void put_valid(struct lbms_lcd_text *text, bool valid, int32_t value, uint8_t unit)
{
    if (valid) {
        lbms_lcd_put_value(text, value, unit);
    } else {
        lbms_lcd_put_char(text, '-');
    }
}

/* Another pack: "02    12.3A 54.2%"; on a narrow display without the current. */
static void put_pack(const struct lbms_lcd *lcd, struct lbms_lcd_text *label, struct lbms_lcd_text *value,
                     const struct lbms_lcd_pack *pack)
{
    lbms_lcd_put_number(label, pack->address, 2u);
    if (!pack->online) {
        lbms_lcd_put(value, "off line");
        return;
    }
    if (lcd->columns >= LBMS_LCD_COLUMNS) {
        lbms_lcd_put_value(value, pack->current_ma, LBMS_UNIT_MA);
        lbms_lcd_put_char(value, ' ');
    }
    lbms_lcd_put_value(value, pack->soc_bp, LBMS_UNIT_BP);
}

static void put_listed(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t page,
                       uint8_t index, struct lbms_lcd_text *label, struct lbms_lcd_text *value)
{
    const struct lbms_measured *m = &view->pack->m;

    if (page == PAGE(CELLS)) {
        put_number_label(label, "Cell ", index + 1u);
        put_valid(value, ((m->cells_valid >> index) & 1u) != 0u, m->cell_mv[index], LBMS_UNIT_MV);
    } else if (page == PAGE(TEMPERATURES)) {
        put_number_label(label, "Cells ", index + 1u);
        put_valid(value, ((m->ntcs_valid >> index) & 1u) != 0u, m->ntc_dc[index], LBMS_UNIT_DC);
    } else if (page == PAGE(PARALLEL)) {
        put_pack(lcd, label, value, &view->packs[index]);
    } else {
        const uint8_t bit = nth_bit(listed_mask(view->pack, page), index);

        if (page == PAGE(BALANCE)) {
            put_number_label(label, "Cell ", bit + 1u);
        } else {
            lbms_lcd_put_name(label, (page == PAGE(FAULTS)) ? lbms_fault_name(bit) : lbms_bit_name(bit),
                              (size_t)lcd->columns - LBMS_LCD_MARK);
        }
    }
}

/* Unit of a quantity, and what must be valid for it. */
static const struct {
    uint8_t unit;
    uint16_t needed;
} kinds[] = {
    [PACK_VOLTAGE] = {LBMS_UNIT_MV, LBMS_VALID_PACK},
    [CURRENT] = {LBMS_UNIT_MA, LBMS_VALID_CURRENT},
    [SOC] = {LBMS_UNIT_BP, 0u},
    [SOH] = {LBMS_UNIT_BP, 0u}, /* of the capacity */
    [REMAINING] = {LBMS_UNIT_MAH, 0u},
    [CAPACITY] = {LBMS_UNIT_MAH, 0u},
    [CELL_HIGHEST] = {LBMS_UNIT_MV, LBMS_VALID_CELL_RANGE},
    [CELL_LOWEST] = {LBMS_UNIT_MV, LBMS_VALID_CELL_RANGE},
    [MOSFET] = {LBMS_UNIT_DC, LBMS_VALID_MOSFET},
    [ENVIRONMENT] = {LBMS_UNIT_DC, LBMS_VALID_AMBIENT},
    [ADDRESS] = {LBMS_UNIT_COUNT, 0u},
    [RECORDS] = {LBMS_UNIT_COUNT, 0u},
    [LAST_VOLTAGE] = {LBMS_UNIT_MV, 0u},
    [LAST_LOWEST] = {LBMS_UNIT_MV, 0u},
};

static int32_t value_of(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t quantity)
{
    const struct lbms_snapshot *s = view->pack;

    switch (quantity) {
    case PACK_VOLTAGE:
        return s->m.pack_mv;
    case CURRENT:
        return s->m.current_ma;
    case SOC:
        return s->soc.soc_bp;
    case SOH:
        return lbms_mul_div_i32(s->soc.capacity_mah, 10000, view->params->v[P(DESIGN_CAPACITY_MAH)]);
    case REMAINING:
        return s->soc.remaining_mah;
    case CAPACITY:
        return s->soc.capacity_mah;
    case CELL_HIGHEST:
        return s->m.cell_max_mv;
    case CELL_LOWEST:
        return s->m.cell_min_mv;
    case MOSFET:
        return s->m.mosfet_dc;
    case ENVIRONMENT:
        return s->m.ambient_dc;
    case ADDRESS:
        return s->address;
    case RECORDS:
        return (int32_t)view->records;
    case LAST_VOLTAGE:
        return lcd->pack_mv;
    default: /* LAST_LOWEST */
        return lcd->cell_min_mv;
    }
}

static void put_quantity(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t quantity,
                         struct lbms_lcd_text *value)
{
    const uint16_t needed = kinds[quantity].needed;
    bool valid = (view->pack->m.valid & needed) == needed;

    if (quantity == RECORDS) {
        valid = view->records_valid;
    } else if ((quantity == LAST_VOLTAGE) || (quantity == LAST_LOWEST)) {
        valid = lcd->values_valid;
    } else {
        /* of the present */
    }
    put_valid(value, valid, value_of(lcd, view, quantity), kinds[quantity].unit);
}

static const char *on_off(uint8_t closed, unsigned switches)
{
    return ((closed & switches) != 0u) ? "on" : "off";
}

static void put_word(const struct lbms_lcd_view *view, uint8_t word, size_t room, struct lbms_lcd_text *value)
{
    const struct lbms_snapshot *s = view->pack;
    const char *string = NULL;

    switch (word) {
    case MODE:
        string = lbms_mode_name(s->mode);
        break;
    case CHARGE_SWITCH:
        string = on_off(s->m.closed, (unsigned)LBMS_SWITCH_CHARGE | (unsigned)LBMS_SWITCH_LIMITER);
        break;
    case DISCHARGE_SWITCH:
        string = on_off(s->m.closed, LBMS_SWITCH_DISCHARGE);
        break;
    case ADDRESS_SWITCH:
        string = s->dip_changed ? "turned" : "in use";
        break;
    case MODEL:
        string = view->product->model;
        break;
    case FIRMWARE:
        string = view->firmware;
        break;
    case LIBRARY:
        string = view->library;
        break;
    case SERIAL:
        string = view->serial;
        break;
    case DATE:
    case TIME:
        if (view->wall_valid) {
            lbms_lcd_put_clock(value, view->wall_s, word == TIME);
            return;
        }
        break;
    default: /* REASON */
        string = lbms_sleep_reason_name(s->sleep_reason);
        break;
    }
    lbms_lcd_put_name(value, (string != NULL) ? string : "-", room);
}

static void put_parameter(const struct lbms_lcd_view *view, uint8_t id, struct lbms_lcd_text *value)
{
    lbms_lcd_put_value(value, view->params->v[id], view->product->params[id].unit);
}

void lbms_lcd_item(const struct lbms_lcd *lcd, const struct lbms_lcd_view *view, uint8_t page, uint8_t index,
                   struct lbms_lcd_item *item)
{
    const uint8_t in_list = listed(view, page);
    const struct row *row;
    struct lbms_lcd_text label;
    struct lbms_lcd_text value;

    lbms_lcd_text_begin(&label, item->label, LBMS_LCD_COLUMNS_MAX);
    lbms_lcd_text_begin(&value, item->value, LBMS_LCD_COLUMNS_MAX);
    item->leads_to = LBMS_LCD_NO_PAGE;
    if (index < in_list) {
        put_listed(lcd, view, page, index, &label, &value);
        return;
    }
    if ((index - in_list) >= rows_of(page)) {
        lbms_lcd_put(&label, "none");
        return;
    }
    row = &pages[page].rows[index - in_list];
    lbms_lcd_put(&label, row->label);
    switch (row->kind) {
    case LINK:
        item->leads_to = row->arg;
        break;
    case LIST:
        item->leads_to = row->arg;
        lbms_lcd_put_number(&value, listed(view, row->arg), 1u);
        break;
    case QUANTITY:
        put_quantity(lcd, view, row->arg, &value);
        break;
    case PARAMETER:
        put_parameter(view, row->arg, &value);
        break;
    case WORD:
        put_word(view, row->arg, (size_t)lcd->columns - LBMS_LCD_MARK - label.length - 1u, &value);
        break;
    default: /* the label says it all */
        break;
    }
}
