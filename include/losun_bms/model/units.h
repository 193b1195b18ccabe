/**
 * @file
 * Units and sizes used by the whole library. Stated here once; every name carries its unit.
 *
 * | suffix    | unit                     | resolution and range as used                                     |
 * | --------- | ------------------------ | ---------------------------------------------------------------- |
 * | `_mv`     | millivolt                | cell 0..65535 in uint16_t, pack and terminal in int32_t           |
 * | `_ma`     | milliampere              | int32_t; **positive charges the pack**, negative discharges it    |
 * | `_mas`    | milliampere second       | charge, int32_t: 300 Ah = 1.08e9; 1 mAh = 3600                    |
 * | `_mah`    | milliampere hour         | int32_t                                                           |
 * | `_dc`     | 0.1 degree Celsius       | int16_t in samples, int32_t in parameters                         |
 * | `_bp`     | 0.01 % (basis point)     | 0..10000 is 0..100 %                                              |
 * | `_ms`     | millisecond              | uint32_t, monotonic, wraps after 49.7 days; differences < 24 days |
 * | `_s`      | second                   | uint32_t, does not wrap in service (136 years)                    |
 * | `_us`     | microsecond              | uint32_t                                                          |
 */
#ifndef LOSUN_BMS_MODEL_UNITS_H
#define LOSUN_BMS_MODEL_UNITS_H

/** Cells in series. */
#define LBMS_CELLS 16u
/** Mask with one bit for each cell; bit 0 is the cell at the negative end of the stack. */
#define LBMS_ALL_CELLS 0xFFFFu
/** Cell temperature sensors. */
#define LBMS_NTCS 4u
/** Mask with one bit for each cell temperature sensor. */
#define LBMS_ALL_NTCS 0x0Fu

/** 100 % in basis points. */
#define LBMS_FULL_BP 10000
/** Milliampere seconds in a milliampere hour. */
#define LBMS_MAS_PER_MAH 3600

#endif
