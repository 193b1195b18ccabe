#include "virtual_pack/describe.h"

#include <stdio.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/switches.h"
#include "virtual_pack/text.h"

#define WORD_BITS 32u

void describe_mask(char text[DESCRIBE_SIZE], uint32_t mask, const char *(*name)(uint8_t bit),
                   const char *none)
{
    uint8_t bit;

    text[0] = '\0';
    for (bit = 0; bit < WORD_BITS; bit++) {
        if ((mask & LBMS_MASK(bit)) != 0) {
            text_append(text, DESCRIBE_SIZE, "%s%s", (text[0] != '\0') ? ", " : "", name(bit));
        }
    }
    if (text[0] == '\0') {
        (void)snprintf(text, DESCRIBE_SIZE, "%s", none);
    }
}

static const char *switch_name(uint8_t bit)
{
    static const char *const names[] = {"charge", "discharge", "pre-charge", "limiter"};

    return (bit < sizeof(names) / sizeof(names[0])) ? names[bit] : "?";
}

void describe_switches(char text[DESCRIBE_SIZE], uint8_t closed)
{
    describe_mask(text, closed, switch_name, "none");
}

static const char *wake_name(uint8_t bit)
{
    static const char *const names[] = {"button", "charger", "RS232", "timer", "weak-current switch",
                                        "LCD key"};

    return (bit < sizeof(names) / sizeof(names[0])) ? names[bit] : "?";
}

void describe_wake(char text[DESCRIBE_SIZE], uint8_t sources)
{
    describe_mask(text, sources, wake_name, "nothing");
}

static void temperature(char *text, const char *what, int16_t dc)
{
    (void)snprintf(text, DESCRIBE_SIZE, "%s at %.1f degC", what, dc / 10.0);
}

static void voltage(char *text, const char *what, int32_t mv)
{
    (void)snprintf(text, DESCRIBE_SIZE, "%s at %.2f V", what, mv / 1000.0);
}

static void cell(char *text, const struct lbms_measured *m, unsigned index)
{
    (void)snprintf(text, DESCRIBE_SIZE, "cell %u at %.3f V", index + 1u, m->cell_mv[index] / 1000.0);
}

void describe_bit_value(char text[DESCRIBE_SIZE], const struct lbms_snapshot *snapshot, uint8_t bit)
{
    const struct lbms_measured *m = &snapshot->m;

    text[0] = '\0';
    switch ((enum lbms_bit)bit) {
    case LBMS_BIT_CELL_OV:
        cell(text, m, m->cell_max_index);
        break;
    case LBMS_BIT_CELL_UV:
        cell(text, m, m->cell_min_index);
        break;
    case LBMS_BIT_PACK_OV:
    case LBMS_BIT_PACK_UV:
        voltage(text, "pack", m->pack_mv);
        break;
    case LBMS_BIT_CHARGER_OV:
        voltage(text, "terminals", m->terminal_mv);
        break;
    case LBMS_BIT_CHARGE_OC:
    case LBMS_BIT_CHARGE_OC2:
    case LBMS_BIT_DISCHARGE_OC:
    case LBMS_BIT_DISCHARGE_OC2:
    case LBMS_BIT_SHORT_CIRCUIT:
        (void)snprintf(text, DESCRIBE_SIZE, "%.1f A", m->current_ma / 1000.0);
        break;
    case LBMS_BIT_CHARGE_OT:
    case LBMS_BIT_DISCHARGE_OT:
        temperature(text, "cells", m->temp_max_dc);
        break;
    case LBMS_BIT_CHARGE_UT:
    case LBMS_BIT_DISCHARGE_UT:
        temperature(text, "cells", m->temp_min_dc);
        break;
    case LBMS_BIT_MOSFET_OT:
        temperature(text, "MOSFET", m->mosfet_dc);
        break;
    case LBMS_BIT_AMBIENT_OT:
    case LBMS_BIT_AMBIENT_UT:
        temperature(text, "environment", m->ambient_dc);
        break;
    case LBMS_BIT_CELL_DIFF:
        (void)snprintf(text, DESCRIBE_SIZE, "%d mV", m->cell_max_mv - m->cell_min_mv);
        break;
    case LBMS_BIT_TEMP_DIFF:
        (void)snprintf(text, DESCRIBE_SIZE, "%.1f K", (m->temp_max_dc - m->temp_min_dc) / 10.0);
        break;
    case LBMS_BIT_SOC_LOW:
        (void)snprintf(text, DESCRIBE_SIZE, "%.1f %%", snapshot->soc.soc_bp / 100.0);
        break;
    case LBMS_BIT_MAINTENANCE: /* the clock says it, no measured value */
    case LBMS_BIT_COUNT:
        break;
    }
}

/* Numbers, from 1, of what is not valid. */
static void invalid(char *text, const char *what, unsigned valid, unsigned count)
{
    unsigned i;

    (void)snprintf(text, DESCRIBE_SIZE, "%s", what);
    for (i = 0; i < count; i++) {
        if ((valid & (1u << i)) == 0) {
            text_append(text, DESCRIBE_SIZE, " %u", i + 1u);
        }
    }
}

void describe_fault_value(char text[DESCRIBE_SIZE], const struct lbms_snapshot *snapshot, uint8_t fault)
{
    const struct lbms_measured *m = &snapshot->m;

    text[0] = '\0';
    switch ((enum lbms_fault)fault) {
    case LBMS_FAULT_SAMPLING:
        if (m->cells_valid != 0 && m->cells_valid != LBMS_ALL_CELLS) {
            invalid(text, "cells", m->cells_valid, LBMS_CELLS);
        } else {
            (void)snprintf(text, DESCRIBE_SIZE, "age of the sample %.1f s", m->age_ms / 1000.0);
        }
        break;
    case LBMS_FAULT_NTC:
        invalid(text, "sensors", m->ntcs_valid, LBMS_NTCS);
        break;
    case LBMS_FAULT_CHARGE_MOSFET:
    case LBMS_FAULT_DISCHARGE_MOSFET:
        (void)snprintf(text, DESCRIBE_SIZE, "%.1f A", m->current_ma / 1000.0);
        break;
    case LBMS_FAULT_CELL:
        cell(text, m, m->cell_min_index);
        break;
    case LBMS_FAULT_OUTPUT:
    case LBMS_FAULT_REVERSED:
        voltage(text, "terminals", m->terminal_mv);
        break;
    case LBMS_FAULT_HEATER:
        temperature(text, "cells", m->temp_low_dc);
        break;
    case LBMS_FAULT_TRIP_UNIT:
        (void)snprintf(text, DESCRIBE_SIZE, "%.1f A", m->current_ma / 1000.0);
        break;
    case LBMS_FAULT_CURRENT:
    case LBMS_FAULT_SELF_TEST:
    case LBMS_FAULT_COUNT:
        break;
    }
}
