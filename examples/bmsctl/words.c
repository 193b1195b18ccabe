#include "bmsctl/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "losun_bms/base/calendar.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/command.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

/* Below it a pack is idle: the default of the pack's own `current_idle_ma`. */
#define IDLE_MA 500

static void list(char *text, size_t size, uint32_t bits, unsigned count, const char *(*name)(uint8_t))
{
    unsigned i;

    (void)snprintf(text, size, "%s", (bits == 0) ? "none" : "");
    for (i = 0; i < count; i++) {
        if (((bits >> i) & 1u) != 0) {
            const size_t used = strlen(text);

            (void)snprintf(text + used, size - used, "%s%s", (used > 0) ? ", " : "", name((uint8_t)i));
        }
    }
}

void words_bits(char *text, size_t size, uint32_t bits)
{
    list(text, size, bits, LBMS_BIT_COUNT, lbms_bit_name);
}

void words_faults(char *text, size_t size, uint32_t faults)
{
    list(text, size, faults, LBMS_FAULT_COUNT, lbms_fault_name);
}

void words_time(char *text, size_t size, uint32_t seconds, int wall)
{
    struct lbms_date d;

    if (wall == 0) {
        (void)snprintf(text, size, "+%lu s", (unsigned long)seconds);
        return;
    }
    lbms_date_of(seconds, &d);
    (void)snprintf(text, size, "%04u-%02u-%02u %02u:%02u:%02u", d.year, d.month, d.day, d.hour, d.minute,
                   d.second);
}

const char *words_flow(int32_t current_ma)
{
    if (current_ma >= IDLE_MA) {
        return "charging";
    }
    return (current_ma <= -IDLE_MA) ? "discharging" : "idle";
}

/* The last word of a figure's name is its unit; people read another name. */
static const struct {
    const char *ending, *instead;
    double divisor;
    int decimals;
    const char *unit;
} health_units[] = {
    {"_mah", "", 1000.0, 2, " Ah"},   {"_wh", "_energy", 1000.0, 3, " kWh"},
    {"_bp", "", 100.0, 2, " %"},      {"_permille", "", 10.0, 1, " %"},
    {"_w", "", 1.0, 0, " W"},         {"_mv", "", 1000.0, 3, " V"},
    {"_dc", "", 10.0, 1, " degC"},    {"_ma", "", 1000.0, 2, " A"},
    {"_s", "_time", 3600.0, 2, " h"}, {"_cycles", "_cycles", 100.0, 2, ""},
};

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text);
    const size_t end = strlen(ending);

    return length >= end && strcmp(text + length - end, ending) == 0;
}

void words_health_name(char *text, size_t size, uint8_t id)
{
    const char *name = lbms_health_name(id);
    size_t i;

    (void)snprintf(text, size, "%s", name);
    for (i = 0; i < sizeof(health_units) / sizeof(health_units[0]); i++) {
        if (ends_with(name, health_units[i].ending)) {
            const size_t left = strlen(name) - strlen(health_units[i].ending);

            (void)snprintf(text, size, "%.*s%s", (int)left, name, health_units[i].instead);
            return;
        }
    }
}

/* Figures that a new pack does not have, and how the record says so. */
static bool is_unknown(uint8_t id, int32_t value)
{
    switch (id) {
    case LBMS_HEALTH_CELL_MIN_MV:
        return value == 65535;
    case LBMS_HEALTH_TEMP_MIN_DC:
        return value == 32767;
    case LBMS_HEALTH_TEMP_MAX_DC:
    case LBMS_HEALTH_MOSFET_MAX_DC:
        return value == -32768;
    case LBMS_HEALTH_CAPACITY_MAH:
    case LBMS_HEALTH_CAPACITY_SD_MAH:
    case LBMS_HEALTH_POWER_CHARGE_W:
    case LBMS_HEALTH_POWER_DISCHARGE_W:
    case LBMS_HEALTH_EFFICIENCY_BP:
    case LBMS_HEALTH_COULOMB_BP:
    case LBMS_HEALTH_SELF_DISCHARGE_BP:
    case LBMS_HEALTH_SELF_DISCHARGE_FIRST_BP:
    case LBMS_HEALTH_RESISTANCE_NEW_PERMILLE:
        return value == 0;
    case LBMS_HEALTH_FULL_ASLEEP_S:
        return value < 0;
    default:
        return false;
    }
}

void words_health(char *text, size_t size, uint8_t id, int32_t value)
{
    const char *name = lbms_health_name(id);
    const uint32_t seconds = (uint32_t)value;
    size_t i;

    if (is_unknown(id, value)) {
        (void)snprintf(text, size, "unknown");
        return;
    }
    if (ends_with(name, "_date")) {
        if (seconds == 0) {
            (void)snprintf(text, size, "never");
        } else {
            words_time(text, size, seconds, 1);
        }
        return;
    }
    for (i = 0; i < sizeof(health_units) / sizeof(health_units[0]); i++) {
        if (ends_with(name, health_units[i].ending)) {
            (void)snprintf(text, size, "%.*f%s", health_units[i].decimals, value / health_units[i].divisor,
                           health_units[i].unit);
            return;
        }
    }
    (void)snprintf(text, size, "%ld", (long)value);
}

/* By enum lbms_bit. */
static const char *const bit_advice[LBMS_BIT_COUNT] = {
    "lower the charge voltage; let the cells balance at a low current",
    "lower the charge voltage of the charger or inverter",
    "the charger gives too high a voltage: disconnect it and set it right",
    "charge the pack; raise the cut-off voltage of the inverter",
    "charge the pack; raise the cut-off voltage of the inverter",
    "lower the charge current",
    "lower the charge current",
    "reduce the load",
    "reduce the load",
    "disconnect the load and look for a short circuit before connecting it again",
    "let the pack cool before charging; improve ventilation",
    "warm the pack before charging",
    "let the pack cool; reduce the load; improve ventilation",
    "warm the pack; reduce the load",
    "let the pack cool; reduce the current",
    "lower the temperature of the room",
    "raise the temperature of the room",
    "charge to full and leave the pack connected for a day to balance; if that does not help, service",
    "look for a heat source beside the pack; if there is none, service",
    "charge the pack",
    "charge the pack to full once",
};

/* By enum lbms_fault. */
static const char *const fault_advice[LBMS_FAULT_COUNT] = {
    "restart the pack; if the fault comes back, service: the measuring board",
    "restart the pack; if the fault comes back, service: the current measurement",
    "service: a temperature sensor is broken or unplugged",
    "disconnect the charger; service: the charge switch",
    "disconnect the load; service: the discharge switch",
    "do not use the pack; service: a cell",
    "disconnect everything from the output and try again; look for a short circuit",
    "disconnect the charger at once: its poles are exchanged",
    "restart the pack; if the fault comes back, service: the control board",
    "service: the heater",
    "do not use the pack, stay with it, service",
};

const char *words_advice(const struct lbms_record *record)
{
    switch (record->kind) {
    case LBMS_RECORD_ALARM:
    case LBMS_RECORD_PROTECTION:
        return (record->code < LBMS_BIT_COUNT) ? bit_advice[record->code] : "";
    case LBMS_RECORD_LOCK:
        return "remove the cause, then restart the pack with its button";
    case LBMS_RECORD_FAULT:
        return (record->code < LBMS_FAULT_COUNT) ? fault_advice[record->code] : "";
    case LBMS_RECORD_MEMORY:
        return "check the parameters; if it comes back, service";
    case LBMS_RECORD_REFUSED:
        return "find out who writes to the pack; the service level was not open";
    default:
        return "";
    }
}

/* Of what a bit looks at: unit, parts of it in the library's unit, decimals. */
struct quantity {
    const char *unit;
    double parts;
    int decimals;
};

static struct quantity quantity_of(uint8_t bit)
{
    switch (bit) {
    case LBMS_BIT_CHARGE_OC:
    case LBMS_BIT_CHARGE_OC2:
    case LBMS_BIT_DISCHARGE_OC:
    case LBMS_BIT_DISCHARGE_OC2:
    case LBMS_BIT_SHORT_CIRCUIT:
        return (struct quantity){"A", 1000.0, 1};
    case LBMS_BIT_CHARGE_OT:
    case LBMS_BIT_CHARGE_UT:
    case LBMS_BIT_DISCHARGE_OT:
    case LBMS_BIT_DISCHARGE_UT:
    case LBMS_BIT_MOSFET_OT:
    case LBMS_BIT_AMBIENT_OT:
    case LBMS_BIT_AMBIENT_UT:
    case LBMS_BIT_TEMP_DIFF:
        return (struct quantity){"degC", 10.0, 1};
    case LBMS_BIT_SOC_LOW:
        return (struct quantity){"%", 100.0, 1};
    default:
        return (struct quantity){"V", 1000.0, 3};
    }
}

void words_detail(struct words_detail *d, const struct lbms_record *r)
{
    const struct quantity q = quantity_of(r->code);

    memset(d, 0, sizeof(*d));
    if (r->kind < LBMS_RECORD_ALARM || r->kind > LBMS_RECORD_PROTECTION_END) {
        return;
    }
    if (r->cell < LBMS_CELLS) {
        (void)snprintf(d->cell, sizeof(d->cell), "%u", r->cell + 1u);
    }
    if (r->value != 0 || r->threshold != 0) {
        (void)snprintf(d->value, sizeof(d->value), "%.*f", q.decimals, r->value / q.parts);
        (void)snprintf(d->limit, sizeof(d->limit), "%.*f", q.decimals, r->threshold / q.parts);
        (void)snprintf(d->unit, sizeof(d->unit), "%s", q.unit);
    }
}

static void about_bit(char *text, size_t size, const struct lbms_record *r, const char *what)
{
    const char *name = lbms_bit_name(r->code);
    char cell[24] = "";
    struct words_detail d;

    words_detail(&d, r);
    if (d.cell[0] != '\0') {
        (void)snprintf(cell, sizeof(cell), ", cell %s", d.cell);
    }
    if (d.unit[0] == '\0') {
        (void)snprintf(text, size, "%s %s%s", name, what, cell);
    } else {
        (void)snprintf(text, size, "%s %s%s: %s %s, limit %s %s", name, what, cell, d.value, d.unit, d.limit,
                       d.unit);
    }
}

/* What begins and ends by itself; false when the record is about something else. */
static bool words_condition(char *text, size_t size, const struct lbms_record *r)
{
    switch (r->kind) {
    case LBMS_RECORD_ALARM:
        about_bit(text, size, r, "alarm");
        break;
    case LBMS_RECORD_ALARM_END:
        about_bit(text, size, r, "alarm over");
        break;
    case LBMS_RECORD_PROTECTION:
        about_bit(text, size, r, "protection");
        break;
    case LBMS_RECORD_PROTECTION_END:
        about_bit(text, size, r, "protection released");
        break;
    case LBMS_RECORD_FAULT:
        (void)snprintf(text, size, "fault: %s", lbms_fault_name(r->code));
        break;
    case LBMS_RECORD_FAULT_END:
        (void)snprintf(text, size, "fault over: %s", lbms_fault_name(r->code));
        break;
    case LBMS_RECORD_LOCK:
        (void)snprintf(text, size, "locked after repeated %s", lbms_bit_name(r->code));
        break;
    case LBMS_RECORD_LOCK_END:
        (void)snprintf(text, size, "lock over: %s", lbms_bit_name(r->code));
        break;
    default:
        return false;
    }
    return true;
}

/* By enum lbms_calibrate. */
static const char *const calibrated[LBMS_CALIBRATE_COUNT] = {"zero of the current, ", "pack voltage, ",
                                                             "charge current, ", "discharge current, "};

/* What production and service have set; false when the record is about something else. */
static bool words_service(char *text, size_t size, const struct lbms_record *r)
{
    switch (r->kind) {
    case LBMS_RECORD_CALIBRATED:
        (void)snprintf(text, size, "calibrated: %s%.3f %s",
                       (r->code < LBMS_CALIBRATE_COUNT) ? calibrated[r->code] : "", r->value / 1000.0,
                       (r->code == LBMS_CALIBRATE_PACK) ? "V" : "A");
        break;
    case LBMS_RECORD_PRODUCTION:
        (void)snprintf(text, size, "serial number of the %s written",
                       (r->code == LBMS_SERIAL_BOARD) ? "board" : "pack");
        break;
    case LBMS_RECORD_CLEARED:
        (void)snprintf(text, size, "the records before this one were cleared");
        break;
    case LBMS_RECORD_CAPACITY:
        (void)snprintf(text, size, "capacities set: %.2f of %.2f Ah remain", r->value / 1000.0,
                       r->threshold / 1000.0);
        break;
    case LBMS_RECORD_CYCLES:
        (void)snprintf(text, size, "cycle count set to %ld", (long)r->value);
        break;
    default:
        return false;
    }
    return true;
}

void words_record(char *text, size_t size, const struct lbms_record *r)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;

    if (words_condition(text, size, r) || words_service(text, size, r)) {
        return;
    }
    switch (r->kind) {
    case LBMS_RECORD_START:
        (void)snprintf(text, size, "started");
        break;
    case LBMS_RECORD_SLEEP:
        (void)snprintf(text, size, "went to sleep: %s", lbms_sleep_reason_name(r->code));
        break;
    case LBMS_RECORD_SLEEP_CANCELLED:
        (void)snprintf(text, size, "sleep cancelled, the terminals stayed live: %s",
                       lbms_sleep_reason_name(r->code));
        break;
    case LBMS_RECORD_BUTTON_STUCK:
        (void)snprintf(text, size, "the button is stuck");
        break;
    case LBMS_RECORD_WAKE_UP:
        (void)snprintf(text, size, "woke up after %ld s", (long)r->value);
        break;
    case LBMS_RECORD_PARAMETER:
        (void)snprintf(text, size, "parameters written: %s = %ld%s",
                       (r->code < LBMS_PARAM_COUNT) ? product->params[r->code].name : "?", (long)r->value,
                       (r->threshold > 1) ? ", and others" : "");
        break;
    case LBMS_RECORD_DEFAULTS:
        (void)snprintf(text, size, "defaults restored");
        break;
    case LBMS_RECORD_CLOCK:
        (void)snprintf(text, size, "clock set, moved by %ld s", (long)r->value);
        break;
    case LBMS_RECORD_MEMORY:
        (void)snprintf(text, size, "trouble with the memory (%u)", r->code);
        break;
    case LBMS_RECORD_REFUSED:
        (void)snprintf(text, size, "request %02XH refused for want of access, port %ld", r->code,
                       (long)r->value);
        break;
    case LBMS_RECORD_NONE:
        (void)snprintf(text, size, "a record that the pack cannot read");
        break;
    default:
        (void)snprintf(text, size, "state at this time");
        break;
    }
}
