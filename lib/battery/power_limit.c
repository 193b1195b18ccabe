#include "losun_bms/battery/power_limit.h"

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/units.h"

#define DMV_PER_MV        10
#define NV_PER_DMV        100000 /* microohm x mA is nV */
#define HEADROOM_MOST_DMV 20000
#define S_PER_H           3600
#define MS_PER_S          1000

/* Charge that must last, s, and time in which the resistance builds up; the last one is for ever. */
static const struct {
    int32_t charge_s, build_up_s;
} horizons[LBMS_HORIZONS] = {{2, 2}, {10, 10}, {60, 60}, {LBMS_POWER_LIMIT_CHARGE_S, 1000000}};

void lbms_power_limit_shares(struct lbms_power_limit_shares *shares, const struct lbms_cell_model *model)
{
    unsigned i;

    for (i = 0u; i < LBMS_HORIZONS; i++) {
        shares->s1[i] = (uint16_t)lbms_cell_share(horizons[i].build_up_s, model->tau1_s);
        shares->s2[i] = (uint16_t)lbms_cell_share(horizons[i].build_up_s, model->tau2_s);
    }
}

/* One direction of the current. */
struct side {
    int32_t sign;     /* 1 charges, -1 discharges */
    int32_t open_dmv; /* voltage of the cell less R0 i */
    int32_t end_dmv;
    int32_t left_mah; /* charge to the end; negative when it may lie behind already */
    int32_t most_ma;
};

static int32_t drop_dmv(int32_t r_uohm, int32_t current_ma)
{
    return lbms_mul_div_i32(r_uohm, current_ma, NV_PER_DMV);
}

static int32_t shared(int32_t value, int32_t share)
{
    return (int32_t)(((int64_t)value * share) /
                     LBMS_CELL_SHARE_ONE); /* a shift: cheaper than lbms_mul_div_i32() */
}

/* By voltage: the current that reaches the end voltage just at the end of the horizon. */
static int32_t by_voltage_ma(const struct side *side, const struct lbms_power_limit_inputs *in, int32_t s1,
                             int32_t s2)
{
    const int32_t relaxed_dmv = side->open_dmv - shared(in->v1_dmv, s1) - shared(in->v2_dmv, s2);
    const int32_t headroom_dmv = side->sign * (side->end_dmv - relaxed_dmv);
    const int32_t r_uohm = in->r.r0_uohm + shared(in->r.r1_uohm, s1) + shared(in->r.r2_uohm, s2);

    return lbms_mul_div_i32(lbms_clamp_i32(headroom_dmv, 0, HEADROOM_MOST_DMV), NV_PER_DMV, r_uohm);
}

static int32_t by_charge_ma(const struct side *side, const struct lbms_power_limit_inputs *in, int32_t last_s)
{
    return lbms_max_i32(lbms_mul_div_i32(side->left_mah, S_PER_H, last_s),
                        in->capacity_mah / LBMS_POWER_LIMIT_TRICKLE_PART);
}

static void compute(int32_t limit_ma[LBMS_HORIZONS], const struct side *side,
                    const struct lbms_power_limit_shares *shares, const struct lbms_power_limit_inputs *in)
{
    const int32_t elapsed_ms = (in->elapsed_ms < (LBMS_POWER_LIMIT_RISE_S * MS_PER_S))
                                   ? (int32_t)in->elapsed_ms
                                   : (LBMS_POWER_LIMIT_RISE_S * MS_PER_S);
    const int32_t rise_ma = lbms_mul_div_i32(in->range_ma, elapsed_ms, LBMS_POWER_LIMIT_RISE_S * MS_PER_S);
    int32_t most_ma = side->most_ma;
    unsigned i;

    for (i = 0u; i < LBMS_HORIZONS; i++) {
        most_ma = lbms_min_i32(most_ma, by_voltage_ma(side, in, shares->s1[i], shares->s2[i]));
        most_ma = lbms_min_i32(most_ma, by_charge_ma(side, in, horizons[i].charge_s));
        limit_ma[i] = in->valid ? lbms_min_i32(most_ma, lbms_sat_add_i32(limit_ma[i], rise_ma)) : 0;
    }
}

static int32_t charge_mah(const struct lbms_power_limit_inputs *in, int32_t part_bp)
{
    return lbms_mul_div_i32(in->capacity_mah, part_bp, LBMS_FULL_BP);
}

/* Without the current that flows now. */
static int32_t open_dmv(uint16_t cell_mv, const struct lbms_power_limit_inputs *in)
{
    return ((int32_t)cell_mv * DMV_PER_MV) - drop_dmv(in->r.r0_uohm, in->current_ma);
}

void lbms_power_limit_charge(struct lbms_power_limit *p, const struct lbms_power_limit_shares *shares,
                             const struct lbms_power_limit_inputs *in)
{
    const struct side side = {1, open_dmv(in->cell_max_mv, in), in->end_high_mv * DMV_PER_MV,
                              charge_mah(in, LBMS_FULL_BP - in->soc_high_bp), in->charge_most_ma};

    compute(p->charge_ma, &side, shares, in);
}

void lbms_power_limit_discharge(struct lbms_power_limit *p, const struct lbms_power_limit_shares *shares,
                                const struct lbms_power_limit_inputs *in)
{
    const struct side side = {-1, open_dmv(in->cell_min_mv, in), in->end_low_mv * DMV_PER_MV,
                              charge_mah(in, (int32_t)in->soc_low_bp - (2 * (int32_t)in->sd_bp)),
                              in->discharge_most_ma};

    compute(p->discharge_ma, &side, shares, in);
}
