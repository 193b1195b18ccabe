#include "protection_rig.h"

#include <string.h>

#include "support/suite.h"

const struct voltage_row voltage_rows[VOLTAGE_ROWS] = {
    {"cell over-voltage", LBMS_BIT_CELL_OV, false, 1, 3650, 3380, 3600, 3550, LBMS_PATH_CHARGE},
    {"pack over-voltage", LBMS_BIT_PACK_OV, true, 1, 58400, 54000, 57600, 56800, LBMS_PATH_CHARGE},
    {"cell under-voltage", LBMS_BIT_CELL_UV, false, -1, 2600, 2900, 2800, 2850, LBMS_PATH_DISCHARGE},
    {"pack under-voltage", LBMS_BIT_PACK_UV, true, -1, 45600, 48000, 46400, 47200, LBMS_PATH_DISCHARGE},
};

struct shown rig_alarm(uint8_t bit)
{
    const struct shown what = {ALARM, bit};

    return what;
}

struct shown rig_protection(uint8_t bit)
{
    const struct shown what = {PROTECTION, bit};

    return what;
}

struct shown rig_fault(uint8_t bit)
{
    const struct shown what = {FAULT, bit};

    return what;
}

void rig_start(struct rig *rig)
{
    rig_start_with(rig, lbms_protection_rows, lbms_protection_row_count);
}

void rig_start_with(struct rig *rig, const struct lbms_protection_row *rows, size_t count)
{
    memset(rig, 0, sizeof(*rig));
    rig->m = measured_rested();
    rig->in.m = &rig->m;
    rig->in.soc_bp = 5000u;
    rig->step_ms = 10u;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    ck_assert_int_eq(lbms_protection_init(&rig->engine, rows, count, &rig->params), LBMS_OK);
}

void rig_place(struct rig *rig, const struct voltage_row *row, int32_t mv)
{
    if (row->pack) {
        rig->m.pack_mv = mv;
    } else {
        measured_cell(&rig->m, 6u, (uint16_t)mv);
    }
}

static uint16_t validity(const struct voltage_row *row)
{
    return (uint16_t)(row->pack ? LBMS_VALID_PACK : (LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE));
}

void rig_lose(struct rig *rig, const struct voltage_row *row)
{
    rig->m.valid &= (uint16_t)~validity(row);
}

void rig_regain(struct rig *rig, const struct voltage_row *row)
{
    rig->m.valid |= validity(row);
}

void rig_trip(struct rig *rig, const struct voltage_row *row)
{
    rig_place(rig, row, row->limit + row->outward);
    ck_assert(rig_until(rig, rig_protection(row->bit), true, 2u * DELAY_MS) != NEVER);
}

void rig_step(struct rig *rig)
{
    rig->in.now_ms += rig->step_ms;
    lbms_protection_step(&rig->engine, &rig->in, &rig->params, &lbms_product_ls_btn0_p0548100);
}

void rig_run(struct rig *rig, uint32_t ms)
{
    uint32_t left_ms;

    for (left_ms = ms; left_ms >= rig->step_ms; left_ms -= rig->step_ms) {
        rig_step(rig);
    }
}

bool rig_shows(const struct rig *rig, struct shown what)
{
    const uint32_t word = (what.word == ALARM)        ? rig->engine.alarms
                          : (what.word == PROTECTION) ? rig->engine.protections
                                                      : rig->engine.faults;

    return (word & LBMS_MASK(what.bit)) != 0u;
}

uint32_t rig_until(struct rig *rig, struct shown what, bool wanted, uint32_t most_ms)
{
    uint32_t ms;

    for (ms = 0u; ms <= most_ms; ms += rig->step_ms) {
        rig_step(rig);
        if (rig_shows(rig, what) == wanted) {
            return ms;
        }
    }
    return NEVER;
}

void rig_write(struct rig *rig, uint8_t id, int32_t value)
{
    const struct lbms_param_item item = {id, value};

    ck_assert_int_eq(lbms_params_set(&rig->params, &lbms_product_ls_btn0_p0548100, &item, 1u, NULL), LBMS_OK);
    lbms_protection_levels(&rig->engine, &rig->params);
}

void rig_condition(struct rig *rig, uint8_t condition, bool raised)
{
    if (raised) {
        rig->in.conditions |= LBMS_MASK(condition);
    } else {
        rig->in.conditions &= ~LBMS_MASK(condition);
    }
}
