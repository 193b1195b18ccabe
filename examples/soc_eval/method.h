/**
 * @file
 * Estimators of the state of charge behind one interface: those of the library, and common methods to compare them
 * with. State of charge is 0..1, positive current charges.
 */
#ifndef SOC_EVAL_METHOD_H
#define SOC_EVAL_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "soc_eval/cell.h"

/** What a method knows at power-up. */
struct soc_setup {
    const struct soc_cell *cell;
    double capacity_ah; /**< full capacity that the estimator believes in */
    double soc;         /**< stored state of charge */
    double sd;          /**< standard deviation of it; 0: what the method takes after an unknown time */
    bool zero_known;    /**< the current sensor was zeroed in production: */
    double zero_a;      /**< its offset */
    double zero_sd_a;   /**< how well that is known */
};

/** One sample. */
struct soc_tick {
    uint32_t now_ms;
    double dt_s; /**< since the sample before */
    double current_a;
    double mean_v, max_v; /**< mean of the cells, highest cell */
    double temp_c;
    bool no_current; /**< the switches are known to carry no current */
};

/** What a method says. */
struct soc_reading {
    double soc;
    double sd;          /**< standard deviation; negative: the method has none */
    double offset_a;    /**< offset of the current sensor; NAN: not estimated */
    double capacity_ah; /**< full capacity; NAN: not estimated */
};

/** A method. Its state is `size` bytes which the caller allocates. */
struct soc_method {
    const char *name, *title;
    bool own; /**< of this library, not for comparison */
    size_t size;
    void (*init)(void *state, const struct soc_setup *setup);
    void (*step)(void *state, const struct soc_tick *tick);
    void (*read)(const void *state, struct soc_reading *reading);
};

/** All methods, ended by NULL; the library's own come first. */
extern const struct soc_method *const soc_methods[];

/** The method of this name, or NULL. */
const struct soc_method *soc_method_find(const char *name);

/** How each file of methods contributes. */
extern const struct soc_method soc_method_estimator, soc_method_light;
extern const struct soc_method soc_method_counter, soc_method_anchors, soc_method_rest;
extern const struct soc_method soc_method_ekf5, soc_method_ekf20;

#endif
