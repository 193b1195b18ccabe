/* Calibration: what corrections make of a sample, how they are found, and what is refused. */
#include "losun_bms/battery/calibration.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "measure_rig.h"
#include "support/suite.h"

static struct lbms_calibration calibration;
static struct lbms_calibrator calibrator;
static struct lbms_sample raw, corrected;

static void start(void)
{
    lbms_calibration_defaults(&calibration);
    memset(&calibrator, 0, sizeof(calibrator));
    memset(&raw, 0, sizeof(raw));
}

static int32_t current_of(int32_t raw_ma)
{
    raw.current_ma = raw_ma;
    lbms_calibration_apply(&calibration, &raw, &corrected);
    return corrected.current_ma;
}

START_TEST(a_current_is_value_times_gain_plus_offset)
{
    int32_t ma;

    start();
    calibration.charge_gain = 1012345;
    calibration.discharge_gain = 950000;
    calibration.offset_ma = -137;
    for (ma = -800000; ma <= 800000; ma += 777) {
        const double gain = (ma < 0) ? 0.95 : 1.012345;

        const double wrong = current_of(ma) - ((ma * gain) - 137.0);

        ck_assert(wrong >= -1.0 && wrong <= 1.0);
    }
    ck_assert_int_eq(current_of(0), -137);
    ck_assert_int_eq(current_of(100000), 101235 - 137); /* 101234.5: half away from zero */
    ck_assert_int_eq(current_of(-100000), -95000 - 137);
}
END_TEST

START_TEST(voltages_are_corrected_each_in_its_way_and_the_rest_is_left_alone)
{
    unsigned i;

    start();
    raw.at_ms = 7u;
    raw.pack_mv = 52000;
    raw.terminal_mv = -48000;
    raw.ntc_dc[1] = 251;
    raw.mosfet_dc = 333;
    raw.afe_flags = 5u;
    raw.closed = 3u;
    for (i = 0u; i < LBMS_CELLS; i++) {
        raw.cell_mv[i] = 3300u;
        calibration.cell_offset_mv[i] = (int8_t)((int)i - 8);
    }
    calibration.pack_gain = 1050000;
    lbms_calibration_apply(&calibration, &raw, &corrected);
    ck_assert_int_eq(corrected.pack_mv, 54600);
    ck_assert_int_eq(corrected.terminal_mv, -50400);
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_uint_eq(corrected.cell_mv[i], 3292u + i);
    }
    ck_assert_uint_eq(corrected.at_ms, 7u);
    ck_assert_int_eq(corrected.ntc_dc[1], 251);
    ck_assert_int_eq(corrected.mosfet_dc, 333);
    ck_assert_uint_eq(corrected.afe_flags, 5u);
    ck_assert_uint_eq(corrected.closed, 3u);
}
END_TEST

START_TEST(what_is_no_measured_value_is_not_made_one)
{
    start();
    calibration.charge_gain = 1050000;
    calibration.discharge_gain = 1050000;
    calibration.pack_gain = 1050000;
    calibration.cell_offset_mv[0] = 20;
    calibration.cell_offset_mv[1] = 20;
    calibration.cell_offset_mv[2] = -20;
    raw.cell_mv[0] = 0u; /* a wire that has come off */
    raw.cell_mv[1] = UINT16_MAX;
    raw.cell_mv[2] = 19u;
    raw.pack_mv = INT32_MIN;
    ck_assert_int_eq(current_of(INT32_MAX), INT32_MAX);
    ck_assert_uint_eq(corrected.cell_mv[0], 0u);
    ck_assert_uint_eq(corrected.cell_mv[1], UINT16_MAX);
    ck_assert_uint_eq(corrected.cell_mv[2], 0u);
    ck_assert_int_eq(corrected.pack_mv, INT32_MIN);
    ck_assert_int_eq(current_of(10000000), 10500000);
    ck_assert_int_eq(current_of(10000001), 10000001);
    ck_assert_int_eq(current_of(-10000000), -10500000);
    calibration.offset_ma = -2000;
    ck_assert_int_eq(current_of(INT32_MIN), INT32_MIN);
}
END_TEST

START_TEST(a_calibration_that_corrects_nothing_is_known)
{
    start();
    ck_assert(!lbms_calibration_corrects(&calibration));
    calibration.cell_offset_mv[15] = 1;
    ck_assert(lbms_calibration_corrects(&calibration));
    start();
    calibration.offset_ma = 1;
    ck_assert(lbms_calibration_corrects(&calibration));
}
END_TEST

/* Samples of alternating noise around a value, one each 250 ms; the result of the last one. */
static int feed(int32_t value, int32_t noise, unsigned samples)
{
    struct lbms_inputs in;
    int status = LBMS_AGAIN;
    unsigned i;

    memset(&in, 0, sizeof(in));
    in.now_ms = 1000u;
    for (i = 0u; i < samples; i++) {
        in.now_ms += 125u; /* a step without a sample in between */
        in.sample_new = false;
        ck_assert_int_eq(lbms_calibrator_step(&calibrator, &in, &calibration), LBMS_AGAIN);
        in.now_ms += 125u;
        in.sample_new = true;
        in.sample.current_ma = value + ((i % 2u == 0u) ? noise : -noise);
        in.sample.pack_mv = in.sample.current_ma;
        status = lbms_calibrator_step(&calibrator, &in, &calibration);
        if (i + 1u < samples) {
            ck_assert_int_eq(status, LBMS_AGAIN);
        }
    }
    return status;
}

START_TEST(the_zero_is_the_mean_of_sixteen_samples)
{
    start();
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(230, 90, 15u), LBMS_AGAIN);
    ck_assert_int_eq(calibration.offset_ma, 0);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(230, 90, 16u), LBMS_OK);
    ck_assert_int_eq(calibration.offset_ma, -230);
    ck_assert_int_eq(current_of(230), 0);
    /* once more, with a gain: what is found replaces what was there, it is not added to it */
    calibration.charge_gain = 1050000;
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(1000, 0, 16u), LBMS_OK);
    ck_assert_int_eq(current_of(1000), 0);
    ck_assert_int_eq(calibration.offset_ma, -1050);
}
END_TEST

START_TEST(a_zero_beyond_2_a_is_refused_and_changes_nothing)
{
    start();
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(-2001, 0, 16u), LBMS_ERR_RANGE);
    ck_assert(!lbms_calibration_corrects(&calibration));
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(-2000, 0, 16u), LBMS_OK);
    ck_assert_int_eq(calibration.offset_ma, 2000);
}
END_TEST

START_TEST(gains_make_the_true_value_of_the_measured_one)
{
    start();
    calibration.offset_ma = 100;
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_CHARGE, 50000, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(48765, 200, 16u), LBMS_OK);
    ck_assert_int_eq(current_of(48765), 50000);
    ck_assert_int_eq(calibration.discharge_gain, LBMS_GAIN_ONE);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_DISCHARGE, -30000, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(-30321, 200, 16u), LBMS_OK);
    ck_assert_int_eq(current_of(-30321), -30000);
    ck_assert_int_eq(current_of(48765), 50000);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_PACK, 52800, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(53123, 20, 16u), LBMS_OK);
    raw.pack_mv = 53123;
    lbms_calibration_apply(&calibration, &raw, &corrected);
    ck_assert_int_eq(corrected.pack_mv, 52800);
    ck_assert_int_eq(calibration.offset_ma, 100);
}
END_TEST

START_TEST(a_gain_beyond_5_percent_is_refused)
{
    start();
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_PACK, 52500, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(50000, 0, 16u), LBMS_OK);
    ck_assert_int_eq(calibration.pack_gain, 1050000);
    start();
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_PACK, 52501, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(50000, 0, 16u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_PACK, 52500, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(0, 0, 16u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_CHARGE, 10000, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(-10000, 0, 16u), LBMS_ERR_RANGE); /* the other direction */
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_PACK, INT32_MIN, 1000u), LBMS_OK);
    ck_assert_int_eq(feed(50000, 0, 16u), LBMS_ERR_RANGE);
    ck_assert(!lbms_calibration_corrects(&calibration));
}
END_TEST

START_TEST(a_gain_needs_5_a_and_an_unknown_correction_does_not_begin)
{
    start();
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_CHARGE, 4999, 0u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_CHARGE, 5000, 0u), LBMS_OK);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_DISCHARGE, -4999, 0u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_DISCHARGE, -5000, 0u), LBMS_OK);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_COUNT, 0, 0u), LBMS_ERR_ARGUMENT);
}
END_TEST

START_TEST(samples_that_do_not_come_or_are_no_values_end_it)
{
    struct lbms_inputs in;

    start();
    memset(&in, 0, sizeof(in));
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, UINT32_MAX - 5000u), LBMS_OK);
    in.now_ms = 4999u; /* 10 s over the wrap of the time */
    ck_assert_int_eq(lbms_calibrator_step(&calibrator, &in, &calibration), LBMS_AGAIN);
    in.now_ms++;
    ck_assert_int_eq(lbms_calibrator_step(&calibrator, &in, &calibration), LBMS_ERR_TIMEOUT);
    ck_assert_int_eq(lbms_calibrator_begin(&calibrator, LBMS_CALIBRATE_ZERO, 0, in.now_ms), LBMS_OK);
    in.sample_new = true;
    in.sample.current_ma = INT32_MIN;
    ck_assert_int_eq(lbms_calibrator_step(&calibrator, &in, &calibration), LBMS_ERR_RANGE);
}
END_TEST

START_TEST(the_validation_judges_corrected_values)
{
    struct measure_rig rig;

    measure_start(&rig);
    start();
    calibration.offset_ma = 250;
    calibration.pack_gain = 1010000;
    calibration.cell_offset_mv[3] = 20;
    lbms_measure_calibrate(&rig.measure, &calibration);
    rig.in.sample.current_ma = -250;
    rig.in.sample.cell_mv[3] = 4490u; /* plausible up to 4500 mV */
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->valid & LBMS_VALID_CELLS, 0u);
    rig.in.sample.cell_mv[3] = 3290u;
    (void)measure_sampled(&rig, 100u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID);
    ck_assert_int_eq(rig.m.current_ma, 0);
    ck_assert_uint_eq(rig.m.cell_mv[3], 3310u);
    ck_assert_int_eq(rig.m.pack_mv, (int32_t)((rig.in.sample.pack_mv * 1.01) + 0.5));
    ck_assert_uint_eq(measure_waited(&rig, 100u)->cell_mv[3], 3310u); /* without a new sample as well */
}
END_TEST

START_TEST(an_impossible_calibration_is_not_used)
{
    struct measure_rig rig;

    measure_start(&rig);
    start();
    calibration.offset_ma = 2001;
    lbms_measure_calibrate(&rig.measure, &calibration);
    rig.in.sample.current_ma = 1000;
    ck_assert_int_eq(measure_sampled(&rig, 100u)->current_ma, 1000);
    memset(&calibration, 0, sizeof(calibration));
    lbms_measure_calibrate(&rig.measure, &calibration);
    ck_assert_int_eq(measure_sampled(&rig, 100u)->current_ma, 1000);
}
END_TEST

SUITE("battery/calibration", CASE("R-PROT-10", a_current_is_value_times_gain_plus_offset),
      CASE("R-PROT-10", voltages_are_corrected_each_in_its_way_and_the_rest_is_left_alone),
      CASE("R-PROT-01", what_is_no_measured_value_is_not_made_one),
      CASE("", a_calibration_that_corrects_nothing_is_known),
      CASE("R-PROT-10", the_zero_is_the_mean_of_sixteen_samples),
      CASE("R-PROT-10", a_zero_beyond_2_a_is_refused_and_changes_nothing),
      CASE("R-PROT-10", gains_make_the_true_value_of_the_measured_one),
      CASE("R-PROT-10", a_gain_beyond_5_percent_is_refused),
      CASE("R-PROT-10", a_gain_needs_5_a_and_an_unknown_correction_does_not_begin),
      CASE("R-PROT-10", samples_that_do_not_come_or_are_no_values_end_it),
      CASE("R-PROT-01", the_validation_judges_corrected_values),
      CASE("R-PROT-10", an_impossible_calibration_is_not_used))
