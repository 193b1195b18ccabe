#include "losun_bms/battery/remaining_time.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/snapshot.h"
#include "losun_bms/model/units.h"

#define LOOKS_A_CALL     4u
#define LOOKS_TO_BEGIN   2u /* as much work */
#define STRIDE           LBMS_CELL_STEP
#define FINEST           (LBMS_CELL_STEP / 16)
#define DMV_PER_MV       10
#define NV_PER_DMV       100000  /* microohm x mA is nV */
#define DMV_PERCENT_UNIT 1000000 /* 0.1 mV x 1 % of a mAh is 1e-6 mWh */
#define DROP_MOST_DMV    20000
#define PART             16   /* of a mW */
#define UW_PER_MW        1000 /* mV x mA is uW */
#define MS_PER_S         1000
#define S_PER_H          3600
#define ELAPSED_MAX_MS   10000u
#define TAIL_DROP_MV     50 /* below the end voltage: the charger has gone */
#define TAIL_LEAST_S     60
#define TAIL_MOST_S      7200
#define TAIL_NEW_PART    4 /* a measured tail counts 1/4 */

static const int32_t window_ms[LBMS_WINDOWS] = {60000, 300000, 900000};

void lbms_remaining_time_init(struct lbms_remaining_time *t, uint16_t tail_s)
{
    memset(t, 0, sizeof(*t));
    t->left_s = LBMS_TIME_UNKNOWN_S;
    t->tail_s =
        (uint16_t)((tail_s == 0u) ? LBMS_TIME_TAIL_S : lbms_clamp_i32(tail_s, TAIL_LEAST_S, TAIL_MOST_S));
}

static void average(struct lbms_remaining_time *t, const struct lbms_remaining_time_inputs *in,
                    int32_t elapsed_ms)
{
    const int32_t power_16th = lbms_abs_i32(lbms_mul_div_i32(in->pack_mv * PART, in->current_ma, UW_PER_MW));
    unsigned i;

    t->averaged_ms =
        (uint32_t)lbms_min_i32((int32_t)t->averaged_ms + elapsed_ms, window_ms[LBMS_WINDOW_15MIN]);
    for (i = 0u; i < LBMS_WINDOWS; i++) {
        const int32_t over_ms = lbms_min_i32((int32_t)t->averaged_ms, window_ms[i]);

        t->mean_16th[i] += lbms_mul_div_i32(power_16th - t->mean_16th[i], elapsed_ms, over_ms);
    }
}

static int32_t sign_of(const struct lbms_remaining_time *t)
{
    return (t->flow == LBMS_FLOW_CHARGE) ? 1 : -1;
}

static int32_t loaded_dmv(const struct lbms_remaining_time *t, const struct lbms_cell_model *model,
                          int32_t position, int32_t temp_dc)
{
    return lbms_cell_rest_dmv(model, position, temp_dc) + (sign_of(t) * lbms_cell_half_dmv(model, position)) +
           t->drop_dmv;
}

static void begin(struct lbms_remaining_time *t, const struct lbms_cell_model *model,
                  const struct lbms_remaining_time_inputs *in, int32_t power_16th)
{
    const int32_t r_uohm = in->r.r0_uohm + in->r.r1_uohm + in->r.r2_uohm;
    const int32_t current_ma = lbms_mul_div_i32(power_16th, UW_PER_MW, in->pack_mv * PART);
    const uint16_t soc_bp = (t->flow == LBMS_FLOW_CHARGE) ? in->soc_high_bp : in->soc_low_bp;

    t->drop_dmv =
        sign_of(t) * lbms_clamp_i32(lbms_mul_div_i32(r_uohm, current_ma, NV_PER_DMV), 0, DROP_MOST_DMV);
    t->position = (int16_t)lbms_cell_position(soc_bp);
    t->stride = STRIDE;
    t->energy_dmv = 0;
    t->last_dmv = loaded_dmv(t, model, t->position, in->temp_dc);
}

/* One look further along the curve; where the end voltage or the end of the table would be passed, a shorter one. */
static void look(struct lbms_remaining_time *t, const struct lbms_cell_model *model,
                 const struct lbms_remaining_time_inputs *in)
{
    const int32_t next = t->position + (sign_of(t) * t->stride);
    const int32_t dmv = loaded_dmv(t, model, next, in->temp_dc);
    const bool beyond = (t->flow == LBMS_FLOW_CHARGE)
                            ? ((next > LBMS_CELL_FULL) || (dmv > (in->end_high_mv * DMV_PER_MV)))
                            : ((next < 0) || (dmv < (in->end_low_mv * DMV_PER_MV)));

    if (beyond) {
        t->stride = (int16_t)(t->stride / 2);
        return;
    }
    t->energy_dmv += ((t->last_dmv + dmv) / 2) * t->stride / STRIDE;
    t->last_dmv = dmv;
    t->position = (int16_t)next;
}

static int32_t tail_left_s(const struct lbms_remaining_time *t)
{
    return lbms_max_i32((int32_t)t->tail_s - (int32_t)(t->in_tail_ms / MS_PER_S), TAIL_LEAST_S);
}

static void finish(struct lbms_remaining_time *t, const struct lbms_remaining_time_inputs *in,
                   int32_t power_16th)
{
    const int32_t energy_mwh =
        lbms_mul_div_i32(t->energy_dmv * (int32_t)LBMS_CELLS, in->capacity_mah, DMV_PERCENT_UNIT);
    const int32_t time_s = lbms_mul_div_i32(energy_mwh, S_PER_H * PART, power_16th);
    const int32_t tail_s = (t->flow == LBMS_FLOW_CHARGE) ? tail_left_s(t) : 0;

    t->left_s = (uint32_t)lbms_min_i32(lbms_sat_add_i32(time_s, tail_s), LBMS_TIME_MOST_S);
    t->stride = 0;
}

/* A load, the full state, or a voltage that sinks without a current: this is no constant-voltage charge any more. */
static bool tail_over(const struct lbms_remaining_time_inputs *in)
{
    const bool sunk = ((int32_t)in->cell_max_mv + TAIL_DROP_MV) < in->end_high_mv;

    return in->full || (in->flow == LBMS_FLOW_DISCHARGE) || ((in->flow == LBMS_FLOW_IDLE) && sunk);
}

/* The constant-voltage part begins when the highest cell reaches its voltage, and ends with the full condition. */
static void measure_tail(struct lbms_remaining_time *t, const struct lbms_remaining_time_inputs *in,
                         int32_t elapsed_ms)
{
    if (in->full && (t->in_tail_ms > 0u)) {
        const int32_t new_s = lbms_clamp_i32((int32_t)(t->in_tail_ms / MS_PER_S), TAIL_LEAST_S, TAIL_MOST_S);

        t->tail_s = (uint16_t)(t->tail_s + lbms_div_round_i32(new_s - (int32_t)t->tail_s, TAIL_NEW_PART));
    }
    if (tail_over(in)) {
        t->in_tail_ms = 0u;
    } else if ((t->in_tail_ms > 0u) ||
               ((in->flow == LBMS_FLOW_CHARGE) && (in->cell_max_mv >= in->end_high_mv))) {
        t->in_tail_ms = (uint32_t)lbms_min_i32((int32_t)t->in_tail_ms + elapsed_ms, TAIL_MOST_S * MS_PER_S);
    }
}

static void turn(struct lbms_remaining_time *t, uint8_t flow)
{
    if (flow != t->flow) {
        memset(t->mean_16th, 0, sizeof(t->mean_16th));
        t->averaged_ms = 0u;
        t->stride = 0;
        t->left_s = LBMS_TIME_UNKNOWN_S;
        t->flow = flow;
    }
}

void lbms_remaining_time_step(struct lbms_remaining_time *t, const struct lbms_cell_model *model,
                              const struct lbms_remaining_time_inputs *in)
{
    const int32_t elapsed_ms = (int32_t)((in->elapsed_ms < ELAPSED_MAX_MS) ? in->elapsed_ms : ELAPSED_MAX_MS);
    int32_t power_16th;
    unsigned i = 0u;

    measure_tail(t, in, elapsed_ms);
    if (elapsed_ms == 0) {
        return;
    }
    if (in->flow == LBMS_FLOW_IDLE) {
        t->left_s = LBMS_TIME_UNKNOWN_S; /* the averages stay: the same load often comes back */
        t->stride = 0;
        return;
    }
    turn(t, in->flow);
    average(t, in, elapsed_ms);
    power_16th = t->mean_16th[(in->window < LBMS_WINDOWS) ? in->window : (uint8_t)LBMS_WINDOW_5MIN];
    if (t->stride == 0) {
        begin(t, model, in, power_16th);
        i = LOOKS_TO_BEGIN;
    }
    for (; (i < LOOKS_A_CALL) && (t->stride >= FINEST); i++) {
        look(t, model, in);
    }
    if (t->stride < FINEST) {
        finish(t, in, power_16th);
    }
}
