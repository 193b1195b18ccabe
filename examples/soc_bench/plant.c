#include "soc_bench/plant.h"

#include <math.h>

#include "soc_bench/house.h"
#include "soc_bench/other_cell.h"

#define PI            3.14159265358979323846
#define DAY_S         86400.0
#define TABLE_ERROR_V 1.2e-3
#define KNEE_SHIFT    0.012
#define CHARGER_V     3.50
#define CHARGER_GAIN  4.0 /* per step and volt */
#define STOP_V        3.00
#define DAY_SWING_K   3.0

static double draw(struct plant_rng *rng, double low, double high)
{
    return low + (high - low) * plant_rng_uniform(rng);
}

static void set_type(struct plant_cell_type *type, const struct bench_pack_make *make, struct plant_rng *rng)
{
    static const double r_ohm[PLANT_RC_MAX] = {0.5e-3, 0.4e-3, 0.6e-3, 1.0e-3};
    static const double tau_s[PLANT_RC_MAX] = {1.0, 20.0, 300.0, 5000.0};
    static const double width[PLANT_PLAYS] = {0.01, 0.03, 0.06, 0.12};
    static const double weight[PLANT_PLAYS] = {0.15, 0.30, 0.30, 0.25};
    int k;

    plant_cell_type_lfp100(type);
    if (make->other_knee) {
        bench_other_cell(type);
    }
    plant_cell_type_disturb(type, rng, TABLE_ERROR_V, KNEE_SHIFT);
    type->capacity_ah = make->capacity_ah;
    type->r0_ohm = 0.0;
    type->rc_count = PLANT_RC_MAX;
    for (k = 0; k < PLANT_RC_MAX; k++) {
        type->r_ohm[k] = r_ohm[k];
        type->tau_s[k] = tau_s[k];
        type->play_width[k] = width[k];
        type->play_weight[k] = weight[k];
    }
    /* charge that is drawn is the only one that leaves: the reference is exact */
    type->self_discharge_per_day = 0.0;
    type->charge_efficiency = 1.0;
}

void bench_pack_init(struct bench_pack *pack, const struct bench_pack_make *make, struct plant_rng *rng,
                     double soc)
{
    int k;

    pack->make = *make;
    set_type(&pack->type, make, rng);
    pack->make.mean_c += draw(rng, -2.0, 2.0);
    plant_cell_init(&pack->cell, &pack->type, soc, pack->make.mean_c);
    pack->cell.r_scale = draw(rng, 0.8, 1.4);
    for (k = 0; k < PLANT_PLAYS; k++) {
        pack->cell.play[k] = soc + pack->type.play_width[k] * draw(rng, -1.0, 1.0);
    }
    plant_cell_decay_set(&pack->decay, &pack->type, (double)BENCH_STEP_S);
    pack->charger = 1.0;
    pack->v = pack->cell.emf_v;
}

/* What of the wanted current the house, the charger and the low-voltage limit let through. */
static double permitted(struct bench_pack *pack, double wanted_a)
{
    const struct bench_pack_make *make = &pack->make;
    const double soc = pack->cell.soc;

    pack->charger = fmin(fmax(pack->charger - (pack->v - CHARGER_V) * CHARGER_GAIN, 0.0), 1.0);
    if (wanted_a > 0.0) {
        return ((make->ceiling < 1.0) && (soc >= make->ceiling)) ? 0.0 : (wanted_a * pack->charger);
    }
    return (((make->floor > 0.0) && (soc <= make->floor)) || (pack->v < STOP_V)) ? 0.0 : wanted_a;
}

double bench_pack_step(struct bench_pack *pack, double time_s, double wanted_a)
{
    const double current_a = permitted(pack, wanted_a) - pack->make.own_a;

    /* coldest at six in the morning, nearly */
    pack->cell.temp_c = pack->make.mean_c + DAY_SWING_K * sin(2.0 * PI * time_s / DAY_S - 2.0);
    plant_cell_slow(&pack->cell, &pack->type);
    plant_cell_step(&pack->cell, &pack->type, &pack->decay, current_a);
    pack->v = plant_cell_v(&pack->cell, current_a);
    return current_a;
}
