/* How the fuel gauge begins, what of it survives, and what it tells. */
#include <string.h>

#include "gauge_parts.h"

#define SD_LEAST_BP   100u   /* what was saved may be this old */
#define S_PER_SD_BP   10800u /* cells lose up to 2.5 % a month by themselves: 0.01 % in this time */
#define TEMP_START_DC 250

uint32_t lbms_gauge_sd_after(uint32_t sd_bp, uint32_t pause_s)
{
    const uint32_t sum_bp = ((sd_bp > SD_LEAST_BP) ? sd_bp : SD_LEAST_BP) + (pause_s / S_PER_SD_BP);

    return (sum_bp < LBMS_ESTIMATOR_SD_UNKNOWN_BP) ? sum_bp : LBMS_ESTIMATOR_SD_UNKNOWN_BP;
}

/* Resistances belong to the size of the cell, which is that of its design; the charge to what it holds now. */
static void start_filter(struct lbms_gauge *g, const struct lbms_estimator_start *start)
{
    gauge_filter_init(&g->filter, g->cell, g->capacity.design_mah, start);
    gauge_filter_set_capacity(&g->filter, g->capacity.capacity_mah);
    gauge_filter_view(&g->filter, &g->estimate);
    g->r_kr_permille = 0u;
    g->v1_uv = 0;
    g->v2_uv = 0;
}

void lbms_gauge_restart(struct lbms_gauge *g, int32_t soc_bp, uint32_t sd_bp)
{
    struct lbms_estimator_view view;
    struct lbms_estimator_start start;

    gauge_filter_view(&g->filter, &view);
    lbms_estimator_start_unknown(&start);
    start.known = true;
    start.soc_bp = (uint16_t)lbms_clamp_i32(soc_bp, 0, LBMS_FULL_BP);
    start.sd_bp = (uint16_t)sd_bp;
    start.offset_ma = view.offset_ma;
    start.offset_sd_ma = view.offset_sd_ma;
    start.zero_known = g->filter.zero_known;
    start.kr_permille = view.kr_permille;
    start_filter(g, &start);
}

/* After a loss of power nobody knows for how long the cells have been on their own. */
static uint32_t restored_sd(const struct lbms_restored *restored)
{
    if (!restored->learned.valid || (restored->boot.reset_cause == LBMS_RESET_POWER_ON)) {
        return LBMS_ESTIMATOR_SD_UNKNOWN_BP;
    }
    return lbms_gauge_sd_after(restored->learned.sd_bp, restored->boot.seconds_asleep);
}

static void restored_start(const struct lbms_restored *restored, int32_t capacity_mah,
                           struct lbms_estimator_start *start)
{
    const struct lbms_learned *learned = &restored->learned;
    const int32_t capacity_mas = capacity_mah * LBMS_MAS_PER_MAH;
    const int32_t charge_mas = lbms_clamp_i32(restored->life.charge_mas, 0, capacity_mas);

    lbms_estimator_start_unknown(start);
    if (restored->life.valid) {
        start->known = true;
        start->soc_bp = (uint16_t)lbms_mul_div_i32(charge_mas, LBMS_FULL_BP, capacity_mas);
        start->sd_bp = (uint16_t)restored_sd(restored);
    }
    if (learned->valid) {
        start->offset_ma = learned->offset_ma;
        start->offset_sd_ma = learned->offset_sd_ma;
        start->zero_known = learned->zero_known;
        start->kr_permille = learned->kr_permille;
    }
}

/* The parts that go on from something stored. */
static void init_parts(struct lbms_gauge *g, const struct lbms_learned *learned, int32_t design_mah)
{
    const bool known = learned->valid;
    const uint32_t efc_centi = known ? lbms_throughput_efc_centi(&learned->totals, design_mah) : 0u;

    lbms_throughput_init(&g->throughput, known ? &learned->totals : NULL);
    lbms_capacity_init(&g->capacity, design_mah, known ? learned->capacity_mah : 0,
                       known ? learned->capacity_sd_mah : 0, efc_centi);
    lbms_spread_init(&g->spread, known ? learned->dz : NULL);
    lbms_remaining_time_init(&g->remaining, known ? learned->tail_s : 0u);
    g->kr_new_permille = known ? learned->kr_new_permille : 0u;
}

/* The flash may know the charge of this minute, but a SOC that was shown hours ago. */
static void init_display(struct lbms_gauge *g, const struct lbms_restored *restored)
{
    const bool stale = restored->boot.reset_cause == (uint8_t)LBMS_RESET_POWER_ON;
    const int32_t away_bp = stale ? LBMS_GAUGE_STALE_BP : LBMS_FULL_BP;
    const int32_t estimate_bp = g->usable.soc_bp;
    const int32_t shown_bp =
        lbms_clamp_i32(restored->learned.shown_bp, lbms_max_i32(estimate_bp - away_bp, 0),
                       lbms_min_i32(estimate_bp + away_bp, LBMS_FULL_BP));

    lbms_soc_display_init(&g->display, restored->learned.valid, (uint16_t)shown_bp);
}

void lbms_gauge_init(struct lbms_gauge *g, struct lbms_snapshot *snapshot,
                     const struct lbms_restored *restored, const struct lbms_params *params,
                     const struct lbms_product *product)
{
    const int32_t design_mah = params->v[LBMS_PARAM_DESIGN_CAPACITY_MAH];
    struct lbms_estimator_start start;

    memset(g, 0, sizeof(*g));
    memset(&snapshot->power, 0, sizeof(snapshot->power));
    g->cell = (product->cell != NULL) ? product->cell : &lbms_cell_lfp100;
    lbms_power_limit_shares(&g->shares, g->cell);
    init_parts(g, &restored->learned, design_mah);
    restored_start(restored, g->capacity.capacity_mah, &start);
    start_filter(g, &start);
    lbms_cell_resistance(g->cell, design_mah, TEMP_START_DC, g->estimate.kr_permille, &g->r);
    lbms_spread_usable(&g->spread, g->estimate.soc_bp, g->capacity.capacity_mah, &g->usable);
    init_display(g, restored);
    if (restored->memory.valid) {
        g->uv_before = restored->memory.protections;
        g->empty = (g->uv_before != 0u) && restored->learned.valid && (restored->learned.shown_bp == 0u);
    }
    g->retained_bp = g->estimate.soc_bp;
    g->kept_bp = g->estimate.soc_bp;
    lbms_gauge_tell_soc(g, &snapshot->soc);
    lbms_gauge_tell_health(g, &snapshot->health);
}

static uint16_t shown_bp(const struct lbms_gauge *g)
{
    return g->display.known ? lbms_soc_display_bp(&g->display) : g->usable.soc_bp;
}

int32_t lbms_gauge_charge_mas(const struct lbms_gauge *g)
{
    struct lbms_estimator_view now;

    gauge_filter_view(&g->filter, &now);
    return lbms_mul_div_i32(g->capacity.capacity_mah * LBMS_MAS_PER_MAH, now.soc_bp, LBMS_FULL_BP);
}

void lbms_gauge_save(const struct lbms_gauge *g, struct lbms_restored *restored)
{
    struct lbms_learned *learned = &restored->learned;
    struct lbms_estimator_view now;

    gauge_filter_view(&g->filter, &now);
    restored->life.valid = true;
    restored->life.charge_mas = lbms_gauge_charge_mas(g);
    learned->valid = true;
    learned->shown_bp = shown_bp(g);
    learned->sd_bp = now.sd_bp;
    learned->capacity_mah = g->capacity.capacity_mah;
    learned->capacity_sd_mah = g->capacity.sd_mah;
    learned->offset_ma = now.offset_ma;
    learned->offset_sd_ma = now.offset_sd_ma;
    learned->zero_known = g->filter.zero_known;
    learned->kr_permille = now.kr_permille;
    learned->kr_new_permille = g->kr_new_permille;
    learned->tail_s = g->remaining.tail_s;
    memcpy(learned->dz, g->spread.dz, sizeof(learned->dz));
    learned->totals = g->throughput.totals;
}

void lbms_gauge_tell_soc(const struct lbms_gauge *g, struct lbms_soc_view *soc)
{
    soc->soc_bp = shown_bp(g);
    soc->capacity_mah = g->usable.capacity_mah;
    soc->remaining_mah = lbms_mul_div_i32(soc->capacity_mah, soc->soc_bp, LBMS_FULL_BP);
    soc->estimate_bp = g->usable.soc_bp;
    soc->sd_bp = g->estimate.sd_bp;
    soc->low_bp = g->usable.soc_low_bp;
    soc->high_bp = g->usable.soc_high_bp;
    soc->plateau = g->estimate.plateau;
    soc->misfit = g->estimate.misfit;
    soc->left_s = g->remaining.left_s;
}

void lbms_gauge_tell_health(const struct lbms_gauge *g, struct lbms_health_view *health)
{
    health->capacity_mah = g->capacity.capacity_mah;
    health->capacity_sd_mah = g->capacity.sd_mah;
    health->soh_bp = lbms_capacity_soh_bp(&g->capacity);
    health->resistance_permille =
        lbms_capacity_resistance_permille(g->estimate.kr_permille, g->kr_new_permille);
    health->resistance_new_permille = g->kr_new_permille;
    health->coulomb_bp = g->throughput.coulomb_bp;
    health->energy_bp = g->throughput.energy_bp;
    health->offset_ma = g->estimate.offset_ma;
    health->totals = g->throughput.totals;
    health->equivalent_cycles = lbms_throughput_efc_centi(&g->throughput.totals, g->capacity.design_mah);
}

int lbms_gauge_set_capacity(struct lbms_gauge *g, struct lbms_snapshot *snapshot, int32_t remaining_mah,
                            int32_t full_mah, int32_t design_mah)
{
    struct lbms_capacity wanted;

    lbms_capacity_init(&wanted, design_mah, full_mah, 0, g->capacity.efc_centi);
    if ((full_mah <= 0) || (wanted.capacity_mah != full_mah) || (remaining_mah < 0) ||
        (remaining_mah > full_mah)) {
        return LBMS_ERR_RANGE;
    }
    g->capacity = wanted;
    lbms_gauge_restart(g, lbms_mul_div_i32(remaining_mah, LBMS_FULL_BP, full_mah), LBMS_GAUGE_SET_BP);
    lbms_spread_usable(&g->spread, g->estimate.soc_bp, full_mah, &g->usable);
    lbms_soc_display_init(&g->display, true, g->usable.soc_bp); /* at once: somebody looks at it */
    lbms_gauge_tell_soc(g, &snapshot->soc);
    lbms_gauge_tell_health(g, &snapshot->health);
    return LBMS_OK;
}

void lbms_gauge_set_cycles(struct lbms_gauge *g, struct lbms_snapshot *snapshot, uint32_t cycles)
{
    g->throughput.totals.cycles = cycles;
    g->throughput.totals.since_cycle_mah = 0u;
    lbms_gauge_tell_health(g, &snapshot->health);
}
