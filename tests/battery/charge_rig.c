#include "charge_rig.h"

#include <check.h>
#include <string.h>

static void prepare(struct rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig));
    memset(&rig->in, 0, sizeof(rig->in));
    rig->m = measured_rested();
    rig->m.temp_low_dc = RESTED_TEMP_DC;
    rig->m.temp_high_dc = RESTED_TEMP_DC;
    rig->in.m = &rig->m;
    rig->in.soc_bp = 5000u;
    rig->time_ms = 5000u;
    rig->offset_ms = 0u;
    rig->period_ms = 100u;
    rig->entered = 0u;
    rig->soc_full = 0u;
    rig->clear_ov = 0u;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
}

void chg_start(struct rig *rig)
{
    struct lbms_memory memory;

    memset(&memory, 0xEE, sizeof(memory)); /* what is not valid must not be read */
    memory.valid = false;
    prepare(rig);
    lbms_charge_init(&rig->charge, &memory);
}

void chg_restart(struct rig *rig, const struct lbms_memory *memory)
{
    prepare(rig);
    lbms_charge_init(&rig->charge, memory);
}

void chg_step(struct rig *rig, uint32_t later_ms)
{
    rig->time_ms += later_ms;
    rig->in.now_ms = (uint32_t)rig->time_ms + rig->offset_ms;
    rig->in.uptime_s = (uint32_t)(rig->time_ms / 1000u);
    lbms_charge_step(&rig->charge, &rig->in, &rig->params, &lbms_product_ls_btn0_p0548100);
    rig->entered += rig->charge.entered_full ? 1u : 0u;
    rig->soc_full += rig->charge.soc_full ? 1u : 0u;
    rig->clear_ov += rig->charge.clear_ov ? 1u : 0u;
    if (rig->charge.soc_full) {
        rig->in.soc_bp = 10000u;
    }
}

void chg_run(struct rig *rig, uint32_t ms)
{
    const uint64_t end_ms = rig->time_ms + ms;

    while (rig->time_ms < end_ms) {
        const uint64_t left_ms = end_ms - rig->time_ms;

        chg_step(rig, (left_ms < rig->period_ms) ? (uint32_t)left_ms : rig->period_ms);
    }
}

void chg_run_s(struct rig *rig, uint32_t s)
{
    uint32_t i;

    for (i = 0u; i < s; i++) {
        chg_run(rig, 1000u);
    }
}

bool chg_state(const struct rig *rig, uint16_t state)
{
    return (rig->charge.state & state) == state;
}

bool chg_condition(const struct rig *rig, uint8_t condition)
{
    return (rig->charge.conditions & LBMS_MASK(condition)) != 0u;
}

void chg_charge(struct rig *rig, int32_t current_ma)
{
    rig->m.current_ma = current_ma;
    rig->in.charger_present = true;
}

void chg_full(struct rig *rig)
{
    chg_start(rig);
    measured_cells(&rig->m, 3510u);
    chg_charge(rig, 1500);
    chg_step(rig, 100u);
    chg_run(rig, 10000u);
    ck_assert(chg_state(rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig->in.soc_bp, 10000u);
    measured_cells(&rig->m, 3400u);
    rig->m.current_ma = 0;
    rig->in.charger_present = false;
}
