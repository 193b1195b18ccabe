#include "limits_rig.h"

#include <string.h>

void limits_start(struct limits_rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig));
    rig->m = measured_rested();
    limits_temperature(rig, RESTED_TEMP_DC);
    memset(&rig->in, 0, sizeof(rig->in));
    rig->in.now_ms = 10000u;
    rig->in.m = &rig->m;
    rig->in.soc_bp = 5000u;
    rig->in.permitted = true;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_limits_init(&rig->limits);
}

void limits_ready(struct limits_rig *rig)
{
    limits_start(rig);
    limits_step(rig, 0u);
    limits_settle(rig);
}

void limits_step(struct limits_rig *rig, uint32_t later_ms)
{
    rig->in.now_ms += later_ms;
    lbms_limits_step(&rig->limits, &rig->in, &rig->params, &lbms_product_ls_btn0_p0548100);
}

void limits_settle(struct limits_rig *rig)
{
    limits_step(rig, 40000u);
}

void limits_run(struct limits_rig *rig, uint32_t ms, uint32_t period_ms)
{
    while (ms > period_ms) {
        limits_step(rig, period_ms);
        ms -= period_ms;
    }
    limits_step(rig, ms);
}

void limits_lose(struct limits_rig *rig, uint16_t valid_bits)
{
    rig->m.valid &= (uint16_t)~valid_bits;
}

void limits_temperature(struct limits_rig *rig, int16_t dc)
{
    rig->m.temp_min_dc = dc;
    rig->m.temp_max_dc = dc;
    rig->m.temp_low_dc = dc;
    rig->m.temp_high_dc = dc;
}
