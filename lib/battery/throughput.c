#include "losun_bms/battery/throughput.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/units.h"

#define UJ_PER_WH    UINT32_C(3600000000)
#define RATIO_MAX_BP 20000
#define CENTI        100

void lbms_throughput_init(struct lbms_throughput *t, const struct lbms_throughput_totals *stored)
{
    memset(t, 0, sizeof(*t));
    if (stored != NULL) {
        t->totals = *stored;
    }
}

static void count_cycles(struct lbms_throughput_totals *totals, uint32_t discharged_mah, int32_t cycle_mah)
{
    totals->since_cycle_mah += discharged_mah;
    if (cycle_mah > 0) {
        totals->cycles += totals->since_cycle_mah / (uint32_t)cycle_mah;
        totals->since_cycle_mah %= (uint32_t)cycle_mah;
    }
}

void lbms_throughput_add(struct lbms_throughput *t, int32_t moved_mas, int32_t pack_mv, int32_t capacity_mah,
                         int32_t depth_bp)
{
    unsigned side;
    uint32_t charge_mas;
    uint64_t energy_uj;

    t->pending_mas += moved_mas;
    t->pending_uj += (int64_t)moved_mas * pack_mv;
    side = (t->pending_mas >= 0) ? LBMS_CHARGED : LBMS_DISCHARGED;
    if (lbms_abs_i32(t->pending_mas) < LBMS_THROUGHPUT_QUANTUM_MAS) {
        return;
    }
    charge_mas = (uint32_t)lbms_abs_i32(t->pending_mas) + t->rest_mas[side];
    t->rest_mas[side] = (uint16_t)(charge_mas % LBMS_MAS_PER_MAH);
    t->totals.mah[side] += charge_mas / LBMS_MAS_PER_MAH;

    energy_uj = (uint64_t)((t->pending_uj < 0) ? -t->pending_uj : t->pending_uj) + t->rest_uj[side];
    t->rest_uj[side] = (uint32_t)(energy_uj % UJ_PER_WH);
    t->totals.wh[side] += (uint32_t)(energy_uj / UJ_PER_WH);

    if (side == LBMS_DISCHARGED) {
        count_cycles(&t->totals, charge_mas / LBMS_MAS_PER_MAH,
                     lbms_mul_div_i32(capacity_mah, depth_bp, LBMS_FULL_BP));
    }
    t->pending_mas = 0;
    t->pending_uj = 0;
}

/* Out over in since the last full charge. */
static uint16_t ratio_bp(const uint32_t now[LBMS_THROUGHPUT_SIDES],
                         const uint32_t then[LBMS_THROUGHPUT_SIDES])
{
    const int32_t in = (int32_t)(now[LBMS_CHARGED] - then[LBMS_CHARGED]);
    const int32_t out = (int32_t)(now[LBMS_DISCHARGED] - then[LBMS_DISCHARGED]);

    return (uint16_t)lbms_clamp_i32(lbms_mul_div_i32(out, LBMS_FULL_BP, in), 0, RATIO_MAX_BP);
}

void lbms_throughput_full(struct lbms_throughput *t, int32_t capacity_mah)
{
    const uint32_t out_mah = t->totals.mah[LBMS_DISCHARGED] - t->full_mah[LBMS_DISCHARGED];

    if (t->was_full && (out_mah >= (uint32_t)capacity_mah / 2u)) {
        t->coulomb_bp = ratio_bp(t->totals.mah, t->full_mah);
        t->energy_bp = ratio_bp(t->totals.wh, t->full_wh);
    } else if (t->was_full) {
        return; /* too little yet: the figure will be of all that happens until a later full charge */
    }
    memcpy(t->full_mah, t->totals.mah, sizeof(t->full_mah));
    memcpy(t->full_wh, t->totals.wh, sizeof(t->full_wh));
    t->was_full = true;
}

uint32_t lbms_throughput_efc_centi(const struct lbms_throughput_totals *totals, int32_t capacity_mah)
{
    const uint32_t mean_mah = (totals->mah[LBMS_CHARGED] / 2u) + (totals->mah[LBMS_DISCHARGED] / 2u);

    return (capacity_mah < CENTI) ? 0u : mean_mah / ((uint32_t)capacity_mah / CENTI);
}
