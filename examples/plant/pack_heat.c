#include "plant/pack_heat.h"

#include <math.h>
#include <stddef.h>

#define SLOW_S      1.0
#define KELVIN_0_C  273.15
#define END_COOLING 1.5
#define BOARD_LAG_S 60.0

static double switch_w(const struct plant_pack *pack)
{
    const struct plant_pack_config *c = &pack->config;
    const unsigned on = plant_pack_conducting(pack);
    const double a = fabs(pack->current_a);
    const bool charge_on = (on & PLANT_SWITCH_CHARGE) != 0u;
    const bool discharge_on = (on & PLANT_SWITCH_DISCHARGE) != 0u;
    const bool charge_diode = !charge_on && (pack->current_a < 0.0);
    const bool discharge_diode = !discharge_on && (pack->current_a > 0.0);
    double w = a * a * c->switch_ohm * ((charge_on ? 1.0 : 0.0) + (discharge_on ? 1.0 : 0.0));

    if (charge_diode || discharge_diode) {
        w += a * c->diode_v;
    }
    return w;
}

/* Heat of reaction: warms on charge where the entropy coefficient is positive. */
static double entropy_j(const struct plant_cell *cell, double charge_as)
{
    return charge_as * (cell->temp_c + KELVIN_0_C) * cell->entropy_v_per_k;
}

static double cooling_w(const struct plant_pack *pack, const double temp_c[PLANT_CELLS], size_t k,
                        double ambient_c)
{
    const struct plant_pack_config *c = &pack->config;
    const bool end = (k == 0u) || (k == PLANT_CELLS - 1u);
    double w = (temp_c[k] - ambient_c) * c->cell_w_per_k * (end ? END_COOLING : 1.0);

    if (k > 0u) {
        w += (temp_c[k] - temp_c[k - 1u]) * c->neighbour_w_per_k;
    }
    if (k < PLANT_CELLS - 1u) {
        w += (temp_c[k] - temp_c[k + 1u]) * c->neighbour_w_per_k;
    }
    return w;
}

static void warm_cells(struct plant_pack *pack, double ambient_c)
{
    const struct plant_pack_config *c = &pack->config;
    const double heater_w = pack->heater_on ? (c->heater_w / (double)PLANT_CELLS) : 0.0;
    double temp_c[PLANT_CELLS];
    double r0_ohm = 0.0;
    size_t k;

    for (k = 0u; k < PLANT_CELLS; k++) {
        temp_c[k] = pack->cell[k].temp_c;
    }
    for (k = 0u; k < PLANT_CELLS; k++) {
        struct plant_cell *cell = &pack->cell[k];
        const double w = heater_w + cell->leak_a * cell->rest_v - cooling_w(pack, temp_c, k, ambient_c);

        cell->temp_c +=
            (pack->cell_heat_j[k] + entropy_j(cell, pack->slow_as) + w * pack->slow_s) / c->cell_j_per_k;
        pack->total.cell_heat_j += pack->cell_heat_j[k];
        pack->cell_heat_j[k] = 0.0;
        plant_cell_slow(cell, &c->type);
        r0_ohm += cell->r0_ohm;
    }
    pack->stack_r0_ohm = r0_ohm;
}

void plant_pack_heat(struct plant_pack *pack, double ambient_c, double dt_s)
{
    const struct plant_pack_config *c = &pack->config;
    double cooling_j;

    pack->switch_heat_j += switch_w(pack) * dt_s;
    pack->slow_as += pack->current_a * dt_s;
    pack->slow_s += dt_s;
    if (pack->slow_s < SLOW_S - 1e-6) {
        return;
    }
    warm_cells(pack, ambient_c);
    cooling_j = (pack->switch_c - ambient_c) * c->switch_w_per_k * pack->slow_s;
    pack->switch_c += (pack->switch_heat_j - cooling_j) / c->switch_j_per_k;
    pack->board_c += (ambient_c + c->board_rise * (pack->switch_c - ambient_c) - pack->board_c) *
                     fmin(pack->slow_s / BOARD_LAG_S, 1.0);
    pack->switch_heat_j = 0.0;
    pack->slow_as = 0.0;
    pack->slow_s = 0.0;
}
