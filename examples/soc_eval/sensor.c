#include "soc_eval/sensor.h"

#include <string.h>

void soc_sensor_ideal(struct soc_sensor *sensor)
{
    memset(sensor, 0, sizeof(*sensor));
    sensor->gain = 1.0;
}

void soc_sensor_apply(const struct soc_sensor *sensor, struct plant_rng *rng, struct soc_tick *tick)
{
    const double voltage_v = sensor->voltage_v + sensor->noise_v * plant_rng_bell(rng);

    tick->current_a =
        tick->current_a * sensor->gain + sensor->offset_a + sensor->noise_a * plant_rng_bell(rng);
    tick->mean_v += voltage_v;
    tick->max_v += voltage_v;
    tick->temp_c += sensor->temp_c;
}
