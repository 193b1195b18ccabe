/* What the fuel gauge does in a round of two seconds, in pieces. */
#include "gauge_parts.h"

#include "losun_bms/base/timer.h"

#define MS_PER_S    1000
#define UV_PER_DMV  100
#define DMV_PER_MV  10u
#define NV_PER_UV   1000
#define PERCENT     100
#define PACK_MV_MAX 100000

/* How long the voltage must have been informative before the SOC counts as measured. */
#define INFORMED_S       600u
#define INFORMED_PERCENT 3 /* or so much charge */
#define ANCHORED_S       30u
#define ROUND_MOST_MS    10000u

/* Charge of the round that ends here, and where that has led. */
static void take_charge(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const uint32_t before = (uint32_t)g->estimate.moved_mas;

    gauge_filter_view(&g->filter, &g->estimate);
    g->round_mas = (int32_t)((uint32_t)g->estimate.moved_mas - before);
    g->moved_mas = (int32_t)((uint32_t)g->moved_mas + (uint32_t)g->round_mas);
    g->round_ms = lbms_elapsed_ms(w->in->now_ms, g->begun_ms);
    g->begun_ms = w->in->now_ms;
    lbms_throughput_add(&g->throughput, g->round_mas, lbms_clamp_i32(w->s->m.pack_mv, 0, PACK_MV_MAX),
                        g->capacity.capacity_mah, w->v[LBMS_PARAM_CYCLE_DEPTH_BP]);
    lbms_spread_usable(&g->spread, g->estimate.soc_bp, g->capacity.capacity_mah, &g->usable);
}

static bool is_anchored(const struct lbms_gauge_work *w)
{
    return w->g->estimate.anchored && ((int32_t)w->s->m.cell_mean_mv >= w->v[LBMS_PARAM_FULL_SOC_MEAN_MV]);
}

/* The SOC has moved by so much since *last. */
static bool has_moved(const struct lbms_gauge *g, uint16_t *last, int32_t least_bp)
{
    const int32_t away_bp = (int32_t)g->estimate.soc_bp - (int32_t)*last;
    const bool moved = lbms_abs_i32(away_bp) >= least_bp;

    if (moved) {
        *last = g->estimate.soc_bp;
    }
    return moved;
}

/* moved and elapsed: what the display has not seen yet. */
static void show(const struct lbms_gauge_work *w, int32_t moved_mas, uint32_t elapsed_ms)
{
    struct lbms_gauge *g = w->g;
    struct lbms_soc_display_inputs in;
    const bool was_full = g->display.full;

    in.elapsed_ms = elapsed_ms;
    in.soc_bp = g->usable.soc_bp;
    in.moved_mas = moved_mas;
    in.capacity_mas = lbms_max_i32(g->usable.capacity_mah, 1) * LBMS_MAS_PER_MAH;
    in.flow = w->in->flow;
    in.full = g->full || is_anchored(w);
    in.empty = g->empty;
    lbms_soc_display_step(&g->display, &in, w->v[LBMS_PARAM_SOC_DISPLAY_RATE_BP]);
    if (g->display.full && !was_full) {
        lbms_throughput_full(&g->throughput, g->capacity.capacity_mah);
    }
    g->retain = has_moved(g, &g->retained_bp, LBMS_GAUGE_RETAIN_BP) || g->retain;
    g->keep = has_moved(g, &g->kept_bp, LBMS_GAUGE_KEEP_BP) || g->keep;
    lbms_gauge_tell_soc(g, &w->s->soc);
}

/* A resistor-capacitor pair for some seconds of a current. */
static int32_t settle_uv(int32_t v_uv, int32_t r_uohm, int32_t tau_s, int32_t current_ma, int32_t passed_s)
{
    const int32_t end_uv = lbms_mul_div_i32(r_uohm, current_ma, NV_PER_UV);

    return v_uv + lbms_mul_div_i32(end_uv - v_uv, lbms_cell_share(passed_s, tau_s), LBMS_CELL_SHARE_ONE);
}

/* Seldom changes, and is much work. */
static void find_resistance_now(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const int16_t temp_dc = lbms_gauge_temp_dc(&w->s->m);

    if (lbms_gauge_valid(&w->s->m, LBMS_VALID_TEMP_RANGE) &&
        ((temp_dc != g->r_temp_dc) || (g->estimate.kr_permille != g->r_kr_permille))) {
        g->r_temp_dc = temp_dc;
        g->r_kr_permille = g->estimate.kr_permille;
        lbms_cell_resistance(g->cell, g->capacity.design_mah, temp_dc, g->r_kr_permille, &g->r);
    }
}

static void find_resistance(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const int32_t ms =
        (int32_t)((g->round_ms < LBMS_ESTIMATOR_STEP_MAX_MS) ? g->round_ms : LBMS_ESTIMATOR_STEP_MAX_MS);
    const int32_t passed_s = (ms + (MS_PER_S / 2)) / MS_PER_S;
    const int32_t mean_ma = (ms > 0) ? lbms_mul_div_i32(g->round_mas, MS_PER_S, ms) : 0;

    find_resistance_now(w);
    g->v1_uv = settle_uv(g->v1_uv, g->r.r1_uohm, g->cell->tau1_s, mean_ma, passed_s);
    g->v2_uv = settle_uv(g->v2_uv, g->r.r2_uohm, g->cell->tau2_s, mean_ma, passed_s);
}

static void compare_cells(const struct lbms_gauge_work *w)
{
    const struct lbms_measured *m = &w->s->m;
    struct lbms_spread_inputs in;

    if (!lbms_gauge_valid(m, LBMS_VALID_CELLS | LBMS_VALID_CURRENT | LBMS_VALID_TEMP_RANGE)) {
        return;
    }
    in.cell_mv = m->cell_mv;
    in.cells_valid = m->cells_valid;
    in.mean_dmv = (uint16_t)(m->cell_mean_mv * DMV_PER_MV);
    in.soc_bp = w->g->estimate.soc_bp;
    in.temp_dc = lbms_gauge_temp_dc(m);
    in.current_ma = m->current_ma;
    in.capacity_mah = w->g->capacity.capacity_mah;
    lbms_spread_step(&w->g->spread, w->g->cell, &in);
}

/*
 * A SOC that was only counted into the steep part of the curve is as right or wrong as the capacity that it was
 * counted with. Only when the voltage has had its say there, it tells something about that capacity.
 */
static bool is_informed(struct lbms_gauge *g)
{
    const int32_t slope_dmv = lbms_cell_slope_dmv(g->cell, lbms_cell_position(g->estimate.soc_bp));
    const int32_t moved_mas = (int32_t)((uint32_t)g->moved_mas - (uint32_t)g->informed_mas);
    const int32_t least_mas = g->capacity.capacity_mah * (LBMS_MAS_PER_MAH / PERCENT) * INFORMED_PERCENT;

    if (!g->estimate.anchored && (slope_dmv < LBMS_SPREAD_SLOPE_DMV)) {
        g->informed_s = 0u;
        g->informed_mas = g->moved_mas;
        return false;
    }
    if (g->informed_s < INFORMED_S) {
        g->informed_s = (uint16_t)(g->informed_s +
                                   ((g->round_ms < ROUND_MOST_MS) ? g->round_ms : ROUND_MOST_MS) / MS_PER_S);
    }
    return (g->informed_s >= INFORMED_S) || (g->estimate.anchored && (g->informed_s >= ANCHORED_S)) ||
           (lbms_abs_i32(moved_mas) >= least_mas);
}

static void learn_capacity(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    struct lbms_capacity_inputs in;

    in.now_s = w->in->uptime_s;
    in.soc_bp = g->estimate.soc_bp;
    in.sd_bp = g->estimate.sd_bp;
    in.informed = is_informed(g);
    in.moved_mas = g->moved_mas;
    in.offset_sd_ma = g->estimate.offset_sd_ma;
    in.efc_centi = w->s->health.equivalent_cycles;
    if (lbms_capacity_step(&g->capacity, &in) ||
        lbms_capacity_follow(&g->capacity, g->estimate.capacity_permille)) {
        g->learned = true;
        g->keep = true;
    }
}

/* In the same round, since what the voltages speak for is told relative to the capacity in use. */
static void use_capacity(struct lbms_gauge *g)
{
    if (g->learned) {
        gauge_filter_set_capacity(&g->filter, g->capacity.capacity_mah);
        g->learned = false;
    }
}

static int32_t end_high_mv(const struct lbms_gauge_work *w)
{
    return w->v[LBMS_PARAM_CVL_MV] / (int32_t)LBMS_CELLS;
}

/* What the inverter is told bounds every horizon: it contains derating and everything that forbids a current. */
static void limit_power(const struct lbms_gauge_work *w, bool charge)
{
    const struct lbms_gauge *g = w->g;
    const struct lbms_measured *m = &w->s->m;
    struct lbms_power_limit_inputs in;

    in.elapsed_ms = g->round_ms;
    in.valid = lbms_gauge_valid(m, LBMS_VALID_CELLS | LBMS_VALID_CURRENT | LBMS_VALID_TEMP_RANGE);
    in.cell_min_mv = m->cell_min_mv;
    in.cell_max_mv = m->cell_max_mv;
    in.current_ma = m->current_ma;
    in.v1_dmv = g->v1_uv / UV_PER_DMV;
    in.v2_dmv = g->v2_uv / UV_PER_DMV;
    in.r = g->r;
    in.soc_low_bp = g->usable.soc_low_bp;
    in.soc_high_bp = g->usable.soc_high_bp;
    in.sd_bp = g->estimate.sd_bp;
    in.capacity_mah = g->capacity.capacity_mah;
    in.end_low_mv = w->v[LBMS_PARAM_CELL_UV_ALARM_MV];
    in.end_high_mv = end_high_mv(w);
    in.charge_most_ma = w->s->limit.ccl_ma;
    in.discharge_most_ma = w->s->limit.dcl_ma;
    in.range_ma = w->v[charge ? LBMS_PARAM_CCL_MA : LBMS_PARAM_DCL_MA];
    if (charge) {
        lbms_power_limit_charge(&w->s->power, &g->shares, &in);
    } else {
        lbms_power_limit_discharge(&w->s->power, &g->shares, &in);
    }
}

static void find_time_left(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;
    const struct lbms_measured *m = &w->s->m;
    struct lbms_remaining_time_inputs in;

    in.elapsed_ms = g->round_ms;
    in.flow =
        lbms_gauge_valid(m, LBMS_VALID_PACK | LBMS_VALID_CURRENT) ? w->in->flow : (uint8_t)LBMS_FLOW_IDLE;
    in.window = (uint8_t)w->v[LBMS_PARAM_REMAINING_WINDOW];
    in.full = g->display.full;
    in.pack_mv = m->pack_mv;
    in.current_ma = m->current_ma;
    in.cell_max_mv = m->cell_max_mv;
    in.temp_dc = lbms_gauge_temp_dc(m);
    in.soc_low_bp = g->usable.soc_low_bp;
    in.soc_high_bp = g->usable.soc_high_bp;
    in.capacity_mah = g->capacity.capacity_mah;
    in.r = g->r;
    in.end_low_mv = w->v[LBMS_PARAM_CELL_UV_ALARM_MV];
    in.end_high_mv = end_high_mv(w);
    lbms_remaining_time_step(&g->remaining, g->cell, &in);
    w->s->soc.left_s = g->remaining.left_s;
}

static void tell_health(const struct lbms_gauge_work *w)
{
    struct lbms_gauge *g = w->g;

    if (w->s->health.equivalent_cycles < LBMS_GAUGE_NEW_CENTI) {
        g->kr_new_permille = g->estimate.kr_permille;
    }
    lbms_gauge_tell_health(g, &w->s->health);
}

void lbms_gauge_task(const struct lbms_gauge_work *w, uint8_t task)
{
    switch (task) {
    case GAUGE_TASK_CHARGE:
        take_charge(w);
        break;
    case GAUGE_TASK_SHOW:
        show(w, w->g->round_mas, w->g->round_ms);
        break;
    case GAUGE_TASK_END:
        show(w, 0, 0u);
        break;
    case GAUGE_TASK_RESISTANCE:
        find_resistance(w);
        break;
    case GAUGE_TASK_SPREAD:
        compare_cells(w);
        break;
    case GAUGE_TASK_CAPACITY:
        learn_capacity(w);
        break;
    case GAUGE_TASK_CHARGE_POWER:
    case GAUGE_TASK_DISCHARGE_POWER:
        limit_power(w, task == (uint8_t)GAUGE_TASK_CHARGE_POWER);
        break;
    case GAUGE_TASK_TIME:
        find_time_left(w);
        break;
    case GAUGE_TASK_HEALTH:
        use_capacity(w->g);
        tell_health(w);
        break;
    default: /* none */
        break;
    }
}
