#include "losun_bms/battery/second_level.h"

#include <string.h>

#include "support/suite.h"

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

static struct lbms_afe_config wanted(const struct lbms_params *params)
{
    struct lbms_afe_config config;

    memset(&config, 0xEE, sizeof(config));
    lbms_second_level(&config, params, product);
    return config;
}

static struct lbms_params defaults(void)
{
    struct lbms_params params;

    lbms_params_defaults(&params, product);
    return params;
}

START_TEST(the_hardware_stands_by_with_the_limits_of_the_manual)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config config = wanted(&params);

    ck_assert_uint_eq(config.cell_ov_mv, 3650u);
    ck_assert_uint_eq(config.cell_ov_delay_ms, 2000u);
    ck_assert_uint_eq(config.cell_uv_mv, 2500u);
    ck_assert_uint_eq(config.cell_uv_delay_ms, 2000u);
    ck_assert_int_eq(config.short_circuit_ma, 500000);
    ck_assert_uint_eq(config.short_circuit_delay_us, 300u);
    ck_assert_uint_eq(config.watchdog_ms, 4000u);
}
END_TEST

START_TEST(an_over_current_of_the_hardware_waits_for_one_of_the_core)
{
    const struct lbms_params params = defaults();

    ck_assert_int_eq(wanted(&params).discharge_oc_ma, 0); /* 0: not used */
    ck_assert_uint_eq(wanted(&params).discharge_oc_delay_ms, 0u);
}
END_TEST

START_TEST(the_hardware_follows_the_cell_limits_of_the_core)
{
    struct lbms_params params = defaults();

    params.v[LBMS_PARAM_CELL_OV_PROTECT_MV] = 3500;
    params.v[LBMS_PARAM_CELL_OV_DELAY_MS] = 20000;
    params.v[LBMS_PARAM_CELL_UV_PROTECT_MV] = 3200;
    params.v[LBMS_PARAM_CELL_UV_DELAY_MS] = 500;
    ck_assert_uint_eq(wanted(&params).cell_ov_mv, 3500u);
    ck_assert_uint_eq(wanted(&params).cell_ov_delay_ms, 21000u);
    ck_assert_uint_eq(wanted(&params).cell_uv_mv, 2500u); /* the envelope, whatever the core does */
    ck_assert_uint_eq(wanted(&params).cell_uv_delay_ms, 1500u);
}
END_TEST

START_TEST(the_hardware_is_never_inside_the_core_nor_outside_the_envelope)
{
    static const uint8_t varied[] = {LBMS_PARAM_CELL_OV_PROTECT_MV, LBMS_PARAM_CELL_UV_PROTECT_MV,
                                     LBMS_PARAM_CELL_OV_DELAY_MS, LBMS_PARAM_CELL_UV_DELAY_MS};
    unsigned corner;
    unsigned i;

    for (corner = 0u; corner < 16u; corner++) { /* every mixture of smallest and largest values */
        struct lbms_params params = defaults();
        struct lbms_afe_config config;

        for (i = 0u; i < 4u; i++) {
            const struct lbms_param_desc *desc = &product->params[varied[i]];

            params.v[varied[i]] = ((corner & (1u << i)) != 0u) ? desc->max : desc->min;
        }
        config = wanted(&params);
        ck_assert_int_ge(config.cell_ov_mv, params.v[LBMS_PARAM_CELL_OV_PROTECT_MV]);
        ck_assert_int_le(config.cell_ov_mv, 3650);
        ck_assert_int_le(config.cell_uv_mv, params.v[LBMS_PARAM_CELL_UV_PROTECT_MV]);
        ck_assert_int_ge(config.cell_uv_mv, 2500);
        ck_assert_int_eq(config.cell_ov_delay_ms, params.v[LBMS_PARAM_CELL_OV_DELAY_MS] + 1000);
        ck_assert_int_eq(config.cell_uv_delay_ms, params.v[LBMS_PARAM_CELL_UV_DELAY_MS] + 1000);
        ck_assert_int_le(config.short_circuit_ma, 500000);
    }
}
END_TEST

START_TEST(the_sequence_number_is_left_to_the_caller)
{
    const struct lbms_params params = defaults();

    ck_assert_uint_eq(wanted(&params).sequence, 0xEEu);
}
END_TEST

START_TEST(two_sets_are_equal_whatever_their_sequence)
{
    const struct lbms_params params = defaults();
    struct lbms_afe_config a = wanted(&params);
    struct lbms_afe_config b = a;

    ck_assert(lbms_second_level_equal(&a, &a));
    b.sequence++;
    ck_assert(lbms_second_level_equal(&a, &b));
}
END_TEST

#define DIFFERS(field)                               \
    do {                                             \
        struct lbms_afe_config b = a;                \
        b.field++;                                   \
        ck_assert(!lbms_second_level_equal(&a, &b)); \
        ck_assert(!lbms_second_level_equal(&b, &a)); \
    } while (0)

START_TEST(two_sets_differ_when_one_field_differs)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config a = wanted(&params);

    DIFFERS(cell_ov_mv);
    DIFFERS(cell_ov_delay_ms);
    DIFFERS(cell_uv_mv);
    DIFFERS(cell_uv_delay_ms);
    DIFFERS(discharge_oc_ma);
    DIFFERS(discharge_oc_delay_ms);
    DIFFERS(short_circuit_ma);
    DIFFERS(short_circuit_delay_us);
    DIFFERS(watchdog_ms);
}
END_TEST

SUITE("battery/second_level",
      CASE("R-TECH-07 R-TECH-13", the_hardware_stands_by_with_the_limits_of_the_manual),
      CASE("", an_over_current_of_the_hardware_waits_for_one_of_the_core),
      CASE("R-TECH-13", the_hardware_follows_the_cell_limits_of_the_core),
      CASE("R-TECH-07 R-TECH-13", the_hardware_is_never_inside_the_core_nor_outside_the_envelope),
      CASE("", the_sequence_number_is_left_to_the_caller),
      CASE("", two_sets_are_equal_whatever_their_sequence), CASE("", two_sets_differ_when_one_field_differs))
