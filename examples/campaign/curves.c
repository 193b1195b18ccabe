/* The derating of the product's parameter page, once more and in floating point. */
#include <stddef.h>

#include "campaign/oracle_parts.h"

struct curve {
    double below, above; /* factors outside */
    size_t count;
    double x[8], factor[8];
};

/* Temperatures in degC, voltages in mV, SOC in %. */
static const struct curve charge_temp = {
    0.0, 0.0, 8u, {0, 5, 10, 15, 20, 45, 50, 55}, {0.05, 0.10, 0.25, 0.50, 1.00, 1.00, 0.50, 0.20}};
static const struct curve discharge_temp = {
    0.0, 0.0, 7u, {-20, -10, 0, 10, 50, 55, 60}, {0.20, 0.50, 0.80, 1.00, 1.00, 0.60, 0.20}};
static const struct curve charge_highest = {
    1.0, 0.0, 5u, {3450, 3500, 3550, 3600, 3650}, {1.00, 0.50, 0.20, 0.05, 0.0}};
static const struct curve charge_lowest = {0.0, 1.0, 4u, {2000, 2600, 2800, 3000}, {0.05, 0.10, 0.50, 1.00}};
static const struct curve discharge_lowest = {
    0.0, 1.0, 5u, {2600, 2700, 2850, 2950, 3050}, {0.0, 0.10, 0.30, 0.70, 1.00}};
static const struct curve charge_soc = {1.0, 0.10, 4u, {90, 95, 98, 100}, {1.00, 0.60, 0.30, 0.10}};
static const struct curve discharge_soc = {0.20, 1.0, 3u, {0, 5, 10}, {0.20, 0.50, 1.00}};
static const struct curve switches_temp = {1.0, 0.0, 4u, {80, 90, 100, 105}, {1.00, 0.70, 0.30, 0.0}};

static double at(const struct curve *c, double x)
{
    size_t i = 1u;

    if (x < c->x[0]) {
        return c->below;
    }
    if (x > c->x[c->count - 1u]) {
        return c->above;
    }
    while (x > c->x[i]) {
        i++;
    }
    return c->factor[i - 1u] +
           ((c->factor[i] - c->factor[i - 1u]) * (x - c->x[i - 1u]) / (c->x[i] - c->x[i - 1u]));
}

static double least(double a, double b)
{
    return (a < b) ? a : b;
}

/* What both directions have in common; what is not known now may still have the value from before. */
static double common(const struct look *look)
{
    const double lost = P(NTC_LOST_DERATE_PCT) / 100.0;
    double factor = 1.0;

    if (look->known[V_MOSFET]) {
        factor = at(&switches_temp, look->value[V_MOSFET] / 10.0);
    } else if (look->mosfet_lost) {
        factor = look->known[V_BOARD]
                     ? least(lost, at(&switches_temp, (look->value[V_BOARD] + P(MOS_LOST_MARGIN_DC)) / 10.0))
                     : lost;
    } else {
        /* not lost yet */
    }
    return (look->known[V_HOT] && (look->ntcs_bad > 0u)) ? least(factor, lost) : factor;
}

static double by_temperature(const struct look *look, const struct curve *c)
{
    return look->known[V_HOT] ? least(at(c, look->value[V_HOT] / 10.0), at(c, look->value[V_COLD] / 10.0))
                              : 1.0;
}

/* The estimate of this step or of the one before. */
static double by_soc(const struct oracle *o, const struct look *look, const struct curve *c)
{
    const double now = at(c, look->s->soc.soc_bp / 100.0);
    const double before = at(c, o->last.soc.soc_bp / 100.0);

    return (now > before) ? now : before;
}

int32_t derated_ccl_ma(const struct oracle *o, const struct look *look)
{
    double factor = least(common(look), by_temperature(look, &charge_temp));
    double ma;

    if (look->cells_good) {
        factor = least(factor, at(&charge_highest, look->value[V_CELL_MAX]));
        factor = least(factor, at(&charge_lowest, look->value[V_CELL_MIN]));
    }
    ma = P(CCL_MA) * least(factor, by_soc(o, look, &charge_soc));
    if ((look->pack_good && (look->value[V_PACK] < P(LOW_CHARGE_PACK_MV))) ||
        (look->cells_good && (look->value[V_CELL_MIN] < P(CELL_UV_PROTECT_MV)))) {
        ma = least(ma, P(GENTLE_CHARGE_MA));
    }
    return (int32_t)(ma + 1.0);
}

int32_t derated_dcl_ma(const struct oracle *o, const struct look *look)
{
    double factor = least(common(look), by_temperature(look, &discharge_temp));

    if (look->cells_good) {
        factor = least(factor, at(&discharge_lowest, look->value[V_CELL_MIN]));
    }
    return (int32_t)((P(DCL_MA) * least(factor, by_soc(o, look, &discharge_soc))) + 1.0);
}

int32_t trimmed_cvl_mv(const struct look *look)
{
    const int32_t excess_mv = look->value[V_CELL_MAX] - P(CVL_TRIM_CELL_MV);
    int32_t mv = P(CVL_MV);

    if (look->cells_good && (excess_mv > 0)) {
        mv -= P(CVL_TRIM_GAIN) * excess_mv;
        mv = (mv < P(CVL_TRIM_FLOOR_MV)) ? P(CVL_TRIM_FLOOR_MV) : mv;
    }
    return (mv < P(CVL_MV)) ? mv : P(CVL_MV);
}
