#include "losun_bms/battery/derating.h"

#define POINTS(table) (table), (uint8_t)(sizeof(table) / sizeof((table)[0]))
#define ALL           LBMS_DERATING_ALL_BP

static const struct lbms_derating_point charge_temp[] = {
    {0, 500}, {50, 1000}, {100, 2500}, {150, 5000}, {200, ALL}, {450, ALL}, {500, 5000}, {550, 2000},
};
static const struct lbms_derating_point discharge_temp[] = {
    {-200, 2000}, {-100, 5000}, {0, 8000}, {100, ALL}, {500, ALL}, {550, 6000}, {600, 2000},
};
static const struct lbms_derating_point charge_cell_max[] = {
    {3450, ALL}, {3500, 5000}, {3550, 2000}, {3600, 500}, {3650, 0},
};
static const struct lbms_derating_point charge_cell_min[] = {
    {2000, 500},
    {2600, 1000},
    {2800, 5000},
    {3000, ALL},
};
static const struct lbms_derating_point discharge_cell_min[] = {
    {2600, 0}, {2700, 1000}, {2850, 3000}, {2950, 7000}, {3050, ALL},
};
static const struct lbms_derating_point charge_soc[] = {
    {9000, ALL},
    {9500, 6000},
    {9800, 3000},
    {10000, 1000},
};
static const struct lbms_derating_point discharge_soc[] = {
    {0, 2000},
    {500, 5000},
    {1000, ALL},
};
static const struct lbms_derating_point mosfet[] = {
    {800, ALL},
    {900, 7000},
    {1000, 3000},
    {1050, 0},
};

/* In the order of enum lbms_derating_curve_id: name, points, unit, factor below the first and above the last point. */
const struct lbms_derating_curve lbms_derating_curves[LBMS_DERATING_COUNT] = {
    {"charge: cell temperature", POINTS(charge_temp), LBMS_UNIT_DC, 0u, 0u},
    {"discharge: cell temperature", POINTS(discharge_temp), LBMS_UNIT_DC, 0u, 0u},
    {"charge: highest cell", POINTS(charge_cell_max), LBMS_UNIT_MV, ALL, 0u},
    {"charge: lowest cell", POINTS(charge_cell_min), LBMS_UNIT_MV, 0u, ALL},
    {"discharge: lowest cell", POINTS(discharge_cell_min), LBMS_UNIT_MV, 0u, ALL},
    {"charge: SOC", POINTS(charge_soc), LBMS_UNIT_BP, ALL, 1000u},
    {"discharge: SOC", POINTS(discharge_soc), LBMS_UNIT_BP, 2000u, ALL},
    {"both: MOSFET temperature", POINTS(mosfet), LBMS_UNIT_DC, ALL, 0u},
};

static struct lbms_derating part(int32_t from, int32_t to, uint32_t factor_bp)
{
    const struct lbms_derating result = {(int16_t)from, (int16_t)to, (uint16_t)factor_bp};

    return result;
}

/*
 * The line from one point to the next, left->x <= value <= right->x. Weighting both ends keeps everything unsigned, so that
 * the division rounds down on a rising line as well as on a falling one; the sum is below 2^23 with these tables.
 */
static struct lbms_derating between(const struct lbms_derating_point *left, int32_t value)
{
    const struct lbms_derating_point *right = left + 1;
    const uint32_t span = (uint32_t)(right->x - left->x);
    const uint32_t passed = (uint32_t)(value - left->x);
    uint32_t sum;

    if (left->factor_bp == right->factor_bp) {
        return part(left->x, right->x, left->factor_bp);
    }
    sum = ((uint32_t)left->factor_bp * (span - passed)) + ((uint32_t)right->factor_bp * passed);
    return part(value, value, sum / span);
}

struct lbms_derating lbms_derating_at(uint8_t curve, int32_t value)
{
    const struct lbms_derating_curve *c;
    const struct lbms_derating_point *point;
    const struct lbms_derating_point *last;

    if (curve >= LBMS_DERATING_COUNT) {
        return part(INT16_MIN, INT16_MAX, 0u);
    }
    c = &lbms_derating_curves[curve];
    point = c->points;
    last = &c->points[c->count - 1u];
    if (value < point->x) {
        return part(INT16_MIN, point->x - 1, c->below_bp);
    }
    if (value > last->x) {
        return part(last->x + 1, INT16_MAX, c->above_bp);
    }
    while (value > point[1].x) {
        point++;
    }
    return between(point, value);
}

uint16_t lbms_derating_factor(uint8_t curve, int32_t value)
{
    return lbms_derating_at(curve, value).factor_bp;
}
