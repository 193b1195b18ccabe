/* The fuel gauge over a restart. */
#include <math.h>
#include <string.h>

#include "gauge_rig.h"
#include "losun_bms/model/bits.h"
#include "support/suite.h"

START_TEST(a_virgin_pack_knows_nothing_and_says_so)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 5000u);
    ck_assert_uint_eq(rig.s.soc.sd_bp, LBMS_ESTIMATOR_SD_UNKNOWN_BP);
    ck_assert_int_eq(rig.s.health.capacity_mah, 100000);
    ck_assert_int_eq(rig.s.health.capacity_sd_mah, 5000);
    ck_assert_uint_eq(rig.s.health.soh_bp, 10000u);
    ck_assert_uint_eq(rig.s.health.resistance_permille, 1000u);
    ck_assert_uint_eq(rig.s.health.coulomb_bp, 0u);
    ck_assert_int_eq(rig.s.power.charge_ma[LBMS_HORIZON_10S], 0);
    ck_assert_uint_eq(rig.s.soc.left_s, LBMS_TIME_UNKNOWN_S);
}
END_TEST

START_TEST(all_that_was_learned_survives)
{
    struct gauge_rig rig;
    struct lbms_restored given;
    struct lbms_restored again;
    unsigned i;

    gauge_rig_board(&rig, 0.43);
    gauge_rig_store(&rig, 4300u);
    rig.restored.learned.shown_bp = 4111u;
    rig.restored.learned.capacity_mah = 100001;
    rig.restored.learned.capacity_sd_mah = 1234;
    rig.restored.life.charge_mas = 154801548; /* 43 % of that */
    rig.restored.learned.offset_ma = -77;
    rig.restored.learned.offset_sd_ma = 21u;
    rig.restored.learned.zero_known = true;
    rig.restored.learned.kr_permille = 1150u;
    rig.restored.learned.kr_new_permille = 1050u;
    rig.restored.learned.tail_s = 1500u;
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.restored.learned.dz[i] = (int16_t)((int)i * 16 - 120);
    }
    rig.restored.learned.totals.mah[LBMS_CHARGED] = 5000000u;
    rig.restored.learned.totals.mah[LBMS_DISCHARGED] = 4900000u;
    rig.restored.learned.totals.wh[LBMS_CHARGED] = 260000u;
    rig.restored.learned.totals.wh[LBMS_DISCHARGED] = 250000u;
    rig.restored.learned.totals.cycles = 55u;
    rig.restored.learned.totals.since_cycle_mah = 12345u;
    given = rig.restored;
    lbms_restored_defaults(&again);
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    lbms_gauge_save(&rig.g, &again);
    ck_assert(again.life.valid && again.learned.valid && again.learned.zero_known);
    ck_assert_int_eq(again.life.charge_mas, given.life.charge_mas);
    ck_assert_int_eq(lbms_gauge_charge_mas(&rig.g), given.life.charge_mas);
    ck_assert_uint_eq(again.learned.shown_bp, 4111u);
    ck_assert_uint_eq(again.learned.sd_bp, 100u);
    ck_assert_int_eq(again.learned.capacity_mah, 100001);
    ck_assert_int_eq(again.learned.capacity_sd_mah, 1234);
    ck_assert_int_eq(again.learned.offset_ma, -77);
    ck_assert_uint_eq(again.learned.offset_sd_ma, 21u);
    ck_assert_uint_eq(again.learned.kr_permille, 1150u);
    ck_assert_uint_eq(again.learned.kr_new_permille, 1050u);
    ck_assert_uint_eq(again.learned.tail_s, 1500u);
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_int_eq(again.learned.dz[i], given.learned.dz[i]);
    }
    ck_assert_mem_eq(&again.learned.totals, &given.learned.totals, sizeof(given.learned.totals));
    ck_assert_uint_eq(rig.s.health.totals.cycles, 55u);
    ck_assert_int_eq(rig.s.health.offset_ma, -77);
}
END_TEST

/* Deviation after a restart for this reason, of a pack that knew its SOC to sd_bp. */
static uint16_t sd_after(uint16_t sd_bp, uint8_t cause, uint32_t asleep_s)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    gauge_rig_store(&rig, 5000u);
    rig.restored.learned.sd_bp = sd_bp;
    rig.restored.boot.reset_cause = cause;
    rig.restored.boot.seconds_asleep = asleep_s;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    return rig.s.soc.sd_bp;
}

START_TEST(how_far_the_charge_is_believed_depends_on_how_the_program_ended)
{
    ck_assert_uint_eq(sd_after(250u, LBMS_RESET_WATCHDOG, 0u), 250u);
    ck_assert_uint_eq(sd_after(20u, LBMS_RESET_WATCHDOG, 0u), 100u); /* retained memory is a little old */
    ck_assert_uint_eq(sd_after(250u, LBMS_RESET_WAKE_UP, 10800u), 251u);
    ck_assert_uint_eq(sd_after(250u, LBMS_RESET_WAKE_UP, 30u * 86400u), 490u); /* 2.4 % a month */
    ck_assert_uint_eq(sd_after(250u, LBMS_RESET_WAKE_UP, UINT32_MAX), LBMS_ESTIMATOR_SD_UNKNOWN_BP);
    ck_assert_uint_eq(sd_after(250u, LBMS_RESET_POWER_ON, 0u), LBMS_ESTIMATOR_SD_UNKNOWN_BP);
}
END_TEST

START_TEST(a_charge_without_what_was_learned_is_a_value_of_unknown_age)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    gauge_rig_store(&rig, 6200u);
    rig.restored.learned.valid = false;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    ck_assert_uint_eq(rig.s.soc.estimate_bp, 6200u);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 6200u);
    ck_assert_uint_eq(rig.s.soc.sd_bp, LBMS_ESTIMATOR_SD_UNKNOWN_BP);
    rig.restored.learned.valid = true; /* and the other way round */
    rig.restored.learned.capacity_mah = 88000;
    rig.restored.life.valid = false;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    ck_assert_uint_eq(rig.s.soc.sd_bp, LBMS_ESTIMATOR_SD_UNKNOWN_BP);
    ck_assert_int_eq(rig.s.health.capacity_mah, 88000);
}
END_TEST

START_TEST(the_soc_shown_goes_on_where_it_was)
{
    struct gauge_rig rig;
    uint16_t before;

    gauge_rig_board(&rig, 0.7);
    gauge_rig_store(&rig, 7000u);
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, -50.0, 900.0, 100u);
    before = rig.s.soc.soc_bp;
    gauge_rig_restart(&rig, LBMS_RESET_WATCHDOG, 0u);
    ck_assert_uint_le(before - rig.s.soc.soc_bp, 5u);
    gauge_rig_restart(&rig, LBMS_RESET_POWER_ON, 0u);
    ck_assert_uint_le(before - rig.s.soc.soc_bp, 10u);
}
END_TEST

/* SOC shown after a restart for this reason, with 60 % in the pack. */
static uint16_t shown_after(uint16_t stored_bp, uint8_t cause)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.6);
    gauge_rig_store(&rig, 6000u);
    rig.restored.learned.shown_bp = stored_bp;
    rig.restored.boot.reset_cause = cause;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &lbms_product_ls_btn0_p0548100);
    return rig.s.soc.soc_bp;
}

START_TEST(after_a_loss_of_power_the_soc_shown_is_near_the_charge)
{
    ck_assert_uint_eq(shown_after(6500u, LBMS_RESET_WATCHDOG), 6500u);
    ck_assert_uint_eq(shown_after(5000u, LBMS_RESET_WAKE_UP), 5000u);
    ck_assert_uint_eq(shown_after(6500u, LBMS_RESET_POWER_ON), 6100u); /* stored hours ago */
    ck_assert_uint_eq(shown_after(5000u, LBMS_RESET_POWER_ON), 5900u);
    ck_assert_uint_eq(shown_after(6050u, LBMS_RESET_POWER_ON), 6050u);
}
END_TEST

START_TEST(zero_lasts_over_a_restart_as_long_as_the_protection)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.05);
    gauge_rig_store(&rig, 500u);
    rig.restored.learned.shown_bp = 0u;
    rig.restored.memory.valid = true;
    rig.restored.memory.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, 0.0, 300.0, 1000u);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 0u);
    rig.in.protections = 0u;
    gauge_rig_run(&rig, 0.0, 600.0, 1000u);
    ck_assert_uint_gt(rig.s.soc.soc_bp, 200u);
}
END_TEST

START_TEST(an_old_under_voltage_does_not_make_a_shown_soc_zero)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.05);
    gauge_rig_store(&rig, 500u);
    rig.restored.memory.valid = true;
    rig.restored.memory.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, 0.0, 60.0, 1000u);
    ck_assert_uint_gt(rig.s.soc.soc_bp, 300u);
}
END_TEST

START_TEST(a_product_without_a_cell_type_has_the_reference_cell)
{
    struct lbms_product product = lbms_product_ls_btn0_p0548100;
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    product.cell = NULL;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &product);
    ck_assert_ptr_eq(rig.g.cell, &lbms_cell_lfp100);
    product.cell = &lbms_cell_a123;
    lbms_gauge_init(&rig.g, &rig.s, &rig.restored, &rig.params, &product);
    ck_assert_ptr_eq(rig.g.cell, &lbms_cell_a123);
}
END_TEST

START_TEST(measured_capacities_are_taken_over_at_once_and_counted_on)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    gauge_rig_store(&rig, 5000u);
    gauge_rig_start(&rig);
    ck_assert_int_eq(lbms_gauge_set_capacity(&rig.g, &rig.s, 48000, 96000, 100000), LBMS_OK);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 5000u); /* shown in the same step */
    ck_assert_int_eq(rig.s.soc.capacity_mah, 96000);
    ck_assert_int_eq(rig.s.health.capacity_mah, 96000);
    ck_assert_int_eq(rig.s.health.soh_bp, 9600);
    gauge_rig_run(&rig, -48.0, 75.0, 100u); /* 1 Ah of 96: 1.04 % */
    ck_assert_int_le(rig.s.soc.estimate_bp, 5000 - 94);
    ck_assert_int_ge(rig.s.soc.estimate_bp, 5000 - 114);
    gauge_rig_restart(&rig, LBMS_RESET_SOFTWARE, 0u);
    ck_assert_int_eq(rig.s.health.capacity_mah, 96000);
    /* another design capacity needs its parameter as well; the step does not undo what was set */
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 200000;
    ck_assert_int_eq(lbms_gauge_set_capacity(&rig.g, &rig.s, 150000, 200000, 200000), LBMS_OK);
    gauge_rig_step(&rig, 0.0, 100u);
    ck_assert_int_eq(rig.s.health.capacity_mah, 200000);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 7500u);
}
END_TEST

START_TEST(impossible_capacities_change_nothing)
{
    static const int32_t wrong[][3] = {{-1, 96000, 100000},    {96001, 96000, 100000}, {0, 39999, 100000},
                                       {0, 120001, 100000},    {0, 0, 100000},         {0, -1, 100000},
                                       {-1, INT32_MIN, 100000}};
    static const int32_t right[][3] = {{0, 40000, 100000}, {40000, 40000, 100000}, {0, 120000, 100000}};
    struct gauge_rig rig;
    size_t i;

    gauge_rig_board(&rig, 0.5);
    gauge_rig_store(&rig, 5000u);
    gauge_rig_start(&rig);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_int_eq(lbms_gauge_set_capacity(&rig.g, &rig.s, wrong[i][0], wrong[i][1], wrong[i][2]),
                         LBMS_ERR_RANGE);
        ck_assert_uint_eq(rig.s.soc.soc_bp, 5000u);
        ck_assert_int_eq(rig.g.capacity.capacity_mah, 100000);
    }
    for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        ck_assert_int_eq(lbms_gauge_set_capacity(&rig.g, &rig.s, right[i][0], right[i][1], right[i][2]),
                         LBMS_OK);
        ck_assert_int_eq(rig.s.soc.soc_bp, 10000 * (right[i][0] / 1000) / (right[i][1] / 1000));
    }
}
END_TEST

START_TEST(a_cycle_count_is_taken_over_and_counted_on)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.95);
    gauge_rig_store(&rig, 9500u);
    gauge_rig_start(&rig);
    lbms_gauge_set_cycles(&rig.g, &rig.s, 777u);
    ck_assert_uint_eq(rig.s.health.totals.cycles, 777u);
    gauge_rig_run(&rig, -50.0, 6200.0, 1000u); /* 86 Ah: beyond `cycle_depth_bp` once */
    ck_assert_uint_eq(rig.s.health.totals.cycles, 778u);
}
END_TEST

SUITE("battery/gauge_memory", CASE("", a_virgin_pack_knows_nothing_and_says_so),
      CASE("", all_that_was_learned_survives),
      CASE("", how_far_the_charge_is_believed_depends_on_how_the_program_ended),
      CASE("", a_charge_without_what_was_learned_is_a_value_of_unknown_age),
      CASE("", the_soc_shown_goes_on_where_it_was),
      CASE("", after_a_loss_of_power_the_soc_shown_is_near_the_charge),
      CASE("", zero_lasts_over_a_restart_as_long_as_the_protection),
      CASE("", an_old_under_voltage_does_not_make_a_shown_soc_zero),
      CASE("", a_product_without_a_cell_type_has_the_reference_cell),
      CASE("", measured_capacities_are_taken_over_at_once_and_counted_on),
      CASE("", impossible_capacities_change_nothing), CASE("", a_cycle_count_is_taken_over_and_counted_on))
