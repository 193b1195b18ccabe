#include "losun_bms/battery/cell_model.h"

#include "losun_bms/model/units.h"

#define TEMP_REFERENCE_DC 250
/* Entropy: 4 uV/K for 0.1 K is 0.4 uV, and 250 of these are 0.1 mV; 256 positions for each per cent. */
#define WARM_PER_DMV (250 * LBMS_CELL_STEP)

const struct lbms_point lbms_cell_r_factor[LBMS_CELL_R_FACTOR_POINTS] = {
    {-150, 6000}, {-50, 3160}, {50, 1870}, {150, 1330}, {250, 1000}, {350, 875}, {450, 790},
};

/* For every bin of a filter: worth being inline. */
static int32_t within(int32_t value, int32_t low, int32_t high)
{
    if (value < low) {
        return low;
    }
    return (value > high) ? high : value;
}

/* Rounded to the nearest. With a constant divisor the compiler needs no division. */
static int32_t divide_step(int32_t value)
{
    const int32_t half = LBMS_CELL_STEP / 2;

    return ((value >= 0) ? value + half : value - half) / LBMS_CELL_STEP;
}

static int32_t divide_warm(int32_t value)
{
    const int32_t half = WARM_PER_DMV / 2;

    return ((value >= 0) ? value + half : value - half) / WARM_PER_DMV;
}

int32_t lbms_cell_position(uint16_t soc_bp)
{
    const int32_t bp = lbms_min_i32(soc_bp, LBMS_FULL_BP);

    return ((bp * (LBMS_CELL_FULL / 100)) + (LBMS_FULL_BP / 200)) / (LBMS_FULL_BP / 100);
}

int32_t lbms_cell_rest_dmv(const struct lbms_cell_model *model, int32_t position, int32_t temp_dc)
{
    const int32_t at = within(position, 0, LBMS_CELL_FULL - 1);
    const int32_t part = within(position, 0, LBMS_CELL_FULL) - (at / LBMS_CELL_STEP * LBMS_CELL_STEP);
    const uint16_t *u = &model->rest_dmv[at / LBMS_CELL_STEP];
    const int8_t *s = &model->entropy_4uv_k[at / LBMS_CELL_STEP];
    const int32_t entropy = (s[0] * LBMS_CELL_STEP) + ((s[1] - s[0]) * part); /* 1/256 of 4 uV/K */

    return u[0] + divide_step((u[1] - u[0]) * part) + divide_warm(entropy * (temp_dc - TEMP_REFERENCE_DC));
}

int32_t lbms_cell_half_dmv(const struct lbms_cell_model *model, int32_t position)
{
    const int32_t at = within(position, 0, LBMS_CELL_FULL - 1);
    const int32_t part = within(position, 0, LBMS_CELL_FULL) - (at / LBMS_CELL_STEP * LBMS_CELL_STEP);
    const uint8_t *m = &model->half_2dmv[at / LBMS_CELL_STEP];

    return divide_step(((m[0] * LBMS_CELL_STEP) + ((m[1] - m[0]) * part)) * LBMS_CELL_HALF_DMV);
}

int32_t lbms_cell_slope_dmv(const struct lbms_cell_model *model, int32_t position)
{
    const int32_t at = within(position, LBMS_CELL_STEP, LBMS_CELL_FULL - LBMS_CELL_STEP);

    return (lbms_cell_rest_dmv(model, at + LBMS_CELL_STEP, TEMP_REFERENCE_DC) -
            lbms_cell_rest_dmv(model, at - LBMS_CELL_STEP, TEMP_REFERENCE_DC)) /
           2;
}

int32_t lbms_cell_r_permille(const struct lbms_cell_model *model, int32_t temp_dc)
{
    return lbms_interpolate(model->r_factor, model->r_factor_count, temp_dc);
}
