#include "losun_bms/battery/calibration.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"

/* Gains are told in parts of this squared; beyond LIMIT nothing is a measured value, and the products would not fit. */
#define THOUSAND 1000
#define ROUND    500
#define LIMIT    10000000

/* value x gain, without a long division: the deviation of a gain is 5 % at most. */
static int32_t amplify(int32_t value, int32_t gain)
{
    const int32_t deviation = gain - LBMS_GAIN_ONE;
    int32_t thousandths;

    if ((value > LIMIT) || (value < -LIMIT)) {
        return value;
    }
    thousandths = ((value / THOUSAND) * deviation) + (((value % THOUSAND) * deviation) / THOUSAND);
    return value + ((thousandths + ((thousandths < 0) ? -ROUND : ROUND)) / THOUSAND);
}

static int32_t correct_current(const struct lbms_calibration *c, int32_t ma)
{
    return lbms_sat_add_i32(amplify(ma, (ma < 0) ? c->discharge_gain : c->charge_gain), c->offset_ma);
}

/* A wire that has come off reads 0, and must go on to do so. */
static uint16_t correct_cell(uint16_t mv, int8_t offset_mv)
{
    const int32_t sum_mv = (int32_t)mv + offset_mv;

    return (mv == 0u) ? 0u : (uint16_t)lbms_clamp_i32(sum_mv, 0, UINT16_MAX);
}

bool lbms_calibration_corrects(const struct lbms_calibration *calibration)
{
    struct lbms_calibration none;

    lbms_calibration_defaults(&none);
    return memcmp(calibration, &none, sizeof(none)) != 0;
}

void lbms_calibration_apply(const struct lbms_calibration *calibration, const struct lbms_sample *raw,
                            struct lbms_sample *corrected)
{
    unsigned i;

    *corrected = *raw;
    corrected->current_ma = correct_current(calibration, raw->current_ma);
    corrected->pack_mv = amplify(raw->pack_mv, calibration->pack_gain);
    corrected->terminal_mv = amplify(raw->terminal_mv, calibration->pack_gain);
    for (i = 0u; i < LBMS_CELLS; i++) {
        corrected->cell_mv[i] = correct_cell(raw->cell_mv[i], calibration->cell_offset_mv[i]);
    }
}

int lbms_calibrator_begin(struct lbms_calibrator *calibrator, uint8_t what, int32_t truth, uint32_t now_ms)
{
    if (what >= (uint8_t)LBMS_CALIBRATE_COUNT) {
        return LBMS_ERR_ARGUMENT;
    }
    if (((what == (uint8_t)LBMS_CALIBRATE_CHARGE) && (truth < LBMS_CALIBRATE_MIN_MA)) ||
        ((what == (uint8_t)LBMS_CALIBRATE_DISCHARGE) && (truth > -LBMS_CALIBRATE_MIN_MA))) {
        return LBMS_ERR_RANGE;
    }
    calibrator->what = what;
    calibrator->truth = truth;
    calibrator->sum = 0;
    calibrator->count = 0u;
    calibrator->begin_ms = now_ms;
    return LBMS_OK;
}

/* The gain that makes `truth` of `raw`; 0, which nobody accepts, when they are too far apart. */
static int32_t find_gain(int32_t raw, int32_t truth)
{
    const int32_t difference = lbms_sat_sub_i32(truth, raw);

    if ((raw == 0) || (lbms_abs_i32(difference) > (lbms_abs_i32(raw) / 10))) {
        return 0;
    }
    return LBMS_GAIN_ONE + lbms_mul_div_i32(difference, LBMS_GAIN_ONE, raw);
}

static int conclude(const struct lbms_calibrator *calibrator, struct lbms_calibration *calibration)
{
    const int32_t mean = lbms_div_round_i32(calibrator->sum, (int32_t)LBMS_CALIBRATE_SAMPLES);
    struct lbms_calibration found = *calibration;

    switch (calibrator->what) {
    case LBMS_CALIBRATE_ZERO:
        found.offset_ma = -amplify(mean, (mean < 0) ? found.discharge_gain : found.charge_gain);
        break;
    case LBMS_CALIBRATE_PACK:
        found.pack_gain = find_gain(mean, calibrator->truth);
        break;
    case LBMS_CALIBRATE_CHARGE:
        found.charge_gain = find_gain(mean, lbms_sat_sub_i32(calibrator->truth, found.offset_ma));
        break;
    default:
        found.discharge_gain = find_gain(mean, lbms_sat_sub_i32(calibrator->truth, found.offset_ma));
        break;
    }
    if (!lbms_calibration_acceptable(&found)) {
        return LBMS_ERR_RANGE;
    }
    *calibration = found;
    return LBMS_OK;
}

int lbms_calibrator_step(struct lbms_calibrator *calibrator, const struct lbms_inputs *inputs,
                         struct lbms_calibration *calibration)
{
    const bool pack = calibrator->what == (uint8_t)LBMS_CALIBRATE_PACK;
    const int32_t value = pack ? inputs->sample.pack_mv : inputs->sample.current_ma;

    if (lbms_elapsed_ms(inputs->now_ms, calibrator->begin_ms) > LBMS_CALIBRATE_MS) {
        return LBMS_ERR_TIMEOUT;
    }
    if (!inputs->sample_new) {
        return LBMS_AGAIN;
    }
    if (lbms_abs_i32(value) > LIMIT) { /* no value */
        return LBMS_ERR_RANGE;
    }
    calibrator->sum += value;
    calibrator->count++;
    return (calibrator->count < LBMS_CALIBRATE_SAMPLES) ? (int)LBMS_AGAIN : conclude(calibrator, calibration);
}
