#include "plant/pack.h"

#include <math.h>
#include <string.h>

#include "rig.h"
#include "support/suite.h"

/* idle current of the inverter and the sense divider at this voltage */
static double idle_a(const struct rig *rig)
{
    return rig->pack.terminal_v * (1.0 / rig->world.bus_bleed_ohm + 1.0 / rig->pack.config.terminal_ohm);
}

/* Energy that 16 cells of 100 Ah hold above a state of charge of 0, by Simpson's rule over the rest voltage, J. */
static double stored_j(const struct plant_cell_type *type, double soc)
{
    const int parts = 20000;
    const double width = soc / (double)parts;
    double sum = 0.0;
    int i;

    for (i = 0; i < parts; i++) {
        const double z = width * (double)i;

        sum += plant_cell_rest_v(type, z, 25.0) + 4.0 * plant_cell_rest_v(type, z + width / 2.0, 25.0) +
               plant_cell_rest_v(type, z + width, 25.0);
    }
    return 16.0 * 360000.0 * sum * width / 6.0;
}

START_TEST(charge_is_conserved)
{
    struct rig rig;
    double as = 0.0;
    int i;
    size_t k;

    rig_start(&rig, 0.5);
    for (i = 0; i < 200; i++) {
        const double before = rig.pack.cell[0].soc;
        const double wanted = (i % 7 < 4) ? 10.0 * (double)(i % 7) : -25.0;

        plant_world_current(&rig.world, wanted);
        rig_run(&rig, 5.0);
        as = (rig.pack.cell[0].soc - before) * 360000.0;
        if (wanted <= 0.0) {
            /* the load and the idle current, nothing else; the bus capacitor takes a little at the change */
            ck_assert_double_eq_tol(as, (wanted - idle_a(&rig)) * 5.0, 0.02);
        }
    }
    for (k = 0u; k < PLANT_CELLS; k++) {
        ck_assert_double_eq_tol(rig.pack.cell[k].soc, rig.pack.cell[0].soc, 1e-12);
    }
    as = (rig.pack.cell[0].soc - 0.5) * 360000.0;
    ck_assert_double_eq_tol(rig.pack.total.charge_as - rig.pack.total.discharge_as, as, 1e-4);
}
END_TEST

START_TEST(energy_is_conserved)
{
    struct rig rig;
    double in_j;
    double out_j;

    rig_start(&rig, 0.3);
    in_j = rig.pack.total.charge_j - rig.pack.total.discharge_j;
    out_j = rig.pack.total.cell_heat_j + rig.pack.total.path_heat_j;
    rig.world.ambient_c = 25.0;
    rig.pack.config.cell_j_per_k = 1e12; /* stay at 25 degC, where the table of stored_j() holds */
    plant_world_current(&rig.world, 60.0);
    rig_run(&rig, 1800.0);
    plant_world_current(&rig.world, -40.0);
    rig_run(&rig, 3000.0);
    plant_world_current(&rig.world, 20.0);
    rig_run(&rig, 600.0);
    in_j = rig.pack.total.charge_j - rig.pack.total.discharge_j - in_j;
    out_j = rig.pack.total.cell_heat_j + rig.pack.total.path_heat_j - out_j;
    out_j += stored_j(&rig.pack.config.type, rig.pack.cell[0].soc) - stored_j(&rig.pack.config.type, 0.3);
    /* about 11 MJ went through; the polarisation of 1800 s still holds some 10 J */
    ck_assert_double_eq_tol(in_j, out_j, 150.0);
    ck_assert_double_gt(rig.pack.total.cell_heat_j, 50e3);
}
END_TEST

START_TEST(terminal_voltage_is_the_stack_less_the_drops)
{
    struct rig rig;
    double drop_v;

    rig_start(&rig, 0.5);
    ck_assert_double_eq_tol(rig.pack.stack_v, 16.0 * 3.29984, 5e-3);
    plant_world_current(&rig.world, -100.0);
    rig_run(&rig, 0.2);
    drop_v = -rig.pack.current_a * (2.0e-3 + 2.0 * 0.4e-3);
    ck_assert_double_eq_tol(rig.pack.stack_v - rig.pack.terminal_v, drop_v, 1e-9);
    ck_assert_double_eq_tol(rig.pack.current_a, -100.0 - idle_a(&rig), 1e-3);
    ck_assert_double_eq_tol(rig.pack.cell_v[3], rig.pack.stack_v / 16.0, 1e-9);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_pack)
{
    static struct plant_pack a;
    static struct plant_pack b;
    struct plant_world world_a;
    struct plant_world world_b;
    struct plant_pack_config config;
    int i;

    plant_pack_defaults(&config);
    config.seed = 77u;
    plant_pack_init(&a, &config);
    plant_pack_init(&b, &config);
    plant_world_defaults(&world_a);
    plant_world_defaults(&world_b);
    a.gates = b.gates = RIG_BOTH;
    for (i = 0; i < 20000; i++) {
        plant_world_power(&world_a, 1000.0 * sin((double)i * 1e-3));
        plant_world_power(&world_b, 1000.0 * sin((double)i * 1e-3));
        plant_pack_step(&a, &world_a, 0.1);
        plant_pack_step(&b, &world_b, 0.1);
    }
    ck_assert_mem_eq(a.cell_v, b.cell_v, sizeof(a.cell_v));
    ck_assert_mem_eq(&a.total, &b.total, sizeof(a.total));
    config.seed = 78u;
    plant_pack_init(&b, &config);
    ck_assert_double_ne(a.cell[0].capacity_ah, b.cell[0].capacity_ah);
}
END_TEST

START_TEST(cells_spread_as_wanted_and_are_level_when_full)
{
    struct plant_pack_config config;
    double sum = 0.0;
    double squares = 0.0;
    double worst_room = 0.0;
    unsigned n = 0u;
    uint64_t seed;
    size_t k;

    plant_pack_defaults(&config);
    config.soc_sd = 0.0;
    for (seed = 1u; seed <= 100u; seed++) {
        struct plant_pack pack;

        config.seed = seed;
        plant_pack_init(&pack, &config);
        for (k = 0u; k < PLANT_CELLS; k++) {
            const double deviation = pack.cell[k].capacity_ah / 100.0 - 1.0;

            sum += deviation;
            squares += deviation * deviation;
            n++;
            worst_room = fmax(worst_room, fabs((1.0 - pack.cell[k].soc) * pack.cell[k].capacity_ah - 50.0));
        }
    }
    ck_assert_double_eq_tol(sum / n, 0.0, 0.001);
    ck_assert_double_eq_tol(sqrt(squares / n), 0.01, 0.0007);
    ck_assert_double_lt(worst_room, 1e-9);
}
END_TEST

START_TEST(an_override_changes_only_its_cell)
{
    struct plant_pack_config config;
    struct plant_pack plain;
    struct plant_pack changed;
    size_t k;

    plant_pack_defaults(&config);
    plant_pack_init(&plain, &config);
    config.cell_soc[4] = 0.52;
    config.cell_capacity_ah[4] = 80.0;
    config.cell_resistance[4] = 3.0;
    plant_pack_init(&changed, &config);
    ck_assert_double_eq(changed.cell[4].soc, 0.52);
    ck_assert_double_eq(changed.cell[4].capacity_ah, 80.0);
    ck_assert_double_eq_tol(changed.cell[4].r0_ohm, 1.5e-3, 1e-12);
    for (k = 0u; k < PLANT_CELLS; k++) {
        if (k != 4u) {
            ck_assert_mem_eq(&plain.cell[k], &changed.cell[k], sizeof(plain.cell[k]));
        }
    }
}
END_TEST

START_TEST(usable_charge_ends_at_the_first_cell)
{
    struct plant_pack_config config;
    struct plant_pack pack;

    rig_config(&config, 0.5);
    config.cell_soc[2] = 0.4;
    config.cell_soc[9] = 0.6;
    plant_pack_init(&pack, &config);
    ck_assert_double_eq_tol(plant_pack_soc(&pack), 0.5, 1e-12);
    ck_assert_double_eq_tol(plant_pack_usable_soc(&pack), 0.4 / (0.4 + 0.4), 1e-12);
}
END_TEST

START_TEST(bleeding_takes_60_ma_from_the_chosen_cells)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    rig.pack.gates = 0u;
    rig.pack.balance_mask = 0x0102u;
    rig_run(&rig, 3600.0);
    ck_assert_double_eq_tol(rig.pack.cell[1].soc, rig.pack.cell[0].soc - 0.060 / 100.0, 1e-9);
    ck_assert_double_eq_tol(rig.pack.cell[8].soc, rig.pack.cell[1].soc, 1e-12);
}
END_TEST

START_TEST(the_electronics_draw_from_all_cells_unseen_by_the_shunt)
{
    struct rig rig;
    double before;
    size_t k;

    rig_start(&rig, 0.5);
    before = rig.pack.cell[0].soc;
    rig.pack.config.own_a = 0.030;
    rig.pack.config.asleep_a = 0.001;
    rig.pack.gates = 0u;
    rig_run(&rig, 3600.0);
    for (k = 0u; k < PLANT_CELLS; k++) {
        ck_assert_double_eq_tol(rig.pack.cell[k].soc, before - 0.030 / 100.0, 1e-9);
    }
    ck_assert_double_eq(rig.pack.current_a, 0.0);
    rig.pack.asleep = true;
    rig_run(&rig, 3600.0);
    ck_assert_double_eq_tol(rig.pack.cell[0].soc, before - 0.031 / 100.0, 1e-9);
}
END_TEST

START_TEST(cells_warm_up_to_where_cooling_equals_heat)
{
    struct rig rig;
    double middle;
    int hour;

    rig_start(&rig, 0.5);
    rig.pack.config.type.capacity_ah = 100.0;
    /* alternate every minute so that the state of charge stays; all polarisation but the slow part is in */
    for (hour = 0; hour < 24 * 30; hour++) {
        plant_world_current(&rig.world, 80.0);
        rig_run(&rig, 60.0);
        plant_world_current(&rig.world, -80.0);
        rig_run(&rig, 60.0);
    }
    middle = rig.pack.cell[7].temp_c - 25.0;
    /* i^2 R0 is 3.2 W, with polarisation and hysteresis more; 0.5 W/K */
    ck_assert_double_gt(middle, 6.0);
    ck_assert_double_lt(middle, 20.0);
    ck_assert_double_lt(rig.pack.cell[0].temp_c, rig.pack.cell[7].temp_c - 0.1);
    ck_assert_double_eq_tol(rig.pack.cell[0].temp_c, rig.pack.cell[15].temp_c, 1e-9);
    /* switches: 2 x 0.4 mOhm, 0.9 W/K */
    ck_assert_double_eq_tol(rig.pack.switch_c - 25.0, 80.0 * 80.0 * 0.8e-3 / 0.9, 0.3);
}
END_TEST

START_TEST(the_heater_warms_the_cells)
{
    struct rig rig;

    rig_start(&rig, 0.5);
    rig.pack.config.heater_w = 160.0;
    rig.pack.config.cell_w_per_k = 0.0;
    rig.pack.heater_on = true;
    rig_run(&rig, 1000.0);
    ck_assert_double_eq_tol(rig.pack.cell[5].temp_c, 25.0 + 1000.0 * 10.0 / 2000.0, 0.05);
}
END_TEST

SUITE("plant/pack", CASE("", charge_is_conserved), CASE("", energy_is_conserved),
      CASE("", terminal_voltage_is_the_stack_less_the_drops), CASE("", the_same_seed_gives_the_same_pack),
      CASE("", cells_spread_as_wanted_and_are_level_when_full), CASE("", an_override_changes_only_its_cell),
      CASE("", usable_charge_ends_at_the_first_cell), CASE("", bleeding_takes_60_ma_from_the_chosen_cells),
      CASE("", the_electronics_draw_from_all_cells_unseen_by_the_shunt),
      CASE("", cells_warm_up_to_where_cooling_equals_heat), CASE("", the_heater_warms_the_cells))
