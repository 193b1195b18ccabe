#include "losun_bms/battery/capacity.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/units.h"

#define LEAST_PERCENT   40
#define MOST_PERCENT    120
#define STEP_PART       25 /* at most 1/25 = 4 % a measurement */
#define FOLLOW_PERMILLE 10
#define NEW_MOST        105  /* %: more is not in a cell of this design */
#define GAIN_PART       100  /* gain of the current sensor: 1 % */
#define WEAR_PART       2000 /* process noise: 1/2000 = 0.05 % per equivalent full cycle */
#define REJECT_SIGMAS   4u
#define REJECT_MOST     3u
#define DRIFT_MOST_MAH  10000000 /* so that no square overflows; says "nothing is known" long before */
#define S_PER_H         3600
#define PERCENT         100
#define CENTI           100u
#define PERMILLE        1000
#define RESISTANCE_MOST 9999

static int32_t limited(const struct lbms_capacity *c, int32_t capacity_mah)
{
    return lbms_clamp_i32(capacity_mah, lbms_mul_div_i32(c->design_mah, LEAST_PERCENT, PERCENT),
                          lbms_mul_div_i32(c->design_mah, MOST_PERCENT, PERCENT));
}

static uint64_t square(int32_t x)
{
    return (uint64_t)((int64_t)x * x);
}

/* Bit by bit, without a multiplication. */
static int32_t root(uint64_t square_mah)
{
    uint64_t rest = square_mah;
    uint64_t result = 0u;
    uint64_t bit = UINT64_C(1) << 60;

    while (bit > square_mah) {
        bit >>= 2;
    }
    while (bit != 0u) {
        if (rest >= result + bit) {
            rest -= result + bit;
            result = (result >> 1) + bit;
        } else {
            result >>= 1;
        }
        bit >>= 2;
    }
    return (int32_t)result;
}

void lbms_capacity_init(struct lbms_capacity *c, int32_t design_mah, int32_t capacity_mah, int32_t sd_mah,
                        uint32_t efc_centi)
{
    memset(c, 0, sizeof(*c));
    c->design_mah = design_mah;
    c->capacity_mah = limited(c, (capacity_mah > 0) ? capacity_mah : design_mah);
    c->sd_mah = ((capacity_mah > 0) && (sd_mah > 0)) ? sd_mah : design_mah / LBMS_CAPACITY_UNKNOWN_PART;
    c->efc_centi = efc_centi;
}

/* Charge that an unknown offset may have added since the point, mAh. */
static int32_t drift_mah(const struct lbms_capacity_point *p, const struct lbms_capacity_inputs *in)
{
    const uint32_t s = in->now_s - p->at_s;
    const int32_t mah = lbms_mul_div_i32(in->offset_sd_ma, (s < INT32_MAX) ? (int32_t)s : INT32_MAX, S_PER_H);

    return lbms_min_i32(mah, DRIFT_MOST_MAH);
}

/* The two squared terms that all measurements have, y (s / dz) and s_b dt / dz, and 1 % of y. */
static uint64_t variance_mah2(const struct lbms_capacity *c, const struct lbms_capacity_inputs *in,
                              int32_t y_mah, int32_t swing_bp)
{
    const uint64_t soc_bp2 = square(c->point.sd_bp) + square(in->sd_bp);
    const uint64_t drift = square(lbms_mul_div_i32(drift_mah(&c->point, in), LBMS_FULL_BP, swing_bp));

    return ((square(y_mah) * soc_bp2) / square(swing_bp)) + drift + square(y_mah / GAIN_PART);
}

static uint64_t grown_mah2(const struct lbms_capacity *c, uint32_t efc_centi)
{
    return square(c->sd_mah) + ((square(c->design_mah / WEAR_PART) * (efc_centi - c->efc_centi)) / CENTI);
}

static void refuse(struct lbms_capacity *c)
{
    c->rejected++;
    if (c->rejected >= REJECT_MOST) {
        c->rejected = 0u;
        c->sd_mah = c->design_mah / LBMS_CAPACITY_UNKNOWN_PART;
    }
}

/* Kalman filter with one state: gain = known / (known + measured). */
static bool take(struct lbms_capacity *c, int32_t y_mah, uint64_t known_mah2, uint64_t measured_mah2)
{
    const uint64_t sum_mah2 = known_mah2 + measured_mah2;
    const int32_t away_mah = y_mah - c->capacity_mah;
    const int32_t most_mah = c->capacity_mah / STEP_PART;
    const int32_t sum_mah = root(sum_mah2);
    int32_t step_mah;

    if (square(away_mah) > (REJECT_SIGMAS * REJECT_SIGMAS * sum_mah2)) {
        refuse(c);
        return false;
    }
    /* known / sum, as (sd / root)^2 so that every factor fits 32 bit */
    c->rejected = 0u;
    c->sd_mah = root(known_mah2);
    step_mah = lbms_mul_div_i32(lbms_mul_div_i32(away_mah, c->sd_mah, sum_mah), c->sd_mah, sum_mah);
    if (lbms_abs_i32(step_mah) <= most_mah) {
        c->sd_mah = lbms_mul_div_i32(c->sd_mah, root(measured_mah2), sum_mah);
    }
    c->capacity_mah = limited(c, c->capacity_mah + lbms_clamp_i32(step_mah, -most_mah, most_mah));
    return true;
}

static void remember(struct lbms_capacity *c, const struct lbms_capacity_inputs *in)
{
    c->point.moved_mas = in->moved_mas;
    c->point.at_s = in->now_s;
    c->point.soc_bp = in->soc_bp;
    c->point.sd_bp = in->sd_bp;
    c->point.valid = true;
}

static bool measure(struct lbms_capacity *c, const struct lbms_capacity_inputs *in, int32_t swing_bp)
{
    const int32_t moved_mas = (int32_t)((uint32_t)in->moved_mas - (uint32_t)c->point.moved_mas);
    const int32_t y_mah = lbms_mul_div_i32(moved_mas / LBMS_MAS_PER_MAH, LBMS_FULL_BP, swing_bp);
    const uint64_t known_mah2 = grown_mah2(c, in->efc_centi);

    c->efc_centi = in->efc_centi;
    return take(c, y_mah, known_mah2, variance_mah2(c, in, y_mah, swing_bp));
}

/* Is this moment a better older end than the one kept, whose charge has become uncertain since? */
static bool better(const struct lbms_capacity *c, const struct lbms_capacity_inputs *in)
{
    const int32_t drift_bp = lbms_mul_div_i32(drift_mah(&c->point, in), LBMS_FULL_BP, c->capacity_mah);

    return square(in->sd_bp) <= (square(c->point.sd_bp) + square(drift_bp));
}

bool lbms_capacity_step(struct lbms_capacity *c, const struct lbms_capacity_inputs *in)
{
    const int32_t swing_bp = (int32_t)in->soc_bp - c->point.soc_bp;
    bool measured = false;

    if (!in->informed || (in->sd_bp > LBMS_CAPACITY_CERTAIN_BP)) {
        return false;
    }
    if (c->point.valid && (lbms_abs_i32(swing_bp) >= LBMS_CAPACITY_SWING_BP)) {
        measured = measure(c, in, swing_bp);
        remember(c, in);
    } else if (!c->point.valid || better(c, in)) {
        remember(c, in);
    }
    return measured;
}

bool lbms_capacity_follow(struct lbms_capacity *c, uint16_t capacity_permille)
{
    const int32_t most_mah =
        lbms_max_i32(c->capacity_mah, lbms_mul_div_i32(c->design_mah, NEW_MOST, PERCENT));
    const int32_t before_mah = c->capacity_mah;

    if (capacity_permille == 0u || lbms_abs_i32((int32_t)capacity_permille - PERMILLE) < FOLLOW_PERMILLE) {
        return false;
    }
    c->capacity_mah = lbms_min_i32(
        limited(c, lbms_mul_div_i32(before_mah, (int32_t)capacity_permille, PERMILLE)), most_mah);
    return c->capacity_mah != before_mah;
}

uint16_t lbms_capacity_soh_bp(const struct lbms_capacity *c)
{
    return (uint16_t)lbms_clamp_i32(lbms_mul_div_i32(c->capacity_mah, LBMS_FULL_BP, c->design_mah), 0,
                                    LBMS_FULL_BP);
}

uint16_t lbms_capacity_resistance_permille(uint16_t kr_permille, uint16_t kr_new_permille)
{
    const int32_t kr_new = (kr_new_permille == 0u) ? PERMILLE : (int32_t)kr_new_permille;

    return (uint16_t)lbms_min_i32(lbms_mul_div_i32(kr_permille, PERMILLE, kr_new), RESISTANCE_MOST);
}
