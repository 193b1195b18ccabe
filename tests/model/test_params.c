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
} orders[] = {
    {"cell_ov_release_mv", "cell_ov_alarm_mv", true},
    {"cell_ov_alarm_mv", "cell_ov_protect_mv", false},
    {"pack_ov_release_mv", "pack_ov_alarm_mv", true},
    {"pack_ov_alarm_mv", "pack_ov_protect_mv", false},
    {"cell_uv_protect_mv", "cell_uv_alarm_mv", false},
    {"cell_uv_alarm_mv", "cell_uv_release_mv", false},
    {"pack_uv_protect_mv", "pack_uv_alarm_mv", false},
    {"pack_uv_alarm_mv", "pack_uv_release_mv", false},
    {"chg_ot_release_dc", "chg_ot_alarm_dc", false},
    {"chg_ot_alarm_dc", "chg_ot_protect_dc", true},
    {"dsg_ot_release_dc", "dsg_ot_alarm_dc", false},
    {"dsg_ot_alarm_dc", "dsg_ot_protect_dc", true},
    {"mos_ot_release_dc", "mos_ot_alarm_dc", false},
    {"mos_ot_alarm_dc", "mos_ot_protect_dc", true},
    {"env_ot_release_dc", "env_ot_alarm_dc", false},
    {"env_ot_alarm_dc", "env_ot_protect_dc", true},
    {"chg_ut_protect_dc", "chg_ut_alarm_dc", true},
    {"chg_ut_alarm_dc", "chg_ut_release_dc", false},
    {"dsg_ut_protect_dc", "dsg_ut_alarm_dc", true},
    {"dsg_ut_alarm_dc", "dsg_ut_release_dc", false},
    {"env_ut_protect_dc", "env_ut_alarm_dc", true},
    {"env_ut_alarm_dc", "env_ut_release_dc", false},
    {"chg_ut_release_dc", "chg_ot_release_dc", true},
    {"dsg_ut_release_dc", "dsg_ot_release_dc", true},
    {"env_ut_release_dc", "env_ot_release_dc", true},
    {"temp_diff_release_dc", "temp_diff_alarm_dc", true},
    {"charge_oc_alarm_ma", "charge_oc_protect_ma", false},
    {"charge_oc_protect_ma", "charge_oc2_protect_ma", false},
    {"discharge_oc_alarm_ma", "discharge_oc_protect_ma", false},
    {"discharge_oc_protect_ma", "discharge_oc2_protect_ma", false},
    {"discharge_oc2_protect_ma", "short_circuit_ma", true},
    {"body_diode_off_ma", "body_diode_on_ma", true},
    {"current_idle_ma", "full_charge_ma", true},
    {"mos_drop_min_ma", "mos_drop_max_ma", true},
    {"cell_valid_min_mv", "cell_dead_mv", true},
    {"cell_dead_mv", "cell_uv_protect_mv", true},
    {"cell_valid_min_mv", "cell_uv_protect_mv", true},
    {"cell_ov_release_mv", "full_cell_mv", true},
    {"full_cell_mv", "cell_ov_protect_mv", false},
    {"cell_ov_protect_mv", "cell_valid_max_mv", true},
    {"cell_uv_release_mv", "cell_ov_release_mv", true},
    {"low_charge_pack_mv", "pack_uv_protect_mv", true},
    {"pack_uv_protect_mv", "dvl_mv", true},
    {"dvl_mv", "pack_uv_release_mv", false},
    {"pack_uv_release_mv", "pack_ov_release_mv", true},
    {"pack_ov_release_mv", "full_charge_mv", true},
    {"full_charge_mv", "cvl_mv", true},
    {"cvl_mv", "pack_ov_protect_mv", false},
    {"pack_ov_protect_mv", "charger_ov_protect_mv", false},
    {"charger_ov_release_mv", "charger_ov_protect_mv", false},
    {"full_recovery_mv", "full_charge_mv", true},
    {"cvl_trim_floor_mv", "cvl_mv", false},
    {"dvl_mv", "cvl_trim_floor_mv", true},
    {"cell_diff_alarm_mv", "cell_diff_fault_mv", false},
    {"cell_diff_alarm_release_mv", "cell_diff_alarm_mv", true},
    {"cell_diff_fault_release_mv", "cell_diff_fault_mv", true},
    {"balance_stop_delta_mv", "balance_delta_mv", true},
    {"soc_low_alarm_bp", "soc_low_release_bp", true},
    {"heater_on_dc", "heater_off_dc", true},
    {"chg_ut_release_dc", "heater_off_dc", false},
    {"heater_off_dc", "heater_cell_max_dc", false},
    {"heater_cell_min_dc", "heater_on_dc", true},
    {"button_min_ms", "button_max_ms", true},
    {"button_max_ms", "button_reset_ms", false},
    {"lock_consecutive_s", "lock_forget_s", false},
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

/* The product with one of its orders only, and ranges so wide that nothing else can refuse a value. */
static const struct lbms_product *with_only(size_t order)
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
    for (i = 0u; i < product->order_count; i++) {
        if (product->orders[i].low == id_of(orders[order].low) &&
            product->orders[i].high == id_of(orders[order].high)) {
            wide_product.orders = &product->orders[i];
        }
    }
    wide_product.order_count = 1u;
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

/* One parameter has been raised or lowered: those that are in its way make room, by as little as they can. */
static void make_room(struct lbms_params *params, bool raised)
{
    size_t round;
    size_t i;

    for (round = 0u; round < ORDERS; round++) {
        for (i = 0u; i < ORDERS; i++) {
            const uint16_t low = id_of(orders[i].low);
            const uint16_t high = id_of(orders[i].high);
            const int32_t distance = orders[i].strict ? 1 : 0;

            if (in_order(params, &orders[i])) {
                continue;
            }
            if (raised) {
                params->v[high] = params->v[low] + distance;
            } else {
                params->v[low] = params->v[high] - distance;
            }
        }
    }
}

/* Whether one parameter may have a value, together with those that must give room to it. */
static int write_with_room(uint16_t id, int32_t value)
{
    struct lbms_params target = defaults();

    target.v[id] = value;
    make_room(&target, value > product->params[id].def);
    return (target.v[id] == value) ? lbms_params_check(&target, product, NULL) : LBMS_ERR_ORDER;
}

/* The end itself, or one unit inside where a strict order with the same end of another range forbids it. */
static bool reaches(uint16_t id, int32_t end, int32_t inward)
{
    return write_with_room(id, end) == LBMS_OK || write_with_room(id, end + inward) == LBMS_OK;
}

START_TEST(every_parameter_can_be_set_to_both_ends_of_its_range)
{
    uint16_t id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const struct lbms_param_desc *desc = &product->params[id];
        /* full_cell_mv is at least 3450: the one place where a range ends before its order lets it */
        const bool kept_away = strcmp(desc->name, "cell_ov_protect_mv") == 0;

        ck_assert_msg(reaches(id, desc->min, 1) != kept_away, "min %s", desc->name);
        ck_assert_msg(reaches(id, desc->max, -1), "max %s", desc->name);
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
        const struct lbms_product *of = with_only(i);
        const struct order *o = &orders[i];

        ck_assert_int_eq(write_pair(of, o, 999, 1000), LBMS_OK);
        ck_assert_int_eq(write_pair(of, o, 1000, 1000), o->strict ? LBMS_ERR_ORDER : LBMS_OK);
        ck_assert_int_eq(write_pair(of, o, 1001, 1000), LBMS_ERR_ORDER);
    }
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
    const struct lbms_param_item lower[] = {{LBMS_PARAM_CELL_OV_PROTECT_MV, 3550},
                                            {LBMS_PARAM_CELL_OV_ALARM_MV, 3500},
                                            {LBMS_PARAM_CELL_OV_RELEASE_MV, 3300}};
    struct lbms_params params = defaults();
    uint16_t culprit = 0xABCDu;

    ck_assert_int_eq(lbms_params_set(&params, product, lower, 1u, &culprit), LBMS_ERR_ORDER);
    ck_assert_uint_eq(culprit, LBMS_PARAM_CELL_OV_ALARM_MV);
    ck_assert_int_eq(lbms_params_set(&params, product, lower, 3u, NULL), LBMS_OK);
}
END_TEST

START_TEST(an_id_may_come_twice_and_a_refusal_still_takes_everything_back)
{
    const struct lbms_params before = defaults();
    struct lbms_params params = before;
    struct lbms_param_item items[3] = {
        {LBMS_PARAM_UV_SLEEP_S, 60}, {LBMS_PARAM_UV_SLEEP_S, 70}, {LBMS_PARAM_LED_PROFILE, 2}};

    ck_assert_int_eq(lbms_params_set(&params, product, items, 3u, NULL), LBMS_ERR_RANGE);
    ck_assert_mem_eq(&params, &before, sizeof(params));
    ck_assert_int_eq(lbms_params_set(&params, product, items, 2u, NULL), LBMS_OK);
    ck_assert_int_eq(params.v[LBMS_PARAM_UV_SLEEP_S], 70);
}
END_TEST

START_TEST(sixteen_values_can_be_written_at_once_but_not_seventeen)
{
    const struct lbms_params before = defaults();
    struct lbms_params params = before;
    struct lbms_param_item items[17];
    uint16_t i;

    for (i = 0u; i < 17u; i++) {
        items[i].id = LBMS_PARAM_UV_SLEEP_S;
        items[i].value = 40 + (int32_t)i;
    }
    ck_assert_int_eq(lbms_params_set(&params, product, items, 17u, NULL), LBMS_ERR_SPACE);
    ck_assert_mem_eq(&params, &before, sizeof(params));
    ck_assert_int_eq(lbms_params_set(&params, product, items, 16u, NULL), LBMS_OK);
    ck_assert_int_eq(params.v[LBMS_PARAM_UV_SLEEP_S], 55);
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
            /* below 24 days; what is longer is counted in seconds of uptime, or a date */
            const bool in_uptime = (id == LBMS_PARAM_FORCE_FULL_REQUEST_S) ||
                                   (id == LBMS_PARAM_STANDBY_SLEEP_S) ||
                                   (id == LBMS_PARAM_MAINTENANCE_CHARGE_S) ||
                                   (id == LBMS_PARAM_RECORD_START_S) || (id == LBMS_PARAM_RECORD_END_S);

            ck_assert_msg(product->params[id].max < 2073600 || in_uptime, "%s", product->params[id].name);
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
      CASE("", one_bad_value_among_good_ones_refuses_them_all),
      CASE("", values_that_depend_on_each_other_may_change_in_one_write),
      CASE("", an_id_may_come_twice_and_a_refusal_still_takes_everything_back),
      CASE("", sixteen_values_can_be_written_at_once_but_not_seventeen),
      CASE("", an_id_that_does_not_exist_refuses_the_whole_write),
      CASE("", a_write_of_nothing_changes_nothing), CASE("", a_check_names_the_first_offending_parameter),
      CASE("", a_time_is_read_in_ms_whatever_its_unit),
      CASE("", no_time_in_seconds_is_too_long_to_be_read_in_ms),
      CASE("", every_parameter_is_found_by_its_name), CASE("", a_name_that_is_not_exactly_right_is_not_found))
