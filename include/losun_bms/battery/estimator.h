/**
 * @file
 * State of charge of LiFePO4 cells by a point-mass Bayesian filter.
 *
 * The filter keeps a table of probabilities over state of charge (101 bins of 1 %), current offset (5) and cell voltage
 * offset (3), as -log2 in 1/2048 octave. Charge moves the rows, the voltage weighs them. Information is counted by
 * moved charge and rest time and not by sample, since the error of a cell model is the same in neighbouring samples. On a flat
 * part of the voltage curve the result is therefore honestly wide instead of precisely wrong. Method, figures and
 * limits: docs/soc-estimator.md.
 *
 * Work is spread over steps by elapsed time, one slice for each 100 ms. Steps of 10 ms to 10 s keep up.
 */
#ifndef LOSUN_BMS_BATTERY_ESTIMATOR_H
#define LOSUN_BMS_BATTERY_ESTIMATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/battery/cell_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bins of state of charge. */
#define LBMS_ESTIMATOR_BINS LBMS_CELL_POINTS
/** Hypotheses of the current offset ("lanes"). */
#define LBMS_ESTIMATOR_LANES 5
/** Hypotheses of the common voltage offset of the cells. */
#define LBMS_ESTIMATOR_LEVELS 3
/** A step that comes later than this counts as this long, ms: a sample is not good for longer. */
#define LBMS_ESTIMATOR_STEP_MAX_MS 10000u
/** Standard deviation of the SOC at a start of which nothing is known, 0.01 %. */
#define LBMS_ESTIMATOR_SD_UNKNOWN_BP 1500u

/** What is known at the start. */
struct lbms_estimator_start {
    bool known;            /**< soc_bp is a stored or set value; else 50 % is assumed */
    uint16_t soc_bp;       /**< 0..10000 */
    uint16_t sd_bp;        /**< its standard deviation; 0 = LBMS_ESTIMATOR_SD_UNKNOWN_BP */
    int32_t offset_ma;     /**< current offset (reading minus truth) to begin with */
    uint16_t offset_sd_ma; /**< its standard deviation; 0 = 0.15 % of the capacity in A */
    bool zero_known;       /**< offset_ma is a measured zero, as of production or of open switches */
    uint16_t kr_permille;  /**< scale of the ohmic resistances learnt before, 500..2500; 0 = 1000 */
};

/** What the filter is told in a step. */
struct lbms_estimator_inputs {
    uint32_t now_ms;    /**< wraps */
    int32_t current_ma; /**< reading of the sensor, positive charges */
    uint16_t mean_dmv;  /**< mean cell voltage, 0.1 mV */
    uint16_t max_mv;    /**< highest cell */
    int16_t temp_dc;    /**< cells, 0.1 degC */
    bool current_valid;
    bool voltage_valid;
    bool temp_valid;
    bool no_current; /**< the switches are known to be open: the reading is the offset of the sensor */
    bool
        busy; /**< the caller has much to do in this step: current and time are taken in, the filter's own work waits.
                          Not for steps of more than 100 ms, whose share of the work is left out, and not for ever: no
                          voltage would count */
    uint16_t
        own_draw_ma; /**< drawn from the cells past the current sensor, at all times; 0 when it is measured */
};

/** Result of the filter. */
struct lbms_estimator_view {
    uint16_t soc_bp;       /**< mean of the distribution, 0..10000 */
    uint16_t sd_bp;        /**< its standard deviation */
    int32_t offset_ma;     /**< current offset, to be subtracted from readings */
    uint16_t offset_sd_ma; /**< its standard deviation */
    uint16_t kr_permille;  /**< ohmic resistance relative to the cell model at the same temperature */
    bool plateau;          /**< sd_bp above 4 %: the voltage cannot tell more at present */
    bool misfit;           /**< measured voltages do not fit the table of this cell type */
    bool anchored;         /**< the conditions of "full" hold now, and have been taken into account */
    int32_t moved_mas;     /**< charge moved since init, corrected by the offset; wraps, use differences */
    uint16_t
        capacity_permille; /**< capacity that the voltages speak for, relative to the one in use; 0 = not known */
};

/** Regression of the innovation on the slow polarisation; part of struct lbms_estimator. */
struct lbms_estimator_slow {
    int32_t numerator;   /**< sum of weight * innovation * slow polarisation / variance */
    int32_t denominator; /**< sum of weight * slow polarisation^2 / variance */
};

/** State of the ohmic scale; part of struct lbms_estimator. */
struct lbms_estimator_resistance {
    int32_t numerator;   /**< sum of model * measured, (0.1 mV)^2, with forgetting */
    int32_t denominator; /**< sum of model^2 */
    int32_t last_v;      /**< mean voltage of the last block, 0.1 mV */
    int32_t last_x;      /**< mean ohmic model voltage of the last block at scale 1, 0.1 mV */
    int32_t sum_v;       /**< of the block in work */
    int32_t sum_x;
    uint16_t block_ms;
    uint16_t count;
    struct lbms_estimator_slow slow[2]; /**< while charge and discharge prevail */
    uint16_t slow_permille;             /**< scale of the slow polarisation */
    uint16_t permille;                  /**< result */
    bool has_last;
};

/** Polarisation and hysteresis, driven by the measured current; part of struct lbms_estimator. */
struct lbms_estimator_polarisation {
    int32_t rc_uv8[2];                     /**< v1, v2 at scale 1, 1/256 uV */
    int32_t ohm_uv8;                       /**< R0 i at scale 1 */
    int32_t h_q30[LBMS_ESTIMATOR_LANES];   /**< branch of each lane, -1..1 */
    int32_t old_q30[LBMS_ESTIMATOR_LANES]; /**< what is left of the unknown branch at the start, 1..0 */
    uint32_t rate_q36[2];                  /**< 1/tau1, 1/tau2 in 1/ms */
    uint32_t h_rate_q40;                   /**< g/Q in 1/(mA s) */
    int32_t r_q8[3];    /**< R0, R1, R2 at temp_dc for this capacity, 1/256 of 1/256 uV/mA */
    int32_t design_mah; /**< capacity to which the resistances are scaled */
    int16_t temp_dc;
};

/** Error of counting, of which the voltage has told after ways in one direction; part of struct lbms_estimator. */
struct lbms_estimator_count {
    int32_t error_q8;     /**< movement in truth over movement counted, less 1; 1/256 of 0.01 % */
    uint32_t variance_bp; /**< of error, (0.01 %)^2 */
};

/** What the voltage says of the capacity; part of struct lbms_estimator. */
struct lbms_estimator_lever {
    int32_t moved_q16;                    /**< bins counted since the last result, 1/65536 */
    int32_t arm_q16;                      /**< bins counted on which the voltage has had no say yet */
    uint32_t arm_s;                       /**< time in which that was, as far as the offset counted */
    struct lbms_estimator_count count[2]; /**< of charge and discharge */
};

/** Averages of the window in work; part of struct lbms_estimator. */
struct lbms_estimator_window {
    uint32_t ms;
    uint32_t abs_mas;  /**< moved charge, both directions */
    uint32_t sum_v;    /**< 0.1 mV */
    int32_t sum_p;     /**< polarisation, 1/16 of 0.1 mV */
    int32_t sum_slow;  /**< slow part of it at scale 1 */
    uint16_t count;    /**< ticks with voltage */
    uint32_t blind_ms; /**< a current may have flowed that was not seen */
};

/** Work that is spread over steps; part of struct lbms_estimator. */
struct lbms_estimator_job {
    uint8_t phase;   /**< enum of estimator_parts.h; 0 = none */
    uint8_t lane;    /**< of the shift */
    int16_t shift;   /**< bins by which this lane moves */
    uint16_t index;  /**< next unit of the phase */
    uint16_t weight; /**< of the likelihood, 1/1024 */
    bool anchor;     /**< the full anchor takes part */
    int16_t temp_dc;
    int32_t target_dmv; /**< mean voltage less polarisation */
    uint32_t variance;  /**< s^2 without the parts of the hysteresis, (0.1 mV)^2 */
    uint32_t plain;     /**< the same before it was widened for a table that does not fit */
    int32_t base;       /**< lowest possible cost of this update */
    int16_t h_q14[LBMS_ESTIMATOR_LANES];
    uint16_t old_q14[LBMS_ESTIMATOR_LANES];
    int16_t part[LBMS_ESTIMATOR_LANES];     /**< remainder of each lane as a position */
    uint16_t carry[LBMS_ESTIMATOR_LEVELS];  /**< end bin with what was pushed over the end */
    uint16_t here[LBMS_ESTIMATOR_LEVELS];   /**< next bin after the move, before the diffusion */
    uint16_t behind[LBMS_ESTIMATOR_LEVELS]; /**< last bin of the diffusion before it changed */
    uint16_t least;                         /**< lowest cost of the table */
    uint32_t weight_sum;                    /**< moments */
    int64_t first_sum;
    int64_t second_sum;
    uint32_t lane_sum[LBMS_ESTIMATOR_LANES];
    uint32_t level_sum[LBMS_ESTIMATOR_LEVELS];
    int32_t correction_q16; /**< by which the voltage has moved the mean */
    uint16_t before_bp;     /**< deviation before */
    uint16_t mix;           /**< cost of a neighbouring offset */
};

/** State of the filter, about 3.4 KB. The fields are private. */
struct lbms_estimator {
    const struct lbms_cell_model *cell;
    uint16_t cost[LBMS_ESTIMATOR_BINS][LBMS_ESTIMATOR_LANES]
                 [LBMS_ESTIMATOR_LEVELS]; /**< -log2 P, 1/2048 octave */
    struct lbms_estimator_polarisation polarisation;
    struct lbms_estimator_resistance resistance;
    struct lbms_estimator_lever lever;
    struct lbms_estimator_window window;
    struct lbms_estimator_job job;
    int32_t bin_mas;                             /**< charge of one bin */
    uint32_t per_mas;                            /**< 2^40 / bin_mas */
    int32_t centre_ma;                           /**< current offset of the lane in the middle */
    int32_t spacing_ma;                          /**< between lanes */
    int32_t remainder_mas[LBMS_ESTIMATOR_LANES]; /**< position of a lane between two bins */
    int32_t pending_mas;                         /**< charge that the lanes have not taken over yet */
    uint32_t pending_ms;                         /**< time in which the offset counted, likewise */
    int32_t mean_q16;                            /**< SOC in bins at the last freeze, 1/65536 */
    int32_t lag_q16;                             /**< what the shown value still lags behind the filter */
    int32_t stale_q16; /**< uncertain charge of the offset while nothing moves, bins in 1/65536 */
    int32_t moved_mas;
    uint32_t last_ms;
    uint32_t start_var_q8; /**< variance of the unknown relaxation at the start, 1/256 (0.1 mV)^2 */
    uint32_t anchor_ms;    /**< conditions of "full" have held for */
    int32_t tick_mams;     /**< charge of the tick in work */
    uint32_t tick_v;
    uint16_t tick_ms;
    uint16_t tick_count;
    uint16_t tick_offset_ms; /**< time in which the offset of the sensor counts */
    uint16_t slice_ms;       /**< time that has not become a slice yet */
    int16_t rest_mams;
    int16_t offset_ma;
    uint16_t offset_sd_ma;
    uint16_t sd_bp;
    uint16_t misfit_bp; /**< error because the table does not fit */
    uint16_t fit_q8;    /**< mean of innovation^2 / variance, 1/256 */
    int32_t zero_sum;   /**< measurement of the zero: readings times ms */
    uint32_t zero_ms;
    uint16_t rest_credit; /**< weight that rest can still have before charge moves, 1/1024 */
    bool zero_known;      /**< the lanes lie close around a measured zero */
    bool started;
    bool anchored;
    bool restart;      /**< the next result may jump: start and full anchor */
    int16_t level_dmv; /**< mean voltage offset */
};

/**
 * Start values of which nothing is known: 50 %, wide; offset 0, wide; resistances as in the cell model.
 *
 * @param start  filled in
 * Context: any.
 */
void lbms_estimator_start_unknown(struct lbms_estimator_start *start);

/**
 * Start the filter.
 *
 * @param e             filter; all of it is rewritten
 * @param cell          type of cell; must outlive the filter
 * @param capacity_mah  design capacity, 1000..1000000; the resistances of the cell type are scaled to it, so a learnt
 *                      capacity follows by lbms_estimator_set_capacity()
 * @param start         what is known, only read
 * Context: the context of the step.
 */
void lbms_estimator_init(struct lbms_estimator *e, const struct lbms_cell_model *cell, int32_t capacity_mah,
                         const struct lbms_estimator_start *start);

/**
 * Take in a measurement and do the share of work that is due.
 *
 * The first step only takes the time. A current that is not valid counts as none and widens the result; a voltage or
 * temperature that is not valid is left out.
 *
 * @param e   filter
 * @param in  measurement, only read
 * Context: the context of the step; one slice of work (below 1500 instructions) for each 100 ms since the last step.
 */
void lbms_estimator_step(struct lbms_estimator *e, const struct lbms_estimator_inputs *in);

/**
 * Result as of the last step.
 *
 * @param e     filter
 * @param view  filled in
 * Context: the context of the step.
 */
void lbms_estimator_view(const struct lbms_estimator *e, struct lbms_estimator_view *view);

/**
 * Use another capacity from now on. The state of charge stays what it was: a capacity is learnt where that is certain,
 * or restored together with it.
 *
 * @param e             filter
 * @param capacity_mah  as learnt, 1000..1000000
 * Context: the context of the step.
 */
void lbms_estimator_set_capacity(struct lbms_estimator *e, int32_t capacity_mah);

#ifdef __cplusplus
}
#endif

#endif
