#include "gauge_rig.h"

#include <math.h>
#include <string.h>

#include "losun_bms/battery/flow.h"
#include "support/measured.h"

#define IDLE_A 0.5

void gauge_rig_board(struct gauge_rig *rig, double z)
{
    memset(rig, 0, sizeof(*rig));
    memset(&rig->g, 0xEE, sizeof(rig->g));
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    rig->params.v[LBMS_PARAM_OWN_DRAW_MA] = 0;
    lbms_restored_defaults(&rig->restored);
    est_rig_cell(&rig->cell, z);
    est_rig_start(&rig->cell, 5000u, 0u);
    rig->s.m = measured_rested();
    rig->s.want.closed = LBMS_SWITCHES_MAIN;
    rig->s.limit.ccl_ma = rig->params.v[LBMS_PARAM_CCL_MA];
    rig->s.limit.dcl_ma = rig->params.v[LBMS_PARAM_DCL_MA];
}

void gauge_rig_store(struct gauge_rig *rig, uint16_t soc_bp)
{
    rig->restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    rig->restored.life.valid = true;
    rig->restored.life.charge_mas = soc_bp * 36000; /* of 100 Ah */
    rig->restored.learned.valid = true;
    rig->restored.learned.shown_bp = soc_bp;
    rig->restored.learned.sd_bp = 100u;
}

void gauge_rig_start(struct gauge_rig *rig)
{
    lbms_gauge_init(&rig->g, &rig->s, &rig->restored, &rig->params, &lbms_product_ls_btn0_p0548100);
    gauge_rig_step(rig, 0.0, 0u);
}

void gauge_rig_restart(struct gauge_rig *rig, uint8_t cause, uint32_t asleep_s)
{
    lbms_gauge_save(&rig->g, &rig->restored);
    rig->restored.boot.reset_cause = cause;
    rig->restored.boot.seconds_asleep = asleep_s;
    memset(&rig->g, 0xEE, sizeof(rig->g));
    gauge_rig_start(rig);
}

void gauge_rig_step(struct gauge_rig *rig, double current_a, unsigned ms)
{
    const struct lbms_estimator_inputs *sensors = &rig->cell.in;

    est_rig_step(&rig->cell, current_a, ms);
    rig->uptime_s += ms / 1000.0;
    measured_cells(&rig->s.m, sensors->max_mv);
    rig->s.m.current_ma = sensors->current_ma;
    rig->in.now_ms = sensors->now_ms;
    rig->in.uptime_s = (uint32_t)floor(rig->uptime_s + 0.0005);
    rig->in.flow = (uint8_t)((fabs(current_a) < IDLE_A) ? LBMS_FLOW_IDLE
                             : (current_a > 0.0)        ? LBMS_FLOW_CHARGE
                                                        : LBMS_FLOW_DISCHARGE);
    rig->s.flow = rig->in.flow;
    lbms_gauge_step(&rig->g, &rig->s, &rig->in, &rig->params);
    rig->retains += rig->g.retain ? 1u : 0u;
    rig->keeps += rig->g.keep ? 1u : 0u;
}

void gauge_rig_run(struct gauge_rig *rig, double current_a, double seconds, unsigned ms)
{
    const double end_s = rig->uptime_s + seconds;

    while (rig->uptime_s < end_s - 0.0005) {
        gauge_rig_step(rig, current_a, ms);
    }
}
