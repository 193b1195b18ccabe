#include "gauge_parts.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/bits.h"

#define UV_BITS    (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))
#define OV_BITS    (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
#define NEEDED     (LBMS_VALID_CELLS | LBMS_VALID_CURRENT | LBMS_VALID_TEMP_RANGE)
#define SLOT_MS    100u
#define SLOTS      20u /* of a round */
#define PERCENT    100
#define DMV_PER_MV 10u

/*
 * A round of two seconds. In every second slot, at most, there is a task, and the filter waits for it: the tasks come
 * where they leave it most of the time. The cells are compared twice, one each time.
 */
static const uint8_t plan[SLOTS] = {
    GAUGE_TASK_CHARGE,          GAUGE_TASK_NONE, GAUGE_TASK_SHOW,         GAUGE_TASK_NONE,
    GAUGE_TASK_RESISTANCE,      GAUGE_TASK_NONE, GAUGE_TASK_SPREAD,       GAUGE_TASK_NONE,
    GAUGE_TASK_CAPACITY,        GAUGE_TASK_NONE, GAUGE_TASK_CHARGE_POWER, GAUGE_TASK_NONE,
    GAUGE_TASK_DISCHARGE_POWER, GAUGE_TASK_NONE, GAUGE_TASK_TIME,         GAUGE_TASK_NONE,
    GAUGE_TASK_HEALTH,          GAUGE_TASK_NONE, GAUGE_TASK_SPREAD,       GAUGE_TASK_NONE,
};

/* A larger reading than an offset can be is a current that flows in spite of the switches. */
static bool can_no_current_flow(const struct lbms_gauge_work *w)
{
    const struct lbms_measured *m = &w->s->m;

    return ((m->closed | w->s->want.closed) == 0u) && lbms_gauge_valid(m, LBMS_VALID_CURRENT) &&
           (lbms_abs_i32(m->current_ma) < w->v[LBMS_PARAM_CURRENT_IDLE_MA]);
}

static void estimate(const struct lbms_gauge_work *w, bool busy)
{
    const struct lbms_measured *m = &w->s->m;
    struct lbms_estimator_inputs in;

    in.now_ms = w->in->now_ms;
    in.current_ma = m->current_ma;
    in.mean_dmv = (uint16_t)(m->cell_mean_mv * DMV_PER_MV);
    in.max_mv = gauge_anchor_mv(m);
    in.temp_dc = lbms_gauge_temp_dc(m);
    in.current_valid = lbms_gauge_valid(m, LBMS_VALID_CURRENT);
    in.voltage_valid = lbms_gauge_valid(m, LBMS_VALID_CELLS);
    in.temp_valid = lbms_gauge_valid(m, LBMS_VALID_TEMP_RANGE);
    in.no_current = can_no_current_flow(w);
    in.busy = busy;
    in.own_draw_ma = w->in->asleep ? 0u : (uint16_t)w->v[LBMS_PARAM_OWN_DRAW_MA];
    gauge_filter_step(&w->g->filter, &in);
}

/* Another design capacity makes it a pack of which only the charge is known. */
static void take_design(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const int32_t design_mah = w->v[LBMS_PARAM_DESIGN_CAPACITY_MAH];
    const int32_t charge_mah = lbms_mul_div_i32(g->capacity.capacity_mah, g->estimate.soc_bp, LBMS_FULL_BP);

    lbms_capacity_init(&g->capacity, design_mah, 0, 0, g->capacity.efc_centi);
    lbms_gauge_restart(g, lbms_mul_div_i32(charge_mah, LBMS_FULL_BP, design_mah),
                       LBMS_ESTIMATOR_SD_UNKNOWN_BP);
}

/*
 * What the estimator knew of polarisation and branch of the cells is worth nothing after a long rest that it has missed,
 * and a start says so.
 */
static void take_pause(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const uint32_t pause_s = w->in->uptime_s - g->uptime_s;

    if (g->started && (pause_s >= LBMS_GAUGE_PAUSE_S)) {
        gauge_filter_view(&g->filter, &g->estimate);
        lbms_gauge_restart(g, g->estimate.soc_bp, lbms_gauge_sd_after(g->estimate.sd_bp, pause_s));
    }
    g->uptime_s = w->in->uptime_s;
}

/*
 * An under-voltage that no heavy load and no cold explains means empty. One that comes with an over-voltage, or
 * with cells that are not measured, does not: a loose wire looks like that.
 */
static bool is_explained(const struct lbms_gauge_work *w)
{
    const struct lbms_measured *m = &w->s->m;
    const int32_t most_ma =
        (w->v[LBMS_PARAM_DESIGN_CAPACITY_MAH] / PERCENT) * w->v[LBMS_PARAM_EMPTY_RATE_PCT];

    return !lbms_gauge_valid(m, NEEDED) || ((w->in->protections & OV_BITS) != 0u) ||
           (-m->current_ma >= most_ma) || (m->temp_low_dc <= w->v[LBMS_PARAM_EMPTY_TEMP_DC]);
}

/* Both ends as they are in this step; true when one of them begins or ends. */
static bool watch_ends(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const uint32_t uv = w->in->protections & UV_BITS;
    const bool was_full = g->full;
    const bool was_empty = g->empty;

    if (((uv & ~g->uv_before) != 0u) && !is_explained(w)) {
        g->empty = true;
#ifdef LBMS_LIGHT_ESTIMATOR
        lbms_estimator_light_empty(&g->filter);
#endif
    } else if (uv == 0u) {
        g->empty = false;
    } else {
        /* lasts */
    }
    g->uv_before = uv;
    g->full = w->in->full;
    return (g->full != was_full) || (g->empty != was_empty);
}

/* A task is done in this step; of long steps, in which there are several, nobody expects that they are short. */
static bool is_busy(const struct lbms_gauge *g, uint32_t passed_ms)
{
    return (passed_ms <= SLOT_MS) && ((g->slot_ms + passed_ms) >= SLOT_MS) &&
           (plan[g->slot] != (uint8_t)GAUGE_TASK_NONE);
}

/* The share of the round's work that is due. */
static void work_off(const struct lbms_gauge_work *w, uint32_t passed_ms)
{
    struct lbms_gauge *g = w->g;
    const uint32_t most_ms = SLOTS * SLOT_MS;
    uint32_t due_ms = g->slot_ms + ((passed_ms < most_ms) ? passed_ms : most_ms);

    while (due_ms >= SLOT_MS) {
        due_ms -= SLOT_MS;
        if (plan[g->slot] != (uint8_t)GAUGE_TASK_NONE) {
            lbms_gauge_task(w, plan[g->slot]);
        }
        g->slot++;
        if (g->slot >= SLOTS) {
            g->slot = 0u;
        }
    }
    g->slot_ms = (uint16_t)due_ms;
}

void lbms_gauge_step(struct lbms_gauge *g, struct lbms_snapshot *snapshot, const struct lbms_gauge_inputs *in,
                     const struct lbms_params *params)
{
    const struct lbms_gauge_work w = {g, snapshot, in, params->v};
    const uint32_t passed_ms = g->started ? lbms_elapsed_ms(in->now_ms, g->last_ms) : 0u;
    bool urgent;

    g->keep = false;
    g->retain = false;
    if (g->capacity.design_mah != params->v[LBMS_PARAM_DESIGN_CAPACITY_MAH]) {
        take_design(&w);
    }
    take_pause(&w);
    urgent = watch_ends(&w) || !g->started;
    estimate(&w, urgent || is_busy(g, passed_ms));
    g->last_ms = in->now_ms;
    if (!g->started) {
        g->begun_ms = in->now_ms;
        g->started = true;
        lbms_gauge_task(&w, GAUGE_TASK_CHARGE);
        lbms_gauge_task(&w, GAUGE_TASK_SHOW);
    } else if (urgent) { /* others decide from 0 % and 100 % in the next step */
        lbms_gauge_task(&w, GAUGE_TASK_END);
    } else {
        /* in its turn */
    }
    work_off(&w, passed_ms);
}
