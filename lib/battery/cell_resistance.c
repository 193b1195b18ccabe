#include "losun_bms/battery/cell_resistance.h"

#include "losun_bms/base/fixed.h"

#define PERMILLE 1000
#define SLOW     4 /* part of the learned change that the slow resistance takes: 1/4 */

static int32_t scaled(int32_t r_uohm, int32_t capacity_mah, int32_t factor_permille)
{
    return lbms_mul_div_i32(lbms_mul_div_i32(r_uohm, LBMS_CELL_REFERENCE_MAH, capacity_mah), factor_permille,
                            PERMILLE);
}

void lbms_cell_resistance(const struct lbms_cell_model *model, int32_t capacity_mah, int32_t temp_dc,
                          int32_t kr_permille, struct lbms_cell_resistance *r)
{
    const int32_t f_permille = lbms_cell_r_permille(model, temp_dc);
    const int32_t fast_permille = lbms_mul_div_i32(f_permille, kr_permille, PERMILLE);
    const int32_t slow_permille =
        lbms_mul_div_i32(f_permille, PERMILLE + ((kr_permille - PERMILLE) / SLOW), PERMILLE);

    r->r0_uohm = scaled(model->r0_uohm, capacity_mah, fast_permille);
    r->r1_uohm = scaled(model->r1_uohm, capacity_mah, fast_permille);
    r->r2_uohm = scaled(model->r2_uohm, capacity_mah, slow_permille);
}

/* exp(-x) = exp(-x / 8)^8: of the eighth, four terms of the series are enough. From x = 8 on nothing is left. */
int32_t lbms_cell_share(int32_t t_s, int32_t tau_s)
{
    const int32_t one = LBMS_CELL_SHARE_ONE;
    int32_t x, x2, rest;
    unsigned i;

    if (t_s / 8 >= tau_s) {
        return one;
    }
    x = ((t_s * (one / 8)) + (tau_s / 2)) / tau_s;
    x2 = (x * x) / one;
    rest = one - x + (x2 / 2) - (((x2 * x) / one) / 6);
    for (i = 0u; i < 3u; i++) {
        rest = (rest * rest) / one;
    }
    return one - rest;
}
