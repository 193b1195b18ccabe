#include "plant/sensors.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define STREAM_ERRORS 2u
#define STREAM_NOISE  3u
/* Ends of the converters: 13 bit of 5 V, 200 mV at 0.25 mOhm, 100 V behind the divider, -40 .. 125 degC */
#define CELL_MAX_MV    5119.0
#define CURRENT_MAX_MA 800000.0
#define PACK_MAX_MV    100000.0
#define TEMP_MIN_DC    (-550.0)
#define TEMP_MAX_DC    1500.0
/* part of the voltage that is left on the input of an open wire after one conversion */
#define OPEN_WIRE_KEEP   0.7
#define OPEN_WIRE_UNSEEN (-1.0)

void plant_sensors_ideal(struct plant_sensors_config *config)
{
    memset(config, 0, sizeof(*config));
    config->seed = 1u;
    config->cell_step_mv = 5.0 / 32.0;
    config->current_step_ma = 37.3;
    config->pack_step_mv = 20.0;
    config->temp_every = 10u;
    config->pause_balance = true;
    config->balance_drop_mv = 30.0;
}

void plant_sensors_typical(struct plant_sensors_config *config)
{
    plant_sensors_ideal(config);
    config->cell_common_mv = 1.0;
    config->cell_each_mv = 1.0;
    config->current_gain = 0.003;
    config->current_offset_ma = 50.0;
    config->temp_dc = 5.0;
    config->pack_gain = 0.001;
    config->cell_noise_mv = 0.5;
    config->current_noise_ma = 100.0;
    config->pack_noise_mv = 20.0;
    config->temp_noise_dc = 0.5;
}

void plant_sensors_worst(struct plant_sensors_config *config)
{
    plant_sensors_typical(config);
    config->worst_case = true;
    config->cell_common_mv = 5.0;
    config->cell_each_mv = 2.0;
    config->current_gain = 0.01;
    config->current_offset_ma = 200.0;
    config->temp_dc = 20.0;
    config->pack_gain = 0.003;
    config->cell_noise_mv = 1.0;
    /* 50 mA over 10 s, that is 100 conversions */
    config->current_noise_ma = 500.0;
}

static double error_of(const struct plant_sensors_config *c, struct plant_rng *rng, double spread)
{
    return spread * (c->worst_case ? plant_rng_sign(rng) : plant_rng_bell(rng));
}

static struct plant_channel channel(double gain, double offset, double noise, double step)
{
    const struct plant_channel made = {gain, offset, noise, step};

    return made;
}

static struct plant_channel temp_channel(const struct plant_sensors_config *c, struct plant_rng *rng)
{
    return channel(0.0, error_of(c, rng, c->temp_dc), c->temp_noise_dc, 1.0);
}

void plant_sensors_init(struct plant_sensors *sensors, const struct plant_sensors_config *config)
{
    const struct plant_sensors_config *c = &sensors->config;
    struct plant_rng rng;
    double common;
    double gain;
    size_t k;

    memset(sensors, 0, sizeof(*sensors));
    sensors->config = *config;
    plant_rng_seed(&rng, config->seed, STREAM_ERRORS);
    plant_rng_seed(&sensors->rng, config->seed, STREAM_NOISE);
    common = error_of(c, &rng, c->cell_common_mv);
    for (k = 0u; k < PLANT_CELLS; k++) {
        const double offset = common + error_of(c, &rng, c->cell_each_mv);

        sensors->cell[k] = channel(0.0, offset, c->cell_noise_mv, c->cell_step_mv);
        sensors->open_mv[k] = OPEN_WIRE_UNSEEN;
    }
    gain = error_of(c, &rng, c->current_gain);
    sensors->current =
        channel(gain, error_of(c, &rng, c->current_offset_ma), c->current_noise_ma, c->current_step_ma);
    sensors->pack = channel(error_of(c, &rng, c->pack_gain), 0.0, c->pack_noise_mv, c->pack_step_mv);
    sensors->terminal = channel(error_of(c, &rng, c->pack_gain), 0.0, c->pack_noise_mv, c->pack_step_mv);
    for (k = 0u; k < PLANT_NTCS; k++) {
        sensors->ntc[k] = temp_channel(c, &rng);
    }
    sensors->mosfet = temp_channel(c, &rng);
    sensors->ambient = temp_channel(c, &rng);
}

static double whole(double x)
{
    return (x < 0.0) ? -(double)(long)(0.5 - x) : (double)(long)(x + 0.5);
}

/* What the converter of a channel makes of a value, with the offset fault if there is one. */
static int32_t convert(struct plant_sensors *sensors, const struct plant_channel *ch,
                       const struct plant_fault *fault, double value, double low, double high)
{
    double x = value * (1.0 + ch->gain) + ch->offset;

    if (ch->noise > 0.0) {
        x += ch->noise * plant_rng_bell(&sensors->rng);
    }
    if (fault->kind == PLANT_FAULT_OFFSET) {
        x += (double)fault->value;
    }
    x = (x < low) ? low : ((x > high) ? high : x);
    if (ch->step > 0.0) {
        x = whole(x / ch->step) * ch->step;
    }
    return (int32_t)whole(x);
}

static bool is_stuck(const struct plant_sensors *sensors, const struct plant_fault *fault)
{
    return sensors->have_last && (fault->kind == PLANT_FAULT_STUCK);
}

static void exchange(double *a, double *b)
{
    const double kept = *a;

    *a = *b;
    *b = kept;
}

/* Voltages at the inputs: bleeding, open wires and exchanged wires. */
static void cell_inputs(struct plant_sensors *sensors, const struct plant_pack *pack, uint16_t bled,
                        double input_mv[PLANT_CELLS])
{
    size_t k;

    for (k = 0u; k < PLANT_CELLS; k++) {
        input_mv[k] = pack->cell_v[k] * 1000.0;
        if ((bled & (1u << k)) != 0u) {
            input_mv[k] -= sensors->config.balance_drop_mv;
        }
    }
    for (k = 0u; k < PLANT_CELLS; k++) {
        const double own_mv = input_mv[k];

        if (sensors->cell_fault[k].kind != PLANT_FAULT_OPEN) {
            sensors->open_mv[k] = OPEN_WIRE_UNSEEN;
            continue;
        }
        if (sensors->open_mv[k] < 0.0) {
            sensors->open_mv[k] = own_mv;
        }
        sensors->open_mv[k] *= OPEN_WIRE_KEEP;
        input_mv[k] = sensors->open_mv[k];
        if (k + 1u < PLANT_CELLS) {
            input_mv[k + 1u] += own_mv - input_mv[k];
        }
    }
    for (k = 0u; k < PLANT_CELLS; k++) {
        if (sensors->cell_fault[k].kind == PLANT_FAULT_SWAP) {
            exchange(&input_mv[k], &input_mv[sensors->cell_fault[k].other % PLANT_CELLS]);
        }
    }
}

static void read_cells(struct plant_sensors *sensors, const struct plant_pack *pack,
                       struct lbms_sample *sample)
{
    double input_mv[PLANT_CELLS];
    size_t k;

    sample->balance_mask = sensors->config.pause_balance ? 0u : pack->balance_mask;
    cell_inputs(sensors, pack, sample->balance_mask, input_mv);
    for (k = 0u; k < PLANT_CELLS; k++) {
        const struct plant_fault *fault = &sensors->cell_fault[k];
        const int32_t mv = convert(sensors, &sensors->cell[k], fault, input_mv[k], 0.0, CELL_MAX_MV);
        const bool stuck = is_stuck(sensors, fault) || (sensors->cells_stuck && sensors->have_last);

        sample->cell_mv[k] = stuck ? sensors->last.cell_mv[k] : (uint16_t)mv;
    }
}

static void read_power(struct plant_sensors *sensors, const struct plant_pack *pack,
                       struct lbms_sample *sample)
{
    const double charge_as = pack->total.charge_as - pack->total.discharge_as;
    const uint32_t since_ms = sample->at_ms - sensors->last_at_ms;
    double ma = pack->current_a * 1000.0;

    if (sensors->have_last && (since_ms > 0u)) {
        ma = (charge_as - sensors->last_charge_as) * 1e6 / (double)since_ms;
    }
    sensors->last_charge_as = charge_as;
    sensors->last_at_ms = sample->at_ms;
    sample->current_ma =
        convert(sensors, &sensors->current, &sensors->current_fault, ma, -CURRENT_MAX_MA, CURRENT_MAX_MA);
    sample->pack_mv =
        convert(sensors, &sensors->pack, &sensors->pack_fault, pack->stack_v * 1000.0, 0.0, PACK_MAX_MV);
    sample->terminal_mv = convert(sensors, &sensors->terminal, &sensors->terminal_fault,
                                  pack->terminal_v * 1000.0, -PACK_MAX_MV, PACK_MAX_MV);
    if (is_stuck(sensors, &sensors->current_fault)) {
        sample->current_ma = sensors->last.current_ma;
    }
    if (is_stuck(sensors, &sensors->pack_fault) || (sensors->cells_stuck && sensors->have_last)) {
        sample->pack_mv = sensors->last.pack_mv;
    }
    if (is_stuck(sensors, &sensors->terminal_fault)) {
        sample->terminal_mv = sensors->last.terminal_mv;
    }
}

static int16_t read_temp(struct plant_sensors *sensors, const struct plant_channel *ch,
                         const struct plant_fault *fault, double temp_c, int16_t last)
{
    if (fault->kind == PLANT_FAULT_OPEN) {
        return LBMS_TEMP_OPEN;
    }
    if (fault->kind == PLANT_FAULT_SHORT) {
        return LBMS_TEMP_SHORT;
    }
    if (is_stuck(sensors, fault)) {
        return last;
    }
    return (int16_t)convert(sensors, ch, fault, temp_c * 10.0, TEMP_MIN_DC, TEMP_MAX_DC);
}

static void read_temps(struct plant_sensors *sensors, const struct plant_pack *pack,
                       struct lbms_sample *sample)
{
    size_t k;

    if (sensors->have_last && (sensors->temp_wait > 0u)) {
        sensors->temp_wait--;
        memcpy(sample->ntc_dc, sensors->last.ntc_dc, sizeof(sample->ntc_dc));
        sample->mosfet_dc = sensors->last.mosfet_dc;
        sample->ambient_dc = sensors->last.ambient_dc;
        return;
    }
    sensors->temp_wait = (sensors->config.temp_every > 1u) ? (uint8_t)(sensors->config.temp_every - 1u) : 0u;
    for (k = 0u; k < PLANT_NTCS; k++) {
        const double temp_c = pack->cell[pack->config.ntc_cell[k] % PLANT_CELLS].temp_c;

        sample->ntc_dc[k] =
            read_temp(sensors, &sensors->ntc[k], &sensors->ntc_fault[k], temp_c, sensors->last.ntc_dc[k]);
    }
    sample->mosfet_dc =
        read_temp(sensors, &sensors->mosfet, &sensors->mosfet_fault, pack->switch_c, sensors->last.mosfet_dc);
    sample->ambient_dc = read_temp(sensors, &sensors->ambient, &sensors->ambient_fault, pack->board_c,
                                   sensors->last.ambient_dc);
}

void plant_sensors_convert(struct plant_sensors *sensors, const struct plant_pack *pack, uint32_t at_ms,
                           struct lbms_sample *sample)
{
    memset(sample, 0, sizeof(*sample));
    sample->at_ms = at_ms;
    read_cells(sensors, pack, sample);
    read_power(sensors, pack, sample);
    read_temps(sensors, pack, sample);
    sensors->last = *sample;
    sensors->have_last = true;
}

int plant_sensors_fault(struct plant_sensors *sensors, const struct plant_fault *fault)
{
    switch (fault->target) {
    case PLANT_TARGET_CELL:
        sensors->cell_fault[fault->index % PLANT_CELLS] = *fault;
        return 0;
    case PLANT_TARGET_CELLS:
        sensors->cells_stuck = (fault->kind == PLANT_FAULT_STUCK);
        return 0;
    case PLANT_TARGET_NTC:
        sensors->ntc_fault[fault->index % PLANT_NTCS] = *fault;
        break;
    case PLANT_TARGET_MOSFET:
        sensors->mosfet_fault = *fault;
        break;
    case PLANT_TARGET_AMBIENT:
        sensors->ambient_fault = *fault;
        break;
    case PLANT_TARGET_CURRENT:
        sensors->current_fault = *fault;
        return 0;
    case PLANT_TARGET_PACK:
        sensors->pack_fault = *fault;
        return 0;
    case PLANT_TARGET_TERMINAL:
        sensors->terminal_fault = *fault;
        return 0;
    default:
        return -1;
    }
    sensors->temp_wait = 0u; /* temperature faults show in the next conversion */
    return 0;
}
