/**
 * @file
 * Measuring: turns the state of the pack into the sample that an analog front end delivers, with its errors and faults.
 */
#ifndef PLANT_SENSORS_H
#define PLANT_SENSORS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/sample.h"
#include "plant/fault.h"
#include "plant/pack.h"
#include "plant/rng.h"

/** Errors of one channel: reading = value * (1 + gain) + offset + noise, rounded to whole steps. */
struct plant_channel {
    double gain;
    double offset;
    double noise; /**< standard deviation */
    double step;  /**< of the converter; 0: not rounded here */
};

/** How a board measures. Units: mV, mA, 0.1 degC. */
struct plant_sensors_config {
    uint64_t seed;
    /* spreads from which each board's own errors are drawn */
    double cell_common_mv; /**< error of the reference: the same on all cells */
    double cell_each_mv;
    double current_gain;
    double current_offset_ma;
    double temp_dc;
    double pack_gain; /**< pack and terminal divider */
    bool worst_case;  /**< errors are plus or minus the spreads, instead of a bell shape of that width */
    /* noise and resolution, the same on every board */
    double cell_noise_mv, cell_step_mv;
    double current_noise_ma, current_step_ma;
    double pack_noise_mv, pack_step_mv;
    double temp_noise_dc;
    /* behaviour of the converter */
    uint8_t temp_every;     /**< temperatures are renewed every so many conversions */
    bool pause_balance;     /**< bleeding pauses during the conversion */
    double balance_drop_mv; /**< otherwise a bled cell reads so much too low */
};

/** The measuring part of one board. */
struct plant_sensors {
    struct plant_sensors_config config;
    struct plant_rng rng;
    struct plant_channel cell[PLANT_CELLS];
    struct plant_channel current, pack, terminal;
    struct plant_channel ntc[PLANT_NTCS], mosfet, ambient;
    struct lbms_sample last; /**< values of the last conversion, before faults of the delivery */
    bool have_last;
    uint8_t temp_wait; /**< conversions until the temperatures are renewed */
    double
        last_charge_as; /**< pack totals at the last conversion: the current is a mean over the time between */
    uint32_t last_at_ms;
    double open_mv[PLANT_CELLS]; /**< what is left on a cell input whose wire is open; < 0: nothing yet */
    /* faults */
    struct plant_fault cell_fault[PLANT_CELLS];
    struct plant_fault ntc_fault[PLANT_NTCS];
    struct plant_fault mosfet_fault, ambient_fault, current_fault, pack_fault, terminal_fault;
    bool cells_stuck;
};

/** A board calibrated in production: 1 mV, 0.3 % and 50 mA, 0.5 K. */
void plant_sensors_typical(struct plant_sensors_config *config);
/** The errors with which the state estimators are judged: 5 mV + 2 mV, 1 % and 200 mA, 2 K, all at their ends. */
void plant_sensors_worst(struct plant_sensors_config *config);
/** No error and no noise, only resolution. */
void plant_sensors_ideal(struct plant_sensors_config *config);

/** Prepare; draws this board's errors from the seed. */
void plant_sensors_init(struct plant_sensors *sensors, const struct plant_sensors_config *config);

/**
 * One conversion of everything.
 *
 * @param sensors  state of the measuring part
 * @param pack     is measured
 * @param at_ms    time of the end of the conversion
 * @param sample   receives the values; afe_flags, closed and config_seq are left to the caller and set to 0
 */
void plant_sensors_convert(struct plant_sensors *sensors, const struct plant_pack *pack, uint32_t at_ms,
                           struct lbms_sample *sample);

/**
 * Set or end a fault of a measuring channel.
 *
 * @return 0, or -1 when the fault is none of the sensors
 */
int plant_sensors_fault(struct plant_sensors *sensors, const struct plant_fault *fault);

#endif
