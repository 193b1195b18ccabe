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

START_TEST(the_over_current_of_the_hardware_lies_outside_the_core)
{
    struct lbms_params params = defaults();

    ck_assert_int_eq(wanted(&params).discharge_oc_ma, 150000);
    ck_assert_uint_eq(wanted(&params).discharge_oc_delay_ms, 1500u); /* 0.5 s of the core, and 1 s */
    params.v[LBMS_PARAM_DISCHARGE_OC2_PROTECT_MA] = 300000;
    params.v[LBMS_PARAM_DISCHARGE_OC2_DELAY_MS] = 2000;
    params.v[LBMS_PARAM_SHORT_CIRCUIT_MA] = 400000;
    params.v[LBMS_PARAM_SHORT_CIRCUIT_DELAY_US] = 100;
    ck_assert_int_eq(wanted(&params).discharge_oc_ma, 300000);
    ck_assert_uint_eq(wanted(&params).discharge_oc_delay_ms, 3000u);
    ck_assert_int_eq(wanted(&params).short_circuit_ma, 400000);
    ck_assert_uint_eq(wanted(&params).short_circuit_delay_us, 100u);
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

/* Is this value of one field accepted, the others being as wanted by default? */
#define ACCEPTED(fit, field, value) \
    (got = want, got.field = (value), lbms_second_level_accepts(&got, (int8_t)(fit), &want, product))

#define ONLY_BETWEEN(fit, field, low, high)             \
    do {                                                \
        ck_assert(!ACCEPTED((fit), field, (low)-1));    \
        ck_assert(ACCEPTED((fit), field, (low)));       \
        ck_assert(ACCEPTED((fit), field, (high)));      \
        ck_assert(!ACCEPTED((fit), field, (high) + 1)); \
        ck_assert(!ACCEPTED((fit), field, 0));          \
    } while (0)

START_TEST(a_chip_that_fits_has_every_value)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config want = wanted(&params);
    struct lbms_afe_config got;

    ck_assert(ACCEPTED(LBMS_AFE_FITS, sequence, 0u));
    ONLY_BETWEEN(LBMS_AFE_FITS, cell_ov_mv, 3650, 3650);
    ONLY_BETWEEN(LBMS_AFE_FITS, watchdog_ms, 4000, 4000);
}
END_TEST

START_TEST(coarse_steps_are_accepted_on_the_safe_side_only)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config want = wanted(&params);
    struct lbms_afe_config got;

    ONLY_BETWEEN(LBMS_AFE_COARSER, cell_ov_mv, 3599, 3650);
    ONLY_BETWEEN(LBMS_AFE_COARSER, cell_uv_mv, 2500, 2551);
    ONLY_BETWEEN(LBMS_AFE_COARSER, cell_ov_delay_ms, 2000, 4000);
    ONLY_BETWEEN(LBMS_AFE_COARSER, cell_uv_delay_ms, 2000, 4000);
    ONLY_BETWEEN(LBMS_AFE_COARSER, discharge_oc_ma, 150000, 270000);
    ONLY_BETWEEN(LBMS_AFE_COARSER, discharge_oc_delay_ms, 1500, 3000);
    ONLY_BETWEEN(LBMS_AFE_COARSER, short_circuit_ma, 380000, 500000);
    ONLY_BETWEEN(LBMS_AFE_COARSER, short_circuit_delay_us, 236, 300);
    ONLY_BETWEEN(LBMS_AFE_COARSER, watchdog_ms, 2000, 4000);
}
END_TEST

START_TEST(a_short_circuit_threshold_is_not_rounded_into_the_over_current)
{
    struct lbms_params params = defaults();
    struct lbms_afe_config want;
    struct lbms_afe_config got;

    params.v[LBMS_PARAM_DISCHARGE_OC2_PROTECT_MA] = 250000;
    params.v[LBMS_PARAM_SHORT_CIRCUIT_MA] = 300000;
    want = wanted(&params);
    ONLY_BETWEEN(LBMS_AFE_COARSER, short_circuit_ma, 250001, 300000);
}
END_TEST

START_TEST(a_short_circuit_delay_of_0_is_not_there_however_small_the_wanted_one)
{
    struct lbms_params params = defaults();
    struct lbms_afe_config want;
    struct lbms_afe_config got;

    params.v[LBMS_PARAM_SHORT_CIRCUIT_DELAY_US] = 100;
    want = wanted(&params);
    ONLY_BETWEEN(LBMS_AFE_COARSER, short_circuit_delay_us, 36, 100);
    want.short_circuit_delay_us = 64u;
    ck_assert(!ACCEPTED(LBMS_AFE_COARSER, short_circuit_delay_us, 0u));
    ck_assert(ACCEPTED(LBMS_AFE_COARSER, short_circuit_delay_us, 1u));
}
END_TEST

START_TEST(both_supported_chips_are_accepted_with_the_defaults)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config want = wanted(&params);
    /* SH367309 with 0.25 mOhm, set in its steps */
    const struct lbms_afe_config sh367309 = {3650u, 2000u,  2500u, 2000u, 160000,
                                             2000u, 440000, 256u,  4000u, 1u};
    /* BQ76952 with 0.25 mOhm: 72 and 50 times 50.6 mV, 606 times 3.3 ms, OCD3, 100 mV, 20 times 15 us */
    const struct lbms_afe_config bq76952 = {3643u, 2000u,  2530u, 2000u, 150000,
                                            2000u, 400000, 300u,  4000u, 1u};

    ck_assert(lbms_second_level_accepts(&sh367309, LBMS_AFE_COARSER, &want, product));
    ck_assert(lbms_second_level_accepts(&bq76952, LBMS_AFE_COARSER, &want, product));
}
END_TEST

START_TEST(fixed_thresholds_are_compared_with_the_envelope)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config want = wanted(&params);
    struct lbms_afe_config got;

    ONLY_BETWEEN(LBMS_AFE_FIXED, cell_ov_mv, 1, 3655); /* 5 mV is the accuracy of the chip */
    ck_assert(!ACCEPTED(LBMS_AFE_FIXED, cell_uv_mv, 2494u));
    ck_assert(ACCEPTED(LBMS_AFE_FIXED, cell_uv_mv, 2495u));
    ck_assert(ACCEPTED(LBMS_AFE_FIXED, cell_uv_mv, 3000u));
    ck_assert(!ACCEPTED(LBMS_AFE_FIXED, cell_uv_mv, 0u));
    ONLY_BETWEEN(LBMS_AFE_FIXED, cell_ov_delay_ms, 1, 21000);
    ONLY_BETWEEN(LBMS_AFE_FIXED, cell_uv_delay_ms, 1, 21000);
    ONLY_BETWEEN(LBMS_AFE_FIXED, discharge_oc_ma, 1, 300000);
    ONLY_BETWEEN(LBMS_AFE_FIXED, discharge_oc_delay_ms, 1, 3000);
    ONLY_BETWEEN(LBMS_AFE_FIXED, short_circuit_ma, 1, 500000);
    ONLY_BETWEEN(LBMS_AFE_FIXED, short_circuit_delay_us, 1, 500);
    ONLY_BETWEEN(LBMS_AFE_FIXED, watchdog_ms, 1, 8000);
}
END_TEST

START_TEST(a_failed_write_is_not_accepted_whatever_was_read)
{
    const struct lbms_params params = defaults();
    const struct lbms_afe_config want = wanted(&params);
    struct lbms_afe_config got;

    ck_assert(!ACCEPTED(-1, sequence, 1u));
    ck_assert(!ACCEPTED(-128, sequence, 1u));
    ck_assert(!ACCEPTED(3, sequence, 1u));
}
END_TEST

SUITE("battery/second_level",
      CASE("R-TECH-07 R-TECH-13", the_hardware_stands_by_with_the_limits_of_the_manual),
      CASE("R-TECH-13", the_over_current_of_the_hardware_lies_outside_the_core),
      CASE("R-TECH-13", the_hardware_follows_the_cell_limits_of_the_core),
      CASE("R-TECH-07 R-TECH-13", the_hardware_is_never_inside_the_core_nor_outside_the_envelope),
      CASE("", the_sequence_number_is_left_to_the_caller),
      CASE("", two_sets_are_equal_whatever_their_sequence), CASE("", two_sets_differ_when_one_field_differs),
      CASE("R-TECH-13", a_chip_that_fits_has_every_value),
      CASE("R-TECH-13", coarse_steps_are_accepted_on_the_safe_side_only),
      CASE("R-TECH-13", a_short_circuit_threshold_is_not_rounded_into_the_over_current),
      CASE("", a_short_circuit_delay_of_0_is_not_there_however_small_the_wanted_one),
      CASE("R-TECH-13", both_supported_chips_are_accepted_with_the_defaults),
      CASE("R-TECH-13", fixed_thresholds_are_compared_with_the_envelope),
      CASE("R-PROT-07", a_failed_write_is_not_accepted_whatever_was_read))
