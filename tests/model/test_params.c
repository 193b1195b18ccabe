#include "losun_bms/model/params.h"

#include <stdbool.h>
#include <string.h>

#include "losun_bms/model/product.h"
#include "support/suite.h"

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

/* The orders of docs/requirements.md (rule A) and the margins of the measurement, written down here once more. */
static const struct order {
    const char *low;
    const char *high;
    bool strict;
    int32_t value; /* both may have this value without touching another order */
} orders[] = {
    {"cell_ov_release_mv", "cell_ov_alarm_mv", true, 3500},
    {"cell_ov_alarm_mv", "cell_ov_protect_mv", false, 3600},
    {"pack_ov_release_mv", "pack_ov_alarm_mv", true, 55000},
    {"pack_ov_alarm_mv", "pack_ov_protect_mv", false, 57600},
    {"cell_uv_protect_mv", "cell_uv_alarm_mv", false, 2700},
    {"cell_uv_alarm_mv", "cell_uv_release_mv", false, 2800},
    {"pack_uv_protect_mv", "pack_uv_alarm_mv", false, 46000},
    {"pack_uv_alarm_mv", "pack_uv_release_mv", false, 47000},
    {"cell_valid_min_mv", "cell_uv_protect_mv", true, 2600},
    {"cell_ov_protect_mv", "cell_valid_max_mv", true, 4000},
    {"body_diode_off_ma", "body_diode_on_ma", true, 1000},
    {"button_min_ms", "button_max_ms", true, 4500},
    {"button_max_ms", "button_reset_ms", false, 7000},
};
#define ORDERS (sizeof(orders) / sizeof(orders[0]))

static uint16_t id_of(const char *name)
{
    const int id = lbms_param_find(product, name);

    ck_assert_msg(id >= 0, "%s", name);
    return (uint16_t)id;
}

static struct lbms_params defaults(void)
{
    struct lbms_params params;

    memset(&params, 0xEE, sizeof(params));
    lbms_params_defaults(&params, product);
    return params;
}

/* The product with ranges so wide that only its orders can refuse a value. */
static const struct lbms_product *wide(void)
{
    static struct lbms_param_desc table[LBMS_PARAM_COUNT];
    static struct lbms_product wide_product;
    size_t i;

    wide_product = *product;
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        table[i] = product->params[i];
        table[i].min = INT32_MIN;
        table[i].max = INT32_MAX;
    }
    wide_product.params = table;
    return &wide_product;
}

START_TEST(the_defaults_are_those_of_the_table_and_a_permitted_set)
{
    const struct lbms_params params = defaults();
    uint16_t culprit = 0xABCDu;
    size_t i;

    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        ck_assert_int_eq(params.v[i], product->params[i].def);
    }
    ck_assert_int_eq(lbms_params_check(&params, product, &culprit), LBMS_OK);
    ck_assert_uint_eq(culprit, 0xABCDu);
    ck_assert_int_eq(lbms_params_check(&params, product, NULL), LBMS_OK);
}
END_TEST

static bool in_order(const struct lbms_params *params, const struct order *order)
{
    const int32_t low = params->v[id_of(order->low)];
    const int32_t high = params->v[id_of(order->high)];

    return order->strict ? (low < high) : (low <= high);
}

/* One parameter has left its default: moves those that are in its way to their own ends. */
static void make_room(struct lbms_params *params)
{
    size_t round;
    size_t i;

    for (round = 0u; round < ORDERS; round++) {
        for (i = 0u; i < ORDERS; i++) {
            const uint16_t low = id_of(orders[i].low);
            const uint16_t high = id_of(orders[i].high);

            if (in_order(params, &orders[i])) {
                continue;
            }
            if (params->v[low] > product->params[low].def) { /* it was raised: the other one follows */
                params->v[high] = product->params[high].max;
            } else {
                params->v[low] = product->params[low].min;
            }
        }
    }
}

/* Writes one parameter together with those that must give room to it. */
static int write_with_room(uint16_t id, int32_t value)
{
    struct lbms_param_item items[LBMS_PARAM_COUNT];
    struct lbms_params target = defaults();
    struct lbms_params params = defaults();
    uint16_t i;
    int status;

    target.v[id] = value;
    make_room(&target);
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        items[i].id = i;
        items[i].value = target.v[i];
    }
    status = lbms_params_set(&params, product, items, LBMS_PARAM_COUNT, NULL);
    if (status == LBMS_OK) {
        ck_assert_int_eq(params.v[id], value);
    }
    return status;
}

START_TEST(every_parameter_can_be_set_to_both_ends_of_its_range)
{
    uint16_t id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        ck_assert_msg(write_with_room(id, product->params[id].min) == LBMS_OK, "%s",
                      product->params[id].name);
        ck_assert_msg(write_with_room(id, product->params[id].max) == LBMS_OK, "%s",
                      product->params[id].name);
    }
}
END_TEST

START_TEST(every_parameter_is_refused_one_beyond_either_end_of_its_range)
{
    const struct lbms_params before = defaults();
    struct lbms_params params = before;
    uint16_t id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const int32_t beyond[] = {product->params[id].min - 1, product->params[id].max + 1, INT32_MIN,
                                  INT32_MAX};
        unsigned i;

        for (i = 0u; i < 4u; i++) {
            const struct lbms_param_item item = {id, beyond[i]};
            uint16_t culprit = 0xABCDu;

            ck_assert_int_eq(lbms_params_set(&params, product, &item, 1u, &culprit), LBMS_ERR_RANGE);
            ck_assert_uint_eq(culprit, id);
            ck_assert_mem_eq(&params, &before, sizeof(params));
        }
    }
}
END_TEST

START_TEST(the_orders_of_the_product_are_those_of_the_requirements)
{
    size_t i;
    size_t j;

    ck_assert_uint_eq(product->order_count, ORDERS);
    for (i = 0u; i < ORDERS; i++) {
        bool found = false;

        for (j = 0u; j < product->order_count; j++) {
            const struct lbms_param_order *order = &product->orders[j];

            if (order->low == id_of(orders[i].low) && order->high == id_of(orders[i].high)) {
                found = (order->strict != 0u) == orders[i].strict;
            }
        }
        ck_assert_msg(found, "%s, %s", orders[i].low, orders[i].high);
    }
}
END_TEST

/* Writes the two parameters of an order and tells the outcome; a refusal must change nothing. */
static int write_pair(const struct lbms_product *of, const struct order *order, int32_t low, int32_t high)
{
    const struct lbms_param_item items[] = {{id_of(order->low), low}, {id_of(order->high), high}};
    const struct lbms_params before = defaults();
    struct lbms_params params = before;
    uint16_t culprit = 0xABCDu;
    const int status = lbms_params_set(&params, of, items, 2u, &culprit);

    if (status == LBMS_OK) {
        ck_assert_int_eq(params.v[items[0].id], low);
        ck_assert_int_eq(params.v[items[1].id], high);
        ck_assert_uint_eq(culprit, 0xABCDu);
    } else {
        ck_assert_mem_eq(&params, &before, sizeof(params));
        ck_assert_uint_eq(culprit, items[0].id);
    }
    return status;
}

START_TEST(every_order_is_kept_and_equality_is_as_the_order_says)
{
    size_t i;

    for (i = 0u; i < ORDERS; i++) {
        const struct order *o = &orders[i];
        const int equal = o->strict ? LBMS_ERR_ORDER : LBMS_OK;

        ck_assert_int_eq(write_pair(wide(), o, o->value - 1, o->value), LBMS_OK);
        ck_assert_int_eq(write_pair(wide(), o, o->value, o->value), equal);
        ck_assert_int_eq(write_pair(wide(), o, o->value + 1, o->value), LBMS_ERR_ORDER);
    }
}
END_TEST

static bool in_range(const char *name, int32_t value)
{
    const struct lbms_param_desc *desc = &product->params[id_of(name)];

    return value >= desc->min && value <= desc->max;
}

START_TEST(the_orders_hold_within_the_ranges_of_the_product_as_well)
{
    size_t reachable = 0u;
    size_t i;

    for (i = 0u; i < ORDERS; i++) {
        const struct order *o = &orders[i];

        if (!in_range(o->low, o->value + 1) || !in_range(o->high, o->value)) {
            continue; /* the ranges alone keep this order */
        }
        reachable++;
        ck_assert_int_eq(write_pair(product, o, o->value, o->value), o->strict ? LBMS_ERR_ORDER : LBMS_OK);
        ck_assert_int_eq(write_pair(product, o, o->value + 1, o->value), LBMS_ERR_ORDER);
    }
    ck_assert_uint_eq(reachable, ORDERS - 2u);
}
END_TEST

START_TEST(one_bad_value_among_good_ones_refuses_them_all)
{
    const struct lbms_params before = defaults();
    unsigned bad;
    unsigned i;

    for (bad = 0u; bad < 4u; bad++) {
        struct lbms_param_item items[4] = {{LBMS_PARAM_CELL_OV_DELAY_MS, 2000},
                                           {LBMS_PARAM_UV_SLEEP_S, 60},
                                           {LBMS_PARAM_LED_PROFILE, 1},
                                           {LBMS_PARAM_DESIGN_CAPACITY_MAH, 200000}};
        struct lbms_params params = before;
        uint16_t culprit = 0xABCDu;

        ck_assert_int_eq(lbms_params_set(&params, product, items, 4u, &culprit), LBMS_OK);
        for (i = 0u; i < 4u; i++) {
            ck_assert_int_eq(params.v[items[i].id], items[i].value);
        }
        params = before;
        items[bad].value = -1;
        ck_assert_int_eq(lbms_params_set(&params, product, items, 4u, &culprit), LBMS_ERR_RANGE);
        ck_assert_uint_eq(culprit, items[bad].id);
        ck_assert_mem_eq(&params, &before, sizeof(params));
    }
}
END_TEST

START_TEST(values_that_depend_on_each_other_may_change_in_one_write)
{
    const struct lbms_param_item lower[] = {{LBMS_PARAM_CELL_OV_PROTECT_MV, 3450},
                                            {LBMS_PARAM_CELL_OV_ALARM_MV, 3400},
                                            {LBMS_PARAM_CELL_OV_RELEASE_MV, 3300}};
    struct lbms_params params = defaults();
    uint16_t culprit = 0xABCDu;

    ck_assert_int_eq(lbms_params_set(&params, product, lower, 1u, &culprit), LBMS_ERR_ORDER);
    ck_assert_uint_eq(culprit, LBMS_PARAM_CELL_OV_ALARM_MV);
    ck_assert_int_eq(lbms_params_set(&params, product, lower, 3u, NULL), LBMS_OK);
}
END_TEST

START_TEST(an_id_that_does_not_exist_refuses_the_whole_write)
{
    static const uint16_t unknown[] = {LBMS_PARAM_COUNT, LBMS_PARAM_NONE, 0x100u, 0xFFFFu};
    const struct lbms_params before = defaults();
    struct lbms_params params = before;
    unsigned i;

    for (i = 0u; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        const struct lbms_param_item items[] = {{LBMS_PARAM_UV_SLEEP_S, 60}, {unknown[i], 3600}};
        uint16_t culprit = 0xABCDu;

        ck_assert_int_eq(lbms_params_set(&params, product, items, 2u, &culprit), LBMS_ERR_ARGUMENT);
        ck_assert_uint_eq(culprit, unknown[i]);
        ck_assert_int_eq(lbms_params_set(&params, product, items, 2u, NULL), LBMS_ERR_ARGUMENT);
        ck_assert_mem_eq(&params, &before, sizeof(params));
    }
}
END_TEST

START_TEST(a_write_of_nothing_changes_nothing)
{
    const struct lbms_params before = defaults();
    struct lbms_params params = before;

    ck_assert_int_eq(lbms_params_set(&params, product, NULL, 0u, NULL), LBMS_OK);
    ck_assert_mem_eq(&params, &before, sizeof(params));
}
END_TEST

START_TEST(a_check_names_the_first_offending_parameter)
{
    struct lbms_params params = defaults();
    uint16_t culprit = 0xABCDu;

    params.v[LBMS_PARAM_CELL_OV_RELEASE_MV] = 3600; /* in its range, but not below the alarm */
    ck_assert_int_eq(lbms_params_check(&params, product, &culprit), LBMS_ERR_ORDER);
    ck_assert_uint_eq(culprit, LBMS_PARAM_CELL_OV_RELEASE_MV);
    ck_assert_int_eq(lbms_params_check(&params, product, NULL), LBMS_ERR_ORDER);
    params.v[LBMS_PARAM_UV_SLEEP_S] = 9;
    params.v[LBMS_PARAM_LED_PROFILE] = 2;
    ck_assert_int_eq(lbms_params_check(&params, product, &culprit), LBMS_ERR_RANGE);
    ck_assert_uint_eq(culprit, LBMS_PARAM_UV_SLEEP_S);
    ck_assert_int_eq(lbms_params_check(&params, product, NULL), LBMS_ERR_RANGE);
}
END_TEST

START_TEST(a_time_is_read_in_ms_whatever_its_unit)
{
    struct lbms_params params = defaults();
    unsigned id;

    ck_assert_uint_eq(lbms_param_ms(&params, product, LBMS_PARAM_CELL_OV_DELAY_MS), 1000u);
    ck_assert_uint_eq(lbms_param_ms(&params, product, LBMS_PARAM_FAULT_CLEAR_S), 10000u);
    params.v[LBMS_PARAM_UV_SLEEP_S] = 3600;
    ck_assert_uint_eq(lbms_param_ms(&params, product, LBMS_PARAM_UV_SLEEP_S), 3600000u);
    for (id = LBMS_PARAM_COUNT; id <= UINT8_MAX; id++) { /* with LBMS_PARAM_NONE */
        ck_assert_uint_eq(lbms_param_ms(&params, product, (uint8_t)id), 0u);
    }
}
END_TEST

START_TEST(no_time_in_seconds_is_too_long_to_be_read_in_ms)
{
    unsigned id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        if (product->params[id].unit == LBMS_UNIT_S) {
            ck_assert_msg(product->params[id].max < 2073600, "%s", product->params[id].name); /* 24 days */
        }
    }
}
END_TEST

START_TEST(every_parameter_is_found_by_its_name)
{
    int id;

    for (id = 0; id < (int)LBMS_PARAM_COUNT; id++) {
        ck_assert_int_eq(lbms_param_find(product, product->params[id].name), id);
    }
    ck_assert_int_eq(lbms_param_find(product, "cell_ov_protect_mv"), LBMS_PARAM_CELL_OV_PROTECT_MV);
    ck_assert_int_eq(lbms_param_find(product, "led_profile"), LBMS_PARAM_LED_PROFILE);
}
END_TEST

START_TEST(a_name_that_is_not_exactly_right_is_not_found)
{
    ck_assert_int_eq(lbms_param_find(product, NULL), -1);
    ck_assert_int_eq(lbms_param_find(product, ""), -1);
    ck_assert_int_eq(lbms_param_find(product, "cell_ov_protect"), -1);
    ck_assert_int_eq(lbms_param_find(product, "cell_ov_protect_mv "), -1);
    ck_assert_int_eq(lbms_param_find(product, "CELL_OV_PROTECT_MV"), -1);
}
END_TEST

SUITE("model/params", CASE("", the_defaults_are_those_of_the_table_and_a_permitted_set),
      CASE("", every_parameter_can_be_set_to_both_ends_of_its_range),
      CASE("", every_parameter_is_refused_one_beyond_either_end_of_its_range),
      CASE("", the_orders_of_the_product_are_those_of_the_requirements),
      CASE("", every_order_is_kept_and_equality_is_as_the_order_says),
      CASE("", the_orders_hold_within_the_ranges_of_the_product_as_well),
      CASE("", one_bad_value_among_good_ones_refuses_them_all),
      CASE("", values_that_depend_on_each_other_may_change_in_one_write),
      CASE("", an_id_that_does_not_exist_refuses_the_whole_write),
      CASE("", a_write_of_nothing_changes_nothing), CASE("", a_check_names_the_first_offending_parameter),
      CASE("", a_time_is_read_in_ms_whatever_its_unit),
      CASE("", no_time_in_seconds_is_too_long_to_be_read_in_ms),
      CASE("", every_parameter_is_found_by_its_name), CASE("", a_name_that_is_not_exactly_right_is_not_found))
