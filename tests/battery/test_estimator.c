/* The estimator against a cell in double precision: starts, counting, anchors, zero, limits of its inputs. */
#include "losun_bms/battery/estimator.h"

#include <math.h>
#include <string.h>

#include "estimator_rig.h"
#include "support/suite.h"

START_TEST(of_an_unknown_pack_half_is_assumed_and_told_as_uncertain)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.7);
    est_rig_start(&rig, 0u, 0u);
    ck_assert_uint_eq(est_rig_view(&rig).soc_bp, 5000u);
    ck_assert_uint_eq(est_rig_view(&rig).sd_bp, 1500u);
    ck_assert(est_rig_view(&rig).plateau);
    ck_assert_int_eq(est_rig_view(&rig).offset_ma, 0);
    ck_assert_uint_eq(est_rig_view(&rig).kr_permille, 1000u);
    ck_assert(!est_rig_view(&rig).anchored);
    ck_assert(!est_rig_view(&rig).misfit);
}
END_TEST

START_TEST(a_stored_value_is_gone_on_from_and_limited_to_full)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.7);
    est_rig_start(&rig, 7321u, 200u);
    ck_assert_uint_eq(est_rig_view(&rig).soc_bp, 7321u);
    ck_assert_uint_eq(est_rig_view(&rig).sd_bp, 200u);
    est_rig_start(&rig, 12000u, 200u);
    ck_assert_uint_eq(est_rig_view(&rig).soc_bp, 10000u);
}
END_TEST

START_TEST(without_voltage_it_counts_every_milliampere_second)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.30);
    est_rig_start(&rig, 3000u, 100u);
    rig.in.voltage_valid = false;
    est_rig_run(&rig, 10.0, 3600u);
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 40.0, 0.15);
    ck_assert_double_eq_tol(est_rig_view(&rig).moved_mas / 3600.0, 10000.0, 1.0);
    est_rig_run(&rig, -0.020, 36000u); /* the draw of a sleeping inverter is not lost */
    ck_assert_double_eq_tol(est_rig_view(&rig).moved_mas / 3600.0, 9800.0, 1.0);
    est_rig_run(&rig, -40.0, 3000u);
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 100.0 * rig.z, 0.25);
}
END_TEST

START_TEST(draw_that_passes_the_sensor_is_counted)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.in.voltage_valid = false;
    rig.in.own_draw_ma = 50u;
    est_rig_run(&rig, 0.0, 72000u);
    ck_assert_double_eq_tol(est_rig_view(&rig).moved_mas / 3600.0, -1000.0, 2.0);
}
END_TEST

START_TEST(counting_makes_it_less_certain)
{
    struct estimator_rig rig;
    unsigned day;
    uint16_t before;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.in.voltage_valid = false;
    for (day = 0u; day < 3u; day++) {
        before = est_rig_view(&rig).sd_bp;
        est_rig_run(&rig, 20.0, 6000u);
        est_rig_run(&rig, -20.0, 6000u);
        ck_assert_uint_gt(est_rig_view(&rig).sd_bp, before);
    }
    ck_assert_double_eq_tol(est_rig_error(&rig), 0.0, 0.5);
}
END_TEST

START_TEST(a_lost_current_widens_the_result)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.in.voltage_valid = false;
    rig.in.current_valid = false;
    est_rig_run(&rig, -20.0, 3600u); /* 20 % are discharged unseen */
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 50.0, 0.5);
    ck_assert_uint_ge(est_rig_view(&rig).sd_bp, 1000u);
}
END_TEST

/* Seconds of these conditions until the anchor takes part; 0: not within ten minutes. */
static unsigned anchored_after(double z, uint16_t max_mv, int32_t current_ma)
{
    struct estimator_rig rig;
    unsigned s;

    est_rig_cell(&rig, z);
    est_rig_start(&rig, 6000u, 1500u);
    rig.in.mean_dmv = 34700u;
    rig.in.max_mv = max_mv;
    rig.in.current_ma = current_ma;
    for (s = 1u; s <= 600u; s++) {
        rig.in.now_ms += 1000u;
        lbms_estimator_step(&rig.e, &rig.in);
        if (est_rig_view(&rig).anchored) {
            return s;
        }
    }
    return 0u;
}

START_TEST(full_is_a_high_cell_that_takes_little_current_for_two_minutes)
{
    ck_assert_uint_eq(anchored_after(1.0, 3450u, 2000), 120u);
    ck_assert_uint_eq(anchored_after(1.0, 3449u, 2000), 0u);
    ck_assert_uint_eq(anchored_after(1.0, 3450u, 4999), 120u);
    ck_assert_uint_eq(anchored_after(1.0, 3450u, 5000), 0u); /* a twentieth of the capacity */
    ck_assert_uint_eq(anchored_after(1.0, 3450u, -499), 120u);
    ck_assert_uint_eq(anchored_after(1.0, 3450u, -500), 0u); /* more than the sensor can err by */
}
END_TEST

START_TEST(the_full_anchor_corrects_a_wrong_start_at_once)
{
    struct estimator_rig rig;
    unsigned s;

    est_rig_cell(&rig, 0.995);
    rig.v2 = 0.05;
    est_rig_start(&rig, 6000u, 1500u);
    for (s = 0u; s < 170u; s++) {
        est_rig_step(&rig, 2.0, 1000u);
    }
    ck_assert(est_rig_view(&rig).anchored);
    ck_assert_uint_ge(est_rig_view(&rig).soc_bp, 9700u);
    ck_assert_uint_le(est_rig_view(&rig).sd_bp, 800u); /* so far from what was believed: not sure at once */
    for (s = 0u; s < 1200u; s++) {
        est_rig_step(&rig, 2.0, 1000u);
    }
    ck_assert_uint_ge(est_rig_view(&rig).soc_bp, 9850u);
    ck_assert_uint_le(est_rig_view(&rig).sd_bp, 200u);
}
END_TEST

START_TEST(with_open_switches_the_reading_is_the_zero_of_the_sensor)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    rig.offset_a = 0.150;
    rig.noise_a = 0.100;
    est_rig_start(&rig, 5000u, 300u);
    rig.in.no_current = true;
    est_rig_run(&rig, 0.0, 59u);
    ck_assert_int_eq(est_rig_view(&rig).offset_ma, 0);
    est_rig_run(&rig, 0.0, 1u);
    rig.in.no_current = false; /* complete: it counts even when the switches close now */
    est_rig_run(&rig, 0.0, 100u);
    ck_assert_int_ge(est_rig_view(&rig).offset_ma, 140);
    ck_assert_int_le(est_rig_view(&rig).offset_ma, 160);
    ck_assert_uint_le(est_rig_view(&rig).offset_sd_ma, 30u);
    est_rig_run(&rig, 0.0, 20u * 3600u); /* 3 Ah are read that do not flow */
    ck_assert_double_eq_tol(est_rig_error(&rig), 0.0, 0.7);
    ck_assert_double_gt(100.0 * fabs(rig.counted - rig.z), 2.9);
}
END_TEST

START_TEST(the_zero_needs_no_voltage)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.3);
    rig.offset_a = 0.150;
    rig.in.no_current = true;
    rig.in.voltage_valid = false;
    est_rig_start(&rig, 3000u, 300u);
    est_rig_run(&rig, 0.0, 150u);
    ck_assert_int_ge(est_rig_view(&rig).offset_ma, 145);
    ck_assert_int_le(est_rig_view(&rig).offset_ma, 155);
    ck_assert_double_eq_tol(est_rig_error(&rig), 0.0, 0.1);
}
END_TEST

START_TEST(work_waits_for_a_busy_caller_but_the_charge_is_counted)
{
    struct estimator_rig rig;
    struct lbms_estimator_view before;
    unsigned i;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 3000u, 1500u);
    est_rig_run(&rig, -20.0, 61u); /* a window is due */
    before = est_rig_view(&rig);
    rig.in.busy = true;
    for (i = 0u; i < 3000u; i++) { /* 5 minutes */
        est_rig_step(&rig, -20.0, 100u);
    }
    ck_assert_uint_eq(est_rig_view(&rig).sd_bp, before.sd_bp); /* the voltage has not been used */
    ck_assert_double_eq_tol((before.soc_bp - est_rig_view(&rig).soc_bp) / 100.0, 100.0 * 20.0 / 12.0 / 100.0,
                            0.05);
    rig.in.busy = false;
    for (i = 0u; i < 1200u; i++) {
        est_rig_step(&rig, -20.0, 100u);
    }
    ck_assert_uint_lt(est_rig_view(&rig).sd_bp, before.sd_bp);
}
END_TEST

START_TEST(a_further_zero_counts_a_quarter)
{
    struct estimator_rig rig;
    int32_t first;

    est_rig_cell(&rig, 0.5);
    rig.offset_a = 0.100;
    est_rig_start(&rig, 5000u, 300u);
    rig.in.no_current = true;
    est_rig_run(&rig, 0.0, 119u); /* two would be one too many */
    rig.in.no_current = false;
    est_rig_run(&rig, 0.0, 30u);
    first = est_rig_view(&rig).offset_ma;
    rig.offset_a = 0.180;
    rig.in.no_current = true;
    est_rig_run(&rig, 0.0, 70u);
    rig.in.no_current = false;
    est_rig_run(&rig, 0.0, 1200u); /* with the next window */
    ck_assert_int_ge(first, 95);
    ck_assert_int_ge(est_rig_view(&rig).offset_ma, first + 10);
    ck_assert_int_le(est_rig_view(&rig).offset_ma, first + 30);
}
END_TEST

START_TEST(a_learnt_capacity_keeps_the_state_of_charge_and_counts_with_it_from_then_on)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.in.voltage_valid = false;
    lbms_estimator_set_capacity(&rig.e, 80000);
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 50.0, 0.1);
    est_rig_run(&rig, 8.0, 3600u); /* 8 Ah are 10 % of 80 Ah */
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 60.0, 0.5);
    lbms_estimator_set_capacity(&rig.e, 120000);
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 60.0, 0.5);
    est_rig_run(&rig, -12.0, 3600u);
    ck_assert_double_eq_tol(est_rig_view(&rig).soc_bp / 100.0, 50.0, 0.8);
}
END_TEST

START_TEST(steps_of_any_length_give_the_same_result)
{
    static const unsigned lengths[] = {10u, 50u, 100u, 250u, 1000u, 10000u};
    unsigned i;

    for (i = 0u; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct estimator_rig rig;
        unsigned ms;

        est_rig_cell(&rig, 0.40);
        est_rig_start(&rig, 5500u, 1000u);
        for (ms = 0u; ms < 4u * 3600u * 1000u; ms += lengths[i]) {
            est_rig_step(&rig, (ms < 2u * 3600u * 1000u) ? -16.0 : 10.0, lengths[i]);
        }
        ck_assert_double_eq_tol(est_rig_error(&rig), 0.0, 1.5);
    }
}
END_TEST

START_TEST(the_clock_may_wrap)
{
    struct estimator_rig rig;
    struct estimator_rig wrapping;
    unsigned s;

    est_rig_cell(&rig, 0.40);
    est_rig_cell(&wrapping, 0.40);
    wrapping.now_ms = 4294967296.0 - 1800000.0;
    est_rig_start(&rig, 4500u, 500u);
    est_rig_start(&wrapping, 4500u, 500u);
    for (s = 0u; s < 7200u; s++) {
        est_rig_step(&rig, -12.0, 1000u);
        est_rig_step(&wrapping, -12.0, 1000u);
        ck_assert_uint_eq(est_rig_view(&rig).soc_bp, est_rig_view(&wrapping).soc_bp);
    }
}
END_TEST

START_TEST(a_sample_is_not_good_for_more_than_ten_seconds)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.40);
    est_rig_start(&rig, 4000u, 100u);
    rig.in.current_ma = 36000;
    rig.in.now_ms += 3600000u;
    lbms_estimator_step(&rig.e, &rig.in);
    ck_assert_int_eq(est_rig_view(&rig).moved_mas, 360000);
}
END_TEST

START_TEST(resistance_is_learnt_from_steps_of_the_load)
{
    struct estimator_rig rig;
    unsigned s;

    est_rig_cell(&rig, 0.60);
    rig.ohm_scale = 1.5;
    est_rig_start(&rig, 6000u, 300u);
    for (s = 0u; s < 6u * 3600u; s++) {
        est_rig_step(&rig, ((s / 120u) % 2u == 0u) ? 25.0 : -25.5, 1000u);
    }
    ck_assert_uint_ge(est_rig_view(&rig).kr_permille, 1400u);
    ck_assert_uint_le(est_rig_view(&rig).kr_permille, 1600u);
}
END_TEST

START_TEST(a_learnt_resistance_is_gone_on_from)
{
    struct lbms_estimator e;
    struct lbms_estimator_start start;
    struct lbms_estimator_view view;

    lbms_estimator_start_unknown(&start);
    start.kr_permille = 1500u;
    lbms_estimator_init(&e, &lbms_cell_lfp100, 100000, &start);
    lbms_estimator_view(&e, &view);
    ck_assert_double_eq_tol((double)view.kr_permille, 1500.0, 30.0);
    start.kr_permille = 9999u;
    lbms_estimator_init(&e, &lbms_cell_lfp100, 100000, &start);
    lbms_estimator_view(&e, &view);
    ck_assert_uint_le(view.kr_permille, 2500u);
}
END_TEST

START_TEST(no_input_takes_it_out_of_its_range)
{
    static const int32_t currents[] = {INT32_MIN, INT32_MAX, 0, -1000000, 1000000};
    static const uint16_t voltages[] = {0u, UINT16_MAX, 33000u};
    static const int32_t capacities[] = {INT32_MIN, 0, 1000, 1000000, INT32_MAX};
    unsigned c;
    unsigned n;

    for (c = 0u; c < 5u; c++) {
        struct estimator_rig rig;
        struct lbms_estimator_start start;

        est_rig_cell(&rig, 0.5);
        memset(&start, 0xFF, sizeof(start));
        start.known = true;
        start.zero_known = (c % 2u) == 0u;
        start.offset_ma = (c < 3u) ? INT32_MIN : INT32_MAX;
        lbms_estimator_init(&rig.e, &lbms_cell_lfp100, capacities[c], &start);
        for (n = 0u; n < 20000u; n++) {
            rig.in.now_ms += (n % 7u == 0u) ? 20000u : 500u;
            rig.in.current_ma = currents[(n / 50u) % 5u];
            rig.in.mean_dmv = voltages[(n / 31u) % 3u];
            rig.in.max_mv = voltages[(n / 77u) % 3u];
            rig.in.temp_dc = (int16_t)(((n / 100u) % 2u == 0u) ? INT16_MIN : INT16_MAX);
            rig.in.no_current = (n / 400u) % 4u == 3u;
            lbms_estimator_step(&rig.e, &rig.in);
            ck_assert_uint_le(est_rig_view(&rig).soc_bp, 10000u);
            ck_assert_uint_le(est_rig_view(&rig).sd_bp, 12000u);
            ck_assert_uint_ge(est_rig_view(&rig).kr_permille, 500u);
            ck_assert_uint_le(est_rig_view(&rig).kr_permille, 2500u);
        }
    }
}
END_TEST

SUITE("battery/estimator", CASE("", of_an_unknown_pack_half_is_assumed_and_told_as_uncertain),
      CASE("", a_stored_value_is_gone_on_from_and_limited_to_full),
      CASE("", without_voltage_it_counts_every_milliampere_second),
      CASE("", draw_that_passes_the_sensor_is_counted), CASE("", counting_makes_it_less_certain),
      CASE("", a_lost_current_widens_the_result),
      CASE("", full_is_a_high_cell_that_takes_little_current_for_two_minutes),
      CASE("", the_full_anchor_corrects_a_wrong_start_at_once),
      CASE("", with_open_switches_the_reading_is_the_zero_of_the_sensor), CASE("", the_zero_needs_no_voltage),
      CASE("", work_waits_for_a_busy_caller_but_the_charge_is_counted),
      CASE("", a_further_zero_counts_a_quarter),
      CASE("", a_learnt_capacity_keeps_the_state_of_charge_and_counts_with_it_from_then_on),
      CASE("", steps_of_any_length_give_the_same_result), CASE("", the_clock_may_wrap),
      CASE("", a_sample_is_not_good_for_more_than_ten_seconds),
      CASE("", resistance_is_learnt_from_steps_of_the_load), CASE("", a_learnt_resistance_is_gone_on_from),
      CASE("", no_input_takes_it_out_of_its_range))
