/*
 * The estimators of the library. Cells of another size become one of 100 Ah at the same C-rate, because the library
 * counts in whole mA.
 */
#include <math.h>
#include <string.h>

#include "losun_bms/battery/estimator.h"
#include "soc_eval/method.h"

#define BP       10000.0
#define DMV      10000.0 /* in a volt */
#define NO_VALUE NAN

struct own {
    struct lbms_estimator filter;
    double scale; /* current of the filter for that of the cell */
};

static uint16_t to_u16(double x)
{
    return (uint16_t)fmin(fmax(round(x), 0.0), (double)UINT16_MAX);
}

static void set_start(struct lbms_estimator_start *start, const struct soc_setup *setup, double scale)
{
    lbms_estimator_start_unknown(start);
    start->known = true;
    start->soc_bp = to_u16(setup->soc * BP);
    start->sd_bp = to_u16(setup->sd * BP);
    if (setup->zero_known) {
        start->zero_known = true;
        start->offset_ma = (int32_t)lround(setup->zero_a * scale * 1000.0);
        start->offset_sd_ma = to_u16(setup->zero_sd_a * scale * 1000.0);
    }
}

static void set_inputs(struct lbms_estimator_inputs *in, const struct soc_tick *tick, double scale)
{
    memset(in, 0, sizeof(*in));
    in->now_ms = tick->now_ms;
    in->current_ma = (int32_t)lround(tick->current_a * scale * 1000.0);
    in->mean_dmv = to_u16(tick->mean_v * DMV);
    in->max_mv = to_u16(tick->max_v * 1000.0);
    in->temp_dc = (int16_t)lround(tick->temp_c * 10.0);
    in->current_valid = true;
    in->voltage_valid = true;
    in->temp_valid = true;
    in->no_current = tick->no_current;
}

static void own_init(void *state, const struct soc_setup *setup)
{
    struct own *o = state;
    struct lbms_estimator_start start;

    o->scale = (double)LBMS_CELL_REFERENCE_MAH / 1000.0 / setup->cell->capacity_ah;
    set_start(&start, setup, o->scale);
    lbms_estimator_init(&o->filter, &setup->cell->model,
                        (int32_t)lround(setup->capacity_ah * o->scale * 1000.0), &start);
}

static void own_step(void *state, const struct soc_tick *tick)
{
    struct own *o = state;
    struct lbms_estimator_inputs in;

    set_inputs(&in, tick, o->scale);
    lbms_estimator_step(&o->filter, &in);
}

static void own_read(const void *state, struct soc_reading *reading)
{
    const struct own *o = state;
    struct lbms_estimator_view view;

    lbms_estimator_view(&o->filter, &view);
    reading->soc = (double)view.soc_bp / BP;
    reading->sd = (double)view.sd_bp / BP;
    reading->offset_a = (double)view.offset_ma / 1000.0 / o->scale;
    reading->capacity_ah = NO_VALUE;
}

const struct soc_method soc_method_estimator = {
    "estimator", "estimator", true, sizeof(struct own), own_init, own_step, own_read,
};
