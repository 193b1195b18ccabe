/**
 * @file
 * Derating: which part of its nominal current the pack offers at a voltage, a temperature or a state of charge.
 *
 * The curves are data; docs/derating.md shows them with their reasons. They serve the limits told to the inverter
 * (battery/limits.h), and anybody who wants to show or print them.
 * Source: product manual section 1, "Operating current derating according to Cell voltage and battery temperature".
 * It prints no table; the points are engineering judgement from data sheets of LFP cells.
 */
#ifndef LOSUN_BMS_BATTERY_DERATING_H
#define LOSUN_BMS_BATTERY_DERATING_H

#include <stdint.h>

#include "losun_bms/model/params.h"

#ifdef __cplusplus
extern "C" {
#endif

/** All of the nominal current. */
#define LBMS_DERATING_ALL_BP 10000u

/** Curves, the index in lbms_derating_curves. */
enum lbms_derating_curve_id {
    LBMS_DERATING_CHARGE_TEMP =
        0, /**< by cell temperature; coldest and hottest cell each have their own factor */
    LBMS_DERATING_DISCHARGE_TEMP = 1,
    LBMS_DERATING_CHARGE_CELL_MAX = 2, /**< by the highest cell: it is full first */
    LBMS_DERATING_CHARGE_CELL_MIN = 3, /**< by the lowest cell: a deeply discharged one is charged gently */
    LBMS_DERATING_DISCHARGE_CELL_MIN = 4, /**< by the lowest cell: it is empty first */
    LBMS_DERATING_CHARGE_SOC = 5,
    LBMS_DERATING_DISCHARGE_SOC = 6,
    LBMS_DERATING_MOSFET = 7, /**< by MOSFET temperature, both directions */
    LBMS_DERATING_COUNT = 8
};

/** A corner of a curve. */
struct lbms_derating_point {
    int16_t x;          /**< in the unit of the curve */
    uint16_t factor_bp; /**< 0..LBMS_DERATING_ALL_BP */
};

/**
 * One curve: straight lines between its points, constant outside. A factor outside that differs from the nearest point is
 * a step; the point itself is inside.
 */
struct lbms_derating_curve {
    const char *name;                         /**< for tools and documentation */
    const struct lbms_derating_point *points; /**< ascending in x */
    uint8_t count;                            /**< points, at least 2 */
    uint8_t unit;                             /**< of x: enum lbms_unit */
    uint16_t below_bp;                        /**< factor of every x below the first point */
    uint16_t above_bp;                        /**< factor of every x above the last point */
};

/** The curves, in the order of enum lbms_derating_curve_id. */
extern const struct lbms_derating_curve lbms_derating_curves[LBMS_DERATING_COUNT];

/** A factor, and values around the one asked for that have the same: a level part of the curve, or that value alone. */
struct lbms_derating {
    int16_t from, to; /**< both inside */
    uint16_t factor_bp;
};

/**
 * Factor of a curve at a value, and how far around it the factor stays the same.
 *
 * Rounded down to 0.01 %, so that a limit never lies above the line; exact at the points.
 *
 * @param curve  enum lbms_derating_curve_id; any other has the factor 0 everywhere
 * @param value  in the unit of the curve, any
 * @return factor 0..LBMS_DERATING_ALL_BP and its range. The range contains value if that fits into 16 bits
 * Context: any, also an interrupt; one 32-bit division.
 */
struct lbms_derating lbms_derating_at(uint8_t curve, int32_t value);

/**
 * Factor of a curve at a value, as lbms_derating_at().
 *
 * @param curve  enum lbms_derating_curve_id; any other has the factor 0 everywhere
 * @param value  in the unit of the curve, any
 * @return 0..LBMS_DERATING_ALL_BP
 * Context: any, also an interrupt; one 32-bit division.
 */
uint16_t lbms_derating_factor(uint8_t curve, int32_t value);

#ifdef __cplusplus
}
#endif

#endif
