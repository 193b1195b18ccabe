#include "plant/circuit.h"
#include "plant/pack.h"
#include "plant/pack_heat.h"

#include <math.h>
#include <stddef.h>

/* A change of the terminal voltage above this within one step is followed in shorter steps. */
#define TRANSIENT_V     0.25
#define TRANSIENT_STEPS 25
/* Lowest voltage by which a power is divided: below it charger and load are at their current limits anyway. */
#define POWER_MIN_V 1.0

static double own_a(const struct plant_pack *pack)
{
    return pack->asleep ? pack->config.asleep_a : pack->config.own_a;
}

static double bleed_a(const struct plant_pack *pack, size_t k)
{
    return ((pack->balance_mask & (1u << k)) != 0u) ? pack->config.balance_a : 0.0;
}

/* The pack behind its switches; what the electronics and the bleeders draw is part of the inner voltage. */
static struct plant_path path_of(const struct plant_pack *pack)
{
    const struct plant_pack_config *c = &pack->config;
    const unsigned on = plant_pack_conducting(pack);
    const bool charge_on = (on & PLANT_SWITCH_CHARGE) != 0u;
    const bool discharge_on = (on & PLANT_SWITCH_DISCHARGE) != 0u;
    const bool limiter_on = !charge_on && ((on & PLANT_SWITCH_LIMITER) != 0u);
    const bool precharge_on = !discharge_on && ((on & PLANT_SWITCH_PRECHARGE) != 0u);
    const double inner_ohm = pack->stack_r0_ohm + c->harness_ohm;
    struct plant_path path;
    size_t k;

    path.emf_v = pack->stack_emf_v - own_a(pack) * pack->stack_r0_ohm;
    for (k = 0u; (pack->balance_mask != 0u) && (k < PLANT_CELLS); k++) {
        path.emf_v -= bleed_a(pack, k) * pack->cell[k].r0_ohm;
    }
    path.charge = charge_on || limiter_on;
    path.charge_drop_v = discharge_on ? 0.0 : c->diode_v;
    path.charge_ohm = inner_ohm + c->switch_ohm + (discharge_on ? c->switch_ohm : 0.0);
    path.charge_max_a = HUGE_VAL;
    if (limiter_on) {
        path.charge_max_a = pack->limiter_low ? c->limiter_low_a : c->limiter_high_a;
    }
    path.discharge = discharge_on || precharge_on;
    path.discharge_drop_v = charge_on ? 0.0 : c->diode_v;
    path.discharge_ohm = inner_ohm + (charge_on ? c->switch_ohm : 0.0);
    path.discharge_ohm += precharge_on ? c->precharge_ohm : c->switch_ohm;
    return path;
}

static double wanted_a(const struct plant_demand *demand, double a_max, double bus_v)
{
    double a = 0.0;

    if (demand->kind == PLANT_DEMAND_CURRENT) {
        a = demand->value;
    } else if (demand->kind == PLANT_DEMAND_POWER) {
        a = demand->value / fmax(bus_v, POWER_MIN_V);
    }
    return fmin(fmax(a, 0.0), a_max);
}

static void add_bus(struct plant_node *node, const struct plant_world *world, double bus_v)
{
    node->farad += world->bus_farad;
    node->siemens += 1.0 / world->bus_bleed_ohm;
    node->source_v = world->charger.v_max;
    node->source_a = wanted_a(&world->charger.demand, world->charger.a_max, bus_v);
    node->sink_a = world->load_stopped ? 0.0 : wanted_a(&world->load.demand, world->load.a_max, bus_v);
}

static struct plant_node node_of(const struct plant_pack *pack, const struct plant_world *world, double bus_v)
{
    struct plant_node node = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};

    node.farad = pack->config.terminal_farad;
    node.siemens = 1.0 / pack->config.terminal_ohm;
    if (world->ext_on) {
        node.siemens += 1.0 / world->ext_ohm;
        node.inject_a = world->ext_v / world->ext_ohm;
    }
    if (world->short_ohm > 0.0) {
        node.siemens += 1.0 / world->short_ohm;
    }
    if (!world->breaker_open) {
        add_bus(&node, world, bus_v);
    }
    return node;
}

/* Voltage of the node before the step; a breaker that has just closed shares the charge of both capacitors. */
static double start_v(const struct plant_pack *pack, const struct plant_world *world)
{
    const double farad = pack->config.terminal_farad;

    if (world->breaker_open || (world->bus_v == pack->terminal_v)) {
        return pack->terminal_v;
    }
    return (farad * pack->terminal_v + world->bus_farad * world->bus_v) / (farad + world->bus_farad);
}

static void step_free_bus(struct plant_world *world, double dt_s)
{
    struct plant_node bus = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    struct plant_node_step r;

    add_bus(&bus, world, world->bus_v);
    r = plant_node_step(&bus, NULL, world->bus_v, dt_s);
    world->bus_v = r.v;
    world->charger_a = r.source_a;
    world->load_a = r.sink_a;
}

static void update_load(struct plant_world *world, double dt_s)
{
    const struct plant_load *load = &world->load;

    if (load->cutoff_v <= 0.0) {
        world->load_stopped = false;
    } else if (world->bus_v < load->cutoff_v) {
        world->load_stopped = true;
    } else if (world->load_stopped && (world->load_wait_s >= load->resume_s)) {
        world->load_stopped = false;
    }
    world->load_wait_s =
        (world->load_stopped && (world->bus_v > load->resume_v)) ? (world->load_wait_s + dt_s) : 0.0;
}

static void count_energy(struct plant_pack *pack, double current_a, double dt_s)
{
    const double as = current_a * dt_s;

    if (as > 0.0) {
        pack->total.charge_as += as;
        pack->total.charge_j += as * pack->terminal_v;
    } else {
        pack->total.discharge_as -= as;
        pack->total.discharge_j -= as * pack->terminal_v;
    }
}

/* Electrical part of a step. Returns the mean current into the pack. */
static double step_terminals(struct plant_pack *pack, struct plant_world *world,
                             const struct plant_path *path, double dt_s)
{
    double v = start_v(pack, world);
    const struct plant_node node = node_of(pack, world, v);
    struct plant_node_step r = plant_node_step(&node, path, v, dt_s);
    const bool transient = fabs(r.v - v) > TRANSIENT_V;
    const int steps = transient ? TRANSIENT_STEPS : 1;
    const double part_s = dt_s / (double)steps;
    double as = 0.0;
    double source_as = 0.0;
    double sink_as = 0.0;
    int i;

    for (i = 0; i < steps; i++) {
        if (transient) {
            r = plant_node_step(&node, path, v, part_s);
        }
        v = r.v;
        pack->terminal_v = v;
        count_energy(pack, r.path_a, part_s);
        as += r.path_a * part_s;
        source_as += r.source_a * part_s;
        sink_as += r.sink_a * part_s;
        /* what falls between terminals and cells, the cells' own R0 excepted */
        pack->total.path_heat_j += r.path_a * (v - path->emf_v - r.path_a * pack->stack_r0_ohm) * part_s;
    }
    if (world->breaker_open) {
        step_free_bus(world, dt_s);
    } else {
        world->bus_v = v;
        world->charger_a = source_as / dt_s;
        world->load_a = sink_as / dt_s;
    }
    update_load(world, dt_s);
    return as / dt_s;
}

static void step_cells(struct plant_pack *pack, double current_a, double dt_s)
{
    const double common_a = current_a - own_a(pack);
    double stack_v = 0.0;
    double emf_v = 0.0;
    size_t k;

    for (k = 0u; k < PLANT_CELLS; k++) {
        struct plant_cell *cell = &pack->cell[k];
        const double a = common_a - bleed_a(pack, k);
        const double v = plant_cell_v(cell, a);

        pack->cell_v[k] = v;
        stack_v += v;
        pack->cell_heat_j[k] += a * (v - cell->rest_v) * dt_s;
        plant_cell_step(cell, &pack->config.type, &pack->decay, a);
        emf_v += cell->emf_v;
    }
    pack->stack_v = stack_v;
    pack->stack_emf_v = emf_v;
    pack->total.electronics_as += own_a(pack) * dt_s;
}

void plant_pack_step(struct plant_pack *pack, struct plant_world *world, double dt_s)
{
    const struct plant_path path = path_of(pack);

    if (pack->decay.dt_s != dt_s) {
        plant_cell_decay_set(&pack->decay, &pack->config.type, dt_s);
    }
    pack->current_a = step_terminals(pack, world, &path, dt_s);
    step_cells(pack, pack->current_a, dt_s);
    plant_pack_heat(pack, world->ambient_c, dt_s);
}

double plant_pack_surge_a(const struct plant_pack *pack, const struct plant_world *world, double delay_s)
{
    const struct plant_path path = path_of(pack);
    const double v = start_v(pack, world);
    struct plant_node node;
    double siemens;
    double end_v;
    double knee_v;

    if (!path.discharge) {
        return 0.0;
    }
    node = node_of(pack, world, v);
    siemens = node.siemens + 1.0 / path.discharge_ohm;
    knee_v = path.emf_v - path.discharge_drop_v;
    end_v = (node.inject_a - node.sink_a + knee_v / path.discharge_ohm) / siemens;
    end_v += (v - end_v) * exp(-delay_s * siemens / node.farad);
    return (end_v < knee_v) ? ((knee_v - end_v) / path.discharge_ohm) : 0.0;
}
