#include "soc_bench/scenario.h"

#include <math.h>

#define DAY_S       86400.0
#define EMPTYING_S  (DAY_S / 2.0)
#define ZERO_EACH_S 3600.0
#define ZERO_S      120.0

#define SUMMER                                                             \
    {                                                                      \
        .sun_kw = 6.0, .day_low = 0.75, .day_high = 1.0, .load_scale = 1.0 \
    }
#define PARTIAL                                                             \
    {                                                                       \
        .sun_kw = 3.6, .day_low = 0.45, .day_high = 0.95, .load_scale = 0.8 \
    }
#define WINTER                                                               \
    {                                                                        \
        .sun_kw = 3.0, .day_low = 0.10, .day_high = 0.35, .load_scale = 0.55 \
    }
#define SQUARE           \
    {                    \
        .square_kw = 1.2 \
    }

/* capacity (Ah), mean temperature (degC), limits of the house */
#define PACK(ah, celsius, low, high)                                                                \
    {                                                                                               \
        .capacity_ah = (ah), .mean_c = (celsius), .floor = (low), .ceiling = (high), .own_a = 0.020 \
    }

/* What every simulated scenario must keep. */
#define HONEST .coverage = 0.90
#define STEADY HONEST, .far_share = 0.01

#define STANDBY                                                       \
    .days = 14, .soc_low = 0.995, .soc_high = 0.999, .standby = true, \
    .make = {.capacity_ah = 100.0, .mean_c = 25.0, .floor = 0.0, .ceiling = 1.0, .own_a = 0.050}, HONEST

#define A123_25 .record = {"a123_26650_dyn_25C"}, .cell = "a123", .coverage = 0.80
#define A123_05 .record = {"a123_26650_dyn_05C"}, .cell = "a123", .coverage = 0.80
#define A123_45 .record = {"a123_26650_dyn_45C"}, .cell = "a123", .coverage = 0.80

const struct bench_scenario bench_scenarios[] = {
    {.name = "D1a",
     .title = "A123 drive, 25 C, from 80 %",
     A123_25,
     .start_below = 0.80,
     .required = {2.5, 4.5, 8.0},
     .stretch = {1.8, 3.0, 6.0}},
    {.name = "D1b",
     .title = "A123 drive, 25 C, from 50 %",
     A123_25,
     .start_below = 0.50,
     .required = {1.3, 2.2, 4.0},
     .stretch = {1.0, 1.6, 3.0}},
    {.name = "D2a",
     .title = "A123 drive, 5 C, from 80 %",
     A123_05,
     .start_below = 0.80,
     .required = {2.2, 3.5, 7.5},
     .stretch = {1.8, 2.6, 6.0}},
    {.name = "D2b", .title = "A123 drive, 5 C, from 50 %", A123_05, .start_below = 0.50},
    {.name = "D3a", .title = "A123 drive, 45 C, from 80 %", A123_45, .start_below = 0.80},
    {.name = "D3b", .title = "A123 drive, 45 C, from 50 %", A123_45, .start_below = 0.50},
    {.name = "D4",
     .title = "APR flat zone, 25 C",
     .record = {"apr18650_flat_25C_a", "apr18650_flat_25C_b"},
     .cell = "apr",
     .start_below = 1.0,
     .coverage = 0.80,
     .required = {2.0, 2.6, 6.0},
     .stretch = {1.5, 2.0, 4.5}},

    {.name = "S1",
     .title = "summer, full every day",
     .days = 7,
     .soc_low = 0.3,
     .soc_high = 0.6,
     .house = SUMMER,
     .make = PACK(100.0, 25.0, 0.0, 1.0),
     STEADY,
     .required = {0.6, 0.9, 3.0},
     .stretch = {0.4, 0.6, 2.0}},
    {.name = "S2",
     .title = "partial, 18..90 %",
     .days = 14,
     .soc_low = 0.4,
     .soc_high = 0.6,
     .house = PARTIAL,
     .make = PACK(100.0, 22.0, 0.18, 0.90),
     STEADY,
     .required = {1.3, 2.2, 5.0},
     .stretch = {0.9, 1.5, 3.5},
     .first_near_h = {3.0, 12.0},
     .offset_ma = 60.0},
    {.name = "S3",
     .title = "winter, below 45 %",
     .days = 14,
     .soc_low = 0.2,
     .soc_high = 0.4,
     .house = WINTER,
     .make = PACK(100.0, 12.0, 0.0, 0.45),
     STEADY,
     .required = {0.5, 0.8, 3.0},
     .stretch = {0.3, 0.5, 2.0}},
    {.name = "S4",
     .title = "plateau, 38..58 %",
     .days = 7,
     .soc_low = 0.45,
     .soc_high = 0.50,
     .house = SQUARE,
     .make = PACK(100.0, 25.0, 0.38, 0.58),
     STEADY,
     .required = {2.2, 3.5, 6.0},
     .stretch = {1.5, 2.5, 4.5}},
    {.name = "S5",
     .title = "standby, zero not known",
     STANDBY,
     .required = {0.0, 0.0, 10.0},
     .stretch = {0.0, 0.0, 5.0}},
    {.name = "S5z",
     .title = "standby, zero measured",
     STANDBY,
     .zero = BENCH_ZERO_MEASURED,
     .required = {0.0, 0.0, 10.0},
     .stretch = {0.0, 0.0, 5.0}},
    {.name = "S5f",
     .title = "standby, factory zero",
     STANDBY,
     .zero = BENCH_ZERO_FACTORY,
     .required = {0.0, 0.0, 10.0},
     .stretch = {0.0, 0.0, 5.0}},
    {.name = "S6a",
     .title = "S1 with 85 Ah",
     .days = 7,
     .soc_low = 0.3,
     .soc_high = 0.6,
     .house = SUMMER,
     .make = PACK(85.0, 25.0, 0.0, 1.0),
     HONEST,
     .capacity = 0.03},
    {.name = "S6b",
     .title = "S2 with 85 Ah",
     .days = 14,
     .soc_low = 0.4,
     .soc_high = 0.6,
     .house = PARTIAL,
     .make = PACK(85.0, 22.0, 0.18, 0.90),
     HONEST,
     .capacity = 0.05},
    {.name = "S7",
     .title = "S2 at 5 C",
     .days = 14,
     .soc_low = 0.4,
     .soc_high = 0.6,
     .house = PARTIAL,
     .make = PACK(100.0, 5.0, 0.18, 0.90),
     STEADY},

    {.name = "X1",
     .title = "S2, table does not fit",
     .extra = true,
     .days = 14,
     .soc_low = 0.4,
     .soc_high = 0.6,
     .house = PARTIAL,
     .make = {.capacity_ah = 100.0,
              .other_knee = true,
              .mean_c = 22.0,
              .floor = 0.18,
              .ceiling = 0.90,
              .own_a = 0.020},
     HONEST},
    {.name = "X2", .title = "A123 drive, 25 C, from 95 %", .extra = true, A123_25, .start_below = 0.95},
    {.name = "X3", .title = "A123 drive, 25 C, from 65 %", .extra = true, A123_25, .start_below = 0.65},
    {.name = "X4", .title = "A123 drive, 5 C, from 65 %", .extra = true, A123_05, .start_below = 0.65},
    {.name = "X5",
     .title = "APR flat zone, from 74 %",
     .extra = true,
     .record = {"apr18650_flat_25C_b"},
     .cell = "apr",
     .start_below = 1.0,
     .coverage = 0.80},
    {.name = "X6",
     .title = "A123 slow cycle, from 90 %",
     .extra = true,
     .record = {"a123_26650_ocv_25C"},
     .cell = "a123",
     .start_below = 0.90,
     .coverage = 0.80},
    {.name = "X7",
     .title = "S2, any sensor errors",
     .extra = true,
     .any_errors = true,
     .days = 14,
     .soc_low = 0.4,
     .soc_high = 0.6,
     .house = PARTIAL,
     .make = PACK(100.0, 22.0, 0.18, 0.90),
     STEADY},
};

const size_t bench_scenario_count = sizeof(bench_scenarios) / sizeof(bench_scenarios[0]);

void bench_variant(size_t number, struct bench_variant *variant)
{
    static const struct bench_variant none;
    /* start error and, from BENCH_FAULTY_FROM on, the signs of the current's and the voltage's errors */
    static const struct {
        double start, current, voltage;
    } sign[BENCH_VARIANTS] = {
        {0.0, 0.0, 0.0},   {1.0, 0.0, 0.0},    {-1.0, 0.0, 0.0},  {1.0, 1.0, 1.0},
        {1.0, 1.0, -1.0},  {1.0, -1.0, -1.0},  {1.0, -1.0, 1.0},  {-1.0, 1.0, 1.0},
        {-1.0, 1.0, -1.0}, {-1.0, -1.0, -1.0}, {-1.0, -1.0, 1.0},
    };

    *variant = none;
    variant->start = 0.20 * sign[number].start;
    variant->gain = 0.01 * sign[number].current;
    variant->offset = 0.002 * sign[number].current;
    variant->voltage_v = 0.005 * sign[number].voltage;
    variant->temp_c = 2.0 * sign[number].voltage;
}

bool bench_zero_now(const struct bench_scenario *scenario, double time_s)
{
    const double standby_s = (double)scenario->days * DAY_S - EMPTYING_S;

    return (scenario->zero == BENCH_ZERO_MEASURED) && (time_s < standby_s) &&
           (fmod(time_s + ZERO_EACH_S / 2.0, ZERO_EACH_S) < ZERO_S);
}
