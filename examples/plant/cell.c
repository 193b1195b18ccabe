#include "plant/cell.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define LAST           (PLANT_TABLE_POINTS - 1)
#define REFERENCE_C    25.0
#define SECONDS_PER_H  3600.0
#define SECONDS_PER_D  86400.0
#define R_FACTOR_COUNT 7u
#define PI             3.14159265358979323846

/* Place in the tables: the row below and the part of the way to the next one. */
struct place {
    int row;
    double part;
};

static double between(double low, double x, double high)
{
    return (x < low) ? low : ((x > high) ? high : x);
}

static struct place place_of(double soc)
{
    struct place p = {0, 0.0};
    const double x = soc * (double)LAST;

    if (x >= (double)LAST) {
        p.row = LAST - 1;
        p.part = 1.0;
    } else if (x > 0.0) {
        p.row = (int)x;
        p.part = x - (double)p.row;
    }
    return p;
}

static double at_place(const double *table, struct place p)
{
    return table[p.row] + p.part * (table[p.row + 1] - table[p.row]);
}

/* What the rest voltage has beyond the ends of its table. */
static double beyond_ends_v(const struct plant_cell_type *type, double soc)
{
    if (soc > 1.0) {
        return (soc - 1.0) * 100.0 * type->above_full_v;
    }
    return (soc < 0.0) ? (soc * 100.0 * type->below_empty_v) : 0.0;
}

static double rest_at(const struct plant_cell_type *type, double soc, struct place p)
{
    const double v = at_place(type->rest_v, p) + beyond_ends_v(type, soc);

    return between(type->floor_v, v, type->ceiling_v);
}

double plant_cell_rest_v(const struct plant_cell_type *type, double soc, double temp_c)
{
    const struct place p = place_of(soc);

    return rest_at(type, soc, p) + at_place(type->rest_v_per_k, p) * (temp_c - REFERENCE_C);
}

double plant_cell_half_v(const struct plant_cell_type *type, double soc)
{
    return at_place(type->half_v, place_of(soc));
}

double plant_cell_r_factor(double temp_c)
{
    /* fitted to an A123 26650 at seven temperatures */
    static const double at_c[R_FACTOR_COUNT] = {-15.0, -5.0, 5.0, 15.0, 25.0, 35.0, 45.0};
    static const double factor[R_FACTOR_COUNT] = {6.0, 3.16, 1.87, 1.33, 1.00, 0.875, 0.79};
    size_t i = 1u;

    if (temp_c <= at_c[0]) {
        return factor[0];
    }
    if (temp_c >= at_c[R_FACTOR_COUNT - 1u]) {
        return factor[R_FACTOR_COUNT - 1u];
    }
    while (temp_c > at_c[i]) {
        i++;
    }
    return factor[i] + (temp_c - at_c[i]) * (factor[i] - factor[i - 1u]) / (at_c[i] - at_c[i - 1u]);
}

void plant_cell_type_disturb(struct plant_cell_type *type, struct plant_rng *rng, double table_v,
                             double shift)
{
    const struct plant_cell_type old = *type;
    const double moved = shift * (2.0 * plant_rng_uniform(rng) - 1.0);
    double height[4];
    double phase[4];
    int row;
    int k;

    for (k = 0; k < 4; k++) {
        height[k] = table_v * plant_rng_bell(rng);
        phase[k] = 2.0 * PI * plant_rng_uniform(rng);
    }
    for (row = 0; row <= LAST; row++) {
        const double z = (double)row / (double)LAST;
        const struct place p = place_of(z + moved * sin(PI * z));

        type->rest_v[row] = at_place(old.rest_v, p);
        type->half_v[row] = at_place(old.half_v, p);
        for (k = 0; (k < 4) && (row > 5) && (row < 99); k++) {
            type->rest_v[row] += height[k] * cos((double)(k + 1) * PI * z + phase[k]);
        }
    }
}

/* Brings every play operator within its width of the state of charge. */
static void plays_follow(struct plant_cell *cell, const struct plant_cell_type *type)
{
    const double z = cell->soc;
    size_t j;

    for (j = 0u; j < PLANT_PLAYS; j++) {
        const double low = z - type->play_width[j];
        const double high = z + type->play_width[j];
        double y = cell->play[j];

        y = (y < low) ? low : y;
        cell->play[j] = (y > high) ? high : y;
    }
}

static double hysteresis(const struct plant_cell *cell, const struct plant_cell_decay *decay)
{
    const double z = cell->soc;

    return (z - cell->play[0]) * decay->play_gain[0] + (z - cell->play[1]) * decay->play_gain[1] +
           (z - cell->play[2]) * decay->play_gain[2] + (z - cell->play[3]) * decay->play_gain[3];
}

static void refresh_voltages(struct plant_cell *cell, const struct plant_cell_type *type,
                             const struct plant_cell_decay *decay)
{
    const struct place p = place_of(cell->soc);
    double polarisation = 0.0;
    size_t k;

    for (k = 0u; k < type->rc_count; k++) {
        polarisation += cell->rc_v[k];
    }
    cell->rest_v = rest_at(type, cell->soc, p) + cell->entropy_v;
    cell->emf_v = cell->rest_v + at_place(type->half_v, p) * hysteresis(cell, decay) + polarisation;
}

void plant_cell_init(struct plant_cell *cell, const struct plant_cell_type *type, double soc, double temp_c)
{
    memset(cell, 0, sizeof(*cell));
    cell->temp_c = temp_c;
    cell->capacity_ah = type->capacity_ah;
    cell->r_scale = 1.0;
    cell->self_scale = 1.0;
    plant_cell_rest(cell, type, soc, 0.0);
}

void plant_cell_rest(struct plant_cell *cell, const struct plant_cell_type *type, double soc, double branch)
{
    struct plant_cell_decay decay;
    size_t j;

    cell->soc = soc;
    for (j = 0u; j < PLANT_PLAYS; j++) {
        cell->play[j] = soc - between(-1.0, branch, 1.0) * type->play_width[j];
    }
    for (j = 0u; j < PLANT_RC_MAX; j++) {
        cell->rc_v[j] = 0.0;
    }
    plant_cell_slow(cell, type);
    plant_cell_decay_set(&decay, type, 1.0);
    refresh_voltages(cell, type, &decay);
}

void plant_cell_slow(struct plant_cell *cell, const struct plant_cell_type *type)
{
    const double warm = exp2((cell->temp_c - REFERENCE_C) / 10.0);
    const double self_ah_per_day = type->self_discharge_per_day * cell->capacity_ah * cell->self_scale * warm;

    cell->soc_per_as = 1.0 / (cell->capacity_ah * SECONDS_PER_H);
    cell->r_factor = plant_cell_r_factor(cell->temp_c) * cell->r_scale;
    cell->r0_ohm = type->r0_ohm * cell->r_factor;
    cell->self_a = self_ah_per_day * SECONDS_PER_H / SECONDS_PER_D + cell->leak_a;
    cell->entropy_v_per_k = at_place(type->rest_v_per_k, place_of(cell->soc));
    cell->entropy_v = cell->entropy_v_per_k * (cell->temp_c - REFERENCE_C);
}

void plant_cell_decay_set(struct plant_cell_decay *decay, const struct plant_cell_type *type, double dt_s)
{
    size_t k;

    decay->dt_s = dt_s;
    for (k = 0u; k < PLANT_RC_MAX; k++) {
        decay->keep[k] = (k < type->rc_count) ? exp(-dt_s / type->tau_s[k]) : 0.0;
    }
    for (k = 0u; k < PLANT_PLAYS; k++) {
        decay->play_gain[k] = type->play_weight[k] / type->play_width[k];
    }
}

void plant_cell_step(struct plant_cell *cell, const struct plant_cell_type *type,
                     const struct plant_cell_decay *decay, double current_a)
{
    const double stored_a = (current_a > 0.0) ? current_a * type->charge_efficiency : current_a;
    /* an empty cell has nothing left that could leak */
    const double self_a = (cell->soc > 0.0) ? cell->self_a : 0.0;
    size_t k;

    cell->soc += (stored_a - self_a) * decay->dt_s * cell->soc_per_as;
    plays_follow(cell, type);
    for (k = 0u; k < type->rc_count; k++) {
        const double end_v = type->r_ohm[k] * cell->r_factor * current_a;

        cell->rc_v[k] = end_v + (cell->rc_v[k] - end_v) * decay->keep[k];
    }
    refresh_voltages(cell, type, decay);
}

double plant_cell_v(const struct plant_cell *cell, double current_a)
{
    return cell->emf_v + cell->r0_ohm * current_a;
}
