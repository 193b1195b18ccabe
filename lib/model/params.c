#include "losun_bms/model/params.h"

#include <stdbool.h>
#include <string.h>

#include "losun_bms/model/product.h"

void lbms_params_defaults(struct lbms_params *params, const struct lbms_product *product)
{
    size_t i;

    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        params->v[i] = product->params[i].def;
    }
}

static void blame(uint16_t *culprit, size_t id)
{
    if (culprit != NULL) {
        *culprit = (uint16_t)id;
    }
}

static bool in_order(const struct lbms_params *params, const struct lbms_param_order *order)
{
    const int32_t low = params->v[order->low];
    const int32_t high = params->v[order->high];

    return (order->strict != 0u) ? (low < high) : (low <= high);
}

int lbms_params_check(const struct lbms_params *params, const struct lbms_product *product, uint16_t *culprit)
{
    size_t i;

    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        if ((params->v[i] < product->params[i].min) || (params->v[i] > product->params[i].max)) {
            blame(culprit, i);
            return LBMS_ERR_RANGE;
        }
    }
    for (i = 0u; i < product->order_count; i++) {
        if (!in_order(params, &product->orders[i])) {
            blame(culprit, product->orders[i].low);
            return LBMS_ERR_ORDER;
        }
    }
    return LBMS_OK;
}

/* Backwards, so that an id that comes twice gets back what it had before the first. */
static void take_back(struct lbms_params *params, const struct lbms_param_item *items, const int32_t *before,
                      size_t count)
{
    size_t i;

    for (i = count; i > 0u; i--) {
        params->v[items[i - 1u].id] = before[i - 1u];
    }
}

int lbms_params_set(struct lbms_params *params, const struct lbms_product *product,
                    const struct lbms_param_item *items, size_t count, uint16_t *culprit)
{
    int32_t before[LBMS_PARAM_ITEMS_MAX]; /* less stack than a second set */
    size_t i;
    int status;

    if (count > LBMS_PARAM_ITEMS_MAX) {
        return LBMS_ERR_SPACE;
    }
    for (i = 0u; i < count; i++) {
        if (items[i].id >= LBMS_PARAM_COUNT) {
            blame(culprit, items[i].id);
            return LBMS_ERR_ARGUMENT;
        }
    }
    for (i = 0u; i < count; i++) {
        before[i] = params->v[items[i].id];
        params->v[items[i].id] = items[i].value;
    }
    status = lbms_params_check(params, product, culprit);
    if (status != LBMS_OK) {
        take_back(params, items, before, count);
    }
    return status;
}

uint32_t lbms_param_ms(const struct lbms_params *params, const struct lbms_product *product, uint8_t id)
{
    uint32_t value;

    if (id >= LBMS_PARAM_COUNT) {
        return 0u;
    }
    value = (uint32_t)params->v[id];
    return (product->params[id].unit == LBMS_UNIT_S) ? (value * 1000u) : value;
}

int lbms_param_find(const struct lbms_product *product, const char *name)
{
    int i;

    if (name != NULL) {
        for (i = 0; i < (int)LBMS_PARAM_COUNT; i++) {
            if (strcmp(product->params[i].name, name) == 0) {
                return i;
            }
        }
    }
    return -1;
}
