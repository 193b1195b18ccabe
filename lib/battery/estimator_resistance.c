#include "estimator_parts.h"

#define BLOCK_MS        10000u
#define STEP_DMV16      (20 * 16)   /* smaller steps say little against noise and the rest voltage */
#define STEP_MAX        (1000 * 16) /* 100 mV: limits the sums */
#define EST_SLOW_PRIOR  6400
#define EST_SLOW_BASE   1300
#define EST_SLOW_FORGET 128
#define SLOW_MAX_DMV    1400
#define EST_SLOW_MIN    500
#define EST_SLOW_MAX    2500
#define PRIOR           20000 /* weight of scale 1, (0.1 mV)^2 */
#define FORGET          256
#define PERMILLE_MIN    500
#define PERMILLE_MAX    2500
#define SUM_SMALL       (1 << 19) /* times 1000 * 2.5 still fits into 32 bit */

static uint16_t scale(const struct lbms_estimator_resistance *r)
{
    int32_t top = lbms_max_i32(r->numerator + PRIOR, 0);
    int32_t bottom = r->denominator + PRIOR;

    while (bottom >= SUM_SMALL || top >= SUM_SMALL) {
        bottom /= 2;
        top /= 2;
    }
    return (uint16_t)lbms_clamp_i32(top * 1000 / lbms_max_i32(bottom, 1), PERMILLE_MIN, PERMILLE_MAX);
}

void lbms_est_resistance_init(struct lbms_estimator *e, uint16_t permille)
{
    struct lbms_estimator_resistance *r = &e->resistance;

    if (permille != 0u) { /* worth as much as a day of steps */
        r->denominator = 4 * PRIOR;
        r->numerator = (r->denominator / 1000) * lbms_clamp_i32(permille, PERMILLE_MIN, PERMILLE_MAX);
        r->numerator += (r->numerator - r->denominator) / 4; /* outweighs the prior */
    }
    r->permille = scale(r);
    r->slow_permille = EST_SLOW_BASE;
}

/* Slope of one direction, 1/1000. */
static int32_t slow_slope(const struct lbms_estimator_slow *s)
{
    return lbms_mul_div_i32(s->numerator, 1000, lbms_max_i32(s->denominator, 1));
}

/*
 * What the voltage deviates by, in proportion to the slow polarisation. An error of the SOC or of the voltage offset
 * looks the same when the pack only discharges; so both directions count alike, and only as far as the weaker one is
 * known. Such errors then cancel out.
 */
void lbms_est_resistance_slow(struct lbms_estimator *e, int32_t slow_dmv, int32_t distance_dmv,
                              int32_t variance, int32_t weight)
{
    struct lbms_estimator_resistance *r = &e->resistance;
    struct lbms_estimator_slow *s = &r->slow[(slow_dmv < 0) ? 1 : 0];
    const int32_t x = lbms_clamp_i32(slow_dmv, -SLOW_MAX_DMV, SLOW_MAX_DMV);
    const int32_t kept = x * (r->slow_permille - EST_SLOW_BASE) / 1000;
    const int32_t d = lbms_clamp_i32(distance_dmv + kept, -SLOW_MAX_DMV, SLOW_MAX_DMV);
    int32_t known;
    int32_t change;

    s->numerator += lbms_mul_div_i32(x * d, weight, variance) -
                    lbms_mul_div_i32(s->numerator, weight, 1024 * EST_SLOW_FORGET);
    s->denominator += lbms_mul_div_i32(x * x, weight, variance) -
                      lbms_mul_div_i32(s->denominator, weight, 1024 * EST_SLOW_FORGET);
    known = lbms_min_i32(r->slow[0].denominator, r->slow[1].denominator);
    change = (slow_slope(&r->slow[0]) + slow_slope(&r->slow[1])) / 2;
    change = lbms_mul_div_i32(change, known, known + EST_SLOW_PRIOR);
    r->slow_permille = (uint16_t)lbms_clamp_i32(EST_SLOW_BASE + change, EST_SLOW_MIN, EST_SLOW_MAX);
}

/* A block against the one before: the difference leaves only what changes fast, and that is ohmic. */
static void learn(struct lbms_estimator_resistance *r, int32_t v, int32_t x)
{
    const int32_t dx = x - r->last_x;
    const int32_t dv = v - r->last_v;

    if (lbms_abs_i32(dx) < STEP_DMV16 || lbms_abs_i32(dx) > STEP_MAX || lbms_abs_i32(dv) > 3 * STEP_MAX) {
        return;
    }
    r->numerator += ((dx / 16) * (dv / 16)) - (r->numerator / FORGET);
    r->denominator += ((dx / 16) * (dx / 16)) - (r->denominator / FORGET);
    r->permille = scale(r);
}

void lbms_est_resistance_step(struct lbms_estimator *e, int32_t v_dmv, uint32_t ms)
{
    struct lbms_estimator_resistance *r = &e->resistance;

    r->sum_v += (v_dmv * 16) - lbms_est_slow_dmv16(e);
    r->sum_x += lbms_est_ohmic_dmv16(e);
    r->count++;
    r->block_ms = (uint16_t)(r->block_ms + ms);
    if (r->block_ms >= BLOCK_MS) {
        const int32_t v = r->sum_v / r->count;
        const int32_t x = r->sum_x / r->count;

        if (r->has_last) {
            learn(r, v, x);
        }
        r->last_v = v;
        r->last_x = x;
        r->has_last = true;
        r->sum_v = 0;
        r->sum_x = 0;
        r->count = 0u;
        r->block_ms = 0u;
    }
}
