#include "plant/pack.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define STREAM_PACK 1u

void plant_pack_defaults(struct plant_pack_config *config)
{
    size_t k;

    memset(config, 0, sizeof(*config));
    plant_cell_type_lfp100(&config->type);
    config->seed = 1u;
    config->soc = 0.5;
    config->soc_sd = 0.001;
    config->capacity_sd = 0.01;
    config->resistance_sd = 0.05;
    config->self_discharge_sd = 0.2;
    config->branch = NAN;
    for (k = 0u; k < PLANT_CELLS; k++) {
        config->cell_soc[k] = NAN;
        config->cell_capacity_ah[k] = NAN;
        config->cell_resistance[k] = NAN;
        config->cell_self_discharge[k] = NAN;
    }
    config->harness_ohm = 2.0e-3;
    config->switch_ohm = 0.4e-3;
    config->diode_v = 0.8;
    config->precharge_ohm = 33.0;
    config->limiter_high_a = 10.0;
    config->limiter_low_a = 5.0;
    config->terminal_farad = 1e-6;
    config->terminal_ohm = 1e6;
    config->balance_a = 0.060;
    config->own_a = 0.030;
    config->asleep_a = 0.0001;
    config->start_c = 25.0;
    config->cell_j_per_k = 2000.0;
    config->cell_w_per_k = 0.5;
    config->neighbour_w_per_k = 1.0;
    config->switch_j_per_k = 120.0;
    config->switch_w_per_k = 0.9;
    config->board_rise = 0.15;
    for (k = 0u; k < PLANT_NTCS; k++) {
        config->ntc_cell[k] = (uint8_t)(4u * k + 1u);
    }
}

void plant_pack_uniform(struct plant_pack_config *config)
{
    size_t k;

    config->soc_sd = 0.0;
    config->capacity_sd = 0.0;
    config->resistance_sd = 0.0;
    config->self_discharge_sd = 0.0;
    config->branch = 0.0;
    for (k = 0u; k < PLANT_CELLS; k++) {
        config->cell_soc[k] = NAN;
        config->cell_capacity_ah[k] = NAN;
        config->cell_resistance[k] = NAN;
        config->cell_self_discharge[k] = NAN;
        config->cell_ahead[k] = 0.0;
    }
}

static double chosen(double explicit_value, double drawn)
{
    return isnan(explicit_value) ? drawn : explicit_value;
}

/* The numbers are drawn in the same order whatever is given explicitly, so that one override changes one cell. */
static void build_cell(struct plant_pack *pack, size_t k, double branch, struct plant_rng *rng)
{
    const struct plant_pack_config *c = &pack->config;
    struct plant_cell *cell = &pack->cell[k];
    const double ahead = c->soc_sd * plant_rng_bell(rng);
    const double capacity = fmax(1.0 + c->capacity_sd * plant_rng_bell(rng), 0.1);
    const double resistance = fmax(1.0 + c->resistance_sd * plant_rng_bell(rng), 0.1);
    const double self = fmax(1.0 + c->self_discharge_sd * plant_rng_bell(rng), 0.0);
    double soc;

    plant_cell_init(cell, &c->type, 0.5, c->start_c);
    cell->capacity_ah = chosen(c->cell_capacity_ah[k], c->type.capacity_ah * capacity);
    cell->r_scale = chosen(c->cell_resistance[k], resistance);
    cell->self_scale = chosen(c->cell_self_discharge[k], self);
    soc = 1.0 - (1.0 - c->soc) * c->type.capacity_ah / cell->capacity_ah + ahead;
    soc = chosen(c->cell_soc[k], fmin(fmax(soc, 0.0), 1.0)) + c->cell_ahead[k];
    plant_cell_rest(cell, &c->type, soc, branch);
    pack->cell_v[k] = cell->emf_v;
    pack->stack_emf_v += cell->emf_v;
    pack->stack_r0_ohm += cell->r0_ohm;
}

void plant_pack_init(struct plant_pack *pack, const struct plant_pack_config *config)
{
    struct plant_rng rng;
    double branch;
    size_t k;

    memset(pack, 0, sizeof(*pack));
    pack->config = *config;
    plant_rng_seed(&rng, config->seed, STREAM_PACK);
    branch = chosen(config->branch, 2.0 * plant_rng_uniform(&rng) - 1.0);
    for (k = 0u; k < PLANT_CELLS; k++) {
        build_cell(pack, k, branch, &rng);
    }
    pack->stack_v = pack->stack_emf_v;
    pack->switch_c = config->start_c;
    pack->board_c = config->start_c;
}

double plant_pack_soc(const struct plant_pack *pack)
{
    double charge = 0.0;
    double capacity = 0.0;
    size_t k;

    for (k = 0u; k < PLANT_CELLS; k++) {
        charge += pack->cell[k].soc * pack->cell[k].capacity_ah;
        capacity += pack->cell[k].capacity_ah;
    }
    return charge / capacity;
}

double plant_pack_usable_soc(const struct plant_pack *pack)
{
    double left_ah = HUGE_VAL;
    double room_ah = HUGE_VAL;
    size_t k;

    for (k = 0u; k < PLANT_CELLS; k++) {
        const struct plant_cell *cell = &pack->cell[k];

        left_ah = fmin(left_ah, cell->soc * cell->capacity_ah);
        room_ah = fmin(room_ah, (1.0 - cell->soc) * cell->capacity_ah);
    }
    left_ah = fmax(left_ah, 0.0);
    room_ah = fmax(room_ah, 0.0);
    return (left_ah + room_ah > 0.0) ? (left_ah / (left_ah + room_ah)) : 0.0;
}

uint8_t plant_pack_conducting(const struct plant_pack *pack)
{
    return (uint8_t)((pack->gates & (uint8_t)~pack->dead) | pack->welded);
}
