/*
 * The estimators of the library. A small cell becomes a larger one at the same C-rate, because the library counts in
 * whole mA.
 */
#include <math.h>
#include <string.h>

#include "losun_bms/battery/capacity.h"
#include "losun_bms/battery/estimator.h"
#include "losun_bms/battery/estimator_light.h"
#include "losun_bms/battery/spread.h"
#include "soc_eval/method.h"

#define SIZE_AH         100.0
#define LIGHT_SIZE_AH   25.0 /* drive records reach 5 C, and the counter ends at 200 A */
#define BP              10000.0
#define DMV_PER_V       10000.0
#define MA_PER_A        1000.0
#define MAS_PER_AH      3.6e6
#define INFORMED_S      600.0
#define INFORMED_PART   0.03
#define ANCHORED_S      30.0
#define CYCLE_CENTI     100.0
#define BOTH_DIRECTIONS 2.0

/* What both estimators need besides themselves. */
struct own {
    double scale; /* current of the estimator for that of the cell */
};

/* The filter and the capacity that is learnt from its result. */
struct full {
    struct own own;
    struct lbms_estimator filter;
    struct lbms_capacity capacity;
    double time_s;
    double informed_s;     /* the voltage has been informative for so long ... */
    int32_t informed_mas;  /* ... and began to be at this count of charge */
    double throughput_mas; /* both directions */
    int32_t moved_mas;
};

struct light {
    struct own own;
    struct lbms_estimator_light counter;
};

static uint16_t to_u16(double x)
{
    return (uint16_t)fmin(fmax(round(x), 0.0), (double)UINT16_MAX);
}

static int32_t capacity_mah(const struct own *o, const struct soc_setup *setup)
{
    return (int32_t)lround(setup->capacity_ah * o->scale * MA_PER_A);
}

/* The common part of both starts; the cell becomes one of size_ah. */
static void set_start(struct own *o, const struct soc_setup *setup, double size_ah,
                      struct lbms_estimator_start *start)
{
    o->scale = size_ah / setup->cell->capacity_ah;
    lbms_estimator_start_unknown(start);
    start->known = true;
    start->soc_bp = to_u16(setup->soc * BP);
    start->sd_bp = to_u16(setup->sd * BP);
    if (setup->zero_known) {
        start->zero_known = true;
        start->offset_ma = (int32_t)lround(setup->zero_a * o->scale * MA_PER_A);
        start->offset_sd_ma = to_u16(setup->zero_sd_a * o->scale * MA_PER_A);
    }
}

static void set_inputs(const struct own *o, const struct soc_tick *tick, struct lbms_estimator_inputs *in)
{
    memset(in, 0, sizeof(*in));
    in->now_ms = tick->now_ms;
    in->current_ma = (int32_t)lround(tick->current_a * o->scale * MA_PER_A);
    in->mean_dmv = to_u16(tick->mean_v * DMV_PER_V);
    in->max_mv = to_u16(tick->max_v * 1000.0);
    in->temp_dc = (int16_t)lround(tick->temp_c * 10.0);
    in->current_valid = true;
    in->voltage_valid = true;
    in->temp_valid = true;
    in->no_current = tick->no_current;
}

static void set_reading(const struct own *o, const struct lbms_estimator_view *view,
                        struct soc_reading *reading)
{
    reading->soc = (double)view->soc_bp / BP;
    reading->sd = (double)view->sd_bp / BP;
    reading->offset_a = (double)view->offset_ma / MA_PER_A / o->scale;
    reading->capacity_ah = NAN;
}

/* ---- the filter */

static void full_init(void *state, const struct soc_setup *setup)
{
    struct full *f = state;
    struct lbms_estimator_start start;

    memset(f, 0, sizeof(*f));
    set_start(&f->own, setup, SIZE_AH, &start);
    lbms_estimator_init(&f->filter, &setup->cell->model, capacity_mah(&f->own, setup), &start);
    lbms_capacity_init(&f->capacity, capacity_mah(&f->own, setup), 0, 0, 0u);
}

static int32_t since_mas(int32_t now_mas, int32_t then_mas)
{
    return (int32_t)((uint32_t)now_mas - (uint32_t)then_mas); /* the count wraps */
}

/*
 * The capacity may be learnt only from a state of charge that the voltage has had its say on: 10 minutes or 3 % of
 * charge where the curve is steep, or a full anchor.
 */
static bool is_informed(struct full *f, const struct lbms_estimator_view *view, double dt_s)
{
    const int32_t slope_dmv = lbms_cell_slope_dmv(f->filter.cell, lbms_cell_position(view->soc_bp));
    const double full_mas = (double)f->capacity.capacity_mah / MA_PER_A * MAS_PER_AH;

    if (!view->anchored && (slope_dmv < LBMS_SPREAD_SLOPE_DMV)) {
        f->informed_s = 0.0;
        f->informed_mas = view->moved_mas;
        return false;
    }
    f->informed_s += dt_s;
    return (f->informed_s >= INFORMED_S) || (view->anchored && (f->informed_s >= ANCHORED_S)) ||
           (fabs((double)since_mas(view->moved_mas, f->informed_mas)) >= INFORMED_PART * full_mas);
}

static void learn_capacity(struct full *f, const struct soc_tick *tick)
{
    struct lbms_estimator_view view;
    struct lbms_capacity_inputs in;

    lbms_estimator_view(&f->filter, &view);
    f->time_s += tick->dt_s;
    f->throughput_mas += fabs((double)since_mas(view.moved_mas, f->moved_mas));
    f->moved_mas = view.moved_mas;
    in.now_s = (uint32_t)f->time_s;
    in.soc_bp = view.soc_bp;
    in.sd_bp = view.sd_bp;
    in.informed = is_informed(f, &view, tick->dt_s);
    in.moved_mas = view.moved_mas;
    in.offset_sd_ma = view.offset_sd_ma;
    in.efc_centi = (uint32_t)(CYCLE_CENTI * f->throughput_mas /
                              (BOTH_DIRECTIONS * (double)f->capacity.capacity_mah / MA_PER_A * MAS_PER_AH));
    if (lbms_capacity_step(&f->capacity, &in) || lbms_capacity_follow(&f->capacity, view.capacity_permille)) {
        lbms_estimator_set_capacity(&f->filter, f->capacity.capacity_mah);
    }
}

static void full_step(void *state, const struct soc_tick *tick)
{
    struct full *f = state;
    struct lbms_estimator_inputs in;

    set_inputs(&f->own, tick, &in);
    lbms_estimator_step(&f->filter, &in);
    learn_capacity(f, tick);
}

static void full_read(const void *state, struct soc_reading *reading)
{
    const struct full *f = state;
    struct lbms_estimator_view view;

    lbms_estimator_view(&f->filter, &view);
    set_reading(&f->own, &view, reading);
    reading->capacity_ah = (double)f->capacity.capacity_mah / MA_PER_A / f->own.scale;
}

/* ---- the counter for the smallest targets */

static void light_init(void *state, const struct soc_setup *setup)
{
    struct light *l = state;
    struct lbms_estimator_start start;

    set_start(&l->own, setup, (setup->cell->capacity_ah < SIZE_AH) ? LIGHT_SIZE_AH : SIZE_AH, &start);
    lbms_estimator_light_init(&l->counter, &setup->cell->model, capacity_mah(&l->own, setup), &start);
}

static void light_step(void *state, const struct soc_tick *tick)
{
    struct light *l = state;
    struct lbms_estimator_inputs in;

    set_inputs(&l->own, tick, &in);
    lbms_estimator_light_step(&l->counter, &in);
}

static void light_read(const void *state, struct soc_reading *reading)
{
    const struct light *l = state;
    struct lbms_estimator_view view;

    lbms_estimator_light_view(&l->counter, &view);
    set_reading(&l->own, &view, reading);
}

const struct soc_method soc_method_estimator = {
    "estimator", "estimator", true, sizeof(struct full), full_init, full_step, full_read,
};
const struct soc_method soc_method_light = {
    "light", "light estimator", true, sizeof(struct light), light_init, light_step, light_read,
};
