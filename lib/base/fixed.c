#include "losun_bms/base/fixed.h"

static int32_t saturate(int64_t value)
{
    if (value > INT32_MAX) {
        return INT32_MAX;
    }
    if (value < INT32_MIN) {
        return INT32_MIN;
    }
    return (int32_t)value;
}

/* Quotient rounded to the nearest integer, half up. dividend + divisor / 2 is below 2^64, divisor is not 0. */
static uint64_t divide_rounded(uint64_t dividend, uint64_t divisor)
{
    const uint64_t sum = dividend + divisor / 2u;

    if (sum <= UINT32_MAX && divisor <= UINT32_MAX) { /* mostly; processors divide 32 bits themselves */
        return (uint32_t)sum / (uint32_t)divisor;
    }
    return sum / divisor;
}

static uint64_t magnitude(int64_t value)
{
    return (value < 0) ? (uint64_t)-value : (uint64_t)value;
}

int32_t lbms_sat_add_i32(int32_t a, int32_t b)
{
    return saturate((int64_t)a + b);
}

int32_t lbms_sat_sub_i32(int32_t a, int32_t b)
{
    return saturate((int64_t)a - b);
}

int32_t lbms_mul_div_i32(int32_t a, int32_t b, int32_t c)
{
    const int64_t product = (int64_t)a * b; /* 2^62 at most */
    int64_t quotient;

    if (c == 0) {
        return (product == 0) ? 0 : (product > 0) ? INT32_MAX : INT32_MIN;
    }
    quotient = (int64_t)divide_rounded(magnitude(product), magnitude(c));
    return saturate(((product < 0) != (c < 0)) ? -quotient : quotient);
}

int32_t lbms_div_round_i32(int32_t a, int32_t b)
{
    return lbms_mul_div_i32(a, 1, b);
}

/*
 * The line between two points, left->x <= x < right->x. Height, span and distance have up to 32 bits, so their
 * product plus half the span is at most (2^32 - 1)^2 + 2^31, which an unsigned 64-bit number can hold.
 */
static int32_t between(const struct lbms_point *left, const struct lbms_point *right, int32_t x)
{
    const int64_t height = (int64_t)right->y - left->y;
    const uint64_t span = (uint64_t)((int64_t)right->x - left->x);
    const uint64_t distance = (uint64_t)((int64_t)x - left->x);
    const int64_t climb = (int64_t)divide_rounded(magnitude(height) * distance, span);

    return (int32_t)((height < 0) ? left->y - climb : left->y + climb); /* between the two y */
}

int32_t lbms_interpolate(const struct lbms_point *points, size_t count, int32_t x)
{
    size_t right = 0u; /* first point to the right of x */

    if (count == 0u) {
        return 0;
    }
    while (right < count && points[right].x <= x) {
        right++;
    }
    if (right == 0u) {
        return points[0].y;
    }
    if (right == count) {
        return points[count - 1u].y;
    }
    return between(&points[right - 1u], &points[right], x);
}
