#include "losun_bms/battery/soc.h"

#include "losun_bms/base/fixed.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/envelope.h"
#include "losun_bms/model/units.h"

#define MS_PER_S 1000

static void take_capacity(struct lbms_soc *soc, const struct lbms_params *params)
{
    soc->capacity_mas = params->v[LBMS_PARAM_DESIGN_CAPACITY_MAH] * LBMS_MAS_PER_MAH;
    soc->charge_mas = lbms_clamp_i32(soc->charge_mas, 0, soc->capacity_mas);
}

void lbms_soc_init(struct lbms_soc *soc, const struct lbms_lifetime *life, const struct lbms_params *params)
{
    soc->charge_mas = life->charge_mas;
    soc->rest_mams = 0;
    soc->started = false; /* and then last_ms does not matter */
    take_capacity(soc, params);
    if (!life->valid) {
        soc->charge_mas = lbms_mul_div_i32(soc->capacity_mas, LBMS_SOC_UNKNOWN_BP, LBMS_FULL_BP);
    }
}

void lbms_soc_step(struct lbms_soc *soc, const struct lbms_measured *m, uint32_t now_ms,
                   const struct lbms_params *params)
{
    const uint32_t dt_ms = soc->started ? lbms_elapsed_ms(now_ms, soc->last_ms) : 0u;
    const uint32_t most_ms = LBMS_ENVELOPE_SAMPLE_AGE_MAX_MS;
    const int32_t counted_ms = (int32_t)((dt_ms < most_ms) ? dt_ms : most_ms);

    soc->last_ms = now_ms;
    soc->started = true;
    if ((m->valid & LBMS_VALID_CURRENT) != 0u) {
        /* A believable current is at most 2000 A = 2e6 mA for 2000 ms: the product needs 64 bit only beyond 1000 A. */
        const int64_t moved_mams = ((int64_t)m->current_ma * counted_ms) + soc->rest_mams;

        soc->charge_mas = lbms_sat_add_i32(soc->charge_mas, (int32_t)(moved_mams / MS_PER_S));
        soc->rest_mams = (int32_t)(moved_mams % MS_PER_S);
    }
    take_capacity(soc, params);
}

void lbms_soc_full(struct lbms_soc *soc)
{
    soc->charge_mas = soc->capacity_mas;
    soc->rest_mams = 0;
}

void lbms_soc_empty(struct lbms_soc *soc)
{
    soc->charge_mas = 0;
    soc->rest_mams = 0;
}

void lbms_soc_view(const struct lbms_soc *soc, struct lbms_soc_view *view)
{
    view->soc_bp = (uint16_t)lbms_mul_div_i32(soc->charge_mas, LBMS_FULL_BP, soc->capacity_mas);
    view->remaining_mah = soc->charge_mas / LBMS_MAS_PER_MAH;
    view->capacity_mah = soc->capacity_mas / LBMS_MAS_PER_MAH;
}
