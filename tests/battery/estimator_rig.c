#include "estimator_rig.h"

#include <math.h>
#include <string.h>

#include "cell_double.h"

#define TEMP_C 25.0

void rig_cell(struct estimator_rig *rig, double z)
{
    memset(rig, 0, sizeof(*rig));
    rig->cell = &lbms_cell_lfp100;
    rig->capacity_ah = 100.0;
    rig->z = z;
    rig->ohm_scale = 1.0;
    rig->gain = 1.0;
    rig->seed = 1u;
    rig->in.current_valid = true;
    rig->in.voltage_valid = true;
    rig->in.temp_valid = true;
    rig->in.temp_dc = 250;
}

void rig_start(struct estimator_rig *rig, uint16_t soc_bp, uint16_t sd_bp)
{
    struct lbms_estimator_start start;

    lbms_estimator_start_unknown(&start);
    start.known = sd_bp != 0u;
    start.soc_bp = soc_bp;
    start.sd_bp = sd_bp;
    lbms_estimator_init(&rig->e, &lbms_cell_lfp100, 100000, &start);
    rig->counted = start.known ? soc_bp / 10000.0 : 0.5;
    rig_step(rig, 0.0, 0u);
}

double rig_random(struct estimator_rig *rig)
{
    rig->seed = (rig->seed * 1664525u) + 1013904223u;
    return ((rig->seed >> 8) / 8388608.0) - 1.0;
}

void rig_step(struct estimator_rig *rig, double current_a, unsigned ms)
{
    const double dt = ms / 1000.0;
    const double size = 100.0 / rig->capacity_ah;
    const double f = cell_f(rig->cell, rig->in.temp_dc / 10.0) * size * 1e-6;
    const double moved = current_a * dt / 3600.0 / rig->capacity_ah;
    const double side = (current_a > 0.0) ? 1.0 : (current_a < 0.0) ? -1.0 : rig->h;
    double v;

    rig->z = fmin(fmax(rig->z + moved, 0.0), 1.0);
    rig->v1 += (rig->cell->r1_uohm * f * rig->ohm_scale * current_a - rig->v1) *
               (1.0 - exp(-dt / rig->cell->tau1_s));
    rig->v2 += (rig->cell->r2_uohm * f * current_a - rig->v2) * (1.0 - exp(-dt / rig->cell->tau2_s));
    rig->h += (side - rig->h) * (1.0 - exp(-rig->cell->hysteresis_rate * fabs(moved)));
    v = cell_u_v(rig->cell, rig->z, rig->in.temp_dc / 10.0) + cell_m_v(rig->cell, rig->z) * rig->h + rig->v1 +
        rig->v2 + rig->cell->r0_uohm * f * rig->ohm_scale * current_a + rig->level_v;
    rig->now_ms += ms;
    rig->in.now_ms = (uint32_t)fmod(rig->now_ms, 4294967296.0);
    rig->in.current_ma =
        (int32_t)lround(1000.0 * (current_a * rig->gain + rig->offset_a + rig->noise_a * rig_random(rig)));
    rig->in.mean_dmv = (uint16_t)lround(10000.0 * v);
    rig->in.max_mv = (uint16_t)lround(1000.0 * v);
    rig->counted = fmin(fmax(rig->counted + rig->in.current_ma / 1000.0 * dt / 3600.0 / 100.0, 0.0), 1.0);
    lbms_estimator_step(&rig->e, &rig->in);
}

void rig_run(struct estimator_rig *rig, double current_a, unsigned seconds)
{
    while (seconds-- > 0u) {
        rig_step(rig, current_a, 1000u);
    }
}

struct lbms_estimator_view rig_view(const struct estimator_rig *rig)
{
    struct lbms_estimator_view view;

    lbms_estimator_view(&rig->e, &view);
    return view;
}

double rig_error(const struct estimator_rig *rig)
{
    return (rig_view(rig).soc_bp / 100.0) - (100.0 * rig->z);
}

double rig_house_a(struct estimator_rig *rig, unsigned second)
{
    const double hour = fmod(second / 3600.0, 24.0);
    const double sun =
        fmax(0.0, sin((hour - 7.0) / 11.0 * 3.14159265358979)) * ((hour > 7.0) && (hour < 18.0) ? 30.0 : 0.0);
    const double kettle = ((second / 300u) % 29u == 0u) ? 40.0 : 0.0;
    const double house = 5.0 + 4.0 * sin(second / 700.0) + kettle;
    const double current = sun - house;

    if (((rig->z > 0.97) && (current > 0.0)) || ((rig->z < 0.08) && (current < 0.0))) {
        return 0.0; /* an inverter that keeps off both ends */
    }
    return current;
}
