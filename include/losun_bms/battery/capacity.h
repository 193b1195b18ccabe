/**
 * @file
 * Full capacity learned from the charge between two moments at which the state of charge is certain, and state of
 * health.
 */
#ifndef LOSUN_BMS_BATTERY_CAPACITY_H
#define LOSUN_BMS_BATTERY_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Largest standard deviation of the SOC at a certain moment, 0.01 %. */
#define LBMS_CAPACITY_CERTAIN_BP 150
/** Smallest distance of two such moments, 0.01 %: below it the error of the SOC outweighs the charge. */
#define LBMS_CAPACITY_SWING_BP 4000
/** Standard deviation of the capacity of a pack of which nothing is known, parts of its design capacity (1/20). */
#define LBMS_CAPACITY_UNKNOWN_PART 20

/** A moment at which the SOC is certain. */
struct lbms_capacity_point {
    int32_t moved_mas; /**< running count of charge, wraps */
    uint32_t at_s;
    uint16_t soc_bp, sd_bp;
    bool valid;
};

/** The capacity, how well it is known, and the older end of the next measurement. */
struct lbms_capacity {
    struct lbms_capacity_point point;
    int32_t design_mah;
    int32_t capacity_mah; /**< result */
    int32_t sd_mah;       /**< result: standard deviation of the capacity */
    uint32_t efc_centi;   /**< equivalent full cycles at the last measurement */
    uint8_t rejected;     /**< measurements in a row that did not fit */
};

/** What is known in this second. */
struct lbms_capacity_inputs {
    uint32_t now_s;  /**< uptime */
    uint16_t soc_bp; /**< SOC of the mean cell, 0..10000 */
    uint16_t sd_bp;  /**< its standard deviation */
    bool
        informed; /**< that SOC comes from the voltage now: the curve is steep here, or the full anchor holds */
    int32_t moved_mas;     /**< running count of charge, offset of the sensor removed; wraps */
    uint16_t offset_sd_ma; /**< how well that offset is known */
    uint32_t efc_centi;    /**< equivalent full cycles, 0.01 */
};

/**
 * Start from the stored capacity, or from the design capacity.
 *
 * @param c             state to prepare
 * @param design_mah    `design_capacity_mah`, 1000..1000000
 * @param capacity_mah  stored capacity; 0 when nothing is known. Limited to 40..120 % of the design capacity
 * @param sd_mah        its stored standard deviation; 0 when nothing is known
 * @param efc_centi     equivalent full cycles now, 0.01
 * Context: the context of the step.
 */
void lbms_capacity_init(struct lbms_capacity *c, int32_t design_mah, int32_t capacity_mah, int32_t sd_mah,
                        uint32_t efc_centi);

/**
 * Use this second when the SOC is certain in it, every second or two.
 *
 * Two certain moments z1 and z2, at least 40 % apart, measure y = dq / (z2 - z1) with the variance
 * y^2 (s1^2 + s2^2) / (z2 - z1)^2 + (s_b dt / (z2 - z1))^2 + (1 % of y)^2: both SOC, drift of the current offset, gain
 * of the current sensor. A scalar Kalman filter takes y; between two measurements its variance grows by (0.05 % of
 * the design capacity)^2 per equivalent full cycle. y beyond 4 sigma is refused; after the third in a row the old
 * value is held for lost and its standard deviation starts anew. A result moves by at most 4 % a time, and keeps
 * its standard deviation then, since the rest of the way is still unknown.
 *
 * A SOC that has only been counted since the last certain moment is as small or large as the capacity assumed
 * in counting: it would confirm that capacity, whatever it is. So a moment is certain only when `informed` too.
 *
 * @param c   state and results
 * @param in  this second
 * @return true when the capacity has been measured anew; then tell it to the estimator
 * Context: the context of the step; 64-bit divisions when a swing has been completed, about twice a day.
 */
bool lbms_capacity_step(struct lbms_capacity *c, const struct lbms_capacity_inputs *in);

/**
 * Follow what the voltages have said of the capacity on all ways, long before they make a moment certain.
 *
 * A pack that is seldom full and seldom rests at a steep place has no certain moments, and a capacity that is wrong makes
 * them rarer still: the estimator finds its own state of charge contradicted. The capacity goes where the estimator's
 * corrections point, once that is 1 % away, but not beyond 105 % of the design capacity: what looks like more is a table
 * that does not fit. Its standard deviation stays, so that the next certain moments count in full.
 *
 * @param c                  state and results
 * @param capacity_permille  lbms_estimator_view.capacity_permille; 0 = not known
 * @return true when the capacity has changed; then tell it to the estimator
 * Context: the context of the step.
 */
bool lbms_capacity_follow(struct lbms_capacity *c, uint16_t capacity_permille);

/**
 * State of health by capacity: full capacity over design capacity.
 *
 * @param c  state
 * @return 0..10000, 0.01 %; a pack above its design capacity is told as 100 %
 * Context: any, with an instance that nobody is changing.
 */
uint16_t lbms_capacity_soh_bp(const struct lbms_capacity *c);

/**
 * State of health by resistance: resistance now over that of the new pack, both at 25 degC. Usual end of life: 2000.
 *
 * @param kr_permille      resistance factor of the estimator, relative to its cell model
 * @param kr_new_permille  the same when the pack was new, since no pack has exactly the resistance of the model;
 *                         0 when not known: the model counts as new
 * @return 0.1 %, 1000 for a pack as good as new, at most 9999
 * Context: any.
 */
uint16_t lbms_capacity_resistance_permille(uint16_t kr_permille, uint16_t kr_new_permille);

#ifdef __cplusplus
}
#endif

#endif
