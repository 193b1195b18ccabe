/**
 * @file
 * A switch with two levels, so that a value near one of them does not make it chatter.
 */
#ifndef LOSUN_BMS_BASE_HYSTERESIS_H
#define LOSUN_BMS_BASE_HYSTERESIS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Next state of a switch that goes on above one level and off at or below a lower one.
 *
 * @param state            present state, returned when value lies between the levels; kept by the caller
 * @param value            any unit, the same as the levels
 * @param on_above         on when value is greater
 * @param off_at_or_below  off when value is not greater; at most on_above. When it is higher, on_above
 *                         alone decides where the two contradict each other: on
 * @return the next state
 * Context: any, also an interrupt.
 */
bool lbms_hysteresis_above(bool state, int32_t value, int32_t on_above, int32_t off_at_or_below);

#ifdef __cplusplus
}
#endif

#endif
