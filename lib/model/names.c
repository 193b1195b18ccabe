/* Names of enum values, for logs and tools. A target that prints nothing links none of them. */
#include <stddef.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/params.h"

static const char *const mode_names[LBMS_MODE_COUNT] = {
    "SHUTDOWN", "STARTING", "STANDBY", "CHARGING", "DISCHARGING",
    "FULL",     "PROTECT",  "FAULT",   "STOPPING", "OFF-SWITCH",
};

static const char *const sleep_reason_names[LBMS_SLEEP_REASON_COUNT] = {
    "none", "OVER-DISCHARGE", "BUTTON", "LOW-CELL", "STANDBY", "HOST", "SWITCH", "FAULT",
};

static const char *const bit_names[LBMS_BIT_COUNT] = {
    "cell over-voltage",           "pack over-voltage",
    "charger over-voltage",        "cell under-voltage",
    "pack under-voltage",          "charge over-current",
    "charge over-current 2",       "discharge over-current",
    "discharge over-current 2",    "short circuit",
    "charge high temperature",     "charge low temperature",
    "discharge high temperature",  "discharge low temperature",
    "MOSFET high temperature",     "environment high temperature",
    "environment low temperature", "cell difference",
    "temperature difference",      "SOC low",
    "maintenance charge due",
};

static const char *const fault_names[LBMS_FAULT_COUNT] = {
    "sampling", "current measurement", "temperature sensor", "charge MOSFET", "discharge MOSFET", "cell",
    "output",   "charger reversed",    "self test",          "heater",        "trip unit",
};

static const char *const unit_symbols[] = {"mV", "mA", "mAh", "0.1 degC", "0.01 %", "ms",   "s",
                                           "%",  "",   "0/1", "us",       "mA/s",   "mV/s", "bit/s"};

static const char *pick(const char *const *names, size_t count, size_t index)
{
    return (index < count) ? names[index] : "?";
}

const char *lbms_mode_name(uint8_t mode)
{
    return pick(mode_names, LBMS_MODE_COUNT, mode);
}

const char *lbms_sleep_reason_name(uint8_t reason)
{
    return pick(sleep_reason_names, LBMS_SLEEP_REASON_COUNT, reason);
}

const char *lbms_bit_name(uint8_t bit)
{
    return pick(bit_names, LBMS_BIT_COUNT, bit);
}

const char *lbms_fault_name(uint8_t fault)
{
    return pick(fault_names, LBMS_FAULT_COUNT, fault);
}

const char *lbms_unit_symbol(uint8_t unit)
{
    return pick(unit_symbols, sizeof(unit_symbols) / sizeof(unit_symbols[0]), unit);
}
