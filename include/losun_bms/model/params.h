/**
 * @file
 * Parameters: ids, descriptors, validated sets.
 */
#ifndef LOSUN_BMS_MODEL_PARAMS_H
#define LOSUN_BMS_MODEL_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/envelope.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lbms_product;

/** Parameter ids, one for each row of model/param_list.h. */
enum lbms_param {
#define X(id, name, unit, def, min, max) LBMS_PARAM_##id,
#include "losun_bms/model/param_list.h"
#undef X
    LBMS_PARAM_COUNT,
    LBMS_PARAM_NONE = 0xFF /**< in tables: no parameter here */
};

/** Unit of a parameter; decides how it is shown and that times can be read in ms. */
enum lbms_unit {
    LBMS_UNIT_MV,
    LBMS_UNIT_MA,
    LBMS_UNIT_MAH,
    LBMS_UNIT_DC,
    LBMS_UNIT_BP,
    LBMS_UNIT_MS,
    LBMS_UNIT_S,
    LBMS_UNIT_PCT,
    LBMS_UNIT_COUNT,
    LBMS_UNIT_BOOL,
    LBMS_UNIT_US,
    LBMS_UNIT_MA_S,
    LBMS_UNIT_MV_S,
    LBMS_UNIT_BAUD
};

/** What is known of one parameter. */
struct lbms_param_desc {
    const char *name; /**< as in the tools and the documentation; carries the unit as suffix */
    uint8_t unit;     /**< enum lbms_unit */
    int32_t def;      /**< default */
    int32_t min;      /**< smallest permitted value, inside the safety envelope */
    int32_t max;      /**< largest permitted value, inside the safety envelope */
};

/** An ordering that every set of parameters keeps: `low` below `high`, or not above it. */
struct lbms_param_order {
    uint8_t low;    /**< enum lbms_param */
    uint8_t high;   /**< enum lbms_param */
    uint8_t strict; /**< 1: low < high, 0: low <= high */
};

/** A complete set of values, indexed by enum lbms_param. Written only through lbms_params_set(). */
struct lbms_params {
    int32_t v[LBMS_PARAM_COUNT];
};

/** Values that one call of lbms_params_set() can write. */
#define LBMS_PARAM_ITEMS_MAX 16u

/** One value to be written. */
struct lbms_param_item {
    uint16_t id; /**< enum lbms_param */
    int32_t value;
};

/**
 * Fill a set with the product's defaults.
 *
 * @param params   set to fill, owned by the caller
 * @param product  product whose table holds the defaults
 * Context: any.
 */
void lbms_params_defaults(struct lbms_params *params, const struct lbms_product *product);

/**
 * Check a whole set: every value inside its range, every ordering kept.
 *
 * @param params   set to check
 * @param product  product whose table holds ranges and orderings
 * @param culprit  if not NULL, receives the id of the first offending parameter (unchanged when all is well)
 * @return LBMS_OK, LBMS_ERR_RANGE or LBMS_ERR_ORDER
 * Context: any.
 */
int lbms_params_check(const struct lbms_params *params, const struct lbms_product *product,
                      uint16_t *culprit);

/**
 * Write several parameters at once: either all of them take effect or none.
 *
 * The result must pass lbms_params_check() as a whole, so values that depend on each other are written in one call.
 *
 * @param params   set to change, owned by the caller
 * @param product  product whose table holds ranges and orderings
 * @param items    ids and values
 * @param count    number of items, at most LBMS_PARAM_ITEMS_MAX; 0 is permitted and changes nothing
 * @param culprit  if not NULL, receives the id of the first offending parameter
 * @return LBMS_OK; LBMS_ERR_SPACE for too many items; LBMS_ERR_ARGUMENT for an id that does not exist; LBMS_ERR_RANGE;
 *         LBMS_ERR_ORDER. The set is unchanged unless the result is LBMS_OK.
 * Context: one context for one set.
 */
int lbms_params_set(struct lbms_params *params, const struct lbms_product *product,
                    const struct lbms_param_item *items, size_t count, uint16_t *culprit);

/**
 * A time parameter in milliseconds, whatever unit its row has.
 *
 * @param params   set to read
 * @param product  product whose table holds the unit
 * @param id       enum lbms_param of a row in ms or s; LBMS_PARAM_NONE gives 0
 * @return the time in ms
 * Context: any.
 */
uint32_t lbms_param_ms(const struct lbms_params *params, const struct lbms_product *product, uint8_t id);

/**
 * Has a condition been true for a time parameter? As lbms_hold(), but the parameter is read only while that matters.
 *
 * @param timer      state
 * @param condition  now
 * @param now_ms     time of this call, wraps
 * @param params     set to read
 * @param product    product whose table holds the unit
 * @param id         enum lbms_param of a row in ms or s
 * @return true from the call on at which the condition has been true without a break for the time, until it is false
 * Context: the one context that uses this timer.
 */
static inline bool lbms_param_hold(struct lbms_hold_timer *timer, bool condition, uint32_t now_ms,
                                   const struct lbms_params *params, const struct lbms_product *product,
                                   uint8_t id)
{
    if (!condition) {
        timer->running = false;
        timer->done = false;
        return false;
    }
    return timer->done || lbms_hold(timer, true, now_ms, lbms_param_ms(params, product, id));
}

/**
 * Find a parameter by its name.
 *
 * @param product  product whose table is searched
 * @param name     name as in the table, exact; NULL gives -1
 * @return id, or -1 when there is none
 * Context: any.
 */
int lbms_param_find(const struct lbms_product *product, const char *name);

/**
 * Symbol of a unit for tools and documentation ("mV", "0.1 degC" ...).
 *
 * @param unit  enum lbms_unit; others are permitted
 * @return a constant string, never NULL; "?" for an unknown value
 * Context: any.
 */
const char *lbms_unit_symbol(uint8_t unit);

#ifdef __cplusplus
}
#endif

#endif
