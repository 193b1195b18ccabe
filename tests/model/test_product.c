/* The product profile and its parameter table: what the manual says, and what no write may leave. */
#include "losun_bms/model/product.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "losun_bms/model/units.h"
#include "support/suite.h"

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

/* Ends that the manual or the chemistry give, written down here once more: no range may leave them. */
static const struct edge {
    const char *name;
    int32_t lowest;
    int32_t highest;
} edges[] = {
    /* charging up to 58.4 V, 3.65 V per cell (manual 1) */
    {"cell_ov_alarm_mv", 0, 3650},
    {"cell_ov_protect_mv", 0, 3650},
    {"cell_ov_release_mv", 0, 3650},
    {"pack_ov_alarm_mv", 0, 58400},
    {"pack_ov_protect_mv", 0, 58400},
    {"pack_ov_release_mv", 0, 58400},
    /* discharging down to 45.6 V (manual 1), 2.50 V per cell */
    {"cell_uv_alarm_mv", 2500, 3650},
    {"cell_uv_protect_mv", 2500, 3650},
    {"cell_uv_release_mv", 2500, 3650},
    {"pack_uv_alarm_mv", 45600, 58400},
    {"pack_uv_protect_mv", 45600, 58400},
    {"pack_uv_release_mv", 45600, 58400},
    /* no measurement older than 2 s */
    {"sample_stale_ms", 0, 2000},
    /* no protection may be made arbitrarily slow, nor its way out arbitrarily easy */
    {"cell_invalid_delay_ms", 0, 2000},
    {"cell_ov_delay_ms", 0, 20000},
    {"cell_uv_delay_ms", 0, 20000},
    {"pack_ov_delay_ms", 0, 20000},
    {"pack_uv_delay_ms", 0, 20000},
    {"ov_release_soc_bp", 7400, 9700},
};

/* Defaults that docs/requirements.md states. */
static const struct {
    const char *name;
    int32_t value;
} defaults[] = {
    {"cell_ov_alarm_mv", 3600},
    {"cell_ov_protect_mv", 3650},
    {"cell_ov_release_mv", 3380},
    {"cell_ov_delay_ms", 1000},
    {"pack_ov_alarm_mv", 57600},
    {"pack_ov_protect_mv", 58400},
    {"pack_ov_release_mv", 54000},
    {"pack_ov_delay_ms", 1000},
    {"ov_release_soc_bp", 9600},
    {"ov_release_discharge_ma", 1000},
    {"cell_uv_alarm_mv", 2800},
    {"cell_uv_protect_mv", 2600},
    {"cell_uv_release_mv", 2900},
    {"cell_uv_delay_ms", 1000},
    {"pack_uv_alarm_mv", 46400},
    {"pack_uv_protect_mv", 45600},
    {"pack_uv_release_mv", 48000},
    {"pack_uv_delay_ms", 1000},
    {"alarm_hyst_cell_mv", 50},
    {"alarm_hyst_pack_mv", 800},
    {"alarm_delay_ms", 1000},
    {"release_delay_ms", 1000},
    {"fault_clear_s", 10},
    {"cell_valid_min_mv", 500},
    {"cell_valid_max_mv", 4500},
    {"cell_invalid_delay_ms", 1000},
    {"temp_valid_min_dc", -400},
    {"temp_valid_max_dc", 1250},
    {"sample_stale_ms", 2000},
    {"current_idle_ma", 500},
    {"current_state_delay_ms", 2000},
    {"body_diode_on_ma", 1000},
    {"body_diode_off_ma", 300},
    {"charger_hold_s", 60},
    {"charger_over_mv", 500},
    {"design_capacity_mah", 100000},
    {"precharge_timeout_ms", 3000},
    {"precharge_done_pct", 90},
    {"precharge_retry_s", 30},
    {"precharge_retries", 3},
    {"uv_sleep_s", 30},
    {"button_min_ms", 3000},
    {"button_max_ms", 6000},
    {"button_reset_ms", 6000},
    {"wake_charger_mv", 48000},
    {"wake_charger_ms", 1000},
    {"sleep_no_voltage_mv", 10000},
    {"sleep_pending_s", 10},
    {"led_step_ms", 500},
    {"led_alarm_enable", 1},
    {"led_profile", 0},
};

static const struct lbms_param_desc *row(const char *name)
{
    const int id = lbms_param_find(product, name);

    ck_assert_msg(id >= 0, "%s", name);
    return &product->params[id];
}

START_TEST(the_pack_has_16_cells_of_3_2_v_and_100_ah)
{
    ck_assert_str_eq(product->model, "LS-BTN0-P0548100");
    ck_assert_uint_eq(product->cells, 16u);
    ck_assert_uint_eq(LBMS_CELLS, 16u);
    ck_assert_int_eq(product->cell_nominal_mv, 3200);
    ck_assert_int_eq(product->capacity_mah, 100000);
    ck_assert_int_eq(row("design_capacity_mah")->def, product->capacity_mah);
    /* 5120 Wh */
    ck_assert_int_eq(product->cells * product->cell_nominal_mv * (product->capacity_mah / 1000), 5120000);
}
END_TEST

START_TEST(the_envelope_is_that_of_the_manual)
{
    const struct lbms_envelope *e = &product->envelope;

    ck_assert_int_eq(e->cell_max_mv, 3650);
    ck_assert_int_eq(e->cell_min_mv, 2500);
    ck_assert_int_eq(e->pack_max_mv, 58400);
    ck_assert_int_eq(e->pack_min_mv, 45600);
    ck_assert_int_eq(e->current_max_ma, 110000);
    ck_assert_int_eq(e->short_circuit_max_ma, 500000);
    ck_assert_int_eq(e->charge_min_dc, 0);
    ck_assert_int_eq(e->charge_max_dc, 600);
    ck_assert_int_eq(e->discharge_min_dc, -200);
    ck_assert_int_eq(e->discharge_max_dc, 600);
    ck_assert_int_eq(e->sample_age_max_ms, 2000);
}
END_TEST

START_TEST(no_range_leaves_the_envelope)
{
    size_t i;

    for (i = 0u; i < sizeof(edges) / sizeof(edges[0]); i++) {
        ck_assert_msg(row(edges[i].name)->min >= edges[i].lowest, "%s", edges[i].name);
        ck_assert_msg(row(edges[i].name)->max <= edges[i].highest, "%s", edges[i].name);
    }
}
END_TEST

START_TEST(no_limit_of_voltage_or_age_is_without_an_edge)
{
    static const char *const limited[] = {"cell_ov_", "cell_uv_", "pack_ov_", "pack_uv_", "sample_"};
    size_t id;
    size_t i;
    size_t j;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) { /* a new parameter of these needs a line in the list above */
        const char *name = product->params[id].name;

        for (i = 0u; i < sizeof(limited) / sizeof(limited[0]); i++) {
            bool listed = strncmp(name, limited[i], strlen(limited[i])) != 0;

            for (j = 0u; j < sizeof(edges) / sizeof(edges[0]); j++) {
                listed = listed || strcmp(name, edges[j].name) == 0;
            }
            ck_assert_msg(listed, "%s", name);
        }
    }
}
END_TEST

START_TEST(the_defaults_are_those_of_the_requirements)
{
    size_t i;

    for (i = 0u; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
        ck_assert_msg(row(defaults[i].name)->def == defaults[i].value, "%s", defaults[i].name);
    }
}
END_TEST

START_TEST(every_row_has_a_default_inside_a_real_range)
{
    size_t id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const struct lbms_param_desc *desc = &product->params[id];

        ck_assert_msg(desc->min < desc->max, "%s", desc->name);
        ck_assert_msg(desc->min <= desc->def && desc->def <= desc->max, "%s", desc->name);
        ck_assert_msg(desc->min > INT32_MIN && desc->max < INT32_MAX, "%s", desc->name);
    }
}
END_TEST

START_TEST(only_temperatures_may_be_negative)
{
    size_t id;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const struct lbms_param_desc *desc = &product->params[id];

        ck_assert_msg(desc->min >= 0 || desc->unit == LBMS_UNIT_DC, "%s", desc->name);
    }
}
END_TEST

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name);

    return length > strlen(suffix) && strcmp(name + length - strlen(suffix), suffix) == 0;
}

START_TEST(every_name_ends_with_its_unit)
{
    static const char *const suffixes[] = {"_mv", "_ma", "_mah", "_dc", "_bp", "_ms", "_s", "_pct"};
    size_t id;
    uint8_t unit;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const struct lbms_param_desc *desc = &product->params[id];

        if (desc->unit == LBMS_UNIT_MA_S || desc->unit == LBMS_UNIT_MV_S) {
            ck_assert_msg(ends_with(desc->name, (desc->unit == LBMS_UNIT_MA_S) ? "_ma_s" : "_mv_s"), "%s",
                          desc->name);
            continue;
        }
        for (unit = LBMS_UNIT_MV; unit <= LBMS_UNIT_PCT; unit++) {
            ck_assert_msg(ends_with(desc->name, suffixes[unit]) == (desc->unit == unit), "%s", desc->name);
        }
        ck_assert_msg(ends_with(desc->name, "_us") == (desc->unit == LBMS_UNIT_US), "%s", desc->name);
        ck_assert_msg(ends_with(desc->name, "_baud") == (desc->unit == LBMS_UNIT_BAUD), "%s", desc->name);
        ck_assert_msg(desc->unit <= LBMS_UNIT_BAUD, "%s", desc->name);
        if (desc->unit == LBMS_UNIT_BOOL) {
            ck_assert_msg(desc->min == 0 && desc->max == 1, "%s", desc->name);
        }
        if (desc->unit == LBMS_UNIT_BP) {
            ck_assert_msg(desc->min >= 0 && desc->max <= 10000, "%s", desc->name);
        }
        if (desc->unit == LBMS_UNIT_PCT) {
            ck_assert_msg(desc->min >= 0 && desc->max <= 500, "%s", desc->name);
        }
    }
}
END_TEST

START_TEST(names_are_distinct_and_in_lower_case)
{
    size_t id;
    size_t other;
    const char *letter;

    for (id = 0u; id < LBMS_PARAM_COUNT; id++) {
        const char *name = product->params[id].name;

        for (letter = name; *letter != '\0'; letter++) {
            ck_assert_msg(islower((unsigned char)*letter) || isdigit((unsigned char)*letter) ||
                              *letter == '_',
                          "%s", name);
        }
        for (other = 0u; other < id; other++) {
            ck_assert_str_ne(name, product->params[other].name);
        }
    }
}
END_TEST

START_TEST(ids_fit_into_tables_that_mark_no_parameter_by_0xff)
{
    ck_assert_uint_lt(LBMS_PARAM_COUNT, LBMS_PARAM_NONE);
}
END_TEST

SUITE("model/product", CASE("R-TECH-01 R-TECH-02", the_pack_has_16_cells_of_3_2_v_and_100_ah),
      CASE("", the_envelope_is_that_of_the_manual),
      CASE("R-TECH-03 R-TECH-04 R-PROT-01", no_range_leaves_the_envelope),
      CASE("", no_limit_of_voltage_or_age_is_without_an_edge),
      CASE("", the_defaults_are_those_of_the_requirements),
      CASE("", every_row_has_a_default_inside_a_real_range), CASE("", only_temperatures_may_be_negative),
      CASE("", every_name_ends_with_its_unit), CASE("", names_are_distinct_and_in_lower_case),
      CASE("", ids_fit_into_tables_that_mark_no_parameter_by_0xff))
