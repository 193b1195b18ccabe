/**
 * @file
 * Integer arithmetic that cannot overflow: a result that does not fit stays at the nearest limit.
 *
 * Every function is defined for every argument, also for a divisor of 0, and rounds as its comment says.
 */
#ifndef LOSUN_BMS_BASE_FIXED_H
#define LOSUN_BMS_BASE_FIXED_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A corner of a piecewise linear curve; the units of x and y are those of its table. */
struct lbms_point {
    int32_t x;
    int32_t y;
};

/** The smaller of two values. Context: any, also an interrupt. */
static inline int32_t lbms_min_i32(int32_t a, int32_t b)
{
    return (a < b) ? a : b;
}

/** The larger of two values. Context: any, also an interrupt. */
static inline int32_t lbms_max_i32(int32_t a, int32_t b)
{
    return (a > b) ? a : b;
}

/**
 * Brings a value into a range.
 *
 * @param value  any
 * @param min    lower limit, permitted itself
 * @param max    upper limit, permitted itself; when it is below min, the result is min
 * @return value, or the limit it lies beyond
 * Context: any, also an interrupt.
 */
static inline int32_t lbms_clamp_i32(int32_t value, int32_t min, int32_t max)
{
    return lbms_max_i32(min, lbms_min_i32(value, max));
}

/** Magnitude of a value; INT32_MAX for INT32_MIN. Context: any, also an interrupt. */
static inline int32_t lbms_abs_i32(int32_t value)
{
    return (value >= 0) ? value : ((value == INT32_MIN) ? INT32_MAX : -value);
}

/** a + b, or INT32_MAX or INT32_MIN when the sum lies beyond. Context: any, also an interrupt. */
int32_t lbms_sat_add_i32(int32_t a, int32_t b);

/** a - b, or INT32_MAX or INT32_MIN when the difference lies beyond. Context: any, also an interrupt. */
int32_t lbms_sat_sub_i32(int32_t a, int32_t b);

/**
 * a * b / c without overflow in between, rounded to the nearest integer, half away from zero.
 *
 * @param a  any
 * @param b  any
 * @param c  any; with 0 the result is INT32_MAX, 0 or INT32_MIN by the sign of a * b
 * @return the quotient, or INT32_MAX or INT32_MIN when it lies beyond
 * Context: any, also an interrupt; one 64-bit division.
 */
int32_t lbms_mul_div_i32(int32_t a, int32_t b, int32_t c);

/**
 * a / b rounded to the nearest integer, half away from zero (C itself rounds toward zero).
 *
 * @param a  any
 * @param b  any; with 0 the result is INT32_MAX, 0 or INT32_MIN by the sign of a
 * @return the quotient; INT32_MAX for INT32_MIN / -1
 * Context: any, also an interrupt; one 64-bit division.
 */
int32_t lbms_div_round_i32(int32_t a, int32_t b);

/**
 * Value at x of the curve through the given points: straight lines between them, constant outside.
 *
 * Rounded to the nearest integer; exactly half goes toward the point at the right. At a point itself the
 * result is its y.
 *
 * @param points  ascending in x, only read. Two points with the same x make a jump: the last one counts at x
 *                itself. May be NULL when count is 0
 * @param count   number of points, any; with 0 the result is 0
 * @param x       any
 * @return between the lowest and the highest y of the table
 * Context: any, also an interrupt; count steps and one 64-bit division.
 */
int32_t lbms_interpolate(const struct lbms_point *points, size_t count, int32_t x);

#ifdef __cplusplus
}
#endif

#endif
