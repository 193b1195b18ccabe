/* What a lane stands for, and charge as a part of the capacity. */
#include "estimator_parts.h"

#include "losun_bms/model/units.h"

int32_t lbms_est_lane_ma(const struct lbms_estimator *e, int lane)
{
    return e->centre_ma + ((lane - (LBMS_ESTIMATOR_LANES / 2)) * e->spacing_ma);
}

int32_t lbms_est_offset_mas(int32_t offset_ma, uint32_t ms)
{
    return (offset_ma * (int32_t)(ms / 1000u)) + (offset_ma * (int32_t)(ms % 1000u) / 1000);
}

int32_t lbms_est_bins_q16(const struct lbms_estimator *e, int32_t mas)
{
    /* per_mas is 2^40 / bin_mas */
    return (int32_t)(((int64_t)mas * e->per_mas) / (INT32_C(1) << 24));
}

/* Current that moves the capacity in an hour. */
int32_t lbms_est_hour_ma(const struct lbms_estimator *e)
{
    return e->bin_mas / (LBMS_MAS_PER_MAH / (LBMS_ESTIMATOR_BINS - 1));
}
