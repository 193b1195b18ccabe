#include "losun_bms/battery/estimator_light.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/units.h"

#define CURRENT_MAX_MA 200000 /* times 10 s it stays inside 32 bit */
#define OFFSET_MAX_MA  20000
#define CAPACITY_MIN   1000
#define CAPACITY_MAX   500000
#define ZERO_MS        60000u
#define FULL_MV        3450
#define FULL_MS        120000u
#define ANCHOR_SD_PART 100  /* 1 % */
#define LOOK_SD_PART   33   /* 3 % after a look-up */
#define GAIN_PART      100  /* of moved charge */
#define OFFSET_PART    1000 /* of the capacity as a current */
#define ZERO_PART      5000 /* likewise after the zero was measured */
#define PLATEAU_BP     400

static int32_t hour_ma(const struct lbms_estimator_light *e)
{
    return e->full_mas / LBMS_MAS_PER_MAH;
}

void lbms_estimator_light_init(struct lbms_estimator_light *e, const struct lbms_cell_model *cell,
                               int32_t capacity_mah, const struct lbms_estimator_start *start)
{
    const int32_t soc_bp = start->known ? lbms_min_i32(start->soc_bp, LBMS_FULL_BP) : LBMS_FULL_BP / 2;
    const int32_t sd_bp = (start->sd_bp != 0u) ? start->sd_bp : LBMS_ESTIMATOR_SD_UNKNOWN_BP;

    memset(e, 0, sizeof(*e));
    e->cell = cell;
    e->full_mas = lbms_clamp_i32(capacity_mah, CAPACITY_MIN, CAPACITY_MAX) * LBMS_MAS_PER_MAH;
    e->charge_mas = lbms_mul_div_i32(e->full_mas, soc_bp, LBMS_FULL_BP);
    e->unsure_mas = lbms_mul_div_i32(e->full_mas, sd_bp, LBMS_FULL_BP);
    e->offset_ma = lbms_clamp_i32(start->offset_ma, -OFFSET_MAX_MA, OFFSET_MAX_MA);
    e->zero_known = start->zero_known;
    e->temp_dc = 250;
}

/* Reading while no current can flow: after a minute its mean is the offset. */
static void watch_zero(struct lbms_estimator_light *e, const struct lbms_estimator_inputs *in, uint32_t ms)
{
    const int32_t reading_ma = lbms_clamp_i32(in->current_ma, -OFFSET_MAX_MA, OFFSET_MAX_MA);

    if (!in->no_current || !in->current_valid) {
        e->zero_sum = 0;
        e->zero_run_ms = 0u;
        return;
    }
    if (e->zero_run_ms >= ZERO_MS) {
        return;
    }
    e->zero_sum += reading_ma * (int32_t)ms;
    e->zero_run_ms += ms;
    if (e->zero_run_ms >= ZERO_MS) {
        e->offset_ma = e->zero_sum / (int32_t)e->zero_run_ms;
        e->zero_known = true;
    }
}

static void count(struct lbms_estimator_light *e, int32_t current_ma, uint32_t ms)
{
    const int32_t mams = (current_ma * (int32_t)ms) + e->rest_mams;
    const int32_t moved_mas = mams / 1000;
    const int32_t drift_ma = hour_ma(e) / (e->zero_known ? ZERO_PART : OFFSET_PART);
    const int32_t unsure = (drift_ma + (lbms_abs_i32(current_ma) / GAIN_PART)) * (int32_t)ms + e->unsure_mams;

    e->rest_mams = (int16_t)(mams % 1000);
    e->moved_mas = (int32_t)((uint32_t)e->moved_mas + (uint32_t)moved_mas);
    e->charge_mas = lbms_clamp_i32(lbms_sat_add_i32(e->charge_mas, moved_mas), 0, e->full_mas);
    e->unsure_mas = lbms_min_i32(e->unsure_mas + (unsure / 1000), e->full_mas / 2);
    e->unsure_mams = unsure % 1000;
}

static void watch_full(struct lbms_estimator_light *e, const struct lbms_estimator_inputs *in,
                       int32_t current_ma, uint32_t ms)
{
    const bool full = in->voltage_valid && in->current_valid && in->max_mv >= FULL_MV &&
                      current_ma < hour_ma(e) / 20 && current_ma > -hour_ma(e) / 200;

    e->full_ms = full ? e->full_ms + ms : 0u;
    if (e->full_ms >= FULL_MS) {
        e->full_ms = FULL_MS;
        e->charge_mas = e->full_mas;
        e->unsure_mas = e->full_mas / ANCHOR_SD_PART;
    }
}

/* After an hour of rest: where the curve is steep, the place of this voltage. Elsewhere the voltage says nothing. */
static void look_up(struct lbms_estimator_light *e, int32_t rest_dmv)
{
    int32_t position = 0;

    while (position < LBMS_CELL_FULL && lbms_cell_rest_dmv(e->cell, position, e->temp_dc) < rest_dmv) {
        position += LBMS_CELL_STEP;
    }
    if (lbms_cell_slope_dmv(e->cell, position) < LBMS_ESTIMATOR_LIGHT_SLOPE_DMV ||
        e->unsure_mas <= e->full_mas / LOOK_SD_PART) {
        return;
    }
    e->charge_mas = lbms_mul_div_i32(e->full_mas, position, LBMS_CELL_FULL);
    e->unsure_mas = e->full_mas / LOOK_SD_PART;
}

static void watch_rest(struct lbms_estimator_light *e, const struct lbms_estimator_inputs *in,
                       int32_t current_ma, uint32_t ms)
{
    const bool rest = in->voltage_valid && in->current_valid && lbms_abs_i32(current_ma) < hour_ma(e) / 50;

    e->rest_ms = rest ? e->rest_ms + ms : 0u;
    if (e->rest_ms >= LBMS_ESTIMATOR_LIGHT_REST_MS) {
        e->rest_ms = 0u;
        look_up(e, in->mean_dmv);
    }
}

void lbms_estimator_light_step(struct lbms_estimator_light *e, const struct lbms_estimator_inputs *in)
{
    const uint32_t elapsed_ms = e->started ? lbms_elapsed_ms(in->now_ms, e->last_ms) : 0u;
    const uint32_t ms = (elapsed_ms < LBMS_ESTIMATOR_STEP_MAX_MS) ? elapsed_ms : LBMS_ESTIMATOR_STEP_MAX_MS;
    int32_t current_ma = 0;

    e->started = true;
    e->last_ms = in->now_ms;
    if (in->temp_valid) {
        e->temp_dc = in->temp_dc;
    }
    watch_zero(e, in, ms);
    if (in->current_valid && !in->no_current) {
        current_ma = lbms_clamp_i32(in->current_ma, -CURRENT_MAX_MA, CURRENT_MAX_MA) - e->offset_ma;
    }
    count(e, lbms_clamp_i32(current_ma - in->own_draw_ma, -CURRENT_MAX_MA, CURRENT_MAX_MA), ms);
    watch_full(e, in, current_ma, ms);
    watch_rest(e, in, current_ma, ms);
}

void lbms_estimator_light_view(const struct lbms_estimator_light *e, struct lbms_estimator_view *view)
{
    memset(view, 0, sizeof(*view));
    view->soc_bp = (uint16_t)lbms_mul_div_i32(e->charge_mas, LBMS_FULL_BP, e->full_mas);
    view->sd_bp = (uint16_t)lbms_mul_div_i32(e->unsure_mas, LBMS_FULL_BP, e->full_mas);
    view->offset_ma = e->offset_ma;
    view->offset_sd_ma =
        (uint16_t)lbms_min_i32(hour_ma(e) / (e->zero_known ? ZERO_PART : OFFSET_PART), UINT16_MAX);
    view->kr_permille = 1000u;
    view->plateau = view->sd_bp > PLATEAU_BP;
    view->anchored = e->full_ms >= FULL_MS;
    view->moved_mas = e->moved_mas;
}

void lbms_estimator_light_set_capacity(struct lbms_estimator_light *e, int32_t capacity_mah)
{
    const int32_t before_mas = e->full_mas;

    e->full_mas = lbms_clamp_i32(capacity_mah, CAPACITY_MIN, CAPACITY_MAX) * LBMS_MAS_PER_MAH;
    e->charge_mas = lbms_mul_div_i32(e->full_mas, e->charge_mas, before_mas);
    e->unsure_mas = lbms_mul_div_i32(e->full_mas, e->unsure_mas, before_mas);
}

void lbms_estimator_light_empty(struct lbms_estimator_light *e)
{
    e->charge_mas = 0;
    e->unsure_mas = e->full_mas / ANCHOR_SD_PART;
}
