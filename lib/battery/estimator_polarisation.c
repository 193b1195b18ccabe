#include "estimator_parts.h"

#include "losun_bms/model/units.h"

#define Q30 INT32_C(1073741824)
/* 1/256 uV in 1/16 of 0.1 mV */
#define UV8_PER_DMV16 1600
#define MOST_DMV16    300000 /* 1.9 V: beyond anything a cell can have, and sums of it stay inside 32 bit */

/* 2^36 / tau: by parts, since 2^36 does not fit into the 32 bit of the usual division. */
static uint32_t rate_q36(uint32_t tau_s)
{
    const uint32_t tau_ms = tau_s * 1000u;

    return (uint32_t)((UINT64_C(1) << 36) / tau_ms);
}

void lbms_est_polarisation_rate(struct lbms_estimator *e)
{
    /* g / Q, and a bin is Q / 100 */
    const uint64_t g_q40 = (uint64_t)e->cell->hysteresis_rate << 40;

    e->polarisation.h_rate_q40 = (uint32_t)(g_q40 / ((uint64_t)e->bin_mas * 100u));
}

static int32_t scaled(uint16_t r_uohm, int32_t permille, int32_t capacity_mah)
{
    /* uohm * mA = nV; 256 of 1/256 uV in 1000 nV; 256 more for the resolution */
    const int32_t at_temp = lbms_mul_div_i32(r_uohm, permille * 16, 1000);

    return lbms_mul_div_i32(lbms_mul_div_i32(at_temp, 4096, 1000), LBMS_CELL_REFERENCE_MAH, capacity_mah);
}

void lbms_est_polarisation_temp(struct lbms_estimator *e, int16_t temp_dc)
{
    struct lbms_estimator_polarisation *p = &e->polarisation;
    const struct lbms_cell_model *cell = e->cell;
    const int32_t permille = lbms_cell_r_permille(cell, temp_dc);

    p->temp_dc = temp_dc;
    p->r_q8[0] = scaled(cell->r0_uohm, permille, p->design_mah);
    p->r_q8[1] = scaled(cell->r1_uohm, permille, p->design_mah);
    p->r_q8[2] = scaled(cell->r2_uohm, permille, p->design_mah);
}

void lbms_est_polarisation_init(struct lbms_estimator *e, int32_t capacity_mah)
{
    struct lbms_estimator_polarisation *p = &e->polarisation;
    int lane;

    p->design_mah = capacity_mah;
    p->rate_q36[0] = rate_q36(e->cell->tau1_s);
    p->rate_q36[1] = rate_q36(e->cell->tau2_s);
    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        p->old_q30[lane] = Q30;
    }
    lbms_est_polarisation_rate(e);
    lbms_est_polarisation_temp(e, 250);
}

/* Voltage at which a resistance settles, 1/256 uV; limited far beyond what a cell can have. */
static int32_t settled(int32_t r_q8, int32_t mean_ma)
{
    const int64_t uv8 = ((int64_t)r_q8 * mean_ma) / 256;

    if (uv8 > Q30) {
        return Q30;
    }
    return (uv8 < -Q30) ? -Q30 : (int32_t)uv8;
}

static void branch_step(struct lbms_estimator_polarisation *p, int lane, int32_t moved_mas)
{
    const uint32_t moved = (uint32_t)lbms_abs_i32(moved_mas);
    const int32_t rise = lbms_est_rise_q30(((uint64_t)moved * p->h_rate_q40) / 1024u);
    const int32_t goal = (moved_mas > 0) ? Q30 : -Q30;

    /* halves, since the distance can be 2 */
    p->h_q30[lane] += 2 * lbms_est_mul_q30((goal / 2) - (p->h_q30[lane] / 2), rise);
    p->old_q30[lane] -= lbms_est_mul_q30(p->old_q30[lane], rise);
}

void lbms_est_polarisation_step(struct lbms_estimator *e, int32_t mean_ma, int32_t moved_mas, uint32_t ms,
                                uint32_t offset_ms)
{
    struct lbms_estimator_polarisation *p = &e->polarisation;
    int k;

    p->ohm_uv8 = settled(p->r_q8[0], mean_ma);
    for (k = 0; k < 2; k++) {
        const int32_t rise = lbms_est_rise_q30(((uint64_t)ms * p->rate_q36[k]) / 64u);

        /* halves: the distance can be twice the limit */
        p->rc_uv8[k] +=
            2 * lbms_est_mul_q30((settled(p->r_q8[k + 1], mean_ma) / 2) - (p->rc_uv8[k] / 2), rise);
    }
    for (k = 0; k < LBMS_ESTIMATOR_LANES; k++) {
        branch_step(p, k, moved_mas - lbms_est_offset_mas(lbms_est_lane_ma(e, k), offset_ms));
    }
}

int32_t lbms_est_ohmic_dmv16(const struct lbms_estimator *e)
{
    return lbms_est_within((e->polarisation.ohm_uv8 / UV8_PER_DMV16) +
                               (e->polarisation.rc_uv8[0] / UV8_PER_DMV16),
                           -MOST_DMV16, MOST_DMV16);
}

int32_t lbms_est_slow_dmv16(const struct lbms_estimator *e)
{
    return lbms_est_within(e->polarisation.rc_uv8[1] / UV8_PER_DMV16, -MOST_DMV16, MOST_DMV16);
}

/* The slow part belongs to diffusion, which ages less than the contacts and films: it takes a quarter of the change. */
int32_t lbms_est_total_dmv16(const struct lbms_estimator *e)
{
    const int32_t kr = e->resistance.permille;

    const int32_t slow = e->resistance.slow_permille;

    return ((lbms_est_ohmic_dmv16(e) * kr) + (lbms_est_slow_dmv16(e) * ((750 + (kr / 4)) * slow / 1000))) /
           1000;
}
